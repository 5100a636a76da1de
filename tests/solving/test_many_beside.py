"""Draws side by side: which may, and that each ends where it ends by itself."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import worlds

import entrepot as ep
from entrepot.model.closure import Closure
from entrepot.numerics import Anderson, Step, anderson, anderson_columns
from entrepot.solving import many_beside
from entrepot.solving.many import solve_many
from entrepot.solving.many_beside import BESIDE, FEWEST, first_rung
from entrepot.solving.many_rung import Ready, alone, ready, same
from entrepot.solving.solve import SolveOptions

OPTIONS = SolveOptions()
CLOSE = 1e-11
Calls = list[int]


@pytest.fixture(scope="module")
def world() -> ep.World:
    return worlds.world(6)


@pytest.fixture
def columns(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """How many columns went through the equations, call by call."""
    calls: Calls = []
    original = many_beside.anderson_columns

    def counted(fn: Any, y0: Any, *rest: Any) -> Any:
        calls.append(y0.shape[1])
        return original(fn, y0, *rest)

    monkeypatch.setattr(many_beside, "anderson_columns", counted)
    return calls


def one_good(world: ep.World, origin: int, sector: int) -> ep.Shock:
    """Nobody abroad buys one good of one region."""
    ban = np.zeros(world.tariff.shape, dtype=bool)
    ban[origin, :, sector] = True
    ban[origin, origin, sector] = False
    return ep.Shock(ban=ban)


def bans(world: ep.World, count: int) -> list[ep.Shock]:
    sectors = len(world.sectors)
    return [one_good(world, n % len(world.regions), n % sectors) for n in range(count)]


def thetas(world: ep.World, count: int) -> list[ep.Economy]:
    assert world.theta is not None
    return [ep.Economy.long_run(theta=world.theta * (0.7 + 0.1 * n)) for n in range(count)]


def bound(world: ep.World, economies: Any, shocks: Any, closure: str = "fixed") -> list[Ready]:
    pairs = zip(economies, shocks, strict=True)
    return [ready(world, *pair, Closure(closure)) for pair in pairs]


def assert_as_alone(draws: list[Ready]) -> None:
    found = first_rung(draws, OPTIONS)
    assert len(found) == len(draws)
    for draw, outcome in zip(draws, found, strict=True):
        by_itself = alone(draw, OPTIONS)
        np.testing.assert_allclose(outcome.y, by_itself.y, rtol=0, atol=CLOSE)
        assert outcome.evaluations == by_itself.evaluations
        assert outcome.finite
        assert np.max(outcome.residual) <= OPTIONS.tolerance


@pytest.mark.parametrize("closure", ["fixed", "share_of_income", "zero"])
@pytest.mark.parametrize("count", [FEWEST, BESIDE])
def test_parameters_side_by_side(world: ep.World, columns: Calls, closure: str, count: int) -> None:
    shock = one_good(world, 0, 1).bind(world)
    assert_as_alone(bound(world, thetas(world, count), [shock] * count, closure))
    assert columns == [BESIDE]


def test_bans_side_by_side(world: ep.World, columns: Calls) -> None:
    draws = bound(world, [ep.Economy.long_run()] * BESIDE, bans(world, BESIDE))
    assert not any(same(d.args.k, draws[0].args.k) for d in draws[1:])
    assert_as_alone(draws)
    assert columns == [BESIDE]


def test_what_does_not_fit_is_solved_by_itself(world: ep.World, columns: Calls) -> None:
    few = FEWEST - 1
    dearer = [ep.Shock(tariff=world.tariff * (1 + 0.1 * n)) for n in range(1, 5)]
    general = ep.Economy.short_run()
    fit = bound(world, [ep.Economy.long_run()] * few, bans(world, few))
    assert_as_alone(fit + bound(world, [ep.Economy.long_run()] * 4, dearer))
    assert columns == []
    mixed = [*bound(world, [general], [None]), *fit, *bound(world, thetas(world, 1), [None])]
    found = first_rung(mixed, OPTIONS)
    assert columns == [BESIDE]
    for draw, outcome in zip(mixed, found, strict=True):
        np.testing.assert_allclose(outcome.y, alone(draw, OPTIONS).y, rtol=0, atol=CLOSE)


def test_a_column_that_does_not_converge_goes_to_the_ladder(
    world: ep.World, columns: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    shocks = bans(world, BESIDE)
    few = 8
    monkeypatch.setattr(many_beside, "MOST_EVALUATIONS", few)
    batch = solve_many(world, shocks=shocks, workers=1)
    assert columns == [BESIDE]
    assert batch.ok.all()
    assert max(batch.evaluations) > few
    assert {s.method for s in batch} == {"accelerated"}
    for solution, shock in zip(batch, shocks, strict=True):
        expected = ep.solve(world, shock=shock).certified()
        np.testing.assert_allclose(solution.certified().price, expected.price, atol=1e-10)


def test_columns_are_the_method_for_one_problem() -> None:
    rng = np.random.default_rng(2)
    n, count = 30, 5
    with jax.enable_x64(True):
        matrix = jnp.asarray(0.5 * rng.standard_normal((n, n)) / np.sqrt(n))
        shift, start = (jnp.asarray(rng.standard_normal((n, count))) for _ in range(2))
        scale = jnp.asarray(np.linspace(0.1, 1.4, count))

        def together(y: Any, args: Any) -> Step:
            new = args[1] * jnp.tanh(args[0] @ y) + args[2]
            return Step(new, jnp.max(jnp.abs(new - y), axis=0)[None])

        def single(y: Any, args: Any) -> Step:
            step = together(y[:, None], args)
            return Step(step.y[:, 0], step.residual[:, 0])

        fixed = Anderson(tolerance=1e-12, max_evaluations=80, memory=4)
        found = anderson_columns(together, start, (matrix, scale, shift), fixed)
        for k in range(count):
            args = (matrix, scale[k], shift[:, k : k + 1])
            one = anderson(single, start[:, k], args, fixed)
            assert one.residual <= 1e-12
            assert found.evaluations[k] == one.evaluations
            np.testing.assert_allclose(found.y[:, k], one.y, rtol=0, atol=1e-13)
        assert len(set(np.asarray(found.evaluations).tolist())) > 1
        cut = anderson_columns(together, start, (matrix, scale, shift), fixed, 3)
        assert np.max(np.asarray(cut.evaluations)) == 3
        assert np.max(np.asarray(cut.residual)) > 1e-12


def test_a_column_without_numbers_spoils_no_other() -> None:
    with jax.enable_x64(True):
        start = jnp.zeros((3, 2))

        def fn(y: Any, bad: Any) -> Step:
            new = 0.5 * y + 1.0 + jnp.where(jnp.arange(2) == 1, bad, 0.0)
            return Step(new, jnp.max(jnp.abs(new - y), axis=0)[None])

        found = anderson_columns(fn, start, jnp.nan, Anderson(tolerance=1e-12))
        np.testing.assert_allclose(found.y[:, 0], 2.0, atol=1e-11)
        assert found.finite.tolist() == [True, False]
