"""Right answers of many styles, and typical mistakes, to the exercises of notebook 04."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

# --- 04.ridge_weights


def ridge_by_more_rows(x, y, penalty):
    d, k = x.shape[1], y.shape[1]
    rows = torch.cat([x, math.sqrt(penalty) * torch.eye(d)])
    return torch.linalg.lstsq(rows, torch.cat([y, torch.zeros(d, k)])).solution


def ridge_by_svd(x, y, penalty):
    u, s, vh = torch.linalg.svd(x, full_matrices=False)
    return vh.T @ torch.diag(s / (s**2 + penalty)) @ u.T @ y


def ridge_by_numpy(x, y, penalty):
    x, y = x.numpy(), y.numpy()
    return np.linalg.solve(x.T @ x + penalty * np.eye(x.shape[1]), x.T @ y)


def ridge_by_float32_numpy(x, y, penalty):
    x, y = x.numpy(), y.numpy()
    return (np.linalg.inv(x.T @ x + penalty * np.eye(x.shape[1], dtype=np.float32)) @ x.T @ y).astype(np.float32)


def ridge_by_duals(x, y, penalty):
    return x.T @ torch.linalg.solve(x @ x.T + penalty * torch.eye(len(x)), y)


def ridge_by_cholesky(x, y, penalty):
    return torch.cholesky_solve(x.T @ y, torch.linalg.cholesky(x.T @ x + penalty * torch.eye(x.shape[1])))


def ridge_in_double(x, y, penalty):
    x, y = x.double(), y.double()
    return torch.linalg.solve(x.T @ x + penalty * torch.eye(x.shape[1], dtype=torch.float64), x.T @ y)


def ridge_by_the_diagonal(x, y, penalty):
    gram = x.T @ x
    gram.diagonal().add_(penalty)
    return torch.linalg.inv(gram) @ (x.T @ y)


def solved(matrix, x, y):
    return torch.linalg.solve(matrix, x.T @ y)


# --- 04.DeepNetReLU


class Net(nn.Module):
    """The course's layers; subclasses change what becomes of them."""

    def __init__(self, n_inputs, n_hidden, n_outputs=1):
        super().__init__()
        self.in_layer = nn.Linear(n_inputs, n_hidden)
        self.out_layer = nn.Linear(n_hidden, n_outputs)

    def forward(self, r):
        return self.out_layer(torch.relu(self.in_layer(r)))


class NetFunctional(nn.Module):
    def __init__(self, n_inputs, n_hidden, n_outputs=1):
        super().__init__()
        self.in_layer = nn.Linear(n_inputs, n_hidden)
        self.out_layer = nn.Linear(n_hidden, n_outputs)

    def forward(self, r):
        h = F.relu(self.in_layer(r))
        return self.out_layer(h)


class NetClamp(nn.Module):
    def __init__(self, n_inputs, n_hidden, n_outputs=1):
        super().__init__()
        self.out_layer = nn.Linear(n_hidden, n_outputs)
        self.in_layer = nn.Linear(n_inputs, n_hidden)

    def forward(self, r):
        return self.out_layer(self.in_layer(r).clamp(min=0))


class NetModule(nn.Module):
    def __init__(self, n_inputs, n_hidden, n_outputs=1):
        super().__init__()
        self.in_layer = nn.Linear(n_inputs, n_hidden)
        self.rectifier = nn.ReLU()
        self.out_layer = nn.Linear(n_hidden, n_outputs)

    def forward(self, r):
        return self.out_layer(self.rectifier(self.in_layer(r)))


class NetGate(nn.Module):
    def __init__(self, n, m, k=1):
        super().__init__()
        self.in_layer, self.out_layer = nn.Linear(n, m), nn.Linear(m, k)

    def forward(self, x):
        z = self.in_layer(x)
        return self.out_layer(z * (z > 0))


