"""Training and scoring of classifiers: alone and as an ensemble, and what they refuse."""

from __future__ import annotations

import copy
import math

import pytest
import torch
import torch.nn.functional as F

from utils.datasets.spiral import batched_loader, create_spiral_dataset, shuffle_and_split, split_spirals
from utils.models import MLP
from utils.models.mlp import MLPEnsemble
from utils.training.classifiers import (
    evaluate_classifier,
    predict_probabilities,
    ring_means,
    train_classifier,
    train_over_seeds,
)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_training_together_is_training_alone():
    seeds = [3, 4, 5]
    X_train, y_train, X_test, y_test = split_spirals(3, 0.2, 60, seeds)
    together = train_over_seeds((X_train, y_train, X_test, y_test), [9, 6], seeds, epochs=4, batch_size=32, lr=1e-2)
    for i, seed in enumerate(seeds):
        generator = seeded(seed)
        alone = MLP(2, [9, 6], 3, "relu", generator=generator)
        history = train_classifier(alone, X_train[i], y_train[i], 4, 32, 1e-2, generator)
        assert history.shape == (4,)
        loss, accuracy = evaluate_classifier(alone, X_test[i], y_test[i])
        assert loss.item() == pytest.approx(together.test_loss[i].item(), abs=1e-4)
        assert accuracy.item() == pytest.approx(together.test_accuracy[i].item(), abs=1e-6)
        pairs = zip(alone.parameters(), together.model.member(i).parameters(), strict=True)
        assert all(torch.allclose(a, b, atol=1e-4) for a, b in pairs)


def test_training_is_the_literal_loop():
    X, y = create_spiral_dataset(3, 0.1, 40, seeded())
    network = MLP(2, [8], 3, generator=seeded(1))
    literal = copy.deepcopy(network)
    history = train_classifier(network, X, y, epochs=3, batch_size=50, lr=0.01, generator=seeded(2))
    optimiser, generator = torch.optim.Adam(literal.parameters(), lr=0.01), seeded(2)
    losses = []
    for _ in range(3):
        order = torch.randperm(120, generator=generator)
        for start in (0, 50):  # 20 samples are left over and left out
            batch = order[start : start + 50]
            loss = F.cross_entropy(literal(X[batch]), y[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
    assert torch.allclose(history, torch.tensor(losses).view(3, 2).mean(1), atol=1e-5)
    pairs = zip(network.parameters(), literal.parameters(), strict=True)
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in pairs)


def test_spirals_are_learned():
    X_train, y_train, X_test, y_test = shuffle_and_split(*create_spiral_dataset(4, 0.05, 250, seeded()), 0.2, seeded(1))
    network = MLP(2, [32, 32], 4, generator=seeded(2))
    before = evaluate_classifier(network, X_test, y_test)[1]
    train_classifier(network, X_train, y_train, epochs=40, batch_size=64, lr=1e-2, generator=seeded(3))
    assert before < 0.6
    assert evaluate_classifier(network, X_test, y_test)[1] > 0.95


def test_scores_come_in_evaluation_mode_and_leave_the_mode_alone():
    network = MLP(2, [16], 3, dropout=0.5, generator=seeded())
    X, y = create_spiral_dataset(3, 0.1, 30, seeded())
    loss, accuracy = evaluate_classifier(network, X, y)
    assert network.training
    assert (loss, accuracy) == evaluate_classifier(network, X, y)
    network.eval()
    with torch.no_grad():
        assert loss.item() == pytest.approx(F.cross_entropy(network(X), y).item(), rel=1e-5)
        assert accuracy.item() == pytest.approx((network(X).argmax(1) == y).float().mean().item())
    evaluate_classifier(network, X, y)
    assert not network.training


def test_probabilities_do_not_depend_on_chunks():
    network = MLP(2, [16], 3, dropout=0.5, generator=seeded())
    X = torch.randn(50, 2, generator=seeded())
    whole = predict_probabilities(network, X)
    assert network.training
    assert not whole.requires_grad
    assert torch.allclose(whole, predict_probabilities(network, X, chunk=7), atol=1e-6)
    assert torch.allclose(whole.sum(1), torch.ones(50))
    ensemble = MLPEnsemble([network, network])
    assert torch.allclose(predict_probabilities(ensemble, X, chunk=7)[1], whole, atol=1e-6)
    own = torch.stack([X, X.flip(0)])
    assert torch.allclose(predict_probabilities(ensemble, own, chunk=7)[1], whole.flip(0), atol=1e-6)


def test_ring_means_average_within_each_ring():
    values, radius = torch.tensor([[1.0, 2, 3, 4]]), torch.tensor([[0.1, 0.2, 1.0, 5.0]])
    means = ring_means(values, radius, torch.tensor([0.0, 0.5, 1.0, 2.0]))
    assert means[0, [0, 2]].tolist() == [1.5, 3.0]
    assert math.isnan(means[0, 1])
    with pytest.raises(ValueError, match=r"^radius: got"):
        ring_means(values, radius[0], torch.tensor([0.0, 1.0]))
    with pytest.raises(ValueError, match=r"^edges: got"):
        ring_means(values, radius, torch.tensor([1.0, 0.5]))


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"X": torch.zeros(0, 2)}, "X"),
        ({"X": torch.full((4, 2), math.nan)}, "X"),
        ({"X": [[0.0, 0.0]]}, "X"),
        ({"y": torch.zeros(3, dtype=torch.int64)}, "y"),
        ({"y": torch.zeros(4)}, "y"),
        ({"epochs": 0}, "epochs"),
        ({"epochs": 1.5}, "epochs"),
        ({"batch_size": 0}, "batch_size"),
        ({"lr": 0}, "lr"),
        ({"lr": math.nan}, "lr"),
        ({"generator": [seeded(), seeded()]}, "generator"),
    ],
)
def test_bad_training_is_refused_by_name(changes, name):
    arguments = {"X": torch.zeros(4, 2), "y": torch.zeros(4, dtype=torch.int64), "epochs": 1, **changes}
    with pytest.raises(ValueError, match=rf"^{name}: got"):
        train_classifier(MLP(2, [3], 2), **arguments)


