"""What moves an outcome most: rows for the terminal, and plain data for JSON."""

from __future__ import annotations

from typing import Any

import pandas as pd

from entrepot.study.sensitivity import OFF, PERCENT, Sensitivity

WORDS = {"welfare": "Welfare", "export_revenue": "Export revenue", "price": "Price"}


def heading(found: Sensitivity) -> str:
    """Return the outcome and its value now in one line."""
    relative = found.unit == PERCENT
    value = f"{found.value:+.3f} % of the benchmark" if relative else f"{found.value:,.0f} mn USD"
    return f"{WORDS[found.outcome.kind]} ({found.text}) now: {value}. Effects in {found.unit}."


def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one block as rows of text, largest effect first."""
    return [
        {
            "": f"{k}",
            "what": row["what"],
            "now": _now(row["now_low"], row["now_high"]),
            "change": row["change"],
            "first order": _effect(row["first_order"]),
            "re-solved": _effect(row["resolved"]) + (" !" if row["off"] else ""),
        }
        for k, row in enumerate(frame.to_dict(orient="records"), start=1)
    ]


def _now(low: float, high: float) -> str:
    return f"{low:.3g}" if f"{low:.3g}" == f"{high:.3g}" else f"{low:.3g} to {high:.3g}"


def _effect(value: float) -> str:
    if value != value:
        return ""
    return f"{value:+,.0f}" if abs(value) >= 1000 else f"{value:+.3g}"


def remarks(found: Sensitivity) -> list[str]:
    """Return what the reader must know: how effects are meant, and the notes."""
    marked = found.single["off"].any() or found.groups["off"].any()
    flag = [f"! first order is off by more than {OFF:.0%} of the re-solved change."]
    return [*(flag if marked else []), *found.notes]


def to_json(found: Sensitivity) -> dict[str, Any]:
    """Return the same as plain data."""
    return {
        "outcome": found.text,
        "kind": found.outcome.kind,
        "regions": dict(found.outcome.regions),
        "sectors": list(found.outcome.sectors),
        "value": found.value,
        "unit": found.unit,
        "units_of_change": dict(found.units),
        "single": _plain(found.single),
        "groups": _plain(found.groups),
        "notes": remarks(found),
    }


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    records = frame.to_dict(orient="records")
    return [{str(k): None if v != v else v for k, v in row.items()} for row in records]
