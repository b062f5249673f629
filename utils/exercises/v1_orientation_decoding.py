"""Exercises of notebook 04: ridge regression, a ReLU network, losses, angles on a circle, gradients by hand."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from utils.exercises.engine import Case, Exercise
from utils.exercises.networks import Refused, behaviour
from utils.exercises.registry import register


def _degrees(*values):
    return torch.tensor(values, dtype=torch.float32)[:, None]


def _random(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


# --- 04.ridge_weights ------------------------------------------------------------------------------------------------


def ridge_weights(x, y, penalty):
    """Weights w that minimise |x w - y|^2 + penalty |w|^2.

    x: (n, d); y: (n, k); penalty: number -> (d, k)
    """
    d = x.shape[1]
    return torch.linalg.solve(x.T @ x + penalty * torch.eye(d), x.T @ y)


def _ridge_without_penalty(x, y, penalty):
    return torch.linalg.pinv(x) @ y


def _ridge_penalty_squared(x, y, penalty):
    return ridge_weights(x, y, penalty**2)


def _ridge_penalty_times_n(x, y, penalty):
    return ridge_weights(x, y, penalty * len(x))


def _ridge_penalty_everywhere(x, y, penalty):
    return torch.linalg.pinv(x.T @ x + penalty) @ x.T @ y


def _ridge_penalty_subtracted(x, y, penalty):
    return torch.linalg.pinv(x.T @ x - penalty * torch.eye(x.shape[1])) @ x.T @ y


def _ridge_cases():
    return [
        Case(torch.tensor([[2.0]]), torch.tensor([[6.0]]), 1.0, label="one stimulus, one neuron"),
        Case(torch.tensor([[1.0, 0.0], [0.0, 2.0]]), torch.tensor([[1.0], [4.0]]), 2.0, label="two neurons"),
        Case(_random(0, 6, 3), _random(1, 6, 1), 0.5, label="six stimuli, three neurons"),
        Case(_random(2, 6, 3), _random(3, 6, 2), 4.0, label="two outputs"),
        Case(_random(4, 4, 9), _random(5, 4, 1), 1.0, label="more neurons than stimuli"),
        Case(_random(6, 12, 4), _random(7, 12, 1), np.float64(2.0), label="a penalty from a NumPy array"),
    ]


register(
    Exercise(
        id="04.ridge_weights",
        reference=ridge_weights,
        cases=_ridge_cases,
        hints=(
            "Set the derivative with respect to w to zero: 2 x^T (x w - y) + 2 penalty w = 0. Collect what stands "
            "before w.",
            "You get (x^T x + penalty I) w = x^T y, with I the identity matrix of size d.",
            "`torch.linalg.solve(A, B)` solves A w = B; `torch.eye(d)` is I; `x.T` is x^T.",
        ),
        wrong_answers={
            "ordinary least squares: the penalty has no effect": _ridge_without_penalty,
            "a penalty added to every entry of x^T x instead of its diagonal": _ridge_penalty_everywhere,
            "a penalty with the wrong sign": _ridge_penalty_subtracted,
            "a penalty that is squared": _ridge_penalty_squared,
            "a penalty multiplied by the number of stimuli: the formula has a sum, not a mean": _ridge_penalty_times_n,
            "half of the penalty": lambda x, y, penalty: ridge_weights(x, y, penalty / 2),
            "twice the penalty": lambda x, y, penalty: ridge_weights(x, y, 2 * penalty),
            "a matrix that was not yet multiplied with the targets y": lambda x, y, penalty: ridge_weights(
                x, torch.eye(len(x)), penalty
            ),
            "least squares that are shrunk afterwards: the penalty belongs into the equation": lambda x, y, penalty: (
                torch.linalg.pinv(x) @ y / (1 + penalty)
            ),
        },
        rtol=1e-3,
        atol=1e-4,
        tolerance="1e-3 of the value: inverse, solver and SVD share about four digits in float32.",
    )
)


# --- 04.DeepNetReLU --------------------------------------------------------------------------------------------------


class DeepNetReLU(nn.Module):
    """One hidden layer of rectified linear units.

    r: (n, n_inputs) -> (n, n_outputs)
    """

    def __init__(self, n_inputs, n_hidden, n_outputs=1):
        super().__init__()
        self.in_layer = nn.Linear(n_inputs, n_hidden)
        self.out_layer = nn.Linear(n_hidden, n_outputs)

    def forward(self, r):
        h = torch.relu(self.in_layer(r))
        return self.out_layer(h)


class _LinearHidden(nn.Module):
    def __init__(self, n_inputs, n_hidden, n_outputs=1):
        super().__init__()
        self.in_layer = nn.Linear(n_inputs, n_hidden)
        self.out_layer = nn.Linear(n_hidden, n_outputs)

    def forward(self, r):
        return self.out_layer(self.in_layer(r))


class _ReluOnOutput(nn.Module):
    def __init__(self, n_inputs, n_hidden, n_outputs=1):
        super().__init__()
        self.in_layer = nn.Linear(n_inputs, n_hidden)
        self.out_layer = nn.Linear(n_hidden, n_outputs)

    def forward(self, r):
        return torch.relu(self.out_layer(torch.relu(self.in_layer(r))))


class _ReluOnInput(nn.Module):
    def __init__(self, n_inputs, n_hidden, n_outputs=1):
        super().__init__()
        self.in_layer = nn.Linear(n_inputs, n_hidden)
        self.out_layer = nn.Linear(n_hidden, n_outputs)

    def forward(self, r):
        return self.out_layer(self.in_layer(torch.relu(r)))


class _SigmoidHidden(DeepNetReLU):
    def forward(self, r):
        return self.out_layer(torch.sigmoid(self.in_layer(r)))


class _TanhHidden(DeepNetReLU):
    def forward(self, r):
        return self.out_layer(torch.tanh(self.in_layer(r)))


class _LeakyHidden(DeepNetReLU):
    def forward(self, r):
        return self.out_layer(F.leaky_relu(self.in_layer(r)))


def _outputs(network, n_inputs, n_hidden, n_outputs, r):
    """Outputs and gradients of a network whose layers are filled with the same numbers for everybody."""
    # A single output is what a network has that is not told a number.
    net = network(n_inputs, n_hidden) if n_outputs == 1 else network(n_inputs, n_hidden, n_outputs)
    if any(not isinstance(getattr(net, name, None), nn.Linear) for name in ("in_layer", "out_layer")):
        raise Refused("Name the layers `in_layer` and `out_layer`, both `nn.Linear`: cells below use these names.")
    seed, values = torch.Generator().manual_seed(8), {}
    sizes = {"in_layer.bias": (n_hidden,), "in_layer.weight": (n_hidden, n_inputs)}
    sizes |= {"out_layer.bias": (n_outputs,), "out_layer.weight": (n_outputs, n_hidden)}
    for name, shape in sizes.items():
        values[name] = torch.randn(shape, generator=seed)
    return behaviour(net, values, r, by_name=True)


def _network_cases():
    return [
        Case(1, 1, 1, torch.tensor([[1.0], [-1.0]]), label="one neuron, one hidden unit"),
        Case(3, 2, 1, torch.zeros(1, 3), label="no response at all"),
        Case(3, 4, 1, _random(0, 5, 3), label="three neurons, four hidden units"),
        Case(50, 10, 2, _random(1, 7, 50), label="two outputs"),
    ]


register(
    Exercise(
        id="04.DeepNetReLU",
        reference=DeepNetReLU,
        cases=_network_cases,
        call=_outputs,
        hints=(
            "`self.in_layer(r)` gives the total input of each hidden unit. What turns it into the unit's activity?",
            "The rectifier passes positive numbers and sets the others to 0: `torch.relu(...)`.",
            "`h = torch.relu(self.in_layer(r))`",
        ),
        wrong_answers={
            "a network without its rectifier: two linear layers, which are one": _LinearHidden,
            "a network that also rectifies its output, and so never decodes a negative number": _ReluOnOutput,
            "a network that rectifies the responses instead of the hidden units": _ReluOnInput,
            "a sigmoid in place of the rectifier": _SigmoidHidden,
            "a tanh in place of the rectifier": _TanhHidden,
            "a leaky rectifier: negative numbers become 0": _LeakyHidden,
        },
        rtol=1e-4,
        atol=1e-5,
        tolerance="1e-4 of the value: sums of 50 float32 products in any order.",
    )
)


# --- 04.mean_squared_error -------------------------------------------------------------------------------------------


def mean_squared_error(decoded, true):
    """Mean of the squared difference.

    decoded, true: (n, k) -> number
    """
    return ((decoded - true) ** 2).mean()


def _sum_of_squares(decoded, true):
    return ((decoded - true) ** 2).sum()


def _mean_distance(decoded, true):
    return (decoded - true).abs().mean()


def _root_mean_square(decoded, true):
    return ((decoded - true) ** 2).mean().sqrt()


def _square_of_mean(decoded, true):
    return (decoded - true).mean() ** 2


def _mean_over_rows(decoded, true):
    return ((decoded - true) ** 2).sum() / len(decoded)


def _half_of_the_mean(decoded, true):
    return ((decoded - true) ** 2).mean() / 2


def _error_cases():
    return [
        Case(_degrees(3), _degrees(1), label="one stimulus, 2 degrees off"),
        Case(_degrees(5, 5), _degrees(5, 5), label="no error"),
        Case(_degrees(1, 3), _degrees(3, 1), label="errors that cancel in the mean"),
        Case(_degrees(0, 0, 0), _degrees(10, 100, 350), label="an untrained network"),
        Case(100 * _random(0, 20, 1), 100 * _random(1, 20, 1), label="20 stimuli"),
        Case(_random(2, 6, 2), _random(3, 6, 2), label="two outputs, sine and cosine"),
    ]


register(
    Exercise(
        id="04.mean_squared_error",
        reference=mean_squared_error,
        cases=_error_cases,
        hints=(
            "Work from the inside out: the difference, its square, the mean over all stimuli.",
            "`** 2` squares every element of a tensor, `.mean()` averages them.",
            "`return ((decoded - true) ** 2).mean()`",
        ),
        wrong_answers={
            "the sum over stimuli; the mean does not grow with their number": _sum_of_squares,
            "the mean absolute error": _mean_distance,
            "the root of the mean squared error": _root_mean_square,
            "the square of the mean difference, in which errors of opposite sign cancel": _square_of_mean,
            "a sum divided by the number of stimuli alone; with two outputs there are twice as many numbers": (
                _mean_over_rows
            ),
            "half of the mean: there is no factor 1/2 here": _half_of_the_mean,
            "the mean difference, not squared": lambda decoded, true: (decoded - true).mean(),
            "squares without their mean": lambda decoded, true: (decoded - true) ** 2,
            "the variance, which forgets an error that all stimuli share": lambda decoded, true: (decoded - true).var(
                unbiased=False
            ),
            "the difference of the squares, where the square of the difference is meant": lambda decoded, true: (
                decoded**2 - true**2
            ).mean(),
        },
        tolerance="1e-5 of the value: a mean of float32 squares.",
        gradients=("decoded",),
    )
)


# --- 04.gradient_step ------------------------------------------------------------------------------------------------


def gradient_step(net, loss_fn, optimizer, r, target):
    """One step of gradient descent on all of r.

    r: (n, d); target: (n, k) -> the loss before the step, a Python number
    """
    loss = loss_fn(net(r), target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def _step_without_zero_grad(net, loss_fn, optimizer, r, target):
    loss = loss_fn(net(r), target)
    loss.backward()
    optimizer.step()
    return loss.item()


def _step_zeroed_too_late(net, loss_fn, optimizer, r, target):
    loss = loss_fn(net(r), target)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


def _step_returns_new_loss(net, loss_fn, optimizer, r, target):
    loss = loss_fn(net(r), target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss_fn(net(r), target).item()


def _heavier_above(decoded, true):
    """A loss that knows its two arguments apart."""
    error = decoded - true
    return (error**2 * torch.where(error > 0, 2.0, 1.0)).mean()


def _steps(step, seed, n_stimuli, n_neurons, rate, loss_fn):
    """Three steps on a small network: its losses and its weights after each."""
    classes = loss_fn is F.cross_entropy
    net = nn.Sequential(nn.Linear(n_neurons, 3), nn.Tanh(), nn.Linear(3, 3 if classes else 1))
    with torch.no_grad():
        for number, parameter in enumerate(net.parameters()):
            parameter.copy_(_random(seed + number, *parameter.shape))
    r, target = _random(seed + 10, n_stimuli, n_neurons), _random(seed + 11, n_stimuli, 1)
    if classes:
        target = torch.arange(n_stimuli) % 3
    optimizer = torch.optim.SGD(net.parameters(), lr=rate)
    found = {}
    for number in (1, 2, 3):
        loss = step(net, loss_fn, optimizer, r, target)
        if loss is None or loss is Ellipsis:
            return loss
        found[f"loss returned by step {number}"] = loss
        found[f"weights after step {number}"] = torch.cat([p.detach().ravel() for p in net.parameters()])
    return found


def _step_cases():
    return [
        Case(0, 1, 1, 0.1, nn.MSELoss(), label="one stimulus, one neuron"),
        Case(20, 5, 2, 0.1, nn.MSELoss(), label="five stimuli, two neurons"),
        Case(40, 30, 8, 0.01, nn.MSELoss(), label="a small learning rate"),
        Case(60, 12, 20, 0.3, nn.MSELoss(), label="more neurons than stimuli"),
        Case(80, 6, 4, 0.1, _heavier_above, label="a loss that weighs errors above 0 twice"),
        Case(90, 6, 4, 0.1, F.cross_entropy, label="three classes and their cross entropy"),
    ]


register(
    Exercise(
        id="04.gradient_step",
        reference=gradient_step,
        cases=_step_cases,
        call=_steps,
        hints=(
            "Three lines, in this order: clear the old gradients, compute the new ones, move the weights.",
            "`optimizer.zero_grad()` clears, `loss.backward()` computes; both leave the weights as they are.",
            "`optimizer.step()` moves every weight against its gradient. End with `return loss.item()`.",
        ),
        wrong_answers={
            "a step without zero_grad: gradients of all earlier steps add up": _step_without_zero_grad,
            "weights that do not move: first clear the gradients, then `backward()`, then `step()`, each with its "
            "parentheses": _step_zeroed_too_late,
            "a step that returns the loss after it; asked is the one before": _step_returns_new_loss,
            "target and decoded value exchanged: `loss_fn(net(r), target)`": lambda net, loss_fn, *others: (
                gradient_step(net, lambda decoded, true: loss_fn(true, decoded), *others)
            ),
            "a loss of its own: `loss_fn` is the one to call": lambda net, loss_fn, optimizer, r, target: gradient_step(
                net, F.mse_loss, optimizer, r, target
            ),
        },
        # PyTorch loads a good part of itself when the first optimizer is made.
        time_limit=30.0,
        rtol=1e-4,
        atol=1e-5,
        tolerance="1e-4 of the loss and of the weights: three steps of float32.",
    )
)


# --- 04.train -------------------------------------------------------------------------------------------------------


def train(net, r, target, n_steps, learning_rate, loss_fn):
    """Gradient descent from beginning to end: optim.SGD, and n_steps steps on all of r.

    r: (n, d); target: (n, k) -> list of n_steps losses, each before its step
    """
    optimizer = torch.optim.SGD(net.parameters(), lr=learning_rate)
    losses = []
    for _ in range(n_steps):
        loss = loss_fn(net(r), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def _train_without_zero_grad(net, r, target, n_steps, learning_rate, loss_fn):
    optimizer = torch.optim.SGD(net.parameters(), lr=learning_rate)
    losses = []
    for _ in range(n_steps):
        loss = loss_fn(net(r), target)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def _train_losses_after(net, r, target, n_steps, learning_rate, loss_fn):
    optimizer = torch.optim.SGD(net.parameters(), lr=learning_rate)
    losses = []
    for _ in range(n_steps):
        loss = loss_fn(net(r), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss_fn(net(r), target).item())
    return losses


def _train_one_loss_for_all(net, r, target, n_steps, learning_rate, loss_fn):
    optimizer = torch.optim.SGD(net.parameters(), lr=learning_rate)
    loss = loss_fn(net(r), target)
    optimizer.zero_grad()
    loss.backward()
    losses = []
    for _ in range(n_steps):
        optimizer.step()
        losses.append(loss.item())
    return losses


def _train_with_adam(net, r, target, n_steps, learning_rate, loss_fn):
    optimizer = torch.optim.Adam(net.parameters(), lr=learning_rate)
    losses = []
    for _ in range(n_steps):
        loss = loss_fn(net(r), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def _train_with_momentum(net, r, target, n_steps, learning_rate, loss_fn):
    optimizer = torch.optim.SGD(net.parameters(), lr=learning_rate, momentum=0.9)
    return [gradient_step(net, loss_fn, optimizer, r, target) for _ in range(n_steps)]


def _training(train_net, seed, n_stimuli, n_outputs, n_steps, rate, loss_fn):
    """A small network trained by the answer: its losses, and its weights at the end."""
    net = nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, n_outputs))
    with torch.no_grad():
        for number, parameter in enumerate(net.parameters()):
            parameter.copy_(_random(seed + number, *parameter.shape))
    r = _random(seed + 10, n_stimuli, 4)
    classes = isinstance(loss_fn, nn.CrossEntropyLoss)
    target = torch.arange(n_stimuli) % n_outputs if classes else _random(seed + 11, n_stimuli, n_outputs)
    losses = train_net(net, r, target, n_steps, rate, loss_fn)
    if losses is None or losses is Ellipsis:
        return losses
    return {"losses": losses, "weights at the end": torch.cat([p.detach().ravel() for p in net.parameters()])}


def _training_cases():
    return [
        Case(0, 1, 1, 1, 0.1, nn.MSELoss(), label="one stimulus, one step"),
        Case(20, 6, 1, 3, 0.1, nn.MSELoss(), label="six stimuli, three steps"),
        Case(40, 9, 2, 5, 0.02, nn.MSELoss(), label="two outputs, a small learning rate"),
        Case(60, 8, 4, 4, 0.2, nn.CrossEntropyLoss(), label="four classes and their cross entropy"),
        Case(80, 6, 1, 3, 0.1, _heavier_above, label="a loss that weighs errors above 0 twice"),
    ]


register(
    Exercise(
        id="04.train",
        reference=train,
        cases=_training_cases,
        call=_training,
        hints=(
            "Before the loop: `optimizer = optim.SGD(net.parameters(), lr=learning_rate)`, and an empty list for the "
            "losses.",
            "In each of the n_steps steps: the loss, clear the gradients, `backward()`, `step()`. The exercise before "
            "has these lines; you may call `gradient_step(net, loss_fn, optimizer, r, target)`.",
            "`losses.append(loss.item())` keeps a number; end with `return losses`.",
        ),
        wrong_answers={
            "a loop without zero_grad: gradients of all earlier steps add up": _train_without_zero_grad,
            "losses after each step; asked are those before it": _train_losses_after,
            "a loop that computes the loss and its gradients once, before it begins": _train_one_loss_for_all,
            "Adam; asked is SGD, plain gradient descent": _train_with_adam,
            "one step too few": lambda net, r, target, n_steps, learning_rate, loss_fn: train(
                net, r, target, n_steps - 1, learning_rate, loss_fn
            ),
            "the last loss alone: asked is the list of all": lambda net, r, target, n_steps, learning_rate, loss_fn: (
                train(net, r, target, n_steps, learning_rate, loss_fn)[-1]
            ),
            "a `return` inside of the loop, which then ends after one step": (
                lambda net, r, target, n_steps, learning_rate, loss_fn: train(net, r, target, 1, learning_rate, loss_fn)
            ),
            "weights that do not move: each step needs `backward()` and `step()`": (
                lambda net, r, target, n_steps, learning_rate, loss_fn: train(net, r, target, n_steps, 0.0, loss_fn)
            ),
            "SGD with momentum; asked is plain gradient descent": _train_with_momentum,
        },
        # PyTorch loads a good part of itself when the first optimizer is made.
        time_limit=30.0,
        rtol=1e-4,
        atol=1e-5,
        tolerance="1e-4 of the losses and of the weights: a few steps of float32.",
    )
)


# --- 04.circular_error -----------------------------------------------------------------------------------------------


def circular_error(decoded, true):
    """Distance of two angles the short way round, 0 to 180 degrees.

    decoded, true: (n, 1) -> (n, 1)
    """
    distance = (decoded - true).abs() % 360
    return torch.minimum(distance, 360 - distance)


def _straight_distance(decoded, true):
    return (decoded - true).abs()


def _distance_modulo(decoded, true):
    return (decoded - true) % 360


def _orientation_distance(decoded, true):
    distance = (decoded - true).abs() % 180
    return torch.minimum(distance, 180 - distance)


def _distance_not_wrapped_first(decoded, true):
    distance = (decoded - true).abs()
    return torch.minimum(distance, 360 - distance)


def _distance_in_radians(decoded, true):
    return torch.deg2rad(circular_error(decoded, true))


def _distance_of_degrees_as_radians(decoded, true):
    return torch.arccos(torch.cos(decoded - true).clamp(-1, 1))


def _distance_with_a_sign(decoded, true):
    return (decoded - true + 180) % 360 - 180


def _circular_cases():
    return [
        Case(_degrees(10), _degrees(30), label="20 degrees apart"),
        Case(_degrees(359), _degrees(1), label="across the wrap"),
        Case(_degrees(0, 90, 0), _degrees(180, 270, 181), label="opposite directions"),
        Case(_degrees(-15, 375, 725), _degrees(350, 10, 0), label="decoded outside of 0 to 360"),
        Case(_degrees(12.5, 359.75, 0), _degrees(12.5, 0.25, 359.9), label="small errors"),
        Case(500 * _random(0, 30, 1), 500 * _random(1, 30, 1), label="30 pairs"),
        Case(_degrees(350, 20).double(), _degrees(10, 30).double(), label="double precision"),
        Case(_degrees(350, 20), _degrees(10, 30).double(), label="one side in double precision"),
    ]


register(
    Exercise(
        id="04.circular_error",
        reference=circular_error,
        cases=_circular_cases,
        hints=(
            "There are two ways round a circle. If one takes d degrees, the other takes 360 - d.",
            "A network may decode -15 or 725: take the difference modulo 360 (`% 360`) before anything else.",
            "`torch.minimum(distance, 360 - distance)` is the shorter way, element by element.",
        ),
        wrong_answers={
            "a distance on a line: 359 and 1 come out 358 degrees apart": _straight_distance,
            "the way round in one fixed sense, not the shorter one": _distance_modulo,
            "a distance of orientations, in which 0 and 180 degrees are the same": _orientation_distance,
            "a distance that is negative for decoded angles outside of the circle": _distance_not_wrapped_first,
            "a distance in radians": _distance_in_radians,
            "cosines of degrees, read as radians": _distance_of_degrees_as_radians,
            "a distance with a sign": _distance_with_a_sign,
            "the longer way round": lambda decoded, true: 360 - circular_error(decoded, true),
            "squared distances": lambda decoded, true: circular_error(decoded, true) ** 2,
            "a mean over the stimuli: each keeps its own error here": lambda decoded, true: circular_error(
                decoded, true
            ).mean(),
        },
        rtol=1e-4,
        atol=0.05,
        tolerance="0.05 degrees: the arccosine of a float32 has that error near 0 and 180 degrees. Decoders are "
        "wrong by degrees, and mistakes of wrapping by tens of them.",
    )
)


# --- 04.sine_cosine_target -------------------------------------------------------------------------------------------


def sine_cosine_target(degrees):
    """Points on the unit circle, first the sine, then the cosine.

    degrees: (n, 1) -> (n, 2)
    """
    angle = torch.deg2rad(degrees)
    return torch.cat([torch.sin(angle), torch.cos(angle)], dim=1)


def _target_in_degrees(degrees):
    return torch.cat([torch.sin(degrees), torch.cos(degrees)], dim=1)


def _target_exchanged(degrees):
    angle = torch.deg2rad(degrees)
    return torch.cat([torch.cos(angle), torch.sin(angle)], dim=1)


def _target_twice_the_angle(degrees):
    angle = torch.deg2rad(2 * degrees)
    return torch.cat([torch.sin(angle), torch.cos(angle)], dim=1)


def _target_stacked(degrees):
    angle = torch.deg2rad(degrees)
    return torch.cat([torch.sin(angle), torch.cos(angle)], dim=0)


def _target_rad2deg(degrees):
    angle = torch.rad2deg(degrees)
    return torch.cat([torch.sin(angle), torch.cos(angle)], dim=1)


def _target_half_the_angle(degrees):
    angle = torch.deg2rad(degrees) / 2
    return torch.cat([torch.sin(angle), torch.cos(angle)], dim=1)


def _target_cases():
    return [
        Case(_degrees(0), label="0 degrees"),
        Case(_degrees(90, 180, 270), label="quarter turns"),
        Case(_degrees(0, 359.5), label="both sides of the wrap"),
        Case(_degrees(30, 45, 60, 137), label="four angles"),
        Case(torch.arange(360.0)[:, None], label="all 360 stimuli"),
    ]


register(
    Exercise(
        id="04.sine_cosine_target",
        reference=sine_cosine_target,
        cases=_target_cases,
        hints=(
            "`torch.sin` and `torch.cos` take radians: `torch.deg2rad(degrees)` converts.",
            "Both results have shape (n, 1). You need them side by side, as two columns.",
            "`torch.cat([sine, cosine], dim=1)` puts columns side by side.",
        ),
        wrong_answers={
            "sine and cosine of degrees, read as radians": _target_in_degrees,
            "the cosine before the sine": _target_exchanged,
            "a point at twice the angle, which is the same for opposite directions": _target_twice_the_angle,
            "sines and cosines one below the other; `dim=1` puts them side by side": _target_stacked,
            "a conversion in the wrong direction: `torch.deg2rad` makes radians": _target_rad2deg,
            "an angle that goes half round the circle: 360 degrees are 2 pi": _target_half_the_angle,
            "a circle of 2 pi that became 1: divide by 360 and multiply by 2 pi": lambda degrees: torch.cat(
                [torch.sin(degrees / 360), torch.cos(degrees / 360)], dim=1
            ),
            "the sine twice": lambda degrees: torch.sin(torch.deg2rad(degrees)).repeat(1, 2),
            "angles that run the other way round: the sine's sign is turned": lambda degrees: sine_cosine_target(
                -degrees
            ),
        },
        atol=1e-5,
        tolerance="1e-5: sines of float32 angles up to 6.3 radians.",
    )
)


# --- 04.direction_class ----------------------------------------------------------------------------------------------


def direction_class(degrees, n_classes):
    """Number of the bin that holds an angle, 0 to n_classes - 1; 360 is 0.

    degrees: (n, 1) -> (n,) int64
    """
    width = 360 / n_classes
    return torch.floor(degrees[:, 0] % 360 / width).long()


def _class_of_360_outside(degrees, n_classes):
    return torch.floor(degrees[:, 0] / (360 / n_classes)).long()


def _class_rounded(degrees, n_classes):
    return torch.round(degrees[:, 0] % 360 / (360 / n_classes)).long() % n_classes


def _class_from_one(degrees, n_classes):
    return torch.floor(degrees[:, 0] % 360 / (360 / n_classes)).long() + 1


def _class_width_as_number(degrees, n_classes):
    return torch.floor(degrees[:, 0] % 360 / n_classes).long()


def _class_of_a_whole_width(degrees, n_classes):
    return torch.floor(degrees[:, 0] % 360 / (360 // n_classes)).long()


def _class_cases():
    return [
        Case(_degrees(0), 4, label="0 degrees"),
        Case(_degrees(17, 18, 19), 20, label="around the first edge"),
        Case(_degrees(359, 359.875), 20, label="the end of the last bin"),
        Case(_degrees(360, 0, 370), 20, label="once round"),
        Case(_degrees(100, 200), 1, label="a single class"),
        Case(_degrees(51.2, 102.5, 154, 359), 7, label="seven bins, whose width is no whole number"),
        Case(torch.arange(360.0)[:, None], 20, label="all 360 stimuli"),
    ]


register(
    Exercise(
        id="04.direction_class",
        reference=direction_class,
        cases=_class_cases,
        hints=(
            "Each bin is 360 / n_classes degrees wide. Into how many whole widths does a direction reach?",
            "Divide by the width and round down with `torch.floor`. Take the direction modulo 360 before.",
            "`degrees[:, 0]` drops the column's second dimension, `.long()` makes whole numbers of type int64.",
        ),
        wrong_answers={
            "a class number of n_classes for 360 degrees; the last allowed is n_classes - 1": _class_of_360_outside,
            "rounding to the nearest edge; each bin begins at its edge": _class_rounded,
            "classes counted from 1; a tensor counts from 0": _class_from_one,
            "a bin n_classes degrees wide; there are n_classes bins": _class_width_as_number,
            "a width cut to a whole number of degrees: `360 // n` is 51 for 7 bins, 360 / 7 is more": (
                _class_of_a_whole_width
            ),
            "rounding up: a bin holds what lies above its lower edge": lambda degrees, n_classes: (
                torch.ceil(degrees[:, 0] % 360 / (360 / n_classes)).long() % n_classes
            ),
            "360 degrees in the last bin: once round is the first one": lambda degrees, n_classes: (
                torch.floor(degrees[:, 0] / (360 / n_classes)).long().clamp(max=n_classes - 1)
            ),
            "angles in radians, divided by a width in degrees": lambda degrees, n_classes: direction_class(
                torch.deg2rad(degrees), n_classes
            ),
            "quotients that were not rounded down": lambda degrees, n_classes: degrees[:, 0] % 360 / (360 / n_classes),
        },
        tolerance="none: class numbers are whole, and no direction of the tests lies within rounding of an edge.",
    )
)


# --- 04.backpropagate ------------------------------------------------------------------------------------------------


def backpropagate(r, target, w_in, b_in, w_out, b_out):
    """Gradients of mean((y - target)^2) for the four arrays of weights, in their order.

    r: (n, N); target: (n, 1); w_in: (M, N); b_in: (M,); w_out: (1, M); b_out: (1,)
    -> four arrays of the shapes of the last four
    """
    z = r @ w_in.T + b_in
    h = torch.relu(z)
    y = h @ w_out.T + b_out
    d_y = 2 * (y - target) / len(r)
    d_h = d_y @ w_out
    d_z = d_h * (z > 0)
    return d_z.T @ r, d_z.sum(0), d_y.T @ h, d_y.sum(0)


def _backpropagate_by_differences(r, target, w_in, b_in, w_out, b_out):
    # What a finite difference finds: at the corner of a unit, half of its slope.
    z = r @ w_in.T + b_in
    h = torch.relu(z)
    d_y = 2 * (h @ w_out.T + b_out - target) / len(r)
    d_z = (d_y @ w_out) * torch.heaviside(z, torch.tensor(0.5))
    return d_z.T @ r, d_z.sum(0), d_y.T @ h, d_y.sum(0)


def _backpropagate_activity_minus_target(r, target, w_in, b_in, w_out, b_out):
    z = r @ w_in.T + b_in
    h = torch.relu(z)
    y = h @ w_out.T + b_out
    d_y = 2 * (y - target) / len(r)
    d_z = (d_y @ w_out) * (z > 0)
    return d_z.T @ r, d_z.sum(0), (2 * (h - target)).mean(0, keepdim=True), d_y.sum(0)


def _backpropagate_without_gate(r, target, w_in, b_in, w_out, b_out):
    h = torch.relu(r @ w_in.T + b_in)
    y = h @ w_out.T + b_out
    d_y = 2 * (y - target) / len(r)
    d_z = d_y @ w_out
    return d_z.T @ r, d_z.sum(0), d_y.T @ h, d_y.sum(0)


def _backpropagate_sum(r, target, w_in, b_in, w_out, b_out):
    z = r @ w_in.T + b_in
    h = torch.relu(z)
    y = h @ w_out.T + b_out
    d_y = 2 * (y - target)
    d_z = (d_y @ w_out) * (z > 0)
    return d_z.T @ r, d_z.sum(0), d_y.T @ h, d_y.sum(0)


def _backpropagate_sign(r, target, w_in, b_in, w_out, b_out):
    z = r @ w_in.T + b_in
    h = torch.relu(z)
    y = h @ w_out.T + b_out
    d_y = 2 * (target - y) / len(r)
    d_z = (d_y @ w_out) * (z > 0)
    return d_z.T @ r, d_z.sum(0), d_y.T @ h, d_y.sum(0)


def _backpropagate_without_two(r, target, w_in, b_in, w_out, b_out):
    return tuple(part / 2 for part in backpropagate(r, target, w_in, b_in, w_out, b_out))


def _backpropagate_gate_open_at_zero(r, target, w_in, b_in, w_out, b_out):
    z = r @ w_in.T + b_in
    h = torch.relu(z)
    d_y = 2 * (h @ w_out.T + b_out - target) / len(r)
    d_z = (d_y @ w_out) * (z >= 0)
    return d_z.T @ r, d_z.sum(0), d_y.T @ h, d_y.sum(0)


def _backpropagate_activity_as_gate(r, target, w_in, b_in, w_out, b_out):
    h = torch.relu(r @ w_in.T + b_in)
    d_y = 2 * (h @ w_out.T + b_out - target) / len(r)
    d_z = (d_y @ w_out) * h
    return d_z.T @ r, d_z.sum(0), d_y.T @ h, d_y.sum(0)


def _backpropagate_cases():
    def case(seed, n, n_neurons, n_hidden, label):
        shapes = ((n, n_neurons), (n, 1), (n_hidden, n_neurons), (n_hidden,), (1, n_hidden), (1,))
        return Case(*(_random(seed + number, *shape) for number, shape in enumerate(shapes)), label=label)

    one = [torch.tensor(value) for value in ([[2.0]], [[1.0]], [[1.0]], [0.5], [[3.0]], [0.0])]
    silent = [torch.tensor(value) for value in ([[2.0]], [[1.0]], [[-1.0]], [0.5], [[3.0]], [0.0])]
    at_zero = [torch.tensor(value) for value in ([[2.0]], [[1.0]], [[1.0]], [-2.0], [[3.0]], [0.0])]
    return [
        Case(*one, label="one stimulus, one unit, active"),
        Case(*silent, label="one stimulus, one unit, silent"),
        Case(*at_zero, label="one stimulus, one unit with a total input of exactly 0"),
        case(10, 1, 3, 4, "one stimulus, four units"),
        case(20, 6, 3, 4, "six stimuli"),
        case(30, 9, 12, 5, "more neurons than stimuli"),
    ]


register(
    Exercise(
        id="04.backpropagate",
        reference=backpropagate,
        cases=_backpropagate_cases,
        hints=(
            "Go from the loss backwards. First dL/dy: the derivative of a mean of squares, so 2 (y - target) / n.",
            "One layer back: dL/dh = dL/dy times w_out. The ReLU lets through where z > 0: dL/dz = dL/dh * (z > 0).",
            "A weight's gradient is (error behind it) times (activity before it), summed over stimuli: "
            "`d_z.T @ r` and `d_y.T @ h`. A bias has the activity 1: `.sum(0)`.",
        ),
        wrong_answers={
            "the original's formula for w_out, 2 (h - target); the error is y - target, and it multiplies h": (
                _backpropagate_activity_minus_target
            ),
            "a backward pass that ignores which units are silent": _backpropagate_without_gate,
            "gradients of the sum over stimuli; the loss is their mean": _backpropagate_sum,
            "gradients with the opposite sign: the error is y - target": _backpropagate_sign,
            "gradients without the factor 2 of the square": _backpropagate_without_two,
            "a ReLU that lets the gradient through at exactly 0": _backpropagate_gate_open_at_zero,
            "the four gradients in another order: w_in, b_in, w_out, b_out is asked": lambda *arrays: (
                (found := backpropagate(*arrays))[2:] + found[:2]
            ),
            "biases with the mean over stimuli; the mean is in the error already": lambda r, *others: tuple(
                part / len(r) if part.ndim == 1 else part for part in backpropagate(r, *others)
            ),
            "activities in place of the gate, which is 1 or 0": _backpropagate_activity_as_gate,
        },
        also=_backpropagate_by_differences,
        rtol=1e-4,
        atol=1e-5,
        tolerance="1e-4 of the value: sums of float32 products in any order. At a corner of a ReLU the mean of both "
        "sides counts as right, since a finite difference finds it.",
    )
)
