"""What a notebook needs on a machine that is not the student's own: on Colab, the few packages that are missing."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from utils.page.host import on_colab

# Colab brings these, and its front end and drivers fit them: another version of one breaks the session.
LEFT_ALONE = frozenset({"torch", "numpy", "matplotlib", "ipywidgets", "ipython", "ipykernel"})
# For those who run or test the course elsewhere, not for those who read a notebook there.
NOT_NEEDED = frozenset({"jupyterlab", "nbval", "nbclient", "nbformat", "jupyter-client", "joblib"})


def required(requirements: Path) -> dict[str, str]:
    """Read a requirements file.

    Args:
        requirements: path of a file with one requirement a line; comments and blank lines are skipped.

    Returns:
        Distribution name, in lower case with hyphens -> the requirement as written, in the file's order.

    Raises:
        ValueError: if a line is neither a requirement, nor a comment, nor blank.
    """
    found = {}
    for line in requirements.read_text(encoding="utf-8").splitlines():
        text = line.split("#")[0].strip()
        if not text:
            continue
        name = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", text)
        if name is None:
            raise ValueError(f"{requirements.name}: {text!r} is no requirement; allowed is a name and version bounds")
        found[re.sub(r"[-_.]+", "-", name[0].rstrip("-_.")).lower()] = text
    return found


def missing(names: Iterable[str]) -> list[str]:
    """Those distributions that are not installed, in the given order."""

    def absent(name: str) -> bool:
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            return True
        return False

    return [name for name in names if absent(name)]


def prepare(root: Path) -> None:
    """Make a notebook runnable: nothing to do locally; on Colab, install what is missing, and nothing else.

    Args:
        root: the course's folder, which holds requirements.txt.

    Raises:
        RuntimeError: if something is missing and could not be installed.
    """
    if not on_colab():
        return
    wanted = required(root / "requirements.txt")
    absent = missing(name for name in wanted if name not in LEFT_ALONE | NOT_NEEDED)
    if absent:
        install([wanted[name] for name in absent])
    print(f"The course is in {root.name}/; installed: {', '.join(absent) or 'nothing, all is there'}.")


def install(requirements: list[str]) -> None:
    """Install requirements without moving the packages that must be left alone.

    Args:
        requirements: as they stand in requirements.txt.

    Raises:
        RuntimeError: if the installer fails.
    """
    present = [name for name in sorted(LEFT_ALONE) if not missing([name])]
    with tempfile.TemporaryDirectory() as folder:
        held = Path(folder) / "held.txt"
        held.write_text("".join(f"{name}=={metadata.version(name)}\n" for name in present), encoding="utf-8")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--constraint", str(held), *requirements]
        result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        reason = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
        wanted = ", ".join(requirements)
        raise RuntimeError(f"{wanted} could not be installed ({reason}). Is there a network? Then run this cell again.")
