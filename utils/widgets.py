"""Slider panels that answer fast: one figure, drawn once, whose artists are then moved."""

from __future__ import annotations

import base64
import math
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from utils.display import escape, on_colab, publish, publish_widget
from utils.plotting.style import COLORS, PIXELS_PER_INCH, STYLE_FILE

# Pixels stored for each pixel on the page: sharper than 1, much faster to encode than 2.
LIVE_PIXEL_RATIO = 1.4
REDRAW_SECONDS = 0.1
# A slider's handle has no name of its own, and says the bare number (of a logarithmic one the exponent). Neither can
# be changed from Python. The controls may be drawn after this has run, so it looks again until they are there.
NAME_THE_SLIDERS = """
(function name(attempts) {
  const panel = element.closest('.widget-vbox');
  const words = panel && panel.querySelector('[role=status]');
  if (!words || panel.querySelectorAll('[role=slider]').length < SLIDERS) {
    if (attempts) setTimeout(name, 100, attempts - 1);
    return;
  }
  // The sentence is exchanged as a whole, and only what surrounds it is there to be listened to.
  words.parentElement.setAttribute('aria-live', 'polite');
  panel.querySelectorAll('.widget-slider').forEach(row => {
    const handle = row.querySelector('[role=slider]'), number = row.querySelector('.widget-readout');
    const label = row.querySelector('.widget-label').textContent;
    const say = () => {
      if (handle.getAttribute('aria-valuetext') !== number.textContent)
        handle.setAttribute('aria-valuetext', number.textContent);
    };
    for (const part of [handle, number]) part.setAttribute('aria-label', label);
    number.setAttribute('role', 'textbox');
    new MutationObserver(say).observe(
      row, {subtree: true, childList: true, characterData: true, attributeFilter: ['aria-valuetext']});
    say();
  });
})(100);
"""


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
        """The value as the slider holds it, or a ValueError that says what is allowed."""
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float | np.number)
            or not self.min <= value <= self.max
        ):
            raise ValueError(f"{self.name}: got {value!r}, allowed is {self.min:g} to {self.max:g}")
        return int(value) if self._whole else float(value)

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
    def _whole(self) -> bool:
        numbers = (self.min, self.max, self.value, self.step)
        return not self.log and all(float(number).is_integer() for number in numbers)

    def widget(self, style: dict, layout: dict) -> Any:
        """The ipywidgets control."""
        import ipywidgets as widgets

        common = {
            "value": self.accept(self.value),
            "step": self.step,
            "description": _labelled(self.label, self.unit),
            # Their own white is hard to see on a light page.
            "style": {**style, "handle_color": COLORS["blue"]},
            "layout": layout,
            "continuous_update": True,
        }
        if self.log:
            low, high = math.log10(self.min), math.log10(self.max)
            return widgets.FloatLogSlider(base=10, min=low, max=high, readout_format=".3g", **common)
        if self._whole:
            return widgets.IntSlider(min=int(self.min), max=int(self.max), **{**common, "step": int(self.step)})
        return widgets.FloatSlider(min=self.min, max=self.max, readout_format=f".{self._decimals}f", **common)


@dataclass(frozen=True)
class Choice:
    """One of several options. Attributes as in `Slider`; `options` is a sequence of texts."""

    name: str
    label: str
    options: Sequence[str]
    value: str

    def __post_init__(self) -> None:
        self.accept(self.value)

    def accept(self, value: Any) -> Any:
        """The value, or a ValueError that lists the options."""
        if value not in self.options:
            raise ValueError(f"{self.name}: got {value!r}, allowed is one of {', '.join(map(repr, self.options))}")
        return value

    def follow(self, held: str, shown: str) -> str:
        """The value to hold once the page shows `shown`."""
        return shown

    def widget(self, style: dict, layout: dict) -> Any:
        """The ipywidgets control."""
        import ipywidgets as widgets

        return widgets.Dropdown(
            options=list(self.options), value=self.value, description=self.label, style=style, layout=layout
        )


