"""Exercises of notebook 03: a network, its loss, its data, its training and its scoring, each by hand."""

from __future__ import annotations

import math
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from utils.exercises.comparing import kind
from utils.exercises.engine import Case, Exercise
from utils.exercises.networks import Refused, behaviour
from utils.exercises.registry import register
from utils.models.mlp import find_activation


def _random(*shape: int, seed: int = 0, scale: float = 1.0) -> torch.Tensor:
    return scale * torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def _classes(n: int, K: int, seed: int = 0) -> torch.Tensor:
    return torch.randint(K, (n,), generator=torch.Generator().manual_seed(seed))


# --- 1: the data -----------------------------------------------------------------------------------------------------


def spiral_arm(t, k, K, sigma, noise):
    """Points of arm k of K at the radii t; the noise is standard normal.

    t: (N,), noise: (N, 2) -> (N, 2)
    """
    angle = 2 * torch.pi / K * (2 * t + k)
    direction = torch.stack([torch.sin(angle), torch.cos(angle)], dim=1)
    return t[:, None] * (direction + sigma * noise)


def _noise_everywhere_alike(t, k, K, sigma, noise):
    angle = 2 * torch.pi / K * (2 * t + k)
    return t[:, None] * torch.stack([torch.sin(angle), torch.cos(angle)], dim=1) + sigma * noise


def _half_the_twist(t, k, K, sigma, noise):
    angle = 2 * torch.pi / K * (t + k)
    return t[:, None] * (torch.stack([torch.sin(angle), torch.cos(angle)], dim=1) + sigma * noise)


def _cosine_first(t, k, K, sigma, noise):
    angle = 2 * torch.pi / K * (2 * t + k)
    return t[:, None] * (torch.stack([torch.cos(angle), torch.sin(angle)], dim=1) + sigma * noise)


def _arm_in_degrees(t, k, K, sigma, noise):
    angle = 360 / K * (2 * t + k)
    return t[:, None] * (torch.stack([torch.sin(angle), torch.cos(angle)], dim=1) + sigma * noise)


def _cases_arm():
    return [
        Case(torch.tensor([0.0, 0.5, 1.0]), 0, 4, 0.0, torch.zeros(3, 2), label="the first arm, no noise"),
        Case(torch.tensor([0.5, 1.0]), 1, 4, 0.0, torch.zeros(2, 2), label="the second arm, no noise"),
        Case(torch.tensor([0.0, 0.5, 1.0]), 0, 4, 0.2, torch.ones(3, 2), label="noise of one standard deviation"),
        Case(torch.linspace(0, 1, 9), 2, 3, 0.16, _random(9, 2), label="three arms"),
    ]


register(
    Exercise(
        id="03.spiral_arm",
        reference=spiral_arm,
        cases=_cases_arm,
        hints=(
            "Start with the angle, one number for each t: 2 pi / K times (2 t + k). `torch.pi` is there.",
            "`torch.stack([torch.sin(angle), torch.cos(angle)], dim=1)` has the shape (N, 2), like the noise.",
            "The radius multiplies both, direction and noise. `t[:, None]` gives it the shape (N, 1).",
        ),
        wrong_answers={
            "noise of the same size everywhere: here it grows with the radius": _noise_everywhere_alike,
            "a spiral that turns half as far: the angle holds 2 t": _half_the_twist,
            "x and y exchanged: the sine belongs to x": _cosine_first,
            "an angle in degrees, where `torch.sin` takes radians": _arm_in_degrees,
            "k outside of the brackets: 2 pi / K multiplies both": lambda t, k, K, sigma, noise: spiral_arm(
                t, k * K / (2 * torch.pi), K, sigma, noise
            ),
            "twice k: only t is doubled": lambda t, k, K, sigma, noise: spiral_arm(t, 2 * k, K, sigma, noise),
            "points without the noise": lambda t, k, K, sigma, noise: spiral_arm(t, k, K, 0.0, noise),
            "noise that is not multiplied by sigma": lambda t, k, K, sigma, noise: spiral_arm(t, k, K, 1.0, noise),
            "an angle of pi / K; a whole circle is 2 pi": lambda t, k, K, sigma, noise: spiral_arm(
                t, k, 2 * K, sigma, noise
            ),
            "an angle without pi": lambda t, k, K, sigma, noise: spiral_arm(t, k, K * torch.pi, sigma, noise),
            "an angle that is not divided by K": lambda t, k, K, sigma, noise: spiral_arm(t, k, 1, sigma, noise),
            "points that all lie on a circle: the radius t is missing": lambda t, k, K, sigma, noise: spiral_arm(
                torch.ones_like(t), k + 2 * (t - 1), K, sigma, noise
            ),
            "coordinates in rows: each point is a row, `dim=1`": lambda t, k, K, sigma, noise: (
                spiral_arm(t, k, K, sigma, noise).T
            ),
        },
        rtol=1e-4,
        atol=1e-5,
        tolerance="1e-5: points of size 1 whose angle, up to 15 radians, is a float32.",
    )
)


