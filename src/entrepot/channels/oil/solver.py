"""The programme handed to Clarabel, an interior-point solver for conic programmes."""

from __future__ import annotations

from dataclasses import dataclass

import clarabel  # type: ignore[import-untyped]  # it ships no annotations
import numpy as np
import numpy.typing as npt
from scipy import sparse

from entrepot.channels.oil.program import Program

Array = npt.NDArray[np.float64]
TOLERANCE = 1e-10
MOST_STEPS = 200
SOLVED = ("Solved", "AlmostSolved")
INFEASIBLE = ("PrimalInfeasible", "AlmostPrimalInfeasible")


@dataclass(frozen=True, slots=True)
class Solved:
    """What the solver gave.

    Attributes
    ----------
    status : in the solver's own word
    x : variables, mb/d; equal, less : (rows,) duals, USD a barrel (positive: a limit that binds)
    steps : interior-point steps
    seconds : wall time

    """

    status: str
    x: Array
    equal: Array
    less: Array
    steps: int
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether there is an answer; its certificate says how good it is."""
        return self.status in SOLVED

    @property
    def infeasible(self) -> bool:
        """Whether the solver proved that there is none."""
        return self.status in INFEASIBLE


def solve(given: Program, tolerance: float = TOLERANCE) -> Solved:
    """Solve the programme of a month.

    The cones hold ``shift + cones x``; the solver wants ``A x + s = b`` with s in the cones.
    """
    matrix = sparse.vstack([given.equal.matrix, given.less.matrix, -given.cones]).tocsc()
    right = np.concatenate([given.equal.right, given.less.right, given.shift])
    first, second = len(given.equal.names), len(given.less.names)
    three = (len(given.shift) // 3) - len(given.power)
    cones = [
        clarabel.ZeroConeT(first),
        clarabel.NonnegativeConeT(second),
        *[clarabel.ExponentialConeT()] * three,
        *[clarabel.PowerConeT(float(e)) for e in given.power],
    ]
    found = clarabel.DefaultSolver(
        sparse.triu(given.quadratic).tocsc(), given.linear, matrix, right, cones,
        _settings(tolerance),
    ).solve()  # fmt: skip
    dual = np.array(found.z) * given.unit
    return Solved(
        status=str(found.status),
        x=np.array(found.x),
        equal=dual[:first],
        less=dual[first : first + second],
        steps=int(found.iterations),
        seconds=float(found.solve_time),
    )


def _settings(tolerance: float) -> clarabel.DefaultSettings:
    out = clarabel.DefaultSettings()
    out.verbose = False
    out.max_threads = 1
    out.max_iter = MOST_STEPS
    out.tol_gap_abs = out.tol_gap_rel = out.tol_feas = tolerance
    return out
