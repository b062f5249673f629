"""The look of all figures: colours with a meaning, sizes, and lines that every notebook draws alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.style as mpl_style
import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from utils.page.figures import words_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

STYLE_FILE = Path(__file__).with_name("course.mplstyle")

# Okabe and Ito's palette, distinguishable with every common colour vision: https://jfly.uni-koeln.de/color/
COLORS = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "vermillion": "#D55E00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "yellow": "#F0E442",
    "black": "#222222",
    "grey": "#8A8A8A",
    "light": "#D9D9D9",
}
# One colour, one meaning, in all six notebooks.
EXCITATORY = COLORS["vermillion"]
INHIBITORY = COLORS["blue"]
OWN = COLORS["black"]  # what the student's own code computes
TRUTH = COLORS["grey"]  # what it should be, and the score of guessing (dashed)
EXAMPLES = COLORS["orange"]  # what is learned from
BEST = COLORS["green"]  # the best possible
OTHER = COLORS["purple"]  # another way, to compare with

INK = "#555555"  # words beside grey things; `ink` for words beside coloured ones

CYCLIC = "twilight_shifted"
SEQUENTIAL = "viridis"
DIVERGING = "RdBu_r"

# Sizes of type, in points. Nothing is smaller than 8: a figure is shown at 100 pixels an inch.
SMALL, NORMAL, LARGE = 8, 9, 11

# Widths of lines, in points: guides, thin curves, curves, and what is meant to be seen first.
GUIDE, THIN, CURVE, STRONG = 1.0, 1.4, 2.0, 3.0

# Dash patterns, in line widths.
DASHED, DOTTED, DASH_DOT = (0, (4, 3)), (0, (1, 1.8)), (0, (6, 2, 1, 2))

# A first word in small letters, and not a formula or a name that is spelled so: sin(x), snnTorch.
SMALL_LETTERS = re.compile(r"[a-z]{2,}\b(?!\()")

# A hyphen that stands for a minus: before a number, and not within or behind a word, a number or a formula; behind a
# bracket; and between blanks.
MINUS = re.compile(r"(?<![\w.){^$-])-(?=[\d.π])|(?<=\()-(?=\w)|(?<= )-(?= )")

# Inches: the one width of all figures, 720 pixels on the page.
WIDTH = 7.2


@contextmanager
def course_style() -> Iterator[None]:
    """The look of the course for what is drawn inside, whatever the reader's own settings are; they are kept.

    Yields:
        Nothing.
    """
    with mpl_style.context(STYLE_FILE, after_reset=True):
        yield


def styled(plot: Callable[..., Figure]) -> Callable[..., Figure]:
    """Decorate a plot function: it draws in the course's look, sets titles and numbers alike, and carries words.

    Titles begin with a capital, and a minus is one and no hyphen.

    Args:
        plot: returns a figure that passed `describe`.

    Returns:
        The same function, within `course_style`.

    Raises:
        ValueError: when called, if the figure carries no words.
    """

    @wraps(plot)
    def drawn(*args: Any, **kwargs: Any) -> Figure:
        with course_style():
            fig = plot(*args, **kwargs)
            _capitalize_titles(fig)
            for text in fig.findobj(Text):
                text.set_text(with_minus(text.get_text()))
        if not words_of(fig):
            raise ValueError(f"{plot.__name__}: got a figure without words, allowed is describe(fig, words)")
        return fig

    return drawn


def with_minus(text: str) -> str:
    """A text whose negative numbers have a minus, as those of the axes have.

    Args:
        text: what a figure says.

    Returns:
        The text with a minus in place of each such hyphen.

    >>> with_minus("b = -16, x-axis, exp(-x), a - b")
    'b = −16, x-axis, exp(−x), a − b'
    """
    return MINUS.sub("\N{MINUS SIGN}", text)


def _capitalize_titles(fig: Figure) -> None:
    for ax in fig.axes:
        titles = {ax.get_title(side) for side in ("left", "center", "right")}
        for text in ax.get_children():
            words = text.get_text() if isinstance(text, Text) else ""
            if words in titles and SMALL_LETTERS.match(words):
                text.set_text(words[0].upper() + words[1:])


def new_figure(height: float = 3.6, width: float = WIDTH) -> Figure:
    """An empty figure of the course's width, which Matplotlib's `pyplot` need not close.

    Args:
        height: in inches of 100 pixels.
        width: in inches; other than the default only where a panel stands beside other things.

    Returns:
        The figure.
    """
    return Figure(figsize=(width, height))


def set_limits(ax: Axes, x: tuple[float, float] | None = None, y: tuple[float, float] | None = None) -> None:
    """Set the limits of an axes only where they change: a slider panel then need not draw everything again.

    Args:
        ax: the axes.
        x: lower and upper limit; None to leave them.
        y: likewise.
    """
    if x is not None and tuple(ax.get_xlim()) != tuple(x):
        ax.set_xlim(x)
    if y is not None and tuple(ax.get_ylim()) != tuple(y):
        ax.set_ylim(y)


def ink(color: str) -> str:
    """The colour of letters that belong to something of this colour: darkened until it can be read on white.

    Args:
        color: as Matplotlib takes it.

    Returns:
        A colour of the same hue whose contrast with white is about 4.7 or more (WCAG 2.2 asks for 4.5).

    >>> ink("#0072B2"), ink("#D55E00")
    ('#0072b2', '#be5400')
    """
    light = np.array(to_rgb(color))
    share = 1.0
    while 1.05 / (_luminance(share * light) + 0.05) < 4.7:
        share -= 0.01
    return to_hex(share * light)


def _luminance(channels: np.ndarray) -> float:
    amounts = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(amounts @ (0.2126, 0.7152, 0.0722))


def in_order(n: int, first: float = 0.0, last: float = 0.82) -> np.ndarray:
    """One colour for each of n things that have an order, dark for the first; none too light for a line on white.

    Args:
        n: how many.
        first: where the first lies on the scale, from 0 to 1.
        last: likewise for the last.

    Returns:
        Colours, shape (n, 4).
    """
    return colormaps[SEQUENTIAL](np.linspace(first, last, n))


def chance_line(ax: Axes, level: float, label: str = "chance") -> Line2D:
    """Mark the score that guessing would reach: grey, dashed, named.

    Args:
        ax: where to draw.
        level: of the line, in the units of the vertical axis.
        label: stands at its right end.

    Returns:
        The line.
    """
    return _level(ax, level, label, TRUTH, "#666666", DASHED)


def best_line(ax: Axes, level: float, label: str = "best possible", upright: bool = False) -> Line2D:
    """Mark the score that nothing can beat: green, dash and dot, named.

    Args:
        ax: where to draw.
        level: of the line, in the units of the vertical axis; of the horizontal one where it is upright.
        label: stands at its right end; above the axes where it is upright.
        upright: whether scores lie along the horizontal axis.

    Returns:
        The line.
    """
    return _level(ax, level, label, BEST, "#00664B", DASH_DOT, upright)


def name_ends(ax: Axes, ends: Sequence[tuple[float, float, str, Any]], away: float = 5) -> None:
    """Write each line's name at its right end, pushed apart where ends lie close.

    Args:
        ax: with its place and its limits set.
        ends: (x, y, words, color) of each line.
        away: from the ends, in points; more where markers stand there.
    """
    ax.get_ylim()  # brings the limits up to date
    points = 72 / ax.figure.dpi
    ordered = sorted(ends, key=lambda end: ax.transData.transform(end[:2])[1])
    places = [points * ax.transData.transform(end[:2])[1] for end in ordered]
    heights = pushed_apart(places, 1.35 * SMALL)
    for (x, y, words, color), place, height in zip(ordered, places, heights, strict=True):
        offset = {"xytext": (away, height - place), "textcoords": "offset points", "annotation_clip": False}
        ax.annotate(words, (x, y), color=ink(to_hex(color)), fontsize=SMALL, va="center", **offset)


def pushed_apart(places: Sequence[float], gap: float) -> list[float]:
    """Places in their order, each at least a gap from the next, moved no further than that needs.

    Args:
        places: ascending.
        gap: in the same units.

    Returns:
        As many places.

    >>> pushed_apart([0, 1, 10], 3)
    [-1.0, 2.0, 10.0]
    """
    # Groups of places that touch each other: each keeps its middle.
    groups: list[list[float]] = []
    for place in places:
        groups.append([float(place)])
        while len(groups) > 1 and _lowest(groups[-1], gap) < _lowest(groups[-2], gap) + len(groups[-2]) * gap:
            groups[-2:] = [groups[-2] + groups[-1]]
    return [_lowest(group, gap) + gap * number for group in groups for number in range(len(group))]


def _lowest(group: Sequence[float], gap: float) -> float:
    return sum(group) / len(group) - gap * (len(group) - 1) / 2


def _level(ax: Axes, level: float, label: str, color: str, ink: str, dashes: Any, upright: bool = False) -> Line2D:
    look = {"color": color, "linestyle": dashes, "linewidth": GUIDE, "zorder": 1}
    if upright:
        ax.text(1, 1.02, label, transform=ax.transAxes, ha="right", fontsize=SMALL, color=ink)
        return ax.axvline(level, **look)
    line = ax.axhline(level, **look)
    ax.annotate(
        label,
        (1, level),
        xycoords=("axes fraction", "data"),
        xytext=(-2, 3),
        textcoords="offset points",
        ha="right",
        va="bottom",
        fontsize=SMALL,
        color=ink,
    )
    return line


def spread(
    ax: Axes, x: Sequence[float], samples: Sequence[Sequence[float]], label: str, color: Any, dashes: Any = "-"
) -> Line2D:
    """Draw a mean over seeds with everything that the mean hides: the range as a band, each seed as a dot.

    Args:
        ax: where to draw.
        x: (n,) positions.
        samples: (n_seeds, n) one row for each seed; NaN where a seed has no value.
        label: for the legend.
        color: of line, band and dots.
        dashes: of the line.

    Returns:
        The line of the mean.

    Raises:
        ValueError: the shapes do not fit.
    """
    positions = np.asarray(x, dtype=float)
    rows = np.atleast_2d(np.asarray(samples, dtype=float))
    if positions.ndim != 1 or rows.ndim != 2 or rows.shape[1] != positions.size:
        raise ValueError(
            f"samples: got shape {rows.shape} for {positions.size} positions, allowed is (n_seeds, {positions.size})"
        )
    ax.fill_between(positions, np.nanmin(rows, 0), np.nanmax(rows, 0), color=color, alpha=0.18, linewidth=0)
    ax.plot(positions, rows.T, ".", color=color, alpha=0.45, markersize=4)
    return ax.plot(positions, np.nanmean(rows, 0), color=color, linestyle=dashes, label=label)[0]
