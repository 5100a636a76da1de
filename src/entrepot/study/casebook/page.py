"""`CasePage`: what a case says, as numbers with their origin."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

import pandas as pd

from entrepot.channels import Assumption, ChannelTable
from entrepot.study.casebook.schema import Case
from entrepot.study.casebook.thresholds import Threshold
from entrepot.study.casebook.variant import SolveRecord, Variant
from entrepot.study.casebook.verdict import Ruling, Target, Verdict

FIRST_ROWS: Final = 50
"""Rows of a channel's table in the plain data of a page."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Range of a model value.

    Attributes
    ----------
    central : case's own world, central elasticities and behaviour
    low, high : over all variants
    by_elasticity, by_behaviour, by_world, by_horizon : ends when only this one moves
    by_draw : ends over the random draws, None if there are none
    low_at, high_at : variants at the two ends

    """

    central: float
    low: float
    high: float
    by_elasticity: tuple[float, float]
    by_behaviour: tuple[float, float]
    by_world: tuple[float, float]
    by_horizon: tuple[float, float]
    by_draw: tuple[float, float] | None
    low_at: Variant
    high_at: Variant


@dataclass(frozen=True, slots=True)
class Finding:
    """One quantity of the case.

    Attributes
    ----------
    name, title, unit, note : of the quantity
    model_expression, record_expression : what is computed
    target, because : what the claim needs, and why; None where it is not judged
    values : value by variant
    failed : variants that gave no certified result and have no value
    model : their range, None without a model value
    record, margin : the record's value and by how much it may be off
    model_minus_record : signed, central value
    record_in_range : whether the model's range holds the record
    record_from_claim : how far the record lies above (+) or below (-) the target
    model_from_claim : the same for the model's low, central and high value
    skill : back-tests only: 1 - |error| / |record|; 1 is exact, 0 no better than "no change"
    ruling : grade by the rule, None where nothing is judged

    """

    name: str
    title: str
    unit: str
    note: str
    model_expression: str
    record_expression: str
    target: Target | None
    because: str
    values: tuple[tuple[Variant, float], ...]
    failed: int
    model: Spread | None
    record: float | None
    margin: float
    margin_because: str
    model_minus_record: float | None
    record_in_range: bool | None
    record_from_claim: float | None
    model_from_claim: tuple[float, float, float] | None
    skill: float | None
    ruling: Ruling | None


@dataclass(frozen=True, slots=True)
class ReadingResult:
    """One reading of the claim with its ruling."""

    name: str
    title: str
    needs: tuple[str, ...]
    ruling: Ruling


@dataclass(frozen=True, slots=True, eq=False)
class CasePage:
    """Everything a reader of a case sees.

    Attributes
    ----------
    case : the case file
    findings : its quantities, in the order of the file
    thresholds : what would have to be true
    readings : readings of the claim with their rulings
    verdict : computed by the rule from `readings`
    solves : how every solve ended
    failed : variants without a certified result, with the reason
    assumptions : numbers the scenarios give
    notes : what compiling and solving noted
    elasticities : set of trade elasticities -> sector -> value
    worlds : world -> content hash
    tables : run -> name -> what a channel reports in the central variant
    months : run of the oil market -> its months in each variant, the central one first
    version : of the package
    seconds : wall time

    """

    case: Case
    findings: tuple[Finding, ...]
    thresholds: tuple[Threshold, ...]
    readings: tuple[ReadingResult, ...]
    verdict: Verdict
    solves: tuple[SolveRecord, ...]
    failed: tuple[str, ...]
    assumptions: tuple[Assumption, ...]
    notes: tuple[str, ...]
    elasticities: dict[str, dict[str, float]]
    worlds: dict[str, str]
    tables: dict[str, dict[str, ChannelTable]]
    months: dict[str, tuple[pd.DataFrame, ...]]
    version: str
    seconds: float

    def finding(self, name: str) -> Finding:
        """The finding called `name`."""
        return next(f for f in self.findings if f.name == name)

    @property
    def backtests(self) -> tuple[Finding, ...]:
        """Findings that score the model against the record."""
        return tuple(f for f in self.findings if f.skill is not None)

    @property
    def certified(self) -> bool:
        """Whether every solve of the case gave a certified result."""
        return not self.failed

    @property
    def worst_gap(self) -> float:
        """Largest gap of any identity in any certified solve, part of world income."""
        gaps = [s.gap for s in self.solves if math.isfinite(s.gap) and not s.oil]
        return max(gaps, default=float("nan"))

    @property
    def worst_oil_gap(self) -> float:
        """Largest gap of any condition in any month of oil, part of the price of a crude."""
        return max((s.gap for s in self.solves if s.oil), default=float("nan"))

    def to_dict(self) -> dict[str, Any]:
        """Plain data; infinities and NaN become None."""
        names = [n for n in self.__dataclass_fields__ if n not in ("case", "tables", "months")]
        data = {name: getattr(self, name) for name in names}
        data["tables"] = {
            run: {name: _rows(one) for name, one in found.items()}
            for run, found in self.tables.items()
        }
        plain = {"case": self.case.model_dump(mode="json", by_alias=True), **data}
        plain |= {"certified": self.certified, "worst_gap": self.worst_gap,
                  "verdict_text": str(self.verdict)}  # fmt: skip
        out: dict[str, Any] = _plain(plain)
        return out


def _rows(table: ChannelTable) -> dict[str, Any]:
    """A table as plain data: its first rows, which are the most telling ones."""
    rows = table.frame.head(FIRST_ROWS).to_dict(orient="records")
    return {"title": table.title, "note": table.note, "rows": rows}


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, bool | int | str | None) else str(value)
