"""What the tests of training share."""

import pytest
import torch

from utils.datasets.sound import random_ipd_dataset


@pytest.fixture(scope="module")
def sounds():
    """Sounds to learn from, and sounds to validate with: (ipd, spikes) each."""
    generator = torch.Generator().manual_seed(0)
    return random_ipd_dataset(256, generator), random_ipd_dataset(64, generator)
