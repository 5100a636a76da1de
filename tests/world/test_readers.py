"""pymrio, OECD ICIO and WIOD tables become worlds; what does not fit is refused by name."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pymrio
import pytest
import worlds
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import entrepot as ep
from entrepot.core.errors import EntrepotError, LabelError, SourceError, ValueRangeError
from entrepot.world.benchmark import identity_gaps
from entrepot.world.bundle import load_world
from entrepot.world.iot import from_iot
from entrepot.world.readers import from_pymrio, read_icio, read_wiod, to_pymrio
from entrepot.world.world import FIELD_DIMS, World

REGIONS = ("AUS", "CHN", "MEX")
SECTORS = ("A01_02", "C10T12", "K")
FINAL = ("HFCE", "NPISH", "GGFC", "GFCF", "DPABR", "INVNT")


def numbers(
    regions: tuple[str, ...] = REGIONS,
    sectors: tuple[str, ...] = SECTORS,
    categories: int = len(FINAL),
) -> tuple[np.ndarray, np.ndarray]:
    """Z and Y of made-up flows; the last category is a change of stocks with negative cells."""
    rng = np.random.default_rng(4)
    n, s = len(regions), len(sectors)
    z = rng.uniform(0.5, 5.0, (n, s, n, s))
    y = rng.uniform(1.0, 20.0, (n, s, n, categories))
    home = np.arange(n)
    z[home, :, home] *= 3
    y[home, :, home] *= 5
    y[..., -1] = rng.uniform(-0.5, 0.7, (n, s, n))
    return z.reshape(n * s, n * s), y.reshape(n * s, n * categories)


def same(one: World, two: World) -> None:
    assert one.labels == two.labels
    for name in FIELD_DIMS:
        a, b = getattr(one, name), getattr(two, name)
        if a is None:
            assert b is None
        else:
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-11, err_msg=name)


def worst_gap(world: World) -> float:
    gaps = identity_gaps(world.shares, world.expenditure, world.value_added, world.trade_balance)
    return max(float(np.abs(g).max()) for g in gaps.values())


def certified_with_a_shock(world: World, region: int = 0) -> None:
    economy = ep.Economy.long_run(theta=5)
    assert worst_gap(world) <= 1e-10
    assert ep.solve(world, economy).ok
    cost = np.ones(world.tariff.shape)
    cost[region], cost[:, region] = 1.4, 1.4
    cost[region, region] = 1.0
    welfare = (
        ep.solve(world, economy, ep.Shock(trade_cost=cost)).raise_if_failed().results().welfare
    )
    assert welfare.values[region] == welfare.values.min() < 1


# pymrio


def frames() -> tuple[pd.DataFrame, pd.DataFrame]:
    z, y = numbers()
    rows = pd.MultiIndex.from_product([REGIONS, SECTORS], names=["region", "sector"])
    columns = pd.MultiIndex.from_product([REGIONS, FINAL], names=["region", "category"])
    return pd.DataFrame(z, index=rows, columns=rows), pd.DataFrame(y, index=rows, columns=columns)


def test_the_test_system_of_pymrio_solves() -> None:
    system = pymrio.load_test()
    plain = from_pymrio(system)
    system.calc_all()
    full = from_pymrio(system)
    same(plain, full)
    assert full.regions == ("reg1", "reg2", "reg3", "reg4", "reg5", "reg6")
    rest = system.x.to_numpy()[:, 0] - system.Z.to_numpy().sum(axis=0)
    np.testing.assert_allclose(full.value_added, rest.reshape(6, 8).sum(axis=1))
    certified_with_a_shock(full)


def test_columns_are_matched_by_label() -> None:
    z, y = frames()
    world = from_pymrio(SimpleNamespace(Z=z, Y=y), inventories=["INVNT"])
    mixed = SimpleNamespace(Z=z.iloc[:, ::-1], Y=y.iloc[::-1, ::-1], x=None)
    same(world, from_pymrio(mixed, inventories=["INVNT"]))
    certified_with_a_shock(world)


def test_a_world_written_as_tables_is_read_back() -> None:
    world = load_world("2017").aggregate(
        {"IRN": ["IRN"], "CHN": ["CHN"], "USA": ["USA"], "ROW": "rest"},
        {"energy": ["crude", "gas", "refined"], "other": "rest"},
    )
    z, y = to_pymrio(world)
    back = from_pymrio(
        pymrio.IOSystem(Z=z, Y=y), tariff=world.tariff, theta=world.theta, uses="pooled",
    )  # fmt: skip
    same(world, back)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_any_world_goes_through_tables_and_back(seed: int) -> None:
    world = worlds.world(seed)
    z, y = to_pymrio(world)
    back = from_pymrio(
        SimpleNamespace(Z=z, Y=y), tariff=world.tariff, export_tax=world.export_tax,
        theta=world.theta,
    )  # fmt: skip
    assert worst_gap(back) <= 1e-10
    for name in ("value_added", "expenditure", "trade_balance"):
        scale = world.value_added.sum()
        np.testing.assert_allclose(getattr(back, name) / scale, getattr(world, name) / scale,
                                   atol=1e-11, err_msg=name)  # fmt: skip
    np.testing.assert_allclose(
        back.trade_share * back.expenditure, world.trade_share * world.expenditure, rtol=1e-7,
        atol=1e-10 * world.value_added.sum(),
    )  # fmt: skip


def test_rates_are_matched_by_label() -> None:
    z, y = frames()
    rates = np.random.default_rng(1).uniform(0, 0.2, (3, 3, 3))
    coords = {"origin": list(REGIONS), "dest": list(REGIONS), "sector": list(SECTORS)}
    tariff = xr.DataArray(rates, coords=coords, dims=("origin", "dest", "sector"))
    system = SimpleNamespace(Z=z, Y=y)
    one = from_pymrio(system, inventories=["INVNT"], tariff=rates)
    two = from_pymrio(system, inventories=["INVNT"], tariff=tariff.isel(dest=[2, 0, 1]))
    same(one, two)
    with pytest.raises(LabelError, match=r"missing 'MEX'"):
        from_pymrio(system, tariff=tariff.isel(origin=[0, 1]))


def bad_frames(change: str) -> SimpleNamespace:
    z, y = frames()
    if change == "no Z":
        return SimpleNamespace(Z=None, Y=y)
    if change == "one level":
        z.index = ["-".join(x) for x in z.index]
    if change == "lost a row":
        z, y = z.iloc[:-1, :-1], y.iloc[:-1]
    if change == "other users":
        z = z.rename(columns={"K": "k"})
    if change == "other buyers":
        y = y.rename(columns={"MEX": "USA"})
    if change == "NaN":
        z.iloc[2, 3] = np.nan
    if change == "text":
        z = z.astype(object)
        z.iloc[2, 3] = "n/a"
    if change == "repeated":
        z = z.rename(index={"K": "A01_02"})
    return SimpleNamespace(Z=z, Y=y, x=None)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ("no Z", SourceError, r"frame Z is missing. Call calc_all"),
        ("one level", LabelError, r"Rows of Z .* two levels"),
        ("lost a row", LabelError, r"lack .*\('MEX', 'K'\)"),
        ("other users", LabelError, r"columns of Z do not match.*missing \"?'?\('AUS', 'K'\)"),
        ("other buyers", LabelError, r"missing 'MEX'; extra 'USA'"),
        ("NaN", SourceError, r"1 blank, NaN or infinite cells, first at row \('AUS', 'K'\)"),
        ("text", SourceError, r"holds 'n/a' at row \('AUS', 'K'\), column \('CHN', 'A01_02'\)"),
        ("repeated", LabelError, r"repeats"),
    ],
)
def test_frames_that_do_not_fit_are_refused(
    change: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        from_pymrio(bad_frames(change))


def test_an_unknown_stock_category_and_negative_trade_are_refused() -> None:
    z, y = frames()
    with pytest.raises(LabelError, match=r"no final-demand category 'inventories'; it has 'HFCE'"):
        from_pymrio(SimpleNamespace(Z=z, Y=y), inventories=["inventories"])
    z.iloc[0, 4] = -30
    with pytest.raises(ValueRangeError, match=r"Z is negative in row \(AUS, A01_02\)"):
        from_pymrio(SimpleNamespace(Z=z, Y=y), inventories=["INVNT"])


# OECD ICIO

PRODUCERS = ("AUS", "CHN", "CN1", "CN2", "MEX", "MX1", "MX2")


def icio(edition: str = "2023", *, extended: bool = False) -> pd.DataFrame:
    """A miniature file in the layout of the OECD."""
    makers = PRODUCERS if extended else REGIONS
    z, y = numbers(makers)
    rows = [f"{r}_{s}" for r in makers for s in SECTORS]
    y = y.reshape(len(rows), len(makers), len(FINAL))
    if extended:
        y = y[:, [PRODUCERS.index(r) for r in REGIONS]]
    columns = [f"{r}_{c}" for r in REGIONS for c in FINAL]
    frame = pd.DataFrame(
        np.hstack([z, y.reshape(len(rows), -1)]), index=rows, columns=[*rows, *columns]
    )
    if extended:
        whole = [r for r in rows if r[:3] in ("CHN", "MEX")]
        frame.loc[whole], frame[whole] = 0.0, 0.0
    output = frame.sum(axis=1)
    tax, inputs = 0.02 * output, frame[rows].sum(axis=0)
    names = ("VALU", "OUTPUT", "TOTAL") if edition == "2018" else ("VA", "OUT", "OUT")
    taxes = {"AUS_TAXSUB": 0.4, "CHN_TAXSUB": 0.6} if edition == "2018" else {"TLS": 1.0}
    closing = {k: part * tax for k, part in taxes.items()}
    closing |= {names[0]: output - tax - inputs, names[1]: output}
    for name, values in closing.items():
        frame.loc[name, rows] = values
        frame.loc[name, columns] = 0.0
    frame[names[2]] = output.reindex(frame.index).fillna(0.0)
    return frame


def write(frame: pd.DataFrame, path: Path) -> Path:
    frame.to_csv(path, index_label="V1")
    return path


@pytest.mark.parametrize("edition", ["2018", "2023"])
def test_an_icio_file_becomes_a_world(edition: str, tmp_path: Path) -> None:
    frame = icio(edition)
    world = read_icio(write(frame, tmp_path / "2019_SML.csv"))
    assert (world.regions, world.sectors, world.year) == (REGIONS, SECTORS, 2019)
    z, y = numbers()
    plain = from_iot(z, y, regions=REGIONS, sectors=SECTORS, inventories=[5])
    same(world, plain)
    assert world.meta["iot"]["stock_changes"]["taken_from_stocks"] < 0
    certified_with_a_shock(world)


def test_processing_regions_are_added_to_their_country(tmp_path: Path) -> None:
    frame = icio(extended=True)
    world = read_icio(write(frame, tmp_path / "2019.csv.gz"), tariff=None, theta=4.0, name="mine")
    assert world.regions == REGIONS
    assert world.name == "mine"
    demand = [f"MEX_{c}" for c in FINAL if c != "INVNT"]
    made = frame.loc[[r for r in frame.index if r[:3] in ("CHN", "CN1", "CN2")], demand]
    final = world.final_share[2] * world.accounts().income[2]
    total = frame.loc[frame.index[:-3], demand].to_numpy().sum()
    assert final.sum() == pytest.approx(total)
    assert made.to_numpy().sum() < total
    certified_with_a_shock(world)


def bad_icio(change: str) -> pd.DataFrame:
    frame = icio()
    if change == "no VA":
        return frame.drop(index="VA")
    if change == "lost a row":
        return frame.drop(index="CHN_K")
    if change == "strange column":
        return frame.rename(columns={"AUS_HFCE": "AUS_GIFTS"})
    if change == "no final demand":
        return frame[[c for c in frame.columns if c.split("_")[-1] not in FINAL]]
    if change == "hole":
        frame.loc["CHN_K", "AUS_K"] = np.nan
    if change == "rows":
        frame.loc["CHN_K", "AUS_K"] += 500
    if change == "columns":
        frame.loc["VA", "MEX_K"] += 500
    if change == "repeated":
        return pd.concat([frame.iloc[:1], frame])
    return frame


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("no VA", r"no row of value added \(looked for VA, VALU\)"),
        ("lost a row", r"unknown 'CHN_K', missing none"),
        ("strange column", r"unknown 'AUS_GIFTS'"),
        ("no final demand", r"no final-demand columns"),
        ("hole", r"NaN or infinite cells, first at row CHN_K, column AUS_K"),
        ("rows", r"assertion 'rows add up to OUT' fails at CHN_K"),
        ("columns", r"assertion 'inputs, TLS and VA add up to OUT' fails at MEX_K"),
        ("repeated", r"repeats the rows 'AUS_A01_02'"),
    ],
)
def test_icio_files_that_changed_are_refused(change: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=message):
        read_icio(write(bad_icio(change), tmp_path / "2019.csv"))


# WIOD

CATEGORIES = 5
WIOD_REGIONS = ("AUS", "ROM", "RoW")
WIOD_SECTORS = ("A01", "C10-C12", "K64")


def wiod_arrays() -> dict[str, np.ndarray]:
    z, y = numbers(WIOD_REGIONS, WIOD_SECTORS, CATEGORIES)
    return {"inter": z, "final": y, "output": z.sum(1) + y.sum(1),
            "countries": np.array(WIOD_REGIONS)}  # fmt: skip


def wiod_sheet() -> pd.DataFrame:
    """The sheet of both releases: four header rows and columns, special rows, a total."""
    z, y = (wiod_arrays()[k] for k in ("inter", "final"))
    rows = [(r, s, f"r{k + 1}") for r in WIOD_REGIONS for k, s in enumerate(WIOD_SECTORS)]
    users = [(s, f"Name {s}", r, f"c{k[1:]}") for r, s, k in rows]
    final = [(f"F{k}", "Final", r, f"c{k + 4}") for r in WIOD_REGIONS for k in range(CATEGORIES)]
    head = [*users, *final, ("GO", "Total output", "TOT", "c99")]
    blank: list[Any] = [None] * (3 + len(head))
    cells: list[list[Any]] = [["World table, 2009", *blank], ["(millions of US$)", *blank]]
    cells += [[None] * 4 + [h[k] for h in head] for k in range(4)]
    body = np.hstack([z, y, (z.sum(1) + y.sum(1))[:, None]])
    for (r, s, k), values in zip(rows, body, strict=True):
        cells.append([s, f"Name {s}", r, k, *values.tolist()])
    for name in ("II_fob", "VA", "GO"):
        cells.append([name, "Special row", "TOT", "r65", *body.sum(axis=0).tolist()])
    return pd.DataFrame(cells)


def wiod_flat() -> pd.DataFrame:
    z, y = (wiod_arrays()[k] for k in ("inter", "final"))
    rows = [(r, s, k + 1) for r in WIOD_REGIONS for k, s in enumerate(WIOD_SECTORS)]
    table = pd.DataFrame({
        "IndustryCode": [s for _, s, _ in rows],
        "IndustryDescription": [f"Name {s}" for _, s, _ in rows],
        "Country": [r for r, _, _ in rows], "RNr": [k for _, _, k in rows], "Year": 2009,
    })  # fmt: skip
    values = pd.DataFrame(z, columns=[f"v{r}{k}" for r, _, k in rows])
    names = [f"v{r}{k + 4}" for r in WIOD_REGIONS for k in range(CATEGORIES)]
    table = pd.concat([table, values, pd.DataFrame(y, columns=names)], axis=1)
    table["TOT"] = z.sum(1) + y.sum(1)
    closing = table.iloc[-1:].assign(IndustryCode="VA", Country="TOT", RNr=70)
    return pd.concat([table, closing], ignore_index=True)


def wiod_file(layout: str, folder: Path) -> Path:
    path = folder / f"wiot_2009.{layout.split()[-1]}"
    if layout == "arrays npz":
        np.savez(path, **wiod_arrays())
    elif layout == "sheet xlsx":
        wiod_sheet().to_excel(path, header=False, index=False)
    elif layout == "sheet csv":
        wiod_sheet().to_csv(path, header=False, index=False)
    elif layout == "flat csv":
        wiod_flat().to_csv(path, index=False)
    else:
        wiod_flat().to_stata(path, write_index=False)
    return path


@pytest.mark.parametrize(
    "layout", ["arrays npz", "sheet xlsx", "sheet csv", "flat csv", "flat dta"]
)
def test_every_wiod_layout_gives_the_same_world(layout: str, tmp_path: Path) -> None:
    world = read_wiod(wiod_file(layout, tmp_path))
    z, y = (wiod_arrays()[k] for k in ("inter", "final"))
    sectors = ("c1", "c2", "c3") if layout == "arrays npz" else WIOD_SECTORS
    plain = from_iot(z, y, regions=("AUS", "ROU", "ROW"), sectors=sectors, inventories=[4])
    same(world, plain)
    assert world.year == 2009
    assert world.meta["renamed"] == {"ROM": "ROU", "RoW": "ROW"}
    if layout != "arrays npz":
        assert world.sector_titles[0] == "Name A01"


@pytest.mark.parametrize(
    ("name", "year"),
    [("WIOT2014_Nov16_ROW", 2014), ("wiot00_row_apr12", 2000), ("WIOT95_ROW_Apr12", 1995),
     ("mine", None)],
)  # fmt: skip
def test_the_year_is_in_the_name(name: str, year: int | None, tmp_path: Path) -> None:
    np.savez(tmp_path / f"{name}.npz", **wiod_arrays())
    assert read_wiod(tmp_path / f"{name}.npz").year == year
    assert read_wiod(tmp_path / f"{name}.npz", year=1999).year == 1999


def test_wiod_files_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    arrays = wiod_arrays()
    np.savez(tmp_path / "a.npz", **{k: v for k, v in arrays.items() if k != "output"})
    with pytest.raises(SourceError, match=r"lacks the array 'output'"):
        read_wiod(tmp_path / "a.npz")
    np.savez(tmp_path / "b.npz", **{**arrays, "inter": arrays["inter"][:-1]})
    with pytest.raises(SourceError, match=r"does not fit its 3 countries"):
        read_wiod(tmp_path / "b.npz")
    (tmp_path / "c.npz").write_bytes(b"PK nothing")
    with pytest.raises(SourceError, match=r"corrupt"):
        read_wiod(tmp_path / "c.npz")
    (tmp_path / "d.xlsx").write_bytes(b"nothing")
    with pytest.raises(SourceError, match=r"not readable"):
        read_wiod(tmp_path / "d.xlsx")
    (tmp_path / "e.rds").write_bytes(b"nothing")
    with pytest.raises(SourceError, match=r"ending '.rds'; known are .npz"):
        read_wiod(tmp_path / "e.rds")
    wiod_sheet().drop(columns=4 + 9).to_csv(tmp_path / "f.csv", header=False, index=False)
    with pytest.raises(LabelError, match=r"lack .*c4"):
        read_wiod(tmp_path / "f.csv")
    pd.DataFrame(np.ones((20, 20))).to_csv(tmp_path / "g.csv", header=False, index=False)
    with pytest.raises(SourceError, match=r"not a WIOD sheet"):
        read_wiod(tmp_path / "g.csv")
    wiod_flat().rename(columns={"vAUS1": "AUS1"}).to_csv(tmp_path / "h.csv", index=False)
    with pytest.raises(SourceError, match=r"columns 'AUS1' are unknown"):
        read_wiod(tmp_path / "h.csv")
    wiod_flat().drop(columns="RNr").to_stata(tmp_path / "i.dta", write_index=False)
    with pytest.raises(SourceError, match=r"lacks the column 'RNr'"):
        read_wiod(tmp_path / "i.dta")


@pytest.mark.parametrize("name", ["wiod_2008/wiod_2008.npz", "wiod_2011/wiot_2011.npz"])
def test_the_real_wiod_makes_a_certified_world(name: str, raw_root: Path) -> None:
    path = raw_root / name
    world = read_wiod(path)
    assert (len(world.regions), len(world.sectors)) == (41, 35)
    assert world.year == int(path.stem[-4:])
    assert {"ROU", "ROW"} <= set(world.regions)
    raw = np.load(path)
    stated = raw["output"].sum() - raw["inter"].sum()
    assert world.value_added.sum() == pytest.approx(stated, rel=0.02)
    certified_with_a_shock(world, world.regions.index("DEU"))


@pytest.mark.parametrize("reader", [read_icio, read_wiod])
def test_an_absent_file_is_named(reader: Any, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nowhere.csv' does not exist"):
        reader(tmp_path / "nowhere.csv")
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(EntrepotError, match=r"empty.csv"):
        reader(tmp_path / "empty.csv")
