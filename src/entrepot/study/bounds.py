"""Bounds that need no elasticity: nothing is substituted, or everything is, at no cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from entrepot.core.dims import REGION_SECTOR
from entrepot.core.errors import ValueRangeError
from entrepot.core.labels import align, place
from entrepot.model.shock import BoundShock, Shock
from entrepot.results.labelled import HAT, MONEY, labelled
from entrepot.study.bounds_flows import cost_of_old_bundle, lost_output
from entrepot.study.bounds_plan import Facing, Plan, best_plan
from entrepot.world.world import World

Array = np.ndarray
SCARCE = 1e-6


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Everything the bounds assume beside the benchmark and the shock.

    Attributes
    ----------
    theta : (S,) love of variety among origins, the trade elasticity of the model to be bounded;
        `inf`: the same good from whatever origin, so that quantities add up (Bachmann and others
        2024).  Range 0.02 to `inf`; default `inf`
    essential : a sector cannot do without inputs whose cost share is at least this; range 0 to 1,
        default 0 (every input it buys).  Above 0 the result is no longer a bound
    terms_of_trade : hat of export over import prices at which the region trades; range above 0
        to 1, default 1 (assumed)

    """

    theta: Array
    essential: float = 0.0
    terms_of_trade: float = 1.0


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
    upstream : (region) share of value added that goes when lost sales are not replaced
    lost : (region, sector) output that goes with them, mn USD
    cost : (region) hat of the cost of the old final bundle, fixed quantities, full pass-through
    rerouted : (region) hat of real final expenditure if all that is forbidden is bought and sold
        elsewhere at no cost and at the old prices

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
    upstream: xr.DataArray
    lost: xr.DataArray
    cost: xr.DataArray
    rerouted: xr.DataArray

    def to_frame(self) -> pd.DataFrame:
        """One row per region: every one-index bound."""
        names = ("final", "value_added", "upstream", "cost", "rerouted", "unpaid")
        frame: pd.DataFrame = xr.Dataset({n: getattr(self, n) for n in names}).to_dataframe()
        return frame


def _assumptions(world: World, theta: Any, essential: float, terms: float) -> Assumptions:
    """Check the assumptions, all problems at once."""
    problems = []
    given = np.full(len(world.sectors), np.inf if theta is None else theta) \
        if theta is None or np.ndim(theta) == 0 else theta  # fmt: skip
    endless = np.isinf(np.asarray(given, dtype=float))
    finite = align(np.where(endless, 1.0, given), "theta", ("sector",), world.labels)
    bad = finite < 0.02
    if bad.any():
        problems.append(
            f"theta is {finite[bad][0]:g} at {place(bad, ('sector',), world.labels)}; it is 0.02 "
            "or more, inf for goods that are the same from every origin."
        )
    if not 0 <= essential <= 1:
        problems.append(f"essential is {essential:g}; it is a cost share between 0 and 1.")
    if not 0 < terms <= 1:
        problems.append(f"terms_of_trade is {terms:g}; it is a hat above 0 and at most 1.")
    if problems:
        raise ValueRangeError.collect("The bounds cannot be computed", problems)
    return Assumptions(np.where(endless, np.inf, finite), essential, terms)


@dataclass(frozen=True, slots=True)
class Quantities:
    """Old quantities and what the shock leaves of them, for all regions."""

    final: Array
    inputs: Array
    home: Array
    abroad: Array
    together: Array
    bill: Array
    sales: Array
    bought: Array
    sold: Array
    transfer: Array
    weight: Array
    touched: Array


def _origins(share: Array, theta: Array) -> Array:
    """Old bundles out of varieties that stood for `share`: share^((1 + theta) / theta)."""
    return share ** (1 + 1 / theta)


def _per_unit(values: Array, of: Array) -> Array:
    return np.divide(values, of, out=np.zeros(np.broadcast_shapes(values.shape, of.shape)),
                     where=of != 0)  # fmt: skip


def _quantities(world: World, shock: BoundShock, given: Assumptions) -> Quantities:
    kept, book = shock.kept(), world.accounts()
    n = len(world.regions)
    here = np.arange(n)
    left = world.trade_share * kept
    root = 1 / (1 + 1 / given.theta)
    foreign = np.where(here[:, None, None] == here[None, :, None], 0.0, left).sum(axis=0)
    at_home = left[here, here] * shock.trade_cost[here, here] ** -root
    alone, imported = _origins(at_home, given.theta), _origins(foreign, given.theta)
    joint = _origins(at_home + foreign, given.theta) - alone - imported
    gate = (1 + shock.export_tax) / (1 + world.export_tax)
    before = world.trade_flows() * ~np.eye(n, dtype=bool)[:, :, None]
    after = before * kept * gate
    needed = np.where(world.input_share >= given.essential, world.input_share, 0.0)
    uses = needed * book.output[:, None, :]
    scale = book.income[:, None]
    touched = (kept != 1) | (shock.trade_cost != 1) | (shock.export_tax != world.export_tax)
    touched &= world.trade_share > 0
    return Quantities(
        final=_per_unit(world.final_share * scale, world.expenditure),
        inputs=_per_unit(uses, world.expenditure[:, :, None]),
        home=alone,
        abroad=imported,
        together=np.where(joint > SCARCE, joint, 0.0),
        bill=(after * shock.trade_cost).sum(axis=0) / scale / given.terms_of_trade,
        sales=after.sum(axis=1) / scale,
        bought=before.sum(axis=0) / scale,
        sold=before.sum(axis=1) / scale,
        transfer=(world.trade_balance + shock.transfer) / book.income,
        weight=_per_unit(world.value_added_share * book.output, world.value_added[:, None]),
        touched=touched.any(axis=(0, 2)) | touched.any(axis=(1, 2))
        | (shock.productivity != 1).any(axis=1) | (shock.transfer != 0)
        | np.full(n, given.terms_of_trade < 1),
    )  # fmt: skip


