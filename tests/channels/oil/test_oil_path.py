"""Months in a row: stocks, ramps, decline, an agreement, stopping and going on, the calendar."""

from dataclasses import replace

import numpy as np
import pytest

from entrepot.channels.oil import Agreement, Timed, path, run_path
from entrepot.channels.oil.restrictions import Ban, CapacityLoss, NoInvestment, PriceCap
from entrepot.core.errors import ValueRangeError

MAIN = ("mainstream",)
BAN = Timed(Ban(("B",), ("X",), waivers={"X": 400.0}), "2018-02", "2018-04")
CAP = Timed(PriceCap(("B",), MAIN, 68.0), "2018-05")


def test_stocks_and_bans_carry_over(market):
    found = run_path(market, "2018-01", 6, [BAN])
    assert found.months == ("2018-01", "2018-02", "2018-03", "2018-04", "2018-05", "2018-06")
    for before, after in zip(found.outcomes, found.outcomes[1:], strict=False):
        np.testing.assert_allclose(after.stock_before, before.stock, atol=1e-6)
    stocks = [o.stock[1] for o in found.outcomes]
    assert stocks[0] == pytest.approx(0.0, abs=1e-6)
    assert stocks[3] > 1.0
    assert stocks[5] < stocks[3]  # sold when the ban ends
    assert found["2018-03"].pairs[1, 0] == pytest.approx(400.0, abs=0.01)
    np.testing.assert_allclose(found["2018-01"].pairs, market.flow, atol=0.05)
    total = sum(o.output[1] - o.pairs[1].sum() for o in found.outcomes) * 30.4 / 1000
    assert total == pytest.approx(stocks[5], abs=1e-3)


def test_a_path_is_its_months(market):
    together = run_path(market, "2018-01", 5, [BAN, CAP])
    shorter = run_path(market, "2018-01", 3, [BAN, CAP])
    for one, two in zip(together.outcomes, shorter.outcomes, strict=False):
        np.testing.assert_allclose(one.flow, two.flow)
    assert together["2018-05"].fob[1] <= 68.0 + 0.01


def test_output_comes_back_at_its_ramp(market):
    slow = market.with_streams([replace(s, ramp=150.0) for s in market.streams])
    found = run_path(slow, "2020-11", 5, [Timed(CapacityLoss(("A",), 0.5), "2020-11", "2020-12")])
    made = [o.output[0] for o in found.outcomes]
    np.testing.assert_allclose(made, [500, 500, 650, 800, 950], atol=0.1)
    assert found.months[2] == "2021-01"


def test_without_investment_fields_decline(market):
    old = market.with_streams([replace(s, decline=0.12) for s in market.streams])
    found = run_path(old, "2018-01", 12, [Timed(NoInvestment(("A",)))])
    assert found.outcomes[-1].output[0] == pytest.approx(880.0, abs=0.1)
    assert found.outcomes[-1].output[1] == pytest.approx(2000.0, abs=0.1)


def test_agreement_leans_against_the_price_within_capacity(market):
    streams = [market.streams[0], replace(market.streams[1], capacity=2150.0, quota=2000.0)]
    loss = [Timed(CapacityLoss(("A",), 0.2))]
    rule = Agreement(("B",), low=60.0, high=85.0, step=0.05)
    alone = run_path(market.with_streams(streams), "2018-01", 4, loss)
    rules = run_path(market.with_streams(streams), "2018-01", 4, loss, agreement=rule)
    made = [o.output[1] for o in rules.outcomes]
    np.testing.assert_allclose(made[:2], [2000.0, 2100.0], atol=0.1)
    assert max(made) <= 2150.1
    assert rules.outcomes[-1].brent < alone.outcomes[-1].brent


class Stopped(Exception):
    pass


def test_a_stopped_path_goes_on(market, tmp_path, monkeypatch):
    whole = run_path(market, "2018-01", 5, [BAN, CAP])
    solve, calls = path.solve_month, []

    def counted(*args, **kwargs):
        calls.append(kwargs["label"])
        if len(calls) == 4:
            raise Stopped
        return solve(*args, **kwargs)

    monkeypatch.setattr(path, "solve_month", counted)
    with pytest.raises(Stopped):
        run_path(market, "2018-01", 5, [BAN, CAP], folder=tmp_path)
    assert len(list(tmp_path.glob("*.npz"))) == 3
    again = run_path(market, "2018-01", 5, [BAN, CAP], folder=tmp_path)
    assert again.resumed == 3
    assert calls == ["2018-01", "2018-02", "2018-03", "2018-04", "2018-04", "2018-05"]
    for one, two in zip(whole.outcomes, again.outcomes, strict=True):
        np.testing.assert_array_equal(one.flow, two.flow)
        np.testing.assert_array_equal(one.fob, two.fob)
    assert run_path(market, "2018-01", 5, [BAN, CAP], folder=tmp_path).resumed == 5
    other = run_path(market, "2018-01", 5, [BAN], folder=tmp_path)
    assert other.resumed == 4  # the cap begins in the fifth month


def test_a_damaged_month_is_solved_again(market, tmp_path):
    run_path(market, "2018-01", 3, [BAN], folder=tmp_path)
    first, second, _ = sorted(tmp_path.glob("*.npz"))
    first.write_bytes(b"no archive")
    with np.load(second) as kept:
        rows = dict(kept)
    rows["fob"] = rows["fob"] + 3.0
    np.savez(second, **rows)
    again = run_path(market, "2018-01", 3, [BAN], folder=tmp_path)
    assert again.resumed == 1
    np.testing.assert_allclose(again["2018-01"].fob, [80.0, 75.0], atol=1e-2)


def test_bad_months_are_named(market):
    wrong = [
        Timed(Ban(("B",), ("X",)), "2018-05", "2018-03"),
        Timed(Ban(("B",), ("X",)), "2018-13"),
        Timed(Ban(("Q",), ("X",))),
    ]
    with pytest.raises(ValueRangeError) as caught:
        run_path(market, "18-01", 0, wrong, agreement=Agreement(("C",), 80.0, 60.0))
    for part in (
        "first is '18-01'", "months is 0", "months out of order", "'2018-13' is no month",
        "'Q' is none of the streams", "agreement: 'C' is no stream", "80.0 is above high 60.0",
    ):  # fmt: skip
        assert part in str(caught.value)
    with pytest.raises(ValueRangeError, match=r"'2018-3' is none of its months.*'2018-03'"):
        run_path(market, "2018-01", 3)["2018-3"]
