"""Three students open each notebook: one leaves the exercises alone, one solves all, one gets all wrong.

The first is the regression run. Here come the other two: both must reach the end, see the same figures and the
same words as the first, and be told the truth in every box.
"""

from pathlib import Path

import pytest
from notebook_tools import answered, boxes, code_cells, exercise_cells, pictures, read_all, run, words

from utils.exercises import get
from utils.exercises.engine import CORRECT, NOT_YET

HELPERS = str(Path(__file__).parents[1] / "helpers")
NOTEBOOKS = {path.name[:2]: nb for path, nb in read_all().items()}


@pytest.fixture(scope="class")
def stored(request):
    return NOTEBOOKS[request.cls.number]


@pytest.fixture(scope="class")
def found(tmp_path_factory):
    """Where the kernel of the solving student writes what is hard to read in the figures."""
    return tmp_path_factory.mktemp("figures") / "found"


@pytest.fixture(scope="class")
def solved(stored, found):
    nb = answered(stored, {name: get(name).reference for name in exercise_cells(stored)})
    start = next(cell for _, cell in code_cells(nb) if cell.id == "bootstrap")
    # Leaves no names behind.
    start.source += f"\n__import__('sys').path.insert(0, {HELPERS!r}); __import__('legibility').watch({str(found)!r})"
    return run(nb)


@pytest.fixture(scope="class")
def failed(stored):
    return run(
        answered(stored, {name: next(iter(get(name).wrong_answers.values())) for name in exercise_cells(stored)})
    )


class Students:
    """One notebook's two further students. One class for each notebook, so that the workers share them."""

    number: str

    def test_every_right_answer_is_called_correct(self, stored, solved):
        assert boxes(solved) == dict.fromkeys(exercise_cells(stored), CORRECT)

    def test_every_wrong_answer_is_called_not_yet(self, stored, failed):
        assert boxes(failed) == dict.fromkeys(exercise_cells(stored), NOT_YET)

    def test_all_three_read_the_same_words(self, stored, solved, failed):
        exercises = {number for number, _ in exercise_cells(stored).values()}
        first, right, wrong = (dict(code_cells(nb)) for nb in (stored, solved, failed))
        for number in set(first) - exercises:
            assert words(right[number]) == words(first[number]), f"cell {number}"
            assert words(wrong[number]) == words(first[number]), f"cell {number}"

    def test_both_see_the_same_figures(self, solved, failed):
        right, wrong = dict(code_cells(solved)), dict(code_cells(failed))
        for number, cell in right.items():
            # A figure of measured times differs from run to run; its cell says so.
            if "timing" not in cell.metadata.get("tags", []):
                assert pictures(cell) == pictures(wrong[number]), f"cell {number}"

    def test_every_figure_can_be_read(self, solved, found):
        assert found.read_text(encoding="utf-8") == ""


class TestStudents01(Students):
    number = "01"


class TestStudents02(Students):
    number = "02"


class TestStudents03(Students):
    number = "03"


# The long notebooks' two further runs are for `make test-all`.
@pytest.mark.slow
class TestStudents04(Students):
    number = "04"


@pytest.mark.slow
class TestStudents05(Students):
    number = "05"


@pytest.mark.slow
class TestStudents06(Students):
    number = "06"
