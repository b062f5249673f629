"""A simulated population of mouse V1, built to have the statistics of a published recording.

The model, for neuron i and a drifting grating of direction theta (data/README.md compares it with the recording):

1. *Tuning.* A bump at the preferred direction, a smaller one opposite to it, and two broad terms, cos^2 of the
   distance and (1 + cos) of it. Their sum is scaled so that tuning holds a log-normal share s_i of the variance of
   single trials, and raised until no rate is negative.
2. *Shared noise.* In each trial the rates are multiplied by 1 + (loadings . latents). One latent is untuned and
   heavy-tailed (the animal's arousal), some are Gaussian with random loadings, and some have loadings that
   follow the preferred direction, so that cells of similar tuning vary together.
3. *Private noise.* Gamma-distributed around the rate with a variance proportional to it: silent cells are quiet.
4. *Trials.* 4,598 directions drawn uniformly, averaged into bins of 1 degree, z-scored over trials. Sums of gamma
   variables are gamma, so the averages are drawn without making the trials.

Source of the recording: Stringer et al. (2021), https://doi.org/10.1016/j.cell.2021.03.042
"""

from __future__ import annotations

import numpy as np
import torch

N_NEURONS, N_STIMULI, N_TRIALS = 23_589, 360, 4_598

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
TUNED_LATENTS = (0.02, 0.02, 0.015, 0.01)  # harmonics 1 to 4 of the preferred direction
LOWEST_GAIN = 0.05

# Neurons made at a time: their block of 360 rows then stays in the processor's cache.
_CHUNK = 1024


def tuning_curve(
    stimuli: np.ndarray,
    preferred: np.ndarray | float,
    half_width: np.ndarray | float,
    opposite: np.ndarray | float = 0.0,
) -> np.ndarray:
    """Von Mises bump of height 1 at the preferred direction, and one of height `opposite` across from it.

    Args:
        stimuli: (n_stimuli,) directions in degrees.
        preferred: preferred direction in degrees, a number or (n_neurons,).
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


def simulate_v1(seed: int = 1, n_neurons: int = N_NEURONS) -> tuple[torch.Tensor, torch.Tensor]:
    """Responses of a simulated V1 population to 360 grating directions, averaged over trials and z-scored.

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
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"seed: got {seed!r}, allowed is an integer from 0")
    if isinstance(n_neurons, bool) or not isinstance(n_neurons, int | np.integer) or n_neurons < 1:
        raise ValueError(f"n_neurons: got {n_neurons!r}, allowed is an integer from 1")
    # NumPy's own bit stream: the same on every platform and processor, unlike vectorised normal draws elsewhere.
    random = np.random.Generator(np.random.PCG64(int(seed)))
    directions, counts, latents = _trials(random)
    cells = _cells(random, int(n_neurons))
    unit = np.stack([np.cos(directions), np.sin(directions)], 1).astype(np.float32)
    responses = np.empty((N_STIMULI, n_neurons), np.float32)
    for start in range(0, n_neurons, _CHUNK):
        block = {name: value[..., start : start + _CHUNK] for name, value in cells.items()}
        responses[:, start : start + _CHUNK] = _block(random, unit, counts, latents, block)
    return torch.from_numpy(responses), torch.arange(N_STIMULI, dtype=torch.float32)[:, None]


def _trials(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean direction (radians), number of trials and mean latents of every bin."""
    angles = random.uniform(0, N_STIMULI, N_TRIALS)
    bins = angles.astype(int)
    counts = np.bincount(bins, minlength=N_STIMULI)
    latents = random.standard_normal((N_TRIALS, 1 + len(RANDOM_LATENTS) + 2 * len(TUNED_LATENTS)))
    latents[:, 0] = np.exp(AROUSAL_TAIL * latents[:, 0])
    latents = (latents - latents.mean(0)) / latents.std(0)
    sums = np.stack([np.bincount(bins, weights=latent, minlength=N_STIMULI) for latent in latents.T], 1)
    # Bin b holds directions from b to b + 1 and is labelled b: the half degree between them is taken out.
    directions = np.deg2rad(np.bincount(bins, weights=angles, minlength=N_STIMULI) / counts - 0.5)
    return directions, counts.astype(np.float32)[:, None], (sums / counts[:, None]).astype(np.float32)


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


def _block(random, unit, counts, latents, cell) -> np.ndarray:
    """Averaged, z-scored responses (360, n) of some neurons; works in place, in float32."""
    weight = counts / counts.sum()
    cosine = unit @ cell["axis"]
    rate = np.exp(cell["sharpness"] * (cosine - 1))
    rate += cell["opposite"] * np.exp(-cell["sharpness"] * (cosine + 1))
    rate += cell["orientation"] * cosine * cosine + cell["direction"] / 2 * (1 + cosine)
    rate -= rate.min(0)
    mean = (weight * rate).sum(0)
    scale = np.sqrt(cell["share"] / ((weight * rate * rate).sum(0) - mean * mean))
    rate *= scale
    mean *= scale
    # A strongly tuned cell needs a higher mean than others, or its rate would fall below zero.
    highest = np.maximum(cell["baseline"], 1.02 * mean)
    rate += highest - mean
    noise = 1 - cell["share"]
    gain = latents @ (cell["loadings"] * np.sqrt(noise / (weight * rate * rate).sum(0)))
    gain += 1
    np.maximum(gain, LOWEST_GAIN, out=gain)
    rate *= gain
    private = np.maximum(1 - (cell["loadings"] ** 2).sum(0), 0.1) * noise
    grain = private / highest / counts  # variance of a bin's average for each unit of rate
    rate /= grain
    responses = random.standard_gamma(rate, dtype=np.float32, out=rate)
    responses *= grain
    responses -= (weight * responses).sum(0)
    return responses
