"""Time at sea: barrels arrive half a voyage later, none is lost, the sea fills and empties."""

from dataclasses import replace

import numpy as np
import pytest

from entrepot.channels.oil import Timed, Voyages, run_path
from entrepot.channels.oil.parts import DAYS
from entrepot.channels.oil.restrictions import Ban, Detour
from entrepot.core.errors import ValueRangeError

FAR = Timed(Detour(("A",), (), (), days=90.0), "2020-02")


def loaded(out):
    return out.pairs * DAYS / 1000.0


def test_a_steady_market_arrives_as_it_loads(market):
    found = run_path(market, "2020-01", 3, voyages=Voyages())
    for out, arrival in zip(found.outcomes, found.arrivals, strict=True):
        np.testing.assert_allclose(arrival.arrived, out.pairs, rtol=1e-6)
        np.testing.assert_allclose(arrival.water.sum(), out.on_water.sum(), rtol=1e-6)
        np.testing.assert_allclose(arrival.missing, 0.0, atol=1e-6)
    assert run_path(market, "2020-01", 3).arrivals == ()


def test_longer_ways_take_barrels_out_until_the_sea_is_full(market):
    wide = [replace(c, capacity=9000.0) for c in market.carriers]
    market = replace(market, carriers=tuple(wide))
    found = run_path(market, "2020-01", 18, [FAR], voyages=Voyages(refill=3.0))
    plain = run_path(market, "2020-01", 18, [FAR])
    first, later = found.arrivals[1], found.arrivals[-1]
    # Stream A now takes 90 / 2 days longer: nothing of it that was loaded in February arrives then.
    base = found.outcomes[0].pairs[0]
    part = np.array([1 - 10 / DAYS, 1 - 20 / DAYS])
    np.testing.assert_allclose(first.arrived[0], base * (1 - part), rtol=1e-3)
    longer = later.water[0].sum() - found.arrivals[0].water[0].sum()
    assert longer == pytest.approx(found.outcomes[-1].pairs[0].sum() * 45 / 1000, rel=0.05)
    assert max(o.brent for o in found.outcomes) > plain.outcomes[-1].brent + 1.0
    assert found.outcomes[-1].brent == pytest.approx(plain.outcomes[-1].brent, rel=0.01)
    assert first.missing.sum() > 10.0
    assert abs(later.missing.sum()) < 0.05 * first.missing.sum()


def test_no_barrel_is_lost(market):
    ban = Timed(Ban(("B",), ("X",), waivers={"X": 600.0}), "2020-02", "2020-04")
    found = run_path(market, "2020-01", 6, [ban, FAR], voyages=Voyages())
    water = found.arrivals[0].water
    tanks = found.arrivals[0].missing
    for out, arrival in zip(found.outcomes[1:], found.arrivals[1:], strict=True):
        np.testing.assert_allclose(
            loaded(out), arrival.arrived * DAYS / 1000 + arrival.water - water, atol=1e-9
        )
        into = arrival.arrived.sum(axis=0) - arrival.runs
        np.testing.assert_allclose(arrival.missing, tanks - into * DAYS / 1000, atol=1e-9)
        water, tanks = arrival.water, arrival.missing


def test_a_stopped_path_goes_on_at_sea(market, tmp_path):
    whole = run_path(market, "2020-01", 4, [FAR], voyages=Voyages())
    run_path(market, "2020-01", 2, [FAR], voyages=Voyages(), folder=tmp_path)
    again = run_path(market, "2020-01", 4, [FAR], voyages=Voyages(), folder=tmp_path)
    assert again.resumed == 2
    np.testing.assert_array_equal(again.outcomes[-1].fob, whole.outcomes[-1].fob)
    np.testing.assert_array_equal(again.arrivals[-1].water, whole.arrivals[-1].water)
    assert run_path(market, "2020-01", 4, [FAR], folder=tmp_path).resumed == 2


@pytest.mark.parametrize("refill", [0.0, -1.0, float("nan"), float("inf")])
def test_refill_that_cannot_be(market, refill):
    with pytest.raises(ValueRangeError, match=r"refill is .* it must be 1 or more, and finite"):
        run_path(market, "2020-01", 2, voyages=Voyages(refill))
