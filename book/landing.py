"""The first page: one figure to touch, one button, the six notebooks, and how far the reader has come."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from book.figures import PNG_SCALE, figure_html
from book.panels import Live, panel_html
from book.staging import where_to_run
from course import Project
from notebook_page import Page
from picture import cover
from utils.page.numbers import counted

if TYPE_CHECKING:
    from PIL.Image import Image

CARD_WIDTH = 640
# The notebook and the cell whose panel stands on the first page.
FIRST = ("01_all_or_none_neuron", "flow-panel")
# Parts of a figure that stand further apart than this share of it can be shown alone.
GAP = 0.012


def first_screen(pages: Sequence[Page], project: Project, live: Mapping[str, Mapping[str, Live]]) -> str:
    """The figure to touch, what to do with it, and the button that starts the course.

    Args:
        pages: all notebooks.
        project: where the course is published.
        live: notebook -> id of a cell -> its recorded panel.
    """
    page = pages[0]
    notebook, cell = FIRST
    panel = live.get(notebook, {}).get(cell)
    touch = ""
    if panel is not None:
        png, words = stored_picture(next(one for one in pages if one.name == notebook), cell)
        name = f"_static/figures/{notebook}-{cell}-1.webp"
        colab = where_to_run(project, f"{notebook}.ipynb")[0]
        width, _ = panel.about["size"]
        html = panel_html(panel, figure_html(name, words, png, width), panel.about["sentence"], colab, 0, root="")
        touch = f'<div class="course-touch"><p>{escape(panel.about["description"])}</p>{html}</div>'
    start = (
        f'<p><a class="course-start" href="notebooks/{page.name}.html">Start with notebook {page.number}, '
        f"{page.minutes} minutes</a></p>"
    )
    promise = (
        f"{counted(len(pages), 'notebook').replace('6', 'Six')} lead you from one neuron that fires or stays silent "
        "to a spiking network that hears where a sound comes from."
    )
    return f'<div class="course-first"><div><p class="course-promise">{promise}</p>{start}</div>{touch}</div>'


def stored_picture(page: Page, cell_id: str) -> tuple[bytes, str]:
    """The picture that a notebook's cell shows, a PNG, and its words.

    Args:
        page: the notebook.
        cell_id: of the cell.

    Raises:
        ValueError: the notebook has no such cell, or it shows no picture.
    """
    for cell in page.nb.cells:
        for output in cell.get("outputs", []) if cell.get("id") == cell_id else ():
            if "image/png" in output.get("data", {}):
                words = output.metadata.get("image/png", {}).get("alt") or output.data.get("text/plain", "")
                return base64.b64decode(output.data["image/png"]), words
    raise ValueError(f"{page.name}: got no picture in the cell {cell_id!r}, needed is the one of the first page")


def progress(pages: Sequence[Page]) -> str:
    """The table of the reader's predictions, which the page's script fills; out of sight until there are some."""
    notebooks = [
        {"number": f"{page.number:02}", "title": page.heading, "predictions": page.predictions} for page in pages
    ]
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("notebook", "", "predicted", "right"))
    return (
        f'<div class="course-progress" hidden data-notebooks="{escape(json.dumps(notebooks))}">'
        f"<table><caption></caption><thead><tr>{heads}</tr></thead><tbody></tbody></table>"
        '<p><button type="button" data-do="print">Print</button> '
        '<button type="button" data-do="reset">Start over</button> '
        "<small>Kept in this browser alone; nothing is sent anywhere.</small></p></div>"
    )


def cards(pages: Sequence[Page], project: Project) -> str:
    """One card for each notebook: its figure, title, promise, and where to run it."""
    return '<ol class="course-cards">\n' + "\n".join(card(page, project) for page in pages) + "\n</ol>"


def card(page: Page, project: Project) -> str:
    """A notebook's card."""
    address = f"notebooks/{page.name}.html"
    colab, binder = where_to_run(project, page.path.name)
    facts = f"{page.minutes} minutes, {counted(len(page.exercises), 'exercise')}"
    return (
        f'<li class="course-card"><a class="course-card-main" href="{address}">'
        f'<img src="_static/covers/{page.name}.webp" alt="" width="{CARD_WIDTH}" height="{CARD_WIDTH * 9 // 16}" '
        f'loading="lazy"><span class="course-card-title">{escape(page.heading)}</span></a>'
        f"<p>{escape(page.promise)}</p>"
        f'<p class="course-facts">{facts}</p>'
        f'<p class="course-run">{button(colab, "Colab", page)} {button(binder, "Binder", page)}</p></li>'
    )


def button(address: str, where: str, page: Page) -> str:
    """A link that opens a notebook elsewhere; its name says which, since a page holds several."""
    label = f"{where}: open notebook {page.number}"
    return f'<a class="course-button" href="{address}" aria-label="{label}">{where}</a>'


def cover_picture(page: Page) -> bytes:
    """The card's picture: of the notebook's cover figure the largest part, in one shape for all."""
    from PIL import Image

    figure = cover(page.path)[1].convert("RGBA")
    sheet = Image.new("RGBA", figure.size, "white")
    sheet.alpha_composite(figure)
    figure = largest_part(sheet.convert("L"), sheet)
    sheet = Image.new("RGB", (CARD_WIDTH * PNG_SCALE, CARD_WIDTH * PNG_SCALE * 9 // 16), "white")
    scale = min((sheet.width - 48) / figure.width, (sheet.height - 48) / figure.height)
    figure = figure.resize((round(figure.width * scale), round(figure.height * scale)), Image.Resampling.LANCZOS)
    sheet.paste(figure.convert("RGB"), ((sheet.width - figure.width) // 2, (sheet.height - figure.height) // 2))
    file = io.BytesIO()
    sheet.quantize(128, dither=Image.Dither.NONE).convert("RGB").save(file, "WEBP", lossless=True, method=4)
    return file.getvalue()


def largest_part(grey: Image, figure: Image) -> Image:
    """Of a figure with several axes the largest, so that its letters stay legible on a card.

    Args:
        grey: the figure in grey.
        figure: what to cut it from.
    """
    ink = np.asarray(grey) < 250
    boxes = [(0, 0, *reversed(ink.shape))]
    # First into columns, then each into rows.
    for axis in (1, 0):
        cut = []
        for left, top, right, bottom in boxes:
            for start, end in blocks(ink[top:bottom, left:right].any(axis=1 - axis), ink.shape[axis] * GAP):
                cut.append(
                    (left + start, top, left + end, bottom) if axis == 1 else (left, top + start, right, top + end)
                )
        boxes = cut
    return figure.crop(max(boxes, key=lambda box: (box[2] - box[0]) * (box[3] - box[1])))


def blocks(filled: np.ndarray, gap: float) -> list[tuple[int, int]]:
    """Where a row of pixels holds something: (start, end) of each block, apart by at least `gap` empty ones."""
    places = np.flatnonzero(filled)
    if not len(places):
        return [(0, len(filled))]
    breaks = np.flatnonzero(np.diff(places) > gap)
    starts, ends = [0, *(breaks + 1)], [*breaks, len(places) - 1]
    return [(int(places[a]), int(places[b]) + 1) for a, b in zip(starts, ends, strict=True)]
