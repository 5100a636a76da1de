"""From restrictions to plain arrays: what is open, dearer, limited or capped in a month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.limit_checks import problems_of
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.relief import in_force
from entrepot.channels.oil.restrictions import (
    Ban,
    CapacityGain,
    CapacityLoss,
    DemandShift,
    Designation,
    Detour,
    ImportQuota,
    NoInvestment,
    PriceCap,
    ProductionCut,
    RefiningCapacity,
    Relief,
    Restriction,
    RiskDiscount,
    ServiceBan,
    VesselGain,
)
from entrepot.core.errors import ValueRangeError

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A limit on the sum of some lanes, kb/d.

    Attributes
    ----------
    name : what to call it
    lanes : positions of the lanes
    kbd : the limit

    """

    name: str
    lanes: Places
    kbd: float


@dataclass(slots=True)
class Limits:
    """Arrays of one month; L lanes, V streams, J refiners, C carriers.

    Attributes
    ----------
    stream, refiner, carrier : (L,) positions of each lane's ends and way
    open : (L,) whether the lane may be used
    cost, risk, days : (L,) freight and risk discount, USD a barrel; vessel days
    capped : (L,) whether the lane needs the attestation
    cap : (V,) cap on the price of the stream, USD a barrel; infinite without one
    capacity, quota, ceiling : (V,) what can be and what may be produced, and the less of both, kb/d
    carry : (C,) capacity of carriers
    demand : (J,) hat of demand
    refining : (J,) what refiners can run, kb/d
    habit : (V, J) log of what habits make of the base month's weights
    ceilings : limits on sums of lanes
    why : lane -> restriction that closed it

    """

    stream: Places
    refiner: Places
    carrier: Places
    open: Flags
    cost: Array
    risk: Array
    days: Array
    capped: Flags
    cap: Array
    capacity: Array
    quota: Array
    ceiling: Array
    carry: Array
    demand: Array
    refining: Array
    habit: Array
    ceilings: list[Ceiling] = field(default_factory=list)
    why: dict[int, str] = field(default_factory=dict)


def limits(market: OilMarket, restrictions: Sequence[Restriction] = ()) -> Limits:
    """Put all restrictions of a month together; order does not matter.

    Raises
    ------
    ValueRangeError : a restriction names what is not there, or has a number that cannot be

    """
    found = problems_of(market, restrictions)
    if found:
        raise ValueRangeError.collect("oil market, restrictions of a month", found)
    out = _free(market)
    base = (market.flow + market.latent).sum(axis=1)
    for r in sorted(in_force(market, restrictions), key=_late):
        _apply(market, out, r, base)
    out.ceiling = np.minimum(out.capacity, out.quota)
    return out


def _late(r: Restriction) -> int:
    """Gains come first, so that losses to zero and levels do not depend on the order."""
    return {VesselGain: -1, ProductionCut: 1}.get(type(r), 0)


def _free(market: OilMarket) -> Limits:
    at = {s: k for k, s in enumerate(market.stream_names)}
    to = {r: k for k, r in enumerate(market.refiner_names)}
    by = {c.name: k for k, c in enumerate(market.carriers)}
    lanes = market.lanes
    return Limits(
        stream=np.array([at[x.stream] for x in lanes], dtype=np.intp),
        refiner=np.array([to[x.refiner] for x in lanes], dtype=np.intp),
        carrier=np.array([by[x.carrier] for x in lanes], dtype=np.intp),
        open=np.ones(len(lanes), dtype=bool),
        cost=np.array([x.cost for x in lanes], dtype=np.float64),
        risk=np.zeros(len(lanes)),
        days=np.array([x.days for x in lanes], dtype=np.float64),
        capped=np.zeros(len(lanes), dtype=bool),
        cap=np.full(len(market.streams), np.inf),
        capacity=market.column("capacity"),
        quota=market.column("quota"),
        ceiling=market.column("ceiling"),
        carry=np.array([c.capacity for c in market.carriers], dtype=np.float64),
        demand=np.ones(len(market.refiners)),
        refining=np.array([r.runs_limit for r in market.refiners], dtype=np.float64),
        habit=np.zeros(market.flow.shape),
    )


