"""Runs on one small world, of which one shape is compiled once for all tests of this folder."""

from __future__ import annotations

import pytest
import small as made

from entrepot.report import summarise
from entrepot.scenario import load_scenarios
from entrepot.study import Run, run_scenario
from entrepot.world.world import World


@pytest.fixture(scope="session")
def small() -> World:
    return made.make_world()


@pytest.fixture(scope="session")
def solved(small: World):
    """A function from the name of a scenario to its run; each is solved once."""
    book, kept = load_scenarios(made.FILE), {}

    def solve(name: str) -> Run:
        if name not in kept:
            kept[name] = run_scenario(book[name], small)
        return kept[name]

    return solve


@pytest.fixture(scope="session")
def run(solved) -> Run:
    return solved("oil-2018")


@pytest.fixture(scope="session")
def summary(run):
    return summarise(run)
