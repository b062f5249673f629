"""Figures of notebook 05: traces, transfer curves, and a network that learns to spike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from utils.plotting.style import COLORS, DATA, MODEL, TRUTH, chance_line, spread

CLASS_COLORS = (COLORS["blue"], COLORS["orange"], COLORS["green"], COLORS["purple"])
LADDER = (COLORS["light"], COLORS["sky"], COLORS["blue"], COLORS["green"], COLORS["orange"], COLORS["vermillion"])


def plot_two_orders(time, currents: Sequence, relu: Sequence, voltage: Sequence) -> Figure:
    """The same pulses evenly and in a bunch: input, a ReLU's answer, a spiking neuron's answer.

    Args:
        time: (n,) in ms.
        currents, relu, voltage: two arrays (n,) each.
    """
    fig, axes = plt.subplots(3, 2, figsize=(7.4, 4.6), sharex=True, sharey="row")
    rows = (
        (currents, DATA, "input (mA)"),
        (relu, COLORS["orange"], "ReLU output"),
        (voltage, MODEL, "potential (V)"),
    )
    for row, (values, color, label) in zip(axes, rows, strict=True):
        for ax, value in zip(row, values, strict=True):
            ax.plot(time, value, color=color, linewidth=1.4)
        row[0].set_ylabel(label)
    axes[0, 0].set_title("evenly spaced")
    axes[0, 1].set_title("in a bunch")
    for ax in axes[2]:
        _threshold(ax, 1.0)
        ax.set_xlabel("time (ms)")
    fig.tight_layout()
    return fig


def plot_circuit() -> Figure:
    """The membrane as a circuit: current source, resistor and capacitor side by side."""
    fig, ax = plt.subplots(figsize=(6.0, 2.5))
    ax.set(xlim=(0, 12), ylim=(0, 5), aspect="equal")
    ax.axis("off")
    ink = {"color": DATA, "linewidth": 1.6, "solid_capstyle": "round"}
    for y in (0.7, 4.3):
        ax.plot([1.5, 8.5], [y, y], **ink)
    for x, low, high in ((1.5, 1.9, 3.1), (5.0, 1.7, 3.3), (8.5, 2.35, 2.65)):
        ax.plot([x, x], [0.7, low], **ink)
        ax.plot([x, x], [high, 4.3], **ink)
    ax.add_patch(Circle((1.5, 2.5), 0.6, fill=False, edgecolor=DATA, linewidth=1.6))
    ax.annotate("", (1.5, 2.95), (1.5, 2.05), arrowprops={"arrowstyle": "->", "color": DATA, "linewidth": 1.4})
    zigzag = np.array([0, 1, -1, 1, -1, 1, -1, 0]) * 0.28
    ax.plot(5.0 + zigzag, np.linspace(1.7, 3.3, 8), **ink)
    for y in (2.35, 2.65):
        ax.plot([7.95, 9.05], [y, y], **ink)
    ax.plot([5.0, 8.5], [4.3, 4.3], "o", color=DATA, markersize=4)
    ax.text(0.65, 2.5, "I", ha="right", va="center", fontsize=13, style="italic")
    ax.text(5.55, 2.5, "R", ha="left", va="center", fontsize=13, style="italic")
    ax.text(9.3, 2.5, "C", ha="left", va="center", fontsize=13, style="italic")
    ax.annotate(
        "", (5.0, 1.05), (5.0, 1.6), arrowprops={"arrowstyle": "->", "color": COLORS["vermillion"], "linewidth": 1.8}
    )
    ax.text(5.3, 1.15, "leak  v / R", color=COLORS["vermillion"], fontsize=10, va="center")
    ax.annotate("", (8.5, 1.25), (8.5, 1.8), arrowprops={"arrowstyle": "->", "color": MODEL, "linewidth": 1.8})
    ax.text(8.8, 1.35, "charging  C dv/dt", color=MODEL, fontsize=10, va="center")
    ax.text(8.85, 4.3, "inside: v", fontsize=10, va="center")
    ax.text(8.85, 0.7, "outside: 0 V", fontsize=10, va="center")
    fig.subplots_adjust(left=0.01, right=0.99, bottom=0.01, top=0.99)
    return fig


def plot_published_traces(panels: Sequence[tuple]) -> Figure:
    """Voltage traces side by side.

    Args:
        panels: (time, voltage, threshold, spike times, title, time unit, potential unit) for each.
    """
    fig, axes = plt.subplots(1, len(panels), figsize=(7.4, 2.8))
    for ax, (time, voltage, threshold, spikes, title, time_unit, unit) in zip(axes, panels, strict=True):
        ax.plot(time, voltage, color=MODEL, linewidth=1.5)
        ax.axhline(threshold, color=TRUTH, linestyle=(0, (4, 3)), linewidth=1.1, zorder=1)
        ax.text(0, threshold, " threshold", fontsize=8, color="#666666", va="bottom")
        top = float(np.max(voltage))
        for spike in spikes:
            ax.annotate(f"{spike:g}", (spike, top), xytext=(0, 3), textcoords="offset points", ha="center", fontsize=9)
        ax.set(title=title, xlabel=f"time ({time_unit})", ylabel=f"potential ({unit})", ylim=(-0.05 * top, 1.16 * top))
    fig.tight_layout()
    return fig


def plot_switched_off(
    time, traces: Mapping[str, Sequence], counts: Mapping[str, Sequence[int]], currents: Sequence[float] = (1.5, 0.9)
) -> Figure:
    """One row for each neuron, complete or with one part switched off; one column for each current.

    Args:
        time: (n,) in ms.
        traces: name -> one potential (n,) in V for each current.
        counts: name -> one number of spikes for each current.
        currents: in mA.
    """
    fig, axes = plt.subplots(len(traces), len(currents), figsize=(7.4, 6.4), sharex=True, sharey=True)
    for row, (name, pair) in zip(axes, traces.items(), strict=True):
        for ax, voltage, count, current in zip(row, pair, counts[name], currents, strict=True):
            ax.plot(time, voltage, color=MODEL if name == "complete" else COLORS["vermillion"], linewidth=1.4)
            _threshold(ax, 1.0)
            ax.set(ylim=(-0.1, 1.95), yticks=[0, 1])
            ax.text(
                0.99,
                0.97,
                f"{count} spike{'' if count == 1 else 's'}",
                transform=ax.transAxes,
                ha="right",
                va="top",
                fontsize=8.5,
            )
            ax.set_title(f"{name}, {current:g} mA", fontsize=9.5, pad=3)
    axes[len(axes) // 2, 0].set_ylabel("membrane potential (V)")
    for ax in axes[-1]:
        ax.set_xlabel("time (ms)")
    fig.tight_layout(h_pad=0.4)
    return fig


def plot_euler_error(fine, exact, coarse: Mapping[float, tuple], dts, errors, slope: float, scale: float) -> Figure:
    """Euler's trace beside the exact one, and the error of the first spike's time against the step.

    Args:
        fine: times (n,) of the exact trace in ms.
        exact: the exact trace (n,) in V.
        coarse: step -> (times, potentials) of Euler's trace.
        dts: (m,) steps in ms.
        errors: (m,) errors in ms.
        slope, scale: of the fitted line, error = scale * dt ** slope.
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.4, 3.2))
    left.plot(fine, exact, color=TRUTH, linewidth=4, alpha=0.6, label="exact")
    for (dt, (time, voltage)), color in zip(
        coarse.items(), (COLORS["vermillion"], COLORS["orange"], MODEL), strict=False
    ):
        left.plot(time, voltage, "o-", color=color, markersize=3.5, linewidth=1.2, label=f"Euler, dt = {dt:g} ms")
    _threshold(left, 1.0)
    left.set(
        xlabel="time (ms)", ylabel="membrane potential (V)", title="on the way to the first spike", ylim=(-0.05, 1.3)
    )
    left.legend(loc="lower right", fontsize=8)
    right.loglog(dts, errors, "o", color=DATA, label="measured")
    right.loglog(dts, scale * np.asarray(dts) ** slope, color=MODEL, label="fitted line")
    right.set(xlabel="step dt (ms)", ylabel="error of the spike time (ms)", title="halve the step, halve the error")
    right.legend(fontsize=8)
    fig.tight_layout()
    return fig


