"""The notebooks of the course: one number and one name each, the same in every room."""

from __future__ import annotations

NAMES = {
    "01": "all_or_none_neuron",
    "02": "relu_sine_approximation",
    "03": "spiral_mlp",
    "04": "v1_orientation_decoding",
    "05": "lif_transfer_curve",
    "06": "dales_law_snn",
}
