"""Figures of excitation and inhibition: who has which sign, and what is left without one of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from utils.page import approx, counted, describe, listed
from utils.plotting import style
from utils.plotting.arrays import as_array
from utils.plotting.dales_law_snn import parts
from utils.statistics import paired_difference


def _strength_by_ear(weights: np.ndarray) -> np.ndarray:
    """Per cent of an ear's strength that inhibits and that excites, shape (2 ears, 2)."""
    ears = np.split(weights, 2)
    return np.array(
        [[100 * np.abs(ear[kind(ear)]).sum() / np.abs(ear).sum() for kind in (_negative, _positive)] for ear in ears]
    )


def _negative(values: np.ndarray) -> np.ndarray:
    return values < 0


def _positive(values: np.ndarray) -> np.ndarray:
    return values > 0


@style.styled
def plot_signs(rows: Mapping[str, Mapping[str, Any]]) -> Figure:
    """How much of each ear's strength inhibits and how much excites, for a few matrices of weights.

    Args:
        rows: name of the network -> name of the matrix -> weights of the first layer, shape (200, n_hidden).

    Returns:
        The figure.
    """
    heads = list(next(iter(rows.values())))
    fig = style.new_figure(0.75 + 0.95 * len(rows))
    axes = fig.subplots(len(rows), len(heads), squeeze=False, sharex=True, sharey=True)
    high = fig.get_figheight()
    fig.subplots_adjust(left=0.16, right=0.985, bottom=0.48 / high, top=1 - 0.3 / high, wspace=0.08, hspace=0.3)
    words = []
    for row, (name, matrices) in enumerate(rows.items()):
        for ax, head in zip(axes[row], heads, strict=True):
            share = _strength_by_ear(as_array(matrices[head]))
            ax.barh([0, 1], -share[:, 0], 0.62, color=style.INHIBITORY)
            ax.barh([0, 1], share[:, 1], 0.62, color=style.EXCITATORY)
            ax.axvline(0, color=style.OWN, linewidth=style.GUIDE)
            ax.set(xlim=(-105, 105), ylim=(-0.6, 1.6))
            ax.set_yticks([0, 1], ["left ear", "right ear"])
            ax.set_xticks([-50, 0, 50], ["50", "0", "50"])
            ax.grid(axis="y", visible=False)
            if row == 0:
                ax.set_title(head, fontsize=style.NORMAL)
            if row == len(rows) - 1:
                ax.set_xlabel("inhibits  ◂  %  ▸  excites", fontsize=style.SMALL)
            words.append(f"{name}, {head}: left {approx(share[0, 0])}, right {approx(share[1, 0])}")
        axes[row, 0].annotate(
            name,
            (0.012, np.mean(axes[row, 0].get_position().intervaly)),
            xycoords="figure fraction",
            rotation=90,
            va="center",
            weight="bold",
            size=style.NORMAL,
        )
    return describe(fig, f"Per cent of each ear's strength that inhibits. {'; '.join(words)}. The rest excites.")


@style.styled
def plot_ablation(
    counts: Sequence[int], samples: Mapping[str, Any], intact: float, retrained: Mapping[str, float]
) -> Figure:
    """Test accuracy against the number of silenced inputs of each kind, with what a new read-out recovers.

    Args:
        counts: numbers of silenced inputs, shape (n,).
        samples: kind of input -> per cent named right, shape (n_draws, n); at most three kinds.
        intact: per cent named right by the whole network.
        retrained: the same names -> per cent with `counts[-1]` inputs silenced and a new read-out.

    Returns:
        The figure.
    """
    fig = style.new_figure(3.5)
    ax = fig.subplots()
    fig.subplots_adjust(left=0.085, right=0.8, bottom=0.14, top=0.89)
    looks = ((style.INHIBITORY, "-", "o"), (style.EXCITATORY, "-", "s"), (style.OTHER, style.DASHED, "D"))
    words, ends = [], []
    for (name, values), (color, dashes, marker) in zip(samples.items(), looks, strict=False):
        style.spread(ax, counts, values, "", color, dashes).set(marker=marker, markersize=5)
        ax.plot([counts[-1] + 3.5], [retrained[name]], marker, color=color, markersize=8, markeredgecolor=style.OWN)
        ends.append((counts[-1] + 6, retrained[name], name, color))
        now = approx(np.mean(as_array(values)[:, -1]))
        words.append(f"{name} {now}, with a new read-out {approx(retrained[name])}")
    ax.annotate("new\nread-out", (counts[-1] + 3.5, 99), ha="center", va="top", size=style.SMALL)
    ax.axvspan(counts[-1] + 1, counts[-1] + 6, color=style.COLORS["light"], alpha=0.4, linewidth=0)
    ax.plot([0], [intact], "o", color=style.OWN, markersize=8)
    ax.annotate("intact", (0, intact), (0, 8), textcoords="offset points", ha="center", size=style.SMALL)
    parts.chance_line(ax)
    ax.set(xlabel="number of silenced inputs", ylabel=parts.PER_CENT, ylim=(0, 102), xlim=(-2.5, counts[-1] + 6))
    ax.set_title("Silencing as many inputs of either kind")
    style.name_ends(ax, ends)
    return describe(
        fig,
        f"Per cent named right against the number of silenced inputs, from {approx(intact)} in the whole network. At "
        f"{counts[-1]}: {'; '.join(words)}.",
    )


