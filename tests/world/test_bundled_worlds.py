"""The worlds that ship: identities, labels, provenance, distance from the sources, size."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from entrepot.world.bundle import BUNDLED, load_world
from entrepot.world.layout import REGIONS, SECTOR_CODES
from entrepot.world.show import identity_report, provenance_report, target_report
from entrepot.world.world import FIELD_DIMS, World

NAMES = ("2017", "2017-recorded", "2023", "2023-recorded")
REQUIRED = (
    "IRN RUS CHN USA VEN SYR IRQ QAT ARE SAU KWT OMN TUR IND JPN KOR PAK ARM AZE GEO KAZ KGZ UZB "
    "TKM BLR UKR ISR EGY DEU FRA ITA ESP NLD POL SWE BEL AUT ROW"
)
# What passes through on its way to a neighbour is not an export of these: crude through
# Rotterdam and Antwerp, gas through Germany, Belgium, Austria and Central Europe.
TRANSIT = {"crude_exports": {"NLD", "BEL", "DEU"}, "gas_exports": {"DEU", "BEL", "AUT", "NLD"}}


@pytest.fixture(params=NAMES)
def world(request: pytest.FixtureRequest) -> World:
    return load_world(request.param)


def test_identities_hold_to_rounding(world: World) -> None:
    report = identity_report(world)
    assert len(report) >= 7
    assert report["residual"].max() <= 1e-10


def test_required_economies_and_sectors_are_there(world: World) -> None:
    assert world.regions == REGIONS
    assert world.sectors == SECTOR_CODES
    assert set(REQUIRED.split()) <= set(world.regions)
    assert len(world.sectors) >= 20
    assert {"crude", "gas", "refined", "grain", "food", "electronics", "machinery", "transport",
            "finance"} <= set(world.sectors)  # fmt: skip


def test_every_economy_produces_uses_and_trades(world: World) -> None:
    book, flows = world.accounts(), world.trade_flows()
    home = np.einsum("iis->is", flows)
    assert (book.value_added > 0).all()
    assert (flows.sum(axis=(1, 2)) > home.sum(axis=1)).all()
    assert (world.expenditure >= 0).all()
    used = world.expenditure > 0
    assert used.mean() > 0.98


def test_every_cell_has_a_provenance(world: World) -> None:
    named = set(FIELD_DIMS)
    assert named <= set(world.provenance)
    for name in named:
        flags = world.provenance[name]
        assert flags.shape == getattr(world, name).shape, name
        assert set(np.unique(flags)) <= {1, 2, 3, 4}, name
    np.testing.assert_allclose(provenance_report(world).sum(axis=1), 1.0)


def test_gdp_is_that_of_the_source(world: World) -> None:
    rows = target_report(world)
    gdp = rows[rows["quantity"] == "gdp"].set_index("region")
    assert set(gdp.index) == set(REGIONS)
    assert gdp["deviation"].abs().max() <= 0.05
    book = world.accounts()
    modelled = book.value_added + book.tariff_revenue
    np.testing.assert_allclose(modelled, gdp["model"].loc[list(REGIONS)], rtol=1e-4)


# Raw quantities times price against the world.  Named: what is known to differ, and by how much.
# Cargoes of others through Fujairah count as the UAE's in the Review; production less runs misses
# condensate that splitters take (IRN, QAT, DZA), stocks and transit by pipe (AZE, COL, ARG); the
# balance of the US and of Brazil in 2017 is a small difference of large numbers.
FUEL_TOLERANCE = {"crude_exports": 0.12, "gas_exports": 0.16}
KNOWN_FUEL_GAPS = {
    "crude_exports": {"ARE": 0.25, "IRN": 0.30, "QAT": 0.20, "DZA": 0.28, "AZE": 0.32, "COL": 0.28,
                      "ARG": 0.18, "USA": 0.60, "BRA": 0.45},
    "gas_exports": {},
}  # fmt: skip


@pytest.mark.parametrize(("quantity", "least"), [("crude_exports", 9000), ("gas_exports", 4000)])
def test_main_exporters_of_fuels_meet_raw_quantities(
    world: World, quantity: str, least: float
) -> None:
    rows = target_report(world)
    rows = rows[(rows["quantity"] == quantity) & (rows["target"] > least)]
    rows = rows[~rows["region"].isin(TRANSIT[quantity])].set_index("region")
    if not world.meta["hidden_oil"]:
        # Hidden crude is in the source and left out of this world; China books it as Malaysia's.
        rows = rows.drop(index=[r for r in ("IRN", "VEN", "ARE", "OMN", "MYS") if r in rows.index])
    assert rows["source"].str.contains("Statistical Review|IEA").all()
    assert len(rows) >= 8
    known = KNOWN_FUEL_GAPS[quantity]
    allowed = np.array([known.get(r, FUEL_TOLERANCE[quantity]) for r in rows.index])
    far = rows[(rows["deviation"].abs() > allowed)]
    assert far.empty, far[["target", "model", "deviation"]]
    assert rows["deviation"].abs().median() <= 0.07


def test_no_target_is_a_step_of_the_build_unless_it_says_so(world: World) -> None:
    rows = target_report(world)
    step = rows["quantity"].str.startswith("step_")
    assert rows["source"][step].str.startswith("this build").all()
    assert not rows["source"][~step].str.contains("this build|trade side").any()
    assert rows["source"].str.len().gt(0).all()


def test_raw_customs_totals_are_the_target_of_goods(world: World) -> None:
    rows = target_report(world).set_index(["quantity", "region"])
    iran = rows.loc[("goods_exports", "IRN")]
    if world.year == 2023:
        assert iran["target"] == pytest.approx(12_900, rel=0.02)
        assert "BACI lacks Iran's crude" in iran["note"]
        assert ("goods_exports", "TWN") not in rows.index
    assert {"exports_un", "imports_un", "trade_balance"} <= set(rows.index.get_level_values(0))


def test_external_balances_are_told(world: World) -> None:
    rows = target_report(world)
    rows = rows[rows["quantity"] == "trade_balance"].set_index("region")
    assert rows["note"].str.contains("of value added here").all()
    assert any("External balances" in note for note in world.meta["notes"])
    book = world.accounts()
    found = -world.trade_balance
    np.testing.assert_allclose(
        rows["model"], found[[REGIONS.index(r) for r in rows.index]], atol=2.0
    )
    if world.year == 2023:
        thailand = REGIONS.index("THA")
        assert found[thailand] / book.value_added[thailand] < 0.10


def test_reported_model_values_are_those_of_the_world(world: World) -> None:
    rows = target_report(world)
    flows = world.trade_flows()
    i, s = REGIONS.index("IRN"), SECTOR_CODES.index("crude")
    found = flows[i, :, s].sum() - flows[i, i, s]
    row = rows[(rows["region"] == "IRN") & (rows["quantity"] == "crude_exports")].iloc[0]
    assert found == pytest.approx(row["model"], rel=1e-3)


def test_sources_assumptions_and_notes_are_told(world: World) -> None:
    assert world.meta["assumptions"]["grain_use_share"]["value"] == 0.2
    assert {"atlas_hs2", "adb_mrio", "un_national_accounts", "wiod_2014_cp"} <= set(world.sources)
    for about in world.sources.values():
        assert about["licence"]
        assert about["citation"]
    text = " ".join(world.meta["notes"])
    for word in ("proxies", "assumed", "re-exports", "VEN", "IRN"):
        assert word in text


def test_every_assumed_number_has_a_range_and_a_source(world: World) -> None:
    told = world.meta["assumptions"]
    assert len(told) > 300
    for name, number in told.items():
        assert set(number) == {"value", "low", "high", "source"}, name
        assert number["low"] <= number["value"] <= number["high"], name
        assert number["source"], name
    for name in (
        "later.growth",
        "later_oil.runs_own",
        "gas.border_to_fob",
        "hidden.syria_2023_kbd",
        "crude_discount.2023.RUS",
        "tariff_rates.cap",
        "services_trade.given_2017.CHN.0",
    ):
        assert name in told  # fmt: skip


def test_a_title_says_what_the_world_is(world: World) -> None:
    assert str(world.year) in world.meta["title"]
    assert ("hidden" in world.meta["title"]) == world.meta["hidden_oil"]


def test_iran_2017_is_plausible() -> None:
    world = load_world("2017")
    flows, book = world.trade_flows(), world.accounts()
    i, crude = REGIONS.index("IRN"), SECTOR_CODES.index("crude")
    abroad = flows[i].copy()
    abroad[i] = 0.0
    assert 40e3 <= abroad[:, crude].sum() <= 55e3
    assert 0.15 <= abroad.sum() / book.value_added[i] <= 0.30
    assert 0.4 <= abroad[:, crude].sum() / abroad.sum() <= 0.7


def test_crude_goes_to_refineries_and_gas_to_users_of_gas() -> None:
    world = load_world("2017")
    book = world.accounts()
    bought = world.input_share * book.output[:, None, :]
    crude = bought[:, SECTOR_CODES.index("crude"), :].sum(axis=0)
    assert crude[SECTOR_CODES.index("refined")] / crude.sum() > 0.9
    gas = bought[:, SECTOR_CODES.index("gas"), :].sum(axis=0)
    into = [SECTOR_CODES.index(s) for s in ("utilities", "chemicals")]
    assert gas[into].sum() / gas.sum() > 0.5
    final = world.final_share[:, SECTOR_CODES.index("crude")]
    assert final.max() < 1e-3


@pytest.mark.parametrize("year", ["2017", "2023"])
def test_hidden_oil_is_a_layer_of_crude_alone(year: str) -> None:
    full, recorded = load_world(year), load_world(f"{year}-recorded")
    assert full.meta["hidden_oil"]
    assert not recorded.meta["hidden_oil"]
    assert full.hash != recorded.hash
    hidden = {(r["origin"], r["dest"]): r["mn_usd"] for r in full.meta["hidden_crude"]}
    assert hidden
    assert not recorded.meta["hidden_crude"]
    s = SECTOR_CODES.index("crude")
    gap = full.trade_flows()[:, :, s] - recorded.trade_flows()[:, :, s]
    (origin, dest), value = max(hidden.items(), key=lambda item: item[1])
    found = gap[REGIONS.index(origin), REGIONS.index(dest)]
    assert found == pytest.approx(value, rel=0.05)


def test_the_bundles_are_small_and_load_fast() -> None:
    files = [Path(str(p)) for p in BUNDLED.iterdir() if p.name.endswith(".npz")]
    assert sum(f.stat().st_size for f in files) <= 6 * 1024**2
    took = []
    for _ in range(3):
        start = time.perf_counter()
        load_world("2017")
        took.append(time.perf_counter() - start)
    assert min(took) < 0.2
