"""Shocks and elasticities that cannot be used, each refused with place and remedy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import worlds
import xarray as xr

import entrepot as ep
from entrepot.model.closure import Closure, offset


def cell(value, base):
    array = np.full((5, 5, 4), base, dtype=float)
    array[0, 1, 2] = value
    return array


AT = "origin AAA, dest BBB, sector tools"
CASES = {
    "negative cost": ({"trade_cost": cell(-1, 1)}, "trade_cost is -1", AT, "use 'ban'"),
    "zero cost": ({"trade_cost": cell(0, 1)}, "trade_cost is 0", AT),
    "nan cost": ({"trade_cost": cell(np.nan, 1)}, "NaN", AT, "Missing is not zero"),
    "infinite cost": ({"trade_cost": cell(np.inf, 1)}, "infinite", AT),
    "per cent": ({"tariff": cell(25, 0)}, "tariff is 25", AT, "per cent?", "divide by 100"),
    "per cent tax": ({"export_tax": cell(10, 0)}, "export_tax is 10", AT, "use a ban"),
    "full subsidy": ({"tariff": cell(-1, 0)}, "tariff is -1", AT, "subsidy"),
    "access above 1": ({"access": cell(1.2, 1)}, "access is 1.2", AT, "between 0 and 1"),
    "negative access": ({"access": cell(-0.1, 1)}, "access is -0.1", AT),
    "ban of numbers": ({"ban": cell(1, 0)}, "'ban' must be boolean", "float64"),
    "no productivity": ({"productivity": np.zeros((5, 4))}, "productivity is 0",
                        "region AAA, sector grain", "ban its sales"),
    "one-sided transfer": ({"transfer": np.array([5.0, 0, 0, 0, 0])}, "sums to 5",
                           "Name the payer"),
    "frozen above 1": ({"frozen": np.full(5, 1.5)}, "frozen is 1.5", "region AAA",
                       "between 0 and 1"),
    "negative frozen": ({"frozen": np.full(5, -0.1)}, "frozen is -0.1", "region AAA"),
    "frozen of text": ({"frozen": list("abcde")}, "'frozen' holds text"),
    "frozen of NaN": ({"frozen": np.full(5, np.nan)}, "'frozen' holds 5 entries that are NaN"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_values(tiny_world, case):
    fields, *words = CASES[case]
    with pytest.raises(ep.ValueRangeError) as caught:
        ep.solve(tiny_world, shock=ep.Shock(**fields))
    for word in (*words, next(iter(fields))):
        assert word in str(caught.value), str(caught.value)
    assert str(caught.value).endswith(".")


def test_all_problems_at_once(tiny_world):
    shock = ep.Shock(trade_cost=cell(-1, 1), tariff=cell(25, 0), access=cell(2, 1))
    with pytest.raises(ep.ValueRangeError) as caught:
        shock.bind(tiny_world)
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize("name", ["trade_cost", "productivity", "transfer", "ban", "frozen"])
def test_shapes(tiny_world, name):
    array = np.ones((3, 3), dtype=bool if name in ("ban", "frozen") else float)
    with pytest.raises(ep.LabelError, match=rf"'{name}' has shape \(3, 3\); it needs \(5"):
        ep.Shock(**{name: array}).bind(tiny_world)


def test_labels(tiny_world):
    array = xr.DataArray(np.zeros(5), dims="region", coords={"region": list("ABCDE")})
    with pytest.raises(ep.LabelError, match=r"'transfer' on 'region'.*missing 'AAA'.*extra 'A'"):
        ep.Shock(transfer=array).bind(tiny_world)


def test_a_shock_for_another_world(tiny_world):
    other = worlds.world(1, n=3)
    with pytest.raises(ep.LabelError, match=r"\(5, 5, 4\); it needs \(3, 3, 4\)"):
        ep.solve(other, shock=worlds.shock(0, tiny_world, ("tariff",)))


def test_a_bound_shock_for_another_world(tiny_world):
    """Also when the shape fits: the same shape under other labels is another world."""
    bound = worlds.shock(0, tiny_world, ("tariff",)).bind(tiny_world)
    with pytest.raises(ep.InputError):
        ep.solve(worlds.world(1, n=3), shock=bound)


@pytest.mark.parametrize("theta", [-4, 0, 1e-3, 1e4, np.nan, [1, 2, 3], "large"])
def test_elasticities(tiny_world, theta):
    with pytest.raises(ep.InputError, match=r"(?s)theta.*\.$"):
        ep.solve(tiny_world, ep.Economy.long_run(theta=theta))


def test_elasticities_with_wrong_labels(tiny_world):
    array = xr.DataArray([1.0, 2, 3, 4], dims="sector", coords={"sector": list("abcd")})
    with pytest.raises(ep.LabelError, match=r"'theta' on 'sector'.*missing 'grain'"):
        ep.solve(tiny_world, ep.Economy.long_run(theta=array))


def test_elasticities_by_label(tiny_world):
    array = xr.DataArray(
        [1.0, 2, 3, 4], dims="sector", coords={"sector": ["finance", "tools", "crude", "grain"]}
    )
    np.testing.assert_array_equal(ep.Economy(theta=array).theta_for(tiny_world), [4, 3, 2, 1])


def test_a_world_without_elasticities_asks_for_them():
    given = worlds.arrays(6)
    del given["theta"]
    world = ep.World.from_arrays(**given)
    with pytest.raises(ep.ValueRangeError, match=r"no trade elasticities.*theta="):
        ep.solve(world)
    assert ep.solve(world, ep.Economy.long_run(theta=4)).ok


@pytest.mark.parametrize("name", ["fixd", "Fixed", "", None, 3])
def test_closures(tiny_world, name):
    with pytest.raises(ep.ValueRangeError, match=r"fixed, share_of_income, zero, frozen"):
        ep.solve(tiny_world, closure=name)


def test_arguments_of_the_wrong_type(tiny_world):
    with pytest.raises(
        ep.InputError, match=r"(?s)world is a str.*load_world.*shock is a dict"
    ) as e:
        ep.solve("2017", shock={"tariff": 1})
    assert len(e.value.problems) == 2
    with pytest.raises(ep.InputError, match=r"economy is a float.*ep\.Economy"):
        ep.solve(tiny_world, 5.0)


@pytest.mark.parametrize("options", [{"tolerance": 0}, {"tolerance": 1e-3},
                                     {"tolerance": np.nan}, {"max_evaluations": 0}])  # fmt: skip
def test_options(options):
    with pytest.raises(ep.ValueRangeError, match=next(iter(options))):
        ep.SolveOptions(**options)


def test_hashes_depend_on_content_only(tiny_world):
    one = worlds.shock(0, tiny_world, ("tariff",))
    same = ep.Shock(tariff=one.tariff.copy(), trade_cost=np.ones((5, 5, 4)))
    assert one.bind(tiny_world).hash() == same.bind(tiny_world).hash()
    other = ep.Shock(tariff=one.tariff * 0.999)
    assert one.bind(tiny_world).hash() != other.bind(tiny_world).hash()
    economy = ep.Economy.long_run(theta=4.0)
    assert economy.hash(tiny_world) == ep.Economy(theta=[4.0] * 4).hash(tiny_world)


def test_offset_shrinks_the_side_in_excess():
    balance = np.array([10.0, 5.0, -12.0, -3.0])
    none = np.zeros(4, dtype=bool)
    one = np.zeros(4, dtype=int)
    np.testing.assert_array_equal(offset(balance, none, one), balance)
    frozen = np.array([True, False, False, False])
    np.testing.assert_allclose(offset(balance, frozen, one), [0, 5, -4, -1])
    lender = np.array([False, False, True, False])
    np.testing.assert_allclose(offset(balance, lender, one), [2, 1, 0, -3])
    np.testing.assert_allclose(offset(balance, ~none, one), 0)
    blocs = np.array([0, 1, 1, 0])
    np.testing.assert_allclose(offset(balance, none, blocs), [3, 5, -5, -3])
    np.testing.assert_array_equal(balance, [10, 5, -12, -3])


def test_offset_in_part():
    """A borrower at 1 - f of its deficit; what the lenders lend less falls on all of them."""
    balance, one = np.array([10.0, 5.0, -12.0, -3.0]), np.zeros(4, dtype=int)
    half = offset(balance, np.array([0.5, 0, 0, 0]), one)
    np.testing.assert_allclose(half, [5, 5, -8, -2])
    both = offset(balance, np.array([0.5, 0, 1.0, 0]), one)
    np.testing.assert_allclose(both, [1.5, 1.5, 0, -3])
    full = np.array([True, False, False, False])
    np.testing.assert_array_equal(offset(balance, full.astype(float), one),
                                  offset(balance, full, one))  # fmt: skip


def test_frozen_by_labels_and_in_part(tiny_world):
    part = xr.DataArray([0.25, 0.0, 0, 0, 0], dims="region",
                        coords={"region": list(tiny_world.regions)})  # fmt: skip
    assert ep.Shock(frozen=part).bind(tiny_world).frozen.tolist() == [0.25, 0, 0, 0, 0]
    true = ep.Shock(frozen=part > 0).bind(tiny_world)
    assert true.frozen.tolist() == [1, 0, 0, 0, 0]
    assert true.hash() == ep.Shock(frozen=np.array([1.0, 0, 0, 0, 0])).bind(tiny_world).hash()


@pytest.mark.parametrize("closure", list(Closure))
def test_closure_names_are_plain_words(closure):
    assert str(closure) == closure.value


def test_pandas_is_matched_by_label_not_by_position(tiny_world):
    regions = list(tiny_world.regions)
    values = pd.Series([-3.0, 1.0, 1.0, 0.5, 0.5], index=regions)
    bound = ep.Shock(transfer=values[::-1]).bind(tiny_world)
    np.testing.assert_array_equal(bound.transfer, values.values)
    table = pd.DataFrame(np.arange(1.0, 21).reshape(5, 4), regions, list(tiny_world.sectors))
    bound = ep.Shock(productivity=table.iloc[::-1, ::-1]).bind(tiny_world)
    np.testing.assert_array_equal(bound.productivity, table.values)
    theta = pd.Series([3.0, 4.0, 5.0, 6.0], index=list(tiny_world.sectors))
    np.testing.assert_array_equal(ep.Economy(theta[::-1]).theta_for(tiny_world), theta.values)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("transfer", pd.Series(np.zeros(5)), "do not match the world"),
        ("transfer", pd.Series(np.zeros(2), index=["AAA", "AAA"]), "must be unique"),
        ("tariff", pd.DataFrame(np.zeros((5, 5))), "is a table with 2 axes; it needs 3"),
        ("transfer", np.ma.masked_array(np.zeros(5), mask=[1, 0, 0, 0, 0]), "masked entries"),
        ("transfer", np.zeros(5, dtype=bool), "holds booleans"),
        ("transfer", np.array(["0"] * 5), "holds text"),
        ("transfer", np.zeros(5, dtype="M8[D]"), "holds dates"),
    ],
)
def test_tables_that_do_not_fit_and_things_that_are_no_numbers(tiny_world, field, value, message):
    with pytest.raises(ep.InputError, match=message):
        ep.Shock(**{field: value}).bind(tiny_world)
