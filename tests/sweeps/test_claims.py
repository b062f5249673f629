"""Claims: pairs by seed, one correction for all."""

import numpy as np
import pytest
from contracts import refusal

from utils.statistics import paired_difference
from utils.sweeps.claims import Claims, column

ROWS = [
    {"seed": str(seed), "fraction": fraction, "layout": "random", "accuracy": str(0.7 + 0.01 * seed)}
    for seed in range(4)
    for fraction in ("0.2", "0.5")
]


def test_a_column_is_chosen_by_the_value_of_others():
    assert column(ROWS, "accuracy", 100, fraction=0.5) == pytest.approx({0: 70, 1: 71, 2: 72, 3: 73})
    assert "leaves several rows of one seed" in refusal(column, ROWS, "accuracy")
    assert "fraction" in refusal(column, ROWS, "accuracy", fraction=0.3)
    assert "layout" in refusal(column, ROWS, "accuracy", fraction=0.5, layout="block")
    empty = [dict(row, accuracy="") for row in ROWS[:2]]
    assert "0 rows" not in refusal(column, empty, "accuracy", fraction=0.5)


def test_only_common_seeds_are_paired():
    claims = Claims()
    first, second = {0: 71.0, 1: 74.0, 2: 72.0, 9: 0.0}, {2: 70.0, 0: 70.0, 1: 70.0, 5: 99.0}
    said = claims.compare("a minus b", first, second)
    expected = paired_difference([71, 74, 72], [70, 70, 70])
    assert said == (f"a minus b: +2.3 points (95 %: {expected.low:+.1f} to {expected.high:+.1f}; n = 3)")


def test_more_questions_make_each_answer_weaker(capsys):
    random = np.random.RandomState(0)
    first = dict(enumerate(random.normal(0.5, 1, 10)))
    zeros = dict.fromkeys(range(10), 0.0)
    alone, many = Claims(), Claims()
    alone.compare("effect", first, zeros)
    alone.show()
    assert "differs" in capsys.readouterr().out
    many.compare("effect", first, zeros)
    for number in range(40):
        many.compare(f"noise {number}", dict(enumerate(random.normal(0, 1, 10))), zeros)
    many.show()
    table = capsys.readouterr().out
    assert table.startswith("41 comparisons, corrected together (Holm)")
    assert table.splitlines()[2].endswith("not shown")
