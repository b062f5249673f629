"""Who solved what: re-executes the notebooks that students handed in, each in its own process, and reads the boxes.

A hand-in is a program. This one runs with your rights: run hand-ins that you do not trust inside a container.
"""

from __future__ import annotations

import asyncio
import csv
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from utils.exercises.notebooks import course_notes, exercise_ids

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = ("notebook", "exercise", "status", "hints", "solution_shown", "mistakes", "note")
ABSENT = "absent"
# How a status reads in the narrow columns of the table.
_SHORT = {"correct": "ok", "not yet": "not yet", "error": "error", "not attempted": "open", ABSENT: "-"}
# What a worker may take beyond its limit for starting and stopping a kernel, in seconds.
GRACE = 45.0


@dataclass
class Result:
    """How one exercise stands in one hand-in.

    Attributes:
        status: of the last answer.
        hints: how many were shown.
        solution_shown: whether the solution was.
        mistakes: which of the exercise's known wrong answers were found, each once.
    """

    status: str = ABSENT
    hints: int = 0
    solution_shown: bool = False
    mistakes: list[str] = field(default_factory=list)

    def short(self) -> str:
        """The result as the table shows it.

        Returns:
            Such as "ok", "ok 2h" after two hints, "ok 2h s" if the solution was shown, too.
        """
        parts = [_SHORT[self.status]]
        if self.hints:
            parts.append(f"{self.hints}h")
        if self.solution_shown:
            parts.append("s")
        return " ".join(parts)


@dataclass
class HandIn:
    """One student's notebook after its execution.

    Attributes:
        path: the file.
        results: exercise id -> how it stands; every exercise of that notebook of the course is there.
        finished: whether every cell was run.
        note: what a teacher should know, in words; empty if there is nothing.
    """

    path: Path
    results: dict[str, Result] = field(default_factory=dict)
    finished: bool = False
    note: str = ""

    @property
    def solved(self) -> int:
        """How many exercises are correct."""
        return sum(result.status == "correct" for result in self.results.values())


def hand_ins(paths: Iterable[str | Path]) -> list[Path]:
    """The notebooks that are meant: files as they are, and of folders everything below that ends in .ipynb.

    Args:
        paths: files and folders.

    Returns:
        Paths without repetition, files of a folder in alphabetical order.

    Raises:
        ValueError: a folder holds no notebook.
    """
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        if not path.is_dir():
            found[path] = None
            continue
        below = sorted(p for p in path.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
        if not below:
            raise ValueError(f"notebooks: got the folder {path}, which holds no file that ends in .ipynb")
        found.update(dict.fromkeys(below))
    return list(found)


def examine(path: str | Path, timeout: float = 600.0, cell_timeout: float = 120.0) -> HandIn:
    """Execute one hand-in in a process of its own.

    Args:
        path: the notebook; it is read and not written to.
        timeout: seconds for the whole notebook.
        cell_timeout: seconds after which a cell is interrupted; the next ones still run.

    Returns:
        What became of it. Nothing that the notebook does raises here.

    Raises:
        ValueError: a limit is not positive.
    """
    for name, value in (("timeout", timeout), ("cell_timeout", cell_timeout)):
        if not value > 0:
            raise ValueError(f"{name}: got {value!r}, allowed is a number of seconds above 0")
    path = Path(path)
    hand_in = HandIn(path)
    if problem := _read(path)[1]:
        hand_in.note = problem
        return hand_in
    command = [sys.executable, "-m", "utils.exercises.report", str(path.resolve()), str(timeout), str(cell_timeout)]
    # One thread each, since several hand-ins may run side by side; the course itself is the one this file belongs to.
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": _first_on_path(ROOT), "PYTHONUTF8": "1"}
    environment.pop("MPLBACKEND", None)
    said: list[dict[str, Any]] = []
    with tempfile.TemporaryFile() as complaints:
        worker = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints
        )
        reader = threading.Thread(target=lambda: said.extend(_parsed(worker.stdout)), daemon=True)
        reader.start()
        try:
            worker.wait(timeout + GRACE)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
            said.append({"note": f"stopped after {timeout:g} s"})
        reader.join(5)
        # A kernel that outlives its worker holds the other end open; closing would then wait for it.
        if not reader.is_alive():
            worker.stdout.close()
    for message in said:
        _take(hand_in, message)
    if not hand_in.finished and not hand_in.note:
        hand_in.note = f"the process that ran it ended with status {worker.returncode}"
    return hand_in


def examine_all(
    paths: Sequence[Path],
    timeout: float = 600.0,
    cell_timeout: float = 120.0,
    jobs: int = 1,
    done: Callable[[HandIn], None] | None = None,
) -> list[HandIn]:
    """Execute hand-ins, `jobs` at a time.

    Args:
        paths: the notebooks.
        timeout: seconds for each.
        cell_timeout: seconds for each cell.
        jobs: how many run at the same time.
        done: called with each as it ends, in any order.

    Returns:
        One entry for each path, in the order of `paths`.

    Raises:
        ValueError: `jobs` or a limit is not positive.
    """
    if jobs < 1:
        raise ValueError(f"jobs: got {jobs}, allowed is 1 or more")

    def one(path: Path) -> HandIn:
        hand_in = examine(path, timeout, cell_timeout)
        if done is not None:
            done(hand_in)
        return hand_in

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, paths))


