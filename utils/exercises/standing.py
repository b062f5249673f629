"""What stands under an exercise's name once it was checked: the student's answer, or the reference in its place."""

from __future__ import annotations

import functools
import inspect
import io
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from typing import Any

import numpy as np
import torch
from torch import nn

from utils.exercises import boxes
from utils.exercises.cells import GUARD
from utils.exercises.comparing import kind
from utils.exercises.engine import Answer, Exercise, default_dtype_of
from utils.exercises.kinds import outline
from utils.exercises.page_data import PageData
from utils.exercises.sandbox import PRINTED_LIMIT
from utils.page.host import in_kernel

# How far from the reference's an accepted answer's numbers may lie on an input of a later cell, relative to the largest
# one: rounding grows with the data, and a mistake of method is larger.
LATER_TOLERANCE = 0.05
# Kinds of input for which an answer is compared with the reference; each costs one call of the latter.
COMPARED = 64
# Told of every call: (exercise's id, arguments, result). A test asks for them; see tests/exercises/test_inputs.py.
observers: list[Callable[[str, Sequence[Any], Any], None]] = []


class _Beginning(io.TextIOBase):
    """Passes on the beginning of what answers print in a cell: a `print` in a loop shall not bury the page."""

    def __init__(self) -> None:
        self.page: Any = None
        self.cell = self.passed = 0

    def on(self, page: Any) -> _Beginning:
        """This object, writing on a page.

        Args:
            page: where to write; what is this object already is meant by a call inside of a call.

        Returns:
            The same object.
        """
        if page is not self:
            cell = sys.modules["IPython"].get_ipython().execution_count if in_kernel() else self.cell + 1
            self.passed = self.passed if cell == self.cell else 0
            self.page, self.cell = page, cell
        return self

    def write(self, text: str) -> int:
        if self.passed <= PRINTED_LIMIT:
            more = len(text) > PRINTED_LIMIT - self.passed
            self.page.write(f"{text[: PRINTED_LIMIT - self.passed]}\n(Your answer prints more.)\n" if more else text)
            self.passed = PRINTED_LIMIT + 1 if more else self.passed + len(text)
        return len(text)

    def flush(self) -> None:
        if self.page is not None:
            self.page.flush()


_beginning = _Beginning()


def reference_function(task: Exercise) -> Callable[..., Any]:
    """The reference under the exercise's name.

    Args:
        task: the exercise.

    Returns:
        A function with `.hint()` and `.solution()`.
    """

    @functools.wraps(task.reference)
    def standing(*args: Any, **kwargs: Any) -> Any:
        args = _in_places(task, args, kwargs)
        result = task.reference(*args)
        _tell(task, args, result)
        return result

    return with_help(standing, task)


def answer_function(task: Exercise, chosen: Callable[..., Any]) -> Callable[..., Any]:
    """An accepted function under the exercise's name.

    It is called by the reference's parameters, whatever its own are called; its results get the kind of the
    reference's; and on the first input of each kind they are compared with it. Where it fails after all, the reference
    stands in, and a box says so once.

    Args:
        task: the exercise.
        chosen: the student's function.

    Returns:
        A function with `.hint()` and `.solution()`.
    """
    # Input's kind -> an outline of what the reference returns; None where it has to stand in.
    known: dict[Any, Any] = {}
    function = _page_of(chosen).around(chosen, boxes.show_put_back)
    usual = [] if task.call is None else task.expected(task.cases()[0].args).kinds
    told = False

    def stand_in(args: Sequence[Any], reason: str) -> Any:
        nonlocal told
        # First, since it may raise as well: then the input was the mistake, and not the answer.
        value = task.reference(*args)
        if not told:
            told = True
            boxes.show_stand_in(task, reason)
        return value

    def answered(args: Sequence[Any], like: Any) -> Any:
        dtype, grad = torch.get_default_dtype(), torch.is_grad_enabled()
        try:
            with default_dtype_of(args), redirect_stdout(_beginning.on(sys.stdout)):
                return Answer(function, task, [like] if like is not None else usual).function(*args)
        finally:
            # Of all that a function might change for everybody, these two would stop the cells below.
            torch.set_default_dtype(dtype)
            torch.set_grad_enabled(grad)

    @functools.wraps(task.reference)
    def standing(*args: Any, **kwargs: Any) -> Any:
        args = _in_places(task, args, kwargs)
        sort = _sort(args)
        try:
            if sort is None or (sort not in known and len(known) >= COMPARED):
                result = answered(args, next((like[0] for like in known.values() if like), None))
            elif sort in known:
                like = known[sort]
                result = task.reference(*args) if like is None else answered(args, like[0])
            else:
                expected = task.reference(*args)
                known[sort] = None
                result = answered(args, outline(expected))
                problem = later_problem(task, result, expected, args)
                if problem is None:
                    known[sort] = (outline(expected),)
                else:
                    result = stand_in(args, problem)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # `exit()` as well
            result = stand_in(args, f"raised {type(error).__name__}: {str(error).strip().partition(chr(10))[0]}")
        _tell(task, args, result)
        return result

    return with_help(standing, task)


