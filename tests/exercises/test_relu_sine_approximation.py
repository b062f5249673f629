"""Notebook 02's reference for the output weights, where the ReLUs leave more than one answer."""

import math

import pytest
import torch

from utils.exercises import get
from utils.models import relu_basis

solve_for_weights = get("02.solve_for_weights").reference


@pytest.mark.parametrize(
    "kinks",
    [(1.0, 1.0, 3.0, 4.0), (2.0, 2.0, 2.0, 2.0), (1.0, 2.0, 3.0, 7.0), (7.0, 7.0, 7.0, 7.0)],
    ids=["two equal", "all equal", "one never on", "none ever on"],
)
def test_the_fit_is_the_best_however_memory_was_used_before(kinks):
    x = torch.linspace(0, 2 * math.pi, 50, dtype=torch.float64)
    y, biases = torch.sin(x), -torch.tensor(kinks, dtype=torch.float64)
    best = relu_basis.rms(relu_basis.solve_readout(x, y, biases)(x) - y)
    for number in range(50):
        # LAPACK's usual routine reads an array that PyTorch leaves as it finds it.
        for size in range(1, 9):
            torch.full((size,), number % 3, dtype=torch.int32)
        weights, offset = solve_for_weights(x, y, biases)
        error = relu_basis.rms(torch.relu(x[:, None] + biases) @ weights + offset - y)
        assert error == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize(
    "power", [lambda values: values ^ 2, lambda values: values.numpy() ^ 2, lambda values: 2.0 ^ 2]
)
def test_a_power_written_with_a_roof_is_told_the_stars(power):
    feedback = get("02.relu_biases").check(lambda x_train: power(x_train))
    assert "A power is written with **, not with ^." in feedback.message
