"""Sounds as two ears hear them: spikes of auditory nerve fibres, with a phase difference between the ears."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

FIBRES_PER_EAR = 100
N_STEPS = 100
DT = 1e-3  # seconds
FREQUENCY = 20.0  # Hz, of the envelope
PEAK_RATE = 600.0  # Hz
N_CLASSES = 12
PHASES = ("per_sound", "shared")

# Small enough for a processor's cache: the numbers of a chunk are made, compared and forgotten there.
_SOUNDS_PER_CHUNK = 16


def _checked_ipd(ipd: Tensor | float) -> Tensor:
    ipd = torch.as_tensor(ipd, dtype=torch.float64).detach().cpu()
    if ipd.ndim != 1:
        raise ValueError(f"ipd: got shape {tuple(ipd.shape)}, allowed is (n,), one phase difference for each sound")
    outside = ipd[~(ipd.abs() <= math.pi / 2 + 1e-6)]  # NaN is outside as well
    if len(outside):
        raise ValueError(f"ipd: got {outside[0]:.4g} radians, allowed is -pi/2 to pi/2")
    return ipd


def _checked_rate(peak_rate: float) -> float:
    if not 0 <= peak_rate <= 1 / DT:
        raise ValueError(f"peak_rate: got {peak_rate}, allowed is 0 to {1 / DT:.0f} Hz, one spike a step")
    return float(peak_rate)


def _probability_factors(ipd: np.ndarray, phase: np.ndarray, peak_rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Two matrices a sound, (n, n_steps, 5) and (n, 5, 200), whose product is the spike probability.

    With theta = a + b the square of (1 + sin theta) / 2 is 3/8 + sin(theta) / 2 - cos(2 theta) / 8, and both terms
    split into products of a function of time and one of the fibre: no sine is needed for each time and fibre.
    """
    a = 2 * np.pi * FREQUENCY * DT * np.arange(N_STEPS) + phase[:, None]
    lead = np.linspace(0, np.pi / 2, FIBRES_PER_EAR)
    b = np.concatenate([np.broadcast_to(lead, (len(ipd), FIBRES_PER_EAR)), lead + ipd[:, None]], axis=1)
    over_time = np.stack([np.ones_like(a), np.sin(a), np.cos(a), np.cos(2 * a), np.sin(2 * a)], axis=2)
    over_fibres = np.stack(
        [np.full_like(b, 3 / 8), np.cos(b) / 2, np.sin(b) / 2, -np.cos(2 * b) / 8, np.sin(2 * b) / 8], axis=1
    )
    return over_time.astype(np.float32), (peak_rate * DT * over_fibres).astype(np.float32)


def spike_probability(ipd: Tensor, phase: Tensor, peak_rate: float = PEAK_RATE) -> Tensor:
    """Probability of a spike for each sound, time step and nerve fibre.

    Args:
        ipd: inter-aural phase differences in radians, shape (n,), in [-pi/2, pi/2].
        phase: phase of the envelope at the first step in radians, shape (n,).
        peak_rate: highest firing rate in Hz.

    Returns:
        Tensor of shape (n, 100, 200): 100 steps of 1 ms; fibres 0-99 are the left ear, 100-199 the right ear, whose
        phase is ahead by `ipd`. Within an ear fibres are ahead by phases that rise from 0 to pi/2.

    Raises:
        ValueError: if a phase difference is out of range, the shapes differ or the rate is above one spike a step.
    """
    ipd = _checked_ipd(ipd)
    phase = torch.as_tensor(phase, dtype=torch.float64).detach().cpu()
    if phase.shape != ipd.shape:
        raise ValueError(f"phase: got shape {tuple(phase.shape)}, allowed is {tuple(ipd.shape)}, that of ipd")
    over_time, over_fibres = _probability_factors(ipd.numpy(), phase.numpy(), _checked_rate(peak_rate))
    return torch.from_numpy(over_time @ over_fibres)


