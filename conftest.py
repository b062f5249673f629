"""Test-wide settings: one thread, one hash seed, and how nbval compares the notebooks' outputs."""

import functools
import gc
import os
import re
import sys

import pytest
from stored_pictures import SHARE, comparable, difference, pictures

from course import ROOT, kernel_environment

# Workers of pytest-xdist and the kernels of the notebooks inherit these, so that every run computes the same digits.
os.environ.update(kernel_environment())
# A notebook's kernel chooses its own backend; one inherited from the shell would replace the inline figures.
os.environ.pop("MPLBACKEND", None)

# Each holds a kernel, and a browser at times: a gigabyte and more.
MOST_WORKERS = 4
LONGEST = {"test_lab_browser.py", "test_colab_shape.py", "test_site_panels.py"}
COMPARABLE = comparable(ROOT)
# What `make test-slow` asks for -> what a file must hold to be worth gathering.
HELD = {"slow and not alone": ("mark.slow",), "slow and alone": ("mark.slow", "mark.alone")}
COMPLAINT = re.compile(r"^(Traceback \(most recent call last\)|.*\b\w*Warning: )", re.MULTILINE)


def pytest_configure(config):
    """What `pytest --nbval notebooks`, as anyone types it, needs to be right."""
    # Without nbval (`-p no:nbval`) there are no such options.
    if config.getoption("nbval", False) or config.getoption("nbval_lax", False):
        config.option.nbval_sanitize_with = str(ROOT / "tests" / "helpers" / "nbval_sanitize.cfg")
        config.option.nbval_current_env = True
        config.option.nbval_cell_timeout = 240


def is_notebook(node):
    return getattr(node, "path", None) is not None and node.path.suffix == ".ipynb"


def pytest_collectstart(collector):
    """Standard error may hold process numbers, so it is searched for complaints (below) and not compared."""
    if is_notebook(collector) and hasattr(collector, "skip_compare"):
        collector.skip_compare += ("stderr",)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    """A notebook's kernel, which starts here, takes every warning for an error, as some readers' kernels do.

    On Linux alone, where the exact versions were tested: elsewhere the kernel itself may warn of its event loop.
    """
    if not is_notebook(item) or sys.platform != "linux":
        return (yield)
    before = os.environ.get("PYTHONWARNINGS")
    os.environ["PYTHONWARNINGS"] = "error"
    try:
        return (yield)
    finally:
        os.environ.pop("PYTHONWARNINGS")
        if before is not None:
            os.environ["PYTHONWARNINGS"] = before


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """A cell that warns, whose background thread fails, or whose picture has changed, fails: a student would see it."""
    result = yield
    if is_notebook(item):
        compare_pictures(item)
        for output in item.test_outputs or []:
            if output.get("name") == "stderr" and COMPLAINT.search(output["text"]):
                item.raise_cell_error("Cell wrote a warning or a traceback to standard error", output["text"])
    return result


def compare_pictures(item):
    """Hold each picture against the stored one, where this machine draws the same; clocks and chance are exempt."""
    if not COMPARABLE or set(item.cell.metadata.get("tags", ())) & {"timing", "varies"}:
        return
    stored, drawn = pictures(item.cell.outputs), pictures(item.test_outputs or [])
    for number, (before, now) in enumerate(zip(stored, drawn, strict=False)):
        share = difference(before, now)
        if share > SHARE:
            words = f"picture {number} differs from the stored one in {share:.1%} of its blocks, allowed is {SHARE:.0%}"
            item.raise_cell_error(f"Cell draws another picture: {words}", "Look at both; `make refresh` stores it.")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """One more worker than there are processors: one that waits for a browser or a kernel leaves its own idle."""
    return min(MOST_WORKERS, (os.cpu_count() or 1) + 1)


@functools.cache
def _text(path):
    return path.read_text(encoding="utf-8")


def pytest_ignore_collect(collection_path, config):
    """Where the slow tests are asked for alone, thousands of others need not be gathered first."""
    needed = HELD.get(config.option.markexpr)
    is_test = collection_path.suffix == ".py" and collection_path.name.startswith("test_")
    return True if needed and is_test and any(mark not in _text(collection_path) for mark in needed) else None


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """While thousands of tests are gathered nothing becomes free, and looking for it would take a third of the time.

    What is there afterwards stays, so that the tests' own rubbish alone is looked through.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items):
    """What takes longest starts first: notebooks, the last of the course before the others, and tests that run them."""
    for item in items:
        if item.get_closest_marker("slow") and "mark.slow" not in _text(item.path):
            raise pytest.UsageError(
                f"{item.nodeid} is slow, and its file does not say so: `make test-slow` would miss it"
            )
    notebooks = sorted((item for item in items if is_notebook(item)), key=lambda item: item.path.name, reverse=True)
    others = [item for item in items if not is_notebook(item)]
    items[:] = notebooks + sorted(others, key=lambda item: item.path.name not in LONGEST)
