"""Conditions in, a table out: what is missing is trained, measured and added, wherever there is room for it."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from utils.sweeps.experiments import CONDITION, EXPERIMENTS, Results
from utils.sweeps.processes import CallResult, call_results
from utils.sweeps.tables import GrowingTable, versions
from utils.sweeps.trained import GROUP_SIZE, groups, load_or_train
from utils.training.dale_conditions import N_TRAIN, Condition, draw_sounds, set_sizes

PROTOCOL = (
    "{} training / {} validation / {} test sounds drawn from the seed; Adam 0.01; batches of 64; "
    "best weights by validation loss and (last_) those of the last epoch; accuracies as shares; errors in degrees"
)
# A mistake in every training would fill the screen.
MAX_NAMED = 5
GROUP_SIZE_ON_CLUSTER = 4


def rows_of(
    conditions: Sequence[Condition], experiment: str = "dale", sounds: int = N_TRAIN, keep: str | None = None
) -> tuple[list[Results], float]:
    """Rows of a table for conditions that share their sounds; the same on every process.

    Args:
        conditions: one of `groups`.
        experiment: one of `EXPERIMENTS`.
        sounds: number of sounds to learn from.
        keep: folder in which trained networks are kept, and found again.

    Returns:
        A row for each condition, column -> value, and the seconds of one thread that their trainings took.
    """
    drawn = draw_sounds(conditions[0].seed, conditions[0].phase, sounds)
    trained = load_or_train(conditions, drawn, keep)
    measure = EXPERIMENTS[experiment].results_of
    return [asdict(one.condition) | measure(one, drawn) for one in trained], sum(one.seconds for one in trained)


def sweep(
    conditions: Iterable[Condition],
    out: str | Path,
    jobs: int | None = 1,
    scheduler: str | None = None,
    sounds: int = N_TRAIN,
    command: str = "",
    experiment: str = "dale",
    keep: str | None = None,
) -> int:
    """Train and measure every condition that the table does not have yet.

    Rows are added as they are ready. At the end they are brought into the order of their keys, so that the rows are
    the same, byte for byte, wherever they were computed.

    Args:
        conditions: what to train.
        out: the table; it is not touched if no row is missing.
        jobs: number of processes; None takes all cores.
        scheduler: address of a Dask scheduler, whose workers are used in place of processes here.
        sounds: number of sounds to learn from.
        command: for the provenance.
        experiment: what is measured, one of `EXPERIMENTS`.
        keep: folder in which trained networks are kept, and found again by other experiments.

    Returns:
        Number of rows added.

    Raises:
        ValueError: a number is out of range, or the table or the scheduler cannot be used.
        RuntimeError: some trainings failed, which are named, or a process or the scheduler was lost; every other row
            is in the table.
    """
    provenance = {
        "command": command or "utils.sweeps.sweep.sweep",
        "protocol": PROTOCOL.format(*set_sizes(sounds)),
        "versions": versions(),
        "machine": machine(),
        "seconds": "none yet",
    }
    table = GrowingTable(out, [*CONDITION, *EXPERIMENTS[experiment].columns], CONDITION, provenance)
    missing = [condition for condition in dict.fromkeys(conditions) if not table.has(asdict(condition))]
    if not missing:
        return 0
    table.begin()
    from utils.page.progress_bar import progress

    failed: list[CallResult] = []
    seconds, n_trained = 0.0, 0
    bar = progress(total=len(missing), desc="sweep", unit="training", steady=False)
    try:
        work = partial(rows_of, experiment=experiment, sounds=sounds, keep=keep)
        for result in call_results(work, groups(missing, group_size(len(missing), jobs, scheduler)), jobs, scheduler):
            if result.problem:
                failed.append(result)
            else:
                rows, spent = result.value
                for row in rows:
                    table.append(row)
                seconds, n_trained = seconds + spent, n_trained + len(rows)
            bar.update(len(result.item))
    finally:
        bar.close()
    if n_trained:
        table.note("seconds", f"{seconds / n_trained:.1f} of one thread for a training, mean of the last {n_trained}")
    table.sort()
    if failed:
        raise RuntimeError(_complaint(failed, len(missing)))
    return len(missing)


def group_size(n_trainings: int, jobs: int | None = None, scheduler: str | None = None) -> int:
    """How many networks are trained side by side: as many as pay, and so few that every process has something to do.

    Args:
        n_trainings: all of them.
        jobs: number of processes; None takes all cores.
        scheduler: of a cluster, whose number of workers changes while it works.

    Returns:
        At least 1.

    >>> group_size(220, jobs=2), group_size(220, jobs=64), group_size(1, jobs=8)
    (13, 3, 1)
    """
    if scheduler is not None:
        return GROUP_SIZE_ON_CLUSTER
    return max(1, min(GROUP_SIZE, n_trainings // (jobs or os.cpu_count() or 1)))


def machine() -> str:
    """Processor and number of cores, for a table's provenance.

    Returns:
        One line.
    """
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        name = names[0] if names else name
    return f"{name}, {os.cpu_count()} cores"


def _complaint(failed: Sequence[CallResult], n_trainings: int) -> str:
    n_failed = sum(len(result.item) for result in failed)
    lines = [f"{n_failed} of {n_trainings} trainings failed; every other row is in the table"]
    for problem in dict.fromkeys(result.problem for result in failed):
        named = [condition for result in failed if result.problem == problem for condition in result.item]
        lines.append(f"  {problem}")
        lines += ["    " + ", ".join(f"{name} {value}" for name, value in asdict(c).items()) for c in named[:MAX_NAMED]]
        if len(named) > MAX_NAMED:
            lines.append(f"    ... and {len(named) - MAX_NAMED} more")
    return "\n".join(lines)
