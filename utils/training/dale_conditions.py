"""One training of the network that hears, from a seed to its weights: what the notebook and its sweeps share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from utils.datasets.sound import random_ipd_dataset
from utils.models.dale_interneurons import InterneuronSNN, hidden_units_for
from utils.models.dale_snn import DaleSNN, balance_initial_weights
from utils.training.dales_law_snn import History, train

NETWORKS = ("columns", "free", "interneurons")
STARTS = ("source", "balanced")
N_TRAIN = 4096

# A network draws its weights from torch's own generator, which all threads of a process share.
_drawing = threading.Lock()


@dataclass(frozen=True)
class Condition:
    """What is varied between trainings.

    Attributes:
        fraction: share of the inputs, and of the hidden units, that is inhibitory.
        seed: decides the sounds, the signs, the initial weights and the order of learning.
        layout: "random" or "block" rows of signs.
        phase: "per_sound" or "shared", as in `ipd_spikes`.
        network: "columns" for signed rows of weights, "free" without Dale's law, "interneurons" for
            excitatory inputs with subtractive interneurons in the first layer.
        start: "source" for the source's initial weights, "balanced" for balanced scales.
        epochs: number of passes through the sounds.
    """

    fraction: float = 0.5
    seed: int = 0
    layout: str = "random"
    phase: str = "per_sound"
    network: str = "columns"
    start: str = "source"
    epochs: int = 50

    def __post_init__(self) -> None:
        for name, allowed in (("network", NETWORKS), ("start", STARTS)):
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name}: got {getattr(self, name)!r}, allowed is one of {', '.join(allowed)}")
        if self.start == "balanced" and self.network != "columns":
            raise ValueError(f"start: got 'balanced' for network {self.network!r}, allowed is 'source'")


@dataclass(frozen=True)
class Sounds:
    """Training, validation and test sounds, each a pair of phase differences (n,) and spikes (n, 100, 200)."""

    train: tuple[Tensor, Tensor]
    validation: tuple[Tensor, Tensor]
    test: tuple[Tensor, Tensor]


def set_sizes(n_train: int = N_TRAIN) -> tuple[int, int, int]:
    """How many sounds there are to learn from, to choose the best weights by, and to test.

    Args:
        n_train: sounds to learn from, at least 64, the size of a batch.

    Returns:
        Three numbers: 4096, 1024 and 2048, or as many in the same proportions.

    Raises:
        ValueError: there is not one whole batch.
    """
    if n_train < 64:
        raise ValueError(f"n_train: got {n_train}, allowed is 64, the size of a batch, or more")
    return n_train, n_train // 4, n_train // 2


def draw_sounds(seed: int, phase: str = "per_sound", n_train: int = N_TRAIN) -> Sounds:
    """The sounds of one training: 4096 to learn from, 1024 to choose the best weights by, 2048 to test.

    Args:
        seed: decides them.
        phase: "per_sound", or "shared" for one phase in each of the three sets.
        n_train: number of sounds to learn from; the other two sets keep their proportion to it.

    Returns:
        The sounds.

    Raises:
        ValueError: n_train is below 64.
    """
    generator = torch.Generator().manual_seed(seed)
    return Sounds(*(random_ipd_dataset(n, generator, phase) for n in set_sizes(n_train)))


def build_network(condition: Condition) -> DaleSNN:
    """A fresh network for a condition; its seed decides signs and weights.

    Args:
        condition: what to build.

    Returns:
        The network, on the CPU.
    """
    with _drawing, torch.random.fork_rng(devices=[]):
        torch.manual_seed(condition.seed)
        if condition.network == "interneurons":
            budget = sum(weight.numel() for weight in DaleSNN().parameters())
            return InterneuronSNN(n_hidden=hidden_units_for(budget), inhibitory_fraction=condition.fraction)
        model = DaleSNN(
            inhibitory_fraction=condition.fraction, dale=condition.network != "free", sign_layout=condition.layout
        )
        return balance_initial_weights(model) if condition.start == "balanced" else model


def train_condition(
    condition: Condition,
    sounds: Sounds,
    model: nn.Module | None = None,
    on_epoch: Callable[[History], None] | None = None,
    stopped: Callable[[], bool] | None = None,
) -> tuple[DaleSNN, History]:
    """Train a network for a condition with the protocol of all our figures: Adam at 0.01, batches of 64.

    Args:
        condition: what to train.
        sounds: from `draw_sounds`.
        model: from `build_network`; None builds it.
        on_epoch: called with the history after each epoch.
        stopped: asked before each step; True ends the training.

    Returns:
        The network with its best weights, and the history.
    """
    model = build_network(condition) if model is None else model
    interneurons = isinstance(model, InterneuronSNN)
    history = train(
        model,
        *sounds.train,
        sounds.validation,
        epochs=condition.epochs,
        generator=torch.Generator().manual_seed(condition.seed),
        optimizer=torch.optim.Adam(model.parameter_groups(0.01)) if interneurons else None,
        after_step=model.clamp_ if interneurons else None,
        on_epoch=on_epoch,
        stopped=stopped,
    )
    return model, history
