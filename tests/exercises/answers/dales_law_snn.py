"""Right answers of many styles, and typical mistakes, to the exercises of notebook 06."""

import math

import numpy as np
import torch

from utils.datasets.sound import class_to_ipd


def spike_step(v, s, h, decay, spike):
    v_new = decay * v + h
    v_new = torch.where(s > 0, torch.zeros_like(v_new), v_new)
    return v_new, spike(v - 1.0)


def surrogate_in_a_loop(grad, x, slope):
    out = torch.zeros(x.numel())
    for i, (g, u) in enumerate(zip(grad.flatten().tolist(), x.flatten().tolist(), strict=True)):
        e = math.exp(-abs(slope * u))
        out[i] = g * slope * e / (1 + e) ** 2
    return out.reshape(x.shape)


def surrogate_by_autograd(grad, x, slope):
    with torch.enable_grad():
        u = x.detach().clone().requires_grad_()
        return torch.autograd.grad(torch.sigmoid(slope * u), u, grad)[0]


def surrogate_by_difference(grad, x, slope):
    d, u = 1e-4, x.double()
    return (grad * (torch.sigmoid(slope * (u + d)) - torch.sigmoid(slope * (u - d))) / (2 * d)).to(x.dtype)


def dale_in_loops(w, sign):
    rows = [torch.stack([abs(one) * sign[i, 0] for one in row]) for i, row in enumerate(w)]
    return torch.stack(rows)


def middles_in_a_loop(logits, ipd):
    total, width = 0.0, 180 / logits.shape[1]
    for row, true in zip(logits, ipd, strict=True):
        named = int(row.argmax())
        total += abs(-90 + (named + 0.5) * width - math.degrees(true))
    return total / len(ipd)


def error_by_the_course(logits, ipd):
    decoded = class_to_ipd(logits.argmax(1), logits.shape[1])
    return torch.rad2deg((decoded - ipd).abs()).mean()


def error_by_numpy(logits, ipd):
    n = logits.shape[1]
    middles = np.linspace(-90 + 90 / n, 90 - 90 / n, n)
    return np.abs(middles[logits.argmax(1).numpy()] - np.degrees(ipd.numpy())).mean()


def error_from(
    middle=lambda named, n: -90 + (named + 0.5) * 180 / n,
    true=torch.rad2deg,
    score=lambda e: e.abs().mean(),
    pick=lambda z: z.argmax(1),
):
    return lambda logits, ipd: score(middle(pick(logits), logits.shape[1]) - true(ipd))


def rows_in_a_loop(weights, rows):
    silenced = weights.clone()
    for r in rows:
        silenced[r, :] = 0.0
    return silenced


def rows_by_a_mask(weights, rows):
    mask = torch.ones(len(weights), 1)
    mask[rows] = 0
    return weights * mask


def rows_kept(weights, rows):
    out = torch.zeros_like(weights)
    keep = [i for i in range(len(weights)) if i not in set(rows.tolist())]
    out[keep] = weights[keep]
    return out


def rows_by_numpy(weights, rows):
    out = weights.detach().numpy().copy()
    out[rows.numpy()] = 0
    return out


def rows_in_place(weights, rows):
    weights[rows] = 0
    return weights


def rows_through_data(weights, rows):
    silenced = weights
    silenced.data[rows] = 0
    return silenced


def rows_removed(weights, rows):
    keep = torch.ones(len(weights), dtype=torch.bool)
    keep[rows] = False
    return weights[keep]


def current_in_loops(x, w_ex, w_ix, w_ei):
    out = torch.zeros(len(x), w_ex.shape[1])
    for n in range(len(x)):
        for h in range(w_ex.shape[1]):
            inhibition = sum((x[n] * w_ix[:, k]).sum() * w_ei[k, h] for k in range(w_ei.shape[0]))
            out[n, h] = (x[n] * w_ex[:, h]).sum() - inhibition
    return out


def scales_by_solving(n_e, n_i):
    s_e = ((n_e + n_i) / (n_e + n_e**2 / n_i)) ** 0.5
    return s_e, s_e * n_e / n_i


