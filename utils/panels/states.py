"""Which states of a panel a page without a kernel can show, and those states in one compact text.

Every state is made by the panel itself. Where there are few, all of them are kept; where there are many, a grid onto
which the page's sliders snap; with many sliders each one alone, and each pair, around the start values.
"""

from __future__ import annotations

import base64
import io
import itertools
import json
import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from utils.panels.controls import Choice, Slider, Text
from utils.panels.recording import DPI, UNITS_PER_PIXEL, Recorder, Table, varint, varints
from utils.panels.slider_panel import SliderPanel
from utils.plotting.style import course_style

# All states of up to so many are kept, else a grid of so many; each slider alone, and each pair, at so many stops.
ALL_STATES, GRID_STATES, ALONE_STOPS, PAIR_STOPS = 10_201, 3_072, 61, 11
# More controls than this have no common grid.
GRID_CONTROLS = 3
# Pictures of one piece of work behind a button.
FRAMES = 30


@dataclass(frozen=True)
class Grid:
    """States in which some controls move and all others stand at their start.

    Attributes:
        controls: numbers of those that move.
        stops: for each of them the numbers of its stops, rising.
    """

    controls: tuple[int, ...]
    stops: tuple[tuple[int, ...], ...]

    def __len__(self) -> int:
        return math.prod(map(len, self.stops))


@dataclass
class Recording:
    """The states of one panel.

    Attributes:
        panel: which was recorded.
        stops: for each control the values at which it can stand.
        starts: for each control the number of its start among its stops.
        grids: which states there are.
        films: (stops of all controls, number of states) for each recorded piece of work, after the grids' states.
        recorder: what was drawn.
        states: (background, sentence, whether it is a warning, operations) of each.
    """

    panel: SliderPanel
    stops: list[list[Any]]
    starts: list[int]
    grids: list[Grid]
    recorder: Recorder
    films: list[tuple[tuple[int, ...], int]] = field(default_factory=list)
    states: list[tuple[int, int, bool, list[int]]] = field(default_factory=list)
    backgrounds: Table = field(default_factory=Table)
    sentences: Table = field(default_factory=Table)

    def values(self, numbers: Sequence[int]) -> dict[str, Any]:
        """The values of all controls at the given stops.

        Args:
            numbers: of a stop of each control.

        Returns:
            Value by the control's name.
        """
        names = self.panel._sliders
        return {name: stops[number] for name, stops, number in zip(names, self.stops, numbers, strict=True)}

    def start(self) -> int:
        """The number of the state at the start values.

        Returns:
            It counts from 0.
        """
        return next(number for number, stops in enumerate(self.all_numbers()) if list(stops) == self.starts)

    def all_numbers(self) -> Iterator[tuple[int, ...]]:
        """The stops of all controls, for each of the grids' states.

        Returns:
            An iterator over as many as there are states in the grids.
        """
        for grid in self.grids:
            for chosen in itertools.product(*grid.stops):
                numbers = list(self.starts)
                for control, number in zip(grid.controls, chosen, strict=True):
                    numbers[control] = number
                yield tuple(numbers)


def positions(control: Slider | Choice | Text) -> list[Any]:
    """Every value at which a control can stand, the start value in any case; of a text the start value alone.

    Args:
        control: of a panel.

    Returns:
        The values, rising where they are numbers.
    """
    if isinstance(control, Choice):
        return list(control.options)
    if isinstance(control, Text):
        return [control.value]
    low, high = (math.log10(end) if control.log else end for end in (control.min, control.max))
    steps = math.floor((high - low) / control.step + 1e-6)
    values = [low + number * control.step for number in range(steps + 1)]
    if control.log:
        values = [min(max(10**value, control.min), control.max) for value in values]
    else:
        values = [round(value, control._decimals) for value in values]
    nearest = min(range(len(values)), key=lambda number: abs(values[number] - control.value))
    values[nearest] = control.value
    return [control.accept(value) for value in values]


