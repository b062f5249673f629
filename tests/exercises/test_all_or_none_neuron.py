"""The step exercise has many right answers: each is accepted, and what falls short is told why."""

import pytest

from utils.exercises import get
from utils.models.two_path_neuron import PUBLISHED


def check(answer):
    return get("01.step_parameters").check(answer)


def swapped(threshold, width):
    """The braking ramp in the upper path, and slopes shared out differently."""
    return {
        "w00": 2.0,
        "b00": -2.0 * threshold,
        "w01": 3.0,
        "b01": -3.0 * (threshold - width),
        "w10": -1 / (2 * width),
        "w11": 1 / (3 * width),
        "b_final": 0.0,
    }


def falling(threshold, width):
    """One minus two falling ramps, with a bias at the output."""
    return {
        "w00": -1.0,
        "b00": threshold,
        "w01": -1.0,
        "b01": threshold - width,
        "w10": -1 / width,
        "w11": 1 / width,
        "b_final": 1.0,
    }


def cut_by_the_output(threshold, width):
    """The output ReLU itself makes the lower bend, one hidden ReLU the upper one."""
    return {
        "w00": -1.0,
        "b00": threshold,
        "w01": 0.0,
        "b01": 0.0,
        "w10": -1 / width,
        "w11": 0.0,
        "b_final": 1.0,
    }


@pytest.mark.parametrize("answer", [swapped, falling, cut_by_the_output])
def test_other_right_answers(answer):
    assert check(answer).status == "correct"


def the_source(threshold, width):
    return dict(PUBLISHED)


def incomplete(threshold, width):
    return {"w00": 1.0, "weight": 2.0}


def a_list(threshold, width):
    return [1.0] * 7


def not_numbers(threshold, width):
    return dict.fromkeys(PUBLISHED, "steep")


def wild_between(threshold, width):
    """Right at both ends, with an overshoot in between."""
    return {
        "w00": 1 / width,
        "b00": -(threshold - width) / width,
        "w01": 1 / width,
        "b01": -(threshold - 0.5 * width) / width,
        "w10": 5.0,
        "w11": -5.0,
        "b_final": 0.0,
    }


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (the_source, "the response is"),
        (incomplete, "missing: b00, w01, b01, w10, w11, b_final; unknown: weight"),
        (a_list, "A dict with the seven names is needed, a list came back."),
        (not_numbers, "These are not seven finite numbers"),
        (wild_between, "the response is 2.5; this step needs 1 there"),
    ],
)
def test_what_falls_short_is_told_why(answer, words):
    feedback = check(answer)
    assert feedback.status == "not yet"
    assert words in feedback.message
