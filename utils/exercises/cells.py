"""Exercise cells in a kernel: what cannot be run, and what they change for the cells below.

IPython tells of every cell before and after it runs, and lets its text and its syntax tree be changed before that. The
same holds in JupyterLab, VS Code and Colab. Here this serves four ends: a cell with a syntax error becomes a box that
quotes the line; an error in a definition, or in lines to try an answer, becomes a box as well; names, random numbers
and settings that a student's cell changes for everybody get their old values back; and each of these is told once.
"""

from __future__ import annotations

import ast
import asyncio
import random
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from types import ModuleType
from typing import Any

import numpy as np
import torch

from utils.exercises import boxes
from utils.exercises.engine import ERROR, Exercise, Feedback
from utils.exercises.notebooks import decorated, named
from utils.exercises.registry import by_name, get, ids
from utils.exercises.sandbox import Raised, describe_error, leave
from utils.exercises.surroundings import AT_START

# Under this name a changed cell finds the guard; names with an underscore are hidden from students.
GUARD = "_course_cells"
_LAST = "_course_last"
_ABSENT = object()
WAYS_OUT = ("exit", "quit")
# Functions of Python that cells call.
PYTHONS_NAMES = {
    *("abs", "all", "any", "bool", "dict", "enumerate", "filter", "float", "format", "getattr", "hasattr", "input"),
    *("int", "isinstance", "iter", "len", "list", "map", "max", "min", "next", "open", "pow", "print", "range", "repr"),
    *("reversed", "round", "set", "slice", "sorted", "str", "sum", "super", "tuple", "type", "vars", "zip"),
}
_CELL_MAGIC = re.compile(r"\A\s*%%(time|timeit|capture|prun)\b.*")


