"""My progress is read from what a saved notebook holds."""

import nbformat
import pytest

from utils.exercises.__main__ import main
from utils.exercises.progress import course_notebooks, read_progress, table

SOURCES = [
    "import torch",
    '@exercise("02.relu_biases")\ndef relu_biases(x_train):\n    return -x_train[:-1]',
    '@exercise("02.segment_slopes"\ndef segment_slopes(x_train, y_train) return',
    'predict("02.relus_for_ten_points")',
    "relu_biases.hint()",
]


def note(**course):
    return nbformat.v4.new_output("display_data", {"text/plain": "a box"}, metadata={"course": course})


@pytest.fixture
def saved(tmp_path):
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in SOURCES])
    nb.cells[1].outputs = [
        note(exercise="02.relu_biases", status="not yet", hints=0),
        note(exercise="02.relu_biases", status="correct", hints=2),
    ]
    nb.cells[2].outputs = [note(exercise="02.segment_slopes", status="error", hints=1), note(notice="something else")]
    nb.cells[3].outputs = [
        note(prediction="02.relus_for_ten_points"),
        note(prediction="02.relus_for_ten_points", chosen="B", right=True),
    ]
    nb.cells[4].outputs = [note(exercise="02.relu_biases", hints=2), nbformat.v4.new_output("stream", text="text")]
    path = tmp_path / "02_mine.ipynb"
    nbformat.write(nb, path)
    return path


def test_boxes_and_choices_are_counted(saved):
    progress = read_progress(saved)
    assert progress.exercises == {"02.relu_biases": "correct", "02.segment_slopes": "error"}
    assert progress.solved == ["02.relu_biases"]
    assert progress.predictions == {"02.relus_for_ten_points": True}
    assert "02.relus_for_ten_points" in progress.asked
    assert progress.hints == {"02.relu_biases": 2, "02.segment_slopes": 1}


def test_the_command_says_what_is_left(saved, capsys):
    before = saved.read_bytes()
    assert main(["progress", str(saved)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("02_mine: 1 of 2 exercises solved, 1 of ")
    assert lines[0].endswith("predictions made (1 right)")
    assert lines[1] == "    exercise 2, segment_slopes: error, 1 hint shown"
    assert lines[2].startswith("Together: 1 of 2 exercises, 1 of ")
    assert saved.read_bytes() == before


def test_the_courses_own_notebooks_are_the_default(capsys):
    assert [path.name[:2] for path in course_notebooks()] == ["01", "02", "03", "04", "05", "06"]
    assert main(["progress"]) == 0
    assert len([line for line in capsys.readouterr().out.splitlines() if line[:1] == "0"]) == 6


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"cells": 3}', b'{"cells": [3]}', bytes(range(256))])
def test_a_broken_file_says_so(tmp_path, content):
    path = tmp_path / "x.ipynb"
    path.write_bytes(content)
    assert read_progress(path).problem == "is not a notebook"
    assert table([read_progress(path)]).splitlines()[0] == "x: is not a notebook"


def test_a_missing_file_says_so(tmp_path, capsys):
    assert main(["progress", str(tmp_path / "nowhere.ipynb")]) == 1
    assert "nowhere: cannot be read (No such file or directory)" in capsys.readouterr().out
