"""A layer of leaky integrate-and-fire units whose gradient is written by hand, and the product that drives it.

The same layer, written with plain autograd, records about ten operations for each time step. Here the forward and the
backward pass make four each, none of them recorded.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from utils.checks import ordinary_tensor

THRESHOLD = 1.0
SURROGATE_SLOPE = 5.0
# Single-precision numbers in a vector of today's processors.
COLUMNS_AT_A_TIME = 16


def surrogate_derivative(distance: Tensor, slope: float = SURROGATE_SLOPE) -> Tensor:
    """Derivative of a sigmoid, which stands in for the derivative of the step that makes a spike.

    Args:
        distance: membrane potential minus threshold, any shape.
        slope: how steep the sigmoid is at the threshold.

    Returns:
        Tensor like `distance`, at most slope / 4.

    Source: Zenke and Ganguli 2018, https://doi.org/10.1162/neco_a_01086
    """
    # Far below the threshold the derivative stops at e^-50. Left to shrink, gradients would become denormal numbers,
    # on which a processor's matrix products take several times as long.
    sigmoid = (slope * distance).clamp_min_(-50).sigmoid_()
    return torch.addcmul(sigmoid, sigmoid, sigmoid, value=-1).mul_(slope)


class _InputProduct(torch.autograd.Function):
    """x W, in the shapes that matrix products are fast in; the results are those of `x @ weights`."""

    @staticmethod
    def forward(ctx, x: Tensor, weights: Tensor) -> Tensor:
        ctx.save_for_backward(x, weights)
        # A processor multiplies columns by whole vectors of them. With two columns of zeros beside 30, the product
        # takes less than two thirds of the time.
        n_units = weights.shape[1]
        missing = -n_units % COLUMNS_AT_A_TIME
        if missing > n_units // 8:
            return x @ weights
        return (x @ F.pad(weights, (0, missing)))[:, :n_units]

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad: Tensor) -> tuple[Tensor | None, Tensor | None]:
        x, weights = ctx.saved_tensors
        grad = grad.to(weights.dtype)  # under autocast the product was of half precision
        for_x, for_weights = ctx.needs_input_grad
        # With so few units (g^T x)^T takes two thirds of autograd's x^T g.
        return grad @ weights.T if for_x else None, (grad.T @ x).T if for_weights else None


def input_product(x: Tensor, weights: Tensor) -> Tensor:
    """`x @ weights`, whose gradient is fast where there are many rows and few units.

    Args:
        x: shape (n_rows, n_inputs).
        weights: shape (n_inputs, n_units), of the same number type.

    Returns:
        Tensor of shape (n_rows, n_units).

    Raises:
        ValueError: a tensor stands for others, as inside of torch.func: the gradient is written by hand.
    """
    for name, value in (("x", x), ("weights", weights)):
        ordinary_tensor(name, value)
    return _InputProduct.apply(x, weights)


class _AddBias(torch.autograd.Function):
    """x + bias, whose gradient is summed in one order, whatever lies beside x in memory."""

    @staticmethod
    def forward(ctx, x: Tensor, bias: Tensor) -> Tensor:
        return x + bias

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad: Tensor) -> tuple[Tensor, Tensor]:
        return grad, grad.reshape(-1, grad.shape[-1]).contiguous().sum(0)


def add_bias(x: Tensor, bias: Tensor) -> Tensor:
    """`x + bias`, with a gradient that does not depend on how x lies in memory.

    Args:
        x: shape (..., n_units).
        bias: shape (n_units,).

    Returns:
        Tensor like `x`.
    """
    for name, value in (("x", x), ("bias", bias)):
        ordinary_tensor(name, value)
    return _AddBias.apply(x, bias)


class _LeakySpikes(torch.autograd.Function):
    """v[t+1] = (decay v[t] + h[t]) (1 - s[t]),  s[t+1] = step(v[t] - 1),  v[0] = s[0] = 0."""

    @staticmethod
    def forward(ctx, current: Tensor, decay: float) -> Tensor:
        potential, kept = torch.empty_like(current), torch.empty_like(current)
        # Only the backward pass needs every step of it; without one, all steps share one place.
        n_charged = len(current) if ctx.needs_input_grad[0] else 1
        charged = current.new_empty(n_charged, *current.shape[1:]).expand_as(current)
        potential[0], charged[-1], kept[0] = 0, 0, 1
        ops, (h, v, u, k) = _stepwise(current, potential, charged, kept)
        _, ([leak], [threshold]) = _stepwise(*(torch.full_like(current[:1], value) for value in (decay, THRESHOLD)))
        with np.errstate(all="ignore"):  # overflow shows in the result, as everywhere in torch
            for t in range(len(current) - 1):
                ops.multiply(v[t], leak, out=u[t])
                ops.add(u[t], h[t], out=u[t])
                ops.multiply(u[t], k[t], out=v[t + 1])
                ops.less_equal(v[t], threshold, out=k[t + 1])
        spikes = torch.zeros_like(current)
        torch.gt(potential[:-1], THRESHOLD, out=spikes[1:])
        # A potential that is no number stays none, but is not above a threshold either: it would pass for silence.
        lost = potential[-1].isnan()
        if lost.any():
            spikes[:, lost] = math.nan
        ctx.save_for_backward(potential, charged, kept)
        ctx.decay = decay
        return spikes

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad_spikes: Tensor) -> tuple[Tensor, None]:
        # With q[t] the gradient of s[t] and g[t] that of v[t]:
        #   q[t] = grad_spikes[t] - g[t+1] u[t]                    (the reset feels the spike)
        #   g[t] = g[t+1] decay (1 - s[t]) + q[t+1] step'(v[t] - 1)
        # so g[t] = carry[t] g[t+1] - reset[t] g[t+2] + grad[t]: all but this recursion is done for all times at once.
        potential, charged, kept = ctx.saved_tensors
        n_steps = len(kept)
        slope = surrogate_derivative(potential[:-1] - THRESHOLD)
        # One step of zeros beyond the end, so that the recursion needs no special case.
        grad = kept.new_empty(n_steps + 1, *kept.shape[1:])
        grad[n_steps - 1 :] = 0
        torch.mul(slope, grad_spikes[1:], out=grad[: n_steps - 1])
        # A reset that cannot matter is none: the product of two such derivatives would be a denormal number.
        reset = F.threshold_(slope, 1e-15, 0.0).mul_(charged[1:])
        ops, (g, carry, reset, [part]) = _stepwise(grad, ctx.decay * kept, reset, torch.empty_like(kept[:1]))
        with np.errstate(all="ignore"):
            for t in range(n_steps - 2, -1, -1):
                ops.multiply(carry[t], g[t + 1], out=part)
                ops.add(g[t], part, out=g[t])
                ops.multiply(reset[t], g[t + 2], out=part)
                ops.subtract(g[t], part, out=g[t])
        return grad[1:] * kept, None


def _stepwise(*tensors: Tensor):
    """The module whose functions work on the tensors step by step, and of each tensor the list of its steps.

    On a CPU a numpy call on so few numbers costs a third of a torch call, on the same memory.
    """
    if tensors[0].device.type == "cpu":
        return np, [list(tensor.detach().numpy()) for tensor in tensors]
    return torch, [list(tensor) for tensor in tensors]


def leaky_spikes(current: Tensor, decay: float) -> Tensor:
    """Spikes of leaky units that are driven by a current, differentiable by a surrogate gradient.

    A potential above 1 makes a spike one step later; the spike multiplies the potential of the step after it by zero.

    Args:
        current: input current, one value a step, shape (n_steps, ..., n_units), in units of the threshold.
        decay: what is left of the potential after one step, exp(-dt / tau), between 0 and 1.

    Returns:
        Tensor like `current` of zeros and ones.

    Raises:
        ValueError: there is no time step, the decay is not in [0, 1], or the current stands for other tensors, as
            inside of torch.func: the gradient is written by hand.

    Source: sound localisation with surrogate gradients, https://doi.org/10.5281/zenodo.7044500
    """
    ordinary_tensor("current", current)
    if current.ndim < 2 or current.numel() == 0:
        raise ValueError(
            f"current: got shape {tuple(current.shape)}, allowed is (n_steps, ..., n_units) with at least one of each"
        )
    if not 0 <= decay <= 1:
        raise ValueError(f"decay: got {decay}, allowed is 0 to 1")
    # Half precision is too coarse for a potential that is added up over a hundred steps.
    current = current.float() if current.dtype in (torch.bfloat16, torch.float16) else current
    return _LeakySpikes.apply(current.contiguous(), decay)


def summed_leaky_readout(inputs: Tensor, decay: float) -> Tensor:
    """Sum over time of leaky units that never spike, before their weights: one weighted sum instead of a loop.

    With v[t+1] = decay v[t] + x[t] and v[0] = 0, the sum of v over all steps weighs x[k] by
    (1 - decay^(n_steps - 1 - k)) / (1 - decay).

    Args:
        inputs: what arrives, shape (n_steps, batch, n_inputs).
        decay: what is left of the potential after one step, between 0 and 1.

    Returns:
        Tensor of shape (batch, n_inputs), to be multiplied by the read-out's weights.
    """
    n_steps = len(inputs)
    steps_left = torch.arange(n_steps - 1, -1, -1, dtype=torch.float64)
    weight = steps_left if decay == 1 else (1 - decay**steps_left) / (1 - decay)
    return torch.tensordot(weight.to(inputs), inputs, dims=1)
