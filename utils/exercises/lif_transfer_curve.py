"""Exercises of notebook 05: a leaky neuron step by step, its transfer curve, and what it takes to replace a ReLU."""

from __future__ import annotations

import numpy as np
import torch

from utils.exercises.comparing import kind, shown
from utils.exercises.engine import Case, Exercise
from utils.exercises.networks import Refused
from utils.exercises.registry import register
from utils.models.lif import lif_rate, simulate_lif, spike_counts

# --- 05.lif_step ---------------------------------------------------------------------------------------------------


def lif_step(v, current, dt, resistance, capacitance):
    """Membrane potential one Euler step later, in V.

    v, current: (n,); dt, resistance, capacitance: numbers -> (n,)
    """
    tau = resistance * capacitance
    dv_dt = (-v + resistance * current) / tau
    return v + dt * dv_dt


def _step_without_leak(v, current, dt, resistance, capacitance):
    return v + dt * current / capacitance


def _step_leak_sign(v, current, dt, resistance, capacitance):
    return v + dt * (v + resistance * current) / (resistance * capacitance)


def _step_current_as_voltage(v, current, dt, resistance, capacitance):
    return v + dt * (-v + current) / (resistance * capacitance)


def _step_change_only(v, current, dt, resistance, capacitance):
    return dt * (-v + resistance * current) / (resistance * capacitance)


def _step_without_tau(v, current, dt, resistance, capacitance):
    return v + dt * (-v + resistance * current)


def _step_without_dt(v, current, dt, resistance, capacitance):
    return v + (-v + resistance * current) / (resistance * capacitance)


def _step_tau_twice(v, current, dt, resistance, capacitance):
    return v + dt * (-v + resistance * current) / (resistance * capacitance) ** 2


def _step_with_threshold(v, current, dt, resistance, capacitance):
    new = lif_step(v, current, dt, resistance, capacitance)
    return np.where(new >= 1, 0.0, new)


def _step_exact(v, current, dt, resistance, capacitance):
    goal = resistance * current
    return goal + (v - goal) * np.exp(-dt / (resistance * capacitance))


def _step_implicit(v, current, dt, resistance, capacitance):
    return (v + dt * current / capacitance) / (1 + dt / (resistance * capacitance))


def _lif_step_cases():
    generator = np.random.default_rng(0)
    return [
        Case(np.array([0.0]), np.array([0.0]), 0.1, 1.0, 10.0, label="no current, at rest"),
        Case(np.array([1.0]), np.array([0.0]), 1.0, 1.0, 10.0, label="no current, charged"),
        Case(np.array([0.0]), np.array([2.0]), 1.0, 5.0, 10.0, label="2 mA from rest"),
        Case(np.array([0.5, -1.0]), np.array([1.5, -0.5]), 0.1, 3.0, 7.0, label="two neurons"),
        Case(generator.normal(size=5), generator.normal(size=5), 0.25, 2.0, 4.0, label="five neurons"),
        Case(np.array([0.99, 2.0]), np.array([3.0, 3.0]), 1.0, 1.0, 10.0, label="across the threshold"),
    ]


register(
    Exercise(
        id="05.lif_step",
        reference=lif_step,
        cases=_lif_step_cases,
        hints=(
            "Solve tau dv/dt = -v + R I for dv/dt. The time constant tau is resistance times capacitance.",
            "Euler's step: the new value is the old one plus dt times the slope at the old one.",
            "`dv_dt = (-v + resistance * current) / tau`, and then `v + dt * dv_dt`.",
        ),
        wrong_answers={
            "a neuron without a leak: nothing pulls v back": _step_without_leak,
            "a leak of the wrong sign: it pushes v away from rest": _step_leak_sign,
            "a current added to a voltage: the resistance turns one into the other": _step_current_as_voltage,
            "the change of v, not the new v": _step_change_only,
            "a step that is not divided by the time constant": _step_without_tau,
            "a step that ignores dt": _step_without_dt,
            "a step divided by the time constant twice": _step_tau_twice,
            "a threshold inside of the step: here v only charges, spikes come later": _step_with_threshold,
            "the exact solution of the differential equation: here one step of Euler is asked": _step_exact,
            "a time constant R / C: it is R times C": lambda v, current, dt, resistance, capacitance: lif_step(
                v, current, dt * capacitance**2, resistance, capacitance
            ),
            "a current divided by the resistance: R times I is a voltage": lambda v, current, dt, resistance, *other: (
                lif_step(v, current / resistance**2, dt, resistance, *other)
            ),
            "a potential cut off at 0: it may be negative": lambda v, current, dt, resistance, capacitance: np.maximum(
                lif_step(v, current, dt, resistance, capacitance), 0
            ),
            "an implicit step, with the slope at its end: Euler takes the slope now": _step_implicit,
        },
        tolerance="1e-5 of the value: a few products in double precision; Euler's own error is 1000 times that.",
    )
)


