"""The figures of notebook 01 are legible, drawn from the model, and say what they show."""

import numpy as np
import pytest
import torch
from figure_tools import assert_legible, shown_words
from matplotlib.colors import to_hex

from utils.models.hodgkin_huxley import pulse_responses
from utils.models.two_path_neuron import PUBLISHED, TwoPathNeuron, descend, observations
from utils.page import words_of
from utils.plotting import all_or_none_neuron as plots
from utils.plotting.style import EXCITATORY, INHIBITORY, new_figure, with_minus

STIMULI, OBSERVED = observations([0, 0.5, 1], [0, 1, 0])
FINE = torch.linspace(0, 1, 201, dtype=torch.float64)
DOSES = torch.linspace(0, 1, 11, dtype=torch.float64)
ORIGINAL = TwoPathNeuron()
UNTRAINED = TwoPathNeuron(b_final=0)
RUN = descend(UNTRAINED, STIMULI, OBSERVED)
B = torch.linspace(-22, 2, 2401, dtype=torch.float64)
with torch.no_grad():
    DRIVE = UNTRAINED.trace(STIMULI).s0 + UNTRAINED.trace(STIMULI).s1
    LOSSES = ((torch.relu(DRIVE + B[:, None]) - OBSERVED) ** 2).sum(1)
    TENT, SPIKE, FEW = UNTRAINED(FINE), ORIGINAL(FINE), ORIGINAL(DOSES)


def squid(amplitudes=(0.0, 4.0, 8.0, 12.0)):
    amplitudes = np.array(amplitudes)
    return plots.plot_squid_axon(*pulse_responses(amplitudes, dt=0.05), amplitudes, 1.0)


def responses(few=FEW, **more):
    return plots.plot_responses(DOSES, few, FINE, SPIKE, "Response", **more)


def rates(*chosen):
    paths = {rate: descend(UNTRAINED, STIMULI, OBSERVED, rate, 12).path for rate in chosen}
    many = np.linspace(0.01, 1.1, 30)
    left = [descend(UNTRAINED, STIMULI, OBSERVED, rate, 100).losses[-1] for rate in many]
    return plots.plot_learning_rates(paths, many, left, 17.01 / 32.02, -17.01)


def response_slope(path):
    return plots.plot_response_slope(RUN.path, path, -16.01, -17.01)


FIGURES = {
    "neuron": plots.plot_neuron,
    "squid": squid,
    "network": lambda: plots.plot_network(PUBLISHED),
    "flow": lambda: plots.plot_network(PUBLISHED, ORIGINAL.trace(0.6)._asdict()),
    "responses": lambda: responses(observed=(STIMULI, OBSERVED)),
    "paths": lambda: plots.plot_two_paths(UNTRAINED.trace(FINE)._asdict(), 0.0),
    "loss": lambda: plots.plot_loss(B, LOSSES, RUN.path[:-1], RUN.losses),
    "training": lambda: plots.plot_training(RUN.losses, RUN.path, -16.01),
    "closed form": lambda: plots.plot_closed_form(range(101), RUN.path, RUN.path, -16.01),
    "rates": lambda: rates(0.02, 0.1, 0.45, 0.52, 0.7),
    "response slope": lambda: response_slope(np.linspace(0, -17.1, 101)),
    "step": lambda: plots.plot_step(FINE, SPIKE, TENT / 17.01, 0.5, 0.05),
    "outcomes": lambda: plots.plot_outcomes(FINE, {f"end {i} ({i})": SPIKE for i in range(4)}, (DOSES, FEW)),
}


@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_legible_and_carry_words(name):
    figure = FIGURES[name]()
    assert_legible(figure)
    assert len(words_of(figure)) > 40
    assert "$" not in words_of(figure)


def test_the_squids_words_count_its_spikes():
    assert "2 stay below 0 mV, 2 become spikes. The peak jumps between 4 and 8" in words_of(squid())
    assert "3 stay below 0 mV, 0 become spikes." in words_of(squid((0, 2, 4)))
    silent, loud = words_of(squid((0, 2))), words_of(squid((10, 20)))
    assert "jumps" not in silent + loud
    assert "delays between 1.6 and 2.6 ms" in loud


