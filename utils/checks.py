"""The check that sizes, epochs, batches and workers share."""

from __future__ import annotations

from numbers import Integral


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
