"""What the property tests share."""

import pytest
import torch


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def refusal(call, *args, **kwargs):
    """What a function says about arguments that it refuses."""
    with pytest.raises(ValueError, match=r"\w") as caught:
        call(*args, **kwargs)
    return str(caught.value)
