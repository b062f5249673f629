"""Figures of rates: what counting spikes tells, and transfer curves with and without noise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from utils.page import describe, listed
from utils.plotting import style
from utils.plotting.lif_transfer_curve import parts


@style.styled
def plot_rate_code(rows: Sequence[tuple], windows, decoded, truth) -> Figure:
    """Spike trains for several inputs, and what counting them in a window tells.

    Args:
        rows: (label, spike steps) for each input.
        windows: (m,) window lengths in steps.
        decoded: (n_inputs, m) count / window.
        truth: (n_inputs,) inputs.

    Returns:
        The figure.
    """
    windows = np.asarray(windows)
    fig = style.new_figure(3.1)
    left, right = fig.subplots(1, 2)
    colors = parts.in_order(len(rows))
    for row, ((_, spikes), color) in enumerate(zip(rows, colors, strict=True)):
        left.eventplot(spikes, lineoffsets=row, linelengths=0.75, colors=[color], linewidths=style.THIN)
    left.set(yticks=range(len(rows)), yticklabels=[label for label, _ in rows], xlabel="time step")
    left.set(ylabel="input a step", title="spike trains")
    left.grid(False)
    for values, value, color in zip(decoded, truth, colors, strict=True):
        right.plot(windows, values, color=color, linewidth=style.THIN)
        right.axhline(value, color=color, linestyle=style.DOTTED, linewidth=style.GUIDE)
    right.set(xlabel="steps counted", ylabel="spikes / steps", title="what the count says")
    right.set_ylim(-0.02, 1.02 * max(truth) + 0.05)
    right.set_xlim(0, windows[-1])  # nothing may lie between a line's end and its name
    fig.tight_layout()
    fig.subplots_adjust(right=0.93)
    style.name_ends(
        right, [(windows[-1], value, f"{value:g}", color) for value, color in zip(truth, colors, strict=True)]
    )
    counts = listed([str(len(spikes)) for _, spikes in rows])
    high = all(np.all(np.asarray(values) <= value + 1e-9) for values, value in zip(decoded, truth, strict=True))
    side = "from below, never above it" if high else "from both sides"
    return describe(
        fig,
        f"Left: regular spike trains, {counts} spikes for inputs from {rows[0][0]} to {rows[-1][0]}. Right: spikes "
        f"divided by steps come in saw teeth to each input, {side}.",
    )


@style.styled
def plot_iaf_activation(inputs, counts, slope: float, offset: float, n_steps: int) -> Figure:
    """Spike counts of integrate-and-fire neurons, and the fitted ReLU.

    Args:
        inputs: (n,) in thresholds a step.
        counts: (n,) spikes.
        slope: of the ReLU.
        offset: of the ReLU at 0.
        n_steps: over which was counted.

    Returns:
        The figure.
    """
    fig = style.new_figure(3.2)
    ax = fig.subplots()
    ax.plot(
        inputs,
        np.maximum(slope * np.asarray(inputs) + offset, 0),
        color=style.OTHER,
        linewidth=style.STRONG,
        label="ReLU",
    )
    ax.plot(inputs, counts, "o", color=style.OWN, markersize=4, label="integrate-and-fire neuron")
    ax.set(xlabel="input in every step (thresholds)", ylabel=f"spikes in {n_steps} steps")
    ax.legend(loc="upper left")
    fig.tight_layout()
    off = float(np.abs(np.maximum(slope * np.asarray(inputs) + offset, 0) - counts).max())
    return describe(
        fig,
        f"Spike counts against inputs from {inputs[0]:g} to {inputs[-1]:g}: none up to 0, then {np.max(counts):.0f} at "
        f"the end of a straight line. The ReLU of slope {slope:.0f} is at most {off:.1f} spikes away.",
    )


@style.styled
def plot_transfer_curves(
    currents, counts, fine, rates, labels: Sequence[str], duration: float, limits: Sequence[tuple]
) -> Figure:
    """Counted spikes and the closed form for several neurons, nothing clipped.

    Args:
        currents: (n,) in mA.
        counts: (n_neurons, n) spikes counted.
        fine: (m,) in mA.
        rates: (n_neurons, m) spikes per ms.
        labels: one title for each neuron.
        duration: in ms, over which the spikes were counted.
        limits: (rheobase in mA, ceiling in spikes) for each neuron.

    Returns:
        The figure.
    """
    fig = style.new_figure(5.2)
    axes = fig.subplots(2, 2, sharex=True)
    words = []
    for ax, count, rate, label, (rheobase, ceiling) in zip(axes.flat, counts, rates, labels, limits, strict=True):
        ax.plot(fine, rate * duration, color=style.OWN, label="closed form")
        ax.plot(currents, count, "o", color=style.OTHER, markersize=5.5, label="simulated, dt = 1 ms")
        top = 1.22 * max(max(count), float(np.max(rate)) * duration)
        ax.axvline(rheobase, color=style.TRUTH, linestyle=style.DOTTED, linewidth=style.THIN)
        words_look = {"fontsize": style.SMALL, "color": style.INK, "textcoords": "offset points"}
        ax.annotate(f"rheobase\n{rheobase:.2g} mA", (rheobase, top), xytext=(4, -3), va="top", **words_look)
        if ceiling < top:
            ax.axhline(ceiling, color=style.TRUTH, linestyle=style.DASHED, linewidth=style.THIN)
            place = {"xytext": (0, 3), "ha": "right", "va": "bottom"}
            ax.annotate(f"ceiling {ceiling:.0f}", (currents[-1], ceiling), **place, **words_look)
        ax.set(ylim=(-0.03 * top, max(top, 1.0)))
        ax.set_title(label, fontsize=style.NORMAL)
        words.append(f"{label}: from 0 up to {max(count)} spikes")
    axes[1, 1].legend(loc="lower right", fontsize=style.SMALL)
    for ax in axes[:, 0]:
        ax.set_ylabel(f"spikes in {duration:g} ms")
    for ax in axes[1]:
        ax.set_xlabel("current (mA)")
    fig.tight_layout()
    return describe(
        fig,
        f"Transfer curves, spikes counted in {duration:g} ms against current, with lines of the closed form. "
        f"{'; '.join(words)}.",
    )


class TransferExplorer:
    """The panel with a neuron's trace and its transfer curve.

    The vertical axis of the curve runs from 0 to 1, and its tick labels are texts: a change of the axis's own limits
    would draw the whole picture again at every step of a slider.
    """

    TOPS = (12, 20, 40, 60, 100, 200, 400, 1000)

    def draw(self, fig: Figure) -> TransferExplorer:
        """Draw the artists, as in `NeuronTrace.draw`."""
        left = fig.add_axes((0.085, 0.17, 0.37, 0.71))
        right = fig.add_axes((0.575, 0.17, 0.41, 0.71))
        left.set(xlim=(0, 200), ylim=(-0.1, 1.7), xlabel="time (ms)", ylabel="membrane potential (V)")
        left.set_title("Trace at 1.5 mA")
        parts.threshold_line(left, 1.0)
        right.set(xlim=(-0.04, 2.04), ylim=(-0.03, 1.03), xlabel="current (mA)", title="Transfer curve")
        right.set(xticks=[0, 0.5, 1, 1.5, 2], yticks=np.linspace(0, 1, 5), yticklabels=[])
        right.set_ylabel("rate (Hz)", labelpad=28)
        self.ticks = parts.tick_texts(right, -0.08)
        self.trace = left.plot([], [], color=style.TRUTH, linewidth=style.THIN)[0]
        self.rheobase = right.plot([], [], color=style.TRUTH, linestyle=style.DOTTED, linewidth=style.THIN)[0]
        self.ceiling = right.plot([], [], color=style.TRUTH, linestyle=style.DASHED, linewidth=style.THIN)[0]
        self.curve = right.plot([], [], color=style.OWN)[0]
        self.dots = right.plot([], [], "o", color=style.OTHER, markersize=4)[0]
        words = {
            "fontsize": style.SMALL,
            "color": style.INK,
            "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        }
        self.rheobase_words = right.text(0, 0, "", rotation=90, va="top", **words)
        self.ceiling_words = right.text(0, 0, "", ha="right", va="bottom", **words)
        return self

    def update(self, trace: tuple, curve: tuple, simulated: tuple, rheobase: float, ceiling: float) -> None:
        """Move the artists to another neuron; the vertical axis always holds the whole curve.

        Args:
            trace: times in ms and potentials in V.
            curve: currents in mA and rates in Hz of the closed form.
            simulated: currents in mA and rates in Hz of the simulation.
            rheobase: in mA.
            ceiling: in Hz.
        """
        highest = 1.12 * max(np.max(curve[1]), np.max(simulated[1]))
        top = next(limit for limit in (*self.TOPS, np.inf) if limit >= highest)
        for number, tick in enumerate(self.ticks):
            tick.set_text(f"{top * number / 4:g}")
        self.trace.set_data(*trace)
        self.curve.set_data(curve[0], np.asarray(curve[1]) / top)
        self.dots.set_data(simulated[0], np.asarray(simulated[1]) / top)
        self.rheobase.set_data([rheobase, rheobase], [0, 1])
        self.rheobase_words.set_position((rheobase + 0.03, 0.85))
        self.rheobase_words.set_text(f"rheobase {rheobase:.2g} mA")
        inside = ceiling <= top
        self.ceiling.set_data([-0.04, 2.04], [ceiling / top if inside else -1] * 2)
        self.ceiling_words.set_position((1.98, min(1.01 * ceiling / top, 0.94)))
        self.ceiling_words.set_text(f"ceiling {ceiling:.0f} Hz" + ("" if inside else ", above the frame"))


@style.styled
def plot_limit(currents, curves: Sequence[tuple], relu) -> Figure:
    """Transfer curves on their way to a ReLU, each named at its end.

    Args:
        currents: (n,) in mA.
        curves: (label, rates (n,) in Hz) in the order of the limit.
        relu: (n,) the limit in Hz.

    Returns:
        The figure.
    """
    fig = style.new_figure(3.8)
    ax = fig.add_axes((0.085, 0.13, 0.67, 0.83))
    colors = parts.in_order(len(curves))
    for (_, rate), color in zip(curves, colors, strict=True):
        ax.plot(currents, rate, color=color, linewidth=style.CURVE)
    ax.plot(currents, relu, color=style.TRUTH, linestyle=style.DASHED, linewidth=style.CURVE)
    ends = [(currents[-1], rate[-1], label, color) for (label, rate), color in zip(curves, colors, strict=True)]
    ends.append((currents[-1], relu[-1] * 1.001, "ReLU, slope 1 / (C ϑ)", style.INK))
    ax.set(xlabel="current (mA)", ylabel="rate (Hz)", ylim=(-5, 1.08 * float(np.max(relu))))
    ax.set_xlim(currents[0], currents[-1])
    style.name_ends(ax, ends)
    away = [float(np.abs(rate - relu).max()) for _, rate in curves]
    step = "each closer than the one before" if away == sorted(away, reverse=True) else "not in order"
    return describe(
        fig,
        f"{len(curves)} transfer curves on their way to a dashed ReLU, {step}: from {away[0]:.0f} Hz to "
        f"{away[-1]:.2g} Hz at most away from it.",
    )


@style.styled
def plot_noise(time, traces: Sequence[tuple], currents, curves: Sequence[tuple], fine, theory: Sequence) -> Figure:
    """Traces below the rheobase with and without noise, and the curves that go with them.

    Args:
        time: (n,) in ms.
        traces: (noise in V, potential (n,)).
        currents: (m,) in mA.
        curves: (noise in V, rates (n_trials, m) in Hz) for each level.
        fine: (k,) in mA.
        theory: (k,) in Hz for each level.

    Returns:
        The figure.
    """
    fig = style.new_figure(3.2)
    left, right = fig.subplots(1, 2, width_ratios=(1, 1.25))
    colors = parts.in_order(len(curves))
    for row, ((_, voltage), color) in enumerate(zip(traces, colors, strict=True)):
        left.plot(time, np.asarray(voltage) - 2.1 * row, color=color, linewidth=style.GUIDE)
        left.axhline(1 - 2.1 * row, color=style.TRUTH, linestyle=style.DASHED, linewidth=style.GUIDE)
    left.set(xlabel="time (ms)", title="the same mean current", yticks=[-2.1 * row for row in range(len(traces))])
    left.set_yticklabels([f"{noise:g} V" for noise, _ in traces])
    left.set_ylabel("noise (standard deviation)")
    left.grid(False)
    for (noise, rates), line, color, dashes in zip(curves, theory, colors, parts.DASHES, strict=False):
        style.spread(right, currents, rates, "", color, dashes="none")
        right.plot(fine, line, color=color, linestyle=dashes, label=f"{noise:g} V")
    right.axvline(1, color=style.TRUTH, linestyle=style.DOTTED, linewidth=style.THIN)
    right.legend(title="noise", title_fontsize=style.SMALL, fontsize=style.SMALL, loc="upper left")
    right.set(xlabel="mean current (mA)", ylabel="rate (Hz)", title="transfer curves")
    fig.tight_layout()
    spikes = listed([str(int((np.asarray(voltage) >= 1).sum())) for _, voltage in traces])
    levels = listed([f"{noise:g}" for noise, _ in traces])
    below = listed([f"{np.interp(0.8, fine, line):.0f}" for line in theory])
    return describe(
        fig,
        f"Left: traces below the rheobase, {spikes} spikes for noise of {levels} V. Right: transfer curves; at 0.8 mA "
        f"the theory's lines stand at {below} Hz, so noise turns the corner into a bend.",
    )


@style.styled
def plot_soft_fits(panels: Sequence[tuple]) -> Figure:
    """Noisy transfer curves with the softplus and the sigmoid that fit them best.

    Args:
        panels: (title, currents (n,), rates (n_trials, n) in Hz, fine currents (m,), softplus (m,), sigmoid (m,)) each.

    Returns:
        The figure.
    """
    fig = style.new_figure(3.1)
    axes = fig.subplots(1, len(panels))
    words = []
    for ax, (title, currents, rates, fine, softplus, sigmoid) in zip(axes, panels, strict=True):
        ax.plot(currents, np.transpose(rates), ".", color=style.TRUTH, alpha=0.6, markersize=4)
        ax.plot(fine, softplus, color=style.OTHER, label="softplus")
        ax.plot(
            fine, sigmoid, color=style.COLORS["black"], linestyle=style.DASHED, linewidth=style.THIN, label="sigmoid"
        )
        ax.set(title=title, xlabel="mean current (mA)")
        mean = np.mean(rates, 0)
        off = [float(np.sqrt(np.mean((np.interp(currents, fine, fit) - mean) ** 2))) for fit in (softplus, sigmoid)]
        words.append(f"{title} the {'softplus' if off[0] < off[1] else 'sigmoid'} follows the dots closer")
    axes[0].set_ylabel("rate (Hz)")
    axes[0].legend(loc="upper left")
    fig.tight_layout()
    return describe(fig, f"Noisy transfer curves with the two fits: {'; '.join(words)}.")


@style.styled
def plot_mystery(currents, rates, fine, fitted) -> Figure:
    """The mystery neuron's curve and the curve of the parameters that were found.

    Args:
        currents: (n,) in mA.
        rates: (n,) in Hz.
        fine: (m,) in mA.
        fitted: (m,) in Hz.

    Returns:
        The figure.
    """
    fig = style.new_figure(3.0)
    ax = fig.subplots()
    ax.plot(currents, rates, "o", color=style.EXAMPLES, markersize=7, label="measured")
    ax.plot(fine, fitted, color=style.OWN, linewidth=style.THIN, label="closed form with your two numbers")
    ax.set(xlabel="current (mA)", ylabel="rate (Hz)")
    ax.legend(loc="lower right")
    fig.tight_layout()
    off = float(np.abs(np.interp(currents, fine, fitted) - rates).max())
    through = "passes through them" if off < 0.05 * np.max(rates) else f"misses them by up to {off:.0f} Hz"
    return describe(
        fig,
        f"Measured rates of the mystery neuron as dots, up to {np.max(rates):.0f} Hz. The closed form with your two "
        f"numbers {through}.",
    )
