"""Multi-layer perceptrons: shapes, activations by name, ensembles, and training many seeds at once."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from utils.models import MLP
from utils.models.mlp import ACTIVATIONS, MLPEnsemble, find_activation


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


# --- activations by name ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*ACTIVATIONS, "ReLU", "Leaky_ReLU", " GELU ", "TANH"])
def test_names_are_found_whatever_their_case(name):
    assert isinstance(find_activation(name), ACTIVATIONS[name.strip().lower().replace("_", "")])


def test_numbers_in_brackets_reach_the_activation():
    assert find_activation("LeakyReLU(0.1)").negative_slope == 0.1
    assert find_activation(" leaky_relu( 0.25 ) ").negative_slope == 0.25
    assert find_activation("softplus(2, 10)").threshold == 10


@pytest.mark.parametrize(
    "name",
    [
        "relUU",
        "",
        "(0.1)",
        "LeakyReLU(0.1",
        "LeakyReLU(__import__('os'))",
        "LeakyReLU(open)",
        "LeakyReLU('a')",
        "LeakyReLU([1])",
        "LeakyReLU(True)",
        "LeakyReLU(1)(2)",
        "tanh(3)",
        "identity(1)",
        "__class__",
        "Linear(2, 2)",
        None,
        3,
        nn.ReLU,
    ],
)
def test_everything_else_is_refused_with_the_allowed_names(name):
    with pytest.raises(ValueError, match=r"^activation: got .*relu, leakyrelu.*LeakyReLU\(0\.1\)"):
        find_activation(name)


def test_no_name_is_ever_executed(tmp_path):
    target = tmp_path / "touched"
    with pytest.raises(ValueError, match="activation"):
        find_activation(f"ReLU(__import__('pathlib').Path({str(target)!r}).touch())")
    assert not target.exists()


def test_a_module_is_copied():
    mine = nn.LeakyReLU(0.3)
    network = MLP(2, [3, 3], 1, mine)
    used = [layer for layer in network.layers if isinstance(layer, nn.LeakyReLU)]
    assert [layer.negative_slope for layer in used] == [0.3, 0.3]
    assert used[0] is not mine
    assert used[0] is not used[1]


# --- one network --------------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(
    n_inputs=st.integers(1, 6),
    hidden=st.lists(st.integers(1, 9), max_size=4),
    n_outputs=st.integers(1, 5),
    batch=st.integers(1, 7),
)
def test_any_shape_counts_its_parameters_and_equals_its_formula(n_inputs, hidden, n_outputs, batch):
    network = MLP(n_inputs, hidden, n_outputs, "tanh", generator=seeded())
    widths = [n_inputs, *hidden, n_outputs]
    pairs = list(itertools.pairwise(widths))
    assert sum(p.numel() for p in network.parameters()) == sum(a * b + b for a, b in pairs)
    x = torch.randn(batch, n_inputs, generator=seeded(1))
    h = x
    linears = [layer for layer in network.layers if isinstance(layer, nn.Linear)]
    for number, layer in enumerate(linears):
        h = h @ layer.weight.T + layer.bias
        if number < len(linears) - 1:
            h = torch.tanh(h)
    assert torch.allclose(network(x), h, atol=1e-5)


def test_published_output_shape():
    assert MLP(2, [100, 10, 5], 1, "LeakyReLU(0.1)")(torch.zeros(100, 2)).shape == (100, 1)


def test_any_sample_shape_is_flattened():
    x = torch.randn(5, 1, 4, 3, generator=seeded())
    network = MLP((1, 4, 3), [7], 2)
    assert torch.equal(network(x), network(x.flatten(1)))
    assert torch.equal(network(x), network(x.reshape(5, 3, 4)))


def test_initial_weights_are_pytorchs_own():
    torch.manual_seed(5)
    ours = MLP(3, [8], 2)
    torch.manual_seed(5)
    theirs = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2))
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.allclose(mine, other, atol=1e-6)


def test_a_generator_leaves_the_global_one_alone():
    before = torch.get_rng_state()
    first, second = MLP(2, [5], 3, generator=seeded(4)), MLP(2, [5], 3, generator=seeded(4))
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))


def test_dropout_acts_in_training_only_and_keeps_the_mean():
    network = MLP(2, [64], 3, dropout=0.5, generator=seeded())
    x = torch.randn(4, 2, generator=seeded(1))
    torch.manual_seed(0)
    with torch.no_grad():
        passes = torch.stack([network(x) for _ in range(4000)])
        network.eval()
        assert torch.equal(network(x), network(x))
        calm = network(x)
    assert passes.std(0).min() > 0.01
    assert ((passes.mean(0) - calm).abs() < 5 * passes.std(0) / math.sqrt(4000)).all()
    assert not any(isinstance(layer, nn.Dropout) for layer in MLP(2, [4], 2).layers)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((0, [3], 2), "n_inputs"),
        ((2.0, [3], 2), "n_inputs"),
        (((2, -1), [3], 2), "n_inputs"),
        ((2, [3, 0], 2), "hidden"),
        ((2, [2.5], 2), "hidden"),
        ((2, 5, 2), "hidden"),
        ((2, "5", 2), "hidden"),
        ((2, [3], 0), "n_outputs"),
        ((2, [3], 2, "relu", 1.0), "dropout"),
        ((2, [3], 2, "relu", -0.1), "dropout"),
        ((2, [3], 2, "relu", "half"), "dropout"),
        ((2, [], 2, "relUU"), "activation"),
    ],
)
def test_bad_networks_are_refused_by_name(arguments, name):
    with pytest.raises(ValueError, match=rf"^{name}: got .*allowed"):
        MLP(*arguments)


@pytest.mark.parametrize("shape", [(2,), (3, 4), (3, 2, 2), ()])
def test_bad_inputs_are_refused(shape):
    with pytest.raises(ValueError, match=r"^x: got shape"):
        MLP(2, [3], 2)(torch.zeros(shape))


def test_numbers_of_numpy_are_numbers_and_arrays_are_no_tensors():
    network = MLP(np.int64(2), [np.int32(3)], np.int64(2), dropout=np.float32(0.5))
    assert network(torch.zeros(4, 2)).shape == (4, 2)
    for model in (network, MLPEnsemble([network])):
        with pytest.raises(ValueError, match=r"^x: got ndarray, allowed is a tensor"):
            model(np.zeros((4, 2)))


# --- ensembles ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hidden", [[], [7], [5, 4, 3]])
def test_ensemble_equals_its_members(hidden):
    members = [MLP(2, hidden, 3, "gelu", generator=seeded(seed)) for seed in range(4)]
    ensemble = MLPEnsemble(members)
    shared, own = torch.randn(6, 2, generator=seeded(9)), torch.randn(4, 6, 2, generator=seeded(8))
    assert torch.allclose(ensemble(shared), torch.stack([member(shared) for member in members]), atol=1e-6)
    assert torch.allclose(ensemble(own), torch.stack([m(x) for m, x in zip(members, own, strict=True)]), atol=1e-6)
    for index, member in enumerate(members):
        assert torch.equal(ensemble.member(index)(shared), member(shared))


def test_ensemble_copies_and_keeps_the_mode():
    member = MLP(2, [4], 2, dropout=0.5, generator=seeded())
    ensemble = MLPEnsemble([member]).eval()
    assert not ensemble.member(0).training
    assert ensemble.member(0).layers[2].p == 0.5
    with torch.no_grad():
        member.layers[0].weight.zero_()
    assert ensemble.weights[0].abs().sum() > 0


def test_ensemble_refuses_what_does_not_fit():
    one = MLP(2, [4], 2)
    with pytest.raises(ValueError, match=r"^members: got \[\]"):
        MLPEnsemble([])
    with pytest.raises(ValueError, match=r"^members: got 2 different shapes"):
        MLPEnsemble([one, MLP(2, [5], 2)])
    with pytest.raises(ValueError, match="activation that learns"):
        MLPEnsemble([MLP(2, [4], 2, nn.PReLU())])
    for shape in [(2,), (3, 4, 2), (1, 4, 3)]:
        with pytest.raises(ValueError, match=r"^x: got shape"):
            MLPEnsemble([one])(torch.zeros(shape))
    with pytest.raises(ValueError, match=r"^index: got 1"):
        MLPEnsemble([one]).member(1)
