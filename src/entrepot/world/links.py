"""New links: zero flows get a latent share from gravity, so that trade can start there.

A model in hats keeps a zero at zero: a buyer that loses its last supplier has no other.  Here every
foreign origin that makes a good gets a small share with every dest that uses it.  The benchmark
keeps output, expenditure and value added; net transfers move by the change of tax revenue.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from entrepot.core.errors import ValueRangeError
from entrepot.core.labels import align
from entrepot.core.options import check_kind
from entrepot.world.links_about import KEY, described
from entrepot.world.links_balance import ENOUGH, scaled
from entrepot.world.links_closed import given_closed, known_closed
from entrepot.world.links_distance import SOURCE, given_distance, known_distance
from entrepot.world.links_gravity import fit_distance, predicted_share
from entrepot.world.uses import by_use
from entrepot.world.world import World

Array = np.ndarray

OPENNESS, OPENNESS_RANGE = 0.1, (0.03, 0.35)
"""Trade on absent links over what gravity expects there, and its range.  Measured on trade by HS
chapter between 81 economies (Atlas of Economic Complexity): 0.05 one year after (2016 to 2017),
0.20 to 0.25 five years after (2010, 2012, 2014), half of the chapters between 0.07 and 0.34
(tests/world/test_links_evidence.py).  What a shock of unseen size makes of it is assumed."""
OPENNESS_ALLOWED = (0.0, 1.0)
ASSUMED = 4


def with_latent_links(
    world: World,
    openness: float = OPENNESS,
    *,
    distance: Any = None,
    closed: Any = None,
    elasticity: Any = None,
) -> World:
    """Give zero flows a latent share from gravity.

    Parameters
    ----------
    world : a benchmark without latent links
    openness : trade on absent links over what gravity expects there, from 0 (the same world is
        returned) to 1; the range to try is `OPENNESS_RANGE`
    distance : (origin, dest) km, bare or labelled; default: the table of the bundled worlds
    closed : (origin, dest) bool, pairs that get no latent link; default: those that law or policy
        kept apart in the base year (`links_closed.CLOSED`)
    elasticity : (sector,) or a number, positive, how trade falls with distance; default: estimated
        on the world's own links

    Returns
    -------
    World
        Its new cells carry provenance 4 (assumed); `links_about.latent_cells` gives them back,
        and ``meta["links"]`` says what was done.

    Notes
    -----
    With pi_ijs the share of origin i in what dest j spends on s, each zero cell gets
    ``openness * Y_is u_is d_js km_ij^-delta_s`` (`links_gravity`).  Rows and columns of each sector
    are then scaled until every origin sells its old output Y_is at producer prices and
    every dest spends its old X_js.  The net transfer D_j moves by the change of tax revenue, so
    value added stays.  A cell at home stays zero: an economy that makes nothing of a good does not
    start to.  In a world with uses a link is absent if no use buys there; all uses get it.

    Raises
    ------
    ValueRangeError : the world has latent links, or a number lies outside its range
    LabelError : no distance is known for an economy, or labels do not match

    """
    check_kind(world, "world", World, "load one with ep.load_world('2017').")
    openness = _checked_openness(openness)
    if openness == 0:
        return world
    if KEY in world.meta:
        raise ValueRangeError(
            f"World '{world.name}' has latent links already. Start from the world without them."
        )
    far = _log_km(world, distance)
    fit = fit_distance(world.trade_share, far)
    used = fit.used if elasticity is None else _checked_elasticity(world, elasticity)
    expected = predicted_share(world.trade_share, world.accounts().output, far, used)
    empty = (world.trade_share == 0) & (expected > 0) & (world.expenditure > 0)[None]
    shut = known_closed(world) if closed is None else given_closed(closed, world)
    cells = empty & ~shut[:, :, None]
    if not cells.any():
        return world
    made = _rebuilt(world, *_balanced(world, openness * np.where(cells, expected, 0.0)), cells)
    about = {
        "openness": openness,
        "distance": "given" if distance is not None else SOURCE,
        "kept_closed": int((empty & shut[:, :, None]).sum()),
        "elasticity_given": elasticity is not None,
    }
    return described(made, world, cells, about, fit, used)


def _log_km(world: World, distance: Any) -> Array:
    regions = world.regions
    km = known_distance(regions) if distance is None else given_distance(distance, regions)
    return np.log(np.where(np.eye(len(regions), dtype=bool), 1.0, km))


def _checked_openness(openness: float) -> float:
    low, high = OPENNESS_ALLOWED
    number = isinstance(openness, int | float | np.number) and not isinstance(openness, bool)
    if not number or not low <= openness <= high:
        raise ValueRangeError(
            f"openness is {openness!r}; it must be a number from {low:g} (no new links) to "
            f"{high:g} (all that gravity expects). The default is {OPENNESS:g}."
        )
    return float(openness)


def _checked_elasticity(world: World, elasticity: Any) -> Array:
    if np.ndim(elasticity) == 0:
        elasticity = np.full(len(world.sectors), elasticity)
    found = align(elasticity, "elasticity", ("sector",), world.labels)
    if (found < 0).any():
        raise ValueRangeError(
            f"elasticity is {float(found.min()):g} at sector "
            f"{world.sectors[int(found.argmin())]}; it must be 0 or more: trade falls with "
            "distance by this power."
        )
    return found


def _balanced(world: World, added: Array) -> tuple[Array, float]:
    """(N, N, S, U) shares with `added` (N, N, S), output and expenditure as they were.

    Sectors without new cells stay as they are.  The second number is the largest
    gap left in the output of an origin, relative to it.
    """
    mix, made = by_use(world), world.accounts().output
    out, worst = mix.trade_share.copy(), 0.0
    n, _, _, uses = out.shape
    for s in np.flatnonzero(added.any(axis=(0, 1))):
        kept = 1 / ((1 + world.tariff[:, :, s]) * (1 + world.export_tax[:, :, s]))
        spent = mix.expenditure[:, s].reshape(-1)
        flows = (out[:, :, s] + added[:, :, s, None]).reshape(n, -1) * spent
        flows, gap = scaled(flows, np.repeat(kept, uses, axis=1), made[:, s], spent)
        new = (flows / np.where(spent > 0, spent, 1.0)).reshape(n, n, uses)
        out[:, :, s] = np.where(mix.expenditure[None, :, s] > 0, new, out[:, :, s])
        worst = max(worst, gap)
    return out, worst


def _moved_balance(world: World, share: Array) -> Array:
    """(N,) net transfers that the new flows carry: imports less exports at world prices.

    With output and expenditure as they were, they differ from the old ones by the change of tax
    revenue, so that income stays; they add to zero.
    """
    mix = by_use(world)
    moved = np.einsum("ijsu,jsu->ijs", share - mix.trade_share, mix.expenditure)
    moved = (moved / (1 + world.tariff)).sum(axis=2)
    balance: Array = world.trade_balance + moved.sum(axis=0) - moved.sum(axis=1)
    return balance


def _rebuilt(world: World, share: Array, gap: float, cells: Array) -> World:
    flags = {name: np.array(codes) for name, codes in world.provenance.items()}
    if "trade_share" in flags:
        flags["trade_share"][cells] = ASSUMED
    return World.from_arrays(
        regions=world.regions,
        sectors=world.sectors,
        trade_share=share if world.uses else share[..., 0],
        uses=world.uses or None,
        input_share=world.input_share,
        value_added_share=world.value_added_share,
        final_share=world.final_share,
        value_added=world.value_added,
        trade_balance=_moved_balance(world, share),
        tariff=world.tariff,
        export_tax=world.export_tax,
        theta=world.theta,
        balance="check" if gap < ENOUGH else "adjust",
        name=f"{world.name}+links",
        year=world.year,
        region_titles=world.region_titles,
        sector_titles=world.sector_titles,
        theta_range=world.theta_range,
        provenance=flags,
        sources=world.sources,
        meta=world.meta,
    )
