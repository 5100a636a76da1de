"""The solvers on maps whose fixed points are known."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from entrepot.numerics import Anderson, NewtonKrylov, Status, Step, anderson, climb, newton_krylov
from entrepot.numerics.krylov import empty, enlarged, extend, least_squares


@pytest.fixture(autouse=True)
def double():
    with jax.enable_x64(True):
        yield


def worst(outcome) -> float:
    return float(np.max(outcome.residual))


def cosine(y, _):
    new = jnp.cos(y)
    return Step(new, jnp.max(jnp.abs(new - y))[None])


def linear(y, args):
    matrix, right = args
    new = matrix @ y + right
    return Step(new, jnp.max(jnp.abs(new - y))[None])


def damped(y, args):
    """Take 0.1 % of the step of a linear map; the residual is that of the whole step."""
    matrix, right, part = args
    gap = matrix @ y + right - y
    return Step(y + part * gap, jnp.max(jnp.abs(gap))[None])


def cubic(y, right):
    """Undamped iteration explodes: y -> y - (y^3 + y - right) has slope -3 y^2."""
    gap = y**3 + y - right
    return Step(y - gap, jnp.max(jnp.abs(gap))[None])


def valley(y, target):
    """g(z) = z / (1 + z^2) at z = y - target: seen from afar, its slope points away from zero."""
    z = y - target
    return Step(y - z / (1 + z**2), jnp.max(jnp.abs(z))[None])


def nowhere(y, _):
    return Step(y + 1.0 + y**2, jnp.max(1.0 + y**2)[None])


def broken(y, _):
    new = jnp.sqrt(y - 1.0)
    return Step(new, jnp.max(jnp.abs(new - y))[None])


def system(n: int, slow: float, seed: int = 0):
    """Return linear map with eigenvalues up to `slow`, and its fixed point."""
    rng = np.random.default_rng(seed)
    basis, _ = np.linalg.qr(rng.normal(size=(n, n)))
    matrix = basis @ np.diag(np.linspace(-0.5, slow, n)) @ basis.T
    right = rng.normal(size=n)
    return matrix, right, np.linalg.solve(np.eye(n) - matrix, right)


def test_scalar_cosine():
    out = anderson(cosine, jnp.zeros(1), None, Anderson(tolerance=1e-13))
    assert float(out.y[0]) == pytest.approx(0.7390851332151607, abs=1e-12)
    assert bool(out.finite)
    assert int(out.evaluations) < 15


@pytest.mark.parametrize("slow", [0.5, 0.99, 0.9999])
def test_linear_maps_however_slow(slow):
    matrix, right, fixed = system(8, slow)
    out = anderson(linear, jnp.zeros(8), (matrix, right), Anderson(tolerance=1e-10))
    assert worst(out) <= 1e-10
    np.testing.assert_allclose(out.y, fixed, atol=1e-9 / (1 - slow))
    assert int(out.evaluations) < 100


def test_damping_does_not_loosen_the_stop_rule():
    """A step of 0.001 of the gap is not a gap of 0.001: success needs the gap itself."""
    matrix, right, fixed = system(8, 0.9)
    args = (matrix, right, 1e-6)
    near = jnp.asarray(fixed) + 1e-5
    assert np.max(np.abs(damped(near, args).y - near)) < 1e-10, "a tiny step"
    assert worst(damped_once := damped(near, args)) > 1e-7, "but not a tiny gap"
    assert damped_once.residual.shape == (1,)
    out = anderson(damped, jnp.zeros(8), args, Anderson(tolerance=1e-8))
    undamped = np.max(np.abs(matrix @ np.asarray(out.y) + right - np.asarray(out.y)))
    assert (worst(out) <= 1e-8) == (undamped <= 1e-8)
    assert worst(out) == pytest.approx(undamped, rel=1e-6, abs=1e-15)


def test_newton_where_the_iteration_explodes():
    right = jnp.array([30.0, -50.0, 2.0])
    out = newton_krylov(cubic, jnp.zeros(3), right, NewtonKrylov(tolerance=1e-11))
    y = np.asarray(out.y)
    np.testing.assert_allclose(y**3 + y, right, atol=1e-10)


def test_plain_iteration_would_have_exploded():
    y = np.zeros(3)
    with np.errstate(all="ignore"):
        for _ in range(12):
            y = np.asarray(cubic(jnp.asarray(y), jnp.array([30.0, -50.0, 2.0])).y)
    assert not np.all(np.abs(y) < 1e6)


def test_budget_is_kept():
    matrix, right, _ = system(40, 0.99999)
    out = anderson(linear, jnp.zeros(40), (matrix, right), Anderson(max_evaluations=7))
    assert int(out.evaluations) == 7
    assert worst(out) > 1e-10


def test_ladder_goes_from_rung_to_rung():
    right = jnp.array([30.0, -50.0, 2.0])
    fixed, newton = Anderson(tolerance=1e-11, max_evaluations=3), NewtonKrylov(tolerance=1e-11)
    done = climb(cubic, jnp.zeros(3), lambda part: right * part, fixed, newton)
    assert done.status is Status.CONVERGED
    assert done.method == "newton_krylov"
    assert set(done.evaluations) == {"accelerated", "newton_krylov"}
    easy = climb(cosine, jnp.zeros(1), lambda _: None, Anderson(), newton)
    assert easy.method == "accelerated"
    assert easy.evaluations["accelerated"] < 15


def test_continuation_when_both_others_fail():
    fixed = Anderson(tolerance=1e-9, max_evaluations=4)
    newton = NewtonKrylov(tolerance=1e-9, max_steps=12)
    done = climb(valley, jnp.zeros(1), lambda part: jnp.array(3.0 * part), fixed, newton)
    assert done.method == "continuation"
    assert done.status is Status.CONVERGED
    assert done.y[0] == pytest.approx(3.0, abs=1e-8)


def test_continuation_counts_the_evaluations_of_every_part(monkeypatch):
    from entrepot.numerics import ladder

    spent = []

    def counted(solver):
        def run(*args):
            outcome = solver(*args)
            spent.append(int(outcome.evaluations))
            return outcome

        return run

    for name in ("anderson", "newton_krylov"):
        monkeypatch.setattr(ladder, name, counted(getattr(ladder, name)))
    fixed = Anderson(tolerance=1e-9, max_evaluations=4)
    newton = NewtonKrylov(tolerance=1e-9, max_steps=12)
    done = climb(valley, jnp.zeros(1), lambda part: jnp.array(3.0 * part), fixed, newton)
    assert done.method == "continuation"
    assert len(spent) > 4
    assert sum(done.evaluations.values()) == sum(spent)


def test_no_fixed_point_is_said_so():
    fixed, newton = Anderson(max_evaluations=20), NewtonKrylov(max_steps=10)
    done = climb(nowhere, jnp.zeros(2), lambda _: None, fixed, newton)
    assert done.status in (Status.NOT_CONVERGED, Status.NOT_FINITE)
    assert np.max(done.residual) > 0.1 or not np.isfinite(done.residual).all()


def test_leaving_the_range_of_the_equations_is_not_success():
    done = climb(broken, jnp.zeros(2), lambda _: None, Anderson(), NewtonKrylov())
    assert done.status is Status.NOT_FINITE


def test_a_krylov_space_goes_on_with_more_room() -> None:
    rng = np.random.default_rng(5)
    n = 40
    matrix = np.eye(n) + 0.5 * rng.standard_normal((n, n)) / np.sqrt(n)
    right = rng.standard_normal(n)
    length = float(np.linalg.norm(right))
    with jax.enable_x64(True):
        at_once = extend(lambda v: matrix @ v, empty(right, length, 20), np.array(20))
        begun = extend(lambda v: matrix @ v, empty(right, length, 8), np.array(8))
        wider = enlarged(begun, 20)
        assert least_squares(wider, length)[1] == pytest.approx(least_squares(begun, length)[1])
        on = extend(lambda v: matrix @ v, wider, np.array(20))
    for found, expected in zip(on, at_once, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-13)
    solution, gap = least_squares(on, length)
    assert np.linalg.norm(matrix @ solution - right) / length == pytest.approx(gap, rel=1e-6)
    assert gap < least_squares(begun, length)[1]
