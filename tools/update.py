"""Bring the newest course into a checkout in which somebody has worked, and keep what they wrote.

    python3 tools/update.py

Runs on the system's Python with nothing but the standard library and git. A notebook that was changed is merged cell by
cell: a cell that only you changed stays yours, a cell that only the course changed becomes the course's, an exercise
that both changed stays yours, and your own further cells stay where they were. Before anything is changed, a copy of
each notebook that you worked on is put into `my-notebooks/`.
"""

import argparse
import json
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPIES = "my-notebooks"


class UpdateError(Exception):
    """Something that the user has to mend; its text says how."""


def git(*arguments, root):
    """What a git command prints.

    Args:
        arguments: the command's words.
        root: the checkout.

    Returns:
        Its standard output.

    Raises:
        UpdateError: it failed; the text is git's own reason.
    """
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, encoding="utf-8")
    except FileNotFoundError:
        raise UpdateError("git is not installed here, and brings the new course") from None
    if done.returncode != 0:
        raise UpdateError((done.stderr.strip() or done.stdout.strip()).splitlines()[-1])
    return done.stdout


def source(cell):
    """A cell's text as one string, whichever way it is stored."""
    text = cell["source"]
    return text if isinstance(text, str) else "".join(text)


def is_exercise(cell):
    """Whether a cell holds an exercise's answer."""
    return cell["cell_type"] == "code" and source(cell).lstrip().startswith("@exercise(")


def merged(base, mine, theirs):
    """A notebook with the course's new cells and the student's own words.

    Args:
        base: the notebook as the student got it.
        mine: as it stands now.
        theirs: as the course has it now.

    Returns:
        The notebook to store: `theirs`, changed in place. Outputs of cells that stay the student's are theirs, too.
    """
    before = {cell.get("id"): source(cell) for cell in base["cells"]}
    own = {cell.get("id"): cell for cell in mine["cells"]}
    new = {cell.get("id"): source(cell) for cell in theirs["cells"]}
    cells = []
    for cell in theirs["cells"]:
        here = own.get(cell.get("id"))
        changed = here is not None and source(here) != before.get(cell.get("id"))
        untouched = new[cell.get("id")] == before.get(cell.get("id"))
        keep = changed and (untouched or is_exercise(cell))
        cells.append(here if keep else cell)
        if changed and not keep and source(here) != source(cell):
            # Both changed it, and it is no answer: the course's stands, and the student's comes behind it.
            cells.append({**here, "id": f"{here['id'][:59]}-mine"})
    _insert_own(cells, mine["cells"], before, new)
    theirs["cells"] = cells
    return theirs


def _insert_own(cells, mine, before, new):
    """Put cells that the student added behind those that stood above them."""
    above = None
    for cell in mine:
        name = cell.get("id")
        added = name not in before and name not in new
        # A cell that the course has taken away and the student has changed is kept as well.
        if added or (name not in new and source(cell) != before[name]):
            place = next((n for n, other in enumerate(cells) if other.get("id") == above), -1)
            cells.insert(place + 1, cell)
        above = name if name in new or added else above


def update(root=ROOT, now=None):
    """Fetch the newest course and merge it with the student's work.

    Args:
        root: the checkout.
        now: when; names the folder of copies.

    Returns:
        What was done, one sentence a line.

    Raises:
        UpdateError: it could not be done; nothing was changed.
    """
    git("fetch", "--quiet", root=root)
    upstream = git("rev-parse", "--abbrev-ref", "@{upstream}", root=root).strip()
    if git("rev-parse", "HEAD", root=root) == git("rev-parse", upstream, root=root):
        return ["The course is up to date."]
    ahead = git("rev-list", "--count", f"{upstream}..HEAD", root=root).strip()
    if ahead != "0":
        raise UpdateError(f"this checkout has commits of its own ({ahead}): merge them by git, `git merge {upstream}`")
    changed = git("diff", "--name-only", "HEAD", root=root).split("\n")[:-1]
    coming = set(git("diff", "--name-only", "HEAD", upstream, root=root).split("\n"))
    worked = [name for name in changed if name.endswith(".ipynb")]
    others = [name for name in changed if name not in worked and name in coming]
    if others:
        raise UpdateError(
            f"{', '.join(others)}: changed here and in the new course. Copy what you need, then `git checkout -- FILE`"
        )
    results, lines = {}, []
    if worked:
        copies = root / COPIES / (now or datetime.now()).strftime("%Y-%m-%d-%H%M%S")
        copies.mkdir(parents=True)
        lines.append(f"Copies of your notebooks are in {copies.relative_to(root).as_posix()}/.")
    for name in worked:
        shutil.copy(root / name, copies)
        mine = json.loads((root / name).read_text(encoding="utf-8"))
        base = json.loads(git("show", f"HEAD:{name}", root=root))
        if name in coming and git("ls-tree", "--name-only", upstream, "--", name, root=root).strip():
            results[name] = merged(base, mine, json.loads(git("show", f"{upstream}:{name}", root=root)))
        elif name not in coming:
            results[name] = mine
    for name in worked:
        git("checkout", "--quiet", "HEAD", "--", name, root=root)
    git("merge", "--quiet", "--ff-only", upstream, root=root)
    for name, notebook in results.items():
        text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True)
        (root / name).write_text(text + "\n", encoding="utf-8", newline="\n")
        lines.append(f"{name}: the new course, with your work in it.")
    return [*lines, "The course is up to date. Run a notebook again to see its new figures."]


def main():
    """Command line; ends with one line on standard error if the user has to do something first."""
    argparse.ArgumentParser(description="Bring the newest course, and keep your own work.").parse_args()
    try:
        print(*update(), sep="\n")
    except UpdateError as problem:
        sys.exit(f"The course was not updated: {problem}.")


if __name__ == "__main__":
    main()
