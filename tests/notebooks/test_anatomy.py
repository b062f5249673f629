"""One anatomy for all six notebooks, and cells that hold the idea and nothing else."""

import ast
import re

import pytest
from notebook_tools import code_cells, exercise_cells, read_all

from utils._notebooks import NAMES
from utils.exercises import get
from utils.predictions import of_notebook

COLUMNS, LINES = 88, 25
NOTEBOOKS = {path.name[:2]: nb for path, nb in read_all().items()}
REFERENCE = re.compile(r"- .+ \((\d{4}|n\.d\.)[a-z]?\)\. .+\.( .*)?\[[^\]]+\]\(https://[^)]+\)\.?$")
# What belongs in utils: clocks, and moving artists by hand.
GLUE = {"perf_counter", "set_data", "set_position", "set_text", "subplots", "Figure"}


@pytest.fixture(params=NAMES)
def number(request):
    return request.param


@pytest.fixture
def nb(number):
    return NOTEBOOKS[number]


def texts(nb):
    return [cell.source for cell in nb.cells if cell.cell_type == "markdown"]


def headings(nb, level):
    return re.findall(rf"^{'#' * level} (.+)$", "\n".join(texts(nb)), re.MULTILINE)


def test_it_begins_with_title_promise_and_what_it_takes(number, nb):
    first, overview = texts(nb)[:2]
    assert first.startswith(f"# {int(number)}. ")
    promise = first.rpartition("<!-- /badges -->")[2].strip()
    assert promise
    assert "\n" not in promise
    leads = re.findall(r"^\*\*([^*]+?):?\*\*", overview, re.MULTILINE)
    assert leads == ["You will", "You need", "Minutes", "Sources"]
    n_exercises, n_predictions = len(exercise_cells(nb)), len(of_notebook(number))
    minutes = re.search(r"\*\*Minutes:\*\* (\d+) \((\d+) exercises, (\d+) predictions\)", overview)
    assert tuple(map(int, minutes.groups()[1:])) == (n_exercises, n_predictions)
    assert 45 <= int(minutes[1]) <= 120


def test_the_start_is_folded_and_the_imports_are_one_block(nb):
    start, imports = (cell for _, cell in code_cells(nb)[:2])
    assert (start.id, imports.id) == ("bootstrap", "imports")
    assert start.metadata == {"cellView": "form", "jupyter": {"source_hidden": True}}
    later = [cell.id for _, cell in code_cells(nb)[2:] if re.search(r"^\s*(import|from) ", cell.source, re.MULTILINE)]
    assert later == []


def test_sections_are_numbered_and_end_the_same_way(nb):
    sections = headings(nb, 2)
    assert sections[-1] == "Summary"
    assert [int(section.partition(".")[0]) for section in sections[:-1]] == list(range(1, len(sections)))
    assert [section.partition(". ")[2] for section in sections[-3:-1]] == [
        "What the source left open",
        "Published against reproduced",
    ]


def test_the_summary_has_five_lines_and_says_where_to_go(nb):
    summary = texts(nb)[-1]
    assert summary.startswith("## Summary\n\n1. ")
    assert re.findall(r"^(\d)\. ", summary, re.MULTILINE) == list("12345")
    assert summary.index("**Where to go next.**") < summary.index("**References**") < summary.index("<!-- feedback -->")


def test_references_have_one_style(nb):
    listed = texts(nb)[-1].partition("**References**")[2].partition("<!-- feedback -->")[0].strip().splitlines()
    assert len(listed) >= 3
    assert [line for line in listed if not REFERENCE.match(line)] == []


def test_exercises_are_numbered_and_announced_right_before_their_cells(nb):
    announced = [title for title in headings(nb, 3) if title.startswith("Exercise")]
    assert [int(re.match(r"Exercise (\d+): \S", title)[1]) for title in announced] == list(
        range(1, len(exercise_cells(nb)) + 1)
    )
    for exercise_id, (place, _) in exercise_cells(nb).items():
        before = nb.cells[place - 1]
        assert before.cell_type == "markdown", exercise_id
        assert "### Exercise " in before.source, exercise_id


def test_a_stub_says_what_the_reference_says(nb):
    for exercise_id, (_, stub) in exercise_cells(nb).items():
        assert ast.get_docstring(stub).split() == get(exercise_id).reference.__doc__.split(), exercise_id


def test_thoughts_have_a_folded_answer(nb):
    for text in texts(nb):
        if "**Think.**" in text:
            assert text.count("<details><summary>One answer</summary>") == text.count("**Think.**"), text[:60]


def test_texts_have_no_blank_edges_and_no_dialect(nb):
    for text in texts(nb):
        assert text == text.strip()
        assert not re.search(r"\bcan not\b|\bsimply\b|\bobviously\b|nobody's merit", text), text[:60]


def test_cell_ids_are_words(nb):
    for cell in nb.cells:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cell.id), cell.id
    for _, cell in code_cells(nb):
        assert not re.fullmatch(r"[0-9a-f]{8}", cell.id), cell.id


def test_cells_fit_the_page(nb):
    for _, cell in code_cells(nb):
        lines = cell.source.splitlines()
        assert max(map(len, lines)) <= COLUMNS, cell.id
        assert sum(bool(line.strip()) and not line.lstrip().startswith("#") for line in lines) <= LINES, cell.id
        for output in cell.outputs:
            for line in output.get("text", "").splitlines():
                assert len(line) <= COLUMNS, f"{cell.id}: {line}"


def test_a_cell_holds_the_idea_and_no_glue(nb):
    for _, cell in code_cells(nb)[1:]:
        tree = ast.parse(cell.source)
        names = {getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(tree)}
        assert names & GLUE == set(), cell.id


def test_nothing_in_a_cell_gives_the_answer_away(number, nb):
    for _, cell in code_cells(nb):
        for node in ast.walk(ast.parse(cell.source)):
            name = getattr(getattr(node, "func", None), "id", "")
            if name == "show":
                assert len(node.args) == 1, cell.id
                assert node.keywords == [], cell.id
            if name == "predict":
                assert len(node.args) == 1, cell.id
        for prediction in of_notebook(number).values():
            assert prediction.because not in cell.source
