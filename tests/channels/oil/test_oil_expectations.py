"""What owners of stored crude expect: limits of the half-life, the rule, a stopped path, a file."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from entrepot.channels.oil import Storing, Timed, load_market, run_path
from entrepot.channels.oil.restrictions import Ban
from entrepot.core.errors import ValueRangeError

BAN = [Timed(Ban(("B",), ("X",), waivers={"X": 400.0}), "2018-02")]


def learning(market, months):
    return replace(market, storing=Storing(learning=months))


def expected_after(worth, found, half):
    """Half of a gap to what is seen closes in `half` months."""
    left = 0.5 ** (1.0 / half)
    return left * worth + (1.0 - left) * found.fob / found.brent


def test_half_of_a_gap_is_left_after_the_half_life():
    terms, worth = Storing(learning=5.0), np.array([1.0, 0.9])
    for _ in range(5):
        worth = terms.learnt(worth, np.array([1.0, 0.5]))
    np.testing.assert_allclose(worth, [1.0, 0.7])


def test_the_half_life_has_both_limits():
    worth, seen = np.array([1.0, 0.9]), np.array([1.0, 0.5])
    np.testing.assert_array_equal(Storing(learning=0.0).learnt(worth, seen), seen)
    np.testing.assert_array_equal(Storing(learning=np.inf).learnt(worth, seen), worth)
    assert (Storing(learning=0.0).learnt(worth, np.array([1.0, -2.0])) > 0).all()


@pytest.mark.parametrize("bad", [-1.0, np.nan])
def test_a_half_life_that_cannot_be_is_refused(market, bad):
    with pytest.raises(ValueRangeError, match="storing: learning"):
        learning(market, bad)


def test_a_path_expects_what_the_rule_says(market):
    found = run_path(learning(market, 3.0), "2018-01", 6, BAN).outcomes
    worth = market.column("fob") / market.brent
    np.testing.assert_allclose(found[0].expected, market.column("fob"))
    for before, after in pairwise(found):
        worth = expected_after(worth, before, 3.0)
        np.testing.assert_allclose(after.expected, worth * before.brent, atol=1e-3)
    assert worth[1] < market.column("fob")[1] / market.brent - 0.1


def test_who_learns_holds_less(market):
    held = [sum(o.stock[1] for o in run_path(learning(market, m), "2018-01", 8, BAN).outcomes)
            for m in (np.inf, 6.0, 1.0, 0.0)]  # fmt: skip
    assert all(longer > shorter + 0.5 for longer, shorter in pairwise(held))


def test_a_stopped_path_expects_the_same(market, tmp_path):
    quick = learning(market, 2.0)
    whole = run_path(quick, "2018-01", 6, BAN)
    run_path(quick, "2018-01", 3, BAN, folder=tmp_path)
    again = run_path(quick, "2018-01", 6, BAN, folder=tmp_path)
    assert again.resumed == 3
    for one, two in zip(whole.outcomes, again.outcomes, strict=True):
        np.testing.assert_array_equal(one.expected, two.expected)
        np.testing.assert_array_equal(one.stock, two.stock)
    assert run_path(learning(market, 3.0), "2018-01", 6, BAN, folder=tmp_path).resumed == 0


def test_a_path_stopped_where_nothing_moves_any_more_is_the_same(market, tmp_path):
    whole = run_path(market, "2018-01", 5)
    run_path(market, "2018-01", 3, folder=tmp_path)
    again = run_path(market, "2018-01", 5, folder=tmp_path)
    assert again.resumed == 3
    for one, two in zip(whole.outcomes, again.outcomes, strict=True):
        np.testing.assert_array_equal(one.flow, two.flow)


@pytest.mark.parametrize("name", ["expected", "stock_before", "habit"])
def test_a_file_that_begins_elsewhere_is_solved_again(market, tmp_path, name):
    run_path(market, "2018-01", 1, BAN, folder=tmp_path)
    (path,) = tmp_path.glob("*.npz")
    with np.load(path) as file:
        rows = dict(file)
    np.savez(path, **rows | {name: rows[name] + 0.01})
    assert run_path(market, "2018-01", 1, BAN, folder=tmp_path).resumed == 0


def test_the_bundled_market_takes_the_parameter():
    assert load_market(2021, learning=24.0).storing.learning == 24.0
    with pytest.raises(ValueRangeError, match=r"learning is 0\.5"):
        load_market(2021, learning=0.5)
