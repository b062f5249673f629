"""What a student's code may change for everybody: default types, gradients, warnings, the libraries' own functions."""

from __future__ import annotations

import builtins
import math
import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import torch
from torch._tensor_str import PRINT_OPTS

_ABSENT = object()
# Bound here, so that what follows needs none of the functions that it puts back.
_PYTHON = vars(builtins)
# Kernels bind these themselves.
_OF_THE_KERNEL = {"display", "exit", "get_ipython", "help", "input", "quit"}
_WATCHED = {
    "torch": torch,
    "torch.nn": torch.nn,
    "torch.nn.functional": torch.nn.functional,
    "torch.linalg": torch.linalg,
    "torch.optim": torch.optim,
    "torch.Tensor": torch.Tensor,
    "numpy": np,
    "numpy.linalg": np.linalg,
    "numpy.random": np.random,
    "math": math,
    "random": random,
}
# A method of a layer serves every network.
_WATCHED |= {
    f"{place}.{name}": value
    for place in ("torch.nn", "torch.optim")
    for name, value in vars(_WATCHED[place]).items()
    if isinstance(value, type) and not name.startswith("_")
}


class Surroundings:
    """The state that the course's cells rely on, as it is when this is made."""

    def __init__(self) -> None:
        self.dtype = torch.get_default_dtype()
        self.numpy_errors = np.geterr()
        self.numpy_print = np.get_printoptions()
        self.torch_print = dict(vars(PRINT_OPTS))
        self.recursion = sys.getrecursionlimit()
        self.error_filters = [entry for entry in warnings.filters if entry[0] == "error"]
        self.names = {place: _functions(vars(owner)) for place, owner in _WATCHED.items()}
        self.python = {k: v for k, v in _PYTHON.items() if not k.startswith("_") and k not in _OF_THE_KERNEL}
        self.python_replaced: list[str] = []

    def restore_python(self) -> None:
        """Undo `builtins.len = ...` at once: without such functions nothing could even be told."""
        for name, value in self.python.items():
            if _PYTHON.get(name) is not value:
                _PYTHON[name] = value
                self.python_replaced.append(f"builtins.{name}")

    def put_back(self) -> list[str]:
        """Undo every change since.

        Returns:
            What was changed, each a sentence's beginning such as "`torch.relu` was replaced".
        """
        self.restore_python()
        said = [f"`{name}` was replaced" for name in self.python_replaced]
        self.python_replaced = []
        if torch.get_default_dtype() != self.dtype:
            said.append(f"the default dtype of PyTorch was {_name(torch.get_default_dtype())}")
            torch.set_default_dtype(self.dtype)
        if torch.get_default_device().type != "cpu":
            said.append(f"the default device of PyTorch was {torch.get_default_device()}")
            torch.set_default_device(None)
        if not torch.is_grad_enabled():
            said.append("gradients were switched off in PyTorch")
            torch.set_grad_enabled(True)
        if np.geterr() != self.numpy_errors:
            said.append("NumPy's treatment of floating point errors was changed")
            np.seterr(**self.numpy_errors)
        if np.get_printoptions() != self.numpy_print:
            said.append("NumPy's way of printing was changed")
            np.set_printoptions(**self.numpy_print)
        if vars(PRINT_OPTS) != self.torch_print:
            said.append("PyTorch's way of printing was changed")
            vars(PRINT_OPTS).update(self.torch_print)
        if sys.getrecursionlimit() < self.recursion:
            said.append("the depth of calls that Python allows was lowered")
            sys.setrecursionlimit(self.recursion)
        new = [entry for entry in warnings.filters if entry[0] == "error" and entry not in self.error_filters]
        if new:
            said.append("warnings were turned into errors")
            warnings.filters[:] = [entry for entry in warnings.filters if entry not in new]
            warnings.simplefilter("default", append=True)  # a call of theirs also renews what was cached
        said += [f"`{place}.{name}` was replaced" for place, name in self._restore_functions()]
        return said

    @contextmanager
    def of_their_own(self) -> Iterator[None]:
        """Run something in this state, and leave the present one as it is.

        Yields:
            Nothing.
        """
        dtype, grad, errors = torch.get_default_dtype(), torch.is_grad_enabled(), np.geterr()
        replaced = [(place, name, vars(_WATCHED[place]).get(name, _ABSENT)) for place, name in self._replaced()]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._restore_functions()
            torch.set_default_dtype(self.dtype)
            torch.set_grad_enabled(True)
            np.seterr(**self.numpy_errors)
            try:
                yield
            finally:
                torch.set_default_dtype(dtype)
                torch.set_grad_enabled(grad)
                np.seterr(**errors)
                for place, name, value in replaced:
                    _set(_WATCHED[place], name, value)

    def replaced(self) -> list[str]:
        """The libraries' functions that mean something else now.

        Returns:
            Such as "torch.relu".
        """
        return self.python_replaced + [f"{place}.{name}" for place, name in self._replaced()]

    def _replaced(self) -> list[tuple[str, str]]:
        found = []
        for place, known in self.names.items():
            present = vars(_WATCHED[place])
            for name, value in known.items():
                current = present.get(name, _ABSENT)
                if current is not value:
                    if _is_the_librarys(name, current):
                        known[name] = current
                    else:
                        found.append((place, name))
        own = self.names["torch.Tensor"]
        return found + [
            ("torch.Tensor", name)
            for name, value in vars(torch.Tensor).items()
            if name not in own and _public(name) and isinstance(value, FunctionType)
        ]

    def _restore_functions(self) -> list[tuple[str, str]]:
        replaced = self._replaced()
        for place, name in replaced:
            _set(_WATCHED[place], name, self.names[place].get(name, _ABSENT))
        return replaced


def _functions(names: Any) -> dict[str, Any]:
    return {k: v for k, v in names.items() if _public(k) and (callable(v) or isinstance(v, float))}


def _is_the_librarys(name: str, value: Any) -> bool:
    """Whether a library has wrapped a function of its own, as PyTorch does when it loads its compiler."""
    module = str(getattr(value, "__module__", ""))
    return getattr(value, "__name__", "") == name and module.partition(".")[0] in ("torch", "numpy")


def _public(name: str) -> bool:
    # The operators of a tensor are written with underscores.
    return not name.startswith("_") or name.endswith("__")


def _set(owner: ModuleType | type, name: str, value: Any) -> None:
    if value is not _ABSENT:
        setattr(owner, name, value)
    elif name in vars(owner):
        delattr(owner, name)


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


AT_START = Surroundings()
