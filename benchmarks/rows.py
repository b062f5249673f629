"""The rows of the one table: a ratio each, with its spread, its target, and whether that was met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from benchmarks.measure import Comparison, Growth, Spread, exponent, ratios
from benchmarks.targets import FASTEST_LIBRARY, TARGETS

TIME, MEMORY, GROWTH, CUDA = "time", "memory", "growth", "cuda"
MET, MISSED, NOT_MEASURED = "met", "missed", "not measured"


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        part: "time", "memory", "growth" or "cuda".
        name: of the comparison.
        title: what is done.
        against: the other way.
        ours: median of our way, in `unit`; for growth at the largest size.
        theirs: median of the other way; for growth ours at the smallest size.
        unit: "s" or "MB".
        ratio: median, over the rounds, of theirs / ours; of ours / theirs where `inverse`, and for growth.
        low: lowest round.
        high: highest round.
        inverse: whether a smaller ratio is better.
        target: what is demanded, in words; empty if nothing.
        verdict: "met", "missed", "not measured", or empty.
        note: why it was not measured, or what else is to be said.
    """

    part: str
    name: str
    title: str
    against: str
    ours: float | None = None
    theirs: float | None = None
    unit: str = "s"
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    inverse: bool = False
    target: str = ""
    verdict: str = ""
    note: str = ""

    def as_json(self) -> dict[str, object]:
        """The row as JSON holds it."""
        return asdict(self)


def _judged(part: str, comparison: Comparison, against: str, judge: bool, spread: Spread | None, **rest) -> Row:
    """A row with its target and verdict; only times on the processor have targets."""
    target = TARGETS.get((comparison.name, against)) if part == TIME else None
    if not judge or target is None:
        verdict = NOT_MEASURED if spread is None else ""
    elif spread is None:
        verdict = NOT_MEASURED
    else:
        verdict = MET if target.is_met(spread.median) else MISSED
    numbers = {} if spread is None else {"ratio": spread.median, "low": spread.low, "high": spread.high}
    return Row(
        part,
        comparison.name,
        comparison.title,
        against,
        target=str(target) if target else "",
        verdict=verdict,
        **numbers,
        **rest,
    )


def comparison_rows(
    comparison: Comparison,
    taken: Mapping[str, Sequence[float] | str],
    part: str = TIME,
    judge: bool = True,
) -> list[Row]:
    """The rows of a comparison, one for each other way, and one for the fastest library where there are libraries.

    Args:
        comparison: what was compared.
        taken: name of the way -> seconds or MB in each round, or a sentence where it could not be measured.
        part: which part of the table.
        judge: whether verdicts are given; a quick run has none.

    Returns:
        The rows.
    """
    unit = "MB" if part == MEMORY else "s"
    scale = 1.0 if part == MEMORY else comparison.extrapolated
    ours = taken[comparison.ours.name]
    rows, libraries = [], {}
    for way in comparison.others:
        if way.name not in taken:
            continue
        theirs = taken[way.name]
        if isinstance(ours, str) or isinstance(theirs, str):
            words = theirs if isinstance(theirs, str) else ours
            rows.append(_judged(part, comparison, way.name, judge, None, unit=unit, inverse=way.floor, note=str(words)))
            continue
        if way.package is not None:
            libraries[way.name] = theirs
        rows.append(
            _judged(
                part,
                comparison,
                way.name,
                judge,
                ratios(ours, theirs) if way.floor else ratios(theirs, ours),
                ours=scale * Spread.of(ours).median,
                theirs=scale * Spread.of(theirs).median,
                unit=unit,
                inverse=way.floor,
            )
        )
    wanted = [way.name for way in comparison.others if way.package is not None]
    if part != MEMORY and wanted:
        rows.append(_fastest(comparison, ours, libraries, wanted, part, judge))
    return rows


def _fastest(comparison, ours, libraries, wanted, part, judge) -> Row:
    """Ours against whichever library was fastest in each round."""
    if isinstance(ours, str) or not libraries:
        words = ours if isinstance(ours, str) else "no library could be measured"
        return _judged(part, comparison, FASTEST_LIBRARY, judge, None, note=words)
    fastest = [min(times) for times in zip(*libraries.values(), strict=True)]
    best = min(libraries, key=lambda name: Spread.of(libraries[name]).median)
    missing = [name for name in wanted if name not in libraries]
    words = best + (f"; without {', '.join(missing)}" if missing else "")
    return _judged(
        part,
        comparison,
        FASTEST_LIBRARY,
        judge,
        ratios(fastest, ours),
        ours=Spread.of(ours).median,
        theirs=Spread.of(fastest).median,
        note=words,
    )


def growth_row(growth: Growth, sizes: Sequence[int], taken: Mapping[int, Sequence[float]]) -> Row:
    """How much longer the largest size takes than the smallest, and the power that fits all sizes.

    Args:
        growth: what grew.
        sizes: ascending.
        taken: size -> seconds in each round.

    Returns:
        The row; its note holds the exponent with its spread.
    """
    rounds = list(zip(*(taken[size] for size in sizes), strict=True))
    power = Spread.of([exponent(sizes, times) for times in rounds])
    spread = ratios(taken[sizes[-1]], taken[sizes[0]])
    return Row(
        GROWTH,
        growth.size,
        growth.title,
        f"{growth.word}: {sizes[0]:,} to {sizes[-1]:,}",
        ours=Spread.of(taken[sizes[-1]]).median,
        theirs=Spread.of(taken[sizes[0]]).median,
        ratio=spread.median,
        low=spread.low,
        high=spread.high,
        inverse=True,
        note=f"exponent {power.median:.2f} ({power.low:.2f} to {power.high:.2f})",
    )


def all_met(rows: Sequence[Row]) -> bool:
    """Whether every target among some rows was met; one that could not be measured was not."""
    return all(row.verdict == MET for row in rows if row.target)
