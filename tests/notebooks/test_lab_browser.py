"""Each notebook in JupyterLab, in a real browser: run, read, and used by keyboard and mouse.

A student answers every exercise rightly there, and the kernel's surroundings are hostile (`surroundings.py`). The
student must reach the end, be told the truth in every box, and read the same words and see the same figures as the
stored ones, but for long trainings: these are cut short, since what they come to is asked by `make test`, and by
`test_colab_shape.py`, which meets the student who answers wrongly.
"""

import json

import nbformat
import pytest
from browser_tools import BROWSER, NO_BROWSER, Jupyter, NotebookPage, Workplace, axe, chromium
from exercise_calls import BEGIN, TABLE, calls_seen, with_recorder
from notebook_tools import (
    answered,
    cells_that_call,
    code_cells,
    exercise_cells,
    panel_cells,
    panel_title,
    read_all,
    shortened,
)
from stored_pictures import SHARE, comparable, difference, pictures
from students import Student, by_id
from surroundings import AS_SAID, IMPOSSIBLE, POSSIBLE, TRIED, Surroundings

from course import ROOT
from refresh import WIDGET_VIEW
from utils.exercises import get
from utils.exercises.engine import CORRECT
from utils.predictions import get as get_prediction

NOTEBOOKS = {path.name[:2]: nb for path, nb in read_all().items()}
# Binder gives 2 GB; server and kernel together stay below this, with room for the next release of what they load.
MEMORY = 1_600_000_000
BADGES = ("https://colab.research.google.com/assets/", "https://mybinder.org/badge")
NAMES = ("aria-input-field-name", "button-name", "select-name", "label", "image-alt")

pytestmark = [pytest.mark.timeout(600), pytest.mark.skipif(BROWSER is None, reason=NO_BROWSER)]


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory):
    """The kernel's; the usual ones where others cannot be had."""
    made = Surroundings(tmp_path_factory.mktemp("hostile")) if POSSIBLE else None
    yield made
    if made is not None:
        changed = made.changed()
        made.remove()
        assert changed == set()


@pytest.fixture(scope="module")
def server(tmp_path_factory, surroundings):
    kernel = surroundings and surroundings.kernel()
    server = Jupyter(tmp_path_factory.mktemp("lab"), limit=MEMORY, kernel=kernel)
    yield server
    server.close()


@pytest.fixture(scope="module")
def workplace(browser, server):
    return Workplace(browser, server)


@pytest.fixture(scope="class")
def stored(request):
    return NOTEBOOKS[request.cls.number]


@pytest.fixture(scope="class")
def given(request, stored, surroundings):
    """The notebook as it is opened, and the ids of the cells that short trainings may change."""
    return request.cls.prepared(stored, surroundings)


@pytest.fixture(scope="class")
def nb(given):
    return given[0]


@pytest.fixture(scope="class")
def may_differ(given):
    return given[1]


@pytest.fixture(scope="class")
def opened(request, browser, server, workplace, nb):
    """The notebook with a kernel, before anything has run."""
    name, failed = f"{request.cls.number}.ipynb", request.session.testsfailed
    server.add(name, nbformat.writes(nb))
    server.memory.forget()
    page = NotebookPage(browser, server, name, workplace=workplace)
    yield page
    if request.session.testsfailed > failed:
        workplace.leave()  # what is stuck there must not meet the next notebook
    else:
        page.close()


@pytest.fixture(scope="class")
def executed(request, opened):
    """The notebook as it is right after Run All."""
    try:
        opened.run_all(seconds=480)
    except Exception:
        opened.keep(f"{request.cls.__name__}-run")
        raise
    return opened.notebook()


@pytest.fixture(scope="class")
def lab(opened, executed):
    """The page after that."""
    return opened


@pytest.fixture(autouse=True)
def _keep_failures(request):
    failed = request.session.testsfailed
    yield
    if request.session.testsfailed > failed and "opened" in request.fixturenames:
        request.getfixturevalue("opened").keep(request.node.nodeid.rpartition("/")[2])


def assert_words_behind_figures(page, nb):
    """Behind every figure stand its words: out of sight, and there for a screen reader; a panel has its own."""
    for number, cell in code_cells(nb):
        figures = [out for out in cell.outputs if "image/png" in out.get("data", {})]
        if figures and number not in panel_cells(nb):
            found = page.words_of_figures(number)
            assert [text for text, _, _ in found] == page.said_of_figures(number)
            assert len(found) == len(figures)
            assert all(height <= 1 and is_read for _, height, is_read in found)


