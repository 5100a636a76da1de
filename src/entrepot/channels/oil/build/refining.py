"""Refining capacity by refiner, out of the Statistical Review."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from entrepot.channels.oil.data_files import yaml_of
from entrepot.data.energy_balances import PLACE_TO_REGION, WORLD
from entrepot.data.oil_refining import refining_capacity

REST = "ROW"


def capacity(root: Path, year: int) -> pd.DataFrame:
    """Rows (refiner, kbd) of a year; China as one, and everybody else what the world has beyond.

    A refiner none of whose economies the Review lists is left out.
    """
    frame = refining_capacity(root).frame
    rows = frame[frame["year"] == year].set_index("place")["kbd"]
    listed = {PLACE_TO_REGION[p]: float(v) for p, v in rows.items() if p in PLACE_TO_REGION}
    out: dict[str, float] = {}
    for name, about in yaml_of("refiners.yaml").items():
        known = [listed[e] for e in about["economies"] if e in listed]
        if known:
            out[name] = sum(known)
    out[REST] = float(rows[WORLD]) - sum(listed.values())
    table = pd.DataFrame(sorted(out.items()), columns=["refiner", "kbd"])
    return table.round(1)
