"""Decoders: angles on the circle, the reduced space that changes nothing, ridge regression, growing populations."""

import math

import numpy as np
import pytest
import torch
import v1_statistics as v1
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from utils.models.decoders import (
    Elementwise,
    ResponseSpace,
    angle_of,
    angular_error,
    bump_targets,
    decode_bumps,
    decode_ridge,
    error_by_neurons,
    error_by_stimuli,
    growing_grams,
    ridge_predictions,
    sine_cosine,
    split_stimuli,
    standardise,
    tuning_share,
)

angles = st.floats(-720, 1080, allow_nan=False)


def column(*values):
    return torch.tensor(values, dtype=torch.float64)[:, None]


@pytest.mark.parametrize(
    ("decoded", "true", "error"),
    [(359, 1, 2), (1, 359, 2), (0, 180, 180), (90, 90, 0), (0, 359.5, 0.5), (-10, 350, 0), (720, 0, 0), (10, 200, 170)],
)
def test_angular_error(decoded, true, error):
    assert float(angular_error(column(decoded), column(true))) == pytest.approx(error)


@given(angles, angles)
def test_angular_error_is_a_distance_on_the_circle(a, b):
    error = float(angular_error(column(a), column(b)))
    assert 0 <= error <= 180
    assert error == pytest.approx(float(angular_error(column(b), column(a))), abs=1e-6)
    chord = abs(
        complex(math.cos(math.radians(a)), math.sin(math.radians(a)))
        - complex(math.cos(math.radians(b)), math.sin(math.radians(b)))
    )
    assert 2 * math.sin(math.radians(error) / 2) == pytest.approx(chord, abs=1e-6)


@given(st.floats(0, 360, exclude_max=True), st.floats(0.01, 100))
def test_sine_cosine_and_back(degrees, length):
    there = angle_of(sine_cosine(column(degrees)) * length)
    assert 0 <= float(there) < 360
    assert float(angular_error(there, column(degrees))) < 1e-6


def test_angle_of_stays_below_360():
    points = torch.tensor([[-1e-12, 1.0], [0.0, 1.0], [-0.0, 1.0], [1.0, 0.0], [0.0, -1.0], [-1.0, 0.0]])
    found = angle_of(points)[:, 0]
    assert ((found >= 0) & (found < 360)).all()
    assert found[1:].tolist() == [0, 0, 90, 180, 270]


def test_split_is_the_published_one():
    torch.manual_seed(4)
    order = torch.randperm(360)
    train, test = split_stimuli(360)
    assert torch.equal(train, order[:216])
    assert torch.equal(test, order[216:])
    np.random.seed(1)
    assert train[np.random.choice(216, 1)].tolist() == [139]


def test_split_leaves_the_global_generator_alone():
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    split_stimuli(50, 3)
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize("share", [0, 1, 0.001])
def test_split_that_leaves_one_side_empty(share):
    with pytest.raises(ValueError, match="share"):
        split_stimuli(10, 0, share)


# --- the reduced space -----------------------------------------------------------------------------------------------


def network(n_inputs, n_hidden=6):
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(n_inputs, n_hidden), nn.ReLU(), nn.Linear(n_hidden, 2))


def test_products_and_distances_stay():
    responses = torch.randn(30, 500, generator=torch.Generator().manual_seed(0))
    space = ResponseSpace(responses)
    assert space.coordinates.shape == (30, 30)
    torch.testing.assert_close(space.coordinates @ space.coordinates.T, responses @ responses.T, rtol=1e-4, atol=1e-2)


