"""The squid giant axon of Hodgkin and Huxley under brief pulses of current."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# Maximal conductances in mS/cm2, reversal potentials in mV, capacitance in uF/cm2: the published squid axon at
# 6.3 degrees Celsius, with the potential counted from outside zero and a rest near -65 mV.
_G_NA, _G_K, _G_L = 120.0, 36.0, 0.3
_E_NA, _E_K, _E_L = 50.0, -77.0, -54.387
_CAPACITANCE = 1.0
_REST = -65.0


def _rates(v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Opening and closing rates of the gates m, h and n in 1/ms, each (3, n_pulses)."""
    a, b = (v + 40.0) / 10.0, (v + 55.0) / 10.0
    # u / (1 - exp(-u)) tends to 1 as u tends to 0, where the quotient itself is 0 / 0.
    alpha_m = np.where(np.abs(a) < 1e-6, 1.0 + a / 2, a / -np.expm1(-np.where(a == 0, 1.0, a)))
    alpha_n = 0.1 * np.where(np.abs(b) < 1e-6, 1.0 + b / 2, b / -np.expm1(-np.where(b == 0, 1.0, b)))
    alpha_h = 0.07 * np.exp(-(v + 65.0) / 20.0)
    beta_m = 4.0 * np.exp(-(v + 65.0) / 18.0)
    beta_h = 1.0 / (1.0 + np.exp(-(v + 35.0) / 10.0))
    beta_n = 0.125 * np.exp(-(v + 65.0) / 80.0)
    return np.stack([alpha_m, alpha_h, alpha_n]), np.stack([beta_m, beta_h, beta_n])


def pulse_responses(
    amplitudes: Sequence[float], pulse: float = 1.0, duration: float = 15.0, dt: float = 0.01, onset: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Membrane potential of a squid giant axon after one brief pulse of current, for each amplitude.

    Args:
        amplitudes: pulse amplitudes, (n_pulses,), in uA/cm2, each between -200 and 200.
        pulse: length of the pulse in ms.
        duration: time simulated in ms, at most 1000.
        dt: time step in ms, at most 0.05 (above it the fast sodium gate is no longer followed).
        onset: start of the pulse in ms.

    Returns:
        time (n_steps,) in ms and membrane potential (n_pulses, n_steps) in mV.

    Raises:
        ValueError: an amplitude or a time outside its range.

    Source:
        Hodgkin and Huxley 1952, https://doi.org/10.1113/jphysiol.1952.sp004764
    """
    try:
        current = np.asarray(amplitudes, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"amplitudes: got {amplitudes!r}, allowed is a list of numbers in uA/cm2") from None
    if current.ndim != 1 or current.size == 0:
        raise ValueError(f"amplitudes: got shape {current.shape}, allowed is a list of at least one number")
    outside = current[~(np.abs(current) <= 200)]
    if outside.size:
        raise ValueError(f"amplitudes: got {outside[0]:g}, allowed are numbers from -200 to 200 uA/cm2")
    limits = {"pulse": (pulse, 1000.0), "duration": (duration, 1000.0), "dt": (dt, 0.05)}
    for name, (value, most) in limits.items():
        if not 0 < value <= most:
            raise ValueError(f"{name}: got {value!r} ms, allowed is more than 0 and at most {most:g} ms")
    if not 0 <= onset <= duration:
        raise ValueError(f"onset: got {onset!r} ms, allowed is 0 to the duration, {duration:g} ms")

    n_steps = round(duration / dt) + 1
    time = np.arange(n_steps) * dt
    v = np.full(current.shape, _REST)
    opening, closing = _rates(v)
    gates = opening / (opening + closing)
    voltage = np.empty((n_steps, current.size))
    for step in range(n_steps):
        voltage[step] = v
        m, h, n = gates
        g_na, g_k = _G_NA * m**3 * h, _G_K * n**4
        injected = current if onset <= time[step] < onset + pulse else 0.0
        conductance = g_na + g_k + _G_L
        # With the gates held for one step the equation is linear, so its exact solution is used: stable at any dt.
        v_end = (g_na * _E_NA + g_k * _E_K + _G_L * _E_L + injected) / conductance
        v = v_end + (v - v_end) * np.exp(-conductance * dt / _CAPACITANCE)
        opening, closing = _rates(v)
        total = opening + closing
        gates = opening / total + (gates - opening / total) * np.exp(-total * dt)
    return time, voltage.T
