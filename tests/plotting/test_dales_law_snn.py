"""The figures of notebook 06: nothing is clipped, the slider pictures show what they are given."""

import numpy as np
import pytest
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import utils.plotting.dales_law_snn as plots
from utils import use_style
from utils.training.dales_law_snn import History


@pytest.fixture(autouse=True)
def style():
    use_style()


def history():
    falling = np.linspace(2.4, 0.4, 50).tolist()
    return History(falling, falling, np.linspace(0.1, 0.8, 50).tolist(), best_epoch=40)


def accuracies(*shape):
    return np.random.RandomState(0).uniform(0.6, 0.9, shape)


def weights():
    return torch.randn(200, 30, generator=torch.Generator().manual_seed(0))


def decoded(n=300):
    random = np.random.RandomState(1)
    ipd = torch.from_numpy(random.uniform(-1.57, 1.57, n))
    return ipd, torch.from_numpy(random.randint(0, 12, n))


FRACTIONS = np.arange(11) / 10
FIGURES = {
    "two ears": lambda: plots.two_ears(60),
    "rasters": lambda: plots.raster_grid(torch.zeros(8, 100, 200), np.linspace(-90, 90, 8)),
    "surrogate": lambda: plots.surrogate(lambda grad, x, slope: grad * slope * x.sigmoid() * (1 - x.sigmoid())),
    "learning": lambda: plots.learning_curves({"fraction 0.5": history(), "fraction 0.2": history()}),
    "untrained": lambda: plots.learning_curves({"stopped at once": History()}),
    "decoding": lambda: plots.decoding({"one": decoded(), "two": decoded()}),
    "tuning": lambda: plots.tuning(
        torch.linspace(-1.57, 1.57, 480), torch.rand(480, 30) * 400, torch.tensor([[-1.0]] * 15 + [[1.0]] * 15)
    ),
    "signs": lambda: plots.sign_maps({name: (weights(),) * 3 for name in ("block rows", "random rows")}),
    "contrasts": lambda: plots.ear_contrasts({name: (torch.zeros(30), torch.ones(30)) for name in "abc"}),
    "ablation": lambda: plots.ablation(
        (5, 40),
        {name: accuracies(5, 2) for name in ("inhibitory", "excitatory")},
        0.8,
        {"inhibitory": 0.4, "excitatory": 0.6},
    ),
    "strips": lambda: plots.strips({"signed rows": accuracies(10), "interneurons": accuracies(10)}, "Test"),
    "sweep": lambda: plots.fraction_sweep(FRACTIONS, accuracies(3, 11), (0.5, 0.78)),
    "sweep alone": lambda: plots.fraction_sweep(FRACTIONS, accuracies(1, 11)),
    "drive": lambda: plots.drive_and_accuracy(
        FRACTIONS,
        {"source": np.linspace(4, -4, 11), "balanced": [np.nan, *[0.0] * 9, np.nan]},
        {"source": (FRACTIONS, accuracies(3, 11)), "balanced": ([0.1, 0.9], accuracies(2, 2))},
    ),
}


def texts_outside(fig):
    canvas = FigureCanvasAgg(fig)
    canvas.draw()
    frame = fig.bbox
    outside = []
    for text in fig.findobj(lambda artist: hasattr(artist, "get_text") and artist.get_visible()):
        if not text.get_text():
            continue
        # Labels of ticks beyond the limits exist, but are not drawn.
        box = text.get_window_extent(canvas.get_renderer())
        if text.get_clip_on() or box.width == 0:
            continue
        if box.x0 < -1 or box.y0 < -1 or box.x1 > frame.x1 + 1 or box.y1 > frame.y1 + 1:
            outside.append(text.get_text())
    return outside


@pytest.mark.parametrize("name", FIGURES)
def test_figures_fit_on_the_page_and_clip_no_text(name):
    fig = FIGURES[name]()
    assert fig.get_figwidth() <= 7.6
    assert texts_outside(fig) == []


def test_the_sound_panel_shows_its_spikes():
    fig = Figure(figsize=(7.4, 3.4))
    artists = plots.draw_sound(fig)
    spikes = torch.zeros(100, 200, dtype=torch.uint8)
    spikes[30, 50] = spikes[40, 150] = 1
    plots.move_sound(artists, spikes)
    picture = artists["image"].get_array()
    assert picture.shape == (200, 100)
    assert (picture[50, 30], picture[150, 40], picture.sum()) == (0.5, 1, 1.5)
    left, right = (line.get_ydata() for line in artists["lines"])
    assert (left.argmax(), right.argmax(), left.max()) == (30, 40, 0.01)
    assert texts_outside(fig) == []


def test_the_unit_panel_shows_its_run():
    fig = Figure(figsize=(7.4, 3.9))
    artists = plots.draw_unit(fig)
    inputs = torch.zeros(100, 40, dtype=torch.bool)
    inputs[10, 3] = inputs[20, 25] = True
    spikes = torch.zeros(100)
    spikes[[5, 50]] = 1
    plots.move_unit(artists, inputs, torch.linspace(-9, 9, 100), spikes)
    excitatory, inhibitory = (mark.get_xydata().tolist() for mark in artists["marks"])
    assert (excitatory, inhibitory) == ([[10, 3]], [[20, 25]])
    assert artists["spikes"].get_xdata().tolist() == [5, 50]
    assert abs(artists["line"].get_ydata()).max() < 4
    assert texts_outside(fig) == []
