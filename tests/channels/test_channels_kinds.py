"""Every field of every kind does what its description says."""

from datetime import date

import numpy as np
import pytest

from entrepot.channels import compile_shock
from entrepot.core.errors import ScenarioError
from entrepot.scenario.explain import keys_of
from entrepot.scenario.measures import TRADE_KINDS
from entrepot.scenario.parts import Exemption, Secondary

BASE = {
    "embargo": {"senders": ["USA"], "targets": ["IRN"]},
    "export_control": {"senders": ["USA"], "targets": ["IRN"]},
    "tariff": {"senders": ["USA"], "targets": ["CHN"], "rate": 0.25},
    "export_tax": {"senders": ["RUS"], "targets": ["DEU"], "rate": 0.1},
    "trade_cost": {"senders": ["USA"], "targets": ["IRN"], "hat": 1.2},
    "transfer": {"senders": ["CHN"], "targets": ["IRN"], "amount": 600.0},
    "capacity_loss": {"targets": ["IRN"], "sectors": ["crude"], "share": 0.4},
    "trade_agreement": {"members": ["CHN", "RUS"], "cut": 0.5},
}

GRAIN, CRUDE, CHIPS, FINANCE = range(4)
DONE: set[tuple[str, str]] = set()


def covers(kind, *fields):
    """Note that a test is about these fields of a kind."""
    DONE.update((kind, f) for f in fields)
    return lambda test: test


def field(compiled, world, name):
    neutral = {"access": 1.0, "trade_cost": 1.0, "productivity": 1.0}
    found = getattr(compiled.shock, name)
    if found is not None:
        return found
    if name in neutral:
        shape = world.trade_share.shape if name != "productivity" else world.final_share.shape
        return np.full(shape, neutral[name])
    return getattr(world, name)


@pytest.fixture
def run(world, scenario):
    def run_it(kind, name, *, date=None, case="central", overrides=None, **fields):
        body = {"kind": kind, **BASE[kind], **fields}
        body = {k: v for k, v in body.items() if v is not None}
        compiled = compile_shock(world, scenario(body), date, case=case, overrides=overrides)
        compiled.shock.bind(world)
        return field(compiled, world, name)

    return run_it


@pytest.fixture
def at(world):
    def index(origin, dest, sector=CRUDE):
        return world.regions.index(origin), world.regions.index(dest), sector

    return index


def changed(world, after, name):
    """Labels of changed cells, without the sector."""
    before = {"access": 1.0, "trade_cost": 1.0}.get(name)
    before = getattr(world, name) if before is None else before
    where = np.argwhere(np.abs(after - before) > 1e-12)
    return {tuple(world.regions[k] for k in cell[:2]) for cell in where}


# every kind: words, dates

for _kind in TRADE_KINDS:
    covers(_kind, "kind", "title", "source", "note", "from", "until")


@pytest.mark.parametrize("kind", TRADE_KINDS)
def test_title_and_act_stand_beside_each_cell_and_a_note_changes_nothing(world, scenario, kind):
    body = {"kind": kind, **BASE[kind], "title": "T", "source": {"act": "An Act"}}
    compiled = compile_shock(world, scenario(body))
    assert len(compiled.cells) > 0
    assert set(compiled.cells["title"]) == {"T"}
    assert set(compiled.cells["act"]) == {"An Act"}
    assert set(compiled.cells["measure"]) == {"m"}
    noted = compile_shock(world, scenario({**body, "note": "N"}))
    assert noted.scenario_hash == compiled.scenario_hash
    assert noted.cells.equals(compiled.cells)


@pytest.mark.parametrize("kind", TRADE_KINDS)
def test_a_measure_acts_from_its_first_to_its_last_day(world, scenario, kind):
    body = {"kind": kind, **BASE[kind], "from": "2018-11-05", "until": "2019-05-02"}

    def rows(day):
        compiled = compile_shock(world, scenario(body), date.fromisoformat(day))
        silent = all(getattr(compiled.shock, f) is None for f in compiled.shock.__slots__)
        assert silent == (len(compiled.cells) == 0)
        assert silent == any("is not in force" in n for n in compiled.notes)
        return len(compiled.cells)

    assert rows("2018-11-04") == rows("2019-05-03") == 0
    assert rows("2018-11-05") == rows("2019-05-02") > 0


