"""What several tests need of the notebooks: their exercises, and a way to run a changed copy."""

from __future__ import annotations

import ast
import inspect
import os
import re
import textwrap
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from course import NOTEBOOKS, kernel_environment, notebook_paths
from refresh import CurrentPython

SANITIZE = Path(__file__).with_name("nbval_sanitize.cfg")


def code_cells(nb):
    """The code cells of a notebook, with their place."""
    return [(number, cell) for number, cell in enumerate(nb.cells) if cell.cell_type == "code"]


def calls(nb, name):
    """How often a notebook's code calls a function of that name."""
    nodes = [node for _, cell in code_cells(nb) for node in ast.walk(ast.parse(cell.source))]
    return sum(
        isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == name
        for node in nodes
    )


def exercise_cells(nb):
    """Exercise id -> (place of its cell, the decorated definition)."""
    found = {}
    for number, cell in code_cells(nb):
        for node in ast.parse(cell.source).body:
            for mark in getattr(node, "decorator_list", []):
                if isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "exercise":
                    found[mark.args[0].value] = (number, node)
    return found


def read_all():
    """Path -> notebook, for every notebook of the course."""
    return {path: nbformat.read(path, as_version=4) for path in notebook_paths()}


def answered(nb, answers):
    """A copy of a notebook in which the stubs are replaced.

    Args:
        nb: the notebook.
        answers: exercise id -> function or class whose source is pasted, under the name of the stub.

    Returns:
        The copy, without outputs.
    """
    copy = nbformat.from_dict(nb)
    for exercise_id, (number, stub) in exercise_cells(nb).items():
        answer = answers[exercise_id]
        source = textwrap.dedent(inspect.getsource(answer))
        # A recursive answer, or one that names its class, must do so under the name of the stub.
        source = re.sub(rf"\b{re.escape(answer.__name__)}\b", stub.name, source)
        copy.cells[number].source = f'@exercise("{exercise_id}")\n{source}'
    for _, cell in code_cells(copy):
        cell.outputs, cell.execution_count = [], None
    return copy


def run(nb, timeout=300):
    """Execute a notebook in memory, in the notebooks' folder and a fresh kernel of this Python."""
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=CurrentPython())
    # How prints are cut into messages depends on timing; refresh.py joins them, too.
    options = {"timeout": timeout, "coalesce_streams": True, "resources": {"metadata": {"path": str(NOTEBOOKS)}}}
    client = NotebookClient(nb, km=manager, **options)
    environment = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    client.execute(env=environment | kernel_environment())
    return nb


def boxes(nb):
    """Exercise id -> status in the last box that a notebook shows for it."""
    notes = [
        output.metadata["course"]
        for _, cell in code_cells(nb)
        for output in cell.outputs
        if "course" in output.get("metadata", {})
    ]
    return {note["exercise"]: note["status"] for note in notes if "status" in note}


def sanitized(text):
    """Text as the regression run compares it."""
    lines = SANITIZE.read_text(encoding="ascii").splitlines()
    for number, line in enumerate(lines):
        if line.startswith("regex: "):
            text = re.sub(line.removeprefix("regex: "), lines[number + 1].removeprefix("replace: "), text)
    return text


def words(cell):
    """The texts of a cell's outputs, as the regression run compares them."""
    outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
    return [sanitized(output.get("text") or output.get("data", {}).get("text/plain", "")) for output in outputs]


def pictures(cell):
    """The pictures of a cell's outputs."""
    return [output.data["image/png"] for output in cell.outputs if "image/png" in output.get("data", {})]
