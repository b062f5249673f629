"""Figures of sounds tell the phase difference that was drawn."""

import numpy as np
from dale_figures import sounds

from utils.page import words_of
from utils.plotting.dales_law_snn import sounds as plots


def test_words_follow_the_phase_difference():
    assert "60 degrees ahead" in words_of(plots.plot_two_ears(60))
    assert "30 degrees behind" in words_of(plots.plot_two_ears(-30))
    said = words_of(plots.plot_rasters(sounds(-60.0, 0.0, 60.0), [-60, 0, 60]))
    assert "8 ms later, at the same time and" in said
    assert "ms earlier at -60°, 0° and +60°" in said


def test_the_bands_are_those_of_the_spikes():
    for degrees in (-90, -20, 45):
        left, right = (part.float().numpy() for part in sounds(float(degrees))[0].split(100, 1))
        lead = np.degrees(plots._measured_phase(right) - plots._measured_phase(left))
        assert abs((lead - degrees + 180) % 360 - 180) < 8
