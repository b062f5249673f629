"""Build the course's website from the stored notebooks: nothing is executed, and nothing is fetched.

    python -m book                   into book/_build/html
    python -m book --out FOLDER      elsewhere
    python -m book --pdf             also print the notebooks into one PDF, by Chromium
    python -m book --outer-links     also ask every other site that it links to whether the page is there

Any warning of Sphinx, and any link inside the website that leads nowhere, is an error.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from book import anki, landing, pdf, slimming, speed_page
from book import pages as make
from book.check_links import dead_inner_links, dead_outer_links
from book.panels import bring, live_panels
from book.staging import staged_notebook
from course import ROOT, notebook_paths, read_project
from notebook_page import read_page
from publish import fill

BOOK = ROOT / "book"
HTML = BOOK / "_build" / "html"


def stage(folder: Path, paths: Sequence[Path], record: bool = True) -> None:
    """Write everything that Sphinx reads, except its settings.

    Args:
        folder: an empty folder.
        paths: the notebooks.
        record: whether panels are recorded whose states are not kept; else they stand still.

    Raises:
        ValueError: there is no notebook, or one lacks what the website needs of it.
    """
    if not paths:
        raise ValueError("there is no notebook: the website is made from them")
    project = read_project()
    pages = [read_page(path) for path in paths]
    speed, speed_figure = speed_page.speed()
    live = live_panels([page.name for page in pages], record=record)
    marks = {
        "index.md": {
            "first": landing.first_screen(pages, project, live),
            "progress": landing.progress(pages),
            "cards": landing.cards(pages, project),
            "contents": "\n".join(f"notebooks/{p.name}" for p in pages),
        },
        "exercises.md": {"exercises": make.exercises(pages)},
        "results.md": {"results": make.results(pages)},
        "benchmarks.md": {"speed": speed},
        "references.md": {"references": make.references(pages)},
        "teachers.md": {
            "plan": make.plan(pages),
            "goals": make.goals(pages, project),
            "wrong answers": make.wrong_answers(pages),
        },
        "glossary.md": {},
        "sweeps.md": {},
        "cards.md": {},
    }
    for name, contents in marks.items():
        text = (BOOK / name).read_text(encoding="utf-8")
        for mark, content in contents.items():
            text = fill(text, mark, f"\n{content}\n", name)
            # The marks themselves would stand in the way of a directive's own lines.
            text = text.replace(f"<!-- {mark} -->\n", "").replace(f"<!-- /{mark} -->", "")
        text = text.replace("{readme}", f"{project.repository}/blob/{project.ref}/README.md")
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "changes.md").write_text((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), encoding="utf-8")
    for name in ("notebooks", "_static/figures", "_static/covers"):
        (folder / name).mkdir(parents=True)
    (folder / "_static" / "figures" / speed_page.FIGURE).write_bytes(speed_figure)
    anki.write_deck(folder / "_static" / anki.FILE, (BOOK / "glossary.md").read_text(encoding="utf-8"))
    bring([panel for panels in live.values() for panel in panels.values()], folder / "_static")
    for page in pages:
        text, figures = staged_notebook(page, pages, project, live[page.name])
        (folder / "notebooks" / page.path.name).write_text(text, encoding="utf-8")
        for name, picture in figures.items():
            (folder / "_static" / "figures" / name).write_bytes(picture)
        (folder / "_static" / "covers" / f"{page.name}.webp").write_bytes(landing.cover_picture(page))


def build(out: Path = HTML, paths: Sequence[Path] | None = None, record: bool = True) -> None:
    """Build the website.

    Args:
        out: where to; what is there is replaced.
        paths: the notebooks; by default all of the course.
        record: whether panels are recorded whose states are not kept; else they stand still.

    Raises:
        ValueError: a notebook lacks what the website needs, Sphinx warned, or a link leads nowhere.
    """
    with tempfile.TemporaryDirectory() as name:
        source, made = Path(name) / "source", Path(name) / "html"
        source.mkdir()
        stage(source, notebook_paths() if paths is None else paths, record)
        command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "-c", str(BOOK)]
        # Debugging aids of Python would be warnings of Sphinx; its colours are for a screen.
        environment = {**os.environ, "PYTHONWARNINGS": "ignore", "NO_COLOR": "1"}
        command += ["-d", str(Path(name) / "doctrees"), str(source), str(made)]
        ended = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if ended.returncode != 0:
            raise ValueError(f"Sphinx found mistakes:\n{ended.stderr.replace(name, '').strip()}")
        shutil.copytree(source / "_static", made / "_static", dirs_exist_ok=True)
        for template in (made / "_static").glob("*.html"):
            template.unlink()  # the theme leaves them lying about; they are no pages
        slimming.slim(made)
        # So that pages whose names begin with an underscore are served, too.
        (made / ".nojekyll").touch()
        dead = dead_inner_links(made)
        if dead:
            raise ValueError("These links lead nowhere:\n" + "\n".join(dead))
        shutil.rmtree(out, ignore_errors=True)
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, out)


def build_if_changed(out: Path, record: bool = True) -> bool:
    """Build the website unless it stands there already, made from the same files by the same packages.

    Args:
        out: where to.
        record: whether panels are recorded whose states are not kept.

    Returns:
        Whether it was built.

    Raises:
        ValueError: as `build`.
    """
    stamp, now = out.parent / f".{out.name}-made-from", made_from(record)
    if (out / "index.html").is_file() and stamp.is_file() and stamp.read_text(encoding="utf-8") == now:
        return False
    build(out, record=record)
    stamp.write_text(now, encoding="utf-8")
    return True


def made_from(record: bool = True) -> str:
    """A short text that is another one once anything has changed of which the website is made."""
    digest = hashlib.sha256(f"{record} {sys.version}".encode())
    folders = (ROOT / name for name in ("book", "notebooks", "utils", "benchmarks", "data", "tools"))
    files = [path for folder in folders for path in folder.rglob("*.*") if path.is_file()]
    files += [ROOT / name for name in ("CHANGELOG.md", "pyproject.toml", "constraints.txt")]
    for path in sorted(files):
        parts = path.relative_to(ROOT).parts
        if "_build" not in parts and "__pycache__" not in parts:
            digest.update("/".join(parts).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=HTML, metavar="FOLDER", help="where to (default: book/_build/html)")
    parser.add_argument("--still", action="store_true", help="record no panel anew: those not kept stand still")
    parser.add_argument("--pdf", action="store_true", help=f"also print the notebooks into {pdf.FILE} beside it")
    parser.add_argument("--outer-links", action="store_true", help="also check the links to other sites")
    options = parser.parse_args(arguments)
    start = time.monotonic()
    try:
        built = build_if_changed(options.out, record=not options.still)
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 1
    done = f"in {time.monotonic() - start:.0f} s" if built else "stand there already, nothing has changed"
    print(f"{len(list(options.out.rglob('*.html')))} pages {done}: {options.out}/index.html")
    if options.pdf:
        count = pdf.write_pdf(options.out, options.out.parent / pdf.FILE)
        print(f"{count} pages on paper: {options.out.parent / pdf.FILE}")
    if options.outer_links and (dead := dead_outer_links(options.out, read_project().repository)):
        print("These pages elsewhere are gone:\n" + "\n".join(dead), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
