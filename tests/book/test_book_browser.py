"""The website, built and opened in a real browser."""

import itertools
import re
from functools import cache
from html import unescape

import pytest
from browser_tools import BROWSER, NO_BROWSER, axe
from fontTools.ttLib import TTFont

from book import check_links
from course import notebook_paths
from utils.predictions import get

pytest.importorskip("sphinx", reason="the website's packages are not installed: make book")
pytest.importorskip("myst_nb", reason="the website's packages are not installed: make book")
# Every page that the website ever had, and places in pages that other pages point at.
ADDRESSES = (
    *(
        "index",
        "benchmarks",
        "cards",
        "changes",
        "exercises",
        "glossary",
        "references",
        "results",
        "sweeps",
        "teachers",
    ),
    *("notebooks/01_all_or_none_neuron", "notebooks/02_relu_sine_approximation", "notebooks/03_spiral_mlp"),
    *("notebooks/04_v1_orientation_decoding", "notebooks/05_lif_transfer_curve", "notebooks/06_dales_law_snn"),
    *("exercises#exercise-01-two-path-response", "exercises#exercise-06-dale-weights", "glossary#term-ablation"),
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(BROWSER is None, reason=NO_BROWSER),
    pytest.mark.skipif(not notebook_paths(), reason="there is no notebook to make pages of"),
]
OTHERS = (
    "index",
    "exercises",
    "results",
    "glossary",
    "references",
    "teachers",
    "sweeps",
    "benchmarks",
    "cards",
    "changes",
)
NOTEBOOKS = tuple(f"notebooks/{path.stem}" for path in notebook_paths())
PAGES = OTHERS + NOTEBOOKS
# The widest thing that is visible and does not stand in a frame of its own that scrolls.
OVERFLOW = """() => {
  const framed = e => { for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
    if (getComputedStyle(p).overflowX !== 'visible') return true; return false; };
  return [...document.querySelectorAll('body *')].filter(e => { const r = e.getBoundingClientRect();
    return r.width > 1 && r.right > innerWidth + 1 && r.left < innerWidth && !framed(e)
      && getComputedStyle(e).visibility !== 'hidden'; })
    .map(e => e.tagName + '.' + e.className); }"""
OPEN_FOLDS = "document.querySelectorAll('details').forEach(fold => { fold.open = true; })"


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
    # Prose, code, and the words of a picture.
    for words, place in (
        ("refractory", "glossary"),
        ("nbgrader", "teachers"),
        ("logsumexp", "06_"),
        ("myelin", "01_"),
    ):
        page.goto(page.url.partition("?")[0] + f"?q={words}")
        page.wait_for_selector("#search-results li a", timeout=60_000)
        found = page.locator("#search-results li a").evaluate_all("links => links.map(a => a.href)")
        assert any(f"/{place}" in link for link in found), (words, found)


def test_search_by_keyboard(open_page):
    page = open_page("index")
    page.keyboard.press("Control+k")
    page.keyboard.type("membrane potential")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a", timeout=60_000)


@pytest.fixture(scope="module")
def visit(browser, address):
    """One visit to a page, in light and dark, on a wide and a narrow screen, and all that was found there."""

    @cache
    def found(name):
        context = browser.new_context(viewport={"width": 1400, "height": 900}, color_scheme="light")
        page, sizes, elsewhere, complaints = context.new_page(), {}, [], []
        page.set_default_timeout(60_000)
        page.on("request", lambda r: None if r.url.startswith((address, "data:", "blob:")) else elsewhere.append(r.url))
        page.on("response", lambda r: sizes.__setitem__(r.url, int(r.headers.get("content-length", 0))))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}/{name}.html")
        page.evaluate("document.querySelectorAll('img').forEach(image => { image.loading = 'eager'; })")
        page.wait_for_function("[...document.images].every(image => image.complete)")
        bytes_at_first = sum(size for url, size in sizes.items() if "/panels/" not in url)
        page.evaluate(OPEN_FOLDS)
        light = axe(page)
        page.emulate_media(color_scheme="dark")
        page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
        # What is no matter of colour is the same in the dark.
        dark = axe(page, rules=("color-contrast",))
        page.set_viewport_size({"width": 375, "height": 800})
        too_wide = [*page.evaluate(OVERFLOW), *(["the page"] * page.evaluate("document.body.scrollWidth > 375"))]
        context.close()
        return {
            "bytes": bytes_at_first,
            "elsewhere": elsewhere,
            "complaints": complaints,
            "light": light,
            "dark": dark,
            "too wide": too_wide,
        }

    return found


