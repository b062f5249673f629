"""Inputs that an exercise's own cases do not hold: its cases with other numbers and other sizes.

A task's domain is kept where it can be read off a case: what is sorted stays sorted, signs stay signs, labels stay
labels, and sizes that belong together change together. What the reference itself refuses is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch

from utils.exercises.engine import Case, Exercise


def variations(task: Exercise, rng: np.random.Generator, each: int = 10) -> Iterator[Case]:
    """Cases near an exercise's own ones.

    Args:
        task: the exercise.
        rng: decides everything.
        each: how many of each case: in turn with other numbers, and with other sizes as well.

    Yields:
        Cases on which the reference gives a finite answer, and a good one where the exercise judges goodness.
    """
    cases = task.cases()
    domains = [_Domain([case.args[place] for case in cases]) for place in range(len(cases[0].args))]
    for case in cases:
        for number in range(each):
            args = resized(case.args, domains, rng) if number % 2 else case.args
            args = tuple(domain.jittered(arg, rng) for domain, arg in zip(domains, args, strict=True))
            if _answered(task, args):
                yield Case(*args, label=case.label)


class _Domain:
    """What an argument may be, as far as the values tell that it takes in all cases.

    Args:
        values: one for each case.
    """

    def __init__(self, values: Sequence[Any]) -> None:
        arrays = [np.asarray(value) for value in values if isinstance(value, torch.Tensor | np.ndarray)]
        elements = set(np.concatenate([array.ravel() for array in arrays]).tolist()) if arrays else set()
        self.levels = sorted(elements) if elements in ({0.0, 1.0}, {-1.0, 1.0}) else []
        numbers = elements or {value for value in values if isinstance(value, float)}
        self.may_be_negative = any(value < 0 for value in numbers)
        self.spread = float(np.std(list(numbers))) if numbers else 0.0
        axes = {(array.ndim, axis) for array in arrays for axis in range(array.ndim)}
        sizes = {(n, axis): {array.shape[axis] for array in arrays if array.ndim == n} for n, axis in axes}
        # An axis of one and the same size everywhere (sine and cosine, say) is part of the task.
        self.free_axes = {place for place, found in sizes.items() if len(found) > 1}

    def jittered(self, arg: Any, rng: np.random.Generator) -> Any:
        """A value of the same kind as a given one."""
        if isinstance(arg, torch.Tensor):
            return torch.as_tensor(self._jittered_array(arg.numpy(), rng)).to(arg.dtype).reshape(arg.shape)
        if isinstance(arg, np.ndarray):
            return self._jittered_array(arg, rng).astype(arg.dtype)
        if type(arg) is float:
            return float(self._moved(np.array(arg), rng))
        if type(arg) is int:
            # Mostly untouched: it may be a size, which `resized` changes together with what it belongs to.
            return max(1, arg + int(rng.choice([0, 0, 0, 1]))) if arg else 0
        return arg

    def _jittered_array(self, values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        if values.dtype.kind in "iub":
            levels = np.unique(values)
            return rng.choice(levels, values.shape) if len(levels) < values.size else rng.permutation(values.ravel())
        if self.levels:
            return rng.choice(self.levels, values.shape)
        moved = self._moved(values, rng)
        is_sorted = values.ndim == 1 and len(values) > 1 and bool((np.diff(values) > 0).all())
        return np.sort(moved) if is_sorted else moved

    def _moved(self, values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Numbers a quarter larger or smaller, and, where some may be negative, anywhere in their range."""
        moved = values * rng.uniform(0.8, 1.25, values.shape)
        return moved + self.spread * rng.normal(size=values.shape) if self.may_be_negative else moved


def _answered(task: Exercise, args: tuple) -> bool:
    try:
        # Warnings about empty means and the like: what comes of them is not finite.
        with np.errstate(all="ignore"):
            result, _ = result_of(task, task.reference, args)
        return _is_finite(result) and (task.compare is None or task.compare(result, result, *args) is None)
    except Exception:
        return False


def result_of(task: Exercise, answer: Any, args: tuple) -> tuple[Any, list]:
    """What an answer gives for copies of some arguments, and what it has made of these."""
    fresh = [
        arg.clone() if isinstance(arg, torch.Tensor) else arg.copy() if isinstance(arg, np.ndarray) else arg
        for arg in args
    ]
    return (answer(*fresh) if task.call is None else task.call(answer, *fresh)), fresh


def _is_finite(result: Any) -> bool:
    if isinstance(result, dict):
        return all(_is_finite(value) for value in result.values())
    if isinstance(result, tuple | list):
        return all(_is_finite(value) for value in result)
    if isinstance(result, torch.Tensor):
        return bool(torch.isfinite(result).all())
    return not isinstance(result, float | np.ndarray | np.number) or bool(np.isfinite(result).all())


def resized(args: tuple, domains: Sequence[_Domain], rng: np.random.Generator) -> tuple:
    """Change one size wherever it stands: in the shapes of arrays, and among whole numbers.

    Args:
        args: a case's arguments.
        domains: what each may be.
        rng: decides which size, by how much, and which elements go or come twice.

    Returns:
        The new arguments.
    """
    arrays = [(arg, d) for arg, d in zip(args, domains, strict=True) if isinstance(arg, torch.Tensor | np.ndarray)]
    sizes = sorted({arg.shape[axis] for arg, domain in arrays for n, axis in domain.free_axes if n == arg.ndim})
    if not sizes:
        return args
    old = int(rng.choice(sizes))
    new = max(1, old + int(rng.choice([-1, 1, 2])))
    index = np.sort(rng.choice(old, new, replace=new > old)) if old else np.zeros(0, dtype=int)

    def fitted(arg: Any, domain: _Domain) -> Any:
        if type(arg) is int:
            return new if arg == old else arg
        for n, axis in domain.free_axes if isinstance(arg, torch.Tensor | np.ndarray) else ():
            if n == arg.ndim and arg.shape[axis] == old:
                arg = arg[(slice(None),) * axis + (index,)]
        return arg

    return tuple(fitted(arg, domain) for arg, domain in zip(args, domains, strict=True))
