"""With what kinds of arguments the exercises' functions are called: in a run of a notebook, and in their cases."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import nbformat
import numpy as np
import torch
from notebook_tools import code_cells, run

from course import ROOT
from utils.exercises.engine import Exercise

# The id of the cell with which recording begins.
BEGIN = "begin-recording"
TABLE = ROOT / "tests" / "exercises" / "calls.json"


def kind_of(arg: Any) -> str:
    """What kind of argument something is: type, dtype and number of dimensions; sizes are free."""
    if isinstance(arg, torch.Tensor):
        return f"{str(arg.dtype).removeprefix('torch.')} tensor, {arg.ndim}-d"
    if isinstance(arg, np.ndarray):
        return f"{arg.dtype} array, {arg.ndim}-d"
    if isinstance(arg, torch.nn.Module):
        is_loss = type(arg).__module__ == "torch.nn.modules.loss"
        return "function" if is_loss else "network"
    if isinstance(arg, torch.optim.Optimizer):
        return "optimizer"
    if isinstance(arg, bool | int | float | str | list | np.generic):
        return type(arg).__name__
    return "function" if callable(arg) else "object"


class Recorder:
    """An observer of the standing functions."""

    def __init__(self) -> None:
        self.kinds: dict[str, set[tuple[str, ...]]] = {}
        self.differentiated: set[str] = set()

    def __call__(self, exercise_id: str, args: Sequence[Any], result: Any) -> None:
        self.kinds.setdefault(exercise_id, set()).add(tuple(map(kind_of, args)))
        for part in result if isinstance(result, tuple) else (result,):
            if isinstance(part, torch.Tensor) and part.requires_grad:
                part.register_hook(lambda _: self.differentiated.add(exercise_id))

    def table(self) -> dict[str, Any]:
        """What was seen, as plain data in a fixed order."""
        calls = {name: sorted(map(list, kinds)) for name, kinds in sorted(self.kinds.items())}
        return {"calls": calls, "differentiated": sorted(self.differentiated)}


def recorded(nb: nbformat.NotebookNode) -> dict[str, Any]:
    """Run a copy of a notebook and note every call of its exercises' functions."""
    return calls_seen(run(with_recorder(nb)))


def with_recorder(nb: nbformat.NotebookNode, more: str = "") -> nbformat.NotebookNode:
    """A copy of a notebook with two more cells, of which the last prints how its exercises' functions were called.

    Args:
        nb: the notebook.
        more: lines that run with the first of them, where the tests' helpers can be imported.
    """
    copy = nbformat.from_dict(nb)
    first = next(
        number for number, cell in code_cells(copy) if "import exercise" in cell.source or "exercise," in cell.source
    )
    helpers = [str(ROOT / "tests" / "helpers"), str(ROOT / "tools")]
    begin = (
        f"import sys\nsys.path += {helpers}\n"
        "from exercise_calls import Recorder\nfrom utils.exercises import standing\n"
        "_recorder = Recorder()\nstanding.observers.append(_recorder)\n" + more
    )
    copy.cells.insert(first + 1, nbformat.v4.new_code_cell(begin, id=BEGIN))
    copy.cells.append(nbformat.v4.new_code_cell("import json\nprint('RECORDED', json.dumps(_recorder.table()))"))
    return copy


def calls_seen(nb: nbformat.NotebookNode) -> dict[str, Any]:
    """What the last cell of an executed notebook with a recorder has printed."""
    text = next(output.text for output in nb.cells[-1].outputs if output.get("text", "").startswith("RECORDED"))
    return json.loads(text.removeprefix("RECORDED "))


def kinds_of_cases(task: Exercise) -> set[tuple[str, ...]]:
    """The kinds of arguments with which an exercise's own cases call a function."""
    recorder = Recorder()
    for case in task.cases():
        if task.call is None:
            recorder(task.id, case.args, None)
            continue

        def observed(*args: Any) -> Any:
            recorder(task.id, args, None)
            return task.reference(*args)

        task.call(observed, *case.args)
    return recorder.kinds[task.id]
