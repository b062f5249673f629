"""The course as a Colab session meets it: Colab's versions, one notebook in an empty folder, the rest fetched.

A student answers every exercise wrongly there, on a machine that knows ASCII alone, and with two threads, where
`make test` has one. Each notebook runs to its end all the same, with the words of the stored one, but for what the
longest training decides where that would be `make test`'s again. A last cell then does with its panels and predictions
what a reader would.
"""

import inspect
import json
import subprocess
from importlib.metadata import version

import nbformat
import pytest
from notebook_tools import (
    answered,
    cells_that_call,
    exercise_cells,
    panel_cells,
    publish_course,
    read_all,
    run,
    shortened,
    words,
)
from students import Student

from course import ROOT, read_project
from environment import python_of
from utils.exercises import get
from utils.exercises.engine import NOT_YET

PYTHON = python_of(str(ROOT / ".venv-colab"))
FOLDER = read_project().repository.rsplit("/", 1)[1]
NOTEBOOKS = {path.name[:2]: nb for path, nb in read_all().items()}
# What tells utils where it is; a real session holds the module before its first cell. And somebody else's utils.
COLAB = "import sys\nimport types\n\nimport utils\n\nsys.modules['google.colab'] = types.ModuleType('google.colab')"
LONGEST_ACTION = 120  # seconds
ASCII = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
# A thread that waits lets others work.
THREADS = {"OMP_NUM_THREADS": "2", "OMP_WAIT_POLICY": "passive"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not (ROOT / ".venv-colab").exists(), reason="there is no .venv-colab: run `make colab`"),
]


def drive(longest_action):
    """Use every panel and every prediction of the session; runs in the notebook's kernel, as its last cell.

    Args:
        longest_action: seconds allowed for the work behind a panel's button.

    Returns:
        "panels": title -> what each control, the reset button and the action did; "predictions": the verdicts.
    """
    import gc

    from utils.panels import Choice, Slider, SliderPanel, Text
    from utils.predictions.asking import Question

    def ends(control):
        if isinstance(control, Slider):
            return control.accept(control.min), control.accept(control.max)
        if isinstance(control, Choice):
            return [option for option in control.options if option != control.value]
        assert isinstance(control, Text)
        return "x**2 - 1", "cos(x"

    def move(panel, name, value):
        # As the front end does, which knows nothing of `panel.set`, and sends a place in a list, not its text.
        control = panel._sliders[name]
        place = {"index": list(control.options).index(value)} if isinstance(control, Choice) else {"value": value}
        panel._controls[name].set_state(place)
        return panel.png, panel.caption, panel._image.value, panel._words.value

    def last_choices(panel):
        return {name: c.options[-1] for name, c in panel._sliders.items() if isinstance(c, Choice)}

    def use(panel, name, control, start):
        if isinstance(control, Text):  # a typed formula counts once it is chosen
            panel.set(**last_choices(panel))
        before = panel.png
        seen = [move(panel, name, value) for value in ends(control)]
        panel.reset_button.click()
        return {
            "changes": any(png != before for png, *_ in seen),
            "is shown": all('src="data:image/png;base64,' in image for _, _, image, _ in seen),
            "speaks": all(len(caption) > 10 and caption[:10] in html for _, caption, _, html in seen),
            "returns": panel.png == start,
            "words": [caption for _, caption, _, _ in seen],
        }

    def act(panel, start):
        panel._button.click()
        said = {"ends": panel.wait(longest_action), "changes": panel.png != start, "words": panel.caption}
        panel.reset_button.click()
        return said | {"returns": panel.png == start}

    def attempt(work, *arguments):
        try:
            return work(*arguments)
        except Exception as problem:
            return {"works": False, "words": f"{type(problem).__name__}: {problem}"}

    def examine(panel):
        # Drawn when its cell ran; by now later cells may have changed what it draws from.
        first = panel.png
        panel.reset_button.click()
        start = panel.png
        said = {name: attempt(use, panel, name, control, start) for name, control in panel._sliders.items()}
        if panel._action is not None:
            return said | {"its button": attempt(act, panel, start)}
        return said | {"all controls": {"draw what they drew at first": start == first}}

    found = {"panels": {}, "predictions": []}
    session = gc.get_objects()
    for panel in [thing for thing in session if type(thing) is SliderPanel]:
        said = attempt(examine, panel)
        found["panels"][panel.title] = {"its reset button": said} if "works" in said else said
    for prediction in [thing for thing in session if type(thing) is Question]:
        prediction.buttons["A"].click()
        right, verdict = prediction.prediction.answer == "A", prediction.verdict.value
        prediction.buttons["B"].click()
        found["predictions"].append(
            {
                "scored": ("You chose A: " if right else "You chose A. The answer is ") in verdict,
                "closed": prediction.verdict.value == verdict,
            }
        )
    return found


