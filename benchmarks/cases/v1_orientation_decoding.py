"""Notebook 04: loading a recording of V1, and training a network to read the orientation from it."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from benchmarks.literal import v1_orientation_decoding as literal
from benchmarks.measure import Comparison, Growth, Run, Way
from utils.datasets.v1 import load_v1
from utils.datasets.v1_simulation import N_NEURONS, simulate_v1
from utils.exercises import get
from utils.models.decoders import ResponseSpace, split_stimuli

N_HIDDEN = 10
FILE = "recording.npz"


def loading(load: Callable[[Path], object]) -> Callable[..., Run]:
    """Reading the responses from a file of one's own, by `load`, which takes a path."""

    def prepare(neurons: int) -> Run:
        folder = tempfile.TemporaryDirectory()  # gone when the call below is
        responses, stimuli = simulate_v1(n_neurons=neurons)
        np.savez(Path(folder.name) / FILE, resp=responses.numpy(), stimuli=stimuli[:, 0].numpy())

        def run() -> tuple[torch.Tensor, torch.Tensor]:
            # Ours says where the responses come from; nobody is there to read it.
            with contextlib.redirect_stdout(io.StringIO()):
                return load(Path(folder.name) / FILE)

        return run

    return prepare


def network(neurons: int) -> torch.nn.Module:
    """The published network before training."""
    torch.manual_seed(1)
    return get("04.DeepNetReLU").reference(neurons, N_HIDDEN)


def our_training(neurons: int, iterations: int) -> Run:
    """Descent in the few dimensions that the responses span, the way into that space included."""
    responses, stimuli = simulate_v1(n_neurons=neurons)
    ids, _ = split_stimuli(len(stimuli))

    def run() -> list[float]:
        net, space = network(neurons), ResponseSpace(responses)
        net.in_layer = space.reduce(net.in_layer)
        return literal.train(net, space.coordinates[ids], stimuli[ids], iterations)

    return run


def literal_training(neurons: int, iterations: int) -> Run:
    """Descent on the responses as they are."""
    responses, stimuli = simulate_v1(n_neurons=neurons)
    ids, _ = split_stimuli(len(stimuli))
    return lambda: literal.train(network(neurons), responses[ids], stimuli[ids], iterations)


def simulation(neurons: int) -> Run:
    """The population that stands in for the recording."""
    return lambda: simulate_v1(n_neurons=neurons)


COMPARISONS = (
    Comparison(
        name="v1 load",
        title="04: load V1 from a file, 23,589 neurons (ours also checks every number)",
        ours=Way("ours", loading(load_v1)),
        others=(Way("literal", loading(literal.load)),),
        sizes={"neurons": N_NEURONS},
        quick={"neurons": 20},
        warm_up={"neurons": 10},
    ),
    Comparison(
        name="v1 training",
        title="04: train on V1, 100 iterations, 23,589 neurons",
        ours=Way("ours", our_training),
        others=(Way("literal", literal_training),),
        sizes={"neurons": N_NEURONS, "iterations": 100},
        quick={"neurons": 50, "iterations": 3},
        warm_up={"neurons": 20, "iterations": 2},
    ),
)
GROWTH = (
    Growth(
        title="04: simulate V1",
        prepare=simulation,
        size="neurons",
        word="neurons",
        values=(1000, 2000, 4000, 8000, 16000),
        quick=(20, 80),
    ),
    Growth(
        title="04: train on V1, 100 iterations",
        prepare=our_training,
        size="neurons",
        word="neurons",
        values=(1000, 2000, 4000, 8000, 16000),
        quick=(20, 80),
        fixed={"iterations": 100},
    ),
)
