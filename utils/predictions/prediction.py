"""What a prediction is: a question, its options, the answer, and the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Prediction:
    """A question that the reader answers before the figure appears.

    Attributes:
        id: the notebook's number, a dot, and a name: "05.order_of_pulses".
        question: what will happen?
        options: two to six different answers, shown behind the letters A, B, ...
        answer: the letter of the right one.
        shown_in: ids of the cells that give it away; the website veils what they show until the reader has chosen.
        because: why it is right; it starts a sentence of its own.

    Raises:
        ValueError: options that repeat or are too few or many, or an answer that is none of their letters.
    """

    id: str
    question: str
    options: Sequence[str]
    answer: str
    because: str
    shown_in: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not 2 <= len(self.options) <= 6 or len(set(self.options)) < len(self.options):
            raise ValueError(f"{self.id}, options: got {list(self.options)}, allowed are 2 to 6 different answers")
        if self.answer not in self.letters:
            raise ValueError(f"{self.id}, answer: got {self.answer!r}, allowed is one of {', '.join(self.letters)}")

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters of the options."""
        return tuple("ABCDEF"[: len(self.options)])

    @property
    def lettered(self) -> dict[str, str]:
        """Letter -> option."""
        return dict(zip(self.letters, self.options, strict=True))

    def verdict(self, letter: str) -> str:
        """What the reader who chose this letter is told, before the reason.

        Args:
            letter: of the chosen option.

        Returns:
            One sentence.

        Raises:
            ValueError: there is no such option.
        """
        if letter not in self.letters:
            raise ValueError(f"letter: got {letter!r}, allowed is one of {', '.join(self.letters)}")
        right = f"{self.answer}: {_inside(self.lettered[self.answer])}"
        if letter == self.answer:
            return f"You chose {right}. That is right."
        return f"You chose {letter}. The answer is {right}."


def _inside(option: str) -> str:
    """An option as it stands inside of a sentence: without its full stop, and small where it is an ordinary word."""
    words = option.rstrip(".")
    first = words.split()[0] if words else ""
    ordinary = first[1:] == first[1:].lower() and first.isalpha() and (len(first) > 1 or first == "A")
    return words[:1].lower() + words[1:] if ordinary else words
