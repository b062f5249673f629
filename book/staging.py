"""A notebook as a page of the website: its figures as files, its panels and predictions ready to be touched."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from html import escape

import nbformat

from book.asking import ASKED, answers_on_paper, look_back, prediction_html
from book.figures import as_webp, figure_html
from book.panels import Live, panel_html
from book.sounds import listening_html
from course import NOTEBOOKS, ROOT, Project
from notebook_page import Page
from publish import badges, fill
from utils.page.output import FIGURE_WORDS
from utils.predictions.prediction import Prediction
from utils.predictions.registry import get as get_prediction


def anchor(exercise_id: str) -> str:
    """Where an exercise stands on the page of exercises."""
    return "exercise-" + exercise_id.lower().replace(".", "-").replace("_", "-")


def staged_notebook(
    page: Page, pages: Sequence[Page], project: Project, live: Mapping[str, Live] | None = None
) -> tuple[str, dict[str, bytes]]:
    """A notebook as the website shows it; the stored one stays as it is.

    Args:
        page: the notebook.
        pages: all that the website has.
        project: where the course is published.
        live: id of a cell -> its recorded panel.

    Returns:
        The text of the staged notebook, and its figures, file name -> WebP.
    """
    nb = nbformat.from_dict(page.nb)
    known = {other.path.name for other in pages}
    figures: dict[str, bytes] = {}
    colab = where_to_run(project, page.path.name)[0]
    nb.cells[0].source = fill(nb.cells[0].source, "badges", run_buttons(page, project), page.path.name)
    veils, panels, asked_here = dict[str, str](), 0, list[Prediction]()
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            cell.source = without_dead_ends(cell.source, known, project)
            continue
        if cell.cell_type != "code":
            continue
        tags = cell.metadata.setdefault("tags", [])
        # The start cell is the same everywhere.
        if cell.get("id") == "bootstrap":
            tags.append("hide-input")
        # The website's pictures carry their words themselves.
        cell.outputs = [output for output in cell.outputs if not is_figure_words(output)]
        asked = ASKED.search(cell.source)
        if asked:
            asked_here.append(get_prediction(asked[1]))
            veils |= dict.fromkeys(asked_here[-1].shown_in, asked[1])
            tags.append("remove-input")
            cell.outputs = [_output(prediction_html(asked_here[-1]))]
            continue
        introduced, listening = False, None
        for output in cell.outputs:
            # A panel says its title first, then comes its picture.
            moves, introduced = introduced, _text(output).startswith("Slider panel: ")
            listening = output.get("metadata", {}).get("course", {}).get("listening", listening)
            tabs = _text(output).startswith("Tabs: ") and "text/html" in output.data
            if tabs:
                output.data["text/html"] = f'<div class="course-tabs">{output.data["text/html"]}</div>'
            if 'class="course-scoreboard"' in output.get("data", {}).get("text/html", ""):
                output.data["text/html"] = with_labels(output.data["text/html"])
            stem = f"{page.name}-{cell.get('id', 'cell')}"
            with_sounds_apart(output, stem, figures)
            alt = staged_output(output, stem, figures)
            if moves and alt:
                panels += 1
                still, panel = output.data["text/html"], (live or {}).get(cell.get("id"))
                words = panel.about["sentence"] if panel else alt
                html = (
                    listening_html(listening, still, alt, colab, panels)
                    if listening
                    else panel_html(panel, still, words, colab, panels)
                )
                output.data = nbformat.from_dict({"text/html": html})
            add_exercise_link(output, page)
        if cell.get("id") in veils and cell.outputs:
            cell.outputs = [_output(veiled(cell.outputs, veils[cell.id]))]
    questions, asked_back, pictures = look_back(page.number)
    if questions:
        nb.cells.append(nbformat.v4.new_markdown_cell(questions, id="look-back"))
        figures |= {name: as_webp(png) for name, png in pictures.items()}
    answers = answers_on_paper([*asked_here, *asked_back])
    if answers:
        nb.cells.append(nbformat.v4.new_markdown_cell(answers, id="answers-on-paper"))
    return nbformat.writes(nb), figures


def veiled(outputs: Sequence[nbformat.NotebookNode], prediction_id: str) -> str:
    """All that a cell shows, behind a veil that its prediction lifts.

    Args:
        outputs: of the cell, in the form in which the website shows them.
        prediction_id: of the prediction that they give away.

    Returns:
        HTML.
    """
    parts = []
    for output in outputs:
        html = output.get("data", {}).get("text/html")
        text = output.get("text") or _text(output)
        parts.append(html or f'<div class="output stream"><pre>{escape(text)}</pre></div>')
    return f'<div class="course-veil" data-veil="{escape(prediction_id)}">{"".join(parts)}</div>'


def with_labels(table: str) -> str:
    """A table whose every cell knows its column's name, so that a row can be a small list on a narrow screen.

    Args:
        table: HTML with one row of heads.
    """
    heads = re.findall(r"<th\b[^>]*>(.*?)</th>", table)

    def row(match: re.Match) -> str:
        labels = iter(heads)
        return re.sub(r"<td\b", lambda cell: f'{cell[0]} data-label="{next(labels, "")}"', match[0])

    return re.sub(r"<tr>.*?</tr>", row, table, flags=re.DOTALL)


def _text(output: nbformat.NotebookNode) -> str:
    return output.get("data", {}).get("text/plain", "")


def _output(html: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_output("display_data", {"text/html": html})


def where_to_run(project: Project, notebook: str) -> list[str]:
    """The addresses at which Colab and Binder open a notebook: those of its badges."""
    return re.findall(r'href="([^"]+)"', badges(project, notebook))


def run_buttons(page: Page, project: Project) -> str:
    """The links that open a notebook where it runs, without a picture from elsewhere."""
    colab, binder = where_to_run(project, page.path.name)
    return (
        '<p class="course-run"><strong>Run from here:</strong> '
        f'<a class="course-button" href="{colab}">Open in Colab</a> '
        f'<a class="course-button" href="{binder}">Open in Binder</a></p>\n'
    )


def without_dead_ends(text: str, known: set[str], project: Project) -> str:
    """Markdown whose relative links lead somewhere on the website, too.

    Args:
        text: of a notebook's cell.
        known: file names of the notebooks that the website has. A link to another notebook becomes its words alone.
        project: where the course is published. A link to another file of the course leads to the repository.
    """

    def mended(match: re.Match) -> str:
        words, target, place = match[1], match[2], match[3] or ""
        if target.endswith(".ipynb"):
            return match[0] if target.removeprefix("./") in known else words
        file = (NOTEBOOKS / target).resolve()
        if not file.is_relative_to(ROOT) or not file.exists():
            raise ValueError(f"[{words}]({target}) leads nowhere")
        kind = "tree" if file.is_dir() else "blob"
        return f"[{words}]({project.repository}/{kind}/{project.ref}/{file.relative_to(ROOT).as_posix()}{place})"

    return re.sub(r"(?<!!)\[([^\]]+)\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?\)", mended, text)


def is_figure_words(output: nbformat.NotebookNode) -> bool:
    """Whether an output only holds, out of sight, the words of the picture before it."""
    return bool(output.get("metadata", {}).get(FIGURE_WORDS))


def staged_output(output: nbformat.NotebookNode, stem: str, figures: dict[str, bytes]) -> str:
    """Bring one output into the form in which the website shows it, in place.

    Args:
        output: of a code cell.
        stem: how its figures' file names begin.
        figures: file name -> WebP; the output's figure is added.

    Returns:
        The words of the output's figure, empty if it has none.
    """
    data = output.get("data", {})
    if "image/png" not in data:
        return ""
    notes = output.metadata.get("image/png", {})
    png = base64.b64decode(data["image/png"])
    name = f"{stem}-{sum(figure.startswith(stem + '-') for figure in figures) + 1}.webp"
    figures[name] = as_webp(png)
    alt = notes.get("alt") or data.get("text/plain", "")
    # The words are those stored with the picture; its size keeps the page from jumping while it loads.
    data["text/html"] = figure_html(f"../_static/figures/{name}", alt, png, notes.get("width"))
    del data["image/png"]
    return " ".join(alt.split())


def with_sounds_apart(output: nbformat.NotebookNode, stem: str, files: dict[str, bytes]) -> None:
    """Let sounds lie in files of their own that are loaded when they are played, in place.

    Args:
        output: of a code cell.
        stem: how its files' names begin.
        files: file name -> content; the output's sounds are added.
    """
    html = output.get("data", {}).get("text/html", "")

    def apart(match: re.Match) -> str:
        name = f"{stem}-{sum(file.startswith(stem + '-') for file in files) + 1}.{match[1].removeprefix('x-')}"
        files[name] = base64.b64decode(match[2])
        return f'src="../_static/figures/{name}"'

    if "<audio" in html and "data:audio/" in html:
        html = re.sub(r'src="data:audio/([\w-]+);base64,([^"]+)"', apart, html)
        output.data["text/html"] = re.sub(r'preload="\w+"', 'preload="none"', html)


def add_exercise_link(output: nbformat.NotebookNode, page: Page) -> None:
    """Let an exercise's box lead to its hints and its solution, in place."""
    notes = output.get("metadata", {}).get("course", {})
    html = output.get("data", {}).get("text/html", "")
    end = re.search(r"</(div|blockquote)>$", html)
    if "status" in notes and notes.get("exercise") in page.exercises and end:
        address = f"../exercises.html#{anchor(notes['exercise'])}"
        link = f'<p class="course-more"><a href="{address}">Hints and one solution</a></p>'
        output.data["text/html"] = f"{html[: end.start()]}{link}{end[0]}"
