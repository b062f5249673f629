"""Compare the course's code with the literal way of its sources, with other libraries, and with the floor.

    make bench                              all of it: some minutes; writes benchmarks/results.json and results.png
    make bench ARGS="--only step spikes"    a part of it; writes nothing
    make bench ARGS="--quick --out FOLDER"  tiny sizes, to see that everything works; verdicts then mean nothing

Every number is a ratio of ways that take turns in the same run. The exit status is 0 if every target was met.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from benchmarks import machine, memory, report
from benchmarks.cases import COMPARISONS, GROWTH, ON_CUDA
from benchmarks.libraries import LIBRARIES
from benchmarks.measure import (
    LEAST_ROUNDS,
    LEAST_SECONDS,
    Comparison,
    Growth,
    Run,
    Spread,
    Unavailable,
    Way,
    alternate,
    exponent,
    note,
)
from benchmarks.rows import CUDA, MEMORY, TIME, Row, all_met, comparison_rows, growth_row

HERE = Path(__file__).resolve().parent
NAMES = (*(comparison.name for comparison in COMPARISONS), "memory", "growth", "cuda")
ROUNDS, QUICK_ROUNDS = 7, 2


def prepared(way: Way, sizes: Mapping[str, Any]) -> Run | str:
    """A way's call, or why it cannot be measured: a library that is missing, or does not work here."""
    library = next((library for library in LIBRARIES if library.package == way.package), None)
    if library is not None and library.version is None:
        return library.remedy
    try:
        run = way.prepare(**sizes)
        if library is not None:
            run()
        return run
    except Unavailable as problem:
        return str(problem)
    except Exception as problem:
        # Only what belongs to others may fail without ending the run.
        if library is None:
            raise
        return f"{library.package} {library.version} failed ({type(problem).__name__}: {problem}): make libraries"


def times_of(
    comparison: Comparison, sizes: Mapping[str, Any], rounds: int, least_seconds: float
) -> dict[str, list[float] | str]:
    """Seconds of every way of a comparison in each round, or a sentence where it could not be measured."""
    runs = {way.name: prepared(way, sizes) for way in (comparison.ours, *comparison.others)}
    able = {name: run for name, run in runs.items() if not isinstance(run, str)}
    taken: dict[str, list[float] | str] = {name: run for name, run in runs.items() if isinstance(run, str)}
    return taken | alternate(able, rounds, least_seconds)


def time_rows(names: Sequence[str], quick: bool, rounds: int, least_seconds: float) -> list[Row]:
    """Ratios of times."""
    rows = []
    for comparison in COMPARISONS:
        if comparison.name in names:
            note(comparison.title)
            taken = times_of(comparison, comparison.quick if quick else comparison.sizes, rounds, least_seconds)
            rows += comparison_rows(comparison, taken, TIME, judge=not quick)
    return rows


def memory_rows(names: Sequence[str], quick: bool, rounds: int, threads: int) -> list[Row]:
    """Ratios of peak memory."""
    measured = [comparison for comparison in COMPARISONS if comparison.warm_up is not None]
    chosen = [comparison for comparison in measured if comparison.name in names]
    if memory.is_possible():
        peaks = memory.measure_all_apart([comparison.name for comparison in chosen], quick, rounds, threads)
    else:
        words = "the peak of a process can be set back on Linux alone"
        peaks = {c.name: dict.fromkeys((c.ours.name, *(way.name for way in c.others)), words) for c in chosen}
    return [row for c in chosen for row in comparison_rows(c, peaks[c.name], MEMORY)]


def grown(growth: Growth, quick: bool, rounds: int, least_seconds: float) -> tuple[Row, dict[str, Any]]:
    """How the time of ours grows with a size: the row, and the points of the figure."""
    note(f"growth of {growth.title}, {growth.word}")
    sizes = growth.quick if quick else growth.values
    runs = {size: growth.prepare(**growth.fixed, **{growth.size: size}) for size in sizes}
    taken = alternate(runs, rounds, least_seconds)
    medians = [Spread.of(taken[size]).median for size in sizes]
    points = {
        "title": growth.title,
        "word": growth.word,
        "sizes": list(sizes),
        "seconds": medians,
        "exponent": exponent(sizes, medians),
    }
    return growth_row(growth, sizes, taken), points


def cuda_rows(quick: bool, rounds: int, least_seconds: float) -> list[Row]:
    """Ratios of times on a CUDA device, or rows that say that there is none."""
    rows = []
    for comparison in ON_CUDA:
        if torch.cuda.is_available():
            note(f"{comparison.title}, on CUDA")
            sizes = {**(comparison.quick if quick else comparison.sizes), "device": "cuda"}
            taken = times_of(comparison, sizes, rounds, least_seconds)
        else:
            taken = dict.fromkeys((comparison.ours.name, *(way.name for way in comparison.others)), "no CUDA here")
        rows += comparison_rows(comparison, taken, CUDA)
    return rows


def arguments_of(line: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=NAMES, metavar="NAME", help=f"some of: {', '.join(NAMES)}")
    parser.add_argument("--rounds", type=int, help=f"at least {LEAST_ROUNDS} (default: {ROUNDS}; quick: any number)")
    parser.add_argument("--threads", type=int, help="of torch (default: its own choice)")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, no verdicts")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where to write (a whole run: benchmarks)")
    options = parser.parse_args(line)
    options.rounds = options.rounds or (QUICK_ROUNDS if options.quick else ROUNDS)
    if options.rounds < (1 if options.quick else LEAST_ROUNDS):
        parser.error(f"--rounds: got {options.rounds}, allowed is {LEAST_ROUNDS} or more, or a median means little")
    if options.threads is not None and options.threads < 1:
        parser.error(f"--threads: got {options.threads}, allowed is 1 or more")
    if options.out is None and not options.quick and options.only is None:
        options.out = HERE
    return options


def main(line: Sequence[str] | None = None) -> int:
    """Measure, print the table, write the files; returns the exit status."""
    options = arguments_of(line)
    # Libraries warn of their own parts; what they say is no finding about the course.
    warnings.simplefilter("ignore")
    if options.threads is not None:
        torch.set_num_threads(options.threads)
    chosen = options.only or NAMES
    # "memory" alone measures the memory of everything; beside other names only theirs.
    compared = [comparison.name for comparison in COMPARISONS if comparison.name in chosen]
    least_seconds = 0.0 if options.quick else LEAST_SECONDS

    rows = time_rows(compared, options.quick, options.rounds, least_seconds)
    if "memory" in chosen:
        names = compared or [comparison.name for comparison in COMPARISONS]
        rows += memory_rows(names, options.quick, options.rounds, torch.get_num_threads())
    points = []
    if "growth" in chosen:
        for growth in GROWTH:
            row, curve = grown(growth, options.quick, options.rounds, least_seconds)
            rows.append(row)
            points.append(curve)
    if "cuda" in chosen:
        rows += cuda_rows(options.quick, options.rounds, least_seconds)

    print(report.table(rows))
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        stored = report.as_json(machine.describe(), options.rounds, rows, points, report.words(rows, points))
        text = json.dumps(stored, indent=1, ensure_ascii=False) + "\n"
        (options.out / report.RESULTS).write_text(text, encoding="utf-8")
        report.draw(options.out / report.FIGURE, rows, points)
        note(f"written: {report.RESULTS} and {report.FIGURE}")
    if options.quick:
        return 0
    return 0 if all_met(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
