"""Interleaved noisy spirals: one arm for each class, its noise growing with the distance from the centre.

Arm `k` of `K` is drawn by a parameter `t` that is radius and time at once:

    x = t (sin(2 pi / K (2 t + k)) + sigma e1),     y = t (cos(2 pi / K (2 t + k)) + sigma e2)

with independent standard normal `e1`, `e2`. All lengths are in units of the training data's radius.

Source: Neuromatch Academy Deep Learning, W1D3, the spiral classification data; https://deeplearning.neuromatch.io
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

import torch
from torch.utils.data import BatchSampler, DataLoader, RandomSampler, SequentialSampler, TensorDataset

from utils.checks import checked_count

__all__ = [
    "batched_loader",
    "create_spiral_dataset",
    "shuffle_and_split",
    "spiral_ceiling",
    "spiral_points",
    "spiral_posterior",
    "split_spirals",
]


def _noise(sigma: float, above_zero: bool = False) -> float:
    number = not isinstance(sigma, bool) and isinstance(sigma, Real) and math.isfinite(sigma)
    if not number or sigma < 0 or (above_zero and sigma == 0):
        allowed = "a finite number above 0" if above_zero else "a finite number of at least 0"
        raise ValueError(f"sigma: got {sigma!r}, allowed is {allowed}")
    return float(sigma)


def _generator(generator: Any) -> None:
    if generator is not None and not isinstance(generator, torch.Generator):
        raise ValueError(f"generator: got {generator!r}, allowed is a torch.Generator, such as set_seed(3), or None")


def _points(name: str, X: torch.Tensor) -> torch.Tensor:
    if not isinstance(X, torch.Tensor) or X.ndim != 2 or X.shape[1] != 2:
        came = f"shape {tuple(X.shape)}" if isinstance(X, torch.Tensor) else type(X).__name__
        raise ValueError(f"{name}: got {came}, allowed is a tensor of shape (n, 2)")
    if not torch.isfinite(X).all():
        raise ValueError(f"{name}: got NaN or infinity, allowed are finite numbers")
    return X


def _pairs(X: torch.Tensor, y: torch.Tensor) -> None:
    if not isinstance(X, torch.Tensor) or not isinstance(y, torch.Tensor):
        raise ValueError(f"X, y: got {type(X).__name__} and {type(y).__name__}, allowed are tensors")
    if X.ndim < 1 or len(X) == 0:
        raise ValueError(f"X: got shape {tuple(X.shape)}, allowed is at least one sample")
    if y.ndim < 1 or len(X) != len(y):
        raise ValueError(f"y: got shape {tuple(y.shape)}, allowed is one label for each of the {len(X)} samples of X")


def spiral_points(
    t: torch.Tensor, K: int, sigma: float, generator: torch.Generator | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Noisy points on all arms at the given values of the spiral's parameter.

    Args:
        t: radius along the arm, (N,), at least 0. Training data use 0 to 1; larger values continue the arms.
        K: number of classes, that is, of arms.
        sigma: noise in each coordinate, as a fraction of the radius.
        generator: source of the noise; torch's own when None.

    Returns:
        X (K N, 2), the points, arm after arm, and y (K N,), their classes 0 to K - 1, int64.

    Raises:
        ValueError: t is no vector of finite numbers >= 0, K < 1, sigma < 0, or generator is something else.
    """
    K, sigma = checked_count("K", K), _noise(sigma)
    _generator(generator)
    if not isinstance(t, torch.Tensor) or t.ndim != 1 or len(t) == 0:
        came = f"shape {tuple(t.shape)}" if isinstance(t, torch.Tensor) else type(t).__name__
        raise ValueError(f"t: got {came}, allowed is a tensor of shape (N,) with N of at least 1")
    if not torch.isfinite(t).all() or (t < 0).any():
        raise ValueError("t: got negative or non-finite values, allowed are finite numbers of at least 0: a radius")
    X = torch.empty(K, len(t), 2)
    for k in range(K):
        angle = 2 * math.pi / K * (2 * t + k)
        # One draw for each coordinate of each arm, in this order: a seed then gives the points of the source.
        X[k, :, 0] = t * (torch.sin(angle) + sigma * torch.randn(len(t), generator=generator))
        X[k, :, 1] = t * (torch.cos(angle) + sigma * torch.randn(len(t), generator=generator))
    return X.flatten(0, 1), torch.arange(K).repeat_interleave(len(t))


