"""The benchmarks' own arithmetic, table and files, and a guard against code that has become slow."""

import json
import math
import os
import platform
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch.utils._python_dispatch import TorchDispatchMode

from benchmarks import memory, report
from benchmarks.__main__ import arguments_of, main, prepared, times_of
from benchmarks.cases import COMPARISONS, GROWTH, dales_law_snn, spiral_mlp
from benchmarks.libraries import LIBRARIES, Library
from benchmarks.measure import Comparison, Growth, Spread, Way, alternate, exponent, ratios
from benchmarks.rows import (
    CUDA,
    MEMORY,
    MET,
    MISSED,
    NOT_MEASURED,
    TIME,
    all_met,
    comparison_rows,
    growth_row,
)
from benchmarks.targets import FASTEST_LIBRARY, FLOOR, TARGETS, Target
from course import ROOT
from environment import python_of

BENCH_PYTHON = python_of(str(ROOT / ".venv-bench"))
BY_NAME = {comparison.name: comparison for comparison in COMPARISONS}
STEP = BY_NAME["step"]


def way(name, **rest):
    return Way(name, lambda **_: lambda: None, **rest)


def taken(**changed):
    """Seconds of the training step in three rounds, as a run would give them."""
    times = {"ours": [1.0, 2.0, 1.0], "literal": [5.0, 8.0, 6.0], FLOOR: [0.5, 0.5, 0.25]}
    times |= {library.name: [3.0, 9.0, 4.0] for library in LIBRARIES} | {"norse": [4.0, 5.0, 3.5]}
    return times | changed


def row_of(rows, against):
    (found,) = [row for row in rows if row.against == against]
    return found


class TestArithmetic:
    @pytest.mark.parametrize("power", [-1.0, 0.0, 0.5, 1.0, 2.0])
    def test_exponent_of_a_power_is_that_power(self, power):
        sizes = [3, 10, 40, 41]
        assert exponent(sizes, [7 * size**power for size in sizes]) == pytest.approx(power)

    def test_exponent_is_the_least_squares_slope(self):
        assert exponent([1, math.e, math.e**2], [1, math.e**2, math.e**2]) == pytest.approx(1.0)

    @pytest.mark.parametrize(
        ("sizes", "values"), [([2], [1.0]), ([2, 2], [1.0, 1.0]), ([1, 2], [0.0, 1.0]), ([1, 2], [1.0])]
    )
    def test_no_line_through_one_point_or_a_logarithm_of_nothing(self, sizes, values):
        with pytest.raises(ValueError, match="allowed are two or more pairs above 0"):
            exponent(sizes, values)

    def test_ratios_are_taken_within_a_round(self):
        # The second round met a slow machine: both ways took ten times as long, and the ratio stays.
        assert ratios([4.0, 40.0, 5.0], [1.0, 10.0, 1.0]) == Spread(4.0, 4.0, 5.0)
        with pytest.raises(ValueError, match="shorter"):
            ratios([1.0, 2.0], [1.0])

    def test_ways_take_turns(self):
        calls = []
        runs = {name: lambda name=name: calls.append(name) for name in "ab"}
        measured = alternate(runs, rounds=3, least_seconds=0)
        assert calls == [*"ab", *"ababab"]  # each once to warm up
        assert {name: len(times) for name, times in measured.items()} == {"a": 3, "b": 3}

    def test_short_calls_are_repeated(self):
        calls = []
        alternate({"a": lambda: calls.append(0)}, rounds=1, least_seconds=10)
        assert len(calls) == 2 + 200


