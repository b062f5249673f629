"""The integrate-and-fire model: published numbers, sinabs spike for spike, what is conserved, refusals."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from utils.models import simulate_iaf
from utils.models.iaf import iaf_step

sinabs_layers = pytest.importorskip("sinabs.layers")


def by_sinabs(current, **options):
    layer = sinabs_layers.IAF(record_states=True, **options)
    with torch.no_grad():
        spikes = layer(current.movedim(-1, 1))
    return spikes.movedim(1, -1), layer.recordings["v_mem"].movedim(1, -1)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 100_000),
    st.floats(-1, 2),
    st.floats(0.05, 5),
    st.integers(1, 120),
    st.sampled_from([torch.float32, torch.float64]),
)
def test_agrees_with_sinabs(seed, mean, deviation, n_steps, dtype):
    generator = torch.Generator().manual_seed(seed)
    current = mean + deviation * torch.randn(4, 3, n_steps, generator=generator, dtype=dtype)
    spikes, voltage = simulate_iaf(current)
    their_spikes, their_voltage = by_sinabs(current)
    assert torch.equal(spikes, their_spikes.to(dtype))
    assert torch.allclose(voltage, their_voltage.to(dtype), rtol=0, atol=1e-6)


@pytest.mark.parametrize("threshold", [0.3, 1.0, 2.5])
def test_agrees_with_sinabs_with_other_thresholds(threshold):
    current = torch.randn(6, 5, 200, generator=torch.Generator().manual_seed(7))
    spikes, voltage = simulate_iaf(current, threshold)
    their_spikes, their_voltage = by_sinabs(current, spike_threshold=torch.tensor(threshold))
    assert torch.equal(spikes, their_spikes)
    assert torch.allclose(voltage, their_voltage, rtol=0, atol=1e-6)


def test_published_spikes():
    spikes, _ = simulate_iaf(torch.full((100,), 0.025))
    assert spikes.nonzero().flatten().tolist() == [40, 80]
    assert spikes.sum() == 2


def test_published_activation():
    inputs = np.arange(-5, 5, 0.2)
    counts = simulate_iaf(np.repeat(inputs[:, None], 100, axis=1))[0].sum(1)
    assert len(counts) == 50
    assert not counts[:26].any()
    assert counts[26] == 20
    assert counts[-1] == 480
    np.testing.assert_allclose(counts, 100 * np.maximum(inputs, 0), atol=1.0)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 100_000), st.floats(0.1, 4))
def test_spikes_carry_the_whole_input(seed, threshold):
    current = np.random.default_rng(seed).normal(0.3, 1.0, (5, 80))
    spikes, voltage = simulate_iaf(current, threshold)
    np.testing.assert_allclose(np.cumsum(current, 1), voltage + threshold * np.cumsum(spikes, 1), atol=1e-9)
    assert (voltage < threshold).all()
    assert (spikes == spikes.round()).all()
    assert (spikes >= 0).all()
    # Subtractive reset has a closed form: the running maximum of the summed input, in whole thresholds.
    best = np.maximum.accumulate(np.floor(np.maximum(np.cumsum(current, 1), 0) / threshold + 1e-9), axis=1)
    assert np.abs(np.cumsum(spikes, 1) - best).max() <= 1


def test_one_spike_a_step():
    spikes, voltage = simulate_iaf(np.full(10, 3.0), max_spikes=1)
    assert spikes.tolist() == [1.0] * 10
    assert voltage[-1] == 20.0
    step_voltage, step_spikes = iaf_step(torch.tensor([0.5, -2.0]), torch.tensor([2.75, 1.0]), 1.0)
    assert step_spikes.tolist() == [3.0, 0.0]
    assert step_voltage.tolist() == [0.25, -1.0]


def test_thresholds_for_each_neuron_and_initial_potential():
    current = np.full((2, 6), 1.0)
    spikes, _ = simulate_iaf(current, np.array([1.0, 3.0]))
    assert spikes.sum(1).tolist() == [6.0, 2.0]
    assert simulate_iaf(np.full(3, 0.5), initial=0.5)[0].tolist() == [1.0, 0.0, 1.0]
    assert simulate_iaf([1, 1, 2])[0].dtype == np.float64
    assert simulate_iaf(torch.ones(3, dtype=torch.int64))[0].dtype == torch.float32


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"current": 1.0}, "single number"),
        ({"current": []}, "no value"),
        ({"current": torch.zeros(3, 0)}, "no value"),
        ({"current": [math.nan, 1.0]}, "NaN"),
        ({"current": torch.tensor([math.inf])}, "infinity"),
        ({"current": "0.1"}, "array of real numbers"),
        ({"current": [[1.0], [1.0, 2.0]]}, "array of real numbers"),
        ({"current": [True, False]}, "real numbers"),
        ({"current": [1j]}, "real numbers"),
        ({"threshold": 0.0}, "positive"),
        ({"threshold": -1.0}, "positive"),
        ({"threshold": math.nan}, "positive"),
        ({"threshold": [1.0, 2.0, 3.0]}, "fits the neurons"),
        ({"threshold": None}, "positive number"),
        ({"max_spikes": 0}, "max_spikes"),
        ({"max_spikes": 1.5}, "max_spikes"),
        ({"initial": math.nan}, "initial"),
    ],
)
def test_bad_input_is_refused_with_a_reason(arguments, words):
    with pytest.raises(ValueError, match=words):
        simulate_iaf(**{"current": np.ones((2, 4)), **arguments})


def test_gradients_and_stand_ins_are_refused_with_a_reason():
    current = torch.ones(2, 4, requires_grad=True)
    with pytest.raises(ValueError, match=r"current: got a tensor that asks for gradients, allowed is current.detach"):
        simulate_iaf(current)
    with torch.no_grad():
        assert simulate_iaf(current)[0].sum() == 8
    with pytest.raises(ValueError, match="current: got a stand-in"):
        torch.func.vmap(lambda c: simulate_iaf(c)[0])(torch.ones(2, 4))
