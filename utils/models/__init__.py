"""Neuron and network code that outgrew its notebook."""

from __future__ import annotations

from utils._lazy import lazy_exports

__getattr__, __dir__, __all__ = lazy_exports(
    __name__,
    {
        "TwoPathNeuron": "two_path_neuron",
        "MLP": "mlp",
        "simulate_lif": "lif",
        "lif_rate": "lif",
        "simulate_iaf": "iaf",
        "DaleSNN": "dale_snn",
    },
)
