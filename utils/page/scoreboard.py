"""Published numbers beside reproduced ones, with a verdict on each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from utils.page.numbers import approx
from utils.page.tables import Table
from utils.statistics import prediction_interval

REPRODUCED, DIFFERS, CONSISTENT, INCONSISTENT, WAITING = (
    "reproduced",
    "differs",
    "consistent",
    "not consistent",
    "waiting",
)
_SYMBOLS = {REPRODUCED: "✓", CONSISTENT: "✓", DIFFERS: "✗", INCONSISTENT: "✗", WAITING: "○"}


@dataclass(frozen=True)
class Comparison:
    """One line of the table: all but `verdict` as text."""

    name: str
    published: str
    ours: str
    allowed: str
    verdict: str
    source: str


class Scoreboard:
    """Collects comparisons and shows them as one table.

    The regression run compares names, published values, tolerances and verdicts; the reproduced digits stand
    behind a tilde and may vary. So a value that leaves its tolerance is seen on every platform, and a last
    digit that differs is not.

    Args:
        notebook: its number, such as "02".
    """

    def __init__(self, notebook: str) -> None:
        self.notebook = str(notebook)
        self.rows: list[Comparison] = []

    def add(self, name: str, value: Any, published: Any, tolerance: float = 0.0, source: str = "") -> Scoreboard:
        """Compare a value, or a sequence of values, with the published one.

        Args:
            name: the quantity.
            value: a number or a sequence, array or tensor of numbers.
            published: the same form.
            tolerance: the largest absolute difference that counts as reproduced.
            source: where the published value stands.

        Returns:
            The scoreboard itself.

        Raises:
            ValueError: the shapes differ, or the tolerance is negative or not a number.
        """
        ours, theirs = _numbers("value", value), _numbers("published", published)
        if ours.shape != theirs.shape:
            raise ValueError(f"value: got shape {ours.shape}, allowed is that of published, {theirs.shape}")
        if not (isinstance(tolerance, int | float) and tolerance >= 0):
            raise ValueError(f"tolerance: got {tolerance!r}, allowed is a number of at least 0")
        # A tolerance of 0.005 means it: the half unit in the last place of a binary float does not decide.
        close = bool(np.all(np.abs(ours - theirs) <= tolerance * (1 + 1e-9) + 1e-12))
        verdict = REPRODUCED if close else DIFFERS
        return self._append(name, _listed(theirs, plain=True), _listed(ours), f"± {tolerance:g}", verdict, source)

    def add_spread(
        self, name: str, values: Sequence[float], published: float, source: str = "", runs: int = 1
    ) -> Scoreboard:
        """Ask whether a published number is consistent with our distribution over seeds.

        It is where it lies in the 95 % prediction interval of a normal distribution with our mean and standard
        deviation (Student's t, n - 1 degrees of freedom).

        Args:
            name: the quantity.
            values: one number for each seed, at least 3, under the protocol of the published one.
            published: one number.
            source: where it stands.
            runs: how many runs the published number is the mean of.

        Returns:
            The scoreboard itself.

        Raises:
            ValueError: fewer than 3 seeds, or values that are not finite.
        """
        seeds = _numbers("values", values).ravel()
        if seeds.size < 3:
            raise ValueError(
                f"values: got {seeds.size} seeds, allowed are 3 or more, or there is no spread to speak of"
            )
        target = float(_numbers("published", published))
        low, high = prediction_interval(seeds, mean_of=runs)
        verdict = CONSISTENT if low <= target <= high else INCONSISTENT
        ours = f"{approx(seeds.mean())} (seeds: {approx(seeds.min())} to {approx(seeds.max())}, n = {seeds.size})"
        of = "one more run" if runs == 1 else f"a mean of {runs} runs"
        allowed = f"95 % interval of {of}: {approx(low)} to {approx(high)}"
        return self._append(name, _plain(target), ours, allowed, verdict, source)

    def waiting(self, name: str, published: Any, needs: str, source: str = "") -> Scoreboard:
        """Name a published value that cannot be compared here, and what it needs.

        Args:
            name: the quantity.
            published: number, sequence or text.
            needs: what is missing, such as "the real recording".
            source: where the published value stands.

        Returns:
            The scoreboard itself.
        """
        theirs = published if isinstance(published, str) else _listed(_numbers("published", published), plain=True)
        return self._append(name, theirs, f"needs {needs}", "", WAITING, source)

    def show(self) -> None:
        """Show the table."""
        cells = [
            (row.name, row.published, row.ours, row.allowed, f"{_SYMBOLS[row.verdict]} {row.verdict}", row.source)
            for row in self.rows
        ]
        Table(
            ("quantity", "published", "reproduced", "allowed", "verdict", "source"),
            cells,
            caption=f"Scoreboard of notebook {self.notebook}: {self.summary}",
            name="course-scoreboard",
            metadata={"course": {"scoreboard": self.notebook, "rows": [asdict(row) for row in self.rows]}},
        ).show()

    @property
    def summary(self) -> str:
        """How many rows came to which verdict."""
        counts = {verdict: sum(row.verdict == verdict for row in self.rows) for verdict in _SYMBOLS}
        named = {INCONSISTENT: "not" if counts[CONSISTENT] else INCONSISTENT}
        # A "not" refers to the word before it.
        order = (REPRODUCED, DIFFERS, CONSISTENT, INCONSISTENT, WAITING)
        return ", ".join(f"{counts[v]} {named.get(v, v)}" for v in order if counts[v]) or "no rows yet"

    def _append(self, *cells: str) -> Scoreboard:
        self.rows.append(Comparison(*cells))
        return self


def _numbers(argument: str, value: Any) -> np.ndarray:
    detached = value.detach().cpu() if hasattr(value, "detach") else value
    try:
        numbers = np.asarray(detached, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{argument}: got {type(value).__name__}, allowed is a number or a sequence of numbers"
        ) from error
    if not np.isfinite(numbers).all():
        raise ValueError(f"{argument}: got a value that is not finite, allowed are finite numbers")
    return numbers


def _plain(number: float) -> str:
    return f"{number:.10g}"


def _listed(numbers: np.ndarray, plain: bool = False) -> str:
    form = _plain if plain else _measured
    return ", ".join(form(number) for number in numbers.ravel().tolist())


def _measured(number: float) -> str:
    return f"~{number:.0f}" if number.is_integer() and abs(number) < 1e7 else approx(number, 5)
