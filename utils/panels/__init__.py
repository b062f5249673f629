"""Slider panels: the machinery, and one module for the panels of each notebook.

A notebook's module offers a function for each panel, which takes the student's own functions and returns a
`SliderPanel`: `one_hidden_unit(unit_step, dale_weights).show()`. Its `site_panels()` returns the same panels for the
website: id of the notebook's cell -> a function without arguments that makes the panel from the reference solutions,
without running the notebook.
"""

from __future__ import annotations

from utils._lazy import lazy_exports

__getattr__, __dir__, __all__ = lazy_exports(
    __name__,
    {
        "Action": "controls",
        "Choice": "controls",
        "Slider": "controls",
        "SliderPanel": "slider_panel",
        "Tabs": "tabs",
        "Text": "controls",
    },
)
