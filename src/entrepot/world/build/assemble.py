"""Put trade, output, technology and final use together into one exact set of accounts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from entrepot.world.build import uses
from entrepot.world.build.balance import Book, balance
from entrepot.world.build.declared import Number
from entrepot.world.build.energy import Energy, brent, energy
from entrepot.world.build.gdp import UN_LAST_YEAR, Gdp, gdp_targets
from entrepot.world.build.production import ADB_LAST_YEAR, Grouped, grouped_accounts
from entrepot.world.build.reexports import (
    export_ceiling,
    export_ratio,
    headroom,
    net_reexports,
)
from entrepot.world.build.split import (
    CRUDE,
    GAS,
    REFINED,
    Outputs,
    domestic_use,
    hold_exports,
    run_at_home,
    split_outputs,
)
from entrepot.world.build.targets import TradeTargets
from entrepot.world.build.technology import Technology, technology
from entrepot.world.build.transit import Transit, settle_transit
from entrepot.world.layout import REGIONS, SECTOR_CODES

Array = np.ndarray
Progress = Callable[[str], None]
NEGLIGIBLE = Number(1e-8, 0.0, 1e-6)
"""Flows below this part of what the destination imports of all goods are dropped."""

IDLE_OVER_EXPORTS = Number(1.05, 1.01, 1.3)
"""Output over exports where the tables have exports without output."""
LEAST_DOMESTIC = Number(0.02, 0.005, 0.05)
"""Domestic sales are at least this part of output."""
LEAST_FINAL = Number(1e-3, 1e-4, 1e-2)
"""Final use over supply where the tables name no user."""
FIRM, KNOWN_INPUT, VALUE_ADDED = Number(0.2, 0.1, 0.5), Number(0.7, 0.3, 1.0), Number(0.4, 0.2, 1.0)
"""How freely observed outputs, crude run in refineries and value added move; other cells 1."""


@dataclass(frozen=True, slots=True)
class Targets:
    """Everything that the balance tries to reach.

    Attributes
    ----------
    flows : (origin, dest, sector) mn USD off the diagonal, re-exports netted
    netted : (region, sector) re-exports taken out, mn USD
    transit : what was done about goods that pass through without being recorded
    outputs, gdp, fuel, tech, grouped : see their modules

    """

    flows: Array
    netted: Array
    transit: tuple[Transit, ...]
    outputs: Outputs
    gdp: Gdp
    fuel: Energy
    tech: Technology
    grouped: Grouped

    @property
    def crude_run(self) -> Array:
        """(region,) crude run in refineries at the price paid at home, mn USD."""
        return run_at_home(self.fuel)


def targets(root: Path, trade: TradeTargets, tell: Progress) -> Targets:
    """Read the production side for the given trade."""
    year, flows = trade.year, trade.flows
    gdp = gdp_targets(root, year, flows.sum(axis=(1, 2)))
    tech = technology(root)
    tell(f"output and value added of {year}")
    grouped = grouped_accounts(root, year, gdp, tech)
    fuel = energy(root, year, trade.crude_kbd.sum(axis=1), trade.gas_bcm.sum(axis=1))
    older = _older_prices(root, year, grouped)
    made = split_outputs(grouped, fuel, older, flows.sum(axis=1), flows.sum(axis=0))
    ratio = export_ratio(made.output, _domestic(grouped, made))
    flows, netted = net_reexports(_prune(flows), made.output, export_ceiling(ratio, (CRUDE, GAS)))
    flows, transit = settle_transit(flows, gdp, made.output * ratio)
    exports = flows.sum(axis=1)
    made = split_outputs(grouped, fuel, older, exports, flows.sum(axis=0))
    made = hold_exports(made, exports, headroom(ratio))
    return Targets(flows, netted, transit, made, gdp, fuel, tech, grouped)


def _older_prices(root: Path, year: int, grouped: Grouped) -> Array:
    """(region,) crude price of the year of the output structure over that of `year`."""
    table, accounts = (brent(root, min(year, last)) for last in (ADB_LAST_YEAR, UN_LAST_YEAR))
    ratio: Array = np.where(grouped.observed, table, accounts) / brent(root, year)
    return ratio


def _domestic(grouped: Grouped, made: Outputs) -> Array:
    """Domestic sales where ADB observes the sector itself."""
    found: Array = np.where(made.observed, domestic_use(grouped), np.nan)
    return found


def _prune(flows: Array) -> Array:
    """Drop flows that are nothing to their destination."""
    least = NEGLIGIBLE * flows.sum(axis=(0, 2))
    kept: Array = np.where(flows >= least[None, :, None], flows, 0.0)
    return kept


def balanced(aim: Targets, tariff: Array, tell: Progress) -> list[Book]:
    """Balance every economy; `tariff` (origin, dest, sector) rates."""
    exports = aim.flows.sum(axis=1)
    imports = (aim.flows * (1 + tariff)).sum(axis=0)
    duty = (aim.flows * tariff).sum(axis=(0, 2))
    start = _start(aim, exports, imports)
    books = []
    for i, region in enumerate(REGIONS):
        value_added = aim.gdp.value[i] - duty[i]
        first = Book(start[0][i], *(a[i] for a in start[1:]))
        freedom = _freedom(aim, i)
        books.append(balance(first, freedom, exports[i], imports[i], value_added, region))
    tell("accounts of every economy balanced")
    return books


def _start(aim: Targets, exports: Array, imports: Array) -> tuple[Array, ...]:
    """Targets of inputs, value added, final use, domestic sales and output."""
    output = aim.outputs.output.copy()
    supply = np.maximum(output, exports) + imports
    inputs = uses.inputs(aim.tech, aim.outputs, aim.fuel, imports[:, GAS])
    final = uses.final_use(aim.tech, aim.grouped, aim.outputs, aim.fuel, exports, imports)
    idle = output <= 0
    output[idle & (exports > 0)] = IDLE_OVER_EXPORTS * exports[idle & (exports > 0)]
    domestic = np.maximum(output - exports, LEAST_DOMESTIC * output)
    value_added = aim.outputs.value_added_share * output
    needy = (supply > 0) & (inputs.sum(axis=2) + final <= 0)
    final[needy] = LEAST_FINAL * supply[needy]
    used = supply > 0
    return (
        np.where(used[:, :, None] & (output > 0)[:, None, :], inputs, 0.0),
        value_added,
        np.where(used, np.maximum(final, 0.0), 0.0),
        domestic,
        output,
    )


def _freedom(aim: Targets, region: int) -> Book:
    """Tau of every cell: observed outputs and values move least."""
    s = len(SECTOR_CODES)
    firm = aim.outputs.observed[region].copy()
    firm[[CRUDE, GAS]] = aim.fuel.reviewed[region]
    output = np.where(firm, FIRM, 1.0)
    inputs = np.ones((s, s))
    inputs[CRUDE, REFINED] = KNOWN_INPUT
    return Book(inputs, np.full(s, VALUE_ADDED), np.ones(s), np.ones(s), output)
