"""Figures of notebook 03: what they show must be what they were given, and their words must say it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from utils.datasets.spiral import create_spiral_dataset
from utils.page import words_of
from utils.plotting import spiral_mlp as plots
from utils.plotting.style import BEST, OTHER


def halves(n: int, x_max: float = 1.0) -> torch.Tensor:
    """A sure class 0 on the left half of the map, a sure class 1 on the right."""
    left = plots.decision_grid(x_max, n)[:, 0] < 0
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
    assert np.allclose(image[0, 0], 1 - plots.DEEPEST + plots.DEEPEST * blue)
    assert np.allclose(image[0, -1], 1 - plots.DEEPEST + plots.DEEPEST * orange)
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


def test_borders_run_between_the_classes():
    x, y = plots.border_segments(halves(20), 1.0)
    drawn = np.isfinite(x)
    assert np.allclose(x[drawn], 0, atol=1e-6)
    assert (y[drawn].min(), y[drawn].max()) == (-1, 1)
    for one_class in (torch.ones(16, 1), torch.tensor([[1.0, 0.0]]).repeat(16, 1)):
        assert np.isfinite(plots.border_segments(one_class, 1.0)[0]).sum() == 0


def test_a_map_says_the_class_of_its_nearest_pixel():
    X = torch.tensor([[-0.5, 0.9], [0.5, -0.9], [1.5, 0.0]])
    assert plots.choices_on_map(halves(20), 1.0, X).tolist() == [0, 1, -1]


def test_maps_hold_every_point_ring_the_wrong_ones_and_number_every_arm():
    X, y = create_spiral_dataset(2, 0.0, 30)
    fig = plots.plot_maps({"one": halves(20), "two": halves(20).flip(1)}, 1.0, X, y, circle=1.0)
    rings = []
    for ax in fig.axes:
        drawn = sum(len(line.get_xdata()) for line in ax.lines if line.get_label().startswith("class"))
        assert drawn == 60
        assert {text.get_text() for text in ax.texts} == {"0", "1"}
        rings += [len(line.get_xdata()) for line in ax.lines if line.get_markerfacecolor() == "none"]
    left = X[:, 0] < -1 / 19  # nearest pixels
    wrong = ((X[:, 0] > 0).long() != y).sum().item()
    assert rings[0] == pytest.approx(wrong, abs=(~left & (X[:, 0] <= 1 / 19)).sum().item())
    assert rings[0] + rings[1] == 60
    assert words_of(fig).startswith("2 decision maps out to 1. one: mean confidence ~100 %")
    assert "the maps name the same class on ~0 % of the plane" in words_of(fig)
    assert "A dashed circle" not in words_of(plots.plot_maps({"one": halves(20)}, 1.0))


def test_numbers_stand_where_noise_free_arms_end():
    ax = Figure().add_subplot()
    plots.label_arms(ax, 4, radius=1.0)
    X, _ = create_spiral_dataset(4, 0.0, 2)
    ends = X.view(4, 2, 2)[:, 1].numpy()
    assert np.allclose([text.get_position() for text in ax.texts], ends, atol=1e-6)


def test_layers_are_counted_in_words():
    assert "2 hidden layers (widths: 6, 5), 4 outputs" in words_of(plots.plot_layers([2, 6, 5, 4]))
    assert "1 input, 0 hidden layers (widths: none), 3 outputs" in words_of(plots.plot_layers([1, 3]))


def test_overflow_says_where_the_formula_ends():
    fig = plots.plot_overflow([1, 10, 100], [1, 10, np.inf], [1, 10, 100], 88.7)
    assert "ends at a logit of 10; the stable one goes on to 100" in words_of(fig)


def test_spirals_say_how_many_points_there_are():
    X, y = create_spiral_dataset(3, 0.1, 20)
    fig = plots.plot_spirals({"one": (X, y), "far": (X + 5, y)}, X.view(3, 20, 2), 1.2)
    assert words_of(fig).startswith("3 spiral arms of 3 classes")
    assert "far: 60 points, 100 % of them further out" in words_of(fig)


def test_unmeasured_ways_are_said_to_be_unmeasured():
    fig = plots.plot_loader_times({"slow": [30.0], "fast": [1.0, 2.0, 3.0], "absent": None})
    assert [text.get_text() for text in fig.axes[0].texts] == ["30 ms", "1 ms", "not measured on this system"]
    assert words_of(fig).endswith("The fastest is: fast.")


def test_training_says_how_it_ends():
    accuracy = {"train": [0.5, 0.75], "test": [0.5, 0.5]}
    fig = plots.plot_training([1.3, 0.5], accuracy, 0.98, 0.25)
    assert "from ~1.3 to ~0.50 nats in 2 epochs" in words_of(fig)
    assert "train ~25 %, test ~50 %, the best possible is ~2.0 %, guessing 75 %" in words_of(fig)
    assert fig.axes[1].get_yscale() == "log"


def test_modes_say_their_ranges():
    passes, before = torch.linspace(0.2, 0.6, 5), np.random.get_state()[1:3]
    fig = plots.plot_modes(passes, 0.5, {"training mode": passes, "evaluation mode": torch.full((5,), 0.7)})
    assert str(np.random.get_state()[1:3]) == str(before)
    assert "from ~0.20 to ~0.60 over 5 passes; in evaluation mode it is ~0.50" in words_of(fig)
    assert "training mode ~20.0 to ~60.0 %, evaluation mode ~70.0 to ~70.0 %" in words_of(fig)


def test_comparison_draws_lines_for_numbers_and_no_lines_for_names():
    scores = torch.tensor([[0.5, 0.9, 0.8], [0.6, 0.7, 1.0]])
    fig = plots.plot_comparisons(
        [
            plots.Comparison("Names", "", ["a", "b", "c"], scores, scores, 0.95),
            plots.Comparison("Numbers", "n", [1, 2, 4], scores, scores, [0.99, 0.9, 0.8], log=True),
        ],
        chance=0.25,
    )
    names, numbers = fig.axes
    assert [label.get_text() for label in names.get_xticklabels()] == ["a", "b", "c"]
    mean = next(line for line in numbers.lines if line.get_label() == "test")
    assert np.allclose(mean.get_ydata(), [0.45, 0.2, (0.2 + plots.LEAST_ERROR) / 2])
    assert numbers.get_xscale() == "log"
    assert any(line.get_ydata()[0] == 0.75 for line in names.lines)
    best = next(line for line in numbers.lines if line.get_label() == "best possible")
    assert best.get_color() == BEST
    assert np.allclose(best.get_ydata(), [0.01, 0.1, 0.2])
    assert "Numbers: 1 ~45 %, 2 ~20 %, 4 ~10 %" in words_of(fig)
    assert "over 2 seeds" in words_of(fig)


def test_overconfidence_is_confidence_minus_accuracy():
    accuracy, confidence = torch.tensor([[0.9, 0.2], [0.7, 0.4]]), torch.tensor([[0.9, 0.8], [0.9, 1.0]])
    fig = plots.plot_by_radius([0.5, 1.5], {"net": (accuracy, confidence)}, [0.99, 0.8], 0.25)
    mean = next(line for line in fig.axes[1].lines if line.get_label() == "net")
    assert np.allclose(mean.get_ydata(), [0.1, 0.6])
    assert "At a distance of 1.5: net: right in ~30 %, confidence ~90 %; Bayes' rule: right in ~80 %" in words_of(fig)


def test_one_run_stands_beside_our_seeds():
    fig = plots.plot_seeds({"train": [97.0, 98.0], "test": [96.0, 97.5]}, {"train": 98.2, "test": 96.9}, 98.8)
    (crosses,) = (line for line in fig.axes[0].lines if line.get_color() == OTHER and len(line.get_xdata()))
    assert list(crosses.get_xdata()) == [98.2, 96.9]
    assert "test: 2 seeds from ~96.0 to ~97.5 %, the one run 96.9 %" in words_of(fig)


def test_confusion_shows_percent():
    fig = plots.plot_confusion({"ours": torch.tensor([[0.9, 0.1], [0.25, 0.75]])})
    assert [text.get_text() for text in fig.axes[0].texts] == ["90", "10", "25", "75"]
    assert "ours: right in ~90, ~75 % of classes 0 to 1" in words_of(fig)
