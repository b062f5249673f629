"""The tools that keep the notebooks: refresh, publish, picture, and the set-up of `.venv`."""

import base64
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

import course
import environment
import notebook_page
import picture
import publish
import refresh

PROJECT = course.Project("course", "1.0", "https://github.com/someone/course", "main")


def notebook(*sources, title="# 1. A test\n\n<!-- badges --><!-- /badges -->\n\nYou will\nsee."):
    """A notebook of the course's anatomy around some code cells."""
    return new_notebook(
        cells=[
            new_markdown_cell(title, id="title"),
            new_markdown_cell("**You will**\n\n- see\n\n**You need** eyes.\n\n**Minutes:** 25", id="about"),
            new_code_cell("placeholder = 1", id="bootstrap"),
            *(new_code_cell(source, id=f"code-{n}") for n, source in enumerate(sources)),
            new_markdown_cell("The end.\n\n<!-- feedback --><!-- /feedback -->", id="end"),
        ]
    )


@pytest.fixture
def stored(tmp_path):
    """Writes a notebook as some front end would, and returns its path."""

    def store(nb, name="01_test.ipynb"):
        path = tmp_path / name
        nbformat.write(nb, path)
        return path

    return store


class TestNormalForm:
    @staticmethod
    def used(nb):
        """The notebook as a front end leaves it."""
        nb.metadata = nbformat.from_dict(
            {
                "kernelspec": {"name": "conda-env", "display_name": "mine", "language": "python"},
                "language_info": {"name": "python", "version": "3.11.7"},
                "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}}},
            }
        )
        cell = nb.cells[3]
        cell.metadata = nbformat.from_dict(
            {"execution": {"iopub.status.busy": "2026-01-01"}, "tags": ["cover"], "collapsed": False}
        )
        cell.execution_count = 2
        cell.outputs = [
            new_output("stream", name="stdout", text="a\n"),
            new_output("stream", name="stdout", text="b\n"),
            new_output(
                "display_data",
                {refresh.WIDGET_VIEW: {"model_id": "x"}, "text/plain": "words", "image/png": "AAAA"},
                metadata={"image/png": {"alt": "words"}, refresh.WIDGET_VIEW: {}},
            ),
        ]
        return nb

    def test_drops_what_depends_on_who_saved_it_and_keeps_the_rest(self):
        nb = refresh.normalise(self.used(notebook("1")))
        assert nb.metadata == refresh.METADATA
        cell = nb.cells[3]
        assert cell.metadata == {"tags": ["cover"]}
        assert (cell.id, cell.execution_count) == ("code-0", 2)
        assert cell.outputs[0] == {"output_type": "stream", "name": "stdout", "text": "a\nb\n"}
        assert cell.outputs[1].data == {"text/plain": "words", "image/png": "AAAA"}
        assert cell.outputs[1].metadata == {"image/png": {"alt": "words"}}

    def test_twice_is_once(self):
        once = refresh.render(refresh.normalise(self.used(notebook("1"))))
        assert refresh.render(refresh.normalise(nbformat.reads(once, as_version=4))) == once

    def test_stored_text_is_readable_and_ends_with_a_newline(self, stored):
        path = stored(notebook("'µs'"))
        refresh.write(path, refresh.read(path))
        text = path.read_text(encoding="utf-8")
        assert text.endswith("}\n")
        assert "'µs'" in text
        assert refresh.is_normal(path)

    def test_check_names_the_others(self, stored, capsys):
        path = stored(self.used(notebook("1")))
        assert refresh.main(["--check", str(path)]) == 1
        assert "01_test.ipynb" in capsys.readouterr().err
        refresh.write(path, refresh.read(path))
        assert refresh.main(["--check", str(path)]) == 0

    @pytest.mark.parametrize("text", ["", "<html>", '{"cells": 3}', '{"a": 1}'])
    def test_a_file_that_is_no_notebook_is_named(self, tmp_path, text):
        path = tmp_path / "broken.ipynb"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=r"broken\.ipynb: not a notebook"):
            refresh.read(path)

    def test_a_failed_write_leaves_the_old_file_and_no_other(self, stored, monkeypatch):
        path = stored(notebook("1"))
        before = path.read_bytes()

        def full_disk(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(refresh.os, "replace", full_disk)
        with pytest.raises(OSError, match="No space left"):
            refresh.write(path, refresh.read(path))
        assert path.read_bytes() == before
        assert list(path.parent.iterdir()) == [path]


class TestRefresh:
    def test_runs_in_the_notebooks_folder_with_one_thread_and_stores(self, stored, capsys):
        path = stored(
            notebook(
                "import os; from pathlib import Path\nprint(os.environ['OMP_NUM_THREADS'], Path('marker').read_text())",
                "import ipywidgets; ipywidgets.IntSlider(description='slide')",
            )
        )
        (path.parent / "marker").write_text("here", encoding="utf-8")
        assert refresh.main([str(path), "--times", "3"]) == 0
        told = capsys.readouterr().out
        assert "01_test.ipynb: " in told
        assert "01_test.ipynb cell code-0: " in told
        nb = refresh.read(path)
        first, second = nb.cells[3], nb.cells[4]
        assert first.outputs[0].text == f"{os.environ['OMP_NUM_THREADS']} here\n"
        assert [cell.execution_count for cell in nb.cells if cell.cell_type == "code"] == [1, 2, 3]
        assert list(second.outputs[0].data) == ["text/plain"]
        assert refresh.is_normal(path)

    @pytest.mark.parametrize(
        ("source", "fault", "limit"),
        [
            ("1 / 0", "cell 3 (code-0) raised ZeroDivisionError: division by zero", "60"),
            ("import warnings; warnings.warn('look out')", "cell 3 (code-0) wrote to standard error", "60"),
            ("import os; os._exit(1)", "DeadKernelError", "60"),
            ("while True: pass", "CellTimeoutError", "1"),
        ],
    )
    def test_refuses_what_does_not_run_cleanly(self, stored, capsys, source, fault, limit):
        path = stored(notebook(source, "print('after')"))
        before = path.read_bytes()
        assert refresh.main([str(path), "--timeout", limit]) == 1
        told = capsys.readouterr().err
        assert fault in told
        assert "Not stored: 01_test.ipynb" in told
        assert path.read_bytes() == before

    def test_dry_run_writes_nothing(self, stored):
        path = stored(notebook("print(1)"))
        before = path.read_bytes()
        assert refresh.main(["--dry-run", str(path)]) == 0
        assert path.read_bytes() == before

    def test_every_fault_is_found(self):
        nb = notebook("a", "b", "c")
        nb.cells[2].execution_count = nb.cells[3].execution_count = nb.cells[4].execution_count = 1
        nb.cells[3].outputs = [new_output("error", ename="ValueError", evalue="no", traceback=[])]
        nb.cells[4].outputs = [new_output("stream", name="stderr", text="oops")]
        assert refresh.faults(nb) == [
            "cell 3 (code-0) raised ValueError: no",
            "cell 4 (code-1) wrote to standard error: oops",
            "cell 5 (code-2) was not executed",
        ]

    def test_bad_arguments_are_refused(self, stored, capsys):
        for arguments in (["nowhere.ipynb"], ["--jobs", "0", str(stored(notebook("1")))]):
            with pytest.raises(SystemExit):
                refresh.main(arguments)
        assert "nowhere.ipynb is not there" in capsys.readouterr().err

    def test_peak_memory_grows_with_what_is_held(self):
        before = refresh.peak_memory(os.getpid())
        held = bytearray(64_000_000)
        held[::4096] = b"\1" * len(held[::4096])
        assert refresh.peak_memory(os.getpid()) >= before
        assert refresh.peak_memory(os.getpid()) > len(held)


class TestPublish:
    def test_fills_the_three_places_and_nothing_else(self, stored):
        nb = notebook("print(1)")
        nb.cells[3].execution_count = 2
        nb.cells[3].outputs = [new_output("stream", name="stdout", text="1\n")]
        path = stored(nb)
        path.write_text(publish.published_notebook(path, PROJECT), encoding="utf-8")
        new = refresh.read(path)
        head, end = new.cells[0].source, new.cells[-1].source
        assert "colab.research.google.com/github/someone/course/blob/main/notebooks/01_test.ipynb" in head
        assert "mybinder.org/v2/gh/someone/course/main?urlpath=lab%2Ftree%2Fnotebooks%2F01_test.ipynb" in head
        assert new.cells[2].source == publish.bootstrap_cell(PROJECT)
        assert "someone/course/issues/new?template=notebook.yml&title=%5B01%5D%20&notebook=01_test" in end
        assert (new.cells[3].outputs, new.cells[3].execution_count) == (nb.cells[3].outputs, 2)
        assert new.cells[1].source == nb.cells[1].source
        # Again, and for another address.
        assert publish.published_notebook(path, PROJECT) == path.read_text(encoding="utf-8")
        moved = publish.published_notebook(path, course.Project("course", "1.0", "https://github.com/a/b", "v1"))
        assert "someone/course" not in moved
        assert "a/b/blob/v1" in moved

    def test_start_cell_carries_the_address(self):
        cell = publish.bootstrap_cell(PROJECT)
        compile(cell, "bootstrap", "exec")
        assert 'REPOSITORY, REF = "https://github.com/someone/course", "main"' in cell
        assert "@REPOSITORY@" not in cell
        assert "@REF@" not in cell

    @pytest.mark.parametrize(
        ("broken", "complaint"),
        [
            (notebook("1", title="# 1. No badges\n\nPromise."), "badges --><!-- /badges --> 0 times"),
            (new_notebook(), "has no cells"),
        ],
    )
    def test_a_missing_place_is_named(self, stored, broken, complaint):
        with pytest.raises(ValueError, match=complaint):
            publish.published_notebook(stored(broken), PROJECT)

    def test_a_missing_start_cell_is_named(self, stored):
        nb = notebook("1")
        del nb.cells[2]
        with pytest.raises(ValueError, match='0 cells with the id "bootstrap"'):
            publish.published_notebook(stored(nb), PROJECT)

    def test_row_is_read_off_the_notebook(self, stored):
        stub = '@exercise("01.a")\ndef a(x):\n    ...'
        path = stored(notebook(stub, stub.replace("01.a", "01.b"), "x = '@exercise('"))
        row = publish.notebook_row(notebook_page.read_page(path), "notebooks/", "more")
        columns = row.strip("| ").split(" | ")
        assert columns == ["1", "[A test](notebooks/01_test.ipynb)", "You will see.", "25", "2", "more"]

    def test_a_notebook_without_minutes_is_named(self, stored):
        nb = notebook("1")
        nb.cells[1].source = "You will see."
        with pytest.raises(ValueError, match=r"01_test\.ipynb: needs"):
            notebook_page.read_page(stored(nb))

    def test_a_new_address_reaches_every_file(self, tmp_path, monkeypatch, capsys):
        """In a copy of the project's papers."""
        for name in ("pyproject.toml", "README.md", "CITATION.cff"):
            (tmp_path / name).write_bytes((course.ROOT / name).read_bytes())
        for name in ("tools/bootstrap_cell.py", ".github/ISSUE_TEMPLATE/config.yml"):
            (tmp_path / name).parent.mkdir(parents=True)
            (tmp_path / name).write_bytes((course.ROOT / name).read_bytes())
        (tmp_path / "notebooks").mkdir()
        (tmp_path / "notebooks" / "README.md").write_text("<!-- notebooks --><!-- /notebooks -->", encoding="utf-8")
        path = tmp_path / "notebooks" / "01_test.ipynb"
        nbformat.write(notebook("1"), path)
        monkeypatch.setattr(publish, "ROOT", tmp_path)
        monkeypatch.setattr(publish, "notebook_paths", lambda: [path])
        monkeypatch.setattr(publish, "read_project", lambda: course.read_project(tmp_path / "pyproject.toml"))
        assert publish.main(["--repo", "new-owner/New.name"]) == 0
        assert publish.main(["--check"]) == 0
        assert "[A test](01_test.ipynb)" in (tmp_path / "notebooks" / "README.md").read_text(encoding="utf-8")
        assert "[A test](notebooks/01_test.ipynb)" in (tmp_path / "README.md").read_text(encoding="utf-8")
        old = course.read_project().repository
        for name in ("pyproject.toml", "README.md", "CITATION.cff", ".github/ISSUE_TEMPLATE/config.yml"):
            text = (tmp_path / name).read_text(encoding="utf-8")
            assert "new-owner/New.name" in text, name
            assert old not in text, name
        capsys.readouterr()
        assert publish.main([]) == 0
        assert capsys.readouterr().out == "", "a second call changes nothing"
        (tmp_path / "CITATION.cff").write_text("repository-code: https://github.com/old/one\n", encoding="utf-8")
        assert publish.main(["--check"]) == 1
        assert "CITATION.cff" in capsys.readouterr().err

    @pytest.mark.parametrize("slug", ["owner", "a/b/c", "own er/name", "../x", "https://github.com/a/b", "-a/b"])
    def test_an_address_of_another_form_is_refused(self, slug, capsys):
        before = (course.ROOT / "pyproject.toml").read_bytes()
        assert publish.main([f"--repo={slug}"]) == 1
        assert "allowed is owner/name" in capsys.readouterr().err
        assert (course.ROOT / "pyproject.toml").read_bytes() == before

    def test_a_bad_address_in_pyproject_is_named(self, tmp_path):
        path = tmp_path / "pyproject.toml"
        path.write_text('[project]\nname = "x"\nversion = "1"\n[project.urls]\nRepository = "github.com"\n')
        with pytest.raises(ValueError, match=r"Repository is 'github\.com'"):
            course.read_project(path)


def png(width, height, colour):
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "png")
    return base64.b64encode(buffer.getvalue()).decode()


