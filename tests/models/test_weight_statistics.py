"""What the numbers that describe weights say of matrices whose answer is known."""

import math

import pytest
import torch

from utils.models.weight_statistics import log_size_moments, spectral_entropy


def test_the_entropy_of_known_spectra():
    assert spectral_entropy(torch.eye(5)) == pytest.approx(1)
    assert spectral_entropy(torch.ones(5, 3)) == pytest.approx(0, abs=1e-6)
    share = torch.tensor([0.75, 0.25])
    by_hand = -sum(s * math.log(s) for s in share.tolist()) / math.log(2)
    assert spectral_entropy(torch.diag(4 * share)) == pytest.approx(by_hand)
    # Turning and stretching change nothing.
    turned = torch.linalg.qr(torch.randn(2, 2, generator=torch.Generator().manual_seed(0)))[0] @ torch.diag(7 * share)
    assert spectral_entropy(turned) == pytest.approx(by_hand)


def test_a_common_sign_makes_the_spectrum_uneven():
    weights = torch.randn(200, 30, generator=torch.Generator().manual_seed(0))
    assert spectral_entropy(weights.abs()) < spectral_entropy(weights) - 0.02


def test_log_normal_sizes_have_no_skewness():
    normal = torch.randn(200_000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    sd, skewness, kurtosis = log_size_moments((0.5 * normal).exp())
    assert sd == pytest.approx(0.5, abs=0.01)
    assert skewness == pytest.approx(0, abs=0.03)
    assert kurtosis == pytest.approx(0, abs=0.05)
    assert log_size_moments(normal)[1] < -1, "normal weights have a long tail of small sizes"


def test_what_has_no_spectrum_is_refused():
    with pytest.raises(ValueError, match="weights: got shape"):
        spectral_entropy(torch.ones(5))
    with pytest.raises(ValueError, match="weights: got zeros only"):
        spectral_entropy(torch.zeros(3, 3))
