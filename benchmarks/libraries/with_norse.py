"""norse: lifted cells without a synaptic current ("box" cells), the cheapest of its leaky units."""

from __future__ import annotations

import torch
from norse.torch import LIBoxCell, LIBoxParameters, LIFBoxCell, LIFBoxParameters, Lift
from torch import Tensor, nn

from benchmarks.libraries import DT, SLOPE, TAU, linear

TIME_FIRST, DECAY = True, 1 - DT / TAU  # its steps are Euler's


class Network(nn.Module):
    """(n_steps, batch, n_inputs) -> logits (batch, n_classes)."""

    def __init__(self, w1: Tensor, w2: Tensor) -> None:
        super().__init__()
        rate = torch.tensor(1 / TAU, device=w1.device)
        zero, one = torch.zeros((), device=w1.device), torch.ones((), device=w1.device)
        # Its surrogate 1 - tanh(k x)^2 is a sigmoid's derivative of slope 2 k.
        units = LIFBoxParameters(rate, zero, one, zero, method="tanh", alpha=torch.tensor(SLOPE / 2, device=w1.device))
        self.hidden_weights, self.readout_weights = linear(w1), linear(w2)
        self.hidden = Lift(LIFBoxCell(units, dt=DT))
        self.readout = Lift(LIBoxCell(LIBoxParameters(rate, zero.clone()), dt=DT))
        self.scale = TAU / DT  # a step takes in only dt / tau of the current

    def forward(self, spikes: Tensor) -> Tensor:
        hidden, _ = self.hidden(self.scale * self.hidden_weights(spikes))
        potential, _ = self.readout(self.scale * self.readout_weights(hidden))
        return potential.sum(0)


def build(w1: Tensor, w2: Tensor) -> nn.Module:
    """The network, from weights of shape (n_inputs, n_hidden) and (n_hidden, n_classes)."""
    return Network(w1, w2).to(w1.device)
