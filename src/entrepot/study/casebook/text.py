"""A case page as plain text for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from entrepot.study.casebook.front import OUT_OF_SCOPE
from entrepot.study.casebook.oil_calendar import MONTH
from entrepot.study.casebook.page import CasePage, Finding, Spread
from entrepot.study.casebook.thresholds import Threshold

WIDTH = 96
NOTHING = 1e-9
"""What is smaller in size is rounding, and shown as 0."""


def number(value: float) -> str:
    """Three significant digits, thousands without decimals; rounding errors are 0."""
    if abs(value) < NOTHING:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def signed(value: float) -> str:
    """The same with its sign."""
    return f"+{number(value)}" if value > 0 else number(value)


def page_text(page: CasePage, *, full: bool = False) -> str:
    """The page; `full` adds every solve, assumption and expression."""
    case = page.case
    parts = [
        f"{case.title}  ({case.id})",
        _wrap(f"Verdict: {page.verdict}"),
        *(_wrap(f"{line}.", "   ", "  ") for line in why(page)),
        "",
        "1. The claim",
        _wrap(case.claim.text, "   "),
        _wrap(f"Said by {case.claim.said_by}; {case.claim.when}; {case.claim.document}.", "   "),
        "",
        "2. What it implies in numbers",
        *_implications(page),
        "",
        "3. What the model says (central, and low to high over all variants)",
        *(line for f in page.findings if f.model for line in _model(f)),
        "",
        "4. What the record says",
        *_records(page),
        "",
        "5. How far apart they are",
        *_gaps(page),
        "",
        "6. What would have to be true",
        *_conditions(page),
        "",
        "How sure",
        *_sure(page),
    ]
    if full:
        parts += ["", *_full(page)]
    return "\n".join([*parts, "", _wrap(OUT_OF_SCOPE)])


def _wrap(text: str, indent: str = "", hang: str = "") -> str:
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent + hang,
                         break_on_hyphens=False, break_long_words=False)  # fmt: skip


def why(page: CasePage) -> list[str]:
    """The numbers behind the verdict, one line a quantity that is judged."""
    lines = []
    for found in page.findings:
        if found.target is None:
            continue
        parts = [f"the claim needs {found.target} {found.unit}"]
        if found.record is not None:
            parts.append(f"record {number(found.record)}")
        if found.model:
            low, high = number(found.model.low), number(found.model.high)
            parts.append(f"model {number(found.model.central)} ({low} to {high})")
        lines.append(f"{found.title}: {', '.join(parts)}")
    return lines


def _implications(page: CasePage) -> list[str]:
    lines = []
    for reading in page.readings:
        lines.append(_wrap(f"Read as: {reading.title}. This {reading.ruling}.", "   ", "  "))
        for name in reading.needs:
            found = page.finding(name)
            lines.append(
                _wrap(
                    f"{found.title}: {found.target} {found.unit} ({found.because})", "     ", "  "
                )
            )
    return lines


def _model(found: Finding) -> list[str]:
    spread = found.model
    assert spread is not None  # the caller checked
    low, high = number(spread.low), number(spread.high)
    lines = [
        _wrap(f"{found.title}: {number(spread.central)} ({low} to {high}) {found.unit}",
              "   ", "  "),
        f"       elasticities {_range(spread.by_elasticity)} · compliance and other given ranges "
        f"{_range(spread.by_behaviour)} · worlds {_range(spread.by_world)}{_more(spread)}",
    ]  # fmt: skip
    return [*lines, *([_wrap(f"({found.note})", "       ")] if found.note else [])]


def _more(spread: Spread) -> str:
    """Ranges over times since the shock and over draws, where the case has them."""
    parts = []
    if spread.by_horizon[0] < spread.by_horizon[1]:
        parts.append(f"times since the shock {_range(spread.by_horizon)}")
    if spread.by_draw:
        parts.append(f"draws {_range(spread.by_draw)}")
    return "\n       " + " · ".join(parts) if parts else ""


def _range(ends: tuple[float, float]) -> str:
    return f"{number(ends[0])} to {number(ends[1])}"


def _records(page: CasePage) -> list[str]:
    lines = []
    for record in page.case.records.values():
        values = value_texts(record.values)
        lines.append(_wrap(f"{record.title}, {record.unit}: {values}", "   ", "  "))
        url = f" {record.source.url}" if record.source.url else ""
        lines.append(_wrap(f"Source: {record.source.citation}.{url}", "     ", "  "))
        if record.note:
            lines.append(_wrap(record.note, "     "))
    return lines or ["   There is none to hold it against."]


def value_texts(values: Mapping[str, float]) -> str:
    """Values of a record, their names as words, months as in 2019-11."""
    return ", ".join(f"{_period(k)}: {number(v)}" for k, v in values.items())


def _period(name: str) -> str:
    found = MONTH.fullmatch(name)
    return f"{found[1]}-{found[2]}" if found else name.replace("_", " ")


def _gaps(page: CasePage) -> list[str]:
    lines = []
    for found in page.findings:
        texts = gap_texts(found)
        if texts:
            lines.append(_wrap(f"{found.title}: {'; '.join(texts)}.", "   ", "  "))
    return lines or ["   Nothing to compare."]


def gap_unit(unit: str) -> str:
    """Unit of a difference of two numbers with `unit`."""
    return "percentage points" if unit == "per cent" else unit


def gap_texts(found: Finding) -> list[str]:
    """Signed distances of one finding, as half sentences."""
    unit, texts = gap_unit(found.unit), list[str]()
    if found.failed:
        total = len(found.values) + found.failed
        texts.append(
            f"{found.failed} of {total} variants gave no certified result, the range is that of "
            "the others"
        )
    if found.record is not None:
        off = found.record_from_claim
        against = f", {_off(off, unit)}" if off is not None else ""
        texts.append(f"record {number(found.record)}{against}")
    if found.model_from_claim is not None:
        texts.append(f"model, central value, {_off(found.model_from_claim[1], unit)}")
    if found.model_minus_record is not None:
        inside = "inside" if found.record_in_range else "outside"
        texts.append(
            f"model minus record {signed(found.model_minus_record)} {unit}, the record lies "
            f"{inside} the model's range"
        )
    if found.skill is not None:
        texts.append(f"back-test score {found.skill:.2f} (1 exact, 0 no better than no change)")
    return texts


def _off(gap: float, unit: str) -> str:
    if gap == 0:
        return "within what the claim needs"
    side = "above" if gap > 0 else "below"
    return f"{number(abs(gap))} {unit} {side} what the claim needs"


def _conditions(page: CasePage) -> list[str]:
    lines = [_wrap(f"{condition_text(page, t)}.", "   ", "  ") for t in page.thresholds]
    if not lines:
        lines = ["   No search was made."]
    for text in page.case.leaves_out:
        lines.append(_wrap(f"Left out: {text}", "   ", "  "))
    return lines


def condition_text(page: CasePage, threshold: Threshold) -> str:
    """One search as a sentence without its full stop."""
    found = page.finding(threshold.quantity)
    goal = f"what the claim needs ({found.target} {found.unit})"
    if threshold.match == "record":
        goal = f"the record ({number(found.record or 0)} {found.unit})"
    lever = page.case.levers[threshold.lever]
    if threshold.outcome == "no result":
        return (
            f"Where {found.title} reaches {goal} in the model cannot be told, a solve of the "
            f"search was not certified: {threshold.words}"
        )
    if threshold.reached and threshold.match == "record":
        return f"{found.title} equals {goal} in the model where {lever.title} is {threshold.amount}"
    if threshold.reached:
        return f"{found.title} reaches {goal} in the model only if {threshold.words}"
    return f"{found.title} reaches {goal} in the model at {threshold.words}"


def solves_text(page: CasePage) -> str:
    """How many solves there were and how well their conditions hold."""
    oil = sum(s.oil for s in page.solves)
    parts = []
    if len(page.solves) > oil:
        gap = f"{page.worst_gap:.1e} of world income"
        parts.append(f"{len(page.solves) - oil} solves, largest gap of any identity {gap}")
    if oil:
        gap = f"{page.worst_oil_gap:.1e} of the price of a crude"
        parts.append(f"{oil} paths of the oil market, largest gap of any condition {gap}")
    return "; ".join([*parts, f"{len(page.failed)} without a certified result"]) + "."


def _sure(page: CasePage) -> list[str]:
    lines = [_wrap(solves_text(page), "   ", "  ")]
    lines += [_wrap(f"Failed: {text}", "   ", "  ") for text in page.failed]
    for found in page.findings:
        if found.ruling:
            ruling = found.ruling
            text = f"{found.title}: {ruling.grade} ({ruling.model}; {ruling.record})."
            lines.append(_wrap(text, "   ", "  "))
    lines += [_wrap(f"Note: {text}", "   ", "  ") for text in page.notes]
    return lines


def _full(page: CasePage) -> list[str]:
    lines = ["Expressions"]
    for found in page.findings:
        for side in ("model", "record"):
            text = getattr(found, f"{side}_expression")
            if text:
                lines.append(_wrap(f"{found.name}, {side}: {text}", "   ", "  "))
    lines += ["", "Assumptions"]
    for item in page.assumptions:
        span = f"{item.value:g} ({item.low:g} to {item.high:g})"
        lines.append(_wrap(f"{item.name} = {span}; {item.source}; {item.note}", "   ", "  "))
    lines += ["", "Solves"]
    for s in page.solves:
        lines.append(f"   {s.run}, {s.variant}: {s.verdict}, {s.gap_name} {s.gap:.1e}, {s.method}")
    return lines
