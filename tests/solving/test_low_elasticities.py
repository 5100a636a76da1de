"""Elasticities down to 0.02: a certified result, or a reason that can be checked.

One small world with giants, dwarfs, taxes and balances, under losses, bans and an embargo, and many
random ones; all elasticities together and with every mobility of factors.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import worlds

import entrepot as ep
from entrepot.model.closure import Closure
from entrepot.model.family_wide import evaluate
from entrepot.model.family_wide_terms import in_logs
from entrepot.numerics import Attempt, Status
from entrepot.numerics.direct import Kept, Newton, newton
from entrepot.numerics.follow import follow
from entrepot.solving.bind import bind, bound_to, impossible
from entrepot.solving.coefficients import family_coefficients
from entrepot.solving.far import at, climb_far, covers, eased, equations
from entrepot.solving.log_identities import largest_gap, prices_from
from entrepot.solving.producible import proven, unproducible
from entrepot.solving.refusals import checked, public
from entrepot.solving.solve import benchmark_unknowns, refused, verdict_of

NAMED = (ep.Verdict.CERTIFIED, ep.Verdict.IMPOSSIBLE, ep.Verdict.NOT_PAYABLE,
         ep.Verdict.OUT_OF_RANGE)  # fmt: skip


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


def problem_of(world, economy, shock, closure=Closure.ZERO):
    return bind(world, economy.elasticities_for(world), bound_to(world, shock), closure)


def climbed(problem):
    """The attempt and what is said of it, after the rungs for large shocks alone."""
    start = Attempt(benchmark_unknowns(problem), Status.NOT_CONVERGED, np.full(4, np.inf),
                    "accelerated", {}, 0.0, part=0.0)  # fmt: skip
    attempt, refusal = climb_far(problem, start, 1e-10, 60.0)
    if refusal is None:
        return attempt, verdict_of(problem, attempt)
    return attempt, refused(problem, attempt, refusal)


def in_the_open(problem, y):
    """Result of the equations in logs at the solver's unknowns `y`."""
    return evaluate(y, in_logs(family_coefficients(problem)))


@pytest.mark.parametrize("seed", [*range(1, 7), 8, 11, 57, 93])
def test_random_worlds_at_the_lowest_elasticities(seed):
    """What is certified holds in code that shares nothing with solver or certificate."""
    rng = np.random.default_rng([seed, 2])
    world = worlds.world(seed, n=3, s=2, uses=2 if seed % 4 == 3 else 0)
    value, kappa = (0.02, 0.05)[seed % 2], (0.0, 1.0, np.inf)[seed % 3]
    kinds = [("ban",), ("productivity",), ("tariff", "transfer")][seed % 3]
    closure = (Closure.FIXED, Closure.ZERO, Closure.SHARE_OF_INCOME)[rng.integers(3)]
    problem = problem_of(world, rigid(value, kappa), worlds.shock(seed, world, kinds), closure)
    assert not impossible(problem), "nothing would be solved"
    attempt, said = climbed(problem)
    assert said["verdict"] in NAMED, said["reasons"]
    if said["verdict"] is ep.Verdict.CERTIFIED:
        assert said["certificate"].worst[1] <= 1e-8
        assert largest_gap(problem, public(in_the_open(problem, attempt.y)))[1] <= 1e-8
    else:
        assert any(region in reason for region in world.regions for reason in said["reasons"])


