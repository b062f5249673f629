"""Recognises a known mistake by what it computes, on the exercise's own inputs and on fresh ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from utils.exercises.comparing import difference
from utils.exercises.kinds import convert
from utils.exercises.networks import Refused

# Two ways to compute the same mistake share this many digits; two mistakes do not.
RTOL, ATOL = 1e-3, 1e-5
# A result that moves by more than two hundredths when its input moves in the last digits of float32 is an accident of
# rounding: what a solver makes of a matrix that cannot be inverted.
NUDGE, ERRATIC = 3e-7, 2e-2


@dataclass(frozen=True)
class _Failure:
    """A call that gave no result."""

    kind: str
    words: str


def recognise(
    candidate: Callable[[tuple], Any],
    expected: Callable[[tuple], Any],
    mistakes: Mapping[str, Callable[[tuple], Any]],
    inputs: Sequence[tuple],
    atol: float = ATOL,
    rtol: float = RTOL,
) -> str | None:
    """The name of the mistake that gives the same results as an answer.

    Args:
        candidate: arguments -> the answer's result.
        expected: arguments -> the right one.
        mistakes: name -> arguments -> its result.
        inputs: arguments of several calls, each used with fresh copies.
        atol: absolute tolerance, where the results' size is 1.
        rtol: relative tolerance, where answers are asked for less exactly.

    Returns:
        A name; None where no mistake, or more than rounding, explains the results.
    """
    theirs = [_steady(candidate, args) for args in inputs]
    right = [_attempt(expected, args) for args in inputs]
    for name, mistake in mistakes.items():
        results = (_attempt(mistake, args) for args in inputs)  # most differ from the answer at the first input
        if _explained(theirs, results, right, max(atol, ATOL), max(rtol, RTOL)):
            return name
    return None


def jittered(args: Sequence[Any], seed: int) -> tuple:
    """Arguments like given ones, with other numbers: zeros, signs, masks and whole numbers stay.

    Args:
        args: of a call.
        seed: decides the numbers.

    Returns:
        New arguments.
    """
    rng = np.random.default_rng(seed)
    return tuple(_moved(arg, rng) for arg in args)


def _moved(arg: Any, rng: np.random.Generator) -> Any:
    if isinstance(arg, torch.Tensor):
        if not arg.is_floating_point() or not arg.numel():
            return arg.clone()
        moved = _moved(arg.detach().numpy().astype(float), rng)
        return torch.from_numpy(np.asarray(moved)).to(arg.dtype).reshape(arg.shape)
    if isinstance(arg, np.ndarray):
        if arg.dtype.kind != "f" or np.isin(arg, (-1.0, 0.0, 1.0)).all():
            return arg.copy()
        # What is in order stays so: one factor for a whole row of numbers.
        rising = arg.ndim == 1 and arg.size > 1 and bool((np.diff(arg) > 0).all())
        return arg * rng.uniform(0.85, 1.15, () if rising else arg.shape)
    if type(arg) is float and arg not in (-1.0, 0.0, 1.0):
        return arg * float(rng.uniform(0.85, 1.15))
    return arg


def _steady(call: Callable[[tuple], Any], args: tuple) -> Any:
    """A result that does not hang on the last digit of its input, or a failure."""
    result = _attempt(call, args)
    if isinstance(result, _Failure) or not any(isinstance(arg, torch.Tensor | np.ndarray) for arg in args):
        return result
    nudged = _attempt(call, tuple(_nudged(arg) for arg in args))
    steady = isinstance(nudged, _Failure) or difference(nudged, result, ERRATIC, ERRATIC * _size(result)) is None
    # At a threshold or at a bin's edge only whole numbers jump.
    return result if steady or not _is_smooth(result) else _Failure("erratic", "")


def _nudged(arg: Any) -> Any:
    floating = isinstance(arg, torch.Tensor) and arg.is_floating_point()
    return arg * (1 + NUDGE) if floating or (isinstance(arg, np.ndarray) and arg.dtype.kind == "f") else arg


def _is_smooth(result: Any) -> bool:
    return isinstance(result, torch.Tensor) and result.is_floating_point() and bool((result != result.round()).any())


def _attempt(call: Callable[[tuple], Any], args: tuple) -> Any:
    try:
        return call(tuple(_copied(arg) for arg in args))
    except Exception as error:
        return _Failure(type(error).__name__, str(error) if isinstance(error, Refused) else "")


def _copied(arg: Any) -> Any:
    if isinstance(arg, torch.Tensor):
        return arg.clone()
    return arg.copy() if isinstance(arg, np.ndarray) else arg


def _explained(theirs: Sequence[Any], mistakes: Iterable[Any], right: Sequence[Any], atol: float, rtol: float) -> bool:
    """Whether a mistake's results are the answer's wherever both have some, and differ from the right ones twice."""
    told = agreeing = failing = 0
    for one, other, wanted in zip(theirs, mistakes, right, strict=True):
        if isinstance(one, _Failure) or isinstance(other, _Failure):
            if isinstance(other, _Failure) and not isinstance(one, _Failure):
                return False
            failing += one != other
            told += one == other
            continue
        one = convert(one, other)
        if difference(one, other, rtol, atol * _size(other)) is not None:
            return False
        agreeing += 1
        told += difference(convert(other, wanted), wanted, rtol, atol * _size(wanted)) is not None
    return told >= 1 and failing <= max(agreeing, told) / 2


def _size(value: Any) -> float:
    """The largest finite number in a result, at least 1."""
    if isinstance(value, dict):
        return max((_size(item) for item in value.values()), default=1.0)
    if isinstance(value, tuple | list):
        return max((_size(item) for item in value), default=1.0)
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray):
        finite = np.abs(value[np.isfinite(value)]) if value.dtype.kind in "fiu" else np.zeros(0)
        return max(1.0, float(finite.max())) if finite.size else 1.0
    is_number = isinstance(value, int | float | np.number) and math.isfinite(value)
    return max(1.0, abs(float(value))) if is_number else 1.0
