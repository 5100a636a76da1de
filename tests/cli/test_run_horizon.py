"""`entrepot run` at another time since the shock."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

SMALL = ("--scenario", "oil-2018", "--no-ranges")


def ran(call, world_file, scenario_file, *words):
    status, out, err = call("run", scenario_file, "--world", world_file, *SMALL, *words, "--json")
    assert status == 0, err
    return json.loads(out, parse_constant=pytest.fail)


def welfare(data) -> dict[str, float]:
    return {row["code"]: row["percent"] for row in data["welfare"]}


def test_the_long_run_is_the_default(call, world_file, scenario_file):
    usual = ran(call, world_file, scenario_file)
    named = ran(call, world_file, scenario_file, "--horizon", "long_run")
    months = ran(call, world_file, scenario_file, "--months", "120")
    assert usual["horizon"] == named["horizon"] == months["horizon"] == "long_run"
    assert welfare(usual) == welfare(named) == welfare(months)


def test_the_target_loses_more_the_sooner(call, world_file, scenario_file):
    loss = {
        words: welfare(ran(call, world_file, scenario_file, *words))["IRN"]
        for words in (
            ("--horizon", "short_run"),
            ("--months", "30"),
            ("--horizon", "medium_run"),
            ("--horizon", "long_run"),
        )
    }
    assert list(loss.values()) == sorted(loss.values())
    assert len(set(loss.values())) == 4


def test_everything_written_says_which_elasticities_were_used(call, world_file, scenario_file):
    data = ran(call, world_file, scenario_file, "--months", "6", "--out", "it")
    assert (data["horizon"], data["months"]) == ("at 6 months", 6.0)
    manifest = json.loads(Path("it/manifest.json").read_text("utf-8"))
    assert manifest["options"]["model"] == "at 6 months"
    assert manifest["options"]["months"] == 6.0
    assert manifest["elasticities"] == data["elasticities"]
    table = pd.read_csv("it/elasticities.csv")
    assert {"theta_ratio", "epsilon", "mu", "sigma", "kappa", "theta"} == set(table["parameter"])
    assert table["source"].str.len().min() > 5
    assert (table["low"] <= table["value"]).all()
    assert (table["value"] <= table["high"]).all()
    assert table["varied"].all()
    page = Path("it/report.html").read_text("utf-8")
    assert "Elasticities of 6 months after the shock" in page
    assert "interpolated in log time" in page
    assert "this is the long run" not in page


def test_the_console_says_when(call, world_file, scenario_file):
    status, out, err = call("run", scenario_file, "--world", world_file, *SMALL, "--horizon",
                            "short_run")  # fmt: skip
    assert status == 0, err
    text = " ".join(out.split())
    assert "the short run (about 12 months), changes against the base year" in text
    assert "trade elasticity 0.36 of that of the long run (ρ), factor mobility 0.3 (κ)" in text
    assert "mix of inputs 0.2 (μ), work for inputs 0.5 (ε), mix of demand 0.9 (σ)" in text


def test_infinity_is_a_word_in_json(call, world_file, scenario_file):
    rows = {r["parameter"]: r for r in ran(call, world_file, scenario_file)["elasticities"]}
    assert rows["kappa"]["value"] == "infinite"
    assert (rows["kappa"]["varied"], rows["theta"]["varied"]) == (False, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--horizon", "shortrun"), "There is no preset 'shortrun'"),
        (("--months", "-1"), "months is -1.0; allowed is a number of months"),
        (("--months", "6", "--horizon", "short_run"), "both say how much time has passed"),
        (("--max-seconds", "0"), "max_seconds must be positive"),
    ],
)
def test_times_that_cannot_be(call, world_file, scenario_file, words, told):
    status, _, err = call("run", scenario_file, "--world", world_file, *SMALL, *words)
    assert status == 2
    assert told in " ".join(err.split())


def test_the_limit_of_time_is_passed_on(call, world_file, scenario_file):
    ran(call, world_file, scenario_file, "--max-seconds", "7", "--out", "it")
    assert json.loads(Path("it/manifest.json").read_text("utf-8"))["options"]["max_seconds"] == 7.0
