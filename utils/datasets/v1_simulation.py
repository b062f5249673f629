"""A simulated population of mouse V1, built to have the statistics of a published recording.

The model, for neuron i and a grating at the angle theta (data/README.md compares it with the recording):

1. *Tuning.* A bump at the preferred angle, a smaller one opposite to it, and two broad terms, cos^2 of the
   distance and (1 + cos) of it. Their sum is scaled so that tuning holds a log-normal share s_i of the variance of
   single trials, and raised until no rate is negative.
2. *Shared noise.* In each trial the rates are multiplied by 1 + (loadings . latents). One latent is untuned and
   heavy-tailed (the animal's arousal), some are Gaussian with random loadings, and some have loadings that
   follow the preferred angle, so that cells of similar tuning vary together.
3. *Private noise.* Gamma-distributed around the rate with a variance proportional to it: silent cells are quiet.
4. *Trials.* 4,598 angles drawn uniformly, averaged into bins of 1 degree, z-scored over trials. Sums of gamma
   variables are gamma, so the averages are drawn without making the trials.

Source of the recording: Stringer et al. (2021), https://doi.org/10.1016/j.cell.2021.03.042
"""

from __future__ import annotations

import copy

import numpy as np
import torch

N_NEURONS, N_STIMULI, N_TRIALS = 23_589, 360, 4_598
# The seed of the whole course: it was fixed before the population that it gives had been looked at.
SEED = 2021

# Medians, and spreads as standard deviations of the natural logarithm.
HALF_WIDTH, HALF_WIDTH_SPREAD = 11.5, 0.35  # degrees at half height of one bump, before the broad terms widen it
SHARE, SHARE_SPREAD, LARGEST_SHARE = 0.04, 1.6, 0.6  # tuning's part of the single-trial variance
OPPOSITE, OPPOSITE_SPREAD = 0.03, 1.6  # height of the opposite bump
BASELINE, BASELINE_SPREAD = 0.28, 0.2  # mean rate in units of the single-trial standard deviation
# Largest heights of the broad terms (uniform from 0): in twice the angle, and in the angle.
BROAD_ORIENTATION, BROAD_DIRECTION = 0.25, 0.04
# Mean share of a cell's noise variance that each shared latent holds.
AROUSAL, AROUSAL_TAIL, AROUSAL_SIGN = 0.06, 1.2, 1.0
RANDOM_LATENTS = (0.03, 0.02, 0.015, 0.01)
TUNED_LATENTS = (0.02, 0.02, 0.015, 0.01)  # harmonics 1 to 4 of the preferred angle
LOWEST_GAIN = 0.05

# Neurons made at a time: their block of 360 rows then stays in the processor's cache.
_CHUNK = 1024


def tuning_curve(
    stimuli: np.ndarray,
    preferred: np.ndarray | float,
    half_width: np.ndarray | float,
    opposite: np.ndarray | float = 0.0,
) -> np.ndarray:
    """Von Mises bump of height 1 at the preferred angle, and one of height `opposite` across from it.

    Args:
        stimuli: (n_stimuli,) angles in degrees.
        preferred: preferred angle in degrees, a number or (n_neurons,).
        half_width: half the width of a bump at half of its height, in degrees, more than 0 and at most 90.
        opposite: height of the opposite bump.

    Returns:
        (n_stimuli, n_neurons), or (n_stimuli,) for numbers.

    Raises:
        ValueError: a half-width out of range.
    """
    widths = np.asarray(half_width, dtype=float)
    if not ((widths > 0) & (widths <= 90)).all():
        raise ValueError(f"half_width: got {half_width}, allowed is more than 0 and at most 90 degrees")
    distance = np.deg2rad(np.asarray(stimuli, dtype=float)[:, None] - np.atleast_1d(preferred))
    sharpness = np.log(2) / (1 - np.cos(np.deg2rad(widths)))
    curve = np.exp(sharpness * (np.cos(distance) - 1)) + opposite * np.exp(-sharpness * (np.cos(distance) + 1))
    return curve[:, 0] if np.ndim(preferred) == 0 else curve


def simulate_v1(seed: int = SEED, n_neurons: int = N_NEURONS) -> tuple[torch.Tensor, torch.Tensor]:
    """Responses of a simulated V1 population to gratings at 360 angles, averaged over trials and z-scored.

    Args:
        seed: of the population and of its trials.
        n_neurons: at least 1; the recording has 23,589.

    Returns:
        responses: (360, n_neurons) float32, in standard deviations of a neuron's single trials.
        stimuli: (360, 1) float32, 0 to 359 degrees.

    Raises:
        ValueError: a negative seed, or no neuron.

    Source: targets from Stringer et al. (2021), https://doi.org/10.1016/j.cell.2021.03.042
    """
    return V1Population(seed, n_neurons).responses, torch.arange(N_STIMULI, dtype=torch.float32)[:, None]


