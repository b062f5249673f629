"""The squid axon: it obeys the all-or-none law, its numbers converge, and bad input is named."""

import math
import re

import numpy as np
import pytest

from utils.models import hodgkin_huxley
from utils.models.hodgkin_huxley import pulse_responses


def test_all_or_none():
    amplitudes = np.arange(0, 20.1, 2.0)
    time, voltage = pulse_responses(amplitudes)
    assert time.shape == (1501,)
    assert voltage.shape == (11, 1501)
    peaks = voltage.max(axis=1)
    assert (peaks[:4] < -55).all()
    assert (peaks[4:] > 35).all()
    assert np.ptp(peaks[4:]) < 5
    # The stronger the pulse the earlier the spike.
    assert (np.diff(voltage[4:].argmax(axis=1)) < 0).all()


def test_rest_is_a_rest():
    _, voltage = pulse_responses([0.0], duration=50.0)
    assert np.abs(voltage + 65).max() < 0.05


def test_smaller_steps_give_the_same_spike():
    coarse, fine = (pulse_responses([10.0], dt=dt)[1].max() for dt in (0.01, 0.0025))
    assert coarse == pytest.approx(fine, abs=0.5)


def test_known_rates():
    """Opening and closing rates at the potentials where a quotient is 0 / 0, and on both sides of them."""
    opening, closing = hodgkin_huxley._rates(np.array([-40.0, -55.0, -65.0]))
    assert opening[0, 0] == pytest.approx(1.0)
    assert opening[2, 1] == pytest.approx(0.1)
    assert opening[1, 2] == pytest.approx(0.07)
    assert closing[:, 2] == pytest.approx([4.0, 1 / (1 + math.exp(3)), 0.125])
    for special in (-40.0, -55.0):
        left, middle, right = hodgkin_huxley._rates(special + np.array([-1e-4, 0.0, 1e-4]))[0].T
        assert middle == pytest.approx((left + right) / 2, rel=1e-7)


def test_each_pulse_is_alone():
    together = pulse_responses([3.0, 12.0])[1]
    for i, amplitude in enumerate((3.0, 12.0)):
        assert together[i] == pytest.approx(pulse_responses([amplitude])[1][0], abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"amplitudes": []}, "amplitudes: got shape (0,)"),
        ({"amplitudes": [[1.0]]}, "amplitudes: got shape (1, 1)"),
        ({"amplitudes": [1, math.nan]}, "amplitudes: got nan"),
        ({"amplitudes": [500]}, "amplitudes: got 500"),
        ({"amplitudes": "strong"}, "amplitudes: got 'strong'"),
        ({"amplitudes": [1.0], "dt": 0.2}, "dt: got 0.2 ms"),
        ({"amplitudes": [1.0], "dt": 0}, "dt: got 0 ms"),
        ({"amplitudes": [1.0], "pulse": -1}, "pulse: got -1 ms"),
        ({"amplitudes": [1.0], "duration": math.nan}, "duration: got nan ms"),
        ({"amplitudes": [1.0], "onset": 99}, "onset: got 99 ms"),
    ],
)
def test_bad_input_is_named(arguments, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        pulse_responses(**arguments)
