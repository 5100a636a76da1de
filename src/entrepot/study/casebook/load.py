"""Read case files: everything is checked, then everything wrong is said at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from math import isfinite
from pathlib import Path
from typing import Final, Literal

from entrepot.channels.compile import CHANNELS
from entrepot.core.errors import CaseError, ScenarioError, did_you_mean
from entrepot.scenario import Scenario, library
from entrepot.scenario.explain import validate
from entrepot.scenario.labels import Vocabulary
from entrepot.scenario.marks import Marked, parse
from entrepot.study.casebook.expression import (
    Call,
    Expression,
    Lookup,
    check_known,
    parse_expression,
    short,
)
from entrepot.study.casebook.functions import BEFORE, check_call
from entrepot.study.casebook.functions_payments import known_rails
from entrepot.study.casebook.numbers import NUMBERS, settings, values_at
from entrepot.study.casebook.scenarios import own_book, scenario_of
from entrepot.study.casebook.schema import Case
from entrepot.world.bundle import list_worlds

PathIn = tuple[str | int, ...]
SIDES: Final[tuple[Literal["model", "record"], ...]] = ("model", "record")


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in the list of cases."""

    id: str
    title: str
    claim: str
    document: str


@cache
def _bundled() -> dict[str, str]:
    folder = files("entrepot.study.casebook").joinpath("cases")
    found = sorted(folder.iterdir(), key=lambda f: f.name)
    return {f.name[:-5]: f.read_text("utf-8") for f in found if f.name.endswith(".yaml")}


def list_cases() -> tuple[CaseLine, ...]:
    """Every bundled case, sorted by id."""
    cases = (load_case(name) for name in _bundled())
    return tuple(CaseLine(c.id, c.title, c.claim.text, c.claim.document) for c in cases)


@cache
def _bundled_case(name: str) -> Case:
    return read_case(parse(_bundled()[name], f"{name}.yaml", trusted=True))


def load_case(source: str | os.PathLike[str]) -> Case:
    """Return a bundled case by its id, or one from the path of a ``.yaml`` file, or from text.

    Raises
    ------
    CaseError : no such case, or the file is wrong; all problems at once with file and line

    """
    if isinstance(source, str) and source in _bundled():
        return _bundled_case(source)
    if isinstance(source, str) and "\n" in source:
        return read_case(parse(source, "<text>"))
    if not str(source).endswith((".yaml", ".yml")):
        names = list(_bundled())
        raise CaseError(
            f"There is no case '{source}'.{did_you_mean(str(source), names)} There are "
            f"{', '.join(names)}. A case of your own is given by the path of its .yaml file."
        )
    try:
        text = Path(source).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CaseError(
            f"The case file '{source}' cannot be read: {reason}. Give the path of a YAML file."
        ) from error
    return read_case(parse(text, Path(source).name))


def read_case(marked: Marked) -> Case:
    """Check parsed content and make the case; all problems are raised as one `CaseError`."""
    problems, words = list(marked.problems), Vocabulary.standard()
    case = None
    if isinstance(marked.data, dict):
        case = validate(Case, marked.data, (), marked, words, problems)
    elif not problems:
        problems.append(f"{marked.name}: the file must be a mapping. Start with 'format:'.")
    if case is not None:
        for path, check in _checks(case, words, marked):
            try:
                check()
            except ScenarioError as error:
                problems += [p for p in error.problems if p not in problems]
            except ValueError as error:
                name = ".".join(str(p) for p in path)
                problems.append(f"{marked.where(path)}: {name}: {error}")
    if problems or case is None:
        raise CaseError.collect(f"{marked.name} is not a valid case file", problems)
    return case


Checks = Iterator[tuple[PathIn, Callable[[], object]]]


