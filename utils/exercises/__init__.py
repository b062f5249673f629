"""Exercises that answer at once and never stop a notebook; one module for each notebook's exercises."""

from __future__ import annotations

from utils._lazy import lazy_exports

__getattr__, __dir__, __all__ = lazy_exports(
    __name__,
    {"exercise": "decorator", "get": "registry", "ids": "registry", "register": "registry"},
)
