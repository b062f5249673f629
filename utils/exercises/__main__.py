"""Command line of the exercises: `python -m utils.exercises progress` and `... report NOTEBOOK...`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from utils.exercises import progress
from utils.exercises.report import HandIn, examine_all, hand_ins, mistakes_table, table, write_csv


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: what stands behind the command; by default what the shell gave.

    Returns:
        0 if every hand-in was run to its end, solved or not; 1 if one could not be.
    """
    parser = argparse.ArgumentParser(prog="python -m utils.exercises", description="How exercises stand.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    mine = commands.add_parser(
        "progress",
        help="which exercises are solved, which predictions were made",
        description="Reads saved notebooks, without executing them, and says which exercises they show as solved and "
        "which predictions as made.",
    )
    mine.add_argument("notebooks", nargs="*", metavar="NOTEBOOK", help="saved notebooks (default: those of the course)")
    report = commands.add_parser(
        "report",
        help="for teachers: who solved what, at which hint",
        description="Re-executes notebooks that students handed in, each in its own process, and prints who solved "
        "what, at which hint. The files are not changed. They are programs and run with your rights: run hand-ins "
        "that you do not trust inside a container.",
    )
    report.add_argument("notebooks", nargs="+", metavar="NOTEBOOK", help="a saved notebook, or a folder of them")
    report.add_argument("--csv", type=Path, metavar="FILE", help="also store the results, a row for each exercise")
    report.add_argument(
        "--timeout", type=_seconds, default=600.0, metavar="S", help="seconds a notebook (default: 600)"
    )
    report.add_argument(
        "--cell-timeout", type=_seconds, default=120.0, metavar="S", help="seconds a cell, then it is interrupted (120)"
    )
    jobs = max(1, (os.cpu_count() or 1) // 2)
    report.add_argument("-j", "--jobs", type=_count, default=jobs, help=f"how many at the same time (default: {jobs})")
    options = parser.parse_args(arguments)

    if hasattr(sys.stdout, "reconfigure"):
        # A file name may hold letters that an old console does not know.
        sys.stdout.reconfigure(errors="replace")
    if options.command == "progress":
        found = [progress.read_progress(path) for path in options.notebooks or progress.course_notebooks()]
        print(progress.table(found) if found else "No notebooks were found.")
        return 1 if any(one.problem for one in found) else 0
    try:
        paths = hand_ins(options.notebooks)
        if options.csv is not None:
            # Before the long part: an unwritable file shall not cost its results.
            options.csv.open("a", encoding="utf-8").close()
    except (ValueError, OSError) as problem:
        report.error(str(problem))
    count = 0

    def done(hand_in: HandIn) -> None:
        nonlocal count
        count += 1
        print(f"{count} of {len(paths)}: {hand_in.path.name}", file=sys.stderr, flush=True)

    found = examine_all(paths, options.timeout, options.cell_timeout, options.jobs, done)
    print("\n\n".join(filter(None, [table(found), mistakes_table(found)])))
    if options.csv is not None:
        write_csv(found, options.csv)
    unfinished = sum(not hand_in.finished for hand_in in found)
    if unfinished:
        print(f"{unfinished} of {len(found)} could not be run to the end: see the notes.", file=sys.stderr)
    return 1 if unfinished else 0


def _seconds(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError(f"got {text}, allowed is a number of seconds above 0")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"got {text}, allowed is 1 or more")
    return value


if __name__ == "__main__":
    sys.exit(main())
