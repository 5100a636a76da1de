"""The page on bounds: its table is what is computed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import entrepot as ep
from entrepot.study.bounds import Bounds, bounds

PAGE = (Path(__file__).parents[2] / "docs" / "guide" / "bounds.md").read_text("utf-8")


@pytest.fixture(scope="module")
def found() -> Bounds:
    world = ep.load_world("2017")
    return bounds(world, ep.compile_shock(world, ep.library()["zero-by-november"]).bind(world))


def test_the_table_of_the_page_is_computed(found: Bounds) -> None:
    world = found.world
    variety = bounds(world, found.shock, theta=world.theta).final
    long_run = ep.solve(world, ep.Economy.long_run(), found.shock).results().welfare
    rows = re.findall(r"^\| ([A-Z]{3}) \|(.*)\|$", PAGE, re.MULTILINE)
    assert len(rows) >= 7
    for region, text in rows:
        *numbers, chain = (cell.strip() for cell in text.split("|"))
        at = {"region": region}
        exact = [
            *(100 * (x.sel(at).item() - 1) for x in (found.final, variety, found.value_added,
                                                     found.world_value_added)),
            -100 * found.upstream.sel(at).item(),
            100 * (long_run.sel(at).item() - 1),
        ]  # fmt: skip
        for shown, value in zip(numbers, exact, strict=True):
            assert float(shown) == pytest.approx(value, abs=0.6 * 10 ** -len(shown.split(".")[1]))
        assert " → ".join(found.chains[world.regions.index(region)]) == chain


@pytest.mark.parametrize("name", ["theta", "essential", "terms_of_trade"])
def test_every_assumption_is_documented(name: str) -> None:
    assert f"| `{name}` |" in PAGE


def test_every_number_is_documented(found: Bounds) -> None:
    names = [*found.to_frame().columns, "output", "shadow", "chains", "lost", "world_output"]
    assert not [name for name in names if f"`{name}`" not in PAGE]
