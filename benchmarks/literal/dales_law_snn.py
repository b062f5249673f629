"""Notebook 06: the network step by step from its equations, with plain autograd, and one sine for every probability.

    v[t+1] = (a v[t] + x[t] W1) (1 - s[t])     s[t+1] = step(v[t] - 1)
    r[t+1] =  a r[t] + s[t] W2                 logits = sum over t of r[t]

with a = exp(-dt / tau) and everything zero at the start. The step's derivative is that of a sigmoid of slope 5.
"""

from __future__ import annotations

import math

import numpy as np
import torch


class SurrogateStep(torch.autograd.Function):
    """A step whose derivative is that of a sigmoid."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (x > 0).to(x.dtype)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        sigmoid = 1 / (1 + torch.exp(-5 * x))
        return grad * 5 * sigmoid * (1 - sigmoid)


def literal_hidden_spikes(current, decay):
    """(batch, n_steps, n_units) -> spikes of the same shape."""
    n_sounds, n_steps, n_units = current.shape
    v = current.new_zeros(n_sounds, n_units)
    s = current.new_zeros(n_sounds, n_units)
    recorded = [s]
    for t in range(n_steps - 1):
        updated = (decay * v + current[:, t]) * (1 - s)
        s = SurrogateStep.apply(v - 1)
        v = updated
        recorded.append(s)
    return torch.stack(recorded, dim=1)


def literal_forward(spikes, w1, w2, sign1, sign2, tau=5e-3, dt=1e-3, dale=True):
    """(batch, n_steps, n_inputs) float spikes -> logits (batch, n_classes)."""
    if dale:
        w1, w2 = w1.abs() * sign1, w2.abs() * sign2
    decay = math.exp(-dt / tau)
    hidden = literal_hidden_spikes(torch.einsum("bti,ih->bth", spikes, w1), decay)
    arriving = torch.einsum("bth,hc->btc", hidden, w2)
    r = arriving.new_zeros(len(arriving), arriving.shape[2])
    recorded = [r]
    for t in range(arriving.shape[1] - 1):
        r = decay * r + arriving[:, t]
        recorded.append(r)
    return torch.stack(recorded, dim=1).sum(1)


def literal_probability(ipd, phase, n_steps=100, n_fibres=100):
    """Spike probabilities (n, n_steps, 2 n_fibres) of sounds with phase differences `ipd` (n,) and phases (n,)."""
    time = np.arange(n_steps) * 1e-3
    carrier = 2 * np.pi * 20 * time[None, :] + np.asarray(phase)[:, None]
    delay = np.linspace(0, np.pi / 2, n_fibres)
    left = carrier[:, :, None] + delay
    right = left + np.asarray(ipd)[:, None, None]
    theta = np.concatenate([left, right], axis=2)
    return 600 * 1e-3 * (0.5 * (1 + np.sin(theta))) ** 2


def literal_spikes(ipd, random):
    """The original way: one phase for the whole call, double precision, everything at once."""
    phase = np.full(len(ipd), 2 * np.pi * random.random_sample())
    probability = literal_probability(ipd, phase)
    return torch.tensor(random.random_sample(probability.shape) < probability, dtype=torch.float)


def literal_training(weights, signs, spikes, labels, validation, epochs, generator, batch_size=64, learning_rate=0.01):
    """Epochs of Adam on the cross entropy of `literal_forward`, each with a validation that records a graph as well.

    Args:
        weights: w1 and w2, trained in place.
        signs: of the inputs and of the hidden units.
        spikes: (n, n_steps, n_inputs) float.
        labels: (n,).
        validation: the same two.
        epochs: passes through the sounds.
        generator: shuffles them.
        batch_size: sounds a step.
        learning_rate: of Adam.

    Returns:
        Mean training loss and mean validation loss of each epoch.
    """
    optimizer = torch.optim.Adam(weights, lr=learning_rate)
    log_softmax, criterion = torch.nn.LogSoftmax(dim=1), torch.nn.NLLLoss()

    def loss_of(part, classes):
        mean_potential = literal_forward(part, *weights, *signs) / part.shape[1]
        return criterion(log_softmax(mean_potential), classes)

    train_losses, validation_losses = [], []
    for _ in range(epochs):
        losses = []
        order = torch.randperm(len(spikes), generator=generator)
        for first in range(0, len(spikes) - batch_size + 1, batch_size):
            batch = order[first : first + batch_size]
            loss = loss_of(spikes[batch], labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        train_losses.append(np.mean(losses))
        parts = zip(validation[0].split(batch_size), validation[1].split(batch_size), strict=True)
        validation_losses.append(np.mean([loss_of(*part).item() for part in parts]))
    return train_losses, validation_losses
