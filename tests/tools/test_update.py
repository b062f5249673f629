"""`make update`: the new course arrives, and nothing that a student wrote is lost."""

import json
import subprocess
from datetime import datetime

import pytest

from update import COPIES, UpdateError, update

WHEN = datetime(2026, 1, 2, 3, 4, 5)


def cell(name, text, kind="code"):
    more = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"id": name, "cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True), **more}


def write(path, cells):
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))


def sources(path):
    return {one["id"]: "".join(one["source"]) for one in json.loads(path.read_text())["cells"]}


def git(folder, *words):
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


FIRST = [
    cell("title", "# One", "markdown"),
    cell("imports", "import math"),
    cell("exercise-a", '@exercise("01.a")\ndef a(x):\n    return ...'),
    cell("figure", "show(1)"),
]


@pytest.fixture
def course(tmp_path):
    """The course's repository, and a student's clone of it."""
    teacher, student = tmp_path / "teacher", tmp_path / "student"
    (teacher / "notebooks").mkdir(parents=True)
    git(teacher, "init", "-q")
    write(teacher / "notebooks" / "01.ipynb", FIRST)
    (teacher / "helper.py").write_text("old\n")
    git(teacher, "add", "-A")
    git(teacher, "commit", "-qm", "one")
    git(tmp_path, "clone", "-q", str(teacher), "student")

    def publish(cells=None, helper="new\n"):
        write(teacher / "notebooks" / "01.ipynb", cells or FIRST)
        (teacher / "helper.py").write_text(helper)
        git(teacher, "commit", "-qam", "two")

    return publish, student


def test_nothing_new_is_said_so(course):
    assert update(course[1]) == ["The course is up to date."]


def test_answers_and_own_cells_stay_and_the_rest_is_new(course):
    publish, student = course
    mine = [
        FIRST[0],
        FIRST[1],
        cell("exercise-a", '@exercise("01.a")\ndef a(x):\n    return x + 1'),
        cell("own", "a(3)"),
        cell("figure", "show(2)"),
    ]
    write(student / "notebooks" / "01.ipynb", mine)
    publish(
        [
            cell("title", "# One, anew", "markdown"),
            cell("imports", "import math, cmath"),
            cell("added", "more"),
            cell("exercise-a", '@exercise("01.a")\ndef a(x):\n    """Better words."""\n    return ...'),
            cell("figure", "show(1)"),
        ]
    )
    said = update(student, WHEN)
    assert said[0] == f"Copies of your notebooks are in {COPIES}/2026-01-02-030405/."
    assert sources(student / "notebooks" / "01.ipynb") == {
        "title": "# One, anew",
        "imports": "import math, cmath",
        "added": "more",
        "exercise-a": '@exercise("01.a")\ndef a(x):\n    return x + 1',
        "own": "a(3)",
        "figure": "show(2)",
    }
    assert (student / "helper.py").read_text() == "new\n"
    assert sources(student / COPIES / "2026-01-02-030405" / "01.ipynb")["own"] == "a(3)"
    assert update(student) == ["The course is up to date."]


def test_what_both_changed_and_is_no_answer_stands_below_the_courses(course):
    publish, student = course
    write(student / "notebooks" / "01.ipynb", [*FIRST[:3], cell("figure", "show(2)")])
    publish([*FIRST[:3], cell("figure", "show(3)")])
    update(student, WHEN)
    assert list(sources(student / "notebooks" / "01.ipynb").items())[-2:] == [
        ("figure", "show(3)"),
        ("figure-mine", "show(2)"),
    ]


def test_a_changed_cell_that_the_course_took_away_is_kept(course):
    publish, student = course
    write(student / "notebooks" / "01.ipynb", [*FIRST[:3], cell("figure", "show(2)")])
    publish(FIRST[:3])
    update(student, WHEN)
    assert sources(student / "notebooks" / "01.ipynb")["figure"] == "show(2)"


def test_a_notebook_that_the_course_left_alone_stays_as_it_is(course):
    publish, student = course
    write(student / "notebooks" / "01.ipynb", [*FIRST, cell("own", "1")])
    publish()
    update(student, WHEN)
    assert sources(student / "notebooks" / "01.ipynb")["own"] == "1"


def test_edits_elsewhere_are_not_overwritten(course):
    publish, student = course
    (student / "helper.py").write_text("mine\n")
    publish()
    with pytest.raises(UpdateError, match=r"helper\.py: changed here and in the new course"):
        update(student)
    assert (student / "helper.py").read_text() == "mine\n"


def test_own_commits_are_left_to_git(course):
    publish, student = course
    (student / "own.txt").write_text("x")
    git(student, "add", "-A")
    git(student, "commit", "-qm", "mine")
    publish()
    with pytest.raises(UpdateError, match="commits of its own"):
        update(student)
