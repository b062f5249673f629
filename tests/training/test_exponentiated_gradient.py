"""Exponentiated gradient: signs stay, sizes are multiplied, and it descends."""

import math

import pytest
import torch
from torch import nn

from utils.training.exponentiated_gradient import ExponentiatedGradient


def test_a_first_step_multiplies_each_weight_by_one_factor():
    weight = nn.Parameter(torch.tensor([2.0, -3.0, 0.0, 0.5]))
    weight.grad = torch.tensor([0.1, 0.1, 5.0, -40.0])
    ExponentiatedGradient([weight], lr=0.2).step()
    # The first mean over its size is the gradient's sign: a weight shrinks where it points the gradient's way.
    factors = [math.exp(-0.2), math.exp(0.2), 1, math.exp(0.2)]
    expected = torch.tensor([2.0, -3.0, 0.0, 0.5]) * torch.tensor(factors)
    assert torch.allclose(weight.detach(), expected, rtol=1e-4)


def test_it_descends_and_no_sign_changes():
    torch.manual_seed(0)
    x, target = torch.randn(200, 5), torch.tensor([1.0, -2.0, 0.3, 0.05, -0.7])
    weight = nn.Parameter(torch.tensor([0.5, -0.5, 0.5, 0.5, 0.5]))
    optimizer = ExponentiatedGradient([weight], lr=0.05)
    for _ in range(400):
        loss = (x @ (weight - target)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    found = weight.detach()
    assert torch.equal(found.sign(), torch.tensor([1.0, -1.0, 1.0, 1.0, 1.0]))
    assert found[4] < 0.05, "it wanted to be negative, and came near 0"
    assert found[:3] == pytest.approx(target[:3], abs=0.25)


def test_a_closure_is_called_and_weights_without_a_gradient_stay():
    used, unused = nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2))
    optimizer = ExponentiatedGradient([used, unused])

    def closure():
        optimizer.zero_grad()
        loss = used.sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 2
    assert (used < 1).all()
    assert torch.equal(unused.detach(), torch.ones(2))


def test_a_step_size_that_is_none_is_refused():
    with pytest.raises(ValueError, match="lr: got 0"):
        ExponentiatedGradient([nn.Parameter(torch.ones(1))], lr=0)
