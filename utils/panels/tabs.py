"""Sections behind tabs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from utils.page.live import emit_widget
from utils.page.output import escape


class Tabs:
    """Sections behind tabs; a page without a kernel shows them one after the other.

    Args:
        sections: title -> HTML.

    Raises:
        ValueError: there are none.
    """

    def __init__(self, sections: Mapping[str, str]) -> None:
        if not sections:
            raise ValueError("sections: got none, allowed are one or more")
        self.sections = dict(sections)

    def widget(self) -> Any:
        """The ipywidgets control.

        Returns:
            An ipywidgets tab.
        """
        import ipywidgets as widgets

        tab = widgets.Tab(children=[widgets.HTML(html) for html in self.sections.values()])
        for number, title in enumerate(self.sections):
            tab.set_title(number, title)
        return tab

    def show(self) -> None:
        """Show the tabs."""
        static = "".join(
            f"<section><p><strong>{escape(title)}</strong></p>{html}</section>" for title, html in self.sections.items()
        )
        emit_widget(self.widget(), f"Tabs: {', '.join(self.sections)}", static)
