"""What an answer writes outside of itself: the notebook's names, arrays and lists get their old values back."""

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
_CONTAINERS = (list, dict, set)
_HELD = (np.ndarray, torch.Tensor, *_CONTAINERS)
# How deep in each other containers are looked into: a list of lists of arrays.
_DEPTH = 3
# Through these a function reaches every name of the notebook, and of Python.
REACHES_ALL = {"globals", "exec", "eval", "get_ipython", "__main__", "builtins", "__builtins__"}


class PageData:
    """The names of the notebook that an answer may change, found in its code once.

    An answer that neither writes names nor reads arrays or lists of the notebook, as nearly all do, costs nothing.
    What the student's own cells have named is theirs to write: a counter, a cache.

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
        held = [name for name in sorted(self.read) if isinstance(self.space.get(name), _HELD)]
        contents = {name: _Content(self.space[name]) for name in held}
        try:
            yield changed
        finally:
            if self.reaches_all:
                AT_START.restore_python()
            for name, value in before.items():
                if self.space.get(name, _ABSENT) is not value:
                    self.space[name] = value
                    changed.append(name)
            changed += [name for name, content in contents.items() if content.put_back()]

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


class _Content:
    """What stands in an array or a container now, and in those that it holds."""

    def __init__(self, value: Any, depth: int = _DEPTH) -> None:
        self.value, self.parts = value, []
        self.copy = value.detach().clone() if isinstance(value, torch.Tensor) else value.copy()
        if isinstance(value, _CONTAINERS) and depth > 1:
            held = value.values() if isinstance(value, dict) else value
            self.parts = [_Content(part, depth - 1) for part in held if isinstance(part, _HELD)]

    def put_back(self) -> bool:
        """Write it where it stood; whether something else was there."""
        changed = self._differs()
        if changed:
            self._write()
        # Each of them, not only up to the first that has changed.
        return any([changed, *[part.put_back() for part in self.parts]])

    def _differs(self) -> bool:
        if isinstance(self.value, _CONTAINERS):
            return _identities(self.value) != _identities(self.copy)
        return not same(self.value, self.copy)

    def _write(self) -> None:
        if isinstance(self.value, torch.Tensor):
            with torch.no_grad():
                self.value.copy_(self.copy)
        elif isinstance(self.value, dict | set):
            self.value.clear()
            self.value.update(self.copy)
        elif isinstance(self.value, list):
            self.value[:] = self.copy
        else:
            self.value[...] = self.copy


def _identities(held: Any) -> Any:
    """By what things in a container are told apart, whether or not they can be compared."""
    if isinstance(held, dict):
        return [*map(id, held), *map(id, held.values())]
    return {*map(id, held)} if isinstance(held, set) else [*map(id, held)]
