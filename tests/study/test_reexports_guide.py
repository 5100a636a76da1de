"""The page on re-exports: its numbers are computed, and its table of numbers is the file's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import entrepot as ep
from entrepot.channels.reexports import hub_facts
from entrepot.data.trade import atlas_bilateral
from entrepot.study.hubs import hub_ranges, settle_hubs
from entrepot.study.hubs_record import HubComparison, compare_hubs

PAGE = (Path(__file__).parents[2] / "docs" / "guide" / "reexports.md").read_text("utf-8")
INSIDE = ("ARM", "KAZ", "KGZ")
VARIANTS: dict[str, dict[str, float]] = {
    "central": {},
    "no lower mark-up inside the customs union": {
        f"russia_hubs.{hub}.{name}": value
        for hub in INSIDE
        for name, value in (("markup", 0.4), ("detection", 0.03))
    },
    "ν = 6.83": {"russia_hubs.substitution": 6.83},
    "ν = 110": {"russia_hubs.substitution": 110.0},
}


@pytest.fixture(scope="module")
def variants() -> dict[str, HubComparison]:
    world, scenario = ep.load_world("2017"), ep.library()["russia-2022-hubs"]
    found = {}
    for name, overrides in VARIANTS.items():
        settled = settle_hubs(world, ep.compile_shock(world, scenario, overrides=overrides))
        assert settled.converged
        found[name] = compare_hubs(settled.recorded())
    return found


def rows(pattern: str) -> list[list[str]]:
    return [[c.strip() for c in row.split("|")[1:-1]]
            for row in re.findall(rf"^{pattern}.*\|$", PAGE, re.MULTILINE)]  # fmt: skip


def test_the_record_on_the_page_is_computed(variants: dict[str, HubComparison]) -> None:
    table = variants["central"].table.set_index(["series", "hub"])
    told = [r for r in rows(r"\| `(?:eu|imports|exports)_") if len(r) == 7]
    assert len(told) == len(table)
    for series, hub, *numbers in told:
        row = table.loc[(series.strip("`"), hub)]
        exact = [row[c] for c in ("predicted", "through", "recorded", "excess", "ratio")]
        assert [float(n) for n in numbers] == pytest.approx(exact, abs=0.06)


def test_the_scores_on_the_page_are_computed(variants: dict[str, HubComparison]) -> None:
    scores = variants["central"].scores.set_index("series")
    told = [r for r in rows(r"\| `(?:eu|imports|exports)_") if len(r) == 6]
    assert len(told) == len(scores)
    for series, hubs, same, *numbers in told:
        row = scores.loc[series.strip("`")]
        assert int(hubs) == row["hubs"]
        assert float(same.strip("%")) == pytest.approx(100 * row["same_direction"], abs=0.6)
        exact = [row[c] for c in ("rank", "rank_through", "ratio")]
        assert [float(n) for n in numbers] == pytest.approx(exact, abs=0.006)


def test_what_it_rests_on_is_computed(variants: dict[str, HubComparison]) -> None:
    for name, found in variants.items():
        ((_, *numbers),) = rows(rf"\| {re.escape(name)} \|")
        predicted = found.table.set_index(["series", "hub"])["predicted"]
        ratio = found.scores.set_index("series").loc["imports_from_eu", "ratio"]
        surges = [predicted["eu_exports", hub] for hub in ("KGZ", "ARM", "KAZ")]
        exact = [100 * found.replaced["predicted"], *surges, ratio]
        assert [float(n) for n in numbers] == pytest.approx(exact, abs=0.06)


def test_what_the_page_says_of_what_was_replaced(variants: dict[str, HubComparison]) -> None:
    told = variants["central"].replaced
    text = " ".join(PAGE.split())
    assert f"gained {100 * told['predicted']:.1f} in the model" in text
    assert f"on record {100 * told['recorded_by_union']:.1f} by the Union's customs" in text
    assert f"and {100 * told['recorded_by_neighbours']:.1f} by their own" in text


def test_the_numbers_of_the_rule_are_those_of_the_file() -> None:
    found = {r[0].split("`")[1]: r[1:4] for r in rows(r"\| `(?!eu_|imports_|exports_)\w+`,")}
    rule = hub_facts().rule
    assert set(found) == set(rule) - {"compliance"}
    for name, told in found.items():
        number = rule[name]
        assert [float(x) for x in told] == [number.central, number.low, number.high]


def test_the_elasticity_between_ways_matters_most() -> None:
    table = hub_ranges(ep.load_world("2017"), ep.library()["russia-2022-hubs"])
    first = table.iloc[0]
    assert first["name"] == "russia_hubs.substitution"
    assert first["evaded_high"] / first["evaded_low"] == pytest.approx(30, rel=0.1)
    assert set(table["name"].iloc[1:3]) == {"russia_hubs.KAZ.markup", "russia_hubs.KGZ.markup"}


def test_qatar_on_the_page_is_computed() -> None:
    (text,) = (b for b in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "blockade" in b)
    world, scenario = ep.load_world("2017"), ep.load_scenarios(text)["round_the_blockade"]
    hubs = settle_hubs(world, ep.compile_shock(world, scenario)).recorded().hubs()
    told = [r for r in rows(r"\| (?:OMN|KWT|TUR|IRN) \|") if len(r) == 6]
    assert [r[0] for r in told] == list(hubs["hub"])
    for (_, through, model, before, after, record), row in zip(
        told, hubs.itertuples(), strict=True
    ):
        assert float(through) == pytest.approx(row.through, abs=0.6)
        assert float(model) == pytest.approx(row.to_targets_after - row.to_targets_before, abs=0.6)
        assert float(record) == float(after) - float(before)


def test_the_record_of_qatar_is_that_of_the_atlas(raw_root: Path) -> None:
    flows = atlas_bilateral(raw_root).frame
    flows = flows[(flows["importer"] == "QAT") & (flows["hs2"].astype(str).str.zfill(2) != "27")]
    sums = flows.groupby(["exporter", "year"])["value_usd"].sum() / 1e6
    for hub, _, _, before, after, _ in (r for r in rows(r"\| (?:OMN|KWT|TUR|IRN) \|")
                                        if len(r) == 6):  # fmt: skip
        assert float(before) == pytest.approx(sums[hub, 2016], abs=0.6)
        assert float(after) == pytest.approx(sums[hub, 2018], abs=0.6)
