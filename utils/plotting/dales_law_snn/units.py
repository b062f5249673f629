"""Figures of hidden units: one that spikes, what it learns by, and what all of them are tuned to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from utils.page import approx, counted, describe
from utils.plotting import style
from utils.plotting.arrays import as_array
from utils.plotting.dales_law_snn import parts


@style.styled
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
    bump = as_array(gradient(torch.ones_like(x), x, slope))
    fig = style.new_figure(2.9)
    up, down = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.08, right=0.985, bottom=0.17, top=0.86, wspace=0.24)
    up.plot(x, (x > 0).float(), color=style.TRUTH, label="step: what the unit does")
    up.plot(x, torch.sigmoid(slope * x), color=style.OTHER, linestyle=style.DASHED, label="sigmoid: what it learns by")
    up.set(xlabel="potential - threshold", ylim=(-0.05, 1.5), title="Forward")
    up.legend(loc="upper left")
    down.plot(x, torch.zeros_like(x), color=style.TRUTH, label="step: zero nearly everywhere")
    down.plot(x, bump, color=style.OWN, linestyle=style.DASHED, label="yours, through the sigmoid")
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
        """Draw the picture, as in `OneSound.draw`."""
        inputs = fig.add_axes((0.1, 0.64, 0.885, 0.28))
        membrane = fig.add_axes((0.1, 0.145, 0.885, 0.42))
        self.marks = [
            inputs.plot([], [], marker, color=color, markersize=size)[0]
            for marker, color, size in (("|", style.EXCITATORY, 4.5), ("o", style.INHIBITORY, 2))
        ]
        inputs.set(
            xlim=(0, 99), ylim=(-1, 41), xticklabels=[], title="Spikes that arrive: E excites (bars), I inhibits (dots)"
        )
        inputs.set_yticks([10, 30], ["E", "I"])
        inputs.grid(False)
        membrane.axhline(1, color=style.TRUTH, linestyle=style.DASHED, linewidth=style.GUIDE)
        self.line = membrane.plot(np.arange(100), np.zeros(100), color=style.OWN, linewidth=style.THIN)[0]
        self.spikes = membrane.plot([], [], "^", color=style.OWN, markersize=7, label="spike")[0]
        membrane.set(xlim=(0, 99), ylim=(-4, 4), xlabel="time (ms)", ylabel="potential (threshold = 1)")
        return self

    def update(self, inputs: Any, potential: Any, spikes: Any) -> None:
        """Show another run; the potential is cut off at the edges of the picture.

        Args:
            inputs: spikes of 20 excitatory, then 20 inhibitory fibres, shape (100, 40).
            potential: shape (100,).
            spikes: shape (100,).
        """
        time, fibre = np.nonzero(as_array(inputs))
        for mark, kind in zip(self.marks, (fibre < 20, fibre >= 20), strict=True):
            mark.set_data(time[kind], fibre[kind])
        self.line.set_ydata(np.clip(as_array(potential), -3.95, 3.95))
        fired = np.flatnonzero(as_array(spikes))
        self.spikes.set_data(fired, np.full(len(fired), 3.6))


@style.styled
def plot_tuning(ipd: Any, rates: Any, signs: Any) -> Figure:
    """Firing rate of the hidden units against the direction of the sound.

    Args:
        ipd: phase differences in radians, shape (n,).
        rates: rates in Hz, shape (n, n_hidden).
        signs: of the hidden units, shape (n_hidden, 1).

    Returns:
        The figure.
    """
    degrees, rates, signs = np.degrees(as_array(ipd)), as_array(rates), as_array(signs).ravel()
    edges = np.linspace(-90, 90, 25)
    which = np.digitize(degrees, edges[1:-1])
    curves = np.stack([rates[which == place].mean(0) for place in range(24)], axis=1)
    middle = (edges[1:] + edges[:-1]) / 2
    fig = style.new_figure(3.5)
    axes = fig.subplots(1, 2, width_ratios=(1.2, 1))
    fig.subplots_adjust(left=0.06, right=0.985, bottom=0.15, top=0.88, wspace=0.34)
    order = np.lexsort((curves.argmax(1), signs))
    image = axes[0].imshow(
        curves[order],
        aspect="auto",
        extent=(-90, 90, len(order), 0),
        cmap=style.SEQUENTIAL,
        vmin=0,
        interpolation="nearest",
    )
    border = int((signs < 0).sum())
    axes[0].axhline(border, color="white", linewidth=style.CURVE)
    axes[0].set_yticks([border / 2, (border + len(order)) / 2], ["inhibitory", "excitatory"], rotation=90, va="center")
    axes[0].set(xlabel="phase difference (°)", title="All hidden units")
    axes[0].grid(False)
    fig.colorbar(image, ax=axes[0], label="rate (Hz)", pad=0.02)
    modulation = np.ptp(curves, axis=1)
    for sign, color, dashes, name in (
        (-1, style.INHIBITORY, style.DASHED, "inhibitory"),
        (1, style.EXCITATORY, "-", "excitatory"),
    ):
        kind = np.flatnonzero(signs == sign)
        for number, unit in enumerate(kind[np.argsort(modulation[kind])[::-1][:4]]):
            label = name if number == 0 else None
            axes[1].plot(middle, curves[unit], color=color, linestyle=dashes, linewidth=style.THIN, label=label)
    axes[1].set(xlabel="phase difference (°)", ylabel="rate (Hz)", title="The four most tuned of each")
    axes[1].set_ylim(0, 1.2 * max(1, curves.max()))
    axes[1].legend(loc="upper center", ncol=2)
    for ax in axes:
        parts.degree_axis(ax)
    wide = (curves > (curves.max(1) + curves.min(1))[:, None] / 2).mean(1) * 180
    return describe(
        fig,
        f"Firing rates of {counted(len(signs), 'hidden unit')} against the direction, as a map and as curves. Half of "
        f"the units fire above the middle of their range for {approx(np.median(wide))} of 180 degrees or more.",
    )


@style.styled
def plot_contrasts(groups: Mapping[str, tuple[Any, Any]]) -> Figure:
    """How far each hidden unit sets one ear against the other, before and after learning.

    Args:
        groups: name -> contrasts of the units before and after, each of shape (n_hidden,), from -1 to 1.

    Returns:
        The figure.
    """
    fig = style.new_figure(3.1)
    ax = fig.subplots()
    fig.subplots_adjust(left=0.1, right=0.985, bottom=0.1, top=0.88)
    words = []
    for place, (group, (before, after)) in enumerate(groups.items()):
        for side, values, color, marker, name in (
            (-0.17, before, style.TRUTH, "o", "before learning"),
            (0.17, after, style.OWN, "D", "after learning"),
        ):
            values = np.sort(as_array(values))
            shift = 0.03 * (np.arange(len(values)) % 5 - 2)
            label = name if place == 0 else None
            ax.plot(place + side + shift, values, marker, color=color, markersize=4.5, alpha=0.8, label=label)
        sizes = [np.abs(as_array(values)).mean() for values in (before, after)]
        words.append(f"{group} {approx(sizes[0], 2)} and {approx(sizes[1], 2)}")
    ax.axhline(0, color=style.TRUTH, linewidth=style.GUIDE)
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
