"""Kinds of measure on foreign assets and finance: freezes, lost access, aid and loans.

What one economy no longer receives another one has, so that the transfers of every measure add to
zero over the world.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from entrepot.scenario.fields import (
    Amount,
    Day,
    Level,
    Parties,
    PlacedError,
    SectorList,
    Share,
    spec,
)
from entrepot.scenario.measures import Measure

EUROCLEAR: Final = (
    "what Euroclear earned on Russian assets frozen in 2022: 0.8 bn EUR in 2022, 4.4 in 2023, 6.9 "
    "in 2024, on some 183 to 197 bn; https://bnnbreaking.com/world/russia/"
    "euroclears-profits-soar-on-russian-assets-amid-legal-bind/, https://thestrategist.media/"
    "Euroclear-to-send-2B-of-proceeds-from-Russian-assets-to-help-Ukraine_a7682.html"
)
PASSED: Final = (
    "of 6.9 bn EUR that Euroclear earned on Russian assets in 2024, 4 bn were set aside for "
    "Ukraine; https://thestrategist.media/"
    "Euroclear-to-send-2B-of-proceeds-from-Russian-assets-to-help-Ukraine_a7682.html; low and high "
    "are assumed"
)


class Yield(Level):
    """A rate a year: 0.03 is 3 % a year."""

    minimum = 0.0
    maximum = 1.0


YearCount = Annotated[int, Field(strict=True, ge=0, le=100)]
Maturity = Annotated[int, Field(strict=True, ge=1, le=100)]


class MoneyMeasure(Measure):
    """Money that changes hands between senders and targets."""

    split: Literal["value_added", "equal"] = spec(
        "value_added", "how several economies on one side share the amount"
    )


class AssetFreeze(MoneyMeasure):
    """Senders hold assets of one target and keep them from it.

    The target loses `spent` x `rate_of_return` x `stock` + `drawdown` a year. The senders have it
    to spend, less what they pass on to `beneficiaries`. The stock stays the claim of the target.
    """

    kind: Literal["asset_freeze"] = spec("asset_freeze", "kind of measure")
    split: Literal["holdings", "value_added", "equal"] = spec(  # type: ignore[assignment]  # a freeze has one rule more
        "holdings",
        "how several holders share the stock: by what each is reported to hold, where figures that "
        "ship cover it, else by value added; the run says which",
    )
    senders: Parties = spec(..., "holders: economies where the assets lie")
    targets: Parties = spec(..., "owner of the assets; one economy")
    stock: Amount = spec(..., "assets frozen", unit="mn USD", domain=">= 0")
    rate_of_return: Yield = spec(
        Yield(low=0.004, central=0.023, high=0.038, source=EUROCLEAR),
        "income a year for each dollar of the stock",
        unit="rate",
        domain="[0, 1]",
    )
    spent: Share = spec(
        Share(low=0.0, central=1.0, high=1.0),
        "share of the income that the owner would have spent; the rest it would have reinvested",
        unit="share",
        domain="[0, 1]",
    )
    drawdown: Amount = spec(
        Amount(central=0.0),
        "spending out of the stock that was planned and cannot be made",
        unit="mn USD a year",
        domain=">= 0",
    )
    income_to: Literal["trust", "holder", "beneficiaries"] = spec(
        "trust",
        "whose the income is: held in trust for the owner, the holder's, or given to others",
    )
    beneficiaries: Parties | None = spec(None, "economies that the income is given to")
    passed_on: Share = spec(
        Share(low=0.5, central=0.58, high=1.0, source=PASSED),
        "share of the income that beneficiaries receive; the holder keeps the rest",
        unit="share",
        domain="[0, 1]",
    )
    foreign_assets: Amount | None = spec(
        None,
        "all foreign assets of the owner, which the stock may not exceed; the figure that ships "
        "with the program if left out",
        unit="mn USD",
        domain=">= 0",
    )

    @model_validator(mode="after")
    def _to_whom(self) -> Self:
        given = self.beneficiaries or ()
        if bool(given) != (self.income_to == "beneficiaries"):
            raise PlacedError(
                f"'income_to: {self.income_to}' and beneficiaries "
                f"{', '.join(given) or 'none'} do not go together. Name beneficiaries with "
                "'income_to: beneficiaries', and only with it.",
                ("beneficiaries" if given else "income_to",),
            )
        if "passed_on" in self.model_fields_set and not given:
            raise PlacedError("'passed_on' needs 'beneficiaries'. Name them, or take it out.",
                              ("passed_on",))  # fmt: skip
        owners = ", ".join(x for x in given if x in self.targets)
        if owners:
            raise PlacedError(
                f"{owners} owns the assets and cannot be given their income by a freeze. Use "
                "'income_to: trust', or name others.",
                ("beneficiaries",),
            )
        return self


class FinancialCutoff(Measure):
    """Targets lose access to foreign finance, all of it or a share.

    They run at most `1 - share` of the external balance of the benchmark (closure `frozen`); those
    who lent to them, or borrowed from them, shrink their own balances in proportion.
    """

    kind: Literal["financial_cutoff"] = spec("financial_cutoff", "kind of measure")
    senders: Parties = spec(..., "economies that refuse the finance; recorded")
    targets: Parties = spec(..., "economies that lose it")
    share: Share = spec(
        Share(central=1.0), "share of the access that is lost", unit="share", domain="[0, 1]"
    )


class Aid(MoneyMeasure):
    """Senders give to targets every year, in money or in goods.

    Goods are worth what money is worth as long as the targets would have bought at least as much of
    them from the senders; what goes beyond is named, and counted as money, an upper bound.
    """

    kind: Literal["aid"] = spec("aid", "kind of measure")
    senders: Parties = spec(..., "economies or groups that give")
    targets: Parties = spec(..., "economies or groups that receive")
    amount: Amount = spec(
        ..., "total a year", unit="mn USD of the world's base year", domain=">= 0"
    )
    form: Literal["money", "goods"] = spec("money", "what is given")
    sectors: SectorList | None = spec(None, "sectors of the goods; with 'form: goods' only")

    @model_validator(mode="after")
    def _goods(self) -> Self:
        if (self.form == "goods") != (self.sectors is not None):
            raise PlacedError(
                "'form: goods' needs 'sectors', and money has none. Give both or neither.",
                ("sectors" if self.sectors else "form",),
            )
        return self


class Loan(MoneyMeasure):
    """Senders lend to targets, who pay back in equal yearly instalments.

    The run takes the net transfer of the loan's year on the day of the run: disbursement in the
    first ones, service after it.
    """

    kind: Literal["loan"] = spec("loan", "kind of measure")
    senders: Parties = spec(..., "lenders")
    targets: Parties = spec(..., "borrowers")
    amount: Amount = spec(
        ..., "principal, all tranches", unit="mn USD of the world's base year", domain=">= 0"
    )
    interest: Yield = spec(..., "interest a year on the debt", unit="rate", domain="[0, 1]")
    maturity: Maturity = spec(..., "years until a tranche is paid back", unit="years")
    tranches: Maturity = spec(1, "equal parts, one a year, in which it is paid out", unit="years")
    grace: YearCount = spec(0, "first years with interest only", unit="years")
    default_from: Day | None = spec(
        None, "instalments due on this day or later are not paid", unit="date"
    )
    haircut: Share = spec(
        Share(central=1.0),
        "share of those instalments that is not paid",
        unit="share",
        domain="[0, 1]",
    )

    @model_validator(mode="after")
    def _terms(self) -> Self:
        if self.until is not None:
            raise PlacedError(
                "a loan ends with its maturity. Leave 'until' out; for a debtor that stops paying "
                "give 'default_from'.",
                ("until",),
            )
        if self.grace >= self.maturity:
            raise PlacedError(
                f"grace {self.grace} leaves no year of the maturity {self.maturity} to pay back "
                "in. Give a shorter grace.",
                ("grace",),
            )
        if "haircut" in self.model_fields_set and self.default_from is None:
            raise PlacedError("'haircut' needs 'default_from'. Give the day of the default.",
                              ("haircut",))  # fmt: skip
        if self.default_from and self.start is None:
            raise PlacedError("'default_from' needs 'from', the day of the first tranche.",
                              ("default_from",))  # fmt: skip
        if self.default_from and self.start and self.default_from <= self.start:
            raise PlacedError(
                f"default_from {self.default_from} is not after 'from' {self.start}. Correct one.",
                ("default_from",),
            )
        return self


ASSET_KINDS: Final[dict[str, type[Measure]]] = {
    "asset_freeze": AssetFreeze,
    "financial_cutoff": FinancialCutoff,
    "aid": Aid,
    "loan": Loan,
}
