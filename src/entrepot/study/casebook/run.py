"""`run_case`: from a case file to its page."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from entrepot.core.errors import CaseError, NotSolvedError
from entrepot.core.progress import Report, report_nothing
from entrepot.solving import SolveOptions
from entrepot.study.casebook.expression import Call, Expression, Lookup
from entrepot.study.casebook.functions import Sheet
from entrepot.study.casebook.load import load_case
from entrepot.study.casebook.page import CasePage, Finding, ReadingResult, Spread
from entrepot.study.casebook.schema import Case, Condition, Quantity
from entrepot.study.casebook.solves import Bench
from entrepot.study.casebook.thresholds import Threshold, find_threshold
from entrepot.study.casebook.variant import Variant, one_at_a_time
from entrepot.study.casebook.verdict import Ruling, Target, rule, verdict, weakest
from entrepot.study.casebook.where import where_met

Values = tuple[tuple[Variant, float], ...]


def run_case(
    case: str | os.PathLike[str] | Case,
    *,
    ranges: bool = True,
    conditions: bool = True,
    options: SolveOptions | None = None,
    report: Report = report_nothing,
) -> CasePage:
    """Run a case and make its page.

    Parameters
    ----------
    case : id of a bundled case, path of a case file, or a `Case`
    ranges : whether to run the ends of the ranges beside the central variant
    conditions : whether to search for what would have to be true
    options : numerical options
    report : called with (what, done, total) as parts finish

    Raises
    ------
    CaseError : no such case, or its file is wrong
    NotSolvedError : the central variant gave no certified result

    """
    case = case if isinstance(case, Case) else load_case(case)
    with TemporaryDirectory(prefix="entrepot-case-") as folder:
        bench = Bench(case, options, folder=Path(folder))
        return _run(bench, ranges, case.conditions if conditions else (), report)


def _run(bench: Bench, ranges: bool, searches: tuple[Condition, ...], report: Report) -> CasePage:
    began, case = time.perf_counter(), bench.case
    variants = bench.variants(ranges=ranges)
    total = len(variants) + len(searches)
    values: dict[str, Values] = dict.fromkeys(case.quantities, ())
    months: dict[str, tuple[pd.DataFrame, ...]] = {}
    for done, variant in enumerate(variants, start=1):
        if done == 1:
            for run in case.runs:
                bench.require(run, variant)
        sheet = bench.sheet(variant)
        values = {n: (*values[n], *_value(case, n, variant, sheet)) for n in case.quantities}
        for name, solved in sheet.oil.items():
            months[name] = (*months.get(name, ()), solved.frame())
        report(str(variant), done, total)
    thresholds = []
    for done, item in enumerate(searches, start=len(variants) + 1):
        thresholds.append(_search(bench, item, values[item.quantity]))
        report(f"threshold of {case.levers[item.lever].title}", done, total)
    seconds = time.perf_counter() - began
    return _page(bench, values, variants, tuple(thresholds), months, seconds)


def _value(case: Case, name: str, variant: Variant, sheet: Sheet) -> Values:
    """Model value of a quantity in one variant; nothing where a run it needs has failed."""
    expression = case.quantities[name].expression("model")
    if expression is None or _missing(case, expression, sheet):
        return ()
    return ((variant, _number(expression, sheet, name, str(variant))),)


def _missing(case: Case, expression: Expression, sheet: Sheet) -> list[str]:
    """Runs that `expression` needs and that gave no certified result."""
    return sorted(_needed(case, expression) - set(sheet.results) - set(sheet.oil))


def _asked(case: Case, name: str, variants: Sequence[Variant]) -> int:
    """In how many of `variants` a quantity is computed: one of months of oil not at two ends."""
    expression = case.quantities[name].expression("model")
    if expression is None:
        return 0
    monthly = any(case.runs[run].oil for run in _needed(case, expression))
    return sum(one_at_a_time(v) or not monthly for v in variants)


def _needed(case: Case, expression: Expression) -> set[str]:
    """Runs that `expression` calls."""
    return {call.arguments[0][0] for call in expression.calls()} & set(case.runs)


def _number(expression: Expression, sheet: Sheet, name: str, where: str) -> float:
    """Value of a quantity; `CaseError` where it divides by nothing or leaves the numbers."""
    try:
        value = expression.value(sheet.leaf)
    except ZeroDivisionError:
        value = math.nan
    if not math.isfinite(value):
        raise CaseError(
            f"Quantity '{name}' has no value in {where}: {expression.text}. Look for a division "
            "by trade that the world or the run does not have."
        )
    return value


def _record(case: Case, name: str) -> float | None:
    expression = case.quantities[name].expression("record")
    if expression is None:
        return None
    records = case.record_values()

    def leaf(node: Call | Lookup) -> float:
        assert isinstance(node, Lookup)  # checked when the file was read
        return records[node.record][node.period]

    try:
        return expression.value(leaf)
    except ZeroDivisionError as error:
        raise CaseError(
            f"Quantity '{name}': its record divides by zero ({expression.text}). Correct it."
        ) from error


def _search(bench: Bench, item: Condition, values: Values) -> Threshold:
    """One search; a record is matched from the side on which the model's central value lies."""
    case, quantity = bench.case, bench.case.quantities[item.quantity]
    expression = quantity.expression("model")
    assert expression is not None  # checked when the file was read
    record = _record(case, item.quantity)
    if item.match == "record" and record is not None:
        above = values[0][1] > record
        target = Target(at_most=record) if above else Target(at_least=record)
    else:
        assert quantity.claim is not None  # checked when the file was read
        target = quantity.claim.target

    def value(sheet: Sheet) -> float:
        missing = _missing(case, expression, sheet)
        if missing:
            raise NotSolvedError(f"{', '.join(missing)}: {bench.failed[-1]}")
        return _number(expression, sheet, item.quantity, f"the search over '{item.lever}'")

    runs = tuple(sorted(_needed(case, expression)))
    return find_threshold(bench, item, target, value, runs=runs)


