"""The network of the world's economies on a day: sea legs, passages, land and inland water.

Ships sail from port to port.  A passage has four places, an entry and an exit at each gate, so
that no way turns round inside it and a closed passage is a closed link.  Loading and unloading
stand on the sea legs, at the ends that are ports.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache, lru_cache
from io import StringIO
from typing import Any, Final

import numpy as np
import pandas as pd

from entrepot.channels.routes import rates
from entrepot.channels.routes.network import Network
from entrepot.channels.routes.places import Passage, Places, data_text, gate_name, load_places
from entrepot.channels.routes.rates import Range
from entrepot.core.own_yaml import read_own

CARGOES: Final = ("container", "dry", "tanker", "products", "lng")

Row = dict[str, Any]


def atlas(day: date, cargo: str, *, borders: float = 0.0, capacities: float = 0.0) -> Network:
    """Return the bundled network as it was on `day`, for one kind of cargo.

    Parameters
    ----------
    day : links that are not built yet, or closed on it, are there with `open` False
    cargo : one of `CARGOES`; sets freight, and which links can carry it
    borders, capacities : where days at borders and capacities lie in their ranges, -1 to 1

    """
    return _atlas(day, cargo, float(borders), float(capacities))


@lru_cache(maxsize=64)
def _atlas(day: date, cargo: str, borders: float, capacities: float) -> Network:
    places = load_places()
    rows = [*_sea(places, cargo, borders), *_passages(places, cargo)]
    rows += [
        *_plain(cargo, borders, capacities),
        *_named(day, cargo, borders, capacities),
        *_pipes(cargo),
    ]
    links = pd.DataFrame(rows)
    return Network.from_tables(_nodes(places), links)


@cache
def _land() -> Mapping[str, Any]:
    return read_own(data_text("land.yaml"))


@cache
def _legs() -> tuple[tuple[str, str, float], ...]:
    table = pd.read_csv(StringIO(data_text("sea_legs.csv")), comment="#")
    return tuple(zip(table["tail"], table["head"], table["km"].astype(float), strict=True))


@cache
def link_sources() -> dict[str, str]:
    """Name of a link -> what it is and where its numbers come from."""
    out = {name: row["source"] for name, row in _land()["named"].items()}
    out |= {name: row["source"] for name, row in _land()["pipelines"].items()}
    return out | {name: p.source for name, p in load_places().passages.items()}


def _nodes(places: Places) -> pd.DataFrame:
    rows = [(p.name, p.lon, p.lat, p.kind, p.economy) for p in places.places.values()]
    for passage in places.passages.values():
        for sea, lon, lat in passage.gates:
            for end in ("in", "out"):
                name = f"{gate_name(passage.name, sea)} {end}"
                rows.append((name, lon, lat, "passage", ""))
    return pd.DataFrame(rows, columns=["name", "lon", "lat", "kind", "economy"])


def _row(name: str, ends: tuple[str, str], mode: str, km: float, cargo: str) -> Row:
    rate, (days, usd) = rates.freight(mode, cargo), rates.stop(mode)
    return {
        "name": name, "tail": ends[0], "head": ends[1], "mode": mode, "corridors": "", "km": km,
        "days": km / rates.speed(mode) + days, "border_days": 0.0, "usd": (rate or 0.0) * km + usd,
        "capacity": np.inf, "open": rate is not None, "two_way": True,
    }  # fmt: skip


def _sea(places: Places, cargo: str, borders: float) -> Iterator[Row]:
    usd, days = rates.handling(cargo)
    gates = {gate_name(n, s) for n, p in places.passages.items() for s, _, _ in p.gates}
    inside = {frozenset(gate_name(n, s) for s, _, _ in p.gates) for n, p in places.passages.items()}
    tags = _sea_tags(places)
    for one, two, km in _legs():
        if frozenset((one, two)) in inside:
            continue
        ports = [x for x in (one, two) if x not in gates]
        row = _row(f"{one} - {two}", (one, two), "sea", km, cargo)
        row["border_days"] = days.at(borders) * len(ports)
        row["usd"] += usd * len(ports)
        row["corridors"] = " ".join(tags(one, two))
        if len(ports) == 2:
            yield row
            continue
        out = [x if x not in gates else f"{x} out" for x in (one, two)]
        into = [x if x not in gates else f"{x} in" for x in (one, two)]
        yield row | {"tail": out[0], "head": into[1], "two_way": False}
        yield row | {"tail": out[1], "head": into[0], "two_way": False}


def port_tag(port: str) -> str:
    """Name of all sea legs of a port together."""
    return f"port-{port.lower().replace(' ', '-')}"


def _sea_tags(places: Places) -> Any:
    """Return a function that gives the names of the corridors that a sea leg belongs to."""
    groups = _land()["sea_corridors"]

    def match(ends: list[str], place: str) -> bool:
        return place in ends or ends == ["*"]

    def tags(one: str, two: str) -> list[str]:
        found = [
            name
            for name, (a, b) in groups.items()
            if (match(a, one) and match(b, two)) or (match(a, two) and match(b, one))
        ]
        return found + [port_tag(x) for x in (one, two) if x in places.places]

    return tags


def _passages(places: Places, cargo: str) -> Iterator[Row]:
    lengths = {frozenset((a, b)): km for a, b, km in _legs()}
    for p in places.passages.values():
        one, two = (gate_name(p.name, sea) for sea, _, _ in p.gates)
        row = _row(p.name, (one, two), "sea", lengths[frozenset((one, two))], cargo)
        row["border_days"], row["toll"] = p.days, _dues(p, cargo)
        yield row | {"tail": f"{one} in", "head": f"{two} out", "two_way": False}
        yield row | {"tail": f"{two} in", "head": f"{one} out", "two_way": False}


def _dues(passage: Passage, cargo: str) -> float:
    return passage.usd["tanker" if cargo in ("products", "lng") else cargo]


def _plain(cargo: str, borders: float, capacities: float) -> Iterator[Row]:
    for one, two, mode, km, days in _land()["plain"]:
        row = _row(f"{one} - {two}", (one, two), mode, float(km), cargo)
        yield row | {
            "border_days": rates.plain_border(float(days)).at(borders),
            "capacity": rates.plain_capacity(mode).at(capacities),
        }


def _named(day: date, cargo: str, borders: float, capacities: float) -> Iterator[Row]:
    for name, x in _land()["named"].items():
        row = _row(name, tuple(x["ends"]), x["mode"], float(x["km"]), cargo)
        row["border_days"] = _range(x["border"]).at(borders)
        row["capacity"] = _range(x["capacity"]).at(capacities)
        row["corridors"] = " ".join(x["corridors"])
        row["open"] = row["open"] and is_open(name, day)
        yield row


def is_open(name: str, day: date) -> bool:
    """Whether a named land link is open on `day`."""
    x = _land()["named"][name]
    shut = x.get("closed")
    inside = shut is not None and shut[0] <= day <= shut[1]
    if "status" in x:
        return False
    return x.get("from", date.min) <= day <= x.get("until", date.max) and not inside


def _pipes(cargo: str) -> Iterator[Row]:
    for name, x in _land()["pipelines"].items():
        row = _row(name, tuple(x["ends"]), "pipeline", float(x["km"]), cargo)
        yield row | {"capacity": float(x["capacity"]), "two_way": False, "corridors": "pipelines"}


def _range(row: Mapping[str, Any]) -> Range:
    return Range(float(row["low"]), float(row["central"]), float(row["high"]))
