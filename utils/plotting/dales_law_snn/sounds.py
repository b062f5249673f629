"""Figures of sounds: what arrives at the two ears, and the spikes that it becomes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from utils.datasets.sound import FREQUENCY, PEAK_RATE
from utils.page import counted, describe, listed
from utils.plotting import style
from utils.plotting.arrays import as_array
from utils.plotting.dales_law_snn import parts


def _signed(degrees: float) -> str:
    return f"{degrees:+.0f}°" if round(degrees) else "0°"


def _rate(phase: np.ndarray) -> np.ndarray:
    return PEAK_RATE * (0.5 * (1 + np.sin(phase))) ** 2


@style.styled
def plot_two_ears(ipd_degrees: float) -> Figure:
    """How a phase difference becomes a pair of fibres that fire together, one ahead in its ear by as much.

    Args:
        ipd_degrees: phase difference of the sound at the left, from -90 to 90.

    Returns:
        The figure.
    """
    fig = style.new_figure(3.0)
    left_ax, right_ax = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.085, right=0.985, bottom=0.165, top=0.87, wspace=0.3)
    time = np.linspace(0, 100, 401)
    phase = 2 * np.pi * FREQUENCY * time / 1000
    parts.ear_lines(left_ax, time, _rate(phase), _rate(phase + math.radians(ipd_degrees)))
    left_ax.set(xlabel="time (ms)", ylabel="firing rate (Hz)", ylim=(0, PEAK_RATE * 1.3), xlim=(0, 100))
    left_ax.set_title(f"Two fibres, {ipd_degrees:+.0f}° apart")
    left_ax.legend(loc="upper right", ncol=2)

    # Mean product of the two rates, against the difference of the leads inside the ears.
    offset = np.linspace(-90, 90, 181)
    cycle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    peaks = []
    for ipd, dashes in ((-60, style.DOTTED), (0, "-"), (60, style.DASHED)):
        shift = np.radians(ipd - offset)[:, None]
        together = (_rate(cycle) * _rate(cycle + shift)).mean(1) / (_rate(cycle) ** 2).mean()
        right_ax.plot(offset, together, color=style.OWN, linestyle=dashes, linewidth=style.THIN)
        peaks.append(offset[together.argmax()])
        right_ax.annotate(
            f"sound at {ipd:+d}°" if ipd else "at 0°", (ipd, 1.03), ha="center", va="bottom", size=style.SMALL
        )
    right_ax.set(xlabel="lead in left ear - lead in right ear (°)", ylabel="firing together (1 = best)", ylim=(0, 1.2))
    right_ax.set_title("Which pair fires together?")
    parts.degree_axis(right_ax)
    lead = f"{abs(ipd_degrees):.0f} degrees {'ahead' if ipd_degrees > 0 else 'behind'}" if ipd_degrees else "in step"
    return describe(
        fig,
        f"Left: firing rates of a left and a right fibre swing {FREQUENCY:.0f} times a second, the right one {lead}. "
        "Right: for sounds at -60, 0 and 60 degrees the pairs of fibres that fire together most have leads that "
        f"differ by {listed([f'{peak:.0f}' for peak in peaks])} degrees.",
    )


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


@style.styled
def plot_rasters(spikes: Any, ipd_degrees: Sequence[float]) -> Figure:
    """Spikes of both ears for a few sounds, with the left ear's bands drawn on over the right ear.

    Args:
        spikes: zeros and ones, shape (n_sounds, n_steps, 200).
        ipd_degrees: phase differences in degrees, shape (n_sounds,).

    Returns:
        The figure.
    """
    sounds = as_array(spikes).astype(float)
    fig = style.new_figure(3.7)
    axes = fig.subplots(1, len(sounds), sharex=True, sharey=True, squeeze=False)[0]
    fig.subplots_adjust(left=0.06, right=0.985, bottom=0.135, top=0.9, wspace=0.08)
    leads = []
    for ax, sound, degrees in zip(axes, sounds, ipd_degrees, strict=True):
        parts.raster_axes(ax, sound)
        left, right = (_measured_phase(ear) for ear in (sound[:, :100], sound[:, 100:]))
        for line, fibre in _bands(left, len(sound)):
            ax.plot(line, fibre, color=style.OWN, linewidth=style.THIN)
            ax.plot(line, 100 + fibre, color=style.OWN, linewidth=style.THIN, linestyle=style.DASHED)
        ax.set(xlim=(-0.5, len(sound) - 0.5), ylim=(-0.5, 199.5), title=_signed(degrees), xlabel="time (ms)")
        lead = math.degrees((right - left + np.pi) % (2 * np.pi) - np.pi)
        side = "earlier" if lead > 0 else "later"
        leads.append(f"{abs(lead) / 360 * 1000 / FREQUENCY:.0f} ms {side}" if abs(lead) > 5 else "at the same time")
    return describe(
        fig,
        f"{counted(len(sounds), 'raster')} of spikes, slanted bands in each ear. A line marks the left ear's bands, a "
        f"dashed one shows them again over the right ear, whose own bands come {listed(leads)} at "
        f"{listed([_signed(degrees) for degrees in ipd_degrees])}.",
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
        self.image, self.border = parts.raster_axes(raster, np.zeros((100, 200)))
        raster.set(xlabel="time (ms)", title="Spikes of 200 fibres")
        time = np.arange(100)
        self.lines = parts.ear_lines(counts, time, 0 * time, 0 * time)
        counts.set(xlabel="time (ms)", ylabel="fibres that fire (%)", ylim=(0, 119), xlim=(0, 99), title="Together")
        counts.legend(loc="upper right", ncol=2)
        return self

    def update(self, spikes: Any) -> None:
        """Show another sound.

        Args:
            spikes: zeros and ones, shape (100, 200).
        """
        self.image.set_data(parts.raster_picture(spikes))
        share = 100 * as_array(spikes).astype(float)
        for line, ear in zip(self.lines, (share[:, :100], share[:, 100:]), strict=True):
            line.set_ydata(ear.mean(1))


class HeardSound:
    """The picture of a sound that can be heard, in a panel: the two ears' rates above, the spikes below."""

    def draw(self, fig: Figure) -> HeardSound:
        """Draw the picture, as in `OneSound.draw`."""
        rates = fig.add_axes((0.09, 0.7, 0.895, 0.21))
        raster = fig.add_axes((0.09, 0.15, 0.895, 0.45))
        time = np.arange(100)
        self.lines = parts.ear_lines(rates, time, 0 * time, 0 * time)
        rates.set(xlim=(0, 99), ylim=(0, 960), ylabel="rate (Hz)", xticklabels=[])
        rates.set_title("Firing rate of one fibre of each ear, and spikes of 200 fibres")
        rates.legend(loc="upper right", ncol=2)
        self.image, self.border = parts.raster_axes(raster, np.zeros((100, 200)))
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
        self.image.set_data(parts.raster_picture(spikes))


