"""Results: labels and units on everything, files that read back, nothing half-written."""

from __future__ import annotations

import json
import os

import numpy as np
import pandas as pd
import pytest
import worlds
import xarray as xr

import entrepot as ep
from entrepot.results.results import PER_REGION

DATASETS = ("trade_flows", "output", "income", "tariff_revenue", "exports", "imports")


@pytest.fixture(scope="module")
def results(tiny_world):
    ban = np.zeros((5, 5, 4), dtype=bool)
    ban[0, 1] = True
    shock = worlds.shock(1, tiny_world, ("tariff", "export_tax"))
    from dataclasses import replace

    return ep.solve(tiny_world, shock=replace(shock, ban=ban)).results()


@pytest.mark.parametrize("name", PER_REGION)
def test_hats_are_labelled(results, tiny_world, name):
    array = getattr(results, name)
    assert array.dims == ("region",)
    assert list(array.coords["region"].values) == list(tiny_world.regions)
    assert array.name == name
    assert array.attrs["title"]
    assert array.attrs["units"] == "counterfactual over baseline (1 = no change)"
    assert array.dtype == np.float64
    assert name in results.to_frame().columns


@pytest.mark.parametrize("name", DATASETS)
def test_levels_come_four_ways(results, name):
    table = getattr(results, name)
    assert set(table.data_vars) == {"baseline", "counterfactual", "hat", "percent"}
    assert table.attrs["title"]
    for part in table.data_vars.values():
        assert part.attrs["units"]
        assert part.attrs["title"]
    some = table.baseline.values > 0
    hat = table.counterfactual.values[some] / table.baseline.values[some]
    np.testing.assert_allclose(table.hat.values[some], hat, rtol=1e-12)
    np.testing.assert_allclose(table.percent.values[some], 100 * (hat - 1), atol=1e-9)
    assert np.isnan(table.hat.values[~some]).all(), "no change from nothing"


def test_baselines_are_those_of_the_world(results, tiny_world):
    book = tiny_world.accounts()
    np.testing.assert_allclose(results.trade_flows.baseline, tiny_world.trade_flows())
    np.testing.assert_allclose(results.output.baseline, book.output)
    np.testing.assert_allclose(results.income.baseline, book.income)


def test_exports_and_imports_are_sums_of_flows(results, tiny_world):
    flows = results.trade_flows.counterfactual.values * worlds.abroad(tiny_world)
    np.testing.assert_allclose(results.exports.counterfactual, flows.sum(axis=1))
    np.testing.assert_allclose(results.imports.counterfactual, flows.sum(axis=0))


def test_banned_trade_is_zero_in_the_tables(results):
    flow = results.trade_flows.counterfactual.sel(origin="AAA", dest="BBB")
    assert (flow == 0).all()


def test_first_order_parts_add_up(tiny_world):
    untaxed = ep.World.from_arrays(
        regions=tiny_world.regions, sectors=tiny_world.sectors, balance="adjust",
        trade_share=tiny_world.trade_share, input_share=tiny_world.input_share,
        value_added_share=tiny_world.value_added_share, final_share=tiny_world.final_share,
        value_added=tiny_world.value_added, tariff=tiny_world.tariff, theta=tiny_world.theta,
    )  # fmt: skip
    shock = ep.Shock(tariff=0.5 * tiny_world.tariff)
    total = ep.solve(untaxed, shock=shock).results().first_order_welfare()
    assert np.abs(total.values - 1).max() > 1e-5
    parts = total.coords["terms_of_trade"] + total.coords["volume_of_trade"] - 2
    np.testing.assert_allclose(total.values - 1, parts.values, atol=1e-14)


def test_one_row_per_region(results, tiny_world):
    frame = results.to_frame()
    assert list(frame.index) == list(tiny_world.regions)
    assert frame.notna().all().all()


def test_repr_names_world_and_gap(results):
    assert "random 6" in repr(results)
    assert "e-" in repr(results)


