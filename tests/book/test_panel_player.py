"""The player of recorded panels in a real browser, with small panels that hold all kinds of things to draw."""

from datetime import datetime

import numpy as np
import pytest
from browser_tools import BROWSER, NO_BROWSER, axe
from panel_pages import IN_A_BLOCK, ON_AVERAGE, differences, drawn_by_python, go_to, on_canvas, some_states, write_page
from small_panels import film, many, waves, work

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(BROWSER is None, reason=NO_BROWSER),
]
MAKERS = {"waves": waves, "many": many, "film": film, "work": work}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("panels")
    return {name: write_page(folder, maker(), name) for name, maker in MAKERS.items()}


@pytest.fixture(scope="module")
def tabs(browser):
    """Tabs by the options of their context, so that each panel is opened in one that is there already."""
    contexts, complaints = {}, []

    def tab(**options):
        key = tuple(options.items())
        if key not in contexts:
            contexts[key] = browser.new_context(**options)
            page = contexts[key].new_page()
            page.on("pageerror", lambda error: complaints.append(str(error)))
        complaints.clear()
        return contexts[key].pages[0], complaints

    yield tab
    for context in contexts.values():
        context.close()


@pytest.fixture
def opened(tabs, pages):
    def open_one(name, width=1400, scheme="light", **options):
        page, page_complaints = tabs(**options)
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.goto(pages[name][0].as_uri())
        page.wait_for_selector(".course-panel-live")
        page.complaints = page_complaints
        return page, page.query_selector("[data-panel]")

    return open_one


def sentence(page):
    return page.locator(".course-panel-words").inner_text()


@pytest.mark.parametrize("name", MAKERS)
def test_the_canvas_shows_what_python_draws(opened, pages, name):
    page, root = opened(name, device_scale_factor=2)
    recording, panel = pages[name][1], MAKERS[name]()
    for numbers in some_states(recording, 12):
        said = go_to(page, root, numbers)
        picture, words = drawn_by_python(panel, recording.values(numbers))
        assert said.removeprefix("⚠ ") == words
        if not said.startswith("⚠"):
            average, block = differences(on_canvas(page, root), picture)
            assert average < ON_AVERAGE
            assert block < IN_A_BLOCK
            assert page.locator("canvas").get_attribute("aria-label") == words
    assert page.complaints == []


def test_a_shifted_text_would_be_noticed():
    panel = waves()
    picture, _ = drawn_by_python(panel, panel.values)
    moved = picture.copy()
    # The panel's words, two pixels of the page further to the right.
    box = (150, 555, 420, 600)
    moved.paste(picture.crop(box), (box[0] + 4, box[1]))
    average, block = differences(picture, moved)
    assert average < ON_AVERAGE
    assert block > IN_A_BLOCK


def test_keyboard(opened):
    page, _ = opened("waves")
    page.get_by_label("height (mV)").focus()
    page.keyboard.press("ArrowRight")
    assert sentence(page) == "A sine of 2 turns, 1.2 high, by x."
    assert page.get_by_label("height (mV)").get_attribute("aria-valuetext") == "1.2 mV"
    assert page.locator("output").first.inner_text() == "1.2"
    page.keyboard.press("Home")
    assert sentence(page) == "A sine of 2 turns, 0.0 high, by x."
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    assert sentence(page) == "A sine of 5 turns, 0.0 high, by x."
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert sentence(page) == "A cosine of 5 turns, 0.0 high, by x."
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert sentence(page) == "A sine of 2 turns, 1.0 high, by x."
    assert page.get_by_label("kind").input_value() == "0"


def test_what_is_not_allowed_is_said_and_the_picture_stays(opened):
    page, root = opened("waves")
    page.get_by_label("height (mV)").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    before = on_canvas(page, root)
    page.keyboard.press("ArrowRight")
    assert sentence(page) == "⚠ height: got more than 1.85, allowed is less"
    assert differences(on_canvas(page, root), before) == (0, 0)


def test_touch(opened):
    page, _ = opened("waves", width=375, has_touch=True, is_mobile=True)
    slider = page.get_by_label("height (mV)")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box["height"] >= 24
    page.touchscreen.tap(box["x"] + 0.1 * box["width"], box["y"] + box["height"] / 2)
    assert "0.2 high" in sentence(page) or "0.0 high" in sentence(page)
    page.get_by_role("button", name="Reset").tap()
    assert "1.0 high" in sentence(page)


