"""Says in words how an answer differs from the expected one, with the digits that differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

SHOWN_VALUES = 6
SHOWN_CHARACTERS = 160
# The digits of a double; more would show how binary fractions are stored.
MOST_DIGITS = 17


def difference(result: Any, expected: Any, rtol: float = 1e-5, atol: float = 1e-6) -> str | None:
    """How `result` differs from `expected`.

    Kinds count (a list is not a tensor, float64 is not float32): see `kinds.convert`, which comes before. Python
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
    """Whether two values are equal to the last digit, element by element (NaN equals NaN).

    Args:
        first: any value.
        second: any value.

    Returns:
        True where no digit differs.
    """
    return difference(first, second, rtol=0, atol=0) is None


def shown(value: Any, digits: int = 4) -> str:
    """A short, safe text for any value, whatever its `repr` does.

    Args:
        value: anything.
        digits: behind the point in arrays; single numbers get two significant ones more.

    Returns:
        At most 160 characters.
    """
    try:
        if isinstance(value, torch.Tensor):
            name = str(value.dtype).removeprefix("torch.")
            value_text = _array_text(value.detach().cpu().numpy(), "tensor", name, digits)
        elif isinstance(value, np.ndarray):
            value_text = _array_text(value, "array", str(value.dtype), digits)
        elif isinstance(value, float | np.floating):
            value_text = f"{float(value):.{min(digits + 2, MOST_DIGITS)}g}"
        elif isinstance(value, tuple | list):
            inside = ", ".join(shown(item, digits) for item in value[:SHOWN_VALUES])
            more = ", ..." if len(value) > SHOWN_VALUES else ""
            value_text = f"({inside}{more})" if isinstance(value, tuple) else f"[{inside}{more}]"
        elif isinstance(value, type) or callable(value):
            value_text = getattr(value, "__name__", type(value).__name__)
        else:
            value_text = repr(value)
    except Exception:  # a student's class may have a broken repr
        value_text = _with_article(type(value).__name__)
    return value_text if len(value_text) <= SHOWN_CHARACTERS else value_text[: SHOWN_CHARACTERS - 3] + "..."


def shown_apart(result: Any, expected: Any) -> tuple[str, str]:
    """Texts of two values with as many digits as it takes to see that they differ.

    Args:
        result: one value.
        expected: the other.

    Returns:
        Their texts, equal only where the values are.
    """
    for digits in range(4, MOST_DIGITS):
        texts = shown(result, digits), shown(expected, digits)
        if texts[0] != texts[1]:
            break
    return texts


def kind(value: Any) -> str:
    """The type of a value as a student would name it, with shape and dtype where it has them.

    Args:
        value: anything.

    Returns:
        Such as "a list" or "a NumPy array of shape (3,) and dtype float64".
    """
    if isinstance(value, torch.Tensor):
        return f"a torch.Tensor of shape {tuple(value.shape)} and dtype {str(value.dtype).removeprefix('torch.')}"
    if isinstance(value, np.ndarray):
        return f"a NumPy array of shape {value.shape} and dtype {value.dtype}"
    if value is None:
        return "None"
    if isinstance(value, type):
        return "a class"
    if value is Ellipsis:
        return "`...`"
    return _with_article(type(value).__name__)


def _with_article(word: str) -> str:
    return f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"


def _array_text(array: np.ndarray, name: str, dtype: str, digits: int) -> str:
    if array.size <= SHOWN_VALUES * 2:
        tiny = array.dtype.kind == "f" and array.size and 0 < np.abs(array).max() < 10.0**-digits
        if array.dtype.kind == "f" and not tiny:
            array = np.round(array.astype(float), digits) + 0.0  # + 0.0 turns -0. into 0.
        inside = np.array2string(
            array, precision=digits, separator=", ", suppress_small=not tiny, floatmode="maxprec", max_line_width=1000
        )
        return " ".join(inside.split())
    first = ", ".join(
        f"{item:.{digits}g}" if array.dtype.kind in "fiub" else str(item) for item in array.ravel()[:SHOWN_VALUES]
    )
    return f"{name} of shape {array.shape}, {dtype}, starting with {first}, ..."


def _is_number(value: Any) -> bool:
    return isinstance(value, bool | int | float | complex | np.generic) or (
        isinstance(value, np.ndarray | torch.Tensor) and value.ndim == 0
    )


def _told(result: Any, expected: Any) -> str:
    ours, theirs = shown_apart(result, expected)
    return f"It returned {ours}, expected was {theirs}."


def _number_difference(result: Any, expected: Any, rtol: float, atol: float) -> str | None:
    one = isinstance(result, np.ndarray | torch.Tensor) and result.ndim > 0
    if one or not _is_number(result):
        return f"It returned {kind(result)}, expected was a single number, {shown(expected)}."
    result, expected = _plain(result), _plain(expected)
    if isinstance(result, complex) and not isinstance(expected, complex):
        return f"It returned {kind(result)} number, {shown(result)}, expected was {shown(expected)}."
    if not np.isclose(complex(result), complex(expected), rtol=rtol, atol=atol, equal_nan=True):
        if isinstance(expected, float) and isinstance(result, int) and not isinstance(result, bool):
            result = float(result)
        return _told(result, expected)
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
        return _told(result, expected)
    first = tuple(int(i) for i in np.argwhere(~close)[0])
    place = ", ".join(map(str, first))
    ours, theirs = shown_apart(result[first].item(), expected[first].item())
    count = int((~close).sum())
    verb = "differs" if count == 1 else "differ"
    return f"{count} of {close.size} values {verb}, the first at [{place}]: it returned {ours}, expected was {theirs}."


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
    if not isinstance(result, Mapping):
        return f"It returned {kind(result)}, expected was a dict with the keys {', '.join(map(repr, expected))}."
    if set(result) != set(expected):
        keys, wanted = (shown(sorted(map(str, side))) for side in (result, expected))
        return f"It returned the keys {keys}, expected were {wanted}."
    for key in expected:
        words = difference(result[key], expected[key], rtol, atol)
        if words is not None:
            return f"For {key}: {words[0].lower()}{words[1:]}"
    return None
