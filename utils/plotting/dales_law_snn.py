"""Figures of notebook 06: sounds, spikes, signs, and how well each listener names a direction."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from utils.datasets.sound import FREQUENCY, PEAK_RATE
from utils.page import approx, counted, describe
from utils.plotting.style import (
    BEST,
    COLORS,
    CURVE,
    DASH_DOT,
    DASHED,
    DOTTED,
    EXCITATORY,
    GUIDE,
    INHIBITORY,
    NORMAL,
    OTHER,
    OWN,
    SEQUENTIAL,
    SMALL,
    STRONG,
    THIN,
    TRUTH,
    best_line,
    chance_line,
    new_figure,
    spread,
    styled,
)
from utils.statistics import paired_difference

CHANCE = 100 / 12  # per cent
LEFT, RIGHT = COLORS["sky"], COLORS["orange"]
# What was published for random rows of signs, in per cent, read off one figure of three runs a point.
PUBLISHED_SWEEP = {0.0: 42.0, 0.3: 78.5, 0.7: 78.5, 1.0: CHANCE}
PUBLISHED_PLATEAU = (77.0, 80.0)

_EARS = ListedColormap(["white", LEFT, RIGHT])
_DEGREES = (-90, -45, 0, 45, 90)
_PER_CENT = "sounds named right (%)"


def _array(values: Any) -> np.ndarray:
    return np.asarray(values.detach().cpu() if hasattr(values, "detach") else values)


def _degree_axis(ax: Axes, which: str = "x") -> None:
    getattr(ax, f"set_{which}ticks")(_DEGREES)


def _spread_of(errors: np.ndarray) -> str:
    return f" (sd {approx(errors.std(ddof=1), 2)}°)" if len(errors) > 1 else ""


def _signed(degrees: float) -> str:
    return f"{degrees:+.0f}°" if round(degrees) else "0°"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


# --- sounds and spikes ---------------------------------------------------------------------------------------------


def _rate(phase: np.ndarray) -> np.ndarray:
    return PEAK_RATE * (0.5 * (1 + np.sin(phase))) ** 2


@styled
def plot_two_ears(ipd_degrees: float) -> Figure:
    """How a phase difference becomes a pair of fibres that fire together, one ahead in its ear by as much.

    Args:
        ipd_degrees: phase difference of the sound at the left, from -90 to 90.

    Returns:
        The figure.
    """
    fig = new_figure(3.0)
    left_ax, right_ax = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.085, right=0.985, bottom=0.165, top=0.87, wspace=0.3)
    time = np.linspace(0, 100, 401)
    phase = 2 * np.pi * FREQUENCY * time / 1000
    left_ax.plot(time, _rate(phase), color=LEFT, label="left ear")
    left_ax.plot(time, _rate(phase + math.radians(ipd_degrees)), color=RIGHT, linestyle=DASHED, label="right ear")
    left_ax.set(xlabel="time (ms)", ylabel="firing rate (Hz)", ylim=(0, PEAK_RATE * 1.3), xlim=(0, 100))
    left_ax.set_title(f"Two fibres, {ipd_degrees:+.0f}° apart")
    left_ax.legend(loc="upper right", ncol=2)

    # Mean product of the two rates, against the difference of the leads inside the ears.
    offset = np.linspace(-90, 90, 181)
    cycle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    peaks = []
    for ipd, dashes in ((-60, DOTTED), (0, "-"), (60, DASHED)):
        shift = np.radians(ipd - offset)[:, None]
        together = (_rate(cycle) * _rate(cycle + shift)).mean(1) / (_rate(cycle) ** 2).mean()
        right_ax.plot(offset, together, color=OWN, linestyle=dashes, linewidth=THIN)
        peaks.append(offset[together.argmax()])
        right_ax.annotate(f"sound at {ipd:+d}°" if ipd else "at 0°", (ipd, 1.03), ha="center", va="bottom", size=SMALL)
    right_ax.set(xlabel="lead in left ear - lead in right ear (°)", ylabel="firing together (1 = best)", ylim=(0, 1.2))
    right_ax.set_title("Which pair fires together?")
    _degree_axis(right_ax)
    lead = f"{abs(ipd_degrees):.0f} degrees {'ahead' if ipd_degrees > 0 else 'behind'}" if ipd_degrees else "in step"
    return describe(
        fig,
        f"Left: firing rates of a left and a right fibre swing {FREQUENCY:.0f} times a second, the right one {lead}. "
        "Right: for sounds at -60, 0 and 60 degrees the pairs of fibres that fire together most have leads that "
        f"differ by {_listed([f'{peak:.0f}' for peak in peaks])} degrees.",
    )


def _raster_picture(spikes: Any) -> np.ndarray:
    """(n_steps, 200) spikes -> (200, n_steps) with 0 none, 1 left ear, 2 right ear."""
    picture = _array(spikes).T.astype(float)
    picture[len(picture) // 2 :] *= 2
    return picture


def _raster_axes(ax: Axes, spikes: Any) -> Any:
    image = ax.imshow(
        _raster_picture(spikes), cmap=_EARS, vmin=0, vmax=2, aspect="auto", interpolation="nearest", origin="lower"
    )
    ax.axhline(99.5, color=OWN, linewidth=GUIDE)
    ax.set_yticks([50, 150], ["left ear", "right ear"], rotation=90, va="center")
    ax.grid(False)
    return image


def _measured_phase(ear: np.ndarray) -> float:
    """Phase at the first step that an ear's spikes tell, in radians; its fibres' own delays are taken off.

    Args:
        ear: spikes of one ear, shape (n_steps, 100).
    """
    delay = np.linspace(0, np.pi / 2, ear.shape[1])
    turn = 2 * np.pi * FREQUENCY * 1e-3 * np.arange(len(ear))
    wave = (ear * np.exp(-1j * (turn[:, None] + delay))).sum()
    return float(np.angle(wave) + np.pi / 2)  # a sine, not a cosine


def _bands(phase: float, n_steps: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Where the rate is highest: lines (times, fibres) through the bands of an ear."""
    fibre = np.arange(100)
    delay = fibre / 99 * np.pi / 2
    period = 1000 / FREQUENCY
    first = (np.pi / 2 - phase - delay) / (2 * np.pi) * period
    lines = [first + turn * period for turn in range(-3, 5)]
    return [(line, fibre) for line in lines if line.max() > 0 and line.min() < n_steps - 1]