def ipd_spikes(
    ipd: Tensor,
    generator: torch.Generator | None = None,
    phase: str | float = "per_sound",
    peak_rate: float = PEAK_RATE,
) -> Tensor:
    """Spikes of the nerve fibres of two ears for sounds with given phase differences between the ears.

    Args:
        ipd: inter-aural phase differences in radians, shape (n,), in [-pi/2, pi/2].
        generator: source of randomness on the CPU; None takes torch's own.
        phase: "per_sound" starts each sound at a phase of its own, "shared" starts all sounds of this call at one that
            is drawn; a number in radians is that one.
        peak_rate: highest firing rate in Hz, at most 1000.

    Returns:
        uint8 tensor of zeros and ones, shape (n, 100, 200): 100 steps of 1 ms; fibres 0-99 are the left ear,
        100-199 the right ear.

    Raises:
        ValueError: if a phase difference is out of range, or `phase` or `peak_rate` is not one of the above.

    Source: sound localisation with surrogate gradients, https://doi.org/10.5281/zenodo.7044500
    """
    ipd = _checked_ipd(ipd)
    peak_rate = _checked_rate(peak_rate)
    if phase not in PHASES and not (isinstance(phase, int | float) and math.isfinite(phase)):
        raise ValueError(f"phase: got {phase!r}, allowed is one of {', '.join(map(repr, PHASES))}, or radians")
    n, random = len(ipd), _numpy_generator(generator)
    start = 2 * np.pi * random.random(n) if phase == "per_sound" else np.full(n, _one_phase(random, phase))

    spikes = np.empty((n, N_STEPS, 2 * FIBRES_PER_EAR), dtype=np.uint8)
    uniform = np.empty((_SOUNDS_PER_CHUNK, *spikes.shape[1:]), dtype=np.float32)
    for first in range(0, n, _SOUNDS_PER_CHUNK):
        chunk = slice(first, min(first + _SOUNDS_PER_CHUNK, n))
        over_time, over_fibres = _probability_factors(ipd[chunk].numpy(), start[chunk], peak_rate)
        drawn = uniform[: len(over_time)]
        random.random(out=drawn, dtype=np.float32)
        np.less(drawn, over_time @ over_fibres, out=spikes[chunk].view(bool))
    return torch.from_numpy(spikes)


def shared_phase(generator: torch.Generator) -> float:
    """The phase that `ipd_spikes` with phase "shared" would draw from a generator as it is now; advances it.

    Args:
        generator: on the CPU.

    Returns:
        Radians, from 0 to 2 pi.
    """
    return _one_phase(_numpy_generator(generator), "shared")


def _numpy_generator(generator: torch.Generator | None) -> np.random.Generator:
    _check_generator(generator)
    # numpy draws the many uniform numbers several times as fast as torch; torch's generator still decides them all.
    return np.random.Generator(np.random.SFC64(int(torch.randint(2**62, (), generator=generator))))


def _check_generator(generator: torch.Generator | None) -> None:
    if generator is not None and not isinstance(generator, torch.Generator):
        raise ValueError(f"generator: got {generator!r}, allowed is torch.Generator().manual_seed(...), or None")


def _one_phase(random: np.random.Generator, phase: str | float) -> float:
    return 2 * np.pi * random.random() if phase == "shared" else float(phase)


def random_ipd_dataset(
    n: int,
    generator: torch.Generator | None = None,
    phase: str | float = "per_sound",
    peak_rate: float = PEAK_RATE,
) -> tuple[Tensor, Tensor]:
    """Sounds from random directions: phase differences uniform in (-pi/2, pi/2), and the spikes that they cause.

    Args:
        n: number of sounds.
        generator: source of randomness on the CPU; None takes torch's own.
        phase: "per_sound", "shared" or radians, as in `ipd_spikes`.
        peak_rate: highest firing rate in Hz, at most 1000.

    Returns:
        The phase differences in radians, shape (n,), and the uint8 spikes, shape (n, 100, 200).

    Raises:
        ValueError: if n is not a positive whole number, or as `ipd_spikes` does.
    """
    if n != int(n) or n < 1:
        raise ValueError(f"n: got {n}, allowed is a positive whole number of sounds")
    _check_generator(generator)
    ipd = (torch.rand(int(n), generator=generator) - 0.5) * math.pi
    return ipd, ipd_spikes(ipd, generator, phase, peak_rate)


def ipd_to_class(ipd: Tensor, n_classes: int = N_CLASSES) -> Tensor:
    """Class of each phase difference: equal bins from -pi/2 to pi/2.

    Args:
        ipd: radians, any shape.
        n_classes: number of bins; 12 make bins of 15 degrees.

    Returns:
        int64 tensor like `ipd`, from 0 to n_classes - 1; +pi/2 itself belongs to the last bin.
    """
    return ((ipd / math.pi + 0.5) * n_classes).long().clamp(0, n_classes - 1)


def class_to_ipd(index: Tensor, n_classes: int = N_CLASSES) -> Tensor:
    """Phase difference in the middle of each class, in radians.

    Args:
        index: classes, any shape.
        n_classes: number of bins.

    Returns:
        float tensor like `index`, in radians.
    """
    return ((index + 0.5) / n_classes - 0.5) * math.pi
