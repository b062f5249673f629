"""Figures of notebook 03: what they show must be what they were given."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from utils.datasets.spiral import create_spiral_dataset
from utils.plotting import spiral_mlp as plots


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def halves(n: int) -> torch.Tensor:
    """A sure class 0 on the left half of the map, a sure class 1 on the right."""
    left = plots.decision_grid(1.0, n)[:, 0] < 0
    return torch.stack([left.float(), (~left).float()], dim=1)


def test_grid_runs_from_the_lower_left_row_by_row():
    grid = plots.decision_grid(2.0, 3)
    assert grid.tolist()[:3] == [[-2, -2], [0, -2], [2, -2]]
    assert grid.tolist()[-1] == [2, 2]
    for bad in ((0, 5), (-1, 5), (1, 1)):
        with pytest.raises(ValueError, match="x_max, n: got"):
            plots.decision_grid(*bad)


def test_hue_is_the_class_and_strength_the_confidence():
    image = plots.decision_image(halves(10), boundaries=False)
    blue, orange = (np.array(to_rgb(colour)) for colour in plots.CLASS_COLORS[:2])
    assert np.allclose(image[0, 0], 1 - 0.68 + 0.68 * blue)
    assert np.allclose(image[0, -1], 1 - 0.68 + 0.68 * orange)
    undecided = plots.decision_image(torch.full((4, 3), 1 / 3), boundaries=False)
    assert np.allclose(undecided, 1, atol=1e-6)


def test_dark_pixels_stand_where_the_class_changes():
    image = plots.decision_image(halves(10))
    dark = np.isclose(image, 0.25).all(2)
    assert dark.sum(1).tolist() == [1] * 10
    assert dark[:, 4].all()


def test_bad_maps_are_refused():
    for shape in ((5, 2), (4, 7)):
        with pytest.raises(ValueError, match="probabilities: got"):
            plots.decision_image(torch.ones(shape))


def test_maps_hold_every_point_and_number_every_arm():
    X, y = create_spiral_dataset(2, 0.1, 30, torch.Generator().manual_seed(0))
    fig = plots.plot_maps({"one": halves(20), "two": halves(20)}, 1.0, X, y, circle=1.0)
    for ax in fig.axes:
        drawn = sum(len(line.get_xdata()) for line in ax.lines if line.get_label().startswith("class"))
        assert drawn == 60
        assert {text.get_text() for text in ax.texts} == {"0", "1"}


def test_numbers_stand_where_noise_free_arms_end():
    ax = plt.figure().add_subplot()
    plots.label_arms(ax, 4, radius=1.0)
    X, _ = create_spiral_dataset(4, 0.0, 2)
    ends = X.view(4, 2, 2)[:, 1].numpy()
    assert np.allclose([text.get_position() for text in ax.texts], ends, atol=1e-6)


def test_unmeasured_ways_are_said_to_be_unmeasured():
    fig = plots.plot_loader_times({"fast": [1.0, 2.0, 3.0], "slow": [30.0], "absent": None})
    words = [text.get_text() for text in fig.axes[0].texts]
    assert words[0] == "1 ms"
    assert "not measured" in words[2]
    assert [bar.get_width() for bar in fig.axes[0].patches] == [1.0, 30.0]


def test_comparison_draws_lines_for_numbers_and_no_lines_for_names():
    scores = torch.tensor([[0.5, 0.9, 0.8], [0.6, 0.7, 1.0]])
    common = {"train": scores, "test": scores, "ceiling": 0.95}
    fig = plots.plot_comparisons(
        [
            {"title": "names", "xlabel": "", "x": ["a", "b", "c"], **common},
            {"title": "numbers", "xlabel": "n", "x": [1, 2, 4], "log": True, **common},
        ],
        chance=0.25,
    )
    names, numbers = fig.axes
    assert [label.get_text() for label in names.get_xticklabels()] == ["a", "b", "c"]
    mean = next(line for line in numbers.lines if line.get_label() == "test")
    assert np.allclose(mean.get_ydata(), [0.55, 0.8, 0.9])
    assert numbers.get_xscale() == "log"
    assert any(line.get_ydata()[0] == 0.25 for line in names.lines)


def test_published_runs_stand_beside_ours():
    fig = plots.plot_published({"train": [97.0, 98.0], "test": [96.0, 97.5]}, {"train": 98.2, "test": 96.9}, 98.8)
    crosses = [line.get_xdata()[0] for line in fig.axes[0].lines if line.get_marker() == "X"]
    assert crosses == [98.2, 96.9]


def test_other_figures_are_drawn():
    epochs = np.linspace(1, 0.2, 10)
    seeds = torch.rand(3, 4, generator=torch.Generator().manual_seed(0))
    X, y = create_spiral_dataset(3, 0.1, 20)
    figures = [
        plots.plot_overflow([1, 10, 100], [1, 10, np.inf], [1, 10, 100], 88.7),
        plots.plot_training(epochs, {"train": epochs, "test": epochs}, 0.98, 0.25),
        plots.plot_modes(seeds.flatten(), 0.5, ("p", "one point"), {"train()": seeds[0], "eval()": seeds[1]}),
        plots.plot_by_radius([0.2, 0.6, 1.0, 1.4], {"a": (seeds, seeds)}, seeds.mean(0), 0.25),
        plots.plot_spirals({"one": (X, y)}, X.view(3, 20, 2), 1.2),
    ]
    for fig in figures:
        fig.canvas.draw()
        # The course's style, where another test has switched it on, puts titles on the left.
        assert all(ax.get_xlabel() or ax.get_title() or ax.get_title(loc="left") for ax in fig.axes)


def test_training_panel_moves_its_artists():
    fig = Figure(figsize=(7.2, 3.6))
    artists = plots.draw_trainer(fig)
    X, y = create_spiral_dataset(2, 0.1, 10)
    pixels = plots.TRAINER_PIXELS
    plots.move_trainer(artists, halves(pixels), X, y, [0.5, 0.9], [0.4, 0.8], ceiling=0.95)
    assert np.allclose(artists["map"].get_array(), plots.decision_image(halves(pixels)))
    assert [len(line.get_xdata()) for line in artists["points"]] == [10, 10, 0, 0, 0, 0]
    assert artists["test"].get_ydata() == [0.4, 0.8]
    assert artists["ceiling"].get_ydata() == (0.95, 0.95)
    assert artists["chance"].get_ydata() == (0.5, 0.5)
    plots.move_trainer(artists, halves(pixels), X, y)
    assert len(artists["train"].get_xdata()) == 0
    assert len(artists["ceiling"].get_xdata()) == 0
