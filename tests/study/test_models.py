"""Presets and bounds side by side: what is solved, the spread, the shares, and what fails."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import permutations
from xml.etree import ElementTree

import numpy as np
import pytest
import small as made
from rich.console import Console

import entrepot as ep
from entrepot.core.errors import ValueRangeError
from entrepot.model.presets import SYMBOLS, preset
from entrepot.report import print_models
from entrepot.report.models import models_answer, models_table, moved_by, moved_text, shown
from entrepot.report.plain import PLAIN
from entrepot.report.strips import Strip, axis, strip_chart
from entrepot.report.words import percent
from entrepot.scenario import load_scenarios
from entrepot.solving import Solution, Verdict, solve
from entrepot.study import Run, run_scenario
from entrepot.study import models as module
from entrepot.study.bounds import bounds
from entrepot.study.models import Models, compare_models

PRESETS = ("very_short_run", "short_run", "medium_run", "long_run")


@pytest.fixture(scope="module")
def run() -> Run:
    return run_scenario(load_scenarios(made.FILE)["oil-2018"], made.make_world(), ranges=False)


@pytest.fixture(scope="module")
def models(run: Run) -> Models:
    return compare_models(run)


def broken(monkeypatch: pytest.MonkeyPatch, fails) -> list[ep.Economy]:
    """Let solves whose economy meets `fails` end without a result; return what was solved."""
    asked: list[ep.Economy] = []

    def solve_or_not(world, economy, *rest) -> Solution:
        asked.append(economy)
        done = solve(world, economy, *rest)
        if not fails(economy):
            return done
        return replace(done, verdict=Verdict.NOT_CONVERGED, reasons=("told to",), state=None)

    monkeypatch.setattr(module, "solve", solve_or_not)
    return asked


def test_every_preset_is_what_solving_it_alone_gives(models: Models, run: Run) -> None:
    assert models.certified == PRESETS
    for name in PRESETS:
        alone = ep.solve(run.world, ep.Economy.from_preset(preset(name)), run.solution.shock)
        np.testing.assert_allclose(
            models.welfare.sel(preset=name), 100 * (alone.results().welfare - 1), atol=1e-9
        )
    gap = models.welfare.max("preset") - models.welfare.min("preset")
    np.testing.assert_allclose(models.spread, gap, rtol=1e-12)


def test_bounds_are_those_at_the_trade_elasticities_of_each_preset(
    models: Models, run: Run
) -> None:
    for name in PRESETS:
        theta = run.world.theta * preset(name).parameters["theta_ratio"].value
        alone = bounds(run.world, run.solution.shock, theta=theta)
        np.testing.assert_allclose(
            models.final.sel(preset=name), 100 * (alone.final - 1), atol=1e-9
        )
        if name == PRESETS[0]:
            np.testing.assert_array_equal(models.bounds.rerouted, alone.rerouted)
            assert models.bounds.chains == alone.chains
            np.testing.assert_array_equal(models.bounds.upstream, alone.upstream)
    rising = models.final.diff("preset")
    assert (rising >= -1e-9).all(), "with easier trade the bound cannot be lower"


def test_shares_are_the_mean_over_every_order_and_add_up(models: Models, run: Run) -> None:
    assert models.way == ("long_run", "very_short_run")
    start, end = preset("long_run"), preset("very_short_run")
    i, known = run.world.regions.index("IRN"), {}

    def worth(moved: frozenset[str]) -> float:
        if moved not in known:
            values = {n: (end if n in moved else start).parameters[n].value for n in SYMBOLS}
            solution = ep.solve(run.world, ep.Economy(**values), run.solution.shock)
            known[moved] = 100 * (solution.results().welfare.values[i] - 1)
        return known[moved]

    orders = list(permutations(SYMBOLS))
    for name in SYMBOLS:
        added = [
            worth(frozenset(o[: o.index(name) + 1])) - worth(frozenset(o[: o.index(name)]))
            for o in orders
        ]
        share = models.shares.sel(region="IRN", parameter=name).item()
        assert share == pytest.approx(np.mean(added), abs=1e-7)
    whole = models.welfare.sel(preset="very_short_run") - models.welfare.sel(preset="long_run")
    np.testing.assert_allclose(models.shares.sum("parameter"), whole, atol=1e-9)
    assert sum(part for *_, part in moved_by(models, "IRN")) == pytest.approx(100)


def test_the_words_name_the_largest_share(models: Models) -> None:
    for code in models.run.world.regions:
        shares = models.shares.sel(region=code)
        found = moved_by(models, code)
        if not found:
            assert abs(shares.sum().item()) < 0.005
            assert moved_text(models, code) == "hardly moves"
            continue
        assert found[0][0] == shares["parameter"].values[abs(shares.values).argmax()]
        _, points, part = found[0]
        told = f"{part:.0f} %" if abs(part) < 100.5 else f"{points:+.2f} points"
        assert moved_text(models, code).endswith(told)


def test_who_loses_more_than_a_shortage_could_cost_is_flagged(models: Models) -> None:
    below = models.below()
    for name in PRESETS:
        for code in models.run.world.regions:
            at = {"preset": name, "region": code}
            gap = models.welfare.sel(at).item() - models.final.sel(at).item()
            assert below.sel(at).item() == (gap < -0.005)
    table = models_table(models).set_index("code")
    for code in models.run.world.regions:
        told = [n for n in table.loc[code, "terms_of_trade"].split(", ") if n]
        assert told == [n for n in PRESETS if below.sel(preset=n, region=code)]


def test_a_preset_without_a_result_is_named_and_the_next_is_taken(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    hardest = preset("very_short_run").parameters["theta_ratio"].value
    broken(monkeypatch, lambda e: e.theta_ratio == hardest)
    models = compare_models(run)
    assert models.verdict["very_short_run"] == "not converged"
    assert "told to" in models.reason["very_short_run"]
    assert models.welfare.sel(preset="very_short_run").isnull().all()
    assert models.way == ("long_run", "short_run")
    assert np.isfinite(models.spread).all()
    assert any("very short run: not converged" in line for line in models_answer(models))
    table = models_table(models)
    assert set(table["very_short_run_verdict"]) == {"not converged"}


def test_a_step_without_a_result_leads_to_the_next_preset(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the corner with all but one parameter of the first month fails."""
    first = preset("very_short_run").parameters
    asked = broken(
        monkeypatch, lambda e: e.kappa == first["kappa"].value and e.sigma == 1 and e.mu == 0.05
    )
    models = compare_models(run)
    assert models.certified == PRESETS
    assert models.way == ("long_run", "short_run")
    (note,) = models.notes
    assert "What moves the answer to the very short run cannot be said: with only" in note
    assert note in models_answer(models)
    assert len(asked) < 2 * 32, "it stops at the first step without a result"


