"""Notebook 03: training on spirals, and the decision map."""

from __future__ import annotations

import torch
from matplotlib.figure import Figure
from torch import nn

from benchmarks.literal import spiral_mlp as literal
from benchmarks.measure import Comparison, Run, Way
from utils.datasets.spiral import batched_loader, create_spiral_dataset, shuffle_and_split
from utils.exercises import get
from utils.models.mlp import MLP
from utils.plotting.spiral_mlp import decision_grid, draw_points
from utils.training.classifiers import predict_probabilities

K, SIGMA = 4, 0.16
EPOCHS = 100
X_MAX = 1.4


def data_of(points: int) -> tuple[torch.Tensor, ...]:
    """The published spirals with so many points an arm: training points and classes, test points and classes."""
    generator = torch.Generator().manual_seed(2021)
    return shuffle_and_split(*create_spiral_dataset(K, SIGMA, points, generator), 0.2, generator)


def network() -> MLP:
    """The published network before training."""
    return MLP(2, [128], K, "relu", generator=torch.Generator().manual_seed(2021))


def literal_network() -> nn.Sequential:
    """The same network from PyTorch's own layers alone."""
    net = nn.Sequential(nn.Linear(2, 128), nn.ReLU(), nn.Linear(128, K))
    net.load_state_dict(network().layers.state_dict())
    return net


def our_training(points: int, epochs: int) -> Run:
    """The notebook's loop: batches of indices, and its own training step."""
    X, y, _, _ = data_of(points)
    train_step = get("03.train_step").reference
    batch_size = min(128, len(X))

    def run() -> None:
        net = network()
        optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
        loader = batched_loader(X, y, batch_size, drop_last=True, generator=torch.Generator().manual_seed(0))
        for _ in range(epochs):
            for X_batch, y_batch in loader:
                train_step(net, optimizer, X_batch, y_batch)

    return run


def literal_training(workers: int) -> Way:
    """A default loader, with or without worker processes."""

    def prepare(points: int, epochs: int) -> Run:
        X, y, _, _ = data_of(points)

        def run() -> None:
            generator = torch.Generator().manual_seed(0)
            literal.train(literal_network(), X, y, epochs, workers, generator, batch_size=min(128, len(X)))

        return run

    return Way(f"literal, {workers} workers", prepare)


def our_map(pixels: int, points: int) -> Run:
    """All pixels in one pass without a graph, and one call for the test points of each class."""
    _, _, X, y = data_of(points)
    net, axes = network(), Figure().add_subplot()

    def run() -> torch.Tensor:
        for drawn in list(axes.lines):
            drawn.remove()
        draw_points(axes, X, y)
        return predict_probabilities(net, decision_grid(X_MAX, pixels)).argmax(1).view(pixels, pixels)

    return run


def literal_map(pixels: int, points: int) -> Run:
    """One mask over all pixels for each test point."""
    _, _, X, y = data_of(points)
    net = literal_network()
    return lambda: literal.decision_map(net, X, y, K, pixels, X_MAX)


COMPARISONS = (
    Comparison(
        name="spirals",
        title=f"03: spiral training, {EPOCHS} epochs, extrapolated from 2",
        ours=Way("ours", our_training),
        others=(literal_training(2), literal_training(0)),
        sizes={"points": 1000, "epochs": 2},
        quick={"points": 50, "epochs": 1},
        extrapolated=EPOCHS / 2,
    ),
    Comparison(
        name="map",
        title="03: decision map, 500 x 500 pixels, 800 test points",
        ours=Way("ours", our_map),
        others=(Way("literal", literal_map),),
        sizes={"pixels": 500, "points": 1000},
        quick={"pixels": 40, "points": 20},
        warm_up={"pixels": 8, "points": 5},
    ),
)
GROWTH = ()
