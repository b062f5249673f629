"""Peak memory of a way, in a process of its own.

    python -m benchmarks.memory '{"names": ["step"], "quick": true, "rounds": 1, "threads": 1}'

Everything is imported once. Each measurement then happens in a fork: it first runs the way at a tiny size, which brings
in what every run needs, and counts only what a run at full size needs on top, inputs included. Writes JSON to standard
output: name of the comparison -> name of the way -> megabytes in each round, or a sentence where it failed.
"""

from __future__ import annotations

import ctypes
import gc
import json
import multiprocessing
import subprocess
import sys
from collections.abc import Collection, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import torch

from benchmarks.measure import Comparison, Way, note

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
ROOT = Path(__file__).resolve().parents[1]
PAGE = 4 / 1024  # MB, the least that a process can be seen to need
TIME_LIMIT = 120  # seconds for one measurement

Peaks = dict[str, dict[str, list[float] | str]]


def is_possible() -> bool:
    """Whether this system tells the peak memory of a process, and lets it be set back."""
    return sys.platform == "linux" and STATUS.is_file() and CLEAR.exists()


def resident(field: str) -> float:
    """Memory of this process in MB: "VmRSS" as it is now, "VmHWM" at its highest since it was set back."""
    lines = STATUS.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) / 1024


def give_back() -> None:
    """Hand free memory back to the system: a run would take it without a trace."""
    gc.collect()
    # Of the C library of GNU; others keep less.
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)


def forget_peak() -> None:
    """Set the highest memory back to that of now."""
    give_back()
    CLEAR.write_text("5", encoding="ascii")


def measure_here(way: Way, sizes: Mapping[str, Any], warm_up: Mapping[str, Any]) -> float:
    """Peak memory in MB of one run of a way, above that of the process before its inputs were made."""
    way.prepare(**warm_up)()
    give_back()
    before = resident("VmRSS")
    run = way.prepare(**sizes)
    forget_peak()  # making the inputs is nobody's merit
    run()
    return max(resident("VmHWM") - before, PAGE)


def _child(sender: Connection, way: Way, sizes: Mapping[str, Any], warm_up: Mapping[str, Any], threads: int) -> None:
    torch.set_num_threads(threads)
    # What came with the fork is nothing to look through, since looking would copy it.
    gc.freeze()
    try:
        sender.send(measure_here(way, sizes, warm_up))
    except Exception as problem:
        sender.send(f"{type(problem).__name__}: {problem}")


def measure_apart(way: Way, sizes: Mapping[str, Any], warm_up: Mapping[str, Any], threads: int) -> float | str:
    """The same in a process of its own.

    Returns:
        MB, or a sentence where it failed.
    """
    forks = multiprocessing.get_context("fork")
    receiver, sender = forks.Pipe(duplex=False)
    process = forks.Process(target=_child, args=(sender, way, sizes, warm_up, threads))
    process.start()
    sender.close()
    try:
        return receiver.recv() if receiver.poll(TIME_LIMIT) else f"took longer than {TIME_LIMIT} s"
    except EOFError:
        return "its process ended early"
    finally:
        process.kill()
        process.join()


def measure_all(comparisons: Collection[Comparison], quick: bool, rounds: int, threads: int) -> Peaks:
    """Peak memory of every way of some comparisons.

    Args:
        comparisons: those without a `warm_up` are left out.
        quick: take the smaller sizes.
        rounds: processes for each way, in turn.
        threads: of torch.

    Returns:
        Comparison -> way -> MB in each round, or a sentence where it failed.
    """
    peaks: Peaks = {}
    for comparison in comparisons:
        if comparison.warm_up is None:
            continue
        note(f"memory of {comparison.title}")
        sizes = comparison.quick if quick else {**comparison.sizes, **comparison.shorter}
        ways = [way for way in (comparison.ours, *comparison.others) if way.memory and not way.floor]
        taken: dict[str, list[float] | str] = {way.name: [] for way in ways}
        for _ in range(rounds):
            for way in ways:
                so_far = taken[way.name]
                if isinstance(so_far, str):
                    continue
                peak = measure_apart(way, sizes, comparison.warm_up, threads)
                taken[way.name] = peak if isinstance(peak, str) else [*so_far, peak]
        peaks[comparison.name] = taken
    return peaks


def measure_all_apart(names: Collection[str], quick: bool, rounds: int, threads: int) -> Peaks:
    """`measure_all` from a fresh process, whose forks hold nothing but imports.

    Args:
        names: of the comparisons.
        quick, rounds, threads: as in `measure_all`.

    Raises:
        RuntimeError: the process failed.
    """
    order = json.dumps({"names": list(names), "quick": quick, "rounds": rounds, "threads": threads})
    command = [sys.executable, "-m", "benchmarks.memory", order]
    ended = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if ended.returncode != 0:
        raise RuntimeError("the process that measures memory failed; its words stand above")
    return json.loads(ended.stdout.splitlines()[-1])


def main() -> None:
    """Measure what the command line asks for."""
    from benchmarks.cases import COMPARISONS
    from benchmarks.libraries import LIBRARIES

    order = json.loads(sys.argv[1])
    for library in LIBRARIES:
        if library.version is not None:
            library.load()
    chosen = [comparison for comparison in COMPARISONS if comparison.name in order["names"]]
    print(json.dumps(measure_all(chosen, order["quick"], order["rounds"], order["threads"])))


if __name__ == "__main__":
    main()
