"""Bounds that need no elasticity: nothing is substituted, or everything is, at no cost."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from entrepot.core.dims import REGION_SECTOR
from entrepot.core.errors import InputError, ValueRangeError
from entrepot.core.labels import align, is_single, place
from entrepot.model.shock import BoundShock, Shock
from entrepot.results.labelled import HAT, MONEY
from entrepot.solving.bind import bound_to
from entrepot.study.bounds_face import Assumptions, home_plans, per_unit
from entrepot.study.bounds_flows import cost_of_old_bundle, lost_output
from entrepot.study.bounds_plan import Facing, Plans
from entrepot.study.bounds_world import cascade
from entrepot.world.world import World

Array = np.ndarray
SCARCE = 1e-6
LEAST_THETA = 0.02
MONEY_SHORT = ("export revenue", "import costs", "transfer paid")
PER_REGION = ("final", "value_added", "world_value_added", "world_met", "upstream", "cost",
              "rerouted", "ceiling", "unpaid")  # fmt: skip
WORDS = {
    "final": ("Real final expenditure without substitution", HAT),
    "value_added": ("Real value added without substitution", HAT),
    "output": ("Output without substitution", HAT),
    "shadow": ("Value of one more old bundle of a good", "final bundles"),
    "world_value_added": ("Real value added when shortages travel worldwide", HAT),
    "world_met": ("Old final purchases still met when shortages travel worldwide", HAT),
    "world_output": ("Output when shortages travel worldwide", HAT),
    "world_binding": ("Input that costs the sector most output", "sector"),
    "unpaid": ("Transfer owed that cannot be paid", "share of old final expenditure"),
    "upstream": ("Value added that goes with lost sales", "share of value added"),
    "lost": ("Output that goes with lost sales", MONEY),
    "cost": ("Cost of the old final bundle at fixed quantities", HAT),
    "rerouted": ("Real final expenditure with everything rerouted at old prices", HAT),
    "ceiling": ("Real final expenditure if every loss of others were its gain", HAT),
}


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """What a shock does at worst and at best, whatever the elasticities.

    Attributes
    ----------
    world, shock, assumptions : what was asked
    final : (region) hat of real final expenditure at home without any substitution
    value_added : (region) hat of real value added in the same plan
    output : (region, sector) hat of output in the same plan
    shadow : (region, sector) final bundles that one more old bundle of a good would give
    chains : per region the sectors through which the scarcest good reaches final demand
    unpaid : (region) part of the transfer owed that cannot be paid, share of final expenditure
    world_output, world_binding : (region, sector) hat of output when shortages are rationed by
        rule and travel worldwide; input that costs the sector most (empty: none)
    world_value_added, world_met : (region) value added of that output; part of the old final
        purchases still met.  They show how far shortages run; they are no bounds
    upstream : (region) share of value added that goes when lost sales are not replaced
    lost : (region, sector) output that goes with them, mn USD
    cost : (region) hat of the cost of the old final bundle, fixed quantities, full pass-through
    rerouted : (region) hat of real final expenditure if all that is forbidden is bought and sold
        elsewhere at no cost and at the old prices; an upper bound at unchanged terms of trade
    ceiling : (region) the same with every loss of the other regions as its gain; an upper bound
        at any terms of trade if `final` is a lower bound for the others.  Both are NaN if the
        shock raises a productivity, or lowers a resource cost or a tax

    """

    world: World
    shock: BoundShock
    assumptions: Assumptions
    final: xr.DataArray
    value_added: xr.DataArray
    output: xr.DataArray
    shadow: xr.DataArray
    chains: tuple[tuple[str, ...], ...]
    unpaid: xr.DataArray
    world_output: xr.DataArray
    world_binding: xr.DataArray
    world_value_added: xr.DataArray
    world_met: xr.DataArray
    upstream: xr.DataArray
    lost: xr.DataArray
    cost: xr.DataArray
    rerouted: xr.DataArray
    ceiling: xr.DataArray

    def to_frame(self) -> pd.DataFrame:
        """One row per region: every one-index bound."""
        frame: pd.DataFrame = xr.Dataset({n: getattr(self, n) for n in PER_REGION}).to_dataframe()
        return frame


def _assumptions(world: World, theta: Any, essential: float, terms: float) -> Assumptions:
    """Check the assumptions, all problems at once."""
    problems = []
    variety = _variety(world, theta)
    bad = variety < LEAST_THETA
    if bad.any():
        problems.append(
            f"theta is {variety[bad][0]:g} at {place(bad, ('sector',), world.labels)}; it is "
            f"{LEAST_THETA:g} or more, inf for goods that are the same from every origin."
        )
    if not (_is_number(essential) and 0 <= essential <= 1):
        problems.append(f"essential is {essential!r}; it is a cost share between 0 and 1.")
    if not (_is_number(terms) and 0 < terms <= 1):
        problems.append(f"terms_of_trade is {terms!r}; it is a hat above 0 and at most 1.")
    if problems:
        raise ValueRangeError.collect("The bounds cannot be computed", problems)
    return Assumptions(variety, essential, terms)


def _is_number(given: object) -> bool:
    return isinstance(given, Real) and not isinstance(given, bool)


def _variety(world: World, theta: Any) -> Array:
    """(S,) `theta` in the order of `world`; a number counts for every sector, None is `inf`."""
    given = np.inf if theta is None else theta
    if is_single(given, "theta"):
        given = np.full(len(world.sectors), given)
    return align(given, "theta", ("sector",), world.labels, infinite=True)


def _root(face: Facing, plans: Plans, j: int, lost: Array) -> tuple[int, str | None]:
    """Good whose shortage costs region j most final bundles, and what is short if it is money.

    What is missing is valued at the shadow prices of the plan: origins that may not be bought
    and lost output directly; lost sales, dearer imports and transfers paid (`lost`, in old final
    expenditure) as money that buys fewer imports.
    """
    full = face.home[j] + face.abroad[j] + face.together[j]
    direct = plans.shadow[j] * (1 - full * np.minimum(face.capacity[j], 1.0))
    if plans.shadow_money[j] * lost.sum() <= direct.max():
        return int(direct.argmax()), None
    unbought = plans.shadow[j] * face.bill[j] * (1 - plans.bought[j])
    return int(unbought.argmax()), MONEY_SHORT[int(lost.argmax())]


def _chain(world: World, face: Facing, plans: Plans, j: int, lost: Array) -> tuple[str, ...]:
    """Follow the scarcest good along its most valuable use to final demand.

    From the good of `_root` it goes to the sector that takes most of it among those whose own
    good is scarce, until final demand takes more.
    """
    if plans.final[j] > 1 - SCARCE:
        return ()
    (at, money), way = _root(face, plans, j, lost), list[int]()
    scarce = plans.shadow[j] > SCARCE * plans.shadow[j].max()
    while at not in way:
        way.append(at)
        uses = np.where(scarce, face.inputs[j, at], 0.0)
        uses[way] = 0.0
        if uses.max() > face.final[j, at]:
            at = int(uses.argmax())
    return (*filter(None, (money,)), *(world.sectors[k] for k in way))


def _chains(
    world: World, shock: BoundShock, face: Facing, plans: Plans
) -> tuple[tuple[str, ...], ...]:
    flows = world.trade_flows() * ~np.eye(len(world.regions), dtype=bool)[:, :, None]
    income = world.accounts().income
    lost_sales = flows.sum(axis=(1, 2)) / income - face.sales.sum(axis=1)
    dearer = face.bill.sum(axis=1) - flows.sum(axis=(0, 2)) / income
    lost = np.clip(np.stack([lost_sales, dearer, -shock.transfer / income], axis=1), 0, None)
    return tuple(_chain(world, face, plans, j, lost[j]) for j in range(len(world.regions)))


def _best(world: World, shock: BoundShock, final: Array) -> tuple[Array, Array]:
    """(N,) upper bounds: at old prices, and with all gains that others' losses could pay for."""
    income = world.accounts().income
    rerouted = 1 + shock.transfer / income
    losses = income * (1 - final)
    ceiling = 1 + (losses.sum() - losses) / income
    cheaper = (shock.tariff < world.tariff) | (shock.export_tax < world.export_tax)
    cheaper |= shock.trade_cost < 1
    helps = (shock.productivity > 1).any() or (cheaper & (world.trade_share > 0)).any()
    return (np.full_like(final, np.nan),) * 2 if helps else (rerouted, ceiling)


