"""A scenario as rows of plain text: who does what to whom, from when, by which act."""

from __future__ import annotations

from typing import Any

from entrepot.scenario.book import Entry, Scenario


def _words(value: Any) -> str:
    if value is None:
        return ""
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def measure_row(entry: Entry) -> dict[str, str]:
    """One measure as text: name, kind, title, who, whom, sectors, days, act, address, place."""
    measure = entry.measure
    who = getattr(measure, "senders", None) or getattr(measure, "members", None)
    whom = getattr(measure, "targets", None) or getattr(measure, "partners", None)
    source = measure.source
    return {
        "measure": entry.name,
        "kind": _words(getattr(measure, "kind", None)),
        "title": measure.title or entry.name,
        "who": _words(who),
        "whom": _words(whom),
        "sectors": _words(getattr(measure, "sectors", None)),
        "from": _words(measure.start),
        "until": _words(measure.until),
        "act": source.act if source else "",
        "url": _words(source.url) if source else "",
        "where": entry.where,
    }


def measure_rows(scenario: Scenario) -> list[dict[str, str]]:
    """All measures of a scenario, by name."""
    return [measure_row(entry) for entry in scenario.entries]