class V1Population:
    """A simulated population with what a recording never gives: its true tuning and noise.

    Args:
        seed: of the population and of its trials.
        n_neurons: at least 1.
        wobble: degrees by which the angle that the population is given differs from the one shown, in each trial anew
            (a standard deviation). Such noise looks like a change of the stimulus.

    Attributes:
        responses: (360, n_neurons) float32 tensor, in standard deviations of a neuron's single trials.
        shown: (360, 1) degrees, the mean angle of a bin's trials (a bin's label is its lower edge).
        given: (360,) radians, the mean angle that the population was given; that of `shown` without wobble.
        counts: (360,) trials in each bin.
        loadings: (n_latents, n_neurons) by how much a unit of each shared latent raises a neuron's gain.
        grain: (n_neurons,) variance of a single trial's private noise for each unit of rate.
        offset: (n_neurons,) the mean rate, which z-scoring took away.

    Raises:
        ValueError: a negative seed, no neuron, or a negative wobble.
    """

    def __init__(self, seed: int = SEED, n_neurons: int = N_NEURONS, wobble: float = 0.0) -> None:
        if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
            raise ValueError(f"seed: got {seed!r}, allowed is an integer from 0")
        if isinstance(n_neurons, bool) or not isinstance(n_neurons, int | np.integer) or n_neurons < 1:
            raise ValueError(f"n_neurons: got {n_neurons!r}, allowed is an integer from 1")
        if not 0 <= wobble < 180:
            raise ValueError(f"wobble: got {wobble!r}, allowed are degrees from 0 to below 180")
        # NumPy's own bit stream: the same on every platform and processor, unlike vectorised normal draws elsewhere.
        random = np.random.Generator(np.random.PCG64(int(seed)))
        means, counts, latents = _trials(random)
        self.counts, self.wobble = counts[:, 0].astype(int), wobble
        self.shown = torch.from_numpy(np.rad2deg(means) % 360)[:, None]
        self._cells = _cells(random, int(n_neurons))
        # A stream of its own, so that wobble changes nothing else.
        aside = np.random.Generator(np.random.PCG64([int(seed), 1])).standard_normal(N_STIMULI)
        self.given = means + np.deg2rad(wobble) * aside / np.sqrt(self.counts)
        self._unit = np.stack([np.cos(self.given), np.sin(self.given)], 1).astype(np.float32)
        self._weight = counts / counts.sum()
        # What one neuron's rate is made of, filled in block by block.
        self.loadings = np.empty((latents.shape[1], n_neurons), np.float32)
        self.grain, self.offset, self._low, self._scale, self._lift = np.empty((5, n_neurons), np.float32)
        responses = np.empty((N_STIMULI, n_neurons), np.float32)
        for start in range(0, n_neurons, _CHUNK):
            part = slice(start, start + _CHUNK)
            responses[:, part] = self._block(random, counts, latents, part)
        self.responses = torch.from_numpy(responses)

    def only(self, cells: np.ndarray | slice) -> V1Population:
        """The same population in the same trials, of which some neurons are read.

        Args:
            cells: their numbers, or a slice.

        Returns:
            A population of its own, with as many neurons.
        """
        part = copy.copy(self)
        part._cells = {name: value[..., cells] for name, value in self._cells.items()}
        part.responses, part.loadings = self.responses[:, cells], self.loadings[:, cells]
        for name in ("grain", "offset", "_low", "_scale", "_lift"):
            setattr(part, name, getattr(self, name)[cells])
        return part

    def tuning(self, angles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """True mean rates and their slopes.

        Args:
            angles: (n,) in radians.

        Returns:
            rates: (n, n_neurons) before z-scoring took `offset` away.
            slopes: (n, n_neurons) per radian.
        """
        cell = self._cells
        ahead = np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32) @ cell["axis"]
        aside = np.stack([-np.sin(angles), np.cos(angles)], 1).astype(np.float32) @ cell["axis"]
        near, opposite = _bumps(ahead, cell)
        slope = cell["sharpness"] * (near - opposite) + 2 * cell["orientation"] * ahead + cell["direction"] / 2
        rate = near
        rate += opposite
        rate += _broad(ahead, cell)
        rate -= self._low
        rate *= self._scale
        rate += self._lift
        slope *= aside
        slope *= self._scale
        return rate, slope

    def _block(self, random, counts, latents, part: slice) -> np.ndarray:
        """Averaged, z-scored responses (360, n) of some neurons; works in place, in float32."""
        cell = {name: value[..., part] for name, value in self._cells.items()}
        weight = self._weight
        cosine = self._unit @ cell["axis"]
        rate, opposite = _bumps(cosine, cell)
        rate += opposite
        rate += _broad(cosine, cell)
        self._low[part] = rate.min(0)
        rate -= self._low[part]
        mean = (weight * rate).sum(0)
        scale = np.sqrt(cell["share"] / ((weight * rate * rate).sum(0) - mean * mean))
        rate *= scale
        mean *= scale
        # A strongly tuned cell needs a higher mean than others, or its rate would fall below zero.
        highest = np.maximum(cell["baseline"], 1.02 * mean)
        rate += highest - mean
        self._scale[part], self._lift[part] = scale, highest - mean
        noise = 1 - cell["share"]
        self.loadings[:, part] = cell["loadings"] * np.sqrt(noise / (weight * rate * rate).sum(0))
        gain = latents @ self.loadings[:, part]
        gain += 1
        np.maximum(gain, LOWEST_GAIN, out=gain)
        rate *= gain
        private = np.maximum(1 - (cell["loadings"] ** 2).sum(0), 0.1) * noise
        self.grain[part] = private / highest
        grain = self.grain[part] / counts  # variance of a bin's average for each unit of rate
        rate /= grain
        responses = random.standard_gamma(rate, dtype=np.float32, out=rate)
        responses *= grain
        self.offset[part] = (weight * responses).sum(0)
        responses -= self.offset[part]
        return responses


