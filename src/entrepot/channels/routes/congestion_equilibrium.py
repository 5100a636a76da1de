"""User equilibrium: nobody has a quicker way (Wardrop 1952).

Link flows minimise the sum of the areas below the delays (Beckmann, McGuire and Winsten 1956).
Dijkstra finds ways; the trips move among the known ways as `congestion_newton` says, until no
cheaper way is found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from entrepot.channels.routes.congestion_certificate import Certificate, certify
from entrepot.channels.routes.congestion_delay import Delay
from entrepot.channels.routes.congestion_graph import Roads, cheapest, trace
from entrepot.channels.routes.congestion_newton import Ways, settle
from entrepot.core.errors import NotSolvedError, ValueRangeError

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Equilibrium:
    """Flows at which nobody has a quicker way.

    Attributes
    ----------
    roads, delay, demand : what was asked; demand is (zone, zone), in the unit of flow
    by_origin : (zone, link) flow of the trips from each zone
    rounds : searches for new ways
    certificate : gaps, recomputed by code that did not solve

    """

    roads: Roads
    delay: Delay
    demand: np.ndarray
    by_origin: np.ndarray
    rounds: int
    certificate: Certificate

    @property
    def flow(self) -> np.ndarray:
        """(link,) flow."""
        return self.by_origin.sum(0)

    @property
    def time(self) -> np.ndarray:
        """(link,) cost of each link at its flow."""
        return self.delay.time(self.flow)

    @property
    def cost(self) -> np.ndarray:
        """(zone, zone) cost of a cheapest way; infinite where there is none, zero at home."""
        zones = np.arange(len(self.demand))
        out = cheapest(self.roads, self.time, zones).distance[:, zones]
        out[zones, zones] = 0.0
        return out

    @property
    def total_time(self) -> float:
        """Cost of all trips together."""
        return float(self.flow @ self.time)

    @property
    def objective(self) -> float:
        """Sum of the areas below the delays, which the equilibrium makes least."""
        return float(self.delay.area(self.flow).sum())

    def raise_if_failed(self) -> Equilibrium:
        """Return this, or raise if the flows are not certified."""
        if not self.certificate.passed:
            raise NotSolvedError(
                f"The user equilibrium is not certified: {self.certificate.text()} Raise "
                "max_rounds, or loosen tolerance."
            )
        return self


def user_equilibrium(
    roads: Roads,
    delay: Delay,
    demand: np.ndarray,
    *,
    tolerance: float = 1e-10,
    max_rounds: int = 100,
) -> Equilibrium:
    """Flows at which every used way is a cheapest way (Wardrop's first principle).

    Parameters
    ----------
    roads : the network
    delay : cost of every link at its flow, never falling: `Bpr`, `Elastic` or your own `Delay`
    demand : (zone, zone) trips from row to column between the first nodes, >= 0; trips within a
        zone use no link
    tolerance : relative gap, at most: (cost of all trips - cost if each took a cheapest way) / the
        former
    max_rounds : searches for new ways, at most

    Returns
    -------
    Equilibrium, with a certificate; ``raise_if_failed`` insists on it.

    Raises
    ------
    ValueRangeError : demand or delay do not fit, or a pair with demand has no way left, by number

    """
    demand = checked(roads, delay, demand)
    origin, dest = np.nonzero(demand)
    amount = demand[origin, dest]
    rows, row = np.unique(origin, return_inverse=True)
    ways, flow, on = Ways.none(len(roads)), np.zeros(len(roads)), np.zeros(0)
    for rounds in range(1, max_rounds + 1):
        time = delay.time(flow)
        tree = cheapest(roads, time, rows)
        least = tree.distance[row, dest]
        if rounds == 1:
            _insist_on_ways(origin, dest, least)
        elif float(time @ flow - least @ amount) <= tolerance * float(time @ flow):
            break
        new = ways.add(*trace(roads, tree, row, dest))
        on = amount.copy() if rounds == 1 else np.r_[on, np.zeros(new)]
        on, moved = settle(ways, amount, on, delay)
        if not (new or moved):
            break
        flow = ways.matrix().T @ on
    by_origin = np.zeros((len(demand), len(roads)))
    for way, trips in enumerate(on):
        by_origin[origin[ways.pair[way]], ways.steps[way]] += trips
    found = certify(roads, delay, demand, by_origin, tolerance)
    return Equilibrium(roads, delay, demand, by_origin, rounds, found)


def checked(roads: Roads, delay: Delay, demand: np.ndarray) -> np.ndarray:
    """Demand as floats without trips within a zone; it must fit the network, and so must `delay`.

    Raises
    ------
    ValueRangeError : shapes or numbers that do not fit; nobody travels at all

    """
    out = np.array(demand, dtype=float)
    problems = []
    if out.ndim != 2 or out.shape[0] != out.shape[1] or len(out) > roads.nodes:
        problems.append(
            f"demand is {out.shape}; give a square matrix of at most {roads.nodes} zones, which "
            "are the first nodes."
        )
    elif not (np.isfinite(out).all() and (out >= 0).all()):
        i, j = np.argwhere(~(np.isfinite(out) & (out >= 0)))[0]
        problems.append(
            f"demand is {out[i, j]:g} from zone {i} to zone {j}; allowed is at least 0, finite."
        )
    else:
        np.fill_diagonal(out, 0.0)
        if not out.any():
            problems.append("demand: no zone sends anything to another. Give some demand.")
    size = delay.time(np.zeros(len(roads))).shape if _fits(delay, roads) else None
    if size != (len(roads),):
        problems.append(
            f"delay does not give one cost for each of the {len(roads)} links. Give it arrays of "
            "that length."
        )
    if problems:
        raise ValueRangeError.collect("user equilibrium", problems)
    return out


def _fits(delay: Delay, roads: Roads) -> bool:
    try:
        delay.time(np.zeros(len(roads)))
    except ValueError:
        return False
    return True


def _insist_on_ways(origin: np.ndarray, dest: np.ndarray, least: np.ndarray) -> None:
    lost = np.flatnonzero(~np.isfinite(least))
    if len(lost):
        first = ", ".join(f"{origin[k]} to {dest[k]}" for k in lost[:SHOWN])
        more = f" and {len(lost) - SHOWN} more" if len(lost) > SHOWN else ""
        raise ValueRangeError(
            f"user equilibrium: no way leads from zone {first}{more}, though trips are demanded. "
            "Open a link, or set their demand to 0."
        )
