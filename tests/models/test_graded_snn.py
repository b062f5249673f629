"""Graded units follow the membranes of the spiking ones."""

import torch

from utils.models.graded_snn import GradedSNN
from utils.models.leaky_layer import SURROGATE_SLOPE, THRESHOLD


def test_a_unit_sends_a_sigmoid_of_its_potential_step_by_step():
    torch.manual_seed(0)
    model = GradedSNN(n_hidden=4)
    current = torch.randn(20, 3, 4)
    found = model.hidden_activity(current)
    potential = torch.zeros(3, 4)
    for step in range(20):
        assert torch.allclose(found[step], torch.sigmoid(SURROGATE_SLOPE * (potential - THRESHOLD)), atol=1e-5)
        potential = model.decay * potential + current[step]


def test_it_learns_under_the_same_signs():
    torch.manual_seed(0)
    model = GradedSNN()
    spikes = (torch.rand(5, 100, 200) < 0.2).to(torch.uint8)
    logits = model(spikes)
    logits.sum().backward()
    assert logits.shape == (5, 12)
    assert model.w1.grad.abs().sum() > 0
    assert bool((model.signed_weights()[0] * model.sign1 >= 0).all())
