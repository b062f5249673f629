"""The two-path neuron: published numbers, the chain rule by hand against autograd, training, bad input."""

import math
import re

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from utils.models.two_path_neuron import (
    PARAMETERS,
    PUBLISHED,
    TwoPathNeuron,
    autograd_rule,
    descend,
    observations,
)

DOSES = torch.linspace(0, 1, 11, dtype=torch.float64)
STIMULI, RESPONSES = observations([0, 0.5, 1], [0, 1, 0])
TENT = [0, 3.402, 6.804, 10.206, 13.608, 17.01, 13.476, 9.942, 6.408, 2.874, 0]
# Sixteenths are exact in binary, so kinks at exactly 0 are met, and products stay exact enough to compare.
sixteenths = st.integers(-160, 160).map(lambda n: n / 16)
parameters = st.fixed_dictionaries(dict.fromkeys(PARAMETERS, sixteenths))


def test_published_responses():
    with torch.no_grad():
        responses = TwoPathNeuron()(DOSES)
    expected = torch.zeros(11, dtype=torch.float64)
    expected[5] = 1.01
    assert torch.allclose(responses, expected, atol=1e-12)
    with torch.no_grad():
        responses = TwoPathNeuron(b_final=0)(DOSES)
    assert torch.allclose(responses, torch.tensor(TENT, dtype=torch.float64), atol=1e-12)


def test_published_training():
    neuron = TwoPathNeuron(b_final=0)
    optimizer = torch.optim.SGD(neuron.parameters(), lr=0.1)
    path, losses = [0.0], []
    for _ in range(100):
        optimizer.zero_grad()
        loss = ((neuron(STIMULI) - RESPONSES) ** 2).sum()
        loss.backward()
        if not losses:
            assert neuron.b_final.grad.item() == pytest.approx(32.02)
        optimizer.step()
        losses.append(loss.item())
        path.append(neuron.b_final.item())
    assert losses[0] == pytest.approx(256.32, abs=0.005)
    assert path[1] == pytest.approx(-3.202)
    assert path[100] == pytest.approx(-16.01, abs=1e-8)
    assert path == pytest.approx([-16.01 * (1 - 0.8**t) for t in range(101)], abs=1e-9)
    assert losses[9] / losses[8] == pytest.approx(0.64)

    by_hand = descend(TwoPathNeuron(b_final=0), STIMULI, RESPONSES)
    assert by_hand.path == pytest.approx(path, abs=1e-12)
    assert by_hand.losses == pytest.approx(losses, rel=1e-6, abs=1e-20)


@given(parameters, st.lists(sixteenths, min_size=1, max_size=4))
def test_trace_is_the_formula(numbers, doses):
    trace = TwoPathNeuron(**numbers).trace(doses)
    p = numbers
    for i, x in enumerate(doses):
        s0 = p["w10"] * max(p["w00"] * x + p["b00"], 0.0)
        s1 = p["w11"] * max(p["w01"] * x + p["b01"], 0.0)
        assert trace.s0[i].item() == pytest.approx(s0)
        assert trace.s1[i].item() == pytest.approx(s1)
        assert trace.z[i].item() == pytest.approx(s0 + s1 + p["b_final"], abs=1e-9)
        assert trace.response[i].item() == pytest.approx(max(s0 + s1 + p["b_final"], 0.0), abs=1e-9)


@given(parameters, sixteenths, sixteenths)
@example({**PUBLISHED, "b_final": 0.0}, 0.0, 1.0)
@example({**PUBLISHED, "b_final": 0.0}, 0.5, 1.0)
def test_chain_rule_by_hand_is_autograd(numbers, x, y):
    neuron = TwoPathNeuron(**numbers)
    hand, auto = neuron.chain_rule(x, y), autograd_rule(neuron, x, y)
    for name in ("loss", "dloss_dresponse", "dresponse_dz", "dz_dbfinal", "gradient"):
        assert getattr(hand, name).item() == pytest.approx(getattr(auto, name).item(), rel=1e-12), name
    assert set(hand.gradients) == set(PARAMETERS)
    for name in PARAMETERS:
        assert hand.gradients[name].item() == pytest.approx(auto.gradients[name].item(), rel=1e-12), name
    assert neuron.b_final.grad is None


def test_chain_rule_is_the_measured_slope():
    """Finite differences know nothing of autograd."""
    numbers, x, y, h = {**PUBLISHED, "b_final": 0.0}, 0.6, 1.0, 1e-6
    gradients = TwoPathNeuron(**numbers).chain_rule(x, y).gradients
    for name in PARAMETERS:
        up, down = (
            TwoPathNeuron(**{**numbers, name: numbers[name] + shift}).chain_rule(x, y).loss.item() for shift in (h, -h)
        )
        assert gradients[name].item() == pytest.approx((up - down) / (2 * h), rel=1e-5), name


def test_chain_rule_of_many_points_is_that_of_each():
    neuron = TwoPathNeuron(b_final=0)
    together = neuron.chain_rule(STIMULI, RESPONSES)
    for i in range(3):
        alone = neuron.chain_rule(STIMULI[i], RESPONSES[i])
        assert together.gradient[i] == alone.gradient
        assert all(together.gradients[name][i] == alone.gradients[name] for name in PARAMETERS)