@styled
def plot_rasters(spikes: Any, ipd_degrees: Sequence[float]) -> Figure:
    """Spikes of both ears for a few sounds, with the left ear's bands drawn on over the right ear.

    Args:
        spikes: zeros and ones, shape (n_sounds, n_steps, 200).
        ipd_degrees: phase differences in degrees, shape (n_sounds,).

    Returns:
        The figure.
    """
    sounds = _array(spikes).astype(float)
    fig = new_figure(3.7)
    axes = fig.subplots(1, len(sounds), sharex=True, sharey=True, squeeze=False)[0]
    fig.subplots_adjust(left=0.06, right=0.985, bottom=0.135, top=0.9, wspace=0.08)
    leads = []
    for ax, sound, degrees in zip(axes, sounds, ipd_degrees, strict=True):
        _raster_axes(ax, sound)
        left, right = (_measured_phase(ear) for ear in (sound[:, :100], sound[:, 100:]))
        for line, fibre in _bands(left, len(sound)):
            ax.plot(line, fibre, color=OWN, linewidth=THIN)
            ax.plot(line, 100 + fibre, color=OWN, linewidth=THIN, linestyle=DASHED)
        ax.set(xlim=(-0.5, len(sound) - 0.5), ylim=(-0.5, 199.5), title=_signed(degrees), xlabel="time (ms)")
        lead = math.degrees((right - left + np.pi) % (2 * np.pi) - np.pi)
        side = "earlier" if lead > 0 else "later"
        leads.append(f"{abs(lead) / 360 * 1000 / FREQUENCY:.0f} ms {side}" if abs(lead) > 5 else "at the same time")
    return describe(
        fig,
        f"{counted(len(sounds), 'raster')} of spikes, slanted bands in each ear. A line marks the left ear's bands, a "
        f"dashed one shows them again over the right ear, whose own bands come {_listed(leads)} at "
        f"{_listed([_signed(degrees) for degrees in ipd_degrees])}.",
    )


class OneSound:
    """The picture of one sound in a panel: its raster on the left, the share of fibres that fire on the right."""

    def draw(self, fig: Figure) -> OneSound:
        """Draw what does not move, and empty artists for what does.

        Args:
            fig: an empty figure.

        Returns:
            This picture, whose artists move.
        """
        raster = fig.add_axes((0.085, 0.15, 0.43, 0.75))
        counts = fig.add_axes((0.615, 0.15, 0.37, 0.75))
        self.image = _raster_axes(raster, np.zeros((100, 200)))
        raster.set(xlabel="time (ms)", title="Spikes of 200 fibres")
        time = np.arange(100)
        self.lines = [
            counts.plot(time, np.zeros(100), color=color, linestyle=dashes, label=name)[0]
            for name, color, dashes in (("left ear", LEFT, "-"), ("right ear", RIGHT, DASHED))
        ]
        counts.set(xlabel="time (ms)", ylabel="fibres that fire (%)", ylim=(0, 119), xlim=(0, 99), title="Together")
        counts.legend(loc="upper right", ncol=2)
        return self

    def update(self, spikes: Any) -> None:
        """Show another sound.

        Args:
            spikes: zeros and ones, shape (100, 200).
        """
        self.image.set_data(_raster_picture(spikes))
        share = 100 * _array(spikes).astype(float)
        for line, ear in zip(self.lines, (share[:, :100], share[:, 100:]), strict=True):
            line.set_ydata(ear.mean(1))


class HeardSound:
    """The picture of a sound that can be heard, in a panel: the two ears' rates above, the spikes below."""

    def draw(self, fig: Figure) -> HeardSound:
        """Draw what does not move, and empty artists for what does.

        Args:
            fig: an empty figure.

        Returns:
            This picture, whose artists move.
        """
        rates = fig.add_axes((0.09, 0.7, 0.895, 0.21))
        raster = fig.add_axes((0.09, 0.15, 0.895, 0.45))
        time = np.arange(100)
        self.lines = [
            rates.plot(time, np.zeros(100), color=color, linestyle=dashes, label=name)[0]
            for name, color, dashes in (("left ear", LEFT, "-"), ("right ear", RIGHT, DASHED))
        ]
        rates.set(xlim=(0, 99), ylim=(0, 960), ylabel="rate (Hz)", xticklabels=[])
        rates.set_title("Firing rate of one fibre of each ear, and spikes of 200 fibres")
        rates.legend(loc="upper right", ncol=2)
        self.image = _raster_axes(raster, np.zeros((100, 200)))
        raster.set(xlabel="time (ms)", xlim=(0, 99))
        return self

    def update(self, rates: np.ndarray, spikes: Any) -> None:
        """Show another sound.

        Args:
            rates: of one fibre of each ear in Hz, shape (2, 100).
            spikes: zeros and ones, shape (100, 200).
        """
        for line, rate in zip(self.lines, rates, strict=True):
            line.set_ydata(rate)
        self.image.set_data(_raster_picture(spikes))


