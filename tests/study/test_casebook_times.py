"""Runs of a case in a world and at a time of their own, and the case that needs them."""

from __future__ import annotations

from datetime import date

import pytest
import small

from entrepot.core.errors import CaseError
from entrepot.model.presets import at
from entrepot.scenario import library
from entrepot.study import run_scenario
from entrepot.study.casebook import CasePage, load_case, run_case, solves
from entrepot.study.path_ages import dated, months_since
from entrepot.world.bundle import load_world

TEXT = """
format: entrepot-case/1
id: times
title: Times
claim: {text: t, said_by: s, when: w, document: d}
world: "2023"
runs:
  early:
    {scenario: us-market-russia-iran, title: e, world: "2017", begin: 2018-01-01, date: 2019-01-01}
  late: {scenario: us-market-russia-iran, title: l, begin: 2024-01-01, date: 2034-01-01}
  usual: {scenario: us-market-russia-iran, title: u, world: "2017"}
quantities:
  early: {title: e, unit: hat, model: "welfare(early, RUS)", claim: {at_most: 1, because: b}}
  late: {title: l, unit: hat, model: "welfare(late, RUS)"}
  usual: {title: u, unit: hat, model: "welfare(usual, RUS)"}
  all: {title: a, unit: hat, model: "welfare(early, RUS) / welfare(late, RUS)"}
readings:
  one: {title: o, needs: [early]}
"""


@pytest.fixture(scope="module")
def page() -> CasePage:
    return run_case(load_case(TEXT), ranges=False, conditions=False)


def alone(world: str, begin: date | None, day: date | None) -> float:
    """The same by a single run."""
    scenario = library()["us-market-russia-iran"]
    months = min(months_since(begin, day), 120.0) if begin and day else 120.0
    run = run_scenario(dated(scenario, begin) if begin else scenario, load_world(world), date=day,
                       horizon=at(months), ranges=False)  # fmt: skip
    return float(run.results.welfare.sel(region="RUS"))


@pytest.mark.parametrize(
    ("name", "world", "begin", "day"),
    [
        ("late", "2023", date(2024, 1, 1), date(2034, 1, 1)),
        ("usual", "2017", None, None),
    ],
)
def test_a_run_has_its_own_world_and_time(page, name, world, begin, day) -> None:
    found = page.finding(name).model
    assert found is not None
    assert found.central == pytest.approx(alone(world, begin, day), abs=1e-9)


def test_worlds_and_times_differ(page) -> None:
    early, usual, late = (page.finding(n).values[0][1] for n in ("early", "usual", "late"))
    assert early < usual < 1
    assert usual < late < 1
    assert page.finding("all").values[0][1] == pytest.approx(early / late)
    assert set(page.worlds) == {"2017", "2023"}


def test_worlds_with_other_labels_do_not_go_together(monkeypatch) -> None:
    known = solves.load_world
    monkeypatch.setattr(
        solves, "load_world", lambda name: small.make_world() if name == "2017" else known(name)
    )
    with pytest.raises(CaseError, match="Run 'early' is of the world 'small', whose economies"):
        run_case(load_case(TEXT), ranges=False, conditions=False)


def test_the_case_little_bite_covers_what_it_claims() -> None:
    case = load_case("little-bite")
    begun = {(run.world, run.begin.year) for run in case.runs.values() if run.begin}
    assert begun == {("2017", 2018), ("2023", 2024), ("2023", 2033)}
    names = {f"{who}_{power}_{year}" for who in ("china", "russia", "iran")
             for power in ("market", "alone", "allies") for year in (2017, 2023)}  # fmt: skip
    assert names <= set(case.quantities)
    for quantity in case.quantities.values():
        assert quantity.model is None or "before" not in quantity.model
