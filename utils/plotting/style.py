"""Colours with a meaning, the course's Matplotlib style, and the one way a figure is shown."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib.style as mpl_style
import numpy as np

from utils.display import publish_picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
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
EXCITATORY = COLORS["vermillion"]
INHIBITORY = COLORS["blue"]
DATA = COLORS["black"]
MODEL = COLORS["blue"]
TRUTH = COLORS["grey"]

CYCLIC = "twilight_shifted"
SEQUENTIAL = "viridis"
DIVERGING = "RdBu_r"

# Pixels a figure's inch takes on the page, and how many are stored for each of them (sharp on dense screens).
PIXELS_PER_INCH = 100
PIXEL_RATIO = 2


def use_style() -> None:
    """Give every figure that follows the look of the course."""
    mpl_style.use(STYLE_FILE)


def show(fig: Figure, alt: str) -> None:
    """Show a figure with its alternative text, and close it.

    Args:
        fig: the figure; one inch takes 100 pixels on the page.
        alt: one or two sentences that say what the picture shows. The regression run compares them.

    Raises:
        ValueError: `alt` is empty.
    """
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError("alt: got no text, allowed is a sentence that says what the figure shows")
    import matplotlib.pyplot as plt

    png = compact_png(fig)
    plt.close(fig)
    publish_picture(png, alt.strip(), width=round(fig.get_figwidth() * PIXELS_PER_INCH))


def compact_png(fig: Figure) -> bytes:
    """A figure as a PNG of 256 colours: a third of the size, and no difference to the eye."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    original = fig.canvas
    dpi = fig.dpi
    try:
        fig.set_dpi(PIXELS_PER_INCH * PIXEL_RATIO)
        canvas = FigureCanvasAgg(fig)
        canvas.draw()
        picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    finally:
        fig.set_dpi(dpi)
        fig.set_canvas(original)
    buffer = io.BytesIO()
    picture.quantize(256, dither=Image.Dither.NONE).save(buffer, "png", optimize=True)
    return buffer.getvalue()


def set_limits(ax: Axes, x: tuple[float, float] | None = None, y: tuple[float, float] | None = None) -> None:
    """Set the limits of an axes only where they change: a slider panel then need not draw everything again."""
    if x is not None and tuple(ax.get_xlim()) != tuple(x):
        ax.set_xlim(x)
    if y is not None and tuple(ax.get_ylim()) != tuple(y):
        ax.set_ylim(y)


def chance_line(ax: Axes, level: float, label: str = "chance") -> Line2D:
    """Mark the score that guessing would reach with a labelled, dashed horizontal line."""
    line = ax.axhline(level, color=TRUTH, linestyle=(0, (4, 3)), linewidth=1.2, zorder=1)
    ax.annotate(
        label,
        (1, level),
        xycoords=("axes fraction", "data"),
        xytext=(-2, 3),
        textcoords="offset points",
        ha="right",
        va="bottom",
        fontsize=8,
        color="#666666",
    )
    return line


def spread(ax: Axes, x: Sequence[float], samples: Sequence[Sequence[float]], label: str, color: str) -> Line2D:
    """Draw a mean over seeds with everything that the mean hides: the range as a band, each seed as a dot.

    Args:
        ax: where to draw.
        x: (n,) positions.
        samples: (n_seeds, n) one row for each seed; NaN where a seed has no value.
        label: for the legend.
        color: of line, band and dots.

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
    return ax.plot(positions, np.nanmean(rows, 0), color=color, label=label)[0]
