"""`entrepot run --models all` on a small world: table, page, picture and files."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from entrepot.report.plain import PLAIN

OPTIONS = ("--scenario", "oil-2018", "--no-ranges", "--models", "all")
PRESETS = ("very_short_run", "short_run", "medium_run", "long_run")


@pytest.fixture
def compared(call, world_file, scenario_file):
    """Console text and JSON of one comparison; the folder is ``it``."""
    words = ("run", scenario_file, "--world", world_file, *OPTIONS)
    status, out, err = call(*words, "--out", "it")
    assert status == 0, err
    status, data, err = call(*words, "--out", "again", "--json")
    assert status == 0, err
    return out, json.loads(data, parse_constant=pytest.fail)["models"]


def test_the_console_the_page_and_the_files_say_the_same(compared):
    out, data = compared
    told = " ".join(out.split())
    assert [p["name"] for p in data["presets"]] == list(PRESETS)
    for line in data["answer"]:
        assert line in told
    page = Path("it/report.html").read_text("utf-8")
    assert "How much the answer depends on what can be replaced" in page
    assert "<script" not in page
    assert "Germany <b>" not in page
    table = pd.read_csv("it/models.csv").set_index("code")
    for row in data["economies"]:
        for name in PRESETS:
            verdict = row[f"{name}_verdict"]
            assert (row[name] is None) == (verdict != "certified")
            assert table.loc[row["code"], f"{name}_verdict"] == verdict
        assert table.loc[row["code"], "spread"] == pytest.approx(row["spread"])
    assert len(pd.read_parquet("it/models.parquet")) == len(table)
    assert "</svg>" in Path("it/models.svg").read_text("utf-8")
    shares = pd.read_csv("it/models_shares.csv")
    assert set(shares["parameter"]) == set(PLAIN)
    presets = pd.read_csv("it/models_presets.csv")
    assert set(presets["preset"]) == set(PRESETS)
    assert presets["source"].str.len().min() > 5
    saved = json.loads(Path("it/summary.json").read_text("utf-8"))["models"]
    assert saved["economies"] == data["economies"]


def test_one_is_the_default_and_anything_else_is_refused(call, world_file, scenario_file):
    words = ("run", scenario_file, "--world", world_file, "--scenario", "oil-2018", "--no-ranges")
    status, out, _ = call(*words, "--out", "it")
    assert status == 0
    assert "nothing replaced" not in out
    assert not Path("it/models.csv").exists()
    status, _, err = call(*words, "--models", "al")
    assert status == 2
    assert "--models is 'al'; allowed is one or all. Did you mean 'all'?" in " ".join(err.split())
