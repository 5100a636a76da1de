"""The page on paths: its numbers are computed, and it names every case."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from entrepot.study.path_points import CASES

PAGE = (Path(__file__).parents[2] / "docs" / "guide" / "paths.md").read_text("utf-8")


@pytest.fixture(scope="module")
def scope() -> dict[str, object]:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    found: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, "paths.md", "exec"), found)
    return found


def test_the_numbers_of_the_page_are_computed(scope: dict[str, object]) -> None:
    welfare, months = scope["welfare"], scope["months"]
    assert isinstance(welfare, xr.DataArray)
    assert isinstance(months, xr.DataArray)
    rows = re.findall(r"^\| (20\d\d) \| (\S+) \| (\S+) \| (\S+) \|$", PAGE, re.MULTILINE)
    assert [int(row[0]) for row in rows] == welfare["year"].values.tolist()
    for year, time, with_it, without in rows:
        here = welfare.sel(year=int(year))
        assert float(with_it) == pytest.approx(float(here.sel(adaptation="on")), abs=0.006)
        assert float(without) == pytest.approx(float(here.sel(adaptation="off")), abs=0.006)
        age = float(months.sel(adaptation="on", year=int(year)))
        assert np.isinf(age) if time == "none" else float(time) == pytest.approx(age, abs=0.06)


def test_the_page_names_every_case() -> None:
    assert not [case.name for case in CASES[1:] if f"`{case.name}`" not in PAGE]
