"""Figures of the best that any listener can do, and of what is lost on the way."""

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


@style.styled
def plot_likelihood(phases: Any, ears: Any, directions: Any, posterior: Any, true_degrees: float) -> Figure:
    """What one sound tells: the likelihood of a phase in each ear, and of a direction.

    Args:
        phases: phases on a grid in radians, shape (n_phases,).
        ears: log-likelihood of each phase in the left and in the right ear, shape (2, n_phases).
        directions: directions on a grid in degrees, shape (n_directions,).
        posterior: probability of each direction, shape (n_directions,).
        true_degrees: where the sound came from.

    Returns:
        The figure.
    """
    phases, ears, directions, posterior = map(as_array, (phases, ears, directions, posterior))
    fig = style.new_figure(3.0)
    by_ear, by_direction = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.1, right=0.985, bottom=0.165, top=0.87, wspace=0.3)
    parts.ear_lines(by_ear, np.degrees(phases), *(ear - ear.max() for ear in ears))
    by_ear.set(xlabel="phase at the first step (°)", ylabel="log-likelihood - best", ylim=(-250, 60))
    by_ear.set_xticks([0, 90, 180, 270, 360])
    by_ear.set_title("What each ear knows")
    by_ear.legend(loc="upper right", ncol=2)
    density = posterior / posterior.sum() / (directions[1] - directions[0])
    by_direction.fill_between(directions, density, color=style.BEST, alpha=0.35, linewidth=0)
    by_direction.plot(directions, density, color=style.BEST)
    by_direction.axvline(true_degrees, color=style.TRUTH, linestyle=style.DASHED, linewidth=style.GUIDE)
    best = float(directions[density.argmax()])
    by_direction.annotate(
        "true", (true_degrees, 1.08 * density.max()), (4, 0), textcoords="offset points", size=style.SMALL, va="top"
    )
    by_direction.set(
        xlabel="phase difference (°)",
        ylabel="probability a degree",
        xlim=(best - 15, best + 15),
        ylim=(0, 1.1 * density.max()),
    )
    by_direction.set_title("What both together know")
    apart = math.degrees(float(phases[ears[1].argmax()] - phases[ears[0].argmax()]))
    apart = (apart + 180) % 360 - 180
    return describe(
        fig,
        f"Left: the log-likelihood of the phase has one sharp peak in each ear; the two peaks stand {apart:.0f} "
        f"degrees apart. Right: the probability of the direction has its peak at {best:.1f} degrees; the true "
        f"direction is {true_degrees:.1f} degrees.",
    )


@style.styled
def plot_listeners(accuracies: Mapping[str, float], errors: Mapping[str, tuple[float, float]], best: str) -> Figure:
    """How often each listener names the right class, and where its error comes from.

    Args:
        accuracies: name -> per cent named right.
        errors: the same names -> error of a perfect namer of classes, and the error itself, in degrees.
        best: name of the best possible listener, drawn as a line in the first picture.

    Returns:
        The figure.
    """
    names = list(accuracies)
    places = np.arange(len(names))[::-1]
    fig = style.new_figure(0.95 + 0.42 * len(names))
    right, errors_ax = fig.subplots(1, 2, sharey=True, width_ratios=(1, 1.15))
    fig.subplots_adjust(left=0.24, right=0.97, bottom=0.48 / fig.get_figheight(), top=1 - 0.36 / fig.get_figheight())
    fig.subplots_adjust(wspace=0.12)
    for place, (name, value) in zip(places, accuracies.items(), strict=True):
        right.plot(
            [value],
            [place],
            "D" if name == best else "o",
            color=style.BEST if name == best else style.OWN,
            markersize=8,
        )
        right.annotate(f"{value:.1f}", (value, place), (-8, 0), textcoords="offset points", ha="right", va="center")
    right.axvline(parts.CHANCE, color=style.TRUTH, linestyle=style.DASHED, linewidth=style.GUIDE)
    right.axvline(accuracies[best], color=style.BEST, linestyle=style.DASH_DOT, linewidth=style.GUIDE)
    right.annotate("chance", (parts.CHANCE + 1.5, places[0] + 0.48), size=style.SMALL, va="top")
    right.set(xlim=(0, 102), ylim=(-0.6, len(names) - 0.4), xlabel=parts.PER_CENT)
    right.set_yticks(places, names)
    width = np.array([errors[name][0] for name in names])
    whole = np.array([errors[name][1] for name in names])
    errors_ax.barh(places, width, 0.5, color=style.COLORS["light"], label="width of the classes")
    errors_ax.barh(places, (whole - width).clip(0), 0.5, left=width, color=style.OTHER, label="wrong class")
    for place, value in zip(places, whole, strict=True):
        errors_ax.annotate(f"{value:.2f}", (value, place), (4, 0), textcoords="offset points", va="center")
    errors_ax.set(xlabel="mean error (°)", xlim=(0, 1.18 * whole.max()))
    errors_ax.legend(loc="lower center", bbox_to_anchor=(0.5, 0.995), ncol=2, fontsize=style.SMALL, borderpad=0.1)
    for ax in (right, errors_ax):
        ax.grid(axis="y", visible=False)
    means = listed([f"{name} {approx(accuracies[name])}" for name in names])
    return describe(
        fig,
        f"Left: per cent named right, {means}; chance is {parts.CHANCE:.1f}. Right: the mean errors in two parts; the "
        f"width of the classes makes {approx(width.min())} to {approx(width.max())} degrees of each, wrong classes up "
        f"to {approx((whole - width).max())} more.",
    )


@style.styled
def plot_timing(accuracies: Mapping[str, Sequence[float]], intact: str, best: float) -> Figure:
    """Accuracy with the timing of spikes left as it is, or destroyed in some way.

    Args:
        accuracies: name -> per cent named right by each network, the networks in the same order.
        intact: name of the entry to compare with.
        best: what the best possible listener reaches, in per cent.

    Returns:
        The figure.
    """
    names = list(accuracies)
    fig = style.new_figure(2.7)
    ax = fig.subplots()
    fig.subplots_adjust(left=0.085, right=0.985, bottom=0.15, top=0.88)
    values = np.array([accuracies[name] for name in names], dtype=float)  # (n_names, n_networks)
    parts.joined_dots(ax, values, alpha=0.75, markersize=6)
    ax.set_xticks(range(len(names)), names)
    parts.chance_line(ax)
    style.best_line(ax, best)
    ax.set(
        xlim=(-0.4, len(names) - 0.3),
        ylim=(0, 105),
        ylabel=parts.PER_CENT,
        title="Timing destroyed in the same networks",
    )
    means = dict(zip(names, values.mean(1), strict=True))
    others = [f"{name} {approx(mean)}" for name, mean in means.items() if name != intact]
    return describe(
        fig,
        f"Per cent named right by {counted(values.shape[1], 'network')}, with spikes as they are or changed: "
        f"{intact} {approx(means[intact])}, {listed(others)} in the mean; chance is {parts.CHANCE:.1f}, the best "
        f"possible {approx(best)}.",
    )
