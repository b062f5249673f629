"""The scoreboard: verdicts, what it refuses, and what it stores for programs."""

import math

import numpy as np
import pytest
import torch
from contracts import refusal
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from utils import Scoreboard
from utils.page.scoreboard import CONSISTENT, DIFFERS, INCONSISTENT, REPRODUCED, WAITING
from utils.statistics import prediction_interval

numbers = st.floats(-1e6, 1e6)


def verdicts(board):
    return [row.verdict for row in board.rows]


def test_inside_and_outside_of_the_tolerance():
    board = Scoreboard("01").add("a", 1.02, 1.01, 0.01).add("b", 1.0201, 1.01, 0.01)
    assert verdicts(board) == ["reproduced", "differs"]


def test_a_tolerance_of_zero_means_equal():
    assert verdicts(Scoreboard("01").add("a", 3, 3).add("b", 3.0001, 3)) == ["reproduced", "differs"]


def test_sequences_are_compared_element_by_element():
    board = Scoreboard("01").add("a", torch.tensor([1.0, 2.0]), [1, 2], 0.1).add("b", np.array([1, 3]), [1, 2], 0.1)
    assert verdicts(board) == ["reproduced", "differs"]


def test_other_shapes_and_bad_tolerances_are_refused():
    with pytest.raises(ValueError, match="value: got shape"):
        Scoreboard("01").add("a", [1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="tolerance: got -1"):
        Scoreboard("01").add("a", 1, 1, -1)
    with pytest.raises(ValueError, match="value: got a value that is not finite"):
        Scoreboard("01").add("a", float("nan"), 1)
    with pytest.raises(ValueError, match="published: got str"):
        Scoreboard("01").add("a", 1, "one")


def test_a_published_run_is_consistent_with_the_seeds_or_not():
    board = Scoreboard("06").add_spread("a", [80, 82, 84], 83).add_spread("b", [80, 82, 84], 99)
    assert verdicts(board) == ["consistent", "not consistent"]
    assert board.summary == "1 consistent, 1 not"
    with pytest.raises(ValueError, match="2 seeds"):
        board.add_spread("c", [1, 2], 1)


def test_the_table_compares_verdicts_and_not_digits(capsys):
    Scoreboard("01").add("peak", 17.0104, 17.01, 0.001, "a source").add("count", 9, 9).waiting(
        "size", (360, 23589), "the file"
    ).show()
    assert capsys.readouterr().out.splitlines() == [
        "Scoreboard of notebook 01: 2 reproduced, 1 waiting",
        "quantity | published | reproduced | allowed | verdict | source",
        "peak | 17.01 | ~17.010 | ± 0.001 | ✓ reproduced | a source",
        "count | 9 | ~9 | ± 0 | ✓ reproduced | ",
        "size | 360, 23589 | needs the file |  | ○ waiting | ",
    ]


def test_a_published_mean_of_several_runs_has_a_narrower_interval():
    one, three = (Scoreboard("06").add_spread("a", [80, 82, 84], 90, runs=runs).rows[0] for runs in (1, 3))
    assert (one.verdict, three.verdict) == ("consistent", "not consistent")
    assert "a mean of 3 runs" in three.allowed


class TestScoreboard:
    @settings(max_examples=60)
    @given(published=st.lists(numbers, min_size=1, max_size=5), off=st.floats(-2, 2), tolerance=st.floats(0.01, 1))
    def test_a_verdict_is_the_tolerance(self, published, off, tolerance):
        assume(abs(abs(off) - tolerance) > 1e-6)
        values = np.array(published)
        values[-1] += off
        board = Scoreboard("99").add("x", values, published, tolerance, "here")
        (row,) = board.rows
        assert row.verdict == (REPRODUCED if abs(off) < tolerance else DIFFERS)
        assert (row.name, row.source, row.allowed) == ("x", "here", f"± {tolerance:g}")
        assert [float(part) for part in row.published.split(", ")] == pytest.approx(published, rel=1e-9)
        assert len(row.ours.split(", ")) == len(published)
        assert all(part.startswith("~") for part in row.ours.split(", "))
        assert Scoreboard("99").add("x", torch.tensor(published[0]), published[0], 1).rows[0].verdict == REPRODUCED

    @given(bad=st.one_of(st.floats(max_value=-1e-9), st.just(math.nan), st.none(), st.text(max_size=3)))
    @settings(max_examples=30)
    def test_what_cannot_be_compared_is_refused(self, bad):
        board = Scoreboard("99")
        assert refusal(board.add, "x", 1, 1, bad).startswith(f"tolerance: got {bad!r}")
        assert refusal(board.add, "x", [1, 2], [1]).startswith(
            "value: got shape (2,), allowed is that of published, (1,)"
        )
        assert refusal(board.add, "x", math.nan, 1).startswith("value: got a value that is not finite")
        assert refusal(board.add, "x", 1, "one").startswith("published: got str")
        assert refusal(board.add_spread, "x", [1, 2], 1).startswith("values: got 2 seeds")
        assert board.rows == []

    @settings(max_examples=40)
    @given(
        values=st.lists(st.floats(-100, 100), min_size=3, max_size=12),
        shift=st.floats(-50, 50),
        scale=st.floats(0.1, 9),
    )
    def test_the_interval_moves_and_grows_with_its_values(self, values, shift, scale):
        draws = np.array(values)
        low, high = prediction_interval(draws)
        assert low <= draws.mean() + 1e-9
        assert high >= draws.mean() - 1e-9
        moved = prediction_interval(scale * draws + shift)
        assert moved == pytest.approx((scale * low + shift, scale * high + shift), abs=1e-6)
        narrow, wide = prediction_interval(draws, 0.5), prediction_interval(draws, 0.99)
        assert wide[0] - 1e-9 <= low <= narrow[0] + 1e-9
        board = Scoreboard("99")
        board.add_spread("in", values, draws.mean()).add_spread("out", values, high + 1 + abs(high))
        assert [row.verdict for row in board.rows] == [CONSISTENT, INCONSISTENT]
        assert f"n = {len(values)}" in board.rows[0].ours
        assert [row.name for row in board.rows] == ["in", "out"]

    @settings(max_examples=25)
    @given(rows=st.lists(st.tuples(numbers, numbers), max_size=4), needs=st.text("abc<>&", max_size=6))
    def test_the_table_counts_its_verdicts_and_is_safe_html(self, rows, needs):
        board = Scoreboard("99")
        for ours, theirs in rows:
            board.add("q", ours, theirs, 0.5)
        board.waiting("w", "later", needs)
        seen = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("utils.page.tables.emit", lambda text, html, metadata: seen.append((text, html, metadata)))
            board.show()
        text, html, notes = seen[0]
        assert "1 waiting" in text.splitlines()[0]
        same_ones = sum(abs(a - b) <= 0.5 for a, b in rows)
        assert (f"{same_ones} reproduced" in text) == (same_ones > 0)
        assert len(text.splitlines()) == 2 + len(board.rows)
        assert html.count("<tr>") == 1 + len(board.rows)
        assert board.rows[-1].verdict == WAITING
        assert f"needs {needs}".replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in html
        assert [row["verdict"] for row in notes["course"]["rows"]] == [row.verdict for row in board.rows]
