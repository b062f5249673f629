"""Intervals over seeds."""

import numpy as np
import pytest
from contracts import refusal

from utils.statistics import prediction_interval


@pytest.mark.parametrize(("n", "t"), [(2, 12.7062), (5, 2.7764), (10, 2.2622), (31, 2.0423), (201, 1.9719)])
def test_the_interval_uses_students_table(n, t):
    values = np.arange(n, dtype=float)
    low, high = prediction_interval(values)
    assert (high - low) / 2 == pytest.approx(t * values.std(ddof=1) * np.sqrt(1 + 1 / n), rel=1e-4)


def test_prediction_interval_holds_its_promise():
    draws = np.random.default_rng(0).normal(5, 2, size=(4000, 6))
    inside = [low <= row[-1] <= high for row in draws for low, high in [prediction_interval(row[:-1])]]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.012)


def test_a_mean_of_three_runs_lies_in_its_interval():
    draws = np.random.default_rng(1).normal(5, 2, size=(4000, 8))
    inside = [low <= row[5:].mean() <= high for row in draws for low, high in [prediction_interval(row[:5], runs=3)]]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.012)


def test_what_has_no_spread_is_refused():
    assert refusal(prediction_interval, [1.0]).startswith("values: got shape (1,)")
    assert refusal(prediction_interval, [1, 2], 1.5).startswith("share: got 1.5")
    assert refusal(prediction_interval, [1, 2], 0.9, 0).startswith("runs: got 0")