def shown(control: Slider | Choice | Text, value: Any) -> str:
    """A value as the page reads it out.

    Args:
        control: of a panel.
        value: one of its own.

    Returns:
        Its text.
    """
    if not isinstance(control, Slider):
        return str(value)
    if control.log:
        # As many digits as a reader would say: 20,000 and not 19953.
        rounded = float(f"{value:.3g}")
        return f"{rounded:,.0f}" if rounded >= 1000 else f"{rounded:g}"
    return f"{value:,}" if control.whole else f"{value:,.{control._decimals}f}"


def thinned(count: int, wanted: int, start: int) -> tuple[int, ...]:
    """Numbers below `count`, evenly spread, at most `wanted` (at least 2), with both ends and the start among them.

    Args:
        count: how many numbers there are.
        wanted: how many may be kept.
        start: one of the numbers.

    Returns:
        Those kept, rising.
    """
    if count <= wanted:
        return tuple(range(count))
    chosen = [round(place) for place in np.linspace(0, count - 1, wanted)]
    nearest = min(range(wanted), key=lambda place: abs(chosen[place] - start))
    if nearest in (0, wanted - 1) and start not in (0, count - 1):
        nearest = 1 if nearest == 0 else wanted - 2
    chosen[nearest] = start
    return tuple(sorted(set(chosen)))


def kept_stops(panel: SliderPanel) -> tuple[list[list[Any]], list[int]]:
    """For each control the values that may be kept, and the number of its start among them.

    Args:
        panel: any.

    Returns:
        Values of each control, and the number of each one's start.

    Raises:
        ValueError: `site_values` names no control or leaves the start value out.
    """
    chosen = panel.site_values
    unknown = set(chosen) - set(panel._sliders)
    if unknown:
        allowed = ", ".join(panel._sliders)
        raise ValueError(f"site_values: got {', '.join(sorted(unknown))}, allowed is one of {allowed}")
    stops = [list(chosen.get(name, positions(control))) for name, control in panel._sliders.items()]
    for control, values in zip(panel._sliders.values(), stops, strict=True):
        if control.value not in values:
            raise ValueError(f"{control.name}: got {values}, allowed is a list with the start value {control.value!r}")
    controls = panel._sliders.values()
    return stops, [values.index(control.value) for control, values in zip(controls, stops, strict=True)]


def plan(counts: Sequence[int], starts: Sequence[int], grid_states: int = GRID_STATES) -> list[Grid]:
    """Which states to keep.

    Args:
        counts: number of stops of each control.
        starts: the number of its start value.
        grid_states: the most that a grid of many states may keep.

    Returns:
        One grid of all controls if there are few of them or few states; else one for each pair and for each alone.
    """
    everyone = tuple(range(len(counts)))
    if math.prod(counts) <= ALL_STATES:
        return [Grid(everyone, tuple(tuple(range(count)) for count in counts))]
    if len(counts) <= GRID_CONTROLS:
        most = max(cap for cap in range(2, max(counts)) if math.prod(min(n, cap) for n in counts) <= grid_states)
        return [Grid(everyone, tuple(map(thinned, counts, [most] * len(counts), starts)))]
    alone = [Grid((one,), (thinned(counts[one], ALONE_STOPS, starts[one]),)) for one in everyone]
    coarse = [thinned(count, PAIR_STOPS, start) for count, start in zip(counts, starts, strict=True)]
    pairs = [Grid(pair, tuple(coarse[one] for one in pair)) for pair in itertools.combinations(everyone, 2)]
    return alone + pairs


def without_unused(
    stops: list[list[Any]], starts: list[int], grids: list[Grid]
) -> tuple[list[list[Any]], list[int], list[Grid]]:
    """The same with those stops alone that some grid has: at no other can a slider of the page stand.

    Args:
        stops: values of each control.
        starts: the number of each one's start.
        grids: which states there are.

    Returns:
        All three, numbered anew.
    """
    used: list[set[int]] = [set() for _ in stops]
    for grid in grids:
        for control, chosen in zip(grid.controls, grid.stops, strict=True):
            used[control].update(chosen)
    place = [{old: new for new, old in enumerate(sorted(one))} for one in used]
    return (
        [[values[old] for old in new] for values, new in zip(stops, place, strict=True)],
        [new[start] for start, new in zip(starts, place, strict=True)],
        [
            Grid(g.controls, tuple(tuple(place[c][o] for o in s) for c, s in zip(g.controls, g.stops, strict=True)))
            for g in grids
        ],
    )


