"""The integrate-and-fire neuron with subtractive reset: no leak, and a spike for every threshold in its potential."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from utils.checks import ordinary_tensor


def simulate_iaf(
    current: Any,
    threshold: Any = 1.0,
    *,
    initial: float = 0.0,
    max_spikes: int | None = None,
) -> tuple[Any, Any]:
    """Spikes and membrane potential of integrate-and-fire neurons in unit time steps.

    In every step the input is added to the potential; the neuron emits as many spikes as whole thresholds fit into it,
    and each takes one threshold away. Nothing else is lost, so the spikes carry the sum of the input, up to less than
    one threshold.

    Args:
        current: (..., n_steps) input per step, in the units of the threshold. It is computed in its own floating-point
            type (whole numbers: NumPy's float64, torch's default type).
        threshold: positive, a number or an array that fits (...).
        initial: potential before the first step.
        max_spikes: at most this many spikes in a step, as 1 in a real neuron; None: no limit.

    Returns:
        spikes: (..., n_steps), whole numbers.
        voltage: (..., n_steps), after the spikes have been taken away. Both are of the kind and type of `current`.

    Raises:
        ValueError: `current` is empty, has no time axis, or holds NaN or infinity, asks for gradients, which whole
            spikes do not pass on, or stands for other tensors, as inside of vmap; the threshold is not positive or does
            not fit; max_spikes is not a positive whole number.

    Source:
        Rueckauer et al. 2017, doi:10.3389/fnins.2017.00682; the layer sinabs.layers.IAF does the same.

    >>> spikes, voltage = simulate_iaf([0.5, 0.5, 2.25])
    >>> spikes.tolist(), voltage.tolist()
    ([0.0, 1.0, 2.0], [0.5, 0.0, 0.25])
    """
    as_torch = isinstance(current, torch.Tensor)
    x = _input(current)
    thresholds = _thresholds(threshold, x)
    if max_spikes is not None and (isinstance(max_spikes, bool) or max_spikes != int(max_spikes) or max_spikes < 1):
        raise ValueError(f"max_spikes: got {max_spikes!r}, allowed is a whole number of at least 1, or None: no limit")
    if not np.isfinite(initial):
        raise ValueError(f"initial: got {initial}, allowed is a finite potential")

    # Time first, so that each step reads and writes one contiguous slice.
    by_time = x.movedim(-1, 0).contiguous()
    spikes, voltage = torch.empty_like(by_time), torch.empty_like(by_time)
    v = torch.full_like(by_time[0], float(initial))
    for i in range(len(by_time)):
        v, spikes[i] = iaf_step(v, by_time[i], thresholds, max_spikes)
        voltage[i] = v
    spikes, voltage = spikes.movedim(0, -1), voltage.movedim(0, -1)
    return (spikes, voltage) if as_torch else (spikes.numpy(), voltage.numpy())


def iaf_step(
    voltage: torch.Tensor, current: torch.Tensor, threshold: torch.Tensor | float, max_spikes: int | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """One time step of integrate-and-fire neurons.

    Args:
        voltage: potential before the step, any shape.
        current: input of the step, the same shape.
        threshold: positive, broadcasts against them.
        max_spikes: at most this many spikes; None: no limit.

    Returns:
        voltage: potential after the step's spikes have been taken away.
        spikes: how many there were, whole numbers of the same floating-point type.
    """
    voltage = voltage + current
    spikes = torch.div(voltage, threshold, rounding_mode="trunc").clamp(min=0, max=max_spikes)
    return voltage - spikes * threshold, spikes


def _input(current: Any) -> torch.Tensor:
    """`current` as a floating-point tensor with a time axis."""
    if isinstance(current, torch.Tensor):
        if ordinary_tensor("current", current).requires_grad and torch.is_grad_enabled():
            raise ValueError(
                "current: got a tensor that asks for gradients, allowed is current.detach(): whole spikes pass none on"
            )
        x = current.detach()
    else:
        try:
            x = torch.from_numpy(np.array(current))
        except (TypeError, ValueError):
            raise ValueError(
                f"current: got {type(current).__name__}, allowed is a regular array of real numbers (..., n_steps)"
            ) from None
    if x.dtype == torch.bool or x.is_complex():
        raise ValueError(f"current: got {x.dtype}, allowed are real numbers")
    if not x.is_floating_point():
        x = x.to(torch.get_default_dtype() if isinstance(current, torch.Tensor) else torch.float64)
    if x.ndim == 0:
        raise ValueError("current: got a single number, allowed is an array (..., n_steps) with time as its last axis")
    if x.numel() == 0:
        raise ValueError(f"current: got no value (shape {tuple(x.shape)}), allowed are one neuron and one step or more")
    if not torch.isfinite(x).all():
        raise ValueError("current: got NaN or infinity, allowed are finite values")
    return x


def _thresholds(threshold: Any, x: torch.Tensor) -> torch.Tensor:
    """`threshold` in the type of `x`, checked against its neurons."""
    try:
        thresholds = torch.as_tensor(threshold, dtype=x.dtype, device=x.device)
        fits = torch.broadcast_shapes(thresholds.shape, x.shape[:-1]) == x.shape[:-1]
    except (TypeError, ValueError):
        raise ValueError(f"threshold: got {threshold!r}, allowed is a positive number or an array of them") from None
    except RuntimeError:
        fits = False
    if not fits:
        raise ValueError(
            f"threshold: got shape {tuple(thresholds.shape)}, allowed is one that fits the neurons, "
            f"{tuple(x.shape[:-1])}"
        )
    if thresholds.numel() == 0 or not (torch.isfinite(thresholds) & (thresholds > 0)).all():
        raise ValueError(
            f"threshold: got {threshold!r}, allowed is a positive finite one, or a neuron would spike without end"
        )
    return thresholds
