"""What the figures hold, in numbers that every platform computes alike, and what they held when last looked at.

A test file that imports `figures_stay_as_they_are` has every figure that its tests draw compared with that file. If a
figure was changed on purpose, look at it, and write the file anew:

    ACCEPT_FIGURES=1 .venv/bin/python -m pytest -q -n 0 tests/test_*figures.py tests/test_*plot*.py
"""

import json
import os
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.collections import Collection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Annotation, Text
from matplotlib.ticker import FixedLocator

from utils import set_seed, use_style

FILE = Path(__file__).with_suffix(".json")
ACCEPT = bool(os.environ.get("ACCEPT_FIGURES"))
KINDS = {"lines": Line2D, "areas": Patch, "dots": Collection, "images": AxesImage, "texts": Text}


def contents(fig):
    """A figure in numbers and words: for each of its axes, frame and texts, and of each kind of artist the amounts."""
    found = [{"size": fig.get_size_inches().tolist(), "texts": [text.get_text() for text in fig.texts]}]
    for ax in fig.axes:
        words = [ax.get_title(), ax.get_title("left"), ax.get_xlabel(), ax.get_ylabel()]
        row = {
            "frame": list(ax.get_position(original=True).bounds),
            "limits": [*ax.get_xlim(), *ax.get_ylim()],
            "ticks": [axis.get_ticklocs().tolist() for axis in (ax.xaxis, ax.yaxis) if _chosen(axis)],
            "words": [word for word in words if word],
            "legend": [] if ax.get_legend() is None else [text.get_text() for text in ax.get_legend().get_texts()],
        }
        # What the axes bring along is placed by the layout.
        own = {ax.patch, *ax.spines.values(), *(getattr(ax, name) for name in ("title", "_left_title", "_right_title"))}
        children = [child for child in ax.get_children() if child not in own]
        for name, kind in KINDS.items():
            artists = [child for child in children if isinstance(child, kind)]
            row[name] = _amounts([_numbers(artist) for artist in artists])
            row[f"{name}, looks"] = _amounts([_looks(artist) for artist in artists])
        row["said"] = [text.get_text() for text in ax.texts]
        found.append({name: value for name, value in row.items() if value})
    return found


def _chosen(axis):
    return isinstance(axis.get_major_locator(), FixedLocator)


def _amounts(rows):
    """Weighted sums that change when any number changes, or when two artists change places."""
    if not rows:
        return []
    flat = [np.abs(np.nan_to_num(np.asarray(row, dtype=float).ravel(), posinf=0, neginf=0)) for row in rows]
    in_order = [float(values @ (1 + np.arange(len(values)) % 7)) for values in flat]
    return [len(rows), sum(len(values) for values in flat), float(np.dot(in_order, 1 + np.arange(len(rows)) % 5))]


def _numbers(artist):
    """The places that an artist takes, in data's or axes' units."""
    if isinstance(artist, Line2D):
        return artist.get_xydata()
    if isinstance(artist, Patch):
        return (artist.get_patch_transform().transform_path(artist.get_path())).vertices
    if isinstance(artist, AxesImage):
        return np.concatenate([np.ravel(artist.get_array()).astype(float), artist.get_extent(), artist.get_clim()])
    if isinstance(artist, Collection):
        paths = [path.vertices.ravel() for path in artist.get_paths()]
        values = [] if artist.get_array() is None else np.ravel(artist.get_array())
        return np.concatenate([np.ravel(artist.get_offsets()), *paths, values])
    target = artist.xy if isinstance(artist, Annotation) else ()
    return [*artist.get_position(), *target] if artist.get_text() else []


def _looks(artist):
    """Visible or not, opacity, order, widths, sizes and colours."""
    shown = [artist.get_visible(), 1 if artist.get_alpha() is None else np.max(artist.get_alpha()), artist.get_zorder()]
    if isinstance(artist, Line2D):
        shown += [artist.get_linewidth(), artist.get_markersize() * (artist.get_marker() not in ("None", "", None))]
        return [*shown, _colour(artist.get_color())]
    if isinstance(artist, Text):
        return [*shown, artist.get_fontsize(), artist.get_rotation(), _colour(artist.get_color())]
    if isinstance(artist, Patch):
        return [*shown, artist.get_linewidth(), _colour(artist.get_facecolor()), _colour(artist.get_edgecolor())]
    if isinstance(artist, Collection):
        return [
            *shown,
            *np.ravel(artist.get_linewidths()),
            np.sum(artist.get_facecolor()),
            np.sum(artist.get_edgecolor()),
        ]
    return shown


def _colour(colour):
    return int(to_hex(colour)[1:], 16) / 2**24


@pytest.fixture(autouse=True)
def figures_stay_as_they_are(request, monkeypatch):
    """Compares every figure that the test makes or draws with what it held when it was last looked at."""
    figures = []

    def remembered(method):
        def call(self, *args, **kwargs):
            if not any(self is known for known in figures):
                figures.append(self)
            return method(self, *args, **kwargs)

        return call

    for name in ("__init__", "draw"):
        monkeypatch.setattr(Figure, name, remembered(getattr(Figure, name)))
    # In the style of the course and from one seed, whatever an earlier test left behind.
    with mpl.rc_context():
        mpl.rcdefaults()
        use_style()
        set_seed(0)
        yield
    if not figures:
        return
    key = request.node.nodeid.removeprefix("tests/")
    found = json.loads(json.dumps([contents(fig) for fig in figures]))
    known = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    if ACCEPT:
        known |= {key: found}
        lines = ",\n".join(f"{json.dumps(name)}: {_short(known[name])}" for name in sorted(known) if known[name])
        FILE.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
        return
    difference = _difference(known.get(key, []), found)
    assert difference is None, f"{difference}; tests/figure_contents.py says what to do if that is meant"


def _short(value):
    if isinstance(value, float):
        return f"{value:.8g}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_short, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)}: {_short(part)}" for name, part in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def _difference(known, found, place="the figures"):
    """Where two contents differ, in words, or None."""
    if isinstance(known, int | float) and isinstance(found, int | float):
        near = abs(known - found) <= 2e-5 * max(abs(known), abs(found)) + 1e-6
        return None if near else f"{place}: now {found:.6g}, was {known:.6g}"
    if isinstance(known, dict) and isinstance(found, dict) and set(known) == set(found):
        pairs = [(known[name], found[name], f"{place}, {name}") for name in known]
    elif isinstance(known, list) and isinstance(found, list) and len(known) == len(found):
        pairs = [(old, new, f"{place}[{n}]") for n, (old, new) in enumerate(zip(known, found, strict=True))]
    elif known == found:
        return None
    else:
        return f"{place}: now {found!r:.200}, was {known!r:.200}"
    return next((words for pair in pairs if (words := _difference(*pair)) is not None), None)
