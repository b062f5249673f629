"""The network that hears with graded units in place of spiking ones: same membranes, same weights, no spikes."""

from __future__ import annotations

import torch
from torch import Tensor

from utils.models.dale_snn import DaleSNN
from utils.models.leaky_layer import SURROGATE_SLOPE, THRESHOLD


class GradedSNN(DaleSNN):
    """`DaleSNN` whose hidden units send a number between 0 and 1 at each step, where a spiking unit sends 0 or 1.

    A unit sends sigmoid(slope (v - threshold)), whose derivative is the surrogate that the spiking units learn with;
    nothing resets its potential. All arguments are those of `DaleSNN`.
    """

    def hidden_activity(self, current: Tensor) -> Tensor:
        """What the hidden units send.

        Args:
            current: shape (n_steps, batch, n_units), time first.

        Returns:
            Tensor like `current`, each number between 0 and 1.
        """
        steps = torch.arange(len(current), dtype=current.dtype)
        # v[t + 1] = decay v[t] + h[t]: a potential is a sum over earlier currents, each weighed by its age.
        age = steps[:, None] - steps - 1
        weight = torch.where(age >= 0, self.decay ** age.clamp_min(0), 0.0)
        potential = torch.tensordot(weight, current, dims=1)
        return torch.sigmoid(SURROGATE_SLOPE * (potential - THRESHOLD))
