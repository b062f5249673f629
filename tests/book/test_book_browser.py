"""The website, built and opened in a real browser."""

import http.server
import re
import threading
import time
from functools import partial
from html import unescape

import pytest
from browser_tools import BROWSER, NO_BROWSER, axe, chromium

from book import __main__ as builder
from book import check_links
from course import notebook_paths

pytest.importorskip("sphinx", reason="the website's packages are not installed: make book")
pytest.importorskip("myst_nb", reason="the website's packages are not installed: make book")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(BROWSER is None, reason=NO_BROWSER),
    pytest.mark.skipif(not notebook_paths(), reason="there is no notebook to make pages of"),
    # All of them on one worker, since they share one built website.
    pytest.mark.xdist_group("website"),
]
OTHERS = ("index", "exercises", "results", "glossary", "references", "teachers", "sweeps", "benchmarks")
PAGES = OTHERS + tuple(f"notebooks/{path.stem}" for path in notebook_paths())
# The widest thing that is visible and does not stand in a frame of its own that scrolls.
OVERFLOW = """() => {
  const framed = e => { for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
    if (getComputedStyle(p).overflowX !== 'visible') return true; return false; };
  return [...document.querySelectorAll('body *')].filter(e => { const r = e.getBoundingClientRect();
    return r.width > 1 && r.right > innerWidth + 1 && r.left < innerWidth && !framed(e)
      && getComputedStyle(e).visibility !== 'hidden'; })
    .map(e => e.tagName + '.' + e.className); }"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def website(tmp_path_factory):
    folder = tmp_path_factory.mktemp("website") / "html"
    start = time.monotonic()
    builder.build(folder)
    # 30 seconds on a quiet machine; this one may be running other tests.
    assert time.monotonic() - start < 120
    return folder


@pytest.fixture(scope="module")
def address(website):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(website)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture
def open_page(browser, address):
    contexts = []

    def open_one(name, width=1400, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.elsewhere = []
        page.on("request", lambda r: None if r.url.startswith((address, "data:")) else page.elsewhere.append(r.url))
        page.goto(f"{address}/{name}.html")
        page.evaluate("async () => { if (window.MathJax) await MathJax.startup.promise; }")
        return page

    yield open_one
    for context in contexts:
        context.close()


def test_inner_links_lead_somewhere(website):
    assert check_links.dead_inner_links(website) == []
    assert {f"{name}.html" for name in PAGES} <= {p.relative_to(website).as_posix() for p in website.rglob("*.html")}


def test_every_figure_says_what_it_shows(website):
    for path in website.glob("notebooks/*.html"):
        figures = re.findall(r'class="course-figure"[^>]*><img src="([^"]+)" alt="([^"]*)"', path.read_text("utf-8"))
        assert figures, path.name
        for source, alt in figures:
            assert len(unescape(alt).split()) >= 5, f"{path.name}: {source} says {alt!r}"


def test_notebooks_lead_to_the_glossary(website):
    for path in website.glob("notebooks/*.html"):
        terms = re.findall(r'href="\.\./glossary\.html#term-([\w-]+)"', path.read_text("utf-8"))
        assert len(terms) >= 5, path.name
        assert len(set(terms)) == len(terms), "the first mention alone"


def test_cards_lead(open_page, address):
    page = open_page("index")
    cards = page.locator(".course-card")
    assert cards.count() == len(notebook_paths())
    for number, path in enumerate(notebook_paths()):
        card = cards.nth(number)
        assert card.locator("img").evaluate("e => e.complete && e.naturalWidth > 0")
        for place in ("colab.research.google.com", "mybinder.org"):
            assert path.name in card.locator(f'a[href*="{place}"]').get_attribute("href")
    for number, path in enumerate(notebook_paths()):
        cards.nth(number).locator(".course-card-main").click()
        page.wait_for_url(f"{address}/notebooks/{path.stem}.html")
        assert page.locator("article h1").first.inner_text().startswith(f"{int(path.stem[:2])}.")
        page.go_back()


def test_search_finds(open_page):
    page = open_page("search")
    for words, place in (("refractory", "glossary"), ("nbgrader", "teachers")):
        page.goto(page.url.partition("?")[0] + f"?q={words}")
        page.wait_for_selector("#search-results li a", timeout=60_000)
        found = page.locator("#search-results li a").evaluate_all("links => links.map(a => a.href)")
        assert any(f"/{place}.html" in link for link in found), (words, found)


def test_search_by_keyboard(open_page):
    page = open_page("index")
    page.keyboard.press("Control+k")
    page.keyboard.type("membrane potential")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a", timeout=60_000)


@pytest.mark.parametrize("name", PAGES)
def test_nothing_overflows_on_a_phone_and_nothing_is_fetched_from_elsewhere(open_page, name):
    page = open_page(name, width=375)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate(OVERFLOW) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert page.locator("mjx-merror").count() == 0
    assert page.elsewhere == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_legible_and_operable(open_page, name, scheme):
    """Contrast and the other rules that axe-core calls serious."""
    page = open_page(name, scheme=scheme)
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    # What is no matter of colour is the same in the dark.
    assert axe(page, rules=("color-contrast",) if scheme == "dark" else ()) == []


def test_formulas_are_drawn_and_read(open_page):
    notebooks = [name for name in PAGES if name.startswith("notebooks/")]
    assert sum(open_page(name).locator("mjx-container mjx-assistive-mml").count() for name in notebooks) > 10


def test_a_prediction_does_not_show_its_answer(open_page):
    page = open_page(next(name for name in PAGES if name.startswith("notebooks/")))
    folds = page.locator("details", has=page.locator("code, pre", has_text="predict("))
    answers = page.locator('div[role="group"] details', has=page.locator("summary", has_text="Answer"))
    assert answers.count() > 0
    assert not answers.first.evaluate("e => e.open")
    assert folds.count() == 0 or not folds.first.evaluate("e => e.open")