def outline(panel: SliderPanel, grid_states: int = GRID_STATES) -> Recording:
    """Which states of a panel are to be kept, none of them recorded yet.

    Args:
        panel: any.
        grid_states: the most that a grid of many states may keep.

    Returns:
        A recording without states.

    Raises:
        ValueError: `site_values` names no control or leaves the start value out.
    """
    stops, starts = kept_stops(panel)
    stops, starts, grids = without_unused(stops, starts, plan(list(map(len, stops)), starts, grid_states))
    width, height = (round(inches * DPI) for inches in panel._canvas.figure.get_size_inches())
    return Recording(panel, stops, starts, grids, Recorder(width, height))


def record(panel: SliderPanel, grid_states: int = GRID_STATES) -> Recording:
    """Bring a panel into each of its states and note what it draws and says.

    Args:
        panel: at its start values; nobody else may move it meanwhile.
        grid_states: the most that a grid of many states may keep.

    Returns:
        The recording.

    Raises:
        ValueError: `site_values` names no control or leaves the start value out, or the picture cannot be noted.
    """
    recording = outline(panel, grid_states)
    figure = panel._canvas.figure
    dpi = figure.dpi
    figure.set_dpi(DPI)
    try:
        # Artists are made anew by some panels, and shall look like those made at the start.
        with course_style():
            camera = _Camera(recording)
            for numbers in recording.all_numbers():
                camera.shoot(recording.values(numbers))
            for numbers in list(recording.all_numbers()) if panel._action is not None else ():
                camera.work(numbers)
    finally:
        figure.set_dpi(dpi)
        panel._canvas.background = None
        panel.reset()
    return recording


class _Camera:
    """Brings a panel into a state and notes the picture."""

    def __init__(self, recording: Recording) -> None:
        self.recording, self.panel = recording, recording.panel
        self.canvas, self.good = self.panel._canvas, None
        self.layout = self.canvas.figure.get_layout_engine()
        self.background: int | None = None
        # Backgrounds by the axes' limits, which are all that most panels change of them.
        self.known: dict[Any, int] = {}
        self.restless: set[Any] = set()

    def shoot(self, values: dict[str, Any]) -> None:
        """Note the state at these values; where they are not allowed, the sentence alone."""
        artists = self.canvas.artists
        try:
            sentence = self.panel._update(artists, **values)
        except ValueError as problem:
            self._keep(str(problem), warning=True)
            if self.good is not None:
                self.panel._update(artists, **self.good)
            return
        self.good = values
        self.picture(sentence)

    def picture(self, sentence: str) -> None:
        """Note what the artists look like now."""
        if self.background is None or self.canvas.figure.stale:
            self.background = self._background()
        self._keep(sentence, operations=self.recording.recorder.record(self.canvas.moving))

    def _background(self) -> int:
        """The number of what stands still now: drawn anew, unless nothing but limits have moved since it was drawn."""
        figure = self.canvas.figure
        axes = [axis for one in figure.axes for axis in (one.xaxis, one.yaxis)]
        # New limits make new ticks.
        ticks = {part for axis in axes for part in axis.findobj()}
        if any(not isinstance(one, Figure | Axes) for one in self._stale() - self.restless - ticks):
            self.known.clear()
        key = tuple(
            (*axis.get_view_interval(), axis.get_major_locator(), axis.get_major_formatter(), axis.label.get_text())
            for axis in axes
        )
        if key not in self.known:
            if self.layout is not None:
                # The layout is that of the panel's own picture, whose letters are a little wider or narrower.
                figure.set_layout_engine(self.layout)
                self.canvas.canvas.draw()
                figure.set_layout_engine("none")
            drawn = tuple(self.recording.recorder.record([figure]))
            self.known[key] = self.recording.backgrounds.number(drawn)
            self.restless = self._stale()
        figure.stale = False
        return self.known[key]

    def _stale(self) -> set[Any]:
        """What does not move by itself and has changed since it was drawn."""
        return set(self.canvas.figure.findobj(lambda artist: artist.stale and not artist.get_animated()))

    def work(self, numbers: tuple[int, ...]) -> None:
        """Note the pictures of the work behind the panel's button, started at these stops."""
        action, artists = self.panel._action, self.canvas.artists
        values, before, last = self.recording.values(numbers), len(self.recording.states), -1.0
        self.panel._update(artists, **values)

        def report(fraction: float, sentence: str) -> None:
            nonlocal last
            if fraction - last >= 1 / FRAMES or last < 0:
                last = fraction
                self.picture(sentence)

        self.picture(action.run(artists, values, report, lambda: False))
        self.recording.films.append((numbers, len(self.recording.states) - before))

    def _keep(self, sentence: str, operations: Sequence[int] = (), warning: bool = False) -> None:
        number = self.recording.sentences.number(" ".join(sentence.split()))
        self.recording.states.append((self.background or 0, number, warning, list(operations)))


