"""Measures on assets become transfers that add to zero, frozen balances and claims."""

from datetime import date

import numpy as np
import pytest

import entrepot as ep
from entrepot.channels import compile_shock
from entrepot.channels.assets.holdings import holders
from entrepot.core.errors import ScenarioError
from entrepot.report.words import measure_text
from entrepot.scenario.asset_measures import ASSET_KINDS
from entrepot.scenario.explain import keys_of
from entrepot.scenario.table import measure_rows

FREEZE = {"kind": "asset_freeze", "senders": ["USA"], "targets": ["RUS"], "stock": 10_000.0,
          "rate_of_return": 0.02}  # fmt: skip
CUT = {"kind": "financial_cutoff", "senders": ["USA"], "targets": ["IRN"]}
AID = {"kind": "aid", "senders": ["CHN"], "targets": ["IRN"], "amount": 600.0}
LOAN = {"kind": "loan", "senders": ["CHN"], "targets": ["IRN"], "amount": 1000.0,
        "interest": 0.1, "maturity": 2}  # fmt: skip
DATED = {**LOAN, "from": "2018-09-14"}


@pytest.fixture
def run(world, scenario):
    def run_it(body, *, day=None, case="central", overrides=None, **fields):
        body = {**body, **fields} if "kind" in body else body
        return compile_shock(world, scenario(body), day, case=case, overrides=overrides)

    return run_it


@pytest.fixture
def change(run, world):
    """Transfers by economy; they add to zero."""

    def change_it(body, **more):
        compiled = run(body, **more)
        if compiled.shock.transfer is None:
            return {}
        found = compiled.shock.bind(world).transfer
        assert abs(found.sum()) <= 1e-9 * np.abs(found).sum()
        return {r: float(x) for r, x in zip(world.regions, found, strict=True) if abs(x) > 1e-9}

    return change_it


@pytest.fixture
def problem(run):
    def problem_of(body, **more):
        with pytest.raises(ScenarioError) as caught:
            run(body, **more)
        assert str(caught.value).endswith(".")
        return str(caught.value)

    return problem_of


@pytest.fixture(scope="module")
def dated_world():
    """The bundled world of 2017, with balances that are not zero."""
    return ep.load_world("2017")


# freezes


def test_a_freeze_takes_income_and_drawdown_from_the_owner(change):
    assert change(FREEZE) == pytest.approx({"USA": 200, "RUS": -200})
    assert change(FREEZE, drawdown=300.0) == pytest.approx({"USA": 500, "RUS": -500})
    assert change(FREEZE, spent=0.25) == pytest.approx({"USA": 50, "RUS": -50})


def test_freezing_nothing_is_the_identity(run, change):
    assert change(FREEZE, stock=0.0) == {}
    assert run(FREEZE, stock=0.0).shock.transfer is None
    assert change(AID, amount=0.0) == change(LOAN, amount=0.0) == {}


def test_income_may_be_given_to_others(change):
    given = change(FREEZE, income_to="beneficiaries", beneficiaries=["DEU"], passed_on=0.6)
    assert given == pytest.approx({"USA": 80, "DEU": 120, "RUS": -200})
    unspent = change(FREEZE, spent=0.0, income_to="beneficiaries", beneficiaries=["DEU"],
                     passed_on=1.0)  # fmt: skip
    assert unspent == pytest.approx({"USA": -200, "DEU": 200})


def test_income_goes_to_the_claim_only_in_trust(run):
    def claims(**more):
        return (
            run(FREEZE, day=date(2024, 2, 28), **{"from": "2022-02-28"}, **more)
            .tables["asset_claims"]
            .frame.iloc[0]
        )

    held, used = claims(), claims(income_to="holder")
    assert (held.creditor, held.held_by, held.income_to) == ("RUS", "USA", "trust")
    assert held.claim == pytest.approx(10_000 + 400, rel=1e-3)
    assert held.credited == pytest.approx(400, rel=1e-3)
    assert (used.claim, used.credited, used.income_to) == (10_000, 0, "holder")


