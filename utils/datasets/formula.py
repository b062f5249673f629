"""A student's formula in x, read safely: parsed by `ast`, checked against short lists, never run as Python."""

from __future__ import annotations

import ast
import difflib
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from keyword import iskeyword

import numpy as np
from numpy.typing import ArrayLike

MAX_LENGTH = 200
MAX_NODES = 120
MAX_DEPTH = 30
MAX_NUMBER = 1e6
MAX_POWER = 20

CONSTANTS = {"pi": np.pi, "π": np.pi, "tau": 2 * np.pi, "e": np.e}

# name -> (number of arguments, function of arrays)
FUNCTIONS: dict[str, tuple[int, Callable[..., np.ndarray]]] = {
    "sin": (1, np.sin),
    "cos": (1, np.cos),
    "tan": (1, np.tan),
    "asin": (1, np.arcsin),
    "acos": (1, np.arccos),
    "atan": (1, np.arctan),
    "sinh": (1, np.sinh),
    "cosh": (1, np.cosh),
    "tanh": (1, np.tanh),
    "exp": (1, np.exp),
    "log": (1, np.log),
    "ln": (1, np.log),
    "log10": (1, np.log10),
    "sqrt": (1, np.sqrt),
    "abs": (1, np.abs),
    "sign": (1, np.sign),
    "floor": (1, np.floor),
    "ceil": (1, np.ceil),
    "relu": (1, lambda x: np.maximum(x, 0)),
    "step": (1, lambda x: np.where(x > 0, 1.0, 0.0)),
    "min": (2, np.minimum),
    "max": (2, np.maximum),
    "where": (3, np.where),
}

BINARY = {ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide, ast.Mod: np.mod}
UNARY = {ast.USub: np.negative, ast.UAdd: np.positive}
COMPARISONS = {ast.Lt: np.less, ast.LtE: np.less_equal, ast.Gt: np.greater, ast.GtE: np.greater_equal}

ALLOWED = (
    f"Allowed are the variable, numbers, + - * / % **, < <= > >=, brackets, {', '.join(FUNCTIONS)}, and pi, tau, e."
)


def parse_formula(text: str, variable: str = "x") -> Formula:
    """Turn a formula that a student typed into a function of an array, without running any code of theirs.

    Args:
        text: the formula, such as `"sin(3*x) + abs(x)/2"`; at most 200 characters.
        variable: the name of its one variable.

    Returns:
        A callable: an array of any shape in, a float64 array of the same shape out. It raises ValueError
        where the formula has no finite value.

    Raises:
        ValueError: the text is not a formula of the allowed parts; the message says which part, and how to mend it.
    """
    if not isinstance(text, str):
        raise ValueError(f"text: got {type(text).__name__}, allowed is a formula in a string, such as 'sin(x)'.")
    if not (isinstance(variable, str) and variable.isidentifier() and variable not in {*CONSTANTS, *FUNCTIONS}):
        raise ValueError(
            f"variable: got {variable!r}, allowed is a name that no function or constant has, such as 'x'."
        )
    source = " ".join(text.split())
    if not source:
        raise ValueError(f"The formula is empty. Type one in {variable}, for example sin({variable}).")
    if len(source) > MAX_LENGTH:
        raise ValueError(
            f"The formula has {len(source)} characters, allowed are at most {MAX_LENGTH}. Make it shorter."
        )
    root = _read(source, variable)
    _check(root, variable)
    return Formula(source, variable, root)


@dataclass(frozen=True)
class Formula:
    """A checked formula. Call it with an array; build it with `parse_formula`.

    Args:
        text: the formula as it was typed.
        variable: the name of its variable.
        root: the checked tree.
    """

    text: str
    variable: str
    root: ast.expr = field(repr=False, compare=False)

    def __call__(self, x: ArrayLike) -> np.ndarray:
        """Values of the formula.

        Args:
            x: finite real numbers, any shape.

        Returns:
            float64 array of x's shape.

        Raises:
            ValueError: x is not made of finite real numbers, or the formula has no finite value somewhere in x.
        """
        try:
            points = np.asarray(x, dtype=np.float64)
        except (TypeError, ValueError):
            raise ValueError(f"x: got {type(x).__name__}, allowed are real numbers or an array of them.") from None
        if not np.isfinite(points).all():
            raise ValueError("x: got an array with NaN or infinity, allowed are finite numbers.")
        # Division by zero and overflow are reported below, in one sentence, instead of as warnings.
        with np.errstate(all="ignore"):
            values = np.array(np.broadcast_to(_evaluate(self.root, {self.variable: points}), points.shape), dtype=float)
        bad = ~np.isfinite(values)
        if bad.any():
            where = float(points[bad].flat[0])
            raise ValueError(
                f"{self.text} has no finite value at {self.variable} = {where:.3g}. "
                "Choose a formula that is finite on the whole interval."
            )
        return values


