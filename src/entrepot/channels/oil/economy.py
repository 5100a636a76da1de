"""A solved oil market as hats between the regions of a world, against the base month.

Cells of a block (`entrepot.channels.oil.blocks`) share its hats, and volumes of cells add up to the
market's.  A barrel has two prices on its way: the world price (border and transport, what the
seller's side receives) and the user price (with premium of a price cap, rents of quotas, waivers
and refineries, and the risk that buyers count), of which the difference stays with the buyer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.blocks import NOWHERE, Blocks
from entrepot.channels.oil.certificate import asking
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.outcome import MonthOutcome

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
FIT_ROUNDS = 500
"""Rounds of the biproportional fit, at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """A month of a market, or the mean of months, by block.

    Attributes
    ----------
    volume : (G, H) kb/d
    at_border, at_world, at_user : (G, H) the same at border, world and user prices, thousand USD
        a day
    open : (G, H) whether some lane is open

    """

    volume: Array
    at_border: Array
    at_world: Array
    at_user: Array
    open: Flags


def amounts(blocks: Blocks, months: Sequence[MonthOutcome]) -> Amounts:
    """Mean of `months` by block."""
    size = (len(blocks.sellers), len(blocks.buyers))
    volume, border, world, user, ways = (np.zeros(size) for _ in range(5))
    for out in months:
        month, k = out.month, 1.0 / len(months)
        at = (blocks.stream[month.stream], blocks.refiner[month.refiner])
        fob = out.fob[month.stream]
        paid = asking(out) + out.rents.refinery[month.refiner]
        paid = paid + out.rents.grade[_grades(out.market)[month.stream], month.refiner]
        some = out.flow > 0
        np.add.at(volume, at, k * out.flow)
        np.add.at(border, at, k * np.where(some, out.flow * fob, 0.0))
        np.add.at(world, at, k * np.where(some, out.flow * (fob + out.transport), 0.0))
        np.add.at(user, at, k * np.where(some, out.flow * paid, 0.0))
        np.add.at(ways, at, month.open)
    return Amounts(volume, border, world, user, ways > 0)


