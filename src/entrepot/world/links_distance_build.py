"""The table of distances, from raw data.

``python -m entrepot.world.links_distance_build FOLDER`` writes it anew from CEPII's GeoDist (Etalab
2.0) in a folder of raw data: great-circle distances between the most populous cities, in whole km.
The rest of the world lies at the harmonic mean of the distances to the economies it holds, weighted
with their GDP of 2023: where one economy would have to lie to trade as they do together when trade
falls with distance one for one (Head and Mayer 2002).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from entrepot.data import accounts, trade
from entrepot.world.layout import REGIONS, ROW
from entrepot.world.links_distance import TABLE

Array = np.ndarray


def built_distance(root: Path) -> Array:
    """(N, N) km between the economies of the bundled worlds, from raw data under `root`."""
    pairs = trade.geodist(root).frame
    table = pairs.pivot_table(index="origin", columns="dest", values="dist")
    inside = [r for r in REGIONS if r != ROW]
    gdp = accounts.gdp_2023(root).frame.set_index("region")["gdp"]
    rest = sorted((set(gdp.index) & set(table.index)) - set(inside))
    weight = gdp.loc[rest].to_numpy(float)
    harmonic = weight.sum() / (weight[:, None] / table.loc[rest, inside].to_numpy(float)).sum(0)
    km = np.zeros((len(REGIONS), len(REGIONS)))
    at = [REGIONS.index(r) for r in inside]
    km[np.ix_(at, at)] = table.loc[inside, inside].to_numpy(float)
    row = REGIONS.index(ROW)
    km[row, at] = km[at, row] = harmonic
    np.fill_diagonal(km, 0.0)
    return np.round(km)


def table_text(km: Array) -> str:
    """Return the file: one row for each economy, km to those above it."""
    head = "economy,km to the economies above it"
    lines = [
        ",".join([r, *(f"{x:.0f}" for x in km[i, :i])]) for i, r in enumerate(REGIONS)
    ]  # fmt: skip
    return "\n".join([head, *lines]) + "\n"


if __name__ == "__main__":
    Path(__file__).with_name(TABLE).write_text(
        table_text(built_distance(Path(sys.argv[1]))), "utf-8"
    )
