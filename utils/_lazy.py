"""Re-exports that cost nothing until they are used."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any


def lazy_exports(
    package: str, table: dict[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """The `__getattr__`, `__dir__` and `__all__` of a package whose public names live in its modules.

    Args:
        package: the package's `__name__`.
        table: public name -> module below the package that defines it.

    Returns:
        The three objects, to be bound in the package under their own names.
    """

    def load(name: str) -> Any:
        if name not in table:
            raise AttributeError(f"module {package!r} has no attribute {name!r}; it offers {', '.join(sorted(table))}")
        value = getattr(import_module(f"{package}.{table[name]}"), name)
        # Bound once, so that the next access is an ordinary attribute look-up.
        setattr(sys.modules[package], name, value)
        return value

    return load, lambda: sorted(table), sorted(table)
