"""One output of a cell, in every form a page may need: picture, HTML, plain text."""

from __future__ import annotations

import base64
import html as html_escape
from typing import Any

from utils.page.host import in_kernel

# Marks an output that holds nothing but the words of the picture before it, or how to bring a still one to life.
FIGURE_WORDS = "figure-words"


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
    """Show a PNG with its alternative text, and the same words behind it for screen readers alone.

    JupyterLab draws a stored PNG without its alternative text; an empty element that bears the words stands in for it
    there. The website leaves it out, since its pictures carry their own.

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
    notes = {"alt": alt} | ({} if width is None else {"width": width})
    emit(alt, mime={"image/png": base64.b64encode(png).decode("ascii")}, metadata={"image/png": notes})


def unseen_words(words: str) -> str:
    """HTML that is read aloud and not seen.

    Args:
        words: what to read.

    Returns:
        An element that bears them as an attribute: pages that strip styles would print a hidden text.
    """
    return f'<span class="{FIGURE_WORDS}" role="img" aria-label="{escape(words)}"></span>'


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
