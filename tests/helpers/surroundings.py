"""Surroundings of a kernel in which little is as usual.

Another locale and time zone, no HOME, no network, and a copy of the course that nobody may write to, in a folder with
blanks and foreign letters.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import hostile_command
from notebook_tools import copy_course

FOLDER = "Kurs für Ohren und 神経"
# Only Linux has the means, and root needs one more to be kept from writing.
POSSIBLE = sys.platform == "linux" and (os.geteuid() != 0 or shutil.which("setpriv") is not None)
IMPOSSIBLE = "only Linux has the means, and root needs setpriv (util-linux) to be kept from writing"
# In the kernel: tries what these surroundings forbid, and prints how that ended and where it was.
TRIED = """
def _surroundings():
    import json, os, socket, time

    def ended(do, *args):
        try:
            do(*args)
        except OSError as problem:
            return problem.strerror
        return "done"

    print(json.dumps({
        "write here": ended(open, "new", "w"),
        "write into utils": ended(open, "../utils/__init__.py", "a"),
        "reach the network": ended(socket.create_connection, ("192.0.2.1", 443), 5),
        "time zone": time.tzname[0],
        "HOME": os.environ.get("HOME"),
        "folder": os.path.basename(os.path.dirname(os.getcwd())),
    }))

_surroundings()
"""
AS_SAID = {
    "write here": "Permission denied",
    "write into utils": "Permission denied",
    "reach the network": "Network is unreachable",
    "time zone": "+1245",
    "HOME": None,
    "folder": FOLDER,
}


def fingerprints(folder: Path) -> dict[str, str]:
    """File -> digest of its content, for every file below a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


class Surroundings:
    """A read-only copy of the course, and how a kernel is started there.

    Args:
        folder: an existing one.

    Attributes:
        course: the copy.
        hard_to_read: where the kernel writes what is hard to read in its figures.
    """

    def __init__(self, folder: Path) -> None:
        self.course, self._extras = copy_course(folder / FOLDER), folder / "extras"
        self._extras.mkdir()
        self.hard_to_read = self._extras / "hard to read"
        self._before = fingerprints(self.course)
        self._allow_writing(False)

    def kernel(self) -> dict:
        """What a kernelspec says: the command, and variables laid over the server's own."""
        command = ["env", "-u", "HOME", f"--chdir={self.course / 'notebooks'}"]
        command += [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        environment = {"TZ": "Pacific/Chatham"} | self._turkish()
        if not hostile_command.cuts_network():
            environment |= hostile_command.guard(self._extras)
        names = {"display_name": "Python 3 (ipykernel)", "language": "python"}
        return names | {"argv": [*hostile_command.prefix(), *command], "env": environment}

    def changed(self) -> set[str]:
        """The files of the copy that are not what they were."""
        now = fingerprints(self.course)
        return {name for name in now.keys() | self._before.keys() if now.get(name) != self._before.get(name)}

    def remove(self) -> None:
        """Take the copy away."""
        self._allow_writing(True)
        shutil.rmtree(self.course)

    def _turkish(self) -> dict[str, str]:
        """The locale in which the capital of i is no I and decimals stand behind a comma.

        Where it cannot be made, its name alone is set: a locale that does not exist is foreign, too.
        """
        made = ["localedef", "-i", "tr_TR", "-f", "UTF-8", str(self._extras / "tr_TR.UTF-8")]
        if shutil.which("localedef") and subprocess.run(made, capture_output=True).returncode == 0:
            return {"LOCPATH": str(self._extras), "LC_ALL": "tr_TR.UTF-8"}
        return {"LC_ALL": "tr_TR.UTF-8"}

    def _allow_writing(self, allowed: bool) -> None:
        for path in [self.course, *self.course.rglob("*")]:
            mode = path.stat().st_mode
            path.chmod(mode | 0o200 if allowed else mode & ~0o222)