# --- 05.refractory_step --------------------------------------------------------------------------------------------


def refractory_step(v, rest, current, n_rest):
    """One 1 ms step: integrate or rest.

    v, rest, current, n_rest: numbers -> potential, steps of rest left, spiked or not
    """
    if rest > 0:
        return 0.0, rest - 1, False
    v = v + (-v + current) / 10
    if v >= 1:
        return 0.0, n_rest, True
    return v, 0, False


def _rest_but_integrate(v, rest, current, n_rest):
    v = v + (-v + current) / 10
    if rest > 0:
        return v, rest - 1, False
    if v >= 1:
        return 0.0, n_rest, True
    return v, 0, False


def _rest_never_ends(v, rest, current, n_rest):
    if rest > 0:
        return 0.0, rest, False
    v = v + (-v + current) / 10
    if v >= 1:
        return 0.0, n_rest, True
    return v, 0, False


def _rest_forgotten(v, rest, current, n_rest):
    v = v + (-v + current) / 10
    if v >= 1:
        return 0.0, 0, True
    return v, 0, False


def _rest_without_reset(v, rest, current, n_rest):
    if rest > 0:
        return v, rest - 1, False
    v = v + (-v + current) / 10
    if v >= 1:
        return v, n_rest, True
    return v, 0, False


def _rest_one_too_few(v, rest, current, n_rest):
    v, left, spiked = refractory_step(v, rest, current, n_rest)
    return v, left - spiked, spiked


def _rest_above_only(v, rest, current, n_rest):
    if rest > 0:
        return 0.0, rest - 1, False
    v = v + (-v + current) / 10
    if v > 1:
        return 0.0, n_rest, True
    return v, 0, False


def _rest_without_tau(v, rest, current, n_rest):
    if rest > 0:
        return 0.0, rest - 1, False
    v = v + (-v + current)
    if v >= 1:
        return 0.0, n_rest, True
    return v, 0, False


def _rest_subtracting(v, rest, current, n_rest):
    if rest > 0:
        return 0.0, rest - 1, False
    v = v + (-v + current) / 10
    if v >= 1:
        return v - 1, n_rest, True
    return v, 0, False


def _refractory_cases():
    return [
        Case(0.0, 0, 1.5, 3, label="awake, at rest"),
        Case(0.95, 0, 3.0, 3, label="the step that crosses the threshold"),
        Case(1.0, 0, 1.0, 3, label="a step that ends exactly at the threshold"),
        Case(0.0, 3, 3.0, 3, label="three steps of rest left"),
        Case(0.9, 1, 3.0, 2, label="the last step of rest"),
        Case(0.95, 0, 3.0, 0, label="no refractory period"),
        Case(0.5, 0, -2.0, 5, label="a negative current"),
    ]


register(
    Exercise(
        id="05.refractory_step",
        reference=refractory_step,
        cases=_refractory_cases,
        hints=(
            "Three things can happen in a step: the neuron rests, or it integrates and spikes, or it only integrates.",
            "First ask whether rest > 0. Then v stays 0, rest falls by one, and nothing spikes, whatever the current.",
            "Otherwise take the Euler step v + (-v + current) / 10. At 1 or above: v = 0, rest = n_rest, a spike.",
        ),
        wrong_answers={
            "a neuron that integrates while it rests": _rest_but_integrate,
            "a rest that never ends: it has to count down": _rest_never_ends,
            "a neuron that goes on at once after its spike": _rest_forgotten,
            "a neuron that rests but does not reset its potential": _rest_without_reset,
            "a rest of one step too few: after a spike, n_rest steps are left": _rest_one_too_few,
            "a spike only above the threshold: at exactly 1 it spikes as well, so `>=`": _rest_above_only,
            "a step that is not divided by the time constant": _rest_without_tau,
            "a reset by the threshold; here the potential is set to 0": _rest_subtracting,
            "a spike that does not reset the potential": lambda v, rest, current, n_rest: (
                v + (-v + current) / 10 if (found := refractory_step(v, rest, current, n_rest))[2] else found[0],
                *found[1:],
            ),
            "a rest that ends after one step": lambda v, rest, current, n_rest: refractory_step(
                v, min(rest, 1), current, n_rest
            ),
            "a rest of one step too many": lambda v, rest, current, n_rest: refractory_step(
                v, rest, current, n_rest + 1
            ),
            "a spike decided by the potential before the step": lambda v, rest, current, n_rest: (
                refractory_step(v, rest, current, n_rest)
                if rest > 0
                else (0.0, n_rest, True)
                if v >= 1
                else (v + (-v + current) / 10, 0, False)
            ),
            "a neuron that rests at `rest == 0`, too": lambda v, rest, current, n_rest: (
                (0.0, rest - 1, False) if rest >= 0 else refractory_step(v, rest, current, n_rest)
            ),
        },
        tolerance="1e-5 of the potential; steps of rest and spikes are exact.",
    )
)


