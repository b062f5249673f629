"""Figures of notebook 05: nothing is clipped, and their words say what was drawn, also when the numbers change."""

import itertools

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from utils.models import lif_rate, simulate_lif
from utils.models.lif import spike_counts
from utils.page import words_of
from utils.plotting import lif_transfer_curve as plots
from utils.plotting.spiral_mlp import decision_grid

SETTINGS = [(1, 1), (100, 1), (100, 20), (5, 100)]


def answers(*winners):
    """Probabilities (n * n, 4) on the grid of 12 points a side: one class everywhere, for each winner."""
    return [torch.eye(4)[winner].expand(144, 4) * 0.9 + 0.025 for winner in winners]


def transfer_curves(duration=1000):
    currents, fine = np.linspace(0, 2, 10), np.linspace(0, 2, 50)
    resistance, tau_ref = np.array(SETTINGS, dtype=float).T[:, :, None]
    counts = spike_counts(simulate_lif(currents, duration, 1, tau_ref, resistance)[1])
    rates = [lif_rate(fine, rest, float(r)) for r, rest in SETTINGS]
    limits = [(1 / r, duration / rest) for r, rest in SETTINGS]
    return plots.plot_transfer_curves(currents, counts, fine, rates, "abcd", duration, limits)


def test_counts_of_a_second_are_not_cut_off():
    fig = transfer_curves()
    assert "b: from 0 up to 143 spikes" in words_of(fig)
    assert fig.axes[1].get_ylim()[1] > 166
    assert "143" not in words_of(transfer_curves(500))


def test_words_follow_the_spikes():
    time = np.arange(5.0)
    quiet, loud = np.zeros(5), np.array([0, 1.5, 0, 1.5, 0])
    relu = [np.ones(5), np.full(5, 2.0)]
    fig = plots.plot_two_orders(time, [quiet, loud], relu, [quiet, loud])
    assert "5 on the left and 10 on the right" in words_of(fig)
    assert "0 spikes on the left and 2 spikes on the right" in words_of(fig)


def test_traces_carry_their_spike_times():
    time, voltage = simulate_lif(1.5)
    fig = plots.plot_published_traces([(time, voltage, 1, [11.0, 32.0], "left", "ms", "V")] * 2)
    assert {"11", "32"} <= {text.get_text() for text in fig.axes[0].texts}
    assert "left: spikes at 11 and 32 ms" in words_of(fig)


def test_switched_off_has_a_row_for_each_neuron():
    traces = {name: [np.zeros(11), np.ones(11)] for name in ("complete", "no leak", "no rest")}
    fig = plots.plot_switched_off(np.arange(11), traces, {name: [0, 1] for name in traces})
    assert len(fig.axes) == 6
    words = [text.get_text() for ax in fig.axes for text in ax.texts]
    assert words.count("0 spikes") == words.count("1 spike") == 3
    assert "complete 0 and 1; no leak 0 and 1" in words_of(fig)


def test_a_folding_that_leaves_the_direct_one_is_told():
    time = np.arange(3.0)
    right = plots.plot_folded_bias(time, time, time, 2 * time)
    assert "follows the direct one and ends at 2.00 V" in words_of(right)
    assert "leaves the direct one by up to 1 V" in words_of(plots.plot_folded_bias(time, time, 1.5 * time, 2 * time))


def test_two_programs_that_differ_are_told():
    same = np.eye(9)[3], np.zeros(9)
    other = np.eye(9)[4], np.ones(9)
    assert "on top of each other everywhere" in words_of(plots.plot_iaf_pair(np.arange(9), same, same))
    assert "do not lie on top" in words_of(plots.plot_iaf_pair(np.arange(9), same, other))


def test_rates_from_below_and_from_both_sides():
    rows = [("0.5", [1, 3])] * 2
    below = plots.plot_rate_code(rows, np.arange(1, 5), np.full((2, 4), 0.4), [0.5, 0.5])
    around = plots.plot_rate_code(rows, np.arange(1, 5), np.full((2, 4), 0.6), [0.5, 0.5])
    assert "from below, never above" in words_of(below)
    assert "from both sides" in words_of(around)


def test_the_ladder_names_each_line_at_its_end_and_no_name_hides_another():
    currents = np.linspace(0, 2, 9)
    curves = [(f"curve {i}", i * currents) for i in (1, 3, 5, 5.1, 5.2, 5.25)]
    fig = plots.plot_limit(currents, curves, 5.3 * currents)
    fig.canvas.draw()
    labels = [text for text in fig.axes[0].texts if text.get_text()]
    assert len(labels) == 7
    boxes = sorted((text.get_window_extent() for text in labels), key=lambda box: box.y0)
    assert all(low.y1 <= high.y0 + 1 for low, high in itertools.pairwise(boxes))
    assert all(box.x1 <= fig.bbox.x1 for box in boxes)
    assert "each closer than the one before" in words_of(fig)
    assert "not in order" in words_of(plots.plot_limit(currents, curves[::-1], 5.3 * currents))


