"""The website's pages, made from the notebooks, their stored outputs, and the exercise modules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from html.parser import HTMLParser

import nbformat

from book.staging import anchor, without_dead_ends
from course import Project
from notebook_page import Page
from utils.exercises.registry import get

_DOI = re.compile(r"https://doi\.org/[^\s)\]]+")


def as_html(text: str) -> str:
    """A sentence of a box as HTML: nothing but `code` has a meaning in it."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))


# --- Teachers' page -----------------------------------------------------------------------------------------------


def plan(pages: Sequence[Page]) -> str:
    """Which notebook takes how long, as a table."""
    rows = ["| Notebook | Minutes | Predictions | Exercises | Panels | Builds on |", "|---|---:|---:|---:|---:|---|"]
    known = {page.path.name: page for page in pages}
    for page in pages:
        named = dict.fromkeys(re.findall(r"\(([\w.-]+\.ipynb)", page.needs))
        before = ", ".join(str(known[name].number) for name in named if name in known) or "nothing"
        link = f"[{page.heading}](notebooks/{page.path.name})"
        numbers = f"{page.minutes} | {page.predictions} | {len(page.exercises)} | {page.panels}"
        rows.append(f"| {link} | {numbers} | {before} |")
    total = sum(page.minutes for page in pages)
    rows.append(
        f"| **Together** | {total} | {sum(p.predictions for p in pages)} | {sum(len(p.exercises) for p in pages)} "
        f"| {sum(p.panels for p in pages)} | |"
    )
    return "\n".join(rows)


def goals(pages: Sequence[Page], project: Project) -> str:
    """What a student will have done at the end of each notebook, and has to bring."""
    parts = []
    known = {page.path.name for page in pages}
    for page in pages:
        needs = re.sub(r"\]\(([\w.-]+\.ipynb)", r"](notebooks/\1", without_dead_ends(page.needs, known, project))
        points = "\n".join(f"- {point}" for point in page.goals)
        parts.append(f"### Notebook {page.number}: {page.title}\n\n{points}\n\n*Brings along:* {needs}")
    return "\n\n".join(parts)


def wrong_answers(pages: Sequence[Page]) -> str:
    """The mistakes that the checks know by name, for each exercise."""
    parts = []
    for page in pages:
        items = []
        for name in page.exercises:
            mistakes = "".join(f"<li>{as_html(words)}</li>" for words in get(name).wrong_answers)
            link = f'<a href="exercises.html#{anchor(name)}"><code>{escape(name)}</code></a>'
            items.append(f"<dt>{link}</dt><dd><ul>{mistakes}</ul></dd>")
        parts.append(
            f'<details class="course-fold"><summary>{escape(page.heading)}</summary>'
            f'<dl class="course-mistakes">{"".join(items)}</dl></details>'
        )
    return "\n\n".join(parts)


# --- Exercises ----------------------------------------------------------------------------------------------------


def exercises(pages: Sequence[Page]) -> str:
    """All exercises with folded hints and one folded solution each."""
    parts = []
    for page in pages:
        parts.append(f"## {page.heading}\n\n[To the notebook](notebooks/{page.path.name})")
        parts += [exercise(name) for name in page.exercises]
    return "\n\n".join(parts)


def exercise(exercise_id: str) -> str:
    """One exercise: what is asked, its hints, one solution."""
    task = get(exercise_id)
    asked = " ".join((task.reference.__doc__ or "").split())
    folds = [
        f'<details class="course-fold"><summary>Hint {n} of {len(task.hints)}</summary><p>{as_html(hint)}</p></details>'
        for n, hint in enumerate(task.hints, 1)
    ]
    return "\n\n".join(
        [
            f"({anchor(exercise_id)})=\n### {task.reference.__name__}",
            f"<p>{as_html(asked)}</p>",
            "\n".join(folds),
            '<details class="course-fold"><summary>One solution</summary>',
            f"```python\n{task.solution()}\n```",
            "</details>",
        ]
    )


# --- Results ------------------------------------------------------------------------------------------------------


class _Tables(HTMLParser):
    """Reads the scoreboard out of an HTML output."""

    def __init__(self) -> None:
        super().__init__()
        self.inside, self.rows, self.caption, self._cell = False, [], "", None

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.inside = "course-scoreboard" in (dict(attrs).get("class") or "").split()
        elif self.inside and tag == "tr":
            self.rows.append([])
        elif self.inside and tag in ("td", "th", "caption"):
            self._cell = ""

    def handle_data(self, data):
        if self._cell is not None:
            self._cell += data

    def handle_endtag(self, tag):
        if tag == "table":
            self.inside = False
        elif self._cell is not None and tag == "caption":
            self.caption, self._cell = " ".join(self._cell.split()), None
        elif self._cell is not None and tag in ("td", "th"):
            self.rows[-1].append(" ".join(self._cell.split()))
            self._cell = None


