"""The programme handed to Clarabel, an interior-point solver for conic programmes."""

from __future__ import annotations

from dataclasses import dataclass

import clarabel
import numpy as np
import numpy.typing as npt
from scipy import sparse

from entrepot.channels.oil.program import Program

Array = npt.NDArray[np.float64]
TOLERANCE = 1e-9
MOST_STEPS = 200
SCALINGS = ((True, 10.0), (False, 1.0), (True, 1.0))
"""Whether volumes are measured against the base month, and a weight on the objective."""
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
    """Solve the programme of a month; if the first scaling stalls, with the next."""
    for scaled, weight in SCALINGS:
        found = _attempt(given, tolerance, scaled, weight)
        if found.ok or found.infeasible:
            return found
    return found


def _attempt(given: Program, tolerance: float, scaled: bool, weight: float) -> Solved:
    """One run of the solver, which wants ``A x + s = b`` with s in the cones.

    `scaled` measures every volume against that of the base month, `weight` multiplies the
    objective; both change how the solver steps, not what is solved.
    """
    first, second = len(given.equal.names), len(given.less.names)
    columns = given.scale if scaled else np.ones_like(given.scale)
    rows = np.ones(first + second + len(given.shift))
    if scaled:
        rows[first + second : first + second + 3 * len(given.widths)] /= np.repeat(given.widths, 3)
    matrix = sparse.vstack([given.equal.matrix, given.less.matrix, -given.cones])
    right = np.concatenate([given.equal.right, given.less.right, given.shift])
    by_column = sparse.diags(columns)
    curved = by_column @ given.quadratic @ by_column
    found = clarabel.DefaultSolver(
        sparse.triu(curved * weight).tocsc(),
        given.linear * columns * weight,
        (sparse.diags(rows) @ matrix @ by_column).tocsc(),
        right * rows,
        [
            clarabel.ZeroConeT(first),
            clarabel.NonnegativeConeT(second),
            *[clarabel.ExponentialConeT()] * len(given.widths),
            *[clarabel.PowerConeT(float(e)) for e in given.power],
        ],
        _settings(tolerance),
    ).solve()
    dual = np.array(found.z) * rows * (given.unit / weight)
    return Solved(
        status=str(found.status),
        x=np.array(found.x) * columns,
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
