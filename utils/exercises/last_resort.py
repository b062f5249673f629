"""What is left where a call into C never returns, and the student's code has no process of its own.

Such a call holds all of Python: no clock of Python's runs, and no interrupt arrives. A thread of the C library ends the
session then, so that it starts anew, and leaves a note. The next time this very answer is to be tried, the note is read
instead: Run All goes on, and the page says what happened.
"""

from __future__ import annotations

import faulthandler
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from utils.datasets.download import cache_folder

# Seconds beyond the time limit. A call that comes back within them costs nothing but time.
AFTER = 30.0


def note_about(code: str) -> Path:
    """Where the note about some code stands, if there is one.

    Args:
        code: the exercise and the answer's source.

    Returns:
        A path; it need not exist.
    """
    return cache_folder() / f"never-returned-{hashlib.sha256(code.encode()).hexdigest()[:16]}.txt"


def taken(code: str) -> bool:
    """Whether there is a note about some code; it is taken away, so that the next trial is a real one.

    Args:
        code: the exercise and the answer's source.

    Returns:
        True if the code ended an earlier session.
    """
    note = note_about(code)
    try:
        ended = note.stat().st_size > 0  # an empty one is of a session that was ended meanwhile by somebody else
        note.unlink()
    except OSError:
        return False
    return ended


@contextmanager
def guarded(seconds: float, code: str) -> Iterator[None]:
    """End this process where what is done inside does not come back, and leave a note.

    Args:
        seconds: the time limit, which is somebody else's business; this one strikes `AFTER` it.
        code: the exercise and the answer's source.

    Yields:
        Nothing.
    """
    note = note_about(code)
    with _opened(note) as file:
        faulthandler.dump_traceback_later(seconds + AFTER, file=file, exit=True)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
    with suppress(OSError):
        note.unlink()


def _opened(note: Path) -> IO[str]:
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        return note.open("w", encoding="utf-8")
    except OSError:  # nothing may be written: then without a note
        return open(os.devnull, "w", encoding="utf-8")
