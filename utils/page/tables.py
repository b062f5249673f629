"""A small table, the same as HTML and as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from utils.page.output import emit, escape


class Table:
    """Rows of words under heads; columns that hold numbers are set flush right.

    Args:
        heads: names of the columns.
        rows: one sequence of texts for each row.
        caption: its heading; none where the text above says it.
        name: class of the HTML table, for style sheets.
        metadata: notes stored with the output, for programs that read it again.

    Raises:
        ValueError: a row has more or fewer entries than there are heads.
    """

    def __init__(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        caption: str = "",
        name: str = "course-table",
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self.heads = list(heads)
        self.rows = [[str(entry) for entry in row] for row in rows]
        self.caption, self.name, self.metadata = caption, name, metadata
        for number, row in enumerate(self.rows):
            if len(row) != len(self.heads):
                raise ValueError(f"rows: got {len(row)} entries in row {number}, allowed are {len(self.heads)}")

    @property
    def text(self) -> str:
        """The table as plain text."""
        caption = [self.caption] if self.caption else []
        return "\n".join([*caption, " | ".join(self.heads), *(" | ".join(row) for row in self.rows)])

    @property
    def html(self) -> str:
        """The table as HTML, legible on light and dark pages."""
        aligned = [_alignment([row[column] for row in self.rows]) for column in range(len(self.heads))]
        head = "".join(
            f'<th scope="col" style="{_cell(side)}">{escape(name)}</th>'
            for name, side in zip(self.heads, aligned, strict=True)
        )
        body = "".join(
            "<tr>"
            + "".join(
                f'<td style="{_cell(side)}">{escape(entry)}</td>' for entry, side in zip(row, aligned, strict=True)
            )
            + "</tr>"
            for row in self.rows
        )
        caption = (
            f'<caption style="text-align:left;font-weight:bold;padding:6px 0">{escape(self.caption)}</caption>'
            if self.caption
            else ""
        )
        # A region that scrolls must be reachable by keyboard, and named.
        return (
            f'<div style="overflow-x:auto" tabindex="0" role="region" aria-label="{escape(self.caption or "table")}">'
            f'<table class="{self.name}" style="border-collapse:collapse">{caption}'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )

    def show(self) -> None:
        """Show it under the cell."""
        emit(self.text, self.html, metadata=self.metadata)


def _cell(side: str) -> str:
    return f"text-align:{side};vertical-align:top;padding:3px 14px 3px 0"


def _alignment(column: Sequence[str]) -> str:
    numeric = [bool(entry) and entry.lstrip("~+-\u2212")[:1].isdigit() and " " not in entry for entry in column]
    return "right" if column and all(numeric) else "left"
