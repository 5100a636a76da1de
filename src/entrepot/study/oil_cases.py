"""Cases of a run of the oil market: a scenario, or a base year, with the ends of its ranges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from entrepot.channels.compiled import Case
from entrepot.channels.oil import Agreement, Timed, history, load_agreement, load_market, numbers
from entrepot.channels.oil.plan import plan_of
from entrepot.channels.oil.restrictions import DemandShift
from entrepot.channels.oil.scenario_path import base_year_of, span_of
from entrepot.channels.oil.timing import months_from
from entrepot.channels.trade import kind_of
from entrepot.core.errors import ScenarioError
from entrepot.scenario import Scenario
from entrepot.scenario.oil_measures import OIL_KINDS
from entrepot.study.oil_run import CENTRAL, OilCase, OilRun, Report, run_oil

ENDS: Final[tuple[Case, ...]] = ("low", "high")
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "demand": ("demand",),
    "switching": ("across", "within", "latent"),
    "shipping": ("day_rate", "port_usd", "port_days", "shadow_usd", "shadow_days"),
    "adjustment": ("keep", "storing_usd", "learning", "ramp", "band", "step"),
}
"""Parameters of the market that move to an end of their range together."""


BACKGROUND: Final = (
    "Others' output, refining capacity and demand move as recorded in each year, with the measures "
    "and without. Demand is brought back from the price of its year, so that without the measures "
    "Brent follows the record by construction: its level tests nothing."
)

NO_RULE: Final = (
    "The scenario gives no rule for producers with quotas, so OPEC and its partners do not answer "
    "to the price; `--agreement` lets them, as `entrepot run` does unless told otherwise."
)


def oil_cases(
    year: int,
    timed: Sequence[Timed] = (),
    *,
    ends: Mapping[str, Sequence[Timed]] | None = None,
    agreement: bool | Agreement | None = True,
    ranges: bool = True,
    background: tuple[str, str] | None = None,
) -> tuple[OilCase, ...]:
    """Cases of a bundled base year.

    Parameters
    ----------
    year : base year
    timed : restrictions with their months; shifts of demand hold without the others too
    ends : other sets of restrictions by name of the case, such as measures at their strong end
    agreement : whether the producers' agreement of the base year answers to the price, or a rule
    ranges : whether to make the cases at the ends of ranges, see `GROUPS`, and those of `ends`
    background : first and last month in which everything else moves as recorded, but for the
        producers that `timed` names

    """

    def case(name: str, those: Sequence[Timed], given: Mapping[str, float]) -> OilCase:
        rule = load_agreement(year, **given) if agreement is True else agreement or None
        around = (
            history(
                year, background[0], background[1], apart=sorted(apart), at_prices=True, **given
            )
            if background
            else ()
        )
        return OilCase(
            name=name,
            market=load_market(year, **given),
            timed=tuple(t for t in those if not isinstance(t.restriction, DemandShift)),
            setting=(*around, *(t for t in those if isinstance(t.restriction, DemandShift))),
            agreement=rule,
            background=background is not None,
        )

    apart = {str(s) for t in timed for s in getattr(t.restriction, "streams", ())}
    out = [case(CENTRAL, timed, {})]
    if not ranges:
        return tuple(out)
    known = numbers()
    for group, names in GROUPS.items():
        for end in ENDS:
            given = {name: getattr(known[name], end) for name in names}
            out.append(case(f"{group} {end}", timed, given))
    return (*out, *(case(name, those, {}) for name, those in (ends or {}).items()))


def run_oil_scenario(
    scenario: Scenario,
    first: str | None = None,
    months: int | None = None,
    *,
    year: int | None = None,
    agreement: bool = False,
    background: bool = False,
    ranges: bool = True,
    folder: Path | None = None,
    report: Report | None = None,
) -> OilRun:
    """Solve the months of a scenario with its measures of oil, and without.

    Parameters
    ----------
    scenario : with measures of oil
    first, months : left out: from three before the first measure to twelve after the last change
    year : base year; left out: what the scenario asks for, else the last before its first measure
    agreement : whether OPEC and its partners answer to the price where the scenario gives no rule
    background : whether everything else moves as recorded, see `BACKGROUND`
    ranges : also the ends of ranges, of the market (`GROUPS`) and of the numbers in the file
    folder, report : as in `run_oil`

    Raises
    ------
    ScenarioError : it does not fit the oil market, or has nothing for it
    NotSolvedError, ValueRangeError : as in `run_oil`

    """
    first, months = span_of(scenario, first, months)
    year = year or base_year_of(scenario, first)
    market = load_market(year)
    plan = plan_of(scenario, market, first, months, year=year)
    if not plan.timed and not {kind_of(e) for e in scenario.entries} & set(OIL_KINDS):
        raise ScenarioError(
            f"Scenario '{scenario.name}' ({scenario.where}) has no measure of the oil market in "
            f"force from {first} on ({', '.join(OIL_KINDS)}). Choose one that has, or other months."
        )
    ends = {}
    if ranges and any(a.low != a.high for a in plan.assumptions):
        ends = {
            f"measures {end}": plan_of(scenario, market, first, months, year=year, case=end).timed
            for end in ENDS
        }
    last = months_from(first, months)[-1]
    cases = oil_cases(year, plan.timed, ends=ends, agreement=plan.agreement or agreement,
                      ranges=ranges, background=(first, last) if background else None)  # fmt: skip
    notes = (*plan.notes, *((BACKGROUND,) if background else ()),
             *(() if plan.agreement or agreement else (NO_RULE,)))  # fmt: skip
    return run_oil(cases, first, months, name=scenario.name, title=scenario.title,
                   scenario=scenario, assumptions=plan.assumptions, notes=notes,
                   folder=folder, report=report)  # fmt: skip
