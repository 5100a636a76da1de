"""One round of the oil market and the equilibrium: demand goes in, distances come out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from entrepot.channels.oil import MonthOutcome, OilMarket, solve_month
from entrepot.channels.oil.blocks import NOWHERE, Blocks, blocks_of
from entrepot.channels.oil.economy import Amounts, PairHats, amounts, pair_hats
from entrepot.channels.oil.restrictions import DemandShift, Restriction
from entrepot.core.errors import NotSolvedError, ValueRangeError
from entrepot.model.economy import Economy, Elasticities
from entrepot.model.shock import BoundShock
from entrepot.solving import Solution, SolveOptions, solve
from entrepot.study.oil_agreement import Gaps, crude_of, gaps, log_ratio
from entrepot.study.oil_shock import CRUDE, Settled, settled
from entrepot.study.oil_supply import log_cost
from entrepot.world.world import World

Array = np.ndarray
Months = Callable[[OilMarket, Sequence[Restriction]], Sequence[MonthOutcome]]
"""Solves the months that count, from a market and the demand of its refiners."""
IN_LOOP = 0.9
"""Demand elasticity that refiners get inside the loop.

Where the two agree demand is the equilibrium's, so the answer does not depend on it; but the
equilibrium's is nearer to 1 than to the 0.12 of a refiner by itself, and the loop is shorter so.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """What does not change between rounds."""

    world: World
    economy: Economy
    shock: BoundShock
    market: OilMarket
    closure: str
    options: SolveOptions | None
    blocks: Blocks
    base: MonthOutcome
    before: Amounts
    flows: Array
    values: Elasticities
    own_ships: float

    @classmethod
    def of(cls, world: World, economy: Economy, shock: BoundShock, market: OilMarket,
           closure: str, options: SolveOptions | None, own_ships: float) -> Link:  # fmt: skip
        """Put world and market together; solves the base month."""
        s = world.sectors.index(CRUDE)
        blocks = blocks_of(market, world.regions)
        alone = [r for r, b, x in zip(world.regions, blocks.dest, world.expenditure[:, s],
                                      strict=True) if b == NOWHERE and x > 0]  # fmt: skip
        if alone:
            raise ValueRangeError(
                f"oil market and world '{world.name}': no refiner buys for {', '.join(alone)}, "
                "which use crude. Add them to a refiner's regions."
            )
        base = solve_month(market)
        return cls(world, economy, shock, market, closure, options, blocks, base,
                   amounts(blocks, (base,)), world.trade_flows()[:, :, s],
                   economy.elasticities_for(world), own_ships)  # fmt: skip

    @property
    def sector(self) -> int:
        """Position of crude."""
        return self.world.sectors.index(CRUDE)

    def log_cost(self, made: Array) -> Array:
        """Guess of the log of unit cost at output hats `made`: (region,)."""
        beta = self.world.value_added_share[:, self.sector]
        return log_cost(made, beta, float(self.values.epsilon[self.sector]), self.values.kappa)

    def start(self) -> Array:
        """First point: other prices and demand as they were, in logs."""
        return np.zeros(2 * len(self.world.regions))


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """One round."""

    months: tuple[MonthOutcome, ...]
    after: Amounts
    hats: PairHats
    asked: Settled
    solution: Solution
    gaps: Gaps
    residual: Array


def turn(link: Link, solver: Months, state: Array) -> Turn:
    """Solve the oil market at a demand, and the equilibrium at its answer."""
    shift, ln_demand = np.split(state, 2)
    shifts, shared = demand_shifts(link, np.exp(ln_demand))
    eager = replace(
        link.market, refiners=tuple(replace(r, elasticity=IN_LOOP) for r in link.market.refiners)
    )
    months = tuple(solver(eager, shifts))
    after = amounts(link.blocks, months)
    hats = pair_hats(link.blocks, link.before, after, link.flows, shared)
    cost = np.exp(shift + link.log_cost(hats.sold))
    theta = float(link.values.theta[link.sector])
    asked = settled(link.world, link.shock, hats, cost, theta, link.own_ships)
    solution = solve(link.world, link.economy, asked.shock, link.closure, link.options)
    if not solution.ok:
        raise NotSolvedError(
            "The equilibrium that goes with the oil market has no certified result: "
            f"{solution.message()} A longer time since the shock may have one: --horizon or "
            "--months, in Python horizon or Economy.at(months=...).",
            solution.reasons,
        )
    crude = crude_of(solution)
    made = np.where((hats.sold > 0) & (crude.made > 0), crude.made, 1.0)
    # the cost that this output would have had, brought to the output that is wanted
    moved = log_ratio(np.where(hats.sold > 0, crude.cost, np.nan), cost)
    moved = np.where(moved != 0, moved + link.log_cost(hats.sold) - link.log_cost(made), 0.0)
    residual = np.concatenate([moved, log_ratio(crude.used, hats.runs)])
    return Turn(months, after, hats, asked, solution, gaps(solution, asked), residual)


def demand_shifts(link: Link, demand: Array) -> tuple[list[Restriction], Array]:
    """Demand of refiners from that of regions (region,), and what each has of its refiner's."""
    dest, spent = link.blocks.dest, link.world.expenditure[:, link.sector]
    whole, plain = np.zeros(len(link.blocks.buyers)), np.zeros(len(link.blocks.buyers))
    np.add.at(whole, dest, spent * demand)
    np.add.at(plain, dest, spent)
    hat = np.where(plain > 0, whole / np.where(plain > 0, plain, 1.0), 1.0)
    names = link.market.refiner_names
    shifts: list[Restriction] = [
        DemandShift((name,), float(hat[h]))
        for name, h in zip(names, link.blocks.refiner, strict=True)
    ]
    return shifts, demand / hat[dest]
