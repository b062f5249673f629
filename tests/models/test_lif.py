"""The leaky integrate-and-fire model: published numbers, the literal loop, closed form, properties, refusals."""

import math
import warnings

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from utils.models import lif_rate, simulate_lif
from utils.models.lif import spike_counts, spike_times

PUBLISHED_COUNTS = {
    (1, 1): [0, 0, 0, 0, 0, 43, 66, 91, 111, 125],
    (100, 1): [0, 20, 41, 58, 77, 91, 111, 125, 143, 143],
    (100, 20): [0, 15, 23, 28, 31, 34, 36, 37, 39, 39],
    (5, 100): [0, 5, 8, 9, 9, 10, 10, 10, 10, 10],
}
CURRENTS = np.linspace(0, 2, 10)


def literal(current, n_steps, dt, n_held, resistance, capacitance, threshold=1.0, reset=0.0, spike_height=0.5):
    """One neuron, one step after the other, with nothing clever: `current` holds one number for each sample."""
    voltage, v, rests_until = [reset], reset, 0
    for i in range(1, n_steps):
        v = reset if i <= rests_until else v + (resistance * current[i] - v) / (resistance * capacitance) * dt
        if v >= threshold:
            voltage.append(v + spike_height)
            v, rests_until = reset, i + n_held
        else:
            voltage.append(v)
    return np.array(voltage)


@pytest.mark.parametrize("setting", PUBLISHED_COUNTS)
def test_published_transfer_curves(setting):
    resistance, tau_ref = setting
    time, voltage = simulate_lif(CURRENTS, 1000, 1, tau_ref, resistance)
    assert time.shape == (1001,)
    assert voltage.shape == (10, 1001)
    assert spike_counts(voltage).tolist() == PUBLISHED_COUNTS[setting]


def test_all_published_curves_in_one_call():
    resistance, tau_ref = np.array(list(PUBLISHED_COUNTS)).T[:, :, None]
    _, voltage = simulate_lif(CURRENTS, 1000, 1, tau_ref, resistance)
    assert voltage.shape == (4, 10, 1001)
    assert spike_counts(voltage).tolist() == list(PUBLISHED_COUNTS.values())


def test_published_trace():
    time, voltage = simulate_lif(1.5)
    assert time.shape == voltage.shape == (501,)
    assert spike_times(time, voltage) == pytest.approx([11.0, 32.0])
    assert time[-1] == pytest.approx(50.0)


def test_published_hundred_steps():
    time, voltage = simulate_lif(11, 100, 1, 0, 1, 20, threshold=10)
    assert spike_times(time, voltage, 10).tolist() == [47, 94]


def test_every_sample_of_the_published_trace():
    _, voltage = simulate_lif(1.5)
    np.testing.assert_allclose(voltage, literal([1.5] * 501, 501, 0.1, 100, 1, 10), rtol=0, atol=1e-13)
    spike = round(11.0 / 0.1)
    assert voltage[spike] == pytest.approx(1.5 * (1 - 0.99**spike) + 0.5)
    assert not voltage[spike + 1 : spike + 101].any()
    assert voltage[spike + 101] == pytest.approx(1.5 * 0.01)


steps = st.sampled_from([0.1, 0.25, 0.5, 1.0, 2.0])
positive = st.floats(0.3, 60)


@settings(max_examples=300, deadline=None)
@given(
    st.floats(-3, 20),
    steps,
    st.integers(1, 400),
    st.integers(0, 30),
    positive,
    st.floats(1, 30),
    st.floats(0.1, 3),
    st.floats(-2, 0),
)
def test_constant_current_takes_the_literal_steps(current, dt, n, n_held, resistance, capacitance, threshold, reset):
    assume(resistance * capacitance >= dt)
    assume(abs(resistance * current - threshold) > 1e-9)
    expected = literal([current] * (n + 1), n + 1, dt, n_held, resistance, capacitance, threshold, reset)
    _, voltage = simulate_lif(current, n * dt, dt, n_held * dt, resistance, capacitance, threshold, reset=reset)
    assert ((voltage >= threshold) == (expected >= threshold)).all()
    np.testing.assert_allclose(voltage, expected, rtol=1e-9, atol=1e-9)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000), steps, st.integers(1, 200), st.integers(0, 10), positive)
