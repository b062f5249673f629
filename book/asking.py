"""Questions that a page answers itself: predictions, and the look back at earlier notebooks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from book.mistakes import CURVES, Curve, mistake_figure
from utils._notebooks import NAMES
from utils.predictions.prediction import Prediction
from utils.predictions.registry import of_notebook

ASKED = re.compile(r"""^predict\(\s*["'](\d\d\.\w+)["']\s*\)""", re.MULTILINE)
# How many notebooks earlier the predictions of a look back come from; the notebook before asks for a mistake.
DISTANCES = (2, 4)


def prediction_html(prediction: Prediction, name: str | None = None, figure: str = "") -> str:
    """A prediction: the reader chooses, and the verdict follows. Without JavaScript the answer is folded.

    Args:
        prediction: what is asked.
        name: under which the choice is kept; by default the prediction's own.
        figure: HTML of the picture that the question is about.
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
        f'{figure}<ol type="A">{options}</ol><details><summary>Answer</summary><p><strong>{right}</strong> '
        f'<span class="course-because">{escape(prediction.because)}</span></p></details>'
        '<p class="course-verdict" role="status"></p></div>'
    )


def answers_on_paper(asked: Sequence[Prediction]) -> str:
    """The answers to these questions as a list that only a printed page shows; empty if there are none.

    Args:
        asked: the questions.
    """
    rows = []
    for one in asked:
        right = f"{one.answer}. {escape(one.lettered[one.answer].removesuffix('.'))}."
        rows.append(f"<li>{escape(one.question)} <strong>{right}</strong> {escape(one.because)}</li>")
    return f'<div class="course-print-only"><h2>Answers</h2><ol>{"".join(rows)}</ol></div>' if rows else ""


def looked_back_at(number: int) -> tuple[Curve | None, list[Prediction]]:
    """What a notebook asks again at its end: a mistake in an exercise of the notebook before, and older predictions.

    Args:
        number: of the notebook.

    Returns:
        The curve that a mistake makes, and the predictions, two where there are as many.
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
    return (CURVES.get(earlier[-1]) if earlier else None), chosen


def look_back(number: int) -> tuple[str, list[Prediction], dict[str, bytes]]:
    """The look back at the end of a notebook.

    Args:
        number: of the notebook.

    Returns:
        Markdown, empty for the first notebook; what is asked; and its picture, file name -> PNG.
    """
    curve, asked = looked_back_at(number)
    blocks, pictures = [], {}
    if curve is not None:
        html, pictures[f"{curve.file}.webp"] = mistake_figure(curve)
        question = curve.question()
        blocks.append(prediction_html(question, f"back.{number:02}.{question.id}", html))
        asked = [question, *asked]
    blocks += [prediction_html(one, f"back.{number:02}.{one.id}") for one in asked[len(blocks) :]]
    if not blocks:
        return "", [], {}
    head = "## Look back\n\nThree questions from earlier notebooks. What you recall after a while stays."
    return "\n\n".join([head, *blocks]), asked, pictures