@style.styled
def plot_readouts(groups: Mapping[str, Mapping[str, Sequence[float]]]) -> Figure:
    """What different read-outs get out of the same hidden units, over several networks.

    Args:
        groups: state of the network -> read-out -> per cent named right by each network.

    Returns:
        The figure.
    """
    readouts = list(next(iter(groups.values())))
    fig = style.new_figure(2.9)
    ax = fig.subplots()
    fig.subplots_adjust(left=0.085, right=0.985, bottom=0.11, top=0.8)
    looks = ((style.OWN, "o"), (style.INHIBITORY, "s"), (style.EXCITATORY, "D"))
    places = np.arange(len(readouts))
    words = []
    for number, ((state, found), (color, marker)) in enumerate(zip(groups.items(), looks, strict=False)):
        values = np.array([found[name] for name in readouts], dtype=float)
        side = places + 0.16 * (number - 1)
        ax.plot(side, values, ".", color=color, alpha=0.45, markersize=5)
        ax.plot(side, values.mean(1), marker, color=color, markersize=8, label=f"{state} (n = {values.shape[1]})")
        means = [f"{name} {mean:.0f}" for name, mean in zip(readouts, values.mean(1), strict=True)]
        words.append(f"{state}: {', '.join(means)}")
    ax.set_xticks(places, readouts)
    parts.chance_line(ax)
    ax.set(xlim=(-0.5, len(readouts) - 0.4), ylim=(0, 100), ylabel=parts.PER_CENT)
    ax.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncol=3)
    ax.grid(axis="x", visible=False)
    return describe(fig, f"Per cent named right with different read-outs, a dot for each network. {'; '.join(words)}.")


@style.styled
def plot_pairs(groups: Mapping[str, Mapping[str, float]], reference: str, best: float | None = None) -> Figure:
    """One dot a seed for a few groups, seeds joined, and each group's differences from one of them.

    Args:
        groups: name -> seed -> per cent named right.
        reference: name of the group that the others are compared with.
        best: what the best possible listener reaches, in per cent; None leaves it out.

    Returns:
        The figure.
    """
    groups = {" ".join(name.split()): values for name, values in groups.items()}
    reference = " ".join(reference.split())
    names = list(groups)
    seeds = [seed for seed in groups[reference] if all(seed in values for values in groups.values())]
    table = np.array([[groups[name][seed] for name in names] for seed in seeds])
    places = np.arange(len(names))
    # A group is a row, so that its name has room.
    fig = style.new_figure(1.15 + 0.3 * len(names))
    height = fig.get_figheight()
    left, right = fig.subplots(1, 2, sharey=True)
    fig.subplots_adjust(left=0.215, right=0.985, bottom=0.52 / height, top=1 - 0.32 / height, wspace=0.08)
    parts.joined_dots(left, table.T, lying=True, alpha=0.55, markersize=4.5)
    left.vlines(table.mean(0), places - 0.3, places + 0.3, color=style.OWN, linewidth=style.STRONG)
    left.set_yticks(places, names)
    low = 10 * math.floor(min(70.0, table.min()) / 10)
    left.set(ylim=(len(names) - 0.45, -0.55), xlim=(low, 100), xlabel="named right (%)")
    left.set_title(f"{counted(len(seeds), 'seed')}, joined")
    if best is not None:
        style.best_line(left, best, upright=True)
    words = []
    for place, name in enumerate(names):
        if name == reference:
            continue
        difference = table[:, place] - table[:, names.index(reference)]
        right.plot(difference, np.full(len(seeds), place), "o", color=style.OWN, alpha=0.55, markersize=4.5)
        found = paired_difference(table[:, place], table[:, names.index(reference)])
        reach = [[found.mean - found.low], [found.high - found.mean]]
        look = {"color": style.OTHER, "marker": "D", "markersize": 6, "capsize": 4}
        right.errorbar([found.mean], [place + 0.26], xerr=reach, **look)
        words.append(f"{name} {found.mean:+.1f} ({found.low:+.1f} to {found.high:+.1f})")
    right.axvline(0, color=style.TRUTH, linestyle=style.DASHED, linewidth=style.GUIDE)
    right.set_xlabel("difference (points)")
    right.set_title(f"minus {reference}")
    right.grid(axis="y", visible=False)
    left.tick_params("y", labelsize=style.SMALL, length=0)
    right.tick_params("y", left=False)
    means = [f"{name} {mean:.1f}" for name, mean in zip(names, table.mean(0), strict=True)]
    return describe(
        fig,
        f"Per cent named right by networks of {counted(len(seeds), 'seed')}: {listed(means)} in the mean. Differences "
        f"from {reference}, seed by seed, with 95 % intervals: {listed(words)} points.",
    )
