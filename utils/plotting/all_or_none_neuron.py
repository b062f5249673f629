"""Figures, tables and slider pictures of notebook 01: the neuron, the two-path network, its learning."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Ellipse, FancyArrowPatch, FancyBboxPatch, Polygon

from utils.page.output import emit
from utils.plotting.style import COLORS, EXCITATORY, INHIBITORY, MODEL, TRUTH

WIDTH = 7.6
SILENT = COLORS["light"]
_INK = COLORS["black"]
# The lowest loss a logarithmic axis shows; below it the error is nothing but rounding.
_LOSS_FLOOR = 1e-16


def _scalar(value: Any) -> float:
    """A plain number from a number or from a tensor, whether it collects gradients or not."""
    return float(value.detach() if hasattr(value, "detach") else value)


def _bracketed(value: str) -> str:
    """A number as it stands after an operator."""
    return f"({value})" if value.startswith("-") else value


def _floats(values: Sequence[float]) -> list[float]:
    """Tensors, arrays and lists alike as plain numbers."""
    return [_scalar(value) for value in values]


def number(value: float, digits: int = 6) -> str:
    """A value as a reader writes it: at most `digits` significant ones, no minus zero, no rounding dust."""
    value = _scalar(value)
    if abs(value) < 1e-9:
        return "0"
    return f"{value:.{digits}g}"


# --- the neuron ----------------------------------------------------------------------------------------------------


def neuron_schematic() -> Figure:
    """A neuron with its parts named, and the way of a signal through it."""
    fig = Figure(figsize=(WIDTH, 3.37))
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set(xlim=(-0.05, 14.85), ylim=(0, 6.6), aspect="equal")
    ax.axis("off")
    body, edge, sheath = "#F3D9C6", "#8A4B1E", "#DCE6EE"

    for angle, length, width in ((108, 1.15, 6.0), (150, 1.4, 7.0), (196, 1.45, 7.0), (246, 1.15, 6.0)):
        start = (3.75 + 0.62 * math.cos(math.radians(angle)), 3.2 + 0.62 * math.sin(math.radians(angle)))
        _branch(ax, start, angle, length, width, body, edge, depth=3)

    axon_y = 3.2
    # The cone of the axon hillock and the axon itself, one outline, below the soma.
    outline = [(4.2, 3.75), (4.9, 3.42), (5.6, 3.3), (12.1, 3.3), (12.1, 3.1), (5.6, 3.1), (4.9, 2.98), (4.2, 2.65)]
    ax.add_patch(Polygon(outline, closed=True, facecolor=body, edgecolor=edge, linewidth=1.2, zorder=2))
    for left in (6.0, 7.55, 9.1, 10.65):
        box = FancyBboxPatch(
            (left, axon_y - 0.27),
            1.2,
            0.54,
            boxstyle="round,pad=0,rounding_size=0.26",
            facecolor=sheath,
            edgecolor="#5F7A8C",
            linewidth=1.2,
            zorder=4,
        )
        ax.add_patch(box)
    ax.add_patch(Ellipse((3.75, 3.2), 1.75, 1.6, facecolor=body, edgecolor=edge, linewidth=1.2, zorder=3))
    # Hides the line between soma and hillock, so that both are one cell.
    ax.add_patch(
        Polygon([(4.3, 3.58), (4.75, 3.42), (4.75, 2.98), (4.3, 2.82)], facecolor=body, linewidth=0, zorder=3.5)
    )
    ax.add_patch(Circle((3.65, 3.25), 0.36, facecolor="#E3AE8A", edgecolor=edge, linewidth=1, zorder=5))

    for target in ((13.5, 4.45), (13.8, 3.6), (13.8, 2.75), (13.5, 1.95)):
        _curve(ax, (12.05, 3.2), (12.9, 3.2), target, 2.6, body, edge)
        ax.add_patch(Circle(target, 0.17, facecolor=body, edgecolor=edge, linewidth=1.2, zorder=4))

    labels = (
        ("dendrites\ncollect the inputs", (1.2, 6.15), (1.5, 4.85)),
        ("soma", (4.2, 5.35), (3.95, 3.98)),
        ("axon hillock\ncompares with threshold", (6.2, 4.85), (5.05, 3.45)),
        ("node of Ranvier\nrenews the spike", (9.0, 4.85), (8.93, 3.35)),
        ("axon terminals\nreach the next cells", (13.2, 5.75), (13.45, 4.7)),
        ("nucleus", (4.85, 1.35), (3.8, 3.0)),
        ("myelin sheath", (6.6, 1.35), (6.6, 2.9)),
        ("axon", (11.98, 1.35), (11.98, 3.06)),
    )
    for text, place, at in labels:
        ax.annotate(
            text,
            at,
            xytext=place,
            ha="center",
            va="center",
            fontsize=9,
            color=_INK,
            linespacing=1.25,
            arrowprops={"arrowstyle": "-", "color": COLORS["grey"], "linewidth": 0.9, "shrinkA": 1, "shrinkB": 0},
            zorder=6,
        )
    # The spike keeps its height on its way; that is what the picture is about.
    for at in (8.75, 10.6):
        x = np.linspace(-0.55, 0.55, 80)
        shape = 0.62 * np.exp(-((x / 0.12) ** 2)) - 0.12 * np.exp(-(((x + 0.26) / 0.13) ** 2))
        ax.plot(at + x, 1.35 + shape, color=EXCITATORY, linewidth=1.8)
    ax.add_patch(_arrow((9.35, 1.5), (9.95, 1.5), EXCITATORY))
    ax.text(9.7, 0.62, "a spike travels, its height unchanged", ha="center", fontsize=9, color=EXCITATORY)
    return fig


def _branch(ax, start, angle, length, width, fill, edge, depth) -> None:
    """One dendrite and, recursively, its thinner branches."""
    bend = math.radians(angle + (10 if depth % 2 else -10))
    end = (start[0] + length * math.cos(math.radians(angle)), start[1] + length * math.sin(math.radians(angle)))
    middle = (start[0] + 0.5 * length * math.cos(bend), start[1] + 0.5 * length * math.sin(bend))
    _curve(ax, start, middle, end, width, fill, edge)
    if depth > 1:
        for turn in (-27, 24):
            _branch(ax, end, angle + turn, length * 0.62, width * 0.62, fill, edge, depth - 1)


def _curve(ax, start, middle, end, width, fill, edge) -> None:
    """A quadratic curve drawn twice, so that it has an outline."""
    t = np.linspace(0, 1, 30)[:, None]
    points = (1 - t) ** 2 * np.array(start) + 2 * t * (1 - t) * np.array(middle) + t**2 * np.array(end)
    ax.plot(*points.T, color=edge, linewidth=width + 2.2, solid_capstyle="round", zorder=1)
    ax.plot(*points.T, color=fill, linewidth=width, solid_capstyle="round", zorder=1.5)


def _arrow(start, end, color, width=1.6) -> FancyArrowPatch:
    return FancyArrowPatch(
        start, end, arrowstyle="-|>", mutation_scale=12, color=color, linewidth=width, shrinkA=0, shrinkB=0, zorder=3
    )


def all_or_none_law(time: np.ndarray, voltage: np.ndarray, amplitudes: Sequence[float], pulse: float) -> Figure:
    """Membrane potential after pulses of growing amplitude, and its peak against the amplitude.

    Args:
        time: (n_steps,) in ms.
        voltage: (n_pulses, n_steps) in mV.
        amplitudes: (n_pulses,) in uA/cm2, ascending.
        pulse: length of the pulse in ms.
    """
    peaks = voltage.max(axis=1)
    fired = peaks > 0
    fig = Figure(figsize=(WIDTH, 3.3))
    left, right = fig.subplots(1, 2, width_ratios=(1.15, 1))
    fig.subplots_adjust(left=0.085, right=0.985, bottom=0.16, top=0.88, wspace=0.27)
    for trace, spiked in zip(voltage, fired, strict=True):
        left.plot(time, trace, color=EXCITATORY if spiked else TRUTH, linewidth=1.4, alpha=0.9)
    left.axvspan(1, 1 + pulse, color=COLORS["yellow"], alpha=0.35, linewidth=0)
    left.text(1 + pulse / 2, 57, "pulse", ha="center", va="top", fontsize=8.5)
    left.set(xlabel="time (ms)", ylabel="membrane potential (mV)", ylim=(-85, 60), xlim=(0, time[-1]))
    left.set_title("After each pulse")
    right.plot(amplitudes, peaks, color=COLORS["light"], linewidth=1.5, zorder=1)
    right.plot(np.array(amplitudes)[fired], peaks[fired], "o", color=EXCITATORY, label="spike")
    right.plot(np.array(amplitudes)[~fired], peaks[~fired], "o", color=TRUTH, label="no spike")
    if fired.any() and not fired.all():
        threshold = (np.array(amplitudes)[fired].min() + np.array(amplitudes)[~fired].max()) / 2
        right.axvline(threshold, color=_INK, linewidth=1, linestyle=(0, (4, 3)))
        right.text(threshold + 0.3, -5, "threshold", fontsize=8.5, va="center")
    right.set(xlabel="pulse amplitude (µA/cm²)", ylabel="peak (mV)", ylim=(-85, 60))
    right.set_title("Dose and response")
    right.legend(loc="lower right")
    return fig


# --- the network ---------------------------------------------------------------------------------------------------

_PLACES = {"x": (0.75, 2.0), "h0": (3.45, 3.15), "h1": (3.45, 0.85), "z": (6.6, 2.0), "response": (8.75, 2.0)}
_EDGES = (("x", "h0", "w00"), ("x", "h1", "w01"), ("h0", "z", "w10"), ("h1", "z", "w11"), ("z", "response", None))


def draw_network(
    ax: Axes, parameters: Mapping[str, float], values: Mapping[str, float] | None = None
) -> dict[str, Any]:
    """Draw the two-path network from its parameters, and the values in it where they are given.

    Args:
        ax: axes that are given over to the diagram.
        parameters: the seven numbers by name.
        values: x, z0, h0, s0, z1, h1, s1, z, response for one stimulus.

    Returns:
        The artists that `flow` moves.
    """
    ax.set(xlim=(0, 9.5), ylim=(-0.35, 4.35))
    ax.axis("off")
    # The labels never change, but a panel must draw them again on top of the edges, which do.
    artists: dict[str, Any] = {"edges": {}, "labels": {}, "texts": {}, "nodes": {}}
    for start, end, weight in _EDGES:
        strength = parameters[weight] if weight else 1.0
        color = (EXCITATORY if strength > 0 else INHIBITORY) if weight else _INK
        # Weights from 1.7 to -40.8 share one picture, so the width follows their logarithm.
        width = 1.0 + 1.3 * math.log10(1 + abs(strength)) if weight else 1.6
        (x0, y0), (x1, y1) = _PLACES[start], _PLACES[end]
        distance = math.hypot(x1 - x0, y1 - y0)
        away, near = (0.46 if start == "x" else 0.56) / distance, (0.34 if end == "response" else 0.62) / distance
        line = _arrow(
            (x0 + (x1 - x0) * away, y0 + (y1 - y0) * away), (x1 - (x1 - x0) * near, y1 - (y1 - y0) * near), color, width
        )
        ax.add_patch(line)
        artists["edges"][start, end] = (line, color, width)
        if weight:
            artists["labels"][weight] = ax.text(
                (x0 + x1) / 2,
                (y0 + y1) / 2,
                f"{weight} = {number(strength)}",
                ha="center",
                va="center",
                fontsize=9.5,
                color=color,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
                zorder=4,
            )
    _node(ax, artists, "x", "x")
    for name, bias, side in (("h0", "b00", 0.98), ("h1", "b01", -0.98), ("z", "b_final", 0.98)):
        _node(ax, artists, name, None)
        x, y = _PLACES[name]
        ax.text(x, y + side, f"{bias} = {number(parameters[bias])}", ha="center", va="center", fontsize=9.5)
        ax.add_patch(_arrow((x, y + 0.82 * side), (x, y + 0.58 * side), _INK, 1.0))
    ax.text(0.75, 1.15, "stimulus", ha="center", fontsize=9)
    ax.text(8.85, 1.3, "response", ha="center", fontsize=9)
    empty = {"fontsize": 9, "va": "center", "color": _INK, "linespacing": 1.3}
    texts = artists["texts"]
    texts["h0"] = ax.text(4.12, 3.62, "", ha="left", **empty)
    texts["h1"] = ax.text(4.12, 0.38, "", ha="left", **empty)
    texts["s0"] = ax.text(5.4, 3.0, "", ha="center", **empty)
    texts["s1"] = ax.text(5.4, 1.0, "", ha="center", **empty)
    texts["z"] = ax.text(6.6, 1.2, "", ha="center", **empty)
    texts["response"] = ax.text(8.85, 2.0, "", ha="center", fontsize=12, va="center", fontweight="bold", color=_INK)
    if values is None:
        texts["response"].set_text("r")
    else:
        flow(artists, values)
    return artists


def _node(ax: Axes, artists: dict, name: str, text: str | None) -> None:
    """A circle, with a small ReLU in it where it has no text."""
    x, y = _PLACES[name]
    circle = Circle((x, y), 0.42 if text else 0.53, facecolor="white", edgecolor=_INK, linewidth=1.4, zorder=5)
    ax.add_patch(circle)
    inside: Any
    if text:
        inside = ax.text(x, y, text, ha="center", va="center", fontsize=12, fontweight="bold", zorder=6)
        artists["texts"][name] = inside
    else:
        (inside,) = ax.plot([x - 0.3, x, x + 0.3], [y - 0.17, y - 0.17, y + 0.25], color=_INK, linewidth=2, zorder=6)
    artists["nodes"][name] = (circle, inside)


def flow(artists: dict[str, Any], values: Mapping[str, float]) -> None:
    """Write the values of one stimulus into a drawn network: what is silent turns pale."""
    v = {name: _scalar(value) for name, value in values.items()}
    texts = artists["texts"]
    texts["x"].set_text(number(v["x"], 3))
    texts["h0"].set_text(f"z0 = {number(v['z0'])}\nh0 = {number(v['h0'])}")
    texts["h1"].set_text(f"z1 = {number(v['z1'])}\nh1 = {number(v['h1'])}")
    texts["s0"].set_text(f"s0 = {number(v['s0'])}")
    texts["s1"].set_text(f"s1 = {number(v['s1'])}")
    texts["z"].set_text(f"z = {number(v['z'])}")
    texts["response"].set_text(number(v["response"], 4))
    for (start, _), (line, color, width) in artists["edges"].items():
        awake = v["response" if start == "z" else start] != 0
        line.set_color(color if awake else SILENT)
        line.set_linewidth(width if awake else 1.2)
    for name, (circle, inside) in artists["nodes"].items():
        awake = v["response" if name == "z" else name] != 0
        circle.set_facecolor("#FCE7D6" if awake else "white")
        inside.set_color(_INK if awake or name == "x" else "#B5B5B5")


def network_diagram(parameters: Mapping[str, float], values: Mapping[str, float] | None = None) -> Figure:
    """The network as a figure of its own; with `values`, what flows through it for one stimulus."""
    fig = Figure(figsize=(WIDTH, 3.6))
    draw_network(fig.add_axes((0, 0, 1, 1)), parameters, values)
    return fig


def dose_response(
    doses: Sequence[float],
    responses: Sequence[float],
    fine_doses: Sequence[float],
    fine_responses: Sequence[float],
    title: str,
    observed: tuple[Sequence[float], Sequence[float]] | None = None,
) -> Figure:
    """Responses to a few doses, on top of the network's response to every dose between.

    Args:
        doses: (n,) the doses tried.
        responses: (n,) the responses to them.
        fine_doses: (m,) many doses.
        fine_responses: (m,) the responses to those.
        title: of the figure.
        observed: stimuli and responses that the network shall reproduce, marked by crosses.
    """
    fig = Figure(figsize=(WIDTH, 3.1))
    ax = fig.add_axes((0.08, 0.17, 0.9, 0.71))
    ax.plot(fine_doses, fine_responses, color=COLORS["sky"], linewidth=1.6, label="every dose")
    ax.vlines(doses, 0, responses, color=MODEL, linewidth=1.2, alpha=0.6)
    ax.plot(doses, responses, "o", color=MODEL, label=f"{len(doses)} doses", zorder=3, clip_on=False)
    if observed is not None:
        ax.plot(*observed, "X", color=EXCITATORY, markersize=9, markeredgecolor="white", label="observed", zorder=4)
    top = max(max(_floats(fine_responses)), max(_floats(responses)), 0.1)
    if observed is not None:
        top = max(top, max(_floats(observed[1])))
    ax.set(xlabel="dose (arbitrary units)", ylabel="response", ylim=(-0.04 * top, 1.18 * top))
    best = int(np.argmax(_floats(responses)))
    if responses[best] > 0:
        ax.annotate(
            number(responses[best], 4),
            (doses[best], responses[best]),
            xytext=(7, 2),
            textcoords="offset points",
            fontsize=9.5,
            fontweight="bold",
            color=MODEL,
        )
    ax.set_title(title)
    ax.legend(loc="upper right")
    return fig


def two_paths(trace: Mapping[str, Sequence[float]], b_final: float) -> Figure:
    """What each path delivers at every dose, their sum, and what the output ReLU leaves of it.

    Args:
        trace: x, s0, s1, z, response, each (n,).
        b_final: the bias already contained in z.
    """
    fig = Figure(figsize=(WIDTH, 2.75))
    axes = fig.subplots(1, 4, sharex=True, sharey=True)
    fig.subplots_adjust(left=0.09, right=0.985, bottom=0.2, top=0.82, wspace=0.1)
    parts = (
        ("s1", "lower path", EXCITATORY),
        ("s0", "upper path", INHIBITORY),
        ("z", f"sum, b_final = {number(b_final)}", _INK),
        ("response", "after the ReLU", MODEL),
    )
    for ax, (name, title, color) in zip(axes, parts, strict=True):
        ax.axhline(0, color="#999999", linewidth=0.8)
        ax.plot(trace["x"], trace[name], color=color)
        ax.set_title(title, fontsize=9.5)
        ax.set_xlabel("dose")
        ax.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes[0].set_ylabel("signal")
    return fig


# --- learning ------------------------------------------------------------------------------------------------------


def loss_landscape(
    b: Sequence[float], losses: Sequence[float], path: Sequence[float], path_losses: Sequence[float]
) -> Figure:
    """The summed loss for every b_final, with the steps of a training run on it.

    Args:
        b: (n,) values of b_final, ascending.
        losses: (n,) the summed loss at them.
        path: the values of b_final that training went through.
        path_losses: the summed loss at those.
    """
    fig = Figure(figsize=(WIDTH, 3.2))
    ax = fig.add_axes((0.09, 0.16, 0.89, 0.72))
    ax.plot(b, losses, color=COLORS["grey"], label="summed loss")
    ax.plot(path, path_losses, "o", color=MODEL, markersize=5, label="one dot an epoch, from the right", zorder=3)
    ax.set(xlabel="b_final", ylabel="loss", xlim=(min(b), max(b)), ylim=(-18, 330))
    ax.set_title("A valley with a plateau beside it")
    ax.annotate(
        "plateau: every output is\nsilent, the slope is 0",
        (-19.3, 2),
        xytext=(-21.6, 118),
        fontsize=9,
        ha="left",
        arrowprops={"arrowstyle": "->", "color": COLORS["grey"]},
    )
    ax.annotate(
        "lowest point",
        (path[-1], path_losses[-1]),
        xytext=(-14.6, 60),
        fontsize=9,
        arrowprops={"arrowstyle": "->", "color": COLORS["grey"]},
    )
    ax.legend(loc="upper left")
    return fig


def training_run(losses: Sequence[float], path: Sequence[float], best: float | None = None) -> Figure:
    """Loss of every epoch on a logarithmic axis, and the path of b_final.

    Args:
        losses: (epochs,) summed loss before each step.
        path: (epochs + 1,) b_final from its start on.
        best: the value that b_final should reach.
    """
    fig = Figure(figsize=(WIDTH, 2.9))
    left, right = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.1, right=0.985, bottom=0.18, top=0.87, wspace=0.27)
    shown = np.maximum(losses, 1e-20)
    left.semilogy(np.arange(1, len(losses) + 1), shown, ".-", color=MODEL, markersize=4, linewidth=1.2)
    left.set(xlabel="epoch", ylabel="summed loss")
    left.set_title("Loss")
    right.plot(path, ".-", color=MODEL, markersize=4, linewidth=1.2)
    if best is not None:
        right.axhline(best, color=TRUTH, linestyle=(0, (4, 3)), linewidth=1.2)
        right.annotate(
            f"best: {number(best)}",
            (0.98, best),
            xycoords=("axes fraction", "data"),
            xytext=(0, 6),
            textcoords="offset points",
            ha="right",
            fontsize=9,
        )
    right.set(xlabel="epoch", ylabel="b_final")
    right.set_title("Path of b_final")
    return fig


def closed_form_check(epochs: Sequence[int], path: Sequence[float], formula: Sequence[float], goal: float) -> Figure:
    """Training's path with the closed form on it, and the error's size on a logarithmic axis.

    Args:
        epochs: (n,) numbers of epochs.
        path: (n,) b_final after them.
        formula: (n,) b_final according to the closed form.
        goal: the value both approach.
    """
    fig = Figure(figsize=(WIDTH, 2.9))
    left, right = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.1, right=0.985, bottom=0.18, top=0.87, wspace=0.27)
    left.plot(epochs, formula, color=COLORS["orange"], linewidth=4, alpha=0.6, label="closed form")
    left.plot(epochs, path, ".", color=MODEL, markersize=4, label="training")
    left.set(xlabel="epoch", ylabel="b_final")
    left.set_title("Two ways to the same path")
    left.legend()
    right.semilogy(epochs, np.abs(np.array(formula) - goal), color=COLORS["orange"], linewidth=4, alpha=0.6)
    right.semilogy(epochs, np.abs(np.array(path) - goal), ".", color=MODEL, markersize=4)
    right.set(xlabel="epoch", ylabel=f"distance to {number(goal)}")
    right.set_title("A straight line: a constant factor")
    return fig


def learning_rates(
    paths: Mapping[float, Sequence[float]], rates: Sequence[float], final_losses: Sequence[float], limit: float
) -> Figure:
    """Paths of b_final for a few learning rates, and the loss that is left for many.

    Args:
        paths: learning rate -> path of b_final.
        rates: (n,) learning rates, ascending.
        final_losses: (n,) loss after training with each.
        limit: learning rate at which the first step silences the network.
    """
    fig = Figure(figsize=(WIDTH, 3.4))
    left, right = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.09, right=0.985, bottom=0.15, top=0.88, wspace=0.26)
    colors = (COLORS["sky"], MODEL, COLORS["green"], COLORS["orange"], EXCITATORY)
    for (rate, path), color, marker in zip(paths.items(), colors, "osD^v", strict=False):
        left.plot(path, color=color, marker=marker, markersize=4.5, linewidth=1.3, label=f"{rate:g}")
    left.axhspan(-36, -17.01, color=SILENT, alpha=0.5, linewidth=0)
    left.text(0.98, 0.03, "silent: no slope, no way back", transform=left.transAxes, ha="right", fontsize=8.5)
    left.set(xlabel="epoch", ylabel="b_final", ylim=(-36, 15))
    left.set_title("Five learning rates")
    left.legend(title="learning rate", ncols=3, fontsize=8.5, title_fontsize=8.5, loc="upper right")
    right.semilogy(rates, np.maximum(final_losses, _LOSS_FLOOR), color=MODEL)
    right.axvline(limit, color=EXCITATORY, linewidth=1.3, linestyle=(0, (4, 3)))
    right.text(
        limit - 0.015, 3e-6, f"first step silences\nfrom {limit:.3f} on", fontsize=8.5, color=EXCITATORY, ha="right"
    )
    right.axvline(1, color=TRUTH, linewidth=1.3, linestyle=(0, (1, 2)))
    right.text(0.985, 3e-11, "limit of the\nplain parabola", fontsize=8.5, ha="right", color="#666666")
    right.set(xlabel="learning rate", ylabel="loss after training", ylim=(_LOSS_FLOOR / 3, 30), xlim=(0, max(rates)))
    right.set_title("What is left of the loss")
    return fig


def wrong_rule(right_path: Sequence[float], wrong_path: Sequence[float], best: float, silent: float) -> Figure:
    """b_final along the slope of the loss, and along the slope of the response.

    Args:
        right_path: b_final by the right rule.
        wrong_path: b_final by the rule as it was written.
        best: the value of lowest loss.
        silent: the value at which the network falls silent.
    """
    fig = Figure(figsize=(WIDTH, 3.1))
    ax = fig.add_axes((0.09, 0.17, 0.89, 0.71))
    ax.plot(right_path, color=MODEL, label="along the slope of the loss")
    ax.plot(wrong_path, color=EXCITATORY, linestyle=(0, (5, 2)), label="along the slope of the response")
    ax.axhline(best, color=TRUTH, linewidth=1.1, linestyle=(0, (4, 3)))
    ax.text(len(wrong_path) / 2, best + 0.35, f"best: {number(best)}", fontsize=8.5)
    ax.axhspan(silent - 2, silent, color=SILENT, alpha=0.5, linewidth=0)
    ax.text(1, silent - 1.25, "every response is 0", fontsize=8.5)
    ax.set(xlabel="epoch", ylabel="b_final", ylim=(silent - 2, 1))
    ax.set_title("The rule as it was written walks past the goal")
    ax.legend(loc="upper right")
    return fig


def step_and_bump(
    doses: Sequence[float], bump: Sequence[float], step: Sequence[float], threshold: float, width: float
) -> Figure:
    """The source's response and a true step, at every dose of the same fine grid.

    Args:
        doses: (n,) fine grid.
        bump: (n,) responses of the source's network.
        step: (n,) responses of the step network.
        threshold: dose from which the step is complete.
        width: distance over which it climbs.
    """
    fig = Figure(figsize=(WIDTH, 3.0))
    left, right = fig.subplots(1, 2, sharex=True, sharey=True)
    fig.subplots_adjust(left=0.08, right=0.985, bottom=0.17, top=0.86, wspace=0.12)
    left.plot(doses, bump, color=MODEL)
    left.set_title("The source's network: a bump")
    right.plot(doses, step, color=COLORS["green"])
    right.axvspan(threshold - width, threshold, color=COLORS["yellow"], alpha=0.35, linewidth=0)
    right.axvline(threshold, color=_INK, linestyle=(0, (4, 3)), linewidth=1)
    right.text(threshold + 0.015, 0.08, "threshold", fontsize=8.5)
    right.set_title("Two ramps of equal slope: a step")
    for ax in (left, right):
        ax.set(xlabel="dose (arbitrary units)", ylim=(-0.06, 1.25))
    left.set_ylabel("response")
    return fig


def outcomes(
    doses: Sequence[float], curves: Mapping[str, Sequence[float]], observed: tuple[Sequence[float], Sequence[float]]
) -> Figure:
    """Responses in which training ended, one of each kind, beside the observations they were to reproduce.

    Args:
        doses: (n,) fine grid.
        curves: label -> (n,) responses; at most four.
        observed: stimuli and observed responses.
    """
    fig = Figure(figsize=(WIDTH, 3.3))
    ax = fig.add_axes((0.08, 0.16, 0.9, 0.73))
    styles = (
        (COLORS["green"], "-"),
        (COLORS["orange"], (0, (6, 2))),
        (MODEL, (0, (3, 1, 1, 1))),
        (TRUTH, (0, (1, 1.5))),
    )
    for (label, curve), (color, line) in zip(curves.items(), styles, strict=False):
        ax.plot(doses, curve, color=color, linestyle=line, linewidth=2.4, label=label)
    ax.plot(*observed, "X", color=EXCITATORY, markersize=9, markeredgecolor="white", label="observed", zorder=4)
    ax.set(xlabel="dose (arbitrary units)", ylabel="response", ylim=(-0.08, 1.9))
    ax.set_title("Where 200 trained networks ended")
    ax.legend(loc="upper left", ncols=2)
    return fig


# --- tables --------------------------------------------------------------------------------------------------------


class Table:
    """A small table with the same content as HTML and as plain text.

    Args:
        caption: its heading.
        heads: names of the columns.
        rows: one sequence of strings for each row.
    """

    def __init__(self, caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.caption = caption
        self.heads = list(heads)
        self.rows = [list(row) for row in rows]

    @property
    def html(self) -> str:
        """The table as HTML."""
        cell = "text-align:left;padding:3px 14px 3px 0;vertical-align:top;white-space:nowrap"
        head = "".join(f'<th scope="col" style="{cell}">{html.escape(name)}</th>' for name in self.heads)
        body = "".join(
            "<tr>" + "".join(f'<td style="{cell}">{html.escape(value)}</td>' for value in row) + "</tr>"
            for row in self.rows
        )
        caption = (
            f'<caption style="text-align:left;font-weight:bold;padding:6px 0">{html.escape(self.caption)}</caption>'
        )
        return (
            # A region that scrolls must be reachable by keyboard, and named.
            f'<div style="overflow-x:auto" tabindex="0" role="region" aria-label="{html.escape(self.caption)}">'
            f'<table style="border-collapse:collapse">{caption}'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )

    @property
    def text(self) -> str:
        """The table as plain text."""
        return "\n".join([self.caption, " | ".join(self.heads), *(" | ".join(row) for row in self.rows)])

    def show(self) -> None:
        """Show it under the cell."""
        emit(self.text, self.html)


def forward_table(parameters: Mapping[str, float], values: Mapping[str, float]) -> Table:
    """The forward pass of one stimulus, step by step, with the numbers put in.

    Args:
        parameters: the seven numbers by name.
        values: x, z0, h0, s0, z1, h1, s1, z, response.
    """
    p = {name: number(value) for name, value in parameters.items()}
    v = {name: number(value) for name, value in values.items()}
    b00, b01, b_final, s1 = (_bracketed(value) for value in (p["b00"], p["b01"], p["b_final"], v["s1"]))
    x, h0, h1 = (_bracketed(v[name]) for name in ("x", "h0", "h1"))
    rows = [
        ("upper path, into the ReLU", "z0 = w00 x + b00", f"{p['w00']} × {x} + {b00}", v["z0"]),
        ("upper path, out of it", "h0 = relu(z0)", f"relu({v['z0']})", v["h0"]),
        ("upper path, weighted", "s0 = w10 h0", f"{p['w10']} × {h0}", v["s0"]),
        ("lower path, into the ReLU", "z1 = w01 x + b01", f"{p['w01']} × {x} + {b01}", v["z1"]),
        ("lower path, out of it", "h1 = relu(z1)", f"relu({v['z1']})", v["h1"]),
        ("lower path, weighted", "s1 = w11 h1", f"{p['w11']} × {h1}", v["s1"]),
        ("both paths and the bias", "z = s0 + s1 + b_final", f"{v['s0']} + {s1} + {b_final}", v["z"]),
        ("response", "r = relu(z)", f"relu({v['z']})", v["response"]),
    ]
    return Table("Forward pass", ("step", "formula", "numbers", "value"), rows)


def chain_table(values: Mapping[str, float], observed: float, hand: Any, auto: Any) -> Table:
    """The loss of one point and each factor of the chain rule, by hand and by autograd.

    Args:
        values: x, ..., z, response.
        observed: the observed response y.
        hand: loss, dloss_dresponse, dresponse_dz, dz_dbfinal and gradient, worked out by hand.
        auto: the same from automatic differentiation.
    """
    r, y, z = number(values["response"]), number(observed), number(values["z"])
    gate = "above 0" if _scalar(values["z"]) > 0 else "not above 0"
    factors = [number(getattr(hand, name)) for name in ("dloss_dresponse", "dresponse_dz", "dz_dbfinal")]
    steps = [
        ("loss", "L = (r - y)²", f"({r} - {_bracketed(y)})²", "loss"),
        ("how the loss follows the response", "dL/dr = 2 (r - y)", f"2 × ({r} - {_bracketed(y)})", "dloss_dresponse"),
        ("how the response follows z", "dr/dz = 1 if z > 0 else 0", f"z = {z} is {gate}", "dresponse_dz"),
        ("how z follows b_final", "dz/db_final = 1", "z holds b_final once", "dz_dbfinal"),
        ("gradient: their product", "dL/db_final", " × ".join(_bracketed(factor) for factor in factors), "gradient"),
    ]
    rows = [
        (what, formula, numbers, number(getattr(hand, name)), number(getattr(auto, name)), agree(hand, auto, name))
        for what, formula, numbers, name in steps
    ]
    return Table("Loss and chain rule", ("step", "formula", "numbers", "by hand", "autograd", "agree"), rows)


def agree(hand: Any, auto: Any, name: str | None = None) -> str:
    """A mark for two numbers (or two fields of the same name) that are equal to ten digits."""
    a, b = (_scalar(getattr(side, name) if name else side) for side in (hand, auto))
    return "✓ yes" if math.isclose(a, b, rel_tol=1e-10, abs_tol=1e-12) else "✗ no"


def agreement_table(
    points: Sequence[tuple[float, Any, Any]], start: float, rate: float, stepped: float, caption: str
) -> Table:
    """One table for all points: their gradients, the accumulated one and the update, by hand and by autograd.

    Args:
        points: (stimulus, by hand, by autograd) for each point.
        start: b_final before the step.
        rate: learning rate.
        stepped: b_final after one step of PyTorch's optimiser.
        caption: heading of the table.
    """
    rows = []
    for x, hand, auto in points:
        for what, name in (("loss", "loss"), ("dL/db_final", "gradient")):
            row = (f"{what} at x = {number(x)}", number(getattr(hand, name)), number(getattr(auto, name)))
            rows.append((*row, agree(hand, auto, name)))
    loss_hand, loss_auto = (sum(float(point[side].loss) for point in points) for side in (1, 2))
    sum_hand, sum_auto = (sum(float(point[side].gradient) for point in points) for side in (1, 2))
    rows.append(("summed loss", number(loss_hand), number(loss_auto), agree(loss_hand, loss_auto)))
    rows.append(("accumulated gradient", number(sum_hand), number(sum_auto), agree(sum_hand, sum_auto)))
    by_hand = start - rate * sum_hand
    update = f"b_final after the step: {number(start)} - {number(rate)} × {_bracketed(number(sum_hand))}"
    rows.append((update, number(by_hand), number(stepped), agree(by_hand, stepped)))
    return Table(caption, ("quantity", "by hand", "autograd and SGD", "agree"), rows)


def gradients_table(
    hand: Mapping[str, float], auto: Mapping[str, float], formulas: Mapping[str, str], caption: str
) -> Table:
    """The gradients of all seven parameters at one point, by hand and by autograd.

    Args:
        hand: name -> gradient by hand.
        auto: name -> gradient by autograd.
        formulas: name -> how the gradient is written.
        caption: heading of the table.
    """
    rows = [
        (name, formulas[name], number(hand[name]), number(auto[name]), agree(hand[name], auto[name]))
        for name in formulas
    ]
    return Table(caption, ("parameter", "gradient of the loss", "by hand", "autograd", "agree"), rows)


# --- slider pictures -----------------------------------------------------------------------------------------------

_DOSES = np.linspace(0, 1, 11)
_FINE = np.linspace(0, 1, 401)
_TOPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def flow_panel(trace: Callable[[float], Mapping[str, float]], parameters: Mapping[str, float]):
    """Functions `draw` and `update` of a panel that sends one dose through the network.

    Args:
        trace: dose -> x, z0, h0, s0, z1, h1, s1, z, response.
        parameters: the seven numbers by name.
    """

    def draw(fig: Figure) -> dict[str, Any]:
        ax = fig.add_axes((0, 0, 1, 1))
        return draw_network(ax, parameters)

    def update(artists: dict[str, Any], dose: float) -> str:
        values = trace(dose)
        flow(artists, values)
        awake = [name for name, key in (("upper", "h0"), ("lower", "h1")) if _scalar(values[key]) > 0]
        paths = {0: "no path is", 1: f"only the {' '.join(awake)} path is", 2: "both paths are"}[len(awake)]
        return f"At dose {number(dose, 3)} {paths} active, and the response is {number(values['response'], 4)}."

    return draw, update


def parameter_panel(respond: Callable[..., Mapping[str, Any]], published: Mapping[str, float]):
    """Functions `draw` and `update` of the panel with the seven parameters.

    Args:
        respond: (doses, **parameters) -> x, s0, s1, z, response as arrays.
        published: the seven numbers of the source, whose response stays as a broad pale line.
    """
    original = np.asarray(respond(_FINE, **published)["response"])

    def draw(fig: Figure) -> dict[str, Any]:
        left = fig.add_axes((0.085, 0.17, 0.385, 0.71))
        right = fig.add_axes((0.585, 0.17, 0.385, 0.71))
        artists: dict[str, Any] = {"left": left, "right": right}
        left.plot(_FINE, original, color=COLORS["orange"], linewidth=4, alpha=0.45, label="the source")
        (artists["curve"],) = left.plot([], [], color=COLORS["sky"], linewidth=1.8)
        (artists["dots"],) = left.plot([], [], "o", color=MODEL, markersize=5, label="11 doses", clip_on=False)
        left.set(xlabel="dose", ylabel="response", xlim=(0, 1), ylim=(-0.08, 2))
        left.set_title("Response")
        left.legend(loc="upper right", fontsize=8.5)
        right.axhline(0, color="#999999", linewidth=0.8)
        for name, label, color in (
            ("s0", "upper path", INHIBITORY),
            ("s1", "lower path", EXCITATORY),
            ("z", "sum", _INK),
        ):
            (artists[name],) = right.plot([], [], color=color, label=label, linewidth=2.2 if name == "z" else 1.5)
        right.set(xlabel="dose", ylabel="signal", xlim=(0, 1), ylim=(-50, 50))
        right.set_title("Inside")
        right.legend(loc="lower left", fontsize=8.5)
        return artists

    def update(artists: dict[str, Any], **parameters: float) -> str:
        values = respond(_FINE, **parameters)
        # The eleven doses are points of the fine grid, so one forward pass serves both.
        dots = np.asarray(values["response"])[::40]
        artists["curve"].set_data(_FINE, values["response"])
        artists["dots"].set_data(_DOSES, dots)
        for name in ("s0", "s1", "z"):
            artists[name].set_data(_FINE, values[name])
        highest = float(np.max(values["response"]))
        top = next((top for top in _TOPS if 1.06 * highest <= top), 2000)
        _rescale(artists["left"], -0.04 * max(top, 2), max(top, 2))
        reach = max(float(np.abs(values[name]).max()) for name in ("s0", "s1", "z"))
        bound = next((top for top in _TOPS if 1.06 * reach <= top), 2000)
        _rescale(artists["right"], -bound, bound)
        answers = int((dots > 1e-9).sum())
        return (
            f"The network answers at {answers} of 11 doses. The largest of these responses is {number(dots.max(), 4)}, "
            f"the response at the highest dose {number(dots[-1], 4)}."
        )

    return draw, update


def _rescale(ax: Axes, low: float, high: float) -> None:
    """New limits only where they differ: any change costs the panel a full drawing of its axes."""
    if ax.get_ylim() != (low, high):
        ax.set_ylim(low, high)


def learning_panel(descend: Callable[..., Any], parabola: Callable[..., Any], best: float, peak: float):
    """Functions `draw` and `update` of the panel with learning rate, number of epochs and starting value.

    Args:
        descend: (learning_rate, epochs, start) -> object with `path` and `losses`, for the network.
        parabola: (epochs array, start, learning_rate) -> b_final of the same rule without an output ReLU.
        best: b_final of lowest loss.
        peak: total input of the middle point while b_final is 0.
    """

    def draw(fig: Figure) -> dict[str, Any]:
        left = fig.add_axes((0.085, 0.17, 0.385, 0.71))
        right = fig.add_axes((0.59, 0.17, 0.38, 0.71))
        artists: dict[str, Any] = {}
        left.axhspan(-40, -peak, color=SILENT, alpha=0.5, linewidth=0)
        left.text(98, -38.5, "silent", ha="right", fontsize=8.5, color="#666666")
        left.axhline(best, color=TRUTH, linewidth=1.1, linestyle=(0, (4, 3)))
        (artists["parabola"],) = left.plot(
            [], [], color=COLORS["orange"], linewidth=4, alpha=0.5, label="without the output ReLU"
        )
        (artists["path"],) = left.plot([], [], ".-", color=MODEL, markersize=4, linewidth=1.4, label="the network")
        left.set(xlabel="epoch", ylabel="b_final", xlim=(-1, 101), ylim=(-40, 8))
        left.set_title("Path of b_final")
        left.legend(loc="upper right", fontsize=8.5)
        (artists["loss"],) = right.semilogy([], [], ".-", color=MODEL, markersize=4, linewidth=1.4)
        right.set(xlabel="epoch", ylabel="summed loss", xlim=(-1, 101), ylim=(_LOSS_FLOOR / 3, 3e3))
        right.set_title("Loss of the network")
        return artists

    def update(artists: dict[str, Any], learning_rate: float, epochs: int, start: float) -> str:
        epochs = int(epochs)
        run = descend(learning_rate, epochs, start)
        steps = np.arange(epochs + 1, dtype=float)
        with np.errstate(over="ignore"):
            line = np.asarray(parabola(steps, start, learning_rate), dtype=float)
        # Far outside the picture the renderer would only be asked for trouble.
        artists["parabola"].set_data(steps, np.clip(line, -1e4, 1e4))
        artists["path"].set_data(steps, run.path)
        artists["loss"].set_data(steps[1:], np.maximum(run.losses, _LOSS_FLOOR))
        return _learning_sentence(learning_rate, epochs, start, run.path, best, peak)

    return draw, update


def _learning_sentence(rate: float, epochs: int, start: float, path: Sequence[float], best: float, peak: float) -> str:
    """What a training run with this learning rate did, in words."""
    factor = abs(1 - 2 * rate)
    silent_after = next((epoch for epoch, b in enumerate(path) if peak + b <= 0), None)
    error = abs(path[-1] - best)
    plain = " Without the output ReLU the error would grow at every step." if factor > 1 else ""
    if silent_after == 0:
        return f"With b_final = {number(start, 4)} every response is 0 from the start: no slope, so nothing is learned."
    if silent_after is not None:
        return (
            f"Too large a step: epoch {silent_after} throws b_final to {number(path[silent_after], 4)}, where every "
            f"response is 0. The slope is 0 there too, so the network stays silent. Try a rate below 0.53.{plain}"
        )
    if error < 1e-6:
        return f"After {epochs} epochs b_final has arrived: less than a millionth away from {number(best)}."
    if abs(factor - 1) < 1e-9:
        return f"b_final jumps from one side of {number(best)} to the other for ever: the error keeps its size."
    if factor > 1:
        return f"After {epochs} epochs the error is {number(error, 3)}. Each multiplies it by {number(factor, 3)}."
    side = " and changes its sign" if rate > 0.5 else ""
    return (
        f"After {epochs} epochs b_final is {number(path[-1], 5)}, {number(error, 3)} away from {number(best)}. "
        f"Every epoch multiplies the error by {number(factor, 3)}{side}."
    )