class TestRows:
    def test_ratio_target_and_verdict(self):
        rows = comparison_rows(STEP, taken())
        literal = row_of(rows, "literal")
        assert (literal.ratio, literal.low, literal.high) == (5.0, 4.0, 6.0)
        assert (literal.ours, literal.theirs) == (1.0, 6.0)
        assert (literal.target, literal.verdict) == ("at least 4.5", MET)

    def test_the_fastest_library_is_chosen_in_each_round(self):
        fastest = row_of(comparison_rows(STEP, taken()), FASTEST_LIBRARY)
        assert (fastest.low, fastest.ratio, fastest.high) == (2.5, 3.0, 3.5)
        assert (fastest.verdict, fastest.note) == (MET, "snnTorch")

    def test_below_the_floor_nothing_can_be_so_its_ratio_is_turned_round(self):
        floor = row_of(comparison_rows(STEP, taken()), FLOOR)
        assert (floor.low, floor.ratio, floor.high) == (2.0, 4.0, 4.0)
        assert floor.inverse
        assert (floor.target, floor.verdict) == ("at most 3", MISSED)

    def test_a_missing_library_is_a_row_that_says_how_to_get_it(self):
        library = Library("Brain in a Box", "brain-in-a-box")
        assert library.version is None
        absent = Way(library.name, dales_law_snn.library_step(library).prepare, package=library.package)
        comparison = Comparison("step", "a step", STEP.ours, (absent, *STEP.others[1:3]), STEP.sizes, STEP.quick)
        times = taken() | {library.name: library.remedy}
        row = row_of(comparison_rows(comparison, times), library.name)
        assert row.verdict == NOT_MEASURED
        assert row.note == "brain-in-a-box is not installed: make libraries"
        assert "make libraries" in report.table([row])
        fastest = row_of(comparison_rows(comparison, times), FASTEST_LIBRARY)
        assert fastest.note == "snnTorch; without Brain in a Box"

    @pytest.mark.skipif(all(library.version for library in LIBRARIES), reason="all libraries are installed here")
    def test_a_missing_library_costs_its_row_and_not_the_run(self):
        # What the compiler takes is seconds; the slow test below has it.
        others = tuple(way for way in STEP.others if "compiled" not in way.name)
        times = times_of(replace(STEP, others=others), STEP.quick, rounds=1, least_seconds=0)
        assert {name for name, value in times.items() if isinstance(value, str)} == {
            library.name for library in LIBRARIES if library.version is None
        }
        assert len(times["ours"]) == len(times["literal"]) == 1

    def test_a_library_that_fails_costs_its_row_and_our_own_failure_the_run(self):
        def fail(**_):
            raise RuntimeError("no kernel")

        for prepare in (fail, lambda **_: fail):
            words = prepared(Way("sinabs", prepare, package="sinabs"), {})
            assert words.startswith("sinabs ")
            assert "RuntimeError: no kernel" in words
        with pytest.raises(RuntimeError, match="no kernel"):
            prepared(Way("ours", fail), {})

    def test_without_any_library_the_target_is_not_met(self):
        times = taken(**{library.name: library.remedy for library in LIBRARIES})
        rows = comparison_rows(STEP, times)
        fastest = row_of(rows, FASTEST_LIBRARY)
        assert (fastest.verdict, fastest.note) == (NOT_MEASURED, "no library could be measured")
        assert not all_met(rows)

    def test_all_must_be_met(self):
        rows = comparison_rows(STEP, taken(**{FLOOR: [0.4, 0.8, 0.5]}))
        assert all_met(rows)
        assert not all_met(comparison_rows(STEP, taken()))
        assert all_met([])

    def test_only_times_on_the_processor_have_targets(self):
        times = taken()
        del times[FLOOR]
        for part, unit in ((MEMORY, "MB"), (CUDA, "s")):
            rows = comparison_rows(STEP, times, part)
            assert {row.target for row in rows} == {""}
            assert {row.unit for row in rows} == {unit}

    def test_what_was_extrapolated_is_shown_in_full(self):
        comparison = Comparison("training", "t", way("ours"), (way("literal"),), {}, {}, extrapolated=20)
        (row,) = comparison_rows(comparison, {"ours": [1.0], "literal": [3.0]})
        assert (row.ours, row.theirs, row.ratio) == (20.0, 60.0, 3.0)

    def test_growth(self):
        growth = Growth("a step", lambda **_: None, "batch", "sounds", (2, 4, 8), ())
        times = {size: [size**2.0, 3 * size**2.0] for size in (2, 4, 8)}
        row = growth_row(growth, (2, 4, 8), times)
        assert row.ratio == pytest.approx(16)
        assert row.against == "sounds: 2 to 8"
        assert row.note == "exponent 2.00 (2.00 to 2.00)"

    @pytest.mark.parametrize(("ratio", "met"), [(2.9, True), (3.0, True), (3.1, False)])
    def test_bounds_belong_to_the_target(self, ratio, met):
        assert Target(3, at_most=True).is_met(ratio) is met
        assert Target(3).is_met(6 - ratio) is met

    def test_every_target_is_aimed_at(self):
        offered = {(c.name, w.name) for c in COMPARISONS for w in c.others} | {("step", FASTEST_LIBRARY)}
        assert set(TARGETS) <= offered
        assert len(BY_NAME) == len(COMPARISONS)


