"""Splits and uses: crude to refineries, gas to utilities, totals kept."""

from __future__ import annotations

import numpy as np
import pytest

from entrepot.world.build.reexports import export_ceiling, headroom
from entrepot.world.build.split import _share_out
from entrepot.world.build.transit import _deficit, _pass_on
from entrepot.world.build.uses import _with
from entrepot.world.layout import REGIONS, SECTOR_CODES


def test_shared_out_output_keeps_its_total_and_holds_exports() -> None:
    output, exports = np.array([100.0, 20.0, 30.0]), np.array([10.0, 40.0, 0.0])
    found = _share_out(output, exports)
    assert found.sum() == pytest.approx(150.0)
    assert (found >= exports / 0.85 - 1e-9).all()


def test_exports_beyond_the_total_leave_a_rest() -> None:
    output, exports = np.array([10.0, 10.0]), np.array([100.0, 100.0])
    assert _share_out(output, exports).sum() == pytest.approx(20.0)


def test_a_fixed_input_keeps_the_budget_of_the_column() -> None:
    column = np.array([[1.0, 2.0, 3.0], [4.0, 0.0, 1.0]])
    budget = column.sum(axis=1)
    found = _with({0: np.array([2.0, 4.5])}, column, budget)
    np.testing.assert_allclose(found.sum(axis=1), budget)
    np.testing.assert_allclose(found[:, 0], [2.0, 4.5])
    assert found[0, 2] / found[0, 1] == pytest.approx(1.5)


def test_hubs_have_a_ceiling_and_makers_without_a_table_have_none() -> None:
    ratio = np.full((len(REGIONS), len(SECTOR_CODES)), 0.5)
    ratio[REGIONS.index("IRN")] = np.nan
    ceiling = export_ceiling(ratio, (SECTOR_CODES.index("crude"),))
    s = SECTOR_CODES.index("electronics")
    assert ceiling[REGIONS.index("HKG"), s] == pytest.approx(0.6)
    assert ceiling[REGIONS.index("DEU"), s] > 1.5
    assert np.isinf(ceiling[REGIONS.index("IRN"), s])
    assert np.isinf(ceiling[REGIONS.index("HKG"), SECTOR_CODES.index("finance")])
    assert np.all(ceiling[:, SECTOR_CODES.index("crude")] < 1)
    assert headroom(ratio).max() <= 0.97


def test_what_passes_through_reaches_the_neighbours() -> None:
    n, s = len(REGIONS), len(SECTOR_CODES)
    flows = np.zeros((n, n, s))
    china = REGIONS.index("CHN")
    taken = np.zeros((n, s))
    taken[china, 5] = 10.0
    passed = _pass_on(flows, taken, {"RUS": 0.5, "KAZ": 0.3, "UZB": 0.2})
    assert passed == pytest.approx(10.0)
    assert flows[china, REGIONS.index("RUS"), 5] == pytest.approx(5.0)
    assert _deficit(flows, china) == pytest.approx(-10.0)
