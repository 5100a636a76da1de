"""What a shock leaves of old quantities: the input of the plans without substitution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from entrepot.model.shock import BoundShock
from entrepot.study.bounds_plan import Facing, Plans, best_plans
from entrepot.world.world import World

Array = np.ndarray

SYNERGY = 1e-9
"""Gain from buying at home and abroad together below which it is left out."""


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
    terms_of_trade : hat of export over import prices at which every region trades; range above 0
        to 1, default 1 (assumed)

    """

    theta: Array
    essential: float = 0.0
    terms_of_trade: float = 1.0


def per_unit(values: Array, of: Array) -> Array:
    """`values / of`, zero where there is nothing to divide by."""
    shape = np.broadcast_shapes(values.shape, of.shape)
    return np.divide(values, of, out=np.zeros(shape), where=of != 0)


def _abroad(world: World) -> Array:
    n = len(world.regions)
    return ~np.eye(n, dtype=bool)[:, :, None]


def origins(share: Array, theta: Array) -> Array:
    """Old bundles out of varieties that stood for `share`: share^((1 + theta) / theta)."""
    return share ** (1 + 1 / theta)


def touched(world: World, shock: BoundShock, given: Assumptions) -> Array:
    """(N,) regions whose own trade, output or transfer the shock changes."""
    cells = (shock.kept() != 1) | (shock.trade_cost != 1) | (shock.export_tax != world.export_tax)
    cells &= world.trade_share > 0
    regions = cells.any(axis=(0, 2)) | cells.any(axis=(1, 2))
    regions |= (shock.productivity != 1).any(axis=1) | (shock.transfer != 0)
    everyone: Array = regions | (given.terms_of_trade < 1)
    return everyone


def facing(world: World, shock: BoundShock, given: Assumptions) -> Facing:
    """What every region faces when its partners deliver and buy all that is still allowed.

    Resource costs at home eat part of the quantity, which counts as ``q^(theta / (1 + theta))``
    among the varieties; resource costs and export taxes of imports raise their bill.
    """
    old, n = world.accounts(), len(world.regions)
    here, abroad = np.arange(n), _abroad(world)
    left = world.trade_share * shock.kept()
    home = left[here, here] * shock.trade_cost[here, here] ** (-1 / (1 + 1 / given.theta))
    foreign = (left * abroad).sum(axis=0)
    alone, imported = origins(home, given.theta), origins(foreign, given.theta)
    joint = origins(home + foreign, given.theta) - alone - imported
    gate = (1 + shock.export_tax) / (1 + world.export_tax)
    offered = world.trade_flows() * shock.kept() * gate * abroad
    needed = np.where(world.input_share >= given.essential, world.input_share, 0.0)
    income = old.income[:, None]
    return Facing(
        final=per_unit(world.final_share * income, world.expenditure),
        inputs=per_unit(needed * old.output[:, None, :], world.expenditure[:, :, None]),
        home=alone,
        abroad=imported,
        together=np.where(joint > SYNERGY, joint, 0.0),
        capacity=shock.productivity,
        bill=(offered * shock.trade_cost).sum(axis=0) / income / given.terms_of_trade,
        sales=offered.sum(axis=1) / income,
        transfer=(world.trade_balance + shock.transfer) / old.income,
        weight=per_unit(world.value_added_share * old.output, world.value_added[:, None]),
    )


def home_plans(world: World, shock: BoundShock, given: Assumptions) -> tuple[Facing, Plans]:
    """Plans of all regions when partners deliver and buy all that is still allowed."""
    face = facing(world, shock, given)
    return face, best_plans(face, touched(world, shock, given))
