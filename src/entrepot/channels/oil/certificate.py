"""A check of a month's market by code that did not solve it: volumes, limits, prices, the cap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.base import CARRIERS, Base, usual
from entrepot.channels.oil.outcome import MonthOutcome
from entrepot.channels.oil.parts import DAYS

Array = npt.NDArray[np.float64]
PASS_VOLUME = 0.05
"""kb/d; the world runs some 80,000."""
PASS_PRICE = 3e-4
"""Part of the price of the stream or at the refinery: 2 or 3 cents a barrel."""
TRADED = 0.05
"""kb/d from which on a lane counts as used."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Largest violations of the conditions of an equilibrium.

    Attributes
    ----------
    volume : of "output and storage make sales" and of limits, kb/d
    output : of "marginal cost and rents make the price at the border", part of that price
    lanes : of "price at the border and transport are what the barrel is worth" on used lanes, part
        of the price at the refinery
    arbitrage : what could be gained on an unused lane, part of the price at the refinery
    slack : of "a limit with a rent binds": the smaller of rent and slack, part of price and limit
    signs : of "no rent is negative", part of the mean price
    storage : of "a barrel is stored or sold where it is worth more", part of the stream's price
    cap : of the rule of the price cap, part of the cap

    """

    volume: float
    output: float
    lanes: float
    arbitrage: float
    slack: float
    signs: float
    storage: float
    cap: float

    @classmethod
    def over(cls, found: Iterable[Certificate]) -> Certificate:
        """Return the largest violation of each condition in any of `found`; NaN if one is NaN."""
        return cls(*np.max([astuple(one) for one in found], axis=0).tolist())

    @property
    def ok(self) -> bool:
        """Whether volumes hold to 0.05 kb/d and prices to 0.03 %; NaN holds nothing."""
        return self.volume <= PASS_VOLUME and self.worst[1] <= PASS_PRICE

    @property
    def worst(self) -> tuple[str, float]:
        """Condition on prices that holds least well, and by what part of the price."""
        names = self.__slots__[1:]
        gaps = [getattr(self, name) for name in names]
        k = int(np.argmax(gaps))  # the first NaN, if there is one
        return names[k], gaps[k]

    def message(self) -> str:
        """One sentence, with a remedy if it does not hold."""
        said = ", ".join(f"{name} {getattr(self, name):.1e}" for name in self.__slots__)
        if self.ok:
            return f"The month is an equilibrium ({said})."
        return (
            f"The month is no equilibrium ({said}; allowed: volume {PASS_VOLUME} kb/d, the others "
            f"{PASS_PRICE:.0e} of the price). Demand elasticities or capacities near zero are the "
            "usual cause; leave out what is that small."
        )


def certify(base: Base, out: MonthOutcome) -> Certificate:
    """Recompute every condition from flows, prices and rents."""
    worth = willingness(base, out)
    here = worth[out.month.stream, out.month.refiner]
    asked = asking(out)
    loss = np.where(out.month.open & np.isfinite(here), asked - here, 0.0)
    loss = loss / out.price[out.month.refiner]
    used = out.flow > TRADED
    loss = loss + np.where(used, _by_way(out) / out.price[out.month.refiner], 0.0)
    return Certificate(
        volume=_volume(out),
        output=_output(out),
        lanes=float(np.abs(loss[used]).max(initial=0.0)),
        arbitrage=float(-loss[~used & out.month.open].min(initial=0.0)),
        slack=_slack(out),
        signs=_signs(out),
        storage=_storage(out),
        cap=_cap(out),
    )


def willingness(base: Base, out: MonthOutcome) -> Array:
    """What the last barrel of each pair is worth: (V, J), USD; NaN where nothing is bought.

    The derivative of demand's surplus, less the cost of an unusual slate, less limits of the
    refinery.
    """
    pairs, (n, j) = out.pairs, (len(base.by_grade), base.weight.shape[1])
    weight, grade = usual(base, out.month)
    by_grade = np.zeros((n, j))
    for v, k in enumerate(base.grade):
        by_grade[k] += pairs[v]
    with np.errstate(divide="ignore", invalid="ignore"):
        in_grade = weight / grade[base.grade]
        streams = np.log(pairs / by_grade[base.grade] / in_grade)
        grades = np.log(by_grade / out.runs / (grade / base.runs))
    value = out.price + base.worth - base.within[base.grade] * streams
    value = value - base.across * grades[base.grade]
    value = value - out.rents.refinery - out.rents.grade[base.grade]
    return np.where(pairs > 0, value, np.nan)


def _by_way(out: MonthOutcome) -> Array:
    """What a carrier may cost more than the pair's index for the share it has: (L,), USD."""
    of_pair = out.pairs[out.month.stream, out.month.refiner]
    share = np.divide(out.flow, of_pair, out=np.ones_like(out.flow), where=out.flow > 0)
    return CARRIERS * np.log(share)


