"""Trade targets of 2017 and 2023: whole, non-negative, and near what the sources say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from entrepot.core.errors import ValueRangeError
from entrepot.data import energy_balances
from entrepot.data import trade as sources
from entrepot.world.build.arrays import INDEX, SECTOR_INDEX, N, S, pair_matrix, ras
from entrepot.world.build.crude import oil_balance
from entrepot.world.build.elasticity import elasticity_set
from entrepot.world.build.goods import chapter_table
from entrepot.world.build.groups import EU27
from entrepot.world.build.targets import TradeTargets
from entrepot.world.build.tariff_rates import CAP, UNIONS
from entrepot.world.build.trade import tariffs, trade_elasticities, trade_targets
from entrepot.world.layout import REGIONS, SECTOR_CODES, SECTORS

GOODS = [k for k, s in enumerate(SECTORS) if s.traded_good]


@pytest.fixture(scope="module")
def root(raw_root: Path) -> Path:
    return raw_root


@pytest.fixture(scope="module")
def in_2017(root: Path) -> TradeTargets:
    return trade_targets(root, 2017, hidden_oil=True)


@pytest.fixture(scope="module")
def in_2023(root: Path) -> TradeTargets:
    return trade_targets(root, 2023, hidden_oil=True)


@pytest.fixture(params=[2017, 2023])
def targets(
    request: pytest.FixtureRequest, in_2017: TradeTargets, in_2023: TradeTargets
) -> TradeTargets:
    return in_2017 if request.param == 2017 else in_2023


def _flow(targets: TradeTargets, origin: str, dest: str, sector: str) -> float:
    """One flow in bn USD."""
    return float(targets.flows[INDEX[origin], INDEX[dest], SECTOR_INDEX[sector]]) / 1e3


def _exports(targets: TradeTargets, origin: str, sector: str) -> float:
    return float(targets.flows[INDEX[origin], :, SECTOR_INDEX[sector]].sum()) / 1e3


def test_flows_are_whole(targets: TradeTargets) -> None:
    flows = targets.flows
    assert flows.shape == (N, N, S)
    assert np.isfinite(flows).all()
    assert (flows >= 0).all()
    assert (flows[np.arange(N), np.arange(N)] == 0).all()
    assert set(np.unique(targets.flag)) <= {1, 2, 3, 4}


def test_every_economy_and_sector_trades(targets: TradeTargets) -> None:
    sold, bought = targets.flows.sum(axis=(1, 2)), targets.flows.sum(axis=(0, 2))
    assert [r for r, v in zip(REGIONS, sold, strict=True) if v <= 0] == []
    assert [r for r, v in zip(REGIONS, bought, strict=True) if v <= 0] == []
    by_sector = targets.flows.sum(axis=(0, 1))
    assert [s for s, v in zip(SECTOR_CODES, by_sector, strict=True) if v <= 0] == []


def test_goods_total_is_the_atlas_of_2017(root: Path, in_2017: TradeTargets) -> None:
    atlas = sources.atlas_bilateral(root).frame
    rows = atlas[(atlas["year"] == 2017) & (atlas["exporter"] != atlas["importer"])]
    trade = pair_matrix(rows[rows["importer"] != "ANS"], "exporter", "importer", "value_usd") / 1e6
    # Fuels by volume and unspecified partners move the total; more than 3 % would be a fault.
    assert in_2017.flows[:, :, GOODS].sum() == pytest.approx(trade.sum(), rel=0.03)


def test_non_fuel_exports_lose_nothing(root: Path, in_2017: TradeTargets) -> None:
    atlas = sources.atlas_bilateral(root).frame
    rows = atlas[
        (atlas["year"] == 2017)
        & (atlas["exporter"] == "DEU")
        & (atlas["importer"] != "DEU")
        & (atlas["hs2"] != "27")
    ]
    fuels = [SECTOR_INDEX[s] for s in ("crude", "gas", "refined", "mining", "utilities")]
    other = [k for k in GOODS if k not in fuels]
    got = in_2017.flows[INDEX["DEU"]][:, other].sum()
    # Mining products other than fuels are left out here: less than 1 % of German exports.
    assert got == pytest.approx(rows["value_usd"].astype(float).sum() / 1e6, rel=0.01)


def test_iran_in_2017(in_2017: TradeTargets) -> None:
    assert 40 <= _exports(in_2017, "IRN", "crude") <= 55
    crude = in_2017.flows[INDEX["IRN"], :, SECTOR_INDEX["crude"]]
    largest = {REGIONS[k] for k in np.argsort(-crude)[:8]}
    assert {"CHN", "IND", "KOR", "TUR", "ITA", "JPN", "FRA"} <= largest
    assert _flow(in_2017, "IRN", "USA", "crude") == 0


@pytest.mark.parametrize("origin", ["IRN", "RUS", "SAU", "IRQ", "KWT", "ARE", "VEN", "AZE", "KAZ"])
def test_crude_exports_of_2017_are_production_less_refining(
    root: Path, in_2017: TradeTargets, origin: str
) -> None:
    balance = oil_balance(root, 2017)
    k = INDEX[origin]
    sold = in_2017.crude_kbd[k].sum() - in_2017.crude_kbd[:, k].sum()
    wanted = balance.production[k] - balance.throughput[k]
    # Buyers' reports of transit oil and the adjustment to refining in Asia: up to a fifth.
    assert sold == pytest.approx(wanted, rel=0.20)


def test_gas_exports_are_what_the_review_leaves(root: Path, in_2017: TradeTargets) -> None:
    frame = energy_balances.energy_series(root).frame
    frame = frame[frame["year"] == 2017].set_index(["series", "place"])["value"]
    for origin, place in (("QAT", "Qatar"), ("RUS", "Russian Federation"), ("AZE", "Azerbaijan")):
        k = INDEX[origin]
        net = in_2017.gas_bcm[k].sum() - in_2017.gas_bcm[:, k].sum()
        wanted = frame["gas", place] - frame["gas_use", place]
        # Transit and different heating values; Azerbaijan's small balance is the roughest.
        assert net == pytest.approx(wanted, rel=0.25)


def test_gas_of_armenia_and_turkey(targets: TradeTargets) -> None:
    sellers = np.argsort(-targets.gas_bcm[:, INDEX["ARM"]])[:2]
    assert [REGIONS[k] for k in sellers] == ["RUS", "IRN"]
    assert targets.gas_bcm[INDEX["IRN"], INDEX["TUR"]] > 5
    assert targets.gas_bcm[INDEX["RUS"], INDEX["TUR"]] > 15


def test_russia_turned_east(in_2017: TradeTargets, in_2023: TradeTargets) -> None:
    assert in_2023.crude_kbd[INDEX["RUS"], INDEX["IND"]] > 1300
    assert in_2017.crude_kbd[INDEX["RUS"], INDEX["IND"]] < 200
    assert _flow(in_2017, "RUS", "DEU", "crude") > 8
    assert _flow(in_2023, "RUS", "DEU", "crude") == 0
    assert in_2023.crude_kbd[INDEX["RUS"]].sum() == pytest.approx(4800, rel=0.05)


def test_hidden_oil_is_a_layer(root: Path, in_2023: TradeTargets) -> None:
    shown = trade_targets(root, 2023, hidden_oil=False)
    crude = SECTOR_INDEX["crude"]
    iran, china = INDEX["IRN"], INDEX["CHN"]
    assert shown.hidden.sum() == 0
    assert shown.flows[iran, china, crude] == 0
    assert 1200 <= in_2023.crude_kbd[iran].sum() <= 1500
    assert in_2023.flows[iran, china, crude] == pytest.approx(in_2023.hidden[iran, china])
    malaysia = INDEX["MYS"]
    assert shown.flows[malaysia, china, crude] > 5 * in_2023.flows[malaysia, china, crude]
    other = [k for k in range(S) if k != crude]
    np.testing.assert_array_equal(shown.flows[:, :, other], in_2023.flows[:, :, other])


def test_pairs_meet_baci_in_2023(root: Path, in_2023: TradeTargets) -> None:
    baci = pair_matrix(sources.baci_totals(root).frame, "exporter", "importer", "value_kusd_2023")
    goods = in_2023.flows[:, :, GOODS].sum(axis=2) - in_2023.hidden
    for origin, dest in (("CHN", "USA"), ("DEU", "FRA"), ("CHN", "RUS"), ("RUS", "IND"),
                         ("USA", "MEX"), ("ARE", "IND"), ("TUR", "RUS")):  # fmt: skip
        pair = INDEX[origin], INDEX[dest]
        assert goods[pair] == pytest.approx(baci[pair] / 1e3, rel=0.05)


def test_what_was_left_out_is_said(in_2017: TradeTargets) -> None:
    assert in_2017.dropped[INDEX["KWT"]] == pytest.approx(49568, rel=1e-3)
    assert in_2017.dropped[INDEX["IRN"]] == 0
    assert in_2017.spread[INDEX["IRN"]] == pytest.approx(14889, rel=1e-3)
    # The Emirates' unspecified oil is a double count, their other unspecified exports are not.
    assert in_2017.dropped[INDEX["ARE"]] == pytest.approx(21021, rel=1e-3)
    assert in_2017.spread[INDEX["ARE"]] > 35000
    assert any("KWT" in note for note in in_2017.notes)


def test_a_year_without_a_recipe_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueRangeError, match="year 2016"):
        trade_targets(tmp_path, 2016, hidden_oil=True)


def test_chapters_are_complete() -> None:
    table = chapter_table()
    assert table.groupby("hs2")["share"].sum().to_numpy() == pytest.approx(1.0)
    wanted = {f"{k:02d}" for k in range(1, 98)} - {"27", "77"}
    assert set(table["hs2"]) == wanted
    assert set(table["sector"]) <= {SECTOR_CODES[k] for k in GOODS}


@pytest.mark.parametrize("year", [2017, 2023])
def test_tariffs_are_rates(root: Path, year: int) -> None:
    rates, flag = tariffs(root, year)
    assert rates.shape == flag.shape == (N, N, S)
    assert np.isfinite(rates).all()
    assert rates.min() == 0
    assert 0.2 < rates.max() <= CAP
    services = [k for k in range(S) if k not in GOODS]
    assert (rates[:, :, services] == 0).all()
    for members in (EU27, UNIONS["EAEU"], UNIONS["GCC"]):
        inside = [INDEX[m] for m in members]
        assert rates[np.ix_(inside, inside)].max() == 0
    assert rates[INDEX["CHN"], INDEX["USA"], SECTOR_INDEX["textiles"]] > 0.05


def test_the_trade_war_is_in_2023_only(root: Path) -> None:
    before, after = tariffs(root, 2017)[0], tariffs(root, 2023)[0]
    pair = INDEX["CHN"], INDEX["USA"], SECTOR_INDEX["machinery"]
    assert after[pair] - before[pair] == pytest.approx(0.16)


def test_elasticities_are_positive_and_ordered(root: Path) -> None:
    theta, flag, text = trade_elasticities(root)
    assert theta.shape == (3, S)
    assert (theta > 0).all()
    assert (theta[0] < theta[1]).all()
    assert (theta[1] < theta[2]).all()
    assert theta[1, SECTOR_INDEX["crude"]] == pytest.approx(10.892, abs=1e-3)
    assert flag[SECTOR_INDEX["finance"]] == 4
    assert "Fontagné" in text
    assert elasticity_set(root).theta == pytest.approx(theta[1])


def test_ras_meets_both_margins() -> None:
    seed = np.array([[1.0, 2.0, 0.0], [3.0, 0.0, 1.0], [1.0, 1.0, 1.0]])
    rows, columns = np.array([3.0, 4.0, 5.0]), np.array([6.0, 4.0, 2.0])
    made = ras(seed, rows, columns, rounds=500)
    assert made.sum(axis=1) == pytest.approx(rows)
    assert made.sum(axis=0) == pytest.approx(columns, rel=1e-6)
    assert made[0, 2] == 0
