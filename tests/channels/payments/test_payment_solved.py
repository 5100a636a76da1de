"""Payments in general equilibrium: certified, and the signs that they must have."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

import entrepot as ep
from entrepot.channels.payments import PaymentsOutcome, baseline_rails, settle
from entrepot.report import write_run
from entrepot.scenario import load_scenarios

CUT = {
    "kind": "payment_cutoff", "senders": ["USA", "EU27"], "targets": ["RUS"],
    "rails": ["dollar", "euro"], "from": "2022-03-12",
}  # fmt: skip


@pytest.fixture(scope="module")
def world() -> ep.World:
    return ep.load_world("2017")


def scenario(**more: object) -> ep.Scenario:
    return load_scenarios({"format": "entrepot/1", "measures": {"cut": {**CUT, **more}},
                           "scenarios": {"x": ["cut"]}})["x"]  # fmt: skip


def test_a_cutoff_costs_its_target_and_more_in_the_short_run(world: ep.World) -> None:
    lost = []
    for years, economy in ((0.0, ep.Economy.short_run()), (None, ep.Economy.long_run())):
        compiled = ep.compile_shock(world, scenario(), years=years)
        solution = ep.solve(world, economy, compiled.bind(world))
        assert solution.ok
        welfare = solution.results().welfare.to_series()
        assert welfare.idxmin() == "RUS"
        lost.append(1 - welfare["RUS"])
    assert 0.005 < lost[1] < lost[0] < 0.2


def test_the_channel_gives_what_the_room_gives_by_itself(world: ep.World) -> None:
    compiled = ep.compile_shock(world, scenario(), date(2022, 6, 1))
    outcome = compiled.details["payments"]
    assert isinstance(outcome, PaymentsOutcome)
    rails = baseline_rails(world)
    alone = settle(rails, access=rails.without(["dollar", "euro"], ["RUS"]))
    assert alone.cost_array == pytest.approx(outcome.cost_array, rel=1e-12)
    direct = ep.Shock(trade_cost=alone.cost_array)
    one, two = (
        ep.solve(world, ep.Economy.long_run(), s).results().welfare.values
        for s in (direct, compiled.bind(world))
    )
    assert np.max(np.abs(one - two)) < 1e-8


def test_a_cutoff_wears_out_the_rails_that_it_uses(world: ep.World) -> None:
    outcome = ep.compile_shock(world, scenario()).details["payments"]
    table = outcome.use_table().set_index("rail")
    for rail in ("dollar", "euro"):
        assert table.loc[rail, "power_after"] < table.loc[rail, "power_before"]
    for rail in ("renminbi", "local"):
        assert table.loc[rail, "use_after"] > table.loc[rail, "use_before"]


def test_a_run_has_the_picture_and_the_tables(world: ep.World, tmp_path: Path) -> None:
    folder = write_run(ep.run_scenario(scenario(), world, ranges=False), tmp_path / "out")
    assert (folder / "rails.svg").read_text("utf-8").startswith("<svg")
    page = (folder / "report.html").read_text("utf-8")
    assert "Rails over which trade is paid" in page
    assert "the power of those who control them" in page
    assert (folder / "channel_payment_rails.csv").is_file()
