"""The sweeps of notebook 06: rows that are right, tables that survive a kill, a command that says what is wrong."""

import math
import multiprocessing
import re
import shlex
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch

from utils.page.progress_bar import progress
from utils.sweeps import command, course, sweep
from utils.sweeps.command import main
from utils.sweeps.course import COURSE_TABLES
from utils.sweeps.experiments import CONDITION, EXPERIMENTS
from utils.sweeps.tables import GrowingTable, by_seed, course_table, read_table
from utils.training.dale_conditions import Condition, build_network, draw_sounds, set_sizes

ROOT = Path(__file__).parents[2]
TABLES = sorted((ROOT / "data").glob("dale_*.csv"))
# The shape of a training without its time.
FEW = 128
# What the page about sweeps says of one training.
SECONDS = 22
COLUMNS = [*CONDITION, *EXPERIMENTS["dale"].columns]
N_NOTES = 5
SHORT = ["dale", "--epochs", "1", "--sounds", str(FEW)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("0:1:0.25", [0, 0.25, 0.5, 0.75, 1]), ("0.2,0.5", [0.2, 0.5]), ("0.3", [0.3]), ("0:1:0.1", np.arange(11) / 10)],
)
def test_fractions(text, numbers):
    assert command.fractions(text) == pytest.approx(list(numbers))


@pytest.mark.parametrize("text", ["", "a", "0:1", "0:1:0", "0:2:0.5", "-0.1", "nan", "0:1:0.1:2"])
def test_refuses_fractions(text):
    with pytest.raises(ValueError, match="fractions: got"):
        command.fractions(text)


def test_fewer_sounds_keep_their_proportions():
    assert set_sizes() == (4096, 1024, 2048)
    sounds = draw_sounds(3, n_train=FEW)
    assert [len(ipd) for ipd, _ in (sounds.train, sounds.validation, sounds.test)] == [128, 32, 64]
    with pytest.raises(ValueError, match="n_train: got 63"):
        draw_sounds(3, n_train=63)


def test_networks_drawn_in_threads_are_those_of_their_seeds():
    conditions = [Condition(seed=seed) for seed in range(100)]
    interval = sys.getswitchinterval()
    # Threads that take turns so often would soon take each other's random numbers.
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            drawn = list(pool.map(build_network, conditions))
    finally:
        sys.setswitchinterval(interval)
    for condition, model in zip(conditions, drawn, strict=True):
        assert torch.equal(model.w1, build_network(condition).w1)


def test_a_row_holds_every_column_and_repeats():
    condition = Condition(fraction=0.2, seed=3, epochs=2)
    ((row,), seconds), ((again,), _) = (sweep.rows_of([condition], sounds=FEW) for _ in range(2))
    assert list(row) == COLUMNS
    assert row == again
    assert seconds > 0
    assert row["outcome"] == "finished"
    assert 0 <= row["test_accuracy"] <= 1
    assert row["silent_inhibitory_test_error"] >= 0
    assert row["best30_test_accuracy"] == "", "there were no 30 epochs"


def test_no_control_where_there_are_not_so_many_rows():
    networks = [{"fraction": 0.8}, {"fraction": 0.0}, {"network": "interneurons"}]
    many, none, interneurons = (
        sweep.rows_of([Condition(epochs=1, **arguments)], sounds=FEW)[0][0] for arguments in networks
    )
    assert many["silent_excitatory_test_accuracy"] == ""
    assert many["silent_inhibitory_test_accuracy"] != ""
    assert none["silent_inhibitory_test_accuracy"] == interneurons["silent_inhibitory_test_accuracy"] == ""


def test_a_sweep_adds_only_what_is_missing(tmp_path, capsys):
    out = tmp_path / "table.csv"
    command = [*SHORT, "--jobs", "1", "--out", str(out)]
    assert main([*command, "--fractions", "0.5", "--seeds", "2"]) == 0
    once = out.read_text()
    assert main([*command, "--fractions", "0.2,0.5", "--seeds", "2"]) == 0
    assert "2 rows added" in capsys.readouterr().out
    notes, rows = read_table(out)
    assert [(row["fraction"], row["seed"]) for row in rows] == [("0.2", "0"), ("0.2", "1"), ("0.5", "0"), ("0.5", "1")]
    assert out.read_text().splitlines()[N_NOTES + 3 :] == once.splitlines()[N_NOTES + 1 :]
    assert "--fractions 0.2,0.5" in notes["command"]
    assert "128 training" in notes["protocol"]
    assert "PyTorch" in notes["versions"]
    assert notes["machine"].endswith("cores")
    assert notes["seconds"].endswith("for a training, mean of the last 2")
    complete = out.read_bytes()
    assert main([*command, "--fractions", "0.5", "--seeds", "1"]) == 0
    assert out.read_bytes() == complete, "nothing was missing, so nothing is written"


