"""A world of five economies and the oil market that belongs to it, small enough for tests.

The world has the shape of those in `worlds`, whose compiled code it shares, and the crude trade of
the market, barrel by barrel.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from entrepot.channels.oil import Carrier, Lane, OilMarket, Refiner, Stream
from entrepot.world.iot import from_iot
from entrepot.world.world import World

REGIONS = ("AAA", "BBB", "CCC", "DDD", "EEE")
SECTORS = ("tools", "crude", "refined", "transport")
CRUDE = 1
FLOW = np.array([[200.0, 0.0, 450.0, 350.0, 60.0], [0.0, 500.0, 700.0, 800.0, 90.0]])
FOB = (80.0, 75.0)
FREIGHT = {("A", "AAA"): 0.5, ("B", "BBB"): 0.5, ("A", "CCC"): 1.0, ("A", "DDD"): 2.0,
           ("B", "CCC"): 2.0, ("B", "DDD"): 1.5, ("A", "EEE"): 1.5, ("B", "EEE"): 1.0}  # fmt: skip
YEAR = 0.365
"""From kb/d and USD a barrel to mn USD a year."""


def market(**other: Any) -> OilMarket:
    """Two sellers and five refiners, one in each economy; two fleets, the second 1 USD dearer."""
    lanes = []
    for (s, r), cost in FREIGHT.items():
        if r[0] == s:
            lanes.append(Lane(s, r, "home", cost))
            continue
        for fleet, extra in (("mainstream", 0.0), ("shadow", 1.0)):
            lanes.append(Lane(s, r, fleet, cost + extra, 20.0 + 10.0 * cost))
    made = FLOW.sum(axis=1)
    given: dict[str, Any] = {
        "grades": ["light", "heavy"],
        "streams": [Stream("A", "AAA", "light", FOB[0], made[0], (20.0, 60.0)),
                    Stream("B", "BBB", "heavy", FOB[1], 1.1 * made[1], (10.0, 50.0),
                           quota=made[1])],
        "refiners": [Refiner(r, 0.3) for r in REGIONS],
        "carriers": [Carrier("mainstream", "fleet", 200.0), Carrier("shadow", "fleet", 40.0),
                     Carrier("home", "home")],
        "lanes": lanes,
        "flow": FLOW,
    }  # fmt: skip
    return OilMarket.of("five", **(given | other))


def crude() -> np.ndarray:
    """Crude trade of the market's base month, mn USD a year: (origin, dest)."""
    out = np.zeros((len(REGIONS), len(REGIONS)))
    for (stream, refiner), cost in FREIGHT.items():
        k, j = "AB".index(stream), REGIONS.index(refiner)
        out[k, j] = FLOW[k, j] * (FOB[k] + cost) * YEAR
    return out


def world(**other: Any) -> World:
    """Five economies; the first two make crude, all refine it for their own makers of tools."""
    n, s = len(REGIONS), len(SECTORS)
    rng = np.random.default_rng(3)
    oil = crude()
    flows, final = np.zeros((n, s, n, s)), np.zeros((n, s, n))
    flows[:, 1, :, 2] = oil
    size = np.array([8e4, 1e5, 3e5, 2.5e5, 1e5])
    for j in range(n):
        flows[j, 2, j, 0] = 1.2 * oil[:, j].sum()
        final[j, 2, j] = 0.25 * oil[:, j].sum()
        tools = rng.uniform(0.02, 0.1, n) * size + np.eye(n)[j] * size
        final[:, 0, j] = 0.6 * tools
        flows[:, 0, j, 0] = 0.3 * tools
        flows[:, 0, j, 1] = 0.2 * oil[j].sum() * tools / tools.sum()
        flows[:, 3, j, 0] = 0.02 * tools + 0.03 * tools.sum() * np.eye(n)[j]
        final[:, 3, j] = 0.03 * tools
    given: dict[str, Any] = {
        "regions": REGIONS,
        "sectors": SECTORS,
        "theta": np.array([4.0, 10.0, 6.0, 4.0]),
        "name": "five",
        "year": 2017,
        "uses": "pooled",
    }
    return from_iot(flows.reshape(n * s, n * s), final.reshape(n * s, n), **(given | other))
