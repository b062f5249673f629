"""Notebook 03: a loader that fetches sample by sample, and a decision map with one mask for each test point."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset


def train(
    model: nn.Module,
    X: Tensor,
    y: Tensor,
    epochs: int,
    workers: int,
    generator: torch.Generator,
    batch_size: int = 128,
    lr: float = 1e-3,
) -> list[float]:
    """Train with Adam on batches that a default loader stacks sample by sample.

    Args:
        model: returns logits; trained in place.
        X: points, (n, 2).
        y: classes, (n,).
        epochs: passes through the data.
        workers: processes that load, started anew in each epoch; 0 loads in this one.
        generator: decides the order.
        batch_size: points in a batch; a last smaller one is left out.
        lr: Adam's step size.

    Returns:
        Mean loss of each epoch in nats.
    """
    loader = DataLoader(
        TensorDataset(X, y),
        batch_size=batch_size,
        shuffle=True,
        drop_last=True,
        num_workers=workers,
        generator=generator,
    )
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    losses = []
    for _ in range(epochs):
        total = 0.0
        for points, classes in loader:
            optimizer.zero_grad()
            loss = criterion(model(points.float()), classes.long())
            loss.backward()
            optimizer.step()
            total += loss.item()
        losses.append(total / len(loader))
    return losses


def decision_map(
    model: nn.Module,
    X_test: Tensor,
    y_test: Tensor,
    n_classes: int,
    n: int = 500,
    x_max: float = 2.0,
    eps: float = 1e-3,
) -> Tensor:
    """Class of every pixel, and in the pixels around each test point a number that stands for that point's class.

    Args:
        model: returns logits.
        X_test: points, (n_points, 2).
        y_test: classes, (n_points,).
        n_classes: number of classes.
        n: pixels along a side.
        x_max: half the side of the map.
        eps: squared radius of a drawn point.

    Returns:
        int64 (n, n), first row at the bottom: 0 to n_classes - 1 for the network's answer, n_classes more at a point.
    """
    side = torch.linspace(-x_max, x_max, n)
    second, first = torch.meshgrid(side, side, indexing="ij")
    grid = torch.stack([first.flatten(), second.flatten()], dim=1)
    classes = torch.softmax(model(grid), dim=1).argmax(dim=1)
    for point, label in zip(X_test, y_test, strict=True):
        near = ((grid[:, 0] - point[0]) ** 2 + (grid[:, 1] - point[1]) ** 2) < eps
        classes[near] = n_classes + label
    return classes.view(n, n)
