"""Responses and stimuli out of a file of one's own: .npz, .npy, .mat, .h5 or .nwb, measured before anything is read."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

# 600 MB as float32: every trial of the published recording, and half as much again.
LARGEST = 150_000_000
_PART = 1_000_000
NAMES = ("resp", "stimuli")
ENDINGS = (".npz", ".npy", ".mat", ".h5", ".hdf5", ".nwb")


class WrongFileError(ValueError):
    """A file that was read and does not hold what is needed."""


def wrong(path: Path, found: str, needed: str) -> WrongFileError:
    """The error that a file deserves, as one sentence.

    Args:
        path: of the file.
        found: what is in it.
        needed: what should be.

    Returns:
        The error, to be raised.
    """
    return WrongFileError(f"source: {path.name}: {found}; {needed}.")


@dataclass(frozen=True)
class _Entry:
    """An array in a file, known by its header alone."""

    shape: tuple[int, ...]
    dtype: np.dtype
    read: Any

    @property
    def is_matrix(self) -> bool:
        return len(self.shape) == 2 and 1 not in self.shape

    @property
    def is_row(self) -> bool:
        return math.prod(self.shape) == max(self.shape, default=0) > 1


def read_arrays(path: Path, variables: tuple[str, str] | None = None) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Responses and stimuli as they stand in a file.

    Args:
        path: of an .npz, .npy, .mat, .h5 or .nwb file. An .npy file holds the responses; its stimuli lie beside it, in
            `stimuli.npy` or in a file of the same name that ends in `_stimuli.npy`.
        variables: names of the two in the file; None looks for `resp` and `stimuli`, then for the only two that fit.

    Returns:
        responses: (n_stimuli, n_neurons).
        stimuli: (n_stimuli,).
        notes: one sentence for each thing that the reader should know.

    Raises:
        WrongFileError: it is damaged, too large, or does not hold two arrays that fit.
    """
    ending = path.suffix.lower()
    hdf5 = ending in {".h5", ".hdf5", ".nwb"} or (ending == ".mat" and _starts_with_hdf5(path))
    if hdf5:
        with _broken_files_say_so(path), _open_hdf5(path) as file:
            return _choose(path, _hdf5_entries(file), variables, turned_is_usual=True)
    if ending not in ENDINGS and not zipfile.is_zipfile(path):
        raise wrong(path, f"it is no file of a kind that is read ({', '.join(ENDINGS)})", _first_bytes(path))
    with _broken_files_say_so(path):
        if ending == ".mat":
            return _choose(path, _mat_entries(path), variables, turned_is_usual=True)
        if ending == ".npy":
            return _choose(path, _npy_entries(path), variables)
        with zipfile.ZipFile(path) as archive:
            return _choose(path, _npz_entries(path, archive), variables)


def _choose(path, entries: Mapping[str, _Entry], variables, turned_is_usual=False):
    """Find the two arrays among the entries, check them by their headers, and read them."""
    names = variables or _two_that_fit(path, entries)
    missing = [name for name in names if name not in entries]
    if missing:
        found = ", ".join(sorted(entries)) or "nothing"
        raise wrong(path, f"it holds {found}, without {' and '.join(sorted(missing))}", "both names are needed")
    resp, stimuli = (entries[name] for name in names)
    for name, entry in zip(names, (resp, stimuli), strict=True):
        if entry.dtype.hasobject:
            raise wrong(
                path,
                f"{name} holds Python objects",
                "they are not loaded, since that could run any program: save numbers",
            )
        if entry.dtype.kind not in "fiub":
            raise wrong(path, f"{name} has the type {entry.dtype}", "real numbers are needed")
        if math.prod(entry.shape) > LARGEST:
            size = " x ".join(f"{side:,}" for side in entry.shape)
            raise wrong(
                path, f"{name} has {size} values", f"{LARGEST:,} are the most: average trials, or take fewer neurons"
            )
    if len(resp.shape) != 2 or not (len(stimuli.shape) == 1 or stimuli.is_row or math.prod(stimuli.shape) <= 1):
        raise wrong(
            path,
            f"{names[0]} has shape {resp.shape} and {names[1]} {stimuli.shape}",
            "(n_stimuli, n_neurons) and (n_stimuli,) are needed",
        )
    n_stimuli, notes = math.prod(stimuli.shape), []
    turned = resp.shape[0] != n_stimuli and resp.shape[1] == n_stimuli
    if resp.shape[0] != n_stimuli and not (turned and turned_is_usual):
        advice = f"{names[0]} looks transposed: save {names[0]}.T" if turned else "both need one row for each stimulus"
        raise wrong(path, f"{names[0]} has shape {resp.shape} for {n_stimuli} stimuli", advice)
    responses = resp.read()
    if turned:
        responses = responses.T
        notes.append(f"{names[0]} stood as (neurons, stimuli) and was turned.")
    if path.suffix.lower() != ".npz" or tuple(names) != NAMES:
        notes.insert(0, f"Taken: {names[0]} as responses, {names[1]} as stimuli.")
    return responses, stimuli.read().reshape(-1), notes


