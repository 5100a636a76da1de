"""Equation solvers that know no economics."""
