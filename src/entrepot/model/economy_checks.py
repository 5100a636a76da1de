"""Parameters of an economy that do not fit each other or the world, or would change nothing."""

from __future__ import annotations

import numpy as np

from entrepot.core.labels import place
from entrepot.model.presets import MOST_FINITE
from entrepot.world.world import World

USUAL_SHAPE = 4 / 0.67
"""Pareto shape of firms' productivity unless one is given (Ignatenko and others 2025)."""


def do_not_fit(plain: dict[str, np.ndarray], world: World) -> list[str]:
    """Problems of parameters that must fit each other or the world."""
    problems = []
    labels, dims = world.labels, ("region", "sector")
    makes = world.accounts().output > 0
    bad = makes & (plain["profit_share"] > 0) & (plain["profit_share"] >= world.value_added_share)
    if bad.any():
        problems.append(
            f"profit_share is at least the value-added share at {place(bad, dims, labels)}, "
            f"{int(bad.sum())} such sectors; profits are a part of value added. Lower it there."
        )
    if plain["entry_cost_share"].any() and world.input_share.any():
        problems.append(
            "entry_cost_share is above 0 in a world with inputs; entry costs are worked out for "
            "final goods only. Set it to 0, or use a world whose value-added shares are all 1."
        )
    if plain["entry_cost_share"].any() and np.isfinite(plain["kappa"]).any():
        problems.append(
            "entry_cost_share is above 0 with a finite kappa; entry is paid with factors that move "
            "freely. Leave kappa at infinity."
        )
    kappa = plain["kappa"]
    far = np.isfinite(kappa) & (kappa > MOST_FINITE)
    if far.any():
        problems.append(
            f"kappa is {kappa[far][0]:g} at {place(far, ('region',), labels)}; allowed are 0 to "
            f"{MOST_FINITE:g}, and infinity. Beyond that rounding decides what the factors of a "
            "sector earn. Write np.inf for one factor price."
        )
    return problems + _without_effect(plain)


def _without_effect(plain: dict[str, np.ndarray]) -> list[str]:
    """Options that were given and would change nothing."""
    fixed = not plain["labour_supply"].any()
    problems = [
        f"{name} is above 0, but employment is fixed: it would change nothing. Give labour_supply "
        f"too, or leave {name} at 0."
        for name in ("rebate", "scale")
        if fixed and plain[name].any()
    ]
    if (plain["entry_shape"] != USUAL_SHAPE).any() and not plain["entry_cost_share"].any():
        problems.append(
            "entry_shape is given, but entry_cost_share is 0: it would change nothing. Give "
            "entry_cost_share too, or leave entry_shape out."
        )
    return problems