class CellGuard:
    """Stands around every cell of a kernel.

    Args:
        shell: the kernel's IPython shell.
        stand: makes what stands under an exercise's name: `stand(task, None)` is the reference.
    """

    # Whatever a cell raises becomes a box, but for what the reader's own interrupt raises in it.
    interrupts = (KeyboardInterrupt, asyncio.CancelledError)
    errors = BaseException

    def __init__(self, shell: Any, stand: Callable[[Exercise, Any], Any]) -> None:
        self.shell = shell
        self.stand = stand
        # Name -> what the course means by it: modules, its own functions, checked answers.
        self.course_names: dict[str, Any] = {}
        self.before_cell: dict[str, Any] | None = None
        self.random_states: tuple = ()
        self.streams: list[tuple] = []
        self.path = [*sys.path]
        # Name -> what the last check of its exercise lets stand under it.
        self.standing: dict[str, Any] = {}
        self.style: dict[str, Any] | None = None
        self.ways_out: dict[str, Any] = {}
        self.own_names: set[str] = set()
        self.restore_python = AT_START.restore_python

    # --- what IPython calls

    def before(self, info: Any = None) -> None:
        """Remember how things are.

        Args:
            info: of the cell that is to run.
        """
        self.shell.user_ns[GUARD] = self
        self.shell.user_ns_hidden[GUARD] = self
        self.before_cell = dict(self.shell.user_ns)
        # A magic such as `%%capture` runs a cell in a cell.
        self.streams.append((sys.stdout, sys.stderr))
        self.path = [*sys.path]
        self.random_states = random.getstate(), np.random.get_state(), torch.get_rng_state()
        matplotlib = sys.modules.get("matplotlib")
        self.style = dict.copy(matplotlib.rcParams) if matplotlib else None
        if named(_source(info)):
            # In a kernel they do not raise: they stop it, once the cell is done.
            self.ways_out = {name: self.shell.user_ns[name] for name in WAYS_OUT if name in self.shell.user_ns}
            self.shell.user_ns.update(dict.fromkeys(self.ways_out, leave))

    def after(self, result: Any = None) -> None:
        """Put back what must not change, and tell it.

        Args:
            result: of the cell that has run.
        """
        source = _source(getattr(result, "info", None))
        for name, value in self.ways_out.items():
            if self.shell.user_ns.get(name) is leave:
                self.shell.user_ns[name] = value
        self.ways_out = {}
        said = self._restore_streams() + AT_START.put_back()
        rebound = self._restore_course_names() + self._restore_pythons_names()
        if self.before_cell is not None and named(source):
            rebound += self._restore_data(source)
            self._restore_chance_and_style()
            self._stand_in_for_what_was_not_defined(source)
        if said:
            boxes.show_notice("Put back for the cells below", [f"Your code changed this for all: {'; '.join(said)}."])
        if rebound:
            boxes.show_put_back(rebound)
        self.before_cell = None

    def names_of_the_student(self) -> set[str]:
        """What their own cells have named so far, the running one included.

        Returns:
            Names.
        """
        before = self.before_cell if self.before_cell is not None else self.shell.user_ns
        return self.own_names | (self.shell.user_ns.keys() - before.keys())

    def readable(self, lines: list[str]) -> list[str]:
        """A cell's lines; of an exercise cell that Python cannot read, lines that show a box instead.

        Args:
            lines: as typed.

        Returns:
            As they are, or new ones.
        """
        source = "".join(lines)
        tasks = named_tasks(source)
        if not tasks:
            return lines
        problem = self._syntax_problem(source)
        if problem is None:
            return lines
        words, number, column, text = problem
        return [f"{GUARD}.unreadable({[task.id for task in tasks]!r}, {words!r}, {number}, {column}, {text!r})\n"]

    def unreadable(self, exercise_ids: Sequence[str], words: str, line: int, column: int, text: str) -> None:
        """Show where Python stopped reading, and let the references stand.

        Args:
            exercise_ids: of the cell.
            words: what Python says.
            line: counted within the cell.
            column: counted from 1.
            text: that line.
        """
        quoted = [text.rstrip(), " " * max(column - 1, 0) + "^"] if text.strip() else []
        for task in map(get, exercise_ids):
            message = f"Python cannot read line {line} of this cell: {words}."
            boxes.show_feedback(task, Feedback(ERROR, message), quoted)
            self.shell.user_ns[task.reference.__name__] = self.stand(task, None)

    def definition_failed(self, exercise_id: str, name: str, error: BaseException) -> None:
        """Show why a function or class could not be defined, and let the reference stand.

        Args:
            exercise_id: as the cell has it; it may be none of the course's.
            name: of the definition.
            error: what was raised.
        """
        task = get(exercise_id) if exercise_id in ids() else by_name(name)
        raised = self._described(error)
        if task is None:
            self.line_failed("the definition", error)
            return
        if isinstance(error, ValueError) and exercise_id != task.id:
            message = f'The line above the definition should be `@exercise("{task.id}")`.'
        else:
            message = f"It could not be defined: {_where(raised)} raised {raised.kind}: {raised.words}"
        boxes.show_feedback(task, Feedback(ERROR, message))
        self.shell.user_ns[task.reference.__name__] = self.stand(task, None)

    def line_failed(self, where: str, error: BaseException) -> None:
        """Show an error of a line around an answer; it does not stop the notebook.

        Args:
            where: "above your answer" or "below your answer".
            error: what was raised.
        """
        raised = self._described(error)
        if raised.kind == "StdinNotImplementedError":
            raised.words = "`input()` cannot ask here"
        message = f"{_where(raised)} raised {raised.kind}: {raised.words}"
        boxes.show_notice(f"An error {where}", [message, "The answer itself is not touched by it."])

    # --- the rest

    def _stand_in_for_what_was_not_defined(self, source: str) -> None:
        """A cell may end before its answer, give its name to something else, or be made something else by a magic."""
        space = self.shell.user_ns
        for task in named_tasks(source):
            name = task.reference.__name__
            if hasattr(space.get(name), "exercise_id"):
                continue
            if name in space and name in self.standing:
                space[name] = self.standing[name]
                boxes.show_put_back([name])
            else:
                boxes.show_feedback(task, Feedback(ERROR, f"This cell was run, and did not define `{name}`."))
                space[name] = self.stand(task, None)

    def _described(self, error: BaseException) -> Raised:
        frame = error.__traceback__
        return describe_error(error, frame.tb_frame.f_code.co_filename if frame else "")

    def _syntax_problem(self, source: str) -> tuple[str, int, int, str] | None:
        """What Python says, line, column, and the line's text; None where the cell can be read."""
        from IPython.core.inputtransformer2 import TransformerManager

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                # Magics and shell commands are turned into Python first, by a manager that does not call us again.
                # What a cell magic runs (`%%time`) is Python as well; its own line stays a line.
                code = TransformerManager().transform_cell(_CELL_MAGIC.sub("pass", source))
                ast.parse(code)  # its words are better than those of the shell, which may wait for more lines
                with self.shell.compile.extra_flags(ast.PyCF_ALLOW_TOP_LEVEL_AWAIT):
                    self.shell.compile(code, "<cell>", "exec")
        except SyntaxError as error:
            lines = source.splitlines() or [""]
            number = min(error.lineno or 1, len(lines))
            return str(error.msg), number, error.offset or 1, error.text or lines[number - 1]
        except (ValueError, OverflowError, MemoryError, RecursionError) as error:
            return str(error), 1, 1, ""
        return None

    def _restore_course_names(self) -> list[str]:
        space, rebound = self.shell.user_ns, []
        for name, value in self.course_names.items():
            current = space.get(name, _ABSENT)
            if current is not value and not _is_the_courses(current):
                space[name] = value
                rebound.append(name)
        first = not self.course_names
        for name, value in space.items():
            if not name.startswith("_") and _is_the_courses(value) and (first or not isinstance(value, ModuleType)):
                self.course_names[name] = value
        return rebound

    def _restore_streams(self) -> list[str]:
        """Without `sys.stdout` no further cell would run, and without `sys.path` no module be found."""
        said = []
        streams = self.streams.pop() if self.streams else (sys.stdout, sys.stderr)
        if (sys.stdout, sys.stderr) != streams:
            sys.stdout, sys.stderr = streams
            said.append("what is printed went elsewhere")
        if missing := [place for place in self.path if place not in sys.path]:
            sys.path[:] = self.path
            said.append(f"Python could no longer find modules in {len(missing)} of its folders")
        return said

    def _restore_pythons_names(self) -> list[str]:
        """`sum = 0` hides the function from every cell below, and so does `from numpy import *`."""
        space, before = self.shell.user_ns, self.before_cell
        if before is None:
            return []
        hiding = [name for name in space if name in PYTHONS_NAMES and space[name] is not before.get(name, _ABSENT)]
        for name in hiding:
            if name in before:
                space[name] = before[name]
            else:
                del space[name]
        return hiding

    def _restore_data(self, source: str) -> list[str]:
        """Give data that an exercise's cell has overwritten its old values; helpers of its own stay."""
        space, before, rebound = self.shell.user_ns, self.before_cell or {}, []
        used = _names_of_definitions(source)
        for name, value in before.items():
            current = space.get(name, _ABSENT)
            ours = name.startswith("_") or name in {"In", "Out"} or name in self.own_names or name in used
            if current is not value and not ours and not callable(current) and not callable(value):
                space[name] = value
                rebound.append(name)
        self.own_names |= space.keys() - before.keys()
        return rebound

    def _restore_chance_and_style(self) -> None:
        """Lines to try an answer shall not change what is drawn below."""
        random.setstate(self.random_states[0])
        np.random.set_state(self.random_states[1])
        torch.set_rng_state(self.random_states[2])
        matplotlib = sys.modules.get("matplotlib")
        if matplotlib and self.style:
            changed = {k: v for k, v in self.style.items() if dict.get(matplotlib.rcParams, k) != v and k != "backend"}
            dict.update(matplotlib.rcParams, changed)


