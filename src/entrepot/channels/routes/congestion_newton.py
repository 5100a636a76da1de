"""Trips move among known ways until all used ways of a pair cost the same.

Unknowns are the trips shifted from the busiest way of each pair to its others; flows stay
non-negative.  Each Newton step is a bound-constrained quadratic programme, solved by guessing which
ways are empty and mending the guess (principal pivoting: Portugal, Júdice and Vicente 1994).  Frank
and Wolfe's method and its conjugate variants need thousands of searches for the last digits; this
converges quadratically once the used ways are known.  Its matrix is dense in the number of ways
beyond the first of each pair: some thousands are no trouble.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from entrepot.channels.routes.congestion_delay import Delay

STEPS = 3
"""Newton steps between two searches for new ways."""
SWAPS, MENDED = 12, 6
"""Guesses of the empty ways at most; after `MENDED` of them none is filled again."""
TRACE = 1e-6
"""Flow, over the largest demand of a pair, below which the slope is taken as there."""
RIDGE = 1e-10
"""Keeps the matrix regular where link flows are unique but flows on ways are not."""
SLACK = 0.1
"""A step may overshoot the least cost along it by this share of its initial slope."""
TRIALS = 40


@dataclass(slots=True)
class Ways:
    """Known ways.

    Attributes
    ----------
    width : number of links
    pair : (way,) the pair of zones that each serves; way k is the first way of pair k
    steps : the links of each way
    known : what was added before

    """

    width: int
    pair: np.ndarray
    steps: list[np.ndarray]
    known: set[tuple[int, bytes]]

    @classmethod
    def none(cls, width: int) -> Ways:
        """No way yet on a network of `width` links."""
        return cls(width, np.zeros(0, dtype=np.int64), [], set())

    def add(self, pair: np.ndarray, link: np.ndarray) -> int:
        """Add one way per pair, given as two lists, unless it is known; return how many are new."""
        order = np.lexsort((link, pair))
        pair, link = pair[order], link[order]
        first = np.r_[0, np.flatnonzero(np.diff(pair)) + 1]
        fresh = []
        for k, way in zip(pair[first], np.split(link, first[1:]), strict=True):
            mark = (int(k), way.tobytes())
            if mark not in self.known:
                self.known.add(mark)
                self.steps.append(way)
                fresh.append(int(k))
        self.pair = np.r_[self.pair, np.array(fresh, dtype=np.int64)]
        return len(fresh)

    def matrix(self) -> Any:
        """(way, link) one where the way takes the link, sparse."""
        # SciPy's sparse matrices take 0.2 s to import; most runs have no congestion.
        from scipy.sparse import csr_matrix

        ends = np.r_[0, np.cumsum([len(s) for s in self.steps])]
        links = np.concatenate(self.steps)
        return csr_matrix((np.ones(len(links)), links, ends), (len(self.steps), self.width))

    def busiest(self, on: np.ndarray) -> np.ndarray:
        """(pair,) the way of each pair with most trips."""
        order = np.lexsort((-on, self.pair))
        return order[np.flatnonzero(np.diff(self.pair[order], prepend=-1))]


def settle(ways: Ways, amount: np.ndarray, on: np.ndarray, delay: Delay) -> tuple[np.ndarray, bool]:
    """Some Newton steps towards equal costs; returns the trips on each way, and whether any moved.

    `amount` (pair,) is the demand, `on` (way,) the trips, summing to the demand of their pair.
    """
    matrix, moved = ways.matrix(), False
    for _ in range(STEPS):
        base = ways.busiest(on)
        other = np.setdiff1d(np.arange(len(on)), base)
        if not len(other):
            break
        flow = matrix.T @ on
        shift = matrix[other] - matrix[base[ways.pair[other]]]
        dearer = shift @ delay.time(flow)
        slope = delay.slope(np.maximum(flow, TRACE * amount.max()))
        curve = (shift.multiply(slope) @ shift.T).toarray()
        curve[np.diag_indices_from(curve)] *= 1.0 + RIDGE
        less = withdrawn(curve, dearer, on[other])
        new = _along(ways, matrix, amount, on, (base, other, less), delay)
        if new is None:
            break
        on, moved = new, True
    return on, moved


def withdrawn(curve: np.ndarray, dearer: np.ndarray, on: np.ndarray) -> np.ndarray:
    """Trips d to take off each way: they make r'd - d'Hd/2 large, with d <= `on`.

    `curve` H is positive definite; `dearer` r is by how much a way costs more than the busiest.
    The best point met is returned; it is never worse than two sweeps over the ways.
    """
    best = _swept(curve, dearer, on)
    most = _gain(curve, dearer, best)
    emptied = best >= on
    for k in range(SWAPS):
        kept, less = ~emptied, np.where(emptied, on, 0.0)
        if kept.any():
            right = dearer[kept] - curve[np.ix_(kept, emptied)] @ on[emptied]
            less[kept] = np.linalg.solve(curve[np.ix_(kept, kept)], right)
        over = kept & (less > on)
        missed = emptied & (dearer - curve @ less < -1e-13 * np.abs(dearer).max())
        less = np.minimum(less, on)
        gain = _gain(curve, dearer, less)
        if gain > most:
            best, most = less, gain
        if not (over.any() or missed.any()):
            break
        emptied = (emptied | over) & ~missed if k < MENDED else emptied | over
    return best


def _gain(curve: np.ndarray, dearer: np.ndarray, less: np.ndarray) -> float:
    return float(dearer @ less - less @ curve @ less / 2.0)


def _swept(curve: np.ndarray, dearer: np.ndarray, on: np.ndarray, sweeps: int = 2) -> np.ndarray:
    """Bring each way in turn to its own best value (Gauss-Seidel, projected)."""
    less = np.zeros_like(on)
    for _ in range(sweeps):
        for k in range(len(on)):
            own = less[k] + (dearer[k] - curve[k] @ less) / curve[k, k]
            less[k] = min(own, on[k])
    return less


def _along(
    ways: Ways, matrix: Any, amount: np.ndarray, on: np.ndarray,
    step: tuple[np.ndarray, np.ndarray, np.ndarray], delay: Delay,
) -> np.ndarray | None:  # fmt: skip
    """Trips after the longest tried part of a step that does not overshoot; None: there is none.

    The cost is convex along the step, so its slope at the end says whether it went too far.
    """
    base, other, less = step
    first = base[ways.pair]

    def extra(trips: np.ndarray) -> np.ndarray:
        """(way,) cost beyond that of the pair's busiest way; the plain cost would lose digits."""
        cost = matrix @ delay.time(matrix.T @ trips)
        return cost - cost[first]

    now, part = extra(on), 1.0
    for _ in range(TRIALS):
        new = on.copy()
        new[other] -= part * less
        new[base] = 0.0
        crowd = np.bincount(ways.pair, new, len(amount)) / amount
        new /= np.maximum(crowd, 1.0)[ways.pair]
        new[base] = np.maximum(amount - np.bincount(ways.pair, new, len(amount)), 0.0)
        before, after = float(now @ (new - on)), float(extra(new) @ (new - on))
        if before < 0.0 and after <= -SLACK * before:
            return new
        part *= 0.5
    return None
