"""Equation solvers that know no economics.

A solver sees ``fn(y, args) -> Step`` on float64 arrays and returns an `Outcome`: the iterate, the
undamped residual, and a status with cause and remedy.
"""

from entrepot.numerics.aligned import aligned
from entrepot.numerics.anderson import Anderson, anderson
from entrepot.numerics.columns import anderson_columns
from entrepot.numerics.ladder import Attempt, accelerate, climb
from entrepot.numerics.newton import NewtonKrylov, newton_krylov
from entrepot.numerics.outcome import Outcome, Status, Step

__all__ = [
    "Anderson",
    "Attempt",
    "NewtonKrylov",
    "Outcome",
    "Status",
    "Step",
    "accelerate",
    "aligned",
    "anderson",
    "anderson_columns",
    "climb",
    "newton_krylov",
]