# embargo

covers("exemption", "who", "sectors", "share", "from", "until")
covers("secondary", "enforcement", "who", "except")
covers("embargo", "senders", "targets", "flow", "sectors", "compliance", "secondary", "exempt")


def test_embargo_bans_both_ways_and_nothing_else(run, world):
    access = run("embargo", "access")
    assert changed(world, access, "access") == {("USA", "IRN"), ("IRN", "USA")}
    assert set(np.unique(access)) == {0.0, 1.0}


@pytest.mark.parametrize(
    ("flow", "pairs"),
    [("exports", {("IRN", "USA")}), ("imports", {("USA", "IRN")})],
)
def test_flow_is_seen_from_the_target(run, world, flow, pairs):
    assert changed(world, run("embargo", "access", flow=flow), "access") == pairs


def test_embargo_of_some_sectors(run):
    access = run("embargo", "access", sectors=["energy"])
    assert (access.min(axis=(0, 1)) == [1, 0, 1, 1]).all()


def test_all_means_everybody_on_the_other_side_and_never_home_trade(run, world):
    access = run("embargo", "access", senders=["all"])
    iran = world.regions.index("IRN")
    others = [k for k in range(len(world.regions)) if k != iran]
    assert (access[iran, others] == 0).all()
    assert (access[others, iran] == 0).all()
    assert (access[iran, iran] == 1).all()
    assert (access[np.ix_(others, others)] == 1).all()


def test_all_on_both_sides_stops_all_trade_but_home_trade(run, world):
    access = run("embargo", "access", senders=["all"], targets=["all"])
    assert (access == np.eye(len(world.regions))[:, :, None]).all()


def test_compliance_is_the_share_that_senders_stop(run, at):
    access = run(
        "embargo", "access", senders=["USA", "DEU"], compliance={"default": 0.9, "DEU": 0.2}
    )
    assert access[at("IRN", "USA")] == pytest.approx(0.1)
    assert access[at("IRN", "DEU")] == access[at("DEU", "IRN")] == pytest.approx(0.8)


def test_an_economy_named_in_compliance_takes_part(run, at):
    access = run("embargo", "access", compliance={"CHN": 0.3})
    assert access[at("IRN", "USA")] == 0.0
    assert access[at("IRN", "CHN")] == pytest.approx(0.7)
    assert access[at("IRN", "DEU")] == 1.0


def test_an_economy_comes_before_its_group(run, at):
    access = run("embargo", "access", compliance={"G7": 0.5, "DEU": 0.1})
    assert access[at("IRN", "USA")] == pytest.approx(0.5)
    assert access[at("IRN", "DEU")] == pytest.approx(0.9)


def test_two_groups_that_disagree_are_refused(run):
    with pytest.raises(ScenarioError, match=r"EU27 and G7 give DEU 0\.2 and 0\.5. Name DEU"):
        run("embargo", "access", compliance={"G7": 0.5, "EU27": 0.2})


def test_an_economy_by_itself_settles_what_its_groups_disagree_on(run, at):
    both = {"G7": 0.5, "NATO": 0.2, "USA": 0.9, "DEU": 0.1}
    access = run("embargo", "access", compliance=both)
    assert access[at("IRN", "USA")] == pytest.approx(0.1)
    assert access[at("IRN", "DEU")] == pytest.approx(0.9)


def test_compliance_of_a_target_is_refused(run):
    with pytest.raises(ScenarioError, match="IRN is a target; compliance is of those who trade"):
        run("embargo", "access", compliance={"IRN": 0.5})


def test_an_exemption_for_nobody_is_noted(world, scenario):
    body = {"kind": "embargo", **BASE["embargo"], "exempt": [{"who": ["CHN"]}]}
    notes = compile_shock(world, scenario(body)).notes
    assert notes == ("m: exemption 0 is for no trade that the measure stops.",)


