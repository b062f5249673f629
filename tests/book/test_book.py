"""The website's pages, as they are made from the notebooks; what a browser makes of them is in test_book_browser."""

import base64
import io
import json
import re
import runpy
import sys
import zipfile
from html import escape
from pathlib import Path

import nbformat
import numpy as np
import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from PIL import Image

from benchmarks import report
from benchmarks.rows import GROWTH, TIME, Row
from book import __main__ as builder
from book import anki, check_links, landing, pdf, speed_page, staging
from book import pages as make
from book.asking import answers_on_paper, look_back, looked_back_at
from book.formulas import as_mathml
from book.mistakes import CURVES
from book.panels import Live, fingerprint, needed_files
from book.slimming import icon_sheet, shapes, used_rules
from course import NOTEBOOKS, ROOT, notebook_paths, read_project
from notebook_page import read_page
from utils.exercises import get
from utils.predictions import get as get_prediction
from utils.predictions import ids

PROJECT = read_project()
_FILE = io.BytesIO()
Image.new("RGB", (4, 2), "#0072b2").save(_FILE, "PNG")
PNG = _FILE.getvalue()
HEAD = "# 2. Broken lines\n\n<!-- badges -->x<!-- /badges -->\n\nA promise\nof two lines.\n\nMore."
ABOUT = (
    "**You will**\n\n- *place* ReLUs,\n- count them\n  all.\n\n**You need** Python and [one](01_all.ipynb)\nmore.\n\n"
    "**Minutes:** about 90.\n\n**Sources** none."
)
BOARD = (
    '<table class="course-scoreboard"><caption>Scoreboard of notebook 02: 1 reproduced, 1 waiting</caption>'
    "<thead><tr><th>quantity</th><th>published</th><th>verdict</th></tr></thead><tbody>"
    "<tr><td>a &lt; b</td><td>9</td><td>✓ reproduced</td></tr>"
    "<tr><td>c</td><td>8</td><td>○ waiting</td></tr></tbody></table>"
)
CODE = (
    '@exercise("02.relu_biases")\ndef relu_biases(x_train):\n    ...\n',
    'predict("02.twice_the_relus")',
    'SliderPanel("t", [], draw, update, "d").show()',
)
REFERENCES = (
    "## Summary\n\nDone.\n\n**References**\n\n"
    "- G. Cybenko (1989). Superpositions. [doi:10.1007/BF02551274](https://doi.org/10.1007/BF02551274)\n"
    "- Adrian, E. D. (1914). The principle. [doi:10.1113/x](https://doi.org/10.1113/x)\n\n"
    "<!-- feedback --><!-- /feedback -->"
)


def output(data, **metadata):
    return nbformat.v4.new_output("display_data", data, metadata=metadata)


@pytest.fixture
def page(tmp_path):
    cells = [nbformat.v4.new_markdown_cell(HEAD), nbformat.v4.new_markdown_cell(ABOUT)]
    cells += [nbformat.v4.new_code_cell(source) for source in CODE]
    cells += [nbformat.v4.new_markdown_cell(REFERENCES)]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    cells[2].outputs = [
        output({"text/html": "<div>box</div>"}, course={"exercise": "02.relu_biases", "status": "not attempted"})
    ]
    png = {"image/png": base64.b64encode(PNG).decode(), "text/plain": "words"}
    cells[4].outputs = [
        output({"text/plain": "Slider panel: t\nd", "text/html": "<p>t</p>"}),
        output(png, **{"image/png": {"alt": 'a "tent" & more', "width": 200}}),
        output({"text/html": '<p class="figure-words">a tent</p>'}, **{"figure-words": True}),
        output(dict(png)),
        output({"text/html": BOARD}),
    ]
    path = tmp_path / "02_broken_lines.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return read_page(path)


