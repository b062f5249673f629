"""Finds, in a syntax tree, what runs text, unpacks objects, starts programs or reaches the network."""

from __future__ import annotations

import ast
from collections.abc import Iterator

BUILTINS = {"eval", "exec", "compile", "__import__", "__builtins__"}
# Never: text that becomes code, and files that do.
NEVER = BUILTINS | {
    "code",
    "codeop",
    "imp",
    "importlib.util.module_from_spec",
    "importlib.util.spec_from_loader",
    "importlib.util.spec_from_file_location",
    "importlib.machinery",
    "pickle",
    "cPickle",
    "_pickle",
    "dill",
    "cloudpickle",
    "marshal",
    "shelve",
    "joblib.load",
    "joblib.dump",
    "pandas.read_pickle",
    "yaml.load",
    "yaml.load_all",
    "yaml.unsafe_load",
    "yaml.unsafe_load_all",
    "yaml.full_load",
    "yaml.full_load_all",
    "torch.hub",
    "torch.package",
    "os.system",
    "os.popen",
    "os.startfile",
    "pty",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "asyncio.create_subprocess_shell",
    "tempfile.mktemp",
    "telnetlib",
    "ftplib",
}
# Where named and explained: Python's own functions, other programs, foreign memory, modules by name, the network.
SANCTIONABLE = {
    "builtins",
    "subprocess",
    "os.exec",
    "os.spawn",
    "os.posix_spawn",
    "os.fork",
    "multiprocessing",
    "asyncio.create_subprocess_exec",
    "ctypes",
    "importlib.import_module",
    "runpy",
    "a method eval that is given something",
    "socket",
    "requests",
    "pooch",
    "urllib.request",
    "urllib3",
    "http.client",
    "httpx",
    "aiohttp",
    "smtplib",
}
# Methods of a notebook's shell that run text, whatever the shell is called.
SHELL_METHODS = {"run_cell", "run_line_magic", "run_cell_magic", "run_code", "getoutput"}


def dangers(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of everything dangerous; names are whole ("os.system"), whatever they were imported as.

    Args:
        tree: of a module, or of a notebook's joined cells.
    """
    names = _imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for whole in _modules(node):
                yield from _judged(node.lineno, whole)
        elif isinstance(node, ast.Name | ast.Attribute):
            yield from _judged(node.lineno, _whole_name(node, names) or "")
            if isinstance(node, ast.Attribute) and node.attr in SHELL_METHODS:
                yield node.lineno, f"a shell's {node.attr}"
        elif isinstance(node, ast.Call):
            yield from _arguments(node, _whole_name(node.func, names) or "")


def _judged(line: int, whole: str) -> Iterator[tuple[int, str]]:
    if not whole:  # most names are variables
        return
    for dangerous in (*NEVER, *SANCTIONABLE):
        family = dangerous in {"os.exec", "os.spawn", "os.posix_spawn", "os.fork"} and whole.startswith(dangerous)
        if whole == dangerous or whole.startswith(f"{dangerous}.") or family:
            yield line, dangerous


def _arguments(node: ast.Call, whole: str) -> Iterator[tuple[int, str]]:
    given = {keyword.arg: getattr(keyword.value, "value", keyword.value) for keyword in node.keywords}
    if given.get("shell", False) is not False:
        yield node.lineno, "shell=True"
    if given.get("allow_pickle", False) is not False:
        yield node.lineno, "allow_pickle=True"
    if whole in {"numpy.load", "numpy.save"} and len(node.args) > 2:
        yield node.lineno, "allow_pickle, given by its place"
    if (whole == "torch.load" or "weights_only" in given) and given.get("weights_only") is not True:
        yield node.lineno, "torch.load without weights_only=True"
    if given.get("verify", True) is not True:
        yield node.lineno, "a certificate that is not verified"
    if whole in {"types.FunctionType", "types.LambdaType", "types.CodeType"}:
        yield node.lineno, "a function made of its parts"
    if whole.startswith("subprocess.") and node.args and _is_text(node.args[0]):
        yield node.lineno, "subprocess with one text"
    # `model.eval()` takes nothing; what takes a text runs it.
    if isinstance(node.func, ast.Attribute) and node.func.attr in {"eval", "exec"} and (node.args or node.keywords):
        yield node.lineno, f"a method {node.func.attr} that is given something"


def _is_text(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_text(node.left) or _is_text(node.right)
    made = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"format", "join"}
    return made or isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _modules(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (name.name for name in node.names)
    elif node.level == 0:
        yield from (f"{node.module}.{name.name}" for name in node.names)


def _imported(tree: ast.AST) -> dict[str, str]:
    """What each imported name means."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                # `import os.path` binds `os`.
                found[name.asname or name.name.split(".")[0]] = name.name if name.asname else name.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found |= {name.asname or name.name: f"{node.module}.{name.name}" for name in node.names}
    return found


def _whole_name(node: ast.AST, names: dict[str, str]) -> str | None:
    """What a name means where it is imported or a builtin that matters; None for a variable and what hangs on it."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id if node.id in BUILTINS else None)
    if isinstance(node, ast.Attribute):
        before = _whole_name(node.value, names)
        return f"{before}.{node.attr}" if before else None
    return None
