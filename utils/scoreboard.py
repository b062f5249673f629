"""Published numbers beside reproduced ones, with a verdict on each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from utils.display import approx, escape, publish
from utils.statistics import prediction_interval

REPRODUCED, DIFFERS, PLAUSIBLE, UNLIKELY, WAITING = (
    "reproduced",
    "differs",
    "plausible draw",
    "unlikely draw",
    "waiting",
)
_SYMBOLS = {REPRODUCED: "✓", PLAUSIBLE: "✓", DIFFERS: "✗", UNLIKELY: "✗", WAITING: "○"}


@dataclass(frozen=True)
class Row:
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
        self.rows: list[Row] = []

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

    def add_spread(self, name: str, values: Sequence[float], published: float, source: str = "") -> Scoreboard:
        """Ask whether a published single run is a plausible draw from our distribution over seeds.

        The verdict is "plausible draw" where the published value lies in the 95 % prediction interval of a
        normal distribution with our mean and standard deviation (Student's t, n - 1 degrees of freedom).

        Args:
            name: the quantity.
            values: one number for each seed, at least 3.
            published: one number.
            source: where it stands.

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
        low, high = prediction_interval(seeds)
        verdict = PLAUSIBLE if low <= target <= high else UNLIKELY
        ours = f"{approx(seeds.mean())} (seeds: {approx(seeds.min())} to {approx(seeds.max())}, n = {seeds.size})"
        allowed = f"95 % interval {approx(low)} to {approx(high)}"
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
        counts = {verdict: sum(row.verdict == verdict for row in self.rows) for verdict in _SYMBOLS}
        summary = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count) or "no rows yet"
        title = f"Scoreboard of notebook {self.notebook}: {summary}"
        cells = [
            (row.name, row.published, row.ours, row.allowed, f"{_SYMBOLS[row.verdict]} {row.verdict}", row.source)
            for row in self.rows
        ]
        heads = ("quantity", "published", "reproduced", "allowed", "verdict", "source")
        text = "\n".join([title, " | ".join(heads), *(" | ".join(row) for row in cells)])
        style = "text-align:left;vertical-align:top;padding:4px 10px 4px 0"
        html = [
            '<table class="course-scoreboard" style="border-collapse:collapse">',
            f'<caption style="text-align:left;font-weight:bold;padding:4px 0">{escape(title)}</caption>',
            "<thead><tr>" + "".join(f'<th scope="col" style="{style}">{head}</th>' for head in heads) + "</tr></thead>",
            "<tbody>",
            *("<tr>" + "".join(f'<td style="{style}">{escape(cell)}</td>' for cell in row) + "</tr>" for row in cells),
            "</tbody></table>",
        ]
        publish(text, "\n".join(html))

    def _append(self, *cells: str) -> Scoreboard:
        self.rows.append(Row(*cells))
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
