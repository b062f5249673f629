"""Checks run in a thread of the tests' own process, where coverage sees them, unless a test asks for the real place."""

import pytest

from utils.exercises import sandbox


@pytest.fixture(autouse=True)
def in_a_thread(request, monkeypatch):
    """As on systems where a process of its own cannot be had."""
    if "own_process" not in request.fixturenames:
        monkeypatch.setattr(sandbox, "has_own_process", lambda: False)
        # Notes about answers that end a session are nobody's but the tests'.
        monkeypatch.setenv("COURSE_CACHE", str(request.getfixturevalue("tmp_path_factory").getbasetemp() / "notes"))


@pytest.fixture
def own_process():
    """Checks as they run on Linux: in a process of their own."""
    if not sandbox.has_own_process():
        pytest.skip("a process of its own can be had on Linux alone")
