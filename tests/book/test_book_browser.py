"""The website, built and opened in a real browser."""

import itertools
import re
from functools import cache
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from browser_tools import BROWSER, NO_BROWSER, axe
from contrast import low_contrast
from fontTools.ttLib import TTFont
from panel_pages import all_live

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
# Whatever is visible, too wide for the screen, and not in a frame of its own that scrolls.
OVERFLOW = """() => {
  const framed = e => { for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
    if (getComputedStyle(p).overflowX !== 'visible') return true; return false; };
  const wide = [...document.querySelectorAll('body *')].filter(e => { const r = e.getBoundingClientRect();
    return r.width > 1 && r.right > innerWidth + 1 && r.left < innerWidth && !framed(e)
      && getComputedStyle(e).visibility !== 'hidden'; })
    .map(e => e.tagName + '.' + e.className);
  return document.body.scrollWidth > innerWidth ? [...wide, 'the page'] : wide; }"""
OPEN_FOLDS = "document.querySelectorAll('details').forEach(fold => { fold.open = true; })"
# Where the parts of each long formula stand.
FORMULAS = """() => [...document.querySelectorAll('div.math')].map(one => [...one.querySelectorAll('math')].map(
  part => { const r = part.getBoundingClientRect(); return [r.left, r.bottom, r.top]; }))"""
HEIGHTS = "() => [...document.querySelectorAll('math')].map(e => e.getBoundingClientRect().height)"
FONT = "async () => (await document.fonts.load('16px \"STIX Two Math\"')).length"