def asking(out: MonthOutcome) -> Array:
    """What a barrel costs at the refinery on each lane, limits and risk included: (L,), USD."""
    month = out.month
    total = out.fob[month.stream] + out.transport + month.risk
    total = total + np.where(month.capped, out.wedge[month.stream], 0.0)
    for limit, rent in zip(month.ceilings, out.rents.volume, strict=True):
        total[limit.lanes] += rent
    return total


def _volume(out: MonthOutcome) -> float:
    month = out.month
    sold = np.bincount(month.stream, out.flow, minlength=len(out.output))
    gaps = [np.abs(sold - (out.output + out.out_of - out.into)), out.output - month.ceiling]
    gaps += [out.market.column("least") - out.output]
    gaps += [np.array([out.flow[c.lanes].sum() - c.kbd for c in month.ceilings])]
    gaps += [out.runs - month.refining]
    most = out.market.column("storage")
    gaps += [out.flow[~month.open], 10 * (out.stock - most), -10 * out.stock]
    return float(np.max([g.max(initial=0.0) for g in gaps]))


def _output(out: MonthOutcome) -> float:
    """Marginal cost plus rents against the price; a stream without capacity has no price."""
    low, high = out.market.cost()
    capacity = out.month.capacity
    part = np.divide(out.output, capacity, out=np.zeros_like(low), where=capacity > 0)
    cost = low + (high - low) * part + out.rents.ceiling - out.rents.least
    gap = np.where(out.output > TRADED, np.abs(cost - out.fob), np.maximum(out.fob - cost, 0.0))
    gap = gap / np.maximum(np.abs(out.fob), 1.0)
    return float(gap[capacity > 0].max(initial=0.0))


def _slack(out: MonthOutcome) -> float:
    month, rents = out.month, out.rents
    load = carried(out)
    volumes = np.array([out.flow[c.lanes].sum() for c in month.ceilings])
    pairs = [
        (rents.ceiling, _room(month.ceiling, out.output)),
        (rents.carrier, _room(month.carry, load)),
        (rents.volume, _room(np.array([c.kbd for c in month.ceilings], dtype=np.float64), volumes)),
        (rents.refinery, _room(month.refining, out.runs)),
    ]
    price = float(out.price.mean())
    both = [np.minimum(np.abs(rent) / price, np.abs(slack)) for rent, slack in pairs]
    return float(np.max([x.max(initial=0.0) for x in both]))


def _room(limit: Array, used: Array) -> Array:
    """What is left of a limit, as a part of it, or of 1 kb/d or mb; 1 where there is no limit."""
    some = np.isfinite(limit)
    return np.where(some, (np.where(some, limit, 0.0) - used) / np.maximum(limit, 1.0), 1.0)


def carried(out: MonthOutcome) -> Array:
    """Use of each carrier: (C,), mb of vessels with those that store, or kb/d."""
    market, month = out.market, out.month
    names = [c.name for c in market.carriers]
    fleet = np.array([c.kind == "fleet" for c in market.carriers])[month.carrier]
    use = np.where(fleet, month.days / 1000.0, 1.0)
    load = np.zeros(len(names))
    np.add.at(load, month.carrier, out.flow * use)
    for v, s in enumerate(market.streams):
        if s.storage > 0:
            load[names.index(s.storage_carrier)] += out.stock[v]
    return load


def _signs(out: MonthOutcome) -> float:
    rents = out.rents
    every = (rents.ceiling, rents.least, rents.carrier, rents.volume, rents.refinery,
             rents.grade.ravel(), out.wedge)  # fmt: skip
    return float(np.max([(-r).max(initial=0.0) for r in every]) / out.price.mean())


def _storage(out: MonthOutcome) -> float:
    """A stored barrel is worth its owner's value; sold ones are worth at least that."""
    terms, worst = out.market.storing, 0.0
    names = [c.name for c in out.market.carriers]
    for v, s in enumerate(out.market.streams):
        if s.storage <= 0:
            continue
        value = terms.keep * out.expected[v] - terms.cost
        value -= terms.steepness * out.expected[v] * out.stock[v] / s.storage
        room = DAYS * out.rents.carrier[names.index(s.storage_carrier)]
        gain_in = value - room - terms.handling - out.fob[v]
        gain_out = out.fob[v] - value + room
        gap = max(gain_in if out.stock[v] < s.storage else 0.0, gain_out if out.stock[v] > 0 else 0)
        gap = max(gap, -gain_in if out.into[v] > TRADED else 0.0)
        gap = max(gap, -gain_out if out.out_of[v] > TRADED else 0.0)
        worst = max(worst, gap / max(abs(float(out.fob[v])), 1.0))
    return worst


def _cap(out: MonthOutcome) -> float:
    month = out.month
    worst = 0.0
    for v in np.flatnonzero(np.isfinite(month.cap)):
        carried_here = out.flow[(month.stream == v) & month.capped].sum()
        above = out.fob[v] - month.cap[v]
        if carried_here > TRADED:
            gap = max(above, -above if out.wedge[v] > 0 else 0.0)
            worst = max(worst, gap / month.cap[v])
    return float(worst)
