"""The theme's icons as a small style sheet, in place of a script of 1.5 MB that draws any of two thousand."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

SCRIPT = "_static/scripts/fontawesome.js"
SHEET = "_static/icons.css"
CREDIT = "/* Icons: Font Awesome Free, https://fontawesome.com, CC BY 4.0 */\n"
_TAG = re.compile(r'<script defer src="([^"]*)' + re.escape(SCRIPT) + r'[^"]*"></script>')


def slim(folder: Path) -> list[str]:
    """Replace the script in every page of a built website, and take away what only it needed.

    Args:
        folder: of the website.

    Returns:
        The names of the icons that the pages show.

    Raises:
        ValueError: a page shows an icon that the script does not hold.
    """
    script = folder / SCRIPT
    known = shapes(script.read_text(encoding="utf-8"))
    used: set[str] = set()
    for path in folder.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        for words in re.findall(r'class="((?:[^"]* )?fa[bsr]?(?:-\w+)? [^"]*)"', html):
            used |= {word.removeprefix("fa-") for word in words.split() if word.startswith("fa-")}
        path.write_text(_TAG.sub(rf'<link rel="stylesheet" href="\1{SHEET}">', html), encoding="utf-8")
    used -= {"solid", "regular", "brands", "lg", "fw"}
    if used - known.keys():
        raise ValueError(f"icons: got {', '.join(sorted(used - known.keys()))}, allowed is what {SCRIPT} holds")
    rules = [rule(name, *known[name]) for name in sorted(used)]
    (folder / SHEET).write_text(CREDIT + "\n".join(rules) + "\n", encoding="utf-8")
    for pattern in ("_static/scripts/fontawesome.js*", "_static/**/*.map", "_static/vendor/fontawesome/**/*.woff2"):
        for path in list(folder.glob(pattern)):
            path.unlink()
    return sorted(used)


def shapes(script: str) -> dict[str, tuple[int, int, str]]:
    """Name -> width, height and SVG path of each icon, the solid one where there are several.

    Args:
        script: of Font Awesome.
    """
    entry = r'[{,"]([a-z][\w-]*)"?:\[(\d+),(\d+),\[[^\]]*\],"[^"]*","(M[^"]*)"\]'
    return {name: (int(wide), int(high), path) for name, wide, high, path in re.findall(entry, script)}


def rule(name: str, wide: int, high: int, path: str) -> str:
    """The style of one icon: its shape as a mask over the colour of the text."""
    picture = quote(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}"><path d="{path}"/></svg>')
    mask = f'url("data:image/svg+xml,{picture}") center / contain no-repeat'
    return (
        f'.fa-{name}::before {{ content: "" !important; display: inline-block; width: {max(1, wide / high):.3g}em; '
        f"height: 1em; background: currentColor; vertical-align: -0.125em; -webkit-mask: {mask}; mask: {mask}; }}"
    )
