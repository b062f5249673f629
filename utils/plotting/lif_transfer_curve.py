"""Figures of notebook 05: traces, transfer curves, and a network that learns to spike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from matplotlib import colormaps
from matplotlib.colors import to_rgb
from matplotlib.patches import Circle

from utils.page import approx, counted, describe
from utils.plotting.spiral_mlp import border_segments, decision_image, draw_map, draw_points, label_arms
from utils.plotting.style import (
    COLORS,
    CURVE,
    DASHED,
    DOTTED,
    EXAMPLES,
    EXCITATORY,
    GUIDE,
    INHIBITORY,
    LARGE,
    NORMAL,
    OTHER,
    OWN,
    SEQUENTIAL,
    SMALL,
    STRONG,
    THIN,
    TRUTH,
    chance_line,
    new_figure,
    spread,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#555555"  # words beside grey lines: dark enough to read


# --- Traces ----------------------------------------------------------------------------------------------------------


@styled
def plot_two_orders(time, currents: Sequence, relu: Sequence, voltage: Sequence) -> Figure:
    """The same pulses evenly and in a bunch: input, a ReLU's answer, a spiking neuron's answer.

    Args:
        time: (n,) in ms.
        currents: two arrays (n,) in mA.
        relu: two arrays (n,) in mA.
        voltage: two arrays (n,) in V, with the threshold at 1 V.

    Returns:
        The figure.
    """
    fig = new_figure(4.6)
    axes = fig.subplots(3, 2, sharex=True, sharey="row")
    rows = ((currents, EXCITATORY, "input (mA)"), (relu, OTHER, "ReLU output"), (voltage, OWN, "potential (V)"))
    for row, (values, color, label) in zip(axes, rows, strict=True):
        for ax, value in zip(row, values, strict=True):
            ax.plot(time, value, color=color, linewidth=THIN)
        row[0].set_ylabel(label)
    axes[0, 0].set_title("evenly spaced")
    axes[0, 1].set_title("in a bunch")
    for ax in axes[2]:
        _threshold(ax, 1.0)
        ax.set_xlabel("time (ms)")
    fig.tight_layout()
    summed = [float(np.sum(value)) * (time[1] - time[0]) for value in relu]
    spikes = [int((np.asarray(value) >= 1).sum()) for value in voltage]
    return describe(
        fig,
        f"The same pulses, evenly spaced on the left and in a bunch on the right. Summed over time the ReLU's output "
        f"is {summed[0]:.0f} on the left and {summed[1]:.0f} on the right; the neuron fires "
        f"{counted(spikes[0], 'spike')} on the left and {counted(spikes[1], 'spike')} on the right.",
    )


@styled
def plot_circuit() -> Figure:
    """The membrane as a circuit: current source, resistor and capacitor side by side.

    Returns:
        The figure.
    """
    fig = new_figure(2.7)
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set(xlim=(-0.7, 12.9), ylim=(0, 5.1), aspect="equal")
    ax.axis("off")
    ink = {"color": OWN, "linewidth": CURVE, "solid_capstyle": "round"}
    for y in (0.7, 4.3):
        ax.plot([1.5, 8.5], [y, y], **ink)
    for x, low, high in ((1.5, 1.9, 3.1), (5.0, 1.7, 3.3), (8.5, 2.35, 2.65)):
        ax.plot([x, x], [0.7, low], **ink)
        ax.plot([x, x], [high, 4.3], **ink)
    ax.add_patch(Circle((1.5, 2.5), 0.6, fill=False, edgecolor=OWN, linewidth=CURVE))
    ax.annotate("", (1.5, 2.95), (1.5, 2.05), arrowprops={"arrowstyle": "->", "color": OWN, "linewidth": THIN})
    zigzag = np.array([0, 1, -1, 1, -1, 1, -1, 0]) * 0.28
    ax.plot(5.0 + zigzag, np.linspace(1.7, 3.3, 8), **ink)
    for y in (2.35, 2.65):
        ax.plot([7.95, 9.05], [y, y], **ink)
    ax.plot([5.0, 8.5], [4.3, 4.3], "o", color=OWN, markersize=4)
    for x, letter, side in ((0.65, "I", "right"), (5.55, "R", "left"), (9.3, "C", "left")):
        ax.text(x, 2.5, letter, ha=side, va="center", fontsize=LARGE, style="italic")
    for x, color, words in ((5.0, INHIBITORY, "leak  v / R"), (8.5, EXCITATORY, "charging  C dv/dt")):
        arrow = {"arrowstyle": "->", "color": color, "linewidth": CURVE}
        ax.annotate("", (x, 1.0), (x, 1.65), arrowprops=arrow)
        ax.text(x + 0.3, 1.3, words, color=color, fontsize=NORMAL, va="center")
    ax.text(8.85, 4.3, "inside: v", fontsize=NORMAL, va="center")
    ax.text(8.85, 0.7, "outside: 0 V", fontsize=NORMAL, va="center")
    return describe(
        fig,
        "A circuit: a current source, a resistor and a capacitor side by side between the inside and the outside of "
        "the membrane. Part of the current leaks through the resistor, the rest charges the capacitor.",
    )


@styled
def plot_published_traces(panels: Sequence[tuple]) -> Figure:
    """Voltage traces side by side.

    Args:
        panels: (time, voltage, threshold, spike times, title, time unit, potential unit) for each.

    Returns:
        The figure.
    """
    fig = new_figure(2.9)
    words = []
    for ax, panel in zip(fig.subplots(1, len(panels)), panels, strict=True):
        time, voltage, threshold, spikes, title, time_unit, unit = panel
        ax.plot(time, voltage, color=TRUTH, linewidth=THIN)
        _threshold(ax, threshold, "threshold")
        top = float(np.max(voltage))
        for spike in spikes:
            place = {"xytext": (0, 3), "textcoords": "offset points", "ha": "center"}
            ax.annotate(f"{spike:g}", (spike, top), fontsize=NORMAL, **place)
        ax.set(title=title, xlabel=f"time ({time_unit})", ylabel=f"potential ({unit})")
        ax.set_ylim(-0.05 * top, 1.16 * top)
        words.append(f"{title}: spikes at {_listed([f'{spike:g}' for spike in spikes])} {time_unit}")
    fig.tight_layout()
    return describe(fig, f"Potentials that climb along a bending curve to the threshold. {'. '.join(words)}.")


@styled
def plot_switched_off(
    time, traces: Mapping[str, Sequence], counts: Mapping[str, Sequence[int]], currents: Sequence[float] = (1.5, 0.9)
) -> Figure:
    """One row for each neuron, complete or with one part switched off; one column for each current.

    Args:
        time: (n,) in ms.
        traces: name -> one potential (n,) in V for each current.
        counts: name -> one number of spikes for each current.
        currents: in mA.

    Returns:
        The figure.
    """
    fig = new_figure(6.4)
    axes = fig.subplots(len(traces), len(currents), sharex=True, sharey=True)
    for row, (name, pair) in zip(axes, traces.items(), strict=True):
        for ax, voltage, count, current in zip(row, pair, counts[name], currents, strict=True):
            ax.plot(time, voltage, color=OWN if name == "complete" else OTHER, linewidth=THIN)
            _threshold(ax, 1.0)
            ax.set(ylim=(-0.1, 1.95), yticks=[0, 1])
            corner = {"transform": ax.transAxes, "ha": "right", "va": "top", "fontsize": SMALL}
            ax.text(0.99, 0.97, counted(count, "spike"), **corner)
            ax.set_title(f"{name}, {current:g} mA", fontsize=NORMAL, pad=3)
    axes[len(axes) // 2, 0].set_ylabel("membrane potential (V)")
    for ax in axes[-1]:
        ax.set_xlabel("time (ms)")
    fig.tight_layout(h_pad=0.4)
    each = [f"{name} {_listed([str(count) for count in counts[name]])}" for name in traces]
    amounts = _listed([f"{current:g} mA" for current in currents])
    words = f"Traces of one neuron, a part switched off in each row. Spikes at {amounts}: {'; '.join(each)}."
    return describe(fig, words)


class NeuronTrace:
    """The panel of one neuron: its potential, the threshold, and where the potential would settle.

    The vertical axis runs from 0 to 1 and its tick labels are texts: a change of the axis's own limits would draw the
    whole picture again at every step of a slider.
    """

    TOPS = (2.0, 4.0, 8.0)

    def draw(self, fig: Figure) -> NeuronTrace:
        """Draw what never moves, and the artists that will.

        Args:
            fig: the panel's figure.

        Returns:
            The artists.
        """
        ax = fig.add_axes((0.095, 0.17, 0.885, 0.78))
        ax.set(xlim=(0, 100), ylim=(-0.05, 1.05), xlabel="time (ms)", yticks=np.linspace(0, 1, 5), yticklabels=[])
        ax.set_ylabel("membrane potential (V)", labelpad=24)
        self.ticks = _tick_texts(ax, -0.6)
        self.threshold = ax.plot([], [], color=TRUTH, linestyle=DASHED, linewidth=GUIDE)[0]
        self.goal = ax.plot([], [], color=EXCITATORY, linestyle=DOTTED, linewidth=CURVE)[0]
        self.free = ax.plot([], [], color=EXCITATORY, linewidth=THIN, alpha=0.55)[0]
        self.trace = ax.plot([], [], color=OWN, linewidth=THIN)[0]
        beside = {"fontsize": SMALL, "ha": "right", "va": "bottom"}
        self.goal_words = ax.text(99, 0, "", color="#A34700", **beside)
        self.threshold_words = ax.text(1, 0, "threshold", color=INK, fontsize=SMALL, va="bottom")
        return self

    def update(self, time, voltage, free, goal: float, threshold: float = 1.0) -> None:
        """Move the artists to another neuron.

        Args:
            time: (n,) in ms.
            voltage: (n,) in V.
            free: (n,) in V, the way of a membrane that never spikes.
            goal: R I in V.
            threshold: in V.
        """
        top = next(limit for limit in (*self.TOPS, np.inf) if limit >= 1.08 * goal)
        for number, tick in enumerate(self.ticks):
            tick.set_text(f"{top * number / 4:g}")
        self.trace.set_data(time, np.asarray(voltage) / top)
        self.free.set_data(time, np.asarray(free) / top)
        self.goal.set_data([0, 100], [goal / top] * 2)
        self.goal_words.set_position((99, goal / top + 0.015))
        self.goal_words.set_text(f"R I = {goal:.2f} V")
        self.threshold.set_data([0, 100], [threshold / top] * 2)
        self.threshold_words.set_position((1, threshold / top + 0.01))


@styled
def plot_euler_error(fine, exact, coarse: Mapping[float, tuple], dts, errors, slope: float, scale: float) -> Figure:
    """Euler's trace beside the exact one, and the error of the first spike's time against the step.

    Args:
        fine: times (n,) of the exact trace in ms.
        exact: the exact trace (n,) in V.
        coarse: step -> (times, potentials) of Euler's trace.
        dts: (m,) steps in ms.
        errors: (m,) errors in ms.
        slope: of the fitted line, error = scale * dt ** slope.
        scale: of the fitted line.

    Returns:
        The figure.
    """
    fig = new_figure(3.2)
    left, right = fig.subplots(1, 2)
    left.plot(fine, exact, color=TRUTH, linewidth=STRONG + 1, alpha=0.7, label="exact")
    for (dt, (time, voltage)), color, marker in zip(coarse.items(), _sequence(len(coarse)), "s^o", strict=False):
        look = {"color": color, "marker": marker, "markersize": 3.5, "linewidth": THIN}
        left.plot(time, voltage, label=f"Euler, dt = {dt:g} ms", **look)
    _threshold(left, 1.0)
    left.set(xlabel="time (ms)", ylabel="membrane potential (V)", title="on the way to the first spike")
    left.set_ylim(-0.05, 1.3)
    left.legend(loc="lower right", fontsize=SMALL)
    right.loglog(dts, errors, "o", color=TRUTH, markersize=7, label="measured")
    right.loglog(dts, scale * np.asarray(dts) ** slope, color=OTHER, label="fitted line")
    right.set(xlabel="step dt (ms)", ylabel="error of the spike time (ms)", title="the error against the step")
    right.legend(fontsize=SMALL)
    fig.tight_layout()
    above = "above" if all(v[-1] >= np.interp(t[-1], fine, exact) for t, v in coarse.values()) else "beside"
    return describe(
        fig,
        f"Left: Euler's steps run {above} the exact curve, the more the longer they are. Right: on logarithmic axes "
        f"the error of the spike time lies on a line of slope {slope:.1f}.",
    )


@styled
def plot_folded_bias(time, direct, folded, wrong) -> Figure:
    """A constant leak stepped directly, folded into the bias, and folded with the source's sign.

    Args:
        time: (n,) in ms.
        direct: (n,) in V.
        folded: (n,) in V, by the student's function.
        wrong: (n,) in V, by the source's sign.

    Returns:
        The figure.
    """
    fig = new_figure(2.9)
    ax = fig.subplots()
    ax.plot(time, direct, color=TRUTH, linewidth=STRONG + 2, alpha=0.6, label="leak and bias, stepped directly")
    ax.plot(time, folded, color=OWN, linewidth=THIN, label="folded into one current: your function")
    ax.plot(time, wrong, color=OTHER, linewidth=CURVE, linestyle=DASHED, label="folded with the source's sign")
    ax.set(xlabel="time (ms)", ylabel="potential (V)")
    ax.legend(loc="upper left", fontsize=SMALL)
    fig.tight_layout()
    apart = float(np.abs(np.asarray(folded) - np.asarray(direct)).max())
    same = "follows the direct one" if apart < 1e-9 else f"leaves the direct one by up to {apart:.2g} V"
    return describe(
        fig,
        f"Potential over time. Your folded current {same} and ends at {folded[-1]:.2f} V. The source's sign ends at "
        f"{wrong[-1]:.2f} V.",
    )


@styled
def plot_iaf_pair(steps, ours: tuple, theirs: tuple) -> Figure:
    """Potential and spikes of the same neuron from two programs, on one set of axes.

    Args:
        steps: (n,) step numbers.
        ours: (spikes (n,), potential (n,)) of the student's function.
        theirs: the same of sinabs.

    Returns:
        The figure.
    """
    fig = new_figure(3.4)
    top, bottom = fig.subplots(2, 1, sharex=True, height_ratios=(1, 4))
    pair = ((theirs, TRUTH, STRONG + 2, "sinabs.layers.IAF"), (ours, OWN, THIN, "your iaf_step"))
    for row, ((spikes, voltage), color, width, label) in enumerate(pair):
        top.eventplot(np.flatnonzero(spikes), lineoffsets=row, linelengths=0.8, colors=color, linewidths=CURVE)
        bottom.plot(steps, voltage, color=color, linewidth=width, alpha=0.6 if row == 0 else 1, label=label)
    top.set(yticks=[0, 1], yticklabels=["sinabs", "yours"], ylim=(-0.6, 1.6))
    top.grid(False)
    _threshold(bottom, 1.0)
    bottom.set(xlabel="time step", ylabel="potential")
    bottom.legend(loc="upper left", fontsize=SMALL, ncols=2)
    bottom.set_ylim(top=1.36)
    fig.tight_layout()
    n_ours, n_theirs = (int(np.sum(spikes)) for spikes, _ in (ours, theirs))
    same = np.array_equal(ours[0], theirs[0]) and np.allclose(ours[1], theirs[1], atol=1e-6)
    verdict = "The two lie on top of each other everywhere." if same else "The two do not lie on top of each other."
    return describe(
        fig,
        f"Spikes and potential of the integrate-and-fire neuron by two programs, {counted(n_theirs, 'spike')} by "
        f"sinabs and {n_ours} by your function. {verdict}",
    )


# --- Rates and transfer curves ---------------------------------------------------------------------------------------


@styled
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
    fig = new_figure(3.1)
    left, right = fig.subplots(1, 2)
    colors = _sequence(len(rows))
    for row, ((_, spikes), color) in enumerate(zip(rows, colors, strict=True)):
        left.eventplot(spikes, lineoffsets=row, linelengths=0.75, colors=[color], linewidths=THIN)
    left.set(yticks=range(len(rows)), yticklabels=[label for label, _ in rows], xlabel="time step")
    left.set(ylabel="input a step", title="spike trains")
    left.grid(False)
    for values, value, color in zip(decoded, truth, colors, strict=True):
        right.plot(windows, values, color=color, linewidth=THIN)
        right.axhline(value, color=color, linestyle=DOTTED, linewidth=GUIDE)
    right.set(xlabel="steps counted", ylabel="spikes / steps", title="what the count says")
    right.set_ylim(-0.02, 1.02 * max(truth) + 0.05)
    _label_ends(right, [(windows[-1], value, f"{value:g}", color) for value, color in zip(truth, colors, strict=True)])
    fig.tight_layout()
    counts = _listed([str(len(spikes)) for _, spikes in rows])
    high = all(np.all(np.asarray(values) <= value + 1e-9) for values, value in zip(decoded, truth, strict=True))
    side = "from below, never above it" if high else "from both sides"
    return describe(
        fig,
        f"Left: regular spike trains, {counts} spikes for inputs from {rows[0][0]} to {rows[-1][0]}. Right: spikes "
        f"divided by steps come in saw teeth to each input, {side}.",
    )


@styled
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
    fig = new_figure(3.2)
    ax = fig.subplots()
    ax.plot(inputs, np.maximum(slope * np.asarray(inputs) + offset, 0), color=OTHER, linewidth=STRONG, label="ReLU")
    ax.plot(inputs, counts, "o", color=OWN, markersize=4, label="integrate-and-fire neuron")
    ax.set(xlabel="input in every step (thresholds)", ylabel=f"spikes in {n_steps} steps")
    ax.legend(loc="upper left")
    fig.tight_layout()
    off = float(np.abs(np.maximum(slope * np.asarray(inputs) + offset, 0) - counts).max())
    return describe(
        fig,
        f"Spike counts against inputs from {inputs[0]:g} to {inputs[-1]:g}: none up to 0, then {np.max(counts):.0f} at "
        f"the end of a straight line. The ReLU of slope {slope:.0f} is at most {off:.1f} spikes away.",
    )


@styled
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
    fig = new_figure(5.2)
    axes = fig.subplots(2, 2, sharex=True)
    words = []
    for ax, count, rate, label, (rheobase, ceiling) in zip(axes.flat, counts, rates, labels, limits, strict=True):
        ax.plot(fine, rate * duration, color=OWN, label="closed form")
        ax.plot(currents, count, "o", color=OTHER, markersize=5.5, label="simulated, dt = 1 ms")
        top = 1.22 * max(max(count), float(np.max(rate)) * duration)
        ax.axvline(rheobase, color=TRUTH, linestyle=DOTTED, linewidth=THIN)
        if ceiling < top:
            ax.axhline(ceiling, color=TRUTH, linestyle=DASHED, linewidth=THIN)
        ax.set(ylim=(-0.03 * top, max(top, 1.0)))
        ax.set_title(label, fontsize=NORMAL)
        words.append(f"{label}: from 0 up to {max(count)} spikes")
    axes[1, 1].legend(loc="lower right", fontsize=SMALL)
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
        """Draw what never moves, and the artists that will.

        Args:
            fig: the panel's figure.

        Returns:
            The artists.
        """
        left = fig.add_axes((0.085, 0.17, 0.37, 0.71))
        right = fig.add_axes((0.575, 0.17, 0.41, 0.71))
        left.set(xlim=(0, 200), ylim=(-0.1, 1.7), xlabel="time (ms)", ylabel="membrane potential (V)")
        left.set_title("trace at 1.5 mA")
        _threshold(left, 1.0)
        right.set(xlim=(-0.04, 2.04), ylim=(-0.03, 1.03), xlabel="current (mA)", title="transfer curve")
        right.set(xticks=[0, 0.5, 1, 1.5, 2], yticks=np.linspace(0, 1, 5), yticklabels=[])
        right.set_ylabel("rate (Hz)", labelpad=28)
        self.ticks = _tick_texts(right, -0.08)
        self.trace = left.plot([], [], color=TRUTH, linewidth=THIN)[0]
        self.rheobase = right.plot([], [], color=TRUTH, linestyle=DOTTED, linewidth=THIN)[0]
        self.ceiling = right.plot([], [], color=TRUTH, linestyle=DASHED, linewidth=THIN)[0]
        self.curve = right.plot([], [], color=OWN)[0]
        self.dots = right.plot([], [], "o", color=OTHER, markersize=4)[0]
        words = {"fontsize": SMALL, "color": INK, "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.8}}
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


@styled
def plot_limit(currents, curves: Sequence[tuple], relu) -> Figure:
    """Transfer curves on their way to a ReLU, each named at its end.

    Args:
        currents: (n,) in mA.
        curves: (label, rates (n,) in Hz) in the order of the limit.
        relu: (n,) the limit in Hz.

    Returns:
        The figure.
    """
    fig = new_figure(3.8)
    ax = fig.add_axes((0.085, 0.13, 0.67, 0.83))
    colors = _sequence(len(curves))
    for (_, rate), color in zip(curves, colors, strict=True):
        ax.plot(currents, rate, color=color, linewidth=CURVE)
    ax.plot(currents, relu, color=TRUTH, linestyle=DASHED, linewidth=CURVE)
    ends = [(currents[-1], rate[-1], label, color) for (label, rate), color in zip(curves, colors, strict=True)]
    ends.append((currents[-1], relu[-1] * 1.001, "ReLU, slope 1 / (C ϑ)", INK))
    ax.set(xlabel="current (mA)", ylabel="rate (Hz)", ylim=(-5, 1.08 * float(np.max(relu))))
    ax.set_xlim(currents[0], currents[-1])
    _label_ends(ax, ends)
    away = [float(np.abs(rate - relu).max()) for _, rate in curves]
    step = "each closer than the one before" if away == sorted(away, reverse=True) else "not in order"
    return describe(
        fig,
        f"{len(curves)} transfer curves on their way to a dashed ReLU, {step}: from {away[0]:.0f} Hz to "
        f"{away[-1]:.2g} Hz at most away from it.",
    )


@styled
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
    fig = new_figure(3.4)
    left, right = fig.subplots(1, 2, width_ratios=(1, 1.25))
    colors = _sequence(len(curves))
    for row, ((_, voltage), color) in enumerate(zip(traces, colors, strict=True)):
        left.plot(time, np.asarray(voltage) - 2.1 * row, color=color, linewidth=GUIDE)
        left.axhline(1 - 2.1 * row, color=TRUTH, linestyle=DASHED, linewidth=GUIDE)
    left.set(xlabel="time (ms)", title="the same mean current", yticks=[-2.1 * row for row in range(len(traces))])
    left.set_yticklabels([f"{noise:g} V" for noise, _ in traces])
    left.set_ylabel("noise (standard deviation)")
    left.grid(False)
    for (noise, rates), line, color in zip(curves, theory, colors, strict=True):
        spread(right, currents, rates, "", color).set_linestyle("none")
        right.plot(fine, line, color=color, linewidth=THIN, label=f"{noise:g} V")
    right.axvline(1, color=TRUTH, linestyle=DOTTED, linewidth=THIN)
    right.legend(title="noise", title_fontsize=SMALL, fontsize=SMALL, loc="upper left")
    right.set(xlabel="mean current (mA)", ylabel="rate (Hz)", title="transfer curves")
    fig.tight_layout()
    spikes = _listed([str(int((np.asarray(voltage) >= 1).sum())) for _, voltage in traces])
    levels = _listed([f"{noise:g}" for noise, _ in traces])
    below = _listed([f"{np.interp(0.8, fine, line):.0f}" for line in theory])
    return describe(
        fig,
        f"Left: traces below the rheobase, {spikes} spikes for noise of {levels} V. Right: transfer curves; at 0.8 mA "
        f"the theory's lines stand at {below} Hz, so noise turns the corner into a bend.",
    )


@styled
def plot_soft_fits(panels: Sequence[tuple]) -> Figure:
    """Noisy transfer curves with the softplus and the sigmoid that fit them best.

    Args:
        panels: (title, currents (n,), rates (n_trials, n) in Hz, fine currents (m,), softplus (m,), sigmoid (m,)) each.

    Returns:
        The figure.
    """
    fig = new_figure(3.1)
    axes = fig.subplots(1, len(panels))
    words = []
    for ax, (title, currents, rates, fine, softplus, sigmoid) in zip(axes, panels, strict=True):
        ax.plot(currents, np.transpose(rates), ".", color=TRUTH, alpha=0.6, markersize=4)
        ax.plot(fine, softplus, color=OTHER, label="softplus")
        ax.plot(fine, sigmoid, color=COLORS["black"], linestyle=DASHED, linewidth=THIN, label="sigmoid")
        ax.set(title=title, xlabel="mean current (mA)")
        mean = np.mean(rates, 0)
        off = [float(np.sqrt(np.mean((np.interp(currents, fine, fit) - mean) ** 2))) for fit in (softplus, sigmoid)]
        words.append(f"{title} the {'softplus' if off[0] < off[1] else 'sigmoid'} follows the dots closer")
    axes[0].set_ylabel("rate (Hz)")
    axes[0].legend(loc="upper left")
    fig.tight_layout()
    return describe(fig, f"Noisy transfer curves with the two fits: {'; '.join(words)}.")


@styled
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
    fig = new_figure(3.0)
    ax = fig.subplots()
    ax.plot(currents, rates, "o", color=EXAMPLES, markersize=7, label="measured")
    ax.plot(fine, fitted, color=OWN, linewidth=THIN, label="closed form with your two numbers")
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


# --- Networks that spike ---------------------------------------------------------------------------------------------


@styled
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
    fig = new_figure(3.3)
    left, right = fig.subplots(1, 2)
    spread(left, steps, accuracy, "spiking", OWN)
    _relu_level(left, relu_accuracy)
    chance_line(left, chance)
    left.set(xscale="log", xlabel="time steps", ylabel="test accuracy (%)", ylim=(0, 104), title="accuracy")
    left.legend(loc="center right", fontsize=SMALL)
    _time_axis(left, steps[-1])
    for error, label, color, marker in zip(errors, labels, _sequence(len(labels)), "os^D", strict=False):
        line = spread(right, steps, error, label, color)
        line.set(marker=marker, markersize=4)
    reference = np.asarray(steps, dtype=float)
    height = np.mean(errors[0]) * len(reference) / np.sum(1 / reference)
    right.plot(reference, 0.6 * height / reference, color=TRUTH, linestyle=DOTTED, label="slope of 1 / time")
    right.set(xscale="log", yscale="log", xlabel="time steps", ylabel="mean error of the rates")
    right.set_title("rate-coding error")
    _time_axis(right, steps[-1])
    right.legend(fontsize=SMALL)
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


@styled
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
    fig = new_figure(4.9)
    agree = []
    target = maps[-1][1].argmax(1)
    for ax, (title, probabilities) in zip(fig.subplots(2, 3).flat, maps, strict=True):
        draw_map(ax, probabilities, x_max)
        ax.images[0].set_interpolation("nearest")  # half the bytes of a smooth picture
        draw_points(ax, X, y, size=5)
        label_arms(ax, probabilities.shape[1], 0.92 * x_max)
        ax.set(xlabel="", ylabel="", xticks=[], yticks=[])
        ax.set_title(title, fontsize=NORMAL)
        agree.append((title, 100 * float((probabilities.argmax(1) == target).double().mean())))
    fig.subplots_adjust(left=0.01, right=0.99, bottom=0.015, top=0.94, wspace=0.05, hspace=0.13)
    shares = [f"{approx(share, 2)} % after {title}" for title, share in agree[:-1]]
    return describe(
        fig,
        f"Decision maps of a spiking network, numbered arms and dark borders. It agrees with the {agree[-1][0]} on "
        f"{_listed(shares)}.",
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
        """Draw what never moves, and the artists that will.

        Args:
            fig: the panel's figure.

        Returns:
            The artists.
        """
        ax = fig.add_axes((0.005, 0.01, 0.49, 0.98))
        first = next(iter(self._maps.values()))
        extent = [-self._x_max, self._x_max] * 2
        image = decision_image(first[0].float(), boundaries=False)
        self.image = ax.imshow(image, origin="lower", extent=extent, interpolation="bilinear")
        self.borders = ax.plot([], [], color=OWN, linewidth=THIN)[0]
        draw_points(ax, self._X, self._y, size=9)
        label_arms(ax, first.shape[-1], 0.92 * self._x_max)
        ax.set(xlim=extent[:2], ylim=extent[2:], xticks=[], yticks=[])
        ax.grid(False)
        right = fig.add_axes((0.59, 0.14, 0.40, 0.83))
        looks = zip(_sequence(len(self._curves)), ("solid", DASHED, DOTTED), strict=False)
        for (name, accuracy), (color, dashes) in zip(self._curves.items(), looks, strict=False):
            steps = np.arange(1, len(accuracy) + 1)
            right.plot(steps, accuracy, color=color, linestyle=dashes, label=name)
        _relu_level(right, self._relu)
        right.set(xscale="log", ylim=(0, 104), xlabel="time steps", ylabel="test accuracy (%)")
        _time_axis(right, len(accuracy))
        right.legend(loc="lower right", fontsize=SMALL)
        self.dot = right.plot([], [], "o", color=OWN, markersize=9, markeredgecolor="white")[0]
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


@styled
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
    fig = new_figure(4.2)
    grid = fig.add_gridspec(2, 2)
    left, top, bottom = (fig.add_subplot(place) for place in (grid[:, 0], grid[0, 1], grid[1, 1]))
    for (label, accuracy), color, dashes in zip(runs, _sequence(len(runs)), ("solid", DASHED, DOTTED), strict=False):
        spread(left, steps, accuracy, label, color).set_linestyle(dashes)
    _relu_level(left, relu_accuracy)
    chance_line(left, chance)
    left.set(xscale="log", xlabel="time steps", ylabel="test accuracy (%)", ylim=(0, 104))
    left.set_title("at most one spike a step")
    _time_axis(left, steps[-1])
    left.legend(loc="lower right", fontsize=SMALL, bbox_to_anchor=(1.0, 0.28))
    places = np.arange(len(percentiles))
    spread(top, places, final, "", OWN)
    _relu_level(top, relu_accuracy, named=False)
    spread(bottom, places, spikes, "", OWN)
    top.set(ylabel="accuracy (%)", title="after 32 steps", xticks=places, xticklabels=[])
    bottom.set(ylabel="spikes a step", xlabel="percentile that sets the thresholds")
    bottom.set(xticks=places, xticklabels=percentiles, ylim=(0, None))
    fig.tight_layout()
    mean, most = np.mean(final, 0), np.mean(spikes, 0)
    ends = [f"{label} {approx(np.mean(accuracy, 0)[-1], 2)} %" for label, accuracy in runs]
    return describe(
        fig,
        f"Left: accuracy over time, in the end {_listed(ends)}; the ReLU networks reach {approx(relu_accuracy, 2)} %. "
        f"Right: after 32 steps it lies between {approx(mean.min(), 2)} and {approx(mean.max(), 2)} %, and a sample "
        f"costs between {approx(most.min(), 2)} and {approx(most.max(), 2)} spikes a step.",
    )


@styled
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
    fig = new_figure(3.4)
    left, right = fig.subplots(1, 2)
    looks = ((OTHER, DASHED), (OWN, "solid"))
    clipped = np.clip(inputs, 0, 1)
    left.plot(inputs, clipped, color=TRUTH, linewidth=STRONG, label="ReLU, up to 1")
    for (label, rates), (color, dashes) in zip(staircases, looks, strict=True):
        left.plot(inputs, rates, color=color, linestyle=dashes, linewidth=THIN, label=label)
    left.set(xlabel="input in every step (thresholds)", ylabel="spikes / steps", title=f"after {n_steps} steps")
    left.legend(loc="upper left", fontsize=SMALL)
    left.set_ylim(-0.05, 1.45)
    for (label, error), (color, dashes) in zip(errors, looks, strict=True):
        spread(right, steps, error, label, color).set_linestyle(dashes)
    right.set(xscale="log", yscale="log", xlabel="time steps", ylabel="mean error of the rates")
    right.set_title("in the networks")
    _time_axis(right, steps[-1])
    right.legend(fontsize=SMALL)
    fig.tight_layout()
    bias = [float(np.mean(rates - clipped)) for _, rates in staircases]
    ratio = float(np.mean(errors[1][1], 0)[-1] / np.mean(errors[0][1], 0)[-1])
    sides = [
        f"{label} {'under' if value < -0.2 / n_steps else 'around'} it"
        for (label, _), value in zip(staircases, bias, strict=True)
    ]
    return describe(
        fig,
        f"Left: rates after {n_steps} steps are staircases along the ReLU, {_listed(sides)}. Right: after {steps[-1]} "
        f"steps the error with a head start is {approx(ratio, 2)} times the one without.",
    )


@styled
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
    fig = new_figure(3.3)
    left, right = fig.subplots(1, 2)
    for (label, steps), (color, dashes) in zip(needed.items(), ((OTHER, DASHED), (OWN, "solid")), strict=True):
        spread(left, depths, steps, label, color).set_linestyle(dashes)
    left.set(xlabel="hidden layers", ylabel="steps until 90 % agree", xticks=depths, title="our networks")
    left.set_ylim(bottom=0)
    left.legend(fontsize=SMALL, loc="upper left")
    left.set_ylim(top=1.3 * left.get_ylim()[1])
    right.loglog(step_ms, available_ms / np.asarray(step_ms), color=TRUTH)
    for time, words in marks:
        right.plot(time, available_ms / time, "o", color=OWN)
        place = {"xytext": (6, 6), "textcoords": "offset points", "fontsize": SMALL}
        right.annotate(words, (time, available_ms / time), **place)
    right.set(xlabel="time per layer (ms)", ylabel="layers in a row", title=f"what fits into {available_ms:g} ms")
    right.set(xlim=(1, 2500), ylim=(0.3, 130))
    fig.tight_layout()
    means = [f"{label} {_listed([approx(step, 2) for step in np.mean(steps, 0)])}" for label, steps in needed.items()]
    return describe(
        fig,
        f"Left: mean steps for {_listed([str(depth) for depth in depths])} hidden layers, {'; '.join(means)}. Right: "
        f"the number of layers that fit into {available_ms:g} ms falls as one over the time per layer.",
    )


@styled
def plot_four_libraries(rows: Sequence[Mapping[str, str]]) -> Figure:
    """One neuron under the same current, by several libraries.

    Args:
        rows: of the table that `benchmarks.one_neuron` writes: "library", "step", "potential" and "spikes" as text.

    Returns:
        The figure.
    """
    names = list(dict.fromkeys(row["library"] for row in rows))
    fig = new_figure(4.6)
    words = []
    axes = fig.subplots(len(names), 1, sharex=True, sharey=True)
    for ax, name in zip(axes, names, strict=True):
        own = [row for row in rows if row["library"] == name]
        steps = [int(row["step"]) for row in own]
        spikes = [int(row["step"]) for row in own if row["spikes"] != "0"]
        ax.plot(steps, [float(row["potential"]) for row in own], color=OWN, linewidth=THIN, marker=".", markersize=4)
        look = {"color": EXCITATORY, "markersize": 8, "markeredgewidth": CURVE}
        ax.plot(spikes, np.full(len(spikes), 1.83), "|", **look)
        _threshold(ax, 1.0)
        ax.set(ylim=(-0.15, 2.1), yticks=[0, 1])
        ax.set_title(f"{name}: {counted(len(spikes), 'spike')}", fontsize=NORMAL, pad=2)
        words.append(f"{name} {len(spikes)}, the first at step {spikes[0]}" if spikes else f"{name} none")
    axes[len(axes) // 2].set_ylabel("potential (thresholds)")
    axes[-1].set_xlabel("time step")
    fig.tight_layout(h_pad=0.3)
    return describe(fig, f"The potential of one neuron under one current, by each library. Spikes: {'; '.join(words)}.")


# --- Parts -----------------------------------------------------------------------------------------------------------


def _sequence(n: int) -> list:
    """Colours for an ordered series, from dark to light, apart in grey as well."""
    return [tuple(color) for color in colormaps[SEQUENTIAL](np.linspace(0.05, 0.8, n))]


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def _threshold(ax: Axes, level: float, name: str = "") -> None:
    ax.axhline(level, color=TRUTH, linestyle=DASHED, linewidth=GUIDE, zorder=1)
    if name:
        ax.text(0, level, f" {name}", fontsize=SMALL, color=INK, va="bottom")


def _relu_level(ax: Axes, level: float, named: bool = True) -> None:
    ax.axhline(level, color=TRUTH, linewidth=CURVE, zorder=1.5, label="ReLU network" if named else None)


def _time_axis(ax: Axes, last: int) -> None:
    """Powers of two under a logarithmic axis of time steps."""
    ticks = [step for step in (1, 2, 4, 8, 16, 32, 64, 128) if step <= last]
    ax.set(xticks=ticks, xticklabels=[str(step) for step in ticks])
    ax.minorticks_off()


def _tick_texts(ax: Axes, x: float) -> list:
    look = {"fontsize": NORMAL, "ha": "right", "va": "center"}
    return [ax.text(x, level, "", **look) for level in np.linspace(0, 1, 5)]


def _label_ends(ax: Axes, ends: Sequence[tuple]) -> None:
    """Write each line's name at its end, pushed apart where ends lie close.

    Args:
        ax: with its limits set.
        ends: (x, y, words, color) of each line.
    """
    low, high = ax.get_ylim()
    gap = 0.145 * (high - low) / (ax.get_position().height * ax.figure.get_figheight())
    ordered = sorted(ends, key=lambda end: end[1])
    heights = [end[1] for end in ordered]
    for _ in range(50):
        for i in range(len(heights) - 1):
            short = gap - (heights[i + 1] - heights[i])
            if short > 0:
                heights[i], heights[i + 1] = heights[i] - short / 2, heights[i + 1] + short / 2
    for (x, _, words, color), height in zip(ordered, heights, strict=True):
        place = {"xytext": (5, 0), "textcoords": "offset points", "annotation_clip": False}
        ink = [0.6 * part for part in to_rgb(color)]  # words need more contrast than lines
        ax.annotate(words, (x, height), color=ink, fontsize=SMALL, va="center", **place)
