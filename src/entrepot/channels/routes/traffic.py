"""Traffic on links, given what travels between places, and how it responds to costs."""

from __future__ import annotations

import numpy as np

from entrepot.channels.routes.network import Network
from entrepot.channels.routes.ways import Ways
from entrepot.core.errors import ValueRangeError

DEEP = -600.0
"""ln b of pairs below which 1 / b and products with it would leave the range of float64."""


def checked_trips(network: Network, trips: np.ndarray) -> np.ndarray:
    """(node, node) trips as floats, without those from a place to itself.

    Raises
    ------
    ValueRangeError : not a square matrix over the places, or an entry below 0 or not finite

    """
    out = np.array(trips, dtype=float)
    n = len(network.nodes)
    if out.shape != (n, n):
        raise ValueRangeError(
            f"trips are {out.shape}; the network has {n} places, so ({n}, {n}) is needed, from row "
            "to column in the order of `nodes`. `place_trips` makes it from a table."
        )
    bad = np.argwhere(~(np.isfinite(out) & (out >= 0)))
    if len(bad):
        i, j = bad[0]
        raise ValueRangeError(
            f"trips from {network.nodes[i]} to {network.nodes[j]} are {out[i, j]:g}; allowed is at "
            "least 0, finite. Correct them."
        )
    np.fill_diagonal(out, 0.0)
    return out


def traffic(ways: Ways, trips: np.ndarray) -> np.ndarray:
    """(link,) Xi_kl = sum_ij X_ij b_ik a_kl b_lj / b_ij, in the unit of `trips`.

    `trips` is X (node, node); pairs without a way count for nothing.
    """
    tail, head = ways.network.tail, ways.network.head
    through, deep = _through(ways, trips)
    flow = ways.a * through[tail, head]
    names = ways.network.nodes
    for i, j in deep:
        flow += trips[i, j] * ways.use(names[i], names[j])
    return flow


def traffic_by_chain(ways: Ways, trips: np.ndarray) -> np.ndarray:
    """(link,) the same traffic by another way: a Markov chain towards each destination.

    What is at k and bound for j takes link kl with probability a_kl b_lj / b_kj (Akamatsu 1996),
    a number between 0 and 1 however dear the ways are.
    """
    net, n = ways.network, len(ways.network.nodes)
    with np.errstate(divide="ignore"):
        log_a = np.where(ways.a > 0, -ways.nu * ways.cost, -np.inf)
    flow = np.zeros(len(log_a))
    for j in np.flatnonzero(trips.any(axis=0)):
        to = ways.log_b[:, j]
        ok = np.isfinite(log_a) & np.isfinite(to[net.tail]) & np.isfinite(to[net.head])
        step = np.zeros(len(log_a))
        step[ok] = np.exp(log_a[ok] + to[net.head[ok]] - to[net.tail[ok]])
        moves = np.bincount(net.head * n + net.tail, step, n * n).reshape(n, n)
        start = np.where(np.isfinite(to), trips[:, j], 0.0)
        flow += step * np.linalg.solve(np.eye(n) - moves, start)[net.tail]
    return flow


def traffic_response(
    ways: Ways, trips: np.ndarray, flow: np.ndarray, some: np.ndarray
) -> np.ndarray:
    """(some, some) d Xi / d c: response of the traffic on links `some` to their costs in logs.

    From d ln b_ij / d c_m = -nu pi_ij^m.  It is symmetric and negative semidefinite.  Pairs whose
    ways are too dear for float64 are left out: they slow Newton's method, and change no solution.
    """
    tail, head = ways.network.tail[some], ways.network.head[some]
    a, b = ways.a[some], np.exp(ways.log_b)
    through, _ = _through(ways, trips)
    # V[m, l]: trips that pass m and, later, l
    later = a[:, None] * a * b[np.ix_(head, tail)] * through[np.ix_(tail, head)]
    rows, cols = np.nonzero((trips > 0) & (ways.log_b > DEEP))
    use = b[np.ix_(rows, tail)] * a * b[np.ix_(head, cols)].T / b[rows, cols][:, None]
    both = (use * trips[rows, cols][:, None]).T @ use
    return -ways.nu * (np.diag(flow[some]) + later + later.T - both)


def _through(ways: Ways, trips: np.ndarray) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """W_kl = sum_ij b_ik (X_ij / b_ij) b_lj, and the pairs too dear to be in it."""
    asked = (trips > 0) & np.isfinite(ways.log_b)
    deep = asked & (ways.log_b <= DEEP)
    rows, cols = np.flatnonzero(trips.any(axis=1)), np.flatnonzero(trips.any(axis=0))
    near = (asked & ~deep)[np.ix_(rows, cols)]
    b = np.exp(ways.log_b)
    weight = np.where(near, trips[np.ix_(rows, cols)], 0.0)
    weight /= np.where(near, b[np.ix_(rows, cols)], 1.0)
    through = b[rows].T @ weight @ b[:, cols].T
    return through, [(int(i), int(j)) for i, j in np.argwhere(deep)]
