"""The engine must survive everything a student types, and say something useful about it."""

import dataclasses
import os
import random
import signal
import sys
import threading
import time

import numpy as np
import pytest
import torch
from torch import nn

from utils.exercises import boxes, exercise, get, ids, register, registry
from utils.exercises.comparing import difference, shown
from utils.exercises.engine import CORRECT, ERROR, NOT_ATTEMPTED, NOT_YET, Case, Exercise
from utils.exercises.sandbox import run_limited

# All are known before a test puts some more beside them and forgets them again.
ids()


def double(x, k):
    """Multiply.  (n,), number -> (n,)"""
    return x * k


def added(x, k):
    return x + k


def squared(x, k):
    return x**k


def double_cases():
    return [Case(torch.tensor([1.0]), 3), Case(torch.arange(20.0), 2, label="many values")]


DOUBLE = Exercise(
    "99.double",
    double,
    double_cases,
    ("Think of a product.", "Use *."),
    {"adding instead of multiplying": added, "raising to a power": squared},
    time_limit=1.0,
)
# For answers that reach any limit: waiting for it longer shows nothing more.
SHORT = dataclasses.replace(DOUBLE, time_limit=0.1)


class Shift(nn.Module):
    """Add a learned offset."""

    def __init__(self, offset):
        super().__init__()
        self.offset = nn.Parameter(torch.tensor(offset))

    def forward(self, x):
        return x + self.offset


def call_shift(candidate, offset, x):
    return candidate(offset)(x)


SHIFT = Exercise(
    "99.shift", Shift, lambda: [Case(1.5, torch.zeros(2)), Case(-1.0, torch.ones(3))], ("Add it.",), call=call_shift
)


@pytest.fixture
def known(monkeypatch):
    monkeypatch.setitem(registry.MODULES, "99", "")
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    monkeypatch.setattr(boxes, "hints_shown", {})
    register(DOUBLE)
    register(SHIFT)


def gap(x, k):
    y = ...
    return y


def gap_in_a_sum(x, k):
    y = ...
    return y + x


def gap_in_a_pair(x, k):
    return (x, ...)


def nothing_with_gap(x, k):
    y = ...  # noqa: F841
    return None


def nothing(x, k):
    x * k


def index_and_nothing(x, k):
    x[..., 0] * k


def wrong_shape(x, k):
    return (x * k)[None]


def wrong_dtype(x, k):
    return (x * k).double()


def wrong_type(x, k):
    return (x * k).numpy()


def text(x, k):
    return "x * k"


def mutating(x, k):
    x *= k
    return x


def one_argument(x):
    return x


def raising(x, k):
    print("so far so good")
    raise ValueError("no such luck")


def unknown_name(x, k):
    return x * kk  # noqa: F821


def recursing(x, k):
    return recursing(x, k)


def looping(x, k):
    while True:
        pass


# Those that no exception stops end by themselves, long after the short limit: nothing runs on beside other tests.
ENDS_AFTER = 2


def stubbornly_looping(x, k):
    n, end = 0, time.monotonic() + ENDS_AFTER
    while time.monotonic() < end:
        try:
            sum(range(100))
        except:  # noqa: E722
            n += 1


def sleeping(x, k):
    time.sleep(ENDS_AFTER)


def counting_in_c(x, k):
    return sum(range(10**11))


def ending_the_process(x, k):
    os._exit(0)


def crashing(x, k):
    import ctypes

    ctypes.string_at(0)


def leaving(x, k):
    sys.exit(1)


def interrupting(x, k):
    raise KeyboardInterrupt


def printing_for_ever(x, k):
    while True:
        print("again")


def filling_memory(x, k):
    return [0] * 10**13


def slow(x, k):
    time.sleep(0.7)
    return x * k


async def waiting(x, k):
    return x * k


def asking(x, k):
    return x * float(input("How much? "))


def not_a_number(x, k):
    return x * k * float("nan")


def right_once(x, k):
    if len(x) > 1:
        return x
    return x * k


def generating(x, k):
    yield x * k


