"""Runs of a case that are solved month by month in the oil market."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from entrepot.channels import Assumption, Case, ChannelTable
from entrepot.channels.oil import (
    MonthOutcome,
    OilPath,
    Timed,
    base_of,
    certify,
    load_agreement,
    load_market,
    numbers,
    run_path,
    solve_month,
    tables,
)
from entrepot.channels.oil.certificate import Certificate
from entrepot.channels.oil.plan import plan_of
from entrepot.core.errors import NotSolvedError
from entrepot.core.hashing import hash_json
from entrepot.scenario.book import Scenario
from entrepot.study.casebook.oil_calendar import BASE, months_of
from entrepot.study.casebook.recent import Recent
from entrepot.study.casebook.schema import OilMonths

ROOM = "oil"
ELASTICITIES = ("across", "within", "demand", "latent")
"""Parameters that move with the set of elasticities; the others move in draws alone."""
HABITS = ("habit",)
"""Those that are at their high end where elasticities are low."""
KEPT = 24


@dataclass(frozen=True, slots=True, eq=False)
class OilResult:
    """A path of months, and the month of the base year that it began from.

    Attributes
    ----------
    path, base : the months, and the base month
    timed : what the measures come to
    assumptions, notes : numbers of the measures and of the market; what reading them noted
    gap_name, gap : condition that holds least well in any month, part of the price
    seconds : of solving

    """

    path: OilPath
    base: MonthOutcome
    timed: tuple[Timed, ...]
    assumptions: tuple[Assumption, ...]
    notes: tuple[str, ...]
    gap_name: str
    gap: float
    seconds: float

    def months(self, period: str) -> tuple[MonthOutcome, ...]:
        """Months of a period: a year, a month, or the base month."""
        if period == BASE:
            return (self.base,)
        return tuple(self.path.outcomes[k] for k in months_of(period, self.path.months))

    def tables(self) -> dict[str, ChannelTable]:
        """Months of those whose crude the measures are about, for the page."""
        note = "exports kb/d, discount to Brent USD a barrel, stored mb"
        return {ROOM: ChannelTable("Crude by month", self.frame(), note)}

    def frame(self) -> pd.DataFrame:
        """By month: Brent, and exports, discount and stock of those the measures are about."""
        given = (*(t.restriction for t in self.timed), *self.path.market.standing)
        wanted = {s for r in given for s in getattr(r, "streams", ())}
        rows = []
        for month in (self.base, *self.path.outcomes):
            made = tables.producers(month).set_index("producer").to_dict("index")
            row: dict[str, str | float] = {"month": month.label, "Brent": month.brent}
            for name in sorted({s.producer for s in month.market.streams if s.name in wanted}):
                mine = made[name]
                row[f"{name} exports"] = mine["exports"]
                row[f"{name} discount"] = month.brent - mine["netback"]
                row[f"{name} stored"] = mine["stock"]
            rows.append(row)
        return pd.DataFrame(rows).round(1)


@dataclass(slots=True)
class OilBench:
    """Solves runs of the oil market; what was solved last is not solved again.

    Attributes
    ----------
    folder : where months are kept, so that runs that begin alike share them; None keeps none
    solved : the last few runs

    """

    folder: Path | None = None
    solved: Recent[OilResult] = field(default_factory=lambda: Recent(KEPT))

    def result(
        self,
        scenario: Scenario,
        spec: OilMonths,
        theta: str,
        behaviour: Case,
        overrides: Mapping[str, float],
    ) -> OilResult:
        """The months of `spec` under `scenario`.

        Parameters
        ----------
        scenario : measures with their days
        spec : base year and months
        theta : "low", "central" or "high": end of the ranges of the market's elasticities
        behaviour : end of the ranges that the scenario gives
        overrides : values of single assumptions; those of the market are called ``oil.name``

        Raises
        ------
        NotSolvedError : a month has no equilibrium, or one that is not certified

        """
        key = hash_json([scenario.hash, spec.model_dump(), theta, behaviour, dict(overrides)])
        return self.solved.get(
            key, lambda: self._solve(scenario, spec, theta, behaviour, overrides)
        )

    def _solve(
        self,
        scenario: Scenario,
        spec: OilMonths,
        theta: str,
        behaviour: Case,
        overrides: Mapping[str, float],
    ) -> OilResult:
        began = time.perf_counter()
        given = market_numbers(theta, overrides)
        values = {a.name.removeprefix(f"{ROOM}."): a.value for a in given}
        market = load_market(spec.base, **values)
        mine = {n: x for n, x in overrides.items() if n.partition(".")[0] != ROOM}
        plan = plan_of(scenario, market, spec.first, spec.months, case=behaviour, overrides=mine)
        rule = plan.agreement
        if rule is None and spec.agreement:
            rule = load_agreement(spec.base, **values)
        base, coefficients = solve_month(market, label=BASE), base_of(market)
        path = run_path(market, spec.first, spec.months, plan.timed, agreement=rule,
                        folder=self.folder)  # fmt: skip
        held = Certificate.over(certify(coefficients, m) for m in (base, *path.outcomes))
        if not held.ok:
            raise NotSolvedError(held.message())
        name, gap = held.worst
        seconds = time.perf_counter() - began
        return OilResult(path, base, plan.timed, (*plan.assumptions, *given), plan.notes,
                         f"oil {name}", gap, seconds)  # fmt: skip


def assumed(
    scenario: Scenario, spec: OilMonths, overrides: Mapping[str, float]
) -> tuple[Assumption, ...]:
    """Numbers of the measures and of the market, nothing solved but the base month."""
    mine = {n: x for n, x in overrides.items() if n.partition(".")[0] != ROOM}
    plan = plan_of(scenario, load_market(spec.base), spec.first, spec.months, overrides=mine)
    return (*plan.assumptions, *market_numbers("central", overrides))


def moves(scenario: Scenario, spec: OilMonths, behaviour: Case) -> bool:
    """Whether any number of the measures is elsewhere at this end of its range."""
    market = load_market(spec.base)
    cases: tuple[Case, Case] = (behaviour, "central")
    here, middle = (plan_of(scenario, market, spec.first, spec.months, case=c) for c in cases)
    return [a.value for a in here.assumptions] != [a.value for a in middle.assumptions]


def market_numbers(theta: str, overrides: Mapping[str, float]) -> tuple[Assumption, ...]:
    """Parameters of the market as assumptions, with the values of one run."""
    known = numbers()
    against = {"low": "high", "high": "low"}.get(theta, theta)
    ends = {**dict.fromkeys(ELASTICITIES, theta), **dict.fromkeys(HABITS, against)}
    values = {n: float(getattr(x, ends.get(n, "central"))) for n, x in known.items()}
    values |= {n: overrides[f"{ROOM}.{n}"] for n in known if f"{ROOM}.{n}" in overrides}
    return tuple(
        Assumption(f"{ROOM}.{n}", values[n], x.low, x.high, x.source, f"{x.what}, {x.unit}")
        for n, x in known.items()
    )
