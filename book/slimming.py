"""What makes the built pages light: icons, styles and scripts that no page needs are left out."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

ICONS, SHEET = "_static/scripts/fontawesome.js", "_static/icons.css"
# Style sheets of which a page needs a small part, and a folder of the theme that no page reads.
HEAVY_SHEETS = ("_static/styles/pydata-sphinx-theme.css", "_static/mystnb.*.css")
TRANSLATIONS = "_static/locales"
CREDIT = "/* Icons: Font Awesome Free, https://fontawesome.com, CC BY 4.0 */\n"
_ICONS = re.compile(r'<script defer src="([^"]*)' + re.escape(ICONS) + r'[^"]*"></script>')
# Names, brackets and spaces of code have the colour of the code around them anyway.
_PLAIN = re.compile(r'<span class="[npw]">([^<]*)</span>')
# The field for a search only opens the page that searches, so that page alone needs these.
_SEARCH = re.compile(
    r'\s*<script src="[^"]*(?:searchindex|searchtools|language_data|base-stemmer|english-stemmer)\.js[^"]*"></script>'
)


def slim(folder: Path) -> None:
    """Make a built website lighter, in place.

    Args:
        folder: of the website.

    Raises:
        ValueError: a page shows an icon that the theme's script does not hold.
    """
    pages = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*.html")}
    script = (folder / ICONS).read_text(encoding="utf-8")
    (folder / SHEET).write_text(icon_sheet(pages.values(), shapes(script)), encoding="utf-8")
    for pattern in ("_static/scripts/fontawesome.js*", "_static/**/*.map", "_static/vendor/fontawesome/**/*.woff2"):
        for path in list(folder.glob(pattern)):
            path.unlink()
    scripts = [
        path.read_text(encoding="utf-8") for path in folder.rglob("_static/**/*.js") if "panels" not in path.parts
    ]
    words = set(re.findall(r"[\w-]+", " ".join([*pages.values(), *scripts])))
    for sheet in (path for pattern in HEAVY_SHEETS for path in folder.glob(pattern)):
        sheet.write_text(used_rules(sheet.read_text(encoding="utf-8"), words), encoding="utf-8")
    shutil.rmtree(folder / TRANSLATIONS, ignore_errors=True)
    for path, html in pages.items():
        html = _PLAIN.sub(r"\1", html)
        html = _ICONS.sub(rf'<link rel="stylesheet" href="\1{SHEET}">', html)
        path.write_text(html if path.name == "search.html" else _SEARCH.sub("", html), encoding="utf-8")


def used_rules(css: str, words: set[str]) -> str:
    """The rules of a style sheet that can apply to something.

    Args:
        css: the sheet.
        words: every word of the pages and their scripts; a class that is none of them stands nowhere.
    """
    import tinycss2

    kept = []
    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if rule.type == "qualified-rule":
            selectors = tinycss2.serialize(rule.prelude)
            alive = [one for one in _selectors(selectors) if _classes(one) <= words]
            if alive:
                kept.append(f"{','.join(alive)}{{{tinycss2.serialize(rule.content)}}}")
        elif rule.type == "at-rule" and rule.content is not None and rule.lower_at_keyword in ("media", "supports"):
            inside = used_rules(tinycss2.serialize(rule.content), words)
            if inside:
                kept.append(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inside}}}")
        elif not (rule.type == "at-rule" and rule.lower_at_keyword == "font-face"):
            # Of its fonts the theme needs none, since the icons are no letters any more.
            kept.append(rule.serialize())
    return "".join(kept)


def _selectors(text: str) -> list[str]:
    """A list of selectors, cut at the commas that stand in no bracket."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def _classes(selector: str) -> set[str]:
    """The classes that something must have to be meant; those in brackets are alternatives, or must be absent."""
    outside = re.sub(r"\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\]", "", selector)
    return {name.replace("\\", "") for name in re.findall(r"\.(-?[_a-zA-Z](?:[\w-]|\\.)*)", outside)}


def icon_sheet(pages: Iterable[str], known: dict[str, tuple[int, int, str]]) -> str:
    """A style sheet with the icons that the pages show.

    Args:
        pages: HTML of each.
        known: name -> width, height and SVG path.

    Raises:
        ValueError: a page shows an icon that is not known.
    """
    used: set[str] = set()
    for html in pages:
        for words in re.findall(r'class="((?:[^"]* )?fa[bsr]?(?:-\w+)? [^"]*)"', html):
            used |= {word.removeprefix("fa-") for word in words.split() if word.startswith("fa-")}
    used -= {"solid", "regular", "brands", "lg", "fw"}
    if used - known.keys():
        raise ValueError(f"icons: got {', '.join(sorted(used - known.keys()))}, allowed is what {ICONS} holds")
    return CREDIT + "\n".join(icon_rule(name, *known[name]) for name in sorted(used)) + "\n"


def shapes(script: str) -> dict[str, tuple[int, int, str]]:
    """Name -> width, height and SVG path of each icon, the solid one where there are several.

    Args:
        script: of Font Awesome.
    """
    entry = r'[{,"]([a-z][\w-]*)"?:\[(\d+),(\d+),\[[^\]]*\],"[^"]*","(M[^"]*)"\]'
    return {name: (int(wide), int(high), path) for name, wide, high, path in re.findall(entry, script)}


def icon_rule(name: str, wide: int, high: int, path: str) -> str:
    """The style of one icon: its shape as a mask over the colour of the text."""
    picture = quote(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}"><path d="{path}"/></svg>')
    mask = f'url("data:image/svg+xml,{picture}") center / contain no-repeat'
    return (
        f'.fa-{name}::before {{ content: "" !important; display: inline-block; width: {max(1, wide / high):.3g}em; '
        f"height: 1em; background: currentColor; vertical-align: -0.125em; -webkit-mask: {mask}; mask: {mask}; }}"
    )
