"""Loops that train networks and test them."""

from __future__ import annotations

from utils._lazy import lazy_exports

__getattr__, __dir__, __all__ = lazy_exports(
    __name__,
    {
        "evaluate_classifier": "classifiers",
        "predict_probabilities": "classifiers",
        "train_classifier": "classifiers",
    },
)
