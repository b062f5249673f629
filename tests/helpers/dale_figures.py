"""What the figures of notebook 06 are drawn from, small and made up."""

from __future__ import annotations

import torch

from utils.datasets.sound import ipd_spikes


def sounds(*degrees: float) -> torch.Tensor:
    """Spikes of a sound for each phase difference."""
    return ipd_spikes(torch.deg2rad(torch.tensor(degrees)), torch.Generator().manual_seed(0), phase="shared")


def weights() -> torch.Tensor:
    """Weights of a first layer."""
    return torch.randn(200, 30, generator=torch.Generator().manual_seed(0))


def by_seed(low: float, n: int = 8) -> dict[int, float]:
    """Per cent named right, one more for each seed."""
    return {seed: low + seed for seed in range(n)}
