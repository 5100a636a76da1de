"""Odd values handed to bounds, optimal tariffs and presets: errors of the project, by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import worlds

import entrepot as ep

WORLD = worlds.world(3)
SHOCK = worlds.shock(3, WORLD, ("tariff",))
MASKED = np.ma.array([1.0, 2.0, 3.0, 4.0], mask=[1, 0, 0, 0])


@pytest.mark.parametrize("theta", ["x", [[1], [1, 2]], True, [True] * 4, MASKED, np.ma.masked,
                                   ["1"] * 4, np.nan, -np.inf])  # fmt: skip
def test_bounds_refuse_odd_elasticities(theta: Any) -> None:
    with pytest.raises(ep.InputError, match="theta"):
        ep.bounds(WORLD, SHOCK, theta=theta)


def test_bounds_take_infinite_elasticities_by_label() -> None:
    theta = pd.Series([1.0, np.inf, 3.0, 4.0], index=WORLD.sectors)
    found = ep.bounds(WORLD, SHOCK, theta=theta.iloc[::-1]).assumptions
    np.testing.assert_array_equal(found.theta, theta)


@pytest.mark.parametrize("options", [{"essential": "a"}, {"essential": True},
                                     {"terms_of_trade": None}])  # fmt: skip
def test_bounds_refuse_odd_assumptions(options: dict[str, Any]) -> None:
    with pytest.raises(ep.InputError, match=next(iter(options))):
        ep.bounds(WORLD, SHOCK, **options)


def test_bounds_need_a_shock() -> None:
    with pytest.raises(ep.InputError, match="shock is a str"):
        ep.bounds(WORLD, "x")  # type: ignore[arg-type]  # what is tested


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        ((WORLD, "x", "AAA"), {}, "economy is a str"),
        ((None, None, "AAA"), {}, "world is a NoneType"),
        ((WORLD, None, ["AAA"]), {}, "region is a list"),
        ((WORLD, None, "AAA"), {"low": "a"}, "Bounds"),
        ((WORLD, None, "AAA"), {"high": np.inf}, "Bounds"),
    ],
)
def test_optimal_tariff_refuses_odd_arguments(
    given: tuple[Any, ...], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ep.InputError, match=message):
        ep.optimal_tariff(*given, **options)


@pytest.mark.parametrize("source", [[1], 5, b"x"])
def test_presets_come_from_a_path_or_a_mapping(source: Any) -> None:
    with pytest.raises(ep.InputError, match="source is a"):
        ep.Economy.short_run(source=source)


@pytest.mark.parametrize("options", [{"tolerance": 1e-9}, 0, "fast"])
def test_options_of_another_kind_are_refused(options: Any) -> None:
    world = worlds.world(1)
    for call in (ep.solve, ep.solve_many):
        with pytest.raises(ep.InputError, match="options is a "):
            call(world, ep.Economy(), ep.Shock(), options=options)


@pytest.mark.parametrize(
    "given", [{"tolerance": "a"}, {"max_seconds": "9"}, {"max_evaluations": 2.5},
              {"max_evaluations": True}]
)  # fmt: skip
def test_numerical_options_are_numbers(given: dict[str, Any]) -> None:
    with pytest.raises(ep.ValueRangeError, match=f"{next(iter(given))} must be a"):
        ep.SolveOptions(**given)


def test_an_empty_list_is_no_economy() -> None:
    with pytest.raises(ep.InputError, match="economy is a list"):
        ep.solve(worlds.world(1), [])  # type: ignore[arg-type]  # the wrong type is the test


def test_any_number_of_months_is_a_time() -> None:
    assert ep.Economy.at(10**400).mu == ep.Economy.long_run().mu