@pytest.fixture(scope="module")
def remote(tmp_path_factory):
    return publish_course(tmp_path_factory.mktemp("remote"))


@pytest.fixture(scope="class")
def stored(request):
    return NOTEBOOKS[request.cls.number]


@pytest.fixture(scope="session")
def same_torch():
    """Whether Colab's PyTorch is the course's own."""
    ask = [PYTHON, "-c", "from importlib.metadata import version; print(version('torch'))"]
    theirs = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
    return theirs.partition("+")[0] == version("torch").partition("+")[0]


@pytest.fixture(scope="class")
def given(request, stored, same_torch):
    """The notebook with the student's answers, and the ids of the cells that short trainings may change."""
    nb = answered(stored, {name: next(iter(get(name).wrong_answers.values())) for name in exercise_cells(stored)})
    return shortened(nb) if request.cls.trains and same_torch else (nb, set())


@pytest.fixture(scope="class")
def executed(stored, given, remote, tmp_path_factory):
    """The notebook after its run: a cell before it, a cell behind it, and its own between them."""
    nb = given[0]
    last = f"import json\n\n{inspect.getsource(drive)}\nprint(json.dumps(drive({LONGEST_ACTION})))"
    nb.cells = [nbformat.v4.new_code_cell(COLAB), *nb.cells, nbformat.v4.new_code_cell(last)]
    folder, foreign = tmp_path_factory.mktemp("content"), tmp_path_factory.mktemp("foreign")
    nbformat.write(stored, folder / "notebook.ipynb")
    (foreign / "utils").mkdir()
    (foreign / "utils" / "__init__.py").touch()
    # Without an index, whatever the start cell wanted to install would fail.
    environment = {"COURSE_REPOSITORY": remote, "COLAB_RELEASE_TAG": "release-colab", "PIP_NO_INDEX": "1"}
    environment |= ASCII | THREADS | {"PYTHONPATH": str(foreign)}
    return run(nb, folder=folder, python=PYTHON, environment=environment)


@pytest.fixture(scope="class")
def may_differ(given):
    return given[1]


@pytest.fixture(scope="class")
def driven(executed):
    # A button's work that fails leaves an error beside it, which the first test tells of.
    return json.loads("".join(o.text for o in executed.cells[-1].outputs if o.get("name") == "stdout"))


class ColabShape(Student):
    """One notebook.

    Attributes:
        trains: whether its training takes a minute: where Colab's PyTorch is the course's own, it is cut short, since
            `make test` has shown what it comes to.
    """

    verdict = NOT_YET
    trains = False

    def test_it_fetches_the_course_and_installs_nothing(self, executed):
        (start,) = (cell for cell in executed.cells if cell.get("id") == "bootstrap")
        # What it installs it would name, and without an index it could not.
        assert words(start) == [f"The course is not here: fetching it into the folder {FOLDER}.\n"]

    def test_every_panel_answers_and_returns(self, stored, driven):
        assert len(driven["panels"]) == len(panel_cells(stored)) > 0
        silent = {
            f"{title}, {control}: {what}": said
            for title, controls in driven["panels"].items()
            for control, said in controls.items()
            for what, well in said.items()
            if not well
        }
        assert silent == {}

    def test_every_prediction_is_scored_once(self, stored, driven):
        assert driven["predictions"] == [{"scored": True, "closed": True}] * len(cells_that_call(stored, "predict"))


class TestColab06(ColabShape):
    number = "06"
    trains = True


class TestColab04(ColabShape):
    number = "04"


class TestColab03(ColabShape):
    number = "03"


class TestColab05(ColabShape):
    number = "05"


class TestColab01(ColabShape):
    number = "01"


class TestColab02(ColabShape):
    number = "02"
