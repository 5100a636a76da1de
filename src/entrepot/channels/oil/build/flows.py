"""Crude by stream and refiner in a base year, out of trade, production and refining by economy.

Trade in volumes is that of the bundled worlds (`world.build.crude`): what importers report to the
IEA, and for the others customs values fitted to production less refining.  What an economy
produces and does not export it refines itself.  A year without reports takes the pattern of an
earlier one, fitted to its own production and runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from entrepot.channels.oil.data_files import yaml_of
from entrepot.core.errors import SourceError
from entrepot.data import energy_balances
from entrepot.data import trade as sources
from entrepot.world.build.arrays import ras
from entrepot.world.build.assumptions import CRUDE_QUALITY, CRUDE_TO_BRENT
from entrepot.world.build.crude import OilBalance, crude_trade, oil_balance
from entrepot.world.build.goods import atlas_of, chapters
from entrepot.world.build.hidden import hidden_crude
from entrepot.world.build.later_oil import crude_later
from entrepot.world.layout import REGIONS

Array = npt.NDArray[np.float64]
INDEX = {r: k for k, r in enumerate(REGIONS)}
LEAST = 0.5
"""kb/d below which a flow is noise of the fit and left out."""
REPORTED = range(2000, 2021)
"""Years of the IEA's tables."""
PATTERN = 2019
"""Year whose pairs weigh inside the areas of a later one."""
ESPO_HOME = 0.15
"""Part of Russia's own refining in the east, on the eastern stream; assumed, 0.1 to 0.2."""
EASTERN = ("CHN", "JPN", "KOR", "TWN", "SGP", "THA", "PHL", "MYS", "IDN", "VNM", "AUS", "HKG")
"""Whose Russian crude comes from the Pacific."""


def by_economy(root: Path, year: int) -> Array:
    """Crude by economy, own refining on the diagonal: (origin, dest), kb/d."""
    about = yaml_of("years.yaml")[year]
    seed, now = matrix_of(root, int(about["seed"])), oil_balance(root, year)
    if int(about["seed"]) == year and not about.get("hidden"):
        return seed
    hidden = np.zeros_like(seed)
    for stream, buyers in about.get("hidden", {}).items():
        (origin,) = yaml_of("streams.yaml")[stream]["economies"]
        seed[INDEX[origin]] *= np.arange(len(REGIONS)) == INDEX[origin]
        for dest, kbd in buyers.items():
            hidden[INDEX[origin], INDEX[dest]] += float(kbd)
    return fitted(seed, hidden, now)


def matrix_of(root: Path, year: int) -> Array:
    """Crude by economy, own refining on the diagonal: (origin, dest), kb/d."""
    out = reported(root, year) if year in REPORTED else by_areas(root, year)
    own = oil_balance(root, year).production - out.sum(axis=1)
    out[np.diag_indices_from(out)] = np.maximum(own, 0.0)
    return out


def reported(root: Path, year: int) -> Array:
    """Crude between economies in a year with importers' reports: (origin, dest), kb/d."""
    atlas = chapters(atlas_of(sources.atlas_bilateral(root).frame, year), year)
    fuels = atlas.values[:, :, atlas.codes.index("27")]
    quality = np.array([CRUDE_QUALITY.get(r, 1.0) for r in REGIONS])
    price = brent_of(root, year) * CRUDE_TO_BRENT * quality
    return crude_trade(root, year, fuels, price).kbd.copy()


def by_areas(root: Path, year: int) -> Array:
    """Crude between economies out of the Review's areas, hidden crude with it: as `reported`."""
    hidden = hidden_crude(root, year)
    balances = oil_balance(root, PATTERN), oil_balance(root, year)
    return crude_later(root, year, reported(root, PATTERN), balances, hidden) + hidden


def brent_of(root: Path, year: int) -> float:
    """Annual mean of Brent, USD a barrel."""
    frame = energy_balances.crude_prices(root).frame
    return float(frame[(frame["series"] == "brent") & (frame["year"] == year)]["value"].iloc[0])


def fitted(seed: Array, hidden: Array, now: OilBalance) -> Array:
    """Fit the pattern of an earlier year to production and runs; hidden crude stays as it is."""
    made = now.production - hidden.sum(axis=1)
    runs = np.maximum(now.throughput - hidden.sum(axis=0), 0.0)
    runs = np.where(now.throughput > 0, runs, seed.sum(axis=0))
    out = ras(seed, made, runs * made.sum() / runs.sum(), rounds=200) + hidden
    gap = np.abs(out.sum(axis=1) - now.production).max()
    if gap > 1.0 or (made < 0).any():
        raise SourceError(
            f"oil base month: output of {REGIONS[int(np.argmin(made))]} does not hold the hidden "
            f"exports, or the fit missed production by {gap:.1f} kb/d. Check data/years.yaml."
        )
    return out


def by_stream(kbd: Array, year: int) -> pd.DataFrame:
    """Rows (stream, refiner, kbd): economies put together, Russia and China taken apart."""
    streams, refiners = yaml_of("streams.yaml"), yaml_of("refiners.yaml")
    about = yaml_of("years.yaml")[year]
    split = _origins(streams, about.get("west", {})), _dests(refiners, about["independent"])
    rows: dict[tuple[str, str], float] = {}
    for i, j in np.argwhere(kbd > 0):
        origin, dest = REGIONS[i], REGIONS[j]
        for stream, part in split[0](origin, dest).items():
            for refiner, share in split[1](stream, dest).items():
                key = (stream, refiner)
                rows[key] = rows.get(key, 0.0) + float(kbd[i, j]) * part * share
    table = pd.DataFrame([(*key, value) for key, value in sorted(rows.items())],
                         columns=["stream", "refiner", "kbd"])  # fmt: skip
    return table[table["kbd"] >= LEAST].round(2).reset_index(drop=True)


def by_pair(kbd: Array) -> pd.DataFrame:
    """Rows (origin, dest, kbd) of `by_economy` that are more than noise."""
    rows = [(REGIONS[i], REGIONS[j], kbd[i, j]) for i, j in np.argwhere(kbd >= LEAST)]
    return pd.DataFrame(rows, columns=["origin", "dest", "kbd"]).round(1)


def _origins(streams: Mapping[str, Any], west: Mapping[str, float]) -> Any:
    owner = {e: name for name, s in streams.items() for e in s["economies"] if e != "RUS"}

    def of(origin: str, dest: str) -> dict[str, float]:
        if origin != "RUS":
            return {owner.get(origin, "ROW-MEDIUM"): 1.0}
        east = ESPO_HOME if dest == "RUS" else float(dest in EASTERN) - west.get(dest, 0.0)
        return {"RUS-URALS": 1.0 - east, "RUS-ESPO": east}

    return of


def _dests(refiners: Mapping[str, Any], independent: Mapping[str, float]) -> Any:
    home = {e: name for name, r in refiners.items() for e in r["economies"] if e != "CHN"}

    def of(stream: str, dest: str) -> dict[str, float]:
        if dest != "CHN":
            return {home.get(dest, "ROW"): 1.0}
        own = 0.02 if stream == "CHN-HOME" else independent["all"]
        part = float(independent.get(stream, own))
        return {"CHN-STATE": 1.0 - part, "CHN-INDEPENDENT": part}

    return of
