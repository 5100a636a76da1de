"""Months of the oil market told: numbers against the months, page, pictures, console, folder."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import small_oil
from rich.console import Console

from entrepot.channels.oil import Timed, tables
from entrepot.channels.oil.parts import DAYS
from entrepot.channels.oil.restrictions import Ban, Designation, RiskDiscount, VesselGain
from entrepot.core.errors import OutputError, ValueRangeError
from entrepot.report.oil import DEEP, answer, late, oil_json, oil_report, spread, subjects
from entrepot.report.oilbars import producers_table
from entrepot.report.oilcharts import pictures
from entrepot.report.oilconsole import print_oil, shown
from entrepot.report.oilfolder import write_oil
from entrepot.report.oilmatrix import pairs
from entrepot.report.oilnames import timed_title
from entrepot.report.oilnumbers import (
    brent_of,
    by_way,
    discount_of,
    exports_by_grade,
    exports_of,
    netback_of,
    revenue_of,
)
from entrepot.report.oilpage import oil_page
from entrepot.study.oil_run import OilCase, OilRun, run_oil

EVIL = "<script>alert(1)</script>"
TIMED = (
    Timed(Ban(("B",), ("X",)), "2020-03"),
    Timed(RiskDiscount(("BBB",), ("Y",), usd=4.0), "2020-02"),
    Timed(Designation("mainstream", vessels=30.0), "2020-02", "2020-03"),
)


def _case(name: str, elasticity: float, timed=TIMED) -> OilCase:
    return OilCase(name, small_oil.build(elasticity=elasticity), timed)


@pytest.fixture(scope="module")
def run() -> OilRun:
    cases = (_case("central", 0.3), _case("demand low", 0.2), _case("demand high", 0.45))
    return run_oil(cases, "2020-01", 4, title=f"Ban {EVIL}", notes=(EVIL,))


@pytest.fixture(scope="module")
def report(run):
    return oil_report(run)


@pytest.fixture(scope="module")
def quiet():
    return oil_report(run_oil((_case("central", 0.3, ()),), "2020-01", 2))


def test_numbers_are_those_of_the_months(run, report):
    for path, found in ((run.paths[0], report.paths[0]), (run.without[0], report.without[0])):
        for k, month in enumerate(path.outcomes):
            table = tables.producers(month).set_index("producer")
            for p in ("AAA", "BBB"):
                assert exports_of(p)(found)[k] == pytest.approx(table.loc[p, "exports"])
                assert netback_of(p)(found)[k] == pytest.approx(table.loc[p, "netback"])
                usd = table.loc[p, "revenue"] / 1000
                assert revenue_of(p)(found)[k] == pytest.approx(usd)
                gap = month.brent - table.loc[p, "netback"]
                assert discount_of(p)(found)[k] == pytest.approx(gap)
            assert brent_of(found)[k] == month.brent
            assert by_way(found)[k].sum() == pytest.approx(table["exports"].sum())
            assert exports_by_grade(found)[k].sum() == pytest.approx(table["exports"].sum())


def test_the_range_holds_all_cases_and_changes_are_differences_of_each(run, report):
    line = report.line(brent_of)
    every = np.array([[m.brent for m in p.outcomes] for p in run.paths])
    assert line.low == pytest.approx(every.min(axis=0))
    assert line.high == pytest.approx(every.max(axis=0))
    assert line.central == pytest.approx(every[0])
    without = np.array([[m.brent for m in p.outcomes] for p in run.without])
    change = report.change(brent_of)
    assert change.low == pytest.approx((every - without).min(axis=0))
    assert change.central == pytest.approx((every - without)[0])
    assert change.central[0] == pytest.approx(0.0, abs=1e-6), "nothing is in force yet"
    assert abs(change.central[2]) > 0.01


def test_who_is_looked_at_and_over_which_months(run, report, quiet):
    assert report.subjects == ("BBB",), "streams may be named by stream or producer"
    assert run.months[late(run)] == ("2020-02", "2020-03", "2020-04")
    assert set(quiet.subjects) == {"AAA", "BBB"}
    every = Timed(RiskDiscount(("A", "B"), ("X", "Y"), usd=1.0), "2020-01")
    found = oil_report(run_oil((_case("central", 0.3, (every,)),), "2020-01", 1))
    assert subjects(found)[0] == "BBB", "all are named: who sells most"


def test_a_deep_discount_says_whose_rent_it_is():
    little = Timed(RiskDiscount(("A",), ("X",), usd=0.5), "2020-01")
    shallow = oil_report(run_oil((_case("central", 0.3, (little,)),), "2020-01", 1))
    assert not any("% of Brent" in said for said in answer(shallow))
    stop = Timed(Ban(("B",), ("X", "Y"), share=0.9), "2020-01")
    found = oil_report(run_oil((_case("central", 0.3, (stop,)),), "2020-01", 1))
    discount, brent = found.line(discount_of("BBB")).central, found.line(brent_of).central
    assert discount[0] > DEEP * brent[0]
    assert any(f"{100 * discount[0] / brent[0]:.0f} % of Brent" in said for said in answer(found))


def test_a_long_path_is_told_by_its_last_year():
    months = tuple(f"2020-{m:02d}" for m in range(1, 13))
    found = run_oil((_case("central", 0.3, ()),), "2019-12", 13)
    assert found.months[late(found)] == months


def test_the_tables_hold_both_paths_and_gains_add_up(report):
    flows = report.frames["flows"]
    assert set(flows["measures"]) == {"yes", "no"}
    assert list(dict.fromkeys(flows["month"])) == list(report.run.months)
    banned = flows.query("stream == 'B' and refiner == 'X' and month >= '2020-03'")
    assert set(banned["measures"]) == {"no"}
    months = report.frames["gains"].groupby("party")["gain"].sum() / 1000
    assert report.gains.set_index("party")["bn_usd"].to_dict() == pytest.approx(months.to_dict())
    ranges = report.frames["ranges"]
    assert (ranges["low"] <= ranges["central"] + 1e-12).all()
    assert (ranges["central"] <= ranges["high"] + 1e-12).all()
    assert set(ranges["unit"]) == {"USD a barrel", "kb/d", "bn USD a month"}


def test_pairs_show_the_change_or_the_level(report, quiet):
    change = pairs(report)
    assert change.loc["BBB", "X"] < -1
    assert change.loc["BBB", "Y"] > 1
    path = quiet.run.paths[0].outcomes
    level = np.mean([m.pairs[1, 0] for m in path])
    assert pairs(quiet).loc["BBB", "X"] == pytest.approx(level)


def test_producers_are_means_of_the_late_months(report):
    table = producers_table(report).set_index("producer")
    rows = [tables.producers(m).set_index("producer").loc["BBB"]
            for m in report.run.paths[0].outcomes[late(report.run)]]  # fmt: skip
    assert table.loc["BBB", "revenue"] == pytest.approx(np.mean([r["revenue"] for r in rows]) / 1e3)
    sold = rows[0]["exports"] * rows[0]["netback"] * DAYS / 1e3
    assert sold == pytest.approx(rows[0]["revenue"])
    assert table.loc["BBB", "revenue_low"] <= table.loc["BBB", "revenue"]


def test_every_picture_is_well_formed_and_stays_on_its_page(report, quiet):
    for told in (report, quiet):
        found = pictures(told)
        assert {"months", "pairs", "grades", "fleets", "water", "producers"} <= set(found)
        assert ("gains" in found) == bool(told.run.timed)
        for name, svg in found.items():
            root = ElementTree.fromstring(svg)
            wide, high = (float(x) for x in root.get("viewBox").split()[2:])
            for text in root.iter("{http://www.w3.org/2000/svg}text"):
                if text.get("x"):
                    assert 0 <= float(text.get("x")) <= wide, (name, text.text)
                    assert 0 <= float(text.get("y")) <= high, (name, text.text)


def test_the_page_says_what_the_console_says_and_is_safe(report):
    page = oil_page(report, pictures(report))
    console = Console(width=300, record=True, file=StringIO())
    print_oil(report, console)
    text = console.export_text()
    for said in answer(report):
        assert said in text
        assert said.replace("'", "&#x27;") in page
    assert EVIL not in page
    assert "&lt;script&gt;" in page
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    for word in ("Certificate", "Ranges over 3 cases", "assumed", "What is not modelled"):
        assert word in page
    assert "2020-03" in text
    assert f"note: {EVIL}" in text


def test_what_did_not_hold_is_said(run, report):
    broken = replace(run, certificate=replace(run.certificate, volume=3.0), failed=("a: b.",))
    said = " ".join(answer(oil_report(broken)))
    assert "NOT every month certified" in said
    assert "1 more gave no result" in said
    assert "every month certified" in answer(report)[-1]
    assert not oil_json(oil_report(broken))["certified"]


def test_ranges_are_shown_only_where_there_are_any(run, quiet):
    line = quiet.line(exports_of("BBB"))
    assert "(" not in spread(quiet.run, line)
    assert "Central case only" in answer(quiet)[-1]
    wide = replace(quiet, paths=(*quiet.paths, *quiet.paths))
    assert "(" not in spread(run, wide.line(exports_of("BBB"))), "both ends are equal"


def test_json_is_plain(report):
    text = json.dumps(oil_json(report), allow_nan=False)
    data = json.loads(text)
    assert data["answer"] == answer(report)
    assert data["cases"] == ["central", "demand low", "demand high"]
    assert len(data["ranges"]) == len(report.frames["ranges"])


def test_the_folder(report, tmp_path):
    folder = write_oil(report, tmp_path / "out")
    names = {f.name for f in folder.iterdir()}
    assert {"manifest.json", "report.html", "summary.json", "months.svg", "flows.parquet",
            "prices.csv", "gains.parquet", "ranges.csv"} <= names  # fmt: skip
    assert "flows.csv" not in names
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert set(manifest["files"]) == names
    assert manifest["restrictions"][1]["first"] == "2020-02"
    stored = pd.read_parquet(folder / "flows.parquet")
    assert len(stored) == len(report.frames["flows"])
    assert write_oil(report, folder) == folder, "its own folder may be written again"
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("x")
    with pytest.raises(OutputError):
        write_oil(report, tmp_path / "full")


def test_names_of_restrictions_and_printed_months():
    assert timed_title(TIMED[1]) == "Risk discount BBB 4 USD"
    assert (
        timed_title(Timed(VesselGain("shadow", 5.0))) == "Tankers gained of the shadow fleet 5 mb"
    )
    assert timed_title(Timed(Ban(("A",), share=0.5))) == "Ban A 50 %"
    assert shown(3) == [0, 1, 2]
    assert shown(48)[-1] == 47
    assert len(shown(48)) <= 14


def test_a_run_needs_a_case_and_names_what_fails():
    with pytest.raises(ValueRangeError, match="no case"):
        run_oil((), "2020-01", 1)
    market = small_oil.build()
    stuck = market.with_streams([replace(s, least=s.capacity) for s in market.streams])
    shut = Timed(Ban(("B",)), "2020-01")
    cases = (_case("central", 0.3, ()), OilCase("stuck", stuck, (shut,)))
    found = run_oil(cases, "2020-01", 1)
    assert len(found.failed) == 1
    assert found.failed[0].startswith("stuck: ")
    assert len(found.cases) == 1


def test_what_is_a_setting_holds_without_the_measures_too():
    fewer = Timed(Designation("mainstream", vessels=50.0), "2020-01")
    case = OilCase("central", small_oil.build(), TIMED[:1], (fewer,))
    found = oil_report(run_oil((case,), "2020-01", 1))
    assert found.paths[0].has[0, 0] == found.without[0].has[0, 0] == 150.0


def test_a_folder_is_taken_up_again(tmp_path):
    first = run_oil((_case("central", 0.3),), "2020-01", 2, folder=tmp_path)
    told = []
    again = run_oil((_case("central", 0.3),), "2020-01", 3, folder=tmp_path,
                    report=lambda *said: told.append(said))  # fmt: skip
    assert first.resumed == 0, "months that its own paths share are no earlier run's"
    assert again.resumed == 4
    assert told == [("oil, central", 0, 1)]


def test_what_is_not_sold_has_no_price():
    shut = Timed(Ban(("B",), ("X", "Y"), ("mainstream", "shadow")), "2020-02")
    found = oil_report(run_oil((_case("central", 0.3, (shut,)),), "2020-01", 2))
    line = found.line(discount_of("BBB"))
    assert np.isfinite(line.central[0])
    assert np.isnan(line.central[1])
    assert "no barrel is sold abroad" in answer(found)[0]
    assert "none sold" in pictures(found)["producers"]
    console = Console(width=120, record=True, file=StringIO())
    print_oil(found, console)
    assert "nan" not in console.export_text()
    json.dumps(oil_json(found), allow_nan=False)