class TestReading:
    def test_what_is_said_about_a_notebook(self, page):
        assert (page.number, page.title, page.minutes) == (2, "Broken lines", 90)
        assert page.promise == "A promise of two lines."
        assert page.goals == ("*place* ReLUs", "count them all")
        assert page.needs == "Python and [one](01_all.ipynb) more."
        assert page.exercises == ("02.relu_biases",)
        assert (page.predictions, page.panels) == (1, 1)

    @pytest.mark.parametrize("lost", ["# 2.", "**You will**", "**You need**", "**Minutes:**"])
    def test_what_is_missing_is_named(self, page, lost):
        text = page.path.read_text(encoding="utf-8").replace(lost, "")
        page.path.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=r"02_broken_lines.ipynb: needs"):
            read_page(page.path)

    @pytest.mark.parametrize("path", notebook_paths(), ids=lambda path: path.stem)
    def test_every_notebook_can_be_read(self, path):
        real = read_page(path)
        assert real.name.startswith(f"{real.number:02}_")
        assert len(real.goals) >= 3
        assert real.exercises


class TestStaging:
    def staged(self, page, live=None):
        text, figures = staging.staged_notebook(page, [page], PROJECT, live)
        return nbformat.reads(text, as_version=4), figures

    def test_figures_carry_their_words_and_their_size(self, page):
        nb, figures = self.staged(page)
        figures.pop("mistake-01-two-path-response.webp")  # of the look back
        assert list(figures) == [f"02_broken_lines-cell-4-{n}.webp" for n in (1, 2)]
        pictures = [Image.open(io.BytesIO(data)).convert("RGB").tobytes() for data in (PNG, *figures.values())]
        assert len(set(pictures)) == 1
        _, first, second, _ = (out.data["text/html"] for out in nb.cells[4].outputs)
        assert 'alt="a &quot;tent&quot; &amp; more" width="200" height="100"' in first
        assert 'src="../_static/figures/02_broken_lines-cell-4-1.webp"' in first
        assert 'alt="words" width="2" height="1"' in second
        assert not any("figure-words" in out.data["text/html"] for out in nb.cells[4].outputs)

    def test_the_stored_notebook_stays_as_it_is(self, page):
        before = nbformat.writes(page.nb)
        self.staged(page)
        assert nbformat.writes(page.nb) == before

    def test_a_box_leads_to_its_hints(self, page):
        nb, _ = self.staged(page)
        html = nb.cells[2].outputs[0].data["text/html"]
        assert html.startswith("<div>box<p")
        assert 'href="../exercises.html#exercise-02-relu-biases"' in html

    def test_a_prediction_waits_for_the_reader(self, page):
        nb, _ = self.staged(page)
        assert [cell.metadata.get("tags", []) for cell in nb.cells[2:5]] == [[], ["remove-input"], []]
        html = nb.cells[3].outputs[0].data["text/html"]
        asked = get_prediction("02.twice_the_relus")
        assert f'data-prediction="02.twice_the_relus" data-answer="{asked.answer}"' in html
        assert html.count("<li data-letter=") == len(asked.options)
        assert all(escape(asked.verdict(letter)) in html for letter in asked.letters)

    def test_all_that_gives_it_away_is_veiled_together(self, page):
        before = [out.data["text/html"] for out in self.staged(page)[0].cells[4].outputs]
        assert not any("data-veil" in html for html in before)
        page.nb.cells[4].id = "enough"
        page.nb.cells[4].outputs.insert(0, nbformat.v4.new_output("stream", text="8 < 9\n"))
        (veiled,) = self.staged(page)[0].cells[4].outputs
        html = veiled.data["text/html"].replace("enough", "cell-4")
        assert html.startswith(
            '<div class="course-veil" data-veil="02.twice_the_relus"><div class="output stream"><pre>8 &lt; 9'
        )
        assert all(part in html for part in before)

    def test_a_panel_without_states_stands_still_and_says_so(self, page):
        html = self.staged(page)[0].cells[4].outputs[1].data["text/html"]
        assert "This picture stands still here." in html
        assert "data-panel" not in html
        assert "colab.research.google.com" in html

    def test_a_recorded_panel_moves(self, page, tmp_path):
        control = {"name": "a", "label": "a < b", "unit": "mV", "kind": "slider", "stops": ["0.0", "0.5"], "start": 1}
        about = {
            "title": "T", "description": "D", "sentence": "S", "controls": [control], "action": None, "play": 3,
            "states": 2, "possible": 2, "together": 1, "works": 0,
        }  # fmt: skip
        live = {"cell-4": Live("02-cell-4", about, tmp_path / "x.js")}
        html = self.staged(page, live)[0].cells[4].outputs[1].data["text/html"]
        assert 'data-panel="02-cell-4" data-source="../_static/panels/02-cell-4.js"' in html
        assert "a &lt; b (mV)</label>" in html
        assert 'min="0" max="1" value="1"' in html
        assert 'aria-valuetext="0.5 mV"' in html
        assert ">Play</button>" in html
        assert ">S</p>" in html

    def test_a_sound_lies_in_a_file_of_its_own(self, page):
        sound = base64.b64encode(b"RIFF").decode()
        html = f'<audio controls preload="metadata" src="data:audio/x-wav;base64,{sound}"></audio>'
        page.nb.cells[4].outputs = [output({"text/html": html})]
        nb, files = self.staged(page)
        assert files["02_broken_lines-cell-4-1.wav"] == b"RIFF"
        said = nb.cells[4].outputs[0].data["text/html"]
        assert said == '<audio controls preload="none" src="../_static/figures/02_broken_lines-cell-4-1.wav"></audio>'

    def test_a_scoreboard_can_become_small_lists(self):
        text = staging.with_labels("<table><tr><th a>x</th><th>y</th></tr><tr><td b>1</td><td>2</td></tr></table>")
        assert text.endswith('<tr><td data-label="x" b>1</td><td data-label="y">2</td></tr></table>')

    def test_badges_become_links_without_pictures_from_elsewhere(self, page):
        first = self.staged(page)[0].cells[0].source
        assert first.count('class="course-button"') == 2
        assert PROJECT.slug in first
        assert "![" not in first

    def test_links(self):
        known = {"01_one.ipynb"}
        text = "[a](01_one.ipynb#x) [b](02_two.ipynb) [c](../README.md#start) [d](https://e.org) [f](#here)"
        assert staging.without_dead_ends(text, known, PROJECT) == (
            f"[a](01_one.ipynb#x) b [c]({PROJECT.repository}/blob/{PROJECT.ref}/README.md#start) "
            "[d](https://e.org) [f](#here)"
        )
        for target in ("../nothing.md", "../../no-folder-of-that-name"):
            with pytest.raises(ValueError, match="leads nowhere"):
                staging.without_dead_ends(f"[a]({target})", known, PROJECT)


