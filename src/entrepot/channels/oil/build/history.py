"""What moved around a base year: output, runs and refining capacity by year, Brent by month."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from entrepot.channels.oil.build.flows import INDEX
from entrepot.channels.oil.build.refining import capacity
from entrepot.channels.oil.data_files import yaml_of
from entrepot.data.energy_balances import energy_series
from entrepot.data.oil_prices import brent_by_month
from entrepot.world.build.crude import review_series

YEARS = range(2010, 2025)
REFERENCE = 2017
"""Year whose level is 1."""
SMALL = 1.0
"""kb/d in the reference year below which an index says nothing."""


def indices(root: Path) -> pd.DataFrame:
    """Output of streams, runs and capacity of refiners: rows (what, name), a column a year."""
    frame, rows = energy_series(root).frame, []
    for year in YEARS:
        made, runs = (review_series(frame, s, year) for s in ("crude", "throughput"))
        rows += [("output", s, year, made[[INDEX[e] for e in x["economies"] if e in INDEX]].sum())
                 for s, x in yaml_of("streams.yaml").items()]  # fmt: skip
        rows += [("runs", r, year, runs[[INDEX[e] for e in x["economies"]]].sum())
                 for r, x in yaml_of("refiners.yaml").items()]  # fmt: skip
        rows += [("refining", str(x.refiner), year, float(str(x.kbd)))
                 for x in capacity(root, year).itertuples()]  # fmt: skip
    out = pd.DataFrame(rows, columns=["what", "name", "year", "index"])
    level = out[out["year"] == REFERENCE].set_index(["what", "name"])["index"]
    base = level.reindex(pd.MultiIndex.from_frame(out[["what", "name"]])).to_numpy()
    out["index"] = np.divide(out["index"], base, out=np.full(len(out), np.nan),
                             where=base >= SMALL)  # fmt: skip
    wide = out.dropna().pivot_table(index=["what", "name"], columns="year", values="index")
    return wide.round(4).reset_index()


def brent(root: Path) -> pd.DataFrame:
    """Rows (month, usd) of the years above."""
    frame = brent_by_month(root).frame
    year = frame["month"].str[:4].astype(int)
    return frame[year.isin(list(YEARS))].reset_index(drop=True)
