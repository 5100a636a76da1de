"""Replays against the record: the record, the measures, and scores on made-up numbers."""

import numpy as np
import pandas as pd
import pytest

from entrepot.channels import oil
from entrepot.channels.oil.limit_checks import problems_of
from entrepot.channels.oil.timing import calendar_problems
from entrepot.core.errors import ValueRangeError
from entrepot.data import iea
from entrepot.study.oil_record import (
    BUYERS,
    episode_of,
    oil_record,
    parameter_sets,
    record,
    replay,
)
from entrepot.study.oil_record_measures import EPISODES, assumptions
from entrepot.study.oil_record_scores import comparison, scores, scores_text, table_text
from entrepot.world.build.crude import BARRELS_PER_TONNE

UNION = ("AUT", "BEL", "BGR", "HRV", "CYP", "CZE", "DNK", "EST", "FIN", "FRA", "DEU", "GRC", "HUN",
         "IRL", "ITA", "LVA", "LTU", "LUX", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "ESP",
         "SWE", "GBR")  # fmt: skip


def made_record(**values):
    """Rows of two buyers and exports in 2000 (base) and 2001."""
    rows = [("e", "exports", "all", 2000, 1000.0, "kb/d"),
            ("e", "exports", "all", 2001, values.get("exports", 600.0), "kb/d")]  # fmt: skip
    for buyer, before, after in (("A", 500.0, 100.0), ("B", 300.0, 400.0), ("C", 200.0, 100.0)):
        rows += [("e", "flow", buyer, 2000, before, "kb/d"),
                 ("e", "flow", buyer, 2001, after, "kb/d")]  # fmt: skip
    rows += [("e", "discount", "all", 2000, 2.0, "% of Brent"),
             ("e", "discount", "all", 2001, 22.0, "% of Brent"),
             ("e", "brent", "all", 2000, 50.0, "USD a barrel"),
             ("e", "brent", "all", 2001, 80.0, "USD a barrel")]  # fmt: skip
    return pd.DataFrame(rows, columns=["episode", "series", "buyer", "year", "value", "unit"])


def modelled(factor=1.0, **changed):
    """The made-up record as a model would have it, all volumes times `factor`."""
    frame = made_record().drop(columns=["episode", "unit"])
    volumes = frame["series"].isin(["exports", "flow"])
    frame.loc[volumes, "value"] *= factor
    for buyer, value in changed.items():
        frame.loc[(frame["buyer"] == buyer) & (frame["year"] == 2001), "value"] = value
    return frame


def test_a_model_that_is_right_scores_one():
    table = comparison(made_record(), modelled(), [], 2000)
    found = scores(table).iloc[0]
    assert found["skill"] == pytest.approx(1.0)
    assert found["direction"] == 1.0
    assert found["rank_of_buyers"] == found["rank_of_changes"] == pytest.approx(1.0)
    assert found["discount_error"] == pytest.approx(0.0)
    assert found["volumes"] == 4


def test_exports_are_compared_as_parts_of_their_own_base():
    """Records of one seller's exports differ in level: only the fall counts."""
    table = comparison(made_record(), modelled(2.0), [], 2000).set_index(["series", "buyer"])
    assert table.loc[("exports", "all"), "error"] == pytest.approx(0.0)
    assert table.loc[("flow", "A"), "error"] == pytest.approx(-40.0)


def test_a_model_in_which_nothing_happens_scores_nothing():
    frame = modelled()
    before = frame[frame["year"] == 2000].set_index(["series", "buyer"])["value"]
    frame["value"] = [before[s, b] for s, b in zip(frame["series"], frame["buyer"], strict=True)]
    found = scores(comparison(made_record(), frame, [], 2000)).iloc[0]
    assert found["skill"] == pytest.approx(0.0)
    assert found["direction"] == 0.0
    assert found["discount_error"] == pytest.approx(20.0)


def test_errors_are_points_of_exports_and_brent_has_no_score():
    table = comparison(made_record(), modelled(A=300.0), [], 2000).set_index(["series", "buyer"])
    assert table.loc[("flow", "A"), "error"] == pytest.approx(20.0)
    assert table.loc[("flow", "A"), "change_recorded"] == pytest.approx(-40.0)
    assert table.loc[("flow", "B"), "error"] == pytest.approx(0.0)
    assert table.loc[("discount", "all"), "change_recorded"] == pytest.approx(20.0)
    assert not table.loc[("brent", "all"), "scored"]
    assert table["scored"].sum() == 5


def test_direction_and_ranges():
    wrong = comparison(made_record(), modelled(B=200.0), [modelled(B=450.0)], 2000)
    row = wrong.set_index("buyer").loc["B"]
    assert row["direction"] is False or not row["direction"]
    assert (row["low"], row["high"]) == (200.0, 450.0)
    assert row["inside"]
    narrow = comparison(made_record(), modelled(B=200.0), [modelled(B=250.0)], 2000)
    assert not narrow["inside"].iloc[2]
    assert scores(narrow)["inside"].iloc[0] == pytest.approx(4 / 5)
    alone = comparison(made_record(), modelled(B=200.0), [], 2000)
    assert alone["inside"].isna().all()
    assert np.isnan(scores(alone)["inside"].iloc[0])
    small = made_record()
    small.loc[(small["buyer"] == "B") & (small["year"] == 2001), "value"] = 305.0
    assert comparison(small, modelled(), [], 2000)["direction"].iloc[2] is None


