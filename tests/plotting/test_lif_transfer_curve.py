"""Figures of notebook 05: what they draw is what they were given, nothing is clipped, and the panels' artists move."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from utils.models import lif_rate, simulate_lif
from utils.models.lif import spike_counts
from utils.plotting import lif_transfer_curve as plots

mpl.use("agg")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


def everything_inside(fig):
    """Whether all that is drawn lies inside the figure."""
    fig.canvas.draw()
    box = fig.get_tightbbox()
    width, height = fig.get_size_inches()
    return box.x0 > -0.03 and box.y0 > -0.03 and box.x1 < width + 0.03 and box.y1 < height + 0.03


@pytest.mark.parametrize(("resistance", "tau_ref"), [(1, 1), (100, 1), (100, 100), (1, 100), (37, 12)])
def test_explorer_shows_the_whole_curve_at_every_setting(resistance, tau_ref):
    fig = Figure(figsize=(7.4, 3.5))
    artists = plots.draw_explorer(fig)
    currents, fine = np.linspace(0, 2, 21), np.linspace(0, 2, 401)
    trace = simulate_lif(1.5, 200, 0.5, tau_ref, resistance)
    _, batch = simulate_lif(currents, 2000, 0.5, tau_ref, resistance)
    rate, counted = 1000 * lif_rate(fine, tau_ref, resistance), spike_counts(batch) / 2
    plots.move_explorer(artists, trace, (fine, rate), (currents, counted), 1 / resistance, 1000 / tau_ref)
    top = float(artists["ticks"][-1].get_text())
    assert max(rate.max(), counted.max()) < top
    np.testing.assert_allclose(artists["curve"].get_ydata() * top, rate)
    np.testing.assert_allclose(artists["dots"].get_ydata() * top, counted)
    assert artists["rheobase"].get_xdata()[0] == 1 / resistance
    assert f"{1000 / tau_ref:.0f} Hz" in artists["ceiling_text"].get_text()
    assert ("above the frame" in artists["ceiling_text"].get_text()) == (1000 / tau_ref > top)
    assert [float(tick.get_text()) for tick in artists["ticks"]] == pytest.approx(list(top * np.arange(5) / 4))


def test_published_counts_are_not_cut_off():
    currents, fine = np.linspace(0, 2, 10), np.linspace(0, 2, 50)
    settings = [(1, 1), (100, 1), (100, 20), (5, 100)]
    resistance, tau_ref = np.array(settings, dtype=float).T[:, :, None]
    counts = spike_counts(simulate_lif(currents, 1000, 1, tau_ref, resistance)[1])
    rates = [lif_rate(fine, rest, float(r)) for r, rest in settings]
    limits = [(1 / r, 1000 / rest) for r, rest in settings]
    fig = plots.plot_transfer_curves(currents, counts, fine, rates, ["a", "b", "c", "d"], 1000, limits)
    for ax, count in zip(fig.axes, counts, strict=True):
        assert ax.get_ylim()[1] > count.max()
    assert fig.axes[1].get_ylim()[1] > 143


def test_traces_carry_their_spike_times():
    time, voltage = simulate_lif(1.5)
    fig = plots.plot_published_traces([(time, voltage, 1, [11.0, 32.0], "left", "ms", "V")] * 2)
    assert {"11", "32"} <= {text.get_text() for text in fig.axes[0].texts}
    assert everything_inside(fig)


def test_switched_off_has_a_row_for_each_neuron():
    traces = {name: [np.zeros(11), np.ones(11)] for name in ("complete", "no leak", "no rest")}
    fig = plots.plot_switched_off(np.arange(11), traces, {name: [0, 1] for name in traces})
    assert len(fig.axes) == 6
    words = [text.get_text() for ax in fig.axes for text in ax.texts]
    assert words.count("0 spikes") == words.count("1 spike") == 3
    colors = [ax.lines[0].get_color() for ax in fig.axes]
    assert colors[0] == colors[1] != colors[2] == colors[5]


def test_map_panel_moves_its_image_and_dot():
    fig = Figure(figsize=(7.2, 3.7))
    X, y = np.array([[0.0, 0.5], [-0.5, 1.0]]), np.array([0, 3])
    curves = {name: np.linspace(20, 90, 8) for name in ("a", "b", "c")}
    artists = plots.draw_map_panel(fig, X, y, (-1, 1, -1, 1), (4, 4), curves, 95.0)
    artists["image"].set_data(np.full((4, 4), 3))
    artists["dot"].set_data([3], [40.0])
    assert artists["image"].get_array().max() == 3
    assert fig.axes[0].get_xlim() == (-1, 1)
    rgba = artists["image"].to_rgba(np.array([[0, 1], [2, 3]]))
    assert len({tuple(color) for row in rgba for color in row}) == 4


@pytest.mark.parametrize(
    "fig",
    [
        lambda: plots.plot_circuit(),
        lambda: plots.plot_two_orders(np.arange(9), *[[np.arange(9.0)] * 2] * 3),
        lambda: plots.plot_folded_bias(np.arange(9), *[np.arange(9.0)] * 3),
        lambda: plots.plot_iaf_pair(np.arange(9), (np.eye(9)[3], np.zeros(9)), (np.eye(9)[3], np.zeros(9))),
        lambda: plots.plot_iaf_activation(np.arange(-2, 3), [0, 0, 0, 9, 21], 10, 0, 10),
        lambda: plots.plot_rate_code([("0.5", [1, 3])] * 2, np.arange(1, 5), np.full((2, 4), 0.5), [0.5, 0.5]),
        lambda: plots.plot_limit(np.arange(-1, 3), [("a", np.arange(4.0))] * 6, np.arange(4.0)),
        lambda: plots.plot_mystery([0, 1], [0, 9], [0, 1], [0, 9]),
        lambda: plots.plot_soft_fits([("a", np.arange(3), np.ones((2, 3)), np.arange(3), np.ones(3), np.ones(3))] * 2),
        lambda: plots.plot_noise(
            np.arange(4),
            [(0.1, np.zeros(4))] * 2,
            np.arange(3),
            [(0.1, np.ones((2, 3)))] * 4,
            np.arange(3),
            [np.ones(3)] * 4,
        ),
        lambda: plots.plot_euler_error(
            np.arange(3), np.ones(3), {1.0: ([0, 1], [0, 1])}, [1, 0.5, 0.25], [0.4, 0.2, 0.1], 1.0, 0.4
        ),
        lambda: plots.plot_conversion([1, 2, 4], np.full((2, 3), 90.0), 95, 25, np.ones((2, 2, 3)), ["1", "2"]),
        lambda: plots.plot_balancing(
            [1, 2, 4], [("a", np.full((2, 3), 90.0))] * 3, 95, 25, ["none", "99"], np.ones((2, 2)), np.ones((2, 2))
        ),
        lambda: plots.plot_brain_speed([1, 2], np.ones((3, 2)), [1, 10], [100, 10], 100, [(10, "ten")]),
        lambda: plots.plot_decision_maps([("1 step", np.zeros((3, 3)))] * 6, np.zeros((2, 2)), [0, 3], (-1, 1, -1, 1)),
    ],
)
def test_figures_fit_the_page_and_name_their_axes(fig):
    figure = fig()
    assert figure.get_figwidth() <= 7.6
    assert everything_inside(figure)
    for ax in figure.axes:
        if ax.axison and (len(ax.get_xticks()) or len(ax.get_yticks())):
            shared = ax.get_shared_x_axes().get_siblings(ax)
            assert any(other.get_xlabel() for other in shared) or any(other.get_xlabel() for other in figure.axes)
