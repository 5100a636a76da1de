"""Numbers and findings in words; the console, the page and the JSON twin use the same ones."""

from __future__ import annotations

import pandas as pd

from entrepot.report.summary import Summary


def percent(value: float) -> str:
    """Return a change in per cent, with as many digits as it deserves."""
    if abs(value) < 0.005:
        return "0.00 %"
    return f"{value:+.2f} %" if abs(value) < 10 else f"{value:+.0f} %"


def bounds(low: float, high: float) -> str:
    """Return a range of changes in per cent."""
    if percent(low) == percent(high):
        return "no range"
    return f"{percent(low).removesuffix(' %')} to {percent(high)}"


def money(value: float, signed: bool = False) -> str:
    """Return an amount in bn USD."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 1 else 2
    text = f"{value:{'+' if signed else ''},.{digits}f}"
    return "0" if float(text.replace(",", "")) == 0 else text


def measure_text(row: dict[str, str]) -> str:
    """Return one measure as a sentence."""
    kind = row["kind"].replace("_", " ")
    dates = "".join(f", {word} {row[key]}" for word, key in (("from", "from"), ("until", "until"))
                    if row[key])  # fmt: skip
    against = f" against {row['whom']}" if row["whom"] else ""
    return f"{row['title']}: {kind} by {row['who']}{against}; {row['sectors'] or 'all'}{dates}"


def answer(summary: Summary) -> list[str]:
    """Return the answer in at most five lines."""
    lines = []
    for target in summary.targets[:2]:
        row = summary.welfare[summary.welfare["code"] == target].iloc[0]
        exports = summary.export_range[summary.export_range["target"] == target].iloc[0]
        spread = bounds(row["low"], row["high"])
        lines.append(
            f"{row['name']}: welfare {percent(row['percent'])} ({spread}), "
            f"{money(row['bn_usd'], signed=True)} bn USD a year; exports from "
            f"{money(exports['before'])} to {money(exports['after'])} bn USD "
            f"({money(exports['low'])} to {money(exports['high'])})."
        )
    others = summary.welfare[~summary.welfare["code"].isin(summary.targets)]
    if len(others):
        worst, best = others.iloc[0], others.iloc[-1]
        lines.append(f"Among the others {_moved(worst)} and {_moved(best)}.")
    senders = summary.welfare[summary.welfare["code"].isin(summary.senders)]
    if 0 < len(senders) < len(summary.welfare):
        total = senders["bn_usd"].sum()
        lines.append(f"Those who take the measures: {money(total, signed=True)} bn USD together.")
    lines.append(sureness(summary))
    return lines


def _moved(row: pd.Series) -> str:
    verb = "loses most" if row["percent"] < 0 else "gains most"
    return f"{row['name']} {verb} ({percent(row['percent'])}; {bounds(row['low'], row['high'])})"


def sureness(summary: Summary) -> str:
    """Return how sure the numbers are, in one sentence."""
    failed = f"; {len(summary.failed)} gave no result" if summary.failed else ""
    return (
        f"Ranges over {summary.variants} variants of elasticities and behaviour{failed}; largest "
        f"accounting gap {summary.worst:.0e} of world income."
    )