class Notebook:
    """What one notebook must do. Its tests follow each other on one page.

    Attributes:
        number: of the notebook.
        lasts: whether work behind a button takes long enough to be stopped.
    """

    number: str
    lasts = True

    @classmethod
    def prepared(cls, stored, surroundings):
        """What is opened, and the ids of the cells whose outputs may be others than the stored ones."""
        return stored, set()

    def test_before_anything_runs_figures_and_words_stand_there(self, opened, nb):
        """The first one: the page is as the notebook is stored."""
        for number in panel_cells(nb):
            title = panel_title(nb.cells[number])
            picture = opened.cell(number).locator(".jp-OutputArea-output img:not(.figure-words)")
            picture.scroll_into_view_if_needed()
            assert picture.evaluate("e => e.complete && e.naturalWidth > e.width && e.width > 300")
            words = opened.cell(number).locator(".jp-OutputArea-output p strong")
            words.scroll_into_view_if_needed()
            # What comes into the window is drawn a moment later, and only then has a text.
            opened.page.wait_for_function("e => e.innerText", arg=words.element_handle())
            assert words.inner_text() == f"{title}."
        for number in cells_that_call(nb, "predict"):
            fold = opened.cell(number).locator(".jp-OutputArea-output details")
            assert not fold.evaluate("e => e.open")

    def test_every_cell_runs_and_nothing_is_fetched_from_elsewhere(self, lab):
        assert lab.complaints() == []
        assert [url for url in lab.elsewhere if not url.startswith(BADGES)] == []

    def test_tab_reaches_every_control_by_its_name(self, lab, nb):
        for place, number in enumerate(panel_cells(nb)):
            panel = lab.panel(number)
            labels = panel.root.locator(".widget-label:visible").all_text_contents()
            cut = "all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.textContent)"
            assert panel.root.locator(".widget-label:visible").evaluate_all(cut) == [], f"cell {number}"
            buttons = panel.button_names()
            reached = panel.tab_through()
            assert list(dict.fromkeys(reached)) == panel.player_names() + labels + buttons, f"cell {number}"
            # Names are its business, too; that these here are what it would find, one panel shows.
            if place == 0:
                assert axe(lab.page, f'.jp-Cell[data-windowed-list-index="{number}"] .widget-vbox', NAMES) == []

    def test_panels_follow_the_keyboard(self, lab, nb):
        for number in panel_cells(nb):
            panel = lab.panel(number)
            # A film shows a telling picture at first, and its beginning after Reset.
            first = panel.reset() if panel.plays else panel.state()
            panel.watch()
            for place in range(panel.sliders.count()):
                low, high, now = panel.range(place)
                before = panel.state()["values"]
                assert panel.press(place, "ArrowLeft" if now >= high else "ArrowRight")["values"] != before
                for key, end in (("Home", low), ("End", high)):
                    lab.page.keyboard.press(key)
                    panel.settle()
                    state = panel.state()
                    # The page rounds it to one decimal.
                    assert panel.range(place)[2] == pytest.approx(end, abs=0.06)
                    assert state["alt"] == state["words"], f"cell {number}"
                assert panel.sliders.nth(place).evaluate("e => e === document.activeElement")
                # Where one number silences a unit, the next one would change nothing.
                last = panel.reset()
            assert len(panel.places()) == 1, f"cell {number}: the picture jumps"
            assert last["values"] == first["values"]
            # A panel whose button trains shows the trained network at first, and a new one after Reset.
            if not panel.works:
                assert last == first, f"cell {number}"

    def test_panels_follow_the_mouse(self, lab, nb):
        """Every panel's first slider: where a key has brought the others to their ends, a mouse finds nothing new.

        It is dragged in each, which may ask for pictures faster than they are drawn; a click is the same for all.
        """
        for place, number in enumerate(panel_cells(nb)):
            panel = lab.panel(number)
            first = panel.reset()
            if not panel.sliders.count():
                continue
            panel.watch()
            low, high, now = panel.range(0)
            there, back = (0.2, 0.7) if now > (low + high) / 2 else (0.8, 0.3)
            if place == 0:
                clicked = panel.click(0, there)
                assert clicked["alt"] == clicked["words"]
            panel.drag(0, back)
            panel.buttons.last.click()
            panel.settle()
            assert len(panel.places()) == 1, f"cell {number}: the picture jumps"
            assert panel.state() == first, f"cell {number}"

    def test_lists_and_lines_to_type(self, lab, nb):
        for number in panel_cells(nb):
            panel = lab.panel(number)
            for choice in panel.choices.all():
                for option in reversed(choice.locator("option").all_inner_texts()):
                    if option != choice.input_value():
                        state = panel.after(choice.select_option, option)
                        assert state["alt"] == state["words"]
            for place in range(panel.texts.count()):
                choice = panel.choices.last
                choice.select_option(choice.locator("option").last.inner_text())
                good = panel.write(place, "cos(2*x) / 3")
                assert "cos(2*x) / 3" in good["alt"]
                bad = panel.write(place, "cos(2*x")
                assert bad["words"].startswith("⚠ ")
                assert "did not work" not in bad["words"], "a mistake of the reader's is no surprise"
                assert bad["picture"] == good["picture"]
            panel.reset()

    def test_on_a_narrow_page_labels_leave_room_for_the_tracks(self, lab, nb):
        size = lab.page.viewport_size
        lab.page.set_viewport_size({"width": 800, "height": 900})
        try:
            for number in panel_cells(nb):
                tracks = lab.panel(number).root.locator(".slider-container")
                widths = tracks.evaluate_all("all => all.map(e => e.getBoundingClientRect().width)")
                assert all(width >= 150 for width in widths), (f"cell {number}", widths)
        finally:
            lab.page.set_viewport_size(size)

    def test_work_behind_a_button_shows_and_stops(self, lab, nb):
        for number in panel_cells(nb):
            panel = lab.panel(number)
            if not panel.works:
                continue
            button = panel.buttons.first
            name = button.inner_text()
            ended = "([e, name]) => e.textContent === name"
            # It was trained before it was shown, and would come out the same.
            panel.reset()
            panel.watch()
            panel.after(button.click)
            lab.page.wait_for_function(ended, arg=[button.element_handle(), name])
            trained = panel.state()
            assert trained["alt"] == trained["words"]
            if not self.lasts:
                continue
            button.click()
            panel.root.get_by_role("button", name="Stop").click()
            lab.page.wait_for_function(ended, arg=[button.element_handle(), name])
            assert len(panel.places()) == 1

    def test_a_box_follows_the_answer(self, lab, nb):
        name, (number, _) = next(iter(exercise_cells(nb).items()))
        task = get(name)
        wrong = next(iter(task.wrong_answers))
        others = {each: get(each).reference for each in exercise_cells(nb)}
        box = lab.cell(number).locator('[role="note"]')
        for answer, words in ((task.wrong_answers[wrong], "not yet"), (task.reference, "correct")):
            lab.rerun(number, answered(nb, others | {name: answer}).cells[number].source)
            assert words in box.inner_text()
            assert (f"This looks like {wrong}." in box.inner_text()) == (words == "not yet")
        assert box.count() == 1

    def test_a_prediction_is_committed_by_keyboard_and_scored(self, lab, nb):
        number = cells_that_call(nb, "predict")[0]
        prediction = get_prediction(nb.cells[number].source.split('"')[1])
        buttons, verdict = lab.cell(number).locator("button"), lab.cell(number).get_by_role("status")
        assert buttons.count() == len(prediction.options)
        lab.cell(number).locator(".widget-vbox").scroll_into_view_if_needed()
        buttons.first.focus()
        lab.page.keyboard.press("Tab")
        lab.page.keyboard.press("Enter")
        lab.page.wait_for_function(
            "e => e.querySelector('[role=status]').textContent", arg=lab.cell(number).element_handle()
        )
        right = prediction.answer == "B"
        assert verdict.inner_text().startswith("You chose B: " if right else "You chose B. The answer is ")
        assert f"(Score: {int(right)} of 1)" in verdict.inner_text()
        assert buttons.nth(1).evaluate("e => e === document.activeElement"), "the reader's place is lost"
        lab.page.keyboard.press("Enter")
        assert "of 1)" in verdict.inner_text()

    @pytest.mark.parametrize("scheme", ["dark", "light"])
    def test_outputs_are_legible(self, lab, scheme):
        lab.theme(scheme)
        assert axe(lab.page, ".jp-OutputArea-output", ("color-contrast",)) == []

    def test_behind_every_figure_stand_its_words(self, lab, nb):
        assert_words_behind_figures(lab, nb)

    def test_server_and_kernel_fit_into_binder(self, lab, server):
        print(f"notebook {self.number}: {server.memory.peak / 1e6:.0f} MB")  # shown by pytest -rP
        assert 200e6 < server.memory.peak < MEMORY

    def test_saved_and_opened_again_nothing_is_an_error(self, lab, browser, server, workplace, nb, executed):
        """The last one: it ends the kernel. On a page of its own: tests/notebooks/test_reopened.py."""
        lab.save()
        lab.shut_down()
        lab.close()
        again = NotebookPage(browser, server, f"{self.number}.ipynb", kernel=False, workplace=workplace)
        again.wait_until_views_are_given_up()
        shown = {"panel": 0, "prediction": 0}
        # What has no live view is an ordinary output, as in the notebook that is stored.
        for number, cell in code_cells(executed):
            if not any(WIDGET_VIEW in out.get("data", {}) for out in cell.outputs):
                continue
            seen = again.outputs_of(number)
            assert "Error displaying widget" not in seen["text"], f"cell {number}"
            assert "Loading widget" not in seen["text"], f"cell {number}"
            assert seen["live"] == 0, f"cell {number}"
            if number in panel_cells(nb):
                assert seen["pictures"] == 1, f"cell {number}"
                assert "The picture stands still: run this cell" in seen["text"]
                shown["panel"] += 1
            if number in cells_that_call(nb, "predict"):
                assert "Predict first." in seen["text"]
                shown["prediction"] += 1
        first = cells_that_call(nb, "predict")[0]
        assert "You chose B" in again.outputs_of(first)["text"], "what was predicted is forgotten"
        assert shown == {"panel": len(panel_cells(nb)), "prediction": len(cells_that_call(nb, "predict"))}
        again.shut_down()


