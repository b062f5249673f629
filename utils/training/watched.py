"""A training to watch: a progress bar while it lasts, and what the network named after each epoch."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from utils.models.dale_snn import DaleSNN
from utils.page.progress_bar import progress
from utils.training.dale_conditions import Condition, Sounds, build_network, train_condition
from utils.training.dales_law_snn import History, evaluate

# Validation sounds that are named after each epoch: enough for a picture.
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


def train_watched(condition: Condition, sounds: Sounds) -> Watched:
    """Train a network under a progress bar; its stop button, or the notebook's, keeps what was learned so far.

    Args:
        condition: what to train.
        sounds: from `draw_sounds`.

    Returns:
        The network and its course.
    """
    kind = "free weights" if condition.network == "free" else f"fraction {condition.fraction}, {condition.layout} rows"
    bar = progress(total=condition.epochs, desc=kind)
    ipd, spikes = (part[:N_WATCHED] for part in sounds.validation)
    model = build_network(condition)
    named = [evaluate(model, ipd, spikes).predicted]

    def after_epoch(history: History) -> None:
        named.append(evaluate(model, ipd, spikes).predicted)
        bar.set_postfix(loss=f"{history.train_loss[-1]:.2f}", accuracy=f"{history.validation_accuracy[-1]:.2f}")
        bar.update()

    model, history = train_condition(condition, sounds, model, on_epoch=after_epoch)
    bar.close()
    return Watched(model, history, ipd, named)