@dataclass(frozen=True)
class Text:
    """A line to type; it counts when Enter is pressed or the field is left."""

    name: str
    label: str
    value: str

    def accept(self, value: Any) -> Any:
        """The value, or a ValueError."""
        if not isinstance(value, str):
            raise ValueError(f"{self.name}: got {value!r}, allowed is a text")
        return value

    def follow(self, held: str, shown: str) -> str:
        """The value to hold once the page shows `shown`."""
        return shown

    def widget(self, style: dict, layout: dict) -> Any:
        """The ipywidgets control."""
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


class SliderPanel:
    """Sliders, a picture, a sentence that says what the picture shows, and a reset button.

    Every control is reached with Tab and moved with the arrow keys. A value outside the model's domain gives
    a sentence, and the last good picture stays.

    Args:
        title: of the panel.
        sliders: `Slider`, `Choice` and `Text` objects.
        draw: `draw(fig)` draws everything once and returns the artists that will move (nested lists, tuples
            and dicts are searched for them).
        update: `update(artists, **values)` moves the artists and returns one sentence: what there is to see.
            It may raise ValueError with a sentence for the reader.
        description: what can be moved and what to look for.
        figsize: in inches of 100 pixels.
        action: work behind a button, or None.

    Raises:
        ValueError: no slider, two of one name, or a start value that is not allowed.
    """

    def __init__(
        self,
        title: str,
        sliders: Sequence[Slider | Choice | Text],
        draw: Callable[[Figure], Any],
        update: Callable[..., str],
        description: str,
        figsize: tuple[float, float] = (7.2, 3.6),
        action: Action | None = None,
    ) -> None:
        names = [slider.name for slider in sliders]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"sliders: got the names {names}, allowed are one or more, all different")
        self.title, self.description, self.caption, self.png = title, description, "", b""
        self._sliders = {slider.name: slider for slider in sliders}
        self._update, self._action = update, action
        self._canvas = _Canvas(draw, figsize)
        self._lock = threading.RLock()
        self._quiet = False
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._values = {name: slider.accept(slider.value) for name, slider in self._sliders.items()}
        self._good = self.values
        self._build(figsize)
        self._redraw(self.values)

    @property
    def values(self) -> dict[str, Any]:
        """The current value of every control, by name."""
        return dict(self._values)

    def set(self, **values: Any) -> None:
        """Move controls from code, as the reader would; the picture follows once.

        Args:
            values: new values by name.

        Raises:
            ValueError: an unknown name, or a value outside of the control's range.
        """
        accepted = {}
        for name, value in values.items():
            if name not in self._sliders:
                raise ValueError(f"{name}: no such control, allowed is one of {', '.join(self._sliders)}")
            accepted[name] = self._sliders[name].accept(value)
        self._quiet = True
        try:
            for name, value in accepted.items():
                self._controls[name].value = value
        finally:
            self._quiet = False
        self._values |= accepted
        self._redraw(self.values)

    def reset(self) -> None:
        """Bring every control back to its start."""
        self._stop.set()
        self.set(**{name: slider.value for name, slider in self._sliders.items()})

    def show(self) -> None:
        """Show title, description and panel; without a kernel the picture of the start values stands there."""
        publish(
            f"Slider panel: {self.title}\n{self.description}",
            f'<p style="margin:0;line-height:1.45;max-width:46em"><strong>{escape(self.title)}.</strong> '
            f"{escape(self.description)}</p>",
        )
        publish_widget(self.box, self.caption, png=self.png, width=self._width)

    def run_action(self) -> None:
        """Press the action's button: start it, or, while it runs, ask it to stop."""
        if self._action is None:
            raise ValueError("action: this panel has none")
        if self._thread is not None and self._thread.is_alive():
            self._stop.set()
            return
        self._stop.clear()
        self._thread = threading.Thread(target=self._work, args=(self._action, self.values), daemon=True)
        self._button.description, self._button.icon = "Stop", "stop"
        self._thread.start()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for a running action; False if it still runs after `seconds`."""
        if self._thread is not None:
            self._thread.join(seconds)
            return not self._thread.is_alive()
        return True

    def _build(self, figsize: tuple[float, float]) -> None:
        import ipywidgets as widgets

        self._width, self._height = (round(side * PIXELS_PER_INCH) for side in figsize)
        width = self._width
        longest = max(len(_labelled(s.label, getattr(s, "unit", ""))) for s in self._sliders.values())
        style = {"description_width": f"{min(260, 24 + 7 * longest)}px"}
        layout = {"width": f"{min(width, 620)}px", "max_width": "98%"}
        self._controls = {name: slider.widget(style, layout) for name, slider in self._sliders.items()}
        for name, control in self._controls.items():
            control.observe(partial(self._moved, name), names="value")
            # Version 8 shows "null" over a label without one; version 7 has another name for it.
            if control.has_trait("tooltip"):
                control.tooltip = control.description
        # An <img> in an HTML widget: the Image widget has no alternative text, and its tooltip breaks its view.
        self._image = widgets.HTML(layout={"max_width": "100%"})
        # Room for two lines, so that what follows stays where it is.
        self._words = widgets.HTML(layout={"min_height": "3em"})
        reset = widgets.Button(description="Reset", icon="undo", tooltip=f"Reset {self.title}")
        reset.on_click(lambda _: self.reset())
        buttons = [reset]
        status = []
        if self._action is not None:
            self._button = widgets.Button(description=self._action.label, icon="play", tooltip=self._action.label)
            self._button.on_click(lambda _: self.run_action())
            self._bar = widgets.FloatProgress(min=0, max=1, value=0, layout={"width": f"{min(width, 620)}px"})
            buttons.insert(0, self._button)
            status.append(self._bar)
        self.reset_button = reset
        n_sliders = sum(isinstance(slider, Slider) for slider in self._sliders.values())
        names = [] if on_colab() else [_script(NAME_THE_SLIDERS.replace("SLIDERS", str(n_sliders)))]
        self.box = widgets.VBox(
            [*self._controls.values(), widgets.HBox(buttons), *status, self._image, self._words, *names],
            layout={"max_width": "100%", "overflow": "hidden"},
        )

    def _moved(self, name: str, change: Mapping[str, Any]) -> None:
        held = self._values[name]
        value = self._sliders[name].follow(held, change["new"])
        if not self._quiet and value != held:
            self._values[name] = value
            self._redraw(self.values)

    def _redraw(self, values: dict[str, Any]) -> None:
        with self._lock:
            try:
                caption = self._update(self._canvas.artists, **values)
            except Exception as problem:
                self._say(str(problem) if isinstance(problem, ValueError) else _unexpected(problem), warning=True)
                if not self.png:
                    raise
                # Artists may have been moved half-way: bring them back to the last values that worked. What fails for
                # every value has been said already.
                with suppress(Exception):
                    self._update(self._canvas.artists, **self._good)
                return
            self._good = values
            self._paint(caption)

    def _paint(self, caption: str) -> None:
        self.png = self._canvas.png()
        # Size and synchronous decoding keep the page from jumping while the picture is exchanged.
        self._image.value = (
            f'<img alt="{escape(caption)}" width="{self._width}" height="{self._height}" decoding="sync" '
            f'style="max-width:100%;height:auto" src="data:image/png;base64,{base64.b64encode(self.png).decode()}">'
        )
        self._say(caption)

    def _say(self, sentence: str, warning: bool = False) -> None:
        self.caption = sentence
        sign = "⚠ " if warning else ""
        style = "margin:0;line-height:1.45;max-width:46em"
        self._words.value = f'<p role="status" style="{style}">{sign}{escape(sentence)}</p>'

    def _work(self, action: Action, values: dict[str, Any]) -> None:
        last = 0.0

        def report(fraction: float, sentence: str) -> None:
            nonlocal last
            now = time.monotonic()
            # A picture costs more than a training step: no more than ten of them a second.
            if now - last < REDRAW_SECONDS and fraction < 1:
                return
            last = now
            self._bar.value = min(max(fraction, 0.0), 1.0)
            with self._lock:
                self._paint(sentence)

        try:
            sentence = action.run(self._canvas.artists, values, report, self._stop.is_set)
            with self._lock:
                self._paint(sentence)
        except Exception as problem:
            self._say(str(problem) if isinstance(problem, ValueError) else _unexpected(problem), warning=True)
        finally:
            self._button.description, self._button.icon = action.label, "play"


class _Canvas:
    """Draws what never moves once, and only the moving artists on every update."""

    def __init__(self, draw: Callable[[Figure], Any], figsize: tuple[float, float]) -> None:
        with mpl.rc_context(fname=STYLE_FILE):
            self.figure = Figure(figsize=figsize, dpi=PIXELS_PER_INCH * LIVE_PIXEL_RATIO)
            self.canvas = FigureCanvasAgg(self.figure)
            self.artists = draw(self.figure)
        # An artist that stands in two places is still drawn once.
        self.moving = sorted(dict.fromkeys(_found(self.artists)), key=lambda artist: artist.get_zorder())
        for artist in self.moving:
            artist.set_animated(True)
        self.background: Any = None

    def png(self) -> bytes:
        # Matplotlib marks the figure stale when anything but an animated artist changed (a limit, say).
        if self.background is None or self.figure.stale:
            with mpl.rc_context(fname=STYLE_FILE):
                self.canvas.draw()
            self.background = self.canvas.copy_from_bbox(self.figure.bbox)
        else:
            self.canvas.restore_region(self.background)
        renderer = self.canvas.get_renderer()
        for artist in self.moving:
            artist.draw(renderer)
        return _png(np.asarray(self.canvas.buffer_rgba()))


def _png(picture: np.ndarray) -> bytes:
    """Encode a picture (height, width, 4), whose last channel is left out, as a PNG.

    Twice as fast as Pillow, which tries all five filters on every row of every picture: in figures rows mostly repeat
    the row above, so the difference to it is nearly always the best.
    """
    height, width, _ = picture.shape
    pixels = picture[..., :3].reshape(height, 3 * width)
    rows = np.empty((height, 1 + 3 * width), np.uint8)
    rows[:, 0] = 2  # the filter "up"; above the first row stand zeros
    rows[0, 1:] = pixels[0]
    np.subtract(pixels[1:], pixels[:-1], out=rows[1:, 1:])
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows, 1)),
        (b"IEND", b""),
    )
    whole = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + whole


class Tabs:
    """Sections behind tabs; a page without a kernel shows them one after the other.

    Args:
        sections: title -> HTML.

    Raises:
        ValueError: there are none.
    """

    def __init__(self, sections: Mapping[str, str]) -> None:
        if not sections:
            raise ValueError("sections: got none, allowed are one or more")
        self.sections = dict(sections)

    def show(self) -> None:
        """Show the tabs."""
        import ipywidgets as widgets

        tab = widgets.Tab(children=[widgets.HTML(html) for html in self.sections.values()])
        for number, title in enumerate(self.sections):
            tab.set_title(number, title)
        static = "".join(
            f"<section><p><strong>{escape(title)}</strong></p>{html}</section>" for title, html in self.sections.items()
        )
        publish_widget(tab, f"Tabs: {', '.join(self.sections)}", static)


def _found(artists: Any) -> Iterator[Artist]:
    if isinstance(artists, Artist):
        if not isinstance(artists, Figure) and not hasattr(artists, "get_xlim"):
            yield artists
    elif isinstance(artists, Mapping):
        for value in artists.values():
            yield from _found(value)
    elif isinstance(artists, list | tuple):
        for value in artists:
            yield from _found(value)
    elif hasattr(artists, "__dict__") and not isinstance(artists, type):
        yield from _found(vars(artists))


def _script(code: str) -> Any:
    """A widget that shows nothing and runs a script in the page, with `element` standing for itself."""
    import ipywidgets as widgets

    output = {"output_type": "display_data", "data": {"application/javascript": code}, "metadata": {}}
    return widgets.Output(outputs=(output,), layout={"height": "0", "margin": "0"})


def _labelled(label: str, unit: str) -> str:
    return f"{label} ({unit})" if unit else label


def _unexpected(problem: Exception) -> str:
    return f"That did not work ({type(problem).__name__}: {problem}). The last picture stays."
