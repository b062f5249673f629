"""Responses of mouse visual cortex to gratings: simulated, recorded, or from your own file."""

from __future__ import annotations

import os
import warnings
import zipfile
import zlib
from pathlib import Path

import numpy as np
import torch

from utils.datasets.download import fetch
from utils.datasets.v1_simulation import simulate_v1

FILE = "W3D4_stringer_oribinned1.npz"
URLS = ("https://osf.io/683xc/download", "https://osf.io/download/683xc/")
MD5 = "436599dfd8ebe6019f066c38aed20580"

_GO_ON = 'Or go on with the simulated population: load_v1("simulated").'


def load_v1(source: str | os.PathLike = "simulated", bin_width: float = 1) -> tuple[torch.Tensor, torch.Tensor]:
    """Load responses of a V1 population to gratings, and say where they come from.

    Args:
        source: "simulated" (offline, see `simulate_v1`), "stringer2021" (the recording of Stringer et al.,
            34 MB, downloaded once), or the path of an .npz file with `resp` (n_stimuli, n_neurons) and
            `stimuli` (n_stimuli,) in degrees. It is never exchanged for another one.
        bin_width: responses to directions within bins of this many degrees are averaged; 1 keeps the rows as
            they are. Bins without a stimulus are left out.

    Returns:
        responses: (n_stimuli, n_neurons) float32.
        stimuli: (n_stimuli, 1) float32, in degrees from 0 to below 360; the mean of a bin where bins are used.

    Raises:
        ValueError: an unknown source, a file with wrong content, or a bin width outside of 1 to 360.
        FileNotFoundError: no file at that path.
        utils.datasets.download.DownloadError: the recording could not be downloaded.

    Source: Stringer et al. (2021), https://doi.org/10.1016/j.cell.2021.03.042
    """
    if isinstance(bin_width, bool) or not isinstance(bin_width, int | float | np.number) or not 1 <= bin_width <= 360:
        raise ValueError(f"bin_width: got {bin_width!r}, allowed is a number from 1 to 360 degrees")
    if source == "simulated":
        responses, stimuli = simulate_v1()
        name = "a simulated population, not a recording"
    elif source == "stringer2021":
        responses, stimuli = _read(fetch(FILE, URLS, MD5, otherwise=_GO_ON))
        name = "the recording of Stringer et al. 2021"
    else:
        path = _own_file(source)
        responses, stimuli = _read(path)
        name = f"your file {path.name}"
    if bin_width > 1:
        responses, stimuli = average_bins(responses, stimuli, bin_width)
    print(f"V1 source: {name}. {responses.shape[1]} neurons in response to {len(stimuli)} stimuli.")
    return responses, stimuli


