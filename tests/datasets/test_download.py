"""Downloads against a real HTTP server on this machine that misbehaves in every way a public one does."""

import hashlib
import http.server
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from utils.datasets import download
from utils.datasets.download import DownloadError, cache_folder, fetch

CONTENT = bytes(range(256)) * 4096  # 1 MB
MD5 = hashlib.md5(CONTENT).hexdigest()
NAME = "recording.npz"
ROOT = Path(__file__).parents[2]


class Server(http.server.ThreadingHTTPServer):
    """Answers by path; `hits` lists the paths asked for."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.hits = []
        self.failures_left = 0

    def url(self, path):
        return f"http://127.0.0.1:{self.server_address[1]}/{path}"

    def handle_error(self, request, client_address):
        """A client that went away is what some tests want."""


class Answer(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        path = self.path.strip("/")
        self.server.hits.append(path)
        if path == "flaky" and self.server.failures_left > 0:
            self.server.failures_left -= 1
            return self.send_error(429)
        if path.isdigit():
            return self.send_error(int(path))
        if path == "silent":
            time.sleep(3)
            return None
        if path == "closes":
            return self.connection.close()
        body = {
            "html": b"<!doctype html><html><body>Please wait</body></html>",
            "empty": b"",
            "wrong": CONTENT[::-1],
            "moved": b"",
        }.get(path, CONTENT)
        self.send_response(302 if path == "moved" else 200)
        if path == "moved":
            self.send_header("Location", "/good")
        if path != "unsized":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if path == "half":
            self.wfile.write(body[: len(body) // 2])
            return self.connection.close()
        if path in ("slow", "trickle"):
            pieces = 8 if path == "slow" else 400
            for start in range(0, len(body), len(body) // pieces):
                self.wfile.write(body[start : start + len(body) // pieces])
                self.wfile.flush()
                time.sleep(0.02)
            return None
        self.wfile.write(body)
        return None


@pytest.fixture
def server():
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def get(server, *paths, folder, **options):
    settings = {"rounds": 2, "pause": 0.01, "timeout": 0.5, "deadline": 5, **options}
    return fetch(NAME, [server.url(path) for path in paths], MD5, folder, **settings)


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.mark.parametrize("path", ["good", "slow", "unsized", "moved"])
def test_arrives(server, tmp_path, path):
    found = get(server, path, folder=tmp_path)
    assert found == tmp_path / NAME
    assert found.read_bytes() == CONTENT
    assert files(tmp_path) == [NAME]


def test_second_call_asks_nobody(server, tmp_path):
    get(server, "good", folder=tmp_path)
    server.hits.clear()
    assert get(server, "good", folder=tmp_path).read_bytes() == CONTENT
    assert server.hits == []


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("html", "md5 differs"),
        ("empty", "md5 differs"),
        ("wrong", "md5 differs"),
        ("half", "broke before the end"),
        ("closes", "no connection"),
        ("silent", "no data for 0.2 seconds"),
        ("429", "the server answered 429"),
        ("403", "the server answered 403"),
        ("500", "the server answered 500"),
        ("404", "the server answered 404"),
    ],
)
def test_failure_says_what_to_do_and_leaves_nothing(server, tmp_path, path, words):
    # A busy machine may take longer to say the other things.
    timeout = 0.2 if path == "silent" else 10
    with pytest.raises(DownloadError) as caught:
        get(server, path, folder=tmp_path, timeout=timeout, otherwise="Or go on with the simulation.")
    message = str(caught.value)
    assert words in message
    for needed in (server.url(path), str(tmp_path / NAME), MD5, "Or go on with the simulation."):
        assert needed in message
    assert files(tmp_path) == []


def test_transient_failures_are_repeated_and_final_ones_are_not(server, tmp_path):
    server.failures_left = 2
    assert get(server, "flaky", folder=tmp_path, rounds=3).read_bytes() == CONTENT
    assert server.hits == ["flaky"] * 3
    server.hits.clear()
    with pytest.raises(DownloadError):
        get(server, "404", folder=tmp_path / "other", rounds=3)
    assert server.hits == ["404"]


def test_waits_longer_from_round_to_round(server, tmp_path, monkeypatch):
    waited = []
    monkeypatch.setattr(download.time, "sleep", waited.append)
    with pytest.raises(DownloadError):
        get(server, "500", folder=tmp_path, rounds=4, pause=1.0)
    assert waited == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("first", ["404", "403", "half", "html"])
def test_mirror_helps(server, tmp_path, first):
    assert get(server, first, "good", folder=tmp_path).read_bytes() == CONTENT
    assert server.hits == [first, "good"]
    assert files(tmp_path) == [NAME]


def test_endless_trickle_ends(server, tmp_path):
    start = time.monotonic()
    with pytest.raises(DownloadError, match=r"not complete after 0\.3 seconds"):
        get(server, "trickle", folder=tmp_path, deadline=0.3)
    assert time.monotonic() - start < 4
    assert files(tmp_path) == []


def test_bad_file_in_the_cache_is_replaced(server, tmp_path):
    (tmp_path / NAME).write_bytes(CONTENT[:100])
    assert get(server, "good", folder=tmp_path).read_bytes() == CONTENT


def test_no_server_at_all(tmp_path):
    with Server() as gone:
        url = gone.url("good")
    with pytest.raises(DownloadError, match="no connection"):
        fetch(NAME, [url], MD5, tmp_path, rounds=1, timeout=0.5)


TWO = """
import sys
from pathlib import Path
from utils.datasets.download import fetch
path = fetch(sys.argv[1], [sys.argv[2]], sys.argv[3], Path(sys.argv[4]), rounds=1, timeout=20)
print(len(path.read_bytes()))
"""


def test_two_programs_at_once(server, tmp_path):
    command = [sys.executable, "-c", TWO, NAME, server.url("slow"), MD5, str(tmp_path)]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [int(process.communicate(timeout=60)[0]) for process in running] == [len(CONTENT)] * 2
    assert files(tmp_path) == [NAME]
    assert (tmp_path / NAME).read_bytes() == CONTENT


SMALL_DISK = """
import resource, sys
from pathlib import Path
from utils.datasets.download import DownloadError, fetch
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    fetch(sys.argv[1], [sys.argv[2]], sys.argv[3], Path(sys.argv[4]), rounds=3, pause=30)
except DownloadError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file-size limits are POSIX only")
def test_full_disk(server, tmp_path):
    """The system refuses to write more than 300 kB of the file, as a full disk does."""
    command = [sys.executable, "-c", SMALL_DISK, NAME, server.url("good"), MD5, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=25, check=True)
    assert "no room to store the file" in done.stdout
    assert "COURSE_CACHE" in done.stdout
    assert server.hits == ["good"]
    assert files(tmp_path) == []


