"""One seed for every source of randomness, and one device for every tensor."""

from __future__ import annotations

import random

import numpy as np
import torch


def set_seed(seed: int) -> torch.Generator:
    """Seed Python's, NumPy's and PyTorch's random numbers, on every device.

    Args:
        seed: an integer from 0 to 2**32 - 1 (NumPy's range).

    Returns:
        A fresh CPU generator with the same seed, for functions that take one.

    Raises:
        ValueError: the seed is not an integer in that range.
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**32:
        raise ValueError(f"seed: got {seed!r}, allowed is an integer from 0 to 4294967295")
    seed = int(seed)
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)  # seeds CUDA and MPS as well
    return torch.Generator().manual_seed(seed)


def seed_worker(worker_id: int) -> None:
    """Seed Python and NumPy inside a `DataLoader` worker; pass it as `worker_init_fn`.

    PyTorch gives each worker a seed of its own; Python's and NumPy's generators would otherwise be
    copies of the parent's, so that all workers would draw the same numbers.

    Source: https://pytorch.org/docs/stable/notes/randomness.html

    Args:
        worker_id: its number, as a DataLoader gives it; PyTorch's own seed, which differs between workers, decides.
    """
    worker_seed = torch.initial_seed() % 2**32
    random.seed(worker_seed)
    np.random.seed(worker_seed)


def set_device() -> torch.device:
    """Choose CUDA where there is one, then Apple's MPS, then the CPU, and say which in one line.

    Returns:
        The device.
    """
    if torch.cuda.is_available():
        print(f"Computing on CUDA ({torch.cuda.get_device_name()}).")
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        print("Computing on MPS (Apple GPU).")
        return torch.device("mps")
    print("Computing on the CPU.")
    return torch.device("cpu")
