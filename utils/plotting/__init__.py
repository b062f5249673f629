"""The look of the course: its style, and one module for the figures of each notebook."""

from __future__ import annotations

from utils._lazy import lazy_exports

__getattr__, __dir__, __all__ = lazy_exports(__name__, {"course_style": "style", "styled": "style"})