def _bound(world: World, shock: Shock | BoundShock) -> BoundShock:
    """Bind `shock` to `world`, or check that it is; refuse worlds with purchases by use."""
    if world.uses:
        raise ValueRangeError(
            f"The world '{world.name}' has purchases by use ({len(world.uses)} uses); bounds are "
            "computed from one mix of origins per good. Pass world.pooled()."
        )
    if not isinstance(shock, Shock | BoundShock):
        raise InputError(f"shock is a {type(shock).__name__}; make one with ep.Shock(...).")
    return bound_to(world, shock)


def bounds(
    world: World,
    shock: Shock | BoundShock,
    *,
    theta: Any = None,
    essential: float = 0.0,
    terms_of_trade: float = 1.0,
) -> Bounds:
    """Worst and best case of `shock` in `world` without any elasticity of substitution.

    Parameters
    ----------
    world : the benchmark
    shock : bans and access ration quantities; productivity rations output; resource costs and
        export taxes raise the bill for imports; transfers add to what can be paid
    theta, essential, terms_of_trade : as in `Assumptions`

    Raises
    ------
    LabelError, ValueRangeError : the shock or an assumption does not fit the world
    NotSolvedError : a linear programme was not solved

    """
    given = _assumptions(world, theta, essential, terms_of_trade)
    bound = _bound(world, shock)
    face, plans = home_plans(world, bound, given)
    lost, upstream = _upstream(world, bound)
    output = plans.used * bound.productivity
    spread = cascade(world, bound, given)
    binding = np.array([*world.sectors, ""])[spread.binding]
    rerouted, ceiling = _best(world, bound, plans.final)
    values = {
        "final": plans.final,
        "value_added": (face.weight * output).sum(axis=1),
        "unpaid": plans.unpaid,
        "world_value_added": (face.weight * spread.output).sum(axis=1),
        "world_met": spread.met,
        "upstream": upstream,
        "cost": cost_of_old_bundle(world, bound),
        "rerouted": rerouted,
        "ceiling": ceiling,
    }
    detail = {"output": output, "shadow": plans.shadow, "lost": lost,
              "world_output": spread.output, "world_binding": binding}  # fmt: skip
    return Bounds(
        world=world,
        shock=bound,
        assumptions=given,
        chains=_chains(world, bound, face, plans),
        **_labelled(world, {**values, **detail}),
    )


