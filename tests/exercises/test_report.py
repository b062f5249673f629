"""The teacher's report: every hand-in gets its row, whatever is in it."""

import csv
import json
import os

import nbformat
import pytest

from utils.exercises import ids
from utils.exercises.__main__ import main
from utils.exercises.report import (
    COLUMNS,
    HandIn,
    Result,
    examine,
    examine_all,
    hand_ins,
    mistakes_table,
    table,
    write_csv,
)

FIRST = "import torch\nfrom utils import exercise"
RIGHT = '@exercise("02.relu_biases")\ndef relu_biases(x_train):\n    return -x_train[:-1]'
WRONG = '@exercise("02.segment_slopes")\ndef segment_slopes(x_train, y_train):\n    return y_train[1:] - y_train[:-1]'
OPEN = '@exercise("02.relu_weights")\ndef relu_weights(slopes):\n    w = ...\n    return w'
STUBBORN = "import time\nwhile True:\n    try:\n        while True: time.sleep(1)\n    except BaseException: pass"
# What every kernel does before its first cell, so that a cell's limit may be short however slowly a machine imports.
IMPORTS = "from utils.exercises import get\nget('02.relu_biases')\n"


def write(path, *sources):
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in (FIRST, *sources)])
    nbformat.write(nb, path)
    return path


def statuses(hand_in):
    return {name.partition(".")[2]: result.status for name, result in hand_in.results.items()}


@pytest.fixture(scope="module")
def course_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("handed_in")


@pytest.fixture(scope="module")
def ordinary(course_folder):
    path = write(
        course_folder / "anna.ipynb",
        RIGHT,
        "relu_biases.hint()\nrelu_biases.hint()",
        "x = = 3",
        # Beside the course's own notebooks, which is where its files are looked for.
        "from pathlib import Path\nassert Path.cwd().name == 'notebooks'",
        WRONG,
        OPEN,
        "segment_slopes.solution()",
    )
    nb = nbformat.read(path, as_version=4)
    box = nbformat.v4.new_output("display_data", {"text/plain": "Hint"}, metadata={})
    # The verdict that was saved is not believed; the code is run anew.
    box.metadata["course"] = {"exercise": "02.relu_weights", "status": "correct", "hints": 3}
    nb.cells[6].outputs = [box]
    nbformat.write(nb, path)
    before = path.read_bytes()
    result = examine(path, timeout=200, cell_timeout=100)
    assert path.read_bytes() == before, "a hand-in is never written to"
    return result


class TestOrdinary:
    def test_statuses(self, ordinary):
        found = statuses(ordinary)
        assert found["relu_biases"] == "correct"
        assert found["segment_slopes"] == "not yet"
        assert found["relu_weights"] == "not attempted"
        assert found["relu_sum"] == "absent"
        assert ordinary.solved == 1

    def test_every_exercise_of_its_notebook_is_there_and_no_other(self, ordinary):
        assert set(ordinary.results) == {name for name in ids() if name.startswith("02.")}

    def test_hints_and_solutions_are_counted(self, ordinary):
        assert ordinary.results["02.relu_biases"].hints == 2
        assert ordinary.results["02.segment_slopes"].hints == 0
        assert ordinary.results["02.segment_slopes"].solution_shown
        assert not ordinary.results["02.relu_biases"].solution_shown

    def test_a_known_mistake_is_named(self, ordinary):
        assert ordinary.results["02.segment_slopes"].mistakes == ["the rise alone, not yet divided by the run"]
        assert ordinary.results["02.relu_biases"].mistakes == []

    def test_hints_in_saved_boxes_count_although_their_cells_are_gone(self, ordinary):
        assert ordinary.results["02.relu_weights"].hints == 3
        assert ordinary.results["02.relu_weights"].status == "not attempted"

    def test_a_syntax_error_costs_its_cell_alone(self, ordinary):
        assert ordinary.finished
        assert ordinary.note == "1 cell raised an error"

    def test_its_row(self, ordinary):
        row = next(line for line in table([ordinary]).splitlines() if line.startswith("anna.ipynb"))
        assert "ok 2h" in row
        assert "not yet s" in row
        assert "1 of 6" in row


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken", b"{ not json"),
        ("empty", b""),
        ("bytes", bytes(range(256))),
        ("list", b"[1, 2]"),
        ("other", b'{"a": 1}'),
        ("cells", b'{"cells": [3], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}'),
    ],
)
def test_a_broken_file_costs_its_row(tmp_path, name, content):
    path = tmp_path / f"{name}.ipynb"
    path.write_bytes(content)
    hand_in = examine(path)
    assert not hand_in.finished
    assert hand_in.results == {}
    assert "is not a notebook" in hand_in.note


