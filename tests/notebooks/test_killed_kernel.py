"""What a kernel leaves behind that is killed and gets no chance to tidy up."""

import hashlib
import os
import signal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import nbformat
import pytest
from nbclient.exceptions import DeadKernelError
from notebook_tools import code_cells, copy_course, panel_cells, read_all, run, words
from surroundings import fingerprints

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

DYING = "import os, signal, threading\nthreading.Timer(0.02, os.kill, (os.getpid(), signal.SIGKILL)).start()\n"


@pytest.fixture
def places(tmp_path):
    """Kernel's folder and variables, in a copy of the course with a cache of its own."""
    course, cache = copy_course(tmp_path / "course"), tmp_path / "cache"
    cache.mkdir()
    return course, cache, {"COURSE_CACHE": str(cache)}


def test_in_the_middle_of_a_notebook(places):
    course, cache, variables = places
    path, stored = next(iter(read_all().items()))
    # Up to its first panel: what would come after the cell that dies is asked elsewhere.
    stored.cells = stored.cells[: panel_cells(stored)[0] + 1]
    before = fingerprints(course)
    killed = nbformat.from_dict(stored)
    middle = killed.cells[-1]
    middle.source = f"{DYING}{middle.source}\nthreading.Event().wait()"
    with pytest.raises(DeadKernelError):
        run(killed, folder=course / "notebooks", environment=variables)

    again = run(nbformat.from_dict(stored), folder=course / "notebooks", environment=variables)
    assert [words(cell) for _, cell in code_cells(again)] == [words(cell) for _, cell in code_cells(stored)]
    after = {name: digest for name, digest in fingerprints(course).items() if "__pycache__" not in name}
    assert after == before, path.name
    assert list(cache.iterdir()) == []


def test_in_the_middle_of_a_download(places):
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
