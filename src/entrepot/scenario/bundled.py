"""Scenario files that come with the package."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from entrepot.core.errors import ScenarioError, did_you_mean
from entrepot.scenario.book import Scenario, ScenarioBook
from entrepot.scenario.load import read_book
from entrepot.scenario.marks import parse


@cache
def _texts() -> Mapping[str, str]:
    """Text of every bundled file by its name without ``.yaml``."""
    folder = files("entrepot.scenario").joinpath("library")
    found = {f.name: f for f in folder.iterdir() if f.name.endswith(".yaml")}
    return {name.removesuffix(".yaml"): found[name].read_text("utf-8") for name in sorted(found)}


@cache
def _book(name: str) -> ScenarioBook:
    return read_book(parse(_texts()[name], f"{name}.yaml", trusted=True))


def bundled_files() -> dict[str, ScenarioBook]:
    """Every bundled file by its name without ``.yaml``."""
    return {name: _book(name) for name in _texts()}


def library() -> dict[str, Scenario]:
    """Every bundled scenario by name."""
    return {name: book[name] for book in bundled_files().values() for name in book}


def bundled_scenario(name: str) -> Scenario | None:
    """Return the bundled scenario called `name`, or None.

    Only files that hold the word are read: all of them take 0.1 s of a start.
    """
    books = (_book(file) for file, text in _texts().items() if name in text)
    return next((book[name] for book in books if name in list(book)), None)


def library_book(name: str) -> ScenarioBook:
    """Return the bundled file called `name`."""
    if name not in _texts():
        hint = did_you_mean(name, _texts())
        raise ScenarioError(f"No bundled file '{name}'.{hint} There are {', '.join(_texts())}.")
    return _book(name)
