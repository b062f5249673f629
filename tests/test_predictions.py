import pytest

from utils import predict
from utils.predictions import _Prediction, _static_page


def test_what_cannot_be_asked_is_refused():
    with pytest.raises(ValueError, match="options"):
        predict("?", ["one"], "one", "so")
    with pytest.raises(ValueError, match="options"):
        predict("?", ["one", "one"], "one", "so")
    with pytest.raises(ValueError, match="answer: got 'three'"):
        predict("?", ["one", "two"], "three", "so")
    with pytest.raises(ValueError, match="answer: got 2"):
        predict("?", ["one", "two"], 2, "so")


def test_the_text_form_holds_question_options_and_answer(capsys):
    predict("How many?", ["one", "two"], 1, "Count them.")
    assert capsys.readouterr().out.splitlines() == [
        "Prediction: How many?",
        "A. one",
        "B. two",
        "Answer: two. Count them.",
    ]


def test_the_static_page_folds_the_answer_away():
    page = _static_page("How <many>?", ["one", "two"], "two", "Count.")
    assert "How &lt;many&gt;?" in page
    assert page.index("<details>") < page.index("Count.")


def test_committing_scores_once():
    live = _Prediction("How many?", ["one", "two"], "two", "Count them.")
    live.buttons[0].click()
    assert "✗ You predicted: one. It is: two." in live.verdict.value
    # The pressed button stays enabled, for the sake of the focus, and does nothing.
    assert [button.disabled for button in live.buttons] == [False, True]
    before = live.verdict.value
    live.buttons[0].click()
    live.commit("two")
    assert live.verdict.value == before


def test_a_right_prediction_is_told_so():
    live = _Prediction("How many?", ["one", "two"], "two", "Count them.")
    live.buttons[1].click()
    assert "✓ As you predicted." in live.verdict.value
    assert "Count them." in live.verdict.value
