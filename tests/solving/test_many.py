"""Batches: equal to one-by-one in every arrangement; a bad draw is named and touches no other."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import worlds

import entrepot as ep
from entrepot.solving.hats import HATS
from entrepot.solving.many import Arrangement, solve_many
from entrepot.solving.many_batch import INVALID, Batch
from entrepot.solving.many_beside import BESIDE

ARRANGEMENTS = [str(a) for a in Arrangement]
SAME = 1e-10
"""The same equations, start and steps; sums may be taken in another order."""


@pytest.fixture(scope="module")
def world() -> ep.World:
    return worlds.world(6)


def tariffs(world: ep.World, count: int, seed: int = 0) -> list[ep.Shock]:
    rng = np.random.default_rng(seed)
    abroad = ~np.eye(len(world.regions), dtype=bool)[:, :, None]
    return [
        ep.Shock(tariff=world.tariff + abroad * rng.uniform(0, 0.2, world.tariff.shape))
        for _ in range(count)
    ]


def sealed(world: ep.World) -> ep.Shock:
    """Forbid all sales of the first sector: everybody's supplier is gone."""
    ban = np.zeros(world.tariff.shape, dtype=bool)
    ban[:, :, 0] = True
    return ep.Shock(ban=ban)


def transfer(world: ep.World, size: float) -> ep.Shock:
    """Let the first region pay `size` times its value added to the second."""
    moved = np.zeros(len(world.regions))
    moved[0], moved[1] = -size * world.value_added[0], size * world.value_added[0]
    return ep.Shock(transfer=moved)


def assert_same(batch: Batch, at: int, alone: ep.Solution) -> None:
    """Every number of the draw is that of the solve by itself."""
    assert batch.verdicts[at] == alone.verdict
    assert batch.reasons[at] == alone.reasons
    if not alone.ok:
        assert np.isnan([v[at] for v in batch.outcomes.values()]).all()
        return
    for name, values in batch.outcomes.items():
        expected = getattr(alone.results(), name).values
        np.testing.assert_allclose(values[at], expected, rtol=0, atol=SAME)
    if batch.solutions is not None:
        one, other = batch[at].certified(), alone.certified()
        for field in ("price", "trade_share", "factor_price", "sector_factor_price"):
            np.testing.assert_allclose(getattr(one, field), getattr(other, field), atol=SAME)
        assert batch[at].evaluations == alone.evaluations


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
@pytest.mark.parametrize("closure", ["fixed", "share_of_income"])
def test_shocks_are_solved_as_by_themselves(
    world: ep.World, arrangement: str, closure: str
) -> None:
    shocks: list[Any] = [*tariffs(world, 4), None, transfer(world, 0.01)]
    batch = solve_many(world, shocks=shocks, closure=closure, arrangement=arrangement, chunk=4)
    assert batch.ok.all(), batch.failed()
    for at, shock in enumerate(shocks):
        assert_same(batch, at, ep.solve(world, shock=shock, closure=closure))


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
def test_economies_and_shocks_go_together(world: ep.World, arrangement: str) -> None:
    """Draws of theta and of the shock, long run and short run mixed."""
    assert world.theta is not None
    economies = [ep.Economy.long_run(theta=world.theta * f) for f in (0.7, 1.3)]
    economies += [ep.Economy.short_run(), ep.Economy(epsilon=0.5, mu=0.3, kappa=1.0)]
    shocks = tariffs(world, 4, seed=1)
    batch = solve_many(world, economies, shocks, arrangement=arrangement, outcomes=list(HATS))
    assert batch.ok.all(), batch.failed()
    for at, (economy, shock) in enumerate(zip(economies, shocks, strict=True)):
        assert_same(batch, at, ep.solve(world, economy, shock))


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
def test_worlds_with_uses(arrangement: str) -> None:
    world = worlds.world(3, uses=2)
    shocks = tariffs(world, 3)
    batch = solve_many(world, shocks=shocks, arrangement=arrangement)
    for at, shock in enumerate(shocks):
        assert_same(batch, at, ep.solve(world, shock=shock))


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
def test_bad_draws_are_named_and_touch_no_other(world: ep.World, arrangement: str) -> None:
    good = tariffs(world, 3)
    usual = ep.Economy.long_run()
    draws: list[tuple[Any, Any]] = [
        (usual, good[0]),
        (usual, sealed(world)),  # impossible
        (ep.Economy.long_run(theta=-1.0), good[1]),  # elasticity out of range
        (usual, transfer(world, 50.0)),  # nobody can pay that
        (usual, ep.Shock(tariff=np.zeros((2, 2, 2)))),  # of another size
        (usual, "no shock"),  # of another kind
        (usual, good[1]),
        (usual, ep.Shock(frozen=np.eye(len(world.regions), dtype=bool)[0])),  # wrong closure
        (usual, good[2]),
    ]
    economies, shocks = zip(*draws, strict=True)
    batch = solve_many(world, economies, shocks, arrangement=arrangement, chunk=3)
    assert batch.ok.tolist() == [True, *[False] * 5, True, False, True]
    for at, shock in zip((0, 6, 8), good, strict=True):
        assert_same(batch, at, ep.solve(world, shock=shock))
    for at in (1, 3):
        assert_same(batch, at, ep.solve(world, shock=shocks[at]))
    assert batch.verdicts[1] == ep.Verdict.IMPOSSIBLE
    invalid = [at for at, v in enumerate(batch.verdicts) if v == INVALID]
    assert invalid == [2, 4, 5, 7]
    assert sum(batch.counts.values()) == len(draws)
    assert batch.counts[INVALID] == 4
    table = batch.failed()
    assert table.index.tolist() == [1, 2, 3, 4, 5, 7]
    assert "theta is -1" in table.reason[2]
    assert "tariff" in table.reason[4]
    assert "its shock is a str" in table.reason[5]
    assert "frozen" in table.reason[7]
    assert (table.reason.str.len() > 20).all()
    with pytest.raises(ep.InputError, match=r"Draw 2 is invalid.*theta is -1"):
        batch[2]
    with pytest.raises(ep.NotSolvedError, match=r"6 of 9 draws are not certified") as caught:
        batch.raise_if_failed()
    assert len(caught.value.problems) == 6