def scales_by_bisection(n_e, n_i):
    low, high = 0.0, 1e3
    for _ in range(200):
        s = (low + high) / 2
        if n_e * s**2 + n_i * (s * n_e / n_i) ** 2 < n_e + n_i:
            low = s
        else:
            high = s
    return s, s * n_e / n_i


def surrogate(outer=True, inner=True, chain=True, slope_of=lambda slope: slope):
    def made(grad, x, slope):
        s = torch.sigmoid((slope if inner else 1) * x)
        return (grad if chain else 1) * (slope_of(slope) if outer else 1) * s * (1 - s)

    return made


def unit(new_v=lambda v, s, h, decay: (decay * v + h) * (1 - s), arg=lambda v, new: v - 1, turned=False):
    def made(v, s, h, decay, spike):
        new = new_v(v, s, h, decay)
        out = new, spike(arg(v, new))
        return out[::-1] if turned else out

    return made


def dale_without_gradient(w, sign):
    with torch.no_grad():
        return w.abs() * sign


def likelihood_in_loops(spikes, probability):
    result = torch.zeros(len(spikes), len(probability))
    for i, s in enumerate(spikes):
        for j, p in enumerate(probability):
            result[i, j] = sum(math.log(q) if one else math.log(1 - q) for one, q in zip(s, p, strict=True))
    return result


def likelihood_by_where(spikes, probability):
    chance = torch.where(spikes[:, None] > 0, probability[None], 1 - probability[None])
    return chance.log().sum(-1)


