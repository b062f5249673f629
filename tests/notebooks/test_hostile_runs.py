"""The regression run where little is as usual, and a kernel that is killed in the middle.

`make test` runs every notebook once, with one thread, in order. Here each runs twice more, in random order, in a
folder with blanks and foreign letters that nobody may write to, without HOME, offline, with another locale and time
zone, once with one thread and once with two; and every output is again compared with the stored one.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from threading import Thread
from typing import ClassVar

import hostile_command
import nbformat
import pytest
from nbclient.exceptions import DeadKernelError
from notebook_tools import code_cells, copy_course, read_all, run, words

from course import notebook_paths

FOLDER = "Kurs für Ohren und 神経"
NBVAL = ["--nbval"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="the surroundings are made by means that only Linux has"),
]


def fingerprints(folder):
    """File -> digest of its content, for every file below a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def turkish(folder):
    """Make the locale in which the capital of i is no I and decimals stand behind a comma.

    Where it cannot be made, its name alone is set: a locale that does not exist is foreign, too.
    """
    made = ["localedef", "-i", "tr_TR", "-f", "UTF-8", str(folder / "tr_TR.UTF-8")]
    if shutil.which("localedef") and subprocess.run(made, capture_output=True).returncode == 0:
        return {"LOCPATH": str(folder), "LC_ALL": "tr_TR.UTF-8"}
    return {"LC_ALL": "tr_TR.UTF-8"}


class Surroundings:
    """A read-only copy of the course, and how a command is started there."""

    def __init__(self, folder, **variables):
        self.course, self.extras = copy_course(folder / FOLDER), folder / "extras"
        self.extras.mkdir()
        self._allow_writing(False)
        # What pytest tells its own workers is not meant for these runs.
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV_", "LC_")) and k != "HOME"}
        self.environment = kept | {"TZ": "Pacific/Chatham"} | variables
        if not hostile_command.cuts_network():
            self.environment |= hostile_command.guard(self.extras)
        if "LC_ALL" not in variables:
            self.environment |= turkish(self.extras)

    def call(self, *command):
        """Run a command in the course's folder."""
        return subprocess.run(
            [*hostile_command.prefix(), *command],
            cwd=self.course,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )

    def remove(self):
        self._allow_writing(True)
        shutil.rmtree(self.course)

    def _allow_writing(self, allowed):
        for path in [self.course, *self.course.rglob("*")]:
            mode = path.stat().st_mode
            path.chmod(mode | 0o200 if allowed else mode & ~0o222)


def pytest_generate_tests(metafunc):
    """Each run takes the notebooks in an order of its own; the tests' ids tell it."""
    if "notebook" in metafunc.fixturenames:
        names = [path.name for path in notebook_paths()]
        Random(metafunc.cls.seed).shuffle(names)
        metafunc.parametrize("notebook", names)


@pytest.fixture(scope="class")
def surroundings(request, tmp_path_factory):
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("root may write everywhere: install setpriv (util-linux), or run as somebody else")
    made = Surroundings(tmp_path_factory.mktemp("hostile"), **request.cls.variables)
    before = fingerprints(made.course)
    yield made
    after = fingerprints(made.course)
    made.remove()
    assert after == before


class HostileRun:
    """All notebooks, one after the other. One class for each run, so that the workers share them."""

    seed: int
    variables: ClassVar[dict[str, str]]

    def test_the_surroundings_are_as_said(self, surroundings):
        # What these runs would show is worth nothing where writing, or the network, works after all.
        assert "PermissionError" in surroundings.call(sys.executable, "-c", "open('new', 'w')").stderr
        reach = "import socket; socket.create_connection(('192.0.2.1', 443), 5)"
        assert "Network is unreachable" in surroundings.call(sys.executable, "-c", reach).stderr
        tell = "import os, time; print(time.tzname[0], 'HOME' in os.environ)"
        assert surroundings.call(sys.executable, "-c", tell).stdout == "+1245 False\n"

    def test_every_output_is_the_stored_one(self, surroundings, notebook):
        options = ["-q", "-p", "no:cacheprovider", "-n", "0", *NBVAL, f"notebooks/{notebook}"]
        result = surroundings.call(sys.executable, "-m", "pytest", *options)
        assert result.returncode == 0, f"order seed {self.seed}\n{result.stdout[-6000:]}\n{result.stderr[-2000:]}"


