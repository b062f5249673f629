"""Gratings as a mouse sees them, and a ring of them that says which colour stands for which angle."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Circle

from utils.plotting import style


def stripes(angle: float, middle: tuple[float, float] = (0.0, 0.0), radius: float = 1.0, side: int = 5) -> np.ndarray:
    """The dark stripes of a round grating.

    Args:
        angle: in degrees; at 0 the stripes are upright, and they turn against the clock.
        middle: of the disc.
        radius: of the disc.
        side: stripes on either side of the middle.

    Returns:
        (n_stripes, 2, 2) both ends of each.
    """
    # A quarter of a stripe off the middle, so that a grating turned half way round is another picture.
    offsets = (np.arange(-side, side + 1) + 0.25) / (side + 0.5)
    turn = np.deg2rad(angle)
    across, along = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    offsets = offsets[np.abs(offsets) < 0.97]
    half = np.sqrt(1 - offsets**2)
    ends = offsets[:, None, None] * across + np.array([-1, 1])[None, :, None] * half[:, None, None] * along
    return np.asarray(middle) + radius * ends


class Grating:
    """A round grating in axes of equal scales.

    Args:
        ax: where to draw.
        angle: in degrees.
        middle: of the disc.
        radius: of the disc.
        linewidth: of a stripe, in points.
        side: stripes on either side of the middle.
    """

    def __init__(
        self,
        ax: Axes,
        angle: float,
        middle: tuple[float, float] = (0.0, 0.0),
        radius: float = 1.0,
        linewidth: float = 1.0,
        side: int = 5,
    ) -> None:
        self._place = (middle, radius, side)
        ax.add_patch(
            Circle(middle, radius, facecolor="white", edgecolor=style.COLORS["grey"], linewidth=0.8, clip_on=False)
        )
        self.lines = LineCollection(
            stripes(angle, *self._place),
            colors=style.COLORS["black"],
            linewidths=linewidth,
            capstyle="butt",
            clip_on=False,
        )
        ax.add_collection(self.lines)

    def turn(self, angle: float) -> None:
        """Turn it.

        Args:
            angle: in degrees.
        """
        self.lines.set_segments(stripes(angle, *self._place))


def angle_ring(
    ax: Axes,
    period: float = 360,
    n_icons: int = 8,
    radii: tuple[float, float] = (0.72, 1.0),
    icon: float = 0.22,
    label: str = "angle",
) -> None:
    """A ring of colours as legend: hue is the angle of the grating, and gratings stand at its ticks.

    Args:
        ax: holds nothing outside of the ring.
        period: that goes once round the ring.
        n_icons: gratings around it.
        radii: of the ring, its inner and outer one.
        icon: radius of a grating.
        label: in the middle.
    """
    angle = np.linspace(0, 2 * np.pi, 181)
    inner, outer = (radius * np.stack([np.cos(angle), np.sin(angle)]) for radius in radii)
    x, y = (np.stack([inner[side], outer[side]]) for side in (0, 1))
    hue = (angle[:-1] + angle[1:])[None] / (4 * np.pi) * period
    ax.pcolormesh(x, y, hue, cmap=style.CYCLIC, vmin=0, vmax=period, rasterized=True)
    for number in range(n_icons):
        turn = 2 * np.pi * number / n_icons
        degrees = period * number / n_icons
        at = np.array([np.cos(turn), np.sin(turn)])
        Grating(ax, degrees, tuple((radii[1] + 1.36 * icon) * at), icon, 1.6, side=2)
        ax.text(*((radii[1] + 3.8 * icon) * at), f"{degrees:g}°", ha="center", va="center", fontsize=style.SMALL)
    ax.text(0, 0, label, ha="center", va="center", fontsize=style.SMALL)
    reach = radii[1] + 5.1 * icon
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    ax.axis("off")
