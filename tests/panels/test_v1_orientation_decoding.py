"""Panels of notebook 04, built without it: they move to their ends, and their sentences say what is true."""

import re

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from utils.datasets.v1_simulation import simulate_v1
from utils.models.decoders import angular_error, split_stimuli
from utils.panels import v1_orientation_decoding as panels


@pytest.fixture(scope="module")
def small():
    return simulate_v1(0, 400)


def numbers(words):
    return [float(x) for x in re.findall(r"(?<![A-Za-z])-?\d+\.?\d*", words.replace(",", ""))]


def to_both_ends(panel):
    """Every control at both of its ends gives another picture and a sentence, and no warning."""
    start = panel.values
    for name, control in panel._sliders.items():
        ends = (control.min, control.max) if hasattr(control, "min") else (control.options[0], control.options[-1])
        pictures = set()
        for end in ends:
            panel.set(**{name: end})
            assert "⚠" not in panel._words.value, panel.caption
            assert "nan" not in panel.caption
            pictures.add(panel.png)
        assert len(pictures) == 2, name
        panel.set(**start)


@pytest.fixture(scope="module")
def grating(small):
    return panels.turning_grating(*small)


@pytest.fixture(scope="module")
def tuning(small):
    return panels.one_neuron(*small)


@pytest.fixture(scope="module")
def fewer(small):
    return panels.fewer_neurons(*small, *split_stimuli(360), angular_error)


class TestGrating:
    def test_moves(self, grating):
        to_both_ends(grating)
        assert grating.play == 8

    @pytest.mark.parametrize("angle", [0, 90, 358])
    def test_the_bump_follows_the_grating(self, grating, angle):
        grating.set(angle=angle)
        shown, peak, vector = numbers(grating.caption)
        for other in (shown, peak, vector):
            assert float(angular_error(torch.tensor(other), torch.tensor(float(angle)))) < 20

    def test_the_stripes_turn(self, small):
        picture = panels.TurningGrating(*small, 360)
        artists = picture.draw(Figure(figsize=(7.2, 3.6)))
        ends = {}
        for angle in (1, 91, 181):
            picture.update(artists, angle)
            segment = np.array(artists["lines"].get_segments()[2])
            ends[angle] = np.rad2deg(np.arctan2(*(segment[1] - segment[0])[::-1])) % 180
            # Both ends lie on the edge of the disc, inside of the curve of the population.
            assert np.linalg.norm(segment, axis=1) == pytest.approx(1.05)
        assert ends[1] == pytest.approx(91)
        assert ends[91] % 180 == pytest.approx(1)
        assert ends[181] == pytest.approx(91)


class TestTuning:
    def test_moves(self, tuning):
        to_both_ends(tuning)

    def test_the_right_width_explains_more(self, tuning):
        explained = []
        for width in (3, 14, 60):
            tuning.set(rank=1, half_width=width, noise=1)
            explained.append(numbers(tuning.caption.split("explains")[1])[0])
        assert explained[1] > max(explained[0], explained[2], 50)

    def test_more_noise_is_worth_more_degrees(self, tuning):
        worth = []
        for noise in (0.5, 1, 3):
            tuning.set(rank=2, half_width=14, noise=noise)
            worth.append(numbers(tuning.caption.split("worth")[1])[0])
        assert worth[0] < worth[1] < worth[2]
        tuning.set(noise=0)
        assert "exactly" in tuning.caption

    def test_a_neuron_that_never_changes(self):
        stimuli = torch.arange(0.0, 360, 30)[:, None]
        responses = torch.zeros(12, 3)
        responses[:, 0] = torch.cos(torch.deg2rad(stimuli[:, 0]))
        panel = panels.one_neuron(responses, stimuli)
        panel.set(rank=3)
        assert "explains ~0 %" in panel.caption
        assert "nan" not in panel.caption


