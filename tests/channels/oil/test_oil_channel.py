"""Measures on crude in a compiled scenario: the settled month, and what those of trade add."""

from dataclasses import replace

import numpy as np
import pytest

from entrepot.channels import compile_shock
from entrepot.channels.draft import Draft
from entrepot.channels.oil import (
    Places,
    base_of,
    certify,
    load_agreement,
    load_market,
    settle,
    solve_month,
    still,
)
from entrepot.channels.oil.from_trade import from_trade
from entrepot.channels.oil.plan import bare_world
from entrepot.channels.oil.restrictions import (
    Ban,
    CapacityLoss,
    DemandShift,
    Detour,
    NoInvestment,
    RiskDiscount,
)
from entrepot.channels.oil.sheet import Sheet
from entrepot.core.errors import ScenarioError
from entrepot.scenario.book import Entry
from entrepot.scenario.labels import Vocabulary
from entrepot.scenario.measures import Embargo

IRAN = {"kind": "oil_embargo", "senders": ["USA", "EU27", "JPN", "KOR"], "targets": ["IRN"]}
ASK = {"kind": "oil_market", "base": 2017}
HELD = {"kind": "producers_agreement", "step": 0}


@pytest.fixture(scope="module")
def put(wide, scenario):
    """Compile measures by name in the made-up world of all regions; each once."""
    made = {}

    def compiled(years=None, case="central", overrides=None, **measures):
        key = repr((years, case, overrides, measures))
        if key not in made:
            found = scenario({"ask": ASK, **measures})
            made[key] = compile_shock(wide, found, case=case, overrides=overrides, years=years)
        return made[key]

    return compiled


@pytest.fixture(scope="module")
def calm():
    return still(load_market(2017))


def column(outcome, stream):
    return outcome.pairs[outcome.market.stream_names.index(stream)]


def test_a_settled_month_is_kept_with_its_tables_and_sets_no_cost_by_itself(put):
    found = put(emb=IRAN)
    oil = found.details["oil"]
    assert oil.year == 2017
    assert certify(oil.base, oil.after).ok
    japan = oil.market.refiner_names.index("JPN")
    assert column(oil.before, "IRN-MEDIUM")[japan] > 50
    assert column(oil.after, "IRN-MEDIUM")[japan] == pytest.approx(0, abs=1e-6)
    assert oil.after.brent > oil.before.brent
    assert all(getattr(found.shock, f) is None for f in found.shock.__slots__)
    assert set(found.tables) == {"oil_flows", "oil_prices", "oil_producers", "oil_gains"}
    flows = found.tables["oil_flows"].frame
    assert flows["after"].sum() == pytest.approx(oil.after.runs.sum(), rel=1e-3)
    assert (flows["change"].abs().diff().dropna() <= 1e-9).all()
    prices = found.tables["oil_prices"].frame.set_index("stream")
    assert prices.loc["IRN-MEDIUM", "discount_after"] > prices.loc["IRN-MEDIUM", "discount_before"]
    assert not any("changes no cell" in n for n in found.notes)


def test_an_embargo_of_crude_and_an_embargo_of_trade_are_the_same_to_the_market(put):
    trade = {"kind": "embargo", "senders": IRAN["senders"], "targets": ["IRN"], "flow": "exports",
             "sectors": ["crude"]}  # fmt: skip
    one, two = (put(emb=m).details["oil"] for m in (IRAN, trade))
    assert two.after.pairs == pytest.approx(one.after.pairs, abs=1e-4)
    (ban,) = (r for r in two.restrictions if isinstance(r, Ban))
    assert ban.streams == ("IRN-MEDIUM",)
    assert {"USA", "EU-NORTH", "EU-SOUTH", "EU-EAST", "JPN", "KOR"} == set(ban.refiners)


def test_compliance_of_a_trade_embargo_leaves_its_part_of_the_base(put):
    part = {"kind": "embargo", "senders": ["JPN"], "targets": ["IRN"], "compliance": 0.4}
    (ban,) = (r for r in put(emb=part).details["oil"].restrictions if isinstance(r, Ban)
              and r.streams == ("IRN-MEDIUM",))  # fmt: skip
    market = load_market(2017)
    base = column(solve_month(market), "IRN-MEDIUM")[market.refiner_names.index("JPN")]
    assert ban.waivers == {"JPN": pytest.approx(0.6 * base)}