def picked(market: OilMarket, names: Sequence[str]) -> Flags:
    """Streams that are named, or whose producer is: (V,); all if nothing is named."""
    wanted = set(names)
    return np.array([not wanted or s.name in wanted or s.producer in wanted
                     for s in market.streams])  # fmt: skip


def _among(labels: Sequence[str], names: Sequence[str]) -> Flags:
    return np.array([not names or label in names for label in labels])


def _lanes(
    market: OilMarket,
    out: Limits,
    streams: Sequence[str],
    refiners: Sequence[str] = (),
    carriers: Sequence[str] = (),
) -> Flags:
    ways = [c.name for c in market.carriers]
    chosen: Flags = (
        picked(market, streams)[out.stream]
        & _among(market.refiner_names, refiners)[out.refiner]
        & _among(ways, carriers)[out.carrier]
    )
    return chosen


def _apply(market: OilMarket, out: Limits, r: Restriction, base: Array) -> None:
    match r:
        case Ban():
            _ban(market, out, r)
        case ServiceBan():
            chosen = _lanes(market, out, r.streams, (), r.carriers)
            _close(out, np.flatnonzero(chosen), "service ban")
        case PriceCap():
            chosen, streams = _lanes(market, out, r.streams, (), r.carriers), r.streams
            out.capped |= chosen
            out.cost[chosen] += r.attestation
            which = picked(market, streams)
            out.cap[which] = np.minimum(out.cap[which], r.usd)
        case Designation():
            k = [c.name for c in market.carriers].index(r.carrier)
            out.carry[k] = max(out.carry[k] - r.vessels, 0.0)
        case VesselGain():
            out.carry[[c.name for c in market.carriers].index(r.carrier)] += r.vessels
        case RiskDiscount():
            out.risk[_lanes(market, out, r.streams, r.refiners)] += r.usd
        case ImportQuota():
            _quota(market, out, r)
        case CapacityLoss():
            out.capacity[picked(market, r.streams)] *= 1.0 - r.share
        case CapacityGain():
            which = picked(market, r.streams)
            out.capacity[which] *= 1.0 + r.share
            out.quota[which] *= 1.0 + r.share
        case ProductionCut():
            which = picked(market, r.streams)
            out.quota[which] = np.minimum(out.quota[which], r.share * base[which])
        case DemandShift():
            out.demand[_among(market.refiner_names, r.refiners)] *= r.hat
        case RefiningCapacity():
            out.refining[_among(market.refiner_names, r.refiners)] *= r.hat
        case NoInvestment() | Relief():
            pass  # they act from month to month (`path`), and on other restrictions (`relief`)
        case Detour():
            chosen = _lanes(market, out, r.streams, r.refiners, r.carriers)
            out.days[chosen] += r.days
            out.cost[chosen] += r.usd


def _close(out: Limits, lanes: Places, why: str) -> None:
    out.open[lanes] = False
    for lane in lanes:
        out.why.setdefault(int(lane), why)


def _leave(out: Limits, lanes: Places, kbd: float, limit: str, why: str) -> None:
    """Limit the sum of lanes; close them if nothing is left."""
    if kbd > 0:
        out.ceilings.append(Ceiling(limit, lanes, kbd))
    else:
        _close(out, lanes, why)


def _ban(market: OilMarket, out: Limits, r: Ban) -> None:
    chosen = _lanes(market, out, r.streams, r.refiners, r.carriers)
    for j in np.unique(out.refiner[chosen]):
        name = market.refiner_names[j]
        here = np.flatnonzero(chosen & (out.refiner == j))
        sellers = np.unique(out.stream[here])
        left = (1.0 - r.share) * float(market.flow[sellers, j].sum()) + r.waivers.get(name, 0.0)
        who = ", ".join(r.streams) or "all streams"
        _leave(out, here, left, f"what the ban on {who} leaves {name}", f"ban on {who}")


def _quota(market: OilMarket, out: Limits, r: ImportQuota) -> None:
    chosen = _lanes(market, out, r.streams, r.refiners)
    groups = [np.unique(out.refiner[chosen])]
    if not r.together:
        groups = [groups[0][k : k + 1] for k in range(len(groups[0]))]
    for group in groups:
        here = np.flatnonzero(chosen & np.isin(out.refiner, group))
        name = ", ".join(market.refiner_names[j] for j in group)
        _leave(out, here, r.kbd, f"import quota of {name}", f"import quota of {name}")