def test_several_holders_share_the_stock(run, change):
    both = change(FREEZE, senders=["USA", "DEU"], split="equal")
    assert both == pytest.approx({"USA": 100, "DEU": 100, "RUS": -200})
    by_size = change(FREEZE, senders=["USA", "DEU"])
    assert by_size["USA"] + by_size["DEU"] == pytest.approx(200)
    assert by_size["USA"] != pytest.approx(100, abs=1)
    frame = run(FREEZE, senders=["USA", "DEU"], split="equal").tables["asset_claims"].frame
    assert frame["stock"].tolist() == [5000, 5000]


def test_the_ends_of_the_ranges(change):
    ranged = {**FREEZE, "rate_of_return": {"low": 0.01, "central": 0.02, "high": 0.03}}
    assert change(ranged, case="low") == {}
    assert change(ranged, case="low", spent=1.0)["RUS"] == pytest.approx(-100)
    assert change(ranged, case="high")["RUS"] == pytest.approx(-300)


def test_defaults_are_assumptions_with_a_range_and_a_source(run):
    body = {k: v for k, v in FREEZE.items() if k != "rate_of_return"}
    table = run(body).assumption_table().set_index("name")
    row = table.loc["m.rate_of_return"]
    assert row.low < row.value < row.high
    assert "Euroclear" in row.source
    assert (table.loc["m.spent", "low"], table.loc["m.spent", "high"]) == (0, 1)


def test_an_override_moves_a_number(change):
    assert change(FREEZE, overrides={"m.stock": 20_000.0})["RUS"] == pytest.approx(-400)


def test_a_freeze_larger_than_what_the_owner_has_abroad(problem, run):
    text = problem(FREEZE, stock=900_000.0)
    for word in ("900,000 mn USD", "RUS has at most 680,000 abroad", "Bank of Russia",
                 "February 2022", "Lower 'stock'"):  # fmt: skip
        assert word in text
    given = problem(FREEZE, foreign_assets=9_000.0)
    assert "at most 9,000 abroad ('foreign_assets' in the measure)" in given
    assert run(FREEZE, stock=700_000.0, foreign_assets=800_000.0).shock.transfer is not None


def test_an_end_of_a_range_may_be_too_much(run, problem):
    ranged = {"stock": {"low": 1.0, "central": 300_000.0, "high": 900_000.0}}
    assert run(FREEZE, **ranged).shock.transfer is not None
    assert "frozen at the high end of the ranges, but RUS" in problem(FREEZE, case="high", **ranged)


def test_freezes_of_one_owner_are_counted_together(problem):
    both = {"a": {**FREEZE, "stock": 400_000.0},
            "b": {**FREEZE, "senders": ["DEU"], "stock": 400_000.0}}  # fmt: skip
    text = problem(both)
    assert "a and b: 800,000 mn USD are to be frozen" in text


def test_an_owner_without_a_figure_is_said(run):
    notes = run(FREEZE, targets=["DEU"]).notes
    assert any("no figure of the foreign assets of DEU ships" in n for n in notes)


def test_an_owner_cannot_lose_more_than_it_imports(problem):
    text = problem(FREEZE, stock=600_000.0, drawdown=590_000.0)
    assert "RUS would lose 602,000 mn USD a year by asset freezes, more than all of its" in text


def test_drawdown_above_the_stock(problem):
    assert "drawdown of 20,000 mn USD a year is more than the stock of 10,000" in problem(
        FREEZE, drawdown=20_000.0
    )


def test_the_holder_is_not_the_owner(problem):
    text = problem(FREEZE, senders=["USA", "RUS"])
    assert "RUS is in senders and in targets" in text


def test_one_owner(problem):
    text = problem(FREEZE, targets=["RUS", "IRN"])
    assert "the stock has 2 owners, IRN, RUS" in text
    assert "one measure for each" in text


def test_a_group_of_beneficiaries_without_the_owner(problem):
    text = problem(FREEZE, senders=["USA"], income_to="beneficiaries", beneficiaries=["all"])
    assert "RUS owns the assets and is among the beneficiaries" in text


def test_an_economy_that_the_world_lacks(problem):
    assert "lacks the economies KAZ (m.targets)" in problem(FREEZE, targets=["KAZ"])


# access to finance


