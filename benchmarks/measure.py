"""How things are measured: ways take turns within each round, and ratios are taken within a round."""

from __future__ import annotations

import math
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LEAST_ROUNDS = 7
# A measurement shorter than this says more about the clock than about the code, so short calls are repeated.
LEAST_SECONDS = 0.05
MOST_CALLS = 200

Run = Callable[[], object]


class Unavailable(Exception):
    """A way needs something that this machine does not have; the message says what."""


@dataclass(frozen=True)
class Way:
    """One way to do something.

    Attributes:
        name: such as "literal".
        prepare: takes the comparison's sizes, makes what is needed, and returns the call to be measured.
        package: what has to be installed for it, beyond what the course needs.
        floor: whether no way can be faster, so that its ratio is turned round.
        memory: whether its memory is compared as well.
    """

    name: str
    prepare: Callable[..., Run]
    package: str | None = None
    floor: bool = False
    memory: bool = True


@dataclass(frozen=True)
class Comparison:
    """Our way to do something, and others.

    Attributes:
        name: short, for the command line and the table of targets.
        title: what is done, for people.
        ours: our way.
        others: the ways to compare with.
        sizes: arguments of `prepare`.
        quick: smaller ones, for a run that only shows that everything works.
        extrapolated: how many times what is measured the title speaks of.
        warm_up: sizes of a run that brings into memory what every run needs; None leaves memory unmeasured.
        shorter: changes of `sizes` that save time where memory is measured, and need as much of it.
    """

    name: str
    title: str
    ours: Way
    others: tuple[Way, ...]
    sizes: Mapping[str, Any]
    quick: Mapping[str, Any]
    extrapolated: float = 1.0
    warm_up: Mapping[str, Any] | None = None
    shorter: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Growth:
    """How the time of our way grows with one of its sizes.

    Attributes:
        title: what is done.
        prepare: as in `Way`.
        size: which argument of `prepare` grows.
        word: its name for people, in the plural.
        values: ascending.
        quick: fewer and smaller ones.
        fixed: the other arguments.
    """

    title: str
    prepare: Callable[..., Run]
    size: str
    word: str
    values: tuple[int, ...]
    quick: tuple[int, ...]
    fixed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Spread:
    """A median, and the lowest and highest round."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of some values."""
        return cls(statistics.median(values), min(values), max(values))


def seconds(run: Run, calls: int) -> float:
    """Seconds of one call, as the mean of several."""
    start = time.perf_counter()
    for _ in range(calls):
        run()
    return (time.perf_counter() - start) / calls


def alternate(runs: Mapping[str, Run], rounds: int, least_seconds: float = LEAST_SECONDS) -> dict[str, list[float]]:
    """Measure several ways side by side: each once in every round, so that all share what else the machine does.

    Args:
        runs: name -> the call.
        rounds: how often.
        least_seconds: shorter calls are repeated within a round until they last about so long.

    Returns:
        Name -> seconds of one call in each round, (rounds,).
    """
    calls = {}
    for name, run in runs.items():
        once = seconds(run, 1)  # whatever happens only once, happens here
        if once < 10 * least_seconds:
            once = seconds(run, 1)
        calls[name] = min(max(1, math.ceil(least_seconds / max(once, 1e-9))), MOST_CALLS)
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            taken[name].append(seconds(run, calls[name]))
    return taken


def ratios(above: Sequence[float], below: Sequence[float]) -> Spread:
    """How many times `below` goes into `above`, round by round."""
    return Spread.of([a / b for a, b in zip(above, below, strict=True)])


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """The power p of `value = c size^p` that fits best, as the slope of a straight line through the logarithms.

    Args:
        sizes: (n,), positive, at least two different ones.
        values: (n,), positive.

    Returns:
        The power: 1 where twice the size takes twice the time.

    Raises:
        ValueError: fewer than two different sizes, or something that has no logarithm.
    """
    if len(sizes) != len(values) or len(set(sizes)) < 2 or min(*sizes, *values) <= 0:
        raise ValueError(f"sizes: got {list(sizes)} and {list(values)}, allowed are two or more pairs above 0")
    return statistics.linear_regression([math.log(size) for size in sizes], [math.log(v) for v in values]).slope


def note(words: str) -> None:
    """Tell how far the run has come."""
    print(words, file=sys.stderr, flush=True)
