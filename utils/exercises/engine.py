"""What an exercise is, and how an answer is checked."""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

import numpy as np
import torch

from utils.exercises.comparing import difference, kind, same, shown
from utils.exercises.gradients import gradient_problems, gradients, watched
from utils.exercises.kinds import coarser, convert, outline
from utils.exercises.mistakes import jittered, recognise
from utils.exercises.networks import Refused
from utils.exercises.page_data import PageData
from utils.exercises.sandbox import Raised, Trial, run_limited, undisturbed_randomness
from utils.exercises.surroundings import AT_START
from utils.page.numbers import listed

NOT_ATTEMPTED, ERROR, NOT_YET, CORRECT = "not attempted", "error", "not yet", "correct"
# An answer that takes longer than its limit is still waited for this many times as long, to tell slow from endless.
PATIENCE = 2
REPLACE = "Replace `...` with your code"
STILL_LEFT = "One `...` is still left in your code"


def _load_optimisers() -> None:
    torch.optim.SGD([torch.zeros(1, requires_grad=True)])


def _load_transforms() -> None:
    torch.func.vmap(torch.func.grad(torch.sum))(torch.zeros(1))


# Name -> a call that lets PyTorch import what it keeps for the first use: seconds that are not an answer's.
LOADED_AT_FIRST_USE = {"optim": _load_optimisers, "func": _load_transforms, "vmap": _load_transforms}


class Case:
    """One input on which an answer is tried.

    Args:
        args: the positional arguments.
        label: what is special about it, in words ("a single point").
        below: cells below pass such inputs, and the question does not ask for them. An answer that fails here is right;
            for these inputs the reference stands in.
    """

    def __init__(self, *args: Any, label: str = "", below: bool = False) -> None:
        self.args = args
        self.label = label
        self.below = below


@dataclass(frozen=True)
class Feedback:
    """The verdict on an answer.

    Attributes:
        status: "not attempted", "error", "not yet" or "correct".
        message: what to know, in one or more sentences.
        printed: the beginning of what the student's code printed.
        instead: why cells below use the reference although the answer is right; mostly empty.
        mistake: which of the known mistakes it is, as `wrong_answers` names it; mostly empty.
    """

    status: str
    message: str
    printed: str = ""
    instead: str = ""
    mistake: str = ""


