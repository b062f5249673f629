"""What several tests need of the notebooks: their exercises, a way to run a changed copy, and copies of the course."""

from __future__ import annotations

import ast
import copy
import dis
import functools
import inspect
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from types import CodeType

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from course import NOTEBOOKS, ROOT, kernel_environment, notebook_paths, read_project
from refresh import WIDGET_VIEW, CurrentPython
from utils.exercises.notebooks import decorated
from utils.page.output import FIGURE_WORDS

SANITIZE = Path(__file__).with_name("nbval_sanitize.cfg")
# What a panel says first.
PANEL = "Slider panel: "
# What a checkout of the course holds and a notebook, or the regression run, may ask for.
PARTS = ("notebooks", "utils", "data", "tools", "tests", "conftest.py", "pyproject.toml", "requirements.txt")


def code_cells(nb):
    """The code cells of a notebook, with their place."""
    return [(number, cell) for number, cell in enumerate(nb.cells) if cell.cell_type == "code"]


def calls(cell, name):
    """How often a cell's code calls a function of that name."""
    return sum(
        isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == name
        for node in ast.walk(ast.parse(cell.source))
    )


def cells_that_call(nb, name):
    """The places of the code cells that call a function of that name."""
    return [number for number, cell in code_cells(nb) if calls(cell, name)]


def panel_title(cell):
    """The title of the slider panel that a cell's stored outputs hold; None where they hold none."""
    said = [out.get("data", {}).get("text/plain", "") for out in cell.outputs]
    titles = [text.splitlines()[0] for text in said if text.startswith(PANEL)]
    return titles[0].removeprefix(PANEL) if titles else None


def panel_cells(nb):
    """The places of the code cells whose stored outputs hold a slider panel."""
    return [number for number, cell in code_cells(nb) if panel_title(cell)]


def cells_behind(nb, wanted):
    """The places of those code cells that others need, these included: whatever defines a name that they use.

    Args:
        nb: a notebook.
        wanted: places of cells.

    Returns:
        Places, in order; the cell that finds the course and the imports are always among them.
    """
    found, needed = [], set()
    for number, cell in reversed(code_cells(nb)):
        made, used = _names(compile(cell.source, cell.id, "exec"))
        if number in wanted or made & needed or cell.id in {"bootstrap", "imports"}:
            found.insert(0, number)
            needed = (needed - made) | used
    return found


def shortened(nb):
    """A copy of a notebook whose trainings take two epochs, and the ids of those cells that this may change."""
    short, found = nbformat.from_dict(nb), set()
    # Names that hold something else now, and what the functions of each name look up when they are called.
    other, looked_up = set(), {}
    for _, cell in code_cells(short):
        source = re.sub(r"\bepochs=\d+", "epochs=2", cell.source)
        code = compile(source, cell.id, "exec")
        made, used = _names(code)
        reached = used
        while reached:
            reached = set().union(*(looked_up.get(name, ()) for name in reached)) - used
            used |= reached
        if source != cell.source or used & other:
            found.add(cell.id)
            other |= made
        else:
            other -= made
        looked_up |= dict.fromkeys(made, _globals(code))
        cell.source = source
    return short, found


def _names(code):
    """The names that a cell's code gives to something, and those that it must find."""
    made, used = set(), set()
    for step in dis.get_instructions(code):
        if step.opname == "STORE_NAME":
            made.add(step.argval)
        elif step.opname == "LOAD_NAME" and step.argval not in made:
            used.add(step.argval)
    return made, used | (_globals(code) - made)


def _globals(code):
    """The global names that functions within a piece of code use."""
    inner = [part for part in code.co_consts if isinstance(part, CodeType)]
    own = {step.argval for part in inner for step in dis.get_instructions(part) if step.opname == "LOAD_GLOBAL"}
    return own.union(*map(_globals, inner))