class BrokenRepr:
    def __repr__(self):
        raise RuntimeError("no repr")

    def __eq__(self, other):
        raise RuntimeError("no eq")


def sparse(x, k):
    return (x * k).to_sparse()


def complex_numbers(x, k):
    return (x * k).to(torch.complex64)


def strange_object(x, k):
    return BrokenRepr()


class BrokenError(Exception):
    def __str__(self):
        raise RuntimeError("no text")


def raising_strangely(x, k):
    raise BrokenError


@pytest.fixture
def untraced_threads():
    """Threads that coverage does not follow: stopped inside of it, they would leave its lock closed for ever."""
    follow = threading.gettrace()
    threading.settrace(None)
    yield
    threading.settrace(follow)


@pytest.mark.parametrize(
    ("candidate", "status", "words"),
    [
        (gap, NOT_ATTEMPTED, "Replace `...` with your code"),
        (gap_in_a_sum, NOT_ATTEMPTED, "One `...` is still left in your code"),
        (gap_in_a_pair, NOT_ATTEMPTED, "Replace `...` with your code"),
        (nothing_with_gap, NOT_ATTEMPTED, "Replace `...` with your code"),
        (nothing, NOT_YET, "is a `return` missing"),
        (index_and_nothing, NOT_YET, "is a `return` missing"),
        (added, NOT_YET, "For x = [1.], k = 3: It returned [4.], expected was [3.]. This looks like adding"),
        (squared, NOT_YET, "This looks like raising to a power."),
        (right_once, NOT_YET, "(many values): 19 of 20 values differ, the first at [1]"),
        (wrong_shape, NOT_YET, "shape (1, 1), expected was shape (1,)"),
        (wrong_dtype, CORRECT, "It is used from here on."),
        (wrong_type, CORRECT, "It is used from here on."),
        (waiting, NOT_YET, "not `async def`"),
        (asking, ERROR, "It calls `input()` on line"),
        (text, NOT_YET, "a str"),
        (generating, NOT_YET, "is `return` meant?"),
        (mutating, NOT_YET, "changes its input x in place"),
        (one_argument, NOT_YET, "Your function takes (x), it is called with (x, k)"),
        (not_a_number, NOT_YET, "nan"),
        (strange_object, NOT_YET, "a BrokenRepr"),
        (sparse, CORRECT, "It is used from here on."),
        (complex_numbers, NOT_YET, "dtype torch.complex64"),
        (raising, ERROR, "ValueError on line"),
        (raising_strangely, ERROR, "(no message)"),
        (unknown_name, ERROR, "'kk' is not defined (Was the cell that defines it run"),
        (recursing, ERROR, "call itself without end"),
        (looping, ERROR, "still running after 2 seconds and was stopped; 1 second is allowed"),
        (slow, NOT_YET, "Your answer is right, but it took 1."),
        (leaving, ERROR, "not with exit"),
        (interrupting, ERROR, "KeyboardInterrupt"),
        (filling_memory, ERROR, "MemoryError"),
        (Shift, NOT_YET, "asks for a function, and got"),
        (3, NOT_YET, "asks for a function, and got an int"),
        (print, NOT_YET, None),
        (double, CORRECT, "It is used from here on."),
    ],
)
def test_verdicts(candidate, status, words, request):
    if candidate is looping:
        request.getfixturevalue("untraced_threads")
    feedback = DOUBLE.check(candidate)
    assert feedback.status == status, feedback
    if words is not None:
        assert words in feedback.message


@pytest.mark.parametrize("candidate", [stubbornly_looping, sleeping])
def test_what_no_exception_stops_is_left_alone_after_the_limit(candidate, untraced_threads):
    feedback = SHORT.check(candidate)
    assert feedback.status == ERROR, feedback
    assert "still running" in feedback.message


def test_the_line_of_the_error_is_the_students():
    feedback = DOUBLE.check(raising)
    assert '`raise ValueError("no such luck")`: no such luck' in feedback.message
    assert feedback.printed == "so far so good\n"


