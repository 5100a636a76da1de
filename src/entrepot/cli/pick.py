"""Find the scenario, the world and the day that the user means."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from entrepot.core.errors import InputError, ScenarioError, did_you_mean
from entrepot.scenario import (
    Scenario,
    ScenarioBook,
    bundled_scenario,
    library,
    load_scenarios,
)
from entrepot.world.bundle import list_worlds, load_world
from entrepot.world.world import World


def looks_like_file(text: str) -> bool:
    """Whether `text` is meant as a path."""
    return text.endswith((".yaml", ".yml")) or "/" in text or "\\" in text


def read_book(path: Path) -> ScenarioBook:
    """Read a scenario file; a missing one is an input error."""
    if not path.is_file():
        raise ScenarioError(f"Scenario file '{path}' does not exist. Check the path.")
    return load_scenarios(path)


def find_scenario(text: str, pick: str | None) -> Scenario:
    """Return the scenario called `text` in the library, or `pick` in the file `text`."""
    if not looks_like_file(text):
        if (named := bundled_scenario(text)) is None:
            known = library()
            raise ScenarioError(
                f"There is no scenario '{text}' in the library.{did_you_mean(text, known)} "
                f"There are {', '.join(known)}. A file is given by its path, ending in .yaml."
            )
        if pick is not None:
            raise InputError(
                f"'{text}' is one scenario of the library, so --scenario '{pick}' has nothing to "
                "choose from. Leave it out, or give a file."
            )
        return named
    book = read_book(Path(text))
    names = list(book) or list(book.entries)
    if pick is not None:
        return book[pick]
    if len(names) != 1:
        raise ScenarioError(
            f"'{text}' holds {len(names)} scenarios: {', '.join(names) or 'none'}. Choose one "
            "with --scenario."
        )
    return book[names[0]]


def find_day(text: str | None) -> date | None:
    """Return the day that `text` names."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"'{text}' is not a date. Write it as YYYY-MM-DD.") from None


def find_world(
    name: str | None, scenario: Scenario | None = None, day: date | None = None
) -> World:
    """Return the world called `name`, or the latest bundled one from before the scenario's day.

    Measures work on the trade of a year without them, so the base year has to lie before.
    """
    if name is not None:
        return load_world(name)
    years = sorted(int(n) for n in list_worlds() if n.isdigit())
    day = day or (scenario.default_day() if scenario else None)
    before = [y for y in years if day is None or y < day.year]
    return load_world(str(before[-1] if before else years[0]))