def _upstream(world: World, shock: BoundShock) -> tuple[Array, Array]:
    """(N, S) output, mn USD, and (N,) share of value added that go with lost sales."""
    lost = lost_output(world, shock.kept(), shock.productivity)
    return lost, per_unit((world.value_added_share * lost).sum(axis=1), world.value_added)


class HomeBounds(NamedTuple):
    """Bounds of `bounds` that need no round of shortages through the world.

    Attributes
    ----------
    final, rerouted, upstream : (region) as in `Bounds`
    chains : as in `Bounds`

    """

    final: xr.DataArray
    rerouted: xr.DataArray
    upstream: xr.DataArray
    chains: tuple[tuple[str, ...], ...]


def home_bounds(world: World, shock: Shock | BoundShock, *, theta: Any = None) -> HomeBounds:
    """Worst and best case at home alone; arguments and errors as of `bounds`."""
    bound = _bound(world, shock)
    face, plans = home_plans(world, bound, _assumptions(world, theta, 0.0, 1.0))
    rerouted, _ = _best(world, bound, plans.final)
    _, upstream = _upstream(world, bound)
    values = {"final": plans.final, "rerouted": rerouted, "upstream": upstream}
    found = _labelled(world, values)
    return HomeBounds(**found, chains=_chains(world, bound, face, plans))


def _labelled(world: World, values: dict[str, Array]) -> dict[str, xr.DataArray]:
    """Values by region, or by region and sector, as labelled arrays that share their labels."""
    data = {
        name: (
            REGION_SECTOR[: value.ndim],
            value,
            dict(zip(("title", "units"), WORDS[name], strict=True)),
        )
        for name, value in values.items()
    }
    coords = {"region": list(world.regions), "sector": list(world.sectors)}
    table = xr.Dataset(data, coords=coords)
    return {name: table[name] for name in values}
