import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from notebook_tools import sanitized

from utils import approx, progress
from utils.page.output import emit, escape
from utils.page.tables import Table


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.98214, 3, "~0.982"),
        (-1.5, 2, "~-1.5"),
        (139.004, 5, "~139.00"),
        (0, 3, "~0"),
        (1e-7, 2, "~1.0e-07"),
        (3e9, 3, "~3.00e+09"),
        (float("nan"), 3, "~nan"),
        (12345, 3, "~12345"),
    ],
)
def test_approx_formats(value, digits, text):
    assert approx(value, digits) == text


def test_approx_takes_tensors_and_arrays_of_one_number():
    assert approx(torch.tensor(0.5)) == approx(np.float32(0.5)) == "~0.500"


@pytest.mark.parametrize("value", [torch.ones(2), "many", None])
def test_approx_refuses_what_is_no_number(value):
    with pytest.raises(ValueError, match="value: got"):
        approx(value)


def test_approx_refuses_no_digits():
    with pytest.raises(ValueError, match="digits: got 0"):
        approx(1.0, 0)


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 8))
def test_the_regression_run_lets_every_approximate_number_vary(value, digits):
    assert sanitized(f"error {approx(value, digits)} deg.") == sanitized("error ~1.0 deg.")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_the_regression_run_sees_a_number_that_is_none(value):
    assert sanitized(f"error {approx(value)} deg") != sanitized("error ~1.0 deg")


def test_the_regression_run_compares_what_has_no_tilde():
    assert sanitized("error 3.1 deg") != sanitized("error 3.2 deg")


def test_publish_prints_the_text_outside_of_a_notebook(capsys):
    emit("words", "<b>words</b>")
    assert capsys.readouterr().out == "words\n"


def test_escape_leaves_no_markup():
    assert escape('<b a="1">') == "&lt;b a=&quot;1&quot;&gt;"


def test_progress_loops_over_everything():
    assert list(progress(range(5), desc="counting")) == [0, 1, 2, 3, 4]


def test_a_table_refuses_a_row_that_does_not_fit():
    with pytest.raises(ValueError, match="rows: got 1 entries in row 1, allowed are 2"):
        Table(["name", "value"], [["a", "1"], ["b"]])
