"""Checks and references run in a state of their own; what was changed for all is put back and told."""

import builtins
import math
import sys
import warnings

import numpy as np
import pytest
import torch

from utils.exercises import exercise, get
from utils.exercises.engine import CORRECT, NOT_YET
from utils.exercises.surroundings import Surroundings

TASK = get("02.relu_sum")


@pytest.fixture
def surroundings():
    made = Surroundings()
    yield made
    made.put_back()


def replace_relu():
    torch.relu = lambda x: x


def replace_a_method():
    torch.Tensor.relu = lambda self: self


def replace_a_function_of_numpy():
    np.maximum = np.minimum


def replace_pi():
    math.pi = 3


def replace_a_layers_method():
    torch.nn.Linear.forward = lambda self, x: x


def replace_len():
    builtins.len = lambda _: 0


def turn_warnings_into_errors():
    warnings.simplefilter("error")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (replace_relu, "`torch.relu` was replaced"),
        (replace_a_method, "`torch.Tensor.relu` was replaced"),
        (replace_a_function_of_numpy, "`numpy.maximum` was replaced"),
        (replace_pi, "`math.pi` was replaced"),
        (replace_len, "`builtins.len` was replaced"),
        (replace_a_layers_method, "`torch.nn.Linear.forward` was replaced"),
        (lambda: torch.set_default_dtype(torch.float64), "the default dtype of PyTorch was float64"),
        (lambda: torch.set_default_device("meta"), "the default device of PyTorch was meta"),
        (lambda: torch.set_grad_enabled(False), "gradients were switched off"),
        (lambda: np.seterr(all="raise"), "floating point errors"),
        (lambda: np.set_printoptions(precision=1), "printing"),
        (lambda: torch.set_printoptions(precision=1), "PyTorch's way of printing"),
        (lambda: sys.setrecursionlimit(sys.getrecursionlimit() - 1), "the depth of calls"),
        (turn_warnings_into_errors, "warnings were turned into errors"),
    ],
)
def test_every_change_is_told_and_undone_once(surroundings, change, words):
    with warnings.catch_warnings():
        change()
        said = surroundings.put_back()
        assert len(said) == 1
        assert words in said[0]
        assert surroundings.put_back() == []
    assert torch.relu(torch.tensor(-1.0)) == torch.tensor(-1.0).relu() == 0
    assert math.pi > 3
    assert np.maximum(1, 2) == 2


def test_inside_the_state_is_the_courses_and_outside_the_students(surroundings):
    own = torch.relu
    replace_relu()
    torch.set_default_dtype(torch.float64)
    np.seterr(all="raise")
    with surroundings.of_their_own():
        assert torch.relu is own
        assert torch.get_default_dtype() == torch.float32
        assert np.geterr()["divide"] != "raise"
        warnings.warn("ignored here", stacklevel=1)
    assert torch.relu is not own
    assert torch.get_default_dtype() == torch.float64
    assert np.geterr()["divide"] == "raise"


def test_a_wrapper_of_the_librarys_own_is_no_change(surroundings):
    before = torch.manual_seed

    def manual_seed(seed):
        return before(seed)

    manual_seed.__module__ = "torch.random"
    torch.manual_seed = manual_seed
    assert surroundings.put_back() == []
    torch.manual_seed = before


def test_a_replaced_function_corrupts_neither_the_check_nor_the_reference(surroundings, capsys):
    replace_relu()
    made = exercise("02.relu_sum")(lambda x, b, w, c: c + (x[:, None] + b).clamp(min=0) @ w)
    said = capsys.readouterr().out
    assert "Your code changed this for all: `torch.relu` was replaced." in said
    assert "· correct" in said
    args = torch.tensor([-3.0, 2.0]), torch.tensor([1.0]), torch.tensor([2.0]), torch.tensor(0.5)
    assert torch.equal(made(*args), torch.tensor([0.5, 6.5]))
    assert torch.equal(TASK.reference(*args), torch.tensor([0.5, 6.5]))


def test_an_answer_that_replaces_functions_is_refused(surroundings):
    def relu_sum(x, biases, weights, offset):
        torch.relu = lambda z: z.clamp(min=0)
        return offset + torch.relu(x[:, None] + biases) @ weights

    feedback = TASK.check(relu_sum)
    assert feedback.status == NOT_YET
    assert "your code replaces `torch.relu` for everybody" in feedback.message


@pytest.mark.parametrize(
    "change", [lambda: torch.set_default_dtype(torch.float64), lambda: torch.set_grad_enabled(False)]
)
def test_a_check_does_not_depend_on_the_students_settings(surroundings, change):
    change()
    for exercise_id in ("02.relu_sum", "03.train_step", "06.dale_weights"):
        assert get(exercise_id).check(get(exercise_id).reference).status == CORRECT