def test_first_draw_may_be_bad(world: ep.World) -> None:
    batch = solve_many(world, shocks=[sealed(world), *tariffs(world, 1)])
    assert batch.ok.tolist() == [False, True]


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
def test_a_draw_that_the_first_rung_does_not_solve(world: ep.World, arrangement: str) -> None:
    """With few evaluations the first rung fails and the ladder goes on, for each by itself."""
    options = ep.SolveOptions(max_evaluations=3)
    shocks = tariffs(world, 2)
    batch = solve_many(world, shocks=shocks, options=options, arrangement=arrangement)
    for at, shock in enumerate(shocks):
        alone = ep.solve(world, shock=shock, options=options)
        assert alone.method != "accelerated"
        assert_same(batch, at, alone)


def test_order_does_not_matter(world: ep.World) -> None:
    shocks = tariffs(world, 6)
    one = solve_many(world, shocks=shocks, arrangement="vmap", chunk=4)
    other = solve_many(world, shocks=shocks[::-1], arrangement="vmap", chunk=4)
    np.testing.assert_allclose(one.welfare, other.welfare[::-1], rtol=0, atol=SAME)


def test_labels_and_names(world: ep.World) -> None:
    batch = solve_many(world, shocks=tariffs(world, 2), names=["high", "low"])
    assert batch.welfare.dims == ("draw", "region")
    assert batch.welfare.draw.values.tolist() == ["high", "low"]
    assert batch.welfare.region.values.tolist() == list(world.regions)
    welfare = batch[1].results().welfare
    assert float(batch.welfare.sel(draw="low", region="BBB")) == float(welfare.sel(region="BBB"))
    assert [s.ok for s in batch] == [True, True]
    assert len(batch) == 2
    assert "2 certified" in repr(batch)
    with pytest.raises(IndexError, match="no draw 2"):
        batch[2]
    with pytest.raises(ep.InputError, match=r"did not keep 'welfar'.*Did you mean 'welfare'"):
        batch.outcome("welfar")
    assert np.isfinite(batch.gap).all()
    assert (batch.gap <= 1e-8).all()
    with pytest.raises(dataclasses.FrozenInstanceError):
        batch.seconds = 0.0  # type: ignore[misc]  # that it cannot be written is the test