def test_a_check_takes_little_more_than_its_limit_and_nothing_is_printed(capsys, untraced_threads):
    start = time.monotonic()
    feedback = SHORT.check(printing_for_ever)
    assert time.monotonic() - start < 3
    assert capsys.readouterr().out == ""
    assert feedback.status == ERROR, feedback
    assert "still running" in feedback.message
    assert 0 < len(feedback.printed) <= 2000


def test_an_exercise_that_says_nothing_else_allows_five_seconds():
    assert SHIFT.time_limit == get("02.relus_needed").time_limit == 5


def test_randomness_is_undisturbed_by_seeding_students():
    def seeding(x, k):
        random.seed(0)
        np.random.seed(0)
        torch.manual_seed(0)
        torch.set_default_dtype(torch.float64)
        return x * k

    random.seed(5), np.random.seed(5), torch.manual_seed(5)
    expected = random.random(), np.random.rand(), torch.rand(())
    random.seed(5), np.random.seed(5), torch.manual_seed(5)
    DOUBLE.check(seeding)
    assert (random.random(), np.random.rand(), torch.rand(())) == expected
    assert torch.get_default_dtype() == torch.float32


def test_an_answer_cannot_borrow_the_reference_by_its_name(known):
    space = {"exercise": exercise}
    code = "@exercise('99.double')\ndef double(x, k):\n    return {}\n"
    exec(compile(code.format("..."), "cell", "exec"), space)
    assert space["double"](torch.ones(1), 2) == 2
    exec(compile(code.format("double(x, k)"), "cell", "exec"), space)
    assert DOUBLE.check(space["double"].__wrapped__).status == CORRECT
    # Had the name meant the stand-in during the check, the answer would have been accepted and kept.
    exec(compile("def double(x, k):\n    return double(x, k)\n", "cell", "exec"), space)
    assert DOUBLE.check(space["double"]).status == ERROR


def test_a_recursive_answer_is_an_answer():
    space = {}
    exec("def product(x, k):\n    return x if k == 1 else x + product(x, k - 1)\n", space)
    answer = space["product"]
    assert DOUBLE.check(answer).status == CORRECT
    assert space["product"] is answer
    # A name that meant nothing before the check means nothing after it.
    del space["product"]
    assert DOUBLE.check(answer).status == CORRECT
    assert "product" not in space


def box(capsys):
    return capsys.readouterr().out


@pytest.mark.parametrize("candidate", [gap, added, raising, nothing])
def test_the_reference_stands_in(known, capsys, candidate):
    standing = exercise("99.double")(candidate)
    assert "Until then the reference solution is used." in box(capsys)
    assert torch.equal(standing(torch.tensor([2.0]), 4), torch.tensor([8.0]))
    assert standing.__name__ == "double"


def test_a_correct_answer_is_used(known, capsys):
    calls = []

    def mine(x, k):
        calls.append(k)
        return k * x

    standing = exercise("99.double")(mine)
    assert "✓ Exercise 1 · correct" in box(capsys)
    standing(torch.ones(1), 77)
    assert calls[-1] == 77


def test_a_correct_answer_that_fails_later_is_replaced_for_that_call(known, capsys):
    def fragile(x, k):
        if k == 13:
            raise ArithmeticError("unlucky")
        return x * k

    standing = exercise("99.double")(fragile)
    box(capsys)
    assert standing(torch.ones(1), 13) == 13
    assert "on an input of this cell it raised ArithmeticError: unlucky." in box(capsys)
    assert standing(torch.ones(1), 13) == 13
    assert box(capsys) == ""


def test_hints_come_one_by_one_and_solutions_whole(known, capsys):
    standing = exercise("99.double")(gap)
    box(capsys)
    standing.hint()
    assert "Exercise 1 · hint 1 of 2\nThink of a product." in box(capsys)
    standing.hint()
    assert "hint 2 of 2" in box(capsys)
    standing.hint()
    assert "hint 2 of 2" in box(capsys)
    standing.solution()
    assert "return x * k" in box(capsys)