# --- 2: the split ----------------------------------------------------------------------------------------------------


def shuffle_and_split(X, y, order, n_test):
    """Samples and labels in a new order; the first n_test of them are kept for testing.

    X: (n, ...), y: (n,), order: (n,) -> X_train, y_train, X_test, y_test
    """
    test, train = order[:n_test], order[n_test:]
    return X[train], y[train], X[test], y[test]


def _labels_left_behind(X, y, order, n_test):
    test, train = order[:n_test], order[n_test:]
    return X[train], y[n_test:], X[test], y[:n_test]


def _not_shuffled(X, y, order, n_test):
    return X[n_test:], y[n_test:], X[:n_test], y[:n_test]


def _train_and_test_overlap(X, y, order, n_test):
    test = order[:n_test]
    return X[order], y[order], X[test], y[test]


def _the_last_ones_for_testing(X, y, order, n_test):
    train, test = order[:-n_test], order[-n_test:]
    return X[train], y[train], X[test], y[test]


def _cases_split():
    order = torch.randperm(10, generator=torch.Generator().manual_seed(3))
    few, pictures = torch.arange(8.0).view(4, 2), _random(10, 3, 2, seed=4)
    return [
        Case(few, torch.arange(4), torch.tensor([2, 0, 3, 1]), 1, label="one of 4 for testing"),
        Case(few, torch.arange(4), torch.arange(4), 2, label="an order that changes nothing"),
        Case(_random(10, 2), _classes(10, 3), order, 2, label="10 points, 2 for testing"),
        Case(pictures, _classes(10, 3, seed=1), order, 5, label="10 small pictures, 5 for testing"),
    ]


register(
    Exercise(
        id="03.shuffle_and_split",
        reference=shuffle_and_split,
        cases=_cases_split,
        hints=(
            "`X[order]` is all samples in the new order; `order` may hold any part of the indices.",
            "Cut the order, not the samples: `order[:n_test]` is for testing, `order[n_test:]` for training.",
            "Index X and y with the same part, so that every label stays beside its sample.",
        ),
        wrong_answers={
            "labels that stayed where they were: index y with the same order as X": _labels_left_behind,
            "samples in their old order: the data come arm after arm": _not_shuffled,
            "test samples that stand in the training set, too": _train_and_test_overlap,
            "the last of the order for testing: the first n_test are meant": _the_last_ones_for_testing,
            "training and test exchanged: the first n_test are for testing": lambda X, y, order, n_test: (
                (parts := shuffle_and_split(X, y, order, n_test))[2:] + parts[:2]
            ),
            "the four parts in another order: X_train, y_train, X_test, y_test is asked": lambda X, y, order, n_test: (
                tuple(shuffle_and_split(X, y, order, n_test)[i] for i in (0, 2, 1, 3))
            ),
            "one sample too many for testing": lambda X, y, order, n_test: shuffle_and_split(X, y, order, n_test + 1),
            "samples sorted back into their old order": lambda X, y, order, n_test: shuffle_and_split(
                X, y, torch.cat([order[:n_test].sort().values, order[n_test:].sort().values]), n_test
            ),
            "the order read backwards: `order[i]` says which sample comes to place i": lambda X, y, order, n_test: (
                shuffle_and_split(X, y, order.argsort(), n_test)
            ),
        },
        rtol=0.0,
        atol=0.0,
        tolerance="none: samples and labels are moved, and stay as they are.",
    )
)


# --- 3: the network --------------------------------------------------------------------------------------------------


class SpiralMLP(nn.Module):
    """Linear layers with an activation between them.

    x: (batch, ...) -> logits (batch, n_outputs)
    """

    def __init__(self, n_inputs, hidden, n_outputs, activation):
        super().__init__()
        layers = []
        for width in hidden:
            layers += [nn.Linear(n_inputs, width), find_activation(activation)]
            n_inputs = width
        layers.append(nn.Linear(n_inputs, n_outputs))
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x.flatten(1))


class _LinearOnly(nn.Module):
    def __init__(self, n_inputs, hidden, n_outputs, activation):
        super().__init__()
        layers = []
        for width in hidden:
            layers.append(nn.Linear(n_inputs, width))
            n_inputs = width
        layers.append(nn.Linear(n_inputs, n_outputs))
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x.flatten(1))


