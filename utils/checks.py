"""The checks that many rooms share: of sizes, epochs, batches and workers, and of tensors whose numbers are read."""

from __future__ import annotations

from numbers import Integral

import torch


def checked_count(name: str, value: int) -> int:
    """A whole number of at least 1, or an error that says what came.

    Args:
        name: what is counted, as the caller knows it.
        value: the number, of Python or NumPy.

    Returns:
        The number, as Python's own.

    Raises:
        ValueError: it is no whole number, or below 1.
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
        raise ValueError(f"{name}: got {value!r}, allowed is a whole number of at least 1")
    return int(value)


def ordinary_tensor(name: str, value: torch.Tensor) -> torch.Tensor:
    """A tensor whose numbers can be read, or an error that says what came.

    Args:
        name: of the argument, as the caller knows it.
        value: the tensor.

    Returns:
        The tensor.

    Raises:
        ValueError: it stands for other tensors, as it does inside of torch.func, vmap and torch.export.
    """
    try:
        value.data_ptr()
        readable = type(value) in (torch.Tensor, torch.nn.Parameter)
    except RuntimeError:
        readable = False
    if not readable:
        raise ValueError(
            f"{name}: got a stand-in, as torch.func, vmap and torch.export use, allowed is an ordinary tensor; a whole "
            "batch needs no vmap"
        )
    return value
