"""Entry costs beside export taxes and profits: the benchmark is an equilibrium of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import entrepot as ep

ENTRY = np.array([0.1, 0.25, 0.05])


def taxed_world() -> ep.World:
    """Return three regions and two final goods, with tariffs and export taxes."""
    rng = np.random.default_rng(11)
    share = rng.uniform(0.05, 1, (3, 3, 2)) + 3 * np.eye(3)[:, :, None]
    abroad = (1 - np.eye(3))[:, :, None]
    final = rng.uniform(0.2, 1, (3, 2))
    return ep.World.from_arrays(
        regions=["AAA", "BBB", "CCC"], sectors=["grain", "tools"],
        trade_share=share / share.sum(axis=0), input_share=np.zeros((3, 2, 2)),
        value_added_share=np.ones((3, 2)), final_share=final / final.sum(axis=1, keepdims=True),
        value_added=100 * np.exp(rng.normal(size=3)), theta=np.array([3.0, 5.0]),
        tariff=0.15 * abroad * np.ones((3, 3, 2)),
        export_tax=rng.uniform(0.05, 0.3, (3, 3, 2)) * abroad, balance="adjust")  # fmt: skip


@pytest.mark.parametrize(
    "options",
    [{}, {"profit_share": [0.2, 0.1]}, {"labour_supply": 0.4, "rebate": 0.5, "scale": 0.05}],
    ids=["entry", "profits", "supply"],
)
def test_nothing_happens_without_a_shock(options: dict[str, Any]) -> None:
    results = ep.solve(taxed_world(), ep.Economy(entry_cost_share=ENTRY, **options)).results()
    for hats in (results.welfare, results.factor_price, results.output.hat, results.employment,
                 results.trade_flows.hat):  # fmt: skip
        np.testing.assert_allclose(hats, 1, rtol=1e-9)
    np.testing.assert_allclose(results.profits.counterfactual, results.profits.baseline)


def test_benchmark_incomes_add_up() -> None:
    """What factors, households and the treasury earn is what the benchmark spends."""
    world = taxed_world()
    problem = ep.solve(world, ep.Economy(entry_cost_share=ENTRY, profit_share=0.1)).problem
    flows, here = world.trade_flows(), ENTRY[:, None]
    kept = flows * (1 - here) / (1 + world.export_tax)
    received = np.einsum("ijs,j->j", flows, ENTRY)
    factors = 0.9 * kept.sum(axis=(1, 2)) + received
    taxes = (flows * world.tariff).sum(axis=(0, 2)) + (kept * world.export_tax).sum(axis=(1, 2))
    np.testing.assert_allclose(problem.factor_income, factors)
    np.testing.assert_allclose(problem.tax_revenue, taxes)
    earned = factors + problem.profits.sum(axis=1) + taxes + problem.benchmark_balance
    np.testing.assert_allclose(earned, world.accounts().income)