class _ActivatedLogits(nn.Module):
    def __init__(self, n_inputs, hidden, n_outputs, activation):
        super().__init__()
        layers = []
        for width in [*hidden, n_outputs]:
            layers += [nn.Linear(n_inputs, width), find_activation(activation)]
            n_inputs = width
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x.flatten(1))


class _FirstLayerOnly(nn.Module):
    def __init__(self, n_inputs, hidden, n_outputs, activation):
        super().__init__()
        layers = []
        for width in hidden[:1]:
            layers += [nn.Linear(n_inputs, width), find_activation(activation)]
            n_inputs = width
        layers.append(nn.Linear(n_inputs, n_outputs))
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x.flatten(1))


class _AlwaysReLU(SpiralMLP):
    def __init__(self, n_inputs, hidden, n_outputs, activation):
        super().__init__(n_inputs, hidden, n_outputs, "relu")


class _SoftmaxAtTheEnd(SpiralMLP):
    def forward(self, x):
        return torch.softmax(super().forward(x), dim=1)


def _cases_mlp():
    return [
        Case(2, [], 3, "relu", _random(4, 2), label="no hidden layer"),
        Case(2, [5], 3, "relu", _random(4, 2, seed=1), label="one hidden layer of 5 ReLUs"),
        Case(2, [100, 10, 5], 1, "LeakyReLU(0.1)", _random(100, 2, seed=2), label="hidden widths [100, 10, 5]"),
        Case(12, [7, 6], 4, "tanh", _random(3, 1, 4, 3, seed=3), label="small pictures, to be flattened"),
        Case(3, [16], 4, "identity", _random(6, 3, seed=4), label="an activation that does nothing"),
    ]


def _call_mlp(candidate, n_inputs, hidden, n_outputs, activation, x):
    # The same weights for everybody. Each finds its layer by its shape, so no two widths of a case are alike.
    sizes, values = [n_inputs, *hidden, n_outputs], {}
    for number, (before, after) in enumerate(pairwise(sizes), start=1):
        values[f"the weights of layer {number}"] = _random(after, before, seed=10 + number) / math.sqrt(before)
        values[f"the biases of layer {number}"] = _random(after, seed=20 + number)
    return behaviour(candidate(n_inputs, hidden, n_outputs, activation), values, x)


register(
    Exercise(
        id="03.mlp",
        reference=SpiralMLP,
        cases=_cases_mlp,
        call=_call_mlp,
        hints=(
            "Go through `hidden` with a for loop. Each width adds two modules: `nn.Linear(n_inputs, width)` "
            "and `find_activation(activation)`.",
            "After a layer of `width` units, the next one receives `width` inputs: set `n_inputs = width` in the loop.",
            "After the loop one `nn.Linear(n_inputs, n_outputs)` stands alone: logits get no activation. "
            "`x.flatten(1)` keeps the batch axis and flattens the rest.",
        ),
        wrong_answers={
            "a network without activations, which is one linear map however many layers it has": _LinearOnly,
            "an activation behind the last layer: logits must be free to take any sign": _ActivatedLogits,
            "only the first of the hidden widths in use": _FirstLayerOnly,
            "a ReLU, whatever activation is asked for": _AlwaysReLU,
            "probabilities: a softmax does not belong into this network, its loss has one": _SoftmaxAtTheEnd,
        },
        rtol=1e-4,
        atol=1e-5,
        tolerance="1e-4 of the value: the order in which 100 float32 products are summed is free.",
    )
)


# --- 4: cross entropy, as it is written ------------------------------------------------------------------------------


def naive_cross_entropy(logits, labels):
    """Mean cross entropy in nats, written as the formula reads.

    logits: (n, K), labels: (n,) -> scalar
    """
    of_label = logits[torch.arange(len(labels)), labels]
    losses = torch.log(torch.exp(logits).sum(dim=1)) - of_label
    return losses.mean()


def _summed_entropy(logits, labels):
    of_label = logits[torch.arange(len(labels)), labels]
    return (torch.log(torch.exp(logits).sum(dim=1)) - of_label).sum()


def _sign_flipped_entropy(logits, labels):
    of_label = logits[torch.arange(len(labels)), labels]
    return (of_label - torch.log(torch.exp(logits).sum(dim=1))).mean()


def _largest_instead_of_label(logits, labels):
    of_label = logits.max(dim=1).values
    return (torch.log(torch.exp(logits).sum(dim=1)) - of_label).mean()


