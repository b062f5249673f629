"""Figures, tables and slider pictures of notebook 04: a V1 population, what is decoded from it, and how well."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from utils.page.numbers import approx
from utils.page.output import emit
from utils.plotting.style import COLORS, CYCLIC, DATA, MODEL, SEQUENTIAL, TRUTH, chance_line, spread

WIDTH = 7.6
NEURAL_THRESHOLD = 0.35  # degrees, Stringer et al. (2021)
_TURN = (0, 90, 180, 270, 360)
_THREE = (COLORS["blue"], COLORS["vermillion"], COLORS["green"])


def data_matrix(responses: torch.Tensor, stimuli: torch.Tensor, cells: Sequence[int], shown: int = 100) -> Figure:
    """Responses of the first neurons as a heat map, and tuning curves of three of them.

    Args:
        responses: (n_stimuli, n_neurons).
        stimuli: (n_stimuli, 1) in degrees.
        cells: numbers of three neurons among those shown.
        shown: neurons in the heat map.
    """
    picture = responses[:, :shown].numpy().T
    fig = Figure(figsize=(WIDTH, 3.7))
    left, right = fig.subplots(1, 2, width_ratios=(1.25, 1))
    fig.subplots_adjust(0.08, 0.15, 0.97, 0.86, wspace=0.33)
    low, high = np.percentile(picture, (1, 99))
    image = left.imshow(
        picture,
        aspect="auto",
        cmap=SEQUENTIAL,
        vmin=low,
        vmax=high,
        extent=(0, 360, len(picture), 0),
        interpolation="nearest",
    )
    left.set(xlabel="direction of the grating (degrees)", ylabel="neuron", xticks=_TURN)
    left.set_title(f"First {len(picture)} of {responses.shape[1]:,} neurons")
    left.grid(False)
    bar = fig.colorbar(image, ax=left, pad=0.03, fraction=0.06)
    bar.ax.set_title("response", fontsize=8, fontweight="normal", loc="left", pad=6)
    for cell, color in zip(cells, _THREE, strict=False):
        right.plot(stimuli[:, 0], responses[:, int(cell)], color=color, linewidth=1.2, label=f"neuron {int(cell)}")
        left.annotate(
            "", (0, int(cell) + 0.5), xytext=(-7, 0), textcoords="offset points",
            arrowprops={"arrowstyle": "-|>", "color": color, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
    right.set(xlabel="direction of the grating (degrees)", ylabel="response (z-scored)", xticks=_TURN, xlim=(0, 360))
    right.set_title("Three tuning curves")
    right.legend(fontsize=8, loc="upper right", borderaxespad=0)
    return fig


def population_structure(shares: torch.Tensor, scores: torch.Tensor, stimuli: torch.Tensor) -> Figure:
    """Leading principal components, coloured by direction, and how much variance each holds.

    Args:
        shares: (n_stimuli,) part of the variance, largest first.
        scores: (n_stimuli, n_stimuli) components in columns, in the same order.
        stimuli: (n_stimuli, 1) in degrees.
    """
    fig = Figure(figsize=(WIDTH, 2.95))
    axes = fig.subplots(1, 3)
    fig.subplots_adjust(0.075, 0.19, 0.97, 0.84, wspace=0.42)
    for ax, (first, second) in zip(axes, ((0, 1), (2, 3)), strict=False):
        x, y = scores[:, first], scores[:, second]
        ax.scatter(x, y, c=stimuli[:, 0], cmap=CYCLIC, vmin=0, vmax=360, s=14, linewidths=0)
        ax.set(xlabel=f"component {first + 1}", ylabel=f"component {second + 1}", xticks=[], yticks=[])
        ax.set_title(f"Components {first + 1} and {second + 1}", fontsize=10)
        ax.set_aspect("equal", adjustable="datalim")
        ax.margins(0.12)
    _direction_wheel(axes[0], (0.355, 0.365, 0.29, 0.29))
    n = min(20, len(shares))
    axes[2].bar(np.arange(1, n + 1), 100 * np.asarray(shares[:n]), color=COLORS["sky"], width=0.75)
    axes[2].set(xlabel="component", ylabel="variance (%)", xticks=(1, 5, 10, 15, 20), xlim=(0.3, n + 0.7))
    axes[2].set_title("What each holds", fontsize=10)
    axes[2].grid(axis="x", visible=False)
    return fig


def _direction_wheel(ax: Axes, place: tuple[float, float, float, float]) -> None:
    """A small colour wheel as legend: hue is direction."""
    wheel = ax.inset_axes(place, projection="polar")
    angle = np.linspace(0, 2 * np.pi, 121)
    wheel.pcolormesh(
        angle, [0.62, 1], np.rad2deg((angle[:-1] + angle[1:]) / 2)[None], cmap=CYCLIC, vmin=0, vmax=360, rasterized=True
    )
    wheel.set(ylim=(0, 1), yticks=[], xticks=np.deg2rad([0, 90, 180, 270]))
    wheel.set_xticklabels([])
    wheel.grid(False)
    wheel.spines["polar"].set_visible(False)
    for degrees in (0, 90, 180, 270):
        wheel.text(np.deg2rad(degrees), 0.36, f"{degrees}", ha="center", va="center", fontsize=6.5)


class TuningPicture:
    """Slider picture: a neuron's responses, a bump laid over them, and bins drawn from that bump with noise.

    Args:
        responses: (n_stimuli, n_cells) of the neurons to choose from, the best-tuned first.
        stimuli: (n_stimuli, 1) in degrees.
        numbers: (n_cells,) their numbers in the recording.
        tuning_curve: `tuning_curve(stimuli, preferred, half_width)` -> the bump.
    """

    def __init__(
        self,
        responses: torch.Tensor,
        stimuli: torch.Tensor,
        numbers: torch.Tensor,
        tuning_curve: Callable[..., np.ndarray],
    ) -> None:
        self.curves, self.numbers, self.bump = responses.numpy().T, numbers.tolist(), tuning_curve
        self.stimuli = stimuli[:, 0].numpy().astype(float)
        self.draws = np.random.RandomState(0).randn(len(self.stimuli))
        # Smoothed with a bump of 5 degrees, a curve's maximum is its preferred direction.
        kernel = tuning_curve(self.stimuli, self.stimuli, 5.0)
        self.preferred = self.stimuli[(self.curves @ kernel).argmax(1)]

    def draw(self, fig: Figure) -> dict[str, Any]:
        """Draw everything once; returns the artists that move."""
        ax = fig.add_axes((0.09, 0.15, 0.88, 0.76))
        ax.set(xlim=(0, 360), ylim=(-1, 6.5), xticks=_TURN, yticks=range(-1, 7))
        ax.set(xlabel="direction of the grating (degrees)", ylabel="response (z-scored)")
        ghosts = ax.plot([], [], ".", color=COLORS["sky"], markersize=4, label="drawn from the bump, with noise")[0]
        dots = ax.plot([], [], ".", color=DATA, markersize=4, label="the neuron")[0]
        bump = ax.plot([], [], color=MODEL, linewidth=2.4, label="bump")[0]
        ax.legend(loc="upper right", fontsize=8, ncols=3, borderaxespad=0.2)
        return {"ghosts": ghosts, "dots": dots, "bump": bump}

    def update(self, artists: dict[str, Any], rank: int, half_width: float, noise: float) -> str:
        """Move the artists; returns what there is to see."""
        data = self.curves[rank - 1].astype(float)
        shape = self.bump(self.stimuli, self.preferred[rank - 1], half_width)
        # Height and base that fit best, in closed form.
        design = np.stack([shape, np.ones_like(shape)], 1)
        (height, base), *_ = np.linalg.lstsq(design, data, rcond=None)
        curve = base + height * shape
        rest = data - curve
        explained = 1 - rest.var() / data.var()
        # Noise of a variance proportional to the response above its lowest value, as in the neurons.
        level = np.maximum(curve - data.min(), 0) + 0.02
        sd = noise * np.sqrt(level * (rest**2).mean() / level.mean())
        artists["dots"].set_data(self.stimuli, data)
        artists["bump"].set_data(self.stimuli, curve)
        artists["ghosts"].set_data(self.stimuli, curve + sd * self.draws)
        precision = (abs(np.gradient(curve, self.stimuli)) / np.maximum(sd, 1e-12)).max()
        worth = f"where one response tells most, this noise is worth {approx(1 / precision, 2)} degrees"
        return (
            f"Neuron {self.numbers[rank - 1]} prefers {approx(self.preferred[rank - 1], 2)} degrees. "
            f"A bump of half-width {half_width:g} degrees explains {approx(100 * max(explained, 0), 2)} % of its "
            f"variance; {worth if noise else 'without noise one response would give the direction exactly'}."
        )


def decoded_against_true(panels: Mapping[str, tuple[torch.Tensor, torch.Tensor]]) -> Figure:
    """Decoded against true direction, one panel for each entry.

    Args:
        panels: title -> (true, decoded), each (n, 1) in degrees.
    """
    fig = Figure(figsize=(WIDTH, 3.25 if len(panels) < 3 else 2.9))
    axes = np.atleast_1d(fig.subplots(1, len(panels)))
    fig.subplots_adjust(0.09, 0.17, 0.97, 0.86, wspace=0.26)
    for ax, (title, (true, decoded)) in zip(axes, panels.items(), strict=True):
        true, decoded = true[:, 0].numpy(), decoded[:, 0].detach().numpy()
        for edge in ((0, 20), (340, 360)):
            ax.axvspan(*edge, color=COLORS["yellow"], alpha=0.22, linewidth=0, zorder=0)
        ax.plot((0, 360), (0, 360), color=TRUTH, linewidth=1, zorder=1)
        ax.plot(true, decoded, "o", color=MODEL, markersize=3.2, alpha=0.75, markeredgewidth=0)
        low, high = min(-20, decoded.min() - 10), max(380, decoded.max() + 10)
        ax.set(xlim=(-8, 368), ylim=(low, high), xticks=_TURN, yticks=_TURN)
        ax.set_xlabel("true direction (degrees)")
        ax.set_title(title, fontsize=10)
    axes[0].set_ylabel("decoded (degrees)")
    return fig


def training_curve(losses: Sequence[float], published: Mapping[int, float]) -> Figure:
    """Loss over iterations, on linear and logarithmic scales, with the published values.

    Args:
        losses: before each step.
        published: iteration, counted from 1 -> loss.
    """
    fig = Figure(figsize=(WIDTH, 3.0))
    axes = fig.subplots(1, 2)
    fig.subplots_adjust(0.105, 0.18, 0.97, 0.86, wspace=0.28)
    steps = np.arange(1, len(losses) + 1)
    for ax, scale, last in zip(axes, ("linear", "log"), (50, len(losses)), strict=True):
        chosen = {k: v for k, v in published.items() if k <= last}
        ax.plot(steps[:last], losses[:last], color=MODEL, label="this network")
        ax.plot(list(chosen), list(chosen.values()), "o", color=DATA, markerfacecolor="white", label="published")
        ax.set(xlabel="iteration", yscale=scale, xlim=(0, 1.03 * last))
        if scale == "linear":
            ax.set_ylim(0, 1.05 * max(losses))
    axes[0].set_ylabel("mean squared error (degrees²)")
    axes[0].set_title("The first 50 iterations")
    axes[1].set_title("All of them, logarithmic")
    axes[0].legend()
    return fig


class OneWeightPicture:
    """Slider picture: gradient descent on one weight, from which one neuron's response predicts a target.

    Args:
        response: (n,) of one neuron.
        target: (n,) what weight times response should give.
    """

    def __init__(self, response: torch.Tensor, target: torch.Tensor) -> None:
        self.rr = float((response**2).mean())
        self.rt = float((response * target).mean())
        self.tt = float((target**2).mean())
        self.best = self.rt / self.rr
        self.reach = 3.2 * abs(self.best)

    def loss(self, w: np.ndarray | float) -> np.ndarray | float:
        """Mean squared error of the weight w."""
        return self.rr * np.square(w) - 2 * self.rt * w + self.tt

    def trail(self, rate: float, steps: int, start: float) -> np.ndarray:
        """The weight before the first step and after each one."""
        weights = [start]
        for _ in range(steps):
            weights.append(weights[-1] - rate * 2 * (self.rr * weights[-1] - self.rt))
        return np.array(weights)

    def draw(self, fig: Figure) -> dict[str, Any]:
        """Draw everything once; returns the artists that move."""
        left, right = fig.add_axes((0.09, 0.16, 0.5, 0.74)), fig.add_axes((0.7, 0.16, 0.28, 0.74))
        w = np.linspace(self.best - self.reach, self.best + self.reach, 301)
        top = float(self.loss(self.best + self.reach)) * 1.08
        left.plot(w, self.loss(w), color=TRUTH)
        left.axvline(self.best, color=TRUTH, linewidth=0.8, linestyle=(0, (4, 3)))
        left.set(xlim=(w[0], w[-1]), ylim=(0, top), xlabel="weight w", ylabel="loss L(w)")
        right.set(xlim=(0, 30), ylim=(w[0], w[-1]), xlabel="step", ylabel="weight w")
        right.axhline(self.best, color=TRUTH, linewidth=0.8, linestyle=(0, (4, 3)))
        return {
            "path": left.plot([], [], "o-", color=MODEL, linewidth=1, markersize=4)[0],
            "tangent": left.plot([], [], color=COLORS["vermillion"], linewidth=1.8)[0],
            "now": left.plot([], [], "o", color=COLORS["vermillion"], markersize=8)[0],
            "weights": right.plot([], [], "o-", color=MODEL, linewidth=1, markersize=3.5)[0],
        }

    def update(self, artists: dict[str, Any], rate: float, steps: int, start: float) -> str:
        """Move the artists; returns what there is to see."""
        weights = self.trail(rate, steps, start * self.best)
        inside = np.abs(weights - self.best) <= self.reach
        shown = weights[: len(inside) if inside.all() else int(np.argmin(inside))]
        artists["path"].set_data(shown, self.loss(shown))
        artists["weights"].set_data(np.arange(len(shown)), shown)
        now = shown[-1]
        slope = 2 * (self.rr * now - self.rt)
        ends = now + np.array([-0.22, 0.22]) * self.reach
        artists["tangent"].set_data(ends, self.loss(now) + slope * (ends - now))
        artists["now"].set_data([now], [self.loss(now)])
        factor = 1 - 2 * rate * self.rr
        if abs(factor) > 1:
            words = "every step lands further from the minimum than the one before: it diverges"
        elif factor < 0:
            words = "every step jumps across the minimum and lands nearer to it"
        else:
            words = "every step goes part of the way to the minimum"
        return (
            f"Learning rate {rate:.3g}: {words} (the distance is multiplied by {approx(factor, 2)} each time). "
            f"After {steps} steps w is {approx(weights[-1], 3)}; the minimum lies at {approx(self.best, 3)}."
        )


def ring(true: torch.Tensor, points: torch.Tensor, decoded: torch.Tensor) -> Figure:
    """Outputs of a sine-cosine decoder in their plane, and decoded against true direction.

    Args:
        true: (n, 1) in degrees.
        points: (n, 2) sine, cosine.
        decoded: (n, 1) in degrees.
    """
    fig = Figure(figsize=(WIDTH, 3.4))
    left, right = fig.subplots(1, 2)
    fig.subplots_adjust(0.09, 0.16, 0.97, 0.87, wspace=0.26)
    angle = np.linspace(0, 2 * np.pi, 200)
    left.plot(np.cos(angle), np.sin(angle), color=TRUTH, linewidth=1)
    xy = points.detach().numpy()
    left.scatter(xy[:, 1], xy[:, 0], c=true[:, 0], cmap=CYCLIC, vmin=0, vmax=360, s=20, linewidths=0)
    left.set(xlabel="output for the cosine", ylabel="output for the sine", xlim=(-1.5, 1.5), ylim=(-1.5, 1.5))
    left.set_aspect("equal")
    left.set_title("Each held-out stimulus, a point", fontsize=10)
    _direction_wheel(left, (0.355, 0.355, 0.29, 0.29))
    right.plot((0, 360), (0, 360), color=TRUTH, linewidth=1)
    right.plot(true[:, 0], decoded[:, 0].detach(), "o", color=MODEL, markersize=3.2, alpha=0.75, markeredgewidth=0)
    right.set(xlim=(-8, 368), ylim=(-8, 368), xticks=_TURN, yticks=_TURN)
    right.set(xlabel="true direction (degrees)", ylabel="decoded (degrees)")
    right.set_title("The direction of each point", fontsize=10)
    return fig


def classifier(
    trails: Mapping[str, Mapping[str, Sequence[float]]],
    true: torch.Tensor,
    decoded: Mapping[str, torch.Tensor],
    n_classes: int,
) -> Figure:
    """Loss over iterations on training and held-out stimuli, and the decoded bin of each held-out one.

    Args:
        trails: penalty -> {"step": ..., "train": ..., "test": ...}.
        true: (n,) degrees of the held-out stimuli.
        decoded: penalty -> (n,) class numbers.
        n_classes: number of bins.
    """
    fig = Figure(figsize=(WIDTH, 5.6))
    axes = fig.subplots(2, len(trails), height_ratios=(1, 1.45))
    fig.subplots_adjust(0.085, 0.09, 0.97, 0.94, wspace=0.22, hspace=0.34)
    width = 360 / n_classes
    floor = min(min(trail["train"]) for trail in trails.values()) * 0.7
    for (above, below), (name, trail), color in zip(axes.T, trails.items(), _THREE, strict=True):
        above.plot(trail["step"], trail["train"], color=color, linestyle=(0, (4, 2)), label="training")
        above.plot(trail["step"], trail["test"], color=color, label="held out")
        above.set(yscale="log", ylim=(floor, 5), xlabel="iteration", xlim=(0, None))
        above.set_title(name, fontsize=10)
        above.legend(fontsize=8, loc="upper right", borderaxespad=0)
        for edge in np.arange(n_classes + 1) * width:
            below.axvline(edge, color=COLORS["light"], linewidth=0.6, zorder=0)
            below.axhline(edge / width, color=COLORS["light"], linewidth=0.6, zorder=0)
        # The boxes that a right answer falls into.
        for number in range(n_classes):
            below.fill_between(
                (number * width, (number + 1) * width), number, number + 1, color=color, alpha=0.16, linewidth=0
            )
        below.plot(true, decoded[name] + 0.5, "o", color=color, markersize=3.2, markeredgewidth=0)
        below.set(xlim=(0, 360), ylim=(0, n_classes), xticks=_TURN)
        below.set_xlabel("true direction (degrees)")
        below.grid(False)
        ticks = np.arange(0, n_classes + 1, max(1, n_classes // 4))
        below.set_yticks(ticks, [f"{tick * width:g}" for tick in ticks])
    axes[0, 0].set_ylabel("cross entropy")
    axes[1, 0].set_ylabel("decoded bin (its edges, degrees)")
    return fig


def error_table(errors: Mapping[str, Sequence[float]]) -> None:
    """Show a table of held-out errors: mean over seeds, and the smallest and largest.

    Args:
        errors: decoder -> one error for each seed, in degrees.
    """
    heads = ("decoder", "mean error (degrees)", "seeds from", "to")
    rows = [
        (name, approx(np.mean(values)), approx(np.min(values)), approx(np.max(values)))
        for name, values in errors.items()
    ]
    text = "\n".join(" | ".join(row) for row in (heads, *rows))
    style = "text-align:left;padding:3px 14px 3px 0"
    head = "".join(f'<th scope="col" style="{style}">{html.escape(word)}</th>' for word in heads)
    body = "".join(
        "<tr>" + "".join(f'<td style="{style}">{html.escape(word)}</td>' for word in row) + "</tr>" for row in rows
    )
    emit(
        text, f'<table style="border-collapse:collapse"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    )


def errors_by_decoder(errors: Mapping[str, Sequence[float]], chance: float = 90) -> Figure:
    """Held-out error of every decoder on a logarithmic axis, each seed a dot.

    Args:
        errors: decoder -> one error for each seed, in degrees.
        chance: error of guessing.
    """
    fig = Figure(figsize=(WIDTH, 0.9 + 0.38 * len(errors)))
    ax = fig.add_axes((0.36, 0.6 / fig.get_figheight(), 0.61, 1 - 0.75 / fig.get_figheight()))
    for row, (_, values) in enumerate(errors.items()):
        y = len(errors) - 1 - row
        ax.plot((min(values), max(values)), (y, y), color=MODEL, alpha=0.25, linewidth=6, solid_capstyle="round")
        ax.plot(values, np.full(len(values), y), "o", color=MODEL, markersize=4, alpha=0.6, markeredgewidth=0)
        ax.plot(np.mean(values), y, "|", color=DATA, markersize=13, markeredgewidth=2)
    ax.axvline(chance, color=TRUTH, linestyle=(0, (4, 3)), linewidth=1.2)
    ax.text(chance * 0.96, len(errors) - 0.45, "chance", ha="right", va="top", fontsize=8, color="#666666")
    lowest = min(min(values) for values in errors.values())
    ax.set(xscale="log", xlim=(min(0.8, lowest * 0.8), 120), ylim=(-0.6, len(errors) - 0.4))
    _plain_ticks(ax.xaxis, (0.5, 1, 2, 5, 10, 20, 50, 90))
    ax.set_yticks(range(len(errors)), list(errors)[::-1])
    ax.set_xlabel("error on held-out stimuli (degrees)")
    ax.grid(axis="y", visible=False)
    return fig


def _plain_ticks(axis, values: Sequence[float]) -> None:
    axis.set_major_locator(FixedLocator(values))
    axis.set_major_formatter(FixedFormatter([f"{value:,g}" for value in values]))
    axis.set_minor_locator(NullLocator())


def error_scaling(
    neurons: Sequence[int], by_neurons: np.ndarray, trained: Sequence[int], by_stimuli: np.ndarray
) -> Figure:
    """Decoding error against the number of neurons, and against the number of training stimuli.

    Args:
        neurons: (n,) numbers of neurons.
        by_neurons: (n_seeds, n) errors in degrees.
        trained: (m,) numbers of training stimuli.
        by_stimuli: (n_seeds, m) errors in degrees.
    """
    fig = Figure(figsize=(WIDTH, 3.4))
    axes = fig.subplots(1, 2, sharey=True)
    fig.subplots_adjust(0.09, 0.16, 0.97, 0.88, wspace=0.1)
    low = min(0.25, by_neurons.min() * 0.8)
    for ax, x, errors, color, word in zip(
        axes, (neurons, trained), (by_neurons, by_stimuli), _THREE, ("neurons", "training stimuli"), strict=False
    ):
        spread(ax, x, errors, f"ridge decoder, {len(errors)} seeds", color)
        ax.set(xscale="log", yscale="log", xlabel=f"number of {word}", ylim=(low, 130))
        chance_line(ax, 90)
        ax.axhline(NEURAL_THRESHOLD, color=COLORS["purple"], linewidth=1.5)
        ax.annotate(
            "discrimination threshold in the paper, 0.35",
            (0, NEURAL_THRESHOLD), xycoords=("axes fraction", "data"), xytext=(4, 3), textcoords="offset points",
            fontsize=8, color="#8E4A74",
        )  # fmt: skip
        _plain_ticks(ax.yaxis, (0.3, 1, 3, 10, 30, 90))
    _plain_ticks(axes[0].xaxis, [n for n in (10, 30, 100, 300, 1000, 3000, 10000) if neurons[0] <= n <= neurons[-1]])
    _plain_ticks(axes[1].xaxis, trained)
    axes[0].set_ylabel("error on held-out stimuli (degrees)")
    axes[0].set_title("All training stimuli, more neurons", fontsize=10)
    axes[1].set_title("All neurons, more training stimuli", fontsize=10)
    axes[0].legend(loc="upper right", bbox_to_anchor=(1, 0.9))
    return fig


class PopulationPicture:
    """Slider picture: what a decoder makes of fewer neurons and of fewer training stimuli.

    Args:
        sizes: ascending numbers of neurons to choose from.
        true: (n_test, 1) directions of the held-out stimuli, in degrees.
        decode: `decode(n_neurons, n_trained)` -> (n_test, 1) in degrees.
        error: `error(decoded, true)` -> distances in degrees.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        true: torch.Tensor,
        decode: Callable[[int, int], torch.Tensor],
        error: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    ) -> None:
        self.sizes, self.true, self.decode, self.error = np.array(sizes), true, decode, error

    def draw(self, fig: Figure) -> dict[str, Any]:
        """Draw everything once; returns the artists that move."""
        left, right = fig.add_axes((0.09, 0.16, 0.38, 0.74)), fig.add_axes((0.58, 0.16, 0.4, 0.74))
        left.plot((0, 360), (0, 360), color=TRUTH, linewidth=1)
        left.set(xlim=(0, 360), ylim=(0, 360), xticks=_TURN, yticks=_TURN)
        left.set(xlabel="true direction (degrees)", ylabel="decoded (degrees)")
        right.set(xscale="log", yscale="log", xlim=(self.sizes[0] * 0.8, self.sizes[-1] * 1.25), ylim=(0.5, 130))
        right.set(xlabel="number of neurons", ylabel="mean error (degrees)")
        chance_line(right, 90)
        _plain_ticks(right.yaxis, (1, 3, 10, 30, 90))
        _plain_ticks(right.xaxis, [n for n in (10, 100, 1000, 10000) if self.sizes[0] <= n <= self.sizes[-1]])
        return {
            "dots": left.plot([], [], "o", color=MODEL, markersize=3.2, alpha=0.75, markeredgewidth=0)[0],
            "curve": right.plot([], [], "o-", color=COLORS["sky"], linewidth=1.4, markersize=3.5)[0],
            "now": right.plot([], [], "o", color=COLORS["vermillion"], markersize=8)[0],
        }

    def update(self, artists: dict[str, Any], neurons: float, trained: int) -> str:
        """Move the artists; returns what there is to see."""
        size = int(self.sizes[np.abs(np.log(self.sizes / neurons)).argmin()])
        decoded = {n: self.decode(n, trained) for n in self._around(size)}
        errors = {n: float(self.error(found, self.true).mean()) for n, found in decoded.items()}
        artists["dots"].set_data(self.true[:, 0], decoded[size][:, 0])
        artists["curve"].set_data(list(errors), list(errors.values()))
        artists["now"].set_data([size], [errors[size]])
        return (
            f"{size:,} neurons, decoder trained on {trained} stimuli: held-out directions are decoded with a mean "
            f"error of {approx(errors[size], 2)} degrees."
        )

    def _around(self, size: int) -> list[int]:
        """The chosen size, and every third other one for the curve."""
        every = set(self.sizes[::3].tolist()) | {int(self.sizes[-1]), size}
        return sorted(every)


