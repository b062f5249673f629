"""Figures of notebook 05: traces, transfer curves, and a network that learns to spike."""

from __future__ import annotations

from utils._lazy import lazy_exports

__getattr__, __dir__, __all__ = lazy_exports(
    __name__,
    {
        "NeuronTrace": "traces",
        "SpikingMap": "networks",
        "TransferExplorer": "transfer",
        "plot_balancing": "networks",
        "plot_brain_speed": "networks",
        "plot_circuit": "traces",
        "plot_conversion": "networks",
        "plot_decision_maps": "networks",
        "plot_euler_error": "traces",
        "plot_folded_bias": "traces",
        "plot_four_libraries": "traces",
        "plot_head_start": "networks",
        "plot_iaf_activation": "transfer",
        "plot_iaf_pair": "traces",
        "plot_limit": "transfer",
        "plot_mystery": "transfer",
        "plot_noise": "transfer",
        "plot_published_traces": "traces",
        "plot_rate_code": "transfer",
        "plot_soft_fits": "transfer",
        "plot_switched_off": "traces",
        "plot_transfer_curves": "transfer",
        "plot_two_orders": "traces",
    },
)
