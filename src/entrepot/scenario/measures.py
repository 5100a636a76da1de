"""Measures of trade: the base of all kinds, and those of trade, transfers and capacity.

A *cell* is one (origin, dest, sector) of trade.  Trade inside one economy is never a cell of a
measure.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal, Self

from pydantic import model_validator

from entrepot.scenario.fields import (
    Amount,
    Closed,
    Day,
    Factor,
    Loss,
    Parties,
    Percent,
    PlacedError,
    Rate,
    SectorList,
    Share,
    Source,
    Text,
    ask_about_rate,
    check_order,
    spec,
)
from entrepot.scenario.labels import ALL
from entrepot.scenario.parts import Compliance, Exemption, Secondary, check_overlap


class Measure(Closed):
    """What every kind has: a title, the days it is in force, and its legal act."""

    title: Text | None = spec(None, "one line for tables and pictures")
    start: Day | None = spec(
        None, "first day in force, included; always if left out", unit="date", alias="from"
    )
    until: Day | None = spec(None, "last day in force, included; no end if left out", unit="date")
    source: Source | None = spec(None, "legal act or document")
    note: Text | None = spec(None, "free text")

    @model_validator(mode="after")
    def _dates(self) -> Self:
        check_order(self.start, self.until)
        return self

    def in_force(self, day: date) -> bool:
        """Whether the measure is in force on `day`."""
        return (self.start or date.min) <= day <= (self.until or date.max)


class PairMeasure(Measure):
    """A measure of some economies towards others."""

    senders: Parties = spec(..., "economies or groups that take the measure")
    targets: Parties = spec(..., "economies or groups that it is aimed at")
    sectors: SectorList = spec(("all",), "sector codes or sector groups")
    exempt: tuple[Exemption, ...] = spec((), "waivers and licences")

    @model_validator(mode="after")
    def _exempt_in_force(self) -> Self:
        for k, item in enumerate(self.exempt):
            check_overlap(item, k, self.start, self.until)
        return self


class Restriction(PairMeasure):
    """A ban, full or in part: a share of the varieties of a cell can no longer be bought."""

    compliance: Compliance = spec(
        Compliance(),
        "share of the banned trade that an economy really stops",
        unit="share",
        domain="[0, 1]",
    )
    secondary: Secondary | None = spec(None, "threat against third countries")

    @model_validator(mode="after")
    def _third_countries(self) -> Self:
        who = self.secondary.who if self.secondary else ()
        for side in ("senders", "targets"):
            named = ", ".join(x for x in who if x != ALL and x in getattr(self, side))
            if named:
                raise PlacedError(
                    f"{named} is among the {side}, and a secondary threat is against third "
                    "countries. Take it out of 'who'.",
                    ("secondary", "who"),
                )
        return self


class Embargo(Restriction):
    """Trade between senders and targets is banned.

    The share of the varieties of a cell that stays is `e + (1 - e)(1 - c)`, with `e` the exempted
    share and `c` the compliance of the economy that trades with the target.
    """

    kind: Literal["embargo"] = spec("embargo", "kind of measure")
    flow: Literal["exports", "imports", "both"] = spec(
        "both", "direction of the banned trade, seen from the target"
    )


class ExportControl(Restriction):
    """Senders ban their exports of some sectors to the targets.

    `coverage` is the share of a sector's trade that is on the control list; the share of the
    varieties that stays is `1 - coverage (1 - e) c`.
    """

    kind: Literal["export_control"] = spec("export_control", "kind of measure")
    coverage: Share = spec(
        Share(central=1.0), "share of the sector's trade on the list", unit="share", domain="[0, 1]"
    )


class RateMeasure(PairMeasure):
    """A tax at the border: a new rate, or points added to the rate in the world."""

    rate: Rate | None = spec(None, "new rate (0.25 is 25 %)", unit="rate", domain="(-1, 5]")
    add: Rate | None = spec(None, "added to the old rate", unit="rate", domain="(-1, 5]")
    coverage: Share = spec(
        Share(central=1.0),
        "share of the sector's trade that is taxed; the cell gets the average rate",
        unit="share",
        domain="[0, 1]",
    )

    @model_validator(mode="after")
    def _one_rate(self) -> Self:
        if (self.rate is None) == (self.add is None):
            raise ValueError("give exactly one of 'rate' (the new rate) and 'add' (points added).")
        ask_about_rate("rate", self.rate)
        ask_about_rate("add", self.add)
        return self


class Tariff(RateMeasure):
    """Senders tax their imports from the targets; the revenue is the senders'."""

    kind: Literal["tariff"] = spec("tariff", "kind of measure")