class TestReport:
    ROWS = comparison_rows(STEP, taken())
    POINTS = ({"title": "06: step", "word": "sounds", "sizes": [1, 2], "seconds": [0.1, 0.2], "exponent": 1.0},)

    def test_table_is_aligned(self):
        heads, *lines = report.table(self.ROWS).splitlines()
        assert len(lines) == len(self.ROWS)
        assert all(line[heads.index("against") - 2 : heads.index("against")] == "  " for line in lines)
        end = heads.index("ratio") + len("ratio")
        assert [line[:end].split()[-1] for line in lines] == [report.factor(row.ratio) for row in self.ROWS]
        assert lines[0].split()[-4:] == ["at", "least", "4.5", "met"]

    @pytest.mark.parametrize(
        ("value", "unit", "words"),
        [
            (12.345, "s", "12.3 s"),
            (0.0123, "s", "12.3 ms"),
            (4.2e-5, "s", "42 µs"),
            (3.5, "MB", "3.5 MB"),
            (None, "s", ""),
        ],
    )
    def test_amounts(self, value, unit, words):
        assert report.amount(value, unit) == words

    def test_stored_and_read(self, tmp_path):
        stored = report.as_json({"processor": "p"}, 9, self.ROWS, self.POINTS, "words")
        path = tmp_path / report.RESULTS
        path.write_text(json.dumps(stored), encoding="utf-8")
        again, rows = report.read(path)
        assert again == stored
        assert rows == self.ROWS
        path.write_text(json.dumps(stored | {"schema": 0}), encoding="utf-8")
        with pytest.raises(ValueError, match="run make bench"):
            report.read(path)

    def test_figure_holds_its_words(self, tmp_path):
        path = tmp_path / report.FIGURE
        report.draw(path, self.ROWS, self.POINTS)
        with Image.open(path) as picture:
            words = picture.text["Description"]
        assert "06: training step, batch 64, 100 steps, 200-30-12, literal: 5 times" in words
        assert "sounds: 1.00" in words
        assert FLOOR not in words

    def test_figure_of_a_part(self, tmp_path):
        report.draw(tmp_path / report.FIGURE, self.ROWS, [])
        assert (tmp_path / report.FIGURE).stat().st_size > 5000


class TestCommandLine:
    def test_a_part_writes_nothing_and_a_whole_run_the_stored_files(self):
        assert arguments_of(["--only", "step"]).out is None
        assert arguments_of(["--quick"]).out is None
        assert arguments_of([]).out == ROOT / "benchmarks"

    @pytest.mark.parametrize("line", [["--rounds", "6"], ["--only", "nothing"], ["--threads", "0"], ["--rounds", "-1"]])
    def test_refused(self, line, capsys):
        with pytest.raises(SystemExit):
            arguments_of(line)
        assert "--" + line[0].strip("-") in capsys.readouterr().err

    def test_a_quick_part(self, tmp_path, capsys):
        threads = torch.get_num_threads()
        status = main(["--quick", "--rounds", "1", "--only", "transfer", "inference", "cuda", "--out", str(tmp_path)])
        assert status == 0
        assert torch.get_num_threads() == threads
        shown = capsys.readouterr().out
        stored, rows = report.read(tmp_path / report.RESULTS)
        assert shown.strip() == report.table(rows)
        assert [row.name for row in rows if row.part == TIME] == ["transfer"] * 3 + ["inference"]
        assert stored["figure"]["alt"]
        if not torch.cuda.is_available():
            assert {row.note for row in rows if row.part == CUDA} == {"no CUDA here"}
            assert {row.against for row in rows if row.part == CUDA} >= {library.name for library in LIBRARIES}


@pytest.mark.skipif(not memory.is_possible(), reason="the peak of a process can be set back on Linux alone")
class TestMemory:
    MEGABYTE = 2**18  # float32 numbers

    def prepare(self, inputs, run):
        def prepared(megabytes):
            kept = torch.ones(inputs * megabytes * self.MEGABYTE)
            return lambda: (kept, torch.ones(run * megabytes * self.MEGABYTE).sum().item())

        return prepared

    def test_peak_holds_inputs_and_what_the_run_needs(self):
        peak = memory.measure_apart(Way("a", self.prepare(inputs=1, run=2)), {"megabytes": 20}, {"megabytes": 1}, 1)
        assert 58 < peak < 66

    def test_what_was_free_before_counts_too(self):
        # The second time from the heap, which keeps it.
        for _ in range(3):
            torch.ones(20 * self.MEGABYTE)
        self.test_peak_holds_inputs_and_what_the_run_needs()

    def test_making_the_inputs_does_not_count(self):
        def prepare(megabytes):
            torch.ones(megabytes * self.MEGABYTE).sum()
            return lambda: None

        assert memory.measure_apart(Way("a", prepare), {"megabytes": 50}, {"megabytes": 1}, 1) < 10

    def test_a_run_that_needs_nothing_still_has_a_ratio(self):
        assert memory.measure_apart(way("a"), {}, {}, 1) > 0

    def test_a_failure_is_a_sentence(self):
        def prepare(megabytes):
            raise RuntimeError("no room")

        peaks = memory.measure_all(
            [Comparison("x", "x", way("ours"), (Way("b", prepare),), {}, {"megabytes": 1}, warm_up={"megabytes": 1})],
            quick=True,
            rounds=2,
            threads=1,
        )
        assert peaks["x"]["b"] == "RuntimeError: no room"
        assert len(peaks["x"]["ours"]) == 2

    def test_a_process_that_dies_is_a_sentence(self):
        dying = Way("a", lambda **_: lambda: os._exit(9))
        assert memory.measure_apart(dying, {}, {}, 1) == "its process ended early"


