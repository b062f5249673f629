"""`@exercise`: checks a student's answer when its cell runs, shows a box, and never raises."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from utils.exercises import boxes
from utils.exercises.engine import CORRECT, ERROR, Exercise, Feedback
from utils.exercises.registry import get
from utils.page.output import emit

# How many hints were asked for, by exercise id; a teacher's report reads it from the boxes.
_hints_shown: dict[str, int] = {}


def exercise(exercise_id: str) -> Callable[[Any], Any]:
    """Turn a function or class into an answer to an exercise.

    The answer is checked at once and a box says how it stands. Afterwards the name means the student's code
    if it is correct, and the reference otherwise, so that every later cell works. The name also has `.hint()`
    and `.solution()`.

    Args:
        exercise_id: such as "02.relu_biases".

    Returns:
        The decorator.

    Raises:
        ValueError: there is no such exercise.
    """
    task = get(exercise_id)

    def decorate(candidate: Any) -> Any:
        try:
            feedback = task.check(candidate)
        except Exception as problem:  # the check itself must never cost a student the notebook
            feedback = Feedback(ERROR, f"The check could not be finished ({type(problem).__name__}: {problem}).")
        boxes.show_feedback(task, feedback, _hints_shown.get(task.id, 0))
        chosen = candidate if feedback.status == CORRECT else task.reference
        return _standing_class(task, chosen) if inspect.isclass(chosen) else _standing_function(task, chosen)

    return decorate


def _standing_function(task: Exercise, chosen: Callable[..., Any]) -> Callable[..., Any]:
    warned = False

    @functools.wraps(task.reference)
    def standing(*args: Any, **kwargs: Any) -> Any:
        nonlocal warned
        if chosen is task.reference:
            return chosen(*args, **kwargs)
        try:
            return chosen(*args, **kwargs)
        except Exception as error:
            value = task.reference(*args, **kwargs)
            if not warned:
                warned = True
                boxes.show_stand_in(task, error)
            return value

    standing.hint = functools.partial(_show_next_hint, task)
    standing.solution = functools.partial(boxes.show_solution, task)
    return standing


def _standing_class(task: Exercise, chosen: type) -> type:
    extras = {
        "hint": staticmethod(functools.partial(_show_next_hint, task)),
        "solution": staticmethod(functools.partial(boxes.show_solution, task)),
    }
    if chosen is task.reference:
        # A subclass, so that the reference itself is not written to.
        same = {"__doc__": chosen.__doc__, "__module__": chosen.__module__, "__qualname__": chosen.__qualname__}
        return type(chosen)(chosen.__name__, (chosen,), same | extras)
    # The student's own class and no subclass: in `super(Name, self)` the name must go on meaning this very class.
    for name, extra in extras.items():
        setattr(chosen, name, extra)
    return chosen


def _show_next_hint(task: Exercise) -> None:
    """Show the next hint."""
    shown = min(_hints_shown.get(task.id, 0) + 1, len(task.hints))
    _hints_shown[task.id] = shown
    if not task.hints:
        emit("This exercise has no hints; its .solution() shows one answer.")
        return
    boxes.show_hint(task, shown)
