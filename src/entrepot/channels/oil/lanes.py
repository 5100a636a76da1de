"""Lanes and carriers of the bundled market: two fleets, home, pipes, and ways over land."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.data_files import table_of, yaml_of
from entrepot.channels.oil.parameters import chosen
from entrepot.channels.oil.parts import Carrier, Lane
from entrepot.channels.oil.restrictions import Detour

Array = npt.NDArray[np.float64]
MAINSTREAM: Final = "mainstream"
SHADOW: Final = "shadow"
HOME: Final = "home"
LAND_USD: Final = 4.0
"""Rail, road, barge or a pipe without a line of its own, USD a barrel; assumed, 2 to 8."""
LAND_ROOM: Final = 1.2
"""Capacity of such a way over its trade of the base month; assumed, 1 to 2."""
LEAST_DETOUR: Final = 0.5
"""Days there and back below which a lane counts as no longer."""
KM_PER_KNOT_DAY: Final = 1.852 * 24.0
SANCTIONED: Final = ("RUS", "IRN", "VEN", "SYR")
"""Whose crude the shadow fleet carries."""


def carriers_of(year: int, flow: Array) -> list[Carrier]:
    """Fleets with the year's capacity, home, pipes, and ways over land."""
    about = yaml_of("years.yaml")[year]
    pipes = yaml_of("ways.yaml")["pipelines"]
    return [
        Carrier(MAINSTREAM, "fleet", float(about["mainstream"])),
        Carrier(SHADOW, "fleet", float(about["shadow"])),
        Carrier(HOME, "home"),
        *[Carrier(name, "pipeline", pipe_capacity(name, year)) for name in pipes],
        *[Carrier(name, "pipeline", kbd) for name, _, kbd in _over_land(year, flow)],
    ]


def voyages(p: Mapping[str, float], column: str = "km") -> Array:
    """Days there and back: (stream, refiner); infinite where there is no sea way."""
    km = table_of("sea_km.csv").pivot(index="stream", columns="refiner", values=column)
    km = km.reindex(index=list(yaml_of("streams.yaml")), columns=list(yaml_of("refiners.yaml")))
    days = 2.0 * km.to_numpy(dtype=np.float64) / (p["speed"] * KM_PER_KNOT_DAY) + p["port_days"]
    return np.where(np.isfinite(days), days, np.inf)


def without_suez(**parameters: float) -> tuple[Detour, ...]:
    """Detours of every lane that is longer without the Suez Canal, for a closed Red Sea.

    `parameters` as in `load_market`; the canal's pipeline beside it (Sumed) counts as closed too.
    """
    p = chosen(parameters)
    with np.errstate(invalid="ignore"):
        more = np.nan_to_num(voyages(p, "km_no_suez") - voyages(p), nan=0.0)
    ship = np.array([float(x.get("ship", 1.0)) for x in yaml_of("streams.yaml").values()])
    streams, refiners = list(yaml_of("streams.yaml")), list(yaml_of("refiners.yaml"))
    fleets = (MAINSTREAM, SHADOW)
    return tuple(
        Detour((streams[v],), (refiners[j],), fleets, days=float(more[v, j]),
               usd=float(p["day_rate"] * ship[v] * more[v, j]))
        for v, j in np.argwhere(more > LEAST_DETOUR)
    )  # fmt: skip


def sea_cost(p: Mapping[str, float]) -> Array:
    """Freight by the mainstream fleet: (stream, refiner), USD a barrel."""
    ship = np.array([float(x.get("ship", 1.0)) for x in yaml_of("streams.yaml").values()])
    return np.asarray(p["port_usd"] + p["day_rate"] * ship[:, None] * voyages(p))


def lanes_of(year: int, flow: Array, p: Mapping[str, float]) -> list[Lane]:
    """All lanes of a base year; `flow` (stream, refiner) is its trade, kb/d."""
    land = [Lane(*pair, name, LAND_USD) for name, pair, _ in _over_land(year, flow)]
    return [*_at_home(), *_pipes(), *_by_sea(p), *land]


def _over_land(year: int, flow: Array) -> Iterator[tuple[str, tuple[str, str], float]]:
    """Name, ends and capacity of ways for trade that no port and no pipe explains."""
    room: dict[tuple[str, str], float] = {}
    for name, x in yaml_of("ways.yaml")["pipelines"].items():
        room[x["stream"], x["refiner"]] = pipe_capacity(name, year)
    free = {(x.stream, x.refiner) for x in _at_home()}
    ports = [{n for n, x in yaml_of(f).items() if "port" in x}
             for f in ("streams.yaml", "refiners.yaml")]  # fmt: skip
    streams, refiners = list(yaml_of("streams.yaml")), list(yaml_of("refiners.yaml"))
    for v, j in np.argwhere(flow > 0):
        pair = (streams[v], refiners[j])
        by_sea = pair[0] in ports[0] and pair[1] in ports[1]
        if pair not in free and not by_sea and flow[v, j] > room.get(pair, 0.0):
            yield f"{pair[0]} over land to {pair[1]}", pair, LAND_ROOM * float(flow[v, j])


def pipe_capacity(name: str, year: int) -> float:
    """Capacity of a pipe in a year: that of the last year from which one is given, kb/d."""
    kbd = yaml_of("ways.yaml")["pipelines"][name]["kbd"]
    return float(kbd[max(y for y in kbd if y <= year)])


def _at_home() -> Iterator[Lane]:
    usd = float(yaml_of("ways.yaml")["home_usd"])
    for stream, s in yaml_of("streams.yaml").items():
        for refiner, r in yaml_of("refiners.yaml").items():
            if set(s["economies"]) & set(r["economies"]):
                yield Lane(stream, refiner, HOME, usd)


def _pipes() -> Iterator[Lane]:
    for name, x in yaml_of("ways.yaml")["pipelines"].items():
        yield Lane(x["stream"], x["refiner"], name, float(x["usd"]))


def _by_sea(p: Mapping[str, float]) -> Iterator[Lane]:
    streams, refiners = yaml_of("streams.yaml"), list(yaml_of("refiners.yaml"))
    days, cost = voyages(p), sea_cost(p)
    home = {(x.stream, x.refiner) for x in _at_home()}
    for v, (stream, about) in enumerate(streams.items()):
        for j, refiner in enumerate(refiners):
            if not np.isfinite(days[v, j]) or (stream, refiner) in home:
                continue
            yield Lane(stream, refiner, MAINSTREAM, float(cost[v, j]), float(days[v, j]))
            if set(about["economies"]) & set(SANCTIONED):
                extra = p["shadow_usd"], p["shadow_days"]
                yield Lane(stream, refiner, SHADOW, float(cost[v, j]) + extra[0],
                           float(days[v, j]) + extra[1])  # fmt: skip
