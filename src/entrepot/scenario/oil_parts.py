"""Numbers and parts of the measures on crude oil: USD a barrel, kb/d, mb of tankers, waivers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from entrepot.scenario.fields import (
    Closed,
    Day,
    Level,
    Parties,
    Source,
    Text,
    check_order,
    spec,
)


def _once(values: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({v for v in values if values.count(v) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} is listed twice. Name each once.")
    if not values:
        raise ValueError("the list is empty. Name at least one, or leave the key out.")
    return values


OilName = Annotated[str, Field(strict=True, min_length=1, max_length=40)]
OilNames = Annotated[tuple[OilName, ...], AfterValidator(_once)]
Fleet = Literal["mainstream", "shadow"]


class Price(Level):
    """USD a barrel, above 0."""

    minimum = 0.0
    minimum_open = True
    maximum = 1000.0


class Cost(Level):
    """USD a barrel, from 0."""

    minimum = 0.0
    maximum = 1000.0


class Volume(Level):
    """Thousand barrels a day, from 0."""

    minimum = 0.0
    maximum = 200_000.0


class Vessels(Level):
    """Million barrels of tanker capacity, above 0."""

    minimum = 0.0
    minimum_open = True
    maximum = 10_000.0


class Tankers(Level):
    """Number of tankers, above 0."""

    minimum = 0.0
    minimum_open = True
    maximum = 20_000.0


class Months(Level):
    """Months, from 0."""

    minimum = 0.0
    maximum = 240.0


class Gain(Level):
    """Growth as a part of what there is: 0.1 is a tenth more."""

    minimum = 0.0
    maximum = 10.0


class Step(Level):
    """Part by which quotas move in a month; from 0, below 1."""

    minimum = 0.0
    maximum = 1.0
    maximum_open = True


class Waiver(Closed):
    """What some buyers may still take although the embargo binds them, and until when."""

    who: Parties = spec(..., "buyers that may go on; several share the volume as they bought")
    kbd: Volume = spec(..., "volume", unit="kb/d", domain=">= 0")
    start: Day | None = spec(None, "first day, included", unit="date", alias="from")
    until: Day | None = spec(None, "last day, included", unit="date")
    note: Text | None = spec(None, "free text")
    source: Source | None = spec(None, "legal act or document of the waiver")

    @model_validator(mode="after")
    def _dates(self) -> Self:
        check_order(self.start, self.until)
        return self

    def holds(self, day: date | None) -> bool:
        """Whether it is in force on `day`; without a day only if it has no dates."""
        if day is None:
            return self.start is None and self.until is None
        return (self.start or date.min) <= day <= (self.until or date.max)
