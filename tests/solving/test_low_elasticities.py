"""Elasticities down to 0.02: a certified result, or a reason that can be checked.

One small world with giants, dwarfs, taxes and balances, under losses, bans and an embargo; all
elasticities together and with every mobility of factors.
"""

from __future__ import annotations

from dataclasses import replace

import jax
import numpy as np
import pytest
import worlds

import entrepot as ep
from entrepot.model.closure import Closure
from entrepot.model.family_logs import equations as compiled
from entrepot.model.family_wide import evaluate
from entrepot.model.family_wide_terms import in_logs
from entrepot.solving.bind import bind, bound_to
from entrepot.solving.coefficients import family_coefficients
from entrepot.solving.far import at, eased
from entrepot.solving.log_identities import FREE, largest_gap, prices_from
from entrepot.solving.producible import Proof, proven, unproducible
from entrepot.solving.refusals import public
from entrepot.solving.slopes import divide, factored, product

NAMED = (ep.Verdict.CERTIFIED, ep.Verdict.IMPOSSIBLE, ep.Verdict.NOT_PAYABLE,
         ep.Verdict.OUT_OF_RANGE)  # fmt: skip
MIXED = np.array([0.0, np.inf, 1.0, np.inf, 2.0])


@pytest.fixture(scope="module")
def world() -> ep.World:
    return worlds.world(3)


def rigid(value: float, kappa: float = 0.0) -> ep.Economy:
    """Every elasticity at `value`."""
    return ep.Economy(theta=value, epsilon=value, mu=value, sigma=value, kappa=kappa)


def loss(world: ep.World) -> ep.Shock:
    """Half of the productivity of one sector of one country is lost."""
    productivity = np.ones(world.value_added_share.shape)
    productivity[0, 1] = 0.5
    return ep.Shock(productivity=productivity)


def crude_banned(world: ep.World) -> ep.Shock:
    """Nobody else buys the crude of one country."""
    ban = np.zeros(world.trade_share.shape, dtype=bool)
    ban[0, 1:, 1] = True
    return ep.Shock(ban=ban)


def embargo(world: ep.World) -> ep.Shock:
    """Nobody trades with one country."""
    ban = np.zeros(world.trade_share.shape, dtype=bool)
    ban[0, 1:], ban[1:, 0] = True, True
    return ep.Shock(ban=ban)


SHOCKS = (loss, crude_banned, embargo)


def problem_of(world, economy, shock, closure=Closure.FIXED):
    return bind(world, economy.elasticities_for(world), bound_to(world, shock), closure)


@pytest.mark.parametrize("value", [0.5, 0.1, 0.02])
@pytest.mark.parametrize("shock", SHOCKS)
def test_every_case_is_certified_or_has_a_name(world, shock, value):
    for kappa in (0.0, np.inf):
        for closure in ("fixed", "zero"):
            found = ep.solve(world, rigid(value, kappa), shock(world), closure)
            assert found.verdict in NAMED, found.message()
            assert found.ok or found.reasons
            assert found.ok or any(r in found.message() for r in world.regions)


def test_a_loss_is_certified_down_to_the_lowest_elasticities(world):
    """Without debts a loss of half a sector has a solution; that of the factors that it idles."""
    for value in (0.2, 0.1, 0.05):
        found = ep.solve(world, rigid(value), loss(world), "zero")
        assert found.ok, found.message()


def test_prices_beyond_numbers_are_a_verdict_with_identities_that_hold(world):
    found = ep.solve(world, rigid(0.05), crude_banned(world), "zero")
    assert found.verdict is ep.Verdict.OUT_OF_RANGE
    assert "benchmark" in found.reasons[0]
    assert found.state is None
    with pytest.raises(ep.NotSolvedError, match="raise the elasticities"):
        found.results()


def test_a_debtor_who_cannot_pay_is_named_and_can_pay_less(world):
    """CCC owes more than it earns after the ban; with a tenth of all transfers there is a result."""
    economy, shock = rigid(0.5), crude_banned(world)
    found = ep.solve(world, economy, shock)
    assert found.verdict is ep.Verdict.NOT_PAYABLE
    assert all(reason.startswith("CCC is to pay") for reason in found.reasons)
    problem = problem_of(world, economy, shock)
    part = replace(shock, transfer=0.1 * problem.balance)
    assert ep.solve(world, economy, part, "zero").ok


