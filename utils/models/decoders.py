"""Decoders of orientation: a smaller space with the same answers, ridge regression, and errors on a circle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import torch
from torch import nn

# Ridge penalties to choose from, as multiples of the mean variance of a response pattern.
_PENALTIES = 10.0 ** torch.arange(-6, 3.5, 0.5, dtype=torch.float64)
# Directions of the response space with less than this part of the largest variance are rounding errors.
_NEGLIGIBLE = 1e-7
# Variance along the widest direction of the published recording's responses, to a digit.
_WIDEST = 500.0
_CHUNK = 2048


def split_stimuli(n_stimuli: int, seed: int = 4, share: float = 0.6) -> tuple[torch.Tensor, torch.Tensor]:
    """Shuffle the stimuli and divide them, as the source does.

    Args:
        n_stimuli: at least 2.
        seed: 4 gives the source's own split.
        share: of the stimuli, for training.

    Returns:
        Row numbers for training, and the others.

    Raises:
        ValueError: one of the two would be empty.
    """
    n_train = int(share * n_stimuli)
    if not 0 < n_train < n_stimuli:
        raise ValueError(f"share: got {share} of {n_stimuli} stimuli, allowed is what leaves some on both sides")
    order = torch.randperm(n_stimuli, generator=torch.Generator().manual_seed(seed))
    return order[:n_train], order[n_train:]


def angular_error(decoded: torch.Tensor, true: torch.Tensor, period: float = 360) -> torch.Tensor:
    """Distance of two angles, the short way round.

    Args:
        decoded: in degrees.
        true: in degrees, of a shape that broadcasts with the other.
        period: 360 for directions, 180 for orientations.

    Returns:
        Degrees from 0 to half the period.

    >>> angular_error(torch.tensor([359.0]), torch.tensor([1.0]))
    tensor([2.])
    """
    return ((decoded - true + period / 2) % period - period / 2).abs()


def sine_cosine(degrees: torch.Tensor, period: float = 360) -> torch.Tensor:
    """Points on the unit circle, which an angle goes round once in each period.

    Args:
        degrees: (n, 1).
        period: 360 for directions, 180 for orientations.

    Returns:
        (n, 2), sine and cosine.
    """
    angle = torch.deg2rad(degrees.reshape(-1) * (360 / period))
    return torch.stack([angle.sin(), angle.cos()], 1)


def angle_of(points: torch.Tensor, period: float = 360) -> torch.Tensor:
    """Angle of points as seen from the origin.

    Args:
        points: (n, 2), sine and cosine.
        period: 360 for directions, 180 for orientations.

    Returns:
        (n, 1) degrees from 0 to below the period.
    """
    degrees = torch.rad2deg(torch.atan2(points[:, :1], points[:, 1:]))
    # A tiny negative angle plus 360 rounds to 360 itself.
    return torch.where(degrees < 0, degrees + 360, degrees) % 360 * (period / 360)


class ResponseSpace:
    """The few dimensions that a set of responses spans, in coordinates of their own.

    n responses of N neurons lie in a space of at most n dimensions. A first layer sees nothing outside of it, and
    gradient descent moves its weights only within it, since every gradient is a sum of responses. Rotating the
    responses into that space changes no output and no step, and costs n numbers for each response instead of N.

    Attributes:
        coordinates: (n_stimuli, n_dimensions) the responses, rotated; distances and products are unchanged.

    Args:
        responses: (n_stimuli, n_neurons).
    """

    def __init__(self, responses: torch.Tensor) -> None:
        self._responses = responses
        variance, vectors = torch.linalg.eigh((responses @ responses.T).double())
        kept = variance > _NEGLIGIBLE * variance[-1]
        if not kept.any():
            raise ValueError("responses: got only zeros, allowed are responses that differ from zero")
        # Largest first, as with principal components.
        scale = variance[kept].flip(0).sqrt()
        vectors = vectors[:, kept].flip(1)
        self.coordinates = (vectors * scale).float()
        self._to_coordinates = (vectors / scale).float()

    def reduce(self, layer: nn.Linear) -> nn.Linear:
        """The same layer, reading coordinates in place of responses.

        Args:
            layer: reads n_neurons numbers.

        Returns:
            A new layer that reads n_dimensions numbers and gives the same outputs for these responses.
        """
        small = nn.utils.skip_init(nn.Linear, self.coordinates.shape[1], layer.out_features)
        with torch.no_grad():
            small.weight.copy_((layer.weight @ self._responses.T) @ self._to_coordinates)
            small.bias.copy_(layer.bias)
        return small


def ridge_predictions(
    gram: torch.Tensor, targets: torch.Tensor, train: torch.Tensor, test: torch.Tensor
) -> torch.Tensor:
    """Ridge regression with an offset and the penalty that predicts left-out training stimuli best.

    Args:
        gram: (n, n) products of the responses to all stimuli.
        targets: (n, n_outputs).
        train: row numbers to learn from.
        test: row numbers to predict.

    Returns:
        (n_test, n_outputs).

    Source: leave-one-out residuals in closed form, Hastie et al. (2009), https://doi.org/10.1007/978-0-387-84858-7
    """
    gram, targets = gram.double(), targets.double()
    kernel, cross = gram[train][:, train], gram[test][:, train]
    # Centring the responses on the training mean, expressed in products.
    row = kernel.mean(0)
    cross = cross - cross.mean(1, keepdim=True) - row + row.mean()
    kernel = kernel - row - row[:, None] + row.mean()
    mean = targets[train].mean(0)
    centred = targets[train] - mean
    variance, vectors = torch.linalg.eigh(kernel)
    variance = variance.clamp(min=0)
    if not variance.any():
        # Responses that are the same in every training stimulus tell nothing apart.
        return mean.expand(len(test), -1).float()
    rotated = vectors.T @ centred
    shrink = variance / (variance + _PENALTIES[:, None] * variance.mean())
    fitted = torch.einsum("ij,pj,jk->pik", vectors, shrink, rotated)
    # The offset is fitted as well: 1 / n of each stimulus' own prediction comes from it.
    own = torch.einsum("ij,pj->pi", vectors**2, shrink) + 1 / len(train)
    residual = (centred - fitted) / (1 - own).clamp(min=1e-9)[..., None]
    best = int((residual**2).sum((1, 2)).argmin())
    weights = vectors @ (rotated / (variance + _PENALTIES[best] * variance.mean())[:, None])
    return (cross @ weights + mean).float()


def decode_ridge(
    gram: torch.Tensor, stimuli: torch.Tensor, train: torch.Tensor, test: torch.Tensor, period: float = 360
) -> torch.Tensor:
    """Angles decoded by ridge regression onto sine and cosine.

    Args:
        gram: (n, n) products of the responses.
        stimuli: (n, 1) in degrees.
        train: row numbers to learn from.
        test: row numbers to decode.
        period: 360 for directions, 180 for orientations.

    Returns:
        (n_test, 1) in degrees, 0 to below the period.
    """
    return angle_of(ridge_predictions(gram, sine_cosine(stimuli, period), train, test), period)


def bump_targets(degrees: torch.Tensor, period: float = 360, n: int = 48, sharpness: float = 20.0) -> torch.Tensor:
    """What n detectors, evenly spread over the circle, should answer: von Mises bumps of height 1.

    Args:
        degrees: (n_stimuli, 1).
        period: 360 for directions, 180 for orientations.
        n: detectors.
        sharpness: the larger, the narrower; 20 is a half-width of 15 degrees on the full circle.

    Returns:
        (n_stimuli, n).
    """
    middle = torch.arange(n) * (360 / n)
    return torch.exp(sharpness * (torch.cos(torch.deg2rad(degrees * (360 / period) - middle)) - 1))


def decode_bumps(
    gram: torch.Tensor, stimuli: torch.Tensor, train: torch.Tensor, test: torch.Tensor, period: float = 360
) -> torch.Tensor:
    """Angles decoded by ridge regression onto detectors: the angle whose pattern of detectors is most like the answer.

    Args:
        gram: (n, n) products of the responses.
        stimuli: (n, 1) in degrees.
        train: row numbers to learn from.
        test: row numbers to decode.
        period: 360 for directions, 180 for orientations.

    Returns:
        (n_test, 1) in degrees, multiples of a 3,600th of the period.

    Source: so do the authors of the recording, https://github.com/MouseLand/stringer-et-al-2019
    """
    grid = torch.arange(3600)[:, None] * (period / 3600)
    answers = ridge_predictions(gram, bump_targets(stimuli, period), train, test)
    patterns = bump_targets(grid, period)
    centred = patterns - patterns.mean(1, keepdim=True)
    return grid[(answers @ centred.T).argmax(1)]


def growing_grams(responses: torch.Tensor, sizes: Sequence[int], seed: int) -> Iterable[tuple[int, torch.Tensor]]:
    """Products of the responses of more and more neurons, in random order.

    Args:
        responses: (n_stimuli, n_neurons).
        sizes: ascending numbers of neurons.
        seed: of the order.

    Yields:
        Each size, with the (n_stimuli, n_stimuli) products of the responses of that many neurons.
    """
    _check_sizes("sizes", sizes, responses.shape[1])
    order = torch.randperm(responses.shape[1], generator=torch.Generator().manual_seed(seed))
    gram = torch.zeros(len(responses), len(responses))
    # One neuron's responses lie side by side, or gathering them would take longer than their products.
    by_neuron, done = responses.T.contiguous(), 0
    for size in sizes:
        for start in range(done, size, _CHUNK):
            block = by_neuron[order[start : min(start + _CHUNK, size)]]
            gram = torch.addmm(gram, block.T, block)
        done = size
        yield size, gram


def error_by_neurons(
    responses: torch.Tensor,
    stimuli: torch.Tensor,
    sizes: Sequence[int],
    seeds: Sequence[int],
    period: float = 360,
    decode: Callable[..., torch.Tensor] = decode_ridge,
) -> np.ndarray:
    """Mean error on held-out stimuli of decoders that read more and more neurons.

    Args:
        responses: (n_stimuli, n_neurons).
        stimuli: (n_stimuli, 1) in degrees.
        sizes: ascending numbers of neurons.
        seeds: each shuffles the neurons and splits the stimuli anew.
        period: 360 for directions, 180 for orientations.
        decode: `decode_ridge` or `decode_bumps`.

    Returns:
        (n_seeds, n_sizes) in degrees.
    """
    errors = np.empty((len(seeds), len(sizes)))
    for row, seed in enumerate(seeds):
        train, test = split_stimuli(len(stimuli), seed)
        for column, (_, gram) in enumerate(growing_grams(responses, sizes, seed)):
            decoded = decode(gram, stimuli, train, test, period)
            errors[row, column] = angular_error(decoded, stimuli[test], period).mean()
    return errors


def error_by_stimuli(
    responses: torch.Tensor,
    stimuli: torch.Tensor,
    sizes: Sequence[int],
    seeds: Sequence[int],
    period: float = 360,
    decode: Callable[..., torch.Tensor] = decode_ridge,
) -> np.ndarray:
    """Mean error on held-out stimuli of decoders that learn from more and more stimuli.

    Args:
        responses: (n_stimuli, n_neurons).
        stimuli: (n_stimuli, 1) in degrees.
        sizes: ascending numbers of training stimuli, at most 60 % of all.
        seeds: each splits the stimuli anew.
        period: 360 for directions, 180 for orientations.
        decode: `decode_ridge` or `decode_bumps`.

    Returns:
        (n_seeds, n_sizes) in degrees.
    """
    gram = responses @ responses.T
    errors = np.empty((len(seeds), len(sizes)))
    for row, seed in enumerate(seeds):
        train, test = split_stimuli(len(stimuli), seed)
        _check_sizes("sizes", sizes, len(train))
        for column, size in enumerate(sizes):
            decoded = decode(gram, stimuli, train[:size], test, period)
            errors[row, column] = angular_error(decoded, stimuli[test], period).mean()
    return errors


def tuning_share(responses: torch.Tensor) -> torch.Tensor:
    """Part of a neuron's variance that varies smoothly with the stimulus.

    Noise of neighbouring bins is independent, and tuning hardly changes from one degree to the next: the product of
    neighbours, averaged, keeps the tuning's variance alone.

    Args:
        responses: (n_stimuli, n_neurons) to evenly spaced angles in ascending order.

    Returns:
        (n_neurons,) in units of the responses' square; may be slightly negative where there is no tuning.
    """
    centred = responses - responses.mean(0)
    return (centred[1:] * centred[:-1]).sum(0).add_(centred[0] * centred[-1]).div_(len(responses))


class Elementwise(nn.Module):
    """A function of single numbers as a layer, so that it can stand in an `nn.Sequential`.

    Args:
        function: such as `torch.tanh`.
    """

    def __init__(self, function: Callable[[torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """The function of every number.

        Args:
            z: of any shape.

        Returns:
            The same shape.
        """
        return self.function(z)


def standardise(responses: torch.Tensor) -> torch.Tensor:
    """Responses of any recording in units that suit the learning rates of notebook 04.

    Every neuron is z-scored over the stimuli. Then all are multiplied by one number, so that the widest direction of
    the responses is as wide as in the published recording: how large a step descent bears depends on that direction.

    Args:
        responses: (n_stimuli, n_neurons).

    Returns:
        (n_stimuli, n_neurons); a neuron that never changes becomes 0.

    Raises:
        ValueError: no neuron changes.
    """
    centred = responses - responses.mean(0)
    scale = centred.square().mean(0).sqrt()
    changing = scale > 1e-6 * responses.abs().amax(0).clamp(min=1e-30)
    if not changing.any():
        raise ValueError("responses: got neurons that answer the same to every stimulus, allowed are some that do not")
    scored = torch.where(changing, centred / torch.where(changing, scale, 1.0), 0.0)
    widest = torch.linalg.eigvalsh((scored @ scored.T).double())[-1] / len(scored)
    return scored * (_WIDEST / widest).sqrt().float()


def _check_sizes(name: str, sizes: Sequence[int], largest: int) -> None:
    steps = np.diff([0, *sizes])
    if len(sizes) == 0 or (steps <= 0).any() or sizes[-1] > largest:
        raise ValueError(f"{name}: got {list(sizes)}, allowed are ascending numbers from 1 to {largest}")
