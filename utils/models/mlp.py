"""Multi-layer perceptrons of any shape, one at a time or many side by side."""

from __future__ import annotations

import ast
import copy
import itertools
import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

import torch
from torch import nn

from utils.checks import checked_count

__all__ = ["ACTIVATIONS", "MLP", "MLPEnsemble", "find_activation"]

#: The activations that may be called by name. Spelling: case and underscores do not matter.
ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "leakyrelu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "softplus": nn.Softplus,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "identity": nn.Identity,
}


def find_activation(activation: str | nn.Module) -> nn.Module:
    """A fresh activation module from its name, or a copy of the module that was given.

    A name is looked up in a table, never executed. It may carry plain numbers, as in "LeakyReLU(0.1)".

    Args:
        activation: a name of `ACTIVATIONS` in any case, with or without numbers in brackets, or a module.

    Returns:
        A module that no other network shares.

    Raises:
        ValueError: the name is not in the table, or the brackets hold anything but numbers that the activation takes.

    >>> find_activation("LeakyReLU(0.1)")
    LeakyReLU(negative_slope=0.1)
    """
    if isinstance(activation, nn.Module):
        return copy.deepcopy(activation)
    allowed = f"one of {', '.join(ACTIVATIONS)}, such a name with numbers as in 'LeakyReLU(0.1)', or an nn.Module"
    if not isinstance(activation, str):
        raise ValueError(f"activation: got {activation!r}, allowed is {allowed}")
    refused = ValueError(f"activation: got {activation!r}, allowed is {allowed}")
    name, bracket, inside = activation.strip().partition("(")
    kind = ACTIVATIONS.get(name.strip().lower().replace("_", ""))
    if kind is None or (bracket and not inside.endswith(")")):
        raise refused
    try:
        # literal_eval reads numbers and refuses everything that could be executed.
        numbers = ast.literal_eval(f"[{inside[:-1]}]") if bracket else []
    except (ValueError, SyntaxError):
        raise refused from None
    if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in numbers):
        raise refused
    if kind is nn.Identity and numbers:
        raise refused
    try:
        return kind(*numbers)
    except (TypeError, ValueError):
        raise refused from None


def _linear(n_in: int, n_out: int, generator: torch.Generator | None) -> nn.Linear:
    """PyTorch's own initialisation, uniform in +-1/sqrt(n_in), but from a generator of the caller's."""
    layer = nn.utils.skip_init(nn.Linear, n_in, n_out)
    bound = 1 / math.sqrt(n_in)
    with torch.no_grad():
        layer.weight.uniform_(-bound, bound, generator=generator)
        layer.bias.uniform_(-bound, bound, generator=generator)
    return layer


def _tensor(x: Any) -> None:
    if not isinstance(x, torch.Tensor):
        raise ValueError(f"x: got {type(x).__name__}, allowed is a tensor; torch.as_tensor(x) makes one")


