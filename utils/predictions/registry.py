"""All predictions of the course, found by their id."""

from __future__ import annotations

from importlib import import_module

from utils._notebooks import NAMES
from utils.predictions.prediction import Prediction


def of_notebook(number: str) -> dict[str, Prediction]:
    """The predictions of one notebook.

    Args:
        number: its number, "05".

    Returns:
        id -> prediction, in the notebook's order.

    Raises:
        ValueError: there is no such notebook.
    """
    if number not in NAMES:
        raise ValueError(f"number: got {number!r}, allowed is one of {', '.join(NAMES)}")
    return {one.id: one for one in import_module(f"utils.predictions.{NAMES[number]}").PREDICTIONS}


def get(prediction_id: str) -> Prediction:
    """The prediction with this id.

    Args:
        prediction_id: such as "05.order_of_pulses".

    Returns:
        The prediction.

    Raises:
        ValueError: there is none; the message lists the ids of that notebook.
    """
    if not isinstance(prediction_id, str) or prediction_id.partition(".")[0] not in NAMES:
        raise ValueError(f"prediction_id: got {prediction_id!r}, allowed is a text such as '05.order_of_pulses'")
    known = of_notebook(prediction_id.partition(".")[0])
    if prediction_id not in known:
        raise ValueError(f"prediction_id: got {prediction_id!r}, allowed is one of {', '.join(known)}")
    return known[prediction_id]


def ids() -> list[str]:
    """The ids of all predictions.

    Returns:
        In the order of the notebooks.
    """
    return [one for number in NAMES for one in of_notebook(number)]
