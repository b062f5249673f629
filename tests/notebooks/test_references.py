"""Every reference is right: judged by another way to the same result, or by the library that does the same."""

import inspect
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from contracts import generator
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from utils.datasets.sound import ipd_to_class
from utils.datasets.spiral import spiral_points
from utils.exercises import get, ids
from utils.exercises.lif_transfer_curve import mystery_errors, mystery_neuron
from utils.models.decoders import angular_error
from utils.models.iaf import simulate_iaf
from utils.models.lif import lif_rate, simulate_lif
from utils.models.mlp import MLP
from utils.models.relu_basis import hand_placed, interpolation_bound, solve_readout
from utils.models.two_path_neuron import TwoPathNeuron, descend


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=generator(seed), dtype=torch.float64)


def near(found, expected):
    torch.testing.assert_close(found, expected, check_dtype=False, rtol=1e-5, atol=1e-6)


def closed_form(answer):
    path = descend(TwoPathNeuron(), [0.5], [1.0], 0.1, 6, 0.0).path
    near(answer(torch.arange(7.0), 0.0, -16.01, 0.1), torch.tensor(path))


def largest_learning_rate(answer):
    rate = answer(17.01, 1.0)
    step = get("01.training_step").reference
    near(step(torch.tensor(0.0), torch.tensor([17.01]), torch.tensor([1.0]), rate), torch.tensor(-17.01))


def loss_gradient(answer):
    z = normal(20).requires_grad_()
    y = normal(20, seed=1)
    ((torch.relu(z) - y) ** 2).sum().backward()
    near(answer(z.detach(), y), z.grad)


def step_parameters(answer):
    for threshold, width in ((0.5, 0.2), (-1.0, 3.0)):
        neuron = TwoPathNeuron(**answer(threshold, width))
        doses = torch.tensor([-9.0, -width, -width / 2, -width / 4, 0.0, 9.0]) + threshold
        doses[0], doses[-1] = threshold - width - 9, threshold + 9
        near(neuron(doses).detach(), torch.tensor([0.0, 0.0, 0.5, 0.75, 1.0, 1.0]))


def training_step(answer):
    drive, y = normal(5), normal(5, seed=1)
    b = torch.tensor(0.3, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([b], lr=0.05)
    ((torch.relu(drive + b) - y) ** 2).sum().backward()
    start = b.detach().clone()
    optimiser.step()
    near(answer(start, drive, y, 0.05), b.detach())


def two_path_response(answer):
    numbers = dict(zip(("w00", "b00", "w01", "b01", "w10", "w11", "b_final"), normal(7).tolist(), strict=True))
    x = normal(12, seed=1)
    near(answer(x, **numbers), TwoPathNeuron(**numbers)(x).detach())


def relu_biases(answer):
    x = normal(6).sort().values
    near(answer(x), hand_placed(x, x.sin()).biases)


def relu_sum(answer):
    x, biases, weights = normal(9), normal(4, seed=1), normal(4, seed=2)
    expected = [0.7 + sum(w * max(float(at) + b, 0) for b, w in zip(biases, weights, strict=True)) for at in x]
    near(answer(x, biases, weights, 0.7), torch.tensor(expected))


def relu_weights(answer):
    slopes = normal(6)
    near(answer(slopes).cumsum(0), slopes)


def relus_needed(answer):
    for length, curvature, tolerance in ((2 * math.pi, 1.0, 0.01), (1.0, 2.0, 1e-3), (1.0, 1e-6, 1.0)):
        n = answer(length, curvature, tolerance)
        assert interpolation_bound(length / n, curvature) <= tolerance
        assert n == 1 or interpolation_bound(length / (n - 1), curvature) > tolerance


def segment_slopes(answer):
    x = normal(6).sort().values
    near(answer(x, 3 * x - 1), torch.full((5,), 3.0))
    near(answer(x, x**2), x[1:] + x[:-1])


def solve_for_weights(answer):
    x, y, biases = normal(20), normal(20, seed=1), normal(4, seed=2)
    weights, offset = answer(x, y, biases)
    best = solve_readout(x, y, biases)
    near(weights, best.weights)
    near(offset, best.offset)


def cross_entropy(answer):
    logits, labels = 3 * normal(9, 4), torch.arange(9) % 4
    near(answer(logits, labels), F.cross_entropy(logits, labels))


def stable_cross_entropy(answer):
    cross_entropy(answer)
    logits = torch.tensor([[1000.0, 0.0], [-1000.0, 1000.0]])
    near(answer(logits, torch.tensor([1, 1])), torch.tensor(500.0))


def dropout(answer):
    h = normal(4, 5)
    keep = normal(4, 5, seed=1) > 0
    assert torch.equal(answer(h, keep, 0.4, False), h)
    near(answer(h, keep, 0.4, True), torch.where(keep, h / 0.6, 0.0))


def mlp(answer):
    model, ours = answer(6, [5, 3], 2, "tanh"), MLP((2, 3), [5, 3], 2, "tanh")
    ours.load_state_dict(model.state_dict())
    x = torch.randn(4, 2, 3, generator=generator())
    near(model(x), ours(x))


def score(answer):
    model = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5)).train()
    X, y = torch.randn(10, 3, generator=generator()), torch.arange(10) % 4
    loss, accuracy = answer(model, DataLoader(TensorDataset(X, y), batch_size=4))
    assert model.training
    logits = model[0](X)
    assert loss == pytest.approx(F.cross_entropy(logits, y).item(), rel=1e-5)
    assert accuracy == pytest.approx((logits.argmax(1) == y).float().mean().item())


