"""You against the network, on the website: ten sounds are made, heard and answered in a real browser."""

import json
import math
import re
import statistics
from html import unescape

import numpy as np
import pytest
from browser_tools import BROWSER, NO_BROWSER, axe
from panel_pages import STILL, heard, play_and_stop_by_keyboard, write_bare_page

from book.sounds import listening_html
from utils.datasets.stereo import stereo_sound
from utils.panels.dales_law_snn import listening_test

DIRECTIONS = [-72.4, -40.0, 3.3, 88.1]
LISTENERS = {"network": [-67.5, -37.5, 7.5, 82.5], "ideal observer": [-67.5, -37.5, 7.5, 82.5]}
TEST = {"directions": DIRECTIONS, "listeners": [[name, answers] for name, answers in LISTENERS.items()]}
HTML = listening_html(TEST, STILL, "As it stands.", "https://example.org", 1)


def test_the_notebook_keeps_with_the_panel_what_a_page_needs():
    assert listening_test(DIRECTIONS, LISTENERS).notes == {"listening": TEST}


def test_the_page_holds_them():
    (data,) = re.findall(r'data-listening="([^"]+)"', HTML)
    about = json.loads(unescape(data))
    assert about["directions"] == DIRECTIONS
    assert dict(about["listeners"]) == LISTENERS


@pytest.fixture(scope="module")
def tab(browser, tmp_path_factory):
    """A tab of the browser, and the address of a page that holds the test."""
    context = browser.new_context()
    yield context.new_page(), write_bare_page(tmp_path_factory.mktemp("listening"), "listening", HTML).as_uri()
    context.close()


@pytest.fixture(params=[(375, "dark"), (1400, "light")], ids=["phone", "laptop"])
def page(request, tab):
    (width, scheme), (page, address) = request.param, tab
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    page.evaluate("scheme => { document.documentElement.dataset.theme = scheme; }", scheme)
    return page


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason=NO_BROWSER)
class TestInABrowser:
    def test_every_sound_comes_from_where_it_should_and_every_answer_counts(self, page):
        words, errors = page.locator("[role=status]"), []
        assert words.inner_text() == "Not answered yet. Sound 1 of 4: where is it?"
        for number, (direction, answer) in enumerate(zip(DIRECTIONS, (-60, 0, 5, 90), strict=True)):
            ears = heard(page.query_selector("[data-listening]"))
            assert np.abs(ears - stereo_sound(math.radians(direction), 1.0)).max() < 1e-6
            page.locator("input[data-control]").fill(str(answer))
            page.get_by_role("button", name="Give answer").click()
            errors.append(abs(answer - direction))
            said = words.inner_text()
            assert said.startswith(f"Sound {number + 1} came from {direction:g}°. You said {answer}°, the network ")
            assert f"you {statistics.mean(errors):.1f}°" in said
            assert page.locator("svg .listener-0 circle").count() == number + 1
            assert page.locator("svg .name").all_text_contents() == ["you", *LISTENERS]
            assert page.locator("svg").get_attribute("aria-label") in said
        assert f"(sd {statistics.stdev(errors):.1f}°)" in said
        assert said.endswith("That was the last sound.")
        assert page.get_by_role("button", name="Give answer").is_disabled()
        page.get_by_role("button", name="Start again").click()
        assert words.inner_text() == "Not answered yet. Sound 1 of 4: where is it?"
        assert page.locator("svg .listener-0 circle").count() == 0

    def test_it_is_heard_by_keyboard_and_fits(self, page):
        play_and_stop_by_keyboard(page)
        page.locator("input[data-control]").focus()
        page.keyboard.press("ArrowRight")
        assert page.locator("output").inner_text() == "5"
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
        assert axe(page, ".course-panel") == []
        assert not page.get_by_alt_text("still").is_visible()

    def test_without_javascript_the_still_and_its_words_stand_there(self, browser, tmp_path):
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(write_bare_page(tmp_path, "listening", HTML).as_uri())
        assert page.get_by_alt_text("still").is_visible()
        assert page.get_by_text("This picture stands still without JavaScript.").is_visible()
        assert not page.get_by_role("button", name="Give answer").is_visible()
        context.close()