class TestAsking:
    def test_a_look_back_asks_three_things_from_further_and_further_back(self):
        assert looked_back_at(1) == (None, [])
        assert [one.id[:2] for one in looked_back_at(2)[1]] == ["01", "01"]
        curve, predictions = looked_back_at(6)
        assert [curve.exercise[:2], *(one.id[:2] for one in predictions)] == ["05", "04", "02"]
        for number in range(2, 7):
            text, asked, pictures = look_back(number)
            assert len({one.id for one in asked}) == text.count("data-prediction=") == 3
            assert len(pictures) == 1
        assert look_back(1) == ("", [], {})

    def test_its_choices_are_kept_apart_from_the_predictions(self):
        assert look_back(6)[0].count('data-prediction="back.06.') == 3

    @pytest.mark.parametrize("number", CURVES)
    def test_one_mistake_alone_makes_the_curve(self, number):
        curve = CURVES[number]
        drawn, *others = (curve.points(name) for name in curve.names)
        size = np.ptp(drawn, axis=0)
        for other in (curve.points(), *others):
            assert (np.abs(drawn - other) / size).max() > 0.2
        question = curve.question()
        assert question.lettered[question.answer].lower() == f"{curve.names[0]}.".replace("`", "").lower()

    def test_the_answers_stand_at_the_end_of_a_printed_notebook(self):
        asked = [get_prediction(next(iter(ids()))), CURVES["05"].question()]
        text = answers_on_paper(asked)
        assert text.count("<li>") == 2
        assert ".." not in text
        assert answers_on_paper([]) == ""

    def test_the_deck_holds_every_prediction_every_term_and_curves(self, tmp_path):
        glossary = (ROOT / "book" / "glossary.md").read_text(encoding="utf-8")
        cards = anki.write_deck(tmp_path / "a.apkg", glossary)
        assert cards == len(ids()) + len(anki.terms(glossary)) + len(CURVES)
        assert len(anki.terms(glossary)) >= 50
        with zipfile.ZipFile(tmp_path / "a.apkg") as deck:
            assert len(json.loads(deck.read("media"))) == len(CURVES)

    def test_words_of_a_card_are_plain(self):
        assert (
            anki.plain("See {term}`spikes <spike>` and [*b*](c.md) of $x_1$ & `d`.")
            == "See spikes and b of \\(x_1\\) &amp; d."
        )