@styled
def plot_stereo(sound: Any, sample_rate: int, rates: Any, spikes: Any) -> Figure:
    """A stereo sound, the firing rates that it causes, and the spikes of both ears, on one axis of time.

    Args:
        sound: pressure at the left and the right ear, from -1 to 1, shape (2, n_samples).
        sample_rate: samples a second.
        rates: firing rate of the first fibre of each ear in Hz, one a millisecond, shape (2, n_steps).
        spikes: of the same part of the sound, shape (n_steps, 200).

    Returns:
        The figure.
    """
    rates, spikes = _array(rates), _array(spikes)
    n_steps = len(spikes)
    part = _array(sound)[:, : round(n_steps * sample_rate / 1000)]
    fig = new_figure(5.0)
    ears = fig.subplots(4, 1, sharex=True, height_ratios=(1, 1, 1.5, 2.6))
    fig.subplots_adjust(left=0.105, right=0.985, bottom=0.095, top=0.945, hspace=0.4)
    reach = 1.1 * np.abs(part).max()
    time = 1000 * np.arange(part.shape[1]) / sample_rate
    for ax, wave, color, name in zip(ears, part, (LEFT, RIGHT), ("left", "right"), strict=False):
        ax.plot(time, wave, color=color, linewidth=0.6)
        ax.set(ylim=(-reach, reach), ylabel=name)
        ax.set_yticks([0])
    ears[0].set_title("The sound at each ear")
    for rate, color, dashes, name in zip(rates, (LEFT, RIGHT), ("-", DASHED), ("left", "right"), strict=True):
        ears[2].plot(np.arange(n_steps), rate[:n_steps], color=color, linestyle=dashes, label=name)
    ears[2].set(ylabel="rate (Hz)", ylim=(0, 1.15 * max(1, rates.max())), title="Firing rate of one fibre of each ear")
    _raster_axes(ears[3], spikes)
    ears[3].set_yticks([50, 150], ["left", "right"], rotation=90, va="center")
    ears[3].set(xlabel="time (ms)", xlim=(0, n_steps - 1), title="Spikes of 200 fibres")
    peaks = [int(rate[: round(1000 / FREQUENCY)].argmax()) for rate in rates]
    return describe(
        fig,
        "Noise at both ears whose loudness swings, the rate of one fibre of each ear, and the spikes of 200 fibres, "
        f"over {n_steps} ms. The first peak of the rate comes at {peaks[0]} ms in the left ear and at {peaks[1]} ms "
        "in the right ear; the bands of spikes follow.",
    )


# --- one unit ------------------------------------------------------------------------------------------------------


@styled
def plot_surrogate(gradient: Callable[..., Any], slope: float = 5.0) -> Figure:
    """A step, the sigmoid that stands in for it, and the two derivatives.

    Args:
        gradient: `surrogate_gradient(grad, x, slope)`.
        slope: of the sigmoid.

    Returns:
        The figure.
    """
    import torch

    x = torch.linspace(-1.5, 1.5, 301)
    bump = _array(gradient(torch.ones_like(x), x, slope))
    fig = new_figure(2.9)
    up, down = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.08, right=0.985, bottom=0.17, top=0.86, wspace=0.24)
    up.plot(x, (x > 0).float(), color=TRUTH, label="step: what the unit does")
    up.plot(x, torch.sigmoid(slope * x), color=OTHER, linestyle=DASHED, label="sigmoid: what it learns by")
    up.set(xlabel="potential - threshold", ylim=(-0.05, 1.5), title="Forward")
    up.legend(loc="upper left")
    down.plot(x, torch.zeros_like(x), color=TRUTH, label="step: zero nearly everywhere")
    down.plot(x, bump, color=OWN, linestyle=DASHED, label="yours, through the sigmoid")
    top = max(1.3, float(np.nanmax(bump)))
    down.set(xlabel="potential - threshold", ylim=(-0.08 * top, 1.5 * top), title="Backward")
    down.legend(loc="upper left")
    return describe(
        fig,
        "Left: a step from 0 to 1 at the threshold, and a sigmoid that follows it smoothly. Right: the derivative of "
        f"the step is flat at zero; what flows back is at most {bump.max():.2f}, "
        f"{abs(float(x[bump.argmax()])):.2f} from the threshold.",
    )


class OneUnit:
    """The picture of one hidden unit in a panel: the spikes that arrive above, its potential below."""

    def draw(self, fig: Figure) -> OneUnit:
        """Draw what does not move, and empty artists for what does.

        Args:
            fig: an empty figure.

        Returns:
            This picture, whose artists move.
        """
        inputs = fig.add_axes((0.1, 0.64, 0.885, 0.28))
        membrane = fig.add_axes((0.1, 0.145, 0.885, 0.42))
        self.marks = [inputs.plot([], [], "|", color=color, markersize=3.2)[0] for color in (EXCITATORY, INHIBITORY)]
        inputs.set(xlim=(0, 99), ylim=(-1, 41), xticklabels=[], title="Spikes that arrive")
        inputs.set_yticks([10, 30], ["E", "I"])
        inputs.grid(False)
        membrane.axhline(1, color=TRUTH, linestyle=DASHED, linewidth=GUIDE)
        self.line = membrane.plot(np.arange(100), np.zeros(100), color=OWN, linewidth=THIN)[0]
        self.spikes = membrane.plot([], [], "^", color=OWN, markersize=7, label="spike")[0]
        membrane.set(xlim=(0, 99), ylim=(-4, 4), xlabel="time (ms)", ylabel="potential (threshold = 1)")
        return self

    def update(self, inputs: Any, potential: Any, spikes: Any) -> None:
        """Show another run; the potential is cut off at the edges of the picture.

        Args:
            inputs: spikes of 20 excitatory, then 20 inhibitory fibres, shape (100, 40).
            potential: shape (100,).
            spikes: shape (100,).
        """
        time, fibre = np.nonzero(_array(inputs))
        for mark, kind in zip(self.marks, (fibre < 20, fibre >= 20), strict=True):
            mark.set_data(time[kind], fibre[kind])
        self.line.set_ydata(np.clip(_array(potential), -3.95, 3.95))
        fired = np.flatnonzero(_array(spikes))
        self.spikes.set_data(fired, np.full(len(fired), 3.6))


# --- learning ------------------------------------------------------------------------------------------------------


@styled
def plot_learning(histories: Mapping[str, Any]) -> Figure:
    """Loss and validation accuracy, epoch by epoch.

    Args:
        histories: name -> `History`, at most three.

    Returns:
        The figure.
    """
    fig = new_figure(3.5)
    loss, accuracy = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.08, right=0.985, bottom=0.145, top=0.89, wspace=0.24)
    looks = ((OWN, "o"), (OTHER, "s"), (TRUTH, "D"))
    words = []
    for (name, history), (color, marker) in zip(histories.items(), looks, strict=False):
        epochs = np.arange(1, history.epochs + 1)
        loss.plot(epochs, history.train_loss, color=color, linewidth=THIN, label=f"{name}, training")
        loss.plot(epochs, history.validation_loss, color=color, linestyle=DOTTED, label=f"{name}, validation")
        percent = 100 * np.asarray(history.validation_accuracy)
        accuracy.plot(epochs, percent, color=color, linewidth=THIN, label=name)
        if history.best_epoch:
            accuracy.plot([history.best_epoch], [percent[history.best_epoch - 1]], marker, color=color, markersize=7)
        if len(epochs):
            apart = history.validation_loss[-1] - history.train_loss[-1]
            words.append(f"{name} ends with its validation loss {'above' if apart > 0 else 'below'} its training loss")
    chance_line(loss, math.log(12), "chance, ln 12")
    loss.set(xlabel="epoch", ylabel="cross entropy (nats)", ylim=(0, 4.2), title="Loss")
    loss.legend(loc="upper right", fontsize=SMALL)
    chance_line(accuracy, CHANCE)
    accuracy.set(xlabel="epoch", ylabel=_PER_CENT, ylim=(0, 100), title="Validation (mark: best weights)")
    accuracy.legend(loc="lower right", bbox_to_anchor=(1, 0.14))
    trained = "; ".join(words) if words else "no epoch was trained"
    return describe(fig, f"Losses and validation accuracies over the epochs, with chance as a dashed line: {trained}.")


