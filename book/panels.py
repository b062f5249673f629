"""Panels of the website's pages: their states are recorded once and kept until something they depend on has changed."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import math
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import import_module, metadata
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from book.sounds import sound_html
from course import ROOT, kernel_environment

UTILS = ROOT / "utils"
# Reads the stored tables.
TABLES = UTILS / "sweeps" / "tables.py"
KEPT = ROOT / "book" / "_build" / "panels"
# Bytes of a panel's states; a grid that is heavier is made coarser.
HEAVIEST = 1_200_000
# Packages whose next version may draw or compute something else.
PACKAGES = ("matplotlib", "numpy", "torch", "scipy", "seaborn")


@dataclass(frozen=True)
class Live:
    """A panel that moves on its page.

    Attributes:
        name: of its file of states.
        about: what the page says of it: title, controls, buttons, how many states there are and could be.
        script: the file.
    """

    name: str
    about: Mapping[str, Any]
    script: Path


def offered(notebook: str) -> list[str]:
    """The ids of the cells whose panels a notebook's module makes for the website; none where there is no module.

    Args:
        notebook: its name without the number, the same in every room.
    """
    if not (UTILS / "panels" / f"{notebook}.py").is_file():
        return []
    return list(_site_panels(notebook))


def live_panels(notebooks: Sequence[str], kept: Path = KEPT, record: bool = True) -> dict[str, dict[str, Live]]:
    """Every panel that the website can move.

    Args:
        notebooks: file names without their ending.
        kept: folder in which recorded states stay.
        record: whether to record those that are missing there; else they stand still.

    Returns:
        Notebook -> id of the cell -> panel.
    """
    wanted = []
    for notebook in notebooks:
        module = notebook.partition("_")[2]
        wanted += [(notebook, module, cell, _name(notebook, cell), fingerprint(module)) for cell in offered(module)]
    kept.mkdir(parents=True, exist_ok=True)
    missing = [job for job in wanted if not _files(kept, job)[1].is_file()]
    if not record:
        wanted = [job for job in wanted if job not in missing]
    elif missing:
        # What a panel computes must not depend on how many cores there are.
        os.environ.update(kernel_environment())
        with ProcessPoolExecutor(min(len(missing), os.cpu_count() or 1), get_context("spawn")) as pool:
            list(pool.map(_record, missing, [kept] * len(missing)))
    used = {path for job in wanted for path in _files(kept, job)}
    for path in set(kept.iterdir()) - used if record else ():
        path.unlink()
    found: dict[str, dict[str, Live]] = {notebook: {} for notebook in notebooks}
    for job in wanted:
        script, about = _files(kept, job)
        found[job[0]][job[2]] = Live(job[3], json.loads(about.read_text(encoding="utf-8")), script)
    return found


def _name(notebook: str, cell: str) -> str:
    return f"{notebook[:2]}-{cell}"


def _files(kept: Path, job: Sequence[str]) -> tuple[Path, Path]:
    stem = f"{job[3]}-{job[4]}"
    return kept / f"{stem}.js", kept / f"{stem}.json"


def _site_panels(notebook: str) -> Mapping[str, Any]:
    module = import_module(f"utils.panels.{notebook}")
    return module.site_panels() if hasattr(module, "site_panels") else {}


def _record(job: tuple[str, str, str, str, str], kept: Path) -> None:
    from utils.panels import states

    _, module, cell, name, _ = job
    try:
        # Some train a network first, whose progress bar would run over the builder's own words.
        with redirect_stderr(io.StringIO()):
            panel = _site_panels(module)[cell]()
        most = states.GRID_STATES
        recording = states.record(panel)
        while len(text := states.script(name, recording)) > HEAVIEST and most > 100:
            # What a state weighs is known only now.
            most = round(0.95 * most * HEAVIEST / len(text))
            recording = states.record(panel, most)
    except Exception as problem:
        raise ValueError(f"{name}: the panel could not be recorded ({type(problem).__name__}: {problem})") from problem
    script, about = _files(kept, job)
    script.write_text(text, encoding="utf-8")
    # Last, since by it a recording counts as done.
    about.write_text(json.dumps(facts(recording, most)), encoding="utf-8")


def facts(recording: Any, grid_states: int | None = None) -> dict[str, Any]:
    """What a page says of a recorded panel.

    Args:
        recording: of it.
        grid_states: the most that its grid was allowed to keep.
    """
    from utils.panels import states

    panel = recording.panel
    return {
        "title": panel.title,
        "description": panel.description,
        "size": (panel._width, panel._height),
        "controls": states.controls(recording),
        "action": panel._action.label if panel._action else None,
        "play": panel.play,
        "states": len(recording.states),
        "possible": math.prod(len(states.positions(control)) for control in panel._sliders.values()),
        "together": max(len(grid.controls) for grid in recording.grids),
        "works": len(recording.films),
        "grid_states": grid_states,
        "sentence": recording.sentences.entries[recording.states[recording.start()][1]],
    }


# --- What a recording depends on ----------------------------------------------------------------------------------


def fingerprint(notebook: str) -> str:
    """A short text that is another one once anything has changed on which a notebook's panels depend."""
    digest = hashlib.sha256()
    # The exercises are found by their ids, which no import shows.
    roots = [
        UTILS / "panels" / f"{notebook}.py",
        UTILS / "exercises" / f"{notebook}.py",
        UTILS / "panels" / "states.py",
    ]
    for path in sorted(needed_files(roots)):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    digest.update(repr([(name, _version(name)) for name in PACKAGES]).encode())
    return digest.hexdigest()[:12]