def exercise_cells(nb):
    """Exercise id -> (place of its cell, the decorated definition)."""
    found = {}
    for number, cell in code_cells(nb):
        for node in ast.parse(cell.source).body:
            if name := decorated(node):
                found[name] = (number, node)
    return found


@functools.cache
def _stored():
    return {path: nbformat.read(path, as_version=4) for path in notebook_paths()}


def read_all():
    """Path -> notebook, for every notebook of the course; a copy of its own for each that asks."""
    return copy.deepcopy(_stored())


def answered(nb, answers):
    """A copy of a notebook in which the stubs are replaced.

    Args:
        nb: the notebook.
        answers: exercise id -> function or class whose source is pasted, under the name of the stub.

    Returns:
        The copy, with the stored outputs.
    """
    changed = nbformat.from_dict(nb)
    for exercise_id, (number, stub) in exercise_cells(nb).items():
        answer = answers[exercise_id]
        source = textwrap.dedent(inspect.getsource(answer))
        # A recursive answer, or one that names its class, must do so under the name of the stub.
        source = re.sub(rf"\b{re.escape(answer.__name__)}\b", stub.name, source)
        changed.cells[number].source = f'@exercise("{exercise_id}")\n{source}'
    return changed


def run(nb, timeout=300, folder=NOTEBOOKS, python=sys.executable, environment=None):
    """Execute a notebook in memory, in a fresh kernel.

    Args:
        nb: the notebook; its outputs are replaced.
        timeout: seconds for one cell.
        folder: the kernel's working folder.
        python: the kernel's Python.
        environment: variables of the kernel, laid over this process's; None as a value takes one away.

    Returns:
        The same notebook.
    """
    for _, cell in code_cells(nb):
        cell.outputs, cell.execution_count = [], None
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=CurrentPython())
    manager.kernel_spec_manager.python = str(python)
    # How prints are cut into messages depends on timing; refresh.py joins them, too.
    options = {"timeout": timeout, "coalesce_streams": True, "resources": {"metadata": {"path": str(folder)}}}
    client = NotebookClient(nb, km=manager, shutdown_kernel="immediate", **options)
    variables = os.environ | kernel_environment() | {"MPLBACKEND": None} | (environment or {})
    # A kernel whose manager was given would live on, with all its memory.
    client.execute(env={name: value for name, value in variables.items() if value is not None}, cleanup_kc=True)
    return nb


def copy_course(folder, parts=PARTS):
    """Copy the working tree's course, as it is now, into a new folder.

    Args:
        folder: is made.
        parts: the names of what is copied.

    Returns:
        The folder.
    """
    folder.mkdir(parents=True)
    for name in parts:
        source, target = ROOT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
        else:
            shutil.copy(source, target)
    return folder


def publish_course(folder, parts=PARTS):
    """Make a bare repository that holds the working tree's course, whatever the real checkout's history is.

    Args:
        folder: an existing one, to be filled.
        parts: the names of what it holds.

    Returns:
        The repository's address, file:///...
    """
    work, bare = copy_course(folder / "tree", parts), folder / "course.git"
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main"]
    for arguments in (
        ["init"],
        ["add", "--all"],
        ["commit", "--quiet", "--no-gpg-sign", "-m", "the course"],
        ["branch", "-M", read_project().ref],
        ["clone", "--quiet", "--bare", str(work), str(bare)],
    ):
        subprocess.run(["git", *identity, *arguments], cwd=work, check=True, capture_output=True)
    return bare.as_uri()


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
    """The texts of a cell's outputs, as the regression run compares them; a figure's words count once."""
    outputs = [o for o in cell.outputs if o.get("name") != "stderr" and FIGURE_WORDS not in o.get("metadata", {})]
    # A live view is an output of its own, which is not stored.
    outputs = [o for o in outputs if set(o.get("data", {"stream": ""})) != {WIDGET_VIEW}]
    return [sanitized(output.get("text") or output.get("data", {}).get("text/plain", "")) for output in outputs]