def test_the_names_in_the_box_are_the_students(known, capsys):
    exercise("99.double")(gap)
    assert "Stuck? Run `double.hint()`; `double.solution()` shows one answer." in box(capsys)


class Unfinished(nn.Module):
    def __init__(self, offset):
        super().__init__()
        self.offset = nn.Parameter(torch.tensor(offset))


class Gap(Unfinished):
    def forward(self, x):
        return ...


class Subtracts(Unfinished):
    def forward(self, x):
        return x - self.offset


class ForgetsSuper(nn.Module):
    def __init__(self, offset):
        self.offset = nn.Parameter(torch.tensor(offset))

    def forward(self, x):
        return x + self.offset


class Adds(Unfinished):
    def forward(self, x):
        return self.offset + x


@pytest.mark.parametrize(
    ("candidate", "status", "words"),
    [
        (Unfinished, NOT_YET, "does not define forward"),
        (type("Empty", (nn.Module,), {}), NOT_YET, "does not define __init__ and forward"),
        (Gap, NOT_ATTEMPTED, "..."),
        (Subtracts, NOT_YET, "expected was [1.5, 1.5]"),
        (ForgetsSuper, ERROR, "AttributeError"),
        (double, NOT_YET, "asks for a class"),
        (Adds, CORRECT, ""),
    ],
)
def test_classes(known, capsys, candidate, status, words):
    feedback = SHIFT.check(candidate)
    assert feedback.status == status, feedback
    assert words in feedback.message
    standing = exercise("99.shift")(candidate)
    assert torch.equal(standing(2.0)(torch.zeros(1)), torch.tensor([2.0]))
    box(capsys)
    standing.hint()
    assert "Add it." in box(capsys)
    assert not hasattr(Shift, "hint")


def test_a_class_may_name_itself_in_super(known, capsys):
    space = {"__name__": "__main__", "exercise": exercise, "nn": nn, "torch": torch}
    exec(
        "@exercise('99.shift')\n"
        "class Shift(nn.Module):\n"
        "    def __init__(self, offset):\n"
        "        super(Shift, self).__init__()\n"
        "        self.offset = nn.Parameter(torch.tensor(offset))\n"
        "    def forward(self, x):\n"
        "        return self.offset + x\n",
        space,
    )
    assert "correct" in box(capsys)
    assert space["Shift"](2.0)(torch.zeros(1)) == 2


def test_many_right_answers():
    def is_root(result, expected, x):
        return None if abs(result**2 - x) < 1e-3 else f"Its square is {result**2:g}, expected was {x:g}."

    task = Exercise("99.root", lambda x: x**0.5, lambda: [Case(4.0), Case(9.0)], ("h",), compare=is_root)
    assert task.check(lambda x: -(x**0.5)).status == CORRECT
    assert task.check(lambda x: x).message == "For x = 4: Its square is 16, expected was 4."


def test_unknown_ids_are_refused_with_the_known_ones(known):
    with pytest.raises(ValueError, match=r"got '99.triple', allowed is one of .*99.double"):
        get("99.triple")
    with pytest.raises(ValueError, match="allowed is a text"):
        get(2)
    assert "99.double" in ids()


def test_one_id_is_one_exercise(known):
    with pytest.raises(ValueError, match="taken by double"):
        register(Exercise("99.double", added, double_cases, ("h",)))


def test_the_limited_call_returns_values_and_errors():
    assert run_limited(lambda say: 3, 1).value == 3
    assert run_limited(lambda say: 1 / 0, 1).raised.kind == "ZeroDivisionError"
    assert run_limited(lambda say: say(5) or sys.exit(), 1).step == 5