def test_a_missing_file_costs_its_row(tmp_path, capsys):
    assert main(["report", str(tmp_path / "nowhere.ipynb")]) == 1
    shown = capsys.readouterr()
    assert "cannot be read (No such file or directory)" in shown.out
    assert "1 of 1 could not be run to the end" in shown.err


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_what_a_hand_in_does_costs_its_row_not_the_run(tmp_path, monkeypatch):
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "imports.py").write_text(IMPORTS)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    ends = ("while True: pass", "input('your name?')", WRONG, "import os; os._exit(3)", OPEN)
    made = {
        "ends": write(tmp_path / "ends.ipynb", RIGHT, *ends),
        "stubborn": write(tmp_path / "stubborn.ipynb", RIGHT, STUBBORN),
        "floods": write(tmp_path / "floods.ipynb", RIGHT, "print('x' * 3_000_000)"),
    }
    examined = examine_all(list(made.values()), timeout=120, cell_timeout=3, jobs=2)
    found = dict(zip(made, examined, strict=True))
    assert all(statuses(hand_in)["relu_biases"] == "correct" for hand_in in found.values()), "what came before counts"
    assert found["ends"].note == "the kernel exited in cell 6; 1 cell interrupted after 3 s; 1 cell raised an error"
    assert statuses(found["ends"])["segment_slopes"] == "not yet", "what comes after an endless loop is still run"
    assert statuses(found["ends"])["relu_weights"] == "absent", "what comes after the kernel's end is not"
    assert not found["ends"].finished
    assert found["stubborn"].note == "1 cell interrupted after 3 s", "whether or not it heeds that"
    assert found["floods"].note == ""
    assert found["floods"].finished
    assert [hand_in.path for hand_in in examined] == list(made.values())


@pytest.mark.slow
def test_the_whole_notebook_has_a_limit_too(tmp_path):
    hand_in = examine(write(tmp_path / "long.ipynb", "print('never')"), timeout=0.1)
    assert (hand_in.note, hand_in.finished) == ("stopped after 0.1 s, before cell 1", False)


def test_a_folder_means_all_notebooks_below(tmp_path):
    for name in ("b/2.ipynb", "a.ipynb", "b/.ipynb_checkpoints/2-checkpoint.ipynb", "b/notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}", encoding="utf-8")
    assert hand_ins([tmp_path, tmp_path / "a.ipynb"]) == [tmp_path / "a.ipynb", tmp_path / "b" / "2.ipynb"]


def test_an_empty_folder_is_a_mistake_in_the_call(tmp_path, capsys):
    with pytest.raises(ValueError, match="notebooks: got the folder"):
        hand_ins([tmp_path])
    with pytest.raises(SystemExit) as stop:
        main(["report", str(tmp_path)])
    assert stop.value.code == 2
    assert "holds no file that ends in .ipynb" in capsys.readouterr().err


@pytest.mark.parametrize("option", [["--timeout", "0"], ["--cell-timeout", "-1"], ["-j", "0"], ["--timeout", "x"]])
def test_limits_must_be_positive(option, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["report", "any.ipynb", *option])
    assert stop.value.code == 2
    with pytest.raises(ValueError, match="timeout: got 0"):
        examine("any.ipynb", timeout=0)
    with pytest.raises(ValueError, match="jobs: got 0"):
        examine_all([], jobs=0)


def test_an_unwritable_table_is_noticed_before_the_work(tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["report", "any.ipynb", "--csv", str(tmp_path / "nowhere" / "table.csv")])
    assert stop.value.code == 2
    assert "nowhere" in capsys.readouterr().err


