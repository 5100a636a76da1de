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


@pytest.mark.parametrize(("quantity", "least"), [("crude_exports", 2000), ("gas_exports", 1500)])
def test_main_exporters_of_fuels_meet_their_targets(
    world: World, quantity: str, least: float
) -> None:
    rows = target_report(world)
    rows = rows[(rows["quantity"] == quantity) & (rows["target"] > least)]
    rows = rows[~rows["region"].isin(TRANSIT[quantity])]
    assert len(rows) >= 12
    assert rows["deviation"].abs().max() <= 0.15


def test_reported_model_values_are_those_of_the_world(world: World) -> None:
    rows = target_report(world)
    flows = world.trade_flows()
    i, s = REGIONS.index("IRN"), SECTOR_CODES.index("crude")
    found = flows[i, :, s].sum() - flows[i, i, s]
    row = rows[(rows["region"] == "IRN") & (rows["quantity"] == "crude_exports")].iloc[0]
    assert found == pytest.approx(row["model"], rel=1e-3)


def test_sources_assumptions_and_notes_are_told(world: World) -> None:
    assert world.meta["assumptions"]["grain_use_share"] == 0.2
    assert {"atlas_hs2", "adb_mrio", "un_national_accounts", "wiod_2014_cp"} <= set(world.sources)
    for about in world.sources.values():
        assert about["licence"]
        assert about["citation"]
    text = " ".join(world.meta["notes"])
    for word in ("proxies", "assumed", "re-exports", "VEN", "IRN"):
        assert word in text


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
