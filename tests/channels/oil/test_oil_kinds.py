"""Every field of every kind of measure on crude does what its description says."""

from datetime import date

import numpy as np
import pytest

from entrepot.channels.draft import Draft
from entrepot.channels.oil import Places, base_of, load_agreement, load_market, solve_month
from entrepot.channels.oil.limits import limits
from entrepot.channels.oil.measures import APPLY, restrict
from entrepot.channels.oil.plan import bare_world
from entrepot.channels.oil.restrictions import (
    Ban,
    CapacityGain,
    CapacityLoss,
    DemandShift,
    Designation,
    ImportQuota,
    NoInvestment,
    PriceCap,
    ProductionCut,
    Relief,
    RiskDiscount,
    ServiceBan,
    VesselGain,
)
from entrepot.channels.oil.sheet import Sheet
from entrepot.scenario.explain import keys_of
from entrepot.scenario.oil_measures import OIL_KINDS, Waiver

BASE = {
    "oil_embargo": {"senders": ["EU27"], "targets": ["IRN"]},
    "price_cap": {"senders": ["G7", "EU27"], "targets": ["RUS"], "usd": 50},
    "maritime_services_ban": {"senders": ["GBR", "EU27"], "targets": ["IRN"]},
    "tanker_designation": {"senders": ["USA"], "vessels": 20, "enforcement": 0.5},
    "fleet_gain": {"vessels": 30},
    "risk_discount": {"senders": ["USA"], "targets": ["IRN"], "usd": 8},
    "quota": {"senders": ["CHN"], "kbd": 5000},
    "field_loss": {"targets": ["LBY"], "share": 0.5},
    "field_gain": {"targets": ["IRQ"], "share": 0.2},
    "no_investment": {"targets": ["VEN"]},
    "production_cut": {"targets": ["SAU"], "share": 0.1},
    "oil_relief": {"targets": ["IRN"]},
    "oil_demand": {"targets": ["IND"], "hat": 0.9},
    "producers_agreement": {"low": 40, "high": 70},
    "oil_market": {},
}
WORDS = {"kind", "title", "source", "note"}
DAYS = {"from", "until"}
DONE: set[tuple[str, str]] = set()


def covers(kind, *fields):
    """Note that a test is about these fields of a kind."""
    DONE.update((kind, f) for f in fields)
    return lambda test: test


@pytest.fixture(scope="module")
def parts():
    market = load_market(2017)
    coefficients = base_of(market)
    places = Places.of(market, 2017)
    return market, solve_month(market, base=coefficients), places


@pytest.fixture
def act(parts, scenario):
    """Restrictions, notes and problems of one measure, or of several by name, on a day."""

    def on_sheet(kind=None, *, day="2018-12-15", case="central", many=None, **fields):
        market, base, places = parts
        body = many or {k: v for k, v in {"kind": kind, **BASE[kind], **fields}.items()
                        if v is not None}  # fmt: skip
        found = scenario(body)
        when = date.fromisoformat(day) if day else None
        draft = Draft(bare_world(), found.vocabulary, when, case, {}, "dated")
        sheet = Sheet(draft, market, base, places, load_agreement(2017))
        restrict(sheet, found.active(when) if when else found.entries)
        return sheet

    return on_sheet


def only(sheet):
    assert sheet.draft.problems == []
    ((_, restriction),) = sheet.done
    return restriction


def base_kbd(parts, refiner, *streams):
    market, base, _ = parts
    rows = [market.stream_names.index(s) for s in streams]
    return base.pairs[rows, market.refiner_names.index(refiner)].sum()


for _kind in OIL_KINDS:
    covers(_kind, *WORDS, *DAYS)


@pytest.mark.parametrize("kind", [k for k in OIL_KINDS if k not in ("oil_market", "oil_relief")])
def test_a_measure_acts_from_its_first_to_its_last_day_and_words_do_nothing(act, kind):
    days = {"from": "2018-11-05", "until": "2019-05-02"}
    words = {"title": "T", "note": "N", "source": {"act": "A"}}

    def does(day, **more):
        sheet = act(kind, day=day, **days, **more)
        assert sheet.draft.problems == []
        return [r for _, r in sheet.done], sheet.agreement

    assert does("2018-11-04") == does("2019-05-03") == ([], None)
    assert does("2018-11-05") != ([], None)
    assert does("2019-05-02", **words) == does("2019-05-02")


