"""The oil market and the equilibrium of the world economy, until both say the same.

The oil market settles crude: who sells how much to whom, at what price.  The equilibrium takes this
as costs and taxes of its crude sector (`entrepot.study.oil_shock`) and answers with the crude that
refiners want at these prices, and with the unit cost of crude.  The demand goes back to the oil
market, and so on, until volumes, prices, shares and sales agree.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from entrepot.channels.oil import MonthOutcome, OilMarket, base_years, load_market, solve_month
from entrepot.channels.oil.blocks import Blocks
from entrepot.channels.oil.domains import POSITIVE
from entrepot.channels.oil.economy import Amounts, PairHats
from entrepot.channels.oil.restrictions import Restriction
from entrepot.core.errors import NotSolvedError, ValueRangeError
from entrepot.core.progress import Report, report_nothing
from entrepot.model.economy import Economy
from entrepot.model.shock import BoundShock, Shock
from entrepot.numerics.mixing import Mixing
from entrepot.solving import Solution, SolveOptions
from entrepot.solving.bind import bound_to
from entrepot.study.oil_agreement import Crude, Gaps, crude_of
from entrepot.study.oil_round import Link, Months, Turn, turn
from entrepot.study.oil_shock import CRUDE, OWN_SHIPS, OWN_SHIPS_RANGE, Settled
from entrepot.world.world import World

Array = np.ndarray
TOLERANCE = 1e-4
"""Largest distance at which the two agree: logs of volumes and prices, and value shares."""
ROUNDS = 60
"""Rounds at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Coupled:
    """An equilibrium and an oil market that agree.

    Attributes
    ----------
    solution : certified, with crude as the oil market settles it
    market, base, months : the oil market, its base month, and the months that count
    blocks, before, after, hats : both as amounts by block, and the hats between them
    settled : what the oil market asks of the equilibrium
    state : (2 N,) logs of what the loop is about: cost of crude beside its output, and demand
    rounds : columns round, volume, price, share, sold (largest distances), volume_at, sold_at
    gaps : the last distances
    tolerance : what they had to reach
    seconds : time taken
    notes : what a reader should know

    """

    solution: Solution
    market: OilMarket
    base: MonthOutcome
    months: tuple[MonthOutcome, ...]
    blocks: Blocks
    before: Amounts
    after: Amounts
    hats: PairHats
    settled: Settled
    state: Array
    rounds: pd.DataFrame
    gaps: Gaps
    tolerance: float
    seconds: float
    notes: tuple[str, ...]

    @property
    def sector(self) -> int:
        """Position of crude among the world's sectors."""
        return self.solution.world.sectors.index(CRUDE)

    @property
    def crude(self) -> Crude:
        """Crude as the certified solution has it."""
        return crude_of(self.solution)

    @property
    def agreement(self) -> str:
        """How far the two are apart, in one sentence."""
        g = self.gaps
        return (
            f"Oil market and equilibrium agree after {len(self.rounds)} rounds: barrels used to "
            f"{g.volume:.0e}, prices to {g.price:.0e}, shares to {g.share:.0e}, barrels sold to "
            f"{g.sold:.0e} (allowed {self.tolerance:.0e})."
        )


def market_of(world: World) -> OilMarket:
    """Return the bundled oil market of the world's base year."""
    if world.year not in base_years():
        raise ValueRangeError(
            f"oil market and world '{world.name}': there is no oil market of its base year "
            f"{world.year}; bundled are {', '.join(map(str, base_years()))}. Use a world of one "
            "of these years, or pass a market made with OilMarket.of."
        )
    return load_market(world.year)


def couple(
    world: World,
    economy: Economy | None = None,
    restrictions: Sequence[Restriction] = (),
    shock: Shock | BoundShock | None = None,
    market: OilMarket | None = None,
    *,
    months: Months | None = None,
    closure: str = "fixed",
    options: SolveOptions | None = None,
    own_ships: float = OWN_SHIPS,
    tolerance: float = TOLERANCE,
    rounds: int = ROUNDS,
    start: Coupled | None = None,
    report: Report = report_nothing,
) -> Coupled:
    """Solve the oil market and the world economy together.

    Parameters
    ----------
    world, economy, shock, closure, options : as in `solve`; crude cells of the shock are replaced
        by what the oil market says
    restrictions : what is done to the oil market, on top of what stood in its base month
    market : the oil market of the world's base year (default: the bundled one)
    months : solves the months that count, whose mean is used (default: one month under
        `restrictions`)
    own_ships : part of dearer freight that stays with the seller's side (its own ships), 0 to 1
    tolerance : largest distance in logs of volumes and prices, and in value shares
    rounds : rounds at most
    start : an answer to a like question, from which the loop begins; where it ends does not depend
        on it
    report : called with (what, done, total) after each round

    Raises
    ------
    NotSolvedError : a month or an equilibrium has no certified result, or the two do not agree
    ValueRangeError, LabelError : market, world and restrictions do not fit

    """
    began = time.perf_counter()
    economy = economy or Economy.long_run()
    _check_loop(tolerance, rounds)
    _check(world, economy)
    market = market or market_of(world)
    low, high = OWN_SHIPS_RANGE
    if not low <= own_ships <= high:
        raise ValueRangeError(f"own_ships is {own_ships}; it is a share from {low:g} to {high:g}.")
    link = Link.of(world, economy, bound_to(world, shock), market, closure, options, own_ships)
    solver = months or _one_month(market, restrictions)
    state = link.start() if start is None else start.state
    history: list[Gaps] = []
    mixing = Mixing()
    while True:
        found = turn(link, solver, state)
        history.append(found.gaps)
        report("oil market and equilibrium", len(history), rounds)
        if found.gaps.largest <= tolerance:
            return _coupled(link, state, found, history, tolerance, time.perf_counter() - began)
        if len(history) >= rounds:
            raise NotSolvedError(_apart(history, tolerance))
        state = mixing.propose(state, found.residual)


