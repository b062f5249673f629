"""What is compared, one module a notebook."""

from __future__ import annotations

from benchmarks.cases import dales_law_snn, lif_transfer_curve, spiral_mlp, v1_orientation_decoding

_NOTEBOOKS = (spiral_mlp, v1_orientation_decoding, lif_transfer_curve, dales_law_snn)
COMPARISONS = tuple(comparison for notebook in _NOTEBOOKS for comparison in notebook.COMPARISONS)
GROWTH = tuple(growth for notebook in _NOTEBOOKS for growth in notebook.GROWTH)
ON_CUDA = dales_law_snn.ON_CUDA
