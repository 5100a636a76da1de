"""KITE's long tables: there and back, its conventions, and refusals by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import worlds
from hypothesis import given, settings
from hypothesis import strategies as st

import entrepot as ep
from entrepot.core.errors import LabelError, SourceError, ValueRangeError
from entrepot.world.bundle import load_world
from entrepot.world.readers import read_kite, to_kite
from entrepot.world.world import FIELD_DIMS, World

Tables = dict[str, pd.DataFrame]


def world_of(seed: int = 0) -> World:
    rng = np.random.default_rng(seed)
    n, s = 3, 2
    share = rng.uniform(0.1, 1.0, (n, n, s))
    va = rng.uniform(0.3, 0.7, (n, s))
    cost = rng.uniform(0.1, 1.0, (n, s, s))
    tariff, export_tax = rng.uniform(0, 0.3, (2, n, n, s))
    return World.from_arrays(
        regions=("USA", "CHN", "NAM"),
        sectors=("goods", "rest"),
        trade_share=share / share.sum(axis=0),
        input_share=cost / cost.sum(axis=1, keepdims=True) * (1 - va)[:, None],
        value_added_share=va,
        final_share=np.full((n, s), 0.5),
        value_added=np.array([10.0, 8.0, 2.0]),
        trade_balance=np.array([0.2, -0.3, 0.1]),
        tariff=tariff,
        export_tax=export_tax,
        theta=np.array([3.0, 6.0]),
        balance="adjust",
    )


@pytest.fixture
def tables() -> Tables:
    return to_kite(world_of())


def same(one: World, two: World) -> None:
    assert one.labels == two.labels
    for name in FIELD_DIMS:
        np.testing.assert_allclose(
            getattr(one, name), getattr(two, name), rtol=1e-10, atol=1e-13, err_msg=name
        )


def test_there_and_back(tables: Tables) -> None:
    back = read_kite(tables)
    same(back, world_of())
    assert back.meta["kite"]["expenditure_gap"] < 1e-12
    assert back.meta["kite"]["ntb_ignored"]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_any_world_there_and_back(seed: int) -> None:
    world = worlds.world(seed)
    same(read_kite(to_kite(world)), world)


def test_the_bundled_world_there_and_back() -> None:
    world = load_world("2017").aggregate(
        {"IRN": ["IRN"], "CHN": ["CHN"], "EGY": ["EGY"], "USA": ["USA"], "ROW": "rest"}
    )
    same(read_kite(to_kite(world)), world)


def test_conventions_are_those_of_kite(tables: Tables) -> None:
    world = world_of()
    shares = tables["intermediate_share"].groupby(["country", "output"])["value"].sum()
    np.testing.assert_allclose(shares, 1.0)
    first = tables["tariff"].iloc[1]
    assert (first.origin, first.destination, first.sector) == ("USA", "USA", "rest")
    assert first["value"] == 1 + world.tariff[0, 0, 1]
    balance = tables["trade_balance"].set_index("country")["value"]
    flows = world.trade_flows()
    surplus = flows.sum(axis=(1, 2)) - flows.sum(axis=(0, 2))
    np.testing.assert_allclose(balance, surplus, rtol=1e-9)


def test_a_folder_of_csv_or_parquet_files(tables: Tables, tmp_path: Path) -> None:
    for k, (name, table) in enumerate(tables.items()):
        if k % 2:
            table.to_parquet(tmp_path / f"{name}.parquet")
        else:
            table.to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "notes.csv").write_text("not,a,table\n")
    same(read_kite(tmp_path), world_of())


def test_rows_in_any_order_and_the_nested_elasticities(tables: Tables) -> None:
    mixed: dict[str, Any] = {
        k: v if k in ("value_added", "consumption_share") else v.sample(frac=1, random_state=1)
        for k, v in tables.items()
    }
    mixed["elasticities"] = {"trade_elasticity": mixed.pop("trade_elasticity")}
    mixed["expenditure"] = mixed["expenditure"].rename(columns={"country": "destination"})
    mixed["coalition_member"] = pd.DataFrame({"country": ["USA"], "value": [1]})
    same(read_kite(mixed), world_of())


def test_inverse_elasticities_and_rates(tables: Tables) -> None:
    tables["trade_elasticity"]["value"] = 1 / tables["trade_elasticity"]["value"]
    with pytest.raises(ValueRangeError, match=r"below 1.*elasticity='inverse'"):
        read_kite(tables)
    same(read_kite(tables, elasticity="inverse"), world_of())
    assert read_kite(tables, elasticity="theta").theta is not None
    for name in ("tariff", "export_subsidy"):
        tables[name]["value"] -= 1
    with pytest.raises(ValueRangeError, match=r"'tariff' holds 0.*taxes='rate'"):
        read_kite(tables, elasticity="inverse")
    same(read_kite(tables, elasticity="inverse", taxes="rate"), world_of())


def test_factors_given_as_rates_are_noticed(tables: Tables) -> None:
    with pytest.raises(ValueRangeError, match=r"pass taxes='factor'"):
        read_kite(tables, taxes="rate")


def test_absent_rows_are_refused_or_filled_on_purpose(tables: Tables) -> None:
    share = tables["trade_share"]
    lost = share[(share.origin == "NAM") & (share.destination == "USA")].index
    table = share.copy()
    whole = table.groupby(["destination", "sector"])["value"]
    table = table.drop(index=lost)
    table["value"] /= table.groupby(["destination", "sector"])["value"].transform("sum")
    assert len(whole) == 6
    tables |= {"trade_share": table, "tariff": tables["tariff"].drop(index=lost)}
    with pytest.raises(LabelError, match=r"lacks 2 of 18 cells, first \['NAM', 'USA', 'goods'\]"):
        read_kite(tables)
    world = read_kite(tables, absent="fill", balance="adjust")
    assert not world.trade_share[2, 0].any()
    assert not world.tariff[2, 0].any()
    assert world.meta["kite"]["absent_cells"] == {"trade_share": 2, "tariff": 2}
    assert ep.solve(world).ok


def break_table(tables: Tables, change: str) -> dict[str, Any]:
    broken: dict[str, Any] = {k: v.copy() for k, v in tables.items()}
    share, balance = broken["trade_share"], broken["trade_balance"]
    if change == "missing table":
        del broken["factor_share"]
    if change == "missing column":
        broken["tariff"] = broken["tariff"].rename(columns={"origin": "from"})
    if change == "missing value":
        broken["tariff"] = broken["tariff"].rename(columns={"value": "x"})
    if change == "extra label":
        share.loc[0, "origin"] = "usa"
    if change == "NaN":
        share.loc[3, "value"] = np.nan
    if change == "text":
        share["value"] = share["value"].astype(object)
        share.loc[3, "value"] = "n/a"
    if change == "negative":
        share.loc[0, "value"] *= -1
    if change == "twice":
        broken["trade_share"] = pd.concat([share, share.iloc[:1]])
    if change == "no frame":
        broken["tariff"] = np.ones(3)
    if change == "no frame for labels":
        broken["value_added"] = [1, 2, 3]
    if change == "balance":
        balance.loc[0, "value"] += 1
    if change == "lost country":
        broken["trade_balance"] = balance.iloc[1:]
    if change == "misspelt":
        broken["tarif"] = broken.pop("tariff")
    if change == "sign":
        balance["value"] *= -1
    if change == "negative theta":
        broken["trade_elasticity"]["value"] *= -1
    return broken


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ("missing table", SourceError, r"tables 'factor_share' are missing"),
        ("missing column", SourceError, r"'tariff' has no column 'origin'; it has 'from'"),
        ("missing value", SourceError, r"'tariff' has no column 'value'"),
        ("extra label", LabelError, r"'trade_share' has the origin 'usa'"),
        ("NaN", ValueRangeError, r"1 values .* first at \['USA', 'CHN', 'rest'\]"),
        ("text", ValueRangeError, r"1 values that are blank, text"),
        ("negative", ValueRangeError, r"trade_share is -.*shares cannot be negative"),
        ("twice", LabelError, r"cell \['USA', 'USA', 'goods'\] twice"),
        ("no frame", SourceError, r"'tariff' is a ndarray; give a DataFrame"),
        ("no frame for labels", SourceError, r"'value_added' is no DataFrame"),
        ("balance", ValueRangeError, r"trade_balance sums to"),
        ("lost country", LabelError, r"'trade_balance' lacks 1 of 3 cells"),
        ("misspelt", SourceError, r"'tarif' is no table .* Did you mean 'tariff'"),
        ("sign", ValueRangeError, r"imports less exports.*Change its sign"),
        ("negative theta", ValueRangeError, r"theta is positive"),
    ],
)
def test_tables_that_do_not_fit_are_refused(
    tables: Tables, change: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        read_kite(break_table(tables, change))


def test_folders_and_options_that_do_not_exist(tables: Tables, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"does not exist"):
        read_kite(tmp_path / "nowhere")
    (tmp_path / "file.csv").write_text("x")
    with pytest.raises(SourceError, match=r"is no folder"):
        read_kite(tmp_path / "file.csv")
    with pytest.raises(ValueRangeError, match=r"taxes must be one of"):
        read_kite(tables, taxes="percent")  # type: ignore[arg-type]  # the wrong word is the test
    (tmp_path / "trade_share.csv").write_bytes(b"")
    with pytest.raises(SourceError, match=r"'trade_share.csv' is not readable"):
        read_kite(tmp_path)
