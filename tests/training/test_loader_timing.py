"""Timing of loaders: once an epoch, and worker processes only where a notebook can have them."""

import sys

import pytest
import torch
from contracts import refusal
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.data import DataLoader, TensorDataset

from utils import seed_worker
from utils.datasets.spiral import batched_loader, create_spiral_dataset
from utils.training.loader_timing import time_loader, time_loaders

DATA = TensorDataset(torch.zeros(256, 2), torch.zeros(256))


def with_workers():
    return DataLoader(DATA, batch_size=128, num_workers=1, worker_init_fn=seed_worker)


@settings(max_examples=5)
@given(n=st.integers(1, 20), epochs=st.integers(1, 4))
def test_loading_is_timed_once_an_epoch(n, epochs):
    times = time_loader(batched_loader(torch.zeros(n, 2), torch.zeros(n), 4), epochs)
    assert len(times) == epochs
    assert all(0 <= time < 10_000 for time in times)


def test_no_epochs_are_refused():
    assert refusal(time_loader, [], 0).startswith("epochs: got 0")


def test_batches_of_indices_beat_samples_one_by_one():
    X, y = create_spiral_dataset(4, 0.16, 500, torch.Generator().manual_seed(0))
    one_by_one = DataLoader(TensorDataset(X, y), batch_size=128, shuffle=True)
    # About tenfold; half of that is left as room for a busy machine.
    assert min(time_loader(one_by_one, 3)) > 2 * min(time_loader(batched_loader(X, y), 3))


def test_every_way_is_timed_or_declined():
    times = time_loaders({"here": DataLoader(DATA, batch_size=128), "with workers": with_workers()})
    assert list(times) == ["here", "with workers"]
    assert min(times["here"]) > 0
    if sys.platform == "linux":
        assert times["with workers"] is None or min(times["with workers"]) > 0


def test_no_workers_outside_of_linux(monkeypatch):
    monkeypatch.setattr("utils.training.loader_timing.sys.platform", "darwin")
    assert time_loaders({"workers": with_workers()}) == {"workers": None}


def test_a_worker_that_dies_is_given_up():
    class Broken(torch.utils.data.Dataset):
        def __len__(self):
            return 4

        def __getitem__(self, index):
            raise RuntimeError("no such sample")

    if sys.platform != "linux":
        pytest.skip("workers are forked on Linux only")
    assert time_loaders({"workers": DataLoader(Broken(), num_workers=1)}) == {"workers": None}
