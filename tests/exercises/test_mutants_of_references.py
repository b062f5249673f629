"""Answers that are wrong by a slip: each reference, changed in one place, in every way that `mutants` knows, or in two.

The engine must survive them all and tell the truth: what behaves differently from the reference is not "correct".
Whether it does is judged on other inputs than the exercise's own.
"""

import functools
import linecache
import random
import sys
import time
from itertools import islice

import numpy as np
import pytest
import torch
from exercise_inputs import result_of, variations

from mutants import mutants
from utils.exercises import get, ids
from utils.exercises.comparing import same
from utils.exercises.engine import CORRECT, ERROR, NOT_ATTEMPTED, NOT_YET
from utils.exercises.kinds import convert

# (exercise, what is changed) -> why that may be called correct although it is not the same everywhere.
FREEDOM = {
    ("02.solve_for_weights", "becomes `(torch.linalg.lstsq(columns, y[:, None]))`"): (
        "the driver matters only where ReLUs coincide or never switch on, which the task does not ask for"
    ),
}
# Mistakes that differ at one value alone, exactly at a threshold; no other input meets it, the exercise's own do.
AT_ONE_VALUE = {
    ("01.loss_gradient", "a ReLU with slope 1 at exactly 0: here its slope is 0 there"),
    ("02.relus_needed", "one ReLU more where the bound is met exactly: round up, and a whole number stays"),
    ("04.backpropagate", "a ReLU that lets the gradient through at exactly 0"),
    ("05.iaf_step", "no spike at exactly the threshold: one is due there"),
    ("05.refractory_step", "a spike only above the threshold: at exactly 1 it spikes as well, so `>=`"),
}
SAMPLE = 60
PAIRS = 5  # of slips in one answer, for each exercise


def answer_of(task, source):
    """The function or class that a student's cell with this source would define."""
    space = dict(vars(sys.modules[task.reference.__module__])) | {"__name__": "__main__"}
    # Where IPython, too, keeps the lines of a cell; messages quote them from there.
    name = f"<answer to {task.id}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    exec(compile(source, name, "exec"), space)
    return space[task.reference.__name__]


def difference_on(task, answer, cases):
    """Where an answer differs from the reference, in words, or None."""
    for case in cases:
        expected, _ = result_of(task, task.reference, case.args)
        try:
            result, used = result_of(task, answer, case.args)
        except Exception as error:
            return f"{case.args}: {error!r}"
        # As every call of an answer does: whole numbers as floats are the same numbers.
        words = task.apart(convert(result, expected), expected, case.args)
        changed = [n for n, (old, new) in enumerate(zip(case.args, used, strict=True)) if not same(new, old)]
        if words is not None or changed:
            return f"{case.args}: {words or f'argument {changed[0]} was changed in place'}"
    return None


def global_generators():
    # As bytes, since these can be compared.
    numpy = [np.asarray(part).tobytes() for part in np.random.get_state()]
    return random.getstate(), numpy, torch.get_rng_state().numpy().tobytes(), torch.get_default_dtype()


def examine(exercise_id, description, source):
    """What the engine gets wrong about a mutant, in words, or None."""
    task = get(exercise_id)
    answer = answer_of(task, source)
    before, start = global_generators(), time.monotonic()
    feedback = task.check(answer)
    seconds = time.monotonic() - start
    if feedback.status not in {NOT_ATTEMPTED, ERROR, NOT_YET, CORRECT} or not feedback.message:
        return f"{exercise_id}, {description}: {feedback}"
    # One limit for the check, and one for finding the mistake's name; the rest is the reference's own time.
    if seconds > 2 * task.time_limit + 5:
        return f"{exercise_id}, {description}: checked for {seconds:.1f} s"
    for one, other in zip(before, global_generators(), strict=True):
        if one != other:
            return f"{exercise_id}, {description}: a global random generator was disturbed"
    if feedback.status == CORRECT and not any(task.id == name and what in description for name, what in FREEDOM):
        words = difference_on(task, answer, other_inputs(exercise_id))
        if words is not None:
            return f"{exercise_id}, {description}: called correct, but for {words}"
    return None


@functools.cache
def other_inputs(exercise_id):
    return list(variations(get(exercise_id), np.random.default_rng(0)))


def test_a_sample_over_all_exercises_is_judged_rightly():
    rng = random.Random(2)
    found = []
    for exercise_id in rng.sample(ids(), len(ids())):
        made = mutants(get(exercise_id).solution(), rng)
        found += [(exercise_id, *mutant) for mutant in islice(made, 1 + SAMPLE // len(ids()))]
    wrong = [examine(*mutant) for mutant in found[:SAMPLE]]
    assert [words for words in wrong if words] == []


@pytest.mark.parametrize("exercise_id", ids())
def test_the_other_inputs_tell_every_known_mistake(exercise_id):
    task, cases = get(exercise_id), other_inputs(exercise_id)
    assert len(cases) > 20
    assert difference_on(task, task.reference, cases) is None
    for name, mistake in task.wrong_answers.items():
        if (exercise_id, name) in AT_ONE_VALUE:
            assert difference_on(task, mistake, cases) is None, f"{name}: other inputs tell it as well"
            cases = [*cases, *task.cases()]
        assert difference_on(task, mistake, cases) is not None, name


@pytest.mark.slow
@pytest.mark.parametrize("exercise_id", ids())
def test_every_mutant_is_judged_rightly(exercise_id):
    rng = random.Random(0)
    made = list(mutants(get(exercise_id).solution(), rng))
    for description, source in rng.choices(made, k=PAIRS):
        # An answer of a single `pass` has no second slip.
        made += [(f"{description}, {further}", changed) for further, changed in islice(mutants(source, rng), 1)]
    wrong = [examine(exercise_id, *mutant) for mutant in made]
    assert [words for words in wrong if words] == []


def test_each_freedom_is_still_used():
    for exercise_id, what in FREEDOM:
        made = mutants(get(exercise_id).solution(), random.Random(0))
        assert any(what in description for description, _ in made)
