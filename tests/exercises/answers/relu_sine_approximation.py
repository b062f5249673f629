"""Right answers of many styles, and typical mistakes, to the exercises of notebook 02."""

import math

import numpy as np
import torch

relu = torch.relu


def biases_in_a_loop(x_train):
    found = []
    for i in range(len(x_train) - 1):
        found.append(-x_train[i])
    return torch.stack(found)


def biases_filled(x_train):
    b = torch.zeros(len(x_train) - 1)
    for i in range(len(b)):
        b[i] = -x_train[i]
    return b


def slopes_in_a_loop(x, y):
    slopes = torch.zeros(len(x) - 1)
    for i in range(len(x) - 1):
        slopes[i] = (y[i + 1] - y[i]) / (x[i + 1] - x[i])
    return slopes


def slopes_of_items(x, y):
    return torch.tensor([(y[i + 1] - y[i]).item() / (x[i + 1] - x[i]).item() for i in range(len(x) - 1)])


def weights_in_a_loop(slopes):
    weights, so_far = [], 0.0
    for slope in slopes:
        weights.append(slope - so_far)
        so_far = so_far + weights[-1]
    return torch.stack(weights)


def weights_filled(slopes):
    w = torch.zeros(len(slopes))
    w[0] = slopes[0]
    for i in range(1, len(slopes)):
        w[i] = slopes[i] - slopes[i - 1]
    return w


def weights_in_place_of_a_copy(slopes):
    w = slopes.clone()
    w[1:] -= slopes[:-1]
    return w


def weights_by_a_system(slopes):
    n = len(slopes)
    lower = torch.tril(torch.ones(n, n, dtype=slopes.dtype))
    return torch.linalg.solve(lower, slopes)


def sum_in_two_loops(x, biases, weights, offset):
    result = torch.zeros(len(x))
    for j in range(len(x)):
        result[j] = offset
        for i in range(len(biases)):
            result[j] += weights[i] * max(0.0, float(x[j] + biases[i]))
    return result


def sum_in_a_loop(x, biases, weights, offset):
    y_hat = offset
    for b, w in zip(biases, weights, strict=True):
        y_hat = y_hat + w * relu(x + b)
    return y_hat


def sum_added_in_place(x, biases, weights, offset):
    y_hat = torch.zeros_like(x)
    y_hat += offset
    for b, w in zip(biases, weights, strict=True):
        y_hat += w * relu(x + b)
    return y_hat


def needed_by_search(length, curvature, tolerance):
    n = 1
    while (length / n) ** 2 / 8 * curvature > tolerance:
        n += 1
    return n


def needed_by_numpy(length, curvature, tolerance):
    return np.maximum(np.ceil(length * np.sqrt(curvature / (8 * tolerance))), 1)


def needed_by_torch(length, curvature, tolerance):
    n = torch.ceil(torch.tensor(length * math.sqrt(curvature / (8 * tolerance)), dtype=torch.float64))
    return max(int(n), 1)


def columns_of(x, biases):
    return torch.cat([relu(x[:, None] + biases), torch.ones(len(x), 1, dtype=x.dtype)], 1)


def solved_by_lstsq(x, y, biases):
    s = torch.linalg.lstsq(columns_of(x, biases), y[:, None]).solution
    return s[:-1, 0], s[-1, 0]


def solved_by_numpy(x, y, biases):
    s, *_ = np.linalg.lstsq(columns_of(x, biases).numpy(), y.numpy(), rcond=None)
    return torch.from_numpy(s[:-1]), s[-1]


def solved_by_numpy_alone(x, y, biases):
    x, y, biases = x.numpy(), y.numpy(), biases.numpy()
    table = np.column_stack([np.maximum(x[:, None] + biases, 0), np.ones_like(x)])
    s = np.linalg.lstsq(table, y, rcond=None)[0]
    return s[:-1], s[-1]


