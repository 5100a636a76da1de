"""Split the 21 groups into the 24 sectors: c1 into grain and the rest, c2 into crude, gas, mining.

Also raises proxied outputs that cannot hold the recorded exports.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from entrepot.world.build import assumptions as given
from entrepot.world.build.concordance import GROUPS
from entrepot.world.build.declared import Number
from entrepot.world.build.energy import Energy
from entrepot.world.build.production import Grouped, branch_of
from entrepot.world.layout import REGIONS, ROW, SECTOR_CODES, SECTORS

Array = np.ndarray
SPLIT = {"c1": ("grain", "agriculture"), "c2": ("crude", "gas", "mining")}
PARENT = {child: parent for parent, children in SPLIT.items() for child in children}
GROUP_OF_SECTOR = tuple(GROUPS.index(PARENT.get(s, s)) for s in SECTOR_CODES)
CRUDE, GAS, MINING = (SECTOR_CODES.index(s) for s in ("crude", "gas", "mining"))
GRAIN, FARM = SECTOR_CODES.index("grain"), SECTOR_CODES.index("agriculture")
CHEMICALS = SECTOR_CODES.index("chemicals")
LEAST_MINING = Number(0.02, 0.0, 0.05)
"""Mining is at least this part of c2."""
MOST_NEEDED = Number(0.9, 0.8, 1.0)
"""Exports claim at most this part of the output of the sectors that share it."""
REFINED, POWER = SECTOR_CODES.index("refined"), SECTOR_CODES.index("utilities")


@dataclass(frozen=True, slots=True)
class Outputs:
    """Targets in the 24 sectors.

    Attributes
    ----------
    output : (region, sector) mn USD
    value_added_share : (region, sector)
    observed : (region, sector) whether the output is that of an ADB table

    """

    output: Array
    value_added_share: Array
    observed: Array


def split_outputs(
    grouped: Grouped, fuel: Energy, older: Array, exports: Array, imports: Array
) -> Outputs:
    """Targets for output and value-added share (region, sector).

    Parameters
    ----------
    grouped, fuel : outputs of the groups, and energy
    older : (region,) price of crude in the year of the output structure over that of this year
    exports, imports : (region, sector) mn USD

    """
    members = np.array(GROUP_OF_SECTOR)
    output = grouped.output[:, members].copy()
    share = (grouped.value_added / np.maximum(grouped.output, 1e-9))[:, members]
    c1 = grouped.output[:, GROUPS.index("c1")]
    c2 = grouped.output[:, GROUPS.index("c2")]
    output[:, GRAIN] = _grain(c1, exports, imports)
    output[:, FARM] = c1 - output[:, GRAIN]
    output[:, CRUDE] = _crude(fuel, exports[:, CRUDE])
    output[:, GAS] = _gas(fuel, exports[:, GAS])
    output[:, MINING] = _mining(c2, older * output[:, [CRUDE, GAS]].sum(axis=1), exports)
    _raise_manufacturing(output, exports, grouped.observed)
    output[:, REFINED] /= older
    output[:, REFINED] = _refined(output, fuel, grouped.observed, exports, imports)
    share[:, CRUDE] = given.VALUE_ADDED_RATIO["crude"]
    share[:, GAS] = given.VALUE_ADDED_RATIO["gas"]
    made = (
        grouped.value_added[:, GROUPS.index("c2")]
        * output[:, [CRUDE, GAS, MINING]].sum(axis=1)
        / np.maximum(c2, 1e-9)
    )
    left = made - (output * share)[:, [CRUDE, GAS]].sum(axis=1)
    share[:, MINING] = np.clip(
        left / np.maximum(output[:, MINING], 1e-9), *given.MINING_VALUE_ADDED_BOUNDS
    )
    observed = np.repeat(grouped.observed[:, None], len(SECTOR_CODES), axis=1)
    observed[:, [GRAIN, FARM, CRUDE, GAS, MINING]] = False
    return Outputs(output, np.clip(share, 0.03, 0.97), observed)


def _grain(c1: Array, exports: Array, imports: Array) -> Array:
    """Grain is the same part of the use of c1 everywhere; output follows from trade."""
    net = exports - imports
    use = np.maximum(c1 - net[:, GRAIN] - net[:, FARM], 0.0)
    low, high = given.GRAIN_OUTPUT_BOUNDS
    made: Array = np.clip(given.GRAIN_USE_SHARE * use + net[:, GRAIN], low * c1, high * c1)
    return made


def _kept_cheap() -> Array:
    return np.array([r in given.HOME_CRUDE_LOW for r in REGIONS])


def run_at_home(fuel: Energy) -> Array:
    """(region,) crude run in refineries at the price paid at home, mn USD."""
    run: Array = fuel.crude_run * np.where(_kept_cheap(), given.HOME_CRUDE_PRICE, 1.0)
    return run


def _crude(fuel: Energy, exports: Array) -> Array:
    """Exports at their value, the rest of the quantity at the home price; producers only."""
    home = fuel.crude_at_home * np.where(_kept_cheap(), given.HOME_CRUDE_PRICE, 1.0)
    producer = fuel.crude_value > given.LEAST_PRODUCER * exports
    return np.where(producer, exports + home, fuel.crude_value)


def _gas(fuel: Energy, exports: Array) -> Array:
    """Exports at their value and the rest at the home price, up to a ceiling on the total."""
    market = max(fuel.gas_price)
    ceiling = fuel.gas * market * given.MMBTU_PER_BCM * given.GAS_EXPORT_HEADROOM
    made = np.minimum(exports + fuel.gas_at_home, ceiling + fuel.liquids)
    return np.where(fuel.gas > 0, made, 0.0)


def _refined(output: Array, fuel: Energy, observed: Array, exports: Array, imports: Array) -> Array:
    """Enough for the crude at hand everywhere; for what is run, where no table tells."""
    run = run_at_home(fuel) + given.LIQUIDS_TO_REFINING * fuel.liquids
    proxied = np.maximum(output[:, REFINED], given.REFINING_MARGIN * run)
    made = np.where(observed, output[:, REFINED], proxied)
    crude = output[:, CRUDE] - exports[:, CRUDE] + imports[:, CRUDE]
    least: Array = np.maximum(made, crude / given.CRUDE_OF_REFINED)
    return least


def _mining(c2: Array, fuels: Array, exports: Array) -> Array:
    """The rest of c2; little where an economy lives on crude and gas and sells few ores."""
    sold = exports[:, [s for s, sector in enumerate(SECTORS) if sector.traded_good]].sum(axis=1)
    led = exports[:, CRUDE] + exports[:, GAS] > given.FUEL_LED * sold
    led |= np.isin(REGIONS, given.FUEL_LED_ONCE)
    bound = np.maximum(given.MINING_WHERE_LED * c2, given.MINING_OVER_EXPORTS * exports[:, MINING])
    rest: Array = np.maximum(c2 - fuels, LEAST_MINING * c2)
    return np.where(led, np.minimum(rest, bound), rest)


def hold_exports(made: Outputs, exports: Array, room: Array) -> Outputs:
    """Raise outputs until exports (region, sector), mn USD, are at most `room` of them."""
    return replace(made, output=np.maximum(made.output, exports / room))


def _raise_manufacturing(output: Array, exports: Array, observed: Array) -> None:
    """Raise sectors that export more than they make by taking from others; totals are kept.

    Without an ADB table all manufacturing but refining shares one total; with one, only the
    sectors that customs and the tables tell apart differently.  What still does not fit is left
    to the treatment of re-exports.  Works in place.
    """
    factory = [s not in PARENT and s != "refined" and branch_of(s) == "manufacturing"
               for s in SECTOR_CODES]  # fmt: skip
    blurred = [s in given.BLURRED for s in SECTOR_CODES]
    for i, region in enumerate(REGIONS):
        if region != ROW:
            members = np.flatnonzero(blurred if observed[i] else factory)
            output[i, members] = _share_out(output[i, members], exports[i, members])


def _share_out(output: Array, exports: Array) -> Array:
    """Same total, no sector below what its exports need as far as the total allows."""
    total = float(output.sum())
    need = exports / given.EXPORT_HEADROOM
    if need.sum() > MOST_NEEDED * total:
        need = need * (MOST_NEEDED * total / need.sum())
    extra = np.maximum(output - need, 0.0)
    moved: Array = need + extra * (total - need.sum()) / max(float(extra.sum()), 1e-9)
    return moved


def domestic_use(grouped: Grouped) -> Array:
    """(region, sector) domestic sales by ADB in the group of a sector; NaN where not known."""
    return grouped.domestic[:, np.array(GROUP_OF_SECTOR)]