def _confusion(true_degrees: np.ndarray, named: np.ndarray, n_classes: int = 12) -> np.ndarray:
    """Per cent of each true class (columns) that was given each name (rows)."""
    edges = np.linspace(-90, 90, n_classes + 1)
    counts = np.zeros((n_classes, n_classes))
    np.add.at(counts, (named, np.digitize(true_degrees, edges[1:-1])), 1)
    return 100 * counts / counts.sum(0).clip(1)


def _confusion_axes(ax: Axes, confusion: np.ndarray) -> Any:
    image = ax.imshow(confusion, origin="lower", extent=(-90, 90, -90, 90), cmap=SEQUENTIAL, vmin=0, vmax=100)
    ax.set(xlabel="true (°)", ylabel="named (°)", title="Confusion")
    ax.grid(False)
    _degree_axis(ax)
    _degree_axis(ax, "y")
    return image


def _within_one(confusion: np.ndarray) -> float:
    """Per cent of the true classes that were named right or as a neighbour."""
    apart = np.abs(np.subtract.outer(range(len(confusion)), range(len(confusion))))
    return float(confusion[apart <= 1].sum() / len(confusion))


@styled
def plot_decoding(results: Mapping[str, tuple[Any, Any]]) -> Figure:
    """True and estimated directions: histogram and confusion matrix, one row a network.

    Args:
        results: name -> (true phase differences in radians, shape (n,); classes named, shape (n,)).

    Returns:
        The figure.
    """
    edges = np.linspace(-90, 90, 13)
    fig = new_figure(2.7 * len(results))
    axes = fig.subplots(len(results), 2, squeeze=False, width_ratios=(1.35, 1))
    fig.subplots_adjust(left=0.085, right=0.965, bottom=0.21 / len(results), top=1 - 0.14 / len(results), hspace=0.5)
    words = []
    for (name, (ipd, named)), (histogram, matrix) in zip(results.items(), axes, strict=True):
        true, estimated = np.degrees(_array(ipd)), _array(named)
        counts = [np.histogram(true, edges)[0], np.bincount(estimated, minlength=12)]
        histogram.stairs(counts[0], edges, fill=True, color=COLORS["light"], label="true")
        histogram.stairs(counts[1], edges, color=OWN, linewidth=CURVE, label="named")
        histogram.set(xlabel="phase difference (°)", ylabel="sounds", ylim=(0, 1.3 * max(map(max, counts))), title=name)
        histogram.legend(loc="upper right", ncol=2)
        _degree_axis(histogram)
        confusion = _confusion(true, estimated)
        image = _confusion_axes(matrix, confusion)
        bar = fig.colorbar(image, ax=matrix, shrink=0.95)
        bar.set_label("of the true class (%)", size=NORMAL)
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
        bar.set_label("of the true class (%)", size=NORMAL)
        epochs = np.arange(len(self._accuracies))
        course.plot(epochs, self._accuracies, color=TRUTH, linewidth=THIN)
        chance_line(course, CHANCE)
        course.set(xlabel="epoch", ylabel=_PER_CENT, ylim=(0, 100), xlim=(-1, len(epochs)), title="Validation sounds")
        self.mark = course.plot([0], [self._accuracies[0]], "o", color=OWN, markersize=9)[0]
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


@styled
def plot_tuning(ipd: Any, rates: Any, signs: Any) -> Figure:
    """Firing rate of the hidden units against the direction of the sound.

    Args:
        ipd: phase differences in radians, shape (n,).
        rates: rates in Hz, shape (n, n_hidden).
        signs: of the hidden units, shape (n_hidden, 1).

    Returns:
        The figure.
    """
    degrees, rates, signs = np.degrees(_array(ipd)), _array(rates), _array(signs).ravel()
    edges = np.linspace(-90, 90, 25)
    which = np.digitize(degrees, edges[1:-1])
    curves = np.stack([rates[which == place].mean(0) for place in range(24)], axis=1)
    middle = (edges[1:] + edges[:-1]) / 2
    fig = new_figure(3.5)
    axes = fig.subplots(1, 2, width_ratios=(1.2, 1))
    fig.subplots_adjust(left=0.06, right=0.985, bottom=0.15, top=0.88, wspace=0.34)
    order = np.lexsort((curves.argmax(1), signs))
    image = axes[0].imshow(
        curves[order], aspect="auto", extent=(-90, 90, len(order), 0), cmap=SEQUENTIAL, vmin=0, interpolation="nearest"
    )
    border = int((signs < 0).sum())
    axes[0].axhline(border, color="white", linewidth=CURVE)
    axes[0].set_yticks([border / 2, (border + len(order)) / 2], ["inhibitory", "excitatory"], rotation=90, va="center")
    axes[0].set(xlabel="phase difference (°)", title="All hidden units")
    axes[0].grid(False)
    fig.colorbar(image, ax=axes[0], label="rate (Hz)", pad=0.02)
    modulation = np.ptp(curves, axis=1)
    for sign, color, dashes, name in ((-1, INHIBITORY, DASHED, "inhibitory"), (1, EXCITATORY, "-", "excitatory")):
        kind = np.flatnonzero(signs == sign)
        for number, unit in enumerate(kind[np.argsort(modulation[kind])[::-1][:4]]):
            label = name if number == 0 else None
            axes[1].plot(middle, curves[unit], color=color, linestyle=dashes, linewidth=THIN, label=label)
    axes[1].set(xlabel="phase difference (°)", ylabel="rate (Hz)", title="The four most tuned of each")
    axes[1].set_ylim(0, 1.2 * max(1, curves.max()))
    axes[1].legend(loc="upper center", ncol=2)
    for ax in axes:
        _degree_axis(ax)
    wide = (curves > (curves.max(1) + curves.min(1))[:, None] / 2).mean(1) * 180
    return describe(
        fig,
        f"Firing rates of {counted(len(signs), 'hidden unit')} against the direction, as a map and as curves. Half of "
        f"the units fire above the middle of their range for {approx(np.median(wide))} of 180 degrees or more.",
    )


