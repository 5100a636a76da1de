"""Field types that several measure kinds share; each checks its own values."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    model_validator,
)

from entrepot.scenario.labels import Vocabulary

STANDARD = Vocabulary.standard()


class Closed(BaseModel):
    """A frozen model that refuses unknown keys."""

    # Validators are built when a kind is first used: 85 of them take 0.2 s of a start.
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=False, defer_build=True)


def vocabulary(info: ValidationInfo) -> Vocabulary:
    """Labels allowed in this validation: those of the file, or the standard ones."""
    found = info.context
    return found if isinstance(found, Vocabulary) else STANDARD


def _party(value: str, info: ValidationInfo) -> str:
    problem = vocabulary(info).economy_problem(value)
    if problem:
        raise ValueError(problem)
    return value


def _economy(value: str, info: ValidationInfo) -> str:
    problem = vocabulary(info).economy_problem(value, groups=False)
    if problem:
        raise ValueError(problem)
    return value


def _sector(value: str, info: ValidationInfo) -> str:
    problem = vocabulary(info).sector_problem(value)
    if problem:
        raise ValueError(problem)
    return value


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({v for v in values if values.count(v) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} is listed twice. Name each label once.")
    if not values:
        raise ValueError("the list is empty. Name at least one label, or leave the key out.")
    return values


def _day(value: Any) -> Any:
    if isinstance(value, date) and type(value) is date:
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError(f"'{value}' is not a date. Write YYYY-MM-DD, a day that exists.")


class PlacedError(ValueError):
    """What is wrong with a part of a model, `path` below it."""

    def __init__(self, message: str, path: tuple[str | int, ...]) -> None:
        """Keep the place of the part."""
        super().__init__(message)
        self.path = path


def spec(default: Any, description: str, *, unit: str = "", domain: str = "", **kw: Any) -> Any:
    """Declare a field once: default, what it means, its unit and its domain."""
    extra: dict[str, Any] = {"unit": unit, "domain": domain}
    if default is ...:
        return Field(description=description, json_schema_extra=extra, **kw)
    return Field(default=default, description=description, json_schema_extra=extra, **kw)


Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Party = Annotated[str, AfterValidator(_party)]
Economy = Annotated[str, AfterValidator(_economy)]
SectorLabel = Annotated[str, AfterValidator(_sector)]
Parties = Annotated[tuple[Party, ...], AfterValidator(_distinct)]
Economies = Annotated[tuple[Economy, ...], AfterValidator(_distinct)]
SectorList = Annotated[tuple[SectorLabel, ...], AfterValidator(_distinct)]
Day = Annotated[date, BeforeValidator(_day)]
Text = Annotated[str, Field(strict=True)]


class Level(Closed):
    """A number with a range: written ``0.7`` or ``{low: 0.5, central: 0.7, high: 0.9}``."""

    minimum: ClassVar[float] = float("-inf")
    maximum: ClassVar[float] = float("inf")
    minimum_open: ClassVar[bool] = False
    maximum_open: ClassVar[bool] = False

    central: Number = spec(..., "the value used unless a run asks for low or high")
    low: Number | None = spec(None, "lower end of the range; the central value if left out")
    high: Number | None = spec(None, "upper end of the range; the central value if left out")
    source: Text | None = spec(None, "where the number comes from; assumed if left out")

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, value: Any) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return {"central": value}
        return value

    @model_validator(mode="after")
    def _inside(self) -> Self:
        for value in (self.low, self.central, self.high):
            if value is not None and not self._allowed(value):
                raise ValueError(f"{value:g} lies outside {self.domain()}.{self.remedy(value)}")
        low, high = self.bounds
        if not low <= self.central <= high:
            raise ValueError(
                f"low {low:g}, central {self.central:g}, high {high:g} are not in this order."
            )
        return self

    @classmethod
    def _allowed(cls, value: float) -> bool:
        above = value > cls.minimum if cls.minimum_open else value >= cls.minimum
        below = value < cls.maximum if cls.maximum_open else value <= cls.maximum
        return above and below

    @classmethod
    def domain(cls) -> str:
        """The allowed interval, as text."""
        left = "(" if cls.minimum_open else "["
        right = ")" if cls.maximum_open else "]"
        return f"{left}{cls.minimum:g}, {cls.maximum:g}{right}"

    @classmethod
    def remedy(cls, value: float) -> str:
        """What to do about a value outside the domain."""
        if cls.maximum == 1 and 1 < value <= 100:
            return f" A share is written {value / 100:g} for {value:g} %."
        return ""

    @property
    def bounds(self) -> tuple[float, float]:
        """Low and high end; the central value where one is not given."""
        low = self.central if self.low is None else self.low
        high = self.central if self.high is None else self.high
        return low, high

    def at(self, case: str) -> float:
        """The value for ``low``, ``central`` or ``high``."""
        low, high = self.bounds
        return {"low": low, "central": self.central, "high": high}[case]


class Share(Level):
    """A share between 0 and 1, both included."""

    minimum = 0.0
    maximum = 1.0


class Loss(Level):
    """A share of capacity that is lost; below 1, because nothing cannot be scaled back up."""

    minimum = 0.0
    maximum = 1.0
    maximum_open = True


class Percent(Level):
    """A change in per cent; above -100."""

    minimum = -100.0
    minimum_open = True
    maximum = 10_000.0


class Factor(Level):
    """A multiplier above 0; 1 changes nothing."""

    minimum = 0.0
    minimum_open = True
    maximum = 101.0


class Amount(Level):
    """Millions of US dollars a year; not negative."""

    minimum = 0.0
    maximum = 1e9


class Rate(Level):
    """An ad-valorem rate: 0.25 is 25 %; above -1 (a subsidy is negative)."""

    minimum = -1.0
    minimum_open = True
    maximum = 1e4


ASK_ABOVE = 5.0


def ask_about_rate(name: str, rate: Rate | None) -> None:
    """Refuse a rate above 5 (500 %): it is mostly a figure in per cent."""
    if rate is not None and rate.bounds[1] > ASK_ABOVE:
        value = rate.bounds[1]
        raise ValueError(
            f"{name} {value:g} means {value * 100:g} %. Is it a figure in per cent? Then write "
            f"{value / 100:g}. To stop the trade altogether use an embargo; rates above "
            f"{ASK_ABOVE:g} are not taken."
        )


class Source(Closed):
    """The legal act or document behind a measure."""

    act: Text = spec(..., "name and number of the legal act, or of the document")
    url: Text | None = spec(None, "address of the act")
    note: Text | None = spec(None, "what in the act matters here")


def check_order(start: date | None, until: date | None) -> None:
    """Refuse a last day before the first."""
    if start and until and until < start:
        raise ValueError(f"'until' {until} lies before 'from' {start}. Exchange or correct them.")
