"""Whether a picture that a notebook draws is still the one that it stores.

The stored notebooks are the yardstick, so nothing is kept twice. Fonts and lines differ between platforms and between
versions of Matplotlib: pictures are compared on Linux, with the version that constraints.txt names.
"""

from __future__ import annotations

import base64
import io
import re
import sys
from importlib import metadata
from pathlib import Path

import numpy as np
from PIL import Image

# Pixels of a block's side, how far apart (of 255) two blocks' means may lie, and which share of the blocks may do so: a
# line that training moved by its own width passes, one that is missing does not.
BLOCK, APART, SHARE = 8, 60, 0.012


def comparable(root: Path) -> bool:
    """Whether this machine draws what the stored pictures were drawn with.

    Args:
        root: the course's folder.

    Returns:
        True on Linux with the Matplotlib of constraints.txt.
    """
    wanted = re.search(r"^matplotlib==(\S+)$", (root / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    return sys.platform.startswith("linux") and wanted is not None and metadata.version("matplotlib") == wanted[1]


def pictures(outputs: list) -> list[str]:
    """The PNGs of a cell's outputs, in base64, in order."""
    return [output["data"]["image/png"] for output in outputs if "image/png" in output.get("data", {})]


def difference(stored: str, drawn: str) -> float:
    """How much of a picture changed.

    Args:
        stored: a PNG in base64.
        drawn: another.

    Returns:
        The share of blocks that differ, from 0 to 1; 1 where the sizes do.
    """
    one, two = (_blocks(picture) for picture in (stored, drawn))
    if one.shape != two.shape:
        return 1.0
    return float((np.abs(one - two).max(-1) > APART).mean())


def _blocks(picture: str) -> np.ndarray:
    image = Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB")
    return np.asarray(image.reduce(BLOCK), dtype=float)
