"""What of a module tests can judge; the rest of it, `mutation` leaves alone."""

from __future__ import annotations

import ast
import re

# Whether 8 or 9 points, left or right, red or blue is better is for eyes to say, not for a test.
LOOKS = re.compile(
    "alpha|arrowprops|bbox|bbox_to_anchor|(left|right|top|bottom)|(w|h)space|(width|height)_ratios|figsize|"
    "gridspec_kw|(border|handle|label|column)?(axes)?(pad|spacing|length|textpad)|(edge|face|marker(edge|face))?colors?|c|"
    "cmap|(title_)?font(size|weight)|frameon|ha|va|rotation|interpolation|loc|ncols?|(line|markeredge|cap)?(width|size)s?|"
    "marker|markersize|s|(line|solid_cap)?style|textcoords|xycoords|xytext|visible|zorder"
)
LEFT_ALONE = ("wrong_answers", "cases")
SEEDED = {"manual_seed", "RandomState", "default_rng", "Random"}
SYMMETRIC = {"max", "min", "maximum", "minimum", "isclose", "allclose"}


def judgeable(source: str, room: str) -> str:
    """A module without what tests cannot judge; two sources of which this is the same need not be told apart.

    Left out are messages of errors, imports for annotations alone, wrong answers to exercises, and figures' looks.
    A wrong answer with one more mistake is a wrong answer, and one input of an exercise as good as another; whether
    there are enough of both is asked by test_mutants_of_references. One seed is as good as another, too.

    Args:
        source: of the module.
        room: the folder of `utils` in which it stands.

    Returns:
        A text to compare.
    """
    tree = ast.parse(source)
    for function in _wrong_answers_and_inputs(tree):
        function.body = [ast.Pass()]
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = [ast.Pass()]
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            node.exc.args = []
        elif isinstance(node, ast.keyword) and node.arg == "wrong_answers":
            node.value = ast.Constant(None)
        elif isinstance(node, ast.keyword) and node.arg == "seed":
            _make_numbers_alike(node.value)
        elif isinstance(node, ast.Call):
            _simplify_call(node)
        if room in {"plotting", "panels"}:
            _leave_out_looks(node)
    if room == "plotting":
        tree = _WithoutPlaces().visit(tree)
    return ast.dump(tree)


def _wrong_answers_and_inputs(tree: ast.Module) -> list[ast.FunctionDef | ast.ClassDef]:
    """The functions behind `wrong_answers` and `cases` of exercises, and those that nothing but these use."""
    defined = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    used = {node: _names(node) for node in tree.body}
    keywords = [node for node in ast.walk(tree) if isinstance(node, ast.keyword)]
    named = {word: set().union(*(_names(node) for node in keywords if node.arg == word)) for word in LEFT_ALONE}
    others = [_names(node.value) for node in keywords if node.arg not in LEFT_ALONE]
    found = {defined[name] for names in named.values() for name in names & {*defined} - set().union(*others)}
    while found:
        elsewhere = set().union(
            *(names - {getattr(node, "name", "")} for node, names in used.items() if node not in found)
        )
        more = {
            node for name, node in defined.items() if name not in elsewhere and node not in found and name[0] == "_"
        }
        if not more:
            break
        found |= more
    return [*found]


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _simplify_call(node: ast.Call) -> None:
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    if name.lower() == "case":
        node.args = node.keywords = []
    elif name == "zip":
        # `strict` is itself a check that nothing is wrong.
        node.keywords = []
    elif name in SEEDED:
        for part in node.args:
            _make_numbers_alike(part)
    elif name in SYMMETRIC:
        node.args.sort(key=ast.dump)
    elif name == "abs" and node.args and isinstance(node.args[0], ast.BinOp) and isinstance(node.args[0].op, ast.Sub):
        node.args = sorted((node.args[0].left, node.args[0].right), key=ast.dump)


def _make_numbers_alike(tree: ast.AST) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            node.value = 0


def _leave_out_looks(node: ast.AST) -> None:
    """A figure's colours, sizes and the like, and pairs and lists of plain numbers: a place, a frame, an outline."""
    if isinstance(node, ast.Call):
        node.keywords = [part for part in node.keywords if not LOOKS.fullmatch(part.arg or "")]
    elif isinstance(node, ast.Tuple | ast.List) and all(map(_is_number, node.elts)):
        for part in node.elts:
            _make_numbers_alike(part)


def _is_number(node: ast.AST) -> bool:
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


class _WithoutPlaces(ast.NodeTransformer):
    """Where drawing puts something, in fractions of the paper or in steps of the data, but not what it compares.

    Where things stand is seen: the stored pictures of the notebooks are compared wherever a notebook is run.
    """

    def visit_Compare(self, node: ast.Compare) -> ast.Compare:
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        return self.visit(node.operand) if _is_number(node) else self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant(0.0) if isinstance(node.value, float) else node