def test_a_cut_off_freezes_a_share_of_the_balance(dated_world, scenario):
    world, iran = dated_world, dated_world.regions.index("IRN")
    whole, half = (compile_shock(world, scenario({**CUT, "share": f})) for f in (1.0, 0.5))
    assert whole.closure == half.closure == "frozen"
    assert whole.shock.frozen[iran] == 1
    assert half.shock.frozen.tolist() == [0.5 * (r == "IRN") for r in world.regions]
    table = half.tables["asset_balances"].frame.set_index("economy")
    assert table.loc["IRN", "kept"] == pytest.approx(0.5 * world.trade_balance[iran])
    assert table.loc["IRN", "kept"] < -1000
    assert (table["change"] != 0).sum() > 10
    for column in ("kept", "change"):
        assert table[column].sum() == pytest.approx(
            table["benchmark"].sum() if column == "kept" else 0, abs=1e-3
        )
    assert any("others" in economy for economy in table.index)


def test_the_larger_of_two_cuts_counts_and_the_scenarios_list_is_all_of_it(run, scenario, world):
    two = {"a": {**CUT, "share": 0.3}, "b": {**CUT, "senders": ["DEU"], "share": 0.6}}
    iran, russia = (world.regions.index(r) for r in ("IRN", "RUS"))
    assert run(two).shock.frozen[iran] == 0.6
    listed = scenario(two, scenarios={"x": {"include": ["a", "b"], "frozen": ["IRN", "RUS"]}})
    frozen = compile_shock(world, listed).shock.frozen
    assert frozen[[iran, russia]].tolist() == [1, 1]


@pytest.mark.parametrize("closure", ["fixed", "zero", "share_of_income"])
def test_a_cut_needs_the_closure_that_knows_it(world, scenario, closure):
    with_closure = {"x": {"include": ["m"], "closure": closure}}
    with pytest.raises(ScenarioError, match=rf"m cuts off .* 'closure: {closure}'"):
        compile_shock(world, scenario(CUT, scenarios=with_closure))


def test_no_share_is_no_cut(run):
    compiled = run(CUT, share=0.0)
    assert compiled.shock.frozen is None
    assert compiled.closure is None


def test_a_lender_that_is_cut_off_is_named(dated_world, scenario):
    lends, borrows = (
        compile_shock(dated_world, scenario({**CUT, "targets": [r]})).notes for r in ("IRN", "SYR")
    )
    assert any("lending abroad in the benchmark: IRN." in n for n in lends)
    assert not any("lending abroad" in n for n in borrows)


# aid


def test_aid_is_a_transfer(change):
    assert change(AID) == pytest.approx({"CHN": -600, "IRN": 600})
    three = change(AID, senders=["CHN", "RUS"], split="equal")
    assert three == pytest.approx({"CHN": -300, "RUS": -300, "IRN": 600})


def test_goods_that_replace_purchases_are_money(run, change, world):
    i, j = (world.regions.index(r) for r in ("CHN", "IRN"))
    bought = float((world.trade_share * world.expenditure)[i, j, 0])
    small = {"form": "goods", "sectors": ["grain"], "amount": 0.9 * bought}
    assert change(AID, **small)["IRN"] == pytest.approx(0.9 * bought)
    assert not any("replace purchases" in n for n in run(AID, **small).notes)
    large = run(AID, **{**small, "amount": 4 * bought}).notes
    assert any("from CHN to IRN, 25 % replace purchases" in n for n in large)


def test_goods_cannot_pass_a_ban(problem, run):
    ban = {"kind": "embargo", "senders": ["CHN"], "targets": ["IRN"]}
    goods = {**AID, "form": "goods", "sectors": ["grain"], "amount": 1.0}
    text = problem({"ban": ban, "gift": goods})
    assert "gift: no way is left for these goods from CHN to IRN" in text
    exempt = {**ban, "exempt": [{"who": ["CHN"], "sectors": ["grain"]}]}
    assert run({"ban": exempt, "gift": goods}).shock.transfer is not None


def test_a_giver_cannot_give_more_than_its_income(problem, world):
    income = world.value_added[world.regions.index("CHN")]
    assert "m: CHN would pay" in problem(AID, amount=float(2 * income))


# loans