def xor(networks: Mapping[str, Callable[[torch.Tensor], torch.Tensor]]) -> Figure:
    """Outputs of networks over the plane, with the four cases of exclusive or.

    Args:
        networks: title -> function of (n, 2) points to (n, 1) outputs.
    """
    fig = Figure(figsize=(WIDTH, 2.9))
    axes = fig.subplots(1, len(networks))
    fig.subplots_adjust(0.07, 0.17, 0.9, 0.87, wspace=0.25)
    side = torch.linspace(-0.4, 1.4, 91)
    grid = torch.cartesian_prod(side, side)
    for ax, (title, network) in zip(axes, networks.items(), strict=True):
        with torch.no_grad():
            outputs = network(grid).reshape(len(side), len(side)).T.numpy()
        # Without rounding, a constant 0.5 would be drawn with the contours of its last digits.
        outputs = outputs.round(3)
        image = ax.imshow(
            outputs, origin="lower", extent=(-0.4, 1.4, -0.4, 1.4), cmap="PuOr_r", vmin=-0.5, vmax=1.5, aspect="equal"
        )
        if outputs.min() < 0.5 < outputs.max():
            ax.contour(side, side, outputs, levels=[0.5], colors=[COLORS["black"]], linewidths=1.2)
        for x, y in ((0, 0), (0, 1), (1, 0), (1, 1)):
            ax.plot(x, y, "o" if x == y else "s", color="white", markeredgecolor=DATA, markersize=11)
            ax.text(x, y, f"{int(x != y)}", ha="center", va="center", fontsize=8)
        ax.set(xticks=(0, 1), yticks=(0, 1), xlabel="input 1", ylabel="input 2")
        ax.set_title(title, fontsize=10)
        ax.grid(False)
    bar = fig.colorbar(image, ax=list(axes), fraction=0.03, pad=0.03)
    bar.set_label("output")
    return fig


