"""One output of a cell, in every form a page may need: picture, HTML, plain text."""

from __future__ import annotations

import base64
import html as html_escape
from typing import Any

from utils.page.host import in_kernel

# Marks an output that holds nothing but the words of the picture before it, or how to bring a still one to life.
FIGURE_WORDS = "figure-words"
# One transparent pixel: an image's alternative text is the one form of unseen words that no page strips.
_PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
# nbconvert writes a picture's height as it stands, and an alternative text in some of its templates alone: where there
# is none it says "No description has been provided". This gives the picture an empty one in all of them, since its
# words follow. Pages that set the height themselves take nothing but a number.
_NO_WORDS = "auto alt"


def emit(
    text: str,
    html: str | None = None,
    metadata: dict[str, Any] | None = None,
    mime: dict[str, Any] | None = None,
) -> None:
    """Show one output with a plain-text form and, where given, richer ones.

    Args:
        text: what a screen reader, a terminal and the regression run read.
        html: the same for a page.
        metadata: notes stored with the output (not shown, not compared).
        mime: further forms, MIME type -> data.
    """
    if not in_kernel():
        print(text)
        return
    from IPython.display import display

    bundle: dict[str, Any] = {"text/plain": text, **(mime or {})}
    if html is not None:
        bundle["text/html"] = html
    display(bundle, raw=True, metadata=metadata or {})


def emit_picture(png: bytes, alt: str, width: int | None = None) -> None:
    """Show a PNG, and behind it, unseen, the words that stand for it.

    Few pages show the alternative text that is stored with a PNG; JupyterLab does not. An element that bears the words
    is read on all of them, and the picture itself stays mute, so that no page says them twice. The website leaves the
    element out, since its pictures carry their own words.

    Args:
        png: the encoded picture.
        alt: what it shows, in words.
        width: display width in CSS pixels; the picture's own when None.
    """
    emit_png(png, alt, width)
    if in_kernel():
        emit_behind(unseen_words(alt))


def emit_png(png: bytes, alt: str, width: int | None = None) -> None:
    """Show a PNG alone. Arguments as in `emit_picture`."""
    notes = {"height": _NO_WORDS} | ({} if width is None else {"width": width})
    emit(alt, mime={"image/png": base64.b64encode(png).decode("ascii")}, metadata={"image/png": notes})


def unseen_words(words: str) -> str:
    """HTML that is read aloud and not seen.

    Args:
        words: what to read.

    Returns:
        An image of one pixel with the words as its alternative text: a hidden text would be printed by pages that strip
        styles, and a label is dropped by JupyterLab where a notebook is not trusted.
    """
    return f'<img class="{FIGURE_WORDS}" width="1" height="1" alt="{escape(words)}" src="{_PIXEL}">'


def emit_behind(html: str) -> None:
    """Show HTML that belongs to the picture before it, and that the website leaves out.

    Args:
        html: words for screen readers, or how to bring a still picture to life.
    """
    from IPython.display import display

    display({"text/html": html}, raw=True, metadata={FIGURE_WORDS: True})


def escape(text: object) -> str:
    """Text made safe to stand in HTML.

    Args:
        text: anything that can be written.

    Returns:
        The text with `<`, `>`, `&` and quotation marks replaced.
    """
    return html_escape.escape(str(text), quote=True)
