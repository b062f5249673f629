"""Figures of notebook 04: nothing is cut off, and their words say what was drawn, for any data."""

import numpy as np
import pytest
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg

from utils.datasets.v1_simulation import simulate_v1
from utils.models.decoders import decode_ridge, split_stimuli
from utils.page import words_of
from utils.plotting import gratings
from utils.plotting import v1_orientation_decoding as plots


@pytest.fixture(scope="module")
def small():
    return simulate_v1(0, 400)


def drawn(figure):
    """The figure's words, once it was drawn with nothing that reaches beyond its edges."""
    FigureCanvasAgg(figure).draw()
    box, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
    assert box.x0 > -0.01, "cut on the left"
    assert box.x1 < width + 0.01, "cut on the right"
    assert box.y0 > -0.01, "cut below"
    assert box.y1 < height + 0.01, "cut above"
    words = words_of(figure)
    assert "nan" not in words
    assert "$" not in words
    return words


def test_data_matrix(small):
    responses, stimuli = small
    words = drawn(plots.plot_data_matrix(responses, stimuli, [99, 3, 50]))
    assert "100 neurons over 360 angles" in words
    peak = int(responses[:, 50].argmax())
    assert f"neuron 50 at ~{peak}" in words
    assert words.index("neuron 3 ") < words.index("neuron 50 ") < words.index("neuron 99 ")


def test_a_neuron_keeps_its_colour_between_figures(small):
    colours = []
    for cells in ([99, 3, 50], [50, 99, 3]):
        axes = plots.plot_data_matrix(*small, cells).axes
        colours.append({line.get_label(): line.get_color() for ax in axes for line in ax.lines})
    assert colours[0] == colours[1]
    assert len(set(colours[0].values())) == 3


@pytest.mark.parametrize("n_neurons", [1, 3, 30])
def test_data_matrix_of_few_neurons(n_neurons):
    responses, stimuli = simulate_v1(0, n_neurons)
    words = drawn(plots.plot_data_matrix(responses, stimuli, list(range(min(3, n_neurons)))))
    assert ("1 neuron over" in words) == (n_neurons == 1)


def test_random_neurons(small):
    responses, stimuli = small
    shares = torch.zeros(400)
    shares[:3] = 0.5
    words = drawn(plots.plot_random_neurons(responses, stimuli, list(range(8)), shares))
    assert "8 neurons" in words
    assert "more than 20 % of the variance in 3 of them" in words
    drawn(plots.plot_random_neurons(responses[:, :2], stimuli, [0, 1], shares))


def test_population_structure(small):
    _, stimuli = small
    angle = torch.deg2rad(stimuli[:, 0])
    scores = torch.stack([(2 * angle).cos(), (2 * angle).sin(), angle.cos(), angle.sin(), (5 * angle).cos()], 1)
    assert plots.strongest_harmonics(scores) == [2, 2, 1, 1, 5]
    shares = torch.tensor([0.4, 0.3, 0.2, 0.06, 0.04])
    words = drawn(plots.plot_population_structure(shares, scores, stimuli))
    assert "components 1 and 2 follow twice the angle and components 3 and 4 follow the angle" in words
    assert "component 1 holds ~40 %" in words
    words = drawn(plots.plot_population_structure(shares, scores[:, [2, 3, 0, 4, 1]], stimuli))
    assert "components 1 and 2 follow the angle and components 3 and 4 follow 2 and 5 times the angle" in words


def test_decoded_against_true(small):
    _, stimuli = small
    wrong = stimuli.clone()
    wrong[5], wrong[100] = 200, 300
    words = drawn(plots.plot_decoded_against_true({"training": (stimuli, stimuli), "held out": (stimuli, wrong)}))
    assert "training, 0 of 40 near the wrap and 0 of 320 elsewhere" in words
    assert "held out, 1 of 40 near the wrap and 1 of 320 elsewhere" in words
    half = {"a": (stimuli / 2, stimuli / 2)}
    assert "Further than 30 degrees" in drawn(plots.plot_decoded_against_true(half, 180))


def test_training_curve():
    losses = np.geomspace(44000, 2, 200).tolist()
    words = drawn(plots.plot_training_curve(losses, {1: 44000.0, 200: 4.0}, [losses, losses]))
    assert "falls from ~44000 to ~2 in 200 iterations" in words
    assert "between ~0.5 and ~1 times the published values" in words
    assert "published" not in drawn(plots.plot_training_curve(losses[:30], {}))


def test_activations():
    kinds = {"ReLU": torch.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh}
    losses = {name: np.full((2, 5), level) for name, level in zip(kinds, (3.0, 2000.0, 100.0), strict=True)}
    assert "ReLU ~3, sigmoid ~2000, tanh ~100" in drawn(plots.plot_activations(losses, kinds))


