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
    """The address of a repository that holds of the present working tree what a start asks for."""
    return publish_course(tmp_path_factory.mktemp("remote"), ("utils", "requirements.txt"))


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
    assert told == f"The course is not here: fetching it into the folder {FOLDER}."
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
    assert second.stdout.splitlines() == [where, path]


def test_twice_in_one_session_changes_nothing(tmp_path, remote):
    code = CELL + "\nimport sys\nbefore = list(sys.path)\n" + CELL + "\nprint(sys.path == before)"
    again = start(tmp_path, remote, code=code)
    assert again.stdout.splitlines()[-1] == "True", again.stderr


@pytest.mark.parametrize("how", ["vscode", "jupyter", "workspace"])
def test_the_course_beside_the_notebook_is_found_from_any_working_folder(tmp_path, how):
    """A stranger's working folder; the page tells where the notebook is, or the course lies right below."""
    folder, code, extra = tmp_path, CELL + WHERE, {}
    notebook = ROOT / "notebooks" / "01_all_or_none_neuron.ipynb"
    if how == "vscode":
        code = f"__vsc_ipynb_file__ = {str(notebook)!r}\n" + code
    elif how == "jupyter":
        extra["JPY_SESSION_NAME"] = str(notebook)
    else:
        folder = ROOT.parent
    result = start(folder, "file:///nowhere", code=code, colab=False, **extra)
    assert result.returncode == 0, result.stderr
    if how != "workspace":  # there, another copy of the course may lie beside this one
        assert f"utils: {ROOT / 'utils' / '__init__.py'}" in result.stdout.splitlines()
    assert "fetching" not in result.stdout


@pytest.mark.parametrize("kind", ["package", "module", "namespace"])
def test_another_utils_gives_way(tmp_path, remote, kind):
    foreign = tmp_path / "elsewhere"
    if kind == "module":
        foreign.mkdir()
        (foreign / "utils.py").write_text("answer = 1", encoding="utf-8")
    else:
        (foreign / "utils").mkdir(parents=True)
        (foreign / "utils" / "page.py").write_text("answer = 1", encoding="utf-8")
        if kind == "package":
            (foreign / "utils" / "__init__.py").touch()
    here = tmp_path / "session"
    here.mkdir()
    load = "import utils\n" if kind == "module" else "import utils.page\n"
    use = "\nfrom utils import counted\nprint(counted.__module__)"
    result = start(here, remote, code=load + CELL + WHERE + use, PYTHONPATH=str(foreign))
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert f"utils: {here / FOLDER / 'utils' / '__init__.py'}" in lines
    assert lines[-1] == "utils.page.numbers"


def test_local_notebook_finds_the_course_and_says_nothing(tmp_path):
    result = start(ROOT / "tests", "file:///nowhere", code=CELL, colab=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    where = start(ROOT / "tests", "file:///nowhere", colab=False)
    assert f"utils: {ROOT / 'utils' / '__init__.py'}" in where.stdout.splitlines()


def test_where_nothing_can_be_kept_at_home_nothing_is_written_in_red(tmp_path):
    """Matplotlib would complain of a read-only HOME; here nobody can make a folder, not even root."""
    (tmp_path / "file").touch()
    nowhere = {"HOME": str(tmp_path / "file"), "XDG_CONFIG_HOME": "", "XDG_CACHE_HOME": "", "PYTHONWARNINGS": "error"}
    code = CELL + "\nimport matplotlib.pyplot, utils.panels.spiral_mlp, utils.plotting.spiral_mlp\nprint('ready')"
    result = start(ROOT / "tests", "file:///nowhere", code=code, colab=False, **nowhere)
    assert (result.returncode, result.stdout, result.stderr) == (0, "ready\n", "")


def test_what_cannot_be_fetched_is_told_with_gits_own_reason(tmp_path):
    nowhere = (tmp_path / "nothing.git").as_uri()
    result = start(tmp_path, nowhere)
    assert result.returncode != 0
    assert f"RuntimeError: {nowhere} could not be fetched: fatal: " in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_without_git_a_sentence_says_so(tmp_path, remote):
    result = start(tmp_path, remote, PATH=str(tmp_path))
    assert result.stderr.strip().splitlines()[-1].endswith("could not be fetched: git is not installed here")


def test_an_interrupted_fetch_does_not_stand_in_the_way(tmp_path, remote):
    (tmp_path / f"{FOLDER}.part" / ".git").mkdir(parents=True)
    result = start(tmp_path, remote)
    assert result.returncode == 0, result.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == [FOLDER]


@pytest.fixture
def without(monkeypatch):
    """A session in which some packages are missing, and an installer that only notes what it is asked for."""
    asked = []

    def fake_run(command, **_):
        held = Path(command[command.index("--constraint") + 1]).read_text(encoding="utf-8")
        asked.append((command, held))
        return subprocess.CompletedProcess(command, 0, "", "")

    def leave_out(*gone):
        real = metadata.version

        def version(name):
            if name in gone:
                raise metadata.PackageNotFoundError(name)
            return real(name)

        monkeypatch.setattr(bootstrap.subprocess, "run", fake_run)
        monkeypatch.setattr(bootstrap.metadata, "version", version)
        return asked

    for name in bootstrap.LENT:
        monkeypatch.delenv(name, raising=False)
    return leave_out


@pytest.mark.parametrize("host", bootstrap.LENT)
def test_what_is_missing_on_a_lent_machine_is_installed_and_the_rest_is_held(without, monkeypatch, capsys, host):
    asked = without("pooch", "torch", "jupyterlab")
    monkeypatch.setenv(host, "yes")
    bootstrap.prepare(ROOT)
    ((command, held),) = asked
    assert command[:4] == [sys.executable, "-m", "pip", "install"]
    assert [word for word in command if word.startswith("pooch")] == ["pooch>=1.8"]
    assert not [word for word in command if word.startswith(("jupyterlab", "numpy", "matplotlib", "ipywidgets"))]
    assert f"numpy=={metadata.version('numpy')}" in held
    assert "torch==" not in held, "it is not there, so it cannot be held"
    assert capsys.readouterr().out == "Installed for this session: torch, pooch.\n"


def test_a_newer_torch_is_never_asked_for(without, monkeypatch):
    asked = without("pooch")
    monkeypatch.setenv("COLAB_RELEASE_TAG", "release-colab")
    bootstrap.prepare(ROOT)
    ((command, held),) = asked
    assert not [word for word in command if word.startswith("torch")]
    assert f"torch=={metadata.version('torch')}" in held


def test_elsewhere_the_one_command_is_named_and_nothing_is_installed(without):
    asked = without("pooch", "sinabs")
    with pytest.raises(RuntimeError, match=r"Not installed here: pooch, sinabs\. Run `make lab`.*-m pip install -r"):
        bootstrap.prepare(ROOT)
    assert asked == []


def test_a_session_that_only_holds_colabs_module_is_lent_too(without, monkeypatch):
    assert not bootstrap.is_lent()
    monkeypatch.setitem(sys.modules, "google.colab", sys)
    assert bootstrap.is_lent()
