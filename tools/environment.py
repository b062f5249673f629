"""Set up `.venv`, once: create it where it is missing, mend it where it is broken, install what is not installed yet.

    python3 tools/environment.py requirements.txt
    python3 tools/environment.py requirements.txt --venv .venv-colab --constraints .github/colab-constraints.txt

Runs on the system's Python with nothing but the standard library. A second call finds its own stamp and does nothing.
Every failure is one line that says what to do. The installer's own words are kept in .venv/install.log.
"""

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from importlib.util import find_spec

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# The Pythons for which PyTorch is offered; the Makefile and README name the same.
OLDEST, NEWEST = (3, 11), (3, 14)
# The machines for which PyTorch is offered, as `sys.platform` and `platform.machine()` name them.
MADE_FOR = {("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"), ("win32", "amd64")}
ELSEWHERE = "The course runs on Colab and Binder: README has the links"
NO_CONNECTION = "there is no connection. Connect to the network"
# What the installer says -> what to do. The last that applies counts: without a connection it also finds no package.
REASONS = {
    "ResolutionImpossible": "the requirement files contradict each other. Take them anew from the repository",
    "No matching distribution": f"a package is not offered for this machine. {ELSEWHERE}. Or mend the reason",
    "Permission denied": "a file may not be written. Run `make clean`, or copy the course to a folder of your own",
    "connection broken by": NO_CONNECTION,
    "No space left": "the disk is full. Free some space (6 GB are enough)",
    "CERTIFICATE_VERIFY_FAILED": (
        "a filter on this network shows a certificate that Python does not know. "
        "Ask for its file, name it (export REQUESTS_CA_BUNDLE=/path/to/it.pem)"
    ),
}


class SetupError(Exception):
    """Something that the user has to mend; its text is one line that says how."""


def python_of(venv):
    """Path of the Python inside a virtual environment."""
    return os.path.join(venv, "Scripts", "python.exe") if os.name == "nt" else os.path.join(venv, "bin", "python")


def impossible(system, machine, bits, version):
    """Why the course cannot be installed here, before anything is fetched.

    Args:
        system: `sys.platform`.
        machine: `platform.machine()`.
        bits: of the Python's addresses.
        version: (major, minor) of the Python.

    Returns:
        A sentence that says what is possible instead; None where nothing stands in the way.
    """
    have, oldest, newest = (".".join(map(str, numbers)) for numbers in (version, OLDEST, NEWEST))
    if system == "darwin" and machine == "x86_64":
        return (
            "PyTorch is no longer made for Intel Macs. On a Mac with an Apple chip install a Python for that chip; "
            f"on an Intel one no Python helps. {ELSEWHERE}."
        )
    if system == "win32" and machine.upper() == "ARM64":
        return f"PyTorch is not offered for Python on Windows on Arm. Install a Python for x64. {ELSEWHERE}, too."
    if (system, machine.lower()) not in MADE_FOR:
        return f"PyTorch is not made for this machine ({system}, {machine}), and no other Python helps. {ELSEWHERE}."
    if bits < 64:
        return f"PyTorch needs a 64-bit Python, and this one has {bits} bits. Install another."
    if version < OLDEST:
        return f"Python {have} is too old: {oldest} to {newest} are right. Name one: make lab PYTHON=python3.13"
    if version > NEWEST:
        return (
            f"PyTorch is not offered for Python {have} yet: {oldest} to {newest} are right. "
            "Name one: make lab PYTHON=python3.13"
        )
    return None


def works(venv):
    """Whether the environment's Python starts, is new enough, and has an installer."""
    probe = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        return subprocess.call([python_of(venv), "-c", probe], **quiet) == 0
    except OSError:
        return False