def _summed_over_the_batch(logits, labels):
    of_label = logits[torch.arange(len(labels)), labels]
    return (torch.log(torch.exp(logits).sum(dim=0)).mean() - of_label).mean()


def _in_bits(logits, labels):
    return naive_cross_entropy(logits, labels) / math.log(2)


def _in_decimal_digits(logits, labels):
    return naive_cross_entropy(logits, labels) / math.log(10)


def _cases_naive():
    return [
        Case(torch.tensor([[1.0, 0.0]]), torch.tensor([1]), label="one sample, two classes"),
        Case(torch.zeros(3, 4), torch.tensor([0, 1, 3]), label="equal logits: the loss is log 4"),
        Case(torch.tensor([[10.0, 1, -1, -20], [10, 10, 2, -10]]), torch.tensor([0, 1]), label="the source's example"),
        Case(_random(6, 5, seed=1, scale=3), _classes(6, 5, seed=2)),
    ]


register(
    Exercise(
        id="03.cross_entropy",
        reference=naive_cross_entropy,
        cases=_cases_naive,
        hints=(
            "Two ingredients for each row: the logit of the right class, and the logarithm of the sum of exp(logit).",
            "`logits[torch.arange(len(labels)), labels]` picks from each row the logit of its label, all rows at once.",
            "`torch.log(torch.exp(logits).sum(dim=1))` is the other one, one number a row. "
            "Subtract, then take the mean.",
        ),
        wrong_answers={
            "a sum over the samples, where the mean was asked": _summed_entropy,
            "the logarithm of the probability without its minus sign": _sign_flipped_entropy,
            "the largest logit in place of the label's": _largest_instead_of_label,
            "a sum over samples (dim=0) where the classes (dim=1) should be summed": _summed_over_the_batch,
            "a logarithm to the base 2: `torch.log` has the base e": _in_bits,
            "a logarithm to the base 10: `torch.log` has the base e": _in_decimal_digits,
            "a sum of exponentials whose logarithm is missing": lambda logits, labels: (
                logits.exp().sum(1) - logits[torch.arange(len(labels)), labels]
            ).mean(),
            "the probability itself, not its logarithm": lambda logits, labels: (
                -torch.softmax(logits, 1)[torch.arange(len(labels)), labels].mean()
            ),
            "every logit with every label: `logits[:, labels]` is a whole table": lambda logits, labels: (
                torch.log(logits.exp().sum(1)) - logits[:, labels]
            ).mean(),
            "softmax applied twice": lambda logits, labels: naive_cross_entropy(torch.softmax(logits, 1), labels),
            "a mean of the exponentials, where their sum is meant": lambda logits, labels: (
                naive_cross_entropy(logits, labels) - math.log(logits.shape[1])
            ),
            "the logarithm of the sum alone: the label's logit is missing": lambda logits, labels: torch.log(
                logits.exp().sum(1)
            ).mean(),
        },
        rtol=1e-4,
        atol=1e-5,
        tolerance="1e-4 of the loss: the logarithm of a float32 sum is wrong by 1e-6 of its largest logit, here 10.",
        gradients=("logits",),
    )
)


# --- 5: cross entropy that never overflows ---------------------------------------------------------------------------


def stable_cross_entropy(logits, labels):
    """Mean cross entropy in nats, right for logits of any size.

    logits: (n, K), labels: (n,) -> scalar
    """
    largest = logits.max(dim=1, keepdim=True).values
    shifted = logits - largest
    log_sum = torch.log(torch.exp(shifted).sum(dim=1))
    of_label = shifted[torch.arange(len(labels)), labels]
    return (log_sum - of_label).mean()


def _still_naive(logits, labels):
    of_label = logits[torch.arange(len(labels)), labels]
    return (torch.log(torch.exp(logits).sum(dim=1)) - of_label).mean()


def _one_maximum_for_all(logits, labels):
    shifted = logits - logits.max()
    of_label = shifted[torch.arange(len(labels)), labels]
    return (torch.log(torch.exp(shifted).sum(dim=1)) - of_label).mean()


def _shift_forgotten(logits, labels):
    shifted = logits - logits.max(dim=1, keepdim=True).values
    of_label = logits[torch.arange(len(labels)), labels]
    return (torch.log(torch.exp(shifted).sum(dim=1)) - of_label).mean()


def _log_with_a_floor(logits, labels):
    probabilities = torch.softmax(logits, dim=1)[torch.arange(len(labels)), labels]
    return -torch.log(probabilities + 1e-12).mean()


def _stable_in_bits(logits, labels):
    return stable_cross_entropy(logits, labels) / math.log(2)


