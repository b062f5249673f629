"""Contracts of the exercises and of the scoreboard, for any answer and any number."""

import re

import numpy as np
import pytest
import torch
from contracts import refusal
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from utils.exercises import boxes, exercise, get, ids, register, registry
from utils.exercises.comparing import difference, kind, same, shown
from utils.exercises.engine import CORRECT, ERROR, NOT_ATTEMPTED, NOT_YET, Case, Exercise, Feedback

numbers = st.floats(-1e6, 1e6)
# Whatever a student's code may return.
anything = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**6), 10**6),
        st.floats(width=32),
        st.complex_numbers(max_magnitude=1e6),
        st.text(max_size=5),
        st.just(...),
        st.lists(numbers, max_size=4).map(np.array),
        st.lists(numbers, max_size=4).map(torch.tensor),
        st.just(print),
        st.just(object()),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
    ),
    max_leaves=5,
)


def line(a, b):
    """A straight line.  (), () -> ()"""
    return a + 2 * b


def crossed(a, b):
    return b + 2 * a


def task(**changes):
    plan = {
        "id": "99.line",
        "reference": line,
        "cases": lambda: [Case(1.0, 2.0), Case(3.0, -1.0, label="downwards")],
        "hints": ("Add.", "Double b."),
        "wrong_answers": {"the arguments crossed": crossed},
    }
    return Exercise(**(plan | changes))


# All are known before a test puts one more beside them and forgets it again.
ids()


@pytest.fixture
def known(monkeypatch):
    """The task under its id, and forgotten afterwards."""
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    return register(task())


class TestAnswers:
    @settings(max_examples=60)
    @given(anything)
    def test_any_result_gets_one_of_the_verdicts(self, value):
        feedback = task().check(lambda a, b: value)
        assert feedback.status in {NOT_ATTEMPTED, NOT_YET, ERROR}
        assert feedback.message

    @settings(max_examples=20)
    @given(slope=st.floats(-10, 10), offset=st.floats(-10, 10))
    def test_a_line_is_correct_where_it_is_the_line(self, slope, offset):
        feedback = task().check(lambda a, b: a + slope * b + offset)
        wrong = max(abs((slope - 2) * b + offset) for b in (2, -1))
        assume(not 1e-6 < wrong < 1e-3)
        assert feedback.status == (CORRECT if wrong <= 1e-6 else NOT_YET)

    @settings(max_examples=20)
    @given(name=st.sampled_from([ValueError, KeyError, ZeroDivisionError, SystemExit]), words=st.text(max_size=30))
    def test_any_exception_is_told_and_none_gets_out(self, name, words):
        def raising(a, b):
            raise name(words)

        feedback = task().check(raising)
        assert feedback.status in {ERROR, NOT_ATTEMPTED}
        assert name.__name__ in feedback.message or "ellipsis" in words.lower()

    @settings(max_examples=20)
    @given(factor=st.floats(-5, 5), a=numbers, b=numbers)
    def test_what_stands_under_the_name_works_whatever_was_answered(self, factor, a, b):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(registry, "_registered", dict(registry._registered))
            patch.setattr("utils.exercises.boxes.emit", lambda *args, **kwargs: None)
            register(task())

            @exercise("99.line")
            def answer(a, b):
                return factor * (a + 2 * b)

            assert answer(a, b) == pytest.approx(line(a, b), rel=1e-3)

    @settings(max_examples=10)
    @given(st.integers(0, 9))
    def test_the_first_five_printed_lines_are_shown(self, n):
        seen = []
        feedback = Feedback(NOT_YET, "Not yet.", "".join(f"line {number}\n" for number in range(n)))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("utils.exercises.boxes.emit", lambda text, *args, **kwargs: seen.append(text))
            boxes.show_feedback(task(), feedback)
        lines = " / ".join(f"line {number}" for number in range(min(n, 5)))
        assert ("Your code printed" in seen[0]) == (n > 0)
        assert lines in seen[0]
        assert (f"{lines} ..." in seen[0]) == (n > 5)

    def test_networks_are_compared_by_what_they_give(self):
        x = torch.linspace(0, 3, 20)
        y, biases = x.sin(), torch.tensor([0.0, -1.0])
        weights, offset = get("02.solve_for_weights").reference(x, y, biases)
        words = get("02.solve_for_weights").compare((0 * weights, 0 * offset), (weights, offset), x, y, biases)
        best = (torch.relu(x[:, None] + biases) @ weights + offset - y).square().mean().sqrt().item()
        nothing = y.square().mean().sqrt().item()
        assert words.startswith("Your network's root mean squared error is")
        found = [float(number) for number in re.findall(r"\d+\.\d+", words)]
        assert found == pytest.approx([nothing, best], rel=2e-3)

    def test_hints_end_and_solutions_say_what_to_copy(self, known, monkeypatch):
        seen = []
        monkeypatch.setattr("utils.exercises.boxes.emit", lambda text, *args, **kwargs: seen.append(text))
        register(task(hints=()))
        answer = exercise("99.line")(crossed)
        del seen[:]
        answer.hint()
        answer.solution()
        boxes.show_solution(task(reference=Case))
        assert seen[0] == "This exercise has no hints; its .solution() shows one answer."
        assert seen[1].startswith("One solution of exercise 1. Copy the function under")
        assert seen[1].endswith("return a + 2 * b")
        assert "Copy the class under" in seen[2]
        assert len(seen) == 3

    def test_an_id_means_one_exercise(self, known):
        assert get("99.line") is known
        assert "99.line" in ids()
        assert register(task(hints=())) is get("99.line")
        assert refusal(register, task(reference=crossed)) == "id: got '99.line', which is taken by line"

    @given(st.text(max_size=12))
    @settings(max_examples=30)
    def test_unknown_ids_are_refused_with_the_known_ones(self, name):
        known = ids()
        assert known == sorted(set(known))
        assert all(get(one).id == one for one in known[:3])
        if name not in known:
            for call in (get, exercise):
                assert refusal(call, name).startswith(f"exercise_id: got {name!r}, allowed is one of {known[0]}")

    @given(st.one_of(st.none(), st.integers(), st.binary(max_size=3)))
    def test_what_is_no_text_is_no_id(self, bad):
        assert refusal(get, bad).startswith(f"exercise_id: got {bad!r}, allowed is a text")


