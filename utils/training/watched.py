"""A training to watch: a progress bar while it lasts, and what each network named after each epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from utils.models.dale_snn import DaleSNN
from utils.page.numbers import counted
from utils.page.progress_bar import progress
from utils.training.dale_conditions import Condition, Sounds, learner_for
from utils.training.dale_ensemble import train_together
from utils.training.dales_law_snn import History, evaluate

# Validation sounds whose names are kept after each epoch: enough for a picture.
N_WATCHED = 512


@dataclass(frozen=True)
class Watched:
    """What a training left behind.

    Attributes:
        network: with its best weights.
        history: loss and accuracy, epoch by epoch.
        ipd: phase differences of the watched validation sounds in radians, shape (n,).
        named: class named for each of them, shape (n,), by the untrained network and after each epoch.
    """

    network: DaleSNN
    history: History
    ipd: Tensor
    named: list[Tensor]


def train_watched(conditions: Sequence[Condition], sounds: Sounds) -> list[Watched]:
    """Train networks side by side under a progress bar; the notebook's stop button keeps what was learned so far.

    Args:
        conditions: what to train; of one seed, one number of epochs and one time constant.
        sounds: from `draw_sounds`.

    Returns:
        For each condition the network and its course.

    Raises:
        ValueError: there is no condition, or they differ in seed, epochs or time constant.
    """
    if len({(one.seed, one.epochs, one.tau) for one in conditions}) != 1:
        raise ValueError("conditions: got several seeds, epochs or time constants, or none; allowed is one of each")
    first = conditions[0]
    learners = [learner_for(condition) for condition in conditions]
    ipd, spikes = (part[:N_WATCHED] for part in sounds.validation)
    named = [[evaluate(learner.model, ipd, spikes).predicted] for learner in learners]
    bar = progress(total=first.epochs, desc=f"training {counted(len(learners), 'network')}")

    def after_epoch(_: int) -> None:
        for names, learner in zip(named, learners, strict=True):
            # One that has overflowed has no further epochs.
            if learner.history.epochs == len(names):
                names.append(learner.named[:N_WATCHED])
        accuracies = [learner.history.validation_accuracy[-1:] for learner in learners]
        bar.set_postfix(accuracy=", ".join(f"{one[0]:.2f}" for one in accuracies if one))
        bar.update()

    train_together(
        learners,
        *sounds.train,
        sounds.validation,
        epochs=first.epochs,
        generator=torch.Generator().manual_seed(first.seed),
        on_epoch=after_epoch,
    )
    bar.close()
    return [Watched(one.model, one.history, ipd, names) for one, names in zip(learners, named, strict=True)]
