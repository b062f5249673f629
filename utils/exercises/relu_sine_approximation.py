"""Exercises of notebook 02: a function as an offset plus a weighted sum of ReLUs."""

from __future__ import annotations

import math

import torch

from utils.exercises.comparing import difference, kind, shown_apart
from utils.exercises.engine import Case, Exercise
from utils.exercises.registry import register


def _points(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def _sine(n_points: int) -> tuple[torch.Tensor, torch.Tensor]:
    x = torch.linspace(0, 2 * math.pi, n_points, dtype=torch.float64)
    return x, torch.sin(x)


def _uneven(n_points: int, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    # Gaps of at least a tenth, so that no slope is huge.
    return torch.cumsum(torch.rand(n_points, generator=generator, dtype=torch.float64) + 0.1, 0) - 2


# --- 1: where the ReLUs switch on ---------------------------------------------------------------------------------


def relu_biases(x_train):
    """Biases b of ReLUs relu(x + b) that switch on at all but the last x_train.

    x_train: (n + 1,) -> (n,)
    """
    b = -x_train[:-1]
    return b


def _biases_of_right_neighbours(x_train):
    return -x_train[1:]


def _biases_without_minus(x_train):
    return x_train[:-1]


def _biases_of_every_point(x_train):
    return -x_train


def _cases_relu_biases():
    return [
        Case(_points(0.5, 1.5), label="two points, one ReLU"),
        Case(_points(1.0, 2.0, 4.0), label="uneven spacing"),
        Case(_points(-3.0, -1.0, 0.5, 2.0), label="inputs on both sides of zero"),
        Case(_sine(10)[0], label="ten points"),
        Case(torch.tensor([0.5, 1.5, 2.5]), label="float32"),
    ]


register(
    Exercise(
        id="02.relu_biases",
        reference=relu_biases,
        cases=_cases_relu_biases,
        hints=(
            "relu(x + b) is zero as long as x + b is negative. For which x does that change?",
            "The change is at x = -b. So the ReLU that shall switch on at the point 1.5 needs b = -1.5.",
            "Every point but the last gets a ReLU: after the last point there is nothing left to bend. "
            "`x_train[:-1]` is everything but the last element.",
        ),
        wrong_answers={
            "the biases of each point's right neighbour": _biases_of_right_neighbours,
            "the biases with the opposite sign: relu(x + b) switches on at x = -b": _biases_without_minus,
            "one ReLU too many: the last point needs none": _biases_of_every_point,
            "the biases in reverse order": lambda x_train: -x_train.flip(0)[:-1],
            "ReLUs that switch on halfway between two points": lambda x_train: -(x_train[:-1] + x_train[1:]) / 2,
            "points without their sign": lambda x_train: -x_train[:-1].abs(),
            "one ReLU too few": lambda x_train: -x_train[:-2],
        },
        tolerance="1e-5 of the value: no arithmetic at all; answers in float32 are told and replaced below.",
    )
)


# --- 2: how steep the line is between two points ------------------------------------------------------------------


def segment_slopes(x_train, y_train):
    """Slope of the straight line between each point and the next.

    x_train, y_train: (n + 1,) -> (n,)
    """
    slopes = (y_train[1:] - y_train[:-1]) / (x_train[1:] - x_train[:-1])
    return slopes


def _rise_alone(x_train, y_train):
    return y_train[1:] - y_train[:-1]


def _run_over_rise(x_train, y_train):
    return (x_train[1:] - x_train[:-1]) / (y_train[1:] - y_train[:-1])


def _first_spacing_for_all(x_train, y_train):
    return (y_train[1:] - y_train[:-1]) / (x_train[1] - x_train[0])


def _backwards(x_train, y_train):
    return (y_train[:-1] - y_train[1:]) / (x_train[1:] - x_train[:-1])


def _from_the_first_point(x_train, y_train):
    return (y_train[1:] - y_train[0]) / (x_train[1:] - x_train[0])


def _cases_segment_slopes():
    uneven = _uneven(7, seed=1)
    return [
        Case(_points(0.0, 2.0), _points(1.0, 4.0), label="one segment"),
        Case(_points(0.0, 1.0, 3.0), _points(0.0, 2.0, 1.0), label="uneven spacing"),
        Case(_points(-1.0, 0.0, 2.0), _points(5.0, 5.5, 5.0), label="rising, then falling"),
        Case(*_sine(10), label="ten points of a sine"),
        Case(uneven, torch.cos(uneven), label="seven uneven points of a cosine"),
    ]


register(
    Exercise(
        id="02.segment_slopes",
        reference=segment_slopes,
        cases=_cases_segment_slopes,
        hints=(
            "A slope is the rise divided by the run, here once for each pair of neighbours.",
            "All rises at once: the targets without the first, minus the targets without the last.",
            "`y_train[1:] - y_train[:-1]` is the rise. Divide it by the same expression in `x_train`.",
        ),
        wrong_answers={
            "the rise alone, not yet divided by the run": _rise_alone,
            "the run divided by the rise": _run_over_rise,
            "the first spacing used for every segment; the points may be spaced unevenly": _first_spacing_for_all,
            "the slopes read from right to left in y, but from left to right in x": _backwards,
            "slopes from the first point to each other one": _from_the_first_point,
            "the mean spacing used for every segment": lambda x_train, y_train: y_train.diff() / x_train.diff().mean(),
            "values divided, not their differences": lambda x_train, y_train: y_train[1:] / x_train[1:],
            "slopes without their sign": lambda x_train, y_train: segment_slopes(x_train, y_train).abs(),
            "angles, not slopes": lambda x_train, y_train: torch.atan(segment_slopes(x_train, y_train)),
        },
        tolerance="1e-5 of the value: one division; answers in float32 are told and replaced below.",
    )
)


# --- 3: how much each ReLU bends the line -------------------------------------------------------------------------


def relu_weights(slopes):
    """Output weights of the ReLUs: the sum of the first i + 1 weights is slope i.

    slopes: (n,) -> (n,)
    """
    before = torch.cat([torch.zeros_like(slopes[:1]), slopes[:-1]])
    weights = slopes - before
    return weights


def _the_slopes_themselves(slopes):
    return slopes.clone()


def _change_to_the_next(slopes):
    return torch.cat([slopes[1:] - slopes[:-1], -slopes[-1:]])


def _bends_the_other_way(slopes):
    return torch.cat([slopes[:1], slopes[:-1] - slopes[1:]])


def _first_weight_zero(slopes):
    return torch.cat([torch.zeros_like(slopes[:1]), slopes[1:] - slopes[:-1]])


def _added_up(slopes):
    return torch.cumsum(slopes, 0)


def _wrapped_around(slopes):
    return slopes - slopes.roll(1)


def _cases_relu_weights():
    x, y = _sine(10)
    return [
        Case(_points(2.0), label="one ReLU"),
        Case(_points(1.0, 3.0), label="steeper after the second point"),
        Case(_points(1.0, 1.0, -2.0), label="no bend, then a sharp one"),
        Case(torch.diff(y) / torch.diff(x), label="nine slopes of a sine"),
        Case(_points(0.0, 0.0, 0.0), label="a constant"),
    ]


register(
    Exercise(
        id="02.relu_weights",
        reference=relu_weights,
        cases=_cases_relu_weights,
        hints=(
            "Between two points every ReLU that is already on adds its own weight to the slope.",
            "So a ReLU does not have to bring the slope of its segment. It has to bring what is missing: "
            "the new slope minus the slope so far.",
            "Left of the first point the slope is 0, so the first weight is the first slope. "
            "Build the slopes shifted by one, with a 0 in front, and subtract.",
        ),
        wrong_answers={
            "the slopes themselves; but the ReLUs before are still on and add theirs": _the_slopes_themselves,
            "the change towards the next slope, one place too early": _change_to_the_next,
            "every bend in the opposite direction": _bends_the_other_way,
            "the right changes, but without the first slope": _first_weight_zero,
            "the slopes added up; it is the differences that are wanted": _added_up,
            "a first weight that subtracts the last slope: at i = 0, `slopes[i - 1]` is the last one": _wrapped_around,
            "differences to the first slope, not to the one before": lambda slopes: torch.cat(
                [slopes[:1], slopes[1:] - slopes[0]]
            ),
            "bends without their sign": lambda slopes: torch.cat([slopes[:1], slopes.diff().abs()]),
            "one weight too few: the first slope is missing": lambda slopes: slopes.diff(),
        },
        tolerance="1e-5 of the value: one subtraction; answers in float32 are told and replaced below.",
    )
)


# --- 4: the network -----------------------------------------------------------------------------------------------


def relu_sum(x, biases, weights, offset):
    """offset + sum_i weights[i] relu(x + biases[i]) for every x.

    x: (m,); biases, weights: (n,); offset: a number -> (m,)
    """
    activations = torch.relu(x[:, None] + biases[None, :])
    y_hat = offset + activations @ weights
    return y_hat


def _without_offset(x, biases, weights, offset):
    return torch.relu(x[:, None] + biases[None, :]) @ weights


def _without_relu(x, biases, weights, offset):
    return offset + (x[:, None] + biases[None, :]) @ weights


def _relu_of_the_sum(x, biases, weights, offset):
    return torch.relu(offset + (x[:, None] + biases[None, :]) @ weights)


def _weights_inside(x, biases, weights, offset):
    return offset + torch.relu((x[:, None] + biases[None, :]) * weights[None, :]).sum(1)


def _minus_biases(x, biases, weights, offset):
    return offset + torch.relu(x[:, None] - biases[None, :]) @ weights


def _only_slopes_inside(x, biases, weights, offset):
    return offset + torch.relu(x[:, None] * weights[None, :] + biases[None, :]).sum(1)


def _offset_inside(x, biases, weights, offset):
    return torch.relu(x[:, None] + biases[None, :] + offset) @ weights


def _mean_over_relus(x, biases, weights, offset):
    return offset + (torch.relu(x[:, None] + biases[None, :]) * weights).mean(1)


def _cases_relu_sum():
    x, y = _sine(6)
    generator = torch.Generator().manual_seed(4)
    random = [torch.randn(n, generator=generator, dtype=torch.float64) for n in (5, 3, 3)]
    return [
        Case(_points(0.0, 1.0, 2.0), _points(-1.0), _points(2.0), _points(0.5)[0], label="one ReLU and an offset"),
        Case(_points(-1.0, 3.0), _points(0.0, -2.0), _points(1.0, -1.0), _points(0.0)[0], label="two ReLUs"),
        Case(x, -x[:-1], torch.linspace(1, -1, 5, dtype=torch.float64), y[0] + 2, label="five ReLUs, six inputs"),
        Case(*random, _points(-3.0)[0], label="random numbers"),
    ]


register(
    Exercise(
        id="02.relu_sum",
        reference=relu_sum,
        cases=_cases_relu_sum,
        hints=(
            "You need every input with every bias: a table with one row for each of the m inputs and one column "
            "for each of the n ReLUs.",
            "`x[:, None]` has the shape (m, 1), `biases` has (n,): their sum has (m, n).",
            "After torch.relu, a matrix product with `weights` sums over the ReLUs: (m, n) @ (n,) -> (m,). "
            "The offset is added last, outside of every ReLU.",
        ),
        wrong_answers={
            "the sum without the offset": _without_offset,
            "a sum of straight lines: the ReLU is missing": _without_relu,
            "one ReLU around the whole sum, where each of the n needs its own": _relu_of_the_sum,
            "the weights inside the ReLU, where a negative one turns it around": _weights_inside,
            "weights as slopes of the inputs, inside the ReLU: they belong behind it": _only_slopes_inside,
            "the biases subtracted instead of added": _minus_biases,
            "the offset inside of every ReLU": _offset_inside,
            "the mean over the ReLUs, not their sum": _mean_over_relus,
            "the offset added once for each ReLU": lambda x, biases, weights, offset: relu_sum(
                x, biases, weights, len(biases) * offset
            ),
            "one more ReLU around the sum: the output may be negative": lambda x, biases, weights, offset: torch.relu(
                relu_sum(x, biases, weights, offset)
            ),
            "biases multiplied with the inputs": lambda x, biases, weights, offset: (
                offset + torch.relu(x[:, None] * biases) @ weights
            ),
        },
        tolerance="1e-5 of the value: a sum of at most 512 products; answers in float32 are told and replaced below.",
    )
)


# --- 5: how many ReLUs are enough ---------------------------------------------------------------------------------


def relus_needed(length, curvature, tolerance):
    """Smallest n for which h^2 / 8 * curvature <= tolerance, with h = length / n.

    length, curvature, tolerance: numbers -> int
    """
    n = math.ceil(length * math.sqrt(curvature / (8 * tolerance)))
    return max(n, 1)


def _floor_plus_one(length, curvature, tolerance):
    return math.floor(length * math.sqrt(curvature / (8 * tolerance))) + 1


def _without_eight(length, curvature, tolerance):
    return max(math.ceil(length * math.sqrt(curvature / tolerance)), 1)


def _rounded_down(length, curvature, tolerance):
    return max(math.floor(length * math.sqrt(curvature / (8 * tolerance))), 1)


def _points_instead(length, curvature, tolerance):
    return max(math.ceil(length * math.sqrt(curvature / (8 * tolerance))), 1) + 1


def _without_root(length, curvature, tolerance):
    return max(math.ceil(length * curvature / (8 * tolerance)), 1)


def _without_length(length, curvature, tolerance):
    return max(math.ceil(math.sqrt(curvature / (8 * tolerance))), 1)


def _zero_for_a_line(length, curvature, tolerance):
    return math.ceil(length * math.sqrt(curvature / (8 * tolerance)))


def _cases_relus_needed():
    return [
        Case(1.0, 1.0, 0.1, label="a gentle curve"),
        Case(2 * math.pi, 1.0, 0.01, label="a sine, to one hundredth"),
        Case(2 * math.pi, 1.0, 1e-4, label="a sine, to a hundredth of that"),
        Case(4.0, 9.0, 0.03, label="sin(3x)"),
        Case(3.0, 0.0, 0.01, label="a straight line, which still needs one ReLU"),
        Case(2.0, 1.0, 0.125, label="exactly two pieces"),
        Case(4.0, 2.0, 0.25, label="exactly four pieces"),
    ]


register(
    Exercise(
        id="02.relus_needed",
        reference=relus_needed,
        cases=_cases_relus_needed,
        hints=(
            "Put h = length / n into the bound and solve for n.",
            "n^2 must be at least length^2 * curvature / (8 * tolerance). Take the root.",
            "A number of ReLUs is whole and must be large enough: round up, `math.ceil`. "
            "A straight line has curvature 0, and still needs one ReLU: `max(n, 1)`.",
        ),
        wrong_answers={
            "the number rounded down; then the bound is missed by a little": _rounded_down,
            "the number of training points, which is one more than the number of ReLUs": _points_instead,
            "the number without the square root": _without_root,
            "the number for an interval of length 1": _without_length,
            "no ReLU at all for a straight line": _zero_for_a_line,
            "one ReLU more where the bound is met exactly: round up, and a whole number stays": _floor_plus_one,
            "the number without the 8 of the bound": _without_eight,
            "the number rounded to the nearest; then the bound may be missed": lambda length, curvature, tolerance: max(
                round(length * math.sqrt(curvature / (8 * tolerance))), 1
            ),
            "the number of a bound h^2 / 2; here it is h^2 / 8": lambda length, curvature, tolerance: relus_needed(
                length, 4 * curvature, tolerance
            ),
            "the number of a bound h^2 / 4, which is the largest product before its factor 1/2": (
                lambda length, curvature, tolerance: relus_needed(length, 2 * curvature, tolerance)
            ),
            "the root itself: a number of ReLUs is whole": lambda length, curvature, tolerance: max(
                length * math.sqrt(curvature / (8 * tolerance)), 1
            ),
        },
        tolerance="none: the number is whole. A whole root is met exactly by the tests that have one.",
    )
)


# --- 6: the best output weights -----------------------------------------------------------------------------------


def solve_for_weights(x, y, biases):
    """Weights and offset with the smallest squared error.

    x, y: (m,); biases: (n,) -> weights (n,) and offset, a number
    """
    activations = torch.relu(x[:, None] + biases[None, :])
    columns = torch.cat([activations, torch.ones(len(x), 1, dtype=x.dtype)], dim=1)
    # The driver that is also right where two biases are equal or a ReLU is never on; the usual one is not.
    solution = torch.linalg.lstsq(columns, y[:, None], driver="gelsd").solution[:, 0]
    return solution[:-1], solution[-1]


def _solved_without_offset(x, y, biases):
    activations = torch.relu(x[:, None] + biases[None, :])
    solution = torch.linalg.lstsq(activations, y[:, None]).solution[:, 0]
    return solution, torch.zeros((), dtype=x.dtype)


def _offset_taken_from_the_front(x, y, biases):
    activations = torch.relu(x[:, None] + biases[None, :])
    columns = torch.cat([activations, torch.ones(len(x), 1, dtype=x.dtype)], dim=1)
    solution = torch.linalg.lstsq(columns, y[:, None]).solution[:, 0]
    return solution[1:], solution[0]


def _mean_then_weights(x, y, biases):
    activations = torch.relu(x[:, None] + biases[None, :])
    offset = y.mean()
    return torch.linalg.lstsq(activations, (y - offset)[:, None]).solution[:, 0], offset


def _cases_solve_for_weights():
    x, y = _sine(40)
    wide = torch.linspace(-2, 2, 30, dtype=torch.float64)
    return [
        Case(_points(0.0, 1.0, 2.0), _points(1.0, 1.0, 3.0), _points(-1.0), label="one ReLU, an exact fit"),
        Case(_points(0.0, 1.0, 2.0, 3.0), _points(0.0, 1.0, 0.0, 1.0), _points(0.0), label="no exact fit"),
        Case(x, y, -x[:-1:10], label="four ReLUs and a sine"),
        Case(wide, torch.exp(-(wide**2)) + 3, _points(2.0, 1.0, 0.0, -1.0), label="a bump that stands on 3"),
    ]


def _compare_networks(result, expected, x, y, biases):
    """Many solvers, last digits that differ: what counts is the network's output."""
    if not isinstance(result, tuple | list) or len(result) != 2:
        return "Return two things: the weights, and the offset."
    weights, offset = result
    if not isinstance(weights, torch.Tensor) or weights.shape != expected[0].shape:
        shape = tuple(expected[0].shape)
        return f"The weights are {kind(weights)}, expected was the shape {shape}: one for each ReLU."
    if not isinstance(offset, torch.Tensor | float | int) or torch.as_tensor(offset).numel() != 1:
        return "The offset must be one number."
    columns = torch.relu(x[:, None] + biases)
    ours = columns @ weights.detach().to(x.dtype) + torch.as_tensor(offset).detach().to(x.dtype).reshape(())
    if difference(ours, columns @ expected[0] + expected[1], rtol=1e-5, atol=1e-6) is None:
        return None
    # Rounded, since an exact fit leaves digits that no two runs share.
    mine, best = (
        round(float((out - y).square().mean().sqrt()), 6) for out in (ours, columns @ expected[0] + expected[1])
    )
    ours, theirs = shown_apart(mine, best)
    return f"Your network's root mean squared error is {ours}; with the same ReLUs {theirs} is possible."


register(
    Exercise(
        id="02.solve_for_weights",
        reference=solve_for_weights,
        cases=_cases_solve_for_weights,
        compare=_compare_networks,
        tolerance="1e-5 of the network's output: solvers differ in the weights' last digits, their fits do not.",
        hints=(
            "With the biases fixed, the output is linear in the weights and the offset. "
            "Linear regression has a direct solution, no training needed.",
            "Build the table of activations, (m, n), and give it one more column of ones: the offset is its weight.",
            "`torch.linalg.lstsq(columns, y[:, None], driver='gelsd').solution[:, 0]` holds the n weights, and last "
            "the offset. With this driver two ReLUs may also switch on at the same place.",
        ),
        wrong_answers={
            "the best weights without an offset": _solved_without_offset,
            "the right solution, with the offset taken from the wrong end": _offset_taken_from_the_front,
            "the mean taken as the offset before the weights are solved; solve for both at once": _mean_then_weights,
            "the first value taken as the offset": lambda x, y, biases: (solve_for_weights(x, y, biases)[0], y[0]),
            "the mean taken as the offset, beside the weights of the right solution": lambda x, y, biases: (
                solve_for_weights(x, y, biases)[0],
                y.mean(),
            ),
            "offset and weights exchanged: the weights come first": lambda x, y, biases: solve_for_weights(
                x, y, biases
            )[::-1],
        },
    )
)
