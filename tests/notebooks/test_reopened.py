"""A notebook that was run, used and saved yesterday, opened again without its kernel in a default JupyterLab."""

import nbformat
import pytest
from browser_tools import BROWSER, NO_BROWSER, Jupyter, NotebookPage, chromium

from refresh import METADATA

pytestmark = [pytest.mark.timeout(600), pytest.mark.skipif(BROWSER is None, reason=NO_BROWSER)]

CELLS = (
    """
import sys

sys.path.insert(0, "..")
from utils import Slider, SliderPanel, predict, progress, show
from utils.panels import Tabs

def draw(fig):
    ax = fig.add_subplot()
    ax.set(xlim=(0, 1), ylim=(0, 9))
    return ax.plot([0, 1], [0, 3])[0]

def update(line, height):
    line.set_ydata([0, height])
    return f"A line up to {height}."
""",
    'SliderPanel("Line", [Slider("height", "height", 0, 9, 3, 1)], draw, update, "Move it.").show()',
    'predict("05.order_of_pulses")',
    'Tabs({"one": "<p>first words</p>", "two": "<p>second words</p>"}).show()',
    'for _ in progress(range(3), desc="counting"):\n    pass',
    'predict("05.part_switched_off")',
)
# What stands in for a live view, and the views themselves, as far as they can be seen.
SEEN = """() => [...document.querySelectorAll('.jp-OutputArea-child')].filter(e => e.checkVisibility()
  && e.getBoundingClientRect().height > 2).map(e => ({
    live: e.querySelector(':scope > .jp-OutputArea-output > .jupyter-widgets') !== null,
    stand_in: e.querySelector('.course-stand-in, .jp-RenderedImage') !== null,
    text: e.innerText}))"""
VIEWS = 5


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Jupyter(tmp_path_factory.mktemp("lab"))
    yield server
    server.close()


def save_and_leave(page):
    page.save()
    page.shut_down()
    page.close()


def reopened(browser, server, name):
    page = NotebookPage(browser, server, name, kernel=False)
    page.wait_until_views_are_given_up(VIEWS)
    return page


@pytest.mark.slow
def test_what_was_live_yesterday_is_still_there_today_and_tomorrow(browser, server):
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source.strip()) for source in CELLS])
    nb.metadata = nbformat.from_dict(METADATA)
    server.add("yesterday.ipynb", nbformat.writes(nb))
    page = NotebookPage(browser, server, "yesterday.ipynb")
    page.run_all(seconds=120)
    assert page.complaints() == []
    page.page.wait_for_selector(".jupyter-widgets img")
    page.page.wait_for_timeout(500)
    seen = page.page.evaluate(SEEN)
    assert sum(one["live"] for one in seen) == VIEWS
    assert not any(one["stand_in"] for one in seen), "a live page shows both"
    page.cell(2).get_by_role("button", name="A", exact=True).click()
    page.page.get_by_text("Score: 0 of 1").wait_for()
    save_and_leave(page)
    for _ in range(2):
        page = reopened(browser, server, "yesterday.ipynb")
        seen = page.page.evaluate(SEEN)
        text = "\n".join(one["text"] for one in seen)
        assert "Error displaying widget" not in text
        assert not any(one["live"] for one in seen)
        assert page.page.locator(".jp-RenderedImage img:visible").count() == 1
        assert "The picture stands still: run this cell" in text
        assert "You chose A. The answer is B" in text
        assert "first words" in text
        assert "second words" in text
        assert "Progress: counting" in text
        assert page.page.locator("summary:visible").count() == 1  # the prediction that was not answered
        save_and_leave(page)
