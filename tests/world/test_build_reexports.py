"""Netting of re-exports: who made it sells it, nothing is lost but what returned."""

from __future__ import annotations

import numpy as np
import pytest

from entrepot.world.build.reexports import net_reexports


def _hub() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Economy 0 makes 100 and sells 80 to hub 1, which makes 10 and sells 60 to economy 2."""
    flows = np.zeros((3, 3, 1))
    flows[0, 1, 0], flows[1, 2, 0] = 80.0, 60.0
    return flows, np.array([[100.0], [10.0], [50.0]]), np.array([[np.inf], [0.5], [np.inf]])


def test_the_excess_goes_from_origin_to_destination() -> None:
    flows, output, ceiling = _hub()
    found, netted = net_reexports(flows, output, ceiling)
    assert netted[1, 0] == pytest.approx(55.0)
    assert found[1, 2, 0] == pytest.approx(5.0)
    assert found[0, 1, 0] == pytest.approx(25.0)
    assert found[0, 2, 0] == pytest.approx(55.0)
    assert flows[0, 1, 0] == 80.0, "the input is left alone"


def test_exports_of_makers_and_imports_of_buyers_are_kept() -> None:
    flows, output, ceiling = _hub()
    found, _ = net_reexports(flows, output, ceiling)
    assert found[0].sum() == pytest.approx(flows[0].sum())
    assert found[:, 2].sum() == pytest.approx(flows[:, 2].sum())


def test_what_returns_to_its_origin_is_dropped() -> None:
    flows, output, ceiling = _hub()
    flows[1, 0, 0] = 60.0
    found, _ = net_reexports(flows, output, ceiling)
    assert np.all(np.diagonal(found[:, :, 0]) == 0)
    assert found.sum() < flows.sum()


def test_without_an_excess_nothing_moves() -> None:
    flows, output, _ = _hub()
    found, netted = net_reexports(flows, output, np.full((3, 1), np.inf))
    np.testing.assert_array_equal(found, flows)
    assert not netted.any()


def test_imports_never_fall_to_nothing() -> None:
    flows, output, ceiling = _hub()
    flows[1, 2, 0] = 1000.0
    found, netted = net_reexports(flows, output, ceiling)
    assert netted[1, 0] == pytest.approx(0.95 * 80.0)
    assert found[0, 1, 0] > 0
