"""Make README's picture: one figure of each notebook, side by side, from the stored outputs.

    python tools/picture.py

A notebook's figure is the picture of the cell whose id or tag is `cover`; without one, its largest picture.
"""

from __future__ import annotations

import argparse
import base64
import io
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from course import ROOT, notebook_paths
from refresh import read

PICTURE = ROOT / "book" / "_static" / "course.png"
TILE_WIDTH, FIGURE_HEIGHT, CAPTION_HEIGHT, GAP = 760, 400, 64, 28
INK, PAPER, LINE = "#222222", "#ffffff", "#d9d9d9"


def pictures(cell: dict) -> list[Image.Image]:
    """The pictures that a cell shows, in order."""
    data = [out["data"]["image/png"] for out in cell.get("outputs", []) if "image/png" in out.get("data", {})]
    return [Image.open(io.BytesIO(base64.b64decode(png))) for png in data]


def cover(path: Path) -> tuple[str, Image.Image]:
    """A notebook's title and the figure that stands for it.

    Args:
        path: the notebook.

    Raises:
        ValueError: if the notebook has no title or shows no picture.
    """
    nb = read(path)
    title = re.search(r"^# (.+)$", nb.cells[0].source, re.MULTILINE)
    chosen = [c for c in nb.cells if c.get("id") == "cover" or "cover" in c.metadata.get("tags", [])]
    found = [picture for cell in chosen or nb.cells for picture in pictures(cell)]
    if title is None or not found:
        raise ValueError(f"{path.name} has no title or shows no picture: run `make refresh`")
    return title[1], max(found, key=lambda picture: picture.width * picture.height)


def tile(title: str, figure: Image.Image) -> Image.Image:
    """A figure, fitted and centred above its notebook's title."""
    sheet = Image.new("RGB", (TILE_WIDTH, FIGURE_HEIGHT + CAPTION_HEIGHT), PAPER)
    opaque = Image.new("RGBA", figure.size, PAPER)
    opaque.alpha_composite(figure.convert("RGBA"))
    scale = min((TILE_WIDTH - 2 * GAP) / figure.width, (FIGURE_HEIGHT - 2 * GAP) / figure.height)
    size = (round(figure.width * scale), round(figure.height * scale))
    fitted = opaque.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    sheet.paste(fitted, ((TILE_WIDTH - size[0]) // 2, (FIGURE_HEIGHT - size[1]) // 2))
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(font_manager.findfont("DejaVu Sans"), 26)
    draw.text((TILE_WIDTH / 2, FIGURE_HEIGHT + CAPTION_HEIGHT / 2 - 6), title, fill=INK, font=font, anchor="mm")
    draw.rectangle((0, 0, sheet.width - 1, sheet.height - 1), outline=LINE)
    return sheet


def collage(tiles: list[Image.Image]) -> Image.Image:
    """Tiles of one size on one sheet: two columns up to four tiles, three beyond."""
    columns = min(len(tiles), 2 if len(tiles) <= 4 else 3)
    rows = -(-len(tiles) // columns)
    width, height = tiles[0].size
    sheet = Image.new("RGB", (columns * (width + GAP) + GAP, rows * (height + GAP) + GAP), PAPER)
    for number, picture in enumerate(tiles):
        row, column = divmod(number, columns)
        # A last row that is not full stands in the middle.
        short = columns - min(columns, len(tiles) - row * columns)
        left = GAP + column * (width + GAP) + short * (width + GAP) // 2
        sheet.paste(picture, (left, GAP + row * (height + GAP)))
    return sheet


def main(arguments: Sequence[str] = ()) -> int:
    """Write the picture; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args(arguments)
    paths = notebook_paths()
    if not paths:
        print("There is no notebook to take a picture of.", file=sys.stderr)
        return 1
    try:
        sheet = collage([tile(*cover(path)) for path in paths])
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    note = PngInfo()
    # By this the tests see whether a notebook has been added since.
    note.add_text("Notebooks", " ".join(path.stem for path in paths))
    sheet.quantize(128, dither=Image.Dither.NONE).save(PICTURE, optimize=True, pnginfo=note)
    print(f"wrote {PICTURE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
