"""`Shock`: what a scenario changes, as plain arrays over the labels of a world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from entrepot.core.dims import REGION_SECTOR, TRADE
from entrepot.core.errors import ValueRangeError
from entrepot.core.hashing import hash_arrays
from entrepot.core.labels import align, place
from entrepot.world.checks import percent_problem
from entrepot.world.world import World

SHOCK_DIMS: dict[str, tuple[str, ...]] = {
    "trade_cost": TRADE,
    "tariff": TRADE,
    "export_tax": TRADE,
    "access": TRADE,
    "ban": TRADE,
    "evasion_cost": TRADE,
    "productivity": REGION_SECTOR,
    "transfer": ("region",),
    "frozen": ("region",),
}
BOOLEAN = ("ban",)
INFINITE = ("evasion_cost",)
PRICED = {"tariff", "export_tax", "trade_cost"}
"""Fields that change the price in one cell and not in another of the same seller."""
TRANSFER_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Shock:
    """Changes of the world's trade costs, taxes, permissions, technology and transfers.

    Every field is optional (None = unchanged), a bare array in the world's order or an xarray
    array with the world's labels.

    Attributes
    ----------
    trade_cost : (origin, dest, sector) hat d of resource (iceberg) cost; 1 = no change
    tariff : (origin, dest, sector) *new* import tariff rates t' (0.2 = 20 %)
    export_tax : (origin, dest, sector) *new* export tax rates e'
    access : (origin, dest, sector) share of the origin's varieties that may still be bought,
        0 to 1; a cell at 0 is a ban.  It scales ``pi`` in the price index: a part 1 - access of
        varieties is banned, the rest trades at its own cost
    ban : (origin, dest, sector) True where trade is forbidden; exactly zero trade follows
    evasion_cost : (origin, dest, sector) hat m >= 1 at which banned varieties can still be had by
        ways round the ban, infinite where they cannot: the price index keeps a + (1 - a) m^-theta
        of the varieties, a being what is allowed
    productivity : (region, sector) hat A of output per unit of inputs; 0.5 = half the capacity
        is lost with the same factors in use
    transfer : (region,) T, mn USD of net transfer received on top of the balance; sums to 0
    frozen : (region,) f, share of the access to foreign finance that is lost, 0 to 1, or True
        for all of it (closure "frozen"): the region runs at most 1 - f of its baseline balance

    """

    trade_cost: Any = None
    tariff: Any = None
    export_tax: Any = None
    access: Any = None
    ban: Any = None
    evasion_cost: Any = None
    productivity: Any = None
    transfer: Any = None
    frozen: Any = None

    def __repr__(self) -> str:
        """Which fields are given."""
        given = [name for name in SHOCK_DIMS if getattr(self, name) is not None]
        return f"<Shock of {', '.join(given) or 'nothing'}>"

    def bind(self, world: World) -> BoundShock:
        """Check every field against `world`, all problems at once, and fill in the defaults."""
        given = {k: getattr(self, k) for k in SHOCK_DIMS if getattr(self, k) is not None}
        plain = {
            k: align(
                v,
                k,
                SHOCK_DIMS[k],
                world.labels,
                dtype=bool if k in BOOLEAN else float,
                infinite=k in INFINITE,
            )
            for k, v in given.items()
            if k != "frozen"
        }
        if self.frozen is not None:
            plain["frozen"] = _shares(self.frozen, world)
        problems = _problems(plain, world)
        if problems:
            raise ValueRangeError.collect("The shock cannot be used", problems)
        return BoundShock(**{**_defaults(world), **plain}, changed=tuple(plain), world=world.hash)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BoundShock:
    """A `Shock` checked against a world: plain arrays, nothing missing.

    Attributes
    ----------
    trade_cost, tariff, export_tax, access, ban, evasion_cost, productivity, transfer, frozen : as
        in `Shock`
    changed : names of the fields that were given
    world : hash of the world it was bound to

    """

    trade_cost: np.ndarray
    tariff: np.ndarray
    export_tax: np.ndarray
    access: np.ndarray
    ban: np.ndarray
    evasion_cost: np.ndarray
    productivity: np.ndarray
    transfer: np.ndarray
    frozen: np.ndarray
    changed: tuple[str, ...] = ()
    world: str = ""

    def __repr__(self) -> str:
        """Which fields were given, and the hash."""
        return f"<BoundShock of {', '.join(self.changed) or 'nothing'}, {self.hash()}>"

    def kept(self) -> np.ndarray:
        """(origin, dest, sector) share of varieties that stay available, bans included."""
        return _kept(self)

    def allowed(self) -> np.ndarray:
        """(origin, dest, sector) bool, whether any variety stays available."""
        open_cells = ~self.ban
        return open_cells & (self.access > 0) if "access" in self.changed else open_cells

    def evaded(self, theta: np.ndarray) -> np.ndarray:
        """(origin, dest, sector) part (1 - a) m^-theta that ways round bans add to `kept`.

        A banned variety that costs m times as much weighs m^-theta in the price index.
        """
        part: np.ndarray = (1.0 - self.kept()) * self.evasion_cost**-theta
        return part

    def in_force(self, theta: np.ndarray) -> BoundShock:
        """Return the shock that the equations see: ways round bans are counted as access."""
        if "evasion_cost" not in self.changed:
            return self
        changed = tuple(sorted((set(self.changed) - {"ban", "evasion_cost"}) | {"access"}))
        return replace(
            self,
            access=self.kept() + self.evaded(theta),
            ban=np.broadcast_to(False, self.ban.shape),
            evasion_cost=np.broadcast_to(np.inf, self.evasion_cost.shape),
            changed=changed,
        )

    def hash(self) -> str:
        """Content hash of all fields."""
        return hash_arrays({k: getattr(self, k) for k in SHOCK_DIMS})


@lru_cache(maxsize=4)
def _kept(shock: BoundShock) -> np.ndarray:
    return np.where(shock.ban, 0.0, shock.access) if "ban" in shock.changed else shock.access


def _shares(frozen: Any, world: World) -> np.ndarray:
    """(N,) float: booleans mean all or nothing."""
    dtype = bool if np.asarray(frozen).dtype == bool else float
    found = align(frozen, "frozen", SHOCK_DIMS["frozen"], world.labels, dtype=dtype)
    return found.astype(float)


def _defaults(world: World) -> dict[str, np.ndarray]:
    """Arrays that change nothing; one number seen from every cell takes no memory and no time."""
    n, s = len(world.regions), len(world.sectors)
    return {
        "trade_cost": np.broadcast_to(1.0, (n, n, s)),
        "tariff": world.tariff,
        "export_tax": world.export_tax,
        "access": np.broadcast_to(1.0, (n, n, s)),
        "ban": np.broadcast_to(False, (n, n, s)),
        "evasion_cost": np.broadcast_to(np.inf, (n, n, s)),
        "productivity": np.broadcast_to(1.0, (n, s)),
        "transfer": np.broadcast_to(0.0, (n,)),
        "frozen": np.broadcast_to(0.0, (n,)),
    }


RANGES: Mapping[str, tuple[float, float, str]] = {
    "trade_cost": (1e-12, np.inf, "a cost hat is positive; to forbid a trade use 'ban'"),
    "tariff": (-0.999999, np.inf, "a subsidy cannot reach 100 %"),
    "export_tax": (-0.999999, np.inf, "a subsidy cannot reach 100 %"),
    "access": (0.0, 1.0, "it is a share between 0 and 1"),
    "evasion_cost": (1.0, np.inf, "a way round a ban costs no less than the way that is banned; "
                     "inf is no way"),
    "frozen": (0.0, 1.0, "it is a share between 0 and 1, or True and False"),
    "productivity": (1e-12, np.inf, "a productivity hat is positive; to close a sector ban its "
                     "sales (origin to every dest)"),
}  # fmt: skip


def _problems(plain: dict[str, np.ndarray], world: World) -> list[str]:
    problems: list[str] = []
    for name, (low, high, why) in RANGES.items():
        if name not in plain:
            continue
        bad = (plain[name] < low) | (plain[name] > high)
        if bad.any():
            value = float(plain[name][bad][0])
            where = place(bad, SHOCK_DIMS[name], world.labels)
            problems.append(f"{name} is {value:g} at {where}, {int(bad.sum())} such cells; {why}.")
        if name in ("tariff", "export_tax"):
            before = getattr(world, name)
            moved = np.where(plain[name] != before, plain[name], 0.0)
            problems += percent_problem(moved, name, world.labels)
    if "transfer" in plain:
        total, scale = float(plain["transfer"].sum()), float(np.abs(plain["transfer"]).sum())
        if abs(total) > TRANSFER_TOLERANCE * max(scale, 1.0):
            problems.append(
                f"transfer sums to {total:.6g} mn USD over regions; it must sum to 0: what one "
                "region receives another one pays. Name the payer."
            )
    return problems
