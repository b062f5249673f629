"""The stored notebooks as files: run in order, sound, in their normal form, and the same where they must be the same.

That their outputs are still true is what the regression run (nbval) asks.
"""

import ast
import json
import re
from html import unescape

import nbformat
import pytest

from course import notebook_paths, read_project
from publish import badges, bootstrap_cell, feedback
from refresh import METADATA, faults, is_normal

PATHS = notebook_paths()
LARGEST = 1_500_000  # bytes
LONGEST = 30  # lines of code in a cell, blank ones and comments aside

pytestmark = pytest.mark.skipif(not PATHS, reason="there is no notebook yet")


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture
def nb(path):
    return nbformat.read(path, as_version=4)


def code(nb):
    return [cell for cell in nb.cells if cell.cell_type == "code"]


def test_is_in_normal_form(path):
    assert is_normal(path), "run `make refresh`"


def test_every_code_cell_was_run_in_order(nb):
    assert [cell.execution_count for cell in code(nb)] == list(range(1, len(code(nb)) + 1))


def test_no_error_and_no_word_on_standard_error_is_stored(nb):
    assert faults(nb) == []


def test_no_cell_is_empty_and_no_cell_is_exempt(nb):
    for cell in code(nb):
        assert cell.source.strip()
        # nbval's own words for "do not look here".
        assert "NBVAL_" not in cell.source
        assert not {tag for tag in cell.metadata.get("tags", []) if tag.startswith(("nbval", "raises"))}


def test_metadata_and_kernel(nb):
    assert nb.metadata == METADATA
    ids = [cell.id for cell in nb.cells]
    assert len(ids) == len(set(ids))


def test_is_light(path):
    assert path.stat().st_size < LARGEST


def test_start_cell_is_the_courses(nb):
    assert [cell.source for cell in nb.cells if cell.id == "bootstrap"] == [bootstrap_cell(read_project())]


def test_badges_and_feedback_name_this_notebook(path, nb):
    project = read_project()
    assert badges(project, path.name) in nb.cells[0].source
    last = [cell for cell in nb.cells if cell.cell_type == "markdown"][-1]
    assert feedback(project, path.name) in last.source


def test_opening_promises_and_says_what_it_takes(path, nb):
    number = int(path.name[:2])
    assert nb.cells[0].source.startswith(f"# {number}. ")
    for word in ("You will", "You need", "Minutes", "Sources"):
        assert word in nb.cells[1].source, word


def test_cells_are_short_enough_to_read(nb):
    for cell in code(nb):
        lines = [line for line in cell.source.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        assert len(lines) <= LONGEST, cell.id


def test_links_lead_somewhere(path, nb):
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            for target in re.findall(r"\]\((?!https?://|#|mailto:|attachment:)([^)\s]+)\)", cell.source):
                assert (path.parent / target.split("#")[0]).exists(), target


def test_every_picture_has_words(nb):
    for cell in code(nb):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                words = output.data.get("text/plain", "")
                assert len(words) > 20, cell.id
                assert not words.startswith("<"), f"{cell.id}: {words}"


def test_behind_every_picture_stand_its_words_for_pages_that_drop_them(nb):
    for cell in code(nb):
        for place, output in enumerate(cell.outputs):
            if "image/png" in output.get("data", {}):
                hidden = cell.outputs[place + 1]
                assert hidden.metadata == {"figure-words": True}, cell.id
                element = r'<img class="figure-words" width="1" height="1" alt="([^"]+)"'
                words = re.search(element, hidden.data["text/html"])
                assert unescape(words[1]).removeprefix("As first drawn: ") == output.data["text/plain"], cell.id


def test_no_output_tells_of_the_machine(nb):
    trace = re.compile(r"/home/|/root/|/tmp/|/Users/|[A-Z]:\\Users|site-packages|0x[0-9a-f]{6,}")
    for cell in code(nb):
        texts = json.dumps([{k: v for k, v in out.get("data", {}).items() if k != "image/png"} for out in cell.outputs])
        texts += json.dumps([out.get("text", "") for out in cell.outputs])
        assert not trace.search(texts), cell.id


def test_nothing_hides_a_warning_or_runs_a_string(nb):
    for cell in code(nb):
        for node in ast.walk(ast.parse(cell.source)):
            assert not (isinstance(node, ast.Name) and node.id in {"eval", "exec"}), cell.id
            assert not (isinstance(node, ast.Attribute) and node.attr in {"filterwarnings", "simplefilter", "chdir"})
            assert not (isinstance(node, ast.ExceptHandler) and node.type is None), cell.id


def test_no_helper_stands_in_two_notebooks():
    seen = {}
    for path in PATHS:
        for cell in code(nbformat.read(path, as_version=4)):
            for node in ast.parse(cell.source).body:
                if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                    seen.setdefault(node.name, set()).add(path.name)
    assert {name: sorted(where) for name, where in seen.items() if len(where) > 1} == {}
