"""The panels of notebook 01, built without it, moved to their ends, and asked what they say."""

import statistics
import time

import numpy as np
import pytest
from figure_tools import assert_legible

from utils.exercises import get
from utils.models.two_path_neuron import PUBLISHED
from utils.panels import all_or_none_neuron as panels

SITE = panels.site_panels()


@pytest.fixture(scope="module")
def made_rate_panel():
    return SITE["rate-panel"]()


@pytest.fixture
def rate_panel(made_rate_panel):
    """The panel of learning rates, set back: making it takes longer than moving it."""
    made_rate_panel.reset()
    return made_rate_panel


@pytest.mark.parametrize("cell", SITE)
def test_panels_are_legible_at_both_ends(cell):
    panel = SITE[cell]()
    for end in ("min", "max"):
        panel.set(**{name: getattr(slider, end) for name, slider in panel._sliders.items()})
        assert panel.png
        assert panel.caption.endswith(".")
        assert_legible(panel._canvas.figure)


def test_a_dose_flows():
    panel = SITE["flow-panel"]()
    assert panel.caption == "At dose 0.6 both paths are active, and the response is 0."
    panel.set(dose=0.5)
    assert panel.caption == "At dose 0.5 only the lower path is active, and the response is 1.01."
    panel.set(dose=-0.2)
    assert panel.caption == "At dose -0.2 no path is active, and the response is 0."


def test_seven_numbers_follow_the_students_function():
    panel = SITE["seven-panel"]()
    assert "at 1 of 11 doses. The largest of these responses is 1.01" in panel.caption
    first = panel.png
    panel.set(b_final=0.0)
    assert "at 9 of 11 doses. The largest of these responses is 17.01" in panel.caption
    assert panel.png != first
    # Without the upper path's pull, high doses are answered too.
    panel.set(b_final=-16.0, w10=0.0)
    assert "at 6 of 11 doses" in panel.caption
    panel.reset()
    assert panel.png == first
    reference = get("01.two_path_response").reference
    doubled = panels.seven_numbers(lambda x, **numbers: 2 * reference(x, **numbers))
    assert "The largest of these responses is 2.02" in doubled.caption


def test_whatever_the_seven_numbers_are_the_axes_hold_them():
    panel = SITE["seven-panel"]()
    artists = panel._canvas.artists
    for sign in (1, -1):
        far = {name: sign * slider.max for name, slider in panel._sliders.items()}
        panel.set(**{**far, "w10": abs(far["w10"]), "w11": abs(far["w11"])})
        for key, ax in (("curve", "left"), ("dots", "left"), ("s0", "right"), ("s1", "right"), ("z", "right")):
            low, high = artists[ax].get_ylim()
            heights = np.asarray(artists[key].get_ydata())
            assert low < heights.min()
            assert heights.max() < high
    # The published numbers stand well inside of their ranges, so that a slider's step is small beside them.
    for name, value in PUBLISHED.items():
        assert panel._sliders[name].max <= max(10 * abs(value), 30) or name == "b01"


def test_the_walk_ends_where_the_loss_is_lowest():
    panel = SITE["walk-panel"]()
    assert panel.caption == "After 0 epochs: b_final 0, summed loss 256, slope 32. The peak of the response is 17.01."
    panel.set(epoch=1)
    assert panel.caption.startswith("After 1 epoch: b_final -3.202, summed loss 164, slope 25.6.")
    panel.set(epoch=panel._sliders["epoch"].max)
    walker = panel._canvas.artists["walker"].get_xydata()[0]
    assert walker == pytest.approx([-16.01, 0], abs=0.2)
    assert panel.play <= 10


def test_the_slope_that_is_drawn_is_that_of_the_loss(rate_panel):
    rates = rate_panel._update.__self__
    picture = panels.Walk([0.0, -3.202, -16.01], rates.drive, rates.observed)
    for b in (-20.0, -16.5, -3.0):
        assert picture.slope(b) == pytest.approx((picture.loss(b + 1e-6) - picture.loss(b - 1e-6)) / 2e-6, abs=1e-4)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "After 30 epochs b_final is -15.99, 0.0198 away"),
        ({"epochs": 100}, "b_final has arrived"),
        ({"epochs": 1}, "After 1 epoch b_final"),
        ({"learning_rate": 0.52, "epochs": 2}, "by 0.04 and changes its sign"),
        ({"learning_rate": 0.54}, "epoch 1 throws b_final to -17.29"),
        ({"learning_rate": 0.54}, "From this start every rate below 0.53 arrives."),
        ({"learning_rate": 1.0, "start": -10.0}, "From this start every rate below 0.58 arrives."),
        ({"learning_rate": 1.2}, "Without the output ReLU the error would grow"),
        ({"learning_rate": 1.0, "start": -16.5}, "from one side of -16.01 to the other for ever"),
        ({"learning_rate": 1.1, "start": -16.2, "epochs": 2}, "Each multiplies it by 1.2"),
        ({"start": -18.0}, "every response is 0 from the start"),
    ],
)
def test_the_learning_rate_panel_says_what_became_of_b_final(rate_panel, values, words):
    rate_panel.set(**values)
    assert words in rate_panel.caption


@pytest.mark.parametrize("start", [0.0, -10.0, -15.9, -16.5])
def test_every_rate_below_the_named_limit_arrives(rate_panel, start):
    rates = rate_panel._update.__self__
    limit = rates.arriving(start)
    below, _ = rates.descend(limit - 0.01, 900, start)
    assert below[-1] == pytest.approx(-16.01, abs=1e-6)
    above, _ = rates.descend(limit + 0.01, 900, start)
    assert rates.peak + above[-1] <= 0


def test_a_formula_that_jumps_from_side_to_side_paints_dots_not_a_block(rate_panel):
    rate_panel.set(learning_rate=1.1, epochs=100)
    parabola = rate_panel._canvas.artists["parabola"]
    assert parabola.get_linestyle() == "None"
    low, high = panels.Rates.LOW, panels.Rates.HIGH
    assert all(low <= height <= high for height in parabola.get_ydata())


@pytest.mark.parametrize(
    ("cell", "name", "positions"),
    [
        ("flow-panel", "dose", np.linspace(-0.5, 1.5, 15)),
        ("seven-panel", "b_final", np.linspace(-30, 5, 15)),
        ("seven-panel", "w10", np.linspace(-50, 10, 15)),
        ("walk-panel", "epoch", range(15)),
        ("rate-panel", "learning_rate", np.linspace(0.01, 1.2, 15)),
    ],
)
def test_a_slider_answers_fast(cell, name, positions):
    """Processor time, since a busy machine would make a clock tell stories."""
    panel = SITE[cell]()
    times = []
    for value in positions:
        start = time.process_time()
        panel.set(**{name: value if isinstance(value, int) else float(value)})
        times.append(time.process_time() - start)
    assert statistics.median(times) < 0.06
