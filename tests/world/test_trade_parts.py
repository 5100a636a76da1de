"""Parts of the trade side on small made-up inputs; no outside source is needed."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from entrepot.scenario.labels import builtin_groups
from entrepot.world.build.areas import (
    BUYER_AREA,
    PLACES,
    SELLER_AREA,
    balanced_blocks,
    collapse,
    complete_with_rest,
    expand,
    fit_blocks,
)
from entrepot.world.build.arrays import INDEX, SECTOR_INDEX, N, S, positions, shares
from entrepot.world.build.crude import MOST_IN_TRANSIT, OilBalance, through_russia
from entrepot.world.build.goods import chapters
from entrepot.world.build.groups import EAEU, EU27, GCC
from entrepot.world.build.hidden import RECORDED_AS, disguised
from entrepot.world.build.later import GROWTH, LEAST, MOST, SMALL_PAIR, bounded_rest, structure
from entrepot.world.build.later_oil import RUNS_OWN, within_production
from entrepot.world.build.services_trade import split_by_exporter
from entrepot.world.build.tariff_rates import _free_trade, mfn_levels
from entrepot.world.layout import REGIONS, SECTORS


def _atlas(rows: list[tuple[str, str, str, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["exporter", "importer", "hs2", "value_usd"])
    return frame.assign(year=2017, value_usd=frame["value_usd"] * 1e6)


BASE = [("DEU", "FRA", "84", 60.0), ("DEU", "POL", "84", 40.0), ("DEU", "FRA", "27", 1.0)]
NOTHING = [("KWT", "FRA", "99", 0.0), ("KWT", "FRA", "71", 0.0)]


def test_unspecified_partners_are_spread_as_the_chapter() -> None:
    made = chapters(_atlas([*BASE, *NOTHING, ("DEU", "ANS", "84", 10.0)]), 2017)
    machines = made.values[INDEX["DEU"], :, made.codes.index("84")]
    assert machines[INDEX["FRA"]] == pytest.approx(66.0)
    assert machines[INDEX["POL"]] == pytest.approx(44.0)
    assert made.spread[INDEX["DEU"]] == pytest.approx(10.0)
    assert made.dropped.sum() == 0


def test_unspecified_partners_of_kuwait_are_dropped_and_said() -> None:
    rows = [*BASE, *NOTHING, ("KWT", "KOR", "27", 5.0), ("KWT", "ANS", "27", 7.0)]
    made = chapters(_atlas(rows), 2017)
    assert made.values[INDEX["KWT"]].sum() == pytest.approx(5.0)
    assert made.dropped[INDEX["KWT"]] == pytest.approx(7.0)


def test_iran_sends_its_unspecified_goods_to_asia() -> None:
    rows = [*BASE, *NOTHING, ("IRN", "CHN", "39", 3.0), ("IRN", "IND", "39", 1.0),
            ("IRN", "ITA", "39", 9.0), ("IRN", "ANS", "39", 8.0)]  # fmt: skip
    made = chapters(_atlas(rows), 2017)
    plastics = made.values[INDEX["IRN"], :, made.codes.index("39")]
    assert plastics[INDEX["CHN"]] == pytest.approx(9.0)
    assert plastics[INDEX["IND"]] == pytest.approx(3.0)
    assert plastics[INDEX["ITA"]] == pytest.approx(9.0)


def test_chapter_99_follows_the_pair_and_never_fuels() -> None:
    made = chapters(_atlas([*BASE, *NOTHING, ("DEU", "FRA", "99", 6.0)]), 2017)
    pair = made.values[INDEX["DEU"], INDEX["FRA"]]
    assert pair[made.codes.index("84")] == pytest.approx(66.0)
    assert pair[made.codes.index("27")] == pytest.approx(1.0)
    assert pair[made.codes.index("99")] == 0


def test_confidential_chapter_99_is_fuel() -> None:
    rows = [*BASE, *NOTHING, ("RUS", "TUR", "99", 6.0), ("RUS", "TUR", "27", 5.0)]
    made = chapters(_atlas(rows), 2017)
    assert made.values[INDEX["RUS"], INDEX["TUR"], made.codes.index("27")] == pytest.approx(11.0)


def test_places_without_an_own_row_go_to_the_rest() -> None:
    assert positions(pd.Series(["IRN", "ABW", "ROW"])).tolist() == [
        INDEX["IRN"], INDEX["ROW"], INDEX["ROW"],
    ]  # fmt: skip


def test_shares_of_nothing_are_zero() -> None:
    assert shares(np.array([[0.0, 0.0], [1.0, 3.0]])).tolist() == [[0.0, 0.0], [0.25, 0.75]]


def test_every_economy_lies_in_an_area() -> None:
    assert len(PLACES) == len(SELLER_AREA) == len(BUYER_AREA)
    assert [p for p in PLACES if "@" not in p] == [r for r in REGIONS if r != "ROW"]


def test_blocks_meet_their_totals() -> None:
    seed = expand(np.ones((N, N)))
    made = fit_blocks(seed, {("Russia", "China"): 7.0, ("Europe", "India"): 3.0})
    assert made.sum() == pytest.approx(10.0)
    assert collapse(made)[INDEX["RUS"], INDEX["CHN"]] == pytest.approx(7.0)


def test_the_rest_of_an_area_takes_what_the_listed_leave() -> None:
    listed = np.array([1.0 if p in ("BRA", "COL") else 0.0 for p in PLACES])
    area = "S. & Cent. America"
    made = complete_with_rest(listed, SELLER_AREA, {area: 5.0})
    assert made[PLACES.index(f"ROW@{area}")] == pytest.approx(3.0)
    shrunk = complete_with_rest(listed, SELLER_AREA, {area: 1.0})
    assert shrunk[PLACES.index("BRA")] == pytest.approx(0.5)


def test_blocks_move_to_another_year() -> None:
    matrix = {("a", "x"): 2.0, ("a", "y"): 1.0, ("b", "x"): 1.0, ("b", "y"): 4.0}
    made = balanced_blocks(matrix, {"a": 4.0, "b": 4.0}, {"x": 3.0, "y": 5.0})
    assert made["a", "x"] + made["a", "y"] == pytest.approx(4.0)
    assert made["a", "x"] + made["b", "x"] == pytest.approx(3.0, rel=1e-6)


def test_sellers_stay_within_production() -> None:
    kbd = np.zeros((N, N))
    kbd[INDEX["ARE"], INDEX["CHN"]] = 900.0
    kbd[INDEX["SAU"], INDEX["CHN"]] = 500.0
    production, throughput = np.zeros(N), np.zeros(N)
    production[INDEX["ARE"]], throughput[INDEX["ARE"]] = 800.0, 200.0
    production[INDEX["SAU"]], throughput[INDEX["CHN"]] = 600.0, 2000.0
    made = within_production(kbd, OilBalance(production, throughput))
    assert made[INDEX["ARE"]].sum() == pytest.approx(800.0 - RUNS_OWN * 200.0)
    assert made[INDEX["SAU"]].sum() == pytest.approx(500.0)


def test_hidden_crude_is_recorded_under_other_names() -> None:
    hidden = np.zeros((N, N))
    hidden[INDEX["IRN"], INDEX["CHN"]] = 1000.0
    shown = disguised(hidden)
    assert shown.sum() == pytest.approx(1000.0 * sum(RECORDED_AS.values()))
    assert shown[INDEX["IRN"]].sum() == 0
    assert sum(RECORDED_AS.values()) <= 1


def test_other_goods_stay_within_bounds() -> None:
    base, left = np.full((N, N), 100.0), np.full((N, N), 150.0)
    seller = np.zeros(N)
    seller[INDEX["SAU"]] = 1.0
    left[INDEX["SAU"], INDEX["CHN"]] = 1e5
    left[INDEX["DEU"], INDEX["CHN"]] = 1e5
    left[INDEX["FRA"], INDEX["CHN"]] = -1e3
    made, moved = bounded_rest(left, base, seller)
    high = max(MOST * GROWTH * 100.0, SMALL_PAIR)
    assert made[INDEX["SAU"], INDEX["CHN"]] == pytest.approx(high)
    assert made[INDEX["DEU"], INDEX["CHN"]] == pytest.approx(1e5)
    assert made[INDEX["FRA"], INDEX["CHN"]] == pytest.approx(LEAST * GROWTH * 100.0)
    assert moved == pytest.approx(1e5 - high + 1e3 + LEAST * GROWTH * 100.0)


def test_controlled_goods_lose_weight_only_between_the_west_and_russia() -> None:
    made = structure(np.ones((N, N, S)))
    assert made.sum(axis=2) == pytest.approx(1.0)
    cars = SECTOR_INDEX["vehicles"]
    assert made[INDEX["DEU"], INDEX["RUS"], cars] < 0.3 * made[INDEX["DEU"], INDEX["CHN"], cars]
    assert made[INDEX["KGZ"], INDEX["RUS"], cars] > made[INDEX["KGZ"], INDEX["CHN"], cars]


def test_services_split_is_complete() -> None:
    made = split_by_exporter()
    assert made.sum(axis=1) == pytest.approx(1.0)
    goods = [k for k, s in enumerate(SECTORS) if s.traded_good]
    assert (made[:, goods] == 0).all()


def test_mfn_levels_are_rates_of_listed_economies() -> None:
    table = mfn_levels()
    assert set(table["importer"]) <= set(REGIONS)
    assert not table["importer"].duplicated().any()
    assert table[["farm", "industry"]].to_numpy().max() <= 0.30
    assert table[["farm", "industry"]].to_numpy().min() >= 0
    assert table["note"].notna().all()


def test_kazakh_oil_through_russia_keeps_every_buyers_total() -> None:
    seen = np.zeros((N, N))
    seen[INDEX["RUS"], [INDEX["DEU"], INDEX["ITA"], INDEX["TUR"]]] = [60.0, 40.0, 50.0]
    made = through_russia(seen, left=30.0, expected=20.0)
    assert made.sum(axis=0) == pytest.approx(seen.sum(axis=0))
    assert made[INDEX["KAZ"], INDEX["DEU"]] == pytest.approx(6.0)
    assert made[INDEX["RUS"], INDEX["TUR"]] == pytest.approx(50.0)
    capped = through_russia(seen, left=300.0, expected=20.0)
    assert capped[INDEX["KAZ"]].sum() == pytest.approx(MOST_IN_TRANSIT * 100.0)
    np.testing.assert_array_equal(through_russia(seen, 10.0, 20.0), seen)


def test_rules_of_free_trade_are_assumed_not_observed() -> None:
    rates, flag = np.full((N, N, S), 0.2), np.full((N, N, S), 1, np.uint8)
    _free_trade(rates, flag)
    zero = rates == 0
    assert zero.any()
    assert (flag[zero] == 4).all()
    assert (flag[~zero] == 1).all()
    assert (rates[INDEX["RUS"], INDEX["UKR"]] == 0.2).all()


def test_groups_are_those_of_the_scenario_room() -> None:
    table = builtin_groups()
    for name, members in (("EU27", EU27), ("EAEU", EAEU), ("GCC", GCC)):
        assert set(table[name].at(date(2023, 12, 31))) == set(members), name
        assert len(members) == len(set(members))
