"""A world oil market month by month: with measures, without them, and at the ends of ranges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from entrepot.channels.compiled import Assumption
from entrepot.channels.oil import (
    Agreement,
    Certificate,
    OilMarket,
    OilPath,
    Timed,
    base_of,
    certify,
    run_path,
)
from entrepot.channels.oil.path_store import Store
from entrepot.core.errors import NotSolvedError, ValueRangeError
from entrepot.scenario import Scenario

Report = Callable[[str, int, int], None]
CENTRAL: Final = "central"


@dataclass(frozen=True, slots=True, eq=False)
class OilCase:
    """One setting of a run.

    Attributes
    ----------
    name : ``central``, or which end of which range
    market : of the base month
    timed : measures, as restrictions with their months
    setting : what holds with the measures and without: demand, the recorded background
    agreement : a producers' rule for quotas, or None
    background : whether everything else moves as recorded

    """

    name: str
    market: OilMarket
    timed: tuple[Timed, ...] = ()
    setting: tuple[Timed, ...] = ()
    agreement: Agreement | None = None
    background: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class OilRun:
    """Months with measures beside the same months without.

    Attributes
    ----------
    name, title : of what was run
    scenario : where the measures stand, or None
    cases : settings that were solved, the central one first
    paths : the months of each case, with its restrictions
    without : the same without them, in the same setting
    failed : cases without a result, with the reason
    assumptions, notes : of the measures
    certificate : largest violation of each condition in any month of any case
    resumed : months that were taken over from an earlier run

    """

    name: str
    title: str
    scenario: Scenario | None
    cases: tuple[OilCase, ...]
    paths: tuple[OilPath, ...]
    without: tuple[OilPath, ...]
    failed: tuple[str, ...]
    assumptions: tuple[Assumption, ...]
    notes: tuple[str, ...]
    certificate: Certificate
    resumed: int

    @property
    def months(self) -> tuple[str, ...]:
        """Labels of the months."""
        return self.paths[0].months

    @property
    def market(self) -> OilMarket:
        """Market of the base month, central case."""
        return self.cases[0].market

    @property
    def timed(self) -> tuple[Timed, ...]:
        """Measures of the central case."""
        return self.cases[0].timed


def run_oil(
    cases: Sequence[OilCase],
    first: str,
    months: int,
    *,
    name: str = "",
    title: str = "",
    scenario: Scenario | None = None,
    assumptions: Sequence[Assumption] = (),
    notes: Sequence[str] = (),
    folder: Path | None = None,
    report: Report | None = None,
) -> OilRun:
    """Solve every case, with its restrictions and without.

    Parameters
    ----------
    cases : the central one first; the others make the ranges
    first, months : first month (``2018-01``) and how many
    name, title, scenario, assumptions, notes : of the measures, carried into the result
    folder : where finished months are kept; a run that was stopped goes on from there
    report : told (what, done, total)

    Raises
    ------
    NotSolvedError : the central case has a month without an equilibrium; another case that has
        one is listed under `failed`
    ValueRangeError : no case; months that are none; restrictions that name what is not there

    """
    if not cases:
        raise ValueRangeError("oil run: there is no case. Give at least one, the central case.")
    earlier = Store.months_in(folder)
    done: list[tuple[OilCase, OilPath, OilPath]] = []
    failed: list[str] = []
    for k, case in enumerate(cases):
        if report is not None:
            report(f"oil, {case.name}", k, len(cases))
        try:
            done.append((case, *_pair(case, first, months, folder)))
        except NotSolvedError as error:
            if k == 0:
                raise
            failed.append(f"{case.name}: {error}")
    solved, paths, without = (tuple(column) for column in zip(*done, strict=True))
    return OilRun(
        name=name or solved[0].market.name,
        title=title or name or solved[0].market.name,
        scenario=scenario,
        cases=solved,
        paths=paths,
        without=without,
        failed=tuple(failed),
        assumptions=tuple(assumptions),
        notes=tuple(notes),
        certificate=_certificate(done),
        resumed=sum(name in earlier for _, *both in done for p in both for name in p.read),
    )


def _pair(
    case: OilCase, first: str, months: int, folder: Path | None
) -> tuple[OilPath, OilPath]:  # fmt: skip
    def solved(timed: Sequence[Timed]) -> OilPath:
        return run_path(case.market, first, months, timed, agreement=case.agreement, folder=folder)

    without = solved(case.setting)
    return (solved((*case.setting, *case.timed)) if case.timed else without), without


def _certificate(done: Sequence[tuple[OilCase, OilPath, OilPath]]) -> Certificate:
    """Return the largest violation of each condition in any month."""
    found = []
    for case, *paths in done:
        base = base_of(case.market)
        found += [certify(base, month) for path in paths for month in path.outcomes]
    return Certificate.over(found)
