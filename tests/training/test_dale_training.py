"""Training of the network of notebook 06: it learns, it stops, it goes on, and it never keeps broken weights."""

import math

import pytest
import torch
from dale_networks import equal, learner, network, shuffling, weights_of

from utils.datasets.sound import ipd_spikes, ipd_to_class
from utils.models.dale_interneurons import INPUT_PROBABILITY, InterneuronSNN, hidden_units_for
from utils.models.dale_snn import DaleSNN
from utils.training.dale_ensemble import Learner, train_together
from utils.training.dales_law_snn import CANCELLED, FINISHED, NOT_FINITE, evaluate


def trained(model, sounds, epochs, rate=0.01, **more):
    """The history of a network's training on these sounds; the network has its best weights then."""
    (ipd, spikes), validation = sounds
    alone = learner(model, rate)
    train_together([alone], ipd, spikes, validation, epochs=epochs, generator=shuffling(), **more)
    return alone.history


def test_it_learns_and_keeps_the_best_weights(sounds):
    model, seen = network(), []
    history = trained(model, sounds, 6, on_epoch=lambda epoch: seen.append((epoch, weights_of(model))))
    assert history.outcome == FINISHED
    assert history.epochs == 6
    assert [epoch for epoch, _ in seen] == [1, 2, 3, 4, 5, 6]
    assert history.train_loss[-1] < 0.9 * history.train_loss[0]
    assert max(history.validation_accuracy) > 0.3
    best = min(range(6), key=history.validation_loss.__getitem__)
    assert history.best_epoch == best + 1
    assert equal(weights_of(model), seen[best][1])
    assert equal(history.last_weights, seen[-1][1])
    assert evaluate(model, *sounds[1]).loss == pytest.approx(history.validation_loss[best])


def test_the_same_seeds_give_the_same_training(sounds):
    losses = [trained(network(), sounds, 2).validation_loss for _ in range(2)]
    assert losses[0] == losses[1]


def test_validation_builds_no_graph(sounds, monkeypatch):
    model = network()
    recording = []
    forward = model.forward
    monkeypatch.setattr(model, "forward", lambda x: recording.append(torch.is_grad_enabled()) or forward(x))
    evaluate(model, *sounds[1])
    assert recording == [False]


def test_evaluation_agrees_with_its_definitions(sounds):
    model, (ipd, spikes) = network(), sounds[1]
    result = evaluate(model, ipd, spikes, batch_size=7)
    with torch.no_grad():
        logits = model(spikes)
    labels = ipd_to_class(ipd)
    assert torch.equal(result.predicted, logits.argmax(1))
    assert result.accuracy == pytest.approx((logits.argmax(1) == labels).double().mean().item())
    middle = torch.deg2rad(-82.5 + 15.0 * logits.argmax(1))
    assert result.error == pytest.approx(torch.rad2deg((middle - ipd).abs()).mean().item(), rel=1e-5)
    assert result.loss == pytest.approx(torch.nn.functional.cross_entropy(0.01 * logits, labels).item(), rel=1e-5)


def test_the_stop_button_keeps_what_was_learned(sounds):
    whole, part, steps = network(), network(), []
    before = weights_of(part)
    history = trained(whole, sounds, 2)

    def press():
        steps.append(part)
        if len(steps) == 2 * 4 + 2:  # 4 batches make an epoch
            raise KeyboardInterrupt

    pressed = learner(part)
    pressed.after_step = press
    train_together([pressed], *sounds[0], sounds[1], epochs=9, generator=shuffling())
    stopped = pressed.history
    assert stopped.outcome == CANCELLED
    assert (stopped.epochs, stopped.stopped_at) == (2, 3)
    assert stopped.validation_loss == history.validation_loss
    assert equal(weights_of(part), weights_of(whole))
    assert not equal(weights_of(part), before)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_an_overflow_stops_with_its_epoch_and_keeps_the_last_good_weights(sounds, value):
    model, good = network(), []

    def overflow(epoch):
        good.append(weights_of(model))
        if epoch == 2:
            model.w2.data[3, 4] = value

    history = trained(model, sounds, 5, on_epoch=overflow)
    assert history.outcome == NOT_FINITE
    assert (history.epochs, history.stopped_at) == (2, 3)
    assert all(bool(weight.isfinite().all()) for weight in model.parameters())
    assert equal(weights_of(model), good[history.best_epoch - 1])
    assert equal(history.last_weights, good[1])


def test_an_overflow_in_the_first_epoch_leaves_the_initial_weights(sounds):
    model = network()
    before = weights_of(model)
    history = trained(model, sounds, 5, rate=1e37)
    assert history.outcome == NOT_FINITE
    assert history.stopped_at == 1
    assert equal(weights_of(model), before)