def needed_files(paths: Iterable[Path]) -> set[Path]:
    """These modules of `utils`, all that they import of `utils`, and the files of other kinds beside them.

    The stored tables are among them where the module that reads these is.

    Args:
        paths: of modules.
    """
    found: set[Path] = set()
    waiting = list(paths)
    while waiting:
        path = waiting.pop()
        if path not in found and path.is_file():
            found.add(path)
            waiting += _imported(path)
    folders = {path.parent for path in found}
    if TABLES in found:
        folders.add(ROOT / "data")
    return found | {p for folder in folders for p in folder.glob("*.*") if p.suffix not in (".py", ".md")}


@cache
def _imported(path: Path) -> list[Path]:
    """The files of `utils` that a module names in its imports, wherever in it they stand."""
    files: list[Path] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [(node.module or "", alias.name) for alias in node.names]
        else:
            continue
        for module, name in names:
            if module.split(".")[0] == "utils":
                files += _files_of(ROOT.joinpath(*module.split(".")), name)
    return files


def _files_of(base: Path, name: str) -> list[Path]:
    """Where a name comes from that is imported from a module or a package."""
    if base.with_suffix(".py").is_file():
        return [base.with_suffix(".py")]
    if not (base / "__init__.py").is_file():
        return []
    module = _handed_out(base / "__init__.py").get(name, name)
    if (base / f"{module}.py").is_file():
        return [base / "__init__.py", base / f"{module}.py"]
    # A package of a package, or names whose module cannot be told: all of it.
    return sorted((base / module if (base / module).is_dir() else base).glob("*.py"))


@cache
def _handed_out(init: Path) -> dict[str, str]:
    """Name -> module, for the names that a package hands out when they are asked for."""
    for node in ast.walk(ast.parse(init.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "lazy_exports":
            return ast.literal_eval(node.args[1])
    return {}


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


# --- On the page --------------------------------------------------------------------------------------------------


def panel_html(live: Live | None, still: str, words: str, where: str, number: int, root: str = "../") -> str:
    """A panel: its still with its words, and, where its states were recorded, its controls.

    Args:
        live: the recorded panel, or None.
        still: HTML of the picture of its start.
        words: what that picture shows.
        where: address at which the notebook runs.
        number: of the panel on its page, for names of its parts.
        root: way from the page to the website's root.
    """
    link = f'<a href="{escape(where)}">Move it in Colab</a>'
    if live is None:
        return (
            f'<div class="course-panel">{still}<p class="course-panel-words">{escape(words)}</p>'
            f'<p class="course-panel-more">This picture stands still here. {link}.</p></div>'
        )
    about = live.about
    rows = "".join(_row(control, f"panel-{number}-{place}") for place, control in enumerate(about["controls"]))
    buttons = '<button type="button" data-button="reset" disabled>Reset</button>'
    if about["play"] or about["action"]:
        label = "Play" if about["play"] else about["action"]
        buttons = f'<button type="button" data-button="play" disabled>{escape(label)}</button>{buttons}'
    return (
        f'<div class="course-panel" data-panel="{live.name}" data-source="{root}_static/panels/{live.name}.js" '
        f'role="group" aria-label="{escape(about["title"])}">'
        f'<div class="course-panel-controls">{rows}<div class="course-panel-buttons">{buttons}</div>'
        f"{sound_html(live.name, root)}</div>"
        f'{still}<p class="course-panel-words" role="status">{escape(words)}</p>'
        f'<p class="course-panel-more">{escape(scope(about))}<span class="course-panel-still">'
        f"This picture stands still without JavaScript. </span>{link}.</p></div>"
    )


def scope(about: Mapping[str, Any]) -> str:
    """What the page's panel leaves out of what the notebook's panel does; empty if nothing."""
    said = []
    if any(control["kind"] == "text" for control in about["controls"]):
        said.append("Here you choose among a few texts; in the notebook you type your own.")
    many = len(about["controls"])
    if about["together"] < many:
        said.append(f"Here {about['together']} of the {many} controls can leave their start together.")
    elif about["states"] < about["possible"] and not about["works"]:
        said.append(f"Here the sliders stop at {about['states']:,} of {about['possible']:,} places.")
    if about["works"]:
        said.append(f"The button plays one of {about['works']} recorded runs; in the notebook it computes anew.")
    return " ".join([*said, ""])


def _row(control: Mapping[str, Any], name: str) -> str:
    label = control["label"] + (f" ({control['unit']})" if control["unit"] else "")
    start, stops = control["start"], control["stops"]
    if len(stops) == 1:
        field = (
            f'<input type="hidden" id="{name}" data-control value="0">'
            f'<output for="{name}" class="course-panel-fixed">{escape(stops[0])} (moves in the notebook)</output>'
        )
        return f'<div class="course-panel-row"><span>{escape(label)}</span>{field}</div>'
    if control["kind"] == "slider":
        spoken = f"{stops[start]} {control['unit']}".strip()
        field = (
            f'<input type="range" id="{name}" data-control min="0" max="{len(stops) - 1}" value="{start}" step="1" '
            f'aria-valuetext="{escape(spoken)}" autocomplete="off" disabled>'
            f'<output for="{name}">{escape(stops[start])}</output>'
        )
    else:
        options = "".join(
            f'<option value="{place}"{" selected" if place == start else ""}>{escape(text)}</option>'
            for place, text in enumerate(stops)
        )
        field = f'<select id="{name}" data-control autocomplete="off" disabled>{options}</select>'
    return f'<div class="course-panel-row"><label for="{name}">{escape(label)}</label>{field}</div>'


def bring(panels: Iterable[Live], folder: Path) -> None:
    """Put the files of states where the pages look for them.

    Args:
        panels: all of the website.
        folder: of static files.
    """
    target = folder / "panels"
    target.mkdir(parents=True, exist_ok=True)
    for live in panels:
        shutil.copyfile(live.script, target / f"{live.name}.js")
