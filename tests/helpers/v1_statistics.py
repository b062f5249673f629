"""Statistics of a V1 population, computed in the same way on the simulated one and on the extract of a recording."""

import functools
import os
from pathlib import Path

import numpy as np
import torch

from utils.datasets.v1_simulation import simulate_v1

EXTRACT = Path(
    os.environ.get("COURSE_V1_EXTRACT", Path(__file__).parents[3] / "shared" / "data" / "stringer_first100.npz")
)
# The extract was read off a heat map whose colours end here; the simulated population is clipped alike.
CLIP = (-0.41, 1.93)
N = 360


@functools.cache
def population():
    """The default population, made once for each worker."""
    return simulate_v1()


@functools.cache
def recorded():
    with np.load(EXTRACT) as file:
        return file["resp"].astype(float)


@functools.cache
def simulated(n_neurons=2000):
    return np.clip(population()[0][:, :n_neurons].numpy().astype(float), *CLIP)


def smooth(responses, width):
    """Circular Gaussian smoothing over stimuli, `width` in degrees."""
    lag = np.minimum(np.arange(N), N - np.arange(N))
    kernel = np.exp(-0.5 * (lag / width) ** 2)
    transfer = np.fft.rfft(kernel / kernel.sum())[:, None]
    return np.fft.irfft(np.fft.rfft(responses, axis=0) * transfer, N, axis=0)


def noise(responses):
    """A bin minus the mean of its neighbours: tuning cancels, noise (of 1.5 times its variance) stays."""
    return responses - (np.roll(responses, 1, 0) + np.roll(responses, -1, 0)) / 2


def signal_share(responses):
    """Tuning's part of the single-trial variance, which z-scoring made 1: the covariance of neighbouring bins."""
    centred = responses - responses.mean(0)
    return (centred * np.roll(centred, 1, 0)).mean(0)


def better_tuned(responses):
    share = signal_share(responses)
    return smooth(responses, 4)[:, share >= np.median(share)]


def half_widths(responses):
    """Half the width at half height above the curve's median, degrees, of the better-tuned half."""
    curves = better_tuned(responses)
    curves = curves - np.median(curves, 0)
    found = []
    for curve in curves.T:
        around = np.roll(curve, -curve.argmax())
        half = around[0] / 2
        sides = []
        for side in (around, np.roll(around[::-1], 1)):
            first = int(np.argmax(side < half))
            sides.append(first - 1 + (side[first - 1] - half) / (side[first - 1] - side[first]))
        found.append(np.mean(sides))
    return np.array(found)


def opposite_response(responses):
    """Response 180 degrees from the peak over the peak, above the curve's median, of the better-tuned half."""
    curves = better_tuned(responses)
    curves = curves - np.median(curves, 0)
    peak = curves.argmax(0)
    cell = np.arange(curves.shape[1])
    return curves[(peak + N // 2) % N, cell] / curves[peak, cell]


def noise_variance(responses):
    return (noise(responses) ** 2 * 2 / 3).mean()


def noise_at(responses, low, high):
    """Standard deviation of a bin's noise where the smoothed response lies between low and high."""
    level = smooth(responses, 6)
    return np.sqrt((noise(responses) ** 2 * 2 / 3)[(level > low) & (level <= high)].mean())


def correlations(responses, size=100):
    """Noise correlations and noise eigenvalues (percent), in groups of 100 cells as the extract is one."""
    pairs, eigenvalues, similarity = [], [], []
    curves, rest = smooth(responses, 4), responses - smooth(responses, 4)
    upper = np.triu_indices(size, 1)
    for start in range(0, responses.shape[1] - size + 1, size):
        matrix = np.corrcoef(rest[:, start : start + size].T)
        pairs.append(matrix[upper])
        similarity.append(np.corrcoef(curves[:, start : start + size].T)[upper])
        eigenvalues.append(np.linalg.eigvalsh(matrix)[::-1][:3])
    return np.concatenate(pairs), np.concatenate(similarity), 100 * np.mean(eigenvalues, 0) / size


def harmonics(responses):
    """Percent of the tuning's variance in harmonics 1, 2, ... of the stimulus angle, above the noise floor."""
    power = np.abs(np.fft.rfft(responses - responses.mean(0), axis=0)) ** 2
    power = (power[1:20] - power[40:].mean(0)).mean(1)
    return 100 * power / power.sum()


def components(responses, n=6):
    """Leading principal components: (share of variance, scores over stimuli)."""
    centred = responses - responses.mean(0)
    values, vectors = np.linalg.eigh(centred @ centred.T)
    return values[::-1][:n] / values.sum(), vectors[:, ::-1][:, :n]


def excess_kurtosis(x):
    x = x - x.mean()
    return (x**4).mean() / (x**2).mean() ** 2 - 3


def as_float(tensor):
    return torch.as_tensor(tensor).numpy().astype(float)