@style.styled
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
    rates, spikes = as_array(rates), as_array(spikes)
    n_steps = len(spikes)
    part = as_array(sound)[:, : round(n_steps * sample_rate / 1000)]
    fig = style.new_figure(5.0)
    ears = fig.subplots(4, 1, sharex=True, height_ratios=(1, 1, 1.5, 2.6))
    fig.subplots_adjust(left=0.105, right=0.985, bottom=0.095, top=0.945, hspace=0.4)
    reach = 1.1 * np.abs(part).max()
    time = 1000 * np.arange(part.shape[1]) / sample_rate
    for ax, wave, color, name in zip(ears, part, (parts.LEFT, parts.RIGHT), ("left", "right"), strict=False):
        ax.plot(time, wave, color=color, linewidth=0.6)
        ax.set(ylim=(-reach, reach), ylabel=name)
        ax.set_yticks([0])
    ears[0].set_title("The sound at each ear")
    parts.ear_lines(ears[2], np.arange(n_steps), *rates[:, :n_steps])
    ears[2].set(ylabel="rate (Hz)", ylim=(0, 1.15 * max(1, rates.max())), title="Firing rate of one fibre of each ear")
    parts.raster_axes(ears[3], spikes)
    ears[3].set_yticks([50, 150], ["left", "right"], rotation=90, va="center")
    ears[3].set(xlabel="time (ms)", xlim=(0, n_steps - 1), title="Spikes of 200 fibres")
    peaks = [int(rate[: round(1000 / FREQUENCY)].argmax()) for rate in rates]
    return describe(
        fig,
        "Noise at both ears whose loudness swings, the rate of one fibre of each ear, and the spikes of 200 fibres, "
        f"over {n_steps} ms. The first peak of the rate comes at {peaks[0]} ms in the left ear and at {peaks[1]} ms "
        "in the right ear; the bands of spikes follow.",
    )
