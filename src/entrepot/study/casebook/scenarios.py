"""The scenario of a run: one of the library, with measures of the case itself added."""

from __future__ import annotations

from dataclasses import replace

from entrepot.scenario import Scenario, ScenarioBook, library, load_scenarios
from entrepot.scenario.labels import Vocabulary
from entrepot.scenario.load import FORMAT, read_book
from entrepot.scenario.marks import Marked
from entrepot.study.casebook.expression import check_known
from entrepot.study.casebook.schema import Case


def own_book(case: Case, marked: Marked | None = None) -> ScenarioBook | None:
    """Measures and scenarios that the case file holds itself; `marked` gives them places."""
    if not case.own:
        return None
    data = {"format": FORMAT, "title": case.title, **case.own}
    if marked is None:
        return load_scenarios(data)
    lines = {path[1:]: line for path, line in marked.lines.items() if path[:1] == ("own",)}
    return read_book(Marked(data, marked.name, lines))


def scenario_of(case: Case, run: str) -> Scenario:
    """The scenario that `run` solves; raises `ValueError` for a name that does not exist."""
    spec, book = case.runs[run], own_book(case)
    check_known(spec.scenario, library(), "scenario")
    found = library()[spec.scenario]
    names = () if book is None else (*book.scenarios, *book.entries)
    for name in spec.also:
        check_known(name, names, "measure or scenario under 'own'")
        assert book is not None  # check_known has refused the name otherwise
        found = joined(found, book[name])
    return found


def joined(base: Scenario, more: Scenario) -> Scenario:
    """`base` with the measures of `more`; day, closure and words are those of `base`."""
    one, two = base.vocabulary, more.vocabulary
    words = Vocabulary(
        {**two.economies, **one.economies},
        {**two.groups, **one.groups},
        one.sectors,
        {**two.sector_groups, **one.sector_groups},
    )
    entries = sorted({e.name: e for e in (*more.entries, *base.entries)}.items())
    return replace(
        base,
        name=f"{base.name}+{more.name}",
        entries=tuple(e for _, e in entries),
        day=base.default_day(),
        vocabulary=words,
    )
