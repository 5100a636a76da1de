"""A small world with hubs: two senders, a target, three hubs, the rest."""

from __future__ import annotations

from typing import Any

import numpy as np

from entrepot.channels import Compiled, compile_shock
from entrepot.scenario import Scenario, load_scenarios
from entrepot.world.world import World

REGIONS = ("DEU", "USA", "RUS", "ARM", "KAZ", "TUR", "ROW")
SECTORS = ("crude", "electronics", "vehicles", "finance")
BAN: dict[str, Any] = {"kind": "embargo", "senders": ["DEU", "USA"], "targets": ["RUS"],
                       "sectors": ["electronics", "vehicles"], "flow": "imports"}  # fmt: skip
OPEN: dict[str, Any] = {"kind": "evasion", "targets": ["RUS"]}


def hub_world(seed: int = 11, *, theta: bool = True, year: int = 2017) -> World:
    rng = np.random.default_rng(seed)
    n, s = len(REGIONS), len(SECTORS)
    share = rng.uniform(0.01, 0.1, (n, n, s))
    share[np.arange(n), np.arange(n)] = 1.0
    share /= share.sum(axis=0)
    return World.from_arrays(
        regions=REGIONS,
        sectors=SECTORS,
        trade_share=share,
        input_share=np.full((n, s, s), 0.5 / s),
        value_added_share=np.full((n, s), 0.5),
        final_share=np.full((n, s), 1.0 / s),
        value_added=rng.uniform(1e5, 1e6, n),
        tariff=np.zeros((n, n, s)),
        theta=np.array([8.0, 5.0, 6.0, 4.0]) if theta else None,
        balance="adjust",
        name="hubs",
        year=year,
    )


def scenario_of(**measures: dict[str, Any]) -> Scenario:
    data = {"format": "entrepot/1", "measures": measures, "scenarios": {"x": list(measures)}}
    return load_scenarios(data)["x"]


def compiled(
    world: World,
    *,
    case: Any = "central",
    years: Any = None,
    overrides: dict[str, float] | None = None,
    **measures: dict[str, Any],
) -> Compiled:
    """Compile these measures on `world`."""
    scenario = scenario_of(**measures)
    return compile_shock(world, scenario, case=case, years=years, overrides=overrides)
