"""The start cell, as Colab meets it: one notebook, an empty folder, and a repository somewhere else."""

import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from notebook_tools import publish_course

from course import ROOT, notebook_paths, read_project
from publish import bootstrap_cell
from utils import bootstrap

FOLDER = read_project().repository.rsplit("/", 1)[1]
CELL = bootstrap_cell(read_project())
# Run as a notebook's kernel would: from a string, with the working folder on the path. Then say where utils is from.
WHERE = "\nimport utils, sys\nprint('utils:', utils.__file__)\nprint('first:', sys.path[0])\n"


@pytest.fixture(scope="session")
def remote(tmp_path_factory):
    """The address of a repository that holds the present working tree."""
    return publish_course(tmp_path_factory.mktemp("remote"))


def start(folder, remote, code=CELL + WHERE, colab=True, **extra):
    """Run the cell in an empty session, in `folder`."""
    environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "COLAB_RELEASE_TAG"}}
    environment |= {"COURSE_REPOSITORY": remote, **extra}
    if colab:
        environment["COLAB_RELEASE_TAG"] = "release-colab"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )


def test_fetches_the_course_once_and_installs_nothing_that_is_there(tmp_path, remote):
    notebook = shutil.copy(notebook_paths()[0], tmp_path)
    first = start(tmp_path, remote, PIP_NO_INDEX="1")
    assert first.returncode == 0, first.stderr
    told, where, path = first.stdout.splitlines()
    assert told == f"The course is in {FOLDER}/; installed: nothing, all is there."
    assert Path(where.removeprefix("utils: ")) == tmp_path / FOLDER / "utils" / "__init__.py"
    assert Path(path.removeprefix("first: ")) == tmp_path / FOLDER
    assert {entry.name for entry in tmp_path.iterdir()} == {FOLDER, Path(notebook).name}
    commits = subprocess.run(
        ["git", "rev-list", "--count", "HEAD"], cwd=tmp_path / FOLDER, capture_output=True, text=True
    )
    assert commits.stdout.strip() == "1"

    # A second run must not need the repository any more.
    second = start(tmp_path, "file:///nowhere")
    assert second.returncode == 0, second.stderr
    assert second.stdout == first.stdout


def test_twice_in_one_session_changes_nothing(tmp_path, remote):
    again = start(tmp_path, remote, code=CELL + "\nbefore = list(sys.path)\n" + CELL + "\nprint(sys.path == before)")
    assert again.stdout.splitlines()[-1] == "True", again.stderr


def test_a_session_that_only_holds_colabs_module_is_colab_too(tmp_path, remote):
    module = "import sys, types\nsys.modules['google.colab'] = types.ModuleType('google.colab')\n"
    result = start(tmp_path, remote, code=module + CELL, colab=False, PIP_NO_INDEX="1")
    assert result.stdout == f"The course is in {FOLDER}/; installed: nothing, all is there.\n", result.stderr


@pytest.mark.parametrize("kind", ["package", "module", "namespace"])
def test_another_utils_gives_way(tmp_path, remote, kind):
    foreign = tmp_path / "elsewhere"
    if kind == "module":
        foreign.mkdir()
        (foreign / "utils.py").write_text("answer = 1", encoding="utf-8")
    else:
        (foreign / "utils").mkdir(parents=True)
        (foreign / "utils" / "seeding.py").write_text("answer = 1", encoding="utf-8")
        if kind == "package":
            (foreign / "utils" / "__init__.py").touch()
    here = tmp_path / "session"
    here.mkdir()
    load = "import utils\n" if kind == "module" else "import utils.seeding\n"
    use = "\nfrom utils import set_seed\nprint(set_seed.__module__)"
    result = start(here, remote, code=load + CELL + WHERE + use, PYTHONPATH=str(foreign))
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert f"utils: {here / FOLDER / 'utils' / '__init__.py'}" in lines
    assert lines[-1] == "utils.seeding"


def test_local_notebook_finds_the_course_and_says_nothing(tmp_path):
    result = start(ROOT / "tests", "file:///nowhere", code=CELL, colab=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    where = start(ROOT / "tests", "file:///nowhere", colab=False)
    assert f"utils: {ROOT / 'utils' / '__init__.py'}" in where.stdout.splitlines()


def test_without_a_network_one_sentence_says_so(tmp_path):
    result = start(tmp_path, (tmp_path / "nothing.git").as_uri())
    assert result.returncode != 0
    assert result.stderr.strip().splitlines()[-1].endswith("Is there a network? Then run this cell again.")
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_fetch_does_not_stand_in_the_way(tmp_path, remote):
    (tmp_path / f"{FOLDER}.part" / ".git").mkdir(parents=True)
    result = start(tmp_path, remote)
    assert result.returncode == 0, result.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == [FOLDER]


def test_a_newer_torch_is_never_asked_for(tmp_path, monkeypatch):
    """Where something is missing, it alone is installed, and what Colab brings is held at its version."""
    asked = []

    def fake_run(command, **_):
        held = Path(command[command.index("--constraint") + 1]).read_text(encoding="utf-8")
        asked.append((command, held))
        return subprocess.CompletedProcess(command, 0, "", "")

    gone = {"pooch", "torch", "jupyterlab"}
    real = metadata.version

    def version(name):
        if name in gone:
            raise metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setenv("COLAB_RELEASE_TAG", "release-colab")
    monkeypatch.setattr(bootstrap.subprocess, "run", fake_run)
    monkeypatch.setattr(bootstrap.metadata, "version", version)
    bootstrap.prepare(ROOT)
    ((command, held),) = asked
    assert command[:4] == [sys.executable, "-m", "pip", "install"]
    assert [word for word in command if word.startswith("pooch")] == ["pooch>=1.8"]
    assert not [word for word in command if word.startswith(("torch", "jupyterlab", "numpy"))]
    assert f"numpy=={real('numpy')}" in held
    assert "torch" not in held, "it is not there, so it cannot be held"


def test_a_failing_installer_is_one_sentence(monkeypatch):
    failed = subprocess.CompletedProcess([], 1, "", "noise\nERROR: no such package")
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(RuntimeError, match=r"pooch>=1.8 could not be installed \(ERROR: no such package\)"):
        bootstrap.install(["pooch>=1.8"])


def test_requirements_are_read_with_their_comments(tmp_path):
    file = tmp_path / "requirements.txt"
    file.write_text("# head\n\nTyping_Extensions>=4  # why\nipywidgets>=7.7,<9\n", encoding="utf-8")
    assert bootstrap.required(file) == {
        "typing-extensions": "Typing_Extensions>=4",
        "ipywidgets": "ipywidgets>=7.7,<9",
    }
    file.write_text("--index x\n", encoding="utf-8")
    with pytest.raises(ValueError, match="is no requirement"):
        bootstrap.required(file)