def test_changing_current_takes_the_literal_steps(seed, dt, n, n_held, resistance):
    assume(resistance * 10 >= dt)
    current = np.random.default_rng(seed).normal(1 / resistance, 2 / resistance, (3, n + 1))
    _, voltage = simulate_lif(current, n * dt, dt, n_held * dt, resistance, time_varying=True)
    for row, drive in zip(voltage, current, strict=True):
        np.testing.assert_array_equal(row, literal(drive, n + 1, dt, n_held, resistance, 10.0))


def test_more_neurons_than_samples_changes_nothing():
    currents = np.linspace(-1, 30, 200)
    _, together = simulate_lif(currents, 10, 0.5, 1)
    alone = np.stack([simulate_lif(current, 10, 0.5, 1)[1] for current in currents])
    np.testing.assert_allclose(together, alone, rtol=0, atol=1e-12)
    assert (spike_counts(together) == spike_counts(alone)).all()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(-2, 5), min_size=2, max_size=20), st.randoms(use_true_random=False), positive)
def test_batch_order_does_not_matter(currents, random, resistance):
    order = list(range(len(currents)))
    random.shuffle(order)
    _, voltage = simulate_lif(np.array(currents), 100, 0.5, 2, resistance)
    _, shuffled = simulate_lif(np.array(currents)[order], 100, 0.5, 2, resistance)
    np.testing.assert_array_equal(shuffled, voltage[order])


@settings(max_examples=60, deadline=None)
@given(st.floats(0.5, 5), st.integers(1, 150), st.integers(0, 8))
def test_translation_in_time(current, delay, n_held):
    n = 300
    early = np.full(n + 1, current)
    late = np.concatenate([np.zeros(delay + 1), np.full(n - delay, current)])
    _, first = simulate_lif(early, n, 1, n_held, time_varying=True)
    _, second = simulate_lif(late, n, 1, n_held, time_varying=True)
    np.testing.assert_array_equal(second[delay:], first[: n + 1 - delay])
    assert not second[: delay + 1].any()


@settings(max_examples=100, deadline=None)
@given(positive, st.floats(0, 50), st.floats(1, 30), st.floats(0.05, 5))
def test_transfer_curve_is_monotone_silent_below_rheobase_and_capped(resistance, tau_ref, capacitance, threshold):
    rheobase = threshold / resistance
    currents = rheobase * np.concatenate([np.linspace(-1, 1, 9), np.linspace(1.001, 40, 31)])
    rate = lif_rate(currents, tau_ref, resistance, capacitance, threshold)
    assert (np.diff(rate) >= 0).all()
    assert not rate[:9].any()
    assert (rate[9:] > 0).all()
    assert (rate * tau_ref <= 1).all()
    dt = min(1.0, resistance * capacitance)
    _, voltage = simulate_lif(currents, 300 * dt, dt, tau_ref, resistance, capacitance, threshold)
    counts = spike_counts(voltage, threshold)
    assert (np.diff(counts) >= 0).all()
    assert not counts[:9].any()
    assert counts.max() <= 1 + 300 * dt / max(tau_ref, dt)
    assert voltage[:9].max() < threshold


@pytest.mark.parametrize("dt", [0.1, 1.0, 5.0, 10.0])
@pytest.mark.parametrize("resistance", [0.7, 1.0, 3.0])
def test_at_the_rheobase_the_neuron_stays_silent(dt, resistance):
    _, voltage = simulate_lif(1 / resistance, 1000, dt, 1, resistance, 10 / resistance)
    assert voltage.max() < 1
    assert voltage.max() == pytest.approx(1, abs=1e-9)
    _, voltage = simulate_lif(
        np.full(round(1000 / dt) + 1, 1 / resistance), 1000, dt, 1, resistance, 10 / resistance, time_varying=True
    )
    assert voltage.max() < 1


def test_simulation_approaches_the_closed_form():
    currents = np.linspace(1.1, 4, 12)
    errors = []
    for dt in (0.2, 0.1, 0.05):
        _, voltage = simulate_lif(currents, 4000, dt, 2)
        errors.append(np.abs(spike_counts(voltage) / 4000 - lif_rate(currents, 2)).max())
    assert errors[2] < 2e-3
    assert errors[2] < 0.6 * errors[0]


