"""What an exercise is, and how an answer is checked."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from utils.exercises.comparing import difference, kind, same, shown
from utils.exercises.registry import register as register
from utils.exercises.sandbox import Outcome, run_limited, undisturbed_randomness, where_it_failed

NOT_ATTEMPTED, ERROR, NOT_YET, CORRECT = "not attempted", "error", "not yet", "correct"


class Case:
    """One input on which an answer is tried.

    Args:
        args: the positional arguments.
        label: what is special about it, in words ("a single point").
    """

    def __init__(self, *args: Any, label: str = "") -> None:
        self.args = args
        self.label = label


@dataclass(frozen=True)
class Feedback:
    """The verdict on an answer.

    Attributes:
        status: "not attempted", "error", "not yet" or "correct".
        message: what to know, in one or more sentences.
        printed: the beginning of what the student's code printed.
    """

    status: str
    message: str
    printed: str = ""


@dataclass(frozen=True)
class Exercise:
    """A task, its solution, and everything needed to judge an answer.

    Attributes:
        id: notebook number, dot, name: "02.relu_biases".
        reference: a function or class that solves it; its source is the solution shown.
        cases: returns fresh inputs at each call, smallest first.
        hints: each says more than the one before.
        wrong_answers: known mistakes; the key completes "This looks like ...".
        call: `call(candidate, *args)` -> the result to compare; `candidate(*args)` when None.
        compare: `compare(result, expected, *args)` -> None or a sentence, for tasks with many right answers.
        rtol: relative tolerance of the comparison.
        atol: absolute tolerance.
        time_limit: seconds for all cases together.
    """

    id: str
    reference: Callable[..., Any]
    cases: Callable[[], Sequence[Case]]
    hints: Sequence[str]
    wrong_answers: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    call: Callable[..., Any] | None = None
    compare: Callable[..., str | None] | None = None
    rtol: float = 1e-5
    atol: float = 1e-6
    time_limit: float = 5.0

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
        with undisturbed_randomness():
            expected = [self._run(self.reference, case) for case in self.cases()]
        progress: dict[str, Any] = {}
        with _bound_to_its_name(candidate):
            outcome = run_limited(lambda: self._compare_all(candidate, expected, progress), self.time_limit)
        feedback = self._feedback(candidate, outcome, progress)
        if feedback.status == NOT_YET:
            name = self._known_mistake(candidate)
            if name is not None:
                return Feedback(NOT_YET, f"{feedback.message} This looks like {name}.", feedback.printed)
        return feedback

    def solution(self) -> str:
        """The reference's source code."""
        return textwrap.dedent(inspect.getsource(self.reference)).rstrip()

    def _form_problem(self, candidate: Any) -> Feedback | None:
        wants_class = inspect.isclass(self.reference)
        if wants_class != inspect.isclass(candidate) or not callable(candidate):
            wanted = "a class" if wants_class else "a function"
            return Feedback(NOT_YET, f"This exercise asks for {wanted}, and got {kind(candidate)}.")
        if wants_class:
            missing = [
                name
                for name, member in vars(self.reference).items()
                if inspect.isfunction(member) and not _defines(candidate, name)
            ]
            if missing:
                return Feedback(NOT_YET, f"Your class {candidate.__name__} does not define {_listed(missing)}.")
            return None
        try:
            wanted_names = list(inspect.signature(self.reference).parameters)
            inspect.signature(candidate).bind(*wanted_names)
        except TypeError:
            return Feedback(
                NOT_YET,
                f"Your function takes {inspect.signature(candidate)}, it is called with ({', '.join(wanted_names)}).",
            )
        except ValueError:
            return Feedback(NOT_YET, f"This exercise asks for a function written in Python, and got {kind(candidate)}.")
        return None

    def _run(self, candidate: Any, case: Case) -> Any:
        return candidate(*case.args) if self.call is None else self.call(candidate, *case.args)

    def _compare_all(self, candidate: Any, expected: list[Any], progress: dict[str, Any]) -> tuple[str, str]:
        """Status and message; `progress` tells the caller which case was under way if this does not return."""
        for case, untouched, wanted in zip(self.cases(), self.cases(), expected, strict=True):
            progress["case"] = untouched
            result = self._run(candidate, case)
            if _holds_ellipsis(result):
                return NOT_ATTEMPTED, "Replace the ... by your code and run the cell again."
            if result is None and wanted is not None:
                if _source_has_ellipsis(candidate):
                    return NOT_ATTEMPTED, "Replace the ... by your code and run the cell again."
                return NOT_YET, f"{self._on(untouched)}It returned None: is a `return` missing?"
            if self.compare is None:
                words = difference(result, wanted, self.rtol, self.atol)
            else:
                words = self.compare(result, wanted, *untouched.args)
            if words is None and self.call is None:
                words = self._changed_input(case, untouched)
            if words is not None:
                return NOT_YET, f"{self._on(untouched)}{words}"
        return CORRECT, "Your answer gives the expected result on every input that was tried. It is used from here on."

    def _feedback(self, candidate: Any, outcome: Outcome, progress: dict[str, Any]) -> Feedback:
        on = self._on(progress["case"]) if "case" in progress else ""
        if outcome.interrupted:
            return Feedback(ERROR, "You interrupted the check. Run the cell again to repeat it.", outcome.printed)
        if outcome.timed_out:
            seconds = f"{self.time_limit:g} seconds"
            message = f"{on}It was still running after {seconds} and was stopped: is there a loop that never ends?"
            return Feedback(ERROR, message, outcome.printed)
        if outcome.error is not None:
            return self._error_feedback(candidate, outcome, on)
        status, message = outcome.value
        return Feedback(status, message, outcome.printed)

    def _error_feedback(self, candidate: Any, outcome: Outcome, on: str) -> Feedback:
        error = outcome.error
        what = type(error).__name__
        words = _first_line(error)
        if isinstance(error, TypeError | AttributeError | ValueError) and "ellipsis" in words.lower():
            return Feedback(NOT_ATTEMPTED, "A ... is still standing in your code: replace it and run the cell again.")
        place = where_it_failed(error, _filename(candidate))
        line = f" on line {place[0]}, `{place[1]}`" if place else ""
        advice = _ADVICE.get(type(error), "")
        return Feedback(ERROR, f"{on}It raised {what}{line}: {words}{advice}", outcome.printed)

    def _known_mistake(self, candidate: Any) -> str | None:
        def results(answer: Any) -> list[Any]:
            found = []
            for case in self.cases():
                try:
                    found.append(self._run(answer, case))
                except Exception as error:
                    found.append(type(error).__name__)
            return found

        def search() -> str | None:
            theirs = results(candidate)
            for name, mistake in self.wrong_answers.items():
                if difference(theirs, results(mistake), self.rtol, self.atol) is None:
                    return name
            return None

        with _bound_to_its_name(candidate):
            return run_limited(search, self.time_limit).value

    def _changed_input(self, case: Case, untouched: Case) -> str | None:
        names = list(inspect.signature(self.reference).parameters)
        for name, after, before in zip(names, case.args, untouched.args, strict=False):
            comparable = not callable(before)
            if comparable and not same(after, before):
                return f"The result is right, but your function changes its input {name} in place. Work on a copy."
        return None

    def _on(self, case: Case) -> str:
        label = f" ({case.label})" if case.label else ""
        if self.call is not None:
            return f"On a test{label}: " if label else ""
        names = list(inspect.signature(self.reference).parameters)
        given = ", ".join(f"{name} = {shown(value)}" for name, value in zip(names, case.args, strict=False))
        return f"For {given}{label}: " if given else ""


