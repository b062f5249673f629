"""Which tests are likely to notice a change in a module: those that import it, first those that mention its names."""

from __future__ import annotations

import ast
import functools
import inspect
from pathlib import Path
from types import FunctionType

from course import ROOT
from utils._notebooks import NAMES


def likely_tests(module: Path, root: Path = ROOT) -> list[list[Path]]:
    """Test files by their distance from a module.

    Args:
        module: a file below `utils`.
        root: of the course.

    Returns:
        First the test files that import the module itself, then those that import something that imports it, and so
        on; each list is sorted.
    """
    imported = _imports(root)
    reached, ranks = {module}, []
    tests = set(_test_files(root))
    while True:
        users = {path for path, found in imported.items() if found & reached} - reached
        if not users:
            return ranks
        if users & tests:
            ranks.append(sorted(users & tests))
        reached |= users


def public_names(source: str, line: int) -> set[str]:
    """The names under which tests may know the code at a line.

    Args:
        source: of a module.
        line: counted from 1.

    Returns:
        Its top-level function or class, and those of the module that use it, directly, through others, or together with
        it in a statement (an exercise's cases and its reference).
    """
    body = ast.parse(source).body
    used = {node: {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} for node in body}
    own = {node: {node.name} if isinstance(node, ast.FunctionDef | ast.ClassDef) else set() for node in body}
    defined = set().union(*own.values())
    names = set().union(*(_named(own, used, node) for node in body if node.lineno <= line <= (node.end_lineno or 0)))
    while True:
        more = set().union(*(_named(own, used, node) for node in body if used[node] & names))
        if more & defined <= names:
            return names
        names |= more & defined


def _named(own: dict, used: dict, node: ast.stmt) -> set[str]:
    """What a statement defines, or, where it is none that defines, what it puts together."""
    return own[node] or used[node]


def mentions(test: FunctionType | None, title: str, names: set[str]) -> bool:
    """Whether a test's source text, or its title with the parameters, contains one of the names."""
    try:
        text = inspect.getsource(test) + title
    except (OSError, TypeError):
        text = title
    return any(name in text for name in names)


def _test_files(root: Path) -> list[Path]:
    return sorted((root / "tests").rglob("*.py"))


@functools.cache
def _imports(root: Path) -> dict[Path, set[Path]]:
    """Every file of tests and utils -> the files of utils that it imports."""
    return {path: _imported_by(path, root) for path in [*_test_files(root), *sorted((root / "utils").rglob("*.py"))]}


def _imported_by(path: Path, root: Path) -> set[Path]:
    found: set[Path | None] = set()
    if path.name == "registry.py":
        # Exercises and predictions are imported by the name of their notebook.
        found |= {_file(root, f"utils.{path.parent.name}.{name}") for name in NAMES.values()}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {_file(root, name.name) for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {_file(root, node.module)}
            found |= {_exported(root, node.module, name.name) for name in node.names}
    return {file for file in found if file is not None}


def _file(root: Path, module: str) -> Path | None:
    if not module.isprintable() or module.split(".")[0] != "utils":
        return None
    place = root.joinpath(*module.split("."))
    for file in (place.with_suffix(".py"), place / "__init__.py"):
        if file.is_file():
            return file
    return None


def _exported(root: Path, package: str, name: str) -> Path | None:
    """The file behind `from package import name`: a module, or the one that a package's table of names points to."""
    module = _file(root, f"{package}.{name}")
    init = _file(root, package)
    if module is not None or init is None or init.name != "__init__.py":
        return module
    for node in ast.walk(ast.parse(init.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Dict):
            table = {key.value: value.value for key, value in zip(node.keys, node.values, strict=True)}
            place = f"{package}.{table.get(name, '')}"
            target = _file(root, place)
            if target is not None and target.name == "__init__.py":
                return _exported(root, place, name)
            return target
    return None
