"""Train the network that hears many times, and keep the results in a table: `python -m utils.sweeps dale --help`.

    python -m utils.sweeps dale --fractions 0:1:0.1 --seeds 10 --phase shared --out data/dale_fraction_sweep.csv

A sweep that is stopped goes on where it was: the same command skips the rows that the table has.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from functools import partial
from pathlib import Path

from utils.sweeps.measurements import experiment_row
from utils.sweeps.processes import CallResult, call_results
from utils.sweeps.tables import GrowingTable, versions
from utils.training.dale_conditions import N_TRAIN, NETWORKS, STARTS, Condition, set_sizes
from utils.training.dales_law_snn import CANCELLED

CONDITION = [field.name for field in fields(Condition)]
RESULTS = ["best_epoch", "outcome", "final_train_loss"] + [
    f"{weights}{sounds}_{measure}"
    for weights in ("", "last_", "silent_inhibitory_", "silent_excitatory_")
    for measure in ("accuracy", "error")
    for sounds in ("train", "test")
]
PROTOCOL = (
    "{} training / {} validation / {} test sounds drawn from the seed; Adam 0.01; batches of 64; "
    "best weights by validation loss and (last_) those of the last epoch; accuracies as shares; errors in degrees"
)
# A mistake in every training would fill the screen.
MAX_NAMED = 5
# How a sweep is computed changes no number, so it is no part of how the table says it was made.
UNRECORDED = ("jobs", "scheduler")
EXAMPLES = """\
where it runs:
  this computer, all cores     (no option)
  this computer, some cores    --jobs 4
  a Dask cluster               --scheduler tcp://10.0.0.5:8786

A row is written as soon as its training ends. After Ctrl-C, a crash or a power cut the same command goes on.
"""


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


def run_one(condition: Condition, sounds: int = N_TRAIN) -> dict:
    """One row of the table; the same on every process, since the condition holds its seed.

    Args:
        condition: what to train.
        sounds: number of sounds to learn from.

    Returns:
        Column -> value.

    Raises:
        KeyboardInterrupt: the training was interrupted; what there is of it is no row.
    """
    row = asdict(condition) | experiment_row(condition, sounds)
    if row["outcome"] == CANCELLED:
        raise KeyboardInterrupt
    return row


def sweep(
    conditions: Iterable[Condition],
    out: str | Path,
    jobs: int | None = 1,
    scheduler: str | None = None,
    sounds: int = N_TRAIN,
    command: str = "",
) -> int:
    """Train every condition that the table does not have yet.

    Rows are added as they are ready. At the end they are brought into the order of their keys, so that the table is
    the same, byte for byte, wherever it was computed.

    Args:
        conditions: what to train.
        out: the table; it is not touched if no row is missing.
        jobs: number of processes; None takes all cores.
        scheduler: address of a Dask scheduler, whose workers are used in place of processes here.
        sounds: number of sounds to learn from.
        command: for the provenance.

    Returns:
        Number of rows added.

    Raises:
        ValueError: a number is out of range, or the table or the scheduler cannot be used.
        RuntimeError: some trainings failed, which are named, or a process or the scheduler was lost; every other row
            is in the table.
    """
    protocol = PROTOCOL.format(*set_sizes(sounds))
    provenance = {"command": command or "utils.sweeps.command.sweep", "protocol": protocol, "versions": versions()}
    table = GrowingTable(out, CONDITION + RESULTS, CONDITION, provenance)
    missing = [condition for condition in dict.fromkeys(conditions) if not table.has(asdict(condition))]
    if not missing:
        return 0
    table.begin()
    from utils.page.progress_bar import progress

    failed: list[CallResult] = []
    bar = progress(total=len(missing), desc="sweep", unit="training", steady=False)
    try:
        for result in call_results(partial(run_one, sounds=sounds), missing, jobs, scheduler):
            if result.problem:
                failed.append(result)
            else:
                table.append(result.value)
            bar.update()
    finally:
        bar.close()
    table.sort()
    if failed:
        raise RuntimeError(_complaint(failed, len(missing)))
    return len(missing)


def _complaint(failed: Sequence[CallResult], n_trainings: int) -> str:
    lines = [f"{len(failed)} of {n_trainings} trainings failed; every other row is in the table"]
    for problem in dict.fromkeys(result.problem for result in failed):
        named = [result.item for result in failed if result.problem == problem]
        lines.append(f"  {problem}")
        lines += ["    " + ", ".join(f"{name} {value}" for name, value in asdict(c).items()) for c in named[:MAX_NAMED]]
        if len(named) > MAX_NAMED:
            lines.append(f"    ... and {len(named) - MAX_NAMED} more")
    return "\n".join(lines)


def _command(parser: argparse.ArgumentParser, given: Mapping[str, object]) -> str:
    """A command that makes the same table: how many trainings there are, and what differs from the usual."""
    words = ["python", "-m", "utils.sweeps", given["experiment"]]
    for name, value in given.items():
        if name in ("fractions", "seeds") or (
            name not in ("experiment", *UNRECORDED) and value != parser.get_default(name)
        ):
            words += [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join(words)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m utils.sweeps", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="experiment", required=True)
    dale = commands.add_parser(
        "dale",
        help="accuracy against the inhibitory fraction",
        description="Accuracy of the network that hears against its inhibitory fraction, one training a row.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    dale.add_argument("--fractions", default="0:1:0.1", help="start:stop:step or a,b,c (default %(default)s)")
    dale.add_argument("--seeds", type=int, default=10, help="number of seeds for each fraction (default %(default)s)")
    dale.add_argument("--first-seed", type=int, default=0, help="the first of them (default %(default)s)")
    dale.add_argument("--layout", choices=("random", "block"), default="random", help="rows of signs")
    dale.add_argument("--phase", choices=("per_sound", "shared"), default="per_sound", help="phase of the sounds")
    dale.add_argument("--network", choices=NETWORKS, default="columns", help="how Dale's law is kept")
    dale.add_argument("--start", choices=STARTS, default="source", help="scale of the initial weights")
    dale.add_argument("--epochs", type=int, default=50, help="epochs of each training (default %(default)s)")
    dale.add_argument(
        "--sounds",
        type=int,
        default=N_TRAIN,
        help="sounds to learn from; a quarter and half as many validate and test (default %(default)s)",
    )
    where = dale.add_mutually_exclusive_group()
    where.add_argument("--jobs", type=int, help="processes on this computer (default: one for each core)")
    where.add_argument("--scheduler", metavar="ADDRESS", help="use the workers of this Dask scheduler")
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
        added = sweep(conditions, given.out, given.jobs, given.scheduler, given.sounds, _command(dale, vars(given)))
    except ValueError as problem:
        print(f"utils.sweeps: {problem}", file=sys.stderr)
        return 2
    except RuntimeError as problem:
        print(f"utils.sweeps: {problem}\nThe same command does what is missing.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"utils.sweeps: stopped; {given.out} keeps every finished row, the same command goes on", file=sys.stderr)
        return 130
    print(f"{added} rows added to {given.out}, {len(conditions) - added} were there")
    return 0
