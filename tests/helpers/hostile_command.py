"""Starts a command where little is as usual: no network, and files without write permission stay as they are.

    python hostile_command.py COMMAND [ARGUMENT...]

The network is cut by a namespace of its own where the system grants one. Otherwise every address that is not this
machine's is refused by Python itself, which `guard` puts on the command's path.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

SET_FLAGS, UP_AND_RUNNING = 0x8914, 1 | 64
GUARD = '''\
"""Loaded by Python at its start: refuses every connection that leaves this machine."""

import errno
import socket

_connect = socket.socket.connect


def _connect_here(self, address):
    if isinstance(address, tuple) and not str(address[0]).startswith(("127.", "::1", "localhost")):
        raise OSError(errno.ENETUNREACH, "Network is unreachable")
    return _connect(self, address)


socket.socket.connect = _connect_here
'''


@cache
def cuts_network() -> bool:
    """Whether a network namespace can be had."""
    return shutil.which("unshare") is not None and _succeeds("unshare", "--net", "true")


def _succeeds(*command: str) -> bool:
    return subprocess.run(command, capture_output=True).returncode == 0


def prefix() -> list[str]:
    """What to put before a command."""
    words = ["unshare", "--net"] if cuts_network() else []
    words += [sys.executable, __file__]
    if os.geteuid() == 0:
        # The two capabilities by which root may write what nobody may write.
        without = "-dac_override,-dac_read_search"
        words += ["setpriv", f"--bounding-set={without}", f"--inh-caps={without}"]
    return words


def guard(folder: Path) -> dict[str, str]:
    """Environment variables that keep a command in Python off the network, for where no namespace does.

    Args:
        folder: an existing one, for the guard's module.
    """
    (folder / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    nowhere = "http://127.0.0.1:9"
    return {"PYTHONPATH": str(folder), "http_proxy": nowhere, "https_proxy": nowhere}


def _raise_loopback() -> None:
    """Give a new namespace the address 127.0.0.1, by which a kernel and its client talk."""
    import fcntl
    import socket
    import struct

    with socket.socket() as anything:
        fcntl.ioctl(anything, SET_FLAGS, struct.pack("16sh", b"lo", UP_AND_RUNNING))


if __name__ == "__main__":
    if cuts_network():
        _raise_loopback()
    os.execvp(sys.argv[1], sys.argv[1:])
