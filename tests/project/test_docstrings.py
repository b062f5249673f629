"""Public functions say what they take, what they give back, and when they refuse."""

import ast
import doctest
import inspect

import pytest

from course import ROOT

MODULES = sorted((ROOT / "utils").rglob("*.py"))


def is_property(node):
    marks = [ast.unparse(mark) for mark in node.decorator_list]
    return any(mark.endswith(("property", ".setter")) for mark in marks)


def public_functions(tree):
    """Functions and methods that a reader may call: nothing with an underscore, nothing inside of a function."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node.name, node
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for part in node.body:
                if isinstance(part, ast.FunctionDef) and not part.name.startswith("_"):
                    yield f"{node.name}.{part.name}", part


def own_statements(node):
    """What a function does itself, without the functions inside of it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            yield child
            yield from own_statements(child)


def lacking(node):
    """The parts that a function's docstring lacks."""
    text = ast.get_docstring(node) or ""
    if not text:
        yield "a docstring"
        return
    if "as in `" in text:  # it says where its arguments are described
        return
    given = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
    given = [argument.arg for argument in given if argument.arg not in ("self", "cls")]
    if given and "Args:" not in text:
        yield "Args"
    back = ast.unparse(node.returns) if node.returns else "None"
    if back not in ("None", "NoReturn") and not is_property(node) and not ("Returns:" in text or "Yields:" in text):
        yield "Returns"
    raises = [s for s in own_statements(node) if isinstance(s, ast.Raise) and s.exc is not None]
    if raises and "Raises:" not in text:
        yield "Raises"


# An exercise's reference is what a student is asked to write: its docstring is the one of the stub.
REFERENCES = {ROOT / "utils" / "exercises" / path.name for path in (ROOT / "utils" / "predictions").glob("*.py")}


@pytest.mark.parametrize("path", [path for path in MODULES if path not in REFERENCES], ids=lambda p: p.stem)
def test_docstrings_are_complete(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {name: parts for name, node in public_functions(tree) if (parts := list(lacking(node)))}
    assert found == {}


def test_what_is_lacking_is_found():
    source = """
def f(x) -> int:
    '''Adds.'''
    if x < 0:
        raise ValueError
    return x
"""
    ((_, node),) = public_functions(ast.parse(source))
    assert list(lacking(node)) == ["Args", "Returns", "Raises"]


def test_some_twenty_functions_show_themselves():
    parser = doctest.DocTestParser()
    shown = 0
    for path in MODULES:
        for _, node in public_functions(ast.parse(path.read_text(encoding="utf-8"))):
            shown += bool(parser.get_examples(inspect.cleandoc(ast.get_docstring(node) or "")))
    assert shown >= 20
