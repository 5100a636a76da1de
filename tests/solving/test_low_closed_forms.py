"""Low elasticities in worlds small enough to be solved by hand: certified, or refused rightly.

The rungs for large shocks are called by themselves, from the benchmark, so that nothing that the
ordinary rungs do can hide what these do.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

import entrepot as ep
from entrepot.model.closure import Closure
from entrepot.numerics import Attempt, Status
from entrepot.solving.bind import bind, bound_to
from entrepot.solving.far import climb_far
from entrepot.solving.producible import Proof, proven, root, sentences, unproducible
from entrepot.solving.solution import Verdict
from entrepot.solving.solve import benchmark_unknowns, refused, verdict_of

HOME = 0.9


def two(home=HOME, inputs=0.0):
    """Two equal countries and one good, of which each buys a share `home` at home."""
    return ep.World.from_arrays(
        regions=["AAA", "BBB"], sectors=["good"],
        trade_share=[[[home], [1 - home]], [[1 - home], [home]]],
        input_share=[[[inputs]]] * 2, value_added_share=[[1 - inputs]] * 2,
        final_share=[[1.0]] * 2, value_added=[50.0, 50.0], theta=4.0, balance="adjust",
    )  # fmt: skip


def rigid(theta, value=0.5, kappa=np.inf):
    return ep.Economy(theta=theta, epsilon=value, mu=value, sigma=value, kappa=kappa)


def problem_of(world, economy, **shock):
    bound = bound_to(world, ep.Shock(**shock))
    return bind(world, economy.elasticities_for(world), bound, Closure.ZERO)


def climbed(problem, seconds=20.0):
    """Verdict, reasons and state after the rungs for large shocks alone."""
    start = Attempt(benchmark_unknowns(problem), Status.NOT_CONVERGED, np.full(4, np.inf),
                    "accelerated", {}, 0.0, part=0.0)  # fmt: skip
    attempt, refusal = climb_far(problem, start, 1e-10, seconds)
    told = verdict_of(problem, attempt) if refusal is None else {}
    said = told or refused(problem, attempt, refusal)
    return said["verdict"], said["reasons"], said["state"]


def alone():
    """Nobody trades abroad."""
    return np.array([[[False], [True]], [[True], [False]]])


def sold_abroad(earned, theta):
    """Share of the spending of BBB that goes to AAA, where AAA earns `earned` of 100 in all."""
    ours, theirs = (1 - HOME) * (earned / 50) ** -theta, HOME * (2 - earned / 50) ** -theta
    return ours / (ours + theirs)


def most(theta):
    """What AAA can pay at most: all that it earns when BBB spends the income of the world."""
    return brentq(lambda paid: 100 * sold_abroad(paid, theta) - paid, 1e-9, 100 - 1e-9)


def income_after(paid, theta):
    """Factor income of AAA when it pays `paid`, from the balance of its trade."""

    def gap(earned):
        bought = (1 - HOME) * ((100 - earned) / 50) ** -theta
        bought /= bought + HOME * (earned / 50) ** -theta
        return sold_abroad(earned, theta) * (100 - earned + paid) - bought * (earned - paid) - paid

    return brentq(gap, paid * (1 + 1e-12), 50.0)


@pytest.mark.parametrize("theta", [0.5, 0.02])
def test_a_debt_that_can_be_paid_is_certified_at_its_closed_form(theta):
    paid = 0.99 * most(theta)
    problem = problem_of(two(), rigid(theta), transfer=[-paid, paid])
    verdict, reasons, state = climbed(problem)
    assert verdict is Verdict.CERTIFIED, reasons
    assert state.factor_income[0] == pytest.approx(income_after(paid, theta), rel=1e-8)
    assert state.income[0] == pytest.approx(state.factor_income[0] - paid, rel=1e-6)


@pytest.mark.parametrize("theta", [0.5, 0.02])
def test_a_debt_above_the_closed_form_is_not_payable(theta):
    paid = 1.01 * most(theta)
    verdict, reasons, state = climbed(problem_of(two(), rigid(theta), transfer=[-paid, paid]))
    assert verdict is Verdict.NOT_PAYABLE
    assert state is None
    assert len(reasons) == 1
    assert reasons[0].startswith("AAA is to pay a net transfer of")


def test_the_path_ends_at_the_elasticity_at_which_the_debtor_is_broke():
    """AAA can pay 15 of 100 down to theta = 0.35; the reason names an elasticity next to it."""
    ends = brentq(lambda theta: most(theta) - 15.0, 0.02, 1.0)
    _, reasons, _ = climbed(problem_of(two(), rigid(0.02), transfer=[-15.0, 15.0]))
    named = float(reasons[0].split("theta ")[1].split(",")[0])
    assert ends < named < 1.05 * ends
    assert "it earns 15" in reasons[0]


def test_prices_that_no_number_can_tell_are_out_of_range():
    """Autarky: P = home^(-1 / theta), here 1e300 for who bought all but a millionth abroad."""
    verdict, reasons, state = climbed(problem_of(two(home=1e-6), rigid(0.02), ban=alone()))
    assert verdict is Verdict.OUT_OF_RANGE
    assert state is None
    assert "real final expenditure of AAA falls to 1e-300 of the benchmark" in reasons[0]
    assert "100 % of its good (good) is closed" in reasons[0]
    assert reasons[-1] == "the price of good (good) in AAA is 1e300 of the benchmark's"


def test_what_was_not_closed_is_not_blamed():
    """Productivity 1e-12 in both: ``P = A^(-1 / beta)`` of a good made of itself, 1e400."""
    lost = {"productivity": np.full((2, 1), 1e-12)}
    verdict, reasons, _ = climbed(problem_of(two(0.9, 0.97), rigid(0.5, 1.0), **lost))
    assert verdict is Verdict.OUT_OF_RANGE
    assert not any("closed" in reason or "elasticities" in reason for reason in reasons)
    assert reasons[0] == (
        "real final expenditure of AAA falls to 1e-400 of the benchmark: its good (good) makes "
        "1e-12 of the benchmark's with the same inputs"
    )


def test_prices_that_a_number_can_tell_are_certified():
    verdict, reasons, state = climbed(problem_of(two(home=0.01), rigid(0.02), ban=alone()))
    assert verdict is Verdict.CERTIFIED, reasons
    np.testing.assert_allclose(np.log(state.price), -np.log(0.01) / 0.02, rtol=1e-9)


def roundabout(epsilon, part):
    """Autarky of a good made of itself; `part` of the largest input share that can be borne.

    With ``k = 1 - epsilon`` and ``a = home^(-1 / theta)`` its price is
    ``P^k = a^k beta / (1 - a^k (1 - beta))``: finite while ``1 - beta < home^(k / theta)``.
    """
    home, theta, k = 0.7, 0.5, 1 - epsilon
    inputs = part * home ** (k / theta)
    problem = problem_of(two(home, inputs), rigid(theta, epsilon), ban=alone())
    grown = home ** (-k / theta)
    return problem, grown * (1 - inputs) / (1 - grown * inputs), k


@pytest.mark.parametrize("epsilon", [0.0, 0.5])
def test_a_good_that_can_just_be_made_of_itself_has_its_closed_form(epsilon):
    problem, lifted, k = roundabout(epsilon, 0.97)
    assert unproducible(problem) is None
    verdict, reasons, state = climbed(problem)
    assert verdict is Verdict.CERTIFIED, reasons
    np.testing.assert_allclose(state.price, lifted ** (1 / k), rtol=1e-7)


@pytest.mark.parametrize("epsilon", [0.0, 0.02, 0.5])
def test_a_good_that_takes_more_of_itself_than_comes_out_is_impossible(epsilon):
    problem, _, _ = roundabout(epsilon, 1.01)
    verdict, reasons, _ = climbed(problem)
    assert verdict is Verdict.IMPOSSIBLE
    assert "good (good) cannot be had in AAA at any price: 30 % of what it bought" in reasons[0]
    proof = unproducible(problem)
    assert proven(problem, proof)
    assert (root(problem, proof).goods == proof.goods).all()
    able, _, _ = roundabout(epsilon, 0.99)
    assert not proven(able, proof), "the same prices prove nothing where the good can be made"


def test_the_root_of_a_proof_is_named_and_the_rest_is_counted():
    """AAA cannot make its grain, so no tools of grain, and BBB buys all its tools from AAA."""
    made_of_grain = [[0.9, 0.5, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    world = ep.World.from_arrays(
        regions=["AAA", "BBB"], sectors=["grain", "tools", "games"],
        trade_share=np.array([[[0.1, 1, 0.5], [0, 1, 0]], [[0.9, 0, 0.5], [1, 0, 1]]]),
        input_share=[made_of_grain, np.zeros((3, 3))],
        value_added_share=[[0.1, 0.5, 1.0], [1.0, 0.0, 1.0]], final_share=[[0.4, 0.3, 0.3]] * 2,
        value_added=[50.0, 50.0], theta=4.0, balance="adjust",
    )  # fmt: skip
    ban = np.zeros((2, 2, 3), dtype=bool)
    ban[1, 0, 0] = True
    problem = problem_of(world, rigid(0.5), ban=ban)
    proof = unproducible(problem)
    np.testing.assert_array_equal(proof.goods[..., 0], [[1, 1, 0], [0, 1, 0]])
    start = root(problem, proof)
    assert proven(problem, start)
    np.testing.assert_array_equal(start.goods[..., 0], [[1, 1, 0], [0, 0, 0]])
    first, rest = sentences(problem, proof)
    assert first.startswith("grain (grain) cannot be had in AAA at any price: 90 % of what it")
    assert rest == "nor can 2 other goods in 2 regions"


def test_a_proof_needs_goods_and_elasticities_below_one():
    problem, _, _ = roundabout(0.5, 1.01)
    assert not proven(problem, Proof(np.full((2, 1, 1), -np.inf)))
    values = problem.elasticities
    plain = replace(problem, elasticities=values._replace(epsilon=np.ones(1), mu=np.ones(1)))
    assert unproducible(plain) is None
    assert not proven(plain, unproducible(problem)), "factors for nothing make the good free"


def test_a_climb_that_is_late_says_so():
    problem = problem_of(two(), rigid(0.02), transfer=[-15.0, 15.0])
    verdict, reasons, _ = climbed(problem, seconds=0.0)
    assert verdict is Verdict.NOT_CONVERGED
    assert any("max_seconds" in reason for reason in reasons)
