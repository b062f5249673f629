"""The other figures of notebook 05 tell their numbers, and stay inside."""

import numpy as np
import pytest

import utils.plotting.lif_transfer_curve as plots
from utils.page import words_of


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: plots.plot_circuit(), "resistor and a capacitor"),
        (lambda: plots.plot_iaf_activation([-1.0, 0, 1], [0, 0, 10], 10, 0, 10), "none up to 0, then 10"),
        (
            lambda: plots.plot_noise(
                np.arange(4), [(0.1, np.zeros(4))], np.arange(3), [(0.1, np.ones((2, 3)))], np.arange(3), [np.ones(3)]
            ),
            "stand at 1 Hz",
        ),
        (
            lambda: plots.plot_euler_error(
                np.arange(3), np.zeros(3), {1.0: ([0, 1], [0, 1])}, [1, 0.5], [0.4, 0.2], 1.0, 0.4
            ),
            "above the exact curve",
        ),
        (
            lambda: plots.plot_conversion([1, 2], [[50.0, 90.0]], 95, 25, np.ones((2, 1, 2)), ["1", "2"]),
            "~50 % after 1 step to ~90 % after 2",
        ),
        (
            lambda: plots.plot_balancing([1, 2], [("a", [[50.0, 90.0]])], 95, 25, "nm", [[7.0, 80.0]], [[3.0, 4.0]]),
            "between ~7.0 and ~80 %",
        ),
        (
            lambda: plots.plot_brain_speed([1, 2], {"a": [[3, 4]], "b": [[1, 2]]}, [1, 10], 100, [(10, "ten")]),
            "a ~3.0 and ~4.0; b ~1.0 and ~2.0",
        ),
    ],
)
def test_the_other_figures_say_their_numbers_and_stay_inside(draw, words):
    fig = draw()
    assert words in words_of(fig)
    fig.canvas.draw()
    box, (width, height) = fig.get_tightbbox(), fig.get_size_inches()
    assert box.x0 > -0.03
    assert box.y0 > -0.03
    assert box.x1 < width + 0.03
    assert box.y1 < height + 0.03
