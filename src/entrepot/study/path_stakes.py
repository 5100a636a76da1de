"""How much each measure of a scenario is about, in mn USD: its weight in the age of the economy.

The stake of a measure is, over its cells, trade times the size of the change: the difference of
after and before, at most 1, which is the banned share of varieties, the points of a rate, the part
of a cost or of productivity.  A change of productivity counts with the output of the sector, a
transfer with its amount, a frozen balance with the balance.

What several measures do to a layer of costs together (payments, corridors) is shared out by what is
missing without each of them in turn; what they add to a rate together is shared equally.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from entrepot.channels import Compiled, compile_shock
from entrepot.core.errors import ScenarioError
from entrepot.scenario.book import Scenario
from entrepot.world.world import World

RATES: Final = ("tariff", "export_tax")
CELL: Final = ["instrument", "origin", "dest", "sector"]
JOIN: Final = ", "


def stakes(compiled: Compiled, world: World, parts: Mapping[str, float]) -> dict[str, float]:
    """Stake of each measure; `parts` are the weights in what measures do together."""
    cells, out = compiled.cells, dict[str, float]()
    if not len(cells):
        return out
    sizes = cells.assign(stake=_size(cells, world))
    sums = sizes.groupby(["measure", "instrument"], as_index=False)["stake"].sum()
    for names, kind, value in sums.itertuples(index=False):
        makers = str(names).split(JOIN)
        known = {name: parts.get(name, 0.0) for name in makers}
        total = sum(known.values())
        for name in makers:
            alike = kind in RATES or total == 0
            share = 1 / len(makers) if alike else known[name] / total
            out[name] = out.get(name, 0.0) + float(value) * share
    return out


def joint_parts(scenario: Scenario, world: World, day: date) -> dict[str, float]:
    """Weights of the measures that make a layer of costs together: what is missing without each.

    A measure that the others cannot do without (a rail that they use) counts with all of it.
    """
    cells = compile_shock(world, scenario, day).cells
    if not len(cells):
        return {}
    joint = cells[cells["measure"].str.contains(JOIN) & ~cells["instrument"].isin(RATES)]
    if not len(joint):
        return {}
    names = dict.fromkeys(n for made in joint["measure"].unique() for n in made.split(JOIN))
    whole = joint.set_index(CELL)
    out = {}
    for name in names:
        rest = tuple(e for e in scenario.entries if e.name != name)
        try:
            left = compile_shock(world, replace(scenario, entries=rest), day).cells
        except ScenarioError:
            left = cells.iloc[:0]
        after = left.set_index(CELL)["after"].reindex(whole.index)
        after = after.where(after.notna(), whole["before"])
        out[name] = float((_change(after, whole["after"]) * whole["trade"]).sum())
    return out


def _change(before: pd.Series, after: pd.Series) -> pd.Series:
    """Size of a change, at most 1; to or from nothing at all is 1, of nothing to nothing 0."""
    same = before.eq(after)
    size = (after - before).abs().where(~same, 0.0)
    return size.where(np.isfinite(size), 1.0).clip(upper=1.0)


def _size(cells: pd.DataFrame, world: World) -> pd.Series:
    """Stake of each cell, mn USD."""
    size = _change(cells["before"], cells["after"]) * _value(cells, world)
    amount = (cells["after"] - cells["before"]).abs()
    return size.where(cells["instrument"].ne("transfer"), amount / 2)


def _value(cells: pd.DataFrame, world: World) -> pd.Series:
    """Return what each cell is worth before the shock: trade, output, or the external balance."""
    output = world.accounts().output
    own = {
        (region, sector): float(output[i, s])
        for i, region in enumerate(world.regions)
        for s, sector in enumerate(world.sectors)
    }
    own |= {(r, ""): float(abs(b)) for r, b in zip(world.regions, world.trade_balance, strict=True)}
    keys = zip(cells["origin"], cells["sector"], strict=True)
    values = pd.Series([own.get(key, 0.0) for key in keys], index=cells.index)
    return cells["trade"].where(cells["trade"].notna(), values)
