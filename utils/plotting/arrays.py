"""What is drawn comes as a tensor, an array or a list."""

from __future__ import annotations

from typing import Any

import numpy as np


def as_array(values: Any, dtype: Any = None) -> np.ndarray:
    """Tensors, arrays and lists alike as an array.

    Args:
        values: of numbers; a tensor may be part of a graph.
        dtype: of the array; None keeps that of the values.

    Returns:
        An array of the same shape.

    >>> as_array([1, 2], float)
    array([1., 2.])
    """
    return np.asarray(values.detach().cpu() if hasattr(values, "detach") else values, dtype=dtype)
