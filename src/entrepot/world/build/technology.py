"""Technology by proxy: composition of inputs, value-added and final shares by sector group."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from entrepot.data.technology import WIOD_REGIONS, wiod_industries, wiod_inputs
from entrepot.world.build.concordance import GROUPS, PROXIES, WIOD_TO_GROUP
from entrepot.world.layout import REGIONS


@dataclass(frozen=True, slots=True)
class Technology:
    """Technology of 2014 for the economies of the layout, in the 21 groups before the splits.

    Attributes
    ----------
    composition : (region, input group, group) share of an input in all inputs; adds to 1
    value_added_share : (region, group)
    final_part : (region, group) part of what is used of a group that goes to final users
    output_mix : (region, group) output of a group in total output
    own : (region,) whether the economy has its own table of 2014

    """

    composition: np.ndarray
    value_added_share: np.ndarray
    final_part: np.ndarray
    output_mix: np.ndarray
    own: np.ndarray


def technology(root: Path) -> Technology:
    """Read the tables of 2014 and take the mean of its proxies for every economy without one."""
    inputs, output, value_added, final = _grouped(root)
    made = inputs.sum(axis=1)
    world = inputs.sum(axis=0) / inputs.sum(axis=(0, 1))[None, :]
    thin = made < 1e-3 * output.sum(axis=1)[:, None] * 0.01
    composition = np.where(thin[:, None, :], world[None], inputs / np.maximum(made, 1e-9)[:, None])
    share = np.where(output > 1.0, value_added / np.maximum(output, 1e-9), np.nan)
    typical = value_added.sum(axis=0) / output.sum(axis=0)
    share = np.where(np.isnan(share) | (share > 0.97) | thin, typical, share)
    use = inputs.sum(axis=2)
    part = final / np.maximum(final + use, 1e-9)
    mix = output / output.sum(axis=1, keepdims=True)
    place = {r: i for i, r in enumerate(WIOD_REGIONS)}
    chosen = [[place[p] for p in PROXIES.get(r, (r,))] for r in REGIONS]
    own = np.array([r not in PROXIES for r in REGIONS])
    means = [_mean(array, chosen) for array in (composition, share, part, mix)]
    return Technology(means[0], means[1], means[2], means[3], own)


def _mean(array: np.ndarray, chosen: list[list[int]]) -> np.ndarray:
    return np.stack([array[places].mean(axis=0) for places in chosen])


def _grouped(root: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Intermediate flows (n, g, g), output, value added and final use (n, g) in mn USD."""
    industries = wiod_industries(root).frame
    shares = wiod_inputs(root).frame
    n, s = len(WIOD_REGIONS), len(WIOD_TO_GROUP)
    fold = np.zeros((s, len(GROUPS)))
    for row, group in enumerate(WIOD_TO_GROUP.values()):
        fold[row, GROUPS.index(group)] = 1.0
    order = pd.MultiIndex.from_product([WIOD_REGIONS, sorted(WIOD_TO_GROUP)])
    table = industries.set_index(["region", "sector"]).reindex(order)
    fold = fold[np.argsort(list(WIOD_TO_GROUP))]
    output, beta, alpha = (
        table[c].to_numpy(float).reshape(n, s)
        for c in ("output", "value_added_share", "final_share")
    )
    raw = shares["share"].to_numpy(float).reshape(n, s, s)
    flows = raw * ((1 - beta) * output)[:, None, :]
    value_added = beta * output
    final = alpha * value_added.sum(axis=1, keepdims=True)
    inputs = np.einsum("nrs,rg,sh->ngh", flows, fold, fold)
    return inputs, output @ fold, value_added @ fold, final @ fold
