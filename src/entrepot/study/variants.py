"""Which elasticities and which behaviour the range of a run is made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date as Date
from typing import NamedTuple

import pandas as pd

from entrepot.channels import CASES, Case, Compiled, compile_shock
from entrepot.model.economy import Economy
from entrepot.model.preset_file import PRESET_NAMES
from entrepot.model.presets import SYMBOLS, Preset
from entrepot.model.shock import BoundShock
from entrepot.scenario.book import Scenario
from entrepot.study.oil_answer import oil_mark
from entrepot.world.world import World

LONG_RUN = PRESET_NAMES[-1]
TOGETHER = ("central", "all low", "all high")
"""Sets of elasticities that are also combined with the ends of behaviour."""


class Variant(NamedTuple):
    """One combination of elasticities and behaviour.

    Attributes
    ----------
    elasticities, behaviour : which end of the ranges
    economy, compiled, shock : what is solved

    """

    elasticities: str
    behaviour: Case
    economy: Economy
    compiled: Compiled
    shock: BoundShock

    @property
    def label(self) -> str:
        """As words."""
        return f"elasticities {self.elasticities}, behaviour {self.behaviour}"


def economies(world: World) -> dict[Case, Economy]:
    """Low, central and high set of trade elasticities of `world`; central alone if it has none."""
    central = Economy.long_run()
    if world.theta_range is None:
        return {"central": central}
    low, high = (Economy.long_run(theta=row) for row in world.theta_range)
    return {"central": central, "low": low, "high": high}


def is_long_run(preset: Preset) -> bool:
    """Whether the values of `preset` are those of Caliendo and Parro (2015)."""
    usual = Economy.long_run()
    return all(p.value == getattr(usual, name) for name, p in preset.parameters.items())


def preset_economies(world: World, preset: Preset) -> dict[str, Economy]:
    """Economies at the ends of the ranges of `preset`, one range at a time and all together.

    In the long run only the trade elasticities move (`economies`).  At any other time each
    parameter of the preset goes to its low and to its high, then the trade elasticities of
    the world, then all of them at once.
    """
    if is_long_run(preset):
        return {str(name): economy for name, economy in economies(world).items()}
    ends = dict(zip(("low", "high"), world.theta_range if world.theta_range is not None
                    else (None, None), strict=True))  # fmt: skip
    found = {"central": Economy.from_preset(preset)}
    for end, theta in ends.items():
        moved = preset.low if end == "low" else preset.high
        if theta is not None:
            found[f"theta {end}"] = Economy.from_preset(preset, theta)
        found |= {f"{name} {end}": Economy.from_preset(moved(name)) for name in SYMBOLS}
        found[f"all {end}"] = Economy.from_preset(moved(), theta)
    return found


def varied(preset: Preset) -> tuple[str, ...]:
    """Parameters whose ranges `preset_economies` moves."""
    return ("theta",) if is_long_run(preset) else ("theta", *SYMBOLS)


def variants(
    world: World, scenario: Scenario, day: Date | None, preset: Preset, years: float | None = None
) -> Iterator[Variant]:
    """Distinct combinations of elasticities and behaviour, the central one first.

    In the long run every set of elasticities meets every behaviour; at other times only those of
    `TOGETHER` meet the ends of behaviour.  `years` as of `compile_shock`.
    """
    seen: set[tuple[str, str, str]] = set()
    order: tuple[Case, ...] = ("central", *(c for c in CASES if c != "central"))
    sets, partial = preset_economies(world, preset), not is_long_run(preset)
    marks = {name: economy.hash(world) for name, economy in sets.items()}
    for behaviour in order:
        compiled = compile_shock(world, scenario, day, case=behaviour, years=years)
        bound = compiled.bind(world)
        shock, oil = bound.hash(), oil_mark(compiled)
        for name, economy in sets.items():
            if behaviour != "central" and partial and name not in TOGETHER:
                continue
            key = (marks[name], shock, oil)
            if key not in seen:
                seen.add(key)
                yield Variant(name, behaviour, economy, compiled, bound)


def elasticity_table(world: World, preset: Preset) -> pd.DataFrame:
    """Elasticities used, with ranges and sources.

    Columns ``parameter``, ``symbol``, ``where`` (sector, or "all"), ``value``, ``low``, ``high``,
    ``unit``, ``source``, and ``varied``: whether the range of a run moves it.  The trade
    elasticities are those of the long run; those used are ``theta_ratio`` times as large.
    """
    moved = varied(preset)
    frame = preset.table().reset_index()
    rows = [{**row, "where": "all"} for row in frame.to_dict(orient="records")]
    if world.theta is not None:
        about = world.sources.get("elasticities", {})
        source = str(about.get("citation") or about.get("title") or f"world '{world.name}'")
        low, high = world.theta_range if world.theta_range is not None else [world.theta] * 2
        rows += [
            {"parameter": "theta", "symbol": "θ", "where": sector, "value": float(value),
             "low": float(a), "high": float(b), "unit": "exponent on costs", "source": source}
            for sector, value, a, b in zip(world.sectors, world.theta, low, high, strict=True)
        ]  # fmt: skip
    table = pd.DataFrame(rows)
    table["varied"] = table["parameter"].isin(moved)
    columns = ["parameter", "symbol", "where", "value", "low", "high", "unit", "source", "varied"]
    return table[columns]
