"""With the real recording the published numbers come out; runs where the file is in the cache."""

import functools

import numpy as np
import pytest
import torch
from torch import nn

from utils.datasets import v1
from utils.datasets.download import _is_valid, cache_folder
from utils.datasets.v1 import load_v1
from utils.exercises import v1_orientation_decoding as exercises
from utils.models.decoders import split_stimuli

pytestmark = [
    pytest.mark.online,
    pytest.mark.skipif(
        not _is_valid(cache_folder() / v1.FILE, v1.MD5),
        reason='no recording in the cache; load_v1("stringer2021") puts it there',
    ),
]


@functools.cache
def recording():
    responses, stimuli = load_v1("stringer2021")
    train, _ = split_stimuli(len(stimuli))
    return responses, stimuli, train


def fresh(n_hidden):
    np.random.seed(1)
    torch.manual_seed(1)
    return exercises.DeepNetReLU(recording()[0].shape[1], n_hidden)


def draws(n):
    responses, stimuli, train = recording()
    rows = train[np.random.choice(len(train), n)]
    return responses[rows], stimuli[rows]


def test_shape_and_labels():
    responses, stimuli, train = recording()
    assert responses.shape == (360, 23589)
    assert stimuli[:, 0].tolist() == list(range(360))
    assert len(train) == 216


def test_untrained_network():
    net = fresh(200)
    response, direction = draws(1)
    assert float(direction) == 139
    assert float(net(response)) == pytest.approx(0.17, abs=0.005)


def test_error_of_20_draws():
    net = fresh(10)
    response, direction = draws(20)
    assert float(nn.MSELoss()(net(response), direction)) == pytest.approx(42949.14, abs=0.5)


def test_training_losses():
    responses, stimuli, train = recording()
    net, x, y = fresh(10), responses[train], stimuli[train]
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-4)
    losses = [exercises.gradient_step(net, nn.MSELoss(), optimizer, x, y) for _ in range(200)]
    published = {
        1: 44667.426,
        10: 12219.759,
        20: 1672.732,
        30: 548.097,
        40: 235.619,
        50: 144.001,
        100: 22.811,
        200: 2.469,
    }
    for iteration, loss in published.items():
        assert losses[iteration - 1] == pytest.approx(loss, rel=0.01)
