"""The oil market and the equilibrium: where they agree, each says the same by itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import oil_world
import pytest

import entrepot as ep
from entrepot.channels.oil import OilMarket, certify, solve_month
from entrepot.channels.oil.base import base_of
from entrepot.channels.oil.certificate import asking
from entrepot.channels.oil.restrictions import (
    Ban,
    CapacityLoss,
    DemandShift,
    ImportQuota,
    PriceCap,
    RiskDiscount,
)
from entrepot.core.errors import NotSolvedError, ValueRangeError
from entrepot.model.presets import preset
from entrepot.study.oil_coupled_tables import base_gap, exporters, importers, tables
from entrepot.study.oil_coupling import Coupled, couple, market_of

CRUDE = oil_world.CRUDE
TOL = 1e-4
BAN = (Ban(("A",), ("CCC",)),)
CASES = {
    "ban": BAN,
    "loss": (CapacityLoss(("B",), 0.4),),
    "risk": (RiskDiscount(("A",), ("CCC", "DDD"), usd=8.0),),
    "quota": (ImportQuota(("DDD",), 600.0, ("B",)),),
    "cap": (PriceCap(("A",), ("mainstream",), usd=70.0),),
}


@pytest.fixture(scope="module")
def world() -> ep.World:
    return oil_world.world()


@pytest.fixture(scope="module")
def market() -> OilMarket:
    return oil_world.market()


@pytest.fixture(scope="module")
def banned(world: ep.World, market: OilMarket) -> Coupled:
    return couple(world, None, BAN, market=market)


def test_without_restrictions_everything_stays(world: ep.World, market: OilMarket) -> None:
    found = couple(world, None, (), market=market)
    state = found.solution.certified()
    assert len(found.rounds) == 1
    for hats in (state.price, state.cost, found.settled.rent, found.hats.border, found.hats.price):
        np.testing.assert_allclose(hats, 1.0, atol=1e-9)
    np.testing.assert_allclose(found.solution.results().welfare, 1.0, atol=1e-9)
    assert found.gaps.largest < 1e-9


@pytest.mark.parametrize("name", CASES)
def test_an_oil_market_solved_apart_agrees(world: ep.World, market: OilMarket, name: str) -> None:
    """Hand the equilibrium's own barrels to the market, with the elasticity that it has by itself.

    Neither the loop's numbers nor the elasticity that refiners have inside it are used.
    """
    found = couple(world, None, CASES[name], market=market)
    state, s = found.solution.certified(), CRUDE
    base = solve_month(market)
    wanted = base.runs * state.expenditure[:, s] / world.expenditure[:, s] / state.price[:, s]
    worth = found.months[0].price / base.price
    shifts = [DemandShift((r,), float(q / b * p**0.3)) for r, q, b, p in
              zip(oil_world.REGIONS, wanted, base.runs, worth, strict=True)]  # fmt: skip
    alone = solve_month(market, (*CASES[name], *shifts))
    assert certify(base_of(market), alone).ok
    np.testing.assert_allclose(alone.runs, wanted, rtol=3 * TOL)
    user = [asking(m) + m.rents.refinery[m.month.refiner] for m in (base, alone)]
    spent = [np.bincount(m.month.refiner, m.flow * u) for m, u in zip((base, alone), user,
                                                                      strict=True)]  # fmt: skip
    price = (spent[1] / alone.runs) / (spent[0] / base.runs)
    np.testing.assert_allclose(state.price[:, s], price, rtol=3 * TOL)
    sold = alone.output / base.output
    real = state.output[:2, s] / world.accounts().output[:2, s] / state.cost[:2, s]
    np.testing.assert_allclose(real, sold, rtol=5 * TOL)
    value = np.zeros((5, 5))
    np.add.at(value, (alone.month.stream, alone.month.refiner), alone.flow * user[1])
    np.testing.assert_allclose(state.trade_share[:, :, s], value / value.sum(axis=0), atol=3 * TOL)


def test_values_are_volumes_times_prices(world: ep.World, banned: Coupled) -> None:
    state, hats = banned.solution.certified(), banned.hats
    spent = state.expenditure[:, CRUDE] / world.expenditure[:, CRUDE]
    np.testing.assert_allclose(spent, hats.runs * hats.price, rtol=3 * TOL)
    flows = world.trade_flows()[:, :, CRUDE]
    traded = flows > 0
    after = state.trade[:, :, CRUDE][traded] / flows[traded]
    np.testing.assert_allclose(after, (hats.volume * hats.at_world)[traded], rtol=1e-3, atol=1e-12)


def test_a_solution_with_rents_is_certified(banned: Coupled) -> None:
    certificate = banned.solution.certificate
    assert certificate is not None
    assert certificate.ok
    assert (np.abs(banned.settled.rent[:2] - 1) > 1e-3).all()


def test_rent_is_price_over_cost_and_dearer_freight_is_the_carriers(
    world: ep.World, market: OilMarket, banned: Coupled
) -> None:
    """Seller's receipts are cost and rent; what carriers take of them beyond the base is sent on.

    World and market have one base here, so that receipts a barrel are those of the market.
    """
    state, months = banned.solution.certified(), (banned.base, banned.months[0])
    receipts = [np.bincount(m.month.stream, m.flow * (m.fob[m.month.stream] + m.transport))
                / np.bincount(m.month.stream, m.flow) for m in months]  # fmt: skip
    hat = receipts[1] / receipts[0]
    np.testing.assert_allclose((state.cost[:, CRUDE] * banned.settled.rent)[:2], hat, rtol=5 * TOL)
    flow = np.zeros((5, 5))
    base = np.zeros((5, 5))
    for total, m in ((base, months[0]), (flow, months[1])):
        np.add.at(total, (m.month.stream, m.month.refiner), m.flow * m.transport)
    barrels = [m.pairs for m in months]
    before = np.divide(base[:2], barrels[0], out=np.zeros((2, 5)), where=barrels[0] > 0)
    dearer = ((flow[:2] - before * barrels[1]) * oil_world.YEAR).sum(axis=1)
    table = exporters(banned).set_index("economy").loc[["AAA", "BBB"], "freight_mn_usd"]
    np.testing.assert_allclose(table, dearer, rtol=1e-3, atol=0.5)
    assert banned.solution.shock.transfer.sum() == pytest.approx(0.0, abs=1e-6)
    kept = couple(world, None, BAN, market=market, own_ships=1.0)
    assert not kept.solution.shock.transfer.any()


def test_a_closed_pair_has_no_trade(banned: Coupled) -> None:
    assert banned.solution.certified().trade[0, 2, CRUDE] == 0
    assert banned.hats.volume[0, 2] == 0


@pytest.mark.parametrize("name", ["very_short_run", "short_run", "medium_run", "long_run"])
def test_every_time_since_the_shock(world: ep.World, market: OilMarket, name: str) -> None:
    economy = ep.Economy.from_preset(preset(name))
    found = couple(world, economy, CASES["risk"], market=market)
    assert found.gaps.largest <= TOL
    assert found.solution.ok
    welfare = found.solution.results().welfare
    assert welfare.sel(region="AAA").item() < 1


def test_demand_falls_where_crude_is_dearer(banned: Coupled) -> None:
    assert banned.hats.price[2] > 1 > banned.hats.runs[2]
    assert banned.months[0].fob[0] < banned.base.fob[0]


def test_the_last_round_is_the_one_that_agrees(banned: Coupled) -> None:
    table = banned.rounds
    gaps = table[["volume", "price", "share", "sold"]].max(axis=1)
    assert list(table["round"]) == list(range(1, len(table) + 1))
    assert (gaps[:-1] > TOL).all()
    assert gaps.iloc[-1] <= TOL


def test_a_start_changes_the_way_and_not_the_end(
    world: ep.World, market: OilMarket, banned: Coupled
) -> None:
    again = couple(world, None, BAN, market=market, start=banned)
    assert len(again.rounds) == 1
    close = couple(world, None, BAN, market=market, tolerance=1e-7)
    for one, other in ((again, banned), (close, banned)):
        np.testing.assert_allclose(one.solution.results().welfare,
                                   other.solution.results().welfare, atol=1e-5)  # fmt: skip


def test_no_agreement_is_an_error_with_the_distances(world: ep.World, market: OilMarket) -> None:
    with pytest.raises(NotSolvedError, match=r"do not agree after 2 rounds: barrels used differ"):
        couple(world, None, BAN, market=market, rounds=2)


def test_an_equilibrium_without_a_result_leads_to_a_longer_time(
    world: ep.World, market: OilMarket
) -> None:
    few = ep.SolveOptions(max_evaluations=1, max_seconds=1e-6)
    with pytest.raises(NotSolvedError, match="A longer time since the shock may have one"):
        couple(world, None, BAN, market=market, options=few)


def test_a_month_that_cannot_be_says_why(world: ep.World, market: OilMarket) -> None:
    with pytest.raises(ValueRangeError, match="CCC"):
        couple(world, None, (Ban((), ("CCC",)),), market=market)


def test_what_does_not_fit_is_refused(world: ep.World, market: OilMarket) -> None:
    other = oil_world.world(sectors=("tools", "coal", "refined", "transport"))
    with pytest.raises(ValueRangeError, match="no sector 'crude'"):
        couple(other, market=market)
    with pytest.raises(ValueRangeError, match=r"base year 2018; bundled are .*2017"):
        market_of(replace(world, year=2018))
    by_use = oil_world.world(uses="two")
    with pytest.raises(ValueRangeError, match=r"Use world.pooled\(\)"):
        couple(by_use, market=market)
    with pytest.raises(ValueRangeError, match="entry_cost_share"):
        couple(world, replace(ep.Economy.long_run(), entry_cost_share=0.1), market=market)
    with pytest.raises(ValueRangeError, match=r"own_ships is 1\.5"):
        couple(world, market=market, own_ships=1.5)
    for wrong, said in (
        ({"tolerance": 0.0}, "tolerance is 0.0; it must be above 0"),
        ({"tolerance": float("nan")}, "tolerance is nan; it must be above 0"),
        ({"rounds": 0}, "rounds is 0; it must be a whole number, 1 or more"),
        ({"rounds": 2.5}, "rounds is 2.5; it must be"),
    ):
        with pytest.raises(ValueRangeError) as caught:
            couple(world, market=market, **wrong)
        assert said in str(caught.value)


def test_other_measures_on_crude_give_way_and_are_named(world: ep.World, market: OilMarket) -> None:
    tariff = world.tariff.copy()
    tariff[0, 3, CRUDE] = 0.2
    found = couple(world, None, (), ep.Shock(tariff=tariff), market)
    assert (
        "tariff gives way" in found.notes[0].replace("give", "give") or "tariff" in found.notes[0]
    )
    np.testing.assert_allclose(found.solution.results().welfare, 1.0, atol=1e-9)


def test_tables_hold_what_was_solved(world: ep.World, banned: Coupled) -> None:
    sold = exporters(banned).set_index("economy")
    used = importers(banned).set_index("economy")
    assert sold["kbd_after"].sum() == pytest.approx(banned.months[0].flow.sum(), rel=1e-3)
    assert used["kbd_after"].sum() == pytest.approx(banned.months[0].flow.sum(), rel=1e-3)
    assert sold.loc["AAA", "border_after"] == pytest.approx(banned.months[0].fob[0], rel=1e-9)
    assert sold.loc["AAA", "exports_after"] < sold.loc["AAA", "exports_before"]
    total = banned.solution.certified().export_tax_revenue
    np.testing.assert_allclose(sold["rent_mn_usd"].loc[["AAA", "BBB"]], total[:2], rtol=1e-9)
    gap = base_gap(banned).set_index("economy")
    flows = world.trade_flows()[:, :, CRUDE]
    assert gap["exports_world"].sum() == pytest.approx(flows.sum() - np.trace(flows))
    barrels = gap[["exports_market", "home_market"]].to_numpy().sum()
    assert barrels == pytest.approx((banned.before.at_world.sum()) * 12 * 30.4 / 1000)
    assert set(tables(banned)) >= {"oil_exporters", "oil_importers", "oil_rounds", "oil_base"}