def _two_that_fit(path: Path, entries: Mapping[str, _Entry]) -> tuple[str, str]:
    """The names `resp` and `stimuli`, or else the only two numeric arrays of which one has a row for each value of the
    other."""
    if set(NAMES) <= set(entries):
        return NAMES
    called = [[name for name in entries if name.rpartition("/")[2] == wanted] for wanted in NAMES]
    if all(len(names) == 1 for names in called):
        return called[0][0], called[1][0]
    numeric = {name: entry for name, entry in entries.items() if entry.dtype.kind in "fiub"}
    matrices = [name for name, entry in numeric.items() if entry.is_matrix]
    rows = {name: math.prod(entry.shape) for name, entry in numeric.items() if entry.is_row}
    fitting = [(m, r) for m in matrices for r, length in rows.items() if length in entries[m].shape]
    if len(fitting) == 1:
        return fitting[0]
    found = ", ".join(sorted(entries)) or "nothing"
    if len(fitting) > 1:
        example = f'variables=("{fitting[0][0]}", "{fitting[0][1]}")'
        raise wrong(path, f"it holds {found}, of which several pairs could be meant", f"say which, such as {example}")
    missing = " and ".join(sorted(set(NAMES) - set(entries)))
    raise wrong(
        path,
        f"it holds {found}, without {missing}",
        "responses (n_stimuli, n_neurons) and stimuli (n_stimuli,) are needed",
    )


def _npz_entries(path: Path, archive: zipfile.ZipFile) -> dict[str, _Entry]:
    entries = {}
    for info in archive.infolist():
        if not info.filename.endswith(".npy"):
            continue
        with archive.open(info) as file:
            shape, dtype, _ = _header(file)
            # A header that promises more, or less, than there is would be believed otherwise.
            held = info.file_size - file.tell()
        if not dtype.hasobject and held != math.prod(shape) * dtype.itemsize:
            raise wrong(path, f"{info.filename} does not hold the {math.prod(shape):,} values that it promises", _CUT)
        entries[info.filename.removesuffix(".npy")] = _Entry(shape, dtype, lambda info=info: _load(archive.open(info)))
    return entries


def _npy_entries(path: Path) -> dict[str, _Entry]:
    beside = [path.with_name(f"{path.stem}_stimuli.npy"), path.with_name("stimuli.npy")]
    partner = next((one for one in beside if one.is_file() and one != path), None)
    if partner is None:
        raise wrong(
            path,
            "it holds a single array",
            f"the angles are needed beside it, as {' or '.join(one.name for one in beside)}",
        )
    entries = {}
    for one, name in ((path, "resp"), (partner, "stimuli")):
        with one.open("rb") as file:
            shape, dtype, _ = _header(file)
            held = one.stat().st_size - file.tell()
        if not dtype.hasobject and held != math.prod(shape) * dtype.itemsize:
            raise wrong(one, f"it does not hold the {math.prod(shape):,} values that it promises", _CUT)
        entries[name] = _Entry(shape, dtype, lambda one=one: _load(one.open("rb")))
    return entries


