"""On what a measurement was made, without a name of the machine or a path on it."""

from __future__ import annotations

import os
import platform
from datetime import date
from importlib import metadata
from pathlib import Path

import psutil
import torch

from benchmarks.libraries import LIBRARIES


def processor() -> str:
    """The processor's name."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.is_file() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def system() -> str:
    """The operating system's name and version."""
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError, AttributeError):
        return f"{platform.system()} {platform.release()}"


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def describe() -> dict[str, object]:
    """The machine and the versions, as they are now.

    Returns:
        processor, cores, memory_gb, system, python, versions (name -> version, None where it is not installed),
        threads (of torch), cuda (name of the device, or None), date (ISO).
    """
    versions = {name: metadata.version(name) for name in ("torch", "numpy")}
    versions |= {library.name: library.version for library in LIBRARIES}
    return {
        "processor": processor(),
        "cores": cores(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "system": system(),
        "python": platform.python_version(),
        "versions": versions,
        "threads": torch.get_num_threads(),
        "cuda": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "date": date.today().isoformat(),
    }
