"""Upstream losses and the cost of the old bundle: fixed proportions along the chains.

Plain arrays; ``(N, N, S)`` is (origin, dest, sector), ``(N, S)`` (region, sector).
"""

from __future__ import annotations

import numpy as np

from entrepot.core.errors import NotSolvedError
from entrepot.model.shock import BoundShock
from entrepot.world.world import World

Array = np.ndarray

ROUNDS = 10_000
TOLERANCE = 1e-13
DIVERGED = 1e9


def lost_output(world: World, kept: Array, productivity: Array) -> Array:
    """(N, S) output, mn USD, that is not made when lost sales are not replaced.

    The smallest solution of ``dY = Y - A (Y - d - B dY)`` with direct losses
    ``d_is = sum_j (1 - kept_ijs) flow_ijs``, the part `A` <= 1 of capacity that is left and
    ``B dY`` the inputs that the missing output would have needed, as far as they are not counted
    in `d` already.  With A = 1 it is the Leontief inverse applied to the lost sales.
    """
    producer = world.shares.producer_share()
    flows = producer * world.expenditure[None]
    output = flows.sum(axis=1)
    direct = ((1 - kept) * flows).sum(axis=1)
    chain = np.ascontiguousarray((producer * kept).transpose(2, 0, 1))
    left = np.minimum(productivity, 1.0)
    lost = np.zeros_like(output)
    for _ in range(ROUNDS):
        inputs = np.matmul(world.input_share, lost[:, :, None])[:, :, 0]
        passed = np.matmul(chain, inputs.T[:, :, None])[:, :, 0].T
        new = output - left * (output - direct - passed)
        if np.abs(new - lost).max() <= TOLERANCE * output.max():
            return np.clip(new, 0.0, output)
        lost = new
    raise NotSolvedError(
        f"Lost sales did not settle in {ROUNDS} rounds along the input-output chains. Some chain "
        "has almost no value added; merge its sectors."
    )


def cost_of_old_bundle(world: World, shock: BoundShock) -> Array:
    """(N,) hat of the cost of the old final bundle when every user keeps the old quantities.

    Costs of the shock are passed through in full along the chains, at unchanged factor prices:
    ``p_js = sum_i pi_ijs k_ijs c_is`` and ``c_is = (beta_is + sum_r gamma_irs p_ir) / A_is``, with
    `k` the hat of what taxes and resource costs add; banned cells keep their old price.  `inf`:
    the old bundle can no longer be made.
    """
    taxes = (1 + shock.tariff) * (1 + shock.export_tax)
    taxes = taxes / ((1 + world.tariff) * (1 + world.export_tax))
    wedge = np.where(shock.kept() > 0, shock.trade_cost * taxes, 1.0)
    buyers = np.ascontiguousarray((world.trade_share * wedge).transpose(2, 1, 0))
    price, moving = np.where(world.expenditure > 0, 1.0, 0.0), np.zeros(0, dtype=bool)
    for _ in range(ROUNDS):
        inputs = np.matmul(world.input_share.transpose(0, 2, 1), price[:, :, None])[:, :, 0]
        cost = (world.value_added_share + inputs) / shock.productivity
        new = np.minimum(np.matmul(buyers, cost.T[:, :, None])[:, :, 0].T, DIVERGED)
        moving = np.abs(new - price) > TOLERANCE * np.maximum(new, 1.0)
        price = new
        if not moving.any():
            break
    never = _needing(world, moving | (price >= DIVERGED))
    weighted = np.where(never & (world.final_share > 0), np.inf, world.final_share * price)
    total: Array = weighted.sum(axis=1)
    return total


def _needing(world: World, goods: Array) -> Array:
    """(N, S) True for `goods` and for whatever is made out of them, however far down the chain."""
    while True:
        makers = np.einsum("irs,ir->is", world.input_share > 0, goods)
        further = goods | np.einsum("ijs,is->js", world.trade_share > 0, makers)
        if (further == goods).all():
            return goods
        goods = further
