"""Re-execute notebooks and store them in their one normal form.

    python tools/refresh.py                        all notebooks, in place
    python tools/refresh.py notebooks/01_*.ipynb   only these
    python tools/refresh.py --check                run nothing; name the notebooks that are not in normal form
    python tools/refresh.py --dry-run              run, write nothing: does every cell work in this environment?

A notebook is written only if every cell ran without an error and without a word on standard error.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import nbformat
import psutil
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from course import kernel_environment, notebook_paths
from utils.page.live import WIDGET_VIEW

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    # What nbconvert needs to write a script; the version, which changes with every machine, stays out.
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}
# What an author may say about a cell; the rest is what one front end or another left behind.
CELL_METADATA = {"cellView", "jupyter", "tags"}


def normalise(nb: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Bring a notebook into its normal form, in place: nothing in it depends on who saved it, when, or with what.

    Outputs, execution counts, cell ids and tags stay; execution counts are renumbered from 1 where a cell was run.

    Args:
        nb: a notebook of format 4.

    Returns:
        The same notebook.
    """
    nb.metadata = nbformat.from_dict(METADATA)
    nb.nbformat_minor = max(nb.nbformat_minor, 5)
    for cell in nb.cells:
        cell.metadata = nbformat.from_dict({k: v for k, v in cell.metadata.items() if k in CELL_METADATA and v})
        if cell.cell_type == "code":
            for output in cell.outputs:
                # A view without its kernel is an empty box; the text or picture beside it says more.
                output.get("data", {}).pop(WIDGET_VIEW, None)
                output.get("metadata", {}).pop(WIDGET_VIEW, None)
            shown = [output for output in cell.outputs if output.output_type != "display_data" or output.data]
            cell.outputs = _joined(shown)
    return nb


def _joined(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Neighbouring pieces of one stream as one: where they were cut is a matter of timing."""
    joined: list[nbformat.NotebookNode] = []
    for output in outputs:
        stream = output.output_type == "stream"
        if stream and joined and joined[-1].output_type == "stream" and joined[-1].name == output.name:
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def render(nb: nbformat.NotebookNode) -> str:
    """The notebook as the text that is stored: sorted keys, indent 1, readable letters, a newline at the end."""
    nbformat.validate(nb)
    return nbformat.writes(nb).rstrip("\n") + "\n"


def read(path: Path) -> nbformat.NotebookNode:
    """Read a notebook without upgrading anything silently.

    Raises:
        ValueError: if the file is no notebook.
    """
    try:
        return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    except (ValueError, TypeError, KeyError, AttributeError, nbformat.ValidationError) as error:
        raise ValueError(f"{path.name}: not a notebook ({type(error).__name__})") from error


def is_normal(path: Path) -> bool:
    """Whether the file is, byte for byte, what `refresh` would store (outputs aside, nothing is run)."""
    return path.read_text(encoding="utf-8") == render(normalise(read(path)))


def write(path: Path, nb: nbformat.NotebookNode) -> None:
    """Store a notebook in normal form; whoever reads meanwhile sees the old file or the new one, never half of it."""
    text = render(normalise(nb))
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        if path.exists():
            os.chmod(name, path.stat().st_mode)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def faults(nb: nbformat.NotebookNode) -> list[str]:
    """What forbids storing an executed notebook: unexecuted cells, errors, words on standard error.

    Returns:
        One sentence per fault; empty if the notebook is sound.
    """
    found = []
    for index, cell in enumerate(nb.cells):
        if cell.cell_type != "code":
            continue
        where = f"cell {index} ({cell.get('id', 'no id')})"
        if cell.execution_count is None:
            found.append(f"{where} was not executed")
        for output in cell.outputs:
            if output.output_type == "error":
                found.append(f"{where} raised {output.ename}: {output.evalue}")
            elif output.get("name") == "stderr":
                found.append(f"{where} wrote to standard error: {output.text.strip()[-400:]}")
    return found


class CurrentPython(KernelSpecManager):
    """Offers one kernel, whatever it is called: the Python that runs this tool, unless another one is set."""

    python = sys.executable

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        argv = [self.python, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--log-level=ERROR"]
        return KernelSpec(argv=argv, display_name="Python 3 (ipykernel)", language="python")


@dataclass
class Run:
    """One execution of one notebook."""

    path: Path
    seconds: float = 0.0
    peak_bytes: int = 0
    faults: list[str] = field(default_factory=list)
    cells: list[tuple[float, str]] = field(default_factory=list)


def peak_memory(pid: int) -> int:
    """Most memory that a process has held so far, in bytes; where the system keeps no record, what it holds now."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        if "VmHWM" in fields:
            return int(fields["VmHWM"].split()[0]) * 1024
    memory = psutil.Process(pid).memory_info()
    return getattr(memory, "peak_wset", memory.rss)


async def execute(path: Path, timeout: float = 600, store: bool = True) -> Run:
    """Execute one notebook in a fresh kernel of the current Python, in the notebook's own folder.

    Args:
        path: the notebook.
        timeout: longest time for one cell, in seconds.
        store: write the result if it is sound.

    Returns:
        What happened; `faults` is empty if all went well.
    """
    run = Run(path)
    nb = read(path)
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=CurrentPython())

    def after_cell(cell: nbformat.NotebookNode, cell_index: int, execute_reply: dict) -> None:
        run.peak_bytes = max(run.peak_bytes, peak_memory(manager.provisioner.pid))
        times = cell.metadata.get("execution", {})
        if "shell.execute_reply" in times and "iopub.execute_input" in times:
            start, end = (
                datetime.fromisoformat(times[name].replace("Z", "+00:00"))
                for name in ("iopub.execute_input", "shell.execute_reply")
            )
            run.cells.append(((end - start).total_seconds(), cell.get("id", str(cell_index))))

    client = NotebookClient(
        nb,
        km=manager,
        timeout=timeout,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_executed=after_cell,
        coalesce_streams=True,
    )
    environment = {k: v for k, v in os.environ.items() if k != "MPLBACKEND"} | kernel_environment()
    start = time.perf_counter()
    try:
        await client.async_execute(env=environment)
    except CellExecutionError:
        pass  # the cell's stored error says it better, below
    except (CellTimeoutError, DeadKernelError) as error:
        run.faults.append(f"{type(error).__name__}: {str(error).strip().splitlines()[0]}")
    finally:
        if manager.has_kernel:
            await manager.shutdown_kernel(now=True)
    run.seconds = time.perf_counter() - start
    if raised := [fault for fault in faults(nb) if " raised " in fault]:
        run.faults += raised
    elif not run.faults:
        run.faults += faults(nb)
    if store and not run.faults:
        write(path, nb)
    return run


