"""Questions that a page answers itself: predictions, and the look back at earlier notebooks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from utils._notebooks import NAMES
from utils.predictions.prediction import Prediction
from utils.predictions.registry import get, of_notebook

ASKED = re.compile(r"""^predict\(\s*["'](\d\d\.\w+)["']\s*\)""", re.MULTILINE)
# How many notebooks earlier the questions of a look back come from: what was long ago comes back, too.
DISTANCES = (1, 2, 4)


def prediction_html(prediction: Prediction, name: str | None = None) -> str:
    """A prediction: the reader chooses, and the verdict follows. Without JavaScript the answer is folded.

    Args:
        prediction: what is asked.
        name: under which the choice is kept; by default the prediction's own.
    """
    options = "".join(
        f'<li data-letter="{letter}" data-verdict="{escape(prediction.verdict(letter))}">{escape(option)}</li>'
        for letter, option in prediction.lettered.items()
    )
    right = f"{prediction.answer}. {escape(prediction.lettered[prediction.answer])}"
    heading = "Predict first." if name is None else f"Notebook {int(prediction.id[:2])}."
    return (
        f'<div class="course-prediction" role="group" aria-label="Prediction" '
        f'data-prediction="{name or prediction.id}" data-answer="{prediction.answer}">'
        f'<p class="course-question"><strong>{heading}</strong> {escape(prediction.question)}</p>'
        f'<ol type="A">{options}</ol><details><summary>Answer</summary><p><strong>{right}</strong> '
        f'<span class="course-because">{escape(prediction.because)}</span></p></details>'
        '<p class="course-verdict" role="status"></p></div>'
    )


def answers_on_paper(names: Sequence[str]) -> str:
    """The answers to these predictions as a list that only a printed page shows; empty if there are none.

    Args:
        names: of the predictions.
    """
    rows = []
    for one in map(get, names):
        right = f"{one.answer}. {escape(one.lettered[one.answer])}."
        rows.append(f"<li>{escape(one.question)} <strong>{right}</strong> {escape(one.because)}</li>")
    return f'<div class="course-print-only"><h2>Answers</h2><ol>{"".join(rows)}</ol></div>' if rows else ""


def looked_back_at(number: int) -> list[Prediction]:
    """The questions of earlier notebooks that a notebook asks again at its end, three where there are as many.

    Args:
        number: of the notebook.
    """
    earlier = list(NAMES)[: number - 1]
    chosen: list[Prediction] = []
    for turn, distance in enumerate(DISTANCES):
        # The first notebooks have less to look back at, so they look at the same one again.
        source = earlier[max(0, len(earlier) - distance)] if earlier else None
        asked = list(of_notebook(source).values()) if source else []
        fresh = [one for one in asked if one not in chosen]
        if fresh:
            # Another one for each notebook that looks back at the same.
            chosen.append(fresh[(number + turn) % len(fresh)])
    return chosen


def look_back(number: int) -> str:
    """The look back at the end of a notebook, as Markdown; empty for the first."""
    questions = looked_back_at(number)
    if not questions:
        return ""
    blocks = "\n\n".join(prediction_html(one, f"back.{number:02}.{one.id}") for one in questions)
    return f"## Look back\n\nThree questions from earlier notebooks. What you recall after a while stays.\n\n{blocks}"