def test_costs_and_taxes_of_trade_are_dollars_a_barrel(put):
    oil = put(
        tariff={"kind": "tariff", "senders": ["IND"], "targets": ["NGA"], "sectors": ["crude"],
                "add": 0.1},
        tax={"kind": "export_tax", "senders": ["IRQ"], "targets": ["IND"], "sectors": ["crude"],
             "add": 0.1},
        cost={"kind": "trade_cost", "senders": ["KOR"], "targets": ["QAT"], "flow": "exports",
              "sectors": ["crude"], "hat": 1.1},
    ).details["oil"]  # fmt: skip
    duty = [r for r in oil.restrictions if isinstance(r, RiskDiscount)]
    more = {r.streams[0]: r for r in oil.restrictions if isinstance(r, Detour)}
    assert [(r.streams, r.refiners) for r in duty] == [(("NGA-BONNY",), ("IND",))]
    assert set(more) == {"IRQ-BASRAH", "QAT-MARINE"}
    market = oil.market
    freight = base_of(market).delivered
    at = market.stream_names.index("QAT-MARINE"), market.refiner_names.index("KOR")
    assert more["QAT-MARINE"].usd == pytest.approx(0.1 * freight[at], abs=0.01)
    fob = market.streams[market.stream_names.index("IRQ-BASRAH")].fob
    assert 0.08 * fob < more["IRQ-BASRAH"].usd <= 0.1 * fob + 0.01


def test_lost_capacity_is_lost_fields(put):
    loss = {"kind": "capacity_loss", "targets": ["LBY"], "sectors": ["crude"], "share": 0.5}
    fields = {"kind": "field_loss", "targets": ["LBY"], "share": 0.5}
    one, two = (put(m=m).details["oil"] for m in (loss, fields))
    assert [r for r in one.restrictions if isinstance(r, CapacityLoss)] == [
        CapacityLoss(("LBY-SIDER",), 0.5)
    ]
    assert one.after.brent == pytest.approx(two.after.brent, abs=1e-6)


def test_banned_crude_that_comes_back_at_a_cost_costs_that_and_is_not_banned():
    market = load_market(2017)
    coefficients = base_of(market)
    world = bare_world()
    draft = Draft(world, Vocabulary.standard(), None, "central", {})
    entry = Entry("m", Embargo(senders=("JPN",), targets=("IRN",)), "here")
    at = world.regions.index("IRN"), world.regions.index("JPN"), 0
    access, cost = np.ones(world.trade_share.shape), np.full(world.trade_share.shape, np.inf)
    access[at] = 0.0
    draft.set("access", access < 1, access, entry)
    cost[at] = 1.2
    draft.evade(cost, (entry,))
    sheet = Sheet(draft, market, solve_month(market), Places.of(market, 2017), load_agreement(2017))
    from_trade(sheet, coefficients)
    ((_, made),) = sheet.done
    pair = market.stream_names.index("IRN-MEDIUM"), market.refiner_names.index("JPN")
    assert isinstance(made, Detour)
    assert (made.streams, made.refiners) == (("IRN-MEDIUM",), ("JPN",))
    assert made.usd == pytest.approx(0.2 * coefficients.delivered[pair], abs=0.01)


def test_cheaper_trade_is_left_out_and_said_so(put):
    found = put(cost={"kind": "trade_cost", "senders": ["KOR"], "targets": ["QAT"],
                      "sectors": ["crude"], "hat": 0.9})  # fmt: skip
    assert found.details["oil"].restrictions == ()
    assert any("where trade in crude gets cheaper" in n for n in found.notes)


def test_what_stands_in_the_base_year_stands(wide, scenario):
    found = compile_shock(wide, scenario({"ask": {"kind": "oil_market", "base": 2021}}))
    oil = found.details["oil"]
    assert oil.restrictions == load_market(2021).standing
    assert oil.after.pairs == pytest.approx(oil.before.pairs, abs=1e-3)


def test_a_second_cap_says_that_one_stood_already(wide, scenario):
    cap = {"kind": "price_cap", "senders": ["G7"], "targets": ["RUS"], "usd": 45}
    body = {"cap": cap, "ask": {"kind": "oil_market", "base": 2023}}
    found = compile_shock(wide, scenario(body))
    assert any("a cap of 60 USD stood in the base month" in n for n in found.notes)
    oil = found.details["oil"]
    urals = oil.market.stream_names.index("RUS-URALS")
    assert oil.after.month.cap[urals] == 45


def test_the_order_of_measures_does_not_matter(put):
    two = {"a": IRAN, "b": {"kind": "field_loss", "targets": ["LBY"], "share": 0.5}}
    one, other = put(**two).details["oil"], put(**dict(reversed(two.items()))).details["oil"]
    assert (one.after.flow == other.after.flow).all()


def test_demand_of_the_equilibrium_moves_the_month(put):
    oil = put(emb=IRAN, held=HELD).details["oil"]
    (month,) = oil.months(oil.market, ())
    assert month.brent == pytest.approx(oil.after.brent, abs=1e-9)
    (less,) = oil.months(oil.market, [DemandShift((), 0.97)])
    assert less.brent < month.brent


