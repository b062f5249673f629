"""Figures and slider pictures of notebook 06: sounds, spikes, signs, and accuracy against inhibition."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from utils.plotting.style import (
    COLORS,
    DIVERGING,
    EXCITATORY,
    INHIBITORY,
    SEQUENTIAL,
    TRUTH,
    chance_line,
    spread,
)

WIDTH = 7.6
CHANCE = 1 / 12
LEFT, RIGHT = COLORS["purple"], COLORS["green"]
# What was published for random rows of signs, read off one figure of three runs a point.
PUBLISHED_SWEEP = {0.0: 0.42, 0.3: 0.785, 0.7: 0.785, 1.0: CHANCE}
PUBLISHED_PLATEAU = (0.77, 0.80)

_EARS = LinearSegmentedColormap.from_list("ears", ["white", LEFT, RIGHT])
_DEGREES = (-90, -45, 0, 45, 90)


def _array(values: Any) -> np.ndarray:
    return np.asarray(values.detach().cpu() if hasattr(values, "detach") else values)


def _degree_axis(ax: Axes, which: str = "x") -> None:
    getattr(ax, f"set_{which}ticks")(_DEGREES)


# --- sounds --------------------------------------------------------------------------------------------------------


def two_ears(ipd_degrees: float, frequency: float = 20.0, peak_rate: float = 600.0) -> Figure:
    """How a phase difference becomes a pair of fibres that fire together.

    Args:
        ipd_degrees: phase difference of the sound at the left.
        frequency: of the envelope in Hz.
        peak_rate: in Hz.
    """

    def rate(phase: np.ndarray) -> np.ndarray:
        return peak_rate * (0.5 * (1 + np.sin(phase))) ** 2

    fig = Figure(figsize=(WIDTH, 3.1))
    left_ax, right_ax = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.085, right=0.985, bottom=0.165, top=0.87, wspace=0.3)
    time = np.linspace(0, 100, 401)
    phase = 2 * np.pi * frequency * time / 1000
    left_ax.plot(time, rate(phase), color=LEFT, label="left ear")
    left_ax.plot(time, rate(phase + math.radians(ipd_degrees)), color=RIGHT, linestyle="--", label="right ear")
    left_ax.set(xlabel="time (ms)", ylabel="firing rate (Hz)", ylim=(0, peak_rate * 1.3), xlim=(0, 100))
    left_ax.set_title(f"Two fibres, {ipd_degrees:+.0f}° apart")
    left_ax.legend(loc="upper right", ncol=2)

    # Mean product of the two rates, against the difference of the delays inside the ears.
    offset = np.linspace(-90, 90, 181)
    cycle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    for ipd, color in ((-60, COLORS["blue"]), (0, COLORS["black"]), (60, COLORS["orange"])):
        shift = np.radians(ipd - offset)[:, None]
        together = (rate(cycle) * rate(cycle + shift)).mean(1) / (rate(cycle) ** 2).mean()
        right_ax.plot(offset, together, color=color, label=f"sound at {ipd:+d}°" if ipd else "sound at 0°")
        right_ax.plot([ipd], [1], "o", color=color)
    right_ax.set(xlabel="delay left - delay right (°)", ylabel="firing together (1 = best)", ylim=(0, 1.32))
    right_ax.set_title("Which pair fires together?")
    right_ax.legend(loc="upper center", ncol=3, columnspacing=0.9, handlelength=1.2, fontsize=8)
    _degree_axis(right_ax)
    return fig


def _raster_picture(spikes: Any) -> np.ndarray:
    """(n_steps, 200) spikes -> (200, n_steps) with 0 none, 0.5 left ear, 1 right ear."""
    picture = _array(spikes).T.astype(float)
    half = len(picture) // 2
    picture[:half] *= 0.5
    return picture


def _raster_axes(ax: Axes, spikes: Any) -> Any:
    image = ax.imshow(
        _raster_picture(spikes), cmap=_EARS, vmin=0, vmax=1, aspect="auto", interpolation="nearest", origin="lower"
    )
    ax.axhline(99.5, color=COLORS["black"], linewidth=0.8)
    ax.grid(False)
    return image


def raster_grid(spikes: Any, ipd_degrees: Sequence[float]) -> Figure:
    """Spikes of both ears for eight sounds.

    Args:
        spikes: shape (8, n_steps, 200).
        ipd_degrees: phase differences in degrees, shape (8,).
    """
    fig = Figure(figsize=(WIDTH, 4.3))
    axes = fig.subplots(2, 4, sharex=True, sharey=True)
    fig.subplots_adjust(left=0.105, right=0.985, bottom=0.11, top=0.935, wspace=0.1, hspace=0.24)
    for ax, sound, degrees in zip(axes.flat, spikes, ipd_degrees, strict=True):
        _raster_axes(ax, sound)
        ax.set_title(f"{degrees:+.0f}°", fontsize=10)
        ax.set_yticks([50, 150], ["left", "right"], rotation=90, va="center")
    fig.supxlabel("time (ms)", fontsize=10, y=0.005)
    fig.supylabel("fibres of each ear, delay 0° to 90° upwards", fontsize=10, x=0.005)
    return fig


def draw_sound(fig: Figure) -> dict[str, Any]:
    """The empty picture of the panel "one sound": raster on the left, spikes over time on the right."""
    raster = fig.add_axes((0.085, 0.15, 0.43, 0.75))
    counts = fig.add_axes((0.615, 0.15, 0.37, 0.75))
    image = _raster_axes(raster, np.zeros((100, 200)))
    raster.set(xlabel="time (ms)", title="Spikes of 200 fibres")
    raster.set_yticks([50, 150], ["left ear", "right ear"], rotation=90, va="center")
    time = np.arange(100)
    lines = [
        counts.plot(time, np.zeros(100), color=color, linestyle=style, label=name)[0]
        for name, color, style in (("left ear", LEFT, "-"), ("right ear", RIGHT, "--"))
    ]
    counts.set(xlabel="time (ms)", ylabel="share of fibres that fire", ylim=(0, 1.05), xlim=(0, 99), title="Together")
    counts.legend(loc="upper right", ncol=2)
    return {"image": image, "lines": lines}


def move_sound(artists: dict[str, Any], spikes: Any) -> None:
    """Show another sound in the picture of `draw_sound`.

    Args:
        artists: from `draw_sound`.
        spikes: shape (100, 200).
    """
    artists["image"].set_data(_raster_picture(spikes))
    share = _array(spikes).astype(float)
    for line, ear in zip(artists["lines"], (share[:, :100], share[:, 100:]), strict=True):
        line.set_ydata(ear.mean(1))


# --- one unit ------------------------------------------------------------------------------------------------------


def surrogate(gradient: Callable[..., Any], slope: float = 5.0) -> Figure:
    """A step, the sigmoid that stands in for it, and the two derivatives.

    Args:
        gradient: `surrogate_gradient(grad, x, slope)`.
        slope: of the sigmoid.
    """
    import torch

    x = torch.linspace(-1.5, 1.5, 301)
    fig = Figure(figsize=(WIDTH, 2.9))
    up, down = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.08, right=0.985, bottom=0.17, top=0.86, wspace=0.24)
    up.plot(x, (x > 0).float(), color=COLORS["black"], label="step: what the unit does")
    up.plot(x, torch.sigmoid(slope * x), color=COLORS["orange"], linestyle="--", label="sigmoid: what it learns by")
    up.set(xlabel="potential - threshold", ylim=(-0.05, 1.45), title="Forward")
    up.legend(loc="upper left")
    down.plot(x, torch.zeros_like(x), color=COLORS["black"], label="step: zero nearly everywhere")
    down.plot(x, gradient(torch.ones_like(x), x, slope), color=COLORS["orange"], linestyle="--", label="surrogate")
    down.set(xlabel="potential - threshold", ylim=(-0.08, 1.9), title="Backward")
    down.legend(loc="upper left")
    return fig


def draw_unit(fig: Figure) -> dict[str, Any]:
    """The empty picture of the panel "one hidden unit": its inputs above, its potential below."""
    inputs = fig.add_axes((0.1, 0.64, 0.885, 0.28))
    membrane = fig.add_axes((0.1, 0.145, 0.885, 0.42))
    time = np.arange(100)
    marks = [
        inputs.plot([], [], "|", color=color, markersize=3.2, label=name)[0]
        for name, color in (("excitatory", EXCITATORY), ("inhibitory", INHIBITORY))
    ]
    inputs.set(xlim=(0, 99), ylim=(-1, 41), xticklabels=[], title="Spikes that arrive")
    inputs.set_yticks([10, 30], ["E", "I"])
    inputs.grid(False)
    membrane.axhline(1, color=TRUTH, linestyle=(0, (4, 3)), linewidth=1.2)
    line = membrane.plot(time, np.zeros(100), color=COLORS["black"], linewidth=1.5)[0]
    spikes = membrane.plot([], [], "^", color=COLORS["orange"], markersize=7, label="spike")[0]
    membrane.set(xlim=(0, 99), ylim=(-4, 4), xlabel="time (ms)", ylabel="potential (threshold = 1)")
    return {"marks": marks, "line": line, "spikes": spikes}


def move_unit(artists: dict[str, Any], inputs: Any, potential: Any, spikes: Any) -> None:
    """Show another run in the picture of `draw_unit`; the potential is cut off at the edges of the picture.

    Args:
        artists: from `draw_unit`.
        inputs: spikes of 20 excitatory, then 20 inhibitory fibres, shape (100, 40).
        potential: shape (100,).
        spikes: shape (100,).
    """
    time, fibre = np.nonzero(_array(inputs))
    for mark, kind in zip(artists["marks"], (fibre < 20, fibre >= 20), strict=True):
        mark.set_data(time[kind], fibre[kind])
    artists["line"].set_ydata(np.clip(_array(potential), -3.95, 3.95))
    fired = np.flatnonzero(_array(spikes))
    artists["spikes"].set_data(fired, np.full(len(fired), 3.6))


# --- learning ------------------------------------------------------------------------------------------------------


def learning_curves(histories: Mapping[str, Any]) -> Figure:
    """Loss and validation accuracy, epoch by epoch.

    Args:
        histories: name -> `History`.
    """
    fig = Figure(figsize=(WIDTH, 3.2))
    loss, accuracy = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.08, right=0.985, bottom=0.155, top=0.88, wspace=0.24)
    colors = (COLORS["blue"], COLORS["vermillion"], COLORS["green"])
    for (name, history), color in zip(histories.items(), colors, strict=False):
        epochs = np.arange(1, history.epochs + 1)
        loss.plot(epochs, history.train_loss, color=color, label=f"{name}, training")
        loss.plot(epochs, history.validation_loss, color=color, linestyle=":", label=f"{name}, validation")
        accuracy.plot(epochs, history.validation_accuracy, color=color, label=name)
        best = history.best_epoch
        if best:
            accuracy.plot([best], [history.validation_accuracy[best - 1]], "o", color=color)
    chance_line(loss, math.log(12), "chance, ln 12")
    loss.set(xlabel="epoch", ylabel="cross entropy (nats)", ylim=(0, 4.2), title="Loss")
    loss.legend(loc="upper right", fontsize=8)
    chance_line(accuracy, CHANCE)
    accuracy.set(xlabel="epoch", ylabel="share named right", ylim=(0, 1.02), title="Validation (dot: best weights)")
    accuracy.legend(loc="lower right", bbox_to_anchor=(1, 0.13))
    return fig


def decoding(results: Mapping[str, tuple[Any, Any]]) -> Figure:
    """True and estimated directions: histogram and confusion matrix, one row a network.

    Args:
        results: name -> (true phase differences in radians, shape (n,); classes named, shape (n,)).
    """
    edges = np.linspace(-90, 90, 13)
    fig = Figure(figsize=(WIDTH, 2.75 * len(results)))
    axes = fig.subplots(len(results), 2, squeeze=False, width_ratios=(1.35, 1))
    fig.subplots_adjust(left=0.085, right=0.97, bottom=0.21 / len(results), top=1 - 0.14 / len(results), hspace=0.5)
    for (name, (ipd, named)), (histogram, matrix) in zip(results.items(), axes, strict=True):
        true = np.digitize(np.degrees(_array(ipd)), edges[1:-1])
        estimated = _array(named)
        counts = [np.bincount(classes, minlength=12) for classes in (true, estimated)]
        histogram.stairs(counts[0], edges, fill=True, color=COLORS["light"], label="true")
        histogram.stairs(counts[1], edges, color=COLORS["vermillion"], linewidth=2, label="estimated")
        histogram.set(xlabel="phase difference (°)", ylabel="sounds", ylim=(0, 1.3 * max(map(max, counts))), title=name)
        histogram.legend(loc="upper right", ncol=2)
        _degree_axis(histogram)
        confusion = np.zeros((12, 12))
        np.add.at(confusion, (estimated, true), 1)
        image = matrix.imshow(
            confusion / confusion.sum(0).clip(1),
            origin="lower",
            extent=(-90, 90, -90, 90),
            cmap=SEQUENTIAL,
            vmin=0,
            vmax=1,
        )
        matrix.set(xlabel="true (°)", ylabel="estimated (°)", title="Confusion")
        matrix.grid(False)
        _degree_axis(matrix)
        _degree_axis(matrix, "y")
        fig.colorbar(image, ax=matrix, label="share of the true class", shrink=0.95)
    return fig


def tuning(ipd: Any, rates: Any, signs: Any) -> Figure:
    """Firing rate of the hidden units against the direction of the sound.

    Args:
        ipd: phase differences in radians, shape (n,).
        rates: rates in Hz, shape (n, n_hidden).
        signs: of the hidden units, shape (n_hidden, 1).
    """
    degrees, rates, signs = np.degrees(_array(ipd)), _array(rates), _array(signs).ravel()
    edges = np.linspace(-90, 90, 25)
    which = np.digitize(degrees, edges[1:-1])
    curves = np.stack([rates[which == bin_].mean(0) for bin_ in range(24)], axis=1)
    middle = (edges[1:] + edges[:-1]) / 2
    fig = Figure(figsize=(WIDTH, 3.5))
    axes = fig.subplots(1, 2, width_ratios=(1.2, 1))
    fig.subplots_adjust(left=0.06, right=0.985, bottom=0.15, top=0.88, wspace=0.34)
    order = np.lexsort((curves.argmax(1), signs))
    image = axes[0].imshow(
        curves[order], aspect="auto", extent=(-90, 90, len(order), 0), cmap=SEQUENTIAL, vmin=0, interpolation="nearest"
    )
    border = int((signs < 0).sum())
    axes[0].axhline(border, color="white", linewidth=2)
    axes[0].set_yticks([border / 2, (border + len(order)) / 2], ["inhibitory", "excitatory"], rotation=90, va="center")
    axes[0].set(xlabel="phase difference (°)", title="All hidden units")
    axes[0].grid(False)
    fig.colorbar(image, ax=axes[0], label="rate (Hz)", pad=0.02)
    modulation = np.ptp(curves, axis=1)
    for sign, color, name in ((-1, INHIBITORY, "inhibitory"), (1, EXCITATORY, "excitatory")):
        kind = np.flatnonzero(signs == sign)
        chosen = kind[np.argsort(modulation[kind])[::-1][:4]]
        for number, unit in enumerate(chosen):
            label = name if number == 0 else None
            style = "-" if sign > 0 else "--"
            axes[1].plot(middle, curves[unit], color=color, linestyle=style, linewidth=1.5, label=label)
    axes[1].set(xlabel="phase difference (°)", ylabel="rate (Hz)", title="The four most tuned of each")
    axes[1].set_ylim(0, 1.2 * curves.max())
    axes[1].legend(loc="upper center", ncol=2)
    for ax in axes:
        _degree_axis(ax)
    return fig


# --- signs and ablations -------------------------------------------------------------------------------------------


def sign_maps(rows: Mapping[str, tuple[Any, Any, Any]]) -> Figure:
    """First-layer weights: raw before learning, signed before learning, signed after it.

    Args:
        rows: name -> three weight matrices of shape (200, n_hidden).
    """
    heads = ("w as drawn", "acting, before", "acting, after learning")
    fig = Figure(figsize=(WIDTH, 2.75 * len(rows)))
    axes = fig.subplots(len(rows), 3, squeeze=False, sharex=True, sharey=True)
    bottom, top = 0.2 / len(rows), 1 - 0.17 / len(rows)
    fig.subplots_adjust(left=0.13, right=0.9, bottom=bottom, top=top, wspace=0.08, hspace=0.25)
    for row, (name, weights) in enumerate(rows.items()):
        for column, (ax, weight) in enumerate(zip(axes[row], weights, strict=True)):
            picture = _array(weight)
            # Scaled to the picture's own size: it is the signs that are compared.
            limit = np.quantile(np.abs(picture), 0.95)
            image = ax.imshow(
                picture, cmap=DIVERGING, vmin=-limit, vmax=limit, aspect="auto", interpolation="nearest", origin="lower"
            )
            ax.axhline(99.5, color=COLORS["black"], linewidth=0.8)
            ax.grid(False)
            ax.set_yticks([50, 150], ["left ear", "right ear"], rotation=90, va="center")
            if row == 0:
                ax.set_title(heads[column], fontsize=9.5)
            if row == len(rows) - 1:
                ax.set_xlabel("hidden unit")
        axes[row, 0].set_ylabel(name, fontweight="bold", labelpad=10)
    bar = fig.colorbar(image, ax=axes, cax=fig.add_axes((0.92, 0.2, 0.018, 0.6)))
    bar.set_ticks([-limit, 0, limit], labels=["I", "0", "E"])
    return fig


def ear_contrasts(groups: Mapping[str, tuple[Any, Any]]) -> Figure:
    """How far each hidden unit sets one ear against the other, before and after learning.

    Args:
        groups: name -> contrasts of the units before and after, each of shape (n_hidden,), from -1 to 1.
    """
    fig = Figure(figsize=(WIDTH, 3.2))
    ax = fig.subplots()
    fig.subplots_adjust(left=0.09, right=0.985, bottom=0.12, top=0.89)
    for place, (before, after) in enumerate(groups.values()):
        for side, values, color, marker, name in (
            (-0.17, before, TRUTH, "o", "before learning"),
            (0.17, after, COLORS["orange"], "D", "after learning"),
        ):
            values = np.sort(_array(values))
            shift = 0.03 * (np.arange(len(values)) % 5 - 2)
            label = name if place == 0 else None
            ax.plot(place + side + shift, values, marker, color=color, markersize=4.5, alpha=0.8, label=label)
    ax.axhline(0, color=TRUTH, linewidth=0.8)
    ax.set_xticks(range(len(groups)), list(groups))
    ax.set(xlim=(-0.5, len(groups) - 0.5), ylim=(-1.05, 1.4), ylabel="left excites   ◂   ▸   right excites")
    ax.set_yticks([-1, -0.5, 0, 0.5, 1])
    ax.set_title("Each hidden unit: one ear against the other")
    ax.legend(loc="upper center", ncol=2)
    ax.grid(axis="x", visible=False)
    return fig


def ablation(
    counts: Sequence[int], samples: Mapping[str, Any], intact: float, retrained: Mapping[str, float]
) -> Figure:
    """Test accuracy against the number of silenced inputs of each kind, with what a new read-out recovers.

    Args:
        counts: numbers of silenced inputs, shape (n,).
        samples: kind of input -> accuracies, shape (n_draws, n); at most three kinds.
        intact: accuracy of the whole network.
        retrained: the same names -> accuracy with `counts[-1]` inputs silenced and a new read-out.
    """
    fig = Figure(figsize=(WIDTH, 3.3))
    ax = fig.subplots()
    fig.subplots_adjust(left=0.085, right=0.985, bottom=0.15, top=0.89)
    looks = ((INHIBITORY, "-", "o"), (EXCITATORY, "-", "s"), (COLORS["orange"], "--", "D"))
    for (name, values), (color, style, marker) in zip(samples.items(), looks, strict=False):
        line = spread(ax, counts, values, f"{name} silenced", color)
        line.set(linestyle=style, marker=marker, markersize=5)
        ax.plot([counts[-1] + 3], [retrained[name]], marker, color=color, markersize=8, markeredgecolor="black")
    ax.annotate("read-out\nretrained", (counts[-1] + 3, 1.0), ha="center", va="top", fontsize=8)
    ax.plot([0], [intact], "o", color=COLORS["black"], markersize=8, label="intact")
    chance_line(ax, CHANCE)
    ax.set(xlabel="number of silenced inputs", ylabel="share of test sounds named right", ylim=(0, 1.02))
    ax.set_xlim(-1.5, counts[-1] + 6)
    ax.set_title("Silencing as many inputs of either kind")
    ax.legend(loc="upper right", bbox_to_anchor=(0.88, 1), fontsize=8.5)
    return fig


def strips(groups: Mapping[str, Sequence[float]], title: str, ylim: tuple[float, float] | None = None) -> Figure:
    """One dot a seed, and the mean, for a few groups side by side.

    Args:
        groups: name -> test accuracies.
        title: of the figure.
        ylim: of the accuracy; None shows everything from chance on.
    """
    fig = Figure(figsize=(WIDTH, 3.1))
    ax = fig.subplots()
    fig.subplots_adjust(left=0.09, right=0.985, bottom=0.13, top=0.89)
    for place, (values, color) in enumerate(
        zip(groups.values(), (COLORS["blue"], COLORS["orange"], COLORS["green"]), strict=False)
    ):
        values = np.asarray(values, dtype=float)
        # Neighbours in size stand side by side, so that no dot hides another.
        shift = 0.09 * ((np.argsort(np.argsort(values)) % 5) - 2)
        ax.plot(place + shift, values, "o", color=color, alpha=0.75, markersize=6)
        ax.hlines(values.mean(), place - 0.32, place + 0.32, color=color, linewidth=2.5)
    ax.set_xticks(range(len(groups)), [f"{name}\n(n = {len(values)})" for name, values in groups.items()])
    ax.set(xlim=(-0.6, len(groups) - 0.4), ylabel="share of test sounds named right", title=title)
    ax.set_ylim(*(ylim or (0, 1)))
    if ax.get_ylim()[0] < CHANCE:
        chance_line(ax, CHANCE)
    ax.grid(axis="x", visible=False)
    return fig


# --- sweeps --------------------------------------------------------------------------------------------------------


def fraction_sweep(fractions: Sequence[float], samples: Any, live: tuple[float, float] | None = None) -> Figure:
    """Test accuracy against the inhibitory fraction, beside what was published.

    Args:
        fractions: shape (n,).
        samples: accuracies, shape (n_seeds, n).
        live: fraction and accuracy of a run of this notebook, or None.
    """
    fig = Figure(figsize=(WIDTH, 3.7))
    ax = fig.subplots()
    fig.subplots_adjust(left=0.085, right=0.985, bottom=0.135, top=0.9)
    published = np.array(list(PUBLISHED_SWEEP.items()))
    ax.fill_between((0.3, 0.7), *PUBLISHED_PLATEAU, color=TRUTH, alpha=0.45, linewidth=0)
    ax.plot(*published.T, "s", linestyle="--", color=TRUTH, markersize=7, label="published, 3 runs a point")
    spread(ax, fractions, samples, f"ours, {len(np.atleast_2d(samples))} seeds a point", COLORS["blue"])
    if live is not None:
        star = {"color": COLORS["orange"], "markersize": 17, "markeredgecolor": "white"}
        ax.plot(*live, "*", **star, label="this notebook, just now")
    chance_line(ax, CHANCE)
    ax.set(xlabel="inhibitory fraction", ylabel="share of test sounds named right", ylim=(0, 1.0), xlim=(-0.03, 1.1))
    ax.set_title("Accuracy against the share of inhibition")
    ax.legend(loc="lower center", bbox_to_anchor=(0.45, 0.14))
    return fig


def drive_and_accuracy(
    fractions: Sequence[float], drives: Mapping[str, Any], accuracies: Mapping[str, tuple[Sequence[float], Any]]
) -> Figure:
    """The mean input current before learning, and the accuracy after it, for two kinds of initial weights.

    Args:
        fractions: where the drive was measured, shape (n,).
        drives: name -> mean current a step, shape (n,), NaN where there is none.
        accuracies: name -> (fractions, accuracies of shape (n_seeds, n)).
    """
    fig = Figure(figsize=(WIDTH, 3.3))
    left, right = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.085, right=0.985, bottom=0.15, top=0.88, wspace=0.25)
    looks = dict(zip(drives, ((COLORS["blue"], "-", "o"), (COLORS["orange"], "--", "D")), strict=True))
    for name, drive in drives.items():
        color, style, marker = looks[name]
        left.plot(fractions, drive, style, marker=marker, markersize=4, color=color, label=name)
    left.axhline(1, color=TRUTH, linestyle=(0, (4, 3)), linewidth=1.2)
    left.annotate("threshold", (0, 1), ha="left", va="bottom", fontsize=8, color="#666666")
    left.set(xlabel="inhibitory fraction", ylabel="current a step (threshold = 1)", title="Drive before learning")
    left.legend(loc="upper right")
    for name, (where, samples) in accuracies.items():
        color, style, _ = looks[name]
        spread(right, where, samples, f"{name}, n = {len(np.atleast_2d(samples))}", color).set_linestyle(style)
    chance_line(right, CHANCE)
    right.set(xlabel="inhibitory fraction", ylabel="share named right", ylim=(0, 1), xlim=(-0.03, 1.17))
    right.set_title("Accuracy after learning")
    right.legend(loc="lower center", bbox_to_anchor=(0.42, 0.12))
    return fig
