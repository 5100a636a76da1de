"""Cases on payments: verdicts follow from numbers and turn when the numbers turn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from entrepot.core.hashing import hash_json
from entrepot.scenario import library
from entrepot.solving import SolveOptions
from entrepot.study.casebook import CasePage, Grade, load_case, run_case
from entrepot.study.casebook import run as run_module
from entrepot.study.casebook.schema import Case
from entrepot.study.casebook.solves import Bench

HOLDS, ONLY_IF = Grade.HOLDS, Grade.ONLY_IF
NO, CANNOT = Grade.DOES_NOT_HOLD, Grade.CANNOT_TELL

CASES = {
    "central-bank-ban": NO,
    "own-currencies": CANNOT,
    "cips-proof": ONLY_IF,
    "swap-lines": ONLY_IF,
    "digital-renminbi": NO,
    "iraq-dollars": HOLDS,
    "petrodollar": NO,
}
"""Grades of the central variant alone, without searches."""


@pytest.fixture(autouse=True)
def solved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cases that differ in records and targets alone share what was compiled and solved."""

    def bench(case: Case, options: SolveOptions | None = None, folder: Path | None = None) -> Bench:
        made = Bench(case, options, folder=folder)
        content = hash_json([case.own, case.model_dump(mode="json", include={"id", "runs"})])
        made._compiled, made._solved = KEPT.setdefault(content, (made._compiled, made._solved))
        return made

    monkeypatch.setattr(run_module, "Bench", bench)


KEPT: dict[str, Any] = {}


def central(case: Case) -> CasePage:
    return run_case(case, ranges=False, conditions=False)


def changed(name: str, changes: dict[str, Any]) -> Case:
    """The case with values at dotted places replaced, as if its file said so."""
    data = load_case(name).model_dump(mode="json", by_alias=True)
    for quantity in data["quantities"].values():
        quantity.update({k: v for k, v in quantity.items() if v is not None})
    for path, value in changes.items():
        *way, last = path.split(".")
        place = data
        for key in way:
            place = place[key]
        assert last in place, path
        place[last] = value
    return Case.model_validate(data)


@pytest.mark.parametrize(("name", "grade"), CASES.items())
def test_the_grade_of_the_central_variant(name: str, grade: Grade) -> None:
    page = central(load_case(name))
    assert page.certified
    assert page.verdict.grade is grade


FLIPS: list[tuple[str, dict[str, Any], Grade]] = [
    ("central-bank-ban", {"records.growth.values.2018": -30,
                          "quantities.halt_all.claim.at_most": -5,
                          "quantities.revenue_all.claim.at_most": -30}, ONLY_IF),
    ("central-bank-ban", {"records.growth.values.2018": -30}, CANNOT),
    ("own-currencies", {"records.late.values.2023": 20}, NO),
    ("own-currencies", {"quantities.russia_china.claim.at_least": 40}, ONLY_IF),
    ("cips-proof", {"records.size_2022.values.institutions": 900}, NO),
    ("swap-lines", {"records.russia_china.values.dollar": 80}, CANNOT),
    ("swap-lines", {"records.russia_china.values.dollar": 80,
                    "records.counterparties.values.with_each_member_of_the_euro_area": 40}, NO),
    ("digital-renminbi", {"quantities.blunted.claim.at_least": 0,
                          "quantities.wide.claim.at_least": 0}, ONLY_IF),
    ("iraq-dollars", {"records.market.values.street": 1480}, NO),
    ("iraq-dollars", {"records.market.values.street": 1550}, CANNOT),
    ("petrodollar", {"quantities.lost.claim.at_most": -5}, ONLY_IF),
    ("petrodollar", {"quantities.lead.claim.at_most": 40}, ONLY_IF),
]  # fmt: skip


@pytest.mark.parametrize(("name", "changes", "grade"), FLIPS)
def test_other_numbers_give_another_verdict(
    name: str, changes: dict[str, Any], grade: Grade
) -> None:
    page = central(changed(name, changes))
    assert page.verdict.grade is grade
    assert grade is not CASES[name]


def test_what_turns_a_model_verdict_is_the_scenario() -> None:
    """Reach of a digital currency near all of payments: the loss is gone, and the grade turns."""
    case = load_case("digital-renminbi")
    wide = {"low": 0.98, "central": 0.98, "high": 0.98}
    own = {"measures": {"more": {"kind": "new_rail", "rail": "digital_renminbi", "members": ["all"],
                                 "controllers": ["CHN"], "share": wide}}}  # fmt: skip
    runs = {
        name: run.model_copy(update={"also": ("more",)}) if name.startswith("open") else run
        for name, run in case.runs.items()
    }
    page = central(case.model_copy(update={"own": own, "runs": runs}))
    found, before = page.finding("wide_russia"), central(case).finding("wide_russia")
    assert found.model is not None
    assert before.model is not None
    assert found.model.central > 90 > before.model.central
    assert page.verdict.grade is ONLY_IF


def test_no_scenario_serves_two_cases() -> None:
    used = [r.scenario for n in CASES for r in load_case(n).runs.values()]
    assert len(used) == len(set(used))
    assert all(library()[s].claim in CASES for s in used)


def test_every_case_says_how_sure_it_is() -> None:
    for name in CASES:
        case = load_case(name)
        assert case.draws >= 10
        assert len(case.other_worlds) + len(case.horizons) > 1
        judged = [q for q in case.quantities.values() if q.claim]
        assert all(
            "assumed" in q.claim.because or "'" in q.claim.because for q in judged if q.claim
        )


def test_counterparties_of_china(raw_root: Path) -> None:
    """Lines in renminbi, both directions, without the pooled funds of the Chiang Mai Initiative."""
    path = raw_root / "swap_lines" / "liquidity_lines_current_v19_upload.csv"
    lines = pd.read_csv(path, dtype=str)
    china = (lines["ISO_source"] == "CHN") | (lines["ISO_recipient"] == "CHN")
    own = lines["currency_of_deal"].str.contains("CNY", na=False)
    pooled = lines["initiative"].str.contains("CMI", na=False)
    found = lines[china & own & ~pooled]
    partner = found["ISO_recipient"].where(found["ISO_source"] == "CHN", found["ISO_source"])
    values = load_case("swap-lines").records["counterparties"].values
    assert values["ever"] == partner.nunique()
    first = pd.to_datetime(found["start_date"], dayfirst=True)
    last = pd.to_datetime(found["end_date"], dayfirst=True)
    day = pd.Timestamp("2022-12-31")
    assert values["in_force_2022"] == partner[(first <= day) & ~(last < day)].nunique()
    assert "EA" in set(partner)
    assert values["with_each_member_of_the_euro_area"] == partner.nunique() - 1 + 19


def test_imports_of_iran(raw_root: Path) -> None:
    values = load_case("central-bank-ban").records["imports"].values
    years = [int(y) for y in values]
    path = raw_root / "atlas_hs2" / "atlas_hs2_bilateral_2010_2020.parquet"
    frame = pd.read_parquet(path, filters=[("importer", "==", "IRN"), ("year", "in", years)])
    found = frame.groupby("year")["value_usd"].sum() / 1e6
    for year, value in values.items():
        assert value == pytest.approx(float(found[int(year)]), abs=0.1)


def test_price_of_oil(raw_root: Path) -> None:
    frame = pd.read_csv(raw_root / "oil_prices" / "brent-monthly.csv", parse_dates=["Date"])
    mean = frame.groupby(frame["Date"].dt.year)["Price"].mean()
    for year, value in load_case("central-bank-ban").records["brent"].values.items():
        assert value == pytest.approx(float(mean[int(year)]), abs=0.01)
