"""Figures of notebook 01: the neuron, the two-path network, its learning, and its step at a threshold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Ellipse, FancyArrowPatch, FancyBboxPatch, Polygon

from utils.page.figures import describe
from utils.page.numbers import counted
from utils.plotting import style
from utils.plotting.all_or_none_tables import number, scalar
from utils.plotting.arrays import as_array

SILENT = style.COLORS["light"]
# The lowest loss a logarithmic axis shows; below it the error is nothing but rounding.
LOSS_FLOOR = 1e-16
DOSE = "dose (arbitrary units)"


# --- the neuron ----------------------------------------------------------------------------------------------------


@style.styled
def plot_neuron() -> Figure:
    """A neuron with its parts named, and the way of a signal through it.

    Returns:
        The figure.
    """
    fig = style.new_figure(3.2)
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
    ax.add_patch(Polygon(outline, closed=True, facecolor=body, edgecolor=edge, linewidth=style.GUIDE, zorder=2))
    for left in (6.0, 7.55, 9.1, 10.65):
        box = FancyBboxPatch(
            (left, axon_y - 0.27),
            1.2,
            0.54,
            boxstyle="round,pad=0,rounding_size=0.26",
            facecolor=sheath,
            edgecolor="#5F7A8C",
            linewidth=style.GUIDE,
            zorder=4,
        )
        ax.add_patch(box)
    ax.add_patch(Ellipse((3.75, 3.2), 1.75, 1.6, facecolor=body, edgecolor=edge, linewidth=style.GUIDE, zorder=3))
    # Hides the line between soma and hillock, so that both are one cell.
    ax.add_patch(
        Polygon([(4.3, 3.58), (4.75, 3.42), (4.75, 2.98), (4.3, 2.82)], facecolor=body, linewidth=0, zorder=3.5)
    )
    ax.add_patch(Circle((3.65, 3.25), 0.36, facecolor="#E3AE8A", edgecolor=edge, linewidth=style.GUIDE, zorder=5))

    for target in ((13.5, 4.45), (13.8, 3.6), (13.8, 2.75), (13.5, 1.95)):
        _curve(ax, (12.05, 3.2), (12.9, 3.2), target, 2.6, body, edge)
        ax.add_patch(Circle(target, 0.17, facecolor=body, edgecolor=edge, linewidth=style.GUIDE, zorder=4))

    labels = (
        ("dendrites\ncollect the inputs", (1.2, 6.15), (1.5, 4.85)),
        ("soma", (4.2, 5.35), (3.95, 3.98)),
        ("axon hillock\ncompares with threshold", (6.2, 4.85), (5.05, 3.45)),
        ("node of Ranvier\nrenews the spike", (9.35, 4.85), (8.93, 3.35)),
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
            fontsize=style.NORMAL,
            color=style.OWN,
            linespacing=1.25,
            arrowprops={
                "arrowstyle": "-",
                "color": style.COLORS["grey"],
                "linewidth": style.GUIDE,
                "shrinkA": 1,
                "shrinkB": 0,
            },
            zorder=6,
        )
    # The spike keeps its height on its way; that is what the picture is about.
    for at in (8.75, 10.6):
        x = np.linspace(-0.55, 0.55, 80)
        shape = 0.62 * np.exp(-((x / 0.12) ** 2)) - 0.12 * np.exp(-(((x + 0.26) / 0.13) ** 2))
        ax.plot(at + x, 1.35 + shape, color=style.EXCITATORY, linewidth=style.CURVE)
    ax.add_patch(_arrow((9.35, 1.5), (9.95, 1.5), style.EXCITATORY))
    words = "a spike travels, its height unchanged"
    ax.text(9.7, 0.62, words, ha="center", fontsize=style.NORMAL, color=style.ink(style.EXCITATORY))
    named = ", ".join(text.split("\n")[0] for text, _, _ in labels)
    return describe(
        fig,
        f"A neuron from left to right, its parts named: {named}. Below the axon a spike travels and keeps its height.",
    )


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


def _arrow(start, end, color, width=style.THIN, head="-|>") -> FancyArrowPatch:
    return FancyArrowPatch(
        start, end, arrowstyle=head, mutation_scale=12, color=color, linewidth=width, shrinkA=0, shrinkB=0, zorder=3
    )


@style.styled
def plot_squid_axon(time: Any, voltage: Any, amplitudes: Any, pulse: float, onset: float = 1.0) -> Figure:
    """Membrane potential after pulses of growing amplitude, and what grows with the amplitude and what does not.

    Args:
        time: (n_steps,) in ms.
        voltage: (n_pulses, n_steps) in mV.
        amplitudes: (n_pulses,) in uA/cm2, ascending.
        pulse: length of the pulse in ms.
        onset: its start in ms.

    Returns:
        The figure.
    """
    time, voltage, amplitudes = as_array(time, float), as_array(voltage, float), as_array(amplitudes, float)
    peaks, delays = voltage.max(axis=1), time[voltage.argmax(axis=1)] - onset
    fired = peaks > 0
    fig = style.new_figure(4.2)
    traces, pulses, height, when = (
        fig.add_axes(place)
        for place in (
            (0.085, 0.34, 0.5, 0.57),
            (0.085, 0.115, 0.5, 0.15),
            (0.685, 0.58, 0.3, 0.33),
            (0.685, 0.115, 0.3, 0.33),
        )
    )
    colors = [
        style.in_order(max(int(fired.sum()), 1))[k - 1] if spiked else style.TRUTH
        for k, spiked in zip(fired.cumsum(), fired, strict=True)
    ]
    for trace, amplitude, spiked, color in zip(voltage, amplitudes, fired, colors, strict=True):
        traces.plot(time, trace, color=color, linewidth=style.CURVE if spiked else style.THIN)
        current = np.where((time >= onset) & (time < onset + pulse), amplitude, 0)
        pulses.plot(time, current, color=color, linewidth=style.GUIDE)
    for spike, side in ((0, 1), (-1, -1)):
        if fired.any():
            which = np.flatnonzero(fired)[spike]
            at = time[voltage[which].argmax()] + 0.35 * side
            words = f"pulse {amplitudes[which]:g}"
            traces.text(at, 30, words, ha="left" if side > 0 else "right", va="center", fontsize=style.SMALL)
    traces.text(time[-1], -58, "no spike" if not fired.all() else "", ha="right", fontsize=style.SMALL, color="#666666")
    traces.set(ylabel="potential (mV)", xlim=(0, time[-1]), ylim=(-85, 60), title="After each pulse")
    traces.tick_params(labelbottom=False)
    pulses.set(xlabel="time (ms)", ylabel="µA/cm²", xlim=(0, time[-1]))
    # The jump is the message: no line leads across it.
    height.scatter(amplitudes, peaks, c=colors, s=30, zorder=3)
    height.set(ylabel="peak (mV)", ylim=(-85, 60), title="How tall?")
    height.tick_params(labelbottom=False)
    when.scatter(
        amplitudes[fired], delays[fired], c=[c for c, f in zip(colors, fired, strict=True) if f], s=30, zorder=3
    )
    when.set(xlabel="pulse (µA/cm²)", ylabel="spike after (ms)", title="How soon?", xlim=height.get_xlim())
    when.set_ylim(0, 1.15 * max([*delays[fired], 1]))
    words = [f"Membrane potentials after {counted(len(fired), 'pulse')} of growing strength:"]
    words.append(f"{int((~fired).sum())} stay below 0 mV, {int(fired.sum())} become spikes.")
    if fired.any() and not fired.all():
        low, high = amplitudes[~fired].max(), amplitudes[fired].min()
        for ax in (height, when):
            ax.axvspan(low, high, color=style.COLORS["yellow"], alpha=0.35, linewidth=0)
        height.text((low + high) / 2, -20, "threshold", rotation=90, ha="center", va="center", fontsize=style.SMALL)
        words.append(f"The peak jumps between {low:g} and {high:g} µA/cm².")
    if fired.any():
        words.append(
            f"The peaks of the spikes lie between {peaks[fired].min():.0f} and {peaks[fired].max():.0f} mV, their "
            f"delays between {delays[fired].min():.1f} and {delays[fired].max():.1f} ms."
        )
    return describe(fig, " ".join(words))


# --- the network ---------------------------------------------------------------------------------------------------

_PLACES = {"x": (0.75, 2.0), "h0": (3.45, 3.15), "h1": (3.45, 0.85), "z": (6.6, 2.0), "response": (8.75, 2.0)}
_EDGES = (("x", "h0", "w00"), ("x", "h1", "w01"), ("h0", "z", "w10"), ("h1", "z", "w11"), ("z", "response", None))


class NetworkPicture:
    """The two-path network as a diagram, drawn from its parameters, and the values that flow through it.

    Args:
        parameters: the seven numbers by name.
    """

    def __init__(self, parameters: Mapping[str, float]) -> None:
        self.parameters = dict(parameters)

    def draw(self, fig: Figure) -> dict[str, Any]:
        """Draw the diagram on the whole of an empty figure.

        Args:
            fig: the figure.

        Returns:
            What `update` moves. Labels never change, but a panel must draw them again on top of the edges, which do.
        """
        ax = fig.add_axes((0, 0, 1, 1), xlim=(0, 9.5), ylim=(-0.35, 4.35))
        ax.axis("off")
        artists: dict[str, Any] = {"edges": {}, "labels": {}, "texts": {}, "nodes": {}}
        for start, end, weight in _EDGES:
            self._edge(ax, artists, start, end, weight)
        _node(ax, artists, "x", "x")
        for name, bias, side in (("h0", "b00", 0.98), ("h1", "b01", -0.98), ("z", "b_final", 0.98)):
            _node(ax, artists, name, None)
            x, y = _PLACES[name]
            label = style.with_minus(f"{bias} = {number(self.parameters[bias])}")
            ax.text(x, y + side, label, ha="center", va="center", fontsize=style.NORMAL)
            ax.add_patch(_arrow((x, y + 0.82 * side), (x, y + 0.58 * side), style.OWN, style.GUIDE))
        ax.text(0.75, 1.15, "stimulus", ha="center", fontsize=style.NORMAL)
        ax.text(8.85, 1.3, "response", ha="center", fontsize=style.NORMAL)
        look = {"fontsize": style.NORMAL, "va": "center", "color": style.OWN, "linespacing": 1.3}
        for name, x, y, side in (
            ("h0", 4.12, 3.62, "left"),
            ("h1", 4.12, 0.38, "left"),
            ("s0", 5.4, 3.0, "center"),
            ("s1", 5.4, 1.0, "center"),
            ("z", 6.6, 1.2, "center"),
        ):
            artists["texts"][name] = ax.text(x, y, "", ha=side, **look)
        artists["texts"]["response"] = ax.text(
            8.85, 2.0, "r", **{**look, "fontsize": style.LARGE}, ha="center", weight="bold"
        )
        return artists

    def update(self, artists: dict[str, Any], values: Mapping[str, Any]) -> str:
        """Write the values of one stimulus into the diagram: what is silent turns pale.

        Args:
            artists: what `draw` returned.
            values: x, z0, h0, s0, z1, h1, s1, z, response, one number each.

        Returns:
            One sentence that says what flows.
        """
        v = {name: scalar(value) for name, value in values.items()}
        texts = artists["texts"]
        texts["x"].set_text(style.with_minus(number(v["x"], 3)))
        texts["response"].set_text(style.with_minus(number(v["response"], 4)))
        for name, shown in (
            ("h0", ("z0", "h0")),
            ("h1", ("z1", "h1")),
            ("s0", ("s0",)),
            ("s1", ("s1",)),
            ("z", ("z",)),
        ):
            texts[name].set_text(style.with_minus("\n".join(f"{one} = {number(v[one])}" for one in shown)))
        for (start, _), (line, color, width) in artists["edges"].items():
            awake = v["response" if start == "z" else start] != 0
            line.set_color(color if awake else SILENT)
            line.set_linewidth(width if awake else style.GUIDE)
        for name, (circle, inside) in artists["nodes"].items():
            awake = v["response" if name == "z" else name] != 0
            circle.set_facecolor("#FCE7D6" if awake else "white")
            inside.set_color(style.OWN if awake or name == "x" else "#B5B5B5")
        paths = [name for name, key in (("upper", "h0"), ("lower", "h1")) if v[key] > 0]
        active = {0: "no path is", 1: f"only the {' '.join(paths)} path is", 2: "both paths are"}[len(paths)]
        return f"At dose {number(v['x'], 3)} {active} active, and the response is {number(v['response'], 4)}."

    def _edge(self, ax: Axes, artists: dict[str, Any], start: str, end: str, weight: str | None) -> None:
        strength = self.parameters[weight] if weight else 1.0
        color = (style.EXCITATORY if strength > 0 else style.INHIBITORY) if weight else style.OWN
        # Weights from 1.7 to -40.8 share one picture, so the width follows their logarithm.
        width = 1.0 + 1.3 * math.log10(1 + abs(strength)) if weight else style.THIN
        (x0, y0), (x1, y1) = _PLACES[start], _PLACES[end]
        distance = math.hypot(x1 - x0, y1 - y0)
        away, near = (0.46 if start == "x" else 0.56) / distance, (0.34 if end == "response" else 0.62) / distance
        # The end of an edge tells its sign without its colour: an arrow excites, a bar inhibits.
        head = "-|>" if strength > 0 else "-[,widthB=0.5,lengthB=0"
        line = _arrow(
            (x0 + (x1 - x0) * away, y0 + (y1 - y0) * away),
            (x1 - (x1 - x0) * near, y1 - (y1 - y0) * near),
            color,
            width,
            head,
        )
        ax.add_patch(line)
        artists["edges"][start, end] = (line, color, width)
        if weight:
            artists["labels"][weight] = ax.text(
                (x0 + x1) / 2,
                (y0 + y1) / 2,
                style.with_minus(f"{weight} = {number(strength)}"),
                ha="center",
                va="center",
                fontsize=style.NORMAL,
                color=style.ink(color),
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
                zorder=4,
            )


def _node(ax: Axes, artists: dict, name: str, text: str | None) -> None:
    """A circle, with a small ReLU in it where it has no text."""
    x, y = _PLACES[name]
    circle = Circle(
        (x, y), 0.42 if text else 0.53, facecolor="white", edgecolor=style.OWN, linewidth=style.THIN, zorder=5
    )
    ax.add_patch(circle)
    inside: Any
    if text:
        inside = ax.text(x, y, text, ha="center", va="center", fontsize=style.LARGE, fontweight="bold", zorder=6)
        artists["texts"][name] = inside
    else:
        (inside,) = ax.plot(
            [x - 0.3, x, x + 0.3], [y - 0.17, y - 0.17, y + 0.25], color=style.OWN, linewidth=style.CURVE, zorder=6
        )
    artists["nodes"][name] = (circle, inside)


@style.styled
def plot_network(parameters: Mapping[str, float], values: Mapping[str, Any] | None = None) -> Figure:
    """The network as a diagram; with `values`, what flows through it for one stimulus.

    Args:
        parameters: the seven numbers by name.
        values: x, z0, h0, s0, z1, h1, s1, z, response of one stimulus.

    Returns:
        The figure.
    """
    fig, picture = style.new_figure(3.4), NetworkPicture(parameters)
    artists = picture.draw(fig)
    if values is not None:
        return describe(fig, f"What flows through the network. {picture.update(artists, values)}")
    p = {name: number(value) for name, value in parameters.items()}
    return describe(
        fig,
        f"The stimulus x feeds an upper ReLU (w00 = {p['w00']}, b00 = {p['b00']}) and a lower one (w01 = {p['w01']}, "
        f"b01 = {p['b01']}). Weighted by w10 = {p['w10']} and w11 = {p['w11']} they meet b_final = {p['b_final']} in "
        "the output ReLU.",
    )


@style.styled
def plot_responses(
    doses: Any,
    responses: Any,
    fine_doses: Any,
    fine_responses: Any,
    title: str,
    observed: tuple[Any, Any] | None = None,
) -> Figure:
    """Responses to a few doses, on top of the network's response to every dose between.

    Args:
        doses: (n,) the doses tried.
        responses: (n,) the responses to them.
        fine_doses: (m,) many doses.
        fine_responses: (m,) the responses to those.
        title: of the figure.
        observed: stimuli and responses that the network shall reproduce, marked by crosses.

    Returns:
        The figure.
    """
    doses, responses, fine = as_array(doses, float), as_array(responses, float), as_array(fine_responses, float)
    fig = style.new_figure(2.9)
    ax = fig.add_axes((0.085, 0.18, 0.895, 0.7))
    ax.plot(as_array(fine_doses, float), fine, color=style.OWN, linewidth=style.THIN, label="every dose")
    ax.plot(doses, responses, "o", color=style.OWN, label=counted(len(doses), "dose"), zorder=3, clip_on=False)
    top = max(fine.max(), responses.max(), 0.1)
    if observed is not None:
        seen = [as_array(values, float) for values in observed]
        ax.plot(*seen, "X", color=style.EXAMPLES, markersize=9, markeredgecolor="white", label="observed", zorder=4)
        top = max(top, seen[1].max())
    ax.set(xlabel=DOSE, ylabel="response", ylim=(-0.04 * top, 1.18 * top), title=title)
    best = int(np.argmax(responses))
    answered = int((responses > 1e-9).sum())
    words = f"{title}: above 0 at {answered} of {counted(len(doses), 'dose')}"
    if responses[best] > 0:
        ax.annotate(
            number(responses[best], 4),
            (doses[best], responses[best]),
            xytext=(8, 1),
            textcoords="offset points",
            fontsize=style.NORMAL,
            fontweight="bold",
        )
        words += f", at most {number(responses[best], 4)}, at dose {number(doses[best], 3)}"
    if observed is not None:
        words += "; crosses mark what was observed"
        if np.array_equal(seen[0], doses):
            missed = float(np.abs(responses - seen[1]).max())
            words += f", missed by at most {number(missed, 2)}" if missed > 1e-6 else ", met at every dose"
    ax.legend(loc="upper right")
    return describe(fig, f"{words}.")


@style.styled
def plot_two_paths(trace: Mapping[str, Any], b_final: float) -> Figure:
    """What each path delivers at every dose, their sum, and what the output ReLU leaves of it.

    Args:
        trace: x, s0, s1, z, response, each (n,).
        b_final: the bias already contained in z.

    Returns:
        The figure.
    """
    x = as_array(trace["x"], float)
    fig = style.new_figure(2.6)
    axes = fig.subplots(1, 4, sharex=True, sharey=True)
    fig.subplots_adjust(left=0.09, right=0.985, bottom=0.21, top=0.83, wspace=0.1)
    parts = (
        ("s1", "lower path", style.EXCITATORY),
        ("s0", "upper path", style.INHIBITORY),
        ("z", f"sum, b_final = {number(b_final)}", style.OWN),
        ("response", "after the ReLU", style.OWN),
    )
    said = []
    for ax, (name, title, color) in zip(axes, parts, strict=True):
        curve = as_array(trace[name], float)
        ax.axhline(0, color=style.TRUTH, linewidth=style.GUIDE)
        ax.plot(x, curve, color=color)
        ax.set_title(title, fontsize=style.NORMAL)
        ax.set(xlabel="dose", xticks=[0, 0.5, 1], xticklabels=["0", "0.5", "1"])
        extreme = int(np.abs(curve).argmax())
        said.append(f"{title.split(',')[0]} {number(curve[extreme], 3)} (at dose {number(x[extreme], 2)})")
    axes[0].set_ylabel("signal")
    return describe(fig, f"Four panels against dose, with the value farthest from 0: {', '.join(said)}.")


# --- learning ------------------------------------------------------------------------------------------------------


@style.styled
def plot_loss(b: Any, losses: Any, path: Any, path_losses: Any) -> Figure:
    """The summed loss for every b_final, with the steps of a training run on it, and its lowest part enlarged.

    Args:
        b: (n,) values of b_final, ascending.
        losses: (n,) the summed loss at them.
        path: (k,) the values of b_final that training went through.
        path_losses: (k,) the summed loss at those.

    Returns:
        The figure.
    """
    b, losses, path, path_losses = (as_array(values, float) for values in (b, losses, path, path_losses))
    lowest = int(losses.argmin())
    # Left of the valley, as far as the loss does not change, lies the plateau.
    flat = b[: lowest + 1][np.isclose(losses[: lowest + 1], losses[0], atol=1e-9)]
    edge = flat.max()
    fig = style.new_figure(3.3)
    whole, valley = fig.add_axes((0.085, 0.15, 0.47, 0.73)), fig.add_axes((0.65, 0.15, 0.335, 0.73))
    for ax in (whole, valley):
        ax.axvspan(b[0], edge, color=SILENT, alpha=0.5, linewidth=0)
        ax.plot(b, losses, color=style.TRUTH, linewidth=style.CURVE)
        ax.plot(path, path_losses, "o", color=style.OWN, markersize=5, zorder=3)
        ax.set(xlabel="b_final", ylabel="summed loss")
    left, right, top = edge - 1.2, 2 * b[lowest] - edge + 0.8, 3.2 * losses[0]
    whole.set(xlim=(b[0], b[-1]), ylim=(-0.05 * losses.max(), 1.02 * losses.max()), title="The whole way")
    valley.set(xlim=(left, right), ylim=(-0.04 * top, top), title="The valley, enlarged")
    whole.add_patch(
        mpl.patches.Rectangle(
            (left, -0.03 * losses.max()), right - left, 0.06 * losses.max(), fill=False, color=style.OWN, lw=style.GUIDE
        )
    )
    whole.annotate(
        "start",
        (path[0], path_losses[0]),
        xytext=(-6, 6),
        textcoords="offset points",
        ha="right",
        fontsize=style.NORMAL,
    )
    valley.text(
        (left + edge) / 2, losses[0] * 1.12, "plateau:\nslope 0", ha="center", va="bottom", fontsize=style.NORMAL
    )
    valley.text(b[lowest], losses[0] * 1.6, f"lowest at {number(b[lowest], 4)}", ha="center", fontsize=style.NORMAL)
    return describe(
        fig,
        f"The summed loss against b_final: a valley with its lowest point, {number(losses[lowest], 3)}, at "
        f"{number(b[lowest], 4)}, and a plateau of height {number(losses[0], 3)} left of {number(edge, 4)}. The dots "
        f"of {counted(len(path), 'epoch')} start at {number(path[0], 4)}, where the loss is "
        f"{number(path_losses[0], 4)}, and end at {number(path[-1], 4)}.",
    )


@style.styled
def plot_training(losses: Any, path: Any, best: float) -> Figure:
    """Loss of every epoch on a logarithmic axis, and the path of b_final.

    Args:
        losses: (epochs,) summed loss before each step.
        path: (epochs + 1,) b_final from its start on.
        best: the value that b_final should reach.

    Returns:
        The figure.
    """
    losses, path = as_array(losses, float), as_array(path, float)
    fig = style.new_figure(2.9)
    left, right = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.1, right=0.985, bottom=0.18, top=0.87, wspace=0.27)
    left.semilogy(
        np.arange(1, len(losses) + 1),
        np.maximum(losses, LOSS_FLOOR),
        ".-",
        color=style.OWN,
        markersize=4,
        lw=style.THIN,
    )
    left.set(xlabel="epoch", ylabel="summed loss", title="Loss")
    right.plot(path, ".-", color=style.OWN, markersize=4, linewidth=style.THIN)
    style.best_line(right, best, f"lowest loss at {number(best)}")
    right.set(xlabel="epoch", ylabel="b_final", title="Path of b_final")
    near = next((epoch for epoch, b in enumerate(path) if abs(b - best) < 0.1), None)
    arrival = (
        f"comes within 0.1 of {number(best)} after {counted(near, 'epoch')}"
        if near is not None
        else f"ends at {number(path[-1])}"
    )
    return describe(
        fig,
        f"Left: the summed loss falls from {number(losses[0], 5)} to {max(losses[-1], LOSS_FLOOR):.0e} in "
        f"{counted(len(losses), 'epoch')}, on a logarithmic axis. Right: b_final starts at "
        f"{number(path[0])} and {arrival}.",
    )


@style.styled
def plot_closed_form(epochs: Any, path: Any, formula: Any, goal: float) -> Figure:
    """Training's path with the closed form on it, and the error's size on a logarithmic axis.

    Args:
        epochs: (n,) numbers of epochs.
        path: (n,) b_final after them.
        formula: (n,) b_final according to the closed form.
        goal: the value both approach.

    Returns:
        The figure.
    """
    epochs, path, formula = as_array(epochs, float), as_array(path, float), as_array(formula, float)
    fig = style.new_figure(2.9)
    left, right = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.1, right=0.985, bottom=0.18, top=0.87, wspace=0.27)
    left.plot(epochs, path, color=style.TRUTH, linewidth=2 * style.STRONG, alpha=0.5, label="training")
    left.plot(epochs, formula, color=style.OWN, linewidth=style.THIN, label="your closed form")
    left.set(xlabel="epoch", ylabel="b_final", title="Two ways to the same path")
    left.legend()
    for values, color, width in ((path, style.TRUTH, 2 * style.STRONG), (formula, style.OWN, style.THIN)):
        right.semilogy(
            epochs, np.abs(values - goal), color=color, linewidth=width, alpha=0.5 if width > style.STRONG else 1
        )
    right.set(xlabel="epoch", ylabel=f"distance to {number(goal)}", title="A straight line: a constant factor")
    apart = float(np.abs(path - formula).max())
    return describe(
        fig,
        f"b_final by training and by the closed form, never more than {max(apart, 1e-12):.0e} apart: from "
        f"{number(path[0], 4)} to {number(path[-1], 4)}. Its distance to {number(goal)} is a straight line on a "
        "logarithmic axis.",
    )


@style.styled
def plot_learning_rates(
    paths: Mapping[float, Any], rates: Any, final_losses: Any, limit: float, silent: float
) -> Figure:
    """Paths of b_final for a few learning rates, and the loss that is left for many.

    Args:
        paths: learning rate -> path of b_final.
        rates: (n,) learning rates, ascending.
        final_losses: (n,) loss after training with each.
        limit: learning rate at which the first step silences the network.
        silent: b_final at and below which every response is 0.

    Returns:
        The figure.
    """
    rates, final = as_array(rates, float), np.maximum(as_array(final_losses, float), LOSS_FLOOR)
    lines = {rate: as_array(path, float) for rate, path in paths.items()}
    fig = style.new_figure(3.4)
    left, right = fig.subplots(1, 2)
    fig.subplots_adjust(left=0.09, right=0.985, bottom=0.15, top=0.88, wspace=0.26)
    for (rate, path), color, marker in zip(lines.items(), style.in_order(len(lines)), "osD^vPX*", strict=False):
        left.plot(path, color=color, marker=marker, markersize=5, linewidth=style.THIN, label=f"{rate:g}")
    lowest = min(path.min() for path in lines.values())
    floor = min(lowest, silent) - 8
    left.axhspan(floor, silent, color=SILENT, alpha=0.5, linewidth=0)
    left.text(0.98, 0.03, "silent: no slope, no way back", transform=left.transAxes, ha="right", fontsize=style.SMALL)
    left.set(xlabel="epoch", ylabel="b_final", ylim=(floor, 16), title=f"{len(lines)} learning rates")
    left.xaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True))
    left.legend(title="learning rate", ncols=3, loc="upper right")
    right.semilogy(rates, final, color=style.OWN)
    right.axvline(limit, color=style.OTHER, linewidth=style.THIN, linestyle=style.DASHED)
    right.text(limit - 0.02, 3e-6, f"first step silences\nfrom {limit:.3f} on", fontsize=style.SMALL, ha="right")
    right.axvline(1, color=style.TRUTH, linewidth=style.THIN, linestyle=style.DOTTED)
    right.text(0.98, 3e-11, "limit of the\nplain parabola", fontsize=style.SMALL, ha="right", color="#666666")
    right.set(xlabel="learning rate", ylabel="loss after training", ylim=(LOSS_FLOOR / 3, 30), xlim=(0, rates.max()))
    right.set_title("What is left of the loss")
    silenced = [f"{rate:g}" for rate, path in lines.items() if path.min() <= silent]
    fate = f"{', '.join(silenced)} lands in the silent zone and stays" if silenced else "none falls silent"
    good = rates[final < 1e-9]
    span = f"below 1e-9 for rates from {good.min():.2f} to {good.max():.2f}" if good.size else "nowhere below 1e-9"
    return describe(
        fig,
        f"Left: paths of b_final for the learning rates {', '.join(f'{rate:g}' for rate in lines)}; {fate}. "
        f"Right: the loss after training is {span}, and the first step silences the network from {limit:.3f} on.",
    )


@style.styled
def plot_response_slope(loss_path: Any, response_path: Any, best: float, silent: float) -> Figure:
    """b_final along the slope of the loss, and along the slope of the response.

    Args:
        loss_path: (n,) b_final along the slope of the loss.
        response_path: (n,) b_final along the slope of the response.
        best: the value of lowest loss.
        silent: the value at which the network falls silent.

    Returns:
        The figure.
    """
    loss_path, response_path = as_array(loss_path, float), as_array(response_path, float)
    fig = style.new_figure(2.9)
    ax = fig.add_axes((0.085, 0.18, 0.9, 0.7))
    floor = min(silent, response_path.min()) - 1.5
    ax.axhspan(floor, silent, color=SILENT, alpha=0.5, linewidth=0)
    ax.text(1, silent - 0.25, "every response is 0", fontsize=style.SMALL, va="top")
    ax.plot(loss_path, color=style.OWN)
    ax.plot(response_path, color=style.OTHER, linestyle=style.DASHED)
    for path, share, name, color in (
        (loss_path, 0.65, "along the slope of the loss", style.OWN),
        (response_path, 0.35, "along the slope of the response", style.OTHER),
    ):
        at = int(np.abs(path - share * best).argmin())
        beside = {"xytext": (8, 3), "textcoords": "offset points", "fontsize": style.NORMAL}
        ax.annotate(name, (at, path[at]), color=style.ink(color), **beside)
    style.best_line(ax, best, f"lowest loss at {number(best)}")
    ax.set(xlabel="epoch", ylabel="b_final", ylim=(floor, 1), title="Two slopes to follow")
    passed = next((epoch for epoch, b in enumerate(response_path) if b < best), None)
    past = f"passes it after epoch {passed} and ends at" if passed is not None else "does not reach it by its end,"
    return describe(
        fig,
        f"Along the slope of the loss b_final ends at {number(loss_path[-1], 4)}; the lowest loss is at "
        f"{number(best)}. Along the slope of the response it {past} {number(response_path[-1], 4)}.",
    )


@style.styled
def plot_step(doses: Any, bump: Any, step: Any, threshold: float, width: float) -> Figure:
    """The source's response and a true step, at every dose of the same fine grid.

    Args:
        doses: (n,) fine grid.
        bump: (n,) responses of the source's network.
        step: (n,) responses of the step network.
        threshold: dose from which the step is complete.
        width: distance over which it climbs.

    Returns:
        The figure.
    """
    doses, curves = as_array(doses, float), (as_array(bump, float), as_array(step, float))
    fig = style.new_figure(2.9)
    axes = fig.subplots(1, 2, sharex=True, sharey=True)
    fig.subplots_adjust(left=0.085, right=0.985, bottom=0.18, top=0.87, wspace=0.1)
    axes[1].axvspan(threshold - width, threshold, color=style.COLORS["yellow"], alpha=0.35, linewidth=0)
    axes[1].axvline(threshold, color=style.TRUTH, linestyle=style.DASHED, linewidth=style.GUIDE)
    axes[1].text(threshold + 0.02, 0.1, "threshold", fontsize=style.SMALL)
    shares = []
    for ax, curve, color, title in zip(
        axes, curves, (style.TRUTH, style.OWN), ("The source's numbers", "Your numbers"), strict=True
    ):
        ax.plot(doses, curve, color=color)
        ax.set(xlabel=DOSE, title=title, ylim=(-0.06, max(1.25, 1.1 * curve.max())))
        shares.append((number(curve.max(), 3), number(curve[-1], 3)))
    axes[0].set_ylabel("response")
    return describe(
        fig,
        f"Left: the source's response reaches {shares[0][0]} and is {shares[0][1]} at the highest dose. Right: yours "
        f"reaches {shares[1][0]} and is {shares[1][1]} at the highest dose; the threshold is {threshold:g}.",
    )


@style.styled
def plot_outcomes(doses: Any, curves: Mapping[str, Any], observed: tuple[Any, Any]) -> Figure:
    """Responses in which training ended, one of each kind, beside the observations they were to reproduce.

    Args:
        doses: (n,) fine grid.
        curves: label -> (n,) responses; at most four.
        observed: stimuli and observed responses.

    Returns:
        The figure.
    """
    fig = style.new_figure(3.2)
    ax = fig.add_axes((0.085, 0.16, 0.68, 0.73))
    looks = (
        (style.OWN, "-"),
        (style.OTHER, style.DASHED),
        (style.COLORS["sky"], style.DASH_DOT),
        (style.TRUTH, style.DOTTED),
    )
    doses, ends = as_array(doses, float), []
    for (label, curve), (color, line) in zip(curves.items(), looks, strict=False):
        (drawn,) = ax.plot(doses, as_array(curve, float), color=color, linestyle=line)
        ends.append((doses[-1], drawn.get_ydata()[-1], label, color))
    ax.plot(
        *(as_array(values, float) for values in observed),
        "X",
        color=style.EXAMPLES,
        markersize=9,
        markeredgecolor="white",
        label="observed",
        zorder=4,
    )
    top = 1.15 * max(1.0, *(end[1] for end in ends))
    ax.set(xlabel=DOSE, ylabel="response", ylim=(-0.08, top), xlim=(doses[0] - 0.02, doses[-1] + 0.02))
    ax.set_title("Where training ended: one network of each kind")
    ax.legend(loc="upper left")
    style.name_ends(ax, ends, away=9)
    # How many networks ended where differs between machines; the kinds do not.
    kinds = ", ".join(label.split(" (")[0] for label in curves)
    return describe(fig, f"Responses of trained networks beside the observations, one of each kind: {kinds}.")
