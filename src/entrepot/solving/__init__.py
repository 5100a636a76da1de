"""Binds world, model and shock; certifies."""

from entrepot.solving.certificate import Certificate, State
from entrepot.solving.many import solve_many
from entrepot.solving.many_batch import Batch
from entrepot.solving.solution import Solution, Verdict
from entrepot.solving.solve import SolveOptions, solve

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
