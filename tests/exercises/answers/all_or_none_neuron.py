"""Right answers of many styles, and typical mistakes, to the exercises of notebook 01."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

relu = torch.relu


def positive_part(z):
    return (z + abs(z)) / 2


def step_by_names(x, w00, b00, w01, b01, w10, w11, b_final):
    z0 = torch.add(torch.mul(x, w00), b00)
    z1 = torch.add(torch.mul(x, w01), b01)
    total = w10 * z0.relu() + w11 * z1.relu()
    total = total + b_final
    return total.relu()


def slopes_in_a_loop(z, y):
    found = []
    for one_z, one_y in zip(z, y, strict=True):
        if one_z > 0:
            found.append(2 * (one_z - one_y))
        else:
            found.append(0.0)
    return torch.tensor(found)


def slopes_by_autograd(z, y):
    b = torch.zeros_like(z, requires_grad=True)
    loss = ((relu(z + b) - y) ** 2).sum()
    loss.backward()
    return b.grad


def filled_zeros(z, y):
    slopes = torch.zeros(len(z))
    for i in range(len(z)):
        slopes[i] = 2 * (max(float(z[i]), 0) - float(y[i])) * float(z[i] > 0)
    return slopes


def step_in_a_loop(b_final, drive, y, learning_rate):
    total = 0.0
    for s, target in zip(drive, y, strict=True):
        z = s + b_final
        if z > 0:
            total += 2 * (z - target)
    return b_final - learning_rate * total


def step_by_autograd(b_final, drive, y, learning_rate):
    b = b_final.clone().detach().requires_grad_(True)
    loss = ((relu(drive + b) - y) ** 2).sum()
    (slope,) = torch.autograd.grad(loss, b)
    return b_final - learning_rate * slope


def step_by_sgd(b_final, drive, y, learning_rate):
    b = nn.Parameter(b_final.clone())
    optimizer = torch.optim.SGD([b], lr=learning_rate)
    ((relu(drive + b) - y) ** 2).sum().backward()
    optimizer.step()
    return b


def path_in_a_loop(t, b_start, b_best, learning_rate):
    found = []
    for epochs in t.tolist():
        b = b_start
        for _ in range(int(epochs)):
            b = b - learning_rate * 2 * (b - b_best)
        found.append(b)
    return torch.tensor(found, dtype=torch.float64)


def path_filled(t, b_start, b_best, learning_rate):
    path = torch.zeros(len(t))
    for i in range(len(t)):
        path[i] = b_best + (b_start - b_best) * (1 - 2 * learning_rate) ** int(t[i])
    return path


def path_by_powers(t, b_start, b_best, learning_rate):
    factor = torch.tensor(1 - 2 * learning_rate, dtype=torch.float64)
    return b_best + (b_start - b_best) * torch.pow(factor, t)


def rate_by_bisection(peak, y):
    low, high = 0.0, 10.0
    for _ in range(100):
        middle = (low + high) / 2
        if peak - middle * 2 * (peak - y) > 0:
            low = middle
        else:
            high = middle
    return middle


def step_dict(**numbers):
    return numbers


def two_ramps(threshold, width):
    a, b = threshold - width, threshold
    s = 1 / (b - a)
    return {"w00": s, "b00": -s * a, "w01": s, "b01": -s * b, "w10": 1, "w11": -1, "b_final": 0}


def mirrored(threshold, width):
    return {"w00": -1.0, "b00": threshold, "w01": 0.0, "b01": 0.0, "w10": -1 / width, "w11": 0.0, "b_final": 1.0}


def swapped_paths(threshold, width):
    return {
        "w00": 1.0,
        "b00": -threshold,
        "w01": 1.0,
        "b01": width - threshold,
        "w10": -1 / width,
        "w11": 1 / width,
        "b_final": 0.0,
    }


def falling_ramps(threshold, width):
    return {
        "w00": -2.0,
        "b00": 2 * threshold,
        "w01": -2.0,
        "b01": 2 * (threshold - width),
        "w10": -0.5 / width,
        "w11": 0.5 / width,
        "b_final": 1.0,
    }


def by_a_linear_system(threshold, width):
    slope, offset = np.linalg.solve([[threshold - width, 1.0], [threshold, 1.0]], [0.0, 1.0])
    return step_dict(w00=slope, b00=offset, w01=slope, b01=offset - 1, w10=1.0, w11=-1.0, b_final=0.0)


def of_tensors(threshold, width):
    return {name: torch.tensor(value) for name, value in two_ramps(threshold, width).items()}


def of_fractions(threshold, width):
    k = 1 / width
    return step_dict(b_final=0.0, w11=-k, w10=k, b01=-threshold, w01=1.0, b00=width - threshold, w00=1.0)


def left_facing(threshold, width):
    return step_dict(w00=-1 / width, b00=threshold / width, w01=0, b01=0, w10=-1, w11=0, b_final=1)


RIGHT = {
    "01.two_path_response": {
        "one line": lambda x, a, b, c, d, e, f, g: relu(e * relu(a * x + b) + f * relu(c * x + d) + g),
        "functional": lambda x, a, b, c, d, e, f, g: F.relu(e * F.relu(a * x + b) + f * F.relu(c * x + d) + g),
        "clamp": lambda x, a, b, c, d, e, f, g: (e * (a * x + b).clamp(min=0) + f * (c * x + d).clamp(min=0) + g).clamp(
            min=0
        ),
        "where": lambda x, a, b, c, d, e, f, g: torch.where(
            (s := e * relu(b + x * a) + f * relu(d + x * c) + g) > 0, s, torch.zeros_like(s)
        ),
        "gates": lambda x, a, b, c, d, e, f, g: (
            (s := e * (u := a * x + b) * (u > 0) + f * (v := c * x + d) * (v > 0) + g) * (s > 0)
        ),
        "half of sum and size": lambda x, a, b, c, d, e, f, g: positive_part(
            e * positive_part(a * x + b) + f * positive_part(c * x + d) + g
        ),
        "a module": lambda x, a, b, c, d, e, f, g: nn.ReLU()(e * nn.ReLU()(a * x + b) + f * nn.ReLU()(c * x + d) + g),
        "step by step": step_by_names,
        "clip": lambda x, a, b, c, d, e, f, g: torch.clip(
            f * torch.clip(c * x + d, 0) + g + e * torch.clip(a * x + b, 0), 0
        ),
        "star": lambda x, *p: relu(p[4] * relu(p[0] * x + p[1]) + p[5] * relu(p[2] * x + p[3]) + p[6]),
    },
    "01.loss_gradient": {
        "one line": lambda z, y: 2 * (relu(z) - y) * (z > 0),
        "where": lambda z, y: torch.where(z > 0, 2 * (z - y), torch.zeros_like(z)),
        "heaviside": lambda z, y: 2 * (relu(z) - y) * torch.heaviside(z, torch.zeros_like(z)),
        "a loop": slopes_in_a_loop,
        "autograd": slopes_by_autograd,
        "filled zeros": filled_zeros,
        "numpy": lambda z, y: 2 * (np.maximum(z.numpy(), 0) - y.numpy()) * (z.numpy() > 0),
        "a list": lambda z, y: [2 * (a - b) if a > 0 else 0 for a, b in zip(z.tolist(), y.tolist(), strict=True)],
        "float32": lambda z, y: (2 * (relu(z) - y) * (z > 0)).float(),
        "a finite difference": lambda z, y: ((relu(z + 1e-6) - y) ** 2 - (relu(z - 1e-6) - y) ** 2) / 2e-6,
        "transforms": lambda z, y: torch.func.vmap(torch.func.grad(lambda a, b: (relu(a) - b) ** 2))(z, y),
    },
    "01.training_step": {
        "sum": lambda b, s, y, rate: b - rate * (2 * (relu(s + b) - y) * (s + b > 0)).sum(),
        "a loop": step_in_a_loop,
        "autograd": step_by_autograd,
        "an optimiser": step_by_sgd,
        "a number": lambda b, s, y, rate: (b - rate * (2 * (relu(s + b) - y) * (s + b > 0)).sum()).item(),
        "torch.sum": lambda b, s, y, rate: b - rate * torch.sum(torch.where(s + b > 0, 2 * (s + b - y), 0 * s)),
        "dot": lambda b, s, y, rate: b - 2 * rate * torch.dot(relu(s + b) - y, (s + b > 0).double()),
        "numpy": lambda b, s, y, rate: (
            b.numpy() - rate * np.sum(2 * (np.maximum(z := s.numpy() + b.numpy(), 0) - y.numpy()) * (z > 0))
        ),
        "mean times n": lambda b, s, y, rate: b - rate * len(s) * (2 * (relu(s + b) - y) * (s + b > 0)).mean(),
        "a finite difference": lambda b, s, y, rate: (
            b - rate * (((relu(s + b + 1e-6) - y) ** 2 - (relu(s + b - 1e-6) - y) ** 2) / 2e-6).sum()
        ),
    },
    "01.closed_form": {
        "one line": lambda t, b0, best, rate: best + (b0 - best) * (1 - 2 * rate) ** t,
        "a loop": path_in_a_loop,
        "filled zeros": path_filled,
        "torch.pow": path_by_powers,
        "numpy": lambda t, b0, best, rate: best + (b0 - best) * np.power(1 - 2 * rate, t.numpy()),
        "a list": lambda t, b0, best, rate: [best + (b0 - best) * (1 - 2 * rate) ** n for n in t.tolist()],
        "mixture": lambda t, b0, best, rate: (q := (1 - 2 * rate) ** t) * b0 + (1 - q) * best,
        "start and way": lambda t, b0, best, rate: b0 + (best - b0) * (1 - (1 - 2 * rate) ** t),
    },
    "01.largest_learning_rate": {
        "one line": lambda peak, y: peak / (2 * (peak - y)),
        "half": lambda peak, y: 0.5 * peak / (peak - y),
        "ratio": lambda peak, y: 1 / (2 - 2 * y / peak),
        "a float": lambda peak, y: float(peak) / (2 * (float(peak) - float(y))),
        "bisection": rate_by_bisection,
        "numpy": lambda peak, y: np.divide(peak, 2 * (peak - y)),
        "item": lambda peak, y: (peak / (2 * (peak - y))).item(),
        "by the slope": lambda peak, y: -peak / (2 * (y - peak)),
    },
    "01.step_parameters": {
        "two ramps": two_ramps,
        "mirrored": mirrored,
        "paths swapped": swapped_paths,
        "falling": falling_ramps,
        "a linear system": by_a_linear_system,
        "tensors": of_tensors,
        "weights outside": of_fractions,
        "numpy numbers": lambda threshold, width: {k: np.float64(v) for k, v in two_ramps(threshold, width).items()},
        "one ReLU that faces left": left_facing,
    },
}

WRONG = {
    "01.two_path_response": {
        "no output ReLU": lambda x, a, b, c, d, e, f, g: e * relu(a * x + b) + f * relu(c * x + d) + g,
        "no hidden ReLU": lambda x, a, b, c, d, e, f, g: relu(e * (a * x + b) + f * (c * x + d) + g),
        "bias after ReLU": lambda x, a, b, c, d, e, f, g: relu(e * (relu(a * x) + b) + f * (relu(c * x) + d) + g),
        "crossed": lambda x, a, b, c, d, e, f, g: relu(f * relu(a * x + b) + e * relu(c * x + d) + g),
        "b_final forgotten": lambda x, a, b, c, d, e, f, g: relu(e * relu(a * x + b) + f * relu(c * x + d)),
        "b_final outside": lambda x, a, b, c, d, e, f, g: relu(e * relu(a * x + b) + f * relu(c * x + d)) + g,
        "weights inside": lambda x, a, b, c, d, e, f, g: relu(relu(e * (a * x + b)) + relu(f * (c * x + d)) + g),
        "a sigmoid": lambda x, a, b, c, d, e, f, g: torch.sigmoid(e * relu(a * x + b) + f * relu(c * x + d) + g),
        "detached": lambda x, a, b, c, d, e, f, g: relu(e * relu(a * x + b) + f * relu(c * x + d) + g).detach(),
        "one path": lambda x, a, b, c, d, e, f, g: relu(e * relu(a * x + b) + g),
    },
    "01.loss_gradient": {
        "no gate": lambda z, y: 2 * (relu(z) - y),
        "no factor": lambda z, y: (relu(z) - y) * (z > 0),
        "sign": lambda z, y: 2 * (y - relu(z)) * (z > 0),
        "the gate": lambda z, y: (z > 0).double(),
        "gate at zero": lambda z, y: 2 * (relu(z) - y) * (z >= 0),
        "summed": lambda z, y: (2 * (relu(z) - y) * (z > 0)).sum(),
        "loss": lambda z, y: (relu(z) - y) ** 2,
        "no ReLU, no gate": lambda z, y: 2 * (z - y),
        "times z": lambda z, y: 2 * (relu(z) - y) * (z > 0) * z,
    },
    "01.training_step": {
        "mean": lambda b, s, y, rate: b - rate * (2 * (relu(s + b) - y) * (s + b > 0)).mean(),
        "uphill": lambda b, s, y, rate: b + rate * (2 * (relu(s + b) - y) * (s + b > 0)).sum(),
        "change only": lambda b, s, y, rate: -rate * (2 * (relu(s + b) - y) * (s + b > 0)).sum(),
        "no factor": lambda b, s, y, rate: b - rate * ((relu(s + b) - y) * (s + b > 0)).sum(),
        "no gate": lambda b, s, y, rate: b - rate * (2 * (relu(s + b) - y)).sum(),
        "b forgotten": lambda b, s, y, rate: b - rate * (2 * (relu(s) - y) * (s > 0)).sum(),
        "no rate": lambda b, s, y, rate: b - (2 * (relu(s + b) - y) * (s + b > 0)).sum(),
        "vector": lambda b, s, y, rate: b - rate * 2 * (relu(s + b) - y) * (s + b > 0),
    },
    "01.closed_form": {
        "no factor": lambda t, b0, best, rate: best + (b0 - best) * (1 - rate) ** t,
        "from zero": lambda t, b0, best, rate: best * (1 - (1 - 2 * rate) ** t),
        "exponential": lambda t, b0, best, rate: best + (b0 - best) * torch.exp(-2 * rate * t),
        "linear": lambda t, b0, best, rate: b0 - 2 * rate * (b0 - best) * t,
        "one step late": lambda t, b0, best, rate: best + (b0 - best) * (1 - 2 * rate) ** (t + 1),
        "error alone": lambda t, b0, best, rate: (b0 - best) * (1 - 2 * rate) ** t,
        "ends exchanged": lambda t, b0, best, rate: b0 + (best - b0) * (1 - 2 * rate) ** t,
        "plus": lambda t, b0, best, rate: best + (b0 + best) * (1 - 2 * rate) ** t,
    },
    "01.largest_learning_rate": {
        "one": lambda peak, y: 1.0,
        "one half": lambda peak, y: 0.5,
        "no factor": lambda peak, y: peak / (peak - y),
        "upside down": lambda peak, y: 2 * (peak - y) / peak,
        "to the target": lambda peak, y: (peak - y) / (2 * peak),
        "target forgotten": lambda peak, y: peak / (2 * peak),
        "plus": lambda peak, y: peak / (2 * (peak + y)),
        "rounded": lambda peak, y: round(float(peak / (2 * (peak - y))), 2),
    },
    "01.step_parameters": {
        "no brake": lambda threshold, width: two_ramps(threshold, width) | {"w11": 0.0},
        "bump": lambda threshold, width: two_ramps(threshold, width) | {"w11": -2.0},
        "late": lambda threshold, width: two_ramps(threshold + width, width),
        "slope one": lambda threshold, width: step_dict(
            w00=1.0, b00=width - threshold, w01=1.0, b01=-threshold, w10=1.0, w11=-1.0, b_final=0.0
        ),
        "fixed width": lambda threshold, width: two_ramps(threshold, 0.05),
        "almost a jump": lambda threshold, width: two_ramps(threshold, 1e-3),
        "bias without slope": lambda threshold, width: (
            two_ramps(threshold, width) | {"b00": width - threshold, "b01": -threshold}
        ),
        "a list": lambda threshold, width: list(two_ramps(threshold, width).values()),
        "half high": lambda threshold, width: two_ramps(threshold, width) | {"w10": 0.5, "w11": -0.5},
        "infinite": lambda threshold, width: dict.fromkeys(two_ramps(threshold, width), math.inf),
    },
}