# --- bounds --------------------------------------------------------------------------------------------------------


@styled
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
    phases, ears, directions, posterior = map(_array, (phases, ears, directions, posterior))
    fig = new_figure(3.0)
    by_ear, by_direction = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.1, right=0.985, bottom=0.165, top=0.87, wspace=0.3)
    for ear, color, dashes, name in zip(ears, (LEFT, RIGHT), ("-", DASHED), ("left ear", "right ear"), strict=True):
        by_ear.plot(np.degrees(phases), ear - ear.max(), color=color, linestyle=dashes, label=name)
    by_ear.set(xlabel="phase at the first step (°)", ylabel="log-likelihood - best", ylim=(-250, 60))
    by_ear.set_xticks([0, 90, 180, 270, 360])
    by_ear.set_title("What each ear knows")
    by_ear.legend(loc="upper right", ncol=2)
    density = posterior / posterior.sum() / (directions[1] - directions[0])
    by_direction.fill_between(directions, density, color=BEST, alpha=0.35, linewidth=0)
    by_direction.plot(directions, density, color=BEST)
    by_direction.axvline(true_degrees, color=TRUTH, linestyle=DASHED, linewidth=GUIDE)
    best = float(directions[density.argmax()])
    by_direction.annotate(
        "true", (true_degrees, 1.08 * density.max()), (4, 0), textcoords="offset points", size=SMALL, va="top"
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


@styled
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
    fig = new_figure(0.95 + 0.42 * len(names))
    right, parts = fig.subplots(1, 2, sharey=True, width_ratios=(1, 1.15))
    fig.subplots_adjust(left=0.24, right=0.97, bottom=0.48 / fig.get_figheight(), top=1 - 0.36 / fig.get_figheight())
    fig.subplots_adjust(wspace=0.12)
    for place, (name, value) in zip(places, accuracies.items(), strict=True):
        right.plot([value], [place], "D" if name == best else "o", color=BEST if name == best else OWN, markersize=8)
        right.annotate(f"{value:.1f}", (value, place), (-8, 0), textcoords="offset points", ha="right", va="center")
    right.axvline(CHANCE, color=TRUTH, linestyle=DASHED, linewidth=GUIDE)
    right.axvline(accuracies[best], color=BEST, linestyle=DASH_DOT, linewidth=GUIDE)
    right.annotate("chance", (CHANCE + 1.5, places[0] + 0.48), size=SMALL, va="top")
    right.set(xlim=(0, 102), ylim=(-0.6, len(names) - 0.4), xlabel=_PER_CENT)
    right.set_yticks(places, names)
    width = np.array([errors[name][0] for name in names])
    whole = np.array([errors[name][1] for name in names])
    parts.barh(places, width, 0.5, color=COLORS["light"], label="width of the classes")
    parts.barh(places, (whole - width).clip(0), 0.5, left=width, color=OTHER, label="wrong class")
    for place, value in zip(places, whole, strict=True):
        parts.annotate(f"{value:.2f}", (value, place), (4, 0), textcoords="offset points", va="center")
    parts.set(xlabel="mean error (°)", xlim=(0, 1.18 * whole.max()))
    parts.legend(loc="lower center", bbox_to_anchor=(0.5, 0.995), ncol=2, fontsize=SMALL, borderpad=0.1)
    for ax in (right, parts):
        ax.grid(axis="y", visible=False)
    listed = _listed([f"{name} {approx(accuracies[name])}" for name in names])
    return describe(
        fig,
        f"Left: per cent named right, {listed}; chance is {CHANCE:.1f}. Right: the mean errors in two parts; the width "
        f"of the classes makes {approx(width.min())} to {approx(width.max())} degrees of each, wrong classes up to "
        f"{approx((whole - width).max())} more.",
    )


@styled
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
    fig = new_figure(2.7)
    ax = fig.subplots()
    fig.subplots_adjust(left=0.085, right=0.985, bottom=0.15, top=0.88)
    values = np.array([accuracies[name] for name in names], dtype=float)  # (n_names, n_networks)
    places = np.arange(len(names))
    ax.plot(places, values, color=COLORS["light"], linewidth=THIN, zorder=1)
    ax.plot(places, values, "o", color=OWN, alpha=0.75, markersize=6)
    ax.set_xticks(places, names)
    chance_line(ax, CHANCE)
    best_line(ax, best)
    ax.set(
        xlim=(-0.4, len(names) - 0.3), ylim=(0, 105), ylabel=_PER_CENT, title="Timing destroyed in the same networks"
    )
    ax.grid(axis="x", visible=False)
    means = dict(zip(names, values.mean(1), strict=True))
    others = [f"{name} {approx(mean)}" for name, mean in means.items() if name != intact]
    return describe(
        fig,
        f"Per cent named right by {counted(values.shape[1], 'network')}, with spikes as they are or changed: "
        f"{intact} {approx(means[intact])}, {_listed(others)} in the mean; chance is {CHANCE:.1f}, the best possible "
        f"{approx(best)}.",
    )


# --- signs and ablations -------------------------------------------------------------------------------------------


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


@styled
def plot_signs(rows: Mapping[str, Mapping[str, Any]]) -> Figure:
    """How much of each ear's strength inhibits and how much excites, for a few matrices of weights.

    Args:
        rows: name of the network -> name of the matrix -> weights of the first layer, shape (200, n_hidden).

    Returns:
        The figure.
    """
    heads = list(next(iter(rows.values())))
    fig = new_figure(0.75 + 0.95 * len(rows))
    axes = fig.subplots(len(rows), len(heads), squeeze=False, sharex=True, sharey=True)
    high = fig.get_figheight()
    fig.subplots_adjust(left=0.16, right=0.985, bottom=0.48 / high, top=1 - 0.3 / high, wspace=0.08, hspace=0.3)
    words = []
    for row, (name, matrices) in enumerate(rows.items()):
        for ax, head in zip(axes[row], heads, strict=True):
            share = _strength_by_ear(_array(matrices[head]))
            ax.barh([0, 1], -share[:, 0], 0.62, color=INHIBITORY)
            ax.barh([0, 1], share[:, 1], 0.62, color=EXCITATORY)
            ax.axvline(0, color=OWN, linewidth=GUIDE)
            ax.set(xlim=(-105, 105), ylim=(-0.6, 1.6))
            ax.set_yticks([0, 1], ["left ear", "right ear"])
            ax.set_xticks([-50, 0, 50], ["50", "0", "50"])
            ax.grid(axis="y", visible=False)
            if row == 0:
                ax.set_title(head, fontsize=NORMAL)
            if row == len(rows) - 1:
                ax.set_xlabel("inhibits  ◂  %  ▸  excites", fontsize=SMALL)
            words.append(f"{name}, {head}: left {approx(share[0, 0])}, right {approx(share[1, 0])}")
        axes[row, 0].annotate(
            name,
            (0.012, np.mean(axes[row, 0].get_position().intervaly)),
            xycoords="figure fraction",
            rotation=90,
            va="center",
            weight="bold",
            size=NORMAL,
        )
    return describe(fig, f"Per cent of each ear's strength that inhibits. {'; '.join(words)}. The rest excites.")


@styled
def plot_contrasts(groups: Mapping[str, tuple[Any, Any]]) -> Figure:
    """How far each hidden unit sets one ear against the other, before and after learning.

    Args:
        groups: name -> contrasts of the units before and after, each of shape (n_hidden,), from -1 to 1.

    Returns:
        The figure.
    """
    fig = new_figure(3.1)
    ax = fig.subplots()
    fig.subplots_adjust(left=0.1, right=0.985, bottom=0.1, top=0.88)
    words = []
    for place, (group, (before, after)) in enumerate(groups.items()):
        for side, values, color, marker, name in (
            (-0.17, before, TRUTH, "o", "before learning"),
            (0.17, after, OWN, "D", "after learning"),
        ):
            values = np.sort(_array(values))
            shift = 0.03 * (np.arange(len(values)) % 5 - 2)
            label = name if place == 0 else None
            ax.plot(place + side + shift, values, marker, color=color, markersize=4.5, alpha=0.8, label=label)
        sizes = [np.abs(_array(values)).mean() for values in (before, after)]
        words.append(f"{group} {approx(sizes[0], 2)} and {approx(sizes[1], 2)}")
    ax.axhline(0, color=TRUTH, linewidth=GUIDE)
    ax.set_xticks(range(len(groups)), list(groups))
    ax.set(xlim=(-0.5, len(groups) - 0.5), ylim=(-1.05, 1.35), ylabel="left excites  ◂  ▸  right excites")
    ax.set_yticks([-1, -0.5, 0, 0.5, 1])
    ax.set_title("Each hidden unit: one ear against the other")
    ax.legend(loc="upper right", ncol=2)
    ax.grid(axis="x", visible=False)
    return describe(
        fig,
        "Contrast between the ears of every hidden unit, from -1 to 1. Mean size before and after learning: "
        f"{'; '.join(words)}.",
    )


@styled
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
    fig = new_figure(3.5)
    ax = fig.subplots()
    fig.subplots_adjust(left=0.085, right=0.72, bottom=0.14, top=0.89)
    looks = ((INHIBITORY, "-", "o"), (EXCITATORY, "-", "s"), (OTHER, DASHED, "D"))
    words = []
    for (name, values), (color, dashes, marker) in zip(samples.items(), looks, strict=False):
        line = spread(ax, counts, values, name, color)
        line.set(linestyle=dashes, marker=marker, markersize=5)
        ax.plot([counts[-1] + 3.5], [retrained[name]], marker, color=color, markersize=8, markeredgecolor=OWN)
        now = approx(np.mean(_array(values)[:, -1]))
        words.append(f"{name} {now}, with a new read-out {approx(retrained[name])}")
    ax.annotate("new\nread-out", (counts[-1] + 3.5, 99), ha="center", va="top", size=SMALL)
    ax.axvspan(counts[-1] + 1, counts[-1] + 6, color=COLORS["light"], alpha=0.4, linewidth=0)
    ax.plot([0], [intact], "o", color=OWN, markersize=8, label="intact")
    chance_line(ax, CHANCE)
    ax.set(xlabel="number of silenced inputs", ylabel=_PER_CENT, ylim=(0, 102), xlim=(-1.5, counts[-1] + 6))
    ax.set_title("Silencing as many inputs of either kind")
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), fontsize=NORMAL, title="silenced", alignment="left")
    return describe(
        fig,
        f"Per cent named right against the number of silenced inputs, from {approx(intact)} in the whole network. At "
        f"{counts[-1]}: {'; '.join(words)}.",
    )


