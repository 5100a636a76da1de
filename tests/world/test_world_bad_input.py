"""Arrays that make no world: each refused with what, where, found, allowed and remedy."""

from __future__ import annotations

import numpy as np
import pytest
import worlds
import xarray as xr

import entrepot as ep

TRADE = ("origin", "dest", "sector")


@pytest.fixture
def given():
    made = worlds.arrays(6, missing=False, deficits=0.0)
    return {k: np.array(v) if isinstance(v, np.ndarray) else v for k, v in made.items()}


def refuse(given, error, *words):
    with pytest.raises(error) as caught:
        ep.World.from_arrays(**given)
    text = str(caught.value)
    assert text.rstrip().endswith("."), text
    for word in words:
        assert word in text, text
    return caught.value


def labelled(array, regions=worlds.REGIONS, sectors=worlds.SECTORS):
    coords = {"origin": list(regions), "dest": list(regions), "sector": list(sectors)}
    return xr.DataArray(array, dims=TRADE, coords=coords)


def test_missing_and_extra_labels(given):
    other = ("AAA", "BBB", "CCC", "DDD", "ZZZ")
    given["tariff"] = labelled(given["tariff"], regions=other)
    refuse(given, ep.LabelError, "'tariff'", "missing 'EEE'", "extra 'ZZZ'", "Select or rename")


def test_labels_in_the_wrong_case(given):
    given["tariff"] = labelled(given["tariff"], regions=[r.lower() for r in worlds.REGIONS])
    refuse(given, ep.LabelError, "missing 'AAA'", "extra 'aaa'")


def test_repeated_labels_inside_an_array(given):
    given["tariff"] = labelled(given["tariff"], regions=("AAA", "BBB", "CCC", "DDD", "AAA"))
    refuse(given, ep.LabelError, "'tariff'")


def test_labels_twice_and_all_there(given):
    wide = labelled(given["tariff"])
    given["tariff"] = xr.concat([wide, wide.isel(origin=[0])], dim="origin")
    refuse(given, ep.LabelError, "'tariff'", "AAA")


def test_wrong_dimension_names(given):
    given["tariff"] = labelled(given["tariff"]).rename(origin="exporter")
    refuse(given, ep.LabelError, "exporter", "origin", "Rename")


def test_an_array_without_coordinates(given):
    given["tariff"] = xr.DataArray(given["tariff"], dims=TRADE)
    refuse(given, ep.LabelError, "no labels on dimension 'origin'", "Add a coordinate")


@pytest.mark.parametrize("dim", ["regions", "sectors"])
def test_label_lists(given, dim):
    first = given[dim][0]
    refuse({**given, dim: (first, *given[dim][:-1])}, ep.LabelError, "unique", f"'{first}'")
    refuse({**given, dim: (1, *given[dim][1:])}, ep.LabelError, "non-empty strings", "1")
    refuse({**given, dim: ()}, ep.LabelError, "no labels")
    refuse({**given, dim: ("", *given[dim][1:])}, ep.LabelError, "non-empty strings")


def test_wrong_shape(given):
    given["final_share"] = given["final_share"].T
    refuse(given, ep.LabelError, "(4, 5)", "(5, 4)", "region: 5", "Transpose")


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["trade_share", "input_share", "value_added", "tariff", "theta"])
def test_nan_and_infinity(given, name, value):
    given[name].reshape(-1)[0] = value
    refuse(given, ep.ValueRangeError, f"'{name}'", "1 entries", "Missing is not zero",
           "sector grain" if name != "value_added" else "region AAA")  # fmt: skip


def test_words_instead_of_numbers(given):
    given["value_added"] = ["a lot"] * 5
    refuse(given, ep.ValueRangeError, "'value_added' holds text", "Pass real numbers")


def test_complex_numbers_are_not_silently_cut(given):
    given["value_added"] = given["value_added"] + 1j
    refuse(given, ep.ValueRangeError, "'value_added'")


def test_negative_trade(given):
    given["trade_share"][0, 1, 2] = -0.1
    refuse(given, ep.ValueRangeError, "trade_share is -0.1", "origin AAA, dest BBB, sector tools",
           "negative")  # fmt: skip


def test_shares_that_do_not_add_up(given):
    given["trade_share"][:, 2, 0] *= 1.1
    refuse(given, ep.ValueRangeError, "1.1 instead of 1", "dest CCC, sector grain", "divide by")


def test_cost_shares_that_do_not_add_up(given):
    given["value_added_share"][3, 1] *= 0.5
    refuse(given, ep.ValueRangeError, "Input shares and value-added share",
           "region DDD, sector crude")  # fmt: skip


