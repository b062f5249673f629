"""A deck of cards for Anki: the predictions of all notebooks, mistakes and their curves, and the glossary's terms."""

from __future__ import annotations

import re
import zlib
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from book.mistakes import CURVES, mistake_figure
from utils.predictions.prediction import Prediction
from utils.predictions.registry import get, ids

FILE = "neuron-to-hearing.apkg"
TITLE = "From a Neuron to a Network that Hears"
STYLE = (
    ".card { font: 20px/1.45 sans-serif; max-width: 34em; margin: 0 auto; padding: 0 1em; text-align: left; } "
    "ol { list-style-type: upper-alpha; } small { color: #6b6b6b; }"
)


def terms(glossary: str) -> dict[str, str]:
    """Term -> definition; what goes by several names stands under all of them together.

    Args:
        glossary: source of its page: terms at the margin, definitions indented, within a `{glossary}` directive.
    """
    block = re.search(r"^```\{glossary\}\n(.*?)^```", glossary, re.MULTILINE | re.DOTALL)
    found = {}
    for entry in (block[1] if block else "").split("\n\n"):
        lines = entry.strip("\n").splitlines()
        names = [line.strip() for line in lines if not line.startswith(" ")]
        if names:
            found[", ".join(names)] = " ".join(" ".join(line for line in lines if line.startswith(" ")).split())
    return found


def plain(markdown: str) -> str:
    """A sentence of the glossary as HTML, without links and signs of Markdown."""
    words = re.sub(r"\{\w+\}`([^`<]+?)(?: *<[^>]*>)?`", r"\1", markdown)
    words = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", words)
    words = re.sub(r"\$([^$]+)\$", r"\\(\1\\)", words)
    return re.sub(r"[*`]", "", escape(words, quote=False))


def faces(prediction: Prediction, picture: str = "") -> tuple[str, str]:
    """Front and back of a question's card.

    Args:
        prediction: the question.
        picture: HTML of what it is about.
    """
    options = "".join(f"<li>{escape(option)}</li>" for option in prediction.options)
    right = f"{prediction.answer}. {escape(prediction.lettered[prediction.answer])}"
    return (
        f"{escape(prediction.question)}{picture}<ol>{options}</ol>",
        f"<b>{right}</b><p>{escape(prediction.because)}</p><small>Notebook {int(prediction.id[:2])}</small>",
    )


def write_deck(path: Path, glossary: str) -> int:
    """Write the deck.

    Args:
        path: of the file.
        glossary: source of the glossary's page.

    Returns:
        The number of cards.
    """
    import genanki

    # Anki knows a deck and a kind of card again by their numbers, and a card by its identifier.
    number = zlib.crc32(FILE.encode())
    model = genanki.Model(
        number + 1,
        TITLE,
        fields=[{"name": "Front"}, {"name": "Back"}],
        templates=[{"name": "Card", "qfmt": "{{Front}}", "afmt": "{{FrontSide}}<hr id=answer>{{Back}}"}],
        css=STYLE,
    )
    deck = genanki.Deck(number, TITLE)
    cards = {name: faces(get(name)) for name in ids()}
    for term, meaning in terms(glossary).items():
        cards[f"term.{term}"] = (f"What is meant by <b>{escape(term)}</b>?", plain(meaning))
    with TemporaryDirectory() as folder:
        for curve in CURVES.values():
            _, png = mistake_figure(curve)
            question = curve.question()
            (Path(folder) / f"{curve.file}.png").write_bytes(png)
            image = f'<p><img src="{curve.file}.png" alt="{escape(curve.words())}"></p>'
            cards[question.id] = faces(question, image)
        for name, both in cards.items():
            deck.add_note(genanki.Note(model, list(both), guid=genanki.guid_for(FILE, name)))
        genanki.Package(deck, sorted(map(str, Path(folder).iterdir()))).write_to_file(str(path), timestamp=0)
    return len(cards)
