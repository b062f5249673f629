"""Means with their intervals, paired differences, and corrections for many comparisons; scipy does the work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit


@dataclass(frozen=True)
class PairedDifference:
    """How much one condition differs from another on the same seeds.

    Attributes:
        mean: of the differences.
        low: lower end of the t interval of the mean.
        high: its upper end.
        p: two-sided p value of the paired t test.
        n: number of pairs.
    """

    mean: float
    low: float
    high: float
    p: float
    n: int


def student_quantile(probability: float, degrees: int) -> float:
    """Quantile of Student's t distribution.

    Args:
        probability: between 0 and 1.
        degrees: degrees of freedom, at least 1.

    Returns:
        t, such that a draw lies below it with that probability.

    >>> round(student_quantile(0.975, 9), 4)
    2.2622
    """
    return float(stdtrit(degrees, probability))


def mean_interval(values: Sequence[float], share: float = 0.95) -> tuple[float, float]:
    """The t interval of a mean.

    Args:
        values: (n,) at least 2 numbers.
        share: between 0 and 1.

    Returns:
        Its lower and upper end: mean -+ t sd / sqrt(n).

    Raises:
        ValueError: there are fewer than 2 numbers.

    Source: Student (1908), https://doi.org/10.1093/biomet/6.1.1
    """
    draws = _sample("values", values)
    reach = student_quantile((1 + share) / 2, draws.size - 1) * draws.std(ddof=1) / np.sqrt(draws.size)
    return float(draws.mean() - reach), float(draws.mean() + reach)


def prediction_interval(values: Sequence[float], share: float = 0.95, mean_of: int = 1) -> tuple[float, float]:
    """The interval in which the mean of `mean_of` further draws falls with probability `share`, if they are normal.

    Args:
        values: (n,) at least 2 numbers.
        share: between 0 and 1.
        mean_of: number k of draws that the published figure is the mean of.

    Returns:
        Its lower and upper end: mean -+ t sd sqrt(1 / k + 1 / n).

    Raises:
        ValueError: there are fewer than 2 numbers, or `mean_of` is below 1.

    Source: Student (1908), https://doi.org/10.1093/biomet/6.1.1

    >>> low, high = prediction_interval([80, 82, 84], mean_of=3)
    >>> round(low, 2), round(high, 2)
    (74.97, 89.03)
    """
    draws = _sample("values", values)
    if mean_of < 1:
        raise ValueError(f"mean_of: got {mean_of}, allowed is 1 or more")
    spread = draws.std(ddof=1) * np.sqrt(1 / mean_of + 1 / draws.size)
    reach = student_quantile((1 + share) / 2, draws.size - 1) * spread
    return float(draws.mean() - reach), float(draws.mean() + reach)


def paired_difference(first: Sequence[float], second: Sequence[float], share: float = 0.95) -> PairedDifference:
    """Mean of `first - second` over pairs, with its t interval and the p value of the paired t test.

    Args:
        first: (n,) numbers, at least 2.
        second: (n,) numbers of the same seeds in the same order.
        share: of the interval, between 0 and 1.

    Returns:
        The difference.

    Raises:
        ValueError: the two are not of one length, or there are fewer than 2 pairs.

    >>> paired_difference([3, 5, 7], [1, 2, 3]).mean
    3.0
    """
    one, two = _sample("first", first), _sample("second", second)
    if one.size != two.size:
        raise ValueError(f"second: got {two.size} numbers, allowed is one for each of the {one.size} of first")
    difference = one - two
    mean, sd = difference.mean(), difference.std(ddof=1)
    low, high = mean_interval(difference, share)
    # Without any spread the test has no p value but these two.
    t = mean / (sd / np.sqrt(difference.size)) if sd > 0 else np.copysign(np.inf, mean) if mean else 0.0
    return PairedDifference(float(mean), low, high, float(2 * stdtr(difference.size - 1, -abs(t))), difference.size)


def bootstrap_interval(
    values: Sequence[float],
    statistic: Callable[..., np.ndarray] = np.mean,
    share: float = 0.95,
    n_resamples: int = 4000,
    seed: int = 0,
) -> tuple[float, float]:
    """The bias-corrected and accelerated bootstrap interval of a statistic.

    Args:
        values: (n,) at least 2 numbers.
        statistic: such as `np.mean` or `np.median`; takes an array and an `axis`.
        share: between 0 and 1.
        n_resamples: number of samples drawn with replacement.
        seed: decides them.

    Returns:
        Its lower and upper end.

    Raises:
        ValueError: there are fewer than 2 numbers.

    Source: Efron (1987), https://doi.org/10.1080/01621459.1987.10478410
    """
    from scipy.stats import bootstrap  # the import takes most of a second, which no page but this call should pay

    draws = _sample("values", values)
    if np.ptp(draws) == 0:
        return float(draws[0]), float(draws[0])
    found = bootstrap(
        (draws,), statistic, confidence_level=share, n_resamples=n_resamples, rng=np.random.default_rng(seed)
    )
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def holm(p_values: Sequence[float]) -> np.ndarray:
    """p values corrected for their number, so that the chance of any false alarm stays what each one says.

    Args:
        p_values: (n,) from 0 to 1, one for each comparison.

    Returns:
        (n,) corrected p values in the same order, at most 1.

    Source: Holm (1979), https://www.jstor.org/stable/4615733

    >>> holm([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=float)
    order = p.argsort()
    corrected = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1)).clip(max=1)
    result = np.empty_like(corrected)
    result[order] = corrected
    return result


def bonferroni(p_values: Sequence[float]) -> np.ndarray:
    """p values times their number: the plain form of Holm's correction, never smaller than it.

    Args:
        p_values: (n,) from 0 to 1.

    Returns:
        (n,) corrected p values, at most 1.
    """
    p = np.asarray(p_values, dtype=float)
    return (p * p.size).clip(max=1)


def _sample(name: str, values: Sequence[float]) -> np.ndarray:
    draws = np.asarray(values, dtype=float).ravel()
    if draws.size < 2:
        raise ValueError(f"{name}: got {draws.size} numbers, allowed are 2 or more")
    return draws
