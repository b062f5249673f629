"""Figures of notebook 03: spirals, decision maps, training curves and comparisons over seeds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb

from utils.plotting.style import COLORS, chance_line, spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CLASS_COLORS = [COLORS[name] for name in ("blue", "orange", "green", "purple", "sky", "vermillion")]
CLASS_MARKERS = ["o", "s", "^", "D", "v", "P"]
TRAIN, TEST, CEILING = COLORS["sky"], COLORS["vermillion"], COLORS["black"]
MAX_CLASSES = len(CLASS_COLORS)


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
    strength = (0.68 * np.clip(sure, 0, 1))[:, None]
    colours = np.array([to_rgb(colour) for colour in CLASS_COLORS[:K]])[best]
    image = (1 - strength + strength * colours).reshape(n, n, 3)
    if boundaries:
        classes = best.reshape(n, n)
        edge = np.zeros((n, n), dtype=bool)
        edge[:-1] |= classes[:-1] != classes[1:]
        edge[:, :-1] |= classes[:, :-1] != classes[:, 1:]
        image[edge] = 0.25
    return image


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
    ax.imshow(image, origin="lower", extent=extent, interpolation="bilinear")
    side = np.linspace(-x_max, x_max, len(image))
    for k in range(probabilities.shape[1]):
        # Where a class is as likely as its strongest rival; smoother than marking pixels.
        others = torch.cat([probabilities[:, :k], probabilities[:, k + 1 :]], dim=1)
        lead = (probabilities[:, k] - others.max(dim=1).values).reshape(len(image), -1)
        if lead.min() < 0 < lead.max():
            ax.contour(side, side, lead.numpy(), levels=[0], colors=[COLORS["black"]], linewidths=0.9)
    if X is not None:
        draw_points(ax, X, y, size=9)
    if circle is not None:
        ax.add_patch(
            plt.Circle((0, 0), circle, fill=False, color=COLORS["black"], linewidth=1.4, linestyle=(0, (4, 2)))
        )
    _square(ax, x_max)


def label_arms(ax: Axes, K: int, radius: float = 1.2) -> None:
    """Write each class's number where its arm ends, so that no reader depends on colours.

    Args:
        ax: where to write.
        K: number of classes.
        radius: distance of the numbers from the centre.
    """
    for k in range(K):
        angle = 2 * math.pi / K * (2 + k)
        ax.text(
            radius * math.sin(angle),
            radius * math.cos(angle),
            str(k),
            ha="center",
            va="center",
            fontsize=10,
            fontweight="bold",
            color=COLORS["black"],
            bbox={"boxstyle": "circle,pad=0.25", "facecolor": "white", "edgecolor": CLASS_COLORS[k], "linewidth": 1.5},
        )


def draw_points(ax: Axes, X: torch.Tensor, y: torch.Tensor, size: float = 7, legend: bool = False) -> None:
    """Draw points with a colour and a marker for each class: one call for each class, no loop over points.

    Args:
        ax: where to draw.
        X: points, (n, 2).
        y: classes, (n,).
        size: marker area in points squared.
        legend: name the classes.
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
            markeredgecolor="white" if size > 8 else "none",
            markeredgewidth=0.35,
            zorder=1,
            label=f"class {k}",
        )
    if legend:
        ax.legend(markerscale=2.5, handletextpad=0.1, borderaxespad=0.2, fontsize=8, loc="upper left")


