"""One training of the network that hears, from a seed to a row of numbers: what the notebook and its sweeps share."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from utils.datasets.sound import ipd_to_class, random_ipd_dataset
from utils.models.dale_interneurons import InterneuronSNN, hidden_units_for
from utils.models.dale_snn import DaleSNN, balance_initial_weights
from utils.models.dale_training import LOGIT_SCALE, Evaluation, History, evaluate, train
from utils.models.leaky_layer import summed_leaky_readout

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


def silence_inputs(model: DaleSNN, rows: Tensor) -> DaleSNN:
    """A copy of a network in which some inputs have no effect; the network itself is not touched.

    Args:
        model: the network.
        rows: indices of the inputs to silence.

    Returns:
        The copy.
    """
    silenced = copy.deepcopy(model)
    with torch.no_grad():
        silenced.w1[rows] = 0
    return silenced


def silence_kind(model: DaleSNN, sign: int, n_rows: int, generator: torch.Generator) -> DaleSNN:
    """A copy of a network in which randomly drawn inputs of one kind have no effect.

    Args:
        model: the network.
        sign: -1 for inhibitory inputs, +1 for excitatory ones.
        n_rows: how many.
        generator: draws them.

    Returns:
        The copy.

    Raises:
        ValueError: there are not so many.
    """
    rows = torch.nonzero(model.sign1[:, 0].cpu() == sign)[:, 0]
    if not 0 <= n_rows <= len(rows):
        raise ValueError(f"n_rows: got {n_rows}, allowed is 0 to {len(rows)}, the inputs of sign {sign:+d}")
    return silence_inputs(model, rows[torch.randperm(len(rows), generator=generator)[:n_rows]])


def retrain_readout(model: DaleSNN, ipd: Tensor, spikes: Tensor, steps: int = 300) -> DaleSNN:
    """A copy of a network whose read-out has learned anew, while its first layer stayed as it is.

    The hidden units' spikes do not change then, so they are computed once: what is left is a linear classifier.

    Args:
        model: the network.
        ipd: phase differences of the sounds to learn from in radians, shape (n,).
        spikes: shape (n, n_steps, n_inputs).
        steps: steps of Adam (0.01), each on all sounds.

    Returns:
        The copy.
    """
    retrained = copy.deepcopy(model)
    with torch.no_grad():
        summed = torch.cat(
            [summed_leaky_readout(retrained.hidden_spikes(part), retrained.decay) for part in spikes.split(256)]
        )
    labels = ipd_to_class(ipd, model.n_classes)
    optimizer = torch.optim.Adam([retrained.w2], lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        F.cross_entropy(LOGIT_SCALE * summed @ retrained.signed_weights()[1], labels).backward()
        optimizer.step()
    retrained.zero_grad(set_to_none=True)
    return retrained


@torch.no_grad()
def hidden_rates(model: DaleSNN, spikes: Tensor) -> Tensor:
    """Firing rate of each hidden unit during each sound.

    Args:
        model: the network.
        spikes: shape (n, n_steps, n_inputs).

    Returns:
        Rates in Hz, shape (n, n_hidden).
    """
    return torch.cat([model.hidden_spikes(part).mean(0) for part in spikes.split(256)]) / model.dt


def experiment_row(condition: Condition, n_train: int = N_TRAIN) -> dict[str, float | int | str]:
    """Train once and test every way that the notebook asks for.

    Args:
        condition: what to train.
        n_train: number of sounds to learn from, as for `draw_sounds`.

    Returns:
        Numbers by name; accuracies are shares from 0 to 1, errors are degrees. "last_" stands for the weights of
        the last epoch, "silent_inhibitory_" for the best weights without inhibitory inputs, "silent_excitatory_"
        for the best weights without as many excitatory ones; empty where there are not so many.
    """
    sounds = draw_sounds(condition.seed, condition.phase, n_train)
    model, history = train_condition(condition, sounds)
    row: dict[str, float | int | str] = {
        "best_epoch": history.best_epoch,
        "outcome": history.outcome,
        "final_train_loss": _rounded(history.train_loss[-1]) if history.train_loss else "",
        **_scores("", evaluate(model, *sounds.train), evaluate(model, *sounds.test)),
    }
    last = copy.deepcopy(model)
    last.load_state_dict(history.last_weights)
    row |= _scores("last_", evaluate(last, *sounds.train), evaluate(last, *sounds.test))
    n_inhibitory = int((model.sign1 < 0).sum())
    for name, sign in (("silent_inhibitory_", -1), ("silent_excitatory_", 1)):
        if condition.network == "columns" and 0 < n_inhibitory <= int((model.sign1 == sign).sum()):
            cut = silence_kind(model, sign, n_inhibitory, torch.Generator().manual_seed(condition.seed))
            row |= _scores(name, evaluate(cut, *sounds.train), evaluate(cut, *sounds.test))
        else:
            row |= dict.fromkeys(_scores(name, *[Evaluation(0, 0, 0, torch.empty(0))] * 2), "")
    return row


def _scores(prefix: str, train_: Evaluation, test: Evaluation) -> dict[str, float]:
    return {
        f"{prefix}train_accuracy": _rounded(train_.accuracy),
        f"{prefix}test_accuracy": _rounded(test.accuracy),
        f"{prefix}train_error": _rounded(train_.error),
        f"{prefix}test_error": _rounded(test.error),
    }


def _rounded(number: float) -> float:
    return round(number, 4)