def _page(
    bench: Bench,
    values: dict[str, Values],
    variants: Sequence[Variant],
    thresholds: tuple[Threshold, ...],
    months: dict[str, tuple[pd.DataFrame, ...]],
    seconds: float,
) -> CasePage:
    """The page; `variants` are those tried, the ones without a certified result included."""
    case = bench.case
    findings = tuple(
        _finding(case, n, values[n], _asked(case, n, variants), thresholds) for n in case.quantities
    )
    judged = {f.name: (f.title, f.ruling) for f in findings if f.ruling}
    readings = tuple(
        ReadingResult(n, r.title, r.needs, weakest(dict(judged[q] for q in r.needs)))
        for n, r in case.readings.items()
    )
    own = (run.world for run in case.runs.values() if run.world)
    worlds = dict.fromkeys((case.world, *case.other_worlds, *own))
    main = bench.world(case.world)
    return CasePage(
        case=case,
        findings=findings,
        thresholds=thresholds,
        readings=readings,
        verdict=verdict({r.title: r.ruling for r in readings}),
        solves=tuple(bench.log),
        failed=tuple(dict.fromkeys(bench.failed)),
        assumptions=bench.assumptions(),
        notes=bench.notes(),
        elasticities={
            name: dict(zip(main.sectors, map(float, e.theta_for(main)), strict=True))
            for name, e in bench.economies(case.world, case.horizons[0]).items()
        },
        worlds={w: bench.world(w).hash for w in worlds},
        tables={run: bench.tables(run) for run in case.runs},
        months=months,
        version=version("entrepot"),
        seconds=seconds,
    )


def _finding(
    case: Case, name: str, values: Values, tried: int, thresholds: tuple[Threshold, ...]
) -> Finding:
    quantity = case.quantities[name]
    failed = tried - len(values)
    record, spread = _record(case, name), _spread(case, values)
    margin = quantity.margin.value if quantity.margin else 0.0
    target = quantity.claim.target if quantity.claim else None
    error = spread.central - record if spread and record is not None else None
    return Finding(
        name=name,
        title=quantity.title,
        unit=quantity.unit,
        note=quantity.note or "",
        model_expression=quantity.model or "",
        record_expression=quantity.record or "",
        target=target,
        because=quantity.claim.because if quantity.claim else "",
        values=values,
        failed=failed,
        model=spread,
        record=record,
        margin=margin,
        margin_because=quantity.margin.because if quantity.margin else "",
        model_minus_record=error,
        record_in_range=spread.low <= record <= spread.high if spread and record is not None
        else None,
        record_from_claim=target.gap(record) if target and record is not None else None,
        model_from_claim=_model_gaps(target, spread),
        skill=_skill(quantity, error, record),
        ruling=_ruling(quantity, name, values, failed, record, margin, thresholds),
    )  # fmt: skip


def _model_gaps(target: Target | None, spread: Spread | None) -> tuple[float, float, float] | None:
    if target is None or spread is None:
        return None
    return target.gap(spread.low), target.gap(spread.central), target.gap(spread.high)


def _skill(quantity: Quantity, error: float | None, record: float | None) -> float | None:
    if not quantity.backtest or error is None or not record:
        return None
    return 1 - abs(error) / abs(record)


def _ruling(
    quantity: Quantity,
    name: str,
    values: Values,
    failed: int,
    record: float | None,
    margin: float,
    thresholds: tuple[Threshold, ...],
) -> Ruling | None:
    if quantity.claim is None:
        return None
    target = quantity.claim.target
    searches = [t for t in thresholds if t.quantity == name and t.match == "claim"]
    met = [v for v, x in values if target.met(x)]
    return rule(
        target,
        [x for _, x in values],
        record,
        margin,
        thresholds=[t.words for t in searches if t.reached],
        met_by=where_met(met),
        met=len(met),
        failed=failed,
        cut_short=any(t.outcome == "no result" for t in searches),
    )


def _spread(case: Case, values: Values) -> Spread | None:
    if not values:
        return None
    low, high = min(values, key=lambda v: v[1]), max(values, key=lambda v: v[1])

    def ends(keep: str) -> tuple[float, float]:
        """Ends over the variants that differ from the central one in `keep` alone."""
        fixed = {"world": case.world, "theta": "central", "behaviour": "central",
                 "horizon": case.horizons[0]}  # fmt: skip
        del fixed[keep]
        found = [x for v, x in values if all(getattr(v, k) == w for k, w in fixed.items())]
        return min(found), max(found)

    drawn = [x for v, x in values if v.draw is not None]
    return Spread(values[0][1], low[1], high[1], ends("theta"), ends("behaviour"), ends("world"),
                  ends("horizon"), (min(drawn), max(drawn)) if drawn else None,
                  low[0], high[0])  # fmt: skip
