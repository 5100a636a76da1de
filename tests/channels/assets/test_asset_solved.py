"""Certified worlds with frozen assets, lost access, aid and loans."""

import numpy as np
import pytest
import worlds

import entrepot as ep
from entrepot.channels import compile_shock
from entrepot.core.errors import NotSolvedError
from entrepot.scenario import load_scenarios

SCENARIO = {
    "format": "entrepot/1",
    "labels": {"economies": list(worlds.REGIONS[:5]), "sectors": list(worlds.SECTORS[:4])},
}
A, B, C = worlds.REGIONS[:3]
GIFT = {"kind": "aid", "senders": [A], "targets": [B], "amount": 500.0}


def compiled(world, **measures):
    book = load_scenarios({**SCENARIO, "measures": measures, "scenarios": {"x": list(measures)}})
    return compile_shock(world, book["x"])


def solved(world, **measures):
    found = compiled(world, **measures)
    return ep.solve(
        world, shock=found.bind(world), closure=found.closure or "fixed"
    ).raise_if_failed()


def measures_of(seed, world):
    """A freeze, a cut, aid and a loan with drawn numbers among drawn economies."""
    rng = np.random.default_rng(seed)
    one, two, three = rng.permutation(worlds.REGIONS[:5])[:3].tolist()
    small = float(world.value_added.min())
    return {
        "freeze": {"kind": "asset_freeze", "senders": [one], "targets": [two],
                   "stock": small * rng.uniform(0, 0.5), "rate_of_return": rng.uniform(0, 0.2),
                   "spent": rng.uniform(), "foreign_assets": small,
                   "income_to": "beneficiaries", "beneficiaries": [three],
                   "passed_on": rng.uniform()},
        "cut": {"kind": "financial_cutoff", "senders": [one], "targets": [three],
                "share": rng.uniform()},
        "aid": {"kind": "aid", "senders": [two], "targets": [three],
                "amount": small * rng.uniform(0, 0.1)},
        "loan": {"kind": "loan", "senders": [three], "targets": [one],
                 "amount": small * rng.uniform(0, 0.1), "interest": rng.uniform(0, 0.2),
                 "maturity": int(rng.integers(1, 20))},
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_random_worlds_are_certified_and_their_transfers_add_to_zero(seed):
    world = worlds.world(seed, missing=False)
    found = compiled(world, **measures_of(seed, world))
    moved = found.shock.bind(world).transfer
    assert abs(moved.sum()) <= 1e-9 * np.abs(moved).sum()
    table = found.tables["asset_transfers"].frame
    for _, part in table.groupby(["measure", "part"]):
        assert part["amount"].sum() == pytest.approx(0, abs=1e-6)
    by_region = table.groupby("economy")["amount"].sum()
    for economy, amount in by_region.items():
        at = world.regions.index(economy)
        assert moved[at] == pytest.approx(amount, rel=1e-9, abs=1e-6)
    try:
        solution = solved(world, **measures_of(seed, world))
    except NotSolvedError as error:
        pytest.fail(str(error))
    assert solution.certificate.worst[1] <= 1e-8
    assert abs(solution.state.transfer.sum()) <= 1e-8 * world.value_added.sum()


def test_freezing_nothing_is_the_identity(tiny_world):
    freeze = {"kind": "asset_freeze", "senders": [A], "targets": [B], "stock": 0.0}
    cut = {"kind": "financial_cutoff", "senders": [A], "targets": [C], "share": 0.0}
    results = solved(tiny_world, freeze=freeze, cut=cut).results()
    np.testing.assert_allclose(results.welfare.values, 1, atol=1e-10)


def test_a_full_cut_is_the_closure_frozen(tiny_world):
    cut = {"kind": "financial_cutoff", "senders": [A], "targets": [C]}
    by_measure = solved(tiny_world, cut=cut).results().welfare.values
    shock = ep.Shock(frozen=np.array(tiny_world.regions) == C)
    by_shock = ep.solve(tiny_world, shock=shock, closure="frozen").results().welfare.values
    np.testing.assert_array_equal(by_measure, by_shock)


def test_a_freeze_is_the_transfer_that_it_says(tiny_world):
    freeze = {"kind": "asset_freeze", "senders": [A], "targets": [B], "stock": 1000.0,
              "rate_of_return": 0.05, "spent": 1.0, "drawdown": 50.0,
              "foreign_assets": 1000.0}  # fmt: skip
    back = {"kind": "transfer", "senders": [B], "targets": [A], "amount": 100.0}
    one, two = (solved(tiny_world, m=m).results().welfare.values for m in (freeze, back))
    np.testing.assert_allclose(one, two, rtol=1e-12)
    assert one[1] < 1 < one[0]


def test_who_gives_loses_and_who_receives_gains(tiny_world):
    welfare = solved(tiny_world, gift=GIFT).results().welfare.values
    assert welfare[0] < 1 < welfare[1]


def test_a_gift_and_its_return_are_nothing(tiny_world):
    back = {**GIFT, "senders": [B], "targets": [A]}
    welfare = solved(tiny_world, gift=GIFT, back=back).results().welfare.values
    np.testing.assert_allclose(welfare, 1, atol=1e-10)


def test_the_gradient_by_the_transfer_is_that_of_the_gift(tiny_world):
    """Adjoint at the solution with the gift against solves with a little more and less of it."""
    solution = solved(tiny_world, gift=GIFT)
    slope = solution.gradient(f"welfare:{B}", wrt=["transfer"])["transfer"].values
    ends = [
        solved(tiny_world, gift={**GIFT, "amount": 500.0 + step}).results().welfare.values[1]
        for step in (-1.0, 1.0)
    ]
    assert slope[1] - slope[0] == pytest.approx((ends[1] - ends[0]) / 2, rel=1e-5)


def test_welfare_splits_by_measure(tiny_world):
    book = load_scenarios(
        {
            **SCENARIO,
            "measures": {
                "gift": GIFT,
                "cut": {"kind": "financial_cutoff", "senders": [A], "targets": [C], "share": 0.5},
            },
            "scenarios": {"x": ["gift", "cut"]},
        }
    )
    run = ep.run_scenario(book["x"], tiny_world, ranges=False)
    split = ep.by_measure(run)
    assert sorted(split.measure.values) == ["cut", "gift"]
    exact = 100 * np.log(run.results.welfare.values)
    np.testing.assert_allclose(split.log_points.sum("measure").values, exact, atol=1e-8)
