"""Comparisons of conditions on the same seeds, and one correction for all of those that a page makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from utils.statistics import PairedDifference, holm, paired_difference

TableRow = Mapping[str, str]


@dataclass(frozen=True)
class CorrectedDifference:
    """A paired difference among others.

    Attributes:
        name: what is compared.
        difference: mean, interval, p value and number of pairs, each comparison for itself.
        corrected_p: p after Holm's correction for all comparisons.
    """

    name: str
    difference: PairedDifference
    corrected_p: float


def select(rows: Sequence[TableRow], **wanted: object) -> list[TableRow]:
    """Rows whose columns have the wanted values.

    Args:
        rows: of a table, column -> text.
        wanted: column -> value; numbers are compared as numbers.

    Returns:
        The rows.

    >>> rows = [{"seed": "0", "fraction": "0.5"}, {"seed": "0", "fraction": "0.2"}]
    >>> select(rows, fraction=0.2)
    [{'seed': '0', 'fraction': '0.2'}]
    """
    return [row for row in rows if all(_same(row[name], value) for name, value in wanted.items())]


def compare(
    first: Sequence[TableRow], second: Sequence[TableRow], column: str = "test_accuracy", scale: float = 100
) -> PairedDifference:
    """Mean of first minus second over the seeds that both have.

    Args:
        first: rows of one condition, one for each seed.
        second: rows of the other.
        column: what is compared.
        scale: 100 turns shares into percentage points.

    Returns:
        The paired difference.

    Raises:
        ValueError: a seed stands in several rows of one condition, or fewer than two seeds are in both.
    """
    values = [_by_seed(rows, column) for rows in (first, second)]
    seeds = sorted(values[0].keys() & values[1].keys(), key=int)
    if len(seeds) < 2:
        raise ValueError(f"first and second: got {len(seeds)} common seeds, allowed are 2 or more")
    return paired_difference(*([scale * of_seed[seed] for seed in seeds] for of_seed in values))


def corrected(differences: Mapping[str, PairedDifference]) -> list[CorrectedDifference]:
    """Every comparison of a page with its p value corrected for all of them.

    Args:
        differences: name -> paired difference.

    Returns:
        The same in the same order.
    """
    p_values = holm([difference.p for difference in differences.values()])
    pairs = zip(differences.items(), p_values, strict=True)
    return [CorrectedDifference(name, difference, float(p)) for (name, difference), p in pairs]


def _by_seed(rows: Sequence[TableRow], column: str) -> dict[str, float]:
    values = {row["seed"]: float(row[column]) for row in rows if row[column]}
    if len(values) < sum(bool(row[column]) for row in rows):
        raise ValueError("rows: got several of one seed, allowed is one condition at a time")
    return values


def _same(text: str, value: object) -> bool:
    try:
        return float(text) == float(value)  # type: ignore[arg-type]
    except ValueError:
        return text == str(value)