def controls(recording: Recording) -> list[dict[str, Any]]:
    """For each control its name, label, unit, kind, the texts of its stops, and the number of its start.

    Options that lie along a slider in the notebook do so on the page.

    Args:
        recording: of a panel.

    Returns:
        One dictionary for each control.
    """
    return [
        {
            "name": control.name,
            "label": control.label,
            "unit": getattr(control, "unit", ""),
            "kind": "slider" if getattr(control, "slide", False) else type(control).__name__.lower(),
            "stops": [shown(control, value) for value in stops],
            "start": start,
        }
        for control, stops, start in zip(
            recording.panel._sliders.values(), recording.stops, recording.starts, strict=True
        )
    ]


def packed(recording: Recording) -> bytes:
    """All that the page's player needs: numbers and texts as JSON, the rest as bytes, deflated.

    Args:
        recording: of a panel.

    Returns:
        A raw stream of deflate.
    """
    recorder, panel = recording.recorder, recording.panel
    first, grids, films = 0, [], []
    for grid in recording.grids:
        grids.append({"controls": grid.controls, "stops": grid.stops, "first": first})
        first += len(grid)
    for numbers, count in recording.films:
        films.append({"at": numbers, "first": first, "count": count})
        first += count
    images = [_image(pixels) for pixels in recorder.images.entries]
    head = {
        "title": panel.title,
        "width": recorder.width,
        "height": recorder.height,
        "unit": UNITS_PER_PIXEL,
        "controls": controls(recording),
        "grids": grids,
        "films": films,
        "action": panel._action.label if panel._action else None,
        "play": panel.play,
        "styles": recorder.styles.entries,
        "clips": recorder.clips.entries,
        "shapes": recorder.shapes.entries,
        "images": [about for about, _ in images],
    }
    states = [
        varints([background, 2 * sentence + warning, *operations])
        for background, sentence, warning, operations in recording.states
    ]
    parts = [
        json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode(),
        _chain(recorder.operations.entries),
        _chain(recorder.runs.entries),
        _chain(varints(operations) for operations in recording.backgrounds.entries),
        _chain(states),
        "\n".join(recording.sentences.entries).encode(),
        b"".join(data for _, data in images),
    ]
    whole = b"".join(len(part).to_bytes(4, "little") + part for part in parts)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeeze.compress(whole) + squeeze.flush()


def script(name: str, recording: Recording) -> str:
    """The states as a script, which a page can load from a file as well as from a server.

    Args:
        name: under which the page knows the panel.
        recording: of it.

    Returns:
        JavaScript, one call.
    """
    return f'coursePanel("{name}","{base64.b64encode(packed(recording)).decode()}");\n'


def _chain(parts: Any) -> bytes:
    """Pieces of bytes, each behind its length."""
    return b"".join(varint(len(part)) + part for part in parts)


def _image(pixels: np.ndarray) -> tuple[dict[str, Any], bytes]:
    """What the player has to know of an image, and its bytes: one for each pixel, or WebP for many colours."""
    height, width, _ = pixels.shape
    colours, inverse = np.unique(pixels.reshape(-1, 4), axis=0, return_inverse=True)
    if len(colours) <= 256:
        texts = ["".join(f"{part:02x}" for part in colour) for colour in colours]
        return {"width": width, "height": height, "colours": texts}, inverse.astype(np.uint8).tobytes()
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "WEBP", quality=82, method=4)
    return {"width": width, "height": height, "bytes": file.tell()}, file.getvalue()