@pytest.fixture
def open_page(browser, address):
    contexts = []

    def open_one(name, width=1400, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.elsewhere, page.complaints = [], []
        page.on("request", lambda r: r.url.startswith((address, "data:", "blob:")) or page.elsewhere.append(r.url))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
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


def test_cards_lead(open_page, address, visit):
    page = open_page("index")
    cards = page.locator(".course-card")
    assert cards.count() == len(notebook_paths())
    for number, path in enumerate(notebook_paths()):
        card = cards.nth(number)
        assert card.locator("img").evaluate("e => e.complete && e.naturalWidth > 0")
        for place in ("colab.research.google.com", "mybinder.org"):
            assert path.name in card.locator(f'a[href*="{place}"]').get_attribute("href")
        main = card.locator("a.course-card-main")
        assert main.evaluate("a => a.href") == f"{address}/notebooks/{path.stem}.html"
        # Nothing lies over it: a click would arrive.
        main.click(trial=True)
        assert visit(f"notebooks/{path.stem}")["heading"].startswith(f"{int(path.stem[:2])}.")


def test_search_finds(open_page):
    """By keyboard at first. Prose, code, and the words of a picture."""
    page = open_page("index")
    page.keyboard.press("Control+k")
    page.keyboard.type("membrane potential")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a")
    for words, place in (("refractory", "glossary"), ("nbgrader", "teachers"), ("logsumexp", "06_"), ("myelin", "01_")):
        page.goto(page.url.partition("?")[0] + f"?q={words}")
        page.wait_for_selector("#search-results li a")
        found = page.locator("#search-results li a").evaluate_all("links => links.map(a => a.href)")
        assert any(f"/{place}" in link for link in found), (words, found)


@pytest.fixture(scope="module")
def visit(browser, website):
    """One visit to a page, and all that was found there.

    The page is opened from the website's folder, as a teacher may hand it out, wide and light; then it turns dark, and
    then narrow.
    """
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page, heard = context.new_page(), {"addresses": [], "complaints": []}
    page.set_default_timeout(20_000)
    page.on("request", lambda request: heard["addresses"].append(request.url))
    page.on("pageerror", lambda error: heard["complaints"].append(str(error)))

    @cache
    def found(name):
        for list_ in heard.values():
            list_.clear()
        page.set_viewport_size({"width": 1400, "height": 900})
        page.emulate_media(color_scheme="light")
        page.goto((website / f"{name}.html").as_uri())
        page.evaluate("document.querySelectorAll('img').forEach(image => { image.loading = 'eager'; })")
        page.wait_for_function("[...document.images].every(image => image.complete)")
        at_first = [Path(url2pathname(urlsplit(url).path)) for url in set(heard["addresses"]) if "/panels/" not in url]
        seen = {
            "heading": page.locator("article h1").first.inner_text(),
            "bytes": sum(path.stat().st_size for path in at_first if path.is_file()),
            "letters": page.evaluate(HEIGHTS),
            "font": page.evaluate(FONT) if page.locator("math").count() else 0,
            "formulas": page.evaluate(FORMULAS),
            "moved": all_move(page),
        }
        page.evaluate(OPEN_FOLDS)
        seen["light"] = [*axe(page, without=("color-contrast",)), *low_contrast(page)]
        page.emulate_media(color_scheme="dark")
        page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
        # What is no matter of colour is the same in the dark.
        seen["dark"] = low_contrast(page)
        page.set_viewport_size({"width": 375, "height": 800})
        seen["too wide"] = page.evaluate(OVERFLOW)
        seen["formulas"] += page.evaluate(FORMULAS)
        seen["tabs"] = [next_tab(page, tabs) for tabs in page.locator(".course-tabs").all()]
        here = website.as_uri()
        seen["elsewhere"] = [url for url in heard["addresses"] if not url.startswith((here, "data:", "blob:"))]
        return seen | {"complaints": [*heard["complaints"]]}

    yield found
    context.close()


def all_move(page):
    """Whether a page's panels come alive and its first slider moves something; True where there is none."""
    panels = all_live(page)
    if not panels:
        return True
    if page.locator(".course-panel-live").count() < len(panels):
        return False
    slider = page.locator("input[type=range][data-control]").first
    words = slider.locator("xpath=ancestor::*[@data-panel]").locator(".course-panel-words")
    before = words.inner_text()
    slider.focus()
    page.keyboard.press("End")
    return words.inner_text() != before


def next_tab(page, tabs):
    """What the key to the right does to a group of tabs: whether the second is chosen, and which panes are visible."""
    heads, panes = tabs.get_by_role("tab"), tabs.locator("[role=tabpanel]")
    assert heads.count() == panes.count() > 1
    heads.first.focus()
    page.keyboard.press("ArrowRight")
    return heads.nth(1).get_attribute("aria-selected"), [pane.is_visible() for pane in panes.all()][:2]


@pytest.mark.parametrize("name", PAGES)
def test_nothing_overflows_on_a_phone(visit, name):
    assert visit(name)["too wide"] == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_fetched_from_elsewhere_and_no_script_fails(visit, name):
    assert visit(name)["elsewhere"] == []
    assert visit(name)["complaints"] == []


@pytest.mark.parametrize("name", PAGES)
def test_every_panel_comes_alive(visit, name):
    assert visit(name)["moved"]


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
    # As it is from a folder, so it is from a server.
    assert page.elsewhere == page.complaints == []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_formulas_are_drawn_in_their_font(visit, name):
    assert visit(name)["font"] == 1
    heights = visit(name)["letters"]
    assert len(heights) > 10
    # In a font that lacks a letter, it would be as wide as a box.
    assert min(heights) > 5


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_parts_of_a_formula_stand_in_their_order(visit, name):
    for parts in visit(name)["formulas"]:
        for (left, bottom, _), (later, _, top) in itertools.pairwise(parts):
            # Further to the right, or on a new line that does not touch the one above.
            assert later > left or top > bottom


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


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_what_is_said_of_a_veiled_figure_waits_with_it(open_page, name):
    page = open_page(name)
    words, said = page.locator(".course-veil-words"), "What you see."
    assert words.count() > 0
    assert all(text.startswith(said) for text in words.all_text_contents())
    assert words.locator("p").evaluate_all("all => all.every(e => e.closest('[inert]'))")
    # Nothing that stands directly behind a veiled figure is left open.
    behind = page.locator(".cell:has(.course-veil) + p > strong:first-child")
    assert said not in behind.all_text_contents()
    asked = words.first.get_attribute("data-veil")
    page.locator(f'[data-veil="{asked}"] button.course-show').first.click()
    assert words.first.locator("p").first.evaluate("e => e.closest('[inert]') === null && e.checkVisibility()")


def test_who_only_reads_lifts_the_veil(open_page):
    page = open_page(NOTEBOOK)
    veil = page.locator("[data-veil]").first
    assert veil.locator("img, canvas").first.evaluate("e => e.closest('[inert]') !== null")
    veil.locator("button.course-show").click()
    assert veil.locator("img, canvas").first.evaluate("e => e.closest('[inert]') === null")


def test_without_javascript_everything_can_be_read(browser, address):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 375, "height": 800})
    page = context.new_page()
    for name in NOTEBOOKS:
        page.goto(f"{address}/{name}.html")
        assert page.evaluate(OVERFLOW) == [], name
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


def test_tabs_are_tabs(visit):
    tabs = [tab for name in NOTEBOOKS for tab in visit(name)["tabs"]]
    assert tabs
    assert all(tab == ("true", [False, True]) for tab in tabs)


def test_of_texts_that_look_alike_one_is_judged_and_every_other_look_too(browser):
    """Also a text by itself where something lies behind it, and another one where the first cannot be judged."""
    context = browser.new_context(viewport={"width": 800, "height": 900})
    page = context.new_page()
    page.set_content(
        "<!doctype html><html lang=en><title>t</title><style>p {color: #555; background: #fff}"
        ".pale {color: #bbb} .frame {position: relative} .under {position: absolute; inset: 0; background: #666}"
        ".over {position: relative; background: none} .faded {color: #ccc; background: none}"
        ".picture {background: linear-gradient(#fff, #eee)}</style><main><article><h1>t</h1>"
        + "<p>good</p>" * 30
        + "<p class=pale>pale one</p><p class=pale>pale two</p><p style='color: #aaa'>by itself</p>"
        + "<p class=over>in front of white</p><div class=frame><div class=under></div><p class=over>of grey</p></div>"
        + "</article></main>"
    )
    found = low_contrast(page)
    assert [text for text in ("pale one", "by itself", "of grey") if not any(text in html for html in found)] == []
    assert len(found) == 3
    context.close()