@pytest.mark.parametrize("width", [375, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fits_and_is_legible(opened, width, scheme):
    page, _ = opened("work", width=width, scheme=scheme)
    page.evaluate("scheme => { document.documentElement.dataset.theme = scheme; }", scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    canvas = page.locator("canvas").bounding_box()
    assert canvas["width"] <= min(width, 720)
    assert canvas["height"] == pytest.approx(canvas["width"] / 2, abs=1)
    assert axe(page, ".course-panel") == []


def test_sliders_that_were_not_recorded_together_step_back(opened):
    page, _ = opened("many")
    before = sentence(page)
    page.get_by_label("a", exact=True).focus()
    page.keyboard.press("ArrowRight")
    assert "0.52 0.50 0.50 0.50" in sentence(page)
    page.get_by_label("b", exact=True).focus()
    seen = {sentence(page)}
    # Every press leads somewhere, although a pair has fewer stops than one slider alone.
    for _ in range(5):
        page.keyboard.press("ArrowRight")
        seen.add(sentence(page))
    assert len(seen) == 6
    page.get_by_label("c", exact=True).focus()
    page.keyboard.press("Home")
    state = page.evaluate("document.querySelector('[data-panel]').coursePanel.numbers")
    starts = page.evaluate("document.querySelector('[data-panel]').coursePanel.record.controls.map(c => c.start)")
    assert sum(now != start for now, start in zip(state, starts, strict=True)) <= 2
    page.get_by_role("button", name="Reset").click()
    assert sentence(page) == before


def test_a_film_plays_and_stops(opened):
    page, _ = opened("film")
    first = sentence(page)
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("document.querySelector('input[type=range]').value === '20'")
    page.get_by_role("button", name="Play").wait_for()
    assert sentence(page) != first
    page.get_by_role("button", name="Reset").click()
    assert sentence(page) == first


def test_who_asked_for_little_motion_gets_few_pictures(browser, pages):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.clock.install(time=datetime(2026, 1, 1))
    page.goto(pages["film"][0].as_uri())
    page.wait_for_selector(".course-panel-live")
    # From here on the page's clock stands, and runs as it is told.
    page.clock.pause_at(datetime(2026, 1, 2))
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(900)
    assert page.locator("input[type=range]").input_value() == "0"
    page.clock.run_for(600)
    assert page.locator("input[type=range]").input_value() == "3"
    page.get_by_role("button", name="Stop").click()
    page.clock.run_for(1200)
    assert page.locator("input[type=range]").input_value() == "3"
    context.close()


def test_recorded_work_plays(opened):
    page, _ = opened("work")
    page.get_by_label("law").select_option("x + 1")
    page.get_by_role("button", name="Run").click()
    page.wait_for_function("document.querySelector('.course-panel-words').textContent === 'Done.'")
    page.get_by_role("button", name="Run").wait_for()


@pytest.mark.alone
def test_a_new_picture_comes_at_once(opened):
    page, _ = opened("waves", device_scale_factor=2)
    times = page.evaluate(
        """() => { const panel = document.querySelector('[data-panel]').coursePanel, took = [];
          for (let i = 0; i < 60; i++) { const begin = performance.now(); panel.move(0, i % 9);
            panel.canvas.getContext('2d').getImageData(0, 0, 1, 1); took.push(performance.now() - begin); }
          return took; }"""
    )
    assert np.median(times) < 16


def test_without_javascript_the_still_stands_there(browser, pages):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(pages["waves"][0].as_uri())
    assert page.locator("img").is_visible()
    assert page.locator(".course-panel-words").inner_text() == "As it stands."
    assert page.get_by_role("link", name="Move it in Colab").is_visible()
    assert not page.get_by_label("height (mV)").is_visible()
    context.close()


def test_without_its_states_a_panel_stands_still(browser, pages, tmp_path):
    path = tmp_path / "lost.html"
    path.write_text(
        pages["waves"][0].read_text("utf-8").replace('data-source="waves.js"', 'data-source="no.js"'), "utf-8"
    )
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector(".course-panel-failed")
    assert page.locator("img").is_visible()
    assert not page.get_by_label("height (mV)").is_visible()
    assert page.get_by_text("This picture stands still").is_visible()