def _cases_stable():
    return [
        Case(torch.tensor([[1.0, 0.0]]), torch.tensor([1]), label="ordinary logits"),
        Case(torch.tensor([[1000.0, 0.0]]), torch.tensor([1]), label="a logit of 1000"),
        Case(torch.tensor([[-1000.0, -1001.0]]), torch.tensor([0]), label="all logits near -1000"),
        Case(torch.tensor([[1000.0, 999.0], [-1000.0, -999.0]]), torch.tensor([0, 1]), label="both signs in one batch"),
        Case(torch.tensor([[10.0, 1, -1, -20], [10, 10, 2, -10]]), torch.tensor([0, 1]), label="the source's example"),
        Case(_random(6, 5, seed=1, scale=3), _classes(6, 5, seed=2)),
    ]


register(
    Exercise(
        id="03.stable_cross_entropy",
        reference=stable_cross_entropy,
        cases=_cases_stable,
        hints=(
            "Adding one number to all logits of a row changes no probability. Which number makes every exp safe?",
            "Subtract the largest logit of each row: then exp is at most 1, and the sum is at least 1. "
            "`logits.max(dim=1, keepdim=True).values` has one maximum for each row, ready to be subtracted.",
            "Work with the shifted logits in both places: in the sum and where you pick the label's logit.",
        ),
        wrong_answers={
            "exp of the raw logits, which overflows above 88": _still_naive,
            "one maximum for the whole batch: a row far below it sums to zero": _one_maximum_for_all,
            "a shift in the sum that the label's logit does not get": _shift_forgotten,
            "the logarithm of a rounded probability: a floor hides how wrong the network is": _log_with_a_floor,
            "a logarithm to the base 2: `torch.log` has the base e": _stable_in_bits,
            "a sum over the samples, where the mean was asked": lambda logits, labels: (
                len(labels) * stable_cross_entropy(logits, labels)
            ),
            "the logarithm of the probability without its minus sign": lambda logits, labels: (
                -stable_cross_entropy(logits, labels)
            ),
            "logits cut off, which hides how wrong the network is": lambda logits, labels: stable_cross_entropy(
                logits.clamp(max=80), labels
            ),
            "a softmax whose logarithm is taken afterwards: where it is 0, that is infinite": lambda logits, labels: (
                -torch.softmax(logits, 1)[torch.arange(len(labels)), labels].log().mean()
            ),
        },
        rtol=1e-4,
        atol=2e-4,
        tolerance="2e-4: float32 near 1000 has steps of 6e-5, and the formula of this section subtracts two such "
        "numbers. Overflow, the mistake that is asked for, is off by infinity.",
    )
)


# --- 6: one step of training -----------------------------------------------------------------------------------------


def train_step(model, optimiser, X, y):
    """One update of the model's parameters on one batch.

    X: (batch, ...), y: (batch,) -> the loss before the update, a float
    """
    optimiser.zero_grad()
    loss = F.cross_entropy(model(X), y)
    loss.backward()
    optimiser.step()
    return loss.item()


def _gradients_pile_up(model, optimiser, X, y):
    loss = F.cross_entropy(model(X), y)
    loss.backward()
    optimiser.step()
    return loss.item()


def _never_steps(model, optimiser, X, y):
    optimiser.zero_grad()
    loss = F.cross_entropy(model(X), y)
    loss.backward()
    return loss.item()


def _loss_after_the_step(model, optimiser, X, y):
    optimiser.zero_grad()
    F.cross_entropy(model(X), y).backward()
    optimiser.step()
    return F.cross_entropy(model(X), y).item()


def _loss_on_probabilities(model, optimiser, X, y):
    optimiser.zero_grad()
    loss = F.cross_entropy(torch.softmax(model(X), dim=1), y)
    loss.backward()
    optimiser.step()
    return loss.item()


def _loss_summed(model, optimiser, X, y):
    optimiser.zero_grad()
    loss = F.cross_entropy(model(X), y, reduction="sum")
    loss.backward()
    optimiser.step()
    return loss.item()


def _steps_with_old_gradients(model, optimiser, X, y):
    optimiser.step()
    optimiser.zero_grad()
    loss = F.cross_entropy(model(X), y)
    loss.backward()
    return loss.item()


def _cases_step():
    return [
        Case("SGD", 1, label="one step of SGD"),
        Case("SGD", 3, label="three steps of SGD in a row"),
        Case("Adam", 1, label="one step of Adam"),
        Case("Adam", 4, label="four steps of Adam in a row"),
    ]


