"""Write constraints.txt: the exact version of everything that the two requirement files lead to, as installed here.

    python tools/pin.py           write
    python tools/pin.py --check   change nothing; fail if the installed versions are others

Run it in a fresh `.venv` in which all tests pass. Packages that only another system needs cannot be seen here: their
lines, below the mark in the file, are kept as they are.
"""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from course import ROOT

CONSTRAINTS = ROOT / "constraints.txt"
HEAD = "# The exact versions that all tests passed with; written by tools/pin.py.\n\n"
MARK = "\n# Wanted on Windows or macOS only, or by other versions of Python; kept by hand.\n\n"
# What torch's build for CUDA brings along, on Linux only: torch itself asks for exact versions of these.
DRIVER_PACKAGES = ("nvidia-", "cuda-", "triton")


def requirements(path: Path) -> list[Requirement]:
    """Read a requirements file, following its `-r` lines.

    Args:
        path: the file.

    Returns:
        Its requirements, in order.
    """
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        text = re.split(r"(?:^|\s)#", line)[0].strip()
        if text.startswith("-r "):
            found += requirements(path.parent / text[3:].strip())
        elif text:
            found.append(Requirement(text))
    return found


def closure(wanted: list[Requirement]) -> dict[str, str]:
    """Everything that the requirements lead to in this environment.

    Args:
        wanted: what to start from.

    Returns:
        Canonical name -> public version (without a local part such as +cpu), sorted by name.
    """
    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    todo = [(req, "") for req in wanted]
    while todo:
        req, extra = todo.pop()
        if req.marker is not None and not req.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(req.name)
        if name.startswith(DRIVER_PACKAGES):
            continue
        distribution = metadata.distribution(name)
        found[name] = Version(distribution.version).public
        for wanted_extra in {"", *req.extras}:
            if (name, wanted_extra) not in seen:
                seen.add((name, wanted_extra))
                todo += [(Requirement(text), wanted_extra) for text in distribution.requires or []]
    return dict(sorted(found.items()))


def line(name: str, version: str, oldest: str = "3.11.0") -> str:
    """One constraint; limited by a marker where the package itself refuses the oldest Python of the course."""
    needs = SpecifierSet(metadata.metadata(name).get("Requires-Python") or "")
    if oldest in needs:
        return f"{name}=={version}\n"
    lowest = next(bound.version for bound in needs if bound.operator == ">=")
    return f'{name}=={version}; python_full_version >= "{lowest}"\n'


def main(arguments: list[str]) -> int:
    """Command line; returns the exit status."""
    pins = closure(requirements(ROOT / "requirements-dev.txt"))
    kept = CONSTRAINTS.read_text(encoding="utf-8").partition(MARK)[2]
    text = HEAD + "".join(line(*pin) for pin in pins.items()) + MARK + kept
    if "--check" in arguments:
        if text != CONSTRAINTS.read_text(encoding="utf-8"):
            print("constraints.txt and the installed versions differ", file=sys.stderr)
            return 1
        return 0
    CONSTRAINTS.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
