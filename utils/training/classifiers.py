"""Training and scoring of classifiers, one network or an ensemble of seeds at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from utils.checks import checked_count
from utils.models.mlp import MLP, MLPEnsemble

__all__ = [
    "SeedResults",
    "evaluate_classifier",
    "predict_probabilities",
    "ring_means",
    "train_classifier",
    "train_over_seeds",
]


@dataclass(frozen=True)
class SeedResults:
    """Networks of several seeds and how well they do.

    Attributes:
        model: the trained networks.
        train_accuracy: fraction of training points that each network gets right, (seeds,).
        test_accuracy: the same for test points, (seeds,).
        train_loss: mean cross entropy on the training points, in nats, (seeds,).
        test_loss: the same for test points, (seeds,).
    """

    model: MLPEnsemble
    train_accuracy: torch.Tensor
    test_accuracy: torch.Tensor
    train_loss: torch.Tensor
    test_loss: torch.Tensor


def _described(value: object) -> str:
    if isinstance(value, torch.Tensor):
        return f"shape {tuple(value.shape)}, {str(value.dtype).removeprefix('torch.')}"
    return type(value).__name__


def _check_data(X: torch.Tensor, y: torch.Tensor) -> None:
    if not isinstance(X, torch.Tensor) or X.ndim < 2 or X.numel() == 0:
        raise ValueError(f"X: got {_described(X)}, allowed is a tensor with at least one sample and a feature axis")
    if not torch.isfinite(X).all():
        raise ValueError("X: got NaN or infinity, allowed are finite numbers")
    if not isinstance(y, torch.Tensor) or y.shape not in (X.shape[:-1], X.shape[:1]) or y.dtype != torch.int64:
        raise ValueError(
            f"y: got {_described(y)}, allowed is int64, one class for each sample of X: {tuple(X.shape[:-1])}"
        )


def predict_probabilities(model: nn.Module, X: torch.Tensor, chunk: int = 3072) -> torch.Tensor:
    """Class probabilities in evaluation mode, without a graph and in chunks; the model's mode is put back.

    Args:
        model: a network that returns logits with the classes on the last axis.
        X: samples, (n, features), or (members, n, features) for an ensemble.
        chunk: samples in one forward pass; so few that a hidden layer of them stays in the processor's cache.

    Returns:
        Probabilities, (n, classes), or (members, n, classes) from an ensemble.

    Raises:
        ValueError: chunk < 1 or no samples.
    """
    if chunk < 1:
        raise ValueError(f"chunk: got {chunk!r}, allowed is a whole number of at least 1")
    if X.ndim < 2 or X.numel() == 0:
        raise ValueError(
            f"X: got {_described(X)}, allowed is (n, features) or (members, n, features) with n of at least 1"
        )
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            # One place for all results: pieces that are kept between the layers' numbers would scatter those over
            # ever new memory, and fetching it takes longer than computing.
            probabilities, done = None, 0
            for part in X.split(chunk, dim=-2):
                logits, n = model(part), part.shape[-2]
                if probabilities is None:
                    probabilities = logits.new_empty(*logits.shape[:-2], X.shape[-2], logits.shape[-1])
                probabilities.narrow(-2, done, n).copy_(logits)
                done += n
            # Along an axis as short as the classes torch's own softmax is slow; step by step, and in place, it takes a
            # fifth of the time. These steps need no hidden layer, so larger pieces suit them.
            for part in probabilities.split(32 * chunk, dim=-2):
                part.sub_(part.amax(dim=-1, keepdim=True)).exp_()
                part.div_(part.sum(dim=-1, keepdim=True))
            return probabilities
    finally:
        model.train(training)


def ring_means(values: torch.Tensor, radius: torch.Tensor, edges: torch.Tensor) -> torch.Tensor:
    """Mean of a quantity over the points in each ring around the centre.

    Args:
        values: one value for each point, (..., n).
        radius: distance of each point from the centre, (..., n) as values.
        edges: inner edge of each ring and the outer edge of the last, (rings + 1,), rising.

    Returns:
        (..., rings); NaN where a ring holds no point.

    Raises:
        ValueError: the shapes of values and radius differ, or the edges do not rise.
    """
    if values.shape != radius.shape:
        raise ValueError(f"radius: got {_described(radius)}, allowed is the shape of values, {tuple(values.shape)}")
    if edges.ndim != 1 or len(edges) < 2 or not (edges.diff() > 0).all():
        raise ValueError(f"edges: got {edges.tolist()}, allowed are two or more rising numbers")
    inside = (radius[..., None] >= edges[:-1]) & (radius[..., None] < edges[1:])
    return (values[..., None] * inside).sum(-2) / inside.sum(-2)


def evaluate_classifier(model: nn.Module, X: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean cross entropy and accuracy in evaluation mode; the model's mode is put back.

    Args:
        model: a network, or an ensemble, that returns logits.
        X: samples, (n, features), or (members, n, features) for an ensemble.
        y: classes, (n,) or (members, n), int64.

    Returns:
        Loss in nats and accuracy as a fraction, each a scalar, or (members,) for an ensemble.

    Raises:
        ValueError: X and y do not fit together, or X holds NaN.
    """
    _check_data(X, y)
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            logits = model(X)
            losses = F.cross_entropy(logits.flatten(0, -2), y.flatten(), reduction="none").view(y.shape)
            return losses.mean(-1), (logits.argmax(-1) == y).float().mean(-1)
    finally:
        model.train(training)


