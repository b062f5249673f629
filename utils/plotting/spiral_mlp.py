"""Figures of notebook 03: spirals, decision maps, training curves and comparisons over seeds."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from matplotlib.colors import to_rgb
from matplotlib.patches import Circle

from utils.page.figures import describe
from utils.page.numbers import approx, counted
from utils.plotting import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CLASS_COLORS = [style.COLORS[name] for name in ("blue", "orange", "green", "purple", "sky", "vermillion")]
CLASS_MARKERS = ["o", "s", "^", "D", "v", "P"]
MAX_CLASSES = len(CLASS_COLORS)
# How much of a class's colour a map shows where the network is sure: pale enough for points of the same colour on it.
DEEPEST = 0.45
# Steps in which confidence is drawn: even areas, which a reader can compare and a picture can store in little space.
STEPS = 10
# Errors below this are drawn at the lower edge of their logarithmic axis.
LEAST_ERROR = 0.001


@dataclass(frozen=True)
class Comparison:
    """Accuracies over seeds against one property of the network or the data.

    Attributes:
        title: of the panel.
        xlabel: of its horizontal axis.
        x: names or numbers, n of them.
        train: fraction of training points right, (seeds, n).
        test: the same for test points, (seeds, n).
        ceiling: accuracy of Bayes' rule, one number, or one for each x.
        log: whether the horizontal axis is logarithmic.
    """

    title: str
    xlabel: str
    x: Sequence[Any]
    train: torch.Tensor
    test: torch.Tensor
    ceiling: float | Sequence[float]
    log: bool = False


def decision_grid(x_max: float, n: int = 200) -> torch.Tensor:
    """The pixel centres of a square map around the origin.

    Args:
        x_max: half the side of the square, above 0.
        n: pixels along a side.

    Returns:
        Points, (n * n, 2), row after row from the lower left.

    Raises:
        ValueError: x_max is not positive, or n < 2.
    """
    if not x_max > 0 or n < 2:
        raise ValueError(f"x_max, n: got {x_max!r} and {n!r}, allowed are a positive number and at least 2")
    side = torch.linspace(-x_max, x_max, n)
    grid = side.new_empty(n, n, 2)
    grid[..., 0], grid[..., 1] = side, side[:, None]
    return grid.view(-1, 2)


def decision_image(probabilities: torch.Tensor, boundaries: bool = True) -> np.ndarray:
    """Colours of a decision map: the hue says which class, the strength how sure, dark lines where the class changes.

    Args:
        probabilities: (n * n, K) on the points of `decision_grid`.
        boundaries: draw the dark lines.

    Returns:
        RGB image, (n, n, 3), values from 0 to 1, first row at the bottom.

    Raises:
        ValueError: the number of rows is no square, or there are more classes than colours.
    """
    n = math.isqrt(len(probabilities))
    K = probabilities.shape[-1]
    if n * n != len(probabilities) or not 1 <= K <= MAX_CLASSES:
        raise ValueError(
            f"probabilities: got shape {tuple(probabilities.shape)}, allowed is (n * n, K) with K up to {MAX_CLASSES}"
        )
    table = probabilities.detach().cpu().numpy()
    best = table.argmax(1)
    sure = (table.max(1) - 1 / K) / (1 - 1 / K) if K > 1 else np.ones(len(table))
    strength = (DEEPEST * np.round(STEPS * np.clip(sure, 0, 1)) / STEPS)[:, None]
    colours = np.array([to_rgb(colour) for colour in CLASS_COLORS[:K]])[best]
    image = (1 - strength + strength * colours).reshape(n, n, 3)
    if boundaries:
        classes = best.reshape(n, n)
        edge = np.zeros((n, n), dtype=bool)
        edge[:-1] |= classes[:-1] != classes[1:]
        edge[:, :-1] |= classes[:, :-1] != classes[:, 1:]
        image[edge] = 0.25
    return image


def choices_on_map(probabilities: torch.Tensor, x_max: float, X: torch.Tensor) -> torch.Tensor:
    """Which class a map's nearest pixel gives to each point.

    Args:
        probabilities: (n * n, K) on `decision_grid(x_max, n)`.
        x_max: half the side of the map.
        X: points, (m, 2).

    Returns:
        Classes, (m,), int64; -1 for points beside the map.
    """
    n = math.isqrt(len(probabilities))
    place = ((X + x_max) / (2 * x_max) * (n - 1)).round().long()
    inside = ((place >= 0) & (place < n)).all(1)
    place = place.clamp(0, n - 1)
    chosen = probabilities.argmax(1).view(n, n)[place[:, 1], place[:, 0]]
    return torch.where(inside, chosen, -1)


def border_segments(probabilities: torch.Tensor, x_max: float) -> tuple[np.ndarray, np.ndarray]:
    """The borders between the classes of a map, as one broken line.

    Args:
        probabilities: (n * n, K) on `decision_grid(x_max, n)`.
        x_max: half the side of the map.

    Returns:
        x and y of the line, (m,) each; NaN where it breaks.
    """
    from contourpy import contour_generator

    n = math.isqrt(len(probabilities))
    side = np.linspace(-x_max, x_max, n)
    pieces = []
    for k in range(probabilities.shape[1] if probabilities.shape[1] > 1 else 0):
        # Where a class is as likely as its strongest rival; smoother than marking pixels.
        others = torch.cat([probabilities[:, :k], probabilities[:, k + 1 :]], dim=1)
        lead = (probabilities[:, k] - others.max(dim=1).values).view(n, n).numpy()
        for line in contour_generator(side, side, lead).lines(0):
            pieces += [line, np.full((1, 2), np.nan)]
    return tuple(np.concatenate(pieces).T) if pieces else (np.empty(0), np.empty(0))


def draw_map(
    ax: Axes,
    probabilities: torch.Tensor,
    x_max: float,
    X: torch.Tensor | None = None,
    y: torch.Tensor | None = None,
    circle: float | None = None,
) -> None:
    """Draw a decision map, points on it, and a circle around the training data.

    Args:
        ax: where to draw.
        probabilities: (n * n, K) on `decision_grid(x_max, n)`.
        x_max: half the side of the map.
        X: points, (m, 2), or None.
        y: their classes, (m,).
        circle: radius of the circle, or None.
    """
    extent = (-x_max, x_max, -x_max, x_max)
    image = decision_image(probabilities, boundaries=False)
    ax.imshow(image, origin="lower", extent=extent, interpolation="nearest")
    ax.plot(*border_segments(probabilities, x_max), color=style.OWN, linewidth=style.THIN)
    if X is not None:
        draw_points(ax, X, y, size=7)
        chosen = choices_on_map(probabilities, x_max, X)
        wrong = X[(chosen >= 0) & (chosen != y)].numpy()
        ax.plot(
            wrong[:, 0],
            wrong[:, 1],
            "o",
            markersize=5,
            markerfacecolor="none",
            markeredgecolor=style.OWN,
            markeredgewidth=0.8,
            zorder=3,
        )
    if circle is not None:
        ax.add_patch(Circle((0, 0), circle, fill=False, color=style.OWN, linewidth=style.THIN, linestyle=style.DASHED))
    square(ax, x_max)


def label_arms(ax: Axes, K: int, radius: float = 1.2) -> None:
    """Write each class's number where its arm ends, so that no reader depends on colours.

    Args:
        ax: where to write.
        K: number of classes.
        radius: distance of the numbers from the centre.
    """
    for k in range(K):
        angle = 2 * math.pi / K * (2 + k)
        box = {
            "boxstyle": "circle,pad=0.25",
            "facecolor": "white",
            "edgecolor": CLASS_COLORS[k],
            "linewidth": style.THIN,
        }
        x, y = radius * math.sin(angle), radius * math.cos(angle)
        ax.text(
            x, y, str(k), ha="center", va="center", fontsize=style.NORMAL, fontweight="bold", color=style.OWN, bbox=box
        )


def draw_points(ax: Axes, X: torch.Tensor, y: torch.Tensor, size: float = 7) -> None:
    """Draw points with a colour and a marker for each class: one call for each class, no loop over points.

    Args:
        ax: where to draw.
        X: points, (n, 2).
        y: classes, (n,).
        size: marker area in points squared.
    """
    for k in y.unique().tolist():
        chosen = X[y == k].numpy()  # out of a tensor matplotlib takes the numbers one by one
        # All points of a class look alike, so a line without strokes draws them in a third of a scatter's time.
        ax.plot(
            chosen[:, 0],
            chosen[:, 1],
            linestyle="none",
            marker=CLASS_MARKERS[k],
            markersize=math.sqrt(size),
            color=CLASS_COLORS[k],
            markeredgecolor="none",
            zorder=2,
            label=f"class {k}",
        )


def square(ax: Axes, x_max: float) -> None:
    """Make an axes a square piece of the plane around the origin.

    Args:
        ax: of any kind.
        x_max: half of its side.
    """
    ax.set(xlim=(-x_max, x_max), ylim=(-x_max, x_max), aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
    ax.grid(False)


def error_axis(ax: Axes, low: float, high: float = 1.0) -> None:
    """Make the vertical axis one of errors, logarithmic, in percent: 2 % against 4 % is as far as 20 % against 40 %.

    Args:
        ax: where errors are drawn, as fractions.
        low: its lower end.
        high: its upper end.
    """
    ticks = [t for t in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1) if low <= t <= high]
    ax.set_yscale("log")
    ax.set_yticks(ticks, [f"{100 * tick:g} %" for tick in ticks])
    ax.minorticks_off()
    ax.set_ylim(low, high)


def _percent(ax: Axes, low: float, high: float) -> None:
    ax.set_ylim(low, high)
    ax.yaxis.set_major_formatter(lambda value, _: style.with_minus(f"{100 * value:.0f} %"))


def _words(fraction: float) -> str:
    """A measured fraction as words hold it."""
    return f"{approx(100 * float(fraction), 2)} %"


@style.styled
def plot_layers(widths: Sequence[int]) -> Figure:
    """A network as it is drawn on a board: a column of units for each layer, a line for each weight.

    Args:
        widths: of the input, of each hidden layer, and of the output.

    Returns:
        The figure.
    """
    fig = style.new_figure(2.6)
    ax = fig.add_axes((0.01, 0.02, 0.98, 0.96))
    places = [[(layer, unit - (width - 1) / 2) for unit in range(width)] for layer, width in enumerate(widths)]
    for left, right in itertools.pairwise(places):
        for x0, y0 in left:
            for x1, y1 in right:
                ax.plot((x0, x1), (y0, y1), color=style.COLORS["light"], linewidth=style.GUIDE, zorder=1)
    last, tallest = len(widths) - 1, max(widths)
    for layer, column in enumerate(places):
        hidden = 0 < layer < last
        face = style.OWN if hidden else "white"
        ax.plot(
            *zip(*column, strict=True), "o", markersize=13, markerfacecolor=face, markeredgecolor=style.OWN, zorder=2
        )
        name = f"hidden layer {layer}\nwidth {widths[layer]}" if hidden else ("input", "output: logits")[layer == last]
        ax.text(layer, -tallest / 2 - 0.4, name, ha="center", va="top", fontsize=style.NORMAL)
    ax.set(xlim=(-0.5, last + 0.5), ylim=(-tallest / 2 - 2, tallest / 2))
    ax.axis("off")
    hidden = ", ".join(map(str, widths[1:-1])) or "none"
    return describe(
        fig,
        f"Columns of circles joined by lines: {counted(widths[0], 'input')}, "
        f"{counted(len(widths) - 2, 'hidden layer')} (widths: {hidden}), {counted(widths[-1], 'output')}.",
    )


@style.styled
def plot_overflow(scales: Sequence[float], naive: Sequence[float], stable: Sequence[float], limit: float) -> Figure:
    """Two ways to the same loss, against the size of the logits.

    Args:
        scales: the largest logit, (n,).
        naive: loss by the formula as it reads, (n,), inf or NaN where it fails.
        stable: loss by log-sum-exp, (n,).
        limit: logit above which exp overflows.

    Returns:
        The figure.
    """
    # Matplotlib warns of tensors on logarithmic axes.
    scales, naive, stable = (np.asarray(values) for values in (scales, naive, stable))
    fig = style.new_figure(3.2)
    ax = fig.add_axes((0.1, 0.17, 0.87, 0.71))
    ax.loglog(
        scales,
        stable,
        color=style.COLORS["light"],
        linewidth=3 * style.STRONG,
        label="stable: largest logit subtracted",
    )
    ax.loglog(scales, naive, color=style.OWN, linewidth=style.CURVE, label="as the formula reads")
    ax.axvline(limit, color=style.INK, linewidth=style.GUIDE, linestyle=style.DOTTED)
    place = {"textcoords": "offset points", "xytext": (6, 0), "fontsize": style.NORMAL, "color": style.INK}
    ax.annotate(f"exp overflows above {limit:.1f}", (limit, float(min(stable)) * 1.6), **place)
    ax.set(xlabel="logit of the wrong class", ylabel="loss (nats)", xlim=(min(scales), max(scales)))
    ax.set_title("Where the black line ends, its loss is infinite")
    ax.legend(loc="upper left")
    finite = np.isfinite(np.asarray(naive, dtype=float))
    end = float(np.asarray(scales, dtype=float)[finite].max()) if finite.any() else float("nan")
    return describe(
        fig,
        f"Loss against the logit of the wrong class, both logarithmic. The formula as it reads ends at a logit of "
        f"{end:.0f}; the stable one goes on to {float(max(scales)):.0f}.",
    )


@style.styled
def plot_spirals(data: Mapping[str, tuple[torch.Tensor, torch.Tensor]], arms: torch.Tensor, x_max: float) -> Figure:
    """Spiral data sets side by side, with the arms that they scatter around.

    Args:
        data: title -> points (n, 2) and classes (n,).
        arms: noise-free arms, (K, m, 2).
        x_max: half the side of each picture.

    Returns:
        The figure.
    """
    fig, axes = _squares(len(data))
    for number, (ax, (title, (X, y))) in enumerate(zip(axes, data.items(), strict=True)):
        draw_points(ax, X, y, size=4)
        for arm in arms:
            ax.plot(arm[:, 0], arm[:, 1], color=style.OWN, linewidth=style.THIN, zorder=3)
        square(ax, x_max)
        label_arms(ax, len(arms), radius=0.9 * x_max)
        ax.set_title(title)
        if number:
            ax.set_ylabel("")
    said = []
    for title, (X, _) in data.items():
        beyond = (X.norm(dim=1) > 1).float().mean().item()
        said.append(f"{title}: {counted(len(X), 'point')}, {100 * beyond:.0f} % of them further out than radius 1")
    of = f"{counted(len(arms), 'spiral arm')} of {counted(len(arms), 'class', 'classes')}"
    return describe(fig, f"{of} around the origin. {'; '.join(said)}.".replace("$\\sigma$", "sigma"))


def _squares(count: int) -> tuple[Figure, list[Axes]]:
    """A row of square pictures."""
    fig = style.new_figure(7.2 / count + 0.12)
    axes = fig.subplots(1, count, sharex=True, sharey=True, squeeze=False)[0]
    fig.subplots_adjust(left=0.085, right=0.99, bottom=0.14, top=0.925, wspace=0.06)
    return fig, list(axes)


@style.styled
def plot_loader_times(milliseconds: Mapping[str, Sequence[float] | None]) -> Figure:
    """Time of one epoch of loading, for several ways.

    Args:
        milliseconds: way -> one time for each repetition, or None where it could not be measured.

    Returns:
        The figure.
    """
    fig = style.new_figure(0.9 + 0.4 * len(milliseconds))
    ax = fig.add_axes((0.3, 0.32, 0.66, 0.54))
    measured = {way: min(times) for way, times in milliseconds.items() if times}
    fastest = min(measured.values())
    for row, (way, times) in enumerate(milliseconds.items()):
        if not times:
            ax.text(fastest, row, "not measured on this system", va="center", color=style.INK, fontsize=style.NORMAL)
            continue
        ax.plot(times, [row] * len(times), "o", color=style.TRUTH, markersize=5, alpha=0.6)
        ax.plot(measured[way], row, "o", color=style.OWN, markersize=8)
        shortest = f"{measured[way]:.2g}" if measured[way] < 100 else f"{measured[way]:.0f}"
        ax.annotate(
            f"{shortest} ms",
            (measured[way], row),
            xytext=(-9, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=style.NORMAL,
        )
    slowest = max(max(times) for times in milliseconds.values() if times)
    ax.set_yticks(range(len(milliseconds)), list(milliseconds))
    ax.set(xscale="log", xlim=(fastest / 3, slowest * 1.5), ylim=(len(milliseconds) - 0.5, -0.5))
    ax.set(xlabel="time of one epoch of loading (ms, logarithmic)")
    ax.set_title("Black: the fastest epoch; grey: all of them")
    # Which one wins is the finding; the times differ from run to run, and not every system measures every way.
    winner = min(measured, key=measured.get)
    return describe(fig, f"Dots: times of one epoch of loading on a logarithmic axis. The fastest is: {winner}.")


@style.styled
def plot_training(
    loss: Sequence[float], accuracy: Mapping[str, Sequence[float]], ceiling: float, chance: float
) -> Figure:
    """Loss and errors against epochs.

    Args:
        loss: mean training loss of each epoch in nats, (epochs,).
        accuracy: "train" and "test" -> fraction correct after each epoch, (epochs,).
        ceiling: best accuracy that any classifier can expect.
        chance: accuracy of guessing.

    Returns:
        The figure.
    """
    fig = style.new_figure(3.2)
    left, right = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.085, right=0.975, bottom=0.17, top=0.88, wspace=0.3)
    epochs = np.arange(1, len(loss) + 1)
    left.semilogy(epochs, loss, color=style.OWN, linewidth=style.CURVE)
    style.chance_line(left, math.log(1 / chance), f"equal odds: log {1 / chance:.0f}").set_zorder(0)
    ticks = [tick for tick in (0.05, 0.1, 0.2, 0.5, 1, 2) if min(loss) / 2 < tick < 2 * max(loss)]
    left.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    left.minorticks_off()
    left.set(xlabel="epoch", ylabel="cross entropy (nats)", title="Training loss", xlim=(0, len(loss)))
    left.set_ylim(min(loss) / 1.3, 1.5 * math.log(1 / chance))
    errors = {name: 1 - np.asarray(values, dtype=float) for name, values in accuracy.items()}
    looks = {"train": (style.EXAMPLES, style.DASHED, style.CURVE), "test": (style.OWN, "-", style.THIN)}
    for name, (color, dashes, width) in looks.items():
        drawn = np.maximum(errors[name], LEAST_ERROR)
        right.plot(epochs, drawn, color=color, linestyle=dashes, linewidth=width, label=name)
    style.chance_line(right, 1 - chance, f"chance {100 * (1 - chance):.0f} %")
    style.best_line(right, 1 - ceiling, f"best possible {100 * (1 - ceiling):.1f} %")
    right.set(xlabel="epoch", title="Error", xlim=(0, len(loss)))
    error_axis(right, max(LEAST_ERROR, 0.6 * min(1 - ceiling, *map(min, errors.values()))), 1.2)
    right.legend(loc="upper right", bbox_to_anchor=(1, 0.85))
    ends = ", ".join(f"{name} {_words(values[-1])}" for name, values in errors.items())
    return describe(
        fig,
        f"Left: the training loss goes from {approx(loss[0], 2)} to {approx(loss[-1], 2)} nats in "
        f"{counted(len(loss), 'epoch')}. "
        f"Right: errors on a logarithmic axis; the last are {ends}, the best possible is {_words(1 - ceiling)}, "
        f"guessing {100 * (1 - chance):.0f} %.",
    )


@style.styled
def plot_maps(
    maps: Mapping[str, torch.Tensor],
    x_max: float,
    X: torch.Tensor | None = None,
    y: torch.Tensor | None = None,
    circle: float | None = None,
) -> Figure:
    """Decision maps side by side; points that a map gives to another class are ringed.

    Args:
        maps: title -> probabilities (n * n, K) on `decision_grid(x_max, n)`.
        x_max: half the side of the maps.
        X: points drawn on each of them, (m, 2), or None.
        y: their classes, (m,).
        circle: radius of a dashed circle, or None.

    Returns:
        The figure.
    """
    fig, axes = _squares(len(maps))
    said = []
    for number, (ax, (title, probabilities)) in enumerate(zip(axes, maps.items(), strict=True)):
        draw_map(ax, probabilities, x_max, X, y, circle)
        label_arms(ax, probabilities.shape[1])
        ax.set_title(title)
        if number:
            ax.set_ylabel("")
        sure = probabilities.max(1).values.mean().item()
        said.append(f"{title}: mean confidence {_words(sure)}")
        if X is not None:
            chosen = choices_on_map(probabilities, x_max, X)
            wrong = (chosen != y)[chosen >= 0].float().mean().item()
            said[-1] += f", {_words(wrong)} of the points ringed, for they lie in another class's region"
    first, *others = maps.values()
    if others:
        same = [_words((first.argmax(1) == other.argmax(1)).float().mean()) for other in others]
        said.append(f"the maps name the same class on {' and '.join(same)} of the plane shown")
    around = f" A dashed circle has the radius {circle:g}." if circle is not None else ""
    return describe(fig, f"{counted(len(maps), 'decision map')} out to {x_max:g}. {'; '.join(said)}.{around}")


@style.styled
def plot_modes(train_passes: torch.Tensor, eval_pass: float, accuracies: Mapping[str, torch.Tensor]) -> Figure:
    """What `train()` and `eval()` change in a network with dropout.

    Args:
        train_passes: probability of the right class for one point, one value for each pass in training mode, (passes,).
        eval_pass: the same in evaluation mode.
        accuracies: mode -> accuracies of repeated passes through the test set, (passes,); training mode first.

    Returns:
        The figure.
    """
    import seaborn as sns

    fig = style.new_figure(3.0)
    left, right = fig.subplots(1, 2, width_ratios=(1.25, 1))
    fig.subplots_adjust(left=0.085, right=0.985, bottom=0.19, top=0.87, wspace=0.32)
    sns.histplot(x=train_passes.numpy(), bins=np.linspace(0, 1, 26), color=style.EXAMPLES, alpha=1, ax=left)
    left.axvline(eval_pass, color=style.OWN, linewidth=style.STRONG)
    left.annotate("evaluation mode", (eval_pass, 0.99), **_beside(eval_pass))
    left.set_ylim(0, 1.2 * left.get_ylim()[1])
    left.set(xlabel="probability of the right class", ylabel="passes", xlim=(0, 1))
    left.set_title(f"One test point, {len(train_passes)} passes")
    # The jitter comes from NumPy's global generator, which belongs to the reader.
    state = np.random.get_state()
    np.random.seed(0)
    sns.stripplot(
        data={mode: values.numpy() for mode, values in accuracies.items()},
        palette=[style.EXAMPLES, style.OWN],
        jitter=0.18,
        size=4,
        ax=right,
    )
    np.random.set_state(state)
    right.set_title("Test accuracy, pass by pass")
    right.margins(y=0.1)
    right.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.1f} %")
    said = ", ".join(
        f"{mode} {approx(100 * values.min())} to {approx(100 * values.max())} %" for mode, values in accuracies.items()
    )
    low, high = train_passes.min(), train_passes.max()
    return describe(
        fig,
        f"Left: in training mode the probability of one point's class scatters from {approx(low, 2)} to "
        f"{approx(high, 2)} over {counted(len(train_passes), 'pass', 'passes')}; in evaluation mode it is "
        f"{approx(eval_pass, 2)}. Right: test accuracies, {said}.",
    )


def _beside(x: float) -> dict[str, Any]:
    """Where a note beside a vertical line stands: on its emptier side."""
    right = x < 0.5
    return {
        "xycoords": ("data", "axes fraction"),
        "xytext": (5 if right else -5, 0),
        "textcoords": "offset points",
        "ha": "left" if right else "right",
        "va": "top",
        "fontsize": style.SMALL,
    }


@style.styled
def plot_comparisons(comparisons: Sequence[Comparison], chance: float) -> Figure:
    """Error over seeds against one property of the network or the data, a panel for each property.

    Args:
        comparisons: what was compared.
        chance: accuracy of guessing.

    Returns:
        The figure.
    """
    fig = style.new_figure(3.4)
    axes = fig.subplots(1, len(comparisons), sharey=True, squeeze=False)[0]
    fig.subplots_adjust(left=0.085, right=0.985, bottom=0.17, top=0.89, wspace=0.1)
    said, lowest = [], 1.0
    for number, (ax, shown) in enumerate(zip(axes, comparisons, strict=True)):
        names = not all(isinstance(value, int | float) for value in shown.x)
        x = np.arange(len(shown.x)) if names else np.asarray(shown.x, dtype=float)
        train, test = (np.maximum(1 - np.asarray(part, dtype=float), LEAST_ERROR) for part in (shown.train, shown.test))
        best = np.maximum(1 - np.broadcast_to(shown.ceiling, x.shape), LEAST_ERROR)
        if shown.log:
            ax.set_xscale("log")
        if shown.log or names or all(float(value).is_integer() for value in x):
            ax.set_xticks(x, [f"{value}" for value in shown.x])
            ax.xaxis.minorticks_off()
        if names:
            _draw_groups(ax, x, train, test)
        else:
            line = style.spread(ax, x, train, "train", style.EXAMPLES)
            line.set(linestyle=style.DASHED, marker="s", markersize=5, linewidth=style.STRONG)
            style.spread(ax, x, test, "test", style.OWN).set(marker="o", markersize=5, linewidth=style.THIN)
        if np.ptp(best) == 0:
            style.best_line(ax, best[0], f"best possible {100 * best[0]:.1f} %")
            ax.texts[-1].set(position=(-2, -3), verticalalignment="top")  # above the line the dots are
        else:
            ax.plot(x, best, color=style.BEST, linestyle=style.DASH_DOT, linewidth=style.CURVE, label="best possible")
        style.chance_line(ax, 1 - chance, f"chance {100 * (1 - chance):.0f} %")
        ax.set(xlabel=shown.xlabel, title=f"Error: {shown.title[0].lower()}{shown.title[1:]}")
        if not number or np.ptp(best) > 0:
            ax.legend(loc="best")
        lowest = min(lowest, train.min(), test.min(), best.min())
        steps = ", ".join(f"{value} {_words(error)}" for value, error in zip(shown.x, test.mean(0), strict=True))
        said.append(f"{shown.title}: {steps}")
    error_axis(axes[0], max(LEAST_ERROR, 0.7 * lowest), 1.25)
    seeds = counted(len(comparisons[0].test), "seed")
    return describe(fig, f"Mean test error over {seeds}, on a logarithmic axis. {'; '.join(said)}.")


def _draw_groups(ax: Axes, x: np.ndarray, train: np.ndarray, test: np.ndarray) -> None:
    """Seeds and means for named groups, which no line may connect: train left, test right of the middle."""
    looks = (("train", train, style.EXAMPLES, "s", -0.14), ("test", test, style.OWN, "o", 0.14))
    for name, rows, color, marker, shift in looks:
        ax.plot(x + shift, rows.T, marker, color=color, alpha=0.5, markersize=4)
        ax.hlines(
            rows.mean(0), x + shift - 0.12, x + shift + 0.12, color=color, linewidth=style.STRONG, label=f"{name}, mean"
        )
    ax.set_xlim(x[0] - 0.5, x[-1] + 0.5)
    ax.grid(axis="x", visible=False)


@style.styled
def plot_by_radius(
    radius: Sequence[float],
    curves: Mapping[str, tuple[torch.Tensor, torch.Tensor]],
    ceiling: Sequence[float],
    chance: float,
) -> Figure:
    """Accuracy, and how much more confident than right, against the distance from the centre.

    Args:
        radius: middle of each ring, (n,).
        curves: name -> accuracy (seeds, n) and mean confidence (seeds, n).
        ceiling: accuracy of Bayes' rule in each ring, (n,).
        chance: accuracy of guessing.

    Returns:
        The figure.
    """
    fig = style.new_figure(3.6)
    axes = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.085, right=0.985, bottom=0.15, top=0.79, wspace=0.26)
    looks = [
        (style.OWN, "-", "o"),
        (style.OTHER, style.DASHED, "s"),
        (style.OTHER, "-", "D"),
        (style.COLORS["sky"], style.DOTTED, "v"),
    ]
    best = {"color": style.BEST, "linestyle": style.DASH_DOT, "linewidth": style.CURVE}
    axes[0].plot(radius, ceiling, label="Bayes' rule", **best)
    axes[1].axhline(0, **best)  # the confidence of Bayes' rule is, on average, its accuracy
    said = []
    for (name, (accuracy, confidence)), (color, dashes, marker) in zip(curves.items(), looks, strict=False):
        for ax, values in zip(axes, (accuracy, confidence - accuracy), strict=True):
            style.spread(ax, radius, values, name, color).set(linestyle=dashes, marker=marker, markersize=5)
        right, sure = accuracy[:, -1].mean(), confidence[:, -1].mean()
        said.append(f"{name}: right in {_words(right)}, confidence {_words(sure)}")
    for ax, title in zip(axes, ("Accuracy", "Confidence minus accuracy"), strict=True):
        ax.axvspan(0, 1, color=style.COLORS["light"], alpha=0.35, linewidth=0, zorder=0)
        ax.set(xlabel="distance from the centre", xlim=(0, 2), xticks=np.arange(0, 2.1, 0.5), title=title)
    _percent(axes[0], 0, 1.03)
    _percent(axes[1], -0.3, 1.03)
    style.chance_line(axes[0], chance, f"chance {100 * chance:.0f} %")
    axes[0].text(0.5, 0.06, "training arms", ha="center", fontsize=style.NORMAL, color=style.INK)
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="upper center", ncols=len(labels), fontsize=style.NORMAL, columnspacing=1.4)
    said.append(f"Bayes' rule: right in {_words(ceiling[-1])}")
    outermost = f"At a distance of {float(radius[-1]):.1f}"
    return describe(fig, f"Accuracy and overconfidence, ring by ring. {outermost}: {'; '.join(said)}.".replace("$", ""))


@style.styled
def plot_seeds(seeds: Mapping[str, Sequence[float]], run: Mapping[str, float], ceiling: float) -> Figure:
    """One run on top of the distribution over our seeds.

    Args:
        seeds: quantity -> one value for each seed, in percent.
        run: quantity -> the value of the one run, in percent.
        ceiling: accuracy of Bayes' rule, in percent.

    Returns:
        The figure.
    """
    import seaborn as sns

    fig = style.new_figure(1.3 + 0.5 * len(seeds))
    ax = fig.add_axes((0.085, 0.26, 0.89, 0.52))
    values = {name: np.asarray(row, dtype=float) for name, row in seeds.items()}
    sns.stripplot(data=values, orient="h", color=style.OWN, alpha=0.6, size=7, jitter=False, ax=ax)
    ax.plot(
        list(run.values()), [list(seeds).index(name) for name in run], "X", color=style.OTHER, markersize=11, zorder=4
    )
    ax.axvline(ceiling, color=style.BEST, linestyle=style.DASH_DOT, linewidth=style.CURVE)
    ax.set_ylim(len(values) - 0.5, -0.5)
    ax.set(xlabel="accuracy (%)", xlim=(min(map(min, [*values.values(), run.values()])) - 0.3, ceiling + 0.3))
    ax.grid(axis="x", visible=True)
    keys = [("o", style.OWN, "none", "ours, one seed each"), ("X", style.OTHER, "none", "one run of the source's code")]
    keys.append(("", style.BEST, style.DASH_DOT, "best possible on average"))
    for marker, color, dashes, label in keys:
        ax.plot([], [], marker=marker, color=color, linestyle=dashes, label=label)
    ax.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=3)
    said = "; ".join(
        f"{name}: {counted(len(row), 'seed')} from {approx(row.min())} to {approx(row.max())} %, "
        f"the one run {run[name]:.1f} %"
        for name, row in values.items()
    )
    return describe(fig, f"Accuracies as dots. {said}. The best possible on average is {approx(ceiling)} %.")


@style.styled
def plot_confusion(matrices: Mapping[str, torch.Tensor]) -> Figure:
    """Confusion matrices side by side: of the points of each class, how many are given to which.

    Args:
        matrices: title -> shares of each true class (row) given to each class (column), (K, K), rows sum to 1.

    Returns:
        The figure.
    """
    import seaborn as sns

    fig = style.new_figure(7.2 / len(matrices) - 0.3)
    axes = fig.subplots(1, len(matrices), squeeze=False, sharey=True)[0]
    fig.subplots_adjust(left=0.085, right=0.99, bottom=0.16, top=0.9, wspace=0.06)
    said = []
    for number, (ax, (title, shares)) in enumerate(zip(axes, matrices.items(), strict=True)):
        sns.heatmap(
            100 * shares.numpy(),
            annot=True,
            fmt=".0f",
            cmap="Greys",
            vmin=0,
            vmax=100,
            square=True,
            cbar=False,
            linewidths=style.GUIDE,
            linecolor="white",
            ax=ax,
        )
        ax.set(title=title, xlabel="class given", ylabel="" if number else "true class")
        ax.tick_params(length=0)
        right = ", ".join(approx(100 * share, 2) for share in shares.diagonal())
        said.append(f"{title}: right in {right} % of classes 0 to {len(shares) - 1}")
    return describe(fig, f"Tables of shares in percent, a row for each true class. {'; '.join(said)}.")