# --- 05.folded_bias ------------------------------------------------------------------------------------------------


def folded_bias(bias, v_leak, resistance):
    """The one current that does the work of a bias current and a constant leak, in mA.

    bias, v_leak: (n,); resistance: number -> (n,)
    """
    return bias - v_leak / resistance


def _folded_plus(bias, v_leak, resistance):
    return bias + v_leak / resistance


def _folded_times(bias, v_leak, resistance):
    return bias - v_leak * resistance


def _folded_no_resistance(bias, v_leak, resistance):
    return bias - v_leak


def _folded_turned_round(bias, v_leak, resistance):
    return v_leak / resistance - bias


def _folded_bias_too(bias, v_leak, resistance):
    return (bias - v_leak) / resistance


def _folded_cases():
    generator = np.random.default_rng(1)
    return [
        Case(np.array([0.0]), np.array([1.0]), 1.0, label="a leak of 1 V, no bias"),
        Case(np.array([0.5]), np.array([0.0]), 2.0, label="no leak"),
        Case(np.array([0.5]), np.array([0.5]), 2.0, label="both"),
        Case(np.array([-1.0, 0.3]), np.array([0.2, -0.4]), 0.5, label="two neurons, one driven by its leak"),
        Case(generator.normal(size=4), generator.normal(size=4), 7.0, label="four neurons"),
    ]


register(
    Exercise(
        id="05.folded_bias",
        reference=folded_bias,
        cases=_folded_cases,
        hints=(
            "You look for one current J with R (I + J) = -v_leak + R (I + bias), for every I.",
            "Subtract R I on both sides: R J = -v_leak + R bias. Now divide by R.",
            "A leak takes charge away, so it must make the bias smaller: `bias - v_leak / resistance`.",
        ),
        wrong_answers={
            "a leak that drives the neuron: its sign is the wrong way round, as in the source": _folded_plus,
            "a voltage multiplied by a resistance: that is no current": _folded_times,
            "a voltage subtracted from a current: the resistance is missing": _folded_no_resistance,
            "the right current with its sign turned round": _folded_turned_round,
            "a bias divided by the resistance: it is a current already": _folded_bias_too,
            "a voltage: divide all of it by the resistance": lambda bias, v_leak, resistance: (
                resistance * bias - v_leak
            ),
            "the leak alone: the bias flows as well": lambda bias, v_leak, resistance: -v_leak / resistance,
        },
        tolerance="1e-5 of the value: one division.",
    )
)


# --- 05.iaf_step ---------------------------------------------------------------------------------------------------


def iaf_step(v, current, threshold):
    """Potential and spikes after a step without leak; a spike takes a threshold away.

    v, current: (n,); threshold: number -> (n,), (n,)
    """
    v = v + current
    spikes = torch.floor(torch.relu(v) / threshold)
    return v - spikes * threshold, spikes


def _iaf_reset_to_zero(v, current, threshold):
    v = v + current
    spikes = torch.floor(torch.relu(v) / threshold)
    return torch.where(spikes > 0, torch.zeros_like(v), v), spikes


def _iaf_one_spike(v, current, threshold):
    v = v + current
    spikes = (v >= threshold).to(v.dtype)
    return v - spikes * threshold, spikes


def _iaf_negative_spikes(v, current, threshold):
    v = v + current
    spikes = torch.floor(v / threshold)
    return v - spikes * threshold, spikes


def _iaf_unit_reset(v, current, threshold):
    v = v + current
    spikes = torch.floor(torch.relu(v) / threshold)
    return v - spikes, spikes


def _iaf_late(v, current, threshold):
    spikes = torch.floor(torch.relu(v) / threshold)
    return v + current - spikes * threshold, spikes


