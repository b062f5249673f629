"""From a trained ReLU network to a spiking one: the same weights, and spike rates in place of activations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from utils.models.iaf import iaf_step

# Layers that do nothing to a sample in evaluation mode, or only change its shape.
_TRANSPARENT = (nn.Dropout, nn.Flatten, nn.Identity)


@dataclass(frozen=True)
class SpikingRun:
    """What a spiking network did on a batch.

    Attributes:
        readout: mean input of the read-out units over the steps so far, (n_steps, batch, n_outputs).
        rates: what each hidden layer signals, spikes per step times threshold, (batch, width) for each layer.
        spikes: mean number of spikes of one sample in each hidden layer over the whole run, one number for each layer.
        errors: mean absolute difference of rates and activations so far, (n_steps, n_layers); None if none were given.
    """

    readout: Tensor
    rates: list[Tensor]
    spikes: list[float]
    errors: Tensor | None

    def accuracy(self, y: Tensor) -> Tensor:
        """Fraction of the batch that is right after each step, (n_steps,), for labels y (batch,).

        Args:
            labels: (n,) true classes.

        Returns:
            A share from 0 to 1 for each number of steps.
        """
        return (self.readout.argmax(-1) == y).double().mean(-1)


class SpikingMLP(nn.Module):
    """Integrate-and-fire units with the weights of a ReLU network.

    The samples arrive as constant currents. Each hidden unit integrates its input, and a spike of a layer with
    threshold `theta` counts `theta` in the next layer, so that spikes per step times threshold stands for the
    activation. The read-out does not spike: its mean input stands for the logits.

    Args:
        model: a network of Linear layers with a ReLU between them, such as `MLP(...)`. Its weights are copied.
        thresholds: one positive threshold for all hidden layers, or one for each.

    Raises:
        ValueError: a layer that cannot be converted (only Linear and ReLU, and Dropout, Flatten and Identity, which do
            nothing here), a ReLU missing, or a threshold that is not positive.

    Source:
        Cao, Chen and Khosla 2015, doi:10.1007/s11263-014-0788-3; Rueckauer et al. 2017, doi:10.3389/fnins.2017.00682.
    """

    def __init__(self, model: nn.Module, thresholds: float | Sequence[float] = 1.0) -> None:
        super().__init__()
        layers = relu_layers(model)
        n_hidden = len(layers) - 1
        values = (
            [float(thresholds)] * n_hidden if isinstance(thresholds, int | float) else [float(t) for t in thresholds]
        )
        if len(values) != n_hidden or not all(0 < value < float("inf") for value in values):
            raise ValueError(
                f"thresholds: got {thresholds!r}, allowed is one positive number, or one for each of the {n_hidden} "
                "hidden layers"
            )
        for i, layer in enumerate(layers):
            self.register_buffer(f"weight{i}", layer.weight.detach().clone())
            bias = layer.bias if layer.bias is not None else torch.zeros(layer.out_features).to(layer.weight)
            self.register_buffer(f"bias{i}", bias.detach().clone())
        self.thresholds = values

    def run(
        self,
        x: Tensor,
        n_steps: int,
        max_spikes: int | None = None,
        start: float = 0.0,
        activations: Sequence[Tensor] | None = None,
    ) -> SpikingRun:
        """Present samples as constant currents and let the network spike.

        Args:
            x: samples (batch, n_inputs).
            n_steps: number of time steps, at least 1.
            max_spikes: most spikes of a unit in one step; None: no limit.
            start: potential before the first step, as a fraction of the threshold.
            activations: of the ReLU network on the same samples, from `hidden_activations`; then errors are recorded.

        Returns:
            The run. It carries no gradients: a spike has none.

        Raises:
            ValueError: n_steps is below 1, or x does not fit the first layer.
        """
        if isinstance(n_steps, bool) or n_steps != int(n_steps) or n_steps < 1:
            raise ValueError(f"n_steps: got {n_steps!r}, allowed is a whole number of at least 1")
        if x.ndim != 2 or x.shape[1] != self.weight0.shape[1]:
            raise ValueError(f"x: got shape {tuple(x.shape)}, allowed is (batch, {self.weight0.shape[1]})")
        n_hidden = len(self.thresholds)
        weights = [getattr(self, f"weight{i}").T for i in range(n_hidden + 1)]
        biases = [getattr(self, f"bias{i}") for i in range(n_hidden + 1)]
        with torch.no_grad():
            # Constant samples make a constant current into the first layer.
            first = torch.addmm(biases[0], x, weights[0])
            voltages = [
                torch.full((len(x), w.shape[1]), start * theta, dtype=x.dtype, device=x.device)
                for w, theta in zip(weights, self.thresholds, strict=False)
            ]
            counts = [torch.zeros_like(v) for v in voltages]
            readout = torch.empty(n_steps, len(x), weights[-1].shape[1], dtype=x.dtype, device=x.device)
            total = torch.zeros_like(readout[0])
            errors = torch.empty(n_steps, n_hidden, dtype=torch.float64) if activations is not None else None
            for step in range(n_steps):
                current = first
                for i, theta in enumerate(self.thresholds):
                    voltages[i], spikes = iaf_step(voltages[i], current, theta, max_spikes)
                    counts[i] += spikes
                    current = torch.addmm(biases[i + 1], spikes, weights[i + 1], alpha=theta)
                    if errors is not None:
                        rate = counts[i] * (theta / (step + 1))
                        errors[step, i] = (rate - activations[i]).abs().mean()
                total += current
                readout[step] = total / (step + 1)
        rates = [count * (theta / n_steps) for count, theta in zip(counts, self.thresholds, strict=True)]
        return SpikingRun(readout, rates, [count.sum(1).mean().item() for count in counts], errors)

    def forward(self, x: Tensor, n_steps: int = 100) -> Tensor:
        """Mean input of the read-out after n_steps, (batch, n_outputs); it approaches the ReLU network's logits.

        Args:
            x: (n, n_inputs).

        Returns:
            What `run` returns.
        """
        return self.run(x, n_steps).readout[-1]


def relu_layers(model: nn.Module) -> list[nn.Linear]:
    """The Linear layers of a ReLU network, in order.

    Args:
        model: Linear layers with one ReLU after each but the last.

    Returns:
        The layers, at least two.

    Raises:
        ValueError: the network holds anything else, or lacks a ReLU.
    """
    linear: list[nn.Linear] = []
    rectified = True
    for module in model.modules():
        if next(module.children(), None) is not None or isinstance(module, _TRANSPARENT):
            continue
        if isinstance(module, nn.Linear) and rectified:
            linear.append(module)
            rectified = False
        elif isinstance(module, nn.ReLU) and not rectified:
            rectified = True
        elif isinstance(module, nn.Linear | nn.ReLU):
            raise ValueError(
                f"model: got a {type(module).__name__} out of place, allowed are Linear layers with one ReLU between"
            )
        else:
            raise ValueError(
                f"model: got a {type(module).__name__}, allowed are Linear and ReLU layers: a spike rate is never "
                "negative, and its curve is a ReLU"
            )
    if len(linear) < 2 or rectified:
        raise ValueError(f"model: got {len(linear)} Linear layers, allowed are at least two, the last without a ReLU")
    return linear


def hidden_activations(model: nn.Module, x: Tensor) -> list[Tensor]:
    """Activations of every hidden layer of a ReLU network.

    Args:
        model: as for `relu_layers`.
        x: samples (batch, n_inputs).

    Returns:
        One tensor (batch, width) for each hidden layer.

    Raises:
        ValueError: as `relu_layers`.
    """
    activations = []
    with torch.no_grad():
        for layer in relu_layers(model)[:-1]:
            x = torch.relu(layer(x))
            activations.append(x)
    return activations


def balanced_thresholds(model: nn.Module, x: Tensor, percentile: float = 99.9) -> list[float]:
    """Thresholds that fit the activations: a unit at the given percentile of its layer then spikes once in every step.

    Args:
        model: as for `relu_layers`.
        x: samples (batch, n_inputs) on which activations are measured: training data, never test data.
        percentile: of a layer's activations that are not 0, above 0 and up to 100 (the largest one).

    Returns:
        One threshold for each hidden layer.

    Raises:
        ValueError: a percentile out of range, a layer that is silent on all samples, or as `relu_layers`.

    Source:
        Diehl et al. 2015, doi:10.1109/IJCNN.2015.7280696; Rueckauer et al. 2017, doi:10.3389/fnins.2017.00682.
    """
    if not 0 < percentile <= 100:
        raise ValueError(f"percentile: got {percentile!r}, allowed is above 0 and up to 100")
    thresholds = []
    for number, activation in enumerate(hidden_activations(model, x)):
        active = activation[activation > 0].sort().values
        if len(active) == 0:
            raise ValueError(f"x: got samples that leave hidden layer {number + 1} silent, allowed are others")
        # torch.quantile refuses more than 16 million values; the nearest rank needs no such limit.
        thresholds.append(active[min(len(active) - 1, int(percentile / 100 * len(active)))].item())
    return thresholds
