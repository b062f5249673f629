"""The figures of notebook 02 show the numbers they are given, and its panels move what they should."""

import math

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from utils.models.relu_basis import ReluSum, hand_placed
from utils.plotting import relu_sine_approximation as plots
from utils.plotting import use_style

LENGTH = 2 * math.pi
X = torch.linspace(0, LENGTH, 200, dtype=torch.float64)


@pytest.fixture(autouse=True)
def _style():
    with mpl.rc_context():
        use_style()
        yield
    plt.close("all")


def sine_network(points=10) -> tuple[torch.Tensor, ReluSum]:
    x = torch.linspace(0, LENGTH, points, dtype=torch.float64)
    return x, hand_placed(x, torch.sin(x))


def ramps(network):
    return torch.relu(X[:, None] + network.biases)


def texts(fig):
    found = {text.get_text() for text in fig.findobj(mpl.text.Text)}
    return found - {""}


def inside(fig):
    """Nothing that is drawn leaves the figure."""
    drawn = fig.get_tightbbox()
    width, height = fig.get_size_inches()
    assert drawn.x0 > -0.02
    assert drawn.y0 > -0.02
    assert drawn.x1 < width + 0.02
    assert drawn.y1 < height + 0.02


def test_points():
    x, _ = sine_network()
    fig = plots.plot_points(X, torch.sin(X), x, torch.sin(x))
    assert {"10 points, 9 straight pieces", "10 training points", "3π/2", "2π"} <= texts(fig)
    np.testing.assert_allclose(fig.axes[0].lines[2].get_xydata(), np.column_stack([x, torch.sin(x)]))
    inside(fig)


@pytest.mark.parametrize("points", [2, 4, 10, 13])
def test_network_names_its_own_numbers(points):
    x, _ = sine_network(points)
    network = hand_placed(x, torch.sin(x + 1) + 1)
    fig = plots.plot_network(*network)
    shown = texts(fig)
    for bias, weight in zip(network.biases.tolist(), network.weights.tolist(), strict=True):
        assert f"{round(bias, 2) + 0:.2f}" in shown
        assert f"{round(weight, 2) + 0:+.2f}" in shown
    assert f"offset {network.offset.item():.2f}" in shown
    assert not shown & {"-0.00"}
    inside(fig)


def test_bases_weighted_bases_and_running_sum():
    x, network = sine_network()
    fig = plots.plot_bases(X, ramps(network), network.weights, network.offset, x, torch.sin(x))
    first, second, third = fig.axes
    assert [len(first.lines), len(second.lines), len(third.lines)] == [9, 9, 10]
    assert min(line.get_ydata().min() for line in first.lines) >= 0
    assert min(line.get_ydata().min() for line in second.lines) < -1
    np.testing.assert_allclose(third.lines[8].get_ydata(), network(X), atol=1e-12)
    np.testing.assert_allclose(third.lines[2].get_ydata(), (ramps(network) * network.weights)[:, :3].sum(1), atol=1e-12)
    inside(fig)


def test_offset():
    x, _ = sine_network()
    network = hand_placed(x, torch.cos(x))
    fig = plots.plot_offset(X, torch.cos(X), network(X) - network.offset, network(X), x, torch.cos(x))
    left, right = (ax.lines[1].get_ydata() for ax in fig.axes)
    np.testing.assert_allclose(right - left, 1)
    inside(fig)


def test_error_and_rates():
    n = [2, 4, 8]
    fig = plots.plot_error(n, [1, 0.25, 0.06], [1.2, 0.3, 0.075], -2.0)
    assert "measured, slope -2.00" in texts(fig)
    assert fig.axes[0].get_xscale() == fig.axes[0].get_yscale() == "log"
    inside(fig)
    fig = plots.plot_rates(n, {name: ([1, 0.5, 0.2], -0.001, [1, 0.4, 0.1], -2.0) for name in "abcd"})
    assert {"a: 0.00", "d: -2.00"} <= texts(fig)
    inside(fig)


