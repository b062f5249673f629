"""What the training of a network that hears leaves behind, and what the network makes of sounds."""

from __future__ import annotations

import math
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
        outcome: "finished", "cancelled" or "weights not finite".
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
    check_sounds("spikes", ipd, spikes, batch_size)
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


def check_sounds(name: str, ipd: Tensor, spikes: Tensor, batch_size: int) -> None:
    """Refuse sounds that cannot be taken a batch at a time.

    Args:
        name: of the sounds, as the caller knows them.
        ipd: phase differences, shape (n,).
        spikes: shape (n, n_steps, n_inputs).
        batch_size: sounds at a time.

    Raises:
        ValueError: there are no sounds, not one phase difference for each, or batch_size is below 1.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size: got {batch_size}, allowed is 1 or more")
    if len(spikes) == 0:
        raise ValueError(f"{name}: got no sounds, allowed are 1 or more")
    if len(ipd) != len(spikes):
        raise ValueError(f"ipd: got {len(ipd)} phase differences for {len(spikes)} sounds, allowed is one for each")
