"""Network effects: the fixed point, its certificate, uniqueness, and several equilibria."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from entrepot.channels.payments import Elasticities, Rails, settle
from entrepot.channels.payments.certificate import certify
from entrepot.channels.payments.network import Flows, gain, others, settle_use

PLACES = ("AAA", "BBB", "CCC")


def even(share: float = 0.5) -> Rails:
    """Three economies of one size, two rails with one share everywhere."""
    rows = np.broadcast_to([share, 1 - share], (3, 3, 2))
    return Rails.from_arrays(rows, np.ones((3, 3)), economies=PLACES, rails=["old", "new"])


def flows(seed: int, eta: float, n: int = 30, r: int = 4) -> Flows:
    rng = np.random.default_rng(seed)
    share = rng.dirichlet(np.ones(r), n)
    value = rng.dirichlet(np.ones(n))
    weight = share * np.exp(rng.normal(0, 1, share.shape))
    return Flows(value, weight, np.full(n, eta), value @ share)


def test_one_flow_has_a_closed_form() -> None:
    """If all flows are alike, S_k ~ (b_k)^(1/(1-eta)) S_k^(-eta/(1-eta)): solved by hand."""
    rails, eta, kappa = even(0.7), 0.4, 8.0
    cost = np.ones(rails.shape)
    cost[..., 0] = 1.1
    given = Elasticities.of(kappa=kappa, kappa_short=4.0, network=eta)
    out = settle(rails, cost=cost, elasticities=given)
    odds = (0.7 * 1.1**-kappa / 0.3) ** (1 / (1 - eta)) * (0.7 / 0.3) ** (-eta / (1 - eta))
    assert out.use_after[0] == pytest.approx(odds / (1 + odds), rel=1e-11)
    hat = out.use_after / np.array([0.7, 0.3])
    index = (0.7 * 1.1**-kappa * hat[0] ** eta + 0.3 * hat[1] ** eta) ** (-1 / kappa)
    assert out.cost_array[0, 1, 0] == pytest.approx(index, rel=1e-11)
    assert out.certificate.ok


def test_those_who_stay_pay_for_those_who_leave() -> None:
    rails = even(0.7)
    given = Elasticities.of(network=0.5)
    out = settle(rails, access=rails.without(["old"], ["BBB"]), elasticities=given)
    assert out.use_after[0] < 0.7 * (1 - 4 / 6)
    assert out.network_hat[0] < 1 < out.network_hat[1]
    alone = settle(rails, access=rails.without(["old"], ["BBB"]),
                   elasticities=Elasticities.of(network=0.0))  # fmt: skip
    assert out.cost_array[0, 2, 0] > alone.cost_array[0, 2, 0] == 1.0
    assert out.cost_array[0, 1, 0] < alone.cost_array[0, 1, 0]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.05, 0.9))
def test_below_one_every_start_ends_in_the_same_place(seed: int, eta: float) -> None:
    made = flows(seed, eta)
    first = settle_use(made, made.reference, "baseline").use
    for one in others(made, ("a", "b", "c", "d")):
        assert one.use == pytest.approx(first, abs=1e-9)
    assert first.sum() == pytest.approx(1.0)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.1, 0.8))
def test_the_fixed_point_agrees_with_another_solver(seed: int, eta: float) -> None:
    made = flows(seed, eta)
    use = settle_use(made, made.reference, "baseline").use
    found = optimize.root(
        lambda u: np.log(made.reply(np.exp(u))) - u, np.log(made.reference), tol=1e-13
    )
    assert use == pytest.approx(np.exp(found.x), rel=1e-8)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.1, 2.0))
def test_the_gain_is_the_derivative_of_best_replies(seed: int, eta: float) -> None:
    made = flows(seed, eta)
    at = Flows(made.value, made.weight, made.eta, made.value @ (made.weight / made.weight.sum(
        axis=1, keepdims=True)))  # fmt: skip
    step, n = 1e-6, len(at.reference)
    slope = np.zeros((n, n))
    for k in range(n):
        up, down = (at.reference * np.exp(s * step * (np.arange(n) == k)) for s in (1, -1))
        slope[:, k] = (np.log(at.reply(up)) - np.log(at.reply(down))) / (2 * step)
    values = np.linalg.eigvals(slope).real
    assert gain(at, at.weight) == pytest.approx(values.max(), abs=1e-6)
    assert values.min() > -1e-6
    assert values.max() < eta + 1e-6


def test_a_strong_network_effect_has_several_equilibria() -> None:
    rails = even(0.6)
    out = settle(rails, elasticities=Elasticities.of(network=1.5))
    assert not out.unique
    assert not out.steady
    uses = sorted(round(float(e.use[0]), 6) for e in out.equilibria)
    assert uses[0] == 0.0
    assert uses[-1] == 1.0
    assert all(e.residual < 1e-10 for e in out.equilibria)
    text = out.message()
    assert "several equilibria can exist" in text
    assert "The benchmark itself is not stable" in text


def test_the_equilibrium_shown_is_the_one_near_the_benchmark() -> None:
    """Each economy holds to its own rail, so that the benchmark is stable though eta is 3."""
    share = np.empty((3, 3, 2))
    share[..., 0], share[..., 1] = 0.99, 0.01
    share[2], share[:, 2] = [0.01, 0.99], [0.01, 0.99]
    rails = Rails.from_arrays(share, np.ones((3, 3)), economies=PLACES, rails=["old", "new"])
    given = Elasticities.of(network=3.0)
    still = settle(rails, elasticities=given)
    assert still.steady
    assert still.use_after == pytest.approx(still.use_before, abs=1e-9)
    assert len(still.equilibria) >= 2
    nudged = settle(rails, access=rails.without(["old"], ["AAA"], lost=0.01), elasticities=given)
    assert nudged.use_after[0] == pytest.approx(nudged.use_before[0], abs=0.05)
    assert nudged.certificate.ok


def test_a_new_rail_finds_its_way_in_or_stays_out() -> None:
    rails = even(0.6).with_rail("bridge")
    entering = rails.entering("bridge", 0.1, ["AAA"])
    weak = settle(rails, entering=entering, elasticities=Elasticities.of(network=0.5))
    assert weak.use_after[-1] > 0.01
    strong = settle(rails, entering=entering, elasticities=Elasticities.of(network=1.5))
    assert strong.use_after[-1] < 1e-6


def test_nobody_uses_a_rail_and_nobody_enters() -> None:
    rails = even(0.6).with_rail("bridge")
    out = settle(rails, access=rails.without(["old"], ["AAA"]))
    assert out.use_after[-1] == 0
    assert out.network_hat[-1] == 1
    assert out.certificate.ok


def test_the_certificate_sees_a_wrong_answer() -> None:
    rails = even(0.7)
    given = Elasticities.of(network=0.3)
    out = settle(rails, access=rails.without(["old"], ["BBB"]), elasticities=given)
    weight = rails.share * rails.without(["old"], ["BBB"])
    kappa, eta = np.full((3, 3, 1), given.kappa), np.full((3, 3, 1), given.network)
    good = (out.cost_array, out.share_array)
    assert certify(rails, weight, kappa, eta, out.use_before, *good).ok
    for bad in ((1.01 * good[0], good[1]), (good[0], 0.999 * good[1]),
                (good[0], np.roll(good[1], 1, axis=-1))):  # fmt: skip
        found = certify(rails, weight, kappa, eta, out.use_before, *bad)
        assert not found.ok
        assert "not in equilibrium" in found.message()
