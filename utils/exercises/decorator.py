"""`@exercise`: checks a student's answer when its cell runs, shows a box, and never raises."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from utils.exercises import boxes
from utils.exercises.cells import watch_cells
from utils.exercises.engine import CORRECT, ERROR, Exercise, Feedback
from utils.exercises.registry import by_name, get
from utils.exercises.standing import answer_function, reference_function, standing_class
from utils.exercises.surroundings import AT_START
from utils.page.host import in_kernel


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
        changed = AT_START.put_back()
        if changed:
            boxes.show_notice("Put back for the cells below", [_about_changes(changed)])
        try:
            feedback = task.check(candidate)
        except Exception as problem:  # the check itself must never cost a student the notebook
            feedback = Feedback(ERROR, f"The check could not be finished ({type(problem).__name__}: {problem}).")
        right_name = task.reference.__name__
        name = getattr(candidate, "__name__", right_name)
        # Names matter in a notebook, whose cells below use them; a program may call its functions as it likes.
        space = _space_of(candidate)
        misnamed = name != right_name and space.get("__name__") == "__main__"
        if misnamed:
            feedback = replace(feedback, message=f"{feedback.message} {_about_name(name, right_name, feedback)}")
        boxes.show_feedback(task, feedback)
        standing = stand(task, candidate if feedback.status == CORRECT and not feedback.instead else None)
        if guard is not None:
            guard.standing[right_name] = standing
        if misnamed:
            space[right_name] = standing
            other = by_name(name, task.id.partition(".")[0])
            if other is not None:
                # It bears the name of another exercise, which goes on meaning that one.
                return space.get(name, stand(other, None))
        return standing

    return decorate


def stand(task: Exercise, chosen: Any) -> Any:
    """What is to stand under an exercise's name.

    Args:
        task: the exercise.
        chosen: an accepted answer, or None for the reference.

    Returns:
        A function or class with `.hint()` and `.solution()`.
    """
    if inspect.isclass(task.reference):
        return standing_class(task, chosen or task.reference)
    return reference_function(task) if chosen is None else answer_function(task, chosen)


def _about_changes(changed: list[str]) -> str:
    return f"Your code changed this for all: {'; '.join(changed)}."


def _about_name(name: str, right_name: str, feedback: Feedback) -> str:
    if feedback.status == CORRECT:
        return f"You called it `{name}`; cells below call it `{right_name}`, so it has this name as well."
    return f"You called it `{name}`; cells below call it `{right_name}`: give it this name."


def _space_of(candidate: Any) -> dict[str, Any]:
    """The globals of the cell that defines an answer."""
    if hasattr(candidate, "__globals__"):
        return candidate.__globals__
    module = sys.modules.get(str(getattr(candidate, "__module__", "")))
    return vars(module) if module else {}


guard = watch_cells(stand) if in_kernel() else None
