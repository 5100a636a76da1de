"""Newton's method on prices, each step a small quadratic programme handed to Clarabel.

phi is convex with a continuous gradient that is smooth in pieces (outputs and stocks have bounds).
At each point the second-order model is minimised subject to rents >= 0, which decides which limits
bind; a backtracking line search makes phi fall.  Once it is known which limits bind, plain Newton
steps square the error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.prices import Point, Problem, at, bend

if TYPE_CHECKING:
    import clarabel

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
TOLERANCE = 1e-5
"""kb/d (thousand barrels of vessel) that may be left over; the world runs some 80,000."""
GOOD_ENOUGH = 1e-3
"""kb/d that may be left over where rounding stops the search."""
MOST_STEPS = 100
MOST_HALVINGS = 40
RIDGES = (1e-11, 1e-7, 1e-4, 1e-1)
"""Added to the scaled second derivative, in turn."""
NEAR = 5.0
"""USD a barrel: longest step that is taken without a look at the bounds and at phi."""
FAR = 50.0
"""USD a barrel: how far a price is thought to move where the model is flat; it only scales."""
NO_RENT = 1e-8
"""USD a barrel below which a rent is none."""


@dataclass(frozen=True, slots=True)
class Solved:
    """What the search found.

    Attributes
    ----------
    point : the market at the last prices
    left : largest amount left over, kb/d; what is left of a limit without a rent does not count
    steps : Newton steps
    ok : whether `left` is within tolerance

    """

    point: Point
    left: float
    steps: int
    ok: bool


def solve(made: Problem, start: Array, tolerance: float = TOLERANCE) -> Solved:
    """Find the prices at which nothing is left over, from prices `start`."""
    low = np.zeros(made.size)
    low[made.part["fob"]] = -np.inf
    point = at(made, np.maximum(start, low))
    left, step = left_over(point, low), 0
    while left > tolerance and step < MOST_STEPS:
        step += 1
        after = _next(made, point, low)
        if after is None:
            break  # what is left cannot be told from rounding, or the model is wrong
        point, left = after, left_over(after, low)
    return Solved(point, left, step, left <= GOOD_ENOUGH)


def _next(made: Problem, point: Point, low: Array) -> Point | None:
    """A point with a lower phi, with a stiffer model where the plain one misleads.

    Last come steps that are cut off at the bounds (Bertsekas 1982), which go down if not far.
    """
    free = (point.z > low) | (point.gradient < 0)
    hessian, gradient = bend(made, point)[np.ix_(free, free)], point.gradient[free]
    first = _straight(hessian, gradient, RIDGES[0])
    after = _plain(made, point, low, _whole(free, first))
    if after is not None:
        return after
    for bounded in (True, False):
        for ridge in RIDGES:
            if bounded:
                part = _newton(hessian, gradient, (low - point.z)[free], ridge)
            else:
                part = _straight(hessian, gradient, ridge)
            after = _search(made, point, _whole(free, part), low)
            if after is not None:
                return after
    return None


def _whole(free: Flags, part: Array | None) -> Array | None:
    """A step of all unknowns; those that are not free stay."""
    if part is None:
        return None
    out = np.zeros(len(free))
    out[free] = part
    return out


def _straight(hessian: Array, gradient: Array, ridge: float) -> Array | None:
    """Newton's step without bounds; None where the second derivative has no inverse."""
    size = 1.0 / np.sqrt(np.maximum(np.diag(hessian), 1e-6))
    scaled = hessian * size[:, None] * size + ridge * np.eye(len(size))
    try:
        return np.asarray(-size * np.linalg.solve(scaled, size * gradient))
    except np.linalg.LinAlgError:
        return None


def _plain(made: Problem, point: Point, low: Array, move: Array | None) -> Point | None:
    """Take a step without bounds if it meets none and leaves over much less."""
    if move is None or (point.z + move < low).any() or np.abs(move).max() > NEAR:
        return None
    after = at(made, point.z + move)
    return after if left_over(after, low) < 0.1 * left_over(point, low) else None


def left_over(point: Point, low: Array) -> float:
    """Largest part of the gradient that no bound explains."""
    g = point.gradient
    return float(np.abs(np.where(point.z > low, g, np.minimum(g, 0.0))).max(initial=0.0))


def _newton(hessian: Array, gradient: Array, low: Array, ridge: float) -> Array | None:
    """Least point of the second-order model with ``move >= low``; None if there is no number.

    A step that the solver could not finish is as good as any other: the line search judges it.
    """
    # Imported where a market is solved: of each start SciPy's sparse matrices would take 0.15 s,
    # its optimisers 0.5 s.
    import clarabel
    from scipy import sparse

    diagonal = np.maximum(np.diag(hessian), np.abs(gradient) / FAR)
    size = 1.0 / np.sqrt(np.maximum(diagonal, 1e-6))
    unit = float(np.abs(gradient * size).max()) or 1.0
    scaled = hessian * size[:, None] * size + ridge * np.eye(len(size))
    bounded = np.flatnonzero(np.isfinite(low))
    rows = sparse.csc_matrix(
        (-np.ones(len(bounded)), (np.arange(len(bounded)), bounded)), (len(bounded), len(size))
    )
    found = clarabel.DefaultSolver(
        sparse.csc_matrix(np.triu(scaled)), gradient * size / unit, rows,
        -low[bounded] / size[bounded] / unit, [clarabel.NonnegativeConeT(len(bounded))],
        _settings(),
    ).solve()  # fmt: skip
    move = np.array(found.x) * size * unit
    if not np.isfinite(move).all():
        return None
    return np.where(move < low + NO_RENT, low, move)


def _search(made: Problem, point: Point, move: Array | None, low: Array) -> Point | None:
    """Halve the step until phi falls by a part of what the slope promises."""
    if move is None:
        return None
    noise, part = 1e-12 * max(abs(point.value), 1.0), 1.0
    for _ in range(MOST_HALVINGS):
        z = np.maximum(point.z + part * move, low)
        slope = float(point.gradient @ (z - point.z))
        if slope >= 0:
            return None
        after = at(made, z)
        if after.value <= point.value + 1e-4 * slope + noise:
            return after
        part *= 0.5
    return None


def _settings() -> clarabel.DefaultSettings:
    import clarabel  # see `_newton`

    out = clarabel.DefaultSettings()
    out.verbose = False
    out.tol_gap_abs = out.tol_gap_rel = out.tol_feas = 1e-9
    return out
