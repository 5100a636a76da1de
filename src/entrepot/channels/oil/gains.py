"""Who gains: surplus of every party in a month, and its change against another month.

Producers keep price less cost; refiners what their slate is worth less what they pay; fleets and
pipes their scarcity rent; who buys at a price cap and sells at the market, the premium; who holds
a quota or waiver, its rent.  Risk discounts are what buyers want for a danger: a cost to nobody
else.  The parties add up to the total, which is computed without prices.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from entrepot.channels.oil.base import CARRIERS, Base, usual
from entrepot.channels.oil.certificate import asking, carried
from entrepot.channels.oil.outcome import MonthOutcome
from entrepot.channels.oil.parts import DAYS
from entrepot.channels.oil.supply import KBD

Array = npt.NDArray[np.float64]


def surplus(base: Base, out: MonthOutcome) -> pd.DataFrame:
    """Surplus by party: party, kind, usd_mn (millions of USD in the month)."""
    m = out.market
    rows = [("producer", s.producer, x) for s, x in zip(m.streams, _producers(out), strict=True)]
    rows += [("refiner", r, x) for r, x in zip(m.refiner_names, _refiners(base, out), strict=True)]
    load = np.where(np.isfinite(out.month.carry), carried(out), 0.0)
    for c, rent, used in zip(m.carriers, out.rents.carrier, load, strict=True):
        rows.append(("carrier", c.name, rent * (used * KBD if c.kind == "fleet" else used)))
    capped = np.where(out.month.capped, out.wedge[out.month.stream], 0.0)
    rows.append(("premium", "price cap", float((capped * out.flow).sum())))
    quotas = [r * out.flow[c.lanes].sum()
              for r, c in zip(out.rents.volume, out.month.ceilings, strict=True)]  # fmt: skip
    rows.append(("quota", "quotas and waivers", float(sum(quotas))))
    table = pd.DataFrame(rows, columns=["kind", "party", "usd_mn"])
    table["usd_mn"] *= DAYS / KBD
    return table.groupby(["kind", "party"], as_index=False, sort=False).sum()


def gains(base: Base, before: MonthOutcome, after: MonthOutcome) -> pd.DataFrame:
    """Change of every party's surplus: kind, party, before, after, gain (mn USD a month)."""
    keys = ["kind", "party"]
    one = surplus(base, before).rename(columns={"usd_mn": "before"})
    two = surplus(base, after).rename(columns={"usd_mn": "after"})
    both = one.merge(two, on=keys, how="outer", sort=False).fillna(0.0)
    both["gain"] = both["after"] - both["before"]
    return both.sort_values("gain", ascending=False, kind="stable").reset_index(drop=True)


def total(base: Base, out: MonthOutcome) -> float:
    """Worth of all crude less the cost of everything, from volumes alone: mn USD in the month."""
    month = out.month
    real = float(_worth(base, out).sum() - _supply_cost(out).sum() + _stored(out).sum())
    return (real - float(((month.cost + month.risk) * out.flow).sum())) * DAYS / KBD


def _producers(out: MonthOutcome) -> Array:
    """Sales less cost, with what storing is worth; vessels that store are hired at their rent."""
    names = [c.name for c in out.market.carriers]
    sold = out.output + out.out_of - out.into
    hire = np.array([
        out.rents.carrier[names.index(s.storage_carrier)] * out.stock[v] * KBD if s.storage else 0.0
        for v, s in enumerate(out.market.streams)
    ])  # fmt: skip
    return out.fob * sold - _supply_cost(out) + _stored(out) - hire


def _supply_cost(out: MonthOutcome) -> Array:
    low, high = out.market.cost()
    part = np.divide(out.output, out.month.capacity, out=np.zeros_like(low),
                     where=out.month.capacity > 0)  # fmt: skip
    return out.output * (low + 0.5 * (high - low) * part)


def _stored(out: MonthOutcome) -> Array:
    """Change of the value of stocks, less handling: (V,), thousand USD a day."""
    terms, most = out.market.storing, out.market.column("storage")
    first = terms.keep * out.expected - terms.cost
    fall = np.divide(terms.steepness * out.expected, most, out=np.zeros_like(most), where=most > 0)

    def worth(stock: Array) -> Array:
        return np.asarray(first * stock - 0.5 * fall * stock**2)

    change = worth(out.stock) - worth(out.stock_before)
    return np.where(most > 0, change * KBD / DAYS - terms.handling * out.into, 0.0)


def _worth(base: Base, out: MonthOutcome) -> Array:
    """What refiners' slates are worth: (J,), thousand USD a day, up to a constant.

    The integral of demand (from infinity, so negative), the worth of each crude, less the cost of
    an unusual slate.
    """
    e = np.array([r.elasticity for r in out.market.refiners])
    power = 1.0 / e - 1.0
    demand = base.runs * out.month.demand
    value = -base.price * demand / power * (out.runs / demand) ** -power
    pairs = out.pairs
    value = value + np.nansum(np.where(pairs > 0, base.worth, 0.0) * pairs, axis=0)
    (weight, grade), by_grade = usual(base, out.month), np.zeros_like(base.by_grade)
    np.add.at(by_grade, base.grade, pairs)
    with np.errstate(divide="ignore", invalid="ignore"):
        inner = pairs * np.log(pairs / by_grade[base.grade]
                               / (weight / grade[base.grade]))  # fmt: skip
        outer = by_grade * np.log(by_grade / out.runs / (grade / base.runs))
    streams = np.where(pairs > 0, base.within[base.grade] * inner, 0.0).sum(axis=0)
    grades = np.where(by_grade > 0, base.across * outer, 0.0).sum(axis=0)
    return np.asarray(value - streams - grades - _ways(out))


def _ways(out: MonthOutcome) -> Array:
    """Entropy of carriers, which is what having a choice of them is worth: (J,), negative."""
    of_pair = out.pairs[out.month.stream, out.month.refiner]
    share = np.divide(out.flow, of_pair, out=np.ones_like(out.flow), where=out.flow > 0)
    entropy = CARRIERS * out.flow * np.log(share)
    return np.asarray(np.bincount(out.month.refiner, entropy, len(out.market.refiners)), np.float64)


def _refiners(base: Base, out: MonthOutcome) -> Array:
    paid = np.bincount(out.month.refiner, out.flow * asking(out),
                       minlength=len(out.market.refiners))  # fmt: skip
    return np.asarray(_worth(base, out) - paid)
