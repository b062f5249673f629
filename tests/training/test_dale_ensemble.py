"""Networks trained side by side are, to the last bit, those that are trained alone."""

import pytest
import torch
from dale_networks import equal, shuffling

from utils.datasets.sound import random_ipd_dataset
from utils.models.dale_snn import DaleSNN
from utils.models.graded_snn import GradedSNN
from utils.training.dale_conditions import Condition, draw_sounds, learner_for, train_condition
from utils.training.dale_ensemble import ensemble_logits, train_together
from utils.training.dales_law_snn import NOT_FINITE

FEW = 128
CONDITIONS = [
    Condition(fraction=0.0, epochs=2),
    Condition(fraction=0.5, layout="block", epochs=2),
    Condition(network="free", epochs=2),
    Condition(bias="yes", epochs=2),
    Condition(network="interneurons", bias="yes", epochs=2),
    Condition(learning="exponentiated", epochs=2),
    Condition(n_hidden=48, epochs=2),
]


@pytest.fixture(scope="module")
def sounds():
    return draw_sounds(0, "per_sound", FEW)


def test_side_by_side_is_alone(sounds):
    together = [learner_for(condition) for condition in CONDITIONS]
    order = torch.Generator().manual_seed(0)  # the seed of the conditions
    train_together(together, *sounds.train, sounds.validation, epochs=2, generator=order, snapshots_at=(1, 2))
    for condition, one in zip(CONDITIONS, together, strict=True):
        model, history = train_condition(condition, sounds)
        assert one.history.validation_accuracy == history.validation_accuracy, condition
        assert one.history.best_epoch == history.best_epoch
        assert one.history.train_loss == pytest.approx(history.train_loss, abs=1e-6)
        for name, weight in model.state_dict().items():
            assert torch.allclose(one.best[name], weight, atol=1e-5), (condition, name)
            assert torch.equal(one.model.state_dict()[name], one.best[name])
        assert equal(one.snapshots[2][1], one.history.last_weights)
        assert not equal(one.snapshots[1][1], one.history.last_weights)


def test_a_network_that_overflows_leaves_the_others_alone(sounds):
    broken, sound = learner_for(CONDITIONS[1]), learner_for(CONDITIONS[2])
    with torch.no_grad():
        broken.model.w1[0, 0] = float("nan")
    alone = learner_for(CONDITIONS[2])
    for group in ([broken, sound], [alone]):
        train_together(group, *sounds.train, sounds.validation, epochs=2, generator=shuffling())
    assert broken.history.outcome == NOT_FINITE
    assert broken.history.stopped_at == 1
    assert broken.history.train_loss == []
    assert sound.history.validation_accuracy == alone.history.validation_accuracy
    assert len(sound.history.train_loss) == 2


def test_new_sounds_are_drawn_before_every_epoch_but_the_first(sounds):
    drawn = []

    def renew():
        drawn.append(random_ipd_dataset(FEW, torch.Generator().manual_seed(len(drawn))))
        return drawn[-1]

    seen = []
    train_together(
        [learner_for(CONDITIONS[0])],
        *sounds.train,
        sounds.validation,
        epochs=3,
        generator=shuffling(),
        renew=renew,
        on_epoch=seen.append,
    )
    assert len(drawn) == 2
    assert seen == [1, 2, 3]


def test_networks_that_differ_in_kind_are_refused():
    for other in (GradedSNN(), DaleSNN(tau=1e-2), DaleSNN(n_inputs=7)):
        with pytest.raises(ValueError, match="models: got several decays"):
            ensemble_logits([DaleSNN(), other], torch.zeros(1, 100, 200))
