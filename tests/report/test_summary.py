"""Numbers of console, page and JSON twin are those of the results, computed here once more."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from entrepot.report import print_summary, summarise, to_json
from entrepot.report.words import answer, bounds, money, percent

NAMES = ("oil-2018", "cut", "rest", "pact", "same", "duty", "loss")


def text_of(summary, width: int = 80) -> str:
    console = Console(width=width, record=True, file=open("/dev/null", "w"))  # noqa: SIM115 - rich keeps it open
    print_summary(summary, console)
    text = console.export_text()
    console.file.close()
    return text


def test_welfare_is_the_ratio_of_real_final_expenditure(run, summary):
    world, hats = run.world, run.results.welfare.values
    frame = summary.welfare.set_index("code").loc[list(world.regions)]
    assert frame["percent"].to_numpy() == pytest.approx(100 * (hats - 1), abs=1e-12)
    income = world.accounts().income / 1000
    assert frame["bn_usd"].to_numpy() == pytest.approx((hats - 1) * income, rel=1e-9)
    assert summary.welfare["percent"].is_monotonic_increasing


def test_ranges_hold_the_central_case_and_every_variant(run, summary):
    frame = summary.welfare.set_index("code")
    for region in run.world.regions:
        values = 100 * (run.variants["welfare"].sel(region=region).values - 1)
        row = frame.loc[region]
        assert (row["low"], row["high"]) == (values.min(), values.max())
        assert row["low"] <= row["percent"] <= row["high"]
    assert summary.variants == 9


def test_exports_are_the_sum_of_flows_to_others(run, summary):
    world, i = run.world, run.world.regions.index("IRN")
    flows = run.results.trade_flows["counterfactual"].values / 1000
    for k, sector in enumerate(world.sectors):
        row = summary.exports.set_index("sector").loc[sector]
        assert row["after"] == pytest.approx(np.delete(flows[i, :, k], i).sum(), rel=1e-12)
    all_sectors = summary.exports.set_index("sector").loc["all"]
    assert all_sectors["after"] == pytest.approx(np.delete(flows[i], i, axis=0).sum(), rel=1e-12)
    before = np.delete(world.trade_flows()[i], i, axis=0).sum() / 1000
    assert all_sectors["before"] == pytest.approx(before, rel=1e-12)
    assert summary.export_range["before"].iloc[0] == pytest.approx(before, rel=1e-12)


def test_partners_add_up_to_exports_and_imports(run, summary):
    i = run.world.regions.index("IRN")
    flows = run.results.trade_flows["counterfactual"].values / 1000
    sums = summary.partners.groupby("direction")["after"].sum()
    assert sums["exports"] == pytest.approx(np.delete(flows[i], i, 0).sum())
    assert sums["imports"] == pytest.approx(np.delete(flows[:, i], i, 0).sum())
    assert (summary.partners["partner"] != "IRN").all()


def test_tariff_revenue_is_the_rate_times_trade_before(run, summary):
    world = run.world
    paid = (world.tariff * world.trade_flows()).sum(axis=(0, 2)) / 1000
    for _, row in summary.revenue.iterrows():
        assert row["before"] == pytest.approx(paid[world.regions.index(row["economy"])], rel=1e-9)


def test_parts_of_the_provenance_add_to_one(summary):
    assert summary.provenance.iloc[0, 1:].sum() == pytest.approx(1)


def test_only_measures_in_force_are_named(run, summary):
    assert {e.name for e in run.scenario.entries} == {"oil", "later"}
    assert [row["measure"] for row in summary.measures] == ["oil"]


def test_the_certificate_is_that_of_the_solution(run, summary):
    assert summary.worst == run.solution.certificate.worst[1]
    assert summary.worst == max(summary.certificate.values()) <= 1e-8


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_scenario_can_be_told(solved, name):
    summary = summarise(solved(name))
    text = text_of(summary)
    twin = json.loads(json.dumps(to_json(summary), default=str, allow_nan=False))
    assert twin["answer"] == answer(summary)
    for word in ("nan", "inf ", "None"):
        assert word not in text.replace("finance", "")
    assert [r["percent"] for r in twin["welfare"]] == summary.welfare["percent"].tolist()


def test_console_shows_the_numbers_of_the_summary(summary):
    text = text_of(summary, 200)
    row = summary.welfare.set_index("code").loc["IRN"]
    for part in (percent(row["percent"]), f"({bounds(row['low'], row['high'])})",
                 money(row["bn_usd"], signed=True)):  # fmt: skip
        assert part in text
    for _, row in pd.concat([summary.losers[:5], summary.gainers[:5]]).iterrows():
        assert row["name"] in text
        assert percent(row["percent"]) in text


def test_no_note_is_left_out_in_silence(summary):
    notes = ("a", "b", "c", "split by value added, which is ASSUMED", "d")
    text = text_of(replace(summary, notes=notes), 200)
    assert [x for x in text.splitlines() if x.startswith("note: ")] == [
        "note: split by value added, which is ASSUMED", "note: a", "note: b"
    ]  # fmt: skip
    assert "and 2 more notes in the report" in text
    assert "more notes" not in text_of(replace(summary, notes=notes[:3]), 200)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_fit_the_terminal(summary, width):
    assert max(len(line.rstrip()) for line in text_of(summary, width).splitlines()) <= width


def test_square_brackets_are_text(summary):
    text = text_of(summary, 200)
    assert "[red]Oil" in text
    assert "United [bold]States" in text


def test_no_change_is_said_to_be_none(solved):
    summary = summarise(solved("same"))
    assert len(summary.losers) == len(summary.gainers) == 0
    assert "nobody loses and nobody gains" in " ".join(answer(summary))
    text = text_of(summary)
    assert "Nobody loses" in text
    assert "Nobody gains" in text


def test_without_targets_nobody_is_singled_out(solved):
    summary = summarise(solved("pact"))
    assert summary.targets == ()
    assert answer(summary)[0].startswith("Of all economies")
    assert "Those who take the measures" in " ".join(answer(summary))
    assert summary.exports.empty
    assert summary.partners.empty


def test_of_many_targets_the_two_worst_are_named_and_all_added_up(solved):
    summary = summarise(solved("duty"))
    lines, frame = answer(summary), summary.welfare.set_index("code")
    worst = frame.loc[list(summary.targets)].sort_values("percent")["name"].tolist()
    assert [line.split(":")[0] for line in lines[:2]] == worst[:2]
    total = frame.loc[list(summary.targets), "bn_usd"].sum()
    assert lines[2] == f"The 4 targets: {money(total, signed=True)} bn USD together."


def test_autarky_ends_all_trade(solved):
    summary = summarise(solved("cut"))
    row = summary.exports.set_index("sector").loc["all"]
    assert (row["after"], row["percent"]) == (0, -100)


def test_the_rest_of_the_world_can_be_a_target(solved):
    summary = summarise(solved("rest"))
    assert summary.targets == ("ROW",)
    assert answer(summary)[0].startswith("Rest of the world: welfare")


def test_failed_variants_are_listed_everywhere(run):
    reason = "elasticities low, behaviour high: no certified result <i>here</i>"
    summary = summarise(replace(run, failed=(reason,)))
    assert f"no result: {reason}" in text_of(summary, 200)
    assert "1 more gave no result" in " ".join(answer(summary))
    assert to_json(summary)["failed"] == (reason,)


def test_sales_from_nothing_have_no_per_cent(run):
    """A sector the target did not sell before gives a missing number, not infinity."""
    data = run.results.exports
    data["baseline"].loc[{"region": "IRN", "sector": "grain"}] = 0.0

    class Results:
        exports = data

    from entrepot.report.summary import _exports

    frame = _exports(replace(run, results=Results())).set_index("sector")
    assert np.isnan(frame.loc["grain", "percent"])


def test_amounts_and_changes_in_words():
    assert percent(0.004) == percent(-0.004) == "0.00 %"
    assert percent(-12.34) == "-12 %"
    assert percent(1.234) == "+1.23 %"
    assert bounds(1.0, 1.001) == "no range"
    assert bounds(-2.98, 1.66) == "-2.98 to +1.66 %"
    assert [money(v) for v in (0.001, 0.5, 12.34, 12345.6)] == ["0", "0.50", "12.3", "12,346"]
    assert money(-0.001, signed=True) == "0"


def test_a_day_before_every_measure_is_said(run):
    from datetime import date

    summary = summarise(replace(run, day=date(2000, 1, 1)))
    assert summary.measures == ()
    assert "no measure is in force on this day" in text_of(summary)
