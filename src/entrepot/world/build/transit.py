"""Goods that pass through an economy without being recorded as its exports.

Such an economy shows imports far above what it uses and a deficit that nobody finances.  Its
imports of goods are cut until its external balance is that of the national accounts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from entrepot.world.build import assumptions as given
from entrepot.world.build.declared import Number
from entrepot.world.build.gdp import Gdp
from entrepot.world.layout import REGIONS, SECTOR_CODES, SECTORS

Array = np.ndarray
_FUELS = ("crude", "gas", "refined", "mining")
GOODS = np.array([s.traded_good and s.code not in _FUELS for s in SECTORS])
TRADE = SECTOR_CODES.index("trade_hotels")
LEAST_KEPT = Number(0.10, 0.05, 0.3)
"""Part of imports that is kept in any case."""


@dataclass(frozen=True, slots=True)
class Transit:
    """What was done about one economy.

    Attributes
    ----------
    region : the economy
    cut : imports of goods taken out, mn USD
    passed_on : what of it became direct trade with its neighbours, mn USD
    margin : exports of trade services added, mn USD

    """

    region: str
    cut: float
    passed_on: float
    margin: float


def settle_transit(flows: Array, gdp: Gdp, adb_exports: Array) -> tuple[Array, tuple[Transit, ...]]:
    """Cut unrecorded transit of the economies in `given.TRANSIT_TO`.

    Parameters
    ----------
    flows : (origin, dest, sector) mn USD
    gdp : GDP, and exports and imports in the national accounts
    adb_exports : (region, sector) exports by the ADB tables, mn USD; NaN where there is none

    """
    flows = flows.copy()
    done = []
    for region, neighbours in given.TRANSIT_TO.items():
        i = REGIONS.index(region)
        margin = _margin(flows, i, adb_exports) if region in given.TRANSIT_MARGIN else 0.0
        excess = _deficit(flows, i) - _deficit_in_accounts(gdp, i)
        goods = float(flows[:, i, GOODS].sum())
        cut = float(np.clip(excess, 0.0, (1 - LEAST_KEPT) * goods))
        taken = flows[:, i, :] * (GOODS * cut / max(goods, 1e-9))
        flows[:, i, :] -= taken
        passed = _pass_on(flows, taken, neighbours)
        done.append(Transit(region, cut, passed, margin))
    return flows, tuple(done)


def _deficit(flows: Array, i: int) -> float:
    return float(flows[:, i].sum() - flows[i].sum())


def _deficit_in_accounts(gdp: Gdp, i: int) -> float:
    """Imports less exports in the national accounts, at the scale of today's GDP."""
    then = float(gdp.structure_gdp[i])
    return float((gdp.imports[i] - gdp.exports[i]) / then * gdp.value[i])


def _margin(flows: Array, i: int, adb_exports: Array) -> float:
    """Raise exports of trade services to those of the ADB table; returns what was added."""
    now, wanted = float(flows[i, :, TRADE].sum()), float(adb_exports[i, TRADE])
    if not wanted > now > 0:
        return 0.0
    flows[i, :, TRADE] *= wanted / now
    return wanted - now


def _pass_on(flows: Array, taken: Array, neighbours: dict[str, float]) -> float:
    """Add `taken` (origin, sector) to the imports of the neighbours; returns the amount."""
    passed = 0.0
    for neighbour, share in neighbours.items():
        j = REGIONS.index(neighbour)
        added = share * taken
        added[j] = 0.0
        flows[:, j, :] += added
        passed += float(added.sum())
    return passed