def shown(*pictures_):
    return [new_output("display_data", {"image/png": p, "text/plain": "a picture"}) for p in pictures_]


class TestPicture:
    def test_cover_goes_before_the_largest(self, stored):
        nb = notebook("1", "2")
        nb.cells[3].outputs = shown(png(200, 100, "red"), png(20, 10, "blue"))
        nb.cells[4].outputs = shown(png(40, 30, "green"))
        path = stored(nb)
        title, figure = picture.cover(path)
        assert (title, figure.size) == ("1. A test", (200, 100))
        nb.cells[4].metadata["tags"] = ["cover"]
        assert picture.cover(stored(nb))[1].size == (40, 30)

    def test_a_notebook_without_a_picture_is_named(self, stored):
        with pytest.raises(ValueError, match=r"01_test\.ipynb has no title or shows no picture"):
            picture.cover(stored(notebook("1")))

    @pytest.mark.parametrize(("count", "columns", "rows"), [(1, 1, 1), (2, 2, 1), (3, 2, 2), (4, 2, 2), (6, 3, 2)])
    def test_any_number_of_notebooks_fits_on_the_sheet(self, count, columns, rows):
        figure = Image.new("RGBA", (300, 100), (255, 0, 0, 128))
        tiles = [picture.tile(f"{n}. A title", figure) for n in range(count)]
        sheet = picture.collage(tiles)
        width, height = tiles[0].size
        gap = picture.GAP
        assert sheet.size == (columns * (width + gap) + gap, rows * (height + gap) + gap)

    def test_without_notebooks_it_says_so(self, monkeypatch, capsys):
        monkeypatch.setattr(picture, "notebook_paths", list)
        assert picture.main() == 1
        assert "no notebook" in capsys.readouterr().err

    def test_written_picture_names_its_notebooks(self, stored, monkeypatch, tmp_path):
        nb = notebook("1")
        nb.cells[3].outputs = shown(png(200, 100, "red"))
        path = stored(nb)
        monkeypatch.setattr(picture, "notebook_paths", lambda: [path])
        monkeypatch.setattr(picture, "ROOT", tmp_path)
        monkeypatch.setattr(picture, "PICTURE", tmp_path / "course.png")
        assert picture.main() == 0
        with Image.open(tmp_path / "course.png") as made:
            assert made.text["Notebooks"] == "01_test"


