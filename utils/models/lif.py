"""The leaky integrate-and-fire neuron: Euler steps for any batch of currents, and the closed form of its rate.

Units are the same everywhere: ms, mA, kOhm, uF and V. They fit together without factors: kOhm x mA = V and
kOhm x uF = ms.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import torch

from utils.checks import ordinary_tensor

UNITS = {
    "current": "mA",
    "duration": "ms",
    "dt": "ms",
    "tau_ref": "ms",
    "resistance": "kOhm",
    "capacitance": "uF",
    "threshold": "V",
    "reset": "V",
    "spike_height": "V",
}

# More samples than this in one call is a slip of units (s for ms), not a simulation.
MAX_SAMPLES = 200_000_000
MAX_NUMBER = 1e300
# So close to the rheobase, relative to it, a drive counts as the rheobase itself.
TIE = 1e-15


def simulate_lif(
    current: Any,
    duration: float = 50.0,
    dt: float = 0.1,
    tau_ref: Any = 10.0,
    resistance: Any = 1.0,
    capacitance: Any = 10.0,
    threshold: Any = 1.0,
    spike_height: Any = 0.5,
    *,
    reset: Any = 0.0,
    time_varying: bool | None = None,
) -> tuple[Any, Any]:
    """Membrane potential of leaky integrate-and-fire neurons, by Euler steps, all neurons in one pass over time.

    Between spikes `tau dv/dt = -v + R I` with `tau = R C`, around a resting potential of 0 V. The sample in which v
    reaches the threshold is drawn higher by `spike_height`; then v stays at the reset for the refractory period, and
    the first step of integration is the first one that lies later than its end. The first sample is the reset potential
    at time 0. A current exactly at the rheobase, threshold / R, never makes a spike.

    Args:
        current: input current in mA: a number, or an array of any shape, one neuron per element. With `time_varying`
            its last axis is time, n_steps samples long; sample i drives the step that ends at time i dt (sample 0
            drives nothing).
        duration: simulated time in ms, a whole number of steps.
        dt: length of a step in ms, at most the membrane time constant R C.
        tau_ref: refractory period in ms, 0 or more. It and those below may be arrays, which broadcast against the
            neurons of `current`.
        resistance: membrane resistance in kOhm.
        capacitance: membrane capacitance in uF.
        threshold: potential in V at which the neuron spikes.
        spike_height: how much higher the sample of a spike is drawn, in V.
        reset: potential in V at the start, after a spike and while refractory.
        time_varying: whether the last axis of `current` is time. None: it is not, and a warning says so where it is as
            long as time.

    Returns:
        time: (n_steps,) in ms, from 0 to duration, both included.
        voltage: (..., n_steps) in V. Torch tensors (float64) if `current` is one, otherwise NumPy arrays.

    Raises:
        ValueError: an argument is empty, not a finite real number or outside its range; shapes do not broadcast; dt
            exceeds R C (the Euler step would overshoot); duration is no multiple of dt; a tensor asks for gradients,
            which spikes do not pass on, or stands for others, as inside of vmap.

    Source:
        Lapicque 1907; Gerstner, Kistler, Naud and Paninski, Neuronal Dynamics, chapter 1.3.

    >>> time, voltage = simulate_lif(1.5)
    >>> voltage.shape, spike_times(time, voltage).round(1).tolist()
    ((501,), [11.0, 32.0])
    """
    drive = _real(current, "current")
    n_steps = _n_steps(duration, dt)
    if time_varying and (drive.ndim == 0 or drive.shape[-1] != n_steps):
        raise ValueError(
            f"current: got shape {drive.shape}, allowed with time_varying=True are {n_steps} samples along the last "
            f"axis, one for each of 0, {dt:g}, ..., {duration:g} ms"
        )
    if time_varying is None and drive.ndim and drive.shape[-1] == n_steps:
        warnings.warn(
            f"current: got {n_steps} values along its last axis, as many as there are samples of time; they are taken "
            "as neurons. Say time_varying=True if they are one current over time, and time_varying=False if not",
            stacklevel=2,
        )
    shape, (tau_ref, resistance, capacitance, threshold, reset, spike_height) = _neurons(
        drive.shape[:-1] if time_varying else drive.shape,
        tau_ref=tau_ref,
        resistance=resistance,
        capacitance=capacitance,
        threshold=threshold,
        reset=reset,
        spike_height=spike_height,
    )
    tau = _product(resistance, capacitance, "resistance, capacitance", "ms")
    if tau.min() < dt:
        raise ValueError(
            f"dt: got {dt:g} ms, allowed is at most the membrane time constant resistance * capacitance = "
            f"{tau.min():g} ms: a longer Euler step overshoots the potential it relaxes to. Check the units, too: "
            "resistance in kOhm, capacitance in uF"
        )
    if tau.size * n_steps > MAX_SAMPLES:
        raise ValueError(
            f"duration: got {duration:g} ms in steps of {dt:g} ms for {tau.size} neurons, {tau.size * n_steps:,} "
            f"samples, allowed are {MAX_SAMPLES:,}; duration and dt are in ms"
        )
    # Samples spent at the reset: integration goes on with the first sample that lies later than the end of the rest.
    held = np.floor(tau_ref / dt + 1e-9).astype(np.int64)
    constants = (dt, tau, held, threshold, reset, spike_height)
    if time_varying:
        drive = np.broadcast_to(drive, (*shape, n_steps)).reshape(-1, n_steps)
        drive = _product(drive, resistance[:, None], "current, resistance", "V")
        voltage = _step_through(_off_rheobase(drive, threshold[:, None]), *constants)
    else:
        drive = _product(np.broadcast_to(drive, shape).reshape(-1), resistance, "current, resistance", "V")
        drive = _off_rheobase(drive, threshold)
        if drive.size <= n_steps:
            voltage = _repeat_interval(drive, n_steps, *constants)
        else:
            # With more neurons than samples it takes fewer passes to go along time than along neurons.
            voltage = _step_through(np.broadcast_to(drive[:, None], (drive.size, n_steps)), *constants)
    time = np.arange(n_steps) * dt
    voltage = voltage.reshape(*shape, n_steps)
    if isinstance(current, torch.Tensor):
        return torch.from_numpy(time).to(current.device), torch.from_numpy(voltage).to(current.device)
    return time, voltage


def lif_rate(
    current: Any,
    tau_ref: Any = 10.0,
    resistance: Any = 1.0,
    capacitance: Any = 10.0,
    threshold: Any = 1.0,
    *,
    reset: Any = 0.0,
) -> Any:
    """Firing rate of a leaky integrate-and-fire neuron under a constant current, in closed form.

    `1 / (tau_ref + R C ln((R I - reset) / (R I - threshold)))` above the rheobase `threshold / R`, and 0 up to it.

    Args:
        current: constant input current in mA, a number or an array. Gradients pass through a tensor.
        tau_ref: as for `simulate_lif`, and so are the others. All of them broadcast against each other.
        resistance: in kOhm.
        capacitance: in uF.
        threshold: in V.
        reset: in V.

    Returns:
        Rate in spikes per ms, in the common shape (times 1000: in Hz). A torch tensor (float64) if `current` is one.

    Raises:
        ValueError: an argument is empty, not a finite real number or outside its range, or the shapes do not broadcast.

    Source:
        Gerstner, Kistler, Naud and Paninski, Neuronal Dynamics, chapter 1.3 and exercise 1.6.

    >>> lif_rate([0.5, 1.0, 2.0], tau_ref=1.0).round(3).tolist()
    [0.0, 0.0, 0.126]
    """
    by_torch = isinstance(current, torch.Tensor)
    numbers = _real(ordinary_tensor("current", current).detach() if by_torch else current, "current")
    shape, parameters = _neurons(
        numbers.shape, tau_ref=tau_ref, resistance=resistance, capacitance=capacitance, threshold=threshold, reset=reset
    )
    parameters = parameters.reshape(-1, *shape)
    _product(numbers, parameters[1], "current, resistance", "V")
    tau = _product(parameters[1], parameters[2], "resistance, capacitance", "ms")
    if by_torch:
        parameters, tau = (torch.from_numpy(np.asarray(part)).to(current.device) for part in (parameters, tau))
        numbers = current.double()
    rest, resistance, _, threshold, reset = parameters
    library = torch if by_torch else np
    above_threshold = resistance * numbers - threshold
    fires = above_threshold > TIE * abs(threshold)
    # log1p keeps its digits where R I is huge; silent neurons get a harmless denominator.
    charging = tau * library.log1p((threshold - reset) / library.where(fires, above_threshold, 1.0))
    rate = library.where(fires, 1 / (rest + charging), 0.0)
    return rate if by_torch else rate[()]


def spike_counts(voltage: Any, threshold: Any = 1.0) -> Any:
    """How many spikes each trace of `simulate_lif` holds.

    Args:
        voltage: (..., n_steps) in V.
        threshold: the threshold in V that the traces were simulated with, a number or an array that fits (...).

    Returns:
        Counts (...), of the same kind of array as `voltage`.

    >>> spike_counts(simulate_lif([0.5, 1.5])[1]).tolist()
    [0, 2]
    """
    threshold = torch.as_tensor(threshold) if isinstance(voltage, torch.Tensor) else np.asarray(threshold)
    return (voltage >= threshold[..., None]).sum(-1)


def spike_times(time: Any, voltage: Any, threshold: float = 1.0) -> Any:
    """Times of the spikes of one trace of `simulate_lif`.

    Args:
        time: (n_steps,) in ms.
        voltage: (n_steps,) in V.
        threshold: the threshold in V that the trace was simulated with.

    Returns:
        Spike times (n_spikes,) in ms.

    Raises:
        ValueError: there is more than one trace.
    """
    if voltage.ndim != 1:
        raise ValueError(f"voltage: got {voltage.ndim} axes, allowed is one trace (n_steps,); take them one by one")
    return time[voltage >= threshold]


def _off_rheobase(drive, threshold):
    """The drive R I, one rounding error below the threshold where it equals it.

    At the rheobase the potential comes as close to the threshold as you like and never there; rounding must not decide
    otherwise.
    """
    margin = TIE * np.abs(threshold)
    ties = np.abs(drive - threshold) <= margin
    return np.where(ties, threshold - margin, drive) if ties.any() else drive


def _repeat_interval(drive, n_steps, dt, tau, held, threshold, reset, spike_height):
    """Traces under constant current: one way up to the threshold for each neuron, repeated with the rests between.

    Every Euler step takes the same share of the way that is left to R I, so the way left is a power of what a step
    leaves, and the interval from one spike to the next is always the same.
    """
    voltage = np.empty((drive.size, n_steps))
    voltage[:] = reset[:, None]
    # What a step leaves, as a logarithm; a step as long as tau leaves nothing, which has none.
    start, decay = drive - reset, np.log1p(-np.minimum(dt / tau, 1 - 1e-16))
    fires = drive > threshold
    silent, firing = np.flatnonzero(~fires), np.flatnonzero(fires)
    if silent.size:
        voltage[silent] = _relax(drive[silent], start[silent], decay[silent], n_steps)
    if firing.size == 0:
        return voltage
    # Steps until the last neuron has spiked, from the closed form, with a margin for rounding.
    needed = np.log1p(np.maximum((reset - threshold)[firing] / start[firing], 1e-16 - 1)) / decay[firing]
    n_up = min(int(1.01 * needed.max()) + 4, n_steps)
    way_up = _relax(drive[firing], start[firing], decay[firing], n_up)
    above = way_up - threshold[firing, None]
    # Where a sample meets the threshold within rounding, the steps themselves decide.
    if (np.abs(above) <= (1e-15 * n_steps * (np.abs(drive) + np.abs(reset)))[firing, None]).any():
        constant = np.broadcast_to(drive[:, None], (drive.size, n_steps))
        return _step_through(constant, dt, tau, held, threshold, reset, spike_height)
    first = (above >= 0).argmax(1)
    way_up[np.arange(firing.size), first] += spike_height[firing]
    for neuron, up, rest, climb in zip(firing.tolist(), first.tolist(), held[firing].tolist(), way_up, strict=True):
        if up == 0:  # above the rheobase, but the simulation ends before the first spike
            voltage[neuron, 1:] = climb[1:]
            continue
        whole = (n_steps - 1) // (up + rest)
        end = 1 + whole * (up + rest)
        voltage[neuron, 1:end].reshape(whole, up + rest)[:, :up] = climb[1 : up + 1]
        voltage[neuron, end : end + up] = climb[1 : n_steps - end + 1][:up]
    return voltage


def _relax(drive, start, decay, n_steps):
    """`n_steps` samples of the way from `drive - start` to `drive`; `decay` is the logarithm of what a step leaves."""
    if (decay == decay[0]).all():
        decay = decay[:1]  # one membrane under many currents: the exponentials are the same for all
    way = -start[:, None] * np.exp(np.multiply.outer(decay, np.arange(float(n_steps))))
    way += drive[:, None]
    return way


def _step_through(drive, dt, tau, held, threshold, reset, spike_height):
    """Traces under a current that changes: the Euler step for all neurons at once, one sample after the other."""
    n_neurons, n_steps = drive.shape
    voltage = np.empty((n_steps, n_neurons))
    voltage[0] = reset
    v = reset.astype(float, copy=True)
    rests_until = np.zeros(n_neurons, dtype=np.int64)
    step = np.empty_like(v)
    for i in range(1, n_steps):
        np.subtract(drive[:, i], v, out=step)
        step /= tau
        step *= dt
        v += step
        np.copyto(v, reset, where=rests_until >= i)
        fired = v >= threshold
        voltage[i] = v
        if fired.any():
            voltage[i, fired] += spike_height[fired]
            v[fired] = reset[fired]
            rests_until[fired] = i + held[fired]
    return np.ascontiguousarray(voltage.T)


def _real(value: Any, name: str) -> np.ndarray:
    """`value` as a float64 array, or a ValueError that says what is wrong with it."""
    if type(value) in (float, int) and -MAX_NUMBER < value < MAX_NUMBER:
        return np.array(float(value))  # the common case, ten times faster than by the general way
    if isinstance(value, torch.Tensor):
        if ordinary_tensor(name, value).requires_grad and torch.is_grad_enabled():
            raise ValueError(
                f"{name}: got a tensor that asks for gradients, allowed is {name}.detach(): spikes pass none on"
            )
        value = value.detach().cpu().to(torch.float64 if value.is_floating_point() else value.dtype).numpy()
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name}: got a ragged sequence, allowed is a regular array in {UNITS[name]}") from None
    if array.dtype.kind not in "iuf":
        raise ValueError(f"{name}: got {value!r}, allowed is a real number or an array of them, in {UNITS[name]}")
    if array.size == 0:
        raise ValueError(f"{name}: got no value (shape {array.shape}), allowed is at least one in {UNITS[name]}")
    array = array.astype(np.float64, copy=False)
    if not np.isfinite(array).all():
        strange = array[~np.isfinite(array)].flat[0]
        raise ValueError(f"{name}: got {strange}, allowed are finite values in {UNITS[name]}")
    return array


def _product(one: np.ndarray, other: np.ndarray, names: str, unit: str) -> np.ndarray:
    """The product of two arguments, or a ValueError where it leaves the range of floating point."""
    with np.errstate(over="ignore", under="ignore"):
        product = one * other
    if not (np.abs(product) <= MAX_NUMBER).all():
        raise ValueError(f"{names}: got a product beyond floating point, allowed are {MAX_NUMBER:g} {unit} at most")
    return product


def _n_steps(duration: Any, dt: Any) -> int:
    """Number of samples from 0 to `duration`, both included."""
    for name, value in (("dt", dt), ("duration", duration)):
        array = _real(value, name)
        if array.size != 1 or array.item() <= 0:
            raise ValueError(f"{name}: got {value!r}, allowed is one positive number in ms")
    ratio = float(duration) / float(dt)
    if ratio < 1 - 1e-9:
        raise ValueError(
            f"duration: got {duration:g} ms, allowed is at least one step dt = {dt:g} ms; both are in ms, not in s"
        )
    if abs(ratio - round(ratio)) > 1e-6 * max(1.0, ratio * 1e-3):
        raise ValueError(
            f"duration: got {duration:g} ms, {ratio:g} steps of dt = {dt:g} ms, allowed is a whole number of steps, "
            f"for instance {round(ratio) * dt:g} ms"
        )
    return round(ratio) + 1


def _neurons(current_shape: tuple[int, ...], **parameters: Any) -> tuple[tuple[int, ...], np.ndarray]:
    """The common shape of all neurons, and the parameters (n_parameters, n_neurons), each within its range."""
    arrays = {name: _real(value, name) for name, value in parameters.items()}
    try:
        shapes = [array.shape for array in arrays.values() if array.ndim]
        shape = np.broadcast_shapes(current_shape, *shapes) if shapes else current_shape
    except ValueError:
        shapes = {"current": current_shape, **{name: array.shape for name, array in arrays.items() if array.ndim}}
        shapes = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(
            f"shapes: got {shapes} (current without its time axis), allowed are shapes that broadcast"
        ) from None
    table = np.empty((len(arrays), *shape))
    for row, array in enumerate(arrays.values()):
        table[row] = array
    table = table.reshape(len(arrays), -1)

    lowest = dict(zip(arrays, table.min(1).tolist(), strict=True))
    for name in ("resistance", "capacitance"):
        if lowest[name] <= 0:
            raise ValueError(f"{name}: got {lowest[name]:g} {UNITS[name]}, allowed is more than 0")
    for name in ("tau_ref", "spike_height"):
        if lowest.get(name, 0.0) < 0:
            raise ValueError(f"{name}: got {lowest[name]:g} {UNITS[name]}, allowed is 0 or more")
    names = list(arrays)
    threshold, reset = table[names.index("threshold")], table[names.index("reset")]
    worst = (threshold - reset).argmin()
    if threshold[worst] <= reset[worst]:
        raise ValueError(
            f"threshold: got {threshold[worst]:g} V, allowed is more than the reset, {reset[worst]:g} V, or the neuron "
            "would spike again in the moment of its reset"
        )
    return shape, table
