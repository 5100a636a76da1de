"""Declared numbers: floats that carry a range and a source; none of the build hides elsewhere."""

from __future__ import annotations

import types

import numpy as np
import pytest

from entrepot.world.build.declared import Number, collected, factors, pairs, table
from entrepot.world.build.given import MODULES, assumptions_table


def test_a_number_calculates_as_a_float() -> None:
    number = Number(0.5, 0.4, 0.6, "a paper")
    assert number * 2 == 1.0
    assert (np.ones(2) * number).dtype == np.float64
    assert (number.low, number.high, number.source) == (0.4, 0.6, "a paper")


def test_a_range_must_hold_its_value() -> None:
    with pytest.raises(ValueError, match="outside its own range"):
        Number(0.7, 0.4, 0.6)


def test_tables_and_pairs_are_found_once() -> None:
    first, second = types.ModuleType("x.first"), types.ModuleType("x.second")
    first.RATE = table({"A": 2.0, ("B", "C"): -1.0}, 0.5, 1.5)
    first.BOTH = pairs({"K": (1.0, 2.0)}, 0.9, 1.1)
    second.RATE = first.RATE
    found = collected((first, second))
    assert set(found) == {"first.rate.A", "first.rate.B-C", "first.both.K.0", "first.both.K.1"}
    assert found["first.rate.B-C"] == {
        "value": -1.0, "low": -1.5, "high": -0.5, "source": "assumed"
    }  # fmt: skip


def test_factors_lie_on_their_side_of_one() -> None:
    found = factors({"up": 3.0, "down": 0.4})
    assert (found["up"].low, found["up"].high) == (2.0, 5.0)
    assert found["down"].low == 0.01
    assert found["down"].high == pytest.approx(0.7)


def test_no_plain_number_stands_undeclared_in_the_build() -> None:
    plain = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in MODULES
        for name, value in vars(module).items()
        if type(value) is float and name.isupper()
    }
    # Conversions of units and days of a year are no assumptions.
    conversions = ("BARREL_DAYS", "MMBTU_PER_BCM", "KBD_PER_MT", "DAYS")
    assert {name for name in plain if not name.endswith(conversions)} == set()
    assert len(assumptions_table()) > 300