class MLP(nn.Module):
    """Linear layers with an activation between them; the last layer gives logits.

    Args:
        n_inputs: number of input features, or the shape of one sample, such as (1, 28, 28); samples are flattened.
        hidden: width of each hidden layer; an empty list gives a linear classifier.
        n_outputs: number of outputs.
        activation: name or module, see `find_activation`.
        dropout: probability with which a hidden unit is silenced in training, in [0, 1); 0 adds no layer.
        generator: source of the initial weights; torch's own when None.

    Raises:
        ValueError: a size below 1, an unknown activation, or a dropout outside [0, 1).

    >>> MLP(2, [100, 10, 5], 1, "LeakyReLU(0.1)")(torch.zeros(100, 2)).shape
    torch.Size([100, 1])
    """

    def __init__(
        self,
        n_inputs: int | Sequence[int],
        hidden: Sequence[int],
        n_outputs: int,
        activation: str | nn.Module = "relu",
        dropout: float = 0.0,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        shape = tuple(n_inputs) if isinstance(n_inputs, Sequence) else (n_inputs,)
        self.n_inputs = math.prod(checked_count("n_inputs", size) for size in shape)
        if isinstance(hidden, Real | str):
            raise ValueError(f"hidden: got {hidden!r}, allowed is a list of widths, such as [100, 10, 5]")
        if isinstance(dropout, bool) or not isinstance(dropout, Real) or not 0 <= dropout < 1:
            raise ValueError(f"dropout: got {dropout!r}, allowed is a number of at least 0 and below 1")
        widths = [self.n_inputs, *(checked_count("hidden", width) for width in hidden)]
        layers: list[nn.Module] = []
        for n_in, n_out in itertools.pairwise(widths):
            layers += [_linear(n_in, n_out, generator), find_activation(activation)]
            if type(layers[-1]) is nn.ReLU:
                # Nobody else reads the sums before it, so the result needs no second place.
                layers[-1].inplace = True
            if dropout:
                layers.append(nn.Dropout(dropout))
        # Looked up even for an empty list of widths, so that a misspelt name never passes.
        find_activation(activation)
        layers.append(_linear(widths[-1], checked_count("n_outputs", n_outputs), generator))
        self.layers = nn.Sequential(*layers)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits of a batch.

        Args:
            x: samples, (batch, ...) with n_inputs numbers each.

        Returns:
            Logits, (batch, n_outputs).

        Raises:
            ValueError: x has no batch axis, or its samples have another number of features.
        """
        _tensor(x)
        if x.ndim < 2 or math.prod(x.shape[1:]) != self.n_inputs:
            raise ValueError(
                f"x: got shape {tuple(x.shape)}, allowed is (batch, ...), {self.n_inputs} numbers a sample"
            )
        return self.layers(x.flatten(1))


class MLPEnsemble(nn.Module):
    """Many MLPs of one shape, computed side by side: one batched product stands for one layer of all of them.

    Losses of members add up without touching each other, so training the sum trains each member as if alone.

    Args:
        members: networks of the same layers and sizes. Their weights are copied.

    Raises:
        ValueError: no members, or members of different shapes.
    """

    def __init__(self, members: Sequence[MLP]) -> None:
        super().__init__()
        members = list(members)
        if not members or not all(isinstance(member, MLP) for member in members):
            raise ValueError(f"members: got {members!r}, allowed is a list of one or more MLPs")
        plans = {str(member.layers) for member in members}
        if len(plans) > 1:
            raise ValueError(f"members: got {len(plans)} different shapes, allowed is one shape for all")
        if any(len(list(layer.parameters())) for layer in members[0].layers if not isinstance(layer, nn.Linear)):
            # One copy of the activation serves all members: it must hold nothing that one of them could learn.
            raise ValueError("members: got an activation that learns, allowed are activations without parameters")
        self.template = [copy.deepcopy(members[0])]
        self.n_inputs = members[0].n_inputs
        self.size = len(members)
        self.weights = nn.ParameterList()
        self.biases = nn.ParameterList()
        self.between = nn.ModuleList()
        group: list[nn.Module] = []
        for position, layer in enumerate(members[0].layers):
            if not isinstance(layer, nn.Linear):
                group.append(copy.deepcopy(layer))
                continue
            if position:
                self.between.append(nn.Sequential(*group))
                group = []
            columns = [member.layers[position] for member in members]
            self.weights.append(torch.stack([column.weight.detach().T for column in columns]).contiguous())
            self.biases.append(torch.stack([column.bias.detach()[None] for column in columns]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits of every member.

        Args:
            x: samples, (members, batch, n_inputs), or (batch, n_inputs) for all members alike.

        Returns:
            Logits, (members, batch, n_outputs).

        Raises:
            ValueError: x has another shape.
        """
        _tensor(x)
        if x.ndim == 2:
            x = x.expand(self.size, *x.shape)
        if x.ndim != 3 or x.shape[0] != self.size or x.shape[2] != self.n_inputs:
            raise ValueError(
                f"x: got shape {tuple(x.shape)}, "
                f"allowed is (batch, {self.n_inputs}) or ({self.size}, batch, {self.n_inputs})"
            )
        for i, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            if i:
                x = self.between[i - 1](x)
            x = torch.baddbmm(bias, x, weight)
        return x

    def member(self, index: int) -> MLP:
        """A network of its own with the present weights of one member.

        Args:
            index: which member, 0 to size - 1.

        Returns:
            An MLP in the mode (training or evaluation) of the ensemble.

        Raises:
            ValueError: there is no such member.
        """
        if not 0 <= index < self.size:
            raise ValueError(f"index: got {index!r}, allowed is 0 to {self.size - 1}")
        network = copy.deepcopy(self.template[0]).to(self.weights[0].device)
        linears = [layer for layer in network.layers if isinstance(layer, nn.Linear)]
        with torch.no_grad():
            for linear, weight, bias in zip(linears, self.weights, self.biases, strict=True):
                linear.weight.copy_(weight[index].T)
                linear.bias.copy_(bias[index, 0])
        return network.train(self.training)