def plot_folded_bias(time, direct, folded, wrong) -> Figure:
    """A constant leak stepped directly, folded into the bias, and folded with the source's sign."""
    fig, ax = plt.subplots(figsize=(6.6, 2.9))
    ax.plot(time, direct, color=TRUTH, linewidth=5, alpha=0.55, label="constant leak and bias, stepped directly")
    ax.plot(time, folded, color=MODEL, linewidth=1.5, label="folded into one current: your function")
    ax.plot(
        time, wrong, color=COLORS["vermillion"], linewidth=1.5, linestyle="--", label="folded with the source's sign"
    )
    ax.set(xlabel="time (ms)", ylabel="potential (V)")
    ax.legend(loc="upper left", fontsize=8)
    fig.tight_layout()
    return fig


def plot_iaf_pair(steps, ours: tuple, theirs: tuple) -> Figure:
    """Potential and spikes of the same neuron from two programs, on one set of axes.

    Args:
        steps: (n,) step numbers.
        ours, theirs: (spikes (n,), potential (n,)).
    """
    fig, (top, bottom) = plt.subplots(2, 1, figsize=(7.2, 3.4), sharex=True, height_ratios=(1, 4))
    for row, ((spikes, voltage), color, width, label) in enumerate(
        (((*theirs,), TRUTH, 5.0, "sinabs.layers.IAF"), ((*ours,), MODEL, 1.4, "your iaf_step"))
    ):
        top.eventplot(np.flatnonzero(spikes), lineoffsets=row, linelengths=0.8, colors=color, linewidths=2)
        bottom.plot(steps, voltage, color=color, linewidth=width, alpha=0.6 if row == 0 else 1, label=label)
    top.set(yticks=[0, 1], yticklabels=["sinabs", "yours"], ylim=(-0.6, 1.6))
    top.grid(False)
    _threshold(bottom, 1.0)
    bottom.set(xlabel="time step", ylabel="potential")
    bottom.legend(loc="upper left", fontsize=8, ncols=2)
    bottom.set_ylim(top=1.32)
    fig.tight_layout()
    return fig