def test_folder_that_cannot_be_made(server, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DownloadError, match="cannot be stored"):
        get(server, "good", folder=tmp_path / "file" / "cache")
    assert server.hits == []


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((NAME, ["http://example.org/x"], MD5), "urls"),
        ((NAME, ["ftp://127.0.0.1/x"], MD5), "urls"),
        ((NAME, [], MD5), "urls"),
        ((NAME, "https://example.org/x", MD5), "urls"),
        ((NAME, ["https://example.org/x"], "abc"), "md5"),
        (("../" + NAME, ["https://example.org/x"], MD5), "name"),
    ],
)
def test_bad_arguments(tmp_path, arguments, name):
    with pytest.raises(ValueError, match=name):
        fetch(*arguments, tmp_path)


def test_cache_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("COURSE_CACHE")
    assert ROOT not in cache_folder().parents


def test_notebooks_show_the_message_alone():
    error = DownloadError("what to do")
    assert error._render_traceback_() == ["DownloadError: what to do"]


def test_what_a_killed_download_left_is_swept_up_a_day_later(server, tmp_path):
    old, young, other = (tmp_path / name for name in ("download-old", "download-young", "kept"))
    for folder in (old, young, other):
        folder.mkdir()
        (folder / NAME).write_bytes(CONTENT[:10])
    for folder in (old, other):
        os.utime(folder, (time.time() - 90_000,) * 2)
    fetch(NAME, [server.url("good")], MD5, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {NAME, "download-young", "kept"}


def test_a_refused_certificate_says_what_to_do(tmp_path, monkeypatch):
    """As behind a school's filter, which signs with a certificate of its own; trying again does not help."""
    import requests

    tries = []

    def refuse(url, **_):
        tries.append(url)
        raise requests.exceptions.SSLError("certificate verify failed: self-signed certificate in certificate chain")

    monkeypatch.setattr(requests, "get", refuse)
    with pytest.raises(DownloadError) as caught:
        fetch("a.npz", ["https://example.org/a"], "0" * 32, folder=tmp_path, pause=0)
    assert "its certificate was refused" in str(caught.value)
    assert "REQUESTS_CA_BUNDLE" in str(caught.value)
    assert "no connection" not in str(caught.value)
    assert len(tries) == 1