def test_a_loan_without_a_date_is_in_its_first_year(run, change):
    assert change(LOAN) == pytest.approx({"CHN": -1000, "IRN": 1000})
    assert any("without 'from' the loan is in its first year" in n for n in run(LOAN).notes)


def test_a_loan_year_by_year(change, run):
    annuity = 1000 * 0.1 / (1 - 1.1**-2)
    assert change(DATED, day=date(2018, 12, 1))["IRN"] == pytest.approx(1000)
    assert change(DATED, day=date(2020, 1, 1))["IRN"] == pytest.approx(-annuity)
    assert change(DATED, day=date(2021, 9, 14)) == {}
    notes = run(DATED, day=date(2021, 9, 14)).notes
    assert any("the last instalment was due before 2021-09-14" in n for n in notes)


def test_debt_and_arrears_stand_in_the_claims(run):
    def row(**more):
        return run(DATED, day=date(2019, 12, 1), **more).tables["asset_claims"].frame.iloc[0]

    annuity = 1000 * 0.1 / (1 - 1.1**-2)
    paid = row()
    assert (paid.creditor, paid.held_by) == ("CHN", "IRN")
    assert paid.claim == pytest.approx(1100 - annuity)
    assert paid.credited == 0
    assert paid.income == pytest.approx(100)
    default = row(default_from="2019-06-01")
    assert default.claim == pytest.approx(1100)
    assert default.credited == pytest.approx(annuity)


def test_a_default_spares_the_borrower(change):
    assert change(DATED, day=date(2019, 12, 1), default_from="2019-06-01") == {}
    half = change(DATED, day=date(2019, 12, 1), default_from="2019-06-01", haircut=0.5)
    annuity = 1000 * 0.1 / (1 - 1.1**-2)
    assert half["IRN"] == pytest.approx(-annuity / 2)


def test_tranches_and_grace(change):
    terms = {"tranches": 2, "grace": 1, "maturity": 3}
    assert change(DATED, day=date(2019, 10, 1), **terms)["IRN"] == pytest.approx(500 - 50)


# measures dated before the world


def moved(world, scenario, body, day):
    compiled = compile_shock(world, scenario(body), day)
    found = compiled.shock.transfer
    return 0.0 if found is None else float(found[world.regions.index("IRN")]), compiled.notes


def test_what_the_data_hold_already_is_not_counted_twice(dated_world, scenario):
    old = {**AID, "from": "2010-01-01"}
    amount, notes = moved(dated_world, scenario, old, date(2018, 1, 1))
    assert amount == 0
    assert any("the data of 2017 hold 600 mn USD of it already" in n for n in notes)
    assert any("the data of the world of 2017 already hold" in n for n in notes)
    half = {**AID, "from": "2017-07-02"}
    amount, _ = moved(dated_world, scenario, half, date(2018, 1, 1))
    assert amount == pytest.approx(600 * 182 / 365)
    assert moved(dated_world, scenario, {**AID, "from": "2018-01-01"}, date(2018, 6, 1))[0] == 600
    assert moved(dated_world, scenario, AID, date(2018, 6, 1))[0] == 600


def test_service_of_an_old_loan_is_in_the_data(dated_world, scenario):
    old = {**LOAN, "maturity": 20, "from": "2010-01-01"}
    assert moved(dated_world, scenario, old, date(2018, 6, 1))[0] == pytest.approx(0, abs=1e-9)
    stops = {**old, "default_from": "2018-01-01"}
    annuity = 1000 * 0.1 / (1 - 1.1**-20)
    assert moved(dated_world, scenario, stops, date(2018, 6, 1))[0] == pytest.approx(annuity)


def test_an_old_freeze_is_in_the_data(dated_world, scenario):
    old = {**FREEZE, "targets": ["IRN"], "from": "1979-11-14"}
    amount, notes = moved(dated_world, scenario, old, date(2018, 1, 1))
    assert amount == 0
    assert any("hold" in n and "of it already" in n for n in notes)


# completeness

COVERED = {
    "asset_freeze": {"stock", "rate_of_return", "spent", "drawdown", "income_to", "beneficiaries",
                     "passed_on", "foreign_assets"},
    "financial_cutoff": {"share"},
    "aid": {"amount", "form", "sectors"},
    "loan": {"amount", "interest", "maturity", "tranches", "grace", "default_from", "haircut"},
}  # fmt: skip
EVERY = {"kind", "title", "source", "note", "from", "until", "senders", "targets", "split"}


