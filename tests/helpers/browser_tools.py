"""What the tests in a real browser share: Chromium, a Jupyter server, and a notebook's page in JupyterLab."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib import resources
from pathlib import Path
from urllib.parse import quote

import nbformat
import psutil
import pytest
from notebook_tools import copy_course

from course import ROOT, chromium_path, kernel_environment

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None

BROWSER = chromium_path()
NO_BROWSER = "there is no Chromium on the PATH: install chromium or google-chrome"
ARTEFACTS = ROOT / "artefacts"
# What a notebook reads at run time.
COURSE = ("utils", "data", "requirements.txt")
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    # The page follows the system's choice of light or dark, which a test can change at once.
    "apputils-extension/themes": {"adaptive-theme": True},
}
# ms between two looks at all outputs: at every frame, as is usual, they would take the page's time, and the kernel's.
POLLING = 200
# In the page: the open notebook, its code cells, and whether the run has ended early: a cell has raised, or a window
# says that the kernel has died.
MODEL = "jupyterapp.shell.currentWidget"
CODE = f"[...{MODEL}.content.model.cells].filter(c => c.type === 'code')"
# An output's kind alone: whole outputs hold pictures of megabytes.
KINDS = "Array.from({length: c.outputs.length}, (_, i) => c.outputs.get(i).type)"
RAISED = f"{CODE}.some(c => {KINDS}.includes('error'))"
STOPPED = f"({RAISED} || document.querySelector('.jp-Dialog') !== null)"
# What has stood for a live view, and now says that there is none. The course hides it.
GIVEN_UP = """[...document.querySelectorAll('.jp-OutputArea-output')]
  .filter(e => e.textContent.startsWith('Error displaying widget')).length"""
# What a screen reader calls the control that has the focus, or null outside of the panel.
CALLED = "e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent.trim() || e.title"
NAME = f"root => {{ const e = document.activeElement; return root.contains(e) ? {CALLED} : null; }}"


# Playwright starts once in a process, so whoever comes second takes what runs already.
_playwright, _browsers = None, []


@contextmanager
def chromium() -> Iterator:
    """The system's Chromium, without a window."""
    global _playwright
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: make test installs it")
    if not _browsers:
        _playwright = api.sync_playwright().start()
    browser = _playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"])
    _browsers.append(browser)
    try:
        yield browser
    finally:
        browser.close()
        _browsers.remove(browser)
        if not _browsers:
            _playwright.stop()


def load_axe(page) -> None:
    """Bring axe-core into a page, once.

    Args:
        page: of Playwright.
    """
    package = pytest.importorskip("axe_playwright_python", reason="axe-core is not installed: make test installs it")
    if not page.evaluate("'axe' in window"):
        # In the middle of a fade no colour is what it will be.
        page.add_style_tag(content="*, ::before, ::after { transition: none !important; animation: none !important; }")
        page.evaluate(resources.files(package).joinpath("axe.min.js").read_text(encoding="utf-8"))


