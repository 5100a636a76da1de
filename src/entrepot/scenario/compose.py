"""Scenarios out of measures and other scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import model_validator

from entrepot.core.errors import did_you_mean
from entrepot.scenario.book import Closure, Entry, Scenario
from entrepot.scenario.explain import validate
from entrepot.scenario.fields import Closed, Day, Economies, Text, spec
from entrepot.scenario.labels import Vocabulary
from entrepot.scenario.marks import Marked


class ScenarioSpec(Closed):
    """A scenario: a list of names, or a mapping with words and options beside them."""

    title: Text | None = spec(None, "one line for tables and pictures")
    description: Text = spec("", "more about it")
    claim: Text | None = spec(None, "case of the casebook that it belongs to")
    include: tuple[Text, ...] = spec(..., "measures and scenarios that it consists of")
    closure: Literal["fixed", "share_of_income", "zero", "frozen"] | None = spec(
        None, "external balance; the run decides if left out"
    )
    frozen: Economies | None = spec(
        None, "economies without access to foreign finance; needs closure frozen"
    )
    day: Day | None = spec(
        None,
        "date of a run that gives none; see Dates for what holds if it is left out",
        unit="date",
        alias="date",
    )

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, value: Any) -> Any:
        return {"include": value} if isinstance(value, list) else value

    @model_validator(mode="after")
    def _closure(self) -> ScenarioSpec:
        if self.frozen and self.closure not in (None, "frozen"):
            raise ValueError(
                f"'frozen' economies need 'closure: frozen', found '{self.closure}'. Correct one."
            )
        if self.closure == "frozen" and not self.frozen:
            raise ValueError("'closure: frozen' needs a list 'frozen' of the economies it hits.")
        return self


def read_scenarios(
    data: dict[str, Any], marked: Marked, words: Vocabulary, problems: list[str]
) -> dict[str, ScenarioSpec]:
    """Validate the section ``scenarios``."""
    section = data.get("scenarios")
    out: dict[str, ScenarioSpec] = {}
    for name, body in (section if isinstance(section, dict) else {}).items():
        found = validate(ScenarioSpec, body, ("scenarios", name), marked, words, problems)
        if found:
            out[name] = found
    return out


class _Flat:
    """What a scenario and everything it includes amount to."""

    def __init__(self) -> None:
        self.measures: set[str] = set()
        self.closures: dict[Closure, str] = {}
        self.frozen: set[str] = set()


def compose(
    specs: Mapping[str, ScenarioSpec],
    entries: Mapping[str, Entry],
    declared: Mapping[str, Any],
    words: Vocabulary,
    marked: Marked,
    problems: list[str],
) -> dict[str, Scenario]:
    """Flatten scenarios; unknown names, cycles and contradicting closures become problems.

    `declared` holds every measure name of the file, those that did not validate among them, so
    that a broken measure is not reported as missing too.
    """
    for name, item in specs.items():
        _check_names(name, item, specs, declared, marked, problems)
    out: dict[str, Scenario] = {}
    for name, item in specs.items():
        flat = _Flat()
        _collect(name, specs, flat, marked, problems, ())
        place = marked.where(("scenarios", name))
        if len(flat.closures) > 1:
            said = ", ".join(f"'{c}' ({s})" for c, s in sorted(flat.closures.items()))
            problems.append(
                f"{place}: scenarios.{name}: its parts ask for different closures: "
                f"{said}. Leave one."
            )
        closure = min(flat.closures, default=None)
        found = tuple(entries[m] for m in sorted(flat.measures) if m in entries)
        out[name] = Scenario(
            name, item.title or name, item.description, item.claim, found, closure,
            tuple(sorted(flat.frozen)), item.day, words, place,
        )  # fmt: skip
    return out


def _check_names(
    name: str,
    item: ScenarioSpec,
    specs: Mapping[str, ScenarioSpec],
    declared: Mapping[str, Any],
    marked: Marked,
    problems: list[str],
) -> None:
    for k, part in enumerate(item.include):
        place = marked.where(("scenarios", name, "include", k))
        if place.endswith(f":{marked.lines.get(('scenarios', name))}"):
            place = marked.where(("scenarios", name, k))
        if part not in specs and part not in declared and part != name:
            hint = did_you_mean(part, [*declared, *specs])
            problems.append(
                f"{place}: scenarios.{name}: there is no measure or scenario '{part}'.{hint}"
            )
        if part in item.include[:k]:
            problems.append(f"{place}: scenarios.{name}: '{part}' is listed twice. Name it once.")
    if not item.include:
        place = marked.where(("scenarios", name))
        problems.append(f"{place}: scenarios.{name}: the list is empty. Name at least one measure.")


def _collect(
    name: str,
    specs: Mapping[str, ScenarioSpec],
    flat: _Flat,
    marked: Marked,
    problems: list[str],
    above: tuple[str, ...],
) -> None:
    if name in above:
        ring = above[above.index(name) :]
        first = min(ring)
        turn = ring[ring.index(first) :] + ring[: ring.index(first)]
        text = (
            f"{marked.where(('scenarios', first))}: the scenarios include each other: "
            f"{' > '.join((*turn, first))}. Break the ring."
        )
        if text not in problems:
            problems.append(text)
        return
    item = specs[name]
    closure: Closure | None = item.closure or ("frozen" if item.frozen else None)
    if closure:
        flat.closures.setdefault(closure, name)
    flat.frozen |= set(item.frozen or ())
    for part in item.include:
        if part in specs:
            _collect(part, specs, flat, marked, problems, (*above, name))
        else:
            flat.measures.add(part)
