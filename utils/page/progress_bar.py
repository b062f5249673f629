"""A progress bar whose stored form is the same on every run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from utils.page.host import in_kernel
from utils.page.live import emit_widget
from utils.page.numbers import counted
from utils.page.output import escape


def progress(
    iterable: Iterable | None = None,
    total: int | None = None,
    desc: str = "training",
    unit: str = "epoch",
    steady: bool = True,
) -> Any:
    """A tqdm bar: a widget in a notebook, text elsewhere.

    Args:
        iterable: what to loop over; or None, and `update()` is called by hand.
        total: number of steps where the iterable does not say.
        desc: what goes on.
        unit: one step's name.
        steady: whether steps come one after the other, so that the latest ones tell the time left best. Steps that
            are done side by side come in bursts; there the mean over all of them does.

    Returns:
        The tqdm object, with `set_postfix`, `update` and `close`.
    """
    smoothing = 0.3 if steady else 0  # tqdm's own, and its mean over all steps
    if not in_kernel():
        from tqdm import tqdm

        return tqdm(iterable, total=total, desc=desc, unit=unit, smoothing=smoothing, leave=False)
    from tqdm.notebook import tqdm as notebook_tqdm

    bar = notebook_tqdm(iterable, total=total, desc=desc, unit=unit, smoothing=smoothing, display=False)
    words = f"Progress: {desc}" + (f", {counted(bar.total, unit)}" if bar.total else "")
    # The bar's own text form holds times; ours is constant, so that the regression run can compare it.
    emit_widget(bar.container, words, f"<small>{escape(words)}</small>")
    return bar
