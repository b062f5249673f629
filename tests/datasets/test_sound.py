"""The sounds of notebook 06: their probabilities, their statistics, their cost, and what they refuse."""

import math
import time
import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.literal.dales_law_snn import literal_probability, literal_spikes
from utils.datasets.sound import (
    class_to_ipd,
    ipd_spikes,
    ipd_to_class,
    random_ipd_dataset,
    spike_probability,
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_probabilities_equal_the_formula():
    random = np.random.RandomState(0)
    ipd = np.concatenate([[-np.pi / 2, 0, np.pi / 2], random.uniform(-np.pi / 2, np.pi / 2, 40)])
    phase = np.concatenate([[0, np.pi, 6.2], random.uniform(0, 2 * np.pi, 40)])
    ours = spike_probability(torch.from_numpy(ipd), torch.from_numpy(phase)).numpy()
    literal = literal_probability(ipd, phase)
    assert ours.shape == (43, 100, 200)
    assert np.abs(ours - literal).max() < 1e-6


def test_shapes_types_and_values():
    ipd, spikes = random_ipd_dataset(37, generator())
    assert ipd.shape == (37,)
    assert spikes.shape == (37, 100, 200)
    assert spikes.dtype == torch.uint8
    assert set(spikes.unique().tolist()) == {0, 1}
    assert bool((ipd.abs() < math.pi / 2).all())


def test_a_generator_decides_everything():
    first, again, other = (random_ipd_dataset(20, generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(first[0], again[0])
    assert torch.equal(first[1], again[1])
    assert not torch.equal(first[0], other[0])
    assert not torch.equal(first[1], other[1])
    torch.manual_seed(5)
    default = random_ipd_dataset(3)
    torch.manual_seed(5)
    assert torch.equal(default[1], random_ipd_dataset(3)[1])


def test_no_sound_is_repeated():
    _, spikes = random_ipd_dataset(64, generator())
    assert len(torch.unique(spikes.flatten(1), dim=0)) == 64


@pytest.mark.parametrize("ipd", [-1.2, 0.0, 0.7])
def test_counts_are_binomial_around_the_formula(ipd):
    n = 2000
    counts = ipd_spikes(torch.full((n,), ipd), generator(3), phase="shared").sum(0, dtype=torch.int64).numpy()

    def mean_chi2(phase):
        p = literal_probability([ipd], [phase])[0]
        expected = n * p
        enough = expected > 5
        return ((counts - expected) ** 2 / (expected * (1 - p)).clip(1e-9))[enough].mean()

    # The phase is drawn, so it is fitted: that takes one degree of freedom of about 16,000.
    coarse = min(np.linspace(0, 2 * np.pi, 181), key=mean_chi2)
    best = min(np.linspace(coarse - 0.04, coarse + 0.04, 81), key=mean_chi2)
    # The mean of 16,000 squared normal numbers is 1, with a standard deviation of 0.011.
    assert 0.95 < mean_chi2(best) < 1.05
    assert mean_chi2(best + 0.5) > 10


def test_phase_is_one_for_each_sound_or_one_for_all():
    turn = torch.exp(-2j * math.pi * 20 * 1e-3 * torch.arange(100))
    for phase, aligned in (("per_sound", False), ("shared", True)):
        spikes = ipd_spikes(torch.zeros(400), generator(4), phase=phase)
        component = (spikes.sum(2) * turn).sum(1)
        alignment = (component / component.abs()).mean().abs().item()
        assert alignment > 0.99 if aligned else alignment < 0.15


def test_right_ear_leads_by_the_phase_difference():
    turn = torch.exp(-2j * math.pi * 20 * 1e-3 * torch.arange(100))
    ipd = torch.tensor([-1.5, -0.4, 0.0, 0.9, 1.5]).repeat_interleave(200)
    spikes = ipd_spikes(ipd, generator(5)).double()
    left, right = ((part.sum(2) * turn).sum(1) for part in spikes.split(100, dim=2))
    measured = torch.angle(right * left.conj()).view(5, 200).mean(1)
    assert torch.allclose(measured, ipd[::200].double(), atol=0.03)


def test_rate_slider_scales_the_number_of_spikes():
    few, many = (
        ipd_spikes(torch.zeros(100), generator(6), peak_rate=rate).float().mean().item() for rate in (200, 800)
    )
    assert abs(few - 0.075) < 0.003
    assert abs(many - 0.3) < 0.005
    assert ipd_spikes(torch.zeros(2), generator(), peak_rate=0).sum() == 0


def test_memory_beyond_the_result_is_small():
    tracemalloc.start()
    _, spikes = random_ipd_dataset(4096, generator())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert spikes.numel() == 4096 * 100 * 200
    assert peak - spikes.numel() < 60e6


@pytest.mark.slow
@pytest.mark.alone
def test_at_least_six_times_as_fast_as_the_literal_way():
    ratios = []
    ipd = torch.linspace(-1.5, 1.5, 256)
    for _ in range(3):
        start = time.perf_counter()
        literal_spikes(ipd.double().numpy(), np.random.RandomState(0))
        middle = time.perf_counter()
        ipd_spikes(ipd, generator())
        ratios.append((middle - start) / (time.perf_counter() - middle))
    assert max(ratios) > 6


@given(st.floats(-math.pi / 2, math.pi / 2, exclude_max=True))
@settings(max_examples=100, deadline=None)
def test_decoding_is_at_most_half_a_class_away(ipd):
    index = ipd_to_class(torch.tensor([ipd], dtype=torch.float64))
    assert 0 <= index.item() <= 11
    assert abs(class_to_ipd(index).item() - ipd) <= math.pi / 24 + 1e-6


def test_classes_are_equally_wide():
    degrees = torch.arange(-90, 90, 0.5, dtype=torch.float64) + 0.25
    assert ipd_to_class(torch.deg2rad(degrees)).bincount().tolist() == [30] * 12
    assert ipd_to_class(torch.tensor([math.pi / 2, -math.pi / 2])).tolist() == [11, 0]


@pytest.mark.parametrize("n", [0, -1, 2.5])
def test_refuses_a_size(n):
    with pytest.raises(ValueError, match=f"n: got {n}"):
        random_ipd_dataset(n)


@pytest.mark.parametrize("ipd", [[1.6], [-2.0], [float("nan")], [0.0, float("inf")]])
def test_refuses_phase_differences_out_of_range(ipd):
    with pytest.raises(ValueError, match="ipd: got"):
        ipd_spikes(torch.tensor(ipd))


def test_refuses_other_bad_input():
    with pytest.raises(ValueError, match="ipd: got shape"):
        ipd_spikes(torch.zeros(2, 2))
    with pytest.raises(ValueError, match="phase: got 'each'"):
        ipd_spikes(torch.zeros(2), phase="each")
    with pytest.raises(ValueError, match="peak_rate: got 2000"):
        ipd_spikes(torch.zeros(2), peak_rate=2000)
    with pytest.raises(ValueError, match="phase: got shape"):
        spike_probability(torch.zeros(2), torch.zeros(3))


def test_a_phase_difference_that_carries_a_gradient_is_a_phase_difference():
    ipd = torch.zeros(2, requires_grad=True)
    assert torch.equal(ipd_spikes(ipd, generator()), ipd_spikes(torch.zeros(2), generator()))
    assert not spike_probability(ipd, torch.zeros(2, requires_grad=True)).requires_grad


def test_a_number_in_place_of_a_generator_is_refused():
    for call in (lambda: ipd_spikes(torch.zeros(2), 3), lambda: random_ipd_dataset(2, 3)):
        with pytest.raises(ValueError, match=r"generator: got 3, allowed is torch.Generator"):
            call()
