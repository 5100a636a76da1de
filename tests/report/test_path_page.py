"""The page and the picture of a path: well-formed, user text stays text, gaps are shown."""

from __future__ import annotations

from datetime import date
from html import escape
from io import StringIO
from xml.etree import ElementTree

import numpy as np
import pytest
import small as made
from rich.console import Console

from entrepot.report.path import (
    ADAPTATION,
    TOGETHER,
    answer,
    headline,
    line,
    others,
    subjects,
    takers,
    welfare_percent,
)
from entrepot.report.pathchannels import channels_section
from entrepot.report.pathchart import LOOKS, Panel, axis, path_chart
from entrepot.report.pathconsole import print_path
from entrepot.report.pathlines import Curve
from entrepot.report.pathpage import path_page, picture
from entrepot.report.timeaxis import LETTER, Mark, decimal_year, month_span, turning
from entrepot.report.words import money
from entrepot.scenario import load_scenarios
from entrepot.study.path import YearPath, run_path

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def path() -> YearPath:
    return run_path(load_scenarios(made.FILE)["oil-2018"], made.make_world(), range(2018, 2022))


def test_the_picture_has_lines_bands_and_marks(path):
    root = ElementTree.fromstring(picture(path))
    lines = root.findall(f"{SVG}polyline")
    bands = root.findall(f"{SVG}polygon")
    assert len(lines) == len(bands) == 2 * 3
    texts = [t.text for t in root.iter(f"{SVG}text")]
    assert f"Oil {made.EVIL}" in texts
    assert {"with adaptation", "without adaptation", "2018", "2021"} <= set(texts)
    assert any(t == "Welfare, Iran" for t in texts)


def test_the_legend_says_what_the_console_says():
    assert [look.name for look in LOOKS] == list(ADAPTATION.values())


def test_the_page_is_safe_and_holds_the_answer(path):
    page = path_page(path, picture(path))
    assert made.EVIL not in page
    assert "&lt;script&gt;" in page
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    for text in answer(path):
        assert text in page
    for word in ("How much time has passed", "the rule is assumed", "does not grow",
                 "later", "In force on no day of the path"):  # fmt: skip
        assert word in page


def test_senders_together_are_one_household(path):
    income = np.where(np.array(path.world.regions) == "IRN", 0, path.world.accounts().income)
    hats = path.data["welfare"].sel(adaptation="on", case="central", year=2020).values
    found = welfare_percent(path, TOGETHER, "on")[0, path.years.index(2020)]
    assert found == pytest.approx(100 * ((hats * income).sum() / income.sum() - 1))
    assert headline(path)[:2] == ["IRN", TOGETHER]
    assert others(path) == []


def test_senders_together_are_told_in_money(path):
    console = Console(width=200, record=True, file=StringIO())
    print_path(path, console)
    text, page = console.export_text(), path_page(path, picture(path))
    assert "Welfare, senders together, bn USD a year" in text
    assert "senders together, bn USD" in page
    chosen = np.array(path.world.regions) != "IRN"
    income = path.world.accounts().income[chosen]
    hats = path.data["welfare"].sel(adaptation="on", case="central", year=2020).values[chosen]
    told = money(float(((hats - 1) * income).sum()) / 1000, signed=True)
    rows = text.split("senders together, bn USD a year")[1].splitlines()
    (row,) = (r for r in rows if r.startswith("2020"))
    assert f"{told} (" in row
    assert "%" not in row
    assert f'<td class="n">{told}<br>' in page


def test_a_year_without_a_result_leaves_a_gap(path):
    values = np.array([[0.0, np.nan, -1.0, -2.0], [0.0, np.nan, -3.0, np.nan]])
    found = line(path, "on", values)
    assert found.known() == [0, 2, 3]
    assert found.cut.tolist() == [False, True, False, True]
    assert found.low[2:].tolist() == [-3.0, -2.0]
    assert np.isnan(found.low[1])
    curve = Curve(0, found.low, found.central, found.high, found.cut)
    days = [date(y, 7, 1) for y in range(2018, 2022)]
    svg = path_chart("Gap", days, [Panel("P", "u", (curve,))], [])
    root = ElementTree.fromstring(svg)
    assert len(root.findall(f"{SVG}polyline")) == 2
    rings = [c.get("fill") for c in root.findall(f"{SVG}circle")]
    assert rings.count("#fff") == 1


def test_the_axis_leaves_out_what_is_far(path):
    one = np.array([0.0, -1.0])
    near = Curve(0, one - 0.5, one, one + 0.5, one > 9)
    far = Curve(0, one - 50.0, one, one + 0.5, one > 9)
    assert axis(Panel("", "", (near,)))[0] <= -1.5
    assert axis(Panel("", "", (far,)))[0] > -5
    flat = Curve(0, one * 0, one * 0, one * 0, one > 9)
    assert axis(Panel("", "", (flat,)))[-1] > 0


