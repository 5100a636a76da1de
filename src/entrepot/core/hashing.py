"""Content hashes: the same content gives the same hash on every machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

LENGTH = 16


def hash_json(content: Any) -> str:
    """Hash of plain data (dicts, lists, numbers, strings, None); key order does not matter."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def hash_arrays(arrays: Mapping[str, np.ndarray | None], labels: Any = None) -> str:
    """Hash of named arrays with their dtypes and shapes, and of plain `labels` beside them."""
    digest = hashlib.sha256(hash_json(labels).encode())
    for name in sorted(arrays):
        array = arrays[name]
        if array is None:
            continue
        data = np.ascontiguousarray(array)
        digest.update(f"{name}|{data.dtype.str}|{data.shape}|".encode())
        digest.update(data.tobytes())
    return digest.hexdigest()[:LENGTH]