def _plan(face: Quantities, world: World, productivity: Array, j: int) -> Plan:
    """Best plan of region j; the old one where the shock touches nothing."""
    s = len(world.sectors)
    if not face.touched[j]:
        return Plan(1.0, np.ones(s), np.ones(s), 0.0, np.zeros(s), 0.0)
    return best_plan(
        Facing(
            final=face.final[j],
            inputs=face.inputs[j],
            home=face.home[j],
            abroad=face.abroad[j],
            together=face.together[j],
            capacity=productivity[j],
            bill=face.bill[j],
            sales=face.sales[j],
            transfer=float(face.transfer[j]),
            weight=face.weight[j],
        )
    )


def _root(face: Quantities, j: int, plan: Plan, productivity: Array) -> int:
    """Good whose shortage costs region j most final bundles.

    What is missing is valued at the shadow prices of the plan: origins that may not be bought
    and lost output directly; lost sales and dearer imports as money that buys fewer imports.
    """
    full = face.home[j] + face.abroad[j] + face.together[j]
    direct = plan.shadow * (1 - full + full * np.clip(1 - productivity[j], 0, None))
    money = plan.shadow_money * (face.sold[j] - face.sales[j] + face.bill[j] - face.bought[j])
    if money.sum() <= direct.max():
        return int(direct.argmax())
    unbought: Array = face.bill[j] * (1 - plan.imports)
    return int((plan.shadow * unbought).argmax())


def _chain(
    face: Quantities, j: int, plan: Plan, world: World, productivity: Array
) -> tuple[str, ...]:
    """Follow the scarcest good along its most valuable use to final demand.

    From the good of `_root` it goes to the sector that takes most of it among those whose own
    good is scarce, until final demand takes more.
    """
    if plan.final > 1 - SCARCE:
        return ()
    at, way = _root(face, j, plan, productivity), []
    while at not in way:
        way.append(at)
        uses = np.where(plan.shadow > SCARCE * plan.shadow.max(), face.inputs[j, at], 0.0)
        uses[way] = 0.0
        if uses.max() > face.final[j, at]:
            at = int(uses.argmax())
    return tuple(world.sectors[k] for k in way)


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
    bound = shock.bind(world) if isinstance(shock, Shock) else shock
    if bound.world != world.hash:
        raise ValueRangeError(
            f"The shock was bound to the world {bound.world}, not to {world.hash} "
            f"('{world.name}'). Bind it to the world it is used with."
        )
    face = _quantities(world, bound, given)
    plans = [_plan(face, world, bound.productivity, j) for j in range(len(world.regions))]
    lost = lost_output(world, bound.kept(), bound.productivity)
    output = np.stack([p.output for p in plans])

    def region(values: Any, name: str, title: str, unit: str = HAT) -> xr.DataArray:
        return labelled(world, np.asarray(values), ("region",), name, title, unit)

    def sector(values: Any, name: str, title: str, unit: str = HAT) -> xr.DataArray:
        return labelled(world, np.asarray(values), REGION_SECTOR, name, title, unit)

    return Bounds(
        world=world,
        shock=bound,
        assumptions=given,
        final=region([p.final for p in plans], "final", "Final expenditure, no substitution"),
        value_added=region((face.weight * output).sum(axis=1), "value_added",
                           "Value added, no substitution"),
        output=sector(output, "output", "Output, no substitution"),
        shadow=sector([p.shadow for p in plans], "shadow", "Final bundles per old bundle",
                      "final bundles"),
        chains=tuple(_chain(face, j, p, world, bound.productivity) for j, p in enumerate(plans)),
        unpaid=region([p.unpaid for p in plans], "unpaid", "Transfer owed and not paid",
                      "share of final expenditure"),
        upstream=region(_per_unit((world.value_added_share * lost).sum(axis=1),
                                  world.value_added), "upstream",
                        "Value added lost with sales", "share of value added"),
        lost=sector(lost, "lost", "Output lost with sales", MONEY),
        cost=region(cost_of_old_bundle(world, bound), "cost", "Cost of the old final bundle"),
        rerouted=region(1 + bound.transfer / world.accounts().income, "rerouted",
                        "Final expenditure, everything rerouted"),
    )  # fmt: skip
