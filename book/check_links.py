"""Links of a built website: those that stay inside must lead somewhere; those that leave it are asked one by one."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

# Answers that mean "not for programs" or "not now" rather than "gone".
TOLERATED = {401, 403, 405, 406, 418, 429, 500, 502, 503, 504, 999}


class _Links(HTMLParser):
    """Collects a page's links and the names that links can lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.names: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if value is None:
                continue
            if name == "id" or (tag == "a" and name == "name"):
                self.names.add(value)
            elif (tag in ("a", "link") and name == "href") or (tag in ("img", "script") and name == "src"):
                self.targets.append(value)


def pages(folder: Path) -> dict[Path, _Links]:
    """Every page of a website with its links."""
    return {path: _Links(path.read_text(encoding="utf-8")) for path in sorted(folder.resolve().rglob("*.html"))}


def dead_inner_links(folder: Path) -> list[str]:
    """Links to pages, files and places of the same website that are not there.

    Args:
        folder: the website's root.

    Returns:
        One line for each, "page: target"; empty if there are none.
    """
    read = pages(folder)
    root = folder.resolve()
    dead = []
    for path, links in read.items():
        for target in dict.fromkeys(links.targets):
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            place = unquote(parts.fragment)
            there = file.is_file() and file.is_relative_to(root)
            if there and place and file in read:
                there = place in read[file].names
            if not there:
                dead.append(f"{path.relative_to(root)}: {target}")
    return dead


def outer_links(folder: Path) -> dict[str, list[str]]:
    """Addresses elsewhere, each with the pages that name it."""
    found: dict[str, list[str]] = {}
    for path, links in pages(folder).items():
        for target in dict.fromkeys(urldefrag(target)[0] for target in links.targets):
            if urlsplit(target).scheme in ("http", "https"):
                found.setdefault(target, []).append(str(path.relative_to(folder.resolve())))
    return found


def dead_outer_links(folder: Path, own: str = "", timeout: float = 30) -> list[str]:
    """Addresses elsewhere that answer "not here", or not at all after three attempts.

    Args:
        folder: the website's root.
        own: the repository's address; links to its forms need a login and are left out.
        timeout: seconds for one answer.

    Returns:
        One line for each, "address (what it answered): pages".
    """
    addresses = {a: named for a, named in outer_links(folder).items() if not (own and a.startswith(f"{own}/issues"))}
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda address: complaint(address, timeout), addresses)
        return list(_told(addresses, answers))


def _told(addresses: dict[str, list[str]], answers: Iterator[str | None]) -> Iterator[str]:
    for (address, named), answer in zip(addresses.items(), answers, strict=True):
        if answer is not None:
            yield f"{address} ({answer}): {', '.join(named)}"


def complaint(address: str, timeout: float = 30) -> str | None:
    """What is wrong with an address, or None.

    Args:
        address: to be asked.
        timeout: seconds for one answer.
    """
    import requests

    said = "no answer"
    for _ in range(3):
        try:
            with requests.get(
                address, timeout=timeout, stream=True, headers={"User-Agent": "Mozilla/5.0 (link check)"}
            ) as answer:
                if answer.ok or answer.status_code in TOLERATED:
                    return None
                said = f"status {answer.status_code}"
        except requests.RequestException as problem:
            said = type(problem).__name__
    return said