def test_rows_of_another_protocol_are_not_mixed_in(tmp_path, capsys):
    out = tmp_path / "table.csv"
    command = [*SHORT, "--fractions", "0.5", "--seeds", "1", "--jobs", "1", "--out", str(out)]
    assert main(command) == 0
    before = out.read_bytes()
    assert main([*command, "--sounds", "256"]) == 2
    assert "whose protocol is '128 training" in capsys.readouterr().err
    assert out.read_bytes() == before


def test_two_processes_write_the_table_of_one_byte_for_byte(tmp_path, monkeypatch):
    tables = []
    for jobs in ("1", "2"):
        folder = tmp_path / jobs
        folder.mkdir()
        monkeypatch.chdir(folder)
        assert main([*SHORT, "--fractions", "0.3,0.6", "--seeds", "2", "--jobs", jobs, "--out", "table.csv"]) == 0
        lines = Path("table.csv").read_text().splitlines()
        tables.append([line for line in lines if not line.startswith("# seconds")])
    assert str(tables[0]).count("finished") == 4
    assert tables[0] == tables[1]


def _all_ones(conditions, experiment="dale", sounds=0, keep=None):
    return [vars(one) | dict.fromkeys(EXPERIMENTS[experiment].columns, 1) for one in conditions], 1.0


def _rows_or_problem(conditions, **arguments):
    if conditions[0].seed == 3:
        raise ZeroDivisionError("no such sound")
    return _all_ones(conditions)


def test_a_training_that_fails_is_named_and_costs_no_other(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sweep, "rows_of", _rows_or_problem)
    out = tmp_path / "table.csv"
    command = ["dale", "--fractions", "0:1:0.1", "--seeds", "5", "--jobs", "1", "--out", str(out)]
    assert main(command) == 1
    said = capsys.readouterr().err
    assert "11 of 55 trainings failed" in said
    assert said.count("ZeroDivisionError: no such sound (test_sweep_command.py, line ") == 1
    assert "fraction 0.4, seed 3, layout random" in said
    assert "... and 6 more" in said
    assert [row["seed"] for row in read_table(out)[1]] == ["0", "1", "2", "4"] * 11
    monkeypatch.setattr(sweep, "rows_of", _all_ones)
    assert main(command) == 0
    assert "11 rows added" in capsys.readouterr().out


def test_an_interrupted_training_is_no_row(tmp_path, monkeypatch, capsys):
    def rows(conditions, **arguments):
        if conditions[0].seed == 2:
            raise KeyboardInterrupt
        return _all_ones(conditions)

    monkeypatch.setattr(sweep, "rows_of", rows)
    out = tmp_path / "table.csv"
    assert main(["dale", "--fractions", "0.5", "--seeds", "5", "--jobs", "1", "--out", str(out)]) == 130
    assert "keeps every finished row" in capsys.readouterr().err
    assert [row["seed"] for row in read_table(out)[1]] == ["0", "1"]


def test_the_bar_tells_the_time_left_from_the_mean_over_all_trainings():
    bar = progress(total=6, desc="sweep", unit="training", steady=False)
    bar.start_t -= 20
    for _ in range(2):  # at the same moment, as two processes would
        bar.update()
    text = str(bar)
    bar.close()
    assert "| 2/6 [00:20<00:40, 10" in text
    assert "s/training]" in text


def _slow_sweep(path):
    def slow_rows(conditions, **arguments):
        time.sleep(0.05)
        return _all_ones(conditions)

    sweep.rows_of = slow_rows
    sweep.sweep([Condition(seed=seed) for seed in range(100)], path)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a kill that can not be caught")
def test_a_killed_sweep_goes_on_without_losing_or_doubling_a_row(tmp_path, monkeypatch):
    out = tmp_path / "table.csv"
    process = multiprocessing.get_context("fork").Process(target=_slow_sweep, args=(out,))
    process.start()
    deadline = time.monotonic() + 60
    while (not out.exists() or len(read_table(out)[1]) < 5) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    process.join()
    before = read_table(out)[1]
    assert 5 <= len(before) < 100
    monkeypatch.setattr(sweep, "rows_of", _all_ones)
    added = sweep.sweep([Condition(seed=seed) for seed in range(100)], out)
    rows = read_table(out)[1]
    assert [int(row["seed"]) for row in rows] == list(range(100))
    assert added == 100 - len(before)
    assert rows[: len(before)] == before


