"""Expected cost over all ways through a network, and who uses which link.

Allen and Arkolakis (2022), "The Welfare Effects of Transportation Infrastructure Improvements",
Review of Economic Studies 89: with the iceberg cost t_kl >= 1 of a link and traders who draw a
Frechet(nu) productivity for every way, of whatever length,

    a_kl = t_kl^-nu,  B = (I - A)^-1,  tau_ij = b_ij^(-1/nu),
    use of kl by ij = (tau_ij / (tau_ik t_kl tau_lj))^nu = b_ik a_kl b_lj / b_ij.

A closed link has a = 0; where b_ij = 0 there is no way left.  Use counts expected passages: a way
that goes to and fro passes a link twice, so use may exceed 1.  The sum over ways of every length
exists if the spectral radius of A is below 1.

Costs stand in logs, c = ln t >= 0, because the logs of the legs of one way add up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from entrepot.channels.routes.network import Network
from entrepot.core.errors import ValueRangeError

SMALLEST = 1e-280


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ways:
    """All ways through a network at one set of costs.

    Attributes
    ----------
    network : the places and links
    cost : (link,) c = ln t, cost of each link in logs; inf where it is closed
    nu : elasticity of the use of a way with respect to its cost t
    a : (link,) t^-nu
    log_b : (node, node) ln b; -inf where there is no way

    """

    network: Network
    cost: np.ndarray
    nu: float
    a: np.ndarray
    log_b: np.ndarray

    def __repr__(self) -> str:
        """Size and elasticity."""
        return f"<Ways: {len(self.network.nodes)} places, nu {self.nu:g}>"

    @property
    def tau(self) -> np.ndarray:
        """(node, node) expected cost tau; inf where there is no way."""
        return np.exp(self.log_tau)

    @property
    def log_tau(self) -> np.ndarray:
        """(node, node) ln tau, which is the cost in the unit of `cost`."""
        return -self.log_b / self.nu

    def use(self, origin: str, dest: str) -> np.ndarray:
        """(link,) expected passages of each link by what goes from `origin` to `dest`."""
        i, j = self.network.node_at(origin), self.network.node_at(dest)
        if np.isneginf(self.log_b[i, j]):
            return np.zeros(len(self.a))
        tail, head = self.network.tail, self.network.head
        with np.errstate(divide="ignore"):
            log_a = np.where(self.a > 0, -self.nu * self.cost, -np.inf)
        return np.exp(self.log_b[i, tail] + log_a + self.log_b[head, j] - self.log_b[i, j])

    def no_way(self) -> Iterator[tuple[str, str]]:
        """Pairs of places with no way left between them."""
        names = self.network.nodes
        for i, j in product(range(len(names)), repeat=2):
            if np.isneginf(self.log_b[i, j]):
                yield names[i], names[j]


def all_ways(network: Network, cost: np.ndarray, nu: float) -> Ways:
    """Return all ways at link costs `cost`.

    Parameters
    ----------
    network : the network; its closed links count as closed whatever their cost
    cost : (link,) c = ln t >= 0; inf closes a link
    nu : elasticity of route choice, above 0

    Raises
    ------
    ValueRangeError : a cost below 0 or not a number, or ways that get no dearer with length so
        that the sum over all of them does not exist

    """
    cost = checked_cost(network, cost, nu)
    with np.errstate(under="ignore"):
        a = np.exp(-nu * cost)
    log_b = _log_inverse(network, cost, a, nu)
    for array in (cost, a, log_b):
        array.flags.writeable = False
    return Ways(network, cost, float(nu), a, log_b)


def ad_valorem(network: Network, *, value: float, per_day: float) -> np.ndarray:
    """(link,) cost of each link as a rate of the value: freight, tolls and time.

    Parameters
    ----------
    network : its `usd`, `toll`, `days` and `border_days` count
    value : USD a tonne of the goods, above 0
    per_day : cost of a day as a share of the value, 0 or more (Hummels and Schaur 2013: 0.006 to
        0.021 for manufactured goods)

    """
    problems = []
    if not (np.isfinite(value) and value > 0):
        problems.append(f"value is {value}; allowed are USD a tonne above 0. Correct it.")
    if not (np.isfinite(per_day) and per_day >= 0):
        problems.append(f"per_day is {per_day}; allowed are shares from 0 up. Correct it.")
    if problems:
        raise ValueRangeError.collect("Costs of links", problems)
    time = per_day * (network.days + network.border_days)
    return np.asarray((network.usd + network.toll) / value + time)


def checked_cost(network: Network, cost: np.ndarray, nu: float) -> np.ndarray:
    """(link,) costs with inf on closed links; an error for what cannot be a cost."""
    cost = np.array(np.broadcast_to(np.asarray(cost, dtype=float), len(network.links)))
    problems = []
    if not (np.isfinite(nu) and nu > 0):
        problems.append(f"nu is {nu}; allowed are numbers above 0. Take 8, say.")
    bad = ~(cost >= 0.0)
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        problems.append(
            f"the cost ln t of {int(bad.sum())} links is negative or no number, first "
            f"{network.links[first]} with {cost[first]:g}; t is an iceberg cost of 1 or more. "
            "Raise it to 0 at least."
        )
    if problems:
        raise ValueRangeError.collect("Ways cannot be added up", problems)
    return np.where(network.open, cost, np.inf)


def adjacency(network: Network, a: np.ndarray) -> np.ndarray:
    """(node, node) A, links side by side between two places added up."""
    n = len(network.nodes)
    return np.bincount(network.tail * n + network.head, a, n * n).reshape(n, n)


def spectral_radius(network: Network, cost: np.ndarray, nu: float) -> float:
    """Largest modulus of an eigenvalue of A; all ways can be added up if it is below 1."""
    with np.errstate(under="ignore"):
        a = np.exp(-nu * checked_cost(network, cost, nu))
    return float(np.abs(np.linalg.eigvals(adjacency(network, a))).max())


def _log_inverse(network: Network, cost: np.ndarray, a: np.ndarray, nu: float) -> np.ndarray:
    """Log of B = (I - A)^-1: one inverse, or scaled column by column where it underflows."""
    matrix = adjacency(network, a)
    try:
        b = np.linalg.inv(np.eye(len(matrix)) - matrix)
    except np.linalg.LinAlgError:
        raise _diverges(network, cost, nu) from None
    # For A >= 0 the inverse exists and is >= 0 exactly where the spectral radius is below 1.
    if not (np.isfinite(b).all() and b.min() >= -1e-12 and b.diagonal().min() >= 1.0 - 1e-9):
        raise _diverges(network, cost, nu)
    reach = reachable(adjacency(network, np.isfinite(cost).astype(float)))
    with np.errstate(divide="ignore"):
        log_b = np.where(reach, np.log(np.maximum(b, SMALLEST)), -np.inf)
    thin = (reach & (b < SMALLEST)).any(axis=0)
    if thin.any():
        distance = shortest(network, cost)
        for j in np.flatnonzero(thin):
            log_b[:, j] = _scaled_column(network, cost, nu, distance[:, j], int(j))
    return log_b


def reachable(matrix: np.ndarray) -> np.ndarray:
    """(node, node) bool: whether some way leads from one to the other; everywhere to itself."""
    found = ((matrix > 0) | np.eye(len(matrix), dtype=bool)).astype(np.float32)
    while True:
        further = ((found @ found) > 0).astype(np.float32)
        if (further == found).all():
            return found > 0
        found = further


def _scaled_column(
    network: Network, cost: np.ndarray, nu: float, distance: np.ndarray, j: int
) -> np.ndarray:
    """Ln b_.j from x_i = b_ij exp(nu d_ij), d the shortest cost: no entry leaves the range."""
    ok = (
        np.isfinite(cost)
        & np.isfinite(distance[network.tail])
        & np.isfinite(distance[network.head])
    )
    slack = np.zeros(len(cost))
    slack[ok] = cost[ok] + distance[network.head[ok]] - distance[network.tail[ok]]
    with np.errstate(under="ignore"):
        scaled = np.where(ok, np.exp(-nu * np.maximum(slack, 0.0)), 0.0)
    matrix = np.eye(len(distance)) - adjacency(network, scaled)
    unit = np.zeros(len(distance))
    unit[j] = 1.0
    x = np.linalg.solve(matrix, unit)
    reach = np.isfinite(distance)
    out = np.full(len(distance), -np.inf)
    out[reach] = np.log(x[reach]) - nu * distance[reach]
    return out


def shortest(network: Network, cost: np.ndarray) -> np.ndarray:
    """(node, node) cost of the cheapest way, inf where there is none."""
    # SciPy's graphs take 0.36 s to import; most runs have no measure of corridors.
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    n = len(network.nodes)
    order = np.argsort(-cost, kind="stable")
    best = np.full((n, n), np.inf)
    best[network.tail[order], network.head[order]] = cost[order]
    row, col = np.nonzero(np.isfinite(best))
    # scipy reads an explicit 0 as no edge: a free link costs the smallest normal number.
    value = np.maximum(best[row, col], np.finfo(float).tiny)
    return np.asarray(dijkstra(csr_array((value, (row, col)), shape=(n, n))))


def _diverges(network: Network, cost: np.ndarray, nu: float) -> ValueRangeError:
    radius, enough = spectral_radius(network, cost, nu), nu
    for _ in range(40):
        enough *= 1.25
        if spectral_radius(network, cost, enough) < 1.0:
            remedy = f"Raise nu to about {enough:.3g}, or the costs of the cheapest links."
            break
    else:
        remedy = "Some links go round in a circle at no cost: give them a cost above 0."
    return ValueRangeError(
        f"Ways cannot be added up: at nu = {nu:g} the spectral radius of A = t^-nu is "
        f"{radius:.4g}; it must be below 1, or ever longer ways weigh ever more. {remedy}"
    )
