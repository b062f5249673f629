"""A student who answers all exercises of a notebook: what must be true after the run, whatever the answers are."""

from __future__ import annotations

from notebook_tools import boxes, code_cells, exercise_cells, words

from refresh import faults


def by_id(nb):
    """Id -> code cell."""
    return {cell["id"]: cell for _, cell in code_cells(nb) if "id" in cell}


class Student:
    """One notebook. One class for each, so that the workers share them.

    The module of a student has the fixtures `stored`, the notebook as it is stored, `executed`, the same with the
    student's answers, after its run, and `may_differ`, ids of cells whose words may be others than the stored ones.

    Attributes:
        number: of the notebook.
        verdict: what every box must say.
    """

    number: str
    verdict: str

    def test_nothing_is_on_standard_error(self, executed):
        assert faults(executed) == []

    def test_every_box_tells_the_truth(self, stored, executed):
        assert boxes(executed) == dict.fromkeys(exercise_cells(stored), self.verdict)

    def test_the_words_are_the_stored_ones(self, stored, executed, may_differ):
        # What stands under an exercise, and what the start cell fetches, depends on who is there.
        depends = {stored.cells[place].id for place, _ in exercise_cells(stored).values()} | {"bootstrap"} | may_differ
        here = by_id(executed)
        for name, cell in by_id(stored).items():
            if name not in depends:
                assert words(here[name]) == words(cell), name