def shuffle_and_split(answer):
    X, y = normal(20, 3), torch.arange(20)
    X_train, y_train, X_test, y_test = answer(X, y, torch.randperm(20, generator=generator(0)), 4)
    assert sorted([*y_train.tolist(), *y_test.tolist()]) == list(range(20))
    assert len(y_test) == 4
    near(X_train, X[y_train])
    near(X_test, X[y_test])


def spiral_arm(answer):
    t = torch.linspace(0, 1, 8)
    clean, labels = spiral_points(t, 3, 0.0)
    for k in range(3):
        near(answer(t, k, 3, 0.0, torch.zeros(8, 2)), clean[labels == k])
    noise = torch.randn(8, 2, generator=generator())
    near(answer(t, 1, 3, 0.2, noise) - clean[labels == 1], 0.2 * t[:, None] * noise)


def train_step(answer):
    torch.manual_seed(0)
    model, twin = nn.Linear(3, 2), nn.Linear(3, 2)
    twin.load_state_dict(model.state_dict())
    X, y = torch.randn(6, 3), torch.arange(6) % 2
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):  # a second step, so that gradients must not add up
        loss = F.cross_entropy(twin(X), y)
        slopes = torch.autograd.grad(loss, list(twin.parameters()))
        assert answer(model, optimiser, X, y) == pytest.approx(loss.item(), rel=1e-5)
        with torch.no_grad():
            for part, slope in zip(twin.parameters(), slopes, strict=True):
                part -= 0.1 * slope
        near(model.weight, twin.weight)


def untwist(answer):
    t = torch.linspace(0.1, 1, 8)
    arms, _ = spiral_points(t, 4, 0.0)
    # With the arms' own twist, 4 pi / K, every arm is straight: all its points lie at one angle.
    straight = answer(arms, math.pi).view(4, 8, 2)
    near(straight, straight[:, :1].expand(4, 8, 2))
    near(answer(arms, 0.0), arms / arms.norm(dim=1, keepdim=True))


def deep_net(answer):
    model = answer(4, 6)
    assert [tuple(part.shape) for part in model.parameters()] == [(6, 4), (6,), (1, 6), (1,)]
    r = torch.randn(5, 4, generator=generator())
    near(
        model(r),
        torch.relu(r @ model.in_layer.weight.T + model.in_layer.bias) @ model.out_layer.weight.T + model.out_layer.bias,
    )


def backpropagate(answer):
    r, target = normal(7, 3), normal(7, 1, seed=1)
    parts = [normal(4, 3, seed=2), normal(4, seed=3), normal(1, 4, seed=4), normal(1, seed=5)]
    for part in parts:
        part.requires_grad_()
    w_in, b_in, w_out, b_out = parts
    ((torch.relu(r @ w_in.T + b_in) @ w_out.T + b_out - target) ** 2).mean().backward()
    for found, part in zip(answer(r, target, *(part.detach() for part in parts)), parts, strict=True):
        near(found, part.grad)


