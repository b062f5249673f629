"""The spirals: their formula, their split, their loaders, and what Bayes' rule says about them."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from utils.datasets import create_spiral_dataset
from utils.datasets.spiral import (
    batched_loader,
    shuffle_and_split,
    spiral_ceiling,
    spiral_points,
    spiral_posterior,
    split_spirals,
)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@settings(max_examples=25, deadline=None)
@given(K=st.integers(1, 7), N=st.integers(1, 40), sigma=st.floats(0, 1), seed=st.integers(0, 10**6))
def test_shapes_labels_and_formula(K, N, sigma, seed):
    X, y = create_spiral_dataset(K, sigma, N, seeded(seed))
    assert X.shape == (K * N, 2)
    assert X.dtype == torch.float32
    assert y.dtype == torch.int64
    assert y.tolist() == [k for k in range(K) for _ in range(N)]
    # Taking the noise out, draw by draw, must leave the arm itself.
    generator, t = seeded(seed), torch.linspace(0, 1, N)
    for k in range(K):
        for axis, function in enumerate((torch.sin, torch.cos)):
            noise = torch.randn(N, generator=generator)
            clean = X[k * N : (k + 1) * N, axis] - t * sigma * noise
            assert torch.allclose(clean, t * function(2 * math.pi / K * (2 * t + k)), atol=1e-5)


def test_without_a_generator_torchs_own_is_used():
    torch.manual_seed(3)
    first, _ = create_spiral_dataset(3, 0.2, 10)
    torch.manual_seed(3)
    assert torch.equal(first, create_spiral_dataset(3, 0.2, 10)[0])
    assert not torch.equal(first, create_spiral_dataset(3, 0.2, 10)[0])


def test_noise_free_arms_have_radius_t_and_touch_in_the_centre():
    t = torch.linspace(0, 2, 21)
    X, _ = spiral_points(t, 4, 0.0)
    assert torch.allclose(X.norm(dim=1), t.repeat(4), atol=1e-6)
    assert torch.allclose(X.view(4, 21, 2)[:, 0], torch.zeros(4, 2))


def test_arms_are_one_curve_turned_by_equal_angles():
    X, _ = spiral_points(torch.linspace(0, 1, 11), 4, 0.0)
    arms = X.view(4, 11, 2)
    turned = torch.stack([arms[0, :, 1], -arms[0, :, 0]], dim=1)  # by a quarter turn
    assert torch.allclose(turned, arms[1], atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((0, 0.1, 5), "K"),
        ((2.0, 0.1, 5), "K"),
        ((True, 0.1, 5), "K"),
        ((2, -0.1, 5), "sigma"),
        ((2, math.nan, 5), "sigma"),
        ((2, math.inf, 5), "sigma"),
        ((2, "much", 5), "sigma"),
        ((2, 0.1, 0), "N"),
        ((2, 0.1, -3), "N"),
    ],
)
def test_bad_spirals_are_refused_by_name(arguments, name):
    with pytest.raises(ValueError, match=rf"^{name}: got .*allowed"):
        create_spiral_dataset(*arguments)


@pytest.mark.parametrize(
    "t", [torch.tensor([-0.1]), torch.tensor([math.nan]), torch.zeros(0), torch.zeros(2, 2), [0.5]]
)
def test_bad_radii_are_refused(t):
    with pytest.raises(ValueError, match=r"^t: got"):
        spiral_points(t, 3, 0.1)


@settings(max_examples=25, deadline=None)
@given(n=st.integers(5, 200), fraction=st.floats(0.2, 0.9), seed=st.integers(0, 1000))
def test_split_keeps_every_pair_once(n, fraction, seed):
    X = torch.arange(n)[:, None].float()
    parts = shuffle_and_split(X, torch.arange(n), fraction, seeded(seed))
    X_train, y_train, X_test, y_test = parts
    assert len(X_test) == int(n * fraction)
    assert torch.equal(torch.cat([y_train, y_test]).sort().values, torch.arange(n))
    assert torch.equal(torch.cat([X_train, X_test])[:, 0].long(), torch.cat([y_train, y_test]))


def test_split_shuffles_and_follows_its_generator():
    X, y = create_spiral_dataset(4, 0.16, 100, seeded())
    first = shuffle_and_split(X, y, 0.2, seeded(1))
    assert first[3].unique().tolist() == [0, 1, 2, 3]
    assert torch.equal(first[0], shuffle_and_split(X, y, 0.2, seeded(1))[0])
    assert not torch.equal(first[0], shuffle_and_split(X, y, 0.2, seeded(2))[0])


@pytest.mark.parametrize("fraction", [0, 1, -0.2, 1.5, math.nan, "half", True])
def test_bad_fractions_are_refused(fraction):
    with pytest.raises(ValueError, match=r"^test_fraction: got"):
        shuffle_and_split(torch.zeros(10, 2), torch.zeros(10), fraction)


def test_split_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match=r"^y: got shape \(4,\)"):
        shuffle_and_split(torch.zeros(5, 2), torch.zeros(4))
    with pytest.raises(ValueError, match=r"^X: got shape \(0, 2\)"):
        shuffle_and_split(torch.zeros(0, 2), torch.zeros(0))
    with pytest.raises(ValueError, match=r"^X, y: got list"):
        shuffle_and_split([1, 2], torch.zeros(2))
    with pytest.raises(ValueError, match="keeps one or more"):
        shuffle_and_split(torch.zeros(3, 2), torch.zeros(3), 0.1)


def test_split_spirals_stacks_what_each_seed_gives_alone():
    stacked = split_spirals(3, 0.2, 20, [5, 9])
    generator = seeded(9)
    alone = shuffle_and_split(*create_spiral_dataset(3, 0.2, 20, generator), 0.2, generator)
    assert stacked[0].shape == (2, 48, 2)
    assert stacked[3].shape == (2, 12)
    assert all(torch.equal(both[1], one) for both, one in zip(stacked, alone, strict=True))
    with pytest.raises(ValueError, match=r"^seeds: got none"):
        split_spirals(3, 0.2, 20, [])


def test_loader_visits_every_sample_once_and_indexes_whole_batches():
    X = torch.arange(10)[:, None].float()
    loader = batched_loader(X, torch.arange(10), batch_size=4, generator=seeded())
    batches = list(loader)
    assert len(loader) == 3
    assert [len(labels) for _, labels in batches] == [4, 4, 2]
    assert all(torch.equal(samples[:, 0].long(), labels) for samples, labels in batches)
    order = torch.cat([labels for _, labels in batches])
    assert order.sort().values.tolist() == list(range(10))
    assert order.tolist() != list(range(10))
    assert loader.num_workers == 0
    # Batches come from one indexing operation: the loader collates nothing.
    assert loader.batch_size is None


def test_loader_follows_its_generator_and_its_switches():
    X, y = torch.zeros(10, 2), torch.arange(10)

    def order(**options):
        return torch.cat([labels for _, labels in batched_loader(X, y, 4, **options)]).tolist()

    assert order(shuffle=False) == list(range(10))
    assert len(order(drop_last=True)) == 8
    assert order(generator=seeded(1)) == order(generator=seeded(1))
    loader = batched_loader(X, y, 4, generator=seeded(1))
    assert [labels.tolist() for _, labels in loader] != [labels.tolist() for _, labels in loader]


def test_loader_refuses_bad_sizes():
    X, y = torch.zeros(3, 2), torch.zeros(3)
    with pytest.raises(ValueError, match=r"^batch_size: got 0"):
        batched_loader(X, y, 0)
    with pytest.raises(ValueError, match="drop_last"):
        batched_loader(X, y, 4, drop_last=True)
    with pytest.raises(ValueError, match=r"^y: got shape \(2,\)"):
        batched_loader(X, torch.zeros(2))


def literal_posterior(X, K, sigma, start, stop, n_steps):
    """The same integral as a plain double loop over arms and steps."""
    densities = torch.zeros(len(X), K, dtype=torch.float64)
    for k in range(K):
        for i in range(n_steps):
            t = start + (stop - start) * (i + 0.5) / n_steps
            angle = 2 * math.pi / K * (2 * t + k)
            centre = torch.tensor([t * math.sin(angle), t * math.cos(angle)], dtype=torch.float64)
            squared = ((X.double() - centre) ** 2).sum(1)
            variance = (t * sigma) ** 2
            densities[:, k] += torch.exp(-squared / (2 * variance)) / (2 * math.pi * variance) / n_steps
    return densities / densities.sum(1, keepdim=True), densities.mean(1).log()


@pytest.mark.parametrize(("K", "sigma", "t_range"), [(4, 0.16, (0.0, 1.0)), (3, 0.4, (0.0, 2.0)), (1, 0.2, (0.5, 1.0))])
def test_posterior_is_bayes_rule(K, sigma, t_range):
    X = spiral_points(torch.linspace(0.1, 1, 40), K, sigma, seeded())[0]
    posterior, log_density = spiral_posterior(X, K, sigma, t_range, n_steps=60)
    wanted, wanted_density = literal_posterior(X, K, sigma, *t_range, n_steps=60)
    assert torch.allclose(posterior.double(), wanted, atol=1e-6)
    assert torch.allclose(log_density.double(), wanted_density, atol=1e-4)
    assert torch.allclose(posterior.sum(1), torch.ones(len(X)), atol=1e-6)


def test_density_integrates_to_one():
    side = torch.linspace(-2, 2, 201)
    y, x = torch.meshgrid(side, side, indexing="ij")
    # Away from the centre, where the density has a peak that no grid resolves.
    _, log_density = spiral_posterior(torch.stack([x.flatten(), y.flatten()], 1), 4, 0.16, (0.3, 1.0))
    assert log_density.double().exp().sum().item() * 0.02**2 == pytest.approx(1, abs=1e-3)


def test_far_points_stay_finite():
    posterior, log_density = spiral_posterior(torch.tensor([[50.0, -80.0]]), 4, 0.05)
    assert torch.isfinite(posterior).all()
    assert torch.isfinite(log_density).all()


def test_ceiling_is_what_bayes_rule_reaches():
    X, y = create_spiral_dataset(4, 0.3, 4000, seeded(1))
    reached = (spiral_posterior(X, 4, 0.3)[0].argmax(1) == y).float().mean().item()
    # 16000 points: a standard error of a quarter of a percent.
    assert spiral_ceiling(4, 0.3, 2000) == pytest.approx(reached, abs=0.01)


def test_ceiling_falls_with_noise_towards_chance():
    ceilings = [spiral_ceiling(4, sigma, 200) for sigma in (0, 0.05, 0.2, 0.5, 3.0)]
    assert ceilings[0] == 1
    assert ceilings == sorted(ceilings, reverse=True)
    assert 0.25 < ceilings[-1] < 0.4
    assert spiral_ceiling(1, 0.5, 50) == pytest.approx(1)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((torch.zeros(3), 4, 0.1), "X"),
        ((torch.zeros(3, 3), 4, 0.1), "X"),
        ((torch.tensor([[math.nan, 0.0]]), 4, 0.1), "X"),
        (([[0.0, 0.0]], 4, 0.1), "X"),
        ((torch.zeros(3, 2), 0, 0.1), "K"),
        ((torch.zeros(3, 2), 4, 0.0), "sigma"),
        ((torch.zeros(3, 2), 4, 0.1, (1.0, 1.0)), "t_range"),
        ((torch.zeros(3, 2), 4, 0.1, (-1.0, 1.0)), "t_range"),
        ((torch.zeros(3, 2), 4, 0.1, (0.0, math.inf)), "t_range"),
        ((torch.zeros(3, 2), 4, 0.1, (0.0, 1.0), 0), "n_steps"),
    ],
)
def test_bad_posteriors_are_refused_by_name(arguments, name):
    with pytest.raises(ValueError, match=rf"^{name}: got"):
        spiral_posterior(*arguments)


def test_numbers_of_numpy_are_numbers():
    X, y = create_spiral_dataset(np.int64(3), np.float32(0.125), np.int32(5), seeded())
    plain, labels = create_spiral_dataset(3, 0.125, 5, seeded())
    assert torch.equal(X, plain)
    assert torch.equal(y, labels)
    parts = shuffle_and_split(X, y, np.float64(0.2), seeded())
    assert [len(part) for part in parts] == [12, 12, 3, 3]
    assert len(batched_loader(X, y, np.int64(4))) == 4


def test_a_number_is_no_generator():
    X, y = create_spiral_dataset(3, 0.1, 5)
    for call in (
        lambda: create_spiral_dataset(3, 0.1, 5, generator=3),
        lambda: shuffle_and_split(X, y, 0.2, 3),
        lambda: batched_loader(X, y, 4, generator=3),
    ):
        with pytest.raises(ValueError, match=r"^generator: got 3, allowed is a torch\.Generator, such as set_seed"):
            call()


def test_little_noise_leaves_nothing_to_lose():
    """The origin is one point of a continuum: it may not cost a share of the ceiling."""
    assert spiral_ceiling(4, 0.02) == pytest.approx(1, abs=1e-4)


def test_the_ceiling_is_what_bayes_rule_scores():
    ceiling, right = spiral_ceiling(4, 0.3), []
    for seed in range(3):
        t = torch.rand(1000, generator=seeded(seed))
        X, y = spiral_points(t, 4, 0.3, seeded(10 + seed))
        right.append((spiral_posterior(X, 4, 0.3)[0].argmax(1) == y).float())
    share = torch.cat(right)
    assert ceiling == pytest.approx(share.mean().item(), abs=4 * share.std().item() / math.sqrt(len(share)))
