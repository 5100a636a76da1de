"""Pages of the bundled cases: their numbers are those of the engine, and nothing is typed in."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import yaml

from entrepot.core.errors import CaseError, NotSolvedError, OutputError
from entrepot.report.casemonths import months_pictures
from entrepot.report.casepage import case_html, save_case
from entrepot.scenario import library
from entrepot.study import run_scenario, span
from entrepot.study.casebook import (
    CasePage,
    Grade,
    list_cases,
    load_case,
    page_text,
    rule,
    run_case,
)
from entrepot.study.casebook.recent import Recent
from entrepot.study.casebook.verdict import Model
from entrepot.world.bundle import load_world

CASES = [line.id for line in list_cases()]


@pytest.fixture(scope="module")
def zero() -> CasePage:
    return run_case("zero-by-november", conditions=False)


@pytest.mark.parametrize("name", CASES)
def test_every_case_runs_and_is_certified(name: str) -> None:
    page = run_case(name, ranges=False, conditions=False)
    assert page.certified
    if any(not run.oil for run in page.case.runs.values()):
        assert page.worst_gap <= 1e-8
    assert {f.name for f in page.findings} == set(page.case.quantities)
    for found in page.findings:
        assert (found.model is not None) == bool(found.model_expression)
        assert (found.record is not None) == bool(found.record_expression)
        assert (found.ruling is not None) == (found.target is not None)


def test_welfare_on_the_page_is_that_of_the_run(zero: CasePage) -> None:
    for name, scenario in (
        ("welfare_announced", "zero-by-november"),
        ("welfare_after", "us-iran-oil-2019"),
    ):
        run = run_scenario(library()[scenario], load_world("2017"))
        low, central, high = (100 * (x - 1) for x in span(run, "welfare", "IRN"))
        values = [x for v, x in zero.finding(name).values if v.world == "2017"]
        assert values[0] == pytest.approx(central, abs=1e-6)
        assert min(values) == pytest.approx(low, abs=1e-6)
        assert max(values) == pytest.approx(high, abs=1e-6)


def test_volume_on_the_page_is_that_of_the_run(zero: CasePage) -> None:
    run = run_scenario(library()["us-iran-oil-2019"], load_world("2017"), ranges=False)
    exports = run.results.exports.sel(region="IRN", sector="crude")
    i, s = run.world.regions.index("IRN"), run.world.sectors.index("crude")
    hat = float(exports["hat"]) / run.solution.certified().cost[i, s]
    found = zero.finding("second_year")
    assert found.model is not None
    assert found.model.central == pytest.approx(100 * (hat - 1), abs=1e-6)


def test_the_record_is_that_of_the_file(zero: CasePage) -> None:
    values = zero.case.records["exports"].values
    found = zero.finding("first_year")
    assert found.record == pytest.approx(100 * (values["2019"] / values["2017"] - 1))
    assert zero.finding("exceptions").record == 8


def test_distances_are_signed_and_scores_are_published(zero: CasePage) -> None:
    assert {f.name for f in zero.backtests} >= {"first_year", "second_year"}
    for found in zero.backtests:
        assert found.model is not None
        assert found.record is not None
        error = found.model.central - found.record
        assert found.model_minus_record == error
        assert found.skill == pytest.approx(1 - abs(error) / abs(found.record))
        if found.target:
            assert found.record_from_claim == found.target.gap(found.record)
        assert f"back-test score {found.skill:.2f}" in " ".join(page_text(zero).split())


def test_ranges_hold_the_variants(zero: CasePage) -> None:
    for found in zero.findings:
        if found.model is None:
            continue
        numbers = [x for _, x in found.values]
        assert found.model.central == numbers[0]
        assert (found.model.low, found.model.high) == (min(numbers), max(numbers))
        for part in (found.model.by_elasticity, found.model.by_behaviour, found.model.by_world):
            assert found.model.low <= part[0] <= found.model.central <= part[1]
            assert part[1] <= found.model.high
    assert {v.world for v, _ in zero.finding("welfare_after").values} == {"2017", "2017-recorded"}
    assert len(zero.finding("welfare_after").values) == 18


def test_the_verdict_follows_from_the_numbers_on_the_page(zero: CasePage) -> None:
    for found in zero.findings:
        if found.target is not None and found.ruling is not None:
            numbers = [x for _, x in found.values]
            again = rule(found.target, numbers, found.record, found.margin)
            assert again.grade is found.ruling.grade
    assert zero.verdict.grade is Grade.DOES_NOT_HOLD


def test_another_target_gives_another_verdict(zero: CasePage) -> None:
    text = zero.case.model_dump(mode="json", by_alias=True)
    for name in ("first_year", "second_year", "november"):
        text["quantities"][name]["claim"]["at_most"] = -1
    text["quantities"]["exceptions"]["claim"]["at_most"] = 8
    for quantity in text["quantities"].values():
        quantity.update({k: None for k in ("claim", "model", "record") if k not in quantity})
    page = run_case(type(zero.case).model_validate(text), ranges=False, conditions=False)
    assert page.verdict.grade is Grade.HOLDS


def test_a_search_finds_where_the_model_equals_the_record() -> None:
    case = load_case("zero-by-november")
    one = case.model_copy(update={"conditions": case.conditions[2:3]})
    page = run_case(one, ranges=False)
    (found,) = page.thresholds
    assert found.outcome == "crossing"
    assert set(found.values) == {"central", "low", "high"}
    share = found.values["central"] / 100
    assert 0 < share < 1
    names = case.levers["all_buyers"].overrides["after"]
    run = page_at(case.runs["after"].scenario, dict.fromkeys(names, share))
    record = page.finding("second_year").record
    assert run == pytest.approx(record, abs=0.5)
    assert found.amount in page_text(page)


def page_at(scenario: str, overrides: dict[str, float]) -> float:
    """Change of Iran's crude export volume, per cent, by the engine alone."""
    from entrepot.channels import compile_shock
    from entrepot.solving import solve

    world = load_world("2017")
    compiled = compile_shock(world, library()[scenario], overrides=overrides)
    results = solve(world, shock=compiled.shock).results()
    i, s = world.regions.index("IRN"), world.sectors.index("crude")
    exports = results.exports.sel(region="IRN", sector="crude")
    hat = float(exports["hat"]) / results.solution.certified().cost[i, s]
    return 100 * (hat - 1)


