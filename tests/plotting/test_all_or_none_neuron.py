"""Figures, tables and slider panels of notebook 01: complete, legible, drawn from the model, fast."""

import statistics
import time
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.text import Text

from utils import Slider, SliderPanel, use_style
from utils.models.hodgkin_huxley import pulse_responses
from utils.models.two_path_neuron import PUBLISHED, TwoPathNeuron, autograd_rule, descend, observations
from utils.plotting import all_or_none_neuron as figures
from utils.plotting.style import EXCITATORY, INHIBITORY

STIMULI, OBSERVED = observations([0, 0.5, 1], [0, 1, 0])
FINE = torch.linspace(0, 1, 201, dtype=torch.float64)
DOSES = torch.linspace(0, 1, 11, dtype=torch.float64)
ORIGINAL = TwoPathNeuron()
UNTRAINED = TwoPathNeuron(b_final=0)


@pytest.fixture(scope="module")
def drawn():
    """Every figure of the notebook, by name."""
    use_style()
    run = descend(UNTRAINED, STIMULI, OBSERVED)
    amplitudes = np.arange(0, 20.1, 4.0)
    with torch.no_grad():
        inside = UNTRAINED.trace(FINE)._asdict()
        response, fine = ORIGINAL(DOSES), ORIGINAL(FINE)
        flowing = ORIGINAL.trace(0.6)._asdict()
    b = np.linspace(-22, 2, 25)
    paths = {rate: descend(UNTRAINED, STIMULI, OBSERVED, rate, 12).path for rate in (0.02, 0.1, 0.45, 0.52, 0.7)}
    rates = np.linspace(0.01, 1.1, 30)
    left = [descend(UNTRAINED, STIMULI, OBSERVED, rate, 50).losses[-1] for rate in rates]
    return {
        "schematic": figures.neuron_schematic(),
        "law": figures.all_or_none_law(*pulse_responses(amplitudes, dt=0.05), amplitudes, 1.0),
        "diagram": figures.network_diagram(PUBLISHED),
        "flow": figures.network_diagram(PUBLISHED, flowing),
        "doses": figures.dose_response(DOSES, response, FINE, fine, "Title", (STIMULI, OBSERVED)),
        "paths": figures.two_paths(inside, 0.0),
        "landscape": figures.loss_landscape(b, b**2, run.path[:-1], run.losses),
        "training": figures.training_run(run.losses, run.path, -16.01),
        "closed": figures.closed_form_check(range(101), run.path, run.path, -16.01),
        "rates": figures.learning_rates(paths, rates, left, 0.5312),
        "wrong": figures.wrong_rule(run.path, run.path, -16.01, -17.01),
        "step": figures.step_and_bump(FINE, fine, fine, 0.5, 0.05),
        "outcomes": figures.outcomes(FINE, {f"end {i}": fine for i in range(4)}, (DOSES, response)),
    }


def visible_texts(figure):
    """All texts but the labels of ticks beyond the limits, which are not drawn."""
    hidden = set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                if not low <= tick.get_loc() <= high:
                    hidden |= {tick.label1, tick.label2}
    for text in figure.findobj(Text):
        if text.get_text() and text.get_visible() and text not in hidden:
            yield text


NAMES = ["schematic", "law", "diagram", "flow", "doses", "paths", "landscape", "training", "closed"]
NAMES += ["rates", "wrong", "step", "outcomes"]


@pytest.mark.parametrize("name", NAMES)
def test_figures_are_legible(drawn, name):
    """Every text is at least 8 points high and inside of its figure, which fits the page."""
    figure = drawn[name]
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    width, height = canvas.get_width_height()
    assert figure.get_figwidth() <= 7.6
    texts = list(visible_texts(figure))
    assert texts
    for text in texts:
        box = text.get_window_extent(canvas.get_renderer())
        assert text.get_fontsize() >= 8, text.get_text()
        assert box.x0 >= -0.5, text.get_text()
        assert box.x1 <= width + 0.5, text.get_text()
        assert box.y0 >= -0.5, text.get_text()
        assert box.y1 <= height + 0.5, text.get_text()