def test_files_read_back(results, tmp_path):
    folder = results.save(tmp_path / "out", scenario="none")
    with xr.open_dataset(folder / "regions.nc", engine="scipy") as data:
        read = data.load()
    np.testing.assert_array_equal(read.welfare, results.welfare)
    assert list(read.region.values) == list(results.welfare.region.values)
    assert read.welfare.attrs["units"]
    for name in DATASETS:
        with xr.open_dataset(folder / f"{name}.nc", engine="scipy") as data:
            np.testing.assert_array_equal(
                data.counterfactual.values, getattr(results, name).counterfactual.values
            )
        frame = pd.read_parquet(folder / f"{name}.parquet")
        total = float(getattr(results, name).counterfactual.sum())
        assert frame["counterfactual"].sum() == pytest.approx(total)
    regions = pd.read_parquet(folder / "regions.parquet").set_index("region")
    np.testing.assert_array_equal(regions["welfare"], results.welfare)


def test_manifest_is_complete(results, tmp_path):
    folder = results.save(tmp_path / "out", scenario="a name", note={"x": 1})
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["program"] == "entrepot"
    assert manifest["version"] == ep.__version__
    assert manifest["verdict"] == "certified"
    assert manifest["world"]["hash"] == results.solution.world.hash
    assert len(manifest["economy"]) == len(manifest["shock"]) == 16
    assert manifest["certificate"]["ok"] is True
    assert manifest["seconds"] > 0
    assert len(manifest["residual"]) >= 3
    assert manifest["closure"] == "fixed"
    assert manifest["scenario"] == "a name"
    assert manifest["note"] == {"x": 1}


def test_saving_again_replaces_the_folder(results, tmp_path):
    results.save(tmp_path / "out", turn=1)
    results.save(tmp_path / "out", turn=2)
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["turn"] == 2
    assert os.listdir(tmp_path) == ["out"]


def test_a_folder_of_somebody_else_is_left_alone(results, tmp_path):
    (tmp_path / "diary.txt").write_text("mine")
    with pytest.raises(ep.OutputError, match=r"holds other files.*manifest\.json.*\.$"):
        results.save(tmp_path)
    assert os.listdir(tmp_path) == ["diary.txt"]


@pytest.mark.parametrize("where", ["file/out", "file"])
def test_a_place_that_cannot_be_written(results, tmp_path, where):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ep.OutputError, match=r"Cannot write '.*file.*\.$"):
        results.save(tmp_path / where)
    assert os.listdir(tmp_path) == ["file"]


def test_a_read_only_file_system(results):
    with pytest.raises(ep.OutputError, match=r"Cannot write '/proc/entrepot-out'"):
        results.save("/proc/entrepot-out")


def test_interrupted_saving_leaves_nothing(results, tmp_path, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(pd.DataFrame, "to_parquet", interrupt)
    with pytest.raises(KeyboardInterrupt):
        results.save(tmp_path / "out")
    assert os.listdir(tmp_path) == []


def test_what_cannot_be_written_leaves_the_old_result(results, tmp_path):
    results.save(tmp_path / "out", turn=1)
    with pytest.raises((ep.EntrepotError, TypeError)):
        results.save(tmp_path / "out", turn=object())
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["turn"] == 1
    assert os.listdir(tmp_path) == ["out"]


def test_no_results_without_certificate(tiny_world):
    ban = worlds.abroad(tiny_world)
    ban |= True
    solution = ep.solve(tiny_world, shock=ep.Shock(ban=ban))
    assert solution.verdict is ep.Verdict.IMPOSSIBLE
    for call in (solution.results, solution.certified, solution.raise_if_failed):
        with pytest.raises(ep.NotSolvedError, match="no supplier of"):
            call()
    assert solution.to_dict()["certificate"] is None


def test_changing_a_table_changes_nothing_else(results):
    """Every table is made anew: what a user does to one is not seen by the next."""
    before = results.exports.baseline.values.copy()
    table = results.exports
    table.baseline.values[:] = 0
    table["mine"] = table.hat
    np.testing.assert_array_equal(results.exports.baseline.values, before)
    assert "mine" not in results.exports
