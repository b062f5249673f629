"""Figures: each carries the words that say what it shows, and is shown in one way."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from utils.page.output import emit_picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Pixels a figure's inch takes on the page, and how many are stored for each of them (sharp on dense screens).
PIXELS_PER_INCH = 100
PIXEL_RATIO = 2


def describe(fig: Figure, words: str) -> Figure:
    """Give a figure the words that say what it shows; they stand in for it where it cannot be seen.

    The figure keeps Matplotlib's present settings, too: it will be drawn with them.

    Args:
        fig: any figure.
        words: one or two sentences, computed from what was drawn, so that they stay true when the data change.

    Returns:
        The same figure, for `return describe(fig, ...)`.

    Raises:
        ValueError: there are no words.
    """
    if not isinstance(words, str) or not words.strip():
        raise ValueError(f"words: got {words!r}, allowed is a sentence that says what the figure shows")
    import matplotlib as mpl

    fig.words = " ".join(words.split())
    # Much is only decided when a figure is drawn (ticks, formulas): by then the reader's own settings are back.
    fig.settings = {name: value for name, value in mpl.rcParams.items() if name != "backend"}
    return fig


def words_of(fig: Figure) -> str:
    """The words that a figure carries.

    Args:
        fig: any figure.

    Returns:
        What `describe` gave it; empty where nothing did.
    """
    return getattr(fig, "words", "")


def show(fig: Figure) -> None:
    """Show a figure with its words as alternative text, and close it.

    Args:
        fig: a figure that `describe` gave words to; one inch takes 100 pixels on the page. The regression run compares
            the words.

    Raises:
        ValueError: the figure carries no words.
    """
    if not words_of(fig):
        raise ValueError('fig: got a figure without words, allowed is one that passed describe(fig, "what it shows")')
    from matplotlib import pyplot as plt

    png = compact_png(fig)
    plt.close(fig)
    emit_picture(png, words_of(fig), width=round(fig.get_figwidth() * PIXELS_PER_INCH))


def compact_png(fig: Figure) -> bytes:
    """A figure as a PNG of 256 colours: a third of the size, and no difference to the eye.

    Args:
        fig: the figure; its size, resolution and canvas stay as they are.

    Returns:
        The encoded picture, two pixels for each on the page.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    original = fig.canvas
    dpi = fig.dpi
    try:
        fig.set_dpi(PIXELS_PER_INCH * PIXEL_RATIO)
        canvas = FigureCanvasAgg(fig)
        with rc_context(getattr(fig, "settings", None)):
            canvas.draw()
        pixels = np.array(canvas.buffer_rgba())[..., :3]
    finally:
        fig.set_dpi(dpi)
        fig.set_canvas(original)
    return few_colours(pixels)


def few_colours(pixels: np.ndarray) -> bytes:
    """A picture as a PNG of at most 256 colours.

    Args:
        pixels: (height, width, 3), of 8 bits.

    Returns:
        The file.
    """
    from PIL import Image

    buffer = io.BytesIO()
    picture = Image.fromarray(np.ascontiguousarray(pixels)).quantize(256, dither=Image.Dither.NONE)
    picture.save(buffer, "png", optimize=True)
    return buffer.getvalue()
