"""How many small mistakes in `utils` the tests notice.

    python tools/mutation.py --mutants 200 --seed 1 --jobs 2

Each mutant is one change in one place. It is made in a copy of the course, where the tests that are likely to notice
it run until the first failure. A mutant that no test notices is a survivor: either it changes nothing that matters, or
a test is missing. What tests cannot judge is left alone: see `judgeable`.

Why not mutmut 3 or cosmic-ray: mutmut mutates no decorated function and no line outside of functions, which exercises
and panels have many of, replaces sources that the exercise engine quotes, draws no sample, and runs the whole suite for
its choice of tests; cosmic-ray starts one process with one fixed command for each mutant.
"""

from __future__ import annotations

import argparse
import ast
import compileall
import contextlib
import functools
import importlib
import os
import py_compile
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import psutil
from scipy.stats import binomtest

from course import ROOT, kernel_environment
from judgeable import judgeable
from mutants import mutants
from tests_of import likely_tests, mentions, public_names

# Tells what the tests of a mutant have started, in sessions of their own, too.
STARTED_BY = "COURSE_MUTANT_OF"
KILLED, SURVIVED, TIMED_OUT, CRASHED = "killed", "survived", "timed out", "crashed"
UNCERTAIN = "killed by a test that fails anyway"
# Copied to nobody: environments, histories, what can be made again.
LEFT_OUT = (".venv*", ".git", "__pycache__", ".pytest_cache", ".hypothesis", ".ruff_cache", "_build", "artefacts")
# Imported once, before the processes part: what costs seconds and is not ours.
HEAVY = ("torch", "matplotlib.pyplot", "PIL.Image", "pytest", "nbclient", "ipywidgets", "tqdm")
HEAVY += ("hypothesis.extra.numpy", "scipy.stats", "scipy.optimize", "distributed", "seaborn")
# These start servers, browsers or kernels: too slow to be asked about every mutant.
NOT_ASKED = re.compile("test_(book|hostile|colab|lab_browser|benchmark|students|bootstrap|project).*")
# A test that takes this long, in seconds of the processor's time, goes round in circles: it fails.
STUCK = 10
PYTEST = ["-x", "-q", "--no-header", "--tb=line", "-m", "not slow", f"--timeout={9 * STUCK}"]
# The last of these collects all garbage, five times, at the end of each run.
LEFT_OUT_PLUGINS = ("xdist", "cov", "nbval", "cacheprovider", "unraisableexception")
PYTEST += [part for plugin in LEFT_OUT_PLUGINS for part in ("-p", f"no:{plugin}")]


@dataclass(frozen=True)
class Mutant:
    """One change.

    Attributes:
        module: path of the file, relative to the course.
        line: where, counted from 1.
        change: what, in words.
        source: the changed source.
        verdict: what became of it, once known.
        test: the test that noticed it.
    """

    module: Path
    line: int
    change: str
    source: str
    verdict: str = ""
    test: str = ""

    def __str__(self) -> str:
        by = f" ({self.test})" if self.test else ""
        return f"{self.verdict:9} {self.module}:{self.line}: {self.change}{by}"


def draw_mutants(n: int, seed: int, root: Path = ROOT) -> list[Mutant]:
    """Mutants of all modules of `utils`, a module's share as large as its code.

    Args:
        n: how many.
        seed: of the choice.
        root: of the course.

    Returns:
        The mutants, in random order.
    """
    rng = Random(seed)
    modules = sorted((root / "utils").rglob("*.py"))
    sources = [path.read_text(encoding="utf-8") for path in modules]
    weights = [_expressions(source) for source in sources]
    streams = [_mutants_of(path.relative_to(root), source, rng) for path, source in zip(modules, sources, strict=True)]
    found: list[Mutant] = []
    while len(found) < n:
        number = rng.choices(range(len(modules)), weights)[0]
        mutant = next(streams[number], None)
        if mutant is None:
            weights[number] = 0
        else:
            found.append(mutant)
    return found