class TestOneThreadAndAsciiAlone(HostileRun):
    seed = 1
    variables: ClassVar = {
        "COURSE_THREADS": "1",
        "LC_ALL": "C",
        "LANG": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
    }


@pytest.mark.alone  # two threads beside another worker's would wait for each other
class TestTwoThreadsInTurkish(HostileRun):
    seed = 2
    # A thread that waits lets others work: these runs share their machine with other tests.
    variables: ClassVar = {"COURSE_THREADS": "2", "OMP_WAIT_POLICY": "PASSIVE"}


def test_where_no_namespace_can_be_had_a_guard_keeps_python_here(tmp_path):
    """The runs above use it on such machines; here it is tried on every one."""
    variables = os.environ | hostile_command.guard(tmp_path)
    code = "import socket\nwith socket.create_server(('127.0.0.1', 0)) as server:\n"
    code += "    socket.create_connection(server.getsockname()).close()\nprint('here')\n"
    code += "socket.create_connection(('192.0.2.1', 443), 5)"
    result = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True)
    assert result.stdout == "here\n"
    assert "Network is unreachable" in result.stderr


class TestKilledKernel:
    """What a kernel leaves behind that gets no chance to tidy up."""

    DYING = "import os, signal, threading\nthreading.Timer(0.02, os.kill, (os.getpid(), signal.SIGKILL)).start()\n"

    @pytest.fixture
    def places(self, tmp_path):
        """Kernel's folder and variables, in a copy of the course with a cache of its own."""
        course, cache = copy_course(tmp_path / "course"), tmp_path / "cache"
        cache.mkdir()
        return course, cache, {"COURSE_CACHE": str(cache)}

    def test_in_the_middle_of_a_notebook(self, places):
        course, cache, variables = places
        path, stored = next(iter(read_all().items()))
        before = fingerprints(course)
        killed = nbformat.from_dict(stored)
        cells = [cell for _, cell in code_cells(killed)]
        middle = cells[len(cells) // 2]
        middle.source = f"{self.DYING}{middle.source}\nthreading.Event().wait()"
        with pytest.raises(DeadKernelError):
            run(killed, folder=course / "notebooks", environment=variables)

        again = run(nbformat.from_dict(stored), folder=course / "notebooks", environment=variables)
        assert [words(cell) for _, cell in code_cells(again)] == [words(cell) for _, cell in code_cells(stored)]
        after = {name: digest for name, digest in fingerprints(course).items() if "__pycache__" not in name}
        assert after == before, path.name
        assert list(cache.iterdir()) == []

    def test_in_the_middle_of_a_download(self, places):
        course, cache, variables = places
        content = bytes(range(256)) * 4096

        class Executioner(BaseHTTPRequestHandler):
            """Sends half of the file and kills who asked; sends all of it from then on."""

            killed = False

            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content[: len(content) // 2])
                if not Executioner.killed:
                    Executioner.killed = True
                    os.kill(int(self.path.strip("/")), signal.SIGKILL)
                    return
                self.wfile.write(content[len(content) // 2 :])

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Executioner)
        Thread(target=server.serve_forever, daemon=True).start()
        ask = (
            "import os, sys\nsys.path.insert(0, '..')\nfrom utils.datasets.download import fetch\n"
            f"url = f'http://127.0.0.1:{server.server_port}/{{os.getpid()}}'\n"
            f"path = fetch('recording.npz', [url], md5='{hashlib.md5(content).hexdigest()}')"
        )
        nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(ask)])
        try:
            with pytest.raises(DeadKernelError):
                run(nb, folder=course / "notebooks", environment=variables)
            assert Executioner.killed
            assert not (cache / "recording.npz").exists()
            run(nb, folder=course / "notebooks", environment=variables)
        finally:
            server.shutdown()
            server.server_close()
        assert (cache / "recording.npz").read_bytes() == content
