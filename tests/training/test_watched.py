"""A training to watch is the training itself, with its names kept."""

import pytest
import torch

from utils.training.dale_conditions import Condition, draw_sounds, train_condition
from utils.training.dales_law_snn import CANCELLED
from utils.training.watched import train_watched

CONDITIONS = [Condition(seed=3, phase="shared", epochs=2, layout=layout) for layout in ("random", "block")]


@pytest.fixture(scope="module")
def sounds():
    return draw_sounds(3, "shared", 256)


def test_watching_changes_nothing_and_keeps_every_epoch(sounds):
    both = train_watched(CONDITIONS, sounds)
    for condition, watched in zip(CONDITIONS, both, strict=True):
        plain, history = train_condition(condition, sounds)
        for ours, theirs in zip(watched.network.parameters(), plain.parameters(), strict=True):
            assert torch.allclose(ours, theirs, atol=1e-5)
        assert watched.history.validation_accuracy == history.validation_accuracy
        assert [len(named) for named in watched.named] == [64] * 3
        assert len(watched.ipd) == 64
        assert not torch.equal(watched.named[0], watched.named[2])
    assert not torch.equal(both[0].named[2], both[1].named[2])


def test_stopped_in_the_second_epoch_the_first_is_kept(sounds, monkeypatch):
    steps = []

    def stop(optimizer, *arguments):
        steps.append(optimizer)
        if len(steps) == 12:  # 4 batches of 2 networks make an epoch
            raise KeyboardInterrupt

    monkeypatch.setattr(torch.optim.Adam, "step", stop)
    for watched in train_watched(CONDITIONS, sounds):
        assert watched.history.outcome == CANCELLED
        assert watched.history.stopped_at == 2
        assert watched.history.epochs == 1
        assert len(watched.named) == 2


@pytest.mark.parametrize(
    "conditions", [[], [Condition(epochs=2), Condition(epochs=3)], [Condition(), Condition(seed=1)]]
)
def test_what_cannot_be_trained_together_is_refused(conditions, sounds):
    with pytest.raises(ValueError, match="conditions: got several seeds, epochs or time constants, or none"):
        train_watched(conditions, sounds)