def depth_and_width(x: torch.Tensor, curves: Mapping[str, torch.Tensor]) -> Figure:
    """Piecewise linear functions of one number, drawn one above the other's name.

    Args:
        x: (n,) inputs.
        curves: title -> (n,) outputs.
    """
    fig = Figure(figsize=(WIDTH, 2.5))
    axes = fig.subplots(1, len(curves), sharey=True)
    fig.subplots_adjust(0.07, 0.2, 0.97, 0.83, wspace=0.1)
    for ax, (title, y), color in zip(axes, curves.items(), _THREE, strict=False):
        ax.plot(x, y, color=color, linewidth=1.6)
        ax.set(xlabel="input", xlim=(0, 1))
        ax.set_xticks((0, 0.5, 1), ("0", "0.5", "1"))
        ax.set_title(title, fontsize=10)
    axes[0].set_ylabel("output")
    return fig


def descent_race(seen: Mapping[str, Sequence[int]], errors: Mapping[str, np.ndarray]) -> Figure:
    """Held-out error against stimuli seen, for two ways of descending.

    Args:
        seen: name -> (n,) stimuli seen so far.
        errors: name -> (n_seeds, n) in degrees.
    """
    fig = Figure(figsize=(WIDTH, 3.2))
    ax = fig.add_axes((0.09, 0.16, 0.88, 0.76))
    for (name, samples), color in zip(errors.items(), (COLORS["blue"], COLORS["orange"]), strict=True):
        spread(ax, seen[name], samples, f"{name}, {len(samples)} seeds", color)
    ax.set(yscale="log", xlabel="stimuli seen in training", ylabel="error on held-out stimuli (degrees)")
    chance_line(ax, 90)
    _plain_ticks(ax.yaxis, (2, 3, 5, 10, 20, 50, 90))
    ax.set_xlim(0, None)
    ax.legend(loc="upper right", bbox_to_anchor=(1, 0.9))
    return fig