def _iaf_above_only(v, current, threshold):
    v = v + current
    spikes = (torch.ceil(torch.relu(v) / threshold) - 1).clamp(min=0)
    return v - spikes * threshold, spikes


def _iaf_cut_off(v, current, threshold):
    v, spikes = iaf_step(v, current, threshold)
    return torch.relu(v), spikes


def _iaf_cases():
    def numbers(*values):
        return torch.tensor(values, dtype=torch.float64)

    generator = torch.Generator().manual_seed(2)
    return [
        Case(numbers(0.5), numbers(0.25), 1.0, label="below the threshold"),
        Case(numbers(0.5), numbers(0.5), 1.0, label="exactly at the threshold"),
        Case(numbers(0.75), numbers(0.5), 1.0, label="a little above it"),
        Case(numbers(0.0), numbers(3.75), 1.0, label="three thresholds in one step"),
        Case(numbers(0.0, 0.2), numbers(-1.5, 0.1), 1.0, label="a negative current"),
        Case(numbers(0.0), numbers(1.25), 0.5, label="a threshold of 0.5"),
        Case(
            torch.randn(6, generator=generator, dtype=torch.float64),
            2 * torch.randn(6, generator=generator, dtype=torch.float64),
            0.3,
            label="six neurons",
        ),
        Case(torch.tensor(0.25), torch.tensor(0.875), 1.0, label="a single neuron, no dimension"),
        Case(torch.tensor([0.25, 0.0]), torch.tensor([0.5, 2.5]), 1.0, label="two neurons in float32"),
        Case(torch.zeros(2, 3), torch.tensor([[0.5, 1.5, -1.0], [2.25, 0.0, 1.0]]), 1.0, label="a layer and a batch"),
    ]


register(
    Exercise(
        id="05.iaf_step",
        reference=iaf_step,
        cases=_iaf_cases,
        hints=(
            "First add the current. How many whole thresholds fit into what is there now?",
            "`torch.floor` of v / threshold counts them. A negative potential holds none, so rectify it first.",
            "Each spike takes one threshold away and leaves the rest: `v - spikes * threshold`.",
        ),
        wrong_answers={
            "a reset to zero: what lies above the threshold is lost": _iaf_reset_to_zero,
            "at most one spike in a step": _iaf_one_spike,
            "negative spikes below zero": _iaf_negative_spikes,
            "a reset by 1, whatever the threshold": _iaf_unit_reset,
            "spikes counted before the current arrives": _iaf_late,
            "no spike at exactly the threshold: one is due there": _iaf_above_only,
            "a negative potential cut off at 0": _iaf_cut_off,
            "spikes rounded to the nearest: only whole thresholds count": lambda v, current, threshold: (
                v + current - (spikes := torch.round(torch.relu(v + current) / threshold)) * threshold,
                spikes,
            ),
            "spikes rounded up: only whole thresholds count": lambda v, current, threshold: (
                v + current - (spikes := torch.ceil(torch.relu(v + current) / threshold)) * threshold,
                spikes,
            ),
            "a potential that starts at 0 in every step": lambda v, current, threshold: iaf_step(
                0 * v, current, threshold
            ),
            "spikes before potentials: the potential comes first": lambda v, current, threshold: iaf_step(
                v, current, threshold
            )[::-1],
            "a threshold of 1, whatever it is": lambda v, current, threshold: (
                v + current - (spikes := torch.floor(torch.relu(v + current))) * threshold,
                spikes,
            ),
        },
        tolerance="1e-5 of the potential; spikes are whole. No test lies within rounding of a threshold.",
    )
)


# --- 05.firing_rate ------------------------------------------------------------------------------------------------


def firing_rate(current, tau_ref, resistance, capacitance, threshold):
    """Spikes per ms of a leaky neuron under constant currents, 0 up to the rheobase.

    current: (n,); tau_ref, resistance, capacitance, threshold: numbers -> (n,)
    """
    drive = resistance * current
    rate = np.zeros_like(drive)
    fires = drive > threshold
    charging = resistance * capacitance * np.log(drive[fires] / (drive[fires] - threshold))
    rate[fires] = 1 / (tau_ref + charging)
    return rate


def _rate_without_rest(current, tau_ref, resistance, capacitance, threshold):
    drive = resistance * current
    rate = np.zeros_like(drive)
    fires = drive > threshold
    rate[fires] = 1 / (resistance * capacitance * np.log(drive[fires] / (drive[fires] - threshold)))
    return rate


