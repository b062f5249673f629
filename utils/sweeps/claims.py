"""Claims of a notebook: differences between conditions, paired by seed, with one correction for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from utils.page.tables import Table
from utils.statistics import PairedDifference, paired_difference
from utils.sweeps.comparisons import TableRow, corrected, select

BySeed = dict[int, float]


def column(rows: Sequence[TableRow], name: str, scale: float = 1.0, **where: str | float) -> BySeed:
    """One column of a table, by seed.

    Args:
        rows: from `read_table` or `course_table`.
        name: the column; rows without a value there are left out.
        scale: factor, such as 100 for shares that become per cent.
        where: column -> the value that it must have; a column that the table does not have must not be named.

    Returns:
        seed -> value.

    Raises:
        ValueError: there is no such row, or two of one seed.

    >>> column([{"seed": "3", "fraction": "0.5", "accuracy": "0.8"}], "accuracy", 100, fraction=0.5)
    {3: 80.0}
    """
    chosen = [row for row in select(rows, **where) if row[name]]
    found = {int(row["seed"]): scale * float(row[name]) for row in chosen}
    if not found:
        raise ValueError(f"where: got {where}, allowed is what some of the {len(rows)} rows have")
    if len(found) < len(chosen):
        raise ValueError(f"where: got {where}, which leaves several rows of one seed, allowed is one of each")
    return found


class Claims:
    """Collects paired comparisons and corrects them together: the more one asks, the more looks like an effect."""

    def __init__(self) -> None:
        self.differences: dict[str, PairedDifference] = {}

    def compare(self, name: str, first: Mapping[int, float], second: Mapping[int, float], unit: str = "points") -> str:
        """Compare two conditions on the seeds that both have.

        Args:
            name: what is compared with what, such as "block minus random rows".
            first: seed -> value.
            second: seed -> value.
            unit: of the values.

        Returns:
            One line: mean difference, 95 % interval, number of pairs.

        Raises:
            ValueError: there are fewer than 2 common seeds.
        """
        seeds = sorted(first.keys() & second.keys())
        found = paired_difference([first[seed] for seed in seeds], [second[seed] for seed in seeds])
        self.differences[name] = found
        return f"{name}: {found.mean:+.1f} {unit} (95 %: {found.low:+.1f} to {found.high:+.1f}; n = {found.n})"

    def show(self) -> None:
        """Show all comparisons so far, with p values corrected for their number (Holm)."""
        rows = [
            (
                one.name,
                f"{one.difference.mean:+.1f}",
                f"{one.difference.low:+.1f} to {one.difference.high:+.1f}",
                str(one.difference.n),
                "< 0.001" if one.corrected_p < 0.001 else f"{one.corrected_p:.3f}",
                "differs" if one.corrected_p < 0.05 else "not shown",
            )
            for one in corrected(self.differences)
        ]
        Table(
            ("difference, paired by seed", "mean", "95 % interval", "n", "corrected p", "at 5 %"),
            rows,
            caption=f"{len(rows)} comparisons, corrected together (Holm)",
        ).show()