def plot_rate_code(rows: Sequence[tuple], windows, decoded, truth) -> Figure:
    """Spike trains for several inputs, and what counting them in a window tells.

    Args:
        rows: (label, spike steps) for each input.
        windows: (m,) window lengths in steps.
        decoded: (n_inputs, m) count / window.
        truth: (n_inputs,) inputs.
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.4, 3.0))
    colors = (COLORS["sky"], MODEL, COLORS["green"], COLORS["orange"], COLORS["vermillion"])
    for row, ((_, spikes), color) in enumerate(zip(rows, colors, strict=False)):
        left.eventplot(spikes, lineoffsets=row, linelengths=0.75, colors=color, linewidths=1.4)
    left.set(
        yticks=range(len(rows)), yticklabels=[label for label, _ in rows], xlabel="time step", ylabel="input a step"
    )
    left.set_title("spike trains")
    left.grid(False)
    for values, value, color in zip(decoded, truth, colors, strict=False):
        right.plot(windows, values, color=color, linewidth=1.5)
        right.axhline(value, color=color, linestyle=":", linewidth=1)
    right.set(
        xlabel="steps counted",
        ylabel="spikes / steps",
        title="what the count says",
        ylim=(-0.02, 1.02 * max(truth) + 0.05),
    )
    fig.tight_layout()
    return fig


def plot_iaf_activation(inputs, counts, slope: float, offset: float, n_steps: int) -> Figure:
    """Spike counts of integrate-and-fire neurons, and the fitted ReLU."""
    fig, ax = plt.subplots(figsize=(6.4, 3.2))
    ax.plot(
        inputs,
        np.maximum(slope * np.asarray(inputs) + offset, 0),
        color=COLORS["orange"],
        linewidth=3,
        label="fitted ReLU",
    )
    ax.plot(inputs, counts, "o", color=DATA, markersize=4, label="integrate-and-fire neuron")
    ax.set(xlabel="input in every step (thresholds)", ylabel=f"spikes in {n_steps} steps")
    ax.legend(loc="upper left")
    fig.tight_layout()
    return fig


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
    """
    fig, axes = plt.subplots(2, 2, figsize=(7.4, 5.2), sharex=True)
    for ax, count, rate, label, (rheobase, ceiling) in zip(axes.flat, counts, rates, labels, limits, strict=True):
        ax.plot(fine, rate * duration, color=MODEL, label="closed form")
        ax.plot(currents, count, "o", color=DATA, markersize=5, label="simulated, dt = 1 ms")
        top = 1.22 * max(max(count), float(np.max(rate)) * duration)
        ax.axvline(rheobase, color=COLORS["vermillion"], linestyle=":", linewidth=1.3)
        if ceiling < top:
            ax.axhline(ceiling, color=COLORS["green"], linestyle="--", linewidth=1.3)
        ax.set(title=label, ylim=(-0.03 * top, max(top, 1.0)))
        ax.title.set_fontsize(10)
    axes[1, 1].legend(loc="lower right", fontsize=8)
    for ax in axes[:, 0]:
        ax.set_ylabel(f"spikes in {duration:g} ms")
    for ax in axes[1]:
        ax.set_xlabel("current (mA)")
    fig.tight_layout()
    return fig


