"""The house rules that a newcomer would otherwise have to remember."""

import ast
import subprocess
import sys

import nbformat
import pytest

from course import ROOT, notebook_paths

MODULES = sorted((ROOT / "utils").rglob("*.py"))
# Room -> the rooms of ours it may import from. Whatever is not listed may import from all of them.
ROOMS = {
    "seeding": set(),
    "plotting": {"display", "plotting", "_lazy"},
    "models": {"models", "datasets", "formula", "seeding", "_lazy", "progress_bar"},
    "datasets": {"datasets", "_lazy", "progress_bar", "models"},
    "exercises": {"exercises", "models", "datasets", "display", "seeding", "_lazy"},
}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_MODULES = {"pickle", "cPickle", "dill", "marshal", "shelve"}


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


def sources():
    for path in MODULES:
        yield pytest.param(path.read_text(encoding="utf-8"), id=str(path.relative_to(ROOT)))
    for path in notebook_paths():
        cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        yield pytest.param("\n".join(cells), id=path.name)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path):
    allowed = ROOMS.get(room(path))
    if allowed is None or path.name == "report.py":
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    ours = {name.split(".")[1] for name in imported_modules(tree) if name.startswith("utils.")}
    assert ours <= allowed, f"{room(path)} imports {ours - allowed}"


@pytest.mark.parametrize("source", list(sources()))
def test_nothing_runs_text_or_unpacks_objects(source):
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", "")
            assert name not in FORBIDDEN_CALLS, f"line {node.lineno}: {name}"
            for keyword in node.keywords:
                constant = getattr(keyword.value, "value", None)
                assert not (keyword.arg == "shell" and constant is not False), f"line {node.lineno}: shell"
                assert not (keyword.arg == "allow_pickle" and constant is not False), f"line {node.lineno}: pickle"
                assert not (keyword.arg == "weights_only" and constant is not True), f"line {node.lineno}: pickle"
            if ast.unparse(node.func) in ("torch.load",):
                assert any(keyword.arg == "weights_only" for keyword in node.keywords), f"line {node.lineno}: pickle"
            assert ast.unparse(node.func) not in ("os.system", "os.popen"), f"line {node.lineno}: shell"
    assert not FORBIDDEN_MODULES & {name.split(".")[0] for name in imported_modules(tree)}


def test_importing_utils_is_light():
    code = "import sys; import utils; print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for heavy in ("matplotlib", "ipywidgets", "seaborn", "sinabs", "pooch", "torch", "IPython"):
        assert f"'{heavy}'" not in loaded, heavy


@pytest.mark.parametrize("package", ["utils", "utils.datasets", "utils.models", "utils.plotting", "utils.exercises"])
def test_every_promised_name_is_there(package):
    module = __import__(package, fromlist=["__all__"])
    for name in module.__all__:
        assert getattr(module, name) is not None
    with pytest.raises(AttributeError, match="it offers"):
        module.no_such_name  # noqa: B018
