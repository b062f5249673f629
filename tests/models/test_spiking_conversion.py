"""A ReLU network as a spiking one: the logits it approaches, sinabs step for step, balancing, refusals."""

import math

import pytest
import torch
from torch import nn

from utils.models.iaf import simulate_iaf
from utils.models.mlp import MLP
from utils.models.spiking_conversion import SpikingMLP, balanced_thresholds, hidden_activations, relu_layers


@pytest.fixture
def network():
    model = MLP(2, [20, 16], 4, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter *= 2.5  # trained networks have activations above 1; fresh ones do not
    return model.double()


@pytest.fixture
def samples():
    return torch.randn(50, 2, generator=torch.Generator().manual_seed(4), dtype=torch.float64)


def test_readout_approaches_the_logits_as_one_over_time(network, samples):
    with torch.no_grad():
        logits = network(samples)
    run = SpikingMLP(network).run(samples, 2048)
    errors = [(run.readout[t - 1] - logits).abs().max().item() for t in (128, 2048)]
    assert errors[1] < 0.02
    assert errors[1] < errors[0] / 8
    torch.testing.assert_close(SpikingMLP(network)(samples, 7), SpikingMLP(network).run(samples, 7).readout[-1])


def test_rates_approach_the_activations(network, samples):
    activations = hidden_activations(network, samples)
    run = SpikingMLP(network).run(samples, 1000, activations=activations)
    # One constant current a unit in the first layer: never more than one spike short.
    assert (run.rates[0] - activations[0]).abs().max() <= 1 / 1000 + 1e-9
    assert (run.rates[1] - activations[1]).abs().mean() < 0.01
    assert run.errors.shape == (1000, 2)
    torch.testing.assert_close(run.errors[-1, 1], (run.rates[1] - activations[1]).abs().mean())
    slope = math.log(run.errors[999, 0] / run.errors[9, 0]) / math.log(100)
    assert -1.1 < slope < -0.9


def test_first_layer_is_simulate_iaf(network, samples):
    layer = relu_layers(network)[0]
    current = layer(samples).detach()[..., None].expand(-1, -1, 30)
    spikes, _ = simulate_iaf(current, 0.7, max_spikes=2, initial=0.35)
    run = SpikingMLP(network, 0.7).run(samples, 30, max_spikes=2, start=0.5)
    torch.testing.assert_close(run.rates[0], spikes.mean(-1) * 0.7)
    assert run.spikes[0] == pytest.approx(spikes.sum((1, 2)).mean().item())


@pytest.mark.parametrize("threshold", [1.0, 0.5])
def test_agrees_with_sinabs_step_for_step(network, samples, threshold):
    pytest.importorskip("sinabs")
    from sinabs.from_torch import from_model

    n_steps = 40
    network, samples = network.float(), samples.float()  # sinabs emits its spikes in single precision
    spiking = from_model(
        network.layers, batch_size=len(samples), min_v_mem=None, spike_threshold=torch.tensor(threshold)
    )
    # sinabs passes bare spikes on; a spike of ours counts one threshold, so the next layer's weights take it up.
    with torch.no_grad():
        for linear in [m for m in spiking.spiking_model.modules() if isinstance(m, nn.Linear)][1:]:
            linear.weight *= threshold
        theirs = spiking.spiking_model(samples.repeat_interleave(n_steps, 0)).view(len(samples), n_steps, 4)
    ours = SpikingMLP(network, threshold).run(samples, n_steps).readout
    mean = theirs.cumsum(1) / torch.arange(1, n_steps + 1)[:, None]
    torch.testing.assert_close(ours, mean.transpose(0, 1), rtol=0, atol=1e-5)


def test_one_spike_a_step_saturates_and_balancing_mends_it(network, samples):
    activations = hidden_activations(network, samples)
    assert activations[1].max() > 1.5
    capped = SpikingMLP(network).run(samples, 1500, max_spikes=1, activations=activations)
    assert max(rate.max() for rate in capped.rates) <= 1
    assert capped.errors[-1, 1] > 0.02
    thresholds = balanced_thresholds(network, samples, 100)
    assert thresholds == pytest.approx([activation.max().item() for activation in activations])
    mended = SpikingMLP(network, thresholds).run(samples, 1500, max_spikes=1, activations=activations)
    assert mended.errors[-1, 1] < 0.3 * capped.errors[-1, 1]


def test_balanced_thresholds_take_the_percentile_of_active_units(network, samples):
    half = balanced_thresholds(network, samples, 50)
    for threshold, activation in zip(half, hidden_activations(network, samples), strict=True):
        active = activation[activation > 0]
        assert (active < threshold).double().mean() == pytest.approx(0.5, abs=0.02)


def test_weights_are_copied(network, samples):
    spiking = SpikingMLP(network)
    before = spiking(samples, 5)
    with torch.no_grad():
        relu_layers(network)[0].weight.zero_()
    torch.testing.assert_close(spiking(samples, 5), before)


def test_layers_without_bias_and_with_dropout():
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 5, bias=False), nn.ReLU(), nn.Dropout(0.5), nn.Linear(5, 2)).eval()
    x = torch.rand(3, 4, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(SpikingMLP(model)(x, 2000), model(x).detach(), rtol=0, atol=0.01)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2)), "Tanh"),
        (nn.Sequential(nn.Linear(2, 3), nn.LeakyReLU(), nn.Linear(3, 2)), "LeakyReLU"),
        (nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 2)), "out of place"),
        (nn.Sequential(nn.ReLU(), nn.Linear(2, 3)), "out of place"),
        (nn.Sequential(nn.Linear(2, 3), nn.ReLU()), "at least two"),
        (nn.Linear(2, 3), "at least two"),
    ],
)
def test_networks_that_cannot_spike_are_refused(model, words):
    with pytest.raises(ValueError, match=words):
        SpikingMLP(model)


def test_bad_input_is_refused(network, samples):
    for thresholds in (0.0, -1.0, [1.0], [1.0, math.nan], [1.0, 1.0, 1.0], math.inf):
        with pytest.raises(ValueError, match="thresholds"):
            SpikingMLP(network, thresholds)
    for n_steps in (0, -3, 1.5, True):
        with pytest.raises(ValueError, match="n_steps"):
            SpikingMLP(network).run(samples, n_steps)
    with pytest.raises(ValueError, match="shape"):
        SpikingMLP(network).run(samples[:, :1], 3)
    for percentile in (0, 101, -5):
        with pytest.raises(ValueError, match="percentile"):
            balanced_thresholds(network, samples, percentile)
    silent = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2)).double()
    with torch.no_grad():
        silent[0].weight.zero_()
        silent[0].bias.fill_(-1)
    with pytest.raises(ValueError, match="silent"):
        balanced_thresholds(silent, samples)
