"""Figures of notebook 06: sounds, spikes, signs, and how well each listener names a direction."""

from __future__ import annotations

from utils._lazy import lazy_exports

__getattr__, __dir__, __all__ = lazy_exports(
    __name__,
    {
        "ConfusionFilm": "decoding",
        "HeardSound": "sounds",
        "OneSound": "sounds",
        "OneUnit": "units",
        "TenSounds": "listening",
        "plot_ablation": "signs",
        "plot_contrasts": "units",
        "plot_decoding": "decoding",
        "plot_drive": "sweeps",
        "plot_fraction_sweep": "sweeps",
        "plot_learning": "decoding",
        "plot_likelihood": "bounds",
        "plot_listeners": "bounds",
        "plot_pairs": "signs",
        "plot_rasters": "sounds",
        "plot_readouts": "signs",
        "plot_recording": "listening",
        "plot_signs": "signs",
        "plot_stereo": "sounds",
        "plot_surrogate": "units",
        "plot_timing": "bounds",
        "plot_tuning": "units",
        "plot_two_ears": "sounds",
    },
)