class NetMaximum(nn.Module):
    def __init__(self, n_inputs, n_hidden, n_outputs=1):
        super().__init__()
        self.in_layer = nn.Linear(n_inputs, n_hidden)
        self.out_layer = nn.Linear(n_hidden, n_outputs)

    def forward(self, r):
        z = self.in_layer(r)
        return self.out_layer(torch.maximum(z, torch.zeros_like(z)))


class NetMatrices(nn.Module):
    def __init__(self, n_inputs, n_hidden, n_outputs=1):
        super().__init__()
        self.in_layer = nn.Linear(n_inputs, n_hidden)
        self.out_layer = nn.Linear(n_hidden, n_outputs)

    def forward(self, r):
        h = (r @ self.in_layer.weight.T + self.in_layer.bias).relu()
        return h @ self.out_layer.weight.T + self.out_layer.bias


class NetWhere(nn.Module):
    def __init__(self, n_inputs, n_hidden, n_outputs=1):
        super().__init__()
        self.in_layer = nn.Linear(n_inputs, n_hidden)
        self.out_layer = nn.Linear(n_hidden, n_outputs)

    def forward(self, r):
        z = self.in_layer(r)
        h = torch.where(z > 0, z, torch.tensor(0.0))
        return self.out_layer(h)


class NetLinear(Net):
    def forward(self, r):
        return self.out_layer(self.in_layer(r))


class NetOutput(Net):
    def forward(self, r):
        return torch.relu(self.out_layer(torch.relu(self.in_layer(r))))


class NetInput(Net):
    def forward(self, r):
        return self.out_layer(self.in_layer(torch.relu(r)))


class NetSigmoid(Net):
    def forward(self, r):
        return self.out_layer(torch.sigmoid(self.in_layer(r)))


class NetNoGradient(Net):
    def forward(self, r):
        with torch.no_grad():
            return self.out_layer(torch.relu(self.in_layer(r)))


class NetData(Net):
    def forward(self, r):
        return self.out_layer(torch.relu(self.in_layer(r)).data)


class NetDetached(Net):
    def forward(self, r):
        return self.out_layer(torch.relu(self.in_layer(r))).detach()


class NetNumpy(Net):
    def forward(self, r):
        return self.out_layer(torch.relu(self.in_layer(r))).detach().numpy()


class NetNoBias(Net):
    def __init__(self, n_inputs, n_hidden, n_outputs=1):
        super().__init__(n_inputs, n_hidden, n_outputs)
        self.in_layer = nn.Linear(n_inputs, n_hidden, bias=False)


class NetOneOutput(Net):
    def __init__(self, n_inputs, n_hidden, n_outputs=1):
        super().__init__(n_inputs, n_hidden, 1)


class NetLeaky(Net):
    def forward(self, r):
        return self.out_layer(F.leaky_relu(self.in_layer(r)))


# --- 04.mean_squared_error


def error_in_a_loop(decoded, true):
    total = 0.0
    for a, b in zip(decoded.flatten(), true.flatten(), strict=True):
        total = total + (a - b) ** 2
    return total / decoded.numel()


# --- 04.gradient_step


def gradient_steps(give, order=("loss", "zero", "backward", "step"), turned=False):
    def made(net, loss_fn, optimizer, r, target):
        loss = None
        for part in order:
            if part == "loss":
                loss = loss_fn(target, net(r)) if turned else loss_fn(net(r), target)
            elif part == "zero":
                optimizer.zero_grad()
            elif part == "backward":
                loss.backward()
            elif part == "step":
                optimizer.step()
        return give(loss, net, loss_fn, r, target)

    return made


def number(loss, *_):
    return loss.item()


def step_by_autograd(net, loss_fn, optimizer, r, target):
    parameters = list(net.parameters())
    loss = loss_fn(net(r), target)
    gradients = torch.autograd.grad(loss, parameters)
    for p, g in zip(parameters, gradients, strict=True):
        p.grad = g
    optimizer.step()
    return loss.detach().item()