def test_a_threat_makes_third_countries_give_up_a_share(run, at):
    secondary = {"enforcement": 0.6, "except": ["RUS"]}
    access = run("embargo", "access", secondary=secondary, compliance={"CHN": 0.25})
    assert access[at("IRN", "USA")] == 0.0
    assert access[at("IRN", "DEU")] == pytest.approx(0.4)
    assert access[at("IRN", "CHN")] == pytest.approx(0.75)
    assert access[at("IRN", "RUS")] == 1.0
    assert access[at("IRN", "IRN")] == 1.0
    only = run("embargo", "access", secondary={"enforcement": 0.6, "who": ["ROW"]})
    assert only[at("IRN", "DEU")] == 1.0
    assert only[at("ROW", "IRN")] == pytest.approx(0.4)


def test_exemption_and_compliance_multiply(run, at):
    exempt = [{"who": ["DEU"], "sectors": ["crude"], "share": 0.5}]
    access = run(
        "embargo", "access", senders=["USA", "DEU"], exempt=exempt, compliance={"DEU": 0.8}
    )
    assert access[at("IRN", "DEU")] == pytest.approx(1 - 0.5 * 0.8)
    assert access[at("IRN", "DEU", GRAIN)] == pytest.approx(1 - 0.8)
    assert access[at("IRN", "USA")] == 0.0


def test_an_exemption_of_all_trade_in_a_sector(run):
    access = run("embargo", "access", exempt=[{"sectors": ["grain"]}])
    assert (access[:, :, GRAIN] == 1).all()
    assert access[:, :, CRUDE].min() == 0


def test_an_exempted_target(run, at):
    access = run("embargo", "access", targets=["IRN", "RUS"], exempt=[{"who": ["RUS"]}])
    assert access[at("RUS", "USA")] == 1.0
    assert access[at("IRN", "USA")] == 0.0


@pytest.mark.parametrize(
    ("day", "share"),
    [("2018-11-04", 0.0), ("2018-11-05", 0.5), ("2019-05-02", 0.5), ("2019-05-03", 0.0)],
)
def test_an_exemption_has_a_first_and_a_last_day(run, at, day, share):
    exempt = [{"who": ["CHN"], "share": 0.5, "from": "2018-11-05", "until": "2019-05-02"}]
    access = run(
        "embargo",
        "access",
        exempt=exempt,
        secondary={"enforcement": 1.0},
        date=date.fromisoformat(day),
    )
    assert access[at("IRN", "CHN")] == share


def test_exemptions_that_contradict_each_other_are_refused(run):
    exempt = [{"who": ["USA"], "share": 0.5}, {"sectors": ["grain"], "share": 1.0}]
    with pytest.raises(ScenarioError, match=r"exempt\.0 and exempt\.1 give .* 0\.5 and 1"):
        run("embargo", "access", exempt=exempt)


def test_exemptions_meet_only_in_trade_that_the_measure_stops(run, at):
    exempt = [{"who": ["USA"], "share": 0.5}, {"who": ["DEU"], "share": 0.2}]
    access = run("embargo", "access", senders=["USA", "DEU"], exempt=exempt)
    assert access[at("IRN", "USA")] == 0.5
    assert access[at("DEU", "IRN")] == pytest.approx(0.2)


def test_an_economy_on_both_sides_is_refused(run):
    with pytest.raises(ScenarioError, match="USA is in senders and in targets"):
        run("embargo", "access", senders=["USA", "DEU"], targets=["USA"])


covers("exemption", "note", "source")
covers("secondary", "threat")


def test_words_of_exemptions_and_threats_change_no_number(world, scenario):
    plain = {"kind": "embargo", **BASE["embargo"], "exempt": [{"sectors": ["grain"]}]}
    plain["secondary"] = {"enforcement": 0.5}
    words = {"note": "N", "source": {"act": "A", "url": "U", "note": "N"}}
    wordy = {**plain, "exempt": [{"sectors": ["grain"], **words}]}
    wordy["secondary"] = {"enforcement": 0.5, "threat": "dollar"}
    one, two = (compile_shock(world, scenario(body)) for body in (plain, wordy))
    assert one.scenario_hash == two.scenario_hash
    assert (one.shock.access == two.shock.access).all()
    assert "N" in {a.note for a in two.assumptions}


# export control

covers("export_control", "senders", "targets", "sectors", "compliance", "secondary", "exempt")
covers("export_control", "coverage")


def test_export_control_stops_only_what_the_target_buys(run, world):
    access = run("export_control", "access", sectors=["electronics"])
    assert changed(world, access, "access") == {("USA", "IRN")}
    assert access[:, :, CHIPS].min() == 0
    assert access[:, :, CRUDE].min() == 1