@pytest.mark.parametrize("decay", [0, 0.3])
def test_gradient_descent_is_the_same_in_both(decay):
    """Losses, and outputs for stimuli that were never trained on, with and without an L2 penalty."""
    responses = torch.randn(40, 3000, generator=torch.Generator().manual_seed(1)) * 0.1
    targets = torch.randn(40, 2, generator=torch.Generator().manual_seed(2))
    space = ResponseSpace(responses)
    wide, small = network(3000), network(3000)
    small[0] = space.reduce(small[0])
    trails = []
    for net, x in ((wide, responses), (small, space.coordinates)):
        optimizer = torch.optim.SGD(net.parameters(), lr=0.02, weight_decay=decay)
        trail = []
        for _ in range(60):
            loss = ((net(x[:25]) - targets[:25]) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            trail.append(loss.item())
        trails.append(trail)
    assert trails[0][-1] < 0.5 * trails[0][0]
    np.testing.assert_allclose(trails[0], trails[1], rtol=1e-3)
    torch.testing.assert_close(wide(responses[25:]), small(space.coordinates[25:]), rtol=1e-3, atol=1e-4)


def test_responses_of_low_rank():
    """More stimuli than dimensions, as in a small recording: no direction is made of rounding errors."""
    generator = torch.Generator().manual_seed(0)
    responses = torch.randn(50, 4, generator=generator) @ torch.randn(4, 20, generator=generator)
    space = ResponseSpace(responses)
    assert space.coordinates.shape == (50, 4)
    layer = nn.Linear(20, 3)
    torch.testing.assert_close(space.reduce(layer)(space.coordinates), layer(responses), rtol=1e-4, atol=1e-4)


def test_no_space_without_responses():
    with pytest.raises(ValueError, match="responses"):
        ResponseSpace(torch.zeros(4, 3))


# --- ridge -----------------------------------------------------------------------------------------------------------


def test_ridge_finds_a_linear_rule():
    x = torch.randn(80, 10, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    y = x @ torch.arange(20.0, dtype=torch.float64).reshape(10, 2) + torch.tensor([3.0, -5.0])
    found = ridge_predictions(x @ x.T, y, torch.arange(50), torch.arange(50, 80))
    torch.testing.assert_close(found.double(), y[50:], rtol=1e-3, atol=1e-2)


def test_ridge_chooses_the_penalty_that_leaving_one_out_favours():
    """The closed form against 40 regressions, each without one stimulus, for every penalty."""
    from utils.models import decoders

    generator = torch.Generator().manual_seed(3)
    x = torch.randn(60, 200, generator=generator, dtype=torch.float64)
    y = x[:, :1] + 4 * torch.randn(60, 1, generator=generator, dtype=torch.float64)
    train, test = torch.arange(40), torch.arange(40, 60)
    centred = x[train] - x[train].mean(0)
    scale = torch.linalg.eigvalsh(centred @ centred.T).clamp(min=0).mean()

    def fit(rows, penalty, ask):
        mean_x, mean_y = x[rows].mean(0), y[rows].mean(0)
        a = x[rows] - mean_x
        dual = torch.linalg.solve(a @ a.T + penalty * scale * torch.eye(len(rows), dtype=a.dtype), y[rows] - mean_y)
        return (x[ask] - mean_x) @ a.T @ dual + mean_y

    def left_out(penalty):
        return sum(float((fit(train[train != i], penalty, [i]) - y[i]) ** 2) for i in range(40))

    best = min(decoders._PENALTIES.tolist(), key=left_out)
    found = ridge_predictions(x @ x.T, y, train, test)
    torch.testing.assert_close(found.double(), fit(train, best, test), rtol=1e-4, atol=1e-4)


def test_ridge_on_silent_training_stimuli_predicts_the_mean():
    responses = torch.zeros(6, 3)
    responses[5] = 1.0
    targets = torch.arange(12.0).reshape(6, 2)
    found = ridge_predictions(responses @ responses.T, targets, torch.arange(4), torch.tensor([4, 5]))
    assert found.tolist() == [[3.0, 4.0], [3.0, 4.0]]


def test_ridge_without_information_predicts_the_mean():
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(100, 300, generator=generator)
    y = torch.randn(100, 1, generator=generator) + 7
    found = ridge_predictions(x @ x.T, y, torch.arange(60), torch.arange(60, 100))
    assert found.std() < 0.5
    assert float(found.mean()) == pytest.approx(float(y[:60].mean()), abs=0.2)


def test_decoding_where_it_must_be_perfect():
    stimuli = torch.arange(0, 360, 5.0)[:, None]
    responses = sine_cosine(stimuli)
    train, test = split_stimuli(len(stimuli), 0)
    decoded = decode_ridge(responses @ responses.T, stimuli, train, test)
    assert angular_error(decoded, stimuli[test]).max() < 0.01


def test_growing_grams():
    responses = torch.randn(6, 5000, generator=torch.Generator().manual_seed(0))
    found = dict(growing_grams(responses, [1, 30, 4000, 5000], 2))
    order = torch.randperm(5000, generator=torch.Generator().manual_seed(2))
    for size, gram in found.items():
        part = responses[:, order[:size]]
        torch.testing.assert_close(gram, part @ part.T, rtol=1e-4, atol=1e-2)


@pytest.mark.parametrize("sizes", [[], [0, 3], [3, 3], [5, 2], [1, 9]])
def test_wrong_sizes(sizes):
    with pytest.raises(ValueError, match="sizes"):
        list(growing_grams(torch.ones(4, 8), sizes, 0))


def test_error_falls_with_neurons_and_stimuli():
    responses, stimuli = v1.population()
    by_neurons = error_by_neurons(responses, stimuli, [30, 300, 3000], [0, 1])
    by_stimuli = error_by_stimuli(responses, stimuli, [27, 54, 216], [0, 1])
    for errors in (by_neurons, by_stimuli):
        assert errors.shape == (2, 3)
        assert (np.diff(errors, axis=1) < 0).all()
    assert by_neurons.max() < 60
    assert by_stimuli[:, -1].max() < 2


def test_tuning_share():
    stimuli = torch.deg2rad(torch.arange(360.0))[:, None]
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(360, 400, generator=generator)
    responses = torch.cat([0.6 * noise[:, :200] + stimuli.cos(), noise[:, 200:]], 1)
    share = tuning_share(responses)
    assert float(share[:200].mean()) == pytest.approx(0.5, abs=0.02)
    assert float(share[200:].mean()) == pytest.approx(0, abs=0.02)


# --- orientations, bumps, and recordings of any unit ------------------------------------------------------------------


def test_orientations_have_a_circle_of_their_own():
    assert float(angular_error(column(179), column(1), 180)) == pytest.approx(2)
    assert float(angular_error(column(0), column(90), 180)) == pytest.approx(90)
    degrees = column(0, 45, 90, 179.5)
    torch.testing.assert_close(sine_cosine(column(10), 180), sine_cosine(column(20)))
    torch.testing.assert_close(angle_of(sine_cosine(degrees, 180), 180), degrees)


@pytest.mark.parametrize("decode", [decode_ridge, decode_bumps])
@pytest.mark.parametrize("period", [180, 360])
def test_decoding_within_a_period(decode, period):
    stimuli = torch.arange(0, period, period / 72)[:, None]
    responses = bump_targets(stimuli, period, n=30, sharpness=5.0)
    train, test = split_stimuli(len(stimuli), 0)
    decoded = decode(responses @ responses.T, stimuli, train, test, period)
    assert ((decoded >= 0) & (decoded < period)).all()
    assert angular_error(decoded, stimuli[test], period).max() < 0.01 * period


def test_bumps_stand_where_they_should():
    targets = bump_targets(torch.tensor([[0.0], [90.0], [15.0]]), n=4)
    assert targets.argmax(1).tolist() == [0, 1, 0]
    assert targets[0].tolist() == pytest.approx([1, math.exp(-20), math.exp(-40), math.exp(-20)], abs=1e-6)
    # Half of the height at 15 degrees.
    assert float(targets[2, 0]) == pytest.approx(0.5, abs=0.01)


def test_decoders_in_between_on_the_default_split():
    """The floor of the first decoder is its own: other targets do better on the same examples."""
    responses, stimuli = v1.population()
    gram, (train, test) = responses @ responses.T, split_stimuli(360)
    errors = [
        float(angular_error(decode(gram, stimuli, train, test), stimuli[test]).mean())
        for decode in (decode_ridge, decode_bumps)
    ]
    assert errors[1] < 0.8 < 1 < errors[0]


def test_errors_of_another_decoder():
    responses, stimuli = v1.population()
    errors = error_by_neurons(responses[:, :400], stimuli, [100, 400], [0], decode=decode_bumps)
    train, test = split_stimuli(360, 0)
    gram = dict(growing_grams(responses[:, :400], [100, 400], 0))[400]
    expected = angular_error(decode_bumps(gram, stimuli, train, test), stimuli[test]).mean()
    assert errors[0, 1] == pytest.approx(float(expected), rel=1e-5)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_standardised_responses_have_one_width(scale):
    responses, _ = v1.population()
    some = responses[:, :50] * scale + 3 * scale
    found = standardise(torch.cat([some, 7 * torch.ones(360, 1)], 1))
    assert torch.isfinite(found).all()
    assert (found[:, 50] == 0).all()
    assert float(torch.linalg.eigvalsh(found @ found.T)[-1]) / 360 == pytest.approx(500, rel=1e-3)
    spreads = found[:, :50].std(0)
    assert float(spreads.std() / spreads.mean()) < 1e-3


def test_neurons_that_never_change_cannot_be_standardised():
    with pytest.raises(ValueError, match="responses: got neurons that answer the same"):
        standardise(torch.ones(12, 3))


def test_a_function_as_a_layer():
    net = nn.Sequential(Elementwise(torch.tanh), nn.Linear(2, 1))
    z = torch.randn(4, 2, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(net(z), net[1](torch.tanh(z)))
