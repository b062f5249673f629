"""What the website's tests share: one browser for each process, and the website of the last `make book`."""

import http.server
import threading
from functools import partial

import pytest
from browser_tools import chromium

from course import notebook_paths

NOTEBOOKS = [path.stem for path in notebook_paths()]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="session")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def one_at_a_time():
    """Held by who builds or records: another process waits, and then finds it done."""
    lock = pytest.importorskip("filelock", reason="filelock is not installed: PyTorch brings it")
    from book.panels import KEPT

    KEPT.parent.mkdir(parents=True, exist_ok=True)
    return lock.FileLock(KEPT.parent / ".lock")


@pytest.fixture(scope="session")
def live(one_at_a_time):
    """Every recorded panel. Those of the last `make book` are taken as they are; what has changed since is recorded."""
    from book.panels import live_panels

    with one_at_a_time:
        return live_panels(NOTEBOOKS)


@pytest.fixture(scope="session")
def website(live, one_at_a_time):
    """The folder of the website: that of the last `make book`, unless something has changed since."""
    from book import __main__ as builder

    with one_at_a_time:
        builder.build_if_changed(builder.HTML)
    return builder.HTML


@pytest.fixture(scope="session")
def address(website):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(website)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