def test_a_line_that_was_cut_off_is_computed_again(tmp_path):
    out = tmp_path / "table.csv"
    table = GrowingTable(out, ["seed", "value"], ["seed"], {"command": "x"})
    table.append({"seed": 1, "value": 0.5})
    table.append({"seed": 2, "value": 0.25})
    for cut in ("3", "3,", "3,0.12"):
        out.write_text("\n".join([*out.read_text().splitlines()[:4], cut]))
        again = GrowingTable(out, ["seed", "value"], ["seed"], {"command": "x"})
        assert [row["seed"] for row in read_table(out)[1]] == ["1", "2"]
        assert not again.has({"seed": 3})
    again.append({"seed": 3, "value": 1})
    again.append({"seed": 3, "value": 9})
    assert [row["value"] for row in read_table(out)[1]] == ["0.5", "0.25", "1"]


def test_a_table_refuses_what_does_not_fit(tmp_path):
    out = tmp_path / "table.csv"
    table = GrowingTable(out, ["seed", "value"], ["seed"], {})
    with pytest.raises(ValueError, match="row: got"):
        table.append({"seed": 1})
    with pytest.raises(ValueError, match="row: got"):
        table.append({"seed": 1, "value": "a,b"})
    table.append({"seed": 1, "value": 2})
    with pytest.raises(ValueError, match="columns"):
        GrowingTable(out, ["seed", "other"], ["seed"], {})
    with pytest.raises(ValueError, match="cannot be written"):
        GrowingTable(tmp_path / "missing" / "table.csv", ["seed"], ["seed"], {}).begin()
    with pytest.raises(ValueError, match="cannot be read"):
        read_table(tmp_path / "none.csv")


def test_rows_are_sorted_by_value(tmp_path):
    table = GrowingTable(tmp_path / "table.csv", ["seed", "kind", "value"], ["kind", "seed"], {})
    for seed, kind in ((10, "b"), (9, "b"), (9, "a"), (0.5, "b")):
        table.append({"seed": seed, "kind": kind, "value": 0})
    table.sort()
    found = [(row["seed"], row["kind"]) for row in read_table(table.path)[1]]
    assert found == [("9", "a"), ("0.5", "b"), ("9", "b"), ("10", "b")]


def test_two_programs_do_not_write_to_one_table(tmp_path):
    one, other = (GrowingTable(tmp_path / "table.csv", ["seed"], ["seed"], {}) for _ in range(2))
    one.append({"seed": 1})
    other.append({"seed": 2})
    with pytest.raises(ValueError, match="another program writes"):
        one.append({"seed": 2})
    other.append({"seed": 3})
    assert [row["seed"] for row in read_table(one.path)[1]] == ["1", "2", "3"]


def test_the_command_says_what_is_wrong(tmp_path, capsys):
    for arguments, words in (
        (["--fractions", "2", "--out", str(tmp_path / "a.csv")], "fractions: got '2'"),
        (["--seeds", "0", "--out", str(tmp_path / "a.csv")], "seeds"),
        (["--jobs", "0", "--out", str(tmp_path / "a.csv")], "jobs: got 0"),
        (["--out", str(tmp_path / "none" / "a.csv")], "cannot be written"),
        (["--sounds", "10", "--out", str(tmp_path / "a.csv")], "n_train: got 10"),
    ):
        assert main(["dale", *arguments]) == 2
        assert words in capsys.readouterr().err


def test_the_page_about_sweeps_calls_what_there_is(monkeypatch, capsys):
    text = (ROOT / "book" / "sweeps.md").read_text(encoding="utf-8")
    asked = []
    monkeypatch.setattr(command, "sweep", lambda conditions, *rest: asked.append((len(conditions), *rest)) or 0)
    for words in re.findall(r"^(?:time )?python -m utils\.sweeps (.+)$", text, re.MULTILINE):
        assert main(shlex.split(words)) == 0
    (local, *_), (one, _, jobs, *_), (cluster, _, _, scheduler, *_) = asked
    assert (local, one, jobs, cluster) == (220, 1, 1, 220)
    assert f"dask worker {scheduler} " in text
    rounds = re.findall(r"^\| (\d+) \| (\d+) \| ([\d.]+) min \|$", text, re.MULTILINE)
    assert [int(n) for n, _, _ in rounds] == [1, 8, 64]
    assert f"**{SECONDS} s** on one thread" in text
    for processes, number, minutes in rounds:
        assert int(number) == math.ceil(local / int(processes))
        assert float(minutes) == pytest.approx(int(number) * SECONDS / 60, abs=0.5)