# oil_embargo

covers("oil_embargo", "senders", "targets", "streams", "by", "share", "wind_down", "waivers")
covers("oil_embargo", "compliance", "secondary")
covers("waiver", *keys_of(Waiver))


def test_an_embargo_binds_the_refiners_of_its_senders(act):
    ban = only(act("oil_embargo"))
    assert isinstance(ban, Ban)
    assert (ban.streams, ban.share, ban.waivers, ban.carriers) == (("IRN-MEDIUM",), 1.0, {}, ())
    assert set(ban.refiners) == {"EU-NORTH", "EU-SOUTH", "EU-EAST"}
    everybody = set(only(act("oil_embargo", senders=["all"])).refiners)
    assert {"CHN-STATE", "CHN-INDEPENDENT", "IND", "SYR", "ROW"} < everybody
    assert not {"IRN", "BLR"} & everybody


def test_an_embargo_in_part_leaves_the_rest_of_the_base_volume(act, parts):
    ban = only(act("oil_embargo", share=0.25))
    left = 0.75 * base_kbd(parts, "EU-SOUTH", "IRN-MEDIUM")
    assert ban.waivers["EU-SOUTH"] == pytest.approx(left)


def test_next_to_nothing_left_is_nothing(act):
    assert only(act("oil_embargo", share=0.99999999)).waivers == {}


def test_compliance_and_a_threat_say_what_each_buyer_stops(act, parts):
    sheet = act("oil_embargo", senders=["USA"], compliance={"CHN": 0.3, "IND": 0.0},
                secondary={"enforcement": 0.8, "except": ["TUR"]})  # fmt: skip
    ban = only(sheet)
    assert not {"IND", "TUR", "IRN"} & set(ban.refiners)
    assert ban.waivers["JPN"] == pytest.approx(0.2 * base_kbd(parts, "JPN", "IRN-MEDIUM"))
    assert ban.waivers["CHN-STATE"] == pytest.approx(
        0.7 * base_kbd(parts, "CHN-STATE", "IRN-MEDIUM"), rel=1e-6
    )


def test_contracts_run_out_evenly(act, parts):
    fields = {"from": "2018-05-08", "wind_down": 6}
    base = base_kbd(parts, "EU-SOUTH", "IRN-MEDIUM")
    left = [only(act("oil_embargo", day=d, **fields)).waivers.get("EU-SOUTH", 0.0) / base
            for d in ("2018-06-15", "2018-08-08", "2018-12-15")]  # fmt: skip
    assert left == pytest.approx([0.79, 0.5, 0.0], abs=0.02)
    assert act("oil_embargo", day="2018-05-08", **fields).done == []


def test_one_stream_or_one_way_may_be_banned(act, parts):
    by_sea = only(act("oil_embargo", targets=["RUS"], by="sea", streams=["RUS-URALS"]))
    assert by_sea.streams == ("RUS-URALS",)
    assert set(by_sea.carriers) == {"mainstream", "shadow"}
    pipes = only(act("oil_embargo", targets=["RUS"], by="pipeline", share=0.5))
    assert {"druzhba-south", "druzhba-north"} <= set(pipes.carriers)
    market, base, _ = parts
    at = market.refiner_names.index("EU-EAST")
    lanes = (base.month.refiner == at) & np.isin(
        base.month.stream, [market.stream_names.index(s) for s in ("RUS-URALS", "RUS-ESPO")]
    )
    piped = lanes & np.isin([c.kind for c in market.carriers], "pipeline")[base.month.carrier]
    assert pipes.waivers["EU-EAST"] == pytest.approx(0.5 * base.flow[piped].sum())


