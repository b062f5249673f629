"""All figures of notebook 06 fit on the page."""

import numpy as np
import pytest
import torch
from dale_figures import by_seed, sounds, weights
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

import utils.plotting.dales_law_snn as plots
from utils.plotting.style import SMALL, WIDTH
from utils.training.dales_law_snn import History


def history(end=0.4):
    falling = np.linspace(2.4, end, 50).tolist()
    return History(falling, [loss + 0.1 for loss in falling], np.linspace(0.1, 0.8, 50).tolist(), best_epoch=40)


def per_cent(*shape):
    return np.random.RandomState(0).uniform(60, 90, shape)


def decoded(n=300):
    random = np.random.RandomState(1)
    return torch.from_numpy(random.uniform(-1.57, 1.57, n)), torch.from_numpy(random.randint(0, 12, n))


FRACTIONS = np.arange(11) / 10
GRID = np.arange(720) * np.pi / 360
RATES = np.abs(np.sin(np.arange(400) / 8)) * 600 * np.ones((2, 1))
FIGURES = {
    "two ears": lambda: plots.plot_two_ears(60),
    "rasters": lambda: plots.plot_rasters(sounds(-60.0, 0.0, 60.0), [-60, 0, 60]),
    "stereo": lambda: plots.plot_stereo(np.ones((2, 4410)) * 0.1, 44100, RATES[:, :100], sounds(0.0)[0]),
    "surrogate": lambda: plots.plot_surrogate(lambda grad, x, slope: grad * slope * x.sigmoid() * (1 - x.sigmoid())),
    "learning": lambda: plots.plot_learning({"fraction 0.5": history(), "fraction 0.2": history(0.6)}),
    "untrained": lambda: plots.plot_learning({"stopped at once": History()}),
    "decoding": lambda: plots.plot_decoding({"one": decoded(), "two": decoded()}),
    "tuning": lambda: plots.plot_tuning(
        torch.linspace(-1.57, 1.57, 480),
        torch.rand(480, 30, generator=torch.Generator().manual_seed(0)) * 400,
        torch.tensor([[-1.0]] * 15 + [[1.0]] * 15),
    ),
    "likelihood": lambda: plots.plot_likelihood(
        GRID,
        [-1000 * (1 - np.cos(GRID - 2)), -1000 * (1 - np.cos(GRID - 1))],
        np.arange(-180, 180) / 2,
        GRID[:360],
        30.0,
    ),
    "listeners": lambda: plots.plot_listeners(
        {"ideal": 93.0, "network": 80.0}, {"ideal": (3.75, 3.9), "network": (3.75, 4.7)}, "ideal"
    ),
    "timing": lambda: plots.plot_timing({"as it is": [80, 70], "shuffled\nhidden": [81, 70]}, "as it is", 93),
    "signs": lambda: plots.plot_signs(
        {name: {head: weights() for head in ("before", "after", "raw")} for name in ("block rows", "random rows")}
    ),
    "contrasts": lambda: plots.plot_contrasts({name: (torch.zeros(30), torch.ones(30)) for name in "abc"}),
    "ablation": lambda: plots.plot_ablation(
        (5, 40),
        {name: per_cent(5, 2) for name in ("inhibitory", "excitatory", "same-ear excitatory")},
        80,
        {"inhibitory": 40, "excitatory": 60, "same-ear excitatory": 70},
    ),
    "readouts": lambda: plots.plot_readouts(
        {state: {name: per_cent(6) for name in ("old", "same signs")} for state in ("intact", "no inhibition")}
    ),
    "pairs": lambda: plots.plot_pairs({"signed rows": by_seed(70), "interneurons": by_seed(72)}, "signed rows", 93),
    "sweep": lambda: plots.plot_fraction_sweep(FRACTIONS, per_cent(3, 11), (0.5, 78), 93),
    "sweep alone": lambda: plots.plot_fraction_sweep(FRACTIONS, per_cent(1, 11)),
    "drive": lambda: plots.plot_drive(
        FRACTIONS,
        {"source": np.linspace(4, -4, 11), "balanced": [np.nan, *[0.0] * 9, np.nan]},
        {"source": (FRACTIONS, per_cent(3, 11)), "balanced": ([0.1, 0.9], per_cent(2, 2))},
    ),
    "recording": lambda: plots.plot_recording([0.05, 0.15, 0.25], np.eye(12)[[3, 4, 3]], RATES),
}


def texts(fig):
    FigureCanvasAgg(fig).draw()
    return [text for text in fig.findobj(Text) if text.get_visible() and text.get_text() and not text.get_clip_on()]


@pytest.mark.parametrize("name", FIGURES)
def test_figures_have_the_width_of_the_course_and_cut_no_text(name):
    fig = FIGURES[name]()
    assert fig.get_figwidth() == WIDTH
    for text in texts(fig):
        box = text.get_window_extent()
        if box.width:
            assert min(box.x0, box.y0, fig.bbox.x1 - box.x1, fig.bbox.y1 - box.y1) > -1, text.get_text()
            assert text.get_fontsize() >= SMALL, text.get_text()
