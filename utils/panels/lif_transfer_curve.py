"""Slider panels of notebook 05: one neuron, its transfer curve, and a spiking network whose map sharpens with time."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from utils.datasets.spiral import split_spirals
from utils.exercises import get
from utils.models import simulate_lif
from utils.models.lif import spike_counts
from utils.models.spiking_conversion import SpikingMLP, balanced_thresholds
from utils.page import approx, counted
from utils.panels.controls import Choice, Slider
from utils.panels.slider_panel import SliderPanel
from utils.plotting.lif_transfer_curve import NeuronTrace, SpikingMap, TransferExplorer
from utils.plotting.spiral_mlp import decision_grid
from utils.training.classifiers import train_over_seeds

CAPACITANCE, THRESHOLD, DT = 10.0, 1.0, 0.1  # uF, V, ms
MAP_EDGE, MAP_SIDE, MAP_STEPS = 1.3, 80, 64
SEVERAL, SINGLE, BALANCED = "several spikes a step", "one spike a step", "one spike, balanced thresholds"


def one_neuron(lif_step: Callable[..., Any]) -> SliderPanel:
    """A neuron that integrates by the student's step, with a threshold, a reset and a rest around it.

    Args:
        lif_step: `lif_step(v, current, dt, resistance, capacitance)` -> the potential one step later.

    Returns:
        The panel.
    """
    picture, duration = NeuronTrace(), 100.0
    time = np.arange(round(duration / DT) + 1) * DT

    def run(current: float, resistance: float, n_rest: int) -> tuple[np.ndarray, np.ndarray, list[float]]:
        """The potential, that of a membrane without a threshold, and the times of the spikes."""
        both, rest, spikes = np.zeros((len(time), 2)), 0, []
        v, drive = np.zeros(2), np.full(2, current)
        for i in range(1, len(time)):
            v = np.array(lif_step(v, drive, DT, resistance, CAPACITANCE), dtype=float)
            v[0], rest = (0.0, rest - 1) if rest > 0 else (v[0], 0)
            both[i] = v
            if v[0] >= THRESHOLD:
                both[i, 0] += 0.5
                spikes.append(float(time[i]))
                v[0], rest = 0.0, n_rest
        return both[:, 0], both[:, 1], spikes

    def update(_: Any, current: float, resistance: float, tau_ref: float) -> str:
        trace, free, spikes = run(current, resistance, round(tau_ref / DT))
        goal, tau = resistance * current, resistance * CAPACITANCE
        picture.update(time, trace, free, goal, THRESHOLD)
        settles = f"The potential heads for R I = {goal:.2f} V with a time constant of {tau:g} ms"
        if spikes:
            return f"{settles}: {counted(len(spikes), 'spike')} in {duration:g} ms, the first after {spikes[0]:.1f} ms."
        if goal > THRESHOLD + 1e-9:  # not by a rounding error
            first = tau * math.log(goal / (goal - THRESHOLD))
            return f"{settles}, above the threshold of 1 V, but slowly: the first spike comes after {first:.0f} ms."
        return f"{settles}, not above the threshold of 1 V: silent for ever."

    return SliderPanel(
        "One neuron",
        [
            Slider("current", "current", 0, 2, 1.5, 0.05, "mA"),
            Slider("resistance", "membrane resistance", 0.5, 3, 1, 0.1, "kOhm"),
            Slider("tau_ref", "refractory period", 0, 30, 10, 1, "ms"),
        ],
        picture.draw,
        update,
        "Dotted: R I, where the potential would settle; thin: the way there without a threshold. Bring R I just above "
        "the threshold: how slow can you make the neuron?",
        figsize=(7.2, 3.2),
    )


def transfer_curve(firing_rate: Callable[..., Any]) -> SliderPanel:
    """The transfer curve explorer: the student's closed form as a line, simulated neurons as dots.

    Args:
        firing_rate: `firing_rate(current, tau_ref, resistance, capacitance, threshold)` -> spikes per ms.

    Returns:
        The panel.
    """
    picture = TransferExplorer()
    currents, fine = np.linspace(0, 2, 21), np.linspace(0, 2, 401)

    def update(_: Any, resistance: float, tau_ref: float) -> str:
        trace = simulate_lif(1.5, 200, DT, tau_ref, resistance)
        _, batch = simulate_lif(currents, 1000, DT, tau_ref, resistance)
        rate = 1000 * np.asarray(firing_rate(fine, tau_ref, float(resistance), CAPACITANCE, THRESHOLD), dtype=float)
        rheobase, ceiling = THRESHOLD / resistance, 1000 / tau_ref
        picture.update(trace, (fine, rate), (currents, spike_counts(batch)), rheobase, ceiling)
        return (
            f"With {resistance:g} kOhm and a rest of {tau_ref:g} ms the neuron is silent up to {rheobase:.2g} mA and "
            f"fires {rate[-1]:.0f} times a second at 2 mA; it can never fire more than {ceiling:.0f} times a second."
        )

    return SliderPanel(
        "Transfer curve explorer",
        [
            Slider("resistance", "membrane resistance", 1, 100, 1, 0.1, "kOhm"),
            Slider("tau_ref", "refractory period", 1, 100, 1, 0.1, "ms"),
        ],
        picture.draw,
        update,
        "Make the resistance large: where does the corner go? Then lengthen the rest: what happens to the straight "
        "part?",
        figsize=(7.2, 3.5),
    )


def spiking_variants(network: torch.nn.Module, x_fit: torch.Tensor) -> dict[str, tuple[SpikingMLP, int | None]]:
    """Three spiking networks of the same weights.

    Args:
        network: a trained ReLU network.
        x_fit: (n, n_inputs) training samples, for the balanced thresholds.

    Returns:
        What is special about it -> the spiking network and its most spikes in a step.
    """
    return {
        SEVERAL: (SpikingMLP(network), None),
        SINGLE: (SpikingMLP(network), 1),
        BALANCED: (SpikingMLP(network, balanced_thresholds(network, x_fit, 99)), 1),
    }


def spiking_map(
    network: torch.nn.Module, x_fit: torch.Tensor, X: torch.Tensor, y: torch.Tensor, play: float | None = 8.0
) -> SliderPanel:
    """The decision map of a spiking network as it sharpens from 1 to 64 steps.

    Args:
        network: a trained ReLU network.
        x_fit: (n, 2) training samples, for the balanced thresholds.
        X: (m, 2) test points.
        y: (m,) their classes.
        play: seconds that the film takes.

    Returns:
        The panel.
    """
    grid = decision_grid(MAP_EDGE, MAP_SIDE)
    maps, accuracy = {}, {}
    for name, (spiking, most) in spiking_variants(network, x_fit).items():
        maps[name] = spiking.run(grid, MAP_STEPS, most).readout.softmax(-1).half()
        accuracy[name] = 100 * spiking.run(X, MAP_STEPS, most).accuracy(y).numpy()
    with torch.no_grad():
        relu = 100 * float((network(X).argmax(1) == y).double().mean())
    picture = SpikingMap(maps, accuracy, relu, MAP_EDGE, X[::4], y[::4])

    def update(_: Any, steps: int, spikes_allowed: str) -> str:
        picture.update(spikes_allowed, steps)
        return (
            f"After {counted(steps, 'step')} the spiking network ({spikes_allowed}) gets "
            f"{approx(accuracy[spikes_allowed][steps - 1])} % of the test points right, the ReLU network "
            f"{approx(relu)} %."
        )

    return SliderPanel(
        "A network that needs time",
        [
            Slider("steps", "time steps", 1, MAP_STEPS, 3, 1),
            Choice("spikes_allowed", "spikes allowed", list(maps), SEVERAL),
        ],
        picture.draw,
        update,
        "Each colour is a class. Let the time run from 1 to 64 steps and watch the arms grow. Then do the same with at "
        "most one spike a step.",
        figsize=(7.2, 3.6),
        play=play,
    )


def site_panels() -> Mapping[str, Callable[[], SliderPanel]]:
    """The panels for the website, made without running the notebook.

    Returns:
        Id of the notebook's cell -> a function that makes the panel.
    """

    def trained_map() -> SliderPanel:
        X_train, _, X_test, y_test = data = split_spirals(K=4, sigma=0.16, N=1000, seeds=[0])
        network = train_over_seeds(data, hidden=[64, 64], seeds=[0], epochs=50).model.member(0)
        return spiking_map(network, X_train[0], X_test[0], y_test[0])

    def trace() -> SliderPanel:
        panel = one_neuron(get("05.lif_step").reference)
        panel.site_values = {
            "current": tuple(round(0.1 * tenths, 1) for tenths in range(21)),
            "resistance": (0.5, 0.7, 1.0, 1.2, 1.5, 2.0, 2.5, 3.0),
            "tau_ref": (0, 1, 2, 5, 10, 15, 20, 25, 30),
        }
        return panel

    def explorer() -> SliderPanel:
        panel = transfer_curve(get("05.firing_rate").reference)
        whole = tuple(map(float, range(1, 101)))
        panel.site_values = {"resistance": whole, "tau_ref": whole}
        return panel

    return {
        "trace-panel": trace,
        "explorer": explorer,
        "map-panel": trained_map,
    }
