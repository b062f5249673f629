"""The sweeps of notebook 06: rows that are right, tables that survive a kill, a command that says what is wrong."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import utils.models.dale_experiment as experiment
import utils.sweep as sweep
from utils.models.dale_experiment import Condition, experiment_row
from utils.results_table import GrowingTable, by_seed, course_table, read_table

ROOT = Path(__file__).parents[1]
TABLES = sorted((ROOT / "data").glob("dale_*.csv"))


@pytest.fixture
def short(monkeypatch):
    """Few sounds: the shape of a training without its time."""
    for name, size in (("N_TRAIN", 128), ("N_VALIDATION", 32), ("N_TEST", 48)):
        monkeypatch.setattr(experiment, name, size)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("0:1:0.25", [0, 0.25, 0.5, 0.75, 1]), ("0.2,0.5", [0.2, 0.5]), ("0.3", [0.3]), ("0:1:0.1", np.arange(11) / 10)],
)
def test_fractions(text, numbers):
    assert sweep.fractions(text) == pytest.approx(list(numbers))


@pytest.mark.parametrize("text", ["", "a", "0:1", "0:1:0", "0:2:0.5", "-0.1", "nan", "0:1:0.1:2"])
def test_refuses_fractions(text):
    with pytest.raises(ValueError, match="fractions: got"):
        sweep.fractions(text)


def test_a_row_holds_every_column_and_repeats(short):
    condition = Condition(fraction=0.2, seed=3, epochs=2)
    row = sweep.run_one(condition)
    assert set(sweep.CONDITION + sweep.RESULTS) == set(row)
    assert row == sweep.run_one(condition)
    assert row["outcome"] == "finished"
    assert 0 <= row["test_accuracy"] <= 1
    assert row["silent_inhibitory_test_error"] >= 0


def test_no_control_where_there_are_not_so_many_rows(short):
    assert experiment_row(Condition(fraction=0.8, epochs=1))["silent_excitatory_test_accuracy"] == ""
    assert experiment_row(Condition(fraction=0, epochs=1))["silent_inhibitory_test_accuracy"] == ""
    assert experiment_row(Condition(network="interneurons", epochs=1))["silent_inhibitory_test_accuracy"] == ""


def test_a_sweep_adds_only_what_is_missing(short, tmp_path, capsys):
    out = tmp_path / "table.csv"
    command = ["dale", "--epochs", "1", "--jobs", "1", "--out", str(out)]
    assert sweep.main([*command, "--fractions", "0.5", "--seeds", "2"]) == 0
    once = out.read_text()
    assert sweep.main([*command, "--fractions", "0.2,0.5", "--seeds", "2"]) == 0
    assert "2 rows added" in capsys.readouterr().out
    notes, rows = read_table(out)
    assert [(row["fraction"], row["seed"]) for row in rows] == [("0.5", "0"), ("0.5", "1"), ("0.2", "0"), ("0.2", "1")]
    assert out.read_text().splitlines()[4:6] == once.splitlines()[4:6]
    assert "--fractions 0.2,0.5" in notes["command"]
    assert "PyTorch" in notes["versions"]


def test_two_processes_give_the_rows_of_one(short, tmp_path):
    script = tmp_path / "run.py"
    script.write_text(
        "import sys\n"
        "import utils.models.dale_experiment as experiment, utils.sweep as sweep\n"
        "experiment.N_TRAIN, experiment.N_VALIDATION, experiment.N_TEST = 128, 32, 48\n"
        "if __name__ == '__main__':\n"
        "    sys.exit(sweep.main(sys.argv[1:]))\n"
    )
    command = ["dale", "--fractions", "0.3,0.6", "--seeds", "1", "--epochs", "1", "--jobs"]
    outs = [tmp_path / "one.csv", tmp_path / "two.csv"]
    assert sweep.main([*command, "1", "--out", str(outs[0])]) == 0
    subprocess.run(
        [sys.executable, str(script), *command, "2", "--out", str(outs[1])],
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        timeout=240,
    )
    one, two = (sorted(tuple(row.items()) for row in read_table(out)[1]) for out in outs)
    assert len(one) == 2
    assert one == two


def _slow_sweep(path):
    def slow_row(condition):
        time.sleep(0.05)
        return dict.fromkeys(sweep.RESULTS, 1)

    sweep.experiment_row = slow_row
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
    monkeypatch.setattr(sweep, "experiment_row", lambda condition: dict.fromkeys(sweep.RESULTS, 2))
    added = sweep.sweep([Condition(seed=seed) for seed in range(100)], out)
    rows = read_table(out)[1]
    assert sorted(int(row["seed"]) for row in rows) == list(range(100))
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
        GrowingTable(tmp_path / "missing" / "table.csv", ["seed"], ["seed"], {})
    with pytest.raises(ValueError, match="cannot be read"):
        read_table(tmp_path / "none.csv")


def test_the_command_says_what_is_wrong(tmp_path, capsys):
    for arguments, words in (
        (["--fractions", "2", "--out", str(tmp_path / "a.csv")], "fractions: got '2'"),
        (["--seeds", "0", "--out", str(tmp_path / "a.csv")], "seeds"),
        (["--jobs", "0", "--out", str(tmp_path / "a.csv")], "jobs: got 0"),
        (["--out", str(tmp_path / "none" / "a.csv")], "cannot be written"),
    ):
        assert sweep.main(["dale", *arguments]) == 2
        assert words in capsys.readouterr().err


def test_seeds_that_are_not_complete_are_left_out():
    rows = [{"seed": str(seed), "fraction": str(f), "x": str(seed + f)} for seed in (0, 1, 10) for f in (0.5, 0.0)]
    places, values = by_seed(rows[:-1], "x")
    assert places.tolist() == [0, 0.5]
    assert values.tolist() == [[0, 0.5], [1, 1.5]]
    with pytest.raises(ValueError, match="at least one seed"):
        by_seed([rows[0], rows[3]], "x")


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_the_tables_of_the_course_are_whole(path):
    notes, rows = read_table(path)
    assert {"command", "protocol", "versions"} <= notes.keys()
    assert f"data/{path.name}" in notes["command"]
    assert list(rows[0]) == sweep.CONDITION + sweep.RESULTS
    keys = [tuple(row[name] for name in sweep.CONDITION) for row in rows]
    assert len(keys) == len(set(keys)) >= 3
    for row in rows:
        assert row["outcome"] == "finished"
        assert row["epochs"] == "50"
        accuracies = [float(row[name]) for name in row if name.endswith("accuracy") and row[name]]
        assert all(0 <= value <= 1 for value in accuracies)
    assert path.stat().st_size < 100_000


def test_the_sweep_of_the_course_has_what_its_notebook_says():
    fractions, accuracy = by_seed(course_table("dale_fraction_sweep"), "test_accuracy")
    assert fractions.tolist() == pytest.approx(np.arange(11) / 10)
    assert len(accuracy) >= 2
    chance = accuracy[:, -1]
    assert abs(chance - 1 / 12).max() < 0.03, "without excitation no spike can reach the read-outs"
    assert accuracy[:, 3:8].min() > accuracy[:, 0].max(), "some inhibition is better than none, in every seed"
