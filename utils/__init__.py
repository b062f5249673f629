"""What every notebook of the course uses: seeds, figures, exercises, predictions, sliders, the scoreboard."""

from __future__ import annotations

from utils._lazy import lazy_exports

__getattr__, __dir__, __all__ = lazy_exports(
    __name__,
    {
        "Action": "widgets",
        "Choice": "widgets",
        "Scoreboard": "scoreboard",
        "Slider": "widgets",
        "SliderPanel": "widgets",
        "Tabs": "widgets",
        "Text": "widgets",
        "approx": "display",
        "exercise": "exercises",
        "predict": "predictions",
        "progress": "progress_bar",
        "set_device": "seeding",
        "set_seed": "seeding",
        "seed_worker": "seeding",
        "show": "plotting",
        "use_style": "plotting",
    },
)
