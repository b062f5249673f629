"""Conditions: a seed decides everything, and what cannot be trained is refused by name."""

import pytest
import torch
from dale_networks import equal

from utils.models.dale_interneurons import InterneuronSNN
from utils.training.dale_conditions import Condition, build_network


def test_a_seed_decides_the_network_and_nothing_else_moves():
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    one, two = (build_network(Condition(seed=4)) for _ in range(2))
    assert equal(one.state_dict(), two.state_dict())
    assert torch.equal(torch.rand(1), expected)
    assert not equal(one.state_dict(), build_network(Condition(seed=5)).state_dict())


def test_a_seed_gives_the_same_raw_weights_at_every_fraction():
    networks = [build_network(Condition(fraction=fraction, layout="block")) for fraction in (0.0, 0.4, 1.0)]
    assert torch.equal(networks[0].w1, networks[1].w1)
    assert torch.equal(networks[0].w1, networks[2].w1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"network": "rows"}, "network: got 'rows'"),
        ({"start": "fair"}, "start: got 'fair'"),
        ({"network": "free", "start": "balanced"}, "start: got 'balanced' for network 'free'"),
        ({"learning": "exponentiated", "bias": "yes"}, "learning: got 'exponentiated' for 'columns'"),
        ({"learning": "exponentiated", "network": "free"}, "learning: got 'exponentiated' for 'free'"),
        ({"neuron": "graded", "network": "interneurons"}, "neuron: got 'graded' for network 'interneurons'"),
    ],
)
def test_refuses_conditions(arguments, words):
    with pytest.raises(ValueError, match=words):
        Condition(**arguments)


@pytest.mark.parametrize(("where", "inputs", "hidden"), [("both", 80, 12), ("inputs", 80, 0), ("hidden", 0, 12)])
def test_inhibitory_units_stand_where_a_condition_says(where, inputs, hidden):
    model = build_network(Condition(fraction=0.4, inhibition=where))
    assert int((model.sign1 < 0).sum()) == inputs
    assert int((model.sign2 < 0).sum()) == hidden


def test_interneurons_get_no_more_parameters_than_the_network_beside_them():
    signed, interneurons = (build_network(Condition(network=kind)) for kind in ("columns", "interneurons"))
    counts = [sum(weight.numel() for weight in model.parameters()) for model in (signed, interneurons)]
    assert isinstance(interneurons, InterneuronSNN)
    assert 0.95 * counts[0] < counts[1] <= counts[0]
