"""Reports on a world: identities with a place, targets, provenance."""

from __future__ import annotations

from dataclasses import replace

import pytest

from entrepot.core.errors import LabelError
from entrepot.world.bundle import load_world
from entrepot.world.show import identity_report, provenance_report, target_report


def test_every_identity_has_a_residual_and_a_place() -> None:
    report = identity_report(load_world("2017"))
    assert {"demand", "factor_income", "trade_balance", "world_balance"} <= set(report.index)
    assert (report["residual"] >= 0).all()
    assert report["where"].str.len().gt(0).all()


def test_targets_name_source_target_model_and_deviation() -> None:
    rows = target_report(load_world("2017"))
    assert list(rows.columns) == [
        "region", "quantity", "source", "target", "model", "deviation", "note"
    ]  # fmt: skip
    assert {"gdp", "goods_exports", "goods_imports", "crude_exports", "gas_exports",
            "crude_net_exports", "exports_un"} <= set(rows["quantity"])  # fmt: skip
    known = rows["deviation"].notna()
    assert known.mean() > 0.6
    gap = rows["model"] / rows["target"] - 1 - rows["deviation"]
    assert gap[known & (rows["target"].abs() > 1000)].abs().max() < 1e-3


def test_a_world_of_ones_own_has_no_targets() -> None:
    own = replace(load_world("2017"), meta={}, name="mine")
    with pytest.raises(LabelError, match="'mine' carries no targets"):
        target_report(own)


def test_provenance_shares_add_to_one() -> None:
    report = provenance_report(load_world("2017"))
    assert report.sum(axis=1).round(9).eq(1.0).all()
    assert report.loc["trade_share", "observed"] > 0.2
