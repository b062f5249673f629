"""The cases of every exercise hold every kind of input that its notebook passes, as a run of it has shown.

`tests/notebooks/test_lab_browser.py` shows that a run still does what `calls.json` says.

`calls.json` is what the runs showed; to make it anew: python tests/exercises/test_inputs.py
"""

import json
import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2] / part) for part in ("tests/helpers", "tools", ".")]

from exercise_calls import TABLE, kinds_of_cases, recorded
from notebook_tools import read_all

from utils.exercises import get, ids

STORED = json.loads(TABLE.read_text(encoding="utf-8"))
# A whole number does where a number is meant, and the other way round for a type that only NumPy has.
ALIKE = {"int": "float", "float64": "float", "bool": "bool"}


def plain(kinds):
    return tuple(ALIKE.get(kind, kind) for kind in kinds)


@pytest.mark.parametrize("exercise_id", [name for name in STORED["calls"] if name in ids()])
def test_the_cases_hold_what_the_notebook_passes(exercise_id):
    own = {plain(kinds) for kinds in kinds_of_cases(get(exercise_id))}
    missing = {plain(kinds) for kinds in STORED["calls"][exercise_id]} - own
    assert missing == set()


@pytest.mark.parametrize("exercise_id", STORED["differentiated"])
def test_what_is_differentiated_below_is_differentiated_in_the_check(exercise_id):
    task = get(exercise_id)
    assert task.gradients or task.call is not None


def refresh():
    """Run all notebooks and store how they call their exercises."""
    found = {"calls": {}, "differentiated": []}
    for nb in read_all().values():
        seen = recorded(nb)
        found["calls"] |= seen["calls"]
        found["differentiated"] += seen["differentiated"]
    TABLE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    refresh()
