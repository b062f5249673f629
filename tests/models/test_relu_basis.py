"""Sums of ReLUs placed by hand and solved by least squares, against theory."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from utils.models.relu_basis import (
    FORMULA,
    TARGETS,
    best_kinks,
    error_curve,
    hand_placed,
    interpolation_bound,
    power_law_slope,
    rms,
    solve_readout,
    target_function,
)

LENGTH = 2 * math.pi


def tensor(*values):
    return torch.tensor(values, dtype=torch.float64)


def line(n, left=0.0, right=LENGTH):
    return torch.linspace(left, right, n, dtype=torch.float64)


def test_published_exercise():
    x = line(10)
    network = hand_placed(x, torch.sin(x))
    assert len(network.weights) == len(network.biases) == 9
    assert network(line(1000)).shape == (1000,)
    torch.testing.assert_close(network(x), torch.sin(x), rtol=0, atol=1e-14)


points = st.lists(st.tuples(st.floats(0.05, 3), st.floats(-10, 10)), min_size=2, max_size=20)


@settings(max_examples=100, deadline=None)
@given(points, st.floats(-20, 20))
def test_by_hand_is_linear_interpolation(gaps_and_targets, start):
    gaps, targets = zip(*gaps_and_targets, strict=True)
    x = start + torch.cumsum(tensor(*gaps), 0)
    network = hand_placed(x, tensor(*targets))
    fine = line(101, float(x[0]), float(x[-1]))
    expected = np.interp(fine.numpy(), x.numpy(), np.array(targets))
    np.testing.assert_allclose(network(fine).numpy(), expected, rtol=0, atol=1e-9)


def test_outside_the_points_flat_on_the_left_and_straight_on_the_right():
    x = line(7)
    network = hand_placed(x, torch.cos(x))
    torch.testing.assert_close(network(tensor(-100.0, -1.0)), tensor(1.0, 1.0))
    right = network(LENGTH + tensor(1.0, 2.0, 102.0))
    assert torch.allclose(right[1] - right[0], network.weights.sum())
    assert torch.allclose(right[2] - right[0], 101 * network.weights.sum())


@pytest.mark.parametrize("shape", [(), (3,), (2, 5), (0,)])
def test_network_keeps_the_shape_of_x(shape):
    assert hand_placed(line(4), torch.sin(line(4)))(torch.zeros(shape, dtype=torch.float64)).shape == shape


@pytest.mark.parametrize("n", [1, 2, 5, 8, 33])
def test_error_stays_below_the_bound_for_a_sine(n):
    largest, _ = error_curve(np.sin, (0, LENGTH), [n])
    assert largest[0] <= interpolation_bound(LENGTH / n, 1.0)


@settings(max_examples=50, deadline=None)
@given(st.floats(0.2, 4), st.floats(0, 6), st.integers(1, 40))
def test_error_stays_below_the_bound(frequency, phase, n):
    largest, root = error_curve(lambda x: np.sin(frequency * x + phase), (-1, 4), [n])
    assert largest[0] <= interpolation_bound(5 / n, frequency**2) * (1 + 1e-9) + 1e-12
    assert root[0] <= largest[0] + 1e-15


def test_bound_is_sharp_for_a_parabola():
    largest, _ = error_curve(np.square, (-1, 3), [4, 7])
    np.testing.assert_allclose(largest, [interpolation_bound(4 / n, 2.0) for n in (4, 7)], rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "largest_slope", "rms_slope"),
    [("sine", -2, -2), ("Gaussian bump", -2, -2), ("|x|", -1, -1.5), ("step", 0, -0.5)],
)
def test_smoothness_sets_the_rate(name, largest_slope, rms_slope):
    # Odd numbers: no training point falls on the corner or the jump.
    n = [17, 33, 65, 129]
    largest, root = error_curve(TARGETS[name].function, (-math.pi, math.pi), n)
    assert power_law_slope(n, largest) == pytest.approx(largest_slope, abs=0.03)
    assert power_law_slope(n, root) == pytest.approx(rms_slope, abs=0.03)


def test_corner_on_a_training_point_costs_nothing():
    largest, _ = error_curve(TARGETS["|x|"].function, (-math.pi, math.pi), [2, 6])
    assert np.all(largest < 1e-14)


@pytest.mark.parametrize("name", [name for name in TARGETS if math.isfinite(TARGETS[name].curvature)])
def test_curvature_of_targets(name):
    # Two short ranges: around 0, where the bump bends most, and around pi / 2, where the sine does.
    x = np.concatenate([np.linspace(-0.01, 0.01, 201), np.pi / 2 + np.linspace(-0.01, 0.01, 201)])
    f, d = TARGETS[name].function, 1e-4
    second = (f(x - d) - 2 * f(x) + f(x + d)) / d**2
    assert np.abs(second).max() == pytest.approx(TARGETS[name].curvature, rel=1e-4)


@pytest.mark.parametrize("n", [2, 5, 16])
def test_solved_is_never_worse_than_by_hand(n):
    x = line(400)
    knots = line(n + 1)
    by_hand = hand_placed(knots, torch.sin(knots))
    solved = solve_readout(x, torch.sin(x), by_hand.biases)
    assert rms(solved(x) - torch.sin(x)) <= rms(by_hand(x) - torch.sin(x)) + 1e-12
    # At the minimum the residual is orthogonal to every column that the solution may use.
    residual = torch.sin(x) - solved(x)
    columns = torch.cat([torch.relu(x[:, None] + by_hand.biases), torch.ones(400, 1, dtype=x.dtype)], dim=1)
    assert torch.allclose(columns.T @ residual, torch.zeros(n + 1, dtype=x.dtype), atol=1e-8)


def test_solved_gains_the_root_of_six():
    # Interpolation leaves h^2 |f''| / sqrt(120), the best broken line h^2 |f''| / sqrt(720).
    x, knots = line(2561), line(65)
    by_hand = hand_placed(knots, torch.sin(knots))
    solved = solve_readout(x, torch.sin(x), by_hand.biases)
    ratio = rms(by_hand(x) - torch.sin(x)) / rms(solved(x) - torch.sin(x))
    assert ratio == pytest.approx(math.sqrt(6), rel=0.01)


def test_solved_survives_equal_and_silent_relus():
    x = line(50)
    twice = solve_readout(x, torch.sin(x), tensor(-1.0, -1.0, -3.0))
    once = solve_readout(x, torch.sin(x), tensor(-1.0, -3.0))
    torch.testing.assert_close(twice(x), once(x), rtol=0, atol=1e-9)
    assert twice.weights[0] == pytest.approx(twice.weights[1].item())
    silent = solve_readout(x, torch.sin(x), tensor(-1.0, -3.0, -100.0))
    torch.testing.assert_close(silent(x), once(x), rtol=0, atol=1e-9)


def test_best_kinks_are_the_best_of_all():
    x = line(80)
    candidates = torch.arange(0, 6.3, 0.7, dtype=torch.float64)
    found, error = best_kinks(x, torch.sin(x), candidates, 3)
    tried = {
        kinks: rms(solve_readout(x, torch.sin(x), -tensor(*kinks))(x) - torch.sin(x))
        for kinks in itertools.combinations(candidates.tolist(), 3)
    }
    assert tuple(found.tolist()) == min(tried, key=tried.get)
    assert error == pytest.approx(min(tried.values()), rel=1e-9)


def test_best_kinks_find_the_corner():
    x = line(81, -2, 2)
    found, error = best_kinks(x, x.abs(), tensor(-2, -1, 0, 1, 5), 2)
    assert found.tolist() == [-2, 0]
    assert error < 1e-6


@pytest.mark.parametrize(
    ("candidates", "n", "message"),
    [
        (tensor(1, 2), 0, "n_relus: got 0 of 2"),
        (tensor(1, 2), 3, "n_relus: got 3 of 2"),
        (line(100), 5, "at most 200,000"),
        (tensor(1, math.nan), 1, "candidates: got"),
        (tensor(1, 2)[None], 1, "candidates: got"),
    ],
)
def test_bad_candidates(candidates, n, message):
    with pytest.raises(ValueError, match=message):
        best_kinks(line(5), line(5), candidates, n)


@pytest.mark.parametrize("name", TARGETS)
def test_targets_are_finite_arrays(name):
    values = target_function(name)(np.linspace(-3, 3, 7))
    assert values.shape == (7,)
    assert np.isfinite(values).all()


def test_typed_target():
    np.testing.assert_allclose(target_function(FORMULA, "x**2")(np.array([1.0, 3.0])), [1, 9])
    with pytest.raises(ValueError, match=r"x\*\*2"):
        target_function(FORMULA, "x^2")
    with pytest.raises(ValueError, match="name: got 'cosine', allowed is one of sine"):
        target_function("cosine")


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (tensor(0, 1), tensor(0, 1, 2), "y_train: got shape"),
        (tensor(0), tensor(0), "at least 2 points"),
        (tensor(0, 1, 1), tensor(0, 1, 2), "do not increase"),
        (tensor(0, 2, 1), tensor(0, 1, 2), "do not increase"),
        (tensor(0, math.nan), tensor(0, 1), "x_train: got values that are not finite"),
        (tensor(0, 1), tensor(0, math.inf), "y_train: got values that are not finite"),
        (tensor(0, 1)[None], tensor(0, 1)[None], "x_train: got a float64 tensor of shape"),
        (torch.tensor([0, 1]), tensor(0, 1), "x_train: got a int64 tensor"),
        ([0.0, 1.0], tensor(0, 1), "x_train: got list"),
    ],
)
def test_bad_points(x, y, message):
    with pytest.raises(ValueError, match=message):
        hand_placed(x, y)


@pytest.mark.parametrize("biases", [tensor(math.nan), tensor(1.0)[None], [1.0]])
def test_bad_biases(biases):
    with pytest.raises(ValueError, match="biases: got"):
        solve_readout(line(5), line(5), biases)


def test_bad_numbers():
    for spacing in (0, -1, math.inf, math.nan):
        with pytest.raises(ValueError, match="spacing: got"):
            interpolation_bound(spacing, 1)
    for curvature in (-1, math.nan):
        with pytest.raises(ValueError, match="curvature: got"):
            interpolation_bound(1, curvature)
    for n in (0, -2, 1.5):
        with pytest.raises(ValueError, match="n_relus: got"):
            error_curve(np.sin, (0, 1), [n])
    for interval in ((1, 1), (2, 1), (0, math.inf), (math.nan, 1)):
        with pytest.raises(ValueError, match="interval: got"):
            error_curve(np.sin, interval, [2])
    with pytest.raises(ValueError, match="not positive"):
        power_law_slope([1, 2], [1, 0])
    with pytest.raises(ValueError, match="error: got shape"):
        power_law_slope([1, 2], [1, 2, 3])


def test_root_mean_square():
    assert rms(tensor(3, -4, 0, 0).reshape(2, 2)) == pytest.approx(2.5)
    with pytest.raises(ValueError, match="at least one element"):
        rms(tensor())


def test_slope_of_a_power_law():
    n = np.array([2, 4, 8, 16])
    assert power_law_slope(n, 3.0 * n**-1.5) == pytest.approx(-1.5)
