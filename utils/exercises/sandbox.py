"""Runs a student's code so that nothing it does can stop, flood or disturb the notebook."""

from __future__ import annotations

import ctypes
import faulthandler
import functools
import io
import json
import os
import random
import select
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch

from utils.exercises import last_resort
from utils.page.host import in_kernel

# Deep recursion through C code (a module that calls itself) needs room on the stack to fail cleanly.
STACK_BYTES = 64 * 2**20
PRINTED_LIMIT = 2_000
# What a process may take beyond its limit to say that the limit is reached.
GRACE = 1.0


class TimeLimitReached(BaseException):
    """Raised inside the student's code when its time is up; no `except Exception` holds it."""


@dataclass
class Raised:
    """An exception, as far as a student needs it.

    Attributes:
        kind: its class.
        words: its first line.
        line: of the student's code, counted within the cell; 0 where none took part.
        text: that line.
    """

    kind: str
    words: str
    line: int = 0
    text: str = ""


@dataclass
class Trial:
    """What came of a call.

    Attributes:
        value: what it returned; plain data, since it may come from another process.
        raised: the exception that ended it, or None.
        timed_out: it was stopped at the time limit.
        interrupted: the reader interrupted the kernel meanwhile.
        ended: it took its whole process with it.
        never_returned: it ended an earlier session, which waited for it for ever, and was not called.
        printed: the beginning of what it printed.
        seconds: how long it took.
        step: what it had last said by `say`.
    """

    value: Any = None
    raised: Raised | None = None
    timed_out: bool = False
    interrupted: bool = False
    ended: bool = False
    never_returned: bool = False
    printed: str = ""
    seconds: float = 0.0
    step: int | None = None


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
    """Give every global generator back the state it had, whatever happens inside.

    Yields:
        Nothing.
    """
    python, numpy, pytorch = random.getstate(), np.random.get_state(), torch.get_rng_state()
    dtype = torch.get_default_dtype()
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
        torch.set_rng_state(pytorch)
        torch.set_default_dtype(dtype)


@functools.cache
def has_own_process() -> bool:
    """Whether a student's code can get a process of its own, made in milliseconds.

    Only there a call into C that never returns can be ended. Elsewhere threads have to do, and `last_resort`: other
    systems cannot make such a process safely, and PyTorch cannot learn in one beside a graphics card.

    Returns:
        True on Linux without an accelerator.
    """
    return sys.platform == "linux" and not torch.cuda.is_available()


def run_limited(
    call: Callable[[Callable[[int], None]], Any], seconds: float, filename: str = "", code: str = ""
) -> Trial:
    """Call a function where it can do no harm, for a limited time.

    Exceptions of every kind (a call of `sys.exit` too) are caught. The call runs in a thread, in which an exception is
    raised at the time limit; the thread has a process of its own where one can be had, so that whatever cannot be
    stopped there ends with it.

    Args:
        call: is given a function `say(step)` by which it tells how far it is; what it returns must be plain data.
        seconds: the time limit.
        filename: of the student's code, to find its line in an error.
        code: the exercise and the student's code, by which a call that never returned is known again.

    Returns:
        What came of it.
    """
    with undisturbed_randomness():
        if has_own_process():
            return _in_process(call, seconds, filename)
        if last_resort.taken(code):
            return Trial(never_returned=True)
        with last_resort.guarded(seconds, code):
            return _in_thread(call, seconds, filename, lambda step: None)


def _in_thread(
    call: Callable[[Callable[[int], None]], Any], seconds: float, filename: str, tell: Callable[[int], None]
) -> Trial:
    trial, result = Trial(), {}

    def say(step: int) -> None:
        result["step"] = step
        tell(step)

    def target() -> None:
        try:
            result["value"] = call(say)
        except BaseException as error:
            result["raised"] = describe_error(error, filename)

    output, start = _CappedText(), time.monotonic()
    with redirect_stdout(output), redirect_stderr(output), _without_input(), _without_exits():
        thread = _start(target)
        try:
            thread.join(seconds)
            trial.timed_out = thread.is_alive()
        except KeyboardInterrupt:
            trial.interrupted = True
        trial.seconds = time.monotonic() - start
        if thread.is_alive():
            _stop(thread)
    trial.printed, trial.step = output.kept, result.get("step")
    if not trial.timed_out and not trial.interrupted:
        trial.value, trial.raised = result.get("value"), result.get("raised")
    return trial