def test_coverage_exemption_and_compliance_of_a_control_list(run, at):
    access = run(
        "export_control",
        "access",
        targets=["RUS"],
        coverage=0.5,
        compliance={"default": 0.8, "CHN": 0.1},
        exempt=[{"who": ["USA"], "sectors": ["grain"], "share": 0.25}],
        secondary={"enforcement": 0.4, "who": ["DEU"]},
    )
    assert access[at("USA", "RUS", CHIPS)] == pytest.approx(1 - 0.5 * 0.8)
    assert access[at("USA", "RUS", GRAIN)] == pytest.approx(1 - 0.5 * 0.75 * 0.8)
    assert access[at("CHN", "RUS", CHIPS)] == pytest.approx(1 - 0.5 * 0.1)
    assert access[at("DEU", "RUS", CHIPS)] == pytest.approx(1 - 0.5 * 0.4)


# tariff and export tax

for _kind in ("tariff", "export_tax"):
    covers(_kind, "senders", "targets", "sectors", "exempt", "rate", "add", "coverage")


@pytest.mark.parametrize(
    ("kind", "pair"),
    [("tariff", ("CHN", "USA")), ("export_tax", ("RUS", "DEU"))],
)
def test_a_new_rate_is_set_where_the_sender_taxes(run, world, at, kind, pair):
    rates = run(kind, kind, sectors=["goods"])
    assert changed(world, rates, kind) == {pair}
    assert rates[at(*pair)] == BASE[kind]["rate"]
    assert rates[at(*pair, FINANCE)] == getattr(world, kind)[at(*pair, FINANCE)]


@pytest.mark.parametrize("kind", ["tariff", "export_tax"])
def test_points_are_added_to_the_old_rate(run, world, kind):
    old = getattr(world, kind)
    moved = run(kind, kind, rate=None, add=0.05) - old
    assert set(np.unique(np.round(moved, 12))) == {0.0, 0.05}


@pytest.mark.parametrize("kind", ["tariff", "export_tax"])
def test_a_part_that_is_taxed_gives_the_average_rate(run, world, kind):
    old = getattr(world, kind)
    full, half = run(kind, kind), run(kind, kind, coverage=0.5)
    assert half == pytest.approx(0.5 * (old + full))
    exempt = [{"sectors": ["grain"]}, {"sectors": ["crude"], "share": 0.5}]
    part = run(kind, kind, exempt=exempt)
    assert part[:, :, GRAIN] == pytest.approx(old[:, :, GRAIN])
    assert part[:, :, CRUDE] == pytest.approx(half[:, :, CRUDE])
    assert part[:, :, CHIPS] == pytest.approx(full[:, :, CHIPS])


def test_a_tariff_on_all_but_friends(run, world):
    rates = run("tariff", "tariff", targets=["all"], exempt=[{"who": ["DEU"]}])
    origins = {o for o, _ in changed(world, rates, "tariff")}
    assert origins == set(world.regions) - {"USA", "DEU"}


# trade cost

covers("trade_cost", "senders", "targets", "flow", "sectors", "exempt")
covers("trade_cost", "hat", "percent", "ad_valorem")


@pytest.mark.parametrize("how", [{"hat": 1.2}, {"percent": 20}, {"ad_valorem": 0.2}], ids=str)
def test_three_ways_of_writing_a_trade_cost(run, world, how):
    cost = run("trade_cost", "trade_cost", **{"hat": None, **how})
    assert changed(world, cost, "trade_cost") == {("USA", "IRN"), ("IRN", "USA")}
    assert cost.max() == pytest.approx(1.2)


def test_trade_cost_by_direction_sector_and_exemption(run, world, at):
    cost = run("trade_cost", "trade_cost", flow="exports", sectors=["crude", "grain"])
    assert changed(world, cost, "trade_cost") == {("IRN", "USA")}
    assert cost[at("IRN", "USA", CHIPS)] == 1.0
    into = run("trade_cost", "trade_cost", flow="imports", exempt=[{"sectors": ["grain"]}])
    assert changed(world, into, "trade_cost") == {("USA", "IRN")}
    assert into[at("USA", "IRN", GRAIN)] == 1.0


