"""Figures of the website: their files, and how they stand on a page."""

from __future__ import annotations

import io
import struct
from html import escape

PNG_SCALE = 2


def as_webp(png: bytes) -> bytes:
    """The same picture, pixel by pixel, in a third less bytes."""
    from PIL import Image

    file = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").save(file, "WEBP", lossless=True, method=4, quality=100)
    return file.getvalue()


def figure_html(source: str, alt: str, png: bytes, width: int | None) -> str:
    """A figure that fits its column and opens in its full size.

    Args:
        source: address of the file.
        alt: what it shows, in words.
        png: the file's content.
        width: how wide it is meant to stand on a page, in CSS pixels.
    """
    pixels = struct.unpack(">II", png[16:24])
    wide = width or pixels[0] // PNG_SCALE
    high = round(wide * pixels[1] / pixels[0])
    return (
        f'<a class="course-figure" href="{source}"><img src="{source}" alt="{escape(" ".join(alt.split()))}" '
        f'width="{wide}" height="{high}" loading="lazy" decoding="async"></a>'
    )
