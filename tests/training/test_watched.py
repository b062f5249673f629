"""A training to watch is the training itself, with its names kept."""

import torch

from utils.training.dale_conditions import Condition, draw_sounds, train_condition
from utils.training.watched import train_watched


def test_watching_changes_nothing_and_keeps_every_epoch():
    sounds = draw_sounds(3, "shared", 256)
    condition = Condition(seed=3, phase="shared", epochs=2)
    watched = train_watched(condition, sounds)
    plain, history = train_condition(condition, sounds)
    for ours, theirs in zip(watched.network.parameters(), plain.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    assert watched.history.validation_loss == history.validation_loss
    assert [len(named) for named in watched.named] == [64] * 3
    assert len(watched.ipd) == 64
    assert not torch.equal(watched.named[0], watched.named[2])
