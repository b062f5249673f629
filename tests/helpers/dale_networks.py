"""Networks of notebook 06, as several tests of their training make and compare them."""

from __future__ import annotations

import torch

from utils.models.dale_snn import DaleSNN
from utils.training.dale_ensemble import Learner


def network(seed: int = 0, **arguments: object) -> DaleSNN:
    """A network whose initial weights the seed decides."""
    torch.manual_seed(seed)
    return DaleSNN(**arguments)


def learner(model: DaleSNN, rate: float = 0.01) -> Learner:
    """A network that learns by Adam, and nothing else."""
    return Learner(model, torch.optim.Adam(model.parameters(), lr=rate))


def shuffling() -> torch.Generator:
    """The generator that shuffles the sounds, always from the same state."""
    return torch.Generator().manual_seed(1)


def weights_of(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """A copy of all parameters and buffers, by name."""
    return {name: value.clone() for name, value in model.state_dict().items()}


def equal(one: dict[str, torch.Tensor], two: dict[str, torch.Tensor]) -> bool:
    """Whether two such copies are the same to the last bit."""
    return one.keys() == two.keys() and all(torch.equal(one[name], two[name]) for name in one)
