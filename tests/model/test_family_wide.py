"""The family in logs: the same equations as the compiled ones, and slopes that are exact."""

from __future__ import annotations

import jax
import numpy as np
import pytest
import worlds

import entrepot as ep
from entrepot.model.closure import Closure
from entrepot.model.family_logs import equations as compiled
from entrepot.model.family_wide import evaluate
from entrepot.model.family_wide_terms import NONE, added, bundle, in_logs, ln
from entrepot.solving.bind import bind, bound_to
from entrepot.solving.coefficients import family_coefficients
from entrepot.solving.slopes import divide, factored, product

MIXED = np.array([0.0, np.inf, 1.0, np.inf, 2.0])
CASES = [(0.0, Closure.FIXED, 0), (np.inf, Closure.SHARE_OF_INCOME, 0), (MIXED, Closure.FIXED, 2)]


def family(kappa, closure, uses):
    """Coefficients of a world with taxes, profits, a ban and every kind of elasticity."""
    world = worlds.world(3, uses=uses)
    economy = ep.Economy(theta=0.3, epsilon=0.2, mu=1.0, sigma=1.5, kappa=kappa, profit_share=0.01)
    ban = np.zeros(world.trade_share.shape, dtype=bool)
    ban[0, 1:, 1] = True
    problem = bind(world, economy.elasticities_for(world), bound_to(world, ep.Shock(ban=ban)),
                   closure)  # fmt: skip
    return family_coefficients(problem)


def drawn(m):
    """A point away from any solution, and a direction."""
    size = 2 * m.base.expenditure.size + 5 + (0 if m.kappa is None else 20)
    return np.random.default_rng(0).normal(0, 0.1, (2, size))


@pytest.mark.parametrize(("kappa", "closure", "uses"), CASES[:2])
def test_equations_are_those_of_the_compiled_family(kappa, closure, uses):
    m = family(kappa, closure, uses)
    z, _ = drawn(m)
    with jax.enable_x64(True):
        gaps = np.asarray(jax.jit(compiled)(z, m))
    np.testing.assert_allclose(evaluate(z, in_logs(m)).gaps, gaps, atol=1e-12)


def test_equations_and_slopes_are_those_of_the_compiled_family():
    m = family(*CASES[2])
    z, v = drawn(m)
    with jax.enable_x64(True):
        gaps, slope = jax.jit(lambda z, v: jax.jvp(lambda at: compiled(at, m), (z,), (v,)))(z, v)
    here = evaluate(z, in_logs(m))
    np.testing.assert_allclose(here.gaps, gaps, atol=1e-12)
    np.testing.assert_allclose(product(v, here.shares, in_logs(m)), slope, atol=1e-10)


@pytest.mark.parametrize("far", [1.0, 30.0])
@pytest.mark.parametrize(("kappa", "closure", "uses"), CASES)
def test_slopes_are_those_of_central_differences(kappa, closure, uses, far):
    """Also where prices are apart by e^5 and more."""
    m = in_logs(family(kappa, closure, uses))
    z, v = drawn(m.family)
    z, step = far * z, 1e-5
    there = evaluate(z, m)
    assert np.isfinite(there.gaps).all()
    ahead, behind = (evaluate(z + s * v, m).gaps for s in (step, -step))
    np.testing.assert_allclose(product(v, there.shares, m), (ahead - behind) / (2 * step),
                               rtol=1e-6, atol=1e-6)  # fmt: skip


@pytest.mark.parametrize(("kappa", "closure", "uses"), CASES)
def test_division_undoes_the_product(kappa, closure, uses):
    m = in_logs(family(kappa, closure, uses))
    z, v = drawn(m.family)
    shares = evaluate(z, m).shares
    exact = product(divide(v, factored(shares, m)), shares, m)
    np.testing.assert_allclose(exact, v, atol=1e-10)
    coarse = product(divide(v, factored(shares, m, precise=False)), shares, m)
    np.testing.assert_allclose(coarse, v, atol=1e-2)


@pytest.mark.parametrize("power", [0.98, 0.5, 1e-9, 0.0, -3.0])
def test_a_bundle_is_the_ces_index_at_prices_of_any_size(power):
    share, p = np.array([0.2, 0.3, 0.5, 0.0]), np.array([0.3, -1.0, 2.0, 5.0])
    k = np.array([power])
    index, after = bundle(p, share, k)
    with np.errstate(divide="ignore"):
        plain = np.log((share * np.exp(power * p)).sum()) / power if power else share @ p
    assert index == pytest.approx(plain, rel=1e-6 if abs(power) < 1e-6 else 1e-13)
    assert after.sum() == pytest.approx(1.0, abs=1e-12)
    lifted, same = bundle(p + 4000.0, share, k)
    assert lifted == pytest.approx(index + 4000.0, rel=1e-12)
    np.testing.assert_allclose(same, after, rtol=1e-9)
    ahead, behind = (bundle(p + s * np.eye(4)[1], share, k)[0] for s in (1e-6, -1e-6))
    assert after[1] == pytest.approx((ahead - behind) / 2e-6, rel=1e-6)


def test_a_bundle_far_apart_is_its_dearest_part():
    """With an elasticity of 0.5, e^2000 against 1: the dear part is all of the cost."""
    index, after = bundle(np.array([2000.0, 0.0]), np.array([0.25, 0.75]), np.array([0.5]))
    assert index == pytest.approx(2000 + np.log(0.25) / 0.5)
    np.testing.assert_allclose(after, [1.0, 0.0], atol=1e-12)


def test_logs_of_nothing_add_up_to_nothing():
    assert ln(np.array([0.0]))[0] == NONE
    assert added(np.full(3, NONE)) < 0.9 * NONE
    assert added(np.log(np.array([1.0, 2.0, 5.0]))) == pytest.approx(np.log(8.0))


def test_who_owes_more_than_it_earns_has_no_income():
    m = family(0.0, Closure.FIXED, 0)
    debts = in_logs(m._replace(base=m.base._replace(balance=np.array([-1e9, 0, 0, 0, 1e9]))))
    z, _ = drawn(m)
    assert np.isnan(evaluate(z, debts).income[0])
    assert not np.isfinite(evaluate(z, debts).gaps).all()
