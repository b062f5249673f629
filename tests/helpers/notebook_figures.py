"""Run a notebook's cells outside of a kernel, and say what is hard to read in its figures.

    python tests/helpers/notebook_figures.py notebooks/03_spiral_mlp.ipynb

Prints one line for each offence: the cell's id and a sentence.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tools"), str(Path(__file__).parent)]

from legibility import offences  # noqa: E402
from notebook_tools import code_cells  # noqa: E402

from utils.page import figures  # noqa: E402


def look(path: Path) -> list[str]:
    """What is hard to read in the figures of a notebook.

    Args:
        path: of the notebook.

    Returns:
        A sentence for each offence, behind its cell's id.
    """
    found, cell = [], ""

    def instead_of_a_picture(fig) -> bytes:
        found.extend(f"{cell}: {sentence}" for sentence in offences(fig))
        return b""

    figures.compact_png = instead_of_a_picture
    os.chdir(path.parent)
    names: dict = {"__name__": "__main__"}
    for _, code in code_cells(nbformat.read(path, as_version=4)):
        cell = code.id
        if cell != "bootstrap":
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                exec(compile(code.source, cell, "exec"), names)
    return found


if __name__ == "__main__":
    print("\n".join(look(Path(sys.argv[1]).resolve())))