def _call_step(candidate, kind, steps):
    model = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 3))
    with torch.no_grad():
        for number, parameter in enumerate(model.parameters()):
            parameter.copy_(_random(*parameter.shape, seed=number, scale=0.5))
    optimiser = getattr(torch.optim, kind)(model.parameters(), lr=0.05)
    losses = []
    for step in range(steps):
        loss = candidate(model, optimiser, _random(8, 2, seed=30 + step), _classes(8, 3, seed=40 + step))
        if loss is Ellipsis or loss is None:
            return loss
        losses.append(loss)
    moved = torch.cat([parameter.detach().flatten() for parameter in model.parameters()])
    return {"the loss of each step": losses, "the parameters afterwards": moved}


register(
    Exercise(
        id="03.train_step",
        reference=train_step,
        cases=_cases_step,
        call=_call_step,
        # The first optimiser of a session makes PyTorch import its compiler, which takes seconds on a busy machine.
        time_limit=20.0,
        hints=(
            "Four calls: clear the old gradients, compute the loss, compute the gradients, move the parameters.",
            "`optimiser.zero_grad()`, then `loss = F.cross_entropy(model(X), y)`, then two more calls.",
            "`loss.backward()` fills the gradients and `optimiser.step()` uses them. "
            "`loss.item()` is the loss as a float.",
        ),
        wrong_answers={
            "gradients that pile up: backward adds to what is there, so clear it first": _gradients_pile_up,
            "parameters that do not move: `backward()` comes first, then `step()`, both with their parentheses": (
                _never_steps
            ),
            "the loss after the step, where the loss before it was asked": _loss_after_the_step,
            "softmax applied twice: F.cross_entropy takes logits and does that itself": _loss_on_probabilities,
            "a loss summed over the batch, where the mean is meant": _loss_summed,
            "two updates on the batch, where one was asked": lambda model, optimiser, X, y: (
                train_step(model, optimiser, X, y),
                train_step(model, optimiser, X, y),
            )[1],
            "a loss that was rounded": lambda model, optimiser, X, y: round(train_step(model, optimiser, X, y), 2),
            "a step before `backward()`: it moves along the gradients of the batch before": _steps_with_old_gradients,
        },
        rtol=1e-4,
        atol=1e-5,
        tolerance="1e-4 of the loss and of the parameters: a few steps of float32.",
    )
)


# --- 7: scoring ------------------------------------------------------------------------------------------------------


def score(model, loader):
    """Mean loss and accuracy over all samples of a loader.

    -> two floats; the model is in the mode in which it came
    """
    was_training = model.training
    model.eval()
    loss, correct, n = 0.0, 0, 0
    with torch.no_grad():
        for X, y in loader:
            logits = model(X)
            loss += F.cross_entropy(logits, y, reduction="sum").item()
            correct += (logits.argmax(dim=1) == y).sum().item()
            n += len(y)
    model.train(was_training)
    return loss / n, correct / n


def _mean_of_batch_means(model, loader):
    was_training = model.training
    model.eval()
    losses, accuracies = [], []
    with torch.no_grad():
        for X, y in loader:
            logits = model(X)
            losses.append(F.cross_entropy(logits, y).item())
            accuracies.append((logits.argmax(dim=1) == y).float().mean().item())
    model.train(was_training)
    return sum(losses) / len(losses), sum(accuracies) / len(accuracies)


def _dropout_left_on(model, loader):
    loss, correct, n = 0.0, 0, 0
    with torch.no_grad():
        for X, y in loader:
            logits = model(X)
            loss += F.cross_entropy(logits, y, reduction="sum").item()
            correct += (logits.argmax(dim=1) == y).sum().item()
            n += len(y)
    return loss / n, correct / n


def _mode_not_restored(model, loader):
    model.eval()
    loss, correct, n = 0.0, 0, 0
    with torch.no_grad():
        for X, y in loader:
            logits = model(X)
            loss += F.cross_entropy(logits, y, reduction="sum").item()
            correct += (logits.argmax(dim=1) == y).sum().item()
            n += len(y)
    return loss / n, correct / n


def _accuracy_first(model, loader):
    return score(model, loader)[::-1]


def _cases_score():
    return [
        Case(4, 4, False, label="one batch"),
        Case(5, 2, False, label="5 samples in batches of 2: the last one is smaller"),
        Case(6, 3, True, label="a network with dropout, handed over in training mode"),
        Case(7, 3, False, label="a network handed over in evaluation mode"),
    ]


