"""Rows of the table of measurements."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

Row = dict[str, object]


def best(work: Callable[[], object], times: int = 60) -> float:
    """Return the smallest wall time of `work` in milliseconds."""
    work()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return 1e3 * min(taken)


def row(what: str, value: float, unit: str, bound: float | None = None, note: str = "", *,
        least: bool = False) -> Row:  # fmt: skip
    """One measurement; `bound` is the most that is allowed, or the least."""
    met = (
        "" if bound is None else ("yes" if (value >= bound if least else value <= bound) else "NO")
    )
    sign = ">=" if least else "<="
    return {"what": what, "value": value, "unit": unit, "bound": bound, "sign": sign, "met": met,
            "note": note}  # fmt: skip


def show(rows: list[Row], as_json: bool) -> None:
    """Print the table, as text or as JSON."""
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    for r in rows:
        bound = "" if r["bound"] is None else f"{r['sign']} {r['bound']:g}"
        head = f"{r['what']:<66} {r['value']:>9.3g} {r['unit']:<5}"
        print(f"{head} {bound:<8} {r['met']:<4} {r['note']}")
