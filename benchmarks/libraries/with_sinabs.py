"""sinabs: layers that get all time steps in one call."""

from __future__ import annotations

import torch
from sinabs.activation import MembraneReset, SingleSpike
from sinabs.layers import LIF, ExpLeak
from torch import Tensor, nn

from benchmarks.libraries import DT, EXACT_DECAY, SLOPE, TAU, linear

TIME_FIRST, DECAY = False, EXACT_DECAY


def sigmoid_derivative(v_mem: Tensor, spike_threshold: Tensor) -> Tensor:
    """Derivative of a sigmoid, in place of that of the step that makes a spike."""
    sigmoid = torch.sigmoid(SLOPE * (v_mem - spike_threshold))
    return SLOPE * sigmoid * (1 - sigmoid)


class Network(nn.Module):
    """(batch, n_steps, n_inputs) -> logits (batch, n_classes)."""

    def __init__(self, w1: Tensor, w2: Tensor) -> None:
        super().__init__()
        self.hidden_weights, self.readout_weights = linear(w1), linear(w2)
        self.hidden = LIF(
            TAU / DT,
            spike_fn=SingleSpike,
            reset_fn=MembraneReset(),
            surrogate_grad_fn=sigmoid_derivative,
            norm_input=False,
        )
        self.readout = ExpLeak(TAU / DT)
        for layer in (self.hidden, self.readout):
            layer.tau_mem.requires_grad_(False)

    def forward(self, spikes: Tensor) -> Tensor:
        for layer in (self.hidden, self.readout):
            if layer.is_state_initialised():
                layer.reset_states()
        return self.readout(self.readout_weights(self.hidden(self.hidden_weights(spikes)))).sum(1)


def build(w1: Tensor, w2: Tensor) -> nn.Module:
    """The network, from weights of shape (n_inputs, n_hidden) and (n_hidden, n_classes)."""
    return Network(w1, w2).to(w1.device)