def test_diagram_is_drawn_from_the_parameters():
    numbers = {"w00": -3.5, "b00": 0.25, "w01": 7.0, "b01": -1.5, "w10": 2.0, "w11": -0.125, "b_final": 11.0}
    figure = plots.plot_network(numbers)
    for name, value in numbers.items():
        assert with_minus(f"{name} = {value:g}") in shown_words(figure)
        assert f"{name} = {value:g}" in words_of(figure)
    artists = plots.NetworkPicture(numbers).draw(new_figure())
    colors = {edge: to_hex(line.get_edgecolor()) for edge, (line, _, _) in artists["edges"].items()}
    assert colors["x", "h0"] == INHIBITORY.lower()
    assert colors["x", "h1"] == EXCITATORY.lower()
    widths = {edge: line.get_linewidth() for edge, (line, _, _) in artists["edges"].items()}
    assert widths["x", "h1"] > widths["x", "h0"] > widths["h1", "z"]


def test_values_flow_and_silence_is_pale():
    picture = plots.NetworkPicture(PUBLISHED)
    artists = picture.draw(new_figure())
    assert "only the lower path is active, and the response is 1.01" in picture.update(
        artists, ORIGINAL.trace(0.5)._asdict()
    )
    texts = {name: text.get_text() for name, text in artists["texts"].items()}
    assert texts["h0"] == "z0 = 0\nh0 = 0"
    assert texts["h1"] == "z1 = 6.3\nh1 = 6.3"
    assert (texts["s1"], texts["z"], texts["response"]) == ("s1 = 17.01", "z = 1.01", "1.01")

    def pale(edge):
        return to_hex(artists["edges"][edge][0].get_edgecolor()) == plots.SILENT.lower()

    assert [pale(edge) for edge in (("h0", "z"), ("h1", "z"), ("z", "response"))] == [True, False, False]
    picture.update(artists, ORIGINAL.trace(1.0)._asdict())
    assert [pale(edge) for edge in (("h0", "z"), ("h1", "z"), ("z", "response"))] == [False, False, True]


def test_the_words_of_responses_follow_them():
    assert words_of(responses()) == "Response: above 0 at 1 of 11 doses, at most 1.01, at dose 0.5."
    assert "above 0 at 0 of 11 doses." in words_of(responses(0 * FEW))
    with_crosses = responses(observed=(DOSES, FEW + 0.25))
    assert "missed by at most 0.25" in words_of(with_crosses)
    assert "met at every dose" in words_of(responses(observed=(DOSES, FEW)))


def test_the_valley_is_seen_and_named():
    figure = plots.plot_loss(B, LOSSES, RUN.path[:-1], RUN.losses)
    words = words_of(figure)
    assert "lowest point, 0, at -16.01, and a plateau of height 1 left of -17.01" in words
    # Between the plateau and the bottom of the enlarged part lie at least a quarter of its height.
    low, high = figure.axes[1].get_ylim()
    assert 1 / (high - low) > 0.25
    assert "lowest point, 3, at -16.01" in words_of(plots.plot_loss(B, LOSSES + 3, RUN.path[:-1], RUN.losses))


def test_the_words_of_training_follow_it():
    assert "falls from 256.32 to 1e-16 in 100 epochs" in words_of(plots.plot_training(RUN.losses, RUN.path, -16.01))
    assert "comes within 0.1 of -16.01 after 23 epochs" in words_of(plots.plot_training(RUN.losses, RUN.path, -16.01))
    short = plots.plot_training(RUN.losses[:1], RUN.path[:2], -16.01)
    assert "in 1 epoch," in words_of(short)
    assert "ends at -3.202" in words_of(short)
    assert "never more than 1e-12 apart" in words_of(FIGURES["closed form"]())
    assert "never more than 5e-01 apart" in words_of(
        plots.plot_closed_form(range(101), RUN.path, np.array(RUN.path) + 0.5, -16.01)
    )


def test_the_words_name_the_silenced_rates():
    assert "0.02, 0.7; 0.7 lands in the silent zone" in words_of(rates(0.02, 0.7))
    assert "none falls silent" in words_of(rates(0.02, 0.1))


def test_the_words_say_when_the_best_is_passed():
    assert "passes it after epoch 94 and ends at -17.1" in words_of(response_slope(np.linspace(0, -17.1, 101)))
    assert "does not reach it" in words_of(response_slope(np.linspace(0, -10, 101)))


def test_the_words_of_the_step_tell_its_end():
    assert "reaches 1.01 and is 0 at the highest dose. Right: yours reaches 1 and is 1" in words_of(
        plots.plot_step(FINE, SPIKE, (FINE >= 0.5).double(), 0.5, 0.05)
    )
    assert words_of(FIGURES["outcomes"]()).endswith("end 0, end 1, end 2, end 3.")