def _bumps(cosine: np.ndarray, cell: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The bump at the preferred angle, and the one opposite."""
    near = np.exp(cell["sharpness"] * (cosine - 1))
    return near, cell["opposite"] * np.exp(-cell["sharpness"] * (cosine + 1))


def _broad(cosine: np.ndarray, cell: dict[str, np.ndarray]) -> np.ndarray:
    """The broad terms, in twice the angle and in the angle."""
    return cell["orientation"] * cosine * cosine + cell["direction"] / 2 * (1 + cosine)


def _trials(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean angle (radians), number of trials and mean latents of every bin."""
    angles = random.uniform(0, N_STIMULI, N_TRIALS)
    bins = angles.astype(int)
    counts = np.bincount(bins, minlength=N_STIMULI)
    latents = random.standard_normal((N_TRIALS, 1 + len(RANDOM_LATENTS) + 2 * len(TUNED_LATENTS)))
    latents[:, 0] = np.exp(AROUSAL_TAIL * latents[:, 0])
    latents = (latents - latents.mean(0)) / latents.std(0)
    sums = np.stack([np.bincount(bins, weights=latent, minlength=N_STIMULI) for latent in latents.T], 1)
    # Bin b holds angles from b to b + 1 and is labelled b: the half degree between them is taken out.
    means = np.deg2rad(np.bincount(bins, weights=angles, minlength=N_STIMULI) / counts - 0.5)
    return means, counts.astype(np.float32)[:, None], (sums / counts[:, None]).astype(np.float32)


def _cells(random: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    """What makes each neuron an individual; every array has the neurons last."""

    def log_normal(median: float, spread: float) -> np.ndarray:
        return median * np.exp(spread * random.standard_normal(n))

    preferred = random.uniform(0, 2 * np.pi, n)
    half_width = np.deg2rad(np.minimum(log_normal(HALF_WIDTH, HALF_WIDTH_SPREAD), 90))
    harmonics = np.arange(1, len(TUNED_LATENTS) + 1)[:, None] * preferred
    loadings = random.standard_normal((1 + len(RANDOM_LATENTS), n))
    loadings[0] = (loadings[0] + AROUSAL_SIGN) / np.hypot(1, AROUSAL_SIGN)
    loadings = np.concatenate([loadings, np.cos(harmonics), np.sin(harmonics)])
    loadings *= np.sqrt([AROUSAL, *RANDOM_LATENTS, *TUNED_LATENTS, *TUNED_LATENTS])[:, None]
    cells = {
        "axis": np.stack([np.cos(preferred), np.sin(preferred)]),
        "sharpness": np.log(2) / (1 - np.cos(half_width)),
        "share": np.minimum(log_normal(SHARE, SHARE_SPREAD), LARGEST_SHARE),
        "opposite": np.minimum(log_normal(OPPOSITE, OPPOSITE_SPREAD), 1),
        "orientation": random.uniform(0, BROAD_ORIENTATION, n),
        "direction": random.uniform(0, BROAD_DIRECTION, n),
        "baseline": log_normal(BASELINE, BASELINE_SPREAD),
        "loadings": loadings,
    }
    return {name: value.astype(np.float32) for name, value in cells.items()}