def words_of(figure):
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def test_diagram_is_drawn_from_the_parameters():
    numbers = {"w00": -3.5, "b00": 0.25, "w01": 7.0, "b01": -1.5, "w10": 2.0, "w11": -0.125, "b_final": 11.0}
    words = words_of(figures.network_diagram(numbers))
    for name, value in numbers.items():
        assert f"{name} = {value:g}" in words
    artists = figures.draw_network(figures.Figure().add_axes((0, 0, 1, 1)), numbers)
    colors = {edge: to_hex(line.get_edgecolor()) for edge, (line, _, _) in artists["edges"].items()}
    assert colors["x", "h0"] == INHIBITORY.lower()
    assert colors["x", "h1"] == EXCITATORY.lower()
    widths = {edge: line.get_linewidth() for edge, (line, _, _) in artists["edges"].items()}
    assert widths["x", "h1"] > widths["x", "h0"] > widths["h1", "z"]


def test_values_flow_and_silence_is_pale():
    artists = figures.draw_network(figures.Figure().add_axes((0, 0, 1, 1)), PUBLISHED, ORIGINAL.trace(0.5)._asdict())
    texts = {name: text.get_text() for name, text in artists["texts"].items()}
    assert texts["h0"] == "z0 = 0\nh0 = 0"
    assert texts["h1"] == "z1 = 6.3\nh1 = 6.3"
    assert texts["s1"] == "s1 = 17.01"
    assert texts["z"] == "z = 1.01"
    assert texts["response"] == "1.01"

    def pale(edge):
        return to_hex(artists["edges"][edge][0].get_edgecolor()) == figures.SILENT.lower()

    assert pale(("h0", "z"))
    assert not pale(("h1", "z"))
    assert not pale(("z", "response"))
    figures.flow(artists, ORIGINAL.trace(1.0)._asdict())
    assert not pale(("h0", "z"))
    assert pale(("z", "response"))


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.0, "0"), (1e-15, "0"), (17.01, "17.01"), (-3.202, "-3.202"), (256.3201, "256.32"), (1e7, "1e+07")],
)
def test_number(value, text):
    assert figures.number(value) == text
    assert figures.number(torch.tensor(value, dtype=torch.float64, requires_grad=True)) == text


def test_tables_hold_every_step():
    values = UNTRAINED.trace(0.5)._asdict()
    forward = figures.forward_table(UNTRAINED.values(), values)
    assert [row[3] for row in forward.rows] == ["0", "0", "0", "6.3", "6.3", "17.01", "17.01", "17.01"]
    assert forward.rows[0][2] == "1.7 × 0.5 + (-0.85)"
    hand, auto = UNTRAINED.chain_rule(0.5, 1.0), autograd_rule(UNTRAINED, 0.5, 1.0)
    chain = figures.chain_table(values, 1.0, hand, auto)
    assert [row[3] for row in chain.rows] == ["256.32", "32.02", "1", "1", "32.02"]
    assert {row[5] for row in chain.rows} == {"✓ yes"}
    for row in (*forward.rows, *chain.rows):
        assert " | ".join(row) in forward.text + chain.text
    assert "dr/dz = 1 if z &gt; 0 else 0" in chain.html


def test_agreement_is_not_taken_for_granted():
    hand = [(x, UNTRAINED.chain_rule(x, y)) for x, y in zip(STIMULI, OBSERVED, strict=True)]
    points = [(x, one, autograd_rule(UNTRAINED, x, y)) for (x, one), y in zip(hand, OBSERVED, strict=True)]
    good = figures.agreement_table(points, 0.0, 0.1, -3.202, "Good")
    assert [row[-1] for row in good.rows] == ["✓ yes"] * 9
    assert good.rows[-1][1:3] == ["-3.202", "-3.202"]
    bad = figures.agreement_table(points, 0.0, 0.1, -3.2021, "Bad")
    assert bad.rows[-1][-1] == "✗ no"
    points[1] = (points[1][0], points[1][1], SimpleNamespace(loss=256.3201, gradient=32.03))
    worse = figures.agreement_table(points, 0.0, 0.1, -3.202, "Worse")
    assert [row[-1] for row in worse.rows] == ["✓ yes"] * 3 + ["✗ no"] + ["✓ yes"] * 3 + ["✗ no", "✓ yes"]
    table = figures.gradients_table({"w10": 1.0}, {"w10": 2.0}, {"w10": "δ h0"}, "Gradients")
    assert table.rows == [["w10", "δ h0", "1", "2", "✗ no"]]


