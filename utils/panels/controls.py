"""The controls of a panel: a slider, a choice, a line of text, and a button for longer work."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from utils.plotting.style import COLORS


@dataclass(frozen=True)
class Slider:
    """A number to move.

    Attributes:
        name: keyword under which `update` receives it.
        label: what stands beside it.
        min: smallest value.
        max: largest value.
        value: where it starts, and where reset returns to.
        step: distance of neighbouring values (of exponents of 10 where `log`).
        unit: stands behind the label, in brackets.
        log: whether equal ways are equal factors.
    """

    name: str
    label: str
    min: float
    max: float
    value: float
    step: float
    unit: str = ""
    log: bool = False

    def __post_init__(self) -> None:
        if not self.min < self.max or not self.step > 0:
            raise ValueError(
                f"{self.name}: got min {self.min}, max {self.max}, step {self.step}, allowed are min < max and step > 0"
            )
        if self.log and not self.min > 0:
            raise ValueError(f"{self.name}: got min {self.min}, allowed on a logarithmic slider is more than 0")
        self.accept(self.value)

    def accept(self, value: Any) -> Any:
        """The value as the slider holds it, or a ValueError that says what is allowed.

        Args:
            value: a number.

        Returns:
            An int where the slider moves over whole numbers, else a float.

        Raises:
            ValueError: it is no number, or out of range.
        """
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float | np.number)
            or not self.min <= value <= self.max
        ):
            raise ValueError(f"{self.name}: got {value!r}, allowed is {self.min:g} to {self.max:g}")
        return int(value) if self.whole else float(value)

    def follow(self, held: float, shown: float) -> Any:
        """The value to hold once the page shows `shown`.

        A page brings what it was given onto its own grid and sends that back: 0.1 as 0.09999999999999999, 200 on a
        logarithmic slider as 199.5. The reader did not move anything then, and `held` stays.

        Args:
            held: the value so far.
            shown: what the page says.

        Returns:
            `held`, unless the two are at least half a step apart.
        """
        apart = math.log10(shown / held) if self.log else shown - held
        if abs(apart) < self.step / 2:
            return held
        return shown if self.log else self.accept(round(shown, self._decimals))

    @property
    def _decimals(self) -> int:
        numbers = (self.min, self.max, self.step)
        return max(0, *(-Decimal(str(number)).normalize().as_tuple().exponent for number in numbers))

    @property
    def whole(self) -> bool:
        """Whether it moves over whole numbers."""
        numbers = (self.min, self.max, self.value, self.step)
        return not self.log and all(float(number).is_integer() for number in numbers)

    def widget(self, style: dict, layout: dict) -> Any:
        """The ipywidgets control.

        Args:
            style: of the control, as ipywidgets takes it.
            layout: likewise.

        Returns:
            An ipywidgets slider.
        """
        import ipywidgets as widgets

        common = {
            "value": self.accept(self.value),
            "step": self.step,
            "description": labelled(self.label, self.unit),
            # Their own white is hard to see on a light page.
            "style": {**style, "handle_color": COLORS["blue"]},
            "layout": layout,
            "continuous_update": True,
        }
        if self.log:
            low, high = math.log10(self.min), math.log10(self.max)
            return widgets.FloatLogSlider(base=10, min=low, max=high, readout_format=".3r", **common)
        if self.whole:
            return widgets.IntSlider(min=int(self.min), max=int(self.max), **{**common, "step": int(self.step)})
        return widgets.FloatSlider(min=self.min, max=self.max, readout_format=f".{self._decimals}f", **common)


@dataclass(frozen=True)
class Choice:
    """One of several options. Attributes as in `Slider`; `options` is a sequence of texts.

    With `slide` they lie along a slider, for options that have an order.
    """

    name: str
    label: str
    options: Sequence[str]
    value: str
    slide: bool = False

    def __post_init__(self) -> None:
        self.accept(self.value)

    def accept(self, value: Any) -> Any:
        """The value, or a ValueError that lists the options.

        Args:
            value: one of the options.

        Returns:
            The same.

        Raises:
            ValueError: it is none of them.
        """
        if value not in self.options:
            raise ValueError(f"{self.name}: got {value!r}, allowed is one of {', '.join(map(repr, self.options))}")
        return value

    def follow(self, held: str, shown: str) -> str:
        """The value to hold once the page shows `shown`.

        Arguments as in `Slider.follow`; whatever the page shows counts.
        """
        return shown

    def widget(self, style: dict, layout: dict) -> Any:
        """The ipywidgets control.

        Arguments as in `Slider.widget`.
        """
        import ipywidgets as widgets

        common = {"options": list(self.options), "value": self.value, "description": self.label, "layout": layout}
        if self.slide:
            return widgets.SelectionSlider(style={**style, "handle_color": COLORS["blue"]}, **common)
        return widgets.Dropdown(style=style, **common)


@dataclass(frozen=True)
class Text:
    """A line to type; it counts when Enter is pressed or the field is left."""

    name: str
    label: str
    value: str

    def accept(self, value: Any) -> Any:
        """The value, or a ValueError.

        Args:
            value: a text.

        Returns:
            The same.

        Raises:
            ValueError: it is no text.
        """
        if not isinstance(value, str):
            raise ValueError(f"{self.name}: got {value!r}, allowed is a text")
        return value

    def follow(self, held: str, shown: str) -> str:
        """The value to hold once the page shows `shown`.

        Arguments as in `Slider.follow`; whatever the page shows counts.
        """
        return shown

    def widget(self, style: dict, layout: dict) -> Any:
        """The ipywidgets control.

        Arguments as in `Slider.widget`.
        """
        import ipywidgets as widgets

        return widgets.Text(
            value=self.value, description=self.label, continuous_update=False, style=style, layout=layout
        )


@dataclass(frozen=True)
class Action:
    """Work that takes longer than a slider may, started by a button and stoppable.

    Attributes:
        label: what stands on the button.
        run: `run(artists, values, report, stopped)`, called in a background thread. It moves artists, calls
            `report(fraction, sentence)` to redraw and to say how far it is (0 to 1), and returns a last
            sentence; it ends early, keeping what it has, once `stopped()` is true.
    """

    label: str
    run: Callable[[Any, dict[str, Any], Callable[[float, str], None], Callable[[], bool]], str]


def labelled(label: str, unit: str) -> str:
    """A label with its unit in brackets, where it has one.

    Args:
        label: such as "rate".
        unit: such as "Hz"; may be empty.

    Returns:
        Such as "rate (Hz)".
    """
    return f"{label} ({unit})" if unit else label
