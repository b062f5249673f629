"""Intervals: what a spread over seeds allows one to say. SciPy does the work."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def prediction_interval(values: Sequence[float], share: float = 0.95, runs: int = 1) -> tuple[float, float]:
    """The interval in which the mean of some further draws falls with probability `share`, if all are normal.

    Args:
        values: (n,) at least 2 numbers.
        share: between 0 and 1.
        runs: of how many further draws the mean is meant.

    Returns:
        Its lower and upper end: mean -+ t sd sqrt(1 / runs + 1 / n).

    Raises:
        ValueError: fewer than 2 numbers, or a share or number of runs that is not allowed.

    Source: Student (1908), https://doi.org/10.1093/biomet/6.1.1
    """
    from scipy import stats

    draws = np.asarray(values, dtype=float)
    if draws.ndim != 1 or draws.size < 2:
        raise ValueError(f"values: got shape {draws.shape}, allowed is a row of 2 numbers or more")
    if not 0 < share < 1:
        raise ValueError(f"share: got {share}, allowed is a number between 0 and 1")
    if runs < 1:
        raise ValueError(f"runs: got {runs}, allowed is a whole number of at least 1")
    t = float(stats.t.ppf((1 + share) / 2, draws.size - 1))
    reach = t * draws.std(ddof=1) * math.sqrt(1 / runs + 1 / draws.size)
    return float(draws.mean() - reach), float(draws.mean() + reach)