# ends of ranges, overrides, dates


def test_ranges_go_from_mild_to_harsh_and_numbers_can_be_overridden(put):
    ranged = IRAN | {"share": {"low": 0.5, "central": 0.8, "high": 1.0}}
    prices = [
        put(case=c, emb=ranged).details["oil"].after.brent for c in ("low", "central", "high")
    ]
    assert prices == sorted(prices)
    stiff = put(emb=IRAN, overrides={"oil.demand": 0.06})
    assert stiff.details["oil"].after.brent > put(emb=IRAN).details["oil"].after.brent
    row = stiff.assumption_table().set_index("name").loc["oil.demand"]
    assert (row["value"], row["low"], row["high"]) == (0.06, 0.05, 0.25)
    with pytest.raises(ScenarioError, match="demand is 3"):
        put(emb=IRAN, overrides={"oil.demand": 3.0})


def test_habits_have_followed_the_longer_the_further(put, calm):
    early = put(years=0.5, emb=IRAN, held=HELD).details["oil"]
    late = put(emb=IRAN, held=HELD).details["oil"]
    assert (early.market.within < late.market.within).all()
    assert late.market.within == pytest.approx(calm.within)
    assert early.after.brent > late.after.brent
    assert solve_month(calm).brent == pytest.approx(load_market(2017).column("fob")[
        calm.stream_names.index("BRENT")], abs=0.01)  # fmt: skip


def test_years_without_wells_are_those_that_channels_count(put):
    starved = {"kind": "no_investment", "targets": ["IRN"]}
    far, near = put(m=starved).details["oil"], put(years=1, m=starved).details["oil"]
    assert (far.years, near.years) == (10.0, 1.0)
    k = far.market.stream_names.index("IRN-MEDIUM")
    left = [x.after.month.capacity[k] / x.before.month.capacity[k] for x in (near, far)]
    assert left == pytest.approx([0.95, 0.95**10])
    assert "oil.years_without_wells" in set(put(m=starved).assumption_table()["name"])


# the rule of producers


def test_producers_lean_against_the_price_until_it_is_in_the_band(calm):
    rule = load_agreement(2017)
    loss = [CapacityLoss(("IRN", "LBY"), 1.0)]
    free, ruled = settle(calm, loss), settle(calm, loss, agreement=rule)
    assert free.brent > rule.high
    room = [s.capacity / s.quota for s in calm.streams if s.name in rule.streams]
    at_capacity = ruled.output[calm.stream_names.index("SAU-LIGHT")]
    assert rule.high - 1e-3 <= ruled.brent < free.brent
    assert max(room) > 1
    assert at_capacity > free.output[calm.stream_names.index("SAU-LIGHT")]
    assert settle(calm, loss, agreement=replace(rule, step=0.0)).brent == free.brent
    low = settle(calm, [], agreement=replace(rule, low=56.0, high=60.0))
    assert low.brent == pytest.approx(56.0, abs=0.01)


def test_no_wells_is_a_loss_of_capacity_over_years(calm):
    one = settle(calm, [NoInvestment(("IRN",))], years=2.0)
    two = settle(calm, [CapacityLoss(("IRN",), 1 - 0.95**2)])
    assert one.brent == pytest.approx(two.brent, abs=1e-9)


# what is refused


@pytest.mark.parametrize(
    ("measures", "said"),
    [
        ({"other": {"kind": "oil_market", "base": 2021}}, "A market has one base year"),
        ({"cap": {"kind": "price_cap", "senders": ["G7"], "targets": ["RUS"], "usd": 2},
          "risk": {"kind": "risk_discount", "senders": ["USA"], "targets": ["JOR"], "usd": 1}},
         "below what the first barrel"),
    ],
)  # fmt: skip
def test_a_market_that_cannot_be_is_refused_with_the_reason(put, measures, said):
    with pytest.raises(ScenarioError) as caught:
        put(**measures)
    assert said in str(caught.value)


def test_problems_of_several_measures_come_together(put):
    with pytest.raises(ScenarioError) as caught:
        put(
            cap={"kind": "price_cap", "senders": ["G7"], "targets": ["RUS"], "usd": 2},
            emb=IRAN | {"streams": ["IRN-LIGHT"]},
            quota={"kind": "quota", "senders": ["SAU"], "kbd": 5},
        )
    assert len(caught.value.problems) >= 4


def test_a_world_without_crude_is_refused(other_world, scenario):
    with pytest.raises(ScenarioError, match="has no sector 'crude'"):
        compile_shock(other_world, scenario({"ask": ASK}))