def test_texts_show_every_row_and_score():
    table = comparison(made_record(), modelled(B=200.0), [], 2000)
    text = table_text(table)
    assert len(text.splitlines()) == len(table) + 1
    assert "WRONG" in text
    assert "unscored" in text
    assert "skill" in scores_text(scores(table))


def test_every_row_of_the_record_has_a_source_and_a_base_year():
    rows = record()
    assert rows["source"].str.len().min() > 10
    keys = ["episode", "series", "buyer", "year"]
    assert not rows.duplicated(keys).any()
    assert set(rows["episode"]) == {e.name for e in EPISODES}
    assert set(rows.loc[rows["series"] == "flow", "buyer"]) == set(BUYERS)
    for episode in EPISODES:
        own = rows[rows["episode"] == episode.name]
        base = own[own["year"] == episode.base].set_index(["series", "buyer"]).index
        assert set(own.set_index(["series", "buyer"]).index) == set(base)
        assert set(own["year"]) == {episode.base, *episode.years}
        assert episode.base < min(episode.years)
    assert {"iran-2012", "iran-2018", "russia-2022"} == set(rows["episode"])


@pytest.mark.parametrize("episode", EPISODES, ids=lambda e: e.name)
def test_measures_fit_their_market_at_both_ends_of_all_ranges(episode):
    market = oil.load_market(episode.base)
    for end in ("low", "central", "high"):
        timed = episode.measures(market, {n: getattr(x, end) for n, x in assumptions().items()})
        assert not problems_of(market, [t.restriction for t in timed])
        assert not calendar_problems(episode.first, episode.months, timed)
        assert min(t.first for t in timed) >= episode.first
        last = f"{episode.years[-1]}-12"
        assert max(t.first for t in timed) <= last


def test_assumptions_have_ranges_and_sources():
    for number in assumptions().values():
        assert number.low < number.central < number.high
        assert "assumed" in number.source or "reuters" in number.source.lower()
    assert not set(assumptions()) & set(oil.numbers())


def test_parameter_sets_cover_all_ranges_and_repeat():
    sets = parameter_sets(4, 7)
    assert sets == parameter_sets(4, 7) != parameter_sets(4, 8)
    for name, number in {**oil.numbers(), **assumptions()}.items():
        values = sorted(s[name] for s in sets)
        assert number.low <= values[0]
        assert values[-1] <= number.high
        quarter = (np.array(values) - number.low) / (number.high - number.low) * 4
        np.testing.assert_array_equal(np.floor(quarter), np.arange(4))
    assert parameter_sets(0, 0) == []


def test_a_short_replay():
    """Two months after the announcement of 2012: what was bought by Europe begins to fall."""
    found = replay(episode_of("iran-2012"), {"wind_down": 1.0}, months=3)
    value = found.set_index(["series", "buyer", "year"])["value"]
    assert value["flow", "EU", 2012] < 0.9 * value["flow", "EU", 2011]
    assert value["exports", "all", 2011] == pytest.approx(2330, rel=0.02)
    assert value["discount", "all", 2012] > value["discount", "all", 2011]
    flows = sum(value["flow", buyer, 2012] for buyer in BUYERS)
    assert flows < value["exports", "all", 2012]


def test_a_record_of_one_month_is_scored():
    found = oil_record(["russia-2022"], draws=0, months=1)
    assert set(found.table["year"]) == {2022}
    assert "Brent is not scored" in found.text()
    assert repr(found).startswith("<OilRecord russia-2022: skill")


def test_mistakes_are_refused():
    with pytest.raises(ValueRangeError, match=r"no episode.*Did you mean 'iran-2018'"):
        oil_record(["iran-2019"])
    with pytest.raises(ValueRangeError, match="draws must be 0 or more"):
        oil_record(draws=-1)
    with pytest.raises(ValueRangeError, match="months 1 or more"):
        oil_record(months=0)


def test_flows_of_the_record_are_those_that_importers_reported(raw_root):
    frame = iea.oil_imports(raw_root).frame
    frame = frame[(frame["product"] == "CRUDEOIL") & (frame["origin"] == "IRN")]
    groups = {"EU": UNION, "TUR": ("TUR",), "JPN": ("JPN",), "KOR": ("KOR",)}
    rows = record()
    own = rows[rows["source"].str.startswith("imports reported")]
    assert len(own) > 20
    for r in own.to_dict("records"):
        kept = frame[frame["importer"].isin(groups[r["buyer"]]) & (frame["year"] == r["year"])]
        kbd = kept["kt"].sum() * BARRELS_PER_TONNE / 365.0
        assert r["value"] == pytest.approx(kbd, abs=1.0)


def test_exports_of_the_record_are_those_of_the_estimates(raw_root):
    path = raw_root / "iran_oil_annual" / "iran_crude_condensate_exports.csv"
    mb = pd.read_csv(path).set_index("year")["million_barrels"]
    rows = record()
    own = rows[rows["source"].str.startswith("estimates from")]
    for r in own.to_dict("records"):
        days = 366 if r["year"] % 4 == 0 else 365
        assert r["value"] == pytest.approx(1000.0 * mb[r["year"]] / days, abs=1.5)
