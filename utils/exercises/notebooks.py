"""Finds exercises in notebooks: the one place that knows how they are written there."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

# Also where the line is damaged: without its second quote or bracket, say.
_NAMED = re.compile(r"""^[ \t]*@\s*exercise\b[\s('"]*(\d\d\.\w+)""", re.MULTILINE)


def named(source: str) -> list[str]:
    """The exercises that a cell's `@exercise` lines name; the rest of the cell need not be Python.

    Args:
        source: of a cell.

    Returns:
        Ids, in order.

    Examples:
        >>> named('@exercise("02.relu_biases")\\ndef relu_biases(x_train):')
        ['02.relu_biases']
    """
    return _NAMED.findall(source)


def decorated(node: ast.AST) -> str | None:
    """The id in the `@exercise` mark of a definition.

    Args:
        node: a statement.

    Returns:
        The id, an empty text where the mark holds none, None where there is no mark.
    """
    for mark in getattr(node, "decorator_list", []):
        called = mark.func if isinstance(mark, ast.Call) else mark
        if getattr(called, "id", "") == "exercise":
            first = mark.args[0] if isinstance(mark, ast.Call) and mark.args else None
            return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
    return None


def code_sources(notebook: Mapping[str, Any]) -> list[str]:
    """The sources of a notebook's code cells.

    Args:
        notebook: as JSON or nbformat give it.

    Returns:
        Texts, in order.
    """
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def exercise_ids(notebook: Mapping[str, Any]) -> list[str]:
    """The exercises of a notebook.

    Args:
        notebook: as JSON or nbformat give it.

    Returns:
        Ids, in order.
    """
    return [name for source in code_sources(notebook) for name in named(source)]


def read_notebook(path: str | Path) -> dict[str, Any]:
    """A notebook as it is stored.

    Args:
        path: the file.

    Returns:
        Its JSON.

    Raises:
        ValueError: it is no notebook.
    """
    notebook = json.loads(Path(path).read_text(encoding="utf-8-sig"))
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise ValueError(f"path: got {path}, allowed is a notebook, which has cells")
    return notebook


def course_notes(outputs: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """The notes that the course's boxes and predictions carry in their outputs' metadata.

    Args:
        outputs: of a cell.

    Yields:
        Notes, in order.
    """
    for output in outputs:
        metadata = output.get("metadata") if isinstance(output, Mapping) else None
        note = metadata.get("course") if isinstance(metadata, Mapping) else None
        if isinstance(note, Mapping):
            yield dict(note)
