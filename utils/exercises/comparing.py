"""Says in words how an answer differs from the expected one."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

SHOWN_VALUES = 6
SHOWN_CHARACTERS = 160


def difference(result: Any, expected: Any, rtol: float = 1e-5, atol: float = 1e-6) -> str | None:
    """How `result` differs from `expected`.

    Kinds of numbers count (a float64 tensor is not a float32 one), since later cells rely on them; Python
    numbers, NumPy numbers and 0-dimensional arrays stand for each other.

    Args:
        result: what the student's code returned.
        expected: what the reference returned.
        rtol: relative tolerance.
        atol: absolute tolerance.

    Returns:
        One sentence, or None where they agree.
    """
    if isinstance(expected, tuple | list):
        return _sequence_difference(result, expected, rtol, atol)
    if isinstance(expected, dict):
        return _dict_difference(result, expected, rtol, atol)
    if isinstance(expected, torch.Tensor) and expected.ndim > 0:
        return _tensor_difference(result, expected, rtol, atol)
    if isinstance(expected, np.ndarray) and expected.ndim > 0:
        return _array_difference(result, expected, rtol, atol)
    if _is_number(expected):
        return _number_difference(result, expected, rtol, atol)
    if type(result) is not type(expected) or not bool(result == expected):
        return f"It returned {shown(result)}, expected was {shown(expected)}."
    return None


def same(first: Any, second: Any) -> bool:
    """Whether two values are equal to the last digit, element by element (NaN equals NaN)."""
    return difference(first, second, rtol=0, atol=0) is None


def shown(value: Any) -> str:
    """A short, safe text for any value, whatever its `repr` does."""
    try:
        if isinstance(value, torch.Tensor):
            value_text = _array_text(value.detach().cpu().numpy(), "tensor", str(value.dtype).removeprefix("torch."))
        elif isinstance(value, np.ndarray):
            value_text = _array_text(value, "array", str(value.dtype))
        elif isinstance(value, float | np.floating):
            value_text = f"{float(value):.6g}"
        elif isinstance(value, tuple | list):
            inside = ", ".join(shown(item) for item in value[:SHOWN_VALUES])
            more = ", ..." if len(value) > SHOWN_VALUES else ""
            value_text = f"({inside}{more})" if isinstance(value, tuple) else f"[{inside}{more}]"
        elif isinstance(value, type) or callable(value):
            value_text = getattr(value, "__name__", type(value).__name__)
        else:
            value_text = repr(value)
    except Exception:  # a student's class may have a broken repr
        value_text = f"a {type(value).__name__}"
    return value_text if len(value_text) <= SHOWN_CHARACTERS else value_text[: SHOWN_CHARACTERS - 3] + "..."


def kind(value: Any) -> str:
    """The type of a value as a student would name it, with shape and dtype where it has them."""
    if isinstance(value, torch.Tensor):
        return f"a torch.Tensor of shape {tuple(value.shape)} and dtype {str(value.dtype).removeprefix('torch.')}"
    if isinstance(value, np.ndarray):
        return f"a NumPy array of shape {value.shape} and dtype {value.dtype}"
    if value is None:
        return "None"
    if value is Ellipsis:
        return "..."
    return f"a {type(value).__name__}"


def _array_text(array: np.ndarray, name: str, dtype: str) -> str:
    if array.size <= SHOWN_VALUES * 2:
        if array.dtype.kind == "f":
            array = np.round(array, 4) + 0.0  # + 0.0 turns -0. into 0.
        inside = np.array2string(array, precision=4, separator=", ", suppress_small=True, floatmode="maxprec")
        return " ".join(inside.split())
    first = ", ".join(
        f"{item:.4g}" if array.dtype.kind in "fiub" else str(item) for item in array.ravel()[:SHOWN_VALUES]
    )
    return f"{name} of shape {array.shape}, {dtype}, starting with {first}, ..."


def _is_number(value: Any) -> bool:
    return isinstance(value, bool | int | float | complex | np.generic) or (
        isinstance(value, np.ndarray | torch.Tensor) and value.ndim == 0
    )


def _number_difference(result: Any, expected: Any, rtol: float, atol: float) -> str | None:
    one = isinstance(result, np.ndarray | torch.Tensor) and result.ndim > 0
    if one or not _is_number(result):
        return f"It returned {kind(result)}, expected was a single number, {shown(expected)}."
    if isinstance(result, torch.Tensor):
        result = result.detach().cpu()
    if isinstance(expected, torch.Tensor):
        expected = expected.detach().cpu()
    if not np.isclose(complex(result), complex(expected), rtol=rtol, atol=atol, equal_nan=True):
        return f"It returned {shown(_plain(result))}, expected was {shown(_plain(expected))}."
    return None


def _plain(number: Any) -> Any:
    return number.item() if hasattr(number, "item") else number


def _tensor_difference(result: Any, expected: torch.Tensor, rtol: float, atol: float) -> str | None:
    if not isinstance(result, torch.Tensor):
        return f"It returned {kind(result)}, expected was {kind(expected)}."
    if result.shape != expected.shape:
        return f"It returned a tensor of shape {tuple(result.shape)}, expected was shape {tuple(expected.shape)}."
    if result.dtype != expected.dtype:
        return f"It returned a tensor of dtype {result.dtype}, expected was {expected.dtype}."
    return _elements_difference(result.detach().cpu().numpy(), expected.detach().cpu().numpy(), rtol, atol)


def _array_difference(result: Any, expected: np.ndarray, rtol: float, atol: float) -> str | None:
    if not isinstance(result, np.ndarray):
        return f"It returned {kind(result)}, expected was {kind(expected)}."
    if result.shape != expected.shape:
        return f"It returned an array of shape {result.shape}, expected was shape {expected.shape}."
    if result.dtype.kind != expected.dtype.kind:
        return f"It returned an array of dtype {result.dtype}, expected was {expected.dtype}."
    return _elements_difference(result, expected, rtol, atol)


def _elements_difference(result: np.ndarray, expected: np.ndarray, rtol: float, atol: float) -> str | None:
    if expected.dtype.kind in "OSU":
        close = np.asarray(result == expected)
    else:
        close = np.isclose(result, expected, rtol=rtol, atol=atol, equal_nan=True)
    if close.all():
        return None
    if expected.size <= SHOWN_VALUES * 2:
        return f"It returned {shown(result)}, expected was {shown(expected)}."
    first = tuple(int(i) for i in np.argwhere(~close)[0])
    place = ", ".join(map(str, first))
    return (
        f"{int((~close).sum())} of {close.size} values differ, the first at [{place}]: "
        f"it returned {shown(result[first].item())}, expected was {shown(expected[first].item())}."
    )


def _sequence_difference(result: Any, expected: tuple | list, rtol: float, atol: float) -> str | None:
    if not isinstance(result, tuple | list):
        return f"It returned {kind(result)}, expected were {len(expected)} values, {shown(expected)}."
    if len(result) != len(expected):
        return f"It returned {len(result)} values, expected were {len(expected)}."
    for number, (ours, theirs) in enumerate(zip(result, expected, strict=True), start=1):
        words = difference(ours, theirs, rtol, atol)
        if words is not None:
            return f"Value {number} of {len(expected)}: {words[0].lower()}{words[1:]}"
    return None


def _dict_difference(result: Any, expected: dict, rtol: float, atol: float) -> str | None:
    if not isinstance(result, dict):
        return f"It returned {kind(result)}, expected was a dict with the keys {', '.join(map(repr, expected))}."
    if set(result) != set(expected):
        keys, wanted = (shown(sorted(map(str, side))) for side in (result, expected))
        return f"It returned the keys {keys}, expected were {wanted}."
    for key in expected:
        words = difference(result[key], expected[key], rtol, atol)
        if words is not None:
            return f"Under {key!r}: {words[0].lower()}{words[1:]}"
    return None
