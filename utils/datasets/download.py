"""One file from the public, or a sentence that says what to do: verified, retried, and never half there."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

# The error numbers of a full disk, a quota and a file-size limit.
_NO_ROOM = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
# The answers that no repetition changes. 403 is not among them: busy file stores send it too.
_FINAL = {400, 401, 404, 405, 410}
_WORKPLACE, _A_DAY = "download-", 86_400
_CHUNK = 1 << 16
_CERTIFICATE = (
    "its certificate was refused. A filter between you and the network (a school's, a company's) may sign for it "
    "with a certificate of its own: ask for that file, and name it in the environment variable REQUESTS_CA_BUNDLE"
)


class DownloadError(RuntimeError):
    """A file could not be had; the message says which, why, and what to do. Notebooks show no traceback."""

    def _render_traceback_(self) -> list[str]:
        # IPython asks an exception for this before it formats the frames, which would bury the advice.
        return [f"{type(self).__name__}: {self}"]


def cache_folder() -> Path:
    """Folder for downloads: $COURSE_CACHE where set, else the operating system's cache, never the repository.

    Returns:
        A path; it need not exist.
    """
    import pooch

    chosen = os.environ.get("COURSE_CACHE")
    return Path(chosen).expanduser() if chosen else Path(pooch.os_cache("neuron-to-hearing"))


def fetch(
    name: str,
    urls: Sequence[str],
    md5: str,
    folder: Path | None = None,
    rounds: int = 3,
    pause: float = 1.0,
    timeout: float = 20.0,
    deadline: float = 600.0,
    otherwise: str = "",
) -> Path:
    """Return a verified local copy of a public file, downloading it where needed.

    The copy in the cache is verified at each call. A download goes to a folder of its own, is verified there,
    and only then takes its place in one step: two programs may do so at once, and a failure leaves nothing.

    Args:
        name: file name in the cache.
        urls: where to get it, best first; https, or http on this machine itself.
        md5: 32 hexadecimal digits that the content must have.
        folder: the cache; `cache_folder()` when None.
        rounds: how often all addresses are tried.
        pause: seconds before the second round; doubles with each further one.
        timeout: seconds without any data after which an attempt ends.
        deadline: seconds that one attempt may take in all.
        otherwise: one sentence for the error message: how to go on without the file.

    Returns:
        The path of the file.

    Raises:
        ValueError: an address that is not https, no address, or a malformed md5.
        DownloadError: no address gave the file, or it cannot be stored.
    """
    _check_arguments(name, urls, md5, rounds)
    folder = cache_folder() if folder is None else Path(folder)
    target = folder / name
    if _is_valid(target, md5):
        return target
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep_up(folder)
        workplace = Path(tempfile.mkdtemp(prefix=_WORKPLACE, dir=folder))
    except OSError as error:
        raise DownloadError(_advice(name, urls, md5, target, [_storing(error, folder)], otherwise)) from error
    try:
        problems = _try_all(name, urls, md5, workplace, rounds, pause, timeout, deadline)
        if problems is not None:
            raise DownloadError(_advice(name, urls, md5, target, problems, otherwise))
        _put_in_place(workplace / name, target, md5)
    finally:
        shutil.rmtree(workplace, ignore_errors=True)
    return target


def _sweep_up(folder: Path) -> None:
    """Remove what a download left behind whose process was killed: nothing of ours takes a day."""
    for workplace in folder.glob(f"{_WORKPLACE}*"):
        with suppress(OSError):  # another process may do the same now
            if time.time() - workplace.stat().st_mtime > _A_DAY:
                shutil.rmtree(workplace, ignore_errors=True)


def _check_arguments(name: str, urls: Sequence[str], md5: str, rounds: int) -> None:
    if not name or Path(name).name != name:
        raise ValueError(f"name: got {name!r}, allowed is a file name without a folder")
    if isinstance(urls, str) or not urls:
        raise ValueError(f"urls: got {urls!r}, allowed is a list of one or more addresses")
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}):
            raise ValueError(f"urls: got {url!r}, allowed is https")
    if len(md5) != 32 or set(md5.lower()) - set("0123456789abcdef"):
        raise ValueError(f"md5: got {md5!r}, allowed are 32 hexadecimal digits")
    if rounds < 1:
        raise ValueError(f"rounds: got {rounds}, allowed is 1 or more")


def _try_all(name, urls, md5, workplace, rounds, pause, timeout, deadline) -> list[str] | None:
    """Go through all addresses; None once the file lies in the workplace, else one problem for each address."""
    import pooch
    import requests

    # Pooch announces the temporary path, which says nothing to a reader.
    pooch.get_logger().setLevel(logging.WARNING)
    problems: dict[str, str] = {}
    hopeless: set[str] = set()
    for attempt in range(rounds):
        if attempt and len(hopeless) < len(set(urls)):
            time.sleep(pause * 2 ** (attempt - 1))
        for url in urls:
            if url in hopeless:
                continue
            try:
                pooch.retrieve(url, f"md5:{md5}", name, workplace, downloader=_streaming(timeout, deadline))
                return None
            except requests.HTTPError as error:
                code = error.response.status_code
                problems[url] = f"the server answered {code} ({error.response.reason})"
                if code in _FINAL:
                    hopeless.add(url)
            except requests.Timeout:
                problems[url] = f"no data for {timeout:g} seconds"
            except _TooSlow:
                problems[url] = f"not complete after {deadline:g} seconds"
                hopeless.add(url)
            except requests.exceptions.SSLError:
                problems[url] = _CERTIFICATE
                hopeless.add(url)
            except requests.RequestException as error:
                problems[url] = _connection_words(error)
            except ValueError:
                problems[url] = "the content was not the expected file (its md5 differs)"
            except OSError as error:
                return [_storing(error, workplace.parent)]
    return [f"{url}: {problem}" for url, problem in problems.items()]


class _TooSlow(Exception):
    pass


def _streaming(timeout: float, deadline: float) -> Callable[[str, str, Any], None]:
    """A downloader as pooch calls it, with a limit on the whole and a progress bar of constant text."""
    import requests

    from utils.page.progress_bar import progress

    def download(url: str, output: str, _: Any) -> None:
        end = time.monotonic() + deadline
        with requests.get(url, stream=True, timeout=timeout) as response, open(output, "wb") as file:
            response.raise_for_status()
            size = int(response.headers.get("content-length", 0))
            bar = progress(total=max(1, size >> 20), desc="downloading", unit="MB")
            try:
                _copy(response.iter_content(_CHUNK), file, end, bar)
            finally:
                bar.close()

    return download


def _copy(chunks, file: IO[bytes], end: float, bar: Any) -> None:
    done = 0
    for chunk in chunks:
        file.write(chunk)
        before, done = done >> 20, done + len(chunk)
        bar.update((done >> 20) - before)
        if time.monotonic() > end:
            raise _TooSlow


def _put_in_place(source: Path, target: Path, md5: str) -> None:
    try:
        os.replace(source, target)
    except OSError as error:
        # Windows does not replace a file that another program has open; that program may just have put it there.
        if not _is_valid(target, md5):
            raise DownloadError(f"{target}: could not be written ({error.strerror or error}).") from error


def _is_valid(path: Path, md5: str) -> bool:
    import pooch

    return path.is_file() and pooch.file_hash(str(path), alg="md5") == md5.lower()


def _connection_words(error: Exception) -> str:
    words = str(error)
    if "Read timed out" in words:
        return "the server stopped sending"
    if "IncompleteRead" in words or "Connection broken" in words:
        return "the connection broke before the end"
    return "no connection"


def _storing(error: OSError, folder: Path) -> str:
    if error.errno in _NO_ROOM:
        return f"no room to store the file in {folder}: free some, or set the environment variable COURSE_CACHE"
    return f"the file cannot be stored in {folder} ({error.strerror or error})"


def _advice(name, urls, md5, target: Path, problems: list[str], otherwise: str) -> str:
    return "\n".join(
        [
            f"{name} could not be downloaded.",
            *(f"  {problem}" for problem in problems),
            "What you can do:",
            "  - Try again in a few minutes: public file stores turn requests away when they are busy.",
            f"  - Or fetch it in a browser from {urls[0]} and save it as {target} (md5 {md5}).",
            *([f"  - {otherwise}"] if otherwise else []),
        ]
    )
