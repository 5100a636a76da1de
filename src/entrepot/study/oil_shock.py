"""The crude sector of a world as the oil market settles it: costs, taxes and permissions.

With pi' and P of an importer from the oil market and c the unit cost of the equilibrium,

    d_ij = (pi_ij / pi'_ij)^(1/theta) P_j / (m_ij tau_i c_i)

makes the equilibrium's shares pi' and its price P, whatever theta.  m is the part of the user price
that stays with the buyer's side (an import tax: premium of a cap, rents of quotas and refineries,
risk), tau the rent of the seller's side (an export tax, negative when it sells below cost):
tau_i = value hat / (c_i * volume hat), so that real output of crude follows barrels sold.  What a
barrel pays for freight beyond the base month is no rent of the seller: it goes on to carriers, as a
transfer to economies by what they sell of transport abroad.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from entrepot.channels.oil.economy import PairHats
from entrepot.core.errors import NotSolvedError
from entrepot.model.shock import BoundShock
from entrepot.world.world import World

Array = np.ndarray
CRUDE = "crude"
"""Sector of the bundled worlds that the oil market settles."""
TRANSPORT = "transport"
"""Sector by whose sales abroad income of carriers is spread; all sectors where there is none."""
OWN_SHIPS, OWN_SHIPS_RANGE = 0.0, (0.0, 1.0)
"""Part of dearer freight that stays with the seller's side, whose ships they are; assumed.  Owners
of the tankers that carry crude under sanctions are mostly not known; some are the seller's own."""


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """Crude as the oil market settles it at the unit costs c; N regions.

    Attributes
    ----------
    shock : the shock with crude replaced
    share : (origin, dest) pi'
    value : (origin, dest) trade at world prices, mn USD
    rent : (origin,) tau, export tax as a factor
    carriers : (region,) net income from dearer freight, mn USD; sums to 0
    price, runs : (dest,) hats of the user price and of barrels
    sold, border : (origin,) hats of barrels sold and of the price at the border

    """

    shock: BoundShock
    share: Array
    value: Array
    rent: Array
    carriers: Array
    price: Array
    runs: Array
    sold: Array
    border: Array


def settled(
    world: World,
    given: BoundShock,
    hats: PairHats,
    cost: Array,
    theta: float,
    own_ships: float = OWN_SHIPS,
) -> Settled:
    """Replace the crude cells of `given` by what the oil market says.

    Parameters
    ----------
    world, given : the benchmark, and the shock to all else
    hats : the oil market against its base
    cost : (region,) hats of unit cost of crude in the equilibrium
    theta : trade elasticity of crude that the equilibrium uses
    own_ships : part of dearer freight that stays with the seller's side

    Raises
    ------
    NotSolvedError : an economy that uses crude is left without any

    """
    s = world.sectors.index(CRUDE)
    pi, spent = world.trade_share[:, :, s], world.expenditure[:, s]
    weight = np.where(hats.volume > 0, pi * hats.volume * hats.at_user, 0.0)
    total = weight.sum(axis=0)
    short = [r for r, t, x in zip(world.regions, total, spent, strict=True) if x > 0 and t <= 0]
    if short:
        raise NotSolvedError(
            f"oil market and equilibrium: no crude reaches {', '.join(short)} from any economy "
            "that it trades crude with in this world. Leave a seller or a waiver open, or give "
            "the world links (openness)."
        )
    share = weight / np.where(total > 0, total, 1.0)
    open_ = share > 0
    kept = np.where(open_, hats.at_user / hats.at_world, 1.0)
    tariff = (1 + world.tariff[:, :, s]) * kept - 1
    value = share * spent * hats.runs * hats.price / (1 + tariff)
    before = world.export_tax[:, :, s]
    made = world.trade_flows()[:, :, s] / (1 + before)
    real = cost * hats.sold * made.sum(axis=1)
    rent = np.where(real > 0, (value / (1 + before)).sum(axis=1) / np.where(real > 0, real, 1), 1.0)
    rent = np.where(rent > 0, rent, 1.0)
    ratio = np.where(open_, pi / np.where(open_, share, 1.0), 1.0)
    hat = np.where(open_, ratio ** (1 / theta) * hats.price / (kept * (rent * cost)[:, None]), 1.0)
    new = {
        "trade_cost": hat,
        "tariff": tariff,
        "export_tax": (1 + before) * rent[:, None] - 1,
        "access": np.where((pi > 0) & ~open_, 0.0, 1.0),
        "ban": np.zeros_like(open_),
        "evasion_cost": np.full_like(hat, np.inf),
    }
    carriers = (1 - own_ships) * carriers_income(world, value * hats.dearer)
    shock = replaced(given, s, new)
    if carriers.any():
        changed = tuple(sorted({*shock.changed, "transfer"}))
        shock = replace(shock, transfer=given.transfer + carriers, changed=changed)
    return Settled(shock, share, value, rent, carriers, hats.price, hats.runs, hats.sold,
                   hats.border)  # fmt: skip


def carriers_income(world: World, dearer: Array) -> Array:
    """(region,) what economies get of dearer freight (origin, dest), less what their crude pays."""
    flows = world.trade_flows()
    if TRANSPORT in world.sectors:
        flows = flows[:, :, [world.sectors.index(TRANSPORT)]]
    abroad = flows.sum(axis=2) * ~np.eye(len(flows), dtype=bool)
    income: Array = dearer.sum() * abroad.sum(axis=1) / abroad.sum() - dearer.sum(axis=1)
    return income - income.mean()


def replaced(given: BoundShock, sector: int, new: dict[str, Array]) -> BoundShock:
    """Return `given` with the cells of one sector replaced, field by field."""
    arrays, changed = {}, set(given.changed)
    for name, values in new.items():
        array = getattr(given, name).copy()
        array[:, :, sector] = values
        array.flags.writeable = False
        arrays[name] = array
        neutral = name in ("ban", "evasion_cost") and name not in given.changed
        if not neutral:
            changed.add(name)
    return replace(given, **arrays, changed=tuple(sorted(changed)))