def standing_class(task: Exercise, chosen: type) -> type:
    """An accepted class, or the reference's, under the exercise's name.

    Args:
        task: the exercise.
        chosen: the student's class, or the reference.

    Returns:
        A class with `.hint()` and `.solution()`.
    """
    if chosen is task.reference:
        # A subclass, so that the reference itself is not written to.
        same = {"__doc__": chosen.__doc__, "__module__": chosen.__module__, "__qualname__": chosen.__qualname__}
        return with_help(type(chosen)(chosen.__name__, (chosen,), same), task)
    page = _page_of(chosen)
    for name, member in [*vars(chosen).items()]:
        if inspect.isfunction(member):
            setattr(chosen, name, page.around(member, boxes.show_put_back))
    own_init, parameters = chosen.__init__, task.parameters

    @functools.wraps(own_init)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        if kwargs and set(kwargs) <= set(parameters) and type(self) is chosen:
            bound = inspect.signature(task.reference).bind(*args, **kwargs)
            args, kwargs = bound.args, {}
        own_init(self, *args, **kwargs)
        if type(self) is chosen and any(map(nn.parameter.is_lazy, self.parameters())):
            # A lazy layer learns its shape from its first input; an optimiser would come too early for that.
            with torch.no_grad():
                self(torch.zeros(1, args[0]))

    # The student's own class and no subclass: in `super(Name, self)` the name must go on meaning this very class.
    chosen.__init__ = init
    return with_help(chosen, task)


def with_help(standing: Any, task: Exercise) -> Any:
    """Give a function or class its `.hint()` and `.solution()`.

    Args:
        standing: the function or class; it is changed.
        task: the exercise.

    Returns:
        The same object.
    """
    wrap = staticmethod if inspect.isclass(standing) else lambda function: function
    standing.hint = wrap(functools.partial(boxes.show_next_hint, task))
    standing.solution = wrap(functools.partial(boxes.show_solution, task))
    standing.exercise_id = task.id
    return standing


def later_problem(task: Exercise, result: Any, expected: Any, args: Sequence[Any]) -> str | None:
    """What is wrong with an accepted answer's result on an input of a later cell.

    Args:
        task: the exercise.
        result: of the answer, in the reference's kind where that was possible.
        expected: of the reference.
        args: the input.

    Returns:
        The end of a sentence that begins with "it", or None.
    """
    if task.compare is not None and task.call is None:
        return None if task.compare(result, expected, *args) is None else "gave another result than the reference"
    problem = _apart(result, expected)
    if problem is not None and task.also is not None:
        return _apart(result, task.also(*args)) and problem
    return problem


def _apart(result: Any, expected: Any) -> str | None:
    if isinstance(expected, tuple | list | dict):
        theirs = list(expected.values()) if isinstance(expected, dict) else expected
        ours = list(result.values()) if isinstance(result, Mapping) else result
        if not isinstance(ours, tuple | list) or len(ours) != len(theirs):
            return f"returned {kind(result)}"
        return next(filter(None, map(_apart, ours, theirs)), None)
    if isinstance(expected, torch.Tensor):
        if not isinstance(result, torch.Tensor) or result.dtype != expected.dtype or result.shape != expected.shape:
            return f"returned {kind(result)}, where the reference returns {kind(expected)}"
        if expected.requires_grad and not result.requires_grad:
            return "returned a tensor that PyTorch cannot follow back"
        return _far(result.detach().cpu().numpy(), expected.detach().cpu().numpy())
    if isinstance(expected, np.ndarray):
        if not isinstance(result, np.ndarray) or result.dtype != expected.dtype or result.shape != expected.shape:
            return f"returned {kind(result)}, where the reference returns {kind(expected)}"
        return _far(result, expected)
    if isinstance(expected, bool | int | float | np.generic):
        if not isinstance(result, bool | int | float | np.generic):
            return f"returned {kind(result)}, where the reference returns {kind(expected)}"
        return _far(np.asarray(result), np.asarray(expected))
    return None


def _far(result: np.ndarray, expected: np.ndarray) -> str | None:
    if expected.dtype.kind not in "fiub" or not expected.size:
        return None
    if expected.dtype.kind != "f":
        # A class number at a bin's edge may fall to either side.
        return None if (result != expected).mean() <= LATER_TOLERANCE else "gave another result than the reference"
    finite = np.isfinite(expected)
    scale = np.abs(expected[finite]).max() if finite.any() else 0.0
    close = np.abs(result[finite] - expected[finite]) <= LATER_TOLERANCE * scale + 1e-6
    if close.all() and (finite | ~np.isfinite(result)).all():
        return None
    return "gave another result than the reference"


def _in_places(task: Exercise, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple:
    """All arguments by their places in the reference."""
    bound = _signature(task.reference).bind(*args, **kwargs)
    bound.apply_defaults()
    return bound.args


# A loop over time calls a function thousands of times.
_signature = functools.cache(inspect.signature)


def _sort(args: Sequence[Any]) -> tuple | None:
    """What kind of input this is; None where the reference must not be called with it (it would train the network)."""
    parts: list[Any] = [torch.is_grad_enabled()]
    for arg in args:
        if isinstance(arg, torch.Tensor):
            parts.append((arg.dtype, tuple(arg.shape), arg.requires_grad))
        elif isinstance(arg, np.ndarray):
            parts.append((arg.dtype.str, arg.shape))
        elif isinstance(arg, bool | int | float | str | np.generic):
            parts.append(type(arg))
        elif callable(arg) and not isinstance(arg, nn.Module):
            parts.append(callable)
        else:
            return None
    return tuple(parts)


def _page_of(chosen: Any) -> PageData:
    guard = sys.modules["IPython"].get_ipython().user_ns.get(GUARD) if in_kernel() else None
    return PageData(chosen, guard.names_of_the_student() if guard else frozenset())


def _tell(task: Exercise, args: Sequence[Any], result: Any) -> None:
    for observer in observers:
        observer(task.id, args, result)
