"""Binds world, model and shock; certifies."""

from entrepot.solving.certificate import Certificate, State
from entrepot.solving.solution import Solution, Verdict
from entrepot.solving.solve import SolveOptions, solve

__all__ = ["Certificate", "Solution", "SolveOptions", "State", "Verdict", "solve"]
