"""Odd values handed to `Economy`: none becomes a number in silence, every error is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import worlds
import xarray as xr

import entrepot as ep

WORLD = worlds.world(3)
SECTORS = list(WORLD.sectors)
ODD: dict[str, Any] = {
    "masked": np.ma.masked,
    "masked array": np.ma.array(1.0, mask=True),
    "ragged": [[1], [1, 2]],
    "text among objects": np.array(["1", "2", "3", "4"], dtype=object),
    "booleans among objects": np.array([True, 1.0, 1.0, 1.0], dtype=object),
    "text in pandas": pd.Series(["1"] * 4, index=SECTORS),
    "dataset": xr.Dataset({"a": 1.0}),
    "beyond floats": 10**400,
    "by name": dict.fromkeys(SECTORS, 1.0),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_values_are_refused_by_name(name: str) -> None:
    with pytest.raises(ep.InputError, match="epsilon"):
        ep.Economy(epsilon=ODD[name]).elasticities_for(WORLD)


@pytest.mark.parametrize("given", ["abc", [[1], [1, 2]], {"grain": 1.0}, [], 10**400])
def test_what_cannot_be_used_can_still_be_shown(given: Any) -> None:
    assert "epsilon not a number" in repr(ep.Economy(epsilon=given))


def test_only_what_differs_from_the_defaults_is_shown() -> None:
    assert "profit_share" not in repr(ep.Economy(profit_share=0))
    assert "profit_share 0 to 0.2" in repr(ep.Economy(profit_share=[0, 0.2]))
