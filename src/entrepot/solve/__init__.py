"""Binds world, model and shock; certifies."""

from entrepot.solve.certificate import Certificate, State
from entrepot.solve.solution import Solution, Verdict
from entrepot.solve.solve import SolveOptions, solve

__all__ = ["Certificate", "Solution", "SolveOptions", "State", "Verdict", "solve"]
