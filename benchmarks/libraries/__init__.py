"""The network of notebook 06 as the field's libraries of spiking networks would have it, one module a library.

Each module offers `build(w1, w2)`, a network that starts from the given weights; `TIME_FIRST`, which says how it wants
its spikes: (n_steps, batch, n_inputs) if true, (batch, n_steps, n_inputs) if not; and `DECAY`, what it leaves of a
potential after a step. Shapes, time constants and the surrogate are ours: a sigmoid's derivative. The reset is theirs:
it comes in the step of the spike, where ours comes one step later. Each takes the fast form that its documentation
recommends for a processor, and both products outside the loop over time. Spyx does not stand on PyTorch: its module
offers `training_step` instead.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from types import ModuleType

import torch
from torch import Tensor, nn

TAU, DT = 5e-3, 1e-3
EXACT_DECAY = math.exp(-DT / TAU)
SLOPE = 5.0


@dataclass(frozen=True)
class Library:
    """A library of spiking networks.

    Attributes:
        name: as its authors write it.
        package: what to install, and to import.
        on_pytorch: whether its network is a module of PyTorch.
    """

    name: str
    package: str
    on_pytorch: bool = True

    @property
    def version(self) -> str | None:
        """The version that is installed; None if it is not."""
        try:
            return metadata.version(self.package)
        except metadata.PackageNotFoundError:
            return None

    @property
    def remedy(self) -> str:
        """How to get it."""
        return f"{self.package} is not installed: make libraries"

    def load(self) -> ModuleType:
        """Our module for it.

        Raises:
            ImportError: it is not installed, or does not work with the packages beside it.
        """
        return importlib.import_module(f"benchmarks.libraries.with_{self.package}")


LIBRARIES = (
    Library("snnTorch", "snntorch"),
    Library("SpikingJelly", "spikingjelly"),
    Library("norse", "norse"),
    Library("sinabs", "sinabs"),
    Library("Spyx", "spyx", on_pytorch=False),
)
ON_PYTORCH = tuple(library for library in LIBRARIES if library.on_pytorch)


def resets_to_zero(potential: Tensor, current: Tensor, decay: float) -> tuple[Tensor, Tensor]:
    """A step of units that fire in the step in which they reach the threshold, and start again from zero.

    Args:
        potential: of each unit.
        current: that arrives.
        decay: what is left of a potential after a step.

    Returns:
        The next potentials, and the spikes.
    """
    charged = decay * potential + current
    spike = (charged > 1).to(charged)
    return charged * (1 - spike), spike


def expected_logits(
    spikes: Tensor,
    w1: Tensor,
    w2: Tensor,
    decay: float,
    unit: Callable[[Tensor, Tensor, float], tuple[Tensor, Tensor]] = resets_to_zero,
) -> Tensor:
    """What each of these networks should answer: the sum over time of each read-out's membrane potential.

    Args:
        spikes: (batch, n_steps, n_inputs) float.
        w1: (n_inputs, n_hidden).
        w2: (n_hidden, n_classes).
        decay: what is left of a potential after a step.
        unit: a step of the hidden units, as `resets_to_zero`.

    Returns:
        (batch, n_classes).
    """
    potential = spikes.new_zeros(len(spikes), w1.shape[1])
    readout = total = spikes.new_zeros(len(spikes), w2.shape[1])
    for current in (spikes @ w1).unbind(1):
        potential, spike = unit(potential, current, decay)
        readout = decay * readout + spike @ w2
        total = total + readout
    return total


def linear(weights: Tensor) -> nn.Linear:
    """A layer without a bias that starts from the given weights, (n_inputs, n_outputs)."""
    layer = nn.Linear(*weights.shape, bias=False, device=weights.device)
    with torch.no_grad():
        layer.weight.copy_(weights.T)
    return layer
