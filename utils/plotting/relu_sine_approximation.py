"""Figures of notebook 02: ReLUs, their weighted sums, and how far those are from a function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from utils.page.figures import describe
from utils.page.numbers import approx, counted
from utils.plotting import style

# The yellow end of the colour map is too light for a line on white.
_LIGHTEST = 0.85
# A target is a broad pale line, so that what lies on it can be seen.
TARGET_LINE = {"color": style.TRUTH, "linewidth": 2 * style.STRONG, "alpha": 0.4}
TRAINING_RANGE = {"color": style.COLORS["yellow"], "alpha": 0.25, "linewidth": 0}


def relu_colors(n: int) -> np.ndarray:
    """One colour for each ReLU, dark for the first and light for the last.

    Args:
        n: number of ReLUs.

    Returns:
        (n, 4) array of RGBA values.
    """
    return style.in_order(n, last=_LIGHTEST)


@style.styled
def plot_points(x: ArrayLike, y: ArrayLike, x_points: ArrayLike, y_points: ArrayLike) -> Figure:
    """The target and its training points, joined by straight lines.

    Args:
        x: (m,) fine inputs.
        y: (m,) the target there.
        x_points: (n,) training inputs.
        y_points: (n,) training targets.

    Returns:
        The figure.
    """
    n = len(np.asarray(x_points))
    fig = style.new_figure(2.9)
    ax = fig.add_axes((0.085, 0.18, 0.9, 0.71))
    ax.plot(x, y, **TARGET_LINE, label="sin(x), the target")
    ax.plot(x_points, y_points, color=style.OWN, label="straight lines between the points")
    ax.plot(x_points, y_points, "o", color=style.EXAMPLES, label=counted(n, "training point"), zorder=3)
    ax.set(title=f"{counted(n, 'point')}, {counted(n - 1, 'straight piece')}", ylabel="y")
    radians(ax, 0, 2)
    ax.legend(loc="upper right")
    return describe(
        fig, f"The target as a broad grey curve, {counted(n, 'point')} on it, and the broken line that joins them."
    )


@style.styled
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
    fig = style.new_figure(height)
    ax = fig.add_axes((0, 0, 1, 1), xlim=(0, 7.2), ylim=(0, height))
    ax.axis("off")
    rows = height / 2 - 0.1 + 0.36 * (np.arange(n)[::-1] - (n - 1) / 2)
    middle = float(rows.mean())
    for row, bias, weight, color in zip(rows, b, w, relu_colors(n), strict=True):
        edge = style.EXCITATORY if weight >= 0 else style.INHIBITORY
        width = 0.6 + 3.5 * abs(weight) / max(np.abs(w).max(), 1e-9)
        ax.plot([0.88, 2.0], [middle, row], color=style.COLORS["light"], linewidth=style.GUIDE, zorder=1)
        dashes = "-" if weight >= 0 else (0, (3, 1.2))  # the sign shows without colour
        ax.plot([3.45, 5.67], [row, middle], color=edge, linewidth=width, linestyle=dashes, zorder=1)
        # A ReLU's symbol: flat, then rising.
        ax.add_patch(
            mpl.patches.Circle((2.7, row), 0.16, facecolor="white", edgecolor=color, linewidth=style.CURVE, zorder=2)
        )
        ax.plot([2.6, 2.69, 2.79], [row - 0.05, row - 0.05, row + 0.07], color=color, linewidth=style.CURVE, zorder=3)
        # "+ 0" turns a rounded -0.0 into 0.0.
        ax.text(2.46, row, f"{round(bias, 2) + 0:.2f}", ha="right", va="center", fontsize=style.NORMAL)
        ax.text(
            2.94,
            row,
            f"{round(weight, 2) + 0:+.2f}",
            ha="left",
            va="center",
            fontsize=style.NORMAL,
            color=style.ink(edge),
        )
    for x, name in ((0.6, "x"), (5.95, "Σ")):
        circle = mpl.patches.Circle(
            (x, middle), 0.28, facecolor="#F4F4F4", edgecolor="#555555", lw=style.THIN, zorder=2
        )
        ax.add_patch(circle)
        ax.text(
            x, middle, name, ha="center", va="center", fontsize=style.LARGE, style="italic" if name == "x" else "normal"
        )
    ax.annotate("", (6.75, middle), (6.23, middle), arrowprops=_arrow("->"))
    ax.text(6.8, middle, "ŷ", va="center", fontsize=style.LARGE, style="italic")
    ax.annotate(
        f"offset {round(float(offset), 2) + 0:.2f}",
        (5.95, middle + 0.28),
        (5.95, middle + 0.9),
        ha="center",
        fontsize=style.NORMAL,
        arrowprops=_arrow("->"),
    )
    for x, words in ((2.26, "biases"), (3.17, "weights"), (0.6, "input"), (5.95, "output")):
        ax.text(x, rows.max() + 0.32, words, ha="center", fontsize=style.NORMAL, color="#555555", weight="bold")
    signs = "".join("+" if weight >= 0 else "-" for weight in w)
    return describe(
        fig,
        f"One input, {counted(n, 'ReLU')} with biases from {b.max() + 0:.2f} to {b.min() + 0:.2f}, one output with an "
        f"offset of {round(float(offset), 2) + 0:.2f}. Signs of the output weights, from the first ReLU on: {signs}",
    )


@style.styled
def plot_bases(
    x: ArrayLike, activations: ArrayLike, weights: ArrayLike, offset: float, x_points: ArrayLike, y_points: ArrayLike
) -> Figure:
    """The ReLUs, the weighted ReLUs, and the sums on the way to the fit.

    Args:
        x: (m,) fine inputs.
        activations: (m, n) relu(x + bias) of each ReLU.
        weights: (n,) output weights.
        offset: the output's own bias.
        x_points: (n + 1,) training inputs.
        y_points: (n + 1,) training targets.

    Returns:
        The figure.
    """
    x, bases, w = np.asarray(x), np.asarray(activations), np.asarray(weights)
    kinks, heights = np.asarray(x_points), np.asarray(y_points)
    weighted = bases * w
    sums = float(offset) + np.cumsum(weighted, axis=1)
    colors = relu_colors(len(w))
    numbered = len(w) <= 12  # more numbers would lie on top of each other
    fig = style.new_figure(5.4)
    first, second = fig.add_axes((0.075, 0.61, 0.39, 0.32)), fig.add_axes((0.575, 0.61, 0.39, 0.32))
    third = fig.add_axes((0.075, 0.1, 0.9, 0.37))
    for ax, curves, title in ((first, bases, "1  The ReLUs"), (second, weighted, "2  Each times its weight")):
        for curve, color in zip(curves.T, colors, strict=True):
            ax.plot(x, curve, color=color, linewidth=style.THIN)
        ax.axhline(0, color=style.TRUTH, linewidth=style.GUIDE, zorder=1)
        ax.set_title(title)
        radians(ax, 0, 2, "")
        if numbered:
            ax.set_xlim(-0.2, x[-1] + 0.05)
            names = zip(curves[-1], colors, strict=True)
            style.name_ends(ax, [(x[-1], end, f"{i}", color) for i, (end, color) in enumerate(names, start=1)])
    # Left of its newest kink a sum is the one before it: only what the newest ReLU adds is drawn.
    margin = 0.35 * (heights.max() - heights.min() or 1)
    low, high = heights.min() - margin, heights.max() + margin
    for curve, kink, color in zip(sums.T, kinks, colors, strict=False):
        third.plot(x[x >= kink], curve[x >= kink], color=color, linewidth=style.THIN)
    third.plot(x, sums[:, -1], color=style.OWN, linewidth=style.STRONG, zorder=4)
    third.plot(kinks, heights, "o", color=style.EXAMPLES, markersize=11 if numbered else 6, zorder=5)
    for i, place in enumerate(zip(kinks[: len(w)], heights, strict=False), start=1):
        if numbered:
            third.text(*place, f"{i}", ha="center", va="center_baseline", fontsize=style.SMALL, zorder=6)
    third.set(title="3  Added up, one by one: each new ReLU bends the sum at its kink", ylim=(low, high))
    radians(third, 0, 2)
    missed = float(np.abs(np.interp(kinks, x, sums[:, -1]) - heights).max())
    return describe(
        fig,
        f"Three panels. {counted(len(w), 'ramp')} that start one after the other and reach {bases.max():.1f}; the same "
        f"times their weights, {int((w > 0).sum())} rising and {int((w < 0).sum())} falling; and their running sums. "
        f"The last sum {'passes through' if missed < 0.01 else f'misses by up to {missed:.2f}'} the training points.",
    )


@style.styled
def plot_offset(
    x: ArrayLike, y: ArrayLike, without: ArrayLike, with_offset: ArrayLike, x_points: ArrayLike, y_points: ArrayLike
) -> Figure:
    """The same ReLUs with and without an offset, for a target that does not start at zero.

    Args:
        x: (m,) fine inputs.
        y: (m,) the target.
        without: (m,) the sum of ReLUs alone.
        with_offset: (m,) the same plus the offset.
        x_points: (n,) training inputs.
        y_points: (n,) training targets.

    Returns:
        The figure.
    """
    x, y, fits = np.asarray(x), np.asarray(y), [np.asarray(without), np.asarray(with_offset)]
    fig = style.new_figure(2.9)
    axes = fig.subplots(1, 2, sharey=True)
    fig.subplots_adjust(left=0.085, right=0.985, bottom=0.18, top=0.87, wspace=0.08)
    for ax, fit, title in zip(axes, fits, ("Without an offset", "With the offset y₀"), strict=True):
        ax.plot(x, y, **TARGET_LINE, label="cos(x)")
        ax.plot(x, fit, color=style.OWN, label="sum of ReLUs")
        ax.plot(x_points, y_points, "o", color=style.EXAMPLES, markersize=5, label="training points")
        ax.set_title(title)
        radians(ax, 0, 2)
    at = np.pi
    axes[0].annotate(
        "",
        (at, float(np.interp(at, x, fits[0]))),
        (at, float(np.interp(at, x, y))),
        arrowprops=_arrow("<->", style.OTHER),
    )
    axes[0].text(0.03, 0.1, "y₀ is missing\neverywhere", transform=axes[0].transAxes, fontsize=style.NORMAL)
    axes[1].legend(loc="upper center", fontsize=style.SMALL)
    gaps = [float(np.abs(np.interp(np.asarray(x_points), x, fit) - np.asarray(y_points)).max()) for fit in fits]
    return describe(
        fig,
        f"A cosine and points on it, twice. Without an offset the sum of ReLUs misses the points by up to "
        f"{gaps[0]:.2f}, with the offset by up to {max(gaps[1], 0):.2f}.",
    )


@style.styled
def plot_error(
    n: Sequence[int], largest: ArrayLike, bound: ArrayLike, needed: Mapping[float, tuple[int, int]]
) -> Figure:
    """Largest error against the number of ReLUs, beside the bound, and how many a tolerance takes.

    Args:
        n: (k,) numbers of ReLUs.
        largest: (k,) largest absolute errors.
        bound: (k,) the bound on them.
        needed: tolerance -> (enough by the bound, enough as measured).

    Returns:
        The figure.
    """
    n, largest, bound = np.asarray(n), np.asarray(largest), np.asarray(bound)
    fig = style.new_figure(3.7)
    ax = fig.add_axes((0.1, 0.15, 0.885, 0.74))
    ax.loglog(n, bound, color=style.BEST, linestyle=style.DASH_DOT, label="bound: h² / 8 · max |f''|")
    ax.loglog(n, largest, "o-", color=style.OWN, markersize=4, linewidth=style.THIN, label="measured")
    for tolerance, (sure, enough) in needed.items():
        ax.plot(
            [n[0], enough], [tolerance, tolerance], color=style.TRUTH, linestyle=style.DASHED, linewidth=style.GUIDE
        )
        ax.plot(
            [enough, enough],
            [largest.min() / 2, tolerance],
            color=style.TRUTH,
            linestyle=style.DASHED,
            linewidth=style.GUIDE,
        )
        ax.plot([enough], [tolerance], "o", mfc="none", mec=style.OTHER, ms=10, mew=style.THIN)
        words = f"{tolerance:g}: {enough} ReLUs" + (f" (bound: {sure})" if sure != enough else "")
        ax.text(enough * 1.22, tolerance * 1.15, words, fontsize=style.NORMAL, va="bottom")
    ax.set(xlabel="number of ReLUs", ylabel="largest error", title="Twice the ReLUs, a quarter of the error")
    ax.set_ylim(largest.min() / 2, 2.5 * bound.max())
    plain_numbers(ax, [2**k for k in range(12) if n[0] <= 2**k <= n[-1]])
    ax.legend(loc="upper right")
    said = ", ".join(f"{enough} (bound: {sure}) for {tolerance:g}" for tolerance, (sure, enough) in needed.items())
    above = "never above" if np.all(largest <= bound * (1 + 1e-9)) else "at times above"
    return describe(
        fig,
        f"Largest error against the number of ReLUs, both logarithmic: from {largest[0]:.2g} at {n[0]} to "
        f"{largest[-1]:.2g} at {n[-1]}, {above} the bound. ReLUs that are enough: {said}.",
    )


@style.styled
def plot_rates(n: Sequence[int], rows: Mapping[str, tuple[ArrayLike, float, ArrayLike, float]]) -> Figure:
    """Errors of several targets, largest and root mean squared, with their slopes.

    Args:
        n: (k,) numbers of ReLUs.
        rows: label -> (largest errors (k,), their slope, root mean squared errors (k,), their slope).

    Returns:
        The figure.
    """
    n = np.asarray(n)
    fig = style.new_figure(3.7)
    axes = [fig.add_axes((0.09, 0.15, 0.28, 0.74)), fig.add_axes((0.58, 0.15, 0.28, 0.74))]
    said = []
    for ax, title, at in zip(axes, ("Largest error", "Root mean squared error"), (0, 2), strict=True):
        ax.set(xlabel="number of ReLUs", title=title, xscale="log", yscale="log", ylim=(10**-5.3, 10**0.5))
        ends = []
        for (label, row), color, marker in zip(rows.items(), relu_colors(len(rows)), "osD^vPX", strict=False):
            errors, slope = np.asarray(row[at]), round(row[at + 1], 2) + 0  # "+ 0" turns a rounded -0.0 into 0.0
            ax.plot(n, errors, marker + "-", color=color, markersize=5, linewidth=style.THIN)
            ends.append((n[-1], errors[-1], f"{label}: {slope:.2f}", color))
            said.append(f"{label} {slope:.2f}" if at == 0 else f"{slope:.2f}")
        plain_numbers(ax, n)
        style.name_ends(ax, ends, away=9)
    axes[0].set_ylabel("error")
    half = len(rows)
    pairs = ", ".join(f"{first} and {second}" for first, second in zip(said[:half], said[half:], strict=True))
    return describe(
        fig,
        "Errors against the number of ReLUs on logarithmic axes, left the largest, right the root mean squared one. "
        f"Their slopes: {pairs}.",
    )


@style.styled
def plot_methods(
    n: Sequence[int], by_hand: ArrayLike, solved: ArrayLike, limit: ArrayLike, seeds: Mapping[str, ArrayLike]
) -> Figure:
    """The same number of ReLUs, chosen in several ways; on the right the ways that depend on chance.

    Args:
        n: (k,) numbers of ReLUs.
        by_hand: (k,) root mean squared errors, everything by hand.
        solved: (k,) the same ReLUs with solved output weights.
        limit: (k,) what the best places for many kinks come close to.
        seeds: label -> (n_seeds, k) errors.

    Returns:
        The figure.
    """
    n, by_hand, solved = np.asarray(n), np.asarray(by_hand), np.asarray(solved)
    fig = style.new_figure(4.3)
    axes = fig.subplots(1, 2, sharey=True)
    fig.subplots_adjust(left=0.095, right=0.76, bottom=0.13, top=0.91, wspace=0.1)
    axes[0].loglog(n, by_hand, "o-", color=style.OWN, label="all by hand")
    axes[0].loglog(n, solved, "s", color=style.OWN, linestyle=style.DASHED, mfc="white", label="weights solved")
    axes[0].loglog(n, limit, color=style.BEST, linestyle=style.DASH_DOT, label="best kinks, many ReLUs (theory)")
    axes[1].loglog(n, by_hand, "o-", color=style.OWN)
    looks = [
        (style.TRUTH, "^", style.DOTTED, 0.94),
        (style.COLORS["blue"], "D", style.DASHED, 1.0),
        (style.OTHER, "v", "-", 1.06),
    ]
    medians, n_seeds, ends = {}, 0, [(1.1 * n[-1], by_hand[-1], "all by hand", style.OWN)]
    for (label, errors), (color, marker, dashes, shift) in zip(seeds.items(), looks, strict=True):
        rows, x = np.asarray(errors), n * shift
        n_seeds = len(rows)
        # The median: on logarithmic axes one failed run would pull the mean away from all the others.
        medians[label] = np.median(rows, 0)
        axes[1].loglog(x, medians[label], marker, linestyle=dashes, color=color, linewidth=style.THIN, label=label)
        ends.append((1.1 * n[-1], medians[label][-1], label, color))
        axes[1].loglog(x, rows.T, ".", color=color, alpha=0.5, markersize=4)
        axes[1].vlines(x, rows.min(0), rows.max(0), color=color, linewidth=style.GUIDE, alpha=0.5)
    for ax, title in zip(axes, ("No chance involved", f"{counted(n_seeds, 'seed')} each: median, range"), strict=True):
        ax.set(xlabel="number of ReLUs", title=title)
        plain_numbers(ax, n)
    axes[0].set(ylabel="root mean squared error", ylim=(1e-4, 1.5))
    axes[0].legend(loc="lower left", fontsize=style.SMALL)
    style.name_ends(axes[1], ends)
    falls = [f"{label} from {rms[0]:.2g} to {rms[-1]:.2g}" for label, rms in (("by hand", by_hand), ("solved", solved))]
    falls += [f"{label} from {approx(rms[0], 2)} to {approx(rms[-1], 2)}" for label, rms in medians.items()]
    return describe(
        fig,
        f"Root mean squared error against the number of ReLUs, from {n[0]} to {n[-1]}: {'; '.join(falls)} (medians "
        "where chance is involved).",
    )


@style.styled
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
    fig = style.new_figure(3.6)
    axes = fig.subplots(1, len(after), sharey=True)
    fig.subplots_adjust(left=0.075, right=0.975, bottom=0.26, top=0.9, wspace=0.12)
    shares = []
    for ax, (label, kinks) in zip(axes, after.items(), strict=True):
        ax.axvspan(*interval, **TRAINING_RANGE)
        for row, (start, end) in enumerate(zip(np.asarray(before[label]), np.asarray(kinks), strict=True), start=1):
            ax.plot(start, np.full_like(start, row + 0.17), "o", color=style.TRUTH, mfc="none", markersize=3.5)
            ax.plot(end, np.full_like(end, row - 0.17), "|", color=style.OWN, markersize=8, markeredgewidth=style.THIN)
        ax.set(xlim=(-2 * np.pi, 4 * np.pi), title=label)
        radians(ax, -2, 4, "x at which a ReLU switches on")
        ax.grid(False)
        inside = [
            ((np.asarray(k) > interval[0]) & (np.asarray(k) < interval[1])).mean() for k in (before[label], kinks)
        ]
        shares.append(f"{label}: {approx(100 * inside[0], 2)} % before and {approx(100 * inside[1], 2)} % after")
    circles, bars = axes[0].lines[:2]
    circles.set_label("before training")
    bars.set_label("after training")
    shade = mpl.patches.Patch(color=style.COLORS["yellow"], alpha=0.25, label="training range")
    fig.legend(handles=[circles, bars, shade], loc="lower center", ncols=3)
    axes[0].set(ylabel="seed", yticks=np.arange(1, len(kinks) + 1)[::3], ylim=(0.3, len(kinks) + 0.7))
    return describe(
        fig,
        f"Kinks of {counted(len(kinks), 'network')} from each start, one row for each seed. Inside the training range "
        f"are, {'; '.join(shares)}.",
    )


@style.styled
def plot_outside(
    x: ArrayLike, y: ArrayLike, single: Mapping[str, ArrayLike], trained: ArrayLike, interval: tuple[float, float]
) -> Figure:
    """Several approximations beyond their training range.

    Args:
        x: (m,) inputs on both sides of the training range.
        y: (m,) the target.
        single: label -> (m,) curves without chance, at most two.
        trained: (n_seeds, m) curves of trained networks.
        interval: the training range, shaded.

    Returns:
        The figure.
    """
    x, trained = np.asarray(x), np.asarray(trained)
    fig = style.new_figure(3.5)
    ax = fig.add_axes((0.085, 0.15, 0.895, 0.75))
    ax.axvspan(*interval, **TRAINING_RANGE, label="training range")
    ax.plot(x, y, **TARGET_LINE, label="sin(x)")
    lines = ax.plot(x, trained.T, color=style.COLORS["sky"], linewidth=style.GUIDE)
    lines[0].set_label(f"gradient descent, {counted(len(trained), 'seed')}")
    for (label, curve), (color, dashes) in zip(
        single.items(), ((style.OWN, "-"), (style.OTHER, style.DASHED)), strict=False
    ):
        ax.plot(x, curve, color=color, linestyle=dashes, label=label)
    ax.set(ylim=(-4.2, 4.2), ylabel="y", title="Outside the training range: straight lines")
    radians(ax, -2, 4)
    ax.legend(loc="upper left", fontsize=style.SMALL, ncols=2)
    ends = ", ".join(
        f"{label} {np.asarray(curve)[0]:.1f} and {np.asarray(curve)[-1]:.1f}" for label, curve in single.items()
    )
    return describe(
        fig,
        "A sine over three periods, the training range shaded. Values at the far left and the far right: "
        f"{ends}; trained networks {approx(trained[:, 0].min(), 2)} to {approx(trained[:, 0].max(), 2)} and "
        f"{approx(trained[:, -1].min(), 2)} to {approx(trained[:, -1].max(), 2)}.",
    )


# --- shared with the panels -----------------------------------------------------------------------------------------


def radians(ax: Axes, first: int, last: int, label: str = "x (radians)") -> None:
    """Put ticks at multiples of pi.

    Args:
        ax: where.
        first: first tick, in units of pi.
        last: last tick, in units of pi.
        label: of the axis.
    """
    steps = np.arange(first, last + 0.01, 1 if last - first > 2 else 0.5)
    ax.set_xticks(steps * np.pi, [_multiple_of_pi(step) for step in steps])
    ax.set_xlabel(label)


def _multiple_of_pi(step: float) -> str:
    if step == 0:
        return "0"
    if step % 1:
        return style.with_minus(f"{int(2 * step)}π/2").replace("1π", "π")
    return style.with_minus(f"{int(step)}π").replace("1π", "π")


def plain_numbers(ax: Axes, n: Sequence[int]) -> None:
    """Write the numbers of ReLUs themselves under a logarithmic axis.

    Args:
        ax: where.
        n: the numbers.
    """
    ax.set_xticks(list(n), [str(number) for number in n])
    ax.minorticks_off()


def _arrow(head: str, color: str = "#555555") -> dict[str, Any]:
    return {"arrowstyle": head, "color": color, "linewidth": style.THIN}
