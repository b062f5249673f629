"""Brings a result to the kind that the reference returns, where nothing is lost by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
import torch

# Of a `map` or a generator that may go on for ever.
MOST_ITEMS = 100_000


def convert(result: Any, like: Any) -> Any:
    """A result in the form of another one: a list as a tensor, float32 as float64, a 0-d array as a number.

    Args:
        result: what the student's code returned.
        like: what the reference returned, or its `outline`; only types, dtypes and the number 0 of dimensions count.

    Returns:
        The same values in that form; the result itself where a value would change or the form cannot be had.

    Examples:
        >>> convert([1, 2], np.array([0.5, 0.5]))
        array([1., 2.])
        >>> convert(np.float32(0.5), 1.0)
        0.5
        >>> convert([1.5], np.array([1]))
        [1.5]
    """
    try:
        converted = _converted(result, like)
    except (TypeError, ValueError, AttributeError, RuntimeError, OverflowError):
        return result
    return result if converted is None else converted


def outline(value: Any) -> Any:
    """What `convert` needs of a reference's result, without its elements.

    Args:
        value: a result.

    Returns:
        The same structure with empty arrays.
    """
    if isinstance(value, torch.Tensor):
        empty = torch.zeros((0,) if value.ndim else (), dtype=value.dtype)
        return empty.requires_grad_(value.requires_grad) if value.is_floating_point() else empty
    if isinstance(value, np.ndarray):
        return np.zeros((0,) if value.ndim else (), dtype=value.dtype)
    if isinstance(value, tuple | list):
        return type(value)(map(outline, value))
    if isinstance(value, dict):
        return {key: outline(item) for key, item in value.items()}
    return value


def coarser(result: Any, like: Any) -> bool:
    """Whether a result carries fewer digits than the reference's: float32 where that has float64.

    Args:
        result: what the student's code returned.
        like: what the reference returned.

    Returns:
        True if one of its arrays or numbers does.
    """
    if isinstance(like, tuple | list | dict):
        theirs = like.values() if isinstance(like, dict) else like
        if isinstance(result, Mapping) and isinstance(like, dict):
            result = [result.get(key) for key in like]
        if isinstance(result, tuple | list) and len(result) == len(theirs):
            return any(coarser(one, other) for one, other in zip(result, theirs, strict=True))
    return max(_rounding(result), default=0.0) > 2 * max(_rounding(like), default=1.0)


def _rounding(value: Any) -> Iterator[float]:
    """The relative rounding of every floating number in a value."""
    if isinstance(value, torch.Tensor):
        if value.is_floating_point():
            yield torch.finfo(value.dtype).eps
    elif isinstance(value, np.ndarray | np.generic):
        if value.dtype.kind == "f":
            yield float(np.finfo(value.dtype).eps)
    elif isinstance(value, float):
        yield float(np.finfo(float).eps)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _rounding(item)


def _converted(result: Any, like: Any) -> Any:
    if isinstance(result, Iterator):  # `map`, `zip`, or a generator
        result = list(islice(result, MOST_ITEMS))
    if isinstance(result, torch.Tensor) and result.layout != torch.strided:
        result = result.to_dense()
    if result is None or result is Ellipsis or isinstance(result, str):
        return None
    if isinstance(like, tuple | list):
        items = _items(result)
        if isinstance(like, list) and like and items is not None:
            # A list has as many items as there happen to be, all of one kind.
            return [convert(item, like[0]) for item in items]
        if items is None or len(items) != len(like):
            return None
        return type(like)(convert(item, other) for item, other in zip(items, like, strict=True))
    if isinstance(like, dict):
        if not isinstance(result, Mapping) or set(result) != set(like):
            return None
        return {key: convert(result[key], other) for key, other in like.items()}
    if isinstance(like, torch.Tensor):
        return _as_tensor(result, like)
    if isinstance(like, np.ndarray):
        array = _as_array(result)
        array = _single(array) if like.ndim == 0 else array
        return None if array is None else _cast_array(array, like.dtype)
    if isinstance(like, bool | int | float | np.generic):
        return _as_number(result, like)
    return None


def _items(result: Any) -> list | None:
    """The parts of what was returned in place of a tuple."""
    if isinstance(result, np.ndarray | torch.Tensor):
        return list(result) if result.ndim else None
    if isinstance(result, tuple | list):
        return list(result)
    is_view = hasattr(result, "__len__") and hasattr(result, "__iter__") and not isinstance(result, Mapping | set)
    return list(result) if is_view and not isinstance(result, bytes) else None


def _as_array(result: Any) -> np.ndarray | None:
    if isinstance(result, torch.Tensor):
        return result.detach().cpu().numpy()
    if isinstance(result, tuple | list) and result and any(isinstance(one, torch.Tensor) for one in result):
        result = [_as_array(one) if isinstance(one, torch.Tensor | tuple | list) else one for one in result]
    array = np.asarray(result)
    if array.dtype.kind == "O" and array.size:  # of numbers, as `np.frompyfunc` makes them
        array = array.astype(float)
    return array if array.dtype.kind in "fiub" else None


def _single(values: Any) -> Any:
    """One number out of an array that holds one, whatever its shape."""
    if values is None or (values.numel() if isinstance(values, torch.Tensor) else values.size) != 1:
        return None
    return values.reshape(())


def _cast_array(array: np.ndarray, dtype: np.dtype) -> np.ndarray | None:
    if array.dtype == dtype:
        return array
    with np.errstate(all="ignore"):
        cast = array.astype(dtype)
        kept = dtype.kind == "f" or np.array_equal(cast.astype(float), array.astype(float))
    return cast if kept else None


def _as_tensor(result: Any, like: torch.Tensor) -> torch.Tensor | None:
    # Tensors in lists are stacked, so that gradients still flow through them.
    if isinstance(result, tuple | list) and result and any(isinstance(one, torch.Tensor) for one in result):
        parts = [_as_tensor(one, like) if not isinstance(one, torch.Tensor) else one for one in result]
        result = torch.stack([part.to(like.dtype) for part in parts])
    if isinstance(result, torch.Tensor):
        tensor = result.cpu()
    else:
        array = _as_array(result)
        if array is None:
            return None
        # A copy, since an array may be read-only or belong to somebody else.
        tensor = torch.from_numpy(np.array(array, order="C"))
    if like.ndim == 0:
        tensor = _single(tensor)
        if tensor is None:
            return None
    if tensor.is_complex():
        return None
    if tensor.dtype != like.dtype:
        cast = tensor.to(like.dtype)
        if not like.is_floating_point() and not bool((cast.double() == tensor.double()).all()):
            return None
        tensor = cast
    return tensor if like.requires_grad else tensor.detach()


def _as_number(result: Any, like: Any) -> Any:
    if isinstance(result, torch.Tensor):
        result = result.detach().cpu()
    if isinstance(result, torch.Tensor | np.ndarray | np.generic):
        single = _single(np.asarray(result))
        if single is None:
            return None
        result = single.item()
    if isinstance(result, tuple | list) and len(result) == 1:
        return _as_number(result[0], like)
    if not isinstance(result, bool | int | float):
        return None
    kind = type(like)
    converted = kind(result) if isinstance(like, float | np.floating) or np.isfinite(result) else None
    if converted is None or (not isinstance(like, float | np.floating) and converted != result):
        return None
    return converted