def axe(page, selector: str = "", rules: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """What axe-core calls serious on a page.

    Args:
        page: of Playwright.
        selector: CSS, to look at these parts alone.
        rules: names of rules, to apply these alone.
        without: names of rules that are left out.

    Returns:
        (rule, beginning of the element) of each finding.
    """
    load_axe(page)
    options = {"resultTypes": ["violations"], "rules": {rule: {"enabled": False} for rule in without}}
    options |= {"runOnly": list(rules)} if rules else {}
    found = page.evaluate(
        "async ([where, options]) => (await axe.run(where || document, options)).violations", [selector, options]
    )
    return [
        (rule["id"], node["html"][:200])
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


class MemoryWatch:
    """The largest memory of a process and all its children together, looked up ten times a second.

    Pages that several of them share count once (proportional set size); where the system does not tell, each counts
    all it holds.
    """

    def __init__(self, pid: int) -> None:
        self.forget()
        self._root = psutil.Process(pid)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def forget(self) -> None:
        """Begin anew."""
        self.peak = self._most_resident = 0

    def stop(self) -> None:
        """Look no further."""
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._end.wait(0.1):
            try:
                processes = [self._root, *self._root.children(recursive=True)]
            except psutil.NoSuchProcess:
                return
            # Shares take time to add up, so they are asked for only where all together hold more than ever.
            if (resident := sum(map(_resident, processes))) > self._most_resident:
                self._most_resident = resident
                self.peak = max(self.peak, sum(map(_held, processes)))


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0  # it has just ended


def _held(process: psutil.Process) -> int:
    try:
        # The sum of the shares, which the kernel adds up by itself, much faster than psutil does mapping by mapping.
        rollup = Path(f"/proc/{process.pid}/smaps_rollup")
        if rollup.exists():
            return int(re.search(r"^Pss:\s+(\d+) kB", rollup.read_text(), re.MULTILINE)[1]) * 1024
        return _resident(process)
    except (psutil.NoSuchProcess, psutil.AccessDenied, OSError, TypeError):
        return 0  # it has just ended


class Jupyter:
    """A Jupyter server with settings, folder and token of its own.

    Args:
        folder: an empty one; the server's files and what the usual kernel needs of the course go there.
        limit: bytes of private memory that the server and its kernels may each ask for, where the system
            limits that (RLIMIT_DATA).
        kernel: what the kernelspec of its kernels says, where they are not the usual ones; they have a course of their
            own. Server and kernels then talk by files, since a kernel without a network has none to talk by.

    Raises:
        RuntimeError: the server did not start.
    """

    def __init__(self, folder: Path, limit: int | None = None, kernel: dict | None = None) -> None:
        self.root, self._log, self._token = folder / "course", folder / "server.log", secrets.token_hex(16)
        # A socket's name may have a hundred letters, so the folder of those has a short one.
        self._runtime = Path(tempfile.mkdtemp())
        if kernel is None:
            copy_course(self.root, COURSE)
        (self.root / "notebooks").mkdir(parents=True)
        _write_settings(folder / "settings")
        own = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython",
        }
        environment = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
        environment |= kernel_environment() | {"JUPYTER_RUNTIME_DIR": str(self._runtime)}
        environment |= {name: str(folder / path) for name, path in own.items()}
        command = [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"),
            *("--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", f"--ServerApp.root_dir={self.root}"),
            f"--IdentityProvider.token={self._token}",
        ]
        if kernel is not None:
            _write_json(folder / "share" / "kernels" / "python3" / "kernel.json", kernel)
            environment["JUPYTER_PATH"] = str(folder / "share")
            command.append("--KernelManager.transport=ipc")
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                command,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Children inherit the limit, so it holds for the kernel, too.
                preexec_fn=partial(_limit_memory, limit) if limit and resource else None,
            )
        self.address = self._wait_for_address()
        self.memory = MemoryWatch(self._process.pid)

    def add(self, name: str, source: str) -> None:
        """Put a notebook into the course's folder."""
        (self.root / "notebooks" / name).write_text(source, encoding="utf-8")

    def url(self, name: str = "") -> str:
        """Where JupyterLab opens that notebook, or none, and no other that was open before."""
        workspace = secrets.token_hex(4)
        tree = f"/tree/notebooks/{quote(name)}" if name else ""
        return f"{self.address}lab/workspaces/{workspace}{tree}?token={self._token}"

    def close(self) -> None:
        """End the server and its kernels."""
        self.memory.stop()
        server = psutil.Process(self._process.pid) if self._process.poll() is None else None
        kernels = server.children(recursive=True) if server else []
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
        for kernel in kernels:
            with suppress(psutil.NoSuchProcess):
                kernel.kill()
        shutil.rmtree(self._runtime, ignore_errors=True)

    def _wait_for_address(self) -> str:
        end = time.monotonic() + 60
        while time.monotonic() < end and self._process.poll() is None:
            for path in self._runtime.glob("jpserver-*.json"):
                with suppress(ValueError):  # half written
                    return json.loads(path.read_text(encoding="utf-8"))["url"]
            time.sleep(0.1)
        self._process.kill()
        raise RuntimeError(f"The Jupyter server did not start:\n{self._log.read_text(encoding='utf-8')[-2000:]}")


