"""From a scenario to a shock: conflicts, ranges, dates, groups, other worlds."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.channels import CASES, CELL_COLUMNS, compile_shock
from entrepot.core.errors import InputError, ScenarioError
from entrepot.scenario import library, load_scenarios
from entrepot.scenario.measures import TRADE_KINDS
from entrepot.scenario.oil_measures import OIL_KINDS
from entrepot.world.bundle import list_worlds, load_world
from entrepot.world.layout import REGIONS, SECTOR_CODES
from entrepot.world.world import World

EMBARGO = {"kind": "embargo", "senders": ["USA"], "targets": ["IRN"]}


def test_no_measure_in_force_is_no_shock(world, scenario):
    body = {**EMBARGO, "from": "2018-01-01"}
    compiled = compile_shock(world, scenario(body), date(2017, 1, 1))

    assert compiled.shock.bind(world).changed == ()
    assert list(compiled.cells.columns) == list(CELL_COLUMNS)
    assert compiled.notes == (
        "no measure of scenario 'x' is in force on 2017-01-01: it changes nothing, and every "
        "result is that of the benchmark.",
        "measure 'm' is not in force on 2017-01-01 and does nothing.",
    )


def test_names_in_place_of_the_things_are_refused_together():
    with pytest.raises(InputError) as refused:
        compile_shock("2017", "zero-by-november")
    assert [p.split(";")[0] for p in refused.value.problems] == [
        "world is a str",
        "scenario is a str",
    ]


def test_a_compiled_scenario_is_bound_to_its_own_world_alone(world, scenario):
    """The other world has the same shape, so that its arrays would fit."""
    compiled = compile_shock(world, scenario(EMBARGO))
    assert compiled.bind(world).hash() == compiled.shock.bind(world).hash()
    other = replace(world, name="other", tariff=world.tariff + 0.01)
    with pytest.raises(ScenarioError, match=r"'x' was compiled for .* 'other' is .* Compile it"):
        compiled.bind(other)


def test_the_table_of_cells_is_the_shock(world, scenario):
    measures = {
        "ban": EMBARGO,
        "tax": {"kind": "tariff", "senders": ["USA"], "targets": ["CHN"], "rate": 0.25},
        "loss": {"kind": "capacity_loss", "targets": ["IRN"], "sectors": ["crude"], "share": 0.4},
        "aid": {"kind": "transfer", "senders": ["CHN"], "targets": ["IRN"], "amount": 9},
    }
    compiled = compile_shock(world, scenario(measures))
    cells = compiled.cells
    assert set(cells["instrument"]) == {"access", "tariff", "productivity", "transfer"}
    trade = world.trade_share * world.expenditure[None]
    for row in cells[cells["instrument"].isin(["access", "tariff"])].itertuples():
        at = (
            world.regions.index(row.origin),
            world.regions.index(row.dest),
            world.sectors.index(row.sector),
        )
        assert getattr(compiled.shock, row.instrument)[at] == row.after
        assert row.trade == trade[at]
        assert row.before == (1.0 if row.instrument == "access" else world.tariff[at])
    transfers = cells[cells["instrument"] == "transfer"].set_index("origin")["after"]
    assert transfers.to_dict() == pytest.approx({"CHN": -9.0, "IRN": 9.0})
    assert set(cells.groupby("instrument")["measure"].unique().map(tuple)) == {
        (name,) for name in measures
    }


def test_two_measures_that_disagree_on_a_cell_are_refused_with_both_places(world):
    text = """\
format: entrepot/1
measures:
  first: {kind: embargo, senders: [USA, DEU], targets: [IRN], compliance: 0.5}
  second:
    kind: embargo
    senders: [DEU, CHN]
    targets: [IRN]