def step_by_a_closure(net, loss_fn, optimizer, r, target):
    def closure():
        optimizer.zero_grad()
        loss = loss_fn(net(r), target)
        loss.backward()
        return loss

    return float(optimizer.step(closure))


def step_without_brackets(net, loss_fn, optimizer, r, target):
    loss = loss_fn(net(r), target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step  # noqa: B018
    return loss.item()


def step_with_another_loss(net, loss_fn, optimizer, r, target):
    loss = F.mse_loss(net(r), target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


# --- 04.train


def trained(
    give=lambda losses: losses, make=torch.optim.SGD, zero=True, number=lambda loss: loss.item(), after=False, first=0
):
    def made(net, r, target, n_steps, learning_rate, loss_fn):
        optimizer = make(net.parameters(), lr=learning_rate)
        losses = []
        for _ in range(first, n_steps):
            loss = loss_fn(net(r), target)
            if zero:
                optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(number(loss_fn(net(r), target) if after else loss))
        return give(losses)

    return made


def trained_by_hand(net, r, target, n_steps, learning_rate, loss_fn):
    losses = []
    for _ in range(n_steps):
        loss = loss_fn(net(r), target)
        gradients = torch.autograd.grad(loss, list(net.parameters()))
        with torch.no_grad():
            for p, g in zip(net.parameters(), gradients, strict=True):
                p -= learning_rate * g
        losses.append(float(loss))
    return losses


def trained_by_steps(net, r, target, n_steps, learning_rate, loss_fn):
    optimizer = torch.optim.SGD(net.parameters(), learning_rate)
    step = gradient_steps(number)
    return [step(net, loss_fn, optimizer, r, target) for _ in range(n_steps)]


# --- angles


def distance_in_a_loop(decoded, true):
    found = torch.zeros(len(decoded), 1)
    for i in range(len(decoded)):
        d = abs(float(decoded[i]) - float(true[i])) % 360
        found[i] = min(d, 360 - d)
    return found


def distance_by_arccos(decoded, true):
    return torch.rad2deg(torch.arccos(torch.cos(torch.deg2rad(decoded - true)).clamp(-1, 1)))


def distance_by_atan2(decoded, true):
    a = torch.deg2rad(decoded - true)
    return torch.rad2deg(torch.atan2(torch.sin(a), torch.cos(a)).abs())


def targets_filled(degrees):
    found = torch.zeros(len(degrees), 2)
    for i, d in enumerate(degrees[:, 0]):
        found[i, 0], found[i, 1] = math.sin(math.radians(d)), math.cos(math.radians(d))
    return found


def targets_by_polar(degrees):
    z = torch.polar(torch.ones_like(degrees), torch.deg2rad(degrees))
    return torch.cat([z.imag, z.real], 1)


def classes_in_a_loop(degrees, n_classes):
    return torch.tensor([int(float(d) % 360 // (360 / n_classes)) for d in degrees])


# --- 04.backpropagate


def by_autograd(r, target, w_in, b_in, w_out, b_out):
    parameters = [p.detach().clone().requires_grad_() for p in (w_in, b_in, w_out, b_out)]
    with torch.enable_grad():
        y = torch.relu(r @ parameters[0].T + parameters[1]) @ parameters[2].T + parameters[3]
        loss = ((y - target) ** 2).mean()
    return torch.autograd.grad(loss, parameters)


def by_loops(r, target, w_in, b_in, w_out, b_out):
    g_w, g_b, g_u, g_c = (torch.zeros_like(p) for p in (w_in, b_in, w_out, b_out))
    for x, t in zip(r, target, strict=True):
        z = w_in @ x + b_in
        h = z.clamp(min=0)
        error = 2 * (w_out[0] @ h + b_out[0] - t[0]) / len(r)
        for j in range(len(h)):
            g_u[0, j] += error * h[j]
            if z[j] > 0:
                g_b[j] += error * w_out[0, j]
                g_w[j] += error * w_out[0, j] * x
        g_c[0] += error
    return g_w, g_b, g_u, g_c


def by_numpy(r, target, w_in, b_in, w_out, b_out):
    r, target, w_in, b_in, w_out, b_out = (a.detach().numpy() for a in (r, target, w_in, b_in, w_out, b_out))
    z = r @ w_in.T + b_in
    h = np.maximum(z, 0)
    d_y = 2 * (h @ w_out.T + b_out - target) / len(r)
    d_z = d_y @ w_out * (z > 0)
    return d_z.T @ r, d_z.sum(0), d_y.T @ h, d_y.sum(0)


def backward(
    factor=2.0, mean=True, gate=lambda z: (z > 0).float(), sign=1, order=(0, 1, 2, 3), bias=lambda d: d.sum(0)
):
    def made(r, target, w_in, b_in, w_out, b_out):
        z = r @ w_in.T + b_in
        h = torch.relu(z)
        d_y = sign * factor * (h @ w_out.T + b_out - target) / (len(r) if mean else 1)
        d_z = torch.einsum("nk,kh->nh", d_y, w_out) * gate(z)
        found = torch.einsum("nh,ni->hi", d_z, r), bias(d_z), torch.einsum("nk,nh->kh", d_y, h), bias(d_y)
        return tuple(found[i] for i in order)

    return made


def by_differences(r, target, *arrays):
    arrays, step = [a.double().clone() for a in arrays], 1e-6

    def loss():
        w_in, b_in, w_out, b_out = arrays
        return ((torch.relu(r.double() @ w_in.T + b_in) @ w_out.T + b_out - target.double()) ** 2).mean()

    found = [torch.zeros_like(a) for a in arrays]
    for array, gradient in zip(arrays, found, strict=True):
        numbers, slopes = array.view(-1), gradient.view(-1)
        for i in range(len(numbers)):
            numbers[i] += step
            above = loss()
            numbers[i] -= 2 * step
            slopes[i] = (above - loss()) / (2 * step)
            numbers[i] += step
    return tuple(found)


RIGHT = {
    "04.train": {
        "a loop": trained(),
        "by hand": trained_by_hand,
        "by steps": trained_by_steps,
        "a tuple": trained(give=tuple),
        "numpy": trained(give=np.array),
        "a tensor": trained(give=torch.tensor),
        "losses as tensors": trained(number=lambda loss: loss),
        "detached": trained(number=lambda loss: loss.detach().numpy()),
        "floats": trained(number=float),
    },
    "04.ridge_weights": {
        "more rows": ridge_by_more_rows,
        "SVD": ridge_by_svd,
        "numpy": ridge_by_numpy,
        "float32 numpy": ridge_by_float32_numpy,
        "duals": ridge_by_duals,
        "Cholesky": ridge_by_cholesky,
        "double": ridge_in_double,
        "the diagonal": ridge_by_the_diagonal,
        "inverse": lambda x, y, p: torch.inverse(x.T @ x + p * torch.eye(x.shape[1])) @ x.T @ y,
        "pinv": lambda x, y, p: torch.linalg.pinv(x.T @ x + p * torch.eye(x.shape[1])) @ x.T @ y,
    },
    "04.DeepNetReLU": {
        "functional": NetFunctional,
        "clamp, output first": NetClamp,
        "a module": NetModule,
        "a gate": NetGate,
        "maximum": NetMaximum,
        "matrices": NetMatrices,
        "where": NetWhere,
        "torch.relu": Net,
    },
    "04.mean_squared_error": {
        "mean": lambda a, b: ((a - b) ** 2).mean(),
        "square": lambda a, b: (a - b).square().mean(),
        "torch.mean": lambda a, b: torch.mean(torch.pow(b - a, 2)),
        "PyTorch's own": lambda a, b: F.mse_loss(a, b),
        "a module": lambda a, b: nn.MSELoss()(a, b),
        "sum over all": lambda a, b: ((a - b) ** 2).sum() / a.numel(),
        "a loop": error_in_a_loop,
        "dot": lambda a, b: torch.dot((a - b).flatten(), (a - b).flatten()) / (a - b).numel(),
        "norm": lambda a, b: torch.linalg.norm(a - b) ** 2 / a.numel(),
    },
    "04.gradient_step": {
        "loss first": gradient_steps(number),
        "zero first": gradient_steps(number, ("zero", "loss", "backward", "step")),
        "zero last": gradient_steps(number, ("loss", "backward", "step", "zero")),
        "autograd": step_by_autograd,
        "a closure": step_by_a_closure,
        "the loss itself": gradient_steps(lambda loss, *_: loss),
        "detached": gradient_steps(lambda loss, *_: loss.detach()),
        "numpy": gradient_steps(lambda loss, *_: loss.detach().numpy()),
        "a float": gradient_steps(lambda loss, *_: float(loss)),
        "NumPy's float32": gradient_steps(lambda loss, *_: np.float32(loss.item())),
    },
    "04.circular_error": {
        "a loop": distance_in_a_loop,
        "arccos": distance_by_arccos,
        "atan2": distance_by_atan2,
        "shifted": lambda a, b: ((a - b + 180) % 360 - 180).abs(),
        "180 minus": lambda a, b: 180 - ((a - b) % 360 - 180).abs(),
        "where": lambda a, b: torch.where((d := (a - b) % 360) > 180, 360 - d, d),
        "min": lambda a, b: torch.min((a - b) % 360, (b - a) % 360),
        "numpy": lambda a, b: np.abs((a.numpy() - b.numpy() + 180) % 360 - 180),
        "double": lambda a, b: ((a.double() - b.double() + 180) % 360 - 180).abs(),
        "three ways": lambda a, b: torch.stack([(a % 360 - b % 360 + turn).abs() for turn in (-360, 0, 360)]).amin(0),
    },
    "04.sine_cosine_target": {
        "filled": targets_filled,
        "polar": targets_by_polar,
        "hstack": lambda d: torch.hstack([torch.sin(d * torch.pi / 180), torch.cos(d * torch.pi / 180)]),
        "numpy": lambda d: np.concatenate([np.sin(np.deg2rad(d.numpy())), np.cos(np.deg2rad(d.numpy()))], 1),
        "stack": lambda d: torch.stack((torch.sin(torch.deg2rad(d[:, 0])), torch.cos(torch.deg2rad(d[:, 0]))), 1),
        "double": lambda d: torch.cat([(a := torch.deg2rad(d.double())).sin(), a.cos()], 1),
        "a list": lambda d: [[math.sin(math.radians(v)), math.cos(math.radians(v))] for v in d[:, 0].tolist()],
        "shifted": lambda d: torch.cat([torch.cos(torch.deg2rad(d - 90)), torch.cos(torch.deg2rad(d))], dim=-1),
    },
    "04.direction_class": {
        "floor": lambda d, n: torch.floor(d[:, 0] % 360 / (360 / n)).long(),
        "floor division": lambda d, n: (d[:, 0] % 360 // (360 / n)).long(),
        "a loop": classes_in_a_loop,
        "int32": lambda d, n: (d.squeeze(1) % 360 / (360 / n)).int(),
        "times n": lambda d, n: (d.flatten() % 360 * n / 360).to(torch.int64),
        "numpy": lambda d, n: np.floor(d.numpy()[:, 0] % 360 / (360 / n)).astype(int),
        "floats": lambda d, n: torch.floor(d[:, 0] % 360 / (360 / n)),
        "modulo last": lambda d, n: torch.floor(d[:, 0] / (360 / n)).long() % n,
        "edges": lambda d, n: torch.bucketize(d[:, 0] % 360, torch.arange(1, n) * (360 / n), right=True),
    },
    "04.backpropagate": {
        "autograd": by_autograd,
        "loops": by_loops,
        "numpy": by_numpy,
        "einsum": backward(),
        "heaviside": backward(gate=lambda z: torch.heaviside(z, torch.zeros(()))),
        "a list": lambda *a: list(backward()(*a)),
        "sign": backward(gate=lambda z: torch.sign(torch.relu(z))),
        "ones": backward(bias=lambda d: torch.ones(len(d)) @ d),
        "finite differences": by_differences,
    },
}

WRONG = {
    "04.train": {
        "no zero": trained(zero=False),
        "losses after": trained(after=True),
        "Adam": trained(make=torch.optim.Adam),
        "one step too few": trained(first=1),
        "last loss": trained(give=lambda losses: losses[-1]),
        "nothing": trained(give=lambda losses: None),
        "reversed": trained(give=lambda losses: [2 * losses[0], *losses[1:]]),
        "ten times the rate": trained(make=lambda parameters, lr: torch.optim.SGD(parameters, lr=10 * lr)),
        "momentum": trained(make=lambda parameters, lr: torch.optim.SGD(parameters, lr=lr, momentum=0.9)),
        "no learning": lambda net, r, target, n, rate, loss_fn: [loss_fn(net(r), target).item()] * n,
    },
    "04.ridge_weights": {
        "no penalty": lambda x, y, p: torch.linalg.lstsq(x, y).solution,
        "no penalty, solve": lambda x, y, p: solved(x.T @ x, x, y),
        "everywhere": lambda x, y, p: solved(x.T @ x + p, x, y),
        "minus": lambda x, y, p: solved(x.T @ x - p * torch.eye(x.shape[1]), x, y),
        "squared penalty": lambda x, y, p: solved(x.T @ x + p**2 * torch.eye(x.shape[1]), x, y),
        "penalty times n": lambda x, y, p: solved(x.T @ x + p * len(x) * torch.eye(x.shape[1]), x, y),
        "half": lambda x, y, p: solved(x.T @ x + p / 2 * torch.eye(x.shape[1]), x, y),
        "no target": lambda x, y, p: torch.linalg.inv(x.T @ x + p * torch.eye(x.shape[1])) @ x.T,
        "shrunk": lambda x, y, p: torch.linalg.pinv(x) @ y / (1 + p),
    },
    "04.DeepNetReLU": {
        "linear": NetLinear,
        "output": NetOutput,
        "input": NetInput,
        "sigmoid": NetSigmoid,
        "no gradient": NetNoGradient,
        "data": NetData,
        "detached": NetDetached,
        "numpy": NetNumpy,
        "no bias": NetNoBias,
        "one output": NetOneOutput,
        "leaky": NetLeaky,
    },
    "04.mean_squared_error": {
        "sum": lambda a, b: ((a - b) ** 2).sum(),
        "absolute": lambda a, b: (a - b).abs().mean(),
        "root": lambda a, b: ((a - b) ** 2).mean().sqrt(),
        "square of mean": lambda a, b: (a - b).mean() ** 2,
        "by rows": lambda a, b: ((a - b) ** 2).sum() / len(a),
        "half": lambda a, b: ((a - b) ** 2).mean() / 2,
        "item": lambda a, b: ((a - b) ** 2).mean().item(),
        "detached": lambda a, b: ((a - b) ** 2).mean().detach(),
        "numpy": lambda a, b: np.mean((a.detach().numpy() - b.detach().numpy()) ** 2),
        "each": lambda a, b: (a - b) ** 2,
        "no square": lambda a, b: (a - b).mean(),
    },
    "04.gradient_step": {
        "no zero": gradient_steps(number, ("loss", "backward", "step")),
        "zeroed late": gradient_steps(number, ("loss", "backward", "zero", "step")),
        "loss after": gradient_steps(lambda loss, net, loss_fn, r, t: loss_fn(net(r), t).item()),
        "no step": gradient_steps(number, ("loss", "zero", "backward")),
        "step first": gradient_steps(number, ("loss", "zero", "step", "backward")),
        "no brackets": step_without_brackets,
        "another loss": step_with_another_loss,
        "turned": gradient_steps(number, turned=True),
        "no backward": gradient_steps(number, ("loss", "zero", "step")),
    },
    "04.circular_error": {
        "straight": lambda a, b: (a - b).abs(),
        "modulo": lambda a, b: (a - b) % 360,
        "orientation": lambda a, b: torch.minimum((d := (a - b).abs() % 180), 180 - d),
        "not wrapped": lambda a, b: torch.minimum((d := (a - b).abs()), 360 - d),
        "radians": lambda a, b: torch.arccos(torch.cos(torch.deg2rad(a - b)).clamp(-1, 1)),
        "signed": lambda a, b: (a - b + 180) % 360 - 180,
        "degrees as radians": lambda a, b: torch.arccos(torch.cos(a - b)),
        "squared": lambda a, b: ((a - b + 180) % 360 - 180) ** 2,
        "mean": lambda a, b: ((a - b + 180) % 360 - 180).abs().mean(),
    },
    "04.sine_cosine_target": {
        "degrees": lambda d: torch.cat([torch.sin(d), torch.cos(d)], 1),
        "exchanged": lambda d: torch.cat([torch.cos(torch.deg2rad(d)), torch.sin(torch.deg2rad(d))], 1),
        "twice": lambda d: torch.cat([torch.sin(torch.deg2rad(2 * d)), torch.cos(torch.deg2rad(2 * d))], 1),
        "below": lambda d: torch.cat([torch.sin(torch.deg2rad(d)), torch.cos(torch.deg2rad(d))], 0),
        "360": lambda d: torch.cat([torch.sin(d / 360), torch.cos(d / 360)], 1),
        "rad2deg": lambda d: torch.cat([torch.sin(torch.rad2deg(d)), torch.cos(torch.rad2deg(d))], 1),
        "a third axis": lambda d: torch.stack([torch.sin(torch.deg2rad(d)), torch.cos(torch.deg2rad(d))], 1),
        "half turn": lambda d: torch.cat([torch.sin(d * torch.pi / 360), torch.cos(d * torch.pi / 360)], 1),
        "sine twice": lambda d: torch.cat([torch.sin(torch.deg2rad(d)), torch.sin(torch.deg2rad(d))], 1),
    },
    "04.direction_class": {
        "360 outside": lambda d, n: torch.floor(d[:, 0] / (360 / n)).long(),
        "rounded": lambda d, n: torch.round(d[:, 0] % 360 / (360 / n)).long() % n,
        "from one": lambda d, n: torch.floor(d[:, 0] % 360 / (360 / n)).long() + 1,
        "width": lambda d, n: torch.floor(d[:, 0] % 360 / n).long(),
        "whole width": lambda d, n: torch.floor(d[:, 0] % 360 / (360 // n)).long().clamp(max=n - 1),
        "a column": lambda d, n: torch.floor(d % 360 / (360 / n)).long(),
        "ceil": lambda d, n: torch.ceil(d[:, 0] % 360 / (360 / n)).long() % n,
        "not whole": lambda d, n: d[:, 0] % 360 / (360 / n),
        "clamped": lambda d, n: torch.floor(d[:, 0] / (360 / n)).long().clamp(max=n - 1),
    },
    "04.backpropagate": {
        "no gate": backward(gate=lambda z: torch.ones_like(z)),
        "gate at zero": backward(gate=lambda z: (z >= 0).float()),
        "no factor": backward(factor=1.0),
        "sum": backward(mean=False),
        "sign": backward(sign=-1),
        "order": backward(order=(2, 3, 0, 1)),
        "bias mean": backward(bias=lambda d: d.mean(0)),
        "three": backward(order=(0, 1, 2)),
        "activity as gate": backward(gate=torch.relu),
    },
}
