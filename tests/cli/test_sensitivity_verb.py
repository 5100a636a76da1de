"""`entrepot sensitivity`: the table and the JSON say the same, options and bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def no_cache(monkeypatch):
    monkeypatch.setattr("entrepot.cli.sensitivity.use_compilation_cache", lambda: None)


def test_sensitivity(call, world_file, scenario_file):
    words = ("--outcome", "welfare:IRN", "--world", world_file, "--scenario", "oil-2018",
             "--date", "2018-12-01", "--closure", "zero", "--horizon", "short_run",
             "--unit", "tariff=5pp", "--top", "4")  # fmt: skip
    status, out, err = call("sensitivity", scenario_file, *words, "--out", "it.json")
    assert status == 0, err
    status, plain, err = call("sensitivity", scenario_file, *words, "--json")
    assert status == 0, err
    data = json.loads(plain, parse_constant=pytest.fail)
    assert json.loads(Path("it.json").read_text("utf-8")) == data
    assert (data["horizon"], data["closure"], data["day"]) == ("short_run", "zero", "2018-12-01")
    assert data["units_of_change"]["tariff"] == "5 pp"
    assert len(data["single"]) == len(data["groups"]) == 4
    joined = " ".join(out.split())
    for row in (*data["single"], *data["groups"]):
        assert f"{row['first_order']:+.3g}" in joined
    assert f"{data['value']:+.3f} % of the benchmark" in joined
    assert max(len(line.rstrip()) for line in out.splitlines()) <= 80


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--outcome", "welfar:IRN"), "Did you mean 'welfare'"),
        (("--outcome", "welfare:IRN", "--unit", "tariff"), "write instrument=unit"),
        (("--outcome", "welfare:IRN", "--unit", "tariff=5%"), "a number with pp"),
        (("--outcome", "welfare:IRN", "--months", "3", "--horizon", "short_run"), "Give one"),
    ],
)
def test_bad_input(call, world_file, scenario_file, words, message):
    status, _, err = call("sensitivity", scenario_file, "--world", world_file, "--scenario",
                          "oil-2018", *words)  # fmt: skip
    assert status == 2
    assert message in " ".join(err.split())