def circular_error(answer):
    decoded, true = (
        720 * torch.rand(50, 1, generator=generator()) - 360,
        360 * torch.rand(50, 1, generator=generator(1)),
    )
    near(answer(decoded, true), angular_error(decoded, true).reshape(50, 1))


def direction_class(answer):
    degrees = torch.tensor([[0.0], [29.9], [30.0], [359.9], [360.0], [390.0]])
    assert answer(degrees, 12).tolist() == [0, 0, 1, 11, 0, 1]
    assert answer(degrees, 4).dtype == torch.int64


def gradient_step(answer):
    train_step(lambda net, optimiser, X, y: answer(net, F.cross_entropy, optimiser, X, y))


def mean_squared_error(answer):
    decoded, true = normal(9, 1), normal(9, 1, seed=1)
    near(answer(decoded, true), F.mse_loss(decoded, true))


def ridge_weights(answer):
    x, y = torch.randn(9, 4, generator=generator()), torch.randn(9, 2, generator=generator(1))
    # A penalty is the same as further samples of one coordinate each, whose target is 0.
    more_x, more_y = torch.cat([x, math.sqrt(0.7) * torch.eye(4)]), torch.cat([y, torch.zeros(4, 2)])
    torch.testing.assert_close(answer(x, y, 0.7), torch.linalg.lstsq(more_x, more_y).solution, rtol=1e-4, atol=1e-5)


def sine_cosine_target(answer):
    near(answer(torch.tensor([[0.0], [90.0], [180.0], [30.0]]))[:3], torch.tensor([[0.0, 1], [1, 0], [0, -1]]))
    near(answer(torch.tensor([[30.0]])), torch.tensor([[0.5, math.sqrt(3) / 2]]))


def firing_rate(answer):
    currents = np.linspace(-1, 4, 21)
    assert answer(currents, 3.0, 2.0, 5.0, 1.5) == pytest.approx(lif_rate(currents, 3.0, 2.0, 5.0, 1.5))


def folded_bias(answer):
    bias, v_leak = normal(5), normal(5, seed=1)
    # tau dv/dt = -v_leak + R (I + bias), and = R (I + folded)
    near(4.0 * answer(bias, v_leak, 4.0), -v_leak + 4.0 * bias)


def iaf_step(answer):
    currents = 2 * normal(3, 12)
    v = torch.zeros(3, dtype=torch.float64)
    spikes, voltage = simulate_iaf(currents, 0.8)
    for step in range(12):
        v, fired = answer(v, currents[:, step], 0.8)
        near(v, voltage[:, step])
        near(fired, spikes[:, step])


def identify(answer):
    resistance, tau_ref = answer(*mystery_neuron())
    assert np.abs(mystery_errors(resistance, tau_ref)).max() < 0.02
    currents = np.linspace(0.2, 3, 30)
    assert answer(currents, lif_rate(currents, 4.0, 2.5, 10.0, 1.0)) == pytest.approx((2.5, 4.0), rel=0.02)


def lif_step(answer):
    _, voltage = simulate_lif(0.8, 1.0, 0.1, resistance=1.0, capacitance=10.0)
    v = torch.zeros(1)
    for expected in voltage[1:]:
        v = answer(v, torch.tensor([0.8]), 0.1, 1.0, 10.0)
        near(v, torch.tensor([expected]))


def refractory_step(answer):
    _, voltage = simulate_lif(3.0, 40.0, 1.0, 4.0, spike_height=0.0)
    v, rest = 0.0, 0
    for expected in voltage[1:]:
        v, rest, fired = answer(v, rest, 3.0, 4)
        # The simulation draws the sample of a spike, this one what follows it.
        assert fired == (expected >= 1)
        assert fired or v == pytest.approx(expected)


def rescale(answer):
    weight, bias = normal(3, 4), normal(3, seed=1)
    scaled, moved = answer(weight, bias, 2.0, 0.5)
    counts = normal(20, 4, seed=2).abs().round()
    near((counts @ scaled.T + moved) * 0.5, (2.0 * counts) @ weight.T + bias)


