"""Right answers of many styles, and typical mistakes, to the exercises of notebook 03."""

import math
from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from utils.models.mlp import find_activation

# --- 03.spiral_arm


def arm_in_a_loop(t, k, K, sigma, noise):
    points = torch.zeros(len(t), 2)
    for i in range(len(t)):
        angle = 2 * math.pi / K * (2 * float(t[i]) + k)
        points[i, 0] = t[i] * (math.sin(angle) + sigma * noise[i, 0])
        points[i, 1] = t[i] * (math.cos(angle) + sigma * noise[i, 1])
    return points


def arm_by_coordinates(t, k, K, sigma, noise):
    phi = (2 * t + k) * 2 * np.pi / K
    x = t * (torch.sin(phi) + sigma * noise[:, 0])
    y = t * (torch.cos(phi) + sigma * noise[:, 1])
    return torch.column_stack((x, y))


def arm_by_complex(t, k, K, sigma, noise):
    z = torch.polar(t, 2 * torch.pi / K * (2 * t + k))
    return torch.stack([z.imag, z.real], 1) + (t * sigma)[:, None] * noise


def arm_by_numpy(t, k, K, sigma, noise):
    phi = 2 * np.pi / K * (2 * t.numpy() + k)
    return t.numpy()[:, None] * (np.stack([np.sin(phi), np.cos(phi)], 1) + sigma * noise.numpy())


def arm(angle_of, first=torch.sin, second=torch.cos, scale=True):
    def made(t, k, K, sigma, noise):
        angle = angle_of(t, k, K)
        direction = torch.stack([first(angle), second(angle)], 1)
        return t[:, None] * (direction + sigma * noise) if scale else t[:, None] * direction + sigma * noise

    return made


def right_angle(t, k, K):
    return 2 * torch.pi / K * (2 * t + k)


# --- 03.shuffle_and_split


def split_by_loop(X, y, order, n_test):
    train, test = [int(i) for i in order[n_test:]], [int(i) for i in order[:n_test]]
    return torch.stack([X[i] for i in train]), y[train], torch.stack([X[i] for i in test]), y[test]


def split_after_shuffling(X, y, order, n_test):
    X, y = X[order], y[order]
    return X[n_test:], y[n_test:], X[:n_test], y[:n_test]


def split_by_index_select(X, y, order, n_test):
    test, train = order.split([n_test, len(order) - n_test])
    pick = torch.index_select
    return [pick(X, 0, train), pick(y, 0, train), pick(X, 0, test), pick(y, 0, test)]


def split_with_drawn_order(X, y, order, n_test):
    return split_after_shuffling(X, y, torch.randperm(len(X), generator=torch.Generator().manual_seed(9)), n_test)


# --- 03.mlp


class Plain(nn.Module):
    def __init__(self, n_inputs, hidden, n_outputs, activation):
        super().__init__()
        sizes = [n_inputs, *hidden, n_outputs]
        self.linear = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes))
        self.act = find_activation(activation)

    def forward(self, x):
        x = x.reshape(len(x), -1)
        for layer in self.linear[:-1]:
            x = self.act(layer(x))
        return self.linear[-1](x)


class OfSequential(nn.Sequential):
    def __init__(self, n_inputs, hidden, n_outputs, activation):
        layers = [nn.Flatten()]
        for width in hidden:
            layers += [nn.Linear(n_inputs, width), find_activation(activation)]
            n_inputs = width
        super().__init__(*layers, nn.Linear(n_inputs, n_outputs))


class OutputFirst(nn.Module):
    def __init__(self, n_inputs, hidden, n_outputs, activation):
        super().__init__()
        self.out = nn.Linear(hidden[-1] if hidden else n_inputs, n_outputs)
        self.hidden = nn.ModuleList()
        for width in hidden:
            self.hidden.append(nn.Linear(n_inputs, width))
            n_inputs = width
        self.f = find_activation(activation)

    def forward(self, x):
        x = torch.flatten(x, 1)
        for layer in self.hidden:
            x = self.f(layer(x))
        return self.out(x)