def test_a_waiver_is_on_top_and_ends(act, parts):
    waivers = [{"who": ["CHN"], "kbd": 360, "until": "2019-05-02", "note": "N",
                "source": {"act": "A"}}, {"who": ["ITA", "GRC"], "kbd": 50,
                "from": "2019-01-01"}]  # fmt: skip
    fields = {"senders": ["all"], "from": "2018-11-05", "waivers": waivers}
    now, then, late = (
        only(act("oil_embargo", day=d, **fields))
        for d in ("2018-12-15", "2019-02-15", "2019-05-15")
    )
    assert now.waivers["CHN-STATE"] + now.waivers.get("CHN-INDEPENDENT", 0) == pytest.approx(360)
    assert "EU-SOUTH" not in now.waivers
    assert then.waivers["EU-SOUTH"] == pytest.approx(50)
    assert late.waivers == {"EU-SOUTH": pytest.approx(50)}


def test_a_dated_waiver_without_a_day_is_left_out_and_said_so(act):
    sheet = act("oil_embargo", day=None, senders=["all"],
                waivers=[{"who": ["CHN"], "kbd": 100, "until": "2019-05-02"}])  # fmt: skip
    assert only(sheet).waivers == {}
    assert any("waiver 0 has dates" in n for n in sheet.draft.notes)


def test_a_refiner_met_in_part_is_named_with_its_economies(act):
    sheet = act("oil_embargo", senders=["ITA"])
    (said,) = [n for n in sheet.draft.notes if "counts for that part" in n]
    assert "% of EU-SOUTH (" in said
    assert "GRC" in said, "who else is in it"


def test_who_shares_a_waiver_without_being_bound_is_said(act):
    sheet = act("oil_embargo", waivers=[{"who": ["ITA", "JPN"], "kbd": 50}])
    assert only(sheet).waivers == {"EU-SOUTH": pytest.approx(50)}
    (said,) = [n for n in sheet.draft.notes if "waiver 0" in n]
    assert "JPN is not bound by the embargo and takes no part in it; ITA may have all" in said
    sheet = act("oil_embargo", waivers=[{"who": ["all"], "kbd": 50}])
    assert not any("waiver 0" in n for n in sheet.draft.notes), "a group is met in part as it is"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"waivers": [{"who": ["CHN"], "kbd": 10}]}, "CHN is not bound by the embargo"),
        ({"senders": ["TUR"], "waivers": [{"who": ["TUR"], "kbd": 9000}]},
         "9000 kb/d is more than all crude of TUR"),
        ({"streams": ["RUS-URALS"]}, "'RUS-URALS' is no stream of the targets"),
        ({"streams": ["IRN-MEDIUN"]}, "Did you mean 'IRN-MEDIUM'?"),
        ({"senders": ["IRN"]}, "IRN is in senders and in targets"),
        ({"targets": ["AGO"]}, "'AGO' is not by itself in the oil market"),
        ({"targets": ["JOR"], "senders": ["EU27"]}, "Name ROW, of which it is a part"),
        ({"senders": ["BLR"], "by": "sea"}, "BLR has not a port"),
        ({"by": "sea", "senders": ["EU27", "BLR"], "waivers": [{"who": ["BLR"], "kbd": 5}]},
         "BLR has no way that the embargo bans"),
        ({"compliance": {"IRN": 0.5}}, "IRN is a target"),
    ],
)  # fmt: skip
def test_what_an_embargo_cannot_be(act, fields, said):
    problems = act("oil_embargo", **fields).draft.problems
    assert any(said in p for p in problems), problems
    assert all(p.startswith("<data>: m") and p.endswith(".") for p in problems)


def test_a_group_that_is_met_in_part_counts_for_that_part(act):
    sheet = act("oil_embargo", senders=["GRC"])
    assert any("EU-SOUTH" in n and "%" in n for n in sheet.draft.notes)
    ban = only(sheet)
    assert ban.refiners == ("EU-SOUTH",)
    assert ban.waivers["EU-SOUTH"] > 0


# services and tankers

