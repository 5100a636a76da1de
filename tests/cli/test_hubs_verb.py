"""`entrepot hubs`: the tables and the JSON say the same, options and bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest


@pytest.fixture(autouse=True)
def no_cache(monkeypatch):
    monkeypatch.setattr("entrepot.cli.hubs.use_compilation_cache", lambda: None)


def test_hubs(call):
    status, out, err = call("hubs", "--out", "hubs.csv")
    assert status == 0, err
    status, plain, err = call("hubs", "--record", "--json")
    assert status == 0, err
    data = json.loads(plain, parse_constant=pytest.fail)
    assert data["scenario"] == "russia-2022-hubs"
    assert data["converged"]
    assert len(pd.read_csv(Path("hubs.csv"))) == len(data["hubs"])
    joined = " ".join(out.split())
    for row in data["hubs"]:
        assert f"{row['hub']} {row['through']:,.1f}" in joined
    for score in data["scores"]:
        assert f"rank correlation {score['rank']:+.2f}" in joined
        assert f"the median hub has {score['ratio']:.0%} of its recorded excess" in joined
    assert "Levels are far too low" in joined
    fallen = [r for r in data["hubs"] if r["through"] > 0 and r["surge_out"] < 0]
    assert bool(fallen) == ("they fall with the targets' demand" in joined)
    assert fallen
    assert f"{100 * data['replaced']['predicted']:.1f} in the model" in joined
    assert data["ranges"][0]["name"] in joined
    assert any("SRB" in note for note in data["notes"])
    assert max(len(line.rstrip()) for line in out.splitlines()) <= 80


def test_the_record_can_be_left_out(call):
    status, out, err = call("hubs", "--no-record")
    assert status == 0, err
    assert "Record" not in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("russia-2022",), "Nothing passes hubs in scenario 'russia-2022'"),
        (("russia-2022-hub",), "Did you mean 'russia-2022-hubs'"),
        (("--world", "2016"), "2016"),
        (("--date", "2022"), "is not a date"),
    ],
)
def test_bad_input(call, words, message):
    status, _, err = call("hubs", *words)
    assert status == 2
    assert message in " ".join(err.split())
