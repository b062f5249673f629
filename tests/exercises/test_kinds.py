"""Results are brought to the reference's kind where nothing is lost, and nowhere else."""

import numpy as np
import pytest
import torch

from utils.exercises.comparing import same
from utils.exercises.kinds import coarser, convert, outline

F64 = torch.tensor([1.0, 2.0], dtype=torch.float64)


@pytest.mark.parametrize(
    ("result", "like", "converted"),
    [
        ([1, 2], F64, F64),
        ((1.0, 2.0), F64, F64),
        (np.array([1, 2]), F64, F64),
        (np.array([1, 2], dtype=np.float32), F64, F64),
        (F64.float(), F64, F64),
        ([torch.tensor(1.0), torch.tensor(2.0)], F64, F64),
        ([[1, 2]], torch.zeros(1, 2), torch.tensor([[1.0, 2.0]])),
        (torch.tensor([1.0, 3.0]), torch.tensor([1, 3]), torch.tensor([1, 3])),
        (torch.tensor([True, False]), torch.zeros(2), torch.tensor([1.0, 0.0])),
        (torch.tensor([[1.5]]), torch.tensor(0.0), torch.tensor(1.5)),
        (1.5, torch.tensor(0.0), torch.tensor(1.5)),
        (torch.tensor(1.5), 0.0, 1.5),
        (np.float32(1.5), 0.0, 1.5),
        (np.array([[7.0]]), 1, 7),
        (7.0, 1, 7),
        (np.bool_(True), False, True),
        (1, False, True),
        (3, 1.0, 3.0),
        (F64, np.zeros(2), np.array([1.0, 2.0])),
        ([1, 2], np.zeros(2), np.array([1.0, 2.0])),
        (np.array([1.0, 2.0]), (0.0, 0.0), (1.0, 2.0)),
        ([1, 2], (0.0, 0.0), (1.0, 2.0)),
        ({"a": torch.tensor(1.0)}, {"a": 0.0}, {"a": 1.0}),
        ({"a": 1, "b": 2}.values(), (0.0, 0.0), (1.0, 2.0)),
        ([torch.tensor(1.0), torch.tensor(2.0), 3], [0.0], [1.0, 2.0, 3.0]),
    ],
)
def test_nothing_is_lost(result, like, converted):
    found = convert(result, like)
    assert type(found) is type(converted)
    assert getattr(found, "dtype", None) == getattr(converted, "dtype", None)
    assert same(found, converted)
    assert same(convert(result, outline(like)), converted), "an outline does as well"


@pytest.mark.parametrize(
    ("result", "like"),
    [
        (None, F64),
        (..., F64),
        ("1, 2", F64),
        (torch.tensor([1.5]), torch.tensor([1])),
        (7.5, 1),
        (2, True),
        (float("inf"), 1),
        (1 + 2j, 1.0),
        (torch.tensor([1 + 1j]), torch.tensor([1.0])),
        ([1, 2], 1.0),
        ([[1], [2, 3]], F64),
        ((1, 2, 3), (0.0, 0.0)),
        ({"b": 1}, {"a": 1}),
        ({1.0, 2.0}, (0.0, 0.0)),
        ([object(), object()], F64),
        ([..., 1], F64),
        (np.array(["a"]), np.zeros(1)),
    ],
)
def test_what_would_lose_something_stays_as_it_is(result, like):
    assert convert(result, like) is result or same(convert(result, like), result)


def test_gradients_survive_where_the_reference_has_some_and_only_there():
    leaf = torch.ones(2, requires_grad=True)
    with_graph = leaf.double() * 2
    kept = convert([with_graph[0], with_graph[1]], outline(leaf * 1))
    assert kept.requires_grad
    assert kept.dtype == torch.float32
    assert not convert(with_graph, torch.zeros(2)).requires_grad
    assert type(convert(with_graph.sum(), 0.0)) is float


def test_fewer_digits_are_noticed():
    assert coarser(F64.float(), F64)
    assert coarser((1.0, np.zeros(1, np.float32)), (1.0, np.zeros(1)))
    assert not coarser([1.0, 2.0], F64)
    assert not coarser(F64, F64.float())
    assert not coarser(torch.tensor([1, 2]), F64)