covers("price_cap", "senders", "targets", "streams", "usd", "attestation", "fleet")
covers("maritime_services_ban", "senders", "targets", "streams", "fleet", "except")
covers("tanker_designation", "senders", "vessels", "tankers", "size", "fleet", "enforcement")
covers("fleet_gain", "vessels", "tankers", "size", "fleet", "ramp")


def test_a_cap_binds_services_of_a_fleet(act):
    cap = only(act("price_cap", attestation=0.5, streams=["RUS-URALS"]))
    assert cap == PriceCap(("RUS-URALS",), ("mainstream",), 50.0, 0.5)
    assert only(act("price_cap", fleet="shadow")).carriers == ("shadow",)
    assert only(act("price_cap", case="high", usd={"central": 50, "high": 55})).usd == 55


def test_services_are_kept_back_by_those_who_hold_them(act):
    assert only(act("maritime_services_ban")) == ServiceBan(("IRN-MEDIUM",), ("mainstream",))
    shadow = act("maritime_services_ban", fleet="shadow", senders=["CHN"], targets=["RUS"],
                 streams=["RUS-ESPO"])  # fmt: skip
    assert only(shadow) == ServiceBan(("RUS-ESPO",), ("shadow",))
    (said,) = act("maritime_services_ban", senders=["CHN"]).draft.problems
    assert "none of them holds the services of the mainstream fleet" in said


def test_buyers_with_insurance_of_their_own_are_served(act):
    ban = only(act("maritime_services_ban", **{"except": ["JPN"]}))
    assert isinstance(ban, Ban)
    assert (ban.streams, ban.carriers, ban.waivers) == (("IRN-MEDIUM",), ("mainstream",), {})
    assert "JPN" not in ban.refiners
    assert "KOR" in ban.refiners
    (said,) = act("maritime_services_ban", **{"except": ["DEU"]}).draft.problems
    assert "EU-NORTH" in said
    (said,) = act("maritime_services_ban", **{"except": ["all"]}).draft.problems
    assert "m.except: it leaves out every buyer of the oil market" in said


def test_a_cap_below_the_cost_of_the_first_barrel_is_refused(act):
    said = act("price_cap", usd=3).draft.problems
    assert any("below what the first barrel" in p for p in said), said
    assert all(p.startswith("<data>: m") for p in said)


def test_a_stream_has_one_cap(act):
    one, two = {"kind": "price_cap", **BASE["price_cap"]}, {"kind": "price_cap",
                **BASE["price_cap"], "senders": ["EU27"]}  # fmt: skip
    assert len(act(many={"g7": one, "eu": two}).done) == 1
    (said,) = act(many={"g7": one, "eu": two | {"usd": 45}}).draft.problems
    assert "caps RUS-URALS too, at 45 and 50 USD" in said


def test_listed_tankers_are_lost_as_far_as_they_are(act):
    assert only(act("tanker_designation")) == Designation("shadow", 10.0)
    some = act("tanker_designation", vessels=None, tankers=10, size=1.5, fleet="mainstream")
    assert only(some) == Designation("mainstream", 7.5)
    (said,) = act("tanker_designation", vessels=900, enforcement=1.0).draft.problems
    assert "which has 90" in said


def test_a_fleet_grows_over_months(act):
    assert only(act("fleet_gain")) == VesselGain("shadow", 30.0)
    grown = act("fleet_gain", vessels=None, tankers=10, size=2.0, ramp=12, fleet="mainstream",
                **{"from": "2018-06-15"})  # fmt: skip
    assert only(grown).vessels == pytest.approx(10.0, abs=0.1)


# buyers

covers("risk_discount", "senders", "targets", "streams", "who", "except", "refiners", "usd")
covers("quota", "senders", "targets", "streams", "kbd")
covers("oil_demand", "targets", "hat", "percent")