@pytest.mark.parametrize("kind", ASSET_KINDS)
def test_every_field_of_every_kind_has_a_test(kind):
    assert set(keys_of(ASSET_KINDS[kind])) - EVERY == COVERED[kind]


@pytest.mark.parametrize("body", [FREEZE, AID, CUT, LOAN])
def test_title_act_and_note_of_every_kind(run, body):
    named = run(body, title="T", source={"act": "An Act"})
    assert set(named.cells["title"]) <= {"T", "x", ""}
    if body is not CUT:
        assert set(named.cells["act"]) == {"An Act"}
    noted = run(body, title="T", source={"act": "An Act"}, note="N")
    assert noted.scenario_hash == named.scenario_hash


@pytest.mark.parametrize("body", [FREEZE, AID, CUT])
def test_a_measure_acts_from_its_first_to_its_last_day(run, body):
    dates = {"from": "2018-11-05", "until": "2019-05-02"}
    for day, acts in (("2018-11-04", False), ("2018-11-05", True), ("2019-05-02", True),
                      ("2019-05-03", False)):  # fmt: skip
        shock = run(body, day=date.fromisoformat(day), **dates).shock
        assert (shock.transfer is not None or shock.frozen is not None) == acts


def test_a_gift_is_for_somebody_on_the_page(run, scenario):
    (row,) = measure_rows(scenario({**AID, "title": "T"}))
    assert measure_text(row) == "T: aid by CHN for IRN"
    (row,) = measure_rows(scenario({**FREEZE, "title": "T"}))
    assert measure_text(row) == "T: asset freeze by USA against RUS"
    goods = {**AID, "title": "T", "form": "goods", "sectors": ["grain"]}
    (row,) = measure_rows(scenario(goods))
    assert measure_text(row) == "T: aid by CHN for IRN; grain"


# who holds how much


def test_several_holders_are_split_loudly(run):
    def said(**more):
        return " ".join(run(FREEZE, **more).notes)

    assert "split" not in said()
    for rule, words in (("value_added", "by value added"), ("equal", "equally")):
        text = said(senders=["USA", "DEU"], split=rule)
        assert f"among 2 holders {words}, which is ASSUMED" in text
        assert "write one measure for each holder" in text
    assert "by value added, which is ASSUMED" in said(senders=["CHN", "DEU"])


def test_reserves_of_russia_lie_where_they_are_reported(wide, scenario):
    many = ["EU27", "USA", "JPN", "GBR"]
    body = {**FREEZE, "senders": many, "stock": 300_000.0, "income_to": "beneficiaries",
            "beneficiaries": ["UKR"]}  # fmt: skip
    found = compile_shock(wide, scenario(body))
    total = found.tables["asset_totals"].frame.set_index(["side", "economy"])["amount"]
    assert total["can claim"].to_dict() == pytest.approx({"RUS": 300_000})
    held = total["holds or owes"]
    assert held.sum() == pytest.approx(300_000)
    assert list(held.index[:2]) == ["BEL", "JPN"]
    assert set(held.index) == {"BEL", "JPN", "GBR", "FRA", "USA"}
    figures = holders()["RUS"]
    assert held["BEL"] / held["USA"] == pytest.approx(
        figures["BEL"].central / figures["USA"].central
    )
    assert total["is given income", "UKR"] == pytest.approx(0.58 * 0.02 * 300_000)
    claims = found.tables["asset_claims"].frame
    assert claims["held_by"].tolist() == list(held.index)
    (note,) = (n for n in found.notes if "are split" in n)
    assert "by what each is reported to hold (BEL " in note
    assert "not known to hold any" in note


def test_holdings_that_are_not_known_cannot_be_asked_for(problem):
    text = problem(FREEZE, senders=["CHN", "DEU"], split="holdings")
    assert "0 of 10,000 mn USD" in text
    assert "Choose 'value_added' or 'equal'" in text


def test_figures_of_holders_are_ordered_and_sourced():
    for found in holders().values():
        for item in found.values():
            assert 0 < item.low <= item.central <= item.high
            assert "http" in item.source
