"""The course as one PDF, printed by Chromium from the built website: title, contents with page numbers, notebooks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape, unescape
from pathlib import Path

from course import chromium_path

FILE = "neuron-to-hearing.pdf"
FOOT = (
    '<div style="font: 8px sans-serif; width: 100%; text-align: center; color: #555">'
    '<span class="pageNumber"></span> / <span class="totalPages"></span></div>'
)
FRONT_PAGES = 1


def article(html: str, name: str) -> tuple[str, str]:
    """A page's title and its article, ready to stand beside others in one page.

    Args:
        html: of the built page.
        name: of the page, by which its places are told from those of others.

    Raises:
        ValueError: the page has no article.
    """
    found = re.search(r'<article class="bd-article"[^>]*>(.*?)</article>', html, re.DOTALL)
    title = re.search(r"<h1>(.*?)(?:<a class=\"headerlink\".*?)?</h1>", html, re.DOTALL)
    if found is None or title is None:
        raise ValueError(f"{name}: got a page without an article and a title, needed are both")
    inside = re.sub(r'(id|for|aria-labelledby)="([^"]+)"', rf'\1="{name}-\2"', found[1])
    inside = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', inside)
    # Nothing is folded on paper; the answers to the predictions stand at the end of each notebook.
    return unescape(re.sub(r"<[^>]+>", "", title[1])).strip(), inside.replace("<details", "<details open").replace(
        'loading="lazy"', ""
    )


def whole(head: str, parts: Sequence[tuple[str, str, str]], starts: Sequence[int] | None = None) -> str:
    """One page with all articles, each on a sheet of its own.

    Args:
        head: of one of the built pages: its styles.
        parts: (name, title, article) of each.
        starts: on which page each begins; without them there is no title and no contents.
    """
    front = ""
    if starts is not None:
        rows = "".join(
            f'<li><a href="#part-{name}"><span>{escape(title)}</span><span>{start}</span></a></li>'
            for (name, title, _), start in zip(parts, starts, strict=True)
        )
        front = f'<section class="course-front"><h1>From a Neuron to a Network that Hears</h1><ol>{rows}</ol></section>'
    body = "".join(f'<section class="course-part" id="part-{name}">{inside}</section>' for name, _, inside in parts)
    return (
        f'<!doctype html><html lang="en" data-theme="light"><head>{head}<style>'
        "html { font-size: 13px } body { background: #fff } .course-part { break-before: page } "
        ".course-front { min-height: 90vh } .course-front ol { list-style: none; padding: 0; margin-top: 4rem } "
        ".course-front a { display: flex; justify-content: space-between; color: inherit; line-height: 2 } "
        ".headerlink, .course-prediction details { display: none } .bd-article { padding: 0 }"
        f'</style></head><body><main class="bd-content"><article class="bd-article">{front}{body}</article></main>'
        "</body></html>"
    )


def write_pdf(site: Path, out: Path) -> int:
    """Print the notebooks of a built website.

    Args:
        site: its folder.
        out: the PDF.

    Returns:
        The number of pages.

    Raises:
        ValueError: there is no Chromium, or a notebook's page is missing.
    """
    from playwright.sync_api import sync_playwright

    browser_path = chromium_path()
    if browser_path is None:
        raise ValueError("there is no Chromium on the PATH: install chromium or google-chrome")
    site = site.resolve()
    paths = sorted((site / "notebooks").glob("*.html"))
    if not paths:
        raise ValueError(f"{site}: got no pages of notebooks: run make book")
    pages = [path.read_text(encoding="utf-8") for path in paths]
    parts = [(path.stem, *article(page, path.stem)) for path, page in zip(paths, pages, strict=True)]
    styles = re.findall(r'<link[^>]*rel="stylesheet"[^>]*>', pages[0])
    head = '<meta charset="utf-8">' + "".join(styles)
    # Beside the notebooks' pages, so that their pictures are found.
    sheet = site / "notebooks" / "whole-course.html"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
            tab = browser.new_context(java_script_enabled=False).new_page()
            tab.set_default_timeout(240_000)

            def printed(html: str) -> bytes:
                sheet.write_text(html, encoding="utf-8")
                tab.goto(sheet.as_uri())
                return tab.pdf(
                    format="A4",
                    print_background=True,
                    outline=True,
                    tagged=True,
                    display_header_footer=True,
                    header_template="<span></span>",
                    footer_template=FOOT,
                    margin={"top": "16mm", "bottom": "16mm", "left": "18mm", "right": "18mm"},
                )

            starts, begin = [], FRONT_PAGES + 1
            for part in parts:
                starts.append(begin)
                begin += page_count(printed(whole(head, [part])))
            data = printed(whole(head, parts, starts))
            browser.close()
    finally:
        sheet.unlink(missing_ok=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(data)
    return page_count(data)


def page_count(pdf: bytes) -> int:
    """How many pages a PDF of Chromium's has."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))
