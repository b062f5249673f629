"""What the stimuli of a file mean: their unit, their period, their order, and trials that repeat one of them."""

from __future__ import annotations

import numpy as np

UNITS = ("degrees", "radians")
PERIODS = (180, 360)


def to_degrees(stimuli: np.ndarray, unit: str | None = None) -> tuple[np.ndarray, list[str]]:
    """Angles in degrees, whatever unit they came in.

    Args:
        stimuli: (n,) finite angles.
        unit: "degrees" or "radians"; None guesses, and says so where the guess is not the usual one.

    Returns:
        (n,) degrees, and one sentence for each thing that the reader should know.

    >>> to_degrees(np.array([0.0, 1.5, 3.0, -1.5]))[1]
    ['All angles lie between -1.5 and 3: read as radians (unit="degrees" if they are not).']
    """
    stimuli = np.asarray(stimuli, dtype=float)
    low, high = float(stimuli.min()), float(stimuli.max())
    # Whole numbers up to 6 are a few degrees; a circle in radians has other values as well.
    turn = 2 * np.pi * (1 + 1e-5)
    if unit is None and -turn <= low and high <= turn and high - low > 1 and np.any(stimuli % 1):
        note = f'All angles lie between {low:.3g} and {high:.3g}: read as radians (unit="degrees" if they are not).'
        return np.rad2deg(stimuli), [note]
    return (np.rad2deg(stimuli), []) if unit == "radians" else (stimuli, [])


def on_circle(degrees: np.ndarray, period: float | None = None) -> tuple[np.ndarray, float, list[str]]:
    """Angles between 0 and their period.

    Args:
        degrees: (n,).
        period: 360 for directions, 180 for orientations; None guesses, and says so.

    Returns:
        degrees: (n,) from 0 to below the period.
        period: in degrees.
        notes: one sentence for each thing that the reader should know.

    Raises:
        ValueError: they cannot be angles: below -360, or above 720 degrees.

    >>> on_circle(np.array([-90.0, 0.0, 60.0]))[:2]
    (array([90.,  0., 60.]), 180)
    """
    low, high = float(degrees.min()), float(degrees.max())
    if low < -360 or high > 720:
        raise ValueError(f"stimuli reach from {low:g} to {high:g}")
    notes = []
    if period is None:
        period = 180 if low >= -90 and high <= 180 and high - low <= 180 else 360
        if period == 180:
            notes.append(
                f"The angles lie between {low:g} and {high:g} degrees: read as orientations, of period 180 "
                "(period=360 if they are directions)."
            )
    wrapped = degrees % period
    # A tiny negative angle plus the period rounds to the period itself.
    wrapped = np.where(wrapped.astype(np.float32) >= period, 0.0, wrapped)
    if (np.abs(wrapped - degrees) > 1e-9).any():
        notes.append(f"Angles from {low:g} to {high:g} were brought to 0 to below {period:g}.")
    return wrapped, period, notes


def in_order(
    responses: np.ndarray, degrees: np.ndarray, repeats: str = "average"
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Rows sorted by angle; rows of the same angle averaged, or kept.

    Args:
        responses: (n, n_neurons).
        degrees: (n,).
        repeats: "average" or "keep".

    Returns:
        responses: (n_rows, n_neurons).
        degrees: (n_rows,) ascending.
        notes: one sentence for each thing that the reader should know.
    """
    notes = []
    angles, where, counts = np.unique(degrees.astype(np.float32), return_inverse=True, return_counts=True)
    if len(angles) < len(degrees):
        done = "averaged" if repeats == "average" else "kept as rows of their own"
        other = "keep" if repeats == "average" else "average"
        notes.append(
            f'{len(degrees):,} trials of {len(angles):,} angles: trials of one angle were {done} (repeats="{other}" '
            f"{'keeps' if other == 'keep' else 'averages'} them)."
        )
        if repeats == "average":
            means = np.zeros((len(angles), responses.shape[1]))
            np.add.at(means, where, responses)
            return (means / counts[:, None]).astype(np.float32), angles, notes
    if (np.diff(degrees) >= 0).all():
        return responses, degrees, notes
    order = np.argsort(degrees, kind="stable")
    return responses[order], degrees[order], [*notes, "The stimuli were sorted by angle."]


def in_usual_units(responses: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Responses whose size float32 can be squared in: amperes, or counts of photons, are brought near 1.

    Args:
        responses: (n, n_neurons), finite.

    Returns:
        The same, divided by a power of ten where they vary by less than 0.0001 or more than 1,000,000; and one sentence
        if they were.

    >>> in_usual_units(np.array([[0.0, 2e-9]]))
    (array([[0., 2.]]), ['The responses vary by 1e-09: they were divided by 1e-09.'])
    """
    spread = float(np.std(responses, dtype=float))
    if spread == 0 or 1e-4 <= spread <= 1e6:
        return responses, []
    unit = 10.0 ** np.floor(np.log10(spread))
    scaled = (responses / np.float64(unit)).astype(responses.dtype)
    return scaled, [f"The responses vary by {spread:.2g}: they were divided by {unit:g}."]


def finite(responses: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Leave out what was not measured: trials in which hardly any neuron was, then neurons that lack a trial.

    Args:
        responses: (n, n_neurons).

    Returns:
        responses: (n_rows, n_kept), all finite.
        rows: (n,) which trials were kept.
        notes: one sentence for each thing that the reader should know.
    """
    good = np.isfinite(responses)
    rows = good.mean(1) > 0.5
    columns = good[rows].all(0)
    notes = []
    for kept, what in ((rows, "trial"), (columns, "neuron")):
        lost = int((~kept).sum())
        if lost:
            first = int(np.argmin(kept))
            words = f"1 {what} (number {first})" if lost == 1 else f"{lost:,} {what}s (the first is number {first})"
            notes.append(f"{words} with values that are not finite {'was' if lost == 1 else 'were'} left out.")
    return (responses if not notes else responses[rows][:, columns]), rows, notes
