"""Whether PyTorch can follow an answer back to its inputs, as it follows the reference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch

# A gradient is a sum of more terms than a value, and its rounding shows more.
RTOL, ATOL = 1e-3, 1e-5


def watched(args: Sequence[Any], places: Sequence[int]) -> tuple[list[Any], list[torch.Tensor]]:
    """Arguments of which some are followed.

    Args:
        args: of a call.
        places: which of them are to be followed.

    Returns:
        The arguments for the call, and the leaves whose gradients can be asked for afterwards.
    """
    args, leaves = list(args), []
    for place in places:
        if isinstance(args[place], torch.Tensor) and args[place].is_floating_point():
            leaf = args[place].detach().clone().requires_grad_()
            # A copy of the leaf, since a leaf must not be changed in place and an answer's argument may.
            leaves.append(leaf)
            args[place] = leaf.clone()
    return args, leaves


def gradients(result: Any, leaves: Sequence[torch.Tensor]) -> list[torch.Tensor] | None:
    """Gradients of a mixture of all numbers in a result.

    Args:
        result: a tensor, or a structure of them.
        leaves: tensors that it was computed from.

    Returns:
        One for each leaf, zeros where nothing flows; None where nothing flows anywhere.
    """
    parts = [part for part in _tensors(result) if part.requires_grad]
    if not parts:
        return None
    mixture = sum((part * _weights(part)).sum() for part in parts)
    found = torch.autograd.grad(mixture, list(leaves), allow_unused=True)
    return [torch.zeros_like(leaf) if one is None else one for one, leaf in zip(found, leaves, strict=True)]


def gradient_problems(
    result: Any, leaves: Sequence[torch.Tensor], expected: Sequence[torch.Tensor], names: Sequence[str]
) -> dict[str, str]:
    """What is wrong with the gradients of an answer whose values are right.

    Args:
        result: what the answer gave.
        leaves: what it was computed from.
        expected: the reference's gradients.
        names: what the leaves are called.

    Returns:
        Name -> a sentence, for each whose gradient is missing or wrong.
    """
    found, problems = gradients(result, leaves), {}
    for number, name in enumerate(names):
        wanted = expected[number]
        scale = wanted.abs().max().item() if wanted.numel() else 0.0
        if scale == 0:
            continue
        if found is not None and bool(found[number].isnan().any()):
            problems[name] = (
                f"The values are right, but their gradient with respect to {name} is not a number (nan) here, and "
                "cells below learn by it. The root of a square, for one, has no slope at 0."
            )
        elif found is None or not found[number].abs().max() > 0:
            problems[name] = (
                f"The values are right, but PyTorch cannot follow them back to {name}, and cells below learn through "
                "this function. Stay with PyTorch's functions: no `.item()`, `.detach()`, `.data`, NumPy or "
                "`torch.no_grad()`."
            )
        elif not torch.allclose(found[number], wanted, rtol=RTOL, atol=ATOL * max(scale, 1e-3)):
            problems[name] = (
                f"The values are right, but their gradient with respect to {name} is not, and cells below learn by it."
            )
    return problems


def _tensors(result: Any) -> Iterator[torch.Tensor]:
    if isinstance(result, torch.Tensor):
        yield result
    elif isinstance(result, dict):
        for item in result.values():
            yield from _tensors(item)
    elif isinstance(result, tuple | list):
        for item in result:
            yield from _tensors(item)


def _weights(part: torch.Tensor) -> torch.Tensor:
    return torch.linspace(1, 2, max(part.numel(), 1), dtype=part.dtype)[: part.numel()].reshape(part.shape)
