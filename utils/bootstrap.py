"""What a notebook needs before its first import: the course on the path, and no package missing.

The start cell runs this file by its path, so that another package named `utils` does not stand in the way. Until
`prepare` has put the course on the path, nothing here can import from it.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

# Where these are, the page and the drivers fit them: another version of one breaks the session.
LEFT_ALONE = frozenset({"torch", "numpy", "matplotlib", "ipywidgets", "ipython", "ipykernel"})
# For those who run or test the course elsewhere, not for those who read a notebook there.
NOT_NEEDED = frozenset({"jupyterlab", "nbval", "nbclient", "nbformat", "jupyter-client", "joblib"})
# Variables that tell of a machine that is lent for a session: what is installed there is gone with it.
LENT = ("COLAB_RELEASE_TAG", "KAGGLE_KERNEL_RUN_TYPE", "DEEPNOTE_PROJECT_ID", "JUPYTERHUB_USER", "BINDER_SERVICE_HOST")


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
            raise ValueError(f"{requirements.name}: got {text!r}, allowed is a name with version bounds")
        found[re.sub(r"[-_.]+", "-", name[0].rstrip("-_.")).lower()] = text
    return found


def missing(names: Iterable[str]) -> list[str]:
    """Those distributions that are not installed.

    Args:
        names: of distributions.

    Returns:
        Names, in the given order.
    """

    def absent(name: str) -> bool:
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            return True
        return False

    return [name for name in names if absent(name)]


def is_lent() -> bool:
    """Whether this machine is lent for a session, as on Colab, Kaggle, Deepnote, Binder or a hub.

    Returns:
        True where one of them says so.
    """
    return any(name in os.environ for name in LENT) or "google.colab" in sys.modules


def prepare(root: Path) -> None:
    """Make a notebook runnable: put the course on the path, and see to what is missing.

    On a lent machine missing packages are installed; elsewhere the one command that installs them is named. What is
    there already is never moved.

    Args:
        root: the course's folder, which holds requirements.txt.

    Raises:
        RuntimeError: if something is missing and could not be installed.
    """
    use(root)
    wanted = required(root / "requirements.txt")
    absent = missing(name for name in wanted if name not in NOT_NEEDED)
    if absent and not is_lent():
        command = f'"{sys.executable}" -m pip install -r "{root / "requirements.txt"}"'
        raise RuntimeError(
            f"Not installed here: {', '.join(absent)}. Run `make lab` in the course's folder, which sets up all; "
            f"or install into this Python, then restart the kernel: {command}"
        )
    if absent:
        add([wanted[name] for name in absent])
        print(f"Installed for this session: {', '.join(absent)}.")
    load_matplotlib()


def load_matplotlib() -> None:
    """Import Matplotlib without its notes in red.

    Where HOME cannot be written it takes another folder by itself, and at its first start it looks for fonts: neither
    asks the reader to do anything.
    """
    log = logging.getLogger("matplotlib")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        import matplotlib.font_manager  # noqa: F401
    finally:
        log.setLevel(level)


def use(root: Path) -> None:
    """Let `import utils` mean the course's own package, whatever else has that name.

    Args:
        root: the course's folder.
    """
    sys.path[:] = [str(root), *(path for path in sys.path if path != str(root))]
    ours = str(root / "utils")
    if not str(getattr(sys.modules.get("utils"), "__file__", ours)).startswith(ours):
        for name in [name for name in sys.modules if name.split(".")[0] == "utils"]:
            del sys.modules[name]


def add(requirements: list[str]) -> None:
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