class ErrorsInBoxes(ast.NodeTransformer):
    """Rewrites an exercise's cell so that an error in it becomes a box.

    The definition, the lines above it, and the lines below it are each tried; a last expression is shown as usual.
    """

    def visit_Module(self, tree: ast.Module) -> ast.Module:
        """Rewrite a cell.

        Args:
            tree: of the whole cell.

        Returns:
            The same tree, changed if it holds an exercise.
        """
        places = [number for number, node in enumerate(tree.body) if decorated(node) is not None]
        if not places:
            return tree
        body: list[ast.stmt] = []
        waiting: list[ast.stmt] = []
        for number, node in enumerate(tree.body):
            if number not in places:
                waiting.append(node)
                continue
            body += _tried(waiting, f"{GUARD}.line_failed('above your answer', _course_error)")
            waiting = []
            handler = f"{GUARD}.definition_failed({decorated(node)!r}, {node.name!r}, _course_error)"
            body += _tried([node], handler)
        handler = f"{GUARD}.line_failed('below your answer', _course_error)"
        if waiting and isinstance(waiting[-1], ast.Expr):
            last = ast.Assign([ast.Name(_LAST, ast.Store())], waiting[-1].value)
            ast.copy_location(last, waiting[-1])
            body += ast.parse(f"{_LAST} = None").body
            body += _tried([*waiting[:-1], last], handler)
            body += ast.parse(_LAST).body
        else:
            body += _tried(waiting, handler)
        tree.body = body
        return ast.fix_missing_locations(tree)


