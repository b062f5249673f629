"""The project's own papers: what it needs, how it is published, what its workflow and its Makefile promise."""

import ast
import functools
import json
import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata

import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from PIL import Image

import pin
import publish
from course import ROOT, notebook_paths, read_project

STUDENT = pin.requirements(ROOT / "requirements.txt")
DEVELOPER = pin.requirements(ROOT / "requirements-dev.txt")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FOLDERS = ("tools", "tests", "book")
OURS = {"utils", "conftest", "benchmarks", "book"}
OURS |= {path.stem for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")}


def pins(name="constraints.txt"):
    """Canonical name -> versions that a constraints file allows, one for each marker."""
    found = {}
    for requirement in pin.requirements(ROOT / name):
        (bound,) = requirement.specifier
        assert bound.operator == "==", f"{requirement} is no exact version"
        found.setdefault(canonicalize_name(requirement.name), []).append(bound.version)
    return found


def names(requirements):
    return {canonicalize_name(requirement.name) for requirement in requirements}


def imported(source):
    """Top-level names that a piece of Python imports."""
    # Lines for IPython alone are no Python.
    plain = re.sub(r"^\s*[%!].*$", "", source, flags=re.MULTILINE)
    found = set()
    for node in ast.walk(ast.parse(plain)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - OURS


@functools.cache
def offered_modules():
    return metadata.packages_distributions()


def distributions(modules):
    """Canonical names of the distributions that offer these modules."""
    offered = offered_modules()
    missing = {module for module in modules if module not in offered}
    assert not missing, f"imported, but not installed: {missing}"
    return {canonicalize_name(name) for module in modules for name in offered[module]}


def sources(*folders):
    return [path.read_text(encoding="utf-8") for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def notebook_code():
    notebooks = [json.loads(path.read_text(encoding="utf-8")) for path in notebook_paths()]
    return ["".join(c["source"]) for nb in notebooks for c in nb["cells"] if c["cell_type"] == "code"]


class TestPackages:
    def test_what_a_student_runs_is_named_in_requirements(self):
        modules = set().union(*(imported(source) for source in [*sources("utils"), *notebook_code()]))
        unnamed = distributions(modules) - names(STUDENT)
        # Who asks for a cluster has one, and who has a recording in HDF5 is told what to install. Matplotlib draws its
        # contours with contourpy.
        assert unnamed == {"contourpy", "distributed", "h5py"}

    def test_what_a_maintainer_runs_is_named_in_one_of_the_two(self):
        own = [(ROOT / "conftest.py").read_text(encoding="utf-8")]
        modules = set().union(*(imported(source) for source in [*sources("tools", "tests", "book"), *own]))
        unnamed = distributions(modules) - names(DEVELOPER)
        assert not unnamed

    def test_what_the_benchmarks_run_is_named_in_their_file(self):
        modules = set().union(*(imported(source) for source in sources("benchmarks")))
        named = names(pin.requirements(ROOT / "requirements-bench.txt"))
        # The libraries are in an environment of their own, so their modules are known here by their names alone.
        libraries = named - names(DEVELOPER)
        assert {canonicalize_name(module) for module in modules} >= libraries
        assert distributions({m for m in modules if canonicalize_name(m) not in libraries}) <= named

    @pytest.mark.parametrize("requirement", DEVELOPER, ids=lambda requirement: requirement.name)
    def test_every_requirement_is_pinned_within_its_bounds(self, requirement):
        versions = pins()[canonicalize_name(requirement.name)]
        assert all(version in requirement.specifier for version in versions)
        assert not any(bound.operator == "==" for bound in requirement.specifier), "a floor, not an exact version"

    def test_everything_they_lead_to_is_pinned(self):
        assert set(pin.closure(DEVELOPER)) <= set(pins())

    def test_torch_is_pinned_without_a_build(self):
        assert pins()["torch"]
        assert all(re.fullmatch(r"\d+(\.\d+)+", version) for version in pins()["torch"])

    def test_developers_file_builds_on_the_students(self):
        text = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
        assert "\n-r requirements.txt\n" in text
        assert len(DEVELOPER) == len(names(DEVELOPER)), "something is named twice"

    def test_environment_refers_and_repeats_nothing(self):
        environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
        python, torch, tool, by_pip = environment["dependencies"]
        assert tool == "pip"
        # PyTorch comes from conda, so exact versions, which name another build of it, would contradict.
        assert by_pip == {"pip": ["-r requirements.txt"]}
        (floor,) = (str(requirement.specifier) for requirement in STUDENT if requirement.name == "torch")
        assert torch == f"pytorch-cpu{floor}"
        version = python.removeprefix("python=")
        assert version in SpecifierSet(PYPROJECT["project"]["requires-python"])
        assert environment["name"] == PYPROJECT["project"]["name"]
        assert PYPROJECT["project"]["dynamic"] == ["dependencies"]
        assert "dependencies" not in PYPROJECT["project"]

    def test_floors_admit_what_colab_holds(self):
        held = pins(".github/colab-constraints.txt")
        for requirement in STUDENT:
            for version in held.get(canonicalize_name(requirement.name), []):
                assert version in requirement.specifier, f"Colab's {requirement.name} {version} is refused"
        assert {"torch", "numpy", "matplotlib", "ipywidgets"} <= set(held)

    @pytest.mark.parametrize(
        "name", ["requirements.txt", "requirements-dev.txt", "constraints.txt", ".github/colab-constraints.txt"]
    )
    def test_no_index_no_host_no_path(self, name):
        text = (ROOT / name).read_text(encoding="utf-8")
        options = {line for line in text.splitlines() if line.startswith("-")}
        assert options <= {"-r requirements.txt", "-r requirements-book.txt"}
        assert "://" not in text
        assert " @ " not in text

    def test_a_package_that_needs_a_newer_python_gets_a_marker(self, monkeypatch):
        monkeypatch.setattr(pin.metadata, "metadata", lambda name: {"Requires-Python": ">=3.11.5"})
        assert pin.line("soupsieve", "4.1.2") == 'soupsieve==4.1.2; python_full_version >= "3.11.5"\n'
        monkeypatch.setattr(pin.metadata, "metadata", lambda name: {"Requires-Python": ">=3.9"})
        assert pin.line("soupsieve", "4.1.2") == "soupsieve==4.1.2\n"

    def test_every_pin_exists_for_the_oldest_python(self):
        oldest = {"python_full_version": "3.11.0"}
        pinned = pin.requirements(ROOT / "constraints.txt")
        offered = {req.name for req in pinned if req.marker is None or req.marker.evaluate(oldest)}
        assert {req.name for req in pinned} == offered


class TestAddress:
    def test_everything_agrees_with_pyproject(self, capsys):
        assert publish.main(["--check"]) == 0, capsys.readouterr().err

    def test_the_address_stands_in_no_other_file(self):
        carried = set(publish.published()) | {ROOT / "pyproject.toml"}
        rooms = (".github", ".ci", "tools", "tests", "utils", "data", "book", "benchmarks")
        texts = {".py", ".md", ".yml", ".yaml", ".cfg", ".txt"}
        files = [path for room in rooms for path in (ROOT / room).rglob("*") if path.suffix in texts]
        files += [p for p in ROOT.iterdir() if p.is_file()]
        slug = read_project().slug
        for path in {p for p in files if "__pycache__" not in p.parts} - carried:
            assert f"/{slug}" not in path.read_text(encoding="utf-8", errors="replace"), path.name

    def test_workflow_asks_whether_the_address_is_its_own(self):
        ask = [sys.executable, str(ROOT / "tools" / "course.py")]
        assert subprocess.run([*ask, read_project().slug]).returncode == 0
        other = subprocess.run([*ask, "someone/else"], capture_output=True, text=True)
        assert other.returncode != 0
        assert "make publish REPO=someone/else" in other.stderr

    def test_versions_agree(self):
        citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
        assert citation["version"] == PYPROJECT["project"]["version"]
        assert citation["license"] == PYPROJECT["project"]["license"]
        assert Version(citation["version"])


class TestReadme:
    README = (ROOT / "README.md").read_text(encoding="utf-8")

    def test_links_lead_somewhere(self):
        targets = re.findall(r"\]\((?!https?://|#)([^)\s]+)\)", self.README)
        assert "CONTRIBUTING.md" in targets
        for target in targets:
            # The picture is made from the notebooks, so it may be missing only where there is none yet.
            if target == "book/_static/course.png" and not notebook_paths():
                continue
            assert (ROOT / target.split("#")[0]).exists(), target

    def test_its_table_of_rooms_is_true(self):
        named = set(re.findall(r"^\| `(\w+)/` \|", self.README, re.MULTILINE))
        listed = subprocess.run(["git", "ls-files", "*/*"], cwd=ROOT, capture_output=True, text=True)
        if listed.returncode != 0:
            pytest.skip("this is no git checkout, so what belongs to the project is not known")
        folders = {line.split("/")[0] for line in listed.stdout.splitlines()}
        assert named == {folder for folder in folders if not folder.startswith(".")}

    def test_its_two_commands_exist(self):
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        for target in re.findall(r"^make ([a-z-]+)", self.README, re.MULTILINE):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), target

    def test_every_notebook_has_its_row(self):
        for path in notebook_paths():
            assert self.README.count(f"](notebooks/{path.name})") == 1

    @pytest.mark.skipif(not notebook_paths(), reason="there is no notebook to take a picture of")
    def test_picture_shows_every_notebook(self):
        with Image.open(ROOT / "book" / "_static" / "course.png") as picture:
            shown = picture.text["Notebooks"].split()
        assert shown == [path.stem for path in notebook_paths()], "run `make picture`"


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ("vendor.github-workflows", ".github/workflows/test.yml"),
        ("vendor.github-issue-forms", ".github/ISSUE_TEMPLATE/notebook.yml"),
        ("vendor.github-issue-config", ".github/ISSUE_TEMPLATE/config.yml"),
        ("vendor.citation-file-format", "CITATION.cff"),
    ],
)
def test_file_follows_its_schema(schema, path, capsys):
    status = check_jsonschema(["--builtin-schema", schema, str(ROOT / path)], standalone_mode=False)
    assert status == 0, capsys.readouterr().out


