"""The build itself, on the raw data beside the checkout."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from entrepot.core.errors import LabelError, SourceError
from entrepot.data.manifest import manifest_ids
from entrepot.world.build.build import SOURCES, build_world
from entrepot.world.bundle import load_world, save_bundle
from entrepot.world.world import FIELD_DIMS


def test_the_shipped_world_is_what_the_build_makes(raw_root: Path, tmp_path: Path) -> None:
    told: list[str] = []
    built, shipped = build_world(raw_root, "2017", told.append), load_world("2017")
    assert told
    assert built.meta["targets"] == shipped.meta["targets"]
    assert built.meta["notes"] == shipped.meta["notes"]
    for name in FIELD_DIMS:
        # Shares are rounded to 32 bits: another machine's linear algebra may flip one rounding.
        scale = max(float(np.abs(getattr(shipped, name)).max()), 1.0)
        np.testing.assert_allclose(
            getattr(built, name) / scale, getattr(shipped, name) / scale, atol=2e-7, err_msg=name
        )
    for name, flags in shipped.provenance.items():
        np.testing.assert_array_equal(built.provenance[name], flags)
    first, second = tmp_path / "a.npz", tmp_path / "b.npz"
    save_bundle(built, first)
    save_bundle(built, second)
    assert first.read_bytes() == second.read_bytes()


def test_a_source_that_lost_rows_stops_the_build(raw_root: Path, tmp_path: Path) -> None:
    for folder in raw_root.iterdir():
        if folder.is_dir() and folder.name != "atlas_hs2":
            (tmp_path / folder.name).symlink_to(folder)
    name = "atlas_hs2/atlas_hs2_bilateral_2010_2020.parquet"
    (tmp_path / "atlas_hs2").mkdir()
    raw = pd.read_parquet(raw_root / name, filters=[("year", "in", [2017, 2018])])
    raw.to_parquet(tmp_path / name)
    with pytest.raises(SourceError, match=r"(?s)atlas_hs2.*'min_rows'"):
        build_world(tmp_path, "2017")


def test_an_absent_folder_and_an_unknown_world_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        build_world(tmp_path / "nothing", "2017")
    with pytest.raises(LabelError, match="Did you mean '2017'"):
        build_world(tmp_path, "2071")


def test_every_listed_source_has_a_manifest() -> None:
    assert {s for names in SOURCES.values() for s in names} <= set(manifest_ids())
