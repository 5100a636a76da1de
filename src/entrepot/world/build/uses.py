"""Where each product goes: input shares and final use in the 24 sectors, before the balance."""

from __future__ import annotations

import numpy as np

from entrepot.world.build import assumptions as given
from entrepot.world.build.concordance import GROUPS
from entrepot.world.build.energy import Energy
from entrepot.world.build.production import Grouped
from entrepot.world.build.split import (
    CRUDE,
    FARM,
    GAS,
    GRAIN,
    GROUP_OF_SECTOR,
    MINING,
    POWER,
    REFINED,
    SPLIT,
    Outputs,
    run_at_home,
)
from entrepot.world.build.technology import Technology
from entrepot.world.layout import REGIONS, SECTOR_CODES

Array = np.ndarray


def inputs(tech: Technology, made: Outputs, fuel: Energy, gas_bought: Array) -> Array:
    """(region, input, sector) target of intermediate use, mn USD.

    Parameters
    ----------
    tech, made, fuel : technology, outputs and energy of the year
    gas_bought : (region,) imports of gas, mn USD

    """
    members = np.array(GROUP_OF_SECTOR)
    composition = tech.composition[:, :, members]
    out = composition[:, members, :].copy()
    for k in range(len(SECTOR_CODES)):
        buyer = GROUPS[members[k]]
        c1, c2 = (composition[:, GROUPS.index(g), k] for g in SPLIT)
        grain = given.C1_GRAIN_USE.get(buyer, given.C1_GRAIN_USE["other"])
        out[:, GRAIN, k], out[:, FARM, k] = grain * c1, (1 - grain) * c1
        parts = np.array([_c2_use(buyer, fuel, i) for i in range(len(REGIONS))])
        for place, column in zip((CRUDE, GAS, MINING), parts.T, strict=True):
            out[:, place, k] = column * c2
    flows: Array = out * ((1 - made.value_added_share) * made.output)[:, None, :]
    dug = composition[:, GROUPS.index("c2"), REFINED]
    flows[:, :, REFINED] = _refining(flows[:, :, REFINED], made, fuel, dug)
    flows[:, :, POWER] = _power(flows[:, :, POWER], made, fuel, gas_bought)
    return flows


def _c2_use(buyer: str, fuel: Energy, region: int) -> tuple[float, float, float]:
    """Split a purchase from c2 into crude, gas and mining."""
    if buyer == "utilities":
        gas = fuel.gas_in_power[region]
        gas = given.DEFAULT_GAS_IN_POWER if np.isnan(gas) else float(np.clip(gas, 0.05, 0.97))
        return (0.0, gas, 1.0 - gas)
    return given.C2_USE.get(buyer, given.C2_USE["other"])


def _refining(column: Array, made: Outputs, fuel: Energy, dug: Array) -> Array:
    """Crude bought by refineries is quantity run times price.

    What they buy from c2 beyond that, `dug` (region,) being its part in all inputs, is coal for
    coke, up to a bound.  `column` (region, input).
    """
    output = made.output[:, REFINED]
    budget = (1 - made.value_added_share[:, REFINED]) * output
    run = np.where(fuel.throughput > 0, run_at_home(fuel), given.DEFAULT_CRUDE_IN_REFINING * output)
    crude = np.minimum(np.minimum(run, given.REFINERY_CRUDE_CEILING * output), 0.97 * budget)
    coal = np.clip(dug * budget - crude, column[:, MINING], given.COAL_IN_REFINING * output)
    return _with({CRUDE: crude, MINING: np.minimum(coal, budget - crude)}, column, budget)


def _power(column: Array, made: Outputs, fuel: Energy, bought: Array) -> Array:
    """Utilities take at least a part of the gas sold at home. `column` (region, input)."""
    budget = (1 - made.value_added_share[:, POWER]) * made.output[:, POWER]
    sold = given.GAS_TO_UTILITIES * (fuel.gas_at_home_dry + bought)
    gas = np.minimum(np.maximum(sold, column[:, GAS]), given.GAS_IN_UTILITIES * budget)
    return _with({GAS: np.maximum(gas, column[:, GAS])}, column, budget)


def _with(fixed: dict[int, Array], column: Array, budget: Array) -> Array:
    """Set some inputs of a column (region, input) and scale the others to the budget."""
    out: Array = column.copy()
    for place in fixed:
        out[:, place] = 0.0
    left = budget - sum(fixed.values())
    out *= (left / np.maximum(out.sum(axis=1), 1e-9))[:, None]
    for place, value in fixed.items():
        out[:, place] = value
    return out


def final_use(tech: Technology, grouped: Grouped, made: Outputs, exports: Array,
              imports: Array) -> Array:  # fmt: skip
    """(region, sector) target of final use, mn USD at user prices.

    Parameters
    ----------
    exports, imports : (region, sector) mn USD, imports with duties

    """
    members = np.array(GROUP_OF_SECTOR)
    part = tech.final_part[:, members]
    home = np.maximum(made.output - exports, 0.0)
    proxied = part * (home + imports)
    observed = grouped.domestic_final[:, members] + part * imports
    out: Array = np.where(grouped.observed[:, None], np.maximum(observed, 0.0), proxied)
    farm = np.where(
        grouped.observed[:, None], out[:, [GRAIN]] + (part * imports)[:, [FARM]],
        out[:, [GRAIN]] + out[:, [FARM]],
    )  # fmt: skip
    grain = given.C1_GRAIN_USE["final"]
    out[:, [GRAIN]], out[:, [FARM]] = grain * farm, (1 - grain) * farm
    dug = np.where(grouped.observed, out[:, MINING], out[:, [CRUDE, GAS, MINING]].sum(axis=1))
    _, gas, mining = given.C2_USE["final"]
    out[:, CRUDE], out[:, GAS], out[:, MINING] = 0.0, gas * dug, mining * dug
    return out