@dataclass(frozen=True)
class Exercise:
    """A task, its solution, and everything needed to judge an answer.

    A module of exercises holds for each one: the reference (its docstring has the shapes on a line of their own, and
    the notebook's stub the same docstring), a function that makes the cases, the known mistakes, and a call of
    `register(Exercise(...))`, in the order of the notebook. Cases contain every kind of input that the notebook passes:
    `tests/exercises/test_inputs.py` compares them with a run.

    Attributes:
        id: notebook number, dot, name: "02.relu_biases".
        reference: a function or class that solves it; its source is the solution shown.
        cases: returns fresh inputs at each call, smallest first.
        hints: each says more than the one before.
        wrong_answers: known mistakes; the key completes "This looks like ...".
        call: `call(candidate, *args)` -> the result to compare; `candidate(*args)` when None. It may raise `Refused`.
        compare: `compare(result, expected, *args)` -> None or a sentence, for tasks with many right answers.
        also: a function whose results are as right, where the question has two answers: the slope at a corner, which a
            finite difference takes from both of its sides.
        rtol: relative tolerance of the comparison.
        atol: absolute tolerance.
        tolerance: how wrong an answer may be, and why, in words.
        time_limit: seconds for all cases together.
        gradients: names of the parameters through which cells below differentiate.
        gradients_below: names of further ones; an answer without these gradients is right, and replaced below.
    """

    id: str
    reference: Callable[..., Any]
    cases: Callable[[], Sequence[Case]]
    hints: Sequence[str]
    wrong_answers: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    call: Callable[..., Any] | None = None
    compare: Callable[..., str | None] | None = None
    also: Callable[..., Any] | None = None
    rtol: float = 1e-5
    atol: float = 1e-6
    tolerance: str = ""
    time_limit: float = 5.0
    gradients: Sequence[str] = ()
    gradients_below: Sequence[str] = ()

    @property
    def parameters(self) -> list[str]:
        """The names of the reference's parameters, in order."""
        return list(inspect.signature(self.reference).parameters)

    @undisturbed_randomness()  # cases and reference draw numbers, too
    def check(self, candidate: Any) -> Feedback:
        """Judge an answer. Never raises, whatever the answer does.

        Args:
            candidate: the student's function or class.

        Returns:
            The feedback.
        """
        form = self._form_problem(candidate)
        if form is not None:
            return form
        # Before the clock starts: the reference also triggers whatever torch imports at first use, and an answer
        # that is stopped in the middle of an import would leave a broken module behind.
        with AT_START.of_their_own():
            for name in sorted(_mentioned(candidate) & LOADED_AT_FIRST_USE.keys()):
                LOADED_AT_FIRST_USE[name]()
            expected = [self.expected(case.args) for case in self.cases()]

            def judge(say: Callable[[int], None]) -> dict[str, Any]:
                with AT_START.of_their_own(), _bound_to_its_name(candidate):
                    return self._judge(candidate, expected, say)

            code = f"{self.id}\n{_source(candidate)}"
            with PageData(candidate).kept():
                trial = run_limited(judge, PATIENCE * self.time_limit, _filename(candidate), code)
        return self._feedback(candidate, trial)

    def solution(self) -> str:
        """The reference's source code.

        Returns:
            The text of its definition.
        """
        return textwrap.dedent(inspect.getsource(self.reference)).rstrip()

    def expected(self, args: Sequence[Any]) -> Expected:
        """What the reference gives.

        Args:
            args: of a case; they are used up.

        Returns:
            Its result, gradients, and the kinds of what it returned at each of its calls.
        """
        kinds: list[Any] = []

        def recorded(*given: Any, **named: Any) -> Any:
            result = self.reference(*given, **named)
            kinds.append(outline(result))
            return result

        reference = self.reference if inspect.isclass(self.reference) else recorded
        args, leaves = watched(args, self.places)
        result = self.run(reference, args)
        return Expected(result, gradients(result, leaves) if leaves else None, kinds)

    @property
    def places(self) -> list[int]:
        """Where the parameters stand through which gradients flow."""
        names = (*self.gradients, *self.gradients_below)
        return [self.parameters.index(name) for name in names] if self.call is None else []

    def run(self, candidate: Any, args: Sequence[Any]) -> Any:
        """What an answer gives for the arguments of a case.

        Args:
            candidate: a function or class.
            args: of a case.

        Returns:
            The result to compare.
        """
        if self.call is not None:
            return self.call(candidate, *args)
        with default_dtype_of(args):
            return candidate(*args)

    def apart(self, result: Any, expected: Any, args: Sequence[Any]) -> str | None:
        """How an answer's result differs from the right ones.

        Args:
            result: of the answer, in the reference's kind.
            expected: of the reference.
            args: of the case.

        Returns:
            A sentence, or None where it is right.
        """
        if self.compare is not None:
            return self.compare(result, expected, *args)
        words = difference(result, expected, self.rtol, self.atol)
        if words is None or self.also is None:
            return words
        return words if difference(result, self.also(*args), self.rtol, self.atol) is not None else None

    def _form_problem(self, candidate: Any) -> Feedback | None:
        wants_class = inspect.isclass(self.reference)
        if wants_class != inspect.isclass(candidate) or not callable(candidate):
            wanted = "a class" if wants_class else "a function"
            return Feedback(NOT_YET, f"This exercise asks for {wanted}, and got {kind(candidate)}.")
        if inspect.iscoroutinefunction(candidate):
            return Feedback(NOT_YET, "This exercise asks for an ordinary function: write `def`, not `async def`.")
        if wants_class:
            missing = [
                name
                for name, member in vars(self.reference).items()
                if inspect.isfunction(member) and not _defines(candidate, name)
            ]
            if missing:
                return Feedback(NOT_YET, f"Your class {candidate.__name__} does not define {listed(missing)}.")
            return None
        names = self.parameters
        try:
            signature = inspect.signature(candidate)
        except (TypeError, ValueError):
            return Feedback(NOT_YET, f"This exercise asks for a function written in Python, and got {kind(candidate)}.")
        if not _binds(signature, names):
            return Feedback(NOT_YET, f"Your function takes {signature}, it is called with ({', '.join(names)}).")
        return None

    def _judge(self, candidate: Any, expected: Sequence[Expected], say: Callable[[int], None]) -> dict[str, Any]:
        """Status, message and more, as plain data: this may be the end of a process."""
        verdict = self._compare_all(candidate, expected, say)
        replaced = AT_START.replaced()
        if verdict["status"] == CORRECT and replaced:
            words = (
                f"The result is right, but your code replaces `{replaced[0]}` for everybody. Use a name of your own."
            )
            verdict |= {"status": NOT_YET, "message": words}
        if verdict["status"] == NOT_YET and verdict.pop("may be known", False):
            name = None
            with suppress(Exception):  # a name is a help; the verdict stands without it
                name = self._known_mistake(candidate)
            if name is not None:
                verdict |= {"message": f"{verdict['message']} This looks like {name}.", "mistake": name}
        return verdict

    def _compare_all(self, candidate: Any, expected: Sequence[Expected], say: Callable[[int], None]) -> dict[str, Any]:
        instead = no_gradient = aside = ""

        def verdict(status: str, message: str, may_be_known: bool = False) -> dict[str, Any]:
            return {"status": status, "message": message, "may be known": may_be_known, "instead": instead}

        for number, (case, untouched, wanted) in enumerate(zip(self.cases(), self.cases(), expected, strict=True)):
            say(number)
            on = self._on(untouched)
            args, leaves = watched(case.args, self.places)
            answer = Answer(candidate, self, wanted.kinds)
            try:
                result = self.run(answer.function, args)
            except Refused as reason:
                return verdict(NOT_YET, f"{on}{reason}", True)
            except Exception:
                if not case.below:
                    raise
                aside = case.label
                continue
            finally:
                AT_START.restore_python()
            if case.below and self._problem(result, wanted, untouched.args, args)[0] is not None:
                aside = case.label
                continue
            if _holds_ellipsis(result):
                return verdict(NOT_ATTEMPTED, f"{REPLACE} and run the cell again.")
            if result is None and wanted.result is not None:
                if _source_has_ellipsis(candidate):
                    return verdict(NOT_ATTEMPTED, f"{REPLACE} and run the cell again.")
                return verdict(NOT_YET, f"{on}It returned None: is a `return` missing?")
            words, known = self._problem(result, wanted, untouched.args, args)
            if words is not None:
                words += _about_yield(candidate)
                return verdict(NOT_YET, f"{on}{words}", known)
            if wanted.gradients is not None:
                words, below = self._gradient_problem(result, wanted, untouched.args, leaves)
                no_gradient = no_gradient or (f"{on}{words}" if words else "")
                instead = instead or below
            if answer.coarse and self.call is None:
                instead = "It computes in float32, with 7 digits, and cells below need 16"
        # Only where all values are right: on a single input they may be so by chance.
        if no_gradient:
            return verdict(NOT_YET, no_gradient)
        return verdict(CORRECT, f" For {aside}, which was not asked, the reference solution is used." if aside else "")

    def _problem(
        self, result: Any, wanted: Expected, untouched: Sequence[Any], given: Sequence[Any]
    ) -> tuple[str | None, bool]:
        """What is wrong with a result, and whether a known mistake may explain it."""
        try:
            words = self.apart(result, wanted.result, untouched)
        except Exception:  # of the comparison, and not of the student's code: its lines are none of theirs
            words = f"It returned {kind(result)}, which cannot be compared with the expected result."
        if words is not None:
            return words, True
        if self.call is None:
            changed = self._changed_input(given, untouched)
            if changed is not None:
                return changed, False
        return None, False

    def _gradient_problem(
        self, result: Any, wanted: Expected, untouched: Sequence[Any], leaves: Sequence[torch.Tensor]
    ) -> tuple[str | None, str]:
        """What is wrong with the gradients of a right result, and which harmless ones are missing."""
        names = [self.parameters[place] for place in self.places if _is_float(untouched[place])]
        problems = gradient_problems(result, leaves, wanted.gradients or [], names)
        needed = next((problems[name] for name in self.gradients if name in problems), None)
        below = [name for name in self.gradients_below if name in problems]
        return (
            needed,
            f"Its gradient with respect to {below[0]} is another one, and cells below compare it" if below else "",
        )

    def _feedback(self, candidate: Any, trial: Trial) -> Feedback:
        on = self._on(self.cases()[trial.step]) if trial.step is not None else ""
        allowed = f"{self.time_limit:g} {'second is' if self.time_limit == 1 else 'seconds are'} allowed"
        if trial.interrupted:
            return Feedback(ERROR, "You interrupted the check. Run the cell again to repeat it.", trial.printed)
        if trial.never_returned:
            message = (
                "When this answer was last tried, a call in it never came back, and the session had to be ended. It "
                "was not tried again; run this cell once more to do so. Is there a sum of far too many numbers?"
            )
            return Feedback(ERROR, message)
        if trial.timed_out:
            message = (
                f"{on}It was still running after {trial.seconds:.0f} seconds and was stopped; {allowed}. "
                "Is there a loop that never ends?"
            )
            return Feedback(ERROR, message, trial.printed)
        if trial.ended:
            message = f"{on}It ended the whole process: does it call `exit`, or itself without end?"
            return Feedback(ERROR, message, trial.printed)
        if trial.raised is not None:
            return self._error_feedback(trial.raised, on, trial.printed)
        status, message, instead = (trial.value[key] for key in ("status", "message", "instead"))
        if status == CORRECT and trial.seconds > self.time_limit:
            message = (
                f"Your answer is right, but it took {trial.seconds:.1f} seconds for the tests; {allowed}, since "
                "cells below call it often. Is there a loop that one operation on whole arrays could replace?"
            )
            return Feedback(NOT_YET, message, trial.printed)
        if status == CORRECT:
            aside, message = message, "Your answer gives the expected result on every input that was tried. "
            message += (
                f"{instead}, so they use the reference solution." if instead else f"It is used from here on.{aside}"
            )
        mistake = trial.value.get("mistake", "")
        return Feedback(status, message, trial.printed, instead if status == CORRECT else "", mistake)

    def _error_feedback(self, raised: Raised, on: str, printed: str) -> Feedback:
        if raised.kind in ("TypeError", "AttributeError", "ValueError") and "ellipsis" in raised.words.lower():
            return Feedback(NOT_ATTEMPTED, f"{STILL_LEFT}: replace it and run the cell again.")
        line = f" on line {raised.line}, `{raised.text}`" if raised.line and raised.text else ""
        if raised.kind in ("StdinNotImplementedError", "EOFError"):
            message = f"{on}It calls `input()`{line}, and nobody can type during a check. Use the function's arguments."
            return Feedback(ERROR, message, printed)
        if "numpy() on Tensor that requires grad" in raised.words or "does not require grad" in raised.words:
            advice = " (Cells below learn through this function, so stay with PyTorch's functions.)"
        elif "bitwise_xor" in raised.words or "type(s) for ^" in raised.words:
            advice = " (A power is written with **, not with ^.)"
        else:
            advice = _ADVICE.get(raised.kind, "")
        return Feedback(ERROR, f"{on}It raised {raised.kind}{line}: {raised.words}{advice}", printed)

    def _known_mistake(self, candidate: Any) -> str | None:
        cases = [case.args for case in self.cases()]
        fresh = [jittered(args, seed) for seed in (1, 2) for args in cases] if self.call is None else []
        kinds: list[Any] = []
        calls = {name: functools.partial(self.run, mistake) for name, mistake in self.wrong_answers.items()}
        answer = Answer(candidate, self, kinds)
        return recognise(
            functools.partial(self.run, answer.function),
            functools.partial(self.run, self.reference),
            calls,
            [*cases, *fresh],
            self.atol,
            self.rtol,
        )

    def _changed_input(self, given: Sequence[Any], untouched: Sequence[Any]) -> str | None:
        for name, after, before in zip(self.parameters, given, untouched, strict=False):
            if not callable(before) and not same(after, before):
                return f"The result is right, but your function changes its input {name} in place. Work on a copy."
        return None

    def _on(self, case: Case) -> str:
        label = f" ({case.label})" if case.label else ""
        if self.call is not None:
            return f"On a test{label}: " if label else ""
        given = ", ".join(f"{name} = {shown(value)}" for name, value in zip(self.parameters, case.args, strict=False))
        return f"For {given}{label}: " if given else ""


