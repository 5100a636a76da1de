"""Hats by region that follow from a certified solution, as plain arrays."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from entrepot.solving.solution import Solution

Array = np.ndarray


def _per_price(solution: Solution, after: Array, before: Array) -> Array:
    hat: Array = after / before / solution.certified().price_index
    return hat


def _welfare(solution: Solution) -> Array:
    return _per_price(solution, solution.certified().income, solution.world.accounts().income)


def _real_income(solution: Solution) -> Array:
    state, problem = solution.certified(), solution.problem
    before = solution.world.accounts().income - problem.benchmark_balance
    return _per_price(solution, state.income - state.transfer, before)


HATS: dict[str, Callable[[Solution], Array]] = {
    "welfare": _welfare,
    "real_income": _real_income,
    "real_wage": lambda s: _per_price(s, s.certified().factor_price, np.ones(1)),
    "price_index": lambda s: s.certified().price_index,
    "factor_price": lambda s: s.certified().factor_price,
}
"""(N,) each, by name: what `Results` gives with labels, and what a batch can keep."""
