"""Figures and panels of notebook 02: ReLUs, their weighted sums, and how far those are from a function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from utils.plotting.style import COLORS, DATA, EXCITATORY, INHIBITORY, MODEL, SEQUENTIAL, TRUTH

# The yellow end of the colour map is too light for a line on white.
_LIGHTEST = 0.88


def relu_colors(n: int) -> np.ndarray:
    """One colour for each ReLU, dark for the first and light for the last.

    Args:
        n: number of ReLUs.

    Returns:
        (n, 4) array of RGBA values.
    """
    return mpl.colormaps[SEQUENTIAL](np.linspace(0, _LIGHTEST, n))


def plot_points(x: ArrayLike, y: ArrayLike, x_train: ArrayLike, y_train: ArrayLike) -> Figure:
    """The target and its training points, joined by straight lines.

    Args:
        x: (m,) fine inputs.
        y: (m,) the target there.
        x_train: (n,) training inputs.
        y_train: (n,) training targets.

    Returns:
        The figure.
    """
    n = len(np.asarray(x_train))
    fig, ax = plt.subplots(figsize=(7.2, 3.0))
    fig.subplots_adjust(left=0.09, right=0.98, bottom=0.17, top=0.9)
    ax.plot(x, y, color=TRUTH, linewidth=4, alpha=0.5, label="sin(x), the target")
    ax.plot(x_train, y_train, color=MODEL, label="straight lines between the points")
    ax.plot(x_train, y_train, "o", color=DATA, label=f"{n} training points", zorder=3)
    ax.set(title=f"{n} points, {n - 1} straight pieces", ylabel="y")
    _radians(ax, 0, 2)
    ax.legend(loc="upper right")
    return fig


def plot_network(biases: ArrayLike, weights: ArrayLike, offset: float) -> Figure:
    """The network as a diagram, drawn from its own numbers.

    Args:
        biases: (n,) one for each ReLU.
        weights: (n,) from each ReLU to the output; the sign sets a line's colour, the size its width.
        offset: the output's own bias.

    Returns:
        The figure.
    """
    b, w = np.asarray(biases, dtype=float), np.asarray(weights, dtype=float)
    n = len(w)
    # High enough for the offset's label, however few ReLUs there are.
    height = max(0.5 + 0.36 * n, 2.6)
    fig = plt.figure(figsize=(7.2, height))
    ax = fig.add_axes((0, 0, 1, 1), xlim=(0, 7.2), ylim=(0, height))
    ax.axis("off")
    rows = height / 2 - 0.1 + 0.36 * (np.arange(n)[::-1] - (n - 1) / 2)
    middle = float(rows.mean())
    colors = relu_colors(n)
    for row, bias, weight, color in zip(rows, b, w, colors, strict=True):
        edge = EXCITATORY if weight >= 0 else INHIBITORY
        width = 0.6 + 3.5 * abs(weight) / np.abs(w).max()
        ax.plot([0.88, 2.0], [middle, row], color=COLORS["light"], linewidth=1.2, zorder=1)
        ax.plot([3.45, 5.67], [row, middle], color=edge, linewidth=width, zorder=1)
        # A ReLU's symbol: flat, then rising.
        ax.add_patch(mpl.patches.Circle((2.7, row), 0.16, facecolor="white", edgecolor=color, linewidth=2, zorder=2))
        ax.plot([2.6, 2.69, 2.79], [row - 0.05, row - 0.05, row + 0.07], color=color, linewidth=1.8, zorder=3)
        # "+ 0" turns a rounded -0.0 into 0.0.
        ax.text(2.46, row, f"{round(bias, 2) + 0:.2f}", ha="right", va="center", fontsize=9)
        ax.text(2.94, row, f"{round(weight, 2) + 0:+.2f}", ha="left", va="center", fontsize=9, color=edge)
    for x, name in ((0.6, "x"), (5.95, "Σ")):
        circle = mpl.patches.Circle(
            (x, middle), 0.28, facecolor="#F4F4F4", edgecolor="#555555", linewidth=1.4, zorder=2
        )
        ax.add_patch(circle)
        ax.text(x, middle, name, ha="center", va="center", fontsize=13, style="italic" if name == "x" else "normal")
    ax.annotate("", (6.75, middle), (6.23, middle), arrowprops=_arrow("->"))
    ax.text(6.8, middle, "ŷ", va="center", fontsize=13, style="italic")
    ax.annotate(
        f"offset {round(float(offset), 2) + 0:.2f}",
        (5.95, middle + 0.28),
        (5.95, middle + 0.9),
        ha="center",
        fontsize=9,
        arrowprops=_arrow("->"),
    )
    top = rows.max() + 0.32
    for x, words in ((2.26, "biases"), (3.17, "weights"), (0.6, "input"), (5.95, "output")):
        ax.text(x, top, words, ha="center", fontsize=9, color="#555555", weight="bold")
    return fig


def plot_bases(
    x: ArrayLike, activations: ArrayLike, weights: ArrayLike, offset: float, x_train: ArrayLike, y_train: ArrayLike
) -> Figure:
    """The ReLUs, the weighted ReLUs, and the sums on the way to the fit.

    Args:
        x: (m,) fine inputs.
        activations: (m, n) relu(x + bias) of each ReLU.
        weights: (n,) output weights.
        offset: the output's own bias.
        x_train: (n + 1,) training inputs.
        y_train: (n + 1,) training targets.

    Returns:
        The figure.
    """
    x, bases, w = np.asarray(x), np.asarray(activations), np.asarray(weights)
    weighted = bases * w
    sums = float(offset) + np.cumsum(weighted, axis=1)
    fig, axes = plt.subplots(1, 3, figsize=(7.6, 3.1))
    fig.subplots_adjust(left=0.05, right=0.975, bottom=0.17, top=0.87, wspace=0.24)
    titles = ("1  The ReLUs", "2  Each times its weight", "3  Added up, one by one")
    for ax, curves, title in zip(axes, (bases, weighted, sums), titles, strict=True):
        for curve, color in zip(curves.T, relu_colors(len(w)), strict=True):
            ax.plot(x, curve, color=color, linewidth=1.6)
        ax.set_title(title, fontsize=10)
        _radians(ax, 0, 2)
    last = axes[2].lines[-1]
    last.set(color=MODEL, linewidth=2.6, zorder=4)
    axes[2].plot(x_train, y_train, "o", color=DATA, markersize=4, zorder=5)
    axes[2].set_ylim(-2.2, 2.2)
    return fig


def plot_offset(
    x: ArrayLike, y: ArrayLike, without: ArrayLike, with_offset: ArrayLike, x_train: ArrayLike, y_train: ArrayLike
) -> Figure:
    """The same ReLUs with and without an offset, for a target that does not start at zero.

    Args:
        x: (m,) fine inputs.
        y: (m,) the target.
        without: (m,) the sum of ReLUs alone.
        with_offset: (m,) the same plus the offset.
        x_train: (n,) training inputs.
        y_train: (n,) training targets.

    Returns:
        The figure.
    """
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 2.9), sharey=True)
    fig.subplots_adjust(left=0.08, right=0.98, bottom=0.17, top=0.87, wspace=0.08)
    for ax, fit, title in zip(axes, (without, with_offset), ("Without an offset", "With the offset y₀"), strict=True):
        ax.plot(x, y, color=TRUTH, linewidth=4, alpha=0.5, label="cos(x)")
        ax.plot(x, fit, color=MODEL, label="sum of ReLUs")
        ax.plot(x_train, y_train, "o", color=DATA, markersize=4.5, label="training points")
        ax.set_title(title)
        _radians(ax, 0, 2)
    axes[0].annotate(
        "", (np.pi, float(np.interp(np.pi, x, without))), (np.pi, -1), arrowprops=_arrow("<->", COLORS["vermillion"])
    )
    axes[0].text(0.0, -1.6, "y₀ is missing\neverywhere", va="center", color=COLORS["vermillion"], fontsize=9)
    axes[1].legend(loc="lower right", fontsize=8)
    return fig


def plot_error(n: Sequence[int], largest: ArrayLike, bound: ArrayLike, slope: float) -> Figure:
    """Largest error against the number of ReLUs, beside the bound.

    Args:
        n: (k,) numbers of ReLUs.
        largest: (k,) largest absolute errors.
        bound: (k,) the bound on them.
        slope: measured slope on these axes.

    Returns:
        The figure.
    """
    fig, ax = plt.subplots(figsize=(7.2, 3.6))
    fig.subplots_adjust(left=0.11, right=0.98, bottom=0.15, top=0.9)
    ax.loglog(n, bound, color=COLORS["orange"], linestyle=(0, (5, 2)), label="bound: h² / 8 · max |f''|")
    ax.loglog(n, largest, "o-", color=MODEL, label=f"measured, slope {slope:.2f}")
    # A triangle shows what slope -2 means without reading the axes.
    x0, y0 = 32, 0.03
    ax.plot([x0, 4 * x0, 4 * x0, x0], [y0, y0, y0 / 16, y0], color=COLORS["grey"], linewidth=1.2)
    ax.text(2 * x0, 1.18 * y0, "4 × the ReLUs", ha="center", fontsize=9, color="#555555")
    ax.text(4.3 * x0, y0 / 4, "error\n÷ 16", va="center", fontsize=9, color="#555555")
    ax.set(xlabel="number of ReLUs", ylabel="largest error", title="Doubling the ReLUs divides the error by four")
    _plain_powers(ax, n)
    ax.legend(loc="lower left")
    return fig


def plot_rates(n: Sequence[int], rows: Mapping[str, tuple[ArrayLike, float, ArrayLike, float]]) -> Figure:
    """Errors of several targets, largest and root mean squared, with their slopes.

    Args:
        n: (k,) numbers of ReLUs.
        rows: label -> (largest errors (k,), their slope, root mean squared errors (k,), their slope).

    Returns:
        The figure.
    """
    fig, axes = plt.subplots(1, 2, figsize=(7.4, 3.5), sharey=True)
    fig.subplots_adjust(left=0.09, right=0.985, bottom=0.16, top=0.88, wspace=0.06)
    looks = [(COLORS["blue"], "o"), (COLORS["green"], "s"), (COLORS["orange"], "^"), (COLORS["vermillion"], "D")]
    for (label, (largest, largest_slope, rms, rms_slope)), (color, marker) in zip(rows.items(), looks, strict=True):
        for ax, errors, slope in ((axes[0], largest, largest_slope), (axes[1], rms, rms_slope)):
            # "+ 0" turns a rounded -0.0 into 0.0.
            ax.loglog(n, errors, marker + "-", color=color, markersize=5, label=f"{label}: {round(slope, 2) + 0:.2f}")
    for ax, title in zip(axes, ("Largest error", "Root mean squared error"), strict=True):
        ax.set(xlabel="number of ReLUs", title=title)
        _plain_powers(ax, n)
        ax.legend(title="slope", loc="lower left", fontsize=8, title_fontsize=8)
    axes[0].set_ylabel("error")
    axes[0].set_ylim(5e-6, 3)
    return fig


def plot_methods(
    n: Sequence[int],
    by_hand: ArrayLike,
    solved: ArrayLike,
    limit: ArrayLike,
    seeds: Mapping[str, ArrayLike],
) -> Figure:
    """The same number of ReLUs, chosen in several ways; on the right the ways that depend on chance.

    Args:
        n: (k,) numbers of ReLUs.
        by_hand: (k,) root mean squared errors, everything by hand.
        solved: (k,) the same ReLUs with solved output weights.
        limit: (k,) what the best conceivable ReLUs reach when there are many.
        seeds: label -> (n_seeds, k) errors.

    Returns:
        The figure.
    """
    fig, axes = plt.subplots(1, 2, figsize=(7.6, 4.1), sharey=True)
    fig.subplots_adjust(left=0.09, right=0.985, bottom=0.14, top=0.9, wspace=0.06)
    axes[0].loglog(n, by_hand, "o-", color=COLORS["black"], label="all by hand")
    axes[0].loglog(n, solved, "s-", color=COLORS["blue"], label="weights solved")
    axes[0].loglog(n, limit, color=COLORS["grey"], linestyle=(0, (2, 2)), label="best kinks, many ReLUs (theory)")
    axes[1].loglog(n, by_hand, "o-", color=COLORS["black"], label="all by hand")
    looks = [(COLORS["green"], "^", 0.94), (COLORS["vermillion"], "D", 1.0), (COLORS["orange"], "v", 1.06)]
    for (label, errors), (color, marker, shift) in zip(seeds.items(), looks, strict=True):
        rows, x = np.asarray(errors), np.asarray(n) * shift
        # The median: on logarithmic axes one failed run would pull the mean away from all the others.
        axes[1].loglog(x, np.median(rows, 0), marker + "-", color=color, label=label)
        axes[1].fill_between(x, rows.min(0), rows.max(0), color=color, alpha=0.15, linewidth=0)
        axes[1].loglog(x, rows.T, ".", color=color, alpha=0.5, markersize=4)
    for ax, title in zip(axes, ("No chance involved", f"{len(rows)} seeds each: median, range"), strict=True):
        ax.set(xlabel="number of ReLUs", title=title)
        _plain_powers(ax, n)
        ax.legend(loc="lower left", fontsize=8)
    axes[0].set_ylabel("root mean squared error")
    axes[0].set_ylim(1.5e-4, 1.5)
    return fig


def plot_kinks(
    before: Mapping[str, ArrayLike], after: Mapping[str, ArrayLike], interval: tuple[float, float]
) -> Figure:
    """Where the ReLUs of trained networks switch on, one row for each network.

    Args:
        before: label -> (n_seeds, n) kinks before training.
        after: label -> (n_seeds, n) kinks after training.
        interval: the training range, shaded.

    Returns:
        The figure.
    """
    fig, axes = plt.subplots(1, len(after), figsize=(7.4, 3.6), sharey=True)
    fig.subplots_adjust(left=0.07, right=0.975, bottom=0.26, top=0.9, wspace=0.12)
    for ax, (label, kinks) in zip(axes, after.items(), strict=True):
        ax.axvspan(*interval, color=COLORS["yellow"], alpha=0.25, linewidth=0)
        for row, (start, end) in enumerate(zip(np.asarray(before[label]), np.asarray(kinks), strict=True), start=1):
            ax.plot(start, np.full_like(start, row + 0.17), "o", color=COLORS["grey"], mfc="none", markersize=3.5)
            ax.plot(end, np.full_like(end, row - 0.17), "|", color=MODEL, markersize=8, markeredgewidth=1.6)
        ax.set(xlim=(-2 * np.pi, 4 * np.pi), title=label)
        _radians(ax, -2, 4, "x at which a ReLU switches on")
        ax.grid(False)
    circles, bars = axes[0].lines[:2]
    circles.set_label("before training")
    bars.set_label("after training")
    shade = mpl.patches.Patch(color=COLORS["yellow"], alpha=0.25, label="training range")
    fig.legend(handles=[circles, bars, shade], loc="lower center", ncols=3, fontsize=8.5)
    axes[0].set(ylabel="seed", yticks=np.arange(1, len(kinks) + 1)[::3], ylim=(0.3, len(kinks) + 0.7))
    return fig


def plot_outside(
    x: ArrayLike, y: ArrayLike, single: Mapping[str, ArrayLike], trained: ArrayLike, interval: tuple[float, float]
) -> Figure:
    """Several approximations beyond their training range.

    Args:
        x: (m,) inputs on both sides of the training range.
        y: (m,) the target.
        single: label -> (m,) curves without chance.
        trained: (n_seeds, m) curves of trained networks.
        interval: the training range, shaded.

    Returns:
        The figure.
    """
    fig, ax = plt.subplots(figsize=(7.4, 3.6))
    fig.subplots_adjust(left=0.08, right=0.98, bottom=0.15, top=0.9)
    ax.axvspan(*interval, color=COLORS["yellow"], alpha=0.25, linewidth=0, label="training range")
    ax.plot(x, y, color=TRUTH, linewidth=4, alpha=0.5, label="sin(x)")
    lines = ax.plot(x, np.asarray(trained).T, color=COLORS["vermillion"], linewidth=0.9, alpha=0.8)
    lines[0].set_label(f"gradient descent, {len(np.asarray(trained))} seeds")
    for (label, curve), (color, style) in zip(
        single.items(), ((COLORS["black"], "-"), (COLORS["blue"], "--")), strict=True
    ):
        ax.plot(x, curve, color=color, linestyle=style, label=label)
    ax.set(ylim=(-4.2, 4.2), ylabel="y", title="Outside the training range every one of them is a straight line")
    _radians(ax, -2, 4)
    ax.legend(loc="upper left", fontsize=8, ncols=2)
    return fig


# --- panel 1: one ReLU after the other ------------------------------------------------------------------------------


def draw_build_up(fig: Figure) -> SimpleNamespace:
    """Draw the two axes of the panel that adds ReLUs one at a time.

    Args:
        fig: an empty figure.

    Returns:
        What `move_build_up` moves.
    """
    left, right = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.06, right=0.98, bottom=0.15, top=0.88, wspace=0.19)
    left.set(title="Weighted ReLUs", ylim=(-7, 7))
    right.set(title="Their sum so far", ylim=(-2.2, 2.2))
    for ax in (left, right):
        _radians(ax, 0, 2)
        ax.set_xlim(-0.1, 2 * np.pi + 0.1)
    fine = np.linspace(0, 2 * np.pi, 400)
    right.plot(fine, np.sin(fine), color=TRUTH, linewidth=4, alpha=0.5, label="sin(x)")
    handles = [right.plot([], [], color=MODEL, label="sum so far")[0], right.plot([], [], "o", color=DATA, ms=4)[0]]
    handles[1].set_label("training points")
    right.legend(loc="upper right", fontsize=8)
    bases = left.add_collection(LineCollection([], linewidths=1.4), autolim=False)
    newest = left.plot([], [], color=COLORS["vermillion"], linewidth=2.6, label="the newest")[0]
    left.plot([], [], color=relu_colors(3)[1], linewidth=1.4, label="those before")
    left.legend(loc="lower left", fontsize=8)
    return SimpleNamespace(bases=bases, newest=newest, total=handles[0], points=handles[1])


def move_build_up(
    artists: SimpleNamespace,
    x: ArrayLike,
    activations: ArrayLike,
    weights: ArrayLike,
    offset: float,
    x_train: ArrayLike,
    y_train: ArrayLike,
    added: int,
) -> None:
    """Show the first `added` ReLUs and their sum.

    Args:
        artists: what `draw_build_up` returned.
        x: (m,) fine inputs.
        activations: (m, n) relu(x + bias) of each ReLU.
        weights: (n,) output weights.
        offset: the output's own bias.
        x_train: (n + 1,) training inputs.
        y_train: (n + 1,) training targets.
        added: how many ReLUs to show, from 0 to n.
    """
    x, weighted = np.asarray(x), np.asarray(activations) * np.asarray(weights)
    artists.bases.set_segments([np.column_stack([x, curve]) for curve in weighted.T[: max(added - 1, 0)]])
    artists.bases.set_color(relu_colors(weighted.shape[1]))
    artists.newest.set_data((x, weighted[:, added - 1]) if added else ([], []))
    artists.total.set_data(x, float(offset) + weighted[:, :added].sum(1))
    artists.points.set_data(x_train, y_train)


# --- panel 2: any function ------------------------------------------------------------------------------------------


def draw_any_function(fig: Figure, interval: tuple[float, float], n_relus: Sequence[int]) -> SimpleNamespace:
    """Draw the axes of the panel that approximates any function: the fit, and its error for every n.

    Args:
        fig: an empty figure.
        interval: (left, right) of the inputs.
        n_relus: the numbers of ReLUs of the error curve.

    Returns:
        What `move_any_function` moves.
    """
    left, right = fig.subplots(1, 2, width_ratios=(1.35, 1))
    fig.subplots_adjust(left=0.075, right=0.985, bottom=0.15, top=0.88, wspace=0.24)
    left.set(title="The fit", xlabel="x", xlim=(interval[0] - 0.1, interval[1] + 0.1), ylim=(-1.15, 1.4))
    truth = left.plot([], [], color=TRUTH, linewidth=4, alpha=0.5, label="target")[0]
    fit = left.plot([], [], color=MODEL, label="sum of ReLUs")[0]
    points = left.plot([], [], "o", color=DATA, markersize=4, label="training points")[0]
    left.legend(loc="upper left", fontsize=8, ncols=3, columnspacing=1, handlelength=1.4)
    right.set(title="Largest error / range", xscale="log", yscale="log", xlabel="number of ReLUs")
    right.set(xlim=(0.9, max(n_relus) * 1.15), ylim=(1e-4, 2))
    _plain_powers(right, [1, 2, 4, 8, 16, 32])
    guide = np.array([4.0, max(n_relus)])
    for power, words in ((1, "1/n"), (2, "1/n²")):
        right.plot(guide, 0.6 * (guide / 4) ** -power, color=COLORS["light"], linewidth=1.2, zorder=1)
        right.text(16, 0.8 * 4.0**-power, words, fontsize=8, color="#777777")
    curve = right.plot([], [], ".", color=COLORS["sky"])[0]
    marker = right.plot([], [], "o", color=MODEL, markersize=9)[0]
    return SimpleNamespace(truth=truth, fit=fit, points=points, curve=curve, marker=marker)


def move_any_function(
    artists: SimpleNamespace,
    x: ArrayLike,
    y: ArrayLike,
    fit: ArrayLike,
    x_train: ArrayLike,
    y_train: ArrayLike,
    n_relus: Sequence[int],
    errors: ArrayLike,
) -> float:
    """Show a target, its approximation, and how the error falls.

    Args:
        artists: what `draw_any_function` returned.
        x: (m,) fine inputs.
        y: (m,) the target.
        fit: (m,) the approximation.
        x_train: (n + 1,) training inputs.
        y_train: (n + 1,) training targets.
        n_relus: (k,) numbers of ReLUs of the error curve.
        errors: (k,) largest absolute errors.

    Returns:
        The range of the target, by which the errors are divided (1 for a constant).
    """
    y = np.asarray(y)
    low, high = float(y.min()), float(y.max())
    scale = (high - low) or 1.0
    artists.truth.set_data(x, y)
    artists.fit.set_data(x, fit)
    artists.points.set_data(x_train, y_train)
    # Errors of nothing but rounding lie on the lower edge, where they can be seen.
    relative = np.clip(np.asarray(errors) / scale, 1.2e-4, None)
    current = len(np.asarray(x_train)) - 1
    artists.curve.set_data(n_relus, relative)
    artists.marker.set_data([current], relative[np.asarray(n_relus) == current])
    limits = (low - 0.08 * scale, high + 0.2 * scale)
    # Setting limits redraws everything, so only where the target is another one.
    if not np.allclose(artists.fit.axes.get_ylim(), limits):
        artists.fit.axes.set_ylim(limits)
    return scale


# --- panel 3: kinks to move -----------------------------------------------------------------------------------------


def draw_kinks(fig: Figure, even: float, best: float) -> SimpleNamespace:
    """Draw the axes of the panel whose ReLUs the reader moves.

    Args:
        fig: an empty figure.
        even: root mean squared error of evenly spaced ReLUs.
        best: the smallest one that a search found.

    Returns:
        What `move_kinks` moves.
    """
    left, right = fig.subplots(1, 2, width_ratios=(2.1, 1))
    fig.subplots_adjust(left=0.07, right=0.97, bottom=0.15, top=0.88, wspace=0.33)
    fine = np.linspace(0, 2 * np.pi, 400)
    left.plot(fine, np.sin(fine), color=TRUTH, linewidth=4, alpha=0.5, label="sin(x)")
    left.set(title="Weights solved for your kinks", ylim=(-1.6, 1.6))
    _radians(left, 0, 2)
    left.set_xlim(-0.1, 2 * np.pi + 0.1)
    fit = left.plot([], [], color=MODEL, label="sum of ReLUs")[0]
    kinks = left.plot([], [], "^", color=COLORS["vermillion"], markersize=9, label="kinks")[0]
    left.legend(loc="upper right", fontsize=8)
    right.barh([1, 2], [even, best], color=[COLORS["grey"], COLORS["green"]], height=0.6)
    yours = right.barh([0], [0], color=MODEL, height=0.6)[0]
    right.set(title="Error", xlabel="root mean squared", xlim=(0, 0.4), ylim=(2.5, -0.5))
    right.set_yticks([0, 1, 2], ["yours", "even", "best"])
    right.grid(axis="y", visible=False)
    return SimpleNamespace(fit=fit, kinks=kinks, yours=yours)


def move_kinks(artists: SimpleNamespace, x: ArrayLike, fit: ArrayLike, kinks: ArrayLike, error: float) -> None:
    """Show the fit of ReLUs that switch on at `kinks`.

    Args:
        artists: what `draw_kinks` returned.
        x: (m,) fine inputs.
        fit: (m,) the approximation.
        kinks: (n,) where the ReLUs switch on.
        error: its root mean squared error.
    """
    artists.fit.set_data(x, fit)
    artists.kinks.set_data(kinks, np.interp(kinks, x, fit))
    artists.yours.set_width(error)


# --- shared -----------------------------------------------------------------------------------------------------------


def _radians(ax: Axes, first: int, last: int, label: str = "x (radians)") -> None:
    """Ticks at multiples of pi, from `first` pi to `last` pi."""
    steps = np.arange(first, last + 0.01, 1 if last - first > 2 else 0.5)
    ax.set_xticks(steps * np.pi, [_multiple_of_pi(step) for step in steps])
    ax.set_xlabel(label)


def _multiple_of_pi(step: float) -> str:
    if step == 0:
        return "0"
    if step % 1:
        return f"{int(2 * step)}π/2".replace("1π", "π")
    return f"{int(step)}π".replace("1π", "π")


def _plain_powers(ax: Axes, n: Sequence[int]) -> None:
    """Write the numbers of ReLUs themselves under a logarithmic axis."""
    ax.set_xticks(list(n), [str(number) for number in n])
    ax.minorticks_off()


def _arrow(style: str, color: str = "#555555") -> dict[str, Any]:
    return {"arrowstyle": style, "color": color, "linewidth": 1.3}
