"""Figures of potentials tell the spikes that were drawn."""

import numpy as np

from utils.models import simulate_lif
from utils.page import words_of
from utils.plotting.lif_transfer_curve import traces as plots


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


def test_libraries_are_counted():
    columns = ("library", "step", "potential", "spikes")
    table = ["a 0 0.5 0", "a 1 1.2 1", "b 0 1.1 1", "b 1 0.9 1", "c 0 0.1 0"]
    fig = plots.plot_four_libraries([dict(zip(columns, row.split(), strict=True)) for row in table])
    assert "a 1, the first at step 1; b 2, the first at step 0; c none" in words_of(fig)
