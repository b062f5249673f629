"""Responses of mouse visual cortex to gratings: simulated, recorded, or from your own file."""

from __future__ import annotations

import os
import textwrap
from collections import namedtuple
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from utils.datasets.download import fetch
from utils.datasets.v1_angles import PERIODS, UNITS, finite, in_order, in_usual_units, on_circle, to_degrees
from utils.datasets.v1_files import ENDINGS, read_arrays, wrong
from utils.datasets.v1_simulation import simulate_v1

FILE = "W3D4_stringer_oribinned1.npz"
URLS = ("https://osf.io/683xc/download", "https://osf.io/download/683xc/")
MD5 = "436599dfd8ebe6019f066c38aed20580"
# Notebook 04 divides stimuli into those to learn from and others, and neurons into more and fewer.
FEWEST_STIMULI, FEWEST_NEURONS = 12, 8

_GO_ON = 'Or go on with the simulated population: load_v1("simulated").'
_ALLOWED = f'"simulated", "stringer2021" or the path of a file ({", ".join(ENDINGS)})'


class Recording(namedtuple("Recording", "responses stimuli")):
    """Responses and stimuli, which unpack as a pair, and what is known about them.

    Attributes:
        responses: (n_stimuli, n_neurons) float32.
        stimuli: (n_stimuli, 1) float32, degrees from 0 to below the period, ascending.
        period: 360 where the stimuli are directions, 180 where they are orientations.
        kind: "simulated", "stringer2021" or "file".
        notes: what was done to the file, one sentence each.
    """

    def __new__(cls, responses, stimuli, period: float = 360, kind: str = "file", notes: Sequence[str] = ()):
        pair = super().__new__(cls, responses, stimuli)
        pair.period, pair.kind, pair.notes = period, kind, list(notes)
        return pair


def load_v1(
    source: str | os.PathLike = "simulated",
    bin_width: float = 1,
    period: float | None = None,
    unit: str | None = None,
    repeats: str = "average",
    variables: tuple[str, str] | None = None,
) -> Recording:
    """Load responses of a V1 population to gratings, and say where they come from.

    Args:
        source: "simulated" (offline, see `simulate_v1`), "stringer2021" (the recording of Stringer et al., 34 MB,
            downloaded once), or the path of a file (.npz, .npy, .mat, .h5, .nwb) with responses (n_stimuli, n_neurons)
            and stimuli (n_stimuli,). It is never exchanged for another one.
        bin_width: responses to angles within bins of this many degrees are averaged; 1 keeps the rows as
            they are. Bins without a stimulus are left out. At most a quarter of the period.
        period: of a file's stimuli: 360 for directions, 180 for orientations; None guesses and says so.
        unit: of a file's stimuli: "degrees" or "radians"; None guesses and says so.
        repeats: what becomes of trials of the same angle in a file: "average" or "keep".
        variables: names of responses and stimuli in a file; None looks for `resp` and `stimuli`, then for what fits.

    Returns:
        responses: (n_stimuli, n_neurons) float32.
        stimuli: (n_stimuli, 1) float32, in degrees from 0 to below the period, ascending; the mean of a bin where bins
            are used. The pair also has the attributes `period`, `kind` and `notes`.

    Raises:
        ValueError: an unknown source, a file with wrong content, or an argument that is not allowed.
        FileNotFoundError: no file at that path.
        utils.datasets.download.DownloadError: the recording could not be downloaded.

    Source: Stringer et al. (2021), https://doi.org/10.1016/j.cell.2021.03.042
    """
    _check_arguments(bin_width, period, unit, repeats, variables)
    if source == "simulated":
        loaded = Recording(*simulate_v1(), kind="simulated")
        name = "a simulated population, not a recording"
    elif source == "stringer2021":
        loaded = _read(fetch(FILE, URLS, MD5, otherwise=_GO_ON), 360, "degrees", "average", None, "stringer2021")
        name = "the recording of Stringer et al. 2021"
    else:
        path = _own_file(source)
        loaded = _read(path, period, unit, repeats, variables, "file")
        name = f"your file {path.name}"
    if bin_width > 1:
        if bin_width > loaded.period / 4:
            raise ValueError(
                f"bin_width: got {bin_width!r}, allowed is a number from 1 to {loaded.period / 4:g} degrees, a "
                "quarter of the period"
            )
        binned = average_bins(*loaded, bin_width)
        loaded = Recording(*binned, period=loaded.period, kind=loaded.kind, notes=loaded.notes)
    n_stimuli, n_neurons = loaded.responses.shape
    print(f"V1 source: {name}.\n{n_neurons} neurons in response to {n_stimuli} stimuli.")
    notes = list(loaded.notes)
    if n_stimuli < FEWEST_STIMULI or n_neurons < FEWEST_NEURONS:
        notes.append(f"Notebook 04 needs {FEWEST_STIMULI} stimuli and {FEWEST_NEURONS} neurons or more.")
    for note in notes:
        print(textwrap.fill(note, 86, initial_indent="- ", subsequent_indent="  "))
    return loaded