def test_other_bad_arguments_are_refused():
    with pytest.raises(ValueError, match=r"^seeds: got 1"):
        train_over_seeds(split_spirals(2, 0.1, 10, [1, 2]), [3], [1])
    with pytest.raises(ValueError, match=r"^chunk: got 0"):
        predict_probabilities(MLP(2, [3], 2), torch.zeros(4, 2), chunk=0)
    with pytest.raises(ValueError, match=r"^X: got"):
        predict_probabilities(MLP(2, [3], 2), torch.zeros(0, 2))


def test_loader_and_network_work_together_on_the_default_device_of_the_data():
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    X, y = (tensor.to(device) for tensor in create_spiral_dataset(3, 0.1, 30, seeded()))
    network = MLP(2, [8], 3).to(device)
    train_classifier(network, X, y, epochs=1, batch_size=16, generator=seeded())
    for X_batch, y_batch in batched_loader(X, y, 16):
        assert network(X_batch).argmax(1).shape == y_batch.shape
        assert X_batch.device.type == device.type


def test_class_weights_are_those_of_pytorch():
    X, y = create_spiral_dataset(3, 0.1, 40, seeded())
    weights = torch.tensor([0.5, 1.0, 4.0])
    network = MLP(2, [8], 3, generator=seeded(1))
    literal = copy.deepcopy(network)
    history = train_classifier(network, X, y, 2, 50, 0.01, seeded(2), class_weights=weights)
    optimiser, generator, losses = torch.optim.Adam(literal.parameters(), lr=0.01), seeded(2), []
    for _ in range(2):
        order = torch.randperm(120, generator=generator)
        for batch in (order[:50], order[50:100]):
            loss = F.cross_entropy(literal(X[batch]), y[batch], weights)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
    assert torch.allclose(history, torch.tensor(losses).view(2, 2).mean(1), atol=1e-5)
    pairs = zip(network.parameters(), literal.parameters(), strict=True)
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in pairs)
