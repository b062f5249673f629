"""Parts that the figures of notebook 05 share: thresholds, time steps, colours of a series."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text

from utils.plotting import style

# Dashes of up to four series, beside their colours.
DASHES = ("-", style.DASHED, style.DOTTED, style.DASH_DOT)


def in_order(n: int) -> np.ndarray:
    """Colours for an ordered series, from dark to light, apart in grey as well.

    Args:
        n: how many.

    Returns:
        Colours, shape (n, 4).
    """
    return style.in_order(n, 0.05, 0.75)


def threshold_line(ax: Axes, level: float, name: str = "") -> None:
    """Mark the threshold of a potential.

    Args:
        ax: with potentials on its vertical axis.
        level: of the threshold.
        name: stands at the line's left end.
    """
    ax.axhline(level, color=style.TRUTH, linestyle=style.DASHED, linewidth=style.GUIDE, zorder=1)
    if name:
        ax.text(0, level, f" {name}", fontsize=style.SMALL, color=style.INK, va="bottom")


def relu_level(ax: Axes, level: float, named: bool = True) -> None:
    """Mark what the ReLU network reaches.

    Args:
        ax: with accuracies on its vertical axis.
        level: in per cent.
        named: whether a legend tells.
    """
    label = "ReLU network" if named else None
    ax.axhline(level, color=style.TRUTH, linewidth=style.CURVE, zorder=1.5, label=label)


def time_axis(ax: Axes, last: int) -> None:
    """A logarithmic axis of time steps, with powers of two below it.

    Args:
        ax: whose horizontal axis counts steps from 1.
        last: step.
    """
    ticks = [step for step in (1, 2, 4, 8, 16, 32, 64, 128) if step <= last]
    ax.set(xscale="log", xlabel="time steps")
    ax.set(xticks=ticks, xticklabels=[str(step) for step in ticks])
    ax.minorticks_off()


def tick_texts(ax: Axes, x: float) -> list[Text]:
    """Texts in place of tick labels: they can change without a new drawing of everything.

    Args:
        ax: whose vertical axis runs from 0 to 1.
        x: where they end.

    Returns:
        Five empty texts.
    """
    look = {"fontsize": style.NORMAL, "ha": "right", "va": "center"}
    return [ax.text(x, level, "", **look) for level in np.linspace(0, 1, 5)]
