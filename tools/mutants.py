"""Small mistakes, made on purpose: every way to change one place of a piece of Python as a slip would."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator
from random import Random

SWAPPED_OPERATORS = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
NOT_COMMUTATIVE = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
SWAPPED_COMPARISONS = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_PAIRS = [("sin", "cos"), ("min", "max"), ("argmin", "argmax"), ("floor", "ceil"), ("sum", "mean"), ("any", "all")]
_PAIRS += [("minimum", "maximum"), ("zeros", "ones"), ("zeros_like", "ones_like"), ("append", "extend")]
SWAPPED_NAMES = dict(_PAIRS) | {second: first for first, second in _PAIRS}
DROPPED = (ast.Expr, ast.Assign, ast.AugAssign, ast.Return, ast.Raise, ast.Delete, ast.Break, ast.Continue)


def mutants(source: str, rng: Random) -> Iterator[tuple[str, str]]:
    """Every mutant of a source text that differs from it in one place, in random order.

    Layout, comments, docstrings, annotations and the insides of f-strings stay as they are.

    Args:
        source: a module, or a function or class that starts in the first column.
        rng: decides the order, and nothing else.

    Yields:
        What was changed ("line 3: `a + b` becomes `a - b`"), and the changed source, which compiles.
    """
    tree = ast.parse(source)
    sites = [(node, text) for node in _nodes(tree) for text in _slips(node)]
    rng.shuffle(sites)
    lines = source.encode().splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines))]
    whole, original, seen = source.encode(), ast.dump(tree), set()
    for node, text in sites:
        first = starts[node.lineno - 1] + node.col_offset
        last = starts[node.end_lineno - 1] + node.end_col_offset
        changed = (whole[:first] + text.encode() + whole[last:]).decode()
        try:
            shape = ast.dump(ast.parse(changed))
            # Finds names that have lost their binding, which alone would keep the source from being compiled.
            symtable.symtable(changed, "<mutant>", "exec")
        except SyntaxError:
            continue
        if shape == original or shape in seen:
            continue
        seen.add(shape)
        before = " ".join(whole[first:last].decode().split())
        yield f"line {node.lineno}: `{before}` becomes `{text}`", changed


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that a slip may change, from the outside in."""
    for name, value in ast.iter_fields(tree):
        # Python 3.11 does not know where the parts of an f-string stand.
        if name in {"annotation", "returns", "decorator_list"} or isinstance(tree, ast.JoinedStr):
            continue
        for node in value if isinstance(value, list) else [value]:
            if isinstance(node, ast.AST) and not _is_text(node):
                yield node
                yield from _nodes(node)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _slips(node: ast.AST) -> Iterator[str]:
    """The texts that may stand in the place of a node."""
    if isinstance(node, DROPPED):
        yield "pass"
    if isinstance(node, ast.Slice):
        yield from _moved_bounds(node)
    elif isinstance(node, ast.If):
        return
    elif isinstance(node, ast.Name | ast.Attribute):
        yield from _renamed(node)
    elif isinstance(node, ast.Starred):
        return
    elif isinstance(node, ast.expr):
        # In brackets, so that what stands around keeps its meaning.
        yield from (f"({ast.unparse(changed)})" for changed in _changed(node))
    if isinstance(node, ast.AugAssign):
        for other in SWAPPED_OPERATORS.get(type(node.op), ()):
            yield ast.unparse(ast.AugAssign(node.target, other(), node.value))


def _changed(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp):
        for other in SWAPPED_OPERATORS.get(type(node.op), ()):
            yield ast.BinOp(node.left, other(), node.right)
        if isinstance(node.op, NOT_COMMUTATIVE):
            yield ast.BinOp(node.right, node.op, node.left)
        yield from (node.left, node.right)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in SWAPPED_COMPARISONS[type(node.ops[0])]:
            yield ast.Compare(node.left, [other()], node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
    elif isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield ast.Constant(not node.value)
        elif isinstance(node.value, int | float):
            yield from (ast.Constant(node.value + 1), ast.Constant(node.value - 1))
    elif isinstance(node, ast.Call):
        if len(node.args) >= 2 and not any(isinstance(part, ast.Starred) for part in node.args[:2]):
            yield ast.Call(node.func, [node.args[1], node.args[0], *node.args[2:]], node.keywords)
        for number in range(len(node.keywords)):
            yield ast.Call(node.func, node.args, node.keywords[:number] + node.keywords[number + 1 :])
        # `relu(x)` and `x.abs()` forgotten: the argument, or the thing itself.
        if len(node.args) == 1 and not isinstance(node.args[0], ast.Starred):
            yield node.args[0]
        if isinstance(node.func, ast.Attribute) and not node.args:
            yield node.func.value


def _moved_bounds(node: ast.Slice) -> Iterator[str]:
    """A slice that starts one later, or ends one earlier or later. Whole-number bounds move as constants do."""
    if node.lower is None:
        yield ast.unparse(ast.Slice(ast.Constant(1), node.upper, node.step))
    if node.upper is None:
        yield ast.unparse(ast.Slice(node.lower, ast.Constant(-1), node.step))
    if node.lower is not None:
        yield ast.unparse(ast.Slice(None, node.upper, node.step))
    if node.upper is not None:
        yield ast.unparse(ast.Slice(node.lower, None, node.step))


def _renamed(node: ast.Name | ast.Attribute) -> Iterator[str]:
    name = node.id if isinstance(node, ast.Name) else node.attr
    if name in SWAPPED_NAMES and isinstance(node.ctx, ast.Load):
        other = SWAPPED_NAMES[name]
        yield other if isinstance(node, ast.Name) else f"{ast.unparse(node.value)}.{other}"
