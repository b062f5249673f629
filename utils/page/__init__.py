"""What a cell shows: figures with their words, tables, the scoreboard, the progress bar, numbers in words."""

from __future__ import annotations

from utils._lazy import lazy_exports

__getattr__, __dir__, __all__ = lazy_exports(
    __name__,
    {
        "Scoreboard": "scoreboard",
        "Table": "tables",
        "approx": "numbers",
        "counted": "numbers",
        "describe": "figures",
        "emit": "output",
        "emit_picture": "output",
        "emit_widget": "live",
        "escape": "output",
        "in_kernel": "host",
        "listed": "numbers",
        "on_colab": "host",
        "progress": "progress_bar",
        "show": "figures",
        "words_of": "figures",
    },
)