def test_a_kernel_has_one_thread_and_hashes_as_every_other():
    assert course.kernel_environment()["OMP_NUM_THREADS"] == "1"
    assert course.kernel_environment()["PYTHONHASHSEED"] == "0"


@pytest.mark.parametrize(
    "tool", sorted(set(re.findall(r"tools/\w+\.py", (course.ROOT / "Makefile").read_text(encoding="utf-8"))))
)
def test_a_tool_starts_from_anywhere_as_the_makefile_calls_it(tool, tmp_path):
    """The tests find every module by pytest's own settings, so only a process of its own shows what is missing."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, str(course.ROOT / tool), "--help"]
    ended = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert Path(tool).name in ended.stdout


# --- the set-up of .venv -------------------------------------------------------------------------------------------


def project(tmp_path):
    """A project whose one requirement is in every virtual environment already, so that no network is needed."""
    (tmp_path / "requirements.txt").write_text("pip\n", encoding="utf-8")
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\nsetuptools\n", encoding="utf-8")
    (tmp_path / "constraints.txt").write_text("", encoding="utf-8")
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "environment.py").write_bytes((course.ROOT / "tools" / "environment.py").read_bytes())
    return tmp_path


@pytest.fixture
def folder(tmp_path):
    return project(tmp_path)


INDEX_OFF = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}


def set_up(folder, requirements="requirements.txt", **extra):
    command = [sys.executable, str(folder / "tools" / "environment.py"), requirements]
    variables = {k: v for k, v in os.environ.items() if not k.startswith("PIP_")} | INDEX_OFF | extra
    return subprocess.run(command, capture_output=True, text=True, env=variables, timeout=120)


def runs(venv):
    return subprocess.run([environment.python_of(str(venv)), "-c", "import pip"]).returncode == 0


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A project that was set up from nothing, and what the set-up said: making an environment takes seconds."""
    folder = project(tmp_path_factory.mktemp("made"))
    return folder, set_up(folder)