def _square(ax: Axes, x_max: float) -> None:
    ax.set(xlim=(-x_max, x_max), ylim=(-x_max, x_max), aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
    ax.grid(False)


def _percent(ax: Axes, low: float = 0.0) -> None:
    ax.set_ylim(low, 1.02)
    ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")


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
    fig, ax = plt.subplots(figsize=(6.6, 3.2))
    fig.subplots_adjust(left=0.11, right=0.97, bottom=0.17, top=0.88)
    ax.loglog(scales, stable, color=COLORS["light"], linewidth=7, label="stable: the largest logit subtracted first")
    ax.loglog(scales, naive, color=COLORS["blue"], label="naive: log of the sum of exp")
    ax.axvspan(limit, max(scales), color=COLORS["vermillion"], alpha=0.1, linewidth=0)
    ax.annotate(
        "exp overflows\nfrom here on",
        (limit, min(stable) * 1.6),
        xytext=(6, 0),
        textcoords="offset points",
        color=COLORS["vermillion"],
        fontsize=9,
    )
    ax.set(xlabel="logit of the wrong class", ylabel="loss (nats)", xlim=(min(scales), max(scales)))
    ax.set_title("Where the naive line ends, its loss is infinite")
    ax.legend(loc="upper left")
    return fig


def plot_spirals(data: Mapping[str, tuple[torch.Tensor, torch.Tensor]], arms: torch.Tensor, x_max: float) -> Figure:
    """Spiral data sets side by side, with the arms that they scatter around.

    Args:
        data: title -> points (n, 2) and classes (n,).
        arms: noise-free arms, (K, m, 2).
        x_max: half the side of each picture.

    Returns:
        The figure.
    """
    fig, axes = plt.subplots(
        1, len(data), figsize=(7.4, 7.4 / len(data) + 0.1), sharex=True, sharey=True, squeeze=False
    )
    fig.subplots_adjust(left=0.09, right=0.99, bottom=0.15, top=0.92, wspace=0.08)
    for number, (ax, (title, (X, y))) in enumerate(zip(axes[0], data.items(), strict=True)):
        draw_points(ax, X, y, size=4, legend=number == 0)
        for arm in arms:
            ax.plot(arm[:, 0], arm[:, 1], color=COLORS["black"], linewidth=1.2)
        _square(ax, x_max)
        if number:
            ax.set_ylabel("")
        ax.set_title(title)
    return fig


def plot_loader_times(milliseconds: Mapping[str, Sequence[float] | None]) -> Figure:
    """Time of one epoch of loading, for several ways.

    Args:
        milliseconds: way -> one time for each repetition, or None where it could not be measured.

    Returns:
        The figure.
    """
    fig, ax = plt.subplots(figsize=(7.2, 0.75 + 0.55 * len(milliseconds)))
    fig.subplots_adjust(left=0.34, right=0.94, bottom=0.27, top=0.86)
    fastest = min(min(times) for times in milliseconds.values() if times)
    for row, times in enumerate(milliseconds.values()):
        if not times:
            ax.text(fastest, row, " not measured on this system", va="center", color="#666666", fontsize=9)
            continue
        shortest = min(times)
        ax.barh(row, shortest, height=0.55, color=COLORS["blue"] if row == 0 else COLORS["light"])
        ax.plot(times, [row] * len(times), ".", color=COLORS["black"], markersize=4)
        ax.text(
            max(times) * 1.15,
            row,
            f"{shortest:.2g} ms" if shortest < 100 else f"{shortest:.0f} ms",
            va="center",
            fontsize=9,
        )
    ax.set_yticks(range(len(milliseconds)), list(milliseconds))
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    slowest = max(max(times) for times in milliseconds.values() if times)
    ax.set(xscale="log", xlim=(fastest / 2.5, slowest * 3.5), xlabel="time of one epoch of loading (ms, logarithmic)")
    ax.set_title("Bars: the fastest epoch; dots: all of them")
    return fig


def plot_training(
    loss: Sequence[float], accuracy: Mapping[str, Sequence[float]], ceiling: float, chance: float
) -> Figure:
    """Loss and accuracies against epochs.

    Args:
        loss: mean training loss of each epoch in nats, (epochs,).
        accuracy: "train" and "test" -> fraction correct after each epoch, (epochs,).
        ceiling: best accuracy that any classifier can expect.
        chance: accuracy of guessing.

    Returns:
        The figure.
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.4, 3.1))
    fig.subplots_adjust(left=0.09, right=0.975, bottom=0.18, top=0.88, wspace=0.28)
    epochs = np.arange(1, len(loss) + 1)
    left.semilogy(epochs, loss, color=TRAIN)
    left.axhline(math.log(1 / chance), color=COLORS["grey"], linestyle=(0, (4, 3)), linewidth=1.2)
    left.annotate(
        "loss of equal odds, log 4",
        (1, math.log(1 / chance)),
        xycoords=("axes fraction", "data"),
        xytext=(-2, -3),
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize=8,
        color="#666666",
    )
    left.set(xlabel="epoch", ylabel="cross entropy (nats)", title="Training loss", xlim=(0, len(loss)))
    left.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    left.yaxis.set_minor_formatter(lambda value, _: f"{value:g}" if f"{value:e}"[0] in "25" else "")
    left.tick_params(which="minor", labelsize=9)
    for name, colour, style in (("train", TRAIN, "-"), ("test", TEST, (0, (3, 1.2)))):
        right.plot(epochs, accuracy[name], color=colour, linestyle=style, label=name)
    right.axhline(ceiling, color=CEILING, linewidth=1, linestyle=":", label="ceiling: Bayes' rule")
    chance_line(right, chance, f"chance {100 * chance:.0f} %")
    right.set(xlabel="epoch", title="Accuracy", xlim=(0, len(loss)))
    _percent(right)
    right.legend(loc="center right")
    return fig


def plot_maps(
    maps: Mapping[str, torch.Tensor],
    x_max: float,
    X: torch.Tensor | None = None,
    y: torch.Tensor | None = None,
    circle: float | None = None,
) -> Figure:
    """Decision maps side by side.

    Args:
        maps: title -> probabilities (n * n, K) on `decision_grid(x_max, n)`.
        x_max: half the side of the maps.
        X: points drawn on each of them, (m, 2), or None.
        y: their classes, (m,).
        circle: radius of a dashed circle, or None.

    Returns:
        The figure.
    """
    count = len(maps)
    fig, axes = plt.subplots(1, count, figsize=(7.4, 7.4 / count + 0.15), sharey=True, squeeze=False)
    fig.subplots_adjust(left=0.09, right=0.99, bottom=0.15, top=0.92, wspace=0.06)
    for number, (ax, (title, probabilities)) in enumerate(zip(axes[0], maps.items(), strict=True)):
        draw_map(ax, probabilities, x_max, X, y, circle)
        label_arms(ax, probabilities.shape[1])
        ax.set_title(title)
        if number:
            ax.set_ylabel("")
    return fig


def plot_modes(
    train_passes: torch.Tensor, eval_pass: float, labels: tuple[str, str], accuracies: Mapping[str, Any]
) -> Figure:
    """What `train()` and `eval()` change in a network with dropout.

    Args:
        train_passes: probability of one class for one point, one value for each pass in training mode, (passes,).
        eval_pass: the same in evaluation mode.
        labels: axis label on the left, title on the left.
        accuracies: mode -> accuracies of repeated passes through the test set, (passes,).

    Returns:
        The figure.
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.4, 3.0), width_ratios=(1.25, 1))
    fig.subplots_adjust(left=0.09, right=0.99, bottom=0.19, top=0.87, wspace=0.32)
    left.hist(train_passes.numpy(), bins=np.linspace(0, 1, 26), color=COLORS["sky"], label="training mode")
    left.axvline(eval_pass, color=COLORS["vermillion"], label="evaluation mode")
    left.set(xlabel=labels[0], ylabel="passes", title=labels[1], xlim=(0, 1))
    left.legend(loc="upper left", fontsize=8)
    jitter = np.random.RandomState(0)
    for row, values in enumerate(accuracies.values()):
        colour = (COLORS["sky"], COLORS["vermillion"])[row]
        right.plot(row + jitter.uniform(-0.15, 0.15, len(values)), values, ".", color=colour, alpha=0.5)
    right.set_xticks(range(len(accuracies)), list(accuracies))
    right.set(xlim=(-0.5, len(accuracies) - 0.5), title="Test accuracy, pass by pass")
    right.grid(axis="x", visible=False)
    right.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.1f} %")
    return fig


