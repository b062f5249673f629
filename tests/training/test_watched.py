"""A training to watch is the training itself, with its names kept."""

import pytest
import torch

from utils.training import watched
from utils.training.dale_conditions import Condition, draw_sounds, train_condition
from utils.training.dales_law_snn import CANCELLED, NOT_FINITE
from utils.training.watched import train_watched

CONDITIONS = [Condition(seed=3, phase="shared", epochs=2, layout=layout) for layout in ("random", "block")]


@pytest.fixture(scope="module")
def sounds():
    return draw_sounds(3, "shared", 256)


def test_watching_changes_nothing_and_keeps_every_epoch(sounds):
    both = train_watched(CONDITIONS, sounds)
    for condition, one in zip(CONDITIONS, both, strict=True):
        plain, history = train_condition(condition, sounds)
        for ours, theirs in zip(one.network.parameters(), plain.parameters(), strict=True):
            assert torch.allclose(ours, theirs, atol=1e-5)
        assert one.history.validation_accuracy == history.validation_accuracy
        assert [len(named) for named in one.named] == [64] * 3
        assert len(one.ipd) == 64
        assert not torch.equal(one.named[0], one.named[2])
    assert not torch.equal(both[0].named[2], both[1].named[2])


def test_stopped_in_the_second_epoch_the_first_is_kept(sounds, monkeypatch):
    steps = []

    def stop(optimizer, *arguments):
        steps.append(optimizer)
        if len(steps) == 12:  # 4 batches of 2 networks make an epoch
            raise KeyboardInterrupt

    monkeypatch.setattr(torch.optim.Adam, "step", stop)
    for one in train_watched(CONDITIONS, sounds):
        assert one.history.outcome == CANCELLED
        assert one.history.stopped_at == 2
        assert one.history.epochs == 1
        assert len(one.named) == 2


@pytest.mark.parametrize(
    "conditions", [[], [Condition(epochs=2), Condition(epochs=3)], [Condition(), Condition(seed=1)]]
)
def test_what_cannot_be_trained_together_is_refused(conditions, sounds):
    with pytest.raises(ValueError, match="conditions: got several seeds, epochs or time constants, or none"):
        train_watched(conditions, sounds)


def test_a_network_that_overflows_names_nothing_more(sounds, monkeypatch):
    made = watched.learner_for

    def broken_if_block(condition):
        learner = made(condition)
        if condition.layout == "block":
            learner.after_step = lambda: learner.model.w1.data.fill_(torch.nan) if learner.named is not None else None
        return learner

    monkeypatch.setattr(watched, "learner_for", broken_if_block)
    sound, broken = train_watched(CONDITIONS, sounds)
    assert len(sound.named) == 3
    assert (broken.history.outcome, broken.history.epochs, len(broken.named)) == (NOT_FINITE, 1, 2)
