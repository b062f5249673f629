"""What `make bench` demands. A target that is missed is a reason to improve the code, never this table."""

from __future__ import annotations

from dataclasses import dataclass

FASTEST_LIBRARY = "fastest library"
FLOOR = "floor"


@dataclass(frozen=True)
class Target:
    """A bound on a ratio.

    Attributes:
        value: the bound.
        at_most: whether the ratio may not exceed it; otherwise it may not stay below.
    """

    value: float
    at_most: bool = False

    def __str__(self) -> str:
        return f"{'at most' if self.at_most else 'at least'} {self.value:g}"

    def is_met(self, ratio: float) -> bool:
        """Whether a ratio keeps to it."""
        return ratio <= self.value if self.at_most else ratio >= self.value


# (name of the comparison, name of the other way) -> target.
TARGETS = {
    ("step", "literal"): Target(4.5),
    ("step", FASTEST_LIBRARY): Target(2.5),
    ("step", FLOOR): Target(3, at_most=True),
    ("transfer", "literal"): Target(40),
    ("spikes", "literal"): Target(6),
    ("spirals", "literal, 2 workers"): Target(8),
    ("map", "literal"): Target(20),
}