def _call_score(candidate, n, batch_size, training):
    model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 3))
    with torch.no_grad():
        for number, parameter in enumerate(model.parameters()):
            parameter.copy_(_random(*parameter.shape, seed=number))
    model.train(training)
    torch.manual_seed(0)
    loader = DataLoader(TensorDataset(_random(n, 2, seed=50), _classes(n, 3, seed=51)), batch_size=batch_size)
    result = candidate(model, loader)
    if result is Ellipsis or result is None:
        return result
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise Refused(f"It returned {kind(result)}, expected were two numbers: the loss and the accuracy.")
    return {"loss": result[0], "accuracy": result[1], "training mode afterwards": model.training}


register(
    Exercise(
        id="03.score",
        reference=score,
        cases=_cases_score,
        call=_call_score,
        hints=(
            "Three things surround the loop: `model.eval()`, `with torch.no_grad():`, and at the end the mode it had "
            "before (`model.training` told you, `model.train(was_training)` puts it back).",
            "Add up sums, not means: `F.cross_entropy(logits, y, reduction='sum')`, the number of correct ones, "
            "and len(y).",
            "A sample counts as correct where `logits.argmax(dim=1) == y`. "
            "Divide both sums by the number of samples at the end.",
        ),
        wrong_answers={
            "a mean of batch means: the small last batch then counts as much as a full one": _mean_of_batch_means,
            "dropout left on: call model.eval() first": _dropout_left_on,
            "a network left in evaluation mode: the next training would go without dropout": _mode_not_restored,
            "accuracy and loss exchanged: the loss comes first": _accuracy_first,
            "an accuracy in percent, where a share of 1 is asked": lambda model, loader: (
                (found := score(model, loader))[0],
                100 * found[1],
            ),
            "sums, not yet divided by the number of samples": lambda model, loader: tuple(
                len(loader.dataset) * value for value in score(model, loader)
            ),
            "the share of wrong answers": lambda model, loader: ((found := score(model, loader))[0], 1 - found[1]),
            "sums divided by the number of batches, not of samples": lambda model, loader: tuple(
                len(loader.dataset) / len(loader) * value for value in score(model, loader)
            ),
            "the last batch alone: add up over all of them": lambda model, loader: score(model, [list(loader)[-1]]),
            "a network put into training mode, in whatever mode it came": lambda model, loader: (
                score(model, loader),
                model.train(),
            )[0],
        },
        rtol=1e-4,
        atol=1e-6,
        tolerance="1e-4 of the loss: a float32 mean of a few samples; counts are exact.",
    )
)


# --- 8: dropout ------------------------------------------------------------------------------------------------------


def dropout(h, keep, p, training):
    """Silence units where keep is False, scale up the others; in evaluation do nothing.

    h: (n, units), keep: (n, units) -> (n, units)
    """
    if not training:
        return h
    return h * keep / (1 - p)


def _unscaled(h, keep, p, training):
    if not training:
        return h
    return h * keep


def _always_on(h, keep, p, training):
    return h * keep / (1 - p)


def _scaled_by_p(h, keep, p, training):
    if not training:
        return h
    return h * keep / p


def _scaled_in_evaluation(h, keep, p, training):
    return h * keep if training else h * (1 - p)


def _cases_dropout():
    units = torch.tensor([[1.0, 2.0, 3.0, 4.0]])
    keep = torch.tensor([[True, False, True, True]])
    mask = torch.rand(5, 8, generator=torch.Generator().manual_seed(1)) > 0.5
    return [
        Case(units, keep, 0.25, True, label="in training"),
        Case(units, keep, 0.25, False, label="in evaluation"),
        Case(_random(5, 8), mask, 0.5, True, label="a batch"),
        Case(_random(5, 8), torch.ones(5, 8, dtype=torch.bool), 0.2, True, label="all units happen to stay"),
    ]


register(
    Exercise(
        id="03.dropout",
        reference=dropout,
        cases=_cases_dropout,
        hints=(
            "Two cases: in evaluation the input comes back as it is.",
            "In training multiply by `keep`: False counts as 0, True as 1.",
            "A unit stays with probability 1 - p. Divide by that, and the expected value of each unit is the input.",
        ),
        wrong_answers={
            "dropout without the division by 1 - p: units are smaller in training than in evaluation": _unscaled,
            "dropout that is never switched off": _always_on,
            "a division by p, where the probability to stay is 1 - p": _scaled_by_p,
            "units scaled in evaluation, as the first papers did; here it is done in training": _scaled_in_evaluation,
            "a product with 1 - p, where a division is meant": lambda h, keep, p, training: (
                h * keep * (1 - p) if training else h
            ),
            "the units to keep silenced, and the others kept": lambda h, keep, p, training: dropout(
                h, ~keep, p, training
            ),
            "training and evaluation exchanged": lambda h, keep, p, training: dropout(h, keep, p, not training),
            "every unit kept": lambda h, keep, p, training: h / (1 - p) if training else h,
        },
        tolerance="1e-5 of the value: one product and one division.",
    )
)