def _rate_without_leak(current, tau_ref, resistance, capacitance, threshold):
    rate = np.zeros_like(current)
    fires = current > 0
    rate[fires] = 1 / (tau_ref + capacitance * threshold / current[fires])
    return rate


def _rate_is_the_interval(current, tau_ref, resistance, capacitance, threshold):
    drive = resistance * current
    interval = np.zeros_like(drive)
    fires = drive > threshold
    interval[fires] = tau_ref + resistance * capacitance * np.log(drive[fires] / (drive[fires] - threshold))
    return interval


def _rate_never_silent(current, tau_ref, resistance, capacitance, threshold):
    drive = resistance * current
    with np.errstate(divide="ignore", invalid="ignore"):
        return 1 / (tau_ref + resistance * capacitance * np.log(drive / (drive - threshold)))


def _rate_log_upside_down(current, tau_ref, resistance, capacitance, threshold):
    drive = resistance * current
    rate = np.zeros_like(drive)
    fires = drive > threshold
    rate[fires] = 1 / (tau_ref - resistance * capacitance * np.log(drive[fires] / (drive[fires] - threshold)))
    return rate


def _rate_with(current, tau_ref, tau, log, drive, threshold):
    rate = np.zeros_like(drive)
    fires = drive > threshold
    rate[fires] = 1 / (tau_ref + tau * log(drive[fires] / (drive[fires] - threshold)))
    return rate


def _rate_log10(current, tau_ref, resistance, capacitance, threshold):
    return _rate_with(current, tau_ref, resistance * capacitance, np.log10, resistance * current, threshold)


def _rate_log2(current, tau_ref, resistance, capacitance, threshold):
    return _rate_with(current, tau_ref, resistance * capacitance, np.log2, resistance * current, threshold)


def _rate_tau_without_resistance(current, tau_ref, resistance, capacitance, threshold):
    return _rate_with(current, tau_ref, capacitance, np.log, resistance * current, threshold)


def _rate_without_tau(current, tau_ref, resistance, capacitance, threshold):
    return _rate_with(current, tau_ref, 1.0, np.log, resistance * current, threshold)


def _rate_in_hertz(current, tau_ref, resistance, capacitance, threshold):
    return 1000 * firing_rate(current, tau_ref, resistance, capacitance, threshold)


def _firing_rate_cases():
    return [
        Case(np.array([2.0]), 1.0, 1.0, 10.0, 1.0, label="one current above the rheobase"),
        Case(np.array([0.5]), 1.0, 1.0, 10.0, 1.0, label="one current below it"),
        Case(np.array([1.0, 1.01]), 1.0, 1.0, 10.0, 1.0, label="at the rheobase and just above"),
        Case(np.linspace(0, 2, 10), 20.0, 100.0, 10.0, 1.0, label="a large resistance, a long rest"),
        Case(np.linspace(-1, 3, 9), 0.0, 2.0, 5.0, 0.5, label="no rest, negative currents too"),
        Case(np.linspace(-0.5, 2, 11), 1, 5.0, 10.0, 1.0, label="a rest that is a whole number"),
    ]


register(
    Exercise(
        id="05.firing_rate",
        reference=firing_rate,
        cases=_firing_rate_cases,
        hints=(
            "A spike comes once per interval: the rest, and then the way from 0 to the threshold.",
            "On that way v(t) = R I (1 - exp(-t / tau)). Set it equal to the threshold and solve for t.",
            "t = tau ln(R I / (R I - threshold)), where R I > threshold. The rate is 1 / (tau_ref + t).",
            "Fill the array only where it fires: `rate = np.zeros_like(drive)`, then `rate[fires] = ...`.",
        ),
        wrong_answers={
            "a neuron without a refractory period": _rate_without_rest,
            "a neuron without a leak: it fires at any current above 0": _rate_without_leak,
            "the interval between spikes, not the rate": _rate_is_the_interval,
            "a formula used below the rheobase too, where its logarithm has no meaning": _rate_never_silent,
            "a logarithm turned upside down": _rate_log_upside_down,
            "a logarithm to the base 10: `np.log` has the base e": _rate_log10,
            "a logarithm to the base 2: `np.log` has the base e": _rate_log2,
            "spikes per second, where per millisecond is asked": _rate_in_hertz,
            "a time constant without the resistance": _rate_tau_without_resistance,
            "a threshold of 1, whatever it is": lambda current, tau_ref, resistance, capacitance, threshold: (
                firing_rate(current, tau_ref, resistance, capacitance, 1.0)
            ),
            "a rest that is subtracted from the interval": lambda current, tau_ref, *others: firing_rate(
                current, -tau_ref, *others
            ),
            "a logarithm that is not multiplied by the time constant": _rate_without_tau,
        },
        atol=1e-5,
        tolerance="1e-5 spikes per ms: 0.01 Hz, a tenth of what the figures can show.",
    )
)


