"""Parts that the figures of notebook 06 share: the two ears, degrees, spikes, the score of guessing."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D

from utils.plotting import style
from utils.plotting.arrays import as_array

CHANCE = 100 / 12  # per cent
PER_CENT = "sounds named right (%)"
LEFT, RIGHT = style.COLORS["sky"], style.COLORS["orange"]

_EARS = ListedColormap(["white", LEFT, RIGHT])


def ear_lines(ax: Axes, x: Any, left: Any, right: Any, **look: Any) -> list[Line2D]:
    """Draw a curve for each ear, named for a legend.

    Args:
        ax: where to draw.
        x: shape (n,).
        left: values of the left ear, shape (n,).
        right: values of the right ear, shape (n,).
        look: of both lines, as Matplotlib takes it.

    Returns:
        The two lines.
    """
    ears = ((left, "left ear", LEFT, "-"), (right, "right ear", RIGHT, style.DASHED))
    return [
        ax.plot(x, values, color=color, linestyle=dashes, label=name, **look)[0] for values, name, color, dashes in ears
    ]


def degree_axis(ax: Axes, which: str = "x") -> None:
    """Ticks for directions.

    Args:
        ax: whose axes show degrees from -90 to 90.
        which: "x", "y" or both, "xy".
    """
    for letter in which:
        getattr(ax, f"set_{letter}ticks")((-90, -45, 0, 45, 90))


def raster_picture(spikes: Any) -> np.ndarray:
    """Spikes as a picture.

    Args:
        spikes: zeros and ones, shape (n_steps, 200).

    Returns:
        0 for none, 1 in the left ear, 2 in the right ear, shape (200, n_steps).
    """
    picture = as_array(spikes).T.astype(float)
    picture[len(picture) // 2 :] *= 2
    return picture


def raster_axes(ax: Axes, spikes: Any) -> tuple[AxesImage, Line2D]:
    """Draw the spikes of both ears.

    Args:
        ax: an empty axes.
        spikes: zeros and ones, shape (n_steps, 200).

    Returns:
        The image, for `set_data(raster_picture(...))`, and the line between the ears, which lies over it.
    """
    image = ax.imshow(
        raster_picture(spikes), cmap=_EARS, vmin=0, vmax=2, aspect="auto", interpolation="nearest", origin="lower"
    )
    border = ax.axhline(99.5, color=style.OWN, linewidth=style.GUIDE)
    ax.set_yticks([50, 150], ["left ear", "right ear"], rotation=90, va="center")
    ax.grid(False)
    return image, border


def chance_line(ax: Axes) -> None:
    """Mark the score of guessing among twelve classes.

    Args:
        ax: with per cent named right on its vertical axis.
    """
    style.chance_line(ax, CHANCE)


def joined_dots(ax: Axes, table: np.ndarray, lying: bool = False, **look: Any) -> None:
    """Draw a dot for each network in each column, a network's dots joined.

    Args:
        ax: where to draw; the columns stand at 0, 1, 2, ...
        table: shape (n_columns, n_networks).
        lying: whether the columns lie, as rows.
        look: of the dots, as Matplotlib takes it.
    """
    places = np.arange(len(table))
    sides = (table, places) if lying else (places, table)
    ax.plot(*sides, color=style.COLORS["light"], linewidth=style.THIN, zorder=1)
    ax.plot(*sides, "o", color=style.OWN, **look)
    ax.grid(axis="y" if lying else "x", visible=False)
