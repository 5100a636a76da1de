"""The rule that turns numbers into a verdict; ``docs/guide/verdicts.md`` prints it.

Nothing here is typed in by an author: a grade follows from the target that the claim sets, the
values of the model over all its variants, the record with its margin, and thresholds found by
search.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """The four verdicts."""

    HOLDS = "holds"
    ONLY_IF = "holds only if"
    DOES_NOT_HOLD = "does not hold"
    CANNOT_TELL = "cannot be told from this"


class Model(StrEnum):
    """In how many variants of the model the target is met."""

    ALL = "met in all variants"
    SOME = "met in some variants"
    NONE = "met in no variant"
    OPEN = "met in no variant that gave a certified result, and some gave none"
    ABSENT = "no model value"


class Record(StrEnum):
    """Whether the record meets the target."""

    YES = "met by the record"
    NO = "not met by the record"
    UNCLEAR = "the margin of the record holds values on both sides"
    ABSENT = "no record"


@dataclass(frozen=True, slots=True)
class Target:
    """Values for which the claim is true: from `at_least` to `at_most`, both included."""

    at_least: float = float("-inf")
    at_most: float = float("inf")

    def met(self, value: float) -> bool:
        """Whether `value` lies inside."""
        return self.at_least <= value <= self.at_most

    def gap(self, value: float) -> float:
        """How far `value` lies above (+) or below (-) the target; 0 inside."""
        return max(value - self.at_most, 0.0) + min(value - self.at_least, 0.0)

    def __str__(self) -> str:
        """As words."""
        low, high = f"{self.at_least:,g}", f"{self.at_most:,g}"
        if low == "-inf":
            return f"at most {high}"
        return f"at least {low}" if high == "inf" else f"{low} to {high}"


@dataclass(frozen=True, slots=True)
class Ruling:
    """Grade of one quantity, with the two facts it follows from, and the condition if any."""

    grade: Grade
    model: Model
    record: Record
    condition: str = ""

    def __str__(self) -> str:
        """Grade with its condition."""
        return f"{self.grade} {self.condition}".strip()


def model_status(
    target: Target, values: Sequence[float], failed: int = 0, *, cut_short: bool = False
) -> Model:
    """How the model's values stand to the target.

    Of the `failed` variants nothing is known: with any, the target is not met in all, and it
    cannot be said to be met in none.  A search that was `cut_short` for want of a certified
    result leaves *none* open too.
    """
    met = [target.met(v) for v in values]
    if not met and not failed:
        return Model.ABSENT
    if any(met):
        return Model.ALL if all(met) and not failed else Model.SOME
    return Model.OPEN if failed or cut_short else Model.NONE


def record_status(target: Target, record: float | None, margin: float = 0.0) -> Record:
    """How the record, give or take its margin, stands to the target."""
    if record is None:
        return Record.ABSENT
    low, high = record - margin, record + margin
    if target.met(low) and target.met(high):
        return Record.YES
    disjoint = high < target.at_least or low > target.at_most
    return Record.NO if disjoint else Record.UNCLEAR


def grade(model: Model, record: Record, *, threshold: bool) -> Grade:
    """Grade of one quantity; `threshold` says whether some value of a lever meets the target.

    The record judges what happened; the model alone can never give more than *holds only if*.
    """
    if record is Record.NO:
        return Grade.DOES_NOT_HOLD
    if record is Record.UNCLEAR:
        return Grade.CANNOT_TELL
    if record is Record.YES:
        agreed = {Model.ALL: Grade.HOLDS, Model.ABSENT: Grade.HOLDS, Model.SOME: Grade.ONLY_IF}
        return agreed.get(model, Grade.CANNOT_TELL)
    if model is Model.ABSENT:
        return Grade.CANNOT_TELL
    unmet = {Model.NONE: Grade.DOES_NOT_HOLD, Model.OPEN: Grade.CANNOT_TELL}
    return Grade.ONLY_IF if threshold else unmet.get(model, Grade.ONLY_IF)


def rule(
    target: Target,
    values: Sequence[float],
    record: float | None = None,
    margin: float = 0.0,
    thresholds: Sequence[str] = (),
    met_by: Sequence[str] = (),
    failed: int = 0,
    *,
    cut_short: bool = False,
    met: int | None = None,
) -> Ruling:
    """Ruling on one quantity.

    Parameters
    ----------
    target : what the claim needs
    values : the model's values, one a variant with a certified result
    record, margin : the record, and by how much it may be off
    thresholds : conditions found by search under which the target is met, as words
    met_by : the variants in which it is met, as words
    failed : variants that gave no certified result
    cut_short : whether a search for a threshold gave no certified result
    met : number of variants in which it is met (default: one for each of `met_by`)

    """
    model = model_status(target, values, failed, cut_short=cut_short)
    known = record_status(target, record, margin)
    found = grade(model, known, threshold=bool(thresholds))
    words = ""
    if found is Grade.ONLY_IF:
        count = len(met_by) if met is None else met
        words = " or ".join(thresholds)
        if model is Model.ALL or not words:
            stated = _where(model, met_by, count, len(values), failed)
            words = f"{stated}; in the model it needs that {words}" if words else stated
    return Ruling(found, model, known, words)


def _where(model: Model, met_by: Sequence[str], met: int, solved: int, failed: int) -> str:
    if model is Model.ALL:
        return f"the model is right: it is met in all {solved} variants, and no record tests it"
    total = solved + failed
    less = f" ({failed} gave no certified result)" if failed else ""
    names = "; ".join(met_by)
    return f"the true values are those of {met} of {total} variants{less}: {names}"


ORDER = (Grade.DOES_NOT_HOLD, Grade.CANNOT_TELL, Grade.ONLY_IF, Grade.HOLDS)


def weakest(rulings: Mapping[str, Ruling]) -> Ruling:
    """Ruling on quantities, by title, that must hold together.

    The weakest grade, all conditions joined; each says what it is for if they differ.
    """
    worst = min((r.grade for r in rulings.values()), key=ORDER.index)
    conditions = {t: r.condition for t, r in rulings.items() if r.condition}
    if len(set(conditions.values())) > 1:
        joined = "; and ".join(f"{words} (for: {title})" for title, words in conditions.items())
    else:
        joined = next(iter(conditions.values()), "")
    words = joined if worst is Grade.ONLY_IF else ""
    first = next(r for r in rulings.values() if r.grade is worst)
    return Ruling(worst, first.model, first.record, words)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Verdict on a claim over its readings."""

    grade: Grade
    condition: str = ""

    def __str__(self) -> str:
        """Grade with its condition."""
        return f"{self.grade} {self.condition}".strip()


def verdict(readings: dict[str, Ruling]) -> Verdict:
    """One verdict over several readings of a claim, by title.

    All readings alike: that grade.  Some hold (with or without a condition): *holds only if* the
    claim is read so.  None holds and one cannot be told: *cannot be told from this*.
    """
    grades = {r.grade for r in readings.values()}
    if len(grades) == 1 and grades != {Grade.ONLY_IF}:
        return Verdict(grades.pop())
    good = {t: r for t, r in readings.items() if r.grade in (Grade.HOLDS, Grade.ONLY_IF)}
    if not good:
        return Verdict(Grade.CANNOT_TELL)
    if len(readings) == 1:
        return Verdict(Grade.ONLY_IF, next(iter(good.values())).condition)
    parts = []
    for title, ruling in good.items():
        extra = f" and {ruling.condition}" if ruling.condition else ""
        parts.append(f"it is read as '{title}'{extra}")
    return Verdict(Grade.ONLY_IF, "; or ".join(parts))