def average_bins(responses: torch.Tensor, stimuli: torch.Tensor, bin_width: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Average responses, and directions, within bins that start at 0 degrees.

    Args:
        responses: (n_stimuli, n_neurons).
        stimuli: (n_stimuli, 1) in degrees, 0 to below 360.
        bin_width: in degrees. The last bin ends at 360, and is narrower where 360 is no multiple of the width.

    Returns:
        responses: (n_bins, n_neurons), only bins that hold a stimulus.
        stimuli: (n_bins, 1), mean direction of each.
    """
    place = stimuli[:, 0].double() / bin_width
    # 3.3 / 1.1 is 2.9999...: a direction on an edge belongs to the bin that it opens.
    edge = place.round()
    bins = torch.where((place - edge).abs() < 1e-6 * edge.clamp(min=1), edge, place.floor())
    bins = bins.clamp(max=np.ceil(360 / bin_width) - 1)
    _, where, counts = torch.unique(bins, return_inverse=True, return_counts=True)

    def averaged(rows: torch.Tensor) -> torch.Tensor:
        return torch.zeros(len(counts), rows.shape[1]).index_add_(0, where, rows).div_(counts[:, None])

    return averaged(responses), averaged(stimuli)


def _own_file(source: str | os.PathLike) -> Path:
    if not isinstance(source, str | os.PathLike):
        raise ValueError(
            f'source: got {type(source).__name__}, allowed is "simulated", "stringer2021" or the path of an .npz file'
        )
    path = Path(source).expanduser()
    if path.is_file():
        return path
    if path.suffix == "" and path.name == str(source):
        raise ValueError(f'source: got {source!r}, allowed is "simulated", "stringer2021" or the path of an .npz file')
    raise FileNotFoundError(f"source: there is no file {path}. {_GO_ON}")


def _read(path: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """Read and validate a file."""
    resp, stimuli = _arrays(path)
    if stimuli.ndim == 2 and 1 in stimuli.shape:
        stimuli = stimuli.reshape(-1)
    if resp.ndim != 2 or stimuli.ndim != 1:
        raise _wrong(
            path,
            f"resp has shape {resp.shape} and stimuli {stimuli.shape}",
            "(n_stimuli, n_neurons) and (n_stimuli,) are needed",
        )
    if len(resp) != len(stimuli):
        turned = resp.shape[1] == len(stimuli)
        advice = "resp looks transposed: save resp.T" if turned else "both need one row for each stimulus"
        raise _wrong(path, f"resp has shape {resp.shape} for {len(stimuli)} stimuli", advice)
    if len(stimuli) < 2 or resp.shape[1] < 1:
        raise _wrong(path, f"resp has shape {resp.shape}", "2 or more stimuli and 1 or more neurons are needed")
    for name, array in (("resp", resp), ("stimuli", stimuli)):
        bad = np.count_nonzero(~np.isfinite(array))
        if bad:
            place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
            raise _wrong(
                path, f"{name} has {bad} values that are not finite, the first at {place}", "leave those trials out"
            )
    if stimuli.min() < 0 or stimuli.max() >= 360:
        found = f"stimuli reach from {stimuli.min():g} to {stimuli.max():g}"
        raise _wrong(path, found, "degrees from 0 to below 360 are needed: stimuli % 360 brings them there")
    if 0 < stimuli.max() <= 2 * np.pi and np.any(stimuli % 1):
        warnings.warn(
            f"{path.name}: all stimuli lie between 0 and 2 pi, which looks like radians. They are read as degrees; "
            "save np.rad2deg(stimuli) if they are not.",
            UserWarning,
            stacklevel=3,
        )
    return torch.from_numpy(resp), torch.from_numpy(stimuli)[:, None]


def _arrays(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """The two arrays as float32; whatever a broken file raises becomes one sentence."""
    try:
        loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            raise _wrong(path, "it holds a single array", "an .npz with resp and stimuli is needed")
        with loaded as file:
            missing = {"resp", "stimuli"} - set(file.files)
            if missing:
                found = ", ".join(sorted(file.files)) or "nothing"
                raise _wrong(
                    path, f"it holds {found}, without {' and '.join(sorted(missing))}", "both names are needed"
                )
            arrays = [file["resp"], file["stimuli"]]
    except _WrongFileError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, ValueError, NotImplementedError) as error:
        if "pickle" in str(error).lower() and zipfile.is_zipfile(path):
            raise _wrong(
                path, "it holds Python objects", "they are not loaded, since that could run any program: save numbers"
            ) from error
        raise _wrong(path, "it is not a complete .npz file", _first_bytes(path)) from error
    for name, array in zip(("resp", "stimuli"), arrays, strict=True):
        if array.dtype.kind not in "fiub":
            raise _wrong(path, f"{name} has the type {array.dtype}", "real numbers are needed")
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and is reported as such
        resp, stimuli = (np.ascontiguousarray(array, dtype=np.float32) for array in arrays)
    return resp, stimuli


class _WrongFileError(ValueError):
    """A file that was read and does not hold what is needed."""


def _wrong(path: Path, found: str, needed: str) -> _WrongFileError:
    return _WrongFileError(f"source: {path.name}: {found}; {needed}.")


def _first_bytes(path: Path) -> str:
    with open(path, "rb") as file:
        start = file.read(256).lstrip().lower()
    if not start:
        return "it is empty, so its download or copy failed"
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "it is a web page, so the download ended at a page instead of the file"
    if start.startswith(b"pk"):
        return "it is cut off or damaged, so fetch or save it again"
    return "save it with np.savez(name, resp=resp, stimuli=stimuli)"
