"""Notebook 05: the transfer curve of the leaky integrate-and-fire neuron."""

from __future__ import annotations

import numpy as np
import torch

from benchmarks.literal.lif_transfer_curve import transfer_counts
from benchmarks.measure import Comparison, Growth, Run, Way
from utils.models.lif import lif_rate, simulate_lif, spike_counts

# The published curve's: ms, kOhm, uF, V.
SETTING = {"dt": 1, "tau_ref": 1, "resistance": 1, "capacitance": 10, "threshold": 1, "spike_height": 0.5}


def currents_of(n: int) -> np.ndarray:
    """The published range of currents in mA, (n,)."""
    return np.linspace(0, 2, n)


def ours(currents: int, steps: int) -> Run:
    """One call for all currents."""
    drive = currents_of(currents)
    return lambda: spike_counts(simulate_lif(drive, steps * SETTING["dt"], **SETTING)[1])


def literal(array) -> Way:
    """A loop over currents around one over time, on the numbers of `torch` or `numpy`."""

    def prepare(currents: int, steps: int) -> Run:
        drive = currents_of(currents).tolist()
        return lambda: transfer_counts(array, drive, steps * SETTING["dt"], **SETTING)

    return Way("literal" if array is torch else "literal, NumPy", prepare)


def closed_form(currents: int, steps: int) -> Run:
    """Expected counts, without any step."""
    drive, duration = currents_of(currents), steps * SETTING["dt"]
    membrane = {name: SETTING[name] for name in ("tau_ref", "resistance", "capacitance", "threshold")}
    return lambda: duration * lif_rate(drive, **membrane)


COMPARISONS = (
    Comparison(
        name="transfer",
        title="05: transfer curve, 10 currents, 1,000 steps",
        ours=Way("ours", ours),
        others=(literal(torch), literal(np), Way("closed form", closed_form, floor=True)),
        sizes={"currents": 10, "steps": 1000},
        quick={"currents": 3, "steps": 50},
    ),
)
GROWTH = (
    Growth(
        title="05: transfer curve, 1,000 steps",
        prepare=ours,
        size="currents",
        word="currents",
        values=(10, 30, 100, 300, 1000),
        quick=(2, 8),
        fixed={"steps": 1000},
    ),
)
