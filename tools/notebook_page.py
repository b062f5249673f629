"""What a notebook says about itself in its first cells: title, promise, goals, needs, minutes; and what it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat

from refresh import read
from utils.exercises.notebooks import exercise_ids


@dataclass(frozen=True, eq=False)
class Page:
    """A notebook, and what other pages say about it.

    Attributes:
        path: the file.
        nb: its cells.
        number: 1 for the first.
        title: without its number.
        promise: the sentence below the title.
        goals: what you will do, in Markdown.
        needs: what you need, in Markdown.
        minutes: how long it takes.
        exercises: ids, in order.
        predictions: how many.
        panels: how many slider panels.
    """

    path: Path
    nb: nbformat.NotebookNode
    number: int
    title: str
    promise: str
    goals: tuple[str, ...]
    needs: str
    minutes: int
    exercises: tuple[str, ...]
    predictions: int
    panels: int

    @property
    def name(self) -> str:
        """File name without its ending."""
        return self.path.stem

    @property
    def heading(self) -> str:
        """Number and title."""
        return f"{self.number}. {self.title}"


def _shows_panel(cell: nbformat.NotebookNode) -> bool:
    texts = (output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", ()))
    return any(text.startswith("Slider panel: ") for text in texts)


def read_page(path: Path) -> Page:
    """Read a notebook.

    Args:
        path: the file.

    Returns:
        What the website says about it.

    Raises:
        ValueError: its first two cells do not say what a notebook's first two cells say.
    """
    nb = read(path)
    head, about = (nb.cells[n].source if len(nb.cells) > n else "" for n in (0, 1))
    title = re.search(r"^# (\d+)\. (.+)$", head, re.MULTILINE)
    below = re.sub(r"^# .*$|<!-- badges -->(?s:.*?)<!-- /badges -->", "", head, flags=re.MULTILINE)
    promise = [" ".join(part.split()) for part in below.split("\n\n") if part.strip()]
    minutes = re.search(r"\*\*Minutes:?\*\*:?\s*(?:about\s+)?(\d+)", about)
    needs = re.search(r"\*\*You need:?\*\*:?\s*(.+?)(?=\n\s*\n|\Z)", about, re.DOTALL)
    goals = re.search(r"\*\*You will:?\*\*:?\s*\n(.+?)(?=\n\s*\n\*\*|\Z)", about, re.DOTALL)
    points = re.findall(r"^[-*] (.+(?:\n  .+)*)", goals[1], re.MULTILINE) if goals else []
    if not (title and promise and minutes and needs and points):
        raise ValueError(
            f"{path.name}: needs '# N. Title' and a promise in its first cell, and '**You will**' with a list, "
            "'**You need** ...' and '**Minutes** N' in its second"
        )
    code = [cell.source for cell in nb.cells if cell.cell_type == "code"]
    return Page(
        path=path,
        nb=nb,
        number=int(title[1]),
        title=title[2].strip(),
        promise=promise[0],
        goals=tuple(" ".join(point.split()).rstrip(",.;") for point in points),
        needs=" ".join(needs[1].split()),
        minutes=int(minutes[1]),
        exercises=tuple(exercise_ids(nb)),
        predictions=sum(len(re.findall(r"^predict\(", source, re.MULTILINE)) for source in code),
        panels=sum(map(_shows_panel, nb.cells)),
    )
