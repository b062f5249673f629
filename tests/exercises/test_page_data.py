"""An answer that writes outside of itself changes nothing on the page."""

import numpy as np
import pytest
import torch
from torch import nn

from utils.exercises import exercise
from utils.exercises.page_data import PageData

level, counts, trace = 1.0, np.arange(3), torch.zeros(2)
gains = torch.ones(2)
rates, chances, names = [1.0, [2.0, gains]], {"a": 1}, {"x"}


def bound_anew(_):
    global level
    level = 2.0


def deleted(_):
    global level
    del level


def written_by_an_inner_function(_):
    def inner():
        global level
        level = 3.0

    inner()


def written_by_name(_):
    globals()["level"] = 4.0


def array_changed(_):
    counts[0] = 9


def tensor_changed(_):
    trace.add_(1)


def list_grown(_):
    rates.append(3.0)


def list_in_a_list_changed(_):
    rates[1].pop()


def array_in_a_list_changed(_):
    rates[1][1].zero_()


def dictionary_changed(_):
    chances.update(a=2, b=3)


def set_emptied(_):
    names.clear()


def stopped_in_the_middle(_):
    array_changed(_)
    bound_anew(_)
    raise ValueError("odd")


CHANGES = {
    bound_anew: "level",
    deleted: "level",
    written_by_an_inner_function: "level",
    written_by_name: "level",
    array_changed: "counts",
    tensor_changed: "trace",
    list_grown: "rates",
    list_in_a_list_changed: "rates",
    array_in_a_list_changed: "rates",
    dictionary_changed: "chances",
    set_emptied: "names",
}


@pytest.mark.parametrize(("change", "name"), CHANGES.items(), ids=lambda part: getattr(part, "__name__", part))
def test_what_is_changed_comes_back_and_is_told(change, name):
    told = []
    PageData(change).around(change, told.append)(0)
    assert told == [[name]]
    assert level == 1.0
    assert counts.tolist() == [0, 1, 2]
    assert trace.tolist() == [0, 0]
    assert rates[0] == 1.0
    assert rates[1][0] == 2.0
    assert rates[1][1] is gains
    assert gains.tolist() == [1, 1]
    assert [len(rates), len(rates[1])] == [2, 2]
    assert chances == {"a": 1}
    assert names == {"x"}


def test_also_where_an_error_ends_it():
    def change(_):
        global level
        level = 5.0
        raise ValueError("odd")

    with pytest.raises(ValueError, match="odd"):
        PageData(change).around(change, lambda names: None)(0)
    assert level == 1.0


def test_a_function_of_python_comes_back_at_once():
    def change(_):
        __builtins__["len"] = abs

    PageData(change).around(change, lambda names: None)(0)
    assert len([1, 2]) == 2


def test_what_the_student_has_named_is_theirs():
    page = PageData(bound_anew, {"level"})
    assert page.around(bound_anew, print) is bound_anew


@pytest.mark.parametrize("answer", [lambda x: -x[:-1], lambda x: torch.stack([*map(torch.sin, x)]), abs])
def test_an_answer_that_writes_nothing_is_called_as_it_is(answer):
    assert PageData(answer).around(answer, print) is answer


def test_a_method_of_an_accepted_class(capsys):
    class DeepNetReLU(nn.Module):
        def __init__(self, n_inputs, n_hidden, n_outputs=1):
            super().__init__()
            self.in_layer = nn.Linear(n_inputs, n_hidden)
            self.out_layer = nn.Linear(n_hidden, n_outputs)

        def forward(self, r):
            global level
            level = 6.0
            h = torch.relu(self.in_layer(r))
            return self.out_layer(h)

    made = exercise("04.DeepNetReLU")(DeepNetReLU)
    assert "· correct" in capsys.readouterr().out
    made(3, 4)(torch.ones(2, 3))
    assert "`level` has its old value again" in capsys.readouterr().out
    assert level == 1.0
