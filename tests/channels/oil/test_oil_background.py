"""Months from 2016 on with the recorded background, and modelled Brent beside the record."""

import numpy as np
import pytest

from entrepot.channels.oil import load_market, run_path, solve_month
from entrepot.channels.oil.background import brent_score, history, recorded_brent
from entrepot.channels.oil.bundled import recorded
from entrepot.channels.oil.restrictions import (
    CapacityGain,
    DemandShift,
    ProductionCut,
    RefiningCapacity,
    VesselGain,
)
from entrepot.core.errors import ValueRangeError


def of(timed, kind, name):
    return [t for t in timed if isinstance(t.restriction, kind) and name in _names(t.restriction)]


def _names(r):
    return getattr(r, "streams", ()) + getattr(r, "refiners", ())


def test_output_follows_the_record_and_names_its_months():
    timed = history(2016, "2016-05", "2018-03", apart=("IRN",))
    assert not [t for t in timed if "IRN-MEDIUM" in _names(t.restriction)]
    gain = of(timed, CapacityGain, "USA-LIGHT")
    assert [(t.first, t.last) for t in gain] == [("2017-01", "2017-12"), ("2018-01", "2018-03")]
    # The Review has 8.8 mb/d of American crude in 2016 and 10.9 in 2018.
    assert gain[1].restriction.share == pytest.approx(10.9 / 8.8 - 1, abs=0.02)
    cut = of(timed, ProductionCut, "VEN-MEREY")[-1].restriction
    assert 0.5 < cut.share < 0.8
    assert of(timed, RefiningCapacity, "CHN-STATE")[-1].restriction.hat > 1.05
    pipes = [t.restriction for t in timed if isinstance(t.restriction, VesselGain)]
    assert VesselGain("espo-daqing", 300.0) in pipes


def test_a_base_year_is_its_own_background():
    timed = history(2019, "2019-01", "2019-12")
    assert not [t for t in timed if isinstance(t.restriction, CapacityGain | ProductionCut)]
    for hat in (t.restriction.hat for t in timed):
        assert hat == pytest.approx(1.0)


def test_another_year_out_of_the_background_is_near_its_own_base():
    """Output and runs of 2017 out of the market of 2016, beside the bundled year itself."""
    market = load_market(2016)
    timed = history(2016, "2017-01", "2017-01")
    out = solve_month(market, [*market.standing, *(t.restriction for t in timed)])
    known = recorded(2017)
    np.testing.assert_allclose(out.output.sum(), known.sum(), rtol=0.01)
    big = known.sum(axis=1) > 1000
    np.testing.assert_allclose(out.output[big], known.sum(axis=1)[big], rtol=0.03)


def test_demand_can_be_freed_from_the_price_of_its_year():
    plain, free = (history(2016, "2018-01", "2018-12", at_prices=p) for p in (False, True))
    one, two = (of(t, DemandShift, "JPN")[0].restriction.hat for t in (plain, free))
    usd = recorded_brent()
    price = usd["2018-01":"2018-12"].mean() / usd["2016-01":"2016-12"].mean()
    assert two / one == pytest.approx(price**0.12, rel=1e-6)
    more = history(2016, "2018-01", "2018-12", at_prices=True, demand=0.2)
    assert of(more, DemandShift, "JPN")[0].restriction.hat / one == pytest.approx(price**0.2)


def test_score_sets_months_beside_the_record():
    path = run_path(load_market(2016), "2016-11", 3, history(2016, "2016-11", "2017-01"))
    found = brent_score(path)
    assert list(found.months["month"]) == ["2016-11", "2016-12", "2017-01"]
    assert found.months["recorded"].tolist() == [44.73, 53.31, 54.58]
    gap = found.months["modelled"] / found.months["recorded"] - 1
    assert found.error == pytest.approx(gap.abs().mean())
    assert found.bias == pytest.approx(gap.mean())
    assert np.isnan(found.correlation)
    assert found.direction in (0.0, 1.0)


def test_what_has_no_record_is_named():
    with pytest.raises(ValueRangeError) as caught:
        history(2015, "2016-13", "2031-01", apart=("IRAN",))
    for part in ("2015 is no bundled base year", "'2016-13'", "the record has 2010 to 2024",
                 "'IRAN' is no stream"):  # fmt: skip
        assert part in str(caught.value)
    with pytest.raises(ValueRangeError, match=r"out of order"):
        history(2016, "2018-01", "2017-01")
    with pytest.raises(ValueRangeError, match=r"write \('IRN',\)"):
        history(2016, "2017-01", "2017-01", apart="IRN")
    with pytest.raises(ValueRangeError, match=r"no month from 2031-01 to 2031-01 is on record"):
        brent_score(run_path(load_market(2016), "2031-01", 1))


def test_shipped_history_is_what_the_build_makes(raw_root):
    from entrepot.channels.oil.build.history import brent, indices
    from entrepot.channels.oil.data_files import table_of

    made, shipped = indices(raw_root), table_of("history.csv")
    assert made["name"].tolist() == shipped["name"].tolist()
    np.testing.assert_allclose(made[2019], shipped["2019"], atol=1e-4)
    np.testing.assert_allclose(brent(raw_root)["usd"], recorded_brent().to_numpy())