class ExportTax(RateMeasure):
    """Senders tax their exports to the targets; the revenue is the senders'."""

    kind: Literal["export_tax"] = spec("export_tax", "kind of measure")


class TradeCost(PairMeasure):
    """Trade between senders and targets costs more, or less, real resources; nobody earns it."""

    kind: Literal["trade_cost"] = spec("trade_cost", "kind of measure")
    flow: Literal["exports", "imports", "both"] = spec(
        "both", "direction of the trade, seen from the target"
    )
    hat: Factor | None = spec(None, "new cost over old cost (1.1 is 10 % more)", domain="(0, 101]")
    percent: Percent | None = spec(None, "change of the cost", unit="per cent", domain="> -100")
    ad_valorem: Rate | None = spec(
        None, "extra cost as a rate of the value (0.1 is 10 %)", unit="rate", domain="(-1, 5]"
    )

    @model_validator(mode="after")
    def _one_cost(self) -> Self:
        given = [n for n in ("hat", "percent", "ad_valorem") if getattr(self, n) is not None]
        if len(given) != 1:
            found = ", ".join(given) or "none"
            raise ValueError(f"give exactly one of 'hat', 'percent', 'ad_valorem'; found {found}.")
        ask_about_rate("ad_valorem", self.ad_valorem)
        if any(x.share.bounds != (1.0, 1.0) for x in self.exempt):
            raise ValueError(
                "a trade cost is exempted in full or not at all: leave 'share' out of 'exempt', "
                "or give the average cost."
            )
        return self


class Transfer(Measure):
    """Senders give money to targets every year; world transfers add to zero."""

    kind: Literal["transfer"] = spec("transfer", "kind of measure")
    senders: Parties = spec(..., "economies or groups that pay")
    targets: Parties = spec(..., "economies or groups that receive")
    amount: Amount = spec(
        ..., "total a year", unit="mn USD of the world's base year", domain=">= 0"
    )
    split: Literal["value_added", "equal"] = spec(
        "value_added", "how several payers, or several receivers, share the amount"
    )


class CapacityLoss(Measure):
    """Targets lose a share of their productive capacity in some sectors.

    The same labour, capital and inputs give `1 - share` of the output: productivity falls to that
    multiple.
    """

    kind: Literal["capacity_loss"] = spec("capacity_loss", "kind of measure")
    targets: Parties = spec(..., "economies or groups that lose capacity")
    sectors: SectorList = spec(..., "sector codes or sector groups")
    share: Loss = spec(..., "share of capacity lost", unit="share", domain="[0, 1)")


class TradeAgreement(Measure):
    """Members lower tariffs, and perhaps other costs, on their trade with each other."""

    kind: Literal["trade_agreement"] = spec("trade_agreement", "kind of measure")
    members: Parties = spec(..., "economies or groups that sign")
    partners: Parties | None = spec(
        None, "if given, only trade between members and partners changes, not among members"
    )
    sectors: SectorList = spec(("goods",), "sector codes or sector groups")
    tariff: Rate | None = spec(
        None, "highest tariff left; lower ones stay", unit="rate", domain="[0, 5]"
    )
    cut: Share | None = spec(
        None, "share by which each tariff falls (1 is free trade)", unit="share", domain="[0, 1]"
    )
    trade_cost: Percent | None = spec(
        None, "change of other trade costs", unit="per cent", domain="> -100"
    )

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.tariff is not None and self.cut is not None:
            raise ValueError("give one of 'tariff' (a ceiling) and 'cut' (a share), not both.")
        if self.tariff is None and self.cut is None and self.trade_cost is None:
            raise ValueError("give at least one of 'tariff', 'cut' and 'trade_cost'.")
        if self.tariff is not None and self.tariff.bounds[0] < 0:
            raise ValueError("'tariff' must not be negative.")
        ask_about_rate("tariff", self.tariff)
        return self


TRADE_KINDS: Final[dict[str, type[Measure]]] = {
    "embargo": Embargo,
    "export_control": ExportControl,
    "tariff": Tariff,
    "export_tax": ExportTax,
    "trade_cost": TradeCost,
    "transfer": Transfer,
    "capacity_loss": CapacityLoss,
    "trade_agreement": TradeAgreement,
}
