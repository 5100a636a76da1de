"""Habits: their algebra, what they do in a path, and the estimates behind them."""

from dataclasses import replace

import numpy as np
import pytest

from entrepot.channels.oil import Timed, base_of, certify, gains, run_path, solve_month
from entrepot.channels.oil.build import habits as estimates
from entrepot.channels.oil.habits import Habits
from entrepot.channels.oil.parameters import numbers
from entrepot.channels.oil.restrictions import RiskDiscount
from entrepot.core.errors import ValueRangeError


def answer(habits, months):
    """Log shares after a lasting push of 1, month by month."""
    habit, out = 0.0, []
    for _ in range(months):
        chosen = 1.0 + habit
        out.append(chosen)
        habit += habits.fade * (habits.memory * chosen - habit)
    return np.array(out)


@pytest.mark.parametrize("rho", [0.3, 0.5, 0.65])
def test_answer_has_the_persistence_and_the_mean_year_that_were_given(rho):
    habits = Habits.of(rho)
    path = answer(habits, 400)
    whole = 1.0 / (1.0 - habits.memory)
    assert path[0] == 1.0
    assert path[-1] == pytest.approx(whole, rel=1e-6)
    left = (whole - path[12]) / (whole - path[0])
    assert left == pytest.approx(rho, abs=0.03)  # monthly steps of a continuous formula
    assert path[:13].mean() == pytest.approx(habits.year, rel=0.02)
    assert habits.year / whole == pytest.approx(1.0 - rho)


def test_without_persistence_there_are_no_habits():
    none = Habits.of(0.0)
    assert (none.memory, none.year) == (0.0, 1.0)
    assert not none.after(np.zeros((2, 2)), np.ones((2, 2)), np.ones((2, 2))).any()


def test_what_is_not_bought_is_forgotten_in_part():
    habits, weight = Habits.of(0.5), np.array([[50.0, 10.0], [50.0, 10.0]])
    bought = np.array([[0.0, 0.0], [100.0, 0.0]])
    habit = np.zeros((2, 2))
    for _ in range(300):
        habit = habits.after(habit, bought, weight)
    assert habit[0, 0] == pytest.approx(habits.memory * np.log(0.05))
    assert habit[1, 0] == pytest.approx(habits.memory * np.log(2.0))
    assert not habit[:, 1].any()  # who bought nothing keeps its habits


def test_in_a_path_buyers_move_further_every_month(two):
    market = two(habit=0.5)
    push = [Timed(RiskDiscount(("B",), ("X",), 2.0), "2020-02")]
    path = run_path(market, "2020-01", 14, push)
    share = [o.pairs[1, 0] / o.pairs[:, 0].sum() for o in path.outcomes]
    assert share[0] > share[1]
    assert (np.diff(share[1:]) < 0).all()
    for out in path.outcomes[::6]:
        base = base_of(market)
        assert certify(base, out).ok
        parties = gains.surplus(base, out)["usd_mn"].sum()
        assert parties == pytest.approx(gains.total(base, out), rel=1e-6, abs=1e-3)
    still = run_path(replace(market, habit=0.0), "2020-01", 14, push)
    shares = [o.pairs[1, 0] / o.pairs[:, 0].sum() for o in still.outcomes]
    assert shares[1] == pytest.approx(shares[-1], abs=1e-3)
    assert share[-1] < shares[-1] < share[1]  # slower at first, further in the end


def test_habits_do_not_move_the_base_month(two):
    market = two(habit=0.65)
    first = solve_month(market)
    path = run_path(market, "2020-01", 3)
    np.testing.assert_allclose(path["2020-03"].pairs, first.pairs, atol=0.1)


def test_a_path_with_habits_goes_on_from_a_folder(two, tmp_path):
    market = two(habit=0.5)
    push = [Timed(RiskDiscount(("B",), ("X",), 2.0), "2020-01")]
    whole = run_path(market, "2020-01", 5, push)
    run_path(market, "2020-01", 3, push, folder=tmp_path)
    again = run_path(market, "2020-01", 5, push, folder=tmp_path)
    assert again.resumed == 3
    np.testing.assert_allclose(again["2020-05"].pairs, whole["2020-05"].pairs, atol=0.05)


@pytest.mark.parametrize("habit", [-0.1, 1.0])
def test_habit_out_of_range_is_refused(two, habit):
    with pytest.raises(ValueRangeError, match="habit is"):
        two(habit=habit)


def test_estimators_find_what_was_put_in():
    rng = np.random.default_rng(1)
    origins, importers, years, rho = 12, 14, 40, 0.5
    pair = rng.normal(0.0, 1.0, (origins, importers))
    log = [pair + rng.normal(0.0, 0.5, pair.shape)]
    for _ in range(years + 20):
        log.append((1 - rho) * pair + rho * log[-1] + rng.normal(0.0, 0.5, pair.shape))
    found = estimates.persistence(1000.0 * np.exp(np.stack(log[-years:])), least=0.0)
    assert found.within == pytest.approx(rho, abs=0.07)
    assert found.corrected == pytest.approx(rho, abs=0.05)
    assert found.instrumented == pytest.approx(rho, abs=0.07)


def test_new_trade_of_a_pair_that_opens():
    kt = np.full((5, 2, 2), 1000.0)
    kt[:3, 0, 0] = 0.0
    assert estimates.new_trade(kt, 1) == pytest.approx(1.0)
    kt[:, 0, 0] = 0.0
    assert estimates.new_trade(kt, 1) == 0.0


def test_numbers_of_the_room_are_those_of_the_raw_data(raw_root):
    """Estimates of 2000 to 2011, before the first episode, as the sources say."""
    kt = estimates.imports(raw_root, 2000, 2011)
    one, two, five = (estimates.new_trade(kt, later) for later in (1, 2, 5))
    assert (round(one, 2), round(two, 2), round(five, 2)) == (0.02, 0.04, 0.09)
    latent, habit = numbers()["latent"], numbers()["habit"]
    assert latent.low == pytest.approx(one, abs=0.005)
    assert one < latent.central < two
    assert latent.high == pytest.approx(five, abs=0.01)
    found = estimates.persistence(kt)
    assert found.within == pytest.approx(0.38, abs=0.01)
    assert found.corrected == pytest.approx(0.52, abs=0.01)
    assert found.instrumented == pytest.approx(0.31, abs=0.01)
    assert habit.low <= found.instrumented < habit.central < found.corrected < habit.high
