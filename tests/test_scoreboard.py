import numpy as np
import pytest
import torch

from utils import Scoreboard


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


def test_a_published_run_is_a_plausible_draw_or_not():
    board = Scoreboard("06").add_spread("a", [80, 82, 84], 83).add_spread("b", [80, 82, 84], 99)
    assert verdicts(board) == ["plausible draw", "unlikely draw"]
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
