"""Runs a student's code so that nothing it does can stop, flood or disturb the notebook."""

from __future__ import annotations

import ctypes
import io
import random
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

# Deep recursion through C code (a module that calls itself) needs room on the stack to fail cleanly.
STACK_BYTES = 64 * 2**20
PRINTED_LIMIT = 2_000


class TimeLimitReached(BaseException):
    """Raised inside the student's code when its time is up; no `except Exception` holds it."""


@dataclass
class Outcome:
    """What came of a call.

    Attributes:
        value: what it returned.
        error: what it raised, or None.
        timed_out: it was stopped at the time limit.
        interrupted: the reader interrupted the kernel meanwhile.
        printed: the beginning of what it printed.
    """

    value: Any = None
    error: BaseException | None = None
    timed_out: bool = False
    interrupted: bool = False
    printed: str = ""


class _CappedText(io.TextIOBase):
    """Keeps the beginning of what is written, so that a loop that prints for ever fills no memory."""

    def __init__(self) -> None:
        self.kept = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if len(self.kept) < PRINTED_LIMIT:
            self.kept += text[: PRINTED_LIMIT - len(self.kept)]
        return len(text)


@contextmanager
def undisturbed_randomness() -> Iterator[None]:
    """Give every global generator back the state it had, whatever happens inside."""
    python, numpy, pytorch = random.getstate(), np.random.get_state(), torch.get_rng_state()
    dtype = torch.get_default_dtype()
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
        torch.set_rng_state(pytorch)
        torch.set_default_dtype(dtype)


def run_limited(call: Callable[[], Any], seconds: float) -> Outcome:
    """Call a function in a thread of its own, for a limited time.

    Exceptions of every kind (a call of `sys.exit` too) are caught. At the time limit an exception is raised
    inside the thread; a thread that blocks outside of Python (`time.sleep`) is left behind as a daemon: it
    changes nothing any more and ends with the kernel. A thread, unlike a signal, works on every platform.

    Args:
        call: a function without arguments.
        seconds: the time limit.

    Returns:
        The outcome.
    """
    outcome = Outcome()
    result: dict[str, Any] = {}

    def target() -> None:
        try:
            result["value"] = call()
        except BaseException as error:
            result["error"] = error

    output = _CappedText()
    with undisturbed_randomness(), redirect_stdout(output), redirect_stderr(output):
        thread = _start(target)
        try:
            thread.join(seconds)
            outcome.timed_out = thread.is_alive()
        except KeyboardInterrupt:
            outcome.interrupted = True
        if thread.is_alive():
            _stop(thread)
    outcome.printed = output.kept
    if not outcome.timed_out and not outcome.interrupted:
        outcome.value, outcome.error = result.get("value"), result.get("error")
    return outcome


def _start(target: Callable[[], None]) -> threading.Thread:
    previous = threading.stack_size()
    with suppress(ValueError, RuntimeError):  # a platform with fixed stacks: its own size has to do
        threading.stack_size(STACK_BYTES)
    try:
        thread = threading.Thread(target=target, name="exercise", daemon=True)
        thread.start()
    finally:
        threading.stack_size(previous)
    return thread


def _stop(thread: threading.Thread) -> None:
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    # Several times: a student's bare `except:` inside the loop swallows some of them.
    for _ in range(20):
        raise_in(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(TimeLimitReached))
        thread.join(0.02)
        if not thread.is_alive():
            return


def where_it_failed(error: BaseException, filename: str) -> tuple[int, str] | None:
    """The deepest line of the student's own code on the way to an error.

    Args:
        error: what was raised.
        filename: the file name of the student's code (a cell has one too).

    Returns:
        Line number within the cell and the line's text; None where no line of theirs took part.
    """
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == filename]
    if not frames:
        return None
    return frames[-1].lineno or 0, (frames[-1].line or "").strip()
