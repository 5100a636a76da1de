"""`entrepot routes`: links, ways of a pair, what closing does, and bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest


def test_named_links(call):
    status, out, err = call("routes", "--out", "links.csv")
    assert status == 0, err
    status, plain, _ = call("routes", "--json")
    assert status == 0
    data = json.loads(plain, parse_constant=pytest.fail)
    names = [row["name"] for row in data["links"]]
    assert list(pd.read_csv(Path("links.csv"))["name"]) == names
    assert {"suez", "hormuz", "zangezur", "volga-don", "caspian-pipeline"} <= set(names)
    by_name = {row["name"]: row for row in data["links"]}
    assert not by_name["zangezur"]["open"]
    assert by_name["caspian-pipeline"]["open"], "open to crude"
    assert by_name["suez"]["source"]
    assert "zangezur" in out


def test_ways_between_two_with_a_closure(call):
    status, plain, err = call("routes", "--between", "IND", "RUS", "--close", "suez", "--json")
    assert status == 0, err
    data = json.loads(plain, parse_constant=pytest.fail)
    suez = next(row for row in data["links"] if row["link"] == "suez")
    assert suez["before"] > 0.05
    assert suez["after"] == 0.0
    assert all(row["after"] >= row["before"] - 1e-9 for row in data["cost"] if row["after"])
    status, out, err = call("routes", "--between", "IND", "RUS", "--close", "suez")
    assert status == 0, err
    assert "after %" in out
    assert max(len(line.rstrip()) for line in out.splitlines()) <= 80


def test_a_scenario(call):
    status, out, err = call("routes", "lachin-zangezur")
    assert status == 0, err
    assert "zangezur" in out
    status, plain, err = call("routes", "armenia-shut-in", "--json")
    assert status == 0, err
    assert ["DEU", "ARM"] in json.loads(plain)["no_way"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--close", "suezz"], "Did you mean 'suez'"),
        (["--between", "IND", "RUSS"], "Did you mean 'RUS'"),
        (["--between", "IND", "IND"], "stands on both sides"),
        (["lachin-zangezur", "--close", "suez"], "Give one of them"),
        (["--date", "2020-01-01"], "--date needs a scenario"),
        (["zero-by-november"], "no measure of corridors"),
        (["lachin-blocked", "--date", "2020-01-01"], "no measure of corridors"),
    ],
)
def test_bad_input(call, arguments, said):
    status, out, err = call("routes", *arguments)
    assert status == 2
    assert said in " ".join(err.split())
    assert not out
