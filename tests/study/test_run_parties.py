"""Senders and targets of a run are those of the measures in force on its day."""

from __future__ import annotations

from datetime import date

from entrepot.scenario import library
from entrepot.study.run import SENDERS, TARGETS, parties
from entrepot.world.bundle import load_world


def test_parties_are_those_of_the_day() -> None:
    world, scenario = load_world("2017"), library()["russia-2022"]
    early = parties(scenario, world, SENDERS, date(2022, 2, 25))
    later = parties(scenario, world, SENDERS, scenario.default_day())
    assert early == ("USA",)
    assert {"USA", "DEU", "GBR", "JPN", "KOR"} <= set(later)
    assert parties(scenario, world, TARGETS, date(2022, 2, 25)) == ("RUS",)
    assert parties(scenario, world, SENDERS, date(2021, 1, 1)) == ()