def copy_of(made, venv):
    """The same environment elsewhere, in which nothing is noted to be installed."""
    shutil.copytree(made[0] / ".venv", venv, symlinks=True, ignore=shutil.ignore_patterns("installed-*", "install.log"))


class TestSetUp:
    def test_makes_and_rests(self, made):
        folder, first = made
        assert first.returncode == 0, first.stderr
        assert first.stdout == "Installing requirements.txt into .venv: some minutes, once.\n"
        assert runs(folder / ".venv")

        second = set_up(folder)
        assert (second.returncode, second.stdout, second.stderr) == (0, "", "")

    def test_mends_and_installs_what_changed(self, folder, made, monkeypatch, capsys):
        for name, value in INDEX_OFF.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(environment, "create", lambda venv: copy_of(made, venv))
        venv = folder / ".venv"
        venv.mkdir()  # without a Python, as where that of the system has gone
        environment.prepare("requirements.txt", str(folder))
        told = capsys.readouterr().out.splitlines()
        assert told[0].startswith("The Python in .venv does not run: making .venv anew.")
        assert told[1].startswith("Installing requirements.txt")
        assert runs(venv)

        environment.prepare("requirements.txt", str(folder))
        assert capsys.readouterr().out == ""
        (folder / "constraints.txt").write_text("# newer\n", encoding="utf-8")
        environment.prepare("requirements.txt", str(folder))
        assert "Installing" in capsys.readouterr().out, "what changed must be installed"

    def test_without_a_connection_one_line_says_so(self, folder, made):
        copy_of(made, folder / ".venv")
        (folder / "requirements.txt").write_text("pip\nneuron-that-nobody-has-published\n", encoding="utf-8")
        nowhere = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1"}
        failed = set_up(folder, **nowhere)
        assert failed.returncode != 0
        (line,) = failed.stderr.splitlines()
        assert "there is no connection" in line
        assert "127.0.0.1" in (folder / ".venv" / "install.log").read_text(encoding="utf-8")
        # What failed is not taken for done.
        wanted = (str(folder / name) for name in ("requirements.txt", "constraints.txt"))
        assert not environment.is_ready(str(folder / ".venv"), *wanted)

    def test_a_package_that_is_not_offered_is_another_matter(self, folder, made):
        copy_of(made, folder / ".venv")
        (folder / "requirements.txt").write_text("neuron-that-nobody-has-published\n", encoding="utf-8")
        (line,) = set_up(folder).stderr.splitlines()
        assert "not offered for this machine" in line

    def test_where_nothing_can_be_written_one_line_says_so(self, folder, monkeypatch):
        # A file in the place of the folder: nobody can write there, not even root.
        (folder / "file").touch()
        with pytest.raises(environment.SetupError, match="Copy the course to a folder of your own"):
            environment.create(str(folder / "file" / ".venv"))

    def test_an_old_python_is_refused(self, folder, monkeypatch):
        monkeypatch.setattr(environment, "OLDEST", (99, 0))
        with pytest.raises(environment.SetupError, match=r"Python 3\.\d+ is too old: 99\.0 to "):
            environment.create(str(folder / ".venv"))
        assert not (folder / ".venv").exists()

    def test_an_incomplete_python_is_refused(self, folder, monkeypatch):
        monkeypatch.setattr(environment, "find_spec", lambda name: None if name == "ensurepip" else object())
        with pytest.raises(environment.SetupError, match="sudo apt install python3-venv"):
            environment.create(str(folder / ".venv"))
        assert not (folder / ".venv").exists()

    def test_what_a_student_needs_is_part_of_what_a_maintainer_installed(self, folder):
        venv = folder / ".venv"
        venv.mkdir()
        (venv / "pyvenv.cfg").touch()
        student, developer = (str(folder / f"requirements{suffix}.txt") for suffix in ("", "-dev"))
        constraints = str(folder / "constraints.txt")
        stamp = environment.fingerprint(environment.files_of(developer), constraints, str(venv))
        Path(environment.stamp_of(str(venv), developer)).write_text(stamp, encoding="ascii")
        assert environment.is_ready(str(venv), student, constraints)
        assert environment.is_ready(str(venv), developer, constraints)
        (folder / "requirements.txt").write_text("pip>1\n", encoding="utf-8")
        assert not environment.is_ready(str(venv), student, constraints)
        assert not environment.is_ready(str(venv), developer, constraints)
