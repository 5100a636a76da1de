"""Binds world, model and shock; certifies."""

from entrepot.solving.certificate import Certificate
from entrepot.solving.many import solve_many
from entrepot.solving.many_batch import Batch
from entrepot.solving.solution import Solution, Verdict
from entrepot.solving.solve import SolveOptions, solve
from entrepot.solving.state import State

__all__ = [
    "Batch",
    "Certificate",
    "Solution",
    "SolveOptions",
    "State",
    "Verdict",
    "solve",
    "solve_many",
]
