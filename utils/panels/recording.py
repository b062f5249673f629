"""A Matplotlib renderer that draws nothing and notes what would be drawn, for pages that have no kernel.

What it notes is kept in tables, each entry once: most of a panel's picture stays as it is from one state to the next.
Lengths are in units of half a pixel of the page, counted from the upper left corner. Places are whole units; slanted
and curved lines are a little finer, since steps would show in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.backends.backend_agg import RendererAgg, get_hinting_flag
from matplotlib.colors import to_rgba
from matplotlib.image import AxesImage
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from utils.page.figures import PIXELS_PER_INCH

if TYPE_CHECKING:
    from matplotlib.artist import Artist

UNITS_PER_PIXEL = 2
DPI = PIXELS_PER_INCH * UNITS_PER_PIXEL
# Glyphs are noted in thousandths of their size.
EM = 1000
# Lines are noted in quarters of a unit, and parts of a marker, which are small, in eighths.
LINE_PARTS, MARKER_PARTS = 4, 8
# ... and sizes of letters in 64ths: over a long title a coarser one would add up.
SIZE_PARTS = 64
# How far a line of fewer points may run beside the one that was drawn, in units.
TOLERANCE = 0.4
# A canvas draws nothing sensible that far outside of itself.
FAR = 30_000
PATH, RECTILINEAR, MARKERS, TEXT, IMAGE = range(5)
MOVE, LINE, QUADRATIC, CUBIC, CLOSE = range(5)
_CODES = {Path.MOVETO: MOVE, Path.LINETO: LINE, Path.CURVE3: QUADRATIC, Path.CURVE4: CUBIC, Path.CLOSEPOLY: CLOSE}
_POINTS = (1, 1, 2, 3, 0)


def varint(number: int) -> bytes:
    """A whole number from 0 on in as few bytes as it needs, seven bits in each.

    Args:
        number: not negative.

    Returns:
        Its bytes, seven bits in each.
    """
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def varints(numbers: Iterable[int]) -> bytes:
    """Whole numbers from 0 on, one after the other.

    Args:
        numbers: none of them negative.

    Returns:
        Their bytes, one after the other.
    """
    return b"".join(map(varint, numbers))


def signed(numbers: Iterable[int]) -> bytes:
    """Whole numbers of both signs, one after the other: 0, -1, 1, -2, ... become 0, 1, 2, 3, ...

    Args:
        number: any whole number.

    Returns:
        One that is not negative.
    """
    return varints(2 * n if n >= 0 else -2 * n - 1 for n in map(int, numbers))


def differences(points: np.ndarray) -> bytes:
    """Points as differences to the one before, all x first: neighbours are near each other, so this packs well.

    Args:
        points: (n, 2) whole numbers.

    Returns:
        As many numbers.
    """
    steps = np.diff(points, axis=0, prepend=np.zeros((1, 2), points.dtype))
    return signed(steps[:, 0]) + signed(steps[:, 1])


class Table:
    """Things numbered in the order in which they come, each once."""

    def __init__(self) -> None:
        self.entries: list[Any] = []
        self._numbers: dict[Any, int] = {}

    def number(self, key: Any, entry: Any = None) -> int:
        """The number of a thing, a new one if it is new.

        Args:
            key: by which it is known again.
            entry: what to keep of it; the key itself by default. A function is called when the thing is new.

        Returns:
            Its place in the table.
        """
        if key not in self._numbers:
            self._numbers[key] = len(self.entries)
            self.entries.append(key if entry is None else entry() if callable(entry) else entry)
        return self._numbers[key]


class Recorder(RendererBase):
    """Notes what artists draw.

    Args:
        width: of the picture, in units.
        height: likewise.

    Attributes:
        operations: bytes of each operation.
        styles: (fill, stroke, width, dash offset, dashes, cap, join, clip) of paths and texts.
        clips: (x, y, width, height) or an SVG path.
        shapes: SVG paths of glyphs and markers.
        runs: bytes of the glyphs of each text.
        images: (height, width, 4) arrays of 8 bits.
    """

    def __init__(self, width: int, height: int) -> None:
        super().__init__()
        self.width, self.height = width, height
        self.operations, self.styles, self.clips = Table(), Table(), Table()
        self.shapes, self.runs, self.images = Table(), Table(), Table()
        self._run_keys = Table()
        self._screen = RendererAgg(1, 1, DPI)
        self._noted: list[int] = []
        self._pieces: list[Any] | None = None

    def record(self, artists: Iterable[Artist]) -> list[int]:
        """Let artists draw themselves.

        Args:
            artists: in the order in which they are drawn, or the figure alone.

        Returns:
            The numbers of their operations, in order.
        """
        self._noted = []
        for artist in artists:
            if isinstance(artist, AxesImage):
                self._note_image_of(artist)
            else:
                artist.draw(self)
        return self._noted

    # --- what Matplotlib asks of a renderer ---

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Size of the picture in units.

        Arguments as in `RendererBase`.
        """
        return self.width, self.height

    def points_to_pixels(self, points: float) -> float:
        """A length in points as one in units.

        Arguments as in `RendererBase`.
        """
        return points * DPI / 72

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> tuple[float, float, float]:
        """Size of a text in units, as the notebook's own picture has it.

        Arguments as in `RendererBase`.
        """
        return self._screen.get_text_width_height_descent(s, prop, ismath)

    def draw_path(self, gc: GraphicsContextBase, path: Path, transform: Any, rgbFace: Any = None) -> None:
        """Note a path.

        Arguments as in `RendererBase`.
        """
        style = self._style(gc, rgbFace)
        if style is None or not len(path.vertices):
            return
        if self._pieces is not None:
            self._pieces.append((style, path.transformed(transform)))
        else:
            clip = None if rgbFace is not None else (0, 0, self.width, self.height)
            self._note_path(style, path, transform, clip, simplify=path.should_simplify and rgbFace is None)

    def draw_markers(
        self,
        gc: GraphicsContextBase,
        marker_path: Path,
        marker_trans: Any,
        path: Path,
        trans: Any,
        rgbFace: Any = None,
    ) -> None:
        """Note one shape at many places.

        Arguments as in `RendererBase`.
        """
        style = self._style(gc, rgbFace)
        if style is None:
            return
        places = [points[-2:] for points, _ in path.iter_segments(trans, simplify=False) if len(points)]
        self._note_markers(style, marker_path.transformed(marker_trans), np.array(places, float).reshape(-1, 2))

    def draw_path_collection(self, *arguments: Any, **more: Any) -> None:
        """Note many paths, as markers where neighbours differ in nothing but their place."""
        self._pieces = []
        super().draw_path_collection(*arguments, **more)
        pieces, self._pieces = self._pieces, None
        groups: list[tuple[Any, Path, list[np.ndarray]]] = []
        for style, path in pieces:
            first = path.vertices[0]
            shape = Path(path.vertices - first, path.codes)
            key = (style, np.rint(shape.vertices * MARKER_PARTS).astype(int).tobytes())
            if not groups or groups[-1][0] != key:
                groups.append((key, shape, []))
            groups[-1][2].append(first)
        for (style, _), shape, places in groups:
            if len(places) > 1:
                self._note_markers(style, shape, np.array(places))
            else:
                self._note_path(style, Path(shape.vertices + places[0], shape.codes), None)

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None) -> None:
        """Note a text as the outlines of its glyphs: they look the same whatever fonts a reader has.

        Arguments as in `RendererBase`.
        """
        colour = to_rgba(gc.get_rgb())
        if colour[3] == 0:
            return
        style = self.styles.number((_css(colour), None, 0, 0, (), 0, 0, self._clip(gc)))
        if ismath == "TeX":
            raise ValueError("text: got one for LaTeX, allowed is Matplotlib's own mathtext")
        run, bars = self._run(s, prop, ismath)
        size = self.points_to_pixels(prop.get_size_in_points())
        place = (round(x), round(y), round(10 * angle) % 3600, round(SIZE_PARTS * size))
        self._note(bytes([TEXT]) + varint(style) + signed(place) + varint(run))
        for corners in bars:
            turn = Affine2D().scale(size / self._text2path.FONT_SCALE).rotate_deg(angle).translate(x, self.height - y)
            points = turn.transform(corners[:4]) * (1, -1) + (0, self.height)
            self._note(_path_bytes([MOVE, LINE, LINE, LINE, CLOSE], points, style))

    def draw_image(self, gc, x, y, im, transform=None) -> None:
        """Note an image.

        Arguments as in `RendererBase`.
        """
        high = im.shape[0]
        # Rows come from the top; without a transform each of the image's pixels is one unit.
        self._note_image(gc, im, (1, 0, 0, 1, x, self.height - y - high), smooth=False)

    # --- how it is kept ---

    def _note(self, operation: bytes) -> None:
        self._noted.append(self.operations.number(operation))

    def _note_markers(self, style: int, shape: Path, places: np.ndarray) -> None:
        places = places[np.isfinite(places).all(axis=1)]
        inside = (np.abs(places - (self.width / 2, self.height / 2)) < (self.width, self.height)).all(axis=1)
        if not inside.any():
            return
        points = np.rint(places[inside] * (1, -1) + (0, self.height)).astype(int)
        number = self.shapes.number(_svg(shape, 1 / MARKER_PARTS))
        head = bytes([MARKERS]) + varints((style, number, len(points)))
        self._note(head + differences(points))

    def _note_path(self, style: int, path: Path, transform: Any, clip: Any = None, simplify: bool = False) -> None:
        if simplify:
            path = Path(path.vertices, path.codes)
            path.simplify_threshold = TOLERANCE
        codes, points = _commands(path.cleaned(transform, remove_nans=True, clip=clip, simplify=simplify))
        if codes:
            self._note(_path_bytes(codes, np.clip(points, -FAR, FAR) * (1, -1) + (0, self.height), style))

    def _note_image_of(self, artist: AxesImage) -> None:
        if not artist.get_visible() or not artist.get_array().size:
            return
        gc = self.new_gc()
        artist._set_gc_clip(gc)
        pixels, left, bottom, transform = artist.make_image(self, unsampled=True)
        if pixels is None:
            return
        # From rows and columns of the image to units, which count from the top.
        matrix = (transform + Affine2D().translate(left, bottom).scale(1, -1).translate(0, self.height)).get_matrix()
        numbers = (*matrix[:2, 0], *matrix[:2, 1], *matrix[:2, 2])
        smooth = artist.get_interpolation() not in ("nearest", "none", "auto", "antialiased")
        self._note_image(gc, pixels, numbers, smooth)

    def _note_image(self, gc: GraphicsContextBase, pixels: np.ndarray, matrix: Sequence[float], smooth: bool) -> None:
        pixels = np.ascontiguousarray(pixels)
        number = self.images.number((pixels.shape, pixels.tobytes()), pixels)
        clip = self._clip(gc)
        parts = [round(1000 * float(part)) for part in matrix]
        self._note(bytes([IMAGE]) + varints((number, 0 if clip is None else clip + 1, int(smooth))) + signed(parts))

    def _style(self, gc: GraphicsContextBase, face: Any) -> int | None:
        if gc.get_hatch() is not None:
            raise ValueError("hatch: a page without a kernel cannot show it")
        fill = None
        if face is not None:
            alpha = gc.get_alpha() if len(face) == 3 or gc.get_forced_alpha() else face[3]
            fill = _css((*face[:3], alpha)) if alpha else None
        stroke, width = to_rgba(gc.get_rgb()), self.points_to_pixels(gc.get_linewidth())
        lined = width > 0 and stroke[3] > 0
        if fill is None and not lined:
            return None
        offset, dashes = gc.get_dashes()
        dashes = tuple(round(self.points_to_pixels(part), 2) for part in dashes) if dashes is not None and lined else ()
        return self.styles.number(
            (
                fill,
                _css(stroke) if lined else None,
                round(width, 2) if lined else 0,
                round(self.points_to_pixels(offset), 2) if dashes else 0,
                dashes,
                ("butt", "round", "projecting").index(gc.get_capstyle()) if lined else 0,
                ("miter", "round", "bevel").index(gc.get_joinstyle()) if lined else 0,
                self._clip(gc),
            )
        )

    def _clip(self, gc: GraphicsContextBase) -> int | None:
        path, transform = gc.get_clip_path()
        if path is not None:
            outline = path.transformed(transform + Affine2D().scale(1, -1).translate(0, self.height))
            return self.clips.number(_svg(outline, 1, flip=False))
        box = gc.get_clip_rectangle()
        if box is None:
            return None
        left, bottom, wide, high = (round(number) for number in box.bounds)
        return self.clips.number((left, self.height - bottom - high, wide, high))

    def _run(self, s: str, prop: Any, ismath: Any) -> tuple[int, list[np.ndarray]]:
        """The number of a text's glyphs, and the corners of its bars (of a fraction, say)."""
        key = (s, bool(ismath), hash(prop))
        number = self._run_keys.number(key, lambda: self._glyphs(s, prop, ismath))
        return self._run_keys.entries[number]

    def _glyphs(self, s: str, prop: Any, ismath: Any) -> tuple[int, list[np.ndarray]]:
        outlines = self._text2path
        if ismath:
            glyphs, shapes, bars = outlines.get_glyphs_mathtext(prop, s)
        else:
            glyphs, shapes, bars = outlines.get_glyphs_with_font(outlines._get_font(prop), s)
        scale = EM / outlines.FONT_SCALE
        if not ismath:
            # On a screen, letters stand a little further from or nearer to each other than their outlines would.
            font = self._screen._prepare_font(prop)
            pixels = self.points_to_pixels(prop.get_size_in_points()) / outlines.FONT_SCALE
            items = font._layout(s, flags=get_hinting_flag())
            glyphs = [(name, item.x / pixels, y, size) for (name, _, y, size), item in zip(glyphs, items, strict=True)]
        noted, last = [], 0
        for name, x, y, size in glyphs:
            vertices, codes = shapes[name]
            if not len(vertices):
                continue
            shape = self.shapes.number(name, lambda v=vertices, c=codes: _svg(Path(v, c), 1, scale))
            here = round(x * scale)
            noted += [shape, _zigzag(here - last), _zigzag(round(y * scale)), round(size * EM)]
            last = here
        plain = all(size == EM for size in noted[3::4]) and not any(noted[2::4])
        if plain:
            noted = [number for place, number in enumerate(noted) if place % 4 < 2]
        run = self.runs.number(varints([2 * (len(noted) // (2 if plain else 4)) + plain, *noted]))
        return run, [np.array(corners[:5], float) for corners, _ in bars]


def _zigzag(number: int) -> int:
    return 2 * number if number >= 0 else -2 * number - 1


def _css(colour: Sequence[float]) -> str:
    """Such as "#ff0000", or with two more digits where something shines through."""
    parts = [round(255 * float(part)) for part in colour]
    return "#" + "".join(f"{part:02x}" for part in (parts[:3] if parts[3] == 255 else parts))


def _commands(path: Path) -> tuple[list[int], np.ndarray]:
    """A path's commands and, for all of them together, their points."""
    codes, points = [], []
    vertices, kinds = path.vertices, path.codes
    if kinds is None:
        return [MOVE] + [LINE] * (len(vertices) - 1), vertices
    place = 0
    while place < len(kinds) and kinds[place] != Path.STOP:
        code = _CODES[kinds[place]]
        codes.append(code)
        points.extend(vertices[place : place + _POINTS[code]])
        place += max(1, _POINTS[code])
    return codes, np.array(points, float).reshape(-1, 2)


def _path_bytes(codes: list[int], points: np.ndarray, style: int) -> bytes:
    lines = all(code == LINE for code in codes[1:])
    # Lines along the axes are brought onto the screen's own pixels by the page.
    flat = set(codes) <= {MOVE, LINE, CLOSE} and not (np.abs(np.diff(points, axis=0)) > 1e-6).all(axis=1).any()
    points = np.rint(points if flat else points * LINE_PARTS).astype(int)
    if lines and len(codes) > 2:
        # Once rounded, some points repeat the one before.
        keep = np.r_[True, np.diff(points, axis=0).any(axis=1)]
        if keep.sum() > 1:
            points = points[keep]
            codes = codes[: len(points)]
    head = bytes([RECTILINEAR if flat else PATH]) + varints((style, 2 * len(codes) + lines))
    return head + (b"" if lines else bytes(codes)) + differences(points)


def _svg(path: Path, step: float, scale: float = 1, flip: bool = True) -> str:
    """A path as the text that SVG and a canvas understand.

    Args:
        path: in units, upwards.
        step: to what multiple of it the numbers are rounded.
        scale: by which they are multiplied.
        flip: whether upwards becomes downwards.
    """
    codes, points = _commands(path.cleaned(remove_nans=True))
    numbers = np.rint(points * (scale, -scale if flip else scale) / step) * step
    text, place = [], 0
    for code in codes:
        wide = _POINTS[code]
        text.append("MLQCZ"[code] + " ".join(f"{number:g}" for number in numbers[place : place + wide].ravel()))
        place += wide
    return "".join(text)
