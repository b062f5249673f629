"""Numbers in words: those that vary between machines, counts with their noun, and several in a row."""

from __future__ import annotations

import math
from collections.abc import Sequence


def approx(value: float, digits: int = 3) -> str:
    """Format a number whose last digits may differ between machines: `approx(0.98214)` -> `'~0.982'`.

    The regression run compares the text around the number and lets the digits behind a tilde vary.

    Args:
        value: a number (or a one-element tensor or array).
        digits: significant digits, at least 1.

    Returns:
        The number behind a tilde; large and small ones without an exponent where that stays readable.

    Raises:
        ValueError: `digits` is below 1, or `value` is not one number.
    """
    if digits < 1:
        raise ValueError(f"digits: got {digits}, allowed is 1 or more")
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"value: got {type(value).__name__}, allowed is a single number") from error
    if not math.isfinite(number):
        return f"~{number}"
    if number == 0:
        return "~0"
    if not 1e-4 <= abs(number) < 1e7:
        return f"~{number:.{digits - 1}e}"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(number))))
    return f"~{number:.{decimals}f}"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A count with its noun, in the singular where it is one.

    Args:
        number: a whole number of things.
        noun: the singular.
        plural: where it is not the singular with an "s".

    Returns:
        Such as "1 spike", "3 spikes", "2 axes".

    >>> counted(1, "ReLU"), counted(23589, "neuron"), counted(2, "axis", "axes")
    ('1 ReLU', '23,589 neurons', '2 axes')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(words: Sequence[str]) -> str:
    """Several words in a row, as a sentence names them.

    Args:
        words: in their order; one is enough.

    Returns:
        Such as "a, b and c".

    >>> listed(["left", "right"]), listed(["1"])
    ('left and right', '1')
    """
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)
