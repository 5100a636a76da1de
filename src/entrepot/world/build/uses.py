"""Where each product goes: input shares and final use in the 24 sectors, before the balance."""

from __future__ import annotations

import numpy as np

from entrepot.world.build import assumptions as given
from entrepot.world.build.concordance import GROUPS
from entrepot.world.build.declared import Number
from entrepot.world.build.energy import Energy
from entrepot.world.build.production import Grouped
from entrepot.world.build.split import (
    CHEMICALS,
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
GAS_IN_POWER_BOUNDS = (Number(0.05, 0.0, 0.1), Number(0.97, 0.9, 1.0))
MOST_CRUDE_OF_INPUTS = Number(0.97, 0.9, 0.99)
"""Crude is at most this part of what refineries buy."""


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
    flows[:, :, POWER] = _power(flows[:, :, POWER], fuel, gas_bought)
    liquids = given.LIQUIDS_TO_CHEMICALS * fuel.liquids
    flows[:, :, CHEMICALS] = _at_least(GAS, liquids, flows[:, :, CHEMICALS])
    return flows


def _c2_use(buyer: str, fuel: Energy, region: int) -> tuple[float, float, float]:
    """Split a purchase from c2 into crude, gas and mining."""
    if buyer == "utilities":
        gas = fuel.gas_in_power[region]
        gas = (
            given.DEFAULT_GAS_IN_POWER
            if np.isnan(gas)
            else float(np.clip(gas, *GAS_IN_POWER_BOUNDS))
        )
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
    crude = np.minimum(
        np.minimum(run, given.REFINERY_CRUDE_CEILING * output), MOST_CRUDE_OF_INPUTS * budget
    )
    coal = np.clip(dug * budget - crude, column[:, MINING], given.COAL_IN_REFINING * output)
    coal = np.minimum(coal, budget - crude)
    liquids = np.minimum(given.LIQUIDS_TO_REFINING * fuel.liquids, 0.9 * (budget - crude - coal))
    gas = np.maximum(liquids, np.minimum(column[:, GAS], 0.5 * (budget - crude - coal)))
    return _with({CRUDE: crude, MINING: coal, GAS: gas}, column, budget)


def _power(column: Array, fuel: Energy, bought: Array) -> Array:
    """Utilities take at least a part of the gas sold at home. `column` (region, input)."""
    return _at_least(GAS, given.GAS_TO_UTILITIES * (fuel.gas_at_home_dry + bought), column)


def _at_least(place: int, wanted: Array, column: Array) -> Array:
    """Raise one input of a column (region, input), up to a part of all its inputs."""
    budget = column.sum(axis=1)
    bounded = np.minimum(wanted, given.GAS_IN_INPUTS * budget)
    return _with({place: np.maximum(bounded, column[:, place])}, column, budget)


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


def final_use(tech: Technology, grouped: Grouped, made: Outputs, fuel: Energy, exports: Array,
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
    most = given.HOUSEHOLD_GAS * (fuel.gas_at_home_dry + imports[:, GAS])
    gas = np.minimum(given.C2_USE["final"][1] * dug, most)
    out[:, CRUDE], out[:, GAS] = 0.0, gas
    out[:, MINING] = np.minimum(dug - gas, given.MINING_TO_FINAL * (home + imports)[:, MINING])
    return out