class TestOneWeight:
    @pytest.fixture
    def picture(self):
        response = torch.linspace(-1, 3, 50)
        return panels.OneWeight(response, 0.4 * response)

    def test_moves(self, small):
        to_both_ends(panels.one_weight(*panels.best_neuron_and_cosine(*small)))

    def test_the_minimum_is_found(self, picture):
        assert picture.best == pytest.approx(0.4, abs=1e-6)
        assert picture.loss(picture.best) == pytest.approx(0, abs=1e-6)
        assert picture.trail(0.1, 200, 5.0)[-1] == pytest.approx(0.4, abs=1e-5)

    def test_the_tangent_touches_the_loss(self, picture):
        artists = picture.draw(Figure())
        picture.update(artists, 0.1, 1, -1.5)
        x, y = artists["tangent"].get_data()
        now, step = artists["now"].get_xdata()[0], 1e-3
        slope = (picture.loss(now + step) - picture.loss(now - step)) / (2 * step)
        assert (y[1] - y[0]) / (x[1] - x[0]) == pytest.approx(slope, rel=1e-3)
        assert x.mean() == pytest.approx(now)
        assert y.mean() == pytest.approx(picture.loss(now))

    def test_a_step_is_a_gradient_step(self, picture):
        h = 1e-4
        slope = (picture.loss(1 + h) - picture.loss(1 - h)) / (2 * h)
        assert picture.trail(0.05, 1, 1.0)[1] == pytest.approx(1 - 0.05 * slope, rel=1e-6)

    @pytest.mark.parametrize(
        ("relative_rate", "words"), [(0.3, "part of the way"), (1.5, "jumps across"), (2.5, "diverges")]
    )
    def test_the_caption_names_the_regime(self, picture, relative_rate, words):
        artists = picture.draw(Figure(figsize=(7.2, 3.6)))
        assert words in picture.update(artists, relative_rate / (2 * picture.rr), 30, -1.5)

    def test_one_step_is_singular(self, picture):
        artists = picture.draw(Figure(figsize=(7.2, 3.6)))
        assert "After 1 step w is" in picture.update(artists, 0.1, 1, -1.5)


class TestFewerNeurons:
    def test_moves(self, fewer):
        to_both_ends(fewer)

    def test_it_starts_with_two_hundred_neurons_and_all_training_stimuli(self, small):
        assert panels.fewer_neurons(*small, *split_stimuli(360), angular_error).caption.startswith("200 neurons")

    def test_the_control_says_the_sizes_that_exist(self, fewer):
        assert fewer._sliders["neurons"].options == ["2", "5", "10", "20", "50", "100", "200", "400"]
        for size in ("2", "400"):
            fewer.set(neurons=size)
            assert fewer.caption.startswith(f"{size} neurons")
            assert fewer._controls["neurons"].value == size

    def test_fewer_is_worse(self, fewer):
        found = {}
        for neurons, trained in (("10", "216"), ("400", "216"), ("400", "13")):
            fewer.set(neurons=neurons, trained=trained)
            found[neurons, trained] = numbers(fewer.caption.split("error of")[1])[0]
        assert found["400", "216"] < min(found["10", "216"], found["400", "13"])

    def test_the_students_own_score_is_used(self, small):
        panel = panels.fewer_neurons(*small, *split_stimuli(360), lambda decoded, true: 0 * decoded + 7)
        assert "mean error of ~7.0 degrees; 0 of 144" in panel.caption


@pytest.mark.parametrize(("n_stimuli", "n_neurons", "period"), [(12, 8, 360), (12, 8, 180), (30, 15, 180)])
def test_the_smallest_recordings(n_stimuli, n_neurons, period):
    stimuli = torch.arange(n_stimuli)[:, None] * (period / n_stimuli)
    generator = torch.Generator().manual_seed(0)
    responses = torch.randn(n_stimuli, n_neurons, generator=generator)
    fit, test = split_stimuli(n_stimuli)

    def score(decoded, true):
        return angular_error(decoded, true, period)

    to_both_ends(panels.turning_grating(responses, stimuli, period))
    to_both_ends(panels.one_neuron(responses, stimuli, period))
    to_both_ends(panels.one_weight(*panels.best_neuron_and_cosine(responses, stimuli, period)))
    panel = panels.fewer_neurons(responses, stimuli, fit, test, score, period)
    to_both_ends(panel)
    assert f"{n_neurons} neurons" in (panel.set(neurons=str(n_neurons)) or panel.caption)


def test_the_websites_panels_are_those_of_the_notebook():
    import nbformat

    from course import notebook_paths

    path = next(path for path in notebook_paths() if path.name.startswith("04"))
    cells = {cell.id for cell in nbformat.read(path, as_version=4).cells if "panels." in cell.source}
    assert set(panels.site_panels()) <= cells
    assert "turns" not in panels.site_panels()["panel-descent"]().caption
