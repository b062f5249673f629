"""What stands in a figure: its marks, its words, and what its axes reach, but not where each thing is.

The notebooks' stored pictures show where. They are compared where a notebook is run; this, wherever a test draws.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator
from stored_pictures import comparable

from course import ROOT

COMPARABLE = comparable(ROOT)


@contextmanager
def known_figures(file: Path) -> Iterator[None]:
    """Whatever is drawn in the meantime must be one of the figures that a file knows.

    With STORE_INVENTORY=1 in the environment, what the file does not know is added to it.

    Args:
        file: an inventory of each figure; a blank line stands between two.

    Raises:
        AssertionError: another figure was drawn, with the most similar one that is known.
    """
    with figures_made() as made:
        yield
    if not COMPARABLE:
        return
    known = file.read_text(encoding="utf-8").strip().split("\n\n") if file.exists() else []
    for figure in made:
        found = "\n".join(inventory(figure)).strip()
        if not found or found in known:
            continue
        if os.environ.get("STORE_INVENTORY") == "1":
            known.append(found)
            file.write_text("\n\n".join(sorted(known)) + "\n", encoding="utf-8")
            continue
        near = difflib.get_close_matches(found, known, 1, 0) or [""]
        changes = "\n".join(difflib.ndiff(near[0].splitlines(), found.splitlines()))
        raise AssertionError(f"{file.name} of {file.parent.name} knows no such figure; the nearest differs:\n{changes}")


@contextmanager
def figures_made() -> Iterator[list[Figure]]:
    """All figures that are made in the meantime."""
    made: list[Figure] = []
    plain = Figure.__init__

    def noted(figure: Figure, *args, **kwargs) -> None:
        plain(figure, *args, **kwargs)
        made.append(figure)

    Figure.__init__ = noted
    try:
        yield made
    finally:
        Figure.__init__ = plain


def inventory(figure: Figure) -> list[str]:
    """What stands in a figure, one line for each of its axes, and one for what stands outside of them."""
    outside = _marks(figure) + _words(figure.texts)
    return [line for line in (outside, *map(_in_axes, figure.axes)) if line]


def _in_axes(ax: Axes) -> str:
    legend = ax.get_legend()
    texts = [ax.title, ax._left_title, ax._right_title, ax.xaxis.label, ax.yaxis.label, *ax.texts]
    ticks = "".join(f" | {words}" for axis in (ax.xaxis, ax.yaxis) for words in _named_ticks(axis))
    names = f"; legend{_words(legend.get_texts())}" if legend else ""
    return f"x {_reach(ax.xaxis)}, y {_reach(ax.yaxis)}: {_marks(ax)}{_words(texts)}{ticks}{names}"


def _reach(axis: Axis) -> str:
    low, high = axis.get_view_interval()
    # Where zero is meant, a sum of floats may be a little beside it.
    zero = 1e-6 * abs(high - low)
    shown = " to ".join(f"{0 if abs(end) < zero else end:.2g}" for end in (low, high))
    scale = "" if axis.get_scale() == "linear" else f" {axis.get_scale()}"
    labelled = axis.get_tick_params().get("labelbottom" if axis.axis_name == "x" else "labelleft", True)
    return f"{shown}{scale}{'' if labelled else ' without numbers'}"


def _marks(place: Axes | Figure) -> str:
    found = []
    if lines := [str(len(line.get_xdata())) for line in place.lines if line.get_visible()]:
        found.append(f"lines of {' '.join(lines)} points")
    for kind in ("patches", "collections", "images"):
        if number := sum(artist.get_visible() for artist in getattr(place, kind, ())):
            found.append(f"{number} {kind}")
    return ", ".join(found)


def _named_ticks(axis: Axis) -> list[str]:
    """The ticks' words, where the course and not Matplotlib has chosen them."""
    places = axis.get_major_locator()
    return axis.get_major_formatter().format_ticks(places()) if isinstance(places, FixedLocator) else []


def _words(texts) -> str:
    found = [text.get_text().split() for text in texts if text.get_visible() and text.get_text().strip()]
    return "".join(f" | {' '.join(words)}" for words in found)