def _check_loop(tolerance: object, rounds: object) -> None:
    """Refuse a tolerance or a number of rounds under which nothing can agree."""
    wrong = []
    if not POSITIVE.holds(tolerance):
        wrong.append(f"tolerance is {tolerance!r}; it must be {POSITIVE.text}.")
    if isinstance(rounds, bool) or not isinstance(rounds, int) or rounds < 1:
        wrong.append(f"rounds is {rounds!r}; it must be a whole number, 1 or more.")
    if wrong:
        raise ValueRangeError.collect("Oil market and equilibrium", wrong)


def _check(world: World, economy: Economy) -> None:
    if CRUDE not in world.sectors:
        raise ValueRangeError(
            f"world '{world.name}' has no sector '{CRUDE}', so no oil market can settle it; it "
            f"has {', '.join(world.sectors)}."
        )
    if world.uses:
        raise ValueRangeError(
            f"world '{world.name}' has purchases by use; an oil market says what an economy buys, "
            "not who in it. Use world.pooled()."
        )
    if economy.elasticities_for(world).entry_costs:
        raise ValueRangeError(
            "An economy with entry costs has no rent of crude by itself, which an oil market "
            "needs. Set entry_cost_share to 0."
        )


def _one_month(market: OilMarket, restrictions: Sequence[Restriction]) -> Months:
    def solver(now: OilMarket, demand: Sequence[Restriction]) -> Sequence[MonthOutcome]:
        return (solve_month(now, (*market.standing, *restrictions, *demand)),)

    return solver


def _apart(history: Sequence[Gaps], tolerance: float) -> str:
    last = history[-1]
    return (
        f"The oil market and the equilibrium do not agree after {len(history)} rounds: barrels "
        f"used differ by {last.volume:.1e} ({last.volume_at}), prices by {last.price:.1e} "
        f"({last.price_at}), shares by {last.share:.1e}, barrels sold by {last.sold:.1e} "
        f"({last.sold_at}); allowed is {tolerance:.0e}. Give it more rounds, a longer time since "
        "the shock, or restrictions in smaller parts."
    )


def _coupled(link: Link, state: Array, last: Turn, history: Sequence[Gaps], tolerance: float,
             seconds: float) -> Coupled:  # fmt: skip
    rows: list[dict[str, Any]] = [
        {"round": k, **g._asdict()} for k, g in enumerate(history, start=1)
    ]
    return Coupled(
        solution=last.solution,
        market=link.market,
        base=link.base,
        months=last.months,
        blocks=link.blocks,
        before=link.before,
        after=last.after,
        hats=last.hats,
        settled=last.asked,
        state=state,
        rounds=pd.DataFrame(rows),
        gaps=history[-1],
        tolerance=tolerance,
        seconds=seconds,
        notes=_notes(link, last),
    )


def _notes(link: Link, last: Turn) -> tuple[str, ...]:
    """What the coupling leaves out or replaces."""
    out = []
    given, world, s = link.shock, link.world, link.sector
    plain = {"trade_cost": 1.0, "tariff": world.tariff[:, :, s],
             "export_tax": world.export_tax[:, :, s]}  # fmt: skip
    named = [n for n, usual in plain.items() if (getattr(given, n)[:, :, s] != usual).any()]
    if named:
        out.append(f"crude: {', '.join(named).replace('_', ' ')} of the shock are replaced by what "
                   "the oil market makes of its measures.")  # fmt: skip
    before = link.before.volume.sum() - last.hats.kbd.sum()
    out.append(
        f"crude: {last.hats.left_out:.0f} kb/d of {last.after.volume.sum():.0f} (base "
        f"{before:.0f}) are sold between economies that trade no crude in the world; their buyers' "
        "barrels count, and come from the sellers that the world knows."
    )
    return tuple(out)