def _in_process(call: Callable[[Callable[[int], None]], Any], seconds: float, filename: str) -> Trial:
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Python warns of forks beside threads. The child uses none of theirs, and ends without tidying up.
        warnings.simplefilter("ignore")
        child = os.fork()
    if child == 0:
        try:
            # A crash is told to the parent by silence; its traceback would only flood the page.
            faulthandler.disable()
            os.close(reading)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        except BaseException:  # not the main thread
            pass
        try:
            # The threads of the parent's arithmetic do not exist here.
            torch.set_num_threads(1)
            trial = _in_thread(call, seconds, filename, lambda step: _write(writing, {"step": step}))
            _write(writing, asdict(trial))
        finally:
            os._exit(0)
    os.close(writing)
    start = time.monotonic()
    heard: dict[str, Any] = {}
    try:
        for line in _lines(reading, start + seconds + GRACE):
            heard |= line
    except KeyboardInterrupt:
        heard["interrupted"] = True
    finally:
        os.close(reading)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(child, 0)
    took = time.monotonic() - start
    if heard.get("interrupted"):
        return Trial(interrupted=True, seconds=took)
    if "value" not in heard:
        late = took >= seconds
        return Trial(timed_out=late, ended=not late, seconds=took, step=heard.get("step"))
    raised = heard.pop("raised")
    return Trial(**heard, raised=Raised(**raised) if raised else None)


def _write(place: int, message: dict[str, Any]) -> None:
    data = json.dumps(message).encode() + b"\n"
    while data:
        data = data[os.write(place, data) :]


def _lines(place: int, until: float) -> Iterator[dict[str, Any]]:
    """Messages from a pipe until its other end is closed, or time is up."""
    rest = b""
    while (left := until - time.monotonic()) > 0:
        if not select.select([place], [], [], left)[0]:
            return
        data = os.read(place, 65536)
        if not data:
            return
        *whole, rest = (rest + data).split(b"\n")
        yield from map(json.loads, whole)


@contextmanager
def _without_input() -> Iterator[None]:
    """Nobody can type during a check: `input()` raises instead of waiting."""
    kernel = sys.modules["IPython"].get_ipython().kernel if in_kernel() else None
    allowed, before = getattr(kernel, "_allow_stdin", None), sys.stdin
    sys.stdin = io.StringIO()
    if kernel is not None:
        kernel._allow_stdin = False
    try:
        yield
    finally:
        sys.stdin = before
        if kernel is not None:
            kernel._allow_stdin = allowed


def leave(*_: Any) -> None:
    """Stands in for what ends a process: ends the call alone.

    Raises:
        SystemExit: always.
    """
    raise SystemExit("it would have ended the kernel")


@contextmanager
def _without_exits() -> Iterator[None]:
    """What ends a process at once ends the call alone, and says where it was called."""
    before = os._exit, os.abort
    os._exit = os.abort = leave
    try:
        yield
    finally:
        os._exit, os.abort = before


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


def describe_error(error: BaseException, filename: str) -> Raised:
    """An exception in a student's words: its class, its first line, and the deepest line of their own code.

    Args:
        error: what was raised.
        filename: the file name of the student's code (a cell has one too).

    Returns:
        Its description.
    """
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == filename]
    line, text = (frames[-1].lineno or 0, (frames[-1].line or "").strip()) if frames else (0, "")
    return Raised(type(error).__name__, _first_line(error), line, text)


def _first_line(error: BaseException) -> str:
    try:
        lines = str(error).strip().splitlines()
    except Exception:  # a student's exception may have a broken __str__
        lines = []
    first = lines[0] if lines else "(no message)"
    return first if len(first) <= 240 else first[:237] + "..."
