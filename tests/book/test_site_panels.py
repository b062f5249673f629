"""Every panel of the website in a real browser, against what Python itself says and draws.

Thirty states of each are compared in their sentence, and the first fourteen of these in their picture, too: among them
are both ends of every control. Python's own picture is also asked whether it can be read.
"""

import math
import random
import re
import shutil

import numpy as np
import pytest
from browser_tools import BROWSER, NO_BROWSER
from legibility import offences
from panel_pages import (
    IN_A_BLOCK,
    ON_AVERAGE,
    all_live,
    differences,
    drawn_by_python,
    go_to,
    heard,
    on_canvas,
    play_and_stop_by_keyboard,
    said_by_python,
    some_states,
)
from panel_pages import write_live_page as write_page

from book.panels import HEAVIEST, _site_panels, offered
from book.sounds import HEARD
from course import notebook_paths
from utils.datasets.stereo import stereo_sound
from utils.panels.states import outline

NOTEBOOKS = [path.stem for path in notebook_paths()]
STATES, PICTURES = 30, 14
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(BROWSER is None, reason=NO_BROWSER),
]


def opened(context, folder, *panels):
    """A page that holds panels, all of them alive, and their elements."""
    for panel in panels:
        shutil.copyfile(panel.script, folder / f"{panel.name}.js")
    page = context.new_page()
    page.goto(write_page(folder, *panels).as_uri())
    return page, all_live(page)


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_page_shows_what_python_draws(live, browser, tmp_path, notebook):
    makers = _site_panels(notebook.partition("_")[2])
    assert set(live[notebook]) == set(makers)
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, device_scale_factor=2)
    page, roots = opened(context, tmp_path, *(live[notebook][cell] for cell in makers))
    for (cell, maker), root in zip(makers.items(), roots, strict=True):
        panel = maker()
        for artist in panel._canvas.moving:
            artist.set_animated(False)
        assert offences(panel._canvas.figure, width=None) == [], cell
        for artist in panel._canvas.moving:
            artist.set_animated(True)
        whole = outline(panel, live[notebook][cell].about["grid_states"])
        for place, numbers in enumerate(some_states(whole, STATES)):
            said, values = go_to(page, root, numbers), whole.values(numbers)
            if place < PICTURES:
                picture, words = drawn_by_python(panel, values)
            else:
                picture, words = None, said_by_python(panel, values)
            assert said.removeprefix("\N{WARNING SIGN} ") == " ".join(words.split()), (cell, numbers)
            if picture is not None and not said.startswith("\N{WARNING SIGN}"):
                average, block = differences(on_canvas(page, root), picture)
                assert average < ON_AVERAGE, (cell, numbers)
                assert block < IN_A_BLOCK, (cell, numbers)
    context.close()


def test_the_film_of_the_network_learns(live, browser, tmp_path):
    panel = live["06_dales_law_snn"]["film-panel"]
    page, (root,) = opened(browser, tmp_path, panel)
    (epochs,) = page.evaluate("root => root.coursePanel.record.controls.map(c => c.stops.map(Number))", root)
    said = [go_to(page, root, [epochs.index(epoch)]) for epoch in (0, 25)]
    first, later = (float(re.search(r": ~([\d.]+) %", words)[1]) for words in said)
    assert first < 20
    assert later > 50
    page.close()


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_every_panel_is_used_by_keyboard_and_fits(live, browser, tmp_path, notebook):
    context = browser.new_context(viewport={"width": 1400, "height": 900}, color_scheme="light")
    page, _ = opened(context, tmp_path, *live[notebook].values())
    for width, scheme in ((1400, "light"), (375, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.evaluate("scheme => { document.documentElement.dataset.theme = scheme; }", scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for panel in page.locator("[data-panel]").all():
            words = panel.locator(".course-panel-words")
            start = words.inner_text()
            for control in panel.locator("input[type=range][data-control]").all():
                if control.get_attribute("max") == "0":
                    continue
                before = control.input_value()
                control.focus()
                page.keyboard.press("Home" if before != "0" else "End")
                assert control.input_value() != before
            panel.get_by_role("button", name="Reset").focus()
            page.keyboard.press("Enter")
            assert words.inner_text() == start
    context.close()


@pytest.mark.parametrize("name", HEARD)
def test_a_panel_sounds_as_python_makes_it(live, browser, tmp_path, name):
    panel = next(one for panels in live.values() for one in panels.values() if one.name == name)
    page, (root,) = opened(browser, tmp_path, panel)
    ipd, frequency = page.evaluate("root => root.coursePanel.record.controls.map(c => c.stops.map(Number))", root)
    generator = random.Random(0)
    for _ in range(3):
        numbers = generator.randrange(len(ipd)), generator.randrange(len(frequency))
        go_to(page, root, numbers)
        wanted = stereo_sound(math.radians(ipd[numbers[0]]), 1.0, frequency[numbers[1]])
        assert np.abs(heard(root) - wanted).max() < 1e-6
    play_and_stop_by_keyboard(page)
    page.close()


def test_states_weigh_little(live):
    weights = {panel.name: panel.script.stat().st_size for panels in live.values() for panel in panels.values()}
    assert max(weights.values()) <= HEAVIEST
    # Of the 60 MB that the whole website may have.
    assert sum(weights.values()) < 20e6


@pytest.mark.alone
@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_new_picture_comes_at_once(live, browser, tmp_path, notebook):
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    _, roots = opened(context, tmp_path, *live[notebook].values())
    for panel, root in zip(live[notebook].values(), roots, strict=True):
        root.scroll_into_view_if_needed()
        took = root.evaluate(
            """root => { const panel = root.coursePanel, took = [];
              const {grids, controls} = panel.record, grid = grids.at(-1), last = grid.controls.length - 1;
              for (let i = 0; i < 60; i++) {
                const stops = grid.stops[i % (last + 1)], control = grid.controls[i % (last + 1)];
                const begin = performance.now();
                panel.move(control, stops[(7 * i) % stops.length]);
                panel.canvas.getContext('2d').getImageData(0, 0, 1, 1);
                took.push(performance.now() - begin);
              }
              return took; }"""
        )
        assert np.median(took) < 16, panel.name
        assert np.percentile(took, 95) < 50, panel.name
    context.close()


def test_every_module_of_panels_offers_them():
    for notebook in NOTEBOOKS:
        assert offered(notebook.partition("_")[2]), notebook
