"""Training and testing of the network that hears: cancellable, and never left with broken weights."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from utils.datasets.sound import class_to_ipd, ipd_to_class

# A sum over 100 steps makes large logits; the source divides by the number of steps before the softmax.
LOGIT_SCALE = 0.01

FINISHED, CANCELLED, NOT_FINITE = "finished", "cancelled", "weights not finite"


@dataclass
class History:
    """What a training did, epoch by epoch.

    Attributes:
        train_loss: mean cross entropy over the batches of each epoch, in nats.
        validation_loss: cross entropy on the validation sounds after each epoch.
        validation_accuracy: share of validation sounds that were named right.
        best_epoch: number of epochs after which the validation loss was lowest; 0 is the untrained network.
        outcome: "finished", "stopped early", "cancelled" or "weights not finite".
        stopped_at: number of the epoch that was under way when the training ended before its time, or None.
        last_weights: the weights after the last whole epoch, by name; the model itself holds the best ones.
    """

    train_loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    best_epoch: int = 0
    outcome: str = FINISHED
    stopped_at: int | None = None
    last_weights: dict[str, Tensor] = field(default_factory=dict)

    @property
    def epochs(self) -> int:
        """Number of whole epochs trained."""
        return len(self.train_loss)


@dataclass(frozen=True)
class Evaluation:
    """What a network makes of a set of sounds.

    Attributes:
        loss: cross entropy in nats.
        accuracy: share of sounds whose class was named right, from 0 to 1.
        error: mean absolute error of the decoded phase difference in degrees.
        predicted: class named for each sound, shape (n,).
    """

    loss: float
    accuracy: float
    error: float
    predicted: Tensor


@torch.no_grad()
def evaluate(model: nn.Module, ipd: Tensor, spikes: Tensor, batch_size: int = 256) -> Evaluation:
    """Test a network, without recording anything for a backward pass.

    Args:
        model: takes spikes (batch, n_steps, n_inputs), returns logits (batch, n_classes).
        ipd: phase differences in radians, shape (n,).
        spikes: shape (n, n_steps, n_inputs).
        batch_size: sounds at a time.

    Returns:
        The evaluation.

    Raises:
        ValueError: there are no sounds, not one phase difference for each, or batch_size is below 1.
    """
    _check_data("spikes", ipd, spikes, batch_size)
    device = next(model.parameters()).device
    logits = torch.cat([model(part.to(device)) for part in spikes.split(batch_size)]).cpu()
    ipd = ipd.cpu()
    labels, predicted = ipd_to_class(ipd, logits.shape[1]), logits.argmax(1)
    error = (class_to_ipd(predicted, logits.shape[1]) - ipd).abs().mean() * 180 / math.pi
    return Evaluation(
        loss=F.cross_entropy(LOGIT_SCALE * logits, labels).item(),
        accuracy=(predicted == labels).float().mean().item(),
        error=error.item(),
        predicted=predicted,
    )


def train(
    model: nn.Module,
    ipd: Tensor,
    spikes: Tensor,
    validation: tuple[Tensor, Tensor],
    *,
    epochs: int = 50,
    batch_size: int = 64,
    learning_rate: float = 0.01,
    generator: torch.Generator | None = None,
    optimizer: torch.optim.Optimizer | None = None,
    after_step: Callable[[], None] | None = None,
    on_epoch: Callable[[History], None] | None = None,
    stopped: Callable[[], bool] | None = None,
) -> History:
    """Train a network with Adam on the cross entropy, and leave it with its best weights.

    The best weights are those with the lowest validation loss. They are also what remains when the training is
    cancelled (by `stopped`, by the stop button of a notebook) or when the weights overflow.

    Args:
        model: takes spikes (batch, n_steps, n_inputs), returns logits (batch, n_classes); changed in place.
        ipd: phase differences of the training sounds in radians, shape (n,).
        spikes: shape (n, n_steps, n_inputs), any number type.
        validation: the same two for the validation sounds.
        epochs: number of passes through the training sounds.
        batch_size: sounds a step; what is left over at the end of an epoch waits for the next shuffle.
        learning_rate: of Adam.
        generator: shuffles the sounds; None takes torch's own.
        optimizer: used in place of Adam with `learning_rate`.
        after_step: called after each step, to keep weights in their domain.
        on_epoch: called with the history after each epoch.
        stopped: asked before each step; True ends the training.

    Returns:
        The history.

    Raises:
        ValueError: a size is not positive, or sounds and phase differences do not match.
    """
    _check_data("spikes", ipd, spikes, batch_size)
    _check_data("validation", *validation, batch_size)
    if batch_size > len(spikes):
        raise ValueError(f"batch_size: got {batch_size}, allowed is at most {len(spikes)}, the training sounds")
    if epochs < 0:
        raise ValueError(f"epochs: got {epochs}, allowed is at least 0")
    device = next(model.parameters()).device
    spikes, labels = spikes.to(device), ipd_to_class(ipd).to(device)
    generator = generator or torch.Generator().manual_seed(int(torch.randint(2**62, ())))
    optimizer = optimizer or torch.optim.Adam(model.parameters(), lr=learning_rate)
    history = History()
    best = _Best(model, math.inf)
    history.last_weights = best.weights

    def give_up(outcome: str) -> History:
        history.outcome, history.stopped_at = outcome, history.epochs + 1
        model.load_state_dict(best.weights)
        return history

    try:
        while history.epochs < epochs:
            total, n_batches = 0.0, len(spikes) // batch_size
            for batch in torch.randperm(len(spikes), generator=generator).to(device).split(batch_size)[:n_batches]:
                if stopped is not None and stopped():
                    return give_up(CANCELLED)
                loss = F.cross_entropy(LOGIT_SCALE * model(spikes.index_select(0, batch)), labels[batch])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                if after_step is not None:
                    after_step()
                total += loss.item()
                if not math.isfinite(total):
                    return give_up(NOT_FINITE)
            if not all(bool(weight.isfinite().all()) for weight in model.parameters()):
                return give_up(NOT_FINITE)
            tested = evaluate(model, *validation)
            history.train_loss.append(total / n_batches)
            history.validation_loss.append(tested.loss)
            history.validation_accuracy.append(tested.accuracy)
            history.last_weights = _copied(model)
            if tested.loss < best.loss:
                best.loss, best.weights, history.best_epoch = tested.loss, history.last_weights, history.epochs
            if on_epoch is not None:
                on_epoch(history)
    except KeyboardInterrupt:
        return give_up(CANCELLED)
    model.load_state_dict(best.weights)
    return history


class _Best:
    """The weights with the lowest validation loss so far."""

    def __init__(self, model: nn.Module, loss: float) -> None:
        self.weights, self.loss = _copied(model), loss


def _copied(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def _check_data(name: str, ipd: Tensor, spikes: Tensor, batch_size: int) -> None:
    if batch_size < 1:
        raise ValueError(f"batch_size: got {batch_size}, allowed is 1 or more")
    if len(spikes) == 0:
        raise ValueError(f"{name}: got no sounds, allowed are 1 or more")
    if len(ipd) != len(spikes):
        raise ValueError(f"ipd: got {len(ipd)} phase differences for {len(spikes)} sounds, allowed is one for each")
