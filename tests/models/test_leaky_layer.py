"""The layer with a gradient by hand: what it answers where torch would have to know that gradient better."""

import pytest
import torch

from utils.models.leaky_layer import input_product, leaky_spikes


@pytest.mark.parametrize("transform", [torch.func.vmap, lambda call: torch.func.grad(lambda x: call(x).sum())])
@pytest.mark.parametrize(
    ("call", "name"), [(lambda c: leaky_spikes(c, 0.8), "current"), (lambda x: input_product(x, x), "x")]
)
def test_inside_of_torch_func_a_sentence_says_what_is_allowed(transform, call, name):
    with pytest.raises(ValueError, match=f"^{name}: got a stand-in, as torch.func, vmap and torch.export use"):
        transform(call)(torch.rand(5, 3, 4))


def test_export_is_refused_in_one_sentence():
    class Layer(torch.nn.Module):
        def forward(self, current):
            return leaky_spikes(current, 0.8)

    with pytest.raises(Exception, match="current: got a stand-in"):
        torch.export.export(Layer(), (torch.rand(5, 3, 4),))
