"""Sounds that can be heard: noise whose loudness swings with a phase difference between the ears, and recordings.

A sound becomes spikes in three steps: its loudness at each ear, the firing rate of each nerve fibre, which follows the
loudness with a delay of its own, and spikes drawn at that rate.
"""

from __future__ import annotations

import math
import os

import numpy as np
import torch
from torch import Tensor

from utils.datasets.sound import DT, FIBRES_PER_EAR, FREQUENCY, N_STEPS, PEAK_RATE

SAMPLE_RATE = 44_100  # a second
LONGEST_RECORDING = 600  # seconds
# How long a nerve adds up loudness, in seconds: short beside a swing of 20 Hz, long beside the waves of the sound.
SMOOTHING = 4e-3


def stereo_sound(
    ipd: float,
    seconds: float = 1.0,
    frequency: float = FREQUENCY,
    sample_rate: int = SAMPLE_RATE,
    phase: float = 0.0,
    level: float = 0.2,
    ramp: float = 0.02,
    seed: int = 0,
) -> np.ndarray:
    """Noise, the same in both ears, whose loudness swings with a phase difference between the ears.

    Args:
        ipd: phase of the swing at the right ear minus that at the left ear, in radians, from -pi to pi.
        seconds: how long it lasts.
        frequency: of the swing in Hz.
        sample_rate: samples a second.
        phase: of the swing at the left ear at the beginning, in radians.
        level: size of the noise at its loudest, above 0; 1 is full scale.
        ramp: time in which the sound rises at its beginning and falls at its end, in seconds.
        seed: decides the noise.

    Returns:
        float32 array of shape (2, n_samples): left and right ear, from -1 to 1.

    Raises:
        ValueError: an argument is out of range.

    >>> stereo_sound(math.radians(60), seconds=0.5).shape
    (2, 22050)
    """
    _within("ipd", ipd, -math.pi, math.pi, "radians")
    _within("seconds", seconds, 0.01, LONGEST_RECORDING, "seconds")
    _within("sample_rate", sample_rate, 8000, 192_000, "samples a second")
    _within("frequency", frequency, 0.1, 200, "Hz")
    _within("level", level, 1e-6, 1, "of full scale")
    _within("ramp", ramp, 0, seconds / 2, "seconds")
    n_samples = round(seconds * sample_rate)
    time = np.arange(n_samples) / sample_rate
    # Samples of one size and random sign: white noise that is equally loud at every moment, so that nothing but the
    # swing changes its loudness, and that has no rare loud samples.
    noise = level * np.random.default_rng(seed).choice([-1.0, 1.0], n_samples)
    theta = 2 * np.pi * frequency * time + phase + np.array([[0.0], [ipd]])
    # The rate of a fibre goes with the square, the power of the sound.
    sound = noise * 0.5 * (1 + np.sin(theta))
    if ramp > 0:
        from_the_ends = np.minimum(time, time[-1] - time).clip(0, ramp) / ramp
        sound *= 0.5 - 0.5 * np.cos(np.pi * from_the_ends)
    return sound.astype(np.float32)


def loudness(sound: np.ndarray, sample_rate: int, dt: float = DT) -> np.ndarray:
    """Power of a sound at each ear, smoothed over a few milliseconds.

    Args:
        sound: shape (2, n_samples).
        sample_rate: samples a second.
        dt: time between two values of the result, in seconds.

    Returns:
        Array of shape (2, n_steps), at least 0. The waves of the sound, and all above about 100 Hz, are gone.

    Raises:
        ValueError: the sound has another shape, is not finite, or is shorter than one step.
    """
    sound = np.asarray(sound, dtype=float)
    _check_sound(sound)
    n_steps = int(sound.shape[1] / sample_rate / dt)
    if n_steps < 1:
        raise ValueError(f"sound: got {sound.shape[1]} samples, allowed are at least {math.ceil(sample_rate * dt)}")
    # A Gaussian of this width lets 97 % of a swing of 20 Hz through, without moving it in time.
    half = round(SMOOTHING / 2 * sample_rate)
    reach = np.arange(-3 * half, 3 * half + 1)
    window = np.exp(-0.5 * (reach / half) ** 2)
    n_fast = 1 << (sound.shape[1] + len(window)).bit_length()
    spectrum = np.fft.rfft(sound**2, n_fast) * np.fft.rfft(window / window.sum(), n_fast)
    smooth = np.fft.irfft(spectrum, n_fast)[:, 3 * half : 3 * half + sound.shape[1]].clip(0)
    return smooth[:, np.minimum(np.arange(n_steps) * dt * sample_rate, sound.shape[1] - 1).astype(int)]


def fibre_rates(sound: np.ndarray, sample_rate: int, peak_rate: float = PEAK_RATE) -> np.ndarray:
    """Firing rate of every nerve fibre while a sound lasts: its loudness, with the fibre's own delay.

    The loudest moment of the two ears together fires at the peak rate, so absolute loudness is lost, and which ear is
    louder is kept. A fibre whose phase is ahead by 90 degrees at 20 Hz is ahead by a quarter of 50 ms.

    Args:
        sound: shape (2, n_samples).
        sample_rate: samples a second.
        peak_rate: in Hz, at most 1000.

    Returns:
        Rates in Hz, shape (n_steps, 200), one step a millisecond; fibres 0-99 are the left ear.

    Raises:
        ValueError: the sound has another shape, is silent, or not finite.
    """
    power = loudness(sound, sample_rate)
    if not power.max() > 0:
        raise ValueError("sound: got silence, allowed is a sound that can be heard")
    power /= np.quantile(power, 0.99)
    steps = np.arange(power.shape[1])
    ahead = np.linspace(0, np.pi / 2, FIBRES_PER_EAR) / (2 * np.pi * FREQUENCY * DT)  # in steps
    ears = [np.interp((steps[:, None] + ahead).ravel(), steps, ear).reshape(len(steps), -1) for ear in power]
    return peak_rate * np.concatenate(ears, axis=1).clip(0, 1)