# transfer

covers("transfer", "senders", "targets", "amount", "split")


def test_a_transfer_is_paid_and_received(run, world):
    moved = run("transfer", "transfer")
    assert moved[world.regions.index("IRN")] == pytest.approx(600)
    assert moved[world.regions.index("CHN")] == pytest.approx(-600)
    assert moved.sum() == pytest.approx(0, abs=1e-9)
    assert np.count_nonzero(moved) == 2


def test_payers_share_by_size_or_equally(run, world):
    usa, deu = world.regions.index("USA"), world.regions.index("DEU")
    by_size = run("transfer", "transfer", senders=["USA", "DEU"])
    assert by_size[usa] / by_size[deu] == pytest.approx(
        world.value_added[usa] / world.value_added[deu]
    )
    equal = run("transfer", "transfer", senders=["USA", "DEU"], split="equal")
    assert equal[usa] == equal[deu] == pytest.approx(-300)


def test_a_transfer_beyond_income_is_refused(run):
    with pytest.raises(ScenarioError, match="CHN would pay 1e\\+08 mn USD a year, more than"):
        run("transfer", "transfer", amount=1e8)


def test_transfers_add_up(world, scenario):
    body = {"kind": "transfer", **BASE["transfer"]}
    both = compile_shock(world, scenario({"a": body, "b": {**body, "senders": ["RUS"]}}))
    assert both.shock.transfer[world.regions.index("IRN")] == pytest.approx(1200)
    assert both.shock.transfer.sum() == pytest.approx(0, abs=1e-9)


# capacity loss

covers("capacity_loss", "targets", "sectors", "share")


def test_capacity_loss_lowers_productivity(run, world):
    productivity = run("capacity_loss", "productivity", targets=["IRN", "RUS"])
    expected = np.ones_like(productivity)
    expected[[world.regions.index("IRN"), world.regions.index("RUS")], CRUDE] = 0.6
    assert productivity == pytest.approx(expected)


# trade agreement

covers("trade_agreement", "members", "partners", "sectors", "tariff", "cut", "trade_cost")


def test_members_cut_tariffs_on_goods_among_themselves(run, world, at):
    rates = run("trade_agreement", "tariff")
    assert changed(world, rates, "tariff") == {("CHN", "RUS"), ("RUS", "CHN")}
    assert rates[at("CHN", "RUS")] == pytest.approx(0.5 * world.tariff[at("CHN", "RUS")])
    assert rates[at("CHN", "RUS", FINANCE)] == world.tariff[at("CHN", "RUS", FINANCE)]


def test_a_ceiling_never_raises_a_tariff(run, world, at):
    rates = run("trade_agreement", "tariff", cut=None, tariff=0.08, sectors=["all"])
    assert (rates <= world.tariff).all()
    pair = at("CHN", "RUS", slice(None))
    assert rates[pair] == pytest.approx(np.minimum(world.tariff[pair], 0.08))


def test_partners_trade_with_members_only(run, world):
    rates = run("trade_agreement", "tariff", partners=["IRN"])
    assert changed(world, rates, "tariff") == {
        ("CHN", "IRN"), ("IRN", "CHN"), ("RUS", "IRN"), ("IRN", "RUS")
    }  # fmt: skip


def test_an_agreement_may_lower_other_costs(run, world, at):
    cost = run("trade_agreement", "trade_cost", trade_cost=-10)
    assert cost[at("CHN", "RUS")] == pytest.approx(0.9)
    assert changed(world, cost, "trade_cost") == {("CHN", "RUS"), ("RUS", "CHN")}


# completeness


@pytest.mark.parametrize("kind", TRADE_KINDS)
def test_every_field_of_every_kind_has_a_test(kind):
    untested = {key for key in keys_of(TRADE_KINDS[kind]) if (kind, key) not in DONE}
    assert not untested, f"{kind}: no test is about {', '.join(sorted(untested))}"
    assert {f for k, f in DONE if k == kind} <= set(keys_of(TRADE_KINDS[kind]))


@pytest.mark.parametrize("part", [Exemption, Secondary])
def test_every_field_of_exemptions_and_threats_has_a_test(part):
    assert {f for k, f in DONE if k == part.__name__.lower()} == set(keys_of(part))
