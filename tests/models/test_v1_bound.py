"""The best possible: the bound against brute force, the decoder that reaches it, and noise that limits both."""

import numpy as np
import pytest
import torch

from utils.datasets.v1_simulation import V1Population
from utils.models.decoders import angular_error, split_stimuli
from utils.models.v1_bound import best_error, decode_knowing, race_to_the_bound

ROWS = list(range(0, 360, 12))


@pytest.fixture(scope="module")
def population():
    return V1Population(5, 3000)


def covariance(population, row):
    """Of one bin's responses, written out: private noise on the diagonal, shared noise everywhere."""
    rate = population.tuning(population.given[[row]])[0][0].astype(float)
    shared = rate * population.loadings
    return (np.diag(rate * population.grain) + shared.T @ shared) / population.counts[row]


def test_the_bound_is_that_of_the_whole_covariance(population):
    """The short way (one small system for the latents) against the long one (a matrix of all pairs)."""
    few, expected = population.only(np.arange(60)), []
    for row in ROWS[:4]:
        slope = few.tuning(few.given[[row]])[1][0].astype(float)
        information = slope @ np.linalg.solve(covariance(few, row), slope)
        expected.append(np.rad2deg(information**-0.5) * np.sqrt(2 / np.pi))
    assert best_error(few, ROWS[:4], skewed=False) == pytest.approx(np.mean(expected), rel=1e-3)


def test_the_bound_falls_as_the_root_of_the_number_of_neurons(population):
    bounds = [best_error(population.only(np.arange(n)), ROWS) for n in (300, 1200)]
    assert bounds[0] / bounds[1] == pytest.approx(2, rel=0.15)


def test_skewed_noise_tells_a_little_more(population):
    some = population.only(slice(1000))
    assert 0.8 < best_error(some, ROWS) / best_error(some, ROWS, skewed=False) < 0.97


def test_wobble_sets_a_floor_that_no_neuron_lowers():
    wobbling = V1Population(5, 3000, wobble=4.0)
    floor = np.mean(4 / np.sqrt(wobbling.counts[ROWS])) * np.sqrt(2 / np.pi)
    assert floor < best_error(wobbling, ROWS) < 1.1 * floor


def test_knowing_the_population_reaches_the_bound(population):
    """Averaged over 90 bins the error of the best decoder and the bound differ by chance only."""
    rows = list(range(0, 360, 4))
    error = angular_error(decode_knowing(population, rows), population.shown[rows]).mean()
    assert float(error) / best_error(population, rows, skewed=False) == pytest.approx(1, abs=0.25)


def test_the_race(population):
    rows = split_stimuli(360)[1][::4].tolist()
    best, reached = race_to_the_bound(population, [300, 3000], rows)
    assert best[0] > best[1]
    assert set(reached) == {"learned", "knowing"}
    assert reached["learned"][1] > reached["knowing"][1] > 0.7 * best[1]
    assert all(torch.isfinite(torch.tensor(found)).all() for found in reached.values())
