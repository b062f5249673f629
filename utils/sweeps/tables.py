"""Small tables of computed results: CSV files that say how they were made, and that grow row by row."""

from __future__ import annotations

import csv
import math
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

# Notes that may differ from one sitting to the next; of these all stand, one after the other.
GATHERED = ("versions", "machine")
MAY_CHANGE = ("command", "seconds", *GATHERED)


def read_table(path: str | Path) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Read a table.

    Args:
        path: the file; lines "# name: value" stand above the header.

    Returns:
        The provenance, name -> value, and the rows, column -> text. A last line that was cut off is left out.

    Raises:
        ValueError: the file does not exist, or is no such table.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as problem:
        raise ValueError(f"path: got {path}, which cannot be read ({problem.strerror})") from problem
    whole = text[: text.rfind("\n") + 1].splitlines()
    notes = [line[1:].split(":", 1) for line in whole if line.startswith("#")]
    if any(len(note) < 2 for note in notes):
        raise ValueError(f"path: got {path}, whose notes are not of the form '# name: value'")
    lines = [line for line in whole if line and not line.startswith("#")]
    rows = list(csv.DictReader(lines))
    # A row without its last columns was being written when the program was killed.
    complete = [row for row in rows if None not in row.values() and None not in row]
    return {name.strip(): value.strip() for name, value in notes}, complete


def course_table(name: str) -> list[dict[str, str]]:
    """Rows of a table that the course brings along.

    Args:
        name: file name in `data/`, without ".csv".

    Returns:
        The rows, column -> text.

    Raises:
        ValueError: there is no such table.
    """
    return read_table(course_file(name))[1]


def course_provenance(name: str) -> dict[str, str]:
    """How a table of the course was made: "command", "protocol" and "versions".

    Args:
        name: file name in `data/`, without ".csv".

    Returns:
        Name -> value.

    Raises:
        ValueError: there is no such table.
    """
    return read_table(course_file(name))[0]


def course_file(name: str) -> Path:
    """Where a table of the course stands.

    Args:
        name: file name in `data/`, without ".csv".

    Returns:
        Its path.
    """
    return Path(__file__).parents[2] / "data" / f"{name}.csv"


def by_seed(rows: Sequence[Mapping[str, str]], value: str, across: str = "fraction") -> tuple[np.ndarray, np.ndarray]:
    """Arrange a column by seed and by another column, leaving out seeds that are not complete.

    Args:
        rows: from `read_table`.
        value: the column of numbers to arrange.
        across: the column of numbers that becomes the second axis.

    Returns:
        The values of `across`, sorted, shape (n,), and those of `value`, shape (n_seeds, n).

    Raises:
        ValueError: no seed has a row for every value of `across`.
    """
    found = {(row["seed"], float(row[across])): float(row[value]) for row in rows}
    places = sorted({place for _, place in found})
    seeds = sorted({seed for seed, _ in found}, key=int)
    complete = [seed for seed in seeds if all((seed, place) in found for place in places)]
    if not complete:
        raise ValueError(f"rows: got {len(rows)}, allowed are the rows of at least one seed at every {across}")
    return np.array(places), np.array([[found[seed, place] for place in places] for seed in complete])


def versions() -> str:
    """Python, NumPy and PyTorch by version, for a table's provenance.

    Returns:
        One line.
    """
    return f"Python {platform.python_version()}, NumPy {np.__version__}, PyTorch {torch.__version__.split('+')[0]}"


