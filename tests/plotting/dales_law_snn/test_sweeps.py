"""The figure of the sweep tells its plateau."""

import numpy as np

from utils.page import words_of
from utils.plotting.dales_law_snn import sweeps as plots


def test_words_of_the_sweep_name_its_plateau():
    samples = np.array([[50, 70, 77, 79, 78, 60, 8], [52, 70, 77, 79, 78, 60, 8]])
    said = words_of(plots.plot_fraction_sweep([0, 0.1, 0.3, 0.5, 0.7, 0.9, 1], samples))
    assert "51 at 0, highest (79) at 0.5, 8 at 1; within 3 points of the highest from 0.3 to 0.7" in said