class OwnParameters(nn.Module):
    def __init__(self, n_inputs, hidden, n_outputs, activation):
        super().__init__()
        sizes = [n_inputs, *hidden, n_outputs]
        pairs = list(pairwise(sizes))
        self.W = nn.ParameterList([nn.Parameter(torch.randn(a, b) / math.sqrt(a)) for a, b in pairs])
        self.b = nn.ParameterList([nn.Parameter(torch.zeros(b)) for _, b in pairs])
        self.f = find_activation(activation)

    def forward(self, x):
        x = x.flatten(1)
        for i, (w, b) in enumerate(zip(self.W, self.b, strict=True)):
            x = x @ w + b
            if i < len(self.W) - 1:
                x = self.f(x)
        return x


class Lazy(nn.Module):
    def __init__(self, n_inputs, hidden, n_outputs, activation):
        super().__init__()
        layers = []
        for width in hidden:
            layers += [nn.LazyLinear(width), find_activation(activation)]
        self.net = nn.Sequential(nn.Flatten(), *layers, nn.LazyLinear(n_outputs))

    def forward(self, x):
        return self.net(x)


class ByNames(nn.Module):
    def __init__(self, n_inputs, hidden, n_outputs, activation):
        super().__init__()
        self.depth = len(hidden)
        for i, width in enumerate(hidden):
            setattr(self, f"fc{i}", nn.Linear(n_inputs, width))
            n_inputs = width
        self.last = nn.Linear(n_inputs, n_outputs)
        self.activation = activation

    def forward(self, x):
        x = x.view(x.size(0), -1)
        for i in range(self.depth):
            x = find_activation(self.activation)(getattr(self, f"fc{i}")(x))
        return self.last(x)


class Popped(nn.Module):
    def __init__(self, n_inputs, hidden, n_outputs, activation):
        super().__init__()
        layers, sizes = [], [n_inputs] + list(hidden) + [n_outputs]  # noqa: RUF005
        for i in range(len(sizes) - 1):
            layers.append(nn.Linear(sizes[i], sizes[i + 1]))
            layers.append(find_activation(activation))
        layers.pop()
        self.layers = nn.Sequential(*layers)

    def forward(self, input):
        return self.layers(input.flatten(start_dim=1))


class WithFunctional(nn.Module):
    def __init__(self, n_in, widths, n_out, kind):
        super().__init__()
        self.layers = nn.ModuleList()
        previous = n_in
        for w in [*widths, n_out]:
            self.layers.append(nn.Linear(previous, w))
            previous = w
        self.kind = find_activation(kind)

    def forward(self, x):
        h = x.flatten(1)
        for layer in self.layers[:-1]:
            h = self.kind(F.linear(h, layer.weight, layer.bias))
        return F.linear(h, self.layers[-1].weight, self.layers[-1].bias)


def built(n_inputs, hidden, n_outputs, activation, bias=True, act_last=False, acts=True):
    layers = []
    for width in hidden:
        layers.append(nn.Linear(n_inputs, width, bias=bias))
        if acts:
            layers.append(find_activation(activation))
        n_inputs = width
    layers.append(nn.Linear(n_inputs, n_outputs, bias=bias))
    if act_last:
        layers.append(find_activation(activation))
    return nn.Sequential(*layers)


class Wrong(nn.Module):
    """One mistake at a time, by options."""

    options: dict = {}  # noqa: RUF012

    def __init__(self, n_inputs, hidden, n_outputs, activation):
        super().__init__()
        self.layers = built(n_inputs, hidden, n_outputs, activation, **self.options)

    def forward(self, x):
        return self.layers(x.flatten(1))


class NoActivation(Wrong):
    options = {"acts": False}  # noqa: RUF012


class ActivatedLogits(Wrong):
    options = {"act_last": True}  # noqa: RUF012


class NoBias(Wrong):
    options = {"bias": False}  # noqa: RUF012


class FirstWidth(Wrong):
    def __init__(self, n_inputs, hidden, n_outputs, activation):
        super().__init__(n_inputs, hidden[:1], n_outputs, activation)


class AlwaysReLU(Wrong):
    def __init__(self, n_inputs, hidden, n_outputs, activation):
        super().__init__(n_inputs, hidden, n_outputs, "relu")