def test_methods_show_every_seed():
    seeds = np.array([[0.3, 0.1], [0.2, 0.04], [0.9, 0.02]])
    fig = plots.plot_methods([4, 8], [0.2, 0.05], [0.1, 0.02], [0.09, 0.01], {"a": seeds, "b": seeds, "c": seeds})
    right = fig.axes[1]
    assert right.get_title(loc="left") == "3 seeds each: median, range"
    medians = next(line for line in right.lines if line.get_label() == "b")
    np.testing.assert_allclose(medians.get_ydata(), [0.3, 0.04])
    dots = [line.get_ydata() for line in right.lines if line.get_marker() == "."]
    assert len(dots) == 9
    inside(fig)


def test_kinks_and_outside():
    kinks = {"default": np.random.default_rng(0).normal(3, 2, (10, 16)), "spread": np.full((10, 16), 1.0)}
    fig = plots.plot_kinks(kinks, kinks, (0, LENGTH))
    assert [ax.get_title(loc="left") for ax in fig.axes] == ["default", "spread"]
    assert len(fig.axes[0].lines) == 20
    inside(fig)
    x = np.linspace(-LENGTH, 2 * LENGTH, 50)
    fig = plots.plot_outside(x, np.sin(x), {"by hand": x, "solved": -x}, np.stack([x, x / 2]), (0, LENGTH))
    assert {"by hand", "solved", "gradient descent, 2 seeds", "-2π", "4π"} <= texts(fig)
    inside(fig)


@pytest.mark.parametrize("added", [0, 1, 4, 9])
def test_build_up_shows_the_first_relus(added):
    x, network = sine_network()
    fig = Figure(figsize=(7.2, 3.6))
    artists = plots.draw_build_up(fig)
    plots.move_build_up(artists, X, ramps(network), network.weights, network.offset, x, torch.sin(x), added)
    expected = (ramps(network) * network.weights)[:, :added].sum(1)
    np.testing.assert_allclose(artists.total.get_ydata(), expected, atol=1e-12)
    assert len(artists.bases.get_segments()) == max(added - 1, 0)
    assert len(artists.newest.get_xdata()) == (len(X) if added else 0)


def any_function(n, y, errors=(0.5, 0.1)):
    fig = Figure(figsize=(7.2, 3.6))
    artists = plots.draw_any_function(fig, (0, LENGTH), range(1, 3))
    x = torch.linspace(0, LENGTH, n + 1)
    return artists, plots.move_any_function(artists, X, y, y, x, torch.sin(x), range(1, 3), np.array(errors))


def test_any_function_divides_by_the_range():
    artists, scale = any_function(2, 50 * torch.sin(X) + 7, errors=(50, 1e-14))
    assert scale == pytest.approx(100, rel=1e-3)
    np.testing.assert_allclose(artists.curve.get_ydata(), [0.5, 1.2e-4], rtol=1e-3)
    assert artists.marker.get_xydata().tolist() == [[2, pytest.approx(1.2e-4)]]
    low, high = artists.fit.axes.get_ylim()
    assert low < -43
    assert high > 57


def test_any_function_accepts_a_constant():
    _, scale = any_function(1, torch.full_like(X, 3))
    assert scale == 1


def test_limits_move_only_with_the_target():
    # Setting them redraws everything and would make the slider slow.
    artists, _ = any_function(1, torch.sin(X))
    figure = artists.fit.axes.figure
    figure.canvas.draw()
    before = artists.fit.axes.get_ylim()
    x = torch.linspace(0, LENGTH, 3)
    plots.move_any_function(artists, X, torch.sin(X), torch.sin(X), x, torch.sin(x), range(1, 3), np.array([0.5, 0.1]))
    assert artists.fit.axes.get_ylim() == before


def test_kink_panel():
    fig = Figure(figsize=(7.2, 3.6))
    artists = plots.draw_kinks(fig, 0.08, 0.06)
    plots.move_kinks(artists, X, torch.sin(X), torch.tensor([1.0, 2.0]), 0.123)
    assert artists.yours.get_width() == 0.123
    np.testing.assert_allclose(artists.kinks.get_ydata(), np.sin([1, 2]), atol=1e-3)
    widths = sorted(bar.get_width() for bar in fig.axes[1].patches)
    assert widths == [0.06, 0.08, 0.123]


@pytest.mark.parametrize("n", [1, 2, 40])
def test_colors(n):
    colors = plots.relu_colors(n)
    assert colors.shape == (n, 4)
    assert len(np.unique(colors, axis=0)) == n