def test_with_no_result_at_all_the_table_still_stands(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch, lambda e: True)
    short = replace(run, economy=ep.Economy(theta_ratio=0.5))
    models = compare_models(short)
    assert (models.certified, models.way) == ((), ())
    assert np.isnan(models.spread).all()
    assert models_table(models)["final"].notna().all()
    assert {moved_text(models, c) for c in run.world.regions} == {"not split"}
    assert "no preset has a result" in models_answer(models)[0]


def test_the_limit_of_time_is_checked(run: Run) -> None:
    with pytest.raises(ValueRangeError, match="max_seconds must be positive"):
        compare_models(run, max_seconds=0.0)


def test_own_presets_are_used(run: Run) -> None:
    own = {"value": 0.9, "low": 0.9, "high": 0.9, "source": "assumed"}
    source = {"format": "entrepot-presets/1", "medium_run": {"theta_ratio": own}}
    models = compare_models(run, source=source)
    assert models.presets[2].parameters["theta_ratio"].value == 0.9


def test_a_run_at_another_time_compares_to_the_same(models: Models) -> None:
    scenario = load_scenarios(made.FILE)["oil-2018"]
    short = run_scenario(scenario, made.make_world(), ranges=False, horizon=preset("short_run"))
    again = compare_models(short)
    np.testing.assert_allclose(again.welfare, models.welfare, atol=1e-9)


def test_targets_come_first_and_everybody_has_a_role(models: Models) -> None:
    found = shown(models)
    assert list(found.values()) == sorted(found.values(), key=["target", "sender", "other"].index)
    assert found["IRN"] == "target"