def sound_to_spikes(
    sound: np.ndarray, sample_rate: int, generator: torch.Generator | None = None, peak_rate: float = PEAK_RATE
) -> Tensor:
    """Spikes of both ears for a sound, cut into pieces as long as those that the networks learn from.

    Args:
        sound: shape (2, n_samples), at least 100 ms.
        sample_rate: samples a second.
        generator: source of randomness on the CPU; None takes torch's own.
        peak_rate: in Hz, at most 1000.

    Returns:
        uint8 tensor of zeros and ones, shape (n_pieces, 100, 200), 100 steps of 1 ms in a piece.

    Raises:
        ValueError: the sound is shorter than one piece, silent, not finite, or of another shape.
    """
    _within("peak_rate", peak_rate, 0, 1 / DT, "Hz")
    rates = fibre_rates(sound, sample_rate, peak_rate)
    n_pieces = len(rates) // N_STEPS
    if n_pieces < 1:
        raise ValueError(f"sound: got {len(rates)} ms, allowed are at least {N_STEPS} ms")
    probability = torch.from_numpy(rates[: n_pieces * N_STEPS] * DT).float().view(n_pieces, N_STEPS, -1)
    return (torch.rand(probability.shape, generator=generator) < probability).to(torch.uint8)


def read_stereo_wav(path: str | os.PathLike) -> tuple[np.ndarray, int]:
    """Read a recording of two ears.

    Args:
        path: a WAV file of two channels, of any sample rate and number type, at most ten minutes.

    Returns:
        The sound, float32 of shape (2, n_samples) from -1 to 1, and the number of samples a second.

    Raises:
        ValueError: it is no WAV file, has one channel or more than two, or is too long.
    """
    from scipy.io import wavfile

    try:
        sample_rate, samples = wavfile.read(path)
    except OSError as problem:
        raise ValueError(f"path: got {path}, which cannot be read ({problem.strerror or problem})") from problem
    except Exception as problem:  # scipy says what is wrong in a dozen ways
        raise ValueError(f"path: got {path}, which is no WAV file that can be read ({problem})") from problem
    n_channels = 1 if samples.ndim == 1 else samples.shape[1]
    if n_channels == 1:
        raise ValueError(
            f"path: got {path}, which is mono, allowed is a stereo recording: the direction is in the ears' difference"
        )
    if n_channels != 2:
        raise ValueError(f"path: got {path} with {n_channels} channels, allowed are 2, the left and the right ear")
    if len(samples) > LONGEST_RECORDING * sample_rate:
        raise ValueError(f"path: got {len(samples) / sample_rate:.0f} s, allowed are {LONGEST_RECORDING} s at most")
    if samples.dtype == np.uint8:  # by the format's rule, eight bits have their zero at 128
        sound = (samples.T.astype(np.float32) - 128) / 128
    elif np.issubdtype(samples.dtype, np.integer):
        sound = samples.T.astype(np.float32) / -float(np.iinfo(samples.dtype).min)
    else:
        sound = samples.T.astype(np.float32)
    _check_sound(sound)
    return sound, int(sample_rate)


def write_stereo_wav(path: str | os.PathLike, sound: np.ndarray, sample_rate: int = SAMPLE_RATE) -> None:
    """Write a sound as a WAV file of 16 bits.

    Args:
        path: the file.
        sound: shape (2, n_samples), from -1 to 1.
        sample_rate: samples a second.

    Raises:
        ValueError: the sound has another shape or is louder than full scale.
    """
    from pathlib import Path

    Path(path).write_bytes(wav_bytes(sound, sample_rate))


def wav_bytes(sound: np.ndarray, sample_rate: int = SAMPLE_RATE) -> bytes:
    """A sound as the bytes of a WAV file of 16 bits.

    Args:
        sound: shape (2, n_samples), from -1 to 1.
        sample_rate: samples a second.

    Returns:
        The same bytes for the same sound, always.

    Raises:
        ValueError: the sound has another shape or is louder than full scale.
    """
    import io
    import wave

    sound = np.asarray(sound)
    _check_sound(sound)
    if np.abs(sound).max() > 1:
        raise ValueError(f"sound: got a peak of {np.abs(sound).max():.2f}, allowed is at most 1, full scale")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(int(sample_rate))
        file.writeframes(np.round(sound.T * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


def _check_sound(sound: np.ndarray) -> None:
    if sound.ndim != 2 or len(sound) != 2 or sound.shape[1] < 1:
        raise ValueError(f"sound: got shape {sound.shape}, allowed is (2, n_samples), the left and the right ear")
    if not np.isfinite(sound).all():
        raise ValueError("sound: got a value that is not finite, allowed are finite numbers")


def _within(name: str, value: float, low: float, high: float, unit: str) -> None:
    if not low <= value <= high:  # also refuses NaN
        raise ValueError(f"{name}: got {value}, allowed is {low:g} to {high:g} {unit}")