def test_the_path_agrees_with_the_ordinary_rungs_where_both_arrive(world):
    """Half a sector lost, everything at 0.02, factors that move."""
    economy = rigid(0.02, np.inf)
    ordinary = ep.solve(world, economy, loss(world), "zero", ep.SolveOptions(tolerance=1e-12))
    assert ordinary.method == "accelerated"

    def equations_at(part):
        return equations(family_coefficients(at(ordinary.problem, part, 1.0)))

    y = ordinary.unknowns
    start = newton(equations_at(0.0), np.zeros_like(y), Newton(), Kept())
    way = follow(equations_at, start, Newton(tolerance=1e-12), Kept())
    assert way.done
    np.testing.assert_allclose(way.last.found.z, y, rtol=1e-8, atol=1e-8)
    assert np.abs(y[: y.size // 2]).max() > 0.5, "prices have moved"


def test_where_prices_move_by_many_orders_of_magnitude_both_ladders_agree(world):
    """Half a sector lost, everything at 0.05, factors tied to their sectors."""
    found = ep.solve(world, rigid(0.05), loss(world), "zero")
    assert found.ok, found.message()
    assert np.abs(found.unknowns).max() > 50
    attempt, said = climbed(found.problem)
    assert said["verdict"] is ep.Verdict.CERTIFIED
    np.testing.assert_allclose(attempt.y, found.unknowns, rtol=1e-7, atol=1e-7)
    for y in (found.unknowns, attempt.y):
        assert largest_gap(found.problem, public(in_the_open(found.problem, y)))[1] <= 1e-8


def test_a_debtor_who_cannot_pay_is_named_and_can_pay_less(world):
    """CCC owes more than it earns after the ban; a tenth of all transfers can be paid."""
    economy, shock = rigid(0.5), crude_banned(world)
    found = ep.solve(world, economy, shock)
    assert found.verdict is ep.Verdict.NOT_PAYABLE
    assert all(reason.startswith("CCC is to pay") for reason in found.reasons)
    with pytest.raises(ep.NotSolvedError, match="choose another closure"):
        found.results()
    less = replace(shock, transfer=0.1 * found.problem.balance)
    assert ep.solve(world, economy, less, "zero").ok


def test_a_solution_in_which_somebody_spends_less_than_nothing_is_not_called_impossible(world):
    """The accelerated rungs find one for CCC; it is a finding, so the path is followed and told."""
    found = ep.solve(world, rigid(0.05, 1.0), loss(world))
    assert found.verdict is ep.Verdict.NOT_PAYABLE
    assert named_theta(found.reasons[0]) > 0.05
    assert found.evaluations["elasticities"] > 0


def named_theta(reason):
    """The trade elasticity that a reason names."""
    return float(reason.split("theta ")[1].split(",")[0])


def test_prices_beyond_numbers_are_a_verdict_with_identities_that_hold(world):
    problem = problem_of(world, rigid(0.1), crude_banned(world))
    _, said = climbed(problem)
    assert said["verdict"] is ep.Verdict.OUT_OF_RANGE
    assert said["state"] is None
    assert "real final expenditure of BBB falls to 1e-" in said["reasons"][0]


def test_goods_that_no_price_brings_about_have_a_proof(world):
    problem = problem_of(world, rigid(0.1), embargo(world))
    proof = unproducible(problem)
    assert proven(problem, proof)
    milder = problem_of(world, rigid(0.5), embargo(world))
    assert unproducible(milder) is None
    assert not proven(milder, proof), "the same prices prove nothing at higher elasticities"
    found = ep.solve(world, rigid(0.1), embargo(world), "zero")
    assert found.verdict is ep.Verdict.IMPOSSIBLE
    assert "cannot be had in" in found.reasons[0]


def test_prices_of_a_proof_rise_without_end(world):
    """Iterating the definition from the benchmark leaves every bound, as the proof says."""
    problem = problem_of(world, rigid(0.1), embargo(world))
    price = np.zeros((5, 4, 1))
    for _ in range(1000):
        price = np.where(problem.standing.used, prices_from(problem, price, np.array(0.0)).price, 0)
    assert price.max() > 1000


@pytest.mark.parametrize("closure", ["fixed", "share_of_income"])
def test_identities_in_logs_hold_where_the_certificate_does_and_catch_what_is_wrong(closure):
    world = worlds.world(3)
    economy = ep.Economy(epsilon=0.3, mu=0.4, sigma=0.5, kappa=0.7, profit_share=0.01)
    found = ep.solve(world, economy, loss(world), closure, ep.SolveOptions(tolerance=1e-11))
    assert found.ok
    problem, cells = found.problem, found.problem.standing.used.size
    assert checked(problem, in_the_open(problem, found.unknowns))
    for spot in (0, cells, 2 * cells, 2 * cells + 5):
        wrong = found.unknowns.copy()
        wrong[spot] += 1e-6 * max(1.0, wrong[spot])
        assert largest_gap(problem, public(in_the_open(problem, wrong)))[1] > 1e-8


def test_the_path_begins_at_one_and_ends_at_what_was_asked(world):
    problem = problem_of(world, rigid(0.02), loss(world))
    assert (eased(problem.elasticities, 0.0).theta == 1.0).all()
    assert at(problem, 1.0, 1.0).elasticities is problem.elasticities
    half = eased(problem.elasticities, 0.5).epsilon
    np.testing.assert_allclose(half, 2 / (1 + 50))
    leontief = problem_of(world, replace(rigid(0.5), epsilon=0.0), loss(world))
    assert (eased(leontief.elasticities, 0.999).epsilon > 0).all()
    assert climbed(leontief)[1]["verdict"] is ep.Verdict.CERTIFIED


def test_what_has_no_equations_in_logs_is_left_to_the_ordinary_rungs(world):
    assert covers(problem_of(world, rigid(0.5), loss(world)))
    assert not covers(problem_of(world, ep.Economy.long_run(), loss(world)))
    working = replace(rigid(0.5), labour_supply=0.3)
    assert not covers(problem_of(world, working, loss(world)))
