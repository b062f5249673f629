"""Contracts of the data sets, for any valid input, and what they answer to any other."""

import math

import numpy as np
import pytest
import torch
from contracts import generator, refusal
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from utils.datasets import load_v1, simulate_v1
from utils.datasets.sound import class_to_ipd, ipd_spikes, ipd_to_class, random_ipd_dataset, spike_probability
from utils.datasets.spiral import (
    batched_loader,
    create_spiral_dataset,
    shuffle_and_split,
    spiral_ceiling,
    spiral_points,
    spiral_posterior,
    split_spirals,
)
from utils.datasets.v1 import average_bins
from utils.datasets.v1_simulation import tuning_curve

seeds = st.integers(0, 10**6)
phases = st.floats(-math.pi / 2, math.pi / 2)
no_counts = st.one_of(st.integers(-5, 0), st.floats(-3, 3), st.booleans(), st.none(), st.just("3"))
no_noise = st.one_of(st.floats(max_value=-1e-9), st.sampled_from([math.nan, math.inf, True, None, "0.1"]))


@settings(max_examples=30)
@given(K=st.integers(1, 6), N=st.integers(1, 30), seed=seeds, sigma=st.floats(0, 0.5), reach=st.floats(0, 3))
def test_spiral_points_lie_on_their_arms(K, N, seed, sigma, reach):
    t = torch.linspace(0, reach, N)
    kept = t.clone()
    X, y = spiral_points(t, K, sigma, generator(seed))
    again, _ = spiral_points(t, K, sigma, generator(seed))
    assert torch.equal(X, again)
    assert torch.equal(t, kept)
    assert X.shape == (K * N, 2)
    assert y.dtype == torch.int64
    assert torch.equal(y.bincount(minlength=K), torch.full((K,), N))
    clean, _ = spiral_points(t, K, 0.0)
    assert torch.allclose(clean.norm(dim=1), t.repeat(K), atol=1e-5)
    # Noise is a part of the radius: nothing moves in the centre, and nowhere by more than the normal's reach.
    assert bool(((X - clean).norm(dim=1) <= 10 * sigma * t.repeat(K) + 1e-6).all())


@given(bad=no_counts)
@settings(max_examples=15)
def test_counts_that_are_none_are_refused_by_name(bad):
    X, y = torch.zeros(4, 2), torch.zeros(4, dtype=torch.int64)
    for name, call in {
        "K": lambda: create_spiral_dataset(bad, 0.1, 5),
        "N": lambda: create_spiral_dataset(2, 0.1, bad),
        "n_steps": lambda: spiral_posterior(X, 2, 0.1, n_steps=bad),
        "batch_size": lambda: batched_loader(X, y, bad),
    }.items():
        assert refusal(call) == f"{name}: got {bad!r}, allowed is a whole number of at least 1"


@given(bad=no_noise)
@settings(max_examples=15)
def test_noise_that_is_none_is_refused(bad):
    for call in (
        lambda: create_spiral_dataset(2, bad, 5),
        lambda: spiral_ceiling(2, bad, 5),
        lambda: spiral_posterior(torch.zeros(1, 2), 2, bad),
        lambda: split_spirals(2, bad, 5, [0]),
    ):
        assert refusal(call).startswith(f"sigma: got {bad!r}, allowed is a finite number")
    assert "above 0" in refusal(spiral_posterior, torch.zeros(1, 2), 2, 0.0)