@pytest.mark.parametrize("name", PAGES)
def test_nothing_overflows_on_a_phone(visit, name):
    assert visit(name)["too wide"] == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_fetched_from_elsewhere_and_no_script_fails(visit, name):
    assert visit(name)["elsewhere"] == []
    assert visit(name)["complaints"] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_legible_and_operable(visit, name, scheme):
    """Contrast and the other rules that axe-core calls serious."""
    assert visit(name)[scheme] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light(visit, name):
    """All that a page brings, its pictures included, before any panel is touched."""
    assert visit(name)["bytes"] < 1.5e6


@pytest.mark.alone
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_ready_at_once(open_page, name):
    page = open_page(name)
    ready = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    assert ready < 1500


def test_formulas_are_drawn_in_their_font(open_page):
    for name in NOTEBOOKS:
        page = open_page(name)
        formulas = page.locator("math")
        assert formulas.count() > 10, name
        formulas.first.scroll_into_view_if_needed()
        assert page.evaluate("async () => (await document.fonts.load('16px \"STIX Two Math\"')).length") == 1
        # In a font that lacks a letter, it would be as wide as a box.
        sizes = formulas.evaluate_all("all => all.map(e => e.getBoundingClientRect().height)")
        assert min(sizes) > 5, name


def test_the_parts_of_a_formula_stand_in_their_order(open_page):
    for width in (375, 1400):
        for name in NOTEBOOKS:
            places = open_page(name, width=width).evaluate(
                """() => [...document.querySelectorAll('div.math')].map(one => [...one.querySelectorAll('math')].map(
                  part => { const r = part.getBoundingClientRect(); return [r.left, r.bottom, r.top]; }))"""
            )
            for parts in places:
                for (left, bottom, _), (later, _, top) in itertools.pairwise(parts):
                    # Further to the right, or on a new line.
                    assert later > left or top > bottom - 20, name


def test_every_letter_of_every_formula_is_in_the_font(website):
    """The font's own list of letters, since a browser would silently take another font."""
    known = TTFont(website / "_static" / "fonts" / "STIXTwoMath.woff2").getBestCmap()
    for path in website.glob("notebooks/*.html"):
        for formula in re.findall(r"<math.*?</math>", path.read_text("utf-8"), re.DOTALL):
            letters = set(unescape(re.sub(r"<[^>]+>", "", formula))) - set("\n\u200b\u2061")
            assert not [letter for letter in letters if ord(letter) not in known], (path.name, formula)


NOTEBOOK = next(iter(NOTEBOOKS), "")


def test_a_prediction_is_answered(open_page):
    page = open_page(NOTEBOOK)
    asked = page.locator("[data-prediction]").first
    name, right = asked.get_attribute("data-prediction"), asked.get_attribute("data-answer")
    veil = page.locator(f'[data-veil="{name}"]')
    assert asked.locator("details").is_hidden()
    assert asked.locator(".course-verdict").inner_text() == ""
    assert veil.locator("button.course-show").count() == len(get(name).shown_in)
    prediction = get(name)
    wrong = next(letter for letter in prediction.letters if letter != right)
    asked.locator(f'li[data-letter="{wrong}"] button').focus()
    page.keyboard.press("Enter")
    said = asked.locator(".course-verdict").inner_text()
    assert said.startswith(f"{prediction.verdict(wrong)} {prediction.because}")
    assert "Score: 0 of 1" in said
    assert "course-right" in asked.locator(f'li[data-letter="{right}"]').get_attribute("class")
    assert veil.locator("button.course-show").count() == 0
    # A second choice changes nothing, nor does another visit.
    asked.locator(f'li[data-letter="{right}"] button').focus()
    page.keyboard.press("Enter")
    page.reload()
    assert (
        page.locator("[data-prediction]")
        .first.locator(".course-verdict")
        .inner_text()
        .startswith(prediction.verdict(wrong))
    )
    page.goto(re.sub(r"notebooks/.*", "index.html", page.url))
    progress = page.locator(".course-progress")
    assert "0 of 1 right" in progress.inner_text()
    progress.get_by_role("button", name="Start over").click()
    assert progress.is_hidden()