class TestFormulas:
    def test_letters_that_browsers_know_under_their_own_numbers(self):
        assert "ℝ" in as_mathml(r"\mathbb R", display=False)
        assert "𝒩" in as_mathml(r"\mathcal N", display=False)

    def test_upright_letters_are_one_word(self):
        assert '<mi mathvariant="normal">final</mi>' in as_mathml(r"b_\mathrm{final}", display=False)

    def test_a_long_one_is_cut_where_it_may_wrap(self):
        assert as_mathml("a = b + (c + d) < e", display=True).count("<math") == 4
        assert as_mathml("-a", display=False).count("<math") == 1
        assert as_mathml(r"a, \qquad b", display=True).count("<math") == 2

    @pytest.mark.parametrize(("space", "width"), [(r"\,", 0.167), (r"\;", 0.278), (r"\:", 0.25)])
    def test_spaces_are_no_letters(self, space, width):
        made = as_mathml(rf"5{space}\mathrm{{mV}}", display=False)
        assert f'<mspace width="{width:.3f}em"' in made
        assert made.count("<math") == 1
        assert all(ord(letter) < 0x2000 for letter in made)

    def test_what_is_no_formula_is_named(self):
        with pytest.raises(ValueError, match=r"formula: got '\\\\nothing'"):
            as_mathml(r"\nothing", display=False)


class TestSlimming:
    CSS = (
        ".a{x:1}.b,.a .c{x:2}@media print{.c{x:3}.a{x:4}}.d:not(.c){x:5}"
        "@font-face{src:url(f)}@keyframes k{0%{x:6}}p{x:7}"
    )

    def test_rules_that_can_apply_to_something_stay(self):
        kept = used_rules(self.CSS, {"a", "d", "p"})
        assert kept == ".a{x:1}@media print{.a{x:4}}.d:not(.c){x:5}@keyframes k{0%{x:6}}p{x:7}"

    def test_icons_are_found_and_a_missing_one_is_named(self):
        script = 'x={"up":[10,20,[],"f1","M1 1z"],down:[30,20,["d"],"f2","M2 2z"]}'
        known = shapes(script)
        assert known == {"up": (10, 20, "M1 1z"), "down": (30, 20, "M2 2z")}
        sheet = icon_sheet(['<i class="fa-solid fa-up fa-lg"></i>'], known)
        assert ".fa-up::before" in sheet
        assert ".fa-down" not in sheet
        with pytest.raises(ValueError, match="icons: got left"):
            icon_sheet(['<i class="fas fa-left"></i>'], known)


class TestFingerprint:
    def test_it_follows_the_imports(self):
        names = {path.name for path in needed_files([ROOT / "utils" / "panels" / "all_or_none_neuron.py"])}
        assert {"two_path_neuron.py", "slider_panel.py", "course.mplstyle", "registry.py"} <= names
        assert "dale_snn.py" not in names

    def test_tables_count_where_they_are_read(self):
        panels, sweeps = (ROOT / "utils" / room for room in ("panels/dales_law_snn.py", "sweeps/course.py"))
        tables = [{path.name for path in needed_files([path]) if path.suffix == ".csv"} for path in (panels, sweeps)]
        assert tables[0] == set()
        assert "dale_wide.csv" in tables[1]

    def test_two_notebooks_have_two(self):
        assert len({fingerprint(name) for name in ("all_or_none_neuron", "dales_law_snn")}) == 2


class TestMaking:
    def test_nothing_is_built_twice_from_the_same_files(self, monkeypatch, tmp_path):
        built = []

        def build(out, record):
            built.append(record)
            out.mkdir(exist_ok=True)
            (out / "index.html").touch()

        monkeypatch.setattr(builder, "build", build)
        out = tmp_path / "html"
        assert [builder.build_if_changed(out), builder.build_if_changed(out)] == [True, False]
        assert builder.build_if_changed(out, record=False)
        (out / "index.html").unlink()
        assert builder.build_if_changed(out, record=False)
        assert built == [True, False, False]