class TestWorkflow:
    WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8"))

    def steps(self, job):
        return self.WORKFLOW["jobs"][job]["steps"]

    def test_runs_everywhere_and_weekly(self):
        # YAML reads the bare word "on" as true.
        on = self.WORKFLOW[True]
        assert {"push", "pull_request", "schedule"} <= set(on)
        matrix = self.WORKFLOW["jobs"]["test"]["strategy"]["matrix"]
        assert {os.split("-")[0] for os in matrix["os"]} == {"ubuntu", "macos", "windows"}
        assert len(matrix["python"]) == 2
        assert all(v in SpecifierSet(PYPROJECT["project"]["requires-python"]) for v in matrix["python"])

    def test_runs_what_a_user_runs(self):
        commands = [step.get("run", "") for step in self.steps("test")]
        assert any(command.startswith("make test") for command in commands)

    def test_runs_the_slow_tests_and_keeps_what_the_browser_showed(self):
        assert any(step.get("run", "").startswith("make test-slow") for step in self.steps("slow"))
        (kept,) = [step for step in self.steps("slow") if "upload-artifact" in step.get("uses", "")]
        assert kept["with"]["path"] == "artefacts"
        assert kept["if"] == "failure()"

    def test_asks_whether_a_package_is_known_to_be_vulnerable(self):
        assert any("pip_audit --requirement constraints.txt" in step.get("run", "") for step in self.steps("audit"))

    def test_asks_for_colabs_shape(self):
        commands = " ".join(step.get("run", "") for step in self.steps("colab"))
        assert ".github/colab-constraints.txt" in commands
        assert "tools/refresh.py --dry-run" in commands

    def test_no_exact_torch_is_asked_for(self):
        for path in (ROOT / ".github" / "workflows").iterdir():
            assert "torch==" not in path.read_text(encoding="utf-8"), path.name

    def test_may_only_read_and_names_the_versions_of_its_actions(self):
        assert self.WORKFLOW["permissions"] == {"contents": "read"}
        used = [step["uses"] for job in self.WORKFLOW["jobs"] for step in self.steps(job) if "uses" in step]
        assert used
        assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in used)


