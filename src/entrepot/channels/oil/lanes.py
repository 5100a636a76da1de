"""Lanes and carriers of the bundled market: two fleets, pipes, home, and over land."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.data_files import table_of, yaml_of
from entrepot.channels.oil.parts import Carrier, Lane

Array = npt.NDArray[np.float64]
MAINSTREAM: Final = "mainstream"
SHADOW: Final = "shadow"
HOME: Final = "home"
LAND: Final = "over land"
LAND_USD: Final = 4.0
"""Rail, barge or a pipe that has no line of its own, USD a barrel; assumed, 2 to 8."""
KM_PER_KNOT_DAY: Final = 1.852 * 24.0
SANCTIONED: Final = ("RUS", "IRN", "VEN", "SYR")
"""Whose crude the shadow fleet carries."""


def carriers_of(year: int) -> list[Carrier]:
    """Fleets with the year's capacity, pipes, and ways without a limit."""
    about, k = yaml_of("years.yaml")[year], list(yaml_of("years.yaml")).index(year)
    pipes = yaml_of("ways.yaml")["pipelines"]
    return [
        Carrier(MAINSTREAM, "fleet", float(about["mainstream"])),
        Carrier(SHADOW, "fleet", float(about["shadow"])),
        Carrier(HOME, "home"),
        Carrier(LAND, "home"),
        *[Carrier(name, "pipeline", float(x["kbd"][k])) for name, x in pipes.items()],
    ]


def voyages(p: Mapping[str, float]) -> Array:
    """Days there and back: (stream, refiner); infinite where there is no sea way."""
    km = table_of("sea_km.csv").pivot(index="stream", columns="refiner", values="km")
    km = km.reindex(index=list(yaml_of("streams.yaml")), columns=list(yaml_of("refiners.yaml")))
    days = 2.0 * km.to_numpy(dtype=np.float64) / (p["speed"] * KM_PER_KNOT_DAY) + p["port_days"]
    return np.where(np.isfinite(days), days, np.inf)


def sea_cost(p: Mapping[str, float]) -> Array:
    """Freight by the mainstream fleet: (stream, refiner), USD a barrel."""
    ship = np.array([float(x.get("ship", 1.0)) for x in yaml_of("streams.yaml").values()])
    return np.asarray(p["port_usd"] + p["day_rate"] * ship[:, None] * voyages(p))


def lanes_of(year: int, flow: Array, p: Mapping[str, float]) -> list[Lane]:
    """All lanes of a base year; `flow` (stream, refiner) is its trade, kb/d."""
    out = [*_at_home(), *_pipes(), *_by_sea(p)]
    joined = {(x.stream, x.refiner) for x in out if x.carrier in (MAINSTREAM, HOME)}
    pipe: dict[tuple[str, str], float] = {}
    for carrier, x in zip(carriers_of(year)[4:], yaml_of("ways.yaml")["pipelines"].values(),
                          strict=True):  # fmt: skip
        pipe[x["stream"], x["refiner"]] = carrier.capacity
    streams, refiners = list(yaml_of("streams.yaml")), list(yaml_of("refiners.yaml"))
    for v, j in np.argwhere(flow > 0):
        pair = (streams[v], refiners[j])
        if pair not in joined and flow[v, j] > pipe.get(pair, 0.0):
            out.append(Lane(*pair, LAND, LAND_USD))
    return out


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