@styled
def plot_readouts(groups: Mapping[str, Mapping[str, Sequence[float]]]) -> Figure:
    """What different read-outs get out of the same hidden units, over several networks.

    Args:
        groups: state of the network -> read-out -> per cent named right by each network.

    Returns:
        The figure.
    """
    readouts = list(next(iter(groups.values())))
    fig = new_figure(2.9)
    ax = fig.subplots()
    fig.subplots_adjust(left=0.085, right=0.985, bottom=0.11, top=0.8)
    looks = ((OWN, "o"), (INHIBITORY, "s"), (EXCITATORY, "D"))
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
    chance_line(ax, CHANCE)
    ax.set(xlim=(-0.5, len(readouts) - 0.4), ylim=(0, 100), ylabel=_PER_CENT)
    ax.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncol=3)
    ax.grid(axis="x", visible=False)
    return describe(fig, f"Per cent named right with different read-outs, a dot for each network. {'; '.join(words)}.")


@styled
def plot_pairs(groups: Mapping[str, Mapping[str, float]], reference: str, best: float | None = None) -> Figure:
    """One dot a seed for a few groups, seeds joined, and each group's differences from one of them.

    Args:
        groups: name -> seed -> per cent named right.
        reference: name of the group that the others are compared with.
        best: what the best possible listener reaches, in per cent; None leaves it out.

    Returns:
        The figure.
    """
    names = list(groups)
    seeds = [seed for seed in groups[reference] if all(seed in values for values in groups.values())]
    table = np.array([[groups[name][seed] for name in names] for seed in seeds])
    others = [name for name in names if name != reference]
    fig = new_figure(2.5)
    left, right = fig.subplots(1, 2, width_ratios=(len(names), max(1.2, len(others))))
    fig.subplots_adjust(left=0.085, right=0.985, bottom=0.19, top=0.88, wspace=0.26)
    places = np.arange(len(names))
    left.plot(places, table.T, color=COLORS["light"], linewidth=THIN, zorder=1)
    left.plot(places, table.T, "o", color=OWN, alpha=0.55, markersize=4.5)
    left.hlines(table.mean(0), places - 0.25, places + 0.25, color=OWN, linewidth=STRONG)
    left.set_xticks(places, names)
    low = 10 * math.floor(min(70.0, table.min()) / 10)
    left.set(xlim=(-0.5, len(names) - 0.5), ylim=(low, 100), ylabel="named right (%)")
    left.set_title(f"{counted(len(seeds), 'seed')}, joined")
    if best is not None:
        best_line(left, best)
    words = []
    for place, name in enumerate(others):
        difference = table[:, names.index(name)] - table[:, names.index(reference)]
        shift = 0.05 * (np.argsort(np.argsort(difference)) % 5 - 2)
        right.plot(place + shift, difference, "o", color=OWN, alpha=0.55, markersize=4.5)
        found = paired_difference(table[:, names.index(name)], table[:, names.index(reference)])
        middle = [[found.mean - found.low], [found.high - found.mean]]
        right.errorbar([place + 0.25], [found.mean], middle, color=OTHER, marker="D", markersize=6, capsize=4)
        words.append(f"{name} {found.mean:+.1f} ({found.low:+.1f} to {found.high:+.1f})")
    right.axhline(0, color=TRUTH, linestyle=DASHED, linewidth=GUIDE)
    right.set_xticks(range(len(others)), others)
    right.set(xlim=(-0.5, len(others) - 0.3), ylabel="difference (points)")
    right.set_title(f"minus {reference}")
    for ax in (left, right):
        ax.grid(axis="x", visible=False)
        ax.tick_params("x", labelsize=SMALL)
    means = [f"{name} {mean:.1f}" for name, mean in zip(names, table.mean(0), strict=True)]
    return describe(
        fig,
        f"Per cent named right by networks of {counted(len(seeds), 'seed')}: {_listed(means)} in the mean. Differences "
        f"from {reference}, seed by seed, with 95 % intervals: {_listed(words)} points.",
    )


