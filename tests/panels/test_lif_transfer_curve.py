"""Panels of notebook 05: made from the reference functions, moved to their ends, true in what they say."""

import numpy as np
import pytest
import torch

from utils.exercises import get
from utils.models import lif_rate, simulate_lif
from utils.models.lif import spike_counts
from utils.models.mlp import MLP
from utils.panels import lif_transfer_curve as panels


@pytest.fixture
def one_neuron():
    return panels.one_neuron(get("05.lif_step").reference)


@pytest.fixture
def explorer():
    return panels.transfer_curve(get("05.firing_rate").reference)


def drawn(panel):
    return panel._canvas.artists


def top_of(panel):
    return float(drawn(panel).ticks[-1].get_text())


@pytest.mark.parametrize(("current", "resistance", "tau_ref"), [(1.5, 1, 10), (2, 3, 0), (0.4, 3, 30), (0, 0.5, 0)])
def test_one_neuron_is_the_simulated_one_and_stays_in_its_frame(one_neuron, current, resistance, tau_ref):
    one_neuron.set(current=current, resistance=resistance, tau_ref=tau_ref)
    _, voltage = simulate_lif(current, 100, 0.1, tau_ref, resistance)
    shown = drawn(one_neuron).trace.get_ydata() * top_of(one_neuron)
    np.testing.assert_allclose(shown, voltage, atol=1e-9)
    assert drawn(one_neuron).goal.get_ydata()[0] < 1
    n = spike_counts(voltage)
    assert ("in 100 ms, the first after" in one_neuron.caption) == (n > 0)


def test_a_slow_neuron_is_not_called_silent(one_neuron):
    one_neuron.set(current=0.35, resistance=2.9)
    assert one_neuron.caption.endswith("above the threshold of 1 V, but slowly: the first spike comes after 122 ms.")
    one_neuron.set(current=0.35, resistance=3)
    assert one_neuron.caption.endswith("1 spike in 100 ms, the first after 91.2 ms.")
    one_neuron.set(current=0.5, resistance=2)
    assert one_neuron.caption.endswith("not above the threshold of 1 V: silent for ever.")


def test_one_neuron_follows_the_students_step():
    panel = panels.one_neuron(lambda v, current, dt, resistance, capacitance: v + dt * current / capacitance)
    panel.set(current=0.5)
    assert "R I = 0.50 V" in panel.caption
    assert "3 spikes" in panel.caption  # without a leak it fires below the rheobase


@pytest.mark.parametrize(("resistance", "tau_ref"), [(1, 1), (100, 1), (100, 100), (1, 100), (37.3, 12.6)])
def test_explorer_shows_the_whole_curve_at_every_setting(explorer, resistance, tau_ref):
    explorer.set(resistance=resistance, tau_ref=tau_ref)
    top, artists = top_of(explorer), drawn(explorer)
    rate = 1000 * lif_rate(np.linspace(0, 2, 401), tau_ref, resistance)
    np.testing.assert_allclose(artists.curve.get_ydata() * top, rate, rtol=1e-9, atol=1e-9)
    assert artists.dots.get_ydata().max() < 1
    assert artists.rheobase.get_xdata()[0] == 1 / resistance
    assert ("above the frame" in artists.ceiling_words.get_text()) == (1000 / tau_ref > top)
    assert f"fires {rate[-1]:.0f} times a second at 2 mA" in explorer.caption
    assert explorer.caption.endswith(f"more than {1000 / tau_ref:.0f} times a second.")


def test_the_film_goes_from_the_first_step_to_the_last():
    network = MLP(2, [8, 8], 4, generator=torch.Generator().manual_seed(0))
    X = torch.randn(40, 2, generator=torch.Generator().manual_seed(1))
    panel = panels.spiking_map(network, X, X, torch.arange(40) % 4)
    for steps, allowed in ((1, panels.SEVERAL), (64, panels.SINGLE), (64, panels.BALANCED)):
        panel.set(steps=steps, spikes_allowed=allowed)
        assert f"After {steps} step" in panel.caption
        assert allowed in panel.caption
        assert drawn(panel)
    assert panel.play == 8


def test_the_website_gets_every_panel():
    assert list(panels.site_panels()) == ["trace-panel", "explorer", "map-panel"]
    assert panels.site_panels()["explorer"]().values == {"resistance": 1, "tau_ref": 1}
