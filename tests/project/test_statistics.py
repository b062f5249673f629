"""Intervals hold their promise, and corrections agree with their definitions."""

import numpy as np
import pytest
from scipy import stats

from utils.statistics import (
    bonferroni,
    bootstrap_interval,
    holm,
    mean_interval,
    paired_difference,
    prediction_interval,
    student_quantile,
)


@pytest.mark.parametrize(("degrees", "value"), [(1, 12.7062), (4, 2.7764), (9, 2.2622), (30, 2.0423), (200, 1.9719)])
def test_quantiles_of_student_agree_with_the_tables(degrees, value):
    assert student_quantile(0.975, degrees) == pytest.approx(value, abs=2e-4)


@pytest.mark.parametrize("mean_of", [1, 3])
def test_prediction_interval_holds_its_promise(mean_of):
    draws = np.random.default_rng(0).normal(5, 2, size=(4000, 6 + mean_of))
    inside = []
    for row in draws:
        low, high = prediction_interval(row[:6], mean_of=mean_of)
        inside.append(low <= row[6:].mean() <= high)
    assert np.mean(inside) == pytest.approx(0.95, abs=0.012)


def test_intervals_of_a_mean_hold_their_promise():
    draws = np.random.default_rng(1).normal(5, 2, size=(2000, 8))
    assert np.mean([low <= 5 <= high for low, high in map(mean_interval, draws)]) == pytest.approx(0.95, abs=0.015)


def test_a_bootstrap_interval_is_near_the_t_interval_of_a_normal_sample():
    values = np.random.default_rng(2).normal(5, 2, 60)
    assert bootstrap_interval(values) == pytest.approx(mean_interval(values), abs=0.1)
    assert bootstrap_interval(values) == bootstrap_interval(values)
    assert bootstrap_interval([3, 3, 3]) == (3, 3)


def test_a_paired_difference_is_scipys_test():
    first, second = np.random.default_rng(3).normal([1, 0.5], 1, size=(12, 2)).T
    ours, theirs = paired_difference(first, second), stats.ttest_rel(first, second)
    assert ours.n == 12
    assert ours.mean == pytest.approx((first - second).mean())
    assert ours.p == pytest.approx(theirs.pvalue)
    assert (ours.low, ours.high) == pytest.approx(tuple(theirs.confidence_interval()))
    assert paired_difference([2, 3], [1, 2]).p == 0
    assert paired_difference([2, 3], [2, 3]).p == 1


def test_corrections_are_those_of_their_definitions():
    assert bonferroni([0.01, 0.4, 0.03]).tolist() == pytest.approx([0.03, 1, 0.09])
    assert holm([0.01, 0.4, 0.03]).tolist() == pytest.approx([0.03, 0.4, 0.06])
    p = np.random.default_rng(4).random((200, 5)) ** 3
    for row in p:
        assert (holm(row) <= bonferroni(row)).all()
        assert (holm(row) >= row).all()
        assert (np.diff(holm(row)[row.argsort()]) >= 0).all()


def test_too_few_numbers_are_refused():
    with pytest.raises(ValueError, match="values: got 1 numbers, allowed are 2 or more"):
        mean_interval([1])
    with pytest.raises(ValueError, match="mean_of: got 0"):
        prediction_interval([1, 2], mean_of=0)
    with pytest.raises(ValueError, match="second: got 3 numbers, allowed is one for each of the 2"):
        paired_difference([1, 2], [1, 2, 3])
