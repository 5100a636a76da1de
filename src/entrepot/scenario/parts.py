"""Parts of a measure: exemptions, compliance, secondary threats."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, Self

from pydantic import model_validator

from entrepot.scenario.fields import (
    Closed,
    Day,
    Level,
    Parties,
    Party,
    PlacedError,
    SectorList,
    Share,
    Source,
    Text,
    check_order,
    spec,
)
from entrepot.scenario.labels import ALL


class Exemption(Closed):
    """A waiver or licence: who may still trade what, how much of it, and until when."""

    who: Parties = spec(
        ("all",), "economies on either side of the trade; a cell is exempt if one of them trades"
    )
    sectors: SectorList | None = spec(None, "sectors; those of the measure if left out")
    share: Share = spec(
        Share(central=1.0), "share of the trade that is allowed", unit="share", domain="[0, 1]"
    )
    start: Day | None = spec(None, "first day, included", unit="date", alias="from")
    until: Day | None = spec(None, "last day, included", unit="date")
    note: Text | None = spec(None, "free text")
    source: Source | None = spec(None, "legal act or document of the exemption")

    @model_validator(mode="after")
    def _dates(self) -> Self:
        check_order(self.start, self.until)
        return self


def check_overlap(item: Exemption, k: int, start: date | None, until: date | None) -> None:
    """Refuse exemption `k` of a measure from `start` to `until` if it shares no day with it."""
    if item.start and until and item.start > until:
        said, key = f"begins on {item.start}, after the measure has ended on {until}", "from"
    elif item.until and start and item.until < start:
        said, key = f"ends on {item.until}, before the measure begins on {start}", "until"
    else:
        return
    raise PlacedError(
        f"exemption {k} {said}: it exempts nothing. Correct a date, or take it out.",
        ("exempt", k, key),
    )


class Compliance(Closed):
    """Share of the banned trade that each economy really stops.

    Written as one number, as ``{low, central, high}``, or by economy and group:
    ``{default: 0.7, CHN: 0.2}``.  An economy named by itself comes before a group it is in.  An
    economy that is named but is neither sender nor target takes part to the share given.
    """

    default: Share = spec(
        Share(central=1.0), "share for senders that are not named", unit="share", domain="[0, 1]"
    )
    by: dict[Party, Share] = spec({}, "share by economy or group", unit="share", domain="[0, 1]")

    @model_validator(mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, int | float) or (
            isinstance(value, dict) and value and set(value) <= set(Level.model_fields)
        ):
            return {"default": value}
        if isinstance(value, dict) and "by" not in value:
            by = {k: v for k, v in value.items() if k != "default"}
            return {**({"default": value["default"]} if "default" in value else {}), "by": by}
        return value


class Secondary(Closed):
    """A threat against third countries that keep trading with the target.

    Third countries do not decide for themselves in this version: `enforcement` is the share of
    the banned trade that each of them gives up, a given assumption; `compliance` overrides it for
    the economies and groups it names.
    """

    threat: Literal["market", "dollar", "market_and_dollar"] = spec(
        "market_and_dollar", "what they stand to lose; recorded, not used for numbers yet"
    )
    enforcement: Share = spec(
        ..., "share of the banned trade that third countries give up", unit="share", domain="[0, 1]"
    )
    who: Parties = spec(
        ("all",), "third countries threatened; all but senders and targets if left out"
    )
    excluded: Parties | None = spec(None, "economies that are not threatened", alias="except")

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if ALL in (self.excluded or ()):
            raise PlacedError(
                "'except: [all]' leaves nobody to threaten. Name the economies that are not "
                "threatened, or leave 'secondary' out.",
                ("except",),
            )
        nobody = sorted(set(self.who) & set(self.excluded or ()))
        if nobody:
            raise PlacedError(
                f"{', '.join(nobody)} is in 'who' and in 'except'. Name it in one of them.",
                ("except",),
            )
        return self
