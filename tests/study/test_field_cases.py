"""Cases about fields of oil and gas: their arithmetic, what is set in runs, records, verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from entrepot.study.casebook import Grade, load_case, run_case
from entrepot.study.casebook.functions import Sheet
from entrepot.study.casebook.numbers import values_at
from entrepot.study.casebook.schema import Case, Reading
from entrepot.study.casebook.solves import Bench

REVIEW = Path("energy_institute_2025", "EI_Statistical_Review.xlsx")
UN = Path("un_national_accounts", "Global_Economy_Indicators.csv")


@dataclass(frozen=True, slots=True)
class Solved:
    """A case with the results of its central variant."""

    case: Case
    sheet: Sheet

    def value(self, name: str) -> float:
        """Model value of a quantity."""
        expression = self.case.quantities[name].expression("model")
        assert expression is not None
        return expression.value(self.sheet.leaf)


def solved(name: str) -> Solved:
    """Its runs but that of the world economy, which the tests of all pages solve."""
    bench = Bench(load_case(name))
    runs = [run for run in bench.case.runs if run != "economy"]
    return Solved(bench.case, bench.sheet(bench.central, runs=runs))


@pytest.fixture(scope="module")
def convoys() -> Solved:
    return solved("tanker-convoys")


@pytest.fixture(scope="module")
def syria() -> Solved:
    return solved("syrian-oil")


@pytest.fixture(scope="module")
def gazprom() -> Solved:
    return solved("gazprom-nioc")


@pytest.fixture(scope="module")
def rhum() -> Solved:
    return solved("rhum-waiver")


def on_record(name: str, record: str = "", **values: float) -> dict[str, Grade]:
    """Grades of the quantities that rest on records alone, with some values changed."""
    case = load_case(name)
    records = dict(case.records)
    if record:
        old = records[record]
        records[record] = old.model_copy(update={"values": {**old.values, **values}})
    judged = {n: q for n, q in case.quantities.items() if q.claim and not q.model}
    readings = {n: Reading(title=n, needs=(n,)) for n in judged}
    cut = {"runs": {}, "numbers": {}, "levers": {}, "conditions": (), "draws": 0}
    page = run_case(case.model_copy(update={
        **cut, "records": records, "quantities": judged, "readings": readings
    }))  # fmt: skip
    return {r.name: r.ruling.grade for r in page.readings}


def test_convoys_are_lorries_times_barrels_times_trips(convoys: Solved) -> None:
    n = values_at(convoys.case, "central")
    carried = n["tankers"] * n["barrels"] * n["convoys"] / 7 / 1000
    assert convoys.value("carried") == pytest.approx(carried)
    assert convoys.value("carried_year") == pytest.approx(carried * 365 / 1000)
    fields = convoys.case.records["fields"].values
    assert convoys.value("notable") == pytest.approx(100 * carried / fields["north_east_2021"])
    daily = convoys.value("convoys_needed") * n["tankers"] * n["barrels"] / 1000
    assert daily == pytest.approx(fields["north_east_2021"])


def test_kept_barrels_replace_imports_one_for_one(convoys: Solved) -> None:
    found = convoys.sheet.oil["kept"]
    share = next(a.value for a in found.assumptions if a.name == "convoys_kept.share")
    carried = convoys.value("carried")
    base, after = found.base, found.path.outcomes[-1]
    k, j = base.market.stream_names.index("SYR-HEAVY"), base.market.refiner_names.index("SYR")
    assert after.output[k] - base.output[k] == pytest.approx(share * base.output[k], rel=1e-3)
    assert after.output[k] - base.output[k] == pytest.approx(carried, rel=0.01)
    less = -convoys.value("imports") / 100 * (base.runs[j] - base.output[k])
    assert less == pytest.approx(carried, rel=0.05)


def test_sizes_of_convoys_on_record_decide_their_reading() -> None:
    assert on_record("tanker-convoys")["reported_size"] is Grade.CANNOT_TELL
    many = on_record("tanker-convoys", "reports", **dict.fromkeys("abcdefg", 80.0))
    assert many["reported_size"] is Grade.HOLDS
    assert on_record("tanker-convoys", "roads", kurdistan_2024=20)["road"] is Grade.DOES_NOT_HOLD


def test_syria_without_its_fields_sells_nothing_with_them_imports_little(syria: Solved) -> None:
    assert syria.value("export_lost") == pytest.approx(-100, abs=1)
    assert syria.value("dependence_held") < 10 < 50 < syria.value("dependence_lost")
    assert syria.value("dependence_back") < syria.value("dependence_now")
    saved, bill = syria.value("saved"), syria.value("bill_now")
    assert 0 < saved < bill
    assert syria.value("revenue_back") < 50


def test_the_embargo_alone_leaves_nothing_to_sell(syria: Solved) -> None:
    assert syria.value("export_embargo") == pytest.approx(-100, abs=1)
    assert syria.value("export_both") == pytest.approx(-100, abs=1)
    base, after = (syria.sheet.oil["embargo"].months(p)[0] for p in ("base", "201202"))
    j = base.market.refiner_names.index("SYR")
    assert after.runs[j] == pytest.approx(base.runs[j], rel=0.05)


def test_capacity_is_money_over_its_cost(gazprom: Solved) -> None:
    n = values_at(gazprom.case, "central")
    kbd = n["oil_money"] * 1000 / n["oil_cost"]
    assert gazprom.value("oil_capacity") == pytest.approx(kbd)
    named = ("oil_money", "kish", "north_pars", "pressure", "lng", "pipes")
    assert gazprom.value("cost_named") == pytest.approx(sum(n[x] for x in named))
    for run in ("sanctioned", "free"):
        found = gazprom.sheet.oil[run]
        k = found.base.market.stream_names.index("IRN-MEDIUM")
        assert found.path.outcomes[-1].output[k] - found.base.output[k] <= kbd * 1.001
    for name in ("barrel_sanctioned", "barrel_free"):
        assert 0 < gazprom.value(name) < 100


def test_years_to_pay_back_follow_from_both_revenues(gazprom: Solved) -> None:
    both = gazprom.value("oil_sanctioned") + gazprom.value("gas_revenue")
    assert gazprom.value("back_sanctioned") == pytest.approx(40000 / both)
    assert on_record("gazprom-nioc")["contracted"] is Grade.DOES_NOT_HOLD
    more = on_record("gazprom-nioc", "money", russian_contracts_october_2022=30000)
    assert more["contracted"] is Grade.HOLDS


def test_the_waiver_keeps_the_field_alive_and_its_gas_is_less_than_said() -> None:
    found = on_record("rhum-waiver")
    assert found["alive"] is found["running"] is Grade.HOLDS
    assert found["gas_owned"] is Grade.DOES_NOT_HOLD
    other = on_record("rhum-waiver", "months", without_licence_producing=40)
    assert other["alive"] is Grade.DOES_NOT_HOLD


def test_irans_half_is_volume_times_price(rhum: Solved) -> None:
    n, nbp = values_at(rhum.case, "central"), rhum.case.records["nbp"].values
    paid = n["kept"] * n["half_2022"] * 5.8 * 365 * nbp["y2022"] / 1e6
    assert rhum.value("paid") == pytest.approx(paid, rel=1e-6)
    assert rhum.value("frozen") > paid
    assert rhum.value("worth_uk") > 0 > rhum.value("welfare_uk")
    assert rhum.value("welfare_iran") > 0


SHEETS = ["Oil Production - barrels", "Crude+cond production - barrels", "Gas Production - Bcm",
          "Gas Prices "]  # fmt: skip


@pytest.fixture(scope="module")
def review(raw_root: Path) -> dict[str, pd.DataFrame]:
    """Sheets of the Statistical Review as they are."""
    return pd.read_excel(raw_root / REVIEW, sheet_name=SHEETS, header=None)


def by_year(rows: pd.DataFrame, economy: str) -> dict[int, float]:
    """A row of a sheet: year -> value."""
    row = rows[rows[0].astype(str).str.strip() == economy].iloc[0]
    pairs = zip(rows.iloc[2], row, strict=True)
    years = [(y, v) for y, v in pairs if isinstance(y, int | float) and 1960 < y < 2024]
    return {int(y): float(v) for y, v in years}


def test_records_are_those_of_the_review(review: dict[str, pd.DataFrame]) -> None:
    oil, crude, gas, prices = (review[name] for name in SHEETS)
    syria = by_year(oil, "Syria")
    for name, value in load_case("syrian-oil").records["output"].values.items():
        if name.startswith("y"):
            assert value == pytest.approx(syria[int(name[1:])], abs=0.06), name
    for case, record, economy in (("rhum-waiver", "uk_gas", "United Kingdom"),
                                  ("gazprom-nioc", "gas", "Iran")):  # fmt: skip
        for name, value in load_case(case).records[record].values.items():
            assert value == pytest.approx(by_year(gas, economy)[int(name[1:])], abs=0.006), name
    fields = load_case("tanker-convoys").records["fields"].values
    assert fields["review_2021"] == pytest.approx(by_year(crude, "Syria")[2021], abs=0.05)
    assert fields["review_2010"] == pytest.approx(by_year(crude, "Syria")[2010], abs=0.5)
    column = next(k for k, v in enumerate(prices.iloc[3]) if "NBP" in str(v))
    nbp = {str(y): v for y, v in zip(prices[0], prices[column], strict=True)}
    for name, value in load_case("rhum-waiver").records["nbp"].values.items():
        assert value == pytest.approx(nbp[name[1:]], abs=0.001), name


def test_syrias_value_added_is_that_of_the_united_nations(raw_root: Path) -> None:
    rows = pd.read_csv(raw_root / UN).rename(columns=str.strip)
    here = rows[(rows["Country"].str.strip() == "Syrian Arab Republic") & (rows["Year"] == 2021)]
    money = load_case("syrian-oil").records["money"].values
    assert money["income_2021"] == pytest.approx(here["Total_Value_Added"].item() / 1e6, rel=0.005)


def test_capacity_on_record_is_that_of_the_oil_market(gazprom: Solved) -> None:
    for run, name in (("sanctioned", "y2021"), ("free", "y2017")):
        market = gazprom.sheet.oil[run].base.market
        stream = market.streams[market.stream_names.index("IRN-MEDIUM")]
        said = gazprom.case.records["capacity"].values[name]
        assert said == pytest.approx(stream.capacity, abs=1)
