"""Scenario files that come with the package."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from entrepot.core.errors import ScenarioError, did_you_mean
from entrepot.scenario.book import Scenario, ScenarioBook
from entrepot.scenario.load import read_book
from entrepot.scenario.marks import parse


@cache
def bundled_files() -> dict[str, ScenarioBook]:
    """Every bundled file by its name without ``.yaml``."""
    folder = files("entrepot.scenario").joinpath("library")
    out: dict[str, ScenarioBook] = {}
    for item in sorted(folder.iterdir(), key=lambda f: f.name):
        if item.name.endswith(".yaml"):
            marked = parse(item.read_text("utf-8"), item.name, trusted=True)
            out[item.name.removesuffix(".yaml")] = read_book(marked)
    return out


def library() -> dict[str, Scenario]:
    """Every bundled scenario by name."""
    return {name: book[name] for book in bundled_files().values() for name in book}


def library_book(name: str) -> ScenarioBook:
    """Return the bundled file called `name`."""
    books = bundled_files()
    if name not in books:
        hint = did_you_mean(name, books)
        raise ScenarioError(f"No bundled file '{name}'.{hint} There are {', '.join(books)}.")
    return books[name]