def watch_cells(stand: Callable[[Exercise, Any], Any]) -> CellGuard:
    """Let every cell of this kernel be guarded; a second call changes nothing.

    Args:
        stand: see `CellGuard`.

    Returns:
        The guard.
    """
    shell = sys.modules["IPython"].get_ipython()
    guard = shell.user_ns.get(GUARD)
    if guard is not None:
        return guard
    guard = CellGuard(shell, stand)
    shell.user_ns[GUARD] = shell.user_ns_hidden[GUARD] = guard
    # `%reset` empties the name space in the middle of a cell.
    shell.builtin_trap.auto_builtins[GUARD] = guard
    shell.events.register("pre_run_cell", guard.before)
    shell.events.register("post_run_cell", guard.after)
    shell.input_transformers_cleanup.append(guard.readable)
    shell.ast_transformers.append(ErrorsInBoxes())
    return guard


def named_tasks(source: str) -> list[Exercise]:
    """The exercises that a cell means, even where its `@exercise` line is damaged.

    Args:
        source: of a cell.

    Returns:
        Exercises, in order.
    """
    found = [name for name in named(source) if name in ids()]
    if not found and re.search(r"@\s*exercise\b", source):
        by_names = map(by_name, re.findall(r"^\s*(?:def|class)\s+(\w+)", source, re.MULTILINE))
        found = [task.id for task in by_names if task is not None]
    return [get(name) for name in dict.fromkeys(found)]


def _source(info: Any) -> str:
    """A cell as it was typed."""
    return str(getattr(info, "raw_cell", "") or "")


def _tried(statements: list[ast.stmt], handler: str) -> list[ast.stmt]:
    if not statements:
        return []
    # Python's own functions come back before anything is told: without `len` the shell itself would stop.
    (wrapped,) = ast.parse(
        "try:\n    pass\n"
        f"except {GUARD}.interrupts:\n    raise\n"
        f"except {GUARD}.errors as _course_error:\n    {GUARD}.restore_python()\n    {handler}\n"
        f"finally:\n    {GUARD}.restore_python()"
    ).body
    wrapped.body = statements
    return [wrapped]


def _where(raised: Raised) -> str:
    return f"line {raised.line}, `{raised.text}`," if raised.line and raised.text else "it"


def _is_the_courses(value: Any) -> bool:
    """Whether a value is a module, a thing of the course's own package, or a checked answer."""
    if isinstance(value, ModuleType):
        return True
    if hasattr(value, "exercise_id"):
        return True
    named_things = isinstance(value, type) or callable(value)
    return named_things and str(getattr(value, "__module__", "")).partition(".")[0] == "utils"


def _names_of_definitions(source: str) -> set[str]:
    """All names that the functions and classes of a cell mention: what an answer needs stays as its cell left it."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set()
    definitions: Iterable[ast.AST] = [
        node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
    ]
    return {part.id for node in definitions for part in ast.walk(node) if isinstance(part, ast.Name)}
