"""What a trained network does without some of its inputs, and with other read-outs."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from utils.datasets.sound import ipd_to_class
from utils.models.dale_interneurons import INPUT_PROBABILITY
from utils.models.dale_snn import DaleSNN
from utils.models.leaky_layer import summed_leaky_readout
from utils.training.dales_law_snn import LOGIT_SCALE

READOUTS = ("old", "signed", "linear", "mlp")
# Sounds in one forward pass: so few that their hidden units' numbers stay in a processor's cache.
CHUNK = 64


def silence_inputs(model: DaleSNN, rows: Tensor, give_back_mean: bool = False) -> DaleSNN:
    """A copy of a network in which some inputs have no effect; the network itself is not touched.

    Args:
        model: the network.
        rows: indices of the inputs to silence.
        give_back_mean: True replaces the silenced inputs' current by its mean over time, as a bias.

    Returns:
        The copy.
    """
    silenced = copy.deepcopy(model)
    with torch.no_grad():
        if give_back_mean:
            lost = INPUT_PROBABILITY * model.signed_weights()[0][rows].sum(0)
            silenced.bias = nn.Parameter(lost if model.bias is None else model.bias + lost)
        silenced.w1[rows] = 0
    return silenced


def rows_of_kind(model: DaleSNN, sign: int, n_rows: int, generator: torch.Generator) -> Tensor:
    """Randomly drawn inputs of one kind.

    Args:
        model: the network.
        sign: -1 for inhibitory inputs, +1 for excitatory ones.
        n_rows: how many.
        generator: draws them.

    Returns:
        Indices, shape (n_rows,).

    Raises:
        ValueError: there are not so many.
    """
    rows = torch.nonzero(model.sign1[:, 0].cpu() == sign)[:, 0]
    if not 0 <= n_rows <= len(rows):
        raise ValueError(f"n_rows: got {n_rows}, allowed is 0 to {len(rows)}, the inputs of sign {sign:+d}")
    return rows[torch.randperm(len(rows), generator=generator)[:n_rows]]


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
    return silence_inputs(model, rows_of_kind(model, sign, n_rows, generator))


@torch.no_grad()
def readout_inputs(model: DaleSNN, spikes: Tensor) -> Tensor:
    """What a read-out sees of each sound: the leaky sum over time of each hidden unit's activity.

    Args:
        model: the network.
        spikes: shape (n, n_steps, n_inputs).

    Returns:
        Tensor of shape (n, n_hidden).
    """
    return torch.cat([summed_leaky_readout(model.hidden_spikes(part), model.decay) for part in spikes.split(CHUNK)])


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
    _fit_signed(retrained, readout_inputs(model, spikes), ipd_to_class(ipd, model.n_classes), steps)
    return retrained


def readout_accuracies(
    model: DaleSNN, train: tuple[Tensor, Tensor], test: tuple[Tensor, Tensor], seed: int = 0
) -> dict[str, float]:
    """Share of test sounds named right by four read-outs of one hidden layer.

    Args:
        model: the network.
        train: phase differences (n,) in radians and spikes (n, n_steps, n_inputs) to learn from.
        test: the same two to be tested on.
        seed: decides the initial weights of the free read-outs and their order of learning.

    Returns:
        For each of `READOUTS`: the network's own ("old"), the same anew under the same signs ("signed"), a free linear
        one with biases ("linear"), and a network with 64 ReLU units ("mlp").
    """
    (ipd, spikes), (test_ipd, test_spikes) = train, test
    labels, test_labels = ipd_to_class(ipd, model.n_classes), ipd_to_class(test_ipd, model.n_classes)
    seen, test_seen = readout_inputs(model, spikes), readout_inputs(model, test_spikes)
    signed = copy.deepcopy(model)
    _fit_signed(signed, seen, labels)
    # Free read-outs see numbers of mean 0 and variance 1, so that they need no signs and no scale to begin with.
    mean, sd = seen.mean(0), seen.std(0) + 1e-6
    standard, test_standard = (seen - mean) / sd, (test_seen - mean) / sd
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        linear = nn.Linear(model.n_hidden, model.n_classes)
        mlp = nn.Sequential(nn.Linear(model.n_hidden, 64), nn.ReLU(), nn.Linear(64, model.n_classes))
        _fit_free(linear, standard, labels, steps=800, rate=0.03, weight_decay=0)
        _fit_free(mlp, standard, labels, steps=400, rate=0.01, weight_decay=0.3)
    with torch.no_grad():
        logits = {
            "old": test_seen @ model.signed_weights()[1],
            "signed": test_seen @ signed.signed_weights()[1],
            "linear": linear(test_standard),
            "mlp": mlp(test_standard),
        }
    return {name: (logits[name].argmax(1) == test_labels).float().mean().item() for name in READOUTS}


def _fit_signed(model: DaleSNN, seen: Tensor, labels: Tensor, steps: int = 300) -> None:
    optimizer = torch.optim.Adam([model.w2], lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        F.cross_entropy(LOGIT_SCALE * seen @ model.signed_weights()[1], labels).backward()
        optimizer.step()
    model.zero_grad(set_to_none=True)


def _fit_free(
    readout: nn.Module,
    seen: Tensor,
    labels: Tensor,
    steps: int,
    rate: float,
    weight_decay: float,
    batch_size: int = 256,
) -> None:
    optimizer = torch.optim.AdamW(readout.parameters(), lr=rate, weight_decay=weight_decay)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1, 0.05, steps)
    for _ in range(steps):
        batch = torch.randint(len(seen), (batch_size,))
        optimizer.zero_grad()
        F.cross_entropy(readout(seen[batch]), labels[batch]).backward()
        optimizer.step()
        schedule.step()


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
