"""How well can it be done? The ideal observer: Bayes' rule with the true model of the spikes, on a grid of hypotheses.

The left ear knows of the phase of the sound alone, the right ear of phase plus direction, and both follow the same
function of it. So two tables of log-likelihoods, one for each ear, hold what all pairs of hypotheses need.
"""

from __future__ import annotations

import functools
import math

import numpy as np
from torch import Tensor

from utils.datasets.sound import DT, FIBRES_PER_EAR, FREQUENCY, N_CLASSES, N_STEPS, PEAK_RATE

# Hypotheses half a degree apart: directions in the middle of their bins, so that each class holds 30 of them.
STEP = 0.5
DIRECTIONS = np.arange(-90, 90, STEP) + STEP / 2
PHASES = np.arange(0, 360, STEP)
# A probability of 0 would let one impossible spike overrule all others.
SMALLEST = 1e-9
CHUNK = 128


def spike_log_odds(phases: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What a spike, and what silence, says of the phase at one ear.

    Args:
        phases: hypotheses in degrees, shape (m,).

    Returns:
        log(p / (1 - p)) of each step and fibre, shape (100 * 100, m), and the sum of log(1 - p), shape (m,): the
        log-likelihood of spikes s is s @ first + second.
    """
    time = 2 * np.pi * FREQUENCY * DT * np.arange(N_STEPS)
    delay = np.linspace(0, np.pi / 2, FIBRES_PER_EAR)
    moment = (time[:, None] + delay).reshape(-1, 1)
    odds = np.empty((len(moment), len(phases)), dtype=np.float32)
    silence = np.empty(len(phases))
    # A few hypotheses at a time: the numbers in between are of twice the precision, and not kept.
    for first in range(0, len(phases), 60):
        part = slice(first, first + 60)
        p = PEAK_RATE * DT * ((1 + np.sin(moment + np.deg2rad(phases[part]))) / 2) ** 2
        p = p.clip(SMALLEST, 1 - SMALLEST)
        odds[:, part] = np.log(p / (1 - p))
        silence[part] = np.log1p(-p).sum(0)
    return odds, silence


@functools.lru_cache(maxsize=1)
def _tables() -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    return spike_log_odds(PHASES), spike_log_odds(PHASES + STEP / 2)


def direction_posterior(spikes: Tensor, phase: Tensor | None = None) -> np.ndarray:
    """Probability of each direction, given the spikes of both ears; every direction is as likely before.

    Args:
        spikes: zeros and ones, shape (n, 100, 200).
        phase: of the sounds in radians, shape (n,), where it is known; None knows nothing of it.

    Returns:
        Probabilities of `DIRECTIONS`, shape (n, 360), float32; each row sums to 1.

    Raises:
        ValueError: the shape is another, or there is not one phase for each sound.
    """
    if spikes.ndim != 3 or tuple(spikes.shape[1:]) != (N_STEPS, 2 * FIBRES_PER_EAR):
        raise ValueError(f"spikes: got shape {tuple(spikes.shape)}, allowed is (n, {N_STEPS}, {2 * FIBRES_PER_EAR})")
    if phase is not None and len(phase) != len(spikes):
        raise ValueError(f"phase: got {len(phase)}, allowed is one for each of the {len(spikes)} sounds")
    result = np.empty((len(spikes), len(DIRECTIONS)), dtype=np.float32)
    for first in range(0, len(spikes), CHUNK):
        part = slice(first, first + CHUNK)
        left, right = _ear_log_likelihoods(spikes[part].cpu().numpy())
        if phase is None:
            likelihood = _over_all_phases(left, right)
        else:
            likelihood = _at_known_phases(right, np.rad2deg(np.asarray(phase[part], dtype=float)))
        result[part] = likelihood / likelihood.sum(1, keepdims=True)
    return result


def _ear_log_likelihoods(spikes: np.ndarray) -> list[np.ndarray]:
    """For the left ear at `PHASES`, for the right ear half a step beyond; (n, 720) each, the largest of a row is 0."""
    found = []
    for ear, (odds, silence) in enumerate(_tables()):
        own = spikes[:, :, ear * FIBRES_PER_EAR : (ear + 1) * FIBRES_PER_EAR].reshape(len(spikes), -1)
        log_likelihood = own.astype(np.float32) @ odds + silence
        found.append(log_likelihood - log_likelihood.max(1, keepdims=True))
    return found


def _over_all_phases(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Sum over the phase phi of left(phi) right(phi + direction): a correlation on the circle."""
    together = np.fft.irfft(np.conj(np.fft.rfft(np.exp(left))) * np.fft.rfft(np.exp(right)), n=len(PHASES))
    # right[k] lies half a step beyond PHASES[k]: a shift by k steps stands for the direction (k + 1/2) steps.
    shifts = np.floor(DIRECTIONS / STEP).astype(int) % len(PHASES)
    # Rounding leaves numbers of either sign near 0.
    return together[:, shifts].clip(0)


def _at_known_phases(right: np.ndarray, phase: np.ndarray) -> np.ndarray:
    # Between two hypotheses of the grid the log-likelihood is nearly a straight line.
    place = (phase[:, None] + DIRECTIONS - STEP / 2) / STEP
    below = np.floor(place).astype(int)
    rest, rows = place - below, np.arange(len(right))[:, None]
    low, high = right[rows, below % len(PHASES)], right[rows, (below + 1) % len(PHASES)]
    log_likelihood = low * (1 - rest) + high * rest
    return np.exp(log_likelihood - log_likelihood.max(1, keepdims=True))


def class_probabilities(posterior: np.ndarray, n_classes: int = N_CLASSES) -> np.ndarray:
    """Probability of each class of directions.

    Args:
        posterior: probabilities of `DIRECTIONS`, shape (n, 360).
        n_classes: number of equal bins, a divisor of 360.

    Returns:
        Shape (n, n_classes).

    >>> class_probabilities(np.full((1, 360), 1 / 360), 3).round(3).tolist()
    [[0.333, 0.333, 0.333]]
    """
    return posterior.reshape(len(posterior), n_classes, -1).sum(2)


def best_estimate(posterior: np.ndarray) -> np.ndarray:
    """The median of each posterior, which errs least on average.

    Args:
        posterior: probabilities of `DIRECTIONS`, shape (n, 360).

    Returns:
        Directions in degrees, shape (n,).
    """
    total = np.cumsum(posterior, axis=1, dtype=float)
    return np.array([np.interp(0.5 * row[-1], row, DIRECTIONS + STEP / 2) for row in total])


def count_probabilities(phases: np.ndarray) -> np.ndarray:
    """Probability of each number of spikes of one fibre in a whole sound, exactly.

    Args:
        phases: at the first step, fibre's delay included, in degrees, shape (m,).

    Returns:
        Probabilities of 0 to 100 spikes, shape (m, 101).

    >>> two = count_probabilities(np.array([0.0, 40.0]))
    >>> bool(abs(two[0] - two[1]).max() < 1e-9)
    True
    """
    result = np.zeros((len(phases), N_STEPS + 1))
    result[:, 0] = 1
    for step in range(N_STEPS):
        theta = 2 * math.pi * FREQUENCY * DT * step + np.deg2rad(phases)
        p = (PEAK_RATE * DT * ((1 + np.sin(theta)) / 2) ** 2)[:, None]
        result[:, 1:] = result[:, 1:] * (1 - p) + result[:, :-1] * p
        result[:, 0] *= 1 - p[:, 0]
    return result