def solved_by_pinv(x, y, biases):
    s = torch.linalg.pinv(columns_of(x, biases)) @ y
    return s[:-1], s[-1]


def solved_by_normal_equations(x, y, biases):
    c = columns_of(x, biases)
    s = torch.linalg.solve(c.T @ c, c.T @ y)
    return s[:-1], float(s[-1])


def solved_with_ones_first(x, y, biases):
    c = torch.cat([torch.ones(len(x), 1, dtype=x.dtype), relu(x[:, None] + biases)], 1)
    s = torch.linalg.lstsq(c, y[:, None], driver="gelsd").solution[:, 0]
    return s[1:], s[0]


def solved_with_a_row_for_the_offset(x, y, biases):
    s = torch.linalg.lstsq(columns_of(x, biases), y[:, None], driver="gelsd").solution
    return s[:-1, 0], s[-1:]


def solved_by_qr(x, y, biases):
    q, r = torch.linalg.qr(columns_of(x, biases))
    s = torch.linalg.solve_triangular(r, (q.T @ y)[:, None], upper=True)[:, 0]
    return [s[:-1], s[-1]]


def solved_after_centring(x, y, biases):
    a = relu(x[:, None] + biases)
    w = torch.linalg.lstsq(a - a.mean(0), (y - y.mean())[:, None], driver="gelsd").solution[:, 0]
    return w, y.mean() - a.mean(0) @ w


RIGHT = {
    "02.relu_biases": {
        "slice": lambda x: -x[:-1],
        "minus one times": lambda x: -1 * x[: len(x) - 1],
        "neg": lambda x: torch.neg(x)[:-1],
        "a loop": biases_in_a_loop,
        "filled zeros": biases_filled,
        "numpy": lambda x: -x.numpy()[:-1],
        "a list": lambda x: [-v for v in x.tolist()][:-1],
        "narrow": lambda x: 0 - x.narrow(0, 0, len(x) - 1),
        "a tuple": lambda x: tuple(-v for v in x[:-1]),
        "a generator": lambda x: (-v for v in x[:-1]),
        "a map": lambda x: map(torch.neg, x[:-1]),
    },
    "02.segment_slopes": {
        "slices": lambda x, y: (y[1:] - y[:-1]) / (x[1:] - x[:-1]),
        "diff": lambda x, y: y.diff() / x.diff(),
        "torch.diff": lambda x, y: torch.div(torch.diff(y), torch.diff(x)),
        "a loop": slopes_in_a_loop,
        "items": slopes_of_items,
        "numpy": lambda x, y: np.diff(y.numpy()) / np.diff(x.numpy()),
        "roll": lambda x, y: ((y.roll(-1) - y) / (x.roll(-1) - x))[:-1],
        "both turned": lambda x, y: (y[:-1] - y[1:]) / (x[:-1] - x[1:]),
        "a list": lambda x, y: [(b - a) / (d - c) for a, b, c, d in zip(y[:-1], y[1:], x[:-1], x[1:], strict=True)],
        "unfold": lambda x, y: torch.div(*(torch.diff(v.unfold(0, 2, 1))[:, 0] for v in (y, x))),
    },
    "02.relu_weights": {
        "cat": lambda s: torch.cat([s[:1], s[1:] - s[:-1]]),
        "cat of diff": lambda s: torch.cat([s[:1], s.diff()]),
        "prepend": lambda s: torch.diff(s, prepend=torch.zeros(1, dtype=s.dtype)),
        "a loop": weights_in_a_loop,
        "filled zeros": weights_filled,
        "a copy": weights_in_place_of_a_copy,
        "a system": weights_by_a_system,
        "numpy": lambda s: np.diff(s.numpy(), prepend=0),
        "a list": lambda s: [b - a for a, b in zip([0, *s.tolist()], s.tolist(), strict=False)],
        "pad": lambda s: s - torch.nn.functional.pad(s, (1, 0))[:-1],
    },
    "02.relu_sum": {
        "matmul": lambda x, b, w, c: c + relu(x[:, None] + b) @ w,
        "sum": lambda x, b, w, c: (w * relu(x.unsqueeze(1) + b)).sum(1) + c,
        "einsum": lambda x, b, w, c: torch.einsum("mn,n->m", (x[:, None] + b).clamp(min=0), w) + c,
        "other way": lambda x, b, w, c: w @ relu(x[None] + b[:, None]) + c,
        "two loops": sum_in_two_loops,
        "a loop": sum_in_a_loop,
        "in place on its own": sum_added_in_place,
        "numpy": lambda x, b, w, c: np.maximum(np.add.outer(x.numpy(), b.numpy()), 0) @ w.numpy() + c.numpy(),
        "stack": lambda x, b, w, c: torch.stack([c + (w * relu(one + b)).sum() for one in x]),
    },
    "02.relus_needed": {
        "ceil": lambda length, k, tol: max(1, math.ceil(math.sqrt(length**2 * k / (8 * tol)))),
        "a search": needed_by_search,
        "numpy": needed_by_numpy,
        "torch": needed_by_torch,
        "ceil of a root": lambda length, k, tol: max(math.ceil((k * length * length / 8 / tol) ** 0.5), 1),
        "int": lambda length, k, tol: max(int(np.ceil(length * np.sqrt(k / 8 / tol))), 1),
        "a float": lambda length, k, tol: float(max(math.ceil(length * math.sqrt(k / (8 * tol))), 1)),
        "minus floor": lambda length, k, tol: max(-math.floor(-length * math.sqrt(k / (8 * tol))), 1),
    },
    "02.solve_for_weights": {
        "lstsq": solved_by_lstsq,
        "numpy's lstsq": solved_by_numpy,
        "numpy alone": solved_by_numpy_alone,
        "pinv": solved_by_pinv,
        "normal equations": solved_by_normal_equations,
        "ones first": solved_with_ones_first,
        "offset of one element": solved_with_a_row_for_the_offset,
        "QR": solved_by_qr,
        "centred": solved_after_centring,
    },
}

