"""`entrepot oil`: a scenario and a base year by month, going on after a stop, bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

SCENARIO = """\
format: entrepot/1
title: A small embargo
measures:
  stop:
    kind: oil_embargo
    senders: [EU27]
    targets: [RUS]
    share: {low: 0.2, central: 0.3, high: 0.5, source: assumed}
    from: 2022-02-01
  grain:
    kind: embargo
    senders: [EU27]
    targets: [RUS]
    sectors: [grain]
    from: 2022-02-01
scenarios:
  both: {title: A small embargo, include: [stop, grain]}
"""


@pytest.fixture
def file() -> Path:
    path = Path("mine.yaml")
    path.write_text(SCENARIO)
    return path


def test_a_scenario_by_month_goes_on_in_its_folder(call, file):
    words = ("oil", file, "--from", "2022-01", "--no-ranges", "--out", "out")
    status, out, err = call(*words, "--months", 2)
    assert status == 0, err
    assert out.splitlines()[0] == "A small embargo"
    assert "world oil 2021" in out
    assert "Russia: exports" in out
    assert "every month certified" in out
    assert "'grain'" in out, "what does nothing in the oil market is named"
    assert "do not answer to the price" in " ".join(out.split()), "nobody gave a rule"
    assert max(len(line.rstrip()) for line in out.splitlines() if "report.html" not in line) <= 80
    assert "taken over" not in out
    status, again, err = call(*words, "--months", 3, "--json")
    assert status == 0, err
    data = json.loads(again, parse_constant=pytest.fail)
    assert data["resumed"] == 4
    assert data["months"] == ["2022-01", "2022-02", "2022-03"]
    assert data["certified"] is True
    assert data["subjects"] == ["RUS"]
    share = next(a for a in data["assumptions"] if "share" in a["name"])
    assert (share["low"], share["value"], share["high"]) == (0.2, 0.3, 0.5)
    for name in ("report.html", "summary.json", "months.svg", "pairs.svg", "gains.csv"):
        assert (Path("out") / name).is_file()


def test_the_ends_of_ranges_are_cases(call, file, monkeypatch):
    monkeypatch.setattr("entrepot.study.oil_cases.GROUPS", {"demand": ("demand",)})
    status, out, err = call("oil", file, "--from", "2022-02", "--months", 1, "--json")
    assert status == 0, err
    data = json.loads(out, parse_constant=pytest.fail)
    assert {"central", "demand low", "measures low", "measures high"} <= set(data["cases"])
    brent = [r for r in data["ranges"] if (r["number"], r["measures"]) == ("Brent", "change")]
    assert brent[0]["low"] < brent[0]["central"] < brent[0]["high"]


def test_a_base_year_without_measures(call):
    status, out, err = call("oil", "--base", 2017, "--months", 1, "--no-ranges", "--json")
    assert status == 0, err
    data = json.loads(out, parse_constant=pytest.fail)
    assert data["months"] == ["2017-01"]
    brent = next(r for r in data["prices"] if r["stream"] == "BRENT")
    assert brent["fob"] == pytest.approx(54.19, abs=0.01), "the base month is that of the year"
    status, out, err = call("oil", "--base", 2017, "--months", 1, "--out", "other")
    assert status == 0, err
    assert "beside it; 1 month," in " ".join(out.split()), "with and without are the same month"
    assert "there are no ranges" in " ".join(out.split()), "no end of a range moves the base month"


def test_the_background_is_named_and_drawn(call):
    status, out, err = call("oil", "--base", 2021, "--from", "2022-06", "--months", 1,
                            "--no-ranges", "--background")  # fmt: skip
    assert status == 0, err
    assert "tests nothing" in " ".join(out.split())
    picture = Path("entrepot-out/oil/base-2021/months.svg").read_text("utf-8")
    assert ">recorded<" in picture


def test_a_rule_of_producers_answers_to_the_price(call, file):
    """The small embargo moves Brent little; the notes say which rule holds."""
    told = {}
    for choice in ("--agreement", "--no-agreement"):
        asked = ("--months", 1, "--no-ranges", "--no-background", choice, "--out", choice[2:])
        status, out, err = call("oil", file, "--from", "2022-02", *asked, "--json")
        assert status == 0, err
        told[choice] = " ".join(json.loads(out, parse_constant=pytest.fail)["notes"])
    assert "do not answer to the price" in told["--no-agreement"]
    assert "do not answer to the price" not in told["--agreement"]


def test_the_record(call, monkeypatch):
    from entrepot.study import oil_record

    def short(**given):
        return oil_record.oil_record(["russia-2022"], months=1, draws=0)

    monkeypatch.setattr("entrepot.cli.oil.oil_record", short)
    status, out, err = call("oil", "--record", "--no-ranges")
    assert status == 0, err
    assert "To China" in out
    assert "skill" in out
    assert "Central case only" in out
    page = Path("entrepot-out/oil/record/record.html").read_text("utf-8")
    for word in ("modelled", "recorded", "Sources of the record", "KSE" if "KSE" in page else ""):
        assert word in page
    status, out, err = call("oil", "--record", "--no-ranges", "--json", "--out", "elsewhere")
    assert status == 0, err
    data = json.loads(out, parse_constant=pytest.fail)
    assert {r["episode"] for r in data["scores"]} == {"russia-2022"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--base", "2020"], "--base 2020 is no base year of the oil market. There are 2011"),
        (["--months", "0"], "months is 0; it must be a whole number, 1 or more"),
        (["--from", "2018-13"], "first is '2018-13'; a month is written like 2022-03"),
        (["--from", ""], "first is ''; a month is written like 2022-03"),
        (["--from", "9999-12"], "first is 9999-12; it must be from 1900-01 to 2199-12"),
        (["--months", 10**20], "one path has at most 1200. Solve fewer."),
        (["--scenario", "x"], "--scenario needs a file"),
        (["russia-crude-2O22"], "Did you mean 'russia-crude-2022'"),
        (["lachin-blocked", "--no-ranges"], "has no measure of the oil market"),
        (["--record", "--base", "2021"], "--record replays episodes of its own"),
        (["--background", "--from", "2031-01", "--base", "2021"], "the record has"),
    ],
)  # fmt: skip
def test_bad_input(call, arguments, said):
    status, out, err = call("oil", *arguments)
    assert status == 2, out
    assert said in " ".join(err.split())
    assert not out


def test_a_folder_of_others_is_left_alone(call):
    Path("full").mkdir()
    (Path("full") / "mine.txt").write_text("x")
    status, _, err = call("oil", "--base", 2021, "--out", "full")
    assert status == 1
    assert "holds other files" in " ".join(err.split())
    assert [p.name for p in Path("full").iterdir()] == ["mine.txt"]