def plot_comparisons(panels: Sequence[Mapping[str, Any]], chance: float) -> Figure:
    """Accuracy over seeds against one property of the network or the data, a panel for each property.

    Args:
        panels: each with `title`, `xlabel`, `x` (names or numbers), `train` and `test` (seeds, n), `ceiling` (a number,
            or one for each x), and optionally `log` for a logarithmic axis.
        chance: accuracy of guessing.

    Returns:
        The figure.
    """
    fig, axes = plt.subplots(1, len(panels), figsize=(7.4, 3.2), sharey=True, squeeze=False)
    fig.subplots_adjust(left=0.085, right=0.99, bottom=0.19, top=0.88, wspace=0.08)
    for ax, panel in zip(axes[0], panels, strict=True):
        names = not all(isinstance(value, int | float) for value in panel["x"])
        x = np.arange(len(panel["x"])) if names else np.asarray(panel["x"], dtype=float)
        if panel.get("log"):
            ax.set_xscale("log")
            ax.set_xticks(x, [f"{value:g}" for value in x])
            ax.minorticks_off()
        elif names or all(float(value).is_integer() for value in x):
            ax.set_xticks(x, panel["x"])
        ceiling = np.broadcast_to(panel["ceiling"], x.shape)
        if names:
            ax.axhline(ceiling[0], color=CEILING, linewidth=1, linestyle=":")
            _draw_groups(ax, x, panel)
        else:
            ax.plot(x, ceiling, color=CEILING, linewidth=1, linestyle=":", label="ceiling: Bayes' rule")
            spread(ax, x, panel["train"], "train", TRAIN)
            spread(ax, x, panel["test"], "test", TEST).set_linestyle((0, (3, 1.2)))
            if not any(other.get_legend() for other in axes[0]):
                ax.legend(loc="lower right", bbox_to_anchor=(1, 0.3))
        chance_line(ax, chance, f"chance {100 * chance:.0f} %")
        ax.set(xlabel=panel["xlabel"], title=panel["title"])
    _percent(axes[0, 0])
    return fig