def _checks(case: Case, words: Vocabulary, marked: Marked) -> Checks:
    """Everything that ties one part of the file to another, with its place."""
    yield ("id",), partial(_check_id, case.id, marked.name)
    worlds = list_worlds()
    for path, name in ((("world",), case.world), *(
        (("other_worlds", k), w) for k, w in enumerate(case.other_worlds)
    )):  # fmt: skip
        yield path, partial(check_known, name, worlds, "world")
    for k in range(len(case.other_worlds)):
        yield ("other_worlds", k), partial(_check_other, case, k)
    for name, run in case.runs.items():
        yield ("runs", name), partial(_run_name, name)
        yield ("runs", name, "scenario"), partial(check_known, run.scenario, library(), "scenario")
        if run.world is not None:
            yield ("runs", name, "world"), partial(check_known, run.world, worlds, "world")
        yield from _set_checks(case, name)
    if NUMBERS in case.records:
        yield ("records", NUMBERS), _record_called_numbers
    yield ("own",), partial(own_book, case, marked)
    for name in case.runs:
        yield ("runs", name, "also"), partial(_check_also, case, name)
    yield from _quantity_checks(case, words)
    yield from _condition_checks(case)


def _check_id(name: str, file: str) -> None:
    stem, dot, ending = file.rpartition(".")
    if dot and ending in ("yaml", "yml") and stem != name:
        raise ValueError(
            f"the case is called '{name}' and its file '{file}'. Rename one: the file of a case "
            f"is called as its id, {name}.yaml."
        )


def _check_other(case: Case, k: int) -> None:
    name = case.other_worlds[k]
    if name == case.world:
        raise ValueError(f"'{name}' is the central world already. Name it once, under 'world'.")
    if name in case.other_worlds[:k]:
        raise ValueError(f"'{name}' is listed twice. Name it once.")


def _check_also(case: Case, run: str) -> None:
    if case.runs[run].also and case.runs[run].scenario in library():
        _scenario(case, run)


def _scenario(case: Case, run: str) -> Scenario | None:
    """The scenario of `run`, or None where 'own' is wrong, which is said where it stands."""
    try:
        return scenario_of(case, run)
    except ScenarioError:
        return None


def _run_name(name: str) -> None:
    if not name.isidentifier() or name in (BEFORE, NUMBERS):
        raise ValueError(
            f"'{name}' cannot be the name of a run: letters, digits and _, and not '{BEFORE}', "
            f"which is the benchmark, nor '{NUMBERS}', the numbers of the case. Rename it."
        )


def _record_called_numbers() -> None:
    raise ValueError(
        f"a record cannot be called '{NUMBERS}', the numbers of the case are. Rename it."
    )


def _set_checks(case: Case, run: str) -> Checks:
    """Numbers of a scenario that a run sets: of a measure that it has, from what is known."""
    for name, text in case.runs[run].sets.items():
        path: PathIn = ("runs", run, "set", name)
        yield path, partial(_check_lever, run, (name,), case)
        yield path, partial(_check_lookups, parse_expression(text), "set", case)
        yield path, partial(_check_finite, case, run)


def _check_finite(case: Case, run: str) -> None:
    try:
        found = settings(case, run, values_at(case, "central"))
    except (KeyError, AssertionError):
        return  # said where the name stands
    except ZeroDivisionError:
        raise ValueError(f"run '{run}' sets a number by a division by zero. Correct it.") from None
    for name, value in found.items():
        if not isfinite(value):
            raise ValueError(f"run '{run}' sets {name} to no finite number. Correct it.")


def _quantity_checks(case: Case, words: Vocabulary) -> Checks:
    for name, quantity in case.quantities.items():
        for side in SIDES:
            expression = quantity.expression(side)
            if expression:
                yield ("quantities", name, side), partial(_check, expression, side, case, words)
    judged = [n for n, q in case.quantities.items() if q.claim]
    used = {n for r in case.readings.values() for n in r.needs}
    for name, reading in case.readings.items():
        for k, need in enumerate(reading.needs):
            yield (
                ("readings", name, "needs", k),
                partial(check_known, need, judged, "quantity with a claim"),
            )
    for name in judged:
        if name not in used:
            yield ("quantities", name), partial(_unused, name)
    if not case.readings:
        yield ("readings",), _no_reading