def test_a_danger_is_of_those_who_are_threatened(act):
    risk = only(act("risk_discount", who=["CHN"], refiners=["CHN-STATE"]))
    assert risk == RiskDiscount(("IRN-MEDIUM",), ("CHN-STATE",), 8.0)
    sheet = act("risk_discount", **{"except": ["IND"]}, targets=["RUS"], streams=["RUS-ESPO"])
    names = {n for _, r in sheet.done for n in r.refiners}
    assert {r.streams for _, r in sheet.done} == {("RUS-ESPO",)}
    assert {"RUS", "IND"}.isdisjoint(names)
    assert "CHN-INDEPENDENT" in names
    (said,) = act("risk_discount", who=["CHN"], refiners=["CHN-STAT"]).draft.problems
    assert "Did you mean 'CHN-STATE'?" in said


def test_a_quota_is_of_all_refiners_of_a_buyer_and_not_of_crude_at_home(act, parts):
    quota = only(act("quota"))
    assert isinstance(quota, ImportQuota)
    assert (set(quota.refiners), quota.kbd) == ({"CHN-STATE", "CHN-INDEPENDENT"}, 5000)
    assert quota.together
    assert "CHN-HOME" not in quota.streams
    market = parts[0]
    after = solve_month(market, [*market.standing, quota])
    at = [market.refiner_names.index(n) for n in quota.refiners]
    rows = [market.stream_names.index(s) for s in quota.streams]
    assert after.pairs[np.ix_(rows, at)].sum() == pytest.approx(5000, abs=0.1)
    one = only(act("quota", targets=["RUS"], streams=["RUS-ESPO"]))
    assert one.streams == ("RUS-ESPO",)


def test_a_quota_on_a_seller_or_on_part_of_a_refiner_is_refused(act):
    (said,) = act("quota", senders=["IRQ"]).draft.problems
    assert "a quota is of those who import" in said
    assert "production_cut" in said
    said = act("quota", senders=["DEU"]).draft.problems
    assert "of EU-NORTH is meant, which the oil market knows as one" in said[0]


def test_demand_moves_at_unchanged_prices(act):
    assert only(act("oil_demand")) == DemandShift(("IND",), 0.9)
    assert only(act("oil_demand", hat=None, percent=5)).hat == pytest.approx(1.05)
    part = act("oil_demand", targets=["DEU"], hat=0.5)
    assert 0.5 < only(part).hat < 1
    assert part.draft.notes


# fields and producers

covers("field_loss", "targets", "streams", "share")
covers("field_gain", "targets", "streams", "share", "ramp")
covers("no_investment", "targets", "streams")
covers("production_cut", "targets", "streams", "share", "kbd")
covers("producers_agreement", "members", "low", "high", "step")
covers("oil_market", "base")


def test_fields_are_lost_gained_and_left(act):
    assert only(act("field_loss")) == CapacityLoss(("LBY-SIDER",), 0.5)
    one = act("field_loss", targets=["RUS"], streams=["RUS-ESPO"])
    assert only(one) == CapacityLoss(("RUS-ESPO",), 0.5)
    gain = act("field_gain", streams=["IRQ-BASRAH"], ramp=12, **{"from": "2018-06-15"})
    assert isinstance(only(gain), CapacityGain)
    assert only(gain).share == pytest.approx(0.1, abs=0.002)
    assert only(act("no_investment", streams=["VEN-MEREY"])) == NoInvestment(("VEN-MEREY",))


def test_a_cut_is_a_share_or_a_volume(act, parts):
    assert isinstance(only(act("production_cut")), ProductionCut)
    assert only(act("production_cut")).share == pytest.approx(0.9, abs=0.01)
    market = parts[0]
    both = act("production_cut", targets=["RUS"], share=None, kbd=1000)
    made = (market.flow + market.latent).sum(axis=1)
    lost = sum((1 - r.share) * made[market.stream_names.index(r.streams[0])] for _, r in both.done)
    assert lost == pytest.approx(1000)
    one = act("production_cut", targets=["RUS"], streams=["RUS-ESPO"], share=None, kbd=100)
    assert only(one).streams == ("RUS-ESPO",)
    (said,) = act("production_cut", share=None, kbd=90000).draft.problems
    assert "more than the base output" in said


