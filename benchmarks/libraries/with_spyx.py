"""Spyx: JAX's compiler on one scan over time for each layer, with Optax's Adam, all of a training step in one program.

Its reset subtracts the threshold, and its spike is that of the potential before the step, so its answers differ from
those of the libraries on PyTorch; `subtracts_later` is a step of its units.
"""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch
from flax import nnx
from spyx.axn import tanh
from spyx.nn import LI, LIF, run
from torch import Tensor

from benchmarks.libraries import EXACT_DECAY, SLOPE

DECAY = EXACT_DECAY


def subtracts_later(potential: Tensor, current: Tensor, decay: float) -> tuple[Tensor, Tensor]:
    """A step of its units. Arguments and what comes back are those of `benchmarks.libraries.resets_to_zero`."""
    spike = (potential > 1).to(potential)
    return decay * potential + current - spike, spike


def training_step(
    spikes: Tensor, labels: Tensor, w1: Tensor, w2: Tensor, scale: float
) -> tuple[Tensor, Callable[[], object]]:
    """The training step: forward, backward, and one step of Adam.

    Args:
        spikes: (batch, n_steps, n_inputs) float.
        labels: (batch,).
        w1: (n_inputs, n_hidden).
        w2: (n_hidden, n_classes).
        scale: by which logits are multiplied before the softmax.

    Returns:
        Logits before training, (batch, n_classes), and the call to be measured.
    """
    random = nnx.Rngs(0)
    # Its surrogate 1 - tanh(k x)^2 is a sigmoid's derivative of slope 2 k.
    hidden = LIF((w1.shape[1],), beta=DECAY, activation=tanh(SLOPE / 2), rngs=random)
    readout = LI((w2.shape[1],), beta=DECAY, rngs=random)
    weights = tuple(jnp.asarray(w.detach().cpu().numpy()) for w in (w1, w2))
    # (n_steps, batch, n_inputs), as it likes it best.
    heard = jnp.asarray(np.ascontiguousarray(spikes.transpose(0, 1).cpu().numpy()))
    classes = jnp.asarray(labels.cpu().numpy())
    adam = optax.adam(0.01)

    def logits(weights: tuple[jax.Array, jax.Array]) -> jax.Array:
        fired, _ = run(hidden, heard @ weights[0])
        return run(readout, fired @ weights[1])[0].sum(0)

    def loss(weights: tuple[jax.Array, jax.Array]) -> jax.Array:
        return optax.softmax_cross_entropy_with_integer_labels(scale * logits(weights), classes).mean()

    @jax.jit
    def step(weights, state):
        value, slopes = jax.value_and_grad(loss)(weights)
        changes, state = adam.update(slopes, state)
        return optax.apply_updates(weights, changes), state, value

    held = [weights, adam.init(weights)]

    def call() -> object:
        held[0], held[1], value = step(*held)
        return jax.block_until_ready(value)

    return torch.from_numpy(np.array(jax.jit(logits)(weights))), call
