"""`load_market`: the bundled base years of the world oil market."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil import restrictions
from entrepot.channels.oil.data_files import table_of, yaml_of
from entrepot.channels.oil.lanes import MAINSTREAM, SHADOW, carriers_of, lanes_of, sea_cost
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.parameters import chosen
from entrepot.channels.oil.parts import Agreement, Refiner, Storing, Stream
from entrepot.core.errors import ValueRangeError

Array = npt.NDArray[np.float64]
GRADES = ("light sweet", "light sour", "medium sweet", "medium sour", "heavy sour")
LAST_BARREL = 0.95
"""Part of its price that the last barrel of the base month cost at most; assumed, 0.8 to 1."""
LEAST_LATENT = 0.3
"""kb/d below which a latent pair is left out."""


def base_years() -> tuple[int, ...]:
    """Base years that are bundled."""
    return tuple(int(y) for y in yaml_of("years.yaml"))


def load_market(year: int, **parameters: float) -> OilMarket:
    """The world oil market of a base year, monthly means of that year.

    Parameters
    ----------
    year : one of ``base_years()``
    parameters : values for names of ``numbers()``, within their ranges; central ones if left out

    """
    if year not in base_years():
        raise ValueRangeError(
            f"oil market: {year!r} is no bundled base year; there are "
            f"{', '.join(map(str, base_years()))}. Build another with OilMarket.of."
        )
    return _market(year, tuple(sorted(chosen(parameters).items())))


@lru_cache(maxsize=8)
def _market(year: int, parameters: tuple[tuple[str, float], ...]) -> OilMarket:
    """Make the market; nothing in it can be changed, so those made last are kept."""
    p, about = dict(parameters), yaml_of("years.yaml")[year]
    flow = recorded(year)
    latent = latent_trade(year, flow, p)
    own = _own(flow)
    abroad = np.where(own, 0.0, flow)
    counts = np.where(_banned(about), 0.0, latent)
    scale = 1.0 - counts.sum(axis=1) / np.maximum(abroad.sum(axis=1), 1e-9)
    flow = np.where(own, flow, flow * np.maximum(scale, 0.0)[:, None])
    made = dict(zip(yaml_of("streams.yaml"), (flow + counts).sum(axis=1), strict=True))
    price = table_of("prices.csv").set_index("stream")[str(year)]
    streams = [
        _stream(name, x, about, float(price[name]), float(made[name]), p["ramp"])
        for name, x in yaml_of("streams.yaml").items()
    ]
    return OilMarket.of(
        f"world oil {year}",
        grades=GRADES,
        streams=streams,
        refiners=_refiners(year, (flow + counts).sum(axis=0), p),
        carriers=carriers_of(year, flow),
        lanes=lanes_of(year, flow, p),
        flow=flow,
        latent=latent,
        across=p["across"],
        within=p["within"],
        reference="BRENT",
        storing=Storing(keep=p["keep"], cost=p["storing_usd"], learning=p["learning"]),
        standing=_standing(about),
        habit=p["habit"],
    )


def load_agreement(year: int, **parameters: float) -> Agreement:
    """OPEC, and with 2017 its partners: members with quotas lean against Brent's distance.

    Members under sanctions have no quota to raise.  `parameters` as in `load_market`.
    """
    market, p = load_market(year, **parameters), chosen(parameters)
    apart = yaml_of("years.yaml")[year].get("apart", ())
    members = tuple(s.name for s in market.streams if np.isfinite(s.quota) and s.name not in apart)
    brent = float(yaml_of("years.yaml")[year]["brent"])
    return Agreement(members, brent * (1 - p["band"]), brent * (1 + p["band"]), p["step"])


def recorded(year: int) -> Array:
    """Trade of the base year as built, own refining too: (stream, refiner), kb/d."""
    rows = table_of(f"base_{year}.csv").pivot(index="stream", columns="refiner", values="kbd")
    rows = rows.reindex(index=list(yaml_of("streams.yaml")), columns=list(yaml_of("refiners.yaml")))
    return rows.fillna(0.0).to_numpy(dtype=np.float64)


def latent_trade(year: int, flow: Array, p: Mapping[str, float]) -> Array:
    """What pairs without trade count for: (stream, refiner), kb/d.

    A part of what the totals of both sides suggest, less where freight is above the stream's mean,
    by the elasticity among streams.
    """
    abroad = np.where(_own(flow), 0.0, flow)
    expected = np.outer(abroad.sum(axis=1), abroad.sum(axis=0)) / abroad.sum()
    freight = sea_cost(p)
    known = np.where(np.isfinite(freight), abroad, 0.0)
    mean = (known * np.where(np.isfinite(freight), freight, 0.0)).sum(axis=1)
    mean = mean / np.maximum(known.sum(axis=1), 1e-9)
    spread = float(yaml_of("years.yaml")[year]["brent"]) / p["within"]
    out = p["latent"] * expected * np.exp(-(freight - mean[:, None]) / spread)
    closed = (flow > 0) | (out < LEAST_LATENT) | _never(year, flow)
    return np.where(closed, 0.0, out)


def _never(year: int, flow: Array) -> npt.NDArray[np.bool_]:
    """Pairs that trade at no price."""
    ways = yaml_of("ways.yaml")
    streams, refiners = list(yaml_of("streams.yaml")), list(yaml_of("refiners.yaml"))
    out = np.zeros(flow.shape, dtype=bool)
    for refiner, sellers in ways["never"].items():
        out[[streams.index(s) for s in sellers], refiners.index(refiner)] = True
    out[[streams.index(s) for s in ways["held"].get(year, ())]] = True
    return out


def _banned(about: Mapping[str, Any]) -> npt.NDArray[np.bool_]:
    """Pairs without a pipe that a standing ban closes altogether: (stream, refiner)."""
    streams, refiners = list(yaml_of("streams.yaml")), list(yaml_of("refiners.yaml"))
    out = np.zeros((len(streams), len(refiners)), dtype=bool)
    for x in about.get("standing", ()):
        whole = {MAINSTREAM, SHADOW} <= set(x.get("carriers", (MAINSTREAM, SHADOW)))
        if x["kind"] == "Ban" and whole and not x.get("waivers"):
            out[np.ix_([streams.index(s) for s in x["streams"]],
                       [refiners.index(r) for r in x["refiners"]])] = True  # fmt: skip
    return out


def _own(flow: Array) -> npt.NDArray[np.bool_]:
    """Pairs of a stream and the refiners of the same economies."""
    streams, refiners = yaml_of("streams.yaml").values(), yaml_of("refiners.yaml").values()
    return np.array([[bool(set(s["economies"]) & set(r["economies"])) for r in refiners]
                     for s in streams]).reshape(flow.shape)  # fmt: skip


def _stream(
    name: str,
    x: Mapping[str, Any],
    about: Mapping[str, Any],
    price: float,
    made: float,
    ramp: float,
) -> Stream:
    spare = float(about["spare"].get(name, 1.0))
    storage, fob = float(x.get("storage", 0.0)), float(about["brent"]) * price
    return Stream(
        name=name,
        producer=x["economies"][0],
        grade=x["grade"],
        fob=fob,
        capacity=made * spare,
        cost=(float(x["cost"][0]), min(float(x["cost"][1]), LAST_BARREL * fob)),
        quota=made if spare > 1.0 else np.inf,
        decline=float(x["decline"]),
        ramp=ramp * made,
        storage=storage,
        storage_carrier=SHADOW if storage else "",
        wedge=float(about.get("wedge", {}).get(name, 0.0)),
    )


def _refiners(year: int, runs: Array, p: Mapping[str, float]) -> list[Refiner]:
    """Refiners with their capacity; China's is shared as its runs are."""
    table = table_of(f"refining_{year}.csv")
    known = dict(zip(table["refiner"], table["kbd"].astype(float), strict=True))
    names = list(yaml_of("refiners.yaml"))
    china = [k for k, name in enumerate(names) if name.startswith("CHN-")]
    share = {names[k]: runs[k] / runs[china].sum() for k in china}
    out = []
    for k, name in enumerate(names):
        most = p["utilisation"] * known.get(name, 0.0) * share.get(name, 1.0)
        out.append(Refiner(name, p["demand"], max(most, p["room"] * float(runs[k]))))
    return out


def _standing(about: Mapping[str, Any]) -> tuple[restrictions.Restriction, ...]:
    """Restrictions of the base month, as the data name them."""
    return tuple(
        getattr(restrictions, x["kind"])(
            **{k: tuple(v) if isinstance(v, list) else v for k, v in x.items() if k != "kind"}
        )
        for x in about.get("standing", ())
    )
