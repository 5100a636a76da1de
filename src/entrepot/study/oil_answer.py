"""One answer to a compiled scenario: the equilibrium, with the oil market where crude is its.

The oil market is loaded where a scenario has measures on it: it takes 5 % of a start.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from entrepot.channels import Compiled
from entrepot.core.errors import InputError, NotSolvedError, ValueRangeError
from entrepot.core.hashing import hash_json
from entrepot.core.progress import Report, report_nothing
from entrepot.model.economy import Economy
from entrepot.model.shock import BoundShock
from entrepot.solving import Solution, SolveOptions, Verdict, solve
from entrepot.world.world import World

if TYPE_CHECKING:
    from entrepot.channels.oil.channel import OilSettled
    from entrepot.study.oil_coupling import Coupled

OIL = "oil"
"""Name under which the channel of oil keeps its market in `Compiled.details`."""

BASE = (
    "Crude is settled by the oil market of {year}. `entrepot oil` alone takes the last base "
    "year before the first measure unless told otherwise, so its barrels and "
    "prices may differ."
)


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A solution, and the oil market that agrees with it.

    Attributes
    ----------
    solution : certified or with a verdict; certified wherever there is an oil market
    oil : both markets in agreement, or None where the scenario leaves crude to the equilibrium

    """

    solution: Solution
    oil: Coupled | None = None


def answer(
    world: World,
    economy: Economy,
    compiled: Compiled,
    shock: BoundShock,
    closure: str,
    options: SolveOptions | None = None,
    *,
    start: Coupled | None = None,
    report: Report = report_nothing,
) -> Answer:
    """Solve a compiled scenario; crude is settled by the oil market if it has measures on it.

    Parameters
    ----------
    world, economy, shock, closure, options : as in `solve`; `shock` is `compiled` bound to `world`
    compiled : the scenario
    start, report : as in `couple`

    Raises
    ------
    NotSolvedError : the oil market and the equilibrium do not agree, or one of them has no result

    """
    if (market := settled_market(compiled)) is None:
        return Answer(solve(world, economy, shock, closure, options))
    from entrepot.study.oil_coupling import couple

    found = couple(world, economy, shock=shock, market=market.market, months=market.months,
                   closure=closure, options=options, start=start, report=report)  # fmt: skip
    return Answer(found.solution, found)


def answer_or_verdict(
    world: World,
    economy: Economy,
    compiled: Compiled,
    shock: BoundShock,
    closure: str,
    options: SolveOptions | None = None,
) -> Answer:
    """As `answer`, but an oil market that finds no agreement is a verdict and no exception."""
    try:
        return answer(world, economy, compiled, shock, closure, options)
    except (NotSolvedError, ValueRangeError) as error:
        if settled_market(compiled) is None:
            raise
        alone = solve(world, economy, shock, closure, options)
        return Answer(replace(alone, verdict=Verdict.NOT_CONVERGED, reasons=(str(error),),
                              state=None, certificate=None))  # fmt: skip


def settled_market(compiled: Compiled) -> OilSettled | None:
    """Oil market of a compiled scenario, or None."""
    found: OilSettled | None = compiled.details.get(OIL)
    return found


def oil_mark(compiled: Compiled) -> str:
    """Hash of what a scenario does to the oil market, which its shock does not say; else ''."""
    if (found := settled_market(compiled)) is None:
        return ""
    said = (found.year, found.market.streams, found.market.refiners, found.market.carriers,
            found.market.lanes, found.market.across, found.market.within.tolist(),
            found.restrictions, found.agreement, found.years)  # fmt: skip
    return hash_json([repr(part) for part in said])


def with_oil_tables(compiled: Compiled, oil: Coupled | None) -> Compiled:
    """Return `compiled` with the tables of the oil market at the demand on which both agree."""
    if oil is None:
        return compiled
    from entrepot.study.oil_coupled_tables import tables

    market = settled_market(compiled)
    base = (BASE.format(year=market.year),) if market is not None else ()
    notes = (*base, *compiled.notes, oil.agreement, *oil.notes)
    new = tables(oil)
    rest = {name: table for name, table in compiled.tables.items() if name not in new}
    return replace(compiled, tables=new | rest, notes=notes)


def refuse_oil(compiled: Compiled, what: str) -> None:
    """Raise `InputError` where `what` would leave out the oil market of a scenario."""
    if settled_market(compiled) is not None:
        raise InputError(
            f"Scenario '{compiled.scenario}' has measures on crude that an oil market settles; "
            f"{what} solves the equilibrium alone and would leave them out. Use `entrepot run` or "
            "`entrepot oil`, or leave those measures out."
        )
