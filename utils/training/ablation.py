"""What a trained network does without some of its inputs, and with a read-out that has learned anew."""

from __future__ import annotations

import copy

import torch
from torch import Tensor
from torch.nn import functional as F

from utils.datasets.sound import ipd_to_class
from utils.models.dale_snn import DaleSNN
from utils.models.leaky_layer import summed_leaky_readout
from utils.training.dales_law_snn import LOGIT_SCALE


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
