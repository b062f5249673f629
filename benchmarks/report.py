"""A run as a table, a file, and a figure with its words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.rows import CUDA, GROWTH, MEMORY, TIME, Row

SCHEMA = 1
RESULTS, FIGURE = "results.json", "results.png"
PREFIXES = {TIME: "", MEMORY: "memory: ", GROWTH: "growth: ", CUDA: "CUDA: "}
HEADS = ("what", "against", "ours", "theirs", "ratio", "lowest", "highest", "target", "verdict")


def amount(value: float | None, unit: str) -> str:
    """A time or a size in the unit that people would take."""
    if value is None:
        return ""
    if unit == "MB":
        return f"{value:.3g} MB"
    for name, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:.3g} {name}"
    return f"{value / 1e-6:.3g} µs"


def factor(value: float | None) -> str:
    """A ratio."""
    return "" if value is None else f"{value:.3g}" if value < 100 else f"{value:.0f}"


def cells(row: Row) -> list[str]:
    """A row in words, one for each of `HEADS`."""
    verdict = "; ".join(part for part in (row.verdict, row.note) if part)
    return [
        row.title,
        row.against,
        amount(row.ours, row.unit),
        amount(row.theirs, row.unit),
        factor(row.ratio),
        factor(row.low),
        factor(row.high),
        row.target,
        verdict,
    ]


def table(rows: Sequence[Row]) -> str:
    """All rows as one aligned table."""
    lines = [list(HEADS)]
    for row in rows:
        what, *others = cells(row)
        lines.append([PREFIXES[row.part] + what, *others])
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADS))]
    numbers = range(HEADS.index("ours"), HEADS.index("target"))
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in numbers else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def as_json(
    machine: Mapping[str, Any], rounds: int, rows: Sequence[Row], growth: Sequence[Mapping[str, Any]], alt: str
) -> dict[str, Any]:
    """Everything that is stored of a run."""
    return {
        "schema": SCHEMA,
        "machine": dict(machine),
        "rounds": rounds,
        "rows": [row.as_json() for row in rows],
        "growth": list(growth),
        "figure": {"file": FIGURE, "alt": alt},
    }


def read(path: Path) -> tuple[dict[str, Any], list[Row]]:
    """A stored run, and its rows.

    Raises:
        ValueError: it has another form.
    """
    stored = json.loads(path.read_text(encoding="utf-8"))
    if stored.get("schema") != SCHEMA:
        raise ValueError(f"{path.name}: got schema {stored.get('schema')}, allowed is {SCHEMA}: run make bench")
    return stored, [Row(**row) for row in stored["rows"]]


def shown(rows: Sequence[Row]) -> list[Row]:
    """The rows that the figure shows: ratios of times where more is better."""
    return [row for row in rows if row.part == TIME and row.ratio is not None and not row.inverse]


def words(rows: Sequence[Row], growth: Sequence[Mapping[str, Any]]) -> str:
    """What the figure shows, for those who do not see it."""
    bars = "; ".join(f"{row.title}, {row.against}: {factor(row.ratio)} times" for row in shown(rows))
    lines = "; ".join(f"{g['title']}, {g['word']}: {g['exponent']:.2f}" for g in growth)
    parts = []
    if bars:
        parts.append(f"Left: how many times as long as ours each other way takes, dots on a logarithmic axis. {bars}.")
    if lines:
        parts.append(f"Right: time of ours against size, both logarithmic, as nearly straight lines. Slopes: {lines}.")
    return " ".join(parts)


def plain_numbers(axis: Any) -> None:
    """Let a logarithmic axis name 1, 10 and 100 as such, and nothing between."""
    axis.set_major_formatter(lambda value, _: f"{value:g}")
    axis.set_minor_formatter(lambda *_: "")


def draw(path: Path, rows: Sequence[Row], growth: Sequence[Mapping[str, Any]]) -> None:
    """Draw the ratios and the growth.

    Args:
        path: where the picture goes.
        rows: of the table.
        growth: title, word, sizes and seconds of each size that grew.
    """
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from benchmarks.targets import TARGETS
    from utils.plotting.style import COLORS, course_style

    with course_style():
        bars = shown(rows)[::-1]
        heights = (1.2 + 0.25 * len(bars), 3.6)
        # One above the other, as wide as a page's column, so that the words keep their size there.
        fig, (ratios, times) = plt.subplots(
            2, 1, figsize=(7.6, sum(heights)), height_ratios=heights, layout="constrained"
        )
        for place, row in enumerate(bars):
            color = COLORS["orange"] if row.against.startswith("literal") else COLORS["blue"]
            ratios.plot(
                (row.low, row.high), (place, place), color=color, linewidth=2.5, alpha=0.5, solid_capstyle="butt"
            )
            ratios.plot(row.ratio, place, "o" if row.against.startswith("literal") else "s", color=color, markersize=6)
            target = TARGETS.get((row.name, row.against))
            if target is not None:
                ratios.plot(target.value, place, "|", color=COLORS["black"], markersize=12, markeredgewidth=2)
        ratios.axvline(1, color=COLORS["grey"], linewidth=1)
        ratios.set_xscale("log")
        plain_numbers(ratios.xaxis)
        ratios.set_yticks(
            range(len(bars)), [f"{row.title.split(', ')[0]} / {row.against}" for row in bars], fontsize=8.5
        )
        ratios.set_ylim(-0.7, len(bars) - 0.3)
        ratios.set_xlabel("time of the other way / time of ours")
        ratios.set_title("Side by side; a black tick is the target")
        styles = zip(("blue", "orange", "green", "vermillion", "purple", "black"), "os^DvP", strict=True)
        for g, (color, marker) in zip(growth, styles, strict=False):
            label = f"{g['title'].split(', ')[0]}, {g['word']}: slope {g['exponent']:.2f}"
            times.plot(g["sizes"], g["seconds"], marker=marker, color=COLORS[color], label=label, markersize=5)
        if growth:
            times.set(xscale="log", yscale="log", xlabel="size", ylabel="seconds of ours")
            plain_numbers(times.xaxis)
            times.set_title("How time grows")
            times.legend(fontsize=8, loc="upper left")
            low, high = times.get_ylim()
            times.set_ylim(low, high * 20)  # room for the legend
        else:
            times.set_axis_off()
        fig.savefig(path, dpi=150, metadata={"Description": words(rows, growth), "Software": None})
        plt.close(fig)
