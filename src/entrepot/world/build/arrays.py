"""From labelled rows to arrays over the economies of the bundled worlds, and back."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from entrepot.world.layout import REGIONS, ROW, SECTOR_CODES

Array = NDArray[np.float64]
Flags = NDArray[np.uint8]

N = len(REGIONS)
S = len(SECTOR_CODES)
INDEX: Mapping[str, int] = {code: k for k, code in enumerate(REGIONS)}
SECTOR_INDEX: Mapping[str, int] = {code: k for k, code in enumerate(SECTOR_CODES)}
ROW_INDEX = INDEX[ROW]

OBSERVED, MIRRORED, PROXIED, ASSUMED = 1, 2, 3, 4


def positions(labels: pd.Series) -> NDArray[np.int64]:
    """Place of each label among the economies; places without own row go to ROW."""
    return np.asarray(labels.astype(str).map(INDEX).fillna(ROW_INDEX), np.int64)


def at(*codes: str) -> list[int]:
    """Positions of economies, by code."""
    return [INDEX[c] for c in codes]


def pair_matrix(frame: pd.DataFrame, origin: str, dest: str, value: str) -> Array:
    """Sum `value` into an (origin, dest) matrix with a zero diagonal."""
    out = np.zeros((N, N))
    np.add.at(out, (positions(frame[origin]), positions(frame[dest])), frame[value].to_numpy(float))
    np.fill_diagonal(out, 0.0)
    return out


def shares(values: Array, axis: int = -1) -> Array:
    """Shares along an axis; zero where the total is zero."""
    total = values.sum(axis=axis, keepdims=True)
    return np.asarray(np.divide(values, total, out=np.zeros_like(values), where=total > 0))


def ras(seed: Array, rows: Array, columns: Array, rounds: int = 100) -> Array:
    """Biproportional fit of a matrix; ends on the rows, which are the firmer margin.

    Rows or columns without any positive seed keep zero.  Columns are first scaled to the total
    of the rows.
    """
    out = seed.astype(np.float64, copy=True)
    total = columns.sum()
    columns = columns * (rows.sum() / total if total > 0 else 0.0)
    for _ in range(rounds):
        now = out.sum(axis=0)
        out = out * np.divide(columns, now, out=np.zeros_like(now), where=now > 0)
        now = out.sum(axis=1)
        out = out * np.divide(rows, now, out=np.zeros_like(now), where=now > 0)[:, None]
    return out