class GrowingTable:
    """A table that gains rows, each safe on the disk once `append` returns, and that goes on where it stopped.

    A program that is killed at any moment, in the middle of a line too, leaves a table that can be gone on with.

    Args:
        path: the file; nothing is written to it before `begin`.
        columns: names of the columns, in order.
        key: those that identify a row.
        provenance: how the rows are made, name -> value. "command" and "seconds" may change from one sitting to the
            next, "versions" and "machine" are gathered, everything else has to be as it is in the file.

    Raises:
        ValueError: the file has other columns, or its rows were made in another way.
    """

    def __init__(
        self, path: str | Path, columns: Sequence[str], key: Sequence[str], provenance: Mapping[str, str]
    ) -> None:
        self.path, self.columns, self.key = Path(path), list(columns), list(key)
        notes, rows = read_table(self.path) if self.path.exists() else ({}, [])
        found = list(rows[0]) if rows else self.columns
        if found != self.columns:
            raise ValueError(f"path: got {path} with columns {found}, allowed is {self.columns}")
        for name, value in provenance.items():
            if name not in MAY_CHANGE and notes.get(name, value) != value:
                raise ValueError(f"path: got {path}, whose {name} is {notes[name]!r}, allowed is {value!r}")
        # The command that completes a table is the one that makes it; the versions it began with stay named.
        self._notes = {name: _merged(notes.get(name, value), value, name) for name, value in provenance.items()}
        self._done = {self._key_of(row) for row in rows}
        # Bytes in the file after our last write; None before the first.
        self._size: int | None = None

    def has(self, row: Mapping[str, object]) -> bool:
        """Whether a row with the same key is there.

        Args:
            key: of the row.

        Returns:
            True where it is there.
        """
        return self._key_of(row) in self._done

    def note(self, name: str, value: str) -> None:
        """Change how the rows are said to be made; written with the next `sort`.

        Args:
            name: of the note.
            value: its text.
        """
        self._notes[name] = value

    def begin(self) -> None:
        """Write the provenance and the rows that are there, without a line that was cut off.

        Raises:
            ValueError: the folder does not exist or cannot be written.
        """
        self._write(read_table(self.path)[1] if self.path.exists() else [])

    def append(self, row: Mapping[str, object]) -> None:
        """Add a row; one whose key is there already is not added again.

        Args:
            row: column -> value, for every column.

        Raises:
            ValueError: a column is missing, a value holds a comma or a line break, or the file cannot be written or
                was changed by another program.
        """
        missing = [name for name in self.columns if name not in row]
        cells = [str(row.get(name, "")) for name in self.columns]
        if missing or any(set(cell) & set(',"\r\n') for cell in cells):
            raise ValueError(f"row: got {dict(row)}, allowed are plain values for {', '.join(self.columns)}")
        if self.has(row):
            return
        if self._size is None:
            self.begin()
        self._refuse_strangers()
        try:
            with self.path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(",".join(cells) + "\n")
                file.flush()
                os.fsync(file.fileno())
                self._size = file.tell()
        except OSError as problem:
            raise self._cannot_write(problem) from problem
        self._done.add(self._key_of(row))

    def sort(self) -> None:
        """Bring the rows into the order of their keys, whatever the order in which they came.

        Raises:
            ValueError: the file cannot be written, or was changed by another program.
        """
        self._refuse_strangers()
        self._write(sorted(read_table(self.path)[1], key=lambda row: [_place(row[name]) for name in self.key]))

    def _write(self, rows: Sequence[Mapping[str, str]]) -> None:
        notes = [f"# {name}: {value}" for name, value in self._notes.items()]
        lines = [",".join(row[name] for name in self.columns) for row in rows]
        content = "\n".join([*notes, ",".join(self.columns), *lines, ""]).encode()
        beside = self.path.with_name(f"{self.path.name}.part")
        try:
            with beside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            # At no moment is there half a table under its name.
            beside.replace(self.path)
        except OSError as problem:
            raise self._cannot_write(problem) from problem
        self._size = len(content)

    def _refuse_strangers(self) -> None:
        # Two sweeps at one table would not know of each other's rows, and write some of them twice.
        size = self.path.stat().st_size if self.path.exists() else 0
        if self._size is not None and size != self._size:
            raise ValueError(f"path: got {self.path}, to which another program writes; let one of the two finish")

    def _cannot_write(self, problem: OSError) -> ValueError:
        return ValueError(f"path: got {self.path}, which cannot be written ({problem.strerror})")

    def _key_of(self, row: Mapping[str, object]) -> tuple[str, ...]:
        return tuple(str(row[name]) for name in self.key)


def _place(cell: str) -> tuple[float, str]:
    """Where a cell sorts: numbers by value, words behind them by letter."""
    try:
        return float(cell), ""
    except ValueError:
        return math.inf, cell


def _merged(before: str, now: str, name: str) -> str:
    if name == "command":
        return now
    return f"{before}; then {now}" if name in GATHERED and now not in before else before