@pytest.mark.parametrize(
    ("result", "expected", "words"),
    [
        ((1, 2), (1, 2), None),
        ([1, 2], (1, 2), None),
        ((1,), (1, 2), "1 values, expected were 2"),
        (1 + 0j, 1.0, "a complex number, (1+0j), expected was 1"),
        (3, (1, 2), "an int, expected were 2 values"),
        ((1, 3), (1, 2), "Value 2 of 2: it returned 3"),
        ({"a": 1}, {"a": 1}, None),
        ({"b": 1}, {"a": 1}, "keys"),
        ({"a": 2}, {"a": 1}, "For a: it returned 2"),
        ("x", {"a": 1}, "a dict with the keys"),
        (True, True, None),
        (np.float64(1), 1, None),
        (torch.tensor(1.0), 1.0, None),
        (np.ones(1), 1.0, "a single number"),
        ("on", "on", None),
        ("off", "on", "'off', expected was 'on'"),
        (np.array([1, 2]), np.array([1.0, 2.0]), "dtype"),
        (np.array([1.0, np.nan]), np.array([1.0, np.nan]), None),
        (np.array(["a"]), np.array(["a"]), None),
        (torch.tensor([1.0 + 1e-7]), torch.tensor([1.0]), None),
        (torch.tensor([1.1]), torch.tensor([1.0]), "[1.1], expected was [1.]"),
        (torch.tensor([1.25004]), torch.tensor([1.25]), "[1.25004], expected was [1.25]"),
        (1.2500001, 1.25, None),
        (1.25002, 1.25, "1.25002, expected was 1.25"),
        (np.array([1e-7, 0]), np.array([1e-5, 0]), "1.e-07"),
        (torch.tensor([True]), torch.tensor([True]), None),
        (torch.ones(2, requires_grad=True), torch.ones(2), None),
    ],
)
def test_differences_in_words(result, expected, words):
    found = difference(result, expected)
    assert found is None if words is None else words in found


def test_texts_of_values_are_short():
    for value in (torch.rand(100, 100), np.arange(10**4), "x" * 10**4, list(range(1000)), BrokenRepr(), None, print):
        assert 0 < len(shown(value)) <= 160


@pytest.mark.parametrize(
    ("task", "candidate", "status", "words"),
    [
        (DOUBLE, double, CORRECT, "It is used from here on."),
        (DOUBLE, added, NOT_YET, "This looks like adding"),
        (DOUBLE, raising, ERROR, "ValueError on line"),
        (SHORT, looping, ERROR, "seconds and was stopped; 0.1 seconds are allowed"),
        (SHORT, stubbornly_looping, ERROR, "still running"),
        (DOUBLE, recursing, ERROR, "call itself without end"),
        (SHORT, printing_for_ever, ERROR, "still running"),
        (DOUBLE, counting_in_c, ERROR, "still running after 3 seconds and was stopped; 1 second is allowed"),
        (DOUBLE, ending_the_process, ERROR, "It raised SystemExit on line"),
        (DOUBLE, crashing, ERROR, "It ended the whole process"),
    ],
    ids=lambda value: getattr(value, "__name__", None) or getattr(value, "id", None),
)
def test_verdicts_in_a_process_of_its_own(own_process, capfd, task, candidate, status, words):
    start = time.monotonic()
    feedback = task.check(candidate)
    assert capfd.readouterr().err == "", "a page is not flooded with what the process said of its end"
    assert feedback.status == status, feedback
    assert words in feedback.message
    assert time.monotonic() - start < 10


def test_what_was_printed_comes_out_of_the_process(own_process):
    assert DOUBLE.check(raising).printed == "so far so good\n"


def test_gradients_can_be_had_in_a_process_of_its_own(own_process):
    """After the parent has used them, and with the arithmetic's threads at work there."""
    torch.ones(1000, 1000, requires_grad=True).square().sum().backward()
    assert get("03.train_step").check(get("03.train_step").reference).status == CORRECT
    assert get("02.solve_for_weights").check(get("02.solve_for_weights").reference).status == CORRECT


def test_an_interrupt_ends_the_check_and_its_process(own_process):
    # A shell ignores the signal for what it starts in the background; a kernel never does.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        start = time.monotonic()
        feedback = DOUBLE.check(counting_in_c)
    finally:
        signal.signal(signal.SIGINT, before)
    assert feedback.status == ERROR
    assert feedback.message.startswith("You interrupted the check.")
    assert time.monotonic() - start < 2
