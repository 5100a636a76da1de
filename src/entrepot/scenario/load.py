"""Read a scenario file: everything is checked, then everything wrong is said at once."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any, Final

from entrepot.core.errors import ScenarioError, did_you_mean
from entrepot.scenario.book import Entry, ScenarioBook
from entrepot.scenario.compose import compose, read_scenarios
from entrepot.scenario.explain import validate
from entrepot.scenario.kinds import KINDS, PLANNED
from entrepot.scenario.labels import Vocabulary
from entrepot.scenario.marks import Marked, parse
from entrepot.scenario.naming import read_vocabulary

FORMAT: Final = "entrepot/1"
KEYS: Final = {
    "format": "always entrepot/1",
    "title": "one line about the file",
    "description": "more about the file",
    "labels": "economies and sectors of your own world: {economies: [...], sectors: [...]}",
    "groups": "groups of economies: name -> list, or {title, members, source}",
    "sector_groups": "groups of sectors: name -> list of sector codes",
    "measures": "measures by name",
    "scenarios": "scenarios by name: a list of measures and scenarios, or a mapping",
}
NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")


def load_scenarios(source: str | os.PathLike[str] | Mapping[str, Any]) -> ScenarioBook:
    """Read scenarios from a file, from text, or from plain data of the same form.

    `source` is a path, YAML text (anything with a line break), or a mapping.  All problems are
    collected and raised as one `ScenarioError`, each with file and line.
    """
    if isinstance(source, Mapping):
        return read_book(Marked(_plain(source), "<data>"))
    return read_book(parse(*_text(source)))


def read_book(marked: Marked) -> ScenarioBook:
    """Check parsed content and make the book; all problems are raised as one `ScenarioError`."""
    name, problems = marked.name, list(marked.problems)
    book = _read(marked, problems) if isinstance(marked.data, dict) else None
    if book is None and not problems:
        problems.append(f"{name}: the file must be a mapping that starts with 'format: {FORMAT}'.")
    if problems or book is None:
        raise ScenarioError.collect(f"{name} is not a valid scenario file", problems)
    return book


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list | tuple) else value


def _text(source: str | os.PathLike[str]) -> tuple[str, str]:
    if isinstance(source, str) and "\n" in source:
        return source, "<text>"
    path = FilePath(source)
    try:
        return path.read_text("utf-8"), path.name
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(
            f"The scenario file '{path}' cannot be read: {reason}. Give the path of a YAML file, "
            "or YAML text with line breaks."
        ) from error


def _read(marked: Marked, problems: list[str]) -> ScenarioBook | None:
    data: dict[str, Any] = marked.data
    _check_top(data, marked, problems)
    words = read_vocabulary(data, marked, problems)
    entries = _entries(data, marked, words, problems)
    specs = read_scenarios(data, marked, words, problems)
    _check_names(data, marked, problems)
    scenarios = compose(specs, entries, _section(data, "measures"), words, marked, problems)
    if problems:
        return None
    title, about = str(data.get("title") or marked.name), str(data.get("description") or "")
    return ScenarioBook(marked.name, title, about, entries, scenarios, words)


def _section(data: dict[str, Any], key: str) -> dict[str, Any]:
    found = data.get(key)
    return found if isinstance(found, dict) else {}


def _check_top(data: dict[str, Any], marked: Marked, problems: list[str]) -> None:
    if data.get("format") != FORMAT:
        found = f"'{data['format']}'" if "format" in data else "nothing"
        problems.append(
            f"{marked.where(('format',))}: format: expected '{FORMAT}', found {found}. Start the "
            f"file with 'format: {FORMAT}'."
        )
    for key, value in data.items():
        place = marked.where((key,))
        if key not in KEYS:
            hint = did_you_mean(key, KEYS)
            problems.append(f"{place}: unknown key '{key}'.{hint} Allowed are {', '.join(KEYS)}.")
        elif key in ("title", "description") and not isinstance(value, str):
            problems.append(f"{place}: {key}: expected text, found {value!r}.")
        elif key not in ("format", "title", "description") and not isinstance(value, dict):
            problems.append(f"{place}: {key}: expected a mapping ({KEYS[key]}), found {value!r}.")
    if "measures" not in data:
        problems.append(f"{marked.name}: the key 'measures' is missing: {KEYS['measures']}.")
    elif data["measures"] == {}:
        problems.append(f"{marked.where(('measures',))}: measures: there is none. Add one.")


def _check_names(data: dict[str, Any], marked: Marked, problems: list[str]) -> None:
    measures, scenarios = _section(data, "measures"), _section(data, "scenarios")
    for section, names in (("measures", measures), ("scenarios", scenarios)):
        for name in names:
            if not NAME.match(name):
                problems.append(
                    f"{marked.where((section, name))}: the name '{name}' must start with a letter "
                    "and hold only letters, digits, '_' and '-'."
                )
    for name in measures:
        if name in scenarios:
            problems.append(
                f"{marked.where(('scenarios', name))}: '{name}' names a measure "
                f"({marked.where(('measures', name))}) and a scenario. Rename one of them."
            )


def _entries(
    data: dict[str, Any], marked: Marked, words: Vocabulary, problems: list[str]
) -> dict[str, Entry]:
    out: dict[str, Entry] = {}
    for name, body in _section(data, "measures").items():
        path = ("measures", name)
        model = KINDS.get(_kind(body))
        if model is None:
            problems.append(_kind_problem(body, name, marked))
            continue
        measure = validate(model, body, path, marked, words, problems)
        if measure is not None:
            out[name] = Entry(name, measure, marked.where(path))
    return out


def _kind(body: Any) -> str:
    return str(body.get("kind", "")) if isinstance(body, dict) else ""


def _kind_problem(body: Any, name: str, marked: Marked) -> str:
    known = ", ".join(KINDS)
    if not isinstance(body, dict):
        place = marked.where(("measures", name))
        return f"{place}: measures.{name}: expected a mapping with a 'kind', found {body!r}."
    place = f"{marked.where(('measures', name, 'kind'))}: measures.{name}"
    if "kind" not in body:
        return f"{place}: the key 'kind' is missing: one of {known}."
    kind = body["kind"]
    if kind in PLANNED:
        return (
            f"{place}: the kind '{kind}' is known but not available in this version. "
            f"Available are {known}."
        )
    hint = did_you_mean(str(kind), [*KINDS, *PLANNED])
    return f"{place}: unknown kind '{kind}'.{hint} Available are {known}."
