"""The course's website: its own pages and looks, and what makes the rest of it from the notebooks."""

import sys
from pathlib import Path

# By these the modules find what lies beside the tools, from wherever they are called.
for _folder in ("tools", "."):
    _path = str((Path(__file__).resolve().parents[1] / _folder).resolve())
    if _path not in sys.path:
        sys.path.append(_path)
