"""Figures of hidden units tell how far each sets one ear against the other."""

import torch

from utils.page import words_of
from utils.plotting.dales_law_snn import units as plots


def test_contrasts_before_and_after_are_told():
    assert "after ~0 and ~1.0" in words_of(plots.plot_contrasts({"after": (torch.zeros(30), torch.ones(30))}))
