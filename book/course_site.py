"""What the website needs beyond its theme: formulas, and terms that lead to the glossary."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

from book.formulas import setup_formulas

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


class words_for_search(nodes.Element):
    """Words that the search finds and the page does not show, since it says them already, out of sight."""


def _skip(writer, node):
    raise nodes.SkipNode


def index_alternative_texts(app, doctree, docname):
    """Let the search find what pictures show: it reads a page's text, and would pass over their words."""
    for raw in list(doctree.findall(nodes.raw)):
        words = " ".join(re.findall(r' alt="([^"]+)"', raw.astext()))
        if words:
            raw.parent.insert(raw.parent.index(raw) + 1, words_for_search("", nodes.Text(unescape(words))))


def _read_terms(app):
    app.course_terms = glossary_terms((Path(app.srcdir) / "glossary.md").read_text(encoding="utf-8"))
    app.course_pattern = pattern_of(app.course_terms)


def setup(app):
    """Tell Sphinx what there is."""
    app.connect("builder-inited", _read_terms)
    app.add_node(words_for_search, html=(_skip, None))
    app.connect("doctree-resolved", index_alternative_texts)
    setup_formulas(app)
    app.add_transform(LinkTerms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