def test_text_has_the_six_parts(zero: CasePage) -> None:
    text = page_text(zero, full=True)
    assert all(f"\n{k}. " in text for k in range(1, 7))
    assert f"Verdict: {zero.verdict}" in text
    assert "the claim needs at most -99 per cent, record -72.6, model" in " ".join(text.split())
    assert all(len(line) <= 130 for line in text.splitlines())
    for record in zero.case.records.values():
        assert record.source.citation[:40] in text


def test_data_are_plain_and_complete(zero: CasePage) -> None:
    data = json.loads(json.dumps(zero.to_dict(), allow_nan=False))
    assert data["verdict_text"] == str(zero.verdict)
    assert len(data["solves"]) == len(zero.solves)
    spread = zero.findings[1].model
    assert spread is not None
    assert data["findings"][1]["model"]["central"] == spread.central
    assert data["case"]["claim"]["text"] == zero.case.claim.text
    assert set(data["worlds"]) == {"2017", "2017-recorded"}


def test_html_opens_without_a_network(zero: CasePage) -> None:
    text = case_html(zero)
    assert all(word not in text for word in ("<script", "src=", "@import", "url("))
    bars = [f for f in zero.findings if f.model and (f.target or f.record is not None)]
    assert text.count("<svg") == len(bars) + len(months_pictures(zero))
    assert all(f"<h2>{k}. " in text for k in range(1, 7))


def test_html_escapes_what_a_file_says() -> None:
    case = load_case("qatar-blockade")
    claim = case.claim.model_copy(update={"text": "<b>&</b>"})
    case = case.model_copy(update={"claim": claim})
    page = run_case(case, ranges=False, conditions=False)
    assert "&lt;b&gt;&amp;&lt;/b&gt;" in case_html(page)


def test_a_page_is_saved_as_a_folder_all_or_nothing(zero: CasePage, tmp_path: Path) -> None:
    folder = save_case(zero, tmp_path / "out")
    assert {p.name for p in folder.iterdir()} == {"case.html", "case.txt", "manifest.json"}
    assert json.loads((folder / "manifest.json").read_text())["program"] == "entrepot"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter").write_text("keep")
    with pytest.raises(OutputError):
        save_case(zero, tmp_path / "mine")
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["letter"]


