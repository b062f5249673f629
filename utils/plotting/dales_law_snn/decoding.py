"""Figures of a network that names directions: its losses, its answers, its mistakes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from utils.page import approx, counted, describe
from utils.plotting import style
from utils.plotting.arrays import as_array
from utils.plotting.dales_law_snn import parts


@style.styled
def plot_learning(histories: Mapping[str, Any]) -> Figure:
    """Loss and validation accuracy, epoch by epoch.

    Args:
        histories: name -> `History`, at most three.

    Returns:
        The figure.
    """
    fig = style.new_figure(3.5)
    loss, accuracy = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.08, right=0.87, bottom=0.145, top=0.89, wspace=0.26)
    looks = ((style.OWN, "o"), (style.OTHER, "s"), (style.TRUTH, "D"))
    words, ends = [], []
    for (name, history), (color, marker) in zip(histories.items(), looks, strict=False):
        epochs = np.arange(1, history.epochs + 1)
        loss.plot(epochs, history.train_loss, color=color, linewidth=style.THIN, label=f"{name}, training")
        loss.plot(epochs, history.validation_loss, color=color, linestyle=style.DOTTED, label=f"{name}, validation")
        percent = 100 * np.asarray(history.validation_accuracy)
        accuracy.plot(epochs, percent, color=color, linewidth=style.THIN)
        if history.best_epoch:
            accuracy.plot([history.best_epoch], [percent[history.best_epoch - 1]], marker, color=color, markersize=7)
        if len(epochs):
            ends.append((epochs[-1], percent[-1], name, color))
            apart = history.validation_loss[-1] - history.train_loss[-1]
            words.append(f"{name} ends with its validation loss {'above' if apart > 0 else 'below'} its training loss")
    style.chance_line(loss, math.log(12), "chance, ln 12")
    loss.set(xlabel="epoch", ylabel="cross entropy (nats)", ylim=(0, 4.2), title="Loss")
    loss.legend(loc="upper right", fontsize=style.SMALL)
    parts.chance_line(accuracy)
    accuracy.set(xlabel="epoch", ylabel=parts.PER_CENT, ylim=(0, 100), title="Validation (mark: best weights)")
    style.name_ends(accuracy, ends)
    trained = "; ".join(words) if words else "no epoch was trained"
    return describe(fig, f"Losses and validation accuracies over the epochs, with chance as a dashed line: {trained}.")


def _confusion(true_degrees: np.ndarray, named: np.ndarray, n_classes: int = 12) -> np.ndarray:
    """Per cent of each true class (columns) that was given each name (rows)."""
    edges = np.linspace(-90, 90, n_classes + 1)
    counts = np.zeros((n_classes, n_classes))
    np.add.at(counts, (named, np.digitize(true_degrees, edges[1:-1])), 1)
    return 100 * counts / counts.sum(0).clip(1)


def _confusion_axes(ax: Axes, confusion: np.ndarray) -> Any:
    image = ax.imshow(confusion, origin="lower", extent=(-90, 90, -90, 90), cmap=style.SEQUENTIAL, vmin=0, vmax=100)
    ax.set(xlabel="true (°)", ylabel="named (°)", title="Confusion")
    ax.grid(False)
    parts.degree_axis(ax, "xy")
    return image


def _within_one(confusion: np.ndarray) -> float:
    """Per cent of the true classes that were named right or as a neighbour."""
    apart = np.abs(np.subtract.outer(range(len(confusion)), range(len(confusion))))
    return float(confusion[apart <= 1].sum() / len(confusion))


@style.styled
def plot_decoding(results: Mapping[str, tuple[Any, Any]]) -> Figure:
    """True and estimated directions: histogram and confusion matrix, one row a network.

    Args:
        results: name -> (true phase differences in radians, shape (n,); classes named, shape (n,)).

    Returns:
        The figure.
    """
    edges = np.linspace(-90, 90, 13)
    fig = style.new_figure(2.7 * len(results))
    axes = fig.subplots(len(results), 2, squeeze=False, width_ratios=(1.35, 1))
    fig.subplots_adjust(left=0.085, right=0.965, bottom=0.21 / len(results), top=1 - 0.14 / len(results), hspace=0.5)
    words = []
    for (name, (ipd, named)), (histogram, matrix) in zip(results.items(), axes, strict=True):
        true, estimated = np.degrees(as_array(ipd)), as_array(named)
        counts = [np.histogram(true, edges)[0], np.bincount(estimated, minlength=12)]
        histogram.stairs(counts[0], edges, fill=True, color=style.COLORS["light"], label="true")
        histogram.stairs(counts[1], edges, color=style.OWN, linewidth=style.CURVE, label="named")
        histogram.set(xlabel="phase difference (°)", ylabel="sounds", ylim=(0, 1.3 * max(map(max, counts))), title=name)
        histogram.legend(loc="upper right", ncol=2)
        parts.degree_axis(histogram)
        confusion = _confusion(true, estimated)
        image = _confusion_axes(matrix, confusion)
        bar = fig.colorbar(image, ax=matrix, shrink=0.95)
        bar.set_label("of the true class (%)", size=style.NORMAL)
        words.append(f"{name}, {approx(np.diag(confusion).mean())} % and {approx(_within_one(confusion))} %")
    return describe(
        fig,
        "Histograms of the true and the named directions, and confusion matrices. Share of the classes on the "
        f"diagonal, and on it or one class beside it: {'; '.join(words)}.",
    )


class ConfusionFilm:
    """The picture of a film of learning: the confusion matrix, and the validation accuracy with a moving mark.

    Args:
        accuracies: validation accuracy after each epoch, the untrained network first, in per cent.
    """

    def __init__(self, accuracies: Sequence[float]) -> None:
        self._accuracies = np.asarray(accuracies, dtype=float)

    def draw(self, fig: Figure) -> ConfusionFilm:
        """Draw what does not move, and the matrix of nothing.

        Args:
            fig: an empty figure.

        Returns:
            This picture, whose artists move.
        """
        matrix = fig.add_axes((0.08, 0.15, 0.34, 0.74))
        course = fig.add_axes((0.66, 0.15, 0.325, 0.74))
        self.image = _confusion_axes(matrix, np.zeros((12, 12)))
        bar = fig.colorbar(self.image, cax=fig.add_axes((0.44, 0.15, 0.016, 0.74)))
        bar.set_label("of the true class (%)", size=style.NORMAL)
        epochs = np.arange(len(self._accuracies))
        course.plot(epochs, self._accuracies, color=style.TRUTH, linewidth=style.THIN)
        parts.chance_line(course)
        course.set(
            xlabel="epoch", ylabel=parts.PER_CENT, ylim=(0, 100), xlim=(-1, len(epochs)), title="Validation sounds"
        )
        self.mark = course.plot([0], [self._accuracies[0]], "o", color=style.OWN, markersize=9)[0]
        return self

    def update(self, epoch: int, true_degrees: np.ndarray, named: np.ndarray) -> str:
        """Show the network after an epoch.

        Args:
            epoch: 0 for the untrained network.
            true_degrees: shape (n,).
            named: classes, shape (n,).

        Returns:
            What there is to see, in one sentence.
        """
        confusion = _confusion(true_degrees, named)
        self.image.set_data(confusion)
        self.mark.set_data([epoch], [self._accuracies[epoch]])
        used = int((confusion.max(1) > 0).sum())
        return (
            f"After {counted(epoch, 'epoch')}: {approx(self._accuracies[epoch])} % named right, "
            f"{approx(_within_one(confusion))} % right or one class off; {approx(used)} of the 12 classes in use."
        )
