"""Parts of the coupling: blocks of regions, mixing, the guess of cost, scenarios."""

from __future__ import annotations

import numpy as np
import oil_world
import pytest

from entrepot.channels.oil import load_market, solve_month
from entrepot.channels.oil.blocks import NOWHERE, blocks_of
from entrepot.channels.oil.economy import amounts, pair_hats
from entrepot.channels.oil.restrictions import Ban, CapacityLoss
from entrepot.core.errors import LabelError
from entrepot.numerics.mixing import Mixing
from entrepot.study.oil_supply import log_cost


@pytest.fixture(scope="module")
def bundled():
    market = load_market(2017)
    regions = tuple(sorted({"RUS", "CHN", "HKG", "DEU", "FRA", "POL", "CZE", "NOR", "GBR", "USA",
                            "IRN", "IND", "JPN", "KOR", "MLT", "ROW", "SAU", "KWT", "ARE", "BRA",
                            "CAN", "MEX", "COL", "VEN", "ITA", "ESP", "KAZ", "AZE", "TKM", "IRQ",
                            "QAT", "OMN", "SYR", "DZA", "LBY", "EGY", "NGA", "ZAF", "SGP", "IDN",
                            "AUS", "TUR", "BLR", "TWN", "ISR"}))  # fmt: skip
    blocks = blocks_of(market, regions)
    rng = np.random.default_rng(1)
    flows = rng.uniform(1.0, 2.0, (len(regions), len(regions)))
    return market, regions, blocks, flows


def test_streams_and_refiners_of_one_economy_are_one(bundled) -> None:
    _, regions, blocks, _ = bundled
    assert "RUS-URALS+RUS-ESPO" in blocks.sellers
    assert "CHN-STATE+CHN-INDEPENDENT" in blocks.buyers
    at = regions.index
    assert blocks.dest[at("CHN")] == blocks.dest[at("HKG")]
    assert blocks.dest[at("DEU")] == blocks.dest[at("FRA")] != blocks.dest[at("POL")]
    assert blocks.origin[at("MLT")] == NOWHERE


def test_volumes_of_pairs_add_up_to_the_market(bundled) -> None:
    market, regions, blocks, flows = bundled
    flows = flows.copy()
    flows[regions.index("IRN"), regions.index("JPN")] = 0.0
    base = solve_month(market)
    out = solve_month(market, [Ban(("RUS-URALS",), ("EU-NORTH",)), CapacityLoss(("IRQ",), 0.5)])
    before, after = (amounts(blocks, (m,)) for m in (base, out))
    demand = np.random.default_rng(2).uniform(0.8, 1.2, len(regions))
    hats = pair_hats(blocks, before, after, flows, demand)
    volume = hats.kbd * hats.volume
    assert volume.sum() + hats.left_out == pytest.approx(out.flow.sum(), rel=1e-9)
    assert hats.left_out > 0
    for g in range(len(blocks.sellers)):
        rows = volume[blocks.origin == g]
        for h in range(len(blocks.buyers)):
            if before.volume[g, h] > 0 and (g, h) != _left(blocks, regions):
                assert rows[:, blocks.dest == h].sum() == pytest.approx(after.volume[g, h])
    eu = np.flatnonzero(blocks.dest == blocks.dest[regions.index("DEU")])
    ratio = hats.runs[eu] / demand[eu]
    np.testing.assert_allclose(ratio, ratio[0])
    np.testing.assert_allclose(volume[:, eu].sum(axis=0) / hats.kbd[:, eu].sum(axis=0),
                               hats.runs[eu], rtol=1e-9)  # fmt: skip


def _left(blocks, regions):
    return blocks.origin[regions.index("IRN")], blocks.dest[regions.index("JPN")]


def test_the_base_month_against_itself_is_one(bundled) -> None:
    market, regions, blocks, flows = bundled
    base = amounts(blocks, (solve_month(market),))
    hats = pair_hats(blocks, base, base, flows, np.ones(len(regions)))
    for array in (hats.volume, hats.at_world, hats.at_user, hats.price, hats.runs, hats.border,
                  hats.sold):  # fmt: skip
        np.testing.assert_allclose(array, 1.0, rtol=1e-12)


def test_the_mean_of_months_is_a_mean_of_barrels() -> None:
    market = oil_world.market()
    blocks = blocks_of(market, oil_world.REGIONS)
    months = [solve_month(market), solve_month(market, [CapacityLoss(("B",), 0.5)])]
    both = amounts(blocks, months)
    one, two = (amounts(blocks, (m,)) for m in months)
    np.testing.assert_allclose(both.volume, (one.volume + two.volume) / 2)
    np.testing.assert_allclose(both.at_user, (one.at_user + two.at_user) / 2)


def test_a_market_without_a_region_in_the_world_is_refused() -> None:
    with pytest.raises(LabelError, match=r"stream 'B' has no region[\s\S]*refiner 'DDD'"):
        blocks_of(oil_world.market(), ("AAA", "CCC", "BBC"))


def test_mixing_finds_what_plain_iteration_runs_away_from() -> None:
    matrix = np.array([[-3.0, 0.4, 0.0], [0.2, 0.5, -0.3], [0.1, 0.0, -1.5]])
    right, z, mixing = np.array([1.0, -2.0, 0.5]), np.zeros(3), Mixing()
    for _ in range(12):
        z = mixing.propose(z, matrix @ z + right - z)
    np.testing.assert_allclose(z, np.linalg.solve(np.eye(3) - matrix, right), atol=1e-6)


def test_mixing_goes_on_from_two_equal_residuals() -> None:
    mixing, residual = Mixing(), np.array([0.1, -0.2])
    first = mixing.propose(np.zeros(2), residual)
    np.testing.assert_allclose(mixing.propose(first, residual), first + residual, atol=1e-12)


def test_cost_and_output_in_closed_form() -> None:
    made, beta = np.array([0.5, 1.0, 2.0]), np.array([0.6, 0.3, 0.8])
    for kappa in (0.0, 0.5, 3.0):
        found = log_cost(made, beta, 1.0, np.full(3, kappa))
        np.testing.assert_allclose(found, beta * np.log(made) / (kappa + 1 - beta), atol=1e-9)
    assert (log_cost(made, beta, 0.5, np.full(3, np.inf)) == 0).all()