async def execute_all(paths: list[Path], jobs: int, timeout: float, store: bool) -> list[Run]:
    """Execute notebooks, `jobs` at a time, and tell of each as it ends."""
    gate = asyncio.Semaphore(jobs)

    async def one(path: Path) -> Run:
        async with gate:
            run = await execute(path, timeout=timeout, store=store)
        print(f"{path.name}: {run.seconds:.1f} s, peak {run.peak_bytes / 1e6:.0f} MB")
        for fault in run.faults:
            print(f"  {fault}", file=sys.stderr)
        return run

    return await asyncio.gather(*(one(path) for path in paths))


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="*", type=Path, help="notebooks to run (default: all of the course)")
    parser.add_argument("--check", action="store_true", help="run nothing; fail if a notebook is not in normal form")
    parser.add_argument("--dry-run", action="store_true", help="run, but write nothing")
    parser.add_argument("--times", type=int, default=0, metavar="N", help="also print the N slowest cells of each")
    parser.add_argument("--timeout", type=float, default=600, metavar="S", help="seconds allowed for one cell")
    parser.add_argument("-j", "--jobs", type=int, default=2, help="notebooks run at the same time (default: 2)")
    options = parser.parse_args(arguments)
    paths = [path.resolve() for path in options.notebooks] or notebook_paths()
    for path in paths:
        if not path.is_file():
            parser.error(f"{path} is not there")
    if options.jobs < 1:
        parser.error(f"--jobs is {options.jobs}; allowed is 1 or more")

    if options.check:
        strange = [path for path in paths if not is_normal(path)]
        for path in strange:
            print(f"{path.name} is not in normal form: run `make refresh`", file=sys.stderr)
        return 1 if strange else 0

    runs = asyncio.run(execute_all(paths, options.jobs, options.timeout, store=not options.dry_run))
    for run in runs:
        for seconds, cell in sorted(run.cells, reverse=True)[: options.times]:
            print(f"  {run.path.name} cell {cell}: {seconds:.2f} s")
    failed = [run.path.name for run in runs if run.faults]
    if failed:
        print(f"{'Failed' if options.dry_run else 'Not stored'}: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