def test_seeds_that_are_not_complete_are_left_out():
    rows = [{"seed": str(seed), "fraction": str(f), "x": str(seed + f)} for seed in (0, 1, 10) for f in (0.5, 0.0)]
    places, values = by_seed(rows[:-1], "x")
    assert places.tolist() == [0, 0.5]
    assert values.tolist() == [[0, 0.5], [1, 1.5]]
    with pytest.raises(ValueError, match="at least one seed"):
        by_seed([rows[0], rows[3]], "x")


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_the_command_of_a_table_goes_on_with_it(path, tmp_path, monkeypatch, capsys):
    """Without its last rows a table of the course is completed by the command in its own head, and by no other row."""
    notes, rows = read_table(path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    whole = path.read_text(encoding="utf-8")
    (tmp_path / "data" / path.name).write_text(whole[: whole.rindex("\n", 0, -60)][:-20], encoding="utf-8")
    kept = len(read_table(tmp_path / "data" / path.name)[1])
    known = {tuple(row[name] for name in CONDITION): row for row in rows}

    def rows_known(conditions, **arguments):
        return [known[tuple(map(str, vars(one).values()))] for one in conditions], 1.0

    monkeypatch.setattr(sweep, "rows_of", rows_known)
    words = shlex.split(notes["command"])
    assert words[:3] == ["python", "-m", "utils.sweeps"]
    assert main([*words[3:], "--jobs", "1"]) == 0
    notes_after, rows_after = read_table(tmp_path / "data" / path.name)
    assert len(rows_after) == len(rows) > kept
    assert sorted(map(str, rows_after)) == sorted(map(str, rows))
    assert notes_after["protocol"] == notes["protocol"]
    # The same command once more, on the table as it is: nothing to do, and nothing written.
    (tmp_path / "data" / path.name).write_text(whole, encoding="utf-8")
    assert main([*words[3:], "--jobs", "1"]) == 0
    assert "0 rows added" in capsys.readouterr().out
    assert (tmp_path / "data" / path.name).read_text(encoding="utf-8") == whole


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_the_tables_of_the_course_are_whole(path):
    notes, rows = read_table(path)
    assert {"command", "protocol", "versions", "machine", "seconds"} <= notes.keys()
    assert f"data/{path.name}" in notes["command"]
    experiment = EXPERIMENTS[shlex.split(notes["command"])[3]]
    assert list(rows[0]) == [*CONDITION, *experiment.columns]
    keys = [tuple(row[name] for name in CONDITION) for row in rows]
    assert len(keys) == len(set(keys)) >= 3
    for row in rows:
        assert row.get("outcome", "finished") == "finished"
        accuracies = [float(row[name]) for name in row if name.endswith("accuracy") and row[name]]
        assert all(0 <= value <= 1 for value in accuracies)
    assert path.stat().st_size < 100_000


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_every_table_of_the_course_is_listed_with_its_conditions(path):
    _, rows = read_table(path)
    seeds = sorted({int(row["seed"]) for row in rows})
    listed = {tuple(map(str, vars(one).values())) for one in COURSE_TABLES[path.stem].conditions(seeds)}
    assert seeds == list(range(len(seeds)))
    assert {tuple(row[name] for name in CONDITION) for row in rows} == listed


def test_one_command_adds_a_seed_to_every_table(tmp_path, monkeypatch, capsys):
    trained_for, names = [], ["dale_block_rows", "dale_timing"]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    place = lambda name: tmp_path / "data" / f"{name}.csv"  # noqa: E731
    monkeypatch.setattr(course, "course_file", place)
    monkeypatch.setattr(command, "course_file", place)
    monkeypatch.setattr(course, "train_and_keep", lambda conditions, folder: trained_for.append(len(conditions)))
    monkeypatch.setattr(sweep, "rows_of", _all_ones)
    words = ["course", "--tables", *names, "--jobs", "1", "--keep", str(tmp_path / "kept"), "--seeds"]
    assert main([*words, "1"]) == 0
    assert main([*words, "2"]) == 0
    # Random and block rows at two fractions, each trained once for both tables.
    assert trained_for == [4, 4]
    assert [len(read_table(place(name))[1]) for name in names] == [4, 8]
    before = {name: place(name).read_bytes() for name in names}
    assert main([*words, "2"]) == 0
    assert {name: place(name).read_bytes() for name in names} == before
    notes, _ = read_table(place("dale_timing"))
    assert shlex.split(notes["command"])[3:9] == ["timing", "--fractions", "0.2,0.5", "--seeds", "2", "--layout"]
    assert notes["command"].endswith("--out data/dale_timing.csv")


def test_the_sweep_of_the_course_has_what_its_notebook_says():
    fractions, accuracy = by_seed(course_table("dale_fraction_sweep"), "test_accuracy")
    assert fractions.tolist() == pytest.approx(np.arange(11) / 10)
    assert len(accuracy) >= 2
    chance = accuracy[:, -1]
    assert abs(chance - 1 / 12).max() < 0.03, "without excitation no spike can reach the read-outs"
    assert accuracy[:, 3:8].min() > accuracy[:, 0].max(), "some inhibition is better than none, in every seed"