def table(found: Sequence[HandIn]) -> str:
    """The results as text, one row for each hand-in, grouped by notebook of the course.

    Args:
        found: examined hand-ins.

    Returns:
        Lines with aligned columns; what the columns mean stands below.
    """
    groups: dict[str, list[HandIn]] = {}
    for hand_in in found:
        # A hand-in without exercises, which has no notebook to belong to, stands last.
        groups.setdefault(min(hand_in.results, default="~").partition(".")[0], []).append(hand_in)
    names = _distinct_names([hand_in.path for hand_in in found])
    blocks = []
    for number, members in sorted(groups.items()):
        ids = list(dict.fromkeys(name for hand_in in members for name in hand_in.results))
        heads = ["hand-in", *(str(column) for column in range(1, len(ids) + 1)), "solved", "note"]
        rows = [
            [
                names[hand_in.path],
                *(hand_in.results.get(name, Result()).short() for name in ids),
                f"{hand_in.solved} of {len(ids)}" if ids else "-",
                hand_in.note,
            ]
            for hand_in in members
        ]
        title = f"Notebook {number}" if ids else "No exercise found"
        legend = [f"{column:>3}  {name}" for column, name in enumerate(ids, 1)]
        blocks.append("\n".join([title, *_aligned([heads, *rows]), *legend]))
    key = "ok: correct   open: not attempted   -: no such cell, or not reached   2h: two hints   s: solution shown"
    return "\n\n".join([*blocks, key])


def mistakes_table(found: Sequence[HandIn]) -> str:
    """How many hand-ins made which of the mistakes that the checks know by name, as text.

    Args:
        found: examined hand-ins.

    Returns:
        For each exercise its mistakes, the most frequent first; empty if none was made.
    """
    tried: Counter[str] = Counter()
    made: dict[str, Counter[str]] = {}
    for hand_in in found:
        for name, result in hand_in.results.items():
            tried[name] += result.status not in (ABSENT, "not attempted")
            made.setdefault(name, Counter()).update(result.mistakes)
    rows = [
        [name if first else "", f"{count} of {tried[name]}", mistake]
        for name, counts in sorted(made.items())
        for first, (mistake, count) in zip([True, *[False] * len(counts)], counts.most_common(), strict=False)
    ]
    heads = ["exercise", "answers", "this looks like ..."]
    return "\n".join(["Mistakes that the checks know by name", *_aligned([heads, *rows])]) if rows else ""


def write_csv(found: Sequence[HandIn], path: str | Path) -> None:
    """Store the results as a table with one row for each hand-in and exercise.

    Args:
        found: examined hand-ins; one without any exercise still gets a row, with its note.
        path: the file.
    """
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for hand_in in found:
            for exercise_id, result in hand_in.results.items() or [("", None)]:
                cells = ("", "", "", "")
                if result:
                    cells = (
                        result.status,
                        result.hints,
                        int(result.solution_shown),
                        _inert("; ".join(result.mistakes)),
                    )
                writer.writerow([_inert(str(hand_in.path)), exercise_id, *cells, _inert(hand_in.note)])