def test_measures_without_a_target_are_about_whom_they_move():
    book = load_scenarios({"format": "entrepot/1", "measures": {
        "way": {"kind": "corridor", "links": ["suez"], "change": "close", "from": "2020-01-01"},
        "nothing": {"kind": "corridor", "links": ["suez"], "days": 0.0, "from": "2020-01-01"},
    }})  # fmt: skip
    moved = run_path(book["way"], made.make_world(), (2019, 2020), ranges=False)
    assert (moved.targets, moved.senders) == ((), ())
    (most,) = subjects(moved, 1)
    assert most == others(moved)[0]
    name = moved.world.region_titles[moved.world.regions.index(most)]
    assert answer(moved)[0].startswith(f"{name}: welfare ")
    assert f"Welfare, {escape(name)}" in picture(moved)
    idle = run_path(book["nothing"], made.make_world(), (2020,), ranges=False)
    assert subjects(idle, 2) == []
    assert answer(idle)[0] == "Hardly any change of welfare in any economy and year."
    assert "Hardly any change" in path_page(idle, picture(idle))


def test_nothing_moves_before_a_measure():
    at = np.array([2018.5, 2019.5, 2020.5])
    marks = [Mark("a", date(2018, 10, 1), date(2020, 1, 1)), Mark("b", date(2018, 12, 1), None)]
    turns = turning(at, marks)
    assert turns[0] == decimal_year(date(2018, 10, 1))
    assert turns[1] == decimal_year(date(2020, 1, 1))
    assert turns[2] == 2020.5
    assert turning(at, []).tolist() == at.tolist()
    days = [date(y, 7, 1) for y in (2018, 2019)]
    one = np.array([0.0, -1.0])
    curve = Curve(0, one, one, one, one > 9)
    panel = Panel("P", "u", (curve,))
    root = ElementTree.fromstring(path_chart("Step", days, [panel], marks))
    (line,) = root.findall(f"{SVG}polyline")
    corners = [tuple(map(float, p.split(","))) for p in line.get("points").split()]
    assert len(corners) == 3
    assert corners[0][1] == corners[1][1] < corners[2][1]
    assert corners[0][0] < corners[1][0] < corners[2][0]


def test_marks_stay_on_the_page():
    days = [date(2020, 7, 1)]
    curve = Curve(1, *(np.array([v]) for v in (-1.0, -0.5, 0.0)), np.array([False]))
    marks = [Mark("a" * 60, date(2010, 1, 1), date(2012, 1, 1)), Mark("b", date(2020, 3, 1), None)]
    root = ElementTree.fromstring(path_chart("One", days, [Panel("P", "u", (curve,))], marks))
    for bar in root.findall(f"{SVG}rect"):
        assert 0 <= float(bar.get("x")) <= 760
    names = [t for t in root.iter(f"{SVG}text") if t.text and t.text.startswith("aaa")]
    assert len(names) == 1
    end = float(names[0].get("x")) + LETTER * len(names[0].text)
    assert end <= 760, "a name that fits nowhere is shortened"
    assert decimal_year(date(2020, 1, 1)) == 2020.0
    assert 2020.49 < decimal_year(date(2020, 7, 1)) < 2020.51


def test_channels_stand_by_year_or_in_the_last_one():
    book = load_scenarios({"format": "entrepot/1", "measures": {
        "cut": {"kind": "payment_cutoff", "senders": ["USA"], "targets": ["RUS"],
                "rails": ["dollar"], "from": "2019-01-01", "title": made.EVIL}}})  # fmt: skip
    found = run_path(book["cut"], made.make_world(), (2018, 2019, 2021), ranges=False)
    assert set(found.tables) == {"payment_rails", "payment_pairs"}
    rails = found.tables["payment_rails"]
    assert rails.frame.columns[:2].tolist() == ["adaptation", "year"]
    assert set(rails.frame["year"]) == {2019, 2021}
    text = channels_section(found)
    assert rails.title in text
    assert "use after %, with adaptation</th><th" in text
    assert "use after %, without adaptation" in text
    assert "use before %, with" not in text
    assert "<summary>2021, with adaptation</summary>" in text
    assert "payment_pairs.csv" in text
    assert channels_section(run_path(book["cut"], made.make_world(), (2018,))) == ""


def test_a_target_is_not_among_those_who_take_the_measures():
    book = load_scenarios({"format": "entrepot/1", "measures": {
        "cut": {"kind": "embargo", "senders": ["USA"], "targets": ["RUS"]},
        "line": {"kind": "swap_line", "members": ["CHN", "RUS"]},
    }, "scenarios": {"both": ["cut", "line"], "line-alone": ["line"]}})  # fmt: skip
    both = run_path(book["both"], made.make_world(), (2020,), ranges=False)
    assert both.senders == ("USA", "CHN", "RUS")
    assert takers(both) == ("USA", "CHN")
    assert headline(both)[:2] == ["RUS", TOGETHER]
    assert headline(both).count("RUS") == 1
    alone = run_path(book["line-alone"], made.make_world(), (2020,), ranges=False)
    assert takers(alone) == ("CHN", "RUS")
    assert answer(alone)[-1].startswith("2 of 2 central points certified")


def test_an_axis_of_months_names_months_if_few_and_years_if_many():
    few = month_span([f"2022-{m:02d}" for m in range(3, 9)])
    assert [name for _, name in few.names] == [f"2022-{m:02d}" for m in range(3, 9)]
    assert few.first == pytest.approx(2022 + 2 / 12)
    assert few.last == pytest.approx(2022 + 8 / 12)
    rows = [(y, m) for y in (2021, 2022, 2023) for m in range(1, 13)][11:]
    many = month_span([f"{y}-{m:02d}" for y, m in rows])
    assert [name for _, name in many.names] == ["2022", "2023"], "one month is no name"
    assert many.lines == pytest.approx((2022.0, 2023.0))
