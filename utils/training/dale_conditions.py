"""One training of the network that hears, from a seed to its weights: what the notebook and its sweeps share."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import torch
from torch import Tensor

from utils.datasets.sound import random_ipd_dataset, shared_phase
from utils.models.dale_interneurons import InterneuronSNN, hidden_units_for
from utils.models.dale_snn import DaleSNN, balance_initial_weights
from utils.models.graded_snn import GradedSNN
from utils.training.dale_ensemble import Learner, train_together
from utils.training.dales_law_snn import History
from utils.training.exponentiated_gradient import ExponentiatedGradient

NETWORKS = ("columns", "free", "interneurons")
STARTS = ("source", "balanced")
INHIBITIONS = ("both", "inputs", "hidden")
NEURONS = ("spiking", "graded")
LEARNINGS = ("adam", "exponentiated")
N_TRAIN = 4096
LEARNING_RATE = 0.01
# The lowest validation loss of 0.003, 0.01, 0.03, 0.1 and 0.3, with a seed that no table uses.
EXPONENTIATED_RATE = 0.01

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
        bias: "yes" gives each hidden unit a constant current that is learned, "no" does not.
        inhibition: where inhibitory units stand: "both" among inputs and hidden units, "inputs" or "hidden" there only.
        neuron: "spiking" hidden units, or "graded" ones that send a number in place of spikes.
        learning: "adam" adds to weights, "exponentiated" multiplies them.
        n_hidden: number of hidden units; of interneuron networks as many as have no more parameters.
        tau: membrane time constant in seconds.
        new_sounds: "no" learns from one set of sounds, "yes" draws a new one for each epoch.
    """

    fraction: float = 0.5
    seed: int = 0
    layout: str = "random"
    phase: str = "per_sound"
    network: str = "columns"
    start: str = "source"
    epochs: int = 50
    bias: str = "no"
    inhibition: str = "both"
    neuron: str = "spiking"
    learning: str = "adam"
    n_hidden: int = 30
    tau: float = 5e-3
    new_sounds: str = "no"

    def __post_init__(self) -> None:
        choices = {"network": NETWORKS, "start": STARTS, "inhibition": INHIBITIONS, "neuron": NEURONS}
        choices |= {"learning": LEARNINGS, "bias": ("no", "yes"), "new_sounds": ("no", "yes")}
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name}: got {getattr(self, name)!r}, allowed is one of {', '.join(allowed)}")
        if self.start == "balanced" and self.network != "columns":
            raise ValueError(f"start: got 'balanced' for network {self.network!r}, allowed is 'source'")
        signed = self.network == "columns" and self.bias == "no"
        if self.learning == "exponentiated" and not signed:
            raise ValueError(
                f"learning: got 'exponentiated' for {self.network!r}, allowed are signed rows without bias"
            )
        if self.neuron == "graded" and self.network == "interneurons":
            raise ValueError("neuron: got 'graded' for network 'interneurons', allowed is 'spiking'")


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


def training_phase(seed: int, n_train: int = N_TRAIN) -> float:
    """The phase at which the training sounds of `draw_sounds` with phase "shared" begin.

    Args:
        seed: decides the sounds.
        n_train: number of training sounds.

    Returns:
        Radians.
    """
    generator = torch.Generator().manual_seed(seed)
    torch.rand(n_train, generator=generator)  # the directions, which are drawn first
    return shared_phase(generator)


def build_network(condition: Condition) -> DaleSNN:
    """A fresh network for a condition; its seed decides signs and weights.

    Args:
        condition: what to build.

    Returns:
        The network, on the CPU.
    """
    with _drawing, torch.random.fork_rng(devices=[]):
        torch.manual_seed(condition.seed)
        bias = condition.bias == "yes"
        if condition.network == "interneurons":
            budget = sum(weight.numel() for weight in DaleSNN(n_hidden=condition.n_hidden).parameters())
            n_hidden = hidden_units_for(budget)
            return InterneuronSNN(
                n_hidden=n_hidden, inhibitory_fraction=condition.fraction, tau=condition.tau, bias=bias
            )
        model = (GradedSNN if condition.neuron == "graded" else DaleSNN)(
            n_hidden=condition.n_hidden,
            tau=condition.tau,
            inhibitory_fraction=condition.fraction,
            dale=condition.network != "free",
            sign_layout=condition.layout,
            bias=bias,
        )
        if condition.inhibition == "hidden":
            model.sign1.fill_(1)
        elif condition.inhibition == "inputs":
            model.sign2.fill_(1)
        return balance_initial_weights(model) if condition.start == "balanced" else model


def optimizer_for(condition: Condition, model: DaleSNN) -> torch.optim.Optimizer:
    """How the networks of a condition learn.

    Args:
        condition: what to train.
        model: its network.

    Returns:
        Adam at 0.01, or exponentiated gradient, of the network's weights.
    """
    if condition.learning == "exponentiated":
        return ExponentiatedGradient(model.parameters(), EXPONENTIATED_RATE)
    groups = model.parameter_groups(LEARNING_RATE) if isinstance(model, InterneuronSNN) else model.parameters()
    return torch.optim.Adam(groups, lr=LEARNING_RATE)


def learner_for(condition: Condition) -> Learner:
    """A fresh network for a condition, and how it learns, alone or beside others.

    Args:
        condition: what to train.

    Returns:
        The network with its optimizer, as `train_together` takes it.
    """
    model = build_network(condition)
    after_step = model.clamp_ if isinstance(model, InterneuronSNN) else None
    return Learner(model, optimizer_for(condition, model), after_step)


def train_condition(condition: Condition, sounds: Sounds) -> tuple[DaleSNN, History]:
    """Train a network for a condition with the protocol of all our figures: Adam at 0.01, batches of 64.

    Args:
        condition: what to train.
        sounds: from `draw_sounds`.

    Returns:
        The network with its best weights, and the history.
    """
    learner = learner_for(condition)
    order = torch.Generator().manual_seed(condition.seed)
    train_together([learner], *sounds.train, sounds.validation, epochs=condition.epochs, generator=order)
    return learner.model, learner.history
