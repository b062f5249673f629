"""What the website needs beyond its theme: formulas without a script, and terms that lead to the glossary."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from docutils import nodes
from latex2mathml.converter import convert
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

logger = logging.getLogger(__name__)

# Inside these a term stays as it is: a link in a link, a heading or a formula would only disturb.
_UNTOUCHED = (
    nodes.title,
    nodes.reference,
    nodes.literal,
    nodes.literal_block,
    nodes.math,
    nodes.math_block,
    nodes.raw,
    nodes.term,
    nodes.image,
    addnodes.pending_xref,
)

# What the translation does not know, in words that it does. MathML's brackets grow by themselves.
_REWRITTEN = (
    (re.compile(r"\\[bB]igg?[lrm]?\s*(?=\\[lr](?:angle|Vert|vert|ceil|floor)(?![a-zA-Z]))"), ""),
    (re.compile(r"\\arg(?![a-zA-Z])"), r"\\operatorname{arg}"),
    (re.compile(r"\\(argmin|argmax|softmax|softplus|sgn|Var|Cov)(?![a-zA-Z])"), r"\\operatorname{\1}"),
)


def mathml(tex: str, display: str) -> str:
    """A formula as MathML, which browsers draw and screen readers read without a script or a font from elsewhere.

    Args:
        tex: the formula in TeX.
        display: "inline" or "block".

    Returns:
        The element; its TeX stays with it as its alternative text.

    Raises:
        ValueError: the formula holds a command that cannot be translated.
    """
    known = tex
    for pattern, words in _REWRITTEN:
        known = pattern.sub(words, known)
    try:
        text = convert(known, display=display)
    except Exception as problem:
        raise ValueError(f"{tex!r} cannot be translated ({type(problem).__name__}: {problem})") from problem
    if unknown := re.search(r"\\[A-Za-z]+", text):
        raise ValueError(f"{tex!r} holds {unknown[0]}, which cannot be translated")
    return text.replace("<math ", f'<math alttext="{escape(tex.strip(), quote=True)}" ', 1)


def _translated(node: nodes.Element, display: str) -> str:
    try:
        return mathml(node.astext(), display)
    except ValueError as problem:
        logger.warning("formula: %s", problem, location=node)
        return f"<code>{escape(node.astext())}</code>"


def visit_inline(translator, node):
    """Write an inline formula."""
    translator.body.append(_translated(node, "inline"))
    raise nodes.SkipNode


def visit_block(translator, node):
    """Write a formula of its own line; what is too wide for a small screen scrolls inside its own frame."""
    # Reachable by keyboard, so that it can be scrolled without a mouse.
    formula = _translated(node, "block")
    translator.body.append(f'<div class="course-formula" tabindex="0" role="group" aria-label="formula">{formula}</div>')
    raise nodes.SkipNode


def glossary_terms(text: str) -> list[str]:
    """The terms that a glossary page defines.

    Args:
        text: its source: terms at the margin, definitions indented, within a `{glossary}` directive.
    """
    block = re.search(r"^```\{glossary\}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line for line in block[1].splitlines() if re.match(r"[^\s:]", line)] if block else []


def pattern_of(terms: list[str]) -> re.Pattern:
    """An expression that finds any of the terms, the longest first, also capitalised and in the plural."""

    def one(term: str) -> str:
        # "ReLU" and "V1" are spelled one way only; "spike" may begin a sentence.
        first = f"[{term[0].upper()}{term[0].lower()}]" if term[1:].islower() or " " in term else re.escape(term[0])
        return first + re.escape(term[1:]) + "s?"

    return re.compile(rf"\b(?:{'|'.join(one(term) for term in sorted(terms, key=len, reverse=True))})\b")


class LinkTerms(SphinxTransform):
    """Lead the first mention of a term on a notebook's page to the glossary; the notebook itself stays untouched."""

    default_priority = 400

    def apply(self, **kwargs):
        """Go through the page's paragraphs."""
        if not self.env.docname.startswith("notebooks/"):
            return
        terms = {term.lower(): term for term in self.app.course_terms}
        pattern, seen = self.app.course_pattern, set()
        for text in list(self.document.findall(nodes.Text)):
            parents, parent = [], text.parent
            while parent is not None:
                parents.append(parent)
                parent = parent.parent
            prose = any(isinstance(p, nodes.paragraph) for p in parents)
            if not prose or any(isinstance(p, _UNTOUCHED) for p in parents):
                continue
            pieces, end = [], 0
            for match in pattern.finditer(text):
                found = match[0].lower()
                term = terms.get(found) or terms[found.removesuffix("s")]
                if term in seen:
                    continue
                seen.add(term)
                pieces += [nodes.Text(text[end : match.start()]), self._link(term, match[0])]
                end = match.end()
            if pieces:
                text.parent.replace(text, [*pieces, nodes.Text(text[end:])])

    def _link(self, term: str, words: str) -> addnodes.pending_xref:
        link = addnodes.pending_xref(
            "", refdomain="std", reftype="term", reftarget=term, refexplicit=True, refwarn=True, refdoc=self.env.docname
        )
        link += nodes.inline(words, words, classes=["xref", "std", "std-term", "course-term"])
        return link


def _read_terms(app):
    app.course_terms = glossary_terms((Path(app.srcdir) / "glossary.md").read_text(encoding="utf-8"))
    app.course_pattern = pattern_of(app.course_terms)


def setup(app):
    """Tell Sphinx what there is."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.connect("builder-inited", _read_terms)
    app.add_transform(LinkTerms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
