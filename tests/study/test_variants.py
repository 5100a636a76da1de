"""Which elasticities the range of a run is made of, at each time since the shock."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import small as made

import entrepot as ep
from entrepot.model.presets import SYMBOLS, at, preset
from entrepot.scenario import load_scenarios
from entrepot.study import oil_answer as module
from entrepot.study import run_scenario, span
from entrepot.study.variants import elasticity_table, preset_economies, variants, varied


@pytest.fixture(scope="module")
def world() -> ep.World:
    return made.make_world()


@pytest.fixture(scope="module")
def scenario() -> ep.Scenario:
    return load_scenarios(made.FILE)["oil-2018"]


def test_the_long_run_moves_the_trade_elasticities_alone(
    world: ep.World, scenario: ep.Scenario
) -> None:
    found = list(variants(world, scenario, None, preset("long_run")))
    assert [(v.elasticities, v.behaviour) for v in found] == [
        (e, b) for b in ("central", "low", "high") for e in ("central", "low", "high")
    ]
    assert varied(preset("long_run")) == ("theta",)
    for v in found:
        values = v.economy.elasticities_for(world)
        assert values.cobb_douglas
        assert values.mobile


def test_the_long_run_is_known_by_its_values(world: ep.World) -> None:
    assert varied(at(240)) == ("theta",)
    own = {"value": 0.9, "low": 0.9, "high": 1.0, "source": "assumed"}
    changed = preset("long_run", {"format": "entrepot-presets/1", "long_run": {"mu": own}})
    assert varied(changed) == ("theta", *SYMBOLS)
    assert preset_economies(world, changed)["central"].mu == 0.9


@pytest.mark.parametrize("horizon", [preset("short_run"), at(6)], ids=lambda p: p.name)
def test_other_times_move_every_range_once_and_all_together(horizon, world: ep.World) -> None:
    found = preset_economies(world, horizon)
    names = [f"{p} {end}" for p in (*SYMBOLS, "theta", "all") for end in ("low", "high")]
    assert set(found) == {"central", *names}
    usual = ep.Economy.from_preset(horizon).elasticities_for(world)
    for name in SYMBOLS:
        for end in ("low", "high"):
            moved = found[f"{name} {end}"]
            assert getattr(moved, name) == getattr(horizon.parameters[name], end)
            others = [p for p in SYMBOLS if p != name]
            assert all(getattr(moved, p) == horizon.parameters[p].value for p in others)
    low = found["all low"].elasticities_for(world)
    ratio = horizon.parameters["theta_ratio"].low
    np.testing.assert_allclose(low.theta, world.theta_range[0] * ratio)
    assert (low.epsilon <= usual.epsilon).all()


def test_behaviour_meets_only_the_ends_of_all(world: ep.World, scenario: ep.Scenario) -> None:
    found = list(variants(world, scenario, None, preset("short_run")))
    assert found[0].label == "elasticities central, behaviour central"
    assert len({(v.economy.hash(world), v.shock.hash()) for v in found}) == len(found) == 21
    ends = [v.elasticities for v in found if v.behaviour == "low"]
    assert ends == ["central", "all low", "all high"]


def test_a_world_without_ranges_of_theta_keeps_its_own(world: ep.World) -> None:
    plain = replace(world, theta_range=None)
    assert list(preset_economies(plain, preset("long_run"))) == ["central"]
    found = preset_economies(plain, preset("short_run"))
    assert "theta low" not in found
    assert found["all low"].theta is None


def test_the_table_says_what_is_used_and_what_is_moved(world: ep.World) -> None:
    table = elasticity_table(world, preset("medium_run")).set_index(["parameter", "where"])
    assert table["varied"].all()
    assert table.loc[("mu", "all"), "value"] == preset("medium_run").parameters["mu"].value
    for k, sector in enumerate(world.sectors):
        row = table.loc[("theta", sector)]
        low, high = world.theta_range[:, k]
        assert (row["low"], row["value"], row["high"]) == (low, world.theta[k], high)
    long_run = elasticity_table(world, preset("long_run")).set_index("parameter")
    assert long_run["varied"].to_dict() == {p: p == "theta" for p in (*SYMBOLS, "theta")}


def test_a_run_spans_its_variants(world: ep.World, scenario: ep.Scenario) -> None:
    run = run_scenario(scenario, world, horizon=preset("short_run"))
    assert run.failed == ()
    assert run.variants.sizes["variant"] == 21
    low, central, high = span(run, "welfare", "IRN")
    assert low < central < high
    alone = ep.solve(world, ep.Economy.short_run(), run.solution.shock).results().welfare
    assert central == pytest.approx(alone.sel(region="IRN").item(), abs=1e-10)
    at_low = run.variants.sel(variant="elasticities mu low, behaviour central")
    moved = ep.Economy.from_preset(preset("short_run").low("mu"))
    alone = ep.solve(world, moved, run.solution.shock).results().welfare
    np.testing.assert_allclose(at_low["welfare"], alone, atol=1e-10)
    assert (at_low["elasticities"].item(), at_low["behaviour"].item()) == ("mu low", "central")


def test_ends_of_ranges_have_their_own_limit_of_time(
    world: ep.World, scenario: ep.Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = []

    def solve(*given):
        limits.append(given[-1].max_seconds)
        return ep.solve(*given)

    monkeypatch.setattr(module, "solve", solve)
    run_scenario(scenario, world)
    assert limits == [60.0, *[20.0] * 8]
    limits.clear()
    run_scenario(scenario, world, options=ep.SolveOptions(max_seconds=3.0))
    assert set(limits) == {3.0}


def test_a_time_without_a_result_leads_to_a_longer_one(
    world: ep.World, scenario: ep.Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    def solve(*given):
        return replace(ep.solve(*given), verdict=ep.Verdict.NOT_CONVERGED, reasons=("told",))

    monkeypatch.setattr(module, "solve", solve)
    with pytest.raises(ep.NotSolvedError, match=r"12 months .*short_run.*told.*A longer time may"):
        run_scenario(scenario, world, horizon=preset("short_run"), ranges=False)
    with pytest.raises(ep.NotSolvedError) as told:
        run_scenario(scenario, world, ranges=False)
    assert "A longer time" not in str(told.value)


def test_the_note_of_a_time_beyond_the_presets_is_kept(
    world: ep.World, scenario: ep.Scenario
) -> None:
    run = run_scenario(scenario, world, horizon=at(240), ranges=False)
    assert "240 months lie after the last preset (long_run, 120)" in run.notes[-1]