class NoFlatten(Wrong):
    def forward(self, x):
        return self.layers(x)


class Softmaxed(Wrong):
    def forward(self, x):
        return self.layers(x.flatten(1)).softmax(1)


class NoGradient(Wrong):
    def forward(self, x):
        with torch.no_grad():
            return self.layers(x.flatten(1))


class OfNumpy(Wrong):
    def forward(self, x):
        return self.layers(x.flatten(1)).detach().numpy()


class PlainList(nn.Module):
    def __init__(self, n_inputs, hidden, n_outputs, activation):
        super().__init__()
        self.layers = list(built(n_inputs, hidden, n_outputs, activation))

    def forward(self, x):
        x = x.flatten(1)
        for layer in self.layers:
            x = layer(x)
        return x


class Reversed(Wrong):
    def __init__(self, n_inputs, hidden, n_outputs, activation):
        super().__init__(n_inputs, hidden[::-1], n_outputs, activation)


# --- cross entropies


def entropy_in_a_loop(logits, labels):
    total = 0
    for row, label in zip(logits, labels, strict=True):
        total = total + torch.log(torch.exp(row).sum()) - row[label]
    return total / len(labels)


def entropy_by_one_hot(logits, labels):
    hot = F.one_hot(labels, logits.shape[1]).to(logits.dtype)
    p = torch.exp(logits) / torch.exp(logits).sum(1, keepdim=True)
    return -(hot * torch.log(p)).sum(1).mean()


def entropy_of_ratios(logits, labels):
    of_label = logits.gather(1, labels[:, None])
    return torch.log(torch.exp(logits - of_label).sum(1)).mean()


def stable_in_a_loop(logits, labels):
    total = 0.0
    for row, label in zip(logits.tolist(), labels.tolist(), strict=True):
        top = max(row)
        total += top + math.log(sum(math.exp(v - top) for v in row)) - row[label]
    return total / len(labels)


def stable_by_numpy(logits, labels):
    z, y = logits.detach().numpy(), labels.numpy()
    top = z.max(axis=1, keepdims=True)
    log_sum = top[:, 0] + np.log(np.exp(z - top).sum(axis=1))
    return np.mean(log_sum - z[np.arange(len(y)), y])


def stable_as_the_section_says(logits, labels):
    m = logits.max(dim=1).values
    log_sum_exp = m + torch.log(torch.exp(logits - m[:, None]).sum(dim=1))
    return (log_sum_exp - logits[torch.arange(len(labels)), labels]).mean()


# --- 03.shuffle_and_split


def split_in_a_loop(X, y, order, n_test):
    train, test = [], []
    for place, index in enumerate(order):
        (test if place < n_test else train).append(index)
    pick = [torch.stack([part[i] for i in some]) for some in (train, test) for part in (X, y)]
    return tuple(pick)


def split_of(train_of, test_of, labels=None):
    def made(X, y, order, n_test):
        train, test = train_of(order, n_test), test_of(order, n_test)
        first, second = (train, test) if labels is None else labels(order, n_test)
        return X[train], y[first], X[test], y[second]

    return made


# --- 03.train_step


def step_with_grad_set_to_none(model, optimiser, X, y):
    loss = nn.CrossEntropyLoss()(model(X), y)
    model.zero_grad(set_to_none=True)
    loss.backward()
    optimiser.step()
    return float(loss)


def step_by_a_closure(model, optimiser, X, y):
    def closure():
        optimiser.zero_grad()
        loss = F.cross_entropy(model(X), y)
        loss.backward()
        return loss

    return optimiser.step(closure).item()


def step_by_autograd(model, optimiser, X, y):
    parameters = list(model.parameters())
    loss = F.cross_entropy(model(X), y)
    for p, g in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
        p.grad = g
    optimiser.step()
    return loss.detach().item()


def step_by_log_softmax(model, optimiser, X, y):
    optimiser.zero_grad()
    loss = F.nll_loss(F.log_softmax(model(X), dim=1), y)
    loss.backward()
    optimiser.step()
    return loss.item()


