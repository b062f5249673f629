"""Sounds that can be heard: level, clipping, phase, their way to spikes, and recordings."""

import math
import shutil
import subprocess

import numpy as np
import pytest
import torch
from contracts import refusal
from scipy.io import wavfile

from utils.datasets.sound import spike_probability
from utils.datasets.stereo import (
    SAMPLE_RATE,
    fibre_rates,
    loudness,
    read_stereo_wav,
    sound_to_spikes,
    stereo_sound,
    wav_bytes,
    write_stereo_wav,
)


def phase_difference(sound, sample_rate, frequency):
    """Phase of the right ear's swing minus the left ear's in degrees, by the spectrum of whole swings."""
    period = sample_rate / frequency
    first = math.ceil(0.05 * sample_rate)
    n_periods = int((sound.shape[1] - 2 * first) / period)
    part = sound[:, first : first + round(n_periods * period)].astype(float) ** 2
    left, right = part @ np.exp(-2j * np.pi * frequency * np.arange(part.shape[1]) / sample_rate)
    return math.degrees(np.angle(right * np.conj(left)))


@pytest.mark.parametrize("degrees", [-90, -33, 0, 60, 90])
@pytest.mark.parametrize(
    ("frequency", "sample_rate"), [(20, SAMPLE_RATE), (4, SAMPLE_RATE), (40, 48_000), (20, 16_000)]
)
def test_the_swing_has_the_phase_difference_that_was_asked_for(degrees, frequency, sample_rate):
    sound = stereo_sound(math.radians(degrees), 1.2, frequency, sample_rate)
    assert sound.dtype == np.float32
    assert sound.shape == (2, round(1.2 * sample_rate))
    assert abs(phase_difference(sound, sample_rate, frequency) - degrees) < 1


def test_it_is_never_louder_than_it_was_asked_to_be_and_begins_and_ends_softly():
    for level in (0.05, 0.2, 1.0):
        sound = np.abs(stereo_sound(1.0, level=level))
        assert 0.95 * level < sound.max() <= level
        assert sound[:, :3].max() < 1e-4
        assert sound[:, -3:].max() < 1e-4
    assert not np.array_equal(stereo_sound(0.0, seed=1), stereo_sound(0.0, seed=2))
    assert np.array_equal(stereo_sound(0.0, seed=1), stereo_sound(0.0, seed=1))


def test_without_a_phase_difference_both_ears_hear_the_same():
    left, right = stereo_sound(0.0)
    assert np.array_equal(left, right)


def test_the_rates_of_a_sound_are_those_of_the_task():
    sound = stereo_sound(1.0, 0.4, ramp=0.0, phase=0.7)
    probability = spike_probability(torch.tensor([1.0]), torch.tensor([0.7]))[0].numpy()
    rates = fibre_rates(sound, SAMPLE_RATE)[:100]
    # Smoothing takes a little off the peaks, and there is nothing before the sound.
    assert np.abs(rates / 1000 - probability)[5:].max() < 0.03


def test_spikes_come_in_pieces_of_100_ms():
    sound = stereo_sound(0.3, 0.55)
    spikes = sound_to_spikes(sound, SAMPLE_RATE, torch.Generator().manual_seed(0))
    assert spikes.shape == (5, 100, 200)
    assert spikes.dtype == torch.uint8
    again = sound_to_spikes(sound, SAMPLE_RATE, torch.Generator().manual_seed(0))
    assert torch.equal(spikes, again)
    assert abs(spikes[1:4].float().mean() - 0.225) < 0.01


def test_a_louder_ear_fires_more_and_a_louder_sound_does_not():
    sound = stereo_sound(0.0, 0.5)
    quiet_left = sound * np.array([[0.5], [1.0]])
    left, right = sound_to_spikes(quiet_left, SAMPLE_RATE, torch.Generator().manual_seed(0)).split(100, 2)
    assert 0.15 < left.float().mean() / right.float().mean() < 0.35
    assert np.allclose(fibre_rates(sound, SAMPLE_RATE), fibre_rates(0.1 * sound, SAMPLE_RATE), atol=1e-6)


