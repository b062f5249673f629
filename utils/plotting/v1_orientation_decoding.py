"""Figures of notebook 04: a V1 population, what is decoded from it, and how well."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from utils.page.figures import describe
from utils.page.numbers import approx, counted
from utils.plotting import style
from utils.plotting.gratings import angle_ring

# Neurons and conditions that are told apart by colour alone have lines of their own as well.
SERIES = (
    (style.COLORS["blue"], "-"),
    (style.COLORS["vermillion"], style.DASHED),
    (style.COLORS["green"], style.DASH_DOT),
)
_EDGE = 20  # degrees next to the wrap
_DOT = {"markersize": 3.4, "alpha": 0.75, "markeredgewidth": 0, "linestyle": "none", "marker": "o"}


def turn_ticks(period: float) -> list[float]:
    """Quarters of a period, for an axis of angles.

    Args:
        period: in degrees.

    Returns:
        Five numbers from 0 to the period.
    """
    return [period * quarter / 4 for quarter in range(5)]


def plain_ticks(axis, values: Sequence[float]) -> None:
    """Write the values themselves on a logarithmic axis, and nothing between them.

    Args:
        axis: an axis of Matplotlib.
        values: where ticks stand.
    """
    axis.set_major_locator(FixedLocator(values))
    axis.set_major_formatter(FixedFormatter([f"{value:,g}" for value in values]))
    axis.set_minor_locator(NullLocator())


@style.styled
def plot_data_matrix(
    responses: torch.Tensor, stimuli: torch.Tensor, cells: Sequence[int], period: float = 360, shown: int = 100
) -> Figure:
    """Responses of the first neurons as a heat map, and tuning curves of up to three of them.

    Args:
        responses: (n_stimuli, n_neurons).
        stimuli: (n_stimuli, 1) in degrees, ascending.
        cells: numbers of neurons among those shown.
        period: of the angle.
        shown: neurons in the heat map.

    Returns:
        The figure, with its words.
    """
    picture = responses[:, :shown].numpy().T
    degrees = stimuli[:, 0].numpy()
    fig = style.new_figure(3.7)
    cells = sorted(int(cell) for cell in cells)[: len(SERIES)]
    left, *strips = fig.subplot_mosaic(
        [["matrix", f"{cell}"] for cell in cells], width_ratios=(1.25, 1), gridspec_kw={"hspace": 0.3}
    ).values()
    fig.subplots_adjust(0.09, 0.15, 0.97, 0.86, wspace=0.36)
    low, high = np.percentile(picture, (1, 99))
    edges = np.concatenate([degrees[:1], (degrees[1:] + degrees[:-1]) / 2, [period]])
    mesh = left.pcolormesh(
        edges,
        np.arange(len(picture) + 1),
        picture,
        cmap=style.SEQUENTIAL,
        vmin=low,
        vmax=max(high, low + 1e-9),
        rasterized=True,
    )
    left.set(xlabel="angle of the grating (degrees)", ylabel="neuron", xticks=turn_ticks(period), xlim=(0, period))
    left.set_ylim(len(picture), 0)
    left.set_title(f"{counted(len(picture), 'neuron')} of {responses.shape[1]:,}")
    left.grid(False)
    bar = fig.colorbar(mesh, ax=left, pad=0.03, fraction=0.06)
    bar.ax.set_title("response", fontsize=style.SMALL, fontweight="normal", loc="left", pad=6)
    peaks = {}
    top = max(float(responses[:, cell].max()) for cell in cells)
    bottom = min(float(responses[:, cell].min()) for cell in cells)
    # In the order of their numbers: a neuron that comes again has its colour again.
    for ax, cell, (color, _) in zip(strips, cells, SERIES, strict=False):
        curve = responses[:, cell].numpy()
        ax.fill_between(degrees, curve, min(bottom, 0), color=color, alpha=0.25, linewidth=0)
        ax.plot(degrees, curve, color=color, linewidth=style.THIN, label=f"neuron {cell}")
        ax.set(xticks=turn_ticks(period), xticklabels=[], xlim=(0, period), ylim=(min(bottom, 0), 1.05 * top))
        # Its name stands in the half that the peak leaves free.
        late = degrees[curve.argmax()] > period / 2
        corner = {"transform": ax.transAxes, "fontsize": style.NORMAL, "color": style.ink(color), "va": "top"}
        ax.text(0.02 if late else 0.98, 0.98, f"neuron {cell}", ha="left" if late else "right", **corner)
        peaks[cell] = float(degrees[curve.argmax()])
        left.annotate(
            "", (0, cell + 0.5), xytext=(-7, 0), textcoords="offset points",
            arrowprops={"arrowstyle": "-|>", "color": color, "linewidth": style.THIN, "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
    strips[0].set_title(f"{counted(len(peaks), 'tuning curve')}")
    strips[len(strips) // 2].set_ylabel("response")
    strips[-1].set(xlabel="angle of the grating (degrees)", xticklabels=[f"{tick:g}" for tick in turn_ticks(period)])
    named = ", ".join(f"neuron {cell} at {approx(peak, 3)} degrees" for cell, peak in peaks.items())
    return describe(
        fig,
        f"Left: a heat map of {counted(len(picture), 'neuron')} over {counted(len(degrees), 'angle')} of the grating. "
        f"Right: {counted(len(peaks), 'tuning curve')}, with the highest response of {named}.",
    )


@style.styled
def plot_random_neurons(
    responses: torch.Tensor, stimuli: torch.Tensor, cells: Sequence[int], shares: torch.Tensor, period: float = 360
) -> Figure:
    """Responses of neurons taken at random, one small panel each, on one scale.

    Args:
        responses: (n_stimuli, n_neurons).
        stimuli: (n_stimuli, 1) in degrees.
        cells: numbers of up to eight neurons.
        shares: (n_neurons,) tuning's part of each neuron's variance.
        period: of the angle.

    Returns:
        The figure, with its words.
    """
    fig = style.new_figure(3.2)
    axes = fig.subplots(2, 4, sharex=True, sharey=True)
    fig.subplots_adjust(0.08, 0.16, 0.98, 0.9, wspace=0.12, hspace=0.38)
    # The mean over a twenty-fourth of the period, where there are stimuli.
    which = (stimuli[:, 0] * 24 / period).long().clamp(0, 23)
    present = which.unique().tolist()
    groups, middle = [which == k for k in present], [(k + 0.5) * period / 24 for k in present]
    for ax, cell in zip(axes.flat, cells, strict=False):
        ax.plot(stimuli[:, 0], responses[:, cell], ".", color=style.TRUTH, markersize=2.5, alpha=0.7)
        ax.plot(middle, [float(responses[near, cell].mean()) for near in groups], color=style.OWN, linewidth=style.THIN)
        ax.set_title(
            f"neuron {cell}: {100 * max(float(shares[cell]), 0):.0f} %", fontsize=style.NORMAL, fontweight="normal"
        )
        ax.set(xticks=[0, period / 2], xlim=(0, period))
    for ax in axes.flat[len(cells) :]:
        ax.set_axis_off()
    fig.supxlabel("angle of the grating (degrees); line: mean; per cent: tuning's part", fontsize=style.NORMAL)
    fig.supylabel("response", fontsize=style.NORMAL)
    clear = sum(float(shares[cell]) > 0.2 for cell in cells)
    return describe(
        fig,
        f"Responses of {counted(len(cells), 'neuron')} taken at random, dots over the angle: tuning holds more "
        f"than 20 % of the variance in {clear} of them; the others look like noise.",
    )


@style.styled
def plot_population_structure(
    shares: torch.Tensor, scores: torch.Tensor, stimuli: torch.Tensor, period: float = 360
) -> Figure:
    """Leading principal components, coloured by angle, and how much variance each holds.

    Args:
        shares: (n_stimuli,) part of the variance, largest first.
        scores: (n_stimuli, n_stimuli) components in columns, in the same order.
        stimuli: (n_stimuli, 1) in degrees.
        period: of the angle.

    Returns:
        The figure, with its words.
    """
    fig = style.new_figure(4.6)
    above = [fig.add_axes((0.07 + 0.335 * column, 0.45, 0.27, 0.42)) for column in range(2)]
    for ax, (first, second) in zip(above, ((0, 1), (2, 3)), strict=True):
        x, y = scores[:, first], scores[:, second]
        ax.scatter(x, y, c=stimuli[:, 0], cmap=style.CYCLIC, vmin=0, vmax=period, s=16, linewidths=0)
        ax.set(xlabel=f"component {first + 1}", ylabel=f"component {second + 1}", xticks=[], yticks=[])
        ax.set_title(f"Components {first + 1} and {second + 1}")
        ax.set_aspect("equal", adjustable="datalim")
        ax.margins(0.12)
    angle_ring(fig.add_axes((0.71, 0.42, 0.29, 0.46)), period)
    below = fig.add_axes((0.1, 0.11, 0.87, 0.2))
    n = min(20, len(shares))
    percent = 100 * np.asarray(shares[:n])
    below.bar(np.arange(1, n + 1), percent, color=style.TRUTH, width=0.75)
    below.set(xlabel="component", ylabel="variance (%)", xlim=(0.3, n + 0.7))
    below.set_xticks([k for k in (1, 5, 10, 15, 20) if k <= n])
    below.grid(axis="x", visible=False)
    rings = strongest_harmonics(scores[:, :4])
    words = " and ".join(
        f"components {pair[0]} and {pair[1]} follow {_times(rings[pair[0] - 1], rings[pair[1] - 1])}"
        for pair in ((1, 2), (3, 4))
    )
    return describe(
        fig,
        f"Points for {counted(len(stimuli), 'stimulus', 'stimuli')}, coloured by angle: {words}. Bars below: "
        f"component 1 holds {approx(percent[0], 2)} % of the variance, component {n} {approx(percent[-1], 1)} %. "
        "A ring of gratings says which colour is which angle.",
    )


def strongest_harmonics(scores: torch.Tensor) -> list[int]:
    """How often each component goes round while the angle goes round once.

    Args:
        scores: (n_stimuli, n_components) at evenly spaced angles.

    Returns:
        One number for each component.
    """
    power = torch.fft.rfft(scores.T.contiguous()).abs().square()
    power[:, 0] = 0
    return power.argmax(1).tolist()


def _times(first: int, second: int) -> str:
    if first != second:
        return f"{first} and {second} times the angle"
    return "the angle" if first == 1 else "twice the angle" if first == 2 else f"{first} times the angle"


@style.styled
def plot_decoded_against_true(panels: Mapping[str, tuple[torch.Tensor, torch.Tensor]], period: float = 360) -> Figure:
    """Decoded against true angle, one panel for each entry.

    Args:
        panels: title -> (true, decoded), each (n, 1) in degrees. What is learned from has "training" in its title.
        period: of the angle.

    Returns:
        The figure, with its words.
    """
    fig = style.new_figure(3.25 if len(panels) < 3 else 2.9)
    axes = np.atleast_1d(fig.subplots(1, len(panels)))
    fig.subplots_adjust(0.09, 0.17, 0.97, 0.86, wspace=0.26)
    edge, words = _EDGE * period / 360, []
    for ax, (title, (true, decoded)) in zip(axes, panels.items(), strict=True):
        true, decoded = true[:, 0].numpy(), decoded[:, 0].detach().numpy()
        for side in ((0, edge), (period - edge, period)):
            ax.axvspan(*side, color=style.COLORS["yellow"], alpha=0.22, linewidth=0, zorder=0)
        ax.plot((0, period), (0, period), color=style.TRUTH, linewidth=style.GUIDE, zorder=1)
        ax.plot(true, decoded, color=style.EXAMPLES if "training" in title else style.OWN, **_DOT)
        low, high = min(-0.06 * period, decoded.min()), max(1.06 * period, decoded.max())
        ax.set(
            xlim=(-0.03 * period, 1.03 * period), ylim=(low, high), xticks=turn_ticks(period), yticks=turn_ticks(period)
        )
        ax.set_xlabel("true angle (degrees)")
        ax.set_title(title)
        off = np.abs(decoded - true)
        near = (true < edge) | (true >= period - edge)
        far = [int((off[part] > period / 6).sum()) for part in (near, ~near)]
        words.append(f"{title}, {far[0]} of {near.sum()} near the wrap and {far[1]} of {(~near).sum()} elsewhere")
    axes[0].set_ylabel("decoded (degrees)")
    return describe(
        fig,
        f"Decoded against true angle; a right answer lies on the diagonal. Further than {period / 6:g} degrees "
        f"from it lie: {'; '.join(words)}.",
    )


@style.styled
def plot_training_curve(
    losses: Sequence[float], published: Mapping[int, float], others: Sequence[Sequence[float]] = ()
) -> Figure:
    """Loss over iterations, on linear and logarithmic scales, with published values and other populations.

    Args:
        losses: before each step.
        published: iteration, counted from 1 -> loss; none where nothing can be compared.
        others: the same for other populations.

    Returns:
        The figure, with its words.
    """
    fig = style.new_figure(3.2)
    axes = fig.subplots(1, 2)
    fig.subplots_adjust(0.105, 0.17, 0.97, 0.87, wspace=0.28)
    steps = np.arange(1, len(losses) + 1)
    for ax, scale, last in zip(axes, ("linear", "log"), (min(50, len(losses)), len(losses)), strict=True):
        for number, other in enumerate(others):
            label = f"{counted(len(others), 'population')}, other seeds" if number == 0 else None
            ax.plot(steps[:last], other[:last], color=style.OTHER, linewidth=style.GUIDE, alpha=0.7, label=label)
        ax.plot(steps[:last], losses[:last], color=style.OWN, linewidth=style.CURVE, label="this network")
        chosen = {k: v for k, v in published.items() if k <= last}
        if chosen:
            ax.plot(
                list(chosen),
                list(chosen.values()),
                "o",
                color=style.TRUTH,
                markerfacecolor="white",
                label="published",
                zorder=5,
            )
        ax.set(xlabel="iteration", yscale=scale, xlim=(0, 1.03 * last))
        if scale == "linear":
            ax.set_ylim(0, 1.05 * max(losses))
    axes[0].set_ylabel("mean squared error (degrees²)")
    axes[0].set_title(f"The first {min(50, len(losses))} iterations")
    axes[1].set_title("All of them, logarithmic")
    axes[0].legend(loc="upper right")
    words = (
        f"The training loss falls from {approx(losses[0], 2)} to {approx(losses[-1], 1)} in {len(losses)} iterations."
    )
    if published:
        ratios = [losses[k - 1] / v for k, v in published.items()]
        words += f" It lies between {approx(min(ratios), 1)} and {approx(max(ratios), 1)} times the published values."
    return describe(fig, words)


@style.styled
def plot_activations(losses: Mapping[str, np.ndarray], functions: Mapping[str, Callable]) -> Figure:
    """Activation functions, their slopes, and the training loss of networks that use them.

    Args:
        losses: name -> (n_seeds, n_steps).
        functions: name -> function of a tensor.

    Returns:
        The figure, with its words.
    """
    fig = style.new_figure(3.0)
    axes = fig.subplots(1, 3, width_ratios=(1, 1, 1.3))
    fig.subplots_adjust(0.07, 0.18, 0.98, 0.86, wspace=0.36)
    z = torch.linspace(-6, 6, 241, requires_grad=True)
    for (name, function), (color, dashes) in zip(functions.items(), SERIES, strict=True):
        value = function(z)
        (slope,) = torch.autograd.grad(value.sum(), z)
        line = {"color": color, "linestyle": dashes, "linewidth": style.CURVE}
        axes[0].plot(z.detach(), value.detach(), label=name, **line)
        axes[1].plot(z.detach(), slope, **line)
        steps = np.arange(1, losses[name].shape[1] + 1)
        axes[2].plot(steps, losses[name].T, color=color, linestyle=dashes, linewidth=style.GUIDE)
    axes[0].set(xlabel="total input z", ylim=(-1.2, 3.2), title="Activity")
    axes[1].set(xlabel="total input z", ylim=(-0.05, 1.3), title="Slope")
    axes[2].set(xlabel="iteration", yscale="log", title="Training loss (degrees²)")
    axes[0].legend(loc="upper left", fontsize=style.SMALL)
    ends = ", ".join(f"{name} {approx(found[:, -1].mean(), 1)}" for name, found in losses.items())
    return describe(
        fig,
        "Left: activity of three kinds of unit over their total input. Middle: its slope, which for all but the ReLU "
        f"vanishes away from 0. Right: training loss of each seed; means at the end: {ends}.",
    )


@style.styled
def plot_ring(true: torch.Tensor, points: torch.Tensor, decoded: torch.Tensor, period: float = 360) -> Figure:
    """Outputs of a sine-cosine decoder in their plane, and decoded against true angle.

    Args:
        true: (n, 1) in degrees.
        points: (n, 2) sine, cosine.
        decoded: (n, 1) in degrees.
        period: of the angle.

    Returns:
        The figure, with its words.
    """
    fig = style.new_figure(2.9)
    left, right = fig.add_axes((0.095, 0.19, 0.265, 0.66)), fig.add_axes((0.715, 0.19, 0.265, 0.66))
    angle_ring(fig.add_axes((0.365, 0.19, 0.265, 0.66)), period)
    angle = np.linspace(0, 2 * np.pi, 200)
    left.plot(np.cos(angle), np.sin(angle), color=style.TRUTH, linewidth=style.GUIDE)
    xy = points.detach().numpy()
    left.scatter(xy[:, 1], xy[:, 0], c=true[:, 0], cmap=style.CYCLIC, vmin=0, vmax=period, s=18, linewidths=0)
    reach = max(1.5, 1.05 * float(np.abs(xy).max()))
    left.set(xlabel="output for the cosine", ylabel="output for the sine", xlim=(-reach, reach), ylim=(-reach, reach))
    left.set_aspect("equal")
    left.set_title("A point for each")
    right.plot((0, period), (0, period), color=style.TRUTH, linewidth=style.GUIDE)
    right.plot(true[:, 0], decoded[:, 0].detach(), color=style.OWN, **_DOT)
    margin = 0.03 * period
    right.set(xlim=(-margin, period + margin), ylim=(-margin, period + margin))
    right.set(xticks=turn_ticks(period), yticks=turn_ticks(period))
    right.set(xlabel="true angle (degrees)", ylabel="decoded (degrees)")
    right.set_title("Its angle")
    lengths = np.hypot(xy[:, 0], xy[:, 1])
    off = ((decoded - true + period / 2) % period - period / 2).abs().detach()
    return describe(
        fig,
        f"Left: both outputs for each of {counted(len(xy), 'held-out stimulus', 'held-out stimuli')}, points at a "
        f"distance of {approx(np.median(lengths), 2)} (median) from the middle, coloured by angle. Right: decoded "
        f"against true angle; half of them lie within {approx(off.median(), 2)} degrees.",
    )


@style.styled
def plot_classifier(trails: Mapping[str, Mapping[str, Sequence[float]]]) -> Figure:
    """Loss of a classifier over iterations, on training and held-out stimuli, for several penalties.

    Args:
        trails: penalty -> {"step": ..., "train": ..., "test": ...}.

    Returns:
        The figure, with its words.
    """
    fig = style.new_figure(2.7)
    axes = np.atleast_1d(fig.subplots(1, len(trails), sharey=True))
    fig.subplots_adjust(0.09, 0.19, 0.98, 0.85, wspace=0.12)
    floor = max(min(min(trail["train"]) for trail in trails.values()) * 0.7, 1e-4)
    words = []
    for ax, (name, trail) in zip(axes, trails.items(), strict=True):
        ax.plot(
            trail["step"],
            trail["train"],
            color=style.EXAMPLES,
            linestyle=style.DASHED,
            linewidth=style.CURVE,
            label="training",
        )
        ax.plot(trail["step"], trail["test"], color=style.OWN, linewidth=style.CURVE, label="held out")
        ax.set(yscale="log", ylim=(floor, 6), xlabel="iteration", xlim=(0, None))
        ax.set_title(name)
        words.append(f"{name}, {approx(trail['train'][-1], 1)} and {approx(trail['test'][-1], 1)}")
    axes[-1].legend(fontsize=style.SMALL, loc="upper right", borderaxespad=0)
    axes[0].set_ylabel("cross entropy")
    return describe(
        fig, f"Cross entropy over iterations. At the end it is on training and held-out stimuli: {'; '.join(words)}."
    )


@style.styled
def plot_decoded_bins(
    true: torch.Tensor, decoded: Mapping[str, torch.Tensor], n_classes: int, period: float = 360
) -> Figure:
    """The bin that classifiers name for each held-out stimulus, with the bins written out.

    Args:
        true: (n,) degrees of the held-out stimuli.
        decoded: penalty -> (n,) class numbers.
        n_classes: number of bins.
        period: of the angle.

    Returns:
        The figure, with its words.
    """
    fig = style.new_figure(3.3)
    axes = np.atleast_1d(fig.subplots(1, len(decoded), sharey=True))
    fig.subplots_adjust(0.15, 0.16, 0.98, 0.88, wspace=0.08)
    width = period / n_classes
    right_bins, words = torch.floor(true % period / width), []
    for ax, (name, bins) in zip(axes, decoded.items(), strict=True):
        for number in range(n_classes):
            ax.axvline(number * width, color=style.COLORS["light"], linewidth=0.6, zorder=0)
            # The box that a right answer falls into.
            box = (number * width, (number + 1) * width)
            ax.fill_between(box, number, number + 1, color=style.TRUTH, alpha=0.3, linewidth=0)
        ax.plot(true, bins + 0.5, color=style.OWN, **_DOT)
        ax.set(
            xlim=(0, period), ylim=(0, n_classes), xticks=turn_ticks(period)[::2][:-1], xlabel="true angle (degrees)"
        )
        ax.grid(False)
        ax.set_title(name)
        away = (bins - right_bins).abs()
        away = torch.minimum(away, n_classes - away)
        hits, next_door = int((away == 0).sum()), int((away == 1).sum())
        words.append(f"{name}, {hits} of {len(true)} in the right bin and {next_door} in the next")
    ticks = np.arange(0, n_classes, max(1, n_classes // 5))
    axes[0].set_yticks(ticks + 0.5, [f"{tick * width:g} to {(tick + 1) * width:g}" for tick in ticks])
    axes[0].set_ylabel("decoded bin (degrees)")
    return describe(
        fig,
        f"The bin, {width:g} degrees wide, that is decoded for each held-out stimulus; grey boxes are right answers. "
        f"{'; '.join(words)}.",
    )


@style.styled
def plot_errors_by_decoder(errors: Mapping[str, Sequence[float]], chance: float = 90) -> Figure:
    """Held-out error of every decoder on a logarithmic axis, each seed a dot.

    Args:
        errors: decoder -> one error for each seed, in degrees.
        chance: error of guessing.

    Returns:
        The figure, with its words.
    """
    fig = style.new_figure(0.95 + 0.34 * len(errors))
    height = fig.get_figheight()
    ax = fig.add_axes((0.36, 0.6 / height, 0.61, 1 - 0.8 / height))
    for row, (_, values) in enumerate(errors.items()):
        y = len(errors) - 1 - row
        ax.plot((min(values), max(values)), (y, y), color=style.OWN, alpha=0.2, linewidth=6, solid_capstyle="round")
        ax.plot(values, np.full(len(values), y), "o", color=style.OWN, markersize=4, alpha=0.5, markeredgewidth=0)
        ax.plot(np.mean(values), y, "|", color=style.OWN, markersize=13, markeredgewidth=2)
    ax.axvline(chance, color=style.TRUTH, linestyle=style.DASHED, linewidth=style.GUIDE)
    ax.text(chance * 0.96, len(errors) - 0.45, "chance", ha="right", va="top", fontsize=style.SMALL, color="#666666")
    lowest = min(min(values) for values in errors.values())
    ax.set(xscale="log", xlim=(min(0.8, lowest * 0.8), 1.35 * chance), ylim=(-0.6, len(errors) - 0.4))
    plain_ticks(ax.xaxis, [x for x in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50) if x < chance] + [chance])
    ax.set_yticks(range(len(errors)), list(errors)[::-1])
    ax.set_xlabel("error on held-out stimuli (degrees)")
    ax.grid(axis="y", visible=False)
    means = {name: float(np.mean(values)) for name, values in errors.items()}
    best, worst = min(means, key=means.get), max(means, key=means.get)
    return describe(
        fig,
        f"Mean held-out error of {counted(len(errors), 'decoder')}, a dot for each seed, on a logarithmic axis. "
        f"Smallest: {best}, {approx(means[best], 2)} degrees. Largest: {worst}, {approx(means[worst], 2)}. Chance "
        f"is {chance:g}.",
    )


@style.styled
def plot_error_scaling(
    neurons: Sequence[int],
    by_neurons: Mapping[str, np.ndarray],
    trained: Sequence[int],
    by_stimuli: Mapping[str, np.ndarray],
    chance: float = 90,
) -> Figure:
    """Decoding error against the number of neurons, and against the number of training stimuli.

    Args:
        neurons: (n,) numbers of neurons.
        by_neurons: decoder -> (n_seeds, n) errors in degrees.
        trained: (m,) numbers of training stimuli.
        by_stimuli: decoder -> (n_seeds, m) errors in degrees.
        chance: error of guessing.

    Returns:
        The figure, with its words.
    """
    fig = style.new_figure(3.5)
    axes = fig.subplots(1, 2, sharey=True)
    fig.subplots_adjust(0.09, 0.15, 0.97, 0.88, wspace=0.1)
    lowest, words = chance, []
    for ax, x, errors, noun in zip(
        axes, (neurons, trained), (by_neurons, by_stimuli), ("neurons", "training stimuli"), strict=True
    ):
        for (name, samples), color, dashes in zip(
            errors.items(), (style.OWN, style.OTHER), ("-", style.DASHED), strict=False
        ):
            style.spread(ax, x, samples, f"{name}, {counted(len(samples), 'seed')}", color).set_linestyle(dashes)
            lowest = min(lowest, samples.min())
            mean = samples.mean(0)
            words.append(f"{name}, from {approx(mean[0], 2)} to {approx(mean[-1], 2)} degrees with more {noun}")
        ax.set(xscale="log", yscale="log", xlabel=f"number of {noun}")
        style.chance_line(ax, chance)
        plain_ticks(ax.yaxis, (0.1, 0.3, 1, 3, 10, 30, 90))
    axes[0].set_ylim(0.7 * lowest, 1.5 * chance)
    plain_ticks(axes[0].xaxis, [n for n in (10, 100, 1000, 10000) if neurons[0] <= n <= neurons[-1]] or neurons)
    plain_ticks(axes[1].xaxis, trained)
    axes[0].set_ylabel("error on held-out stimuli (degrees)")
    axes[0].set_title("All training stimuli, more neurons")
    axes[1].set_title("All neurons, more training stimuli")
    axes[1].legend(loc="lower left", fontsize=style.SMALL)
    return describe(fig, f"The held-out error goes, on logarithmic axes: {'; '.join(words)}.")


@style.styled
def plot_information(
    sizes: Sequence[int], bounds: Mapping[str, Sequence[float]], errors: Mapping[str, Mapping[str, Sequence[float]]]
) -> Figure:
    """Errors of decoders and the smallest error possible against the number of neurons, for several kinds of noise.

    Args:
        sizes: (n,) numbers of neurons.
        bounds: kind of noise -> (n,) smallest mean error possible, in degrees.
        errors: kind of noise -> {"learned" and "knowing": (n,) mean error of that decoder}.

    Returns:
        The figure, with its words.
    """
    fig = style.new_figure(3.4)
    axes = np.atleast_1d(fig.subplots(1, len(bounds), sharey=True))
    fig.subplots_adjust(0.09, 0.16, 0.97, 0.88, wspace=0.08)
    styles = {"learned": (style.OWN, "-", "o"), "knowing": (style.OTHER, style.DASHED, "s")}
    labels = {"learned": "learned from examples", "knowing": "knows tuning and covariance"}
    words = []
    for ax, (kind, bound) in zip(axes, bounds.items(), strict=True):
        ax.plot(sizes, bound, color=style.BEST, linestyle=style.DASH_DOT, linewidth=style.CURVE, label="best possible")
        for name, found in errors[kind].items():
            color, dashes, marker = styles[name]
            line = {"color": color, "linestyle": dashes, "marker": marker, "linewidth": style.THIN}
            ax.plot(sizes, found, markersize=4, label=labels[name], **line)
        ax.set(xscale="log", yscale="log", xlabel="number of neurons")
        ax.set_title(kind)
        plain_ticks(ax.xaxis, [n for n in (100, 300, 1000, 3000, 10000) if sizes[0] <= n <= sizes[-1]])
        plain_ticks(ax.yaxis, (0.03, 0.1, 0.3, 1, 3, 10))
        words.append(f"{kind}, from {approx(bound[0], 2)} to {approx(bound[-1], 2)} degrees")
    axes[0].set_ylabel("mean error (degrees)")
    axes[-1].legend(loc="lower left", fontsize=style.SMALL)
    return describe(
        fig,
        f"The best possible error against the number of neurons, {sizes[0]:,} to {sizes[-1]:,}, and errors of "
        f"decoders above it. Best possible: {'; '.join(words)}.",
    )


@style.styled
def plot_xor(networks: Mapping[str, Callable[[torch.Tensor], torch.Tensor]]) -> Figure:
    """Outputs of networks over the plane, with the four cases of exclusive or.

    Args:
        networks: title -> function of (n, 2) points to (n, 1) outputs.

    Returns:
        The figure, with its words.
    """
    fig = style.new_figure(2.9)
    axes = np.atleast_1d(fig.subplots(1, len(networks)))
    fig.subplots_adjust(0.07, 0.17, 0.9, 0.87, wspace=0.25)
    side = torch.linspace(-0.4, 1.4, 91)
    grid = torch.cartesian_prod(side, side)
    cases, right = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]]), torch.tensor([0.0, 1, 1, 0])
    words = []
    for ax, (title, network) in zip(axes, networks.items(), strict=True):
        with torch.no_grad():
            outputs = network(grid).reshape(len(side), len(side)).T.numpy()
            solved = int(((network(cases)[:, 0] - right).abs() < 0.25).sum())
        words.append(f"{title}, {solved}")
        # Without rounding, a constant 0.5 would be drawn with the contours of its last digits.
        outputs = outputs.round(3)
        image = ax.imshow(
            outputs,
            origin="lower",
            extent=(-0.4, 1.4, -0.4, 1.4),
            cmap=style.SEQUENTIAL,
            vmin=-0.5,
            vmax=1.5,
            aspect="equal",
        )
        if outputs.min() < 0.5 < outputs.max():
            ax.contour(side, side, outputs, levels=[0.5], colors=["white"], linewidths=style.THIN)
        for x, y in ((0, 0), (0, 1), (1, 0), (1, 1)):
            ax.plot(x, y, "o" if x == y else "s", color="white", markeredgecolor=style.OWN, markersize=12)
            ax.text(x, y, f"{int(x != y)}", ha="center", va="center", fontsize=style.SMALL)
        ax.set(xticks=(0, 1), yticks=(0, 1), xlabel="input 1", ylabel="input 2")
        ax.set_title(title)
        ax.grid(False)
    bar = fig.colorbar(image, ax=list(axes), fraction=0.03, pad=0.03)
    bar.set_label("output")
    return describe(
        fig,
        "The output over the plane of two inputs. Of the four cases of exclusive or come out right: "
        f"{'; '.join(words)}.",
    )


@style.styled
def plot_depth_and_width(x: torch.Tensor, curves: Mapping[str, torch.Tensor]) -> Figure:
    """Piecewise linear functions of one number, side by side.

    Args:
        x: (n,) inputs.
        curves: title -> (n,) outputs.

    Returns:
        The figure, with its words.
    """
    fig = style.new_figure(2.5)
    axes = np.atleast_1d(fig.subplots(1, len(curves), sharey=True))
    fig.subplots_adjust(0.09, 0.2, 0.97, 0.83, wspace=0.1)
    words = []
    for ax, (title, y) in zip(axes, curves.items(), strict=True):
        ax.plot(x, y, color=style.OWN, linewidth=style.THIN)
        ax.set(xlabel="input", xlim=(0, 1))
        ax.set_xticks((0, 0.5, 1), ("0", "0.5", "1"))
        ax.set_title(title)
        turns = int((torch.diff(torch.sign(torch.diff(y))) != 0).sum())
        words.append(f"{title}, {counted(turns + 1, 'piece')}")
    axes[0].set_ylabel("output")
    return describe(fig, f"Zigzag curves over the unit interval: {'; '.join(words)} that rise or fall.")


@style.styled
def plot_descent_race(
    seen: Mapping[str, Sequence[int]], errors: Mapping[str, np.ndarray], chance: float = 90
) -> Figure:
    """Held-out error against stimuli seen, for two ways of descending.

    Args:
        seen: name -> (n,) stimuli seen so far.
        errors: name -> (n_seeds, n) in degrees.
        chance: error of guessing.

    Returns:
        The figure, with its words.
    """
    fig = style.new_figure(3.2)
    ax = fig.add_axes((0.09, 0.16, 0.88, 0.76))
    for (name, samples), color, dashes in zip(
        errors.items(), (style.OTHER, style.OWN), (style.DASHED, "-"), strict=True
    ):
        style.spread(ax, seen[name], samples, f"{name}, {counted(len(samples), 'seed')}", color).set_linestyle(dashes)
    ax.set(yscale="log", xlabel="stimuli seen in training", ylabel="error on held-out stimuli (degrees)")
    style.chance_line(ax, chance)
    plain_ticks(ax.yaxis, (2, 3, 5, 10, 20, 50, 90))
    ax.set_xlim(0, None)
    ax.legend(loc="upper right", bbox_to_anchor=(1, 0.9))
    ends = "; ".join(f"{name}, {approx(samples[:, -1].mean(), 2)} degrees" for name, samples in errors.items())
    return describe(fig, f"The held-out error against the number of stimuli seen. At the end it is: {ends}.")
