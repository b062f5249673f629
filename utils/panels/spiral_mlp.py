"""Panels of notebook 03: a film of spirals that untangle, and a network to train."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from utils.datasets import spiral
from utils.exercises import get
from utils.models.mlp import MLP
from utils.page.numbers import approx, counted
from utils.panels.controls import Action, Slider
from utils.panels.slider_panel import SliderPanel
from utils.plotting import spiral_mlp as plots
from utils.plotting import style
from utils.training.classifiers import evaluate_classifier, predict_probabilities

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from torch.utils.data import DataLoader

# model, optimiser, X, y -> loss: exercise 03.train_step.
TrainStep = Callable[[nn.Module, torch.optim.Optimizer, torch.Tensor, torch.Tensor], float]


def _class_points(ax: Axes, size: float) -> list[Line2D]:
    """An empty line of markers for each class."""
    looks = zip(plots.CLASS_MARKERS, plots.CLASS_COLORS, strict=True)
    return [ax.plot([], [], marker, color=color, markersize=size, zorder=3)[0] for marker, color in looks]


def _move_points(lines: Sequence[Line2D], X: torch.Tensor, y: torch.Tensor) -> None:
    for k, line in enumerate(lines):
        line.set_data(*X[y == k].numpy().T)


# --- the film -----------------------------------------------------------------------------------------------------


class Untangling:
    """A network that ends in a layer of two units, epoch by epoch: points and borders before and behind its layers.

    Args:
        network: an `MLP` whose last hidden layer has 2 units. It is trained.
        train_step: one update on one batch, `train_step(model, optimiser, X, y)`.
        loader: training batches.
        X: points to show, (n, 2).
        y: their classes, (n,).
        epochs: how many.

    Raises:
        ValueError: the last hidden layer has another number of units.
    """

    X_MAX, PIXELS, STEPS, ROOM = 1.4, 90, 80, 1.15

    def __init__(
        self,
        network: MLP,
        train_step: TrainStep,
        loader: DataLoader,
        X: torch.Tensor,
        y: torch.Tensor,
        epochs: int = 60,
    ) -> None:
        head = network.layers[-1]
        if head.in_features != 2:
            raise ValueError(f"network: got a last hidden layer of {counted(head.in_features, 'unit')}, allowed are 2")
        self.X, self.y = X, y
        self.grid = plots.decision_grid(self.X_MAX, self.PIXELS)
        optimiser = torch.optim.Adam(network.parameters(), lr=5e-3)
        self.stages = [copy.deepcopy(network).eval()]
        for _ in range(epochs):
            for X_batch, y_batch in loader:
                train_step(network, optimiser, X_batch, y_batch)
            self.stages.append(copy.deepcopy(network).eval())
        arms, _ = spiral.spiral_points(torch.linspace(0, 1, self.STEPS), head.out_features, 0.0)
        self.arms = arms.view(head.out_features, self.STEPS, 2)
        places = torch.cat([self._inside(stage, self.arms.flatten(0, 1)) for stage in self.stages])
        self.reach = self.ROOM * places.abs().max().item()

    @staticmethod
    def _inside(stage: MLP, points: torch.Tensor) -> torch.Tensor:
        """Where points stand in the plane of the last hidden layer, (n, 2)."""
        with torch.no_grad():
            return stage.layers[:-1](points)

    def draw(self, fig: Figure) -> dict[str, Any]:
        """Draw both planes once.

        Args:
            fig: an empty figure.

        Returns:
            The artists that move.
        """
        left, right = fig.add_axes((0.08, 0.135, 0.405, 0.78)), fig.add_axes((0.585, 0.135, 0.405, 0.78))
        plots.draw_points(left, self.X, self.y, size=9)
        plots.square(left, self.X_MAX)
        plots.square(right, self.reach)
        right.set(xlabel="unit 1", ylabel="unit 2")
        left.set_title("The points, and the borders")
        right.set_title("The same in the last hidden layer")
        for arm, color in zip(self.arms, plots.CLASS_COLORS, strict=False):
            left.plot(*arm.numpy().T, color=color, linewidth=style.CURVE, zorder=1)
        arms = [
            right.plot([], [], color=color, linewidth=style.CURVE)[0] for color in plots.CLASS_COLORS[: len(self.arms)]
        ]
        (borders,) = left.plot([], [], color=style.OWN, linewidth=style.CURVE, zorder=4)
        (lines,) = right.plot([], [], color=style.OWN, linewidth=style.CURVE, zorder=4)
        points = _class_points(right, 3)
        return {"borders": borders, "lines": lines, "arms": arms, "points": points}

    def update(self, artists: Mapping[str, Any], epoch: int) -> str:
        """Show one epoch.

        Args:
            artists: what `draw` returned.
            epoch: 0 is before training.

        Returns:
            What there is to see.
        """
        stage = self.stages[epoch]
        artists["borders"].set_data(
            *plots.border_segments(predict_probabilities(stage, self.grid), self.X_MAX),
        )
        inside = plots.decision_grid(self.reach, self.PIXELS)
        with torch.no_grad():
            behind = stage.layers[-1](inside).softmax(-1)
        artists["lines"].set_data(*plots.border_segments(behind, self.reach))
        _move_points(artists["points"], self._inside(stage, self.X), self.y)
        for line, arm in zip(artists["arms"], self._inside(stage, self.arms), strict=True):
            line.set_data(*arm.numpy().T)
        right = 100 * evaluate_classifier(stage, self.X, self.y)[1].item()
        when = f"After {counted(epoch, 'epoch')}" if epoch else "Before training"
        return f"{when} {approx(right)} % of the points stand on their own side of the straight borders."


def untangling(
    network: MLP,
    train_step: TrainStep,
    loader: DataLoader,
    X: torch.Tensor,
    y: torch.Tensor,
    epochs: int = 60,
) -> SliderPanel:
    """A film of training: how a network bends the plane until straight borders part the arms.

    Args:
        network: an `MLP` whose last hidden layer has 2 units. It is trained.
        train_step: the student's, one update on one batch.
        loader: training batches.
        X: points to show, (n, 2).
        y: their classes, (n,).
        epochs: length of the film.

    Returns:
        The panel, in the middle of its film.
    """
    film = Untangling(network, train_step, loader, X, y, epochs)
    # A page without a kernel has one picture: where the arms begin to part it tells more than at the beginning.
    return SliderPanel(
        "How the arms are untangled",
        [Slider("epoch", "epoch", 0, epochs, epochs // 6, 1)],
        film.draw,
        film.update,
        "Move through the training. On the right each point stands where the two units of the last hidden layer put "
        "it; there, every border is straight. The lines are the arms without noise.",
        play=10,
    )


# --- a network to train -------------------------------------------------------------------------------------------


class Training:
    """A small network on spirals that is trained while one watches.

    Args:
        train_step: one update on one batch, `train_step(model, optimiser, X, y)`.
        epochs: after which training ends.
    """

    X_MAX, PIXELS, POINTS, LOWEST = 1.5, 80, 300, 0.003

    def __init__(self, train_step: TrainStep, epochs: int = 60) -> None:
        self.train_step, self.epochs = train_step, epochs
        self.grid = plots.decision_grid(self.X_MAX, self.PIXELS)
        self.network: MLP | None = None

    def draw(self, fig: Figure) -> dict[str, Any]:
        """Draw the panel once: a decision map with test points on the left, errors on the right.

        Args:
            fig: an empty figure.

        Returns:
            The artists that move.
        """
        left = fig.add_axes((0.08, 0.135, 0.405, 0.78))
        extent = (-self.X_MAX, self.X_MAX, -self.X_MAX, self.X_MAX)
        blank = np.ones((self.PIXELS, self.PIXELS, 3))
        picture = left.imshow(blank, origin="lower", extent=extent, interpolation="nearest", zorder=1)
        (borders,) = left.plot([], [], color=style.OWN, linewidth=style.THIN, zorder=2)
        points = _class_points(left, 3)
        plots.square(left, self.X_MAX)
        left.set_title("Decision map, test points")
        right = fig.add_axes((0.6, 0.135, 0.385, 0.78))
        looks = {
            "train": {"color": style.EXAMPLES, "linestyle": style.DASHED, "linewidth": style.CURVE},
            "test": {"color": style.OWN, "linewidth": style.THIN},
            "best possible": {"color": style.BEST, "linestyle": style.DASH_DOT, "linewidth": style.CURVE},
            "chance": {"color": style.TRUTH, "linestyle": style.DASHED, "linewidth": style.GUIDE},
        }
        lines = {name: right.plot([], [], label=name, **look)[0] for name, look in looks.items()}
        right.set(xlim=(0, self.epochs), xlabel="epoch", title="Error")
        plots.error_axis(right, self.LOWEST, 1)
        right.legend(loc="lower left", ncols=2, fontsize=style.NORMAL)
        return {"map": picture, "borders": borders, "points": points, **lines}

    def start(self, artists: Mapping[str, Any], width: int, depth: int, sigma: float, K: int) -> str:
        """Make the data and an untrained network, and show them.

        Args:
            artists: what `draw` returned.
            width: units in each hidden layer.
            depth: number of hidden layers.
            sigma: noise of the spirals.
            K: number of classes.

        Returns:
            What there is to see.
        """
        self.generator = torch.Generator().manual_seed(1)
        data = spiral.create_spiral_dataset(K, sigma, self.POINTS, self.generator)
        parts = spiral.shuffle_and_split(*data, 0.2, self.generator)
        self.data = {"train": parts[:2], "test": parts[2:]}
        self.network = MLP(2, [width] * depth, K, "relu", generator=self.generator)
        self.best = spiral.spiral_ceiling(K, sigma, 512)
        self._show(artists, {"train": [], "test": []})
        n = sum(p.numel() for p in self.network.parameters())
        hidden = f"{counted(depth, 'hidden layer')} of {counted(width, 'unit')}" if depth else "no hidden layer"
        return f"{K} arms with noise {sigma:.2f}; {hidden}, {counted(n, 'parameter')}, not trained yet."

    def _show(self, artists: Mapping[str, Any], errors: Mapping[str, Sequence[float]]) -> None:
        K = self.network.layers[-1].out_features
        probabilities = predict_probabilities(self.network, self.grid)
        artists["map"].set_data(plots.decision_image(probabilities, boundaries=False))
        artists["borders"].set_data(*plots.border_segments(probabilities, self.X_MAX))
        _move_points(artists["points"], *self.data["test"])
        for part, values in errors.items():
            artists[part].set_data(range(1, len(values) + 1), np.maximum(values, self.LOWEST))
        levels = {"best possible": max(1 - self.best, self.LOWEST), "chance": 1 - 1 / K}
        for name, level in levels.items():
            artists[name].set_data((0, self.epochs), (level, level))

    def train(
        self,
        artists: Mapping[str, Any],
        values: Mapping[str, Any],
        report: Callable[[float, str], None],
        stopped: Callable[[], bool],
    ) -> str:
        """Train from the start, as `Action` asks for.

        Args:
            artists: what `draw` returned.
            values: arguments of `start`.
            report: told after every epoch how far it is (0 to 1), and in words.
            stopped: asked after every step.

        Returns:
            The last sentence.
        """
        self.start(artists, **values)
        network, errors, words = self.network, {"train": [], "test": []}, "No epoch was finished."
        loader = spiral.batched_loader(*self.data["train"], batch_size=64, drop_last=True, generator=self.generator)
        optimiser = torch.optim.Adam(network.parameters(), lr=5e-3)
        for epoch in range(1, self.epochs + 1):
            for X, y in loader:
                self.train_step(network, optimiser, X, y)
                if self.network is not network:
                    # Sliders that move meanwhile stand for another network: this training ends.
                    return "The sliders moved: press Train for the new network."
                if stopped():
                    return words
            for part, data in self.data.items():
                errors[part].append(1 - evaluate_classifier(network, *data)[1].item())
            train, test = (approx(100 * values[-1], 2) for values in errors.values())
            words = f"Epoch {epoch}: train error {train} %, test error {test} % of {len(self.data['test'][1])} points."
            words += f" The best possible on average is {approx(100 * (1 - self.best), 2)} %."
            self._show(artists, errors)
            report(epoch / self.epochs, words)
        return words


def training(train_step: TrainStep) -> SliderPanel:
    """A network to shape and to train, on data to choose.

    Args:
        train_step: the student's, one update on one batch.

    Returns:
        The panel; its button trains.
    """
    work = Training(train_step)
    return SliderPanel(
        "Train a network on spirals",
        [
            Slider("width", "units in a layer", 2, 64, 16, 1),
            Slider("depth", "hidden layers", 0, 5, 2, 1),
            Slider("sigma", "noise", 0.02, 0.6, 0.16, 0.02),
            Slider("K", "classes", 2, 6, 4, 1),
        ],
        work.draw,
        work.start,
        "Move the sliders for another network or other data, then press Train. Find the smallest network that comes "
        "near the best possible.",
        action=Action("Train", work.train),
    )


# --- the website --------------------------------------------------------------------------------------------------


def _site_film() -> SliderPanel:
    generator = torch.Generator().manual_seed(2021)
    X, y = spiral.create_spiral_dataset(4, 0.16, 400, generator)
    X_train, y_train, X_test, y_test = spiral.shuffle_and_split(X, y, 0.2, generator)
    network = MLP(2, [32, 32, 2], 4, "tanh", generator=generator)
    loader = spiral.batched_loader(X_train, y_train, 64, drop_last=True, generator=generator)
    return untangling(network, get("03.train_step").reference, loader, X_test, y_test)


def _site_training() -> SliderPanel:
    panel = training(get("03.train_step").reference)
    # A training for each choice is recorded, so there are few of them.
    panel.site_values = {"width": (2, 4, 16, 64), "depth": (0, 1, 2), "sigma": (0.16,), "K": (4,)}
    return panel


def site_panels() -> dict[str, Callable[[], SliderPanel]]:
    """The panels of the website, made without the notebook.

    Returns:
        Id of the notebook's cell -> function that makes the panel.
    """
    return {"film": _site_film, "panel": _site_training}