class TestInShort(Notebook):
    """What `make test` asks: one panel, one exercise, one prediction."""

    number = "01"

    @classmethod
    def prepared(cls, stored, surroundings):
        nb = nbformat.from_dict(stored)
        few = ("bootstrap", "imports", "predict-law", "diagram", "two-path-response", "flow-panel")
        nb.cells = [cell for cell in nb.cells if cell.id in few]
        return nb, set()


@pytest.mark.slow
class WholeNotebook(Student, Notebook):
    """One class for each notebook, so that the workers share them.

    Attributes:
        trains: whether its trainings take long. Those of 05 do not, and its legends stand where its curves leave room.
    """

    verdict = CORRECT
    trains = False

    @classmethod
    def prepared(cls, stored, surroundings):
        nb = answered(stored, {name: get(name).reference for name in exercise_cells(stored)})
        nb, may_differ = shortened(nb) if cls.trains else (nb, set())
        begin = ""
        if surroundings:
            begin = f"__import__('legibility').watch({str(surroundings.hard_to_read)!r})\n{TRIED}"
        return with_recorder(nb, begin), may_differ

    @pytest.mark.skipif(not comparable(ROOT), reason="another Matplotlib draws other pictures")
    def test_the_figures_are_the_stored_ones(self, stored, executed, may_differ):
        here = by_id(executed)
        for name, cell in by_id(stored).items():
            # A figure of measured times, or of chance, differs from run to run; its cell says so.
            if name not in may_differ and not {"timing", "varies"} & set(cell.metadata.get("tags", [])):
                before, drawn = pictures(cell.outputs), pictures(here[name].outputs)
                assert len(drawn) == len(before), name
                shares = [difference(*both) for both in zip(before, drawn, strict=True)]
                assert max(shares, default=0) <= SHARE, name

    @pytest.mark.skipif(not POSSIBLE, reason=IMPOSSIBLE)
    def test_every_figure_can_be_read(self, surroundings, executed):
        assert surroundings.hard_to_read.read_text(encoding="utf-8") == ""

    @pytest.mark.skipif(not POSSIBLE, reason=IMPOSSIBLE)
    def test_the_surroundings_are_as_said(self, executed):
        # What this run shows is worth nothing where writing, or the network, works after all.
        assert json.loads(by_id(executed)[BEGIN].outputs[0].text) == AS_SAID

    def test_the_exercises_are_called_as_the_table_says(self, executed):
        """`tests/exercises/test_inputs.py` holds the cases of the checks against this table."""
        table = json.loads(TABLE.read_text(encoding="utf-8"))
        seen = calls_seen(executed)
        assert seen["calls"] == {name: calls for name, calls in table["calls"].items() if name.startswith(self.number)}
        assert seen["differentiated"] == [name for name in table["differentiated"] if name.startswith(self.number)]


# The longest first.
class Test04(WholeNotebook):
    number = "04"


class Test06(WholeNotebook):
    number = "06"
    trains = True
    lasts = False  # its button gives an answer, which is there at once


class Test03(WholeNotebook):
    number = "03"
    trains = True


class Test05(WholeNotebook):
    number = "05"


class Test01(WholeNotebook):
    number = "01"


class Test02(WholeNotebook):
    number = "02"