class TestPaper:
    HTML = (
        '<html><head></head><body><article class="bd-article" role="main"><section id="a"><h1>A &lt; B'
        '<a class="headerlink" href="#a">#</a></h1><a href="#a">up</a><details><summary>S</summary>x</details>'
        "</section></article></body></html>"
    )

    def test_places_of_several_pages_are_told_apart_and_nothing_is_folded(self):
        title, inside = pdf.article(self.HTML, "one")
        assert title == "A < B"
        assert 'id="one-a"' in inside
        assert 'href="#one-a"' in inside
        assert "<details open>" in inside
        with pytest.raises(ValueError, match="one: got a page without"):
            pdf.article("<p>", "one")

    def test_the_contents_say_where_each_part_begins(self):
        page = pdf.whole("", [("one", "One", "<p>1</p>"), ("two", "Two", "<p>2</p>")], [2, 17])
        assert '<a href="#part-two"><span>Two</span><span>17</span></a>' in page

    def test_pages_are_counted(self):
        assert pdf.page_count(b"<< /Type /Pages >> << /Type /Page >> <</Type/Page/x>>") == 2


class TestLanding:
    def test_a_part_of_a_figure_is_cut_out(self):
        picture = Image.new("L", (400, 200), 255)
        picture.paste(0, (10, 10, 60, 60))
        picture.paste(0, (200, 20, 380, 180))
        assert landing.largest_part(picture, picture).size == (180, 160)

    def test_progress_knows_every_notebook(self, page):
        assert "&quot;predictions&quot;: 1" in landing.progress([page])


class TestPages:
    def test_results_are_the_stored_scoreboards(self, page):
        text = make.results([page])
        assert "**1 reproduced, 1 waiting**" in text
        assert '<td data-label="quantity">a &lt; b</td>' in text
        assert text.count("<tr>") == 3

    def test_columns_of_numbers_stand_at_their_right_edge(self):
        html = make.table_html(["what", "n", "time"], [["a", "~1.5", "3 ms"], ["7", "−2", "12 ms"], ["b", "", "1"]])
        assert html.count('class="course-number"') == 2 * 4
        assert '<td data-label="what">7</td>' in html
        assert "course-number" not in make.table_html(["a"], [])

    def test_a_notebook_without_a_scoreboard_says_so(self, page):
        page.nb.cells[4].outputs = []
        assert "No scoreboard is stored" in make.results([page])

    def test_references_are_merged_and_sorted(self, page):
        lines = make.references([page, page]).splitlines()
        assert len(lines) == 2
        assert lines[0].startswith("- Adrian, E. D. (1914)")
        assert lines[1].startswith("- G. Cybenko (1989)")
        assert lines[0].endswith("*(Notebook [2](notebooks/02_broken_lines.ipynb))*")

    @pytest.mark.parametrize(
        ("text", "author"),
        [
            ("Adrian, E. D. (1914). T.", "adrian"),
            ("C. de Boor (1978). T.", "boor"),
            ("A. J. F. Siegert (1951). T.", "siegert"),
            ("Kingma, Ba (2015). T.", "kingma"),
        ],
    )
    def test_sorted_by_family_name(self, text, author):
        assert make.sort_key(text).startswith(author)

    def test_every_notebook_names_references_with_addresses(self):
        for path in notebook_paths():
            found = make.notebook_references(read_page(path).nb)
            assert len(found) >= 3, path.name
            assert sum("](http" in text for text in found) >= len(found) - 1, path.name

    def test_exercises_hold_hints_and_the_solution(self, page):
        text = make.exercises([page])
        task = get("02.relu_biases")
        assert task.solution() in text
        assert text.count("<summary>Hint") == len(task.hints)
        assert "(exercise-02-relu-biases)=" in text

    def test_wrong_answers_are_those_of_the_modules(self, page):
        text = make.wrong_answers([page])
        assert text.count("<li>") == len(get("02.relu_biases").wrong_answers)

    def test_plan_adds_up(self, page):
        assert make.plan([page]).splitlines()[1] == "|---|---:|---:|---:|---:|---|"
        assert "| **Together** | 180 | 2 | 2 | 2 | |" in make.plan([page, page])

    def test_only_code_has_a_meaning_in_a_sentence(self):
        assert make.as_html("`a < b` & *c* $d$") == "<code>a &lt; b</code> &amp; *c* $d$"


