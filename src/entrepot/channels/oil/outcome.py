"""`MonthOutcome`: prices, flows and rents of a solved month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.base import Base
from entrepot.channels.oil.cap import Capped
from entrepot.channels.oil.limits import Limits
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.parts import DAYS
from entrepot.channels.oil.supply import KBD

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Rents:
    """What the limits are worth at the margin, USD a barrel; 0 where a limit does not bind.

    Attributes
    ----------
    ceiling, least : (V,) of capacity or quota, and of output that cannot be shut in
    carrier : (C,) of a barrel of vessel for a day, or of a barrel a day of pipe
    volume : (limits.ceilings,) of quotas and waivers
    refinery, grade : (J,), (K, J) of refining capacity, and of the slate

    """

    ceiling: Array
    least: Array
    carrier: Array
    volume: Array
    refinery: Array
    grade: Array


@dataclass(frozen=True, slots=True, eq=False)
class MonthOutcome:
    """A month's market.

    Attributes
    ----------
    label, market, month : what was solved; `month` are the limits in force
    flow : (L,) kb/d on each lane of the market
    output, fob : (V,) kb/d, and price at the border, USD a barrel
    runs, price : (J,) kb/d, and what the last barrel is worth to the refiner, USD a barrel
    wedge : (V,) premium on barrels sold at a price cap, USD a barrel
    transport : (L,) freight with the rent of scarce vessels or pipes, USD a barrel
    stock_before, stock : (V,) floating storage, mb
    into, out_of : (V,) kb/d into and out of it
    expected : (V,) price that owners of stored crude expected
    shut : (V,) whether a price cap keeps services from the stream altogether
    rents : what the limits are worth
    left : largest amount that the solver left over, kb/d
    steps, tries : Newton steps of the last try; how often the month was solved to settle a cap

    """

    label: str
    market: OilMarket
    month: Limits
    flow: Array
    output: Array
    fob: Array
    runs: Array
    price: Array
    wedge: Array
    transport: Array
    stock_before: Array
    stock: Array
    into: Array
    out_of: Array
    expected: Array
    shut: Flags
    rents: Rents
    left: float
    steps: int
    tries: int

    @property
    def brent(self) -> float:
        """Price of the reference stream, USD a barrel."""
        return float(self.fob[self.market.stream_names.index(self.market.reference)])

    @property
    def pairs(self) -> Array:
        """Trade by stream and refiner: (V, J), kb/d."""
        out = np.zeros(self.market.flow.shape)
        np.add.at(out, (self.month.stream, self.month.refiner), self.flow)
        return out

    @property
    def on_water(self) -> Array:
        """Crude on the way by lane: (L,), mb; half of the days there and back, without stocks."""
        return self.flow / KBD * self.month.days / 2.0


def outcome_of(market: OilMarket, base: Base, found: Capped, label: str) -> MonthOutcome:
    """Read a solved month in the market's own order and units."""
    made, point, month = found.problem, found.solved.point, found.month
    flow = np.zeros(len(market.lanes))
    flow[made.tree.lanes] = point.bought.flow
    change = (point.sold.stock - found.given.stock) * KBD / DAYS
    runs = np.zeros(len(market.refiners))
    np.add.at(runs, month.refiner, flow)
    rents = _rents(market, found)
    return MonthOutcome(
        label=label,
        market=market,
        month=month,
        flow=flow,
        output=point.sold.output,
        fob=point.z[made.part["fob"]],
        runs=runs,
        price=worth_of_runs(market, base, month, runs),
        wedge=found.given.wedge,
        transport=month.cost + _use(market, month) * rents.carrier[month.carrier],
        stock_before=found.given.stock,
        stock=point.sold.stock,
        into=np.maximum(change, 0.0),
        out_of=np.maximum(-change, 0.0),
        expected=found.given.expected,
        shut=found.shut,
        rents=rents,
        left=found.solved.left,
        steps=found.solved.steps,
        tries=found.tries,
    )


def worth_of_runs(market: OilMarket, base: Base, month: Limits, runs: Array) -> Array:
    """Inverse demand, ``P0 (Q / D)^(-1/e)``: (J,), USD a barrel."""
    e = np.array([r.elasticity for r in market.refiners])
    worth: Array = base.price * (runs / (base.runs * month.demand)) ** (-1.0 / e)
    return worth


def _use(market: OilMarket, month: Limits) -> Array:
    """How much of its carrier's capacity a barrel a day takes on each lane."""
    fleet = np.array([c.kind == "fleet" for c in market.carriers])[month.carrier]
    return np.where(fleet, month.days, 1.0)


def _rents(market: OilMarket, found: Capped) -> Rents:
    made, z = found.problem, found.solved.point.z
    who, output = made.sellers, found.solved.point.sold.output
    part = {name: z[where] for name, where in made.part.items()}
    carrier, refinery = np.zeros(len(market.carriers)), np.zeros(len(market.refiners))
    carrier[made.carriers], refinery[made.refiners] = part["carrier"], part["refinery"]
    grade = np.zeros((len(market.grades), len(market.refiners)))
    grade[tuple(made.tree.nests[made.nests].T)] = part["grade"]
    over = part["fob"] - who.low - who.slope * output
    return Rents(
        ceiling=np.where(output >= who.ceiling, np.maximum(over, 0.0), 0.0),
        least=np.where(output <= who.least, np.maximum(-over, 0.0), 0.0),
        carrier=carrier,
        volume=part["volume"],
        refinery=refinery,
        grade=grade,
    )
