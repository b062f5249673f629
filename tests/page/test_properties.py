"""Contracts of what every notebook shows with: figures, panels, predictions, progress, devices and seeds."""

import dataclasses
import io
import math
import random
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from contracts import refusal
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import utils
from utils.page import live
from utils.page.figures import describe
from utils.page.live import STAND_IN, WIDGET_VIEW, emit_widget
from utils.page.numbers import approx
from utils.page.output import emit, emit_picture, escape
from utils.panels import Choice, Slider, SliderPanel, Tabs, Text
from utils.plotting.style import chance_line, course_style, set_limits, spread
from utils.sweeps.tables import by_seed, course_provenance, course_table

words = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), min_size=1, max_size=12)
numbers = st.floats(-1e6, 1e6)


class TestSeeds:
    @settings(max_examples=25)
    @given(st.integers(0, 2**32 - 1))
    def test_a_seed_decides_every_generator(self, seed):
        def drawn():
            own = utils.set_seed(seed)
            return random.random(), np.random.rand(), torch.rand(()).item(), torch.rand((), generator=own).item()

        first = drawn()
        assert first == drawn()
        assert first[2] == first[3]
        assert utils.set_seed(np.int64(seed)).initial_seed() == seed

    @given(st.one_of(st.integers(max_value=-1), st.integers(2**32), st.floats(), st.booleans(), st.none(), words))
    def test_what_is_no_seed_is_refused_and_changes_nothing(self, bad):
        before = torch.get_rng_state()
        assert refusal(utils.set_seed, bad) == f"seed: got {bad!r}, allowed is an integer from 0 to 4294967295"
        assert torch.equal(before, torch.get_rng_state())

    @settings(max_examples=20)
    @given(st.integers(0, 2**40), st.integers(0, 7))
    def test_a_workers_seed_follows_torchs(self, seed, worker):
        torch.manual_seed(seed)
        utils.seed_worker(worker)
        seeded = random.random(), np.random.rand()
        random.seed(seed % 2**32)
        np.random.seed(seed % 2**32)
        assert seeded == (random.random(), np.random.rand())

    @pytest.mark.parametrize(
        ("cuda", "mps", "kind"), [(True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")]
    )
    def test_the_first_device_there_is_is_taken_and_named(self, cuda, mps, kind, monkeypatch, capsys):
        monkeypatch.setattr("torch.cuda.is_available", lambda: cuda)
        monkeypatch.setattr("torch.cuda.get_device_name", lambda: "a card")
        monkeypatch.setattr("torch.backends.mps.is_available", lambda: mps)
        assert utils.set_device().type == kind
        assert kind.upper() in capsys.readouterr().out


class TestFigures:
    @settings(max_examples=6)
    @given(width=st.floats(1, 6), height=st.floats(1, 4), alt=words)
    def test_a_figure_is_shown_once_with_its_words_and_closed(self, width, height, alt):
        shown = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("utils.page.figures.emit_picture", lambda *args, **kwargs: shown.append((args, kwargs)))
            fig, ax = plt.subplots(figsize=(width, height))
            ax.plot([0, 1])
            size, dpi = fig.get_size_inches().tolist(), fig.dpi
            utils.show(describe(fig, f"  {alt} "))
        ((png, text), notes) = shown[0]
        assert len(shown) == 1
        assert text == " ".join(alt.split())
        assert notes["width"] == round(width * 100)
        assert not plt.fignum_exists(fig.number)
        picture = Image.open(io.BytesIO(png))
        assert picture.size == pytest.approx((width * 200, height * 200), abs=1)
        assert len(picture.getcolors()) <= 256
        assert fig.get_size_inches().tolist() == size
        assert fig.dpi == dpi

    @given(st.one_of(st.text(" \n\t", max_size=3), st.none(), st.integers()))
    def test_words_that_say_nothing_are_refused(self, words):
        assert refusal(describe, None, words).startswith(f"words: got {words!r}")

    def test_the_style_is_the_courses_own_and_leaves_the_readers_alone(self):
        with plt.rc_context({"axes.grid": False, "font.size": 33}):
            before = dict(plt.rcParams)
            with course_style():
                assert plt.rcParams["axes.grid"] is True
                assert plt.rcParams["font.size"] == 10
            assert dict(plt.rcParams) == before

    @settings(max_examples=15)
    @given(level=st.floats(0, 1), label=words)
    def test_chance_is_marked_where_it_lies(self, level, label):
        fig, ax = plt.subplots()
        line = chance_line(ax, level, label)
        assert list(line.get_ydata()) == [level, level]
        assert [text.get_text() for text in ax.texts] == [label]
        assert ax.texts[0].xy == (1, level)
        plt.close(fig)

    @settings(max_examples=15)
    @given(seeds=st.integers(1, 5), n=st.integers(1, 6), seed=st.integers(0, 1000))
    def test_a_spread_shows_mean_range_and_every_seed(self, seeds, n, seed):
        samples = np.random.default_rng(seed).normal(size=(seeds, n))
        fig, ax = plt.subplots()
        mean = spread(ax, range(n), samples, "ours", "red")
        assert np.allclose(mean.get_ydata(), samples.mean(0))
        assert mean.get_label() == "ours"
        drawn = np.array([line.get_ydata() for line in ax.lines if line is not mean])
        assert np.allclose(drawn, samples)
        band = ax.collections[0].get_paths()[0].vertices[:, 1]
        assert band.min() == pytest.approx(samples.min())
        assert band.max() == pytest.approx(samples.max())
        refused = refusal(spread, ax, range(n + 1), samples, "", "red")
        assert refused.startswith(f"samples: got shape {samples.shape} for {n + 1} positions")
        plt.close(fig)

    @settings(max_examples=10)
    @given(low=numbers, width=st.floats(0.1, 1e3))
    def test_limits_are_set_where_they_change(self, low, width):
        fig, ax = plt.subplots(figsize=(1, 1))
        set_limits(ax, x=(low, low + width))
        assert ax.get_xlim() == (low, low + width)
        assert ax.get_ylim() == (0, 1)
        fig.canvas.draw()
        fig.stale = False
        set_limits(ax, (low, low + width), (0, 1))
        assert not fig.stale
        plt.close(fig)


class TestNumbers:
    @given(value=st.floats(-1e300, 1e300), digits=st.integers(1, 9))
    def test_a_rounded_number_is_near_and_marked(self, value, digits):
        text = approx(value, digits)
        assert text.startswith("~")
        assert float(text[1:]) == pytest.approx(value, rel=10.0 ** (1 - digits), abs=1e-300)

    @given(st.integers(max_value=0), st.one_of(words.filter(lambda text: not text.isnumeric()), st.none()))
    def test_what_cannot_be_rounded_is_refused(self, digits, value):
        assert refusal(approx, 1.0, digits) == f"digits: got {digits}, allowed is 1 or more"
        try:
            float(value)
        except (TypeError, ValueError):
            assert refusal(approx, value).startswith(f"value: got {type(value).__name__}, allowed is a single number")


class TestPanels:
    @settings(max_examples=30)
    @given(low=st.floats(-100, 100), width=st.floats(0.5, 200), part=st.floats(0, 1), step=st.floats(0.01, 0.5))
    def test_a_slider_holds_what_lies_on_it_and_nothing_else(self, low, width, part, step):
        high = low + width
        slider = Slider("x", "x", low, high, min(low + part * width, high), step)
        control = slider.widget({}, {})
        assert (control.min, control.max) == (low, high)
        assert control.value == slider.value
        for bad in (high + width, low - width, math.nan, "1", None, True):
            message = refusal(slider.accept, bad)
            assert message == f"x: got {bad!r}, allowed is {low:g} to {high:g}"
        assert refusal(Slider, "x", "x", high, low, low, step).startswith(f"x: got min {high}, max {low}")
        assert refusal(Slider, "x", "x", low, high, low, -step).startswith("x: got min")
        if low <= 0:
            assert "logarithmic slider is more than 0" in refusal(Slider, "x", "x", low, high, high, step, log=True)

    @given(low=st.integers(-20, 20), width=st.integers(1, 40), place=st.integers(0, 40))
    def test_whole_sliders_give_whole_numbers(self, low, width, place):
        slider = Slider("n", "n", low, low + width, low, 1)
        value = slider.accept(float(low + place % (width + 1)))
        assert type(value) is int
        assert type(slider.widget({}, {}).value) is int

    @given(st.lists(words, min_size=1, max_size=5, unique=True), words)
    def test_a_choice_is_one_of_its_options(self, options, other):
        choice = Choice("c", "c", options, options[-1])
        assert choice.widget({}, {}).value == options[-1]
        assert [choice.accept(option) for option in options] == options
        if other not in options:
            assert refusal(choice.accept, other).startswith(f"c: got {other!r}, allowed is one of {options[0]!r}")
            assert refusal(Choice, "c", "c", options, other).startswith(f"c: got {other!r}")

    @given(st.text(max_size=20), st.one_of(st.none(), st.integers(), st.binary(max_size=3)))
    def test_a_text_is_any_text(self, text, bad):
        line = Text("t", "t", text)
        assert line.accept(text) == line.widget({}, {}).value == text
        assert refusal(line.accept, bad) == f"t: got {bad!r}, allowed is a text"
        with pytest.raises(dataclasses.FrozenInstanceError):
            line.value = "other"

    @settings(max_examples=6)
    @given(st.lists(st.integers(0, 9), min_size=1, max_size=4), words)
    def test_a_panel_follows_its_values_and_comes_back(self, values, name):
        def update(line, height, kind):
            if height == 9:
                raise ValueError("too high")
            line.set_ydata([0, height])
            return f"{kind} {height}"

        def draw(fig):
            ax = fig.add_subplot()
            ax.set_ylim(0, 9)
            return ax.plot([0, 1], [0, 1])[0]

        controls = [Slider("height", "height", 0, 9, 3, 1), Choice("kind", "kind", ["a", "b"], "a")]
        panel = SliderPanel(name, controls, draw, update, "Move it.", (1.5, 1.0))
        start, caption = panel.png, panel.caption
        assert caption == "a 3"
        for value in values:
            panel.set(height=value, kind="b")
            assert panel.values == {"height": value, "kind": "b"}
            assert panel.caption == ("too high" if value == 9 else f"b {value}")
        panel.reset()
        assert (panel.png, panel.caption) == (start, caption)
        assert panel.wait()
        assert "no such control, allowed is one of height, kind" in refusal(panel.set, other=1)
        assert refusal(panel.set, height=10).startswith("height: got 10")
        assert panel.values == {"height": 3, "kind": "a"}
        assert refusal(panel.run_action) == "action: this panel has none"
        assert refusal(SliderPanel, name, controls[:1] * 2, draw, update, "").startswith("sliders: got the names")

    @given(st.dictionaries(words, words, min_size=1, max_size=4))
    @settings(max_examples=10)
    def test_tabs_show_every_section_to_a_page_without_a_kernel(self, sections):
        seen = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("utils.panels.tabs.emit_widget", lambda *args: seen.append(args))
            Tabs(sections).show()
        tab, text, static = seen[0]
        assert [tab.get_title(number) for number in range(len(sections))] == list(sections)
        assert [child.value for child in tab.children] == list(sections.values())
        assert text == f"Tabs: {', '.join(sections)}"
        assert all(f"<strong>{escape(title)}</strong></p>{html}" in static for title, html in sections.items())
        assert refusal(Tabs, {}) == "sections: got none, allowed are one or more"


class TestProgress:
    @settings(max_examples=15)
    @given(st.lists(numbers, max_size=8), st.booleans())
    def test_progress_passes_everything_on(self, items, steady):
        assert list(utils.progress(items, desc="counting", steady=steady)) == items
        bar = utils.progress(total=5, steady=steady)
        bar.update(3)
        assert (bar.n, bar.total) == (3, 5)
        assert bar.smoothing == (0.3 if steady else 0)
        bar.close()


class TestInAKernel:
    """What a notebook stores: the same words, and richer forms beside them."""

    @pytest.fixture
    def stored(self, monkeypatch):
        outputs = []
        for room in ("output", "progress_bar", "live"):
            monkeypatch.setattr(f"utils.page.{room}.in_kernel", lambda: True)
        monkeypatch.setattr(live, "_cell", lambda: "a cell")
        monkeypatch.setattr(live, "_shown", {})

        def display(bundle, raw, metadata=None, display_id=None):
            outputs.append((bundle, raw, metadata))

        monkeypatch.setattr("IPython.display.display", display)
        return outputs

    def test_every_form_of_an_output_is_stored(self, stored):
        emit("words")
        emit("words", "<b>words</b>", {"note": 1}, {"application/json": {}})
        assert stored[0] == ({"text/plain": "words"}, True, {})
        assert stored[1] == (
            {"text/plain": "words", "text/html": "<b>words</b>", "application/json": {}},
            True,
            {"note": 1},
        )

    def test_a_picture_carries_its_words_and_its_width(self, stored):
        emit_picture(b"png", "what it <shows>", 300)
        emit_picture(b"png", "what it shows")
        (bundle, _, notes), (hidden, _, mark), (_, _, without), _ = stored
        assert bundle == {"text/plain": "what it <shows>", "image/png": "cG5n"}
        assert set(hidden) == {"text/html"}
        words = '<img class="figure-words" width="1" height="1" alt="what it &lt;shows&gt;" src="data:image/gif;base64,'
        assert hidden["text/html"].startswith(words)
        assert mark == {"figure-words": True}
        assert notes == {"image/png": {"height": "auto alt", "width": 300}}
        assert without == {"image/png": {"height": "auto alt"}}

    def test_a_view_and_what_stands_in_for_it_are_outputs_of_their_own(self, stored, monkeypatch):
        control = Slider("x", "x", 0, 1, 0.5, 0.1).widget({}, {})
        emit_widget(control, "words", "<i>static</i>", revive="Run it.", metadata={"course": {}})
        emit_widget(control, "words", "<i>static</i>", b"png", 200, name="other")
        monkeypatch.setitem(sys.modules, "google.colab", sys)
        emit_widget(control, "words", "<i>static</i>", b"png", 200, name="third")
        view, html, view_too, picture, behind, colab = (bundle for bundle, _, _ in stored)
        expected = {WIDGET_VIEW: {"version_major": 2, "version_minor": 0, "model_id": control.model_id}}
        assert view == view_too == expected
        assert html["text/plain"] == "words"
        assert f'<div class="{STAND_IN}"><i>static</i><p' in html["text/html"]
        assert "Run it." in html["text/html"]
        assert stored[1][2] == {"course": {}}
        assert set(picture) == {"text/plain", "image/png"}
        assert f'<div class="{STAND_IN}"><img class="figure-words"' in behind["text/html"]
        assert 'alt="As first drawn: words"' in behind["text/html"]
        assert set(colab) == {"text/plain", WIDGET_VIEW}

    def test_a_cell_that_shows_the_same_again_closes_the_widgets_of_the_first_time(self, stored):
        first, again, other = (Tabs({"a": "x"}) for _ in range(3))
        tabs = []
        for one, name in ((first, "t"), (again, "t"), (other, "o")):
            tab = one.widget()
            tabs.append(tab)
            emit_widget(tab, "words", name=name)
        assert [tab.comm is None for tab in tabs] == [True, False, False]
        assert tabs[0].children[0].comm is None
        # Layouts and styles are widgets of their own.
        own = [tabs[0].layout, tabs[0].children[0].layout, tabs[0].children[0].style]
        assert [part.comm for part in own] == [None] * 3

    def test_a_progress_bar_stores_words_that_never_change(self, stored):
        assert list(utils.progress([1, 2], desc="counting", unit="step")) == [1, 2]
        utils.progress(desc="waiting").close()
        words = [bundle["text/plain"] for bundle, _, _ in stored if "text/plain" in bundle]
        assert words == ["Progress: counting, 2 steps", "Progress: waiting"]
        assert "<small>Progress: counting, 2 steps</small>" in stored[1][0]["text/html"]


class TestTables:
    @settings(max_examples=25)
    @given(seeds=st.sets(st.integers(0, 200), min_size=1, max_size=5), n=st.integers(1, 4), lost=st.integers(0, 30))
    def test_a_column_is_arranged_by_seed_without_those_that_are_incomplete(self, seeds, n, lost):
        rows = [{"seed": str(s), "fraction": str(f / 10), "score": str(s + f / 10)} for s in seeds for f in range(n)]
        places, values = by_seed(list(reversed(rows)), "score")
        assert places.tolist() == [f / 10 for f in range(n)]
        assert np.allclose(values, np.array(sorted(seeds))[:, None] + places)
        gone = rows.pop(lost % len(rows))
        complete = sorted(seeds - {int(gone["seed"])})
        if n > 1 and complete:
            assert np.allclose(by_seed(rows, "score")[1], np.array(complete)[:, None] + places)
        if not rows:
            assert refusal(by_seed, rows, "score").startswith("rows: got 0")

    @given(words)
    @settings(max_examples=15)
    def test_tables_that_are_none_are_refused(self, name):
        name = "no " + name.replace("/", "")
        for call in (course_table, course_provenance):
            assert "which cannot be read" in refusal(call, name)
