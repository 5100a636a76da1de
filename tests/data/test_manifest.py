"""The framework: assertions trip and the message names the source."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from entrepot.core.errors import SourceError
from entrepot.data.manifest import Assertions, failures, manifest, manifest_ids, read
from entrepot.data.table import Table


def _frame() -> pd.DataFrame:
    return pd.DataFrame({"country": ["IRN", "RUS"], "value": [1.0, 2.0]})


@pytest.mark.parametrize(
    ("assertion", "value"),
    [
        ("min_rows", 3),
        ("columns", ("country", "amount")),
        ("labels", {"country": ["CHN"]}),
        ("totals", [{"column": "value", "where": {"country": "RUS"}, "min": 3, "max": 4}]),
    ],
)
def test_a_failed_assertion_is_named(assertion: str, value: object) -> None:
    wanted = {"columns": ("country", "value"), "min_rows": 1} | {assertion: value}
    problems = failures(_frame(), Assertions.model_validate(wanted))
    assert len(problems) == 1
    assert f"'{assertion}'" in problems[0]
    assert problems[0].endswith(".")


def test_cells_are_checked() -> None:
    bad = pd.DataFrame({"country": ["IRN", "IRN", None], "value": [-1.0, 2.0, 3.0]})
    wanted = Assertions(
        columns=("country", "value"),
        min_rows=1,
        no_missing=("country",),
        non_negative=("value",),
        unique=("country",),
    )
    found = " ".join(failures(bad, wanted))
    assert all(f"'{name}'" in found for name in ("no_missing", "non_negative", "unique"))


def test_all_manifests_are_valid() -> None:
    for name in manifest_ids():
        made = manifest(name)
        assert made.as_source()["title"]


def test_unknown_source_gets_a_suggestion() -> None:
    with pytest.raises(SourceError, match="Did you mean 'geodist'"):
        manifest("geodits")


def test_absent_file_names_source_and_address(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"source 'geodist'.*absent; obtain it from"):
        read(tmp_path, "geodist", "pairs", lambda paths: _frame())


def test_unknown_table_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"has no table 'pears'; .*Did you mean 'pairs'"):
        read(tmp_path, "geodist", "pears", lambda paths: _frame())


def test_table_cannot_be_changed_through_its_frame() -> None:
    table = Table("s", "t", "USD", "2017", "none", "0" * 64, _frame())
    got = table.frame
    got.loc[0, "value"] = 99.0
    assert table.frame["value"].tolist() == [1.0, 2.0]


def test_a_missing_package_names_the_remedy(tmp_path: Path) -> None:
    def parse(paths: tuple[Path, ...]) -> pd.DataFrame:
        raise ImportError("no openpyxl")

    (tmp_path / "geodist").mkdir()
    (tmp_path / "geodist" / "dist_cepii.csv").write_text("x")
    with pytest.raises(SourceError, match=r"no openpyxl.*extra 'build'"):
        read(tmp_path, "geodist", "pairs", parse)
