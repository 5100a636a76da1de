"""Runs of the oil market in a case: functions, variants, draws, what is refused, the records."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from entrepot.channels.oil import load_market, solve_month, tables
from entrepot.core.errors import CaseError
from entrepot.report.casemonths import months_pictures
from entrepot.report.casepage import case_html
from entrepot.study.casebook import CasePage, load_case, page_text, run_case
from entrepot.study.casebook.expression import parse_expression
from entrepot.study.casebook.functions import Sheet
from entrepot.study.casebook.oil_calendar import months_of, period_problem
from entrepot.study.casebook.oil_runs import ELASTICITIES, market_numbers
from entrepot.study.casebook.schema import Case
from entrepot.study.casebook.solves import Bench
from entrepot.study.casebook.text import number, value_texts
from entrepot.study.casebook.variant import one_at_a_time

CASES = ("discounted-barrels", "export-surge", "venezuela")
SMALL = """
format: entrepot-case/1
id: small
title: Two months
claim: {text: t, said_by: s, when: w, document: d}
world: "2017"
runs:
  two: {scenario: iran-crude-2018, title: r, oil: {base: 2017, from: "2018-10", months: 2}}
quantities:
  fall:
    title: f
    unit: per cent
    model: 100 * (crude_exports(two, IRN, 201811) / crude_exports(two, IRN, base) - 1)
    claim: {at_most: -99, because: zero}