def invented(folder):
    solved = {"02.relu_biases": Result("correct", 1), "02.relu_sum": Result("error")}
    return [
        HandIn(folder / "ben" / "02.ipynb", solved, finished=True),
        HandIn(folder / "eva" / "02.ipynb", {"02.relu_biases": Result("correct", 0, True)}, finished=True),
        HandIn(folder / "ben" / "01.ipynb", {"01.two_path_response": Result("not attempted")}, finished=True),
        HandIn(folder / "=1+1" / "x.ipynb", note="is not a notebook (NotJSONError)"),
    ]


def test_table_groups_by_notebook_and_explains_its_columns(tmp_path):
    blocks = table(invented(tmp_path)).split("\n\n")
    assert [block.splitlines()[0] for block in blocks[:-1]] == ["Notebook 01", "Notebook 02", "No exercise found"]
    second = blocks[1].splitlines()
    assert second[1].split() == ["hand-in", "1", "2", "solved", "note"]
    assert second[2].split() == [os.path.join("ben", "02.ipynb"), "ok", "1h", "error", "1", "of", "2"]
    assert second[3].split() == [os.path.join("eva", "02.ipynb"), "ok", "s", "-", "1", "of", "2"]
    assert second[4:] == ["  1  02.relu_biases", "  2  02.relu_sum"]
    assert "2h: two hints" in blocks[-1]


def test_mistakes_are_counted_over_the_class(tmp_path):
    def one(name, *mistakes):
        results = {"02.segment_slopes": Result("not yet", mistakes=list(mistakes)), "02.relu_sum": Result("correct")}
        return HandIn(tmp_path / name, results, finished=True)

    open_yet = HandIn(tmp_path / "d", {"02.segment_slopes": Result("not attempted")})
    lines = mistakes_table(
        [one("a", "no division"), one("b", "swapped", "no division"), one("c"), open_yet]
    ).splitlines()
    assert [line.split() for line in lines[1:]] == [
        ["exercise", "answers", "this", "looks", "like", "..."],
        ["02.segment_slopes", "2", "of", "3", "no", "division"],
        ["1", "of", "3", "swapped"],
    ]
    assert mistakes_table([one("c"), open_yet]) == ""


def test_csv_has_a_row_for_each_exercise_and_no_formulas(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = invented(tmp_path)
    found[-1].path = type(tmp_path)("=1+1.ipynb")
    write_csv(found, "table.csv")
    with open("table.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 5
    assert (rows[0]["exercise"], rows[0]["hints"]) == ("02.relu_biases", "1")
    assert rows[2]["solution_shown"] == "1"
    assert rows[-1]["notebook"] == "'=1+1.ipynb", "a spreadsheet would compute it"
    assert rows[-1]["note"] == "is not a notebook (NotJSONError)"


def test_command_line_end_to_end(tmp_path, capsys):
    (tmp_path / "broken.ipynb").write_text("{", encoding="utf-8")
    assert main(["report", str(tmp_path), "--csv", str(tmp_path / "out.csv")]) == 1
    shown = capsys.readouterr()
    assert "broken.ipynb" in shown.out
    assert "1 of 1: broken.ipynb" in shown.err
    assert "is not a notebook" in (tmp_path / "out.csv").read_text(encoding="utf-8")


def test_the_courses_own_boxes_are_understood():
    """The worker reads what the boxes write: both must agree on the form."""
    from utils.exercises.report import exercise_notes

    good = {"exercise": "02.relu_biases", "status": "not yet", "hints": 1, "mistake": "one sign"}
    outputs = [
        {"metadata": {"course": good}},
        {"metadata": {"course": {**good, "status": "excellent"}}},
        {"metadata": {"course": {**good, "hints": "many"}}},
        {"metadata": {"course": {**good, "mistake": ["one sign"]}}},
        {"metadata": {"course": "text"}},
        {"metadata": {}},
        {},
    ]
    assert list(exercise_notes(outputs)) == [good]
    assert json.loads(json.dumps(good)) == good