def step_cleared_at_the_end(model, optimiser, X, y):
    loss = F.cross_entropy(model(X), y)
    loss.backward()
    optimiser.step()
    optimiser.zero_grad()
    return loss.item()


def step_that_returns(give, zero=True, backward=True, step=True, loss_fn=F.cross_entropy, before=False):
    def made(model, optimiser, X, y):
        if before:
            optimiser.step()
        loss = loss_fn(model(X), y)
        if zero:
            optimiser.zero_grad()
        if backward:
            loss.backward()
        if step:
            optimiser.step()
        return give(loss)

    return made


def step_without_brackets(model, optimiser, X, y):
    optimiser.zero_grad()
    loss = F.cross_entropy(model(X), y)
    loss.backward()
    optimiser.step  # noqa: B018
    return loss.item()


def step_on_a_copy(model, optimiser, X, y):
    import copy

    other = copy.deepcopy(model)
    loss = F.cross_entropy(other(X), y)
    loss.backward()
    optimiser.step()
    return loss.item()


# --- 03.score


def score_of_all_at_once(model, loader):
    mode = model.training
    model.eval()
    with torch.no_grad():
        logits, labels = zip(*[(model(X), y) for X, y in loader], strict=True)
    model.train(mode)
    logits, labels = torch.cat(logits), torch.cat(labels)
    return F.cross_entropy(logits, labels).item(), (logits.argmax(1) == labels).float().mean().item()


@torch.no_grad()
def score_by_weights(model, loader):
    mode = model.training
    model.eval()
    total, hits, n = 0, 0, 0
    for X, y in loader:
        out = model(X)
        total += F.cross_entropy(out, y) * len(y)
        hits += (out.argmax(dim=1) == y).sum()
        n += len(y)
    model.train(mode)
    return total / n, hits / n


def score_by_try(model, loader):
    was = model.training
    try:
        model.eval()
        losses, right = [], []
        with torch.inference_mode():
            for X, y in loader:
                z = model(X)
                losses.extend(F.cross_entropy(z, y, reduction="none").tolist())
                right.extend((z.max(1).indices == y).tolist())
        return np.mean(losses), np.mean(right)
    finally:
        model.train(was)


def score_with_modes(model, loader):
    was = model.training
    model.train(False)
    loss = sum(nn.CrossEntropyLoss(reduction="sum")(model(X), y).item() for X, y in loader)
    right = sum(int((model(X).argmax(1) == y).sum()) for X, y in loader)
    n = len(loader.dataset)
    if was:
        model.train()
    return [loss / n, right / n]


def score_from(eval_mode=True, restore=True, weighted=True, turned=False, percent=False, summed=False, loss_only=False):
    def made(model, loader):
        was = model.training
        if eval_mode:
            model.eval()
        loss = right = n = batches = 0
        with torch.no_grad():
            for X, y in loader:
                z = model(X)
                loss += F.cross_entropy(z, y, reduction="sum" if weighted else "mean").item()
                right += (z.argmax(1) == y).sum().item() if weighted else (z.argmax(1) == y).float().mean().item()
                n, batches = n + len(y), batches + 1
        if restore:
            model.train(was)
        by = 1 if summed else n if weighted else batches
        found = loss / by, (100 if percent else 1) * right / by
        return found[::-1] if turned else found[0] if loss_only else found

    return made


# --- 03.dropout


def dropout_by_masks(h, keep, p, training):
    out = h.clone()
    if training:
        out[~keep] = 0
        out /= 1 - p
    return out


def dropout_in_a_loop(h, keep, p, training):
    if not training:
        return h
    rows = []
    for values, kept in zip(h.tolist(), keep.tolist(), strict=True):
        rows.append([v / (1 - p) if k else 0.0 for v, k in zip(values, kept, strict=True)])
    return torch.tensor(rows)


def dropout_in_place(h, keep, p, training):
    if training:
        h *= keep
        h /= 1 - p
    return h


# --- 03.untwist


def untwist_by_turning(x, omega):
    r = torch.sqrt((x**2).sum(-1))
    c, s = torch.cos(omega * r), torch.sin(omega * r)
    sine, cosine = x[..., 0] / r, x[..., 1] / r
    return torch.stack([sine * c - cosine * s, cosine * c + sine * s], -1)


