"""Trade over new links: a buyer that loses its only supplier finds another."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import entrepot as ep
from entrepot.report import write_run
from entrepot.results.links import new_link_note, new_link_trade, new_links
from entrepot.world.links import with_latent_links
from entrepot.world.links_about import latent_cells


@pytest.fixture(scope="module")
def world() -> ep.World:
    return ep.load_world("2017")


def no_russian_gas_for_finland(world: ep.World) -> ep.Shock:
    ban = np.zeros(world.trade_share.shape, dtype=bool)
    ban[world.regions.index("RUS"), world.regions.index("FIN"), world.sectors.index("gas")] = True
    return ep.Shock(ban=ban)


@pytest.fixture(scope="module")
def solution(world: ep.World) -> ep.Solution:
    opened = with_latent_links(world)
    return ep.solve(opened, ep.Economy.long_run(), no_russian_gas_for_finland(world))


def test_without_links_it_is_impossible(world: ep.World) -> None:
    solved = ep.solve(world, ep.Economy.long_run(), no_russian_gas_for_finland(world))
    assert solved.verdict is ep.Verdict.IMPOSSIBLE
    assert "Natural gas" in solved.message()


def test_with_links_another_supplier_is_found(solution: ep.Solution) -> None:
    assert solution.ok
    assert solution.certificate is not None
    assert solution.certificate.worst[1] < 1e-8
    gas = new_link_trade(solution).sel(flow="imports", region="FIN", sector="gas")
    before, after = gas["share"].values
    assert 0 < before < 0.1
    assert after == pytest.approx(1.0, abs=1e-12)
    first = new_links(solution).query("dest == 'FIN' and sector == 'gas'").iloc[0]
    assert first.origin == "NOR"
    assert first.counterfactual > 10 * first.benchmark


def test_sums_agree_with_the_flows(solution: ep.Solution) -> None:
    said = new_link_trade(solution)
    cells, after = latent_cells(solution.world), solution.certified().trade
    total = np.where(cells, after, 0.0).sum()
    for flow in ("imports", "exports"):
        part = said["trade"].sel(flow=flow, when="counterfactual").sum().item()
        assert part == pytest.approx(total, rel=1e-12)
    table = new_links(solution)
    assert len(table) == cells.sum()
    assert table.counterfactual.sum() == pytest.approx(total, rel=1e-12)
    assert len(new_links(solution, top=5)) == 5
    in_meta = solution.world.meta["links"]["trade_share"]
    assert said["world_share"].sel(when="benchmark").item() == pytest.approx(in_meta, rel=1e-9)


def test_a_world_without_links_has_no_new_trade(world: ep.World) -> None:
    solved = ep.solve(world, ep.Economy.long_run(), ep.Shock())
    assert float(new_link_trade(solved)["trade"].sum()) == 0.0
    assert new_links(solved).empty
    assert new_link_note(solved) == ()


def test_tiny_openness_gives_the_answer_without_links(world: ep.World) -> None:
    """Where no supplier is lost the two agree as openness goes to zero."""
    tariff = np.where(world.tariff > 0, 0.0, world.tariff)
    plain, opened = (
        ep.solve(w, ep.Economy.long_run(), ep.Shock(tariff=tariff)).results().welfare.values
        for w in (world, with_latent_links(world, 1e-7))
    )
    assert np.abs(plain - 1).max() > 1e-3
    np.testing.assert_allclose(opened, plain, atol=1e-7)


def test_the_note_names_who_gains(solution: ep.Solution) -> None:
    (note,) = new_link_note(solution)
    assert note.startswith("New links (openness 0.1, assumed) carry 0.07")
    assert "NOR to FIN, gas (+1" in note
    assert note.endswith(".")


def test_a_run_with_openness_says_so(tmp_path: Path) -> None:
    scenario = ep.library()["zero-by-november"]
    run = ep.run_scenario(scenario, ep.load_world("2017"), ranges=False, openness=0.05)
    assert run.options["openness"] == 0.05
    assert run.world.name == "2017+links"
    assert run.notes[-1].startswith("New links (openness 0.05")
    folder = write_run(run, tmp_path / "out")
    saved = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert saved["options"]["openness"] == 0.05
    table = pd.read_csv(folder / "new_links.csv")
    assert len(table) == run.world.meta["links"]["number"]
    assert "New links (openness 0.05" in (folder / "report.html").read_text("utf-8")


def test_the_guide_prints_what_the_worlds_give(world: ep.World) -> None:
    guide = Path(__file__).parents[2] / "docs" / "guide" / "new_links.md"
    rows = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \| ([\d.]+) ± ([\d.]+) \| ([\d.]+)",
                      guide.read_text("utf-8"), re.MULTILINE)  # fmt: skip
    opened = with_latent_links(world)
    said = opened.meta["links"]["elasticity"]["sectors"]
    cells = latent_cells(opened).sum(axis=(0, 1))
    assert len(rows) == 17
    for sector, links, new, own, error, used in rows:
        row, k = said[sector], world.sectors.index(sector)
        assert (row["links"], cells[k]) == (int(links), int(new))
        found = (row["own"], row["error"], row["used"])
        assert found == pytest.approx((float(own), float(error), float(used)), abs=0.0051)
