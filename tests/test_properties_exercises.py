"""Contracts of the exercises and of the scoreboard, for any answer and any number."""

import math
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
from utils.scoreboard import (
    DIFFERS,
    PLAUSIBLE,
    REPRODUCED,
    UNLIKELY,
    WAITING,
    Scoreboard,
)
from utils.statistics import prediction_interval, student_quantile

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
            patch.setattr("utils.exercises.decorator.publish", lambda *args, **kwargs: None)
            patch.setattr("utils.exercises.boxes.publish", lambda *args, **kwargs: None)
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
            patch.setattr("utils.exercises.boxes.publish", lambda text, *args, **kwargs: seen.append(text))
            boxes.show_feedback(task(), feedback, 0)
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
        for name in ("decorator", "boxes"):
            monkeypatch.setattr(f"utils.exercises.{name}.publish", lambda text, *args, **kwargs: seen.append(text))
        register(task(hints=()))
        answer = exercise("99.line")(crossed)
        del seen[:]
        answer.hint()
        answer.solution()
        boxes.show_solution(task(reference=Case))
        assert seen[0] == "This exercise has no hints; its .solution() shows one answer."
        assert seen[1].startswith("One solution of 99.line. Copy the function under")
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


class TestScoreboard:
    @settings(max_examples=60)
    @given(published=st.lists(numbers, min_size=1, max_size=5), off=st.floats(-2, 2), tolerance=st.floats(0.01, 1))
    def test_a_verdict_is_the_tolerance(self, published, off, tolerance):
        assume(abs(abs(off) - tolerance) > 1e-6)
        values = np.array(published)
        values[-1] += off
        board = Scoreboard("99").add("x", values, published, tolerance, "here")
        (row,) = board.rows
        assert row.verdict == (REPRODUCED if abs(off) < tolerance else DIFFERS)
        assert (row.name, row.source, row.allowed) == ("x", "here", f"± {tolerance:g}")
        assert [float(part) for part in row.published.split(", ")] == pytest.approx(published, rel=1e-9)
        assert len(row.ours.split(", ")) == len(published)
        assert all(part.startswith("~") for part in row.ours.split(", "))
        assert Scoreboard("99").add("x", torch.tensor(published[0]), published[0], 1).rows[0].verdict == REPRODUCED

    @given(bad=st.one_of(st.floats(max_value=-1e-9), st.just(math.nan), st.none(), st.text(max_size=3)))
    @settings(max_examples=30)
    def test_what_cannot_be_compared_is_refused(self, bad):
        board = Scoreboard("99")
        assert refusal(board.add, "x", 1, 1, bad).startswith(f"tolerance: got {bad!r}")
        assert refusal(board.add, "x", [1, 2], [1]).startswith(
            "value: got shape (2,), allowed is that of published, (1,)"
        )
        assert refusal(board.add, "x", math.nan, 1).startswith("value: got a value that is not finite")
        assert refusal(board.add, "x", 1, "one").startswith("published: got str")
        assert refusal(board.add_spread, "x", [1, 2], 1).startswith("values: got 2 seeds")
        assert board.rows == []

    @settings(max_examples=40)
    @given(
        values=st.lists(st.floats(-100, 100), min_size=3, max_size=12),
        shift=st.floats(-50, 50),
        scale=st.floats(0.1, 9),
    )
    def test_the_interval_moves_and_grows_with_its_values(self, values, shift, scale):
        draws = np.array(values)
        low, high = prediction_interval(draws)
        assert low <= draws.mean() + 1e-9
        assert high >= draws.mean() - 1e-9
        moved = prediction_interval(scale * draws + shift)
        assert moved == pytest.approx((scale * low + shift, scale * high + shift), abs=1e-6)
        narrow, wide = prediction_interval(draws, 0.5), prediction_interval(draws, 0.99)
        assert wide[0] - 1e-9 <= low <= narrow[0] + 1e-9
        board = Scoreboard("99")
        board.add_spread("in", values, draws.mean()).add_spread("out", values, high + 1 + abs(high))
        assert [row.verdict for row in board.rows] == [PLAUSIBLE, UNLIKELY]
        assert f"n = {len(values)}" in board.rows[0].ours
        assert [row.name for row in board.rows] == ["in", "out"]

    @given(probability=st.floats(0.5, 0.999), degrees=st.integers(1, 60))
    @settings(max_examples=25)
    def test_students_quantile_rises_with_probability_and_nears_the_normals(self, probability, degrees):
        t = student_quantile(probability, degrees)
        assert t >= -1e-9
        assert student_quantile(min(probability + 0.0005, 0.9999), degrees) >= t
        assert t >= student_quantile(probability, degrees + 1) - 1e-6
        # One degree of freedom is Cauchy's distribution.
        assert student_quantile(probability, 1) == pytest.approx(
            math.tan(math.pi * (probability - 0.5)), rel=1e-3, abs=1e-6
        )

    @settings(max_examples=25)
    @given(rows=st.lists(st.tuples(numbers, numbers), max_size=4), needs=st.text("abc<>&", max_size=6))
    def test_the_table_counts_its_verdicts_and_is_safe_html(self, rows, needs):
        board = Scoreboard("99")
        for ours, theirs in rows:
            board.add("q", ours, theirs, 0.5)
        board.waiting("w", "later", needs)
        seen = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("utils.scoreboard.publish", lambda *args: seen.append(args))
            board.show()
        text, html = seen[0]
        assert "1 waiting" in text.splitlines()[0]
        same_ones = sum(abs(a - b) <= 0.5 for a, b in rows)
        assert (f"{same_ones} reproduced" in text) == (same_ones > 0)
        assert len(text.splitlines()) == 2 + len(board.rows)
        assert html.count("<tr>") == 1 + len(board.rows)
        assert board.rows[-1].verdict == WAITING
        assert f"needs {needs}".replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in html