def _draw_groups(ax: Axes, x: np.ndarray, panel: Mapping[str, Any]) -> None:
    """Seeds and means for named groups, which no line may connect: train left, test right of the middle."""
    for name, colour, marker, shift in (("train", TRAIN, "o", -0.14), ("test", TEST, "s", 0.14)):
        rows = np.asarray(panel[name], dtype=float)
        ax.plot(x + shift, rows.T, marker, color=colour, alpha=0.5, markersize=4)
        ax.hlines(rows.mean(0), x + shift - 0.12, x + shift + 0.12, color=colour, linewidth=2.5)
    ax.set_xlim(x[0] - 0.5, x[-1] + 0.5)
    ax.grid(axis="x", visible=False)


def plot_by_radius(
    radius: Sequence[float],
    curves: Mapping[str, tuple[torch.Tensor, torch.Tensor]],
    ceiling: Sequence[float],
    chance: float,
) -> Figure:
    """Accuracy and confidence against the distance from the centre.

    Args:
        radius: middle of each ring, (n,).
        curves: name -> accuracy (seeds, n) and mean confidence (seeds, n).
        ceiling: accuracy of Bayes' rule in each ring, (n,).
        chance: accuracy of guessing.

    Returns:
        The figure.
    """
    fig, axes = plt.subplots(1, 2, figsize=(7.4, 3.4), sharey=True)
    fig.subplots_adjust(left=0.085, right=0.975, bottom=0.17, top=0.88, wspace=0.1)
    colours = [COLORS["vermillion"], COLORS["purple"], COLORS["green"], COLORS["blue"]]
    for ax in axes:  # the confidence of Bayes' rule is, on average, its accuracy
        ax.plot(radius, ceiling, color=CEILING, linewidth=1, linestyle=":", label="Bayes' rule")
    for (name, (accuracy, confidence)), colour in zip(curves.items(), colours, strict=False):
        spread(axes[0], radius, accuracy, name, colour)
        spread(axes[1], radius, confidence, name, colour)
    for ax, title in zip(axes, ("Accuracy", "Confidence"), strict=True):
        ax.axvspan(0, 1, color=COLORS["light"], alpha=0.35, linewidth=0, zorder=0)
        ax.set(xlabel="distance from the centre", xlim=(0, 2), xticks=np.arange(0, 2.1, 0.5), title=title)
        chance_line(ax, chance, f"chance {100 * chance:.0f} %")
    axes[0].text(0.5, 0.1, "training arms", ha="center", fontsize=9, color="#555555")
    axes[1].legend(loc="lower left", bbox_to_anchor=(0, 0.28), fontsize=8)
    _percent(axes[0])
    return fig