_ADVICE = {
    RecursionError: " (Does your function call itself without end?)",
    NameError: " (Was the cell that defines it run, and is it spelled so?)",
    SystemExit: " (A function ends with `return`, not with exit.)",
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


def _defines(candidate: type, name: str) -> bool:
    return any(
        name in vars(base) for base in candidate.__mro__ if not base.__module__.startswith(("torch", "builtins"))
    )


def _holds_ellipsis(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return any(_holds_ellipsis(item) for item in value)
    if isinstance(value, dict):
        return any(_holds_ellipsis(item) for item in value.values())
    return value is Ellipsis


def _source_has_ellipsis(candidate: Any) -> bool:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(candidate)))
    except (OSError, TypeError, SyntaxError):
        return False
    # `x[..., 0]` is an index, not a gap to fill.
    indices = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Subscript) for part in ast.walk(node.slice)}
    return any(
        isinstance(node, ast.Constant) and node.value is Ellipsis and id(node) not in indices for node in ast.walk(tree)
    )


def _filename(candidate: Any) -> str:
    code = next(_functions(candidate), None)
    return code.__code__.co_filename if code else ""


def _functions(candidate: Any) -> Iterator[Any]:
    """The function itself, or the methods of a class: what is written in Python and by the student."""
    members = vars(candidate).values() if inspect.isclass(candidate) else [candidate]
    return (member for member in members if inspect.isfunction(member))


def _first_line(error: BaseException | None) -> str:
    try:
        lines = str(error).strip().splitlines()
    except Exception:  # a student's exception may have a broken __str__
        lines = []
    first = lines[0] if lines else "(no message)"
    return first if len(first) <= 240 else first[:237] + "..."


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
