"""How long a DataLoader takes for one epoch, in this process or with worker processes."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Mapping

from torch.utils.data import DataLoader

from utils.checks import checked_count

__all__ = ["time_loader", "time_loaders"]

# A worker that does not answer within this time is given up, so that a notebook can never hang.
WORKER_TIMEOUT_SECONDS = 20


def time_loader(loader: DataLoader, epochs: int = 7) -> list[float]:
    """Time of whole epochs of loading, nothing done with the batches.

    Args:
        loader: what to go through.
        epochs: how many times.

    Returns:
        One time for each epoch, in ms.

    Raises:
        ValueError: epochs < 1.
    """
    checked_count("epochs", epochs)
    times = []
    for _ in range(epochs):
        start = time.perf_counter()
        for _ in loader:
            pass
        times.append(1e3 * (time.perf_counter() - start))
    return times


def time_loaders(loaders: Mapping[str, DataLoader]) -> dict[str, list[float] | None]:
    """Time of whole epochs of several loaders, those with worker processes only where that is safe inside a notebook.

    Only Linux forks its workers: there they start at once and see what the notebook defined. macOS and Windows start
    new interpreters, which import everything again and cannot see a notebook's own classes.

    Args:
        loaders: way -> what to go through.

    Returns:
        Way -> one time for each epoch, in ms; None where workers cannot be forked or do not answer.
    """
    return {
        way: _time_workers(loader) if loader.num_workers else time_loader(loader) for way, loader in loaders.items()
    }


def _time_workers(loader: DataLoader, epochs: int = 3) -> list[float] | None:
    if sys.platform != "linux":
        return None
    loader.multiprocessing_context, loader.timeout = "fork", WORKER_TIMEOUT_SECONDS
    with warnings.catch_warnings():
        # Python 3.12 warns of any fork beside threads, and a kernel has threads; the time-out guards against a hang.
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            return time_loader(loader, epochs)
        except (RuntimeError, OSError):
            return None
