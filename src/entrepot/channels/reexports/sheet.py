"""Banned cells, hubs and numbers of all measures of evasion of one scenario, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from entrepot.channels.draft import Draft
from entrepot.channels.reexports.baseline import baseline_ways, reexported_share
from entrepot.channels.reexports.claim import (
    MEANING,
    Claim,
    hub_value,
    level_of,
    rule_value,
    share_of,
)
from entrepot.channels.reexports.facts import NUMBERS, hub_facts
from entrepot.channels.reexports.markup import HubCosts
from entrepot.channels.reexports.ways import Ways
from entrepot.scenario.labels import SECTOR_GROUPS
from entrepot.world.world import World

Array = np.ndarray
MOST: Final = 0.99
"""Largest sum of given shares of hubs: something must have gone directly."""
LEAST: Final = 1e-9
"""Capacity over imports of goods up to which a hub lets nothing pass."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Cells and hubs of one compilation.

    Attributes
    ----------
    draft, claims : what they are made of
    cells : (C, 3) positions of origin, dest and sector
    owner : (C,) position of the claim of each cell
    target : (C,) position of the target of each cell
    hubs : (H,) positions of the hubs
    may : (C, H) bool, hubs named for the target of the cell that are at neither end of it

    """

    draft: Draft
    claims: list[Claim]
    cells: Array
    owner: Array
    target: Array
    hubs: Array
    may: Array

    def shared(self, name: str) -> float:
        """Return a number that all measures of evasion must agree on."""
        values = [rule_value(self.draft, c, name) for c in self.claims]
        if max(values) - min(values) > 1e-12:
            pairs = zip(self.claims, values, strict=True)
            names = ", ".join(f"'{c.entry.name}' {v:g}" for c, v in pairs)
            self.draft.problems.append(
                f"{self.claims[0].entry.where}: the measures of evasion share the hubs, and give "
                f"different values of {name}: {names}. Make them agree."
            )
        return values[0]


def sheet_of(draft: Draft, claims: list[Claim]) -> Sheet:
    """Put the cells of all measures under each other."""
    hubs = np.array(sorted({h for c in claims for found in c.hubs.values() for h in found}))
    cells = np.concatenate([np.argwhere(c.cells) for c in claims])
    owner = np.concatenate([np.full(int(c.cells.sum()), k) for k, c in enumerate(claims)])
    target = np.array([_target(claims[k], cell) for k, cell in zip(owner, cells, strict=True)])
    may = np.zeros((len(cells), len(hubs)), dtype=bool)
    for k, claim in enumerate(claims):
        for t, found in claim.hubs.items():
            may |= ((owner == k) & (target == t))[:, None] & np.isin(hubs, found)[None, :]
    may &= (cells[:, :1] != hubs[None, :]) & (cells[:, 1:2] != hubs[None, :])
    return Sheet(draft, claims, cells, owner, target, hubs, may)


def _target(claim: Claim, cell: Array) -> int:
    origin, dest = int(cell[0]), int(cell[1])
    return dest if claim.targets[dest] else origin


def ways_of(sheet: Sheet) -> Ways:
    """Baseline ways: the rule, and the shares that measures give."""
    trade = sheet.draft.world.trade_flows()
    rho = reexported_share(trade, sheet.shared("reexported"), netted_reexports(sheet.draft.world))
    several = {c.measure.ways for c in sheet.claims} == {"any"}
    ways = baseline_ways(trade, sheet.cells, sheet.hubs, rho, may=sheet.may, several=several)
    for k, claim in enumerate(sheet.claims):
        _give_shares(sheet, claim, sheet.owner == k, ways)
    return ways


def netted_reexports(world: World) -> Array:
    """(N, S) re-exports that the build of a bundled world put on the direct flow, mn USD."""
    out = np.zeros((len(world.regions), len(world.sectors)))
    for item in world.meta.get("reexports", ()):
        if item["region"] in world.regions and item["sector"] in world.sectors:
            i, s = world.regions.index(item["region"]), world.sectors.index(item["sector"])
            out[i, s] += item["mn_usd"]
    return out


def _give_shares(sheet: Sheet, claim: Claim, rows: Array, ways: Ways) -> None:
    """Replace the rule by given shares, in the arrays of `ways`; problems go to the draft."""
    may = sheet.may[rows]
    served = [n for n in range(len(sheet.hubs)) if may[:, n].any()]
    found = {n: share_of(sheet.draft, claim, int(sheet.hubs[n])) for n in served}
    given = {n: share for n, share in found.items() if share is not None}
    if not given:
        return
    total = sum(given.values())
    why = ""
    if total > MOST:
        why = f"the shares of hubs add up to {total:g}, above {MOST:g}"
    elif ways.between is not None:
        why = "a given 'share' and ways through any number of hubs do not go together"
    if why:
        sheet.draft.problems.append(
            f"{claim.entry.where}: {claim.entry.name}.terms: {why}. Lower them, or leave them to "
            "the rule."
        )
        return
    for n in given:
        ways.first[rows, n] = 0.0
    rest = ways.direct[rows] + (ways.first[rows] * ways.last[rows]).sum(axis=1)
    for n, share in given.items():
        ways.first[rows, n] = share / (1.0 - total) * rest * may[:, n]
        ways.last[rows, n] = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class HubNumbers:
    """Numbers of hubs.

    Attributes
    ----------
    markup, detection, compliance : (C, H)
    capacity : (H,) mn USD a year; 0 where nothing passes

    """

    markup: Array
    detection: Array
    compliance: Array
    capacity: Array

    def costs(self, sheet: Sheet) -> HubCosts:
        """Return what the hubs cost, with the numbers that all of them share."""
        least = float(np.finfo(float).tiny)
        fine, extra, power = (sheet.shared(x) for x in ("fine", "crowding", "steepness"))
        capacity = np.maximum(self.capacity, least)
        return HubCosts(self.markup, self.detection, fine, capacity, extra, power)


def numbers_of(sheet: Sheet) -> HubNumbers:
    """Numbers of every hub for every cell, out of the measures, the facts and the rule."""
    shape = sheet.may.shape
    out = HubNumbers(np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape[1]))
    imports = _imports_of_goods(sheet)
    for k, claim in enumerate(sheet.claims):
        ready, factor = _ready(sheet.draft, claim), _sector_factors(sheet.draft, claim)
        for target, found in claim.hubs.items():
            rows = (sheet.owner == k) & (sheet.target == target)
            for hub in found:
                n = int(np.flatnonzero(sheet.hubs == hub)[0])
                if not sheet.may[rows, n].any():
                    continue
                value = {x: hub_value(sheet.draft, claim, target, hub, x) for x in NUMBERS}
                out.markup[rows, n] = value["markup"] * factor[sheet.cells[rows, 2]]
                out.detection[rows, n] = value["detection"]
                out.compliance[rows, n] = value["compliance"]
                room = value["capacity"] * ready * imports[hub]
                if room > LEAST * imports[hub]:
                    out.capacity[n] = max(out.capacity[n], room)
    return out


def _imports_of_goods(sheet: Sheet) -> Array:
    """(N,) imports of goods, mn USD a year; of the banned sectors if the world names no goods."""
    draft = sheet.draft
    goods = [draft.sector_at[c] for c in SECTOR_GROUPS["goods"] if c in draft.sector_at]
    if not goods:
        goods = sorted({int(s) for s in sheet.cells[:, 2]})
        names = ", ".join(draft.world.sectors[s] for s in goods)
        draft.note(
            f"{', '.join(c.entry.name for c in sheet.claims)}: this world has no sector of the "
            f"group goods; the capacity of hubs counts over their imports of {names}."
        )
    flows = draft.world.trade_flows()[:, :, goods].sum(axis=2)
    return np.asarray(flows.sum(axis=0) - np.diag(flows))


def _ready(draft: Draft, claim: Claim) -> float:
    """Share of the capacity that hubs have by now: 1 - (1 - ready) exp(-years / T)."""
    first, slow = (rule_value(draft, claim, x) for x in ("ready", "years"))
    return float(1.0 - (1.0 - first) * np.exp(-draft.years(claim.entry) / slow))


def _sector_factors(draft: Draft, claim: Claim) -> Array:
    """(S,) factor on the mark-up."""
    out = np.ones(len(draft.world.sectors))
    for code, number in hub_facts().sectors.items():
        s = draft.sector_at.get(code)
        if s is not None and claim.cells[:, :, s].any():
            level = level_of(number, "sector")
            out[s] = draft.value(level, claim.entry, f"{code}.factor", MEANING["sector"])
    return out