@given(
    st.lists(st.tuples(sixteenths, st.integers(0, 40).map(lambda n: n / 8)), min_size=1, max_size=5),
    st.sampled_from([0.01, 0.1, 0.3, 0.7]),
    sixteenths,
)
def test_descend_is_stochastic_gradient_descent(points, rate, start):
    x, y = observations(*zip(*points, strict=True))
    neuron = TwoPathNeuron(b_final=start)
    ours = descend(neuron, x, y, learning_rate=rate, epochs=6)
    assert neuron.b_final.item() == start
    optimizer = torch.optim.SGD([neuron.b_final], lr=rate)
    for epoch in range(6):
        # Where an output sits within rounding of its kink, the two may fall on different sides.
        with torch.no_grad():
            if (neuron.trace(x).z.abs() < 1e-9).any():
                return
        optimizer.zero_grad()
        loss = ((neuron(x) - y) ** 2).sum()
        loss.backward()
        optimizer.step()
        assert ours.losses[epoch] == pytest.approx(loss.item(), rel=1e-9, abs=1e-12)
        assert ours.path[epoch + 1] == pytest.approx(neuron.b_final.item(), rel=1e-9, abs=1e-9)


def test_learning_rates_that_silence():
    neuron = TwoPathNeuron(b_final=0)
    limit = 17.01 / 32.02
    for rate in (0.02, 0.3, 0.5, limit - 1e-4):
        run = descend(neuron, STIMULI, RESPONSES, rate, epochs=3000)
        assert run.path[-1] == pytest.approx(-16.01, abs=1e-6), rate
    for rate in (limit + 1e-4, 0.7, 0.999, 2.0):
        run = descend(neuron, STIMULI, RESPONSES, rate, epochs=3000)
        assert run.path[1] == run.path[-1] == pytest.approx(-32.02 * rate)
        assert run.losses[-1] == 1.0


def test_shapes_types_and_state():
    neuron = TwoPathNeuron(dtype=torch.float32)
    assert neuron(torch.zeros(2, 3, 1)).shape == (2, 3, 1)
    assert neuron(0.5).dtype == torch.float32
    assert neuron([]).shape == (0,)
    copy = TwoPathNeuron(b_final=3)
    copy.load_state_dict(TwoPathNeuron(w00=2.5).state_dict())
    assert copy.values() == {**PUBLISHED, "w00": 2.5}
    trainable = [name for name, p in TwoPathNeuron(trainable=("w10", "b00")).named_parameters() if p.requires_grad]
    assert trainable == ["b00", "w10"]
    assert [name for name, p in TwoPathNeuron().named_parameters() if p.requires_grad] == ["b_final"]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: TwoPathNeuron(w00=math.nan), "w00: got nan"),
        (lambda: TwoPathNeuron(b01=math.inf), "b01: got inf"),
        (lambda: TwoPathNeuron(w11="much"), "w11: got 'much'"),
        (lambda: TwoPathNeuron(trainable=("w22",)), "trainable: got 'w22', allowed is one of w00"),
        (lambda: TwoPathNeuron()([0.0, math.nan]), "stimulus: got a value that is not finite"),
        (lambda: TwoPathNeuron()("loud"), "stimulus: got 'loud'"),
        (lambda: TwoPathNeuron().chain_rule([0.0, 1.0], [1.0]), "observed: got shape (1,), allowed is that of"),
        (lambda: TwoPathNeuron().chain_rule(0.0, math.inf), "observed: got a value that is not finite"),
        (lambda: autograd_rule(TwoPathNeuron(), [0.0, 1.0], 0.0), "stimulus: got shape (2,), allowed is one number"),
        (lambda: autograd_rule(TwoPathNeuron(), 0.0, [1.0]), "observed: got shape (1,), allowed is one number"),
        (lambda: observations([0, 1], [0]), "responses: got 1 for 2 stimuli"),
        (lambda: observations([], []), "stimuli: got 0 values, allowed are 1 to 12"),
        (lambda: observations([0] * 13, [0] * 13), "stimuli: got 13 values"),
        (lambda: observations([0], [math.nan]), "responses: got nan"),
        (lambda: observations([1e9], [0]), "stimuli: got 1e+09"),
        (lambda: observations("some", [0]), "stimuli: got 'some'"),
        (lambda: observations([0], None), "responses: got None"),
        (lambda: observations([[0, 1]], [0]), "stimuli: got [[0, 1]]"),
        (lambda: descend(TwoPathNeuron(), [0], [0], learning_rate=0), "learning_rate: got 0"),
        (lambda: descend(TwoPathNeuron(), [0], [0], learning_rate=math.nan), "learning_rate: got nan"),
        (lambda: descend(TwoPathNeuron(), [0], [0], epochs=0), "epochs: got 0"),
        (lambda: descend(TwoPathNeuron(), [0], [0], epochs=2.5), "epochs: got 2.5"),
        (lambda: descend(TwoPathNeuron(), [0], [0], epochs=True), "epochs: got True"),
        (lambda: descend(TwoPathNeuron(), [0], [0], start=math.inf), "start: got inf"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        call()