@settings(max_examples=25)
@given(
    n=st.integers(1, 60),
    batch_size=st.integers(1, 70),
    shuffle=st.booleans(),
    drop_last=st.booleans(),
    seed=seeds,
)
def test_a_loader_gives_every_pair_once(n, batch_size, shuffle, drop_last, seed):
    X, y = torch.arange(2.0 * n).reshape(n, 2), torch.arange(n)
    if drop_last and batch_size > n:
        assert f"got {batch_size}, allowed with drop_last is at most {n}" in refusal(
            batched_loader, X, y, batch_size, shuffle, drop_last
        )
        return
    loader = batched_loader(X, y, batch_size, shuffle, drop_last, generator(seed))
    batches = list(loader)
    assert len(loader) == len(batches) == (n // batch_size if drop_last else math.ceil(n / batch_size))
    X_seen, y_seen = (torch.cat(part) for part in zip(*batches, strict=True))
    assert torch.equal(X[y_seen], X_seen)
    assert len(y_seen.unique()) == len(y_seen) == (len(batches) * batch_size if drop_last else n)
    assert all(len(batch) == batch_size for _, batch in batches[:-1])
    if not shuffle:
        assert torch.equal(y_seen, y[: len(y_seen)])
    repeated = torch.cat([batch for _, batch in batched_loader(X, y, batch_size, shuffle, drop_last, generator(seed))])
    assert torch.equal(repeated, y_seen)


@settings(max_examples=20)
@given(n=st.integers(1, 12), fraction=st.one_of(st.floats(-1, 0), st.floats(1, 2), st.just(math.nan), st.just(True)))
def test_a_split_without_two_sides_is_refused(n, fraction):
    X = torch.zeros(n, 2)
    assert refusal(shuffle_and_split, X, X, fraction).startswith(f"test_fraction: got {fraction!r}")
    assert "allowed is what keeps one or more for testing" in refusal(shuffle_and_split, X, X, 0.9 / n)
    assert refusal(shuffle_and_split, X, torch.zeros(n + 1)).startswith(f"y: got shape ({n + 1},)")


@settings(max_examples=10)
@given(K=st.integers(1, 4), N=st.integers(3, 12), seeds=st.lists(seeds, min_size=1, max_size=4))
def test_split_spirals_are_the_single_ones(K, N, seeds):
    stacked = split_spirals(K, 0.2, N, seeds, 0.4)
    for row, seed in enumerate(seeds):
        source = generator(seed)
        alone = shuffle_and_split(*create_spiral_dataset(K, 0.2, N, source), 0.4, source)
        assert all(torch.equal(part[row], single) for part, single in zip(stacked, alone, strict=True))
    assert "seeds: got none" in refusal(split_spirals, K, 0.2, N, [])


@settings(max_examples=20)
@given(
    X=hnp.arrays(np.float64, st.tuples(st.integers(1, 80), st.just(2)), elements=st.floats(-1.5, 1.5)),
    K=st.integers(1, 5),
    sigma=st.floats(0.05, 0.5),
)
def test_posterior_is_a_distribution_and_turns_with_its_arms(X, K, sigma):
    points = torch.from_numpy(X)
    posterior, log_density = spiral_posterior(points, K, sigma)
    assert posterior.shape == (len(X), K)
    assert log_density.shape == (len(X),)
    assert bool((posterior >= 0).all())
    assert torch.allclose(posterior.sum(1), torch.ones(len(X), dtype=torch.float64), atol=1e-12)
    assert np.array_equal(points.numpy(), X)
    # One at a time or all together; and turning the plane by one arm renames the arms.
    alone = torch.cat([spiral_posterior(point[None], K, sigma)[0] for point in points[:5]])
    assert torch.allclose(posterior[:5], alone, atol=1e-9)
    angle = 2 * math.pi / K
    cos, sin = math.cos(angle), math.sin(angle)
    # (sin a, cos a) at the angle a + 2 pi / K
    turned = torch.stack([points[:, 0] * cos + points[:, 1] * sin, points[:, 1] * cos - points[:, 0] * sin], 1)
    assert torch.allclose(spiral_posterior(turned, K, sigma)[0], posterior.roll(1, 1), atol=1e-6)


@settings(max_examples=8)
@given(K=st.integers(1, 5), sigma=st.floats(0.05, 1))
def test_ceiling_lies_between_chance_and_one_and_falls_with_noise(K, sigma):
    ceiling = spiral_ceiling(K, sigma, 60)
    assert 1 / K <= ceiling <= 1 + 1e-6
    assert spiral_ceiling(K, 0, 60) == 1.0
    assert ceiling <= spiral_ceiling(K, sigma / 3, 60) + 0.05


@pytest.mark.parametrize("t_range", [(1, 1), (1, 0), (-1, 1), (0, math.inf), (math.nan, 1)])
def test_a_range_that_is_none_is_refused(t_range):
    assert refusal(spiral_posterior, torch.zeros(1, 2), 2, 0.1, t_range).startswith(f"t_range: got {t_range!r}")


@pytest.mark.parametrize(
    ("t", "came"),
    [
        (torch.zeros(2, 2), "shape (2, 2)"),
        (torch.zeros(0), "shape (0,)"),
        ([0.1], "list"),
        (torch.tensor([-0.1]), "negative"),
        (torch.tensor([math.nan]), "non-finite"),
    ],
)
def test_a_radius_that_is_none_is_refused(t, came):
    words = refusal(spiral_points, t, 2, 0.1)
    assert words.startswith("t: got ")
    assert came in words


@settings(max_examples=15)
@given(ipd=st.lists(phases, min_size=1, max_size=40), seed=seeds, phase=st.sampled_from(["per_sound", "shared"]))
def test_spikes_are_zeros_and_ones_and_follow_their_seed(ipd, seed, phase):
    ipd = torch.tensor(ipd, dtype=torch.float64)
    kept = ipd.clone()
    spikes = ipd_spikes(ipd, generator(seed), phase)
    assert spikes.shape == (len(ipd), 100, 200)
    assert spikes.dtype == torch.uint8
    assert int(spikes.max()) <= 1
    assert torch.equal(ipd, kept)
    assert torch.equal(spikes, ipd_spikes(ipd, generator(seed), phase))
    # Without a rate there is no spike; and a sound is the same whatever sounds follow it in the call.
    assert not ipd_spikes(ipd, generator(seed), phase, peak_rate=0).any()
    if phase == "shared":
        return
    probability = spike_probability(ipd, torch.zeros(len(ipd)))
    assert bool((probability > -1e-6).all())
    assert bool((probability < 0.6 + 1e-6).all())


@settings(max_examples=15)
@given(n=st.integers(1, 30), seed=seeds)
def test_random_sounds_lie_in_range_and_repeat(n, seed):
    ipd, spikes = random_ipd_dataset(n, generator(seed))
    again = random_ipd_dataset(n, generator(seed))
    assert ipd.shape == (n,)
    assert spikes.shape == (n, 100, 200)
    assert bool((ipd.abs() <= math.pi / 2).all())
    assert torch.equal(ipd, again[0])
    assert torch.equal(spikes, again[1])


@settings(max_examples=25)
@given(bad=st.one_of(st.floats(1.5708, 100), st.floats(-100, -1.5709), st.sampled_from([math.nan, math.inf])))
def test_directions_out_of_range_are_refused(bad):
    words = refusal(ipd_spikes, torch.tensor([0.0, bad], dtype=torch.float64))
    assert words.startswith("ipd: got ")
    assert words.endswith("allowed is -pi/2 to pi/2")
    assert "allowed is (n,)" in refusal(ipd_spikes, torch.zeros(2, 2))


@settings(max_examples=15)
@given(bad=st.one_of(st.floats(max_value=-1e-6), st.floats(1000.001, 1e9), st.just(math.nan)))
def test_rates_out_of_range_are_refused(bad):
    assert refusal(ipd_spikes, torch.zeros(1), peak_rate=bad).startswith(f"peak_rate: got {bad}, allowed is 0 to 1000")
    assert refusal(random_ipd_dataset, 2, peak_rate=bad).startswith(f"peak_rate: got {bad}")


@settings(max_examples=15)
@given(bad=st.one_of(st.integers(-5, 0), st.floats(0.1, 0.9)))
def test_a_number_of_sounds_that_is_none_is_refused(bad):
    assert refusal(random_ipd_dataset, bad).startswith(f"n: got {bad}")
    assert "phase: got 'none'" in refusal(ipd_spikes, torch.zeros(1), phase="none")


@given(index=st.integers(0, 10**4), n_classes=st.integers(1, 200))
def test_a_class_decodes_to_itself(index, n_classes):
    classes = torch.tensor([index % n_classes])
    assert torch.equal(ipd_to_class(class_to_ipd(classes, n_classes), n_classes), classes)


@settings(max_examples=10)
@given(seed=st.integers(0, 10**9), n=st.integers(1, 40))
def test_simulated_responses_are_centred_and_repeat(seed, n):
    responses, stimuli = simulate_v1(seed, n)
    assert responses.shape == (360, n)
    assert responses.dtype == stimuli.dtype == torch.float32
    assert torch.equal(stimuli[:, 0], torch.arange(360.0))
    assert bool(torch.isfinite(responses).all())
    assert torch.equal(responses, simulate_v1(seed, n)[0])
    # z-scored over trials: the averages of bins scatter less than single trials do.
    assert bool((responses.std(0) < 1).all())


@given(bad=no_counts)
@settings(max_examples=10)
def test_no_neuron_is_refused(bad):
    assert refusal(simulate_v1, n_neurons=bad) == f"n_neurons: got {bad!r}, allowed is an integer from 1"
    if bad != 0 or isinstance(bad, bool):
        assert refusal(simulate_v1, seed=bad) == f"seed: got {bad!r}, allowed is an integer from 0"


@settings(max_examples=40)
@given(preferred=st.floats(0, 360), width=st.floats(1, 90), opposite=st.floats(0, 1), away=st.floats(0, 180))
def test_tuning_curve_is_symmetric_and_half_as_high_at_its_half_width(preferred, width, opposite, away):
    around = np.array([preferred, preferred + width, preferred + away, preferred - away])
    at_peak, at_width, right, left = tuning_curve(around, preferred, width)
    assert at_peak == 1
    assert at_width == pytest.approx(0.5)
    assert right == pytest.approx(left)
    assert 0 <= right <= 1
    both = tuning_curve(around, np.array([preferred]), np.array([width]), opposite)[:, 0]
    across = tuning_curve(around + 180, preferred, width)
    assert both == pytest.approx(np.array([at_peak, at_width, right, left]) + opposite * across)


@settings(max_examples=15)
@given(bad=st.one_of(st.floats(max_value=0), st.floats(90.001, 1e6), st.just(math.nan)))
def test_a_half_width_out_of_range_is_refused(bad):
    assert refusal(tuning_curve, np.zeros(1), 0.0, bad).startswith(f"half_width: got {bad}")


@settings(max_examples=15)
@given(
    responses=hnp.arrays(
        np.float32, st.tuples(st.integers(2, 8), st.integers(1, 4)), elements=st.floats(-9, 9, width=32)
    ),
    start=st.integers(0, 352),
    width=st.integers(1, 90),
)
def test_a_file_comes_back_as_it_was_saved(tmp_path_factory, responses, start, width):
    path = tmp_path_factory.mktemp("v1") / "own.npz"
    degrees = start + np.arange(len(responses), dtype=np.float32)
    np.savez(path, resp=responses, stimuli=degrees)
    loaded, stimuli = load_v1(path, period=360)
    assert np.array_equal(loaded.numpy(), responses)
    assert np.array_equal(stimuli.numpy(), degrees[:, None])
    binned, centres = load_v1(path, bin_width=width, period=360)
    expected = average_bins(loaded, stimuli, width) if width > 1 else (loaded, stimuli)
    assert torch.equal(binned, expected[0])
    assert torch.equal(centres, expected[1])
    assert len(centres) == len(np.unique(degrees // width))


@settings(max_examples=15)
@given(bad=st.one_of(st.floats(max_value=0.999), st.floats(90.1, 1e6), st.sampled_from([math.nan, True, None, "2"])))
def test_bins_out_of_range_are_refused(bad):
    assert refusal(load_v1, bin_width=bad) == f"bin_width: got {bad!r}, allowed is a number from 1 to 90 degrees"
