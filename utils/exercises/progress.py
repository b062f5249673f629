"""My progress: which exercises a saved notebook shows as solved and which predictions as made. Nothing is executed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from utils._notebooks import NAMES
from utils.exercises.notebooks import course_notes, exercise_ids, read_notebook
from utils.page.numbers import counted

ROOT = Path(__file__).resolve().parents[2]
UNTOUCHED = "not attempted"


@dataclass
class Progress:
    """How far one saved notebook is.

    Attributes:
        path: the file.
        exercises: id -> "correct", "not yet", "error" or "not attempted", as its last box says, in order.
        predictions: id -> whether the choice was right; those that were made.
        asked: ids of all predictions of the notebook.
        hints: id -> how many hints were shown.
        problem: why the file could not be read; empty if it could.
    """

    path: Path
    exercises: dict[str, str] = field(default_factory=dict)
    predictions: dict[str, bool] = field(default_factory=dict)
    asked: Sequence[str] = ()
    hints: dict[str, int] = field(default_factory=dict)
    problem: str = ""

    @property
    def solved(self) -> list[str]:
        """The ids of the solved exercises."""
        return [name for name, status in self.exercises.items() if status == "correct"]


def course_notebooks() -> list[Path]:
    """The course's own notebooks.

    Returns:
        Paths, in order.
    """
    return [path for number in NAMES for path in sorted((ROOT / "notebooks").glob(f"{number}_*.ipynb"))]


def read_progress(path: str | Path) -> Progress:
    """Read a saved notebook.

    Args:
        path: the file.

    Returns:
        What its outputs say; a file that is no notebook has a `problem`.
    """
    progress = Progress(Path(path))
    try:
        notebook = read_notebook(path)
        progress.exercises = dict.fromkeys(exercise_ids(notebook), UNTOUCHED)
        for cell in notebook["cells"]:
            for note in course_notes(cell.get("outputs", [])):
                _take(progress, note)
    except OSError as problem:
        progress.problem = f"cannot be read ({problem.strerror})"
    except (ValueError, KeyError, TypeError, AttributeError):
        progress.problem = "is not a notebook"
    numbers = {name.partition(".")[0] for name in progress.exercises}
    progress.asked = [name for number in sorted(numbers & set(NAMES)) for name in _predictions(number)]
    return progress


def table(found: Sequence[Progress]) -> str:
    """The progress in several notebooks as text.

    Args:
        found: what was read.

    Returns:
        A line for each notebook, one for each exercise that is not solved yet, and a sum.
    """
    lines = []
    for progress in found:
        name = progress.path.stem
        if progress.problem:
            lines.append(f"{name}: {progress.problem}")
            continue
        right = sum(progress.predictions.values())
        made = f"{len(progress.predictions)} of {counted(len(progress.asked), 'prediction')} made"
        lines.append(
            f"{name}: {len(progress.solved)} of {counted(len(progress.exercises), 'exercise')} solved, "
            f"{made}{f' ({right} right)' if progress.predictions else ''}"
        )
        for number, (exercise_id, status) in enumerate(progress.exercises.items(), start=1):
            if status != "correct":
                shown = progress.hints.get(exercise_id, 0)
                hints = f", {counted(shown, 'hint')} shown" if shown else ""
                lines.append(f"    exercise {number}, {exercise_id.partition('.')[2]}: {status}{hints}")
    solved, all_of_them = (sum(map(len, part)) for part in zip(*[(p.solved, p.exercises) for p in found], strict=True))
    made, asked = (sum(map(len, part)) for part in zip(*[(p.predictions, p.asked) for p in found], strict=True))
    lines.append(f"Together: {solved} of {counted(all_of_them, 'exercise')}, {made} of {counted(asked, 'prediction')}.")
    return "\n".join(lines)


def _take(progress: Progress, note: Mapping[str, Any]) -> None:
    exercise_id, prediction_id = note.get("exercise"), note.get("prediction")
    if exercise_id in progress.exercises:
        progress.exercises[exercise_id] = str(note.get("status", progress.exercises[exercise_id]))
        hints = note.get("hints", 0)
        if isinstance(hints, int) and hints:
            progress.hints[exercise_id] = max(hints, progress.hints.get(exercise_id, 0))
    # A question that nobody has answered yet says so with an empty choice.
    if isinstance(prediction_id, str) and note.get("chosen"):
        progress.predictions[prediction_id] = bool(note.get("right"))


def _predictions(number: str) -> list[str]:
    from utils.predictions.registry import of_notebook

    return list(of_notebook(number))
