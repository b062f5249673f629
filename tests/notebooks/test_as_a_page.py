"""The stored notebooks where others show them: on GitHub, as nbconvert's page, on paper."""

import re
from html import unescape
from html.parser import HTMLParser

import nbformat
import pytest
from browser_tools import BROWSER, NO_BROWSER, Jupyter, NotebookPage, chromium
from notebook_tools import code_cells

from course import notebook_paths
from utils.predictions import get

PATHS = notebook_paths()
PNG, HTML = "image/png", "text/html"


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def nb(request):
    return nbformat.read(request.param, as_version=4)


def outputs(nb):
    """All that is shown and no printed line."""
    return [output for _, cell in code_cells(nb) for output in cell.outputs if "data" in output]


def exported(nb, template, **options):
    exporter = pytest.importorskip("nbconvert", reason="nbconvert is not installed: make test installs it").HTMLExporter
    return exporter(template_name=template, **options).from_notebook_node(nb)[0]


@pytest.mark.parametrize("template", ["lab", "classic"])
def test_every_figure_is_said_once(nb, template):
    # No picture stands in a line of code, and to colour those takes most of the time.
    page = exported(nb, template, exclude_input=True)
    assert "No description has been provided" not in page
    # What a screen reader says of the pictures, badges aside, in their order.
    said = [unescape(alt).removeprefix("As first drawn: ") for alt in re.findall(r'<img[^>]* alt="([^"]+)"', page)]
    words = [output.data["text/plain"] for output in outputs(nb) if PNG in output.data]
    assert [alt for alt in said if not alt.startswith("Open ")] == words


class Stripped(HTMLParser):
    """What GitHub leaves of an output: no style, no class, no script, no form; marks and words stay."""

    DROPPED = ("style", "script", "textarea")

    def __init__(self, html):
        super().__init__()
        self.marks, self.text, self._inside = [], "", 0
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self._inside += tag in self.DROPPED
        kept = {k: v for k, v in attributes if k in ("alt", "type", "src", "width", "height", "open")}
        self.marks.append((tag, kept))

    def handle_endtag(self, tag):
        self._inside -= tag in self.DROPPED

    def handle_data(self, data):
        self.text += "" if self._inside else data

    def tags(self):
        return [tag for tag, _ in self.marks]


def test_without_styles_nothing_hidden_is_seen_and_boxes_and_letters_stay(nb):
    n_words = 0
    for output in outputs(nb):
        html = output.data.get(HTML)
        if html is None:
            continue
        page, notes = Stripped(html), output.metadata
        assert "{" not in page.text, "a style leaks"
        if notes.get("figure-words"):
            n_words += 1
            # A picture of one pixel says them; the only text is how to bring a still picture to life.
            assert page.text in ("", "The picture stands still: run this cell, after those above it, to move it.")
            (image,) = [kept for tag, kept in page.marks if tag == "img"]
            assert (image["width"], image["height"]) == ("1", "1")
            assert image["src"].startswith("data:image/gif;base64,")
        if "prediction" in notes.get("course", {}):
            assert page.tags().count("blockquote") == 1
            assert ("ol", {"type": "A"}) in page.marks
            assert ("details", {}) in page.marks, "the answer is open"
        if "exercise" in notes.get("course", {}):
            assert "blockquote" in page.tags()
    assert n_words == sum(PNG in output.data for output in outputs(nb))


def test_on_paper_a_prediction_keeps_its_answer(nb):
    """nbconvert prints the plain form, where nothing can be folded."""
    asked = [output for output in outputs(nb) if "prediction" in output.metadata.get("course", {})]
    assert asked
    for output in asked:
        prediction = get(output.metadata["course"]["prediction"])
        assert not {"text/latex", "application/pdf", PNG, "text/markdown"} & set(output.data)
        words = " ".join(output.data["text/plain"].split())
        assert prediction.question in words
        assert prediction.because not in words
        assert f"Answer: {prediction.answer}" not in words


def test_no_picture_from_elsewhere_stops_the_way_to_paper(nb):
    """LaTeX cannot fetch a Markdown picture, and ends without a page; HTML is left out there."""
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"!\[[^\]]*\]\(\s*https?:", cell.source), cell.id


@pytest.mark.skipif(BROWSER is None, reason=NO_BROWSER)
def test_on_paper_no_line_of_code_is_cut():
    nb = nbformat.read(PATHS[-1], as_version=4)
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 680, "height": 900})
        page.set_content(exported(nb, "lab"), wait_until="domcontentloaded")
        too_wide = "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).length"
        code = page.locator(".jp-InputArea pre, .jp-OutputArea pre")
        assert code.evaluate_all(too_wide) > 0, "the lines are long enough to be cut"
        page.emulate_media(media="print")
        assert code.evaluate_all(too_wide) == 0


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason=NO_BROWSER)
def test_where_a_notebook_is_not_trusted_its_words_and_letters_stay(tmp_path):
    """JupyterLab strips scripts, style sheets and labels of a notebook that somebody else has run."""
    nb = nbformat.read(PATHS[0], as_version=4)
    nb.cells = [cell for cell in nb.cells if cell.id in {"predict-law", "diagram"}]
    server = Jupyter(tmp_path)
    server.add("untrusted.ipynb", nbformat.writes(nb))
    try:
        with chromium() as browser:
            page = NotebookPage(browser, server, "untrusted.ipynb", kernel=False).page
            page.wait_for_selector(".jp-RenderedImage img")
            assert page.locator(".jp-OutputArea style").count() == 0, "it is trusted after all"
            words = page.locator("img.figure-words").evaluate_all("all => all.map(e => [e.alt, e.clientHeight])")
            assert words == [[output.data["text/plain"], 1] for output in outputs(nb) if PNG in output.data]
            assert page.locator(".jp-RenderedImage img[alt]").count() == 0, "the words would be said twice"
            letters = page.locator(".jp-OutputArea ol").evaluate_all(
                "all => all.map(e => getComputedStyle(e).listStyleType)"
            )
            assert letters == ["upper-alpha"]
    finally:
        server.close()