@dataclass(frozen=True)
class Expected:
    """What the reference gave for a case.

    Attributes:
        result: to compare with.
        gradients: of the parameters that are followed, or None.
        kinds: an outline of what it returned at each of its calls.
    """

    result: Any
    gradients: list[torch.Tensor] | None
    kinds: list[Any]


class Answer:
    """A student's function as everybody calls it: by the reference's parameters, with results of the reference's kind.

    Args:
        candidate: the student's function or class.
        task: the exercise.
        kinds: what the reference returned at each call, as outlines.
    """

    def __init__(self, candidate: Any, task: Exercise, kinds: Sequence[Any]) -> None:
        self.candidate = candidate
        self.kinds = kinds
        self.coarse = False
        self.calls = 0
        self.function = candidate if inspect.isclass(candidate) else self._call
        self.by_name = not inspect.isclass(candidate) and not _takes_places(candidate, task.parameters)
        self.parameters = task.parameters

    def _call(self, *args: Any) -> Any:
        if self.by_name:
            result = self.candidate(**dict(zip(self.parameters, args, strict=True)))
        else:
            result = self.candidate(*args)
        if not self.kinds:
            return result
        like = self.kinds[min(self.calls, len(self.kinds) - 1)]
        self.calls += 1
        converted = convert(result, like)
        self.coarse |= coarser(result, like)
        return converted