def test_a_preset_that_moves_bystanders_far_is_called_a_stress_test(models: Models) -> None:
    def warned(one: Models) -> list[str]:
        return [line for line in models_answer(one) if "stress test" in line]

    models = replace(models, run=replace(models.run, senders=("USA",)))
    for amount, told in ((-30.0, 1), (9.9, 0)):
        calm = models.welfare * 0.0
        calm.loc[{"preset": "short_run", "region": "CHN"}] = amount
        lines = warned(replace(models, welfare=calm))
        assert len(lines) == told
    calm.loc[{"preset": "short_run", "region": "IRN"}] = -80.0
    assert warned(replace(models, welfare=calm)) == []


def test_lost_sales_of_targets_and_senders_are_told(models: Models, run: Run) -> None:
    """Upstream of the target its own oil, of a sender what it may no longer sell."""
    lost = -100 * bounds(run.world, run.solution.shock).upstream.sel(region="IRN").item()
    table = models_table(models).set_index("code")
    assert table.loc["IRN", "upstream"] == pytest.approx(lost)
    assert lost < -0.1
    (line,) = [line for line in models_answer(models) if "Upstream" in line]
    assert f"Iran {percent(lost)} (target)" in line
    senders = replace(models, run=replace(run, targets=("CHN",), senders=("IRN",)))
    (line,) = [line for line in models_answer(senders) if "Upstream" in line]
    assert "(sender)" in line
    none = replace(models, bounds=None, unbounded="told to")
    assert models_table(none)["upstream"].isna().all()
    assert not [line for line in models_answer(none) if "Upstream" in line]


def test_no_words_under_a_strip_are_cut_off() -> None:
    words = "Nothing becomes scarce. Loses by dearer imports or cheaper exports " * 3
    strips = [Strip(name, "other", (None, None), ((0, -1.0, ""),), words) for name in "AB"]
    drawn = ElementTree.fromstring(strip_chart("x", strips, (("now", True),)))
    texts = [(e.text or "", float(e.get("y"))) for e in drawn.iter() if e.tag.endswith("text")]
    assert max(len(text) for text, _ in texts) <= 100
    assert " ".join(t for t, _ in texts).count("Loses by dearer imports") == 6
    ends = [y for text, y in texts if "cheaper exports" in text]
    (second,) = [y for text, y in texts if text == "B"]
    assert max(y for y in ends if y < second) < second - 10
    assert max(ends) < float(drawn.get("viewBox").split()[3])


def test_the_axis_holds_the_dots_and_near_bounds() -> None:
    def ends(*bar: float | None) -> list[float]:
        dots = ((0, -8.0, ""), (1, -2.0, ""))
        return axis(Strip("Iran", "target", (bar[0], bar[1]), dots, ""))

    far, near = ends(-52.0, 0.0), ends(-9.9, 0.0)
    assert far[0] > -52
    assert far[0] <= -8 < 0 <= far[-1]
    assert near[0] <= -9.9
    assert axis(Strip("X", "other", (None, None), (), ""))[0] == 0.0


def test_the_bundled_world() -> None:
    """Numbers of the guide: sooner is worse for Iran, and factors and trade elasticity say why."""
    run = run_scenario(ep.library()["zero-by-november"], ep.load_world("2017"), ranges=False)
    source = {
        "format": "entrepot-presets/1",
        "very_short_run": {
            name: {"value": p.value, "low": p.low, "high": p.high, "source": p.source}
            for name, p in preset("short_run").parameters.items()
        },
    }
    models = compare_models(run, source=source)
    iran = models.welfare.sel(region="IRN")
    assert models.certified == PRESETS
    assert list(iran.values[1:]) == sorted(iran.values[1:])
    assert iran.values == pytest.approx([-8.03, -8.03, -5.68, -2.17], abs=0.006)
    assert (iran > models.final.sel(region="IRN")).all()
    found = moved_by(models, "IRN")
    assert {name for name, *_ in found[:2]} == {"kappa", "theta_ratio"}
    assert "USA" in shown(models)


def test_the_table_fits_into_eighty_columns(models: Models) -> None:
    """Also with the longest verdicts, and names of two words."""
    console = Console(width=80, record=True, file=io.StringIO())
    verdict = {**models.verdict, "very_short_run": "not converged", "short_run": "not certified"}
    print_models(replace(models, verdict=verdict), console)
    text = console.export_text()
    assert "…" not in text
    assert "converged" in text
    assert all(words.short in text for words in PLAIN.values())
