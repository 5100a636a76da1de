"""A second look at trade in crude and gas: physical balances that the build does not aim at."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from entrepot.data.policy import iran_oil
from entrepot.world.build.assemble import Targets
from entrepot.world.build.assumptions import BARREL_DAYS
from entrepot.world.build.lines import Line
from entrepot.world.build.split import CRUDE, GAS
from entrepot.world.build.targets import TradeTargets
from entrepot.world.layout import REGIONS

Array = np.ndarray
_CRUDE_SOURCE = "Statistical Review: production less runs, times price"
_GAS_SOURCE = "Statistical Review: production less use, at the unit value of its own trade"


def fuel_lines(root: Path, aim: Targets, trade: TradeTargets) -> list[Line]:
    """Physical balances in mn USD; NaN where not listed.

    Net exports of crude are production less refinery runs at the exporter's price (stocks,
    direct burning and condensate splitters make a difference), those of gas are production less
    use at the unit value of the region's own trade.
    """
    fuel = aim.fuel
    both = fuel.reviewed & (fuel.throughput > 0)
    crude = np.where(both, fuel.crude_value - fuel.crude_run, np.nan)
    listed = (fuel.gas > 0) & (fuel.gas_use > 0)
    gas = np.where(listed, (fuel.gas - fuel.gas_use) * unit_value(trade), np.nan)
    tracked = np.full(len(REGIONS), np.nan)
    i = REGIONS.index("IRN")
    tracked[i] = _iran_kbd(root, trade.year) * fuel.crude_price[i] * BARREL_DAYS
    sold = aim.flows[:, :, CRUDE].sum(axis=1)
    return [
        Line(
            "crude_net_exports", crude, _net(aim.flows, CRUDE), "production less runs, times price"
        ),
        Line("gas_net_exports", gas, _net(aim.flows, GAS), "production less use, times price"),
        Line("crude_exports_tracked", tracked, sold, "ship tracking"),
    ]


def _net(flows: Array, s: int) -> Array:
    net: Array = flows[:, :, s].sum(axis=1) - flows[:, :, s].sum(axis=0)
    return net


def unit_value(trade: TradeTargets) -> Array:
    """(region,) USD per thousand cubic metres in exports and imports of gas, mn USD a bcm."""
    value = trade.flows[:, :, GAS]
    both = value.sum(axis=1) + value.sum(axis=0)
    volume = trade.gas_bcm.sum(axis=1) + trade.gas_bcm.sum(axis=0)
    out = np.full(len(both), np.nan)
    np.divide(both, volume, out=out, where=volume > 0)
    return out


def export_value(trade: TradeTargets) -> Array:
    """(region,) unit value of a region's exports of gas, mn USD a bcm; NaN without exports."""
    volume = trade.gas_bcm.sum(axis=1)
    out = np.full(len(volume), np.nan)
    np.divide(trade.flows[:, :, GAS].sum(axis=1), volume, out=out, where=volume > 0)
    return out


def _iran_kbd(root: Path, year: int) -> float:
    frame = iran_oil(root).frame
    barrels = frame.loc[frame["year"] == year, "million_barrels"]
    return float(barrels.iloc[0]) * 1e3 / 365.0
