"""Figures of rates tell what was counted, and cut nothing off."""

import itertools

import numpy as np

from utils.models import lif_rate, simulate_lif
from utils.models.lif import spike_counts
from utils.page import words_of
from utils.plotting.lif_transfer_curve import transfer as plots

SETTINGS = [(1, 1), (100, 1), (100, 20), (5, 100)]


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