# --- 05.identify ---------------------------------------------------------------------------------------------------

MYSTERY_CAPACITANCE, MYSTERY_THRESHOLD = 10.0, 1.0
_HIDDEN_RESISTANCE, _HIDDEN_TAU_REF = 3.7, 6.4
MAX_RELATIVE_ERROR = 0.03


def mystery_neuron():
    """The measured transfer curve of a neuron whose resistance and refractory period nobody tells.

    Returns:
        currents (20,) in mA and rates (20,) in spikes per ms, counted over 4 s. Its capacitance is 10 uF and its
        threshold 1 V.
    """
    currents = np.linspace(0.1, 2.0, 20)
    _, voltage = simulate_lif(currents, 4000.0, 0.1, _HIDDEN_TAU_REF, _HIDDEN_RESISTANCE, MYSTERY_CAPACITANCE)
    return currents, spike_counts(voltage) / 4000.0


def mystery_errors(resistance, tau_ref):
    """How far an answer lies from the mystery neuron.

    Args:
        resistance: in kOhm.
        tau_ref: in ms.

    Returns:
        Relative errors of both; 0.02 means 2 % too much.
    """
    return resistance / _HIDDEN_RESISTANCE - 1, tau_ref / _HIDDEN_TAU_REF - 1


def identify(currents, rates):
    """Resistance (kOhm) and refractory period (ms) of a neuron of 10 uF and 1 V.

    currents, rates: (n,) -> two numbers
    """
    fires = rates > 0
    interval = 1 / rates[fires]
    candidates = np.geomspace(0.3, 100, 4000)[:, None]
    drive = np.maximum(candidates * currents[fires], 1 + 1e-9)
    # With the right resistance, what is left of every interval is the same: the refractory period.
    rest = interval - 10 * candidates * np.log(drive / (drive - 1))
    best = rest.std(axis=1).argmin()
    return candidates[best, 0], rest[best].mean()


def _identify_first_and_last(currents, rates):
    return 1 / currents[rates > 0][0], 1 / rates.max()


def _identify_shortest_interval(currents, rates):
    fires = rates > 0
    candidates = np.geomspace(0.3, 100, 4000)[:, None]
    drive = np.maximum(candidates * currents[fires], 1 + 1e-9)
    rest = 1 / rates[fires] - 10 * candidates * np.log(drive / (drive - 1))
    return candidates[rest.std(axis=1).argmin(), 0], 1 / rates.max()


def _identify_exchanged(currents, rates):
    fires = rates > 0
    candidates = np.geomspace(0.3, 100, 4000)[:, None]
    drive = np.maximum(candidates * currents[fires], 1 + 1e-9)
    rest = 1 / rates[fires] - 10 * candidates * np.log(drive / (drive - 1))
    best = rest.std(axis=1).argmin()
    return rest[best].mean(), candidates[best, 0]


def _identify_call(candidate, resistance, tau_ref):
    currents = np.linspace(0.05, 3.0, 40)
    result = candidate(currents, lif_rate(currents, tau_ref, resistance, MYSTERY_CAPACITANCE, MYSTERY_THRESHOLD))
    if result is Ellipsis or result is None or isinstance(result, tuple | list):
        return result
    raise Refused(f"It returned {kind(result)}, expected were two numbers: the resistance and the refractory period.")


def _identify_cases():
    return [
        Case(2.0, 5.0, label="a neuron of 2 kOhm that rests for 5 ms"),
        Case(20.0, 2.0, label="a neuron of 20 kOhm that rests for 2 ms"),
        Case(0.8, 12.0, label="a neuron of 0.8 kOhm that rests for 12 ms"),
        Case(_HIDDEN_RESISTANCE, _HIDDEN_TAU_REF, label="the mystery neuron, without noise"),
    ]


