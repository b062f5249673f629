"""Judges a network by what it computes, whatever its layers are called and in whatever order they were made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from utils.exercises.gradients import gradients


class Refused(Exception):
    """An answer that cannot be judged further; its text says why, in a sentence."""


def filled(network: nn.Module, values: Mapping[str, torch.Tensor], by_name: bool = False) -> dict[str, nn.Parameter]:
    """Give a network's parameters the values that everybody's get; each is found by its shape.

    Args:
        network: after its first forward pass, so that lazy layers know their shapes.
        values: what it is (such as "the weights of layer 1") -> value; weights (out, in). No two shapes may be alike.
        by_name: `values` are named as the network's parameters must be.

    Returns:
        The same names -> parameters.

    Raises:
        Refused: a parameter is missing, or there is one too many.
    """
    left = dict(network.named_parameters())
    if not left:
        raise Refused(
            "PyTorch finds no parameters in your network. Layers in a plain list are not found: use `nn.Sequential` or "
            "`nn.ModuleList`."
        )
    found = {}
    for name, value in values.items():
        fitting = [n for n, p in left.items() if (n == name or not by_name) and _fits(p.shape, value.shape)]
        # A row of biases may be a matrix of one row; another layer's weights may look like it.
        place = min(fitting, key=lambda n: left[n].ndim != value.ndim, default=None)
        if place is None:
            shapes = ", ".join(str(tuple(p.shape)) for p in network.parameters())
            raise Refused(
                f"Your network has parameters of the shapes {shapes}; {name}, {tuple(value.shape)}, are missing."
            )
        parameter = found[name] = left.pop(place)
        with torch.no_grad():
            parameter.copy_(_turned(value, parameter.shape))
    if left:
        name, parameter = next(iter(left.items()))
        raise Refused(f"Your network has one parameter too many: {name}, of shape {tuple(parameter.shape)}.")
    return found


def behaviour(
    network: nn.Module, values: Mapping[str, torch.Tensor], x: torch.Tensor, by_name: bool = False
) -> dict[str, Any] | Any:
    """Outputs of a network with given weights, and how they depend on these.

    Args:
        network: as it was made.
        values: as `filled` takes them.
        x: inputs.
        by_name: as `filled` takes it.

    Returns:
        A dict of outputs and gradients; what the network returned if that is no tensor.

    Raises:
        Refused: it has other parameters, or its outputs cannot be followed back to them.
    """
    first = network(x)
    if not isinstance(first, torch.Tensor):
        return first
    parameters = filled(network, values, by_name)
    outputs = network(x)
    found = gradients(outputs, list(parameters.values()))
    if found is None:
        raise Refused(
            "PyTorch cannot follow the outputs back to the weights, so this network could not learn. Leave out "
            "`.detach()`, `.data`, `.item()`, NumPy and `torch.no_grad()`."
        )
    slopes = {
        f"the gradient of {name}": _turned(one, values[name].shape) for name, one in zip(parameters, found, strict=True)
    }
    return {"the outputs": outputs.detach(), **slopes}


def _fits(shape: torch.Size, wanted: torch.Size) -> bool:
    if len(wanted) == 2:
        return tuple(shape) in (tuple(wanted), tuple(wanted)[::-1])
    return shape.numel() == wanted.numel() == max(shape, default=1)


def _turned(value: torch.Tensor, shape: torch.Size) -> torch.Tensor:
    if value.ndim == 2 and len(shape) == 2 and value.shape != shape:
        value = value.T
    return value.reshape(shape)
