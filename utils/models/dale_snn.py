"""A spiking network whose units are either excitatory or inhibitory: 200 inputs, 30 hidden units, 12 directions."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from utils.checks import checked_count
from utils.models.leaky_layer import add_bias, input_product, leaky_spikes, summed_leaky_readout

SIGN_LAYOUTS = ("random", "block")


def unit_signs(n_units: int, inhibitory_fraction: float, layout: str = "random") -> Tensor:
    """One sign for each presynaptic unit: -1 for inhibitory, +1 for excitatory.

    Args:
        n_units: number of units.
        inhibitory_fraction: share of them that is inhibitory, in [0, 1].
        layout: "block" makes the first units inhibitory, "random" draws them without replacement.

    Returns:
        Tensor of shape (n_units, 1).

    Raises:
        ValueError: if the fraction is outside [0, 1] or the layout has another name.
    """
    if not 0 <= inhibitory_fraction <= 1:  # also refuses NaN
        raise ValueError(f"inhibitory_fraction: got {inhibitory_fraction}, allowed is 0 to 1")
    if layout not in SIGN_LAYOUTS:
        raise ValueError(f"sign_layout: got {layout!r}, allowed is one of {', '.join(map(repr, SIGN_LAYOUTS))}")
    n_inhibitory = round(inhibitory_fraction * n_units)
    inhibitory = torch.randperm(n_units) if layout == "random" else torch.arange(n_units)
    signs = torch.ones(n_units, 1)
    signs[inhibitory[:n_inhibitory]] = -1
    return signs


class DaleSNN(nn.Module):
    """Spiking network that names the direction of a sound, optionally under Dale's law.

    Inputs drive leaky integrate-and-fire units, whose spikes drive leaky read-outs, one for each class. Under Dale's
    law a weight is |w| times the sign of its presynaptic unit, so no step of learning can change its sign.

    Args:
        n_inputs: number of input fibres.
        n_hidden: number of hidden units.
        n_classes: number of read-outs.
        inhibitory_fraction: share of the inputs, and of the hidden units, that is inhibitory.
        dale: False leaves every weight free; the signs are then drawn but not used.
        sign_layout: "random" draws the inhibitory units, "block" takes the first ones.
        tau: membrane time constant in seconds.
        dt: time step in seconds.
        bias: True gives each hidden unit a constant current, 0 at first, that is learned and may have either sign.

    Raises:
        ValueError: if a size is no whole number of at least 1, the fraction is outside [0, 1], the layout is unknown,
            or a time is not positive or above one second.

    Source: sound localisation with surrogate gradients, https://doi.org/10.5281/zenodo.7044500
    """

    def __init__(
        self,
        n_inputs: int = 200,
        n_hidden: int = 30,
        n_classes: int = 12,
        inhibitory_fraction: float = 0.5,
        dale: bool = True,
        sign_layout: str = "random",
        tau: float = 5e-3,
        dt: float = 1e-3,
        bias: bool = False,
    ):
        super().__init__()
        n_inputs, n_hidden = checked_count("n_inputs", n_inputs), checked_count("n_hidden", n_hidden)
        n_classes = checked_count("n_classes", n_classes)
        for name, value in {"tau": tau, "dt": dt}.items():
            # Above a second somebody means milliseconds.
            if not 0 < value <= 1:
                raise ValueError(f"{name}: got {value}, allowed is more than 0 and at most 1 second, such as 5e-3")
        self.n_inputs, self.n_hidden, self.n_classes = n_inputs, n_hidden, n_classes
        self.inhibitory_fraction, self.dale, self.sign_layout = inhibitory_fraction, dale, sign_layout
        self.tau, self.dt = tau, dt
        self.register_buffer("sign1", unit_signs(n_inputs, inhibitory_fraction, sign_layout))
        self.register_buffer("sign2", unit_signs(n_hidden, inhibitory_fraction, sign_layout))
        # The scale of the source: it counts the columns, the number of targets of a unit.
        self.w1 = nn.Parameter(torch.empty(n_inputs, n_hidden).uniform_(-1, 1) / math.sqrt(n_hidden))
        self.w2 = nn.Parameter(torch.empty(n_hidden, n_classes).uniform_(-1, 1) / math.sqrt(n_classes))
        self.bias = nn.Parameter(torch.zeros(n_hidden)) if bias else None

    @property
    def decay(self) -> float:
        """What is left of a membrane potential after one step."""
        return math.exp(-self.dt / self.tau)

    def signed_weights(self) -> tuple[Tensor, Tensor]:
        """The weights that act: |w| times the sign of the presynaptic unit, or w itself without Dale's law.

        Returns:
            Tensors of shape (n_inputs, n_hidden) and (n_hidden, n_classes).
        """
        if not self.dale:
            return self.w1, self.w2
        return self.w1.abs() * self.sign1, self.w2.abs() * self.sign2

    def hidden_current(self, spikes: Tensor) -> Tensor:
        """Current into each hidden unit at each step.

        Args:
            spikes: shape (batch, n_steps, n_inputs), a tensor or an array of any number type.

        Returns:
            Tensor of shape (n_steps, batch, n_hidden), time first.

        Raises:
            ValueError: if the shape is another, or the batch is empty.
        """
        spikes = torch.as_tensor(spikes, device=self.w1.device)
        if spikes.ndim != 3 or spikes.shape[2] != self.n_inputs or spikes.numel() == 0:
            raise ValueError(
                f"spikes: got shape {tuple(spikes.shape)}, allowed is (batch, n_steps, {self.n_inputs}) "
                "with at least one sound and one step"
            )
        n_sounds, n_steps, _ = spikes.shape
        weights, _ = self.signed_weights()
        current = input_product(spikes.reshape(-1, self.n_inputs).to(weights.dtype), weights)
        # Time first, so that one step of the whole batch lies in one piece of memory.
        current = current.view(n_sounds, n_steps, self.n_hidden).transpose(0, 1).contiguous()
        return current if self.bias is None else add_bias(current, self.bias)

    def hidden_spikes(self, spikes: Tensor) -> Tensor:
        """Spikes of the hidden units.

        Args:
            spikes: shape (batch, n_steps, n_inputs).

        Returns:
            Tensor of zeros and ones, shape (n_steps, batch, n_hidden), time first.
        """
        return self.hidden_activity(self.hidden_current(spikes))

    def hidden_activity(self, current: Tensor) -> Tensor:
        """What the hidden units send when a current drives them: their spikes.

        Args:
            current: shape (n_steps, batch, n_units), time first.

        Returns:
            Tensor like `current` of zeros and ones.
        """
        return leaky_spikes(current, self.decay)

    def forward(self, spikes: Tensor) -> Tensor:
        """Sum over time of each read-out's membrane potential.

        Args:
            spikes: shape (batch, n_steps, n_inputs), a tensor or an array of any number type.

        Returns:
            Logits of shape (batch, n_classes).
        """
        _, weights = self.signed_weights()
        return summed_leaky_readout(self.hidden_spikes(spikes), self.decay).to(weights.dtype) @ weights


def balanced_scales(n_excitatory: int, n_inhibitory: int) -> tuple[float, float]:
    """Factors for the initial weights of excitatory and inhibitory units that balance their drive.

    With them the two kinds cancel on average (n_e s_e = n_i s_i), and the summed squares of the weights, the size
    of the fluctuations, stay what they were (n_e s_e^2 + n_i s_i^2 = n_e + n_i).

    Args:
        n_excitatory: number of excitatory units.
        n_inhibitory: number of inhibitory units.

    Returns:
        The factors (s_e, s_i).

    Raises:
        ValueError: one kind is missing, so nothing can balance the other.
    """
    if n_excitatory < 1 or n_inhibitory < 1:
        raise ValueError(
            f"n_excitatory and n_inhibitory: got {n_excitatory} and {n_inhibitory}, allowed are at least 1 of each"
        )
    return math.sqrt(n_inhibitory / n_excitatory), math.sqrt(n_excitatory / n_inhibitory)


@torch.no_grad()
def balance_initial_weights(model: DaleSNN) -> DaleSNN:
    """Scale a fresh network's weights, in both layers, by `balanced_scales`.

    Args:
        model: the network, changed in place.

    Returns:
        The same network.

    Raises:
        ValueError: a layer has units of one kind only.
    """
    for weight, sign in ((model.w1, model.sign1), (model.w2, model.sign2)):
        n_inhibitory = int((sign < 0).sum())
        excitatory, inhibitory = balanced_scales(len(sign) - n_inhibitory, n_inhibitory)
        weight.mul_(torch.where(sign < 0, inhibitory, excitatory))
    return model