def draw_explorer(fig: Figure) -> dict:
    """Axes and artists of the transfer curve explorer: a trace on the left, the curve on the right.

    The vertical axis of the curve runs from 0 to 1, and its tick labels are texts that `move_explorer` changes: a
    change of the axis's own limits would draw the whole picture again at every step of a slider.
    """
    left = fig.add_axes((0.085, 0.17, 0.37, 0.71))
    right = fig.add_axes((0.575, 0.17, 0.41, 0.71))
    left.set(xlim=(0, 200), ylim=(-0.1, 1.7), xlabel="time (ms)", ylabel="membrane potential (V)")
    left.set_title("trace at 1.5 mA")
    _threshold(left, 1.0)
    right.set(xlim=(-0.04, 2.04), ylim=(-0.03, 1.03), xlabel="current (mA)", title="transfer curve")
    right.set(xticks=[0, 0.5, 1, 1.5, 2], yticks=np.linspace(0, 1, 5), yticklabels=[])
    right.set_ylabel("rate (Hz)", labelpad=28)
    words = {"fontsize": 8.5, "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.8}}
    return {
        "ticks": [right.text(-0.08, level, "", fontsize=9, ha="right", va="center") for level in np.linspace(0, 1, 5)],
        "trace": left.plot([], [], color=MODEL, linewidth=1.2)[0],
        "curve": right.plot([], [], color=MODEL)[0],
        "dots": right.plot([], [], "o", color=DATA, markersize=4)[0],
        "rheobase": right.plot([], [], ":", color=COLORS["vermillion"], linewidth=1.6)[0],
        "ceiling": right.plot([], [], "--", color=COLORS["green"], linewidth=1.4)[0],
        "rheobase_text": right.text(0, 0, "", color=COLORS["vermillion"], rotation=90, va="top", **words),
        "ceiling_text": right.text(0, 0, "", color="#00684c", ha="right", va="bottom", **words),
    }


def move_explorer(artists: dict, trace: tuple, curve: tuple, counted: tuple, rheobase: float, ceiling: float) -> None:
    """Bring the explorer's artists to a new neuron; the vertical axis always holds the whole curve.

    Args:
        artists: from `draw_explorer`.
        trace: times in ms and potentials in V.
        curve: currents in mA and rates in Hz of the closed form.
        counted: currents in mA and rates in Hz of the simulation.
        rheobase: in mA.
        ceiling: in Hz.
    """
    highest = 1.12 * max(curve[1].max(), counted[1].max())
    top = next(limit for limit in (12, 20, 40, 60, 100, 200, 400, 1000, np.inf) if limit >= highest)
    for number, tick in enumerate(artists["ticks"]):
        tick.set_text(f"{top * number / 4:g}")
    artists["trace"].set_data(*trace)
    artists["curve"].set_data(curve[0], curve[1] / top)
    artists["dots"].set_data(counted[0], counted[1] / top)
    artists["rheobase"].set_data([rheobase, rheobase], [0, 1])
    artists["rheobase_text"].set_position((rheobase + 0.03, 0.85))
    artists["rheobase_text"].set_text(f"rheobase {rheobase:.2g} mA")
    inside = ceiling <= top
    artists["ceiling"].set_data([-0.04, 2.04], [ceiling / top if inside else -1] * 2)
    artists["ceiling_text"].set_position((1.98, min(1.01 * ceiling / top, 0.94)))
    artists["ceiling_text"].set_text(f"ceiling {ceiling:.0f} Hz" + ("" if inside else ", above the frame"))


def draw_trace_panel(fig: Figure) -> dict:
    """Axes and artists of the panel with one neuron's trace."""
    ax = fig.add_axes((0.09, 0.17, 0.89, 0.78))
    ax.set(xlim=(0, 100), ylim=(-0.1, 2.1), xlabel="time (ms)", ylabel="membrane potential (V)")
    _threshold(ax, 1.0)
    return {
        "target": ax.plot([], [], "--", color=COLORS["orange"], linewidth=1.4)[0],
        "trace": ax.plot([], [], color=MODEL, linewidth=1.5)[0],
        "words": ax.text(99, 0, "", fontsize=9, color="#9a6a00", ha="right", va="bottom"),
    }


def plot_limit(currents, curves: Sequence[tuple], relu) -> Figure:
    """Transfer curves on their way to a ReLU.

    Args:
        currents: (n,) in mA.
        curves: (label, rates (n,) in Hz) in the order of the limit.
        relu: (n,) the limit in Hz.
    """
    fig, ax = plt.subplots(figsize=(6.8, 3.6))
    for (label, rate), color in zip(curves, LADDER, strict=False):
        ax.plot(currents, rate, color=color, linewidth=1.8, label=label)
    ax.plot(currents, relu, "--", color=DATA, linewidth=1.6, label="ReLU of slope 1 / (C threshold)")
    ax.set(xlabel="current (mA)", ylabel="rate (Hz)", ylim=(-5, 1.08 * float(np.max(relu))))
    ax.legend(fontsize=8, loc="upper left")
    fig.tight_layout()
    return fig


def plot_noise(time, traces: Sequence[tuple], currents, curves: Sequence[tuple], fine, theory: Sequence) -> Figure:
    """Traces below the rheobase with and without noise, and the curves that go with them.

    Args:
        time: (n,) in ms.
        traces: (noise in V, potential (n,)).
        currents: (m,) in mA.
        curves: (noise in V, rates (n_trials, m) in Hz) for each level.
        fine: (k,) in mA.
        theory: (k,) in Hz for each level.
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.4, 3.4), width_ratios=(1, 1.25))
    colors = (DATA, MODEL, COLORS["green"], COLORS["vermillion"])
    for row, ((_, voltage), color) in enumerate(zip(traces, colors, strict=False)):
        left.plot(time, np.asarray(voltage) - 2.1 * row, color=color, linewidth=0.9)
        left.axhline(1 - 2.1 * row, color=TRUTH, linestyle=(0, (4, 3)), linewidth=0.9)
    left.set(xlabel="time (ms)", title="the same mean current", yticks=[-2.1 * row for row in range(len(traces))])
    left.set_yticklabels([f"{noise:g} V" for noise, _ in traces])
    left.set_ylabel("noise (standard deviation)")
    left.grid(False)
    for (noise, rates), line, color in zip(curves, theory, colors, strict=True):
        spread(right, currents, rates, f"{noise:g} V", color).set_linestyle("none")
        right.plot(fine, line, color=color, linewidth=1.5)
    right.axvline(1, color=TRUTH, linestyle=":", linewidth=1.2)
    handles = [
        plt.Line2D([], [], color=color, label=f"{noise:g} V") for (noise, _), color in zip(curves, colors, strict=True)
    ]
    right.legend(handles=handles, title="noise", title_fontsize=8, fontsize=8, loc="upper left")
    right.set(xlabel="mean current (mA)", ylabel="rate (Hz)", title="the corner turns soft")
    fig.tight_layout()
    return fig


def plot_soft_fits(panels: Sequence[tuple]) -> Figure:
    """Noisy transfer curves with the softplus and the sigmoid that fit them best.

    Args:
        panels: (title, currents (n,), rates (n_trials, n) in Hz, fine currents (m,), softplus (m,), sigmoid (m,)) each.
    """
    fig, axes = plt.subplots(1, len(panels), figsize=(7.4, 3.1))
    for ax, (title, currents, rates, fine, softplus, sigmoid) in zip(axes, panels, strict=True):
        ax.plot(currents, np.transpose(rates), ".", color=DATA, alpha=0.3, markersize=3.5)
        ax.plot(fine, softplus, color=COLORS["orange"], label="softplus")
        ax.plot(fine, sigmoid, color=COLORS["purple"], linestyle="--", label="sigmoid")
        ax.set(title=title, xlabel="mean current (mA)")
    axes[0].set_ylabel("rate (Hz)")
    axes[0].legend(loc="upper left")
    fig.tight_layout()
    return fig


def plot_mystery(currents, rates, fine, fitted) -> Figure:
    """The mystery neuron's curve and the curve of the parameters that were found."""
    fig, ax = plt.subplots(figsize=(6.2, 3.0))
    ax.plot(fine, fitted, color=MODEL, label="closed form with your two numbers")
    ax.plot(currents, rates, "o", color=DATA, markersize=5, label="measured")
    ax.set(xlabel="current (mA)", ylabel="rate (Hz)")
    ax.legend(loc="lower right")
    fig.tight_layout()
    return fig


def plot_conversion(steps, accuracy, relu_accuracy: float, chance: float, errors, labels: Sequence[str]) -> Figure:
    """Accuracy and rate-coding error of converted networks against simulated time.

    Args:
        steps: (n,) steps counted.
        accuracy: (n_seeds, n) in percent.
        relu_accuracy: mean of the ReLU networks, in percent.
        chance: in percent.
        errors: (n_layers, n_seeds, n) mean absolute differences of rates and activations.
        labels: one for each layer.
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.4, 3.3))
    spread(left, steps, accuracy, "spiking", MODEL)
    left.axhline(relu_accuracy, color=COLORS["orange"], linewidth=1.6, label="ReLU network")
    chance_line(left, chance)
    left.set(
        xscale="log", xlabel="time steps", ylabel="test accuracy (%)", ylim=(0, 104), title="the longer, the better"
    )
    left.legend(loc="lower right", fontsize=8)
    for error, label, color in zip(errors, labels, (MODEL, COLORS["vermillion"]), strict=False):
        spread(right, steps, error, label, color)
    reference = np.asarray(steps, dtype=float)
    right.plot(
        reference,
        np.mean(errors[0]) * len(reference) / np.sum(1 / reference) / reference,
        ":",
        color=DATA,
        label="1 / time",
    )
    right.set(
        xscale="log", yscale="log", xlabel="time steps", ylabel="mean error of the rates", title="rate-coding error"
    )
    right.legend(fontsize=8)
    fig.tight_layout()
    return fig


def plot_decision_maps(maps: Sequence[tuple], X, y, extent: Sequence[float]) -> Figure:
    """What a network answers at every place, after several times.

    Args:
        maps: (title, classes (h, w)) for each.
        X: (n, 2) some test points.
        y: (n,) their classes.
        extent: left, right, bottom, top of the maps.
    """
    fig, axes = plt.subplots(1, len(maps), figsize=(7.6, 1.55))
    for ax, (title, classes) in zip(axes, maps, strict=True):
        _class_image(ax, classes, extent)
        ax.scatter(X[:, 0], X[:, 1], c=[CLASS_COLORS[int(k)] for k in y], s=2.5, linewidths=0)
        ax.set(xlim=extent[:2], ylim=extent[2:])
        ax.set_title(title, fontsize=9)
    fig.subplots_adjust(left=0.005, right=0.995, bottom=0.01, top=0.85, wspace=0.05)
    return fig


def draw_map_panel(
    fig: Figure, X, y, extent: Sequence[float], shape: tuple[int, int], curves: Mapping[str, np.ndarray], relu: float
) -> dict:
    """Axes and artists of the panel with a decision map that changes over time, beside the accuracy over time.

    Args:
        fig: the panel's figure.
        X: (n, 2) some test points.
        y: (n,) their classes.
        extent: left, right, bottom, top of the map.
        shape: rows and columns of the map.
        curves: name -> accuracy (n_steps,) in percent.
        relu: accuracy of the ReLU network, in percent.
    """
    ax = fig.add_axes((0.01, 0.02, 0.493, 0.96))
    image = _class_image(ax, np.zeros(shape, dtype=int), extent)
    points = ax.scatter(X[:, 0], X[:, 1], c=[CLASS_COLORS[int(k)] for k in y], s=6, linewidths=0.3, edgecolors="white")
    ax.set(xlim=extent[:2], ylim=extent[2:])
    right = fig.add_axes((0.61, 0.14, 0.37, 0.82))
    right.axhline(relu, color=COLORS["orange"], linewidth=1.4, label="ReLU network")
    for (name, accuracy), color in zip(curves.items(), (MODEL, COLORS["vermillion"], COLORS["green"]), strict=True):
        right.plot(np.arange(1, len(accuracy) + 1), accuracy, color=color, linewidth=1.6, label=name)
    right.set(xscale="log", ylim=(0, 104), xlabel="time steps", ylabel="test accuracy (%)")
    right.legend(loc="lower right", fontsize=8)
    return {"image": image, "points": points, "dot": right.plot([], [], "o", color=DATA, markersize=8)[0]}


def plot_balancing(
    steps, runs: Sequence[tuple], relu_accuracy: float, chance: float, percentiles, final, spikes
) -> Figure:
    """One spike a step: accuracy over time with and without balanced thresholds, and the choice of the percentile.

    Args:
        steps: (n,).
        runs: (label, accuracy (n_seeds, n) in percent).
        relu_accuracy, chance: in percent.
        percentiles: (m,) labels.
        final: (n_seeds, m) accuracy after 32 steps, in percent.
        spikes: (n_seeds, m) spikes in a step, for each sample.
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.4, 3.4))
    for (label, accuracy), color in zip(runs, (COLORS["vermillion"], MODEL, COLORS["green"]), strict=False):
        spread(left, steps, accuracy, label, color)
    left.axhline(relu_accuracy, color=COLORS["orange"], linewidth=1.6, label="ReLU network")
    chance_line(left, chance)
    left.set(
        xscale="log", xlabel="time steps", ylabel="test accuracy (%)", ylim=(0, 104), title="at most one spike a step"
    )
    left.legend(loc="center right", fontsize=7.5, handlelength=1.2, borderaxespad=0.1)
    places = np.arange(len(percentiles))
    spread(right, places, final, "final accuracy", MODEL)
    right.axhline(relu_accuracy, color=COLORS["orange"], linewidth=1.6)
    right.set(xticks=places, xticklabels=percentiles, xlabel="percentile that sets the thresholds")
    right.set_ylabel("accuracy after 32 steps (%)", color=MODEL)
    right.set_title("too high or too low")
    twin = right.twinx()
    spread(twin, places, spikes, "spikes", COLORS["vermillion"])
    twin.set_ylabel("spikes in a step, for each sample", color=COLORS["vermillion"])
    twin.set_ylim(bottom=0)
    twin.grid(False)
    twin.spines["right"].set_visible(True)
    fig.tight_layout()
    return fig


