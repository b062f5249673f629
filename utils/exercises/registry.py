"""All exercises of the course, found by their id."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from utils.exercises.engine import Exercise

# An id is the notebook's number, a dot, and a name: "02.relu_biases".
MODULES = {
    "01": "all_or_none_neuron",
    "02": "relu_sine_approximation",
    "03": "spiral_mlp",
    "04": "v1_orientation_decoding",
    "05": "lif_transfer_curve",
    "06": "dales_law_snn",
}

_registered: dict[str, Exercise] = {}


def register(exercise: Exercise) -> Exercise:
    """Make an exercise known under its id.

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

    Raises:
        ValueError: there is none; the message lists the ids of that notebook.
    """
    if not isinstance(exercise_id, str):
        raise ValueError(f"exercise_id: got {exercise_id!r}, allowed is a text such as '02.relu_biases'")
    _load(exercise_id.partition(".")[0])
    if exercise_id not in _registered:
        raise ValueError(f"exercise_id: got {exercise_id!r}, allowed is one of {', '.join(ids())}")
    return _registered[exercise_id]


def ids() -> list[str]:
    """The ids of all exercises, sorted."""
    for number in MODULES:
        _load(number)
    return sorted(_registered)


def _load(number: str) -> None:
    name = f"utils.exercises.{MODULES.get(number, '')}"
    if number in MODULES and find_spec(name) is not None:
        import_module(name)