RIGHT = {
    "06.surrogate_gradient": {
        "one line": lambda g, x, k: g * k * (s := torch.sigmoid(k * x)) * (1 - s),
        "exp": lambda g, x, k: g * k * (e := torch.exp(-(k * x).abs())) / (1 + e) ** 2,
        "cosh": lambda g, x, k: g * k / 4 / torch.cosh(k * x / 2) ** 2,
        "tanh": lambda g, x, k: g * k / 4 * (1 - torch.tanh(k * x / 2) ** 2),
        "two sigmoids": lambda g, x, k: g * k * torch.sigmoid(k * x) * torch.sigmoid(-k * x),
        "a loop": surrogate_in_a_loop,
        "autograd": surrogate_by_autograd,
        "a difference": surrogate_by_difference,
        "overflowing exp": lambda g, x, k: g * k * torch.exp(-k * x) / (1 + torch.exp(-k * x)) ** 2,
        "numpy": lambda g, x, k: g.numpy() * k * (s := 1 / (1 + np.exp(-k * x.numpy()))) * (1 - s),
    },
    "06.unit_step": {
        "where": spike_step,
        "one line": lambda v, s, h, d, f: ((d * v + h) * (1 - s), f(v - 1)),
        "expanded": lambda v, s, h, d, f: (d * v + h - s * (d * v + h), f(v - 1)),
        "minus": lambda v, s, h, d, f: ((v * d + h) - (v * d + h) * s, f(v - 1)),
        "masked": lambda v, s, h, d, f: ((d * v + h).masked_fill(s > 0, 0.0), f(v - 1)),
        "a list": lambda v, s, h, d, f: [(1 - s) * (h + d * v), f(v - 1)],
        "times s == 0": lambda v, s, h, d, f: ((d * v + h) * (s == 0), f(v - 1)),
        "made": unit(),
    },
    "06.dale_weights": {
        "abs": lambda w, sign: w.abs() * sign,
        "torch.abs": lambda w, sign: torch.mul(sign, torch.abs(w)),
        "where": lambda w, sign: torch.where(sign > 0, w.abs(), -w.abs()),
        "root of square": lambda w, sign: sign * torch.maximum(w, -w),
        "sign": lambda w, sign: w * torch.sign(w) * sign,
        "diagonal": lambda w, sign: torch.diag(sign[:, 0]) @ w.abs(),
        "loops": dale_in_loops,
        "expand": lambda w, sign: w.abs() * sign.expand(-1, w.shape[1]),
        "einsum": lambda w, sign: torch.einsum("ij,i->ij", w.abs(), sign.squeeze(1)),
    },
    "06.decoding_error": {
        "the course's own": error_by_the_course,
        "a loop": middles_in_a_loop,
        "numpy": error_by_numpy,
        "formula": error_from(),
        "torch.abs": error_from(score=lambda e: torch.mean(torch.abs(e))),
        "times 15": lambda z, ipd: (
            (z.argmax(1) * (180 / z.shape[1]) - 90 + 90 / z.shape[1] - ipd * 180 / math.pi).abs().mean()
        ),
        "radians inside": lambda z, ipd: (
            180 / math.pi * (((z.argmax(1) + 0.5) / z.shape[1] - 0.5) * math.pi - ipd).abs().mean()
        ),
        "softmax first": error_from(pick=lambda z: z.softmax(1).argmax(1)),
        "a table": lambda z, ipd: (
            ((torch.arange(z.shape[1]) + 0.5) / z.shape[1] * 180 - 90)[z.argmax(1)].sub(torch.rad2deg(ipd)).abs().mean()
        ),
        "item": lambda z, ipd: error_from()(z, ipd).item(),
        "L1 loss": lambda z, ipd: torch.nn.functional.l1_loss(
            -90 + (z.argmax(1) + 0.5) * 180 / z.shape[1], torch.rad2deg(ipd)
        ),
        "topk": error_from(pick=lambda z: z.topk(1).indices[:, 0]),
    },
    "06.log_likelihood": {
        "two products": lambda s, p: s @ p.log().T + (1 - s) @ (1 - p).log().T,
        "log odds": lambda s, p: s @ (p / (1 - p)).log().T + (1 - p).log().sum(1),
        "logit": lambda s, p: s @ torch.logit(p).T + torch.log1p(-p).sum(1),
        "einsum": lambda s, p: torch.einsum("nb,hb->nh", s, p.log()) + torch.einsum("nb,hb->nh", 1 - s, (1 - p).log()),
        "broadcast": lambda s, p: (s[:, None] * p.log() + (1 - s[:, None]) * (1 - p).log()).sum(2),
        "where": lambda s, p: torch.where(s[:, None] > 0, p, 1 - p).log().sum(2),
        "a distribution": lambda s, p: torch.distributions.Bernoulli(p).log_prob(s[:, None]).sum(-1),
        "loops": likelihood_in_loops,
        "numpy": lambda s, p: s.numpy() @ np.log(p.numpy()).T + (1 - s.numpy()) @ np.log1p(-p.numpy()).T,
        "double": lambda s, p: s.double() @ p.double().log().T + (1 - s.double()) @ (1 - p.double()).log().T,
        "cross entropy": lambda s, p: (
            -torch.stack(
                [torch.nn.functional.binary_cross_entropy(p, one.expand_as(p), reduction="none").sum(1) for one in s]
            )
        ),
    },
    "06.without_rows": {
        "a loop": rows_in_a_loop,
        "a mask": rows_by_a_mask,
        "kept": rows_kept,
        "numpy": rows_by_numpy,
        "index_fill": lambda w, rows: w.index_fill(0, rows, 0),
        "where": lambda w, rows: torch.where(torch.isin(torch.arange(len(w)), rows)[:, None], 0.0, w),
        "detached clone": lambda w, rows: w.detach().clone().index_fill_(0, rows, 0.0),
        "scatter": lambda w, rows: w * (1 - torch.zeros(len(w)).index_fill(0, rows, 1.0))[:, None],
        "diagonal": lambda w, rows: torch.diag(torch.ones(len(w)).index_fill(0, rows, 0.0)) @ w,
    },
    "06.balanced_scales": {
        "math": lambda e, i: (math.sqrt(i / e), math.sqrt(e / i)),
        "power": lambda e, i: ((i / e) ** 0.5, (i / e) ** -0.5),
        "reciprocal": lambda e, i: (s := math.sqrt(i / e), 1 / s),
        "numpy": lambda e, i: (np.sqrt(i / e), np.sqrt(e / i)),
        "numpy arrays": lambda e, i: tuple(np.sqrt(np.array([i / e, e / i]))),
        "one array": lambda e, i: np.sqrt(np.array([i / e, e / i])),
        "zero dimensions": lambda e, i: (np.array(math.sqrt(i / e)), np.array(math.sqrt(e / i))),
        "torch": lambda e, i: (torch.tensor(i / e).sqrt(), torch.tensor(e / i).sqrt()),
        "solving": scales_by_solving,
        "bisection": scales_by_bisection,
    },
    "06.interneuron_current": {
        "one line": lambda x, a, b, c: x @ a - x @ b @ c,
        "matmul": lambda x, a, b, c: torch.matmul(x, a) - torch.matmul(torch.matmul(x, b), c),
        "effective weights": lambda x, a, b, c: x @ (a - b @ c),
        "einsum": lambda x, a, b, c: torch.einsum("nd,dh->nh", x, a) - torch.einsum("nd,dk,kh->nh", x, b, c),
        "loops": current_in_loops,
        "minus times": lambda x, a, b, c: x @ a + (x @ b) @ (-c),
        "numpy": lambda x, a, b, c: (
            x.numpy() @ a.detach().numpy() - x.numpy() @ b.detach().numpy() @ c.detach().numpy()
        ),
        "double": lambda x, a, b, c: x.double() @ a.double() - (x.double() @ b.double()) @ c.double(),
        "chain": lambda x, a, b, c: torch.mm(x, a).sub(torch.linalg.multi_dot([x, b, c])),
    },
}

