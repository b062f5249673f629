"""Numbers that describe a matrix of weights: how even its spectrum is, how their sizes are spread."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def spectral_entropy(weights: Tensor) -> float:
    """Normalised entropy of the singular values: 1 where all are equal, 0 where there is one.

    Args:
        weights: shape (n_inputs, n_outputs), at least 2 of each.

    Returns:
        The entropy of s / sum(s), divided by the logarithm of their number.

    Raises:
        ValueError: there are no two singular values, or all are 0.

    Source: Li et al. 2023, "Learning better with Dale's law: a spectral perspective",
        https://doi.org/10.1101/2023.06.28.546924

    >>> spectral_entropy(torch.eye(4))
    1.0
    """
    if weights.ndim != 2 or min(weights.shape) < 2:
        raise ValueError(f"weights: got shape {tuple(weights.shape)}, allowed is (n, m) with at least 2 of each")
    values = torch.linalg.svdvals(weights.detach().double())
    if not values.sum() > 0:
        raise ValueError("weights: got zeros only, allowed is a matrix with a number that is not 0")
    share = values / values.sum()
    return round(float(torch.special.entr(share).sum() / math.log(len(share))), 12)


def log_size_moments(weights: Tensor, floor: float = 1e-6) -> tuple[float, float, float]:
    """Spread, skewness and excess kurtosis of log |w|; the last two are 0 where |w| is log-normal.

    Args:
        weights: any shape.
        floor: smaller weights are left out; a logarithm of 0 would decide everything.

    Returns:
        Standard deviation, skewness and excess kurtosis.
    """
    size = weights.detach().abs().double().flatten()
    logs = size[size > floor].log()
    z = (logs - logs.mean()) / logs.std(correction=0)
    return float(logs.std(correction=0)), float(z.pow(3).mean()), float(z.pow(4).mean() - 3)