def refuse_poles(formula: Callable[[np.ndarray], np.ndarray], interval: tuple[float, float]) -> None:
    """Refuse a function that grows without limit inside of an interval, such as tan(x) around pi / 2.

    Args:
        formula: an array in, an array of the same shape out.
        interval: (left, right).

    Raises:
        ValueError: it has a pole there; the message says where.
    """
    x = np.linspace(*interval, 8001)
    height = np.abs(formula(x))
    top = int(height.argmax())
    # On a smooth curve the tallest point has tall neighbours; beside a pole they fall off like 1 / distance.
    around = height[[max(top - 2, 0), min(top + 2, len(x) - 1)]].max()
    if height[top] > 1000 * (1 + np.median(height)) and height[top] > 2 * around:
        name = formula.text if isinstance(formula, Formula) else "The function"
        raise ValueError(
            f"{name} grows without limit near x = {x[top]:.2f}. Choose a formula that stays finite from "
            f"{interval[0]:.2f} to {interval[1]:.2f}."
        )


def undersampled(
    formula: Callable[[np.ndarray], np.ndarray], interval: tuple[float, float], n_points: int = 500
) -> bool:
    """Whether a picture of so many points shows another curve than the function, such as a slow wave for sin(1000*x).

    Args:
        formula: an array in, an array of the same shape out.
        interval: (left, right).
        n_points: evenly spaced points of the picture.

    Returns:
        True where the function leaves the lines between neighbouring points by more than a tenth of its range, in more
        than one of twenty places. A corner or a jump is a single place.

    >>> undersampled(parse_formula("sin(1000*x)"), (-3, 3)), undersampled(parse_formula("step(x)"), (-3, 3))
    (True, False)
    """
    x = np.linspace(*interval, n_points)
    y = formula(x)
    # Thirds and fifths, so that a wave whose period divides the spacing is seen as well.
    between = [x[:-1] + share * np.diff(x) for share in (1 / 3, 2 / 5, 3 / 4)]
    values = [formula(places) for places in between]
    size = np.ptp(np.concatenate([y, *values]))
    if size == 0:
        return False
    off = np.max([np.abs(v - np.interp(places, x, y)) for places, v in zip(between, values, strict=True)], axis=0)
    return bool((off > 0.1 * size).mean() > 0.05)


def _read(source: str, variable: str) -> ast.expr:
    try:
        with warnings.catch_warnings():
            # "2if x" and its like only warn; for a formula they are mistakes.
            warnings.simplefilter("error")
            return ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError, Warning):
        raise ValueError(f"This is not a formula yet: {source}. {_advice(source, variable)}") from None


def _advice(source: str, variable: str) -> str:
    """The most likely reason why Python's grammar refused the text."""
    if "|" in source:
        return f"Write the absolute value as abs({variable})."
    if re.search(r"(?<![=<>!])=(?!=)", source):
        return "Give the right-hand side alone, without '='."
    strange = [c for c in source if not c.isascii() and c != "π"]
    if strange:
        return f"The sign {strange[0]!r} is unknown here. Use + - * / ** and the names of functions."
    if source.count("(") != source.count(")"):
        return f"It has {source.count('(')} opening and {source.count(')')} closing brackets."
    words = "|".join(FUNCTIONS)
    if match := re.search(rf"\b({words})\s+([\w.]+)", source):
        return f"A function needs brackets: {match[1]}({match[2]})."
    if (match := re.search(r"([\d.)])\s*([A-Za-z_π]\w*|\()", source)) and not iskeyword(match[2]):
        return f"Write every multiplication with *: {match[1]}*{match[2]}"
    return f"An example of a formula: sin({variable}) + {variable}**2/4."


def _check(root: ast.expr, variable: str) -> None:
    nodes = sum(isinstance(node, ast.expr) for node in ast.walk(root))
    if nodes > MAX_NODES:
        raise ValueError(f"The formula has {nodes} parts, allowed are at most {MAX_NODES}. Make it shorter.")
    _check_node(root, variable, depth=1)