@contextmanager
def default_dtype_of(args: Sequence[Any]) -> Iterator[None]:
    """Let new tensors have the precision of the arguments: `torch.zeros(n)` beside float64 is float64.

    Args:
        args: of a call.

    Yields:
        Nothing.
    """
    before = torch.get_default_dtype()
    arrays = [arg for arg in args if isinstance(arg, torch.Tensor)] or [a for a in args if isinstance(a, np.ndarray)]
    doubles = any(array.dtype in (torch.float64, np.float64) for array in arrays)
    if doubles == (before == torch.float64):
        yield
        return
    torch.set_default_dtype(torch.float64 if doubles else torch.float32)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


_ADVICE = {
    "RecursionError": " (Does your function call itself without end?)",
    "NameError": " (Was the cell that defines it run, and is it spelled so?)",
    "SystemExit": " (A function ends with `return`, not with exit.)",
}


@contextmanager
def _bound_to_its_name(candidate: Any) -> Iterator[None]:
    """Let the candidate's name mean the candidate while it is checked.

    From an earlier run of the cell that name may mean the reference, and an answer that calls itself would
    be right by borrowing it.
    """
    code = next(_functions(candidate), None)
    space = getattr(code, "__globals__", {})
    name = getattr(candidate, "__name__", "")
    absent = object()
    before = space.get(name, absent)
    space[name] = candidate
    try:
        yield
    finally:
        if before is absent:
            space.pop(name, None)
        else:
            space[name] = before


