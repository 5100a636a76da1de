"""Crowded links in the algebra of all ways: traffic raises the cost that directs traffic.

Allen and Arkolakis (2022): with use pi_ij^kl of link kl by what goes from i to j, and X_ij of it,

    traffic   Xi_kl = sum_ij X_ij b_ik a_kl b_lj / b_ij,
    cost      t_kl = t0_kl f_kl(Xi_kl),  f increasing.

In logs, c = ln t, this is the Markovian traffic equilibrium of Baillon and Cominetti (2008): for
given X it is the optimum of a strictly convex programme, so there is exactly one.  Newton's method
solves c - c0 - ln f(Xi(c)) = 0 on the links that can be crowded; its matrix is the identity plus a
product of a non-negative diagonal and a positive semidefinite matrix, never singular.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from entrepot.channels.routes.congestion_delay import Bpr, Elastic, Queue
from entrepot.channels.routes.network import Network
from entrepot.channels.routes.traffic import (
    checked_trips,
    traffic,
    traffic_by_chain,
    traffic_response,
)
from entrepot.channels.routes.ways import Ways, all_ways
from entrepot.core.errors import NotSolvedError, ValueRangeError

STEPS, HALVINGS, SWAPS = 60, 30, 10


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Crowded:
    """Costs and traffic that agree with each other.

    Attributes
    ----------
    network : the places and links
    empty : (link,) c0 = ln t0, cost at f = 1
    ways : all ways at the crowded cost c = c0 + ln f
    trips : (node, node) what travels, from row to column; pairs without a way are left out
    delay : f of every link
    traffic : (link,) Xi, in the unit of `trips`
    lost : (node, node) trips that have no way
    residual : largest distance of c from c0 + ln f, with the traffic counted in another way
    imbalance : largest inflow - outflow - arrivals + departures at a place, over all trips
    tolerance : residual that was asked for

    """

    network: Network
    empty: np.ndarray
    ways: Ways
    trips: np.ndarray
    delay: Bpr | Elastic | Queue
    traffic: np.ndarray
    lost: np.ndarray
    residual: float
    imbalance: float
    tolerance: float

    def __repr__(self) -> str:
        """Size and how full it is."""
        return f"<Crowded: {len(self.traffic)} links, {len(self.over())} over capacity>"

    @property
    def factor(self) -> np.ndarray:
        """(link,) f: the iceberg cost t over that of the empty link; 1 where it is closed."""
        return np.where(self.network.open, self.delay.time(self.traffic), 1.0)

    @property
    def passed(self) -> bool:
        """Whether cost and traffic agree, and nothing is lost on the way."""
        return self.residual <= self.tolerance and self.imbalance <= 1e-8

    def raise_if_failed(self) -> Crowded:
        """Return this, or raise if the solution is not certified."""
        if not self.passed:
            raise NotSolvedError(
                f"Cost and traffic do not agree: residual {self.residual:.1e} (allowed "
                f"{self.tolerance:.0e}), imbalance at a place {self.imbalance:.1e} (allowed "
                "1e-08). Lower the trips or the elasticity of the delay, or raise capacities."
            )
        return self

    def table(self) -> pd.DataFrame:
        """One row per link: traffic, capacity, their ratio `load`, and `dearer` = f - 1."""
        names = np.array(self.network.nodes, dtype=object)
        return pd.DataFrame(
            {
                "link": self.network.links,
                "tail": names[self.network.tail],
                "head": names[self.network.head],
                "traffic": self.traffic,
                "capacity": self.delay.capacity,
                "load": self.traffic / self.delay.capacity,
                "dearer": self.factor - 1.0,
            }
        )

    def over(self) -> pd.DataFrame:
        """Links with more traffic than capacity, the fullest first."""
        table = self.table()
        return table[table["load"] > 1.0].sort_values("load", ascending=False, ignore_index=True)


def congested(
    network: Network,
    cost: np.ndarray,
    nu: float,
    trips: np.ndarray,
    delay: Bpr | Elastic | Queue | None = None,
    *,
    tolerance: float = 1e-10,
) -> Crowded:
    """Traffic and costs of a network whose links may be crowded.

    Parameters
    ----------
    network : the places and links
    cost : (link,) c0 = ln t0 >= 0, as in `all_ways`
    nu : elasticity of route choice, above 0
    trips : (node, node) X, what travels from row to column, >= 0; the diagonal is left out
    delay : f, the factor on t at the traffic of each link; None: `Queue` with the capacities of
        the network (the unit of `trips` is then that of capacity, Mt a year)
    tolerance : largest distance of c from c0 + ln f

    Returns
    -------
    Crowded, with a certificate; ``raise_if_failed`` insists on it.  Pairs with no way left are
    reported as `lost`, not solved.

    Raises
    ------
    ValueRangeError : trips, costs or nu out of range

    """
    delay = Queue(network.capacity) if delay is None else delay
    trips = checked_trips(network, trips)
    if delay.capacity.shape != (len(network.links),):
        raise ValueRangeError(
            f"delay has {len(delay.capacity)} links and the network {len(network.links)}. Give it "
            "one capacity per link of the network."
        )
    empty = all_ways(network, cost, nu)
    gone = np.isneginf(empty.log_b)
    lost, trips = np.where(gone, trips, 0.0), np.where(gone, 0.0, trips)
    ways, flow = _solve(empty, trips, delay, tolerance)
    residual, imbalance = _certificate(empty.cost, ways, trips, delay)
    return Crowded(
        network, empty.cost, ways, trips, delay, flow, lost, residual, imbalance, tolerance
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Point:
    """One iterate: all ways, traffic, and c - c0 - ln f on the links that can be crowded."""

    ways: Ways
    flow: np.ndarray
    gap: np.ndarray

    @property
    def size(self) -> float:
        """Largest gap."""
        return float(np.abs(self.gap).max(initial=0.0))


def _solve(
    empty: Ways, trips: np.ndarray, delay: Bpr | Elastic | Queue, tolerance: float
) -> tuple[Ways, np.ndarray]:
    """Newton's method on the links that can be crowded, others at their constant factor.

    No step goes below the cost at no traffic, which the solution is above, nor below 0.
    """
    usable, start = np.isfinite(empty.cost), empty.cost.copy()
    able = np.flatnonzero(usable & np.isfinite(delay.capacity))
    idle = np.log(delay.time(np.zeros(len(start))))
    fixed = usable & ~np.isfinite(delay.capacity)
    start[fixed] += idle[fixed]

    def point(cost: np.ndarray) -> _Point:
        ways = all_ways(empty.network, cost, empty.nu)
        flow = traffic(ways, trips)
        factor = np.log(delay.time(flow)[able])
        return _Point(ways, flow, cost[able] - empty.cost[able] - factor)

    floor = np.maximum(empty.cost[able] + idle[able], 0.0)
    now = point(start)
    for _ in range(STEPS):
        if now.size <= 1e-3 * tolerance:
            break
        steep = delay.slope(now.flow)[able] / delay.time(now.flow)[able]
        response = traffic_response(now.ways, trips, now.flow, able)
        matrix = np.eye(len(able)) - steep[:, None] * response
        step = _step(matrix, now.gap, now.ways.cost[able] - floor)
        for halving in range(HALVINGS):
            trial = now.ways.cost.copy()
            trial[able] = np.maximum(trial[able] - step / 2**halving, floor)
            new = point(trial)
            if np.linalg.norm(new.gap) < np.linalg.norm(now.gap):
                break
        else:
            break
        now = new
    return now.ways, now.flow


def _step(matrix: np.ndarray, gap: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Newton's step, where no cost may fall by more than `room`: what would is held there."""
    step, held = np.linalg.solve(matrix, gap), np.zeros(len(gap), dtype=bool)
    for _ in range(SWAPS):
        over = ~held & (step > room)
        if not over.any():
            break
        held |= over
        step = np.where(held, room, 0.0)
        free = ~held
        right = gap[free] - matrix[np.ix_(free, held)] @ room[held]
        step[free] = np.linalg.solve(matrix[np.ix_(free, free)], right)
    return step


def _certificate(
    empty: np.ndarray, ways: Ways, trips: np.ndarray, delay: Bpr | Elastic | Queue
) -> tuple[float, float]:
    """Residual with traffic counted in another way, and the balance of every place."""
    network, flow = ways.network, traffic_by_chain(ways, trips)
    go = np.isfinite(empty)
    residual = np.abs(ways.cost[go] - empty[go] - np.log(delay.time(flow)[go]))
    n = len(network.nodes)
    balance = np.bincount(network.head, flow, n) - np.bincount(network.tail, flow, n)
    balance += trips.sum(1) - trips.sum(0)
    total = max(float(trips.sum()), np.finfo(float).tiny)
    return float(residual.max(initial=0.0)), float(np.abs(balance).max()) / total