def scoreboard(nb: nbformat.NotebookNode) -> tuple[str, list[list[str]]] | None:
    """The scoreboard in a notebook's stored outputs.

    Args:
        nb: the notebook.

    Returns:
        Its title and its rows, the first one being the heads; None if the notebook shows none.
    """
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            reader = _Tables()
            reader.feed(output.get("data", {}).get("text/html", ""))
            if len(reader.rows) > 1:
                return reader.caption, reader.rows
    return None


def results(pages: Sequence[Page]) -> str:
    """All scoreboards on one page, with a sum over all."""
    tally: dict[str, int] = {}
    parts = []
    for page in pages:
        parts.append(f"## {page.heading}")
        found = scoreboard(page.nb)
        if found is None:
            parts.append("No scoreboard is stored in this notebook.")
            continue
        caption, (heads, *rows) = found
        verdict = heads.index("verdict")
        for row in rows:
            word = row[verdict].split(maxsplit=1)[-1]
            tally[word] = tally.get(word, 0) + 1
        summary = caption.partition(":")[2].strip()
        parts.append(f"[Notebook {page.number}](notebooks/{page.path.name}): {summary}.\n\n{table_html(heads, rows)}")
    overall = ", ".join(f"{count} {word}" for word, count in sorted(tally.items(), key=lambda item: -item[1]))
    return "\n\n".join([f"Over all notebooks: **{overall or 'nothing compared yet'}**.", *parts])


def table_html(heads: list[str], rows: Iterable[list[str]]) -> str:
    """A table whose rows become small lists on a narrow screen: each cell knows its column's name.

    Columns of numbers stand at their right edge.

    Args:
        heads: of the columns.
        rows: a text for each column.
    """
    rows = list(rows)
    columns = zip(*rows, strict=True) if rows else [()] * len(heads)
    right = [' class="course-number"' * _are_numbers(column) for column in columns]
    head = "".join(f'<th scope="col"{of}>{escape(name)}</th>' for name, of in zip(heads, right, strict=True))
    body = "".join(
        "<tr>"
        + "".join(
            f'<td data-label="{escape(name)}"{of}>{escape(cell)}</td>'
            for name, cell, of in zip(heads, row, right, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return f'<table class="course-results"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _are_numbers(column: Iterable[str]) -> bool:
    """Whether nearly everything in a column is one number, perhaps with a unit or a sign before it."""
    filled = [cell for cell in column if cell]
    numbers = [cell for cell in filled if re.fullmatch(r"[~≈±≤≥<>]? ?[-−+]?[\d.,]+(e-?\d+)?( ?[%\w/°µ]{1,6})?", cell)]
    return bool(filled) and len(numbers) >= 0.8 * len(filled)


# --- References ---------------------------------------------------------------------------------------------------


def references(pages: Sequence[Page]) -> str:
    """The notebooks' references as one list, sorted, each once, with the notebooks that name it."""
    found: dict[str, tuple[str, list[Page]]] = {}
    for page in pages:
        for text in notebook_references(page.nb):
            address = re.search(r"\]\((https?://.+?)\)(?=[\s.,;]|$)", text)
            doi = _DOI.search(text)
            key = (doi[0] if doi else address[1] if address else text).lower().rstrip(".")
            found.setdefault(key, (text, []))[1].append(page)
    lines = []
    for text, named_in in sorted(found.values(), key=lambda item: sort_key(item[0])):
        links = ", ".join(f"[{page.number}](notebooks/{page.path.name})" for page in dict.fromkeys(named_in))
        lines.append(f"- {text} *(Notebook {links})*")
    return "\n".join(lines)


def notebook_references(nb: nbformat.NotebookNode) -> list[str]:
    """The items of a notebook's list of references, one line each."""
    texts = [cell.source for cell in nb.cells if cell.cell_type == "markdown"]
    for text in reversed(texts):
        below = re.search(r"^(?:#+ (?:\d+\. )?|\*\*)References?[^\n]*\n(.+?)(?=\n<!-- feedback|\Z)", text, re.M | re.S)
        if below:
            return [" ".join(item.split()) for item in re.findall(r"^[-*] (.+(?:\n  .+)*)", below[1], re.MULTILINE)]
    return []


def sort_key(reference: str) -> str:
    """The first author's family name, wherever the initials stand."""
    author = re.split(r",| \(| and ", reference)[0]
    words = [word for word in re.findall(r"[\w'’-]+\.?", author) if not re.fullmatch(r"(?:\w\.|\w)", word)]
    particles = {"de", "van", "von", "der", "den"}
    return " ".join([word for word in words if word not in particles] or [author]).casefold() + reference.casefold()
