"""One-dimensional functions as an offset plus a weighted sum of ReLUs: placed by hand, solved, and measured."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from utils.datasets.formula import parse_formula

# Points at which an error is measured inside every segment between two neighbouring training points.
POINTS_PER_SEGMENT = 16
MOST_CHOICES = 200_000


class ReluSum(NamedTuple):
    """The network offset + sum_i weights[i] relu(x + biases[i]): ReLU i switches on at x = -biases[i].

    Attributes:
        biases: (n,) one for each ReLU.
        weights: (n,) from each ReLU to the output.
        offset: scalar, the output's own bias.
    """

    biases: Tensor
    weights: Tensor
    offset: Tensor

    def __call__(self, x: Tensor) -> Tensor:
        """Output of the network.

        Args:
            x: inputs, any shape.

        Returns:
            Tensor of x's shape.
        """
        return self.offset + torch.relu(x[..., None] + self.biases) @ self.weights


class Target(NamedTuple):
    """A function to approximate.

    Attributes:
        label: its formula, for a figure or a menu.
        function: a float64 array in, an array of the same shape out.
        curvature: max |f''|, infinite where f has a corner or a jump.
    """

    label: str
    function: Callable[[np.ndarray], np.ndarray]
    curvature: float


TARGETS = {
    "sine": Target("sin(x)", np.sin, 1.0),
    "Gaussian bump": Target("exp(-x²)", lambda x: np.exp(-np.square(x)), 2.0),
    "|x|": Target("|x|", np.abs, math.inf),
    "step": Target("step(x)", lambda x: np.where(x > 0, 1.0, 0.0), math.inf),
}
FORMULA = "your formula"


def target_function(name: str, formula: str = "") -> Callable[[np.ndarray], np.ndarray]:
    """The function behind a target's name.

    Args:
        name: a key of `TARGETS`, or "your formula".
        formula: what the student typed, in x; used with "your formula" alone.

    Returns:
        A callable: a float64 array in, an array of the same shape out.

    Raises:
        ValueError: there is no such target, or the formula cannot be read; the message says what to change.
    """
    if name == FORMULA:
        return parse_formula(formula)
    if name not in TARGETS:
        raise ValueError(f"name: got {name!r}, allowed is one of {', '.join([*TARGETS, FORMULA])}")
    return TARGETS[name].function


def hand_placed(x_train: Tensor, y_train: Tensor) -> ReluSum:
    """The sum of ReLUs that passes through every training point and is straight in between.

    Args:
        x_train: (n + 1,) training inputs, strictly increasing, n >= 1.
        y_train: (n + 1,) training targets.

    Returns:
        n ReLUs: one switches on at each training point but the last. Its weight is the change of slope there,
        and the offset is the first target.

    Raises:
        ValueError: shapes that differ, fewer than 2 points, values that are not finite, or inputs not increasing.
    """
    _check_points("x_train", x_train, "y_train", y_train)
    if bool((x_train.diff() <= 0).any()):
        raise ValueError("x_train: got values that do not increase, allowed are strictly increasing inputs")
    slopes = y_train.diff() / x_train.diff()
    return ReluSum(-x_train[:-1], slopes.diff(prepend=slopes.new_zeros(1)), y_train[0])


def solve_readout(x: Tensor, y: Tensor, biases: Tensor) -> ReluSum:
    """Keep the ReLUs where they are, and choose weights and offset with the smallest squared error.

    Args:
        x: (m,) inputs.
        y: (m,) targets.
        biases: (n,) ReLU i switches on at x = -biases[i].

    Returns:
        The best of all networks with these biases. Where several are equally good (two equal biases, a ReLU that
        is never on), the one with the smallest weights.

    Raises:
        ValueError: shapes that differ, fewer than 2 points, or values that are not finite.
    """
    _check_points("x", x, "y", y)
    if not isinstance(biases, Tensor) or biases.ndim != 1 or not bool(torch.isfinite(biases).all()):
        raise ValueError(f"biases: got {_kind(biases)}, allowed is a finite tensor of shape (n,)")
    columns = torch.cat([torch.relu(x[:, None] + biases), torch.ones_like(x)[:, None]], dim=1)
    # The pseudo-inverse, because equal biases leave the columns dependent, which lstsq forbids on some devices.
    solution = torch.linalg.pinv(columns) @ y
    return ReluSum(biases, solution[:-1], solution[-1])


def best_kinks(x: Tensor, y: Tensor, candidates: Tensor, n_relus: int) -> tuple[Tensor, float]:
    """The best places for a few ReLUs, by trying every choice of them.

    Args:
        x: (m,) inputs.
        y: (m,) targets.
        candidates: (k,) places where a ReLU may switch on, all different.
        n_relus: how many of them to choose; there are k! / (n! (k - n)!) choices, at most 200,000 are tried.

    Returns:
        The chosen places, (n_relus,), in the candidates' order, and the root mean squared error with solved weights.

    Raises:
        ValueError: shapes that differ, values that are not finite, or too many choices.
    """
    _check_points("x", x, "y", y)
    if not isinstance(candidates, Tensor) or candidates.ndim != 1 or not bool(torch.isfinite(candidates).all()):
        raise ValueError(f"candidates: got {_kind(candidates)}, allowed is a finite tensor of shape (k,)")
    if not 1 <= n_relus <= len(candidates) or math.comb(len(candidates), n_relus) > MOST_CHOICES:
        raise ValueError(
            f"n_relus: got {n_relus} of {len(candidates)} candidates, allowed is 1 to {len(candidates)} "
            f"with at most {MOST_CHOICES:,} choices"
        )
    columns = torch.cat([torch.relu(x[:, None] - candidates), torch.ones_like(x)[:, None]], dim=1)
    chosen = torch.combinations(torch.arange(len(candidates), device=x.device), n_relus)
    rows = torch.cat([chosen, torch.full_like(chosen[:, :1], len(candidates))], dim=1)
    # Every choice needs only a corner of the same small table of products. A ReLU that is never on would make a
    # corner singular; the tiny ridge keeps it solvable and changes no digit that is shown.
    gram = columns.T @ columns
    gram = gram + 1e-12 * gram.diagonal().max() * torch.eye(len(gram), dtype=x.dtype, device=x.device)
    corners = gram[rows[:, :, None], rows[:, None, :]]
    sides = (columns.T @ y)[rows]
    explained = (sides * torch.linalg.solve(corners, sides)).sum(1)
    places = candidates[chosen[explained.argmax()]]
    return places, rms(solve_readout(x, y, -places)(x) - y)


def interpolation_bound(spacing: float, curvature: float) -> float:
    """The largest error that a broken line through points of f can have between them: h^2 / 8 max |f''|.

    Args:
        spacing: h, the largest distance between neighbouring points, positive.
        curvature: max |f''|, at least 0.

    Returns:
        The bound, in the units of f.

    Raises:
        ValueError: a spacing that is not positive and finite, or a negative curvature.

    Source: de Boor, A Practical Guide to Splines, chapter III, https://doi.org/10.1007/978-1-4612-6333-3
    """
    if not (math.isfinite(spacing) and spacing > 0):
        raise ValueError(f"spacing: got {spacing!r}, allowed is a positive, finite number")
    if not curvature >= 0:
        raise ValueError(f"curvature: got {curvature!r}, allowed is a number of at least 0")
    return spacing**2 / 8 * curvature


def error_curve(
    function: Callable[[np.ndarray], np.ndarray], interval: tuple[float, float], n_relus: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Errors of hand-placed ReLUs through evenly spaced points, for several numbers of ReLUs.

    Args:
        function: the target, a float64 array in, an array of the same shape out.
        interval: (left, right), where the target is approximated.
        n_relus: numbers of ReLUs, each at least 1.

    Returns:
        Two float64 arrays of shape (len(n_relus),): largest absolute error and root mean squared error.

    Raises:
        ValueError: an empty interval, or a number of ReLUs that is no positive whole number.
    """
    left, right = (float(end) for end in interval)
    if not (math.isfinite(left) and math.isfinite(right) and left < right):
        raise ValueError(f"interval: got {interval!r}, allowed is (left, right) with left < right, both finite")
    if any(int(n) != n or n < 1 for n in n_relus):
        raise ValueError(f"n_relus: got {list(n_relus)!r}, allowed are whole numbers of at least 1")
    largest, roots = [], []
    for n in map(int, n_relus):
        # Every segment is measured alike, training points included.
        x = torch.linspace(left, right, n * POINTS_PER_SEGMENT + 1, dtype=torch.float64)
        y = torch.from_numpy(np.asarray(function(x.numpy()), dtype=np.float64))
        error = hand_placed(x[::POINTS_PER_SEGMENT], y[::POINTS_PER_SEGMENT])(x) - y
        largest.append(float(error.abs().max()))
        roots.append(rms(error))
    return np.array(largest), np.array(roots)


