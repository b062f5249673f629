"""Training of networks that hear, one or several side by side: cancellable, and never left with broken weights.

A network alone leaves a processor waiting: its 30 columns are few for a product, its steps in time are short. Side by
side each network computes what it would alone, in half of the time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn import functional as F

from utils.datasets.sound import ipd_to_class
from utils.models.dale_snn import DaleSNN
from utils.models.leaky_layer import add_bias, input_product, summed_leaky_readout
from utils.training.dales_law_snn import CANCELLED, LOGIT_SCALE, NOT_FINITE, History, check_sounds

Weights = dict[str, Tensor]


@dataclass
class Learner:
    """A network and how it learns.

    Attributes:
        model: the network; `train_together` leaves it with its best weights.
        optimizer: of its parameters.
        after_step: called after each step, to keep weights in their domain.
        history: what the training did.
        best: weights with the lowest validation loss.
        named: class named for each validation sound after the last whole epoch; None before there is one.
        snapshots: number of epochs -> best and last weights after so many epochs.
    """

    model: DaleSNN
    optimizer: torch.optim.Optimizer
    after_step: Callable[[], None] | None = None
    history: History = field(default_factory=History)
    best: Weights = field(default_factory=dict)
    named: Tensor | None = None
    snapshots: dict[int, tuple[Weights, Weights]] = field(default_factory=dict)


def ensemble_logits(models: Sequence[DaleSNN], spikes: Tensor) -> list[Tensor]:
    """Logits of several networks for the same sounds.

    Args:
        models: networks with one time constant and one kind of hidden units.
        spikes: shape (batch, n_steps, n_inputs), any number type.

    Returns:
        For each network what it returns alone, shape (batch, n_classes).

    Raises:
        ValueError: the networks differ in decay, inputs or kind of units.
    """
    if len({(model.decay, model.n_inputs, type(model).hidden_activity) for model in models}) != 1:
        raise ValueError("models: got several decays, numbers of inputs or kinds of units, allowed is one of each")
    weights = [model.signed_weights() for model in models]
    sizes = [model.n_hidden for model in models]
    n_sounds, n_steps, n_inputs = spikes.shape
    x = spikes.reshape(-1, n_inputs).to(weights[0][0].dtype)
    current = input_product(x, torch.cat([first for first, _ in weights], 1))
    current = current.view(n_sounds, n_steps, sum(sizes)).transpose(0, 1).contiguous()
    if any(model.bias is not None for model in models):
        parts = zip(current.split(sizes, 2), models, strict=True)
        current = torch.cat([p if m.bias is None else add_bias(p, m.bias) for p, m in parts], 2)
    summed = summed_leaky_readout(models[0].hidden_activity(current), models[0].decay)
    return [part @ second for part, (_, second) in zip(summed.split(sizes, 1), weights, strict=True)]


def train_together(
    learners: Sequence[Learner],
    ipd: Tensor,
    spikes: Tensor,
    validation: tuple[Tensor, Tensor],
    *,
    epochs: int = 50,
    batch_size: int = 64,
    generator: torch.Generator,
    snapshots_at: Sequence[int] = (),
    renew: Callable[[], tuple[Tensor, Tensor]] | None = None,
    on_epoch: Callable[[int], None] | None = None,
) -> None:
    """Train networks on the cross entropy of the same batches; each ends with its best weights.

    The best weights are those with the lowest validation loss. They are also what remains when the stop button of a
    notebook ends the training, or when a network's weights overflow: that one stops there, the others go on.

    Args:
        learners: the networks, changed in place, with their histories.
        ipd: phase differences of the training sounds in radians, shape (n,).
        spikes: shape (n, n_steps, n_inputs), any number type.
        validation: the same two for the validation sounds.
        epochs: number of passes through the training sounds.
        batch_size: sounds a step; what is left over at the end of an epoch waits for the next shuffle.
        generator: shuffles the sounds.
        snapshots_at: numbers of epochs after which best and last weights are kept.
        renew: draws new training sounds, which take the place of the old ones, before each epoch but the first.
        on_epoch: called with the number of epochs done.

    Raises:
        ValueError: a size is not positive, or sounds and phase differences do not match.
    """
    check_sounds("spikes", ipd, spikes, batch_size)
    check_sounds("validation", *validation, batch_size)
    if batch_size > len(spikes):
        raise ValueError(f"batch_size: got {batch_size}, allowed is at most {len(spikes)}, the training sounds")
    if epochs < 0:
        raise ValueError(f"epochs: got {epochs}, allowed is at least 0")
    labels, lowest = ipd_to_class(ipd), [math.inf] * len(learners)
    running = list(range(len(learners)))
    for learner in learners:
        learner.best = learner.history.last_weights = _copied(learner.model)

    def give_up(i: int, outcome: str = NOT_FINITE) -> None:
        learners[i].history.outcome, learners[i].history.stopped_at = outcome, epoch
        running.remove(i)

    def train_and_test() -> None:
        total, n_batches = [0.0] * len(learners), len(spikes) // batch_size
        for batch in torch.randperm(len(spikes), generator=generator).split(batch_size)[:n_batches]:
            logits = ensemble_logits([learners[i].model for i in running], spikes.index_select(0, batch))
            losses = [F.cross_entropy(LOGIT_SCALE * part, labels[batch]) for part in logits]
            for i in running:
                learners[i].optimizer.zero_grad()
            torch.stack(losses).sum().backward()
            for i, loss in zip(list(running), losses, strict=True):
                learner = learners[i]
                learner.optimizer.step()
                if learner.after_step is not None:
                    learner.after_step()
                total[i] += loss.item()
                if not math.isfinite(total[i]):
                    give_up(i)
            if not running:
                return
        for i in list(running):
            if not all(bool(weight.isfinite().all()) for weight in learners[i].model.parameters()):
                give_up(i)
        if not running:
            return
        tested = _validate([learners[i].model for i in running], *validation)
        for i, (loss, accuracy, named) in zip(running, tested, strict=True):
            learner, history = learners[i], learners[i].history
            history.train_loss.append(total[i] / n_batches)
            history.validation_loss.append(loss)
            history.validation_accuracy.append(accuracy)
            history.last_weights, learner.named = _copied(learner.model), named
            if loss < lowest[i]:
                lowest[i], learner.best, history.best_epoch = loss, history.last_weights, epoch
            if epoch in snapshots_at:
                learner.snapshots[epoch] = learner.best, history.last_weights

    epoch = 0
    try:
        while running and epoch < epochs:
            epoch += 1
            if renew is not None and epoch > 1:
                ipd, spikes = renew()
                labels = ipd_to_class(ipd)
            train_and_test()
            if running and on_epoch is not None:
                on_epoch(epoch)
    except KeyboardInterrupt:
        for i in list(running):
            give_up(i, CANCELLED)
    for learner in learners:
        learner.model.load_state_dict(learner.best)


@torch.no_grad()
def _validate(models: Sequence[DaleSNN], ipd: Tensor, spikes: Tensor) -> list[tuple[float, float, Tensor]]:
    """Loss, accuracy, and the class named for each sound."""
    parts = [ensemble_logits(models, part) for part in spikes.split(64)]
    labels, found = ipd_to_class(ipd), []
    for logits in map(torch.cat, zip(*parts, strict=True)):
        loss = F.cross_entropy(LOGIT_SCALE * logits, labels).item()
        named = logits.argmax(1)
        found.append((loss, (named == labels).float().mean().item(), named))
    return found


def _copied(model: DaleSNN) -> Weights:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}