@functools.cache
def _expressions(source: str) -> int:
    return sum(isinstance(node, ast.expr) for node in ast.walk(ast.parse(source)))


def _mutants_of(module: Path, source: str, rng: Random) -> Iterator[Mutant]:
    room = module.parts[1]
    matter = judgeable(source, room)
    for words, changed in mutants(source, rng):
        if judgeable(changed, room) != matter:
            place, change = words.removeprefix("line ").split(": ", 1)
            yield Mutant(module, int(place), change, changed)


class _Run:
    """A pytest plugin for several sessions, one after the other: likely tests first, and an end when the time is up.

    No file is collected before it is needed: to import them all takes longer than most mutants live.
    """

    def __init__(self, stages: Sequence[Sequence[Path]], own: set[Path], names: set[str], seconds: float) -> None:
        self.stages, self.own, self.names, self.seconds = stages, own, names, seconds
        self.last = False
        self.asked: set[str] = set()
        self.failed: list[str] = []

    def sessions(self) -> Iterator[list[str]]:
        """The files of one session after the other; in the last one, what was passed over before."""
        for files in self.stages:
            yield [str(path) for path in files]
            if self._over():
                return
        self.last = True
        yield [str(path) for files in self.stages for path in files]

    def pytest_sessionstart(self, session: Any) -> None:
        self.session = session
        signal.signal(signal.SIGPROF, _stuck)

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        if self.stages:
            items[:] = [item for item in self._chosen(items) if item.nodeid not in self.asked]
            self.asked |= {item.nodeid for item in items}

    def _chosen(self, items: Sequence[Any]) -> Sequence[Any]:
        """Those that mention one of the names; of one test with many parameters, those whose parameters do."""
        titled = {item for item in items if mentions(None, item.name, self.names)}
        told_apart = {getattr(item, "function", None) for item in titled} - {None}
        likely = [item for item in items if item in titled or self._mentioned(item, told_apart)]
        if self.last:
            return items
        return [*likely, *(item for item in items if item not in likely and (not likely or item.path in self.own))]

    def _mentioned(self, item: Any, told_apart: set[Any]) -> bool:
        function = getattr(item, "function", None)
        return function not in told_apart and mentions(function, "", self.names)

    def _over(self) -> bool:
        # The processor's time, so that it does not matter what else the machine does.
        return bool(self.failed) or time.process_time() > self.seconds

    def pytest_runtest_logstart(self) -> None:
        signal.setitimer(signal.ITIMER_PROF, STUCK, 1)

    def pytest_runtest_logfinish(self) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        if self._over():
            self.session.shouldstop = "the time is up"

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        signal.signal(signal.SIGPROF, signal.SIG_IGN)

    def pytest_internalerror(self, excinfo: Any) -> None:
        # A module that ends the program when it is imported ends pytest's collection, which is no fault of pytest.
        if excinfo.errisinstance(SystemExit):
            os.kill(os.getpid(), signal.SIGKILL)


def _stuck(*_: object) -> None:
    import pytest

    pytest.fail(f"ran for {STUCK} s")