def _compare_identified(result, expected, resistance, tau_ref):
    """None where both numbers are close to the truth, else how far off they are."""
    try:
        found = [float(number) for number in result]
    except (TypeError, ValueError):
        return f"Two numbers are needed, the resistance and the refractory period; it returned {shown(result)}."
    if len(found) != 2 or not np.isfinite(found).all():
        return "Two finite numbers are needed: the resistance and the refractory period."
    names = ("resistance", "refractory period")
    for name, ours, truth in zip(names, found, (resistance, tau_ref), strict=True):
        off = ours / truth - 1
        if abs(off) > MAX_RELATIVE_ERROR:
            direction = "large" if off > 0 else "small"
            # One digit more where it is close, so that 3.4 % is not told as 3 %.
            size = f"{abs(off):.0%}" if abs(off) > 0.1 else f"{abs(off):.1%}"
            return f"Your {name} is {size} too {direction} ({MAX_RELATIVE_ERROR:.0%} is allowed)."
    return None


register(
    Exercise(
        id="05.identify",
        reference=identify,
        cases=_identify_cases,
        hints=(
            "Every point with a rate above 0 gives one equation: 1 / rate = tau_ref + R C ln(R I / (R I - 1)).",
            "Guess a resistance. Then each point tells a refractory period. The right guess makes them all agree.",
            "Try many resistances at once, `np.geomspace(0.3, 100, 4000)[:, None]`, and take the one with the least "
            "spread (`.std(axis=1).argmin()`). R I must stay above 1, the threshold, for every point that fires.",
        ),
        wrong_answers={
            "a resistance from the first current that fires, a rest from the highest rate": _identify_first_and_last,
            "a rest as long as the shortest interval: charging takes time too": _identify_shortest_interval,
            "the two numbers exchanged": _identify_exchanged,
            "a time constant without the capacitance: it is R times 10 uF": lambda currents, rates: (
                (found := identify(currents, rates))[0] * 10,
                found[1],
            ),
            "the inverse of the refractory period": lambda currents, rates: (
                (found := identify(currents, rates))[0],
                1 / found[1],
            ),
        },
        call=_identify_call,
        compare=_compare_identified,
        rtol=MAX_RELATIVE_ERROR,
        # It is called once, and a search in a loop is a good answer.
        time_limit=20.0,
        tolerance="3 % of both numbers: the mystery neuron's rates are counts of spikes in 4 s, rounded to that.",
    )
)


# --- 05.rescale ----------------------------------------------------------------------------------------------------


def rescale(weight, bias, theta_in, theta_out):
    """Weights and biases with which a layer of threshold theta_out works at 1.

    weight: (m, n); bias: (m,); theta_in, theta_out: numbers -> (m, n), (m,)
    """
    return weight * theta_in / theta_out, bias / theta_out


def _rescale_output_only(weight, bias, theta_in, theta_out):
    return weight / theta_out, bias / theta_out


def _rescale_bias_too(weight, bias, theta_in, theta_out):
    return weight * theta_in / theta_out, bias * theta_in / theta_out


def _rescale_upside_down(weight, bias, theta_in, theta_out):
    return weight * theta_out / theta_in, bias * theta_out


def _rescale_weights_only(weight, bias, theta_in, theta_out):
    return weight * theta_in / theta_out, bias


def _rescale_divided_twice(weight, bias, theta_in, theta_out):
    return weight / theta_in / theta_out, bias / theta_out


def _rescale_cases():
    generator = torch.Generator().manual_seed(5)

    def random(*shape):
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    return [
        Case(
            torch.ones(1, 1, dtype=torch.float64), torch.ones(1, dtype=torch.float64), 1.0, 2.0, label="the first layer"
        ),
        Case(
            torch.ones(1, 1, dtype=torch.float64), torch.ones(1, dtype=torch.float64), 4.0, 2.0, label="a hidden layer"
        ),
        Case(random(2, 3), random(2), 1.0, 1.0, label="thresholds of 1: nothing to do"),
        Case(random(4, 3), random(4), 2.2, 8.4, label="four units"),
        Case(random(3, 5), random(3), 0.5, 0.1, label="small thresholds"),
        Case(random(3, 5).float(), random(3).float(), 1.5, 2.0, label="float32, as networks have"),
    ]