WRONG = {
    "06.surrogate_gradient": {
        "inner missing": surrogate(outer=False),
        "chain missing": surrogate(chain=False),
        "outside only": surrogate(inner=False),
        "zero": lambda g, x, k: torch.zeros_like(g),
        "straight": lambda g, x, k: g,
        "sigmoid": lambda g, x, k: g * torch.sigmoid(k * x),
        "slope squared": surrogate(slope_of=lambda k: k**2),
        "the step": lambda g, x, k: g * (x > 0),
        "plus": lambda g, x, k: g * k * (s := torch.sigmoid(k * x)) * (1 + s),
        "triangle": lambda g, x, k: g * k * (1 - (k * x).abs()).clamp(min=0),
    },
    "06.unit_step": {
        "no reset": unit(lambda v, s, h, d: d * v + h),
        "new potential": unit(arg=lambda v, new: new - 1),
        "input left": unit(lambda v, s, h, d: d * v * (1 - s) + h),
        "subtractive": unit(lambda v, s, h, d: d * v + h - s),
        "no leak": unit(lambda v, s, h, d: (v + h) * (1 - s)),
        "spike ignored": lambda v, s, h, d, f: ((d * v + h) * (1 - s), (v > 1).to(v.dtype)),
        "no threshold": unit(arg=lambda v, new: v),
        "exchanged": unit(turned=True),
        "detached": lambda v, s, h, d, f: (((d * v + h) * (1 - s)).detach(), f(v - 1)),
        "input leaks": unit(lambda v, s, h, d: (d * v + (1 - d) * h) * (1 - s)),
        "kept by spikes": unit(lambda v, s, h, d: (d * v + h) * s),
        "data": lambda v, s, h, d, f: ((d * v.data + h) * (1 - s), f(v - 1)),
    },
    "06.dale_weights": {
        "times": lambda w, sign: w * sign,
        "clamped": lambda w, sign: w.clamp(min=0) * sign,
        "turned": lambda w, sign: -w.abs() * sign,
        "squared": lambda w, sign: w**2 * sign,
        "no gradient": dale_without_gradient,
        "data": lambda w, sign: w.data.abs() * sign,
        "numpy": lambda w, sign: np.abs(w.detach().numpy()) * sign.numpy(),
        "abs of all": lambda w, sign: (w * sign).abs(),
        "no sign": lambda w, sign: w.abs(),
        "sign only": lambda w, sign: torch.ones_like(w) * sign,
    },
    "06.decoding_error": {
        "lower edge": error_from(middle=lambda c, n: -90 + c * 180 / n),
        "upper edge": error_from(middle=lambda c, n: -90 + (c + 1) * 180 / n),
        "radians": lambda z, ipd: (((z.argmax(1) + 0.5) / z.shape[1] - 0.5) * math.pi - ipd).abs().mean(),
        "signed": error_from(score=lambda e: e.mean()),
        "root": error_from(score=lambda e: e.square().mean().sqrt()),
        "as degrees": error_from(true=lambda a: a),
        "sum": error_from(score=lambda e: e.abs().sum()),
        "median": error_from(score=lambda e: e.abs().median()),
        "from zero": error_from(middle=lambda c, n: (c + 0.5) * 180 / n),
        "a whole circle": error_from(middle=lambda c, n: -180 + (c + 0.5) * 360 / n),
        "argmin": error_from(pick=lambda z: z.argmin(1)),
        "twelve": error_from(middle=lambda c, n: -90 + (c + 0.5) * 15),
    },
    "06.log_likelihood": {
        "spikes only": lambda s, p: s @ p.log().T,
        "silence only": lambda s, p: (1 - s) @ (1 - p).log().T,
        "no logarithm": lambda s, p: s @ p.T + (1 - s) @ (1 - p).T,
        "bits": lambda s, p: s @ p.log2().T + (1 - s) @ (1 - p).log2().T,
        "mean": lambda s, p: (s @ p.log().T + (1 - s) @ (1 - p).log().T) / s.shape[1],
        "turned": lambda s, p: p.log() @ s.T + (1 - p).log() @ (1 - s).T,
        "exchanged": lambda s, p: (1 - s) @ p.log().T + s @ (1 - p).log().T,
        "negative": lambda s, p: -(s @ p.log().T + (1 - s) @ (1 - p).log().T),
        "exponential": lambda s, p: (s @ p.log().T + (1 - s) @ (1 - p).log().T).exp(),
        "Poisson": lambda s, p: s @ p.log().T - p.sum(1),
    },
    "06.without_rows": {
        "in place": rows_in_place,
        "through data": rows_through_data,
        "removed": rows_removed,
        "columns": lambda w, rows: w.index_fill(1, rows % w.shape[1], 0),
        "the others": lambda w, rows: w - w.index_fill(0, rows, 0),
        "tiny": lambda w, rows: w.index_fill(0, rows, 1e-7),
        "nothing": lambda w, rows: w.clone(),
        "halved": lambda w, rows: torch.where(torch.isin(torch.arange(len(w)), rows)[:, None], w / 2, w),
        "positive only": lambda w, rows: torch.where(
            torch.isin(torch.arange(len(w)), rows)[:, None], w.clamp(max=0), w
        ),
        "first rows": lambda w, rows: w.index_fill(0, torch.arange(len(rows)), 0),
    },
    "06.balanced_scales": {
        "swapped": lambda e, i: (math.sqrt(e / i), math.sqrt(i / e)),
        "inhibition only": lambda e, i: (1.0, e / i),
        "no root": lambda e, i: (i / e, e / i),
        "ones": lambda e, i: (1.0, 1.0),
        "excitation only": lambda e, i: (i / e, 1.0),
        "total": lambda e, i: (math.sqrt(i / (e + i)), math.sqrt(e / (e + i))),
        "one": lambda e, i: math.sqrt(i / e),
        "inverse roots": lambda e, i: (1 / math.sqrt(e), 1 / math.sqrt(i)),
        "negative": lambda e, i: (math.sqrt(i / e), -math.sqrt(e / i)),
    },
    "06.interneuron_current": {
        "added": lambda x, a, b, c: x @ a + x @ b @ c,
        "inhibition": lambda x, a, b, c: -x @ b @ c,
        "excitation": lambda x, a, b, c: x @ a,
        "rectified": lambda x, a, b, c: (x @ a - x @ b @ c).clamp(min=0),
        "ReLU interneurons": lambda x, a, b, c: x @ a - torch.relu(x @ b) @ c,
        "absolute": lambda x, a, b, c: x @ a - (x @ b).abs() @ c,
        "turned": lambda x, a, b, c: x @ b @ c - x @ a,
        "binary": lambda x, a, b, c: x @ a - (x @ b > 0).float() @ c,
        "absolute weights": lambda x, a, b, c: x @ a.abs() - x @ b.abs() @ c.abs(),
        "sigmoid": lambda x, a, b, c: x @ a - torch.sigmoid(x @ b) @ c,
    },
}
