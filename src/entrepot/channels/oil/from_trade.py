"""Measures of trade that meet crude, as restrictions of the oil market.

Access, trade costs and taxes of a draft stand between regions of a world; a pair of a stream and a
refiner gets their mean over the economies behind both, by base trade.  What is no longer allowed
becomes a ban on that part of the base volume; if it can come back round the ban, at a cost, it
costs that.  Costs and export taxes are dearer lanes, a tariff is what the buyer counts on top (its
revenue stays on the buyer's side).  All are turned into USD at prices of the base month.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from entrepot.channels.draft import Draft
from entrepot.channels.oil.base import Base
from entrepot.channels.oil.embargo import NOTHING, base_trade
from entrepot.channels.oil.places import Places
from entrepot.channels.oil.restrictions import Ban, CapacityLoss, Detour, Restriction, RiskDiscount
from entrepot.channels.oil.sheet import Sheet
from entrepot.scenario.book import Entry

Array = npt.NDArray[np.float64]
CRUDE = "crude"
LEAST_SHARE = 1e-6
LEAST_USD = 0.005
"""USD a barrel below which a cost is none; costs are rounded to cents."""


def from_trade(sheet: Sheet, base: Base) -> None:
    """Add what the measures of trade and other channels have done to crude in the draft."""
    draft = sheet.draft
    if CRUDE not in draft.world.sectors:
        return
    makers = _makers(draft)
    if not makers:
        return
    one = Entry(", ".join(e.name for e in makers), makers[0].measure, makers[0].where)
    sheet.done += [(one, r) for r in _restrictions(sheet, base, one)]


def _makers(draft: Draft) -> list[Entry]:
    """Measures with a part in a crude cell."""
    s, world = draft.world.sectors.index(CRUDE), draft.world
    used = ~np.eye(len(world.regions), dtype=bool)
    found = []
    for parts in draft.parts.values():
        for part in parts:
            mask = part.mask[..., s]
            if (mask & used if mask.ndim == 2 else mask).any():
                found.append(draft.entries[part.entry])
    for layer in draft.layers.costs.values():
        if (layer.hats[:, :, s] != 1.0).any():
            found += layer.entries
    out: list[Entry] = []
    for entry in found:
        if entry not in out:
            out.append(entry)
    return out


def _restrictions(sheet: Sheet, base: Base, entry: Entry) -> Iterator[Restriction]:
    draft, s = sheet.draft, sheet.draft.world.sectors.index(CRUDE)
    banned = 1.0 - draft.access()[:, :, s]
    evasion, closed = draft.layers.evasion, draft.layers.closed()[:, :, s]
    back = np.zeros_like(banned)
    if evasion is not None:
        cost = np.where(closed, np.inf, evasion[:, :, s])
        open_ = np.isfinite(cost) & (banned > 0)
        back = np.where(open_, banned * (np.where(open_, cost, 1.0) - 1.0), 0.0)
        banned = np.where(open_, 0.0, banned)
    yield from _bans(sheet, _pairs(draft, sheet.places, banned))
    hat = draft.after["trade_cost"][:, :, s]
    layers = draft.layers.product()
    hat = hat if layers is None else hat * layers[:, :, s]
    dear = _pairs(draft, sheet.places, hat - 1.0 + back)
    taxed = _pairs(draft, sheet.places, _tax(draft, "export_tax", s))
    usd = dear * base.delivered + taxed * sheet.market.column("fob")[:, None]
    duty = _pairs(draft, sheet.places, _tax(draft, "tariff", s)) * base.delivered
    for one in (usd, duty):
        if np.nanmin(one, initial=0.0) < -LEAST_USD:
            sheet.note(entry, "the oil market takes no cost or tax below that of the base month: "
                       "where trade in crude gets cheaper, it stays as it was.")  # fmt: skip
    for streams, refiners, more in _cents(sheet, usd):
        yield Detour(streams, refiners, (), days=0.0, usd=more)
    for streams, refiners, more in _cents(sheet, duty):
        yield RiskDiscount(streams, refiners, usd=more)
    yield from _capacity(sheet, s)


def _tax(draft: Draft, name: str, s: int) -> Array:
    """(origin, dest) change of a tax, as a rate on the price that holds the old one."""
    out: Array = (1 + draft.after[name][:, :, s]) / (1 + draft.before[name][:, :, s]) - 1.0
    return out


def _pairs(draft: Draft, places: Places, values: Array) -> Array:
    """Mean of (origin, dest) `values` over the economies of each stream and refiner: (V, J)."""
    home = np.array([_region(draft, e) for e in places.at])
    by_economy = np.where((home[:, None] >= 0) & (home[None, :] >= 0),
                          values[np.ix_(home, home)], 0.0)  # fmt: skip
    by_economy = np.where(home[:, None] == home[None, :], 0.0, by_economy)
    if not by_economy.any():
        return np.zeros((len(places.sellers), len(places.buyers)))
    sells = _members(places, tuple(places.sellers.values()))
    buys = _members(places, tuple(places.buyers.values()))
    size = sells @ places.kbd @ buys.T
    mean = sells @ (places.kbd * by_economy) @ buys.T
    alike = _spread(sells, places.kbd.sum(axis=1)) @ by_economy
    alike = alike @ _spread(buys, places.kbd.sum(axis=0)).T
    out: Array = np.where(size > 0, mean / np.where(size > 0, size, 1.0), alike)
    return out


def _region(draft: Draft, economy: str) -> int:
    """Position of the region of the world that holds an economy; -1: none."""
    return draft.region_at.get(economy, draft.region_at.get("ROW", -1))


def _members(places: Places, groups: tuple[tuple[str, ...], ...]) -> Array:
    out = np.zeros((len(groups), len(places.at)))
    for k, group in enumerate(groups):
        out[k, [places.at[e] for e in group]] = 1.0
    return out


def _spread(members: Array, size: Array) -> Array:
    """Rows of `members` by size, adding to 1; evenly where nobody has a size."""
    rows = members * size
    total = rows.sum(axis=1, keepdims=True)
    rows = np.where(total > 0, rows, members)
    out: Array = rows / rows.sum(axis=1, keepdims=True)
    return out


def _bans(sheet: Sheet, banned: Array) -> Iterator[Ban]:
    market = sheet.market
    base = base_trade(sheet, market.stream_names, ())
    groups: dict[tuple[tuple[str, ...], tuple[float, ...]], list[str]] = {}
    for v, stream in enumerate(market.stream_names):
        at = np.flatnonzero(banned[v] > LEAST_SHARE)
        left = np.where(banned[v, at] < 1 - LEAST_SHARE, (1 - banned[v, at]) * base[v, at], 0.0)
        if len(at):
            key = tuple(market.refiner_names[j] for j in at), tuple(float(x) for x in left)
            groups.setdefault(key, []).append(stream)
    for (refiners, volumes), streams in groups.items():
        kept = {n: kbd for n, kbd in zip(refiners, volumes, strict=True) if kbd > NOTHING}
        for some in [tuple(streams)] if not kept else [(s,) for s in streams]:
            yield Ban(some, refiners, (), 1.0, kept)


def _cents(sheet: Sheet, usd: Array) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], float]]:
    """Streams, refiners and USD of pairs that get dearer, equal ones of a stream together."""
    usd = np.nan_to_num(usd, nan=0.0)
    for v, stream in enumerate(sheet.market.stream_names):
        cents = np.round(usd[v], 2)
        for more in np.unique(cents[cents > LEAST_USD]):
            names = tuple(sheet.market.refiner_names[j] for j in np.flatnonzero(cents == more))
            yield (stream,), names, float(more)


def _capacity(sheet: Sheet, s: int) -> Iterator[CapacityLoss]:
    hat = sheet.draft.after["productivity"][:, s]
    lost = {e: 1.0 - hat[k] for e in sheet.places.at
            if (k := _region(sheet.draft, e)) >= 0 and hat[k] < 1.0}  # fmt: skip
    for name, group in sheet.places.sellers.items():
        parts = [(sheet.places.streams({e}).get(name, 0.0), lost[e]) for e in group if e in lost]
        if share := sum(part * one for part, one in parts):
            yield CapacityLoss((name,), float(share))