class TestStored:
    STORED, ROWS = report.read(ROOT / "benchmarks" / report.RESULTS)

    def test_every_comparison_has_its_rows(self):
        told = {(row.part, row.name, row.against) for row in self.ROWS}
        assert {(TIME, c.name, w.name) for c in COMPARISONS for w in c.others} <= told
        assert {(MEMORY, c.name, c.others[0].name) for c in COMPARISONS if c.warm_up is not None} <= told
        assert {(growth.title, growth.word) for growth in GROWTH} == {
            (points["title"], points["word"]) for points in self.STORED["growth"]
        }
        assert {row.name for row in self.ROWS if row.part == CUDA} == {"step", "inference"}
        assert self.STORED["rounds"] >= 7

    def test_verdicts_follow_from_the_ratios(self):
        aimed = {(row.name, row.against): row for row in self.ROWS if row.target}
        assert set(aimed) == set(TARGETS)
        for key, row in aimed.items():
            assert row.target == str(TARGETS[key])
            assert row.verdict == (MET if TARGETS[key].is_met(row.ratio) else MISSED)
            assert row.low <= row.ratio <= row.high

    def test_the_machine_is_described_and_not_named(self):
        machine = self.STORED["machine"]
        assert set(machine) == {
            "processor", "cores", "memory_gb", "system", "python", "versions", "threads", "cuda", "date"
        }  # fmt: skip
        assert all(machine["versions"].values()), "a library was missing: make bench"
        text = (ROOT / "benchmarks" / report.RESULTS).read_text(encoding="utf-8")
        assert not any(sign in text for sign in ("/home", "/root", "/work", "C:\\", "://"))
        assert platform.node() not in text.split()

    def test_figure_and_file_are_of_one_run(self):
        with Image.open(ROOT / "benchmarks" / report.FIGURE) as picture:
            assert picture.text["Description"] == self.STORED["figure"]["alt"]


class Counted(TorchDispatchMode):
    """Counts the operations that torch is asked for."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.count += 1
        return function(*args, **(kwargs or {}))


def operations(run):
    run()
    with Counted() as counter:
        run()
    return counter.count


class TestGuard:
    """Counts, and ratios a third as high as the targets: they fail when a loop has come back, not on a busy machine."""

    def test_the_training_step_asks_torch_for_few_operations(self):
        sizes = dales_law_snn.STEP | {"batch": 4}
        theirs, ours = (operations(run(**sizes)) for run in (dales_law_snn.literal_step, dales_law_snn.our_step))
        assert theirs > 1500
        assert ours < theirs / 8

    def test_no_operation_for_each_test_point_of_a_map(self):
        sizes = {"pixels": 100, "points": 250}
        theirs, ours = (operations(run(**sizes)) for run in (spiral_mlp.literal_map, spiral_mlp.our_map))
        assert theirs > 200
        assert ours < theirs / 3

    @pytest.mark.parametrize(
        ("name", "changed"),
        [
            ("transfer", {}),
            ("spikes", {"sounds": 64}),
            ("step", {}),
            ("map", {"pixels": 300}),
            ("spirals", {"epochs": 1}),
        ],
    )
    def test_still_much_faster_than_the_literal_way(self, name, changed):
        if name == "spirals" and sys.platform != "linux":
            pytest.skip("elsewhere each worker starts a new interpreter, which takes minutes and proves nothing")
        comparison = BY_NAME[name]
        against = next(w for w in comparison.others if (name, w.name) in TARGETS and w.name.startswith("literal"))
        sizes = {**comparison.sizes, **changed}
        runs = {w.name: w.prepare(**sizes) for w in (comparison.ours, against)}
        times = alternate(runs, rounds=3, least_seconds=0)
        ratio = min(times[against.name]) / min(times["ours"])
        assert ratio > TARGETS[name, against.name].value / 3


@pytest.mark.slow
@pytest.mark.timeout(280)
def test_a_quick_run_with_all_libraries(tmp_path):
    if not Path(BENCH_PYTHON).is_file():
        pytest.skip("the environment of the benchmarks is missing: make libraries")
    command = [BENCH_PYTHON, "-m", "benchmarks", "--quick", "--rounds", "1", "--threads", "1", "--out", str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    stored, rows = report.read(tmp_path / report.RESULTS)
    assert ended.stdout.strip() == report.table(rows)
    assert all(stored["machine"]["versions"].values())
    unmeasured = [row for row in rows if row.ratio is None and row.part != CUDA]
    assert not unmeasured
    assert len(stored["growth"]) == len(GROWTH)
    assert (tmp_path / report.FIGURE).is_file()