# --- 9: the remedy ---------------------------------------------------------------------------------------------------


def untwist(x, omega):
    """Sine and cosine of each point's angle minus omega times its radius.

    x: (..., 2), omega: a number, or one for each set of points -> (..., 2)
    """
    radius = x.norm(dim=-1)
    angle = torch.atan2(x[..., 0], x[..., 1])
    phase = angle - omega * radius
    return torch.stack([torch.sin(phase), torch.cos(phase)], dim=-1)


def _twisted_further(x, omega):
    phase = torch.atan2(x[..., 0], x[..., 1]) + omega * x.norm(dim=-1)
    return torch.stack([torch.sin(phase), torch.cos(phase)], dim=-1)


def _angle_from_the_x_axis(x, omega):
    phase = torch.atan2(x[..., 1], x[..., 0]) - omega * x.norm(dim=-1)
    return torch.stack([torch.sin(phase), torch.cos(phase)], dim=-1)


def _radius_left_in(x, omega):
    radius = x.norm(dim=-1)
    phase = torch.atan2(x[..., 0], x[..., 1]) - omega * radius
    return radius[..., None] * torch.stack([torch.sin(phase), torch.cos(phase)], dim=-1)


def _same_turn_everywhere(x, omega):
    phase = torch.atan2(x[..., 0], x[..., 1]) - omega * torch.ones_like(x[..., 0])
    return torch.stack([torch.sin(phase), torch.cos(phase)], dim=-1)


def _cosine_before_sine(x, omega):
    return untwist(x, omega).flip(-1)


def _untwisted_angle(angle, x, omega):
    phase = angle - omega * x.norm(dim=-1)
    return torch.stack([torch.sin(phase), torch.cos(phase)], dim=-1)


def _angle_of_half_a_circle(x, omega):
    return _untwisted_angle(torch.atan(x[..., 0] / x[..., 1]), x, omega)


def _untwisted_degrees(x, omega):
    return _untwisted_angle(torch.rad2deg(torch.atan2(x[..., 0], x[..., 1])), x, omega)


def _cases_untwist():
    return [
        Case(torch.tensor([[0.0, 1.0], [1.0, 0.0]]), torch.tensor(0.0), label="no twist to take out"),
        Case(torch.tensor([[0.0, 0.5], [0.0, 1.0]]), torch.tensor(math.pi / 2), label="a quarter turn at radius 1"),
        Case(_random(5, 2), torch.tensor(2.5), label="points all around"),
        Case(_random(4, 2, seed=2), torch.full((1, 1), 1.5), label="a twist in a tensor of two dimensions"),
        Case(_random(3, 4, 2, seed=1), torch.tensor([[0.5], [1.0], [2.0]]), label="a batch for each of three twists"),
        Case(_random(5, 2, seed=2), torch.tensor([[0.5], [1.0], [2.0]]), label="the same points, for three twists"),
    ]


register(
    Exercise(
        id="03.untwist",
        reference=untwist,
        cases=_cases_untwist,
        rtol=1e-4,
        atol=1e-4,
        tolerance="1e-4: sines of float32 angles of a few radians, on points of size 1 or smaller.",
        gradients=("omega",),
        hints=(
            "`x[..., 0]` is the first coordinate, `x[..., 1]` the second, whatever stands before. "
            "`x.norm(dim=-1)` is the radius.",
            "The arms use x = t sin(angle), y = t cos(angle), so the angle is `torch.atan2(x[..., 0], x[..., 1])`.",
            "Subtract omega times the radius from the angle, then stack sine and cosine of that along dim=-1.",
        ),
        wrong_answers={
            "a twist in the other direction: subtract omega times the radius": _twisted_further,
            "an angle counted from the x axis: here the first coordinate is the sine": _angle_from_the_x_axis,
            "features that still hold the radius: sine and cosine alone have length 1": _radius_left_in,
            "the same turn at every radius: the twist is omega times the radius": _same_turn_everywhere,
            "sine and cosine exchanged: the sine comes first": _cosine_before_sine,
            "the radius squared": lambda x, omega: untwist(x * x.norm(dim=-1, keepdim=True), omega),
            "no twist taken out: omega is not used": lambda x, omega: untwist(x, 0 * omega),
            "an angle by `atan`, which knows half of the circle: `atan2` knows all of it": _angle_of_half_a_circle,
            "an angle in degrees, where `torch.sin` takes radians": _untwisted_degrees,
        },
    )
)
