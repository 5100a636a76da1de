"""What a solver is given and what it gives back."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

Array = Any


class Step(NamedTuple):
    """One evaluation of a damped fixed-point map.

    Attributes
    ----------
    y : the next iterate proposed by the map (damped as the map sees fit)
    residual : 1-d array, largest undamped residual of each block of equations

    """

    y: Array
    residual: Array


class Outcome(NamedTuple):
    """Result of a solver, usable inside compiled code.

    Attributes
    ----------
    y : last iterate whose residual was measured
    residual : its undamped residuals by block
    evaluations : evaluations of the map (or of its linearisation)
    finite : whether the last residual was finite

    """

    y: Array
    residual: Array
    evaluations: Array
    finite: Array


class Status(StrEnum):
    """How a solve ended; each member carries its cause and remedy."""

    CONVERGED = "converged"
    NOT_CONVERGED = "not converged"
    NOT_FINITE = "not finite"

    @property
    def cause(self) -> str:
        """Why the solve ended like this."""
        return {
            Status.CONVERGED: "every block of equations is below the tolerance",
            Status.NOT_CONVERGED: "the iterations ran out before the residual was small enough",
            Status.NOT_FINITE: "an iterate left the range of the equations",
        }[self]

    @property
    def remedy(self) -> str:
        """What a user can do about it."""
        return {
            Status.CONVERGED: "none needed",
            Status.NOT_CONVERGED: "raise max_evaluations, or apply the shock in smaller parts to "
            "see which part is too large",
            Status.NOT_FINITE: "look for elasticities or cost changes of extreme size",
        }[self]