def _binds(signature: inspect.Signature, names: Sequence[str]) -> bool:
    try:
        signature.bind(*names)
    except TypeError:
        try:
            signature.bind(**dict.fromkeys(names))
        except TypeError:
            return False
    return True


def _takes_places(candidate: Any, names: Sequence[str]) -> bool:
    try:
        inspect.signature(candidate).bind(*names)
    except (TypeError, ValueError):
        return False
    return True


def _defines(candidate: type, name: str) -> bool:
    """Whether a class, or a base of it that knows better than `nn.Module` itself, has such a method."""
    plain = (object, torch.nn.Module)
    return any(name in vars(base) for base in candidate.__mro__ if base not in plain)


def _is_float(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.is_floating_point()


def _holds_ellipsis(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return any(_holds_ellipsis(item) for item in value)
    if isinstance(value, dict):
        return any(_holds_ellipsis(item) for item in value.values())
    return value is Ellipsis


def _about_yield(candidate: Any) -> str:
    yields = inspect.isgeneratorfunction(candidate)
    return " It uses `yield`, which makes a generator: is `return` meant?" if yields else ""


def _source(candidate: Any) -> str:
    try:
        return textwrap.dedent(inspect.getsource(candidate))
    except (OSError, TypeError):
        return ""


def _source_has_ellipsis(candidate: Any) -> bool:
    try:
        tree = ast.parse(_source(candidate))
    except SyntaxError:
        return False
    # `x[..., 0]` is an index, not a gap to fill.
    indices = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Subscript) for part in ast.walk(node.slice)}
    return any(
        isinstance(node, ast.Constant) and node.value is Ellipsis and id(node) not in indices for node in ast.walk(tree)
    )


def _mentioned(candidate: Any) -> set[str]:
    """The names that a candidate's code uses, inner functions included."""
    found, waiting = set(), [function.__code__ for function in _functions(candidate)]
    while waiting:
        code = waiting.pop()
        found.update(code.co_names)
        waiting += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return found


def _filename(candidate: Any) -> str:
    code = next(_functions(candidate), None)
    return code.__code__.co_filename if code else ""


def _functions(candidate: Any) -> Iterator[Any]:
    """The function itself, or the methods of a class: what is written in Python and by the student."""
    members = vars(candidate).values() if inspect.isclass(candidate) else [candidate]
    return (member for member in members if inspect.isfunction(member))
