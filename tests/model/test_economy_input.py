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
    "by name, not a number": dict.fromkeys(SECTORS, "1"),
    "by name, one missing": dict.fromkeys(SECTORS[1:], 1.0),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_values_are_refused_by_name(name: str) -> None:
    with pytest.raises(ep.InputError, match="epsilon"):
        ep.Economy(epsilon=ODD[name]).elasticities_for(WORLD)


@pytest.mark.parametrize("given", ["abc", [[1], [1, 2]], {"grain": "x"}, [], 10**400])
def test_what_cannot_be_used_can_still_be_shown(given: Any) -> None:
    assert "epsilon not a number" in repr(ep.Economy(epsilon=given))


def test_only_what_differs_from_the_defaults_is_shown() -> None:
    assert "profit_share" not in repr(ep.Economy(profit_share=0))
    assert "profit_share 0 to 0.2" in repr(ep.Economy(profit_share=[0, 0.2]))


@pytest.mark.parametrize("kind", [pd.Series, dict, lambda given: xr.DataArray(
    list(given.values()), {"sector": list(given)}, ("sector",))])  # fmt: skip
def test_labels_count_and_not_the_order(kind: Any) -> None:
    given = kind({label: 2.0 + SECTORS.index(label) for label in reversed(SECTORS)})
    economy = ep.Economy(theta=given, mu=given)
    np.testing.assert_array_equal(economy.elasticities_for(WORLD).theta, [2, 3, 4, 5])
    np.testing.assert_array_equal(economy.elasticities_for(WORLD).mu, [2, 3, 4, 5])
    assert "theta 2 to 5" in repr(economy)


def test_a_mapping_may_be_infinite_where_a_number_may() -> None:
    given = {region: np.inf if region == "AAA" else 1.0 for region in WORLD.regions}
    np.testing.assert_array_equal(
        ep.Economy(kappa=given).elasticities_for(WORLD).kappa, [np.inf, 1, 1, 1, 1]
    )


def test_a_wrong_label_in_a_mapping_is_named() -> None:
    given = dict.fromkeys([*SECTORS[:-1], "finanze"], 1.0)
    with pytest.raises(ep.LabelError, match="'sigma' on 'region' do not match"):
        ep.Economy(sigma=given).elasticities_for(WORLD)
    with pytest.raises(ep.LabelError, match="missing 'finance'; extra 'finanze'"):
        ep.Economy(theta=given).elasticities_for(WORLD)


def test_only_fields_of_one_dimension_are_mappings() -> None:
    with pytest.raises(ep.LabelError, match="'tariff' is a mapping of labels; it needs 3"):
        ep.Shock(tariff={"AAA": 0.1}).bind(WORLD)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rebate": 1.0}, "rebate is above 0, but employment is fixed"),
        ({"entry_shape": 5.0}, "entry_shape is given, but entry_cost_share is 0"),
        ({"kappa": 1e8}, "allowed are 0 to 1e\\+06, and infinity"),
    ],
)
def test_what_would_change_nothing_is_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(ep.ValueRangeError, match=message):
        ep.Economy(**options).elasticities_for(WORLD)