def test_one_of_each_is_a_batch_of_one(world: ep.World) -> None:
    batch = solve_many(world, ep.Economy.long_run())
    assert len(batch) == 1
    np.testing.assert_allclose(batch.welfare, 1.0, atol=1e-8)


def test_compact_batches_hold_no_solution(world: ep.World) -> None:
    batch = solve_many(world, shocks=tariffs(world, 20), keep="results", outcomes=["welfare"])
    assert batch.solutions is None
    assert batch.outcomes["welfare"].nbytes == 20 * len(world.regions) * 8
    with pytest.raises(ep.InputError, match="kept only outcomes"):
        batch[0]


class Counted:
    """A lazy sequence: makes each shock when asked, and remembers what it was asked for."""

    def __init__(self, world: ep.World, count: int) -> None:
        self.world, self.count, self.asked = world, count, list[int]()

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, at: int) -> ep.Shock:
        self.asked.append(at)
        return tariffs(self.world, 1, seed=at)[0]


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
def test_lazy_sequences_are_asked_once_and_late(world: ep.World, arrangement: str) -> None:
    count = 80
    shocks, seen = Counted(world, count), list[tuple[int, int, int]]()

    def report(what: str, done: int, total: int) -> None:
        assert what == str(done - 1)
        seen.append((done, total, len(shocks.asked)))

    batch = solve_many(world, shocks=shocks, keep="results", arrangement=arrangement, workers=2,
                       chunk=4, report=report)  # fmt: skip
    assert batch.ok.all()
    assert shocks.asked == list(range(count))
    assert [(done, total) for done, total, _ in seen] == [(n, count) for n in range(1, count + 1)]
    assert max(asked - done for done, _, asked in seen) < 3 * BESIDE


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"shocks": []}, "shocks is an empty sequence"),
        ({"economy": [], "shocks": []}, "economy is an empty sequence"),
        ({"economy": [ep.Economy()] * 2, "shocks": [None] * 3}, "economy has 2 entries and shocks"),
        ({"shocks": "abc"}, "shocks is a str"),
        ({"economy": 4.0}, "economy is a float"),
        ({"shocks": [None] * 2, "names": ["a"]}, "names has 1 entries for 2 draws"),
        ({"shocks": [None] * 2, "names": ["a", "a"]}, "names holds a more than once"),
        ({"arrangement": "thread"}, "Did you mean 'threads'"),
        ({"keep": "result"}, "Did you mean 'results'"),
        ({"outcomes": ["welfar"]}, "Did you mean 'welfare'"),
        ({"outcomes": "welfare"}, "pass a tuple of names"),
        ({"workers": 0}, "workers must be at least 1; found 0"),
        ({"chunk": 0}, "chunk must be at least 1; found 0"),
        ({"chunk": "a"}, "chunk must be a whole number of at least 1; found 'a'"),
        ({"chunk": 1.5}, "chunk must be a whole number of at least 1; found 1.5"),
        ({"chunk": None}, "chunk must be a whole number of at least 1; found None"),
        ({"workers": True}, "workers must be a whole number of at least 1; found True"),
        ({"outcomes": None}, "outcomes is a NoneType; pass a tuple of names"),
        ({"outcomes": ()}, "outcomes is empty; name at least one of welfare"),
        ({"outcomes": [["welfare"]]}, "there is no outcome '\\['welfare'\\]'"),
        ({"shocks": [None] * 2, "names": 3}, "names is a int; pass a list"),
        ({"shocks": [None] * 2, "names": "ab"}, "names is a str; pass a list"),
        ({"report": None}, "report is a NoneType; pass a function"),
        ({"closure": "fix"}, "Did you mean 'fixed'"),
    ],
)
def test_calls_that_cannot_be_used(world: ep.World, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ep.InputError, match=message):
        solve_many(world, **given)


def test_a_world_of_another_kind() -> None:
    with pytest.raises(ep.InputError, match="world is a str"):
        solve_many("2017")  # type: ignore[arg-type]  # what a user may try
