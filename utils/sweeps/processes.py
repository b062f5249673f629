"""Call one function for many things: in this process, in several, or wherever a Dask cluster has room."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import torch

from utils.sweeps.tables import versions

SCHEDULER_TIMEOUT = 10  # seconds


@dataclass(frozen=True)
class CallResult:
    """What became of one call.

    Attributes:
        item: what the function was called with.
        value: what it returned; None where it failed.
        problem: why it failed, in one line; empty where it did not.
    """

    item: Any
    value: Any = None
    problem: str = ""


def call_results(
    function: Callable[[Any], Any], items: Sequence[Any], jobs: int | None = None, scheduler: str | None = None
) -> Iterator[CallResult]:
    """Call a function for each item, with one thread of torch for each call.

    An error of the function is a result as well: it does not keep the other items from being done.

    Args:
        function: must belong to a module, so that other processes find it.
        items: its arguments; the first ones start first.
        jobs: number of processes; 1 is this one, None takes all cores.
        scheduler: address of a Dask scheduler, such as "tcp://10.0.0.5:8786", whose workers are used in their place.

    Yields:
        Results, each as soon as it is there, in any order.

    Raises:
        ValueError: jobs is below 1, both or an unusable scheduler are given, or a package is missing.
        RuntimeError: a process was killed, or the scheduler was lost.
    """
    if jobs is not None and (jobs < 1 or scheduler is not None):
        raise ValueError(f"jobs: got {jobs}, allowed is 1 or more, and none beside a scheduler")
    if scheduler is not None:
        yield from _on_dask(function, items, scheduler)
    elif jobs == 1:
        yield from _here(function, items)
    else:
        yield from _in_processes(function, items, jobs)


def _attempt(function: Callable[[Any], Any], item: Any) -> CallResult:
    # Calls side by side would only wait for each other's threads; and the number of threads decides the last digits.
    torch.set_num_threads(1)
    try:
        return CallResult(item, function(item))
    except Exception as problem:
        place = traceback.extract_tb(problem.__traceback__)[-1]
        return CallResult(item, problem=f"{_in_a_line(problem)} ({Path(place.filename).name}, line {place.lineno})")


def _in_a_line(problem: BaseException) -> str:
    return " ".join(f"{type(problem).__name__}: {problem}".split()).rstrip(":")


@contextmanager
def one_thread() -> Iterator[None]:
    """Let PyTorch compute in one thread, and then in as many as before.

    Yields:
        Nothing.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _here(function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[CallResult]:
    with one_thread():
        for item in items:
            yield _attempt(function, item)


def _in_processes(function: Callable[[Any], Any], items: Sequence[Any], jobs: int | None) -> Iterator[CallResult]:
    try:
        from joblib import Parallel, delayed, parallel_config
    except ImportError as problem:
        raise ValueError("several processes need joblib: pip install -r requirements.txt") from problem
    with parallel_config("loky", inner_max_num_threads=1):
        parallel = Parallel(n_jobs=jobs or -1, return_as="generator_unordered", batch_size=1)
    try:
        yield from parallel(delayed(_attempt)(function, item) for item in items)
    except BrokenExecutor as problem:
        raise RuntimeError("a process was killed, often for want of memory: try fewer jobs") from problem


def _attempt_elsewhere(function: Callable[[Any], Any], item: Any, expected: str) -> CallResult:
    if versions() != expected:
        return CallResult(item, problem=f"a worker has {versions()}, allowed is {expected} as on the side that asks")
    return _attempt(function, item)


async def _greet(scheduler: str) -> None:
    """Shake hands with a scheduler; a client without one waits for ever, or for long when it is closed."""
    from distributed.comm import connect
    from distributed.security import Security

    async with asyncio.timeout(SCHEDULER_TIMEOUT):
        comm = await connect(scheduler, **Security().get_connection_args("client"))
        await comm.close()


def _on_dask(function: Callable[[Any], Any], items: Sequence[Any], scheduler: str) -> Iterator[CallResult]:
    # Not through joblib: its Dask backend waits for ever for a call that Dask has given up.
    try:
        from distributed import Client, as_completed
    except ImportError as problem:
        raise ValueError("a scheduler needs Dask: pip install distributed") from problem
    # A lost scheduler is told of below, in one line.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    try:
        # In a thread of its own, since a notebook's kernel has an event loop already.
        with ThreadPoolExecutor(1) as greeter:
            greeter.submit(asyncio.run, _greet(scheduler)).result()
        client = Client(scheduler, set_as_default=False)
    except (OSError, ValueError) as problem:
        raise ValueError(
            f"scheduler: got {scheduler!r}, where no Dask scheduler answers ({_in_a_line(problem)})"
        ) from problem
    with client:
        name = f"sweep-{uuid4().hex}"
        waiting = {
            # Dask starts what has a higher priority first.
            client.submit(
                _attempt_elsewhere, function, item, versions(), key=f"{name}-{place}", priority=-place, pure=False
            ): item
            for place, item in enumerate(items)
        }
        for future, result in as_completed(list(waiting), loop=client.loop, with_results=True, raise_errors=False):
            item = waiting.pop(future)
            if future.status == "finished":
                yield result
            elif future.status == "error":
                yield CallResult(item, problem=_in_a_line(future.exception()))
            else:
                raise RuntimeError(f"the scheduler at {scheduler} was lost")
