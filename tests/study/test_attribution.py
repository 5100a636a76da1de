"""Welfare by instrument and by measure: Shapley values add up, and are those of the definition."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
import small
import worlds
import yaml

import entrepot as ep
from entrepot.core.errors import NotSolvedError, ValueRangeError
from entrepot.results.decomposition import ln_welfare
from entrepot.results.decomposition_path import one_by_one
from entrepot.study.attribution import CLOSURE, Game, attribute, by_instrument, by_measure
from entrepot.study.attribution_shapley import all_orders, drawn_orders

LOG = "log_points"


def worth_of(team):
    """Two outcomes with interactions of any order."""
    numbers = np.array([k + 1.0 for k in sorted(team)])
    return np.array([np.prod(1 + numbers) - 1, np.sin(numbers.sum())])


def worths(teams):
    return {team: worth_of(team) for team in teams}


def test_every_order_counts_once():
    found = all_orders(4, worths)
    expected = np.zeros((4, 2))
    for order in permutations(range(4)):
        for k, player in enumerate(order):
            before = frozenset(order[:k])
            expected[player] += worth_of(before | {player}) - worth_of(before)
    assert np.allclose(found.share, expected / 24, rtol=1e-12, atol=1e-12)
    assert found.teams == 16
    assert (found.error == 0).all()


def test_drawn_orders_add_up_and_know_their_error():
    exact = all_orders(5, worths).share
    total = worth_of(frozenset(range(5))) - worth_of(frozenset())
    found = drawn_orders(5, worths, 2000, seed=3)
    assert np.allclose(found.share.sum(axis=0), total, rtol=1e-12)
    assert (np.abs(found.share - exact) < 4 * found.error).all()
    assert (found.error > 0).all()
    assert (drawn_orders(5, worths, 8, seed=3).error > found.error).all()


def test_a_seed_fixes_the_orders():
    one, same, other = (drawn_orders(5, worths, 8, seed=s).share for s in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()


def test_additive_worths_need_no_many_orders():
    found = drawn_orders(9, lambda ts: {t: np.array([float(sum(t))]) for t in ts}, 4, seed=0)
    assert np.allclose(found.share[:, 0], range(9))
    assert np.allclose(found.error, 0)


def solved(seed, *kinds, closure="fixed", **fields):
    world = worlds.world(seed)
    shock = worlds.shock(seed, world, kinds)
    given = {k: getattr(shock, k) for k in kinds} | fields
    return ep.solve(world, shock=ep.Shock(**given), closure=closure).raise_if_failed()


@pytest.mark.parametrize(
    ("kinds", "closure"),
    [
        (("tariff",), "fixed"),
        (("tariff", "productivity"), "fixed"),
        (("trade_cost", "export_tax", "productivity"), "share_of_income"),
        (("tariff", "access", "transfer"), "zero"),
    ],
)
def test_instruments_add_up(kinds, closure):
    solution = solved(2, *kinds, closure=closure)
    found = by_instrument(solution)
    closing = (CLOSURE,) if closure != "fixed" else ()
    assert set(found.instrument.values) == {*kinds, *closing}
    total = found[LOG].sum("instrument").values / 100
    assert np.max(np.abs(total - ln_welfare(solution))) <= 1e-12
    percent = 100 * (solution.results().welfare.values - 1)
    assert np.allclose(found.percent.sum("instrument"), percent, rtol=1e-10, atol=1e-10)
    assert found.attrs["solves"] == 2 ** len(found.instrument) - 2
    assert (found.error == 0).all()


def test_two_instruments_share_their_interaction():
    solution = solved(2, "tariff", "productivity")
    found = by_instrument(solution)[LOG].sel(instrument="tariff").values / 100
    world, shock = solution.world, solution.shock
    tariff, both = ep.Shock(tariff=shock.tariff), ln_welfare(solution)
    alone = ln_welfare(ep.solve(world, shock=tariff))
    other = ln_welfare(ep.solve(world, shock=ep.Shock(productivity=shock.productivity)))
    assert np.allclose(found, (alone + both - other) / 2, atol=1e-7)


def test_a_batch_solves_the_sets_as_well():
    solution = solved(2, "tariff", "productivity")
    alone, together = (by_instrument(solution, solver=s)[LOG] for s in (one_by_one, ep.solve_many))
    assert np.allclose(alone, together, atol=1e-5)  # log points of solves to 1e-12 and 1e-9


def test_bans_and_partial_bans_are_one_instrument():
    world = worlds.world(2, missing=False)
    foreign = worlds.abroad(world)
    access = np.where(foreign, 0.5, 1.0)
    ban = foreign & (np.arange(5) == 0)[:, None, None]
    found = by_instrument(ep.solve(world, shock=ep.Shock(access=access, ban=ban)))
    assert list(found.instrument.values) == ["access"]


def test_frozen_regions_are_part_of_the_closure():
    world = worlds.world(6)
    frozen = np.arange(5) == 1
    shock = ep.Shock(frozen=frozen, tariff=world.tariff + 0.1 * worlds.abroad(world))
    solution = ep.solve(world, shock=shock, closure="frozen").raise_if_failed()
    found = by_instrument(solution)
    assert list(found.instrument.values) == ["tariff", CLOSURE]
    assert np.abs(found[LOG].sel(instrument=CLOSURE)).max() > 0


def test_nothing_changed_nothing_to_split():
    found = by_instrument(ep.solve(worlds.world(2)))
    assert found.sizes["instrument"] == 0
    assert found.attrs["solves"] == 0


def test_sets_without_an_equilibrium_are_all_named():
    """The tariff alone, or with one other instrument, is made to have none."""
    solution = solved(2, "tariff", "productivity", "access")

    def fails(world, economy, shocks, closure):
        out = one_by_one(world, economy, shocks, closure)
        good = list(out)
        sealed = ep.Shock(ban=np.ones(world.tariff.shape, dtype=bool))
        bad = ep.solve(world, economy, sealed)
        return [bad if "tariff" in s.changed else g for s, g in zip(shocks, good, strict=True)]

    with pytest.raises(NotSolvedError, match="split by instrument") as caught:
        by_instrument(solution, solver=fails)
    names = {problem.split(":")[0] for problem in caught.value.problems}
    assert names == {"tariff", "tariff + access", "tariff + productivity"}


@pytest.mark.parametrize("orders", [0, 2, 5])
def test_orders_that_cannot_be_paired(orders):
    with pytest.raises(ValueRangeError, match="even number"):
        by_instrument(solved(2, "tariff"), orders=orders)


FILE = small.FILE | {
    "scenarios": {
        "three": {"include": ["rest", "duty", "loss", "later"], "date": "2018-12-01"},
        "cut-off": {"include": ["duty", "loss"], "closure": "frozen", "frozen": ["IRN"]},
        "alone": ["duty"],
    }
}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("scenarios") / "own.yaml"
    path.write_text(yaml.safe_dump(FILE), encoding="utf-8")
    return ep.load_scenarios(path)


def run_of(book, name, **options):
    return ep.run_scenario(book[name], small.make_world(), ranges=False, **options)


def test_measures_add_up_and_those_not_in_force_are_left_out(book):
    run = run_of(book, "three")
    found = by_measure(run)
    assert list(found.measure.values) == ["duty", "loss", "rest"]
    total = found[LOG].sum("measure").values / 100
    assert np.max(np.abs(total - ln_welfare(run.solution))) <= 1e-12
    assert found[LOG].sel(measure="loss", region="IRN") < -1


def test_one_measure_takes_all(book):
    run = run_of(book, "alone")
    assert np.allclose(by_measure(run)[LOG].values[:, 0] / 100, ln_welfare(run.solution), atol=0)


def test_a_frozen_balance_is_a_player(book):
    run = run_of(book, "cut-off")
    found = by_measure(run)
    assert list(found.measure.values) == ["duty", "loss", CLOSURE]
    assert np.max(np.abs(found[LOG].sum("measure").values / 100 - ln_welfare(run.solution))) < 1e-12


def test_many_players_are_drawn():
    """More than seven players: orders are drawn, and the shares still add up to the digit."""
    world = worlds.world(2)
    foreign = worlds.abroad(world)
    hats = [np.where(foreign & (np.arange(5) == k % 5)[:, None, None], 1.0 + 0.1 * k, 1.0)
            for k in range(8)]  # fmt: skip

    def shock_of(team):
        return ep.Shock(trade_cost=np.prod([hats[k] for k in sorted(team)], axis=0)).bind(world)

    whole = ep.solve(world, shock=shock_of(range(8))).raise_if_failed()
    game = Game("measure", tuple(f"m{k}" for k in range(8)), shock_of, whole)
    found = attribute(game, orders=4, seed=0, solver=one_by_one)
    assert found.attrs["orders"] == 4
    assert np.max(np.abs(found[LOG].sum("measure").values / 100 - ln_welfare(whole))) <= 1e-12
    assert (found.error.sel(measure="m0") < 1e-6).all()
    assert (found.error.sel(measure="m7") > 0).any()