def test_who_only_reads_lifts_the_veil(open_page):
    page = open_page(NOTEBOOK)
    veil = page.locator("[data-veil]").first
    assert veil.locator("img, canvas").first.evaluate("e => e.closest('[inert]') !== null")
    veil.locator("button.course-show").click()
    assert veil.locator("img, canvas").first.evaluate("e => e.closest('[inert]') === null")


def test_without_javascript_everything_can_be_read(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for name in NOTEBOOKS:
        page.goto(f"{address}/{name}.html")
        answers = page.locator("[data-prediction] details")
        assert answers.count() >= 3
        assert all(answer.is_visible() for answer in answers.all())
        assert page.locator("button.course-show").count() == 0
        for panel in page.locator(".course-panel").all():
            assert panel.locator("img").is_visible()
            assert len(panel.locator(".course-panel-words").inner_text()) > 20
            assert panel.get_by_text("Move it in Colab").is_visible()
            assert not panel.locator(".course-panel-controls").is_visible()
    context.close()


def test_every_page_works_from_a_folder(browser, website):
    """A teacher may hand it out: every panel of every page comes alive, and no script complains."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    for name in PAGES:
        page, complaints = context.new_page(), []
        page.on("pageerror", lambda error, complaints=complaints: complaints.append(str(error)))
        page.goto((website / f"{name}.html").as_uri())
        panels = page.locator("[data-panel]")
        for place in range(panels.count()):
            panels.nth(place).evaluate("panel => panel.scrollIntoView()")
            page.wait_for_function("n => document.querySelectorAll('.course-panel-live').length > n", arg=place)
        if panels.count():
            slider = page.locator("input[type=range][data-control]").first
            words = slider.locator("xpath=ancestor::*[@data-panel]").locator(".course-panel-words")
            before = words.inner_text()
            slider.focus()
            page.keyboard.press("End")
            page.wait_for_function("([e, before]) => e.textContent !== before", arg=[words.element_handle(), before])
        assert complaints == [], name
        page.close()
    context.close()


def test_a_newcomer_knows_what_to_press(open_page):
    page = open_page("index")
    start = page.get_by_role("link", name=re.compile("Start with notebook 1"))
    assert start.bounding_box()["y"] < 700
    slider = page.locator(".course-first input[data-control]")
    assert slider.bounding_box()["y"] < 700
    start.click()
    page.wait_for_url("**/notebooks/01_*.html")


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_was_once_given_out_still_leads_somewhere(website, address):
    """Others link to these. Whoever moves a page leaves a page there that leads on."""
    page, _, anchor = address.partition("#")
    text = (website / f"{page}.html").read_text(encoding="utf-8")
    assert not anchor or f'id="{anchor}"' in text


def test_the_website_is_small(website):
    assert sum(path.stat().st_size for path in website.rglob("*") if path.is_file()) < 60e6


def test_tabs_are_tabs(open_page):
    for name in NOTEBOOKS:
        page = open_page(name)
        for tabs in page.locator(".course-tabs").all():
            heads, panes = tabs.get_by_role("tab"), tabs.locator("[role=tabpanel]")
            assert heads.count() == panes.count() > 1
            heads.first.focus()
            page.keyboard.press("ArrowRight")
            assert heads.nth(1).get_attribute("aria-selected") == "true"
            assert [pane.is_visible() for pane in panes.all()][:2] == [False, True]
