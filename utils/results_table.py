"""Small tables of computed results: CSV files that say how they were made, and that grow row by row."""

from __future__ import annotations

import csv
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch


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
    return read_table(_course_file(name))[1]


def course_provenance(name: str) -> dict[str, str]:
    """How a table of the course was made: "command", "protocol" and "versions".

    Args:
        name: file name in `data/`, without ".csv".

    Returns:
        Name -> value.

    Raises:
        ValueError: there is no such table.
    """
    return read_table(_course_file(name))[0]


def _course_file(name: str) -> Path:
    return Path(__file__).parents[1] / "data" / f"{name}.csv"


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
    """Python, NumPy and PyTorch by version, for a table's provenance."""
    return f"Python {platform.python_version()}, NumPy {np.__version__}, PyTorch {torch.__version__.split('+')[0]}"


class GrowingTable:
    """A table that gains rows, each safe on the disk once `append` returns, and that goes on where it stopped.

    Args:
        path: the file; its folder must exist.
        columns: names of the columns, in order.
        key: those that identify a row.
        provenance: how the rows are made, name -> value.

    Raises:
        ValueError: the folder does not exist or cannot be written, or the file has other columns.
    """

    def __init__(
        self, path: str | Path, columns: Sequence[str], key: Sequence[str], provenance: Mapping[str, str]
    ) -> None:
        self.path, self.columns, self.key = Path(path), list(columns), list(key)
        if self.path.exists():
            notes, rows = read_table(self.path)
            found = list(rows[0]) if rows else self.columns
            if found != self.columns:
                raise ValueError(f"path: got {path} with columns {found}, allowed is {self.columns}")
            # The command that completes a table is the one that makes it; the versions it began with stay named.
            provenance = {name: _both(notes.get(name, value), value, name) for name, value in provenance.items()}
        else:
            rows = []
        self.done = {tuple(row[name] for name in self.key) for row in rows}
        # Written anew, which drops a line that was cut off.
        lines = [",".join(row[name] for name in self.columns) for row in rows]
        head = [f"# {name}: {value}" for name, value in provenance.items()] + [",".join(self.columns)]
        beside = self.path.with_name(f"{self.path.name}.part")
        try:
            beside.write_text("\n".join([*head, *lines, ""]), encoding="utf-8", newline="\n")
            beside.replace(self.path)
        except OSError as problem:
            raise ValueError(f"path: got {path}, which cannot be written ({problem.strerror})") from problem

    def has(self, row: Mapping[str, object]) -> bool:
        """Whether a row with the same key is there."""
        return self._key_of(row) in self.done

    def append(self, row: Mapping[str, object]) -> None:
        """Add a row; one whose key is there already is not added again.

        Args:
            row: column -> value, for every column.

        Raises:
            ValueError: a column is missing, or a value holds a comma or a line break.
        """
        missing = [name for name in self.columns if name not in row]
        cells = [str(row.get(name, "")) for name in self.columns]
        if missing or any(set(cell) & set(',"\r\n') for cell in cells):
            raise ValueError(f"row: got {dict(row)}, allowed are plain values for {', '.join(self.columns)}")
        if self.has(row):
            return
        with self.path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(",".join(cells) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.done.add(self._key_of(row))

    def _key_of(self, row: Mapping[str, object]) -> tuple[str, ...]:
        return tuple(str(row[name]) for name in self.key)


def _both(before: str, now: str, name: str) -> str:
    return f"{before}; then {now}" if name == "versions" and now not in before else now
