"""Predictions: the reader commits before the figure appears, and learns why."""

from __future__ import annotations

import textwrap

from utils.page.live import StandIn, emit_widget
from utils.page.output import escape
from utils.predictions.prediction import Prediction
from utils.predictions.registry import get

# id -> the letter that the reader chose first, in this session.
_chosen: dict[str, str] = {}
_EDGE = "#56B4E9"
_COLUMNS = 80  # of a line on paper, as nbconvert prints it
# Where the answer is, for those who read the question on paper.
ELSEWHERE = "The answer is on the notebook's page, below the question."


def predict(prediction_id: str) -> None:
    """Ask for a prediction, then score and explain it.

    In a live notebook each option has a button (Tab and Enter reach it); a page without a kernel shows the question,
    the options and a folded answer.

    Args:
        prediction_id: such as "05.order_of_pulses"; the texts stand in `utils/predictions/`.

    Raises:
        ValueError: there is no such prediction.
    """
    prediction = get(prediction_id)
    question = Question(prediction)
    question.stand_in = emit_widget(
        question.box,
        text=as_text(prediction),
        html=as_html(prediction),
        name=prediction_id,
        revive="To answer with buttons, run this cell.",
        metadata={"course": {"prediction": prediction_id}},
    )


def as_text(prediction: Prediction, chosen: str | None = None) -> str:
    """The prediction as plain text: so it stands on paper (nbconvert prints this form), and in a terminal.

    Args:
        prediction: what is asked.
        chosen: the letter that the reader chose, if any. Without one there is no answer: paper cannot fold it away.

    Returns:
        Several lines.
    """
    lines = [f"Prediction: {prediction.question}"]
    lines += [f"{letter}. {option}" for letter, option in prediction.lettered.items()]
    lines.append(ELSEWHERE if chosen is None else f"{prediction.verdict(chosen)} {prediction.because}")
    return "\n".join(textwrap.fill(line, _COLUMNS, subsequent_indent="   ") for line in lines)


def as_html(prediction: Prediction, chosen: str | None = None) -> str:
    """The prediction for a page without a kernel: the answer is folded until the reader wants it.

    Args:
        prediction: what is asked.
        chosen: the letter that the reader chose, if any: then the verdict stands there.

    Returns:
        HTML that stays readable where styles are stripped.
    """
    items = "".join(f"<li>{escape(option)}</li>" for option in prediction.options)
    because = escape(prediction.because)
    if chosen is None:
        right = f"{prediction.answer}. {escape(prediction.lettered[prediction.answer])}"
        end = f"<details><summary>Answer</summary><p><strong>{right}</strong> {because}</p></details>"
    else:
        end = f"<p><strong>{escape(prediction.verdict(chosen))}</strong> {because}</p>"
    return (
        f'<blockquote class="course-prediction" style="border-left:6px solid {_EDGE};'
        "background:rgba(128,128,128,0.10);color:inherit;margin:0;padding:8px 12px;border-radius:4px;max-width:46em;"
        f'line-height:1.45"><strong>Predict first.</strong> {escape(prediction.question)}'
        # JupyterLab's style counts 1, 2, 3 in spite of the type; GitHub keeps the type and strips the style.
        f'<ol type="A" style="list-style:upper-alpha;margin:6px 0 6px 1.8em;padding:0">{items}</ol>{end}</blockquote>'
    )


class Question:
    """The live form: one button for each option, then the verdict.

    Args:
        prediction: what is asked.
    """

    def __init__(self, prediction: Prediction) -> None:
        import ipywidgets as widgets

        self.prediction = prediction
        self.chosen: str | None = None
        self.stand_in = StandIn()
        self.buttons: dict[str, widgets.Button] = {}
        rows = []
        for letter, option in prediction.lettered.items():
            button = widgets.Button(
                description=letter, tooltip=f"I predict: {option}", layout={"width": "60px", "flex": "0 0 auto"}
            )
            button.on_click(lambda _, letter=letter: self.commit(letter))
            # Long options wrap, which they would not inside a button.
            label = widgets.HTML(f'<span style="line-height:1.4">{escape(option)}</span>')
            rows.append(widgets.HBox([button, label], layout={"align_items": "center"}))
            self.buttons[letter] = button
        self.verdict = widgets.HTML('<p role="status" style="margin:4px 0"></p>')
        heading = widgets.HTML(
            f'<p style="line-height:1.45;margin:0"><strong>Predict first.</strong> {escape(prediction.question)}</p>'
        )
        self.box = widgets.VBox(
            [heading, *rows, self.verdict],
            layout={"border": f"1px solid {_EDGE}", "padding": "8px 12px", "max_width": "46em"},
        )

    def commit(self, letter: str) -> None:
        """Score the first choice; later ones change nothing.

        Args:
            letter: of the chosen option.
        """
        if self.chosen is not None:
            return
        self.chosen = letter
        # A cell that is run again asks again; the first choice counts.
        _chosen.setdefault(self.prediction.id, letter)
        for name, button in self.buttons.items():
            # The pressed one stays: with it a reader at the keyboard would lose the place on the page.
            button.disabled = name != letter
            if name == self.prediction.answer:
                button.icon, button.button_style = "check", "success"
            elif name == letter:
                button.icon = "times"
        self.verdict.value = (
            '<p role="status" style="margin:4px 0;line-height:1.45">'
            f"<strong>{escape(self.prediction.verdict(letter))}</strong> {escape(self.prediction.because)} "
            f"<small>({score()})</small></p>"
        )
        chosen = {"prediction": self.prediction.id, "chosen": letter, "right": letter == self.prediction.answer}
        self.stand_in.update(
            as_text(self.prediction, letter), as_html(self.prediction, letter), metadata={"course": chosen}
        )


def score() -> str:
    """How many first choices of this session were right.

    Returns:
        Such as "Score: 2 of 3".
    """
    right = sum(_right(prediction_id, letter) for prediction_id, letter in _chosen.items())
    return f"Score: {right} of {len(_chosen)}"


def _right(prediction_id: str, letter: str) -> bool:
    return get(prediction_id).answer == letter
