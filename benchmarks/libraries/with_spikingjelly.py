"""SpikingJelly: multi-step mode. A layer gets all time steps in one call and has a backward pass of its own."""

from __future__ import annotations

from spikingjelly.activation_based import functional, neuron, surrogate
from torch import Tensor, nn

from benchmarks.libraries import EXACT_DECAY, SLOPE, linear

TIME_FIRST, DECAY = True, EXACT_DECAY


class Network(nn.Module):
    """(n_steps, batch, n_inputs) -> logits (batch, n_classes)."""

    def __init__(self, w1: Tensor, w2: Tensor) -> None:
        super().__init__()
        # What is left after a step is 1 - 1 / tau there.
        tau = 1 / (1 - DECAY)
        self.hidden_weights, self.readout_weights = linear(w1), linear(w2)
        self.hidden = neuron.LIFNode(
            tau, decay_input=False, surrogate_function=surrogate.Sigmoid(alpha=SLOPE), step_mode="m"
        )
        self.readout = neuron.NonSpikingLIFNode(tau, decode="mean-mem")
        self.scale = tau  # the read-out divides its input by tau

    def forward(self, spikes: Tensor) -> Tensor:
        functional.reset_net(self.hidden)
        hidden = self.hidden(self.hidden_weights(spikes))
        return self.readout(self.scale * self.readout_weights(hidden)) * len(spikes)


def build(w1: Tensor, w2: Tensor) -> nn.Module:
    """The network, from weights of shape (n_inputs, n_hidden) and (n_hidden, n_classes)."""
    return Network(w1, w2).to(w1.device)