def test_part_of_a_stream_is_part_of_its_fields(act):
    sheet = act("field_loss", targets=["BHR"], share=1.0)
    assert 0 < only(sheet).share < 0.1
    assert any("SAU-LIGHT" in n for n in sheet.draft.notes)
    (said,) = act("no_investment", targets=["BHR"]).draft.problems
    assert "knows as one (SAU, BHR)" in said


def test_grades_of_the_targets_may_be_named(act):
    both = act("field_loss", targets=["VEN", "RUS"], streams=["heavy sour", "RUS-ESPO"])
    assert {r.streams[0] for _, r in both.done} == {"VEN-MEREY", "RUS-ESPO"}
    (said,) = act("field_loss", streams=["heavy sour"]).draft.problems
    assert "the targets have no heavy sour crude; theirs are LBY-SIDER" in said
    (said,) = act("field_loss", streams=["hevy sour"]).draft.problems
    assert "unknown stream or grade 'hevy sour'. Did you mean 'heavy sour'?" in said


covers("oil_relief", "targets", "streams")


def test_what_stood_in_the_base_month_is_lifted_and_nothing_else(act, scenario):
    (said,) = act("oil_relief").draft.problems
    assert "nothing stood against IRN-MEDIUM in the base month of 'world oil 2017'" in said
    market = load_market(2021)
    places, base = Places.of(market, 2021), solve_month(market)
    body = {"kind": "oil_relief", "targets": ["IRN", "VEN"], "streams": ["IRN-MEDIUM"]}
    found = scenario({"m": body, "n": {"kind": "maritime_services_ban", "senders": ["GBR"],
                      "targets": ["IRN", "VEN"]}})  # fmt: skip
    draft = Draft(bare_world(), found.vocabulary, None, "central", {})
    sheet = Sheet(draft, market, base, places, load_agreement(2021))
    restrict(sheet, found.entries[:1])
    lifted = only(sheet)
    assert lifted == Relief(("IRN-MEDIUM",))
    free = limits(market, [*market.standing, lifted])
    at = {s: k for k, s in enumerate(market.stream_names)}
    mainstream = free.carrier == [c.name for c in market.carriers].index("mainstream")
    iran, venezuela = (mainstream & (free.stream == at[s]) for s in ("IRN-MEDIUM", "VEN-MEREY"))
    assert free.open[iran].all()
    assert not free.open[venezuela].any()
    restrict(sheet, found.entries[1:])
    again = limits(market, [*market.standing, *(r for _, r in sheet.done)])
    assert not again.open[iran].any()
    more = solve_month(market, [*market.standing, lifted])
    assert more.fob[at["IRN-MEDIUM"]] > base.fob[at["IRN-MEDIUM"]]


def test_an_agreement_moves_members_that_have_quotas(act, parts):
    rule = act("producers_agreement", members=["SAU", "KWT", "USA"], step=0.05).agreement
    assert (rule.streams, rule.low, rule.high) == (("SAU-LIGHT", "KWT-EXPORT"), 40.0, 70.0)
    assert rule.step == 0.05
    usual = act("producers_agreement", low=None, high=None).agreement
    assert usual.low < parts[1].brent < usual.high
    assert "SAU-LIGHT" in usual.streams
    (said,) = act("producers_agreement", members=["USA"]).draft.problems
    assert "none of them has a quota" in said
    body = {"kind": "producers_agreement", **BASE["producers_agreement"]}
    (said,) = act(many={"a": body, "b": body}).draft.problems
    assert "'a'" in said
    assert "is a producers' agreement too" in said


def test_the_market_itself_restricts_nothing(act):
    assert act("oil_market", base=2017).done == []
    (said,) = act("oil_market", base=1999).draft.problems
    assert "1999 is no bundled base year" in said


# completeness


def test_every_kind_has_something_that_applies_it():
    assert set(APPLY) == set(OIL_KINDS)


@pytest.mark.parametrize("kind", OIL_KINDS)
def test_every_field_of_every_kind_has_a_test_here(kind):
    assert {f for k, f in DONE if k == kind} == set(keys_of(OIL_KINDS[kind]))
