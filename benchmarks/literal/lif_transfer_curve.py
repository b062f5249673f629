"""Notebook 05: a loop over currents around a loop over time, one number after the other."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType


def transfer_counts(
    array: ModuleType,
    currents: Sequence[float],
    duration: float,
    dt: float,
    tau_ref: float,
    resistance: float,
    capacitance: float,
    threshold: float,
    spike_height: float,
) -> list[int]:
    """Spike counts of a leaky integrate-and-fire neuron under each of some constant currents.

    Args:
        array: `torch`, as in the source, or `numpy`, whose single numbers cost less.
        currents: in mA.
        duration, dt, tau_ref: in ms.
        resistance: in kOhm.
        capacitance: in uF.
        threshold, spike_height: in V.

    Returns:
        One count for each current.
    """
    counts = []
    for current in currents:
        time = array.arange(0, duration + dt, dt)
        voltage = array.zeros(len(time))
        rests_until, n_spikes = 0, 0
        for i, t in enumerate(time):
            if t > rests_until:
                leak = -voltage[i - 1] + current * resistance
                voltage[i] = voltage[i - 1] + leak / (resistance * capacitance) * dt
                if voltage[i] >= threshold:
                    voltage[i] += spike_height
                    n_spikes += 1
                    rests_until = t + tau_ref
        counts.append(n_spikes)
    return counts
