"""Lines of the target report: a quantity by economy, its source, and what the world has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from entrepot.world.build.arrays import Array
from entrepot.world.layout import REGIONS

SMALLEST = 0.5
"""mn USD below which no deviation is given."""


@dataclass(frozen=True, slots=True)
class Line:
    """One quantity for all economies.

    Attributes
    ----------
    quantity : its name
    target, model : (region,) mn USD; a target of NaN means that the source has none
    source : where the target comes from, for all or per region
    note : why the two differ, for all or per region
    signed : whether it is a difference of flows, which has no meaningful ratio

    """

    quantity: str
    target: Array
    model: Array
    source: str | tuple[str, ...]
    note: str | tuple[str, ...] = ""
    signed: bool = False


def rows_of(lines: list[Line]) -> list[dict[str, Any]]:
    """Rows region, quantity, source, target, model, deviation, note; only where a target is."""
    return [
        _row(line, i) for line in lines for i in range(len(REGIONS)) if not np.isnan(line.target[i])
    ]


def _row(line: Line, i: int) -> dict[str, Any]:
    target, model = float(line.target[i]), float(line.model[i])
    known = not line.signed and abs(target) > SMALLEST
    return {
        "region": REGIONS[i],
        "quantity": line.quantity,
        "source": line.source if isinstance(line.source, str) else line.source[i],
        "target": round(target, 1),
        "model": round(model, 1),
        "deviation": round(model / target - 1, 5) if known else None,
        "note": line.note if isinstance(line.note, str) else line.note[i],
    }