def test_ring(small):
    responses, stimuli = small
    train, test = split_stimuli(360)
    decoded = decode_ridge(responses @ responses.T, stimuli, train, test)
    points = torch.stack([torch.zeros(144), 2 * torch.ones(144)], 1)
    words = drawn(plots.plot_ring(stimuli[test], points, decoded))
    assert "144 held-out stimuli, points at a distance of ~2.0" in words
    assert "within ~0 degrees" in drawn(plots.plot_ring(stimuli[test], points, stimuli[test]))


def test_classifier_and_its_bins(small):
    _, stimuli = small
    trail = {"step": [5, 10, 15], "train": [2.0, 1.0, 0.1], "test": [2.0, 1.5, 1.2]}
    assert "none, ~0.1 and ~1" in drawn(plots.plot_classifier({"none": trail, "L2": trail, "L1": trail}))
    bins = (stimuli[:, 0] // 18).long()
    beside = bins.clone()
    beside[0], beside[100] = 19, 9
    words = drawn(plots.plot_decoded_bins(stimuli[:, 0], {"all": bins, "two off": beside}, 20))
    assert "18 degrees wide" in words
    assert "all, 360 of 360 in the right bin and 0 in the next" in words
    # Bin 19 is next to bin 0; bin 9 is four away from bin 5.
    assert "two off, 358 of 360 in the right bin and 1 in the next" in words
    ticks = plots.plot_decoded_bins(stimuli[:, 0], {"all": bins}, 20).axes[0].get_yticklabels()
    assert ticks[1].get_text() == "72 to 90"


def test_errors_by_decoder():
    errors = {"linear network, sine and cosine": [1.0, 2.0, 3.0], "ridge": [0.6, 0.7, 0.5]}
    words = drawn(plots.plot_errors_by_decoder(errors))
    assert "2 decoders" in words
    assert "Smallest: ridge, ~0.60 degrees. Largest: linear network, sine and cosine, ~2.0. Chance is 90." in words
    assert "Chance is 45." in drawn(plots.plot_errors_by_decoder(errors, 45))


def test_error_scaling():
    by_neurons = {"sine and cosine": np.ones((2, 3)) * [60, 9, 3], "bumps": np.ones((2, 3)) * [60, 9, 1]}
    words = drawn(plots.plot_error_scaling([10, 100, 400], by_neurons, [27, 108, 216], by_neurons))
    assert "sine and cosine, from ~60 to ~3.0 degrees with more neurons" in words
    assert "bumps, from ~60 to ~1.0 degrees with more training stimuli" in words
    drawn(plots.plot_error_scaling([3, 8], {"a": np.ones((2, 2))}, [7], {"a": np.ones((2, 1))}, 45))


def test_information():
    bounds = {"plain": [0.8, 0.4, 0.1], "wobbling": [0.9, 0.6, 0.5]}
    errors = {kind: {"learned": [2, 1, 0.8], "knowing": [0.9, 0.6, 0.5]} for kind in bounds}
    words = drawn(plots.plot_information([300, 3000, 23589], bounds, errors))
    assert "plain, from ~0.80 to ~0.10 degrees; wobbling, from ~0.90 to ~0.50 degrees" in words


def test_further_figures():
    networks = {"none": lambda p: 0 * p[:, :1] + 0.5, "first input": lambda p: p[:, :1]}
    assert "come out right: none, 0; first input, 2" in drawn(plots.plot_xor(networks))
    t = torch.linspace(0, 1, 33)
    curves = {"1 layer": t, "3 layers": (t - 0.5).abs(), "5 layers": t}
    assert "1 layer, 1 piece; 3 layers, 2 pieces; 5 layers, 1 piece" in drawn(plots.plot_depth_and_width(t, curves))
    seen = np.arange(1, 5) * 216
    errors = {"a": np.ones((2, 4)) * 20, "b": np.ones((2, 4)) * 3}
    assert "a, ~20 degrees; b, ~3.0 degrees" in drawn(plots.plot_descent_race({"a": seen, "b": seen}, errors))


def test_a_grating_turned_half_way_round_is_another_picture():
    whole, half = gratings.stripes(0), gratings.stripes(180)
    assert np.abs(whole[:, :, 0]).max() < 1
    assert not np.allclose(np.sort(whole[:, 0, 0]), np.sort(half[:, 0, 0]))
    np.testing.assert_allclose(np.linalg.norm(whole, axis=2), 1)
    np.testing.assert_allclose(gratings.stripes(30, (2, 3), 0.5).mean((0, 1)), (2, 3), atol=0.1)
