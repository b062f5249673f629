"""The house rules that a newcomer would otherwise have to remember."""

import ast
import functools
import importlib
import re
import subprocess
import sys

import pytest
from dangers import SANCTIONABLE, dangers
from notebook_tools import code_cells, read_all

from course import ROOT, read_project
from utils.datasets.download import fetch

MODULES = sorted((ROOT / "utils").rglob("*.py"))
# The rooms from the foundation up: each may import from itself and from those on the lines before it. The rooms of one
# line know nothing of each other.
STOREYS = (
    ("_lazy", "_notebooks", "checks", "seeding", "statistics"),
    ("page",),
    ("bootstrap", "datasets"),
    ("models",),
    ("training",),
    ("sweeps", "plotting", "predictions"),
    ("exercises",),
    ("panels",),
    ("widgets",),
)
TOOLS = sorted(path for folder in ("tools", "book") for path in (ROOT / folder).rglob("*.py"))
# The one list of places where something dangerous is meant to stand, and why.
SANCTIONED = {
    ("utils/exercises/sandbox.py", "os.fork"): "tries an answer where a call that never returns can be ended",
    ("utils/exercises/sandbox.py", "ctypes"): "stops a student's endless loop: Python has no other way into a thread",
    ("utils/exercises/report.py", "subprocess"): "gives each hand-in a process of its own, from a list of words",
    ("utils/exercises/registry.py", "importlib.import_module"): "loads one of the modules listed in it",
    ("utils/exercises/surroundings.py", "builtins"): "puts back Python's own functions that a cell has replaced",
    ("utils/predictions/registry.py", "importlib.import_module"): "loads the module of one of the six notebooks",
    ("utils/_lazy.py", "importlib.import_module"): "loads one of the modules listed by its package",
    ("utils/bootstrap.py", "subprocess"): "installs on Colab what requirements.txt names and is missing there",
    ("utils/datasets/download.py", "requests"): "downloads over https",
    ("utils/datasets/download.py", "pooch"): "verifies what was downloaded",
    ("book/formulas.py", "a method eval that is given something"): "KaTeX, in an engine that holds nothing else",
    ("book/panels.py", "importlib.import_module"): "loads the panels of one of the six notebooks",
    ("book/panels.py", "multiprocessing"): "records panels side by side",
    ("tools/bootstrap_cell.py", "runpy"): "runs the course's own bootstrap.py by its path",
    ("tools/update.py", "subprocess"): "calls git",
    ("tools/bootstrap_cell.py", "subprocess"): "clones the course's own repository with git",
    ("tools/environment.py", "subprocess"): "makes .venv and installs the requirement files",
    ("book/__main__.py", "subprocess"): "calls Sphinx",
    ("tools/mutation.py", "os.fork"): "tries each mutant in a process of its own, after the imports that cost seconds",
    ("tools/mutation.py", "importlib.import_module"): "imports the modules listed in it",
    ("book/check_links.py", "requests"): "asks whether pages answer, and reads none of them",
}
# Where a file may come from another machine.
NETWORK = {"requests", "pooch", "urllib.request", "urllib3", "http.client", "httpx", "aiohttp"}


def room(path):
    return path.relative_to(ROOT / "utils").parts[0].removesuffix(".py")