class TestComparing:
    @settings(max_examples=80)
    @given(anything)
    def test_everything_equals_itself_and_can_be_told(self, value):
        assert same(value, value) or isinstance(value, float | complex)
        assert 0 < len(shown(value)) <= 160 or value == ""
        assert kind(value)

    @given(st.text(min_size=161, max_size=300))
    @settings(max_examples=10)
    def test_long_things_are_cut_and_say_so(self, text):
        assert len(shown(text)) == 160
        assert shown(text) == repr(text)[:157] + "..."
        assert [shown(thing) for thing in (print, dict, line)] == ["print", "dict", "line"]

    @settings(max_examples=80)
    @given(anything, anything)
    def test_two_things_agree_or_one_sentence_says_why_not(self, first, second):
        words = difference(first, second)
        assert words is None or words.endswith((".", "?"))

    @settings(max_examples=40)
    @given(values=st.lists(numbers, min_size=1, max_size=20), place=st.integers(0, 19), by=st.floats(1e-2, 10))
    def test_one_element_off_is_found_where_it_is(self, values, place, by):
        place %= len(values)
        expected = np.array(values)
        found = expected.copy()
        found[place] += by * (1 + abs(found[place]))
        words = difference(found, expected)
        assert words is not None
        if len(values) > 12:
            assert f"1 of {len(values)} values differ, the first at [{place}]" in words
        assert difference(expected + 1e-7, expected) is None
        tensor = torch.from_numpy(expected)
        assert (
            difference(tensor.float(), tensor)
            == "It returned a tensor of dtype torch.float32, expected was torch.float64."
        )
        assert "shape" in difference(tensor[None], tensor)
