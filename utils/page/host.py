"""Where this code runs. Standard library only: the start cell asks before anything is installed."""

from __future__ import annotations

import os
import sys


def in_kernel() -> bool:
    """Whether a Jupyter kernel (and not a plain Python or a terminal IPython) is running this code.

    Returns:
        True in a kernel.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and hasattr(shell, "kernel")


def on_colab() -> bool:
    """Whether this is a Google Colab session, whose pages prefer HTML over a widget when offered both.

    Returns:
        True on Colab.
    """
    return "COLAB_RELEASE_TAG" in os.environ or "google.colab" in sys.modules
