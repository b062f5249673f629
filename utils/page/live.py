"""Widgets, and what stands in for them on a page without a kernel.

A widget's view and its stand-in are two outputs. One output with both forms would show an error tomorrow: a trusted
notebook prefers the view, and a view without its kernel is the words "model not found". A style that comes with the
stand-in hides it beside a live view, and hides a dead view beside it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from utils.page.host import in_kernel, on_colab
from utils.page.output import emit, emit_behind, emit_png, unseen_words

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
STAND_IN = "course-stand-in"
CONTROLS = "course-controls"

# In JupyterLab a view that lives is the child of its output; one that is loading, or dead, leaves a bare text there.
# Live: hide the one or two outputs that stand in for it. Dead: hide the view.
_LIVE = ".jp-OutputArea-child:has(> .jp-OutputArea-output > .jupyter-widgets)"
_DEAD = ".jp-OutputArea-child:has(> .lm-Panel.jp-OutputArea-output):not(:has(> .jp-OutputArea-output > *))"
# On paper nothing can be scrolled: lines of code wrap there. The page of nbconvert would cut them off.
_PAPER = "@media print {pre {white-space:pre-wrap !important; overflow-wrap:anywhere}}"
# On a narrow page a slider's label stands above its track instead of taking its room.
_NARROW = (
    f".{CONTROLS} .widget-slider {{flex-wrap:wrap; height:auto}} .{CONTROLS} .slider-container {{min-width:180px}}"
)
_STYLE = (
    f"<style>{_LIVE}:has(+ * .{STAND_IN}) + *, {_LIVE}:has(+ * + * .{STAND_IN}) + *, "
    f"{_LIVE} + * + *:has(.{STAND_IN}), {_DEAD} {{display:none}} {_PAPER} {_NARROW}</style>"
)

# What the cells of this session show: (cell, name) -> the widget.
_shown: dict[tuple[str, str], Any] = {}


class StandIn:
    """What a page without a kernel shows in a widget's place; it can be brought up to date.

    Args:
        name: of the output on the page, or None where there is no page.
    """

    def __init__(self, name: str | None = None) -> None:
        self._name = name

    def update(self, text: str, html: str, metadata: dict[str, Any]) -> None:
        """Exchange it, so that it tells tomorrow what was done today.

        Args:
            text: the plain-text form.
            html: the form for pages.
            metadata: notes stored with it, for programs that read the notebook.
        """
        if self._name is not None:
            from IPython.display import update_display

            data = {"text/plain": text, "text/html": _marked(html)}
            update_display(data, raw=True, metadata=metadata, display_id=self._name)


def emit_widget(
    widget: Any,
    text: str,
    html: str | None = None,
    png: bytes | None = None,
    width: int | None = None,
    name: str | None = None,
    revive: str = "",
    metadata: dict[str, Any] | None = None,
) -> StandIn:
    """Show a widget; a page without a kernel shows `html` or `png` in its place.

    Args:
        widget: an ipywidgets widget.
        text: the plain-text form, compared by the regression run.
        html: what a page without a kernel shows.
        png: or the picture it shows, with `text` as its alternative text.
        width: the picture's display width in CSS pixels.
        name: what is shown; a cell that shows the same again closes the widgets of the first time.
        revive: how to bring the stand-in to life, in one sentence.
        metadata: notes stored with the stand-in, for programs that read the notebook.

    Returns:
        The stand-in.
    """
    _replace(name or text.splitlines()[0], widget)
    view = {WIDGET_VIEW: {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}}
    if on_colab() or not in_kernel():
        # Colab keeps a widget's state with the notebook, and would show both.
        emit(text, mime=view)
        return StandIn()
    from IPython.display import display

    display(view, raw=True)
    note = f'<p style="margin:0"><small>{revive}</small></p>' if revive else ""
    if png is not None:
        emit_png(png, text, width)
        emit_behind(_marked(unseen_words(f"As first drawn: {text}") + note))
        return StandIn()
    stand_in = str(uuid.uuid4())
    data = {"text/plain": text, "text/html": _marked((html or f"<pre>{text}</pre>") + note)}
    display(data, raw=True, metadata=metadata or {}, display_id=stand_in)
    return StandIn(stand_in)


def _marked(html: str) -> str:
    return f'{_STYLE}<div class="{STAND_IN}">{html}</div>'


def _replace(name: str, widget: Any) -> None:
    """Close what this cell has shown before: else each run would leave its widgets behind."""
    place = (_cell(), name)
    for part in reversed(list(_tree(_shown.pop(place, None)))):
        # A widget's layout and style are widgets, too, and outlive it.
        for own in (getattr(part, "layout", None), getattr(part, "style", None), part):
            if hasattr(own, "close"):
                own.close()
    _shown[place] = widget


def _cell() -> str:
    """The id of the cell that is running, where the page tells."""
    if not in_kernel():
        return ""
    from IPython import get_ipython

    return str(get_ipython().kernel.get_parent().get("metadata", {}).get("cellId", ""))


def _tree(widget: Any) -> Iterator[Any]:
    if widget is not None:
        yield widget
        for child in (*getattr(widget, "children", ()), getattr(widget, "link", None)):
            yield from _tree(child)
