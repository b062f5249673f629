"""The figures of notebook 02 show the numbers they are given, are legible, and say what they show."""

import math

import numpy as np
import pytest
import torch
from figure_tools import assert_legible, shown_words

from utils.models.relu_basis import ReluSum, hand_placed
from utils.page import words_of
from utils.plotting import relu_sine_approximation as plots
from utils.plotting.style import with_minus

LENGTH = 2 * math.pi
X = torch.linspace(0, LENGTH, 200, dtype=torch.float64)


def sine_network(points=10) -> tuple[torch.Tensor, ReluSum]:
    x = torch.linspace(0, LENGTH, points, dtype=torch.float64)
    return x, hand_placed(x, torch.sin(x))


def ramps(network):
    return torch.relu(X[:, None] + network.biases)


def legible(figure):
    assert_legible(figure)
    assert len(words_of(figure)) > 40
    return figure


@pytest.mark.parametrize("points", [2, 10])
def test_points(points):
    x, _ = sine_network(points)
    fig = legible(plots.plot_points(X, torch.sin(X), x, torch.sin(x)))
    title = {2: "2 points, 1 straight piece", 10: "10 points, 9 straight pieces"}[points]
    assert {title, "3π/2", "2π"} <= shown_words(fig)
    np.testing.assert_allclose(fig.axes[0].lines[2].get_xydata(), np.column_stack([x, torch.sin(x)]))
    assert f"{points} points on it" in words_of(fig)


@pytest.mark.parametrize("points", [2, 4, 10, 13])
def test_network_names_its_own_numbers(points):
    x, _ = sine_network(points)
    network = hand_placed(x, torch.sin(x + 1) + 1)
    fig = legible(plots.plot_network(*network))
    shown = shown_words(fig)
    for bias, weight in zip(network.biases.tolist(), network.weights.tolist(), strict=True):
        assert with_minus(f"{round(bias, 2) + 0:.2f}") in shown
        assert with_minus(f"{round(weight, 2) + 0:+.2f}") in shown
    assert with_minus(f"offset {network.offset.item():.2f}") in shown
    assert not shown & {"-0.00", with_minus("-0.00")}
    signs = "".join("+" if weight >= 0 else "-" for weight in network.weights)
    assert words_of(fig).endswith(signs)


def test_bases_weighted_bases_and_running_sum():
    x, network = sine_network()
    fig = legible(plots.plot_bases(X, ramps(network), network.weights, network.offset, x, torch.sin(x)))
    first, second, third = fig.axes
    assert min(line.get_ydata().min() for line in first.lines[:9]) >= 0
    assert min(line.get_ydata().min() for line in second.lines[:9]) < -1
    np.testing.assert_allclose(third.lines[9].get_ydata(), network(X), atol=1e-12)
    # A running sum is drawn from its newest kink on: left of it, it is the one before.
    running = (ramps(network) * network.weights)[:, :3].sum(1)
    np.testing.assert_allclose(third.lines[2].get_ydata(), running[x[2] <= X], atol=1e-12)
    assert "5 rising and 4 falling" in words_of(fig)
    assert "passes through the training points" in words_of(fig)
    off = plots.plot_bases(X, ramps(network), network.weights, network.offset + 1, x, torch.sin(x))
    assert "misses by up to 1.00" in words_of(off)


def test_offset():
    x, _ = sine_network()
    network = hand_placed(x, torch.cos(x))
    fig = legible(plots.plot_offset(X, torch.cos(X), network(X) - network.offset, network(X), x, torch.cos(x)))
    left, right = (ax.lines[1].get_ydata() for ax in fig.axes)
    np.testing.assert_allclose(right - left, 1)
    assert "by up to 1.00, with the offset by up to 0.00" in words_of(fig)


def test_error_names_what_is_enough():
    fig = legible(plots.plot_error([2, 4, 8, 512], [1, 0.2, 0.06, 1e-5], [1.2, 0.3, 0.075, 2e-5], {0.1: (8, 7)}))
    assert "0.1: 7 ReLUs (bound: 8)" in shown_words(fig)
    assert "never above the bound. ReLUs that are enough: 7 (bound: 8) for 0.1." in words_of(fig)
    same = plots.plot_error([2, 4, 8, 512], [1.3, 0.2, 0.06, 1e-5], [1.2, 0.3, 0.075, 2e-5], {0.1: (7, 7)})
    assert "0.1: 7 ReLUs" in shown_words(same)
    assert "at times above the bound" in words_of(same)


def test_rates_name_their_slopes_beside_the_lines():
    rows = {name: ([1, 0.5, 0.2 / k], -0.001, [1, 0.4, 0.1], -2.0) for k, name in enumerate(("sin(x)", "|x|", "e"), 1)}
    fig = legible(plots.plot_rates([2, 4, 8], rows))
    assert {"sin(x): 0.00", with_minus("|x|: -2.00")} <= shown_words(fig)
    assert "sin(x) 0.00 and -2.00, |x| 0.00 and -2.00" in words_of(fig)


def test_methods_show_every_seed():
    seeds = np.array([[0.3, 0.1], [0.2, 0.04], [0.9, 0.02]])
    fig = legible(
        plots.plot_methods([4, 8], [0.2, 0.05], [0.1, 0.02], [0.09, 0.01], {"a": seeds, "b": seeds, "c": seeds})
    )
    right = fig.axes[1]
    assert right.get_title(loc="left") == "3 seeds each: median, range"
    medians = next(line for line in right.lines if line.get_label() == "b")
    np.testing.assert_allclose(medians.get_ydata(), [0.3, 0.04])
    assert sum(line.get_marker() == "." for line in right.lines) == 9
    assert "by hand from 0.2 to 0.05; solved from 0.1 to 0.02; a from ~0.30 to ~0.040" in words_of(fig)


def test_kinks_and_outside():
    kinks = {"default": np.full((10, 16), 7.0), "spread": np.full((10, 16), 1.0)}
    fig = legible(plots.plot_kinks({name: np.full((10, 16), 1.0) for name in kinks}, kinks, (0, LENGTH)))
    assert [ax.get_title(loc="left") for ax in fig.axes] == ["Default", "Spread"]
    assert "default: ~100 % before and ~0 % after; spread: ~100 % before and ~100 % after" in words_of(fig)
    x = np.linspace(-LENGTH, 2 * LENGTH, 50)
    fig = legible(plots.plot_outside(x, np.sin(x), {"by hand": x, "solved": -x}, np.stack([x, x / 2]), (0, LENGTH)))
    assert {"by hand", "solved", "gradient descent, 2 seeds", with_minus("-2π"), "4π"} <= shown_words(fig)
    assert "by hand -6.3 and 12.6, solved 6.3 and -12.6; trained networks ~-6.3 to ~-3.1" in words_of(fig)


@pytest.mark.parametrize("n", [1, 2, 40])
def test_colors(n):
    colors = plots.relu_colors(n)
    assert colors.shape == (n, 4)
    assert len(np.unique(colors, axis=0)) == n
