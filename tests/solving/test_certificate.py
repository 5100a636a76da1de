"""The certificate must fail when anything is wrong, and say what."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import worlds

import entrepot as ep
from entrepot.model.closure import Closure
from entrepot.solving.bind import bind
from entrepot.solving.certificate import certify
from entrepot.solving.solve import SolveOptions, _attempt, read, verdict_of
from entrepot.solving.state import Unknowns, rebuild


@pytest.fixture(scope="module")
def solved(tiny_world):
    made = worlds.shock(9, tiny_world, ("tariff", "export_tax"))
    ban = np.zeros((5, 5, 4), dtype=bool)
    ban[0, 1] = ban[4, 0] = True
    return ep.solve(tiny_world, shock=replace(made, ban=ban)).raise_if_failed()


def unknowns(solution):
    state, world = solution.state, solution.world
    used = world.expenditure > 0
    spent = np.where(used, state.expenditure / np.where(used, world.expenditure, 1), 1)
    spent = np.where(spent > 0, spent, 1)
    wage, by_sector = np.log(state.factor_price), np.log(state.sector_factor_price)
    employment = np.log(state.employment)
    return Unknowns(np.log(state.price)[..., None], spent[..., None], wage, by_sector, employment)


def test_the_solution_itself_passes(solved):
    problem = solved.problem
    assert certify(problem, solved.state).ok
    assert certify(problem, rebuild(problem, unknowns(solved))).ok


@pytest.mark.parametrize("which", ["ln_price", "spending", "ln_wage", "ln_factor"])
@pytest.mark.parametrize("size", [1e-3, 1e-6])
def test_a_wrong_unknown_is_caught(solved, which, size):
    """The world has economies of a thousandth of world income: perturb the largest."""
    problem, given = solved.problem, unknowns(solved)
    largest = int(np.argmax(solved.world.value_added))
    moved = getattr(given, which).copy()
    moved[largest] += size  # of about 1: logs of prices and wages, X'/X
    certificate = certify(problem, rebuild(problem, given._replace(**{which: moved})))
    assert not certificate.ok
    assert certificate.worst[1] > 1e-8
    assert not certificate.to_dict()["ok"]


@pytest.fixture(scope="module")
def sectors_apart():
    """Two mixes of purchases, every elasticity away from 1, one region with mobile factors."""
    world = worlds.world(3, uses=2)
    kappa = np.array([1.0, 0.0, np.inf, 3.0, 1.0])
    economy = ep.Economy(epsilon=0.5, mu=0.3, sigma=0.8, kappa=kappa)
    return ep.solve(world, economy, worlds.shock(3, world, ("tariff",))).raise_if_failed()


@pytest.mark.parametrize("which", ["ln_price", "spending", "ln_wage", "ln_factor"])
def test_a_wrong_unknown_of_the_family_is_caught_in_every_region(sectors_apart, which):
    problem = sectors_apart.problem
    given = read(problem, sectors_apart.unknowns)
    assert certify(problem, rebuild(problem, given)).ok
    for region in range(len(problem.world.regions)):
        moved = getattr(given, which).copy()
        moved[region] += 1e-6  # of about 1: logs of prices and wages, X'/X
        assert not certify(problem, rebuild(problem, given._replace(**{which: moved}))).ok


def test_factor_prices_of_the_smallest_sectors_are_checked(sectors_apart):
    """Whatever else fits: also where one price rules, and where a sector earns next to nothing."""
    problem, state = sectors_apart.problem, sectors_apart.state
    made = problem.world.accounts().output * problem.world.value_added_share
    for region, s in enumerate(np.where(made > 0, made, np.inf).argmin(axis=1)):
        prices = state.sector_factor_price.copy()
        prices[region, s] *= 1 + 1e-6
        certificate = certify(problem, replace(state, sector_factor_price=prices))
        assert 0.9e-6 < certificate.sectors < 4.1e-6  # the power is kappa + 1, 1 to 4


TOGETHER = {
    "trade_share": (),
    "expenditure": (),
    "output": (),
    "transfer": (),
    "income": (),
    "factor_income": ("income",),
    "tariff_revenue": ("income",),
    "export_tax_revenue": ("income",),
}


@pytest.mark.parametrize("field", TOGETHER)
def test_a_wrong_level_is_caught(solved, field):
    """Also when what follows from it by definition is wrong with it."""
    state = solved.state
    largest = int(np.argmax(getattr(state, field).reshape(-1)))
    changed = {}
    for name in (field, *TOGETHER[field]):
        changed[name] = getattr(state, name).copy()
        spot = largest if name == field else largest % len(changed[name])
        move = 0.001 * getattr(state, field).reshape(-1)[largest]
        changed[name].reshape(-1)[spot] += move
    certificate = certify(solved.problem, replace(state, **changed))
    assert not certificate.ok, f"{field} is not covered by any identity"


def test_numbers_that_are_not_finite_are_never_certified(solved):
    values = solved.state.trade_share.copy()
    values[0, 0, 0] = np.nan
    certificate = certify(solved.problem, replace(solved.state, trade_share=values))
    assert not certificate.ok
    assert certificate.worst[1] == np.inf


def test_trade_in_a_banned_cell_is_caught(solved):
    values = solved.state.trade_share.copy()
    banned = np.argwhere(solved.shock.ban & (solved.world.trade_share > 0))[0]
    values[tuple(banned)] = 1e-6
    certificate = certify(solved.problem, replace(solved.state, trade_share=values))
    assert certificate.bans == pytest.approx(1e-6)
    assert not certificate.ok


def test_a_cell_that_was_shut_without_need_is_caught(tiny_world):
    problem = bind(tiny_world, ep.Economy().elasticities_for(tiny_world),
                   ep.Shock().bind(tiny_world), Closure.FIXED)  # fmt: skip
    assert certificate_of(problem).closed == 0
    cells = problem.standing.open_cells.copy()
    buyer = int(np.argmax(tiny_world.value_added))
    seller = int(np.argsort(tiny_world.trade_share[:, buyer, 0])[-2])
    cells[seller, buyer, 0] = False
    wrong = replace(problem, standing=replace(problem.standing, open_cells=cells))
    certificate = certificate_of(wrong)
    assert certificate.worst == ("closed", tiny_world.trade_share[seller, buyer, 0])


def test_certificate_travels_as_plain_data(solved):
    import json

    plain = json.loads(json.dumps(solved.to_dict()))
    assert plain["verdict"] == "certified"
    assert plain["certificate"]["ok"] is True
    assert plain["certificate"]["tolerance"] == 1e-8
    assert plain["world"]["hash"] == solved.world.hash
    assert plain["parameters"]["theta"] == list(solved.world.theta)
    assert plain["parameters"]["epsilon"] == 1
    assert plain["parameters"]["kappa"] == "inf"


@pytest.mark.parametrize("closure", ["fixed", "share_of_income", "zero", "frozen"])
def test_a_balance_bound_wrongly_is_not_certified(tiny_world, closure):
    """The certificate knows the closures by itself: a moved balance shows as an external gap."""
    frozen = np.array([closure == "frozen", False, False, False, False])
    shock = ep.Shock(frozen=frozen).bind(tiny_world)
    problem = bind(tiny_world, ep.Economy().elasticities_for(tiny_world), shock, Closure(closure))
    smaller, larger = np.argsort(tiny_world.value_added)[-2:]
    size = 0.01 * tiny_world.value_added[smaller]
    moved = problem.balance.copy()
    moved[smaller] += size
    moved[larger] -= size
    wrong = replace(problem, balance=moved)
    assert certificate_of(problem).ok
    gap = certificate_of(wrong).external
    assert gap == pytest.approx(size / tiny_world.value_added.sum(), rel=1e-6)


def certificate_of(problem):
    verdict = verdict_of(problem, _attempt(problem, SolveOptions(), lambda: False))
    return verdict["certificate"]


def test_export_taxes_raise_the_terms_of_trade_of_who_levies_them(tiny_world):
    tax = tiny_world.export_tax.copy()
    tax[0, 1:] = 0.3
    results = ep.solve(tiny_world, shock=ep.Shock(export_tax=tax)).results()
    assert results.terms_of_trade.values[0] > 1
    with pytest.raises(ep.InputError, match="no export taxes"):
        results.first_order_welfare()
