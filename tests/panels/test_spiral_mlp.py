"""Panels of notebook 03, built without their notebook and moved to their ends."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from utils.datasets import spiral
from utils.exercises import get
from utils.models.mlp import MLP
from utils.panels import spiral_mlp as panels
from utils.plotting.spiral_mlp import decision_image

TRAIN_STEP = get("03.train_step").reference


def data(n=40):
    generator = torch.Generator().manual_seed(0)
    X, y = spiral.create_spiral_dataset(3, 0.1, n, generator)
    return X, y, spiral.batched_loader(X, y, 30, drop_last=True, generator=generator)


def film(epochs=6, hidden=(12, 2)):
    X, y, loader = data()
    network = MLP(2, list(hidden), 3, "tanh", generator=torch.Generator().manual_seed(1))
    return panels.untangling(network, TRAIN_STEP, loader, X, y, epochs)


def test_the_film_runs_from_before_training_to_its_end():
    panel = film()
    panel.set(epoch=0)
    assert panel.caption.startswith("Before training ~")
    artists, before = panel._canvas.artists, panel._canvas.artists["points"][0].get_xydata().copy()
    panel.set(epoch=1)
    assert panel.caption.startswith("After 1 epoch ~")
    panel.set(epoch=6)
    assert panel.caption.startswith("After 6 epochs ~")
    after = artists["points"][0].get_xydata()
    assert after.shape == before.shape == (40, 2)
    assert not np.allclose(after, before)
    assert np.abs(after).max() <= 1  # tanh
    assert sum(len(line.get_xdata()) for line in artists["points"]) == 120


def test_the_film_shows_what_the_last_hidden_layer_computes():
    X, y, loader = data()
    network = MLP(2, [12, 2], 3, "tanh", generator=torch.Generator().manual_seed(1))
    panel = panels.untangling(network, TRAIN_STEP, loader, X, y, epochs=4)
    panel.set(epoch=4)  # the network as training left it
    with torch.no_grad():
        inside = network.layers[:-1](X)
        right = (network(X).argmax(1) == y).float().mean()
    shown = np.concatenate([line.get_xydata() for line in panel._canvas.artists["points"]])
    assert np.allclose(shown, inside.numpy(), atol=1e-6)  # the points stand class after class
    assert panels.approx(100 * right) in panel.caption
    borders = np.column_stack(panel._canvas.artists["lines"].get_data())
    borders = torch.tensor(borders[np.isfinite(borders).all(1)], dtype=torch.float32)
    with torch.no_grad():
        first, second, _ = network.layers[-1](borders).sort(dim=1, descending=True).values.T
    assert (first - second).median() < 0.1


def test_a_film_needs_a_plane():
    with pytest.raises(ValueError, match="network: got a last hidden layer of 5 units, allowed are 2"):
        film(hidden=(5,))


def small(monkeypatch, epochs=3):
    monkeypatch.setattr(panels.Training, "POINTS", 40)
    monkeypatch.setattr(panels.Training, "PIXELS", 20)
    monkeypatch.setattr(panels.Training.__init__, "__defaults__", (epochs,))
    return panels.training(TRAIN_STEP)


def test_the_button_trains_and_the_bar_starts_anew(monkeypatch):
    panel = small(monkeypatch)
    assert panel.caption.endswith("not trained yet.")
    panel.run_action()
    assert panel.wait(60)
    assert panel.caption.startswith("Epoch 3: train error ~")
    assert "of 32 points. The best possible on average is ~1." in panel.caption
    artists = panel._canvas.artists
    assert [len(artists[name].get_xdata()) for name in ("train", "test")] == [3, 3]
    assert artists["chance"].get_ydata() == (0.75, 0.75)
    assert panel._bar.value == 1
    panel.reset()
    assert panel._bar.value == 0
    assert len(artists["train"].get_xdata()) == 0


@pytest.mark.parametrize("values", [{"width": 2, "depth": 0, "K": 2}, {"width": 64, "depth": 5, "K": 6, "sigma": 0.6}])
def test_the_ends_of_the_sliders_make_a_network(monkeypatch, values):
    panel = small(monkeypatch, epochs=1)
    panel.set(**values)
    assert f"{values['K']} arms with noise" in panel.caption
    shown = [len(line.get_xdata()) for line in panel._canvas.artists["points"]]
    assert [n > 0 for n in shown] == [k < values["K"] for k in range(6)]
    assert panel._canvas.artists["chance"].get_ydata()[0] == 1 - 1 / values["K"]
    panel.run_action()
    assert panel.wait(60)
    assert panel.caption.startswith("Epoch 1:")


def test_the_map_is_the_networks(monkeypatch):
    work = panels.Training(TRAIN_STEP, epochs=1)
    work.grid = panels.plots.decision_grid(work.X_MAX, 10)
    monkeypatch.setattr(work, "POINTS", 20)
    panel = panels.SliderPanel("t", [panels.Slider("width", "w", 1, 9, 4, 1)], work.draw,
                               lambda artists, width: work.start(artists, width, 1, 0.1, 3), "d")  # fmt: skip
    shown = panel._canvas.artists["map"].get_array()
    expected = decision_image(panels.predict_probabilities(work.network, work.grid), boundaries=False)
    assert np.allclose(shown, expected)


def test_moved_sliders_end_a_training():
    work = panels.Training(TRAIN_STEP, epochs=50)
    values = {"width": 4, "depth": 1, "sigma": 0.1, "K": 2}
    panel = panels.training(TRAIN_STEP)
    reported = []

    def report(fraction, words):
        reported.append(fraction)
        work.start(panel._canvas.artists, **values)  # as another thread would

    words = work.train(panel._canvas.artists, values, report, lambda: False)
    assert words.startswith("The sliders moved")
    assert reported == [1 / 50]


def test_a_training_that_is_stopped_keeps_its_words():
    work = panels.Training(TRAIN_STEP, epochs=50)
    panel = panels.training(TRAIN_STEP)
    asked = iter([False] * 3)
    values = {"width": 4, "depth": 1, "sigma": 0.1, "K": 2}
    words = work.train(panel._canvas.artists, values, lambda *_: None, lambda: next(asked, True))
    assert words == "No epoch was finished."


def test_the_website_gets_every_panel():
    made = panels.site_panels()
    assert list(made) == ["film", "panel"]
    panel = made["panel"]()
    assert panel.caption.startswith("4 arms with noise 0.16")
    assert all(panel.values[name] in kept for name, kept in panel.site_values.items())