def test_final_shares_that_do_not_add_up(given):
    given["final_share"][1] *= 2
    refuse(given, ep.ValueRangeError, "Final shares add up to 2", "region BBB")


def test_rounding_of_a_printed_table_is_normalised_and_noted(given):
    given["final_share"] = given["final_share"] * (1 + 3e-7)
    world = ep.World.from_arrays(**given)
    np.testing.assert_allclose(world.final_share.sum(axis=1), 1, atol=1e-15)
    assert world.meta["share_rounding"] == pytest.approx(3e-7, rel=1e-3)


@pytest.mark.parametrize("name", ["tariff", "export_tax"])
def test_a_rate_in_per_cent_asks(given, name):
    given[name][0, 1, 0] = 25.0
    refuse(given, ep.ValueRangeError, f"{name} is 25 at", "origin AAA, dest BBB, sector grain",
           "per cent?", "divide by 100")  # fmt: skip


def test_a_subsidy_of_everything(given):
    given["tariff"][0, 1, 0] = -1.0
    refuse(given, ep.ValueRangeError, "tariff is -1", "subsidy")


@pytest.mark.parametrize("value", [0.0, -5.0])
def test_an_economy_without_value_added(given, value):
    given["value_added"][4] = value
    refuse(given, ep.ValueRangeError, f"value_added is {value:g} at (region EEE)", "leave the")


def test_a_sector_that_sells_without_value_added(given):
    beta, inputs = given["value_added_share"], given["input_share"]
    inputs[2, 0, 0] += beta[2, 0]
    beta[2, 0] = 0.0
    refuse(given, ep.ValueRangeError, "value_added_share is zero", "region CCC, sector grain")


def test_a_negative_elasticity(given):
    given["theta"][1] = -4.0
    refuse(given, ep.ValueRangeError, "theta must be positive", "sector crude")


def test_balances_that_do_not_sum_to_zero(given):
    given["trade_balance"] = np.array([100.0, 0, 0, 0, 0])
    refuse(given, ep.ValueRangeError, "sums to 100", "must sum to 0")


def test_all_problems_come_at_once(given):
    given["trade_share"][0, 1, 2] = -0.1
    given["final_share"][1] *= 2
    given["tariff"][0, 1, 0] = 25.0
    given["value_added"][4] = 0.0
    error = refuse(given, ep.ValueRangeError, "problems")
    assert len(error.problems) >= 5


def test_identities_that_do_not_hold(given):
    world = ep.World.from_arrays(**given)
    wrong = world.value_added.copy()
    wrong[3] *= 1.01
    given.update(value_added=wrong, balance="check")
    refuse(given, ep.IdentityError, "balance=", "region")


def test_a_deficit_larger_than_trade(given):
    given["trade_balance"] = np.array([1e9, -1e9, 0, 0, 0])
    refuse(given, ep.IdentityError, "region")


@pytest.mark.parametrize("word", ["adjsut", None, True])
def test_an_unknown_way_to_balance(given, word):
    refuse({**given, "balance": word}, ep.ValueRangeError, "'check'", "'adjust'")


def test_an_adjusted_world_passes_the_check(given):
    adjusted = ep.World.from_arrays(**given)
    again = ep.World.from_arrays(
        **{**given, "value_added": adjusted.value_added, "balance": "check"}
    )
    np.testing.assert_allclose(again.expenditure, adjusted.expenditure, rtol=1e-9)
    assert adjusted.meta["adjustment"]["largest_move"] > 0


def test_inputs_of_the_user_stay_writable_and_apart(given):
    world = ep.World.from_arrays(**given)
    before = world.trade_share[0, 1, 0]
    given["tariff"][0, 1, 0] = 0.123
    given["trade_share"][0, 1, 0] = 0.5
    assert world.trade_share[0, 1, 0] == before
    assert world.tariff[0, 1, 0] != 0.123


def test_labelled_and_bare_arrays_make_the_same_world(given):
    bare = ep.World.from_arrays(**given)
    given["trade_share"] = labelled(given["trade_share"])[::-1, :, ::-1]
    given["tariff"] = labelled(given["tariff"]).transpose("sector", "dest", "origin")
    assert ep.World.from_arrays(**given).hash == bare.hash


def test_single_precision_and_fortran_order(given):
    world, exact = ep.World.from_arrays(**given), given["trade_share"]
    given["trade_share"] = np.asfortranarray(given["trade_share"].astype(np.float32))
    rough = ep.World.from_arrays(**given)
    assert rough.trade_share.dtype == np.float64
    np.testing.assert_allclose(rough.expenditure, world.expenditure, rtol=1e-3)
    same = ep.World.from_arrays(**{**given, "trade_share": np.asfortranarray(exact)})
    assert same.hash == world.hash