def average_bins(responses: torch.Tensor, stimuli: torch.Tensor, bin_width: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Average responses, and angles, within bins that start at 0 degrees.

    Args:
        responses: (n_stimuli, n_neurons).
        stimuli: (n_stimuli, 1) in degrees, 0 to below 360.
        bin_width: in degrees. The last bin ends at 360, and is narrower where 360 is no multiple of the width.

    Returns:
        responses: (n_bins, n_neurons), only bins that hold a stimulus.
        stimuli: (n_bins, 1), mean angle of each.
    """
    place = stimuli[:, 0].double() / bin_width
    # 3.3 / 1.1 is 2.9999...: an angle on an edge belongs to the bin that it opens.
    edge = place.round()
    bins = torch.where((place - edge).abs() < 1e-6 * edge.clamp(min=1), edge, place.floor())
    bins = bins.clamp(max=np.ceil(360 / bin_width) - 1)
    _, where, counts = torch.unique(bins, return_inverse=True, return_counts=True)

    def averaged(rows: torch.Tensor) -> torch.Tensor:
        return torch.zeros(len(counts), rows.shape[1]).index_add_(0, where, rows).div_(counts[:, None])

    return averaged(responses), averaged(stimuli)


def _check_arguments(bin_width, period, unit, repeats, variables) -> None:
    largest = max(PERIODS) / 4
    number = isinstance(bin_width, int | float | np.number) and not isinstance(bin_width, bool)
    if not number or not 1 <= bin_width <= largest:
        raise ValueError(f"bin_width: got {bin_width!r}, allowed is a number from 1 to {largest:g} degrees")
    if period is not None and (isinstance(period, bool) or period not in PERIODS):
        raise ValueError(f"period: got {period!r}, allowed is 180 (orientations), 360 (directions) or None")
    if unit is not None and unit not in UNITS:
        raise ValueError(f'unit: got {unit!r}, allowed is "degrees", "radians" or None')
    if repeats not in ("average", "keep"):
        raise ValueError(f'repeats: got {repeats!r}, allowed is "average" or "keep"')
    pair = isinstance(variables, tuple | list) and len(variables) == 2 and all(isinstance(v, str) for v in variables)
    if variables is not None and not pair:
        raise ValueError(f"variables: got {variables!r}, allowed are two names, or None")


def _own_file(source: str | os.PathLike) -> Path:
    if not isinstance(source, str | os.PathLike):
        raise ValueError(f"source: got {type(source).__name__}, allowed is {_ALLOWED}")
    path = Path(source).expanduser()
    if path.is_file():
        return path
    if path.suffix == "" and path.name == str(source):
        raise ValueError(f"source: got {source!r}, allowed is {_ALLOWED}")
    raise FileNotFoundError(f"source: there is no file {path}. {_GO_ON}")


def _read(path: Path, period, unit, repeats, variables, kind: str) -> Recording:
    """Read a file, and bring what it holds into the one form that the course uses."""
    resp, angles, notes = read_arrays(path, variables)
    if len(angles) < 2 or resp.shape[1] < 1:
        raise wrong(path, f"resp has shape {resp.shape}", "2 or more stimuli and 1 or more neurons are needed")
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and is left out as such
        resp = np.ascontiguousarray(resp, dtype=np.float32)
    angles = angles.astype(float)
    bad = np.flatnonzero(~np.isfinite(angles))
    if len(bad):
        found = f"stimuli has {len(bad)} values that are not finite, the first at {bad[0]}"
        raise wrong(path, found, "leave those trials out")
    kept, rows, left_out = finite(resp)
    angles = angles[rows] if left_out else angles
    if len(angles) < 2 or kept.shape[1] < 1:
        share = np.mean(~np.isfinite(resp))
        found = f"no neuron has a finite value in every trial ({share:.0%} of all values are not finite)"
        raise wrong(path, found, "leave out those trials, or fill the gaps")
    resp, of_size = in_usual_units(kept)
    degrees, of_unit = to_degrees(angles, unit)
    try:
        degrees, period, of_circle = on_circle(degrees, period)
    except ValueError as error:
        raise wrong(path, str(error), "angles in degrees, or in radians, are needed") from error
    resp, degrees, of_order = in_order(resp, degrees, repeats)
    if len(np.unique(degrees)) < 2:
        raise wrong(path, "all stimuli have the same angle", "2 or more are needed")
    notes = [*notes, *left_out, *of_size, *of_unit, *of_circle, *of_order]
    stimuli = torch.from_numpy(np.ascontiguousarray(degrees, dtype=np.float32))[:, None]
    return Recording(torch.from_numpy(np.ascontiguousarray(resp, dtype=np.float32)), stimuli, period, kind, notes)
