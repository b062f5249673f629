"""The panels of notebook 02, built without it, moved to their ends, and asked what they say."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from figure_tools import assert_legible

from utils.exercises import get
from utils.models.relu_basis import hand_placed
from utils.panels import Choice, Text
from utils.panels import relu_sine_approximation as panels

SITE = panels.site_panels()
FORMULA = "your formula"


@pytest.fixture(scope="module")
def film():
    return SITE["panel-film"]()


@pytest.fixture(scope="module")
def any_function():
    return SITE["panel-any-function"]()


@pytest.mark.parametrize("cell", SITE)
def test_panels_are_legible_at_both_ends(cell, film):
    panel = film if cell == "panel-film" else SITE[cell]()
    for end in ("min", "max"):
        sliders = {k: s for k, s in panel._sliders.items() if not isinstance(s, Choice | Text)}
        panel.set(**{name: getattr(slider, end) for name, slider in sliders.items()})
        assert panel.png
        assert panel.caption.endswith(".")
        assert_legible(panel._canvas.figure)


@pytest.mark.parametrize("added", [0, 1, 4, 9])
def test_build_up_shows_the_first_relus(added):
    panel = SITE["panel-build-up"]()
    panel.set(points=10, added=added)
    x = torch.linspace(0, 2 * np.pi, 10, dtype=torch.float64)
    network = hand_placed(x, x.sin())
    expected = (torch.relu(panels._PERIOD[:, None] + network.biases) * network.weights)[:, :added].sum(1)
    artists = panel._canvas.artists
    np.testing.assert_allclose(artists["total"].get_ydata(), expected, atol=1e-12)
    assert len(artists["bases"].get_segments()) == max(added - 1, 0)
    assert len(artists["newest"].get_xdata()) == (len(panels._PERIOD) if added else 0)


def test_build_up_speaks_in_the_singular_of_one():
    panel = SITE["panel-build-up"]()
    assert panel.caption == "4 of 9 ReLUs. The newest bends the sum at x = 2.09: its slope changes by -0.58."
    panel.set(points=2, added=19)
    assert panel.caption == "1 of 1 ReLU. The newest bends the sum at x = 0.00: its slope changes by 0.00."
    panel.set(added=0)
    assert panel.caption == "No ReLU yet: the sum is the offset alone."


def formula(panel, text, n=8):
    panel.set(target=FORMULA, formula=text, n_relus=n)
    return panel.caption


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sin(x)", "8 ReLUs through 9 points of sin(x): the largest error is 3.5"),
        ("7", "nothing but rounding"),
        ("2*x - 1", "nothing but rounding"),
        ("tan(x)", "tan(x) grows without limit near x = -1.57. Choose a formula that stays finite"),
        ("1/(x - 0.1)", "grows without limit near x = 0.10"),
        ("1/x**2", "has no finite value at x = 0"),
        ("log(x)", "log(x) has no finite value at x = -3.14"),
        ("sin(1000*x)", "swings faster than the 500 points of this picture can follow"),
        ("x % 0.001", "swings faster than the 500 points"),
        ("sin(50*x)", "the largest error is"),
        ("step(x)", "the largest error is"),
        ("exp(5*x)", "the largest error is"),
        ("x^2", "A power is written with **, not with ^: x**2."),
        ("2*x^2 + 1", "A power is written with **, not with ^: x**2."),
    ],
)
def test_what_a_formula_is_told(any_function, text, words):
    assert words in formula(any_function, text)


def test_a_refused_formula_leaves_the_last_picture(any_function):
    formula(any_function, "x**2")
    before = any_function.png
    formula(any_function, "tan(x)")
    assert any_function.png == before


def test_the_error_is_divided_by_the_range_and_the_axes_hold_the_target(any_function):
    artists = any_function._canvas.artists
    formula(any_function, "sin(x)")
    small = artists["curve"].get_ydata()
    formula(any_function, "50*sin(x) + 7")
    np.testing.assert_allclose(artists["curve"].get_ydata(), small)
    assert artists["marker"].get_xydata().tolist() == [[8, pytest.approx(small[7])]]
    low, high = artists["axes"].get_ylim()
    assert low < -43
    assert high > 57


def test_one_relu_is_one(any_function):
    assert "1 ReLU through 2 points" in formula(any_function, "x**2", n=1)


def test_kinks_follow_the_students_functions():
    panel = SITE["panel-kinks"]()
    assert panel.caption.startswith("Root mean squared error 0.177. Evenly spaced kinks reach 0.076; the best reach")
    artists = panel._canvas.artists
    assert artists["yours"].get_width() == pytest.approx(0.177, abs=5e-4)
    picture = panel._update.__self__
    network, solve = get("02.relu_sum").reference, get("02.solve_for_weights").reference
    worse = panels.FourKinks(lambda x, y, b: (solve(x, y, b)[0], solve(x, y, b)[1] + 1), network)
    assert worse.even > picture.even + 0.5


def test_the_film_ends_where_both_ways_arrive(film):
    film.reset()
    assert film.caption.startswith("By hand: 0 of 8 ReLUs, root mean squared error 0.71. Training: 0 steps")
    film.set(frame=film._sliders["frame"].max)
    assert film.caption.startswith("By hand: 8 of 8 ReLUs, root mean squared error 0.039. Training: 1,500 steps")
    picture = film._update.__self__
    assert picture.errors[1][-1] < 0.1 * picture.errors[1][0]
    assert np.abs(picture.built[-1] - np.sin(panels._PERIOD.numpy())).max() < 0.1
    assert film.play <= 10


def test_the_newest_relu_grows_in(film):
    added = film._update.__self__.added
    assert added[0] == 0
    assert all(later - earlier in (0, 1) for earlier, later in pairwise(added))


def test_film_moments_run_from_start_to_end():
    moments = panels.film_moments(1500)
    assert moments[0] == 0
    assert moments[-1] == 1500
    assert moments == sorted(set(moments))
    assert np.diff(moments)[0] == 1
    assert np.diff(moments)[-1] > 100
