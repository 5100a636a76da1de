"""Numbers of a case itself: read by expressions, set in scenarios, moved by ends, draws, levers."""

from __future__ import annotations

import pytest

from entrepot.core.errors import CaseError
from entrepot.study.casebook import load_case, run_case
from entrepot.study.casebook.numbers import assumptions_of, settings, values_at
from entrepot.study.casebook.solves import Bench
from entrepot.study.casebook.variant import Variant

GOOD = """
format: entrepot-case/1
id: lorries
title: Lorries
claim: {text: They carry much., said_by: somebody, when: '2022', document: a paper}
world: "2017"
draws: 2
runs:
  less:
    scenario: kazakh-freeze
    title: a smaller stock
    set:
      kazakh_fund_frozen.stock: numbers[lorries] * numbers[barrels] + records_of[offset]
numbers:
  lorries: {title: lorries, unit: a day, low: 60, central: 80, high: 100, source: the claim}
  barrels: {title: barrels a lorry, unit: barrels, low: 150, central: 200, high: 250}
records:
  records_of: {title: t, unit: u, values: {offset: 5000}, source: {citation: a yearbook}}
quantities:
  load:
    title: what they carry
    unit: barrels a day
    model: numbers[lorries] * numbers[barrels]
    claim: {at_least: 30000, because: much}
  stock:
    title: what is frozen
    unit: mn USD
    model: claim(less, KAZ)
readings:
  plain: {title: much, needs: [load]}
levers:
  more: {title: lorries a day, from: 60, to: 300, overrides: {numbers: [lorries]}}
conditions:
  - {quantity: load, lever: more}
"""


def test_numbers_follow_the_ends_of_their_ranges_and_draws() -> None:
    case = load_case(GOOD)
    bench = Bench(case)
    ends = {e: bench.numbers(Variant("2017", "central", e)) for e in ("low", "central", "high")}
    assert ends["low"] == {"lorries": 60, "barrels": 150}
    assert ends["high"] == {"lorries": 100, "barrels": 250}
    drawn = [bench.numbers(Variant("2017", f"draw {k}", f"draw {k}")) for k in (1, 2)]
    assert drawn[0] != drawn[1]
    assert all(60 <= d["lorries"] <= 100 and 150 <= d["barrels"] <= 250 for d in drawn)
    assert {a.name: a.source for a in assumptions_of(case)}["numbers[barrels]"] == "assumed"


def test_a_run_takes_what_the_case_sets() -> None:
    page = run_case(load_case(GOOD), conditions=False)
    for (variant, load), (same, stock) in zip(
        page.finding("load").values, page.finding("stock").values, strict=True
    ):
        assert variant == same
        assert stock == pytest.approx(load + 5000)
    assert {f"numbers[{n}]" for n in page.case.numbers} <= {a.name for a in page.assumptions}


def test_a_lever_moves_a_number_of_the_case() -> None:
    page = run_case(load_case(GOOD), ranges=False)
    (found,) = page.thresholds
    assert found.values["central"] == pytest.approx(150, abs=0.1)
    assert "60 to 100 is assumed in the runs" in found.words


def test_settings_are_computed_once_for_each_set_of_numbers() -> None:
    case = load_case(GOOD)
    found = settings(case, "less", values_at(case, "low"))
    assert found == {"kazakh_fund_frozen.stock": 60 * 150 + 5000}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("numbers[lorries] * numbers[barrels] +", "numbers[lorris] +", "Did you mean 'lorries'"),
        ("numbers[lorries] * numbers[barrels] +", "welfare(less, KAZ) +", "is of a run; a set"),
        ("numbers[lorries] * numbers[barrels] +", "1 / (records_of[offset] - 5000) +", "by zero"),
        ("kazakh_fund_frozen.stock:", "kazakh_fund.stock:", "Did you mean 'kazakh_fund_frozen'"),
        ("    model: claim(less, KAZ)", "    record: numbers[lorries]", "from records alone"),
        ("model: claim(less, KAZ)", "model: numbers[wagons]", "no number 'wagons'"),
        ("low: 60, central: 80", "low: 90, central: 80", "are not in this order"),
        ("  records_of: {", "  numbers: {", "cannot be called 'numbers'"),
        ("  less:\n", "  numbers:\n", "cannot be the name of a run"),
        ("{numbers: [lorries]}", "{numbers: [lories]}", "Did you mean 'lorries'"),
    ],
)
def test_bad_numbers_are_refused(old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(CaseError) as caught:
        load_case(GOOD.replace(old, new, 1))
    assert says in str(caught.value)
    assert str(caught.value).endswith(".")
