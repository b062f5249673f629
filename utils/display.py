"""What a cell shows, in every form a page may need: widget, picture, HTML, plain text."""

from __future__ import annotations

import base64
import html as html_escape
import math
import sys
from typing import Any

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

# Marks an output that holds nothing but the words of the picture before it.
FIGURE_WORDS = "figure-words"
# Out of sight, and still read aloud.
UNSEEN = "position:absolute;width:1px;height:1px;margin:0;overflow:hidden;clip-path:inset(50%);white-space:nowrap"


def approx(value: float, digits: int = 3) -> str:
    """Format a number whose last digits may differ between machines: `approx(0.98214)` -> `'~0.982'`.

    The regression run compares the text around the number and lets the digits behind a tilde vary.

    Args:
        value: a number (or a one-element tensor or array).
        digits: significant digits, at least 1.

    Returns:
        The number behind a tilde; large and small ones without an exponent where that stays readable.

    Raises:
        ValueError: `digits` is below 1, or `value` is not one number.
    """
    if digits < 1:
        raise ValueError(f"digits: got {digits}, allowed is 1 or more")
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"value: got {type(value).__name__}, allowed is a single number") from error
    if not math.isfinite(number):
        return f"~{number}"
    if number == 0:
        return "~0"
    if not 1e-4 <= abs(number) < 1e7:
        return f"~{number:.{digits - 1}e}"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(number))))
    return f"~{number:.{decimals}f}"


def in_kernel() -> bool:
    """Whether a Jupyter kernel (and not a plain Python or a terminal IPython) is running this code."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and hasattr(shell, "kernel")


def on_colab() -> bool:
    """Whether this runs in Google Colab, whose pages prefer HTML over a widget when offered both."""
    return "google.colab" in sys.modules


def publish(
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


def publish_widget(
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
        publish(text, mime=mime)
    elif png is not None:
        publish_picture(png, text, width, mime)
    else:
        publish(text, html, mime=mime)


def publish_picture(png: bytes, alt: str, width: int | None = None, mime: dict[str, Any] | None = None) -> None:
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
    publish(alt, mime=data, metadata={"image/png": notes})
    if in_kernel():
        # A panel's picture changes later on, these words do not.
        _publish_hidden_words(f"As first drawn: {alt}" if mime else alt)


def _publish_hidden_words(words: str) -> None:
    from IPython.display import display

    html = f'<p class="{FIGURE_WORDS}" style="{UNSEEN}">{escape(words)}</p>'
    display({"text/html": html}, raw=True, metadata={FIGURE_WORDS: True})


def escape(text: object) -> str:
    """Text made safe to stand in HTML."""
    return html_escape.escape(str(text), quote=True)