def test_an_overflow_in_the_last_step_of_an_epoch_is_no_epoch(sounds):
    """The loss is finite still; what the step made of the weights is not."""
    one, steps = learner(network()), []

    def overflow():
        steps.append(one)
        if len(steps) == 2 * 4:  # 4 batches make an epoch
            one.model.w1.data[0, 0] = math.inf

    one.after_step = overflow
    train_together([one], *sounds[0], sounds[1], epochs=5, generator=shuffling())
    assert one.history.outcome == NOT_FINITE
    assert (one.history.epochs, one.history.stopped_at, len(steps)) == (1, 2, 8)
    assert equal(weights_of(one.model), one.history.last_weights)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"batch_size": 0}, "batch_size: got 0"),
        ({"batch_size": 257}, "batch_size: got 257"),
        ({"epochs": -1}, "epochs: got -1, allowed is at least 0"),
    ],
)
def test_refuses_arguments(sounds, arguments, words):
    with pytest.raises(ValueError, match=words):
        trained(network(), sounds, **{"epochs": 1} | arguments)


def test_refuses_sounds_that_do_not_match(sounds):
    (ipd, spikes), validation = sounds
    with pytest.raises(ValueError, match="got 255 phase differences for 256 sounds"):
        trained(network(), ((ipd[1:], spikes), validation), 1)
    with pytest.raises(ValueError, match="spikes: got no sounds"):
        evaluate(network(), ipd[:0], spikes[:0])
    with pytest.raises(ValueError, match="validation: got no sounds"):
        trained(network(), ((ipd, spikes), (ipd[:0], spikes[:0])), 1)


# --- interneurons --------------------------------------------------------------------------------------------------


def test_interneuron_current_is_excitation_minus_inhibition():
    torch.manual_seed(0)
    model = InterneuronSNN()
    model.bias.data.normal_()
    x = ipd_spikes(torch.tensor([0.3]), torch.Generator().manual_seed(0))[0].float()
    with torch.no_grad():
        by_hand = x @ model.w1 - (x @ model.w_ix) @ model.w_ei + model.bias
        assert torch.allclose(model.hidden_current(x[None])[:, 0], by_hand, atol=1e-4)


def test_interneurons_balance_an_excitation_of_unit_variance():
    torch.manual_seed(0)
    model = InterneuronSNN(n_hidden=2000, n_interneurons=200)
    x = (torch.rand(400, 200) < INPUT_PROBABILITY).float()
    with torch.no_grad():
        excitation = x @ model.w1
        current = excitation - (x @ model.w_ix) @ model.w_ei
    assert excitation.mean() > 4
    assert excitation.var().item() == pytest.approx(1, abs=0.1)
    assert abs(current.mean().item()) < 0.2


def test_interneurons_keep_the_law_through_learning(sounds):
    torch.manual_seed(0)
    model = InterneuronSNN()
    first = weights_of(model)
    least = []

    def after_step():
        model.clamp_()
        least.append(min(weight.min().item() for weight in (model.w1, model.w_ix, model.w_ei)))

    one = Learner(model, torch.optim.Adam(model.parameter_groups(0.01)), after_step)
    train_together([one], *sounds[0], sounds[1], epochs=3, generator=shuffling())
    assert len(least) == 12
    assert min(least) == 0
    moved = {name: (value - first[name]).abs().max().item() for name, value in model.state_dict().items()}
    assert moved["w1"] > moved["w_ix"] > moved["w_ei"] > 0


def test_interneuron_learning_rates():
    groups = InterneuronSNN(n_hidden=25).parameter_groups(0.01)
    assert [group["lr"] for group in groups] == [0.01, 0.002, 0.01 / 200]
    assert sum(len(group["params"]) for group in groups) == len(list(InterneuronSNN().parameters()))


def test_equal_parameters():
    budget = sum(weight.numel() for weight in DaleSNN().parameters())
    n_hidden = hidden_units_for(budget)
    counts = [sum(w.numel() for w in InterneuronSNN(n_hidden=n).parameters()) for n in (n_hidden, n_hidden + 1)]
    assert counts[0] <= budget < counts[1]
    with pytest.raises(ValueError, match="n_parameters: got 100"):
        hidden_units_for(100)
    with pytest.raises(ValueError, match="n_interneurons: got 0"):
        InterneuronSNN(n_interneurons=0)
    assert InterneuronSNN(n_hidden=4, n_interneurons=1)(torch.zeros(2, 5, 200)).shape == (2, 12)
