"""What moves an outcome most: units, groups, checks by solving, and bad questions."""

from __future__ import annotations

import numpy as np
import pytest
import worlds

import entrepot as ep
from entrepot.model.presets import preset
from entrepot.study.sensitivity import matching_preset, resolve, sensitivity
from entrepot.study.sensitivity_moves import fields, movable, singles
from entrepot.study.sensitivity_units import read_units


@pytest.fixture(scope="module")
def solved(tiny_world):
    shock = worlds.shock(4, tiny_world, ("tariff",))
    economy = ep.Economy.from_preset(preset("short_run"))
    return ep.solve(tiny_world, economy, shock).raise_if_failed()


@pytest.fixture(scope="module")
def found(solved):
    return sensitivity(solved, "welfare:AAA", top=200)


def test_blocks_are_sorted_and_the_first_three_are_checked(found):
    for block in (found.single, found.groups):
        size = block["first_order"].abs().to_numpy()
        assert (np.diff(size) <= 0).all()
        assert block["resolved"].notna().to_list() == [True] * 3 + [False] * (len(block) - 3)
        first, again = block.loc[:2, "first_order"], block.loc[:2, "resolved"]
        off = (first - again).abs() > 0.2 * again.abs()
        assert block.loc[:2, "off"].to_list() == off.to_list()
        assert np.sign(first).to_list() == np.sign(again).to_list()


def test_an_effect_is_the_derivative_times_the_unit(solved, found):
    rows = found.single[found.single["instrument"] == "tariff"]
    assert len(rows)
    slope = solved.gradient("welfare:AAA", wrt="tariff").tariff
    for _, row in rows.iterrows():
        cell = float(slope.sel(origin=row["origin"], dest=row["dest"], sector=row["sector"]))
        assert row["first_order"] == pytest.approx(100 * 0.01 * cell, rel=1e-9)
        assert row["now_low"] == row["now_high"]


def test_a_group_is_the_sum_of_its_cells(solved, found):
    slope = solved.gradient("welfare:AAA", wrt="trade_cost").trade_cost.values
    step = np.where(movable(solved, "trade_cost"), 0.01 * solved.shock.trade_cost, 0.0)
    rows = found.groups[found.groups["instrument"] == "trade_cost"]
    for k, region in enumerate(solved.world.regions):
        row = rows[rows["origin"] == region].iloc[0]
        assert row["first_order"] == pytest.approx(100 * float((slope * step)[k].sum()), rel=1e-9)


def test_cells_without_trade_and_home_sales_are_left_out(solved, found):
    share, regions = solved.world.trade_share, solved.world.regions
    rows = found.single[found.single["instrument"].isin(["tariff", "export_tax", "trade_cost"])]
    for _, row in rows.iterrows():
        i, j = regions.index(row["origin"]), regions.index(row["dest"])
        assert i != j
        assert share[i, j, solved.world.sectors.index(row["sector"])] > 0


def test_elasticities_move_inside_their_range(solved, found):
    assert matching_preset(solved).name == "short_run"
    rows = found.groups.set_index("instrument")
    assert rows.loc["sigma", "change"] == "-0.4 (range 0.2 to 1)"
    assert rows.loc["kappa", "change"] == "-0.25 (range 0 to 0.5)"
    assert rows.loc["theta_ratio", "change"].endswith("(range 0.08 to 0.43)")


def test_other_units_scale_the_effects(solved, found):
    other = sensitivity(solved, "welfare:AAA", top=200, check=0,
                        units={"tariff": "5 pp", "sigma": "10%", "transfer": "100 mn"})  # fmt: skip
    a, b = (x.single.set_index("what")["first_order"] for x in (found, other))
    tariffs = [w for w in a.index if w.startswith("tariff") and w in b.index]
    assert tariffs
    np.testing.assert_allclose(b[tariffs], 5 * a[tariffs], rtol=1e-9)
    assert other.units["transfer"] == "100 mn"
    assert other.single["resolved"].isna().all()
    change = other.single.set_index("instrument")["change"]
    assert set(change.loc[["transfer"]]) == {"+100 mn USD"}


def test_small_changes_of_every_kind_agree_with_solving(solved):
    """A change so small that the first order is all: every instrument goes the same way round."""
    units = {**dict.fromkeys(("tariff", "export_tax"), "0.01pp"), "transfer": "0.001%"}
    units |= dict.fromkeys(("trade_cost", "productivity", "theta", "epsilon", "mu", "sigma",
                            "kappa"), "0.01%")  # fmt: skip
    slopes = solved.gradient("welfare:AAA")
    outcome = ep.Outcome.of("welfare:AAA", solved.world)
    here = outcome.value(ep.solve(solved.world, solved.economy, solved.shock, solved.closure,
                                  ep.SolveOptions(tolerance=1e-12)))  # fmt: skip
    for field in fields(solved, slopes, read_units(units), None):
        (move,) = singles(solved, [field], 1)
        moved = outcome.value(resolve(solved, move)) - here
        assert moved == pytest.approx(move.first_order, rel=2e-3, abs=1e-11), field.name


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"outcome": "welfare:AAB"}, "Did you mean 'AAA'"),
        ({"top": 0}, "top is 0"),
        ({"check": -1}, "check is -1"),
        ({"units": {"tarif": "1pp"}}, "Did you mean 'tariff'"),
        ({"units": {"tariff": "1 %"}}, "a number with pp"),
        ({"units": {"tariff": "90pp"}}, "at most 50"),
        ({"units": {"tariff": "5", "mu": "0%"}}, "2 problems"),
    ],
)
def test_bad_questions(solved, asked, message):
    with pytest.raises(ep.InputError, match=message):
        sensitivity(solved, **{"outcome": "welfare:AAA", **asked})


def test_without_a_solution():
    with pytest.raises(ep.InputError, match="needs a solution or a run"):
        sensitivity("zero", "welfare:AAA")
