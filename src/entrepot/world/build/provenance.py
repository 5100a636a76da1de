"""How sure every cell of a bundled world is: 1 observed, 2 mirrored, 3 proxied, 4 assumed."""

from __future__ import annotations

import numpy as np

from entrepot.world.build.arrays import ASSUMED, OBSERVED, PROXIED
from entrepot.world.build.assemble import Targets
from entrepot.world.build.split import PARENT
from entrepot.world.layout import SECTOR_CODES

Array = np.ndarray
MOVED = 0.10
"""A flow that the netting of re-exports moves by more than this is proxied at best."""


def provenance(
    aim: Targets, recorded: Array, trade_flag: Array, tariff_flag: Array, theta_flag: Array
) -> dict[str, Array]:
    """Flags of every field of the world.

    Parameters
    ----------
    aim : targets of the build
    recorded : (origin, dest, sector) trade before re-exports were netted, mn USD
    trade_flag, tariff_flag : (origin, dest, sector) codes of the trade side
    theta_flag : (sector,)

    """
    split = np.array([s in PARENT for s in SECTOR_CODES])
    own = aim.tech.own & aim.grouped.observed
    made = np.where(aim.outputs.observed, OBSERVED, PROXIED)
    made = np.where(split[None, :], ASSUMED, made)
    inputs = np.where(own, OBSERVED, PROXIED)[:, None, None]
    inputs = np.where(split[None, :, None] | split[None, None, :], ASSUMED, inputs)
    final = np.where(aim.grouped.observed, OBSERVED, PROXIED)[:, None]
    final = np.where(split[None, :], ASSUMED, final)
    flags = {
        "trade_share": _trade(aim, recorded, trade_flag, made),
        "input_share": inputs,
        "value_added_share": made,
        "final_share": final,
        "value_added": aim.gdp.flag,
        # Goods balances are recorded, the services in them are estimated for most pairs.
        "trade_balance": np.full(len(aim.gdp.value), PROXIED),
        "tariff": tariff_flag,
        # No source on export taxes is used: zero is an assumption.
        "export_tax": np.full(trade_flag.shape, ASSUMED),
        "theta": theta_flag,
        "expenditure": np.full(made.shape, PROXIED),
    }
    return {name: np.asarray(flag).astype(np.uint8) for name, flag in flags.items()}


def _trade(aim: Targets, recorded: Array, trade_flag: Array, made: Array) -> Array:
    moved = np.abs(aim.flows - recorded) > MOVED * np.maximum(recorded, 1e-9)
    out = np.where(moved & (trade_flag < PROXIED), PROXIED, trade_flag)
    n = len(out)
    out[np.arange(n), np.arange(n)] = made
    return out
