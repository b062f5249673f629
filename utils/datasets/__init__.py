"""Data sets of the course: each function returns tensors or arrays and says their shapes and units."""

from __future__ import annotations

from utils._lazy import lazy_exports

__getattr__, __dir__, __all__ = lazy_exports(
    __name__,
    {
        "batched_loader": "spiral",
        "create_spiral_dataset": "spiral",
        "shuffle_and_split": "spiral",
        "load_v1": "v1",
        "simulate_v1": "v1_simulation",
        "ipd_spikes": "sound",
        "random_ipd_dataset": "sound",
        "sound_to_spikes": "stereo",
        "stereo_sound": "stereo",
    },
)
