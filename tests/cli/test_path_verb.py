"""`entrepot path`: the table, the folder, a stopped run, and what cannot be asked."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import yaml

SPAN = ("--from", "2018", "--to", "2020")


@pytest.fixture(autouse=True)
def own_cache(monkeypatch):
    monkeypatch.setattr("entrepot.cli.path.use_compilation_cache", lambda: None)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_table_and_the_folder(call, world_file, scenario_file, own_folder):
    status, out, err = call("path", scenario_file, "--world", world_file, "--scenario", "oil-2018",
                            "--adaptation", *SPAN)  # fmt: skip
    assert status == 0, err
    assert "with adaptation" in out
    assert "without adaptation" in out
    assert "Every year is compared with the world small; the baseline does not grow." in flat(out)
    assert "Welfare, Iran" in out
    folder = Path("entrepot-out/paths/oil-2018")
    assert f"Report: {folder / 'report.html'}" in flat(out)
    table = pd.read_parquet(folder / "path.parquet")
    assert set(table["year"]) == {2018, 2019, 2020}
    assert set(table["adaptation"]) == {"on", "off"}
    assert (table["verdict"] == "certified").all()
    assert len(table) == 3 * 2 * 7 * 6
    assert (table.loc[table["year"] == 2018, "welfare"] - 1).abs().max() < 1e-8
    assert pd.read_csv(folder / "measures.csv")["measure"].tolist() == ["oil", "oil"]
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["years"] == [2018, 2019, 2020]
    assert manifest["program"] == "entrepot"
    assert "state" not in manifest
    assert sorted(p.name for p in folder.iterdir()) == sorted(manifest["files"])


def test_a_second_run_takes_what_is_there(call, world_file, scenario_file):
    words = ("path", scenario_file, "--world", world_file, "--scenario", "oil-2018", *SPAN,
             "--out", "mine", "--no-ranges")  # fmt: skip
    first = json.loads(call(*words, "--json")[1], parse_constant=pytest.fail)
    again = json.loads(call(*words, "--json")[1], parse_constant=pytest.fail)
    assert (again["solved"], again["reused"]) == (0, first["solved"])
    assert again["years"] == first["years"]
    status, out, _ = call(*words)
    assert status == 0
    assert f"{first['solved']} results of an earlier run" in flat(out)
    longer = json.loads(call(*words, "--to", "2021", "--json")[1])
    assert longer["solved"] == 1


def test_a_stopped_run_goes_on(call, world_file, scenario_file, monkeypatch):
    words = ("path", scenario_file, "--world", world_file, "--scenario", "oil-2018", *SPAN,
             "--out", "mine")  # fmt: skip
    from entrepot.study import path_store

    whole, count = path_store.answer_or_verdict, []

    def stopped(*given, **more):
        count.append(1)
        if len(count) > 5:
            raise KeyboardInterrupt
        return whole(*given, **more)

    monkeypatch.setattr(path_store, "answer_or_verdict", stopped)
    status, out, _ = call(*words)
    assert (status, out) == (130, "")
    assert json.loads(Path("mine/manifest.json").read_text("utf-8"))["state"] == "unfinished"
    assert len(list(Path("mine/solved").iterdir())) == 5
    monkeypatch.setattr(path_store, "answer_or_verdict", whole)
    status, out, err = call(*words, "--json")
    assert status == 0, err
    assert json.loads(out)["reused"] == 5
    assert Path("mine/report.html").is_file()


def test_an_earlier_report_stays_until_the_new_one_is_there(
    call, world_file, scenario_file, monkeypatch
):
    words = ("path", scenario_file, "--world", world_file, "--scenario", "oil-2018",
             "--no-ranges", "--out", "mine")  # fmt: skip
    assert call(*words, *SPAN)[0] == 0
    before = Path("mine/report.html").read_text("utf-8")
    from entrepot.study import path_store

    def stopped(*given, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr(path_store, "answer_or_verdict", stopped)
    assert call(*words, "--from", "2018", "--to", "2022")[0] == 130
    assert Path("mine/report.html").read_text("utf-8") == before


def test_numbers_as_json(call, world_file, scenario_file):
    status, out, err = call("path", scenario_file, "--world", world_file, "--scenario", "oil-2018",
                            *SPAN, "--json")  # fmt: skip
    assert status == 0, err
    data = json.loads(out, parse_constant=pytest.fail)
    assert [row["year"] for row in data["years"]] == [2018, 2019, 2020]
    assert [row["measures"] for row in data["years"]] == [[], ["oil"], ["oil"]]
    last = data["years"][-1]
    iran = last["welfare"]["IRN"]
    assert iran["without adaptation"]["central"] < iran["with adaptation"]["central"] < 0
    assert iran["with adaptation"]["low"] < iran["with adaptation"]["high"]
    assert last["months, with adaptation"] > last["months, without adaptation"]
    assert data["years"][0]["months, with adaptation"] is None
    assert data["targets"] == ["IRN"]
    assert "senders together" in last["welfare"]


def test_one_side_only(call, world_file, scenario_file):
    status, out, err = call("path", scenario_file, "--world", world_file, "--scenario", "oil-2018",
                            *SPAN, "--no-adaptation", "--no-ranges", "--json")  # fmt: skip
    assert status == 0, err
    assert set(json.loads(out)["years"][0]["welfare"]["IRN"]) == {"without adaptation"}


def test_a_year_without_a_result(call, world_file, own_folder):
    Path("dry.yaml").write_text(yaml.safe_dump({"format": "entrepot/1", "measures": {"dry": {
        "kind": "embargo", "senders": ["all"], "targets": ["DEU"], "sectors": ["crude"],
        "from": "2020-01-01"}}}), "utf-8")  # fmt: skip
    status, out, err = call("path", "dry.yaml", "--world", world_file, *SPAN)
    assert status == 1
    assert "no result: 2020, adaptation on, central" in out
    assert "Some year has no certified central result" in flat(err)
    page = Path("entrepot-out/paths/dry/report.html").read_text("utf-8")
    assert "2020, adaptation on, central: impossible" in page
    status, _, err = call("path", "dry.yaml", "--world", world_file, "--from", "2020", "--to",
                          "2020")  # fmt: skip
    assert status == 1
    assert "No year of the path has a certified result" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("russia-2022", "--from", "2028", "--to", "2018"), "--from 2028 lies after --to 2018"),
        (("russia-2022", "--from", "12"), "12 is no year"),
        (("russia-2022", "--day", "02-30"), "'02-30' is no day of 2018"),
        (("russia2022",), "Did you mean 'russia-2022'?"),
        (("russia-2022", "--world", "2071"), "There is no bundled world '2071'"),
        (("russia-2022", "--max-seconds", "0"), "max_seconds must be positive"),
        (("nowhere.yaml",), "does not exist"),
    ],
)
def test_what_cannot_be_asked(call, own_folder, words, told):
    status, out, err = call("path", *words)
    assert (status, out) == (2, "")
    assert told in flat(err)
    assert list(own_folder.iterdir()) == []


def test_a_closure_that_does_not_exist(call, world_file, scenario_file):
    status, _, err = call("path", scenario_file, "--world", world_file, "--scenario", "oil-2018",
                          *SPAN, "--closure", "free")  # fmt: skip
    assert status == 2
    assert "free" in err


def test_a_folder_of_something_else_is_left_alone(call, world_file, scenario_file, own_folder):
    Path("mine").mkdir()
    Path("mine/thesis.txt").write_text("years of work", "utf-8")
    status, _, err = call("path", scenario_file, "--world", world_file, "--scenario", "oil-2018",
                          *SPAN, "--out", "mine")  # fmt: skip
    assert status == 1
    assert "holds other files" in err
    assert [p.name for p in Path("mine").iterdir()] == ["thesis.txt"]


def test_the_world_lies_before_the_first_measure():
    from entrepot.cli.path import find_base
    from entrepot.scenario import library

    assert find_base(None, library()["russia-2022"]).name == "2017"
    assert find_base("2023", library()["russia-2022"]).name == "2023"
    assert find_base(None, library()["iran-embargo-allies"]).name == "2023"
