"""Predictions: what may be asked, how it is asked and scored, and that each stands in its notebook once, in order."""

import ast

import pytest
from contracts import refusal
from hypothesis import given, settings
from hypothesis import strategies as st
from notebook_tools import code_cells, read_all

from utils import predict
from utils._notebooks import NAMES
from utils.predictions import Prediction, asking, get, ids, of_notebook
from utils.predictions.asking import ELSEWHERE, Question, as_html, as_text

texts = st.text("abc <&>", min_size=1, max_size=8)


@pytest.fixture
def asked(monkeypatch):
    prediction = Prediction("09.count", "How <many>?", ("It is one.", "Two of them"), "B", "Count them.")
    monkeypatch.setattr(asking, "_chosen", {})
    monkeypatch.setattr(asking, "get", lambda _: prediction)
    return prediction


def asked_in(nb):
    """The ids that a notebook's cells ask for, in order."""
    return [
        node.args[0].value
        for _, cell in code_cells(nb)
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "predict"
    ]


def test_every_prediction_is_asked_once_and_in_its_order():
    asked = {path.name[:2]: asked_in(nb) for path, nb in read_all().items()}
    for number in NAMES:
        assert asked[number] == list(of_notebook(number)), number
    assert [one for number in NAMES for one in asked[number]] == ids()


@pytest.mark.parametrize("number", NAMES)
def test_the_stored_page_folds_the_answer(number):
    (nb,) = (nb for path, nb in read_all().items() if path.name.startswith(number))
    found = 0
    for _, cell in code_cells(nb):
        if cell.source.startswith("predict("):
            prediction = get(ast.parse(cell.source).body[0].value.args[0].value)
            page = "".join(output.get("data", {}).get("text/html", "") for output in cell.outputs)
            folded = page[page.index("<details>") : page.index("</details>")]
            because = asking.escape(prediction.because)
            assert because in folded
            assert page.count(because) == 1
            assert prediction.because not in cell.source
            found += 1
    assert found == len(of_notebook(number))


def test_what_gives_an_answer_away_stands_below_its_question():
    for nb in read_all().values():
        cells = [cell for _, cell in code_cells(nb)]
        places = {cell.id: place for place, cell in enumerate(cells) if cell.outputs}
        questions = [place for place, cell in enumerate(cells) if cell.source.startswith("predict(")]
        for place, name in zip(questions, asked_in(nb), strict=True):
            shown = [places[cell] for cell in get(name).shown_in]
            assert shown, name
            assert min(shown) > place, name


def test_what_cannot_be_asked_is_refused():
    assert refusal(Prediction, "09.x", "?", ("one",), "A", "so").startswith("09.x, options: got ['one']")
    assert refusal(Prediction, "09.x", "?", ("one", "one"), "A", "so").startswith("09.x, options")
    refused = refusal(Prediction, "09.x", "?", ("one", "two"), "C", "so")
    assert refused == "09.x, answer: got 'C', allowed is one of A, B"
    assert "allowed is one of 01." in refusal(predict, "01.no_such")
    assert "allowed is a text such as" in refusal(predict, "77.order")
    assert "allowed is a text such as" in refusal(predict, None)
    assert "allowed is one of 01" in refusal(of_notebook, "1")


def test_the_text_form_holds_the_answer_only_once_one_was_chosen(asked):
    question = ["Prediction: How <many>?", "A. It is one.", "B. Two of them"]
    assert as_text(asked).splitlines() == [*question, ELSEWHERE]
    assert as_text(asked, "A").splitlines() == [
        *question,
        "You chose A. The answer is B: two of them. Count them.",
    ]


@pytest.mark.parametrize("prediction_id", ids())
def test_on_paper_nothing_tells_the_answer_and_no_line_is_cut(prediction_id):
    prediction = get(prediction_id)
    text = as_text(prediction)
    words = " ".join(text.split())
    assert prediction.question in words
    assert all(f"{letter}. {option}" in words for letter, option in prediction.lettered.items())
    assert prediction.because not in words
    assert max(map(len, text.splitlines())) <= 80


def test_the_static_page_folds_the_answer_away_until_one_was_chosen(asked):
    page = as_html(asked)
    assert "How &lt;many&gt;?" in page
    assert '<ol type="A"' in page
    assert page.index("<details>") < page.index("Count them.")
    chosen = as_html(asked, "A")
    assert "<details>" not in chosen
    assert "You chose A. The answer is B: two of them." in chosen


def test_committing_scores_once(asked):
    live = Question(asked)
    live.buttons["A"].click()
    assert "You chose A. The answer is B: two of them." in live.verdict.value
    assert "Score: 0 of 1" in live.verdict.value
    # The pressed button stays enabled, for the sake of the focus, and does nothing.
    assert [button.disabled for button in live.buttons.values()] == [False, True]
    before = live.verdict.value
    live.buttons["A"].click()
    live.commit("B")
    assert live.verdict.value == before


def test_a_cell_that_is_run_again_does_not_score_again(asked):
    Question(asked).commit("A")
    again = Question(asked)
    again.commit("B")
    assert "You chose B: two of them. That is right." in again.verdict.value
    assert "Score: 0 of 1" in again.verdict.value


@settings(max_examples=30)
@given(options=st.lists(texts, min_size=2, max_size=6, unique=True), place=st.integers(0, 5), chosen=st.integers(0, 5))
def test_any_prediction_has_a_verdict_and_safe_html(options, place, chosen):
    letters = "ABCDEF"[: len(options)]
    prediction = Prediction("09.x", "?", options, letters[place % len(options)], "So.")
    letter = letters[chosen % len(options)]
    verdict = prediction.verdict(letter)
    assert verdict.startswith(f"You chose {letter}")
    assert ("That is right." in verdict) == (letter == prediction.answer)
    page = as_html(prediction, letter)
    assert asking.escape(verdict) in page
    assert page.count("<li>") == len(options)
