"""Notebook 04: arrays taken as they lie in the file, and full-batch descent on all 23,589 responses."""

from __future__ import annotations

import os

import numpy as np
import torch
from torch import Tensor, nn


def load(path: str | os.PathLike) -> tuple[Tensor, Tensor]:
    """Responses (n_stimuli, n_neurons) and stimuli (n_stimuli, 1) in degrees, without a look at what they are."""
    with np.load(path) as file:
        arrays = dict(file)
    responses = torch.tensor(arrays["resp"], dtype=torch.float32)
    return responses, torch.tensor(arrays["stimuli"], dtype=torch.float32).unsqueeze(1)


def train(net: nn.Module, responses: Tensor, stimuli: Tensor, iterations: int, lr: float = 1e-4) -> list[float]:
    """Full-batch gradient descent on the squared error in degrees.

    Args:
        net: reads n_neurons numbers; trained in place.
        responses: (n_train, n_neurons).
        stimuli: (n_train, 1) in degrees.
        iterations: steps.
        lr: length of a step.

    Returns:
        The loss before each step, in square degrees.
    """
    criterion = nn.MSELoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    for _ in range(iterations):
        loss = criterion(net(responses), stimuli)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
