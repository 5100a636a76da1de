"""The rule for verdicts: its edges, and the guide that states it."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.study.casebook.verdict import (
    Grade,
    Model,
    Record,
    Ruling,
    Target,
    grade,
    model_status,
    record_status,
    rule,
    verdict,
    weakest,
)

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "verdicts.md"
WORDS = {"all": Model.ALL, "some": Model.SOME, "none": Model.NONE,
         "open": Model.OPEN, "absent": Model.ABSENT}  # fmt: skip
number = st.floats(-1e6, 1e6)


def test_target_holds_both_of_its_ends() -> None:
    target = Target(at_least=-10, at_most=5)
    assert target.met(-10)
    assert target.met(5)
    assert not target.met(5.000001)
    assert not target.met(-10.000001)


def test_gap_is_signed_and_zero_inside() -> None:
    target = Target(at_least=-10, at_most=5)
    assert target.gap(7) == 2
    assert target.gap(-13) == -3
    assert target.gap(0) == 0
    assert Target(at_most=-99).gap(-72.6) == pytest.approx(26.4)


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (Target(at_least=1), "at least 1"),
        (Target(at_most=-99), "at most -99"),
        (Target(at_least=225, at_most=275), "225 to 275"),
        (Target(at_least=22600), "at least 22,600"),
    ],
)
def test_target_as_words(target: Target, text: str) -> None:
    assert str(target) == text


def test_model_status_on_the_edge() -> None:
    target = Target(at_least=0)
    assert model_status(target, []) is Model.ABSENT
    assert model_status(target, [0.0, 1.0]) is Model.ALL
    assert model_status(target, [-1e-12, 1.0]) is Model.SOME
    assert model_status(target, [-1.0, -2.0]) is Model.NONE


def test_a_variant_without_a_result_is_neither_met_nor_unmet() -> None:
    target = Target(at_least=0)
    assert model_status(target, [1.0, 2.0], failed=1) is Model.SOME
    assert model_status(target, [-1.0, 2.0], failed=1) is Model.SOME
    assert model_status(target, [-1.0, -2.0], failed=1) is Model.OPEN
    assert model_status(target, [], failed=2) is Model.OPEN
    assert model_status(target, [-1.0], cut_short=True) is Model.OPEN
    assert model_status(target, [1.0], cut_short=True) is Model.ALL


@given(st.lists(number, min_size=1, max_size=5), st.none() | number, st.integers(1, 3), number)
def test_failures_never_make_a_verdict_surer(
    values: list[float], record: float | None, failed: int, end: float
) -> None:
    """Whatever the lost variants would have given, no grade is one that they could refute."""
    target = Target(at_least=end)
    met = [str(k) for k, v in enumerate(values) if target.met(v)]
    found = rule(target, values, record, met_by=met, failed=failed)
    assert found.model is not Model.ALL
    assert found.model is not Model.NONE
    if found.grade is Grade.DOES_NOT_HOLD:
        assert found.record is Record.NO
    assert found.grade is not Grade.HOLDS


def test_failed_variants_are_counted_in_the_condition() -> None:
    found = rule(Target(at_least=50), [60, 70], record=55, met_by=["a", "b"], failed=1)
    assert found.grade is Grade.ONLY_IF
    assert found.condition == (
        "the true values are those of 2 of 3 variants (1 gave no certified result): a; b"
    )


def test_record_status_with_its_margin() -> None:
    target = Target(at_most=-99)
    assert record_status(target, None) is Record.ABSENT
    assert record_status(target, -99.0) is Record.YES
    assert record_status(target, -98.9) is Record.NO
    assert record_status(target, -98.0, 1.0) is Record.UNCLEAR
    assert record_status(target, -98.0, 2.0) is Record.UNCLEAR
    assert record_status(target, -98.0, 0.9) is Record.NO


def test_a_margin_wider_than_the_target_is_unclear() -> None:
    assert record_status(Target(at_least=-1, at_most=1), 0.0, 5.0) is Record.UNCLEAR


def guide_table() -> dict[tuple[Record, Model], Grade]:
    lines = [x for x in GUIDE.read_text("utf-8").splitlines() if x.startswith("|")]
    head, *rows = ([c.strip() for c in line.strip("|").split("|")] for line in lines[:6])
    columns = [WORDS[name.removeprefix("model ")] for name in head[1:]]
    records = {"yes": Record.YES, "no": Record.NO, "unclear": Record.UNCLEAR,
               "absent": Record.ABSENT}  # fmt: skip
    return {
        (records[row[0]], column): Grade(cell)
        for row in rows[1:]
        for column, cell in zip(columns, row[1:], strict=True)
    }


def test_the_guide_states_the_rule() -> None:
    table = guide_table()
    assert len(table) == 20
    for (record, model), expected in table.items():
        assert grade(model, record, threshold=False) is expected, (record, model)


def test_a_threshold_changes_two_cells_alone() -> None:
    changed = [
        (record, model)
        for record, model in product(Record, Model)
        if grade(model, record, threshold=True) is not grade(model, record, threshold=False)
    ]
    assert changed == [(Record.ABSENT, Model.NONE), (Record.ABSENT, Model.OPEN)]
    for model in (Model.NONE, Model.OPEN):
        assert grade(model, Record.ABSENT, threshold=True) is Grade.ONLY_IF


def test_the_model_alone_never_gives_holds() -> None:
    for model, threshold in product(Model, (True, False)):
        assert grade(model, Record.ABSENT, threshold=threshold) is not Grade.HOLDS


@given(st.lists(number, max_size=5), st.none() | number, st.floats(0, 1e3), number, number)
def test_every_input_has_a_grade_and_only_if_has_words(
    values: list[float], record: float | None, margin: float, a: float, b: float
) -> None:
    target = Target(min(a, b), max(a, b))
    met = [str(k) for k, v in enumerate(values) if target.met(v)]
    found = rule(target, values, record, margin, (), met)
    assert (found.grade is Grade.ONLY_IF) == bool(found.condition)
    if record is not None and not target.met(record):
        assert found.grade in (Grade.DOES_NOT_HOLD, Grade.CANNOT_TELL)


def test_the_condition_is_the_threshold_else_the_variants() -> None:
    target = Target(at_least=50)
    found = rule(target, [10, 20], thresholds=["costs fall by at least 30 per cent"])
    assert str(found) == "holds only if costs fall by at least 30 per cent"
    some = rule(target, [10, 60], met_by=["elasticities high"])
    assert some.condition == "the true values are those of 1 of 2 variants: elasticities high"
    every = rule(target, [60, 70], met_by=["a", "b"])
    assert "no record tests it" in every.condition
    tried = rule(Target(at_least=5), [10, 20], thresholds=["costs are at most 3,830"],
                 met_by=["a", "b"])  # fmt: skip
    assert tried.grade is Grade.ONLY_IF
    assert tried.condition == (
        "the model is right: it is met in all 2 variants, and no record tests it; in the model it "
        "needs that costs are at most 3,830"
    )


def ruling(found: Grade, condition: str = "") -> Ruling:
    return Ruling(found, Model.ABSENT, Record.ABSENT, condition)


def test_a_reading_is_as_weak_as_its_weakest_part() -> None:
    only = ruling(Grade.ONLY_IF, "x")
    untold, not_ = ruling(Grade.CANNOT_TELL), ruling(Grade.DOES_NOT_HOLD)
    assert weakest({"a": ruling(Grade.HOLDS), "b": only}) == only
    assert weakest({"a": only, "b": untold}) == untold
    assert weakest({"a": untold, "b": not_, "c": only}) == not_
    assert weakest({"a": only, "b": only}).condition == "x"
    both = weakest({"a": only, "b": ruling(Grade.ONLY_IF, "y")})
    assert both.condition == "x (for: a); and y (for: b)"


def test_verdict_over_readings() -> None:
    holds, not_, only = (
        ruling(Grade.HOLDS),
        ruling(Grade.DOES_NOT_HOLD),
        ruling(Grade.ONLY_IF, "z"),
    )
    untold = ruling(Grade.CANNOT_TELL)
    assert str(verdict({"a": holds, "b": holds})) == "holds"
    assert str(verdict({"a": not_, "b": not_})) == "does not hold"
    assert str(verdict({"a": only})) == "holds only if z"
    assert str(verdict({"a": holds, "b": not_})) == "holds only if it is read as 'a'"
    assert str(verdict({"a": not_, "b": only})) == "holds only if it is read as 'b' and z"
    assert str(verdict({"a": not_, "b": untold})) == "cannot be told from this"