def test_fits_name_the_closer_shape():
    fine = np.arange(3.0)
    rows = (
        ("low", fine, np.ones((2, 3)), fine, np.ones(3), np.zeros(3)),
        ("high", fine, np.zeros((2, 3)), fine, fine, 0 * fine),
    )
    words = words_of(plots.plot_soft_fits(rows))
    assert "low the softplus" in words
    assert "high the sigmoid" in words


def test_a_fit_that_misses_is_told():
    assert "passes through them" in words_of(plots.plot_mystery([0, 1], [0, 9], [0, 1], [0, 9]))
    assert "misses them by up to 4 Hz" in words_of(plots.plot_mystery([0, 1], [0, 9], [0, 1], [0, 5]))


def test_maps_say_how_much_agrees():
    titles = "1 step", "2 steps", "4 steps", "8 steps", "32 steps", "ReLU network"
    maps = list(zip(titles, answers(1, 0, 0, 0, 3, 3), strict=True))
    fig = plots.plot_decision_maps(maps, 1.3, torch.zeros(2, 2), torch.tensor([0, 3]))
    assert len(fig.axes) == 6
    assert "~0 % after 1 step" in words_of(fig)
    assert "~100 % after 32 steps" in words_of(fig)


def test_the_film_moves_its_image_and_dot():
    maps = {"a": torch.stack(answers(0, 3))}
    assert len(decision_grid(1.3, 12)) == maps["a"].shape[1]
    film = plots.SpikingMap(maps, {"a": np.array([20.0, 90.0])}, 95.0, 1.3, torch.zeros(1, 2), torch.zeros(1).long())
    film.draw(Figure(figsize=(7.2, 3.6)))
    before = film.image.get_array().copy()
    film.update("a", 2)
    assert (film.image.get_array() != before).any()
    assert film.dot.get_xydata().tolist() == [[2, 90.0]]


@pytest.mark.parametrize(("start", "side"), [(0.0, "from b around it"), (-0.1, "from b under it")])
def test_staircases_know_their_side(start, side):
    inputs = np.linspace(0, 1, 5)
    stairs = [("from a", inputs - 0.1), ("from b", inputs + start)]
    errors = [("from a", np.full((2, 3), 0.4)), ("from b", np.full((2, 3), 0.1))]
    words = words_of(plots.plot_head_start(inputs, stairs, 8, [1, 2, 4], errors))
    assert "from a under it" in words
    assert side in words
    assert "~0.25 times" in words


def test_libraries_are_counted():
    columns = ("library", "step", "potential", "spikes")
    table = ["a 0 0.5 0", "a 1 1.2 1", "b 0 1.1 1", "b 1 0.9 1", "c 0 0.1 0"]
    fig = plots.plot_four_libraries([dict(zip(columns, row.split(), strict=True)) for row in table])
    assert "a 1, the first at step 1; b 2, the first at step 0; c none" in words_of(fig)


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: plots.plot_circuit(), "resistor and a capacitor"),
        (lambda: plots.plot_iaf_activation([-1.0, 0, 1], [0, 0, 10], 10, 0, 10), "none up to 0, then 10"),
        (
            lambda: plots.plot_noise(
                np.arange(4), [(0.1, np.zeros(4))], np.arange(3), [(0.1, np.ones((2, 3)))], np.arange(3), [np.ones(3)]
            ),
            "stand at 1 Hz",
        ),
        (
            lambda: plots.plot_euler_error(
                np.arange(3), np.zeros(3), {1.0: ([0, 1], [0, 1])}, [1, 0.5], [0.4, 0.2], 1.0, 0.4
            ),
            "above the exact curve",
        ),
        (
            lambda: plots.plot_conversion([1, 2], [[50.0, 90.0]], 95, 25, np.ones((2, 1, 2)), ["1", "2"]),
            "~50 % after 1 step to ~90 % after 2",
        ),
        (
            lambda: plots.plot_balancing([1, 2], [("a", [[50.0, 90.0]])], 95, 25, "nm", [[7.0, 80.0]], [[3.0, 4.0]]),
            "between ~7.0 and ~80 %",
        ),
        (
            lambda: plots.plot_brain_speed([1, 2], {"a": [[3, 4]], "b": [[1, 2]]}, [1, 10], 100, [(10, "ten")]),
            "a ~3.0 and ~4.0; b ~1.0 and ~2.0",
        ),
    ],
)
def test_the_other_figures_say_their_numbers_and_stay_inside(draw, words):
    fig = draw()
    assert words in words_of(fig)
    fig.canvas.draw()
    box, (width, height) = fig.get_tightbbox(), fig.get_size_inches()
    assert box.x0 > -0.03
    assert box.y0 > -0.03
    assert box.x1 < width + 0.03
    assert box.y1 < height + 0.03
