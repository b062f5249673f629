"""Figures of signs and ablations tell shares, means and intervals."""

from dale_figures import by_seed, weights

from utils.page import words_of
from utils.plotting.dales_law_snn import signs as plots


def test_an_ear_that_only_inhibits_is_told():
    half = weights()
    half[:100] = -half[:100].abs()
    said = words_of(plots.plot_signs({"block": {"after": half}}))
    assert "block, after: left ~100, right" in said


def test_words_of_pairs_hold_mean_and_interval():
    first, second = by_seed(70), {seed: value + 2 + seed % 2 for seed, value in by_seed(70).items()}
    said = words_of(plots.plot_pairs({"a": first, "b": second}, "a"))
    assert "networks of 8 seeds: a 73.5 and b 76.0 in the mean" in said
    assert "b +2.5 (+2.1 to +2.9) points" in said
    # Only the seeds that all groups have are paired.
    assert "networks of 3 seeds" in words_of(plots.plot_pairs({"a": first, "b": by_seed(60, 3)}, "a"))
