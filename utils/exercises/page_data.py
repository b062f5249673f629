"""What an answer writes outside of itself: the notebook's names and arrays get their old values back."""

from __future__ import annotations

import dis
import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, ModuleType
from typing import Any

import numpy as np
import torch

from utils.exercises.comparing import same
from utils.exercises.surroundings import AT_START

_ABSENT = object()
_ARRAYS = (np.ndarray, torch.Tensor)
# Through these a function reaches every name of the notebook, and of Python.
REACHES_ALL = {"globals", "exec", "eval", "get_ipython", "__main__", "builtins", "__builtins__"}


class PageData:
    """The names of the notebook that an answer may change, found in its code once.

    An answer that neither writes names nor reads arrays of the notebook, as nearly all do, costs nothing. What the
    student's own cells have named is theirs to write: a counter, a cache.

    Args:
        candidate: the student's function or class.
        own: names that the student's own cells have made.
    """

    def __init__(self, candidate: Any, own: set[str] | frozenset[str] = frozenset()) -> None:
        members = vars(candidate).values() if inspect.isclass(candidate) else [candidate]
        functions = [member for member in members if inspect.isfunction(member)]
        self.space: dict[str, Any] = functions[0].__globals__ if functions else {}
        self.own = frozenset(own)
        self.written, self.read, self.reaches_all = set(), set(), False
        for code in _codes([function.__code__ for function in functions]):
            steps = [*dis.get_instructions(code)]
            self.written |= {s.argval for s in steps if s.opname in ("STORE_GLOBAL", "DELETE_GLOBAL")} - self.own
            self.read |= {s.argval for s in steps if s.opname == "LOAD_GLOBAL" and self._is_data(s.argval)} - self.own
            self.reaches_all |= not REACHES_ALL.isdisjoint(code.co_names)

    @contextmanager
    def kept(self) -> Iterator[list[str]]:
        """Run something of the answer's, and put back what it changes on the page.

        Yields:
            A list that holds the changed names afterwards.
        """
        changed: list[str] = []
        names = [name for name in self.space if name not in self.own] if self.reaches_all else self.written
        before = {name: self.space[name] for name in names if name in self.space}
        arrays = {name: self.space[name] for name in self.read if isinstance(self.space.get(name), _ARRAYS)}
        copies = {name: _copy(array) for name, array in arrays.items()}
        try:
            yield changed
        finally:
            if self.reaches_all:
                AT_START.restore_python()
            for name, value in before.items():
                if self.space.get(name, _ABSENT) is not value:
                    self.space[name] = value
                    changed.append(name)
            for name, array in arrays.items():
                if not same(array, copies[name]):
                    _write(array, copies[name])
                    changed.append(name)

    def around(self, function: Callable[..., Any], tell: Callable[[list[str]], None]) -> Callable[..., Any]:
        """A function that leaves the page as it was.

        Args:
            function: of the answer.
            tell: is given the names that a call changed, where there are any.

        Returns:
            The same function where it can change nothing.
        """
        if not (self.written or self.reaches_all or self.read):
            return function

        @functools.wraps(function)
        def harmless(*args: Any, **kwargs: Any) -> Any:
            with self.kept() as changed:
                result = function(*args, **kwargs)
            if changed:
                tell(changed)
            return result

        return harmless

    def _is_data(self, name: str) -> bool:
        value = self.space.get(name, print)
        return not isinstance(value, ModuleType) and not callable(value)


def _codes(waiting: list[CodeType]) -> Iterator[CodeType]:
    """Code objects, and all that are defined in them."""
    while waiting:
        code = waiting.pop()
        yield code
        waiting += [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _copy(array: Any) -> Any:
    return array.copy() if isinstance(array, np.ndarray) else array.detach().clone()


def _write(array: Any, copy: Any) -> None:
    if isinstance(array, np.ndarray):
        array[...] = copy
    else:
        with torch.no_grad():
            array.copy_(copy)