def counted_rate(answer):
    x = normal(200).numpy()
    for start in (0.0, 0.25, 0.5):
        spikes, _ = simulate_iaf(np.repeat(x[:, None], 7, axis=1), initial=start, max_spikes=1)
        near(torch.tensor(answer(x, 7, start)), torch.tensor(spikes.mean(1)))


def balanced_scales(answer):
    for n_e, n_i in ((8, 2), (5, 5), (1, 9)):
        s_e, s_i = answer(n_e, n_i)
        assert n_e * s_e == pytest.approx(n_i * s_i)
        assert n_e * s_e**2 + n_i * s_i**2 == pytest.approx(n_e + n_i)
        assert s_e > 0


def dale_weights(answer):
    w, sign = normal(5, 3), torch.tensor([[1.0], [-1.0], [1.0], [-1.0], [1.0]])
    signed = answer(w, sign)
    assert torch.equal(signed.sign(), sign.expand(5, 3).to(signed.dtype))
    assert torch.equal(signed.abs(), w.abs())


def decoding_error(answer):
    ipd = torch.linspace(-1.5, 1.5, 24)
    perfect = F.one_hot(ipd_to_class(ipd), 12).float()
    assert answer(perfect, ipd) <= 7.5 + 1e-4
    near(answer(perfect[:1].roll(1, 1), torch.deg2rad(torch.tensor([-82.5]))), torch.tensor(15.0))


def interneuron_current(answer):
    x, w_ex, w_ix, w_ei = normal(4, 6), normal(6, 3, seed=1), normal(6, 2, seed=2), normal(2, 3, seed=3)
    near(answer(x, w_ex, w_ix, w_ei), x @ (w_ex - w_ix @ w_ei))


def surrogate_gradient(answer):
    x = normal(20).requires_grad_()
    grad = normal(20, seed=1)
    torch.sigmoid(4.0 * x).backward(grad)
    near(answer(grad, x.detach(), 4.0), x.grad)


def unit_step(answer):
    v, s, h = normal(3, 4), (normal(3, 4, seed=1) > 0).double(), normal(3, 4, seed=2)
    new_v, new_s = answer(v, s, h, 0.8, lambda distance: (distance > 0).double())
    near(new_v, torch.where(s > 0, 0.0, 0.8 * v + h))
    assert torch.equal(new_s > 0, v > 1)


def without_rows(answer):
    weights = normal(5, 3)
    kept = weights.clone()
    silenced = answer(weights, torch.tensor([1, 3]))
    assert torch.equal(weights, kept)
    assert not silenced[[1, 3]].any()
    assert torch.equal(silenced[[0, 2, 4]], weights[[0, 2, 4]])


def train(answer):
    net = nn.Linear(3, 2).double()
    with torch.no_grad():
        net.weight.fill_(0.1)
        net.bias.fill_(0.0)
    r, target = normal(7, 3), normal(7, 2, seed=1)
    # The gradient of the mean squared error in closed form, and plain steps along it.
    weight, bias, losses = torch.full((2, 3), 0.1).double(), torch.zeros(2).double(), []
    for _ in range(4):
        missed = r @ weight.T + bias - target
        losses.append(float((missed**2).mean()))
        weight = weight - 0.2 * 2 * missed.T @ r / missed.numel()
        bias = bias - 0.2 * 2 * missed.sum(0) / missed.numel()
    found = answer(net, r, target, 4, 0.2, nn.MSELoss())
    near(torch.tensor(found), torch.tensor(losses))
    near(net.weight.detach(), weight)


def log_likelihood(answer):
    spikes, probability = (normal(3, 6) > 0).double(), torch.sigmoid(normal(4, 6, seed=1))
    found = answer(spikes, probability)
    near(found, torch.distributions.Bernoulli(probability[None]).log_prob(spikes[:, None]).sum(-1))


CHECKS = {
    name: check
    for name, check in list(globals().items())
    if inspect.isfunction(check) and list(inspect.signature(check).parameters) == ["answer"]
}
CHECKS["DeepNetReLU"] = CHECKS.pop("deep_net")


def test_every_exercise_is_known_and_has_its_check():
    assert sorted(CHECKS) == sorted(name.partition(".")[2] for name in ids())


@pytest.mark.parametrize("exercise_id", ids())
def test_the_reference_is_right(exercise_id):
    CHECKS[exercise_id.partition(".")[2]](get(exercise_id).reference)