def power_law_slope(n: Sequence[float], error: Sequence[float]) -> float:
    """Slope of error against n on logarithmic axes: -2 where doubling n divides the error by four.

    Args:
        n: (k,) positive numbers, k >= 2.
        error: (k,) positive errors.

    Returns:
        The slope of the least-squares line through (log n, log error).

    Raises:
        ValueError: shapes that differ, fewer than 2 values, or values that are not positive.
    """
    size, height = np.asarray(n, dtype=float), np.asarray(error, dtype=float)
    if size.shape != height.shape or size.ndim != 1 or size.size < 2:
        raise ValueError(f"error: got shape {height.shape} beside n of {size.shape}, allowed are equal (k,), k >= 2")
    if not (np.all(size > 0) and np.all(height > 0)):
        raise ValueError("error: got n or errors that are not positive, which have no logarithm")
    return float(np.polyfit(np.log(size), np.log(height), 1)[0])


def rms(error: Tensor) -> float:
    """Root mean square of all elements.

    Args:
        error: differences, any shape with at least one element.

    Returns:
        The root of their mean square.

    Raises:
        ValueError: there is no element.
    """
    if error.numel() == 0:
        raise ValueError(f"error: got shape {tuple(error.shape)}, allowed is at least one element")
    return float(error.square().mean().sqrt())


def _check_points(x_name: str, x: Any, y_name: str, y: Any) -> None:
    for name, value in ((x_name, x), (y_name, y)):
        if not isinstance(value, Tensor) or value.ndim != 1 or not value.is_floating_point():
            raise ValueError(f"{name}: got {_kind(value)}, allowed is a floating-point tensor of shape (n,)")
        if not bool(torch.isfinite(value).all()):
            raise ValueError(f"{name}: got values that are not finite, allowed are finite numbers")
    if x.shape != y.shape or len(x) < 2:
        raise ValueError(
            f"{y_name}: got shape {tuple(y.shape)} beside {x_name} of shape {tuple(x.shape)}, "
            "allowed are equal shapes of at least 2 points"
        )


def _kind(value: Any) -> str:
    if isinstance(value, Tensor):
        return f"a {str(value.dtype).removeprefix('torch.')} tensor of shape {tuple(value.shape)}"
    return type(value).__name__