def test_first_spike_error_has_slope_one():
    exact = 10 * math.log(1.5 / 0.5)
    dts = np.array([1.0, 0.5, 0.25, 0.125, 0.0625, 0.03125])
    # The crossing of the straight line between samples, so that the grid itself does not blur the order.
    errors = []
    for dt in dts:
        time, voltage = simulate_lif(1.5, 50, dt, 10, spike_height=0)
        i = int((voltage >= 1).argmax())
        errors.append(abs(time[i - 1] + dt * (1 - voltage[i - 1]) / (voltage[i] - voltage[i - 1]) - exact))
    slope = np.polyfit(np.log(dts), np.log(errors), 1)[0]
    assert 0.9 < slope < 1.1


def test_closed_form_by_hand():
    assert lif_rate(1.5, 10, 1, 10, 1) == pytest.approx(1 / (10 + 10 * math.log(3)))
    assert lif_rate(1.0, 10, 1, 10, 1) == 0
    assert lif_rate(-5.0) == 0
    assert lif_rate(2.0, 0, 1, 10, 1, reset=-1) == pytest.approx(1 / (10 * math.log(3)))
    # Without leak and rest the neuron is a ReLU of slope 1 / (C threshold).
    currents = np.linspace(-1, 2, 7)
    np.testing.assert_allclose(lif_rate(currents, 0, 1e9, 10, 1), np.maximum(currents, 0) / 10, rtol=1e-6)


def test_tensors_in_tensors_out():
    time, voltage = simulate_lif(torch.linspace(0, 2, 10, dtype=torch.float64), 1000, 1, 1)
    assert isinstance(time, torch.Tensor)
    assert voltage.dtype == torch.float64
    assert spike_counts(voltage).tolist() == PUBLISHED_COUNTS[1, 1]
    assert isinstance(lif_rate(torch.tensor([2.0])), torch.Tensor)
    assert lif_rate(torch.tensor(2.0)).item() == lif_rate(2.0)
    assert spike_times(time, voltage[9])[:1].tolist() == [7.0]


def test_refractory_period_between_steps_is_never_cut_short():
    time, voltage = simulate_lif(50.0, 100, 1, 2.5)
    assert np.diff(spike_times(time, voltage)).min() >= 2.5
    time, voltage = simulate_lif(50.0, 100, 1, 0)
    assert spike_counts(voltage) == 100  # one step to the threshold, no rest: the reset is not forgotten


def test_counts_with_a_threshold_for_each_neuron():
    thresholds = np.array([0.5, 1.0, 3.0])
    _, voltage = simulate_lif(2.0, 100, 1, 1, threshold=thresholds)
    assert spike_counts(voltage, thresholds).tolist() == [
        spike_counts(simulate_lif(2.0, 100, 1, 1, threshold=t)[1], t) for t in thresholds
    ]
    with pytest.raises(ValueError, match="one by one"):
        spike_times(np.arange(101), voltage)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"dt": 20.0, "duration": 100.0}, "at most the membrane time constant"),
        ({"capacitance": 1e-5}, "capacitance in uF"),
        ({"threshold": 0.0}, "more than the reset"),
        ({"threshold": 1.0, "reset": 2.0}, "more than the reset"),
        ({"tau_ref": -1.0}, "tau_ref: got -1 ms"),
        ({"resistance": 0.0}, "resistance: got 0 kOhm"),
        ({"resistance": [1.0, -2.0]}, "resistance: got -2 kOhm"),
        ({"capacitance": -3}, "capacitance: got -3 uF"),
        ({"current": math.nan}, "current: got nan"),
        ({"current": [1.0, math.inf]}, "current: got inf"),
        ({"current": []}, "current: got no value"),
        ({"current": "1 mA"}, "current: got '1 mA'"),
        ({"current": True}, "current: got True"),
        ({"current": 1j}, "allowed is a real number"),
        ({"current": None}, "current: got None"),
        ({"current": [[1.0], [1.0, 2.0]]}, "ragged"),
        ({"current": torch.tensor([])}, "current: got no value"),
        ({"duration": 50.05}, "whole number of steps"),
        ({"duration": 0.05}, "not in s"),
        ({"duration": 0.0}, "one positive number"),
        ({"duration": [1.0, 2.0]}, "one positive number"),
        ({"dt": -0.1}, "one positive number"),
        ({"dt": math.nan}, "dt: got nan"),
        ({"spike_height": -0.5}, "spike_height: got -0.5 V"),
        ({"current": [1.0, 2.0], "tau_ref": [1.0, 2.0, 3.0]}, "shapes that broadcast"),
        ({"current": [1.0, 2.0], "time_varying": True}, "allowed with time_varying=True are 501 samples"),
        ({"current": 1.0, "time_varying": True}, "allowed with time_varying=True are 501 samples"),
        ({"duration": 1e9, "dt": 0.1}, "samples"),
    ],
)
def test_bad_input_is_refused_with_a_reason(arguments, words):
    with pytest.raises(ValueError, match=words):
        simulate_lif(**{"current": 1.5, **arguments})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"tau_ref": -1}, "tau_ref"),
        ({"resistance": 0}, "resistance"),
        ({"threshold": -1}, "threshold"),
        ({"current": [math.nan]}, "current"),
        ({"current": [1, 2], "resistance": [1, 2, 3]}, "broadcast"),
    ],
)
def test_closed_form_refuses_too(arguments, words):
    with pytest.raises(ValueError, match=words):
        lif_rate(**{"current": 1.5, **arguments})


