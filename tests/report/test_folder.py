"""The folder of a run: complete, agreeing with itself, all or nothing."""

from __future__ import annotations

import json
import os
from importlib.metadata import version

import numpy as np
import pandas as pd
import pytest

import entrepot as ep
from entrepot.report import folder as writer
from entrepot.report import to_json, write_run


@pytest.fixture(scope="module")
def written(run, tmp_path_factory):
    return write_run(run, tmp_path_factory.mktemp("out") / "run")


def test_the_manifest_says_what_was_done(run, written):
    found = json.loads((written / "manifest.json").read_text("utf-8"))
    assert (found["program"], found["version"]) == ("entrepot", version("entrepot"))
    assert found["libraries"]["jax"] == version("jax")
    assert found["world"] == {"name": "small", "hash": run.world.hash}
    assert found["scenario"]["hash"] == run.scenario.hash
    assert found["scenario"]["date"] == "2018-12-01"
    assert found["options"]["closure"] == "fixed"
    assert set(found["timings"]) == {"compile", "solve", "ranges"}
    assert found["verdict"] == "certified"
    assert found["certificate"]["ok"] is True
    gaps = [v for k, v in found["certificate"].items() if k not in ("ok", "tolerance")]
    assert max(gaps) <= found["certificate"]["tolerance"]
    assert len(found["variants"]) == run.variants.sizes["variant"]
    assert found["failed"] == []
    assert {a["name"] for a in found["assumptions"]} == {a.name for a in run.compiled.assumptions}


def test_files_of_the_folder(written):
    names = {p.name for p in written.iterdir()}
    tables = {"regions", "welfare", "exports_of_targets", "partners_of_targets", "market", "prices",
              "tariff_revenue", "variants", "cells", "assumptions",
              "elasticities"}  # fmt: skip
    pictures = {"affected.svg", "exports_IRN.svg", "imports_IRN.svg", "prices.svg", "map.svg"}
    assert names == {f"{t}.{end}" for t in tables for end in ("csv", "parquet")} | pictures | {
        "manifest.json", "summary.json", "report.html", "trade_flows.parquet"}  # fmt: skip


def test_parquet_and_csv_agree(written):
    for path in written.glob("*.csv"):
        one, two = pd.read_csv(path), pd.read_parquet(path.with_suffix(".parquet"))
        assert list(one.columns) == list(two.columns)
        assert len(one) == len(two)
        for column in one:
            if pd.api.types.is_numeric_dtype(two[column]) and two[column].dtype != bool:
                values = two[column].to_numpy(dtype=float)
                assert np.allclose(one[column].astype(float), values, rtol=1e-12, equal_nan=True)
            elif one[column].notna().all():
                assert one[column].astype(str).tolist() == two[column].astype(str).tolist()


def test_tables_hold_the_results(run, written):
    regions = pd.read_parquet(written / "regions.parquet").set_index("region")
    assert (
        regions.loc[list(run.world.regions), "welfare"].tolist()
        == run.results.welfare.values.tolist()
    )
    flows = pd.read_parquet(written / "trade_flows.parquet")
    kept = run.results.trade_flows["counterfactual"].values
    assert flows["counterfactual"].sum() == pytest.approx(kept.sum(), rel=1e-12)
    row = flows[
        (flows["origin"] == "IRN") & (flows["dest"] == "DEU") & (flows["sector"] == "grain")
    ]
    assert row["counterfactual"].item() == kept[3, 2, 0]


def test_the_json_twin_is_that_of_the_summary(summary, written):
    text = (written / "summary.json").read_text("utf-8")
    assert json.loads(text) == json.loads(json.dumps(to_json(summary), default=str))
    assert "NaN" not in text


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, MemoryError])
@pytest.mark.parametrize("writer_name", ["report_page", "write_json", "_flows"])
def test_an_error_half_way_leaves_nothing(run, summary, tmp_path, monkeypatch, error, writer_name):
    def fail(*args):
        raise error

    monkeypatch.setattr(writer, writer_name, fail)
    with pytest.raises(error):
        write_run(run, tmp_path / "out", summary)
    assert os.listdir(tmp_path) == []


def test_a_full_disk_leaves_the_earlier_run(run, summary, tmp_path, monkeypatch):
    write_run(run, tmp_path / "out", summary)
    (tmp_path / "out" / "report.html").write_text("earlier")

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writer, "write_json", full)
    with pytest.raises(ep.OutputError, match="No space left on device"):
        write_run(run, tmp_path / "out", summary)
    assert (tmp_path / "out" / "report.html").read_text() == "earlier"
    assert os.listdir(tmp_path) == ["out"]


def test_an_earlier_run_is_replaced_as_a_whole(run, summary, tmp_path):
    write_run(run, tmp_path / "out", summary)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    manifest["files"].append("exports_OLD.svg")
    (tmp_path / "out" / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "out" / "exports_OLD.svg").write_text("of another target")
    write_run(run, tmp_path / "out", summary)
    assert not (tmp_path / "out" / "exports_OLD.svg").exists()
    assert sorted(os.listdir(tmp_path / "out")) == sorted(manifest["files"][:-1])
    assert os.listdir(tmp_path) == ["out"]


def test_a_foreign_folder_is_refused_and_untouched(run, summary, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").write_text("years of work")
    with pytest.raises(ep.OutputError, match=r"holds other files.*Choose another"):
        write_run(run, tmp_path / "out", summary)
    assert os.listdir(tmp_path / "out") == ["thesis.tex"]
    assert os.listdir(tmp_path) == ["out"]


def test_a_place_below_a_file_is_refused(run, summary, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ep.OutputError, match="Cannot write"):
        write_run(run, tmp_path / "file" / "out", summary)


def test_a_scenario_without_targets_can_be_written(solved, tmp_path):
    folder = write_run(solved("pact"), tmp_path / "pact")
    assert len(pd.read_parquet(folder / "exports_of_targets.parquet")) == 0
    assert len(pd.read_csv(folder / "partners_of_targets.csv")) == 0
