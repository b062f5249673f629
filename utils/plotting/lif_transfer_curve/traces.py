"""Figures of potentials over time: the circuit, its parts switched off, and how well a program steps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from utils.page import counted, describe, listed
from utils.plotting import style
from utils.plotting.lif_transfer_curve import parts


@style.styled
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
    fig = style.new_figure(4.6)
    axes = fig.subplots(3, 2, sharex=True, sharey="row")
    rows = (
        (currents, style.EXCITATORY, "input (mA)"),
        (relu, style.OTHER, "ReLU output"),
        (voltage, style.OWN, "potential (V)"),
    )
    for row, (values, color, label) in zip(axes, rows, strict=True):
        for ax, value in zip(row, values, strict=True):
            ax.plot(time, value, color=color, linewidth=style.THIN)
        row[0].set_ylabel(label)
    axes[0, 0].set_title("evenly spaced")
    axes[0, 1].set_title("in a bunch")
    for ax in axes[2]:
        parts.threshold_line(ax, 1.0)
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


@style.styled
def plot_circuit() -> Figure:
    """The membrane as a circuit: current source, resistor and capacitor side by side.

    Returns:
        The figure.
    """
    fig = style.new_figure(2.7)
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set(xlim=(-0.7, 12.9), ylim=(0, 5.1), aspect="equal")
    ax.axis("off")
    ink = {"color": style.OWN, "linewidth": style.CURVE, "solid_capstyle": "round"}
    for y in (0.7, 4.3):
        ax.plot([1.5, 8.5], [y, y], **ink)
    for x, low, high in ((1.5, 1.9, 3.1), (5.0, 1.7, 3.3), (8.5, 2.35, 2.65)):
        ax.plot([x, x], [0.7, low], **ink)
        ax.plot([x, x], [high, 4.3], **ink)
    ax.add_patch(Circle((1.5, 2.5), 0.6, fill=False, edgecolor=style.OWN, linewidth=style.CURVE))
    ax.annotate(
        "", (1.5, 2.95), (1.5, 2.05), arrowprops={"arrowstyle": "->", "color": style.OWN, "linewidth": style.THIN}
    )
    zigzag = np.array([0, 1, -1, 1, -1, 1, -1, 0]) * 0.28
    ax.plot(5.0 + zigzag, np.linspace(1.7, 3.3, 8), **ink)
    for y in (2.35, 2.65):
        ax.plot([7.95, 9.05], [y, y], **ink)
    ax.plot([5.0, 8.5], [4.3, 4.3], "o", color=style.OWN, markersize=4)
    for x, letter, side in ((0.65, "I", "right"), (5.55, "R", "left"), (9.3, "C", "left")):
        ax.text(x, 2.5, letter, ha=side, va="center", fontsize=style.LARGE, style="italic")
    for x, color, words in ((5.0, style.INHIBITORY, "leak  v / R"), (8.5, style.EXCITATORY, "charging  C dv/dt")):
        arrow = {"arrowstyle": "->", "color": color, "linewidth": style.CURVE}
        ax.annotate("", (x, 1.0), (x, 1.65), arrowprops=arrow)
        ax.text(x + 0.3, 1.3, words, color=style.ink(color), fontsize=style.NORMAL, va="center")
    ax.text(8.85, 4.3, "inside: v", fontsize=style.NORMAL, va="center")
    ax.text(8.85, 0.7, "outside: 0 V", fontsize=style.NORMAL, va="center")
    return describe(
        fig,
        "A circuit: a current source, a resistor and a capacitor side by side between the inside and the outside of "
        "the membrane. Part of the current leaks through the resistor, the rest charges the capacitor.",
    )


@style.styled
def plot_published_traces(panels: Sequence[tuple]) -> Figure:
    """Voltage traces side by side.

    Args:
        panels: (time, voltage, threshold, spike times, title, time unit, potential unit) for each.

    Returns:
        The figure.
    """
    fig = style.new_figure(2.9)
    words = []
    for ax, panel in zip(fig.subplots(1, len(panels)), panels, strict=True):
        time, voltage, threshold, spikes, title, time_unit, unit = panel
        ax.plot(time, voltage, color=style.TRUTH, linewidth=style.THIN)
        parts.threshold_line(ax, threshold, "threshold")
        top = float(np.max(voltage))
        for spike in spikes:
            place = {"xytext": (0, 3), "textcoords": "offset points", "ha": "center"}
            ax.annotate(f"{spike:g}", (spike, top), fontsize=style.NORMAL, **place)
        ax.set(title=title, xlabel=f"time ({time_unit})", ylabel=f"potential ({unit})")
        ax.set_ylim(-0.05 * top, 1.16 * top)
        words.append(f"{title}: spikes at {listed([f'{spike:g}' for spike in spikes])} {time_unit}")
    fig.tight_layout()
    return describe(fig, f"Potentials that climb along a bending curve to the threshold. {'. '.join(words)}.")


@style.styled
def plot_switched_off(
    time, traces: Mapping[str, Sequence], counts: Mapping[str, Sequence[int]], currents: Sequence[float] = (1.5, 0.9)
) -> Figure:
    """One row for each neuron, complete or with one part switched off; one column for each current.

    Args:
        time: (n,) in ms.
        traces: name -> one potential (n,) in V for each current; the complete neuron comes first.
        counts: name -> one number of spikes for each current.
        currents: in mA.

    Returns:
        The figure.
    """
    fig = style.new_figure(5.6)
    axes = fig.subplots(len(traces), len(currents), sharex=True, sharey=True)
    whole = next(iter(traces))
    for row, (name, pair) in zip(axes, traces.items(), strict=True):
        for ax, voltage, ghost, count, current in zip(row, pair, traces[whole], counts[name], currents, strict=True):
            if name != whole:  # what the missing part does is the difference from the complete neuron
                ax.plot(time, ghost, color=style.COLORS["light"], linewidth=style.STRONG)
            ax.plot(time, voltage, color=style.OWN if name == whole else style.OTHER, linewidth=style.THIN)
            parts.threshold_line(ax, 1.0)
            ax.set(ylim=(-0.1, 1.95), yticks=[0, 1])
            corner = {"transform": ax.transAxes, "ha": "right", "va": "top", "fontsize": style.SMALL}
            ax.text(0.99, 0.97, counted(count, "spike"), **corner)
            ax.set_title(f"{name}, {current:g} mA", fontsize=style.NORMAL, pad=3)
    axes[len(axes) // 2, 0].set_ylabel("membrane potential (V)")
    for ax in axes[-1]:
        ax.set_xlabel("time (ms)")
    fig.text(0.99, 0.004, f"broad grey line: the {whole} neuron", ha="right", fontsize=style.SMALL, color=style.INK)
    fig.tight_layout(h_pad=0.4, rect=(0, 0.02, 1, 1))
    each = [f"{name} {listed([str(count) for count in counts[name]])}" for name in traces]
    amounts = listed([f"{current:g} mA" for current in currents])
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
        self.ticks = parts.tick_texts(ax, -0.6)
        self.threshold = ax.plot([], [], color=style.TRUTH, linestyle=style.DASHED, linewidth=style.GUIDE)[0]
        self.goal = ax.plot([], [], color=style.EXCITATORY, linestyle=style.DOTTED, linewidth=style.CURVE)[0]
        self.free = ax.plot([], [], color=style.EXCITATORY, linewidth=style.THIN, alpha=0.55)[0]
        self.trace = ax.plot([], [], color=style.OWN, linewidth=style.THIN)[0]
        beside = {"fontsize": style.SMALL, "ha": "right", "va": "bottom"}
        self.goal_words = ax.text(99, 0, "", color="#A34700", **beside)
        self.threshold_words = ax.text(1, 0, "threshold", color=style.INK, fontsize=style.SMALL, va="bottom")
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


@style.styled
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
    fig = style.new_figure(3.2)
    left, right = fig.subplots(1, 2)
    left.plot(fine, exact, color=style.TRUTH, linewidth=style.STRONG + 1, alpha=0.7, label="exact")
    for (dt, (time, voltage)), color, marker in zip(coarse.items(), parts.in_order(len(coarse)), "s^o", strict=False):
        look = {"color": color, "marker": marker, "markersize": 3.5, "linewidth": style.THIN}
        left.plot(time, voltage, label=f"Euler, dt = {dt:g} ms", **look)
    parts.threshold_line(left, 1.0)
    left.set(xlabel="time (ms)", ylabel="membrane potential (V)", title="on the way to the first spike")
    left.set_ylim(-0.05, 1.3)
    left.legend(loc="lower right", fontsize=style.SMALL)
    right.loglog(dts, errors, "o", color=style.TRUTH, markersize=7, label="measured")
    right.loglog(dts, scale * np.asarray(dts) ** slope, color=style.OTHER, label="fitted line")
    right.set(xlabel="step dt (ms)", ylabel="error of the spike time (ms)", title="the error against the step")
    right.legend(fontsize=style.SMALL)
    fig.tight_layout()
    above = "above" if all(v[-1] >= np.interp(t[-1], fine, exact) for t, v in coarse.values()) else "beside"
    return describe(
        fig,
        f"Left: Euler's steps run {above} the exact curve, the more the longer they are. Right: on logarithmic axes "
        f"the error of the spike time lies on a line of slope {slope:.1f}.",
    )


@style.styled
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
    fig = style.new_figure(2.9)
    ax = fig.subplots()
    ax.plot(
        time, direct, color=style.TRUTH, linewidth=style.STRONG + 2, alpha=0.6, label="leak and bias, stepped directly"
    )
    ax.plot(time, folded, color=style.OWN, linewidth=style.THIN, label="folded into one current: your function")
    ax.plot(
        time,
        wrong,
        color=style.OTHER,
        linewidth=style.CURVE,
        linestyle=style.DASHED,
        label="folded with the source's sign",
    )
    ax.set(xlabel="time (ms)", ylabel="potential (V)")
    ax.legend(loc="upper left", fontsize=style.SMALL)
    fig.tight_layout()
    apart = float(np.abs(np.asarray(folded) - np.asarray(direct)).max())
    same = "follows the direct one" if apart < 1e-9 else f"leaves the direct one by up to {apart:.2g} V"
    return describe(
        fig,
        f"Potential over time. Your folded current {same} and ends at {folded[-1]:.2f} V. The source's sign ends at "
        f"{wrong[-1]:.2f} V.",
    )


@style.styled
def plot_iaf_pair(steps, ours: tuple, theirs: tuple) -> Figure:
    """Potential and spikes of the same neuron from two programs, on one set of axes.

    Args:
        steps: (n,) step numbers.
        ours: (spikes (n,), potential (n,)) of the student's function.
        theirs: the same of sinabs.

    Returns:
        The figure.
    """
    fig = style.new_figure(3.0)
    top, bottom = fig.subplots(2, 1, sharex=True, height_ratios=(1, 4))
    pair = (
        (theirs, style.TRUTH, style.STRONG + 2, "sinabs.layers.IAF"),
        (ours, style.OWN, style.THIN, "your iaf_step"),
    )
    for row, ((spikes, voltage), color, width, label) in enumerate(pair):
        top.eventplot(np.flatnonzero(spikes), lineoffsets=row, linelengths=0.8, colors=color, linewidths=style.CURVE)
        bottom.plot(steps, voltage, color=color, linewidth=width, alpha=0.6 if row == 0 else 1, label=label)
    top.set(yticks=[0, 1], yticklabels=["sinabs", "yours"], ylim=(-0.6, 1.6))
    top.grid(False)
    parts.threshold_line(bottom, 1.0)
    bottom.set(xlabel="time step", ylabel="potential")
    bottom.legend(loc="upper left", fontsize=style.SMALL, ncols=2)
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


@style.styled
def plot_four_libraries(rows: Sequence[Mapping[str, str]]) -> Figure:
    """One neuron under the same current, by several libraries.

    Args:
        rows: of the table that `benchmarks.one_neuron` writes: "library", "step", "potential" and "spikes" as text.

    Returns:
        The figure.
    """
    names = list(dict.fromkeys(row["library"] for row in rows))
    fig = style.new_figure(4.0)
    words = []
    axes = fig.subplots(len(names), 1, sharex=True, sharey=True)
    for ax, name in zip(axes, names, strict=True):
        own = [row for row in rows if row["library"] == name]
        steps = [int(row["step"]) for row in own]
        spikes = [int(row["step"]) for row in own if row["spikes"] != "0"]
        ax.plot(
            steps,
            [float(row["potential"]) for row in own],
            color=style.OWN,
            linewidth=style.THIN,
            marker=".",
            markersize=4,
        )
        look = {"color": style.EXCITATORY, "markersize": 8, "markeredgewidth": style.CURVE}
        ax.plot(spikes, np.full(len(spikes), 1.83), "|", **look)
        parts.threshold_line(ax, 1.0)
        ax.set(ylim=(-0.15, 2.1), yticks=[0, 1])
        ax.set_title(f"{name}: {counted(len(spikes), 'spike')}", fontsize=style.NORMAL, pad=2)
        words.append(f"{name} {len(spikes)}, the first at step {spikes[0]}" if spikes else f"{name} none")
    axes[len(axes) // 2].set_ylabel("potential (thresholds)")
    axes[-1].set_xlabel("time step")
    fig.tight_layout(h_pad=0.3)
    return describe(fig, f"The potential of one neuron under one current, by each library. Spikes: {'; '.join(words)}.")
