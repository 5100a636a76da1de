"""Functions of a run about payments: which rails settle trade, and what paying costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from entrepot.channels import Compiled
from entrepot.channels.payments.algebra import power
from entrepot.channels.payments.baseline import baseline_rails, rail_titles
from entrepot.channels.payments.outcome import PaymentsOutcome
from entrepot.channels.payments.parameters import Elasticities
from entrepot.channels.payments.rails import Rails
from entrepot.scenario import Scenario
from entrepot.scenario.payment_measures import NewRail
from entrepot.world.world import World

if TYPE_CHECKING:
    from entrepot.study.casebook.functions import Sheet

ROOM: Final = "payments"
Mask = np.ndarray


def outcome_of(compiled: Mapping[str, Compiled], run: str) -> PaymentsOutcome | None:
    """What payments came to in `run`; None where no measure of the run touches them."""
    if run not in compiled:
        return None
    found: Any = compiled[run].details.get(ROOM)
    return found if isinstance(found, PaymentsOutcome) else None


def benchmark_rails(world: World, compiled: Mapping[str, Compiled]) -> Rails:
    """Rails before any measure, as the runs have them, else those of the world."""
    found = (outcome_of(compiled, run) for run in compiled)
    return next((o.rails for o in found if o is not None), None) or baseline_rails(world)


def known_rails(scenarios: Iterable[Scenario]) -> tuple[str, ...]:
    """Rails of the program and those that measures of `scenarios` add."""
    measures = (e.measure for s in scenarios for e in s.entries)
    added = [m.rail for m in measures if isinstance(m, NewRail)]
    return tuple(dict.fromkeys([*rail_titles(), *added]))


def rail_share(sheet: Sheet, run: str, cells: Mask, rails: tuple[str, ...]) -> float:
    """Share of the value of trade in `cells` (N, N, S) that is settled over `rails`.

    The value is at world prices after the run, or of the benchmark for the run ``before``.  A rail
    that the run does not have settles nothing; trade without a way left is in no share.
    """
    found = outcome_of(sheet.compiled, run)
    before = benchmark_rails(sheet.world, sheet.compiled)
    share, names = (found.share_array, found.rails.rails) if found else (before.share, before.rails)
    over = np.isin(np.array(names), rails)
    value = np.where(cells, sheet.flows(run, volume=False), 0.0)
    settled = float((value * share[..., over].sum(axis=-1)).sum())
    return settled / float((value * share.sum(axis=-1)).sum())


def rail_power(sheet: Sheet, run: str, cells: Mask, rails: tuple[str, ...]) -> float:
    """Cost hat that losing `rails` would mean for the trade in `cells`: (1 - share)^(-1 / kappa).

    With the long-run elasticity of the runs, the central one if none of them has payments.  It is
    what the threat to take the rails away is worth, not welfare.
    """
    outcomes = (outcome_of(sheet.compiled, name) for name in sheet.compiled)
    kappas = (o.elasticities.kappa for o in outcomes if o is not None)
    kappa = next(kappas, None) or Elasticities.of().kappa
    return float(power(np.array(rail_share(sheet, run, cells, rails)), kappa))


def payment_cost(sheet: Sheet, run: str, cells: Mask) -> float:
    """Mean hat of the cost of paying over the benchmark trade in `cells` that has a rail left."""
    found = outcome_of(sheet.compiled, run)
    if found is None:
        return 1.0
    left = cells & np.isfinite(found.cost_array)
    value = np.where(left, found.rails.value, 0.0)
    return float((value * np.where(left, found.cost_array, 0.0)).sum() / value.sum())


Choose = Callable[["Sheet", list[tuple[str, ...]]], Mask]


def rails_function(
    value: Callable[[Sheet, str, Mask, tuple[str, ...]], float], choose: Choose
) -> Callable[[Sheet, str, list[tuple[str, ...]]], float]:
    """`rail_share` or `rail_power` for an expression: regions, rails, then partners and sectors."""

    def compute(sheet: Sheet, run: str, rest: list[tuple[str, ...]]) -> float:
        regions, rails, *more = rest
        return value(sheet, run, choose(sheet, [regions, *more]), rails)

    return compute


def cost_function(choose: Choose) -> Callable[[Sheet, str, list[tuple[str, ...]]], float]:
    """`payment_cost` for an expression."""

    def compute(sheet: Sheet, run: str, rest: list[tuple[str, ...]]) -> float:
        return payment_cost(sheet, run, choose(sheet, rest))

    return compute