readings: {zero: {title: z, needs: [fall]}}
"""


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    bench = Bench(load_case(SMALL))
    return bench.sheet(bench.central)


@pytest.fixture(scope="module")
def page() -> CasePage:
    return run_case(load_case(SMALL), conditions=False)


def value(sheet: Sheet, text: str) -> float:
    return parse_expression(text).value(sheet.leaf)


def test_functions_agree_with_the_tables_of_the_month(sheet: Sheet) -> None:
    month = sheet.oil["two"].path["2018-11"]
    iran = tables.producers(month).set_index("producer").loc["IRN"]
    flows = tables.flows(month)
    mine = flows[flows["producer"] == "IRN"]
    assert value(sheet, "crude_exports(two, IRN, 201811)") == pytest.approx(iran["exports"])
    assert value(sheet, "crude_output(two, IRN, 201811)") == pytest.approx(iran["output"])
    assert value(sheet, "crude_price(two, IRN, 201811)") == pytest.approx(iran["netback"])
    assert value(sheet, "floating_storage(two, IRN, 201811)") == pytest.approx(iran["stock"])
    assert value(sheet, "brent(two, 201811)") == pytest.approx(month.brent)
    discount = value(sheet, "crude_discount(two, IRN, 201811)")
    assert discount == pytest.approx(month.brent - iran["netback"])
    assert value(sheet, "crude_revenue(two, IRN, 201811)") == pytest.approx(
        iran["exports"] * iran["netback"] * 0.365
    )
    china = mine[mine["refiner"].str.startswith("CHN")]["kbd"].sum()
    assert value(sheet, "crude_sales(two, IRN, CHN, 201811)") == pytest.approx(china, abs=0.5)
    home = value(sheet, "crude_sales(two, IRN, IRN, 201811)")
    assert home + iran["exports"] == pytest.approx(mine["kbd"].sum(), abs=2.0)
    shares = [value(sheet, f"crude_carried(two, IRN, {c}, 201811)")
              for c in ("mainstream", "shadow", "pipes")]  # fmt: skip
    assert sum(shares) == pytest.approx(1.0)
    assert shares[0] == 0.0


def test_bills_and_runs_add_up(sheet: Sheet) -> None:
    month = sheet.oil["two"].path["2018-11"]
    india = month.market.refiner_names.index("IND")
    assert value(sheet, "crude_runs(two, IND, 201811)") == pytest.approx(month.runs[india])
    imports = value(sheet, "crude_imports(two, IND, 201811)")
    assert 0 < imports < month.runs[india]
    per_barrel = value(sheet, "crude_bill(two, IND, 201811)") / imports / 0.365
    assert 0.8 * month.brent < per_barrel < 1.2 * month.brent
    assert value(sheet, "crude_on_the_way(two, SAU, 201811)") > 0


def test_the_base_is_the_month_of_the_base_year(sheet: Sheet) -> None:
    base = tables.producers(solve_month(load_market(2017))).set_index("producer")
    assert value(sheet, "crude_exports(two, IRN, base)") == pytest.approx(
        base.loc["IRN", "exports"]
    )


def test_periods_are_averaged(sheet: Sheet) -> None:
    one, two, both = (value(sheet, f"crude_exports(two, IRN, {p})")
                      for p in ("201810", "201811", "[201810, 201811]"))  # fmt: skip
    assert both == pytest.approx((one + two) / 2)
    price = value(sheet, "crude_price(two, IRN, [201810, 201811])")
    prices = [value(sheet, f"crude_price(two, IRN, {p})") for p in (201810, 201811)]
    assert price == pytest.approx((prices[0] * one + prices[1] * two) / (one + two))


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("crude_exports(two, IRN-MEDUM, base)", "Did you mean 'IRN-MEDIUM'"),
        ("crude_exports(two, EUR, base)", "no seller 'EUR'"),
        ("crude_sales(two, IRN, GRC, base)", "no buyer 'GRC'"),
        ("crude_carried(two, IRN, sail, base)", "no carrier 'sail'"),
        ("crude_exports(two, IRN, autumn)", "is no period"),
        ("crude_exports(two, IRN)", "takes \\(run, sellers, periods\\)"),
        ("crude_exports(two, IRN, 1)", "not a label"),
    ],
)
def test_what_is_not_there_is_refused(expression: str, says: str) -> None:
    text = SMALL.replace("crude_exports(two, IRN, base)", expression)
    with pytest.raises(CaseError, match=says):
        load_case(text)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("base: 2017", "base: 1950", "no base year of the oil market"),
        ('"2018-10"', "2018-13", "a month is written like"),
        ("months: 2}", "months: 0}", "expected a number of at least 1"),
        ("title: r, oil", "title: r, date: 2018-11-05, oil", "has no 'day'"),
    ],
)
def test_wrong_months_are_refused(old: str, new: str, says: str) -> None:
    with pytest.raises(CaseError, match=says):
        load_case(SMALL.replace(old, new))


def test_a_period_outside_of_the_run_says_so(sheet: Sheet) -> None:
    with pytest.raises(ValueError, match=r"lies outside of the run, 2018-10 to 2018-11"):
        value(sheet, "crude_exports(two, IRN, 2018)")
    assert period_problem("2019") == period_problem("201912") == period_problem("base") == ""
    assert "no period" in period_problem("201913")
    assert months_of("201811", ("2018-10", "2018-11")) == (1,)


def test_elasticities_and_behaviour_move_one_at_a_time(page: CasePage) -> None:
    found = page.finding("fall")
    variants = [v for v, _ in found.values]
    assert len(variants) == 5
    assert all(one_at_a_time(v) for v in variants)
    assert found.failed == 0
    assert found.model is not None
    low, high = found.model.by_behaviour
    assert low < found.model.central < high
    assert found.model.by_elasticity[0] < found.model.by_elasticity[1]
    low_set = {a.name: a for a in market_numbers("low", {})}
    assert all(low_set[f"oil.{n}"].value == low_set[f"oil.{n}"].low for n in ELASTICITIES)
    assert low_set["oil.habit"].value == low_set["oil.habit"].high


def test_the_page_says_how_months_hold(page: CasePage) -> None:
    text = " ".join(page_text(page).split())
    assert "5 paths of the oil market, largest gap of any condition" in text
    assert "of world income" not in text
    assert 0 <= page.worst_oil_gap <= 3e-4
    table = page.tables["two"]["oil"].frame
    assert list(table["month"]) == ["base", "2018-10", "2018-11"]
    assert {"Brent", "IRN exports", "IRN discount", "IRN stored"} <= set(table)


def test_draws_move_the_market_too() -> None:
    data: dict[str, Any] = yaml.safe_load(SMALL)
    bench = Bench(Case.model_validate({**data, "draws": 1}))
    drawn = next(v for v in bench.variants(ranges=True) if v.draw)
    given = {a.name: a.value for a in bench.oil("two", drawn).assumptions}
    central = {a.name: a.value for a in bench.given("two", bench.central)}
    moved = {n for n in given if given[n] != central[n]}
    assert {"oil.keep", "oil.across", "iran_crude_waivers.secondary.enforcement"} <= moved


def test_runs_that_begin_alike_share_their_months(tmp_path: Path) -> None:
    data: dict[str, Any] = yaml.safe_load(SMALL)
    data["runs"]["again"] = {
        **data["runs"]["two"],
        "oil": {**data["runs"]["two"]["oil"], "months": 3},
    }
    bench = Bench(Case.model_validate(data), folder=tmp_path)
    sheet = bench.sheet(bench.central)
    assert sheet.oil["again"].path.resumed == 2
    two, again = (sheet.oil[n].path["2018-11"].brent for n in ("two", "again"))
    assert two == pytest.approx(again, abs=1e-9)


def test_records_are_those_of_the_raw_tables(raw_root: Path) -> None:
    frame = pd.read_csv(raw_root / "iran_oil_annual" / "iran_crude_condensate_exports.csv")
    known = dict(zip(frame["year"].astype(str), frame["million_barrels"], strict=True))
    for name in ("discounted-barrels", "export-surge"):
        values = load_case(name).records["exports"].values
        assert values == {year: known[year] for year in values}
    brent = pd.read_csv(raw_root / "oil_prices" / "brent-daily.csv", index_col="Date")["Price"]
    days = brent["2022-04-15":"2022-05-14"]
    price = load_case("discounted-barrels").records["price"].values
    assert price["brent"] == pytest.approx(days.mean(), abs=0.01)


def test_output_of_venezuela_is_that_of_the_review(raw_root: Path) -> None:
    book = raw_root / "energy_institute_2025" / "EI_Statistical_Review.xlsx"
    frame = pd.read_excel(book, sheet_name="Oil Production - barrels", header=2, index_col=0)
    row: dict[Any, Any] = frame.loc["Venezuela"].to_dict()
    for year, kbd in load_case("venezuela").records["output"].values.items():
        assert round(float(row[int(year)])) == kbd


@pytest.mark.parametrize("name", CASES)
def test_claims_have_more_than_one_reading_and_say_what_is_left_out(name: str) -> None:
    case = load_case(name)
    assert len(case.readings) >= 3
    assert len(case.leaves_out) >= 3
    assert all(run.oil for run in case.runs.values())


def test_rounding_errors_are_shown_as_nothing() -> None:
    assert [number(x) for x in (9.6e-270, -1e-12, 0.00123, -1234.5)] == [
        "0",
        "0",
        "0.00123",
        "-1,234",
    ]


def test_months_of_a_record_are_written_as_months() -> None:
    assert value_texts({"201811": 1000.0, "2019": 5.0, "mid_may": 37.0}) == (
        "2018-11: 1,000, 2019: 5, mid may: 37"
    )


def test_the_page_draws_the_months_of_who_is_asked_about(page: CasePage) -> None:
    (svg,) = months_pictures(page)
    assert "Crude of IRN by month" in svg
    assert "IRN: exports" in svg
    assert len(page.months["two"]) == 5
    assert svg in case_html(page)
    gone = page.months["two"][0].assign(**{"IRN discount": np.nan})
    cut: dict[str, tuple[pd.DataFrame, ...]] = {"two": (gone,)}
    (other,) = months_pictures(replace(page, months=cut))
    assert "IRN: discount" not in other
