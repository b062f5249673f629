"""Train the network that hears many times, and keep the results in a table: `python -m utils.sweeps dale --help`.

    python -m utils.sweeps dale --fractions 0:1:0.1 --seeds 20 --phase shared --out data/dale_fraction_sweep.csv

A sweep that is stopped goes on where it was: the same command skips the rows that the table has.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import Field, fields

from utils.sweeps.course import COURSE_TABLES, missing_conditions, train_for_tables
from utils.sweeps.experiments import EXPERIMENTS
from utils.sweeps.sweep import sweep
from utils.sweeps.tables import course_file
from utils.training.dale_conditions import N_TRAIN, Condition

# How a sweep is computed changes no number, so it is no part of how the table says it was made.
UNRECORDED = ("jobs", "scheduler", "keep")
# Given for each table, whatever their defaults.
RECORDED = ("fractions", "seeds")
HELP = {
    "layout": "rows of signs: random, block",
    "phase": "phase of the sounds: per_sound, shared",
    "network": "how Dale's law is kept: columns, free, interneurons",
    "start": "scale of the initial weights: source, balanced",
    "epochs": "epochs of each training",
    "bias": "a learned constant current for each hidden unit: no, yes",
    "inhibition": "where inhibitory units stand: both, inputs, hidden",
    "neuron": "hidden units: spiking, graded",
    "learning": "adam, exponentiated",
    "n_hidden": "number of hidden units",
    "tau": "membrane time constant in seconds",
    "new_sounds": "new sounds for every epoch: no, yes",
}
COURSE = (
    "Adds seeds to every table in data/, the most telling tables first: a seed's networks are trained side by side, "
    "then measured for each table. To be called in the course's folder."
)
EXAMPLES = """\
Options of a network take several values, such as --layout random,block: every combination is trained.

where it runs:
  this computer, all cores     (no option)
  this computer, some cores    --jobs 4
  a Dask cluster               --scheduler tcp://10.0.0.5:8786

A row is written as soon as its training ends. After Ctrl-C, a crash or a power cut the same command goes on.
With --keep FOLDER the trained networks stay, and other experiments measure them without training again.
"""


def fractions(text: str) -> list[float]:
    """Numbers from "start:stop:step" (both ends included) or "a,b,c".

    Args:
        text: such as "0:1:0.1" or "0.2,0.5".

    Returns:
        The numbers, each in [0, 1], rounded to 6 decimals.

    Raises:
        ValueError: the text has another form, or a number is out of range.

    >>> fractions("0:1:0.5")
    [0.0, 0.5, 1.0]
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


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line.

    Args:
        arguments: its words; None takes those that the program was called with.

    Returns:
        The exit status.
    """
    given = _parser().parse_args(arguments)
    if given.experiment == "course":
        return _make_course_tables(given)
    try:
        conditions = _conditions(given)
        added = sweep(
            conditions,
            given.out,
            given.jobs,
            given.scheduler,
            given.sounds,
            _command(vars(given)),
            given.experiment,
            given.keep,
        )
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m utils.sweeps", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="experiment", required=True)
    _add_course(commands)
    for name, experiment in EXPERIMENTS.items():
        command = commands.add_parser(
            name,
            help=experiment.title,
            description=f"{experiment.title[0].upper()}{experiment.title[1:]}.",
            epilog=EXAMPLES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_argument("--fractions", default="0:1:0.1", help="start:stop:step or a,b,c (default %(default)s)")
        command.add_argument("--seeds", type=int, default=10, help="number of seeds (default %(default)s)")
        command.add_argument("--first-seed", type=int, default=0, help="the first of them (default %(default)s)")
        for field in _choices():
            option = f"--{field.name.replace('_', '-')}"
            command.add_argument(option, default=str(field.default), help=f"{HELP[field.name]} (default %(default)s)")
        command.add_argument(
            "--sounds",
            type=int,
            default=N_TRAIN,
            help="sounds to learn from; a quarter and half as many validate and test (default %(default)s)",
        )
        where = command.add_mutually_exclusive_group()
        where.add_argument("--jobs", type=int, help="processes on this computer (default: one for each core)")
        where.add_argument("--scheduler", metavar="ADDRESS", help="use the workers of this Dask scheduler")
        command.add_argument("--keep", metavar="FOLDER", help="trained networks stay there and are found there")
        command.add_argument("--out", required=True, help="the table; rows that it has are not computed again")
    return parser


def _add_course(commands: argparse._SubParsersAction) -> None:
    course = commands.add_parser("course", help="all tables of the course, with more seeds", description=COURSE)
    course.add_argument("--seeds", type=int, default=20, help="number of seeds (default %(default)s)")
    course.add_argument("--tables", nargs="+", choices=COURSE_TABLES, default=list(COURSE_TABLES), metavar="NAME")
    course.add_argument("--jobs", type=int, help="processes on this computer (default: one for each core)")
    course.add_argument("--keep", metavar="FOLDER", required=True, help="trained networks stay there")


def _make_course_tables(given: argparse.Namespace) -> int:
    try:
        for seed in range(given.seeds):
            train_for_tables(given.tables, seed, given.keep, given.jobs)
            for name in given.tables:
                if missing_conditions(name, seed):
                    words = [*COURSE_TABLES[name].options(seed + 1), "--keep", given.keep]
                    words += ["--jobs", str(given.jobs)] if given.jobs else []
                    status = main([*words, "--out", os.path.relpath(course_file(name))])
                    if status:
                        return status
    except RuntimeError as problem:
        print(f"utils.sweeps: {problem}\nThe same command does what is missing.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("utils.sweeps: stopped; every finished row is kept, the same command goes on", file=sys.stderr)
        return 130
    return 0


def _choices() -> list[Field]:
    """Attributes of a condition that have an option of their own name."""
    return [field for field in fields(Condition) if field.name not in ("fraction", "seed")]


def _conditions(given: argparse.Namespace) -> list[Condition]:
    shares = fractions(given.fractions)
    if given.seeds < 1 or given.first_seed < 0:
        raise ValueError("seeds, first-seed: allowed are at least 1 and 0")
    values = [_values(field, getattr(given, field.name)) for field in _choices()]
    varied = [dict(zip((field.name for field in _choices()), each, strict=True)) for each in itertools.product(*values)]
    # Seed by seed: a sweep that is stopped early has the same number of seeds at every fraction.
    seeds = range(given.first_seed, given.first_seed + given.seeds)
    return [Condition(fraction=share, seed=seed, **each) for seed in seeds for each in varied for share in shares]


def _values(field: Field, text: str) -> list[str | int | float]:
    kind = type(field.default)
    try:
        return [kind(part) for part in text.split(",")]
    except ValueError as problem:
        raise ValueError(f"{field.name}: got {text!r}, allowed are numbers of kind {kind.__name__}") from problem


def _command(given: Mapping[str, object]) -> str:
    """A command that makes the same table: how many trainings there are, and what differs from the usual."""
    defaults = vars(_parser().parse_args([str(given["experiment"]), "--out", ""]))
    words = ["python", "-m", "utils.sweeps", str(given["experiment"])]
    for name, value in given.items():
        if name in RECORDED or (name not in ("experiment", *UNRECORDED) and value != defaults[name]):
            words += [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join(words)
