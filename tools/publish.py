"""Carry the repository's address from pyproject.toml to every place that a reader clicks on.

    python tools/publish.py                     apply the present address
    python tools/publish.py notebooks/01_*      only to these notebooks
    python tools/publish.py --repo owner/name   set it first
    python tools/publish.py --check             change nothing; name the files that disagree

Filled in: each notebook's badges, bootstrap cell and feedback link; README's badges, clone command and table of
notebooks; the same table on the page at which `make lab` opens; the addresses in CITATION.cff and in the issue forms.
Outputs and execution counts stay.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from urllib.parse import quote, urlencode

from nbformat import from_dict

from course import ROOT, Project, notebook_paths, read_project
from notebook_page import Page, read_page
from refresh import normalise, read, render

SLUG = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/[A-Za-z0-9._-]{1,100}"


def fill(text: str, mark: str, content: str, name: str) -> str:
    """Replace what stands between `<!-- mark -->` and `<!-- /mark -->`.

    Args:
        text: the text that holds both comments, once each.
        mark: their name.
        content: what shall stand between them.
        name: what to call the text in an error.

    Raises:
        ValueError: if the pair of comments is not there exactly once.
    """
    pattern = re.compile(rf"(<!-- {mark} -->).*?(<!-- /{mark} -->)", re.DOTALL)
    # On lines of its own: Markdown takes a line that begins with a comment for HTML, and would show badges as text.
    filled, count = pattern.subn(lambda match: f"{match[1]}\n{content.strip()}\n{match[2]}", text)
    if count != 1:
        raise ValueError(f"{name} holds <!-- {mark} --><!-- /{mark} --> {count} times; it must stand there once")
    return filled


def badges(project: Project, notebook: str) -> str:
    """The two badges that open a notebook elsewhere.

    Args:
        project: the public face.
        notebook: file name of the notebook.

    Returns:
        HTML. As Markdown they would stop `nbconvert --to pdf`, which cannot fetch pictures and leaves out HTML.
    """
    title = notebook.removesuffix(".ipynb")
    colab = f"https://colab.research.google.com/github/{project.slug}/blob/{project.ref}/notebooks/{notebook}"
    binder = f"https://mybinder.org/v2/gh/{project.slug}/{project.ref}?urlpath=" + quote(
        f"lab/tree/notebooks/{notebook}", safe=""
    )
    hosts = (
        ("Colab", colab, "https://colab.research.google.com/assets/colab-badge.svg"),
        ("Binder", binder, "https://mybinder.org/badge_logo.svg"),
    )
    return " ".join(f'<a href="{to}"><img src="{badge}" alt="Open {title} in {host}"></a>' for host, to, badge in hosts)


def feedback(project: Project, notebook: str) -> str:
    """Markdown of the line that lets a student say what was unclear."""
    title = notebook.removesuffix(".ipynb")
    query = urlencode({"template": "notebook.yml", "title": f"[{title[:2]}] ", "notebook": title}, quote_via=quote)
    form = f"[Tell us]({project.repository}/issues/new?{query})"
    return f"\n**Was something unclear, wrong, or missing?** {form}: the form is ready, two sentences are enough.\n"


def bootstrap_cell(project: Project) -> str:
    """Source of the cell by which a notebook finds the course, the same in all notebooks."""
    template = (ROOT / "tools" / "bootstrap_cell.py").read_text(encoding="utf-8").rstrip("\n")
    return template.replace("@REPOSITORY@", project.repository).replace("@REF@", project.ref)


def published_notebook(path: Path, project: Project) -> str:
    """The text of a notebook with all addresses filled in.

    Raises:
        ValueError: if a badge or feedback comment, or the bootstrap cell, is not where it belongs.
    """
    nb = read(path)
    if not nb.cells:
        raise ValueError(f"{path.name} has no cells")
    first, last = nb.cells[0], [cell for cell in nb.cells if cell.cell_type == "markdown"][-1]
    first.source = fill(first.source, "badges", badges(project, path.name), f"the first cell of {path.name}")
    last.source = fill(last.source, "feedback", feedback(project, path.name), f"the last text cell of {path.name}")
    starts = [cell for cell in nb.cells if cell.get("id") == "bootstrap"]
    if len(starts) != 1 or starts[0].cell_type != "code":
        raise ValueError(f'{path.name} has {len(starts)} cells with the id "bootstrap"; it needs one code cell')
    starts[0].source = bootstrap_cell(project)
    # Folded: JupyterLab hides its source, Colab shows the title of a form.
    starts[0].metadata = from_dict({"cellView": "form", "jupyter": {"source_hidden": True}})
    return render(normalise(nb))


def notebook_row(page: Page, folder: str, *more: str) -> str:
    """A table row about a notebook.

    Args:
        page: what it says about itself.
        folder: where the notebooks are, seen from the table ("" beside them).
        more: further columns.
    """
    link = f"[{page.title}]({folder}{page.path.name})"
    columns = (str(page.number), link, page.promise, str(page.minutes), str(len(page.exercises)), *more)
    return "| " + " | ".join(columns) + " |"


def published_readme(text: str, project: Project) -> str:
    """README with its badge, clone command and table of notebooks filled in."""
    runs = f"{project.repository}/actions/workflows/test.yml"
    rows = [
        "| | Notebook | What you meet | Minutes | Exercises | Run it |",
        "|---|---|---|---|---|---|",
        *(notebook_row(read_page(path), "notebooks/", badges(project, path.name)) for path in notebook_paths()),
    ]
    folder = project.repository.rsplit("/", 1)[1]
    text = fill(text, "badges", f"[![Tests]({runs}/badge.svg)]({runs})", "README.md")
    text = fill(text, "clone", f"```bash\ngit clone {project.repository}\ncd {folder}\n```", "README.md")
    return fill(text, "notebooks", "\n".join(rows), "README.md")


def start_page(text: str) -> str:
    """The page at which `make lab` opens, with its table of notebooks filled in."""
    rows = [
        "| | Notebook | What you meet | Minutes | Exercises |",
        "|---|---|---|---|---|",
        *(notebook_row(read_page(path), "") for path in notebook_paths()),
    ]
    return fill(text, "notebooks", "\n".join(rows), "notebooks/README.md")


def published_addresses(text: str, project: Project) -> str:
    """A text in which every address of a repository becomes the present one."""
    return re.sub(r"https://github\.com/" + SLUG + r"(?=[\s/\"']|$)", project.repository, text)


def published(notebooks: list[Path] | None = None) -> dict[Path, str]:
    """Every file that carries the address, as it should read.

    Args:
        notebooks: leave it at these notebooks; by default all of them, and the project's own pages.

    Returns:
        Path -> text.
    """
    project = read_project()
    files = {path: published_notebook(path, project) for path in notebooks or notebook_paths()}
    if notebooks:
        return files
    readme = ROOT / "README.md"
    files[readme] = published_readme(readme.read_text(encoding="utf-8"), project)
    start = ROOT / "notebooks" / "README.md"
    files[start] = start_page(start.read_text(encoding="utf-8"))
    for path in (ROOT / "CITATION.cff", ROOT / ".github" / "ISSUE_TEMPLATE" / "config.yml"):
        files[path] = published_addresses(path.read_text(encoding="utf-8"), project)
    return files


def set_repository(slug: str) -> None:
    """Write a new address into pyproject.toml.

    Args:
        slug: `owner/name`.

    Raises:
        ValueError: if it is not of that form.
    """
    if not re.fullmatch(SLUG, slug):
        raise ValueError(f"REPO is {slug!r}; allowed is owner/name, as in REPO=neuro-course/neuron-to-hearing")
    path = ROOT / "pyproject.toml"
    text = path.read_text(encoding="utf-8")
    line = f'Repository = "https://github.com/{slug}"'
    text, count = re.subn(r'^Repository = "[^"]*"', line, text, flags=re.MULTILINE)
    if count != 1:
        raise ValueError('pyproject.toml: the line Repository = "https://..." must stand there once')
    path.write_text(text, encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="*", type=Path, help="only these notebooks (default: everything)")
    parser.add_argument("--repo", metavar="OWNER/NAME", help="the repository's new address")
    parser.add_argument("--check", action="store_true", help="change nothing; fail if a file disagrees")
    options = parser.parse_args(arguments)
    notebooks = [path.resolve() for path in options.notebooks]
    try:
        if options.repo and not options.check:
            set_repository(options.repo)
        changed = {p: text for p, text in published(notebooks).items() if p.read_text(encoding="utf-8") != text}
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    for path, text in changed.items():
        if options.check:
            print(f"{path.name} disagrees with pyproject.toml: run `make publish`", file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"wrote {path.name}")
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