def _grades(market: OilMarket) -> Places:
    return np.array([market.grades.index(s.grade) for s in market.streams], dtype=np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class PairHats:
    """A market against its base, between the N regions of a world; hats, 1 = no change.

    Attributes
    ----------
    volume : (origin, dest) barrels
    at_world, at_user : (origin, dest) price that the seller's side receives, and the user's
    dearer : (origin, dest) freight after less freight before, over the world price after: the part
        of trade that goes to carriers beyond what they had of a barrel
    price, runs : (dest,) mean user price, and barrels run
    border, sold : (origin,) mean price at the border, and barrels sold
    kbd : (origin, dest) barrels of the base month, kb/d; 0 where the market or the world has none
    left_out : kb/d that the market sells between regions that have no trade in the world, so that
        ``(kbd * volume).sum() + left_out`` is all that it sells

    """

    volume: Array
    at_world: Array
    at_user: Array
    dearer: Array
    price: Array
    runs: Array
    border: Array
    sold: Array
    kbd: Array
    left_out: float


def pair_hats(
    blocks: Blocks, before: Amounts, after: Amounts, flows: Array, demand: Array
) -> PairHats:
    """Hats of every pair of regions.

    Parameters
    ----------
    blocks, before, after : the two markets, the base first
    flows : (origin, dest) crude trade of the world, any unit; it says how a block's volume is
        spread over its regions
    demand : (dest,) hats by which regions that buy as one share their volume

    Notes
    -----
    Within a buyer, barrels of each seller and of each region add up (biproportional fit).  A region
    without a stream sells as much as its buyers run, at their price; so do pairs that trade in the
    world and not in the market, unless every way between them is closed.

    """
    rows, cols = blocks.origin[:, None], blocks.dest[None, :]
    covered = (rows != NOWHERE) & (cols != NOWHERE)
    traded = np.zeros_like(before.volume)
    np.add.at(traded, _at(blocks, covered), flows[covered])
    known = covered & (traded[rows, cols] > 0) & (before.volume[rows, cols] > 0)
    spread = np.where(known, before.volume[rows, cols] * flows / _safe(traded[rows, cols]), 0.0)
    price = _mean_hat(before, after, "at_user", 0)[blocks.dest]
    runs = _hat(after.volume.sum(axis=0), before.volume.sum(axis=0))[blocks.dest]
    both = (traded > 0) & (before.volume > 0)
    fitted, share = _fit(blocks, spread, np.where(both, after.volume, 0.0), demand)
    runs = runs * share
    closed = covered & ~after.open[rows, cols] & before.open[rows, cols]
    other = np.where(closed, 0.0, runs[None, :])
    volume = np.where(known, fitted, other)

    def at(name: str) -> Array:
        hats = _hat(_price(after, name), _price(before, name))
        return np.where(known & (volume > 0), hats[rows, cols], price[None, :])

    sold = _hat(after.volume.sum(axis=1), before.volume.sum(axis=1))[blocks.origin]
    own = (flows * volume).sum(axis=1) / _safe(flows.sum(axis=1))
    brent = _total(after, "at_border") / _total(before, "at_border")
    border = _mean_hat(before, after, "at_border", 1)[blocks.origin]
    alone = blocks.origin == NOWHERE
    return PairHats(
        volume=volume,
        at_world=at("at_world"),
        at_user=at("at_user"),
        dearer=np.where(known & (volume > 0), _dearer(before, after)[rows, cols], 0.0),
        price=price,
        runs=runs,
        border=np.where(alone, brent, border),
        sold=np.where(alone, own, sold),
        kbd=spread,
        left_out=float(after.volume[~both].sum()),
    )


def _at(blocks: Blocks, cells: Flags) -> tuple[Places, Places]:
    i, j = np.nonzero(cells)
    return blocks.origin[i], blocks.dest[j]


def _safe(values: Array) -> Array:
    return np.where(values > 0, values, 1.0)


def _hat(after: Array, before: Array) -> Array:
    """After over before; 1 where there was nothing before."""
    return np.where(before > 0, after / _safe(before), 1.0)


def _price(total: Amounts, name: str) -> Array:
    return np.where(total.volume > 0, getattr(total, name) / _safe(total.volume), 0.0)


def _mean_hat(before: Amounts, after: Amounts, name: str, axis: int) -> Array:
    """Hat of the mean price over sellers (axis 0) or buyers (axis 1); 1 where nothing is sold."""
    prices = [
        getattr(x, name).sum(axis=axis) / _safe(x.volume.sum(axis=axis)) for x in (after, before)
    ]
    return np.where(prices[0] > 0, _hat(*prices), 1.0)


def _dearer(before: Amounts, after: Amounts) -> Array:
    """Change of freight a barrel over the world price after: (G, H)."""
    freight = [_price(x, "at_world") - _price(x, "at_border") for x in (before, after)]
    price = _price(after, "at_world")
    both = (before.volume > 0) & (price > 0)
    return np.where(both, (freight[1] - freight[0]) / np.where(price > 0, price, 1.0), 0.0)


def _total(amount: Amounts, name: str) -> float:
    return float(getattr(amount, name).sum() / amount.volume.sum())


def _fit(blocks: Blocks, spread: Array, after: Array, demand: Array) -> tuple[Array, Array]:
    """Volume hats (N, N) that give each seller its `after` (G, H), and runs over the mean (N,).

    Regions that buy as one share what it runs as `demand` says.
    """
    n, dest = len(blocks.dest), blocks.dest
    base = np.zeros((len(blocks.sellers), n))
    inside = blocks.origin != NOWHERE
    np.add.at(base, blocks.origin[inside], spread[inside])
    wanted = base.sum(axis=0) * demand
    whole = np.zeros(len(blocks.buyers))
    plain = np.zeros(len(blocks.buyers))
    np.add.at(whole, dest, wanted)
    np.add.at(plain, dest, base.sum(axis=0))
    share = demand * (plain / _safe(whole))[dest]
    target = wanted * (after.sum(axis=0) / _safe(whole))[dest]
    rows, cols = np.ones_like(after), np.ones(n)
    for _ in range(FIT_ROUNDS):
        made = (base * rows[:, dest]).sum(axis=0)
        cols = np.where(made > 0, target / _safe(made), 0.0)
        total = np.zeros_like(after)
        np.add.at(total.T, dest, (base * cols).T)
        last, rows = rows, np.where(total > 0, after / _safe(total), 0.0)
        if np.allclose(rows, last, rtol=1e-13, atol=0.0):
            break
    hats = rows[np.ix_(np.maximum(blocks.origin, 0), dest)] * cols
    return np.where(inside[:, None], hats, 0.0), share
