"""A network of two ReLU paths and seven numbers, with every intermediate value and its chain rule by hand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

PARAMETERS = ("w00", "b00", "w01", "b01", "w10", "w11", "b_final")

# The seven numbers of the source: one response, of 1.01, at a dose of one half.
PUBLISHED = {"w00": 1.7, "b00": -0.85, "w01": 12.6, "b01": 0.0, "w10": -40.8, "w11": 2.7, "b_final": -16.0}


class Trace(NamedTuple):
    """Every value on the way from a stimulus to the response; index 0 is the upper path, 1 the lower one."""

    x: Tensor
    z0: Tensor
    h0: Tensor
    s0: Tensor
    z1: Tensor
    h1: Tensor
    s1: Tensor
    z: Tensor
    response: Tensor


class ChainRule(NamedTuple):
    """The squared loss of each point, the factors of the chain rule, and the gradients they multiply to."""

    loss: Tensor
    dloss_dresponse: Tensor
    dresponse_dz: Tensor
    dz_dbfinal: Tensor
    gradient: Tensor
    gradients: dict[str, Tensor]


class Descent(NamedTuple):
    """What gradient descent on b_final went through."""

    path: list[float]
    losses: list[float]


class TwoPathNeuron(nn.Module):
    """One stimulus, two ReLU paths, one response: relu(w10 relu(w00 x + b00) + w11 relu(w01 x + b01) + b_final).

    Args:
        w00: weight into the upper ReLU.
        b00: bias of the upper ReLU.
        w01: weight into the lower ReLU.
        b01: bias of the lower ReLU.
        w10: weight out of the upper ReLU.
        w11: weight out of the lower ReLU.
        b_final: bias of the output ReLU.
        trainable: names of the parameters that collect gradients.
        dtype: floating-point type of the parameters; double precision keeps sums by hand and autograd together.

    Raises:
        ValueError: a parameter that is no finite number, a name in `trainable` that is no parameter.

    Source:
        Josh Starmer, The StatQuest introduction to PyTorch, https://www.youtube.com/watch?v=FHdlXe1bSe4
    """

    def __init__(
        self,
        w00: float = PUBLISHED["w00"],
        b00: float = PUBLISHED["b00"],
        w01: float = PUBLISHED["w01"],
        b01: float = PUBLISHED["b01"],
        w10: float = PUBLISHED["w10"],
        w11: float = PUBLISHED["w11"],
        b_final: float = PUBLISHED["b_final"],
        trainable: Iterable[str] = ("b_final",),
        dtype: torch.dtype = torch.float64,
    ) -> None:
        super().__init__()
        trainable = (trainable,) if isinstance(trainable, str) else tuple(trainable)
        for name in trainable:
            if name not in PARAMETERS:
                raise ValueError(f"trainable: got {name!r}, allowed is one of {', '.join(PARAMETERS)}")
        for name, value in zip(PARAMETERS, (w00, b00, w01, b01, w10, w11, b_final), strict=True):
            number = torch.tensor(_finite(value, name), dtype=dtype)
            setattr(self, name, nn.Parameter(number, requires_grad=name in trainable))

    def trace(self, stimulus: Tensor | Sequence[float] | float) -> Trace:
        """Every intermediate value of the forward pass.

        Args:
            stimulus: doses of any shape, arbitrary units.

        Returns:
            `Trace` of tensors, each in the shape of the stimulus.

        Raises:
            ValueError: a stimulus that is not made of finite numbers.
        """
        x = _finite_tensor(stimulus, "stimulus", self.b_final)
        z0 = self.w00 * x + self.b00
        z1 = self.w01 * x + self.b01
        h0, h1 = torch.relu(z0), torch.relu(z1)
        s0, s1 = self.w10 * h0, self.w11 * h1
        z = s0 + s1 + self.b_final
        return Trace(x, z0, h0, s0, z1, h1, s1, z, torch.relu(z))

    def forward(self, stimulus: Tensor | Sequence[float] | float) -> Tensor:
        """Response to each stimulus.

        Args:
            stimulus: doses of any shape, arbitrary units.

        Returns:
            Responses in the shape of the stimulus, never negative.

        Raises:
            ValueError: a stimulus that is not made of finite numbers.
        """
        return self.trace(stimulus).response

    @torch.no_grad()
    def chain_rule(
        self, stimulus: Tensor | Sequence[float] | float, observed: Tensor | Sequence[float] | float
    ) -> ChainRule:
        """Squared loss and its gradients for every point, multiplied out by hand, without autograd.

        Args:
            stimulus: doses of any shape.
            observed: observed responses, in the shape of the stimulus.

        Returns:
            `ChainRule`; tensors in the shape of the stimulus, `gradients` one for each of the seven parameters.

        Raises:
            ValueError: values that are not finite, or shapes that differ.
        """
        v = self.trace(stimulus)
        y = _finite_tensor(observed, "observed", self.b_final)
        if y.shape != v.x.shape:
            raise ValueError(f"observed: got shape {tuple(y.shape)}, allowed is that of stimulus, {tuple(v.x.shape)}")
        dloss_dresponse = 2 * (v.response - y)
        # A ReLU passes the slope on where its input is above zero; at zero itself PyTorch takes a slope of 0.
        dresponse_dz, gate0, gate1 = ((u > 0).to(u.dtype) for u in (v.z, v.z0, v.z1))
        dz_dbfinal = torch.ones_like(v.z)
        delta = dloss_dresponse * dresponse_dz
        gradients = {
            "w00": delta * self.w10 * gate0 * v.x,
            "b00": delta * self.w10 * gate0,
            "w01": delta * self.w11 * gate1 * v.x,
            "b01": delta * self.w11 * gate1,
            "w10": delta * v.h0,
            "w11": delta * v.h1,
            "b_final": delta * dz_dbfinal,
        }
        loss = (v.response - y) ** 2
        return ChainRule(loss, dloss_dresponse, dresponse_dz, dz_dbfinal, gradients["b_final"], gradients)

    def values(self) -> dict[str, float]:
        """The seven parameters as plain numbers, by name.

        Returns:
            Name -> number.
        """
        return {name: getattr(self, name).item() for name in PARAMETERS}


def autograd_rule(neuron: TwoPathNeuron, stimulus: Tensor | float, observed: Tensor | float) -> ChainRule:
    """What PyTorch's automatic differentiation gives for one point, in the form of `TwoPathNeuron.chain_rule`.

    Args:
        neuron: the network; its parameters' own `.grad` stay as they are.
        stimulus: one dose.
        observed: the response observed at it.

    Returns:
        `ChainRule` of tensors without a dimension.

    Raises:
        ValueError: more than one point, or values that are not finite.
    """
    twin = TwoPathNeuron(**neuron.values(), trainable=PARAMETERS, dtype=neuron.b_final.dtype)
    y = _finite_tensor(observed, "observed", twin.b_final)
    v = twin.trace(stimulus)
    for name, given in (("stimulus", v.x), ("observed", y)):
        if given.ndim:
            raise ValueError(f"{name}: got shape {tuple(given.shape)}, allowed is one number, a single point")
    loss = (v.response - y) ** 2

    def slope(of: Tensor, by: Tensor) -> Tensor:
        return torch.autograd.grad(of, by, retain_graph=True)[0]

    gradients = {name: slope(loss, getattr(twin, name)) for name in PARAMETERS}
    factors = slope(loss, v.response), slope(v.response, v.z), slope(v.z, twin.b_final)
    return ChainRule(loss.detach(), *factors, gradients["b_final"], gradients)


def observations(stimuli: Sequence[float], responses: Sequence[float]) -> tuple[Tensor, Tensor]:
    """Observed points as two tensors, once they are fit to learn from.

    Args:
        stimuli: n doses, 1 <= n <= 12, arbitrary units.
        responses: the n responses observed at them.

    Returns:
        stimuli (n,) and responses (n,), double precision.

    Raises:
        ValueError: lists of different lengths, none or more than twelve points, anything that is no finite number
            between -1000 and 1000.
    """
    columns = []
    for name, given in (("stimuli", stimuli), ("responses", responses)):
        try:
            column = [float(value) for value in given]
        except (TypeError, ValueError):
            raise ValueError(f"{name}: got {given!r}, allowed is a list of numbers, such as [0, 0.5, 1].") from None
        for value in column:
            if not abs(value) <= 1000:
                raise ValueError(f"{name}: got {value:g}, allowed are numbers from -1000 to 1000.")
        columns.append(column)
    n_stimuli, n_responses = map(len, columns)
    if n_stimuli != n_responses:
        raise ValueError(f"responses: got {n_responses} for {n_stimuli} stimuli, allowed is one for each stimulus.")
    if not 1 <= n_stimuli <= 12:
        raise ValueError(f"stimuli: got {n_stimuli} values, allowed are 1 to 12, which can be followed by hand.")
    x, y = (torch.tensor(column, dtype=torch.float64) for column in columns)
    return x, y


def descend(
    neuron: TwoPathNeuron,
    stimuli: Sequence[float] | Tensor,
    responses: Sequence[float] | Tensor,
    learning_rate: float = 0.1,
    epochs: int = 100,
    start: float | None = None,
) -> Descent:
    """Gradient descent on b_final alone, in plain numbers: fast enough to follow a slider.

    Gradients of all points add up and b_final takes one step an epoch. The network itself is left as it is.

    Args:
        neuron: gives the other six parameters.
        stimuli: n doses.
        responses: n observed responses.
        learning_rate: step size, above 0.
        epochs: number of steps, 1 to 100,000.
        start: first b_final; by default the network's own.

    Returns:
        `Descent`: path of b_final (epochs + 1 values) and summed squared loss before each step (epochs values).

    Raises:
        ValueError: a learning rate or a number of epochs outside its range, or points that `observations` refuses.
    """
    x, y = observations(
        stimuli.tolist() if isinstance(stimuli, Tensor) else stimuli,
        responses.tolist() if isinstance(responses, Tensor) else responses,
    )
    rate = _finite(learning_rate, "learning_rate")
    if rate <= 0:
        raise ValueError(f"learning_rate: got {rate:g}, allowed is a number above 0")
    if isinstance(epochs, bool) or not isinstance(epochs, int) or not 1 <= epochs <= 100_000:
        raise ValueError(f"epochs: got {epochs!r}, allowed is a whole number from 1 to 100,000")
    b = _finite(neuron.b_final.item() if start is None else start, "start")
    with torch.no_grad():
        v = neuron.trace(x)
        drives = (v.s0 + v.s1).tolist()
    path, losses = [b], []
    for _ in range(epochs):
        gradient = loss = 0.0
        for drive, target in zip(drives, y.tolist(), strict=True):
            error = max(drive + b, 0.0) - target
            loss += error * error
            gradient += 2 * error if drive + b > 0 else 0.0
        losses.append(loss)
        b -= rate * gradient
        path.append(b)
    return Descent(path, losses)


def _finite(value: float, name: str) -> float:
    """The value as a float, or a ValueError that names it."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: got {value!r}, allowed is a number") from None
    if not math.isfinite(number):
        raise ValueError(f"{name}: got {number}, allowed is a finite number")
    return number


def _finite_tensor(values: Tensor | Sequence[float] | float, name: str, like: Tensor) -> Tensor:
    """The values as a tensor of the network's type and device, or a ValueError that names them."""
    try:
        tensor = torch.as_tensor(values, dtype=like.dtype, device=like.device)
    except (TypeError, ValueError, RuntimeError):
        raise ValueError(f"{name}: got {values!r}, allowed are numbers") from None
    if not torch.isfinite(tensor).all():
        raise ValueError(f"{name}: got a value that is not finite, allowed are finite numbers")
    return tensor