scenarios: {x: [first, second]}
"""
    with pytest.raises(ScenarioError) as caught:
        compile_shock(world, load_scenarios(text)["x"])
    message = str(caught.value)
    assert "'first' (<text>:3) and 'second' (<text>:4) set access of (DEU, IRN, grain)" in message
    assert "to 0.5 and to 0, and 7 more cells." in message


def test_measures_that_agree_on_a_cell_are_fine(world, scenario):
    both = scenario({"a": {**EMBARGO, "senders": ["USA", "DEU"]}, "b": EMBARGO})
    one = scenario({**EMBARGO, "senders": ["USA", "DEU"]})
    assert (compile_shock(world, both).shock.access == compile_shock(world, one).shock.access).all()


def test_a_measure_that_stops_nothing_does_not_contradict_one_that_does(world, scenario):
    both = {
        "a": {**EMBARGO, "compliance": {"CHN": 0.0}},
        "b": {**EMBARGO, "senders": ["CHN"]},
    }
    assert compile_shock(world, scenario(both)).shock.access[1, 3, 0] == 0


def test_measures_at_different_times_do_not_contradict_each_other(world, scenario):
    tariff = {"kind": "tariff", "senders": ["USA"], "targets": ["CHN"]}
    steps = {
        "a": {**tariff, "rate": 0.1, "from": "2018-09-24", "until": "2019-05-09"},
        "b": {**tariff, "rate": 0.25, "from": "2019-05-10"},
    }
    found = scenario(steps)
    early = compile_shock(world, found, date(2019, 1, 1)).shock.tariff[1, 0, 0]
    assert (early, compile_shock(world, found).shock.tariff[1, 0, 0]) == (0.1, 0.25)


def test_all_conflicts_are_said_at_once(world, scenario):
    measures = {
        "a": EMBARGO,
        "b": {**EMBARGO, "compliance": 0.5},
        "c": {"kind": "tariff", "senders": ["USA"], "targets": ["CHN"], "rate": 0.1},
        "d": {"kind": "trade_agreement", "members": ["USA", "CHN"], "cut": 1},
    }
    with pytest.raises(ScenarioError) as caught:
        compile_shock(world, scenario(measures))
    assert len(caught.value.problems) == 2


def test_a_scenario_for_another_world_lists_everything_that_is_missing(other_world, scenario):
    measures = {
        "a": {**EMBARGO, "exempt": [{"who": ["TUR"]}], "sectors": ["crude", "grain"]},
        "b": {**EMBARGO, "senders": ["GCC"]},
    }
    found = load_scenarios(
        {
            "format": "entrepot/1",
            "measures": measures,
            "scenarios": {"x": {"include": ["a", "b"], "frozen": ["RUS"]}},
        }
    )["x"]
    with pytest.raises(ScenarioError) as caught:
        compile_shock(other_world, found)
    problems = caught.value.problems
    assert len(problems) == 3
    assert "no member of GCC by itself (ARE, BHR, KWT, OMN, QAT, SAU)" in problems[0]
    assert "lacks the economies IRN (a.targets, b.targets)" in problems[1]
    assert "TUR (a.exempt.0.who), RUS (x.frozen). It has USA, CHN, ARM." in problems[1]
    assert "lacks the sectors crude (a.sectors). It has grain, coal." in problems[2]


def test_members_of_a_group_inside_row_are_noted(world, scenario):
    compiled = compile_shock(world, scenario({**EMBARGO, "senders": ["G7"]}))
    assert compiled.notes == (
        "G7: CAN, FRA, GBR, ITA, JPN not by themselves in this world, not covered.",
    )
    assert set(compiled.cells["origin"]) == {"USA", "DEU", "IRN"}


def test_sectors_of_a_group_that_the_world_lacks_are_noted(world, scenario):
    compiled = compile_shock(world, scenario({**EMBARGO, "sectors": ["energy"]}))
    assert (
        "energy: this world has no sector gas, refined; the others are covered." in compiled.notes
    )


def test_group_membership_is_that_of_the_day(world, scenario):
    body = {**EMBARGO, "targets": ["BRICS"]}
    early = compile_shock(world, scenario(body), date(2023, 12, 31))
    late = compile_shock(world, scenario(body), date(2024, 1, 1))
    assert "IRN" not in set(early.cells["dest"])
    assert "IRN" in set(late.cells["dest"])


def test_a_measure_without_trade_is_noted(scenario):
    share = np.zeros((2, 2, 1))
    share[[0, 1], [0, 1]] = 1.0
    world = World.from_arrays(
        regions=("USA", "IRN"),
        sectors=("crude",),
        trade_share=share,
        input_share=np.zeros((2, 1, 1)),
        value_added_share=np.ones((2, 1)),
        final_share=np.ones((2, 1)),
        value_added=np.array([10.0, 1.0]),
    )
    compiled = compile_shock(world, scenario(EMBARGO))
    assert compiled.notes == ("measure 'm' changes no cell with trade in this world.",)


@pytest.mark.parametrize(
    ("start", "noted"), [("2016-01-16", True), ("2017-06-05", True), ("2018-01-01", False)]
)
def test_a_measure_older_than_the_world_is_noted(world, scenario, start, noted):
    dated = replace(world, year=2017)
    notes = compile_shock(dated, scenario({**EMBARGO, "from": start})).notes
    assert any("already hold part of its effect" in n for n in notes) is noted


RANGES = {
    **EMBARGO,
    "compliance": {"low": 0.5, "central": 0.7, "high": 1.0, "source": "a study"},
    "secondary": {"enforcement": {"low": 0.1, "central": 0.2, "high": 0.3}},
    "exempt": [{"sectors": ["grain"]}],
}


@pytest.mark.parametrize(
    ("case", "usa", "chn"), [("low", 0.5, 0.9), ("central", 0.3, 0.8), ("high", 0.0, 0.7)]
)
def test_a_run_takes_one_end_of_all_ranges(world, scenario, case, usa, chn):
    access = compile_shock(world, scenario(RANGES), case=case).shock.access
    assert access[3, [0, 1], 1] == pytest.approx([usa, chn])


def test_every_given_number_is_an_assumption_with_range_and_source(world, scenario):
    compiled = compile_shock(world, scenario(RANGES), case="high")
    table = compiled.assumption_table().set_index("name")
    assert table.loc["m.compliance.default", ["value", "low", "high"]].tolist() == [1.0, 0.5, 1.0]
    assert table["source"].to_dict() == {
        "m.secondary.enforcement": "assumed",
        "m.compliance.default": "a study",
        "m.exempt.0.share": "default",
    }
    assert all(table["note"])


def test_single_numbers_are_overridden_by_name(world, scenario):
    compiled = compile_shock(
        world,
        scenario(RANGES),
        overrides={"m.secondary.enforcement": 0.9, "m.compliance.default": 1},
    )
    assert compiled.shock.access[3, [0, 1], 1] == pytest.approx([0.0, 0.1])
    assert compiled.assumptions[0].value == 0.9


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (
            {"m.compliance.defalt": 1},
            r"belongs to no number .* Did you mean 'm\.compliance\.default'",
        ),
        (
            {"m.compliance.default": 1.5},
            r"override m.compliance.default = 1.5 lies outside \[0, 1\]",
        ),
        ({"m.compliance.default": float("nan")}, "override m.compliance.default = nan"),
    ],
)
def test_bad_overrides_are_refused(world, scenario, overrides, message):
    with pytest.raises(ScenarioError, match=message):
        compile_shock(world, scenario(RANGES), overrides=overrides)


def test_a_legal_rate_is_no_assumption_but_may_be_overridden(world, scenario):
    body = {"kind": "tariff", "senders": ["USA"], "targets": ["CHN"], "rate": 0.25}
    assert compile_shock(world, scenario(body)).assumptions == ()
    moved = compile_shock(world, scenario(body), overrides={"m.rate": 0.4})
    assert moved.shock.tariff[1, 0, 0] == 0.4


def test_an_unknown_case_is_refused(world, scenario):
    with pytest.raises(ScenarioError, match="Choose one of low, central, high"):
        compile_shock(world, scenario(EMBARGO), case="worst")


def test_frozen_economies_reach_the_shock(world):
    data = {
        "format": "entrepot/1",
        "measures": {"m": EMBARGO},
        "scenarios": {"x": {"include": ["m"], "frozen": ["IRN"]}},
    }
    compiled = compile_shock(world, load_scenarios(data)["x"])
    assert compiled.closure == "frozen"
    assert compiled.shock.frozen.tolist() == [r == "IRN" for r in world.regions]
    assert compiled.cells.query("instrument == 'frozen'")["origin"].tolist() == ["IRN"]


def test_the_world_is_not_changed_and_the_shock_cannot_be(world, scenario):
    before = world.tariff.copy()
    body = {"kind": "tariff", "senders": ["USA"], "targets": ["CHN"], "rate": 0.25}
    shock = compile_shock(world, scenario(body)).shock
    assert (world.tariff == before).all()
    with pytest.raises(ValueError, match="read-only"):
        shock.tariff[0, 0, 0] = 1.0


MEASURES = {
    "a": {**EMBARGO, "senders": ["USA", "DEU"], "compliance": {"CHN": 0.4}},
    "b": {"kind": "tariff", "senders": ["USA"], "targets": ["CHN", "RUS"], "rate": 0.3},
    "c": {"kind": "export_control", "senders": ["DEU"], "targets": ["RUS"], "coverage": 0.5},
    "d": {"kind": "trade_cost", "senders": ["RUS"], "targets": ["all"], "percent": 5},
    "e": {"kind": "transfer", "senders": ["CHN"], "targets": ["IRN"], "amount": 10},
    "f": {"kind": "transfer", "senders": ["RUS"], "targets": ["IRN"], "amount": 0.1},
    "g": {"kind": "capacity_loss", "targets": ["RUS"], "sectors": ["crude"], "share": 0.1},
}


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(sorted(MEASURES)))
def test_no_order_changes_the_shock(world, scenario, order):
    base = compile_shock(world, scenario(MEASURES))
    other = compile_shock(world, scenario({k: MEASURES[k] for k in order}))
    assert other.shock.bind(world).hash() == base.shock.bind(world).hash()
    assert other.scenario_hash == base.scenario_hash
    columns = [c for c in CELL_COLUMNS if c != "where"]
    pd.testing.assert_frame_equal(other.cells[columns], base.cells[columns])
    assert other.assumptions == base.assumptions


shares = st.floats(0.0, 1.0)


@settings(max_examples=50, deadline=None)
@given(compliance=shares, exempt=shares, coverage=shares)
def test_the_share_stopped_is_coverage_times_not_exempted_times_compliance(
    world, scenario, compliance, exempt, coverage
):
    body = {
        "kind": "export_control",
        "senders": ["USA"],
        "targets": ["IRN"],
        "coverage": coverage,
        "compliance": compliance,
        "exempt": [{"share": exempt}],
    }
    shock = compile_shock(world, scenario(body)).shock.bind(world)
    stopped = 1.0 - shock.access[0, 3]
    assert stopped == pytest.approx(coverage * (1 - exempt) * compliance)
    assert (shock.access >= 0).all()
    assert (shock.access <= 1).all()


@settings(max_examples=25, deadline=None)
@given(weaker=shares, stronger=shares)
def test_more_compliance_never_leaves_more_access(world, scenario, weaker, stronger):
    weaker, stronger = sorted((weaker, stronger))
    low, high = (
        compile_shock(world, scenario({**EMBARGO, "compliance": c})).shock.bind(world).access
        for c in (weaker, stronger)
    )
    assert (high <= low).all()


def of_trade(scenario):
    """Whether the scenario has measures of trade alone, which compile in no time."""
    return all(e.measure.kind in TRADE_KINDS for e in scenario.entries)


@pytest.mark.parametrize("name", [n for n, s in library().items() if of_trade(s)])
def test_the_library_fits_worlds_with_the_labels_of_the_bundled_ones(wide, name):
    for case in CASES:
        compiled = compile_shock(wide, library()[name], case=case)
        bound = compiled.shock.bind(wide)
        assert bound.changed
        makers = {m for joined in compiled.cells["measure"] for m in joined.split(", ")}
        assert makers <= {e.name for e in library()[name].entries}
    assert not [n for n in compiled.notes if "no cell" in n or "not in force" in n]


@pytest.mark.parametrize("name", list_worlds())
def test_the_library_of_trade_fits_the_bundled_worlds_and_touches_trade(name):
    bundled = load_world(name)
    for scenario_name, found in library().items():
        if not of_trade(found):
            continue
        compiled = compile_shock(bundled, found)
        compiled.shock.bind(bundled)
        idle = any("changes no cell with trade" in note for note in compiled.notes)
        trade = compiled.cells["trade"]
        # transfers and lost capacity are no cells of trade
        touches = trade.sum() > 0 or (len(trade) > 0 and trade.isna().all())
        # without the layer of hidden oil a world may record no Iranian oil at all
        assert touches or (idle and name.endswith("-recorded"))
        assert not [n for n in compiled.notes if "not by themselves" in n], scenario_name


@pytest.mark.parametrize("name", [n for n, s in library().items() if not of_trade(s)])
def test_the_library_of_channels_fits_a_bundled_world(bundled, name):
    """Queues at every link take long: what they do is tested with the cases that ask for them."""
    found = library()[name]
    if any(getattr(e.measure, "queues", "") == "all" for e in found.entries):
        assert {e.measure.kind for e in found.entries} == {"corridor"}
        return
    compiled = compile_shock(bundled, found)
    if any(e.measure.kind in OIL_KINDS for e in found.entries):  # the loop sets the costs of crude
        assert compiled.details["oil"].after.brent > 0
        return
    assert compiled.shock.bind(bundled).changed
    makers = {m for joined in compiled.cells["measure"] for m in joined.split(", ")}
    assert makers <= {e.name for e in found.entries}
    assert not [n for n in compiled.notes if "no cell" in n]


@pytest.fixture(scope="module")
def bundled():
    return load_world("2017")


def test_the_representation_is_short(world, scenario):
    text = repr(compile_shock(world, scenario(EMBARGO)))
    assert text.startswith("<Compiled 'x' (no date, central): 8 cells, 1 assumptions, ")


def test_waivers_lapse_in_the_library(wide):
    first = compile_shock(wide, library()["us-iran-oil-2018"]).shock.access
    later = compile_shock(wide, library()["us-iran-oil-2019"]).shock.access
    crude = SECTOR_CODES.index("crude")
    iran, india, france = (REGIONS.index(c) for c in ("IRN", "IND", "FRA"))
    assert later[iran, india, crude] < first[iran, india, crude]
    assert later[iran, france, crude] == first[iran, france, crude] == pytest.approx(0.05)


def test_zero_by_november_bans_all_iranian_crude(wide):
    access = compile_shock(wide, library()["zero-by-november"]).shock.access
    iran, crude = REGIONS.index("IRN"), SECTOR_CODES.index("crude")
    exports = np.delete(access[iran, :, crude], iran)
    assert (exports == 0).all()
    assert access.sum() == access.size - len(REGIONS) + 1
