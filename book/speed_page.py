"""The website's page about speed, made from the stored run of `make bench`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.rows import CUDA, GROWTH, MEMORY, MET, TIME, Row
from book.figures import figure_html
from book.pages import table_html
from course import ROOT

STORED = ROOT / "benchmarks"
# Name in the website's folder of figures, beside those of the notebooks.
FIGURE = "benchmarks.png"
FIGURE_WIDTH = 1000
PARTS = {
    TIME: ("Time", "Ours and theirs are medians; so is the ratio, with the lowest and the highest round."),
    MEMORY: ("Memory", "What one run needs at its peak, inputs included, on top of a process that has run it small."),
    GROWTH: (
        "Growth",
        "How much longer the largest size takes than the smallest. Double the size, and time grows by a factor of two "
        "to the power of the exponent.",
    ),
    CUDA: ("On a graphics card", "The same steps on a CUDA device, where the machine has one."),
}


def speed(folder: Path = STORED) -> tuple[str, bytes]:
    """The page's content.

    Args:
        folder: where `make bench` has written.

    Returns:
        Markdown, and the figure that it shows, a PNG.

    Raises:
        ValueError: nothing is stored, or it has another form.
    """
    paths = [folder / report.RESULTS, folder / report.FIGURE]
    for path in paths:
        if not path.is_file():
            raise ValueError(f"benchmarks/{path.name} is missing: run make bench")
    stored, rows = report.read(paths[0])
    png = paths[1].read_bytes()
    figure = figure_html(f"_static/figures/{FIGURE}", stored["figure"]["alt"], png, FIGURE_WIDTH)
    parts = [verdict(rows), figure, f"## The machine\n\n{machine(stored)}"]
    parts += [f"## {head}\n\n{words}\n\n{part_table(rows, part)}" for part, (head, words) in PARTS.items()]
    return "\n\n".join(parts), png


def verdict(rows: Sequence[Row]) -> str:
    """How many targets were met."""
    aimed = [row for row in rows if row.target]
    met = sum(row.verdict == MET for row in aimed)
    return f"**{met} of {len(aimed)} targets met.**"


def page_cells(row: Row) -> dict[str, str]:
    """A row in words, by column: fewer and wider ones than a terminal's table has."""
    what, against, ours, theirs, ratio, low, high, target, _ = report.cells(row)
    measured = row.ratio is not None
    # A number and its unit stay on one line.
    ours, theirs, target = (text.replace(" ", "\N{NO-BREAK SPACE}") for text in (ours, theirs, target))
    spread = f"{ratio} ({low} to {high})" if measured else ""
    if row.part == GROWTH:
        return {"what": what, "size": against, "time": f"{theirs} to {ours}", "ratio": spread, "fit": row.note}
    return {
        "what": what,
        "against": against,
        "ours, theirs": f"{ours}, {theirs}" if measured else "",
        "ratio": spread,
        "target": target,
        "verdict": row.verdict,
        "note": row.note,
    }


def part_table(rows: Sequence[Row], part: str) -> str:
    """The rows of one part; columns that stay empty there are left out, and rows where nothing at all was measured."""
    of_part = [row for row in rows if row.part == part]
    if all(row.ratio is None for row in of_part):
        reasons = dict.fromkeys(row.note for row in of_part if row.note)
        return f"Not measured in this run{': ' if reasons else ''}{'; '.join(reasons)}."
    chosen = [page_cells(row) for row in of_part]
    kept = [head for head in chosen[0] if any(row[head] for row in chosen)]
    return table_html(kept, [[row[head] for head in kept] for row in chosen])


def machine(stored: Mapping[str, Any]) -> str:
    """On what it was measured, as a list."""
    made = stored["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in made["versions"].items() if version)
    facts = {
        "Processor": f"{made['processor']}, {made['cores']} cores, {made['threads']} threads of PyTorch",
        "Memory": f"{made['memory_gb']} GB",
        "Graphics card": made["cuda"] or "none",
        "System": f"{made['system']}, Python {made['python']}",
        "Versions": versions,
        "Measured": f"{made['date']}, {stored['rounds']} rounds",
    }
    return "\n".join(f"- {name}: {words}" for name, words in facts.items())
