"""A call into C that never returns, on systems where a student's code gets no process of its own: simulated here."""

import os
import subprocess
import sys
import time

import pytest

from course import ROOT
from utils.exercises import last_resort

# As on macOS, on Windows and beside a graphics card; the limit of 5 seconds and what is added to it are shortened.
SESSION = """
import dataclasses, sys
from utils.exercises import get, last_resort, sandbox

sandbox.has_own_process = lambda: False
last_resort.AFTER = 0.2
sys.path.insert(0, sys.argv[1])
from answer import relus_needed

feedback = dataclasses.replace(get("02.relus_needed"), time_limit=float(sys.argv[2])).check(relus_needed)
print(feedback.status, feedback.message)
"""
ENDLESS = "def relus_needed(length, curvature, tolerance):\n    return sum(range(10**11))\n"
RIGHT = """\
import math


def relus_needed(length, curvature, tolerance):
    return max(1, math.ceil(length * math.sqrt(curvature / (8 * tolerance))))
"""


@pytest.fixture
def session(tmp_path):
    """Run a session that checks an answer once, and say how it ended and what it said."""
    environment = os.environ | {"COURSE_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT)}

    def started(answer, limit="0.25"):
        (tmp_path / "answer.py").write_text(answer, encoding="utf-8")
        command = [sys.executable, "-B", "-c", SESSION, str(tmp_path), limit]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
        return ended.returncode, ended.stdout

    return started


def test_it_ends_the_session_and_the_next_one_says_so(session, tmp_path):
    status, said = session(ENDLESS)
    assert status == 1
    assert said == ""
    (note,) = (tmp_path / "cache").iterdir()
    assert "Timeout" in note.read_text(encoding="utf-8")

    # Other answers are not held up.
    status, said = session(RIGHT, limit="5")
    assert status == 0
    assert said.startswith("correct ")
    assert list((tmp_path / "cache").iterdir()) == [note], "the endless one's; a call that comes back leaves none"

    status, said = session(ENDLESS)
    assert status == 0
    assert said.startswith("error When this answer was last tried, a call in it never came back")
    assert not note.exists(), "the next trial is a real one"


def test_a_session_that_somebody_else_ends_leaves_no_note(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    last_resort.note_about("code").touch()
    assert not last_resort.taken("code")


def test_where_nothing_can_be_written_there_is_no_note(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "file" / "below"))
    with last_resort.guarded(10, "code"):
        time.sleep(0)
    assert not last_resort.taken("code")
