"""What makes a figure hard to read, as far as it can be measured."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from utils.page import figures
from utils.page.figures import PIXELS_PER_INCH, words_of
from utils.plotting.style import MINUS, SMALL, SMALL_LETTERS, WIDTH

# Letters against what is behind them: the ratio that WCAG 2.2 asks for (success criterion 1.4.3).
CONTRAST = 4.5
# Steps of lightness (L* of CIELAB) and of colour (CIE76) that are told apart in a thin line.
LIGHTNESS_STEP, COLOUR_STEP = 12, 20
# Deuteranopia in linear RGB: Machado, Oliveira, Fernandes (2009), https://doi.org/10.1109/TVCG.2009.113
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ.sum(1)


def linear(colour) -> np.ndarray:
    """A colour's channels in amounts of light."""
    channels = np.asarray(to_rgb(colour) if isinstance(colour, str | tuple) else colour, dtype=float)[..., :3]
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def luminance(colour) -> float:
    """Relative luminance, 0 to 1."""
    return float(linear(colour) @ TO_XYZ[1])


def contrast(one, other) -> float:
    """Contrast of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(light: np.ndarray) -> np.ndarray:
    """CIELAB of a colour in amounts of light."""
    ratio = TO_XYZ @ np.clip(light, 0, 1) / WHITE
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(one, other) -> bool:
    """Whether two colours are told apart in grey and with deuteranopia."""
    first, second = linear(one), linear(other)
    grey = abs(lab(first)[0] - lab(second)[0]) >= LIGHTNESS_STEP
    return grey and np.linalg.norm(lab(DEUTERANOPIA @ first) - lab(DEUTERANOPIA @ second)) >= COLOUR_STEP


def watch(record: str) -> None:
    """In a notebook's kernel: write what is hard to read in each figure that is shown into a file, a line each.

    Args:
        record: the file; it exists from now on, and stays empty where nothing is found.
    """
    encode = figures.compact_png
    with open(record, "w", encoding="utf-8"):
        pass

    def looked_at(fig: Figure) -> bytes:
        said = [f"{words_of(fig)[:60]}...: {sentence}" for sentence in offences(fig)]
        with open(record, "a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in said)
        return encode(fig)

    figures.compact_png = looked_at


def offences(fig: Figure, width: float | None = WIDTH) -> list[str]:
    """What a reader would stumble over.

    Args:
        fig: a finished figure.
        width: what it must be, in inches; None where any will do.

    Returns:
        A sentence for each offence.
    """
    with_canvas = FigureCanvasAgg(fig)
    fig.set_dpi(PIXELS_PER_INCH)
    texts, picture = _drawn(fig, with_canvas)
    said = []
    if width is not None and abs(fig.get_figwidth() - width) > 1e-6:
        said.append(f"width: {fig.get_figwidth():g} inches, the course's is {width:g}")
    for text, box in texts:
        said += _about_text(text, box, fig, picture)
    for legend in _legends(fig):
        said += _under(legend, fig)
    for ax in fig.axes:
        said += _alike(ax)
        titles = [ax.get_title(side) for side in ("left", "center", "right")]
        said += [f"title {title!r}: begins with a small letter" for title in titles if SMALL_LETTERS.match(title)]
    return said


def _drawn(fig: Figure, canvas: FigureCanvasAgg) -> tuple[list[tuple[Text, Bbox]], np.ndarray]:
    """The texts that are really drawn, with their places, and the picture without them."""
    renderer = canvas.get_renderer()
    texts: list[Text] = []
    renderer.draw_text = lambda gc, x, y, s, prop, angle, ismath=False, mtext=None: texts.append(mtext)
    try:
        fig.draw(renderer)
    finally:
        del renderer.draw_text
    unique = [text for text in dict.fromkeys(texts) if text is not None and text.get_text().strip()]
    return [(text, text.get_window_extent(renderer)) for text in unique], np.asarray(canvas.buffer_rgba()) / 255


def _about_text(text: Text, box: Bbox, fig: Figure, picture: np.ndarray) -> Iterator[str]:
    words = repr(text.get_text())
    if MINUS.search(text.get_text()):
        yield f"{words}: a hyphen for a minus"
    if text.get_fontsize() < SMALL - 1e-6:
        yield f"{words}: {text.get_fontsize():g} points, the least is {SMALL}"
    frame = fig.bbox
    beyond = max(frame.x0 - box.x0, box.x1 - frame.x1, frame.y0 - box.y0, box.y1 - frame.y1)
    if beyond > 1:
        yield f"{words}: {beyond:.0f} pixels outside of the figure"
        return
    rows = slice(max(0, round(picture.shape[0] - box.y1)), round(picture.shape[0] - box.y0))
    behind = picture[rows, max(0, round(box.x0)) : round(box.x1), :3].reshape(-1, 3)
    if len(behind):
        background = np.median(behind, axis=0)
        alpha = 1.0 if text.get_alpha() is None else text.get_alpha()
        ink = alpha * np.array(to_rgb(text.get_color())) + (1 - alpha) * background
        if contrast(ink, background) < CONTRAST:
            yield f"{words}: contrast {contrast(ink, background):.1f}, the least is {CONTRAST}"


def _legends(fig: Figure) -> list[Legend]:
    return [*fig.legends, *(ax.get_legend() for ax in fig.axes if ax.get_legend() is not None)]


def _under(legend: Legend, fig: Figure) -> Iterator[str]:
    """What a legend covers."""
    if not legend.get_visible():
        return
    box = legend.get_window_extent().padded(-2)
    names = ", ".join(text.get_text() for text in legend.get_texts())
    for ax in fig.axes:
        covered = sum(_touches(line, box) for line in ax.lines if line.get_visible())
        for collection in ax.collections:
            if isinstance(collection, PathCollection) and collection.get_visible():
                places = collection.get_offset_transform().transform(collection.get_offsets())
                covered += int(_inside(places, box).any())
        # Spans that fill an axes from edge to edge are backgrounds, not data.
        for patch in ax.patches:
            extent = patch.get_window_extent()
            covered += int(extent.height < 0.95 * ax.bbox.height and extent.overlaps(box) and extent.width > 0)
        if covered:
            yield f"legend ({names}): lies over {covered} curves, dots or bars"


def _inside(places: np.ndarray, box: Bbox) -> np.ndarray:
    return (places[:, 0] > box.x0) & (places[:, 0] < box.x1) & (places[:, 1] > box.y0) & (places[:, 1] < box.y1)


def _touches(line: Line2D, box: Bbox) -> bool:
    if line.get_transform() != line.axes.transData:
        return False  # a guide from edge to edge
    path = line.get_transform().transform_path(line.get_path())
    path = path.interpolated(1)
    vertices = path.vertices[np.isfinite(path.vertices).all(1)]
    if not len(vertices):
        return False
    if line.get_linestyle() in ("None", "none", "", " "):
        return bool(_inside(vertices, box).any())
    return any(
        piece.shape[0] > 1 and type(path)(piece).intersects_bbox(box, filled=False) for piece in _pieces(path.vertices)
    )


def _pieces(vertices: np.ndarray) -> Iterator[np.ndarray]:
    """A broken line's unbroken parts."""
    whole = np.isfinite(vertices).all(1)
    for start, stop in _runs(whole):
        yield vertices[start:stop]


def _runs(flags: np.ndarray) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(int)))
    yield from zip(edges[::2], edges[1::2], strict=True)


def _look(line: Line2D) -> tuple:
    """Everything but its colour by which a line is told from another."""
    return line.get_linestyle(), tuple(line._dash_pattern[1] or ()), str(line.get_marker()), line.get_linewidth() >= 2.5


def _alike(ax: Axes) -> Iterator[str]:
    """Pairs of named series that nothing but a similar colour tells apart."""
    series = [line for line in ax.lines if line.get_visible() and not line.get_label().startswith("_")]
    colours = {to_rgb(text.get_color()) for text in ax.texts}  # a series whose name stands beside it, in its colour
    for one, other in itertools.combinations(series, 2):
        first, second = to_rgb(one.get_color()), to_rgb(other.get_color())
        if {first, second} <= colours or _look(one) != _look(other):
            continue
        if first == second or not apart(first, second):
            yield f"{one.get_label()!r} and {other.get_label()!r}: alike in grey or with deuteranopia"
