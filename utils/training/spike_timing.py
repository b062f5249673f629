"""Does the timing of spikes matter? The accuracy that is left when their times are shuffled or thrown away."""

from __future__ import annotations

import torch
from torch import Tensor

from utils.datasets.sound import ipd_to_class
from utils.models.dale_snn import DaleSNN
from utils.models.leaky_layer import summed_leaky_readout
from utils.training.ablation import CHUNK

TIMINGS = ("intact", "hidden_shuffled", "hidden_counts", "inputs_shuffled", "steps_shuffled")


def shuffled_in_time(spikes: Tensor, generator: torch.Generator, dim: int = 0) -> Tensor:
    """Each unit's spikes at times drawn anew, as many as before.

    Args:
        spikes: any shape; every line along `dim` is shuffled on its own.
        generator: draws the orders.
        dim: axis of time.

    Returns:
        Tensor like `spikes`.
    """
    order = torch.rand(spikes.shape, generator=generator).argsort(dim)
    return spikes.gather(dim, order)


@torch.no_grad()
def timing_accuracies(model: DaleSNN, ipd: Tensor, spikes: Tensor, generator: torch.Generator) -> dict[str, float]:
    """Share of sounds named right with spikes as they are, and with their times shuffled; nothing learns anew.

    Args:
        model: the network.
        ipd: phase differences in radians, shape (n,).
        spikes: shape (n, n_steps, n_inputs).
        generator: draws the orders.

    Returns:
        For each of `TIMINGS`: nothing changed; each hidden unit's spikes shuffled in time; the read-out told their
        number alone; each input's spikes shuffled in time; all inputs of a sound shuffled in one common order.
    """
    right = dict.fromkeys(TIMINGS, 0)
    weights = model.signed_weights()[1]
    for part, labels in zip(spikes.split(CHUNK), ipd_to_class(ipd, model.n_classes).split(CHUNK), strict=True):
        hidden = model.hidden_spikes(part)
        steps = torch.rand(part.shape[:2], generator=generator).argsort(1)
        # A read-out weighs a spike by the steps that are left to it; a count has no place in time, so it gets the mean.
        mean_weight = summed_leaky_readout(torch.ones(len(hidden), 1, 1), model.decay) / len(hidden)
        summed = {
            "intact": summed_leaky_readout(hidden, model.decay),
            "hidden_shuffled": summed_leaky_readout(shuffled_in_time(hidden, generator), model.decay),
            "hidden_counts": hidden.sum(0) * mean_weight,
            "inputs_shuffled": _summed(model, shuffled_in_time(part, generator, 1)),
            "steps_shuffled": _summed(model, part.gather(1, steps[..., None].expand_as(part))),
        }
        for name, seen in summed.items():
            right[name] += int(((seen @ weights).argmax(1) == labels).sum())
    return {name: count / len(spikes) for name, count in right.items()}


def _summed(model: DaleSNN, spikes: Tensor) -> Tensor:
    return summed_leaky_readout(model.hidden_spikes(spikes), model.decay)
