"""Panels of notebook 02: ReLUs added one by one, any function, kinks to move, and a film of two ways to a sine."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from torch import Tensor

from utils.datasets.formula import refuse_poles, undersampled
from utils.exercises import get
from utils.models import relu_basis
from utils.page.numbers import counted
from utils.panels.controls import Choice, Slider, Text
from utils.panels.slider_panel import SliderPanel
from utils.plotting import style
from utils.plotting.relu_sine_approximation import TARGET_LINE, plain_numbers, radians, relu_colors

# (biases, weights, offset) of ReLUs through points: what the notebook's `place_by_hand` returns.
Placing = Callable[[Tensor, Tensor], tuple[Tensor, Tensor, Tensor]]

_PERIOD = torch.linspace(0, 2 * math.pi, 250, dtype=torch.float64)


def one_relu_after_the_other(place_by_hand: Placing) -> SliderPanel:
    """The ReLUs of a sine, added one at a time.

    Args:
        place_by_hand: the student's, (x (n + 1,), y (n + 1,)) -> biases (n,), weights (n,), offset.

    Returns:
        The panel.
    """
    picture = BuildUp(place_by_hand)
    return SliderPanel(
        "One ReLU after the other",
        [Slider("points", "training points", 2, 20, 10, 1), Slider("added", "ReLUs added", 0, 19, 4, 1)],
        picture.draw,
        picture.update,
        "Left: the ReLUs times their weights. Right: their sum so far. Everything left of the newest kink is finished "
        "and stays.",
    )


class BuildUp:
    """Left the weighted ReLUs, right their sum so far.

    Args:
        place_by_hand: the student's way from points to ReLUs.
    """

    def __init__(self, place_by_hand: Placing) -> None:
        self.place = place_by_hand

    def draw(self, fig: Figure) -> dict[str, Any]:
        """Draw both axes.

        Args:
            fig: an empty figure.

        Returns:
            What `update` moves.
        """
        left, right = fig.subplots(1, 2)
        fig.subplots_adjust(left=0.065, right=0.98, bottom=0.15, top=0.88, wspace=0.19)
        left.set(title="Weighted ReLUs", ylim=(-7, 7))
        right.set(title="Their sum so far", ylim=(-2.2, 2.2))
        for ax in (left, right):
            radians(ax, 0, 2)
            ax.set_xlim(-0.1, 2 * np.pi + 0.1)
        right.plot(_PERIOD, _PERIOD.sin(), **TARGET_LINE, label="sin(x)")
        artists: dict[str, Any] = {}
        (artists["total"],) = right.plot([], [], color=style.OWN, label="sum so far")
        (artists["points"],) = right.plot([], [], "o", color=style.EXAMPLES, markersize=5, label="training points")
        right.legend(loc="upper right", fontsize=style.SMALL)
        artists["bases"] = left.add_collection(LineCollection([], linewidths=style.THIN), autolim=False)
        (artists["newest"],) = left.plot([], [], color=style.OWN, linewidth=style.STRONG, label="the newest")
        left.plot([], [], color=relu_colors(3)[1], linewidth=style.THIN, label="those before")
        left.legend(loc="lower left", fontsize=style.SMALL)
        return artists

    def update(self, artists: dict[str, Any], points: int, added: int) -> str:
        """Show the first ReLUs through so many points.

        Args:
            artists: what `draw` returned.
            points: number of training points, at least 2.
            added: how many ReLUs to show; more than there are shows all.

        Returns:
            One sentence about the newest.
        """
        x = torch.linspace(0, 2 * math.pi, points, dtype=torch.float64)
        biases, weights, offset = self.place(x, torch.sin(x))
        added = min(added, points - 1)
        weighted = np.asarray(torch.relu(_PERIOD[:, None] + biases) * weights)
        grid = np.asarray(_PERIOD)
        artists["bases"].set_segments([np.column_stack([grid, curve]) for curve in weighted.T[: max(added - 1, 0)]])
        artists["bases"].set_color(relu_colors(points - 1))
        artists["newest"].set_data((grid, weighted[:, added - 1]) if added else ([], []))
        artists["total"].set_data(grid, float(offset) + weighted[:, :added].sum(1))
        artists["points"].set_data(x, torch.sin(x))
        if added == 0:
            return "No ReLU yet: the sum is the offset alone."
        # Adding 0 turns a rounded -0.0 into 0.0.
        kink, weight = round(float(-biases[added - 1]), 2) + 0, round(float(weights[added - 1]), 2) + 0
        bend = f"The newest bends the sum at x = {kink:.2f}: its slope changes by {weight:.2f}."
        return f"{added} of {counted(points - 1, 'ReLU')}. {bend}"


def any_function(place_by_hand: Placing, relu_sum: Callable[..., Tensor]) -> SliderPanel:
    """ReLUs through points of a function of the reader's choice, and the error for every number of ReLUs.

    Args:
        place_by_hand: the student's, (x (n + 1,), y (n + 1,)) -> biases (n,), weights (n,), offset.
        relu_sum: the student's network, (x, biases, weights, offset) -> y.

    Returns:
        The panel.
    """
    picture = AnyFunction(place_by_hand, relu_sum)
    return SliderPanel(
        "Any function",
        [
            Slider("n_relus", "number of ReLUs", 1, picture.most, 8, 1),
            Choice("target", "target", [*relu_basis.TARGETS, relu_basis.FORMULA], "sine"),
            Text("formula", "your formula in x", "sin(3*x) + x/2"),
        ],
        picture.draw,
        picture.update,
        "Left: the target, its training points and the sum of ReLUs. Right: the largest error for every number of "
        "ReLUs; the large dot is yours. The text counts once the target is 'your formula'.",
    )


class AnyFunction:
    """Left the fit, right its largest error for every number of ReLUs.

    Args:
        place_by_hand: the student's way from points to ReLUs.
        relu_sum: the student's network.
    """

    interval = (-math.pi, math.pi)
    most = 40
    # Errors of nothing but rounding lie on the lower edge, where they can be seen.
    smallest_shown = 1.2e-4

    def __init__(self, place_by_hand: Placing, relu_sum: Callable[..., Tensor]) -> None:
        self.place, self.network = place_by_hand, relu_sum
        self.x = torch.linspace(*self.interval, 500, dtype=torch.float64)
        self.look_at = lru_cache(self._look_at)

    def _look_at(self, target: str, formula: str) -> tuple[Callable, np.ndarray, bool]:
        """The function, its largest error for 1, 2, ... ReLUs, and whether the picture is too coarse for it."""
        function = relu_basis.target_function(target, formula)
        refuse_poles(function, self.interval)
        fine = np.linspace(*self.interval, 4001)
        truth, errors = function(fine), []
        for n in range(1, self.most + 1):
            knots = np.linspace(*self.interval, n + 1)
            errors.append(float(np.abs(np.interp(fine, knots, function(knots)) - truth).max()))
        return function, np.array(errors), undersampled(function, self.interval, len(self.x))

    def draw(self, fig: Figure) -> dict[str, Any]:
        """Draw both axes.

        Args:
            fig: an empty figure.

        Returns:
            What `update` moves.
        """
        left, right = fig.subplots(1, 2, width_ratios=(1.35, 1))
        fig.subplots_adjust(left=0.08, right=0.985, bottom=0.15, top=0.88, wspace=0.24)
        left.set(title="The fit", xlabel="x", xlim=(self.interval[0] - 0.1, self.interval[1] + 0.1), ylim=(-1.15, 1.4))
        artists: dict[str, Any] = {"axes": left}
        (artists["truth"],) = left.plot([], [], **TARGET_LINE, label="target")
        (artists["fit"],) = left.plot([], [], color=style.OWN, label="sum of ReLUs")
        (artists["points"],) = left.plot([], [], "o", color=style.EXAMPLES, markersize=5, label="training points")
        left.legend(loc="upper left", fontsize=style.SMALL, ncols=3, columnspacing=1, handlelength=1.4)
        right.set(title="Largest error / range", xscale="log", yscale="log", xlabel="number of ReLUs")
        right.set(xlim=(0.9, self.most * 1.15), ylim=(1e-4, 2))
        plain_numbers(right, [1, 2, 4, 8, 16, 32])
        guide = np.array([4.0, self.most])
        for power, words in ((1, "1/n"), (2, "1/n²")):
            right.plot(guide, 0.6 * (guide / 4) ** -power, color=style.TRUTH, linewidth=style.GUIDE, zorder=1)
            right.text(16, 0.8 * 4.0**-power, words, fontsize=style.SMALL, color="#666666")
        (artists["curve"],) = right.plot([], [], ".", color=style.OWN, markersize=4)
        (artists["marker"],) = right.plot([], [], "o", color=style.OWN, markersize=9)
        return artists

    def update(self, artists: dict[str, Any], n_relus: int, target: str, formula: str) -> str:
        """Show a target and its approximation.

        Args:
            artists: what `draw` returned.
            n_relus: at least 1.
            target: a key of `TARGETS`, or "your formula".
            formula: what the reader typed.

        Returns:
            One sentence with the largest error.

        Raises:
            ValueError: the formula cannot be read, or has no finite values to approximate.
        """
        formula = formula if target == relu_basis.FORMULA else ""
        function, errors, coarse = self.look_at(target, formula)
        knots = torch.linspace(*self.interval, n_relus + 1, dtype=torch.float64)
        heights = torch.from_numpy(function(knots.numpy()))
        y = function(self.x.numpy())
        low, high = float(y.min()), float(y.max())
        scale = (high - low) or 1.0
        artists["truth"].set_data(self.x, y)
        artists["fit"].set_data(self.x, self.network(self.x, *self.place(knots, heights)))
        artists["points"].set_data(knots, heights)
        relative = np.clip(errors / scale, self.smallest_shown, None)
        artists["curve"].set_data(np.arange(1, self.most + 1), relative)
        artists["marker"].set_data([n_relus], relative[[n_relus - 1]])
        style.set_limits(artists["axes"], y=(low - 0.08 * scale, high + 0.2 * scale))
        name = formula or relu_basis.TARGETS[target].label
        if coarse:
            return (
                f"{name} swings faster than the {len(self.x)} points of this picture can follow: what is drawn is not "
                "the function, and its error means nothing. Try slower swings."
            )
        error = errors[n_relus - 1] / scale
        size = f"{error:.2%} of the target's range" if error > 1e-9 else "nothing but rounding"
        through = f"{counted(n_relus, 'ReLU')} through {counted(n_relus + 1, 'point')}"
        return f"{through} of {name}: the largest error is {size}."


def four_kinks(solve_for_weights: Callable[..., tuple[Tensor, Tensor]], relu_sum: Callable[..., Tensor]) -> SliderPanel:
    """Four ReLUs whose kinks the reader moves; their weights are solved each time.

    Args:
        solve_for_weights: the student's, (x, y, biases) -> weights, offset.
        relu_sum: the student's network, (x, biases, weights, offset) -> y.

    Returns:
        The panel.
    """
    picture = FourKinks(solve_for_weights, relu_sum)
    return SliderPanel(
        "Four kinks",
        [
            Slider(name, f"{name} kink", 0, 6.25, start, 0.25, "radians")
            for name, start in {"first": 1.0, "second": 2.0, "third": 3.0, "fourth": 4.0}.items()
        ],
        picture.draw,
        picture.update,
        "Triangles mark where your ReLUs switch on. Left of the first one the sum is flat, since every ReLU is silent "
        "there.",
    )


class FourKinks:
    """Left the sine and the fit, right its error beside that of even kinks and of the best ones.

    Args:
        solve_for_weights: the student's least squares.
        relu_sum: the student's network.
    """

    def __init__(
        self, solve_for_weights: Callable[..., tuple[Tensor, Tensor]], relu_sum: Callable[..., Tensor]
    ) -> None:
        self.solve, self.network = solve_for_weights, relu_sum
        self.x = torch.linspace(0, 2 * math.pi, 1000, dtype=torch.float64)
        self.y = self.x.sin()
        places = torch.arange(0, 6.26, 0.25, dtype=torch.float64)
        _, self.best = relu_basis.best_kinks(self.x, self.y, places, 4)
        self.even = self.fit(torch.linspace(0, 2 * math.pi, 5, dtype=torch.float64)[:-1])[1]

    def fit(self, kinks: Tensor) -> tuple[Tensor, float]:
        """The best sum of ReLUs with these kinks.

        Args:
            kinks: (n,) where they switch on.

        Returns:
            Its values (m,), and its root mean squared error.
        """
        values = self.network(self.x, -kinks, *self.solve(self.x, self.y, -kinks)).detach()
        return values, relu_basis.rms(values - self.y)

    def draw(self, fig: Figure) -> dict[str, Any]:
        """Draw both axes.

        Args:
            fig: an empty figure.

        Returns:
            What `update` moves.
        """
        left, right = fig.subplots(1, 2, width_ratios=(2.1, 1))
        fig.subplots_adjust(left=0.075, right=0.97, bottom=0.15, top=0.88, wspace=0.33)
        left.plot(self.x, self.y, **TARGET_LINE, label="sin(x)")
        left.set(title="Weights solved for your kinks", ylim=(-1.6, 1.6))
        radians(left, 0, 2)
        left.set_xlim(-0.1, 2 * np.pi + 0.1)
        artists: dict[str, Any] = {}
        (artists["fit"],) = left.plot([], [], color=style.OWN, label="sum of ReLUs")
        (artists["kinks"],) = left.plot([], [], "^", color=style.OTHER, markersize=9, label="kinks")
        left.legend(loc="upper right", fontsize=style.SMALL)
        right.barh([1, 2], [self.even, self.best], color=[style.TRUTH, style.BEST], height=0.6)
        (artists["yours"],) = right.barh([0], [0], color=style.OWN, height=0.6)
        right.set(title="Error", xlabel="root mean squared", xlim=(0, 0.4), ylim=(2.5, -0.5))
        right.set_yticks([0, 1, 2], ["yours", "even", "best"])
        right.grid(axis="y", visible=False)
        return artists

    def update(self, artists: dict[str, Any], **kinks: float) -> str:
        """Show the best fit with these kinks.

        Args:
            artists: what `draw` returned.
            kinks: where the four ReLUs switch on, by name.

        Returns:
            One sentence with the errors.
        """
        places = torch.tensor(list(kinks.values()), dtype=torch.float64)
        values, error = self.fit(places)
        artists["fit"].set_data(self.x, values)
        artists["kinks"].set_data(places, np.interp(places, self.x, values))
        artists["yours"].set_width(error)
        best = "you found the best" if error < self.best * 1.0001 else f"the best reach {self.best:.3f}"
        return f"Root mean squared error {error:.3f}. Evenly spaced kinks reach {self.even:.3f}; {best}."


def built_and_trained(
    place_by_hand: Placing, moments: Sequence[int], networks: Sequence[tuple[Tensor, Tensor, Tensor, Tensor]]
) -> SliderPanel:
    """A film of two ways to a sine: ReLUs placed one after the other, and all of them trained at once.

    Args:
        place_by_hand: the student's, (x (n + 1,), y (n + 1,)) -> biases (n,), weights (n,), offset.
        moments: steps of training, ascending, one for each frame.
        networks: input weights (n,), biases (n,), output weights (n,) and offset of the network at each of them.

    Returns:
        The panel.
    """
    picture = BuiltAndTrained(place_by_hand, moments, networks)
    return SliderPanel(
        "Built and trained",
        [Slider("frame", "frame", 0, len(moments) - 1, 0, 1)],
        picture.draw,
        picture.update,
        f"Two ways to the same sine with {counted(picture.n, 'ReLU')}. Left: placed by hand, one after the other. "
        "Right: trained by gradient descent, all at once; triangles are its kinks. Below: the error of both, black by "
        "hand and purple trained.",
        figsize=(7.2, 4.4),
        play=8,
    )


class BuiltAndTrained:
    """Above the two sums of ReLUs, below their errors.

    Args:
        place_by_hand: the student's way from points to ReLUs.
        moments: steps of training, one for each frame.
        networks: input weights, biases, output weights and offset at each of them.
    """

    def __init__(
        self,
        place_by_hand: Placing,
        moments: Sequence[int],
        networks: Sequence[tuple[Tensor, Tensor, Tensor, Tensor]],
    ) -> None:
        self.moments, self.n = [int(step) for step in moments], len(networks[0][0])
        knots = torch.linspace(0, 2 * math.pi, self.n + 1, dtype=torch.float64)
        biases, weights, offset = place_by_hand(knots, knots.sin())
        last, ramps = len(self.moments) - 1, torch.relu(_PERIOD[:, None] + biases)
        self.built, self.trained, self.kinks, self.added = [], [], [], []
        for frame, (v, c, w, o) in enumerate(networks):
            # The newest ReLU grows in, so that one sees it bend the sum.
            shares = (self.n * frame / max(0.85 * last, 1) - torch.arange(self.n)).clamp(0, 1)
            self.built.append(np.asarray(offset + ramps @ (weights * shares)))
            self.added.append(int((shares > 0).sum()))
            hidden = torch.relu(_PERIOD[:, None] * v + c)
            self.trained.append(np.asarray((hidden @ w.to(hidden.dtype) + o).detach(), dtype=float))
            self.kinks.append(np.asarray(-(c / v).detach(), dtype=float))
        truth = np.asarray(_PERIOD.sin())
        self.errors = [np.sqrt(((np.array(curves) - truth) ** 2).mean(1)) for curves in (self.built, self.trained)]

    def draw(self, fig: Figure) -> dict[str, Any]:
        """Draw the three axes.

        Args:
            fig: an empty figure.

        Returns:
            What `update` moves.
        """
        above = [fig.add_axes((0.075, 0.47, 0.42, 0.45)), fig.add_axes((0.565, 0.47, 0.42, 0.45))]
        below = fig.add_axes((0.09, 0.115, 0.895, 0.2))
        artists: dict[str, Any] = {}
        for ax, key, color, title in zip(
            above, ("built", "trained"), (style.OWN, style.OTHER), self._titles, strict=True
        ):
            ax.plot(_PERIOD, _PERIOD.sin(), **TARGET_LINE)
            (artists[key],) = ax.plot([], [], color=color)
            ax.set(title=title, ylim=(-2.2, 2.2))
            radians(ax, 0, 2, "")
            ax.set_xlim(-0.1, 2 * np.pi + 0.1)
        (artists["kinks"],) = above[1].plot([], [], "^", color=style.OTHER, markersize=7, alpha=0.7)
        frames = np.arange(len(self.moments))
        looks = ((style.OWN, "-", "o", "at_built"), (style.OTHER, style.DASHED, "^", "at_trained"))
        for errors, title, (color, dashes, marker, key) in zip(self.errors, self._titles, looks, strict=True):
            below.semilogy(frames, errors, color=color, linewidth=style.THIN, linestyle=dashes, label=title.lower())
            (artists[key],) = below.plot([], [], marker, color=color, markersize=8)
        below.legend(loc="upper right", fontsize=style.SMALL, ncols=2)
        below.set(xlabel="frame", ylabel="error", xlim=(-0.5, frames[-1] + 0.5))
        return artists

    _titles = ("Placed by hand", "Trained")

    def update(self, artists: dict[str, Any], frame: int) -> str:
        """Show one frame.

        Args:
            artists: what `draw` returned.
            frame: its number, from 0 on.

        Returns:
            One sentence: how far each way has come.
        """
        frame = int(frame)
        artists["built"].set_data(_PERIOD, self.built[frame])
        artists["trained"].set_data(_PERIOD, self.trained[frame])
        kinks = self.kinks[frame]
        inside = kinks[(kinks > 0) & (kinks < 2 * np.pi)]
        artists["kinks"].set_data(inside, np.interp(inside, _PERIOD, self.trained[frame]))
        for key, errors in zip(("at_built", "at_trained"), self.errors, strict=True):
            artists[key].set_data([frame], [errors[frame]])
        by_hand, trained = (errors[frame] for errors in self.errors)
        return (
            f"By hand: {self.added[frame]} of {counted(self.n, 'ReLU')}, root mean squared error {by_hand:.2g}. "
            f"Training: {counted(self.moments[frame], 'step')}, root mean squared error {trained:.2g}."
        )


def _reference_placing() -> Placing:
    biases, slopes, weights = (
        get(f"02.{name}").reference for name in ("relu_biases", "segment_slopes", "relu_weights")
    )
    return lambda x, y: (biases(x), weights(slopes(x, y)), y[0])


def _trained_film(n: int = 8, n_steps: int = 1500) -> tuple[list[int], list[tuple[Tensor, ...]]]:
    """One network of n ReLUs with spread kinks on its way, as the notebook trains its own."""
    generator = torch.Generator().manual_seed(3)
    v, c, w = 2 * torch.rand(3, n, generator=generator) - 1
    v = v.sign()
    c = -v * math.pi * (1 + c)
    o = (2 * torch.rand(1, generator=generator) - 1) / math.sqrt(n)
    parameters = [p.requires_grad_() for p in (v, c, w / math.sqrt(n), o)]
    optimizer = torch.optim.Adam(parameters, lr=0.02)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, n_steps)
    x = torch.linspace(0, 2 * math.pi, 100)
    moments, networks = film_moments(n_steps), []
    for step in range(n_steps + 1):
        if step in moments:
            networks.append(tuple(p.detach().clone() for p in parameters))
        hidden = torch.relu(x[:, None] * parameters[0] + parameters[1])
        loss = (hidden @ parameters[2] + parameters[3] - x.sin()).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
    return moments, networks


def film_moments(n_steps: int, frames: int = 60) -> list[int]:
    """The steps of a training that a film shows: nearly all of the first ones, few of the last.

    Args:
        n_steps: how many there are.
        frames: about how many to show.

    Returns:
        Ascending, from 0 to n_steps.

    >>> film_moments(100, 5)
    [0, 2, 9, 31, 100]
    """
    return sorted({round((n_steps + 1) ** (k / (frames - 1))) - 1 for k in range(frames)})


def site_panels() -> Mapping[str, Callable[[], SliderPanel]]:
    """The same panels for the website, made from the reference solutions.

    Returns:
        Id of the notebook's cell -> a function that makes the panel.
    """
    place, network, solve = _reference_placing(), get("02.relu_sum").reference, get("02.solve_for_weights").reference

    def any_of_some() -> SliderPanel:
        panel = any_function(place, network)
        panel.site_values = {
            "formula": (panel.values["formula"], "sqrt(abs(x))", "exp(-x**2) * cos(6*x)", "x**3 - 4*x")
        }
        return panel

    return {
        "panel-build-up": lambda: one_relu_after_the_other(place),
        "panel-any-function": any_of_some,
        "panel-film": lambda: built_and_trained(place, *_trained_film()),
        "panel-kinks": lambda: four_kinks(solve, network),
    }