def plot_published(seeds: Mapping[str, Sequence[float]], published: Mapping[str, float], ceiling: float) -> Figure:
    """Published single runs on top of our distribution over seeds.

    Args:
        seeds: quantity -> one value for each seed, in percent.
        published: quantity -> the published value, in percent.
        ceiling: accuracy of Bayes' rule, in percent.

    Returns:
        The figure.
    """
    fig, ax = plt.subplots(figsize=(6.8, 1.2 + 0.5 * len(seeds)))
    fig.subplots_adjust(left=0.1, right=0.97, bottom=0.28, top=0.86)
    for row, (name, values) in enumerate(seeds.items()):
        ax.plot(values, [row] * len(values), "o", color=COLORS["blue"], alpha=0.5, label="ours, one seed each")
        ax.plot(published[name], row, "X", color=COLORS["vermillion"], markersize=10, label="published run")
    ax.axvline(ceiling, color=CEILING, linewidth=1, linestyle=":", label="ceiling: Bayes' rule")
    ax.set_yticks(range(len(seeds)), list(seeds))
    ax.set(ylim=(len(seeds) - 0.5, -0.5), xlabel="accuracy (%)")
    handles, labels = ax.get_legend_handles_labels()
    unique = dict(zip(labels, handles, strict=True))
    ax.legend(unique.values(), unique.keys(), loc="lower left", bbox_to_anchor=(0, 1), ncols=3, fontsize=8.5)
    return fig


TRAINER_X_MAX, TRAINER_PIXELS, TRAINER_EPOCHS = 1.5, 120, 60


def draw_trainer(fig: Figure) -> dict[str, Any]:
    """Draw the training panel once: a decision map with points on the left, accuracies on the right.

    Args:
        fig: an empty figure of 7.2 x 3.6 inches.

    Returns:
        The artists that move.
    """
    left = fig.add_axes((0.085, 0.14, 0.4, 0.78))
    blank = np.ones((TRAINER_PIXELS, TRAINER_PIXELS, 3))
    extent = (-TRAINER_X_MAX, TRAINER_X_MAX, -TRAINER_X_MAX, TRAINER_X_MAX)
    picture = left.imshow(blank, origin="lower", extent=extent, interpolation="nearest", zorder=1)
    points = [
        left.plot([], [], marker, color=colour, markersize=3, markeredgecolor="white", markeredgewidth=0.3, zorder=3)[0]
        for marker, colour in zip(CLASS_MARKERS, CLASS_COLORS, strict=True)
    ]
    _square(left, TRAINER_X_MAX)
    left.set_title("Decision map, test points")
    right = fig.add_axes((0.6, 0.15, 0.385, 0.75))
    train = right.plot([], [], color=TRAIN, label="train")[0]
    test = right.plot([], [], color=TEST, linestyle=(0, (3, 1.2)), label="test")[0]
    ceiling = right.plot([], [], color=CEILING, linewidth=1, linestyle=":", label="ceiling")[0]
    chance = right.plot([], [], color=COLORS["grey"], linewidth=1.2, linestyle=(0, (4, 3)), label="chance")[0]
    right.set(xlim=(0, TRAINER_EPOCHS), xlabel="epoch", title="Accuracy")
    _percent(right)
    right.legend(loc="lower right", ncols=2)
    return {"map": picture, "points": points, "train": train, "test": test, "ceiling": ceiling, "chance": chance}


def move_trainer(
    artists: Mapping[str, Any],
    probabilities: torch.Tensor,
    X: torch.Tensor,
    y: torch.Tensor,
    train: Sequence[float] = (),
    test: Sequence[float] = (),
    ceiling: float | None = None,
) -> None:
    """Move the training panel's artists.

    Args:
        artists: what `draw_trainer` returned.
        probabilities: (pixels, K) on `decision_grid(TRAINER_X_MAX, TRAINER_PIXELS)`.
        X: test points, (n, 2).
        y: their classes, (n,).
        train: training accuracy after 0, 1, 2, ... epochs.
        test: test accuracy likewise.
        ceiling: accuracy of Bayes' rule, or None.
    """
    K = probabilities.shape[1]
    artists["map"].set_data(decision_image(probabilities))
    for k, line in enumerate(artists["points"]):
        chosen = X[y == k]
        line.set_data(chosen[:, 0].numpy(), chosen[:, 1].numpy())
    for name, values in (("train", train), ("test", test)):
        artists[name].set_data(range(len(values)), list(values))
    everywhere = (0, TRAINER_EPOCHS)
    artists["chance"].set_data(everywhere, (1 / K, 1 / K))
    artists["ceiling"].set_data(
        everywhere if ceiling is not None else (), () if ceiling is None else (ceiling, ceiling)
    )