def _check_node(node: ast.expr, variable: str, depth: int) -> None:
    """Refuse every node that is not on the lists; `_evaluate` then needs no case for it."""
    if depth > MAX_DEPTH:
        raise ValueError(f"The formula is nested more than {MAX_DEPTH} deep. Make it simpler.")
    match node:
        case ast.Constant():
            _check_number(node.value)
            children = []
        case ast.Name():
            _check_name(node.id, variable)
            children = []
        case ast.UnaryOp(op=op, operand=operand):
            if type(op) not in UNARY:
                raise ValueError(
                    f"'{'not' if isinstance(op, ast.Not) else '~'}' is not allowed in a formula. {ALLOWED}"
                )
            children = [operand]
        case ast.BinOp(left=left, op=op, right=right):
            if isinstance(op, ast.BitXor):
                raise ValueError(f"A power is written with **, not with ^: {variable}**2.")
            if isinstance(op, ast.BitOr):
                raise ValueError(f"Write the absolute value as abs({variable}), without |.")
            if type(op) not in BINARY and not isinstance(op, ast.Pow):
                raise ValueError(f"The operator in '{ast.unparse(node)}' is not allowed. {ALLOWED}")
            children = [left, right]
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            if any(type(op) not in COMPARISONS for op in ops):
                raise ValueError(f"The comparison in '{ast.unparse(node)}' is not allowed; allowed are < <= > >=.")
            children = [left, *comparators]
        case ast.Call():
            _check_call(node, variable)
            children = node.args
        case ast.Tuple():
            raise ValueError("A decimal number is written with a point, not a comma: 0.5.")
        case ast.Attribute(value=ast.Name(id=module), attr=name) if name in FUNCTIONS or name in CONSTANTS:
            raise ValueError(f"Write {name} alone, without '{module}.'.")
        case _:
            raise ValueError(f"'{_short(node)}' is not allowed in a formula. {ALLOWED}")
    for child in children:
        _check_node(child, variable, depth + 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and not _uses_variable(node.right):
        with np.errstate(all="ignore"):
            _check_power(_evaluate(node.right, {}))


def _check_number(value: object) -> None:
    # bool is an int for Python, but True is no number for a student.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is not a real number. {ALLOWED}")
    # A literal such as 1e999 is infinite already, a whole number of 200 digits is not: both are refused here.
    if abs(value) > MAX_NUMBER:
        raise ValueError(f"A number in the formula is larger than {MAX_NUMBER:,.0f}. Use smaller ones.")


def _check_name(name: str, variable: str) -> None:
    if name == variable or name in CONSTANTS:
        return
    if name in FUNCTIONS:
        raise ValueError(
            f"{name} is a function and needs brackets: {name}({', '.join([variable] * FUNCTIONS[name][0])})."
        )
    advice = _suggest(name, [*CONSTANTS, *FUNCTIONS]) or f"The variable here is {variable}. {ALLOWED}"
    raise ValueError(f"The name '{name}' is unknown. {advice}")


def _check_call(node: ast.Call, variable: str) -> None:
    if isinstance(node.func, ast.Attribute) and node.func.attr in FUNCTIONS:
        raise ValueError(f"Write {node.func.attr}({variable}) alone, without '{_short(node.func.value)}.'.")
    if not isinstance(node.func, ast.Name) or node.func.id == variable or node.func.id in CONSTANTS:
        raise ValueError(f"'{_short(node.func)}(...)' is not a function. Write every multiplication with *.")
    name = node.func.id
    if name not in FUNCTIONS:
        raise ValueError(f"The function '{name}' is unknown. {_suggest(name, list(FUNCTIONS)) or ALLOWED}")
    if node.keywords or any(isinstance(a, ast.Starred) for a in node.args):
        raise ValueError(f"{name} takes plain arguments alone, without '=' or '*' before them.")
    wanted = FUNCTIONS[name][0]
    if len(node.args) != wanted:
        plural = "" if wanted == 1 else "s"
        raise ValueError(f"{name} takes {wanted} argument{plural}, got {len(node.args)}.")


def _check_power(exponent: np.ndarray) -> None:
    # Written so that a NaN is refused too.
    if not np.all(np.abs(exponent) <= MAX_POWER):
        raise ValueError(f"A power in the formula lies outside -{MAX_POWER} to {MAX_POWER}. Use a smaller one.")


def _uses_variable(node: ast.expr) -> bool:
    return any(
        isinstance(part, ast.Name) and part.id not in CONSTANTS and part.id not in FUNCTIONS for part in ast.walk(node)
    )


def _suggest(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name.lower(), known, n=1)
    return f"Did you mean {close[0]}?" if close else ""


def _short(node: ast.AST, width: int = 40) -> str:
    text = ast.unparse(node)
    return text if len(text) <= width else text[: width - 3] + "..."


def _evaluate(node: ast.expr, values: dict[str, np.ndarray]) -> np.ndarray:
    """Value of a checked tree. Every number becomes float64, so no step can grow beyond one array of x's shape."""
    match node:
        case ast.Constant(value=value):
            return np.float64(value)
        case ast.Name(id=name):
            return values[name] if name in values else np.float64(CONSTANTS[name])
        case ast.UnaryOp(op=op, operand=operand):
            return UNARY[type(op)](_evaluate(operand, values))
        case ast.BinOp(left=left, op=op, right=right):
            first, second = _evaluate(left, values), _evaluate(right, values)
            if isinstance(op, ast.Pow):
                _check_power(second)
                return np.power(first, second)
            return BINARY[type(op)](first, second)
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            chain = [_evaluate(part, values) for part in [left, *comparators]]
            held = [COMPARISONS[type(op)](a, b) for op, a, b in zip(ops, chain, chain[1:], strict=False)]
            return np.multiply.reduce(np.array(np.broadcast_arrays(*held), dtype=float), axis=0)
        case ast.Call(func=ast.Name(id=name), args=args):
            return FUNCTIONS[name][1](*(_evaluate(arg, values) for arg in args))
    raise AssertionError(f"unchecked node {type(node).__name__}")
