"""The benchmark's coefficients of the equations, computed once per world."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from entrepot.core.errors import IdentityError
from entrepot.numerics import aligned
from entrepot.world.benchmark import identity_gaps
from entrepot.world.checks import IDENTITY_TOLERANCE
from entrepot.world.uses import by_use, use_gaps
from entrepot.world.world import World

Array = np.ndarray


class Frame(NamedTuple):
    """What every shock to one world shares (arrays as in `LongRun`).

    Attributes
    ----------
    k : (U, S, dest, origin); k_producer, k_export : (U, S, origin, dest), of the benchmark
    pressure : (N, S) weights of theta in the own-price elasticity of each country's sales
    beta, alpha : (S, N); expenditure : (U, S, N); gamma, gamma_use : (N, S, S)
    price_chain, goods_chain : (N, S, S); None in a world with several uses

    """

    k: Array
    k_producer: Array
    k_export: Array
    pressure: Array
    beta: Array
    alpha: Array
    expenditure: Array
    gamma: Array
    gamma_use: Array
    price_chain: Array | None
    goods_chain: Array | None


@lru_cache(maxsize=8)
def frame(world: World) -> Frame:
    """Return the `Frame` of `world`; its accounts are checked once more.

    Raises
    ------
    IdentityError : the arrays of the world do not belong together (one was replaced)

    """
    shares, flows = world.shares, world.trade_flows()
    gaps = identity_gaps(shares, world.expenditure, world.value_added, world.trade_balance)
    gaps |= use_gaps(world) if world.uses else {}
    name = max(gaps, key=lambda k: float(np.max(np.abs(gaps[k]))))
    if (gap := float(np.max(np.abs(gaps[name])))) > IDENTITY_TOLERANCE:
        raise IdentityError(
            f"The accounts of world '{world.name}' do not hold: identity '{name}' is off by "
            f"{gap:.1e} of world income (allowed {IDENTITY_TOLERANCE:g}). One of its arrays was "
            "replaced by itself: make a new world with World.from_arrays(..., balance='adjust')."
        )
    rivalry = (flows * (1 - world.trade_share)).sum(axis=1)
    uses = by_use(world)
    chains = (None, None) if world.uses else _chains(world)
    tariff, export_tax = world.tariff[..., None], world.export_tax[..., None]
    producer = uses.trade_share / ((1 + tariff) * (1 + export_tax))
    return Frame(
        k=aligned(uses.trade_share.transpose(3, 2, 1, 0)),
        k_producer=aligned(producer.transpose(3, 2, 0, 1)),
        k_export=aligned((producer * export_tax).transpose(3, 2, 0, 1)),
        pressure=rivalry * world.value_added_share / world.value_added[:, None],
        beta=aligned(world.value_added_share.T),
        alpha=aligned(world.final_share.T),
        expenditure=aligned(uses.expenditure.transpose(2, 1, 0)),
        gamma=aligned(world.input_share),
        gamma_use=aligned(world.input_share.transpose(0, 2, 1)),
        price_chain=chains[0],
        goods_chain=chains[1],
    )


def _chains(world: World) -> tuple[Array, Array]:
    """Leontief inverses of each region by itself: of prices, of goods; (N, S, S) both.

    Of a sector's inputs the region's own share ``pi_jj`` is bought at home.
    """
    own = np.einsum("jjs->js", world.trade_share)
    received = own / (1 + np.einsum("jjs->js", world.tariff))
    unit = np.eye(own.shape[1])
    inputs = world.input_share.transpose(0, 2, 1)
    return (
        aligned(np.linalg.inv(unit - own[:, :, None] * inputs)),
        aligned(np.linalg.inv(unit - world.input_share * received[:, None, :])),
    )
