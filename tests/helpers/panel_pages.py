"""Panels on pages without a kernel: the page of one panel, its canvas, and the picture that Python draws of a state."""

from __future__ import annotations

import base64
import io
import itertools
import random
from unittest.mock import patch

import numpy as np
from PIL import Image, ImageChops, ImageFilter, ImageStat

from book.panels import Live, facts, panel_html
from utils.panels import canvas, states
from utils.panels.recording import DPI

# Of the whole range of brightness: on average, and of the worst block of 16 * 16 pixels after some blur.
ON_AVERAGE, IN_A_BLOCK = 0.02, 0.19
STILL = '<a class="course-figure" href="#"><img src="data:," alt="still" width="720" height="360"></a>'


def write_page(folder, panel, name="panel"):
    """Write a page that holds one panel and nothing else; gives back its path and the recording."""
    recording = states.record(panel)
    script = folder / f"{name}.js"
    script.write_text(states.script(name, recording), encoding="utf-8")
    return write_live_page(folder, Live(name, facts(recording), script)), recording


def write_live_page(folder, *panels):
    """Write a page that holds recorded panels, whose states stand beside it; gives back its path."""
    html = ""
    for number, live in enumerate(panels, start=1):
        html += panel_html(live, STILL, "As it stands.", "https://example.org", number)
        html = html.replace(f"../_static/panels/{live.name}", live.name)
    return write_bare_page(folder, panels[0].name, html)


def all_live(page):
    """Bring every panel of a page to life, as one does who scrolls through it; gives back their elements."""
    roots = page.query_selector_all("[data-panel]")
    for root in roots:
        root.evaluate("root => root.scrollIntoView()")
        page.wait_for_function("root => root.matches('.course-panel-live, .course-panel-failed')", arg=root)
    return roots


def write_bare_page(folder, name, html):
    """Write a page of the website that holds some HTML and nothing else; gives back its path."""
    static = (states.__file__.partition("utils")[0]) + "book/_static"
    html = html.replace("../_static/", f"file://{static}/")
    page = folder / f"{name}.html"
    page.write_text(
        f'<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>{name}</title>'
        f'<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="file://{static}/course.css">'
        '<style>html[data-theme="dark"] body {background: #121212; color: #ced6dd}'
        "a {color: var(--course-blue)}</style>"
        f'<script src="file://{static}/panel.js"></script><script src="file://{static}/course.js"></script></head>'
        f'<body><main class="bd-article"><h1>{name}</h1>{html}</main></body></html>',
        encoding="utf-8",
    )
    return page


def play_and_stop_by_keyboard(page):
    """Press the button that plays a page's sound, and press it again once it offers to stop."""
    button = page.get_by_role("button", name="Play the sound")
    button.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Stop").wait_for()
    page.keyboard.press("Enter")
    button.wait_for()


def heard(root):
    """What a panel or a listening test would play now: the left and the right ear, (2, samples)."""
    ears = root.evaluate(
        """root => root.courseSound().map(ear => {
          let bytes = ""; for (const byte of new Uint8Array(ear.buffer)) bytes += String.fromCharCode(byte);
          return btoa(bytes); })"""
    )
    return np.array([np.frombuffer(base64.b64decode(ear), np.float32) for ear in ears])


def some_states(recording, count, seed=0):
    """Numbers of stops of some of a recording's states, the same on every run.

    At first those in which a control stands at an end where none has shown it, then those in which one stands at any
    stop for the first time, so that few of them show many stops.
    """
    every = list(recording.all_numbers())
    ends = {
        (control, end) for control, stops in enumerate(zip(*every, strict=True)) for end in (min(stops), max(stops))
    }
    random.Random(seed).shuffle(every)
    seen, kinds = set(), ([], [], [])
    for numbers in every:
        new = set(enumerate(numbers)) - seen
        kinds[0 if new & ends else 1 if new else 2].append(numbers)
        seen |= new
    return [*itertools.chain(*kinds)][:count]


def drawn_by_python(panel, values):
    """The picture and the sentence of a state, as the notebook's panel makes them, two pixels for each of the page."""
    if panel._canvas.figure.dpi != DPI:
        panel._canvas.figure.set_dpi(DPI)
        panel._canvas.background = None
    # What is compared are the pixels themselves.
    with patch.object(canvas, "encode_png", lambda picture: b"no file"):
        panel.set(**values)
    return Image.fromarray(panel._canvas.pixels()), panel.caption


def said_by_python(panel, values):
    """The sentence of a state, as the notebook's panel makes it; nothing is drawn."""
    with patch.object(panel._canvas, "png", lambda: b"no file"):
        panel.set(**values)
    return panel.caption


def on_canvas(page, root):
    """The picture of a panel's canvas, at the pixels it holds."""
    url = page.evaluate("root => root.querySelector('canvas').toDataURL()", root)
    with Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) as picture:
        return picture.convert("RGB")


def go_to(page, root, numbers):
    """Bring a panel into a state as its controls would, and give back the sentence."""
    return page.evaluate(
        """([root, numbers]) => { const panel = root.coursePanel; panel.pause(); panel.numbers = numbers;
          panel.show(panel.find(numbers)); return root.querySelector('.course-panel-words').textContent; }""",
        [root, list(numbers)],
    )


def differences(one, other):
    """How far two pictures are apart: on average, and in the worst block, as parts of the whole range."""
    assert one.size == other.size
    average = np.mean(ImageStat.Stat(ImageChops.difference(one, other)).mean)
    blurred = [picture.convert("L").filter(ImageFilter.GaussianBlur(1.5)) for picture in (one, other)]
    apart = np.asarray(ImageChops.difference(*blurred))
    high, wide = (side // 16 for side in apart.shape)
    # Whole numbers, row by row at first: many times as fast as the mean over two axes.
    rows = apart[: 16 * high, : 16 * wide].reshape(high, 16, 16 * wide).sum(axis=1, dtype=np.uint32)
    blocks = rows.reshape(high, wide, 16).sum(axis=2)
    return float(average) / 255, float(blocks.max()) / 256 / 255