def train_classifier(
    model: nn.Module,
    X: torch.Tensor,
    y: torch.Tensor,
    epochs: int = 100,
    batch_size: int = 128,
    lr: float = 1e-3,
    generator: torch.Generator | Sequence[torch.Generator] | None = None,
    class_weights: torch.Tensor | None = None,
) -> torch.Tensor:
    """Train with Adam on shuffled batches of cross entropy; a last batch that is smaller is left out.

    Args:
        model: a network, or an ensemble, that returns logits. It is trained in place.
        X: samples, (n, features), or (members, n, features) for an ensemble.
        y: classes, (n,) or (members, n), int64.
        epochs: passes through the data.
        batch_size: samples in a batch; cut to n when there are fewer.
        lr: Adam's step size.
        generator: source of the order of the samples, one, or one for each member; torch's own when None.
        class_weights: how much a sample of each class counts in the mean loss of a batch, (classes,); all alike when
            None.

    Returns:
        Mean loss of each epoch in nats, (epochs,) or (epochs, members).

    Raises:
        ValueError: X and y do not fit together, a count below 1, or a step size that is not a positive number.
    """
    _check_data(X, y)
    checked_count("epochs", epochs)
    checked_count("batch_size", batch_size)
    if not isinstance(lr, int | float) or not math.isfinite(lr) or lr <= 0:
        raise ValueError(f"lr: got {lr!r}, allowed is a positive number")
    n = y.shape[-1]
    members = y.shape[0] if y.ndim == 2 else 1
    sources = [generator] * members if generator is None or isinstance(generator, torch.Generator) else list(generator)
    if len(sources) != members:
        raise ValueError(f"generator: got {len(sources)}, allowed is one, or one for each of the {members} members")
    batch_size = min(batch_size, n)
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    history = []
    model.train()
    for _ in range(epochs):
        order = torch.stack([torch.randperm(n, generator=source) for source in sources]).to(X.device)
        if y.ndim == 2:
            rows = torch.arange(members, device=X.device)[:, None]
            X_epoch, y_epoch = X[rows, order], y[rows, order]
        else:
            X_epoch, y_epoch = X[order[0]], y[order[0]]
        total = torch.zeros(y.shape[:-1], device=X.device)
        steps = n // batch_size
        for step in range(steps):
            batch = slice(step * batch_size, (step + 1) * batch_size)
            X_batch, y_batch = X_epoch[..., batch, :], y_epoch[..., batch]
            logits = model(X_batch)
            losses = F.cross_entropy(logits.flatten(0, -2), y_batch.flatten(), class_weights, reduction="none")
            losses = losses.view(y_batch.shape)
            # The weighted mean, as F.cross_entropy takes it, for each member on its own.
            losses = losses.mean(-1) if class_weights is None else losses.sum(-1) / class_weights[y_batch].sum(-1)
            optimiser.zero_grad()
            losses.sum().backward()
            optimiser.step()
            total += losses.detach()
        history.append(total / steps)
    return torch.stack(history)


def train_over_seeds(
    data: tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor],
    hidden: Sequence[int],
    seeds: Sequence[int],
    activation: str | nn.Module = "relu",
    dropout: float = 0.0,
    epochs: int = 100,
    batch_size: int = 128,
    lr: float = 1e-3,
) -> SeedResults:
    """Train one network for each seed, all at once, each on a data set of its own.

    A seed fixes the initial weights and the order of the batches. Every network is the one that it would be alone.

    Args:
        data: X_train (seeds, n, features), y_train (seeds, n), X_test (seeds, m, features), y_test (seeds, m).
        hidden: width of each hidden layer.
        seeds: one for each data set.
        activation: name or module, as for `MLP`.
        dropout: as for `MLP`.
        epochs: passes through the data.
        batch_size: samples in a batch.
        lr: Adam's step size.

    Returns:
        The networks and their scores.

    Raises:
        ValueError: as many seeds as data sets are needed; else as for `MLP` and `train_classifier`.
    """
    X_train, y_train, X_test, y_test = data
    if len(seeds) != len(X_train):
        raise ValueError(f"seeds: got {len(seeds)}, allowed is one for each of the {len(X_train)} data sets")
    generators = [torch.Generator().manual_seed(int(seed)) for seed in seeds]
    n_classes = int(y_train.max()) + 1
    members = [MLP(X_train.shape[-1], hidden, n_classes, activation, dropout, source) for source in generators]
    model = MLPEnsemble(members).to(X_train.device)
    train_classifier(model, X_train, y_train, epochs, batch_size, lr, generators)
    train_loss, train_accuracy = evaluate_classifier(model, X_train, y_train)
    test_loss, test_accuracy = evaluate_classifier(model, X_test, y_test)
    return SeedResults(model, train_accuracy, test_accuracy, train_loss, test_loss)
