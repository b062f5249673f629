"""Formulas, set when the website is built: KaTeX turns TeX into MathML, which browsers draw and read aloud themselves.

A long formula is cut before its relations and its sums into pieces that stand side by side, so that it wraps where a
page is narrow.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import metadata
from xml.etree import ElementTree

from docutils import nodes

MATHML = "http://www.w3.org/1998/Math/MathML"
# A formula may break before these, where no bracket is open.
RELATIONS = set("=≈≠≤≥<>←→↦⟹⇒∈⊂∼≡")
SUMS = set("+−±")
OPENING, CLOSING = set("([{⟨⌊⌈"), set(")]}⟩⌋⌉")
# Widths of spaces, as KaTeX means them.
_SPACES = {"\u2003": 1.0, "\u2005": 0.25, "\u2009": 0.167, "\u200a": 0.028}
# Browsers know no other variants of letters than upright ones; the others have characters of their own.
_SCRIPT = {"B": "ℬ", "E": "ℰ", "F": "ℱ", "H": "ℋ", "I": "ℐ", "L": "ℒ", "M": "ℳ", "R": "ℛ"}
_DOUBLE = {"C": "ℂ", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ"}


@cache
def _katex():
    """KaTeX in an engine of its own."""
    from py_mini_racer import MiniRacer

    package = metadata.distribution("sphinxcontrib-katex")
    source = package.locate_file("sphinxcontrib/katex.min.js").read_text(encoding="utf-8")
    engine = MiniRacer()
    engine.eval(f"var self = this; {source}")
    return engine


@cache
def as_mathml(tex: str, display: bool) -> str:
    """A formula as HTML.

    Args:
        tex: without the dollars.
        display: whether it has lines of its own.

    Returns:
        One or several elements `math`, side by side.

    Raises:
        ValueError: KaTeX does not understand it.
    """
    options = f"{{output: 'mathml', displayMode: {str(display).lower()}, strict: 'ignore'}}"
    try:
        html = _katex().eval(f"katex.renderToString({json.dumps(tex)}, {options})")
    except Exception as problem:
        raise ValueError(f"formula: got {tex!r}, allowed is what KaTeX understands ({problem})") from problem
    ElementTree.register_namespace("", MATHML)
    whole = ElementTree.fromstring(re.search(r"<math.*</math>", html, re.DOTALL)[0].replace(f' xmlns="{MATHML}"', ""))
    row = whole.find("semantics")[0]
    _tidy(row)
    groups: list[list[str]] = [[]]
    for piece in _pieces(list(row) if row.tag == "mrow" else [row]):
        groups[-1].append(_math(piece, display))
        if piece[-1].tag == "mspace":
            groups.append([])
    # What stands between two gaps stays on one line where that is wide enough.
    return "".join(f"<span>{''.join(group)}</span>" for group in groups if group)


def _math(piece: list[ElementTree.Element], display: bool) -> str:
    style = ' displaystyle="true"' if display else ""
    return f"<math{style}>{''.join(ElementTree.tostring(part, 'unicode') for part in piece)}</math>"


def _pieces(parts: list[ElementTree.Element]) -> list[list[ElementTree.Element]]:
    """A formula's parts, cut where it may break."""
    pieces: list[list[ElementTree.Element]] = [[]]
    depth = 0
    for part in parts:
        text = (part.text or "").strip() if part.tag == "mo" else ""
        depth += (text in OPENING) - (text in CLOSING)
        if text in SUMS and _unary(pieces[-1]):
            part.set("form", "prefix")
        operator = depth == 0 and (text in RELATIONS or text in SUMS) and not _unary(pieces[-1])
        after_gap = bool(pieces[-1]) and pieces[-1][-1].tag == "mspace" and depth == 0
        if pieces[-1] and (operator or after_gap):
            pieces.append([])
            if text:
                # At the start of a row it would be taken for a sign of what follows, and stand too near to it.
                part.set("form", "infix")
        pieces[-1].append(part)
    return pieces


def _unary(before: list[ElementTree.Element]) -> bool:
    """Whether an operator after these parts is a sign, or only spaces stand before it."""
    seen = [part for part in before if part.tag != "mspace"]
    return not seen or (seen[-1].tag == "mo" and (seen[-1].text or "") not in CLOSING | {"…", "⋯", "!", "′"})


def _tidy(element: ElementTree.Element) -> None:
    """Bring KaTeX's MathML into the form that browsers draw best, in place."""
    for parent in element.iter():
        _join_words(parent)
        for place, child in enumerate(list(parent)):
            variant = child.get("mathvariant")
            if variant in ("double-struck", "script") and child.text:
                del child.attrib["mathvariant"]
                child.text = "".join(_variant(letter, variant) for letter in child.text)
            # Spaces are no letters: few fonts have all of them.
            if child.tag == "mtext" and child.text and set(child.text) <= _SPACES.keys():
                width = sum(_SPACES[space] for space in child.text)
                child.tag, child.text = "mrow", None
                ElementTree.SubElement(child, "mspace", width=f"{width:.3f}em")
            # The name of a function, then an invisible sign that it is applied: a thin space belongs there.
            if child.tag == "mo" and child.text == "\u2061":
                later = parent[place + 1] if place + 1 < len(parent) else None
                if later is not None and not (later.tag == "mo" and (later.text or "") in OPENING):
                    child.set("lspace", "0.17em")
            if (
                child.tag == "msup"
                and len(child) == 2
                and set(child[1].text or "")
                and set(child[1].text or "") <= {"′"}
            ):
                # The font's prime stands high already.
                child.tag = "mrow"
                child[1].attrib |= {"lspace": "0.05em", "rspace": "0.05em"}


def _join_words(parent: ElementTree.Element) -> None:
    """Upright letters side by side are one word."""
    last = None
    for child in list(parent):
        upright = child.tag == "mi" and child.get("mathvariant") == "normal" and (child.text or "").isalpha()
        if upright and last is not None:
            last.text += child.text
            parent.remove(child)
        else:
            last = child if upright else None


def _variant(letter: str, variant: str) -> str:
    special, first = (_DOUBLE, 0x1D538) if variant == "double-struck" else (_SCRIPT, 0x1D49C)
    return special.get(letter) or (chr(first + ord(letter) - ord("A")) if "A" <= letter <= "Z" else letter)


def _visit(writer, node: nodes.Element, display: bool) -> None:
    html = as_mathml(node.astext().strip(), display)
    writer.body.append(f'<div class="math"><div>{html}</div></div>' if display else f'<span class="math">{html}</span>')
    raise nodes.SkipNode


def setup_formulas(app) -> None:
    """Let Sphinx draw formulas this way (`html_math_renderer = "mathml"`)."""
    app.add_html_math_renderer(
        "mathml",
        inline_renderers=(lambda writer, node: _visit(writer, node, display=False), None),
        block_renderers=(lambda writer, node: _visit(writer, node, display=True), None),
    )