def test_goods_that_no_price_brings_about_have_a_proof(world):
    problem = problem_of(world, rigid(0.1), embargo(world))
    proof = unproducible(problem)
    assert proof is not None
    assert proven(problem, proof)
    milder = problem_of(world, rigid(0.5), embargo(world))
    assert unproducible(milder) is None
    assert not proven(milder, proof), "the same prices prove nothing at higher elasticities"
    nothing = Proof(np.full(proof.ln_price.shape, FREE))
    assert not proven(problem, nothing)
    found = ep.solve(world, rigid(0.1), embargo(world), "zero")
    assert found.verdict is ep.Verdict.IMPOSSIBLE
    assert "cannot be had in" in found.reasons[0]


def test_prices_of_a_proof_rise_without_end(world):
    """Iterating the definition from the benchmark leaves every bound, as the proof says."""
    problem = problem_of(world, rigid(0.1), embargo(world))
    price = np.zeros((5, 4, 1))
    for _ in range(2000):
        price = np.where(problem.standing.used, prices_from(problem, price, np.array(0.0)).price, 0)
    assert price.max() > 1000


@pytest.mark.parametrize(
    ("kappa", "closure", "uses"),
    [(0.0, Closure.FIXED, 0), (np.inf, Closure.SHARE_OF_INCOME, 0), (MIXED, Closure.FIXED, 2)],
)
def test_the_equations_in_logs_are_those_of_the_family_with_exact_slopes(kappa, closure, uses):
    world = worlds.world(3, uses=uses)
    economy = ep.Economy(theta=0.3, epsilon=0.2, mu=1.0, sigma=1.5, kappa=kappa, profit_share=0.01)
    problem = problem_of(world, economy, crude_banned(world), closure)
    m = family_coefficients(problem)
    size = 2 * problem.standing.used.size + 5 + (0 if problem.elasticities.mobile else 20)
    z, v = np.random.default_rng(0).normal(0, 0.1, (2, size))
    logs = in_logs(m)
    here = evaluate(z, logs)
    with jax.enable_x64(True):
        gaps = np.asarray(jax.jit(compiled)(z, m))
    np.testing.assert_allclose(here.gaps, gaps, atol=1e-12)
    step = 1e-6
    ahead, behind = (evaluate(z + s * v, logs).gaps for s in (step, -step))
    slope = product(v, here.shares, logs)
    np.testing.assert_allclose(slope, (ahead - behind) / (2 * step), atol=1e-7)
    back = product(divide(v, factored(here.shares, logs)), here.shares, logs)
    np.testing.assert_allclose(back, v, atol=1e-10)
    coarse = product(divide(v, factored(here.shares, logs, precise=False)), here.shares, logs)
    np.testing.assert_allclose(coarse, v, atol=1e-2)


@pytest.mark.parametrize("closure", ["fixed", "share_of_income"])
def test_identities_in_logs_hold_where_the_certificate_does_and_catch_what_is_wrong(closure):
    world = worlds.world(3)
    economy = ep.Economy(epsilon=0.3, mu=0.4, sigma=0.5, kappa=0.7, profit_share=0.01)
    found = ep.solve(world, economy, loss(world), closure, ep.SolveOptions(tolerance=1e-11))
    assert found.ok
    y, cells = found.unknowns, found.problem.standing.used.size
    z = np.concatenate([y[:cells], np.log(y[cells : 2 * cells]), y[2 * cells :]])
    assert largest_gap(found.problem, public(found.problem, z))[1] < 1e-9
    for spot in (0, cells, 2 * cells, 2 * cells + 5):
        wrong = z.copy()
        wrong[spot] += 1e-6
        assert largest_gap(found.problem, public(found.problem, wrong))[1] > 1e-8


def test_the_path_begins_at_one_and_ends_at_what_was_asked(world):
    problem = problem_of(world, rigid(0.02), loss(world))
    assert (eased(problem.elasticities, 0.0).theta == 1.0).all()
    assert at(problem, 1.0, 1.0).elasticities is problem.elasticities
    half = eased(problem.elasticities, 0.5).epsilon
    np.testing.assert_allclose(half, 2 / (1 + 50))
    leontief = problem_of(world, replace(rigid(0.5), epsilon=0.0), loss(world))
    assert (eased(leontief.elasticities, 0.999).epsilon > 0).all()
    assert ep.solve(world, replace(rigid(0.5), epsilon=0.0), loss(world), "zero").ok


def test_a_tariff_at_the_lowest_elasticities_on_the_bundled_world():
    """25 % of the USA on what China sells, all elasticities 0.02 and factors that cannot move."""
    world = ep.load_world("2017")
    china, usa = world.regions.index("CHN"), world.regions.index("USA")
    tariff = np.array(world.tariff)
    tariff[china, usa] += 0.25
    found = ep.solve(world, rigid(0.02), ep.Shock(tariff=tariff))
    assert found.ok, found.message()
    assert found.evaluations["elasticities"] > 0