def _limit_memory(limit: int) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _write_settings(folder: Path) -> None:
    for name, values in SETTINGS.items():
        _write_json(folder / "@jupyterlab" / f"{name}.jupyterlab-settings", values)


def _write_json(path: Path, content: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


class Workplace:
    """A page of JupyterLab in which one notebook after the other is opened: its start takes longer than theirs.

    Args:
        browser: of Playwright.
        server: which serves it.

    Attributes:
        elsewhere: addresses outside of the server that the page asked for, from its start on.
    """

    def __init__(self, browser, server: Jupyter) -> None:
        self._browser, self._server, self._page = browser, server, None
        self.elsewhere: list[str] = []

    @property
    def page(self):
        """The page, of Playwright."""
        if self._page is None:
            self._page = _new_page(self._browser, self._server, self.elsewhere)
            self._page.goto(self._server.url())
            self._page.wait_for_function("() => window.jupyterapp?.restored.then(() => true)")
        return self._page

    def leave(self) -> None:
        """Close it, with all that is open or stuck there; the next page begins anew."""
        if self._page is not None:
            self._page.close()
            self._page = None


def _new_page(browser, server: Jupyter, elsewhere: list[str]):
    # One context: what one page has fetched and compiled, the next one has at once.
    (context,) = browser.contexts or [browser.new_context(viewport={"width": 1300, "height": 900})]
    page = context.new_page()
    page.set_default_timeout(60_000)
    here = server.address, server.address.replace("http", "ws", 1), "data:", "blob:"
    page.on("request", lambda request: request.url.startswith(here) or elsewhere.append(request.url))
    return page


class NotebookPage:
    """A notebook opened in JupyterLab.

    Args:
        browser: of Playwright.
        server: which serves it.
        name: its file name in the course's folder.
        kernel: whether to wait for one.
        workplace: where to open it; on a page of its own if not given.

    Attributes:
        page: of Playwright.
        elsewhere: addresses outside of the server that the page asked for, from its start on.
    """

    def __init__(
        self, browser, server: Jupyter, name: str, kernel: bool = True, workplace: Workplace | None = None
    ) -> None:
        self._own = workplace is None
        if workplace is None:
            self.elsewhere: list[str] = []
            self.page = _new_page(browser, server, self.elsewhere)
            self.page.goto(server.url(name))
        else:
            self.page, self.elsewhere = workplace.page, workplace.elsewhere
            open_it = "async path => { await jupyterapp.commands.execute('docmanager:open', {path}); }"
            self.page.evaluate(open_it, f"notebooks/{name}")
        self.page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        if kernel:
            self.page.wait_for_function(f"() => {MODEL}?.sessionContext.session?.kernel?.status === 'idle'")

    def menu(self, name: str, entry: str) -> None:
        """Choose an entry of a menu."""
        self.page.get_by_role("menuitem", name=name, exact=True).click()
        self.page.get_by_role("menuitem", name=entry, exact=True).click()

    def run_all(self, seconds: float) -> None:
        """Run all cells by the menu and wait for the last one.

        Args:
            seconds: how long that may take.
        """
        self.menu("Run", "Run All Cells")
        self.page.wait_for_function(
            f"() => {CODE}.every(c => c.executionState === 'idle' && c.executionCount !== null) || {STOPPED}",
            timeout=1000 * seconds,
            polling=POLLING,
        )

    def complaints(self) -> list[str]:
        """Errors, and what was written to standard error, over all cells; cells that were not run."""
        return self.page.evaluate(
            f"""() => {CODE}.flatMap(c => [
              ...(c.executionCount === null ? [c.id + ' was not run'] : []),
              ...c.outputs.toJSON().filter(o => o.output_type === 'error' || o.name === 'stderr')
                .map(o => c.id + ': ' + (o.ename ? o.ename + ' ' + o.evalue : o.text))])"""
        )

    def notebook(self) -> nbformat.NotebookNode:
        """The notebook as it is on the page now, outputs and all."""
        return nbformat.reads(self.page.evaluate(f"() => JSON.stringify({MODEL}.content.model)"), as_version=4)

    def cell(self, number: int):
        """The cell at a place, counted from 0 as in the file."""
        return self.page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{number}"]')

    def rerun(self, number: int, source: str) -> None:
        """Type a new source into a cell, run it, and wait for its end."""
        count = f"{MODEL}.content.model.cells.get({number}).executionCount"
        before = self.page.evaluate(f"() => {count}")
        self.cell(number).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        # In one piece, as from the clipboard: the editor would indent what is typed letter by letter.
        self.page.keyboard.insert_text(source)
        self.page.keyboard.press("Shift+Enter")
        self.page.wait_for_function(f"before => {count} !== null && {count} !== before", arg=before)
        self.page.wait_for_function(f"() => {MODEL}.content.model.cells.get({number}).executionState === 'idle'")

    def panel(self, number: int) -> PanelOnPage:
        """The slider panel that a cell shows."""
        return PanelOnPage(self.page, self.cell(number))

    def wait_until_views_are_given_up(self, least: int = 1) -> None:
        """Wait until so many live views are known to be none: the widgets' manager looks for a kernel's models first.

        Args:
            least: how many views.
        """
        self.page.wait_for_function(f"least => {GIVEN_UP} >= least", arg=least, polling=POLLING)

    def save(self) -> None:
        """Save the notebook, and wait until it is."""
        self.page.evaluate(f"() => {MODEL}.context.save()")

    def outputs_of(self, number: int) -> dict:
        """What can be seen of a cell's outputs: their text, how many pictures, how many live widgets."""
        # What is far below the window is not drawn.
        self.page.evaluate(f"n => {MODEL}.content.scrollToItem(n)", number)
        area = self.cell(number).locator(".jp-Cell-outputArea")
        area.wait_for(state="attached")
        # All of them, whole; what comes into the window is drawn a moment later, and only then has a text.
        self.page.wait_for_function(
            f"""([area, n]) => area.children.length >= {MODEL}.content.model.cells.get(n).outputs.length
              && [...area.querySelectorAll('img')].every(e => e.complete) && area.innerText.trim() !== ''""",
            arg=[area.element_handle(), number],
        )
        return area.evaluate(
            """area => { const seen = [...area.children].filter(e => e.checkVisibility());
              return {text: seen.map(e => e.innerText).join('\\n'),
                pictures: seen.filter(e => !e.querySelector('.jupyter-widgets')
                  && [...e.querySelectorAll('img')].some(img => img.naturalWidth > 1)).length,
                live: seen.filter(e => e.querySelector('.jp-OutputArea-output > .jupyter-widgets')).length}; }"""
        )

    def shut_down(self) -> None:
        """End the notebook's kernel."""
        self.page.evaluate(f"() => {MODEL}.sessionContext.shutdown()")

    def close(self) -> None:
        """Close the notebook, and its page if that is its own."""
        if self._own:
            self.page.close()
        else:
            self.page.evaluate(f"() => {MODEL}.dispose()")
            self.page.wait_for_selector(".jp-Notebook", state="detached")

    def words_of_figures(self, number: int) -> list[tuple[str, float, bool]]:
        """What a cell says behind its figures: the words, how high they stand on the page, whether they are read."""
        words = self.cell(number).locator(".figure-words")
        self.page.evaluate(f"n => {MODEL}.content.scrollToItem(n)", number)
        words.first.wait_for(state="attached")
        return words.evaluate_all(
            """all => all.map(e => [e.alt, e.clientHeight, e.complete && e.naturalWidth === 1])"""
        )

    def said_of_figures(self, number: int) -> list[str]:
        """The words that a cell's figures carry as data."""
        return self.page.evaluate(
            f"""n => {MODEL}.content.model.cells.get(n).outputs.toJSON().filter(o => o.data?.['image/png'])
              .map(o => [o.data['text/plain']].flat().join(''))""",
            number,
        )

    def theme(self, scheme: str) -> None:
        """Turn the page light or dark."""
        self.page.emulate_media(color_scheme=scheme)
        light = "true" if scheme == "light" else "false"
        self.page.wait_for_selector(f'body[data-jp-theme-light="{light}"]', state="attached")

    def keep(self, name: str) -> None:
        """Keep a picture of the page and its HTML among the artefacts."""
        ARTEFACTS.mkdir(exist_ok=True)
        name = re.sub(r"[^\w.-]+", "_", name)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png")
        (ARTEFACTS / f"{name}.html").write_text(self.page.content(), encoding="utf-8")


class PanelOnPage:
    """A slider panel, as it is seen and used.

    Attributes:
        root: all of it.
        sliders: their handles.
        choices: the drop-down lists.
        texts: the lines to type.
        buttons: the last is Reset.
        works: whether one of them starts work that takes longer.
        plays: whether one of them plays a film.
    """

    def __init__(self, page, cell) -> None:
        self._page = page
        self.root = cell.locator(".widget-vbox").filter(has=page.locator("img"))
        # What is far below the window is not drawn.
        self.root.scroll_into_view_if_needed()
        self._element = self.root.element_handle()
        self.sliders = self.root.get_by_role("slider")
        self.choices = self.root.locator("select")
        self.texts = self.root.locator("input[type=text]")
        self.buttons = self.root.locator("button")
        self.works = self.root.locator(".widget-hprogress").count() > 0
        self.plays = self.root.locator(".widget-play").count() > 0
        # The script that names them runs a moment after they are there.
        page.wait_for_function("root => root.querySelector('[aria-live]')", arg=self._element)

    def player_names(self) -> list[str]:
        """What a screen reader calls the sounds that can be played; they come first."""
        return self.root.locator("audio").evaluate_all(f"all => all.map(e => {CALLED})")

    def button_names(self) -> list[str]:
        """What a screen reader calls the buttons."""
        return self.buttons.evaluate_all(f"all => all.map(e => {CALLED})")

    def state(self) -> dict:
        """Picture, its alternative text, the sentence below, and what every control stands at."""
        return self._page.evaluate(
            """root => ({
              picture: root.querySelector('img').src, alt: root.querySelector('img').alt,
              words: root.querySelector('[role=status]').textContent,
              values: [...root.querySelectorAll('.widget-readout, select, input[type=text]')]
                .map(e => e.value ?? e.textContent)})""",
            self._element,
        )

    def after(self, do: Callable, *args: object) -> dict:
        """Do something until the picture changes, up to five times: not every step of every model shows.

        Args:
            do: what to do.
            args: its arguments.

        Returns:
            The new state.

        Raises:
            AssertionError: the picture stays the same.
        """
        before = self.state()["picture"]
        for _ in range(5):
            do(*args)
            self.settle()
            state = self.state()
            if state["picture"] != before:
                return state
        raise AssertionError(f"the picture stays the same: {state['words']}")

    def reset(self) -> dict:
        """Press Reset by keyboard and give back the state it leads to."""
        self.buttons.last.focus()
        self._page.keyboard.press("Enter")
        self.settle()
        return self.state()

    def press(self, place: int, key: str) -> dict:
        """Press a key on a slider until the picture changes, and give back the new state."""
        self.sliders.nth(place).focus()
        return self.after(self._page.keyboard.press, key)

    def click(self, place: int, share: float) -> dict:
        """Click on a slider's track, that many shares from its left end, and give back the new state."""
        return self.after(self._page.mouse.click, *self._track(place, share))

    def drag(self, place: int, share: float) -> dict:
        """Drag a slider's handle to that many shares of its track, and give back the new state."""
        return self.after(self._drag, place, share)

    def write(self, place: int, text: str) -> dict:
        """Type into a line, press Enter, and give back the state after that."""
        self.texts.nth(place).fill(text)
        self.texts.nth(place).press("Enter")
        self.settle()
        return self.state()

    def range(self, place: int) -> tuple[float, float, float]:
        """A slider's lowest, highest and present value, as a screen reader gets them."""
        handle = self.sliders.nth(place)
        low, high, now = (float(handle.get_attribute(f"aria-value{end}")) for end in ("min", "max", "now"))
        return low, high, now

    def settle(self) -> None:
        """Wait until the kernel has dealt with everything that was done, and the page with its answers."""
        self._page.evaluate(
            f"""async root => {{
              const kernel = {MODEL}.sessionContext.session.kernel, pause = ms => new Promise(r => setTimeout(r, ms));
              // The picture and the words below it come in two messages; where they stay apart, a test tells of it.
              const apart = () => root.querySelector('img')?.alt !== root.querySelector('[role=status]')?.textContent;
              let changed = true;
              const observer = new MutationObserver(() => {{ changed = true; }});
              observer.observe(root, {{subtree: true, childList: true, attributes: true, characterData: true}});
              // A moving slider sends its next message once the last one is dealt with, so it takes more than one turn.
              for (let turn = 0; turn < 2 || changed || (apart() && turn < 15); turn++) {{
                changed = false;
                await pause(30);
                await kernel.requestKernelInfo();
                await pause(30);
              }}
              observer.disconnect();
            }}""",
            self._element,
        )

    def watch(self) -> None:
        """Note from now on, at every frame the page draws, where in the panel which pictures stand."""
        self._page.evaluate(
            """root => { root.places = new Set(); root.watching = true; const look = () => {
              const corner = root.getBoundingClientRect();
              root.places.add([...root.querySelectorAll('img')].map(e => { const b = e.getBoundingClientRect();
                return [b.x - corner.x, b.y - corner.y, b.width, b.height].map(Math.round).join(' '); }).join('; '));
              if (root.watching) requestAnimationFrame(look); }; look(); }""",
            self._element,
        )

    def places(self) -> list[str]:
        """Stop noting; every arrangement of pictures that was seen: one, if nothing jumped or piled up."""
        return self._page.evaluate("root => { root.watching = false; return [...root.places]; }", self._element)

    def tab_through(self) -> list[str]:
        """Press Tab from above the panel to below it.

        Returns:
            The accessible names of the controls that were reached, in order.
        """
        self._page.evaluate(
            "root => { const cell = root.closest('.jp-Cell'); cell.tabIndex = -1; cell.focus(); }", self._element
        )
        names: list[str] = []
        for _ in range(60):
            self._page.keyboard.press("Tab")
            name = self._page.evaluate(NAME, self._element)
            if name is not None:
                names.append(name)
            elif names:
                break
        return names

    def _track(self, place: int, share: float) -> tuple[float, float]:
        track = self.root.locator(".noUi-base").nth(place)
        track.scroll_into_view_if_needed()
        box = track.bounding_box()
        return box["x"] + share * box["width"], box["y"] + box["height"] / 2

    def _drag(self, place: int, share: float) -> None:
        end = self._track(place, share)
        handle = self.sliders.nth(place).bounding_box()
        self._page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
        self._page.mouse.down()
        self._page.mouse.move(*end, steps=4)
        self._page.mouse.up()
