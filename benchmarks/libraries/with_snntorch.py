"""snnTorch: one call of a `Leaky` layer for each time step. Its parallel forms know no reset, so they are no match."""

from __future__ import annotations

import snntorch
import torch
from snntorch import surrogate
from torch import Tensor, nn

from benchmarks.libraries import EXACT_DECAY, SLOPE, linear

TIME_FIRST, DECAY = True, EXACT_DECAY


class Network(nn.Module):
    """(n_steps, batch, n_inputs) -> logits (batch, n_classes)."""

    def __init__(self, w1: Tensor, w2: Tensor) -> None:
        super().__init__()
        self.hidden_weights, self.readout_weights = linear(w1), linear(w2)
        self.hidden = snntorch.Leaky(DECAY, spike_grad=surrogate.sigmoid(SLOPE), reset_mechanism="zero")
        self.readout = snntorch.Leaky(DECAY, reset_mechanism="none")

    def forward(self, spikes: Tensor) -> Tensor:
        potential, recorded = self.hidden.reset_mem(), []
        for current in self.hidden_weights(spikes):
            spike, potential = self.hidden(current, potential)
            recorded.append(spike)
        potential, recorded_potentials = self.readout.reset_mem(), []
        for current in self.readout_weights(torch.stack(recorded)):
            _, potential = self.readout(current, potential)
            recorded_potentials.append(potential)
        return torch.stack(recorded_potentials).sum(0)


def build(w1: Tensor, w2: Tensor) -> nn.Module:
    """The network, from weights of shape (n_inputs, n_hidden) and (n_hidden, n_classes)."""
    return Network(w1, w2).to(w1.device)
