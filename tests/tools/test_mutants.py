"""The maker of mistakes itself: it finds the slips one expects, makes one at a time, and leaves texts alone."""

import ast
from random import Random

import pytest

from course import ROOT
from mutants import mutants


def made(source):
    return [text for _, text in mutants(source, Random(0))]


@pytest.mark.parametrize(
    ("source", "slip"),
    [
        ("x = a + b", "x = (a - b)"),
        ("x = a - b", "x = (b - a)"),
        ("x = a < b", "x = (a <= b)"),
        ("x = a and b", "x = (a or b)"),
        ("x = 3", "x = (4)"),
        ("x = 3", "x = (2)"),
        ("x = True", "x = (False)"),
        ("x = -a", "x = (a)"),
        ("x = not a", "x = (a)"),
        ("x = f(a, b, c)", "x = (f(b, a, c))"),
        ("x = f(a, dim=1)", "x = (f(a))"),
        ("x = relu(a)", "x = (a)"),
        ("x = a.abs()", "x = (a)"),
        ("x = a[:-1]", "x = a[1:-1]"),
        ("x = a[:-1]", "x = a[:(1)]"),
        ("x = a[1:]", "x = a[(2):]"),
        ("x = a[1:]", "x = a[:]"),
        ("x = a.sum(0)", "x = a.mean(0)"),
        ("x += 1", "x -= 1"),
        ("f(a)\nb = 1", "pass\nb = 1"),
        ("def f():\n    return 1", "def f():\n    pass"),
        ("x = a if b else c", "x = (c)"),
        ("π = 'é' + f(a - b)", "π = 'é' + f((a + b))"),
    ],
)
def test_each_kind_of_slip_is_made(source, slip):
    assert slip in made(source)


def test_layout_comments_docstrings_and_annotations_stay():
    source = 'def f(x: 1 + 2) -> 3:\n    """One: 1 + 1."""\n    # Why 7 + 7\n    return f"{x + 1}"\n'
    for text in made(source):
        assert text.startswith('def f(x: 1 + 2) -> 3:\n    """One: 1 + 1."""\n    # Why 7 + 7\n')
    assert made('"""Alone."""\n') == []


def test_a_mutant_compiles_differs_and_comes_once():
    source = (ROOT / "utils" / "bootstrap.py").read_text(encoding="utf-8")
    found = list(mutants(source, Random(1)))
    shapes = {ast.dump(ast.parse(text)) for _, text in found}
    assert len(shapes) == len(found) > 50
    assert ast.dump(ast.parse(source)) not in shapes
    assert all(description.startswith("line ") and "` becomes `" in description for description, _ in found)


def test_the_seed_decides_the_order_alone():
    source = "def f(x):\n    y = x + 1\n    return y * 2\n"
    first, again, other = (list(mutants(source, Random(seed))) for seed in (1, 1, 2))
    assert first == again != other
    assert sorted(first) == sorted(other)
