"""A run: its parties, and what it was asked to do."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

import pytest

from entrepot.report.folder import run_manifest
from entrepot.scenario import library
from entrepot.solving import SolveOptions
from entrepot.study.run import SENDERS, TARGETS, parties, run_scenario
from entrepot.world.bundle import load_world


def test_parties_are_those_of_the_day() -> None:
    world, scenario = load_world("2017"), library()["russia-2022"]
    early = parties(scenario, world, SENDERS, date(2022, 2, 25))
    later = parties(scenario, world, SENDERS, scenario.default_day())
    assert early == ("USA",)
    assert {"USA", "DEU", "GBR", "JPN", "KOR"} <= set(later)
    assert parties(scenario, world, TARGETS, date(2022, 2, 25)) == ("RUS",)
    assert parties(scenario, world, SENDERS, date(2021, 1, 1)) == ()


@pytest.mark.parametrize(
    ("given", "closure", "origin"), [("zero", "zero", "given"), (None, "fixed", "default")]
)
def test_a_run_says_what_it_was_asked_to_do(given: str | None, closure: str, origin: str) -> None:
    world, scenario = load_world("2017"), library()["us-iran-oil-2019"]
    options = SolveOptions(tolerance=1e-10, max_evaluations=250)
    run = run_scenario(scenario, world, closure=given, ranges=False, options=options)
    assert run.options == {
        "closure": closure,
        "closure_from": origin,
        "date": run.day.isoformat() if run.day else None,
        "date_from": "scenario",
        "ranges": False,
        "openness": 0.0,
        "months": 120.0,
        **asdict(options),
    }
    assert (run.options["tolerance"], run.options["max_evaluations"]) == (1e-10, 250)
    manifest = run_manifest(run)
    assert manifest["options"] == {"model": "long_run", **run.options}
    assert manifest["closure"] == closure


def test_a_day_without_measures_is_said_so() -> None:
    world, scenario = load_world("2017"), library()["russia-2022"]
    run = run_scenario(scenario, world, date=date(2016, 1, 1), ranges=False)
    assert "is in force on 2016-01-01: it changes nothing" in run.notes[0]
    assert run.options["date_from"] == "given"
    assert run_manifest(run)["compile_notes"] == list(run.notes)
    assert abs(run.results.welfare.values - 1).max() < 1e-8