class TestSpeed:
    MACHINE = (
        ("processor", "Core"), ("cores", 2), ("memory_gb", 8), ("system", "Linux"), ("python", "3.12"),
        ("versions", {"torch": "2", "norse": None}), ("threads", 1), ("cuda", None), ("date", "2026-01-02"),
    )  # fmt: skip
    ROWS = (
        Row(TIME, "step", "a < b", "literal", 0.001, 0.005, "s", 5.0, 4.0, 6.0, target="at least 4", verdict="met"),
        Row(TIME, "step", "a < b", "norse", target="at least 2", verdict="not measured", note="norse is not installed"),
        Row(GROWTH, "batch", "step", "sounds: 1 to 4", 0.4, 0.1, "s", 4.0, 3.5, 4.5, note="exponent 1.00"),
    )

    @pytest.fixture
    def folder(self, tmp_path):
        stored = report.as_json(dict(self.MACHINE), 9, self.ROWS, [], 'dots and a "line"')
        (tmp_path / report.RESULTS).write_text(json.dumps(stored), encoding="utf-8")
        (tmp_path / report.FIGURE).write_bytes(PNG)
        return tmp_path

    def test_page(self, folder):
        text, png = speed_page.speed(folder)
        assert "1\N{NO-BREAK SPACE}ms" in text
        text = text.replace("\N{NO-BREAK SPACE}", " ")
        assert png == PNG
        assert "**1 of 2 targets met.**" in text
        assert 'alt="dots and a &quot;line&quot;" width="1000" height="500"' in text
        assert '<td data-label="what">a &lt; b</td>' in text
        assert '<td data-label="ours, theirs">1 ms, 5 ms</td><td data-label="ratio">5 (4 to 6)</td>' in text
        assert '<td data-label="verdict">not measured</td><td data-label="note">norse is not installed</td>' in text
        assert "- Versions: torch 2\n" in text
        assert "- Graphics card: none\n" in text
        growth = text.partition("## Growth")[2].partition("## On a")[0]
        assert '<td data-label="time">100 ms to 400 ms</td>' in growth
        assert '<td data-label="ratio">4 (3.5 to 4.5)</td>' in growth
        assert "target" not in growth
        assert text.endswith("Not measured in this run.")

    @pytest.mark.parametrize("name", [report.RESULTS, report.FIGURE])
    def test_without_a_stored_run_it_says_what_to_do(self, folder, name):
        (folder / name).unlink()
        with pytest.raises(ValueError, match=f"{name} is missing: run make bench"):
            speed_page.speed(folder)

    def test_a_part_without_any_measurement_says_so_in_one_sentence(self):
        rows = [Row("cuda", name, "a step", "literal", note="no CUDA here") for name in ("step", "inference")]
        assert speed_page.part_table(rows, "cuda") == "Not measured in this run: no CUDA here."
        assert "<table" in speed_page.part_table(
            [*rows, Row("cuda", "step", "a", "b", 1.0, 2.0, "s", 2.0, 2, 2)], "cuda"
        )

    def test_the_stored_run_makes_a_page(self):
        text, png = speed_page.speed()
        assert text.count("<table") >= 3
        assert ">not measured<" not in text
        assert png.startswith(b"\x89PNG")


