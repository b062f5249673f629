"""Neuron and network code that outgrew its notebook."""

from __future__ import annotations

from utils._lazy import lazy_exports

__getattr__, __dir__, __all__ = lazy_exports(
    __name__,
    {
        "DaleSNN": "dale_snn",
        "MLP": "mlp",
        "SpikingMLP": "spiking_conversion",
        "TwoPathNeuron": "two_path_neuron",
        "direction_posterior": "ideal_observer",
        "lif_rate": "lif",
        "pulse_responses": "hodgkin_huxley",
        "simulate_iaf": "iaf",
        "simulate_lif": "lif",
    },
)
