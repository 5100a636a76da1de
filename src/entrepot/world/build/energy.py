"""Quantities and values of crude, gas and refining for every economy of the layout."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from entrepot.data.accounts import factbook_economy
from entrepot.data.energy_balances import (
    PLACE_TO_REGION,
    WORLD,
    by_place,
    crude_prices,
    energy_series,
)
from entrepot.data.required import require_labels
from entrepot.world.build import assumptions as given
from entrepot.world.build.concordance import FACTBOOK_CODES
from entrepot.world.build.declared import Number
from entrepot.world.build.fuels import crude_price
from entrepot.world.layout import REGIONS, ROW

BIOFUEL_CORRECTION = Number(0.6, 0.4, 0.9)
"""Factbook oil production counts biofuels and refinery gains."""


@dataclass(frozen=True, slots=True)
class Energy:
    """Energy of one year.

    Attributes
    ----------
    crude_price : (region,) USD a barrel at the wellhead
    crude, throughput, ngl, crude_sold : (region,) thousand barrels a day; the last is exports
    gas, gas_use, gas_sold : (region,) bn cubic metres, made, used and exported
    gas_price : (region,) USD per million Btu for gas sold at home
    gas_in_power : (region,) gas in power from gas and coal; NaN where not listed
    reviewed : (region,) whether the Statistical Review lists its crude production

    """

    crude_price: np.ndarray
    crude: np.ndarray
    throughput: np.ndarray
    ngl: np.ndarray
    gas: np.ndarray
    gas_use: np.ndarray
    gas_sold: np.ndarray
    crude_sold: np.ndarray
    gas_price: np.ndarray
    gas_in_power: np.ndarray
    reviewed: np.ndarray

    @property
    def crude_at_home(self) -> np.ndarray:
        """(region,) own crude not exported, at the export price, mn USD."""
        kept = np.maximum(self.crude - self.crude_sold, 0.0)
        value: np.ndarray = kept * self.crude_price * given.BARREL_DAYS
        return value

    @property
    def crude_value(self) -> np.ndarray:
        """(region,) all own crude at the export price, mn USD."""
        value: np.ndarray = self.crude * self.crude_price * given.BARREL_DAYS
        return value

    @property
    def crude_run(self) -> np.ndarray:
        """(region,) crude run in refineries at the wellhead price, mn USD."""
        value: np.ndarray = self.throughput * self.crude_price * given.BARREL_DAYS
        return value

    @property
    def gas_at_home_dry(self) -> np.ndarray:
        """(region,) own gas sold at home, mn USD."""
        kept = np.maximum(self.gas - self.gas_sold, 0.0)
        value: np.ndarray = kept * self.gas_price * given.MMBTU_PER_BCM
        return value

    @property
    def liquids(self) -> np.ndarray:
        """(region,) liquids taken out of gas (ethane, propane, naphtha), mn USD."""
        value: np.ndarray = self.ngl * self.crude_price * given.NGL_TO_BRENT * given.BARREL_DAYS
        return value

    @property
    def gas_at_home(self) -> np.ndarray:
        """(region,) own gas sold at home, and liquids of gas, mn USD."""
        value: np.ndarray = self.gas_at_home_dry + self.liquids
        return value


def energy(root: Path, year: int, crude_sold: np.ndarray, gas_sold: np.ndarray) -> Energy:
    """Energy of `year` from the Statistical Review, small producers from the Factbook.

    Parameters
    ----------
    root, year : folder of raw data and base year
    crude_sold, gas_sold : (region,) exports, thousand barrels a day and bn cubic metres

    """
    series = energy_series(root).frame
    small = factbook_economy(root).frame.set_index("code")
    crude, reviewed = _regions(series, "crude", year, small["oil_production"] * BIOFUEL_CORRECTION)
    gas, _ = _regions(series, "gas", year, small["gas_production"])
    power = {k: _regions(series, k, year, None)[0] for k in ("gas_power", "coal_power")}
    both = power["gas_power"] + power["coal_power"]
    listed = both > 0
    return Energy(
        crude_price=crude_price(root, year),
        crude=crude,
        throughput=_regions(series, "throughput", year, None)[0],
        ngl=_regions(series, "ngl", year, None)[0],
        gas=gas,
        gas_use=_regions(series, "gas_use", year, None)[0],
        gas_sold=gas_sold,
        crude_sold=crude_sold,
        gas_price=np.array([_gas_price(r, year) for r in REGIONS]),
        gas_in_power=np.where(listed, power["gas_power"] / np.where(listed, both, 1.0), np.nan),
        reviewed=reviewed,
    )


def brent(root: Path, year: int) -> float:
    """Price of Brent, USD a barrel."""
    frame = crude_prices(root).frame
    rows = frame[(frame["series"] == "brent") & (frame["year"] == year)]
    return float(rows["value"].iloc[0])


def _regions(
    frame: pd.DataFrame, name: str, year: int, small: pd.Series | None
) -> tuple[np.ndarray, np.ndarray]:
    """Place a series on the layout; ROW is the world less all the others."""
    rows = by_place(frame, name, year)
    listed = {PLACE_TO_REGION[p]: float(v) for p, v in rows.items() if p in PLACE_TO_REGION}
    found = dict(listed)
    if small is not None:
        require_labels(small.index, FACTBOOK_CODES.values(), "factbook", "economy", "'code'")
        for region, code in FACTBOOK_CODES.items():
            value = float(small[code])
            if region not in found and value == value:
                found[region] = value
    out = np.array([found.get(r, 0.0) for r in REGIONS])
    out[REGIONS.index(ROW)] = max(float(rows[WORLD]) - out.sum(), 0.0)
    return out, np.array([r in listed for r in REGIONS])


def _gas_price(region: str, year: int) -> float:
    prices = given.GAS_PRICE[year]
    if region in given.GAS_ADMINISTERED:
        return prices["administered"]
    if region in given.GAS_NORTH_AMERICA:
        return prices["north_america"]
    return prices.get(region, prices["market"])