@pytest.mark.parametrize("call", [simulate_lif, lif_rate])
def test_a_product_beyond_floating_point_is_refused(call):
    with pytest.raises(ValueError, match=r"^current, resistance: got a product beyond floating point"):
        call([1e299, 1.0], resistance=1e200, capacitance=1e-190)
    with pytest.raises(ValueError, match=r"^resistance, capacitance: got a product beyond"):
        call(1.0, resistance=1e299, capacitance=1e299)


def test_a_forgotten_time_varying_is_told():
    current = np.full(501, 1.5)
    with pytest.warns(UserWarning, match="got 501 values along its last axis, as many as there are samples of time"):
        _, voltage = simulate_lif(current)
    assert voltage.shape == (501, 501)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert simulate_lif(current, time_varying=True)[1].shape == (501,)
        assert simulate_lif(current, time_varying=False)[1].shape == (501, 501)
        assert simulate_lif(current[:500])[1].shape == (500, 501)


def test_gradients_pass_through_the_closed_form_and_are_refused_by_spikes():
    current = torch.tensor([0.5, 1.0, 1.5, 3.0], dtype=torch.float64, requires_grad=True)
    lif_rate(current, 2.0).sum().backward()
    low, high = (lif_rate(current.detach().numpy() + step, 2.0) for step in (-1e-6, 1e-6))
    silent = [0.0, 0.0]
    assert current.grad[:2].tolist() == silent
    np.testing.assert_allclose(current.grad[2:], ((high - low) / 2e-6)[2:], rtol=1e-5)
    with pytest.raises(ValueError, match=r"current: got a tensor that asks for gradients, allowed is current.detach"):
        simulate_lif(current)
    with pytest.raises(ValueError, match=r"threshold: got a tensor that asks for gradients"):
        lif_rate(2.0, threshold=torch.ones(1, requires_grad=True))
    with torch.no_grad():
        assert simulate_lif(current)[1].shape == (4, 501)


def test_half_precision_is_read_as_it_is():
    assert lif_rate(torch.tensor([2.0], dtype=torch.bfloat16)).tolist() == [lif_rate(2.0)]
    assert simulate_lif(torch.tensor([2.0], dtype=torch.bfloat16))[1].dtype == torch.float64


@pytest.mark.parametrize("call", [lambda c: simulate_lif(c)[1], lif_rate])
def test_inside_of_vmap_a_sentence_says_what_is_allowed(call):
    with pytest.raises(ValueError, match=r"current: got a stand-in.*a whole batch needs no vmap"):
        torch.func.vmap(call)(torch.rand(3))
    with pytest.raises(ValueError, match="current: got a stand-in"):
        torch.func.jacrev(call)(torch.rand(3))