def _inert(text: str) -> str:
    """A cell that a spreadsheet does not take for a formula: file names are the students' choice."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text


def _first_on_path(folder: Path) -> str:
    return os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])


def _distinct_names(paths: Sequence[Path]) -> dict[Path, str]:
    """Paths without the folder that all of them share."""
    folders = [path.resolve().parent for path in paths]
    common = Path(os.path.commonpath(folders)) if len({f.anchor for f in folders}) == 1 else None
    return {p: str(p.resolve().relative_to(common)) if common and len(paths) > 1 else p.name for p in paths}


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _parsed(stream: Any) -> Iterator[dict[str, Any]]:
    """What a worker says: one JSON object a line."""
    for line in stream:
        try:
            yield json.loads(line)
        except ValueError:
            continue


def _take(hand_in: HandIn, message: dict[str, Any]) -> None:
    if "exercise" in message:
        result = hand_in.results.setdefault(message["exercise"], Result())
        result.status = message.get("status", result.status)
        result.hints = max(result.hints, message.get("hints", 0))
        result.solution_shown |= bool(message.get("solution"))
        mistake = message.get("mistake")
        if mistake and mistake not in result.mistakes:
            result.mistakes.append(mistake)
    if "note" in message:
        hand_in.note = "; ".join(filter(None, [hand_in.note, message["note"]]))
    hand_in.finished |= bool(message.get("finished"))


# --- The worker: runs in a process of its own and tells its parent, line by line, what it finds --------------------


def _work(path: Path, timeout: float, cell_timeout: float, tell: Callable[[dict[str, Any]], None]) -> None:
    import nbformat

    nb, problem = _read(path)
    if problem:
        return tell({"note": problem})
    for exercise_id in _expected(nb):
        tell({"exercise": exercise_id})
    for cell in nb.cells:
        if cell.cell_type == "code":
            # Hints whose cells were deleted since are still in the boxes that were saved; the verdicts are made anew.
            for note in exercise_notes(cell.get("outputs", [])):
                tell({key: value for key, value in note.items() if key not in ("status", "mistake")})
            cell.outputs, cell.execution_count, cell.metadata = [], None, nbformat.from_dict({})
    asyncio.run(_run(nb, timeout, cell_timeout, tell))


def _read(path: Path) -> tuple[Any, str]:
    """A hand-in, and what is wrong with its file; one of the two is empty."""
    import nbformat

    try:
        nb = nbformat.reads(path.read_text(encoding="utf-8-sig"), as_version=4)
        if not isinstance(nb.get("cells"), list):
            raise ValueError("it has no cells")
        for cell in nb.cells:
            cell.cell_type, cell.source  # noqa: B018 - a hand-in may be JSON and still no notebook
    except OSError as problem:
        return None, f"cannot be read ({problem.strerror})"
    except Exception as problem:  # whatever a reader makes of a broken file, it is this file's row
        return None, f"is not a notebook ({type(problem).__name__})"
    return nb, ""


async def _run(nb: Any, timeout: float, cell_timeout: float, tell: Callable[[dict[str, Any]], None]) -> None:
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError

    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=_this_python())
    end = time.monotonic() + timeout
    client = NotebookClient(
        nb,
        km=manager,
        allow_errors=True,
        timeout_func=lambda _: max(0.1, min(cell_timeout, end - time.monotonic())),
        interrupt_on_timeout=True,
        error_on_timeout={"ename": "Timeout", "evalue": "", "traceback": []},
        store_widget_state=False,
        # Beside the course's own notebooks: there the start cell finds the course.
        resources={"metadata": {"path": str(ROOT / "notebooks" if (ROOT / "notebooks").is_dir() else ROOT)}},
    )
    raised = interrupted = 0
    number = 0
    try:
        async with client.async_setup_kernel():
            for number, cell in enumerate(nb.cells, 1):
                if time.monotonic() >= end:
                    return tell({"note": f"stopped after {timeout:g} s, before cell {number}"})
                started = time.monotonic()
                await client.async_execute_cell(cell, number - 1)
                if cell.cell_type != "code":
                    continue
                for note in exercise_notes(cell.outputs):
                    tell(note)
                late = time.monotonic() - started >= min(cell_timeout, end - started)
                interrupted += late
                raised += not late and any(output.output_type == "error" for output in cell.outputs)
        tell({"finished": True})
    except DeadKernelError:
        tell({"note": f"the kernel exited in cell {number}"})
    except Exception as problem:  # a kernel that does not start, a cell whose output cannot be stored
        tell({"note": f"cell {number} could not be run ({type(problem).__name__})"})
    finally:
        if manager.has_kernel:
            await manager.shutdown_kernel(now=True)
        if interrupted:
            tell({"note": f"{interrupted} {_plural('cell', interrupted)} interrupted after {cell_timeout:g} s"})
        if raised:
            tell({"note": f"{raised} {_plural('cell', raised)} raised an error"})


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"


def _expected(nb: Any) -> list[str]:
    """The exercises of that notebook of the course to which most of a hand-in's exercises belong, in its order."""
    numbers = [name.partition(".")[0] for name in exercise_ids(nb)]
    if not numbers:
        return []
    number = max(sorted(set(numbers)), key=numbers.count)
    from utils.exercises.registry import of_notebook

    return [task.id for task in of_notebook(number)]


def exercise_notes(outputs: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """The notes that boxes of exercises carry, as far as they are well-formed.

    Args:
        outputs: of a cell.

    Yields:
        Notes with an exercise's id, and what is known of it: "status", "hints", "solution", "mistake".
    """
    for note in course_notes(outputs):
        if not isinstance(note.get("exercise"), str):
            continue
        well_formed = isinstance(note.get("hints", 0), int) and isinstance(note.get("mistake", ""), str)
        if note.get("status", ABSENT) in _SHORT and well_formed:
            yield {key: note[key] for key in ("exercise", "status", "hints", "solution", "mistake") if key in note}


def _this_python() -> Any:
    """A kernel specification that means the present Python, whatever kernels are installed."""
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

    class ThisPython(KernelSpecManager):
        def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
            argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--log-level=ERROR"]
            return KernelSpec(argv=argv, display_name="Python 3 (ipykernel)", language="python")

    return ThisPython()


if __name__ == "__main__":
    _work(Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), lambda note: print(json.dumps(note), flush=True))
