"""Odd questions to a solution: errors of the project, which say what is allowed."""

from __future__ import annotations

from typing import Any

import pytest
import worlds

import entrepot as ep


@pytest.fixture(scope="module")
def solution() -> ep.Solution:
    return ep.solve(worlds.world(3))


@pytest.mark.parametrize(
    ("outcome", "wrt", "message"),
    [
        (None, None, "outcome is a NoneType"),
        (5, None, "outcome is a int"),
        ("welfare", None, "The outcome 'welfare' names no region"),
        ("welfar:AAA", None, "There is no outcome 'welfar:AAA'. Did you mean 'welfare'"),
        ("welfare:AAA", 5, "wrt is 5"),
        ("welfare:AAA", [], "wrt is"),
        ("welfare:AAA", {"theta"}, "a list of them"),
    ],
)
def test_gradients(solution: ep.Solution, outcome: Any, wrt: Any, message: str) -> None:
    with pytest.raises(ep.InputError, match=message):
        solution.gradient(outcome, wrt=wrt)


@pytest.mark.parametrize(
    "options", [{"tolerance": "a"}, {"max_nodes": 9.5}, {"max_nodes": None}], ids=str
)
def test_decompositions(solution: ep.Solution, options: dict[str, Any]) -> None:
    with pytest.raises(ep.ValueRangeError, match=next(iter(options))):
        solution.results().decomposition(**options)
