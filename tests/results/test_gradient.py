"""Derivatives by the adjoint against central differences of whole solves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import worlds

import entrepot as ep

OUTCOMES = {
    "welfare:AAA": lambda r: float(r.welfare.sel(region="AAA")),
    "export_revenue:BBB": lambda r: float(r.exports.counterfactual.sel(region="BBB").sum()),
    "price:CCC:tools": lambda r: float(r.sector_price.sel(region="CCC", sector="tools")),
}
FIELDS = ("tariff", "export_tax", "trade_cost", "productivity")
TIGHT = ep.SolveOptions(tolerance=1e-13)


@pytest.fixture(scope="module")
def solved(tiny_world):
    shock = worlds.shock(4, tiny_world, ("tariff", "export_tax", "trade_cost", "productivity"))
    mild = ep.Shock(
        tariff=shock.tariff,
        export_tax=shock.export_tax,
        trade_cost=shock.trade_cost**0.2,
        productivity=shock.productivity**0.2,
        transfer=np.zeros(5),
    )
    solution = ep.solve(tiny_world, shock=mild, options=TIGHT).raise_if_failed()
    return mild, solution


def difference(world, shock, outcome, economy=None, step=4e-4, **move):
    """Central difference of fourth order of an outcome along `move`: field -> direction.

    A step wide enough that the last digits of the solves do not count.
    """
    values = []
    for steps in (-2, -1, 1, 2):
        moved = {k: getattr(shock, k) + steps * step * v for k, v in move.items()}
        solution = ep.solve(world, economy, replace(shock, **moved), options=TIGHT)
        values.append(OUTCOMES[outcome](solution.results()))
    return (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * step)


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("field", FIELDS)
def test_against_central_differences(tiny_world, solved, outcome, field):
    shock, solution = solved
    rng = np.random.default_rng(7)
    direction = rng.uniform(-1, 1, size=getattr(shock, field).shape)
    found = solution.gradient(outcome, wrt=field)
    along = float((found[field].values * direction).sum())
    slow = difference(tiny_world, shock, outcome, **{field: direction})
    assert along == pytest.approx(slow, rel=1e-6, abs=1e-9 * abs(found.attrs["value"]))


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_transfers_between_two_regions(tiny_world, solved, outcome):
    shock, solution = solved
    size = 1e-3 * tiny_world.value_added.min()
    direction = size * np.array([1.0, -1.0, 0.0, 0.0, 0.0])
    found = solution.gradient(outcome, wrt="transfer")
    along = float((found.transfer.values * direction).sum())
    slow = difference(tiny_world, shock, outcome, step=1.0, transfer=direction)
    assert along == pytest.approx(slow, rel=1e-5, abs=1e-10 * abs(found.attrs["value"]))


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_trade_elasticities(tiny_world, solved, outcome):
    shock, solution = solved
    direction = np.array([1.0, -0.5, 0.3, 0.8])
    values = []
    for sign in (1, -1):
        economy = ep.Economy.long_run(theta=tiny_world.theta + sign * 1e-5 * direction)
        solution_there = ep.solve(tiny_world, economy, shock, options=TIGHT)
        values.append(OUTCOMES[outcome](solution_there.results()))
    along = float((solution.gradient(outcome, wrt="theta").theta.values * direction).sum())
    slow = (values[0] - values[1]) / 2e-5
    assert along == pytest.approx(slow, rel=1e-5, abs=1e-9)


def test_value_is_the_outcome_and_everything_comes_at_once(solved):
    _, solution = solved
    for outcome, formula in OUTCOMES.items():
        found = solution.gradient(outcome)
        assert found.attrs["value"] == pytest.approx(formula(solution.results()), rel=1e-9)
        assert set(found.data_vars) == {"tariff", "export_tax", "trade_cost", "productivity",
                                        "transfer", "theta", "epsilon", "mu",
                                        "sigma"}  # fmt: skip
        assert found.tariff.dims == ("origin", "dest", "sector")


def test_weighted_welfare_is_the_weighted_sum(solved):
    _, solution = solved
    both = solution.gradient(ep.Outcome("welfare", {"AAA": 0.25, "BBB": 2.0}), wrt="tariff")
    one = solution.gradient("welfare:AAA", wrt="tariff")
    two = solution.gradient("welfare:BBB", wrt="tariff")
    expected = 0.25 * one.tariff.values + 2 * two.tariff.values
    np.testing.assert_allclose(both.tariff.values, expected, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize(
    ("outcome", "wrt", "message"),
    [
        ("welfare", None, "Write kind:REGION"),
        ("welfar:AAA", None, "Did you mean 'welfare'"),
        ("welfare:aaa", None, "Did you mean 'AAA'"),
        ("price:AAA", None, "one sector in one region"),
        ("price:AAA:s9", None, "is not a sector"),
        ("welfare:AAA", "tarif", "Did you mean 'tariff'"),
    ],
)
def test_bad_questions(solved, outcome, wrt, message):
    _, solution = solved
    with pytest.raises(ep.InputError, match=message):
        solution.gradient(outcome, wrt=wrt)


def test_no_gradient_without_a_certificate(tiny_world):
    ban = np.ones(tiny_world.tariff.shape, dtype=bool)
    failed = ep.solve(tiny_world, shock=ep.Shock(ban=ban))
    with pytest.raises(ep.NotSolvedError):
        failed.gradient("welfare:AAA")
