"""Figures of networks that learn with ReLUs and then spike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure

from utils.page import approx, counted, describe, listed
from utils.plotting import style
from utils.plotting.lif_transfer_curve import parts
from utils.plotting.spiral_mlp import border_segments, decision_image, draw_map, draw_points, label_arms


@style.styled
def plot_conversion(steps, accuracy, relu_accuracy: float, chance: float, errors, labels: Sequence[str]) -> Figure:
    """Accuracy and rate-coding error of converted networks against simulated time.

    Args:
        steps: (n,) steps counted.
        accuracy: (n_seeds, n) in percent.
        relu_accuracy: mean of the ReLU networks, in percent.
        chance: in percent.
        errors: (n_layers, n_seeds, n) mean absolute differences of rates and activations.
        labels: one for each layer.

    Returns:
        The figure.
    """
    fig = style.new_figure(3.3)
    left, right = fig.subplots(1, 2)
    style.spread(left, steps, accuracy, "spiking", style.OWN)
    parts.relu_level(left, relu_accuracy)
    style.chance_line(left, chance)
    left.set(ylabel="test accuracy (%)", ylim=(0, 104), title="accuracy")
    left.legend(loc="center right", fontsize=style.SMALL)
    parts.time_axis(left, steps[-1])
    for error, label, color, marker in zip(errors, labels, parts.in_order(len(labels)), "os^D", strict=False):
        line = style.spread(right, steps, error, label, color)
        line.set(marker=marker, markersize=4)
    reference = np.asarray(steps, dtype=float)
    height = np.mean(errors[0]) * len(reference) / np.sum(1 / reference)
    right.plot(
        reference, 0.6 * height / reference, color=style.TRUTH, linestyle=style.DOTTED, label="slope of 1 / time"
    )
    right.set(yscale="log", ylabel="mean error of the rates")
    right.set_title("rate-coding error")
    parts.time_axis(right, steps[-1])
    right.legend(fontsize=style.SMALL)
    fig.tight_layout()
    mean = np.mean(accuracy, 0)
    ends = [
        f"{label} from {approx(np.mean(error, 0)[0], 2)} to {approx(np.mean(error, 0)[-1], 2)}"
        for label, error in zip(labels, errors, strict=True)
    ]
    return describe(
        fig,
        f"Left: the spiking networks' mean accuracy goes from {approx(mean[0], 2)} % after "
        f"{counted(int(steps[0]), 'step')} to {approx(mean[-1], 2)} % after {steps[-1]}; the ReLU networks reach "
        f"{approx(relu_accuracy, 2)} %. Right: the error of the rates falls along straight lines on logarithmic axes, "
        f"{'; '.join(ends)}.",
    )


@style.styled
def plot_decision_maps(maps: Sequence[tuple], x_max: float, X, y) -> Figure:
    """What a network answers at every place, after several times: colours, borders, and the arms' numbers.

    Args:
        maps: (title, probabilities (h * h, n_classes) on `decision_grid(x_max, h)`) for each; six of them.
        x_max: half the side of the maps.
        X: (n, 2) some test points.
        y: (n,) their classes.

    Returns:
        The figure.
    """
    fig = style.new_figure(4.9)
    agree = []
    target = maps[-1][1].argmax(1)
    for ax, (title, probabilities) in zip(fig.subplots(2, 3).flat, maps, strict=True):
        draw_map(ax, probabilities, x_max)
        ax.images[0].set_interpolation("nearest")  # half the bytes of a smooth picture
        draw_points(ax, X, y, size=5)
        label_arms(ax, probabilities.shape[1], 0.92 * x_max)
        ax.set(xlabel="", ylabel="", xticks=[], yticks=[])
        ax.set_title(title, fontsize=style.NORMAL)
        agree.append((title, 100 * float((probabilities.argmax(1) == target).double().mean())))
    fig.subplots_adjust(left=0.01, right=0.99, bottom=0.015, top=0.94, wspace=0.05, hspace=0.13)
    shares = [f"{approx(share, 2)} % after {title}" for title, share in agree[:-1]]
    return describe(
        fig,
        f"Decision maps of a spiking network, numbered arms and dark borders. It agrees with the {agree[-1][0]} on "
        f"{listed(shares)}.",
    )


class SpikingMap:
    """The film of a decision map that sharpens, beside the accuracy over time.

    Args:
        maps: name -> probabilities (n_steps, h * h, n_classes) on `decision_grid(x_max, h)`.
        curves: name -> accuracy (n_steps,) in percent.
        relu: accuracy of the ReLU network, in percent.
        x_max: half the side of the map.
        X: (n, 2) some test points.
        y: (n,) their classes.
    """

    def __init__(self, maps: Mapping[str, torch.Tensor], curves: Mapping[str, Any], relu: float, x_max: float, X, y):
        self._maps, self._curves, self._relu, self._x_max, self._X, self._y = maps, curves, relu, x_max, X, y

    def draw(self, fig: Figure) -> tuple:
        """Draw the artists, as in `NeuronTrace.draw`."""
        ax = fig.add_axes((0.005, 0.01, 0.49, 0.98))
        first = next(iter(self._maps.values()))
        extent = [-self._x_max, self._x_max] * 2
        image = decision_image(first[0].float(), boundaries=False)
        self.image = ax.imshow(image, origin="lower", extent=extent, interpolation="bilinear")
        self.borders = ax.plot([], [], color=style.OWN, linewidth=style.THIN)[0]
        draw_points(ax, self._X, self._y, size=9)
        label_arms(ax, first.shape[-1], 0.92 * self._x_max)
        ax.set(xlim=extent[:2], ylim=extent[2:], xticks=[], yticks=[])
        ax.grid(False)
        right = fig.add_axes((0.59, 0.14, 0.40, 0.83))
        looks = zip(parts.in_order(len(self._curves)), parts.DASHES, strict=False)
        for (name, accuracy), (color, dashes) in zip(self._curves.items(), looks, strict=False):
            steps = np.arange(1, len(accuracy) + 1)
            right.plot(steps, accuracy, color=color, linestyle=dashes, label=name)
        parts.relu_level(right, self._relu)
        right.set(ylim=(0, 104), ylabel="test accuracy (%)")
        parts.time_axis(right, len(accuracy))
        right.legend(loc="lower right", fontsize=style.SMALL)
        self.dot = right.plot([], [], "o", color=style.OWN, markersize=9, markeredgecolor="white")[0]
        # What lies over the moving map has to be drawn again with it.
        return self.image, self.dot, list(ax.lines), list(ax.texts)

    def update(self, name: str, step: int) -> None:
        """Show the map of one kind of network after a number of steps.

        Args:
            name: of the network.
            step: 1 or more.
        """
        probabilities = self._maps[name][step - 1].float()
        self.image.set_data(decision_image(probabilities, boundaries=False))
        self.borders.set_data(*border_segments(probabilities, self._x_max))
        self.dot.set_data([step], [self._curves[name][step - 1]])


@style.styled
def plot_balancing(
    steps, runs: Sequence[tuple], relu_accuracy: float, chance: float, percentiles, final, spikes
) -> Figure:
    """One spike a step: accuracy over time with and without balanced thresholds, and the choice of the percentile.

    Args:
        steps: (n,).
        runs: (label, accuracy (n_seeds, n) in percent).
        relu_accuracy: in percent.
        chance: in percent.
        percentiles: (m,) labels.
        final: (n_seeds, m) accuracy after 32 steps, in percent.
        spikes: (n_seeds, m) spikes in a step, for each sample.

    Returns:
        The figure.
    """
    fig = style.new_figure(4.2)
    grid = fig.add_gridspec(2, 2)
    left, top, bottom = (fig.add_subplot(place) for place in (grid[:, 0], grid[0, 1], grid[1, 1]))
    for (label, accuracy), color, dashes in zip(runs, parts.in_order(len(runs)), parts.DASHES, strict=False):
        style.spread(left, steps, accuracy, label, color, dashes)
    parts.relu_level(left, relu_accuracy)
    style.chance_line(left, chance)
    left.set(ylabel="test accuracy (%)", ylim=(0, 104))
    left.set_title("at most one spike a step")
    parts.time_axis(left, steps[-1])
    left.legend(loc="lower right", fontsize=style.SMALL, bbox_to_anchor=(1.0, 0.28))
    places = np.arange(len(percentiles))
    style.spread(top, places, final, "", style.OWN)
    parts.relu_level(top, relu_accuracy, named=False)
    style.spread(bottom, places, spikes, "", style.OWN)
    top.set(ylabel="accuracy (%)", title="after 32 steps", xticks=places, xticklabels=[])
    bottom.set(ylabel="spikes a step", xlabel="percentile that sets the thresholds")
    bottom.set(xticks=places, xticklabels=percentiles, ylim=(0, None))
    fig.tight_layout()
    mean, most = np.mean(final, 0), np.mean(spikes, 0)
    ends = [f"{label} {approx(np.mean(accuracy, 0)[-1], 2)} %" for label, accuracy in runs]
    return describe(
        fig,
        f"Left: accuracy over time, in the end {listed(ends)}; the ReLU networks reach {approx(relu_accuracy, 2)} %. "
        f"Right: after 32 steps it lies between {approx(mean.min(), 2)} and {approx(mean.max(), 2)} %, and a sample "
        f"costs between {approx(most.min(), 2)} and {approx(most.max(), 2)} spikes a step.",
    )


@style.styled
def plot_head_start(inputs, staircases: Sequence[tuple], n_steps: int, steps, errors: Sequence[tuple]) -> Figure:
    """What a head start does to the rate: staircases under and around the ReLU, and the errors over time.

    Args:
        inputs: (n,) in thresholds a step.
        staircases: (label, rates (n,)) of `n_steps` steps, without and with a head start.
        n_steps: of the staircases.
        steps: (m,) steps counted in networks.
        errors: (label, mean errors of the rates (n_seeds, m)), in the same order.

    Returns:
        The figure.
    """
    fig = style.new_figure(3.1)
    left, right = fig.subplots(1, 2)
    looks = ((style.OTHER, style.DASHED), (style.OWN, "solid"))
    clipped = np.clip(inputs, 0, 1)
    left.plot(inputs, clipped, color=style.TRUTH, linewidth=style.STRONG, label="ReLU, up to 1")
    for (label, rates), (color, dashes) in zip(staircases, looks, strict=True):
        left.plot(inputs, rates, color=color, linestyle=dashes, linewidth=style.THIN, label=label)
    left.set(xlabel="input in every step (thresholds)", ylabel="spikes / steps", title=f"after {n_steps} steps")
    left.legend(loc="upper left", fontsize=style.SMALL)
    left.set_ylim(-0.05, 1.45)
    for (label, error), (color, dashes) in zip(errors, looks, strict=True):
        style.spread(right, steps, error, label, color, dashes)
    right.set(yscale="log", ylabel="mean error of the rates")
    right.set_title("in the networks")
    parts.time_axis(right, steps[-1])
    right.legend(fontsize=style.SMALL)
    fig.tight_layout()
    bias = [float(np.mean(rates - clipped)) for _, rates in staircases]
    ratio = float(np.mean(errors[1][1], 0)[-1] / np.mean(errors[0][1], 0)[-1])
    sides = [
        f"{label} {'under' if value < -0.2 / n_steps else 'around'} it"
        for (label, _), value in zip(staircases, bias, strict=True)
    ]
    return describe(
        fig,
        f"Left: rates after {n_steps} steps are staircases along the ReLU, {listed(sides)}. Right: after {steps[-1]} "
        f"steps the error with a head start is {approx(ratio, 2)} times the one without.",
    )


@style.styled
def plot_brain_speed(depths, needed: Mapping[str, Any], step_ms, available_ms: float, marks: Sequence[tuple]) -> Figure:
    """Steps that deeper spiking networks need, and the depth that a reaction time leaves room for.

    Args:
        depths: (n,) hidden layers.
        needed: how the potentials start -> steps (n_seeds, n).
        step_ms: (m,) time per layer in ms.
        available_ms: time that the layers have together.
        marks: (time per layer, words) to point at.

    Returns:
        The figure.
    """
    fig = style.new_figure(3.3)
    left, right = fig.subplots(1, 2)
    for (label, steps), (color, dashes) in zip(
        needed.items(), ((style.OTHER, style.DASHED), (style.OWN, "solid")), strict=True
    ):
        style.spread(left, depths, steps, label, color, dashes)
    left.set(xlabel="hidden layers", ylabel="steps until 90 % agree", xticks=depths, title="our networks")
    left.set_ylim(bottom=0)
    left.legend(fontsize=style.SMALL, loc="upper left")
    left.set_ylim(top=1.3 * left.get_ylim()[1])
    right.loglog(step_ms, available_ms / np.asarray(step_ms), color=style.TRUTH)
    for time, words in marks:
        right.plot(time, available_ms / time, "o", color=style.OWN)
        place = {"xytext": (6, 6), "textcoords": "offset points", "fontsize": style.SMALL}
        right.annotate(words, (time, available_ms / time), **place)
    right.set(xlabel="time per layer (ms)", ylabel="layers in a row", title=f"what fits into {available_ms:g} ms")
    right.set(xlim=(1, 2500), ylim=(0.3, 130))
    fig.tight_layout()
    means = [f"{label} {listed([approx(step, 2) for step in np.mean(steps, 0)])}" for label, steps in needed.items()]
    return describe(
        fig,
        f"Left: mean steps for {listed([str(depth) for depth in depths])} hidden layers, {'; '.join(means)}. Right: "
        f"the number of layers that fit into {available_ms:g} ms falls as one over the time per layer.",
    )