def untwist_by_hypot(x, omega):
    x1, x2 = x.unbind(-1)
    phase = torch.arctan2(x1, x2) - omega * torch.hypot(x1, x2)
    return torch.cat([phase.sin()[..., None], phase.cos()[..., None]], -1)


def untwist_by_complex(x, omega):
    z = torch.complex(x[..., 1], x[..., 0])
    phase = z.angle() - omega * z.abs()
    return torch.view_as_real(torch.polar(torch.ones_like(phase), phase)).flip(-1)


def untwisted(angle_of=lambda x: torch.atan2(x[..., 0], x[..., 1]), sign=-1, radius=lambda x: x.norm(dim=-1)):
    def made(x, omega):
        phase = angle_of(x) + sign * omega * radius(x)
        return torch.stack([phase.sin(), phase.cos()], -1)

    return made


def untwist_without_gradient(x, omega):
    with torch.no_grad():
        return untwist_by_hypot(x, omega)


RIGHT = {
    "03.shuffle_and_split": {
        "cut the order": split_of(lambda o, n: o[n:], lambda o, n: o[:n]),
        "shuffle first": lambda X, y, o, n: (X[o][n:], y[o][n:], X[o][:n], y[o][:n]),
        "a loop": split_in_a_loop,
        "tensor_split": lambda X, y, o, n: (X[(p := o.tensor_split([n]))[1]], y[p[1]], X[p[0]], y[p[0]]),
        "index_select": lambda X, y, o, n: (
            X.index_select(0, o[n:]),
            y.index_select(0, o[n:]),
            X.index_select(0, o[:n]),
            y.index_select(0, o[:n]),
        ),
        "numpy": lambda X, y, o, n: tuple(a.numpy()[i.numpy()] for i in (o[n:], o[:n]) for a in (X, y)),
        "a list": lambda X, y, o, n: [X[o[n:]], y[o[n:]], X[o[:n]], y[o[:n]]],
        "lists of indices": lambda X, y, o, n: (
            X[(i := o.tolist())[n:]],
            y[i[n:]],
            X[i[:n]],
            y[i[:n]],
        ),
    },
    "03.spiral_arm": {
        "a loop": arm_in_a_loop,
        "by coordinates": arm_by_coordinates,
        "complex": arm_by_complex,
        "numpy": arm_by_numpy,
        "unsqueeze": lambda t, k, K, sigma, noise: (
            t.unsqueeze(1)
            * (
                torch.stack((torch.sin(2 * torch.pi * (2 * t + k) / K), torch.cos(2 * torch.pi * (2 * t + k) / K)), -1)
                + noise * sigma
            )
        ),
        "degrees": lambda t, k, K, sigma, noise: (
            t[:, None]
            * (
                torch.stack([f(torch.deg2rad(360 / K * (2 * t + k))) for f in (torch.sin, torch.cos)], 1)
                + sigma * noise
            )
        ),
        "cosine of a shifted angle": arm(right_angle, first=lambda a: torch.cos(a - torch.pi / 2)),
        "turns": arm(lambda t, k, K: 4 * torch.pi * t / K + 2 * torch.pi * k / K),
        "double": lambda t, k, K, sigma, noise: arm(right_angle)(t.double(), k, K, sigma, noise.double()),
    },
    "03.mlp": {
        "a list of layers": Plain,
        "a Sequential": OfSequential,
        "output first": OutputFirst,
        "own parameters": OwnParameters,
        "lazy": Lazy,
        "by names": ByNames,
        "popped": Popped,
        "functional": WithFunctional,
    },
    "03.cross_entropy": {
        "gather": lambda z, y: (torch.log(torch.exp(z).sum(1)) - z.gather(1, y[:, None])[:, 0]).mean(),
        "a loop": entropy_in_a_loop,
        "one hot": entropy_by_one_hot,
        "ratios": entropy_of_ratios,
        "log of softmax": lambda z, y: -torch.log((z.exp() / z.exp().sum(1, keepdim=True))[range(len(y)), y]).mean(),
        "sum over n": lambda z, y: sum(torch.log(torch.exp(z).sum(1)) - z[torch.arange(len(y)), y]) / len(y),
        "torch's softmax": lambda z, y: -torch.softmax(z, 1)[torch.arange(len(y)), y].log().mean(),
        "one element": lambda z, y: (torch.log(torch.exp(z).sum(1)) - z[torch.arange(len(y)), y]).mean()[None],
        "take along": lambda z, y: torch.mean(
            z.exp().sum(-1).log() - torch.take_along_dim(z, y.unsqueeze(1), 1).squeeze(1)
        ),
    },
    "03.stable_cross_entropy": {
        "the section's formula": stable_as_the_section_says,
        "logsumexp": lambda z, y: (torch.logsumexp(z, 1) - z[torch.arange(len(y)), y]).mean(),
        "log softmax": lambda z, y: -torch.log_softmax(z, 1)[torch.arange(len(y)), y].mean(),
        "PyTorch's own": lambda z, y: F.cross_entropy(z, y),
        "a loop": stable_in_a_loop,
        "numpy": stable_by_numpy,
        "nll": lambda z, y: F.nll_loss(z.log_softmax(-1), y),
        "shifted": lambda z, y: (
            (s := z - z.amax(1, keepdim=True)).exp().sum(1).log() - s.gather(1, y[:, None]).squeeze(1)
        ).mean(),
        "an item": lambda z, y: (torch.logsumexp(z, dim=1) - z[torch.arange(len(y)), y]).mean().item(),
        "double": lambda z, y: (torch.logsumexp(z.double(), 1) - z.double()[torch.arange(len(y)), y]).mean(),
    },
    "03.train_step": {
        "set to none": step_with_grad_set_to_none,
        "a closure": step_by_a_closure,
        "autograd": step_by_autograd,
        "log softmax": step_by_log_softmax,
        "cleared at the end": step_cleared_at_the_end,
        "item": step_that_returns(lambda loss: loss.item()),
        "the loss itself": step_that_returns(lambda loss: loss),
        "detached": step_that_returns(lambda loss: loss.detach()),
        "numpy": step_that_returns(lambda loss: loss.detach().numpy()),
    },
    "03.score": {
        "all at once": score_of_all_at_once,
        "by weights": score_by_weights,
        "try": score_by_try,
        "modes": score_with_modes,
        "sums": score_from(),
        "numpy": lambda model, loader: np.array(score_from()(model, loader)),
        "tensor": lambda model, loader: torch.tensor(score_from()(model, loader)),
        "tensors": lambda model, loader: tuple(torch.tensor(v) for v in score_from()(model, loader)),
    },
    "03.dropout": {
        "one line": lambda h, keep, p, training: h * keep / (1 - p) if training else h,
        "masks": dropout_by_masks,
        "a loop": dropout_in_a_loop,
        "where": lambda h, keep, p, training: torch.where(keep, h / (1 - p), 0.0) if training else h,
        "masked fill": lambda h, keep, p, training: h.masked_fill(~keep, 0) / (1 - p) if training else h.clone(),
        "factor": lambda h, keep, p, training: h * (keep.float() / (1 - p) if training else 1),
        "numpy": lambda h, keep, p, training: h.numpy() * keep.numpy() / (1 - p) if training else h.numpy(),
        "double": lambda h, keep, p, training: h.double() * keep / (1 - p) if training else h.double(),
        "matrix": lambda h, keep, p, training: torch.mul(h, keep).div(1 - p) if training else h,
    },
    "03.untwist": {
        "turning": untwist_by_turning,
        "hypot": untwist_by_hypot,
        "complex": untwist_by_complex,
        "made": untwisted(),
        "square root": untwisted(radius=lambda x: (x[..., 0] ** 2 + x[..., 1] ** 2) ** 0.5),
        "vector norm": untwisted(radius=lambda x: torch.linalg.vector_norm(x, dim=-1)),
        "from the x axis": untwisted(angle_of=lambda x: torch.pi / 2 - torch.atan2(x[..., 1], x[..., 0])),
        "negative omega": lambda x, omega: untwisted(sign=1)(x, -omega),
    },
}