# --- sweeps --------------------------------------------------------------------------------------------------------


@styled
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
    samples = np.atleast_2d(_array(samples))
    fig = new_figure(3.7)
    ax = fig.subplots()
    fig.subplots_adjust(left=0.085, right=0.985, bottom=0.135, top=0.9)
    published = np.array(list(PUBLISHED_SWEEP.items()))
    ax.fill_between((0.3, 0.7), *PUBLISHED_PLATEAU, color=TRUTH, alpha=0.45, linewidth=0)
    ax.plot(*published.T, "s", linestyle=DASHED, color=TRUTH, markersize=7, label="published, 3 runs a point")
    spread(ax, fractions, samples, f"ours, {counted(len(samples), 'seed')} a point", OWN)
    if live is not None:
        ax.plot(*live, "*", color=OTHER, markersize=17, markeredgecolor="white", label="this notebook, just now")
    chance_line(ax, CHANCE)
    if best is not None:
        best_line(ax, best)
    ax.set(xlabel="inhibitory fraction", ylabel=_PER_CENT, ylim=(0, 102), xlim=(-0.03, 1.1))
    ax.set_title("Accuracy against the share of inhibition")
    ax.legend(loc="lower center", bbox_to_anchor=(0.45, 0.14))
    means = samples.mean(0)
    top = int(means.argmax())
    high = np.flatnonzero(means > means[top] - 3)
    return describe(
        fig,
        f"Per cent named right against the inhibitory fraction: {means[0]:.0f} at {fractions[0]:g}, highest "
        f"({means[top]:.0f}) at {fractions[top]:g}, {means[-1]:.0f} at {fractions[-1]:g}; within 3 points of the "
        f"highest from {fractions[high[0]]:g} to {fractions[high[-1]]:g}. Beside it the published curve.",
    )


@styled
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
    fig = new_figure(3.3)
    left, right = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.085, right=0.985, bottom=0.15, top=0.88, wspace=0.25)
    looks = dict(zip(drives, ((OWN, "-", "o"), (OTHER, DASHED, "D")), strict=True))
    words = []
    for name, drive in drives.items():
        color, dashes, marker = looks[name]
        left.plot(fractions, drive, linestyle=dashes, marker=marker, markersize=4, color=color, label=name)
        words.append(f"{name} {np.nanmax(drive):+.1f} to {np.nanmin(drive):+.1f}")
    left.axhline(1, color=TRUTH, linestyle=DASHED, linewidth=GUIDE)
    left.annotate("threshold", (0, 1), ha="left", va="bottom", size=SMALL)
    left.set(xlabel="inhibitory fraction", ylabel="current a step (threshold = 1)", title="Drive before learning")
    left.legend(loc="upper right")
    for name, (where, samples) in accuracies.items():
        color, dashes, _ = looks[name]
        spread(right, where, samples, f"{name}, n = {len(np.atleast_2d(samples))}", color).set_linestyle(dashes)
    chance_line(right, CHANCE)
    right.set(xlabel="inhibitory fraction", ylabel="named right (%)", ylim=(0, 100), xlim=(-0.03, 1.3))
    right.set_xticks(np.arange(6) / 5)
    right.set_title("Accuracy after learning")
    right.legend(loc="lower center", bbox_to_anchor=(0.42, 0.12))
    return describe(
        fig,
        f"Left: the mean current before learning, over all fractions: {'; '.join(words)} thresholds a step. Right: per "
        "cent named right after learning, for both kinds of initial weights.",
    )


