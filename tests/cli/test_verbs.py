"""Every verb and option: exit status, table, and the JSON that says the same."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd
import pytest
import typer
import yaml

import entrepot as ep
from entrepot.cli.main import app
from entrepot.report.words import percent

LIBRARY = "zero-by-november"


def parsed(call, *words):
    status, out, err = call(*words, "--json")
    assert status == 0, err
    return json.loads(out, parse_constant=pytest.fail)


def leaves(command, path: tuple[str, ...] = ()):
    if hasattr(command, "commands"):
        for name, child in command.commands.items():
            yield from leaves(child, (*path, name))
    else:
        yield path, command


def test_every_verb_and_option_has_a_test():
    """A verb is tested if its words stand in a call, an option if it stands in the file at all."""
    text = "".join(p.read_text("utf-8") for p in sorted(Path(__file__).parent.glob("test_*.py")))
    missing = []
    for path, command in leaves(typer.main.get_command(app)):
        words = ", ".join(f'"{w}"' for w in path)
        if f"call, {words}" not in text and f"call({words}" not in text:
            missing.append(" ".join(path))
        for option in command.params:
            names = [*option.opts, *option.secondary_opts]
            missing += [
                f"{' '.join(path)} {name}"
                for name in names
                if name.startswith("--") and name != "--help" and f'"{name}"' not in text
            ]
    assert not missing


def test_every_verb_has_json_and_help(call):
    for path, command in leaves(typer.main.get_command(app)):
        assert "--json" in [o for p in command.params for o in p.opts], path
        status, out, _ = call(*path, "--help")
        assert status == 0
        assert "--json" in out
        assert command.help


def test_every_verb_has_out():
    for path, command in leaves(typer.main.get_command(app)):
        assert "--out" in [o for p in command.params for o in p.opts], path


@pytest.mark.parametrize(
    "words",
    [("world", "list"), ("scenario", "list"), ("case", "list"), ("case", "show", LIBRARY)],
)
def test_out_holds_what_json_prints(call, own_folder, words):
    status, out, err = call(*words, "--out", "deep/it.json")
    assert status == 0, err
    assert not out.startswith(("{", "["))
    assert json.loads(Path("deep/it.json").read_text("utf-8")) == parsed(call, *words)


def test_out_of_validate(call, scenario_file, world_file, own_folder):
    options = (scenario_file, "--world", world_file)
    assert call("validate", *options, "--out", "it.json")[0] == 0
    assert json.loads(Path("it.json").read_text("utf-8")) == parsed(call, "validate", *options)


def test_version(call):
    status, out, _ = call("--version")
    assert (status, out) == (0, f"entrepot {ep.__version__}\n")


def test_run_prints_writes_and_agrees_with_its_json(call, world_file, scenario_file, own_folder):
    options = ("--world", world_file, "--scenario", "oil-2018", "--no-ranges")
    status, out, err = call("run", scenario_file, *options, "--out", "here")
    assert status == 0, err
    data = parsed(call, "run", scenario_file, *options, "--out", "there")
    assert (data["folder"], data["world"], data["day"]) == ("there", "small", "2018-12-01")
    for line in data["answer"][:-1]:
        assert line in " ".join(out.split())
    rows = {row["code"]: row for row in data["welfare"]}
    assert percent(rows["IRN"]["percent"]) in out
    saved = json.loads(Path("there/summary.json").read_text("utf-8"))
    assert saved["welfare"] == data["welfare"]
    assert sorted(os.listdir(own_folder)) == ["here", "there"]
    assert "here/report.html" in out


def test_run_with_ranges_closure_and_date(call, world_file, scenario_file):
    data = parsed(call, "run", scenario_file, "--world", world_file, "--scenario", "oil-2018",
                  "--date", "2031-01-01", "--closure", "zero", "--ranges")  # fmt: skip
    assert (data["day"], data["closure"], data["variants"]) == ("2031-01-01", "zero", 9)
    assert {row["measure"] for row in data["measures"]} == {"oil", "later"}
    assert data["folder"] == "entrepot-out/oil-2018"
    assert Path("entrepot-out/oil-2018/manifest.json").exists()


def test_run_with_new_links(call, world_file, scenario_file):
    data = parsed(call, "run", scenario_file, "--world", world_file, "--scenario", "oil-2018",
                  "--openness", "0.2", "--no-ranges")  # fmt: skip
    assert data["world"] == "small+links"
    assert any(note.startswith("New links (openness 0.2") for note in data["notes"])
    status, _, told = call("run", scenario_file, "--world", world_file, "--scenario", "oil-2018",
                           "--openness", "2")  # fmt: skip
    assert status == 2
    assert "openness is 2.0; it must be a number from 0" in " ".join(told.split())


def test_validate(call, world_file, scenario_file):
    status, out, _ = call("validate", scenario_file, "--world", world_file)
    assert status == 0
    assert "is valid" in out.replace("\n", "")
    assert "oil-2018" in out
    data = parsed(call, "validate", scenario_file, "--world", world_file)
    assert data["valid"] is True
    assert [row["scenario"] for row in data["scenarios"]] == ["oil-2018"]


def test_validate_says_whose_each_note_is(call, world_file):
    frozen = {"kind": "asset_freeze", "senders": ["USA", "DEU"], "targets": ["ROW"], "stock": 10}
    file = {
        "format": "entrepot/1",
        "title": "Two freezes",
        "measures": {"one": {**frozen, "targets": ["DEU"], "senders": ["USA"]}, "two": frozen},
        "scenarios": {"first": {"include": ["one"]}, "second": {"include": ["two"]}},
    }
    Path("both.yaml").write_text(yaml.safe_dump(file))
    words = ("validate", "both.yaml", "--world", world_file)
    rows = parsed(call, *words)["scenarios"]
    out = " ".join(call(*words)[1].split())
    assert all(row["notes"] for row in rows)
    for row in rows:
        for note in row["notes"]:
            assert f"note on {row['scenario']}: {note}" in out


def test_world_list(call):
    status, out, _ = call("world", "list")
    rows = parsed(call, "world", "list")
    assert status == 0
    assert [row["name"] for row in rows] == list(ep.list_worlds())
    for row in rows:
        assert row["hash"] in out
        assert row["what"] in out


def test_world_show(call):
    status, out, _ = call("world", "show", "2017", "--out", "far.csv")
    data = parsed(call, "world", "show", "2017")
    assert status == 0
    assert data["hash"] in out
    assert all(row["residual"] < 1e-10 for row in data["identities"])
    assert all(row["identity"] in out for row in data["identities"])
    gdp = {r["region"]: r for r in data["targets"] if r["quantity"] == "gdp"}
    assert f"{gdp['USA']['model'] / 1000:,.0f}" in out
    assert len(pd.read_csv("far.csv")) == len(data["targets"])
    assert set(data["regions"]) == set(ep.load_world("2017").regions)


def test_world_show_of_a_world_of_ones_own(call, world_file):
    status, out, _ = call("world", "show", world_file)
    assert status == 0
    assert "small" in out


def test_world_build_without_its_sources(call, own_folder):
    status, _, err = call("world", "build", "2017", "--sources", "nowhere")
    assert status == 2
    assert "raw data 'nowhere' does not exist" in err
    status, _, err = call("world", "build", "2071", "--sources", ".")
    assert status == 2
    assert "2017" in err
    (own_folder / "file").write_text("")
    place = ("--out", "file/x.npz")
    status, _, err = call("world", "build", "2017", "--sources", ".", *place)
    assert status == 1
    assert "Cannot write 'file/x.npz'" in err
    assert os.listdir(own_folder) == ["file"]


def test_world_build_names_the_source_and_the_assertion(call, own_folder):
    """The source that is read first has lost its columns, or is no table at all."""
    place = own_folder / "raw" / "hs4_exports_2016"
    place.mkdir(parents=True)
    file = place / "exports_hs4_2016.parquet"
    words = ("world", "build", "2017", "--sources", "raw", "--out", "x.npz")
    pd.DataFrame({"year": [2017], "export_value": [1.0]}).to_parquet(file)
    status, _, err = call(*words)
    assert status == 2
    assert "source 'hs4_exports_2016'" in err
    assert "assertion 'readable' failed: KeyError: 'exporter'" in err
    file.write_bytes(b"damaged")
    status, _, err = call(*words)
    assert status == 2
    assert file.name in err
    assert not Path("x.npz").exists()


def test_scenario_list(call):
    status, out, _ = call("scenario", "list")
    rows = parsed(call, "scenario", "list")
    assert status == 0
    assert [row["name"] for row in rows] == list(ep.library())
    lines = [line.split() for line in out.splitlines() if line]
    for row in rows:
        assert any(line[0] == row["name"] for line in lines)


def test_scenario_show(call, world_file, scenario_file):
    options = (
        scenario_file,
        "--world",
        world_file,
        "--scenario",
        "oil-2018",
        "--date",
        "2030-06-01",
    )
    status, out, _ = call("scenario", "show", *options, "--out", "cells.csv")
    data = parsed(call, "scenario", "show", *options)
    assert status == 0
    assert data["date"] == "2030-06-01"
    assert len(pd.read_csv("cells.csv")) == len(data["cells"])
    largest = max(data["cells"], key=lambda c: c["trade"])
    assert f"{largest['trade']:,.0f}"[:3] in out
    assert {c["measure"] for c in data["cells"]} == {"oil", "later"}
    for a in data["assumptions"]:
        assert a["name"] in out


def test_scenario_show_of_the_library_names_the_act(call):
    status, out, _ = call("scenario", "show", LIBRARY)
    assert status == 0
    assert "Executive Order 13846" in out
    assert "All 81 cells" in out


def test_case_list(call):
    status, out, _ = call("case", "list")
    rows = parsed(call, "case", "list")
    assert status == 0
    assert {row["id"] for row in rows} >= {"caspian-common-market", "qatar-blockade", LIBRARY}
    assert all(f"  {row['id']}: {row['title']}" in out for row in rows)


def test_case_show(call):
    status, out, _ = call("case", "show", LIBRARY)
    data = parsed(call, "case", "show", LIBRARY)
    assert status == 0
    assert data["title"] in out
    for reading in data["readings"].values():
        assert reading["title"] in out
    assert "at most -99 per cent" in out
    assert all(name in out for name in (*data["quantities"], *data["records"]))


def test_case_run_prints_and_writes_its_page(call, monkeypatch, own_folder):
    """The page itself is tested with the casebook; here stands a case of one quick solve."""
    from entrepot.cli import case as verb

    class Page:
        seconds = 1.0

        def to_dict(self):
            return {"verdict": "holds"}

    def save(page, folder):
        folder.mkdir(parents=True)
        return folder

    monkeypatch.setattr(verb, "run_case", lambda name, report: Page())
    monkeypatch.setattr(verb, "save_case", save)
    monkeypatch.setattr(verb, "page_text", lambda page: "the page")
    status, out, _ = call("case", "run", LIBRARY)
    assert status == 0
    assert out.startswith("the page\n\nPage: entrepot-out/cases/zero-by-november/case.html")
    data = parsed(call, "case", "run", LIBRARY, "--out", "there")
    assert data == {"verdict": "holds", "folder": "there"}


WIDE = (
    ("world", "list"),
    ("world", "show", "2023"),
    ("scenario", "list"),
    ("scenario", "show", LIBRARY),
    ("case", "show", LIBRARY),
)


@pytest.mark.parametrize("words", WIDE)
@pytest.mark.parametrize("width", [80, 120])
def test_tables_fit_the_terminal(call, monkeypatch, words, width):
    monkeypatch.setenv("COLUMNS", str(width))
    _, out, _ = call(*words)
    lines = [line.rstrip() for line in out.splitlines() if "http" not in line]
    assert max(map(len, lines)) <= width
