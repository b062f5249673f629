"""How well a simulated V1 population can be read at best: its Fisher information, and a decoder that attains it.

Both know the population's true tuning and noise, as no decoder of a recording can. The response of neuron i to one bin
is a gamma variable around the rate f_i(angle) (1 + latents . loadings_i); the latents are shared, unknown, and normal.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from utils.datasets.v1_simulation import V1Population
from utils.models.decoders import angular_error, decode_bumps, growing_grams, split_stimuli

_STEPS = 4


def best_error(population: V1Population, rows: Sequence[int], skewed: bool = True) -> float:
    """The mean error that no unbiased decoder of a population can beat (the Cramer-Rao bound).

    Args:
        population: a simulated one. Its wobble, which no neuron betrays, is part of the bound.
        rows: bins over which the bound is averaged.
        skewed: False for decoders that know means and covariances of the responses, and not that noise is skewed.

    Returns:
        In degrees: the mean distance of a normal variable with the smallest variance possible.

    Source: Moreno-Bote et al. (2014), https://doi.org/10.1038/nn.3807
    """
    spreads = []
    for row in rows:
        _, weights, slopes, gains = _sensitivities(population, row, population.given[row], skewed)
        information, _ = _without_latents(weights, slopes, gains, population.counts[row])
        wobble = np.deg2rad(population.wobble) ** 2 / population.counts[row]
        spreads.append(np.sqrt(1 / information + wobble))
    return float(np.rad2deg(np.mean(spreads)) * np.sqrt(2 / np.pi))


def decode_knowing(population: V1Population, rows: Sequence[int]) -> torch.Tensor:
    """Angles decoded by someone who knows the true tuning curves, variances and covariances, and nothing else.

    A first guess (the most likely of 180 angles, as if neurons were independent) is moved by the best linear reading of
    what it leaves unexplained, a few times.

    Args:
        population: a simulated one.
        rows: bins to decode.

    Returns:
        (n_rows, 1) in degrees, 0 to below 360.
    """
    responses, angles = population.responses[rows].numpy() + population.offset, []
    for response, row, angle in zip(responses, rows, _first_guesses(population, responses), strict=True):
        for _ in range(_STEPS):
            rate, weights, slopes, gains = _sensitivities(population, row, angle, skewed=False)
            information, steer = _without_latents(weights, slopes, gains, population.counts[row])
            surprise = weights * (response - rate) / (population.grain / population.counts[row])
            # Near the right angle this is the best step; far from it, it may be too long.
            angle = angle + np.clip((slopes @ surprise - steer @ (gains @ surprise)) / information, -0.1, 0.1)
        angles.append(angle)
    return torch.from_numpy(np.rad2deg(np.array(angles)) % 360)[:, None]


def race_to_the_bound(
    population: V1Population, sizes: Sequence[int], rows: Sequence[int], seed: int = 0
) -> tuple[list[float], dict[str, list[float]]]:
    """The best error possible, and errors of two decoders, for more and more neurons in random order.

    Args:
        population: a simulated one.
        sizes: ascending numbers of neurons.
        rows: bins to decode, none of which the learning decoder learns from.
        seed: of the order.

    Returns:
        best: (n_sizes,) mean error in degrees, of the mean angle that was shown in a bin.
        reached: decoder -> (n_sizes,) likewise. One knows the population; one learned from 216 bins.
    """
    n_neurons = population.responses.shape[1]
    order = torch.randperm(n_neurons, generator=torch.Generator().manual_seed(seed)).numpy()
    labels = torch.arange(float(len(population.shown)))[:, None]
    train, _ = split_stimuli(len(labels))
    best: list[float] = []
    reached: dict[str, list[float]] = {"learned": [], "knowing": []}
    for size, gram in growing_grams(population.responses, sizes, seed):
        read = population.only(order[:size])
        best.append(best_error(read, rows))
        found = {
            "learned": decode_bumps(gram, labels, train, torch.tensor(rows)),
            "knowing": decode_knowing(read, rows),
        }
        for name, angles in found.items():
            reached[name].append(float(angular_error(angles, population.shown[rows]).mean()))
    return best, reached


def _first_guesses(population, responses) -> np.ndarray:
    """The most likely of 180 angles under independent normal noise, in radians."""
    grid = np.deg2rad(np.arange(0, 360, 2.0))
    rates, _ = population.tuning(grid)
    precision = 1 / (rates * population.grain)
    fit = responses @ (rates * precision).T - 0.5 * (responses**2) @ precision.T - 0.5 * (rates**2 * precision).sum(1)
    typical = float(np.median(population.counts))
    return grid[(typical * fit + 0.5 * np.log(precision).sum(1)).argmax(1)]


def _sensitivities(population, row, angle, skewed):
    """Rate and information weight of each neuron, and how its gamma shape moves with the angle and with each latent."""
    rate, slope = (part[0] for part in population.tuning(np.array([angle])))
    grain = population.grain / np.float32(population.counts[row])
    shape = rate / grain
    weights = torch.special.polygamma(1, torch.from_numpy(shape)).numpy() if skewed else 1 / shape
    return rate, weights, slope / grain, rate * population.loadings / grain


def _without_latents(weights, slopes, gains, count) -> tuple[float, np.ndarray]:
    """Information about the angle once the latents are unknown, and how much each of them looks like the angle."""
    weighted = gains * weights
    overlap = weighted @ slopes
    steer = np.linalg.solve((weighted @ gains.T).astype(float) + count * np.eye(len(gains)), overlap)
    return float((slopes * weights) @ slopes - overlap @ steer), steer