class _Slot:
    """A copy of the course in which one mutant after the other is tried, each in a process of its own."""

    def __init__(self, folder: Path, original: Path) -> None:
        self.root, self.original = folder / "course", original
        shutil.copytree(original, self.root, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
        # Compiled files that know their source by its content: one that was changed within a second is seen.
        mode = py_compile.PycInvalidationMode.CHECKED_HASH
        compileall.compile_dir(self.root / "utils", quiet=2, invalidation_mode=mode)
        self.report = folder / "report"
        self.process = 0
        self.end = 0.0

    def put(self, mutant: Mutant) -> None:
        (self.root / mutant.module).write_text(mutant.source, encoding="utf-8")

    def take_back(self, mutant: Mutant) -> None:
        (self.root / mutant.module).write_text(self.source(mutant), encoding="utf-8")

    def source(self, mutant: Mutant) -> str:
        return (self.original / mutant.module).read_text(encoding="utf-8")

    def start(self, arguments: Sequence[str], plugin: _Run, limit: float) -> None:
        self.report.unlink(missing_ok=True)
        self.end = time.monotonic() + limit
        sys.stdout.flush()
        self.process = os.fork()
        if self.process == 0:
            try:
                os.setsid()
                os.environ[STARTED_BY] = str(self.root)
                self._test(arguments, plugin)
            finally:
                os._exit(1)

    def _test(self, arguments: Sequence[str], plugin: _Run) -> None:
        output = os.open(self.report.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.chdir(self.root)
        # From here on, what is ours comes from the copy.
        for name in [*sys.modules]:
            if name.partition(".")[0] in {"course", "judgeable", "tests_of", "mutants", "utils"}:
                del sys.modules[name]
        sys.path[:] = [place for place in sys.path if place not in {"", str(ROOT), str(ROOT / "tools")}]
        import pytest

        for files in [arguments] if arguments else plugin.sessions():
            code = pytest.main([*PYTEST, f"--rootdir={self.root}", *files], plugins=[plugin])
            # An error of pytest itself may not pass for a verdict.
            if code in {pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR}:
                return
        self.report.write_text("\n".join(plugin.failed), encoding="utf-8")

    def finished(self) -> str | None:
        """None while tests run; then what came of them."""
        ended, status = os.waitpid(self.process, os.WNOHANG)
        if ended:
            self._end_leftovers()
            if os.WIFSIGNALED(status):
                return CRASHED
            if not self.report.exists():
                raise RuntimeError(self.report.with_suffix(".log").read_text(encoding="utf-8", errors="replace"))
            return KILLED if self.failures() else SURVIVED
        if time.monotonic() < self.end:
            return None
        os.killpg(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        self._end_leftovers()
        return TIMED_OUT

    def _end_leftovers(self) -> None:
        """A kernel in which a mutant goes round in circles outlives the test that started it."""
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get(STARTED_BY) == str(self.root):
                    process.kill()

    def failures(self) -> list[str]:
        return self.report.read_text(encoding="utf-8").splitlines()


def judge(mutants: Sequence[Mutant], jobs: int = 1, seconds: float = 60.0, root: Path = ROOT) -> Iterator[Mutant]:
    """Try mutants, and at the end the unchanged course, so that no test that fails anyway counts.

    Args:
        mutants: what to try.
        jobs: how many side by side.
        seconds: of the processor's time for the tests of one mutant; what they have not noticed by then counts as a
            survivor. Where not even the time limit of a test ends a run, it has timed out, and the mutant is noticed.
        root: of the course.

    Yields:
        The mutants with their verdicts, as these arrive; those that a test noticed come last.
    """
    for name in HEAVY:
        importlib.import_module(name)
    with tempfile.TemporaryDirectory() as folder:
        slots = []
        for number in range(jobs):
            place = Path(folder, str(number))
            place.mkdir()
            slots.append(_Slot(place, root))
        noticed: list[Mutant] = []
        waiting, running = list(mutants), {}
        while waiting or running:
            for slot in slots:
                if slot not in running and waiting:
                    running[slot] = waiting.pop(0)
                    _start(slot, running[slot], seconds)
                verdict = slot.finished() if slot in running else None
                if verdict is None:
                    continue
                mutant = replace(running.pop(slot), verdict=verdict)
                slot.take_back(mutant)
                if verdict == KILLED:
                    noticed.append(replace(mutant, test=slot.failures()[0]))
                else:
                    yield mutant
            time.sleep(0.02)
        broken = _failing_anyway(slots[0], sorted({mutant.test for mutant in noticed}))
        for mutant in noticed:
            yield replace(mutant, verdict=UNCERTAIN) if mutant.test in broken else mutant


def _start(slot: _Slot, mutant: Mutant, seconds: float) -> None:
    names = public_names(slot.source(mutant), mutant.line)
    own, stages = _in_order(slot.root / mutant.module, names, slot.root)
    slot.put(mutant)
    slot.start([], _Run(stages, own, names, seconds), 5 * seconds + 9 * STUCK)


def _in_order(module: Path, names: set[str], root: Path) -> tuple[set[Path], list[list[Path]]]:
    """The tests to ask about a change in a module.

    Returns:
        own: the module, whose examples are tests, and the test file of its name.
        stages: test files, first those; then, one by one, files that mention one of the names; then those of the same
            room that import the module. All others, of which many reach it in some way, are the last.
    """
    ranks = {path: rank for rank, files in enumerate(likely_tests(module, root)) for path in files}
    room = root / "tests" / module.parent.relative_to(root / "utils")
    # Tests of the same room may reach the module in a kernel alone, where no import tells of it.
    tests = [path for path in {**ranks, **dict.fromkeys(sorted(room.glob("*.py")))} if path.name.startswith("test_")]
    quick = [path for path in tests if not NOT_ASKED.fullmatch(path.name)] or tests
    own = [path for path in quick if path == room / f"test_{module.stem}.py"]
    left = sorted(
        (path for path in quick if path not in own), key=lambda path: (path.parent != room, ranks.get(path, 9))
    )
    mentioned = [path for path in left if any(name in path.read_text(encoding="utf-8") for name in names)]
    near = [path for path in left if path.parent == room and ranks.get(path) == 0 and path not in mentioned]
    far = [path for path in left if path not in mentioned and path not in near]
    return {module, *own}, [stage for stage in ([module, *own], *([path] for path in mentioned), near, far) if stage]


def _failing_anyway(slot: _Slot, tests: Sequence[str]) -> set[str]:
    """Those of the tests, and of the files that could not be imported, that fail without a mutant as well."""
    broken: set[str] = set()
    for options, left in (
        (["--collect-only"], [test for test in tests if "::" not in test]),
        ([], [test for test in tests if "::" in test]),
    ):
        while left:
            arguments = [*options, *{_function(test): None for test in left}]
            slot.start(arguments, _Run((), set(), set(), 600), 600 + 3 * STUCK)
            while (verdict := slot.finished()) is None:
                time.sleep(0.02)
            if verdict != KILLED:
                break
            failing = {_function(test) for test in slot.failures()}
            broken |= {test for test in left if _function(test) in failing}
            left = [test for test in left if test not in broken]
    return broken


def _function(test: str) -> str:
    """A test's name without its parameters."""
    return test.partition("[")[0]


def is_noticed(mutant: Mutant) -> bool:
    """Whether a judged mutant was noticed by a test that does not fail anyway."""
    return mutant.verdict in {KILLED, TIMED_OUT, CRASHED}


def shares_that_fit(noticed: int, n: int) -> tuple[float, float]:
    """The lowest and the highest share of all mutants that a sample leaves possible, with 95 % confidence.

    Args:
        noticed: how many of the sample were noticed.
        n: size of the sample.

    Returns:
        Wilson's interval, from 0 to 1.
    """
    interval = binomtest(noticed, n).proportion_ci(method="wilson")
    return interval.low, interval.high


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutants", type=int, default=100, help="how many (100)")
    parser.add_argument("--seed", type=int, default=0, help="of the choice (0)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="side by side (all processors)")
    parser.add_argument("--seconds", type=float, default=60, help="of processor time for the tests of one mutant (60)")
    parser.add_argument(
        "--least", type=float, default=0, help="fails if the share of all mutants is surely below, from 0 to 1 (0)"
    )
    options = parser.parse_args()
    os.environ.update(kernel_environment())
    judged: list[Mutant] = []
    for mutant in judge(draw_mutants(options.mutants, options.seed), options.jobs, options.seconds):
        judged.append(mutant)
        print(mutant, flush=True)
    noticed, n = sum(map(is_noticed, judged)), len(judged)
    low, high = shares_that_fit(noticed, n)
    print(f"{noticed / n:.1%} of {n} mutants were noticed (seed {options.seed}; 95 %: {low:.1%} to {high:.1%}).")
    sys.exit(bool(high < options.least))


if __name__ == "__main__":
    main()
