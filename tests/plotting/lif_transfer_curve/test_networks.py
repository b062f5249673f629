"""Figures of spiking networks tell who agrees with whom."""

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from utils.page import words_of
from utils.plotting.lif_transfer_curve import networks as plots
from utils.plotting.spiral_mlp import decision_grid


def answers(*winners):
    """Probabilities (n * n, 4) on the grid of 12 points a side: one class everywhere, for each winner."""
    return [torch.eye(4)[winner].expand(144, 4) * 0.9 + 0.025 for winner in winners]


def test_maps_say_how_much_agrees():
    titles = "1 step", "2 steps", "4 steps", "8 steps", "32 steps", "ReLU network"
    maps = list(zip(titles, answers(1, 0, 0, 0, 3, 3), strict=True))
    fig = plots.plot_decision_maps(maps, 1.3, torch.zeros(2, 2), torch.tensor([0, 3]))
    assert len(fig.axes) == 6
    assert "~0 % after 1 step" in words_of(fig)
    assert "~100 % after 32 steps" in words_of(fig)


def test_the_film_moves_its_image_and_dot():
    maps = {"a": torch.stack(answers(0, 3))}
    assert len(decision_grid(1.3, 12)) == maps["a"].shape[1]
    film = plots.SpikingMap(maps, {"a": np.array([20.0, 90.0])}, 95.0, 1.3, torch.zeros(1, 2), torch.zeros(1).long())
    film.draw(Figure(figsize=(7.2, 3.6)))
    before = film.image.get_array().copy()
    film.update("a", 2)
    assert (film.image.get_array() != before).any()
    assert film.dot.get_xydata().tolist() == [[2, 90.0]]


@pytest.mark.parametrize(("start", "side"), [(0.0, "from b around it"), (-0.1, "from b under it")])
def test_staircases_know_their_side(start, side):
    inputs = np.linspace(0, 1, 5)
    stairs = [("from a", inputs - 0.1), ("from b", inputs + start)]
    errors = [("from a", np.full((2, 3), 0.4)), ("from b", np.full((2, 3), 0.1))]
    words = words_of(plots.plot_head_start(inputs, stairs, 8, [1, 2, 4], errors))
    assert "from a under it" in words
    assert side in words
    assert "~0.25 times" in words