def plot_brain_speed(depths, steps_needed, step_ms, layers, available_ms: float, marks: Sequence[tuple]) -> Figure:
    """Steps that deeper spiking networks need, and the depth that a reaction time leaves room for.

    Args:
        depths: (n,) hidden layers.
        steps_needed: (n_seeds, n).
        step_ms: (m,) time per layer in ms.
        layers: (m,) layers that fit.
        available_ms: time that the layers have together.
        marks: (time per layer, words) to point at.
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.4, 3.2))
    spread(left, depths, steps_needed, "5 networks", MODEL)
    left.set(xlabel="hidden layers", ylabel="steps until 90 % agree", xticks=depths, title="our networks")
    left.set_ylim(bottom=0)
    right.loglog(step_ms, layers, color=MODEL)
    for time, words in marks:
        right.plot(time, available_ms / time, "o", color=COLORS["vermillion"])
        right.annotate(words, (time, available_ms / time), xytext=(6, 6), textcoords="offset points", fontsize=8)
    right.set(xlabel="time per layer (ms)", ylabel="layers in a row", title=f"what fits into {available_ms:g} ms")
    right.set(xlim=(1, 2500), ylim=(0.3, 130))
    fig.tight_layout()
    return fig


def _threshold(ax: Axes, level: float) -> None:
    ax.axhline(level, color=TRUTH, linestyle=(0, (4, 3)), linewidth=1.1, zorder=1)


def _class_image(ax: Axes, classes, extent: Sequence[float]):
    norm = BoundaryNorm(np.arange(len(CLASS_COLORS) + 1) - 0.5, len(CLASS_COLORS))
    image = ax.imshow(
        classes,
        origin="lower",
        extent=extent,
        cmap=ListedColormap(CLASS_COLORS),
        norm=norm,
        alpha=0.35,
        interpolation="nearest",
        aspect="auto",
    )
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return image