def test_the_builder_finds_the_tools_by_itself(monkeypatch, capsys):
    """As `python -m book` does, but with the libraries that stand here already."""
    tools = {path.stem for path in (ROOT / "tools").glob("*.py")}
    for name in [name for name in sys.modules if name.partition(".")[0] in tools | {"book"}]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "path", [str(ROOT), *(p for p in sys.path if Path(p).resolve() != ROOT / "tools")])
    monkeypatch.setattr(sys, "argv", ["book", "--help"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("book", run_name="__main__")
    assert ended.value.code == 0
    assert "python -m book --pdf" in capsys.readouterr().out


class TestLinks:
    def site(self, folder, body):
        (folder / "sub").mkdir()
        (folder / "sub" / "b.html").write_text('<h2 id="there">x</h2><a href="../a.html">a</a>', encoding="utf-8")
        (folder / "a.html").write_text(body, encoding="utf-8")

    def test_good_ones_pass(self, tmp_path):
        self.site(
            tmp_path, '<a href="sub/b.html#there">b</a><a href="#me" id="me">m</a><a href="https://x.org/y">y</a>'
        )
        assert check_links.dead_inner_links(tmp_path) == []
        assert check_links.outer_links(tmp_path) == {"https://x.org/y": ["a.html"]}

    @pytest.mark.parametrize("target", ["sub/c.html", "sub/b.html#gone", "#gone", "../outside.html"])
    def test_dead_ones_are_found(self, tmp_path, target):
        self.site(tmp_path, f'<a href="{target}">b</a>')
        assert check_links.dead_inner_links(tmp_path) == [f"a.html: {target}"]

    @pytest.mark.parametrize(("status", "dead"), [(200, False), (403, False), (429, False), (404, True), (410, True)])
    def test_what_other_sites_answer(self, monkeypatch, tmp_path, status, dead):
        import requests

        class Answer:
            status_code, ok = status, status < 400

            def __enter__(self):
                return self

            def __exit__(self, *_):
                return None

        monkeypatch.setattr(requests, "get", lambda *_, **__: Answer())
        self.site(tmp_path, '<a href="https://x.org/y">y</a><a href="https://own.org/o/n/issues/new">y</a>')
        found = check_links.dead_outer_links(tmp_path, own="https://own.org/o/n")
        assert found == ([f"https://x.org/y (status {status}): a.html"] if dead else [])


class TestGlossary:
    TEXT = (ROOT / "book" / "glossary.md").read_text(encoding="utf-8")

    def test_sorted_and_each_term_once(self):
        block = re.search(r"^```\{glossary\}\n(.*?)^```", self.TEXT, re.MULTILINE | re.DOTALL)[1]
        entries = [part.splitlines()[0] for part in block.split("\n\n")]
        assert entries == sorted(entries, key=str.casefold)
        terms = re.findall(r"^\S.*$", block, re.MULTILINE)
        assert len({term.casefold() for term in terms}) == len(terms) >= 50

    def test_terms_are_found_in_sentences(self, monkeypatch):
        pytest.importorskip("sphinx", reason="the website's packages are not installed: make book")
        monkeypatch.syspath_prepend(str(ROOT / "book"))
        import course_site

        terms = course_site.glossary_terms(self.TEXT)
        assert "membrane potential" in terms
        pattern = course_site.pattern_of(terms)
        sentence = (
            "Membrane potentials rise; a ReLU (not a relu) spikes with the leaky integrate-and-fire neuron's bias."
        )
        assert pattern.findall(sentence) == [
            "Membrane potentials",
            "ReLU",
            "spikes",
            "leaky integrate-and-fire neuron",
            "bias",
        ]
        assert not pattern.search("biased spikelets, preweighted")


class TestWorkflow:
    WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "book.yml").read_text(encoding="utf-8"))

    def test_follows_its_schema(self, capsys):
        path = str(ROOT / ".github" / "workflows" / "book.yml")
        # In this process, where the libraries stand already.
        with pytest.raises(SystemExit) as ended:
            check_jsonschema(["--builtin-schema", "vendor.github-workflows", path])
        assert ended.value.code == 0, capsys.readouterr().out

    def test_outer_links_weekly_and_deployment_from_main_alone(self):
        jobs = self.WORKFLOW["jobs"]
        assert "schedule" in self.WORKFLOW[True]
        outer = [step for step in jobs["build"]["steps"] if "--outer-links" in step.get("run", "")]
        assert len(outer) == 1
        assert "schedule" in outer[0]["if"]
        assert "refs/heads/main" in jobs["deploy"]["if"]
        assert self.WORKFLOW["permissions"] == {"contents": "read"}
        assert jobs["deploy"]["permissions"] == {"pages": "write", "id-token": "write"}


def test_teachers_page_calls_what_there_is():
    text = (ROOT / "book" / "teachers.md").read_text(encoding="utf-8")
    calls = re.findall(r"python -m (\S+)", text)
    assert set(calls) == {"utils.exercises"}
    assert (ROOT / "utils" / "exercises" / "__main__.py").is_file()
    verdict = get("02.relu_biases").check(get("02.relu_biases").reference)
    assert 'get("02.relu_biases").check(relu_biases).status == "correct"' in text
    assert verdict.status == "correct"
    assert NOTEBOOKS.is_dir()
