"""Tables of an oil market and an equilibrium that agree: rounds, sellers, buyers, and the base."""

from __future__ import annotations

import numpy as np
import pandas as pd

from entrepot.channels import ChannelTable
from entrepot.channels.oil.compared import compared_flows, compared_prices, compared_producers
from entrepot.channels.oil.economy import Amounts
from entrepot.channels.oil.parts import DAYS
from entrepot.study.oil_coupling import Coupled

Array = np.ndarray
YEAR = 12 * DAYS / 1000.0
"""From thousand USD a day to mn USD a year."""
LEAST = 0.5
"""kb/d below which an economy is left out of a table."""


def tables(found: Coupled) -> dict[str, ChannelTable]:
    """Tables for the report page and the folder, by name."""
    out = {
        "oil_exporters": ChannelTable(
            "Crude oil and the economy: who sells", exporters(found), EXPORTERS
        ),
        "oil_importers": ChannelTable(
            "Crude oil and the economy: who buys", importers(found), IMPORTERS
        ),
        "oil_rounds": ChannelTable(
            "Crude oil and the economy: rounds until both agree", found.rounds,
            f"{found.agreement} Distances in logs; shares as such."),
        "oil_base": ChannelTable(
            "Crude oil and the economy: the base year of both", base_gap(found), BASE
        ),
    }  # fmt: skip
    return out | _months(found)


def _months(found: Coupled) -> dict[str, ChannelTable]:
    """The oil market's own tables, at the demand on which both agree; of one month alone."""
    if len(found.months) > 1:
        return {}
    before, (after,) = found.base, found.months
    note = "At the demand on which the oil market and the equilibrium agree."
    return {
        "oil_flows": ChannelTable("Crude oil: flows by pair and carrier, thousand barrels a day",
                                  compared_flows(before, after), note),
        "oil_prices": ChannelTable("Crude oil: prices and discounts, USD a barrel",
                                   compared_prices(before, after), note),
        "oil_producers": ChannelTable("Crude oil: output, exports and revenue",
                                      compared_producers(before, after), note),
    }  # fmt: skip


def exporters(found: Coupled) -> pd.DataFrame:
    """Economies that sell crude, the largest first.

    Columns: economy; kbd_before, kbd_after (home sales too); border_before, border_after (USD a
    barrel); cost (hat of unit cost in the equilibrium); rent_percent, rent_mn_usd (of the seller's
    side over that cost, against the base); freight_mn_usd (of it, what dearer freight takes, which
    goes on to carriers); exports_before, exports_after (mn USD a year abroad, in
    the equilibrium).
    """
    world, hats, asked = found.solution.world, found.hats, found.settled
    kbd, origin = hats.kbd.sum(axis=1), found.blocks.origin
    border = _mean(found.before, "at_border", 1)[origin]
    flows = [world.trade_flows()[:, :, found.sector], asked_trade(found)]
    abroad = [(f * ~np.eye(len(f), dtype=bool)).sum(axis=1) for f in flows]
    taxed = asked.shock.export_tax[:, :, found.sector]
    rent = (flows[1] * taxed / (1 + taxed)).sum(axis=1)
    frame = pd.DataFrame({
        "economy": world.regions,
        "kbd_before": kbd,
        "kbd_after": kbd * found.crude.made,
        "border_before": border,
        "border_after": border * hats.border,
        "cost": found.crude.cost,
        "rent_percent": 100 * (asked.rent - 1),
        "rent_mn_usd": rent,
        "freight_mn_usd": (asked.value * found.hats.dearer).sum(axis=1),
        "exports_before": abroad[0],
        "exports_after": abroad[1],
    })  # fmt: skip
    return _sorted(frame)


def importers(found: Coupled) -> pd.DataFrame:
    """Economies that use crude, the largest first.

    Columns: economy; kbd_before, kbd_after (own crude too); price_before, price_after (USD a
    barrel to the user, with rents, premium and risk); spending_before, spending_after (mn USD a
    year in the equilibrium).
    """
    world, kbd, s = found.solution.world, found.hats.kbd.sum(axis=0), found.sector
    price = _mean(found.before, "at_user", 0)[found.blocks.dest]
    frame = pd.DataFrame({
        "economy": world.regions,
        "kbd_before": kbd,
        "kbd_after": kbd * found.crude.used,
        "price_before": price,
        "price_after": price * found.crude.price,
        "spending_before": world.expenditure[:, s],
        "spending_after": found.solution.certified().expenditure[:, s],
    })  # fmt: skip
    return _sorted(frame)


def base_gap(found: Coupled) -> pd.DataFrame:
    """Crude of the base year in the world and in the market, mn USD, the largest seller first.

    Columns: economy; exports_world, exports_market; home_world, home_market.
    """
    world, hats = found.solution.world, found.hats
    flows = world.trade_flows()[:, :, found.sector]
    price = found.before.at_world / np.where(found.before.volume > 0, found.before.volume, 1.0)
    value = hats.kbd * price[found.blocks.origin[:, None], found.blocks.dest[None, :]] * YEAR
    home = np.eye(len(flows), dtype=bool)
    frame = pd.DataFrame({
        "economy": world.regions,
        "kbd_before": hats.kbd.sum(axis=1),
        "exports_world": np.where(home, 0.0, flows).sum(axis=1),
        "exports_market": np.where(home, 0.0, value).sum(axis=1),
        "home_world": np.diag(flows),
        "home_market": np.diag(value),
    })  # fmt: skip
    return _sorted(frame).drop(columns="kbd_before")


def asked_trade(found: Coupled) -> Array:
    """(origin, dest) crude trade of the certified solution at world prices, mn USD."""
    trade: Array = found.solution.certified().trade[:, :, found.sector]
    return trade


def _mean(amount: Amounts, name: str, axis: int) -> Array:
    """Mean price in USD a barrel over buyers (axis 1) or sellers (axis 0)."""
    volume = amount.volume.sum(axis=axis)
    price: Array = getattr(amount, name).sum(axis=axis) / np.where(volume > 0, volume, 1.0)
    return price


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame[frame["kbd_before"] >= LEAST]
    return frame.sort_values("kbd_before", ascending=False, kind="stable").reset_index(drop=True)


EXPORTERS = (
    "kbd: thousand barrels a day, own use too. border: USD a barrel at the seller's border, mean "
    "of its streams. cost: unit cost of crude in the equilibrium, hat. rent: what the seller's "
    "side keeps over that cost, against the base, levied like an export tax on all sales; below 0 "
    "it pays. freight: what of this dearer freight takes and carriers get, whose economies are "
    "taken to be those that sell transport abroad. exports: mn USD a year in the equilibrium."
)
IMPORTERS = (
    "price: USD a barrel to the user, with freight, premium of a price cap, rents of quotas and "
    "refineries, and the risk that buyers count; of these all but freight stay with the buyer's "
    "side. spending: mn USD a year in the equilibrium."
)
BASE = (
    "mn USD of the base year. Changes go from one to the other as hats, so that a gap here weighs "
    "pairs differently and moves no price. Crude used at home is often valued below the border "
    "price in national accounts."
)
