"""The economic content of a measure as plain data, the same for every way of writing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from pydantic import BaseModel

from entrepot.scenario.fields import Level
from entrepot.scenario.labels import ALL, Vocabulary
from entrepot.scenario.measures import Measure
from entrepot.scenario.parts import Compliance

WORDS: Final = frozenset({"title", "note", "source", "threat"})
PARTIES: Final = frozenset(
    {"senders", "targets", "members", "partners", "who", "excluded", "hubs", "beneficiaries"}
)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def expand_parties(labels: Iterable[str], words: Vocabulary) -> list[Any]:
    """Economies and groups as sorted ``[code, from, until]`` triples; ``all`` stays."""
    labels = tuple(labels)
    if ALL in labels:
        return [ALL]
    found: set[tuple[str, str | None, str | None]] = set()
    for label in labels:
        group = words.groups.get(label)
        if group is None:
            found.add((label, None, None))
        else:
            found |= {(m.code, _iso(m.start), _iso(m.until)) for m in group.members}
    return sorted(([*t] for t in found), key=str)


def expand_sectors(labels: Iterable[str], words: Vocabulary) -> list[str]:
    """Sector codes in order; ``all`` stays, because it means every sector of the world."""
    labels = tuple(labels)
    if ALL in labels:
        return [ALL]
    return sorted({code for x in labels for code in words.sector_groups.get(x, (x,))})


def _compliance(value: Compliance, words: Vocabulary) -> dict[str, Any]:
    by = [
        [expand_parties((label,), words), label in words.economies, _level(share)]
        for label, share in value.by.items()
    ]
    return {"default": _level(value.default), "by": sorted(by, key=str)}


def _level(value: Level) -> list[float]:
    return [*value.bounds, value.central]


def _plain(value: Any, words: Vocabulary) -> Any:
    if isinstance(value, Level):
        return _level(value)
    if isinstance(value, Compliance):
        return _compliance(value, words)
    if isinstance(value, BaseModel):
        return _fields(value, words)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return sorted((_plain(v, words) for v in value), key=str)
    if isinstance(value, Mapping):
        return {k: _plain(v, words) for k, v in value.items()}
    return value


def _fields(model: BaseModel, words: Vocabulary) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        if name in WORDS or value is None:
            continue
        if name in PARTIES:
            out[name] = expand_parties(value, words)
        elif name == "sectors":
            out[name] = expand_sectors(value, words)
        else:
            out[name] = _plain(value, words)
    return out


def canonical_measure(measure: Measure, words: Vocabulary) -> dict[str, Any]:
    """Canonical content of one measure."""
    return _fields(measure, words)
