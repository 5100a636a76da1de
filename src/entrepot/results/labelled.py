"""Plain arrays become labelled ones, with unit and title."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from entrepot.world.world import World

HAT = "counterfactual over baseline (1 = no change)"
MONEY = "mn USD of the base year, world factor income as numeraire"


def labelled(world: World, values: np.ndarray, dims: tuple[str, ...], name: str, title: str,
             units: str) -> xr.DataArray:  # fmt: skip
    """DataArray over `dims` of `world`, with its title and units."""
    attrs = {"title": title, "units": units}
    return xr.DataArray(values, dims=dims, coords=_coords(world, dims), name=name, attrs=attrs)


def _coords(world: World, dims: tuple[str, ...]) -> dict[str, Any]:
    return {d: list(world.labels[d]) for d in dims}


def ratio(after: np.ndarray, before: np.ndarray) -> np.ndarray:
    """`after / before`; NaN where there was nothing before."""
    return np.divide(after, before, out=np.full(before.shape, np.nan), where=before != 0)


def compared(world: World, before: np.ndarray, after: np.ndarray, dims: tuple[str, ...],
             title: str) -> xr.Dataset:  # fmt: skip
    """Dataset with baseline, counterfactual, hat and percent (the last two NaN from zero)."""
    hat = ratio(after, before)
    parts = {
        "baseline": (before, MONEY),
        "counterfactual": (after, MONEY),
        "hat": (hat, HAT),
        "percent": (100 * (hat - 1), "percent"),
    }
    data = {k: (dims, v, {"title": title, "units": unit}) for k, (v, unit) in parts.items()}
    return xr.Dataset(data, coords=_coords(world, dims), attrs={"title": title})
