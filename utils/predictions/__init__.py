"""Predictions: asking and scoring, and one module for the texts of each notebook."""

from __future__ import annotations

from utils._lazy import lazy_exports

__getattr__, __dir__, __all__ = lazy_exports(
    __name__,
    {"Prediction": "prediction", "get": "registry", "ids": "registry", "of_notebook": "registry", "predict": "asking"},
)