# --- listening -----------------------------------------------------------------------------------------------------


class TenSounds:
    """The picture of the listening test: answers against true directions, and each listener's mean error.

    Args:
        true: directions in degrees, shape (n_sounds,).
        listeners: name -> answers in degrees, shape (n_sounds,).
    """

    MARKS = ((OWN, "*", "you"), (OTHER, "s", "network"), (BEST, "D", "ideal observer"))

    def __init__(self, true: Sequence[float], listeners: Mapping[str, Sequence[float]]) -> None:
        self._true = np.asarray(true, dtype=float)
        self._listeners = {name: np.asarray(answers, dtype=float) for name, answers in listeners.items()}

    def draw(self, fig: Figure) -> TenSounds:
        """Draw what does not move, and empty artists for what does.

        Args:
            fig: an empty figure.

        Returns:
            This picture, whose artists move.
        """
        answers = fig.add_axes((0.09, 0.15, 0.4, 0.74))
        errors = fig.add_axes((0.68, 0.15, 0.3, 0.74))
        answers.plot([-90, 90], [-90, 90], color=TRUTH, linestyle=DASHED, linewidth=GUIDE)
        self.points = {
            name: answers.plot([], [], marker, color=color, markersize=11 if name == "you" else 5, label=name)[0]
            for color, marker, name in self.MARKS
        }
        answers.set(xlim=(-98, 98), ylim=(-98, 98), xlabel="true (°)", ylabel="answer (°)", title="Sounds you answered")
        _degree_axis(answers)
        _degree_axis(answers, "y")
        self.bars = {}
        for place, (color, marker, name) in enumerate(self.MARKS):
            dots = errors.plot([], [], ".", color=color, alpha=0.5, markersize=6)[0]
            mean = errors.plot([], [], marker, color=color, markersize=9)[0]
            self.bars[name] = (place, dots, mean)
        errors.axvline(45, color=TRUTH, linestyle=DASHED, linewidth=GUIDE)
        errors.annotate("guessing 0°", (46, -0.55), size=SMALL, va="top")
        errors.set_yticks(range(3), [name for *_, name in self.MARKS])
        errors.set(xlim=(-2, 100), ylim=(2.6, -0.9), xlabel="error (°); big mark: mean", title="Errors")
        errors.grid(axis="y", visible=False)
        return self

    def update(self, yours: Mapping[int, float]) -> str:
        """Show the sounds that were answered so far.

        Args:
            yours: number of the sound, from 0 -> answer in degrees.

        Returns:
            What there is to see, in one sentence.
        """
        done = sorted(yours) if yours else list(range(len(self._true)))
        given = {name: answers[done] for name, answers in self._listeners.items()}
        if yours:
            given["you"] = np.array([yours[number] for number in done], dtype=float)
        said = []
        for name, (place, dots, mean) in self.bars.items():
            answers = given.get(name, np.array([]))
            true = self._true[done] if len(answers) else np.array([])
            # Where the sounds came from is shown only once they were answered.
            seen = bool(yours) and len(answers) > 0
            self.points[name].set_data(true if seen else [], answers if seen else [])
            error = np.abs(answers - true)
            dots.set_data(error, np.full(len(error), place + 0.22))
            mean.set_data([error.mean()] if len(error) else [], [place] if len(error) else [])
            if len(error):
                said.append(f"{name} {approx(error.mean(), 2)}°" + _spread_of(error))
        over = counted(len(done), "sound")
        first = "Mean error so far" if yours else "Not answered yet. Mean error of the others"
        return f"{first}, over {over}: {', '.join(said)}."


@styled
def plot_recording(times: Sequence[float], answers: Any, rates: Any) -> Figure:
    """What the network makes of a recording, piece by piece.

    Args:
        times: middle of each piece in seconds, shape (n,).
        answers: probability of each class, shape (n, 12).
        rates: firing rate of one fibre of each ear in Hz, one a millisecond, shape (2, n_steps).

    Returns:
        The figure.
    """
    answers, rates = _array(answers), _array(rates)
    fig = new_figure(3.6)
    ears, classes = fig.subplots(2, 1, sharex=True)
    fig.subplots_adjust(left=0.1, right=0.88, bottom=0.13, top=0.92, hspace=0.35)
    time = np.arange(rates.shape[1]) / 1000
    for rate, color, dashes, name in zip(rates, (LEFT, RIGHT), ("-", DASHED), ("left ear", "right ear"), strict=True):
        ears.plot(time, rate, color=color, linestyle=dashes, linewidth=THIN, label=name)
    ears.set(ylabel="rate (Hz)", ylim=(0, 1.35 * max(1, rates.max())), title="Loudness as a firing rate")
    ears.legend(loc="upper right", ncol=2)
    middle = -90 + (np.arange(12) + 0.5) * 15
    half = (times[1] - times[0]) / 2 if len(times) > 1 else 0.05
    image = classes.imshow(
        100 * answers.T,
        origin="lower",
        aspect="auto",
        extent=(times[0] - half, times[-1] + half, -90, 90),
        cmap=SEQUENTIAL,
        vmin=0,
        vmax=100,
        interpolation="nearest",
    )
    named = middle[answers.argmax(1)]
    classes.plot(times, named, "o", color="white", markeredgecolor=OWN, markersize=6)
    classes.set(xlabel="time (s)", ylabel="direction (°)", title="The network's answer, every 100 ms")
    _degree_axis(classes, "y")
    classes.grid(False)
    fig.colorbar(image, cax=fig.add_axes((0.905, 0.13, 0.016, 0.34)), label="probability (%)")
    classes.set_xlim(0, time[-1])
    middle_answer = float(np.median(named))
    agreeing = 100 * np.mean(np.abs(named - middle_answer) <= 15)
    return describe(
        fig,
        f"Above: the loudness at the two ears over {time[-1]:.1f} s, as a firing rate. Below: the network's answers "
        f"for {counted(len(answers), 'piece')} of 100 ms: the middle one is {approx(middle_answer)} degrees, "
        f"{approx(agreeing)} % lie within one class of it.",
    )
