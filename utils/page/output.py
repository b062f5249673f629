"""One output of a cell, in every form a page may need: widget, picture, HTML, plain text."""

from __future__ import annotations

import base64
import html as html_escape
from typing import Any

from utils.page.host import in_kernel, on_colab

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

# Marks an output that holds nothing but the words of the picture before it.
FIGURE_WORDS = "figure-words"
# Out of sight, and still read aloud.
UNSEEN = "position:absolute;width:1px;height:1px;margin:0;overflow:hidden;clip-path:inset(50%);white-space:nowrap"


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


def emit_widget(
    widget: Any, text: str, html: str | None = None, png: bytes | None = None, width: int | None = None
) -> None:
    """Show a widget; a page without a kernel shows `html` or `png` in its place.

    Args:
        widget: an ipywidgets widget.
        text: the plain-text form, compared by the regression run.
        html: what a static page shows.
        png: or the picture a static page shows, with `text` as its alternative text.
        width: the picture's display width in CSS pixels.
    """
    mime: dict[str, Any] = {
        WIDGET_VIEW: {"version_major": 2, "version_minor": 0, "model_id": widget.model_id},
    }
    if on_colab():
        emit(text, mime=mime)
    elif png is not None:
        emit_picture(png, text, width, mime)
    else:
        emit(text, html, mime=mime)


def emit_picture(png: bytes, alt: str, width: int | None = None, mime: dict[str, Any] | None = None) -> None:
    """Show a PNG with its alternative text, and the same words behind it for screen readers alone.

    JupyterLab and the pages that nbconvert makes draw a stored PNG without its alternative text; the hidden words stand
    in for it there. The website leaves them out, since its pictures carry their own.

    Args:
        png: the encoded picture.
        alt: what it shows, in words.
        width: display width in CSS pixels; the picture's own when None.
        mime: further forms of the same output.
    """
    notes: dict[str, Any] = {"alt": alt}
    if width is not None:
        notes["width"] = width
    data = {"image/png": base64.b64encode(png).decode("ascii"), **(mime or {})}
    emit(alt, mime=data, metadata={"image/png": notes})
    if in_kernel():
        # A panel's picture changes later on, these words do not.
        _emit_hidden_words(f"As first drawn: {alt}" if mime else alt)


def _emit_hidden_words(words: str) -> None:
    from IPython.display import display

    html = f'<p class="{FIGURE_WORDS}" style="{UNSEEN}">{escape(words)}</p>'
    display({"text/html": html}, raw=True, metadata={FIGURE_WORDS: True})


def escape(text: object) -> str:
    """Text made safe to stand in HTML."""
    return html_escape.escape(str(text), quote=True)