def imported_modules(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module
            # `from utils import datasets` names a room as well.
            yield from (f"{node.module}.{name.name}" for name in node.names if node.module == "utils")


def module_name(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def own_imports(path):
    """The modules of utils that a module imports when it is loaded; imports inside of functions come later."""
    for node in tree_of(path.relative_to(ROOT).as_posix()).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("utils"):
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def sources():
    """(name, source) of every module of utils, tools and book and of every notebook; the start cell is a tool's."""
    for path in [*MODULES, *TOOLS]:
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
    for path, nb in read_all().items():
        cells = [cell for _, cell in code_cells(nb)]
        yield path.relative_to(ROOT).as_posix(), "\n".join(cell.source for cell in cells if cell.id != "bootstrap")


SOURCES = dict(sources())


@functools.cache
def tree_of(name):
    return ast.parse(SOURCES[name])


@functools.cache
def dangers_in(name):
    return tuple(dangers(tree_of(name)))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path):
    here = room(path)
    if here == "__init__":  # the course's front door
        return
    (storey,) = (number for number, rooms in enumerate(STOREYS) if here in rooms)
    allowed = {here}.union(*STOREYS[:storey])
    tree = tree_of(path.relative_to(ROOT).as_posix())
    ours = {name.split(".")[1] for name in imported_modules(tree) if name.startswith("utils.")}
    assert ours <= allowed, f"{here} imports {ours - allowed}"


def test_no_two_modules_of_a_room_need_each_other():
    needs = {module_name(path): set(own_imports(path)) for path in MODULES}
    reached = {name: set() for name in needs}
    for name in needs:
        waiting = [name]
        while waiting:
            for other in needs.get(waiting.pop(), ()):
                if other in needs and other not in reached[name]:
                    reached[name].add(other)
                    waiting.append(other)
    assert [name for name in needs if name in reached[name]] == []


@pytest.mark.parametrize("name", SOURCES)
def test_nothing_dangerous_stands_outside_its_sanctioned_place(name):
    found = {(line, what) for line, what in dangers_in(name) if (name, what) not in SANCTIONED}
    assert found == set()


def test_every_sanction_is_used_and_can_be_one():
    used = {(name, what) for name in SOURCES for _, what in dangers_in(name)}
    assert set(SANCTIONED) <= used
    assert {what for _, what in SANCTIONED} <= SANCTIONABLE


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("eval('1')", "eval"),
        ("run = exec", "exec"),
        ("from builtins import eval as e", "builtins"),
        ("__builtins__['eval']('1')", "__builtins__"),
        ("import pickle", "pickle"),
        ("from pickle import loads", "pickle"),
        ("import joblib as j\nj.load(path)", "joblib.load"),
        ("from os import system as call\ncall('ls')", "os.system"),
        ("import os as o\no.popen('ls')", "os.popen"),
        ("import os\nos.execvp('ls', [])", "os.exec"),
        ("import subprocess as s\ns.run('ls')", "subprocess with one text"),
        ("import subprocess\nsubprocess.run(f'ls {x}')", "subprocess with one text"),
        ("import subprocess\nsubprocess.run('ls ' + x)", "subprocess with one text"),
        ("import subprocess\nsubprocess.run(['ls'], shell=yes)", "shell=True"),
        ("from subprocess import getoutput\ngetoutput('ls')", "subprocess.getoutput"),
        ("import yaml\nyaml.load(text)", "yaml.load"),
        ("import torch\ntorch.load(path)", "torch.load without weights_only=True"),
        ("import torch\ntorch.load(path, weights_only=False)", "torch.load without weights_only=True"),
        ("import torch\ntorch.hub.load('a', 'b')", "torch.hub"),
        ("import numpy as np\nnp.load(path, allow_pickle=True)", "allow_pickle=True"),
        ("import numpy as np\nnp.load(path, None, True)", "allow_pickle, given by its place"),
        ("from importlib import import_module\nimport_module(text)", "importlib.import_module"),
        ("import importlib.util as u\nu.module_from_spec(spec)", "importlib.util.module_from_spec"),
        ("import requests\nrequests.get(url, verify=False)", "a certificate that is not verified"),
        ("shell.run_cell('1')", "a shell's run_cell"),
        ("import types\ntypes.FunctionType(code, {})", "a function made of its parts"),
        ("frame.eval('a + b')", "a method eval that is given something"),
    ],
)
def test_what_is_dangerous_is_found(source, what):
    assert what in {found for _, found in dangers(ast.parse(source))}


def test_what_only_looks_dangerous_is_not():
    harmless = "import re, torch\ncode = re.compile('a')\nmodel.eval()\ncode.load(path)\nos_system = system = 1\n"
    harmless += "import ast, yaml\nast.literal_eval(text)\nyaml.safe_load(text)\ntorch.load(path, weights_only=True)\n"
    assert list(dangers(ast.parse(harmless))) == []


def test_files_come_from_elsewhere_in_one_place_only():
    used = {name for name in SOURCES for _, what in dangers_in(name) if what in NETWORK}
    assert used == {"utils/datasets/download.py", "book/check_links.py"}


def test_every_download_is_over_https_and_has_a_hash():
    """Finds the calls of `fetch` by name, and looks up what they are given in their modules."""
    checked = []
    for name in SOURCES:
        for node in ast.walk(tree_of(name)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "fetch":
                module = importlib.import_module(name.removesuffix(".py").replace("/", "."))
                given = [getattr(module, part.id) for part in node.args[:3]]
                checked.append((name, *given))
    assert [name for name, *_ in checked] == ["utils/datasets/v1.py"]
    for _, file, urls, md5 in checked:
        assert urls
        assert all(re.fullmatch(r"https://[\w.]+/\S+", url) for url in urls), file
        assert re.fullmatch(r"[0-9a-f]{32}", md5), file


def test_what_is_no_https_or_has_no_hash_is_refused(tmp_path):
    good = "0" * 32
    places = [("http://osf.io/a", good), ("ftp://osf.io/a", good), ("file:///a", good), ("https://osf.io/a", "")]
    for url, md5 in places:
        with pytest.raises(ValueError, match="allowed"):
            fetch("a.npz", [url], md5, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_course_itself_is_cloned_over_https():
    assert read_project().repository.startswith("https://")


def test_importing_utils_is_light():
    code = "import sys; import utils; print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for heavy in ("matplotlib", "ipywidgets", "seaborn", "sinabs", "pooch", "torch", "IPython"):
        assert f"'{heavy}'" not in loaded, heavy


@pytest.mark.parametrize(
    "package",
    [
        "utils",
        "utils.datasets",
        "utils.exercises",
        "utils.models",
        "utils.page",
        "utils.panels",
        "utils.plotting",
        "utils.predictions",
    ],
)
def test_every_promised_name_is_there(package):
    module = __import__(package, fromlist=["__all__"])
    for name in module.__all__:
        assert getattr(module, name) is not None
    with pytest.raises(AttributeError, match="it offers"):
        module.no_such_name  # noqa: B018
