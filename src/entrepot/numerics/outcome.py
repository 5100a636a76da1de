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
    """How the iterations ended; what it means for a user is said by `solving.Verdict`."""

    CONVERGED = "converged"
    NOT_CONVERGED = "not converged"
    NOT_FINITE = "not finite"
