"""Options of functions: what is out of range, or of another kind, is refused by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import small

import entrepot as ep

WORLD = small.make_world()
TABLE = np.full((2, 2), 1.0), np.full((2, 2), 5.0)


@pytest.fixture(scope="module")
def solution() -> ep.Solution:
    return ep.solve(WORLD, None, ep.Shock(tariff=1.5 * WORLD.tariff))


@pytest.mark.parametrize("given", ["a", None, 3, 4.0, True])
def test_orders_of_an_attribution(solution: ep.Solution, given: Any) -> None:
    with pytest.raises(ep.ValueRangeError, match="orders"):
        ep.by_instrument(solution, orders=given)


@pytest.mark.parametrize("given", ["a", -1, None])
def test_seed_of_an_attribution(solution: ep.Solution, given: Any) -> None:
    with pytest.raises(ep.ValueRangeError, match="seed"):
        ep.by_instrument(solution, seed=given)


@pytest.mark.parametrize("given", ["a", 0, 1.5])
def test_iterations_of_an_optimal_tariff(given: Any) -> None:
    with pytest.raises(ep.ValueRangeError, match="max_iterations"):
        ep.optimal_tariff(WORLD, None, "IRN", max_iterations=given)


@pytest.mark.parametrize("given", ["a", 0])
def test_number_of_new_links(solution: ep.Solution, given: Any) -> None:
    with pytest.raises(ep.ValueRangeError, match="top"):
        ep.new_links(solution, top=given)


@pytest.mark.parametrize(
    ("name", "given"),
    [("negative", "a"), ("negative", -1), ("negative", 2), ("value_added_floor", "a"),
     ("value_added_floor", -1), ("value_added_floor", 1.0), ("inventories", ["x"]),
     ("inventories", 1), ("balance", "adjust")],
)  # fmt: skip
def test_options_of_a_table(name: str, given: Any) -> None:
    with pytest.raises(ep.InputError, match=name):
        ep.from_iot(*TABLE, regions=["A", "B"], sectors=["s"], **{name: given})
