"""Arrays that JAX on a CPU reads where they lie."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any
BOUNDARY = 64
"""Bytes; an array that starts elsewhere is copied at every call of a compiled function."""


def aligned(array: Array) -> Array:
    """Return a C-contiguous copy of `array` that starts on a boundary of 64 bytes."""
    room = np.empty(array.nbytes + BOUNDARY, dtype=np.uint8)
    start = -room.ctypes.data % BOUNDARY
    out = room[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
    out[...] = array
    return out
