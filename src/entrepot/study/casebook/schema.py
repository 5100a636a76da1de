"""Case files: a closed schema; the classes are its only description."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from entrepot.channels.oil import base_years
from entrepot.channels.oil.timing import calendar_problems
from entrepot.core.errors import did_you_mean
from entrepot.model.preset_file import PRESET_NAMES
from entrepot.scenario.fields import Closed, Day, Level, Number, Text, spec
from entrepot.study.casebook.expression import Expression, parse_expression
from entrepot.study.casebook.verdict import Target

FORMAT = "entrepot-case/1"
LONG_RUN = PRESET_NAMES[-1]


def _checked(text: str) -> str:
    parse_expression(text)
    return text


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError("the text is empty. Write it, or leave the key out.")
    return " ".join(text.split())


def _time(value: float) -> float:
    if value < 0:
        raise ValueError(f"{value:g} years lie before the measure. Give 0 or more, or 'dated'.")
    return value


def _preset_name(name: str) -> str:
    if name not in PRESET_NAMES:
        raise ValueError(
            f"there is no horizon '{name}'.{did_you_mean(name, PRESET_NAMES)} There are "
            f"{', '.join(PRESET_NAMES)}."
        )
    return name


def _width(value: float) -> float:
    if value < 0:
        raise ValueError(f"{value:g} is negative. A half width is 0 or more.")
    return value


Words = Annotated[Text, AfterValidator(_filled)]
Formula = Annotated[Text, AfterValidator(_checked)]
Horizon = Annotated[Text, AfterValidator(_preset_name)]
Names = Annotated[tuple[Text, ...], Field(min_length=1)]


class Claim(Closed):
    """What is claimed, who said so and when."""

    text: Words = spec(..., "the claim in one sentence")
    said_by: Words = spec(..., "who made it, no more exact than the document")
    when: Words = spec(..., "when it was made")
    document: Words = spec(..., "letter and date of the document that reports it")


class OilMonths(Closed):
    """Months of the oil market that a run is solved in."""

    base: int = spec(..., "base year of the oil market, before the measures")
    first: Text = spec(..., "first month, as 2018-01", alias="from")
    months: Annotated[int, Field(ge=1, le=120)] = spec(..., "how many months")
    agreement: bool = spec(True, "whether the producers' agreement answers to the price")

    @model_validator(mode="after")
    def _known(self) -> OilMonths:
        problems = calendar_problems(self.first, self.months, ())
        if self.base not in base_years():
            years = ", ".join(map(str, base_years()))
            problems.append(f"{self.base} is no base year of the oil market; there are {years}.")
        if problems:
            raise ValueError(" ".join(problems))
        return self


class CaseRun(Closed):
    """A scenario that the case runs."""

    scenario: Text = spec(..., "name of a scenario of the library")
    title: Words = spec(..., "what the run stands for in this case")
    also: tuple[Text, ...] = spec((), "measures or scenarios under 'own' that are added")
    day: Day | None = spec(None, "day; the scenario's own if left out", unit="date", alias="date")
    closure: Literal["fixed", "share_of_income", "zero", "frozen"] | None = spec(
        None, "external balance; the scenario's own, else fixed, if left out"
    )
    years: Annotated[Number, AfterValidator(_time)] | Literal["dated"] | None = spec(
        None, "time that payments, corridors and hubs have had; that of the horizon if left out"
    )
    world: Text | None = spec(None, "bundled world of this run; that of the variant if left out")
    begin: Day | None = spec(
        None,
        "first day of the measures that give none: elasticities and channels have had the time "
        "from it to 'date', whatever the horizon",
        unit="date",
    )
    oil: OilMonths | None = spec(
        None, "months of the oil market, in which the run is solved in place of the equilibrium"
    )

    @model_validator(mode="after")
    def _oil_alone(self) -> CaseRun:
        given = [k for k in ("day", "closure", "years", "world", "begin") if getattr(self, k)]
        if self.oil and given:
            raise ValueError(
                f"a run of the oil market has no '{given[0]}': its measures are in force from "
                "their own first to their last day. Take it out."
            )
        return self

    sets: dict[str, Formula] = spec(
        {}, "number of the scenario -> expression over numbers and records of the case", alias="set"
    )

    @model_validator(mode="after")
    def _from_begin_to_date(self) -> CaseRun:
        if self.begin is None:
            return self
        if self.day is None or self.day <= self.begin:
            raise ValueError(f"'begin' {self.begin} needs a 'date' after it. Give one.")
        if self.years is not None:
            raise ValueError("'begin' and 'years' both say how much time has passed. Leave one.")
        return self


class CaseNumber(Level):
    """A number of the case itself with its range: no statistic gives it, or several do."""

    title: Words = spec(..., "what it is")
    unit: Words = spec(..., "its unit")


class RecordSource(Closed):
    """Where a record comes from."""

    citation: Words = spec(..., "publisher, title, table, vintage")
    url: Text | None = spec(None, "address")


class CaseRecord(Closed):
    """Numbers of the record, small enough to stand in the case file."""

    title: Words = spec(..., "what is counted")
    unit: Words = spec(..., "unit of the values")
    values: dict[str, Number] = spec(..., "value by period or by name")
    source: RecordSource = spec(..., "where the values come from")
    note: Words | None = spec(None, "how they were made, what they leave out")

    @model_validator(mode="after")
    def _not_empty(self) -> CaseRecord:
        if not self.values:
            raise ValueError("the record has no values. Give at least one.")
        return self


class TargetSpec(Closed):
    """Values for which the claim is true."""

    at_least: Number | None = spec(None, "smallest value, included")
    at_most: Number | None = spec(None, "largest value, included")
    because: Words = spec(..., "how the claim implies it")

    @model_validator(mode="after")
    def _ordered(self) -> TargetSpec:
        if self.at_least is None and self.at_most is None:
            raise ValueError("the target is open on both sides. Give at_least, at_most, or both.")
        target = self.target
        if target.at_least > target.at_most:
            raise ValueError(
                f"at_least {target.at_least:g} lies above at_most {target.at_most:g}. "
                "Exchange or correct them."
            )
        return self

    @property
    def target(self) -> Target:
        """As the interval that the rule uses."""
        low = float("-inf") if self.at_least is None else self.at_least
        return Target(low, float("inf") if self.at_most is None else self.at_most)


class Margin(Closed):
    """By how much the record may be off, in the unit of the quantity."""

    value: Annotated[Number, AfterValidator(_width)] = spec(..., "half width")
    because: Words = spec(..., "where it comes from")


class Quantity(Closed):
    """A named number: what the model gives, what the record gives, what the claim needs."""

    title: Words = spec(..., "what it is")
    unit: Words = spec(..., "its unit")
    model: Formula | None = spec(None, "expression over runs")
    record: Formula | None = spec(None, "expression over records")
    claim: TargetSpec | None = spec(None, "values for which the claim is true; not judged if out")
    margin: Margin | None = spec(None, "by how much the record may be off")
    backtest: bool = spec(False, "whether model against record is a score of the model")
    note: Words | None = spec(None, "what a reader must know")

    @model_validator(mode="after")
    def _whole(self) -> Quantity:
        if not (self.model or self.record):
            raise ValueError("the quantity has neither 'model' nor 'record'. Give one of them.")
        if self.margin and not self.record:
            raise ValueError("'margin' is of a record, and there is none. Take it out.")
        if self.backtest and not (self.model and self.record):
            raise ValueError("a back-test needs both 'model' and 'record'. Give both.")
        return self

    def expression(self, side: Literal["model", "record"]) -> Expression | None:
        """The parsed expression of one side."""
        text = self.model if side == "model" else self.record
        return parse_expression(text) if text else None


class Lever(Closed):
    """A number that the search for a threshold moves."""

    title: Words = spec(..., "what it is, so that 'title is at least X unit' reads well")
    unit: Text = spec("", "its unit on the page")
    scale: Number = spec(1.0, "page value over file value; -1 turns a fall into a number above 0")
    start: Number = spec(..., "first value tried; above or below the last", alias="from")
    end: Number = spec(..., "last value tried; the search goes there from 'from'", alias="to")
    overrides: dict[str, Names] = spec(
        ..., "run -> names of assumptions that get the value; 'numbers' -> numbers of the case"
    )

    @model_validator(mode="after")
    def _moves(self) -> Lever:
        if self.start == self.end:
            raise ValueError("'from' and 'to' are the same. Give the lever room to move.")
        if not self.overrides:
            raise ValueError("'overrides' is empty. Name a run and its assumptions.")
        if self.scale == 0:
            raise ValueError("'scale' is 0, which hides the value. Give another number.")
        return self


class Condition(Closed):
    """A search: at which value of a lever does a quantity reach its claim, or its record."""

    quantity: Text = spec(..., "name of a quantity with 'model'")
    lever: Text = spec(..., "name of a lever")
    match: Literal["claim", "record"] = spec("claim", "what the quantity has to reach")


class Reading(Closed):
    """One way to read the claim: the quantities that must all meet their targets."""

    title: Words = spec(..., "the reading in words")
    needs: Names = spec(..., "names of quantities with 'claim'")


class Case(Closed):
    """A case of the casebook."""

    format: Literal["entrepot-case/1"] = spec(..., "always entrepot-case/1")
    id: Text = spec(..., "name of the case; its file is called the same")
    title: Words = spec(..., "one line")
    claim: Claim = spec(..., "the claim")
    world: Text = spec(..., "bundled world of the central case")
    other_worlds: tuple[Text, ...] = spec((), "worlds that are run too, for the range")
    horizons: Annotated[tuple[Horizon, ...], Field(min_length=1)] = spec(
        (LONG_RUN,), "times since the shock (presets): the first is the central one"
    )
    draws: Annotated[int, Field(ge=0, le=200)] = spec(
        0, "random draws of every number that has a range, for the range"
    )
    runs: dict[str, CaseRun] = spec(..., "scenarios by the name that expressions use")
    own: dict[str, Any] = spec(
        {}, "groups, measures and scenarios of the case itself, as in a scenario file"
    )
    numbers: dict[str, CaseNumber] = spec(
        {}, "numbers of the case itself, each with a range: read as numbers[name]"
    )
    records: dict[str, CaseRecord] = spec({}, "records by the name that expressions use")
    quantities: dict[str, Quantity] = spec(..., "the numbers of the case")
    readings: dict[str, Reading] = spec(..., "ways to read the claim; the verdict is over them")
    levers: dict[str, Lever] = spec({}, "numbers that searches move")
    conditions: tuple[Condition, ...] = spec((), "searches for what would have to be true")
    leaves_out: tuple[Words, ...] = spec((), "what the model leaves out that bears on the claim")

    def record_values(self) -> dict[str, dict[str, float]]:
        """Record -> period -> value."""
        return {name: dict(r.values) for name, r in self.records.items()}


def keys() -> dict[str, Any]:
    """Fields of a case file with their descriptions."""
    return {n: f.description for n, f in Case.model_fields.items()}
