"""The boxes a student sees: feedback, hint, solution. Legible on light and dark pages, and as plain text."""

from __future__ import annotations

import inspect
import re

from utils.exercises.engine import CORRECT, ERROR, NOT_ATTEMPTED, NOT_YET, Exercise, Feedback
from utils.page.output import emit, escape

# Symbol and words carry the meaning; the colour of the edge only repeats it.
_LOOKS = {
    NOT_ATTEMPTED: ("○", "Not attempted", "#8A8A8A"),
    ERROR: ("⚠", "Error", "#CC79A7"),
    NOT_YET: ("✎", "Not yet", "#E69F00"),
    CORRECT: ("✓", "Correct", "#009E73"),
}
_HINT_EDGE = "#56B4E9"


def show_feedback(task: Exercise, feedback: Feedback, hints_shown: int) -> None:
    """Show how an answer stands.

    Args:
        task: the exercise.
        feedback: the verdict.
        hints_shown: how many hints were asked for so far; kept with the output for a teacher's report.
    """
    symbol, word, edge = _LOOKS[feedback.status]
    paragraphs = [feedback.message]
    if feedback.printed.strip():
        lines = feedback.printed.strip().splitlines()
        more = " ..." if len(lines) > 5 else ""
        paragraphs.append(f"Your code printed: {' / '.join(lines[:5])}{more}")
    if feedback.status != CORRECT:
        name = task.reference.__name__
        paragraphs.append(
            f"The reference stands in until then. `{name}.hint()` helps, `{name}.solution()` shows one answer."
        )
    notes = {"course": {"exercise": task.id, "status": feedback.status, "hints": hints_shown}}
    _box(f"{symbol} Exercise {task.id}: {word}", paragraphs, edge, notes)


def show_hint(task: Exercise, number: int) -> None:
    """Show hint `number`, counted from 1."""
    paragraphs = [task.hints[number - 1]]
    if number == len(task.hints):
        paragraphs.append(f"This is the last hint; `{task.reference.__name__}.solution()` shows one answer.")
    notes = {"course": {"exercise": task.id, "hints": number}}
    _box(f"Hint {number} of {len(task.hints)} for {task.id}", paragraphs, _HINT_EDGE, notes)


def show_solution(task: Exercise) -> None:
    """Show the reference, highlighted."""
    source = task.solution()
    kind = "class" if inspect.isclass(task.reference) else "function"
    words = f"One solution of {task.id}. Copy the {kind} under the `@exercise` line to try it."
    emit(
        f"{words}\n\n{source}",
        mime={"text/markdown": f"{words}\n\n```python\n{source}\n```\n"},
        metadata={"course": {"exercise": task.id, "solution": True}},
    )


def show_stand_in(task: Exercise, error: BaseException) -> None:
    """Say that a correct answer failed on a later input, and that the reference took over for it."""
    message = (
        f"Your answer passed its check, but raised {type(error).__name__} on an input of this cell. "
        "The reference stood in for that call."
    )
    _box(f"⚠ Exercise {task.id}: the reference stood in", [message], _LOOKS[ERROR][2], {})


def _box(title: str, paragraphs: list[str], edge: str, notes: dict) -> None:
    body = "".join(f'<p style="margin:4px 0 0 0;overflow-wrap:anywhere">{_code(text)}</p>' for text in paragraphs)
    html = (
        f'<div role="note" style="border-left:6px solid {edge};background:rgba(128,128,128,0.10);color:inherit;'
        f'padding:8px 12px;border-radius:4px;max-width:46em;line-height:1.45">'
        f"<strong>{escape(title)}</strong>{body}</div>"
    )
    emit("\n".join([title, *paragraphs]), html, notes)


def _code(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