WRONG = {
    "02.relu_biases": {
        "no minus": lambda x: x[:-1],
        "right neighbours": lambda x: -x[1:],
        "every point": lambda x: -x,
        "reversed": lambda x: -x.flip(0)[:-1],
        "midpoints": lambda x: -(x[:-1] + x[1:]) / 2,
        "one too few": lambda x: -x[:-2],
        "inverse": lambda x: -1 / x[:-1],
        "in place": lambda x: x.neg_()[:-1],
        "a column": lambda x: -x[:-1, None],
    },
    "02.segment_slopes": {
        "rise": lambda x, y: y[1:] - y[:-1],
        "inverse": lambda x, y: (x[1:] - x[:-1]) / (y[1:] - y[:-1]),
        "first spacing": lambda x, y: y.diff() / (x[1] - x[0]),
        "backwards": lambda x, y: (y[:-1] - y[1:]) / (x[1:] - x[:-1]),
        "mean spacing": lambda x, y: y.diff() / x.diff().mean(),
        "ratio of values": lambda x, y: y[1:] / x[1:],
        "from the first point": lambda x, y: (y[1:] - y[0]) / (x[1:] - x[0]),
        "wraps": lambda x, y: (y - y.roll(1)) / (x - x.roll(1)),
        "absolute": lambda x, y: y.diff().abs() / x.diff(),
    },
    "02.relu_weights": {
        "slopes": lambda s: s.clone(),
        "next": lambda s: torch.cat([s[1:] - s[:-1], -s[-1:]]),
        "other way": lambda s: torch.cat([s[:1], s[:-1] - s[1:]]),
        "first is zero": lambda s: torch.cat([0 * s[:1], s.diff()]),
        "added up": lambda s: s.cumsum(0),
        "wraps at 0": lambda s: torch.stack([s[i] - s[i - 1] for i in range(len(s))]),
        "first missing": lambda s: s.diff(),
        "in place": lambda s: s.sub_(torch.cat([0 * s[:1], s[:-1].clone()])),
        "from the first": lambda s: torch.cat([s[:1], s[1:] - s[0]]),
    },
    "02.relu_sum": {
        "no offset": lambda x, b, w, c: relu(x[:, None] + b) @ w,
        "no ReLU": lambda x, b, w, c: c + (x[:, None] + b) @ w,
        "outside": lambda x, b, w, c: relu(c + (x[:, None] + b) @ w),
        "weights inside": lambda x, b, w, c: c + relu(x[:, None] * w + b).sum(1),
        "product inside": lambda x, b, w, c: c + relu((x[:, None] + b) * w).sum(1),
        "minus": lambda x, b, w, c: c + relu(x[:, None] - b) @ w,
        "mean": lambda x, b, w, c: c + (relu(x[:, None] + b) * w).mean(1),
        "offset inside": lambda x, b, w, c: relu(x[:, None] + b + c) @ w,
        "a column": lambda x, b, w, c: c + relu(x[:, None] + b) @ w[:, None],
    },
    "02.relus_needed": {
        "floor": lambda length, k, tol: max(math.floor(length * math.sqrt(k / (8 * tol))), 1),
        "points": lambda length, k, tol: max(math.ceil(length * math.sqrt(k / (8 * tol))), 1) + 1,
        "no root": lambda length, k, tol: max(math.ceil(length * k / (8 * tol)), 1),
        "no length": lambda length, k, tol: max(math.ceil(math.sqrt(k / (8 * tol))), 1),
        "zero": lambda length, k, tol: math.ceil(length * math.sqrt(k / (8 * tol))),
        "floor plus one": lambda length, k, tol: math.floor(length * math.sqrt(k / (8 * tol))) + 1,
        "no eight": lambda length, k, tol: max(math.ceil(length * math.sqrt(k / tol)), 1),
        "not whole": lambda length, k, tol: max(length * math.sqrt(k / (8 * tol)), 1),
        "rounded": lambda length, k, tol: max(round(length * math.sqrt(k / (8 * tol))), 1),
    },
    "02.solve_for_weights": {
        "no offset": lambda x, y, b: (
            torch.linalg.lstsq(relu(x[:, None] + b), y[:, None], driver="gelsd").solution[:, 0],
            torch.zeros((), dtype=x.dtype),
        ),
        "mean first": lambda x, y, b: (
            torch.linalg.lstsq(relu(x[:, None] + b), (y - y.mean())[:, None], driver="gelsd").solution[:, 0],
            y.mean(),
        ),
        "wrong end": lambda x, y, b: (
            (s := torch.linalg.lstsq(columns_of(x, b), y[:, None], driver="gelsd").solution[:, 0])[1:],
            s[0],
        ),
        "no ReLU": lambda x, y, b: (
            (
                s := torch.linalg.lstsq(
                    torch.cat([x[:, None] + b, torch.ones(len(x), 1, dtype=x.dtype)], 1), y[:, None], driver="gelsd"
                ).solution[:, 0]
            )[:-1],
            s[-1],
        ),
        "exchanged": lambda x, y, b: solved_by_pinv(x, y, b)[::-1],
        "one thing": lambda x, y, b: torch.linalg.pinv(columns_of(x, b)) @ y,
        "first value": lambda x, y, b: (solved_by_pinv(x, y, b)[0], y[0]),
        "ridge": lambda x, y, b: (
            (
                s := torch.linalg.solve(
                    (c := columns_of(x, b)).T @ c + 0.1 * torch.eye(c.shape[1], dtype=c.dtype), c.T @ y
                )
            )[:-1],
            s[-1],
        ),
    },
}
