"""Figures of sweeps over the inhibitory fraction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from utils.page import counted, describe
from utils.plotting import style
from utils.plotting.arrays import as_array
from utils.plotting.dales_law_snn import parts

# What was published for random rows of signs, in per cent, read off one figure of three runs a point.
PUBLISHED_SWEEP = {0.0: 42.0, 0.3: 78.5, 0.7: 78.5, 1.0: parts.CHANCE}
PUBLISHED_PLATEAU = (77.0, 80.0)


@style.styled
def plot_fraction_sweep(
    fractions: Sequence[float],
    samples: Any,
    live: tuple[float, float] | None = None,
    best: float | None = None,
) -> Figure:
    """Test accuracy against the inhibitory fraction, beside what was published.

    Args:
        fractions: shape (n,).
        samples: per cent named right, shape (n_seeds, n).
        live: fraction and per cent of a run of this notebook, or None.
        best: what the best possible listener reaches, in per cent; None leaves it out.

    Returns:
        The figure.
    """
    samples = np.atleast_2d(as_array(samples))
    fig = style.new_figure(3.7)
    ax = fig.subplots()
    fig.subplots_adjust(left=0.085, right=0.985, bottom=0.135, top=0.9)
    published = np.array(list(PUBLISHED_SWEEP.items()))
    ax.fill_between((0.3, 0.7), *PUBLISHED_PLATEAU, facecolor="none", edgecolor=style.TRUTH, hatch="////", linewidth=0)
    ax.plot(*published.T, "s", linestyle=style.DASHED, color=style.TRUTH, markersize=7, mfc="white", zorder=3)
    style.spread(ax, fractions, samples, "", style.OWN)
    beside = {"textcoords": "offset points", "fontsize": style.NORMAL, "linespacing": 1.25}
    ax.annotate("published,\n3 runs a point", published[:2].mean(0), xytext=(8, 0), va="top", color=style.INK, **beside)
    means = samples.mean(0)
    words = f"ours,\n{counted(len(samples), 'seed')}\na point"
    ax.annotate(words, (np.mean(fractions[-2:]), means[-2:].mean()), xytext=(8, 0), va="center", **beside)
    if live is not None:
        ax.plot(*live, "*", color=style.OTHER, markersize=17, markeredgecolor=style.OWN, zorder=4)
        ax.annotate("this notebook,\njust now", live, xytext=(0, -14), ha="center", va="top", **beside)
    parts.chance_line(ax)
    if best is not None:
        style.best_line(ax, best)
    ax.set(xlabel="inhibitory fraction", ylabel=parts.PER_CENT, ylim=(0, 102), xlim=(-0.03, 1.1))
    ax.set_title("Accuracy against the share of inhibition")
    top = int(means.argmax())
    high = np.flatnonzero(means > means[top] - 3)
    return describe(
        fig,
        f"Per cent named right against the inhibitory fraction: {means[0]:.0f} at {fractions[0]:g}, highest "
        f"({means[top]:.0f}) at {fractions[top]:g}, {means[-1]:.0f} at {fractions[-1]:g}; within 3 points of the "
        f"highest from {fractions[high[0]]:g} to {fractions[high[-1]]:g}. Beside it the published curve.",
    )


@style.styled
def plot_drive(
    fractions: Sequence[float], drives: Mapping[str, Any], accuracies: Mapping[str, tuple[Sequence[float], Any]]
) -> Figure:
    """The mean input current before learning, and the accuracy after it, for two kinds of initial weights.

    Args:
        fractions: where the drive was measured, shape (n,).
        drives: name -> mean current a step, shape (n,), NaN where there is none.
        accuracies: name -> (fractions, per cent named right of shape (n_seeds, n)).

    Returns:
        The figure.
    """
    fig = style.new_figure(3.3)
    left, right = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.085, right=0.985, bottom=0.15, top=0.88, wspace=0.25)
    looks = dict(zip(drives, ((style.OWN, "-", "o"), (style.OTHER, style.DASHED, "D")), strict=True))
    words = []
    for name, drive in drives.items():
        color, dashes, marker = looks[name]
        left.plot(fractions, drive, linestyle=dashes, marker=marker, markersize=4, color=color, label=name)
        words.append(f"{name} {np.nanmax(drive):+.1f} to {np.nanmin(drive):+.1f}")
    left.axhline(1, color=style.TRUTH, linestyle=style.DASHED, linewidth=style.GUIDE)
    left.annotate("threshold", (0, 1), ha="left", va="bottom", size=style.SMALL)
    left.set(xlabel="inhibitory fraction", ylabel="current a step (threshold = 1)", title="Drive before learning")
    left.legend(loc="upper right")
    for name, (where, samples) in accuracies.items():
        color, dashes, _ = looks[name]
        style.spread(right, where, samples, f"{name}, n = {len(np.atleast_2d(samples))}", color, dashes)
    parts.chance_line(right)
    right.set(xlabel="inhibitory fraction", ylabel="named right (%)", ylim=(0, 100), xlim=(-0.03, 1.3))
    right.set_xticks(np.arange(6) / 5)
    right.set_title("Accuracy after learning")
    right.legend(loc="lower center", bbox_to_anchor=(0.42, 0.12))
    return describe(
        fig,
        f"Left: the mean current before learning, over all fractions: {'; '.join(words)} thresholds a step. Right: per "
        "cent named right after learning, for both kinds of initial weights.",
    )
