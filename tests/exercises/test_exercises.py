"""Every exercise of every notebook: the reference passes, each known mistake is caught and named, the stub fits."""

import ast
import inspect
import re

import pytest
from notebook_tools import cells_that_call, code_cells, exercise_cells, read_all

from utils.exercises import get, ids
from utils.exercises.comparing import difference
from utils.exercises.engine import CORRECT, NOT_YET
from utils.exercises.notebooks import exercise_ids
from utils.exercises.registry import of_notebook

NOTEBOOKS = read_all()
STUBS = [exercise_cells(nb) for nb in NOTEBOOKS.values()]
# Notebook number -> least number of exercises, predictions and slider panels.
PROMISED = {"01": (4, 2, 2), "02": (4, 2, 1), "03": (5, 3, 1), "04": (5, 3, 3), "05": (5, 3, 2), "06": (5, 4, 2)}


def _call(answer, *args):
    return answer(*args)


# Through these answers the notebooks differentiate, with respect to these arguments.
DIFFERENTIATED = {
    "01.two_path_response": ["w00", "b00", "w01", "b01", "w10", "w11", "b_final"],
    "03.cross_entropy": ["logits"],
    "03.untwist": ["omega"],
    "04.mean_squared_error": ["decoded"],
    "06.dale_weights": ["w"],
    "06.unit_step": ["v", "h"],
}


@pytest.mark.parametrize("exercise_id", DIFFERENTIATED)
def test_an_answer_without_gradients_is_refused_where_they_are_needed(exercise_id):
    task = get(exercise_id)
    assert [*task.gradients] == DIFFERENTIATED[exercise_id]

    def cut_off(*args):
        result = task.reference(*args)
        return tuple(part.detach() for part in result) if isinstance(result, tuple) else result.detach()

    feedback = task.check(cut_off)
    assert feedback.status == NOT_YET
    assert "The values are right, but PyTorch" in feedback.message


@pytest.mark.parametrize("exercise_id", ids())
class TestExercise:
    def test_the_reference_is_correct(self, exercise_id):
        task = get(exercise_id)
        feedback = task.check(task.reference)
        assert feedback.status == CORRECT, feedback

    def test_another_right_answer_is_correct_too_and_differs_somewhere(self, exercise_id):
        task = get(exercise_id)
        if task.also is None:
            return
        feedback = task.check(task.also)
        assert feedback.status == CORRECT, feedback
        cases = [case.args for case in task.cases()]
        results = [[(task.call or _call)(answer, *args) for args in cases] for answer in (task.reference, task.also)]
        # The two are apart at a corner alone, so an engine that takes either for right learns of both from the rest.
        apart = [difference(one, other, task.rtol, task.atol) is not None for one, other in zip(*results, strict=True)]
        assert 0 < sum(apart) < len(apart) / 2

    def test_every_known_mistake_is_caught_and_named(self, exercise_id):
        task = get(exercise_id)
        assert len(task.wrong_answers) >= 2
        for name, mistake in task.wrong_answers.items():
            feedback = task.check(mistake)
            assert feedback.status == NOT_YET, (name, feedback)
            assert f"This looks like {name}." in feedback.message

    def test_cases_are_many_fresh_and_the_same_each_time(self, exercise_id):
        task = get(exercise_id)
        first, second = task.cases(), task.cases()
        assert len(first) >= 4
        for one, two in zip(first, second, strict=True):
            for a, b in zip(one.args, two.args, strict=True):
                simple = not callable(a) and type(a).__module__ in ("builtins", "numpy", "torch")
                assert not simple or difference(a, b, rtol=0, atol=0) is None

    def test_hints_and_solution_are_there(self, exercise_id):
        task = get(exercise_id)
        assert 2 <= len(task.hints) <= 4
        assert all(hint.strip() for hint in task.hints)
        assert task.solution().startswith(("def ", "class "))
        assert inspect.getdoc(task.reference)

    def test_the_stub_has_the_signature_of_the_reference_and_a_gap(self, exercise_id):
        task = get(exercise_id)
        stubs = [cells[exercise_id][1] for cells in STUBS if exercise_id in cells]
        assert len(stubs) == 1, "each exercise stands in one notebook, once"
        stub, reference = stubs[0], ast.parse(task.solution()).body[0]
        assert signatures(stub) == signatures(reference)
        assert any(isinstance(node, ast.Constant) and node.value is ... for node in ast.walk(stub))
        assert ast.get_docstring(stub)


def signatures(node):
    """Name -> arguments of a function, or of every method of a class."""
    if isinstance(node, ast.ClassDef):
        return {node.name: None} | {
            name: arguments
            for part in node.body
            if isinstance(part, ast.FunctionDef)
            for name, arguments in signatures(part).items()
        }
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return {node.name: ([a.arg for a in every], [ast.unparse(d) for d in arguments.defaults])}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestNotebook:
    def test_it_holds_the_exercises_predictions_and_panels_it_promises(self, path):
        nb, number = NOTEBOOKS[path], path.name[:2]
        here = set(exercise_cells(nb))
        assert here == {name for name in ids() if name.startswith(number)}
        panels = [cell for _, cell in code_cells(nb) if re.search(r"\bpanels\.\w+\(", cell.source)]
        found = (len(here), len(cells_that_call(nb, "predict")), len(panels))
        assert all(f >= p for f, p in zip(found, PROMISED[number], strict=True)), (found, PROMISED[number])

    def test_exercises_are_registered_in_the_notebooks_order(self, path):
        order = [task.id for task in of_notebook(path.name[:2])]
        assert order == exercise_ids(NOTEBOOKS[path]), "boxes count exercises in the order of their module"

    def test_an_exercise_cell_holds_the_exercise_alone(self, path):
        nb = NOTEBOOKS[path]
        for number, _ in exercise_cells(nb).values():
            assert len(ast.parse(nb.cells[number].source).body) == 1