def create_spiral_dataset(
    K: int, sigma: float, N: int, generator: torch.Generator | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """K interleaved spiral arms of N noisy points each, from the centre to radius 1.

    Args:
        K: number of classes, that is, of arms.
        sigma: noise in each coordinate, as a fraction of the radius.
        N: number of points on each arm.
        generator: source of the noise; torch's own when None.

    Returns:
        X (K N, 2), the points, arm after arm, and y (K N,), their classes 0 to K - 1, int64.

    Raises:
        ValueError: K < 1, sigma < 0 or not finite, N < 1, or generator is something else.

    Source: Neuromatch Academy Deep Learning, W1D3; https://deeplearning.neuromatch.io

    >>> X, y = create_spiral_dataset(K=4, sigma=0.16, N=1000)
    >>> tuple(X.shape), y.bincount().tolist()
    ((4000, 2), [1000, 1000, 1000, 1000])
    """
    return spiral_points(torch.linspace(0, 1, checked_count("N", N)), K, sigma, generator)


def shuffle_and_split(
    X: torch.Tensor, y: torch.Tensor, test_fraction: float = 0.2, generator: torch.Generator | None = None
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Shuffle samples and labels together and keep a part of them for testing.

    Args:
        X: samples, (n, ...).
        y: labels, (n, ...).
        test_fraction: part that is kept for testing, strictly between 0 and 1; the count is rounded down.
        generator: source of the permutation; torch's own when None.

    Returns:
        X_train, y_train, X_test, y_test: disjoint, together all samples, each label beside its sample.

    Raises:
        ValueError: X and y differ in length, either part would be empty, or generator is something else.
    """
    _pairs(X, y)
    _generator(generator)
    if isinstance(test_fraction, bool) or not isinstance(test_fraction, Real) or not 0 < test_fraction < 1:
        raise ValueError(f"test_fraction: got {test_fraction!r}, allowed is a number strictly between 0 and 1")
    n_test = int(len(X) * test_fraction)
    if n_test == 0:
        raise ValueError(
            f"test_fraction: got {test_fraction!r} of {len(X)} samples, allowed is what keeps one or more for testing"
        )
    order = torch.randperm(len(X), generator=generator).to(X.device)
    test, train = order[:n_test], order[n_test:]
    return X[train], y[train], X[test], y[test]


def split_spirals(
    K: int, sigma: float, N: int, seeds: Sequence[int], test_fraction: float = 0.2
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """One spiral data set, shuffled and split, for each seed, stacked along a first axis.

    Args:
        K: number of classes.
        sigma: noise in each coordinate, as a fraction of the radius.
        N: number of points on each arm.
        seeds: one seed for each data set; it fixes the noise and the split.
        test_fraction: part that is kept for testing.

    Returns:
        X_train (seeds, n_train, 2), y_train (seeds, n_train), X_test (seeds, n_test, 2), y_test (seeds, n_test).

    Raises:
        ValueError: no seeds, or an argument that `create_spiral_dataset` or `shuffle_and_split` refuses.
    """
    if len(seeds) == 0:
        raise ValueError("seeds: got none, allowed are one or more")
    parts = []
    for seed in seeds:
        generator = torch.Generator().manual_seed(int(seed))
        X, y = create_spiral_dataset(K, sigma, N, generator)
        parts.append(shuffle_and_split(X, y, test_fraction, generator))
    return tuple(torch.stack(part) for part in zip(*parts, strict=True))


def batched_loader(
    X: torch.Tensor,
    y: torch.Tensor,
    batch_size: int = 128,
    shuffle: bool = True,
    drop_last: bool = False,
    generator: torch.Generator | None = None,
) -> DataLoader:
    """A DataLoader that fetches each batch with one indexing operation, in this process.

    The usual loader asks the data set for one sample after the other and stacks them. Here the sampler hands over a
    whole batch of indices and the tensors are indexed once. Worker processes would only add the cost of copying.

    Args:
        X: samples, (n, ...).
        y: labels, (n, ...).
        batch_size: samples in a batch.
        shuffle: draw a new order every epoch.
        drop_last: leave out a last batch that is smaller than batch_size.
        generator: source of the order; torch's own when None.

    Returns:
        A DataLoader over (X batch, y batch); its length is the number of batches.

    Raises:
        ValueError: X and y differ in length, batch_size < 1, drop_last leaves no batch, or generator
            is something else.
    """
    _pairs(X, y)
    batch_size = checked_count("batch_size", batch_size)
    _generator(generator)
    if drop_last and batch_size > len(X):
        raise ValueError(f"batch_size: got {batch_size}, allowed with drop_last is at most {len(X)}, all samples")
    data = TensorDataset(X, y)
    order = RandomSampler(data, generator=generator) if shuffle else SequentialSampler(data)
    # batch_size=None: what the sampler yields, a list of indices, goes to the data set as it is.
    return DataLoader(data, sampler=BatchSampler(order, batch_size, drop_last), batch_size=None)


def spiral_posterior(
    X: torch.Tensor, K: int, sigma: float, t_range: tuple[float, float] = (0.0, 1.0), n_steps: int = 400
) -> tuple[torch.Tensor, torch.Tensor]:
    """What can be known about the class of a point: Bayes' rule on the process that made the data.

    A point of arm k is normal around the arm's place at t with standard deviation t sigma, and t is uniform in t_range.
    The mean of these densities over t is the density of arm k; dividing by the sum over arms gives the posterior where
    every arm is equally likely beforehand. Multiply its columns by other priors, and divide each row by its sum, where
    that is not so. No classifier that sees the point alone can be right more often than the largest posterior.

    Args:
        X: points, (n, 2).
        K: number of classes.
        sigma: noise in each coordinate, as a fraction of the radius, above 0.
        t_range: smallest and largest radius of the arms.
        n_steps: number of midpoints that stand for the integral over t.

    Returns:
        posterior (n, K), rows that sum to 1, and log_density (n,), the logarithm of the data's density at each point.

    Raises:
        ValueError: X has another shape or is not finite, K < 1, sigma <= 0, n_steps < 1, or t_range is no interval.
    """
    _points("X", X)
    K, n_steps = checked_count("K", K), checked_count("n_steps", n_steps)
    sigma = _noise(sigma, above_zero=True)
    start, stop = t_range
    if not (math.isfinite(start) and math.isfinite(stop) and 0 <= start < stop):
        raise ValueError(f"t_range: got {t_range!r}, allowed are two finite numbers with 0 <= start < stop")
    t = start + (stop - start) * (torch.arange(n_steps, dtype=torch.float64) + 0.5) / n_steps
    angle = 2 * math.pi / K * (2 * t + torch.arange(K)[:, None])
    variance = (t * sigma).square().expand(K, n_steps)
    # The exponent -|x - t u|^2 / (2 variance) is linear in (|x|^2, x1, x2, 1): one product for all points and steps.
    rows = [-0.5 / variance, t * angle.sin() / variance, t * angle.cos() / variance]
    rows.append(-0.5 * t**2 / variance - torch.log(2 * math.pi * variance * n_steps))
    # Apple's GPUs have no double precision, and the exponents need it.
    device = torch.device("cpu") if X.device.type == "mps" else X.device
    coefficients = torch.stack([row.flatten() for row in rows]).to(device)
    log_arms = []
    # In small chunks: the exponents of one chunk stay in the processor's cache.
    for part in X.to(device).double().split(64):
        features = torch.cat([part.square().sum(1, keepdim=True), part, torch.ones_like(part[:, :1])], dim=1)
        log_arms.append(torch.logsumexp((features @ coefficients).view(len(part), K, n_steps), dim=2))
    log_arms = torch.cat(log_arms)
    posterior, log_density = torch.softmax(log_arms, dim=1), torch.logsumexp(log_arms, dim=1) - math.log(K)
    return posterior.to(X.dtype).to(X.device), log_density.to(X.dtype).to(X.device)


def spiral_ceiling(K: int, sigma: float, n_points: int = 2048) -> float:
    """The accuracy that no classifier can expect to exceed when every arm is equally likely and t uniform in 0 to 1.

    It is the largest posterior, averaged over fresh points of one arm; the others are the same, turned. The points fill
    the range of t and of the noise evenly, so that 2048 of them tell the average to about 0.0005.

    Args:
        K: number of classes.
        sigma: noise in each coordinate, as a fraction of the radius. Without noise the arms meet in the centre only.
        n_points: number of points, best a power of 2.

    Returns:
        Accuracy as a fraction, from 1 / K to 1.

    Raises:
        ValueError: K < 1, sigma < 0, or n_points < 1.

    Source: Sobol' (1967), https://doi.org/10.1016/0041-5553(67)90144-9
    """
    K, sigma, n_points = checked_count("K", K), _noise(sigma), checked_count("n_points", n_points)
    if sigma == 0:
        return 1.0
    draws = torch.quasirandom.SobolEngine(3, scramble=True, seed=0).draw(n_points, dtype=torch.float64)
    t, noise = draws[:, :1], torch.special.ndtri(draws[:, 1:].clamp(1e-12, 1 - 1e-12))
    angle = 4 * math.pi / K * t
    X = t * (torch.cat([angle.sin(), angle.cos()], dim=1) + sigma * noise)
    posterior, _ = spiral_posterior(X, K, sigma)
    return posterior.max(dim=1).values.mean().item()
