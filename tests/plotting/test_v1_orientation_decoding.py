"""Figures and slider pictures of notebook 04: they draw, they move, and their captions say what is true."""

import re

import matplotlib as mpl
import numpy as np
import pytest
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from utils import Slider, SliderPanel
from utils.datasets.v1_simulation import simulate_v1, tuning_curve
from utils.models.decoders import angular_error, decode_ridge, growing_grams, split_stimuli, tuning_share
from utils.plotting import v1_orientation_decoding as plots
from utils.plotting.style import STYLE_FILE


@pytest.fixture(scope="module")
def small():
    return simulate_v1(0, 400)


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context(fname=STYLE_FILE):
        yield


def numbers(words):
    return [float(x) for x in re.findall(r"(?<![A-Za-z])-?\d+\.?\d*", words.replace(",", ""))]


def drawn(figure):
    """Drawn, with nothing that reaches beyond its edges."""
    FigureCanvasAgg(figure).draw()
    box, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
    assert box.x0 > -0.01, "cut on the left"
    assert box.x1 < width + 0.01, "cut on the right"
    assert box.y0 > -0.01, "cut below"
    assert box.y1 < height + 0.01, "cut above"
    return figure


def test_figures_fit(small):
    responses, stimuli = small
    train, test = split_stimuli(len(stimuli))
    decoded = decode_ridge(responses @ responses.T, stimuli, train, test)
    drawn(plots.data_matrix(responses, stimuli, [3, 50, 99]))
    values, vectors = torch.linalg.eigh((responses @ responses.T).double())
    drawn(plots.population_structure(values.flip(0) / values.sum(), vectors.flip(1), stimuli))
    titles = ("ReLU network, training", "ReLU network, held out", "ridge, held out")
    drawn(plots.decoded_against_true(dict.fromkeys(titles, (stimuli[test], decoded))))
    drawn(plots.training_curve(np.geomspace(44000, 2, 200).tolist(), {1: 44000.0, 50: 140.0, 100: 20.0, 200: 2.5}))
    drawn(plots.ring(stimuli[test], torch.randn(144, 2), decoded))
    trail = {"step": [5, 10, 15], "train": [2.0, 1.0, 0.1], "test": [2.0, 1.5, 1.2]}
    names = ("no penalty", "L2, 0.01", "L1, 0.0005")
    classes = {name: (decoded[:, 0] // 18).long() for name in names}
    drawn(plots.classifier(dict.fromkeys(names, trail), stimuli[test, 0], classes, 20))
    drawn(plots.errors_by_decoder({"linear network, sine and cosine": [1.0, 2.0, 3.0], "ridge": [0.6, 0.7, 0.5]}))
    drawn(
        plots.error_scaling([10, 100, 400], np.ones((2, 3)) * [60, 9, 3], [27, 108, 216], np.ones((2, 3)) * [30, 9, 3])
    )
    drawn(plots.xor({"no hidden layer": lambda p: 0 * p[:, :1] + 0.5, "one hidden layer": lambda p: p[:, :1]}))
    t = torch.linspace(0, 1, 33)
    drawn(plots.depth_and_width(t, {"1 layer": t, "3 layers": t, "5 layers": t}))
    seen = np.arange(1, 5) * 216
    drawn(plots.descent_race({"a": seen, "b": seen}, {"a": np.ones((2, 4)) * 20, "b": np.ones((2, 4)) * 3}))


@pytest.mark.parametrize("n_neurons", [1, 3, 30])
def test_data_matrix_of_few_neurons(n_neurons):
    responses, stimuli = simulate_v1(0, n_neurons)
    drawn(plots.data_matrix(responses, stimuli, list(range(min(3, n_neurons)))))


@pytest.fixture(scope="module")
def panel(small):
    responses, stimuli = small
    best = tuning_share(responses).topk(20).indices
    picture = plots.TuningPicture(responses[:, best], stimuli, best, tuning_curve)
    sliders = [
        Slider("rank", "neuron", 1, 20, 1, 1),
        Slider("half_width", "half-width", 3, 60, 14, 1),
        Slider("noise", "noise", 0, 3, 1, 0.1),
    ]
    return SliderPanel("Tuning", sliders, picture.draw, picture.update, "Move.")


@pytest.fixture
def picture():
    response = torch.linspace(-1, 3, 50)
    return plots.OneWeightPicture(response, 0.4 * response)


class TestTuning:
    def test_the_right_width_explains_more(self, panel):
        explained = []
        for width in (3, 14, 60):
            panel.set(rank=1, half_width=width, noise=1)
            explained.append(numbers(panel.caption.split("explains")[1])[0])
        assert explained[1] > explained[0]
        assert explained[1] > explained[2]
        assert explained[1] > 50

    def test_more_noise_is_worth_more_degrees(self, panel):
        worth = []
        for noise in (0.5, 1, 3):
            panel.set(rank=2, half_width=14, noise=noise)
            worth.append(numbers(panel.caption.split("worth")[1])[0])
        assert worth[0] < worth[1] < worth[2]
        panel.set(noise=0)
        assert "exactly" in panel.caption

    def test_every_neuron_can_be_shown(self, panel):
        pictures = set()
        for rank in (1, 10, 20):
            panel.set(rank=rank)
            pictures.add(panel.png)
        assert len(pictures) == 3


class TestOneWeight:
    def test_the_minimum_is_found(self, picture):
        assert picture.best == pytest.approx(0.4, abs=1e-6)
        assert picture.loss(picture.best) == pytest.approx(0, abs=1e-6)
        assert picture.trail(0.1, 200, 5.0)[-1] == pytest.approx(0.4, abs=1e-5)

    def test_a_step_is_a_gradient_step(self, picture):
        h = 1e-4
        slope = (picture.loss(1 + h) - picture.loss(1 - h)) / (2 * h)
        assert picture.trail(0.05, 1, 1.0)[1] == pytest.approx(1 - 0.05 * slope, rel=1e-6)

    @pytest.mark.parametrize(
        ("relative_rate", "words"), [(0.3, "part of the way"), (1.5, "jumps across"), (2.5, "diverges")]
    )
    def test_the_caption_names_the_regime(self, picture, relative_rate, words):
        artists = picture.draw(Figure(figsize=(7.2, 3.6)))
        caption = picture.update(artists, relative_rate / (2 * picture.rr), 30, -1.5)
        assert words in caption


def test_population_panel(small):
    responses, stimuli = small
    train, test = split_stimuli(len(stimuli))
    sizes = [10, 50, 200, 400]
    grams = dict(growing_grams(responses, sizes, 0))
    picture = plots.PopulationPicture(
        sizes,
        stimuli[test],
        lambda neurons, trained: decode_ridge(grams[neurons], stimuli, train[:trained], test),
        angular_error,
    )
    sliders = [
        Slider("neurons", "neurons", 10, 25000, 200, 0.1, log=True),
        Slider("trained", "trained", 10, 216, 216, 2),
    ]
    panel = SliderPanel("Fewer", sliders, picture.draw, picture.update, "Move.")
    found = {}
    for neurons, trained in ((10, 216), (400, 216), (400, 10)):
        panel.set(neurons=neurons, trained=trained)
        found[neurons, trained] = numbers(panel.caption.split("error of")[1])[0]
        assert panel.caption.startswith(f"{neurons} neurons")
    assert found[400, 216] < found[10, 216]
    assert found[400, 216] < found[400, 10]
    panel.set(neurons=25000)
    assert panel.caption.startswith("400 neurons")


def test_error_table_reads_as_text(capsys):
    plots.error_table({"ridge": [1.0, 2.0, 3.0]})
    assert (
        capsys.readouterr().out == "decoder | mean error (degrees) | seeds from | to\nridge | ~2.00 | ~1.00 | ~3.00\n"
    )