def flow_panel():
    draw, update = figures.flow_panel(lambda dose: ORIGINAL.trace(dose)._asdict(), PUBLISHED)
    return SliderPanel("Flow", [Slider("dose", "dose", -0.5, 1.5, 0.6, 0.01)], draw, update, "Move it.", (7.6, 3.6))


def respond(x, **parameters):
    with torch.no_grad():
        return {k: v.numpy() for k, v in TwoPathNeuron(**parameters).trace(torch.as_tensor(x))._asdict().items()}


def seven_panel():
    draw, update = figures.parameter_panel(respond, PUBLISHED)
    sliders = [Slider(name, name, -50.0, 50.0, value, 0.05) for name, value in PUBLISHED.items()]
    return SliderPanel("Seven", sliders, draw, update, "Move them.", (7.6, 3.4))


def learning_panel():
    draw, update = figures.learning_panel(
        lambda rate, epochs, start: descend(UNTRAINED, STIMULI, OBSERVED, rate, epochs, start),
        lambda t, start, rate: -16.01 + (start + 16.01) * (1 - 2 * rate) ** t,
        best=-16.01,
        peak=17.01,
    )
    sliders = [
        Slider("learning_rate", "learning rate", 0.01, 1.2, 0.1, 0.01),
        Slider("epochs", "epochs", 1, 100, 30, 1),
        Slider("start", "start", -20.0, 0.0, 0.0, 0.1),
    ]
    return SliderPanel("Learning", sliders, draw, update, "Move them.", (7.6, 3.4))


def test_flow_panel_says_what_flows():
    panel = flow_panel()
    assert panel.caption == "At dose 0.6 both paths are active, and the response is 0."
    panel.set(dose=0.5)
    assert panel.caption == "At dose 0.5 only the lower path is active, and the response is 1.01."
    panel.set(dose=-0.2)
    assert panel.caption == "At dose -0.2 no path is active, and the response is 0."


def test_seven_panel_follows_its_parameters():
    panel = seven_panel()
    assert "at 1 of 11 doses. The largest of these responses is 1.01" in panel.caption
    first = panel.png
    panel.set(b_final=0.0)
    assert "at 9 of 11 doses. The largest of these responses is 17.01" in panel.caption
    assert panel.png != first
    # Without the upper path's pull, high doses are answered too.
    panel.set(b_final=-16.0, w10=0.0)
    assert "at 6 of 11 doses" in panel.caption
    panel.set(**dict.fromkeys(PUBLISHED, 50.0))
    assert "at 11 of 11 doses" in panel.caption
    panel.reset()
    assert panel.png == first


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "After 30 epochs b_final is -15.99, 0.0198 away"),
        ({"epochs": 100}, "b_final has arrived"),
        ({"learning_rate": 0.52, "epochs": 2}, "by 0.04 and changes its sign"),
        ({"learning_rate": 0.54}, "epoch 1 throws b_final to -17.29"),
        ({"learning_rate": 1.2}, "Without the output ReLU the error would grow"),
        ({"learning_rate": 1.0, "start": -16.5}, "from one side of -16.01 to the other for ever"),
        ({"learning_rate": 1.1, "start": -16.2, "epochs": 2}, "Each multiplies it by 1.2"),
        ({"start": -18.0}, "every response is 0 from the start"),
    ],
)
def test_learning_panel_is_kind_about_divergence(values, words):
    panel = learning_panel()
    panel.set(**values)
    assert words in panel.caption


@pytest.mark.parametrize(
    ("build", "name", "positions"),
    [
        (flow_panel, "dose", np.linspace(-0.5, 1.5, 15)),
        (seven_panel, "b_final", np.linspace(-30, 5, 15)),
        (seven_panel, "w10", np.linspace(-50, 10, 15)),
        (learning_panel, "learning_rate", np.linspace(0.01, 1.2, 15)),
    ],
)
def test_a_slider_answers_fast(build, name, positions):
    """Processor time, since a busy machine would make a clock tell stories."""
    panel = build()
    times = []
    for value in positions:
        start = time.process_time()
        panel.set(**{name: float(value)})
        times.append(time.process_time() - start)
    assert statistics.median(times) < 0.06