def _no_reading() -> None:
    raise ValueError("there is no reading of the claim. Give at least one.")


def _unused(name: str) -> None:
    raise ValueError(
        f"'{name}' has a claim but no reading needs it. Name it in 'readings', or drop 'claim'."
    )


def _check(expression: Expression, side: str, case: Case, words: Vocabulary) -> None:
    for call in expression.calls() if side == "model" else ():
        check_call(call, tuple(case.runs), words, _rails(case))
    _check_lookups(expression, side, case)
    if side == "record":
        _check_record(expression, case)


def _check_lookups(expression: Expression, side: str, case: Case) -> None:
    """What an expression reads: a record reads records alone, a number set no runs."""
    for call in expression.calls() if side != "model" else ():
        rest = "records alone" if side == "record" else "records and numbers of the case"
        raise ValueError(f"'{short(str(call))}' is of a run; a {side} is computed from {rest}.")
    for lookup in expression.lookups():
        if lookup.record == NUMBERS and side == "record":
            raise ValueError(f"'{lookup}' is assumed; a record is computed from records alone.")
        if lookup.record == NUMBERS:
            check_known(lookup.period, case.numbers, "number")
            continue
        check_known(lookup.record, case.records, "record")
        periods = case.records[lookup.record].values
        check_known(lookup.period, periods, f"period of record '{lookup.record}'")


def _rails(case: Case) -> tuple[str, ...]:
    runs = [_scenario(case, run) for run, r in case.runs.items() if r.scenario in library()]
    return known_rails(s for s in runs if s is not None)


def _recorded(records: dict[str, dict[str, float]], node: Call | Lookup) -> float:
    assert isinstance(node, Lookup)  # calls have been refused
    return records[node.record][node.period]


def _check_record(expression: Expression, case: Case) -> None:
    """Compute it: every number of a record expression is in the file."""
    records = case.record_values()
    try:
        value = expression.value(partial(_recorded, records))
    except ZeroDivisionError:
        raise ValueError(
            f"'{short(expression.text)}' divides by zero with these records. Correct it."
        ) from None
    if not isfinite(value):
        raise ValueError(
            f"'{short(expression.text)}' gives no finite number with these records. Correct it."
        )


def _condition_checks(case: Case) -> Checks:
    for name, lever in case.levers.items():
        for run, assumptions in lever.overrides.items():
            path: PathIn = ("levers", name, "overrides", run)
            yield path, partial(check_known, run, (*case.runs, NUMBERS), "run")
            yield path, partial(_check_lever, run, assumptions, case)
    with_model = [n for n, q in case.quantities.items() if q.model]
    for k, item in enumerate(case.conditions):
        path = ("conditions", k)
        yield path, partial(check_known, item.lever, case.levers, "lever")
        yield path, partial(check_known, item.quantity, with_model, "quantity with 'model'")
        yield path, partial(_check_match, item.quantity, item.match, case)


def _check_lever(run: str, assumptions: tuple[str, ...], case: Case) -> None:
    if run == NUMBERS:
        for name in assumptions:
            check_known(name, case.numbers, "number of the case")
    if run not in case.runs or case.runs[run].scenario not in library():
        return
    scenario = _scenario(case, run)
    if scenario is None:
        return
    owners = [*(e.name for e in scenario.entries), *CHANNELS]
    for name in assumptions:
        check_known(name.partition(".")[0], owners, f"measure of run '{run}', or channel,")


def _check_match(name: str, match: str, case: Case) -> None:
    quantity = case.quantities.get(name)
    if quantity and match == "claim" and not quantity.claim:
        raise ValueError(f"quantity '{name}' has no claim to reach. Give it one.")
    if quantity and match == "record" and not quantity.record:
        raise ValueError(f"quantity '{name}' has no record to reach. Give it one.")