def test_the_waves_of_the_sound_are_lost():
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    tone = np.sin(2 * np.pi * 440 * time) * np.ones((2, 1))
    power = loudness(tone, SAMPLE_RATE)[:, 50:-50]
    assert np.ptp(power) < 0.01 * power.mean()


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int32, np.float32])
@pytest.mark.parametrize("sample_rate", [8000, 48_000])
def test_a_stereo_recording_is_read_whatever_its_numbers(tmp_path, dtype, sample_rate):
    sound = stereo_sound(math.radians(60), 0.8, sample_rate=sample_rate, level=0.5)
    if dtype == np.uint8:
        stored = np.round(128 + 127 * sound.T).astype(dtype)
    elif dtype == np.float32:
        stored = sound.T
    else:
        stored = (sound.T * np.iinfo(dtype).max).astype(dtype)
    wavfile.write(tmp_path / "mine.wav", sample_rate, stored)
    found, rate = read_stereo_wav(tmp_path / "mine.wav")
    assert rate == sample_rate
    assert found.dtype == np.float32
    assert np.abs(found - sound).max() < 0.01
    assert abs(phase_difference(found, rate, 20) - 60) < 1


def test_what_is_no_stereo_recording_is_refused_in_one_sentence(tmp_path):
    wavfile.write(tmp_path / "mono.wav", 8000, np.zeros(8000, np.int16))
    wavfile.write(tmp_path / "five.wav", 8000, np.zeros((8000, 5), np.int16))
    wavfile.write(tmp_path / "long.wav", 8, np.zeros((8 * 601, 2), np.int16))
    (tmp_path / "text.wav").write_text("no sound")
    assert "which is mono, allowed is a stereo recording" in refusal(read_stereo_wav, tmp_path / "mono.wav")
    assert "with 5 channels, allowed are 2" in refusal(read_stereo_wav, tmp_path / "five.wav")
    assert "got 601 s, allowed are 600 s at most" in refusal(read_stereo_wav, tmp_path / "long.wav")
    assert "which is no WAV file" in refusal(read_stereo_wav, tmp_path / "text.wav")
    assert "which cannot be read" in refusal(read_stereo_wav, tmp_path / "nothing.wav")


def test_what_cannot_be_a_sound_is_refused():
    assert "ipd: got 4" in refusal(stereo_sound, 4.0)
    assert "frequency: got 0" in refusal(stereo_sound, 0.0, frequency=0)
    assert "level: got 2" in refusal(stereo_sound, 0.0, level=2)
    assert "ramp: got 1" in refusal(stereo_sound, 0.0, seconds=1.0, ramp=1)
    assert "seconds: got nan" in refusal(stereo_sound, 0.0, seconds=math.nan)
    assert "sound: got shape (3,)" in refusal(loudness, np.zeros(3), SAMPLE_RATE)
    assert "sound: got silence" in refusal(fibre_rates, np.zeros((2, 9000)), SAMPLE_RATE)
    assert "sound: got 50 ms" in refusal(sound_to_spikes, np.ones((2, 2205)), SAMPLE_RATE)
    assert "sound: got a value that is not finite" in refusal(loudness, np.full((2, 900), np.nan), SAMPLE_RATE)
    assert "sound: got a peak of 2.00" in refusal(wav_bytes, np.full((2, 900), 2.0))
    assert "peak_rate: got 2000" in refusal(sound_to_spikes, stereo_sound(0.0), SAMPLE_RATE, peak_rate=2000)


@pytest.mark.skipif(shutil.which("sox") is None, reason="sox is not here to listen")
def test_another_program_hears_the_same_level_without_clipping(tmp_path):
    write_stereo_wav(tmp_path / "sound.wav", stereo_sound(math.radians(60), level=0.5))
    said = subprocess.run(
        ["sox", str(tmp_path / "sound.wav"), "-n", "stats"], capture_output=True, text=True, check=True
    ).stderr
    found = {line[:12].strip(): line.split()[-3:] for line in said.splitlines() if len(line.split()) >= 4}
    assert [abs(float(level) + 6.02) < 0.1 for level in found["Pk lev dB"]] == [True] * 3
    assert float(said.split("Length s")[1].split()[0]) == 1.0
    assert float(said.split("Flat factor")[1].split()[0]) < 10


def test_a_sound_shorter_than_a_step_is_refused():
    assert refusal(loudness, np.zeros((2, 7)), 8000, dt=1e-3) == "sound: got 7 samples, allowed are at least 8"
    assert loudness(np.zeros((2, 8)), 8000, dt=1e-3).shape[-1] == 1
