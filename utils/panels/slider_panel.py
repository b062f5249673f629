"""Slider panels that answer fast: one figure, drawn once, whose artists are then moved."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from matplotlib.figure import Figure

from utils.page.figures import PIXELS_PER_INCH, few_colours
from utils.page.host import on_colab
from utils.page.live import CONTROLS, emit_widget
from utils.page.output import emit, escape
from utils.panels.canvas import Canvas
from utils.panels.controls import Action, Choice, Slider, Text, labelled

REDRAW_SECONDS = 0.1
LONGEST_FILM = 10  # seconds
SLIDER_NAMES = Path(__file__).with_name("slider_names.js")


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
        play: seconds in which a button plays the first slider from end to end, as a film; None for no such button.
            Nothing moves before the button is pressed.
        forget: lets go of what the panel has gathered since its start; called when it is reset.

    Attributes:
        site_values: control -> the values that the website keeps, where not all of them are to be kept.

    Raises:
        ValueError: no slider, two of one name, a start value that is not allowed, or a film over anything but a slider
            of whole numbers, or of more than 10 seconds.
    """

    site_values: Mapping[str, Sequence[Any]] = MappingProxyType({})

    def __init__(
        self,
        title: str,
        sliders: Sequence[Slider | Choice | Text],
        draw: Callable[[Figure], Any],
        update: Callable[..., str],
        description: str,
        figsize: tuple[float, float] = (7.2, 3.6),
        action: Action | None = None,
        play: float | None = None,
        forget: Callable[[], None] | None = None,
    ) -> None:
        names = [slider.name for slider in sliders]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"sliders: got the names {names}, allowed are one or more, all different")
        first = sliders[0]
        if play is not None and not (isinstance(first, Slider) and first.whole):
            raise ValueError(f"play: got a film over {first.name}, allowed is one over a slider of whole numbers")
        if play is not None and not 0 < play <= LONGEST_FILM:
            raise ValueError(f"play: got {play} seconds, allowed are more than 0 and at most {LONGEST_FILM}")
        self.title, self.description, self.caption, self.png = title, description, "", b""
        self.play = play
        # What a page without a kernel needs to do the same; stored with the panel's title, not shown.
        self.notes: dict[str, Any] = {}
        self._sliders = {slider.name: slider for slider in sliders}
        self._update, self._action, self._forget = update, action, forget
        self._canvas = Canvas(draw, figsize)
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
        """Bring every control back to its start, and stop a film."""
        self._stop.set()
        if self._film is not None:
            # Its name in version 7 of ipywidgets has an underscore.
            setattr(self._film, "playing" if self._film.has_trait("playing") else "_playing", False)
        if self._forget is not None:
            self._forget()
        self.set(**{name: slider.value for name, slider in self._sliders.items()})

    def show(self) -> None:
        """Show title, description and panel; without a kernel the picture of the start values stands there."""
        emit(
            f"Slider panel: {self.title}\n{self.description}",
            f'<p style="margin:0;line-height:1.45;max-width:46em"><strong>{escape(self.title)}.</strong> '
            f"{escape(self.description)}</p>",
            {"course": self.notes} if self.notes else None,
        )
        emit_widget(
            self.box,
            self.caption,
            png=few_colours(self._canvas.pixels()),
            width=self._width,
            name=self.title,
            revive="The picture stands still: run this cell, after those above it, to move it.",
        )

    def run_action(self) -> None:
        """Press the action's button: start it, or, while it runs, ask it to stop.

        Raises:
            ValueError: this panel has no action.
        """
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
        """Wait for a running action; False if it still runs after `seconds`.

        Args:
            seconds: how long; None for as long as it takes.

        Returns:
            Whether it has ended.
        """
        if self._thread is not None:
            self._thread.join(seconds)
            return not self._thread.is_alive()
        return True

    def _build(self, figsize: tuple[float, float]) -> None:
        import ipywidgets as widgets

        self._width, self._height = (round(side * PIXELS_PER_INCH) for side in figsize)
        width = self._width
        longest = max(len(labelled(s.label, getattr(s, "unit", ""))) for s in self._sliders.values())
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
        self._film = None
        if self.play is not None:
            self._film = self._player(self.play)
            buttons.insert(0, self._film)
        n_sliders = sum(isinstance(s, Slider) or getattr(s, "slide", False) for s in self._sliders.values())
        names = (
            [] if on_colab() else [_script(SLIDER_NAMES.read_text(encoding="utf-8").replace("SLIDERS", str(n_sliders)))]
        )
        self.box = widgets.VBox(
            [*self._controls.values(), widgets.HBox(buttons), *status, self._image, self._words, *names],
            layout={"max_width": "100%", "overflow": "hidden"},
        )
        self.box.add_class(CONTROLS)

    def _player(self, seconds: float) -> Any:
        """Play, pause and stop buttons that move the first slider; the page itself links the two."""
        import ipywidgets as widgets

        first, control = next((slider, self._controls[name]) for name, slider in self._sliders.items())
        n_steps = (first.max - first.min) // first.step
        film = widgets.Play(
            min=int(first.min),
            max=int(first.max),
            step=int(first.step),
            value=int(first.value),
            interval=max(20, round(1000 * seconds / max(1, n_steps))),
        )
        film.link = widgets.jslink((film, "value"), (control, "value"))
        return film

    def _moved(self, name: str, change: Mapping[str, Any]) -> None:
        held = self._values[name]
        value = self._sliders[name].follow(held, change["new"])
        if not self._quiet and value != held:
            self._values[name] = value
            self._redraw(self.values)

    def _redraw(self, values: dict[str, Any]) -> None:
        with self._lock:
            if self._action is not None:
                # Other values: what the bar told of is over.
                self._bar.value = 0
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


def _script(code: str) -> Any:
    """A widget that shows nothing and runs a script in the page, with `element` standing for itself."""
    import ipywidgets as widgets

    output = {"output_type": "display_data", "data": {"application/javascript": code}, "metadata": {}}
    return widgets.Output(outputs=(output,), layout={"height": "0", "margin": "0"})


def _unexpected(problem: Exception) -> str:
    return f"That did not work ({type(problem).__name__}: {problem}). The last picture stays."
