"""The command line of the sweeps: `python -m utils.sweeps dale --help`."""

from __future__ import annotations

import sys

from utils.sweeps.command import main

if __name__ == "__main__":
    sys.exit(main())
