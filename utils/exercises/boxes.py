"""The boxes a student sees: feedback, hint, solution. Legible on light and dark pages, and as plain text."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence

from utils.exercises.engine import CORRECT, ERROR, NOT_ATTEMPTED, NOT_YET, Exercise, Feedback
from utils.exercises.registry import place
from utils.page.numbers import listed
from utils.page.output import emit, escape

# Symbol and words carry the meaning; the colour of the edge only repeats it.
_LOOKS = {
    NOT_ATTEMPTED: ("○", "#8A8A8A"),
    ERROR: ("⚠", "#CC79A7"),
    NOT_YET: ("✎", "#E69F00"),
    CORRECT: ("✓", "#009E73"),
}
_HINT_EDGE = "#56B4E9"
PRINTED_LINES = 5

# How many hints were asked for, by exercise id; a teacher's report reads it from the boxes.
hints_shown: dict[str, int] = {}


def show_feedback(task: Exercise, feedback: Feedback, code: Sequence[str] = ()) -> None:
    """Show how an answer stands.

    Args:
        task: the exercise.
        feedback: the verdict.
        code: lines to show as they are, below the message.
    """
    symbol, edge = _LOOKS[feedback.status]
    paragraphs = [feedback.message]
    after = []
    if feedback.printed.strip():
        lines = feedback.printed.strip().splitlines()
        more = " ..." if len(lines) > PRINTED_LINES else ""
        after.append(f"Your code printed: {' / '.join(lines[:PRINTED_LINES])}{more}")
    if feedback.status != CORRECT:
        name = task.reference.__name__
        after.append(
            f"Until then the reference solution is used. Stuck? Run `{name}.hint()`; "
            f"`{name}.solution()` shows one answer."
        )
    notes = {"exercise": task.id, "status": feedback.status, "hints": hints_shown.get(task.id, 0)}
    if feedback.mistake:
        notes["mistake"] = feedback.mistake
    _box(f"{symbol} Exercise {place(task)} · {feedback.status}", paragraphs, edge, notes, code, after)


def show_next_hint(task: Exercise) -> None:
    """Show the next hint, and the last one again after that.

    Args:
        task: the exercise.
    """
    if not task.hints:
        emit("This exercise has no hints; its .solution() shows one answer.")
        return
    number = hints_shown[task.id] = min(hints_shown.get(task.id, 0) + 1, len(task.hints))
    paragraphs = [task.hints[number - 1]]
    if number == len(task.hints):
        paragraphs.append(f"This is the last hint; `{task.reference.__name__}.solution()` shows one answer.")
    title = f"Exercise {place(task)} · hint {number} of {len(task.hints)}"
    _box(title, paragraphs, _HINT_EDGE, {"exercise": task.id, "hints": number})


def show_solution(task: Exercise) -> None:
    """Show the reference, highlighted.

    Args:
        task: the exercise.
    """
    source = task.solution()
    kind = "class" if inspect.isclass(task.reference) else "function"
    words = f"One solution of exercise {place(task)}. Copy the {kind} under the `@exercise` line to try it."
    emit(
        f"{words}\n\n{source}",
        mime={"text/markdown": f"{words}\n\n```python\n{source}\n```\n"},
        metadata={"course": {"exercise": task.id, "solution": True}},
    )


def show_stand_in(task: Exercise, reason: str) -> None:
    """Say that a correct answer failed on a later input, and that the reference took over for it.

    Args:
        task: the exercise.
        reason: the end of a sentence that begins with "it", such as "raised ValueError: ...".
    """
    message = f"Your answer passed its check, but on an input of this cell it {reason.rstrip('.')}."
    title = f"⚠ Exercise {place(task)} · the reference solution is used here"
    _box(title, [message], _LOOKS[ERROR][1], {"stand_in": task.id})


def show_notice(title: str, paragraphs: Sequence[str], code: Sequence[str] = ()) -> None:
    """Say something that is no verdict.

    Args:
        title: in bold.
        paragraphs: below it.
        code: lines to show as they are.
    """
    _box(f"⚠ {title}", paragraphs, _LOOKS[ERROR][1], {"notice": title}, code)


def show_put_back(names: Sequence[str]) -> None:
    """Say which names of the notebook have their old values again.

    Args:
        names: one or more.
    """
    names = list(dict.fromkeys(names))
    again, them = ("has its old value", "it") if len(names) == 1 else ("have their old values", "them")
    words = f"{listed([f'`{name}`' for name in names])} {again} again, since cells below read {them}."
    show_notice("Names that the course uses", [f"{words} Use other names of your own."])


def _box(
    title: str,
    paragraphs: Sequence[str],
    edge: str,
    notes: dict,
    code: Sequence[str] = (),
    after: Sequence[str] = (),
) -> None:
    quoted = "".join(f"{escape(line)}\n" for line in code)
    body = [
        *map(_paragraph, paragraphs),
        f'<pre style="margin:4px 0 0 0;background:none;color:inherit;white-space:pre-wrap">{quoted}</pre>' * bool(code),
        *map(_paragraph, after),
    ]
    html = (
        f'<blockquote role="note" style="border-left:6px solid {edge};background:rgba(128,128,128,0.10);color:inherit;'
        f'margin:0;padding:8px 12px;border-radius:4px;max-width:46em;line-height:1.45">'
        f"<strong>{escape(title)}</strong>{''.join(body)}</blockquote>"
    )
    emit("\n".join([title, *paragraphs, *code, *after]), html, {"course": notes})


def _paragraph(text: str) -> str:
    words = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
    return f'<p style="margin:4px 0 0 0;overflow-wrap:anywhere">{words}</p>'
