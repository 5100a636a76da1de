"""Every preset against every scenario of the library and large shocks, on the bundled worlds."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from table import Row, row, show
from worlds import banned, embargo

import entrepot as ep

BOUND = 100.0
"""Milliseconds, warm: short enough to try one thing after another."""
HORIZONS = ("very_short_run", 3, "short_run", 30, "medium_run", "long_run")
"""Presets by name, and months between them."""
WORLDS = ("2017", "2023")
SLOW = 5.0
"""Seconds of wall time after which a solve of this table is stopped."""
REFUSED = (ep.Verdict.IMPOSSIBLE, ep.Verdict.NOT_PAYABLE, ep.Verdict.OUT_OF_RANGE)
"""Verdicts that say why there is no result; any other without one is a failure."""
Case = tuple[str, ep.Shock, str]


def _capacity(world: ep.World, region: str, sector: str | None) -> ep.Shock:
    """Half of the capacity of a region lost, in one sector or in all."""
    productivity = np.ones((len(world.regions), len(world.sectors)))
    s = slice(None) if sector is None else world.sectors.index(sector)
    productivity[world.regions.index(region), s] = 0.5
    return ep.Shock(productivity=productivity)


def large(world: ep.World) -> Iterator[Case]:
    """Embargoes, bans, tariffs and losses of capacity that no library holds."""
    each = slice(None)
    abroad = ~np.eye(len(world.regions), dtype=bool)[:, :, None]
    for name in ("IRN", "RUS", "DEU", "SAU"):
        i = world.regions.index(name)
        yield f"{name}: nobody buys", banned(world, i), "fixed"
        yield f"{name}: nobody sells", banned(world, each, i), "fixed"
        yield f"{name}: nobody buys crude", embargo(world, name, "crude"), "fixed"
    for name in ("crude", "electronics"):
        sector = world.sectors.index(name)
        yield f"{name}: no trade", banned(world, each, each, sector), "fixed"
    yield "tariffs + 20 points", ep.Shock(tariff=world.tariff + 0.2 * abroad), "fixed"
    yield "trade costs + 10 %", ep.Shock(trade_cost=np.where(abroad, 1.1, 1.0)
                                         * np.ones(world.tariff.shape)), "fixed"  # fmt: skip
    yield "SAU: half of crude lost", _capacity(world, "SAU", "crude"), "fixed"
    yield "UKR: half of capacity lost", _capacity(world, "UKR", None), "fixed"


def cases(world: ep.World) -> list[Case]:
    """Every scenario of the library that the world has, and large shocks."""
    found: list[Case] = []
    for name, scenario in ep.library().items():
        compiled = ep.compile_shock(world, scenario)
        shock = compiled.shock.bind(world)
        closure = "frozen" if shock.frozen.any() else compiled.closure or "fixed"
        found.append((name, compiled.shock, closure))
    return found + list(large(world))


def _horizon(name: str | int) -> ep.Economy:
    return getattr(ep.Economy, name)() if isinstance(name, str) else ep.Economy.at(months=name)


def _without_result(ended: list[ep.Verdict]) -> str:
    """How many cases were refused by name, and how many failed."""
    refused = sum(v in REFUSED for v in ended)
    failed = sum(v is not ep.Verdict.CERTIFIED for v in ended) - refused
    parts = [(refused, "refused by name"), (failed, f"not solved in {SLOW:g} s")]
    return "".join(f"; {count} {said}" for count, said in parts if count)


def presets(times: int = 3) -> list[Row]:
    """Time each preset; the row names the slowest case and how many keep the bound.

    Times are processor times, the smallest of a few.
    """
    rows = []
    options = ep.SolveOptions(max_seconds=SLOW)
    for name in WORLDS:
        world = ep.load_world(name)
        chosen = cases(world)
        for horizon in HORIZONS:
            economy = _horizon(horizon)
            ep.solve(world, economy, chosen[0][1], chosen[0][2], options)  # compiles
            taken, ended = [], []
            for what, shock, closure in chosen:
                spent = []
                for _ in range(times):
                    start = time.process_time()
                    solution = ep.solve(world, economy, shock, closure, options)
                    spent.append(1e3 * (time.process_time() - start))
                    if spent[-1] > 5 * BOUND:
                        break
                taken.append((min(spent), f"{what} ({solution.method})"))
                ended.append(solution.verdict)
            within = sum(t <= BOUND for t, _ in taken)
            slowest = max(taken)
            note = f"{slowest[1]}; {within} of {len(taken)} within the bound"
            note += f", median {np.median([t for t, _ in taken]):.0f} ms"
            note += _without_result(ended)
            label = horizon if isinstance(horizon, str) else f"{horizon} months"
            what = f"slowest case, {label}, world {name}, processor time"
            rows.append(row(what, slowest[0], "ms", BOUND, note))
    return rows


if __name__ == "__main__":
    show(presets(), as_json=False)
