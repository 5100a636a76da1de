"""GDP targets: artefacts are repaired and told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from entrepot.world.build.gdp import BRANCHES, gdp_targets
from entrepot.world.layout import REGIONS


@pytest.mark.parametrize("year", [2017, 2023])
def test_every_economy_has_a_gdp_and_branches(raw_root: Path, year: int) -> None:
    found = gdp_targets(raw_root, year, np.full(len(REGIONS), 30e3))
    assert (found.value > 5e3).all()
    assert found.branch.shape == (len(REGIONS), len(BRANCHES))
    has = [r != "TWN" for r in REGIONS]
    np.testing.assert_allclose(found.branch.sum(axis=1)[has], found.value[has])
    assert all(found.source)


def test_venezuela_is_scaled_to_exports_that_partners_see(raw_root: Path) -> None:
    i = REGIONS.index("VEN")
    low, high = (gdp_targets(raw_root, 2017, np.full(len(REGIONS), x)) for x in (20e3, 40e3))
    assert high.value[i] == pytest.approx(2 * low.value[i])
    assert 80e3 < high.value[i] < 160e3
    assert low.flag[i] == 4
    assert any("VEN" in note for note in low.notes)


def test_the_published_figure_of_venezuela_is_not_used_for_2023(raw_root: Path) -> None:
    found = gdp_targets(raw_root, 2023, np.full(len(REGIONS), 10e3))
    assert found.value[REGIONS.index("VEN")] < 150e3
    assert any("482" in note for note in found.notes)
    assert any("IRN" in note and "exchange rate" in note for note in found.notes)
