"""Newton's method with factors that are kept, and curves of solutions with turning points."""

from __future__ import annotations

import numpy as np
import pytest

from entrepot.numerics.blocks import Bordered, eliminate, solve
from entrepot.numerics.direct import Kept, Local, Newton, correction, newton
from entrepot.numerics.follow import follow


def made(gaps, derivative):
    """Equations from their residuals and the matrix of their derivatives."""

    def local(z):
        with np.errstate(all="ignore"):
            f, matrix = gaps(z), derivative(z)
        size = float(np.abs(f).max()) if np.isfinite(f).all() else float("inf")

        def factor(precise):
            kept = matrix if precise else matrix.astype(np.float32).astype(float)
            return lambda right: np.linalg.solve(kept, right)

        return Local(f, size, lambda v: matrix @ v, factor, z)

    return local


def rigid(elasticity):
    """Two exponentials that must add up to 1, at a log ratio that 1 / elasticity blows up."""

    def gaps(z):
        return np.array([np.log(np.exp(z[0]) + np.exp(z[1])), elasticity * (z[0] - z[1]) - 5.0])

    def derivative(z):
        share = 1 / (1 + np.exp(z[1] - z[0]))
        return np.array([[share, 1 - share], [elasticity, -elasticity]])

    return made(gaps, derivative)


def test_newton_solves_and_keeps_its_factors():
    kept = Kept()
    found = newton(rigid(0.02), np.zeros(2), Newton(tolerance=1e-12), kept)
    assert found.converged
    np.testing.assert_allclose(found.z, [0.0, -250.0], atol=1e-8)
    before = kept.made
    again = newton(rigid(0.021), found.z, Newton(tolerance=1e-12), kept)
    assert again.converged
    assert kept.made == before, "old factors are good enough for a problem next to theirs"


def test_newton_stops_where_nothing_is_a_number():
    equations = made(lambda z: np.log(z), lambda z: np.diag(1 / z))
    assert not newton(equations, np.array([-1.0]), Newton(), Kept()).converged
    assert newton(equations, np.array([0.5]), Newton(), Kept()).converged


def test_factors_out_of_range_leave_everything():
    huge = Local(np.ones(1), 1.0, lambda v: v, lambda precise: lambda right: right * np.inf)
    kept = Kept()
    assert not np.isfinite(correction(huge, np.ones(1), kept, Newton())).any()
    assert kept.made == 2, "coarse factors first, then precise ones"


def s_curve(part):
    """``part = 0.5 + z^3 - 0.5 z``: two turning points between -1 and 1."""
    return made(lambda z: z**3 - 0.5 * z + 0.5 - part, lambda z: np.diag(3 * z**2 - 0.5))


def test_a_curve_is_followed_round_its_turning_points():
    start = newton(s_curve(0.0), -np.ones(1), Newton(), Kept())
    assert start.converged
    way = follow(s_curve, start, Newton(), Kept())
    assert way.done
    assert way.last.part == 1.0
    assert way.last.found.z[0] == pytest.approx(1.0, abs=1e-8)


def parabola(part):
    """``part = 0.7 - z^2``: the curve turns back at 0.7 and never reaches 1."""
    return made(lambda z: 0.7 - z**2 - part, lambda z: np.diag(-2 * z))


def test_a_curve_that_never_gets_there_says_how_far_it_came():
    start = newton(parabola(0.0), -np.ones(1), Newton(), Kept())
    way = follow(parabola, start, Newton(), Kept(), ended=lambda found: found.z[0] > 0.5)
    assert not way.done
    assert way.turned
    assert way.peak.part == pytest.approx(0.7, abs=0.05)
    assert way.last.found.z[0] > 0.5
    assert way.last.part == pytest.approx(0.7 - way.last.found.z[0] ** 2, abs=1e-8)
    whole = follow(parabola, start, Newton(), Kept())
    assert not whole.done
    assert whole.last.part <= 0.0, "it comes back to where it began"


def test_nothing_is_followed_after_the_deadline():
    start = newton(s_curve(0.0), -np.ones(1), Newton(), Kept())
    assert not follow(s_curve, start, Newton(), Kept(), deadline=0.0).done


@pytest.mark.parametrize("link", [0.0, 0.7])
def test_blocks_are_solved_as_the_whole(link):
    rng = np.random.default_rng(3)
    whole = rng.normal(size=(13, 13)) + 6 * np.eye(13)
    cut = (slice(0, 5), slice(5, 10), slice(10, 13))
    whole[cut[0], cut[1]] = np.diag(np.where(np.arange(5) < 3, link, 0.0))
    parts = [[whole[r, c].copy() for c in cut] for r in cut]
    blocks = Bordered(parts[0][0], np.diag(parts[0][1]).copy(), parts[0][2], *parts[1], *parts[2])
    right = rng.normal(size=13)
    for dtype, accuracy in ((np.float64, 1e-12), (np.float32, 1e-5)):
        found = solve(eliminate(blocks, dtype), *(right[c] for c in cut))
        np.testing.assert_allclose(whole @ np.concatenate(found), right, atol=accuracy)
