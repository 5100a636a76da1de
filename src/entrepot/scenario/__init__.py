"""The law: measures, groups, dates, files."""

from entrepot.scenario.book import Entry, Scenario, ScenarioBook
from entrepot.scenario.bundled import bundled_scenario, library, library_book
from entrepot.scenario.kinds import KINDS, PLANNED
from entrepot.scenario.load import load_scenarios
from entrepot.scenario.measures import Measure

__all__ = [
    "KINDS",
    "PLANNED",
    "Entry",
    "Measure",
    "Scenario",
    "ScenarioBook",
    "bundled_scenario",
    "library",
    "library_book",
    "load_scenarios",
]
