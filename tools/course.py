"""What every tool needs to know: where things are, who publishes the course, and in which surroundings it runs."""

from __future__ import annotations

import re
import shutil
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
# The first is the same browser without a window, which costs a sixth less.
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# A tool that is called as a file finds its neighbours, but not `utils`, which is not installed either.
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))


def notebook_paths() -> list[Path]:
    """All notebooks of the course, in reading order."""
    return sorted(NOTEBOOKS.glob("*.ipynb"))


def chromium_path() -> str | None:
    """Where the system's Chromium is; None where there is none."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


def kernel_environment() -> dict[str, str]:
    """Environment variables under which notebooks and tests give the same digits everywhere.

    Returns:
        Variable names and values, to be laid over the present environment.
    """
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
    return dict.fromkeys(names, "1") | {"PYTHONHASHSEED": "0"}


@dataclass(frozen=True)
class Project:
    """The public face of the course, as pyproject.toml states it."""

    name: str
    version: str
    repository: str
    ref: str

    @property
    def slug(self) -> str:
        """`owner/name` of the repository."""
        return "/".join(self.repository.rsplit("/", 2)[1:])


def read_project(path: Path = ROOT / "pyproject.toml") -> Project:
    """Read the one place where the repository's address stands.

    Args:
        path: the pyproject file.

    Raises:
        ValueError: if the address is not of the form https://host/owner/name.
    """
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    repository = table["project"]["urls"]["Repository"]
    if not re.fullmatch(r"https://[^/\s]+/[^/\s]+/[^/\s]+", repository):
        raise ValueError(f"{path.name}: Repository is {repository!r}; allowed is https://host/owner/name")
    return Project(
        name=table["project"]["name"],
        version=table["project"]["version"],
        repository=repository,
        ref=table["tool"]["course"]["ref"],
    )


if __name__ == "__main__":
    # The workflow asks this way whether the course points its readers at the repository that it runs in.
    stated, actual = read_project().slug, sys.argv[1]
    if stated != actual:
        sys.exit(f"pyproject.toml names {stated}, but this is {actual}: run `make publish REPO={actual}`")
