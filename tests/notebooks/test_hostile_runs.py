"""A student who answers every exercise rightly where little is as usual; and a kernel that is killed.

`make test` runs every notebook once, unattempted. Here each runs in a folder with blanks and foreign letters that
nobody may write to, without HOME, offline, with another locale and time zone. The student must reach the end, be told
the truth in every box, and read the same words and see the same figures as the stored ones, but for long trainings:
these are cut short, since what they come to in other surroundings is asked by `test_colab_shape.py`, which meets the
student who answers wrongly.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import hostile_command
import nbformat
import pytest
from exercise_calls import TABLE, calls_seen, with_recorder
from nbclient.exceptions import DeadKernelError
from notebook_tools import (
    answered,
    code_cells,
    copy_course,
    exercise_cells,
    pictures,
    read_all,
    run,
    shortened,
    words,
)
from stored_pictures import SHARE, comparable, difference
from students import Student, by_id

from course import ROOT
from utils.exercises import get
from utils.exercises.engine import CORRECT

FOLDER = "Kurs für Ohren und 神経"
NOTEBOOKS = {path.name[:2]: nb for path, nb in read_all().items()}
# Called in the course's folder with two names: executes one notebook into the other.
EXECUTE = """
import sys
sys.path[:0] = ["tests/helpers", "tools", "."]
import nbformat
from notebook_tools import run
nbformat.write(run(nbformat.read(sys.argv[1], as_version=4)), sys.argv[2])
"""

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

    def __init__(self, folder):
        self.course, self.extras = copy_course(folder / FOLDER), folder / "extras"
        self.extras.mkdir()
        # There the kernel writes what is hard to read in its figures.
        self.hard_to_read = self.extras / "hard to read"
        self._allow_writing(False)
        # What pytest tells its own workers is not meant for these runs.
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV_", "LC_")) and k != "HOME"}
        self.environment = kept | {"TZ": "Pacific/Chatham"} | turkish(self.extras)
        if not hostile_command.cuts_network():
            self.environment |= hostile_command.guard(self.extras)

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

    def execute(self, nb):
        """The notebook as it is after its run here."""
        given, executed = self.extras / "given.ipynb", self.extras / "executed.ipynb"
        nbformat.write(nb, given)
        result = self.call(sys.executable, "-c", EXECUTE, str(given), str(executed))
        assert result.returncode == 0, f"{result.stdout[-2000:]}\n{result.stderr[-6000:]}"
        return nbformat.read(executed, as_version=4)

    def remove(self):
        self._allow_writing(True)
        shutil.rmtree(self.course)

    def _allow_writing(self, allowed):
        for path in [self.course, *self.course.rglob("*")]:
            mode = path.stat().st_mode
            path.chmod(mode | 0o200 if allowed else mode & ~0o222)


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory):
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("root may write everywhere: install setpriv (util-linux), or run as somebody else")
    made = Surroundings(tmp_path_factory.mktemp("hostile"))
    before = fingerprints(made.course)
    yield made
    after = fingerprints(made.course)
    made.remove()
    assert after == before


@pytest.fixture(scope="class")
def stored(request):
    return NOTEBOOKS[request.cls.number]


@pytest.fixture(scope="class")
def given(request, stored):
    """The notebook with the student's answers, and the ids of the cells that short trainings may change."""
    nb = answered(stored, {name: get(name).reference for name in exercise_cells(stored)})
    return shortened(nb) if request.cls.trains else (nb, set())


@pytest.fixture(scope="class")
def may_differ(given):
    return given[1]


@pytest.fixture(scope="class")
def executed(given, surroundings):
    """What was given, after its run."""
    surroundings.hard_to_read.write_text("", encoding="utf-8")
    watch = f"__import__('legibility').watch({str(surroundings.hard_to_read)!r})"
    return surroundings.execute(with_recorder(given[0], watch))


def test_the_surroundings_are_as_said(surroundings):
    # What these runs would show is worth nothing where writing, or the network, works after all.
    assert "PermissionError" in surroundings.call(sys.executable, "-c", "open('new', 'w')").stderr
    reach = "import socket; socket.create_connection(('192.0.2.1', 443), 5)"
    assert "Network is unreachable" in surroundings.call(sys.executable, "-c", reach).stderr
    tell = "import os, time; print(time.tzname[0], 'HOME' in os.environ)"
    assert surroundings.call(sys.executable, "-c", tell).stdout == "+1245 False\n"


class HostileRun(Student):
    """One notebook.

    Attributes:
        trains: whether its trainings take long. Those of 05 do not, and its legends stand where its curves leave room.
    """

    verdict = CORRECT
    trains = False

    @pytest.mark.skipif(not comparable(ROOT), reason="another Matplotlib draws other pictures")
    def test_the_figures_are_the_stored_ones(self, stored, executed, may_differ):
        here = by_id(executed)
        for name, cell in by_id(stored).items():
            # A figure of measured times, or of chance, differs from run to run; its cell says so.
            if name not in may_differ and not {"timing", "varies"} & set(cell.metadata.get("tags", [])):
                drawn = pictures(here[name])
                assert len(drawn) == len(pictures(cell)), name
                shares = [difference(*both) for both in zip(pictures(cell), drawn, strict=True)]
                assert max(shares, default=0) <= SHARE, name

    def test_every_figure_can_be_read(self, surroundings, executed):
        assert surroundings.hard_to_read.read_text(encoding="utf-8") == ""

    def test_the_exercises_are_called_as_the_table_says(self, executed):
        """`tests/exercises/test_inputs.py` holds the cases of the checks against this table."""
        table = json.loads(TABLE.read_text(encoding="utf-8"))
        seen = calls_seen(executed)
        assert seen["calls"] == {name: calls for name, calls in table["calls"].items() if name.startswith(self.number)}
        assert seen["differentiated"] == [name for name in table["differentiated"] if name.startswith(self.number)]


# Another order than that of `make test`, and the longest first.
class Test06(HostileRun):
    number = "06"
    trains = True


class Test03(HostileRun):
    number = "03"
    trains = True


class Test04(HostileRun):
    number = "04"


class Test05(HostileRun):
    number = "05"


class Test02(HostileRun):
    number = "02"


class Test01(HostileRun):
    number = "01"


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
        # Its first half: what would come after the cell that dies is asked elsewhere.
        numbers = [number for number, _ in code_cells(stored)]
        stored.cells = stored.cells[: numbers[len(numbers) // 2] + 1]
        before = fingerprints(course)
        killed = nbformat.from_dict(stored)
        middle = killed.cells[-1]
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