register(
    Exercise(
        id="05.rescale",
        reference=rescale,
        cases=_rescale_cases,
        hints=(
            "A unit with threshold theta_out and input x spikes as one with threshold 1 and input x / theta_out.",
            "So weights and bias are both divided by theta_out. And what does one spike from the layer before count?",
            "It counts theta_in, which goes into the weights: `weight * theta_in / theta_out`, `bias / theta_out`.",
        ),
        wrong_answers={
            "a layer that forgets what a spike from the layer before counts": _rescale_output_only,
            "a bias that grows with the layer before, although no spike brings it": _rescale_bias_too,
            "thresholds on the wrong side of the fraction": _rescale_upside_down,
            "a bias that was left as it is": _rescale_weights_only,
            "weights divided by both thresholds: a spike from the layer before counts theta_in": _rescale_divided_twice,
            "weights that are not divided by the layer's own threshold": lambda weight, bias, theta_in, theta_out: (
                weight * theta_in,
                bias / theta_out,
            ),
            "the threshold of the layer before alone: its own divides both": lambda weight, bias, theta_in, theta_out: (
                weight * theta_in,
                bias,
            ),
            "biases before weights: the weights come first": lambda weight, bias, theta_in, theta_out: rescale(
                weight, bias, theta_in, theta_out
            )[::-1],
            "a bias multiplied by the threshold: it is divided": lambda weight, bias, theta_in, theta_out: (
                weight * theta_in / theta_out,
                bias * theta_out,
            ),
        },
        tolerance="1e-5 of the value: one product and one division.",
    )
)


# --- 05.counted_rate -----------------------------------------------------------------------------------------------


def counted_rate(x, n_steps, start):
    """Spikes a step, at most one in each, of units that start at `start` thresholds.

    x: (n,), constant input in thresholds a step; n_steps, start: numbers -> (n,)
    """
    spikes = np.floor(n_steps * x + start)
    return np.clip(spikes, 0, n_steps) / n_steps


def _counted_without_start(x, n_steps, start):
    return np.clip(np.floor(n_steps * x), 0, n_steps) / n_steps


def _counted_start_each_step(x, n_steps, start):
    return np.clip(np.floor(n_steps * (x + start)), 0, n_steps) / n_steps


def _counted_without_ceiling(x, n_steps, start):
    return np.maximum(np.floor(n_steps * x + start), 0) / n_steps


def _counted_negative(x, n_steps, start):
    return np.minimum(np.floor(n_steps * x + start), n_steps) / n_steps


def _counted_spikes(x, n_steps, start):
    return np.clip(np.floor(n_steps * x + start), 0, n_steps)


def _counted_in_parts(x, n_steps, start):
    return np.clip(n_steps * x + start, 0, n_steps) / n_steps


def _counted_rate_cases():
    # No sum meets a whole number: there rounding, and not the answer, would decide.
    generator = np.random.default_rng(6)
    return [
        Case(np.array([0.3]), 4, 0.0, label="four steps from 0"),
        Case(np.array([0.3]), 4, 0.5, label="four steps from half a threshold"),
        Case(np.array([-0.7, -0.05]), 8, 0.5, label="negative inputs"),
        Case(np.array([0.93, 1.3, 4.1]), 8, 0.5, label="inputs near and above 1"),
        Case(generator.uniform(-0.5, 1.5, 40), 16, 0.25, label="forty inputs from a quarter"),
        Case(generator.uniform(-0.5, 1.5, 40), 1, 0.5, label="a single step"),
    ]


register(
    Exercise(
        id="05.counted_rate",
        reference=counted_rate,
        cases=_counted_rate_cases,
        hints=(
            "Before any spike, the potential after n_steps would be start + n_steps * x. How many thresholds is that?",
            "Whole thresholds: `np.floor(n_steps * x + start)`. A silent unit counts 0, and no unit more than n_steps.",
            "`np.clip(spikes, 0, n_steps) / n_steps` keeps the count within what is possible and makes it a rate.",
        ),
        wrong_answers={
            "a unit that starts at 0, wherever it should": _counted_without_start,
            "a head start that is given again in every step": _counted_start_each_step,
            "a unit that may spike several times in a step": _counted_without_ceiling,
            "negative spikes for a negative input": _counted_negative,
            "a count of spikes, not yet divided by the steps": _counted_spikes,
            "spikes in parts: only whole thresholds make one": _counted_in_parts,
            "spikes rounded to the nearest: only whole thresholds count": lambda x, n_steps, start: (
                np.clip(np.round(n_steps * x + start), 0, n_steps) / n_steps
            ),
            "spikes rounded up: only whole thresholds count": lambda x, n_steps, start: (
                np.clip(np.ceil(n_steps * x + start), 0, n_steps) / n_steps
            ),
            "at most one spike in all; it is one in each step": lambda x, n_steps, start: (
                np.clip(np.floor(n_steps * x + start), 0, 1) / n_steps
            ),
        },
        tolerance="1e-5 of the rate; spikes are whole, and no test lies within rounding of one.",
    )
)
