"""Trained networks: which are trained side by side, and how they are kept and found."""

import pytest
import torch

from utils.sweeps import experiments, trained
from utils.training.ablation import readout_accuracies
from utils.training.dale_conditions import Condition, draw_sounds, training_phase
from utils.training.dales_law_snn import evaluate

FEW = 128


def test_groups_share_their_sounds_and_are_not_too_large():
    conditions = [Condition(fraction=f / 10, seed=seed) for seed in (1, 0) for f in range(5)]
    conditions += [Condition(seed=1, phase="shared"), Condition(seed=1, neuron="graded"), conditions[0]]
    found = trained.groups(conditions, size=3)
    assert [len(group) for group in found] == [3, 2, 3, 2, 1, 1]
    assert [one for group in found for one in group] == list(dict.fromkeys(conditions))
    for group in found:
        assert len({(one.seed, one.phase, one.neuron) for one in group}) == 1


def test_a_trained_network_is_kept_and_found(tmp_path, monkeypatch):
    conditions = [Condition(seed=2, epochs=1), Condition(seed=2, epochs=1, layout="block")]
    sounds = draw_sounds(2, n_train=FEW)
    made = trained.load_or_train(conditions, sounds, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    assert trained.load(Condition(seed=3), tmp_path) is None
    monkeypatch.setattr(trained, "train_group", lambda *_: pytest.fail("it was there"))
    again = trained.load_or_train(conditions, sounds, tmp_path)
    for one, two, condition in zip(made, again, conditions, strict=True):
        assert one.condition == two.condition == condition
        assert one.history.validation_loss == two.history.validation_loss
        for which in ("best", "last"):
            assert all(torch.equal(value, two.weights[which][name]) for name, value in one.weights[which].items())
            assert evaluate(two.network(which), *sounds.test).loss == evaluate(one.network(which), *sounds.test).loss


def test_every_condition_has_a_file_of_its_own():
    conditions = [Condition(), Condition(seed=1), Condition(bias="yes"), Condition(tau=2e-3), Condition(fraction=0.2)]
    assert len({trained.file_of(one, "folder") for one in conditions}) == len(conditions)


def test_the_training_phase_is_the_one_of_the_training_sounds():
    _, spikes = draw_sounds(4, "shared", 512).train
    left = spikes[:, :, :100].float().mean(0)
    time = 2 * torch.pi * 20e-3 * torch.arange(100)[:, None]
    theta = time + torch.linspace(0, torch.pi / 2, 100) + training_phase(4, 512)
    expected = 0.6 * ((1 + theta.sin()) / 2) ** 2
    assert (left - expected).abs().mean() < 0.02


@pytest.mark.parametrize(("phase", "same"), [("shared", training_phase(4, FEW)), ("per_sound", "per_sound")])
def test_new_sounds_at_the_same_phase_are_at_that_of_the_training(monkeypatch, phase, same):
    sounds, asked = draw_sounds(4, phase, FEW), []
    monkeypatch.setattr(experiments, "random_ipd_dataset", lambda n, _, at: asked.append((n, at)) or sounds.test)
    (one,) = trained.train_group([Condition(seed=4, epochs=1, phase=phase)], sounds)
    found = experiments.phase_split(one, sounds)
    assert asked == [(len(sounds.test[0]), same), (len(sounds.test[0]), "per_sound")]
    assert list(found) == ["training", "same_phase", "other_phases"]


def test_what_ablations_and_timings_measure():
    sounds = draw_sounds(0, n_train=FEW)
    some = Condition(fraction=0.2, epochs=1, layout="block")
    most = Condition(fraction=0.9, epochs=1, layout="block")
    one, two = trained.train_group([some, most], sounds)
    found = experiments.ablations(one, sounds)
    assert list(found) == list(experiments.ABLATIONS)
    assert found["best_nothing_old"] == experiments.accuracies(one, sounds)["test_accuracy"]
    assert found["best_nothing_mean_given_back"] == found["best_nothing_old"], "nothing was taken, nothing comes back"
    # Without inhibition there is more drive, without excitation less.
    assert found["best_inhibitory_rate"] > found["best_nothing_rate"] > found["best_excitatory_rate"]
    assert all(0 <= value <= 1 for name, value in found.items() if not name.endswith("rate"))
    # There are not so many excitatory inputs as inhibitory ones to silence.
    empty = {name for name, value in experiments.accuracies(two, sounds).items() if value == ""}
    assert {name for name in empty if name.startswith("silent_")} == {
        f"silent_excitatory_{name}" for name in experiments.SCORES
    }
    timings = experiments.timings(one, sounds)
    assert list(timings) == list(experiments.TIMINGS)
    assert all(0 <= value <= 1 for value in timings.values())


def test_readouts_that_learn_anew_do_better_and_touch_nothing():
    sounds = draw_sounds(0, n_train=512)
    (one,) = trained.train_group([Condition(epochs=1, layout="block")], sounds)
    model = one.network()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    found = readout_accuracies(model, sounds.train, sounds.train)
    assert found["old"] == pytest.approx(evaluate(model, *sounds.train).accuracy)
    assert found["old"] < found["signed"] < found["linear"] < found["mlp"]
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert found == readout_accuracies(model, sounds.train, sounds.train)
