"""Dale's law as in the cortex: all inputs excitatory, inhibition through a few interneurons between the layers."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from utils.checks import checked_count
from utils.models.dale_snn import DaleSNN

# Share of steps on which a nerve fibre fires: 600 Hz peak, 1 ms, and a mean of 3/8 of the squared envelope.
INPUT_PROBABILITY = 0.225


class InterneuronSNN(DaleSNN):
    """The network that hears, with subtractive interneurons in its first layer.

    The current into the hidden units is (w1 - w_ix w_ei) x + bias, with no weight below zero: every input excites,
    and a few linear interneurons, driven by the same inputs, inhibit. The second layer is that of `DaleSNN`.

    Args:
        n_inputs: number of input fibres.
        n_hidden: number of hidden units.
        n_classes: number of read-outs.
        n_interneurons: number of linear interneurons in the first layer.
        inhibitory_fraction: share of the hidden units that is inhibitory, for the second layer.
        tau: membrane time constant in seconds.
        dt: time step in seconds.
        bias: as for `DaleSNN`.

    Raises:
        ValueError: as `DaleSNN`, or if there is no interneuron.

    Source: Cornford et al. 2021, "Learning to live with Dale's principle", ICLR,
        https://openreview.net/forum?id=eU776ZYxEpz
    """

    def __init__(
        self,
        n_inputs: int = 200,
        n_hidden: int = 26,
        n_classes: int = 12,
        n_interneurons: int = 3,
        inhibitory_fraction: float = 0.5,
        tau: float = 5e-3,
        dt: float = 1e-3,
        bias: bool = True,
    ) -> None:
        super().__init__(n_inputs, n_hidden, n_classes, inhibitory_fraction, tau=tau, dt=dt, bias=bias)
        n_interneurons = checked_count("n_interneurons", n_interneurons)
        self.sign1.fill_(1)
        # Exponential weights of this mean make an excitation of unit variance from spikes of probability p.
        p = INPUT_PROBABILITY
        mean = 1 / math.sqrt(n_inputs * p * (2 - p))
        self.w1.data.exponential_(1 / mean)
        self.w_ix = nn.Parameter(torch.empty(n_inputs, n_interneurons).exponential_(1 / mean))
        self.w_ei = nn.Parameter(torch.full((n_interneurons, n_hidden), 1 / n_interneurons))

    def signed_weights(self) -> tuple[Tensor, Tensor]:
        """The weights that act: in the first layer excitation minus inhibition by way of the interneurons.

        Returns:
            Tensors of shape (n_inputs, n_hidden) and (n_hidden, n_classes).
        """
        return self.w1 - self.w_ix @ self.w_ei, self.w2.abs() * self.sign2

    def parameter_groups(self, learning_rate: float) -> list[dict]:
        """Learning rates that keep the interneurons' few weights from moving all hidden units at once.

        The source scales the gradients of w_ix by 1 / sqrt(n_hidden) and those of w_ei by 1 / n_inputs. Adam
        divides a gradient by its own size, so here the learning rates are scaled instead.

        Args:
            learning_rate: of all other weights.

        Returns:
            Parameter groups for a torch optimiser.
        """
        return [
            {"params": [self.w1, self.w2] + ([] if self.bias is None else [self.bias]), "lr": learning_rate},
            {"params": [self.w_ix], "lr": learning_rate / math.sqrt(self.n_hidden)},
            {"params": [self.w_ei], "lr": learning_rate / self.n_inputs},
        ]

    @torch.no_grad()
    def clamp_(self) -> None:
        """Bring weights that a step of learning carried below zero back to zero."""
        for weight in (self.w1, self.w_ix, self.w_ei):
            weight.clamp_(min=0)


def hidden_units_for(n_parameters: int, n_inputs: int = 200, n_classes: int = 12, n_interneurons: int = 3) -> int:
    """The largest number of hidden units with which `InterneuronSNN` has at most so many parameters.

    Args:
        n_parameters: the budget, such as that of a `DaleSNN`.
        n_inputs: number of input fibres.
        n_classes: number of read-outs.
        n_interneurons: number of interneurons.

    Returns:
        The number of hidden units.

    Raises:
        ValueError: the budget does not suffice for one.
    """
    n_hidden = (n_parameters - n_inputs * n_interneurons) // (n_inputs + n_interneurons + 1 + n_classes)
    if n_hidden < 1:
        raise ValueError(f"n_parameters: got {n_parameters}, allowed is enough for one hidden unit")
    return n_hidden
