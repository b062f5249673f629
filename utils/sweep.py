"""Train the network that hears many times, and keep the results in a table: `python -m utils.sweep dale --help`.

    python -m utils.sweep dale --fractions 0:1:0.1 --seeds 10 --phase shared --out data/dale_fraction_sweep.csv

A sweep that is stopped goes on where it was: the same command skips the rows that the table has.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, fields
from pathlib import Path

from utils.models.dale_experiment import NETWORKS, STARTS, Condition, experiment_row
from utils.results_table import GrowingTable, versions

CONDITION = [field.name for field in fields(Condition)]
RESULTS = ["best_epoch", "outcome", "final_train_loss"] + [
    f"{weights}{sounds}_{measure}"
    for weights in ("", "last_", "silent_inhibitory_", "silent_excitatory_")
    for measure in ("accuracy", "error")
    for sounds in ("train", "test")
]
PROTOCOL = (
    "4096 training / 1024 validation / 2048 test sounds drawn from the seed; Adam 0.01; batches of 64; "
    "best weights by validation loss and (last_) those of the last epoch; accuracies as shares; errors in degrees"
)


def fractions(text: str) -> list[float]:
    """Numbers from "start:stop:step" (both ends included) or "a,b,c".

    Args:
        text: such as "0:1:0.1" or "0.2,0.5".

    Returns:
        The numbers, each in [0, 1], rounded to 6 decimals.

    Raises:
        ValueError: the text has another form, or a number is out of range.
    """
    try:
        if ":" in text:
            start, stop, step = map(float, text.split(":"))
            numbers = [round(start + index * step, 6) for index in range(round((stop - start) / step) + 1)]
        else:
            numbers = [round(float(part), 6) for part in text.split(",")]
    except (ValueError, ZeroDivisionError, OverflowError) as problem:
        raise ValueError(f"fractions: got {text!r}, allowed is start:stop:step or a,b,c") from problem
    if not numbers or not all(0 <= number <= 1 for number in numbers):
        raise ValueError(f"fractions: got {text!r}, allowed are numbers from 0 to 1")
    return numbers


def run_one(condition: Condition) -> dict:
    """One row of the table; the same on every process, since the condition holds its seed.

    Args:
        condition: what to train.

    Returns:
        Column -> value.
    """
    return asdict(condition) | experiment_row(condition)


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)


def rows(conditions: Sequence[Condition], jobs: int) -> Iterator[dict]:
    """Rows in the order in which they are ready.

    Args:
        conditions: what to train.
        jobs: number of processes.

    Yields:
        Column -> value.
    """
    if jobs == 1:
        _one_thread()
        yield from map(run_one, conditions)
        return
    # "spawn" works alike on every platform, and does not copy this process's threads.
    with multiprocessing.get_context("spawn").Pool(jobs, initializer=_one_thread) as pool:
        yield from pool.imap_unordered(run_one, conditions)


def sweep(conditions: Iterable[Condition], out: str | Path, jobs: int = 1, command: str = "") -> int:
    """Train every condition that the table does not have yet.

    Args:
        conditions: what to train.
        out: the table.
        jobs: number of processes.
        command: for the provenance.

    Returns:
        Number of rows added.

    Raises:
        ValueError: jobs is below 1, or the table cannot be written.
    """
    if jobs < 1:
        raise ValueError(f"jobs: got {jobs}, allowed is 1 or more")
    provenance = {"command": command or "utils.sweep.sweep", "protocol": PROTOCOL, "versions": versions()}
    table = GrowingTable(out, CONDITION + RESULTS, CONDITION, provenance)
    missing = [condition for condition in conditions if not table.has(asdict(condition))]
    from utils.progress_bar import progress

    bar = progress(total=len(missing), desc="sweep", unit="training")
    try:
        for row in rows(missing, jobs):
            table.append(row)
            bar.update()
    finally:
        bar.close()
    return len(missing)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m utils.sweep", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="experiment", required=True)
    dale = commands.add_parser("dale", help="accuracy against the inhibitory fraction")
    dale.add_argument("--fractions", default="0:1:0.1", help="start:stop:step or a,b,c (default %(default)s)")
    dale.add_argument("--seeds", type=int, default=10, help="number of seeds for each fraction (default %(default)s)")
    dale.add_argument("--first-seed", type=int, default=0, help="the first of them (default %(default)s)")
    dale.add_argument("--layout", choices=("random", "block"), default="random", help="rows of signs")
    dale.add_argument("--phase", choices=("per_sound", "shared"), default="per_sound", help="phase of the sounds")
    dale.add_argument("--network", choices=NETWORKS, default="columns", help="how Dale's law is kept")
    dale.add_argument("--start", choices=STARTS, default="source", help="scale of the initial weights")
    dale.add_argument("--epochs", type=int, default=50, help="epochs of each training (default %(default)s)")
    dale.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: all cores)")
    dale.add_argument("--out", required=True, help="the table; rows that it has are not computed again")
    given = parser.parse_args(arguments)
    try:
        shares = fractions(given.fractions)
        if given.seeds < 1 or given.first_seed < 0 or given.epochs < 1:
            raise ValueError("seeds, first-seed, epochs: allowed are at least 1, 0 and 1")
        seeds = range(given.first_seed, given.first_seed + given.seeds)
        common = {name: getattr(given, name) for name in ("layout", "phase", "network", "start", "epochs")}
        # Seed by seed: a sweep that is stopped early has the same number of seeds at every fraction.
        conditions = [Condition(fraction=share, seed=seed, **common) for seed in seeds for share in shares]
        words = list(sys.argv[1:] if arguments is None else arguments)
        added = sweep(conditions, given.out, given.jobs, " ".join(["python -m utils.sweep", *words]))
    except ValueError as problem:
        print(f"utils.sweep: {problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"utils.sweep: stopped; {given.out} keeps every finished row, the same command goes on", file=sys.stderr)
        return 130
    print(f"{added} rows added to {given.out}, {len(conditions) - added} were there")
    return 0


if __name__ == "__main__":
    sys.exit(main())