def create(venv):
    """Create an empty virtual environment.

    Raises:
        SetupError: if Python is too old, its venv module is incomplete, or the folder cannot be written.
    """
    reason = impossible(sys.platform, platform.machine(), 64 if sys.maxsize > 2**32 else 32, sys.version_info[:2])
    if reason:
        raise SetupError(reason)
    for module in ("venv", "ensurepip"):
        if find_spec(module) is None:
            raise SetupError(
                f"Python's {module} module is missing. On Debian or Ubuntu: sudo apt install python3-venv, then again."
            )
    try:
        os.makedirs(venv, exist_ok=True)
    except OSError as error:
        raise SetupError(
            f"{venv} cannot be written ({error.strerror}). Copy the course to a folder of your own."
        ) from None
    make = [sys.executable, "-m", "venv", venv]
    made = subprocess.run(make, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if made.returncode != 0:
        shutil.rmtree(venv, ignore_errors=True)
        last = (made.stdout.strip().splitlines() or ["no reason given"])[-1]
        name = os.path.basename(venv)
        raise SetupError(f"{name} could not be created ({last}). Is the disk full, or the folder read-only?")


def fingerprint(requirements, constraints, venv):
    """What an installation depends on, as one line: the requirement files and the environment's Python."""
    state = hashlib.sha256()
    for path in [*requirements, constraints, os.path.join(venv, "pyvenv.cfg")]:
        with open(path, "rb") as file:
            state.update(file.read())
    return state.hexdigest()


def files_of(requirements):
    """A requirements file and those that it refers to with `-r`."""
    found = [requirements]
    with open(requirements, encoding="utf-8") as file:
        for line in file:
            if line.startswith("-r "):
                found += files_of(os.path.join(os.path.dirname(requirements), line[3:].strip()))
    return found


def stamp_of(venv, requirements):
    """Where it is noted that a requirements file is installed."""
    return os.path.join(venv, "installed-" + os.path.basename(requirements))


def is_ready(venv, requirements, constraints):
    """Whether exactly this is installed already, alone or as part of requirements-dev.txt."""
    larger = os.path.join(os.path.dirname(requirements), "requirements-dev.txt")
    for candidate in (requirements, larger):
        try:
            with open(stamp_of(venv, candidate), encoding="ascii") as file:
                if file.read() == fingerprint(files_of(candidate), constraints, venv):
                    return True
        except OSError:
            continue
    return False


def has_graphics_card():
    """Whether a graphics card is there that PyTorch's larger build could use."""
    return os.path.exists("/proc/driver/nvidia/version") or shutil.which("nvidia-smi") is not None


def fetch_small_torch(venv, constraints, log):
    """On Linux without a graphics card, install PyTorch's small build: 0.2 GB to fetch in place of 3.

    PyPI offers the large build alone. The installer uv knows where the small one is; where that cannot be reached, the
    large one follows with everything else.

    Args:
        venv: the environment's folder.
        constraints: path of the file of exact versions.
        log: an open file for the installers' words.
    """
    if not sys.platform.startswith("linux") or platform.machine() != "x86_64" or has_graphics_card():
        return
    with open(constraints, encoding="utf-8") as file:
        torch = [line.split(";")[0].split("#")[0].strip() for line in file if line.startswith("torch==")]
    if not torch:
        return
    python, quiet = python_of(venv), {"stdout": log, "stderr": subprocess.STDOUT, "cwd": ROOT}
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar=off", "uv"]
    small = [python, "-m", "uv", "pip", "install", "--python", python, "--torch-backend=auto", *torch]
    environment = {"UV_HTTP_TIMEOUT": "30", "UV_HTTP_RETRIES": "1", **os.environ}
    if subprocess.call(pip, **quiet) or subprocess.call(small, env=environment, **quiet):
        print(
            "PyTorch's small build cannot be reached from here; the large one does the same (5 GB on disk).", flush=True
        )


def install(venv, requirements, constraints):
    """Install a requirements file under the constraints.

    Raises:
        SetupError: if the installer fails; its words are in install.log, in the environment's folder.
    """
    folder = os.path.basename(venv)
    log = os.path.join(venv, "install.log")
    command = [python_of(venv), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["--progress-bar=off", "-r", requirements, "-c", constraints]
    print(f"Installing {os.path.basename(requirements)} into {folder}: some minutes, once.", flush=True)
    try:
        for name in os.listdir(venv):
            # From here on the environment is between two states: no earlier stamp is true any more.
            if name.startswith("installed-"):
                os.remove(os.path.join(venv, name))
        with open(log, "w", encoding="utf-8") as file:
            fetch_small_torch(venv, constraints, file)
            # Its failure is no failure of the installation.
            tried = file.tell()
            failed = subprocess.call(command, stdout=file, stderr=subprocess.STDOUT, cwd=ROOT)
    except OSError as error:
        raise SetupError(
            f"{folder} cannot be written ({error.strerror}). "
            "Run `make clean`, or copy the course to a folder of your own."
        ) from None
    if failed:
        with open(log, encoding="utf-8", errors="replace") as file:
            file.seek(tried)
            text = file.read()
        reason = f"the reason is in {folder}/install.log. Mend it"
        for sign, explained in REASONS.items():
            if sign in text:
                reason = explained
        raise SetupError(f"Packages could not be installed: {reason}, then run make again. (Log: {folder}/install.log)")
    with open(stamp_of(venv, requirements), "w", encoding="ascii") as file:
        file.write(fingerprint(files_of(requirements), constraints, venv))


def prepare(requirements, root=ROOT, name=".venv", constraints="constraints.txt"):
    """Make sure that a requirements file is installed in one of the course's virtual environments.

    Args:
        requirements: its name, in `root`.
        root: the course's folder.
        name: the environment's folder, in `root`.
        constraints: the file of exact versions, in `root`.

    Raises:
        SetupError: if the user has to do something first.
    """
    venv, wanted, versions = (os.path.join(root, part) for part in (name, requirements, constraints))
    if not works(venv):
        if os.path.lexists(venv):
            print(f"The Python in {name} does not run: making {name} anew.", flush=True)
            shutil.rmtree(venv, ignore_errors=True)
            if os.path.lexists(venv):
                raise SetupError(f"{name} is broken and cannot be removed. Delete it by hand: sudo rm -r {name}")
        create(venv)
    if not is_ready(venv, wanted, versions):
        install(venv, wanted, versions)


def main(arguments=None):
    """Command line; ends with one line on standard error if the user has to do something first."""
    parser = argparse.ArgumentParser(description="Set up a virtual environment of the course, once.")
    parser.add_argument("requirements", help="a requirements file of the course")
    parser.add_argument("--venv", default=".venv", help="the environment's folder (default: %(default)s)")
    parser.add_argument("--constraints", default="constraints.txt", help="exact versions (default: %(default)s)")
    options = parser.parse_args(arguments)
    try:
        prepare(options.requirements, name=options.venv, constraints=options.constraints)
    except SetupError as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
