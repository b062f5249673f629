"""All exercises of the course, found by their id."""

from __future__ import annotations

from importlib import import_module

from utils._notebooks import NAMES
from utils.exercises.engine import Exercise

# An id is the notebook's number, a dot, and a name: "02.relu_biases".
MODULES = dict(NAMES)

_registered: dict[str, Exercise] = {}


def register(exercise: Exercise) -> Exercise:
    """Make an exercise known under its id.

    Args:
        exercise: a new one, or the same one again (its module was reloaded).

    Returns:
        The exercise.

    Raises:
        ValueError: another exercise has that id already.
    """
    known = _registered.get(exercise.id)
    if known is not None and known.reference.__qualname__ != exercise.reference.__qualname__:
        raise ValueError(f"id: got {exercise.id!r}, which is taken by {known.reference.__qualname__}")
    _registered[exercise.id] = exercise
    return exercise


def get(exercise_id: str) -> Exercise:
    """The exercise with this id.

    Args:
        exercise_id: such as "02.relu_biases".

    Returns:
        The exercise.

    Raises:
        ValueError: there is none; the message lists all ids.
    """
    if not isinstance(exercise_id, str):
        raise ValueError(f"exercise_id: got {exercise_id!r}, allowed is a text such as '02.relu_biases'")
    _load(exercise_id.partition(".")[0])
    if exercise_id not in _registered:
        raise ValueError(f"exercise_id: got {exercise_id!r}, allowed is one of {', '.join(ids())}")
    return _registered[exercise_id]


def ids() -> list[str]:
    """The ids of all exercises.

    Returns:
        Sorted ids.
    """
    for number in MODULES:
        _load(number)
    return sorted(_registered)


def of_notebook(number: str) -> list[Exercise]:
    """The exercises of one notebook.

    Args:
        number: its number, "05".

    Returns:
        Exercises in the notebook's order.
    """
    _load(number)
    return [one for name, one in _registered.items() if name.partition(".")[0] == number]


def place(exercise: Exercise) -> int:
    """An exercise's number in its notebook.

    Args:
        exercise: a registered one.

    Returns:
        1 for the first; 1 for one that is not registered.
    """
    names = [one.id for one in of_notebook(exercise.id.partition(".")[0])]
    return names.index(exercise.id) + 1 if exercise.id in names else 1


def by_name(name: str, number: str = "") -> Exercise | None:
    """The exercise whose function or class has this name.

    Args:
        name: such as "relu_biases".
        number: of the notebook to look in; all of them if empty.

    Returns:
        The exercise, or None.
    """
    for one in [number] if number else MODULES:
        for exercise in of_notebook(one):
            if exercise.reference.__name__ == name:
                return exercise
    return None


def _load(number: str) -> None:
    if name := MODULES.get(number):
        import_module(f"utils.exercises.{name}")