def make(*arguments, cwd=ROOT):
    return subprocess.run(["make", *arguments], cwd=cwd, capture_output=True, text=True)


class TestMake:
    MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

    def test_alone_it_lists_every_target(self):
        listed = re.findall(r"^  make ([a-z-]+) ", make().stdout, re.MULTILINE)
        hidden = {"student", "developer", "colab", "libraries", "slow-together", "slow-alone"}
        declared = re.search(r"^\.PHONY: (.*)$", self.MAKEFILE, re.MULTILINE)[1].split()
        assert sorted(listed) == sorted(set(declared) - hidden)

    def test_lab_opens_at_the_page_that_lists_the_notebooks(self):
        folder = re.search(r'JUPYTER_CONFIG_PATH="([\w/]+)', self.MAKEFILE)[1]
        settings = json.loads((ROOT / folder / "jupyter_server_config.json").read_text(encoding="utf-8"))
        start = ROOT / settings["LabApp"]["default_url"].removeprefix("/lab/tree/")
        text = start.read_text(encoding="utf-8")
        targets = re.findall(r"\]\(([^)]+)\)", text)
        assert [target for target in targets if target.endswith(".ipynb")] == [path.name for path in notebook_paths()]
        for target in targets:
            assert (start.parent / target).is_file(), target
        # As a page, and not as its source.
        viewers = json.loads((ROOT / folder / "labconfig" / "default_setting_overrides.json").read_text("utf-8"))
        assert viewers["@jupyterlab/docmanager-extension:plugin"]["defaultViewers"] == {"markdown": "Markdown Preview"}

    def test_every_tool_that_it_calls_is_there(self):
        for tool in re.findall(r"tools/\w+\.py", self.MAKEFILE):
            assert (ROOT / tool).is_file(), tool

    def test_notebooks_are_compared_strictly(self):
        recipe = make("-n", "test").stdout
        assert " --nbval " in recipe
        assert "--nbval-lax" not in recipe
        assert "--dist loadscope" in recipe

    @pytest.mark.parametrize(
        ("folder", "kind"), [pytest.param(".", "--nbval-lax", marks=pytest.mark.slow), ("notebooks", "--nbval")]
    )
    def test_a_plain_call_of_nbval_knows_what_may_vary(self, folder, kind):
        words = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", kind]
        cell = f"{ROOT / 'notebooks' / '01_all_or_none_neuron.ipynb'}::Cell 0"
        result = subprocess.run([*words, cell], cwd=ROOT / folder, capture_output=True, text=True, timeout=120)
        assert "1 passed" in result.stdout, result.stdout

    def test_without_any_python_it_says_so_in_one_line(self, tmp_path):
        (tmp_path / "Makefile").write_text(self.MAKEFILE, encoding="utf-8")
        result = make("test", "PYTHON=/nowhere/python3", cwd=tmp_path)
        assert result.returncode != 0
        # The second line is make's own.
        assert result.stderr.splitlines()[0].startswith("No Python from 3.11 to 3.14 was found")

    def test_the_workflow_runs_the_slow_tests_too(self):
        workflow = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
        assert "run: make test-slow" in workflow

    @pytest.mark.parametrize(("broken", "passes"), [("", True), ("test", False)])
    def test_ci_ends_as_the_tests_end(self, tmp_path, broken, passes):
        (tmp_path / ".ci").mkdir()
        script = tmp_path / ".ci" / "run"
        script.write_bytes((ROOT / ".ci" / "run").read_bytes())
        makefile = f"test:\n\t@exit {3 if broken == 'test' else 0}\n"
        (tmp_path / "Makefile").write_text(makefile, encoding="utf-8")
        # Not the system's own installer: what is tested is how the script ends.
        (tmp_path / "bin").mkdir()
        for name in ("chromium", "apt-get"):
            (tmp_path / "bin" / name).write_text("#!/bin/sh\n", encoding="utf-8")
            (tmp_path / "bin" / name).chmod(0o755)
        path = os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]])
        result = subprocess.run(["bash", str(script)], capture_output=True, env={**os.environ, "PATH": path})
        assert (result.returncode == 0) == passes


def test_constraints_are_read_the_way_pip_reads_them():
    assert Requirement('soupsieve==2.10; python_full_version < "3.11.5"').marker is not None
    assert pins()["appnope"], "kept by hand, for macOS"