def test_progress_is_reported() -> None:
    seen: list[tuple[int, int]] = []
    run_case(
        "qatar-blockade", ranges=False, conditions=False, report=lambda w, d, n: seen.append((d, n))
    )
    assert seen == [(1, 1)]


def test_the_same_case_gives_the_same_numbers(zero: CasePage) -> None:
    again = run_case("zero-by-november", ranges=False, conditions=False)
    for found in again.findings:
        if found.model:
            np.testing.assert_allclose(found.model.central, zero.finding(found.name).values[0][1])


def cut_off(coverage: str) -> CasePage:
    """A case whose run takes a part of all crude oil from Finland, which has none of its own."""
    measure = {"kind": "embargo", "senders": ["all"], "targets": ["FIN"], "sectors": ["crude"],
               "flow": "imports", "compliance": yaml.safe_load(coverage)}  # fmt: skip
    case = load_case("qatar-blockade")
    run = case.runs["blockade"].model_copy(update={"also": ("cut",)})
    change = {"own": {"measures": {"cut": measure}}, "runs": {"blockade": run}, "conditions": ()}
    return run_case(case.model_copy(update=change))


def test_no_certificate_no_page() -> None:
    with pytest.raises(NotSolvedError, match="FIN"):
        cut_off("1.0")


def test_variants_without_a_certificate_are_listed_and_left_out() -> None:
    page = cut_off("{low: 0.5, central: 0.6, high: 1.0}")
    assert not page.certified
    assert len(page.failed) == 3
    assert all("behaviour high" in text and "FIN" in text for text in page.failed)
    assert {v.behaviour for v, _ in page.finding("welfare").values} == {"low", "central"}
    text = " ".join(page_text(page).split())
    assert "3 without a certified result" in text
    for found in page.findings:
        assert found.failed == (3 if found.model else 0)
        if found.ruling and found.model:
            assert found.ruling.model not in (Model.ALL, Model.NONE)
    assert "3 of 9 variants gave no certified result, the range is that of the others" in text
    json.dumps(page.to_dict(), allow_nan=False)


def test_a_search_that_meets_a_failed_solve_is_said_so(zero: CasePage) -> None:
    """The lever takes all crude from Finland at its end; the rest of the page stands."""
    measure = {"kind": "embargo", "senders": ["all"], "targets": ["FIN"], "sectors": ["crude"],
               "flow": "imports",
               "compliance": {"low": 0.1, "central": 0.1, "high": 0.1}}  # fmt: skip
    case = load_case("qatar-blockade")
    condition = case.conditions[0]
    lever = case.levers[condition.lever].model_copy(
        update={"overrides": {"blockade": ("cut.compliance.default",)}, "start": 0.0, "end": 1.0}
    )
    run = case.runs["blockade"].model_copy(update={"also": ("cut",)})
    change = {"own": {"measures": {"cut": measure}}, "runs": {"blockade": run},
              "levers": {condition.lever: lever}, "conditions": (condition,)}  # fmt: skip
    page = run_case(case.model_copy(update=change), ranges=False)
    (found,) = page.thresholds
    assert found.outcome == "no result"
    assert not found.reached
    assert "FIN" in found.words
    assert not page.certified
    text = " ".join(page_text(page).split())
    assert "cannot be told, a solve of the search was not certified" in text
    assert found.words in " ".join(case_html(page).replace("&#x27;", "'").split())
    ruling = page.finding(condition.quantity).ruling
    assert ruling is None or ruling.model is not Model.NONE
    json.dumps(page.to_dict(), allow_nan=False)


def test_a_division_by_trade_that_does_not_exist_is_named() -> None:
    case = load_case("qatar-blockade")
    lost = case.quantities["lost"].model_copy(
        update={"model": "imports(blockade, QAT, goods, SAU) / imports(blockade, QAT, goods, SAU)"}
    )
    broken = case.model_copy(update={"quantities": {**case.quantities, "lost": lost}})
    with pytest.raises(CaseError, match="lost"):
        run_case(broken, ranges=False, conditions=False)


def test_only_the_last_things_are_kept() -> None:
    made: list[str] = []
    kept: Recent[str] = Recent(2)

    def make(name: str) -> str:
        made.append(name)
        return name

    for key in ("a", "b", "a", "c", "a", "b"):
        found = kept.get(key, partial(make, key))
        assert found == key
    assert made == ["a", "b", "c", "b"]