WRONG = {
    "03.shuffle_and_split": {
        "labels behind": split_of(lambda o, n: o[n:], lambda o, n: o[:n], lambda o, n: (slice(n, None), slice(n))),
        "not shuffled": split_of(lambda o, n: slice(n, None), lambda o, n: slice(n)),
        "overlap": split_of(lambda o, n: o, lambda o, n: o[:n]),
        "the last ones": split_of(lambda o, n: o[:-n], lambda o, n: o[-n:]),
        "exchanged": split_of(lambda o, n: o[:n], lambda o, n: o[n:]),
        "X, X, y, y": lambda X, y, o, n: (X[o[n:]], X[o[:n]], y[o[n:]], y[o[:n]]),
        "one off": split_of(lambda o, n: o[n + 1 :], lambda o, n: o[: n + 1]),
        "a new order": lambda X, y, o, n: split_of(lambda o, n: o[n:], lambda o, n: o[:n])(
            X, y, torch.randperm(len(o), generator=torch.Generator().manual_seed(0)), n
        ),
        "sorted": split_of(lambda o, n: o[n:].sort().values, lambda o, n: o[:n].sort().values),
    },
    "03.spiral_arm": {
        "noise everywhere alike": arm(right_angle, scale=False),
        "half the twist": arm(lambda t, k, K: 2 * torch.pi / K * (t + k)),
        "cosine first": arm(right_angle, torch.cos, torch.sin),
        "k twice": arm(lambda t, k, K: 2 * torch.pi / K * (2 * t + 2 * k)),
        "no pi": arm(lambda t, k, K: 2 / K * (2 * t + k)),
        "half a turn": arm(lambda t, k, K: torch.pi / K * (2 * t + k)),
        "degrees": arm(lambda t, k, K: 360 / K * (2 * t + k)),
        "no noise": lambda t, k, K, sigma, noise: arm(right_angle)(t, k, K, 0, noise),
        "transposed": lambda t, k, K, sigma, noise: arm(right_angle)(t, k, K, sigma, noise).T,
        "K forgotten": arm(lambda t, k, K: 2 * torch.pi * (2 * t + k)),
    },
    "03.mlp": {
        "no activation": NoActivation,
        "activated logits": ActivatedLogits,
        "no bias": NoBias,
        "first width": FirstWidth,
        "always ReLU": AlwaysReLU,
        "no flatten": NoFlatten,
        "softmax": Softmaxed,
        "no gradient": NoGradient,
        "numpy": OfNumpy,
        "a plain list": PlainList,
        "reversed widths": Reversed,
    },
    "03.cross_entropy": {
        "sum": lambda z, y: (torch.log(z.exp().sum(1)) - z[torch.arange(len(y)), y]).sum(),
        "sign": lambda z, y: (z[torch.arange(len(y)), y] - torch.log(z.exp().sum(1))).mean(),
        "largest": lambda z, y: (torch.log(z.exp().sum(1)) - z.max(1).values).mean(),
        "dim 0": lambda z, y: (torch.log(z.exp().sum(0)).mean() - z[torch.arange(len(y)), y]).mean(),
        "no log": lambda z, y: (z.exp().sum(1) - z[torch.arange(len(y)), y]).mean(),
        "log2": lambda z, y: (torch.log2(z.exp().sum(1)) - z[torch.arange(len(y)), y] / math.log(2)).mean(),
        "log10": lambda z, y: -torch.log10(torch.softmax(z, 1)[torch.arange(len(y)), y]).mean(),
        "item": lambda z, y: (torch.log(z.exp().sum(1)) - z[torch.arange(len(y)), y]).mean().item(),
        "detached": lambda z, y: (torch.log(z.exp().sum(1)) - z[torch.arange(len(y)), y]).mean().detach(),
        "numpy": lambda z, y: stable_by_numpy(z, y),
        "all pairs": lambda z, y: (torch.log(z.exp().sum(1)) - z[:, y]).mean(),
        "probability": lambda z, y: -torch.softmax(z, 1)[torch.arange(len(y)), y].mean(),
    },
    "03.stable_cross_entropy": {
        "naive": lambda z, y: (torch.log(z.exp().sum(1)) - z[torch.arange(len(y)), y]).mean(),
        "one maximum": lambda z, y: ((s := z - z.max()).exp().sum(1).log() - s[torch.arange(len(y)), y]).mean(),
        "shift forgotten": lambda z, y: (
            (z - z.max(1, keepdim=True).values).exp().sum(1).log() - z[torch.arange(len(y)), y]
        ).mean(),
        "floor": lambda z, y: -torch.log(torch.softmax(z, 1)[torch.arange(len(y)), y] + 1e-9).mean(),
        "sum": lambda z, y: F.cross_entropy(z, y, reduction="sum"),
        "clamped": lambda z, y: (torch.log(z.clamp(max=80).exp().sum(1)) - z[torch.arange(len(y)), y]).mean(),
        "sign": lambda z, y: -F.cross_entropy(z, y),
        "log of softmax": lambda z, y: -torch.softmax(z, 1)[torch.arange(len(y)), y].log().mean(),
        "bits": lambda z, y: F.cross_entropy(z, y) / math.log(2),
    },
    "03.train_step": {
        "no zero_grad": step_that_returns(lambda loss: loss.item(), zero=False),
        "no step": step_that_returns(lambda loss: loss.item(), step=False),
        "no backward": step_that_returns(lambda loss: loss.item(), backward=False),
        "no brackets": step_without_brackets,
        "step first": step_that_returns(lambda loss: loss.item(), before=True, step=False),
        "softmax": step_that_returns(
            lambda loss: loss.item(), loss_fn=lambda z, y: F.cross_entropy(torch.softmax(z, 1), y)
        ),
        "summed loss": step_that_returns(
            lambda loss: loss.item(), loss_fn=lambda z, y: F.cross_entropy(z, y, reduction="sum")
        ),
        "returns nothing": step_that_returns(lambda loss: None),
        "a copy": step_on_a_copy,
        "rounded": step_that_returns(lambda loss: round(loss.item(), 2)),
    },
    "03.score": {
        "mean of means": score_from(weighted=False),
        "dropout on": score_from(eval_mode=False),
        "mode left": score_from(restore=False),
        "turned": score_from(turned=True),
        "percent": score_from(percent=True),
        "sums": score_from(summed=True),
        "loss alone": score_from(loss_only=True),
        "always training": lambda model, loader: (score_from()(model, loader), model.train())[0],
        "last batch": lambda model, loader: score_from()(model, [list(loader)[-1]]),
    },
    "03.dropout": {
        "unscaled": lambda h, keep, p, training: h * keep if training else h,
        "always on": lambda h, keep, p, training: h * keep / (1 - p),
        "by p": lambda h, keep, p, training: h * keep / p if training else h,
        "times": lambda h, keep, p, training: h * keep * (1 - p) if training else h,
        "in place": dropout_in_place,
        "turned round": lambda h, keep, p, training: h * ~keep / (1 - p) if training else h,
        "scaled in evaluation": lambda h, keep, p, training: h * keep if training else h * (1 - p),
        "new mask": lambda h, keep, p, training: F.dropout(h, p, training),
        "modes turned": lambda h, keep, p, training: h if training else h * keep / (1 - p),
    },
    "03.untwist": {
        "further": untwisted(sign=1),
        "x axis": untwisted(angle_of=lambda x: torch.atan2(x[..., 1], x[..., 0])),
        "radius left": lambda x, omega: x.norm(dim=-1, keepdim=True) * untwisted()(x, omega),
        "no radius": untwisted(radius=lambda x: 1.0),
        "squared radius": untwisted(radius=lambda x: x.square().sum(-1)),
        "no gradient": untwist_without_gradient,
        "detached": lambda x, omega: untwisted()(x, omega).detach(),
        "numpy": lambda x, omega: untwisted()(x, omega).detach().numpy(),
        "exchanged": lambda x, omega: untwisted()(x, omega).flip(-1),
        "no omega": lambda x, omega: untwisted()(x, 0 * omega),
        "atan": untwisted(angle_of=lambda x: torch.atan(x[..., 0] / x[..., 1])),
    },
}
