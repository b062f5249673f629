"""Which mistakes a test need not notice, and that of the others none is left alone."""

import pytest

from judgeable import judgeable

EXERCISE = """\
def double(x):
    return 2 * x

def _number(n):
    return n + 1

def _cases():
    return [Case(_number(4)), Case(5)]

def _half(x):
    return x / 2

register(Exercise("00.double", double, cases=_cases, wrong_answers={"half": _half, "more": lambda x: 3 * x}, atol=1.0))
"""


def differ(before, after, room="models"):
    return judgeable(before, room) != judgeable(after, room)


@pytest.mark.parametrize(
    ("old", "new", "matters"),
    [
        ("2 * x", "2 + x", True),
        ("atol=1.0", "atol=2.0", True),
        (', wrong_answers={"half": _half, "more": lambda x: 3 * x}', "", True),
        ("3 * x", "3 + x", False),
        ("x / 2", "x / 3", False),
        ("n + 1", "n + 2", False),
        ("Case(5)", "Case(6)", False),
    ],
)
def test_wrong_answers_and_inputs_of_exercises_are_left_alone(old, new, matters):
    assert EXERCISE.count(old) == 1
    assert differ(EXERCISE, EXERCISE.replace(old, new)) == matters


def test_what_an_answer_uses_too_is_not():
    shared = EXERCISE.replace("2 * x", "2 * _number(x)")
    assert differ(shared, shared.replace("n + 1", "n + 2"))


@pytest.mark.parametrize(
    ("before", "after", "matters"),
    [
        ("torch.Generator().manual_seed(0)", "torch.Generator().manual_seed(1)", False),
        ("torch.Generator().manual_seed(seed)", "torch.Generator().manual_seed(other)", True),
        ("f(x, seed=10 + n)", "f(x, seed=11 + n)", False),
        ("f(x, seed=10 + n)", "f(x)", True),
        ("max(a, b)", "max(b, a)", False),
        ("max(a, b)", "min(a, b)", True),
        ("abs(a - b)", "abs(b - a)", False),
        ("abs(a - b)", "abs(a + b)", True),
        ("zip(a, b, strict=True)", "zip(a, b)", False),
        ("raise ValueError(f'{x} is wrong')", "raise ValueError('')", False),
        ("if TYPE_CHECKING:\n    x = 1", "if TYPE_CHECKING:\n    x = 2", False),
    ],
)
def test_what_cannot_be_told_apart_is_left_alone(before, after, matters):
    assert differ(before, after) == matters


@pytest.mark.parametrize(
    ("before", "after", "rooms"),
    [
        ("ax.plot(x, y, color='red')", "ax.plot(x, y, color='blue')", {"plotting", "panels"}),
        ("ax.set(xlim=(0, 99))", "ax.set(xlim=(0, 100))", {"plotting", "panels"}),
        ("ax.text(x + 0.5, y, words)", "ax.text(x + 1.5, y, words)", {"plotting"}),
        ("ax.text(x + 0.5, y, words)", "ax.text(x + -0.5, y, words)", {"plotting"}),
        ("ax.text(x, y, words)", "pass", set()),
        ("ax.plot(x[1:], y)", "ax.plot(x[2:], y)", set()),
        ("if share > 0.5:\n    pass", "if share > 1.5:\n    pass", set()),
    ],
)
def test_looks_and_places_are_for_eyes_where_something_is_drawn(before, after, rooms):
    assert {room for room in ("models", "panels", "plotting") if not differ(before, after, room)} == rooms
