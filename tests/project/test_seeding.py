import random

import numpy as np
import pytest
import torch

from utils import seed_worker, set_device, set_seed


def draws():
    return random.random(), float(np.random.rand()), float(torch.rand(()))


def test_same_seed_same_numbers_from_every_generator():
    first = set_seed(7), draws()
    second = set_seed(7), draws()
    assert first[1] == second[1]
    assert torch.equal(torch.rand(3, generator=first[0]), torch.rand(3, generator=second[0]))


def test_other_seed_other_numbers():
    set_seed(7)
    first = draws()
    set_seed(8)
    assert all(a != b for a, b in zip(first, draws(), strict=True))


def test_returned_generator_is_independent_of_the_global_one():
    generator = set_seed(3)
    torch.rand(10)
    assert torch.equal(torch.rand(2, generator=generator), torch.rand(2, generator=torch.Generator().manual_seed(3)))


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "1", None, True])
def test_bad_seeds_are_refused_by_name(seed):
    with pytest.raises(ValueError, match="seed: got"):
        set_seed(seed)


def test_numpy_integers_are_seeds():
    set_seed(np.int64(5))
    first = draws()
    set_seed(5)
    assert first == draws()


def test_workers_draw_different_numbers():
    torch.manual_seed(1)
    seed_worker(0)
    first = random.random(), np.random.rand()
    torch.manual_seed(2)
    seed_worker(1)
    assert first[0] != random.random()
    assert first[1] != np.random.rand()


@pytest.mark.parametrize(
    ("cuda", "mps", "kind", "words"),
    [(True, True, "cuda", "CUDA (A GPU)"), (False, True, "mps", "MPS"), (False, False, "cpu", "the CPU")],
)
def test_device_is_cuda_then_mps_then_cpu(monkeypatch, capsys, cuda, mps, kind, words):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "A GPU")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert set_device().type == kind
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    assert words in lines[0]
