"""The comparison of a notebook's pictures notices what a reader would, and nothing else."""

import base64
import io

import numpy as np
import pytest
from stored_pictures import SHARE, difference

from utils.page import describe
from utils.page.figures import compact_png
from utils.plotting.style import new_figure, styled


@styled
def plot_lines(shift=0.0, second=True, title="Two lines", height=3.0):
    fig = new_figure(height)
    ax = fig.add_subplot()
    x = np.linspace(0, 6, 200)
    ax.plot(x, np.sin(x) + shift, label="one")
    if second:
        ax.plot(x, np.cos(x), label="two")
    ax.set(title=title, ylim=(-1.5, 1.5))
    ax.legend()
    return describe(fig, "Lines.")


def encoded(**changes):
    return base64.b64encode(compact_png(plot_lines(**changes))).decode()


@pytest.fixture(scope="module")
def stored():
    return encoded()


def test_the_same_picture_does_not_differ(stored):
    assert difference(stored, encoded()) == 0


def test_a_curve_that_training_moved_a_little_passes(stored):
    assert difference(stored, encoded(shift=0.01)) < SHARE


@pytest.mark.parametrize("change", [{"second": False}, {"shift": 0.5}, {"height": 3.1}])
def test_a_curve_that_is_gone_or_elsewhere_and_another_size_are_noticed(stored, change):
    assert difference(stored, encoded(**change)) > SHARE


def test_the_stored_form_is_a_png(stored):
    assert base64.b64decode(stored).startswith(b"\x89PNG")
    assert io.BytesIO(base64.b64decode(stored)).read(8)
