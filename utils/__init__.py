"""What every notebook of the course uses: seeds, figures, exercises, predictions, sliders, the scoreboard."""

from __future__ import annotations

from utils._lazy import lazy_exports

__getattr__, __dir__, __all__ = lazy_exports(
    __name__,
    {
        "Action": "panels",
        "Choice": "panels",
        "Scoreboard": "page",
        "Slider": "panels",
        "SliderPanel": "panels",
        "Tabs": "panels",
        "Text": "panels",
        "approx": "page",
        "counted": "page",
        "exercise": "exercises",
        "predict": "predictions",
        "progress": "page",
        "set_device": "seeding",
        "set_seed": "seeding",
        "seed_worker": "seeding",
        "show": "page",
    },
)
