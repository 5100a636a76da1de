"""What a shock leaves standing, before anything is solved.

Arrays are plain and boolean; ``open_cells`` (N, N, S, U) says which origin can still sell to which
use of which dest (U = 1 in a pooled world).  Nothing here needs prices: a buyer without any
supplier, blocs without any trade between them, and countries that can sell but not buy follow from
who may trade with whom.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from entrepot.world.uses import by_use, for_any_use
from entrepot.world.world import World

Array = np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """What still works after the permissions of a shock.

    Attributes
    ----------
    open_cells : (N, N, S, U) bool, trade that is still possible, by use
    used : (N, S, U) bool, sectors that region j still buys, by use
    blocs : (N,) number of the bloc of regions that trade with each other, directly or not
    cut_off : (N,) bool, regions left without any foreign trade although they had some
    missing : buyers left without a supplier, as (region index, sector index); only those who
        lost it directly, if there are any, not those further down the chain
    notes : what was concluded on the way, for people

    """

    open_cells: Array
    used: Array
    blocs: Array
    cut_off: Array
    missing: tuple[tuple[int, int], ...]
    notes: tuple[str, ...]

    @property
    def several_blocs(self) -> bool:
        """Whether regions fall into more than one bloc."""
        return bool(self.blocs.max() > 0)


def suppliers_left(world: World, open_cells: Array) -> tuple[Array, Array, Array]:
    """Greatest set of producers and buyers that can go on.

    A producer (i, s) can go on if all its inputs can be bought in i for its use; a good (j, s, u)
    can be bought if one producer that goes on may sell it there.  Returns ``makes`` (N, S),
    ``buys`` (N, S, U) and the open cells with producers that cannot go on removed.
    """
    needs, use = world.input_share != 0, by_use(world).of_sector
    makes: Array = np.ones(world.value_added_share.shape, dtype=bool)
    while True:
        cells: Array = open_cells if makes.all() else open_cells & makes[:, None, :, None]
        buys = np.asarray(cells.any(axis=0))
        still = makes & ~(needs & ~buys[:, :, use]).any(axis=1)
        if (still == makes).all():
            return makes, buys, cells
        makes = still


def demanded(world: World, cells: Array) -> tuple[Array, Array]:
    """Return ``used`` (N, S, U), what region j still wants, and the cells that still serve a want.

    Wanted is what is in final demand or an input of a sector that sells; a sector sells if
    somebody who may buy from it wants its good.
    """
    needs, uses = world.input_share != 0, by_use(world)
    member = np.arange(cells.shape[3])[:, None] == uses.of_sector
    while True:
        _, sells = _served(cells)
        used = np.matmul(needs, sells[:, :, None] & member.T)
        used[:, :, uses.final] |= world.final_share > 0
        if used.all():
            return used, cells
        serving = cells & used[None]
        if (serving == cells).all():
            return used, serving
        cells = serving


def _linked(cells: Array) -> Array:
    """(N, N) bool, pairs of origin and dest with any open trade."""
    return _counted(cells.reshape(*cells.shape[:2], -1)) > 0


def _counted(cells: Array) -> Array:
    """How many of the last axis are true; as a product, twice as fast as a search."""
    return np.asarray(cells, dtype=np.float32) @ np.ones(cells.shape[-1], dtype=np.float32)


def blocs_of(linked: Array) -> Array:
    """(N,) bloc numbers: regions that trade, by pairs that do (N, N), in either direction."""
    reach = linked | linked.T | np.eye(len(linked), dtype=bool)
    while True:
        steps = reach.astype(np.float32)  # products of numbers are fast, of truth values slow
        further = steps @ steps > 0
        if further.all():
            return np.zeros(len(reach), dtype=int)
        if (further == reach).all():
            break
        reach = further
    _, numbers = np.unique(reach.argmax(axis=1), return_inverse=True)
    return np.asarray(numbers)


def _one_way(world: World, cells: Array, balance: Array) -> tuple[Array, list[str]]:
    """Close the trade of regions that may sell but not buy, or buy but not pay.

    With nothing to buy abroad and nothing owed, exports earn nothing; with nothing to sell and no
    transfer received, imports cannot be paid.  Both limits are autarky.
    """
    notes: list[str] = []
    abroad = ~np.eye(cells.shape[0], dtype=bool)
    while True:
        outside = _linked(cells) & abroad
        sells, buys = outside.any(axis=1), outside.any(axis=0)
        no_pay = buys & ~sells & (balance <= 0)
        no_use = sells & ~buys & (balance >= 0)
        if not (no_pay | no_use).any():
            return cells, notes
        for i in np.flatnonzero(no_pay):
            notes.append(f"{world.regions[i]} can export nothing and receives no net transfer: "
                         "it cannot pay for imports, so its imports are zero too.")  # fmt: skip
        for i in np.flatnonzero(no_use):
            notes.append(f"{world.regions[i]} can import nothing and owes no net transfer: it has "
                         "no use for exports, so its exports are zero too.")  # fmt: skip
        out = no_pay | no_use
        cells = cells & ~(abroad & (out[:, None] | out))[:, :, None, None]


def standing(world: World, allowed: Array, balance: Array) -> Standing:
    """Work out what is left where trade is `allowed` (N, N, S).

    `balance` (N,) is the net transfer each region is to receive after the shock.
    """
    usual = usual_standing(world)
    cells = usual.open_cells & allowed[..., None]
    linked = _linked(cells)
    outside = linked & ~np.eye(len(linked), dtype=bool)
    two_way = (outside.any(axis=0) == outside.any(axis=1)).all()
    if usual.notes or not two_way or not _as_well_served(world, cells):
        return _worked_out(world, allowed, balance)
    # nobody lost the last supplier or the last buyer: nothing follows from what was forbidden
    cut_off = _trades(world) > _trading(linked)
    return replace(usual, open_cells=cells, blocs=blocs_of(linked), cut_off=cut_off)


def _as_well_served(world: World, cells: Array) -> bool:
    """Whether everybody who can buy or sell in the benchmark still can."""
    now, before = _served(cells), _usually_served(world)
    return all((a == b).all() for a, b in zip(now, before, strict=True))


def _served(cells: Array) -> tuple[Array, Array]:
    """Who can buy (N, S, U) and who can sell (N, S)."""
    return np.asarray(cells.any(axis=0)), _counted(for_any_use(cells).swapaxes(1, 2)) > 0


@lru_cache(maxsize=8)
def _usually_served(world: World) -> tuple[Array, Array]:
    return _served(usual_standing(world).open_cells)


def _worked_out(world: World, allowed: Array, balance: Array) -> Standing:
    """`standing`, from everything that follows."""
    before = _traded(world)
    may, notes = _one_way(world, before & allowed[..., None], balance)
    makes, _, cells = suppliers_left(world, may)
    used, serving = demanded(world, may)
    missing = used & ~may.any(axis=0)
    if not makes.all():
        missing = missing if missing.any() else used & ~cells.any(axis=0)
        used, serving = demanded(world, cells)
    linked = _linked(serving)
    return Standing(
        open_cells=serving,
        used=used,
        blocs=blocs_of(linked),
        cut_off=_trades(world) > _trading(linked),
        missing=tuple((int(j), int(s)) for j, s in np.argwhere(missing.any(axis=2))),
        notes=tuple(notes),
    )


@lru_cache(maxsize=8)
def _traded(world: World) -> Array:
    """(N, N, S, U) bool, cells with trade in the benchmark."""
    return by_use(world).trade_share > 0


@lru_cache(maxsize=8)
def _trades(world: World) -> Array:
    """(N,) bool, regions with any foreign trade in the benchmark."""
    return _trading(_linked(_traded(world)))


@lru_cache(maxsize=8)
def shut(world: World, left: Standing) -> Array:
    """(C,) flat positions of the cells (N, N, S, U) that traded and are not open any more."""
    return np.flatnonzero(_traded(world) > left.open_cells)


def _trading(linked: Array) -> Array:
    """(N,) regions with any foreign trade, by pairs that trade (N, N)."""
    abroad = linked & ~np.eye(len(linked), dtype=bool)
    return np.asarray(abroad.any(axis=0) | abroad.any(axis=1))


@lru_cache(maxsize=8)
def usual_standing(world: World) -> Standing:
    """Return what stands in `world` when nothing is forbidden."""
    everything = np.ones(world.trade_share.shape, dtype=bool)
    return _worked_out(world, everything, world.trade_balance)
