"""Predictions: the reader commits before the figure appears, and learns why."""

from __future__ import annotations

from collections.abc import Sequence

from utils.display import escape, publish_widget

_tally = {"right": 0, "made": 0}


def predict(question: str, options: Sequence[str], answer: str | int, because: str) -> None:
    """Ask for a prediction, then score and explain it.

    In a live notebook each option has a button (Tab and Enter reach it); a page without a kernel shows the
    question, the options and a folded answer.

    Args:
        question: what will happen?
        options: at least two different answers.
        answer: the right one, as in `options`, or its index.
        because: why it is right.

    Raises:
        ValueError: fewer than two options, options that repeat, or an answer that is none of them.
    """
    choices = [str(option) for option in options]
    if len(choices) < 2 or len(set(choices)) < len(choices):
        raise ValueError(f"options: got {choices}, allowed are two or more different answers")
    if isinstance(answer, int) and not isinstance(answer, bool):
        if not 0 <= answer < len(choices):
            raise ValueError(f"answer: got {answer}, allowed is an index from 0 to {len(choices) - 1}")
        answer = choices[answer]
    if answer not in choices:
        raise ValueError(f"answer: got {answer!r}, allowed is one of {choices}")
    publish_widget(
        _Prediction(question, choices, answer, because).box,
        text="\n".join([f"Prediction: {question}", *_lettered(choices), f"Answer: {answer}. {because}"]),
        html=_static_page(question, choices, answer, because),
    )


def _lettered(choices: Sequence[str]) -> list[str]:
    return [f"{chr(ord('A') + number)}. {choice}" for number, choice in enumerate(choices)]


def _static_page(question: str, choices: Sequence[str], answer: str, because: str) -> str:
    items = "".join(f"<li>{escape(choice)}</li>" for choice in choices)
    return (
        '<div role="group" style="border-left:6px solid #56B4E9;background:rgba(128,128,128,0.10);color:inherit;'
        'padding:8px 12px;border-radius:4px;max-width:46em;line-height:1.45">'
        f"<strong>Predict first.</strong> {escape(question)}"
        f'<ol style="list-style-type:upper-alpha;margin:6px 0 6px 1.8em;padding:0">{items}</ol>'
        f"<details><summary>Answer</summary><p><strong>{escape(answer)}.</strong> {escape(because)}</p></details></div>"
    )


class _Prediction:
    """The live form: one button for each option, then the verdict."""

    def __init__(self, question: str, choices: list[str], answer: str, because: str) -> None:
        import ipywidgets as widgets

        self.answer, self.because = answer, because
        self.chosen: str | None = None
        self.buttons: list[widgets.Button] = []
        rows = []
        for number, choice in enumerate(choices):
            letter = chr(ord("A") + number)
            button = widgets.Button(
                description=letter, tooltip=f"I predict: {choice}", layout={"width": "60px", "flex": "0 0 auto"}
            )
            button.on_click(lambda _, choice=choice: self.commit(choice))
            # Long options wrap, which they would not inside a button.
            label = widgets.HTML(f'<span style="line-height:1.4">{escape(choice)}</span>')
            rows.append(widgets.HBox([button, label], layout={"align_items": "center"}))
            self.buttons.append(button)
        self.verdict = widgets.HTML('<p role="status" style="margin:4px 0"></p>')
        heading = widgets.HTML(
            f'<p style="line-height:1.45;margin:0"><strong>Predict first.</strong> {escape(question)}</p>'
        )
        self.box = widgets.VBox(
            [heading, *rows, self.verdict],
            layout={"border": "1px solid #56B4E9", "padding": "8px 12px", "max_width": "46em"},
        )
        self.choices = choices

    def commit(self, choice: str) -> None:
        """Score the first choice; later ones change nothing."""
        if self.chosen is not None:
            return
        self.chosen = choice
        right = choice == self.answer
        _tally["made"] += 1
        _tally["right"] += right
        for button, option in zip(self.buttons, self.choices, strict=True):
            # The pressed one stays: with it a reader at the keyboard would lose the place on the page.
            button.disabled = option != choice
            if option == self.answer:
                button.icon = "check"
            elif option == choice:
                button.icon = "times"
        opening = (
            "✓ As you predicted." if right else f"✗ You predicted: {escape(choice)}. It is: {escape(self.answer)}."
        )
        self.verdict.value = (
            f'<p role="status" style="margin:4px 0;line-height:1.45"><strong>{opening}</strong> {escape(self.because)} '
            f"<small>({_tally['right']} of {_tally['made']} predictions right so far.)</small></p>"
        )
