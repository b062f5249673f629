"""Silenced inputs and retrained read-outs: what changes, and that nothing else does."""

import pytest
import torch
from dale_networks import equal, network, weights_of

from utils.datasets.sound import ipd_spikes
from utils.models.dale_interneurons import INPUT_PROBABILITY
from utils.training.ablation import hidden_rates, retrain_readout, silence_inputs, silence_kind
from utils.training.dales_law_snn import evaluate


def test_silencing_leaves_the_network_alone():
    model = network(inhibitory_fraction=0.3)
    before = weights_of(model)
    cut = silence_inputs(model, torch.tensor([0, 5]))
    assert not bool(cut.w1[[0, 5]].any())
    assert torch.equal(cut.w1[1:5], model.w1[1:5])
    assert equal(weights_of(model), before)


def test_silenced_inputs_have_no_effect():
    model = network()
    rows = torch.arange(100, 200)
    spikes = ipd_spikes(torch.tensor([0.4, -1.0]), torch.Generator().manual_seed(0))
    deaf = spikes.clone()
    deaf[:, :, rows] = 0
    with torch.no_grad():
        assert torch.allclose(silence_inputs(model, rows)(spikes), model(deaf), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("has_bias", [False, True])
def test_the_mean_current_of_silenced_inputs_can_be_given_back(has_bias):
    model = network(inhibitory_fraction=0.3, bias=has_bias)
    if has_bias:
        model.bias.data.fill_(0.5)
    # Every input at its mean: nothing is missing then, and without it the current of these rows is.
    mean = torch.full((1, 3, 200), INPUT_PROBABILITY)
    rows = torch.nonzero(model.sign1[:, 0] < 0)[:, 0]
    with torch.no_grad():
        whole = model.hidden_current(mean)
        assert torch.allclose(silence_inputs(model, rows, give_back_mean=True).hidden_current(mean), whole, atol=1e-4)
        assert bool((silence_inputs(model, rows).hidden_current(mean) > whole).all())


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_kind_is_silenced_at_random(sign):
    model = network(inhibitory_fraction=0.3)
    cuts = [silence_kind(model, sign, 20, torch.Generator().manual_seed(seed)) for seed in (0, 0, 1)]
    silent = [(cut.w1 == 0).all(1) for cut in cuts]
    assert all(int(rows.sum()) == 20 and bool((model.sign1[rows] == sign).all()) for rows in silent)
    assert torch.equal(silent[0], silent[1])
    assert not torch.equal(silent[0], silent[2])
    with pytest.raises(ValueError, match="n_rows: got 150, allowed is 0 to"):
        silence_kind(model, sign, 150, torch.Generator())


def test_a_retrained_readout_learns_and_touches_nothing_else(sounds):
    (ipd, spikes), _ = sounds
    model = network()
    before = weights_of(model)
    new = retrain_readout(model, ipd, spikes, steps=40)
    assert equal(weights_of(model), before)
    assert torch.equal(new.w1, model.w1)
    assert evaluate(new, ipd, spikes).loss < evaluate(model, ipd, spikes).loss
    assert bool((new.signed_weights()[1] * new.sign2 >= 0).all())


def test_rates_are_spikes_per_second(sounds):
    model, (_, spikes) = network(), sounds[1]
    rates = hidden_rates(model, spikes)
    with torch.no_grad():
        counted = model.hidden_spikes(spikes).sum(0) / 0.1
    assert rates.shape == (64, 30)
    assert torch.allclose(rates, counted)