def _mat_entries(path: Path) -> dict[str, _Entry]:
    from scipy.io import loadmat, whosmat

    # What MATLAB calls its types, as far as they are numbers.
    types = {"logical": "bool", "double": "float64", "single": "float32"}
    entries, others = {}, {}
    for name, shape, kind in whosmat(str(path)):
        try:
            dtype = np.dtype(types.get(kind, kind))
        except TypeError:
            others[name] = kind
            continue
        entries[name] = _Entry(
            tuple(shape), dtype, lambda name=name: loadmat(str(path), variable_names=[name], squeeze_me=False)[name]
        )
    for name, kind in others.items():
        if kind in _NOT_PLAIN and (name in NAMES or len(entries) < 2):
            raise wrong(path, f"{name} is a {kind} of MATLAB's", f"plain numbers are needed: {_NOT_PLAIN[kind]}")
    return entries


def _open_hdf5(path: Path):
    try:
        import h5py
    except ImportError as error:
        raise wrong(path, "it is an HDF5 file", "the package h5py reads those: install it, or save an .npz") from error
    return h5py.File(path, "r")


def _hdf5_entries(file) -> dict[str, _Entry]:
    entries: dict[str, _Entry] = {}

    def keep(name: str, item: Any) -> None:
        # MATLAB's own notes lie in folders that begin with "#".
        if hasattr(item, "shape") and item.shape is not None and not name.startswith("#"):
            small = item.astype(np.float32) if _is_large(item.shape, item.dtype) else item
            entries[name] = _Entry(tuple(item.shape), item.dtype, lambda item=small: item[()])

    file.visititems(keep)
    return entries


def _header(file) -> tuple[tuple[int, ...], np.dtype, bool]:
    """Shape, type, and whether columns come first."""
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, columns_first, dtype = read(file)
    if any(side < 0 for side in shape):
        raise ValueError("a negative side")
    return shape, dtype, columns_first


def _is_large(shape: tuple[int, ...], dtype: np.dtype) -> bool:
    """Whether a matrix takes more room in its file's type than in the one that is used."""
    return len(shape) == 2 and dtype.kind in "fiu" and dtype.itemsize > 4


def _load(file) -> np.ndarray:
    with file:
        start = file.tell()
        shape, dtype, columns_first = _header(file)
        if not _is_large(shape, dtype):
            file.seek(start)
            return np.lib.format.read_array(file, allow_pickle=False)
        # Part by part: as a whole, doubles would fill three times the memory.
        values = np.empty(math.prod(shape), np.float32)
        with np.errstate(over="ignore"):
            for first in range(0, values.size, _PART):
                count = min(_PART, values.size - first)
                values[first : first + count] = np.frombuffer(file.read(count * dtype.itemsize), dtype, count)
    return values.reshape(shape, order="F" if columns_first else "C")


def _starts_with_hdf5(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(520)
    return b"\x89HDF" in (start[:4], start[512:516])


# What MATLAB has beside plain arrays -> how to make one of it there.
_NOT_PLAIN = {
    "struct": 'save its fields by their names, save(file, "-struct", name)',
    "cell": "cell2mat makes them",
    "sparse": "full makes them",
}
_CUT = "it is cut off or damaged, so fetch or save it again"


class _broken_files_say_so:
    """Whatever a broken file raises becomes one sentence."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind, error, trace) -> None:
        # The libraries that read such files raise errors of many kinds, some of them their own.
        if isinstance(error, Exception) and not isinstance(error, WrongFileError):
            raise wrong(
                self.path, f"it is not a complete {self.path.suffix.lower()} file", _first_bytes(self.path)
            ) from error


def _first_bytes(path: Path) -> str:
    start = b""
    with suppress(OSError), path.open("rb") as file:
        start = file.read(256).lstrip().lower()
    if not start:
        return "it is empty, so its download or copy failed"
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "it is a web page, so the download ended at a page instead of the file"
    if start.startswith((b"pk", b"\x89hdf", b"matlab", b"\x93numpy")):
        return _CUT
    return "save it with np.savez(name, resp=resp, stimuli=stimuli)"
